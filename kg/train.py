"""Makes the shipped weights from the labels: `python -m kg.train CORPUS.jsonl.gz` writes `linking/weights/roles.json`.

A multinomial logistic regression with an L2 prior, fitted by L-BFGS from zero: no randomness, the same weights from the
same labels. Words and entities share weight with those that stand in like places of the corpus (`word_vectors`). Records
of the held-back fifth are scored, never fitted. Needs scipy (`pip install "paperkg[test]"`).
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kg.errors import InputError
from kg.linking import confidence, linear, roles
from kg.linking.discover import Introduction
from kg.linking.linker import MAX_PLACES, Found, Linker, Seen
from kg.linking.text import Spot, View
from kg.linking.venues import read_venues
from kg.model import Extraction, Link, Paper
from kg.readers import Skip, read
from kg.settings import ontology_dir
from kg.vocabulary import load
from kg.word_vectors import Vectors, vector_size
from kg.word_vectors import make as make_vectors

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
#: Templates whose keys have vectors, and the length of these.
SCALES = {"l1": 1.5, "l2": 1.5, "l3": 1.5, "r1": 1.5, "r2": 1.5, "e": 3.0}
EVERY = 5  # of so many papers of the corpus, one is read for the vectors
TAUGHT = 1.0  # weight of an example made from a sentence pattern
PRUNE = 0.12  # features whose weights are all smaller are dropped

Matrix = Any  # scipy.sparse.csr_matrix; scipy has no types


class Example(NamedTuple):
    """One labelled link: its record, features with their values, role, and weight."""

    record: str
    features: Mapping[str, float]
    role: str
    weight: float


class Teacher(Linker):
    """A linker that keeps what it read of the last paper."""

    views: Mapping[str, View]
    found: Mapping[str, Sequence[Found]]
    introduced: Mapping[str, Introduction]
    standings: dict[str, confidence.Standing]

    def extract(self, paper: Paper) -> Extraction:
        self.standings = {}
        return super().extract(paper)

    def links(
        self, views: Mapping[str, View], found: Mapping[str, Sequence[Found]], introduced: Mapping[str, Introduction]
    ) -> list[Link]:
        self.views, self.found, self.introduced = views, found, introduced
        return super().links(views, found, introduced)

    def _sure(self, entity: str, mentions: Sequence[Seen], reading: roles.Reading) -> list[Link]:
        self.standings[entity] = self.standing(mentions, reading.role)
        return super()._sure(entity, mentions, reading)

    def places(self) -> dict[str, list[roles.Place]]:
        """Where the entities of the last paper that it does not introduce stand."""
        seen = self.read_passages(self.views, self.found, self.introduced)
        return {e: [m.place for m in found] for e, found in seen.items() if e not in self.introduced}

    def forms(self, entity: str, extraction: Extraction) -> set[str]:
        """All names of an entity, comparable."""
        if entity in self.vocabulary:
            known = self.vocabulary.entity(entity)
            return {_form(n) for n in (known.label, *known.aliases)}
        return {_form(n) for d in extraction.discoveries if d.id == entity for n in (d.label, *d.aliases)}

    def named(self, kind: str, label: str) -> tuple[str, frozenset[str]]:
        """The vocabulary's entity that a label names, with its ancestors; a nameless one of the class if none."""
        for name in label.split("|"):
            for variant in self.vocabulary.matcher.readings(name):
                return f"{kind}/{variant.entity.partition('/')[2]}", self.vocabulary.ancestors(variant.entity)
        return f"{kind}/", frozenset()


def held_back(record: str) -> bool:
    """Whether a record belongs to the fifth that nothing is fitted on."""
    return int(hashlib.sha256(record.encode()).hexdigest(), 16) % 5 == 0


def examples(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], teacher: Teacher) -> Iterator[Example]:
    """Features of every labelled link whose paper is in `papers` (by arXiv id). A link that the linker does not find
    is sought by its names."""
    recorder = linear.Recorder()
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        extraction = teacher.extract(paper)
        places = teacher.places()
        forms = {entity: teacher.forms(entity, extraction) for entity in sorted(places)}
        for link in record["links"]:
            if link["role"] not in ROLE:
                continue
            wanted = {_form(name) for name in link["label"].split("|")}
            entity = next((e for e, names in forms.items() if names & wanted), None)
            if entity is not None:
                stands, lineage = places[entity], teacher.vocabulary.ancestors(entity)
            else:
                if any(teacher.forms(e, extraction) & wanted for e in teacher.introduced):
                    continue
                entity, lineage = teacher.named(link["type"], link["label"])
                stands = _sought(teacher, entity, link)
            if stands:
                found = roles.features(recorder, entity, lineage, stands[:MAX_PLACES])
                role = ROLE[link["role"]]
                yield Example(record["id"], found, role, (1.0 if link["must"] else OPTIONAL) * RARE.get(role, 1.0))


