"""A graph folder on disk, ready to be asked: quads in RocksDB, names in SQLite's full-text index; made once, then kept.

The default graph of a read-only index holds the provenance, too, beside its named graphs: a query over the union of all
graphs takes two to three times as long as one over a single graph.

Both lie in `DIR/.serve/<key>`, where the key is a hash of the manifest and of the files that are loaded, so that a changed
graph gets a new index. What `--writable` changes lies beside it and never touches the files of the build.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import math
import os
import re
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import pyoxigraph as ox

from kg import compiled
from kg import ontology as o
from kg.errors import DamagedError, StoreError
from kg.manifest import problem
from kg.progress import Progress, silent

#: Version of the folder that a build writes.
FORMAT = 3

#: Version of the layout of an index; a new one makes old indexes be made again.
LAYOUT = 3

#: A graph with more quads than this is asked on disk (about 25,000 papers): loading as many takes half a minute and 3 GB.
QUADS_IN_MEMORY = 6_000_000


FILES = (("graph.nt", ox.RdfFormat.N_TRIPLES), ("provenance.nq", ox.RdfFormat.N_QUADS))

#: Classes whose names are searched; authorships and claims are found through their papers.
SEARCHED = ("System", "Hardware", "Technique", "Dataset", "Task", "Metric", "Venue", "VenueEdition", "Paper")


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


def is_foreign(folder: Path) -> bool:
    """Whether the manifest of a folder is whole and nothing that kg wrote, of whatever version."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
    except (ValueError, OSError, RecursionError):
        return False
    return not isinstance(manifest, dict) or manifest.keys().isdisjoint(("generator", "format", "base_iri", "counts"))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a graph folder. Raises StoreError with what to do."""
    path = folder / "manifest.json"
    if not folder.is_dir():
        raise StoreError(f"{folder}: no such folder; make one with `kg build INPUT -o {folder}`")
    if not path.is_file():
        raise StoreError(f"{folder}: not a graph folder (no manifest.json); make one with `kg build INPUT -o {folder}`")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise StoreError(f"{path}: damaged ({error}); build the folder again") from error
    if not isinstance(manifest, dict):
        raise StoreError(f"{path}: damaged (no object); build the folder again")
    if manifest.get("format") != FORMAT:
        raise StoreError(
            f"{folder}: written by another version of kg (format {manifest.get('format')}); build it again"
        )
    if wrong := problem(manifest):
        raise StoreError(f"{path}: damaged ({wrong}); build the folder again")
    return manifest


def check_fresh(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raises StoreError if papers came or went since the folder's files were made."""
    if manifest.get("stale"):
        raise StoreError(
            f"{folder}: papers were added or removed since its files were written; `kg export {folder}` (in Python: "
            "kg.refresh) writes them anew"
        )


def read_fresh(folder: Path) -> dict[str, Any]:
    """The manifest of a graph folder. Raises StoreError as `read_manifest` and `check_fresh`."""
    manifest = read_manifest(folder)
    check_fresh(folder, manifest)
    return manifest


def export_path(folder: Path, name: str) -> Path:
    """Where a file of a graph folder lies, plain or compressed. Raises StoreError if it is missing."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise StoreError(f"{folder}: {name} is missing; `kg export {folder} --force` writes it anew")


def open_export(folder: Path, name: str) -> IO[bytes]:
    """A file of a graph folder to be read as bytes, unpacked if it is compressed; a context manager, as files are.

    Raises StoreError if it is missing. Whatever reads it meets DamagedError where it is cut or damaged.
    """
    return io.BufferedReader(_Export(export_path(folder, name)), _CHUNK)


def damaged(path: Path, error: Exception) -> DamagedError:
    """What to say of a file of a graph folder that cannot be read."""
    again = f"`kg export {path.parent} --force` writes it anew"
    return DamagedError(f"{path}: cannot be read ({error}); if it is damaged, {again}")


#: What reading a file raises that is damaged: the system, a compressed file that was cut, one that was changed.
UNREADABLE = (OSError, EOFError, zlib.error)


def bulk_load(
    store: ox.Store,
    folder: Path,
    name: str,
    kind: ox.RdfFormat,
    *,
    through: Callable[[IO[bytes]], io.RawIOBase] | None = None,
) -> None:
    """Load a file of a graph folder into a store, `through` what changes its bytes if given.

    Raises StoreError if it is missing, DamagedError if it is damaged.
    """
    try:
        with open_export(folder, name) as source:
            store.bulk_load(io.BufferedReader(through(source), _CHUNK) if through else source, kind)
    except (SyntaxError, ValueError, MemoryError) as error:  # the last of a term of more than 16 MB
        raise damaged(export_path(folder, name), error) from error


class _Export(io.RawIOBase):
    """The bytes of a file, of which only reading raises DamagedError: what else fails in a `with` is not its fault."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._source: Any = gzip.open(path) if path.suffix == ".gz" else path.open("rb", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise damaged(path, error) from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            return int(self._source.readinto(buffer))
        except UNREADABLE as error:
            raise damaged(self._path, error) from error

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


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
        with _open_names(index.names) as db:
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
            _write_names(staging / "names.sqlite", source)
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


