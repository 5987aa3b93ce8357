"""What a worker writes for one file of facts: a run of the graph's lines, provenance, rows of tables, nodes and edges.

Provenance is in the order of papers, so that it needs no sorting over the graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from kg import store
from kg.export import bucket, formats, graphml, rdf, runs, table
from kg.graph import reached
from kg.model import Edition, Facts, Venue, pack, unpack
from kg.ontology import Namer
from kg.settings import BATCH

GRAPHML = "graph.graphml"
_PAPERS = 500  # whose provenance is one part of its files


class Piece(NamedTuple):
    """What was written for one file of facts, and what the whole graph needs to know of it."""

    graph: tuple[runs.Run, ...]
    provenance: tuple[dict[str, Path], ...]  # in order, parts of each file
    quads: int
    tables: tuple[str, ...]
    graphml: tuple[str, ...]
    counts: Counter[str]
    entities: frozenset[str]  # reached
    mentions: Counter[str]  # entity -> how many of its papers mention it
    editions: frozenset[tuple[str, int, str]]  # venue, year, host
    venues: frozenset[str]
    dates: tuple[tuple[str, str], ...]  # of its papers: date, id


@dataclass(frozen=True)
class Unlisted:
    """File of facts -> the venues of its papers that no list holds, as each paper names them."""

    store: str

    def __call__(self, file: str) -> frozenset[Venue]:
        found = (unpack(packed, _Editions) for _, packed in store.read_facts(Path(self.store) / file))
        return frozenset(e.unlisted for facts in found for e in facts.editions if e.unlisted)


class _Editions(msgspec.Struct):
    """All that is read of packed `Facts` for their venues; the rest is passed over, which takes a fifth of the time."""

    editions: tuple[Edition, ...] = ()


@dataclass(frozen=True)
class Write:
    """(number, file of facts) -> its piece, in `folder`."""

    store: str
    folder: str
    base_iri: str
    abstracts: bool
    files: tuple[str, ...]  # of the provenance, and "graph.graphml"
    packed: bool
    labels: dict[str, str]  # venue -> its label

    def __call__(self, job: tuple[int, str]) -> Piece:
        number, file = job
        whole = store.read_facts(Path(self.store) / file)
        stem = Path(self.folder) / f"piece-{number:06}"
        pieces = []
        for low in range(0, len(whole), BATCH):
            found = [unpack(packed, Facts) for _, packed in whole[low : low + BATCH]]
            pieces.append(self._part(found, stem.with_name(f"{stem.name}-{low:06}")))
        return join(pieces)

    def _part(self, found: list[Facts], stem: Path) -> Piece:
        namer = Namer(self.base_iri)
        writer = rdf.Writer(namer, abstracts=self.abstracts)
        table.save(stem.with_suffix(".tables"), table.paper_rows(found, self.labels, namer))
        if GRAPHML in self.files:
            with stem.with_suffix(".graphml").open("wb") as out:
                for facts in found:
                    data = pack(graphml.piece(facts, namer, self.labels))
                    out.write(len(data).to_bytes(4, "little") + data)
        editions = {(e.venue, e.year, e.host) for facts in found for e in facts.editions}
        parts, quads = [], 0
        for low in range(0, len(found), _PAPERS):
            texts: dict[str, list[str]] = {name: [] for name in self.files if name in bucket.QUADS}
            for facts in found[low : low + _PAPERS]:
                graph = provenance(facts, writer)
                quads += sum(len(objects) for _, said in graph[1] for _, objects in said)
                for name, text in texts.items():
                    if graph[1]:
                        text.append(bucket.QUADS[name](graph))
            if any(texts.values()):
                part = stem.with_name(f"{stem.name}-{low:06}")
                parts.append(bucket.write(texts.items(), part, packed=self.packed))
        return Piece(
            (runs.write(stem.with_suffix(".nt"), writer.graph(found)),),
            tuple(parts),
            quads,
            (str(stem.with_suffix(".tables")),),
            (str(stem.with_suffix(".graphml")),),
            count(found),
            frozenset(e for facts in found for e in reached(facts)),
            Counter(e.statement.object for facts in found for e in facts.edges),
            frozenset(editions),
            frozenset(v for venue, _, host in editions for v in (venue, host) if v),
            tuple((facts.paper.date, facts.paper.id) for facts in found),
        )


def join(pieces: Sequence[Piece]) -> Piece:
    """Pieces that follow on each other as one."""
    return Piece(
        tuple(run for p in pieces for run in p.graph),
        tuple(part for p in pieces for part in p.provenance),
        sum(p.quads for p in pieces),
        tuple(path for p in pieces for path in p.tables),
        tuple(path for p in pieces for path in p.graphml),
        sum((p.counts for p in pieces), Counter()),
        frozenset().union(*(p.entities for p in pieces)),
        sum((p.mentions for p in pieces), Counter()),
        frozenset().union(*(p.editions for p in pieces)),
        frozenset().union(*(p.venues for p in pieces)),
        tuple(date for p in pieces for date in p.dates),
    )


def provenance(facts: Facts, writer: rdf.Writer) -> formats.Graph:
    """The named graph of one paper."""
    return rdf.iri(writer.namer.provenance(facts.paper.id)), writer.provenance(facts)


def pieces_of(paths: Sequence[str]) -> Iterator[graphml.Piece]:
    """The GraphML pieces of the papers of some files."""
    decoder = msgspec.msgpack.Decoder(graphml.Piece)
    for path in paths:
        with Path(path).open("rb") as file:
            while head := file.read(4):
                yield decoder.decode(file.read(int.from_bytes(head, "little")))


#: What the manifest calls facts whose quotes were wrong, if there are any.
LEFT_OUT = "facts left out"


def count(found: list[Facts]) -> Counter[str]:
    """How many papers, edges of each relation and claims there are."""
    counts: Counter[str] = Counter({"papers": len(found)})
    for facts in found:
        for edge in facts.edges:
            counts[f"{edge.statement.predicate} edges"] += 1
        if facts.claims:
            counts["claims"] += len(facts.claims)
        if facts.editions:
            counts["publishedIn edges"] += len(facts.editions)
        if facts.left_out:
            counts[LEFT_OUT] += len(facts.left_out)
    return counts
