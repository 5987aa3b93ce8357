"""Shards on disk: extraction per paper as Parquet, one immutable file per batch, and the manifest that names them.

A shard's name is a hash of what it was made from (its papers, the vocabulary, the code version), so a build that finds
the file has nothing to do. Batches are cut where a paper's id hashes to a boundary: adding or removing a paper changes
one shard, whatever came before it. Files are written to a temporary name and renamed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import StoreError
from kg.model import Entity, Extraction, Facts, Paper, Venue, digest, pack, unpack
from kg.settings import BATCH

#: Version of the stored form. A folder of another version is rebuilt.
FORMAT = 1


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns.items()])


_SCHEMA = _schema(
    id=pa.string(), hash=pa.string(), title=pa.string(), date=pa.string(), paper=pa.binary(), extraction=pa.binary()
)

_FACTS = _schema(id=pa.string(), facts=pa.binary())
_NODES = _schema(kind=pa.string(), id=pa.string(), node=pa.binary())


class Shard(NamedTuple):
    """One file of the store: its name, its number of papers, SHA-256 of its bytes."""

    file: str
    papers: int
    sha256: str


def content_hash(paper: Paper) -> str:
    """What the paper says, as a hash; the names of the files it came from count too."""
    return hashlib.sha256(pack(paper)).hexdigest()


def batches(papers: Iterable[Paper], size: int = BATCH) -> Iterator[list[Paper]]:
    """Cut papers in the order of their ids into batches of about `size`, never more than four times as many.

    Where a batch ends depends on the last paper's id alone, so batches far from a change stay what they were.
    """
    batch: list[Paper] = []
    for paper in papers:
        batch.append(paper)
        if int(digest([paper.id], 8), 16) % size == 0 or len(batch) >= 4 * size:
            yield batch
            batch = []
    if batch:
        yield batch


def shard_name(batch: Sequence[Paper], knowledge: str) -> str:
    """The file that holds this batch. `knowledge` is a hash of vocabulary and code."""
    return f"shard-{digest([str(FORMAT), knowledge, *(content_hash(p) for p in batch)])}.parquet"


def write(folder: Path, name: str, papers: Sequence[Paper], extractions: Sequence[Extraction]) -> Shard:
    """Write one shard atomically and return its entry."""
    table = pa.table(
        {
            "id": [p.id for p in papers],
            "hash": [content_hash(p) for p in papers],
            "title": [p.title for p in papers],
            "date": [p.date for p in papers],
            "paper": [pack(p) for p in papers],
            "extraction": [pack(e) for e in extractions],
        },
        schema=_SCHEMA,
    )
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.{os.getpid()}"
    try:
        pq.write_table(table, temporary, compression="zstd", use_dictionary=False, store_schema=False)
        temporary.replace(folder / name)
    finally:
        temporary.unlink(missing_ok=True)
    return entry(folder / name)


def entry(path: Path) -> Shard:
    """The entry of a shard that lies on disk. Raises StoreError if it cannot be read."""
    try:
        rows = pq.read_metadata(path).num_rows
        return Shard(path.name, rows, hashlib.sha256(path.read_bytes()).hexdigest())
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path}: damaged shard ({error}); remove it and build again") from error


def read(path: Path) -> Iterator[tuple[Paper, Extraction]]:
    """Papers of one shard with what was extracted, in order of id. Raises StoreError if the file is damaged."""
    try:
        table = pq.read_table(path, columns=["paper", "extraction"])
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path}: damaged shard ({error}); remove it and build again") from error
    for row in table.to_pylist():
        yield unpack(row["paper"], Paper), unpack(row["extraction"], Extraction)


# ---- assembled facts, beside the shards


def write_facts(folder: Path, facts: Iterable[Facts], entities: Iterable[Entity], venues: Iterable[Venue]) -> None:
    """Write what `read_facts` reads: `facts.parquet` and `nodes.parquet` in the graph folder's `store/`."""
    store = folder / "store"
    store.mkdir(parents=True, exist_ok=True)
    listed = list(facts)
    pairs = pa.table({"id": [f.paper.id for f in listed], "facts": [pack(f) for f in listed]}, schema=_FACTS)
    nodes = [("entity", e.id, pack(e)) for e in entities] + [("venue", v.id, pack(v)) for v in venues]
    kinds, ids, packed = zip(*nodes, strict=True) if nodes else ((), (), ())
    table = pa.table({"kind": list(kinds), "id": list(ids), "node": list(packed)}, schema=_NODES)
    pq.write_table(pairs, store / "facts.parquet", compression="zstd", use_dictionary=False, store_schema=False)
    pq.write_table(table, store / "nodes.parquet", compression="zstd", use_dictionary=False, store_schema=False)


def read_facts(folder: Path) -> tuple[list[Facts], list[Entity], list[Venue]]:
    """Everything that a graph folder says. Raises StoreError if a file is missing or damaged."""
    try:
        facts = pq.read_table(folder / "store" / "facts.parquet").to_pylist()
        nodes = pq.read_table(folder / "store" / "nodes.parquet").to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{folder}: the store cannot be read ({error}); build the folder again") from error
    return (
        [unpack(f["facts"], Facts) for f in facts],
        [unpack(n["node"], Entity) for n in nodes if n["kind"] == "entity"],
        [unpack(n["node"], Venue) for n in nodes if n["kind"] == "venue"],
    )
