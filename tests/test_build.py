"""The whole way on real files: what a build writes, what it says of bad input, and that it writes the same twice."""

from __future__ import annotations

import functools
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from kg import store
from kg.assemble import check_evidence
from kg.build import Report, add, build, refresh, remove, update
from kg.errors import EvidenceError, InputError, StoreError
from kg.explore import open_graph
from kg.export import runs
from kg.knowledge import knowledge_sources
from kg.linking.venues import VenueIndex
from kg.model import Edition, Evidence, Facts, Paper
from kg.settings import seeds_dir
from kg.validate import validate
from tests.conftest import ROOT
from tests.sweep import faults
from tests.test_architecture import imports

FILES = [
    "graph.nt", "graph.ttl", "graph.jsonld", "graph.rdf", "provenance.nq", "provenance.trig", "ontology.ttl",
    "alignment.ttl", "shapes.ttl", "context.jsonld", "void.ttl", "graph.html",
    "graph.graphml", "manifest.json", "tables/papers.csv", "tables/edges.parquet", "tables/claims.csv",
]  # fmt: skip

GOOD = {
    "id": "2001.00001",
    "title": "Zqnet: A Compiler",
    "abstract": "We present Zqnet, a compiler for GPUs.",
    "categories": "cs.PL",
}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a graph folder; the index that serving it leaves there is none of the build's."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and ".serve" not in p.relative_to(folder).parts)
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(r if isinstance(r, str) else json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


def test_build_writes_every_file(seeds_folder: Path) -> None:
    for name in FILES:
        assert (seeds_folder / name).stat().st_size > 0, name
    assert not list(seeds_folder.glob(".*")), "something half-written is left"


def test_build_exports_in_the_repository_are_up_to_date(seeds_folder: Path) -> None:
    """If this fails after a change of vocabulary, rules or seeds: `make exports`, look at the difference, commit it."""
    fresh, committed = tree(seeds_folder), tree(ROOT / "exports")
    assert fresh.keys() == committed.keys()
    assert [n for n in fresh if fresh[n] != committed[n]] == []


def test_build_skips_only_the_heading_of_the_listing(seeds_report: Report) -> None:
    assert [(s.line, s.excerpt) for s in seeds_report.skipped] == [(1, "No Arabic abstract")]
    assert seeds_report.complete
    assert seeds_report.counts["papers"] == 41


def test_build_does_not_depend_on_input_order_or_hash_seed(tmp_path: Path, seeds_folder: Path) -> None:
    files = sorted(seeds_dir().glob("*.txt"), reverse=True)
    command = [sys.executable, "-m", "kg", "build", *map(str, files), "-o", str(tmp_path / "g"), "--quiet"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    fresh, other = tree(seeds_folder), tree(tmp_path / "g")
    assert [n for n in fresh if fresh[n] != other.get(n)] == []


def test_build_reuses_shards_and_gives_the_same_bytes(tmp_path: Path) -> None:
    source = lines(tmp_path / "in.jsonl", GOOD)
    first = build([source], tmp_path / "g")
    before = tree(tmp_path / "g")
    again = build([source], tmp_path / "g")
    assert (first.reused, again.reused) == (0, 1)
    assert tree(tmp_path / "g") == before


def test_build_old_shards_go_when_the_input_changes(tmp_path: Path) -> None:
    build([lines(tmp_path / "a.jsonl", GOOD)], tmp_path / "g")
    build([lines(tmp_path / "a.jsonl", {**GOOD, "abstract": "We present Zqnet, a tool for FPGAs."})], tmp_path / "g")
    clean = build([tmp_path / "a.jsonl"], tmp_path / "clean")
    assert tree(tmp_path / "g") == tree(clean.folder)


def test_build_merges_records_of_one_paper(tmp_path: Path) -> None:
    one = lines(tmp_path / "a.jsonl", {**GOOD, "comments": "Published at CC 2019"})
    two = lines(tmp_path / "b.jsonl", GOOD)
    report = build([one, two], tmp_path / "g")
    paper = open_graph(report.folder).papers[0]
    assert report.counts["papers"] == 1
    assert paper.sources == ("a.jsonl", "b.jsonl")
    assert paper.comments == "Published at CC 2019"


def test_build_counts_records_of_one_paper_and_names_those_that_differ(tmp_path: Path) -> None:
    other = {**GOOD, "abstract": "We present Zqnet, another thing, which is a compiler for GPUs as well."}
    more = {**GOOD, "id": "2001.00002"}
    one = lines(tmp_path / "a.jsonl", GOOD, GOOD, other, GOOD, more)
    two = lines(tmp_path / "b.jsonl", other, {**more, "comments": "Published at CC 2019"})
    report = build([one, two], tmp_path / "g")
    assert report.counts["papers"] == 2
    assert report.complete
    (said,) = report.skipped
    assert (said.file, said.line, said.excerpt) == ("a.jsonl", 0, "arxiv:2001.00001")
    assert (
        said.reason
        == "a.jsonl, b.jsonl: the records of arxiv:2001.00001 differ; of each text the longer one is kept, of "
        "dates the earlier"
    )
    assert "5 records are of papers that another record is of, too; they are merged" in report.notes
    assert next(p.abstract for p in open_graph(report.folder).papers) == other["abstract"]
    (listed,) = json.loads((tmp_path / "g" / "manifest.json").read_text())["skipped"]
    assert listed["kept"] and listed["reason"] == said.reason


def test_build_add_tells_of_records_that_differ_as_a_build_does(tmp_path: Path) -> None:
    """In whatever order they come, and nothing of papers that went or were replaced."""
    base = lines(tmp_path / "base.jsonl", {**GOOD, "id": "2001.00009"})
    one = lines(tmp_path / "one.jsonl", GOOD)
    two = lines(
        tmp_path / "two.jsonl",
        {**GOOD, "abstract": "We present Zqnet, another thing."},
        {**GOOD, "comments": "8 pages"},
    )
    three = lines(tmp_path / "three.jsonl", GOOD)
    home, clean = tmp_path / "changed", tmp_path / "clean"
    build([base], home, workers=1)
    first = (home / "manifest.json").read_bytes()
    add(home, one, workers=1)
    report = add(home, two, workers=1)
    assert [s.excerpt for s in report.skipped] == ["arxiv:2001.00001"] and report.complete
    assert "2 records are of papers that another record is of, too; they are merged" in report.notes
    add(home, three, workers=1)
    refresh(home, workers=1)
    build([base, one, two, three], clean, workers=1)
    assert (home / "manifest.json").read_bytes() == (clean / "manifest.json").read_bytes()
    assert "one.jsonl, three.jsonl, two.jsonl: the records" in (home / "manifest.json").read_text()
    update(home, one, workers=1)
    assert not json.loads((home / "manifest.json").read_text())["skipped"]
    add(home, two, workers=1)
    remove(home, ["2001.00001"], workers=1)
    refresh(home, workers=1)
    assert (home / "manifest.json").read_bytes() == first


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{not json\n", "JSON"),
        ({"id": "2001.00002", "title": "No abstract", "abstract": "", "categories": ""}, "no abstract"),
        ({"id": "2013.99999", "title": "T", "abstract": "A long enough abstract.", "categories": ""}, "impossible"),
    ],
)
def test_build_bad_record_is_named_and_the_rest_is_built(tmp_path: Path, bad: object, reason: str) -> None:
    source = lines(tmp_path / "in.jsonl", GOOD, bad, {**GOOD, "id": "2001.00003"})
    report = build([source], tmp_path / "g")
    assert report.counts["papers"] == 2
    assert [(s.file, s.line) for s in report.skipped] == [("in.jsonl", 2)]
    assert reason in report.skipped[0].reason
    assert not report.complete
    manifest = json.loads((tmp_path / "g" / "manifest.json").read_text())
    assert manifest["skipped"][0]["line"] == 2


def _damaged(folder: Path, name: str) -> Path:
    path = folder / name
    if name == "missing.jsonl":
        return path
    if name == "empty.jsonl":
        path.write_bytes(b"")
    elif name == "binary.jsonl":
        path.write_bytes(bytes(range(256)) * 20)
    elif name == "cut.jsonl.gz":
        packed = gzip.compress((json.dumps({**GOOD, "id": "2001.00009"}) + "\n").encode() * 50, mtime=0)
        path.write_bytes(packed[: len(packed) // 2])
    else:
        path.write_text(
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/api/errors#x</id>'
            "<title>Error</title><summary>incorrect id format for 12</summary></entry></feed>"
        )
    return path


@pytest.mark.parametrize("name", ["missing.jsonl", "empty.jsonl", "binary.jsonl", "cut.jsonl.gz", "error.xml"])
def test_build_bad_file_is_named_and_the_rest_is_built(tmp_path: Path, name: str) -> None:
    good = lines(tmp_path / "good.jsonl", GOOD)
    report = build([_damaged(tmp_path, name), good], tmp_path / "g")
    assert report.counts["papers"] >= 1
    assert not report.complete
    assert any(s.file == name for s in report.skipped)


@pytest.mark.parametrize("name", ["missing.jsonl", "empty.jsonl", "binary.jsonl", "error.xml"])
def test_build_nothing_to_build_is_an_error_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no paper could be read"):
        build([_damaged(tmp_path, name)], tmp_path / "g")
    assert not (tmp_path / "g").exists()


def test_build_failing_export_leaves_the_old_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = lines(tmp_path / "in.jsonl", GOOD)
    build([source], tmp_path / "g")
    before = tree(tmp_path / "g")
    monkeypatch.setattr(
        "kg.export.void.describe", lambda *a: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(StoreError, match=r"No space.*Make room"):
        build([source], tmp_path / "g")
    assert tree(tmp_path / "g") == before


def test_build_wrong_quote_is_found(seeds_folder: Path) -> None:
    facts = next(f for f in open_graph(seeds_folder).knowledge.facts.values() if f.edges)
    edge = facts.edges[0]
    e = edge.evidence[0]
    broken = type(e)(e.paper, e.field, e.start + 1, e.end, e.sentence_start, e.sentence_end, e.exact, e.rule, e.score)
    wrong = Facts(paper=facts.paper, edges=(type(edge)(edge.statement, edge.confidence, (broken,)),))
    with pytest.raises(EvidenceError, match="the text is not"):
        check_evidence([wrong])


def test_build_leaves_out_and_names_what_has_a_wrong_quote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect in one paper's quotes ends no build: the rest of the paper is there, and whoever asks is told."""

    def shifted(self: VenueIndex, paper: Paper) -> tuple[Edition, ...]:
        wrong = Evidence(paper.id, "comments", 2, 1, 0, 5, "", "venue", 1.0)
        return (Edition("venue/icml", 2020, "", 1.0, wrong),)

    source = lines(tmp_path / "in.jsonl", GOOD)
    whole = build([source], tmp_path / "whole", workers=1)
    monkeypatch.setattr(VenueIndex, "find", shifted)
    report = build([source], tmp_path / "g", workers=1)
    assert report.counts == {
        **whole.counts,
        "facts left out": 1,
        "provenance quads": report.counts["provenance quads"],
        "triples": report.counts["triples"],
    }
    assert any("1 fact is left out" in note and "kg validate" in note for note in report.notes)
    facts = open_graph(tmp_path / "g").facts(GOOD["id"])
    assert facts.edges and not facts.editions
    problems = validate(tmp_path / "g")
    assert len(problems) == 1 and "comments[2:1]: the text is not ''" in problems[0]
    assert (len(list(faults(tmp_path / "g"))), list(faults(tmp_path / "whole"))) == (1, [])


def test_build_without_abstracts_writes_none(tmp_path: Path) -> None:
    paper = GOOD | {"abstract": f"{GOOD['abstract']} Nobody says anything of interest here."}
    report = build([lines(tmp_path / "in.jsonl", paper)], tmp_path / "g", abstracts=False)
    assert b"terms/abstract" not in (report.folder / "graph.nt").read_bytes()
    page = (report.folder / "graph.html").read_text(encoding="utf-8")
    assert "We present Zqnet" in page and "Nobody says anything" not in page


def test_build_base_iri_moves_the_resources(tmp_path: Path) -> None:
    report = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", base_iri="https://example.org/x/")
    text = (report.folder / "graph.nt").read_text()
    assert "<https://example.org/x/paper/arxiv-2001.00001>" in text
    assert "paperkg/id/" not in text


def test_build_knowledge_covers_all_code_and_weights_that_read_a_text() -> None:
    room = ROOT / "kg"
    covered = set(knowledge_sources())
    assert {p.name for p in covered if p.suffix == ".json"} == {p.name for p in room.glob("linking/weights/*.json")}
    todo = [*room.glob("linking/**/*.py"), room / "assemble.py"]
    seen: set[Path] = set()
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            for name in imports(path):
                module = room.parent / name.replace(".", "/")
                if name.startswith("kg."):
                    todo += [f for f in (module.with_suffix(".py"), module / "__init__.py") if f.is_file()]
    assert seen - covered <= {room / "errors.py"}
    assert {p for p in covered if p.suffix == ".py"} <= seen  # a change elsewhere rebuilds nothing


def test_build_page_of_many_papers_shows_the_latest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.export.folder.PAGE_PAPERS", 2)
    records = [
        GOOD | {"id": f"{n}01.00001", "title": f"Paper {n}", "versions": [{"created": f"2 Jan 20{n} 00:00:00 GMT"}]}
        for n in (18, 16, 17)
    ]
    page = (build([lines(tmp_path / "in.jsonl", *records)], tmp_path / "g").folder / "graph.html").read_text()
    assert "the latest 2 of 3" in page
    assert "Paper 17" in page and "Paper 18" in page and "Paper 16" not in page


def test_build_files_are_the_same_in_pieces(
    tmp_path: Path, seeds_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Formats do not depend on how many papers a batch has, how many lines a bucket, and what is compressed."""
    ends = store.ends_batch
    monkeypatch.setattr(store, "ends_batch", lambda paper, held, size=4: ends(paper, held, size))
    monkeypatch.setattr("kg.export.runs.BLOCK", 7)
    monkeypatch.setattr("kg.export.runs.buckets", functools.partial(runs.buckets, size=300))
    monkeypatch.setattr("kg.export.piece._PAPERS", 2)
    monkeypatch.setattr("kg.export.piece.BATCH", 3)
    monkeypatch.setattr("kg.tasks.BATCH", 3)
    monkeypatch.setattr("kg.export.folder._LINES", 100)
    folder = build([seeds_dir()], tmp_path / "g", workers=1).folder
    assert len(list((folder / "store").glob("shard-*"))) > 5
    whole, parts = tree(seeds_folder), tree(folder)
    names = [n for n in whole if not n.startswith("store/") and n != "manifest.json" and not n.endswith(".parquet")]
    assert [n for n in names if whole[n] != parts[n]] == []
    for name in ("papers", "entities", "edges", "claims", "editions"):
        one, other = (pd.read_parquet(f / "tables" / f"{name}.parquet") for f in (seeds_folder, folder))
        assert one.equals(other)


def test_build_venue_that_no_list_holds_has_one_label_in_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.export.piece.BATCH", 1)
    comments = ("Presented at the Workshop on Quxing-Bars, 2012", "Presented at the Workshop on Quxing Bars, 2013")
    papers = [GOOD | {"id": f"2001.0000{n}", "comments": text} for n, text in enumerate(comments, 1)]
    folder = build([lines(tmp_path / "in.jsonl", *papers)], tmp_path / "g", workers=1).folder
    label = "Workshop on Quxing Bars"
    assert pd.read_csv(folder / "tables" / "editions.csv").label.tolist() == [label, label]
    for name in ("graph.nt", "graph.ttl", "graph.graphml"):
        text = (folder / name).read_text(encoding="utf-8")
        assert f"{label} 2012" in text and f"{label} 2013" in text, name
    assert open_graph(folder).networkx().nodes["edition/workshop-on-quxing-bars-2012"]["label"] == f"{label} 2012"


def test_build_compresses_what_is_large(tmp_path: Path, seeds_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.export.folder.PLAIN_PAPERS", 40)  # the seeds are 41
    folder = build([seeds_dir()], tmp_path / "g", workers=1).folder
    for name in (
        "graph.nt",
        "graph.ttl",
        "graph.jsonld",
        "graph.rdf",
        "provenance.nq",
        "provenance.trig",
        "graph.graphml",
    ):
        assert not (folder / name).exists()
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()) == (seeds_folder / name).read_bytes()
    assert len(open_graph(folder).query("SELECT ?p { ?p a kg:Paper }")) == 41  # type: ignore[arg-type]
    monkeypatch.undo()
    build([seeds_dir()], folder, workers=1)
    assert tree(folder) == tree(seeds_folder), "a file in its other form is left"


def test_build_leaves_a_folder_of_something_else_alone(tmp_path: Path) -> None:
    """A web application has a manifest.json, too."""
    home = tmp_path / "app"
    home.mkdir()
    (home / "manifest.json").write_text('{"name": "my app"}')
    (home / "graph.nt").write_text("mine")
    with pytest.raises(StoreError, match="not of kg; choose another folder"):
        build([lines(tmp_path / "good.jsonl", GOOD)], home)
    assert sorted(p.name for p in home.iterdir() if p.name != ".lock") == ["graph.nt", "manifest.json"]
    assert (home / "graph.nt").read_text() == "mine"
