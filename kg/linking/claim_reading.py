"""What the words around a number say that it measures.

A number is read twice: from the words after it ("39% higher throughput") and from those before it ("reduces latency
by 39%"); `choose` keeps the reading that says more.
"""

from __future__ import annotations

from typing import NamedTuple

from kg.linking import claim_words as words_of
from kg.linking.claim_clause import ADVERBIAL, Clause
from kg.linking.claim_numbers import Quantity
from kg.linking.claim_words import NUMBER

_BEFORE_NUMBER = frozenset(
    "about around approximately roughly nearly almost ~ ≈ > < ≥ ≤ up as much high many only just further additional another on average at least "
    "most in over more less than under above below mean maximum minimum an a merely even some no another fewer and factor exceeding geomean well close near + roughly another lowest highest great an low within - e.g i.e . ".split()
) - {"in", "and"}
_AFTER_NUMBER = frozenset(
    "average relative absolute maximum minimum mean geomean geometric median respectively additional further ) +".split()
)
_TAKES = frozenset("takes take took taking requires costs lasts".split())
_SEPARATORS = frozenset(", - ; : and while whereas but or / ( ) & plus".split())
_GLUE = frozenset(
    ", and or / & about around approximately nearly up to over at least more than even to roughly".split()
)
SUBJECT_WORDS = frozenset(
    "we our ours it they which that system approach method framework design technique algorithm results evaluation evaluations experiments experiment this model architecture prototype implementation solution scheme mechanism work".split()
)


class Reading(NamedTuple):
    """What a clause says of one quantity: tokens `low` … `high` - 1 say what it measures, none if `low == high`.

    `text` says it where the clause does not ("performance" of what outperforms). `pattern` names how it was read;
    `verb` is the token of the verb of change, -1 if there is none; `place` is the condition in "accuracy on A (3%)".
    """

    low: int = 0
    high: int = 0
    pattern: str = ""
    direction: str = ""
    verb: int = -1
    text: str = ""
    baseline: tuple[int, int] | None = None
    place: tuple[int, int] | None = None


def skip_left(words: list[str], i: int, low: int) -> int:
    """Index of the word that ties the number to what stands before it ("of", "by", "to", …), past its comparators."""
    k = i - 1
    while k >= low:
        word = words[k]
        if word == "to" and k > low and words[k - 1] in ("up", "close"):
            k -= 2
        elif word == "of" and k > low + 1 and words[k - 1] in ("range", "order") and words[k - 2] == "the":
            k -= 4
        elif (
            word == "of"
            and k > low
            and words[k - 1]
            in (
                "average",
                "mean",
                "maximum",
                "minimum",
                "median",
                "factor",
                "factors",
                "max",
                "range",
                "excess",
                "total",
                "order",
            )
        ):
            k -= 2
        elif word in _BEFORE_NUMBER:
            k -= 1
        else:
            break
    return k


def past_determiners(c: Clause, low: int, high: int) -> int:
    while low < high and c.words[low] in words_of.DETERMINERS:
        low += 1
    return low


def boundary(c: Clause, previous: int, i: int) -> int:
    """The token at which the words about the quantity at token i begin, after an earlier quantity."""
    words = c.words
    k = skip_left(words, i, previous + 1)
    if k > previous and words[k] in ("by", "to", "from"):
        for v in range(k - 1, previous, -1):
            if words[v] in words_of.CHANGE_VERBS:
                if words[v - 1] in words_of.BE or words[v + 1] in ("by", "to", "from"):
                    k = v - 1  # "X was reduced by", "X increased to": what changes stands before
                    break
                return v
    if k > previous and words[k] == "with":
        return k + 1
    at = k - 1 if words[k] == "(" else k
    while at > previous:
        if words[at] in _SEPARATORS:
            return at + 1
        at -= 1
    for at in range(i - 1, previous, -1):
        if words[at] in ("with", "at", "by", "(", "to"):
            return at if words[at] == "by" else at + 1
    return previous + 1


def glued(c: Clause, a: int, b: int) -> bool:
    """Whether only list glue, comparators and remarks in brackets stand between the quantities at tokens a and b."""
    words, k = c.words, a + 1
    while k < b:
        if words[k] == "(":
            close = k + 1
            while close < b and words[close] != ")":
                close += 1
            if close >= b:
                return False
            k = close + 1
            continue
        if words[k] not in _GLUE:
            return False
        k += 1
    return True


