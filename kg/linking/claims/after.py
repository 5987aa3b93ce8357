"""What the words after a number say that it measures: "39% higher throughput", "a 3x speedup", "5% of the energy"."""

from __future__ import annotations

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.reading import Reading, past_determiners, says_measure, skip_left
from kg.linking.claims.tokens import ADJECTIVAL, ADVERBIAL
from kg.linking.claims.words import NUMBER

_AFTER_NUMBER = frozenset(
    "geometric-mean geo-mean avg max min average relative absolute maximum minimum mean geomean geometric median respectively additional further ) +".split()
)
_QUICKER = frozenset(("faster", "slower", "cheaper", "longer", "shorter", "smaller", "quicker"))


def read_after(c: Clause, i: int, high: int) -> Reading | None:
    """What the words after the number at token i say that it measures, up to token `high`, None if they say nothing."""
    words = c.words
    j, high = _past_remarks(c, i, high)
    if j >= high:
        return None
    word, following = words[j], words[j + 1 : j + 2]
    if word in ("averaged", "depending", "corresponding") or (word == "as" and following == ["well"]):
        return None
    if word == "as" and j + 1 < high:
        end = c.noun(j + 1, high)
        return Reading(j + 1, end, "as", "Increase") if end > j + 1 else None
    if word == "speed" and following == ["up"]:
        return Reading(j, j + 2, "speedup", "Increase")
    if word == "that" and following == ["of"]:
        return Reading(0, 0, "within", baseline=_baseline(c, j + 2, high))
    if word == "the" and c.plain[c.starts[i] : c.ends[i]][-1] != "%":
        said = _times_the(c, i, j, high)
        if said:
            return said
    if word == "of" and j + 1 < high:
        return _share(c, i, j, high)
    if word in ("in", "on") and j + 1 < high:
        start, end = _noun(c, j + 1, high)
        return Reading(start, end, "in") if end > start and words_of.is_measure(words[end - 1]) else None
    tie = words[skip_left(words, i, max(0, i - 6))]
    if word == "to" and tie in ("add", "adds", "adding"):  # "adds only 8% to the area"
        start, end = _noun(c, j + 1, high)
        return Reading(start, end, "noun", "Increase") if end > start else None
    if word in words_of.MORE or word in words_of.LESS:
        return _compared(c, j, high)
    start, end = _noun(c, j, high)
    if end == start or words[start] in words_of.BE or words[start] in ("up", "down"):
        return None
    direction = words_of.change(tie) if tie in words_of.UP or tie in words_of.DOWN else ""
    return _change(c, start, end, high) or Reading(start, end, "noun phrase", direction)


def _past_remarks(c: Clause, i: int, high: int) -> tuple[int, int]:
    """Where the words begin that tell what the number at token i measures, past remarks ("on average", a bracket), and
    where they end."""
    words, j = c.words, i + 1
    if words[j : j + 1] == ["("]:  # "up to 60% (17% on average) memory savings"
        close = next((n for n in range(j + 1, min(len(words), j + 9)) if words[n] == ")"), 0)
        told = NUMBER in words[j:close] or _AFTER_NUMBER.issuperset(words[j + 1 : close])
        if close and close + 1 < len(words) and (told or words[close + 1] in ADJECTIVAL):
            j, high = close + 1, min(len(words), close + 8)
            if words[j] in words_of.STOP:
                return high, high
    while j < high:
        if f"{words[j]} {words[j + 1] if j + 1 < high else ''}" in ADVERBIAL:
            j += 2
        elif words[j] in _AFTER_NUMBER or words[j].endswith("ly"):
            j += 1
        else:
            break
    return j, high


def _noun(c: Clause, low: int, high: int) -> tuple[int, int]:
    """The noun phrase that begins at token `low`, without its determiners."""
    start = past_determiners(c, low, high)
    return start, c.noun(start, high)


def _baseline(c: Clause, start: int, high: int) -> tuple[int, int] | None:
    """What is compared with from token `start` on."""
    end = c.phrase(start, high, words_of.STOP_BASELINE)
    return (start, end) if end > start else None


