"""Makes the shipped weights from the labels: `python -m kg.train CORPUS.jsonl.gz` writes `linking/weights/roles.json`.

A multinomial logistic regression with an L2 prior, fitted by L-BFGS from zero: no randomness, the same weights from the
same labels. Records of the held-back fifth are scored, never fitted. Needs scipy (`pip install "paperkg[test]"`).
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kg import model, train_terms
from kg.errors import InputError
from kg.linking import abbreviations, confidence, linear, roles, terms
from kg.linking.candidate_features import features
from kg.linking.candidates import Knowledge, gather, own_work
from kg.linking.discover import CLASSES as CANDIDATE_CLASSES
from kg.linking.linker import MAX_PLACES, Linker, default, make
from kg.linking.text import View
from kg.model import Link, Paper
from kg.readers import Skip, read
from kg.settings import ontology_dir

#: Role of the labels -> role of the graph.
ROLE = {
    "extends": "extends",
    "compares": "comparesWith",
    "evaluates": "evaluatesOn",
    "runs": "runsOn",
    "addresses": "addresses",
    "uses": "uses",
    "mentions": "mentions",
}
CLASSES = tuple(ROLE.values())

MIN_COUNT = 2  # features seen in fewer examples are dropped
L2 = 8.0
OPTIONAL = 0.6  # weight of a link that is not `must`
RARE = {"extends": 2.5}  # weight of roles that are missed too often
TAUGHT = 1.0  # weight of an example made from a sentence pattern
PRUNE = 0.08  # features whose weights are all smaller are dropped

Matrix = Any  # scipy.sparse.csr_matrix; scipy has no types


class Example(NamedTuple):
    """One labelled link: its record, features, role, and weight."""

    record: str
    features: list[str]
    role: str
    weight: float


def held_back(record: str) -> bool:
    """Whether a record belongs to the fifth that nothing is fitted on."""
    return int(hashlib.sha256(record.encode()).hexdigest(), 16) % 5 == 0


def examples(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], linker: Linker) -> Iterator[Example]:
    """Features of every labelled link whose paper is in `papers` (by arXiv id)."""
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        views = {"title": View(paper.title), "abstract": View(paper.abstract)}
        own = [a.lower() for x in record["introduces"] for a in x["label"].split("|")]
        for link in record["links"]:
            if link["role"] not in ROLE:
                continue
            names = {views[link["field"]].raw[link["start"] : link["end"]], *link["label"].split("|")}
            places = list(_places(views, names, own))[:MAX_PLACES]
            if not places:
                continue
            kind = link["type"]
            mentions = [roles.mention_features(kind, p) for p in places]
            entity, lineage = _named(linker, kind, link["label"])
            found = linear.entity_features(entity, sorted(lineage))
            found += sorted(roles.features(kind, places, mentions))
            role = ROLE[link["role"]]
            yield Example(record["id"], found, role, (1.0 if link["must"] else OPTIONAL) * RARE.get(role, 1.0))


def taught(path: Path) -> Iterator[Example]:
    """Examples from sentence patterns: what every reader of the guide knows and the labels hold too seldom.

    {X} is the entity, {Y} and {Z} are others of its kind. A pattern is seen in the middle and at the end of an abstract,
    alone and beside a mention in the first sentence.
    """
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        role, kind, pattern = line.split("\t")
        own = kind if kind != "language" else "system"
        lineage = ("system/programming-language",) if kind == "language" else ()
        left, _, right = pattern.lower().replace("{y}", "ypsilon").replace("{z}", "zeta").partition("{x}")
        for position in (0.5, 0.8):
            sentence = roles.sentence(f"{left}xi{right}", position, title=False, first=False, own=())
            place = roles.Place(sentence, left, right)
            mentions = [roles.mention_features(own, place)]
            found = linear.entity_features(f"{own}/", lineage) + sorted(roles.features(own, [place], mentions))
            yield Example("taught", found, ROLE[role], TAUGHT)


def _places(views: Mapping[str, View], names: Iterable[str], own: Sequence[str]) -> Iterator[roles.Place]:
    for field, view in views.items():
        taken: list[tuple[int, int]] = []
        for name in sorted({View(n).plain.strip().lower() for n in names}, key=lambda n: (-len(n), n)):
            if len(name) < 2:
                continue
            for m in re.finditer(r"(?<!\w)" + re.escape(name) + r"(?:s|es)?(?!\w)", view.lower):
                if not any(low < m.end() and m.start() < high for low, high in taken):
                    taken.append(m.span())
        for start, end in sorted(taken):
            low, high = view.sentence(start)
            title = field == "title"
            first = not title and low == view.sentences[0][0]
            position = low / max(1, len(view.plain))
            sentence = roles.sentence(view.lower[low:high], position, title=title, first=first, own=own)
            yield roles.Place(sentence, view.lower[low:start], view.lower[end:high])


def _named(linker: Linker, kind: str, label: str) -> tuple[str, frozenset[str]]:
    """The vocabulary's entity that a label names, with its ancestors; a nameless one of the label's class if none."""
    for name in label.split("|"):
        for variant in linker.vocabulary.matcher.readings(name):
            return f"{kind}/{variant.entity.partition('/')[2]}", linker.vocabulary.ancestors(variant.entity)
    return f"{kind}/", frozenset()


def judged(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], linker: Linker) -> Iterator[Example]:
    """What the linker finds in every labelled paper, right if a label has one of the entity's names."""
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        wanted = {_form(a) for x in (*record["links"], *record["introduces"]) for a in x["label"].split("|")}
        extraction = linker.extract(paper)
        names = {d.id: (d.label, *d.aliases) for d in extraction.discoveries}
        by_entity: dict[str, list[Link]] = {}
        for link in extraction.links:
            if link.entity and link.rule != "concept" and link.candidates[0].reason != terms.REASON:
                by_entity.setdefault(link.entity, []).append(link)
        for entity, links in by_entity.items():
            links.sort(key=lambda k: -k.score)
            if entity in linker.vocabulary:
                known = linker.vocabulary.entity(entity)
                forms = {_form(n) for n in (known.label, *known.aliases)}
            else:
                forms = {_form(n) for n in names[entity]}
            found = linear.entity_features(entity, linker.vocabulary.ancestors(entity))
            found += confidence.features(links, paper.text(links[0].mention.field))
            yield Example(record["id"], found, "right" if forms & wanted else "wrong", 1.0)


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
        paper = papers[record]
        title, abstract = View(paper.title), View(paper.abstract)
        candidates = gather(title, abstract, abbreviations.find(abstract.plain, abstract.sentences), knowledge)
        own = own_work(candidates)
        given = by_id[record]["introduces"] if record in by_id else []
        must, may = (
            {_form(View(a).plain) for x in given if x.get("sure", True) is m for a in x["label"].split("|")}
            for m in (True, False)
        )
        for candidate in candidates:
            found = features(candidate, title, abstract, own, knowledge)
            mine = {_form(n) for n in (candidate.name, *candidate.aliases)}
            new = bool(mine & must) if record in by_id else names.get((record, candidate.name))
            if found is not None and new is not None and (new or not mine & may):
                yield Example(record, found, "new" if new else "other", 1.0)