def read_right(c: Clause, i: int, high: int) -> Reading | None:
    """What the words after the number say that it measures."""
    words = c.words
    j = i + 1
    if words[j : j + 1] == ["("]:  # "up to 60% (17% on average) memory savings"
        close = next((n for n in range(j + 1, min(len(words), j + 9)) if words[n] == ")"), 0)
        if close and close + 1 < len(words) and NUMBER in words[j:close]:
            j, high = close + 1, min(len(words), close + 8)
            if words[j] in words_of.STOP:
                return None
    while j < high:
        if f"{words[j]} {words[j + 1] if j + 1 < high else ''}" in ADVERBIAL:
            j += 2
        elif words[j] in _AFTER_NUMBER or words[j].endswith("ly"):
            j += 1
        else:
            break
    if j >= high:
        return None
    word = words[j]
    if word == "as" and j + 1 < high:
        end = c.noun(j + 1, high)
        return Reading(j + 1, end, "as", "Increase") if end > j + 1 else None
    if words[j : j + 2] == ["speed", "up"]:
        return Reading(j, j + 2, "speedup", "Increase")
    if word == "that" and words[j + 1 : j + 2] == ["of"]:
        end = c.phrase(j + 2, high, words_of.STOP_BASELINE)
        return Reading(0, 0, "within", baseline=(j + 2, end) if end > j + 2 else None)
    if word == "the" and c.plain[c.starts[i] : c.ends[i]][-1] != "%":
        end = c.noun(j + 1, high)
        if end > j + 1 and words_of.KNOWN.match(words[end - 1]) and words[end : end + 1] == ["of"]:
            until = c.phrase(end + 1, high, words_of.STOP_BASELINE)
            return Reading(j + 1, end, "noun", "Increase", baseline=(end + 1, until) if until > end + 1 else None)
        if end > j + 1 and not any(words_of.KNOWN.match(w) or w in words_of.CHANGE_NOUNS for w in words[j + 1 : end]):
            return Reading(0, 0, "within", baseline=(j + 1, c.phrase(j + 1, high, words_of.STOP_BASELINE)))
    if word == "of" and j + 1 < high:
        start = j + 1
        while start < high and words[start] in words_of.DETERMINERS:
            start += 1
        end = c.noun(start, high)
        if words[i - 1 : i] == ["within"]:
            return Reading(0, 0, "within", baseline=(start, end))
        return Reading(start, end, "share") if end > start else None
    if word in ("in", "on") and j + 1 < high:
        start = past_determiners(c, j + 1, high)
        end = c.noun(start, high)
        if end > start and words_of.KNOWN.match(words[end - 1]):
            return Reading(start, end, "in")
        return None
    direction = ""
    if word in words_of.MORE or word in words_of.LESS:
        direction = words_of.change(word)
        start = j + 1
        end = c.noun(start, high)
        if end > start and not (end < high and words[end] in words_of.BE):
            if (
                words[end - 1] in words_of.CHANGE_NOUNS
                and end - start == 1
                and words[end : end + 1] in (["in"], ["of"])
            ):
                start, end = end + 1, c.noun(end + 1, high)
            return Reading(start, end, "adjective", direction)
        if word in ("faster", "slower", "cheaper", "longer", "shorter", "smaller", "quicker"):
            return Reading(j, j + 1, "comparative", direction)
        return Reading(0, 0, "bare comparative", direction)
    start = j
    while start < high and words[start] in words_of.DETERMINERS:
        start += 1
    end = c.noun(start, high)
    if end == start:
        return None
    head = next((k for k in range(end - 1, start - 1, -1) if words[k] in words_of.CHANGE_NOUNS), -1)
    if head >= 0 and head == end - 1:
        direction = words_of.change(words[head])
        after = words[end] if end < high else ""
        if words[head] in words_of.SPEEDUP:
            until = c.noun(past_determiners(c, end + 1, high), high) if after in ("in", "of") else end
            return Reading(start, max(until, end), "speedup", "Decrease" if words[head] == "slowdown" else "Increase")
        if (after in ("in", "of") and (head == start or after == "in")) or (
            after == "for" and words[head] == "potential"
        ):
            at = past_determiners(c, end + 1, high)
            until = c.noun(at, high)
            if words[until : until + 1] == ["of"] and words[until - 1] in words_of.GENERIC_HEADS:
                until = c.noun(past_determiners(c, until + 1, high), high)
            if until > at:
                return Reading(at, until, "noun", direction)
        if head > start:
            return Reading(start, head, "noun", direction)
        return Reading(start, end, "bare noun", direction)
    return Reading(start, end, "noun phrase", direction)


