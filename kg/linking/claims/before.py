"""What the words before a number say that it measures: "an accuracy of 81%", "latency is 3 ms", "throughput (2x)".

`read_before` tells the ways of saying it apart by the word that ties the number to what stands before it. What a verb of
change says ("reduces latency by 39%") is read by `tied`.
"""

from __future__ import annotations

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.reading import (
    SUBJECT_WORDS,
    Reading,
    Window,
    clause_subject,
    held_at,
    past_determiners,
    says_change,
    says_measure,
    skip_left,
)
from kg.linking.claims.tied import read_tied
from kg.linking.claims.words import NUMBER

#: Verbs of change that "of" may stand behind where "by" is meant.
_CHANGES_OF = frozenset(w for w in words_of.CHANGE_VERBS - words_of.CHANGE_NOUNS if w.endswith(("s", "ed")))
_RANGES = frozenset(("ranges", "range", "varies"))
_RANGING = _RANGES | {"ranging", "varying"}
_REACHES = frozenset("reach reaches reached reaching hits hitting attaining".split())
_TAKES = frozenset("takes take took taking requires costs lasts".split())


def read_before(w: Window) -> Reading | None:
    """What the words before the number say that it measures, None if they say nothing."""
    words, low = w.clause.words, w.low
    k = skip_left(words, w.i, low)
    if k < low:
        return None
    tie = words[k]
    if tie == "of" and words[k - 1] == ")":  # "completion time (JCT) of 3 s"
        k = _opening(words, k - 1, low) or k
    if tie == "on":
        if words[k - 1 : k] == ["average"]:
            return None
        k -= 1
        tie = words[k] if k >= low else ""
    if tie == "(":
        return _in_bracket(w, k)
    if tie == ",":
        return _changed(w.clause, k, low)
    if tie == "of" and k > low and words[k - 1] in _CHANGES_OF:
        return read_tied(w, k)  # "improves of 3x"
    if tie in ("averaged", "averages"):
        return _of_subject(w, k)
    if held_at(words, k + 1):
        return _of_subject(w, k - 1)
    if tie in ("of", "at", "with", "between") and k > low:
        return _of_noun(w, k, tie)
    if tie == "from" and words[k - 1] in _RANGING:
        return _ranging(w, k)
    if tie in ("by", "to", "from"):
        return read_tied(w, k)
    if w.kind == "percent" and words[w.i + 1 : w.i + 2] == ["of"]:
        if tie in ("in", "on", "for"):
            return _done(w.clause, k, w.far)
        if tie not in words_of.BE and tie not in words_of.VERBS:
            return None  # "can correct 29% of the submissions"
    if tie in words_of.BE or tie in ("=", ":"):
        return _equal(w, k)
    if tie in words_of.UP or tie in words_of.DOWN:
        return _grown(w, k)
    if tie == "in" and w.kind == "time":
        return _noun(w.clause, k, low, "in")
    if tie in _TAKES and (w.kind not in words_of.RELATIVE or words[w.i + 1 : w.i + 2] != ["and"]):
        return _of_subject(w, k, but=SUBJECT_WORDS)  # but "Foo takes 3% and 5% more cycles" is of cycles
    return _reached(w, k) or _unsaid(w, k)


def _opening(words: list[str], close: int, low: int) -> int:
    """The token that opens the short bracket closed at token `close`, 0 if none does."""
    return next((n for n in range(close - 1, max(low, close - 7), -1) if words[n] == "("), 0)


def _of_subject(w: Window, verb: int, but: frozenset[str] = frozenset()) -> Reading | None:
    """The subject of the verb at a token, unless it begins with one of the words of `but`."""
    begin, stop = clause_subject(w.clause, verb, w.far)
    return Reading(begin, stop, "value") if begin < stop and w.clause.words[begin] not in but else None


def _in_bracket(w: Window, k: int) -> Reading | None:
    """ "throughput (3x)", "improvements in throughput (3x)", "A (3x faster)": the bracket opens at token k."""
    c, words, low = w.clause, w.clause.words, w.low
    while k > low and words[k - 1] in (",", "by"):
        k -= 1
    before = _noun(c, k, low, "parenthesis")
    if before and says_measure(c, before.low, before.high):
        changed = _changed(c, k, low)
        if changed is None:
            return _with_verb(c, before, w.far)
        return changed if changed.high > before.low else before._replace(direction=changed.direction)
    close = w.i + 1
    while close < w.high and words[close] in (")", ",", "respectively", "on", "average"):
        close += 1
    end = c.noun(close, w.high) if words[w.i + 1 : w.i + 2] == [")"] else close
    if end > close and says_measure(c, close, end):
        return Reading(close, end, "parenthesis")
    return _changed(c, k, low) or _place(c, k, low) or before


