"""Claims of one sentence: its results, each with what it measures, its baseline, conditions and evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.linking.claims import baseline as claim_baseline
from kg.linking.claims import measure as claim_measure
from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.context import Context, Found, ListItem, Span, context_of
from kg.linking.claims.extent import anything, beside, whole
from kg.linking.claims.measure import NO_SPAN, Ruled
from kg.linking.claims.metric import Measured, measured_by, metric_id, unit_text
from kg.linking.claims.numbers import Quantity
from kg.linking.claims.place import Scenes, Stated, chosen
from kg.linking.claims.reading import SUBJECT_WORDS, Reading, skip_left
from kg.linking.claims.tokens import ADJECTIVAL, OF_MEANS
from kg.linking.claims.words import NUMBER
from kg.linking.text import Spot, View
from kg.model import Claim, Evidence

_RATIO_METRIC = re.compile(
    r"accura|rate|ratio|precision|recall|utili[sz]ation|f1|map\b|score|auc|roc|bleu|iou|psnr|perplexity|mcc|matthews|correlation|dice|kappa|coverage|success|fraction|percent|efficien(?:cy|t) of|loss|error"
)
_THINGS = ("system/", "technique/", "hardware/")  # what has results and is compared with
_SHARED = frozenset(("UpTo", "Average", "GeometricMean"))  # comparators said once for coordinated results
_MEANS = frozenset(("Average", "GeometricMean", "Median"))
_NAMED_MEANS = OF_MEANS | {"precision"}  # "average precision"
_APART = frozenset(("while", "whereas", "but", ";", ":", "with", "which", "that", "only", "at"))
_AUXILIARY = frozenset("can could is are able to also further will has have even".split())
_BOUNDS = frozenset("over above under below".split())
#: What ends the first noun phrase of a baseline: its last name is the one that is compared with.
_ENDS_HEAD = words_of.PREPOSITIONS | {"and", "or", ",", "(", "that", "which"}
_RULES = {"factor": "claim-factor", "percent": "claim-percent", "words": "claim-words"}


class FieldText(NamedTuple):
    """A field of a paper that claims are sought in, with what is known of it."""

    view: View
    paper: str
    field: str
    spots: Sequence[Spot]
    introduced: str
    metrics: Mapping[str, tuple[str, str]]
    scenes: Scenes


class Read(NamedTuple):
    """What a sentence says of one of its results, where it holds apart."""

    source: Reading
    metric: str  # the words of what is measured, "" if none are said
    known: bool  # whether a reading gave them
    against: str  # what it is compared with, "" if with nothing
    dealt: ListItem | None
    stated: Stated


def read(
    field_text: FieldText, c: Clause, spots: Sequence[Spot], found: list[Found], context: Context
) -> Iterator[Read]:
    """What a sentence says of each of its results, in order; `spots` are the mentions in it."""
    for n, (source, ruled) in enumerate(ruled_by(field_text.view, c, found, context)):
        metric, span = measured = claim_measure.chosen(c, found, n, ruled, field_text.metrics)
        start = starts_from(c, found[n], n, context)
        known_of = claim_baseline.Result(c, found, n, ruled, context, measured, start, spots)
        against, baseline = claim_baseline.chosen(known_of)
        dealt = context.lists.get(n)
        listed = dict.fromkeys(d.place for d in context.lists.values() if d.kind != "baseline")
        others = tuple([place for place in listed if dealt is None or place != dealt.place])
        known = ruled.known or metric != ruled.text
        yield Read(source, metric, known, against, dealt, Stated(span, baseline, ruled.place, others))


def ruled_by(view: View, c: Clause, found: list[Found], context: Context) -> Iterator[tuple[Reading, Ruled]]:
    """What the rules say of each result of a sentence, in order, with the reading that it is from."""
    before: Measured | None = None
    for n, f in enumerate(found):
        before = source, span = measured_by(c, found, n, context.groups, before)
        dealt = context.lists.get(n)
        kind = dealt.kind if dealt else ""
        if dealt and kind == "metric":
            span = NO_SPAN if dealt.text else dealt.place
            metric = dealt.text or c.text(*span)
        elif span[0] < span[1]:
            span = whole(c, span, f.token)
            metric = c.text(*span)
        else:
            metric = _by_unit(view, c, f)
        known = metric != ""
        if not known:
            span = anything(c, f)
            metric = c.text(*span)
        baseline = dealt.place if dealt and kind == "baseline" else _baseline(context, n)
        place = dealt.place if dealt and kind == "condition" else f.reading.place
        yield source, Ruled(metric, span, known, kind, baseline, place)


def _by_unit(view: View, c: Clause, f: Found) -> str:
    """What a result measures of which no words tell: what its unit says, per what; of a time, better what takes it."""
    told, near = unit_text(view, f.quantity), c.text(*beside(c, f))
    if near.startswith("per "):
        return f"{told} {near}".strip()
    return near if near and f.quantity.kind == "time" else told


def context(view: View, c: Clause, found: list[Found]) -> Context:
    """What stands around the results of a sentence."""
    return context_of(c, found, lambda: _sentences_before(view, c))


def places_told(found: Sequence[Found], around: Context) -> list[Span]:
    """The phrases that lists and brackets give as the places of results."""
    listed = [d.place for d in around.lists.values() if d.kind == "condition"]
    return [*listed, *(f.reading.place for f in found if f.reading.place)]


def assemble(field_text: FieldText, c: Clause, spots: Sequence[Spot], found: list[Found]) -> list[Claim]:
    """Claims of one sentence's results; `spots` are those in the sentence."""
    view, metrics = field_text.view, field_text.metrics
    around = context(view, c, found)
    average_from = _scope(c)
    phrases = field_text.scenes.own(c, found, places_told(found, around))
    claims: list[Claim] = []
    for n, (f, (source, metric_text, known, against, dealt, stated)) in enumerate(
        zip(found, read(field_text, c, spots, found, around), strict=True)
    ):
        q, baseline = f.quantity, stated.baseline
        places = chosen(field_text.scenes, c, phrases, found, n, stated)
        dealt_out = dealt if dealt and dealt.kind == "condition" else None
        scene = [
            dealt_out.text if dealt_out and dealt_out.text and (p.low, p.high) == dealt_out.place else p.text
            for p in places
        ]
        metric, better = metric_id(metric_text, metrics)
        if not metric and len(q.unit) > 2:
            metric, better = metric_id(q.unit, metrics)
        noun = _noun_of_change(c, stated.measured)
        verb = c.words[source.verb] if source.verb >= 0 else ""
        worth = _worth(verb or noun)
        said = f.reading.direction or source.direction or _direction_of(view, q, noun)
        direction = "" if _starts(c, f) else _turned(said, worth, better, verb, told=noun != "" and noun in metric_text)
        start, end = view.span(q.start, q.end)
        confidence = round(f.confidence if known else f.confidence - 0.1, 2)
        # "ImageNet accuracy" says where, too.
        measured = [s.entity for s in spots if _covers(c, stated.measured, s)]
        hardware, datasets = _places([*(entity for p in places for entity in p.named), *measured])
        one = q.low == q.high
        claims.append(
            Claim(
                paper=field_text.paper,
                evidence=Evidence(
                    field_text.paper,
                    field_text.field,
                    start,
                    end,
                    *view.evidence_sentence(q.start, q.end),
                    view.raw[start:end],
                    _RULES.get(q.kind, "claim-value"),
                    confidence,
                ),
                unit=q.unit,
                value=q.low if one else None,
                low=None if one else min(q.low, q.high),  # "from 58% to 22%"
                high=None if one else max(q.low, q.high),
                comparator=_bound(c, found, n, around.groups, average_from) or "Exactly",
                direction=direction if q.kind in words_of.RELATIVE or verb else "",
                metric_text=metric_text,
                metric=metric,
                beats=metric_text.lower() in words_of.BEAT,
                subject=_subject(c, f, spots, field_text.introduced),
                baseline=_entity(c, baseline, spots),
                baseline_text=against,
                hardware=hardware,
                datasets=datasets,
                condition_text=", ".join(dict.fromkeys(scene)),
                improvement_factor=_factor(view, q, source, direction, better, worth, f"{metric} {metric_text}"),
                confidence=confidence,
            )
        )
    return claims