def _times_the(c: Clause, i: int, j: int, high: int) -> Reading | None:
    """ "3x the throughput of A", "half the memory of A", "3x the baseline" (token j is "the")."""
    words = c.words
    end = c.noun(j + 1, high)
    if end == j + 1:
        return None
    if words_of.is_measure(words[end - 1]) and words[end : end + 1] == ["of"]:
        less = c.lower.startswith("half", c.starts[i])
        return Reading(j + 1, end, "noun", "Decrease" if less else "Increase", baseline=_baseline(c, end + 1, high))
    if says_measure(c, j + 1, end) or not words_of.CHANGE_NOUNS.isdisjoint(words[j + 1 : end]):
        return None
    return Reading(0, 0, "within", baseline=(j + 1, c.phrase(j + 1, high, words_of.STOP_BASELINE)))


def _share(c: Clause, i: int, j: int, high: int) -> Reading | None:
    """ "5% of the energy", "90% of the accuracy of A", "within 3% of A" (token j is "of")."""
    words = c.words
    start, end = _noun(c, j + 1, high)
    if "within" in words[max(0, i - 3) : i]:
        return Reading(*((start, end) if says_measure(c, start, end) else (0, 0)), "within", baseline=(start, end))
    if words[end : end + 1] == ["of"] and words[end - 1] in ("set", "total", "number"):  # "90% of a set of tasks"
        start, end = _noun(c, end + 1, high)
    if words[end : end + 1] == ["of"] and says_measure(c, start, end):
        return Reading(start, end, "share", baseline=_baseline(c, past_determiners(c, end + 1, high), high))
    if end == start:
        return None
    percent = c.plain[c.starts[i] : c.ends[i]].endswith(("%", "percent"))
    whole = (start, end) if percent and _is_level(c, i) else None  # not "6 GB/s of throughput"
    saved = "Decrease" if words[skip_left(words, i, max(0, i - 6))] in words_of.DOWN else ""
    return Reading(start, end, "share", saved, baseline=whole)


def _compared(c: Clause, j: int, high: int) -> Reading:
    """ "39% higher throughput", "3x faster" (token j is "higher")."""
    words = c.words
    direction = words_of.change(words[j])
    start, end = j + 1, c.noun(j + 1, high)
    if end > start and not (end < high and words[end] in words_of.BE):
        if words[start] in words_of.CHANGE_NOUNS and end - start == 1 and words[end : end + 1] in (["in"], ["of"]):
            start, end = end + 1, c.noun(end + 1, high)
        return Reading(start, end, "adjective", direction)
    if words[j] in _QUICKER:
        return Reading(j, j + 1, "comparative", direction)
    return Reading(0, 0, "bare comparative", direction)


def _change(c: Clause, start: int, end: int, high: int) -> Reading | None:
    """ "3x speedup", "39% reduction in latency", "39% latency reduction": the noun phrase that a noun of change ends."""
    words, head = c.words, end - 1
    if words[head] not in words_of.CHANGE_NOUNS:
        return None
    direction, after = words_of.change(words[head]), words[end] if end < high else ""
    if words[head] in words_of.SPEEDUP:
        until = _noun(c, end + 1, high)[1] if after in ("in", "of") else end
        if until - end > 5 and not says_measure(c, end + 1, until):
            until = end  # "a speedup of a whole system of some sort": what is sped up, no measure
        return Reading(start, max(until, end), "speedup", "Decrease" if words[head] == "slowdown" else "Increase")
    named = says_measure(c, start, head)  # "2x latency improvements in LLM inference"
    told = after in ("in", "of") and (head == start or (after == "in" and not named))
    if told or (after == "for" and words[head] == "potential"):
        at, until = _noun(c, end + (3 if words[end + 1 : end + 3] == ["terms", "of"] else 1), high)
        if words[until : until + 1] == ["of"] and words[until - 1] in words_of.GENERIC_HEADS:
            until = _noun(c, until + 1, high)[1]
        if until > at:
            return Reading(at, until, "noun", direction)
    return Reading(start, head, "noun", direction) if head > start else Reading(start, end, "bare noun", direction)


def _is_level(c: Clause, i: int) -> bool:
    """Whether the number at token i is what something reaches ("retains 90% of …")."""
    tie = c.words[skip_left(c.words, i, max(0, i - 8))] if i else ""
    return tie in words_of.HAVE or tie in ("(", "to")
