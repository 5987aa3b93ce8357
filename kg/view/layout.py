"""Positions for a graph, computed once and the same every time.

Communities (Leiden, Traag, Waltman & van Eck 2019, as in NetworKit; Louvain, Blondel et al. 2008, where there are few
nodes and NetworKit would take longer to load than to run) become discs that are packed next to the discs they share most
edges with. A large community is made of smaller ones in the same way; in the smallest discs nodes are spread by
forces (Fruchterman & Reingold 1991). Nodes without edges, and in large graphs the crumbs that hang on nothing, are parked
in rows below. Forces are summed in a fixed order without transcendental functions and results are rounded, so the same
graph gives the same bytes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Pair = tuple[int, int]
#: Number of nodes, pairs, weights -> the community of each node that has edges.
Finder = Callable[[int, "NDArray[np.intp]", Array], "Mapping[int, int] | Sequence[int]"]

SPACING = 50.0  # wanted distance between neighbouring nodes, in canvas units
ASPECT = 1.2  # the picture's place on a screen is a little wider than high
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
#: Above this many nodes: smaller leaves, fewer steps, crumbs parked.
LARGE = 3000
CRUMB = 4  # nodes of a community that, without ties to others, is parked in a large graph
THREADS = 2
BATCH = 1 << 16  # pairs of nodes whose forces are summed at once: as much as stays in a processor's cache


@dataclass(frozen=True)
class Disc:
    """One community: centre, radius, members (node numbers, ascending), the communities it is made of."""

    x: int
    y: int
    r: int
    members: tuple[int, ...]
    inner: tuple[Disc, ...] = ()


@dataclass(frozen=True)
class Layout:
    """`x[i], y[i]` for node `i`, and the discs, largest first. Nodes without edges are in no disc."""

    x: tuple[int, ...]
    y: tuple[int, ...]
    discs: tuple[Disc, ...]


@dataclass
class _Blob:
    """A community while it is placed: members, radius, centre relative to what holds it, parts."""

    members: list[int]
    radius: float
    parts: list[_Blob] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0


def place(n: int, edges: Sequence[Pair] | NDArray[np.intp]) -> Layout:
    """Positions of nodes `0 … n-1`. `edges` may repeat and may be loops; their order does not matter."""
    pairs, weight, degree = _weights(n, edges)
    leaf, steps, find = (128, 30, _leiden) if n > LARGE else (400, 90, _louvain)
    groups = _grouped(find(n, pairs, weight), pairs)
    top = [_divide(*part, leaf, find) for part in _split(n, groups, pairs, weight)]
    ties = _ties(n, groups, pairs, weight)
    tied = {i for pair in ties for i in pair}
    crumbs = {i for i, blob in enumerate(top) if n > LARGE and i not in tied and len(blob.members) <= CRUMB}
    kept = [i for i in range(len(top)) if i not in crumbs]
    number = {i: k for k, i in enumerate(kept)}
    _pack([top[i] for i in kept], {(number[a], number[b]): w for (a, b), w in ties.items()}, aspect=ASPECT)
    x, y = np.zeros(n), np.zeros(n)
    _park([top[i] for i in sorted(crumbs)], [i for i in range(n) if not degree[i]], [top[i] for i in kept], x, y)
    discs = tuple(_settle(blob, 0.0, 0.0, x, y) for blob in top)
    _spread([blob for blob in _leaves(top)], pairs, degree, x, y, steps)
    return Layout(tuple(map(round, x.tolist())), tuple(map(round, y.tolist())), discs)


def _weights(n: int, edges: Sequence[Pair] | NDArray[np.intp]) -> tuple[NDArray[np.intp], Array, NDArray[np.intp]]:
    """Distinct pairs (a < b, ascending), their weights, and how many neighbours each node has."""
    ends = np.sort(np.asarray(edges, dtype=np.intp).reshape(-1, 2), axis=1)
    ends = ends[ends[:, 0] != ends[:, 1]]
    keys, counts = np.unique(ends[:, 0] * max(n, 1) + ends[:, 1], return_counts=True)
    pairs = np.stack([keys // max(n, 1), keys % max(n, 1)], axis=1)
    degree = np.bincount(pairs.ravel(), minlength=n)
    # An edge to a hub says little about where a node belongs, so it weighs less.
    weight = counts / np.sqrt(np.maximum(degree[pairs[:, 0]], degree[pairs[:, 1]]))
    return pairs, weight, degree


def _louvain(n: int, pairs: NDArray[np.intp], weight: Array) -> Mapping[int, int]:
    import networkx as nx

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(np.unique(pairs).tolist())
    graph.add_weighted_edges_from((a, b, w) for (a, b), w in zip(pairs.tolist(), weight.tolist(), strict=True))
    found = nx.community.louvain_communities(graph, weight="weight", seed=0, backend="networkx")
    return {node: i for i, group in enumerate(found) for node in group}


def _leiden(n: int, pairs: NDArray[np.intp], weight: Array) -> Sequence[int]:
    import networkit as nk

    threads = nk.getMaxNumberOfThreads()
    nk.setNumberOfThreads(1)  # with more of them the result depends on who comes first
    try:
        graph = nk.Graph(n, weighted=True)
        a, b = (np.ascontiguousarray(pairs[:, k], dtype=np.uint64) for k in (0, 1))
        graph.addEdges((np.ascontiguousarray(weight), (a, b)))
        found = nk.community.ParallelLeiden(graph, randomize=False)
        found.run()
        label: list[int] = found.getPartition().getVector()
    finally:
        nk.setNumberOfThreads(threads)
    return label


def _grouped(label: Mapping[int, int] | Sequence[int], pairs: NDArray[np.intp]) -> list[list[int]]:
    """Communities of the nodes that have edges: members ascending, communities by (-size, first member)."""
    groups: dict[int, list[int]] = defaultdict(list)
    for node in np.unique(pairs).tolist():
        groups[label[node]].append(node)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0]))


def _split(
    n: int, groups: Sequence[list[int]], pairs: NDArray[np.intp], weight: Array
) -> Iterator[tuple[list[int], NDArray[np.intp], Array]]:
    """Each group with the pairs inside it and their weights."""
    label = _labels(n, groups)
    a, b = label[pairs[:, 0]], label[pairs[:, 1]]
    inside = np.flatnonzero(a == b)
    inside = inside[np.argsort(a[inside], kind="stable")]
    stops = np.searchsorted(a[inside], np.arange(len(groups) + 1))
    for i, group in enumerate(groups):
        own = inside[stops[i] : stops[i + 1]]
        yield group, pairs[own], weight[own]


def _labels(n: int, groups: Sequence[Sequence[int]]) -> NDArray[np.intp]:
    label = np.full(n, -1, dtype=np.intp)
    for i, group in enumerate(groups):
        label[group] = i
    return label


def _ties(n: int, groups: Sequence[list[int]], pairs: NDArray[np.intp], weight: Array) -> dict[Pair, float]:
    """Weight of the edges between each two groups."""
    ends = np.sort(_labels(n, groups)[pairs], axis=1)
    apart = np.flatnonzero((ends[:, 0] != ends[:, 1]) & (ends[:, 0] >= 0))
    keys, place = np.unique(ends[apart, 0] * len(groups) + ends[apart, 1], return_inverse=True)
    sums = np.bincount(place, weight[apart], len(keys))
    return {divmod(key, len(groups)): w for key, w in zip(keys.tolist(), sums.tolist(), strict=True)}


def _divide(group: list[int], pairs: NDArray[np.intp], weight: Array, leaf: int, find: Finder) -> _Blob:
    """A community with its radius, made of smaller ones if it is large and falls into some."""
    whole = _Blob(group, SPACING * 0.6 * math.sqrt(len(group)) + 0.5 * SPACING)
    if len(group) <= leaf:
        return whole
    nodes = np.array(group)
    own = np.searchsorted(nodes, pairs)
    found = _grouped(find(len(group), own, weight), own)
    if len(found) < 2 or len(found[0]) > 0.9 * len(group):
        return whole
    parts = [
        _divide(nodes[sub].tolist(), nodes[pairs_in], weight_in, leaf, find)
        for sub, pairs_in, weight_in in _split(len(group), found, own, weight)
    ]
    _pack(parts, _ties(len(group), found, own, weight))
    return _Blob(group, max(math.hypot(p.x, p.y) + p.radius for p in parts) + 0.3 * SPACING, parts)


def _pack(blobs: Sequence[_Blob], ties: Mapping[Pair, float], aspect: float = 1.0) -> None:
    """Set centres so that no two discs overlap: each next one as near as it fits to the placed discs it is tied to.
    The middle of the area comes to (0, 0)."""
    near: list[list[Pair | tuple[int, float]]] = [[] for _ in blobs]
    for (i, j), w in ties.items():
        near[i].append((j, w))
        near[j].append((i, w))
    # pulled[i]: weight to placed discs, and their centres so weighted
    pulled = [[0.0, 0.0, 0.0] for _ in blobs]
    placed = np.zeros((len(blobs), 3))
    waiting = set(range(len(blobs)))
    for k in range(len(blobs)):
        i = max(waiting, key=lambda i: (pulled[i][0], blobs[i].radius, -i))
        waiting.remove(i)
        pull, tx, ty = pulled[i]
        blob = blobs[i]
        target = (tx / pull, ty / pull) if pull else (0.0, 0.0)
        blob.x, blob.y = _first_free(*target, blob.radius + 0.1 * SPACING, placed[:k], aspect)
        placed[k] = blob.x, blob.y, blob.radius + 0.1 * SPACING
        for j, w in near[i]:
            for axis, value in enumerate((w, w * blob.x, w * blob.y)):
                pulled[j][axis] += value
    area = sum(b.radius**2 for b in blobs) or 1.0
    cx = round(sum(b.x * b.radius**2 for b in blobs) / area, 3)
    cy = round(sum(b.y * b.radius**2 for b in blobs) / area, 3)
    for blob in blobs:
        blob.x, blob.y = blob.x - cx, blob.y - cy


def _first_free(tx: float, ty: float, radius: float, placed: Array, aspect: float) -> tuple[float, float]:
    """The first point of a spiral around the target where a disc of this radius touches none of the placed."""
    if not len(placed):
        return tx, ty
    px, py, room = placed[:, :1], placed[:, 1:2], (placed[:, 2:] + radius) ** 2
    start, count = 0, 64
    while True:
        k = np.arange(start, start + count, dtype=np.float64)
        reach = 0.35 * radius * np.sqrt(k)
        x, y = tx + aspect * reach * np.cos(k * GOLDEN_ANGLE), ty + reach * np.sin(k * GOLDEN_ANGLE)
        free = ((px - x) ** 2 + (py - y) ** 2 >= room).all(axis=0)
        if free.any():
            first = int(free.argmax())
            return round(float(x[first]), 3), round(float(y[first]), 3)
        start, count = start + count, min(2 * count, 2048)


def _settle(blob: _Blob, x0: float, y0: float, x: Array, y: Array) -> Disc:
    """Turn relative centres into places: of discs, and of the nodes of leaves for a start."""
    cx, cy = x0 + blob.x, y0 + blob.y
    inner = tuple(_settle(part, cx, cy, x, y) for part in blob.parts)
    if not inner:
        x[blob.members], y[blob.members] = cx, cy
    return Disc(round(cx), round(cy), round(blob.radius), tuple(blob.members), inner)


def _leaves(blobs: Iterable[_Blob]) -> Iterator[_Blob]:
    for blob in blobs:
        if blob.parts:
            yield from _leaves(blob.parts)
        else:
            yield blob


# Inside the smallest discs. Leaves of like size are computed together: arrays of shape (leaves, nodes, nodes).


def _spread(
    leaves: Sequence[_Blob], pairs: NDArray[np.intp], degree: NDArray[np.intp], x: Array, y: Array, steps: int
) -> None:
    """Move the nodes of every leaf, which all stand at its centre, to their places in it, hubs near the middle."""
    where = np.full(len(x), -1, dtype=np.intp)  # leaf of a node
    rank = np.zeros(len(x), dtype=np.intp)  # its place in it, hubs first
    for k, blob in enumerate(leaves):
        members = np.array(blob.members, dtype=np.intp)
        members = members[np.lexsort((members, -degree[members]))]
        blob.members = members.tolist()
        where[members] = k
        rank[members] = np.arange(len(members))
    inside = pairs[(where[pairs[:, 0]] == where[pairs[:, 1]]) & (where[pairs[:, 0]] >= 0)]
    inside = inside[np.argsort(where[inside[:, 0]], kind="stable")]
    stops = np.searchsorted(where[inside[:, 0]], np.arange(len(leaves) + 1))
    by_size: dict[int, list[int]] = defaultdict(list)
    for k, blob in enumerate(leaves):
        by_size[1 << (len(blob.members) - 1).bit_length()].append(k)
    batches: list[tuple[int, list[int]]] = []
    for size, numbers in sorted(by_size.items()):
        count = max(1, BATCH // size**2)
        batches += ((size, numbers[first : first + count]) for first in range(0, len(numbers), count))

    def spread(job: tuple[int, list[int]]) -> tuple[Array, Array]:
        size, batch = job
        ends = [rank[inside[stops[k] : stops[k + 1]]] + j * size for j, k in enumerate(batch)]
        return _spread_batch([leaves[k] for k in batch], np.concatenate(ends), size, steps)

    with ThreadPoolExecutor(THREADS) as pool:  # numpy lets other threads run meanwhile; each batch is its own
        for (_, batch), (dx, dy) in zip(batches, pool.map(spread, batches), strict=True):
            for j, k in enumerate(batch):
                own = leaves[k].members
                x[own] += dx[j, : len(own)]
                y[own] += dy[j, : len(own)]


def _spread_batch(leaves: Sequence[_Blob], ends: NDArray[np.intp], size: int, steps: int) -> tuple[Array, Array]:
    """Offsets of shape (leaves, size); `ends` are pairs of places in the flat array. Rows are filled up with nothing."""
    count = np.array([len(blob.members) for blob in leaves])[:, None]
    radius = np.array([SPACING * 0.6 * math.sqrt(len(blob.members)) for blob in leaves])[:, None]
    order = np.arange(size, dtype=np.float64)[None, :]
    real = (order < count).astype(np.float32)
    reach = radius * np.sqrt((order + 0.5) / count)
    # Rounded: the last digit of a cosine differs between machines, and the forces below would blow it up.
    x = np.round(reach * np.cos(order * GOLDEN_ANGLE), 2).astype(np.float32)
    y = np.round(reach * np.sin(order * GOLDEN_ANGLE), 2).astype(np.float32)
    if 3 < size <= FORCES:
        both = real[:, :, None] * real[:, None, :]
        _pull(x, y, ends[:, 0], ends[:, 1], both, steps)
        _fill_disc(x, y, radius, count[:, 0])
        _push_apart(x, y, radius.astype(np.float32), both, steps // 2)
    return x.astype(np.float64), y.astype(np.float64)


#: Larger leaves (a community that falls into no smaller ones) are spread without forces, which cost n² per step.
FORCES = 512

Flat = NDArray[np.float32]


def _pull(x: Flat, y: Flat, a: NDArray[np.intp], b: NDArray[np.intp], both: Flat, steps: int) -> None:
    """Fruchterman and Reingold's forces with a falling step, in place."""
    k = np.float32(SPACING)
    flat_x, flat_y = x.reshape(-1), y.reshape(-1)
    for step in range(steps):
        dx, dy = x[:, None, :] - x[:, :, None], y[:, None, :] - y[:, :, None]
        away = both * (k * k) / np.maximum(dx * dx + dy * dy, np.float32(1))
        fx, fy = (dx * away).sum(axis=1), (dy * away).sum(axis=1)
        ex, ey = flat_x[b] - flat_x[a], flat_y[b] - flat_y[a]
        towards = np.sqrt(ex * ex + ey * ey) / k
        for force, e in ((fx, ex * towards), (fy, ey * towards)):
            force += (np.bincount(a, e, x.size) - np.bincount(b, e, x.size)).reshape(x.shape).astype(np.float32)
        length = np.maximum(np.sqrt(fx * fx + fy * fy), np.float32(1e-6))
        stride = np.minimum(length, k * np.float32(1 - step / steps)) / length
        x += fx * stride
        y += fy * stride