def _noun_of_change(c: Clause, measured: Span) -> str:
    """The noun of change that stands at the end of what is measured, right behind it ("cost savings up to") or before it
    ("an improvement of 16% in area"), "" if none does."""
    low, high = measured
    if low >= high:
        return ""
    words = c.words
    k = low - 1
    while k > 0 and words[k] in words_of.DETERMINERS:
        k -= 1
    if k > 0 and words[k] in ("in", "of"):
        k -= 1
        if words[k] == NUMBER:
            k = skip_left(words, k, 0)
            k -= words[k] == "of"  # "an improvement of up to 16% in", "gains up to 32x in"
    for word in (*words[max(low, high - 1) : high + 1], words[max(k, 0)]):
        noun = word.rpartition("-")[2]
        if noun in words_of.CHANGE_NOUNS and not noun.startswith("accelerat"):  # that is measured, too
            return noun
    return next((word for word in words[low:high] if word.startswith(("speedup", "speed-up"))), "")  # "speedup factors"


def _direction_of(view: View, q: Quantity, noun: str) -> str:
    """The direction that a noun of change, a plus sign before a number or a word for one ("halves") tells, "" if none does."""
    if noun:
        return words_of.change(noun)
    if view.plain[q.start - 1 : q.start] == "+":
        return "Increase"
    if q.kind == "words":
        return "Decrease" if q.unit == "%" else "Increase"
    return ""


