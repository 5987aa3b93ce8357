"""Positions: nothing overlaps, what belongs together lies together, the same graph has the same picture."""

from __future__ import annotations

import json
import math
import random
import zlib
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import compiled
from kg.view import cache, layout
from kg.view.layout import Disc, Layout, place

EDGES = st.integers(0, 40).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, max(n - 1, 0))] * 2), max_size=80 if n else 0))
)


@given(EDGES)
@settings(max_examples=60)
def test_layout_keeps_nodes_and_discs_apart(case: tuple[int, list[tuple[int, int]]]) -> None:
    n, edges = case
    layout = place(n, edges)
    assert len(layout.x) == len(layout.y) == n
    assert len(set(zip(layout.x, layout.y, strict=True))) == n
    for a, b in combinations(layout.discs, 2):
        assert (a.x - b.x) ** 2 + (a.y - b.y) ** 2 >= (a.r + b.r) ** 2 * 0.98
    members = [node for disc in layout.discs for node in disc.members]
    assert sorted(members) == sorted({end for a, b in edges if a != b for end in (a, b)})


@given(EDGES, st.randoms())
@settings(max_examples=30)
def test_layout_does_not_depend_on_the_order_of_edges(case: tuple[int, list[tuple[int, int]]], rng: Any) -> None:
    n, edges = case
    other = [pair[::-1] for pair in edges]
    rng.shuffle(other)
    assert place(n, edges) == place(n, other)


def test_layout_parks_what_has_no_edges_below_the_rest() -> None:
    layout = place(10, [(0, 1), (1, 2), (0, 2)])
    assert min(layout.y[3:]) > max(layout.y[:3])
    assert len(set(layout.y[3:])) <= 3


def test_layout_puts_what_belongs_together_in_one_disc() -> None:
    two = [(a + shift, b + shift) for shift in (0, 6) for a, b in combinations(range(6), 2)]
    assert [disc.members for disc in place(12, [*two, (0, 6)]).discs] == [tuple(range(6)), tuple(range(6, 12))]


def topics(count: int, size: int, seed: int = 0) -> tuple[int, list[tuple[int, int]]]:
    """A graph of `count` topics of `size` nodes: each node tied to three of its own topic, every tenth to another."""
    rng = random.Random(seed)
    n = count * size
    edges = []
    for i in range(n):
        own = i - i % size
        edges += [(i, own + rng.randrange(size)) for _ in range(3)]
        if i % 10 == 0:
            edges.append((i, rng.randrange(n)))
    return n, edges


def all_discs(discs: tuple[Disc, ...]) -> list[Disc]:
    return [found for disc in discs for found in (disc, *all_discs(disc.inner))]


def inside(inner: Disc, outer: Disc) -> bool:
    return math.hypot(inner.x - outer.x, inner.y - outer.y) + inner.r <= outer.r + 3


LARGE = topics(20, 300)
PLACED = place(*LARGE)


def test_layout_of_a_large_graph_nests_discs() -> None:
    assert len(LARGE[1]) > LARGE[0] > layout.LARGE
    outer = [disc for disc in PLACED.discs if disc.inner]
    assert outer
    for disc in outer:
        assert sorted(i for part in disc.inner for i in part.members) == list(disc.members)
        assert all(inside(part, disc) for part in disc.inner)
        for a, b in combinations(disc.inner, 2):
            assert math.hypot(a.x - b.x, a.y - b.y) >= a.r + b.r - 3
    for disc in all_discs(PLACED.discs):
        for i in disc.members:
            assert math.hypot(PLACED.x[i] - disc.x, PLACED.y[i] - disc.y) <= disc.r + 3


def test_layout_of_a_large_graph_keeps_topics_together() -> None:
    """Of the ten nodes nearest to a node, most are of its topic; by chance one in twenty would be."""
    n, size = LARGE[0], 300
    rng = random.Random(1)
    same = total = 0
    for i in rng.sample(range(n), 100):
        near = sorted(range(n), key=lambda j: (PLACED.x[i] - PLACED.x[j]) ** 2 + (PLACED.y[i] - PLACED.y[j]) ** 2)[1:11]
        same += sum(j // size == i // size for j in near)
        total += 10
    assert same / total > 0.8


def test_layout_of_a_large_graph_is_the_same_twice_and_in_any_order() -> None:
    n, edges = LARGE
    other = [pair[::-1] for pair in edges]
    random.Random(2).shuffle(other)
    assert place(n, other) == PLACED


def test_layout_parks_the_crumbs_of_a_large_graph() -> None:
    n, edges = LARGE
    crumbs = [(n, n + 1), (n + 2, n + 3)]
    placed = place(n + 10, [*edges, *crumbs])
    low = max(placed.y[:n])
    assert min(placed.y[n:]) > low
    assert len(set(zip(placed.x[n:], placed.y[n:], strict=True))) == 10


def test_layout_of_one_community_that_falls_into_no_smaller_ones() -> None:
    star = [(0, i) for i in range(1, 4000)]
    placed = place(4000, star)
    assert [len(disc.members) for disc in placed.discs] == [4000]
    assert len(set(zip(placed.x, placed.y, strict=True))) > 3900
    assert (
        math.hypot(placed.x[0] - placed.discs[0].x, placed.y[0] - placed.discs[0].y) < 100
    )  # the hub is in the middle


# Cache


def counted(monkeypatch: Any) -> list[int]:
    calls: list[int] = []

    def place_and_count(n: int, edges: Any) -> Layout:
        calls.append(n)
        return place(n, edges)

    monkeypatch.setattr(layout, "place", place_and_count)
    return calls


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's cache, empty."""
    monkeypatch.setenv(compiled.VARIABLE, str(tmp_path))
    return tmp_path


def test_cache_computes_once_for_one_graph(kept: Path, monkeypatch: Any) -> None:
    calls = counted(monkeypatch)
    n, edges = LARGE
    assert cache.place(n, edges) == PLACED
    assert cache.place(n, [pair[::-1] for pair in reversed(edges)]) == PLACED
    assert calls == [n]
    cache.place(n, edges[:-1])
    assert calls == [n, n]
    assert len(list(kept.iterdir())) == 2


def test_cache_that_is_damaged_is_computed_anew(kept: Path, monkeypatch: Any) -> None:
    n, edges = LARGE
    cache.place(n, edges)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    x, y, _discs = json.loads(whole[4:])
    damaged: list[Any] = [None, [], [[1], [1], []], [x, y, [[1]]], [x, y], [[], [], []], {"x": 1}]
    for value in damaged:
        data = json.dumps(value).encode()
        file.write_bytes(zlib.crc32(data).to_bytes(4, "little") + data)
        assert cache.place(n, edges) == PLACED
        assert file.read_bytes() == whole
    assert [x, y] == [list(PLACED.x), list(PLACED.y)]


def test_cache_needs_no_place_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    for place_of_cache in (file, "off"):
        monkeypatch.setenv(compiled.VARIABLE, str(place_of_cache))
        assert cache.place(*LARGE) == PLACED
    assert file.read_bytes() == b""


def test_cache_keeps_nothing_of_small_graphs(kept: Path) -> None:
    cache.place(3, [(0, 1)])
    assert list(kept.iterdir()) == []
