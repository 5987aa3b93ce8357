from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import packed
from kg.matcher import _LOOKUPS, Matcher, Variant

SOME = st.lists(st.binary(max_size=5), max_size=8)


@given(SOME)
def test_packed_strings_come_back(some: list[bytes]) -> None:
    slots = packed.Slots(packed.strings(some))
    assert list(slots) == some
    assert [slots[i - len(some)] for i in range(len(some))] == some
    assert slots[1:3] == some[1:3]
    for place in (len(some), -len(some) - 1):
        with pytest.raises(IndexError):
            slots[place]


@given(SOME.filter(any))
def test_packed_strings_of_other_lengths_are_an_error(some: list[bytes]) -> None:
    kept = packed.strings(some)
    for wrong in (
        packed.Strings(kept.data[:-1], kept.ends),
        packed.Strings(kept.data, kept.ends[:-1]),
        packed.Strings(kept.data, kept.ends[:0]),
    ):
        with pytest.raises(ValueError, match="no packed strings"):
            packed.Slots(wrong)


WORDS = st.sampled_from(["ray", "ray tune", "c++", "tune ray tune", "x ray", "ray  tune", "tune"])


@given(st.lists(WORDS, max_size=5, unique=True), st.lists(WORDS, min_size=1, max_size=5))
def test_matcher_names_are_looked_up_alike_however_often(names: list[str], asked: list[str]) -> None:
    """The first are looked up in the automaton, then a table is made."""

    def answers() -> list[object]:
        return [[matcher.readings(a), matcher.plain_variant(a)] for a in asked]

    made = Matcher(Variant(n, 0, "", f"system/{n}", "any", n) for n in names)
    for matcher in (made, Matcher.unpack(made.pack())):
        first = answers()
        matcher._lookups = _LOOKUPS
        assert answers() == first
        for a in asked:
            assert [v.form for v in matcher.readings(a)] == [a] * (a in names)
            assert (matcher.plain_variant(a) is not None) == (a in names and " " in a)
