"""What the page says, as plain values: nodes, edges with evidence, claims, texts. Nothing here knows HTML.

Names and texts come in readable form (`readable.py`); the graph keeps them as they were stored.

Offsets in these values count UTF-16 units, as the page's language does; the graph's own count code points.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from kg.graph import KnowledgeGraph, year_of
from kg.model import Claim, Edition, Entity, Evidence, Facts, Paper
from kg.ontology import COMPARATOR_WORDS, edition_id
from kg.view.layout import Disc
from kg.view.readable import Readable, readable

Iri = Callable[[str], str]
Row = dict[str, Any]


class Kind(NamedTuple):
    """A class of nodes: shape is one of vis-network's, colours are for a light and a dark page."""

    key: str
    label: str
    plural: str
    shape: str
    light: str
    dark: str


#: In the order of the legend. Each colour stands out from its page (3:1), and any two stay apart (CIELAB distance above
#: 20) also to eyes without red, green or blue cones, as simulated by Machado et al. 2009; a test holds them to it.
KINDS = (
    Kind("paper", "Paper", "Papers", "dot", "#8b83b3", "#77776c"),
    Kind("system", "System", "Systems", "square", "#154da9", "#2f93f0"),
    Kind("technique", "Technique", "Techniques", "diamond", "#2e9f6b", "#51dd99"),
    Kind("hardware", "Hardware", "Hardware", "hexagon", "#a01205", "#d8592f"),
    Kind("dataset", "Dataset", "Datasets", "triangle", "#d57201", "#e8d83f"),
    Kind("task", "Task", "Tasks", "triangleDown", "#861d61", "#cb85bf"),
    Kind("edition", "Venue", "Venues", "star", "#1a0f18", "#d5faf8"),
)
#: For nodes that a user adds by hand and gives no class.
OTHER = Kind("other", "Other", "Others", "dot", "#7b7f86", "#9aa0a8")

_KEYS = frozenset(kind.key for kind in KINDS)

#: Relation -> how it reads from the subject and from the object, strongest first.
RELATIONS = {
    "introduces": ("introduces", "introduced by"),
    "extends": ("extends", "extended by"),
    "comparesWith": ("compares with", "compared with by"),
    "evaluatesOn": ("evaluates on", "evaluated on by"),
    "runsOn": ("runs on", "target of"),
    "addresses": ("addresses", "addressed by"),
    "uses": ("uses", "used by"),
    "mentions": ("mentions", "mentioned by"),
    "publishedIn": ("published in", "published here"),
    "broader": ("is a kind of", "kinds of it"),
}
FIELD_LABELS = {"title": "title", "abstract": "abstract", "comments": "comments", "journal_ref": "journal reference"}


class Content(NamedTuple):
    """All of one page. Edge ends are node ids; `total` counts the nodes before the cut to the best connected."""

    nodes: list[Row]
    edges: list[Row]
    claims: list[Row]
    texts: list[str]
    total: int


def content(graph: KnowledgeGraph, iri: Iri, *, limit: int | None = None, abstracts: bool = True) -> Content:
    """Papers, entities (metrics aside) and venue editions with their edges; with `limit` the best connected nodes."""
    texts = _Texts(graph, whole=abstracts)
    nodes = {f.paper.id: _paper(f, iri, texts) for f in graph.facts.values()}
    nodes |= {e.id: _entity(e, iri) for e in graph.entities.values() if e.kind != "metric"}
    edges: list[Row] = []
    for facts in graph.facts.values():
        for edge in facts.edges:
            subject, predicate, target = edge.statement.subject, edge.statement.predicate, edge.statement.object
            if target not in nodes:
                nodes[target] = _entity(Entity(id=target, label=""), iri)
            evidence = [texts.evidence(e) for e in edge.evidence]
            edges.append(_edge(subject, target, predicate, edge.confidence, evidence))
        for edition in facts.editions:
            target = edition_id(edition.venue, edition.year)
            if target not in nodes:
                nodes[target] = _edition(target, edition, graph, iri)
            edges.append(
                _edge(facts.paper.id, target, "publishedIn", edition.confidence, [texts.evidence(edition.evidence)])
            )
    for entity in graph.entities.values():
        for broader in entity.broader:
            if entity.id in nodes and broader in nodes and broader != entity.id:
                edges.append(_edge(entity.id, broader, "broader", 1.0, []))
    total = len(nodes)
    kept = _best_connected(nodes, edges, limit)
    edges = [e for e in edges if e["from"] in kept and e["to"] in kept]
    claims = [_claim(c, graph, texts) for f in graph.facts.values() if f.paper.id in kept for c in f.claims]
    return Content([node for id_, node in nodes.items() if id_ in kept], edges, claims, texts.used, total)


