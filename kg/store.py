"""The store of a graph folder: what each paper's text says, as immutable Parquet files, one for each batch of papers.

A file's name says what it was made from and what it holds: `shard-<made from>-<checksum>.parquet`. A build that finds the
first half has nothing to do; a file whose bytes do not give the second half is damaged. Files are written under a temporary
name and renamed, so that a name is there whole or not at all. `facts-<checksum>.parquet` hold what was assembled.

Batches are cut where a paper's id hashes to a boundary: adding or removing a paper changes the batch around it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import StoreError
from kg.model import Entity, Facts, Venue, digest, pack, unpack
from kg.settings import BATCH

#: Version of the stored form. A folder of another version is rebuilt.
FORMAT = 3


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns.items()])


class Row(NamedTuple):
    """One paper in a shard: packed nouns, and what other papers may need to know of it (`kg.corpus.entry`)."""

    id: str
    hash: str  # of `paper`
    title: str
    date: str
    paper: bytes  # a packed Paper
    extraction: bytes  # a packed Extraction
    tokens: bytes  # hashes of its words, sorted, 32 bits each, each once
    names: bytes  # packed: what it introduces; b"" if nothing
    keys: bytes  # for each name, the hash of one of its words, as in `tokens`
    terms: bytes  # packed: the terms it has that no vocabulary lists; b"" if none
    sources: str  # names of its input files, joined by newlines


_SHARD = _schema(
    id=pa.string(), hash=pa.string(), title=pa.string(), date=pa.string(), paper=pa.binary(), extraction=pa.binary(),
    tokens=pa.binary(), names=pa.binary(), keys=pa.binary(), terms=pa.binary(), sources=pa.string(),
)  # fmt: skip
_FACTS = _schema(id=pa.string(), facts=pa.binary())
_NODES = _schema(kind=pa.string(), id=pa.string(), node=pa.binary())
#: Nodes that are written at once.
_PIECE = 100_000
# A file has no column of each paper's words: `words` holds for each word its papers (see `_inverted`).
_STORED = pa.schema([pa.field("words", pa.binary()) if f.name == "tokens" else f for f in _SHARD])
# Hashes do not compress, and are read often.
_COMPRESSION = {name: "none" if name in ("words", "keys") else "zstd" for name in _STORED.names}


class Shard(NamedTuple):
    """One file of the store: its name, how many papers it holds, the first and last of their ids, and where they came
    from."""

    file: str
    papers: int
    first: str
    last: str
    sources: tuple[str, ...]  # names of input files, sorted

    @property
    def key(self) -> str:
        """What the file was made from, as a hash."""
        return self.file.split("-")[1]


class Batch(NamedTuple):
    """Papers that belong into one shard, in order of id."""

    key: str  # hash of the papers and of all that decides what their texts give
    papers: tuple[bytes, ...]  # packed
    known: tuple[str, ...] = ()  # files of the store that may hold rows of these papers made by the same knowledge


def content_hash(packed: bytes) -> str:
    """What a packed paper says, as a hash; the names of the files it came from count too."""
    return hashlib.sha256(packed).hexdigest()


def ends_batch(paper: str, held: int, size: int = BATCH) -> bool:
    """Whether a batch ends with the paper of this id, the `held`-th of it.

    About every `size`-th id ends one, and no batch holds more than four times as many. Where a batch ends depends on the
    ids behind the last end alone, so batches far from a change stay what they were.
    """
    return held >= 4 * size or int(digest([paper], 8), 16) % size == 0


def batch_key(hashes: Iterable[str], knowledge: str) -> str:
    """The key of a batch. `hashes`: of its papers; `knowledge`: of all that decides what a text gives."""
    return digest([str(FORMAT), knowledge, *hashes])


# ---- files


def find(folder: Path) -> dict[str, Path]:
    """The shards that lie in a store, by key. A damaged file may be among them."""
    return {path.name.split("-")[1]: path for path in sorted(folder.glob("shard-*-*.parquet"))}


def is_whole(path: Path) -> bool:
    """Whether a file is there and its bytes give the checksum in its name."""
    try:
        return path.stem.rpartition("-")[2] == _checksum(path.read_bytes())
    except OSError:
        return False


def write_shard(folder: Path, key: str, rows: Sequence[Row]) -> Shard:
    """Write one shard atomically; the same rows give the same bytes."""
    columns = dict(zip(_SHARD.names, zip(*rows, strict=True), strict=True))
    columns["words"] = tuple(_inverted(columns.pop("tokens")))
    table = _table(_STORED, (columns[name] for name in _STORED.names))
    name = _write(folder, f"shard-{key}", table, compression=_COMPRESSION)
    return Shard(name, len(rows), rows[0].id, rows[-1].id, sources_of(row.sources for row in rows))


def sources_of(sources: Iterable[str]) -> tuple[str, ...]:
    """The input files of some rows, sorted."""
    return tuple(sorted({name for some in set(sources) for name in some.split("\n") if name}))


def read_shard(path: Path) -> list[Row]:
    """The rows of a shard, in order of id. Raises StoreError if the file is missing or damaged."""
    columns = _columns(path, _STORED.names)
    place = _STORED.names.index("words")
    columns[place] = _by_row(columns[place])
    return [Row(*values) for values in zip(*columns, strict=True)]


def read_whole(path: Path, *names: str) -> Iterator[tuple[Any, ...]]:
    """Some columns of a shard but `tokens`, a tuple a row, after a check of the whole file.

    Raises StoreError if it is missing or damaged.
    """
    return zip(*_columns(path, names), strict=True)


def read_columns(path: Path, *names: str, rows: Sequence[int] | None = None) -> Iterator[tuple[Any, ...]]:
    """Some columns of a shard but `tokens`, a tuple a row (of all, or of some by number), without a check of the whole
    file.

    Raises StoreError if it is damaged.
    """
    try:
        table = _read(path, names)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error
    columns = [table.column(name) for name in names]
    if rows is None:
        return zip(*(c.to_pylist() for c in columns), strict=True)
    # `take` would import `pyarrow.compute`, which takes longer than adding a paper.
    return zip(*([c[i].as_py() for i in rows] for c in columns), strict=True)


class Words:
    """Which papers of a shard have a word, and which introduce a name by it; read when it is first asked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _binaries(self) -> tuple[_Binary, _Binary]:
        # Both at once: opening the file takes longer than reading.
        try:
            table = _read(self._path, ("words", "keys"))
            return _binary(table, "words"), _binary(table, "keys")
        except (OSError, KeyError, pa.ArrowException) as error:
            raise _damaged(self._path, error) from error

    def rows(self, word: int) -> Sequence[int]:
        """The numbers of the rows whose `tokens` hold a hash, in order. Raises StoreError if the file is damaged."""
        return _lookup(self._binaries[0], word)

    def having(self, words: Iterable[int]) -> set[int]:
        """The numbers of the rows whose `tokens` hold all of some hashes; none for no hash at all."""
        found: set[int] | None = None
        for word in words:
            found = set(self.rows(word)) if found is None else found.intersection(self.rows(word))
            if not found:
                break
        return found or set()

    def introducing(self, words: Collection[int]) -> list[int]:
        """The numbers of the rows whose `keys` hold any of some hashes, in order."""
        ends, data = self._binaries[1]
        wanted = np.fromiter(words, np.uint32, len(words))
        places = np.flatnonzero(np.isin(np.frombuffer(data, np.uint32), wanted))
        rows: list[int] = np.unique(
            np.searchsorted(np.frombuffer(ends, np.int32), 4 * places, side="right") - 1
        ).tolist()
        return rows


