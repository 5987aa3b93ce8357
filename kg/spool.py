"""Papers of any number of inputs in order of id, records of one paper merged, in bounded memory.

Papers are held packed; beyond a limit they are sorted and written to a temporary file as one run. Runs are merged at the
end (an external merge sort). Then they are cut into batches.
"""

from __future__ import annotations

import heapq
import struct
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from kg import store
from kg.errors import StoreError
from kg.model import Paper, pack, unpack
from kg.progress import Progress
from kg.readers import Skip, differ, merge, read_all
from kg.readers.base import paper_ids
from kg.settings import SPOOL_BYTES
from kg.store import Shard

_HEAD = struct.Struct("<II")  # bytes of the id, bytes of the packed paper


class Packed(NamedTuple):
    """A paper as it is passed on: its id, and the packed `Paper`."""

    id: str
    data: bytes


class Merges:
    """Merges records of one paper, and knows how many were merged, and of which papers they differ."""

    def __init__(self, differing: Iterable[str] = ()) -> None:
        """`differing`: papers of which earlier records differ."""
        self.count = 0
        self._known = frozenset(differing)
        self._differing: dict[str, tuple[str, ...]] = {}  # id -> sources

    def merge(self, known: bytes, paper: Paper) -> bytes:
        """A packed record and another of its paper as one, packed."""
        other = unpack(known, Paper)
        both = merge(other, paper)
        self.count += 1
        if both.id in self._differing or both.id in self._known or differ(other, paper):
            self._differing[both.id] = both.sources
        return pack(both)

    def differing(self) -> list[Skip]:
        """The papers whose records differ, in order of id."""
        said = "differ; of each text the longer one is kept, of dates the earlier"
        return [
            Skip(sources[0], 0, f"{', '.join(sources)}: the records of {paper} {said}", paper, kept=True)
            for paper, sources in sorted(self._differing.items())
        ]

    def notes(self) -> list[str]:
        """How many records were merged with others."""
        if not self.count:
            return []
        are = "record is of a paper" if self.count == 1 else "records are of papers"
        return [f"{self.count:,} {are} that another record is of, too; they are merged"]


class Spool:
    """Collects papers in any order and gives them back once in order of id. A context manager.

    Records of one id become one paper by `kg.readers.merge`, which does not depend on their order.
    """

    def __init__(self, limit: int = SPOOL_BYTES, folder: Path | None = None) -> None:
        """`limit`: bytes of packed papers held in memory; `folder`: where runs are written, None = the system's."""
        self.limit, self.folder = limit, folder
        self.papers = 0  # added so far
        self.merges = Merges()  # complete after `sorted`
        self._held: dict[str, bytes] = {}
        self._bytes = 0
        self._runs: list[BinaryIO] = []

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        for run in self._runs:
            run.close()

    def add(self, paper: Paper) -> None:
        """Add one record."""
        known = self._held.get(paper.id)
        if known is None:
            data = pack(paper)
        else:
            data = self.merges.merge(known, paper)
            self._bytes -= len(known)
        self._held[paper.id] = data
        self._bytes += len(data)
        self.papers += 1
        if self._bytes > self.limit:
            self._spill()

    def _spill(self) -> None:
        # Unnamed: the system removes it whatever happens to this process.
        run = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - `__exit__` closes it
        self._runs.append(run)
        for name, data in sorted(self._held.items()):
            encoded = name.encode()
            run.write(_HEAD.pack(len(encoded), len(data)) + encoded + data)
        self._held, self._bytes = {}, 0

    def sorted(self) -> Iterator[Packed]:
        """Every paper once, in order of id."""
        held = (Packed(name, data) for name, data in sorted(self._held.items()))
        last: Packed | None = None
        for packed in heapq.merge(*map(_run, self._runs), held, key=lambda p: p.id):
            if last is not None and last.id == packed.id:
                last = Packed(last.id, self.merges.merge(last.data, unpack(packed.data, Paper)))
                continue
            if last is not None:
                yield last
            last = packed
        if last is not None:
            yield last


