"""Quantitative results that a text states, each with its evidence.

`find` reads the numbers of a field (`claim_numbers`), keeps those that are results of this paper (`claim_filter`), and
says of each what it measures (`claim_reading`), and with what it is compared under which conditions (`claim_context`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.linking import claim_words as words_of
from kg.linking.claim_clause import Clause
from kg.linking.claim_context import Context, Dealt, Found, Span, context_of
from kg.linking.claim_filter import confidence_of, onset_of, results_only, standing, usable
from kg.linking.claim_numbers import Quantity, quantities
from kg.linking.claim_reading import (
    SUBJECT_WORDS,
    Reading,
    boundary,
    choose,
    glued,
    read_left,
    read_right,
    skip_left,
)
from kg.linking.claim_words import NUMBER
from kg.linking.text import Spot, View
from kg.model import Claim, Evidence

_ACTION = words_of.CHANGE_VERBS | words_of.HAVE
_NO_METRICS: Mapping[str, tuple[str, str]] = {}
#: A sentence with more numbers than this is a table.
MAX_PER_SENTENCE = 24
_RATIO_METRIC = re.compile(
    r"accura|rate|ratio|precision|recall|utili[sz]ation|f1|map\b|score|auc|roc|bleu|iou|psnr|perplexity|mcc|matthews|correlation|dice|kappa|coverage|success|fraction|percent|efficien(?:cy|t) of|loss|error"
)
_REACHING = frozenset("reaching achieving attaining hitting yielding".split())
_AUXILIARY = frozenset("can could is are able to also further will has have even".split())
_RULES = {"factor": "claim-factor", "percent": "claim-percent", "words": "claim-words"}


class _Text(NamedTuple):
    """What `find` was asked."""

    view: View
    paper: str
    field: str
    spots: Sequence[Spot]
    introduced: str
    metrics: Mapping[str, tuple[str, str]]


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
    numbers = results_only(view, quantities(view))
    if not numbers:
        return ()
    sentences: dict[tuple[int, int], list[Quantity]] = {}
    for q in numbers:
        sentences.setdefault(view.sentence(q.start), []).append(q)
    onset = onset_of(view.lower)
    if introduced and onset > 0:
        onset = min([onset, *(s.start for s in spots if s.entity == introduced)])
    text = _Text(view, paper, field, spots, introduced, metrics)
    claims: list[Claim] = []
    half = len(view.plain) // 2  # motivation never fills more
    for (low, high), inside in sentences.items():
        if len(inside) <= MAX_PER_SENTENCE:
            stance = standing(
                view.lower[low:high], before=field != "title" and high <= onset and low < half, sure=onset >= 0
            )
            if stance:
                claims += _sentence(text, Clause(view, low, high, inside), inside, stance)
    return tuple(sorted(claims, key=lambda claim: claim.evidence.start))


def _sentence(text: _Text, c: Clause, inside: list[Quantity], stance: tuple[bool, bool]) -> list[Claim]:
    """Claims of one sentence. Numbers that are no results become words among others."""
    words = c.words
    near = [s for s in text.spots if c.starts[0] <= s.start < c.ends[-1]]
    found: list[Found] = []
    for n, (q, i) in enumerate(zip(inside, c.where, strict=True)):
        last = found[-1] if found else None
        following = c.where[n + 1] if n + 1 < len(inside) else len(words)
        low = boundary(c, last.token, i) if last else 0
        high = boundary(c, i, following) if n + 1 < len(inside) else following
        if high <= i + 1 < following and words[i + 1] != ",":
            high = following
        confidence = 0.0
        if usable(c, q, i, low, near):
            left = read_left(c, i, low, low if last else max(0, i - 40), high, q.kind)
            right = None if q.kind == "score" else read_right(c, i, high)
            reading = _continued(c, i, low, last, choose(c, right, left, q)) or _listed(c, inside, n)
            confidence = _confidence(c, q, i, low, high, reading, last, stance)
        if not confidence:
            words[i] = c.lower[c.starts[i] : c.ends[i]]
            continue
        if q.second >= 0 and words[skip_left(words, i, low)] == "from" and left and left.verb >= 0:
            # "from 11% to 6%": the result is where it ends.
            q, reading = q._replace(start=q.second, low=q.high), left._replace(pattern="level")
        bound, before = c.bound(i, low, high)
        bound = bound if bound and q.bound in ("", "Approximately") else q.bound or bound
        found.append(Found(q, i, low, high, reading or Reading(), bound, before, confidence))
    return _assemble(text, near, c, found) if found else []


def _listed(c: Clause, inside: list[Quantity], n: int) -> Reading | None:
    """What the last number of a list says that they all measure ("3x, 4x and 5x speedup")."""
    last = n
    while (
        last + 1 < len(inside)
        and inside[last + 1].kind == inside[n].kind
        and glued(c, c.where[last], c.where[last + 1])
    ):
        last += 1
    reading = read_right(c, c.where[last], len(c.words)) if last > n and inside[n].kind in words_of.RELATIVE else None
    return reading if reading and reading.pattern not in ("share", "noun phrase", "in") else None


def _continued(c: Clause, i: int, low: int, last: Found | None, reading: Reading | None) -> Reading | None:
    """The reading of a number that goes on with what was begun for the one before it."""
    if last is None:
        return reading
    words, k = c.words, skip_left(c.words, i, low)
    if reading is None and k >= low and words[k] == "by" and last.reading.direction:
        # "reduces A by 3%, B by 5% and by 7% on C": the verb is said once.
        start = c.noun_before(k, low)
        return last.reading._replace(low=start, high=k, text="", baseline=None) if start < k else last.reading
    if last.reading.place and words[i - 1] == "(" and (reading is None or reading.pattern in ("parenthesis", "value")):
        # "accuracy on A (3%) and B (5%)"
        start = c.noun_before(i - 1, low)
        return last.reading._replace(place=(start, i - 1) if start < i - 1 else None)
    return reading


def _confidence(
    c: Clause,
    q: Quantity,
    i: int,
    low: int,
    high: int,
    reading: Reading | None,
    last: Found | None,
    stance: tuple[bool, bool],
) -> float:
    """Confidence that a usable number is a result; a list lends its numbers that of the one before."""
    own = confidence_of(c, q, i, low, high, reading, *stance)
    if last is None:
        return own
    lent = last.confidence - 0.05
    if glued(c, last.token, i) and (own or last.quantity.kind == q.kind or q.kind in words_of.ABSOLUTE):
        return max(own, lent)
    tie = c.words[skip_left(c.words, i, low - 1)]
    related = tie in ("and", ",", "(", "/") and {q.kind, last.quantity.kind} <= words_of.RELATIVE
    return own or (lent if related else 0.0)


def _assemble(text: _Text, spots: Sequence[Spot], c: Clause, found: list[Found]) -> list[Claim]:
    """Claims of one sentence's results; `spots` are those in the sentence."""
    view, metrics = text.view, text.metrics
    context = context_of(c, found, lambda: _sentences_before(view, c))
    average_from = _scope(c)
    kept: list[Span] = []
    claims: list[Claim] = []
    for n, f in enumerate(found):
        q = f.quantity
        source, span, said = _measured_by(c, found, n, context.groups)
        dealt = context.lists.get(n)
        if dealt and dealt.kind == "metric":
            said = dealt.text or c.text(*dealt.place)
        if not said and span[0] == span[1]:
            said = (
                q.unit
                if q.kind == "rate"
                else view.plain[q.start : q.end].lstrip("0123456789., ")
                if q.kind == "count"
                else ""
            )
        metric_text = said or c.text(*span)
        baseline = dealt.place if dealt and dealt.kind == "baseline" else _baseline(context, n)
        conditions = _conditions(
            c, found, n, context, kept, dealt if dealt and dealt.kind == "condition" else None, baseline
        )
        kept = conditions
        conditions = _distinct(
            [*conditions, *context.lead_conditions],
            baseline,
            [d.place for d in context.lists.values() if d.kind == "condition"]
            if dealt and dealt.kind == "condition"
            else [],
        )
        scene = [c.text(*s) for s in conditions]
        if dealt and dealt.kind == "condition" and dealt.text and scene:
            scene[0] = dealt.text
        metric, better = _metric_id(metric_text, metrics)
        if not metric and len(q.unit) > 2:
            metric, better = _metric_id(q.unit, metrics)
        direction = f.reading.direction or source.direction
        if q.kind == "words" and not direction:
            direction = "Decrease" if q.unit == "%" else "Increase"
        if source.pattern == "improve":
            direction = "Decrease" if better == "lower" else "Increase"
        start, end = view.span(q.start, q.end)
        rule = _RULES.get(q.kind, "claim-value")
        confidence = round(f.confidence - (0.0 if metric_text else 0.1), 2)
        # "ImageNet accuracy" says where, too.
        hardware, datasets = _places(c, [*conditions, span] if span[0] < span[1] else conditions, spots)
        claims.append(
            Claim(
                paper=text.paper,
                evidence=Evidence(
                    text.paper,
                    text.field,
                    start,
                    end,
                    *view.evidence_sentence(q.start, q.end),
                    view.raw[start:end],
                    rule,
                    confidence,
                ),
                unit=q.unit,
                value=q.low if q.low == q.high else None,
                low=q.low if q.low != q.high else None,
                high=q.high if q.low != q.high else None,
                comparator=_bound(c, found, n, context.groups, average_from) or "Exactly",
                direction=direction if q.kind not in words_of.ABSOLUTE and q.kind != "score" else "",
                metric_text=metric_text,
                metric=metric,
                subject=_subject(c, f, spots, text.introduced),
                baseline=_entity(c, baseline, spots),
                baseline_text=c.text(*baseline) if baseline else "",
                hardware=hardware,
                datasets=datasets,
                condition_text=", ".join(dict.fromkeys(scene)),
                improvement_factor=_factor(view, q, source, direction, better, f"{metric} {metric_text}".lower()),
                confidence=confidence,
            )
        )
    return claims


