"""Where batches run: in this process, or in worker processes of this machine. Another engine needs only `map`.

A task is a picklable callable (a frozen dataclass with `__call__`, say) and knows all that a worker must know; a job is a
picklable value. What a task needs that is dear to make (a linker) it makes once per process, behind `functools.cache`.
Results are small: a worker writes its files itself and returns their entry.

Workers are fresh interpreters that read jobs from a pipe. Forking would save their start (about two seconds, while this
process reads its inputs), but copies locks that other threads of this process hold; and `multiprocessing` would run the
user's script again, which must then be written for that. A worker ends when the pipe does, so none outlives its build.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self, TypeVar, cast

from kg.errors import EngineError

J = TypeVar("J")
R = TypeVar("R")

#: How often a job is tried whose worker was killed.
ATTEMPTS = 3
#: Jobs that are sent or waiting per worker: one runs, one is ready.
AHEAD = 2


class Engine(Protocol):
    """Runs a task over jobs. The results are the same, and in the same order, for every engine and worker count."""

    @property
    def workers(self) -> int:
        """How many jobs run at once."""
        ...

    def start(self) -> None:
        """Be ready when the first jobs come, which will be many. May do nothing."""
        ...

    def map(self, task: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]:
        """The task's result for each job, in the order of `jobs`, which are drawn as they are needed.

        Raises EngineError if a job's worker was killed `ATTEMPTS` times, and whatever the task raises.
        """
        ...

    def close(self) -> None:
        """End the workers; what they wrote stays. An engine can be closed twice."""
        ...


class Local:
    """Worker processes of this machine; with one worker, or one job, this process does the work.

    A context manager. Workers start with the first job that needs them (or `start`) and live until `close`.
    """

    def __init__(self, workers: int | None = None) -> None:
        """`workers`: how many; None = one per processor that this process may use. Raises ValueError below 1."""
        self.workers = processors() if workers is None else workers
        if self.workers < 1:
            raise ValueError(f"{self.workers} workers; at least one is needed")
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._all: list[_Worker] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start all workers now, to be ready when the first jobs come."""
        if self.workers > 1:
            with self._lock:
                while len(self._all) < self.workers:
                    self._all.append(_Worker())
                    self._idle.put(self._all[-1])

    def map(self, task: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]:
        """See `Engine.map`."""
        source = iter(jobs)
        first = list(islice(source, 2))
        if self.workers == 1 or (len(first) < 2 and not self._all):
            for job in chain(first, source):
                yield task(job)
            return
        self.start()
        packed, idle = pickle.dumps(task, pickle.HIGHEST_PROTOCOL), self._idle
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="kg-engine")
        waiting: deque[Future[R]] = deque()
        done = False
        try:
            for job in chain(first, source):
                waiting.append(pool.submit(self._run, idle, packed, job))
                if len(waiting) >= AHEAD * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
            done = True
        finally:
            for future in waiting:
                future.cancel()
            if not done:
                self._dismiss()  # whoever waits for an answer sees the pipe end
            pool.shutdown()

    def close(self) -> None:
        """See `Engine.close`."""
        self._dismiss()

    def _dismiss(self) -> None:
        with self._lock:
            workers, self._all = self._all, []
            self._idle = queue.LifoQueue()
        for worker in workers:
            worker.end()

    def _run(self, idle: queue.LifoQueue[_Worker], task: bytes, job: Any) -> Any:
        """One job in a worker; a new one takes the place of one that dies. Runs in a thread of the pool."""
        for _ in range(ATTEMPTS):
            worker = idle.get()
            try:
                answer = worker.ask(task, job)
            except (EOFError, OSError, pickle.UnpicklingError):
                how = worker.end()
                with self._lock:
                    gone = worker not in self._all
                    if not gone:
                        self._all[self._all.index(worker)] = new = _Worker()
                if gone:  # dismissed, not killed by somebody else
                    idle.put(worker)  # for the next thread to see
                    raise EngineError("the build was stopped; run the same command to go on") from None
                idle.put(new)
                continue
            idle.put(worker)
            if isinstance(answer, BaseException):
                raise answer
            return answer[0]
        raise EngineError(
            f"a worker process ended {ATTEMPTS} times over one batch ({how}); if memory is short, try --workers 1"
        )


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class _Worker:
    """One worker process and its pipes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from kg.engine import work; work()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p or str(Path.cwd()) for p in sys.path)},
        )

    def ask(self, task: bytes, job: Any) -> Any:
        """A tuple with the result, or an exception that the task raised. Raises EOFError or OSError if it died."""
        pipe = cast(BinaryIO, self.process.stdin)
        pickle.dump((task, job), pipe, pickle.HIGHEST_PROTOCOL)
        pipe.flush()
        return pickle.load(cast(BinaryIO, self.process.stdout))

    def end(self) -> str:
        """Kill it if it runs; how it ended."""
        code = self.process.poll()
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # bytes that it did not take
                    pipe.close()
        if code is None:
            code = self.process.returncode
        return f"signal {-code}" if code < 0 else f"exit code {code}"


def work() -> None:
    """What a worker does: answer jobs until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the first one decides
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the answers
    known: tuple[bytes, Callable[[Any], Any]] | None = None
    while True:
        try:
            packed, job = pickle.load(inbox)
        except EOFError:
            return
        if known is None or known[0] != packed:
            known = packed, pickle.loads(packed)
        answer: Any
        try:
            answer = (known[1](job),)
        except Exception as error:
            error.add_note(f"in a worker process:\n{traceback.format_exc()}")
            answer = error
        try:
            data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            data = pickle.dumps(EngineError(f"an answer cannot be sent: {error}; {answer!r:.500}"))
        try:
            outbox.write(data)
            outbox.flush()
        except BrokenPipeError:
            return
