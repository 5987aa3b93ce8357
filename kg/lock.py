"""One writer per graph folder: a lock that names its holder and that the system lets go when the holder ends."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import StoreError

NAME = ".lock"
_TRIES = 1000  # folders that go again and again while their lock is taken


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, which is made if it is not there, and is removed again if nothing was put into it.

    A lock that a killed process left is taken over: the file stays, but nobody holds it.

    Raises StoreError, naming the holder, if another process holds it.
    """
    try:
        import fcntl
    except ImportError:  # Windows: no lock, as there is none that its holder's end lets go
        yield
        return
    path = folder / NAME
    try:
        for _ in range(_TRIES):
            # The last holder may have removed the folder, and the file between our opening and locking it.
            folder.mkdir(parents=True, exist_ok=True)
            try:
                file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.read(file, 300).decode(errors="replace").strip() or "a process that is just starting"
                os.close(file)
                raise StoreError(
                    f"{folder}: {holder} is writing to it; wait for it, end it, or name another folder"
                ) from None
            with contextlib.suppress(FileNotFoundError):
                if os.fstat(file).st_ino == path.stat().st_ino:
                    break
            os.close(file)
        else:
            raise StoreError(f"{folder}: no lock can be made there; name a folder that exists and can be written to")
        try:
            os.ftruncate(file, 0)
            os.write(file, f"{_self()}\n".encode())
            yield
        finally:
            path.unlink(missing_ok=True)
            os.close(file)
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _self() -> str:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
    return f"process {os.getpid()} on {socket.gethostname()} ({command}, since {time.strftime('%Y-%m-%d %H:%M:%S')})"
