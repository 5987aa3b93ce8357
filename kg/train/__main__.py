"""`python -m kg.train CORPUS.jsonl.gz` writes `linking/weights/*.json`. CORPUS is an arXiv snapshot with the labelled texts.

Records of the held-back fifth are scored, never fitted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from kg import model
from kg.errors import InputError, KGError
from kg.evaluate.standoff import held_back
from kg.linking import confidence, discover, linear, namesake
from kg.linking import roles as role_reading
from kg.linking import terms as term_reading
from kg.linking.candidates import Knowledge
from kg.linking.claims import baseline as claim_baseline
from kg.linking.claims import measure as claim_measure
from kg.linking.claims import place as claim_place
from kg.linking.claims import verdict as claim_verdict
from kg.linking.term_features import kind_features
from kg.linking.venues import read_venues
from kg.model import Paper
from kg.readers import read
from kg.settings import ontology_dir
from kg.train import claims, labels, names, namesakes, roles, terms
from kg.train.fit import Choice, Example, accuracy, chosen_right, fit, fit_choice, ones
from kg.train.vectors import Array, Embedding, Vectors
from kg.train.vectors import make as make_vectors
from kg.vocabulary import load

# Of so many papers of the corpus one is read, for the vectors and for self-training.
FOR_VECTORS = 5
UNLABELLED = 2
# How much the vectors of words weigh, by what the names of features begin with; `_ENTITIES`: of entities.
_ROLE_WORDS = {"l1:": 1.5, "l2:": 1.5, "l3:": 1.5, "r1:": 1.5, "r2:": 1.5}
_ENTITIES = {"e:": 3.0}
_MEASURE_WORDS = {"last=": 1.5, "first=": 1.5, "before=": 1.5, "w=": 1.0, "between=a": 0.7, "between=b": 0.7}

E = TypeVar("E", Example, Choice)


class _Labelled(NamedTuple):
    """The shipped labels with the texts of a corpus."""

    corpus: Path
    files: list[list[dict[str, Any]]]  # one for each reader
    merged: list[dict[str, Any]]
    judgements: list[dict[str, Any]]
    hasty: list[dict[str, Any]]  # records whose roles were judged
    introductions: dict[tuple[str, str], bool]
    classes: dict[tuple[str, str], str]
    pairs: list[labels.Pair]
    measures: claims.Judged
    whole: set[str]  # records that were labelled whole
    sought: set[str]  # all records that are labelled or judged
    papers: dict[str, Paper]

    def may_fit(self, record: str) -> bool:
        """Whether nothing is measured on a record."""
        return not held_back(record) or record not in self.whole

    def parted(self, found: Iterable[E]) -> tuple[list[E], list[E]]:
        """What may be fitted, and what is only scored."""
        both = list(found)
        return [e for e in both if self.may_fit(e.record)], [e for e in both if not self.may_fit(e.record)]


def main(arguments: Sequence[str]) -> None:
    """Train on the shipped labels with the texts of a corpus, write the weights, print what they reach."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise InputError("usage: python -m kg.train CORPUS.jsonl.gz (an arXiv snapshot that holds the labelled texts)")
    data = _load(Path(arguments[0]))
    common = names.common_words(p for p in read(data.corpus, skipped=[]) if p.arxiv_id not in data.whole)
    _save("common", common)
    # Each model reads what those before it find.
    halves = _fit_terms([*data.merged, *data.judgements], data.papers)
    _fit_introductions(data)
    _fit_classes(data)
    vectors = _vectors(data)
    _fit_claims(data, vectors)
    _fit_roles(data, vectors)
    _fit_confidence(data, halves)
    _fit_namesakes(data)


def _load(corpus: Path) -> _Labelled:
    folder = ontology_dir() / "labels"
    files = [labels.load_labels(folder / f"{name}.jsonl") for name in ("first", "second", "blind")]
    merged = labels.load_labels(folder / "merged.jsonl")
    judgements = labels.load_judged(folder / "judged.tsv")
    # Read fast, and most of what was asked were links of the linker's own: too kind to tell what is a term or a sure link.
    hasty = [
        {**r, "links": [link for link in r["links"] if link["must"]]} for r in labels.load_judged(folder / "roles.tsv")
    ]
    judged = labels.load_names(folder / "introductions.tsv")
    classes = labels.load_classes(folder / "classes.tsv")
    pairs = labels.load_pairs(folder / "namesakes.tsv")
    measured = labels.load_measures(folder / "measures.tsv")
    whole = {r["id"] for some in files for r in some}
    sought = whole | {r["id"] for r in (*judgements, *hasty)} | {record for record, _ in (*judged, *classes)}
    sought |= {i for pair in pairs for i in (pair.home, pair.record)} | {record for record, _, _ in measured}
    papers = {p.arxiv_id: p for p in read(corpus, skipped=[]) if p.arxiv_id in sought}
    if not papers:
        raise InputError(f"{corpus}: holds none of the {len(sought)} labelled papers; take a larger snapshot")
    print(f"{len(papers)} of {len(sought)} texts")
    return _Labelled(corpus, files, merged, judgements, hasty, judged, classes, pairs, measured, whole, sought, papers)


