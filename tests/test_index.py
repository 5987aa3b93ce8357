"""The index of a graph folder: made once, never stale, the same answers as the files."""

from __future__ import annotations

import gzip
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg import explore, index, names
from kg.build import build
from kg.errors import StoreError
from tests.serving import empty_folder
from tests.test_build import GOOD, lines


@pytest.fixture
def copy(seeds_folder: Path, tmp_path: Path) -> Path:
    """A copy of the seeds' graph, because an index is added to its folder."""
    return Path(shutil.copytree(seeds_folder, tmp_path / "copy"))


def test_index_answers_what_the_files_answer(copy: Path) -> None:
    in_memory = kg.open(copy)
    index.prepare(copy)
    on_disk = kg.open(copy)
    for query in (
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?p ?q { ?p kg:introduces ?e . GRAPH ?g { ?s rdf:subject ?p ; kg:evidence/kg:exact ?q } } ORDER BY ?p ?q",
    ):
        _ = in_memory.store  # what is loaded is asked
        assert on_disk.query(query) == in_memory.query(query), query
    assert "store" not in on_disk.__dict__, "the files were loaded although there is an index"


def test_index_of_another_graph_is_never_asked(copy: Path) -> None:
    """The same manifest and the same size, but other bytes."""
    index.prepare(copy)
    path = copy / "graph.nt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('prefLabel> "Ansor"', 'prefLabel> "Ansar"'), encoding="utf-8")
    assert index.find(copy) is None
    assert kg.open(copy).query('ASK { ?s skos:prefLabel "Ansar" }') is True
    index.prepare(copy)
    assert index.find(copy) is not None
    assert kg.open(copy).query('ASK { ?s skos:prefLabel "Ansar" }') is True


def test_index_of_a_touched_or_packed_file_is_still_good(copy: Path) -> None:
    made = index.prepare(copy)
    os.utime(copy / "graph.nt", (1, 1))
    assert index.prepare(copy) == made == index.find(copy)
    (copy / "graph.nt.gz").write_bytes(gzip.compress((copy / "graph.nt").read_bytes()))
    (copy / "graph.nt").unlink()
    assert index.find(copy) is None
    assert index.prepare(copy).key != made.key


def test_index_is_made_for_a_graph_too_large_for_memory(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index.find(copy) is None
    monkeypatch.setattr(explore, "QUADS_IN_MEMORY", 10)
    graph = kg.open(copy)
    quads = graph.rdf()
    assert index.find(copy) is not None and "store" not in graph.__dict__
    (row,) = quads.query("SELECT (COUNT(*) AS ?n) { ?s a kg:Statement }")
    assert int(row.n) == kg.open(copy).query("SELECT (COUNT(*) AS ?n) { ?s a kg:Statement }")[0]["n"]  # type: ignore


def test_index_finds_without_writing(copy: Path) -> None:
    before = sorted(copy.rglob("*"))
    assert index.find(copy) is None
    kg.open(copy).query("ASK {}")
    assert sorted(copy.rglob("*")) == before


def test_index_leaves_the_half_made_index_of_another_process(copy: Path) -> None:
    other = copy / ".serve" / ".new-x"
    other.mkdir(parents=True)
    index.prepare(copy)
    assert other.is_dir()
    os.utime(other, (1, 1))
    index.prepare(copy)
    assert not other.exists()


@given(st.lists(st.tuples(st.sampled_from("ab"), st.text(max_size=40)), max_size=30))
def test_index_reads_quads_as_their_triples(rows: list[tuple[str, str]]) -> None:
    quads = [
        ox.Quad(
            ox.NamedNode(f"urn:{s}"),
            ox.NamedNode("urn:p"),
            ox.Literal(v.replace("\x00", " <x> .")),
            ox.NamedNode("urn:g"),
        )
        for s, v in rows
        if v.isprintable() or "\x00" in v
    ]
    quads.append(
        ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal("<urn:o> .\n <x> ."), ox.NamedNode("urn:g"))
    )
    data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    read = io.BufferedReader(index.Triples(io.BytesIO(data)), 16).read()
    assert list(ox.parse(read, ox.RdfFormat.N_TRIPLES)) == [ox.Quad(q.subject, q.predicate, q.object) for q in quads]


def test_index_search_knows_names_aliases_and_papers(copy: Path) -> None:
    made = index.prepare(copy).names
    (first, *_) = names.search(made, "tensorflow")
    asked = kg.open(copy).query(f"SELECT (COUNT(?p) AS ?n) {{ ?p kg:mentions <{first.iri}> }}")
    assert (first.label, first.kind, first.papers) == ("TensorFlow", "System", asked[0]["n"])  # type: ignore[index]
    assert {h.kind for h in names.search(made, "icpp", kind="Venue")} == {"Venue"}
    with_label = kg.open(copy).query("SELECT (COUNT(*) AS ?n) { ?s a kg:Paper ; rdfs:label ?l }")
    import sqlite3

    with sqlite3.connect(made) as db:
        (found,) = db.execute("SELECT COUNT(*) FROM thing WHERE kind = 'Paper' AND label <> ''").fetchone()
    db.close()
    assert found == with_label[0]["n"]  # type: ignore[index]


