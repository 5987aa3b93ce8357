"""Examples of results, of what they measure, and of the phrases that say where they hold, from the labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.evaluate.gold import alike, claim_key, content
from kg.linking.claims import baseline as claim_baseline
from kg.linking.claims import measure as claim_measure
from kg.linking.claims import place as claim_place
from kg.linking.claims import result as claim_result
from kg.linking.claims import verdict as claim_verdict
from kg.linking.claims.numbers import Quantity
from kg.linking.text import View
from kg.model import Paper
from kg.train.fit import Choice, Example, ones
from kg.train.roles import Teacher

TAUGHT, WEIGHT = "taught-", 5.0  # what made-up records are called, and what their examples weigh
CHOSEN = 0.5  # weight of a judged number: drawn from what was taken for a result, and where that was hard to read
ANY = "*"  # the unit of a made-up result: as its text has it
#: Parts of the words of a metric and of a candidate that must be the same, as when claims are scored.
SHARE, PURITY = 0.49, 0.3
SHARE_OF_BASELINE = 0.501
LOSS = 0.1  # F1 of words that a candidate may lose against the best and still be right

#: (record, field, start of a number) -> the words for what it measures, none if it is no result.
Judged = Mapping[tuple[str, str, int], Sequence[str]]


def places(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], teacher: Teacher) -> Iterator[Example]:
    """The phrases around every result that a label has, too, "place" if they say what its condition says."""
    for record in labels:
        paper = papers.get(record["id"])
        left = [c for c in record["claims"] if c.get("sure", True)]
        if paper is None or not left:
            continue
        teacher.extract(paper)
        for stated in teacher.results():
            view, c, found = stated.field_text.view, stated.clause, stated.found
            around = claim_result.context(view, c, found)
            own = stated.field_text.scenes.own(c, found, claim_result.places_told(found, around))
            phrases = [*own, *stated.field_text.scenes.before(c)]
            for n, read in enumerate(claim_result.read(stated.field_text, c, stated.near, found, around)):
                label = _labelled(left, stated.field_text.field, view, found[n].quantity)
                if label is None:
                    continue
                left.remove(label)
                wanted = [content(text) for text in (label["condition"] or "").split("|") if text]
                for p in phrases:
                    features = claim_place.features(p, c, found, n, read.stated, len(own))
                    right = _says(content(p.text), wanted)
                    yield _example(record["id"], features, claim_place.CLASSES[right])


def measures(
    labels: Iterable[Mapping[str, Any]], judged: Judged, papers: Mapping[str, Paper], teacher: Teacher
) -> Iterator[Choice]:
    """What every result that a label or a judgement has may measure; right is what says what its metric says."""
    by_id = {record["id"]: record["claims"] for record in labels}
    for record in sorted({*by_id, *(i for i, _, _ in judged)} & papers.keys()):
        left = [c for c in by_id.get(record, ()) if c.get("sure", True)]
        teacher.extract(papers[record])
        for stated in teacher.results():
            view, c, found = stated.field_text.view, stated.clause, stated.found
            around = claim_result.context(view, c, found)
            for n, (_, ruled) in enumerate(claim_result.ruled_by(view, c, found, around)):
                q = found[n].quantity
                wanted = judged.get((record, stated.field_text.field, view.span(q.start, q.end)[0]), ())
                label = _labelled(left, stated.field_text.field, view, q)
                if label is not None:
                    left.remove(label)
                    wanted = (label.get("metric") or "").split("|")
                if any(wanted) and ruled.dealt != "metric":
                    may = list(claim_measure.candidates(c, found, n, ruled, stated.field_text.metrics))
                    right = [alike([m.text], wanted, SHARE, PURITY) for m in may]
                    yield Choice(record, [m.features for m in may], right, 1.0 if record in by_id else CHOSEN)


def baselines(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], teacher: Teacher) -> Iterator[Choice]:
    """What every result that a label has may be compared with; right are the candidates that say best what its baseline says."""
    for record in labels:
        left = [c for c in record["claims"] if c.get("sure", True)]
        if record["id"] not in papers or not left:
            continue
        teacher.extract(papers[record["id"]])
        for stated in teacher.results():
            view, c, found = stated.field_text.view, stated.clause, stated.found
            around = claim_result.context(view, c, found)
            for n, (_, ruled) in enumerate(claim_result.ruled_by(view, c, found, around)):
                label = _labelled(left, stated.field_text.field, view, found[n].quantity)
                if label is None:
                    continue
                left.remove(label)
                measured = claim_measure.chosen(c, found, n, ruled, stated.field_text.metrics)
                start = claim_result.starts_from(c, found[n], n, around)
                result = claim_baseline.Result(c, found, n, ruled, around, measured, start, stated.near)
                may = list(claim_baseline.candidates(result))
                wanted = (label["baseline"] or "").split("|")
                if may:
                    yield Choice(record["id"], [m.features for m in may], _nearest([m.text for m in may], wanted))


def _nearest(texts: Sequence[str], wanted: Sequence[str]) -> list[bool]:
    """Which texts say what is wanted as well as the best of them, but for `LOSS`; no text, if nothing is."""
    if not any(wanted):
        return [not text for text in texts]
    like = [_likeness(text, wanted) if alike([text], wanted, SHARE_OF_BASELINE, PURITY) else 0.0 for text in texts]
    return [x > 0 and x >= max(like) - LOSS for x in like]


def _likeness(text: str, wanted: Sequence[str]) -> float:
    """The F1 of the words of a text against the nearest of the wanted ones."""
    own, targets = content(text), [content(w) for w in wanted]
    return max(2 * len(own & target) / max(1, len(own) + len(target)) for target in targets)


def results(
    labels: Iterable[Mapping[str, Any]], judged: Judged, papers: Mapping[str, Paper], teacher: Teacher
) -> Iterator[Example]:
    """Every number that may be a result, "result" if a label has it; a label that is not sure counts neither way. Of papers
    without labels the numbers that are judged."""
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        teacher.extract(paper)
        left = list(record["claims"])
        for numbered in teacher.number_sentences():
            for n, q in enumerate(numbered.numbers):
                label = _labelled(left, numbered.field, numbered.view, q) or _labelled(
                    left, numbered.field, numbered.view, q._replace(start=q.second, low=q.high) if q.second >= 0 else q
                )
                if label is not None:
                    left.remove(label)
                if label is None or label.get("sure", True):
                    role = claim_verdict.CLASSES[label is not None]
                    yield _example(record["id"], claim_verdict.features(numbered, n), role)
    for name in sorted({i for i, _, _ in judged} & papers.keys()):
        teacher.extract(papers[name])
        for numbered in teacher.number_sentences():
            for n, q in enumerate(numbered.numbers):
                starts = (numbered.view.span(at, at + 1)[0] for at in (q.start, q.second) if at >= 0)
                verdict = next(
                    (judged[at] for start in starts if (at := (name, numbered.field, start)) in judged), None
                )
                if verdict is not None:
                    features, role = claim_verdict.features(numbered, n), claim_verdict.CLASSES[bool(verdict)]
                    yield Example(name, ones(features), role, CHOSEN)


def _example(record: str, features: Sequence[str], role: str) -> Example:
    return Example(record, ones(features), role, WEIGHT if record.startswith(TAUGHT) else 1.0)


def taught(path: Path) -> tuple[list[dict[str, Any]], dict[str, Paper]]:
    """Records and papers of made-up sentences: what every reader knows and the labels hold too seldom. A row gives the values
    that are results, the phrase that says where they hold, and the text."""
    records, papers = [], {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:]):
        values, condition, text = line.split("\t")
        claims = [
            {"value": v, "unit": ANY, "condition": condition, "field": "abstract", "start": 0} for v in values.split()
        ]
        name = f"{TAUGHT}{number}"
        records.append({"id": name, "claims": claims})
        papers[name] = Paper(id=f"abs:{name}", abstract=f"We present Zork, a scheduler. {text}")
    return records, papers


def _labelled(
    labels: Sequence[Mapping[str, Any]], field: str, view: View, quantity: Quantity
) -> Mapping[str, Any] | None:
    """The label of a result: its value and unit, the nearest of several."""
    ends = sorted((round(quantity.low, 4), round(quantity.high, 4)))
    key, start = (tuple(ends), claim_key(0, quantity.unit)[1]), view.span(quantity.start, quantity.end)[0]
    same = [
        x
        for x in labels
        if x["field"] == field and claim_key(x["value"], quantity.unit if x["unit"] == ANY else x["unit"]) == key
    ]
    return min(same, key=lambda x: abs(x["start"] - start), default=None)


def _says(words: set[str], wanted: Sequence[set[str]]) -> bool:
    """Whether words say (a part of) one of the wanted things: half of them are among its words, or they have more than
    half of its words without being four times as many."""
    for said in wanted:
        common = len(words & said)
        if common and (2 * common >= len(words) or (2 * common > len(said) and 4 * common >= len(words))):
            return True
    return False
