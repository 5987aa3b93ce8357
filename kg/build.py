"""The whole way: read, link, store, assemble, export. One call builds a graph folder."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from kg import __version__, store
from kg.assemble import Assembler, collect
from kg.errors import EvidenceError, InputError
from kg.explore import FORMAT
from kg.export import formats, graphml, rdf, table, void
from kg.graph import KnowledgeGraph
from kg.linking.linker import Linker, make
from kg.linking.text import MAX_SENTENCE
from kg.model import Evidence, Facts, Paper, digest, to_json
from kg.ontology import Namer
from kg.readers import Skip, expand, merge, read
from kg.settings import BASE_IRI, COMPRESS_ABOVE, ontology_dir

#: The extra file of `rdf12`.
ANNOTATIONS = "annotations.rdf12.ttl"

#: Called with a stage name, how much is done and how much there is (0 = unknown).
Progress = Callable[[str, int, int], None]


class Report(NamedTuple):
    """What a build did. `skipped` holds everything that was left out of the inputs, in reading order."""

    folder: Path
    counts: dict[str, int]
    skipped: tuple[Skip, ...]
    reused: int  # shards that were already there

    @property
    def complete(self) -> bool:
        """Whether nothing that looks like a record was left out."""
        return all(s.harmless for s in self.skipped)


def build(
    inputs: Sequence[str | Path],
    output: str | Path,
    *,
    format: str | None = None,
    vocabulary: Sequence[str | Path] = (),
    base_iri: str = BASE_IRI,
    abstracts: bool = True,
    rdf12: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Build a graph folder from files or folders of papers.

    Args:
        inputs: files, or folders whose files are read in order of name.
        output: folder to write; its earlier graph is replaced once the new one is whole.
        format: name of a reader for all inputs; None = by content.
        vocabulary: files of the user's own, laid over the shipped vocabulary.
        base_iri: where resource IRIs live.
        abstracts: whether `dct:abstract` is written to the RDF.
        rdf12: whether the statements are also written as RDF 1.2 annotations, which rdflib cannot read yet.
        progress: told about each stage.

    Raises:
        InputError: no paper could be read from any input.
        VocabularyError: a vocabulary file breaks its form.
        EvidenceError: a quote does not equal its text (a defect: the folder is left as it was).
    """
    tell = progress or (lambda stage, done, total: None)
    skipped: list[Skip] = []
    papers = read_all([Path(i) for i in inputs], skipped, format=format, progress=tell)
    linker = make([Path(v) for v in vocabulary])
    folder = Path(output)
    knowledge = knowledge_hash(linker)
    shards, reused = extract_all(papers, linker, folder / "store", knowledge, tell)
    facts, graph = assemble_all(folder / "store", shards, linker, tell)
    check_evidence(facts)
    staging = folder / ".new"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        counts = export_all(graph, staging, Namer(base_iri), knowledge, abstracts=abstracts, rdf12=rdf12, progress=tell)
        manifest = {
            "format": FORMAT,
            "generator": f"paperkg {__version__}",
            "knowledge": knowledge,
            "base_iri": base_iri,
            "inputs": sorted({s for p in papers for s in p.sources}),
            "shards": [s._asdict() for s in shards],
            "counts": counts,
            "skipped": [{"file": s.file, "line": s.line, "reason": s.reason, "excerpt": s.excerpt} for s in skipped],
        }
        (staging / "manifest.json").write_bytes(to_json(manifest))
        _publish(staging, folder)
        if not rdf12:
            for stale in folder.glob(f"{ANNOTATIONS}*"):
                stale.unlink()
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    _forget_old_shards(folder / "store", {s.file for s in shards})
    return Report(folder, counts, tuple(skipped), reused)


def read_all(
    inputs: Sequence[Path], skipped: list[Skip], *, format: str | None = None, progress: Progress
) -> list[Paper]:
    """Papers of all inputs, records of one paper merged, in order of id. Files that cannot be read are Skips.

    Raises InputError if nothing at all could be read.
    """
    found: dict[str, Paper] = {}
    problems: list[InputError] = []
    for given in inputs:
        try:
            files = expand([given])
        except InputError as error:
            problems.append(error)
            skipped.append(Skip(given.name, 0, str(error), ""))
            continue
        for file in files:
            try:
                for paper in read(file, format=format, skipped=skipped):
                    known = found.get(paper.id)
                    found[paper.id] = paper if known is None else merge(known, paper)
                    if len(found) % 1000 == 0:
                        progress("reading", len(found), 0)
            except InputError as error:
                problems.append(error)
                skipped.append(Skip(file.name, 0, str(error), ""))
    if not found:
        reasons = "; ".join(str(p) for p in problems[:3]) or "; ".join(
            f"{s.file}:{s.line}: {s.reason}" for s in skipped[:3]
        )
        raise InputError(f"nothing to build: no paper could be read ({reasons or 'the inputs hold no records'})")
    return [found[i] for i in sorted(found)]


