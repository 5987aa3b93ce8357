"""A graph as it is scored: read from its RDF alone, paper by paper."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NamedTuple, cast

import pyoxigraph as ox

from kg import ontology as o
from kg.errors import InputError
from kg.evaluate.gold import Key, claim_key, norm
from kg.explore import open_graph
from kg.folder import UNREADABLE

#: Roles in labels -> property, strongest first. "mentions" is no role.
ROLES = {
    "introduces": "introduces", "extends": "extends", "compares": "comparesWith", "evaluates": "evaluatesOn",
    "runs": "runsOn", "addresses": "addresses", "uses": "uses",
}  # fmt: skip
#: Class of the ontology -> class in labels.
KINDS = {"System": "systems", "Hardware": "hardware", "Technique": "techniques", "Dataset": "datasets", "Task": "tasks"}


def _kg(name: str) -> ox.NamedNode:
    return ox.NamedNode(o.KG + name)


_TYPE = ox.NamedNode(o.RDF + "type")
_SUBJECT, _OBJECT = ox.NamedNode(o.RDF + "subject"), ox.NamedNode(o.RDF + "object")
_PREF, _ALT, _BROADER = (ox.NamedNode(o.SKOS + n) for n in ("prefLabel", "altLabel", "broader"))
_IDENTIFIER = ox.NamedNode(o.DCT + "identifier")
#: Fields that evidence names -> property, in reading order.
_TEXTS = {field: ox.NamedNode(iri) for field, iri in o.FIELD_PROPERTIES.items()}
_ARXIV = re.compile(r"^(?:arxiv:|https?://arxiv\.org/abs/)", re.I)


class SaidClaim(NamedTuple):
    """A claim of the graph, as texts."""

    key: Key
    comparators: frozenset[str]
    metrics: frozenset[str]
    conditions: frozenset[str]
    places: frozenset[str]  # hardware and data sets
    baselines: frozenset[str]
    sentence: str


class Said(NamedTuple):
    """What the graph says of one paper. Entities by IRI; empty for a paper that it does not have."""

    links: dict[str, set[str]]  # entity -> asserted properties
    claims: tuple[SaidClaim, ...] = ()
    editions: tuple[tuple[frozenset[str], str | None], ...] = ()  # labels of the series, year
    confidence: Mapping[str, float] = {}
    quotes: Mapping[str, str] = {}  # entity -> the sentence that says it
    texts: tuple[str, ...] = ()  # title, abstract, comments, …


class Source:
    """A graph to be scored: an RDF file, or a folder with graph and provenance."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._labels: dict[str, frozenset[str]] = {}
        self.ids: dict[str, str] = {}
        papers = self._subjects(_TYPE, _kg("Paper"))
        for paper in reversed(papers):
            for identifier in self._values(paper, _IDENTIFIER):
                self.ids[_ARXIV.sub("", identifier)] = paper
        self._abstracts = [(t.strip(), p) for p in papers for t in self._values(p, _TEXTS["abstract"])]

    def find(self, identifier: str | None, start: str | None = None) -> Said | None:
        """A paper by its arXiv id, else by the start of its abstract; None if the graph has none."""
        paper = self.ids.get(identifier) if identifier else None
        if paper is None and start:
            paper = next((p for text, p in self._abstracts if text.startswith(start)), None)
        return None if paper is None else self._said(paper)

    def labels(self, entity: str) -> frozenset[str]:
        """Normalised preferred and alternative labels."""
        known = self._labels.get(entity)
        if known is None:
            known = frozenset(norm(v) for p in (_PREF, _ALT) for v in self._values(entity, p))
            self._labels[entity] = known
        return known

    def rolled_up(self, entity: str) -> frozenset[str]:
        """Labels of the entity and of all its ancestors."""
        seen: set[str] = set()
        todo = [entity]
        while todo:
            node = todo.pop()
            if node not in seen:
                seen.add(node)
                todo += self._values(node, _BROADER)
        return frozenset[str]().union(*(self.labels(e) for e in seen))

    def kinds(self, entity: str) -> set[str]:
        """Classes of the entity, as labels name them."""
        return {KINDS[n] for v in self._values(entity, _TYPE) if (n := v.removeprefix(o.KG)) in KINDS}

    def _said(self, paper: str) -> Said:
        links: dict[str, set[str]] = defaultdict(set)
        for role in ("mentions", *ROLES.values()):
            for entity in self._values(paper, _kg(role)):
                links[entity].add(role)
        texts = {name: self._first(paper, p) for name, p in _TEXTS.items()}
        confidence: dict[str, float] = {}
        quotes: dict[str, str] = {}
        for statement in self._subjects(_SUBJECT, ox.NamedNode(paper)):
            for entity in self._values(statement, _OBJECT):
                quotes[entity] = self._quote(statement, texts)
                for number in self._values(statement, _kg("confidence")):
                    confidence[entity] = max(float(number), confidence.get(entity, 0))
        claims = self._subjects(_kg("claimedBy"), ox.NamedNode(paper))
        editions = []
        for edition in self._values(paper, _kg("publishedIn")):
            for series in self._values(edition, _kg("editionOf")):
                if names := self.labels(series):
                    editions.append((names, self._first(edition, _kg("year"))[:4] or None))
        return Said(
            dict(links), tuple(self._claim(c, texts) for c in claims), tuple(editions), confidence, quotes,
            tuple(t for t in texts.values() if t),
        )  # fmt: skip

    def _claim(self, claim: str, texts: Mapping[str, str]) -> SaidClaim:
        def text(*names: str) -> frozenset[str]:
            return frozenset(v for name in names for v in self._values(claim, _kg(name)))

        def label(*names: str) -> frozenset[str]:
            return frozenset(v for entity in text(*names) for v in self._values(entity, _PREF))

        value, low, high, unit = (self._first(claim, _kg(n)) for n in ("value", "minValue", "maxValue", "unitText"))
        if low and high:
            key = claim_key(f"{low} to {high}", unit)
        else:
            key = claim_key(value, unit) if value else (None, claim_key(0, unit)[1])
        comparators = frozenset(v.rpartition("#")[2] for v in text("comparator"))
        return SaidClaim(
            key, comparators, text("metricText"), text("conditionText"), label("onHardware", "onDataset"),
            text("baselineText") | label("baseline"), self._quote(claim, texts),
        )  # fmt: skip

    def _quote(self, node: str, texts: Mapping[str, str]) -> str:
        """The sentence of a statement's or claim's first evidence; "" if the graph has no evidence or no text."""
        found = []
        for evidence in self._values(node, _kg("evidence")):
            field = self._first(evidence, _kg("field"))
            span = [self._first(evidence, _kg(n)) for n in ("sentenceStart", "sentenceEnd")]
            if texts.get(field) and all(s.isdigit() for s in span):
                found.append((list(texts).index(field), int(span[0]), int(span[1]), field))
        return texts[min(found)[3]][min(found)[1] : min(found)[2]] if found else ""

    def _subjects(self, predicate: ox.NamedNode, value: ox.NamedNode) -> list[str]:
        """IRIs of which this is said in any named graph, sorted."""
        quads = self._store.quads_for_pattern(None, predicate, value)
        return sorted({q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)})

    def _values(self, subject: str, predicate: ox.NamedNode) -> list[str]:
        """Objects in any named graph, each once, sorted."""
        try:
            node = ox.NamedNode(subject)
        except ValueError:  # a literal or blank node where an IRI should stand
            return []
        quads = self._store.quads_for_pattern(node, predicate, None)
        return sorted({q.object.value for q in quads if not isinstance(q.object, ox.Triple)})

    def _first(self, subject: str, predicate: ox.NamedNode) -> str:
        return next(iter(self._values(subject, predicate)), "")


def open_source(path: Path) -> Source:
    """A graph folder, or any RDF file (.nt .ttl .nq .trig .jsonld .rdf, also .gz).

    Raises StoreError for a folder that is no graph, InputError for a file that cannot be read as RDF.
    """
    if path.is_dir():
        return Source(open_graph(path).store)
    name = path.name.removesuffix(".gz")
    form = ox.RdfFormat.from_extension(name.rpartition(".")[2])
    if form is None:
        raise InputError(f"{path}: no RDF format has this file ending; give a graph folder, .nt, .ttl, .nq or .jsonld")
    store = ox.Store()
    try:
        with path.open("rb") if name == path.name else gzip.open(path) as file:
            store.bulk_load(cast(IO[bytes], file), form)
    except (*UNREADABLE, SyntaxError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as RDF: {error}") from error
    return Source(store)