def _bound(c: Clause, found: list[Found], n: int, groups: list[int], average_from: int) -> str:
    """A result's comparator: its own, or the one that it shares with its list, its neighbour or the sentence."""
    f, first = found[n], found[groups[n]]
    if f.bound:
        return f.bound
    if first is not f and first.before and first.bound:
        return first.bound
    tail = max(m for m in range(len(found)) if groups[m] == groups[n])
    if found[tail].bound and not found[tail].before:
        return found[tail].bound
    previous = found[n - 1] if n else None
    if previous and previous.bound == "UpTo" and previous.before and _parallel(c, previous.token, f.token):
        return "UpTo"
    return "Average" if 0 <= average_from < f.token else ""


def _measured_by(c: Clause, found: list[Found], n: int, groups: list[int]) -> tuple[Reading, Span, str]:
    """The reading that says what a result measures (its own, or a neighbour's), its tokens and its text."""
    f, words = found[n], c.words
    own = f.reading
    span = (own.low, own.high)
    bare = (
        own.pattern == "bare noun"
        and (n > 0 or groups.count(groups[n]) > 1)
        and words[own.high - 1] not in words_of.SPEEDUP
    )
    if f.quantity.kind == "count" and not own.high:  # "7 BRAMs": the unit says it
        return own, span, ""
    if not bare and (span[0] < span[1] or own.text):
        return own, span, own.text
    said = [m for m in range(len(found)) if m != n and (found[m].reading.high or found[m].reading.text)]
    lender = next((m for m in reversed(said) if m < n), -1)
    first = groups[n]
    if first != n and first in said and found[first].reading.high <= found[first].token:
        lender = first
    elif n + 1 < len(found) and groups[n + 1] == first and said and said[-1] > n:
        lender = next(m for m in said if m > n)
    if lender >= 0:
        q, other = f.quantity, found[lender].quantity
        goes_on = words[f.token - 1] in _REACHING or (f.bound != "" and words[max(0, f.token - 3)] in _REACHING)
        alike = q.unit == other.unit or {q.kind, other.kind} <= words_of.RELATIVE or groups[lender] == first
        if alike or goes_on or bare:
            source = found[lender].reading
            return source, (source.low, source.high), source.text
    return own, span, own.text