def extract_all(
    papers: Sequence[Paper], linker: Linker, folder: Path, knowledge: str, progress: Progress
) -> tuple[list[store.Shard], int]:
    """Write the shards that are not there yet. Returns all, in order of papers, and how many were reused."""
    shards: list[store.Shard] = []
    reused = done = 0
    for batch in store.batches(papers):
        name = store.shard_name(batch, knowledge)
        if (folder / name).is_file():
            shards.append(store.entry(folder / name))
            reused += 1
        else:
            extractions = []
            for paper in batch:
                extractions.append(linker.extract(paper))
                if len(extractions) % 100 == 0:
                    progress("linking", done + len(extractions), len(papers))
            shards.append(store.write(folder, name, batch, extractions))
        done += len(batch)
        progress("linking", done, len(papers))
    return shards, reused


def assemble_all(
    folder: Path, shards: Sequence[store.Shard], linker: Linker, progress: Progress
) -> tuple[list[Facts], KnowledgeGraph]:
    """Two passes over the shards: gather introduced names, then form every paper's facts."""
    corpus = collect(e for s in shards for _, e in store.read(folder / s.file))
    assembler = Assembler(linker, corpus)
    facts: list[Facts] = []
    total = sum(s.papers for s in shards)
    for shard in shards:
        for paper, extraction in store.read(folder / shard.file):
            facts.append(assembler.facts(paper, extraction))
        progress("assembling", len(facts), total)
    return facts, KnowledgeGraph(facts, assembler.entities(), assembler.venues())


def check_evidence(facts: Iterable[Facts]) -> None:
    """Every quote equals its text and lies in its sentence. Raises EvidenceError naming paper and place."""
    for fact in facts:
        for evidence in evidence_of(fact):
            text = fact.paper.text(evidence.field)
            place = f"{fact.paper.id} {evidence.field}[{evidence.start}:{evidence.end}]"
            if evidence.start >= evidence.end or text[evidence.start : evidence.end] != evidence.exact:
                raise EvidenceError(f"{place}: the text is not {evidence.exact!r}; please report this paper")
            low, high = evidence.sentence_start, evidence.sentence_end
            if not (0 <= low <= evidence.start and evidence.end <= high <= len(text) and high - low <= MAX_SENTENCE):
                raise EvidenceError(f"{place}: its sentence [{low}:{high}] does not hold it; please report this paper")


def evidence_of(facts: Facts) -> Iterable[Evidence]:
    """All evidence that one paper's facts carry."""
    for edge in facts.edges:
        yield from edge.evidence
    for claim in facts.claims:
        yield claim.evidence
    for edition in facts.editions:
        yield edition.evidence