def _sought(teacher: Teacher, entity: str, link: Mapping[str, Any]) -> list[roles.Place]:
    """Where the names of a label stand, if the linker did not find them."""
    found: dict[str, list[Found]] = {}
    for field, view in teacher.views.items():
        names = {*link["label"].split("|")}
        if field == link["field"]:
            names.add(view.raw[link["start"] : link["end"]])
        spans: list[tuple[int, int]] = []
        for name in sorted({View(n).plain.strip().lower() for n in names}, key=lambda n: (-len(n), n)):
            for m in (
                re.finditer(r"(?<!\w)" + re.escape(name) + r"(?:s|es)?(?!\w)", view.lower) if len(name) > 1 else ()
            ):
                if not any(low < m.end() and m.start() < high for low, high in spans):
                    spans.append(m.span())
        apart = [
            f for f in teacher.found[field] if all(f.spot.end <= low or high <= f.spot.start for low, high in spans)
        ]
        apart += [Found(Spot(low, high, f"{entity}?"), ()) for low, high in spans]
        found[field] = sorted(apart, key=lambda f: f.spot.start)
    seen = teacher.read_passages(teacher.views, found, teacher.introduced)
    return [m.place for m in seen.get(f"{entity}?", ())]


def taught(path: Path) -> Iterator[Example]:
    """Examples from sentence patterns: what every reader of the guide knows and the labels hold too seldom.

    {X} is the entity, {Y} and {Z} are others of its kind. A pattern is seen in the middle and at the end of an abstract.
    """
    recorder = linear.Recorder()
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        role, kind, pattern = line.split("\t")
        own = kind if kind != "language" else "system"
        lineage = ("system/programming-language",) if kind == "language" else ()
        text = pattern.lower().replace("{", "").replace("}", "")
        marks = [roles.Mark(*m.span(), f"{own}/{m[0]}", False) for m in re.finditer(r"\b[xyz]\b", text)]
        index = next(i for i, m in enumerate(marks) if m.entity.endswith("/x"))
        for where in ("b", "c"):
            passage = roles.passage(text, 0, len(text), marks, field="abstract", where=where)
            found = roles.features(recorder, f"{own}/", lineage, [roles.Place(passage, passage.at[index])])
            yield Example("taught", found, ROLE[role], TAUGHT)


def judged(labels: Iterable[Mapping[str, Any]], papers: Mapping[str, Paper], teacher: Teacher) -> Iterator[Example]:
    """What the linker finds in every labelled paper, right if a label has one of the entity's names."""
    recorder = linear.Recorder()
    for record in labels:
        paper = papers.get(record["id"])
        if paper is None:
            continue
        wanted = {_form(a) for x in (*record["links"], *record["introduces"]) for a in x["label"].split("|")}
        extraction = teacher.extract(paper)
        for entity, standing in teacher.standings.items():
            found = confidence.features(recorder, entity, teacher.vocabulary.ancestors(entity), standing)
            right = bool(teacher.forms(entity, extraction) & wanted)
            yield Example(record["id"], found, confidence.CLASSES[right], 1.0)


def _form(label: str) -> str:
    """A label without letter case, punctuation and plural s, for comparison."""
    words = re.sub(r"[^a-z0-9+#*/.]+", " ", label.lower()).split()
    return " ".join(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in words)


def fit(
    train: Sequence[Example],
    classes: Sequence[str],
    *,
    min_count: int,
    l2: float,
    vectors: Vectors | None = None,
) -> dict[str, Any]:
    """Weights in whole thousandths: {"classes": […], "bias": […], "weights": {feature: […]}}.

    With vectors, the weights of a word at a place are its own plus what its vector says, so that a word no label holds
    weighs like those it resembles. Shipped are the sums.
    """
    from scipy.optimize import minimize

    rows = [e.features if vectors is None else {**e.features, **_dense(e.features, vectors)} for e in train]
    counts = Counter(f for row in rows for f in row)
    columns = {f: i for i, f in enumerate(sorted(f for f, c in counts.items() if c >= min_count))}
    matrix = _matrix(rows, columns)
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
    fitted = {f: w[i] for f, i in columns.items() if "~" not in f}
    if vectors is not None:
        for template, scale in SCALES.items():
            said = np.array([w[columns[f"{template}~:{i}"]] for i in range(vector_size(vectors))])
            for name, vector in (vectors.entities if template == "e" else vectors.words).items():
                own = fitted.get(f"{template}:{name}", 0.0)
                fitted[f"{template}:{name}"] = own + scale * (vector @ said)
    kept = {f: [round(float(x) * 1000) for x in row] for f, row in fitted.items() if np.abs(row).max() >= PRUNE}
    return {"classes": list(classes), "bias": [round(float(x) * 1000) for x in b], "weights": kept}


