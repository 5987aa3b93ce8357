"""How sure the rules are that a number is a result, by its kind and the words that tie it to its sentence.

The model of `verdict` weighs this with all else that is known of the number.
"""

from __future__ import annotations

from typing import NamedTuple

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.filter import Stance, scored
from kg.linking.claims.numbers import FAULTS, Quantity
from kg.linking.claims.reading import Reading, says_measure, skip_left

_FINDS = frozenset(
    "found finds detect detects detected identify identifies identified uncover uncovers uncovered discover discovers "
    "discovered reveal revealed expose exposed report reported".split()
)
_SOLVES = frozenset(
    "verifies solves detects identifies recovers predicts classifies passes covers proves finds catches".split()
)
_TIME_TIES = frozenset(
    "in takes take within under to requires require just than every achieving achieves achieve".split()
)
_CLOSE = frozenset("close near comparable match matches matching similar".split())
_CHANGES = frozenset(
    ("adjective", "noun", "verb", "level", "improve", "passive", "beat", "speedup", "comparative", "bare comparative",
     "bare noun", "as")
)  # fmt: skip
_CLOCKED = frozenset("operates operate runs run clocked works operated timing".split())
_SIZED = ("memory", "footprint", "size", "storage", "usage", "traffic", "band")
_NEEDS = frozenset(("requires", "requiring", "consumes", "occupies", "consuming", "only"))
_MEANS = frozenset(("mean", "average", "geomean", "median", "maximum"))
_BESIDE = frozenset(("with", "on", "over", "under", "for", "and"))
_SETTINGS = frozenset(("at", "with", "under", "@"))


class _Number(NamedTuple):
    """A number, at token `i`, in its clause."""

    clause: Clause
    quantity: Quantity
    i: int
    high: int  # the token before which what follows belongs to the number
    k: int  # the token that ties it to what stands before it
    tie: str  # its word
    reading: Reading | None
    stance: Stance

    @property
    def measured(self) -> bool:
        """Whether the reading names something measured."""
        reading = self.reading
        return reading is not None and (
            says_measure(self.clause, reading.low, reading.high) or reading.pattern in ("beat", "speedup")
        )

    @property
    def changed(self) -> bool:
        """Whether the reading tells a change."""
        return self.reading is not None and self.reading.pattern in _CHANGES

    @property
    def acted(self) -> bool:
        """Whether a verb stands right before the number."""
        return self.tie in words_of.VERBS or self.tie in words_of.BEAT


def confidence_of(
    c: Clause, q: Quantity, i: int, low: int, high: int, reading: Reading | None, stance: Stance
) -> float:
    """Confidence that a usable quantity at token i is a result, 0 … 1, 0 for none."""
    k = skip_left(c.words, i, max(0, low - 3))
    number = _Number(c, q, i, high, k, c.words[k] if k >= 0 else "", reading, stance)
    if q.kind in words_of.RELATIVE:
        return _relative(number)
    match q.kind:
        case "score":
            return 0.7 if scored(c, q, c.starts[0]) else 0.0
        case "rate" | "power" | "energy" | "area" | "level" | "count":
            return _absolute(number)
        case "time":
            return _time(number)
        case "size":
            return _size(number)
        case "frequency":
            return _frequency(number)
    return 0.0


def _relative(n: _Number) -> float:
    words, i, reading, tie = n.clause.words, n.i, n.reading, n.tie
    measured, (result, own) = n.measured, n.stance
    if n.changed:
        return 0.95 if measured else 0.88
    if measured or n.acted or (reading and tie in ("by", "to", "of")):
        return 0.85 if measured else 0.75
    if n.quantity.kind == "words" and n.quantity.low == 2:
        return 0.0 if reading is None else 0.6
    if reading and (words[i - 1] == "only" or (reading.pattern == "share" and tie in _SOLVES)):
        return 0.65
    if reading is None and result and i > 1 and words[i - 1] == "of" and words[i - 2] in _MEANS:
        return 0.65  # "reaches a cross-suite mean of 3x"
    if words[i - 1] == "within" and result and not _CLOSE.isdisjoint(words[:i]):
        return 0.6  # "comes close to X: within 4% for A"
    return 0.65 if reading and result else 0.5 if result and own else 0.0


def _absolute(n: _Number) -> float:
    words, i, tie, kind = n.clause.words, n.i, n.tie, n.quantity.kind
    measured, result = n.measured, n.stance.result
    if tie in ("with", "on", "over", "at", "under", "for") and not measured:
        reached = kind == "rate" and result and tie == "with" and words[i - 2 : i] == ["up", "to"]
        return 0.6 if reached else 0.0  # "answers queries with up to 900 queries/s"
    if (tie == "(" or (kind == "power" and tie == "at")) and not measured:
        return 0.0
    if kind == "count":
        found = n.quantity.unit in FAULTS and tie in _FINDS
        if not (n.acted or found or tie in (",", "and", "of", "to", "only", "by")):
            return 0.0
    if measured or n.acted:
        return 0.9
    if result:
        return 0.7
    return 0.55 if n.clause.noun(i + 1, n.high) == i + 1 and tie not in words_of.DETERMINERS else 0.0


def _time(n: _Number) -> float:
    if n.quantity.unit in ("days", "weeks", "months", "years"):
        return 0.6 if n.tie == "by" and n.changed else 0.0
    if n.measured or n.changed:
        return 0.85
    if n.tie in _TIME_TIES or "within" in n.clause.words[max(0, n.i - 2) : n.i]:
        return 0.65 if any(n.stance) else 0.0
    return 0.0


def _size(n: _Number) -> float:
    words, i, reading = n.clause.words, n.i, n.reading
    if n.tie in _BESIDE:
        return 0.0
    if words[i - 1] == "within" or n.tie in words_of.BE:
        return 0.55
    if n.changed or (reading and any(word.startswith(_SIZED) for word in words[reading.low : reading.high])):
        return 0.7
    return 0.6 if n.tie in _NEEDS or words[i - 1] == "only" else 0.0


def _frequency(n: _Number) -> float:
    c, words, i, k, tie, reading = n.clause, n.clause.words, n.i, n.k, n.tie, n.reading
    if tie in _BESIDE:
        return 0.0
    if tie == "of" and reading and not _SETTINGS.isdisjoint(words[max(0, reading.low - 2) : reading.low]):
        return 0.0
    if tie in _CLOCKED or (tie == "at" and not _CLOCKED.isdisjoint(words[max(0, k - 3) : k])):
        return 0.7
    if words[i + 1 : i + 2] in (["clock"], ["operating"], ["operation"]) and any(n.stance):
        return 0.6
    achieved = (
        words[i - 1] == "at" and n.high == len(words) and c.lower.find("achiev", c.starts[0], n.quantity.start) >= 0
    )
    return 0.6 if achieved or tie in ("of", "to") or tie in words_of.HAVE else 0.0
