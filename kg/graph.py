"""The assembled graph in memory, its laws, and its networkx view.

`KnowledgeGraph` holds what every export is computed from: facts per paper, entities and venues. Merging two graphs is
commutative, associative and idempotent.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from kg import ontology
from kg.errors import StoreError
from kg.model import Claim, Edition, Entity, Facts, Paper, Venue, pack
from kg.settings import BASE_IRI

if TYPE_CHECKING:
    import networkx as nx


class View(Protocol):
    """What `add_paper` needs of a `networkx.MultiDiGraph`."""

    def add_node(self, name: str, /, **attributes: Any) -> Any:
        """Add a node, or attributes to it."""

    def add_edge(self, source: str, target: str, /, key: str, **attributes: Any) -> Any:
        """Add an edge, or attributes to it. Its ends become nodes if they are none."""


class KnowledgeGraph:
    """Papers with their facts, and every entity and venue they reach (ancestors by `broader` included).

    `base_iri`: where the IRIs of its resources live, as `kg build --base-iri` takes it.
    """

    def __init__(
        self, facts: Iterable[Facts], entities: Iterable[Entity], venues: Iterable[Venue], *, base_iri: str = BASE_IRI
    ) -> None:
        self.base_iri = base_iri
        self.facts: dict[str, Facts] = {f.paper.id: f for f in sorted(facts, key=lambda f: f.paper.id)}
        self.entities: dict[str, Entity] = {e.id: e for e in sorted(entities, key=lambda e: e.id)}
        self.venues: dict[str, Venue] = {v.id: v for v in sorted(venues, key=lambda v: v.id)}

    @property
    def papers(self) -> list[Paper]:
        """Papers in the order of their ids."""
        return [f.paper for f in self.facts.values()]

    @property
    def claims(self) -> Iterator[Claim]:
        """Every claim, papers in the order of their ids."""
        return (c for f in self.facts.values() for c in f.claims)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KnowledgeGraph):
            return NotImplemented
        return (self.base_iri, self.facts, self.entities, self.venues) == (
            other.base_iri,
            other.facts,
            other.entities,
            other.venues,
        )

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: KnowledgeGraph) -> KnowledgeGraph:
        """Union. Where both hold a paper, entity or venue under one id, the richer one is kept (more bytes, then the
        greater bytes), so that the order of merging does not matter.

        Raises ValueError if their IRIs live in two places.
        """
        if self.base_iri != other.base_iri:
            raise ValueError(
                f"one graph has its IRIs under {self.base_iri}, the other under {other.base_iri}; set `base_iri` of one "
                "to that of the other first"
            )
        return KnowledgeGraph(
            _richer(self.facts, other.facts),
            _richer(self.entities, other.entities),
            _richer(self.venues, other.venues),
            base_iri=self.base_iri,
        )

    def named(self, name: str) -> list[str]:
        """The ids of everything called so: an entity (metrics aside) or venue edition by its id of today or of former times
        ("system/ray", "edition/osdi-2020"), an entity by its label or an alias, in any case. In the order of ids.

        Raises StoreError if nothing is; the message names what comes close.
        """
        editions = {ontology.edition_id(e.venue, e.year) for f in self.facts.values() for e in f.editions}
        if name in editions or name in self.entities:
            return [name]
        called: dict[str, list[str]] = defaultdict(list)
        for entity in self.entities.values():
            if entity.kind != "metric":
                for known in {entity.label.casefold(), *(a.casefold() for a in entity.aliases), *entity.was}:
                    called[known].append(entity.id)
        wanted = name.casefold()
        if wanted in called:
            return called[wanted]
        close = difflib.get_close_matches(wanted, called, n=3)
        hint = f"; close to it: {', '.join(self.entities[called[c][0]].label for c in close)}" if close else ""
        raise StoreError(f"no entity is called {name!r}{hint}; ids look like system/ray or hardware/gpu")

    def find(self, name: str) -> str:
        """The id of the one thing that is `named` so; a label counts for more than an alias.

        Raises StoreError if nothing or more than one thing has the name.
        """
        found = self.named(name)
        ids = [i for i in found if i in self.entities and self.entities[i].label.casefold() == name.casefold()] or found
        if len(ids) > 1:
            raise StoreError(f"{name!r} names {len(ids)} entities; give one by its id: {', '.join(ids[:8])}")
        return ids[0]

    def quote(self, paper: str, field: str, start: int, end: int) -> str:
        """The text of a paper's field between two offsets, code points, half-open."""
        return self.facts[paper].paper.text(field)[start:end]

    def networkx(self) -> nx.MultiDiGraph[str]:
        """A new `networkx.MultiDiGraph`.

        Nodes are ids ("arxiv:2006.06762", "system/ray", "edition/icpp-2019", "claim/…") with `type` (the class),
        `label` and `iri`, and what else is known. Edges point from the paper (or narrower entity, edition, claim) and
        have the relation as key and as `type`; edges from papers have `confidence` and the `sentence` that says it.
        """
        import networkx as nx

        namer = ontology.Namer(self.base_iri)
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for entity in self.entities.values():
            graph.add_node(entity.id, **entity_attributes(entity, namer))
        for venue in self.venues.values():
            graph.add_node(venue.id, **venue_attributes(venue, namer))
        labels = {v.id: v.label for v in self.venues.values()}
        for facts in self.facts.values():
            add_paper(graph, facts, namer, labels)
        for entity in self.entities.values():
            for parent in entity.broader:
                if parent in self.entities:
                    graph.add_edge(entity.id, parent, key="broader", type="broader")
        return graph


