"""What the words after a number say that it measures: "39% higher throughput", "a 3x speedup", "5% of the energy"."""

from __future__ import annotations

from kg.linking import claim_words as words_of
from kg.linking.claim_clause import Clause
from kg.linking.claim_reading import Reading, past_determiners, skip_left
from kg.linking.claim_tokens import ADJECTIVAL, ADVERBIAL
from kg.linking.claim_words import NUMBER

_AFTER_NUMBER = frozenset(
    "geometric-mean geo-mean avg max min average relative absolute maximum minimum mean geomean geometric median respectively additional further ) +".split()
)


def _is_level(c: Clause, i: int) -> bool:
    """Whether the number at token i is what something reaches ("retains 90% of …")."""
    tie = c.words[skip_left(c.words, i, max(0, i - 8))] if i else ""
    return tie in words_of.HAVE or tie in ("(", "to")


def read_after(c: Clause, i: int, high: int) -> Reading | None:
    """What the words after the number say that it measures."""
    words = c.words
    j = i + 1
    if words[j : j + 1] == ["("]:  # "up to 60% (17% on average) memory savings"
        close = next((n for n in range(j + 1, min(len(words), j + 9)) if words[n] == ")"), 0)
        told = NUMBER in words[j:close] or _AFTER_NUMBER.issuperset(words[j + 1 : close])
        said = close and close + 1 < len(words) and (told or words[close + 1] in ADJECTIVAL)
        if said:
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
    if word in ("averaged", "depending", "corresponding") or (word == "as" and words[j + 1 : j + 2] == ["well"]):
        return None
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
        if end > j + 1 and words_of.is_measure(words[end - 1]) and words[end : end + 1] == ["of"]:
            until = c.phrase(end + 1, high, words_of.STOP_BASELINE)
            return Reading(j + 1, end, "noun", "Increase", baseline=(end + 1, until) if until > end + 1 else None)
        if end > j + 1 and not any(words_of.is_measure(w) or w in words_of.CHANGE_NOUNS for w in words[j + 1 : end]):
            return Reading(0, 0, "within", baseline=(j + 1, c.phrase(j + 1, high, words_of.STOP_BASELINE)))
    if word == "of" and j + 1 < high:
        start = j + 1
        while start < high and words[start] in words_of.DETERMINERS:
            start += 1
        end = c.noun(start, high)
        if "within" in words[max(0, i - 3) : i]:
            measured = any(map(words_of.is_measure, words[start:end]))
            return Reading(*((start, end) if measured else (0, 0)), "within", baseline=(start, end))
        if words[end : end + 1] == ["of"] and words[end - 1] in ("set", "total", "number"):  # "90% of a set of tasks"
            start = past_determiners(c, end + 1, high)
            end = c.noun(start, high)
        if words[end : end + 1] == ["of"] and any(map(words_of.is_measure, words[start:end])):
            until = c.phrase(past_determiners(c, end + 1, high), high, words_of.STOP_BASELINE)
            of = past_determiners(c, end + 1, high)
            return Reading(start, end, "share", baseline=(of, until) if of < until else None)
        percent = c.plain[c.starts[i] : c.ends[i]].endswith(("%", "percent"))
        whole = (start, end) if percent and start < end and _is_level(c, i) else None  # not "6 GB/s of throughput"
        saved = "Decrease" if words[skip_left(words, i, max(0, i - 6))] in words_of.DOWN else ""
        return Reading(start, end, "share", saved, baseline=whole) if end > start else None
    if word in ("in", "on") and j + 1 < high:
        start = past_determiners(c, j + 1, high)
        end = c.noun(start, high)
        if end > start and words_of.is_measure(words[end - 1]):
            return Reading(start, end, "in")
        return None
    k = skip_left(words, i, max(0, i - 6))
    if word == "to" and words[k] in ("add", "adds", "adding"):  # "adds only 8% to the area"
        start = past_determiners(c, j + 1, high)
        end = c.noun(start, high)
        return Reading(start, end, "noun", "Increase") if end > start else None
    direction = words_of.change(words[k]) if words[k] in words_of.UP or words[k] in words_of.DOWN else ""
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
    if end == start or words[start] in words_of.BE or words[start] in ("up", "down"):
        return None
    head = next((k for k in range(end - 1, start - 1, -1) if words[k] in words_of.CHANGE_NOUNS), -1)
    if head >= 0 and head == end - 1:
        direction = words_of.change(words[head])
        after = words[end] if end < high else ""
        if words[head] in words_of.SPEEDUP:
            until = c.noun(past_determiners(c, end + 1, high), high) if after in ("in", "of") else end
            if until - end > 5 and not any(map(words_of.is_measure, words[end + 1 : until])):
                until = end  # "a speedup of a whole system of some sort": what is sped up, no measure
            return Reading(start, max(until, end), "speedup", "Decrease" if words[head] == "slowdown" else "Increase")
        named = any(map(words_of.is_measure, words[start:head]))  # "2x latency improvements in LLM inference"
        if (after in ("in", "of") and (head == start or (after == "in" and not named))) or (
            after == "for" and words[head] == "potential"
        ):
            at = past_determiners(c, end + (3 if words[end + 1 : end + 3] == ["terms", "of"] else 1), high)
            until = c.noun(at, high)
            if words[until : until + 1] == ["of"] and words[until - 1] in words_of.GENERIC_HEADS:
                until = c.noun(past_determiners(c, until + 1, high), high)
            if until > at:
                return Reading(at, until, "noun", direction)
        if head > start:
            return Reading(start, head, "noun", direction)
        return Reading(start, end, "bare noun", direction)
    return Reading(start, end, "noun phrase", direction)