#: Stand-ins for {X} by shape; "d": {L} is a long form and {X} its short form. "k": a name that the vocabulary has.
_STAND_INS = {
    "o": (("ZorKit", ""), ("QZVEX", "")),
    "w": (("Zorvan", ""),),
    "k": (("TensorFlow", ""), ("Kubernetes", "")),
    "p": (("Quick Zor Merging", ""), ("Zor Shift Attack", "")),
    "h": (("zor-merge GEMM", ""),),
    "l": (("zor merging", ""),),
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
            abstract = View(
                f"Programs wait for data. {text.replace('{X}', short).replace('{L}', long)} The gain is large."
            )
            candidates = gather(View(""), abstract, abbreviations.find(abstract.plain, abstract.sentences), knowledge)
            for candidate in candidates:
                found = features(candidate, View(""), abstract, own_work(candidates), knowledge)
                if found is not None and short in (candidate.name, *candidate.aliases):
                    yield Example("taught", found, "new" if new == "1" else "other", TAUGHT)


def _form(label: str) -> str:
    """A label without letter case, punctuation and plural s, for comparison."""
    words = re.sub(r"[^a-z0-9+#*/.]+", " ", label.lower()).split()
    return " ".join(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in words)


def fit(train: Sequence[Example], classes: Sequence[str], *, min_count: int, l2: float) -> dict[str, Any]:
    """Weights in whole thousandths: {"classes": […], "bias": […], "weights": {feature: […]}}."""
    from scipy.optimize import minimize

    counts = Counter(f for e in train for f in e.features)
    columns = {f: i for i, f in enumerate(sorted(f for f, c in counts.items() if c >= min_count))}
    matrix = _matrix(train, columns)
    target = np.array([classes.index(e.role) for e in train])
    weight = np.array([e.weight for e in train])
    one_hot = np.eye(len(classes))[target]
    size, width = len(columns), len(classes)

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        w, b = flat[: size * width].reshape(size, width), flat[size * width :]
        z = matrix @ w + b
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        error = (p - one_hot) * weight[:, None]
        value = -(weight * np.log(p[np.arange(len(train)), target] + 1e-12)).sum() + l2 * (w * w).sum() / 2
        return float(value), np.concatenate([(matrix.T @ error + l2 * w).ravel(), error.sum(axis=0)])

    answer = minimize(loss, np.zeros((size + 1) * width), jac=True, method="L-BFGS-B", options={"maxiter": 120})
    w, b = answer.x[: size * width].reshape(size, width), answer.x[size * width :]
    kept = {f: [round(float(x) * 1000) for x in w[i]] for f, i in columns.items() if np.abs(w[i]).max() >= PRUNE}
    return {"classes": list(classes), "bias": [round(float(x) * 1000) for x in b], "weights": kept}


def _matrix(rows: Sequence[Example], columns: Mapping[str, int]) -> Matrix:
    from scipy.sparse import csr_matrix

    at = [(j, columns[f]) for j, e in enumerate(rows) for f in set(e.features) if f in columns]
    indices = tuple(zip(*at, strict=True)) if at else ((), ())
    return csr_matrix((np.ones(len(at)), indices), shape=(len(rows), len(columns)))


def accuracy(weights: Mapping[str, Any], rows: Sequence[Example]) -> float:
    """Share of examples whose role the weights give."""
    classes = weights["classes"]
    model = linear.LinearModel(classes, weights["weights"], [0] * len(classes))
    right = 0
    for e in rows:
        total = [t + b for t, b in zip(model.scores(set(e.features)), weights["bias"], strict=True)]
        right += classes[total.index(max(total))] == e.role
    return right / max(1, len(rows))


def load_labels(path: Path) -> list[dict[str, Any]]:
    """Records of a label file, in its order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def load_names(path: Path) -> dict[tuple[str, str], bool]:
    """Rows of a table of judged candidates: (record, name) -> whether the paper introduces it."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return {(record, name): new == "1" for record, name, new in rows}


def main(arguments: Sequence[str]) -> None:
    """Train on the shipped labels with the texts of a corpus, write the weights, print what they reach."""
    if len(arguments) != 1:
        raise InputError("usage: python -m kg.train CORPUS.jsonl.gz (an arXiv snapshot that holds the labelled texts)")
    folder = ontology_dir() / "labels"
    files = [load_labels(folder / f"{name}.jsonl") for name in ("first", "second", "blind")]
    wanted = {r["id"] for labels in files for r in labels}
    names = load_names(folder / "introductions.tsv")
    sought = wanted | {record for record, _ in names}
    skipped: list[Skip] = []
    papers = {p.arxiv_id: p for p in read(Path(arguments[0]), skipped=skipped) if p.arxiv_id in sought}
    if not papers:
        raise InputError(f"{arguments[0]}: holds none of the {len(wanted)} labelled papers; take a larger snapshot")
    found = [e for labels in files for e in examples(labels, papers, default())]
    print(f"{len(papers)} of {len(sought)} texts")
    train = [e for e in found if not held_back(e.record)] + list(taught(folder / "patterns.tsv"))
    once = [e for e in examples(files[0], papers, default()) if held_back(e.record)]
    _write("roles", fit(train, CLASSES, min_count=MIN_COUNT, l2=L2), train, once)
    merged = load_labels(folder / "merged.jsonl")
    _train_terms(merged, papers)
    knowledge = Knowledge(default().knows, default().is_certain)
    found = list(introductions(merged, names, papers, knowledge))
    train, once = (
        [e for e in found if not held_back(e.record) or e.record not in wanted],
        [e for e in found if held_back(e.record) and e.record in wanted],
    )
    train += taught_names(folder / "naming.tsv", knowledge)
    _write("introductions", fit(train, CANDIDATE_CLASSES, min_count=MIN_COUNT, l2=2.0), train, once)
    # Confidence is trained on what the linker finds with the new roles, in a process of its own if they changed.
    linear.shipped.cache_clear()
    terms.shipped.cache_clear()
    links = list(judged(load_labels(folder / "merged.jsonl"), papers, make()))
    train, once = [e for e in links if not held_back(e.record)], [e for e in links if held_back(e.record)]
    _write("confidence", fit(train, confidence.CLASSES, min_count=3, l2=4.0), train, once)


def _train_terms(labels: Sequence[Mapping[str, Any]], papers: Mapping[str, Paper]) -> None:
    """Weights of `linking/terms.py`: which spans are terms, and of which class."""
    rows = [r for r in train_terms.rows(labels, papers, _form) if not held_back(r.record)]
    spans = [Example(r.record, r.features, "term" if r.kind else "none", r.weight) for r in rows]
    found = fit(spans, ("none", "term"), min_count=2, l2=2.0)
    _save("terms", train_terms.nested(found["weights"], found["bias"], rows))
    classes = [Example(r.record, terms.kind_features(r.candidate), r.kind, r.weight) for r in rows if r.kind]
    forms = train_terms.listed(default().vocabulary)
    classes += [Example("listed", features, kind, train_terms.LISTED) for features, kind in forms]
    _save("kinds", fit(classes, model.CLASSES, min_count=3, l2=2.0))
    print(f"terms: {len(rows)} candidates, {len(classes)} classes")


def _save(name: str, weights: Any) -> None:
    text = json.dumps(weights, sort_keys=True, separators=(",", ":"))
    (Path(__file__).parent / "linking" / "weights" / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _write(name: str, weights: dict[str, Any], train: Sequence[Example], once: Sequence[Example]) -> None:
    _save(name, weights)
    print(f"{name}: {len(train)} examples, {len(weights['weights'])} features")
    print(f"  right: {accuracy(weights, train):.3f} of those fitted, {accuracy(weights, once):.3f} of those held back")


if __name__ == "__main__":
    main(sys.argv[1:])
