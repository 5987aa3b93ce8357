"""The neighbourhood of one node: what a page shows that is about a single paper, entity or venue edition."""

from __future__ import annotations

from kg.errors import StoreError
from kg.graph import KnowledgeGraph
from kg.ontology import edition_id
from kg.view import data


def content(
    graph: KnowledgeGraph, start: str, *, depth: int, iri: data.Iri, limit: int, abstracts: bool = True
) -> data.Content:
    """What lies within `depth` steps of the node `start`, nearest first, at most `limit` nodes, and the edges between.

    `total` of the answer counts the nodes of the whole graph. Raises StoreError if the graph has no such node.
    """
    links = _links(graph)
    if start not in links:
        raise StoreError(
            f"no node {start!r} in this graph; papers look like arxiv:2006.06762, entities like system/ray"
        )
    kept = {start: None}
    border = [start]
    for _ in range(depth):
        reached = sorted((rank, doubt, other) for node in border for rank, doubt, other in links[node])
        border = list(dict.fromkeys(other for *_, other in reached if other not in kept))[: max(limit - len(kept), 0)]
        kept |= dict.fromkeys(border)
    # Entities that are no nodes here stay in the graph, so that claims can call them by their names.
    near = KnowledgeGraph(
        (graph.facts[id_] for id_ in kept if id_ in graph.facts),
        graph.entities.values(),
        graph.venues.values(),
        base_iri=graph.base_iri,
    )
    found = data.content(near, iri, limit=len(links), abstracts=abstracts)
    edges = [e for e in found.edges if e["from"] in kept and e["to"] in kept]
    return found._replace(nodes=[n for n in found.nodes if n["id"] in kept], edges=edges, total=len(links))


def _links(graph: KnowledgeGraph) -> dict[str, list[tuple[int, float, str]]]:
    """Of every node its neighbours as (rank of the relation, 1 - confidence, id), so that the strongest sort first."""
    ranks = {relation: i for i, relation in enumerate(data.RELATIONS)}
    links: dict[str, list[tuple[int, float, str]]] = {id_: [] for id_ in graph.facts}
    links |= {e.id: [] for e in graph.entities.values() if e.kind != "metric"}

    def link(a: str, b: str, relation: str, confidence: float) -> None:
        rank = ranks.get(relation, len(ranks))
        links.setdefault(a, []).append((rank, 1 - confidence, b))
        links.setdefault(b, []).append((rank, 1 - confidence, a))

    for paper, facts in graph.facts.items():
        for edge in facts.edges:
            link(paper, edge.statement.object, edge.statement.predicate, edge.confidence)
        for edition in facts.editions:
            link(paper, edition_id(edition.venue, edition.year), "publishedIn", edition.confidence)
    for entity in graph.entities.values():
        for broader in entity.broader:
            if entity.id in links and broader in links and broader != entity.id:
                link(entity.id, broader, "broader", 1.0)
    return links
