"""The curated vocabulary: `ontology/vocabulary/*.csv` -> entities, surface forms, and the compiled matcher.

The form of the files is described in `ontology/vocabulary/README.md`. Users add files of the same form; a row with a
known id replaces the shipped one, and `match` = off switches an entry off.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from kg import compiled, forms, matcher, model, packed
from kg.errors import VocabularyError
from kg.forms import Form, policy_of, spellings
from kg.matcher import Matcher, Packed, Variant
from kg.model import Entity
from kg.packed import Slots, Strings, strings
from kg.settings import ontology_dir

HEADER = ["id", "label", "aliases", "broader", "match", "cues", "definition", "url", "source"]
CONCEPT_HEADER = ["entity", "anchor", "near"]
REFUSED_HEADER = ["name", "why"]
#: File name up to the first "-" or "." -> class.
FILES = {
    "systems": "system",
    "hardware": "hardware",
    "techniques": "technique",
    "datasets": "dataset",
    "tasks": "task",
    "metrics": "metric",
}
#: How the names of files begin that hold names of nothing.
REFUSED = "refused"
POLICIES = ("", "any", "exact", "context", "never", "off")
#: An entity with more descendants than this is too general for them to be of one family.
MAX_FAMILY = 120
MAX_FIELD = 600
_PREFIX = {"=": "exact", "~": "any", "?": "context"}
_BEGINNINGS = (*FILES, REFUSED)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Term(NamedTuple):
    """A row of the vocabulary: the entity and how it is recognised."""

    entity: Entity
    forms: tuple[Form, ...]
    cues: tuple[str, ...]
    vetoes: tuple[str, ...]  # words that forbid the entity anywhere in a paper
    categories: tuple[str, ...]
    better: str  # metrics: "higher", "lower" or ""; "off" where an entry is switched off
    places: tuple[str, ...] = ()  # words around the name that forbid it where they stand, as `normal` has them


class Concept(NamedTuple):
    """A phrase that means an entity when one of the `near` phrases stands in the same sentence."""

    entity: str
    anchor: str
    near: tuple[str, ...]


class Vocabulary:
    """Entities by id, their ancestors, and a matcher over all their forms.

    `refused`: names, as `normal` has them, that are no terms of their own: those of the files of such names, of metrics, and
    of entities too general to be worth a link.
    """

    def __init__(self, terms: Iterable[Term], concepts: Iterable[Concept] = (), refused: Iterable[str] = ()) -> None:
        some = sorted(terms, key=lambda t: t.entity.id)
        named = [t for t in some if t.entity.kind != "metric"]
        by_id = {t.entity.id: t for t in some}
        silent = chain.from_iterable((t.entity.label, *t.entity.aliases) for t in some if _is_silent(t))
        spelled = chain.from_iterable(spellings(Form(name, "any")) for name in chain(silent, refused))
        matcher = Matcher((v for t in named for v in variants(t)), derived(named))
        self._set(by_id, tuple(sorted(concepts)), frozenset(map(normal, spelled)), matcher)

    def _set(
        self,
        terms: Mapping[str, Term],
        concepts: tuple[Concept, ...],
        refused: frozenset[str],
        matcher: Matcher,
        hash: str = "",
    ) -> None:
        self.terms: Mapping[str, Term] = terms
        self.concepts = concepts
        self.refused = refused
        self.matcher = matcher
        self._hash = hash
        self._ancestors: dict[str, frozenset[str]] = {}
        self._kin: dict[tuple[str, int], frozenset[str]] = {}
        self._descendants: Mapping[str, int] = {}

    def pack(self) -> bytes:
        """All of it, to keep on disk."""
        encode = msgspec.msgpack.Encoder().encode
        terms = strings(map(encode, self.terms.values()))
        sizes = dict(sorted(self._sizes().items()))
        refused = sorted(self.refused)
        return encode(_Packed(list(self.terms), terms, sizes, self.concepts, refused, self.matcher.pack(), self.hash))

    @classmethod
    def unpack(cls, data: bytes | memoryview) -> Vocabulary:
        """The inverse of `pack`, in a hundredth of the time that making takes. Raises ValueError for other bytes."""
        packed = msgspec.msgpack.decode(data, type=_Packed)
        self = cls.__new__(cls)
        terms = _Terms(packed.ids, Slots(packed.terms))
        matcher = Matcher.unpack(packed.matcher)
        self._set(terms, packed.concepts, frozenset(packed.refused), matcher, packed.hash)
        self._descendants = packed.descendants
        return self

    def __contains__(self, entity: str) -> bool:
        return entity in self.terms

    def entity(self, entity: str) -> Entity:
        """Raises KeyError for an id that the vocabulary does not hold."""
        return self.terms[entity].entity

    def ancestors(self, entity: str) -> frozenset[str]:
        """Every more general entity by `broader`, without the entity itself; empty for an unknown id."""
        known = self._ancestors.get(entity)
        if known is None:
            found: set[str] = set()
            todo = list(self.terms[entity].entity.broader) if entity in self.terms else []
            while todo:
                parent = todo.pop()
                if parent not in found:
                    found.add(parent)
                    todo += self.terms[parent].entity.broader if parent in self.terms else ()
            known = self._ancestors[entity] = frozenset(found)
        return known

    def kin(self, entity: str, size: int = MAX_FAMILY) -> frozenset[str]:
        """The entity and its ancestors of at most `size` descendants: who shares one is of the same family."""
        known = self._kin.get((entity, size))
        if known is None:
            sizes = self._sizes()
            near = {a for a in self.ancestors(entity) if sizes[a] <= size}
            known = self._kin[entity, size] = frozenset(near | {entity})
        return known

    def _sizes(self) -> Mapping[str, int]:
        """How many descendants every entity has that has any."""
        if not self._descendants:
            self._descendants = Counter(a for e in self.terms for a in self.ancestors(e))
        return self._descendants

    def related(self, one: str, other: str) -> bool:
        """Whether two entities have an ancestor in common that is not too general (`MAX_FIELD`)."""
        return not self.kin(one, MAX_FIELD).isdisjoint(self.kin(other, MAX_FIELD))

    @property
    def metrics(self) -> Mapping[str, tuple[str, str]]:
        """Lower-case form -> (metric id, better direction "higher", "lower" or "")."""
        return {
            form.text.lower(): (t.entity.id, t.better)
            for t in (self.terms[i] for i in self.terms if i.startswith("metric/"))
            for form in t.forms
        }

    @property
    def hash(self) -> str:
        """SHA-256 over every row: two builds with equal hashes know the same names."""
        if not self._hash:
            state = hashlib.sha256()
            for term in self.terms.values():
                state.update(repr(term).encode())
            state.update(repr(self.concepts).encode())
            state.update(repr(sorted(self.refused)).encode())
            self._hash = state.hexdigest()
        return self._hash


class _Terms(Mapping[str, Term]):
    """Terms by id, each unpacked when it is first asked for: a text names few of them."""

    def __init__(self, ids: Sequence[str], packed: Slots) -> None:
        if len(ids) != len(packed):
            raise ValueError("no packed vocabulary: not every id has a term")
        self._places = {id_: place for place, id_ in enumerate(ids)}
        self._packed = packed
        self._terms: dict[str, Term] = {}

    def __getitem__(self, id_: str) -> Term:
        try:
            return self._terms[id_]
        except KeyError:
            term = self._terms[id_] = _TERM.decode(self._packed[self._places[id_]])
            return term

    def __contains__(self, id_: object) -> bool:
        return id_ in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


_TERM = msgspec.msgpack.Decoder(Term)


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    ids: list[str]
    terms: Strings  # each packed once more
    descendants: dict[str, int]
    concepts: tuple[Concept, ...]
    refused: list[str]
    matcher: Packed
    hash: str


# ---- forms and their variants


def normal(name: str) -> str:
    """A name without what spelling alone decides: in lower case, without hyphens."""
    return name.lower().replace("-", " ")


def _is_silent(term: Term) -> bool:
    return term.entity.kind == "metric" or not term.forms


def variants(term: Term) -> list[Variant]:
    """Every string that the term's forms give: plurals, hyphenation, British and American spelling."""
    out: dict[tuple[str, str], Variant] = {}
    for form in term.forms:
        for text in spellings(form):
            variant = _variant(text, term, form)
            key = (variant.norm, variant.exact)
            if key not in out or out[key].policy == "context":
                out[key] = variant
    return list(out.values())


