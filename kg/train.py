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

from kg.errors import InputError
from kg.linking import roles
from kg.linking.linker import MAX_PLACES, Linker, default
from kg.linking.text import View
from kg.model import Paper
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
            found = roles.entity_features(kind, sorted(_lineage(linker, link["label"])))
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
            found = roles.entity_features(own, lineage) + sorted(roles.features(own, [place], mentions))
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


def _lineage(linker: Linker, label: str) -> frozenset[str]:
    for name in label.split("|"):
        for variant in linker.vocabulary.matcher.readings(name):
            return frozenset({variant.entity}) | linker.vocabulary.ancestors(variant.entity)
    return frozenset()


def fit(train: Sequence[Example]) -> dict[str, Any]:
    """Weights in whole thousandths: {"classes": […], "bias": […], "weights": {feature: […]}}."""
    from scipy.optimize import minimize

    counts = Counter(f for e in train for f in e.features)
    columns = {f: i for i, f in enumerate(sorted(f for f, c in counts.items() if c >= MIN_COUNT))}
    matrix = _matrix(train, columns)
    target = np.array([CLASSES.index(e.role) for e in train])
    weight = np.array([e.weight for e in train])
    one_hot = np.eye(len(CLASSES))[target]
    size, classes = len(columns), len(CLASSES)

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        w, b = flat[: size * classes].reshape(size, classes), flat[size * classes :]
        z = matrix @ w + b
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        error = (p - one_hot) * weight[:, None]
        value = -(weight * np.log(p[np.arange(len(train)), target] + 1e-12)).sum() + L2 * (w * w).sum() / 2
        return float(value), np.concatenate([(matrix.T @ error + L2 * w).ravel(), error.sum(axis=0)])

    answer = minimize(loss, np.zeros((size + 1) * classes), jac=True, method="L-BFGS-B", options={"maxiter": 120})
    w, b = answer.x[: size * classes].reshape(size, classes), answer.x[size * classes :]
    kept = {f: [round(float(x) * 1000) for x in w[i]] for f, i in columns.items() if np.abs(w[i]).max() >= PRUNE}
    return {"classes": list(CLASSES), "bias": [round(float(x) * 1000) for x in b], "weights": kept}


def _matrix(rows: Sequence[Example], columns: Mapping[str, int]) -> Matrix:
    from scipy.sparse import csr_matrix

    at = [(j, columns[f]) for j, e in enumerate(rows) for f in set(e.features) if f in columns]
    indices = tuple(zip(*at, strict=True)) if at else ((), ())
    return csr_matrix((np.ones(len(at)), indices), shape=(len(rows), len(columns)))


def accuracy(weights: Mapping[str, Any], rows: Sequence[Example]) -> float:
    """Share of examples whose role the weights give."""
    model = roles.RoleModel(weights["classes"], weights["weights"], [0] * len(CLASSES))
    right = 0
    for e in rows:
        total = [t + b for t, b in zip(model.scores(set(e.features)), weights["bias"], strict=True)]
        right += CLASSES[total.index(max(total))] == e.role
    return right / max(1, len(rows))


def load_labels(path: Path) -> list[dict[str, Any]]:
    """Records of a label file, in its order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def main(arguments: Sequence[str]) -> None:
    """Train on the shipped labels with the texts of a corpus, write the weights, print what they reach."""
    if len(arguments) != 1:
        raise InputError("usage: python -m kg.train CORPUS.jsonl.gz (an arXiv snapshot that holds the labelled texts)")
    folder = ontology_dir() / "labels"
    files = [load_labels(folder / f"{name}.jsonl") for name in ("first", "second", "blind")]
    wanted = {r["id"] for labels in files for r in labels}
    skipped: list[Skip] = []
    papers = {p.arxiv_id: p for p in read(Path(arguments[0]), skipped=skipped) if p.arxiv_id in wanted}
    if not papers:
        raise InputError(f"{arguments[0]}: holds none of the {len(wanted)} labelled papers; take a larger snapshot")
    found = [e for labels in files for e in examples(labels, papers, default())]
    train = [e for e in found if not held_back(e.record)] + list(taught(folder / "patterns.tsv"))
    weights = fit(train)
    text = json.dumps(weights, sort_keys=True, separators=(",", ":"))
    (Path(__file__).parent / "linking" / "weights" / "roles.json").write_text(text + "\n", encoding="utf-8")
    once = [e for e in examples(files[0], papers, default()) if held_back(e.record)]
    print(f"{len(train)} examples, {len(weights['weights'])} features, {len(papers)} of {len(wanted)} texts")
    print(
        f"roles right: {accuracy(weights, train):.3f} of those fitted, {accuracy(weights, once):.3f} of those held back"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
