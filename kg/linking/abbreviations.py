"""Abbreviations that a text defines: "long form (SF)" pairs, after Schwartz & Hearst 2003."""

from __future__ import annotations

import re
from typing import NamedTuple

_PAREN = re.compile(r"\(\s*[\"']?([^\s()\"',;:][^()\"',;:]{0,28}?)[\"']?\s*(?:[,;:][^()]{0,60})?\)")
_SHORT = re.compile(r"[A-Za-z0-9][\w+./*-]*(?: [\w+./*-]+)?")
_WORD = re.compile(r"[^\s()]+")
_REVERSE = re.compile(r"\(([A-Z][\w'/-]*(?:[ -][\w'/-]+){1,7})\)")  # "SPiRL (Skill-Prior RL)"
_LISTED = re.compile(r"[A-Z][a-z]{2,}, [A-Z]")
_BEFORE = re.compile(r"(?<![\w-])([A-Z][\w.-]{1,12}) ?$")


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
    if "(" not in plain:
        return found
    for low, high in sentences:
        position = plain.find("(", low, high)
        while position >= 0:
            m = _PAREN.match(plain, position, high)
            span = _long_form(plain, low, position, m[1].strip()) if m is not None and _is_short(m[1]) else None
            if m is not None and span is not None and _LISTED.match(plain, m.start(1)):
                span = None  # "(Ampere, Hopper, and Ada)" are examples
            if m is not None and span is not None:
                start, end = m.start(1), m.start(1) + len(m[1].rstrip())
                found.append(Definition(m[1].strip(), start, end, *span))
            else:
                reverse = _REVERSE.match(plain, position, high)
                before = _BEFORE.search(plain, max(low, position - 20), position)
                if reverse is not None and before is not None and _is_short(before[1]):
                    span = _match(plain, reverse.start(1), reverse.end(1), before[1])
                    if span is not None and span[0] == reverse.start(1):
                        found.append(Definition(before[1], before.start(1), before.end(1), *span))
            position = plain.find("(", position + 1, high)
    return found


def _is_short(text: str) -> bool:
    text = text.strip()
    return (
        2 <= len(text) <= 14
        and _SHORT.fullmatch(text) is not None
        and any(c.isalpha() for c in text)
        and (sum(c.isupper() for c in text) >= 1)
        and not text.lower().startswith(("e.g", "i.e", "fig", "section", "eq"))
    )


def _long_form(plain: str, low: int, paren: int, short: str) -> tuple[int, int] | None:
    """The shortest run of words before the parenthesis whose letters hold the short form's, first letter to first."""
    base = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
    size = sum(c.isalnum() for c in base)
    window = max(low, paren - 160)
    words = [m for m in _WORD.finditer(plain, window, paren)][-min(size + 5, size * 2) :]
    return _match(plain, words[0].start(), words[-1].end(), base) if words else None


def _match(plain: str, start: int, end: int, short: str) -> tuple[int, int] | None:
    """The tail of `plain[start:end]` whose letters hold the short form's in order, its first at a word's start."""
    base = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
    size = sum(c.isalnum() for c in base)
    text = plain[start:end].lower()
    letters = [c for c in base.lower() if c.isalnum()]
    position = len(text)
    for index in range(len(letters) - 1, -1, -1):
        letter = letters[index]
        position -= 1
        while position >= 0 and (
            text[position] != letter or (index == 0 and position > 0 and text[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return None
    long = text[position:]
    if len(long) <= len(short) or len(long.split()) > min(size + 5, size * 2) or base.lower() in long.split():
        return None
    begin = start + position
    while begin > start and plain[begin - 1] == "-":  # "Low-level …": a long form begins at a whole word
        begin = max(start, plain.rfind(" ", start, begin) + 1)
    return begin, end