def _write_names(path: Path, lines: Iterable[bytes]) -> None:
    """The names of things, from the lines of `graph.nt`: a lookup in the store takes ten times as long as a line."""
    kinds: dict[str, str] = {}
    papers: Counter[str] = Counter()
    named: list[bytes] = []
    searched = {f"<{o.KG}{kind}> .\n".encode(): kind for kind in SEARCHED}
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if predicate == _MENTIONS:
            papers[rest[1:-4].decode()] += 1
        elif predicate == _TYPE and rest in searched:
            kinds[subject[1:-1].decode()] = searched[rest]
        elif predicate in (_LABEL, _ALIAS):
            named.append(line)
    labels: dict[str, str] = {}
    aliases: dict[str, list[str]] = {}
    for quad in ox.parse(b"".join(named), ox.RdfFormat.N_TRIPLES):
        thing, name = quad.subject.value, quad.object.value
        if thing in kinds and quad.predicate.value == _LABEL[1:-1].decode():
            labels[thing] = name
        elif thing in kinds:
            aliases.setdefault(thing, []).append(name)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT, kind TEXT, label TEXT, papers INTEGER)")
        db.execute(
            "CREATE VIRTUAL TABLE name USING fts5(label, aliases, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')"
        )
        for number, (thing, kind) in enumerate(kinds.items(), 1):
            label, others = labels.get(thing, ""), "\n".join(sorted(aliases.get(thing, ())))
            db.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", (number, thing, kind, label, papers[thing]))
            db.execute("INSERT INTO name (rowid, label, aliases) VALUES (?, ?, ?)", (number, label, others))
        db.commit()


_TYPE, _LABEL, _ALIAS, _MENTIONS = (
    f"<{term}>".encode() for term in (o.RDF + "type", o.RDFS + "label", o.SKOS + "altLabel", o.KG + "mentions")
)


#: The most things that one search ranks.
RANKED = 1000


class Hit(NamedTuple):
    """A thing that a search found, with one of its other names that fits, and how many papers mention it."""

    iri: str
    kind: str
    label: str
    alias: str
    papers: int


def _open_names(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True))


def search(path: Path, text: str, *, kind: str = "", limit: int = 50) -> list[Hit]:
    """Things whose label or alias has every word of the text, the last as the beginning of a word.

    The best first: labels equal to the text, then the rank of BM25 weighted by the number of papers. No character of
    the text has a meaning of its own.
    """
    wanted = re.findall(r"\w+", text)[:20]
    if not wanted:
        return []
    match = " ".join(f'"{w}"' for w in wanted) + "*"
    low = text.strip().lower()
    with _open_names(path) as db:
        found = db.execute(
            "SELECT t.iri, t.kind, t.label, name.aliases, t.papers, bm25(name, 4, 1) FROM name JOIN thing t ON t.id = name.rowid "
            "WHERE name MATCH ? AND (? = '' OR t.kind = ?) ORDER BY lower(t.label) <> ?, bm25(name, 4, 1) LIMIT ?",
            (match, kind, kind, low, RANKED),
        ).fetchall()

    def rank(row: tuple[str, str, str, str, int, float]) -> tuple[bool, bool, float, str]:
        _, _, label, others, papers, score = row
        return (
            label.lower() != low,
            low not in others.lower().split("\n"),
            score * (1 + math.log1p(papers)),
            label,
        )

    return [
        Hit(iri, kind, label, next(_fitting(others, wanted), ""), papers)
        for iri, kind, label, others, papers, _ in sorted(found, key=rank)[:limit]
    ]


def _fitting(aliases: str, wanted: list[str]) -> Iterator[str]:
    for alias in aliases.split("\n"):
        if alias and all(w.lower() in alias.lower() for w in wanted):
            yield alias