def _fill_disc(x: Flat, y: Flat, radius: Array, count: NDArray[np.intp]) -> None:
    """Keep every node's direction and rank from the centre, and fill the disc evenly with them."""
    for row, n in enumerate(count.tolist()):
        xs, ys = x[row, :n].astype(np.float64), y[row, :n].astype(np.float64)
        xs -= math.fsum(xs) / n
        ys -= math.fsum(ys) / n
        distance = np.maximum(np.sqrt(xs * xs + ys * ys), 1e-9)
        rank = np.empty(n)
        rank[np.argsort(distance, kind="stable")] = np.arange(n)
        scale = radius[row, 0] * np.sqrt((rank + 0.5) / n) / distance
        x[row, :n], y[row, :n] = xs * scale, ys * scale


def _push_apart(x: Flat, y: Flat, radius: Flat, both: Flat, steps: int) -> None:
    """Move pairs nearer than SPACING away from each other, inside the disc, in place."""
    gap = np.float32(SPACING)
    for _ in range(steps):
        dx, dy = x[:, None, :] - x[:, :, None], y[:, None, :] - y[:, :, None]
        distance = np.maximum(np.sqrt(dx * dx + dy * dy), np.float32(1))
        push = both * (np.maximum(gap - distance, np.float32(0)) / distance * np.float32(0.3))
        x += (dx * push).sum(axis=1)
        y += (dy * push).sum(axis=1)
        shrink = np.minimum(np.float32(1), radius / np.maximum(np.sqrt(x * x + y * y), np.float32(1e-6)))
        x *= shrink
        y *= shrink


