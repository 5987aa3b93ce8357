"""Quantitative results that a text states, each with its evidence.

`find` reads the numbers of a field (`numbers`) and keeps those that are results of this paper: the rules of
`filter` have a say, `verdict` decides. What each measures is read before and after it (`before`,
`after`, `reading`, `metric`) and decided by `measure`, what it is compared with is read around it
(`context`); `place` chooses the phrases that say where it holds. `result` makes the claims, `merge` drops what a paper says twice. Sentences
are tokens (`tokens`) that form phrases (`clause`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.linking.claims import words as words_of
from kg.linking.claims.after import read_after
from kg.linking.claims.before import read_before
from kg.linking.claims.choice import choose
from kg.linking.claims.clause import Clause
from kg.linking.claims.context import Found
from kg.linking.claims.filter import (
    Stance,
    is_own,
    onset_of,
    plausible,
    results_only,
    scored,
    standing,
    usable,
)
from kg.linking.claims.numbers import Quantity, quantities
from kg.linking.claims.place import Scenes
from kg.linking.claims.rating import confidence_of
from kg.linking.claims.reading import Reading, Window, boundary, glued, says_measure, skip_left
from kg.linking.claims.result import FieldText, assemble
from kg.linking.claims.verdict import NumberSentence, probability
from kg.linking.claims.words import NUMBER
from kg.linking.text import Spot, View
from kg.model import Claim

_UNREAD = Reading()
_ENDS_BRACKET = ([")"], [","], ["vs"], ["vs."], ["versus"], ["compared"])
_NO_METRICS: Mapping[str, tuple[str, str]] = {}
#: A number is a result above this probability.
SURE = 0.5
#: A sentence with more numbers than this is a table.
MAX_PER_SENTENCE = 24


class ResultSentence(NamedTuple):
    """The results of one sentence, before they are made claims; `near` are the mentions in it."""

    field_text: FieldText
    clause: Clause
    near: Sequence[Spot]
    found: list[Found]


def find(
    view: View,
    paper: str,
    field: str,
    spots: Sequence[Spot],
    *,
    introduced: str = "",
    metrics: Mapping[str, tuple[str, str]] = _NO_METRICS,
) -> tuple[Claim, ...]:
    """Quantitative results that one field states, by start.

    `spots` are the linked mentions, by start, offsets into `view.plain`. `introduced` is the entity that the paper
    presents, "" if none. `metrics` maps lower-case names to (metric id, "higher" | "lower" | "" = the better direction).
    """
    claims = [
        claim for stated in results(view, paper, field, spots, introduced, metrics) for claim in assemble(*stated)
    ]
    return tuple(sorted(claims, key=lambda claim: claim.evidence.start))


def results(
    view: View,
    paper: str,
    field: str,
    spots: Sequence[Spot],
    introduced: str,
    metrics: Mapping[str, tuple[str, str]],
) -> Iterator[ResultSentence]:
    """The sentences of a field that state results, in order."""
    field_text = FieldText(view, paper, field, spots, introduced, metrics, Scenes(view, spots, introduced))
    for numbered in number_sentences(view, field, spots, introduced):
        numbers = numbered.numbers
        sure = [round(probability(numbered, n), 2) for n in range(len(numbers))]
        decided = _Decided([p if p > SURE else 0.0 for p in sure])
        c = Clause(view, *numbered.span, numbers)
        found = _results(c, numbers, decided) if any(decided.sure) else []
        if found:
            yield ResultSentence(field_text, c, numbered.near, found)


def number_sentences(view: View, field: str, spots: Sequence[Spot], introduced: str) -> Iterator[NumberSentence]:
    """The sentences of a field that have numbers, with what the rules find in them, in order."""
    sentences: dict[tuple[int, int], list[Quantity]] = {}
    until = -1
    for q in results_only(view, quantities(view)):
        if q.start >= until:
            span = view.sentence(q.start)
            until = span[1]
        sentences.setdefault(span, []).append(q)
    onset = _onset(view, spots, introduced) if sentences else -1
    starts = [s.start for s in spots]
    for span, inside in sentences.items():
        if len(inside) > MAX_PER_SENTENCE:
            continue
        low, high = span
        sentence = view.lower[low:high]
        stance = Stance(True, True) if is_own(sentence) else None
        # Motivation never fills more than half of an abstract.
        if stance is None and (field == "title" or high > onset or low >= len(view.plain) // 2):
            stance = standing(sentence, sure=onset >= 0)
        possible = [plausible(view, q, low) for q in inside]
        likely = any(p and (q.kind != "score" or scored(view, q, low)) for p, q in zip(possible, inside, strict=True))
        c = Clause(view, low, high, inside)
        near = spots[bisect_left(starts, c.starts[0]) : bisect_left(starts, c.ends[-1])]
        rules = _Rules(possible, stance or Stance(), near)
        found = _results(c, inside, rules)
        where = "none" if onset < 0 else "before" if high <= onset else "after"
        reads = "result" if stance and likely else "likely" if likely else "stance" if stance else "nothing"
        yield NumberSentence(view, field, span, inside, possible, rules.unusable, reads, where, c, near, found)


def _onset(view: View, spots: Sequence[Spot], introduced: str) -> int:
    """Where a field begins to speak of the paper's own work, -1 if it never does."""
    onset = onset_of(view.lower)
    if introduced and onset > 0:
        return min([onset, *(s.start for s in spots if s.entity == introduced)])
    return onset


