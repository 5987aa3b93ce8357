"""What a result is compared with: the phrases that words of comparison open, weighed by a small linear model.

The rules (`context`) say which of them is a result's. What they say is one candidate, and so are the other phrases, other
ends of its phrase, and that there is none: how a phrase is led, its words and its place beside the number decide. The weights
lie in `weights/baselines.json`; `kg.train` makes them from the labels.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.linking import linear
from kg.linking.claims import words as words_of
from kg.linking.claims.clause import TIES, TRAILING, Clause
from kg.linking.claims.context import Context, Found, Span, clause_end, meets
from kg.linking.claims.measure import Ruled
from kg.linking.claims.reading import past_determiners
from kg.linking.claims.words import NUMBER, is_measure
from kg.linking.text import Spot

CLASSES = ("other", "baseline")

#: What is taken from the weight of there being none, in thousandths of a logit. By cross-validation on the labels: three results
#: in four have the baseline of theirs, one in nine has one where the label has none.
LESS = 1000

_TIED = frozenset("compared relative comparison respect compare compares comparing".split())
_SETS = frozenset("dataset datasets data set sets benchmark benchmarks corpus suite".split())
_ENDS = frozenset(
    "; : . ) ( while whereas but respectively resp by than compared achieving when - through reducing improving increasing we it our".split()
) | {NUMBER}
_LONGEST = 20  # tokens of a phrase
_REACH = 60  # tokens on either side of a result that are read
_FAR = (0, 1, 2, 3, 5, 8, 12, 18, 27, 40)


class Candidate(NamedTuple):
    """Something that a result may be compared with; an empty text says that it is with nothing."""

    text: str
    span: Span | None  # None where it is no words in a row
    features: list[str]


class Result(NamedTuple):
    """The n-th of the results that were `found` in a sentence, and what is known of it before its baseline is sought."""

    clause: Clause
    found: Sequence[Found]
    n: int
    ruled: Ruled  # what the rules say of it
    around: Context  # what stands around the sentence's results
    measured: tuple[str, Span]  # what it measures, and the tokens of that
    start: str  # the value that it starts from, "" if none is said
    spots: Sequence[Spot]  # the mentions in the sentence


def chosen(result: Result) -> tuple[str, Span | None]:
    """What a result is compared with, "" if with nothing, and its tokens."""
    named = _named_item(result)
    if named:
        return result.clause.text(*named), named
    may = list(candidates(result))
    if not may:
        return "", None
    weigh = linear.shipped_features("baselines").margin(CLASSES.index("baseline"), CLASSES.index("other"))
    best = max(may, key=lambda m: weigh(m.features) - (0 if m.text else LESS))
    return best.text, best.span


def _named_item(result: Result) -> Span | None:
    """The result's own item of a list of names alone: "2x and 3x over TVM and XLA, respectively". One of "over CPU and GPU
    solvers" lacks what follows the last, so it is weighed like other phrases."""
    if result.ruled.dealt != "baseline":
        return None
    items = [item.place for item in result.around.lists.values() if item.kind == "baseline"]
    c = result.clause
    if any(c.plain[c.starts[k] : c.ends[k]].islower() for low, high in items for k in range(low, high)):
        return None
    return result.ruled.baseline


def candidates(result: Result) -> Iterator[Candidate]:
    """What a result may be compared with, no text twice: nothing, the value that it starts from, what the rules say, the
    phrases. None at all if only nothing is left."""
    c, ruled, start, token = result.clause, result.ruled, result.start, result.found[result.n].token
    spans: dict[Span, str] = {}
    if ruled.baseline:
        spans[ruled.baseline] = "rule"
        for end, form in _ends(c, ruled.baseline[0]).items():
            spans.setdefault((ruled.baseline[0], end), form)
    for low in _opened(c, max(1, token - _REACH), min(len(c.words), token + _REACH)):
        for end, form in _ends(c, low).items():
            spans.setdefault((low, end), form)
    if not spans and not start:
        return
    weighing = _Weighing(result)
    yield Candidate("", None, weighing.none())
    said = {""}
    if start:
        said.add(start.lower())
        yield Candidate(start, None, weighing.start())
    for span, form in spans.items():
        text = c.text(*span)
        if text.lower() not in said and not span[0] <= token < span[1] and not _is_place(c, span, result.spots):
            said.add(text.lower())
            yield Candidate(text, span, weighing.phrase(*span, form))


