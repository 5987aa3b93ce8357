"""GraphML for Gephi, Cytoscape and yEd, from the networkx view."""

from __future__ import annotations

from pathlib import Path

from kg.graph import KnowledgeGraph


def write(path: Path, graph: KnowledgeGraph) -> None:
    """Write the networkx view as GraphML. Characters that XML 1.0 does not allow are left out of attributes."""
    import networkx as nx

    view = graph.networkx()
    for _, attributes in view.nodes(data=True):
        _clean(attributes)
    for _, _, attributes in view.edges(data=True):
        _clean(attributes)
    nx.write_graphml(view, path, named_key_ids=True)


def _clean(attributes: dict[str, object]) -> None:
    for key, value in attributes.items():
        if isinstance(value, str):
            attributes[key] = "".join(c for c in value if c >= " " or c in "\t\n\r")
