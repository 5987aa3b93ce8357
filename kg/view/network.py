"""The pyvis component: a `pyvis.network.Network` that writes the offline explorer page.

pyvis users find what they know (`add_node`, `add_edge`, `set_options`, `write_html`, `show`); the page is our own.
"""

from __future__ import annotations

import html
import json
import webbrowser
from collections import Counter
from pathlib import Path
from typing import Any

from pyvis.network import Network

from kg.graph import KnowledgeGraph
from kg.ontology import PREFIXES, Namer
from kg.view import data
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
        cache: Path | None = None,
    ) -> KGNetwork:
        """The network of a graph's papers, entities and venue editions; only its `limit` best connected nodes if given.

        `cache` is the graph's folder: the layout is kept there. `iri` makes IRIs from ids (default: those of the RDF exports). `abstracts=False` leaves whole abstracts out.
        """
        self = cls(heading=title)
        self.cache = cache
        self._fill(data.content(graph, iri or Namer(), limit=limit, abstracts=abstracts))
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
        head, nodes = self._laid_out()
        title = str(self.heading or "Knowledge graph")
        self.html = document(title, *(self._rows if len(nodes) <= PYVIS_LIMIT else self._columns)(head, nodes))
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

    def _laid_out(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What both pages say of the whole, and the nodes with their places."""
        ends = self._ends()
        degree = Counter(end for pair in ends for end in set(pair))
        layout = place(len(self.nodes), ends, self.cache)
        nodes = [
            _shown(node) | {"degree": degree[i], "x": node.get("x", layout.x[i]), "y": node.get("y", layout.y[i])}
            for i, node in enumerate(self.nodes)
        ]
        present = {node["kind"] for node in nodes}
        head = {
            "title": str(self.heading),
            "kinds": [kind._asdict() for kind in (*data.KINDS, data.OTHER) if kind.key in present],
            "relations": [[key, *data.RELATIONS.get(key, (key, f"{key} (from)"))] for key in self._relations()],
            "communities": data.regions(layout.discs, nodes),
            "inner": data.regions((disc for outer in layout.discs for disc in outer.inner), nodes),
            "total": max(self.total, len(nodes)),
            "start": self.start,
            "prefixes": {name: PREFIXES[name] for name in ("kg", "rdf", "rdfs", "dct", "skos")},
        }
        return head, nodes

    def _ends(self) -> list[tuple[int, int]]:
        index = {node["id"]: i for i, node in enumerate(self.nodes)}
        return [(index[e["from"]], index[e["to"]]) for e in self.edges]

    def _relations(self) -> dict[str, int]:
        """Relation -> its number: the known ones, then those of hand-made edges in their order."""
        names = dict.fromkeys(data.RELATIONS) | dict.fromkeys(_relation(e) for e in self.edges)
        return {relation: i for i, relation in enumerate(names)}

    def _rows(self, head: dict[str, Any], nodes: list[dict[str, Any]]) -> tuple[dict[str, Any]]:
        """The data of the vis-network page."""
        number = self._relations()
        edges = [
            [*pair, number[_relation(e)], e.get("confidence", 1), e.get("evidence", []), _picked(e, EDGE_STYLE)]
            for pair, e in zip(self._ends(), self.edges, strict=True)
        ]
        rest = {"nodes": nodes, "edges": edges, "claims": self.claims, "texts": self.texts}
        return (head | rest | {"options": self._vis_options()},)

    def _columns(self, head: dict[str, Any], nodes: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, str]]:
        """The data of the explorer: its head, and what is packed."""
        number = self._relations()
        kinds = {kind["key"]: i for i, kind in enumerate(head["kinds"])}
        relation = [number[_relation(e)] for e in self.edges]
        packed = pack(nodes, self.edges, self._ends(), relation, kinds, self.claims, self.texts)
        return head | packed.head, packed.blobs

    def _vis_options(self) -> dict[str, Any]:
        """Only what the user asked for: pyvis' own defaults would turn physics and smooth edges on."""
        if isinstance(self.options, dict):
            return self.options
        physics = json.loads(self.options.to_json())["physics"]
        return {"physics": physics} if physics.get("enabled") else {}


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
