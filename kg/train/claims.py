"""Examples of results, and of the phrases that say where they hold, from the labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.evaluate.gold import claim_key, content
from kg.linking import claim_place, claim_result, claim_verdict
from kg.linking.claim_numbers import Quantity
from kg.linking.text import View
from kg.model import Paper
from kg.train.fit import Example, ones
from kg.train.roles import Teacher

TAUGHT, WEIGHT = "taught-", 5.0  # what made-up records are called, and what their examples weigh
ANY = "*"  # the unit of a made-up result: as its text has it


def places(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], teacher: Teacher) -> Iterator[Example]:
    """The phrases around every result that a label has, too, "place" if they say what its condition says."""
    for record in labels:
        paper = papers.get(record["id"])
        left = [c for c in record["claims"] if c.get("sure", True)]
        if paper is None or not left:
            continue
        teacher.extract(paper)
        for told in teacher.results():
            view, c, found = told.asked.view, told.clause, told.found
            around = claim_result.context(view, c, found)
            own = told.asked.scenes.own(c, found, claim_result.places_told(found, around))
            phrases = [*own, *told.asked.scenes.before(c)]
            for n, read in enumerate(claim_result.read(view, c, found, around)):
                label = _labelled(left, told.asked.field, view, found[n].quantity)
                if label is None:
                    continue
                left.remove(label)
                wanted = [content(text) for text in (label["condition"] or "").split("|") if text]
                for p in phrases:
                    features = claim_place.features(p, c, found, n, read.stated, len(own))
                    right = _says(content(p.text), wanted)
                    yield _example(record["id"], features, claim_place.CLASSES[right])


def results(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], teacher: Teacher) -> Iterator[Example]:
    """Every number that may be a result, "result" if a label has it; a label that is not sure counts neither way."""
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        teacher.extract(paper)
        left = list(record["claims"])
        for heard in teacher.heard():
            for n, q in enumerate(heard.numbers):
                label = _labelled(left, heard.field, heard.view, q) or _labelled(
                    left, heard.field, heard.view, q._replace(start=q.second, low=q.high) if q.second >= 0 else q
                )
                if label is not None:
                    left.remove(label)
                if label is None or label.get("sure", True):
                    role = claim_verdict.CLASSES[label is not None]
                    yield _example(record["id"], claim_verdict.features(heard, n), role)


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
