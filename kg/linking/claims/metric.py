"""What a result measures: the words that say it, its own or another's, and the metric that they name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.context import Found, Span
from kg.linking.claims.numbers import FAULTS, Quantity
from kg.linking.claims.reading import Reading, terms
from kg.linking.claims.words import NUMBER
from kg.linking.text import View

#: The reading that says what a result measures, and its tokens.
Measured = tuple[Reading, Span]

_REACHING = frozenset("reaching achieving attaining hitting yielding".split())
_METRIC_WORD = re.compile(r"[^\s,()]+")
_WEAK = frozenset(("", "parenthesis", "at", "with"))  # readings that a name alone may have
#: Words after which a word names no metric: "computing power", "mixed precision".
_OTHER_SENSE = {
    "power": frozenset(
        "computing processing compute predictive statistical discriminative expressive explanatory".split()
    ),
    "precision": frozenset("mixed half single double full low lower reduced arbitrary extended quadruple".split()),
}
_ACRONYMS = frozenset(("map", "kid"))  # in lower case they are words
_RANK = re.compile(r"@[\w.:-]+")  # "recall@5", "mAP@0.5:0.95"
#: What stands between two results that measure different things.
_BREAKS = words_of.VERBS | (words_of.CONJUNCTIONS - {"and", "or"}) | (words_of.PREPOSITIONS - {"to", "on"})
#: Words that say a metric without naming it.
_MEANT = {"faster": "speedup"} | dict.fromkeys(words_of.BEAT | {"better", "worse"}, "performance")


def measured_by(c: Clause, found: list[Found], n: int, groups: list[int], before: Measured | None = None) -> Measured:
    """What result `n` measures, by its own reading or a neighbour's; `before` is what the result before it measures."""
    f, words = found[n], c.words
    own = f.reading
    span = (own.low, own.high)
    bare = (
        own.pattern == "bare noun"
        and (n > 0 or groups.count(groups[n]) > 1)
        and words[own.high - 1] not in words_of.SPEEDUP
    )
    if f.quantity.kind == "count" and not own.high:  # "7 BRAMs": the unit says it
        return own, span
    if not bare and span[0] < span[1]:
        alone = own.high - own.low == 1 and words[own.low] in words_of.CHANGE_NOUNS - words_of.SPEEDUP
        if own.pattern in ("bare noun", "value") and alone and f.quantity.kind in words_of.RELATIVE:
            told = terms(c, f.token + 1, f.high, bare=False)
            if told:  # "gains of 3x over A in terms of throughput"
                return own, told
            if own.pattern == "value":
                return own, span
            low, high = _nearest(c, f) or span  # "beats A in throughput, achieving a 3x improvement"
            named = [w for w in words[low:high] if words_of.is_measure(w) and w not in words_of.CHANGE_NOUNS]
            return own, (low, high) if named and "-" not in words[high - 1] else span
        if own.pattern in _WEAK and not _says_what(c, span):
            span = _nearest(c, f) or span
        return own, span
    if f.quantity.kind in words_of.ABSOLUTE and not own.high:
        end = c.noun(f.token + 1, f.high)
        if end > f.token + 1 and (words_of.is_measure(words[end - 1]) or words[end - 1] == "density"):
            return own, (f.token + 1, end)  # "4.83 TOPS/mm2 compute density"
    if f.quantity.kind == "rate" and not own.high and unit_name(f.quantity.unit).endswith("efficiency"):
        return own, (0, 0)  # "38 TOPS/W": the unit says it
    said = [m for m in range(len(found)) if m != n and found[m].reading.high]
    lender = next((m for m in reversed(said) if m < n), -1)
    first = groups[n]
    if first != n and first in said and found[first].reading.high <= found[first].token:
        lender = first
    elif n + 1 < len(found) and groups[n + 1] == first and said and said[-1] > n:
        lender = next(m for m in said if m > n)
    if lender >= 0:
        q, other = f.quantity, found[lender].quantity
        apart = q.kind != other.kind or (q.kind == "rate" and unit_name(q.unit) != unit_name(other.unit))
        if apart and {q.kind, other.kind} <= words_of.ABSOLUTE and not own.high and unit_name(q.unit, q.kind):
            return own, (0, 0)  # "0.4 TOPS and 490 TOPS/W", "3 ms, 2 W": the unit says it
        goes_on = words[f.token - 1] in _REACHING or (f.bound != "" and words[max(0, f.token - 3)] in _REACHING)
        alike = q.unit == other.unit or {q.kind, other.kind} <= words_of.RELATIVE or groups[lender] == first
        if alike or goes_on or bare or (lender == n - 1 and words[found[lender].token + 1 : f.token] == ["("]):
            source = found[lender].reading
            return source, (source.low, source.high)
    ahead = _ahead(c, found, n, said)
    near = terms(c, f.token + 1, f.high, bare=False) or (None if ahead else _nearest(c, f))
    if near:
        return own._replace(low=near[0], high=near[1]), near
    if not own.high and before and found[n - 1].quantity.unit == f.quantity.unit and groups[n - 1] == groups[n]:
        return before  # "gains in time of 3%, 4% and 5%"
    if not own.high and ahead:
        return measured_by(c, found, ahead, groups)
    return own, span