def derived(terms: Sequence[Term]) -> Iterator[Variant]:
    """Variants of techniques and tasks in other parts of speech ("graph partitioner"); some may name two entities."""
    short, long = _acronyms(terms)
    for term in terms:
        if term.entity.kind in ("technique", "task"):
            for form in term.forms:
                for text in forms.derivations(form, short, long):
                    yield _variant(text, term, form)


def _variant(text: str, term: Term, form: Form) -> Variant:
    norm = normal(text)
    lead = 0 if norm[0].isalnum() else len(norm) - len(norm.lstrip("".join(c for c in norm if not c.isalnum())))
    phrase = form.policy == "context" and " " in norm and text.islower()  # titles have "Memory Module"
    exact = "" if form.policy == "any" or phrase else text.replace("-", " ")
    return Variant(norm, lead, exact, term.entity.id, form.policy, form.text)


def _acronyms(terms: Iterable[Term]) -> tuple[dict[str, str], dict[str, str]]:
    """Long form in lower case -> acronym, and acronym -> long form where an entity has both and only one has the
    acronym."""
    short: dict[str, str] = {}
    long: dict[str, set[str]] = {}
    for term in terms:
        capitals = {f.text for f in term.forms if f.policy == "exact" and f.text.isupper() and 1 < len(f.text) < 6}
        if not capitals:
            continue
        for form in term.forms:
            if form.policy == "any" and " " in form.text:
                lower = form.text.lower()
                initials = "".join(w[0] for w in re.split("[ -]", lower) if w).upper()
                if initials in capitals:
                    short.setdefault(lower, initials)
                    long.setdefault(initials, set()).add(lower)
    return short, {acronym: min(some) for acronym, some in long.items() if len(some) == 1}