def _run(file: BinaryIO) -> Iterator[Packed]:
    file.seek(0)
    while head := file.read(_HEAD.size):
        id_size, size = _HEAD.unpack(head)
        yield Packed(file.read(id_size).decode(), file.read(size))


def fill(
    spool: Spool,
    inputs: Sequence[Path],
    skipped: list[Skip],
    *,
    format: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Read every paper of some inputs into a spool, as `kg.readers.read_all` gives them. Raises as it does."""
    for paper in read_all(inputs, skipped, format=format, progress=progress):
        spool.add(paper)


class Cut(NamedTuple):
    """The papers of one batch, in order of id."""

    ids: tuple[str, ...]
    hashes: tuple[str, ...]  # of `papers`
    papers: tuple[bytes, ...]  # packed

    @property
    def sources(self) -> tuple[str, ...]:
        """The input files that the papers came from."""
        return tuple(sorted({name for data in self.papers for name in unpack(data, _Sources).sources}))


class _Sources(msgspec.Struct):
    """All of a packed paper that `Cut.sources` reads."""

    sources: tuple[str, ...] = ()


def cut(papers: Iterable[Packed]) -> Iterator[Cut]:
    """Papers in order of id, cut into batches where `store.ends_batch` says."""
    held: list[Packed] = []
    for packed in papers:
        held.append(packed)
        if store.ends_batch(packed.id, len(held)):
            yield _cut(held)
            held = []
    if held:
        yield _cut(held)


def edit(
    folder: Path,
    shards: Sequence[Shard],
    changes: Mapping[str, bytes | None],
    *,
    merging: Merges | None = None,
    everything: bool = False,
) -> Iterator[Cut | Shard]:
    """The batches of a store after some papers have changed, in order: as `cut` would make them from all papers.

    A shard that no change reaches is given as it is.

    Args:
        changes: paper id -> its packed record, or None to remove it.
        merging: merges a record with the one that is there; None = it takes its place.
        everything: cut every shard anew.

    Raises StoreError if a shard that is read is damaged.
    """
    waiting = sorted(changes.items(), reverse=True)
    held: list[Packed] = []
    for number, shard in enumerate(shards):
        last = number == len(shards) - 1
        mine = {}
        while waiting and (last or waiting[-1][0] <= shard.last):
            name, data = waiting.pop()
            mine[name] = data
        if not mine and not held and not everything:
            yield shard
            continue
        papers: dict[str, bytes | None] = dict(store.read_whole(folder / shard.file, "id", "paper"))
        for name, data in mine.items():
            there = papers.get(name)
            if data is not None and there is not None and merging is not None:
                data = merging.merge(there, unpack(data, Paper))
            papers[name] = data
        for name, data in sorted(papers.items()):
            if data is None:
                continue
            held.append(Packed(name, data))
            if store.ends_batch(name, len(held)):
                yield _cut(held)
                held = []
    if held:
        yield _cut(held)


def find_papers(folder: Path, shards: Sequence[Shard], names: Sequence[str]) -> list[str]:
    """The ids of papers as users name them: "2006.06762", "arxiv:2006.06762", "doi:…", "abs:…".

    Raises StoreError for the first that the store does not hold.
    """
    found = []
    for name in names:
        for wanted in paper_ids(name):
            near = (s for s in shards if s.first <= wanted <= s.last)
            if any((wanted,) in store.read_columns(folder / s.file, "id") for s in near):
                found.append(wanted)
                break
        else:
            raise StoreError(
                f"{folder.parent}: no paper {name!r}; ids look like 2006.06762, tables/papers.csv lists them all"
            )
    return found


def _cut(held: Sequence[Packed]) -> Cut:
    return Cut(tuple(p.id for p in held), tuple(store.content_hash(p.data) for p in held), tuple(p.data for p in held))
