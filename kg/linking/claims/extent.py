"""How far the words reach that say what is measured, and what is taken for them where no reading tells."""

from __future__ import annotations

import re

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.context import Found, Span
from kg.linking.claims.reading import past_determiners
from kg.linking.claims.words import NUMBER

_FEW = 3  # words of a measure and its complement that are said whatever the complement is
_REACH = 40  # words before a number among which a verb is sought
_TIES = frozenset(("of", "to", "per"))  # between a measure and its complement
_LOOSE_TIES = _TIES | {"in", "during", "on", "for"}  # … of one word, which says little: "speedup in the sampling step"
_PLACES = frozenset(("on", "for"))  # … where it holds, unless something measured or done follows
_LIST_TIES = frozenset((",", "and"))
_OTHERS = frozenset((NUMBER, "respectively"))
_COUNTED = frozenset("up about around over only more less as almost nearly at most least roughly just".split())
_ERRORS = (["error"], ["errors"])
_CHANGES = words_of.CHANGE_NOUNS - words_of.VERBS
_COMPARATIVES = words_of.MORE | words_of.LESS
_KINDS = frozenset("relative absolute squared percentage normalized normalised".split())  # of errors and gains
_MEANS = frozenset("mean average median maximum".split())  # of those
_DONE = words_of.CHANGE_VERBS - words_of.CHANGE_NOUNS - {"scale"}
_FAR = frozenset((";", "whereas", "while"))
_TO_VALUE = _COUNTED | frozenset(
    "of ( to = : is in within below above under runs run completes completed takes done achieving achieves".split()
)
_NO_MEASURE = (
    _COUNTED | _COMPARATIVES | words_of.HAVE | frozenset("+ stay stays staying factor every even as little".split())
)
_SYSTEM = re.compile(r"\w*[a-z]\w*[A-Z]|[A-Z][a-z]+$")  # "SymPy", "Sage"; "SNR" is none


def whole(c: Clause, span: Span, token: int) -> Span:
    """What is measured, with the noun that a bare "error" is of and the complement behind it."""
    low, high = span
    if c.words[low:high] in _ERRORS and c.words[low - 1 : low] == ["with"]:
        low = c.noun_before(low - 1, 0)  # "estimates congestion with errors of 7%"
    high = _listed(c, low, _end(c, span, token), token)
    return _begin(c, low, high, token), high


def _listed(c: Clause, low: int, high: int, token: int) -> int:
    """Where a list of measures ends that share a value and of which the first was read ("latency and energy consumption")."""
    words = c.words
    most = len(words) if low > token else token
    if not low < high or not words_of.is_measure(words[high - 1]):
        return high
    end = high
    for _ in range(_FEW):
        start = end
        while start < most and words[start] in _LIST_TIES:
            start += 1
        last = "and" in words[end:start]
        if start == end or start >= most or words[start] in words_of.DETERMINERS or words[start].endswith("ing"):
            return high
        end = c.noun(start, min(most, start + _FEW))
        item = words[start:end]
        if not item or not words_of.is_measure(item[-1]) or not words_of.VERBS.isdisjoint(item):
            return high
        if last:
            # "3x speedup and minimal overhead", "93% precision and recall of 82%", "3x and 2x better speed and recall, respectively"
            own = low > token and (not words_of.is_measure(item[0]) or not _OTHERS.isdisjoint(words[end : end + _FEW]))
            return high if own or (end < most and words_of.is_measure(words[end])) else end
    return high


def _begin(c: Clause, low: int, high: int, token: int) -> int:
    """Where one word that is measured begins with what makes it another measure ("mean relative error"), or a measure at all
    ("fewer devices")."""
    words = c.words
    if high - low != 1:
        return low
    qualifiers = _KINDS if words_of.is_measure(words[low]) or words[low] in words_of.CHANGE_NOUNS else _COMPARATIVES
    start = low
    while (
        low - start < _FEW - 1
        and start > 0
        and start - 1 != token
        and words[start - 1] in qualifiers
        and c.starts[start] == c.ends[start - 1] + 1
    ):
        start -= 1
        qualifiers = _MEANS
    return start


def _end(c: Clause, span: Span, token: int) -> int:
    """Where what is measured ends with the nouns of change and the complement behind it ("throughput gains of the backward
    pass"), unless the complement is a name."""
    low, high = span
    words = c.words
    if not low < high < len(words):
        return high
    while high < len(words) and high != token and words[high] in _CHANGES and c.starts[high] == c.ends[high - 1] + 1:
        high += 1
    ties = _TIES if high - low > 1 else _LOOSE_TIES  # one word says little: "speedup in the sampling step"
    if high >= len(words) or words[high] not in ties or token in (high, high + 1):
        return high
    most = max(3, 2 * (high - low))  # a complement longer than that is a thing, no part of the measure
    start = past_determiners(c, high + 1, len(words))
    end = c.noun(start, min(len(words) if low > token else token, start + 1 + most))
    if not start < end <= start + most:
        return high
    if words[high] == "on" or high - low + end - start > _FEW:  # "on" tells where more often than of what
        done = words[start].endswith("ing") and end > start + 1
        scene = words[high] in _PLACES or (words[high] == "in" and end > start + 2)
        if not words_of.is_measure(words[high - 1]) or (scene and not (done or words_of.is_measure(words[end - 1]))):
            return high
    lower = [c.plain[c.starts[k] : c.ends[k]].islower() for k in range(start, end)]
    if lower[-1] and words_of.is_measure(words[end - 1]):
        lower = [True]  # "variation in GPU performance" is no name
    plain = all(lower) and _COUNTED.isdisjoint(words[start:end])
    return end if plain and words[start] not in words_of.VERBS else high


def anything(c: Clause, f: Found) -> Span:
    """What a result says something of that no reading explains: the verb of change before it with its object, what stands
    right behind it or right before it; an empty span if nothing does."""
    words, k = c.words, f.token
    for v in range(k - 1, max(-1, k - _REACH), -1):
        if words[v] in _DONE and words[v - 1 : v] != ["at"]:
            object_ = _few(c, past_determiners(c, v + 1, k), k)
            return object_ if object_ and words[v] not in words_of.BEAT else (v, v + 1)
        if words[v] in _FAR:
            break
    return beside(c, f)


def beside(c: Clause, f: Found) -> Span:
    """The few words right behind a result, or right before it; an empty span if neither can be what is measured."""
    words, k = c.words, f.token
    start = k + 2 if f.quantity.kind == "size" and words[k + 1 : k + 2] == ["of"] else k + 1
    behind = _few(c, past_determiners(c, start, len(words)), len(words))
    if behind:
        return behind
    end = k
    while end > 0 and words[end - 1] in _TO_VALUE:
        end -= 1
    return _few(c, max(c.noun_before(end, 0), end - _FEW), end) or (0, 0)


def _few(c: Clause, low: int, high: int) -> Span | None:
    """The few words of the noun phrase that starts at a token, if they can be what is measured."""
    while low < high and c.words[low] in words_of.BE:
        low += 1
    end = c.noun(low, min(high, low + _FEW))
    words, text = c.words[low:end], c.text(low, end)
    if not words or not _NO_MEASURE.isdisjoint(words) or words[0][0].isdigit():
        return None
    return None if len(words) == 1 and _SYSTEM.match(text) else (low, end)
