"""What is measured: each case yields rows, ours beside a peer's."""

from __future__ import annotations

import gzip
import importlib.util
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pyoxigraph as ox

import kg
from kg.build import build
from kg.engine import Engine, Local
from kg.export import bucket, rdf
from kg.linking.linker import Linker, default
from kg.linking.text import View
from kg.model import Paper, pack
from kg.ontology import PREFIXES, Namer
from kg.readers import read
from kg.settings import ontology_dir
from kg.store import Batch
from kg.tasks import Extract, linker_of
from kg.view.page import render
from tests.benchmarks import peers
from tests.benchmarks.measure import Row, beside, row, seconds
from tests.benchmarks.tasks import Link, Spin, Warm

#: Most triples that rdflib is given, most papers that pyvis draws: beyond, one round takes minutes.
RDFLIB_TRIPLES, PYVIS_PAPERS = 100_000, 400

QUERIES = ("introduced", "most-mentioned", "venues", "best-factors")


class Given:
    """A slice of a corpus as JSON lines, and what several cases make of it, made once."""

    def __init__(self, corpus: Path, papers: int, work: Path, rounds: int) -> None:
        self.work, self.rounds = work, rounds
        self.path = work / "papers.jsonl"
        with (
            gzip.open(corpus, "rt", encoding="utf-8")
            if corpus.suffix == ".gz"
            else corpus.open(encoding="utf-8") as file
        ):
            self.path.write_text("".join(islice(file, papers)), encoding="utf-8")

    @cached_property
    def papers(self) -> list[Paper]:
        return list(read(self.path, skipped=[]))

    def batches(self) -> Iterator[Batch]:
        """The papers, read from the file, as a build gives them to workers."""
        some = iter(read(self.path, skipped=[]))
        while batch := tuple(pack(p) for p in islice(some, 500)):
            yield Batch(f"{hash(batch[0]) & 0xFFFFFFFF:016x}", batch, ())

    def fresh(self) -> Path:
        """An empty folder."""
        target = self.work / "store"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        return target

    @cached_property
    def text(self) -> str:
        return "\n".join(p.abstract for p in self.papers)

    @cached_property
    def linker(self) -> Linker:
        return default()

    @cached_property
    def spacy(self) -> peers.SpacyPipeline:
        return peers.SpacyPipeline(self.linker.vocabulary)

    @cached_property
    def folder(self) -> Path:
        return build([self.path], self.work / "graph").folder

    @cached_property
    def graph(self) -> Any:
        return kg.open(self.folder)

    @cached_property
    def triples(self) -> list[bytes]:
        return [line.encode() for line in self.graph.read_text("graph.nt")]


def linking(g: Given) -> Iterator[Row]:
    """Every link, role, claim, venue and new name, against spaCy finding the same names and 20 rules."""
    some = g.papers
    texts = [f"{p.title}. {p.abstract}" for p in some]
    for p, text in zip(some[:200], texts, strict=False):  # caches of both are warm
        g.linker.extract(p)
        g.spacy(text)

    def ours() -> None:
        for p in some:
            g.linker.extract(p)

    def theirs() -> None:
        for text in texts:
            g.spacy(text)

    name = "spaCy PhraseMatcher + Matcher"
    yield beside("linking, one process", "abstracts/s", len(some), ours, name, theirs, rounds=g.rounds)

    def to_shard() -> None:
        task = Extract(str(g.fresh()))
        for batch in g.batches():
            task(batch)

    linker_of(())  # made before

    yield beside(
        "the same, read to shard", "abstracts/s", len(some), to_shard, name, partial(peers.to_parquet, g.spacy, g.path, g.work),
        rounds=g.rounds,
    )  # fmt: skip


def whole_build(g: Given) -> Iterator[Row]:
    """Files to graph folder; the peer writes three of its files, with mentions alone."""
    target = g.work / "again"

    def ours() -> None:
        shutil.rmtree(target, ignore_errors=True)
        build([g.path], target, workers=1)

    ours()  # caches of both are warm
    peers.build(g.spacy, g.path, g.work)
    name = "spaCy + rdflib + networkx, mentions only"
    yield beside(
        "whole build, one process", "papers/s", len(g.papers), ours, name, lambda: peers.build(g.spacy, g.path, g.work),
        rounds=g.rounds,
    )  # fmt: skip