def _baseline(context: Context, n: int) -> Span | None:
    """A result's own baseline, else that of a later result, of the sentence, or of an earlier result."""
    baselines = context.baselines
    later = next((b for b in baselines[n:] if b), None) or context.lead_baseline
    return later or next((b for b in reversed(baselines[:n]) if b), None)


def _conditions(
    c: Clause,
    found: list[Found],
    n: int,
    context: Context,
    kept: list[Span],
    dealt: Dealt | None,
    baseline: Span | None,
) -> list[Span]:
    """A result's own conditions, else those of the next result that has any, or those of the one before (`kept`)."""
    spans = next((spans for spans in context.conditions[n:] if spans), [])
    if dealt:
        others = [d.place for d in context.lists.values()]
        return [dealt.place, *(span for span in spans if not any(span[0] < b and a < span[1] for a, b in others))]
    if not spans and n:
        between = c.words[found[n - 1].token : found[n].token]
        if not any(word in _ACTION and not word.endswith(("ing", "ed")) for word in between):
            return kept
    return spans


def _places(c: Clause, spans: list[Span], spots: Sequence[Spot]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Hardware and data sets named in some phrases, at most three together."""
    named = dict.fromkeys(
        s.entity for a, b in spans for s in spots if c.starts[a] <= s.start and s.end <= c.ends[b - 1]
    )
    hardware = tuple(e for e in named if e.startswith("hardware/"))[:3]
    return hardware, tuple(e for e in named if e.startswith("dataset/"))[: 3 - len(hardware)]


def _distinct(
    spans: list[tuple[int, int]], baseline: tuple[int, int] | None, dealt: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """At most four phrases: none that overlaps the baseline, an earlier one or, but for the first, a dealt-out list."""
    kept: list[tuple[int, int]] = []
    taken = ([baseline] if baseline else []) + dealt
    for n, span in enumerate(spans):
        others = kept + (taken if n or not dealt else taken[: 1 if baseline else 0])
        if not any(span[0] < b and a < span[1] for a, b in others):
            kept.append(span)
        elif (
            kept
            and not dealt
            and span[0] <= kept[-1][0]
            and span[1] > kept[-1][1]
            and not any(span[0] < b and a < span[1] for a, b in kept[:-1] + taken)
        ):
            kept[-1] = span
    return kept[:4]


def _scope(c: Clause) -> int:
    """Token from which "on average" holds for what follows, -1 if none does: it stands with a subject or verb."""
    words = c.words
    for k in range(len(words) - 1):
        if words[k] == "on" and words[k + 1] == "average":
            before = words[max(0, k - 6) : k]
            return -1 if NUMBER in before else k
    return -1


def _parallel(c: Clause, a: int, b: int) -> bool:
    """ "3x speedup and 2x …": nothing but a noun phrase and "and" between two numbers."""
    between = c.words[a + 1 : b]
    if between and between[-1] == "and":
        between = between[:-1]
    if len(between) > 1 and between[-1] == ",":
        between = between[:-1]
    return 0 < len(between) < b - a - 1 and words_of.STOP.isdisjoint(between)


def _metric_id(text: str, metrics: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Metric id and better direction of a few words: the longest run of them that is an alias, the rightmost first."""
    if not metrics or not text:
        return "", ""
    words = re.findall(r"[^\s,()]+", text.lower())[-8:]
    for length in range(min(5, len(words)), 0, -1):
        for start in range(len(words) - length, -1, -1):
            key = " ".join(words[start : start + length])
            hit = metrics.get(key) or (metrics.get(key[:-1]) if key.endswith("s") else None)
            if hit:
                return hit
    return "", ""


def _factor(view: View, q: Quantity, reading: Reading, direction: str, better: str, metric: str) -> float | None:
    """How many times better, where direction and metric make it certain; percentages of percentages never do."""
    if q.low != q.high or not direction or q.low <= 0:
        return None
    good = {"Increase": "higher", "Decrease": "lower"}[direction] == better
    faster = reading.pattern in ("beat", "speedup") or reading.pattern == "comparative"
    if not good and not (faster and direction == "Increase"):
        return None
    if q.unit == "x":
        return round(q.low, 6) if q.low > 1 else None
    if q.unit == "orders of magnitude":
        return float(10**q.low) if q.low <= 12 else None
    raw = view.lower[q.start : q.end]
    if reading.pattern == "level":  # "reduces X to 40% of …"
        part = q.unit == "%" and direction == "Decrease" and view.lower.startswith(" of", q.end)
        return round(100 / q.low, 6) if part else None
    relative = not ("point" in raw or "pp" in raw or _RATIO_METRIC.search(metric))
    if (
        q.unit != "%"
        or not relative
        or reading.pattern == "beat"
        or (reading.pattern == "improve" and better == "lower")
    ):
        return None
    if direction == "Increase":
        return round(1 + q.low / 100, 6)
    return round(1 / (1 - q.low / 100), 6) if q.low < 100 else None


def _sentences_before(view: View, c: Clause) -> Iterator[Clause]:
    """Up to three sentences before a clause, the nearest first, without their numbers."""
    at = view.sentences.index(view.sentence(c.starts[0]))
    for span in reversed(view.sentences[max(0, at - 3) : at]):
        yield Clause(view, *span, ())


def _entity(c: Clause, span: tuple[int, int] | None, spots: Sequence[Spot]) -> str:
    if span is None:
        return ""
    return next((s.entity for s in spots if c.starts[span[0]] <= s.start and s.end <= c.ends[span[1] - 1]), "")


def _subject(c: Clause, f: Found, spots: Sequence[Spot], introduced: str) -> str:
    """The entity in subject position, else the introduced one where the sentence speaks of "we", "it", "our …"."""
    words = c.words
    verb = f.reading.verb
    if verb < 0:
        verb = next((k for k in range(f.token, -1, -1) if words[k] in words_of.VERBS), -1)
    k = verb - 1
    while k >= 0 and (words[k].endswith("ly") or words[k] in _AUXILIARY):
        k -= 1
    if k >= 0:
        for s in spots:
            if s.start <= c.starts[k] < s.end and s.entity.partition("/")[0] in ("system", "technique", "hardware"):
                return s.entity
    return (
        introduced
        if introduced and not SUBJECT_WORDS.isdisjoint(words[: f.token])
        else introduced
        if any(s.entity == introduced for s in spots)
        else ""
    )
