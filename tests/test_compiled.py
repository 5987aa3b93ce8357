"""The cached vocabulary is the loaded one, and a cache that is wrong in any way is as none."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from kg import compiled
from kg.compiled import KEPT, vocabulary
from kg.errors import VocabularyError
from kg.vocabulary import Vocabulary

ROWS = "id,label,aliases,broader,match,cues,definition,url,source\nzqnet,Zqnet,,,exact,,,,\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small vocabulary instead of the shipped one, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "systems.csv").write_text(ROWS.replace("qnet", "qbase"), encoding="utf-8")
    monkeypatch.setattr(compiled, "ontology_dir", lambda: tmp_path)
    monkeypatch.setattr("kg.vocabulary.ontology_dir", lambda: tmp_path)
    return tmp_path / "cache" / "paperkg"


def test_compiled_vocabulary_is_the_loaded_one(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "systems-own.csv"
    own.write_text(ROWS, encoding="utf-8")
    made = vocabulary([own])
    assert len(list(cache.iterdir())) == 1
    monkeypatch.setattr(compiled, "load", lambda files: pytest.fail("loaded though it is in the cache"))
    kept = vocabulary([own])
    assert kept.hash == made.hash
    assert set(kept.terms) == {"system/zqnet", "system/zqbase"}
    assert kept.matcher.scan("Zqnet", "zqnet") == made.matcher.scan("Zqnet", "zqnet") != []


def test_compiled_vocabulary_follows_its_files(cache: Path, tmp_path: Path) -> None:
    own = tmp_path / "systems-own.csv"
    for number in range(KEPT + 3):
        own.write_text(ROWS.replace("zqnet", f"zqnet{number}"), encoding="utf-8")
        assert f"system/zqnet{number}" in vocabulary([own])
    assert len(list(cache.iterdir())) == KEPT
    (tmp_path / "vocabulary" / "systems.csv").write_text(ROWS.replace("qnet", "qother"), encoding="utf-8")
    assert "system/zqother" in vocabulary()


@pytest.mark.parametrize("damage", [b"", b"nonsense", pickle.dumps({"a": 1}), pickle.dumps(Vocabulary([]))[:-4]])
def test_compiled_damaged_cache_is_none(cache: Path, damage: bytes) -> None:
    vocabulary()
    (path,) = cache.iterdir()
    path.write_bytes(damage)
    assert "system/zqbase" in vocabulary()
    assert path.read_bytes() != damage


def test_compiled_without_a_place_for_the_cache(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert "system/zqbase" in vocabulary()


def test_compiled_wrong_file_is_an_error_and_is_not_kept(cache: Path, tmp_path: Path) -> None:
    own = tmp_path / "systems-own.csv"
    own.write_text("nonsense", encoding="utf-8")
    with pytest.raises(VocabularyError, match=r"systems-own\.csv:1"):
        vocabulary([own])
    assert not cache.exists()
