"""The labels are data that others build on: every line has its form, and the README's counts are true."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import numpy as np
import pytest

from kg.evaluate.standoff import held_back
from kg.linking.candidates import Knowledge
from kg.linking.discover import CLASSES as CANDIDATES
from kg.model import CLASSES, Paper
from kg.train.claims import measures, results
from kg.train.fit import Choice, Example, _matrix, chosen_right, fit, fit_choice
from kg.train.labels import load_judged, load_labels, load_pairs
from kg.train.names import self_taught
from kg.train.roles import ROLE, Teacher
from kg.vocabulary import load
from tests.conftest import ROOT

FOLDER = ROOT / "ontology" / "labels"
VERDICTS = {"must", "may", "generic", "wrong", "none"}


@pytest.mark.parametrize("name", ["first", "second", "blind", "merged"])
def test_labels_have_their_form(name: str) -> None:
    records = load_labels(FOLDER / f"{name}.jsonl")
    assert [r["id"] for r in records] == sorted({r["id"] for r in records})
    for record in records:
        for link in record["links"]:
            roles = link["roles"] if name == "merged" else [link["role"]]
            assert link["type"] in CLASSES, record["id"]
            assert set(roles) <= {*ROLE, "introduces"}, record["id"]
            assert isinstance(link["must"], bool)
        for item in (*record["links"], *record["introduces"], *record["claims"]):
            assert item["field"] in ("title", "abstract")
            assert 0 <= item["start"] < item["end"], record["id"]


@pytest.mark.parametrize("name", ["first", "second", "blind", "merged"])
def test_labels_readme_counts_are_true(name: str) -> None:
    records = load_labels(FOLDER / f"{name}.jsonl")

    def count(key: str) -> int:
        return sum(len(r[key]) for r in records)

    must = sum(link["must"] for r in records for link in r["links"])
    venues = sum(bool(r["venue"]) for r in records)
    counts = [len(records), count("links"), must, count("introduces"), count("claims"), venues]
    assert f"| `{name}.jsonl` | {' | '.join(f'{n:,}' for n in counts)} |" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("file", "told"), [("judged.tsv", "`judged.tsv` holds"), ("roles.tsv", "has the same form:")])
def test_labels_judged_names_have_their_form(file: str, told: str) -> None:
    records = load_judged(FOLDER / file)
    links: list[dict[str, Any]] = [link for r in records for link in r["links"]]
    assert len({r["id"] for r in records}) == len(records)
    for link in links:
        right = link["verdict"] in ("must", "may")
        assert link["verdict"] in VERDICTS
        assert bool(link["role"]) is right, link
        assert (link["type"] in CLASSES) is (link["verdict"] != "none"), link
        assert 0 <= link["start"] < link["end"]
    counts = re.search(
        rf"{told} ([\d,]+) names of ([\d,]+) further abstracts", (FOLDER / "README.md").read_text("utf-8")
    )
    assert counts and [int(n.replace(",", "")) for n in counts.groups()] == [len(links), len(records)]


def test_labels_are_of_different_papers() -> None:
    """What trains by single names is no part of what measures."""
    whole = {r["id"] for name in ("first", "second", "blind") for r in load_labels(FOLDER / f"{name}.jsonl")}
    judged, roles = ({r["id"] for r in load_judged(FOLDER / name)} for name in ("judged.tsv", "roles.tsv"))
    assert whole.isdisjoint(judged | roles) and judged.isdisjoint(roles)


def test_labels_rows_stand_once() -> None:
    for name in ("judged.tsv", "roles.tsv"):
        rows = (FOLDER / name).read_text("utf-8").splitlines()
        assert [row for row, n in Counter(rows).items() if n > 1] == []
    for line in (FOLDER / "first.jsonl").read_text("utf-8").splitlines():
        assert json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, separators=(",", ":")) == line


def test_training_does_not_depend_on_the_order_of_features() -> None:
    # 0.1 + 0.2 + 0.3 is another number from the other end, and the fit makes much of the last digit.
    words = {"a": np.array([0.1]), "b": np.array([0.2]), "c": np.array([0.3])}
    rows = [{"r:a": 1.0, "r:b": 1.0, "r:c": 1.0}, {"r:c": 1.0, "x": 1.0}, {"r:b": 1.0}]
    first, second = (
        _matrix([dict(some) for some in ordered], 1, {"r:": (1.0, words)})[0].toarray().tolist()
        for ordered in ([r.items() for r in rows], [reversed(r.items()) for r in rows])
    )
    assert first == second
    assert [row[-1] for row in first] == pytest.approx([0.6, 0.3, 0.2])


def test_training_weighs_a_word_that_no_label_holds_like_those_it_resembles() -> None:
    words = {
        word: np.array([float(x), float(not x)]) for word, x in (("fast", 1), ("quick", 1), ("red", 0), ("blue", 0))
    }
    embedding = {"last=": (1.5, words)}
    rows = [Example("", {"last=fast": 1.0}, "speed", 1.0), Example("", {"last=red": 1.0}, "colour", 1.0)]
    weights = fit(rows, ("colour", "speed"), min_count=1, l2=0.5, embedding=embedding)["weights"]
    assert weights["last=quick"][1] > 0 > weights["last=quick"][0] and weights["last=blue"][0] > 0
    choices = [
        Choice("a", [["last=fast"], ["last=red"]], [True, False]),
        Choice("b", [["last=red"], ["last=fast"]], [False, True]),
    ]
    fitted = fit_choice(choices, ("other", "chosen"), min_count=1, l2=0.5, prune=0.0, embedding=embedding)
    assert chosen_right(fitted, [Choice("c", [["last=blue"], ["last=quick"]], [False, True])]) == 1


def test_labels_of_namesakes_have_their_form() -> None:
    path = FOLDER / "namesakes.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    assert lines == sorted(set(lines))
    for pair in load_pairs(path):
        assert pair.home != pair.record and pair.name and pair.surface, pair
        assert pair.kind in CLASSES and pair.verdict in ("y", "n", "e", "?"), pair
    assert f"{len(lines):,} pairs" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_labels_of_introduced_names_have_their_form() -> None:
    lines = (FOLDER / "introductions.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = [tuple(line.split("\t")[:2]) for line in lines]
    assert pairs == sorted(set(pairs)), "not sorted, or a candidate stands twice"
    assert {line.split("\t")[2] for line in lines} == {"0", "1"}
    assert f"{len(lines):,} candidates" in (FOLDER / "README.md").read_text(encoding="utf-8")
    whole = {r["id"] for name in ("first", "second", "blind") for r in load_labels(FOLDER / f"{name}.jsonl")}
    assert whole.isdisjoint(record for record, _ in pairs)


def test_labels_of_the_classes_of_new_names_have_their_form() -> None:
    rows = [line.split("\t") for line in (FOLDER / "classes.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    pairs = [(record, name) for record, name, _ in rows]
    assert pairs == sorted(set(pairs)), "not sorted, or a name stands twice"
    assert {kind for *_, kind in rows} == set(CLASSES)
    told = f"{len(rows):,} names of {len({record for record, _ in pairs}):,} further papers"
    assert told in (FOLDER / "README.md").read_text(encoding="utf-8")
    whole = {r["id"] for name in ("first", "second", "blind") for r in load_labels(FOLDER / f"{name}.jsonl")}
    assert whole.isdisjoint(record for record, _ in pairs)
    assert not any(held_back(record) for record, _ in pairs)


def test_labels_of_measures_have_their_form() -> None:
    lines = (FOLDER / "measures.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [(record, field, int(start), metric) for record, field, start, metric in (ln.split("\t") for ln in lines)]
    places = [row[:3] for row in rows]
    assert places == sorted(set(places)), "not sorted, or a number stands twice"
    for record, field, start, metric in rows:
        said = metric.split("|")
        assert field in ("title", "abstract") and start >= 0, record
        assert all(words and words == words.strip() for words in said) and len(set(said)) == len(said), metric
        assert "-" not in said or said == ["-"], metric
    none = sum(metric == "-" for *_, metric in rows)
    told = f"{len(rows):,} numbers of {len({record for record, *_ in rows}):,} further papers"
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert told in readme and f"{none} are no results" in readme
    whole = {r["id"] for name in ("first", "second", "blind") for r in load_labels(FOLDER / f"{name}.jsonl")}
    assert whole.isdisjoint(record for record, *_ in rows)


def test_training_of_choices_learns_what_right_candidates_have_in_common() -> None:
    rows = [
        Choice("a", [["near", "noun"], ["far", "noun"], ["far"]], [True, False, False]),
        Choice("b", [["far", "verb"], ["near", "verb"]], [False, True]),
        Choice("c", [["far"], ["far", "noun"]], [False, False]),  # teaches nothing
        Choice("d", [["far", "noun"], ["near", "noun"]], [False, True]),
    ]
    weights = fit_choice(rows, ("other", "chosen"), min_count=1, l2=0.1, prune=0.0)
    assert weights["weights"]["near"][1] > 0 > weights["weights"]["far"][1]
    assert all(other == 0 for other, _ in weights["weights"].values())
    assert chosen_right(weights, [rows[0], rows[1], rows[3]]) == 1
    assert chosen_right(weights, rows) == 0.75
    assert fit_choice([*rows, rows[2]], ("other", "chosen"), min_count=1, l2=0.1, prune=0.0) == weights


def test_training_takes_what_says_the_metric_for_right() -> None:
    text = "We present Zork, a scheduler. Zork reduces tail latency by 31% on eight nodes."
    paper = Paper(id="arxiv:1", abstract=text)
    start = text.index("31%")
    teacher = Teacher(load(()), ())
    (choice,) = measures([], {("1", "abstract", start): ["tail latency"]}, {"1": paper}, teacher)
    assert (
        choice.record == "1"
        and len(choice.candidates) == len(choice.right)
        and 0 < sum(choice.right) < len(choice.right)
    )
    assert list(measures([], {("1", "abstract", start): []}, {"1": paper}, teacher)) == []
    (example,) = results([], {("1", "abstract", start): []}, {"1": paper}, teacher)
    assert example.role == "other"


def test_training_teaches_itself_only_what_it_is_sure_of() -> None:
    papers = [
        Paper(
            id="arxiv:2501.00001", title="ZipForge: A Compiler", abstract="We present ZipForge, a compiler for joins."
        ),
        Paper(id="arxiv:2501.00002", title="On joins", abstract="Joins with ZipRival are slow. ZipRival is old."),
    ]
    knowledge = Knowledge(lambda name: False, lambda name: False)
    weights = {
        "classes": CANDIDATES,
        "bias": [0, 0],
        "weights": {"t:colon": [0, 1001], "t:no": [1001, 0]},
    }
    found = list(self_taught(weights, papers, knowledge))
    assert [(e.record, e.role) for e in found] == [("2501.00001", "new"), ("2501.00002", "other")]
    assert all(0 < e.weight < 1 for e in found)
    unsure = weights | {"weights": {"t:colon": [0, 1000], "t:no": [1000, 0]}}
    assert list(self_taught(unsure, papers, knowledge)) == []
