"""Sorting more lines than memory holds: sorted runs on disk, cut into buckets of lines that follow on each other.

A run is one file of small compressed blocks. The first line of every block is known, so that all runs can be cut at the
same places; a bucket is read from all runs, sorted and written by itself, by any worker. No subject lies in two buckets.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

#: Lines in a block of a run, and about how many a bucket has.
BLOCK, BUCKET = 512, 250_000


class Block(NamedTuple):
    """Where some lines of a run lie, and the first of them."""

    first: str
    offset: int
    packed: int  # bytes on disk
    size: int  # bytes of the lines
    lines: int


class Run(NamedTuple):
    """A file of sorted lines, each once."""

    path: str
    blocks: tuple[Block, ...]


class Slice(NamedTuple):
    """The blocks of one run that a bucket needs."""

    path: str
    blocks: tuple[tuple[int, int, int], ...]  # offset, bytes on disk, bytes of the lines


class Bucket(NamedTuple):
    """All lines from `low` on and before `high` ("" = no bound)."""

    number: int
    low: str
    high: str
    slices: tuple[Slice, ...]


def write(path: Path, lines: Sequence[str]) -> Run:
    """Write lines, sorted and each once, as a run."""
    blocks = []
    with path.open("wb") as file:
        for low in range(0, len(lines), BLOCK):
            some = lines[low : low + BLOCK]
            data = "".join(some).encode()
            packed = pa.compress(data, "zstd", asbytes=True)
            blocks.append(Block(some[0], file.tell(), len(packed), len(data), len(some)))
            file.write(packed)
    return Run(str(path), tuple(blocks))


def buckets(runs: Sequence[Run], size: int = BUCKET) -> list[Bucket]:
    """Cut runs into buckets of about `size` lines, in order. The same runs, in any order, are cut at the same places."""
    marks = sorted((block.first, block.lines) for run in runs for block in run.blocks)
    cuts: list[str] = []
    held = 0
    for first, lines in marks:
        subject = first.partition(" ")[0] + " "
        if held >= size and subject != (cuts[-1] if cuts else ""):
            cuts.append(subject)
            held = 0
        held += lines
    bounds = ["", *cuts, ""]
    firsts = [[block.first for block in run.blocks] for run in runs]
    found = []
    for number, (low, high) in enumerate(pairwise(bounds)):
        slices = []
        for run, marked in zip(runs, firsts, strict=True):
            begin = max(bisect_right(marked, low) - 1, 0) if low else 0
            end = bisect_left(marked, high) if high else len(marked)
            if begin < end:
                slices.append(Slice(run.path, tuple((b.offset, b.packed, b.size) for b in run.blocks[begin:end])))
        found.append(Bucket(number, low, high, tuple(slices)))
    return found


def read(bucket: Bucket) -> list[str]:
    """The lines of a bucket, sorted, each once."""
    lines: list[str] = []
    for part in bucket.slices:
        lines += _bounded(_lines(part), bucket.low, bucket.high)
    lines.sort()  # quick: it finds the runs
    return list(dict.fromkeys(lines))


def _bounded(lines: list[str], low: str, high: str) -> list[str]:
    return lines[bisect_left(lines, low) if low else 0 : bisect_left(lines, high) if high else len(lines)]


def _lines(part: Slice) -> list[str]:
    # `str.splitlines` would also split at the line separators that a literal may hold.
    return [line + "\n" for data in _blocks(part) for line in data.decode().split("\n")[:-1]]


def _blocks(part: Slice) -> Iterator[bytes]:
    with Path(part.path).open("rb") as file:
        for offset, packed, size in part.blocks:
            file.seek(offset)
            yield pa.decompress(file.read(packed), decompressed_size=size, codec="zstd", asbytes=True)