def two_processes(g: Given) -> Iterator[Row]:
    """What a second process gains, against what it gains for a loop that needs nothing but the processor."""
    step = max(1, len(g.papers) // 8)
    spans = [(i, i + step) for i in range(0, len(g.papers), step)]
    with Local(1) as one, Local(2) as two:
        list(two.map(Warm(), range(4)))
        list(one.map(Warm(), range(1)))
        pairs = []
        for _ in range(g.rounds):
            gains = []
            for task, jobs in ((Link(str(g.path)), spans), (Spin(), [3_000_000] * 8)):
                alone = seconds(lambda task=task, jobs=jobs: list(one.map(task, jobs)))  # type: ignore[misc]
                gains.append(alone / seconds(lambda task=task, jobs=jobs: list(two.map(task, jobs))))  # type: ignore[misc]
            pairs.append((gains[0], gains[1]))
    yield row("gain of a second process", "×", "plain loop", pairs)


def ray(g: Given) -> Iterator[Row]:
    """The same batches by Ray on this machine and by the local engine; starting either is not counted."""
    if importlib.util.find_spec("ray") is None:
        print("NOT MEASURED: ray is not installed; `make test-ray` installs it", file=sys.stderr)
        return
    from kg.engine_ray import Ray

    def run(engine: Engine) -> None:
        list(engine.map(Extract(str(g.fresh())), g.batches()))

    with Local() as local, Ray() as cluster:
        for engine in (local, cluster):
            list(engine.map(Warm(), range(8)))
        yield beside(
            "extraction on Ray, this machine", "abstracts/s", len(g.papers), partial(run, cluster), "local engine",
            partial(run, local), rounds=g.rounds, clock=time.perf_counter,
        )  # fmt: skip


def rdf_writing(g: Given) -> Iterator[Row]:
    """The same triples written by ours and by rdflib's serialisers."""
    some = g.triples[:RDFLIB_TRIPLES]
    theirs = peers.rdf_graph(some)
    lines = [line.decode() for line in some]
    writer = rdf.Writer(Namer())
    facts = list(g.graph.knowledge.facts.values())[:1000]

    def nt() -> int:
        return len("".join(writer.graph(facts)).encode())

    made = len(writer.graph(facts))
    for what, ours, amount, form in (
        ("facts to sorted N-Triples", nt, made, "nt"),
        ("N-Triples to Turtle", lambda: bucket.whole("graph.ttl", lines), len(some), "turtle"),
    ):
        yield beside(
            what, "triples/s", amount, ours, f"rdflib, {form}", partial(theirs.serialize, format=form),
            rounds=g.rounds, peer_amount=len(theirs),
        )  # fmt: skip


def bulk_load(g: Given) -> Iterator[Row]:
    """A store on disk from the export, against rdflib's in memory."""
    data = b"".join(g.triples)
    some = g.triples[:RDFLIB_TRIPLES]
    target = g.work / "quads"

    def ours() -> None:
        shutil.rmtree(target, ignore_errors=True)
        ox.Store(str(target)).bulk_load(data, ox.RdfFormat.N_TRIPLES)

    yield beside(
        "bulk load, on disk", "triples/s", len(g.triples), ours, "rdflib, in memory", lambda: peers.rdf_graph(some),
        rounds=g.rounds, peer_amount=len(some),
    )  # fmt: skip


def sparql(g: Given) -> Iterator[Row]:
    """Worked queries over one graph, loaded before."""
    theirs = peers.rdf_graph(g.triples)
    store = ox.Store()
    store.bulk_load(b"".join(g.triples), ox.RdfFormat.N_TRIPLES)
    for name in QUERIES:
        text = (ontology_dir() / "queries" / f"{name}.rq").read_text(encoding="utf-8")
        prefixes = {k: v for k, v in PREFIXES.items() if f"PREFIX {k}:" not in text}
        yield beside(
            f"query {name}", "answers/s", 1, lambda text=text: list(store.query(text, prefixes=PREFIXES)),  # type: ignore[misc,arg-type]
            "rdflib", lambda text=text, ns=prefixes: list(theirs.query(text, initNs=ns)), rounds=g.rounds,  # type: ignore[misc]
        )  # fmt: skip


def page(g: Given) -> Iterator[Row]:
    """The page of a small graph; pyvis looks through all edges for each that it adds."""
    papers = min(PYVIS_PAPERS, len(g.papers))
    small = kg.open(build([_first(g, papers)], g.work / "small").folder)
    graph = small.networkx()
    yield beside(
        f"page of {papers} papers", "pages/s", 1,
        lambda: render(small.knowledge, title="t", iri=Namer()), "pyvis as shipped", lambda: peers.pyvis_page(graph),
        rounds=g.rounds,
    )  # fmt: skip


def graphs(g: Given) -> Iterator[Row]:
    """The networkx view against the ordinary way to one, and a question of two hops."""
    own = g.graph
    _ = own.knowledge
    graph = own.networkx()
    packed = g.folder / "graph.graphml"
    size = graph.number_of_edges()
    yield beside(
        "networkx view", "edges/s", size, own.networkx, "networkx.read_graphml", lambda: nx.read_graphml(packed),
        rounds=g.rounds,
    )  # fmt: skip
    text = "SELECT ?e (COUNT(DISTINCT ?p) AS ?n) { ?p kg:mentions/a kg:Hardware . ?p kg:mentions ?e } GROUP BY ?e"
    store = ox.Store()
    store.bulk_load(b"".join(g.triples), ox.RdfFormat.N_TRIPLES)
    yield beside(
        "what stands beside hardware", "answers/s", 1, lambda: list(store.query(text, prefixes=PREFIXES)),  # type: ignore[arg-type]
        "networkx loop", lambda: peers.used_with(graph, "Hardware"), rounds=g.rounds,
    )  # fmt: skip


def ceiling(g: Given) -> Iterator[Row]:
    """Bytes of text that the linker reads, against what the machine could do with them at all."""
    size = sum(len(p.title.encode()) + len(p.abstract.encode()) for p in g.papers)
    views = [View(p.abstract) for p in g.papers]
    scanned = len(g.text.encode())
    memory = np.ones(1 << 25, dtype=np.uint64)
    text = g.text.encode()
    swap = bytes(reversed(range(256)))

    def ours() -> None:
        for p in g.papers:
            g.linker.extract(p)

    def scan() -> None:
        for view in views:
            g.linker.vocabulary.matcher.scan(view.plain, view.lower)

    for name, work, amount in (
        ("scan for all names alone", scan, scanned),
        ("bytes.translate of the text", lambda: text.translate(swap), scanned),
        ("reading memory", lambda: memory.sum(), memory.nbytes),
    ):
        yield beside("linking, text", "MB/s", size / 1e6, ours, name, work, rounds=g.rounds, peer_amount=amount / 1e6)


def long_texts(g: Given) -> Iterator[Row]:
    """Whether time grows with the text alone: papers as long as full texts (fifty abstracts in one), and abstracts."""
    together = [
        Paper(id=f"abs:long-{i}", title=some[0].title, abstract="\n\n".join(p.abstract for p in some))
        for i in range(0, len(g.papers), 50)
        if (some := g.papers[i : i + 50])
    ]
    size = sum(len(p.abstract.encode()) for p in g.papers) / 1e6

    def link(papers: list[Paper]) -> None:
        for p in papers:
            g.linker.extract(p)

    yield beside(
        "linking texts of 50 abstracts each", "MB/s", size, partial(link, together), "kg, an abstract each",
        partial(link, g.papers), rounds=g.rounds,
    )  # fmt: skip


def _first(g: Given, papers: int) -> Path:
    target = g.work / f"first-{papers}.jsonl"
    with g.path.open(encoding="utf-8") as file:
        target.write_text("".join(islice(file, papers)), encoding="utf-8")
    return target


CASES: dict[str, Callable[[Given], Iterator[Row]]] = {
    "linking": linking,
    "processes": two_processes,
    "ray": ray,
    "build": whole_build,
    "writing": rdf_writing,
    "load": bulk_load,
    "sparql": sparql,
    "page": page,
    "graphs": graphs,
    "ceiling": ceiling,
    "long": long_texts,
}
