"""GraphML for Gephi, Cytoscape, yEd and igraph: the networkx view, node by node.

No edge has an id: it is told by its ends and its type, and readers number edges themselves. (Gephi drops an edge whose id it
has met, and `networkx.write_graphml` would give all edges of one relation the same.)

Every paper is a small view of its own. Editions are shared by papers: they are left out of a paper's text and put in by
whoever joins the pieces, where the first paper at them stands.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from kg.graph import add_paper, entity_attributes, venue_attributes
from kg.model import Entity, Facts, Venue
from kg.ontology import Namer

_NODE_KEYS = {
    "year": "long", "high": "double", "low": "double", "value": "double", "metric": "string", "comparator": "string",
    "unit": "string", "date": "string", "mined": "boolean", "discovered": "boolean", "aliases": "string",
    "iri": "string", "label": "string", "type": "string",
}  # fmt: skip
_EDGE_KEYS = {"sentence": "string", "confidence": "double", "type": "string"}
_EDGE_PREFIX = "edge_"  # of the ids of their keys: a node has a type, too, and an id of XML stands once in a file
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

HEADER = (
    "<?xml version='1.0' encoding='utf-8'?>\n"
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
    'http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">'
    + "".join(
        f'<key id="{prefix}{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>\n'
        for place, prefix, keys in (("edge", _EDGE_PREFIX, _EDGE_KEYS), ("node", "", _NODE_KEYS))
        for name, kind in keys.items()
    )
    + '<graph edgedefault="directed">'
)
FOOTER = "</graph></graphml>"


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """One paper's part. An edition's text is its node with its edges; the first piece that has it says where they go."""

    before: str  # the paper's node
    editions: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...]  # id, node, its edge to the venue, to hosts
    after: str  # nodes of claims
    edges: str  # of the paper
    claim_edges: str


def entities(found: Iterable[Entity], namer: Namer) -> Iterator[str]:
    """Nodes of entities."""
    return (_node(e.id, entity_attributes(e, namer)) for e in found)


def broader(found: Iterable[Entity], known: Container[str]) -> Iterator[str]:
    """Edges between entities. `known`: those that are in the graph."""
    for entity in found:
        for parent in entity.broader:
            if parent in known:
                yield _edge(entity.id, parent, {"type": "broader"})


def venues(found: Iterable[Venue], namer: Namer) -> Iterator[str]:
    """Nodes of series."""
    return (_node(v.id, venue_attributes(v, namer)) for v in found)


def piece(facts: Facts, namer: Namer, labels: Mapping[str, str]) -> Piece:
    """One paper with its claims. `labels`: of venues."""
    view = _View()
    add_paper(view, facts, namer, labels)
    nodes = {node: _node(node, attributes) for node, attributes in view.nodes.items()}
    edges = {
        source: [(t, key, _edge(source, t, found)) for t, keys in targets.items() for key, found in keys.items()]
        for source, targets in view.edges.items()
    }
    own = facts.paper.id
    editions = []
    for node, text in nodes.items():
        if node.startswith("edition/"):
            (series,) = (t for _, key, t in edges[node] if key == "editionOf")
            hosts = tuple((target, t) for target, key, t in edges[node] if key == "colocatedWith")
            editions.append((node, text, series, hosts))
    claims = [node for node in nodes if node.startswith("claim/")]
    return Piece(
        nodes[own],
        tuple(editions),
        "".join(nodes[c] for c in claims),
        "".join(text for _, _, text in edges.get(own, ())),
        "".join(text for c in claims for _, _, text in edges[c]),
    )


class _View:
    """A `networkx.MultiDiGraph` in so far as `add_paper` needs one: what has no attributes is no node of it."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}  # source -> target -> relation

    def add_node(self, name: str, /, **attributes: Any) -> None:
        self.nodes.setdefault(name, {}).update(attributes)

    def add_edge(self, source: str, target: str, /, key: str, **attributes: Any) -> None:
        self.edges.setdefault(source, {}).setdefault(target, {}).setdefault(key, {}).update(attributes)


class Joiner:
    """Puts the pieces of papers together, in their order: all nodes first, then all edges."""

    def __init__(self) -> None:
        self._series: dict[str, str] = {}  # edition -> its edge to the series
        self._hosts: dict[str, dict[str, str]] = {}  # edition -> host -> edge

    def nodes(self, piece: Piece) -> Iterator[str]:
        """The nodes of one paper. Called for every piece before `edges` is for any."""
        yield piece.before
        for edition, node, series, hosts in piece.editions:
            if edition not in self._series:
                self._series[edition] = series
                yield node
            for host, edge in hosts:
                self._hosts.setdefault(edition, {}).setdefault(host, edge)
        yield piece.after

    def edges(self, piece: Piece) -> Iterator[str]:
        """The edges of one paper, and of the editions that no earlier one had."""
        yield piece.edges
        for edition, _, _, _ in piece.editions:
            series = self._series.pop(edition, "")
            if series:
                yield series
                yield from self._hosts.pop(edition, {}).values()
        yield piece.claim_edges


def _node(name: str, attributes: Mapping[str, Any]) -> str:
    return f"<node id={_quoted(name)}>\n{_data(attributes)}</node>\n"


def _edge(source: str, target: str, attributes: Mapping[str, Any]) -> str:
    return f"<edge source={_quoted(source)} target={_quoted(target)}>\n{_data(attributes, _EDGE_PREFIX)}</edge>\n"


def _data(attributes: Mapping[str, Any], prefix: str = "") -> str:
    return "".join(f'  <data key="{prefix}{name}">{_text(value)}</data>\n' for name, value in attributes.items())


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return str(value)
    return _escaped(value) if _ESCAPED(value) else value


def _quoted(name: str) -> str:
    return quoteattr(_CONTROL.sub("", name)) if _ODD(name) else f'"{name}"'


def _escaped(value: str) -> str:
    return escape(_CONTROL.sub("", value), {"\r": "&#13;"})


_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f&<>]").search
_ODD = re.compile('[\x00-\x1f&<>"]').search
