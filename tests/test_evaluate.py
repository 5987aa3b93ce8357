"""Scores of a graph against labels: laws of every figure, hostile labels, and agreement with the reference scorer."""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import build
from kg.errors import InputError, StoreError
from kg.evaluate import Scores, evaluate
from kg.evaluate.figures import Figure, calibration_error, paper_figures, surer_half, with_intervals
from kg.evaluate.gold import alike, claim_key, forms, norm, read_gold
from kg.evaluate.source import Source
from kg.explore import open_graph
from kg.export import formats
from kg.export.rdf import Writer
from kg.model import Edition, Evidence, Facts, Paper
from kg.ontology import Namer
from tests.conftest import ROOT

SHARED = ROOT.parent / "shared"
KINDS = {"system": "systems", "hardware": "hardware", "technique": "techniques", "dataset": "datasets", "task": "tasks"}
ROLES = {"comparesWith": "compares", "evaluatesOn": "evaluates", "runsOn": "runs"}
BOUNDS = {
    "UpTo": "up to", "AtLeast": "at least", "MoreThan": "over", "LessThan": "under", "Average": "average",
    "GeometricMean": "geomean", "Median": "median",
}  # fmt: skip
EMPTY: dict[str, Any] = {"id": "1", "must": [], "introduces": [], "claims": []}