def read_left(c: Clause, i: int, low: int, far: int, high: int, unit_kind: str) -> Reading | None:
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
        if before and any(words_of.KNOWN.match(word) for word in words[before.low : before.high]):
            return _changed(c, k, low) or before
        close = i + 1
        while close < high and words[close] in (")", ",", "respectively", "on", "average"):
            close += 1
        end = c.noun(close, high) if words[i + 1 : i + 2] == [")"] else close
        if end > close and any(words_of.KNOWN.match(word) for word in words[close:end]):
            return Reading(close, end, "parenthesis")
        return _changed(c, k, low) or _place(c, k, low) or before
    if tie == ",":
        return _changed(c, k, low)
    if tie in ("of", "at", "with") and k > low:
        start = c.noun_before(k, low)
        if start == k:
            return None
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
        speedup = any(word in words_of.SPEEDUP for word in words[begin:stop])
        return (
            Reading(begin, stop, "speedup" if speedup else "value", "Increase" if speedup else "")
            if begin < stop
            else None
        )
    if tie in ("by", "to", "from"):
        return _tied(c, i, k, far, high)
    if tie == ":" and not (k > low and words_of.KNOWN.match(words[k - 1])):
        return None
    if tie in words_of.BE or tie == "=" or tie == ":":
        begin, stop = clause_subject(c, k, far) if tie in words_of.BE else (0, 0)
        if any(words_of.KNOWN.match(word) for word in words[begin:stop]):
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
        start = c.noun_before(k, far)
        return Reading(start, k, "passive", words_of.change(tie), verb=k) if start < k else None
    if tie == "in" and unit_kind == "time":
        return _plain_before(c, k, low, "in")
    if tie in _TAKES:
        begin, stop = clause_subject(c, k, far)
        return Reading(begin, stop, "value") if begin < stop and words[begin] not in SUBJECT_WORDS else None
    if tie in words_of.VERBS or tie in ("and", "/"):
        return None
    if tie in words_of.MORE or tie in words_of.LESS:
        return None
    start = c.noun_before(k + 1, low)
    if start <= k and any(words_of.KNOWN.match(word) for word in words[start : k + 1]):
        if start > low and words[start - 1] in words_of.CHANGE_VERBS:
            return Reading(start, k + 1, "verb", words_of.change(words[start - 1]), verb=start - 1)
        return Reading(start, k + 1, "value")
    return None


def _tied(c: Clause, i: int, k: int, far: int, high: int) -> Reading | None:
    """The reading of a number after "by", "to" or "from" (token k): a verb or noun of change before it says of what."""
    words = c.words
    tie = words[k]
    v = k - 1
    while v >= far and words[v] not in words_of.CHANGE_VERBS and words[v] != NUMBER:
        v -= 1
    if v >= far and words[v] != NUMBER:
        verb = words[v]
        if verb in words_of.BEAT:
            start = past_determiners(c, v + 1, k)
            end = c.phrase(start, k, words_of.STOP_BASELINE)
            baseline = (start, end) if end > start else None
            if any(words_of.KNOWN.match(word) for word in words[start : c.noun(start, k)]) and words[i + 1 : i + 2] in (
                ["over"],
                ["compared"],
            ):
                return Reading(start, c.noun(start, k), "improve", "Increase", verb=v)
            terms = _terms(c, v, k) or _terms(c, i, high)
            return Reading(
                *(terms or (0, 0)),
                "beat",
                words_of.change(verb),
                verb=v,
                text="" if terms else "performance",
                baseline=baseline,
            )
        start, end = _object(c, v, k)
        if end == start or (v > 0 and words[v - 1] in words_of.BE) or (v > 1 and words[v - 2] in words_of.BE):
            be = v
            while be > far and words[be] not in words_of.BE and v - be < 4:
                be -= 1
            if end == start and words[be] not in words_of.BE:
                terms = _terms(c, i, high)
                if terms:
                    return Reading(*terms, "verb", words_of.change(verb), verb=v)
                begin, stop = clause_subject(c, v, far)
                if any(words_of.KNOWN.match(word) for word in words[begin:stop]):
                    return Reading(begin, stop, "passive", words_of.change(verb), verb=v)
                return Reading(0, 0, "verb", words_of.change(verb), verb=v)
            if words[be] in words_of.BE:
                stop = be if words[be] in words_of.BE else v
                while stop > far and words[stop - 1] in ("can", "could", "will", "also", "further", "has", "have"):
                    stop -= 1
                begin = c.noun_before(stop, far)
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
                "improve" if verb.startswith(("improv", "enhanc")) else "verb",
                words_of.change(verb),
                verb=v,
            )
        return Reading(0, 0, "verb", words_of.change(verb), verb=v)
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


