"""The files of a graph folder as they are read: its manifest, and the exports that lie beside it, plain or compressed."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from kg.errors import DamagedError, StoreError
from kg.manifest import problem

#: Version of the folder that a build writes.
FORMAT = 3

#: What of a graph folder is loaded to be asked.
FILES = (("graph.nt", ox.RdfFormat.N_TRIPLES), ("provenance.nq", ox.RdfFormat.N_QUADS))

_CHUNK = 1 << 20


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
