"""Input and moments that a build must survive, on the command line as a user meets them: each is said, nothing is lost.

A killed build, a full disk and two builds in one folder are in `test_killed`; damaged files in `test_store`.
"""

from __future__ import annotations

import errno
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.build import add, build, refresh, remove
from kg.errors import InputError, StoreError, VocabularyError
from kg.explore import open_graph
from kg.export.table import Tables
from kg.folder import read_manifest
from kg.index import prepare
from kg.validate import validate
from kg.view.command import write
from kg.work import Work
from tests.conftest import ROOT
from tests.test_build import GOOD, lines, tree
from tests.test_killed import KILLS, run_and_kill
from tests.test_store import TEXTS, pick, small_batches, source

__all__ = ["small_batches"]

GIGABYTE = 1 << 30


def test_bad_input_line_of_a_gigabyte_is_named_and_never_held(tmp_path: Path) -> None:
    """The file has a hole of a gigabyte, so it takes no room on the disk."""
    papers = tmp_path / "in.jsonl"
    good = [json.dumps({**GOOD, "id": f"2001.0000{n}"}).encode() for n in (1, 2)]
    with papers.open("wb") as file:
        file.write(good[0] + b'\n{"id": "2001.00009", "abstract": "' + b"x" * 100_000)  # zeros at the head are no text
        file.seek(GIGABYTE, os.SEEK_CUR)
        file.write(b'"}\n' + good[1] + b"\n")
    command = [sys.executable, "-m", "kg", "build", str(papers), "-o", str(tmp_path / "g"), "-q", "--workers", "1"]
    with (tmp_path / "said").open("wb") as said:
        running = subprocess.Popen(command, cwd=ROOT, stderr=said)
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 3
    assert (tmp_path / "said").read_text() == "skipped: in.jsonl:2: line longer than 64 MB\n"
    assert usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) < GIGABYTE * 0.7
    assert read_manifest(tmp_path / "g")["counts"]["papers"] == 2


OWN = "id,label,aliases,broader,match,cues,definition,url,source\nmirabel,{label},,,exact,,,,\n"


def test_bad_input_changed_vocabulary_everything_is_made_anew_and_said(tmp_path: Path) -> None:
    own, inputs = tmp_path / "systems-own.csv", source(tmp_path, pick("1 2 3"))
    own.write_text(OWN.format(label="Mirabel"), encoding="utf-8")
    build([inputs], tmp_path / "g", vocabulary=[own], workers=1)
    own.write_text(OWN.format(label="Mirabella"), encoding="utf-8")
    report = build([inputs], tmp_path / "g", vocabulary=[own], workers=1)
    assert report.reused == 0
    assert any("the vocabulary, the weights or the code changed: everything is built anew" in n for n in report.notes)
    build([inputs], tmp_path / "clean", vocabulary=[own], workers=1)
    assert tree(tmp_path / "g") == tree(tmp_path / "clean")


