"""Layouts of graphs, kept in the user's cache: a second page of the same graph need not compute again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kg import compiled
from kg.view import layout
from kg.view.layout import Disc, Layout, Pair

#: Nodes of a graph that is placed within a tenth of a second.
SMALL = 300


def place(n: int, edges: Sequence[Pair]) -> Layout:
    """`layout.place`, or what an earlier page of just this graph, placed by just this program, kept.

    Of small graphs, which are placed in no time, nothing is kept. A graph's folder is never written to.
    """
    if n <= SMALL:
        return layout.place(n, edges)
    return compiled.remembered(
        "layout", _key(n, edges), lambda: layout.place(n, edges), _pack, lambda b: _unpack(bytes(b), n)
    )


def _key(n: int, edges: Sequence[Pair]) -> str:
    """Of the graph and of the program that places it."""
    source = Path(layout.__file__).read_bytes()
    ends = np.sort(np.asarray(edges, dtype="<i8").reshape(-1, 2), axis=1)
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    return hashlib.sha256(source + str(n).encode() + ends.tobytes()).hexdigest()[:24]


def _pack(made: Layout) -> bytes:
    return json.dumps([made.x, made.y, list(map(_plain, made.discs))], separators=(",", ":")).encode()


def _unpack(data: bytes, n: int) -> Layout:
    """The inverse of `_pack`; ValueError if the bytes are no layout of `n` nodes."""
    try:
        x, y, discs = json.loads(data)
        made = Layout(tuple(x), tuple(y), tuple(map(_disc, discs)))
    except TypeError as error:
        raise ValueError(error) from error
    if not len(made.x) == len(made.y) == n:
        raise ValueError("another number of nodes")
    return made


def _plain(disc: Disc) -> list[Any]:
    return [disc.x, disc.y, disc.r, disc.members, list(map(_plain, disc.inner))]


def _disc(row: list[Any]) -> Disc:
    x, y, r, members, inner = row
    return Disc(int(x), int(y), int(r), tuple(members), tuple(map(_disc, inner)))
