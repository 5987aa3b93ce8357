"""What the words before a number say that it measures: "reduces latency by 39%", "an accuracy of 81%"."""

from __future__ import annotations

from kg.linking import claim_words as words_of
from kg.linking.claim_clause import Clause
from kg.linking.claim_reading import SUBJECT_WORDS, Reading, clause_subject, held_at, past_determiners, skip_left, terms
from kg.linking.claim_words import NUMBER

_VARIES = frozenset("vary varies varied differ differs differed fluctuate fluctuates deviate deviates".split())
#: Verbs of change that "of" may stand behind where "by" is meant.
_CHANGES_OF = frozenset(w for w in words_of.CHANGE_VERBS - words_of.CHANGE_NOUNS if w.endswith(("s", "ed")))
_COMPARED = frozenset("faster slower cheaper longer shorter smaller larger quicker".split())
_REACHES = frozenset("reach reaches reached reaching hits hitting attaining".split())
_TAKES = frozenset("takes take took taking requires costs lasts".split())


def read_before(c: Clause, i: int, low: int, far: int, high: int, unit_kind: str) -> Reading | None:
    """What the words before the number say that it measures. `far` bounds the search for its verb."""
    words = c.words
    k = skip_left(words, i, low)
    if k < low:
        return None
    tie = words[k]
    if tie in ("of", "at", "by", "to") and words[k - 1] == ")":  # "completion time (JCT) of 3 s"
        opened = next((n for n in range(k - 2, max(low, k - 8), -1) if words[n] == "("), 0)
        if opened and tie == "of":
            k = opened
    if tie == "on" and words[k - 1 : k] == ["average"]:
        return None
    if tie == "on":
        k -= 1
        tie = words[k] if k >= low else ""
    if tie == "(":
        while k > low and words[k - 1] in (",", "by"):
            k -= 1
        before = _plain_before(c, k, low, "parenthesis")
        if before and any(map(words_of.is_measure, words[before.low : before.high])):
            changed = _changed(c, k, low)
            if changed is None:
                return _with_verb(c, before, far)
            return changed if changed.high > before.low else before._replace(direction=changed.direction)
        close = i + 1
        while close < high and words[close] in (")", ",", "respectively", "on", "average"):
            close += 1
        end = c.noun(close, high) if words[i + 1 : i + 2] == [")"] else close
        if end > close and any(map(words_of.is_measure, words[close:end])):
            return Reading(close, end, "parenthesis")
        return _changed(c, k, low) or _place(c, k, low) or before
    if tie == ",":
        return _changed(c, k, low)
    if tie == "of" and k > low and words[k - 1] in _CHANGES_OF:
        return _tied(c, i, k, far, high)  # "improves of 3x"
    if tie in ("averaged", "averages"):
        begin, stop = clause_subject(c, k, far)
        return Reading(begin, stop, "value") if begin < stop else None
    if held_at(words, k + 1):
        begin, stop = clause_subject(c, k - 1, far)
        return Reading(begin, stop, "value") if begin < stop else None
    if tie in ("of", "at", "with", "between") and k > low:
        start = c.noun_before(k, low)
        if start == k:
            return None
        opened = words[start][-3:] == "ing" and words[start - 1 : start] == [","]
        if opened and words[start + 1] in words_of.CHANGE_NOUNS and not words_of.is_measure(words[start]):
            start += 1  # ", registering gains of"
        if tie != "with" and start > low + 1 and not _says(c, start, k):
            placed = _measured_at(c, start, k, low)
            if placed:
                return placed
        head = words[k - 1]
        if head in words_of.CHANGE_NOUNS:
            direction = words_of.change(head)
            if head in words_of.SPEEDUP:
                return Reading(start, k, "speedup", "Decrease" if head == "slowdown" else "Increase")
            if i + 1 < high and words[i + 1] in ("in", "on", "for", "of"):
                at = past_determiners(c, i + 2, high)
                until = c.noun(at, high)
                if until > at and words[i + 1] in ("in", "of"):
                    return Reading(at, until, "noun", direction)
            if k - 1 > start:
                return Reading(start, k - 1, "noun", direction)
            return Reading(start, k, "bare noun", direction)
        if tie == "at":
            return Reading(start, k, "at")
        if start > low + 1 and words[start - 1] in ("in", "of") and words[start - 2] in words_of.CHANGE_NOUNS:
            return Reading(start, k, "noun", words_of.change(words[start - 2]))
        return Reading(start, k, "with" if tie == "with" else "value")
    if tie == "from" and words[k - 1] in ("ranging", "ranges", "range", "varying", "varies"):
        if words[k - 1] in ("ranges", "range", "varies"):
            begin, stop = clause_subject(c, k - 1, far)
        else:
            stop = k - 1
            if words[stop - 1] == ")":  # "the power-delay product (PDP) ranging from"
                stop = next((n for n in range(stop - 2, max(low, stop - 8), -1) if words[n] == "("), stop)
            begin = c.noun_before(stop, low)
            if words[begin:stop] in (["factor"], ["factors"]) and words[begin - 1 : begin] == ["by"]:
                meant = _tied(c, i, begin - 1, far, high)  # "reduces latency by factors ranging from"
                return meant and meant._replace(pattern="value", verb=-1)
        speedup = any(word in words_of.SPEEDUP for word in words[begin:stop])
        return (
            Reading(begin, stop, "speedup" if speedup else "value", "Increase" if speedup else "")
            if begin < stop
            else None
        )
    if tie in ("by", "to", "from"):
        return _tied(c, i, k, far, high)
    if unit_kind == "percent" and words[i + 1 : i + 2] == ["of"]:
        if tie in ("in", "on", "for"):
            return _done(c, k, far)
        if tie not in words_of.BE and tie not in words_of.VERBS:
            return None  # "can correct 29% of the submissions"
    if tie == ":" and not (k > low and words_of.is_measure(words[k - 1])):
        return None
    if tie in words_of.BE or tie == "=" or tie == ":":
        begin, stop = clause_subject(c, k, far) if tie in words_of.BE else (0, 0)
        if any(map(words_of.is_measure, words[begin:stop])) or not words_of.CHANGE_NOUNS.isdisjoint(words[begin:stop]):
            return Reading(begin, stop, "value")
        start = c.noun_before(k, far)
        if words[start - 1 : start] == ["of"] and start - 1 > far and start < k:
            begin = c.noun_before(start - 1, far)
            if begin < start - 1:
                return Reading(begin, start - 1, "value")
        if start < k:
            return Reading(start, k, "value")
        return None
    if tie in words_of.UP or tie in words_of.DOWN:
        active = tie[-3:] == "ing" or (tie[-1:] == "s" and words[k - 1] not in words_of.BE)
        after = words[i + 1] if i + 1 < high else ","
        if active and (after not in words_of.STOP or (after == "of" and tie in words_of.DOWN)):
            return None  # "reducing 7% energy", "saves 40% of the space"
        start = c.noun_before(k, far)
        return Reading(start, k, "passive", words_of.change(tie), verb=k) if start < k else None
    if tie == "in" and unit_kind == "time":
        return _plain_before(c, k, low, "in")
    if tie in _TAKES and (unit_kind not in words_of.RELATIVE or words[i + 1 : i + 2] != ["and"]):
        begin, stop = clause_subject(c, k, far)  # but "Foo takes 3% and 5% more cycles" is of cycles
        return Reading(begin, stop, "value") if begin < stop and words[begin] not in SUBJECT_WORDS else None
    if tie in _REACHES and k > low and (words_of.is_measure(words[k - 1]) or words[k - 1] in words_of.SPEEDUP):
        start = c.noun_before(k, low)  # "with peak speedups reaching 66x"
        if start < k and c.plain[c.starts[k - 1]].islower():
            speedup = words[k - 1] in words_of.SPEEDUP
            return Reading(start, k, "speedup" if speedup else "value", "Increase" if speedup else "")
    if tie in words_of.VERBS or tie in ("and", "/"):
        return None
    if tie in words_of.MORE or tie in words_of.LESS:
        return None
    if unit_kind == "factor" and words[i + 1 : i + 2] in ([], ["."], [","]):
        for n in range(k, max(low, k - 9), -1):
            if words[n] == "than" and (words[n - 1] in words_of.MORE or words[n - 1] in words_of.LESS):
                of = (past_determiners(c, n + 1, k), k + 1)  # "is smaller than B 3 times"
                return Reading(n - 1, n, "comparative", words_of.change(words[n - 1]), baseline=of)
    start = c.noun_before(k + 1, low)
    if start <= k and any(map(words_of.is_measure, words[start : k + 1])):
        return _with_verb(c, Reading(start, k + 1, "value"), low)
    return None