def _object(c: Clause, verb: int, high: int) -> tuple[int, int]:
    """The noun phrase after a verb: what is improved or reduced."""
    start = past_determiners(c, verb + 1, high)
    while start < high and (c.words[start] in ("up", "down", "on", "upon", "about") or c.words[start].endswith("ly")):
        start = past_determiners(c, start + 1, high)
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
    if begin < at and any(words_of.KNOWN.match(word) for word in words[begin:at]):
        return Reading(begin, at, "place", place=(start, k))
    return None


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


def clause_subject(c: Clause, verb: int, far: int) -> tuple[int, int]:
    """The head noun phrase of the subject of the verb at a token, without what its prepositions add."""
    words = c.words
    start = verb
    while start > far and words[start - 1] not in (",", ";", "that", "while", "whereas", "but", "and", ":", NUMBER):
        start -= 1
    start = past_determiners(c, start, verb)
    end = c.noun(start, verb)
    if words[end : end + 1] == ["of"] and words[end - 1] in words_of.GENERIC_HEADS:
        end = c.noun(past_determiners(c, end + 1, verb), verb)
    return start, end


def _terms(c: Clause, low: int, high: int) -> tuple[int, int] | None:
    """The noun phrase of "in terms of X" or "in X" (X something measured) in tokens low … high - 1."""
    words = c.words
    for k in range(low, min(high, low + 24)):
        if words[k] in ("in", "for"):
            start = k + 3 if words[k + 1 : k + 3] == ["terms", "of"] else k + 1
            start = past_determiners(c, start, high)
            end = c.noun(start, high)
            if words[end : end + 1] == ["and"] and start + 2 > end:
                end = c.noun(end + 1, high)
            if end > start and (words[k + 1] == "terms" or words_of.KNOWN.match(words[end - 1])):
                return start, end
    return None


def choose(c: Clause, right: Reading | None, left: Reading | None, q: Quantity) -> Reading | None:
    """The reading that says more: a change said after the number, then one said before it, then a plain noun phrase."""
    strong = ("adjective", "noun", "speedup", "comparative", "as")
    if q.kind == "count":
        return left
    known = (
        right is not None
        and right.pattern in ("noun phrase", "share")
        and any(words_of.KNOWN.match(word) for word in c.words[right.low : right.high])
    )
    if known and (left is None or left.pattern in ("with", "parenthesis", "at")):
        return right
    if q.kind in words_of.ABSOLUTE:
        if left:
            return left
        if right and right.pattern == "share" and q.kind == "rate":
            return right
        if (
            right
            and right.pattern in ("noun phrase", "share")
            and any(words_of.KNOWN.match(word) for word in c.words[right.low : right.high])
        ):
            return right
        return None
    if right and right.pattern == "within":
        return left._replace(baseline=right.baseline) if left and left.pattern != "at" else right
    if right and right.pattern == "comparative":
        be = _before_verb(c, q)
        begin, stop = clause_subject(c, be, 0) if be else (0, 0)
        if any(words_of.KNOWN.match(word) for word in c.words[begin:stop]):
            return Reading(
                begin,
                stop,
                "comparative",
                "Decrease"
                if right.direction == "Increase" and c.words[stop - 1].startswith(("time", "latenc", "runtime"))
                else right.direction,
            )
    if right and right.pattern in strong:
        return right
    if right and right.pattern == "in":
        return right._replace(direction=left.direction, verb=left.verb, baseline=left.baseline) if left else right
    if right and right.pattern in ("bare noun", "bare comparative"):
        if left and left.high > left.low and left.pattern not in ("at", "with"):
            return left._replace(direction=right.direction)
        if right.pattern == "bare noun":
            return right
        if right.pattern == "comparative" and left and left.pattern == "value":
            return left._replace(direction=right.direction, pattern="comparative")
        start = c.noun_before(_before_verb(c, q), 0)
        return right._replace(low=start, high=_before_verb(c, q)) if start < _before_verb(c, q) else right
    if left and left.pattern not in ("at", "parenthesis"):
        return left
    if right and right.pattern == "noun phrase":
        return right
    return left or right


def _before_verb(c: Clause, q: Quantity) -> int:
    """Index of the copula before a quantity, 0 if there is none near."""
    i = next(k for k in c.where if c.starts[k] == q.start or c.ends[k] == q.end)
    for k in range(i - 1, max(-1, i - 8), -1):
        if c.words[k] in words_of.BE:
            return k
    return 0
