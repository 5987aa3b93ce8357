"""What is known of one thing, for its page and for its RDF: facts, edges with the sentences that say them, claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kg import ontology as o
from kg.export.formats import compact
from kg.model import ROLES

#: Rows of one kind on one page.
PAGE = 25

#: Identifiers that a resolver leads to the paper by: property -> where it stands.
_RESOLVERS = {o.FABIO + "hasArXivId": "https://arxiv.org/abs/", o.PRISM + "doi": "https://doi.org/"}

_ROLES = (*ROLES, "publishedIn")
_CLAIM_LINKS = ("subject", "baseline", "onHardware", "onDataset", "claimedBy", "metric")
_HIDDEN_OUT = {o.KG + r for r in _ROLES} | {
    o.RDF + "type",
    o.RDFS + "label",
    o.SKOS + "prefLabel",
    o.KG + "hasAuthorship",
}
_HIDDEN_IN = {
    *(o.KG + n for n in (*_ROLES, *_CLAIM_LINKS)),
    *(o.RDF + n for n in ("subject", "predicate", "object")),
    o.OA + "hasSource",
}


class _View:
    """Short questions to a store, over the union of its graphs: `graph` holds it, or is None."""

    def __init__(self, store: ox.Store, graph: ox.DefaultGraph | None) -> None:
        self.store = store
        self.graph = graph

    def quads(self, subject: Any, predicate: Any, value: Any) -> Iterator[ox.Quad]:
        return self.store.quads_for_pattern(subject, predicate, value, self.graph)

    def values(self, subject: str, predicate: str) -> list[Any]:
        quads = self.quads(ox.NamedNode(subject), ox.NamedNode(predicate), None)
        return [q.object for q in quads]

    def text(self, subject: str, predicate: str) -> str:
        """The first value, "" if there is none."""
        return next((v.value for v in self.values(subject, predicate)), "")

    def subjects(self, predicate: str, value: str) -> Iterator[str]:
        quads = self.quads(None, ox.NamedNode(predicate), ox.NamedNode(value))
        return (q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode))

    def link(self, iri: str) -> dict[str, str]:
        return {"iri": iri, "label": self.text(iri, o.RDFS + "label") or compact(iri)}

    def kind(self, iri: str) -> str:
        return self.text(iri, o.RDF + "type").removeprefix(o.KG)

    def quote(self, evidence: str) -> dict[str, Any]:
        """The sentence of an evidence in three parts, the mention in the middle; without a text the mention alone."""
        field = self.text(evidence, o.KG + "field")
        found = {
            "iri": evidence,
            "field": field,
            "before": "",
            "exact": self.text(evidence, o.KG + "exact"),
            "after": "",
        }
        text = self.text(self.text(evidence, o.OA + "hasSource"), o.FIELD_PROPERTIES.get(field, o.DCT + "title"))
        places = [self.text(evidence, o.KG + n) for n in ("sentenceStart", "start", "end", "sentenceEnd")]
        if text and all(places):
            low, start, end, high = map(int, places)
            if text[start:end] == found["exact"]:
                found |= {"before": text[low:start], "after": text[end:high]}
        return found

    def quotes(self, subject: str) -> list[dict[str, Any]]:
        return [self.quote(e.value) for e in islice(self.values(subject, o.KG + "evidence"), 3)]

    def statement(self, paper: str, predicate: str, value: str) -> str:
        """The statement of an edge, "" if there is none."""
        for name in self.subjects(o.RDF + "subject", paper):
            if self.text(name, o.RDF + "object") == value and self.text(name, o.RDF + "predicate") == predicate:
                return name
        return ""

    def edge(self, role: str, paper: str, value: str, other: str) -> dict[str, Any]:
        name = self.statement(paper, o.KG + role, value)
        return {
            "role": role,
            **self.link(other),
            "kind": self.kind(other),
            "statement": name,
            "confidence": three_digits(self.text(name, o.KG + "confidence")) if name else "",
            "quotes": self.quotes(name) if name else [],
        }

    def claim(self, claim: str) -> dict[str, Any]:
        return {
            **self.link(claim),
            "confidence": three_digits(self.text(claim, o.KG + "confidence")),
            "paper": self.link(self.text(claim, o.KG + "claimedBy")),
            "subject": [self.link(v.value) for v in self.values(claim, o.KG + "subject")],
            "quotes": self.quotes(claim),
        }


def three_digits(number: str) -> str:
    """A confidence with as many digits as all, which are then in order as texts, too; what is no number as it is."""
    try:
        return f"{float(number):.3f}"
    except ValueError:
        return number


def _surest_first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["confidence"]), reverse=True)


def page(
    store: ox.Store, iri: str, graph: ox.DefaultGraph | None = None, *, role: str = "", offset: int = 0
) -> dict[str, Any] | None:
    """What the page of a thing shows, or None if the store does not know the thing.

    Args:
        role: only this kind of edge or link, from `offset` on; else the first `PAGE` of each.
    """
    view = _View(store, graph)
    node = ox.NamedNode(iri)
    out: dict[str, list[Any]] = {}
    for quad in view.quads(node, None, None):
        out.setdefault(quad.predicate.value, []).append(quad.object)
    named = store.contains_named_graph(node)
    if not out and not named and next(iter(view.quads(None, None, node)), None) is None:
        return None
    found: dict[str, Any] = {
        **view.link(iri),
        "successor": view.text(iri, o.DCT + "isReplacedBy"),
        "kinds": [compact(v.value) for v in out.get(o.RDF + "type", ())],
        "facts": [
            (compact(p), [_value(view, p, v) for v in vs[:200]])
            for p, vs in sorted(out.items())
            if p not in _HIDDEN_OUT
        ],
        "authors": _authors(view, out),
        "quote": view.quote(iri) if o.KG + "exact" in out else None,
        "quotes": view.quotes(iri) if o.KG + "evidence" in out else [],
        "role": role,
        "offset": offset,
        "size": PAGE,
    }
    if o.KG + "Paper" in {v.value for v in out.get(o.RDF + "type", ())}:
        edges = [
            row
            for r in _ROLES
            for row in _surest_first(
                view.edge(r, iri, v.value, v.value)
                for v in out.get(o.KG + r, ())
                if r != "mentions" or view.statement(iri, o.KG + "mentions", v.value)
            )
        ]
        found["edges"] = [{"role": "", "total": len(edges), "rows": edges}] if edges else []
    else:
        found["edges"] = _incoming_edges(view, iri, role, offset)
    found["claims"] = _claims(view, iri, role, offset)
    found["links"] = _incoming_links(view, iri, role, offset)
    if named:
        found["kinds"] = ["named graph"]
        found["links"].append(_window("rdf:Statement", _statements(store, node), role, offset, view))
    return found


def _authors(view: _View, out: dict[str, list[Any]]) -> list[dict[str, str]]:
    places = [v.value for v in out.get(o.KG + "hasAuthorship", ())]
    places.sort(key=lambda a: int(view.text(a, o.KG + "position") or 0))
    return [view.link(a) for a in places]


def _incoming_edges(view: _View, iri: str, role: str, offset: int) -> list[dict[str, Any]]:
    """Papers that have an edge to a thing, by role; a paper with a stronger role is not listed under "mentions"."""
    groups: list[dict[str, Any]] = []
    seen: set[str] = set()
    for name in _ROLES:
        papers = [p for p in view.subjects(o.KG + name, iri) if p not in seen]
        seen.update(papers)
        if papers and role in ("", name):
            # arXiv ids grow with time: the newest first.
            window = (
                sorted(papers, reverse=True)[offset : offset + PAGE] if role else sorted(papers, reverse=True)[:PAGE]
            )
            rows = _surest_first(view.edge(name, p, iri, p) for p in window)
            groups.append({"role": name, "total": len(papers), "rows": rows})
    return groups


def _claims(view: _View, iri: str, role: str, offset: int) -> list[dict[str, Any]]:
    groups = []
    for name in _CLAIM_LINKS:
        claims = list(view.subjects(o.KG + name, iri))
        if claims and role in ("", name):
            window = claims[offset : offset + PAGE] if role else claims[:PAGE]
            groups.append({"role": name, "total": len(claims), "rows": _surest_first(view.claim(c) for c in window)})
    return groups


def _incoming_links(view: _View, iri: str, role: str, offset: int) -> list[dict[str, Any]]:
    """Other things that point here, by property."""
    groups: dict[str, list[str]] = {}
    for quad in view.quads(None, None, ox.NamedNode(iri)):
        if quad.predicate.value not in _HIDDEN_IN and isinstance(quad.subject, ox.NamedNode):
            groups.setdefault(compact(quad.predicate.value), []).append(quad.subject.value)
    return [_window(name, found, role, offset, view) for name, found in sorted(groups.items()) if role in ("", name)]


def _window(name: str, found: list[str], role: str, offset: int, view: _View) -> dict[str, Any]:
    shown = found[offset : offset + PAGE] if role else found[:PAGE]
    return {"role": name, "total": len(found), "rows": [view.link(s) for s in shown]}


def _statements(store: ox.Store, graph: ox.NamedNode) -> list[str]:
    quads = store.quads_for_pattern(None, ox.NamedNode(o.RDF + "type"), ox.NamedNode(o.KG + "Statement"), graph)
    return [q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)]


def _value(view: _View, predicate: str, value: Any) -> dict[str, str]:
    if isinstance(value, ox.NamedNode):
        return view.link(value.value)
    if predicate == o.KG + "confidence":
        return {"iri": "", "label": three_digits(value.value)}
    resolver = _RESOLVERS.get(predicate, "")
    return {"iri": resolver and resolver + quote(value.value), "label": value.value}


def describe(store: ox.Store, iri: str, graph: ox.DefaultGraph | None = None) -> Iterator[ox.Triple]:
    """Triples that start or end at a thing, and the statements about it with their evidence, each triple once; all
    triples of a named graph."""
    node = ox.NamedNode(iri)
    if store.contains_named_graph(node):
        yield from (q.triple for q in store.quads_for_pattern(None, None, None, node))
        return
    view = _View(store, graph)
    seen: set[ox.Triple] = set()
    waiting: list[Any] = []
    for quad in view.quads(node, None, None):
        if quad.predicate.value == o.KG + "evidence":
            waiting.append(quad.object)
        yield from _fresh(seen, quad.triple)
    for quad in view.quads(None, None, node):
        if quad.predicate.value in (o.RDF + "subject", o.RDF + "object"):
            waiting.append(quad.subject)
        yield from _fresh(seen, quad.triple)
    for subject in waiting:
        for quad in view.quads(subject, None, None):
            yield from _fresh(seen, quad.triple)
            if quad.predicate.value == o.KG + "evidence":
                for part in view.quads(quad.object, None, None):
                    yield from _fresh(seen, part.triple)


def _fresh(seen: set[ox.Triple], triple: ox.Triple) -> Iterator[ox.Triple]:
    if triple not in seen:
        seen.add(triple)
        yield triple
