"""The pyvis component: a `pyvis.network.Network` that writes the offline explorer page.

pyvis users find what they know (`add_node`, `add_edge`, `set_options`, `write_html`, `show`); the page is our own.
"""

from __future__ import annotations

import gc
import html
import json
import webbrowser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pyvis.network import Network

from kg.graph import KnowledgeGraph
from kg.ontology import PREFIXES, Namer
from kg.view import data, ego
from kg.view.cache import place
from kg.view.document import document
from kg.view.pack import pack

#: Above this many nodes the page is the WebGL explorer; up to it, vis-network draws.
PYVIS_LIMIT = 2000

#: Options of vis-network that nodes without class, and edges, may set for themselves.
NODE_STYLE = ("color", "shape", "size")
EDGE_STYLE = ("color", "width", "dashes", "smooth")
#: Shapes that stand beside their label; in the others the label is inside, which the page draws itself.
SHAPES = ("dot", "square", "diamond", "hexagon", "star", "triangle", "triangleDown")


class _Links(NamedTuple):
    """Edges as numbers: their ends, the names of relations (the known ones first), and the relation of each edge."""

    ends: list[tuple[int, int]]
    names: list[str]
    relation: list[int]


class KGNetwork(Network):  # type: ignore[misc]  # pyvis has no types
    """A directed network that keeps parallel edges, with positions computed in Python and physics off.

    Nodes and edges are pyvis' plain dicts. A node may carry `kind` (a key of `data.KINDS`), an edge `relation` (a key
    of `data.RELATIONS`, or any words) and `confidence` in [0, 1].
    """

    options: Any

    def __init__(self, height: str = "750px", width: str = "100%", directed: bool = True, **options: Any) -> None:
        options = {"heading": "Knowledge graph", "cdn_resources": "in_line"} | options
        super().__init__(height=height, width=width, directed=directed, **options)
        self.toggle_physics(False)
        self.claims: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.total = 0
        self.cache: Path | None = None
        self.start = ""  # id of the node that is open at first

    @classmethod
    def from_graph(
        cls,
        graph: KnowledgeGraph,
        *,
        title: str = "Knowledge graph",
        iri: data.Iri | None = None,
        limit: int | None = None,
        abstracts: bool = True,
        start: str = "",
        depth: int = 1,
        cache: Path | None = None,
    ) -> KGNetwork:
        """The network of a graph's papers, entities and venue editions; only its `limit` best connected nodes if given.

        With `start`, the id of a node, only what lies within `depth` steps of it, nearest first and at most
        PYVIS_LIMIT nodes unless `limit` says else; the page opens there. `iri` makes IRIs from ids (default: those of
        the RDF exports). `abstracts=False` leaves whole abstracts out. `cache` is a folder that keeps the layout.
        """
        self = cls(heading=title)
        self.cache = cache
        iri = iri or Namer()
        with _collector_off():
            if start:
                self.start = start
                near = PYVIS_LIMIT if limit is None else limit
                self._fill(ego.content(graph, start, depth=depth, iri=iri, limit=near, abstracts=abstracts))
            else:
                self._fill(data.content(graph, iri, limit=limit, abstracts=abstracts))
        return self

    def _fill(self, content: data.Content) -> None:
        """Direct assignment: `add_node` and `add_edge` look through all nodes each time."""
        self.nodes, self.edges = content.nodes, content.edges
        self.node_ids = [node["id"] for node in content.nodes]
        self.node_map = {node["id"]: node for node in content.nodes}
        self.claims, self.texts, self.total = content.claims, content.texts, content.total

    def set_options(self, options: str | dict[str, Any]) -> None:
        """vis-network options as JSON, as JavaScript that assigns JSON, or as a dict; they go over the page's own."""
        if isinstance(options, str):
            options = json.loads(options[options.index("{") : options.rindex("}") + 1])
        self.options = options

    def generate_html(self, name: str = "index.html", local: bool = True, notebook: bool = False) -> str:
        """The page as text. The arguments are pyvis' and change nothing: the page is always one offline file."""
        title = str(self.heading or "Knowledge graph")
        with _collector_off():
            links = self._links()
            head, nodes = self._laid_out(links)
            make = self._rows if len(nodes) <= PYVIS_LIMIT else self._columns
            self.html = document(title, *make(head, nodes, links))
        return str(self.html)

    def write_html(
        self, name: str | Path, local: bool = True, notebook: bool = False, open_browser: bool = False
    ) -> None:
        """Write the page in UTF-8 with line feeds; nothing else is written anywhere."""
        path = Path(name)
        path.write_text(self.generate_html(), encoding="utf-8", newline="\n")
        if open_browser:
            webbrowser.open(path.resolve().as_uri())

    def show(self, name: str | Path, local: bool = True, notebook: bool = False) -> KGNetwork:
        """Write the page. In a notebook the returned network shows itself; `write_html(open_browser=True)` opens it."""
        self.write_html(name)
        return self

    def _repr_html_(self) -> str:
        """The page in a frame of its own, for notebooks: no server, no file, no access to the notebook."""
        return (
            f'<iframe title="{html.escape(str(self.heading))}" width="{html.escape(str(self.width))}" '
            f'height="{html.escape(str(self.height))}" sandbox="allow-scripts allow-downloads allow-popups" '
            f'style="border:0" srcdoc="{html.escape(self.generate_html())}"></iframe>'
        )

    def _links(self) -> _Links:
        index = {node["id"]: i for i, node in enumerate(self.nodes)}
        own = [_relation(e) for e in self.edges]
        number = {name: i for i, name in enumerate(dict.fromkeys([*data.RELATIONS, *own]))}
        return _Links([(index[e["from"]], index[e["to"]]) for e in self.edges], list(number), [number[r] for r in own])

    def _laid_out(self, links: _Links) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What both pages say of the whole, and the nodes with their places."""
        degree = Counter(end for pair in links.ends for end in set(pair))
        layout = place(len(self.nodes), links.ends, self.cache)
        nodes = [
            _shown(node) | {"degree": degree[i], "x": node.get("x", layout.x[i]), "y": node.get("y", layout.y[i])}
            for i, node in enumerate(self.nodes)
        ]
        present = {node["kind"] for node in nodes}
        head = {
            "title": str(self.heading),
            "kinds": [kind._asdict() for kind in (*data.KINDS, data.OTHER) if kind.key in present],
            "relations": [[name, *data.RELATIONS.get(name, (name, f"{name} (from)"))] for name in links.names],
            "communities": data.regions(layout.discs, nodes),
            "inner": data.regions((disc for outer in layout.discs for disc in outer.inner), nodes),
            "total": max(self.total, len(nodes)),
            "start": self.start,
            "prefixes": {name: PREFIXES[name] for name in ("kg", "rdf", "rdfs", "dct", "skos")},
        }
        return head, nodes

    def _rows(
        self, head: dict[str, Any], nodes: list[dict[str, Any]], links: _Links
    ) -> tuple[dict[str, Any], dict[str, str] | None]:
        """The data of the vis-network page."""
        edges = [
            [*pair, relation, e.get("confidence", 1), e.get("evidence", []), _picked(e, EDGE_STYLE)]
            for pair, relation, e in zip(links.ends, links.relation, self.edges, strict=True)
        ]
        rest = {"nodes": nodes, "edges": edges, "claims": self.claims, "texts": self.texts}
        return head | rest | {"options": self._vis_options()}, None

    def _columns(
        self, head: dict[str, Any], nodes: list[dict[str, Any]], links: _Links
    ) -> tuple[dict[str, Any], dict[str, str] | None]:
        """The data of the explorer: its head, and what is packed."""
        kinds = {kind["key"]: i for i, kind in enumerate(head["kinds"])}
        packed = pack(nodes, self.edges, links.ends, links.relation, kinds, self.claims, self.texts)
        return head | packed.head, packed.blobs

    def _vis_options(self) -> dict[str, Any]:
        """Only what the user asked for: pyvis' own defaults would turn physics and smooth edges on."""
        if isinstance(self.options, dict):
            return self.options
        physics = json.loads(self.options.to_json())["physics"]
        return {"physics": physics} if physics.get("enabled") else {}


@contextmanager
def _collector_off() -> Iterator[None]:
    """Rows by the million, none of them in a cycle: Python's collector would walk over all of them again and again."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _shown(node: dict[str, Any]) -> dict[str, Any]:
    """A node as the page wants it: ids and labels are text, every node has a class."""
    shown = {key: value for key, value in node.items() if key not in ("x", "y", "font")}
    shown |= {"id": str(node["id"]), "label": str(node.get("label", node["id"]))}
    if "kind" not in node:
        shown["kind"] = data.OTHER.key
        shown["style"] = _picked(shown, NODE_STYLE if shown.get("shape") in SHAPES else ("color", "size"))
    return shown


def _picked(options: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: options[name] for name in names if name in options}


def _relation(edge: dict[str, Any]) -> str:
    return str(edge.get("relation") or edge.get("label") or edge.get("title") or "linked to")