def _tied(c: Clause, i: int, k: int, far: int, high: int) -> Reading | None:
    """The reading of a number after "by", "to" or "from" (token k): a verb or noun of change before it says of what."""
    words = c.words
    tie = words[k]
    v = k - 1
    while v >= far and words[v] not in words_of.CHANGE_VERBS and words[v] != NUMBER:
        if words[v] == "up" and words[v - 1 : v] == ["speed"]:
            v -= 1
            break
        v -= 1
    if v >= far and words[v] != NUMBER:
        verb = words[v]
        if verb in words_of.BEAT:
            start = past_determiners(c, v + 1, k)
            end = c.phrase(start, k, words_of.STOP_BASELINE)
            baseline = (start, end) if end > start else None
            if any(map(words_of.is_measure, words[start : c.noun(start, k)])) and words[i + 1 : i + 2] in (
                ["over"],
                ["compared"],
            ):
                return Reading(start, c.noun(start, k), "improve", "Increase", verb=v)
            said = terms(c, v, k) or terms(c, i, high)
            if not said:
                beaten = _beaten(c, v, k)
                if beaten:
                    return beaten
            return Reading(*(said or (v, v + 1)), "beat", words_of.change(verb), verb=v, baseline=baseline)
        start, end = _object(c, v, k)
        if end == start or (v > 0 and words[v - 1] in words_of.BE) or (v > 1 and words[v - 2] in words_of.BE):
            be = v
            while be > far and words[be] not in words_of.BE and v - be < 4:
                be -= 1
            if end == start and words[be] not in words_of.BE:
                said = terms(c, i, high)
                if said:
                    return Reading(*said, "verb", words_of.change(verb), verb=v)
                begin, stop = clause_subject(c, v, far)
                counted = begin < stop and "number of" in c.lower[c.starts[begin] : c.ends[stop - 1]]
                if counted or any(map(words_of.is_measure, words[begin:stop])):
                    return Reading(begin, stop, "passive", words_of.change(verb), verb=v)
                return Reading(0, 0, "verb", words_of.change(verb), verb=v)
            if words[be] in words_of.BE:
                stop = be if words[be] in words_of.BE else v
                while stop > far and words[stop - 1] in ("can", "could", "will", "also", "further", "has", "have"):
                    stop -= 1
                begin = c.noun_before(stop, far)
                if begin > far and words[begin - 1] in words_of.PREPOSITIONS | words_of.DETERMINERS:
                    begin, stop = _head_of(c, begin, stop, far)  # "the usage of A on B is reduced"
                if begin < stop:
                    return Reading(begin, stop, "passive", words_of.change(verb), verb=v)
        if words[start:end] and (verb.startswith(("accelerat", "speed"))):
            return Reading(v, end, "verb", "Increase", verb=v)
        if end > start and tie == "to":
            return Reading(start, end, "level", words_of.change(verb), verb=v)
        if end > start:
            return Reading(
                start,
                end,
                "improve" if verb.startswith(words_of.BETTERS) else "verb",
                words_of.change(verb),
                verb=v,
            )
        return Reading(0, 0, "verb", words_of.change(verb), verb=v)
    if tie == "by":
        number = next((n for n in range(k - 1, max(0, k - 12), -1) if words[n] == NUMBER), 0)
        also = _also_beaten(c, k, number) if number else None
        if also:
            return also
    if words[k - 1] in ("down", "up") and words[k - 2 : k - 1] and words[k - 2] in words_of.BE:
        begin, stop = clause_subject(c, k - 2, far)  # "demand is down by 10x"
        if begin < stop:
            return Reading(begin, stop, "passive", "Decrease" if words[k - 1] == "down" else "Increase", verb=k - 1)
    if words[k - 1] in _VARIES:
        begin, stop = clause_subject(c, k - 1, far)
        if any(map(words_of.is_measure, words[begin:stop])):
            return Reading(begin, stop, "value")
    n = k - 1
    while (
        n >= far
        and words[n] not in words_of.CHANGE_NOUNS
        and words[n] not in words_of.MORE
        and words[n] not in words_of.LESS
        and words[n] != NUMBER
    ):
        n -= 1
    if n >= far and words[n] != NUMBER:
        at = n + 1
        if words[at : at + 1] == ["than"] and words[n] in _COMPARED and tie == "by":
            start = past_determiners(c, at + 1, k)
            of = c.phrase(start, k, words_of.STOP_BASELINE | {","})
            return Reading(
                n, n + 1, "comparative", words_of.change(words[n]), baseline=(start, of) if start < of else None
            )
        if words[at : at + 1] in (["in"], ["of"]):
            at += 1
        elif words[n] in words_of.CHANGE_NOUNS:
            begin = c.noun_before(n + 1, far)
            return Reading(begin, n + (begin == n or words[n] in words_of.SPEEDUP), "noun", words_of.change(words[n]))
        at = past_determiners(c, at, k)
        until = c.noun(at, k)
        if until > at:
            return Reading(at, until, "noun", words_of.change(words[n]))
    return None


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


