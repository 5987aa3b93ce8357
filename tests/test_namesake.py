"""Names that two papers share: whether both mean the same."""

from __future__ import annotations

import random

import msgspec
import pytest

from kg.corpus import author_key
from kg.linking import linear, namesake
from kg.linking.linker import Linker
from kg.linking.namesake import Home, NamesakeReader, Origin, joined, titled
from kg.model import Author, Discovery, Paper
from tests.test_assemble import assemble, edges

ADA, BOB = (Author("Ada Quux"), Author("Max Muster")), (Author("Bob Baz"),)
HOME = Paper(
    id="arxiv:2401.00001",
    title="QUARTZY: Scheduling Deep Learning Jobs on GPU Clusters",
    abstract="We present QUARTZY, a scheduler for deep learning jobs on GPU clusters with Kubernetes and PyTorch.",
    authors=ADA,
    categories=("cs.DC", "cs.LG"),
)
QUARTZY = "system/quartzy--2401-00001"
CITES = "We train large models on GPU clusters with PyTorch and Kubernetes. Our system outperforms QUARTZY by 2x."
OTHER = "We study the folding of proteins. Samples were compared with QUARTZY in vitro."


def paper(number: str, abstract: str, authors: tuple[Author, ...], *categories: str) -> Paper:
    return Paper(id=f"arxiv:{number}", title="A Study", abstract=abstract, authors=authors, categories=categories)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (paper("2406.00002", CITES, ADA, "cs.DC"), True),
        (paper("2406.00002", CITES, BOB, "cs.DC"), True),
        (paper("2406.00002", OTHER, ADA, "cs.DC"), True),
        (paper("2406.00002", OTHER, BOB, "q-bio.BM"), False),
        (paper("1106.0002", OTHER, BOB, "q-bio.BM"), False),
        (paper("1106.0002", OTHER.replace("QUARTZY", "quantum artifact zonotopes (QUARTZY)"), BOB, "q-bio.BM"), False),
        (paper("2406.00002", OTHER.replace("QUARTZY", "Rose-QUARTZY"), BOB, "q-bio.BM"), False),
    ],
)  # fmt: skip
def test_namesakes_are_told_apart_by_authors_time_company_and_neighbours(
    linker: Linker, other: Paper, same: bool
) -> None:
    facts = assemble(linker, HOME, other)
    assert edges(facts[HOME.id])[QUARTZY] == "introduces"
    assert (QUARTZY in edges(facts[other.id])) is same


def test_namesakes_that_cannot_be_told_apart_are_neither(linker: Linker) -> None:
    twin = msgspec.structs.replace(HOME, id="arxiv:2401.00009")
    cites = paper("2406.00002", CITES, BOB, "cs.DC")
    found = edges(assemble(linker, HOME, twin, cites)[cites.id])
    assert not any("quartzy" in entity for entity in found)


def test_namesakes_have_the_confidence_that_both_are_one(linker: Linker) -> None:
    cites = paper("2406.00002", CITES, BOB, "cs.DC")
    near, far = (
        next(e.confidence for e in facts[other.id].edges if e.statement.object == QUARTZY)
        for other in (msgspec.structs.replace(cites, authors=ADA), cites)
        for facts in [assemble(linker, HOME, other)]
    )
    assert 0.5 <= far < near <= 1


def test_namesake_reading_is_a_probability_whatever_the_order() -> None:
    reader = NamesakeReader(linear.shipped_features("namesakes"))
    rng = random.Random(3)
    discovery = Discovery("system/quartzy--1", "QUARTZY", ("quick zone",), "system", "arxiv:2401.00001")
    for _ in range(300):
        numbers = [rng.sample(range(20), rng.randrange(6)) for _ in range(4)]
        months = [rng.choice((0, 24000, 24288, 24290)) for _ in range(2)]
        here, there = (
            Origin(m, tuple(a), tuple(c), ("cs.DC",)) for m, a, c in zip(months, numbers[:2], numbers[2:], strict=True)
        )
        name = namesake.Standing(
            rng.choice(("QUARTZY", "Quartzy zone", "QZs")), "_", rng.choice(("", "=", "quick zone"))
        )
        home = Home(discovery, rng.choice(("", "in", ":")), there)
        sure = reader.same(name, here, home)
        assert 0 <= sure <= 1
        turned = msgspec.structs.replace(here, authors=here.authors[::-1], company=here.company[::-1])
        assert reader.same(name, turned, home) == sure


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("we use Foo here", "_"),
        ("we use Foo-Bar", "_-"),
        ("a Foo-based one", "_l"),
        ("we use Sub-Foo.", "-_"),
        ("we use Grand Foo (GF)", "C_("),
        ("of Foo 2 and", "_9"),
        ("The end. Foo Bar", "_C"),
        ("In Foo we", "_"),
        ("Foo", "_"),
    ],
)
def test_namesake_joined_is_what_stands_beside_it(text: str, code: str) -> None:
    start = text.index("Foo")
    assert joined(text, start, start + 3) == code


@pytest.mark.parametrize(
    ("title", "where"),
    [("Foo: A System", ":"), ("Foo - A System", ":"), ("On Foo: A System", "in"), ("A System", ""), ("Foo", "in")],
)
def test_namesake_titled(title: str, where: str) -> None:
    assert titled("Foo", title) == where


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Quux", "A. Quux", True),
        ("Quux, Ada", "Ada Quux", True),
        ("Ada B. Quux", "Ada Quux", True),
        ("Ada Quux", "Bob Quux", False),
        ("Quux", "Quux", True),
        ("", " ", True),
    ],
)
def test_author_key_is_the_last_name_and_an_initial(one: str, other: str, same: bool) -> None:
    assert (author_key(one) == author_key(other)) is same


@pytest.mark.parametrize(
    ("found", "month"),
    [
        (Paper(id="arxiv:2401.00001"), 12 * 2024 + 1),
        (Paper(id="arxiv:0701.0001"), 12 * 2007 + 1),
        (Paper(id="arxiv:cs/0701106"), 12 * 2007 + 1),
        (Paper(id="arxiv:math.GT/9309136"), 12 * 1993 + 9),
        (Paper(id="arxiv:2401.00001", date="2023-12-31"), 12 * 2023 + 12),
        (Paper(id="abs:0b5f1cae191ebe1b"), 0),
        (Paper(id="doi:10.1/2401.00001"), 0),
        (Paper(id="arxiv:2413.00001"), 0),
    ],
)
def test_paper_month_is_its_dates_or_its_arxiv_ids(found: Paper, month: int) -> None:
    assert found.month == month