def name_of(members: Iterable[Row]) -> str:
    """A name for a community: its best connected technique and system, else what it has. `members` carry `degree`."""
    best: dict[str, Row] = {}
    first: Row | None = None
    for node in members:
        held = best.get(node["kind"])
        if held is None or _before(node, held):
            best[node["kind"]] = node
            if first is None or _before(node, first):
                first = node
    named = [best[kind] for kind in ("technique", "system") if kind in best]
    if len(named) < 2:
        named += [best[kind] for kind in ("task", "dataset", "hardware", "edition") if kind in best]
    if not named:
        return _clip(first["label"], 48) if first else ""
    return " · ".join(_clip(node["label"], 32) for node in named[:2])


def _before(node: Row, other: Row) -> bool:
    """Better connected, else earlier by label and id."""
    return (-node["degree"], node["label"], node["id"]) < (-other["degree"], other["label"], other["id"])


def regions(discs: Iterable[Disc], nodes: Sequence[Row]) -> list[Row]:
    """Communities of more than three nodes: place, radius, name."""
    found: list[Row] = []
    for disc in discs:
        if len(disc.members) > 3:
            name = name_of(nodes[i] for i in disc.members)
            found.append({"x": disc.x, "y": disc.y, "r": disc.r, "name": name})
    return found


class _Texts:
    """The table of texts that evidence points into: whole fields, or single sentences if whole ones may not be told."""

    def __init__(self, graph: KnowledgeGraph, *, whole: bool) -> None:
        self.used: list[str] = []
        self._read: list[Readable] = []
        self._index: dict[tuple[str, str, int], int] = {}
        self._graph = graph
        self._whole = whole

    def abstract(self, paper: Paper) -> int | None:
        """Number of the whole abstract, or `None` if it is empty or may not be told."""
        return self._add((paper.id, "abstract", -1), paper.abstract) if paper.abstract and self._whole else None

    def evidence(self, e: Evidence) -> Row:
        """The place of a mention, its sentence and how it was found."""
        paper = self._graph.facts[e.paper].paper
        text, shift = paper.text(e.field), 0
        if self._whole or e.field != "abstract":
            number = self._add((paper.id, e.field, -1), text)
        else:
            shift = e.sentence_start
            text = text[e.sentence_start : e.sentence_end]
            number = self._add((paper.id, e.field, shift), text)
        read = self._read[number]
        mention = read.span(e.start - shift, e.end - shift)
        sentence = read.span(e.sentence_start - shift, e.sentence_end - shift)
        span = [*mention, min(sentence[0], mention[0]), max(sentence[1], mention[1])]
        return {
            "paper": paper.id,
            "text": number,
            "span": span if read.text.isascii() else [_utf16(read.text, place) for place in span],
            "field": FIELD_LABELS.get(e.field, e.field),
            "rule": e.rule,
            "score": number_or_none(e.score),
        }

    def _add(self, key: tuple[str, str, int], text: str) -> int:
        if key not in self._index:
            self._index[key] = len(self.used)
            self._read.append(Readable(text))
            self.used.append(self._read[-1].text)
        return self._index[key]


def _paper(facts: Facts, iri: Iri, texts: _Texts) -> Row:
    paper = facts.paper
    title = paper.title.strip()
    row = _node(paper.id, "paper", readable(title) or _first_words(readable(paper.abstract)), iri)
    row["tex"] = title if title and title != row["label"] else ""  # of a citation, which is TeX
    row["year"] = year_of(facts)
    row["date"] = paper.date
    row["authors"] = [a.name for a in paper.authors]
    row["categories"] = list(paper.categories)
    row["arxiv"], row["doi"] = paper.arxiv_id, paper.doi
    row["urls"] = list(paper.urls)
    row["comments"], row["journal"] = readable(paper.comments), readable(paper.journal_ref)
    row["abstract"] = texts.abstract(paper)
    return {key: value for key, value in row.items() if value not in ("", None, [])}


