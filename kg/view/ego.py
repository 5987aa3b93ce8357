"""The neighbourhood of one node: what a page shows that is about a single paper, entity or venue edition."""

from __future__ import annotations

import difflib
from collections import defaultdict

from kg.errors import StoreError
from kg.graph import KnowledgeGraph
from kg.ontology import edition_id
from kg.view import data


def find(graph: KnowledgeGraph, name: str) -> str:
    """The id of an entity or venue edition by its id ("system/ray", "edition/osdi-2020") of today or of former times,
    label or alias, in any case.

    Raises StoreError if nothing or more than one thing has the name; the message names what comes close.
    """
    editions = {edition_id(e.venue, e.year) for f in graph.facts.values() for e in f.editions}
    if name in editions or name in graph.entities:
        return name
    wanted = name.casefold()
    called: dict[str, list[str]] = defaultdict(list)
    for entity in graph.entities.values():
        if entity.kind != "metric":
            for known in {entity.label.casefold(), *(a.casefold() for a in entity.aliases), *entity.was}:
                called[known].append(entity.id)
    found = called.get(wanted, [])
    ids = [id_ for id_ in found if graph.entities[id_].label.casefold() == wanted] or found
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise StoreError(f"{name!r} names {len(ids)} entities; give one by its id: {', '.join(sorted(ids)[:8])}")
    close = difflib.get_close_matches(wanted, called, n=3)
    hint = f"; close to it: {', '.join(graph.entities[called[c][0]].label for c in close)}" if close else ""
    raise StoreError(f"no entity is called {name!r}{hint}; ids look like system/ray or hardware/gpu")


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