def _park(crumbs: Sequence[_Blob], single: Sequence[int], packed: Sequence[_Blob], x: Array, y: Array) -> None:
    """Rows below everything else, left to right: first small discs, then nodes."""
    left = min((b.x - b.radius for b in packed), default=0.0)
    right = max((b.x + b.radius for b in packed), default=0.0)
    top = max((b.y + b.radius for b in packed), default=0.0) + (2 * SPACING if packed else 0.0)
    width = max(right - left, SPACING * math.sqrt(len(single) + 9 * len(crumbs)) * ASPECT)
    middle = (left + right) / 2
    if crumbs:
        step = 2 * max(b.radius for b in crumbs) + 0.2 * SPACING
        for blob, (bx, by) in zip(crumbs, _rows(len(crumbs), width, step), strict=True):
            blob.x, blob.y = middle + bx, top + by + step / 2
        top += step * math.ceil(len(crumbs) / max(1, round(width / step))) + SPACING
    for node, (nx, ny) in zip(single, _rows(len(single), width, SPACING), strict=True):
        x[node], y[node] = middle + nx, top + ny


def _rows(count: int, width: float, step: float) -> Iterator[tuple[float, float]]:
    """Places in rows of at most `width`, centred around 0, going down from 0."""
    columns = max(1, round(width / step))
    start = -(min(columns, count) - 1) * step / 2
    return ((start + step * (k % columns), step * (k // columns)) for k in range(count))
