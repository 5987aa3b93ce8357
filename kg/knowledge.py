"""What decides what a paper's text gives: the vocabulary, the weights, and the code that reads them; and its hash.

A store made with other knowledge is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from kg.model import digest
from kg.settings import ontology_dir


def knowledge_sources() -> list[Path]:
    """The files of code and weights that decide what a paper's text gives, in order."""
    here = Path(__file__).parent
    rooms = (
        "assemble",
        "compiled",
        "corpus",
        "forms",
        "matcher",
        "model",
        "ontology",
        "packed",
        "rows",
        "settings",
        "vocabulary",
    )
    linking = [*(here / "linking").rglob("*.py"), *(here / "linking" / "weights").glob("*.json")]
    return sorted([*linking, *(here / f"{room}.py" for room in rooms)])


def knowledge_hash(vocabulary: Sequence[Path] = ()) -> str:
    """A hash of all that decides what a paper's text gives: vocabulary, venues, weights, and the code that reads them."""
    shipped = sorted((ontology_dir() / "vocabulary").glob("*.csv"))
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in [*knowledge_sources(), *shipped, *vocabulary]]
    return digest([*parts, *(path.name for path in vocabulary)], 32)


def keep(vocabulary: Sequence[Path], folder: Path) -> tuple[str, ...]:
    """Copy users' vocabulary files into the store, so that papers can be added later; their names there, in order."""
    if not vocabulary:
        return ()
    data = [path.read_bytes() for path in vocabulary]
    home = f"vocabulary-{hashlib.sha256(b''.join(hashlib.sha256(d).digest() for d in data)).hexdigest()[:16]}"
    names = []
    for number, (path, content) in enumerate(zip(vocabulary, data, strict=True)):
        names.append(f"{home}/{number}/{path.name}")
        target = folder / "store" / names[-1]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return tuple(names)
