"""Layouts kept in a folder by the graph they belong to, so that a second page of the same graph need not compute again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from kg.view import layout
from kg.view.layout import Disc, Layout, Pair

#: Where in a graph folder the layout lies.
NAME = Path(".view", "layout.json")


def place(n: int, edges: Sequence[Pair], folder: Path | None) -> Layout:
    """`layout.place`, from the folder's file if that holds the layout of just this graph, else computed and kept there.

    Small graphs are placed faster than looked up, so nothing is kept of them. A damaged file is computed anew; a folder that cannot be written to is left as it is.
    """
    if folder is None or n <= layout.LARGE:
        return layout.place(n, edges)
    path, key = folder / NAME, _key(n, edges)
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["key"] == key and len(kept["x"]) == len(kept["y"]) == n:
            return Layout(tuple(kept["x"]), tuple(kept["y"]), tuple(map(_disc, kept["discs"])))
    made = layout.place(n, edges)
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps({"key": key, "x": made.x, "y": made.y, "discs": list(map(_plain, made.discs))}))
        draft.replace(path)
    return made


def _key(n: int, edges: Sequence[Pair]) -> str:
    """Of the graph and of the program that places it."""
    source = Path(layout.__file__).read_bytes()
    ends = np.sort(np.asarray(edges, dtype="<i8").reshape(-1, 2), axis=1)
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    return hashlib.sha256(source + str(n).encode() + ends.tobytes()).hexdigest()


def _plain(disc: Disc) -> list[Any]:
    return [disc.x, disc.y, disc.r, disc.members, list(map(_plain, disc.inner))]


def _disc(row: list[Any]) -> Disc:
    x, y, r, members, inner = row
    return Disc(int(x), int(y), int(r), tuple(members), tuple(map(_disc, inner)))
