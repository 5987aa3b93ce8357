"""The user's own papers: what the graph must say of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.explore import Graph, open_graph

SYSTEMS = "Checkmate Revec GATI SLIDE Pipe-it Apollo ReXCam Ray RLlib Ansor Nimble Graphi TensorFlow PyTorch MKL-DNN x265 Accel"
TECHNIQUES = [
    "SGM",
    "DRF-Net",
    "SPiRL",
    "Parrot",
    "SimCLRv2",
    "sentenceMIM",
    "DDN",
    "ANODEV2",
    "shift",
    "batch-reduce GEMM",
]
HARDWARE = [
    "AWS Inferentia",
    "Xeon Phi",
    "ARM big.LITTLE",
    "ARM Mali",
    "AVX2",
    "AVX-512",
    "Intel CPU",
    "ARM CPU",
    "NVIDIA GPU",
]


@pytest.fixture(scope="module")
def graph(seeds_folder: Path) -> Graph:
    return open_graph(seeds_folder)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("system", n) for n in SYSTEMS.split()]
    + [("technique", n) for n in TECHNIQUES]
    + [("hardware", n) for n in HARDWARE],
)
def test_seeds_named_thing_is_a_linked_node_of_its_class(graph: Graph, kind: str, name: str) -> None:
    linked = {e.statement.object for f in graph.knowledge.facts.values() for e in f.edges}
    found = [
        e.id
        for e in graph.entities
        if name.lower() in {e.label.lower(), *(a.lower() for a in e.aliases)} and e.id in linked
    ]
    assert any(f.startswith(f"{kind}/") for f in found), f"{name}: {found}"


@pytest.mark.parametrize(
    ("paper", "venue", "year", "host"),
    [
        ("1910.08041", "CoRL", 2019, ""),
        ("1902.02816", "CC", 2019, ""),
        ("2102.01723", "ML for Systems", 2020, "venue/neurips"),
        ("2006.16239", "ICML", 2020, ""),
        ("2002.12798", "C4ML", 2020, ""),
        ("1909.01106", "ICCV", 2019, ""),
        ("1907.02154", "ICPP", 2019, ""),
        ("1810.10901", "3DV", 2018, ""),
    ],
)
def test_seeds_venue(graph: Graph, paper: str, venue: str, year: int, host: str) -> None:
    editions = graph.facts(paper).editions
    assert [(graph.knowledge.venues[e.venue].label, e.year, e.host) for e in editions] == [(venue, year, host)]


def test_seeds_no_other_paper_has_a_venue(graph: Graph) -> None:
    assert sum(len(f.editions) for f in graph.knowledge.facts.values()) == 8


def test_seeds_respectively_gives_each_hardware_its_factor(graph: Graph) -> None:
    claims = {c.value: c for c in graph.facts("2006.06762").claims}
    assert set(claims) == {3.8, 2.6, 1.7}
    for value, hardware in ((3.8, "hardware/intel-cpu"), (2.6, "hardware/arm-cpu"), (1.7, "hardware/nvidia-gpu")):
        assert hardware in claims[value].hardware
        assert claims[value].comparator == "UpTo"
        assert claims[value].subject == "system/ansor"


def test_seeds_a_range_has_two_ends_and_a_baseline(graph: Graph) -> None:
    (claim,) = graph.facts("1807.09667").claims
    assert (claim.low, claim.high, claim.unit) == (2.1, 9.5, "x")
    assert claim.baseline == "system/tensorflow"
    assert "hardware/intel-xeon-phi" in claim.hardware


def test_seeds_deep_learning_compilation_is_found_without_its_name(graph: Graph) -> None:
    rows = graph.query((Path(__file__).parents[1] / "ontology/queries/deep-learning-compilation.rq").read_text())
    assert isinstance(rows, list)
    assert len({r["paper"] for r in rows}) == 5
    assert all(r["quote"] for r in rows)


def test_seeds_two_records_of_one_paper_merge(graph: Graph) -> None:
    paper = graph.facts("1901.00041").paper
    assert paper.date == "2018-12-31"
    assert len(paper.sources) == 2


def test_seeds_damaged_words_and_missing_titles_stay(graph: Graph) -> None:
    assert "representuncertainty" in graph.facts("2010.04230").paper.abstract
    assert all(p.title == "" for p in graph.papers)
