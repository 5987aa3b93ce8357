"""The curated vocabulary: `ontology/vocabulary/*.csv` -> entities, surface forms, and the compiled matcher.

`rows` reads the files. Users add files of the same form; a row with a known id replaces the shipped one, and `match` = off
switches an entry off.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import msgspec

from kg import compiled, forms, matcher, model, packed, rows
from kg.errors import VocabularyError
from kg.forms import Form, normal, spellings
from kg.matcher import Matcher, Packed, Variant
from kg.model import Entity
from kg.packed import Slots, Strings, strings
from kg.rows import Concept, Term
from kg.settings import ontology_dir

#: An entity with more descendants than this is too general for them to be of one family.
MAX_FAMILY = 120
MAX_FIELD = 600
_NONE: Mapping[str, str] = {}


class Vocabulary:
    """Entities by id, their ancestors, and a matcher over all their forms.

    `refused`: names that are no terms of their own: those of the files of such names, of metrics, and of entities too general
    to be worth a link; as `normal` has them, but those that are written with capitals as they are. `renamed`: ids of former times -> what they are now.
    """

    def __init__(
        self,
        terms: Iterable[Term],
        concepts: Iterable[Concept] = (),
        refused: Collection[str] = (),
        renamed: Mapping[str, str] = _NONE,
    ) -> None:
        some = sorted(terms, key=lambda t: t.entity.id)
        named = [t for t in some if t.entity.kind != "metric"]
        by_id = {t.entity.id: t for t in some}
        silent = chain.from_iterable((t.entity.label, *t.entity.aliases) for t in some if _is_silent(t))
        names = frozenset(name for name in refused if name.istitle())  # SAI is no Sai
        spelled = chain.from_iterable(
            spellings(Form(name, "any")) for name in chain(silent, refused) if name not in names
        )
        matcher = Matcher((v for t in named for v in variants(t)), derived(named))
        self._set(by_id, tuple(sorted(concepts)), names.union(map(normal, spelled)), renamed, matcher)

    def _set(
        self,
        terms: Mapping[str, Term],
        concepts: tuple[Concept, ...],
        refused: frozenset[str],
        renamed: Mapping[str, str],
        matcher: Matcher,
        hash: str = "",
    ) -> None:
        self.terms: Mapping[str, Term] = terms
        self.concepts = concepts
        self.refused = refused
        self.renamed = renamed
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
        names = sorted(self.refused), dict(self.renamed)
        return encode(_Packed(list(self.terms), terms, sizes, self.concepts, *names, self.matcher.pack(), self.hash))

    @classmethod
    def unpack(cls, data: bytes | memoryview) -> Vocabulary:
        """The inverse of `pack`, in a hundredth of the time that making takes. Raises ValueError for other bytes."""
        packed = msgspec.msgpack.decode(data, type=_Packed)
        self = cls.__new__(cls)
        terms = _Terms(packed.ids, Slots(packed.terms))
        matcher = Matcher.unpack(packed.matcher)
        self._set(terms, packed.concepts, frozenset(packed.refused), packed.renamed, matcher, packed.hash)
        self._descendants = packed.descendants
        return self

    def __contains__(self, entity: str) -> bool:
        return entity in self.terms

    def entity(self, entity: str) -> Entity:
        """Raises KeyError for an id that the vocabulary does not hold."""
        return self.terms[entity].entity

    def refuses(self, name: str) -> bool:
        """Whether a name is one of the `refused`."""
        return name in self.refused or normal(name) in self.refused

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
    renamed: dict[str, str]
    matcher: Packed
    hash: str


# ---- forms and their variants


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


# ---- the shipped one


def check(extra: Sequence[Path]) -> None:
    """Raises VocabularyError as `load` does, without making anything."""
    for path in extra:
        if not forms.is_text(str(path)):
            raise VocabularyError(f"{str(path)!r}: a name of a file that is no UTF-8 text; rename it")
    if extra:
        rows.read(_files(extra))


def _files(extra: Sequence[Path]) -> list[Path]:
    folder = ontology_dir() / "vocabulary"
    return [*filter(rows.is_vocabulary, sorted(folder.glob("*.csv"))), *extra]


def load(extra: Sequence[Path] = ()) -> Vocabulary:
    """The shipped vocabulary, with users' files laid over it in the order given. It is made once and then kept on disk.

    Raises:
        VocabularyError: a file breaks the form; the message names file and line.
    """
    files = _files(extra)
    code = [Path(str(module.__file__)) for module in (forms, matcher, model, packed, rows)]
    return compiled.kept(
        "vocabulary",
        [*files, *code, Path(__file__)],
        lambda: Vocabulary(*rows.read(files)),
        Vocabulary.pack,
        Vocabulary.unpack,
    )
