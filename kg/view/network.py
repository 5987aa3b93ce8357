"""The pyvis component: a `pyvis.network.Network` that writes the offline explorer page.

pyvis users find what they know (`add_node`, `add_edge`, `set_options`, `write_html`, `show`); the page is our own.
"""

from __future__ import annotations

import gc
import html
import json
import warnings
import webbrowser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pyvis.network import Network

from kg.errors import ViewError
from kg.graph import KnowledgeGraph
from kg.ontology import PREFIXES, Namer
from kg.view import byhand, data, ego
from kg.view.cache import place
from kg.view.document import document
from kg.view.pack import pack

#: Above this many nodes the page is the WebGL explorer; up to it, vis-network draws.
PYVIS_LIMIT = 2000


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
        self._asked: dict[str, dict[str, Any]] = {}
        super().__init__(height=height, width=width, directed=directed, **options)
        if options.get("layout"):
            self._ask("layout", hierarchical={"enabled": True})
        self.claims: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.total = 0
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
    ) -> KGNetwork:
        """The network of a graph's papers, entities and venue editions; only its `limit` best connected nodes if given.

        With `start`, the id of a node, only what lies within `depth` steps of it, nearest first and at most
        PYVIS_LIMIT nodes unless `limit` says else; the page opens there. `iri` makes IRIs from ids (default: those of
        the graph's RDF). `abstracts=False` leaves whole abstracts out.
        """
        self = cls(heading=title)
        iri = iri or Namer(graph.base_iri)
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

    # What pyvis has and the page does in its own way. Nothing is ignored in silence.

    def set_options(self, options: str | dict[str, Any]) -> None:
        """vis-network options as JSON, as JavaScript that assigns JSON, or as a dict; they go over the page's own."""
        if isinstance(options, str):
            words = options[options.find("{") : options.rfind("}") + 1]
            try:
                options = dict(json.loads(words))
            except ValueError as error:
                raise ViewError(
                    f"set_options: no JSON object in {words[:60]!r} ({error}); put keys in double quotes"
                ) from error
        self.options = options

    def _ask(self, branch: str, **options: Any) -> None:
        """Add to the options of one branch, whatever form the options have by now."""
        self._asked.setdefault(branch, {}).update(options)

    def toggle_physics(self, status: bool) -> None:
        """Forces in the browser: off unless asked for, because positions are computed here."""
        self._ask("physics", enabled=bool(status))

    def toggle_stabilization(self, status: bool) -> None:
        """Whether forces run before the first picture."""
        self._ask("physics", stabilization={"enabled": bool(status)})

    def _solver(self, solver: str, options: dict[str, Any]) -> None:
        names = {"gravity": "gravitationalConstant", "spring_strength": "springConstant", "overlap": "avoidOverlap"}
        words = {names.get(key, "".join([key.split("_")[0], *map(str.title, key.split("_")[1:])])): value
                 for key, value in options.items()}  # fmt: skip
        self._ask("physics", enabled=True, solver=solver, **{solver: words})

    def barnes_hut(self, gravity: float = -80000, central_gravity: float = 0.3, spring_length: float = 250,
                   spring_strength: float = 0.001, damping: float = 0.09, overlap: float = 0) -> None:  # fmt: skip
        """Forces by Barnes and Hut, switched on."""
        self._solver("barnesHut", _given(locals()))

    def force_atlas_2based(self, gravity: float = -50, central_gravity: float = 0.01, spring_length: float = 100,
                           spring_strength: float = 0.08, damping: float = 0.4, overlap: float = 0) -> None:  # fmt: skip
        """Forces of ForceAtlas2, switched on."""
        self._solver("forceAtlas2Based", _given(locals()))

    def repulsion(self, node_distance: float = 100, central_gravity: float = 0.2, spring_length: float = 200,
                  spring_strength: float = 0.05, damping: float = 0.09) -> None:  # fmt: skip
        """Forces of plain repulsion, switched on."""
        self._solver("repulsion", _given(locals()))

    def hrepulsion(self, node_distance: float = 120, central_gravity: float = 0.0, spring_length: float = 100,
                   spring_strength: float = 0.01, damping: float = 0.09) -> None:  # fmt: skip
        """Forces of repulsion in levels, switched on."""
        self._solver("hierarchicalRepulsion", _given(locals()))

    def set_edge_smooth(self, smooth_type: str) -> None:
        """How vis-network bends edges; straight unless asked for."""
        self._ask("edges", smooth={"enabled": True, "type": smooth_type})

    def toggle_drag_nodes(self, status: bool) -> None:
        """Whether nodes can be dragged."""
        self._ask("interaction", dragNodes=bool(status))

    def toggle_hide_edges_on_drag(self, status: bool) -> None:
        """Whether edges vanish while the picture moves."""
        self._ask("interaction", hideEdgesOnDrag=bool(status))

    def toggle_hide_nodes_on_drag(self, status: bool) -> None:
        """Whether nodes vanish while the picture moves."""
        self._ask("interaction", hideNodesOnDrag=bool(status))

    def inherit_edge_colors(self, status: bool) -> None:
        """Not supported: edges are grey until they are lit, or have the colour they were given."""
        if status:
            _warn("inherit_edge_colors: edges have one colour in this page; give an edge its own by color=…")

    def show_buttons(self, filter_: Any = None) -> None:
        """Not supported: the page has filters, search and sharing of its own, and vis-network's panel breaks its policy."""
        _warn("show_buttons: this page has no panel for vis-network's options; set them by set_options(…)")

    def prep_notebook(self, custom_template: bool = False, custom_template_path: str | None = None) -> None:
        """Nothing to prepare: the network shows itself. Raises ViewError if a template is asked for."""
        if custom_template:
            self.set_template(str(custom_template_path))

    def set_template(self, path_to_template: str) -> None:
        """Raises ViewError: the page is one, and safe only as it is."""
        raise ViewError(
            f"{path_to_template}: pages are made from one template, whose policy admits no other script; "
            "for a page of your own use pyvis.network.Network itself"
        )

    def set_template_dir(self, template_directory: str, template_file: str = "template.html") -> None:
        """Raises ViewError, as `set_template`."""
        self.set_template(f"{template_directory}/{template_file}")

    def from_DOT(self, dot: str) -> None:  # noqa: N802  # the name is pyvis'
        """Raises ViewError: DOT is read by the browser in pyvis, and positions here are computed in Python."""
        raise ViewError(
            f"{dot}: DOT files are not read; read it by networkx.nx_pydot.read_dot and give that to from_nx"
        )

    def from_nx(self, nx_graph: Any, *arguments: Any, **options: Any) -> None:
        """As pyvis, but the graph is left as it is."""
        super().from_nx(nx_graph.copy(), *arguments, **options)

    def generate_html(self, name: str = "index.html", local: bool = True, notebook: bool = False) -> str:
        """The page as text. The arguments are pyvis' and change nothing: the page is always one offline file."""
        title = str(self.heading or "Knowledge graph")
        with _collector_off():
            given, edges = self._visible()
            links = self._links(edges, given)
            head, nodes = self._laid_out(given, links)
            make = self._rows if len(nodes) <= PYVIS_LIMIT else self._columns
            self.html = document(title, *make(head, nodes, edges, links))
        return str(self.html)

    def write_html(
        self, name: str | Path, local: bool = True, notebook: bool = False, open_browser: bool = False
    ) -> None:
        """Write the page in UTF-8 with line feeds; nothing else is written anywhere."""
        path = Path(name)
        path.write_text(self.generate_html(), encoding="utf-8", newline="\n")
        if open_browser:
            webbrowser.open(path.resolve().as_uri())

    def save_graph(self, name: str | Path) -> None:
        """Write the page."""
        self.write_html(name)

    def show(self, name: str | Path, local: bool = True, notebook: bool = True) -> KGNetwork:
        """Write the page; in a notebook the returned network shows itself, without (`notebook=False`) a browser opens."""
        self.write_html(name, open_browser=not notebook)
        return self

    def _repr_html_(self) -> str:
        """The page in a frame of its own, for notebooks: no server, no file, no access to the notebook.

        ASCII alone: its scripts run only as they were hashed, whatever encoding a host page is read in."""
        frame = (
            f'<iframe title="{html.escape(str(self.heading))}" width="{html.escape(str(self.width))}" '
            f'height="{html.escape(str(self.height))}" sandbox="allow-scripts allow-downloads allow-popups" '
            f'style="border:0" srcdoc="{html.escape(self.generate_html())}"></iframe>'
        )
        return frame.encode("ascii", "xmlcharrefreplace").decode("ascii")

    def _links(self, edges: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> _Links:
        index = {node["id"]: i for i, node in enumerate(nodes)}
        own = [byhand.relation(e) for e in edges]
        number = {name: i for i, name in enumerate(dict.fromkeys([*data.RELATIONS, *own]))}
        return _Links([(index[e["from"]], index[e["to"]]) for e in edges], list(number), [number[r] for r in own])

    def _visible(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Nodes and edges without those that are `hidden`, and without edges that lose an end by it."""
        hidden = {node["id"] for node in self.nodes if node.get("hidden")}
        nodes = [node for node in self.nodes if node["id"] not in hidden] if hidden else self.nodes
        gone = {"from", "to"} if hidden else set()
        edges = [e for e in self.edges if not e.get("hidden") and not any(e[end] in hidden for end in gone)]
        return nodes, edges

    def _laid_out(self, given: list[dict[str, Any]], links: _Links) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """What both pages say of the whole, and the nodes with their places."""
        degree = Counter(end for pair in links.ends for end in set(pair))
        layout = place(len(given), links.ends)
        groups, span = byhand.groups(given), byhand.values(given)
        nodes = [
            byhand.node(node, groups, span)
            | {"degree": degree[i], "x": node.get("x", layout.x[i]), "y": node.get("y", layout.y[i])}
            for i, node in enumerate(given)
        ]
        present = {node["kind"] for node in nodes}
        kinds = (*data.KINDS, *groups.values(), data.OTHER)
        dark = byhand.is_dark(str(self.bgcolor))
        both = (lambda name: (name, f"{name} (from)")) if self.directed else (lambda name: (name, name))
        head = {
            "title": str(self.heading),
            "kinds": [kind._asdict() for kind in kinds if kind.key in present],
            "relations": [[name, *data.RELATIONS.get(name, both(name))] for name in links.names],
            "communities": data.regions(layout.discs, nodes),
            "inner": data.regions((disc for outer in layout.discs for disc in outer.inner), nodes),
            "total": max(self.total, len(nodes)),
            "start": self.start,
            "directed": bool(self.directed),
            "theme": "" if dark is None else "dark" if dark else "light",
            "prefixes": {name: PREFIXES[name] for name in ("kg", "rdf", "rdfs", "dct", "skos")},
        }
        return head, nodes

    def _rows(
        self, head: dict[str, Any], nodes: list[dict[str, Any]], edges: list[dict[str, Any]], links: _Links
    ) -> tuple[dict[str, Any], dict[str, str] | None]:
        """The data of the vis-network page."""
        rows = [
            [*pair, relation, e.get("confidence", 1), e.get("evidence", []), style]
            for pair, relation, e, style in zip(
                links.ends, links.relation, edges, byhand.edge_styles(edges), strict=True
            )
        ]
        rest = {"nodes": nodes, "edges": rows, "claims": self.claims, "texts": self.texts}
        return head | rest | {"options": self._vis_options()}, None

    def _columns(
        self, head: dict[str, Any], nodes: list[dict[str, Any]], edges: list[dict[str, Any]], links: _Links
    ) -> tuple[dict[str, Any], dict[str, str] | None]:
        """The data of the explorer: its head, and what is packed."""
        if self._vis_options():
            _warn(
                f"options of vis-network, physics among them, count up to {PYVIS_LIMIT:,} nodes; this page has {len(nodes):,}"
            )
        kinds = {kind["key"]: i for i, kind in enumerate(head["kinds"])}
        packed = pack(nodes, edges, links.ends, links.relation, kinds, self.claims, self.texts)
        return head | packed.head, packed.blobs

    def _vis_options(self) -> dict[str, Any]:
        """Only what the user asked for: pyvis' own defaults would turn physics and smooth edges on."""
        asked = {branch: dict(found) for branch, found in self._asked.items()}
        if asked.get("physics") == {"enabled": False}:
            del asked["physics"]
        given = self.options if isinstance(self.options, dict) else {}
        for branch, found in given.items():
            both = isinstance(found, dict) and isinstance(asked.get(branch), dict)
            asked[branch] = asked[branch] | found if both else found
        return asked


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


def _given(names: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a method from its `locals()`."""
    return {name: value for name, value in names.items() if not name.startswith("_") and name != "self"}


def _warn(words: str) -> None:
    warnings.warn(words, UserWarning, stacklevel=3)
