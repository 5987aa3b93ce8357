"""Processes that answer, and can be killed: a runaway query costs its process, never the server.

A worker is `python -m kg.serve.worker PATH MODE MEMORY`. It reads requests from its standard input and answers on its
standard output, each as one frame: the length of a JSON header (4 bytes), the length of a body (8 bytes), both.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Any

from kg.serve.answers import Answer

_FRAME = struct.Struct(">IQ")


#: Seconds that a process may take to come up on a busy machine.
_START = 60.0


class RefusedError(Exception):
    """No answer: `status` 503 (time is up, or nobody is free in time) or 500 (the process ended)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Pool:
    """A fixed number of worker processes.

    Args:
        path: folder of the index.
        size: number of processes; with `writable` one alone, because one process owns the store.
        timeout: seconds that one request may run before its process is killed.
        patience: seconds that a request waits for a free process.
        memory: bytes of data that a process may hold; 0 = no limit.
    """

    def __init__(
        self, path: Path, *, size: int, timeout: float, patience: float, memory: int, writable: bool = False
    ) -> None:
        self.path = path
        self.size = 1 if writable else size
        self.timeout = timeout
        self.patience = patience
        self.memory = memory
        self.mode = "write" if writable else "read"
        self.killed = 0
        self._free: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
        self._all: set[asyncio.subprocess.Process] = set()
        self._closed = False

    async def start(self) -> None:
        """Start the processes and wait until the first answers."""
        for process in await asyncio.gather(*(self._spawn() for _ in range(self.size))):
            self._free.put_nowait(process)
        await self.ask("ping", {}, timeout=max(self.timeout, _START))

    async def close(self) -> None:
        """End every process."""
        self._closed = True
        for process in list(self._all):
            await self._kill(process)

    async def ask(
        self, operation: str, arguments: dict[str, Any], body: bytes = b"", *, timeout: float = 0.0
    ) -> Answer:
        """Run one of `operations.OPERATIONS`, for `timeout` seconds at most (0 = as the pool's). Raises RefusedError."""
        async with self._worker() as process:
            try:
                return await asyncio.wait_for(
                    self._exchange(process, operation, arguments, body), timeout or self.timeout
                )
            except TimeoutError:
                self.killed += 1
                await self._kill(process)
                raise RefusedError(
                    503, f"stopped after {self.timeout:g} s, the time limit of this server; ask for less"
                ) from None
            except (asyncio.IncompleteReadError, BrokenPipeError, ConnectionResetError):
                self.killed += 1
                await self._kill(process)
                raise RefusedError(
                    500, "the query needs more memory or depth than this server gives; ask for less"
                ) from None
            except BaseException:  # the client went away: nobody wants the answer
                await self._kill(process)
                raise

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[asyncio.subprocess.Process]:
        try:
            process = await asyncio.wait_for(self._free.get(), self.patience)
        except TimeoutError:
            raise RefusedError(503, f"busy: no worker was free within {self.patience:g} s; try again later") from None
        try:
            try:
                process = await self._living(process)
            except OSError as error:
                raise RefusedError(503, f"no worker could be started ({error}); try again later") from error
            yield process
        finally:
            if not self._closed:
                try:
                    # A killed process has its successor before the next request needs it.
                    with contextlib.suppress(OSError):
                        process = await self._living(process)
                finally:
                    self._free.put_nowait(process)  # a dead one, too: its place must not be lost

    async def _living(self, process: asyncio.subprocess.Process) -> asyncio.subprocess.Process:
        """The process, or another in its place if it has ended. Raises OSError if none can be started."""
        if process.returncode is None:
            return process
        self._all.discard(process)
        return await self._spawn()

    async def _exchange(
        self, process: asyncio.subprocess.Process, operation: str, arguments: dict[str, Any], body: bytes
    ) -> Answer:
        assert process.stdin is not None and process.stdout is not None
        head = json.dumps({"operation": operation, "timeout": self.timeout, "arguments": arguments}).encode()
        process.stdin.write(_FRAME.pack(len(head), len(body)) + head + body)
        await process.stdin.drain()
        head_size, body_size = _FRAME.unpack(await process.stdout.readexactly(_FRAME.size))
        found = json.loads(await process.stdout.readexactly(head_size))
        return Answer(found["status"], found["type"], await process.stdout.readexactly(body_size), found["headers"])

    async def _spawn(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kg.serve.worker", str(self.path), self.mode, str(self.memory),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 20,
        )  # fmt: skip
        self._all.add(process)
        return process

    async def _kill(self, process: asyncio.subprocess.Process) -> None:
        self._all.discard(process)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def read_frame(source: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next header and body, or None at the end."""
    start = source.read(_FRAME.size)
    if len(start) < _FRAME.size:
        return None
    head, body = _FRAME.unpack(start)
    return json.loads(source.read(head)), source.read(body)


def write_frame(target: IO[bytes], header: dict[str, Any], body: bytes) -> None:
    """Write one frame."""
    head = json.dumps(header).encode()
    target.write(_FRAME.pack(len(head), len(body)) + head)
    target.write(body)
    target.flush()


def main(path: str, mode: str, memory: str) -> None:
    """The life of a worker process: open the store, answer until the input ends."""
    from kg.serve.operations import Door, answer

    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but frames reaches the server
    _limit_memory(int(memory))
    door = Door.open(Path(path), writable=mode == "write")
    while (request := read_frame(source)) is not None:
        head, body = request
        # Should the server be gone, the system ends a runaway query: the default action needs no Python.
        signal.setitimer(signal.ITIMER_REAL, head["timeout"] + 5)
        found = answer(door, head["operation"], head["arguments"], body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(target, {"status": found.status, "type": found.type, "headers": found.headers}, found.body)


def _limit_memory(limit: int) -> None:
    import resource

    if limit:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's affair
    main(*sys.argv[1:4])