def _starts(c: Clause, f: Found) -> bool:
    """Whether a value is where a change starts: "from 2.5 FPS", but not "from 2.5 to 4 FPS" as one."""
    q = f.quantity
    tie = c.words[skip_left(c.words, f.token, max(0, f.token - 6))]
    return q.low == q.high and q.start != q.second and tie == "from"


def _turned(said: str, worth: str, better: str, verb: str, *, told: bool) -> str:
    """The direction of what is measured, of that which is said. `worth` as `_worth` says; `better` is the direction in which
    the metric gets better, "higher", "lower" or ""; `told`: whether the metric names the change itself ("slowdown")."""
    if not said:
        return ""
    if worth == "better" and better:
        return "Decrease" if better == "lower" else "Increase"
    if worth == "worse" and better == "lower" and not told:
        return "Increase"  # "degrades latency by 3%"
    if said == "Increase" and better == "lower" and verb in words_of.BEAT:
        return "Decrease"  # "beats A by 3x in execution time"
    return said


def _worth(word: str) -> str:
    """Whether a verb or noun of change says that something becomes "better" or "worse", "" if it only says which way."""
    if word in words_of.BETTER or word.startswith(words_of.BETTERS):
        return "better"
    return "worse" if word in words_of.WORSE or word.startswith(words_of.WORSENS) else ""


def starts_from(c: Clause, f: Found, n: int, around: Context) -> str:
    """The value that a sentence's n-th result starts from: "125 GB" of "from 125 GB to 3 GB", "" if none is said or it has a
    baseline."""
    if around.baselines[n]:
        return ""
    if c.starts[f.token] < f.quantity.start:
        return c.plain[c.starts[f.token] : f.quantity.start].rstrip(" -~→").removesuffix(" to")
    k = skip_left(c.words, f.token, max(0, f.token - 6))
    k -= c.words[k] in _BOUNDS  # "from 7 to over 160"
    if k < 2 or c.words[k] != "to":
        return ""
    n = next((n for n in range(k - 1, max(1, k - 6), -1) if c.words[n] == NUMBER or c.words[n][0].isdigit()), 0)
    return c.text(n, k) if n and c.words[skip_left(c.words, n, 0)] == "from" else ""


def _bound(c: Clause, found: list[Found], n: int, groups: list[int], average_from: int) -> str:
    """A result's comparator: its own, or the one that it shares with its list, its neighbour or the sentence."""
    f, first = found[n], found[groups[n]]
    if f.bound:
        return "Average" if f.bound == "Approximately" and 0 <= average_from < f.token else f.bound
    if first is not f and first.before and first.bound:
        return first.bound
    tail = n
    while tail + 1 < len(found) and groups[tail + 1] == groups[n]:
        tail += 1
    if found[tail].bound and not found[tail].before:
        return found[tail].bound
    if n and f.quantity.kind in words_of.RELATIVE:
        k = n
        while k and not found[k].bound and _parallel(c, found[k - 1].token, found[k].token):
            k -= 1
        later = next((g for g in found[n + 1 :] if g.bound and g.before), None)
        one = found[k].quantity.unit == f.quantity.unit or found[k].bound == "UpTo"
        said = found[k].before and found[k].bound in _SHARED and found[k].quantity.kind in words_of.RELATIVE
        like = found[k].quantity.unit == f.quantity.unit
        again = not like and later and _parallel(c, f.token, later.token)
        if said and one and not again and f.quantity.low == f.quantity.high:
            return found[k].bound
    while tail + 1 < len(found) and not found[tail].bound and _parallel(c, found[tail].token, found[tail + 1].token):
        tail += 1
    plain = c.words[found[tail].token + 1 : found[tail].token + 2]
    adverbial = not plain or plain[0] not in ADJECTIVAL
    mean = found[tail].bound in _MEANS and not found[tail].before and adverbial
    if tail > n and mean and f.quantity.kind in words_of.RELATIVE:
        return found[tail].bound  # "3x lower A and 2x higher B on average"
    return "Average" if 0 <= average_from < f.token else _mean_of(c, f.reading)


def _mean_of(c: Clause, reading: Reading) -> str:
    """The comparator that what is measured says of itself ("reduces average latency by 3x"), "" if none."""
    for k in range(max(0, reading.low - 1), min(reading.low + 1, reading.high)):
        bound = ADJECTIVAL.get(c.words[k], "")
        if bound in _MEANS and k + 1 < reading.high and c.words[k + 1] not in _NAMED_MEANS:
            return bound
    return ""


def _baseline(context: Context, n: int) -> Span | None:
    """A result's own baseline, else that of a later result, of the sentence, or of an earlier result."""
    baselines = context.baselines
    for baseline in (*baselines[n:], context.lead_baseline, *reversed(baselines[:n])):
        if baseline:
            return baseline
    return None