def _fit_introductions(data: _Labelled) -> None:
    teacher = _teacher()
    knowledge = Knowledge(teacher.knows, teacher.is_certain)
    train, once = data.parted(names.introductions(data.merged, data.introductions, data.papers, knowledge))
    train += names.taught_names(ontology_dir() / "labels" / "naming.tsv", knowledge)
    first = fit(train, discover.CLASSES, min_count=2, l2=4.0)
    every = _every(data.corpus, UNLABELLED)
    unlabelled = (p for p in every if p.arxiv_id not in data.sought and not held_back(p.arxiv_id))
    train += names.self_taught(first, unlabelled, knowledge)
    _write("introductions", fit(train, discover.CLASSES, min_count=5, l2=4.0), train, once)


def _fit_classes(data: _Labelled) -> None:
    teacher = _teacher()
    knowledge = Knowledge(teacher.knows, teacher.is_certain)
    train, once = data.parted(names.classes(data.merged, data.classes, data.papers, knowledge))
    _write("classes", fit(train, model.CLASSES, min_count=2, l2=3.0), train, once)


def _vectors(data: _Labelled) -> Vectors:
    """Of the words and entities of unlabelled papers."""
    linked = data.whole | {r["id"] for r in (*data.judgements, *data.hasty)}
    return make_vectors(_sample(data.corpus, linked, _teacher()))


def _embedding(scales: Mapping[str, float], vectors: Mapping[str, Array]) -> Embedding:
    return {prefix: (scale, vectors) for prefix, scale in scales.items()}


def _fit_claims(data: _Labelled, vectors: Vectors) -> None:
    """A number must be taken for a result before it is asked what it measures, that be known before what it is compared with
    is sought, and both before its place is."""
    made_up, texts = claims.taught(ontology_dir() / "labels" / "claims.tsv")
    told, papers = [*data.merged, *made_up], {**data.papers, **texts}
    train, once = data.parted(claims.results(told, data.measures, papers, _teacher()))
    _write("results", fit(train, claim_verdict.CLASSES, min_count=2, l2=10.0, prune=0.01), train, once)
    measures = claims.measures(data.merged, data.measures, data.papers, _teacher())
    embedding = _embedding(_MEASURE_WORDS, vectors.words)
    _choose("measures", data.parted(measures), claim_measure.CLASSES, prune=0.05, embedding=embedding)
    baselines = claims.baselines(data.merged, data.papers, _teacher())
    _choose("baselines", data.parted(baselines), claim_baseline.CLASSES, prune=0.02)
    found = list(claims.places(told, papers, _teacher()))
    train, once = [e for e in found if not held_back(e.record)], [e for e in found if held_back(e.record)]
    _write("conditions", fit(train, claim_place.CLASSES, min_count=2, l2=40.0, prune=0.02), train, once)


def _fit_roles(data: _Labelled, vectors: Vectors) -> None:
    teacher = _teacher()
    kept = (*data.files, data.judgements, data.hasty)
    train, _ = data.parted(e for some in kept for e in roles.examples(some, data.papers, teacher))
    train += roles.taught(ontology_dir() / "labels" / "patterns.tsv")
    once = [e for e in roles.examples(data.files[0], data.papers, teacher) if held_back(e.record)]
    embedding = {**_embedding(_ROLE_WORDS, vectors.words), **_embedding(_ENTITIES, vectors.entities)}
    fitted = fit(train, roles.CLASSES, min_count=2, l2=24.0, prune=0.05, rounds=400, embedding=embedding)
    _write("roles", fitted, train, once)


