"""Where batches run: the same answers in the same order for any number of workers, whatever happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.engine import ATTEMPTS, Local, processors
from kg.errors import EngineError, InputError
from tests.conftest import ROOT
from tests.engine_task import Square


def processes(folder: Path) -> set[str]:
    return {p.read_text() for p in folder.iterdir()}


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_answers_in_order(tmp_path: Path, workers: int) -> None:
    with Local(workers) as engine:
        assert list(engine.map(Square(str(tmp_path)), range(9))) == [n * n for n in range(9)]
        assert list(engine.map(Square(str(tmp_path)), range(9, 12))) == [81, 100, 121]
    own = str(os.getpid())
    assert processes(tmp_path) == {own} if workers == 1 else own not in processes(tmp_path)


def test_engine_one_job_needs_no_worker(tmp_path: Path) -> None:
    with Local(2) as engine:
        assert list(engine.map(Square(str(tmp_path)), [3])) == [9]
        assert list(engine.map(Square(str(tmp_path)), [])) == []
    assert processes(tmp_path) == {str(os.getpid())}


def test_engine_draws_jobs_as_they_are_needed(tmp_path: Path) -> None:
    drawn: list[int] = []

    def jobs() -> object:
        for n in range(1000):
            drawn.append(n)
            yield n

    with Local(2) as engine:
        answers = engine.map(Square(str(tmp_path)), jobs())  # type: ignore[arg-type]
        assert next(answers) == 0
        assert len(drawn) <= 5
        answers.close()  # type: ignore[attr-defined]


def test_engine_repeats_the_job_of_a_killed_worker(tmp_path: Path) -> None:
    with Local(2) as engine:
        task = Square(str(tmp_path), deadly=((2, 1), (3, ATTEMPTS - 1)))
        assert list(engine.map(task, range(6))) == [0, 1, 4, 9, 16, 25]
    assert len(list(tmp_path.glob("3-try-*"))) == ATTEMPTS


def test_engine_gives_up_on_a_job_that_kills_every_worker(tmp_path: Path) -> None:
    with Local(2) as engine, pytest.raises(EngineError, match=r"signal 9.*--workers 1"):
        list(engine.map(Square(str(tmp_path), deadly=((1, 99),)), range(4)))
    assert len(list(tmp_path.glob("1-try-*"))) == ATTEMPTS


@pytest.mark.parametrize("workers", [1, 2])
def test_engine_hands_on_what_a_task_raises_and_can_go_on(tmp_path: Path, workers: int) -> None:
    with Local(workers) as engine:
        with pytest.raises(InputError, match="job -1 is wrong"):
            list(engine.map(Square(str(tmp_path)), [1, -1, 2]))
        assert list(engine.map(Square(str(tmp_path)), [5, 6])) == [25, 36]


def test_engine_workers_end_with_it(tmp_path: Path) -> None:
    with Local(2) as engine:
        list(engine.map(Square(str(tmp_path)), range(4)))
    for process in processes(tmp_path):
        with pytest.raises(ProcessLookupError):
            os.kill(int(process), 0)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_engine_no_worker_outlives_a_killed_build(tmp_path: Path, how: signal.Signals) -> None:
    code = (
        "import itertools; from kg.engine import Local; from tests.engine_task import Square\n"
        f"for _ in Local(2).map(Square({str(tmp_path)!r}), itertools.count()): print('.', flush=True)"
    )
    build = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert build.stdout is not None
    assert build.stdout.readline() == ".\n"
    build.send_signal(how)
    build.stdout.close()
    build.wait(20)
    deadline = time.monotonic() + 20
    for process in processes(tmp_path) - {""}:
        while time.monotonic() < deadline and Path(f"/proc/{process}").exists():
            time.sleep(0.02)
        assert not Path(f"/proc/{process}").exists()


def test_engine_counts_processors() -> None:
    assert processors() >= 1
    assert Local().workers == processors()
    with pytest.raises(ValueError, match="at least one"):
        Local(0)
