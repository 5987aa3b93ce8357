"""Quantitative results that a text states, each with its evidence.

`find` reads the numbers of a field (`claim_numbers`), keeps those that are results of this paper (`claim_filter`), and
says of each what it measures (`claim_reading`), bounds, qualifies and is compared with (`claim_clause`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.linking import claim_words as words_of
from kg.linking.claim_clause import Clause
from kg.linking.claim_filter import confidence_of, onset_of, results_only, standing, usable
from kg.linking.claim_numbers import Quantity, quantities
from kg.linking.claim_reading import (
    SUBJECT_WORDS,
    Reading,
    boundary,
    choose,
    glued,
    past_determiners,
    read_left,
    read_right,
    skip_left,
)
from kg.linking.claim_words import NUMBER
from kg.linking.text import Spot, View
from kg.model import Claim, Evidence

_ACTION = words_of.CHANGE_VERBS | words_of.HAVE
_BEFORE_LIST = words_of.VERBS | words_of.DETERMINERS | {"in", "with", "of", "both"}
_BEFORE_METRICS = words_of.DETERMINERS | {"of", "in"}
_NO_METRICS: Mapping[str, tuple[str, str]] = {}
#: A sentence with more numbers than this is a table.
MAX_PER_SENTENCE = 24
_RATIO_METRIC = re.compile(
    r"accura|rate|ratio|precision|recall|utili[sz]ation|f1|map\b|score|auc|roc|bleu|iou|psnr|perplexity|coverage|success|fraction|percent|efficien(?:cy|t) of|loss|error"
)
_REACHING = frozenset("reaching achieving attaining hitting yielding".split())
_LEADS = frozenset(
    "on in for at under across with when using during through running over compared relative within while".split()
)
_SETTING = re.compile(
    r"cluster|data-?sets?|benchmark|workload|trace|deploy|environment|setting|scenario|hardware|platform|server|device|gpus?$|cpus?$|fpga|processor|imagenet|cifar|mnist|simulat|testbed|cores?$|kernels?$|applications?$|models?$"
)
_EVIDENCE_NOUNS = frozenset(
    "experiments experiment experimental evaluation evaluations results result simulations simulation evaluated tests testing measurements benchmarks implementation analysis empirical extensive comprehensive".split()
)
_AUXILIARY = frozenset("can could is are able to also further will has have even".split())


class _Found(NamedTuple):
    """One accepted quantity of a sentence, before its neighbours lend it what it lacks."""

    quantity: Quantity
    token: int
    low: int
    high: int
    reading: Reading
    bound: str
    before: bool
    confidence: float


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


def _factor(
    q: Quantity, reading: Reading, direction: str, better: str, metric: str, raw: str, following: str
) -> float | None:
    """How many times better, where direction and metric make it certain (percentages of percentages never do)."""
    if q.low != q.high or not direction or q.low <= 0:
        return None
    good = {"Increase": "higher", "Decrease": "lower"}[direction] == better
    sure = (
        good or reading.pattern in ("beat", "speedup") or (reading.pattern == "comparative" and direction == "Increase")
    )
    if not sure:
        return None
    if reading.pattern == "level" or raw.startswith("half"):
        return (
            round(100 / q.low, 6) if q.unit == "%" and direction == "Decrease" and following.startswith(" of") else None
        )
    if q.unit == "x":
        return round(q.low, 6) if q.low > 1 else None
    if q.unit == "orders of magnitude" and q.low <= 12:
        return float(10**q.low)
    if (
        q.unit != "%"
        or "point" in raw
        or "pp" in raw
        or _RATIO_METRIC.search(metric)
        or reading.pattern == "beat"
        or (reading.pattern == "improve" and better == "lower")
    ):
        return None
    if direction == "Increase":
        return round(1 + q.low / 100, 6)
    return round(1 / (1 - q.low / 100), 6) if q.low < 100 else None


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
    starts = onset_of(view.lower)
    if introduced and starts > 0:
        starts = min([starts, *(s.start for s in spots if s.entity == introduced)])
    claims: list[Claim] = []
    for (low, high), inside in sentences.items():
        if len(inside) > MAX_PER_SENTENCE:
            continue
        stance = standing(view.lower[low:high], before=field != "title" and high <= starts, sure=starts >= 0)
        if stance is None:
            continue
        claims += _sentence(
            view, paper, field, spots, introduced, metrics, Clause(view, low, high, inside), inside, *stance
        )
    return tuple(sorted(claims, key=lambda claim: claim.evidence.start))


def _sentence(
    view: View,
    paper: str,
    field: str,
    spots: Sequence[Spot],
    introduced: str,
    metrics: Mapping[str, tuple[str, str]],
    c: Clause,
    inside: list[Quantity],
    result: bool,
    own: bool,
) -> list[Claim]:
    words = c.words
    near = [s for s in spots if c.starts[0] <= s.start < c.ends[-1]]
    found: list[_Found] = []
    previous = -1
    numbers = list(zip(inside, c.where, strict=True))
    for n, (q, i) in enumerate(numbers):
        low = boundary(c, previous, i) if previous >= 0 else 0
        high = boundary(c, i, numbers[n + 1][1]) if n + 1 < len(numbers) else len(words)
        if n + 1 < len(numbers) and high <= i + 1:
            high = numbers[n + 1][1] if "," not in words[i + 1 : i + 2] else i + 1
        if not usable(view, c, q, i, low, high, result, near):
            words[i] = c.lower[c.starts[i] : c.ends[i]]  # a word among others
            continue
        right = read_right(c, i, high) if q.kind not in ("score",) else None
        left = read_left(c, i, low, low if previous >= 0 else max(0, i - 40), high, q.kind)
        reading = choose(c, right, left, q)
        k = skip_left(words, i, low)
        if reading is None and found and k >= low and words[k] == "by" and found[-1].reading.direction:
            # "reduces A by 3%, B by 5% and by 7% on C": the verb is said once.
            start = c.noun_before(k, low)
            reading = found[-1].reading
            if start < k:
                reading = reading._replace(low=start, high=k, text="", baseline=None)
        if (
            found
            and found[-1].reading.place
            and words[i - 1] == "("
            and (reading is None or reading.pattern in ("parenthesis", "value"))
        ):
            start = c.noun_before(i - 1, low)
            reading = found[-1].reading._replace(place=(start, i - 1) if start < i - 1 else None)
        confidence = confidence_of(view, c, q, i, low, high, reading, result, own)
        listed = bool(found) and glued(c, found[-1].token, i)
        if confidence and listed:
            confidence = max(confidence, found[-1].confidence - 0.05)
        if not confidence and listed and (found[-1].quantity.kind == q.kind or q.kind in words_of.ABSOLUTE):
            confidence = found[-1].confidence - 0.05
        tied = words[skip_left(words, i, low - 1)] if i else ""
        if (
            not confidence
            and found
            and tied in ("and", ",", "(", "/")
            and {q.kind, found[-1].quantity.kind} <= words_of.RELATIVE
        ):
            confidence = found[-1].confidence - 0.05
        if q.second >= 0 and words[skip_left(words, i, low)] == "from" and left is not None and left.verb >= 0:
            # "from 11% to 6%": the result is where it ends.
            q = q._replace(start=q.second, low=q.high)
            reading = left._replace(pattern="level")
        if confidence:
            bound, before = c.bound(i, low, high)
            found.append(
                _Found(
                    q,
                    i,
                    low,
                    high,
                    reading or Reading(),
                    bound if bound and q.bound in ("", "Approximately") else q.bound or bound,
                    before,
                    confidence,
                )
            )
            previous = i
        else:
            words[i] = c.lower[c.starts[i] : c.ends[i]]
    return _assemble(view, paper, field, near, introduced, metrics, c, found) if found else []


def _assemble(
    view: View,
    paper: str,
    field: str,
    spots: Sequence[Spot],
    introduced: str,
    metrics: Mapping[str, tuple[str, str]],
    c: Clause,
    found: list[_Found],
) -> list[Claim]:
    words = c.words
    first = found[0]
    end_of_subject = next(
        (
            k
            for k in range(1, first.token)
            if words[k] in words_of.VERBS
            and words[k]
            not in ("evaluated", "tested", "measured", "running", "using", "training", "compared", "scaling")
        ),
        first.token,
    )
    comma = next((k for k in range(end_of_subject, 0, -1) if words[k] == ","), 0)
    leading = words[0] in _LEADS or words[0] in (
        "compared",
        "relative",
        "running",
        "trained",
        "tested",
        "evaluated",
        "while",
    )
    lead_conditions = c.conditions(0, comma) if leading and comma else []
    if not lead_conditions and end_of_subject and any(word in _EVIDENCE_NOUNS for word in words[:3]):
        lead_conditions = c.conditions(0, end_of_subject)
    if not lead_conditions:
        before = first.reading.verb if first.reading.verb >= 0 else first.token
        lead_conditions = [
            span
            for span in c.conditions(0, before)
            if not _same(span, first.reading) and any(_SETTING.match(word) for word in words[span[0] : span[1]])
        ]
    for k in range(1, first.token - 2):
        if words[k] in ("in", "on", "for", "at", "under") and words[k - 1] in ("that", ","):
            end = c.phrase(k + 1, first.token, words_of.STOP_CONDITION)
            if words[end : end + 1] == [","] and end > k + 1:
                lead_conditions = [
                    span for span in c.conditions(k, end) if span not in lead_conditions
                ] + lead_conditions
    lead_baseline = c.baseline(0, first.token, over=False) if first.token else None
    if lead_baseline is None and first.reading.pattern != "beat":
        beat = next((k for k in range(first.token) if words[k] in words_of.BEAT), -1)
        at = past_determiners(c, beat + 1, first.token)
        end = c.phrase(at, first.token, words_of.STOP_BASELINE)
        lead_baseline = (at, end) if 0 <= beat < at < end else None
    average_from = _scope(c)
    groups: list[int] = []
    for n, f in enumerate(found):
        groups.append(groups[-1] if n and glued(c, found[n - 1].token, f.token) else n)
    own_conditions: list[list[tuple[int, int]]] = []
    baselines: list[tuple[int, int] | None] = []
    for n, f in enumerate(found):
        high = max(f.token + 1, boundary(c, f.token, found[n + 1].token)) if n + 1 < len(found) else len(words)
        low = (
            f.reading.verb
            if f.reading.verb >= 0
            else next(
                (
                    k
                    for k in range(f.token - 1, f.low, -1)
                    if words[k] in words_of.VERBS and not words[k].endswith("ing")
                ),
                f.low,
            )
        )
        low = max(f.low, low)
        right = [
            span for span in c.conditions(f.token + 1, _clause_end(c, f.token, high)) if not _same(span, f.reading)
        ]
        if f.token + 2 < high and words[f.token + 1] == "(":
            close = next((k for k in range(f.token + 2, min(high, f.token + 16)) if words[k] == ")"), 0)
            if (
                close
                and words[f.token + 2] not in ("vs", "vs.", "versus", "compared", "up", "on", "over")
                and NUMBER not in words[f.token + 2 : close]
                and close - f.token > 2
            ):
                right = [(f.token + 2, close)]
        inner = (
            [span for span in c.conditions(low, f.token) if span[0] >= low and not _same(span, f.reading)]
            if n == 0 or f.low > found[n - 1].token + 1
            else []
        )
        if f.reading.place:
            right = [f.reading.place]
        own_conditions.append(right + inner)
        baseline = (
            c.baseline(f.token + 1, _clause_end(c, f.token, high))
            or c.baseline(f.token + 1, high)
            or f.reading.baseline
        )
        if baseline is None and (n or f.reading.verb >= 0):
            baseline = c.baseline(max(f.low, f.reading.verb), f.token)
        baselines.append(baseline)
    lists = _respective(c, found, groups)
    last = -1
    kept: list[tuple[int, int]] = []
    claims: list[Claim] = []
    for n, f in enumerate(found):
        q, reading = f.quantity, f.reading
        bound, direction = f.bound, reading.direction
        head = groups[n]
        if not bound and head != n and found[head].before:
            bound = found[head].bound
        if not bound and not f.bound:
            tail = max(m for m in range(len(found)) if groups[m] == head)
            if found[tail].bound and not found[tail].before:
                bound = found[tail].bound
        if (
            not bound
            and n
            and found[n - 1].bound == "UpTo"
            and found[n - 1].before
            and _parallel(c, found[n - 1].token, f.token)
        ):
            bound = "UpTo"
        if not bound and 0 <= average_from < f.token:
            bound = "Average"
        span, text, source = (reading.low, reading.high), reading.text, reading
        gerund = words[f.token - 1] in _REACHING or (f.bound and words[max(0, f.token - 3)] in _REACHING)
        bare = (
            reading.pattern == "bare noun"
            and (n > 0 or groups.count(head) > 1)
            and words[reading.high - 1] not in words_of.SPEEDUP
        )
        if (span[0] == span[1] and not text) or bare:
            lender = next(
                (found[m] for m in range(n - 1, -1, -1) if found[m].reading.high or found[m].reading.text), None
            )
            later = next(
                (found[m] for m in range(n + 1, len(found)) if found[m].reading.high or found[m].reading.text), None
            )
            if head != n and found[head].reading.high and found[head].reading.high <= found[head].token:
                lender = found[head]
            elif n < len(found) - 1 and later and groups[n + 1] == head:
                lender = later
            if lender and (
                lender.quantity.unit == q.unit
                or gerund
                or bare
                or {q.kind, lender.quantity.kind} <= words_of.RELATIVE
                or groups[n] == groups[found.index(lender)]
            ):
                source = lender.reading
                span, text = (source.low, source.high), source.text
                direction = direction or source.direction
        if q.kind == "rate" and span[0] == span[1] and not text:
            text = q.unit
        if q.kind == "count" and not text:
            text = view.plain[q.start : q.end].lstrip("0123456789., ")
        metric_text = text or c.text(*span)
        conditions = list(own_conditions[n])
        baseline = baselines[n]
        if not conditions:
            conditions = next((own_conditions[m] for m in range(n + 1, len(found)) if own_conditions[m]), [])
        if baseline is None:
            baseline = next((baselines[m] for m in range(n + 1, len(found)) if baselines[m]), None) or lead_baseline
        if baseline is None and n:
            baseline = (
                next((baselines[m] for m in range(n - 1, -1, -1) if baselines[m]), None)
                if groups[n] != n or last == n - 1
                else None
            )
        item = lists.get(n)
        if item:
            kind, place, extra = item
            if kind == "metric":
                metric_text = extra or c.text(*place)
            elif kind == "baseline":
                baseline = place
            else:
                conditions = [place, *(span for span in conditions if not _overlap(span, place, c, lists, n))]
        if (
            not conditions
            and n
            and not any(
                word in _ACTION and not word.endswith(("ing", "ed")) for word in words[found[n - 1].token : f.token]
            )
        ):
            conditions = list(kept)
        kept = list(conditions)
        conditions += [span for span in lead_conditions if span not in conditions]
        dealt = item is not None and item[0] == "condition"
        conditions = _distinct(
            conditions, baseline, [place for kind, place, _ in lists.values() if kind == "condition"] if dealt else []
        )
        condition_text = (item[2] + ", " if item and item[0] == "condition" and item[2] else "") + ", ".join(
            dict.fromkeys(
                c.text(*s) for s in (conditions[1:] if item and item[0] == "condition" and item[2] else conditions)
            )
        )
        condition_text = condition_text.rstrip(", ")
        metric, better = _metric_id(metric_text, metrics)
        if not metric:
            metric, better = _metric_id(q.unit, metrics) if len(q.unit) > 2 else ("", "")
        if reading.pattern == "improve" or source.pattern == "improve":
            direction = "Decrease" if better == "lower" else "Increase"
        start, end = view.span(q.start, q.end)
        sentence_start, sentence_end = view.evidence_sentence(q.start, q.end)
        rule = {"factor": "claim-factor", "percent": "claim-percent", "words": "claim-words"}.get(q.kind, "claim-value")
        confidence = round(f.confidence - (0.1 if not metric_text else 0.0), 2)
        spans = [*conditions, span] if span[0] < span[1] else conditions  # "ImageNet accuracy" says where, too
        places = dict.fromkeys(
            s.entity for a, b in spans for s in spots if c.starts[a] <= s.start and s.end <= c.ends[b - 1]
        )
        hardware = [e for e in places if e.startswith("hardware/")]
        datasets = [e for e in places if e.startswith("dataset/")]
        factor = _factor(
            q,
            source,
            direction,
            better,
            f"{metric} {metric_text}".lower(),
            view.plain[q.start : q.end].lower(),
            view.lower[q.end : q.end + 4],
        )
        last = n
        claims.append(
            Claim(
                paper=paper,
                evidence=Evidence(
                    paper, field, start, end, sentence_start, sentence_end, view.raw[start:end], rule, confidence
                ),
                unit=q.unit,
                value=q.low if q.low == q.high else None,
                low=q.low if q.low != q.high else None,
                high=q.high if q.low != q.high else None,
                comparator=bound or "Exactly",
                direction=direction if q.kind not in words_of.ABSOLUTE and q.kind != "score" else "",
                metric_text=metric_text,
                metric=metric,
                subject=_subject(c, f, spots, introduced),
                baseline=_entity(c, baseline, spots),
                baseline_text=c.text(*baseline) if baseline else "",
                hardware=tuple(hardware[:3]),
                datasets=tuple(datasets[: 3 - min(3, len(hardware))]),
                condition_text=condition_text,
                improvement_factor=factor,
                confidence=confidence,
            )
        )
    return claims


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


def _clause_end(c: Clause, i: int, high: int) -> int:
    """Where the words about the quantity at token i end: at a verb that opens something else."""
    words = c.words
    for k in range(i + 1, high):
        if words[k] == ";":
            return k
        if words[k] in (",", "and"):
            after = k + 1
            while after < high and (
                words[after] in ("and", "also", "further", "thus", "thereby", "as", "well", "then", "we", "it")
                or words[after].endswith("ly")
            ):
                after += 1
            if (
                after < high
                and (
                    words[after] in words_of.VERBS
                    or words[after]
                    in ("while", "whereas", "without", "which", "highlight", "highlighting", "establishing")
                )
                and NUMBER not in words[after : after + 1]
            ):
                return k
        elif words[k] in ("whereas", "but") or (words[k] == "while" and words[k + 1 : k + 2] != ["running"]):
            return k
    return high


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


def _same(span: tuple[int, int], reading: Reading) -> bool:
    """Whether a condition's phrase is what is measured."""
    return span[0] < reading.high and reading.low < span[1] and reading.low - span[0] <= 1


