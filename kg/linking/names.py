"""What a name looks like: its characters, its casing, where it ends, where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_COMMON_TEXT = (
    "a abstract accelerating agentic arxiv besides extensive entities github overall second  additionally specifically therefore announcement brief performance retrospective adaptive algorithm also american an analysis and approach as at automated "
    "automatic banach based bayesian because beyond boolean both by byzantine case chapter chinese cloud comment data "
    "deep distributed dynamic efficient english erratum euclidean european evaluating experiments exploring "
    "extended fast figure finally first for fourier framework from furthermore gaussian hamiltonian hence here "
    "hilbert however i improving in internet introduction it its lagrangian language large learning machine "
    "markov method model models moreover network networks neural new note novel of on one optimal or our paper "
    "parallel part perspective position proceedings recent recently reply report result results review scalable "
    "section study such survey system systems table that the then there these this those three thus to toward "
    "towards tutorial two understanding using vision volume we web when while with workshop "
)
COMMON = frozenset(_COMMON_TEXT.split())

_TOKEN = r"(?:[A-Za-z]{1,3}\([a-z]\)-[\w-]+|[A-Za-z0-9Α-Ωα-ω](?:[\w+*/.^#@&-]*[\w+*#])?)"
_NAME = re.compile(r"[\"'*`]?(" + _TOKEN + r"(?: (?:[A-Z0-9][\w+*/.^#&-]*|&|for|of|and|the|with|in|to)){0,8})")
_COMPOUND = re.compile(
    r"-(?:based|aware|driven|like|free|style|only|level|scale|time|oriented|specific|agnostic|guided|enabled|inspired|of|to|the|end|art"
    r"|efficient|wise|shot|order|dimensional|native|centric|side|friendly|tolerant|first|local|independent|dependent|optimal|assisted|powered"
    r"|augmented|compatible|hard|complete|completeness|hardness|[a-z]+(?:ed|ing|ive|able|ible))$",
    re.I,
)
_GLUED_ARTICLE = re.compile(r"(?<=\w)-(?:an?|the|our)$")  # "Foo-a self-adaptive framework"
_SHORT_BEHIND = re.compile(r" \(([A-Z][\w+-]{1,9})\)")
_UNIT = re.compile(r"^\d+(?:\.\d+)?[A-Za-z%]{0,4}$|^[a-z]-\w$|^\d+-\w+$|^I{1,3}$|^[A-Z]$")
_MAX_NAME = 120  # code points; what is longer is no name
_ODD = re.compile(r"(?<=.)[A-ZÀ-ÖØ-ÞΑ-Ω]|[^\W\d_].*[\d_#+]|[\d_#+].*[^\W\d_]", re.S)
_FORMULA = re.compile(r"(?:\d*(?:[a-zα-ωΔ]|log)?[\^/+*=<>_-])+\d*(?:[a-zα-ωΔ]|log|O)?")  # 2k-1, n^3/2, 1+ε
_GLUED = re.compile(r"[a-z-]{3,}\.[A-Z][a-z]+$")  # two sentences without a space: "fields.This"
_MIXED = re.compile(r"[a-z][A-Z][\w-]*-[A-Z][a-z]+$")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_INNER = frozenset("for of and the with in to &".split())
_KEPT = 1 << 14  # words whose reading is kept: texts repeat them


def name_like(text: str) -> bool:
    """Odd casing that ordinary words do not have: an inner capital, a digit among letters, all capitals."""
    return len(text) <= _MAX_NAME and _is_odd(text)


@lru_cache(_KEPT)
def _is_odd(text: str) -> bool:
    if _ODD.search(text) is None or _GLUED.match(text) is not None or _FORMULA.fullmatch(text) is not None:
        return False
    first = text.partition(" ")[0]
    return (len(first) > 8 or _UNIT.match(first) is None) and not _is_compound(text)


def names_nothing(word: str) -> bool:
    """Whether a word can't begin a name: a common word, a unit, a compound adjective."""
    return _is_empty(word) if len(word) <= _MAX_NAME else _is_compound(word)


@lru_cache(_KEPT)
def _is_empty(word: str) -> bool:
    if word.lower() in COMMON or (len(word) <= 8 and _UNIT.match(word) is not None):
        return True
    return _is_compound(word)


def _is_compound(word: str) -> bool:
    """Whether a word is an adjective with a hyphen, "GPU-based"; "InCoder-32B-Thinking", "MU-SplitFed" and "FAST-GED" are names."""
    m = _COMPOUND.search(word) if "-" in word else None
    return m is not None and not m[0].isupper() and _INNER_CAPITAL.search(m[0]) is None and _MIXED.search(word) is None


def name_at(text: str, start: int, high: int) -> tuple[int, int] | None:
    """The span of the name that begins at `start`: a word and the capitalised ones after it. Its casing is for the
    caller to judge."""
    m = _NAME.match(text, start, high)
    if m is None:
        return None
    name = _GLUED_ARTICLE.sub("", trim(m[1].partition("--")[0]))
    if name and len(name) < len(m[1]):  # "Retrieval and Reasoning for Personalization (R2P)"
        short = _SHORT_BEHIND.match(text, m.end(1), high)
        if short is not None and short[1][0] == name[0]:
            name = m[1]
    return (m.start(1), m.start(1) + len(name)) if name else None


def trim(name: str) -> str:
    """Cut function words and sentence ends off the tail of a matched name."""
    words = name.split(" ")
    for index, word in enumerate(words[:-1]):
        if word.endswith((".", ":")):
            words = words[: index + 1]
            break
        # "Tomato and Foo" are two names, "Machine Learning for Apache Spark" is one.
        if word in ("and", "with", "in", "the", "to"):
            words = words[:index]
            break
    while len(words) > 1 and (words[-1] in _INNER or words[-1].lower() in _ENDS_NO_NAME):
        words.pop()
    return " ".join(words).rstrip(".*/-")


#: Adverbs that begin a sentence with a comma behind them: "Next, a novel detector" names nothing.
OPENERS = frozenset(
    "accordingly afterwards again alternatively altogether besides briefly certainly concretely consequently conversely crucially currently empirically equally "
    "eventually fifthly finally first firstly formally fourth fourthly further furthermore generally hence here hereby herein historically however importantly "
    "indeed initially instead interestingly last lastly later latter likewise meanwhile moreover namely naturally nevertheless next nonetheless "
    "notably now obviously once originally otherwise overall particularly practically presently previously recently remarkably second secondly similarly "
    "simultaneously sixth specifically still subsequently surprisingly then theoretically there thereafter therefore third thirdly thus today together "
    "traditionally typically ultimately unfortunately usually yet".split()
)

#: Words that no name begins with but one may end with.
_NOUNS = frozenset(
    "system systems model models network networks framework algorithm method learning language machine analysis".split()
)


_ENDS_NO_NAME = COMMON - _NOUNS


def stands(name: str, plain: str, low: int = 0) -> Iterator[int]:
    """Where a name stands as a word of its own, from `low` on."""
    position = plain.find(name, low)
    while position >= 0:
        end = position + len(name)
        before = plain[position - 1] if position else " "
        after = plain[end] if end < len(plain) else " "
        if not (before.isalnum() or before in "-_") and not (after.isalnum() or after in "-_"):
            yield position
        position = plain.find(name, end)