class _Binary(NamedTuple):
    """A column of byte strings as it lies in memory."""

    ends: memoryview  # 32-bit numbers, one more than there are strings: string i is data[ends[i]:ends[i + 1]]
    data: memoryview


def _binary(table: pa.Table, name: str) -> _Binary:
    column = table.column(name).combine_chunks()
    _, ends, data = column.buffers()
    size = 4 * (len(column) + 1)
    some = memoryview(ends).cast("B")[:size].cast("i") if ends else memoryview(bytes(size)).cast("i")
    return _Binary(some, memoryview(data or b"").cast("B")[: some[-1]])


def _inverted(tokens: Sequence[bytes]) -> Iterator[bytes]:
    """The words of some rows as a table of hashes, of as many buckets as there are rows: a word lies in the bucket with
    the number hash × rows / 2³².

    A bucket holds the number of its words, their hashes, where the list of each word's rows ends, and the lists; all are
    numbers of 32 bits, but the rows have 16.
    """
    counts = [len(t) // 4 for t in tokens]
    row = np.repeat(np.arange(len(tokens), dtype=np.uint64), counts)
    pairs = np.sort((np.frombuffer(b"".join(tokens), np.uint32).astype(np.uint64) << np.uint64(16)) | row)
    hashes, rows = (pairs >> np.uint64(16)).astype(np.uint32), pairs.astype(np.uint16)
    last = np.flatnonzero(np.diff(hashes, append=hashes[-1:] + np.uint32(1)))  # of each word, its last pair
    words, ends = hashes[last], (last + 1).astype(np.uint32)
    bucket = (words.astype(np.uint64) * np.uint64(len(tokens))) >> np.uint64(32)
    bounds = np.searchsorted(bucket, np.arange(len(tokens) + 1)).tolist()
    begin = 0
    for low, high in pairwise(bounds):
        end = int(ends[high - 1]) if high > low else begin
        size = np.uint32(high - low)
        yield (
            size.tobytes() + words[low:high].tobytes() + (ends[low:high] - begin).tobytes() + rows[begin:end].tobytes()
        )
        begin = end


def _lookup(words: _Binary, word: int) -> Sequence[int]:
    count = len(words.ends) - 1
    number = word * count >> 32
    bucket = words.data[words.ends[number] : words.ends[number + 1]]
    size = int.from_bytes(bucket[:4], sys.byteorder)
    numbers = bucket[4 : 4 + 8 * size].cast("I")
    place = bisect_left(numbers, word, 0, size)
    if place == size or numbers[place] != word:
        return ()
    rows = bucket[4 + 8 * size :].cast("H")
    return rows[numbers[size + place - 1] if place else 0 : numbers[size + place]].tolist()


def _by_row(buckets: Sequence[bytes]) -> list[bytes]:
    """The inverse of `_inverted`."""
    # The arrays of a shard are made at once: thousands of small ones take a tenth of a second.
    sizes = [int.from_bytes(bucket[:4], sys.byteorder) for bucket in buckets]
    hashes = np.frombuffer(b"".join(b[4 : 4 + 4 * n] for b, n in zip(buckets, sizes, strict=True)), np.uint32)
    ends = np.frombuffer(b"".join(b[4 + 4 * n : 4 + 8 * n] for b, n in zip(buckets, sizes, strict=True)), np.uint32)
    row = np.frombuffer(b"".join(b[4 + 8 * n :] for b, n in zip(buckets, sizes, strict=True)), np.uint16)
    counts = np.diff(ends, prepend=np.uint32(0))
    first = np.cumsum([0, *sizes])[:-1][np.array(sizes) > 0]  # the first word of each bucket that has any
    counts[first] = ends[first]
    pairs = np.sort(row.astype(np.uint64) << np.uint64(32) | np.repeat(hashes, counts))
    data = pairs.astype(np.uint32).tobytes()
    ends = (4 * np.cumsum(np.bincount(row, minlength=len(buckets)))).tolist()
    return [data[low:high] for low, high in pairwise([0, *ends])]


def write_facts(folder: Path, rows: Sequence[tuple[str, bytes]]) -> str:
    """Write assembled facts, (paper id, packed Facts) in order of id, and return the name of the file."""
    return _write(folder, "facts", _table(_FACTS, zip(*rows, strict=True)))


def read_facts(path: Path) -> list[tuple[str, bytes]]:
    """(paper id, packed Facts) of one file, in order of id. Raises StoreError if the file is missing or damaged."""
    return list(zip(*_columns(path, _FACTS.names), strict=True))


def facts(path: Path) -> Iterator[Facts]:
    """The facts of one file. Raises StoreError if it is missing or damaged."""
    return (unpack(packed, Facts) for _, packed in read_facts(path))


def write_nodes(path: Path, entities: Iterable[Entity], venues: Iterable[Venue]) -> None:
    """Write what `read_nodes` and `read_entities` read, few of them in memory."""
    nodes = chain((("entity", e.id, pack(e)) for e in entities), (("venue", v.id, pack(v)) for v in venues))
    with pq.ParquetWriter(path, _NODES, compression="zstd", use_dictionary=False, store_schema=False) as file:
        some = list(islice(nodes, _PIECE))
        file.write_table(_table(_NODES, zip(*some, strict=True) if some else [(), (), ()]))
        while some := list(islice(nodes, _PIECE)):
            file.write_table(_table(_NODES, zip(*some, strict=True)))


def read_nodes(path: Path) -> tuple[list[Entity], list[Venue]]:
    """Every entity and venue of a graph, by id. Raises StoreError if the file is missing or damaged."""
    try:
        nodes = _read(path).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error
    return (
        [unpack(n["node"], Entity) for n in nodes if n["kind"] == "entity"],
        [unpack(n["node"], Venue) for n in nodes if n["kind"] == "venue"],
    )


def read_entities(path: Path) -> Iterator[Entity]:
    """Every entity of a graph, by id, few in memory. Raises StoreError if the file is missing or damaged."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(10_000, use_threads=False):
                kinds: list[Any] = batch.column("kind").to_pylist()
                nodes: list[Any] = batch.column("node").to_pylist()
                yield from (unpack(n, Entity) for kind, n in zip(kinds, nodes, strict=True) if kind == "entity")
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _read(source: Path | pa.NativeFile, names: Sequence[str] | None = None) -> pa.Table:
    # `pq.read_table` imports pandas, which takes longer than adding a paper.
    with pq.ParquetFile(source, memory_map=True) as file:
        return file.read(None if names is None else list(names), use_threads=False)


def _table(schema: pa.Schema, columns: Iterable[Sequence[str | bytes]]) -> pa.Table:
    """A table of strings and bytes. `pa.table` would import pandas, too."""
    arrays = [strings(values, field.type) for field, values in zip(schema, columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def strings(values: Sequence[str | bytes], kind: pa.DataType) -> pa.Array[Any]:
    """An array of strings or bytes, none of them missing. `pa.array` would import pandas."""
    data = [v.encode() if isinstance(v, str) else v for v in values]
    ends = np.zeros(len(data) + 1, np.int32)
    np.cumsum([len(d) for d in data], out=ends[1:])
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(data))]
    return pa.Array.from_buffers(kind, len(data), buffers)


def _columns(path: Path, names: Sequence[str]) -> list[list[Any]]:
    try:
        data = path.read_bytes()
        if path.stem.rpartition("-")[2] != _checksum(data):
            raise _damaged(path, "its checksum is another")
        table = _read(pa.BufferReader(data))
        return [table.column(name).to_pylist() for name in names]
    except (OSError, KeyError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _write(folder: Path, stem: str, table: pa.Table, compression: Any = "zstd") -> str:
    sink = pa.BufferOutputStream()
    pq.write_table(
        table, sink, compression=compression, use_dictionary=False, store_schema=False, write_statistics=False
    )
    data = sink.getvalue().to_pybytes()
    name = f"{stem}-{_checksum(data)}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.{os.getpid()}"
    try:
        temporary.write_bytes(data)
        temporary.replace(folder / name)
    finally:
        temporary.unlink(missing_ok=True)
    return name


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _damaged(path: Path, why: object) -> StoreError:
    return StoreError(f"{path}: missing or damaged ({why}); build the folder again, it makes this file anew")
