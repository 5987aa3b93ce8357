"""A graph folder on disk, ready to be asked: quads in RocksDB, names in SQLite's full-text index; made once, then kept.

The default graph of a read-only index holds the provenance, too, beside its named graphs: a query over the union of all
graphs takes two to three times as long as one over a single graph.

Both lie in `DIR/.serve/<key>`, where the key is a hash of the manifest and of the files that are loaded, so that a changed
graph gets a new index. What `--writable` changes lies beside it and never touches the files of the build.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import pyoxigraph as ox

from kg import compiled, names
from kg.errors import StoreError
from kg.folder import FILES, bulk_load, export_path, open_export, read_fresh, read_manifest
from kg.progress import Progress, silent

#: Version of the layout of an index; a new one makes old indexes be made again.
LAYOUT = 3

#: A graph with more quads than this is asked on disk (about 25,000 papers): loading as many takes half a minute and 3 GB.
QUADS_IN_MEMORY = 6_000_000


class Index(NamedTuple):
    """Where the index of a folder lies, and what it is the index of."""

    folder: Path
    path: Path
    key: str
    manifest: dict[str, Any]
    united: bool  # whether the default graph holds the union of all graphs

    @property
    def quads(self) -> Path:
        """The RocksDB folder."""
        return self.path / "quads"

    @property
    def names(self) -> Path:
        """The SQLite file."""
        return self.path / "names.sqlite"


def prepare(
    folder: Path,
    *,
    writable: bool = False,
    progress: Progress | None = None,
    note: Callable[[str], None] | None = None,
) -> Index:
    """The index of a graph folder, made if it is not there yet, or damaged. Minutes for millions of triples, then milliseconds.

    `note`: told of a damaged one.

    Raises StoreError if the folder is none, is from another version, lacks a file, or has files older than its papers; and
    for a damaged index that took updates.
    """
    manifest = read_fresh(folder)
    root = _root(folder)
    index = _index(folder, root, manifest, _contents(folder, root), writable=writable)
    made = (index.path / "complete").is_file()
    if made and (wrong := _damage(index)):
        if writable:
            raise StoreError(
                f"{index.path}: damaged ({wrong}), and with it the updates that it took; if you remove that folder, it is made "
                "anew from the graph, without them"
            )
        if note:
            note(f"{index.path}: damaged ({wrong}); it is made anew")
        made = False
    if not made:
        _make(index, progress or silent)
    for old in root.iterdir():
        being_made = old.name.startswith(".new-") and time.time() - old.stat().st_mtime < _ABANDONED
        if old.is_dir() and old.name.removesuffix("-writable") != index.key and not being_made:
            shutil.rmtree(old, ignore_errors=True)
    return index


def find(folder: Path) -> Index | None:
    """The read-only index of a graph folder if it was made and nothing has changed since; none is made.

    Raises StoreError as `prepare`.
    """
    manifest = read_manifest(folder)
    for root in (folder / ".serve", _elsewhere(folder)):
        if root.is_dir():
            index = _index(folder, root, manifest, _contents(folder, root, keep=False), writable=False)
            if (index.path / "complete").is_file() and not _damage(index):
                return index
    return None


def is_damaged(folder: Path) -> bool:
    """Whether a graph folder has a read-only index that was made and can no longer be read. Raises StoreError as `prepare`."""
    manifest = read_manifest(folder)
    roots = [root for root in (folder / ".serve", _elsewhere(folder)) if root.is_dir()]
    found = (_index(folder, root, manifest, _contents(folder, root, keep=False), writable=False) for root in roots)
    return any((index.path / "complete").is_file() and _damage(index) for index in found)


def _damage(index: Index) -> str:
    """What is wrong with an index that was made; "" if it is whole. Only files that were touched are read, and only once."""
    complete = index.path / "complete"
    try:
        known = _known(complete, index.key) if index.united else {}
        now = {}
        for name, (size, time_, checksum) in known.items():
            path = index.path / name
            stat = path.stat()
            if stat.st_size != size or (stat.st_mtime_ns != time_ and _checksum(path) != checksum):
                return f"{name} is not what it was"
            now[name] = (size, stat.st_mtime_ns, checksum)
        if now != known:
            _remember(complete, now)
        ox.Store.read_only(str(index.quads))
        with names.opened(index.names) as db:
            db.execute("SELECT id FROM thing LIMIT 1").fetchall()
    except (OSError, RuntimeError, ValueError, TypeError, AttributeError, sqlite3.Error) as error:
        return " ".join(str(error).split())
    return ""


def _known(complete: Path, key: str) -> dict[str, tuple[int, int, str]]:
    """What the mark of a finished index says of its files; nothing if an earlier version wrote it, which said the key."""
    said = complete.read_bytes()
    if said == key.encode():
        return {}
    return {name: (size, time_, checksum) for name, (size, time_, checksum) in json.loads(said).items()}


def _remember(complete: Path, files: Mapping[str, tuple[int, int, str]]) -> None:
    """Write the mark of a finished index in one step, if that can be."""
    with suppress(OSError), tempfile.NamedTemporaryFile("w", dir=complete.parent, delete=False) as file:
        file.write(json.dumps(files))
        file.close()
        Path(file.name).replace(complete)


def _listed(path: Path) -> dict[str, tuple[int, int, str]]:
    """Size, time and checksum of every file of an index that only its making writes."""
    files = [
        path / "names.sqlite",
        *(f for f in (path / "quads").iterdir() if not f.name.startswith("LO")),
    ]  # LOG, LOCK
    stats = ((file, file.stat()) for file in sorted(files))
    return {str(f.relative_to(path)): (s.st_size, s.st_mtime_ns, _checksum(f)) for f, s in stats}


def _checksum(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


#: Seconds after which a half-made index belongs to nobody.
_ABANDONED = 24 * 3600


def _index(folder: Path, root: Path, manifest: dict[str, Any], contents: str, *, writable: bool) -> Index:
    parts = (f"{LAYOUT} {contents} ".encode(), (folder / "manifest.json").read_bytes())
    key = hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    return Index(folder, root / (f"{key}-writable" if writable else key), key, manifest, not writable)


def _contents(folder: Path, root: Path, *, keep: bool = True) -> str:
    """SHA-256 of the files that an index is made from; `root/files.json` remembers it for files that nobody touched."""
    memory = root / "files.json"
    try:
        known = json.loads(memory.read_text())
    except (OSError, ValueError):
        known = {}
    found = {}
    for name, _ in FILES:
        path = export_path(folder, name)
        stat = path.stat()
        seen = [path.name, stat.st_size, stat.st_mtime_ns]
        known_of = known.get(name) if isinstance(known, dict) else None
        if isinstance(known_of, list) and known_of[:3] == seen:
            found[name] = known_of
        else:
            found[name] = [*seen, _checksum(path)]
    if keep and found != known:
        memory.write_text(json.dumps(found))
    return " ".join(str(f[3]) for f in found.values())


def _elsewhere(folder: Path) -> Path:
    """Where the index of a folder lies that cannot be written to: in the user's cache, or where the system keeps what may go."""
    cache = compiled.folder() or Path(tempfile.gettempdir()) / "paperkg"
    return cache / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _root(folder: Path) -> Path:
    """`DIR/.serve`; where the folder cannot be written to, a folder of its own in the user's cache."""
    root = folder / ".serve"
    try:
        root.mkdir(exist_ok=True)
        if not os.access(root, os.W_OK):
            raise PermissionError(root)
    except OSError:
        root = _elsewhere(folder)
        root.mkdir(parents=True, exist_ok=True)
    (root / ".gitignore").write_text("*\n")
    return root


