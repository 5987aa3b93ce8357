"""Examples of names that papers introduce, from the labels."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.evaluate.gold import norm
from kg.linking import abbreviations, commonness, discover, linear, name_kind
from kg.linking.candidate_features import weighed
from kg.linking.candidates import Candidate, Knowledge
from kg.linking.text import View
from kg.model import Paper
from kg.train.fit import Example, ones

_WORD = re.compile(r"[^\W_](?:[\w+#./&-]*[\w+#])?")
TAUGHT = 2.5  # weight of an example made from a sentence
JUDGED = 0.5  # of a single candidate: drawn where a model was undecided, where names are more than elsewhere
SELF_TAUGHT = 0.3  # of a candidate of an unlabelled paper of which a first model is sure
SURE = 1000  # thousandths of a logit on either side


def introductions(
    labels: Iterable[Mapping[str, Any]],
    names: Mapping[tuple[str, str], bool],
    papers: Mapping[str, Paper],
    knowledge: Knowledge,
) -> Iterator[Example]:
    """Candidate names of every labelled paper, new if a label introduces one of their names; a label that is not sure
    counts neither way. `names`: (record, name) -> new, of papers in which only these candidates are labelled."""
    by_id = {r["id"]: r for r in labels}
    for record in sorted({*by_id, *(i for i, _ in names)} & papers.keys()):
        given = by_id[record]["introduces"] if record in by_id else []
        must, may = (
            {norm(View(a).plain) for x in given if x.get("sure", True) is m for a in x["label"].split("|")}
            for m in (True, False)
        )
        for candidate, found in _candidates(papers[record], knowledge):
            mine = {norm(n) for n in (candidate.name, *candidate.aliases)}
            new = bool(mine & must) if record in by_id else names.get((record, candidate.name))
            if new is not None and (new or not mine & may):
                weight = 1.0 if record in by_id else JUDGED
                yield Example(record, ones(found), "new" if new else "other", weight)


def classes(
    labels: Iterable[Mapping[str, Any]],
    judged: Mapping[tuple[str, str], str],
    papers: Mapping[str, Paper],
    knowledge: Knowledge,
) -> Iterator[Example]:
    """Names that papers introduce, with their classes. `judged`: (record, name) -> class, of papers beside the labelled ones."""
    by_id = {r["id"]: r for r in labels}
    for record in sorted({*by_id, *(i for i, _ in judged)} & papers.keys()):
        paper = papers[record]
        given = by_id[record]["introduces"] if record in by_id else []
        told = {norm(View(name).plain): x["type"] for x in given for name in x["label"].split("|")}
        for candidate, _ in _candidates(paper, knowledge):
            names = (candidate.name, *candidate.aliases)
            kind = next((told[n] for n in map(norm, names) if n in told), judged.get((record, candidate.name)))
            if kind is not None:
                found = name_kind.features(candidate, View(paper.title), View(paper.abstract))
                yield Example(record, ones(found), kind, 1.0 if record in by_id else JUDGED)


def self_taught(weights: Mapping[str, Any], papers: Iterable[Paper], knowledge: Knowledge) -> Iterator[Example]:
    """Candidates of unlabelled papers of which a first model is sure, as it takes them (self-training, Scudder 1965): the title
    says what is new, and the abstracts teach which words stand beside such names. Labels alone hold too few of these words."""
    first = linear.FeatureModel(weights["classes"], weights["weights"], weights["bias"])
    score = first.margin(1, 0)
    for paper in papers:
        for _, found in _candidates(paper, knowledge):
            told = score(found)
            if abs(told) > SURE:
                kept = [sys.intern(feature) for feature in found]
                yield Example(paper.arxiv_id, ones(kept), discover.CLASSES[told > 0], SELF_TAUGHT)


def _candidates(paper: Paper, knowledge: Knowledge) -> Iterator[tuple[Candidate, list[str]]]:
    """What `weighed` gives of a paper."""
    title, abstract = View(paper.title), View(paper.abstract)
    return weighed(title, abstract, abbreviations.find(abstract.plain, abstract.sentences), knowledge)


#: Stand-ins for {X} by shape; "d": {L} is a long form and {X} its short form. "k": a name that the vocabulary has.
_STAND_INS = {
    "o": (("ZorKit", ""), ("QZVEX", "")),
    "w": (("Zorvan", ""),),
    "k": (("TensorFlow", ""), ("Kubernetes", "")),
    "p": (("Quick Zor Merging", ""), ("Zor Shift Attack", "")),
    "h": (("zor-merge GEMM", ""),),
    "l": (("zor merging", ""),),
    "1": (("zorving", ""), ("fold", "")),
    "d": (("QZM", "Quick Zor Merging"), ("HZT", "hierarchical zor tracing")),
}


def taught_names(path: Path, knowledge: Knowledge) -> Iterator[Example]:
    """Examples from made-up sentences that name something new, or something that is not: what every reader knows and the
    labels hold too seldom. {X} is the name, in each of the shapes that the row gives, {L} its long form."""
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        new, shapes, text = line.split("\t")
        for short, long in (pair for shape in shapes for pair in _STAND_INS[shape]):
            if ("{L}" in text) != bool(long):
                continue
            said = f"Programs wait for data. {text.replace('{X}', short).replace('{L}', long)} The gain is large."
            for candidate, found in _candidates(Paper(id="abs:taught", abstract=said), knowledge):
                if short in (candidate.name, *candidate.aliases):
                    yield Example("taught", ones(found), "new" if new == "1" else "other", TAUGHT)


def common_words(papers: Iterable[Paper]) -> dict[str, str]:
    """Level -> the words of that level, in order, as `commonness` reads them."""
    counts: Counter[str] = Counter()
    for paper in papers:
        text = f"{View(paper.title).plain} {View(paper.abstract).plain}"
        counts.update({commonness.written(word) for word in _WORD.findall(text)})
    levels: dict[str, list[str]] = {}
    for word in sorted(counts):
        level = bisect_right(commonness.STEPS, counts[word])
        if level:
            levels.setdefault(str(level), []).append(word)
    return {level: " ".join(words) for level, words in sorted(levels.items())}
