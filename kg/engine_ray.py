"""Batches on a Ray cluster: one task of Ray for each job, its result small, its files written where it ran.

Ray repeats a job whose worker or node dies. All nodes must have the same paperkg, which is checked, and must see the same
files: a folder that is shared between them, or one machine.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import socket
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from kg import __version__
from kg.engine import AHEAD, ATTEMPTS, processors
from kg.errors import EngineError

J = TypeVar("J")
R = TypeVar("R")

#: Bytes that a Ray started here may hold of jobs under way; a batch of papers has a few million.
OBJECT_STORE = 200_000_000


class Ray:
    """An `engine.Engine` over a Ray cluster; without an address, over one that it starts on this machine and ends again.

    A context manager.
    """

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        """
        Args:
            address: of a running cluster, as `ray start` prints it: `host:6379`, `ray://host:10001`, or `auto`.
            workers: most jobs at once; None = one per processor of the cluster, whatever nodes come and go.

        Raises:
            EngineError: ray is not installed, or there is no cluster at the address.
        """
        try:
            import ray
        except ModuleNotFoundError as error:
            raise EngineError("ray is not installed; in a clone of paperkg: pip install '.[ray]'") from error
        self._ray: Any = ray
        self._most = workers
        self._own = not ray.is_initialized()
        if self._own:
            self._connect(address)

    def _connect(self, address: str | None) -> None:
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
        if address is None:
            options |= {"num_cpus": self._most or processors(), "object_store_memory": OBJECT_STORE}
            options |= {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
        try:
            _knock(address)
            self._ray.init(address=address or "local", **options)
        except Exception as error:  # a start that takes too long is a bare one
            self._ray.shutdown()
            where = f"no Ray cluster answers at {address}" if address else "Ray does not start here"
            raise EngineError(
                f"{where} ({_line(error)}); `ray start --head` starts a cluster and prints its address"
            ) from error

    @property
    def workers(self) -> int:
        """How many jobs run at once."""
        return self._most or max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """See `engine.Engine.start`; the cluster runs already."""

    def map(self, task: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]:
        """See `engine.Engine.map`."""
        remote = self._ray.remote(num_cpus=1, max_retries=ATTEMPTS - 1, retry_exceptions=False)(_run)
        packed = self._ray.put(pickle.dumps(task, pickle.HIGHEST_PROTOCOL))
        source = enumerate(jobs)
        running: dict[Any, int] = {}
        finished: dict[int, Any] = {}
        following, drained = 0, False
        try:
            while True:
                while not drained and len(running) < AHEAD * self.workers:
                    if (drawn := next(source, None)) is None:
                        drained = True
                    else:
                        running[remote.remote(fingerprint(), packed, drawn[1])] = drawn[0]
                while following in finished:
                    yield self._result(finished.pop(following))
                    following += 1
                if not running:
                    return
                ready, _ = self._ray.wait(list(running), num_returns=1)
                for answer in ready:
                    finished[running.pop(answer)] = answer
        finally:
            for answer in running:
                self._ray.cancel(answer, force=True)

    def close(self) -> None:
        """End the cluster, or leave one that was there before."""
        if self._own:
            self._own = False
            self._ray.shutdown()

    def _result(self, answer: Any) -> Any:
        try:
            code, value, error = self._ray.get(answer)
        except self._ray.exceptions.RayError as failure:
            raise EngineError(
                f"Ray gave up on a batch after {ATTEMPTS} tries ({_line(failure)}); run the same command to go on"
            ) from None
        if code != fingerprint():
            raise EngineError(
                f"a node of the Ray cluster has another paperkg ({code}, here {fingerprint()}); install one on all"
            )
        if error is not None:
            raise error
        return value


def _knock(address: str | None) -> None:
    """Raises OSError at once if nothing listens at `host:port`; Ray tries for minutes and then ends the process."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=10).close()


def _run(expected: str, packed: bytes, job: Any) -> tuple[str, Any, Exception | None]:
    """What a worker of Ray does: the fingerprint of its code, and the result or what the task raised."""
    own = fingerprint()
    if own != expected:
        return own, None, None
    try:
        return own, _task(packed)(job), None
    except Exception as error:
        return own, None, error


@lru_cache(maxsize=1)
def _task(packed: bytes) -> Callable[[Any], Any]:
    task: Callable[[Any], Any] = pickle.loads(packed)
    return task


@cache
def fingerprint() -> str:
    """Version and a hash of the code that runs here."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        found.update(path.read_bytes())
    return f"{__version__}-{found.hexdigest()[:12]}"


def _line(error: BaseException) -> str:
    """The first line of what an error says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
