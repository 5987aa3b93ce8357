"""A build that ends at any moment: the graph that was there stays, what was finished is kept, the next build ends well.

`KG_KILLS=200 pytest tests/test_killed.py` (`make kills`) kills at 200 points instead of a handful.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import store
from kg.build import add, build, refresh
from kg.errors import StoreError
from kg.explore import open_graph
from kg.folder import read_manifest
from kg.linking.linker import Linker
from kg.tasks import linker_of
from tests.conftest import ROOT
from tests.test_build import tree
from tests.test_store import OTHER, TEXTS, small_batches, source

__all__ = ["small_batches"]

KILLS = int(os.environ.get("KG_KILLS", "6"))


def run_and_kill(work: Callable[[], object], after: float) -> bool:
    """Do the work in a copy of this process and kill that after some seconds. Returns whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    deadline = time.monotonic() + after
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def test_killed_build_leaves_the_old_graph_or_the_new_one(tmp_path: Path, small_batches: None, linker: Linker) -> None:
    linker_of(())
    (tmp_path / "new").mkdir()
    old, new = source(tmp_path, TEXTS), source(tmp_path / "new", TEXTS | OTHER)
    build([old], tmp_path / "old", workers=1)
    started = time.monotonic()
    build([new], tmp_path / "clean", workers=1)
    took = time.monotonic() - started
    before, after = tree(tmp_path / "old"), tree(tmp_path / "clean")
    folder = tmp_path / "g"
    chance = random.Random(KILLS)
    kills = 0
    for _ in range(KILLS):
        build([old], folder, workers=1)
        assert tree(folder) == before
        kills += run_and_kill(lambda: build([new], folder, workers=1), chance.uniform(0, took))
        manifest = read_manifest(folder)
        if manifest["stale"]:  # it was killed while files were moved
            assert refresh(folder, workers=1)
            assert tree(folder) == after
        else:
            said = tree(folder)
            wanted = before if said["manifest.json"] == before["manifest.json"] else after
            assert {name: said[name] for name in wanted} == wanted
            assert len(open_graph(folder).papers) == len(TEXTS)
        build([new], folder, workers=1)
        assert tree(folder) == after
    assert kills > KILLS // 3


def test_killed_build_goes_on_where_it_was(tmp_path: Path, small_batches: None, linker: Linker) -> None:
    inputs = source(tmp_path, TEXTS)
    build([inputs], tmp_path / "clean", workers=1)
    shards = list((tmp_path / "clean" / "store").glob("shard-*"))
    (tmp_path / "g" / "store").mkdir(parents=True)
    for shard in shards[:2]:
        (tmp_path / "g" / "store" / shard.name).write_bytes(shard.read_bytes())
    (tmp_path / "g" / "store" / f".{shards[2].name}.123").write_bytes(b"half")
    report = build([inputs], tmp_path / "g", workers=1)
    assert report.reused == 2
    assert tree(tmp_path / "g") == tree(tmp_path / "clean")


@pytest.mark.skipif(KILLS < 100, reason="slow: `make kills` runs it")
def test_killed_command_with_its_workers(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    old, new = source(tmp_path, TEXTS), source(tmp_path / "new", TEXTS | OTHER)
    build([new], tmp_path / "clean", workers=1)
    chance = random.Random(1)
    for _ in range(KILLS // 20):
        build([old], tmp_path / "g", workers=1)
        command = [sys.executable, "-m", "kg", "build", str(new), "-o", str(tmp_path / "g"), "-q", "--workers", "2"]
        running = subprocess.Popen(command, cwd=ROOT)
        time.sleep(chance.uniform(0.2, 6))
        running.kill()
        running.wait()
        build([new], tmp_path / "g", workers=1)
        assert tree(tmp_path / "g") == tree(tmp_path / "clean")


# ---- a full disk


def test_killed_by_a_full_disk_the_old_graph_stays(
    tmp_path: Path, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every write of a build fails once."""
    (tmp_path / "new").mkdir()
    old, new = source(tmp_path, TEXTS), source(tmp_path / "new", TEXTS | OTHER)
    build([new], tmp_path / "clean", workers=1)
    folder = tmp_path / "g"
    build([old], folder, workers=1)
    before = tree(folder)
    room = 0
    real = Path.write_bytes

    def write(path: Path, data: bytes) -> int:
        nonlocal room
        if folder in path.parents:
            room -= 1
            if room < 0:
                raise OSError(28, "No space left on device", str(path))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", write)
    failures = 0
    while True:
        room = failures
        try:
            build([new], folder, workers=1)
        except StoreError as error:
            assert re.search("No space left on device.*Make room", str(error))
            failures += 1
            said = tree(folder)
            if not read_manifest(folder)["stale"]:
                assert {name: said[name] for name in before} == before
        else:
            break
    assert failures > 8
    assert tree(folder) == tree(tmp_path / "clean")
    assert not list(folder.glob(".*"))


# ---- the lock


def test_killed_or_not_two_builds_do_not_meet(tmp_path: Path, small_batches: None, linker: Linker) -> None:
    inputs = source(tmp_path, TEXTS)
    build([inputs], tmp_path / "g", workers=1)
    before = tree(tmp_path / "g")
    code = (
        "import sys, time, pathlib; from kg.lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "g")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        for attempt in (
            lambda: build([inputs], tmp_path / "g", workers=1),
            lambda: add(tmp_path / "g", [inputs]),
            lambda: refresh(tmp_path / "g", force=True),
        ):
            with pytest.raises(StoreError, match=f"process {holder.pid} on .* is writing to it"):
                attempt()
        assert len(open_graph(tmp_path / "g").papers) == len(TEXTS), "reading needs no lock"
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    assert (tmp_path / "g" / ".lock").exists(), "what a killed holder leaves"
    build([inputs], tmp_path / "g", workers=1)
    assert tree(tmp_path / "g") == before
    assert not (tmp_path / "g" / ".lock").exists()


# ---- workers


def test_killed_or_not_the_number_of_workers_changes_nothing(tmp_path: Path, small_batches: None) -> None:
    inputs = source(tmp_path, TEXTS)
    one = build([inputs], tmp_path / "one", workers=1)
    two = build([inputs], tmp_path / "two", workers=2)
    assert len(list((tmp_path / "one" / "store").glob("shard-*"))) > 3
    assert tree(one.folder) == tree(two.folder)
    assert store.find(one.folder / "store").keys() == store.find(two.folder / "store").keys()