# ---- reading the files


def load(extra: Sequence[Path] = ()) -> Vocabulary:
    """The shipped vocabulary, with users' files laid over it in the order given. It is made once and then kept on disk.

    Raises:
        VocabularyError: a file breaks the form; the message names file and line.
    """
    folder = ontology_dir() / "vocabulary"
    shipped = [path for path in sorted(folder.glob("*.csv")) if file_kind(path) is not None or _refuses(path)]
    for path in extra:
        if file_kind(path) is None and not _refuses(path):
            raise VocabularyError(f"{path}: the file name must start with one of {', '.join(_BEGINNINGS)}; rename it")
    concepts = [path for path in [folder / "concepts.csv"] if path.is_file()]
    code = [Path(str(module.__file__)) for module in (forms, matcher, model, packed)]
    sources = [*shipped, *extra, *concepts, *code, Path(__file__)]
    return compiled.kept(
        "vocabulary", sources, lambda: _read([*shipped, *extra], concepts), Vocabulary.pack, Vocabulary.unpack
    )


def _read(files: Sequence[Path], concept_files: Iterable[Path]) -> Vocabulary:
    """A row of a later file replaces an earlier one of the same id."""
    terms = {t.entity.id: t for path in files if not _refuses(path) for t in read_terms(path)}
    terms = {i: t for i, t in terms.items() if t.better != "off"}
    for term in terms.values():
        for parent in term.entity.broader:
            if parent not in terms:
                raise VocabularyError(
                    f"{term.entity.id}: broader {parent!r} is in no vocabulary file; add it or remove it"
                )
    concepts = (c for path in concept_files for c in read_concepts(path))
    refused = (name for path in files if _refuses(path) for name in read_refused(path))
    return Vocabulary(terms.values(), (c for c in concepts if c.entity in terms), refused)


def file_kind(path: Path) -> str | None:
    """The class of the entries of a vocabulary file, by its name; None for files of another form."""
    return FILES.get(_beginning(path))


def _refuses(path: Path) -> bool:
    return _beginning(path) == REFUSED


def _beginning(path: Path) -> str:
    return re.split(r"[-.]", path.name, maxsplit=1)[0]


def read_terms(path: Path) -> list[Term]:
    """Rows of one file, checked. Raises VocabularyError naming file and line."""
    kind = file_kind(path)
    if kind is None:
        raise VocabularyError(f"{path}: the file name must start with one of {', '.join(FILES)}; rename it")
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
            url=row["url"],
        )
        if policy == "off":
            terms.append(Term(entity, (), (), (), (), "off"))
            continue
        forms: dict[str, Form] = {}
        for text in (label, *(a for a in row["aliases"].split("|") if a.strip())):
            own = _PREFIX.get(text[0]) if len(text) > 1 else None
            text = text[1:] if own else text
            if policy != "never":
                forms.setdefault(text, Form(text, own or policy or policy_of(text)))
        cues = [c for c in row["cues"].split("|") if c]
        if kind == "metric":
            terms.append(Term(entity, tuple(forms.values()), (), (), (), cues[0] if cues else ""))
            continue
        if not cues and any(f.policy == "context" for f in forms.values()):
            raise fail(f"{slug} has forms that need context but no cues")
        names = {f" {normal(spelled)} " for form in forms.values() for spelled in spellings(form)}
        forbidden = [c[1:] for c in cues if c.startswith("!")]
        places = [v for v in forbidden if any(name in f" {normal(v)} " for name in names)]
        terms.append(
            Term(
                entity,
                tuple(forms.values()),
                tuple(c for c in cues if not c.startswith("!") and not _is_category(c)),
                tuple(v for v in forbidden if v not in places),
                tuple(c for c in cues if _is_category(c)),
                "",
                tuple(map(normal, places)),
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


def _is_category(cue: str) -> bool:
    return bool(re.fullmatch(r"[a-z-]+\.[A-Za-z-]{2,}", cue))


def _rows(path: Path, header: list[str]) -> Iterable[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if reader.fieldnames != header:
                raise VocabularyError(f"{path}:1: the header must be {','.join(header)}")
            for row in reader:
                if None in row or None in row.values():
                    raise VocabularyError(f"{path}:{reader.line_num}: expected {len(header)} columns")
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise VocabularyError(f"{path}: cannot be read: {error}") from error
