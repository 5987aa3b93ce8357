"""What pyvis users set by hand on nodes and edges, in the page's own words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg.view import data

Row = dict[str, Any]

#: Options of vis-network that edges may set for themselves.
EDGE_STYLE = ("color", "width", "dashes", "smooth")
#: Shapes that stand beside their label; in the others the label is inside, which the page draws itself.
SHAPES = ("dot", "square", "diamond", "hexagon", "star", "triangle", "triangleDown")
#: So many groups have a class of their own, each with another pair of one of 6 colours and 7 shapes; the rest are "Other".
MOST_GROUPS = 40
#: Sizes that `value` is spread over, as in vis-network.
SIZES = (10.0, 30.0)


def groups(nodes: Iterable[Row]) -> dict[str, data.Kind]:
    """A class for each `group` of nodes that have no `kind`, in order of appearance: colours and shapes of the page."""
    names = dict.fromkeys(str(node["group"]) for node in nodes if "kind" not in node and node.get("group") is not None)
    found = {}
    for k, name in enumerate(list(names)[:MOST_GROUPS]):
        paint = data.KINDS[1:][k % (len(data.KINDS) - 1)]
        shape = SHAPES[k % len(SHAPES)]
        found[name] = data.Kind(f"group {name}", name, name, shape, paint.light, paint.dark)
    return found


def values(nodes: Iterable[Row]) -> tuple[float, float]:
    """The least and the greatest `value` of nodes; (0, 0) if there is none."""
    found = [number for node in nodes if (number := _number(node.get("value"))) is not None]
    return (min(found), max(found)) if found else (0.0, 0.0)


def node(node: Row, classes: Mapping[str, data.Kind], span: tuple[float, float]) -> Row:
    """A node as the page wants it: id and label are text, it has a class, and `style` holds what was set by hand."""
    shown = {key: value for key, value in node.items() if key not in ("x", "y", "font")}
    label = node.get("label", node["id"])
    shown |= {"id": str(node["id"]), "label": str(node["id"] if label is None or label == "" else label)}
    if "kind" in node:
        return shown
    own = classes.get(str(node.get("group")))
    shown["kind"] = own.key if own else data.OTHER.key
    shown["style"] = style(node, span)
    return shown


def style(node: Row, span: tuple[float, float]) -> Row:
    """Colour, shape and size as far as they are set; `value` is a size between those of `SIZES`."""
    colour = node.get("color")
    if isinstance(colour, Mapping):
        colour = colour.get("background")
    found: Row = {"color": colour} if isinstance(colour, str) else {}
    # pyvis gives every node the shape "dot", so that a group could never show its own.
    if node.get("shape") in SHAPES and not (node.get("shape") == "dot" and node.get("group") is not None):
        found["shape"] = node["shape"]
    size, value = _number(node.get("size")), _number(node.get("value"))
    if value is not None:
        low, high = span
        size = SIZES[0] + (SIZES[1] - SIZES[0]) * ((value - low) / (high - low) if high > low else 0.5)
    return found | ({"size": max(round(size, 2), 0.01)} if size is not None and size > 0 else {})


def edge_styles(edges: Iterable[Row]) -> Iterator[Row]:
    """What of each edge's options the small page hands to vis-network.

    The second and later edge between the same two nodes gets a curve of its own, so that none hides another.
    """
    seen: Counter[frozenset[Any]] = Counter()
    for edge in edges:
        own = {name: edge[name] for name in EDGE_STYLE if name in edge}
        ends = frozenset((edge["from"], edge["to"]))
        if seen[ends] and len(ends) > 1:
            own.setdefault(
                "smooth", {"enabled": True, "type": "curvedCW", "roundness": round(min(0.15 * seen[ends], 2), 2)}
            )
        seen[ends] += 1
        yield own


def relation(edge: Row) -> str:
    """How an edge reads: its relation, or else its label or title."""
    return str(edge.get("relation") or edge.get("label") or edge.get("title") or "linked to")


def is_dark(colour: str) -> bool | None:
    """Whether a background "#rrggbb" (or a name) is dark; `None` if nobody can say or it is the white of pyvis."""
    text = {"black": "#000000", "white": "#ffffff"}.get(colour.strip().lower(), colour.strip().lower())
    if len(text) == 4 and text.startswith("#"):
        text = "#" + "".join(2 * sign for sign in text[1:])
    try:
        channels: Sequence[int] = bytes.fromhex(text.removeprefix("#"))
    except ValueError:
        return None
    if len(channels) != 3 or text == "#ffffff":
        return None
    return sum(channels) < 3 * 128


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