def gold_of(facts: Facts, labels: dict[str, str]) -> dict[str, Any]:
    """Labels that say exactly what the graph says."""
    edges = facts.edges
    venue = "|".join(labels[e.venue] for e in facts.editions)
    return {
        "id": facts.paper.arxiv_id or None,
        "start": facts.paper.abstract[:200],
        "introduces": [labels[e.statement.object] for e in edges if e.statement.predicate == "introduces"],
        "must": [
            {
                "label": labels[e.statement.object],
                "types": [KINDS[e.statement.object.partition("/")[0]]],
                "roles": [ROLES.get(e.statement.predicate, e.statement.predicate)],
            }
            for e in edges
        ],
        "venue": {"label": venue, "year": facts.editions[0].year or None} if venue else None,
        "claims": [
            {
                "value": c.value if c.value is not None else f"{c.low}-{c.high}",
                "unit": c.unit,
                "metric": c.metric_text or None,
                "bound": BOUNDS.get(c.comparator),
                "condition": c.condition_text or None,
                "baseline": c.baseline_text or None,
            }
            for c in facts.claims
        ],
    }


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def perfect(seeds_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels that agree with the graph of the seeds in everything."""
    graph = open_graph(seeds_folder)
    labels = {e.id: e.label for e in graph.entities} | {v.id: v.label for v in graph.venues}
    rows = [gold_of(f, labels) for f in graph.knowledge.facts.values()]
    return write(tmp_path_factory.mktemp("gold") / "perfect.jsonl", rows)


@pytest.fixture(scope="session")
def scores(seeds_folder: Path, perfect: Path) -> Scores:
    return evaluate(seeds_folder, perfect)


def figures(scores: Scores) -> list[tuple[str, Figure]]:
    return [
        (f"{group}: {name}", f)
        for group, named in scores.figures.items()
        for name, f in named.items()
        if isinstance(f, Figure)
    ]


def test_evaluate_perfect_graph_gets_one(scores: Scores) -> None:
    assert scores.absent == 0
    for name, figure in figures(scores):
        if figure.of and name != "confidence: calibration error":
            assert figure.value == pytest.approx(1), name
    assert not scores.misses


def test_evaluate_empty_graph_gets_zero(tmp_path: Path, perfect: Path) -> None:
    (tmp_path / "empty.nt").write_text("")
    scores = evaluate(tmp_path / "empty.nt", perfect)
    assert scores.absent == scores.papers == 41
    for name in ("links", "introduces", "claims"):
        f1 = scores.figure(name, "f1")
        assert (f1.value, f1.low, f1.high) == (0, 0, 0)
    assert scores.figure("roles", "p").value is None  # nothing was found that has a role
    assert "confidence" not in scores.figures
    assert Counter(m.kind for m in scores.misses)["paper not in graph"] == 41


def test_evaluate_intervals_hold_their_figures(seeds_folder: Path, perfect: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in perfect.read_text().splitlines()]
    for i, row in enumerate(rows):
        missing = {"label": f"missing {i}", "types": ["tasks"], "roles": ["uses"]}
        row["must"] = [*row["must"][i % 3 :], missing]
    scores = evaluate(seeds_folder, write(tmp_path / "half.jsonl", rows))
    assert 0 < (scores.figure("links", "recall").value or 0) < 1
    for name, figure in figures(scores):
        if figure.value is not None and figure.low is not None and figure.high is not None:
            assert 0 <= figure.low <= figure.value <= figure.high <= 1 + 1e-9, name
    assert scores.figure("links", "recall").low != scores.figure("links", "recall").high


def test_evaluate_is_the_same_from_folder_file_and_packed_file(
    seeds_folder: Path, perfect: Path, scores: Scores, tmp_path: Path
) -> None:
    packed = tmp_path / "graph.nt.gz"
    packed.write_bytes(gzip.compress((seeds_folder / "graph.nt").read_bytes()))
    expected = {k: v for k, v in scores.to_dict().items() if k not in ("confidence", "intervals")}
    for path in (seeds_folder / "graph.ttl", packed, seeds_folder / "graph.jsonld"):
        found = evaluate(path, perfect).to_dict()
        assert "confidence" not in found
        assert {k: v for k, v in found.items() if k != "intervals"} == expected
    assert evaluate(seeds_folder, perfect) == scores


TEXT = (
    "We present Zqnet, a compiler for convolutional neural networks. "
    "Zqnet is up to 3.8x faster than TVM on NVIDIA A100 GPUs. It uses reinforcement learning."
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    record = {
        "id": "2001.00001", "title": "Zqnet: A Compiler", "abstract": TEXT, "categories": "cs.LG",
        "comments": "Accepted to MLSys 2021", "authors": "A. Author",
    }  # fmt: skip
    (folder / "in.jsonl").write_text(json.dumps(record) + "\n")
    return build([folder / "in.jsonl"], folder / "graph").folder


def judge(small: Path, tmp_path: Path, **labels: Any) -> Scores:
    return evaluate(small, write(tmp_path / "gold.jsonl", [{**EMPTY, "id": "2001.00001", **labels}]))


def test_evaluate_misses_show_their_sentences(small: Path, tmp_path: Path) -> None:
    scores = judge(
        small,
        tmp_path,
        must=[
            {"label": "a name nobody has|convolutional neural network compiler", "types": ["systems"]},
            {"label": "CNNs|compilers", "types": ["tasks"]},
            {"label": "TVM|Apache TVM", "types": ["systems"], "roles": ["uses"]},
        ],
        claims=[{"value": 3.8, "unit": "times", "bound": "average"}, {"value": 7, "unit": "%"}],
        venue={"label": "OSDI", "year": 2021},
    )
    found = {(m.kind, m.detail.partition(":")[0]): m for m in scores.misses}
    faster = TEXT.split(". ")[1] + "."
    assert found["role", "TVM"].sentence == faster
    assert found["claim comparator", "3.8times "].sentence == faster
    assert found["claim missed", "7.0% "].sentence == ""
    assert found["venue missed", "OSDI"].sentence == ""
    assert any(kind == "venue wrong" for kind, _ in found)
    assert (
        found["introduces wrong", "zqnet"].sentence == "We present Zqnet, a compiler for convolutional neural networks."
    )
    wrong = [m for m in scores.misses if m.kind == "link not in gold"]
    assert wrong and all(m.sentence for m in wrong)
    assert list(scores.misses) == sorted(scores.misses)


def test_evaluate_optional_labels_are_neither_asked_for_nor_wrong(small: Path, tmp_path: Path) -> None:
    scores = judge(
        small,
        tmp_path,
        introduces_may=["Zqnet"],
        may=[{"label": "TVM"}],
        claims_may=[{"value": 3.8, "unit": "x"}],
        venue_may=[{"label": "MLSys|Conference on Machine Learning and Systems", "year": 2021}],
    )
    kinds = {m.kind for m in scores.misses}
    assert kinds <= {"link not in gold"}
    assert not any("tvm" in m.detail for m in scores.misses)
    assert scores.figures["claims"]["found"] == 0 and scores.figures["introduces"]["found"] == 0
    assert scores.figures["venue"]["wrong"] == 0


def test_evaluate_ambiguous_names(small: Path, tmp_path: Path) -> None:
    senses = ["TVM|Apache TVM"]
    rows: list[dict[str, Any]] = [
        {"paper": "2001.00001", "surface": "TVM", "link": "TVM", "senses": senses},
        {"paper": "2001.00001", "surface": "TVM", "link": None, "senses": senses},
        {"paper": "2001.00001", "surface": "Zqnet", "link": None, "senses": ["Zqnet"]},
        {"paper": "9999.99999", "surface": "TVM", "link": "TVM", "senses": senses},
    ]
    scores = evaluate(small, write(tmp_path / "names.jsonl", rows))
    assert scores.papers == 2 and scores.absent == 1
    assert scores.figure("names", "linked right").value == 0.5
    assert scores.figure("names", "left alone").value == 0.5  # its own introduction is allowed
    assert scores.to_dict()["of NIL"] == 2


def test_evaluate_venues(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "venues.tsv"
    path.write_text(
        "id\tvenue\tyear\tcomment\tcomment_names_venue\n"
        "2001.00001\tmlsys\t2021\tAccepted to MLSys 2021\t1\n"
        "2001.00001\tosdi\t2021\tAccepted to MLSys 2021\t1\n"
        '2001.00002\tmlsys\t2021\t"Two\nlines"\t0\n'
    )
    scores = evaluate(small, path)
    assert scores.figure("venues", "venue and year right").value == 0.5
    assert scores.figure("venues", "wrong venue").value == pytest.approx(1 / 3)
    assert [m.kind for m in scores.misses] == ["venue wrong"]


def test_evaluate_quotes_every_field_that_evidence_points_into() -> None:
    """A venue is often told by the DOI; its miss would show no words."""
    doi = "10.1145/3302516"
    paper = Paper(id="abs:1", abstract="We test.", doi=doi)
    evidence = Evidence(paper.id, "doi", 0, len(doi), 0, len(doi), doi, "doi", 0.9)
    facts = Facts(paper=paper, editions=(Edition("venue/osdi", 2020, "", 0.9, evidence),))
    writer = Writer(Namer())
    graph = (f"<{writer.namer.provenance(paper.id)}>", writer.provenance(facts))
    store = ox.Store()
    store.bulk_load("".join([*writer.graph([facts]), formats.quads(graph)]).encode(), ox.RdfFormat.N_QUADS)
    said = Source(store).find(None, "We test.")
    assert said is not None
    assert said.quotes == {writer.namer.edition("venue/osdi", 2020): doi}


# ---- labels as they come


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{oops", ":2:"),
        ('{"id": "1"}', "must"),
        ('{"must": [], "introduces": [], "claims": []}', "id or the start"),
        ('{"id": "1", "must": [{"types": []}], "introduces": [], "claims": []}', "label"),
        ('{"id": "1", "must": [{"label": "x", "types": ["sistems"]}], "introduces": [], "claims": []}', "sistems"),
        ('{"id": "1", "must": [{"label": "x", "roles": ["used"]}], "introduces": [], "claims": []}', "used"),
        ('{"id": "1", "must": "x", "introduces": [], "claims": []}', "must"),
        ('{"id": "1", "must": [], "introduces": [], "claims": [{"unit": "x"}]}', "value"),
        ('{"id": "1", "must": [], "introduces": [], "claims": [{"value": 1e999}]}', ":2:"),
        ("[" * 100_000, ":2:"),
        ("null", ":2:"),
    ],
)
def test_evaluate_wrong_labels_name_file_and_line(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(EMPTY) + "\n" + line + "\n")
    with pytest.raises(InputError, match=r"gold\.jsonl:2: ") as error:
        read_gold(path)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xff\xfe{", "cannot be read"),
        (b"a\tb\n1\t2\n", r":1: .*columns"),
        (b"id\tvenue\tyear\tcomment\tcomment_names_venue\n1\t2\n", ":2: expected 5"),
        (b"id\tvenue\tyear\tcomment\tcomment_names_venue\n", "no rows"),
    ],
)
def test_evaluate_unreadable_labels(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "gold"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        read_gold(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_gold(tmp_path / "missing")


def test_evaluate_unreadable_graphs(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", [EMPTY])
    for name, content in (("g.nt", b"<a> <b>"), ("g.xyz", b""), ("g.nt.gz", b"no gzip"), ("g.ttl", b"\xff")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            evaluate(tmp_path / name, gold)
    changed = bytearray(gzip.compress(b"<a:b> <a:c> <a:d> .\n" * 999))
    changed[20] ^= 0xFF
    (tmp_path / "changed.nt.gz").write_bytes(changed)
    with pytest.raises(InputError, match="changed"):
        evaluate(tmp_path / "changed.nt.gz", gold)
    with pytest.raises(InputError, match=r"missing\.nt"):
        evaluate(tmp_path / "missing.nt", gold)
    with pytest.raises(StoreError):
        evaluate(tmp_path, gold)


def test_evaluate_takes_a_graph_with_literals_where_nodes_belong(tmp_path: Path) -> None:
    kg, skos = "https://w3id.org/paperkg/ontology#", "http://www.w3.org/2004/02/skos/core#"
    (tmp_path / "g.ttl").write_text(
        f"@prefix kg: <{kg}> . @prefix skos: <{skos}> . @prefix dct: <http://purl.org/dc/terms/> .\n"
        '<x:p> a kg:Paper ; dct:identifier "1" ; kg:uses "a literal", [] ; kg:publishedIn "MLSys" .\n'
        '<x:c> kg:claimedBy <x:p> ; kg:value "many" ; kg:hasMetric 3 . <x:e> skos:broader <x:e> .\n'
        '[] kg:claimedBy <x:p> . <x:p> kg:mentions <x:e> . <x:e> skos:prefLabel "Loop" .'
    )
    scores = evaluate(tmp_path / "g.ttl", write(tmp_path / "g.jsonl", [{**EMPTY, "must": [{"label": "loops"}]}]))
    assert scores.figure("links", "recall").value == 1


# ---- what is compared


def test_evaluate_texts_are_compared_by_their_words() -> None:
    assert norm("Convolutional  Neural-Networks.") == "convolutional neural network"
    assert norm("C++ / pass") == "c++ / pass"
    assert forms("A|| b |GPUs") == {"a", "b", "gpu"}
    assert claim_key("2.1-9.5", "times") == ((2.1, 9.5), "x") == claim_key("2.1 to 9.5", "×")
    assert claim_key(3, "percent") == ((3.0, 3.0), "%")
    assert claim_key("1.2.3-4", None) == ("1.2.3-4", "")
    assert alike({"the training throughput"}, ["throughput"], 0.49, 0.3)
    assert not alike({"of the"}, ["the"], 0.49, 0.3)


@given(st.text(st.characters(exclude_characters="."), max_size=60))
def test_evaluate_norm_is_idempotent_on_its_words(text: str) -> None:
    assert norm(norm(text).upper()).split() == [norm(w) for w in norm(text).split() if norm(w)]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
@settings(max_examples=60)
def test_evaluate_confidence_figures_do_not_depend_on_order(judged: list[tuple[float, bool]]) -> None:
    error, half = calibration_error(judged), surer_half(judged)
    assert (error is None) == (not judged) and (half is None) == (len(judged) < 2)
    assert error is None or 0 <= error <= 1 + 1e-9
    assert half is None or 0 <= half <= 1 + 1e-9
    assert surer_half(judged[::-1]) == pytest.approx(half)


def test_evaluate_confidence_figures_by_hand() -> None:
    assert calibration_error([(0.95, True), (0.95, True), (0.55, False), (0.55, True)]) == pytest.approx(0.05)
    assert calibration_error([(1.0, True), (1.0, False)]) == 0.5
    assert surer_half([(0.9, True), (0.8, False), (0.8, True), (0.1, False)]) == pytest.approx(0.75)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
@settings(max_examples=25)
def test_evaluate_any_counts_give_intervals_around_their_figures(pairs: list[tuple[int, int]]) -> None:
    counts = [Counter(must=found + missed, found=found, links=found, links_right=found) for found, missed in pairs]
    recall = with_intervals(counts, paper_figures)["links"]["recall"]
    assert isinstance(recall, Figure)
    must = sum(map(sum, pairs))
    assert recall.value == pytest.approx(sum(found for found, _ in pairs) / must if must else 0)
    assert recall.low is not None and recall.high is not None and recall.value is not None
    assert recall.low <= recall.value <= recall.high
    assert with_intervals(counts, paper_figures)["links"]["recall"] == recall


# ---- agreement with the reference


@pytest.mark.parametrize("gold", ["seeds.jsonl", "dev.jsonl", "ambiguous_dev.jsonl", "venues_dev.tsv"])
def test_evaluate_agrees_with_the_reference_scorer(gold: str) -> None:
    tools, labels, graph = SHARED / "tools", SHARED / "gold" / gold, ROOT / "exports" / "graph.nt"
    if not labels.is_file() or not tools.is_dir():
        pytest.skip("the reference scorer and its labels lie outside the project")
    if importlib.util.find_spec("pyoxigraph") is None:  # pragma: no cover
        pytest.skip("the reference scorer needs pyoxigraph")
    kind = "venues" if gold.endswith(".tsv") else "ambiguous"
    narrow = [tools / "score_names.py", kind, graph, labels]
    command = narrow if gold.startswith(("venues", "ambiguous")) else [tools / "score.py", graph, labels, "--json"]
    answer = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, check=True, cwd=tools)
    expected = json.loads(answer.stdout)
    found = evaluate(graph, labels).to_dict()
    assert {k: found[k] for k in expected} == expected


# ---- the command


def test_evaluate_command(small: Path, tmp_path: Path) -> None:
    gold = write(tmp_path / "g.jsonl", [{**EMPTY, "id": "2001.00001", "must": [{"label": "TVM"}, {"label": "Nope"}]}])

    def kg(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kg", "eval", str(small), *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    table = kg(str(gold))
    assert table.returncode == 0 and "0.500 [0.50, 0.50]" in table.stdout
    listed = kg(str(gold), "--misses").stdout
    assert "link missed\t2001.00001\tNope\t" in listed
    found = json.loads(kg(str(gold), "--misses", "--json").stdout)
    assert found["links"]["recall"] == 0.5 and found["intervals"]["links"]["recall"] == [0.5, 0.5]
    assert {"kind", "paper", "detail", "sentence"} == set(found["misses"][0])
    write(gold, [{**EMPTY, "id": "1234.56789", "must": [{"label": "TVM"}]}])
    for none in (kg(str(gold)), kg(str(gold), "--json"), kg(str(gold), "--misses")):  # zeros would read as figures
        assert (none.returncode, none.stdout) == (1, "") and "none of the 1 labelled papers" in none.stderr
    gold.write_text("{oops")
    wrong = kg(str(gold))
    assert wrong.returncode == 1 and "g.jsonl:1:" in wrong.stderr and "Traceback" not in wrong.stderr
