"""The files of the vocabulary: rows read and checked, each error with its file and line.

The form of the files is described in `ontology/vocabulary/README.md`.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from kg.errors import VocabularyError
from kg.forms import Form, normal, policy_of, spellings
from kg.matcher import spaced
from kg.model import Entity

HEADER = ["id", "label", "aliases", "broader", "match", "cues", "definition", "url", "source"]
CONCEPT_HEADER = ["entity", "anchor", "near"]
REFUSED_HEADER = ["name", "why"]
RENAMED_HEADER = ["old", "new"]
#: File name up to the first "-" or "." -> class.
FILES = {
    "systems": "system",
    "hardware": "hardware",
    "techniques": "technique",
    "datasets": "dataset",
    "tasks": "task",
    "metrics": "metric",
}
POLICIES = ("", "any", "exact", "context", "never", "off")
#: How the names of vocabulary files begin.
_NAMES = (*FILES, "concepts", "refused", "renamed")
_PREFIX = {"=": "exact", "~": "any", "?": "context"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ID = re.compile(rf"(?:{'|'.join(FILES.values())})/{_SLUG.pattern}")


class Term(NamedTuple):
    """A row of the vocabulary: the entity and how it is recognised."""

    entity: Entity
    forms: tuple[Form, ...] = ()
    cues: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()  # words that forbid the entity anywhere in a paper
    categories: tuple[str, ...] = ()
    better: str = ""  # metrics: "higher", "lower" or ""
    places: tuple[str, ...] = ()  # words around the name that forbid it where they stand
    off: bool = False  # whether the row switches its entity off


class Concept(NamedTuple):
    """A phrase that means an entity when one of the `near` phrases stands in the same sentence."""

    entity: str
    anchor: str
    near: tuple[str, ...]


class Rows(NamedTuple):
    """What several files say together."""

    terms: tuple[Term, ...]
    concepts: tuple[Concept, ...]
    refused: tuple[str, ...]  # names of nothing
    renamed: Mapping[str, str]  # an id of former times -> what it is now


def file_kind(path: Path) -> str | None:
    """The class of the entries of a vocabulary file, by its name; None for files of another form."""
    return FILES.get(_beginning(path))


def is_vocabulary(path: Path) -> bool:
    """Whether a file has a name that `read` takes."""
    return _beginning(path) in _NAMES


def check(path: Path) -> None:
    """Raises VocabularyError if a file by itself breaks the form, whatever the others hold."""
    _READERS.get(_beginning(path), read_terms)(path)


def _beginning(path: Path) -> str:
    return re.split(r"[-.]", path.name, maxsplit=1)[0]


def read(files: Iterable[Path]) -> Rows:
    """All files laid over each other: a row of a later one replaces an earlier one of the same id, or switches it off. What
    was under an entity that is switched off is under that entity's parents.

    Raises:
        VocabularyError: a file breaks the form, or what one row names is in no other.
    """
    kinds: dict[str, list[Path]] = defaultdict(list)
    for path in files:
        if not is_vocabulary(path):
            raise _misnamed(path)
        kinds["terms" if file_kind(path) else _beginning(path)].append(path)
    renamed = {old: new for path in kinds["renamed"] for old, new in read_renamed(path)}
    rows: dict[str, Term] = {}
    for path in kinds["terms"]:
        for term in read_terms(path):
            if term.entity.id in renamed:
                raise VocabularyError(
                    f"{path}: {term.entity.id} is called {renamed[term.entity.id]} now; use that id, or another one"
                )
            known = rows.get(term.entity.id)
            # A row that switches another one off says nothing of what is under it.
            rows[term.entity.id] = known._replace(off=True) if known and term.off else term
    terms = {i: t for i, t in rows.items() if not t.off}
    for old, new in renamed.items():
        if new not in rows:
            raise VocabularyError(f"{old} cannot have become {new!r}, which is in no vocabulary file; add it")
    concepts = (
        c._replace(entity=renamed.get(c.entity, c.entity)) for path in kinds["concepts"] for c in read_concepts(path)
    )
    return Rows(
        tuple(_settled(rows, renamed)),
        tuple(c for c in concepts if c.entity in terms),
        tuple(name for path in kinds["refused"] for name in read_refused(path)),
        {old: new for old, new in renamed.items() if new in terms},
    )


def _settled(rows: Mapping[str, Term], renamed: Mapping[str, str]) -> Iterator[Term]:
    """Terms that are not switched off, whose entities know what they were called, and their parents by the ids of today."""
    former: dict[str, list[str]] = defaultdict(list)
    for old, new in renamed.items():
        former[new].append(old)
    for id_, term in rows.items():
        if term.off:
            continue
        broader = _parents(term.entity, rows, renamed)
        if broader != term.entity.broader or id_ in former:
            was = tuple(sorted(former.get(id_, ())))
            term = term._replace(entity=msgspec.structs.replace(term.entity, broader=broader, was=was))
        yield term


def _parents(entity: Entity, rows: Mapping[str, Term], renamed: Mapping[str, str]) -> tuple[str, ...]:
    """The parents of an entity by the ids of today, each once; one that is switched off gives way to its own parents."""
    todo = list(entity.broader)
    found: dict[str, Term] = {}
    for given in todo:
        parent = renamed.get(given, given)
        if parent not in rows:
            raise VocabularyError(f"{entity.id}: broader {parent!r} is in no vocabulary file; add it or remove it")
        if parent not in found:
            found[parent] = rows[parent]
            if rows[parent].off:
                todo += rows[parent].entity.broader
    return tuple(id_ for id_, term in found.items() if not term.off)


def _misnamed(path: Path) -> VocabularyError:
    return VocabularyError(f"{path}: the file name must start with one of {', '.join(_NAMES)}; rename it")


def read_terms(path: Path) -> list[Term]:
    """Rows of one file, checked. Raises VocabularyError naming file and line."""
    kind = file_kind(path)
    if kind is None:
        raise _misnamed(path)
    terms: list[Term] = []
    for line, row in _rows(path, HEADER):

        def fail(what: str, line: int = line) -> VocabularyError:
            return VocabularyError(f"{path}:{line}: {what}")

        slug, label, policy = row["id"], row["label"].strip(), row["match"]
        if not _SLUG.fullmatch(slug):
            raise fail(f"id {slug!r} is no slug; use lower-case letters, digits and single hyphens")
        if not label:
            raise fail(f"{slug} has no label")
        if policy not in POLICIES:
            raise fail(f"match {policy!r} is none of {', '.join(p or '(empty)' for p in POLICIES)}")
        broader = tuple(b if "/" in b else f"{kind}/{b}" for b in row["broader"].split(";") if b)
        entity = Entity(
            id=f"{kind}/{slug}",
            label=label,
            aliases=tuple(dict.fromkeys(a.lstrip("=~?") for a in row["aliases"].split("|") if a.strip())),
            broader=broader,
            definition=row["definition"],
            url=_address(row["url"], fail),
        )
        if policy == "off":
            terms.append(Term(entity, off=True))
            continue
        forms: dict[str, Form] = {}
        for text in (label, *(a for a in row["aliases"].split("|") if a.strip())):
            own = _PREFIX.get(text[0]) if len(text) > 1 else None
            text = text[1:] if own else text
            if policy != "never":
                forms.setdefault(text, Form(text, own or policy or policy_of(text)))
        cues = [c for c in row["cues"].split("|") if c]
        if kind == "metric":
            terms.append(Term(entity, tuple(forms.values()), better=cues[0] if cues else ""))
            continue
        if not cues and any(f.policy == "context" for f in forms.values()):
            raise fail(f"{slug} has forms that need context but no cues")
        cues = [c if _is_category(c) else _as_searched(c) for c in cues]
        names = {f" {normal(spelled)} " for form in forms.values() for spelled in spellings(form)}
        forbidden = [c[1:] for c in cues if c.startswith("!")]
        places = [v for v in forbidden if any(name in f" {v} " for name in names)]
        terms.append(
            Term(
                entity,
                tuple(forms.values()),
                cues=tuple(c for c in cues if not c.startswith("!") and not _is_category(c)),
                vetoes=tuple(v for v in forbidden if v not in places),
                categories=tuple(c for c in cues if _is_category(c)),
                places=tuple(places),
            )
        )
    return terms


def read_concepts(path: Path) -> list[Concept]:
    """Rows of `concepts.csv`. Raises VocabularyError naming file and line."""
    out = []
    for line, row in _rows(path, CONCEPT_HEADER):
        near = tuple(n for n in row["near"].split("|") if n)
        if "/" not in row["entity"] or not row["anchor"]:
            raise VocabularyError(f"{path}:{line}: a concept needs entity (class/slug) and anchor")
        out.append(Concept(row["entity"], row["anchor"].lower().replace("-", " "), near))
    return out


def read_refused(path: Path) -> list[str]:
    """Names of nothing, in the order of the file. Raises VocabularyError naming file and line."""
    out = []
    for line, row in _rows(path, REFUSED_HEADER):
        if not row["name"].strip() or not row["why"].strip():
            raise VocabularyError(f"{path}:{line}: a refused name needs the name and why it names nothing")
        out.append(row["name"])
    return out


def read_renamed(path: Path) -> list[tuple[str, str]]:
    """(an id of former times, what it is now), in the order of the file. Raises VocabularyError naming file and line."""
    out = []
    for line, row in _rows(path, RENAMED_HEADER):
        for id_ in row.values():
            if not _ID.fullmatch(id_):
                raise VocabularyError(f"{path}:{line}: {id_!r} is no id; ids look like system/ray")
        out.append((row["old"], row["new"]))
    return out


_READERS: Mapping[str, Callable[[Path], object]] = {
    "concepts": read_concepts, "refused": read_refused, "renamed": read_renamed,
}  # fmt: skip


def _address(url: str, fail: Callable[[str], VocabularyError]) -> str:
    """The url of a row. Raises VocabularyError if it is no address in the web."""
    if url and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", url):
        raise fail(f"url {url!r} is no address; it begins with https:// and holds no spaces")
    return url


def is_signed(cue: str) -> bool:
    """Whether a cue has a sign that tells it from other words, so that it is sought in the text as that is written."""
    return cue[-1] in "+#*" or cue[0] == "#"


def _as_searched(cue: str) -> str:
    """A cue or a veto as texts are searched for it: in lower case, signs as spaces, unless it is one of a sign ("c++"). A space at
    its end stays: it ends a word."""
    mark = "!" if cue.startswith("!") else ""
    lower = cue[len(mark) :].lower()
    if is_signed(lower):
        return mark + lower
    return mark + spaced(lower) + (" " if lower.endswith(" ") else "")


def _is_category(cue: str) -> bool:
    return bool(re.fullmatch(r"[a-z-]+\.[A-Za-z-]{2,}", cue))


def _rows(path: Path, header: list[str]) -> Iterable[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # Excel writes a byte order mark
            reader = csv.DictReader(file, strict=True)
            if reader.fieldnames != header:
                raise VocabularyError(f"{path}:1: the header must be {','.join(header)}")
            for row in reader:
                if None in row or None in row.values():
                    raise VocabularyError(f"{path}:{reader.line_num}: expected {len(header)} columns")
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise VocabularyError(f"{path}: cannot be read: {error}") from error