class _Rules:
    """The rules say which numbers of a sentence are results; `unusable` are those that no reading could make results."""

    def __init__(self, possible: Sequence[bool], stance: Stance, near: Sequence[Spot]) -> None:
        """`possible`: by number, `filter.plausible`; `near`: mentions."""
        self._possible, self._stance, self._near = possible, stance, near
        self.unusable: set[int] = set()

    def may(self, c: Clause, n: int, q: Quantity, i: int, low: int) -> bool:
        """Whether number `n`, at token i, may be a result."""
        fit = self._possible[n] and usable(c, q, i, low, self._near)
        if not fit:
            self.unusable.add(n)
        return fit

    def confidence(
        self, c: Clause, n: int, q: Quantity, i: int, low: int, high: int, reading: Reading | None, last: Found | None
    ) -> float:
        """Confidence that a number is a result, 0 if it is none; a list lends its numbers that of the one before."""
        own = confidence_of(c, q, i, low, high, reading, self._stance)
        if last is None:
            return own
        lent = last.confidence - 0.05
        if _restates(c, q, i, last):
            return max(own, lent)
        if glued(c, last.token, i) and (own or last.quantity.kind == q.kind or q.kind in words_of.ABSOLUTE):
            return max(own, lent)
        between = c.words[last.token + 1 : i]
        if q.kind == last.quantity.kind == "score" and 2 < len(between) < 12 and between[0] in ("for", "on", "in"):
            listed = between[-1] in ("and", ",") and words_of.VERBS.isdisjoint(between)
            return own or (lent if listed else 0.0)  # "0.92 for A, 0.83 for B and 0.88 for C"
        tie = c.words[skip_left(c.words, i, low - 1)]
        related = tie in ("and", ",", "(", "/") and {q.kind, last.quantity.kind} <= words_of.RELATIVE
        return own or (lent if related else 0.0)


class _Decided(NamedTuple):
    """It is known how sure each number of a sentence is to be a result, 0 for none."""

    sure: Sequence[float]

    def may(self, c: Clause, n: int, q: Quantity, i: int, low: int) -> bool:
        return self.sure[n] > 0

    def confidence(
        self, c: Clause, n: int, q: Quantity, i: int, low: int, high: int, reading: Reading | None, last: Found | None
    ) -> float:
        return self.sure[n]


def _results(c: Clause, inside: list[Quantity], judge: _Rules | _Decided) -> list[Found]:
    """The results of one sentence, by a judge. Numbers that are no results become words among others."""
    words = c.words
    found: list[Found] = []
    for n, (q, i) in enumerate(zip(inside, c.where, strict=True)):
        last = found[-1] if found else None
        following = c.where[n + 1] if n + 1 < len(inside) else len(words)
        low = boundary(c, last.token, i) if last else 0
        high = boundary(c, i, following) if n + 1 < len(inside) else following
        if high <= i + 1 < following and words[i + 1] != ",":
            high = following
        confidence = 0.0
        if judge.may(c, n, q, i, low):
            left = read_before(Window(c, i, low, low if last else max(0, i - 40), high, q.kind))
            bare = q.kind == "score" and not says_measure(c, i + 1, i + 4)
            right = None if bare else read_after(c, i, high)
            reading = _continued(c, q, i, low, found, choose(c, i, right, left, q.kind)) or _listed(c, inside, n)
            said = _measured_too(c, q, reading, found) if reading and reading.pattern == "beat" else None
            if reading and said:
                reading = reading._replace(low=said.low, high=said.high)
            confidence = judge.confidence(c, n, q, i, low, high, reading, last)
        if not confidence:
            words[i] = c.lower[c.starts[i] : c.ends[i]]
            continue
        change = left or reading
        begun = change is not None and (change.verb >= 0 or _begun(c, i, last))
        if q.second >= 0 and words[skip_left(words, i, low)] == "from" and change and begun:
            # "from 11% to 6%": the result is where it ends.
            q, reading = q._replace(start=q.second, low=q.high), change._replace(pattern="level")
        bound, before = c.bound(i, low, high)
        bound = bound if bound and q.bound in ("", "Approximately") else q.bound or bound
        found.append(Found(q, i, low, high, reading or _UNREAD, bound, before, confidence))
    return found


