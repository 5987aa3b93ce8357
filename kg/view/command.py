"""What `kg view` does: a graph folder in, one page out, of the whole graph or of the neighbourhood of one node."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from kg.errors import StoreError
from kg.graph import KnowledgeGraph
from kg.view.network import KGNetwork

TITLE = "Knowledge graph of papers"


class Written(NamedTuple):
    """The file, and how many of the graph's nodes it shows."""

    path: Path
    nodes: int
    total: int


def write(
    graph: KnowledgeGraph,
    output: Path | None = None,
    *,
    start: str = "",
    depth: int = 1,
    abstracts: bool = True,
) -> Written:
    """Write the page to `output`, or else to a file in this folder that is named after what it shows.

    `start` is the id of the node whose neighbourhood of `depth` steps is wanted; "" is the whole graph. Raises StoreError
    if the graph has no such node or the file has no place.
    """
    network = KGNetwork.from_graph(graph, title=TITLE, start=start, depth=depth, abstracts=abstracts)
    if start:
        network.heading = network.node_map[start]["label"]
    path = output or Path(f"{re.sub(r'[^A-Za-z0-9.-]+', '-', start).strip('-.')[:80] or 'graph'}.html")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist; make it, or name another file with -o")
    network.write_html(path)
    return Written(path, len(network.nodes), max(network.total, len(network.nodes)))
