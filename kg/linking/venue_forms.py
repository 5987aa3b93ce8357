"""How names of venues are written that no list holds: the parts of the patterns of `venue_unlisted` and `venue_told`, and
what is made of their matches."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kg.linking import venue_words as words
from kg.linking.venue_names import Mention

BEFORE = (
    r"(?:(?:International|Int['’]?l\.?|Int\.|European|Asian?|Asia[- ]Pacific|Pacific|National|World|Joint|Nordic|Brazilian|Chinese"
    r"|Indian|Australasian|American|IASTED|Springer|[A-Z]{3,6})[\s/&-]+){0,8}"
)
WORD = r"(?:[A-Z][\w'’+/-]*|\d[A-Z][\w-]*|[a-z]{1,5}[A-Z][\w-]*)"
_SOME = rf"(?:{WORD}\s+){{0,3}}{WORD}"
#: Behind a comma or a colon a name goes on only if it is a list with "and": what else stands there is a place.
_LIST = rf"(?={_SOME},?\s+(?:and|&)\s+[A-Z]|{_SOME},\s+{_SOME},?\s+(?:and|&)\s+[A-Z])"
TIE = r"(?:and|of|for|in|on|the|with|to|from|&|at the)\s+"
PHRASE = rf"{WORD}(?:(?:\s+|[,:]\s+{_LIST}|,\s+(?=(?:and|&)\s+[A-Z]))(?:{TIE}){{0,3}}{WORD}){{0,11}}"
ACRONYM = r"[A-Z][\w&+/@-]{0,30}[A-Z0-9][\w&+/@-]{0,30}|[A-Z]{1,12}[a-z]{1,30}[A-Z]\w{0,30}"
ALONE = re.compile(ACRONYM)
YEAR = r"[\s'’-]*(?:19|20)?\d\d"
#: A mark that opens a quoted name.
QUOTE = r"(?:[\"“‘']|``)"
_QUOTES = re.compile(r"[\"“”‘]|``|\'\'|(?<!\w)'")
SPACES = re.compile(r"\s+")
#: Words that tell no venue from another: "ICML 2019 Accepted Workshop".
_GENERIC = words.ORG | frozenset(
    "european national world asian main proceedings workshop conference paper extended the co-located arxiv latex pdf of "
    "accepted spotlight oral poster best short full track satellite joint".split()
)


class Name(NamedTuple):
    """What a mention calls a venue; `start`: where the name begins, if not behind its lead."""

    text: str
    acronym: str = ""
    start: int = -1


#: What makes a name of a match, where it starts, and the listed venues of the text; None if it is none.
Naming = Callable[[re.Match[str], int, Sequence[Mention]], Name | None]


def between(m: re.Match[str], start: int) -> str:
    """The name from a place in the text on, with single spaces."""
    return SPACES.sub(" ", _QUOTES.sub("", m.string[start : m.end("name")]))


def own(name: str) -> list[str]:
    """The words of a name that tell it from others."""
    return [word for word in re.split(r"[\s/-]+", name) if word.lower() not in _GENERIC]
