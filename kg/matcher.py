"""Finds every form of a vocabulary in a text: one automaton over all of them, then checks of case and punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import daachorse
import msgspec

from kg.packed import Slots, Strings, strings

#: So many keys are looked up in the automaton before a table of all of them is made, which takes longer than one text.
_LOOKUPS = 2000


class Variant(NamedTuple):
    """One string the matcher knows: how it must look in the text and what it then may mean."""

    norm: str  # lower case, hyphens as spaces, other punctuation kept
    lead: int  # number of leading characters of `norm` that the scanner does not see
    exact: str  # "" = any letter case, else the surface it must equal (hyphens as spaces)
    entity: str
    policy: str
    form: str  # the form as the vocabulary writes it


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A place where a variant stands, letter case and punctuation checked, context not yet."""

    start: int
    end: int
    variant: Variant


class _Spaces(dict[int, str]):
    """A translation table that sends every character that is no letter or digit to a space."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = char if char.isalnum() else " "
        return self[code]


_SPACES = _Spaces()


def scan_key(lower: str) -> str:
    """The text as the automaton sees it: same length plus one space on either side."""
    return " " + lower.translate(_SPACES) + " "


def spaced(lower: str) -> str:
    """The words of a text as the automaton sees them, one space between two."""
    return " ".join(scan_key(lower).split())


class _Strict(NamedTuple):
    """What must hold of a variant besides its letters, digits and signs."""

    exact: str
    opening: str  # `exact` as a sentence begins with it, where that differs and `exact` is in lower case
    loose: bool  # any odd casing of `exact` will do
    last: str  # the last character where it is a digit or a sign, and what follows matters

    def holds(self, plain: str, start: int, end: int) -> bool:
        if self.last and end < len(plain) and _goes_on(plain, end, self.last):
            return False
        if not self.exact:
            return True
        surface = plain[start:end].replace("-", " ")
        return (
            surface == self.exact
            or (self.loose and _is_cased(surface))
            or (surface == self.opening and plain[max(0, start - 2) : start] in _OPEN)
        )


Automaton = daachorse.CharwiseDoubleArrayAhoCorasick


class Packed(msgspec.Struct, frozen=True, array_like=True):
    """A matcher as plain values: what `Matcher.pack` gives and `Matcher.unpack` reads."""

    keys: memoryview  # in UTF-8, a line each
    found: Strings  # variants of each key, packed once more: few are ever read
    plain: bytes  # for each key whether it is one of `Matcher.plain_keys`
    automaton: memoryview


class Matcher:
    """All variants in one automaton. Scan overlapping; callers resolve overlaps. After Aho & Corasick 1975."""

    def __init__(self, all_variants: Iterable[Variant], weak: Iterable[Variant] = ()) -> None:
        """`weak` variants count where no other has their letters and digits and they name one entity."""
        by_key = _by_key(all_variants)
        for key, found in _by_key(weak).items():
            if key not in by_key and len({v.entity for v in found}) == 1:
                by_key[key] = found[:1]
        keys = sorted(by_key)
        automaton = Automaton([f" {k} " for k in keys]) if keys else None
        plain = bytes(" " in key and _is_plain(by_key[key]) for key in keys)
        self._set(memoryview("\n".join(keys).encode()), [by_key[k] for k in keys], plain, automaton)

    def _set(
        self, keys: memoryview, found: Sequence[bytes | list[Variant]], plain: bytes, automaton: Automaton | None
    ) -> None:
        self._keys = keys
        self._found = found
        self._plain = plain
        self._automaton = automaton
        self._values: list[list[tuple[str, int, Variant, _Strict | None]] | None] = [None] * len(plain)
        self._places: dict[str, int] | None = None
        self._lookups = 0

    def pack(self) -> Packed:
        """All of it as plain values."""
        encode = msgspec.msgpack.Encoder().encode
        found = strings(f if isinstance(f, bytes) else encode(f) for f in self._found)
        automaton = self._automaton.serialize() if self._automaton else b""
        return Packed(self._keys, found, self._plain, memoryview(automaton))

    @classmethod
    def unpack(cls, packed: Packed) -> Matcher:
        """The inverse of `pack`, in a thousandth of the time that making takes. ValueError if the automaton is none."""
        self = cls.__new__(cls)
        automaton = Automaton.deserialize(bytes(packed.automaton)) if packed.plain else None
        self._set(packed.keys, Slots(packed.found), packed.plain, automaton)
        return self

    def scan(self, plain: str, lower: str) -> list[Hit]:
        """Every place where a form stands at word boundaries, in order of start, then longest first."""
        if self._automaton is None:
            return []
        hits: list[tuple[int, int, int, Variant]] = []
        flat = lower.replace("-", " ")
        key = scan_key(lower)
        places = self._automaton.find_overlapping(key)
        apart = _unglued(key, plain)
        if apart != key:
            places = list({*places, *self._automaton.find_overlapping(apart)})
        values = self._values
        for begin, _, index in places:
            for norm, lead, variant, strict in values[index] or self._prepare(index):
                start = begin - lead
                if start < 0 or not flat.startswith(norm, start) or (lead and start and plain[start - 1].isalnum()):
                    continue
                end = start + len(norm)
                if strict is None or strict.holds(plain, start, end):
                    hits.append((start, -end, len(hits), variant))
        hits.sort()
        return [Hit(start, -end, variant) for start, end, _, variant in hits]

    def _prepare(self, index: int) -> list[tuple[str, int, Variant, _Strict | None]]:
        """The variants of one key as `scan` tests them, in order of entity; made when the key is first met."""
        found = self._found[index]
        some = _VARIANTS.decode(found) if isinstance(found, bytes) else found
        some.sort(key=lambda v: v.entity)
        made = self._values[index] = [(v.norm, v.lead, v, _strict(v)) for v in some]
        return made

    def plain_keys(self) -> list[str]:
        """Forms of two words or more that name one entity in any context and letter case, by their words; sorted."""
        return [key for key, plain in zip(self._all_keys(), self._plain, strict=True) if plain]

    def plain_variant(self, key: str) -> Variant | None:
        """The first variant of one of the `plain_keys`, in order of entity; None for any other string."""
        index = self._place(key)
        return (self._values[index] or self._prepare(index))[0][2] if index is not None and self._plain[index] else None

    def _place(self, key: str) -> int | None:
        if self._places is None:
            self._lookups += 1
            if self._lookups <= _LOOKUPS:
                whole = len(key) + 2
                places = self._automaton.find_overlapping(f" {key} ") if self._automaton else ()
                return next((index for begin, end, index in places if end - begin == whole), None)
            self._places = {k: place for place, k in enumerate(self._all_keys())}
        return self._places.get(key)

    def _all_keys(self) -> list[str]:
        return str(self._keys, "utf-8").split("\n") if self._plain else []

    def readings(self, surface: str) -> list[Variant]:
        """Variants that a surface form alone can stand for."""
        lower = surface.lower()
        index = self._place(scan_key(lower).strip())
        if index is None or len(lower) != len(surface):
            return []
        norm, end = lower.replace("-", " "), len(surface)
        return [
            variant
            for form, _, variant, strict in self._values[index] or self._prepare(index)
            if form == norm and (strict is None or strict.holds(surface, 0, end))
        ]


_VARIANTS = msgspec.msgpack.Decoder(list[Variant])


def _is_plain(found: Sequence[Variant]) -> bool:
    """Whether a key names one entity in any context and letter case."""
    return not found[0].exact and found[0].policy == "any" and len({v.entity for v in found}) == 1


def _by_key(some: Iterable[Variant]) -> dict[str, list[Variant]]:
    by_key: dict[str, list[Variant]] = {}
    for variant in some:
        key = scan_key(variant.norm).strip()
        if key:
            by_key.setdefault(key, []).append(variant)
    return by_key


_GLUED = re.compile(r"x(?=[A-Z])")
_OPEN = frozenset(("", ". ", ": ", "? ", "! "))  # what stands before the first word of a sentence or title


def _strict(variant: Variant) -> _Strict | None:
    exact, last = variant.exact, variant.norm[-1]
    last = last if last.isdigit() or not last.isalnum() else ""
    if not exact and not last:
        return None
    opening = exact[:1].upper() + exact[1:] if exact.islower() and " " not in exact else exact
    return _Strict(exact, opening, len(exact) > 4 and exact.isalpha(), last)


def _is_cased(surface: str) -> bool:
    """Whether a word is cased as only names are ("AdaGrad" for "Adagrad"), a plural of capitals aside ("PDEs")."""
    return not surface.isupper() and surface[1:] != surface[1:].lower() and not surface[:-1].isupper()


def _goes_on(plain: str, end: int, last: str) -> bool:
    """Whether the name goes on behind its last character: "C+" in "C++", "Claude 4" in "Claude 4.6"."""
    after = plain[end]
    if last.isalnum():
        return after == "." and plain[end + 1 : end + 2].isdigit()
    return after.isalnum() or after == last


def _unglued(key: str, plain: str) -> str:
    """The scanner's text with a count's x set apart: "8xH100" names H100."""
    # `key` begins with one more space than `plain`
    places = [m.end() for m in _GLUED.finditer(plain) if key[m.start()].isdigit()]
    if not places:
        return key
    apart = list(key)
    for place in places:
        apart[place] = " "
    return "".join(apart)


class Keys:
    """Which of many strings stand in a text, all as `scan_key` gives them (the strings without the spaces around them).

    Less than a `Matcher` says, in much less memory."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: each once."""
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick([f" {k} " for k in keys]) if keys else None

    def find(self, text: str) -> list[int]:
        """The places of the strings in `keys`; one for each time it stands in the text."""
        return [] if self._automaton is None else [index for _, _, index in self._automaton.find_overlapping(text)]


class Phrases:
    """Finds lower-case phrases of several groups in one pass: cheap triggers for patterns that are dear to search."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._groups = [group for group, phrases in groups.items() for _ in phrases]
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick([p for phrases in groups.values() for p in phrases])

    def find(self, lower: str) -> list[tuple[int, str]]:
        """(start, group) of every phrase that starts a word, in order."""
        found = [
            (start, self._groups[index])
            for start, _, index in self._automaton.find_overlapping(lower)
            if start == 0 or not lower[start - 1].isalnum()
        ]
        found.sort()
        return found

    def starts(self, lower: str) -> list[int]:
        """Where phrases start, inside words too, in order, without overlap."""
        return [start for start, _, _ in self._automaton.find(lower)]