def _of_noun(w: Window, k: int, tie: str) -> Reading | None:
    """ "an accuracy of 81%", "a reduction of 3x in latency", "with a latency of 3 ms": the noun phrase before token k."""
    c, words, low = w.clause, w.clause.words, w.low
    start = c.noun_before(k, low)
    if start == k:
        return None
    opened = words[start][-3:] == "ing" and words[start - 1 : start] == [","]
    if opened and words[start + 1] in words_of.CHANGE_NOUNS and not words_of.is_measure(words[start]):
        start += 1  # ", registering gains of"
    if tie != "with" and start > low + 1 and not says_change(c, start, k):
        placed = _measured_at(c, start, k, low)
        if placed:
            return placed
    if words[k - 1] in words_of.CHANGE_NOUNS:
        return _of_change(w, start, k)
    if tie == "at":
        return Reading(start, k, "at")
    if start > low + 1 and words[start - 1] in ("in", "of") and words[start - 2] in words_of.CHANGE_NOUNS:
        return Reading(start, k, "noun", words_of.change(words[start - 2]))
    return Reading(start, k, "with" if tie == "with" else "value")


def _of_change(w: Window, start: int, k: int) -> Reading:
    """ "a latency reduction of 3x", "a reduction of 3x in latency": the change is token k - 1 of the phrase from `start`."""
    c, words, i, head = w.clause, w.clause.words, w.i, w.clause.words[k - 1]
    direction = words_of.change(head)
    if head in words_of.SPEEDUP:
        return Reading(start, k, "speedup", "Decrease" if head == "slowdown" else "Increase")
    if i + 1 < w.high and words[i + 1] in ("in", "of"):
        at = past_determiners(c, i + 2, w.high)
        until = c.noun(at, w.high)
        if until > at:
            return Reading(at, until, "noun", direction)
    return Reading(start, k - 1, "noun", direction) if k - 1 > start else Reading(start, k, "bare noun", direction)


def _ranging(w: Window, k: int) -> Reading | None:
    """ "accuracy ranges from 81% to 93%", "gains ranging from 2x to 3x" (token k is "from")."""
    c, words, low = w.clause, w.clause.words, w.low
    if words[k - 1] in _RANGES:
        begin, stop = clause_subject(c, k - 1, w.far)
    else:
        stop = k - 1
        if words[stop - 1] == ")":  # "the power-delay product (PDP) ranging from"
            stop = _opening(words, stop - 1, low) or stop
        begin = c.noun_before(stop, low)
        if words[begin:stop] in (["factor"], ["factors"]) and words[begin - 1 : begin] == ["by"]:
            meant = read_tied(w, begin - 1)  # "reduces latency by factors ranging from"
            return meant and meant._replace(pattern="value", verb=-1)
    if begin == stop:
        return None
    return (
        _speedup(begin, stop) if not words_of.SPEEDUP.isdisjoint(words[begin:stop]) else Reading(begin, stop, "value")
    )


def _speedup(low: int, high: int) -> Reading:
    return Reading(low, high, "speedup", "Increase")


def _equal(w: Window, k: int) -> Reading | None:
    """ "latency is 3 ms", "latency = 3 ms", "latency: 3 ms"."""
    c, words, tie = w.clause, w.clause.words, w.clause.words[k]
    if tie == ":" and not (k > w.low and words_of.is_measure(words[k - 1])):
        return None
    if tie in words_of.BE:
        begin, stop = clause_subject(c, k, w.far)
        if says_measure(c, begin, stop) or not words_of.CHANGE_NOUNS.isdisjoint(words[begin:stop]):
            return Reading(begin, stop, "value")
    start = c.noun_before(k, w.far)
    if start - 1 > w.far and start < k and words[start - 1] == "of":
        begin = c.noun_before(start - 1, w.far)
        if begin < start - 1:
            return Reading(begin, start - 1, "value")
    return Reading(start, k, "value") if start < k else None


def _grown(w: Window, k: int) -> Reading | None:
    """ "latency dropped 39%": the verb of change is token k; not what has an object ("saves 40% of the space")."""
    c, words, tie = w.clause, w.clause.words, w.clause.words[k]
    active = tie[-3:] == "ing" or (tie[-1:] == "s" and words[k - 1] not in words_of.BE)
    after = words[w.i + 1] if w.i + 1 < w.high else ","
    if active and (after not in words_of.STOP or (after == "of" and tie in words_of.DOWN)):
        return None
    start = c.noun_before(k, w.far)
    return Reading(start, k, "passive", words_of.change(tie), verb=k) if start < k else None


def _reached(w: Window, k: int) -> Reading | None:
    """ "with peak speedups reaching 66x" (token k is "reaching")."""
    c, words = w.clause, w.clause.words
    if words[k] not in _REACHES or k <= w.low or not c.plain[c.starts[k - 1]].islower():
        return None
    speedup = words[k - 1] in words_of.SPEEDUP
    start = c.noun_before(k, w.low)
    if start == k or not (speedup or words_of.is_measure(words[k - 1])):
        return None
    return _speedup(start, k) if speedup else Reading(start, k, "value")


