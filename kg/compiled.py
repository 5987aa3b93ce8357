"""What is dear to make and depends on files alone, kept on disk between runs.

A file's name holds a hash of everything it was made from, so it is never stale; a file that is damaged, or a folder
that cannot be written, only costs the time to make the thing again.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import platformdirs

T = TypeVar("T")

#: Environment variable that names another folder for the files, or is "off".
VARIABLE = "PAPERKG_CACHE"
#: So many versions of one thing are kept, the newest.
KEPT = 4


def kept(
    name: str,
    sources: Iterable[Path],
    make: Callable[[], T],
    pack: Callable[[T], bytes],
    unpack: Callable[[memoryview], T],
    *,
    of: str = "",
) -> T:
    """`make()`, or what an earlier process made of the same sources.

    Args:
        name: what it is, as the beginning of the file's name.
        sources: every file whose content or name decides what `make` gives, code included.
        unpack: the inverse of `pack`; a ValueError means that the bytes are of no use. They are read from disk as they
            are needed, so that what is not asked for costs nothing.
        of: what else decides, such as the hash of a vocabulary.
    """
    return remembered(name, _key(sources, of), make, pack, unpack)


def remembered(
    name: str, key: str, make: Callable[[], T], pack: Callable[[T], bytes], unpack: Callable[[memoryview], T]
) -> T:
    """`kept` for what is not made of files: `key` is a hash, fit for a file's name, of everything that decides it."""
    home = folder()
    if home is None:
        return make()
    path = home / f"{name}-{key}.bin"
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        if len(data) > 4 and zlib.crc32(data[4:]) == int.from_bytes(data[:4], "little"):
            return unpack(data[4:])
    except (OSError, ValueError):
        pass
    made = make()
    _write(path, pack(made))
    return made


def folder() -> Path | None:
    """The user's cache of `kg`, which `PAPERKG_CACHE` may name; None if there is none, or it is "off"."""
    given = os.environ.get(VARIABLE, "")
    if given == "off":
        return None
    try:
        return Path(given) if given else platformdirs.user_cache_path("paperkg", appauthor=False)
    except RuntimeError:  # no home folder
        return None


def _key(sources: Iterable[Path], of: str) -> str:
    state = hashlib.sha256(f"{sys.implementation.cache_tag}{of}".encode())
    for source in sources:
        try:
            data = source.read_bytes()
        except OSError:
            data = b""  # `make` will say what is wrong with it
        state.update(f"{source.name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        state.update(data)
    return state.hexdigest()[:24]


def _write(path: Path, data: bytes) -> None:
    """Write atomically, and drop the oldest versions. A folder that cannot be written is no error."""
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(zlib.crc32(data).to_bytes(4, "little") + data)
        partial.replace(path)
        name = path.name.rpartition("-")[0]
        versions = sorted(path.parent.glob(f"{name}-*.bin"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
        for old in versions[KEPT:]:
            old.unlink()
    except OSError:
        with suppress(OSError):
            partial.unlink()
