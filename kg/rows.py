"""The files of the vocabulary: rows read and checked, each error with its file and line.

The form of the files is described in `ontology/vocabulary/README.md`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
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
#: Control characters, marks of writing direction, spaces of no width, and code points that XML cannot hold.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
_BREAK = re.compile(r"[ \t]*[\t\r\n][ \t\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
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
    renamings = {old: (new, place) for path in kinds["renamed"] for place, (old, new) in _renamings(path)}
    renamed = {old: new for old, (new, _) in renamings.items()}
    rows: dict[str, Term] = {}
    places: dict[str, str] = {}  # file and line of each row, in the order in which they were read
    for path in kinds["terms"]:
        for place, term in _terms(path):
            id_ = term.entity.id
            if id_ in renamings:
                new, said = renamings[id_]
                raise VocabularyError(
                    f"{place}: {id_} is called {new} now, says {said}; use that id or another one, or remove what says so"
                )
            known = rows.get(id_)
            if known and term.off:  # it says nothing of what is under the row that it switches off
                rows[id_] = known._replace(off=True)
                continue
            rows[id_] = term
            places.pop(id_, None)
            places[id_] = place
    for old, (new, place) in renamings.items():
        if new not in rows:
            raise VocabularyError(f"{place}: {old} cannot have become {new!r}, which is in no vocabulary file; add it")
    parents = {i: [renamed.get(b, b) for b in t.entity.broader] for i, t in rows.items()}
    _check_parents(parents, rows, places)
    concepts = []
    for path in kinds["concepts"]:
        for place, concept in _concepts(path):
            entity = renamed.get(concept.entity, concept.entity)
            if entity not in rows:
                raise VocabularyError(f"{place}: {entity!r} is in no vocabulary file; add it or remove the concept")
            if not rows[entity].off:
                concepts.append(concept._replace(entity=entity))
    return Rows(
        tuple(_settled(rows, parents, renamed)),
        tuple(concepts),
        tuple(name for path in kinds["refused"] for name in read_refused(path)),
        {old: new for old, new in renamed.items() if not rows[new].off},
    )


def _check_parents(parents: Mapping[str, list[str]], rows: Mapping[str, Term], places: Mapping[str, str]) -> None:
    """Raises VocabularyError if a parent is in no file, or an entity is its own ancestor."""
    for id_, some in parents.items():
        for parent in some:
            if parent not in rows:
                raise VocabularyError(
                    f"{places[id_]}: {id_}: broader {parent!r} is in no vocabulary file; add it or remove it"
                )
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        *circle, _ = reversed(error.args[1])  # from each entity to a parent
        order = {id_: number for number, id_ in enumerate(places)}
        last = max(range(len(circle)), key=lambda n: order[circle[n]])  # the row that closed the circle
        chain = [*circle[last:], *circle[:last], circle[last]]
        raise VocabularyError(
            f"{places[chain[0]]}: broader runs in a circle: {' → '.join(chain)}; remove one of these steps"
        ) from error


def _settled(rows: Mapping[str, Term], parents: Mapping[str, list[str]], renamed: Mapping[str, str]) -> Iterator[Term]:
    """Terms that are not switched off, whose entities know what they were called, and their parents by the ids of today."""
    former: dict[str, list[str]] = defaultdict(list)
    for old, new in renamed.items():
        former[new].append(old)
    for id_, term in rows.items():
        if term.off:
            continue
        broader = _broader(id_, parents, rows)
        if broader != term.entity.broader or id_ in former:
            was = tuple(sorted(former.get(id_, ())))
            term = term._replace(entity=msgspec.structs.replace(term.entity, broader=broader, was=was))
        yield term


def _broader(id_: str, parents: Mapping[str, list[str]], rows: Mapping[str, Term]) -> tuple[str, ...]:
    """The parents of an entity, each once; one that is switched off gives way to its own parents."""
    todo = list(parents[id_])
    found: dict[str, bool] = {}
    for parent in todo:
        if parent not in found:
            found[parent] = rows[parent].off
            if rows[parent].off:
                todo += parents[parent]
    return tuple(parent for parent, off in found.items() if not off)


def _misnamed(path: Path) -> VocabularyError:
    return VocabularyError(f"{path}: the file name must start with one of {', '.join(_NAMES)}; rename it")


def read_terms(path: Path) -> list[Term]:
    """Rows of one file, checked. Raises VocabularyError naming file and line."""
    return [term for _, term in _terms(path)]


def _terms(path: Path) -> Iterator[tuple[str, Term]]:
    """Each term with its place: file and line."""
    kind = file_kind(path)
    if kind is None:
        raise _misnamed(path)
    seen: dict[str, int] = {}
    for line, row in _rows(path, HEADER):
        place = f"{path}:{line}"

        def fail(what: str, place: str = place) -> VocabularyError:
            return VocabularyError(f"{place}: {what}")

        slug, label, policy = row["id"], row["label"].strip(), row["match"]
        if not _SLUG.fullmatch(slug):
            raise fail(f"id {_shown(slug)} is no slug; use lower-case letters, digits and single hyphens")
        if seen.setdefault(slug, line) != line:
            raise fail(f"{slug} is in line {seen[slug]}, too; keep one of the two rows")
        if not label:
            raise fail(f"{slug} has no label")
        if policy not in POLICIES:
            raise fail(f"match {_shown(policy)} is none of {', '.join(p or '(empty)' for p in POLICIES)}")
        aliases = [_Alias.read(a) for a in map(str.strip, row["aliases"].split("|")) if a]
        for name in (label, *(a.text for a in aliases)):
            _check_name(name, fail)
        broader = tuple(b if "/" in b else f"{kind}/{b}" for b in map(str.strip, row["broader"].split(";")) if b)
        entity = Entity(
            id=f"{kind}/{slug}",
            label=label,
            aliases=tuple(dict.fromkeys(a.text for a in aliases)),
            broader=broader,
            definition=row["definition"],
            url=_address(row["url"], fail),
        )
        if policy == "off":
            yield place, Term(entity, off=True)
            continue
        forms: dict[str, Form] = {}
        for text, own in (_Alias.read(label), *aliases):
            if policy != "never":
                forms.setdefault(text, Form(text, own or policy or policy_of(text)))
        cues = [c for c in row["cues"].split("|") if c]
        if kind == "metric":
            yield place, Term(entity, tuple(forms.values()), better=cues[0] if cues else "")
            continue
        if not cues and any(f.policy == "context" for f in forms.values()):
            raise fail(f"{slug} has forms that need context but no cues")
        for cue in cues:
            if not any(map(str.isalnum, cue)):
                raise fail(f"cue {_shown(cue)} has no letter or digit to be found by; write a word")
        cues = [c if _is_category(c) else _as_searched(c) for c in cues]
        names = {f" {normal(spelled)} " for form in forms.values() for spelled in spellings(form)}
        forbidden = [c[1:] for c in cues if c.startswith("!")]
        places = [v for v in forbidden if any(name in f" {v} " for name in names)]
        yield (
            place,
            Term(
                entity,
                tuple(forms.values()),
                cues=tuple(c for c in cues if not c.startswith("!") and not _is_category(c)),
                vetoes=tuple(v for v in forbidden if v not in places),
                categories=tuple(c for c in cues if _is_category(c)),
                places=tuple(places),
            ),
        )


class _Alias(NamedTuple):
    """A name as a row writes it: its text, and the policy that a sign before it gives it, else ""."""

    text: str
    policy: str

    @classmethod
    def read(cls, name: str) -> _Alias:
        own = _PREFIX.get(name[0], "") if len(name) > 1 else ""
        return cls(name[1:].strip() if own else name, own)


def read_concepts(path: Path) -> list[Concept]:
    """Rows of `concepts.csv`. Raises VocabularyError naming file and line."""
    return [concept for _, concept in _concepts(path)]


def _concepts(path: Path) -> Iterator[tuple[str, Concept]]:
    """Each concept with its place: file and line."""
    for line, row in _rows(path, CONCEPT_HEADER):
        near = tuple(n for n in row["near"].split("|") if n)
        if "/" not in row["entity"] or not any(map(str.isalnum, row["anchor"])):
            raise VocabularyError(f"{path}:{line}: a concept needs entity (class/slug) and anchor")
        yield f"{path}:{line}", Concept(row["entity"], row["anchor"].lower().replace("-", " "), near)


def read_refused(path: Path) -> list[str]:
    """Names of nothing, in the order of the file. Raises VocabularyError naming file and line."""
    out = []
    for line, row in _rows(path, REFUSED_HEADER):
        if not any(map(str.isalnum, row["name"])) or not row["why"].strip():
            raise VocabularyError(f"{path}:{line}: a refused name needs the name and why it names nothing")
        out.append(row["name"])
    return out


def read_renamed(path: Path) -> list[tuple[str, str]]:
    """(an id of former times, what it is now), in the order of the file. Raises VocabularyError naming file and line."""
    return [pair for _, pair in _renamings(path)]


def _renamings(path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each pair of `read_renamed` with its place: file and line."""
    seen: dict[str, int] = {}
    for line, row in _rows(path, RENAMED_HEADER):
        for id_ in row.values():
            if not _ID.fullmatch(id_):
                raise VocabularyError(f"{path}:{line}: {_shown(id_)} is no id; ids look like system/ray")
        old, new = row["old"], row["new"]
        if old == new:
            raise VocabularyError(f"{path}:{line}: {old} is renamed to itself; remove the row")
        if seen.setdefault(old, line) != line:
            raise VocabularyError(f"{path}:{line}: {old} is in line {seen[old]}, too; keep one of the two rows")
        yield f"{path}:{line}", (old, new)