def _entity(c: Clause, span: tuple[int, int] | None, spots: Sequence[Spot]) -> str:
    if span is None:
        return ""
    return next((s.entity for s in spots if c.starts[span[0]] <= s.start and s.end <= c.ends[span[1] - 1]), "")


def _subject(c: Clause, f: _Found, spots: Sequence[Spot], introduced: str) -> str:
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


def _overlap(
    span: tuple[int, int],
    place: tuple[int, int],
    c: Clause,
    lists: Mapping[int, tuple[str, tuple[int, int], str]],
    n: int,
) -> bool:
    return any(span[0] < other[1][1] and other[1][0] < span[1] for other in lists.values())


def _respective(c: Clause, found: list[_Found], groups: list[int]) -> dict[int, tuple[str, tuple[int, int], str]]:
    """Deal the items of a parallel list to the quantities of a list: index of the quantity -> (kind, span, own text)."""
    words = c.words
    told: dict[int, tuple[str, tuple[int, int], str]] = {}
    last_word = max((k for k, word in enumerate(words) if word in ("respectively", "resp", "respective")), default=-1)
    respectively = last_word > found[-1].token - 12
    runs: list[list[int]] = []
    for n in range(len(found)):
        if n and groups[n] == groups[n - 1]:
            runs[-1].append(n)
        else:
            runs.append([n])
    if respectively and not any(len(run) > 1 for run in runs) and len(found) > 1:
        runs = [list(range(len(found)))]
    elif respectively and len(runs) > 1 and all(len(run) == len(runs[0]) for run in runs):
        pass
    for run in runs:
        count = len(run)
        if count < 2:
            continue
        start, end = found[run[0]], found[run[-1]]
        slashed = _slashed(c, count, start, end) if respectively or "/" in words[start.token : end.token] else None
        if slashed:
            for n, (kind, place, text) in zip(run, slashed, strict=True):
                told[n] = (kind, place, text)
            continue
        told_metrics = _measured(c, count, start.token)
        if told_metrics:
            told |= {n: ("metric", place, "") for n, place in zip(run, told_metrics, strict=True)}
            continue
        right = c.items(count, end.token + 1, last_word, backwards=True) if last_word > end.token else None
        if right and last_word - right[0][-1][1] > 2:
            right = None
        right = right or c.items(count, end.token + 1, min(len(words), end.token + 24))
        if (
            right
            and last_word > end.token + 3
            and not last_word - 3 <= right[0][-1][1] <= last_word
            and right[0][0][0] > end.token + 4
        ):
            right = None
        left = c.items(count, max(0, start.token - 40), start.token, backwards=True)
        if not respectively and not (right and words[end.token + 1] in ("on", "for", "in", "at") and count > 1):
            continue
        if right:
            before = right[1]
            kind = (
                "baseline" if before in ("to", "over", "than", "against", "versus", "vs", "relative") else "condition"
            )
            if before in ("in", "of") and all(words_of.KNOWN.match(words[b - 1]) for _, b in right[0]):
                kind = "metric"
            for n, place in zip(run, right[0], strict=True):
                told[n] = (kind, place, "")
            continue
        if left:
            before = left[1]
            if (
                before in words_of.CHANGE_VERBS
                or (before in _BEFORE_METRICS and start.reading.low <= left[0][0][0] < start.reading.high)
                or any(start.reading.low <= a < start.reading.high for a, _ in left[0])
            ):
                kind = "metric"
            elif before in ("over", "than", "outperforms", "outperform", "outperforming", "compared", "to"):
                kind = "baseline"
            else:
                kind = "condition"
            for n, place in zip(run, left[0], strict=True):
                told[n] = (kind, place, "")
    return told