def _unsaid(w: Window, k: int) -> Reading | None:
    """What no word ties to the number that stands behind token k: "is smaller than B 3 times", "reduces latency 3x"."""
    c, words, low = w.clause, w.clause.words, w.low
    tie = words[k] if k >= low else ""
    if tie in words_of.VERBS or tie in ("and", "/") or tie in words_of.MORE or tie in words_of.LESS:
        return None
    if w.kind == "factor" and words[w.i + 1 : w.i + 2] in ([], ["."], [","]):
        for n in range(k, max(low, k - 9), -1):
            if words[n] == "than" and (words[n - 1] in words_of.MORE or words[n - 1] in words_of.LESS):
                of = (past_determiners(c, n + 1, k), k + 1)
                return Reading(n - 1, n, "comparative", words_of.change(words[n - 1]), baseline=of)
    start = c.noun_before(k + 1, low)
    if start <= k and says_measure(c, start, k + 1):
        return _with_verb(c, Reading(start, k + 1, "value"), low)
    return None


def _done(c: Clause, k: int, far: int) -> Reading | None:
    """What is done in a share of the cases: "identifies a correct path in 80% of the cases" (token k is "in")."""
    words = c.words
    start = c.noun_before(k, far)
    if start == k:
        return None
    verb = start
    while verb > far and words[verb - 1] in words_of.DETERMINERS:
        verb -= 1
    if verb > far and verb < start:  # an unlisted verb reads as a noun
        verb = max(c.noun_before(verb, far), verb - 1)
    if verb > far and words[verb - 1] in words_of.VERBS and words[verb - 1] not in words_of.HAVE | words_of.BE:
        verb -= 1
    return Reading(verb if words[verb] not in words_of.DETERMINERS else start, k, "share")


def _measured_at(c: Clause, start: int, k: int, low: int) -> Reading | None:
    """ "speedup for A of 3x", "quality of results of 98%": the noun phrase before the last one says what is measured."""
    words, at = c.words, start - 1
    while at > low and words[at] in words_of.DETERMINERS:
        at -= 1
    begin = c.noun_before(at, low)
    if begin == at or words[at] not in ("for", "on", "of", "in", "over", "across") or not says_change(c, begin, at):
        return None
    if words[at] == "of":
        return Reading(begin, k, "value") if words[at - 1] not in words_of.CHANGE_NOUNS else None
    head = words[at - 1]
    if words[at] == "in" and begin == at - 1 and head in words_of.CHANGE_NOUNS and head not in words_of.SPEEDUP:
        return Reading(start, k, "noun", words_of.change(head))  # "a reduction in lost packets of 3x"
    if head in words_of.CHANGE_NOUNS:
        end = at if head in words_of.SPEEDUP or begin == at - 1 else at - 1
        return Reading(
            begin, end, "speedup" if head in words_of.SPEEDUP else "noun", words_of.change(head), place=(start, k)
        )
    return Reading(begin, at, "value", place=(start, k))


def _place(c: Clause, k: int, low: int) -> Reading | None:
    """ "accuracy on A (3%)": what is measured stands before the place that stands before the bracket."""
    words = c.words
    start = c.noun_before(k, low)
    at = start - 1
    while at > low and words[at] in words_of.DETERMINERS:
        at -= 1
    if start == k or at <= low or words[at] not in ("on", "for", "in", "across", "over"):
        return None
    begin = c.noun_before(at, low)
    if begin < at and says_measure(c, begin, at):
        return Reading(begin, at, "place", place=(start, k))
    return None


def _with_verb(c: Clause, reading: Reading, far: int) -> Reading:
    """A reading with the verb of change that governs it ("reduces the error rate (5x)")."""
    words, verb = c.words, reading.low - 1
    while verb > far and words[verb] in words_of.DETERMINERS:
        verb -= 1
    if verb < far or words[verb] not in words_of.CHANGE_VERBS or words[verb] in words_of.BEAT:
        return reading
    pattern = "improve" if words[verb].startswith(words_of.BETTERS) else "verb"
    return reading._replace(pattern=pattern, direction=words_of.change(words[verb]), verb=verb)


def _changed(c: Clause, high: int, low: int) -> Reading | None:
    """A noun of change with what changes, shortly before token `high` ("improvements in full network, up to …")."""
    words = c.words
    for k in range(high - 1, max(low, high - 8) - 1, -1):
        if words[k] in words_of.VERBS or words[k] in (NUMBER, ",", ";", "(", ")"):
            return None
        if words[k] in words_of.CHANGE_NOUNS:
            start = c.noun_before(k + 1, low)
            at = past_determiners(c, k + 2, high)
            until = c.noun(at, high) if words[k + 1 : k + 2] in (["in"], ["of"]) else 0
            if until > at and (start == k or words[k] not in words_of.SPEEDUP):
                return Reading(at if start == k else start, until, "noun", words_of.change(words[k]))
            end = k + (words[k] in words_of.SPEEDUP)
            return Reading(start, end, "noun", words_of.change(words[k])) if start < end else None
    return None


def _noun(c: Clause, k: int, low: int, pattern: str) -> Reading | None:
    """The noun phrase before token k."""
    start = c.noun_before(k, low)
    return Reading(start, k, pattern) if start < k else None