def _is_place(c: Clause, span: Span, spots: Sequence[Spot]) -> bool:
    """Whether "over" tokens says on what: a data set and no more ("a gain of 3% over the ImageNet data set")."""
    low, high = span
    while high - 1 > low and c.words[high - 1] in _SETS:
        high -= 1
    begin, end = c.starts[low], c.ends[high - 1]
    alone = any(s.start == begin and s.end >= end and s.entity.startswith("dataset/") for s in spots)
    return alone and _mark(c.words, low) == "over"


def _opened(c: Clause, low: int, high: int) -> Iterator[int]:
    """Where the phrases begin that words of comparison open in tokens low … high - 1."""
    for k in range(low - 1, high - 1):
        if c.words[k] in words_of.COMPARISONS:
            first = c.compared(k, high)
        elif c.words[k] in words_of.BEAT:
            first = past_determiners(c, k + 1, high)
        else:
            continue
        if 0 <= first < high and not c.words[first][0].isdigit() and c.words[first] != NUMBER:
            yield first


def _ends(c: Clause, low: int) -> dict[int, str]:
    """Where a phrase that begins at token `low` may end, each with its form."""
    words, high = c.words, len(c.words)
    found: dict[int, str] = {}
    noun = c.noun(low, high)
    until = low
    while until < min(high, low + _LONGEST) and words[until] not in _ENDS and not _goes_on(words, until):
        until += 1
    behind = past_determiners(c, noun + 1, high) if noun < high and words[noun] in words_of.PREPOSITIONS else noun
    for end, form in (
        (noun, "noun"),
        (c.phrase(low, high, words_of.STOP_BASELINE), "phrase"),
        (until, "long"),
        (c.noun(behind, high) if behind > noun else noun, "tied"),
    ):
        while end > low and words[end - 1] in TRAILING:
            end -= 1
        if end > low:
            found.setdefault(end, form)
    return found


def _goes_on(words: Sequence[str], k: int) -> bool:
    """Whether something else begins behind token k: a comma, or a verb behind "and"."""
    after = words[k + 1] if k + 1 < len(words) else "ing"
    return words[k] == "," or (words[k] in ("and", "or") and (after in words_of.VERBS or after.endswith("ing")))


