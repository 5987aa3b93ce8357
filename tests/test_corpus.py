"""What papers need to know of each other: here, how the nodes of unlisted terms are called."""

from __future__ import annotations

from itertools import permutations

import pytest

from kg.corpus import Terms
from kg.model import pack


def terms(papers: list[tuple[str, str]]) -> Terms:
    """`papers`: class of the term "quux" and how it is written, in each."""
    found = Terms()
    for kind, name in papers:
        found.count(pack([(f"{kind}/quux", name)]))
    return found


@pytest.mark.parametrize(
    ("names", "label", "aliases"),
    [
        (["quux"], "quux", ()),
        (["QUux", "quux", "quux"], "quux", ()),  # letters marked that an acronym is made of
        (["QUux", "quux"], "quux", ()),
        (["QUUX", "quux", "QUUX", "QUUX", "QUUX", "QUUX"], "QUUX", ()),
        (["Quux", "Quux", "quux"], "quux", ()),  # titles capitalise
        (["qux graph", "qux-graph", "qux-graph"], "qux-graph", ("qux graph",)),
        (["qux graph", "qux-graph"], "qux graph", ("qux-graph",)),
        (["QG", "qux graph", "qux graph"], "qux graph", ("QG",)),
    ],
)  # fmt: skip
def test_terms_are_called_as_most_papers_write_them(names: list[str], label: str, aliases: tuple[str, ...]) -> None:
    for order in set(permutations(names[:4])):
        entity = terms([("technique", name) for name in (*order, *names[4:])])["quux"]
        assert (entity.label, entity.aliases, entity.mined) == (label, aliases, True)


def test_terms_of_two_classes_are_one_node_of_the_commoner() -> None:
    papers = [("task", "Quux"), ("technique", "quux"), ("technique", "QUux"), ("task", "quux"), ("task", "quux")]
    for order in permutations(papers):
        entity = terms(list(order))["quux"]
        assert (entity.id, entity.label, entity.aliases) == ("task/quux", "quux", ())
