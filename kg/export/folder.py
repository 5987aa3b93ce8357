"""Every file of a graph folder but its manifest and its store, from the facts that the store holds.

Nothing holds the whole graph: workers write pieces (one for each file of facts), the pieces' lines are cut into buckets, and
workers turn buckets into the formats. Only the ids of entities are held, and the papers that go into the page.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from kg import store
from kg.engine import Engine
from kg.export import bucket, choice, graphml, piece, rdf, runs, table, void
from kg.graph import KnowledgeGraph, closure
from kg.model import Entity, Venue
from kg.ontology import Namer, slug
from kg.progress import Progress
from kg.settings import PAGE_PAPERS, PLAIN_PAPERS, ontology_dir

T = TypeVar("T")


#: Reads all entities of the graph, again with each call.
Entities = Callable[[], Iterator[Entity]]

#: Files of the ontology folder that go into every build: name there, name in `ontology/`.
SHIPPED = (
    ("ontology.ttl", "kg.ttl"),
    ("alignment.ttl", "alignment.ttl"),
    ("shapes.ttl", "shapes.ttl"),
    ("context.jsonld", "context.jsonld"),
)
_LINES = 200_000  # of nodes, sorted at once


class Options(NamedTuple):
    """How a graph is written."""

    base_iri: str
    abstracts: bool = True
    rdf12: bool = False
    formats: str = ""  # as `choice.parse` gives it


class Source(NamedTuple):
    """What a graph is written from."""

    store: Path
    facts: Sequence[str]  # files of the store, in order of their papers
    papers: int  # in all of them
    knowledge: str  # hash of vocabulary and code
    series: Mapping[str, Venue]  # every listed venue, by id
    nodes: Callable[[Iterable[str]], Iterable[Entity]]  # of reached ids, in order of id
    draw: Callable[[KnowledgeGraph, str], str]  # a graph and a title to a page


def write(source: Source, folder: Path, options: Options, engine: Engine, progress: Progress) -> dict[str, int]:
    """Write every file of a graph folder but the manifest into `folder`, and return the counts."""
    parts = folder / ".parts"
    parts.mkdir(parents=True)
    namer = Namer(options.base_iri)
    packed = source.papers > PLAIN_PAPERS
    extra = choice.files(options.formats, source.papers)
    graph_files = ("graph.nt", *(name for name in extra if name in bucket.GRAPH))
    quad_files = ("provenance.nq", *(name for name in extra if name in bucket.QUADS))
    if options.rdf12:
        quad_files += (bucket.ANNOTATIONS,)
    wanted = (*quad_files, *(name for name in extra if name == piece.GRAPHML))
    # What a venue that no list holds is called is known when all its papers are.
    named = engine.map(piece.Unlisted(str(source.store)), source.facts)
    series = {**source.series, **merged(v for some in named for v in some)}
    labels = {v.id: v.label for v in series.values()}
    task = piece.Write(str(source.store), str(parts), options.base_iri, options.abstracts, wanted, packed, labels)
    pieces: list[piece.Piece] = []
    reached: set[str] = set()
    mentions: Counter[str] = Counter()
    latest: list[tuple[str, str, int]] = []  # date, paper, number of its file
    for found in engine.map(task, list(enumerate(source.facts))):
        # What pieces have in common is held once: a million papers give hundreds of pieces.
        reached |= found.entities
        mentions.update(found.mentions)
        latest += ((date, paper, len(pieces)) for date, paper in found.dates)
        latest = sorted(latest)[-PAGE_PAPERS:]
        pieces.append(found._replace(entities=frozenset(), mentions=Counter(), dates=()))
        progress("writing pieces", len(pieces), len(source.facts))
    venues = [series[v] for v in sorted({v for p in pieces for v in p.venues})]
    (folder / "store").mkdir()
    kept = folder / "store" / "nodes.parquet"
    store.write_nodes(kept, source.nodes(reached), venues)
    del reached
    entities = partial(store.read_entities, kept)  # a million papers have as many: they are not held
    nodes = node_triples(rdf.Writer(namer), entities(), mentions, venues, pieces, labels)
    node_runs = [
        runs.write(parts / f"nodes-{number:06}.nt", rdf.lines(some))
        for number, some in enumerate(_batched(nodes, _LINES))
    ]
    graph = [*node_runs, *(run for p in pieces for run in p.graph)]
    progress("writing RDF", 0, 0)
    written = engine.map(bucket.Convert(str(parts), graph_files, packed), runs.buckets(graph))
    census = _join(written, graph_files, folder, packed=packed)
    provenance = (bucket.Written(void.Census(), part) for p in pieces for part in p.provenance)
    _join(provenance, quad_files, folder, packed=packed)
    quads = sum(p.quads for p in pieces)
    (folder / "void.ttl").write_bytes(void.describe(namer, source.knowledge, census, quads).encode())
    for name, shipped in SHIPPED:
        shutil.copyfile(ontology_dir() / shipped, folder / name)
    progress("writing tables", 0, 0)
    _write_tables(folder / "tables", pieces, entities(), namer)
    if piece.GRAPHML in extra:
        progress("writing GraphML", 0, 0)
        with Output(folder / piece.GRAPHML, packed=packed) as output:
            _write_graphml(output, pieces, entities, venues, namer)
    progress("drawing the page", 0, 0)
    counts = _counts(pieces, entities(), census.triples, quads)
    _write_page(folder / "graph.html", source, latest, counts["papers"], entities, venues, options.base_iri)
    shutil.rmtree(parts)
    return counts


def merged(venues: Iterable[Venue]) -> dict[str, Venue]:
    """One venue of each id with all names that papers give it: "Workshop on Fair Things", "Workshop on Fair-Things"."""
    names: dict[str, set[str]] = {}
    kinds: dict[str, str] = {}
    for v in venues:
        names.setdefault(v.id, set()).update((v.label, *v.aliases))
        kinds[v.id] = min(v.kind, kinds.get(v.id, v.kind))
    found = {}
    for id_, some in names.items():
        label, *aliases = sorted(some, key=lambda name: (slug(name) != id_.partition("/")[2], name))
        found[id_] = Venue(id=id_, label=label, aliases=tuple(aliases), kind=kinds[id_])
    return found


def node_triples(
    writer: rdf.Writer,
    entities: Iterable[Entity],
    mentions: Mapping[str, int],
    venues: Iterable[Venue],
    pieces: Iterable[piece.Piece],
    labels: dict[str, str],
) -> Iterator[rdf.Triple]:
    """Triples of all that papers share: the scheme, entities, series and their editions. `mentions`: entity -> papers."""
    yield from writer.scheme()
    for entity in entities:
        yield from writer.entity(entity, mentions.get(entity.id, 0))
    for venue in venues:
        yield from writer.venue(venue)
    for venue_id, year, host in sorted({e for p in pieces for e in p.editions}):
        yield from writer.edition(venue_id, year, host, labels)


class Output:
    """A file written in parts, gzip-compressed (and named so) or not; the same content gives the same bytes. A context
    manager."""

    def __init__(self, path: Path, *, packed: bool) -> None:
        self._file = (path.with_name(path.name + ".gz") if packed else path).open("wb")
        self._packed = packed
        self._waiting: list[bytes] = []
        self._held = 0

    def __enter__(self) -> Output:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
        self._file.close()

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._waiting.append(data)
        self._held += len(data)
        if self._held > 1 << 20:
            self._flush()

    def put(self, part: Path) -> None:
        """Append a part, which is compressed already if the file is."""
        self._flush()
        with part.open("rb") as source:
            shutil.copyfileobj(source, self._file, 1 << 20)

    def _flush(self) -> None:
        if self._held:
            data = b"".join(self._waiting)
            self._file.write(bucket.compress(data) if self._packed else data)
            self._waiting, self._held = [], 0


def _join(written: Iterable[bucket.Written], files: Sequence[str], folder: Path, *, packed: bool) -> void.Census:
    """Put the parts of some files together, in order, and add up what was counted."""
    census = void.Census()
    frames = {name: bucket.frame(name) for name in files}
    first = True
    with ExitStack() as opened:
        outputs = {name: opened.enter_context(Output(folder / name, packed=packed)) for name in files}
        for some in written:
            census.add(some.census)
            for name, part in some.parts.items():
                outputs[name].write(frames[name][0 if first else 1].encode())
                outputs[name].put(part)
                part.unlink()
            first = first and not some.parts
        for name, output in outputs.items():
            output.write(("".join(frames[name][::2]) if first else frames[name][2]).encode())
    return census


def _write_tables(folder: Path, pieces: Iterable[piece.Piece], entities: Iterable[Entity], namer: Namer) -> None:
    with table.Tables(folder) as tables:
        for some in _batched(entities, _LINES):
            tables.add("entities", table.table("entities", table.entity_rows(some, namer)))
        for found in pieces:
            for path in found.tables:
                for name, rows in table.load(Path(path)):
                    tables.add(name, rows)
                Path(path).unlink()


def _write_graphml(
    output: Output, pieces: Sequence[piece.Piece], entities: Entities, venues: Sequence[Venue], namer: Namer
) -> None:
    parents = {parent for e in entities() for parent in e.broader}
    known = {e.id for e in entities() if e.id in parents}
    joiner = graphml.Joiner()

    def texts() -> Iterator[str]:
        yield graphml.HEADER
        yield from graphml.entities(entities(), namer)
        yield from graphml.venues(venues, namer)
        for found in pieces:
            for paper in piece.pieces_of(found.graphml):
                yield from joiner.nodes(paper)
        yield from graphml.broader(entities(), known)
        for found in pieces:
            for paper in piece.pieces_of(found.graphml):
                yield from joiner.edges(paper)
        yield graphml.FOOTER

    for some in _batched(texts(), 5000):
        output.write("".join(some).encode())


def _write_page(
    path: Path,
    source: Source,
    latest: Sequence[tuple[str, str, int]],
    papers: int,
    entities: Entities,
    venues: Sequence[Venue],
    base_iri: str,
) -> None:
    """The page, of the latest papers if there are many."""
    shown = {paper for _, paper, _ in latest}
    files = [source.facts[number] for number in sorted({number for _, _, number in latest})]
    facts = [f for name in files for f in store.facts(source.store / name) if f.paper.id in shown]
    title = "Knowledge graph of papers"
    if len(shown) < papers:
        title += f": the latest {len(shown):,} of {papers:,}"
    page = source.draw(closure(facts, entities, venues, base_iri=base_iri), title)
    path.write_text(page, encoding="utf-8", newline="\n")


def _counts(pieces: Iterable[piece.Piece], entities: Iterable[Entity], triples: int, quads: int) -> dict[str, int]:
    found: Counter[str] = Counter()
    for entity in entities:
        found[f"{entity.kind} nodes"] += 1
        found["discovered nodes"] += entity.discovered
        found["mined nodes"] += entity.mined
    for some in pieces:
        found.update(some.counts)
    found.setdefault("claims", 0)
    found.setdefault("publishedIn edges", 0)
    total = {"papers": found.pop("papers"), "triples": triples, "provenance quads": quads}
    return total | dict(sorted(found.items()))


def _batched(found: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(found)
    while some := list(islice(source, size)):
        yield some