def _places(named: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The hardware and the data sets among some entities, at most three together."""
    entities = dict.fromkeys(named)
    hardware = tuple([e for e in entities if e.startswith("hardware/")])[:3]
    return hardware, tuple([e for e in entities if e.startswith("dataset/")])[: 3 - len(hardware)]


def _covers(c: Clause, span: Span, spot: Spot) -> bool:
    low, high = span
    return low < high and c.starts[low] <= spot.start and spot.end <= c.ends[high - 1]


def _scope(c: Clause) -> int:
    """Token from which "on average" holds for what follows, -1 if none does: it stands with a subject or verb."""
    words = c.words
    if words[0] == "averaged" or "averagely" in words:
        return 0
    if "average" not in words:
        return -1
    for k in range(len(words) - 1):
        if words[k] == "on" and words[k + 1] == "average":
            before = words[max(0, k - 6) : k]
            return -1 if NUMBER in before else k
    return -1


def _parallel(c: Clause, a: int, b: int) -> bool:
    """ "3x speedup over A and 2x …": no verb and no other clause between two numbers."""
    between = c.words[a + 1 : b]
    return (
        0 < len(between) < 24
        and ("and" in between or "," in between)
        and not any(word in words_of.VERBS and word not in words_of.LESS | words_of.MORE for word in between)
        and _APART.isdisjoint(between)
    )


def _factor(
    view: View, q: Quantity, reading: Reading, direction: str, better: str, worth: str, measured: str
) -> float | None:
    """How many times better, where direction and metric make it certain; percentages of percentages never do. `worth` as
    `_worth` says; `measured` is the metric, its id and its words."""
    if q.low != q.high or not direction or q.low <= 0 or worth == "worse":
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
    if q.unit != "%" or reading.pattern == "beat" or (worth == "better" and better == "lower"):
        return None  # "improves latency by 40%": of the old or of the new?
    if "point" in raw or "pp" in raw or _RATIO_METRIC.search(measured.lower()):
        return None
    if direction == "Increase":
        return round(1 + q.low / 100, 6)
    return round(1 / (1 - q.low / 100), 6) if q.low < 100 else None


def _sentences_before(view: View, c: Clause) -> Iterator[Clause]:
    """Up to three sentences before a clause, the nearest first, without their numbers."""
    at = view.sentences.index(view.sentence(c.starts[0]))
    for span in reversed(view.sentences[max(0, at - 3) : at]):
        yield Clause(view, *span, ())


def _entity(c: Clause, span: Span | None, spots: Sequence[Spot]) -> str:
    """The entity that a baseline names: the last in its first noun phrase ("parallel BLAST"), else the first behind it. What
    stands before a hyphen is none ("cache-aware routing"), nor is a task that does not head it ("a scheduling system")."""
    if span is None:
        return ""
    head = next((k for k in range(span[0] + 1, span[1]) if c.words[k] in _ENDS_HEAD), span[1])
    until = c.ends[head - 1]
    inside = [
        s
        for s in spots
        if _covers(c, span, s)
        and c.plain[s.end : s.end + 1] != "-"
        and (s.entity.startswith(_THINGS) or (s.end == until and c.plain[s.start - 1 : s.start] != "-"))
    ]
    named = [s for s in inside if s.end <= until]
    if named:
        return max(named, key=lambda s: (s.end, -s.start)).entity
    return "" if not inside or c.words[head] in ("that", "which") else inside[0].entity


def _subject(c: Clause, f: Found, spots: Sequence[Spot], introduced: str) -> str:
    """The entity in subject position, else the introduced one where the sentence speaks of "we", "it", "our …"."""
    words = c.words
    if spots:
        k = f.reading.verb
        if k < 0:
            k = f.token
            while k >= 0 and (words[k] not in words_of.VERBS or _named(c, k, spots)):
                k -= 1
        k -= 1
        while k >= 0 and (words[k] in _AUXILIARY or words[k].endswith("ly")):
            k -= 1
        named = _named(c, k, spots) if k >= 0 else ""
        if named and introduced:  # "the Foo workflow": Foo
            begin = c.starts[c.noun_before(k, 0)]
            if any(begin <= s.start and s.end <= c.starts[k] and s.entity == introduced for s in spots):
                return introduced
        if named.startswith(_THINGS):
            return named
    if not introduced or not SUBJECT_WORDS.isdisjoint(words[: f.token]):
        return introduced
    return introduced if any(s.entity == introduced for s in spots) else ""


def _named(c: Clause, k: int, spots: Sequence[Spot]) -> str:
    """The entity whose name token k is in, "" if it is in none."""
    return next((s.entity for s in spots if s.start <= c.starts[k] < s.end), "")