def closure(
    facts: Collection[Facts],
    entities: Callable[[], Iterable[Entity]],
    venues: Iterable[Venue],
    *,
    base_iri: str = BASE_IRI,
) -> KnowledgeGraph:
    """Some papers' facts with all that they reach, and nothing else.

    Args:
        entities: gives all entities there are, again with each call, so that they need not be held.
        venues: all there are.
        base_iri: as of `KnowledgeGraph`.
    """
    near = {e for some in facts for e in reached(some)}
    broader = {e.id: e.broader for e in entities() if e.broader}
    todo = list(near)
    while todo:
        parents = set(broader.get(todo.pop(), ())) - near
        near |= parents
        todo += parents
    series = {v for some in facts for e in some.editions for v in (e.venue, e.host)}
    return KnowledgeGraph(
        facts, (e for e in entities() if e.id in near), (v for v in venues if v.id in series), base_iri=base_iri
    )


def reached(facts: Facts) -> Iterator[str]:
    """The ids of entities that one paper's facts speak of, metrics included; some more than once."""
    for edge in facts.edges:
        yield edge.statement.object
    for claim in facts.claims:
        yield from (e for e in (claim.subject, claim.baseline, claim.metric, *claim.hardware, *claim.datasets) if e)


def year_of(facts: Facts) -> int | None:
    """The year that a paper is filtered by: of its date, else of the month in its arXiv id, else of its first edition."""
    paper = facts.paper
    if paper.date[:4].isdecimal():
        return int(paper.date[:4])
    if paper.month:
        return (paper.month - 1) // 12
    return min((edition.year for edition in facts.editions if edition.year), default=None)


def only_classes(facts: Facts, classes: Collection[str]) -> Facts:
    """The same paper with edges to entities of some classes; claims and editions stay."""
    edges = tuple(e for e in facts.edges if e.statement.object.partition("/")[0] in classes)
    return Facts(paper=facts.paper, edges=edges, claims=facts.claims, editions=facts.editions)


def entity_attributes(entity: Entity, namer: ontology.Namer) -> dict[str, Any]:
    """What the networkx view says of an entity."""
    return {
        "type": ontology.CLASS_OF[entity.kind],
        "label": entity.label,
        "iri": namer(entity.id),
        "aliases": "|".join(entity.aliases),
        "discovered": entity.discovered,
        "mined": entity.mined,
    }


def venue_attributes(venue: Venue, namer: ontology.Namer) -> dict[str, Any]:
    """What the networkx view says of a series."""
    return {"type": "Venue", "label": venue.label, "iri": namer(venue.id), "aliases": "|".join(venue.aliases)}


def add_paper(
    graph: nx.MultiDiGraph[str] | View, facts: Facts, namer: ontology.Namer, labels: Mapping[str, str]
) -> None:
    """Add a paper with its editions and claims, and every edge from them, to a networkx view. `labels`: of venues."""
    paper = facts.paper
    graph.add_node(
        paper.id,
        type="Paper",
        label=paper.label,
        iri=namer(paper.id),
        date=paper.date,
    )

    def edge(source: str, target: str, relation: str, **attributes: Any) -> None:
        graph.add_edge(source, target, key=relation, type=relation, **attributes)

    for e in facts.edges:
        best = e.evidence[0]
        sentence = paper.text(best.field)[best.sentence_start : best.sentence_end]
        edge(paper.id, e.statement.object, e.statement.predicate, confidence=e.confidence, sentence=sentence)
    for edition in facts.editions:
        own = _add_edition(graph, edition.venue, edition, namer, labels)
        edge(paper.id, own, "publishedIn", confidence=edition.confidence, sentence=edition.evidence.exact)
        if edition.host:
            edge(own, _add_edition(graph, edition.host, edition, namer, labels), "colocatedWith")
    for claim in facts.claims:
        node = ontology.claim_id(claim)
        numbers = {"value": claim.value, "low": claim.low, "high": claim.high}
        graph.add_node(
            node,
            type="Claim",
            label=f"{claim.comparator} {claim.unit} {claim.metric_text}",
            iri=namer(node),
            unit=claim.unit,
            comparator=claim.comparator,
            metric=claim.metric_text,
            **{k: v for k, v in numbers.items() if v is not None},
        )
        edge(node, paper.id, "claimedBy")
        for relation, targets in (
            ("subject", (claim.subject,)),
            ("baseline", (claim.baseline,)),
            ("onHardware", claim.hardware),
            ("onDataset", claim.datasets),
        ):
            for target in targets:
                if target:
                    edge(node, target, relation)


def _add_edition(
    graph: nx.MultiDiGraph[str] | View, venue: str, edition: Edition, namer: ontology.Namer, labels: Mapping[str, str]
) -> str:
    node = ontology.edition_id(venue, edition.year)
    graph.add_node(
        node,
        type="VenueEdition",
        label=f"{labels[venue]} {edition.year}" if edition.year else labels[venue],
        iri=namer(node),
        year=edition.year,
    )
    graph.add_edge(node, venue, key="editionOf", type="editionOf")
    return node


def _richer(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    merged = dict(one)
    for key, value in other.items():
        have = merged.get(key)
        if have is None or _weight(value) > _weight(have):
            merged[key] = value
    return list(merged.values())


def _weight(value: Any) -> tuple[int, bytes]:
    packed = pack(value)
    return len(packed), packed
