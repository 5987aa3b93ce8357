"""What a verb or a noun of change before "by", "to" or "from" says that a number measures: "reduces latency by 39%",
"throughput is improved from 2x", "an improvement in throughput by 3x"."""

from __future__ import annotations

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.reading import (
    Reading,
    Window,
    clause_subject,
    past_determiners,
    says_change,
    says_measure,
    terms,
)
from kg.linking.claims.words import NUMBER

_AUXILIARIES = frozenset(("can", "could", "will", "also", "further", "has", "have"))
_CHANGED = words_of.CHANGE_NOUNS | words_of.MORE | words_of.LESS
_COMPARED = frozenset("faster slower cheaper longer shorter smaller larger quicker".split())
_VARIES = frozenset("vary varies varied differ differs differed fluctuate fluctuates deviate deviates".split())


def read_tied(w: Window, k: int) -> Reading | None:
    """The reading of a number behind "by", "to" or "from" at token k, None if no change is said before it."""
    words = w.clause.words
    verb = _verb_before(w, k)
    if verb >= 0:
        return _beats(w, k, verb) if words[verb] in words_of.BEAT else _changes(w, k, verb)
    if words[k] == "by":
        also = _also_beaten(w.clause, k)
        if also:
            return also
    if words[k - 1] in ("down", "up") and words[k - 2 : k - 1] and words[k - 2] in words_of.BE:
        begin, stop = clause_subject(w.clause, k - 2, w.far)  # "demand is down by 10x"
        if begin < stop:
            return Reading(begin, stop, "passive", "Decrease" if words[k - 1] == "down" else "Increase", verb=k - 1)
    if words[k - 1] in _VARIES:
        begin, stop = clause_subject(w.clause, k - 1, w.far)
        if says_measure(w.clause, begin, stop):
            return Reading(begin, stop, "value")
    return _noun_of_change(w, k)


def _verb_before(w: Window, k: int) -> int:
    """The verb of change before token k, -1 if there is none after the number before it."""
    words = w.clause.words
    for v in range(k - 1, w.far - 1, -1):
        if words[v] == NUMBER:
            return -1
        if words[v] in words_of.CHANGE_VERBS:
            return v
        if words[v] == "up" and words[v - 1 : v] == ["speed"]:
            return v - 1 if v > w.far else -1
    return -1


def _beats(w: Window, k: int, verb: int) -> Reading:
    """ "outperforms A by 3x", "outperforms A in latency by 3x", "exceeds the throughput by 3x over A"."""
    c, words = w.clause, w.clause.words
    start = past_determiners(c, verb + 1, k)
    noun = c.noun(start, k)
    if says_measure(c, start, noun) and words[w.i + 1 : w.i + 2] in (["over"], ["compared"]):
        return Reading(start, noun, "improve", "Increase", verb=verb)
    said = terms(c, verb, k) or terms(c, w.i, w.high)
    beaten = None if said else _beaten(c, verb, k)
    if beaten:
        return beaten
    end = c.phrase(start, k, words_of.STOP_BASELINE)
    of = (start, end) if end > start else None
    return Reading(*(said or (verb, verb + 1)), "beat", words_of.change(words[verb]), verb=verb, baseline=of)


def _changes(w: Window, k: int, verb: int) -> Reading:
    """ "reduces latency by 39%", "latency is reduced by 39%", "accelerates inference by 3x"."""
    c, words = w.clause, w.clause.words
    start, end = _object(c, verb, k)
    direction = words_of.change(words[verb])
    is_passive = (verb > 0 and words[verb - 1] in words_of.BE) or (verb > 1 and words[verb - 2] in words_of.BE)
    if end == start or is_passive:
        changed = _changing(w, verb, has_object=end > start)
        if changed:
            return changed
    if end == start:
        return Reading(0, 0, "verb", direction, verb=verb)
    if words[verb].startswith(("accelerat", "speed")):
        return Reading(verb, end, "verb", "Increase", verb=verb)
    if words[k] == "to":
        return Reading(start, end, "level", direction, verb=verb)
    return Reading(start, end, "improve" if words[verb].startswith(words_of.BETTERS) else "verb", direction, verb=verb)


def _changing(w: Window, verb: int, *, has_object: bool) -> Reading | None:
    """What changes, where that is the subject: "latency is reduced by 39%", "latency drops by 39%"."""
    c, words, far = w.clause, w.clause.words, w.far
    direction = words_of.change(words[verb])
    be = verb
    while be > far and words[be] not in words_of.BE and verb - be < 4:
        be -= 1
    if words[be] in words_of.BE:
        stop = be
        while stop > far and words[stop - 1] in _AUXILIARIES:
            stop -= 1
        begin = c.noun_before(stop, far)
        if begin > far and words[begin - 1] in words_of.PREPOSITIONS | words_of.DETERMINERS:
            begin, stop = _head_of(c, begin, stop, far)  # "the usage of A on B is reduced"
        return Reading(begin, stop, "passive", direction, verb=verb) if begin < stop else None
    if has_object:
        return None
    said = terms(c, w.i, w.high)
    if said:
        return Reading(*said, "verb", direction, verb=verb)
    begin, stop = clause_subject(c, verb, far)
    counted = begin < stop and "number of" in c.lower[c.starts[begin] : c.ends[stop - 1]]
    if counted or says_measure(c, begin, stop):
        return Reading(begin, stop, "passive", direction, verb=verb)
    return None


