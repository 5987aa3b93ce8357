"""A graph folder as a server reads it: quads in RocksDB, names in SQLite's full-text index; made once, then kept.

The default graph of a read-only index holds the provenance, too, beside its named graphs: a query over the union of all
graphs takes two to three times as long as one over a single graph.

Both lie in `DIR/.serve/<key>`, where the key is the hash of the manifest, so that a rebuilt graph gets a new index. What
`--writable` changes lies beside it and never touches the files of the build.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import pyoxigraph as ox

from kg import ontology as o
from kg.errors import StoreError
from kg.explore import read_manifest

#: Version of the layout; a new one makes old indexes be made again.
LAYOUT = 2

Progress = Callable[[str, int, int], None]

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


def prepare(folder: Path, *, writable: bool = False, progress: Progress | None = None) -> Index:
    """The index of a graph folder, made if it is not there yet. Minutes for millions of triples, then milliseconds.

    Raises StoreError if the folder is none, is from another version, or lacks a file.
    """
    manifest = read_manifest(folder)
    key = hashlib.sha256(f"{LAYOUT} ".encode() + (folder / "manifest.json").read_bytes()).hexdigest()[:16]
    root = _root(folder)
    index = Index(folder, root / (f"{key}-writable" if writable else key), key, manifest, not writable)
    if not (index.path / "complete").is_file():
        for name, _ in FILES:
            if not (folder / name).is_file() and not (folder / f"{name}.gz").is_file():
                raise StoreError(f"{folder}: {name} is missing; build the folder again")
        _make(index, progress or (lambda stage, done, total: None))
    for old in root.iterdir():
        if old.name.removesuffix("-writable") != key and old.name != ".gitignore":
            shutil.rmtree(old, ignore_errors=True)
    return index


def _root(folder: Path) -> Path:
    """`DIR/.serve`; where the folder cannot be written to, a folder of its own in the user's cache."""
    root = folder / ".serve"
    try:
        root.mkdir(exist_ok=True)
        if not os.access(root, os.W_OK):
            raise PermissionError(root)
    except OSError:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        root = cache / "paperkg" / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
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
            with _open(index.folder, name) as source:
                store.bulk_load(source, kind)
        if index.united:
            tell("indexing the union", 0, 0)
            with _open(index.folder, "provenance.nq") as source:
                quads = ox.parse(source, ox.RdfFormat.N_QUADS)
                store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
        store.flush()
        tell("indexing names", 0, 0)
        _write_names(staging / "names.sqlite", store)
        del store
        (staging / "complete").write_text(index.key)
        staging.rename(index.path)
    except (OSError, SyntaxError) as error:
        raise StoreError(f"{index.folder}: cannot be indexed ({error}); build the folder again") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _open(folder: Path, name: str) -> IO[bytes]:
    path = folder / name
    return path.open("rb") if path.is_file() else cast(IO[bytes], gzip.open(folder / f"{name}.gz", "rb"))


def _write_names(path: Path, store: ox.Store) -> None:
    papers = Counter(q.object.value for q in _of(store, "kg:mentions") if isinstance(q.object, ox.NamedNode))
    labels = {q.subject: q.object.value for q in _of(store, "rdfs:label") if isinstance(q.object, ox.Literal)}
    aliases: dict[object, list[str]] = {}
    for quad in _of(store, "skos:altLabel"):
        if isinstance(quad.object, ox.Literal):
            aliases.setdefault(quad.subject, []).append(quad.object.value)
    kinds = {o.KG + name: name for name in SEARCHED}
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT, kind TEXT, label TEXT, papers INTEGER)")
        db.execute(
            "CREATE VIRTUAL TABLE name USING fts5(label, aliases, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')"
        )
        rows = (
            (q.subject.value, kinds[q.object.value], labels.get(q.subject, ""), sorted(aliases.get(q.subject, [])))
            for q in _of(store, "rdf:type")
            if isinstance(q.object, ox.NamedNode) and q.object.value in kinds and isinstance(q.subject, ox.NamedNode)
        )
        for number, (iri, kind, label, others) in enumerate(rows, 1):
            db.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", (number, iri, kind, label, papers[iri]))
            db.execute("INSERT INTO name (rowid, label, aliases) VALUES (?, ?, ?)", (number, label, "\n".join(others)))
        db.commit()


def _of(store: ox.Store, term: str) -> Iterable[ox.Quad]:
    prefix, _, name = term.partition(":")
    return store.quads_for_pattern(None, ox.NamedNode(o.PREFIXES[prefix] + name), None, ox.DefaultGraph())


class Hit(NamedTuple):
    """A thing that a search found, with one of its other names that fits, and how many papers mention it."""

    iri: str
    kind: str
    label: str
    alias: str
    papers: int


def search(path: Path, text: str, *, kind: str = "", limit: int = 50) -> list[Hit]:
    """Things whose label or alias has every word of the text, the last as the beginning of a word.

    The best first: labels equal to the text, then the rank of BM25 weighted by the number of papers. No character of
    the text has a meaning of its own.
    """
    wanted = re.findall(r"\w+", text)[:20]
    if not wanted:
        return []
    match = " ".join(f'"{w}"' for w in wanted) + "*"
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        found = db.execute(
            "SELECT t.iri, t.kind, t.label, name.aliases, t.papers, bm25(name, 4, 1) FROM name JOIN thing t ON t.id = name.rowid "
            "WHERE name MATCH ? AND (? = '' OR t.kind = ?) ORDER BY bm25(name, 4, 1) LIMIT 1000",
            (match, kind, kind),
        ).fetchall()
    low = text.strip().lower()

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