def _make(index: Index, tell: Progress) -> None:
    """Write the index to a temporary folder and move it into place, so that a killed start leaves nothing half-made."""
    shutil.rmtree(index.path, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(dir=index.path.parent, prefix=".new-"))
    try:
        store = ox.Store(str(staging / "quads"))
        for name, kind in FILES:
            tell(f"indexing {name}", 0, 0)
            bulk_load(store, index.folder, name, kind)
        if index.united:
            tell("indexing the union", 0, 0)
            bulk_load(store, index.folder, "provenance.nq", ox.RdfFormat.N_TRIPLES, through=Triples)
        store.flush()
        tell("indexing names", 0, 0)
        del store
        with open_export(index.folder, "graph.nt") as source:
            names.write(staging / "names.sqlite", source)
        (staging / "complete").write_text(json.dumps(_listed(staging)))
        try:
            staging.rename(index.path)
        except OSError:
            if not (index.path / "complete").is_file():  # else another process was faster
                raise
    except OSError as error:
        raise StoreError(f"{index.folder}: cannot be indexed ({error}); build the folder again") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


_CHUNK = 1 << 20
_GRAPH_NAME = re.compile(rb" <[^<>]*> \.\n")


class Triples(io.RawIOBase):
    """Lines of N-Quads, each in a named graph, read as the N-Triples without their graphs."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready:
            lines = self._source.read(_CHUNK) + self._source.readline()
            self._ready = memoryview(_GRAPH_NAME.sub(b" .\n", lines))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size