def test_bad_input_failed_build_leaves_no_vocabulary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a new folder nor beside the vocabulary of the graph that was there, which stays whole."""
    own, inputs = tmp_path / "systems-own.csv", source(tmp_path, pick("1 2 3"))
    own.write_text(OWN.format(label="Mirabel"), encoding="utf-8")
    build([inputs], tmp_path / "g", vocabulary=[own], workers=1)
    before = tree(tmp_path / "g")
    own.write_text(OWN.format(label="Mirabella"), encoding="utf-8")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(Work, "extract", fail)
    for folder in ("g", "new"):
        with pytest.raises(OSError, match="the disk is broken"):
            build([inputs], tmp_path / folder, vocabulary=[own], workers=1)
    assert tree(tmp_path / "g") == before
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_bad_input_tables_that_cannot_be_written_leave_the_graph_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    folder = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", workers=1).folder
    before = tree(folder)
    add = Tables.add

    def fail(tables: Tables, name: str, piece: Any) -> None:
        if name == "edges":
            raise OSError(number, "no room")
        add(tables, name, piece)

    monkeypatch.setattr(Tables, "add", fail)
    with pytest.raises((OSError, StoreError)):
        refresh(folder, force=True, workers=1)
    assert tree(folder) == before and not (folder / ".new").exists()


@pytest.mark.parametrize(("there", "name"), [("tables", "tables"), ("graph.ttl", "graph.ttl")])
def test_bad_input_export_without_a_place_leaves_the_graph_as_it_was(tmp_path: Path, there: str, name: str) -> None:
    """What stands where a file belongs is found before the first file is moved, not after half of them."""
    folder = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", workers=1).folder
    if name == "tables":
        shutil.rmtree(folder / there)
        (folder / there).write_text("mine")
    else:
        (folder / there).unlink()
        (folder / there).mkdir()
    before = tree(folder)
    with pytest.raises(StoreError, match=rf"{re.escape(name)}: in the way.*the graph that was there is as it was"):
        refresh(folder, force=True, workers=1)
    assert tree(folder) == before and not (folder / ".new").exists()


def test_bad_input_folder_of_another_version_is_made_anew_and_said(tmp_path: Path) -> None:
    inputs = lines(tmp_path / "in.jsonl", GOOD)
    build([inputs], tmp_path / "g", workers=1)
    before = tree(tmp_path / "g")
    manifest = tmp_path / "g" / "manifest.json"
    manifest.write_text(json.dumps(read_manifest(tmp_path / "g") | {"format": 1}))
    with pytest.raises(StoreError, match=r"another version.*format 1"):
        add(tmp_path / "g", [inputs])
    assert any("everything is built anew" in note for note in build([inputs], tmp_path / "g", workers=1).notes)
    assert tree(tmp_path / "g") == before


#: What a manifest is that somebody edited or a disk damaged, and what is said of it.
MANIFESTS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no shards": (lambda m: m.pop("shards"), "shards"),
    "no state": (lambda m: m.pop("state"), "state"),
    "no skips": (lambda m: m.pop("skipped"), "skipped"),
    "no knowledge": (lambda m: m.pop("knowledge"), "knowledge"),
    "counts that are none": (lambda m: m.update(counts=[1]), "counts"),
    "count that is a text": (lambda m: m["counts"].update(papers="41"), "counts"),
    "no count of triples": (lambda m: m["counts"].pop("triples"), "no count of triples"),
    "generator that is null": (lambda m: m.update(generator=None), "generator"),
    "shard that is a text": (lambda m: m.update(shards=["x"]), "shards"),
    "shard without facts": (lambda m: m["shards"][0].pop("facts"), "facts"),
    "shard elsewhere": (lambda m: m["shards"][0].update(file="../../x"), "file"),
    "vocabulary that is none": (lambda m: m.update(vocabulary=[""]), "vocabulary"),
    "base that is none": (lambda m: m.update(base_iri="x"), "no IRI"),
    "skip without a line": (lambda m: m.update(skipped=[{"file": "x"}]), "skipped"),
    "stale that is a number": (lambda m: m.update(stale=1), "stale"),
}


@pytest.mark.parametrize("how", MANIFESTS)
def test_bad_input_damaged_manifest_is_said(tmp_path: Path, how: str) -> None:
    inputs, folder = lines(tmp_path / "in.jsonl", GOOD), tmp_path / "g"
    build([inputs], folder, workers=1)
    before = tree(folder)
    manifest = read_manifest(folder)
    change, says = MANIFESTS[how]
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    readers: list[Callable[[], object]] = [
        lambda: add(folder, [inputs]), lambda: remove(folder, ["2001.00001"]), lambda: refresh(folder),
        lambda: open_graph(folder), lambda: prepare(folder), lambda: validate(folder),
    ]  # fmt: skip
    for read in readers:
        with pytest.raises(StoreError, match=rf"manifest\.json: damaged \(.*{says}.*\); build the folder again"):
            read()
    assert any("manifest.json: damaged" in note for note in build([inputs], folder, workers=1).notes)
    assert tree(folder) == before


def test_bad_input_manifest_nested_without_end_is_said(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(StoreError, match="damaged"):
        read_manifest(tmp_path)


BASES = [
    "ftp://x/",
    "http://x/ü/#",
    "http://ü.example:8080/a%20b/",
    "urn:example:papers:",
    "http://[::1]/",
    "doi://x/?q=/",
]


@pytest.mark.parametrize("base", BASES)
def test_bad_input_odd_base_goes_through_the_whole_chain(tmp_path: Path, base: str) -> None:
    folder = build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", base_iri=base, workers=1).folder
    assert validate(folder) == []
    assert open_graph(folder).query("SELECT ?p { ?p a kg:Paper }") == [{"p": f"{base}paper/arxiv-2001.00001"}]
    prepare(folder)
    assert write(open_graph(folder).knowledge, tmp_path / "page.html").nodes


@pytest.mark.parametrize(
    "base",
    ["http://x/%zz/", "http://x/%/", "http://x y/", "http://x/a b/", "http://x", "http://x:ab/", "http://[::1/", "x/",
     "http://x/#a/#", "http://x/[a]/", "http://x/\ue000/", "http://x/<a>/", "urn:x:%zz:", "urn:x:", "http:///", "ht!tp://x/"],
)  # fmt: skip
def test_bad_input_base_that_no_reader_takes_is_refused(tmp_path: Path, base: str) -> None:
    with pytest.raises(InputError, match="no absolute IRI"):
        build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", base_iri=base, workers=1)
    assert not (tmp_path / "g").exists()


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (lambda g, f: add(g, [f], workers=1), "2 3 5 7 8 10 11", "1 2 3 5 7 8 10 11"),
        (lambda g, f: remove(g, ["2001.00001"], workers=1), "1 2 3 5 7 8 10 11", "2 3 5 7 8 10 11"),
    ],
    ids=["add", "remove"],
)
def test_bad_input_killed_add_or_remove_is_done_or_not(
    tmp_path: Path, small_batches: None, change: Callable[[Path, Path], object], before: str, after: str
) -> None:
    """Killed at any moment, the store is the old one or the new one, and doing it again gives the new one."""
    (tmp_path / "one").mkdir()
    folder, one = tmp_path / "g", source(tmp_path / "one", {"2001.00001": TEXTS["2001.00001"]})
    inputs = source(tmp_path, pick(after))
    build([inputs], tmp_path / "clean", workers=1)
    new = tree(tmp_path / "clean")
    inputs.write_bytes(source(tmp_path, pick(before)).read_bytes())
    chance = random.Random(KILLS)
    seen = set()
    for n in range(max(3, KILLS // 2)):
        build([inputs], folder, workers=1)
        old = read_manifest(folder)
        run_and_kill(lambda: change(folder, one), chance.uniform(0, 0.1) if n else 0)
        done = read_manifest(folder)["state"] != old["state"]
        seen.add(done)
        if not done:
            change(folder, one)
        refresh(folder, workers=1)
        assert tree(folder) == {**new, "manifest.json": tree(folder)["manifest.json"]}
    assert False in seen


def test_bad_input_vocabulary_is_named_as_the_user_knows_it_and_nothing_is_written(tmp_path: Path) -> None:
    """Also what only several files show together: an unknown parent, a circle."""
    own, inputs = tmp_path / "systems-own.csv", lines(tmp_path / "in.jsonl", GOOD)
    for broader, says in (("no-such-thing", "is in no vocabulary file"), ("mirabel", "runs in a circle")):
        own.write_text(OWN.format(label="Mirabel").replace(",,,exact", f",,{broader},exact"), encoding="utf-8")
        with pytest.raises(VocabularyError, match=f"{re.escape(str(own))}:2: .*{says}"):
            build([inputs], tmp_path / "g", vocabulary=own, workers=1)
        assert not (tmp_path / "g").exists()
    odd = own.rename(tmp_path / "systems-\udcff.csv")
    with pytest.raises(VocabularyError, match="no UTF-8 text; rename it"):
        build([inputs], tmp_path / "g", vocabulary=odd, workers=1)