def _fit_confidence(data: _Labelled, halves: Sequence[dict[str, dict[str, int]]]) -> None:
    """Confidence is trained on what the linker finds with all other models; how sure an unlisted term is, too, must come from
    weights that were fitted on other records, the `halves`."""
    train: list[Example] = []
    for half, unseen in enumerate(halves):
        teacher = _teacher()
        teacher.finds_terms_by(unseen)
        labelled = (*data.merged, *data.judgements)
        some = [r for r in labelled if data.may_fit(r["id"]) and terms.half(r["id"]) == half]
        train += roles.judged(some, data.papers, teacher)
    once = list(roles.judged([r for r in data.merged if not data.may_fit(r["id"])], data.papers, _teacher()))
    _write("confidence", fit(train, confidence.CLASSES, min_count=3, l2=8.0, prune=0.05, rounds=1000), train, once)


def _fit_namesakes(data: _Labelled) -> None:
    teacher = _teacher()
    free = [p for p in data.pairs if not held_back(p.record) and not (held_back(p.home) and p.home in data.whole)]
    train = list(namesakes.examples(free, data.papers, teacher))
    apart = [p for p in data.pairs if held_back(p.record)]
    once = list(namesakes.examples(apart, data.papers, teacher))
    _write("namesakes", fit(train, namesake.CLASSES, min_count=3, l2=2.0, prune=0.02), train, once)


def _choose(
    name: str,
    parted: tuple[list[Choice], list[Choice]],
    classes: tuple[str, str],
    *,
    prune: float,
    embedding: Embedding | None = None,
) -> None:
    """Fit a model that chooses among candidates, write it, print how often it is right."""
    fitted_on, apart = parted
    weights = fit_choice(fitted_on, classes, min_count=2, l2=4.0, prune=prune, embedding=embedding)
    _save(name, weights)
    print(f"{name}: {len(fitted_on)} choices, {len(weights['weights'])} features")
    right, right_apart = chosen_right(weights, fitted_on), chosen_right(weights, apart)
    print(f"  right: {right:.3f} of those fitted, {right_apart:.3f} of those held back")


def _fit_terms(labels: Sequence[Mapping[str, Any]], papers: Mapping[str, Paper]) -> list[dict[str, dict[str, int]]]:
    """Which spans are terms that no vocabulary lists, and of which class. Returns, by `terms.half`, the weights fitted on the
    records of the other half."""
    fitted = [r for r in labels if "partial" in r or not held_back(r["id"])]
    rows = list(terms.rows(fitted, papers))
    _save("terms", _term_weights(rows))
    halves = [_term_weights([r for r in rows if terms.half(r.record) != half]) for half in (0, 1)]
    labelled = [r for r in rows if r.kind]
    classes = [Example(r.record, ones(kind_features(r.candidate)), r.kind, r.weight) for r in labelled]
    classes += [Example("listed", ones(found), kind, terms.LISTED) for found, kind in terms.listed(load(()))]
    _save("kinds", fit(classes, model.CLASSES, min_count=3, l2=2.0))
    print(f"terms: {len(rows)} candidates, {len(classes)} classes")
    return halves


def _term_weights(rows: Sequence[terms.Row]) -> dict[str, dict[str, int]]:
    spans = [Example(r.record, ones(r.features), "term" if r.kind else "none", r.weight) for r in rows]
    found = fit(spans, ("none", "term"), min_count=2, l2=2.0)
    return terms.nested(found["weights"], found["bias"], rows)


def _teacher() -> roles.Teacher:
    """A linker with the weights as they are now."""
    for kept in (linear.shipped, linear.shipped_features, term_reading.shipped):
        kept.cache_clear()
    return roles.Teacher(load(()), read_venues(ontology_dir() / "vocabulary" / "venues.csv"))


def _sample(
    corpus: Path, labelled: Collection[str], teacher: roles.Teacher
) -> Iterator[dict[str, list[role_reading.Place]]]:
    """Where the entities of some papers stand, without those that are labelled."""
    for paper in _every(corpus, FOR_VECTORS):
        if paper.arxiv_id not in labelled:
            teacher.extract(paper)
            yield teacher.places()


def _every(corpus: Path, count: int) -> Iterator[Paper]:
    """One of so many papers of a corpus."""
    return islice(read(corpus, skipped=[]), 0, None, count)


def _save(name: str, weights: Any) -> None:
    text = json.dumps(weights, sort_keys=True, separators=(",", ":"))
    (Path(linear.__file__).parent / "weights" / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _write(name: str, weights: dict[str, Any], train: Sequence[Example], once: Sequence[Example]) -> None:
    _save(name, weights)
    print(f"{name}: {len(train)} examples, {len(weights['weights'])} features")
    print(f"  right: {accuracy(weights, train):.3f} of those fitted, {accuracy(weights, once):.3f} of those held back")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KGError as error:
        sys.exit(f"kg.train: {error}")