def _dense(features: Mapping[str, float], vectors: Vectors) -> dict[str, float]:
    """Features of the vectors of the words and entities that stand at certain places."""
    out: dict[str, float] = {}
    for template, scale in SCALES.items():
        names = vectors.entities if template == "e" else vectors.words
        prefix = f"{template}:"
        total = np.zeros(vector_size(vectors))
        for feature, value in features.items():
            if feature.startswith(prefix) and feature[len(prefix) :] in names:
                total += scale * value * names[feature[len(prefix) :]]
        out.update((f"{template}~:{i}", float(x)) for i, x in enumerate(total))
    return out


def _matrix(rows: Sequence[Mapping[str, float]], columns: Mapping[str, int]) -> Matrix:
    from scipy.sparse import csr_matrix

    cells = [(j, columns[f], v) for j, row in enumerate(rows) for f, v in row.items() if f in columns]
    i, j, values = zip(*cells, strict=True) if cells else ((), (), ())
    return csr_matrix((values, (i, j)), shape=(len(rows), len(columns)))


def predictions(weights: Mapping[str, Any], rows: Sequence[Example]) -> list[str]:
    """The class that the weights give each example."""
    classes, table, bias = weights["classes"], weights["weights"], np.array(weights["bias"], float)
    out = []
    for e in rows:
        scores = bias.copy()
        for feature, value in e.features.items():
            if feature in table:
                scores += value * np.array(table[feature])
        out.append(classes[int(scores.argmax())])
    return out


def accuracy(weights: Mapping[str, Any], rows: Sequence[Example]) -> float:
    """Share of examples whose role the weights give."""
    given = predictions(weights, rows)
    return sum(p == e.role for p, e in zip(given, rows, strict=True)) / max(1, len(rows))


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
    print(f"{len(papers)} of {len(wanted)} texts")
    teacher = _teacher()
    vectors = make_vectors(_sample(Path(arguments[0]), wanted, teacher))
    found = [e for labels in files for e in examples(labels, papers, teacher)]
    train = [e for e in found if not held_back(e.record)] + list(taught(folder / "patterns.tsv"))
    once = [e for e in examples(files[0], papers, teacher) if held_back(e.record)]
    _write("roles", fit(train, CLASSES, min_count=MIN_COUNT, l2=L2, vectors=vectors), train, once)
    # Confidence is trained on what the linker finds with the new roles.
    linear.shipped.cache_clear()
    links = list(judged(load_labels(folder / "merged.jsonl"), papers, _teacher()))
    train, once = [e for e in links if not held_back(e.record)], [e for e in links if held_back(e.record)]
    _write("confidence", fit(train, confidence.CLASSES, min_count=3, l2=4.0), train, once)


def _teacher() -> Teacher:
    return Teacher(load(()), read_venues(ontology_dir() / "vocabulary" / "venues.csv"))


def _sample(corpus: Path, labelled: Collection[str], teacher: Teacher) -> Iterator[dict[str, list[roles.Place]]]:
    """Where the entities of every `EVERY`th paper stand, without those that are labelled."""
    for number, paper in enumerate(read(corpus, skipped=[])):
        if number % EVERY == 0 and paper.arxiv_id not in labelled:
            teacher.extract(paper)
            yield teacher.places()


def _write(name: str, weights: dict[str, Any], train: Sequence[Example], once: Sequence[Example]) -> None:
    text = json.dumps(weights, sort_keys=True, separators=(",", ":"))
    (Path(__file__).parent / "linking" / "weights" / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{name}: {len(train)} examples, {len(weights['weights'])} features")
    print(f"  right: {accuracy(weights, train):.3f} of those fitted, {accuracy(weights, once):.3f} of those held back")


if __name__ == "__main__":
    main(sys.argv[1:])
