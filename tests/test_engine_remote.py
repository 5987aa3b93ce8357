"""Workers that share no disk: their files arrive where the build wants them, through a filesystem of pyarrow."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kg.engine import Local
from kg.engine_remote import Remote
from kg.errors import EngineError, InputError


@dataclass(frozen=True)
class Write:
    """Writes a file named after the job, made of what it reads; job -1 fails; `deadly` dies once after writing."""

    folder: str
    reads: tuple[str, ...] = ()
    deadly: str = ""

    def moved(self, folder: str) -> Write:
        return replace(self, folder=folder)

    def __call__(self, job: int) -> str:
        if job == -1:
            raise InputError("job -1 is wrong")
        folder = Path(self.folder)
        text = "".join((folder / name).read_text() for name in self.reads)
        (folder / f"{job}-{len(self.reads)}.txt").write_text(f"{text}{job}\n")
        if job == 3 and self.deadly and not Path(self.deadly).exists():
            Path(self.deadly).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return f"{job}-{len(self.reads)}.txt"


def files(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_remote_files_arrive_and_are_read_by_the_next_task(tmp_path: Path, workers: int) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (here / "deep").mkdir()
    (here / "deep" / "local.txt").write_text("from an earlier build\n")
    with Remote(Local(workers), there.as_uri()) as engine:
        names = list(engine.map(Write(str(here)), range(5)))
        assert names == [f"{n}-0.txt" for n in range(5)]
        assert files(there) == {name: f"{n}\n" for n, name in enumerate(names)}
        reads = ("deep/local.txt", *names)
        assert list(engine.map(Write(str(here), reads), range(2))) == ["0-6.txt", "1-6.txt"]
    assert (here / "1-6.txt").read_text() == "from an earlier build\n0\n1\n2\n3\n4\n1\n"
    assert files(here) == files(there)


@dataclass(frozen=True)
class Here:
    """A task that cannot be moved: it knows another folder."""

    path: str

    def __call__(self, job: int) -> bool:
        return Path(self.path).is_dir()


def test_engine_remote_other_tasks_run_on_this_machine(tmp_path: Path) -> None:
    class Far(Local):
        def map(self, task: Any, jobs: Any) -> Any:
            raise AssertionError("sent to a worker")

    with Remote(Far(1), (tmp_path / "there").as_uri()) as engine:
        assert list(engine.map(Here(str(tmp_path)), range(3))) == [True] * 3


def test_engine_remote_repeats_the_job_of_a_killed_worker(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    with Remote(Local(2), there.as_uri()) as engine:
        task = Write(str(here), deadly=str(tmp_path / "died"))
        assert list(engine.map(task, range(6))) == [f"{n}-0.txt" for n in range(6)]
        assert list(engine.map(task, [3, 4])) == ["3-0.txt", "4-0.txt"]  # again: the same files
    assert files(here) == files(there) == {f"{n}-0.txt": f"{n}\n" for n in range(6)}


def test_engine_remote_hands_on_what_a_task_raises(tmp_path: Path) -> None:
    with Remote(Local(2), (tmp_path / "there").as_uri()) as engine, pytest.raises(InputError, match="job -1"):
        list(engine.map(Write(str(tmp_path / "here")), [1, -1, 2]))


@pytest.mark.parametrize("uri", ["no-scheme", "what://is/this", "file:///proc/nothing/may/be/written/here"])
def test_engine_remote_wrong_places_are_errors_that_name_them(uri: str) -> None:
    with pytest.raises(EngineError, match=f"{uri}: .*URI of a folder"):
        Remote(Local(1), uri)


def test_engine_remote_a_place_that_vanishes_is_an_error(tmp_path: Path) -> None:
    there = tmp_path / "there"
    with Remote(Local(1), there.as_uri()) as engine:
        there.rmdir()
        there.write_text("a file now")
        with pytest.raises(EngineError, match="URI of a folder"):
            list(engine.map(Write(str(tmp_path / "here")), [1]))
