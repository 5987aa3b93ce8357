"""Gold of two annotators: what both say is asked for, what one says is neither asked for nor wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.evaluate import evaluate
from kg.evaluate.gold import GoldLink
from kg.evaluate.standoff import gold, held_back, read_file, read_labels
from kg.settings import ontology_dir


def link(label: str, kind: str = "system", role: str = "uses", *, must: bool = True) -> dict[str, Any]:
    return {"field": "abstract", "start": 0, "end": 1, "label": label, "type": kind, "role": role, "must": must}


def claim(value: float, metric: str, bound: str | None = None) -> dict[str, Any]:
    more = {"condition": None, "baseline": None, "field": "abstract", "start": 0, "end": 1}
    return {"value": value, "unit": "x", "metric": metric, "bound": bound, **more}


def record(name: str, **said: Any) -> str:
    return json.dumps({"id": name, "introduces": [], "links": [], "claims": [], "venue": None} | said)


def folder(tmp_path: Path, first: list[str], second: list[str]) -> Path:
    for name, lines in (("first", first), ("second", second), ("blind", [])):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def held(number: int = 0) -> str:
    return [str(i) for i in range(100) if held_back(str(i))][number]


def fitted() -> str:
    return next(str(i) for i in range(100) if not held_back(str(i)))


def test_standoff_asks_for_links_that_both_call_must(tmp_path: Path) -> None:
    one = [link("Zorro|ZR", role="uses"), link("Zip", must=False), link("Alone")]
    other = [link("zorro", "hardware", "runs"), link("Zip"), link("Mine")]
    (paper,) = read_labels(folder(tmp_path, [record(held(), links=one)], [record(held(), links=other)]))
    assert paper.must == (GoldLink("Zorro|ZR|zorro", ("hardware", "systems"), ("uses", "runs")),)
    assert [k.label for k in paper.may] == ["Zip", "Alone", "Mine"]


def test_standoff_takes_the_word_of_one_annotator(tmp_path: Path) -> None:
    links = [link("Zorro"), link("Zip", "task", must=False)]
    names = [{"label": "Quux", "sure": True}, {"label": "Taste", "sure": False}]
    (paper,) = read_labels(folder(tmp_path, [record(held(), links=links, introduces=names)], []))
    assert [k.label for k in paper.must] == ["Zorro"]
    assert paper.may == (GoldLink("Zip", ("tasks", "techniques"), ("uses",)),)
    assert (paper.introduces, paper.introduces_may) == (("Quux",), ("Taste",))


def test_standoff_pairs_claims_by_number_then_by_metric(tmp_path: Path) -> None:
    one = [claim(2, "train throughput", "up to"), claim(2, "energy"), claim(7, "area")]
    other = [claim(2, "energy use"), claim(2, "throughput"), claim(9, "cost")]
    (paper,) = read_labels(folder(tmp_path, [record(held(), claims=one)], [record(held(), claims=other)]))
    assert [c.metric for c in paper.claims] == ["train throughput|throughput", "energy|energy use"]
    assert paper.claims[0].bounds == ("up to", None)
    assert [c.value for c in paper.claims_may] == [7, 9]


def test_standoff_names_and_venues_need_both(tmp_path: Path) -> None:
    one = {"introduces": [{"label": "Quux", "sure": True}, {"label": "Zap", "sure": True}]}
    other = {"introduces": [{"label": "quux", "sure": True}, {"label": "Zog", "sure": True}]}
    said = {"label": "ICPP", "year": 2019, "part_of": None}
    labels = folder(
        tmp_path,
        [record(held(0), venue=said, **one), record(held(1), venue=said)],
        [record(held(0), venue=said | {"label": "ICPP|Parallel Processing"}, **other), record(held(1))],
    )
    both, single = read_labels(labels)
    assert (both.introduces, both.introduces_may) == (("Quux|quux",), ("Zap", "Zog"))
    assert both.venue is not None and both.venue.label == "ICPP|Parallel Processing"
    assert single.venue is None and len(single.venue_may) == 1


def test_standoff_leaves_out_what_is_fitted(tmp_path: Path) -> None:
    labels = folder(tmp_path, [record(held()), record(fitted())], [])
    assert [paper.id for paper in read_labels(labels)] == [held()]
    with pytest.raises(InputError, match="no record is held back"):
        read_labels(folder(tmp_path, [record(fitted())], []))


@pytest.mark.parametrize("line", ["{", '{"id": "0"}', record(held(), links=[link("x", "animal")])])
def test_standoff_wrong_labels_name_file_and_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match=r"first\.jsonl:2: wrong labels"):
        read_labels(folder(tmp_path, [record(held()), line], []))
    with pytest.raises(InputError, match="cannot be read"):
        read_labels(tmp_path / "nowhere")


def test_standoff_everything_held_back_is_labelled_twice(seeds_folder: Path) -> None:
    labels = ontology_dir() / "labels"
    twice = {
        json.loads(x)["id"]
        for name in ("second", "blind")
        for x in (labels / f"{name}.jsonl").read_text("utf-8").splitlines()
    }
    papers = read_labels(labels)
    assert {paper.id for paper in papers} <= twice
    scores = evaluate(seeds_folder, labels)
    assert scores.papers == len(papers) > 500
    assert scores.absent > 500, "the seeds are other papers"


def test_standoff_merged_labels_follow_from_those_of_both_annotators() -> None:
    labels = ontology_dir() / "labels"
    second = {r.id: r for r in read_file(labels / "second.jsonl")}
    merged = {r["id"]: r for r in map(json.loads, (labels / "merged.jsonl").read_text("utf-8").splitlines())}
    for one in read_file(labels / "first.jsonl"):
        other = second.get(one.id)
        assert merged[one.id]["labelled"] == (1 if other is None else 2)
        wanted = gold(one, other)
        found = merged[one.id]
        assert [k["label"] for k in found["links"] if k["must"]] == [k.label for k in wanted.must]
        assert [n["label"] for n in found["introduces"] if n["sure"]] == list(wanted.introduces)
