"""Whether a number is a result of the paper: what the rules say of it, weighed with the words around it.

The rules of `filter` know what set-up and motivation look like, and miss what nobody thought of; a small linear model
hears them as one voice among others. The weights lie in `weights/results.json`; `kg.train` makes them from the labels.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from kg.linking import linear
from kg.linking.claims.clause import Clause
from kg.linking.claims.context import Found
from kg.linking.claims.filter import is_own
from kg.linking.claims.numbers import Quantity
from kg.linking.text import Spot, View

CLASSES = ("other", "result")

_BEFORE, _BEHIND = 10, 8  # words on either side that are weighed wherever they stand
_STRIP = ".,;:()"


class NumberSentence(NamedTuple):
    """What is known of a sentence with numbers when it is asked which of them are results."""

    view: View
    field: str
    span: tuple[int, int]  # of the sentence, in the view
    numbers: list[Quantity]
    possible: list[bool]  # by `filter.plausible`
    unusable: set[int]  # numbers of settings, baselines and names, by `filter.usable`
    reads: str  # "result" if the sentence reads like one of the paper's results, by the rules, else what of it does
    onset: str  # where it stands: before or after the paper first speaks of own work, or "none"
    clause: Clause
    near: Sequence[Spot]  # the mentions in it
    found: list[Found]  # the results by the rules


def features(s: NumberSentence, n: int) -> list[str]:
    """What speaks for and against the n-th number."""
    view, q, (low, high) = s.view, s.numbers[n], s.span
    before = [word.strip(_STRIP) for word in view.lower[low : q.start].split()]
    behind = [word.strip(_STRIP) for word in view.lower[q.end : high].split()]
    b3, b2, b1 = ["^", "^", "^", *before][-3:]
    a1, a2, a3 = [*behind, "$", "$", "$"][:3]
    found = next((f for f in s.found if f.quantity.end == q.end), None)
    stage = "found" if found else "impossible" if not s.possible[n] else "unusable" if n in s.unusable else "unsure"
    sure = f"{found.confidence:.2f}" if found else "0"
    kind, unit = q.kind, q.unit[:8]
    sentence = view.lower[low:high]
    place = bisect_left(view.sentences, s.span)
    whole = q.low == int(q.low)
    out = [
        f"stage={stage}", f"reads={s.reads}", f"reads={s.reads} {stage}", f"reads={s.reads} {sure}", f"sure={sure}", f"sure={sure} {kind}", f"kind={kind}", f"unit={unit}", f"stage={stage} {kind}", f"field={s.field}",
        f"b1={b1}", f"b2={b2}", f"b3={b3}", f"a1={a1}", f"a2={a2}", f"a3={a3}", f"b21={b2} {b1}", f"a12={a1} {a2}",
        f"b1={b1} {kind}", f"a1={a1} {kind}", f"b1={b1} {stage}", f"a1={a1} {stage}",
        *(f"b={word}" for word in dict.fromkeys(before[-_BEFORE:])), *(f"a={word}" for word in dict.fromkeys(behind[:_BEHIND])),
        f"first={before[0] if before else '^'}", f"first={' '.join(before[:2])}",
        f"place={place * 4 // len(view.sentences)}", f"end={place == 0} {place + 1 == len(view.sentences)}",
        f"own={is_own(sentence)} {stage}", f"we={' we ' in sentence or sentence.startswith('we ')} {' our ' in sentence}",
        f"glued={view.lower[q.start - 1 : q.start]} {view.lower[q.end : q.end + 1]}", f"onset={s.onset} {stage}", f"whole={whole} {kind}",
    ]  # fmt: skip
    if found:
        r = found.reading
        head = s.clause.words[r.high - 1] if r.high > r.low else "-"
        out += [
            f"pattern={r.pattern}", f"pattern={r.pattern} {kind}", f"bound={found.bound}", f"nth={min(n, 3)}",
            f"many={min(len(s.numbers), 5)}", f"head={head}", f"head={head} {kind}",
        ]  # fmt: skip
    if whole and q.low <= 100:
        out.append(f"value={int(q.low)} {unit}")
    return out


def probability(s: NumberSentence, n: int) -> float:
    """The probability that the n-th number is a result."""
    model = linear.shipped_features("results")
    return linear.share(model.scores(features(s, n)), CLASSES.index("result"))