def _ahead(c: Clause, found: list[Found], n: int, said: list[int]) -> int:
    """The next result that says what it and result `n` measure ("3x and up to 5x speedup"), 0 if none does."""
    for m in range(n + 1, len(found)):
        between = c.words[found[m - 1].token + 1 : found[m].token]
        like = found[m].quantity.unit == found[n].quantity.unit
        if not like or len(between) > 7 or not _BREAKS.isdisjoint(between):
            return 0
        if m in said:
            return m
    return 0


def _says_what(c: Clause, span: Span) -> bool:
    """Whether tokens name something measured or a change."""
    words = c.words[span[0] : span[1]]
    return any(map(words_of.is_measure, words)) or not words_of.CHANGE_NOUNS.isdisjoint(words)


def _nearest(c: Clause, f: Found) -> Span | None:
    """The nearest noun phrase before a result, in its own clause, that names something measured."""
    words = c.words
    if f.quantity.kind in words_of.ABSOLUTE:
        return None
    for k in range(f.token - 1, max(-1, f.token - 25), -1):
        if words[k] in (";", "whereas", "while", NUMBER):
            return None
        if words_of.is_measure(words[k]) and not words[k].endswith("ly") and words[k] not in words_of.VERBS:
            start, end = c.noun_before(k + 1, 0), k + 1
            while start < k and (
                words[start].endswith("ly") or words[start] in words_of.CHANGE_VERBS or words[start][0].isdigit()
            ):
                start += 1
            while end < f.token and words_of.is_measure(words[end]) and words[end] not in words_of.VERBS:
                end += 1
            return (start, end) if start < end else None
    return None


def unit_name(unit: str, kind: str = "rate") -> str:
    """What a value with a unit of a class measures, "" if the unit does not say."""
    if kind != "rate":
        return words_of.MEASURED_IN.get(kind, "")
    return next((name for ending, name in words_of.RATES.items() if ending in unit.lower()), "throughput")


def unit_text(view: View, q: Quantity) -> str:
    """What a number measures by its unit alone ("38 TOPS/W", "7 BRAMs"), "" if the unit does not say."""
    if q.kind == "count":
        counted = view.plain[q.start : q.end].lstrip("0123456789., ")
        return counted if q.unit in FAULTS else f"{counted} usage"
    return unit_name(q.unit, q.kind)


def metric_named(name: str, metrics: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    """Id and better direction of the metric of a lower-case name in singular or plural, `None` if it is none."""
    one = f"{name[:-3]}y" if name.endswith("ies") else name[:-1]
    named = metrics.get(name) or (metrics.get(one) if name.endswith("s") else None)
    if named is None and "@" in name:
        return metrics.get(_RANK.sub("@k", name)) or metrics.get(_RANK.sub("", name))
    if named is None and "-" in name:
        return metric_named(name.replace("-", " "), metrics)  # "false-positive rate"
    return named


def metric_id(text: str, metrics: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Metric id and better direction of a few words: the longest run of them that is an alias, the rightmost first."""
    if not metrics or not text:
        return "", ""
    written = _METRIC_WORD.findall(text)[-8:]
    words = [_MEANT.get(word, word) for word in map(str.lower, written)]
    if "per" in words:  # "throughput per unit of memory" is a throughput; "time per output token" has a name
        named = metric_named(" ".join(words), metrics)
        return named or metric_id(" ".join(written[: words.index("per")]), metrics)
    for length in range(min(5, len(words)), 0, -1):
        for start in range(len(words) - length, -1, -1):
            key = " ".join(words[start : start + length])
            hit = metric_named(key, metrics)
            other = length == 1 and (
                (start and words[start - 1] in _OTHER_SENSE.get(key, ()))
                or (key in _ACRONYMS and written[start].islower())
            )
            if hit and not other:
                until = start > 0 and words[:2] == ["time", "to"]
                return ("", "lower") if until else hit  # "time to first success" is no rate of success
    return "", ""
