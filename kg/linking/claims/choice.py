"""Which reading of a number says more: that of the words after it or that of those before it."""

from __future__ import annotations

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.reading import Reading, clause_subject, says_measure

_CHANGES = frozenset(("adjective", "noun", "speedup", "comparative", "as"))  # patterns that tell a change whole
_LOOSE = frozenset(("at", "with"))  # patterns before the number that often tell something else
_SHORTER = ("time", "latenc", "runtime")  # what is better when it is shorter, by the beginning of the word


def choose(c: Clause, i: int, right: Reading | None, left: Reading | None, kind: str) -> Reading | None:
    """A change said after the number at token i, then one said before it, then a plain noun phrase.

    Args:
        kind: of the number's unit.
    """
    if kind == "count" or right is None:
        return left
    measured = right.pattern in ("noun phrase", "share") and says_measure(c, right.low, right.high)
    if measured and (
        left is None or left.pattern in _LOOSE or left.pattern == "parenthesis" or _is_idle(c, left, right)
    ):
        return right
    if kind in words_of.ABSOLUTE:
        if left is None:
            told = right.pattern in ("noun", "adjective", "bare noun") or (right.pattern == "share" and kind == "rate")
            return right if told else None
        return right if right.pattern in ("noun", "adjective", "bare noun") and left.pattern in _LOOSE else left
    if right.pattern == "within":
        return left._replace(baseline=right.baseline) if left and left.pattern != "at" and right.high == 0 else right
    if right.pattern == "comparative":
        return _compared_subject(c, i, right) or right
    if right.pattern in _CHANGES:
        return right
    if right.pattern == "in":
        return right._replace(direction=left.direction, verb=left.verb, baseline=left.baseline) if left else right
    if right.pattern in ("bare noun", "bare comparative"):
        return _bare(c, i, right, left)
    if left is None or (right.pattern == "noun phrase" and left.pattern in ("at", "parenthesis")):
        return right
    return left


def _compared_subject(c: Clause, i: int, right: Reading) -> Reading | None:
    """What is faster or slower, where the subject says it: "inference time is 3x faster"."""
    be = _copula(c, i)
    begin, stop = clause_subject(c, be, 0) if be else (0, 0)
    if not says_measure(c, begin, stop):
        return None
    shorter = right.direction == "Increase" and c.words[stop - 1].startswith(_SHORTER)
    return Reading(begin, stop, "comparative", "Decrease" if shorter else right.direction)


def _bare(c: Clause, i: int, right: Reading, left: Reading | None) -> Reading:
    """What changes, where the words after the number tell only how: "latency is 3x lower", "with accuracy 3% higher"."""
    if left and left.high > left.low and left.pattern not in _LOOSE:
        return left._replace(direction=right.direction)
    if right.pattern == "bare noun":
        return right
    if c.words[min(i + 1, len(c.words) - 1)] in ("better", "worse"):
        return right._replace(low=i + 1, high=i + 2)
    be = _copula(c, i)
    start = c.noun_before(be, 0)
    return right._replace(low=start, high=be) if start < be else right


def _is_idle(c: Clause, left: Reading, right: Reading) -> bool:
    """Whether what stands before a number names nothing that is measured, but what stands behind it does ("generates models
    of 95% accuracy")."""
    named = left.low < left.high and words_of.is_measure(c.words[left.high - 1])
    return left.pattern == "value" and not named and right.pattern == "noun phrase"


def _copula(c: Clause, i: int) -> int:
    """The copula shortly before token i, 0 if there is none."""
    return next((k for k in range(i - 1, max(-1, i - 8), -1) if c.words[k] in words_of.BE), 0)
