"""Positions for a graph, computed once and the same every time.

Two levels: communities (Louvain, Blondel et al. 2008) become discs that are packed next to the discs they share most
edges with; inside its disc a community is spread by forces (Fruchterman & Reingold 1991). Nodes without edges are
parked in rows below. Forces are summed in a fixed order without transcendental functions and results are rounded, so
the same graph gives the same bytes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Pair = tuple[int, int]

SPACING = 50.0  # wanted distance between neighbouring nodes, in canvas units
ASPECT = 1.2  # the picture's place on a screen is a little wider than high
FORCE_LIMIT = 400  # larger communities are spread without forces, which cost n² per step
STEPS = 90
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True)
class Disc:
    """One community: centre, radius, members (node numbers, ascending)."""

    x: int
    y: int
    r: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """`x[i], y[i]` for node `i`, and the discs, largest first. Parked nodes are in no disc."""

    x: tuple[int, ...]
    y: tuple[int, ...]
    discs: tuple[Disc, ...]


def place(n: int, edges: Sequence[Pair]) -> Layout:
    """Positions of nodes `0 … n-1`. `edges` may repeat and may be loops; their order does not matter."""
    counts = Counter((min(a, b), max(a, b)) for a, b in edges if a != b)
    degree = [0] * n
    for a, b in counts:
        degree[a] += 1
        degree[b] += 1
    # An edge to a hub says little about where a node belongs, so it weighs less.
    weight = {(a, b): k / math.sqrt(max(degree[a], degree[b])) for (a, b), k in sorted(counts.items())}
    groups = _communities(weight)
    group_of = {node: i for i, group in enumerate(groups) for node in group}
    inside: list[list[Pair]] = [[] for _ in groups]
    between: dict[Pair, float] = {}
    for (a, b), w in weight.items():
        i, j = sorted((group_of[a], group_of[b]))
        if i == j:
            inside[i].append((a, b))
        else:
            between[i, j] = between.get((i, j), 0.0) + w
    inner = [SPACING * 0.6 * math.sqrt(len(group)) for group in groups]
    centres = _pack([r + 0.6 * SPACING for r in inner], between)
    x, y = [0.0] * n, [0.0] * n
    for group, pairs, radius, (cx, cy) in zip(groups, inside, inner, centres, strict=True):
        for node, (dx, dy) in zip(group, _spread(group, pairs, degree, radius), strict=True):
            x[node], y[node] = cx + dx, cy + dy
    _park([i for i in range(n) if degree[i] == 0], x, y)
    discs = tuple(
        Disc(round(cx), round(cy), round(r + 0.5 * SPACING), tuple(group))
        for group, r, (cx, cy) in zip(groups, inner, centres, strict=True)
    )
    return Layout(tuple(map(round, x)), tuple(map(round, y)), discs)


def _communities(weight: Mapping[Pair, float]) -> list[list[int]]:
    """Members ascending, communities by (-size, first member)."""
    if not weight:
        return []
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(sorted({node for pair in weight for node in pair}))
    graph.add_weighted_edges_from((a, b, w) for (a, b), w in weight.items())
    found = nx.community.louvain_communities(graph, weight="weight", seed=0, backend="networkx")
    return sorted((sorted(group) for group in found), key=lambda group: (-len(group), group[0]))


def _pack(radii: Sequence[float], between: Mapping[Pair, float]) -> list[tuple[float, float]]:
    """Centres of discs that do not overlap: each next one as near as it fits to the placed discs it is tied to."""
    ties: list[dict[int, float]] = [{} for _ in radii]
    for (i, j), w in between.items():
        ties[i][j] = ties[j][i] = w
    centres: dict[int, tuple[float, float]] = {}
    while len(centres) < len(radii):
        waiting = [i for i in range(len(radii)) if i not in centres]
        pull = {i: sum(w for j, w in ties[i].items() if j in centres) for i in waiting}
        disc = max(waiting, key=lambda i: (pull[i], radii[i], -i))
        tx = ty = 0.0
        if pull[disc]:
            near = [(w / pull[disc], centres[j]) for j, w in ties[disc].items() if j in centres]
            tx, ty = sum(w * c[0] for w, c in near), sum(w * c[1] for w, c in near)
        centres[disc] = _first_free(tx, ty, radii[disc], [(*c, radii[j]) for j, c in centres.items()])
    return [centres[i] for i in range(len(radii))]


def _first_free(
    tx: float, ty: float, radius: float, placed: Sequence[tuple[float, float, float]]
) -> tuple[float, float]:
    """The first point of a spiral around the target where a disc of this radius touches none of the placed."""
    if not placed:
        return tx, ty
    px, py, pr = (np.array(column)[:, None] for column in zip(*placed, strict=True))
    for start in range(0, 1 << 30, 1024):
        k = np.arange(start, start + 1024, dtype=np.float64)
        reach = 0.35 * radius * np.sqrt(k)
        x, y = tx + ASPECT * reach * np.cos(k * GOLDEN_ANGLE), ty + reach * np.sin(k * GOLDEN_ANGLE)
        free = ((px - x) ** 2 + (py - y) ** 2 >= (pr + radius) ** 2).all(axis=0)
        if free.any():
            first = int(free.argmax())
            return round(float(x[first]), 3), round(float(y[first]), 3)
    raise AssertionError("a spiral always leaves a finite set of discs")


def _spread(group: Sequence[int], pairs: Sequence[Pair], degree: Sequence[int], radius: float) -> Iterator[Pair]:
    """Offsets of a group's nodes from the centre of its disc, hubs near the middle, no two on one spot."""
    n = len(group)
    rank = {node: k for k, node in enumerate(sorted(group, key=lambda node: (-degree[node], node)))}
    order = np.array([rank[node] for node in group], dtype=np.float64)
    reach = radius * np.sqrt((order + 0.5) / n)
    # Rounded: the last digit of a cosine differs between machines, and the forces below would blow it up.
    x = np.round(reach * np.cos(order * GOLDEN_ANGLE), 3)
    y = np.round(reach * np.sin(order * GOLDEN_ANGLE), 3)
    if 3 < n <= FORCE_LIMIT:
        number = {node: i for i, node in enumerate(group)}
        ends = np.array([(number[a], number[b]) for a, b in pairs], dtype=np.intp)
        _pull(x, y, ends[:, 0], ends[:, 1])
        _fill_disc(x, y, radius)
        _push_apart(x, y, radius)
    return zip(x.tolist(), y.tolist(), strict=True)