class _Weighing:
    """What speaks for phrases as what one result is compared with."""

    def __init__(self, result: Result) -> None:
        c, found, n, ruled, around, measured, start, self._spots = result
        f = found[n]
        self._c, self._f, self._ruled, self._start = c, f, ruled, start
        self._metric, self._measured = measured
        self._pattern, self._kind = f.reading.pattern or "none", f.quantity.kind
        self._last = found[n - 1].token if n else -1
        self._next = found[n + 1].token if n + 1 < len(found) else len(c.words)
        self._tail = clause_end(c, f.token, len(c.words))
        marks = c.comparisons
        near = marks[bisect_left(marks, f.token - _REACH) : bisect_right(marks, f.token + _REACH)]
        self._plainer = [k for k in near if c.words[k] != "over"]
        self._origin = _origin(f, n, ruled, around)
        self._many = len(found) > 1

    def none(self) -> list[str]:
        """What speaks for there being none."""
        c, f, kind, pattern = self._c, self._f, self._kind, self._pattern
        words, token, ruled = c.words, f.token, self._ruled.baseline
        beats = not words_of.BEAT.isdisjoint(words)
        return [
            f"none={kind} {pattern}", f"none origin={self._origin} {kind}", f"none origin={self._origin} {pattern}",
            f"none led={self._origin} {_mark(words, ruled[0]) if ruled else ''}", f"none marks={min(3, len(self._plainer))} {beats}",
            f"none unit={f.quantity.unit}", f"none change={f.reading.direction} {kind}", f"none verb={words[f.reading.verb] if f.reading.verb >= 0 else '-'}",
            f"none metric={self._metric.lower().rpartition(' ')[2]}", f"none start={self._start != ''}",
            f"none before={words[token - 1] if token else '^'}", f"none behind={words[token + 1] if token + 1 < len(words) else '$'}",
            f"none over={'over' in words} {kind}", f"none many={self._last >= 0} {self._many} {ruled is not None}", f"none bound={f.bound} {kind}",
        ]  # fmt: skip

    def start(self) -> list[str]:
        """What speaks for the value that the result starts from."""
        return [f"start={self._pattern}", f"start origin={self._origin} {self._kind}"]

    def phrase(self, low: int, high: int, form: str) -> list[str]:
        """What speaks for tokens low … high - 1."""
        c, words, token, kind, pattern = self._c, self._c.words, self._f.token, self._kind, self._pattern
        mark, verb = _mark(words, low), self._f.reading.verb
        side, between = ("a", words[token + 1 : low]) if low > token else ("b", words[high:token])
        far = f"{side}{bisect_right(_FAR, len(between))}"
        relation = _relation(low, high, self._ruled.baseline)
        zone = "own" if self._last < low and high <= self._next else "last" if low <= self._last else "next"
        nearer = sum(token < k < low - 1 or high <= k < token for k in self._plainer)
        numbers = min(3, between.count(NUMBER))
        begin, end = c.starts[low], c.ends[high - 1]
        kinds = sorted({s.entity.partition("/")[0] for s in self._spots if begin <= s.start and s.end <= end}) or [
            "none"
        ]
        written = "lower" if c.plain[begin:end].islower() else "capital"
        change = "none" if verb < 0 else "subject" if high <= verb else "right"
        return [
            f"form={form} {relation}", f"forms={form} {mark} {side}", f"formzone={form} {mark} {zone}", f"relation={relation} {mark}",
            f"relation={relation} {side} {kind}", f"origin={relation} {self._origin} {form}", f"origins={relation} {self._origin} {kind}",
            f"led={relation} {self._origin} {mark}", f"mark={mark} {kind}", f"mark={mark} {far}", f"mark={mark} {zone} {min(2, numbers)}",
            f"far={far} {kind}", f"pattern={pattern} {mark}", f"pattern={pattern} {side} {change}", f"patterns={pattern} {self._origin} {relation}",
            f"first={words[low]}", f"last={words[high - 1]}", f"size={min(high - low, 8)} {form}",
            f"after={words[high] if high < len(words) else '$'} {form}", f"numbers={side}{numbers} {zone}", f"written={written} {form}",
            f"verbs={not words_of.VERBS.isdisjoint(between)} {side} {mark}", f"comma={',' in between} {side}",
            f"ended={low > token and low >= self._tail} {mark}", f"nearer={min(2, nearer)} {mark}", f"measure={is_measure(words[high - 1])} {side} {mark}",
            f"measured={meets(low, high, self._measured)}", f"change={change} {mark}", f"many={self._many} {zone} {mark}", f"opens={low < 4} {mark}",
            *(f"kind={k} {mark}" for k in kinds), *(f"w={word}" for word in dict.fromkeys(words[low:high])),
        ]  # fmt: skip


def _mark(words: Sequence[str], low: int) -> str:
    """What leads a phrase: the word before it and its determiners, "compared to" and its like whole."""
    k = low - 1
    while k >= 0 and words[k] in words_of.DETERMINERS:
        k -= 1
    if k < 0:
        return "^"
    return f"{words[k - 1]} {words[k]}" if k and words[k] in TIES and words[k - 1] in _TIED else words[k]


def _relation(low: int, high: int, ruled: Span | None) -> str:
    """How tokens low … high - 1 lie to what the rules say."""
    if ruled is None:
        return "alone"
    first, end = ruled
    if low == first:
        return "same" if high == end else "longer" if high > end else "shorter"
    return "across" if low < end and first < high else "after" if low >= end else "before"


def _origin(f: Found, n: int, ruled: Ruled, around: Context) -> str:
    """Where the rules have a result's baseline from."""
    span, baselines = ruled.baseline, around.baselines
    if span is None:
        return "none"
    if ruled.dealt == "baseline":
        return "dealt"
    if span == baselines[n]:
        return "reading" if span == f.reading.baseline else "own"
    return "later" if span in baselines[n + 1 :] else "lead" if span == around.lead_baseline else "earlier"
