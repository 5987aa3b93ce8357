"""Multinomial logistic regression with an L2 prior, fitted by L-BFGS from zero: no randomness, the same weights from the
same examples. Needs scipy (in the clone: `pip install '.[test]'`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kg.train.vectors import Array, Embedding, spread

Matrix = Any  # scipy.sparse.csr_matrix; scipy has no types


class Example(NamedTuple):
    """One labelled thing: its record, features with their values, class, and weight."""

    record: str
    features: Mapping[str, float]
    role: str
    weight: float


def ones(features: Sequence[str]) -> dict[str, float]:
    """Features that are there or not."""
    return dict.fromkeys(features, 1.0)


def fit(
    train: Sequence[Example],
    classes: Sequence[str],
    *,
    min_count: int,
    l2: float,
    prune: float = 0.08,
    rounds: int = 120,
    embedding: Embedding | None = None,
) -> dict[str, Any]:
    """Weights in whole thousandths: {"classes": […], "bias": […], "weights": {feature: […]}}.

    Features whose weights are all smaller than `prune` are dropped. The fit ends after so many `rounds`; a model of many
    features needs more of them, or small changes of its examples change it more than they should. With an embedding, the weights
    of a word at a place are its own plus what its vector says, so that a word no label holds weighs like those it resembles.
    Shipped are the sums.
    """
    from scipy.optimize import minimize

    matrix, names = _matrix([e.features for e in train], min_count, embedding or {})
    target = np.array([classes.index(e.role) for e in train])
    weight = np.array([e.weight for e in train])
    one_hot = np.eye(len(classes))[target]
    size, width = matrix.shape[1], len(classes)

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        w, b = flat[: size * width].reshape(size, width), flat[size * width :]
        z = matrix @ w + b
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        error = (p - one_hot) * weight[:, None]
        value = -(weight * np.log(p[np.arange(len(train)), target] + 1e-12)).sum() + l2 * (w * w).sum() / 2
        return float(value), np.concatenate([(matrix.T @ error + l2 * w).ravel(), error.sum(axis=0)])

    answer = minimize(loss, np.zeros((size + 1) * width), jac=True, method="L-BFGS-B", options={"maxiter": rounds})
    w, b = answer.x[: size * width].reshape(size, width), answer.x[size * width :]
    fitted = _summed(names, w, embedding or {})
    kept = {f: [round(float(x) * 1000) for x in row] for f, row in fitted.items() if np.abs(row).max() >= prune}
    return {"classes": list(classes), "bias": [round(float(x) * 1000) for x in b], "weights": kept}


class Choice(NamedTuple):
    """Candidates of a record, of which any that is right may be chosen."""

    record: str
    candidates: Sequence[Sequence[str]]  # features that are there
    right: Sequence[bool]
    weight: float = 1.0


def fit_choice(
    train: Sequence[Choice],
    classes: tuple[str, str],
    *,
    min_count: int,
    l2: float,
    prune: float,
    rounds: int = 100,
    embedding: Embedding | None = None,
) -> dict[str, Any]:
    """Weights as `fit` gives them, of a conditional logit (McFadden 1974): the chance of a candidate is its share of all in the
    exponential of its sum. They stand for the second of the `classes`; the first has none. Choices of which all candidates are
    right, or none, teach nothing."""
    from scipy.optimize import minimize

    told = [t for t in train if any(t.right) and not all(t.right)]
    rows = [ones(features) for t in told for features in t.candidates]
    matrix, names = _matrix(rows, min_count, embedding or {})
    right = np.array([r for t in told for r in t.right], dtype=float)
    weight = np.array([t.weight for t in told])
    sizes = np.array([len(t.right) for t in told])
    starts, choice = np.concatenate([[0], np.cumsum(sizes)[:-1]]), np.repeat(np.arange(len(told)), sizes)

    def loss(w: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        z = matrix @ w
        e = np.exp(z - np.maximum.reduceat(z, starts)[choice])
        every, good = np.add.reduceat(e, starts), np.add.reduceat(e * right, starts)
        error = (e / every[choice] - e * right / good[choice]) * weight[choice]
        return float(-(weight * np.log(good / every)).sum() + l2 * (w @ w) / 2), matrix.T @ error + l2 * w

    w = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x
    fitted = _summed(names, w[:, None], embedding or {})
    kept = {f: [0, round(float(row[0]) * 1000)] for f, row in fitted.items() if abs(row[0]) >= prune}
    return {"classes": list(classes), "bias": [0, 0], "weights": kept}


def _matrix(rows: Sequence[Mapping[str, float]], min_count: int, embedding: Embedding) -> tuple[Matrix, list[str]]:
    """Examples by features that stand in `min_count` of them, then by the dimensions of the embedding; and those features."""
    from scipy.sparse import csr_matrix, hstack

    counts = Counter(f for row in rows for f in row)
    names = sorted(counts)
    columns = {f: i for i, f in enumerate(names)}
    cells = [(j, columns[f], v) for j, row in enumerate(rows) for f, v in row.items()]
    i, j, values = zip(*cells, strict=True) if cells else ((), (), ())
    every = csr_matrix((values, (i, j)), shape=(len(rows), len(names)))
    kept = [f for f in names if counts[f] >= min_count]
    matrix = every[:, [columns[f] for f in kept]]
    return (hstack([matrix, every @ spread(names, embedding)], format="csr") if embedding else matrix), kept


def _summed(names: Sequence[str], weights: Array, embedding: Embedding) -> dict[str, Array]:
    """The weights of features, with what the embedding says of all that it knows. The rows of `weights` are as the columns that
    `_matrix` gives."""
    summed = dict(zip(names, weights[: len(names)], strict=True))
    if embedding:
        known = [prefix + key for prefix, (_, vectors) in embedding.items() for key in vectors]
        for name, row in zip(known, spread(known, embedding) @ weights[len(names) :], strict=True):
            summed[name] = summed[name] + row if name in summed else row
    return summed


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


def chosen_right(weights: Mapping[str, Any], rows: Sequence[Choice]) -> float:
    """Share of choices of which the best candidate by the weights, the first of equals, is right."""
    table = weights["weights"]
    right = 0
    for choice in rows:
        scores = [sum(table[f][1] for f in features if f in table) for features in choice.candidates]
        right += choice.right[scores.index(max(scores))]
    return right / max(1, len(rows))