def _pull(x: Array, y: Array, a: NDArray[np.intp], b: NDArray[np.intp]) -> None:
    """Fruchterman and Reingold's forces with a falling step, in place."""
    n, k = len(x), SPACING
    for step in range(STEPS):
        dx, dy = x - x[:, None], y - y[:, None]
        away = k * k / np.maximum(dx * dx + dy * dy, 1.0)
        fx, fy = (dx * away).sum(axis=0), (dy * away).sum(axis=0)
        ex, ey = x[b] - x[a], y[b] - y[a]
        towards = np.sqrt(ex * ex + ey * ey) / k
        fx += np.bincount(a, ex * towards, n) - np.bincount(b, ex * towards, n)
        fy += np.bincount(a, ey * towards, n) - np.bincount(b, ey * towards, n)
        length = np.maximum(np.sqrt(fx * fx + fy * fy), 1e-9)
        stride = np.minimum(length, k * (1 - step / STEPS)) / length
        x += fx * stride
        y += fy * stride


def _fill_disc(x: Array, y: Array, radius: float) -> None:
    """Keep every node's direction and rank from the centre, and fill the disc evenly with them."""
    x -= x.sum() / len(x)
    y -= y.sum() / len(y)
    distance = np.maximum(np.sqrt(x * x + y * y), 1e-9)
    rank = np.empty(len(x))
    rank[np.argsort(distance, kind="stable")] = np.arange(len(x))
    scale = radius * np.sqrt((rank + 0.5) / len(x)) / distance
    x *= scale
    y *= scale


def _push_apart(x: Array, y: Array, radius: float, gap: float = SPACING, steps: int = 40) -> None:
    """Move pairs nearer than `gap` away from each other, inside the disc, in place."""
    for _ in range(steps):
        dx, dy = x - x[:, None], y - y[:, None]
        distance = np.maximum(np.sqrt(dx * dx + dy * dy), 1.0)
        push = np.maximum(gap - distance, 0.0) / distance * 0.3
        x += (dx * push).sum(axis=0)
        y += (dy * push).sum(axis=0)
        shrink = np.minimum(1.0, radius / np.maximum(np.sqrt(x * x + y * y), 1e-9))
        x *= shrink
        y *= shrink


def _park(nodes: Sequence[int], x: list[float], y: list[float]) -> None:
    """Rows below everything else, left to right."""
    if not nodes:
        return
    left, right, bottom = min(x, default=0.0), max(x, default=0.0), max(y, default=0.0)
    columns = max(1, round(max(right - left, SPACING * math.sqrt(len(nodes)) * ASPECT) / SPACING))
    top = bottom + 2 * SPACING if len(nodes) < len(x) else 0.0
    centre = (left + right) / 2 - (min(columns, len(nodes)) - 1) * SPACING / 2
    for k, node in enumerate(nodes):
        x[node], y[node] = centre + SPACING * (k % columns), top + SPACING * (k // columns)
