"""The door of this room: a graph in, one HTML file out."""

from __future__ import annotations

from collections.abc import Callable

from kg.graph import KnowledgeGraph
from kg.view.network import KGNetwork


def render(
    graph: KnowledgeGraph,
    *,
    title: str,
    iri: Callable[[str], str],
    abstracts: bool = True,
) -> str:
    """The explorer page of a graph as the text of one HTML file that asks nothing of any network.

    `iri` turns an id of the graph ("arxiv:2006.06762", "system/ray", "edition/mlsys-2021") into its IRI.
    `abstracts=False` leaves whole abstracts out; evidence sentences stay. Same graph, same bytes.
    """
    return KGNetwork.from_graph(graph, title=title, iri=iri, abstracts=abstracts).generate_html()