def _measured(c: Clause, count: int, i: int) -> list[tuple[int, int]] | None:
    """The items of "reduces A and B by" or "savings in A and B of" before a list of as many numbers."""
    k = skip_left(c.words, i, 0)
    if c.words[k] not in ("by", "of", "to"):
        return None
    found = c.items(count, max(0, k - 24), k, backwards=True)
    if found is None or found[0][-1][1] != k or found[1] not in _BEFORE_LIST:
        return None
    return (
        found[0]
        if all(
            words_of.KNOWN.match(c.words[b - 1]) or c.words[b - 1] in words_of.CHANGE_NOUNS for _, b in found[0][-1:]
        )
        else None
    )


def _slashed(c: Clause, count: int, start: _Found, end: _Found) -> list[tuple[str, tuple[int, int], str]] | None:
    """ "128/1K/10K-token" beside a list of three: one part for each, with the ending that the last one carries."""
    words = c.words
    for k in (
        *range(end.token + 1, min(len(words), end.token + 16)),
        *range(start.token - 1, max(-1, start.token - 16), -1),
    ):
        word = words[k]
        if word.count("/") == count - 1 and NUMBER not in word:
            text = c.text(k, k + 1)
            parts = text.split("/")
            if not all(parts):
                continue
            stem, dash, ending = parts[-1].partition("-")
            shared = c.noun(k + 1, min(len(words), k + 4))
            rest = c.text(k + 1, shared)
            tail = f"{dash}{ending}"
            plain = [*parts[:-1], stem]
            inside = start.reading.low <= k < end.reading.high or (
                words[k - 1 : k] in (["in"],) and k < end.high and any(words_of.KNOWN.match(p.lower()) for p in parts)
            )
            kind = "metric" if inside and any(words_of.KNOWN.match(p.lower()) for p in parts) else "condition"
            if kind == "metric":
                low = start.reading.low if start.reading.low <= k < start.reading.high else k
                prefix = c.text(low, k)
                return [(kind, (k, k + 1), f"{prefix} {part}".strip()) for part in parts]
            return [(kind, (k, max(k + 1, shared)), f"{part}{tail} {rest}".strip()) for part in plain]
    return None
