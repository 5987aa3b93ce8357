"""Abbreviations that a text defines: "long form (SF)" pairs, after Schwartz & Hearst 2003."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from kg.linking.text import View

_PAREN = re.compile(r"\(\s*[\"']?([^\s()\"',;:][^()\"',;:]{0,28}?)[\"']?\s*(?:[,;:][^()]{0,60})?\)")
_SHORT = re.compile(r"[A-Za-z0-9][\w+./*-]*(?: [\w+./*-]+)?")
_REVERSE = re.compile(r"\(([A-Z][\w'/-]*(?:[ -][\w'/-]+){1,7})\)")  # "SPiRL (Skill-Prior RL)"
_LISTED = re.compile(r"[A-Z][a-z]{2,}, [A-Z]")
_BEFORE = re.compile(r"(?<![\w-])([A-Z][\w.-]{1,12}) ?$")

_PART = re.compile(r"[^\W_]+")
_SMALL = frozenset("a an and as at by for from in of on or the to with".split())
_SOUNDS = {"2": "to", "4": "for"}  # "Prompt-to-Protocol (P2P)"
#: Words that no name in lower case has: what holds them is a clause.
_CLAUSE = frozenset(
    "we our which is are was were can be been has have introduce present propose performed called".split()
)
#: What stands between a long form and its parenthesis: "“train while you fight” (TWYF)".
_AROUND = " ()%\"'“”‘’"

#: Code points before a parenthesis in which its long form may begin.
_REACH = 160


class Definition(NamedTuple):
    """A short form and the long form before it; spans of the text, half-open."""

    short: str
    short_start: int
    short_end: int
    long_start: int
    long_end: int


def find(plain: str, sentences: list[tuple[int, int]]) -> list[Definition]:
    """Every definition in reading order. Long forms stay within their sentence."""
    found: list[Definition] = []
    position = plain.find("(")
    if position < 0:
        return found
    index, last = 0, len(sentences) - 1
    while position >= 0:
        while index < last and sentences[index][1] <= position:
            index += 1
        low, high = sentences[index]
        if low <= position < high:
            definition = _at(plain, low, position, high)
            if definition is not None:
                found.append(definition)
        position = plain.find("(", position + 1)
    return found


def long_forms(views: Iterable[View]) -> dict[str, str]:
    """Short form -> long form, of all that some texts of one paper define; the first that one of them gives."""
    found: dict[str, str] = {}
    for view in views:
        for d in find(view.plain, view.sentences):
            found.setdefault(d.short, view.plain[d.long_start : d.long_end])
    return found


def _at(plain: str, low: int, paren: int, high: int) -> Definition | None:
    """The definition whose parenthesis opens at `paren`, in the sentence `plain[low:high]`."""
    m = _PAREN.match(plain, paren, high)
    # "(Ampere, Hopper, and Ada)" are examples.
    if m is not None and _is_short(m[1]) and not _LISTED.match(plain, m.start(1)):
        short = m[1].rstrip()
        span = _long_form(plain, low, paren, short)
        if span is not None:
            return Definition(short, m.start(1), m.start(1) + len(short), *span)
    reverse = _REVERSE.match(plain, paren, high)
    if reverse is None:
        return None
    before = _BEFORE.search(plain, max(low, paren - 20), paren)
    if before is None or not _is_short(before[1]):
        return None
    span = _match(plain, reverse.start(1), reverse.end(1), before[1])
    if span is None or span[0] != reverse.start(1):
        return None
    return Definition(before[1], before.start(1), before.end(1), *span)


def _is_short(text: str) -> bool:
    text = text.strip()
    return (
        2 <= len(text) <= 14
        and not text.islower()
        and not text.isdigit()
        and _SHORT.fullmatch(text) is not None
        and any(c.isupper() for c in text)
        and not text.lower().startswith(("e.g", "i.e", "fig", "section", "eq"))
    )


def _long_form(plain: str, low: int, paren: int, short: str) -> tuple[int, int] | None:
    """The shortest run of words before the parenthesis whose letters hold the short form's, first letter to first."""
    start = max(low, paren - _REACH)
    end = paren
    while end > start and plain[end - 1] in _AROUND:
        end -= 1
    return _match(plain, start, end, short)


def _match(plain: str, start: int, end: int, short: str) -> tuple[int, int] | None:
    """The tail of `plain[start:end]` whose letters hold the short form's in order, its first at a word's start. Digits
    need no letter of their own: "Offline Estimation to Decisions (OE2D)"."""
    base = (short[:-1] if short.endswith("s") and short[:-1].isupper() else short).lower()
    letters = [c for c in base if c.isalnum()]
    text = plain[start:end].lower()
    if len(text) != end - start:
        return None  # lower case of another length: "İ"
    position = _initials(text, letters)
    if position < 0:
        position = _tail(text, letters)
    if position < 0 and " " not in base and not base.isalpha():
        letters = [c for c in letters if c.isalpha()]
        position = _tail(text, letters) if len(letters) > 1 else -1
    if position < 0:
        return None
    long = text[position:]
    words = long.split()
    if len(long) <= len(short) or len(words) > min(len(letters) + 5, len(letters) * 2) or base in words:
        return None
    if words[0].endswith((",", ";", ":")):
        return None  # "in this paper, a fast computing-in-memory design (PC2IM)"
    if plain[start + position].islower() and (words[0] in ("a", "an") or not _CLAUSE.isdisjoint(words)):
        return None  # "problems can be formalized as Markov Decision Process (POMPD)", "a language, called Foo (ALF)"
    if long.count("(") != long.count(")") or not _spelled(base, words):
        return None  # "Foo stores it (Foo-Emb), and has a device (Foo-Dev)": Foo is a part of the name, not spelled out
    begin = start + position
    while begin > start and plain[begin - 1] == "-":  # "Low-level …": a long form begins at a whole word
        begin = max(start, plain.rfind(" ", start, begin) + 1)
    return begin, end


def _spelled(base: str, words: list[str]) -> bool:
    """Whether words that hold the first part of a name with a hyphen spell its second by their initials: "Adam with low-rank
    projections" spells Adam-LRP. True if they do not hold it."""
    lead, sign, rest = base.partition("-")
    if not sign or len(lead) < 4 or lead not in words:
        return True
    initials = iter(part[:1] for word in words[words.index(lead) + 1 :] for part in word.split("-"))
    return all(letter in initials for letter in rest if letter.isalpha())


def _initials(text: str, letters: list[str]) -> int:
    """Where the tail of `text` begins whose words begin with the letters, one each ("proximal policy optimization" for PPO, of
    which Schwartz and Hearst take two words); -1 if there is none. Function words may go without."""
    parts = [(m[0], m.start()) for m in _PART.finditer(text, max(0, len(text) - _REACH))]
    for said in (parts, [part for part in parts if part[0] not in _SMALL]):
        tail = said[-len(letters) :]
        fits = len(tail) == len(letters) and all(
            letter == word[0] or word == _SOUNDS.get(letter) for letter, (word, _) in zip(letters, tail, strict=True)
        )
        if fits and tail[0][0] != "and":
            return tail[0][1]
    return -1


def _tail(text: str, letters: list[str]) -> int:
    """Where the shortest tail of `text` begins that holds the letters in order, the first at a word's start; -1 if none."""
    position = len(text)
    for letter in reversed(letters[1:]):
        position = text.rfind(letter, 0, position)
        if position < 0:
            return -1
    while position > 0:
        position = text.rfind(letters[0], 0, position)
        if position <= 0 or not text[position - 1].isalnum():
            return position
    return -1
