"""How common words are, as the shipped counts have it."""

from __future__ import annotations

import pytest

from kg.linking import commonness
from kg.model import Paper
from kg.train.names import common_words


@pytest.mark.parametrize(
    ("name", "level"), [("method", 5), ("Method", 5), ("AI", 5), ("Zqorvan", 0), ("Zqorvan method", 0), ("", 0)]
)
def test_commonness_of_names(name: str, level: int) -> None:
    assert commonness.level(name) == level


def test_commonness_acronyms_are_not_the_words_that_they_spell() -> None:
    assert commonness.level("IT") < commonness.level("it")


def test_commonness_counts_papers_not_words() -> None:
    papers = [Paper(id=f"arxiv:2501.{n:05}", abstract="A join, a JOIN, and a Join.") for n in range(40)]
    assert common_words(papers) == {"1": "A JOIN a and join"}
    assert common_words(papers[:29]) == {}
