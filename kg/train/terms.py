"""Examples of terms that no vocabulary lists, from the labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kg.evaluate.gold import norm
from kg.linking import term_features, terms
from kg.linking.text import View
from kg.model import CLASSES, Paper
from kg.vocabulary import Vocabulary

OPTIONAL = 0.6  # weight of a label that is not `must`
LISTED = 0.15  # weight of a vocabulary form beside a labelled term, for the class
TEMPLATES = ("h1", "h31", "h41", "hn", "h3n", "h4n", "f", "f3", "fh", "s", "l", "r", "lr", "sl", "c", "bias")


class Row(NamedTuple):
    """One candidate of a labelled record; `kind` is the class of the label it equals, or ""."""

    record: str
    candidate: term_features.Candidate
    features: list[str]
    kind: str
    weight: float


def half(record: str) -> int:
    """Which of two halves a record is in, 0 or 1."""
    return hashlib.sha256(record.encode()).digest()[-1] & 1


def rows(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper]) -> Iterator[Row]:
    """Every candidate of the labelled papers. Names that a paper introduces are left out: they are read elsewhere."""
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        partial = "partial" in record
        wanted = {norm(a): x for x in record["links"] if x["type"] for a in x["label"].split("|")}
        refused = {norm(x["label"]) for x in record["links"] if not x["type"]}
        own = {norm(a) for x in record["introduces"] for a in x["label"].split("|")}
        views = {"title": View(paper.title), "abstract": View(paper.abstract)}
        text = " . ".join(v.lower for v in views.values())
        for field, view in views.items():
            for low, high in view.sentences:
                words = [term_features.word(chunk) for chunk in view.plain[low:high].split(" ")]
                for c in term_features.candidates(words, title=field == "title"):
                    name = norm(" ".join(w.text for w in words[c.i : c.j]))
                    if name not in own:
                        label = wanted.get(name)
                        if partial and label is None and name not in refused:
                            continue
                        weight = OPTIONAL if label and not label["must"] else 1.0
                        yield Row(
                            record["id"], c, term_features.features(c, text), label["type"] if label else "", weight
                        )


def listed(vocabulary: Vocabulary) -> Iterator[tuple[list[str], str]]:
    """Features and class of the vocabulary's own forms, without neighbours."""
    for term in vocabulary.terms.values():
        if term.entity.kind in CLASSES:
            for item in term.forms[:3]:
                words = [term_features.word(chunk) for chunk in item.text.split(" ")]
                found = term_features.kind_features(term_features.Candidate(words, 0, len(words), title=False))
                yield [f for f in found if not f.startswith(("l=", "r="))], term.entity.kind


def nested(weights: Mapping[str, Sequence[int]], bias: Sequence[int], rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Weights of two classes as `terms.Terms` wants them: template -> value -> thousandths of a logit."""
    out: dict[str, dict[str, int]] = {template: {} for template in TEMPLATES}
    flat = {feature: row[1] - row[0] for feature, row in weights.items()}
    for feature, weight in flat.items():
        template, _, value = feature.partition("=")
        out[template][value] = weight
    out["bias"][""] = bias[1] - bias[0]
    floor = terms.FLOOR - out["bias"][""]
    taken = [r.candidate for r in rows if sum(flat.get(f, 0) for f in set(r.features)) >= floor]
    out["gate"] = terms.gates(taken, out)
    return out