def test_index_is_made_once_and_anew_for_a_new_graph(tmp_path: Path) -> None:
    source = lines(tmp_path / "in.jsonl", GOOD)
    home = build([source], tmp_path / "g").folder
    told: list[str] = []
    first = index.prepare(home, progress=lambda stage, done, total: told.append(stage))
    assert told
    told.clear()
    assert index.prepare(home, progress=lambda stage, done, total: told.append(stage)) == first
    assert told == []
    build([lines(source, {**GOOD, "id": "2001.00002"})], home)
    second = index.prepare(home)
    assert second.key != first.key and not first.path.exists()


def test_index_interrupted_index_is_made_again(tmp_path: Path) -> None:
    home = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g").folder
    found = index.prepare(home)
    (found.path / "complete").unlink()
    assert (index.prepare(home).path / "complete").is_file()


def cut(path: Path) -> None:
    os.truncate(path, 5)


def overwrite(path: Path) -> None:
    """Other bytes, as many as before."""
    path.write_bytes(b"?" * path.stat().st_size)


@pytest.mark.parametrize("damage", [cut, overwrite, Path.unlink])
@pytest.mark.parametrize("pattern", ["quads/CURRENT", "quads/MANIFEST*", "quads/*.sst", "names.sqlite", "complete"])
def test_index_that_is_damaged_is_made_anew_and_said(
    tmp_path: Path, pattern: str, damage: Callable[[Path], None]
) -> None:
    home = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", workers=1).folder
    made = index.prepare(home)
    for path in made.path.glob(pattern):
        damage(path)
    said: list[str] = []
    assert kg.open(home).query("SELECT ?p { ?p a kg:Paper }"), "the files of the folder are still there"
    assert index.prepare(home, note=said.append) == made
    assert not index.is_damaged(home) and names.search(made.names, "zqnet")
    if pattern == "complete" and damage is Path.unlink:
        assert not said  # as if its making had been interrupted
    else:
        assert len(said) == 1 and str(made.path) in said[0] and "made anew" in said[0]


def test_index_that_was_copied_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", workers=1).folder
    made = index.prepare(home)
    for path in made.path.rglob("*"):
        os.utime(path, (1, 1))
    assert index.find(home) == made
    monkeypatch.setattr(index, "_checksum", lambda path: pytest.fail("read again though nobody touched it"))
    assert index.find(home) == made


def test_index_of_an_earlier_version_is_kept_with_its_updates(tmp_path: Path) -> None:
    home = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", workers=1).folder
    made = index.prepare(home, writable=True)
    plain = index.prepare(home)
    for one in (made, plain):
        (one.path / "complete").write_text(one.key)  # what it said before it listed its files
    assert index.prepare(home, writable=True) == made and index.find(home) == plain


def test_index_with_updates_that_is_damaged_is_never_thrown_away(tmp_path: Path) -> None:
    home = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", workers=1).folder
    made = index.prepare(home, writable=True)
    cut(made.quads / "CURRENT")
    with pytest.raises(StoreError, match=f"{made.path.name}: damaged .*updates.*remove that folder"):
        index.prepare(home, writable=True)
    assert made.quads.is_dir()


def test_index_folder_that_cannot_be_written_to_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g").folder
    monkeypatch.setenv("PAPERKG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "access", lambda *a: False)
    assert index.prepare(home).path.is_relative_to(tmp_path / "cache")


@pytest.mark.parametrize(
    ("damage", "says"),
    [("no folder", "no such folder"), ("no manifest", "not a graph folder"), ("version", "another version"),
     ("no graph.nt", "graph.nt is missing"), ("broken graph.nt", r"graph\.nt: cannot be read"), ("broken manifest", "damaged")],
)  # fmt: skip
def test_index_folder_that_is_none_is_named(tmp_path: Path, damage: str, says: str) -> None:
    home = empty_folder(tmp_path / "g")
    if damage == "no folder":
        shutil.rmtree(home)
    elif damage == "no manifest":
        (home / "manifest.json").unlink()
    elif damage == "version":
        (home / "manifest.json").write_text('{"format": 99}')
    elif damage == "broken manifest":
        (home / "manifest.json").write_text("{")
    elif damage == "no graph.nt":
        (home / "graph.nt").unlink()
    else:
        (home / "graph.nt").write_text("<a> oops\n")
    with pytest.raises(StoreError, match=says):
        index.prepare(home)
    assert not list(home.glob(".serve/.new*"))
