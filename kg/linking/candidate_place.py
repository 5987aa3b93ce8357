"""What stands around a candidate name where it is best shown, and at its other mentions: words on either side, whether the name
goes on, how far into the abstract it is; and how common a word it is. Features of the model that `candidate_features` feeds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from kg.linking import commonness
from kg.linking.cue_phrase import Cue
from kg.linking.kinds import is_head
from kg.linking.text import View

_LEFT, _RIGHT = 60, 60  # code points read on either side
_NEAR = 4  # words kept of them
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|[(),:;]|\d+")
#: Words of its sentence that tell own work from others'.
_TELLING = frozenset(
    "we our us previous previously existing recent recently prior widely well-known popular known based standard traditional conventional "
    "earlier extend extends extension variant compare compared state-of-the-art baseline baselines available proposed introduced called "
    "evaluate evaluated analysis study survey use used using apply applied dataset".split()
)
FOLLOWS = re.compile(r"[\"'`]?(?: \([^()]{1,60}\))?\s*([A-Za-z]+|[^\w\s]|$)")
AFTER_WORDS = frozenset(
    "that which for to with and in on by as is are where whose of at from using an a the has can".split()
)
#: What a word in quotes before it may be the name of: a "shift" operation.
_CONSTRUCTS = frozenset("construct game operation operations operator operators primitive primitives statement".split())
#: A name goes on behind its first word: "World from Motion", "Learn and Link".
_GOES_ON = re.compile(
    r" (?:and|to|for|from|as|with|in|of|by|before|without|the|an?|not|is|are|via|on)(?: (?:an?|the|for|of|to|in))? [A-Z]"
    r"|[ -]*[,&/] ?[A-Z]"
)
_COMMON = 2  # from this level on a word is read as a word first


def around(
    name: str, shape: str, known: str, place: tuple[str, Cue], title: View, abstract: View, own: int
) -> Iterator[str]:
    """Features of a name at the place that shows it best. `own`: where the abstract first speaks of own work, -1 if it does
    not."""
    field, cue = place
    text = abstract if field == "abstract" else title
    plain = text.plain
    level = commonness.level(name)
    goes, led = _GOES_ON.match(plain, cue.end) is not None, _is_led(plain, cue.start)
    if level >= _COMMON and " " not in name and shape != "odd":
        yield from _ordinary(level, shape, cue, plain)
        if goes:
            yield from ("f:goes", f"f:goes:{cue.rule}")
        if led:
            yield "f:led"
    low, high = text.sentence(cue.start)
    left, right = _near(text, cue.start, cue.end)
    right = right[:3]
    yield from (f"fo:{level}:{shape}", f"fo:{level}:{known}", f"fr:{level}:{cue.rule}")
    yield f"fa:{level}:{right[0] if right else ''}"
    yield from (f"goes:{goes:d}:{shape}", f"goes:{goes:d}:{min(level, 3)}")
    yield from (f"led:{led:d}:{shape}", f"led:{led:d}:{min(level, 3)}")
    for word in left:
        yield f"L:{word}"
    for distance, word in zip((1, 2), reversed(left), strict=False):
        yield f"L{distance}:{word}"
    for word in right:
        yield f"R:{word}"
    if right:
        yield f"R1:{right[0]}"
    for word in _TELLING.intersection(_WORD.findall(text.lower, low, high)):
        yield f"S:{word}"
    yield from _where(name, place, abstract, own)


def mentions(spans: Sequence[tuple[int, int]], abstract: View) -> set[str]:
    """Words and pairs of words beside any mention of a name, and once more those beside its first: a name is introduced where
    it stands first or not at all."""
    found: set[str] = set()
    for number, (start, end) in enumerate(spans):
        left, right = _near(abstract, start, end)
        found.update(_beside("m", left, right))
        if left and right:
            found.add(f"mb:{left[-1]} {right[0]}")
        if number == 0:
            found.update(_beside("i", left, right))
    return found


def _near(text: View, start: int, end: int) -> tuple[list[str], list[str]]:
    """The words of its sentence on either side of a span, the nearest last and first."""
    low, high = text.sentence(start)
    left = _WORD.findall(text.lower, max(low, start - _LEFT), start)[-_NEAR:]
    return left, _WORD.findall(text.lower, end, min(high, end + _RIGHT))[:_NEAR]


def _beside(where: str, left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    """The words on either side, the nearest, and the nearest two, the nearer first."""
    for side, words in (("l", left[::-1]), ("r", right)):
        for word in words:
            yield f"{where}{side}:{word}"
        if words:
            yield f"{where}{side}1:{words[0]}"
        if len(words) > 1:
            yield f"{where}{side}2:{words[0]} {words[1]}"


def _ordinary(level: int, shape: str, cue: Cue, plain: str) -> Iterator[str]:
    """What speaks for a common word as a name: how it is written, what shows it, what stands behind it."""
    after = FOLLOWS.match(plain, cue.end)
    word = after[1].lower() if after else ""
    named = is_head(word) or word in _CONSTRUCTS
    follows = word if word in AFTER_WORDS or not word.isalpha() else "head" if named else "other"
    yield from (f"f:{level}", f"f:{level}{shape}", f"f:{cue.rule}", f"f:{cue.rule}{shape}")
    yield from (f"f:a:{follows}", f"f:a:{follows}{shape}")
    yield from (f"f:h:{hint}" for hint in cue.hints if hint)


def _is_led(plain: str, start: int) -> bool:
    """Whether a capitalised word stands right before, within the sentence: "Arctic" before "Inference"."""
    before = plain[max(0, start - 20) : start]
    lead = before.rstrip(" ").rpartition(" ")[2]
    return lead[:1].isupper() and lead[-1:].isalnum() and len(before) > len(lead) + 1


def _where(name: str, place: tuple[str, Cue], abstract: View, own: int) -> Iterator[str]:
    """How far into the abstract the place is, and the name's first mention."""
    field, cue = place
    starts = [low for low, _ in abstract.sentences]
    if field == "abstract":
        number = bisect_right(starts, cue.start) - 1
        yield f"pos:{min(number, 3)}:{'end' if number >= len(starts) - 2 else 'mid'}"
    first = abstract.plain.find(name)
    if first >= 0:
        yield f"first:{min(bisect_right(starts, first) - 1, 4)}"
        yield f"firstown:{'none' if own < 0 else 'before' if first < own else 'after'}"
