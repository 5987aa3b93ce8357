"""Of which class a newly named thing is: what its paper says of it, and a model that weighs that."""

from __future__ import annotations

import time

import pytest

from kg.linking import abbreviations, linear, name_kind
from kg.linking.candidates import Knowledge, gather
from kg.linking.text import View
from kg.model import CLASSES

UNKNOWN = Knowledge(lambda name: False, lambda name: False)


def features(abstract: str, title: str = "Faster Joins") -> list[str]:
    view, heading = View(abstract), View(title)
    first = gather(heading, view, abbreviations.find(view.plain, view.sentences), UNKNOWN)[0]
    return name_kind.features(first, heading, view)


def kind(abstract: str, title: str = "Faster Joins") -> str:
    view, heading = View(abstract), View(title)
    first = gather(heading, view, abbreviations.find(view.plain, view.sentences), UNKNOWN)[0]
    told, share = name_kind.read(first, heading, view, linear.shipped_features("classes"))
    assert 0.2 <= share <= 1
    return told


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("We present ZipForge, an open-source library for graphs. ZipForge is written in C++.", "system"),
        ("We present ZipForge, a serving system that batches requests. ZipForge is deployed in production.", "system"),
        ("We propose ZipForge, a federated learning framework that weighs clients by their loss. ZipForge converges faster.", "technique"),
        ("We introduce ZipScore, an entropy-weighted metric for rating responses.", "technique"),
        ("We present ZipForge, an accelerator for joins, fabricated in 28 nm CMOS. ZipForge takes 2 mm2.", "hardware"),
        ("We introduce the Zipped Join Benchmark (ZJB) to test engines.", "dataset"),
        ("This paper defines the Zipped Philosophers Problem (ZPP), where several philosophers share forks.", "task"),
        ("We release ZipBench, a benchmark of 300 programming problems.", "dataset"),
        ('We present a "zipping" operation as an alternative to convolutions.', "technique"),
    ],
)  # fmt: skip
def test_name_kind_is_what_the_paper_says_the_thing_is(abstract: str, expected: str) -> None:
    assert kind(abstract) == expected


def test_name_kind_reads_the_description_the_neighbours_and_the_title() -> None:
    found = features(
        "We present the ZipForge toolkit. ZipForge compiles queries.", "ZipForge: A Compiler for Fast Joins"
    )
    assert {"r1:toolkit", "r1:compiles", "th:compiler", "tc:joins", "nt:forge", "np:zip", "s:queries"} <= {*found}
    assert "told:system" in found and len(found) == len(set(found))
    assert "dh:compiler" in features("We present ZipForge, a fast query compiler that fuses joins.")


def test_name_kind_shares_are_of_the_classes_of_the_graph() -> None:
    model = linear.shipped_features("classes")
    shares = linear.shares(model.scores(features("We present ZipForge.")))
    assert set(model.classes) == set(CLASSES) and sum(shares) == pytest.approx(1)


@pytest.mark.parametrize("part", ["ZipForge ", "ZipForge, a ", "the ZipForge (", "ZipForge: ", "'"])
def test_name_kind_reads_long_texts_in_a_moment(part: str) -> None:
    text = f"We present ZipForge, a compiler. {part * (100_000 // len(part))}"
    start = time.process_time()
    features(text, text)
    assert time.process_time() - start < 5
