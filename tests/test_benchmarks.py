"""The benchmarks still run, and say what they measured."""

from __future__ import annotations

import time
from itertools import islice

import pytest

from kg.linking.linker import Linker
from kg.model import Paper
from kg.readers.base import arxiv_id
from tests.benchmarks.cases import CASES, Given
from tests.benchmarks.growth import Built, Names, copies, introduced, report
from tests.benchmarks.measure import beside, machine, row, seconds, short, table
from tests.benchmarks.profile import Sampler
from tests.conftest import ROOT
from tests.test_build import GOOD, lines


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0.0e+00"),
        (0.00042, "4.2e-04"),
        (0.5, "0.5"),
        (3.14159, "3.14"),
        (99.96, "100"),
        (123.4, "123"),
        (1234567, "1,230,000"),
    ],
)
def test_benchmarks_numbers_have_three_digits(number: float, text: str) -> None:
    assert short(number) == text


def test_benchmarks_ratio_is_the_median_of_rounds() -> None:
    found = row("reading", "MB/s", "cat", [(10, 10), (30, 10), (80, 20)])
    assert (found.ours, found.peer, found.ratio, found.lowest, found.highest) == (30, 10, 3, 1, 4)
    assert "| reading | MB/s | 30 | cat | 10 | 3 [1, 4] |" in table([found])


def test_benchmarks_faster_is_more() -> None:
    now = 0.0

    def work(takes: float) -> None:
        nonlocal now
        now += takes

    found = beside(
        "work", "pieces/s", 6, lambda: work(0.5), "slow", lambda: work(2), rounds=2, peer_amount=12, clock=lambda: now
    )
    assert (found.ours, found.peer, found.ratio) == (12, 6, 2)
    assert seconds(lambda: work(0.05), lambda: now) == pytest.approx(0.05)  # of several calls


@pytest.mark.parametrize("case", ["load", "sparql", "writing", "graphs"])
def test_benchmarks_cases_run(case: str, small: Given) -> None:
    rows = list(CASES[case](small))
    assert rows
    assert all(r.ours > 0 and r.peer > 0 and r.ratio > 0 for r in rows)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Given:
    home = tmp_path_factory.mktemp("benchmarks")
    records = ({**GOOD, "id": f"2001.{n:05}", "title": f"Zq{n}: A Compiler for GPUs"} for n in range(1, 9))
    return Given(lines(home / "in.jsonl", *records), papers=6, work=home, rounds=1)


def test_benchmarks_take_a_slice(small: Given) -> None:
    assert len(small.papers) == 6
    assert sum(len(batch.papers) for batch in small.batches()) == 6


def test_benchmarks_name_the_machine() -> None:
    assert "GiB" in machine()
    assert "Python 3" in machine()


def test_benchmarks_profile_says_where_the_time_goes(linker: Linker) -> None:
    paper = Paper(id="abs:x", title="Ansor", abstract="We present Ansor, which is 3x faster than TVM on ARM CPUs.")
    linker.extract(paper)
    with Sampler() as sampler:
        sampler.tell("linking", 0, 0)
        started = time.process_time()
        while time.process_time() - started < 0.3:
            linker.extract(paper)
    assert set(sampler.stages) == {"linking"}
    assert sum(sampler.modules.values()) > 0.2e9
    assert max(sampler.modules, key=lambda m: sampler.modules[m]).startswith(("linking", "matcher"))
    assert "linking.linker" in sampler.report(1)


def test_growth_copies_are_other_papers_with_other_names() -> None:
    records = [
        {"id": "2006.06762", "title": "Ansor: tuning", "abstract": "Ansor beats AutoTVM by the deep way."},
        {"id": "cs/0402008", "title": "After Ansor", "abstract": "ANSOR-2 and the deep way beat Ansor, Ansorium."},
    ]
    names = Names(frozenset(("Ansor", "ANSOR-2")), {"arxiv:2006.06762": ["the deep way"]})
    found = list(islice(copies(records, names), 6))
    assert found[:2] == records
    assert len({arxiv_id(r["id"]) for r in found}) == 6
    assert (found[2]["title"], found[2]["abstract"]) == ("Ansorb: tuning", "Ansorb beats AutoTVM by the deep wayb.")
    assert found[3]["abstract"] == "ANSOR-2b and the deep way beat Ansorb, Ansorium."
    assert found[5]["title"] == "After Ansorc"


def test_growth_names_are_those_that_no_vocabulary_holds() -> None:
    names = introduced(ROOT / "exports")
    assert {"Nimble", "Graphi"} <= names.words
    assert not {"GPU", "TensorFlow", "Ansor"} & names.words


def test_growth_reports_the_power_of_the_number_of_papers() -> None:
    text = report([Built(100, 1.0, 2.0, 1 << 30, 1000), Built(10_000, 100.0, 20_000.0, 1 << 30, 90_000)])
    assert "with the power 1.00 of their number, the processors' with 2.00" in text
    assert "| 10,000 | 100 | 20,000 | 100 | 1,024 MiB | 9 |" in text


def test_benchmarks_the_readme_shows_every_row_that_was_measured() -> None:
    """Those too in which the peer is the faster."""
    assert (ROOT / "docs/benchmarks.md").read_text("utf-8").rstrip() in (ROOT / "README.md").read_text("utf-8")