def _entity(entity: Entity, iri: Iri) -> Row:
    kind = entity.kind if entity.kind in _KEYS else OTHER.key
    row = _node(entity.id, kind, readable(entity.label.strip()) or entity.id.rpartition("/")[2], iri)
    row["aliases"] = [readable(a) for a in entity.aliases if a != entity.label]
    row["definition"] = readable(entity.definition)
    row["urls"] = [entity.url] if entity.url else []
    row["discovered"] = entity.discovered
    row["mined"] = entity.mined
    return {key: value for key, value in row.items() if value not in ("", None, [], False)}


def _edition(id_: str, edition: Edition, graph: KnowledgeGraph, iri: Iri) -> Row:
    venue = graph.venues.get(edition.venue)
    name = (venue.label.strip() if venue else "") or edition.venue.rpartition("/")[2]
    row = _node(id_, "edition", f"{name} {edition.year}" if edition.year else name, iri)
    row["venue"], row["venueLabel"], row["venueIri"] = edition.venue, name, iri(edition.venue)
    if edition.year:
        row["year"] = edition.year
    if venue:
        row["aliases"] = [a for a in venue.aliases if a != venue.label]
        row["definition"] = venue.kind
        row["urls"] = [venue.url] if venue.url else []
    host = graph.venues.get(edition.host)
    if host:
        row["definition"] = f"{row.get('definition', 'workshop')}, co-located with {host.label}"
    return {key: value for key, value in row.items() if value not in ("", None, [])}


def _node(id_: str, kind: str, label: str, iri: Iri) -> Row:
    return {"id": id_, "label": label or id_, "kind": kind, "iri": iri(id_)}


def _edge(source: str, target: str, relation: str, confidence: float, evidence: list[Row]) -> Row:
    confidence = round(number_or_none(confidence) or 0.0, 4)
    row = {"from": source, "to": target, "relation": relation, "confidence": confidence, "evidence": evidence}
    return row | {"arrows": "to"}


def _claim(claim: Claim, graph: KnowledgeGraph, texts: _Texts) -> Row:
    def label(id_: str) -> str:
        entity = graph.entities.get(id_)
        return readable(entity.label if entity else "") or id_.rpartition("/")[2]

    row: Row = {
        "paper": claim.paper,
        "subject": claim.subject,
        "subjectLabel": label(claim.subject),
        "metric": readable(claim.metric_text) or label(claim.metric),
        "beats": claim.beats or None,
        "value": _quantity(claim),
        "amount": next((v for v in map(number_or_none, (claim.value, claim.high, claim.low)) if v is not None), None),
        "unit": claim.unit,
        "comparator": COMPARATOR_WORDS.get(claim.comparator, ""),
        "direction": claim.direction,
        "baseline": claim.baseline,
        "baselineLabel": readable(claim.baseline_text) or label(claim.baseline),
        "hardware": [[h, label(h)] for h in claim.hardware],
        "datasets": [[d, label(d)] for d in claim.datasets],
        "condition": readable(claim.condition_text),
        "factor": number_or_none(claim.improvement_factor),
        "confidence": number_or_none(claim.confidence),
        "evidence": texts.evidence(claim.evidence),
    }
    return {key: value for key, value in row.items() if value not in ("", None, [])}


def _quantity(claim: Claim) -> str:
    """ "3.8×", "12–15 %", "4 ms": the number without its comparator."""
    ends = [claim.value] if claim.value is not None else [claim.low, claim.high]
    amount = "–".join(f"{v:.12g}" for v in map(number_or_none, ends) if v is not None)
    unit = {"x": "×", "%": "%", "": ""}.get(claim.unit, f" {claim.unit}")
    return f"{amount}{unit}" if amount else ""


def _best_connected(nodes: dict[str, Row], edges: Sequence[Row], limit: int | None) -> set[str]:
    if limit is None or limit >= len(nodes):
        return set(nodes)
    degree = Counter(end for edge in edges for end in (edge["from"], edge["to"]))
    return set(sorted(nodes, key=lambda id_: (-degree[id_], id_))[:limit])


def number_or_none(value: float | None) -> float | None:
    """JSON knows no infinity."""
    return value if value is not None and math.isfinite(value) else None


def _utf16(text: str, offset: int) -> int:
    return len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2


def _first_words(text: str) -> str:
    words = text.split(maxsplit=12)[:12]
    return " ".join(words) + "…" if words else ""


def _clip(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