def _measured_too(c: Clause, q: Quantity, reading: Reading, found: list[Found]) -> Reading | None:
    """What a result before "…, outperforming A by 3%" measures, where that goes on with it."""
    if reading.low != reading.verb or not c.words[reading.verb].endswith("ing"):
        return None
    for f in reversed(found):
        like = f.quantity.unit == q.unit or f.quantity.kind == "score" or q.kind == "factor"
        if like and says_measure(c, f.reading.low, f.reading.high):
            return f.reading
    return None


def _begun(c: Clause, i: int, last: Found | None) -> bool:
    """Whether the result before the number at token i is where a change ends ("improves A from 1x to 2x and B from")."""
    return last is not None and last.quantity.start == last.quantity.second and "and" in c.words[last.token : i]


def _restates(c: Clause, q: Quantity, i: int, last: Found) -> bool:
    """Whether a bracket says the result before it in a unit ("2x lower energy (3 J)", "5 tokens/s (~4 words/s)")."""
    words, k = c.words, skip_left(c.words, i, last.token)
    if words[k] != "(" or words[i + 1 : i + 2] not in _ENDS_BRACKET:
        return False
    if q.kind in ("factor", "percent") and last.quantity.kind in words_of.ABSOLUTE:
        return k == last.token + 1 and last.reading.direction != ""  # "cuts latency from 9 ms to 3 ms (3x)"
    if q.kind not in words_of.ABSOLUTE:
        return False
    if k == last.token + 1 and last.quantity.kind == q.kind:
        return True
    between = words[last.reading.high : k] if last.token < last.reading.high else [NUMBER]
    near = not between or between[0] in ("than", "over") or (len(between) == 1 and between[0] in words_of.CHANGE_NOUNS)
    said = words[last.reading.low : last.reading.high] if near and len(between) < 9 else ()
    stems = words_of.RESTATED.get(q.kind, ())
    return last.quantity.kind in words_of.RELATIVE and any(word.startswith(stems) for word in said)


def _listed(c: Clause, inside: list[Quantity], n: int) -> Reading | None:
    """What the last number of a list says that they all measure ("3x, 4x and 5x speedup")."""
    last = n
    while (
        last + 1 < len(inside)
        and inside[last + 1].kind == inside[n].kind
        and glued(c, c.where[last], c.where[last + 1])
    ):
        last += 1
    reading = read_after(c, c.where[last], len(c.words)) if last > n and inside[n].kind in words_of.RELATIVE else None
    if reading is None or reading.pattern in ("share", "in"):
        return None
    measured = says_measure(c, reading.low, reading.high)
    return reading if measured or reading.pattern != "noun phrase" else None


def _continued(c: Clause, q: Quantity, i: int, low: int, found: list[Found], reading: Reading | None) -> Reading | None:
    """The reading of a number that goes on with what was begun for the one before it."""
    if not found:
        return reading
    last = found[-1]
    words, k = c.words, skip_left(c.words, i, low)
    if _restates(c, q, i, last):
        return last.reading
    n = len(found) - 1
    while n and not found[n].reading.pattern and glued(c, found[n - 1].token, found[n].token):
        n -= 1  # "A by 3% and 4%, and B by 5%"
    last = found[n]
    if reading is None and k >= low and words[k] in ("by", "to", "from") and last.reading.direction:
        # "reduces A by 3%, B by 5% and by 7% on C": the verb is said once.
        start = c.noun_before(k, low)
        if start == k or words[start] in words_of.VERBS:  # "…, corresponding to 5%"
            return last.reading
        named = "of" in words[last.reading.low : last.reading.high + 1]
        if named and not says_measure(c, start, k):
            return last.reading._replace(place=(start, k), baseline=None)  # "reduces A of B by 3%, C by 5%"
        return last.reading._replace(low=start, high=k, baseline=None, place=None)
    if last.reading.place and words[i - 1] == "(" and (reading is None or reading.pattern in ("parenthesis", "value")):
        # "accuracy on A (3%) and B (5%)"
        start = c.noun_before(i - 1, low)
        return last.reading._replace(place=(start, i - 1) if start < i - 1 else None)
    return reading