def _noun_of_change(w: Window, k: int) -> Reading | None:
    """ "an improvement in latency by 3x", "latency improvements by 3x", "faster than A by 3x"."""
    c, words, far = w.clause, w.clause.words, w.far
    n = k - 1
    while n >= far and words[n] not in _CHANGED and words[n] != NUMBER:
        n -= 1
    if n < far or words[n] == NUMBER:
        return None
    at, direction = n + 1, words_of.change(words[n])
    if words[at : at + 1] == ["than"] and words[n] in _COMPARED and words[k] == "by":
        start = past_determiners(c, at + 1, k)
        of = c.phrase(start, k, words_of.STOP_BASELINE | {","})
        return Reading(n, n + 1, "comparative", direction, baseline=(start, of) if start < of else None)
    if words[at : at + 1] in (["in"], ["of"]):
        at += 1
    elif words[n] in words_of.CHANGE_NOUNS:
        begin = c.noun_before(n + 1, far)
        return Reading(begin, n + (begin == n or words[n] in words_of.SPEEDUP), "noun", direction)
    at = past_determiners(c, at, k)
    until = c.noun(at, k)
    return Reading(at, until, "noun", direction) if until > at else None


def _beaten(c: Clause, verb: int, high: int) -> Reading | None:
    """What is measured, where it is the object of the verb: "surpasses cuBLAS TF32 throughput by"."""
    words = c.words
    start = past_determiners(c, verb + 1, high)
    end = c.noun(start, high)
    if end == start or words[end : end + 1] not in (["by"], ["up"]) or not words_of.is_measure(words[end - 1]):
        return None
    first = end - 1
    while first > start and words_of.is_measure(words[first - 1]):
        first -= 1
    of = (start, first) if start < first else None
    return Reading(first, end, "beat", words_of.change(words[verb]), verb=verb, baseline=of)


def _also_beaten(c: Clause, k: int) -> Reading | None:
    """The next thing that is beaten: "outperforms A by 2x, and B by 3x" (token k is the last "by")."""
    words = c.words
    number = next((n for n in range(k - 1, max(0, k - 12), -1) if words[n] == NUMBER), 0)
    if not number:
        return None
    start = number + 1
    while start < k and words[start] in (",", "and", "as", "well", "respectively", "the"):
        start += 1
    phrase = words[start:k]
    if not phrase or len(phrase) > 8 or says_measure(c, start, k) or not words_of.VERBS.isdisjoint(phrase):
        return None
    v = number - 1
    while v >= max(0, number - 24) and words[v] not in words_of.CHANGE_VERBS:
        if words[v] in (";", "while", "whereas"):
            return None
        v -= 1
    if v < 0 or words[v] not in words_of.BEAT:
        return None
    return Reading(v, v + 1, "beat", words_of.change(words[v]), verb=v, baseline=(start, k))


def _head_of(c: Clause, begin: int, stop: int, far: int) -> tuple[int, int]:
    """The subject whose verb follows token `stop`, if something measured heads it, else tokens `begin` … `stop`."""
    first, end = clause_subject(c, stop, far)
    return (first, end) if first < end and says_change(c, first, end) else (begin, stop)


def _object(c: Clause, verb: int, high: int) -> tuple[int, int]:
    """The noun phrase after a verb: what is improved or reduced."""
    aside = next((k for k in range(verb + 2, min(high, verb + 7)) if c.words[k] == ","), verb)
    start = past_determiners(c, (aside if c.words[verb + 1] == "," else verb) + 1, high)  # "reduces, on average, …"
    while start < high and (c.words[start] in ("up", "down", "on", "upon", "about") or c.words[start].endswith("ly")):
        start = past_determiners(c, start + 1, high)
    if c.words[start][:1].isdigit() and "of" in c.words[start : start + 3]:  # "reduces 2 TB of data to 1 TB"
        start = past_determiners(c, c.words.index("of", start) + 1, high)
    end = start
    while True:
        end = c.noun(end, high)
        if c.words[end : end + 1] == ["of"] and c.words[end - 1] in words_of.GENERIC_HEADS and end + 1 < high:
            end = past_determiners(c, end + 1, high)
        elif c.words[end : end + 1] in (["and"], ["("]) and end + 1 < high and end > start:
            if c.words[end] == "(":
                close = end + 1
                while close < high and c.words[close] != ")" and close - end < 6:
                    close += 1
                break
            follow = past_determiners(c, end + 1, high)
            if c.words[follow] in words_of.VERBS or c.noun(follow, high) == follow:
                break
            end = follow
        else:
            break
    while end > start and c.words[end - 1] in ("and", "of"):
        end -= 1
    return start, end
