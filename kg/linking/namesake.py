"""Whether a name that stands in one paper means what another paper introduces under it.

Most names that two papers of a large corpus share, they share by chance: acronyms, words in capitals, parts of longer names.
What tells is who wrote both papers, which came first, what both are about, how the name is written, what it is joined to,
and whether the second paper explains it otherwise. A small linear model (`weights/namesakes.json`) weighs that; `kg.train`
makes it from pairs of papers judged one by one (`ontology/labels/namesakes.tsv`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from kg.linking import linear
from kg.linking.linear import FeatureModel
from kg.linking.names import name_like
from kg.model import Discovery

CLASSES = ("other", "same")

#: The reason of a reading that is such a name. Its score is the probability that both papers mean the same.
REASON = "introduced by another paper"

#: Acronyms as short as this, and plain words, are read only where both papers share an author or so many entities.
_SHORT, _COMPANY = 3, 3

_REACH = 40  # code points beside a name in which its neighbours are sought
_JOINED = frozenset("-–/")
_WORD_BEFORE = re.compile(r"(\S*[^\s.:?!,;(]) $")
_WORD_BEHIND = re.compile(r" (\S)")
_OPENERS = frozenset("a an in on our the".split())
_PUNCTUATION = re.compile(r"[\W_]+")


class Origin(msgspec.Struct, frozen=True, array_like=True):
    """What of a paper tells whether it means by a name what another one does. Numbers are hashes, each once."""

    month: int = 0  # of the first version, counted from year 0; 0 if unknown
    authors: tuple[int, ...] = ()
    company: tuple[int, ...] = ()  # the curated entities that it is about
    categories: tuple[str, ...] = ()  # the main one first


class Home(NamedTuple):
    """A discovered name with where it comes from. `titled`: ":" if its paper's title starts with it and a colon, "in" if
    the title has it elsewhere, "" if it has not."""

    discovery: Discovery
    titled: str
    origin: Origin


class Standing(NamedTuple):
    """A name in another paper: as it is written, what it is joined to, its long form there ("" if none is given; "=" if it is
    one itself)."""

    surface: str
    joined: str
    explained: str


class NamesakeReader:
    """Reads with a model."""

    def __init__(self, model: FeatureModel) -> None:
        self._model = model

    def same(self, name: Standing, here: Origin, home: Home) -> float:
        """The probability in [0, 1] that a paper, `here`, means by a name what another introduces."""
        if not worth_reading(name.surface, here, home):
            return 0.0
        return linear.share(self._model.scores(features(name, here, home)), 1)


def worth_reading(surface: str, here: Origin, home: Home) -> bool:
    """Whether more than chance may speak for a name: not for plain words and the shortest acronyms in another company."""
    discovery, base = home.discovery, _base(surface)
    if " " in surface or (len(base) > _SHORT if base.isupper() else name_like(surface)):
        return True
    if surface not in (discovery.label, *discovery.aliases):
        return False
    return bool(_common(here.authors, home.origin.authors)) or (_common(here.company, home.origin.company) >= _COMPANY)


def features(name: Standing, here: Origin, home: Home) -> list[str]:
    """What speaks for one meaning or two, by name."""
    surface, origin, discovery = name.surface, home.origin, home.discovery
    base = _base(surface)
    form = "U" if base.isupper() else "o" if name_like(surface) else "l" if surface.islower() else "C"
    if " " in surface or "-" in surface:
        form = f"{form}+"
    else:
        form = f"{form}{min(len(base), 8) // 2}{'s' if base != surface else ''}"
    label = discovery.label
    if label in (surface, base):
        part = "="
    else:
        part = "<" if label.startswith(f"{surface} ") or label.endswith(f" {surface}") else ""
    categories = {*here.categories} & {*origin.categories}
    return [
        f"form:{form}",
        f"joined:{name.joined}",
        f"label:{part}",
        f"titled:{home.titled}",
        f"explained:{_explained(name, discovery)}",
        f"came:{_came(here.month, origin.month)}",
        f"authors:{_shared(here.authors, origin.authors, 2)}",
        f"company:{_shared(here.company, origin.company, 5)}",
        f"about:{len(categories) and 1 + (here.categories[0] == origin.categories[0])}"
        if here.categories and origin.categories
        else "about:?",
    ]


def standing(plain: str, start: int, end: int, definitions: Mapping[str, str]) -> Standing:
    """The name that is `plain[start:end]`. `definitions`: short form -> long form, of the paper."""
    surface = plain[start:end]
    explained = definitions.get(surface) or definitions.get(_base(surface)) or ""
    if not explained and _plainly(surface) in map(_plainly, definitions.values()):
        explained = "="
    return Standing(surface, joined(plain, start, end), explained)


def joined(plain: str, start: int, end: int) -> str:
    """What stands right beside a name as if it were one with it: "-" a hyphen, "C" a capitalised word, before it and behind
    it; "l" a hyphen and a word in lower case, "9" a number, "(" a bracket behind it."""
    before = behind = ""
    if start and plain[start - 1] in _JOINED:
        before = "-"
    else:
        m = _WORD_BEFORE.search(plain, max(0, start - _REACH), start)
        if m is not None and m[1][0].isupper() and m[1].lower() not in _OPENERS:
            before = "C"
    after = plain[end : end + 2]
    if after[:1] in _JOINED and after:
        behind = "l" if after[1:].islower() else "-"
    else:
        m = _WORD_BEHIND.match(plain, end)
        if m is not None:
            behind = "C" if m[1].isupper() else "9" if m[1].isdigit() else "(" if m[1] == "(" else ""
    return f"{before}_{behind}"


def titled(label: str, title: str) -> str:
    """See `Home`."""
    if label not in title:
        return ""
    return ":" if title.startswith(label) and title[len(label) :].lstrip()[:1] in (":", "-", "–", "—") else "in"


def _base(surface: str) -> str:
    """An acronym without its plural's s."""
    return surface[:-1] if surface.endswith("s") and surface[:-1].isupper() else surface


def _plainly(text: str) -> str:
    return _PUNCTUATION.sub("", text.lower()).rstrip("s")


def _explained(name: Standing, discovery: Discovery) -> str:
    if name.explained in ("", "="):
        return name.explained
    own = {_plainly(n) for n in (discovery.label, *discovery.aliases) if " " in n}
    return "same" if _plainly(name.explained) in own else "other"


def _came(here: int, home: int) -> str:
    """How many months after the introducing paper: "?" if unknown, "<<" more than a year before it."""
    if not here or not home:
        return "?"
    gap = here - home
    for most, name in ((-13, "<<"), (-5, "<"), (-1, "~"), (1, "0"), (23, "1"), (59, "2")):
        if gap <= most:
            return name
    return "3"


def _shared(here: Collection[int], home: Collection[int], most: int) -> str:
    return str(min(_common(here, home), most)) if here and home else "?"


def _common(here: Iterable[int], home: Iterable[int]) -> int:
    return len({*here} & {*home})
