"""The vocabulary as it is after loading, kept in the user's cache: reading it back takes a fifth of the time.

It is a pickle, so it lies where only the user writes, never in a graph folder that may have come from somebody else.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kg.settings import ontology_dir
from kg.vocabulary import Vocabulary, load

#: So many vocabularies are kept, the latest.
KEPT = 4


def vocabulary(files: Sequence[Path] = ()) -> Vocabulary:
    """`kg.vocabulary.load`, from the cache if it holds just this. Raises as that does; a cache that cannot be used is none."""
    path = cache_dir() / f"vocabulary-{_key(files)}.pickle"
    collecting = gc.isenabled()
    gc.disable()  # a million new objects and nothing to collect
    try:
        with contextlib.suppress(Exception):  # whatever is wrong with it, loading anew is right
            if path.stat().st_uid == os.getuid():
                found = pickle.loads(path.read_bytes())
                if isinstance(found, Vocabulary):
                    return found
        made = load(files)
    finally:
        if collecting:
            gc.enable()
    with contextlib.suppress(OSError):
        _keep(path, made)
    return made


def cache_dir() -> Path:
    """`$XDG_CACHE_HOME/paperkg`, `~/.cache/paperkg` without."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "paperkg"


def _key(files: Sequence[Path]) -> str:
    """A hash of all that decides what the vocabulary is: its files, and the code that reads and holds them."""
    here = Path(__file__).parent
    code = [here / f"{room}.py" for room in ("forms", "matcher", "model", "settings", "vocabulary")]
    state = hashlib.sha256(sys.version.encode())
    for path in (*code, *sorted((ontology_dir() / "vocabulary").glob("*.csv")), *files):
        data = path.read_bytes()
        state.update(f"{path.name} {len(data)} ".encode() + data)
    return state.hexdigest()[:32]


def _keep(path: Path, made: Vocabulary) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".vocabulary-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            pickle.dump(made, file, pickle.HIGHEST_PROTOCOL)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    kept = sorted(path.parent.glob("vocabulary-*.pickle"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in kept[KEPT:]:
        old.unlink(missing_ok=True)