def _also_beaten(c: Clause, k: int, number: int) -> Reading | None:
    """The next thing that is beaten: "outperforms A by 2x, and B by 3x"; `number` is the token of the result before, k the
    "by"."""
    words = c.words
    start = number + 1
    while start < k and words[start] in (",", "and", "as", "well", "respectively", "the"):
        start += 1
    phrase = words[start:k]
    if not phrase or len(phrase) > 8 or any(map(words_of.is_measure, phrase)) or not words_of.VERBS.isdisjoint(phrase):
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
    return (first, end) if first < end and _says(c, first, end) else (begin, stop)


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


def _says(c: Clause, low: int, high: int) -> bool:
    """Whether tokens low … high - 1 name something measured or a change."""
    return any(map(words_of.is_measure, c.words[low:high])) or c.words[high - 1] in words_of.CHANGE_NOUNS


def _measured_at(c: Clause, start: int, k: int, low: int) -> Reading | None:
    """ "speedup for A of 3x", "quality of results of 98%": the noun phrase before the last one says what is measured."""
    words, at = c.words, start - 1
    while at > low and words[at] in words_of.DETERMINERS:
        at -= 1
    begin = c.noun_before(at, low)
    if begin == at or words[at] not in ("for", "on", "of", "in", "over", "across") or not _says(c, begin, at):
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
    if begin < at and any(map(words_of.is_measure, words[begin:at])):
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


def _plain_before(c: Clause, k: int, low: int, pattern: str) -> Reading | None:
    start = c.noun_before(k, low)
    return Reading(start, k, pattern) if start < k else None


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