def _check_name(name: str, fail: Callable[[str], VocabularyError]) -> None:
    """Raises VocabularyError for a name that no text could be searched for."""
    if not any(map(str.isalnum, name)):
        raise fail(f"the name {_shown(name)} has no letter or digit to be found by; write one that has")


def _address(url: str, fail: Callable[[str], VocabularyError]) -> str:
    """The url of a row. Raises VocabularyError if it is no address in the web."""
    if url and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", url):
        raise fail(f"url {_shown(url)} is no address; it begins with https:// and holds no spaces")
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


def _rows(path: Path, header: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a file, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    columns = ",".join(header)
    above = 0  # lines that are read
    try:
        found = next(reader, [])
        if found != header:
            first = _shown(",".join(found[: 2 * len(header)])) if found else "empty"
            raise VocabularyError(f"{path}:1: the header must be {columns}, with commas between; it is {first}")
        above = reader.line_num
        for cells in reader:
            line, above = above + 1, reader.line_num
            if cells and len(cells) != len(header):
                raise VocabularyError(f"{path}:{line}: expected {len(header)} columns ({columns}), found {len(cells)}")
            if cells:
                yield line, {name: _BREAK.sub(" ", cell) for name, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        raise VocabularyError(
            f"{path}:{above + 1}: the row that begins here is no CSV ({error}); is a quotation mark not closed?"
        ) from error


def _read_text(path: Path) -> str:
    """The text of a file. Raises VocabularyError if it is none, or holds what nobody sees and no paper writes in a name."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VocabularyError(f"{path}: cannot be read: {error.strerror}") from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise VocabularyError(f"{path}:1: UTF-16 text; save it as CSV in UTF-8")
    try:
        text = data.decode("utf-8-sig")  # Excel writes a byte order mark
    except UnicodeDecodeError as error:
        above = data[: error.start].decode("utf-8", "replace")
        raise VocabularyError(
            f"{path}:{_lines(above)}: byte {data[error.start]:#04x} is no UTF-8; save the file as CSV in UTF-8"
        ) from error
    if hidden := _HIDDEN.search(text):
        what = f"holds the character U+{ord(hidden[0]):04X}, which nobody sees; remove it"
        raise VocabularyError(f"{path}:{_lines(text[: hidden.start()])}: {what}")
    return text


def _lines(text: str) -> int:
    """How many lines a text begins, as `csv` counts them."""
    return len(_LINE_END.findall(text)) + 1


def _shown(text: str) -> str:
    """A text of the user's in quotes as messages show it, its beginning if it is long."""
    return repr(text if len(text) <= 80 else text[:79] + "…")
