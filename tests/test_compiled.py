from __future__ import annotations

import marshal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import compiled
from kg.linking.linear import LinearModel
from kg.linking.linker import Linker, link
from kg.linking.venues import VenueIndex, read_venues
from kg.model import Paper
from kg.settings import ontology_dir
from kg.vocabulary import Vocabulary, load


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(compiled.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


class Counted:
    """Upper-cases a file and counts how often it had to."""

    def __init__(self, source: Path) -> None:
        self.source, self.times, self.of = source, 0, ""

    def __call__(self) -> bytes:
        self.times += 1
        return self.source.read_bytes().upper()

    def get(self) -> bytes:
        return compiled.kept("upper", [self.source], self, bytes, bytes, of=self.of)


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    source = tmp_path / "words.txt"
    source.write_text("ray")
    return Counted(source)


def test_compiled_makes_a_thing_once(folder: Path, counted: Counted) -> None:
    assert [counted.get(), counted.get()] == [b"RAY", b"RAY"]
    assert counted.times == 1


def test_compiled_makes_it_anew_when_a_source_changes(folder: Path, counted: Counted) -> None:
    counted.get()
    counted.source.write_text("spark")
    assert counted.get() == b"SPARK"


def test_compiled_makes_it_anew_for_another_vocabulary(folder: Path, counted: Counted) -> None:
    for counted.of, times in (("a", 1), ("b", 2), ("a", 2)):
        assert counted.get() == b"RAY"
        assert counted.times == times


def test_compiled_keeps_few_versions(folder: Path, counted: Counted) -> None:
    for n in range(compiled.KEPT + 3):
        counted.source.write_text(f"ray {n}")
        counted.get()
    assert len(list(folder.iterdir())) == compiled.KEPT


@pytest.mark.parametrize("damage", [b"", b"\0\0", b"nothing of the kind"])
def test_compiled_makes_it_anew_when_the_file_is_damaged(folder: Path, counted: Counted, damage: bytes) -> None:
    counted.get()
    (kept,) = folder.iterdir()
    kept.write_bytes(damage)
    assert counted.get() == b"RAY"
    assert counted.times == 2


def test_compiled_needs_no_folder_it_can_write(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiled.VARIABLE, str(counted.source / "no folder"))
    assert counted.get() == b"RAY"


def test_compiled_can_be_switched_off(folder: Path, counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiled.VARIABLE, "off")
    counted.get()
    counted.get()
    assert counted.times == 2
    assert not folder.exists()


def test_compiled_vocabulary_links_as_the_one_it_was_made_from() -> None:
    made = load()
    again = Vocabulary.unpack(made.pack())
    text = (
        "We present Voyager, a scheduler for data and model parallelism on NVIDIA and AMD GPUs. It compresses models, "
        "speaks C++ and .NET, and is 3x faster than Apache Spark, Ray and PyTorch on 8xH100."
    )
    series = read_venues(ontology_dir() / "vocabulary" / "venues.csv")
    assert link(text, linker=Linker(again, series)) == link(text, linker=Linker(made, series))
    assert again.hash == made.hash
    assert list(again.terms) == list(made.terms)
    assert again.pack() == made.pack()
    assert dict(again.terms) == dict(made.terms)
    assert {e: again.kin(e) for e in list(again.terms)[::50]} == {e: made.kin(e) for e in list(made.terms)[::50]}
    assert again.metrics == made.metrics
    assert again.matcher.plain_keys() == made.matcher.plain_keys()


def test_compiled_venues_are_read_as_from_their_file() -> None:
    made = VenueIndex(read_venues(ontology_dir() / "vocabulary" / "venues.csv"))
    again = VenueIndex.unpack(made.pack())
    paper = Paper(
        id="arxiv:2001.00001",
        abstract="This paper appeared at SOSP 2021.",
        comments="Accepted at the 35th International Conference on Machine Learning (ICML 2018), 9 pages",
        journal_ref="Proc. VLDB Endow. 14(3), 2020",
        doi="10.1145/3477132.3483540",
    )
    assert len(made.find(paper)) > 1
    assert again.find(paper) == made.find(paper)
    assert again.rows == made.rows
    for damage in (b"", marshal.dumps([1]), marshal.dumps((1, 2))):
        with pytest.raises(ValueError):
            VenueIndex.unpack(damage)


def test_compiled_vocabulary_of_other_bytes_is_an_error() -> None:
    with pytest.raises(ValueError):
        Vocabulary.unpack(b"\x81\xa1a\x01")


ROWS = st.lists(st.integers(-(2**20), 2**20), min_size=3, max_size=3)


@given(st.dictionaries(st.sampled_from(["l1:a", "l1:b|system", "l1:a|system", "e:x"]), ROWS), ROWS)
def test_compiled_model_scores_as_the_one_it_was_made_from(weights: dict[str, list[int]], bias: list[int]) -> None:
    made = LinearModel(("a", "b", "c"), weights, bias)
    again = LinearModel.unpack(made.pack())
    for kind in ("", "system", "task"):
        totals = [
            sum(lookup(key, 0) for lookup in model.lookups(kind, ("l1", "e")) for key in "abx") + model.bias
            for model in (made, again)
        ]
        assert totals[0] == totals[1]
    expected = [b + sum(w[i] for n, w in weights.items() if n in ("l1:a", "l1:a|system")) for i, b in enumerate(bias)]
    assert again.scores(again.bias + again.lookups("system", ("l1",))[0]("a", 0)) == expected


def test_compiled_model_of_other_bytes_is_an_error() -> None:
    with pytest.raises(ValueError):
        LinearModel.unpack(b"")