def export_all(
    graph: KnowledgeGraph,
    folder: Path,
    namer: Namer,
    knowledge: str,
    *,
    abstracts: bool,
    rdf12: bool = False,
    progress: Progress,
) -> dict[str, int]:
    """Write every file of a build but the manifest, and return the counts."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = rdf.Writer(namer, abstracts=abstracts)
    labels = {v.id: v.label for v in graph.venues.values()}
    progress("writing RDF", 0, 0)

    def triples() -> Iterable[rdf.Triple]:
        yield from writer.scheme()
        for entity in graph.entities.values():
            yield from writer.entity(entity)
        for venue in graph.venues.values():
            yield from writer.venue(venue)
        for facts in graph.facts.values():
            yield from writer.facts(facts)
            for edition in facts.editions:
                yield from writer.edition(edition, labels)

    nt = rdf.lines(triples())
    quads: list[str] = []
    for facts in graph.facts.values():
        context = rdf.iri(namer.provenance(facts.paper.id))
        quads += (line[:-2] + f"{context} .\n" for line in rdf.lines(writer.provenance(facts)))
    data = "".join(nt).encode()
    _write(folder / "graph.nt", data)
    _write(folder / "graph.ttl", formats.turtle(data))
    _write(folder / "graph.jsonld", "".join(formats.json_ld(nt)).encode())
    _write(folder / "graph.rdf", "".join(formats.rdf_xml(nt)).encode())
    data = "".join(quads).encode()
    _write(folder / "provenance.nq", data)
    _write(folder / "provenance.trig", formats.trig(data))
    if rdf12:
        _write(folder / ANNOTATIONS, "".join(formats.annotated(quads)).encode())
    _write(folder / "void.ttl", void.describe(namer, knowledge, nt, quads).encode())
    for name, source in _SHIPPED:
        shutil.copyfile(ontology_dir() / source, folder / name)
    progress("writing tables", 0, 0)
    table.write(folder / "tables", table.rows(graph.facts.values(), graph.entities.values(), labels, namer))
    graphml.write(folder / "graph.graphml", graph)
    store.write_facts(folder, graph.facts.values(), graph.entities.values(), graph.venues.values())
    progress("drawing the page", 0, 0)
    from kg.view.page import render  # pyvis brings IPython along: over a second that no other command should pay

    (folder / "graph.html").write_text(
        render(graph, title="Knowledge graph of papers", iri=namer, abstracts=abstracts, cache=folder),
        encoding="utf-8",
        newline="\n",
    )
    return counts(graph, len(nt), len(quads))


#: Files of the ontology folder that go into every build: name there, name in `ontology/`.
_SHIPPED = (
    ("ontology.ttl", "kg.ttl"),
    ("alignment.ttl", "alignment.ttl"),
    ("shapes.ttl", "shapes.ttl"),
    ("context.jsonld", "context.jsonld"),
)


def counts(graph: KnowledgeGraph, triples: int, quads: int) -> dict[str, int]:
    """How much of everything the graph holds."""
    found: Counter[str] = Counter()
    for entity in graph.entities.values():
        found[f"{entity.kind} nodes"] += 1
        found["discovered nodes"] += entity.discovered
        found["mined nodes"] += entity.mined
    for facts in graph.facts.values():
        for edge in facts.edges:
            found[f"{edge.statement.predicate} edges"] += 1
        found["claims"] += len(facts.claims)
        found["publishedIn edges"] += len(facts.editions)
    total = {"papers": len(graph.facts), "triples": triples, "provenance quads": quads}
    return total | dict(sorted(found.items()))


def knowledge_sources() -> list[Path]:
    """The files of code and weights that decide what a paper's text gives, in order."""
    here = Path(__file__).parent
    rooms = ("assemble", "forms", "matcher", "model", "ontology", "settings", "vocabulary")
    linking = [*(here / "linking").glob("*.py"), *(here / "linking" / "weights").glob("*.json")]
    return sorted([*linking, *(here / f"{room}.py" for room in rooms)])


def knowledge_hash(linker: Linker) -> str:
    """A hash of all that decides what a paper's text gives: vocabulary, venues, weights, and the code that reads them."""
    code = hashlib.sha256(b"".join(s.read_bytes() for s in knowledge_sources())).hexdigest()
    venues = hashlib.sha256((ontology_dir() / "vocabulary" / "venues.csv").read_bytes()).hexdigest()
    return digest([linker.vocabulary.hash, venues, code], 32)


def _write(path: Path, data: bytes) -> None:
    """Write a data file, gzip-compressed above a size; the same bytes always."""
    if len(data) > COMPRESS_ABOVE:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, 6, mtime=0))
    else:
        path.write_bytes(data)


def _publish(staging: Path, folder: Path) -> None:
    """Move every file of `staging` into place, the manifest last."""
    files = sorted((f for f in staging.rglob("*") if f.is_file()), key=lambda f: f.name == "manifest.json")
    for file in files:
        target = folder / file.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        for other in (
            target.with_name(target.name + ".gz"),
            target.with_suffix("") if target.suffix == ".gz" else None,
        ):
            if other is not None:
                other.unlink(missing_ok=True)
        file.replace(target)


def _forget_old_shards(folder: Path, wanted: set[str]) -> None:
    for path in folder.glob("shard-*.parquet"):
        if path.name not in wanted:
            path.unlink()


__all__ = ["Progress", "Report", "build", "check_evidence", "evidence_of"]
