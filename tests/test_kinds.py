"""The class of a newly named thing, by the head noun of what is said of it."""

from __future__ import annotations

import pytest

from kg.linking.kinds import head_kind, is_head, word_kind


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("open-source library for graphs", "system"),
        ("open-source libraries for graphs", "system"),
        ("set of scheduling policies", "technique"),
        ("three caching strategies that share pages", "technique"),
        ("compute-in-memory macros", "hardware"),
        ("human-labelled corpora", ""),
        ("something else", ""),
        ("a distributed stream processor for sensors", "system"),
        ("a high-throughput event-stream processor", "system"),
        ("an FPGA stream processor", "hardware"),
        ("a vector processor", "hardware"),
    ],
)
def test_kinds_of_descriptions_in_singular_and_plural(description: str, kind: str) -> None:
    assert head_kind(description) == kind


@pytest.mark.parametrize("word", ["framework", "frameworks", "libraries", "switches", "memories", "kernel-module"])
def test_kinds_know_a_head_noun_in_any_number(word: str) -> None:
    assert is_head(word)


@pytest.mark.parametrize("word", ["basis", "series", "gas", ""])
def test_kinds_take_no_other_word_for_a_plural(word: str) -> None:
    assert word_kind(word) == ""
