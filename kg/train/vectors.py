"""Vectors of words and entities from a corpus, for training: what stands in like places is alike.

Rows of the PPMI matrix of each word's neighbours, reduced by SVD (Levy & Goldberg 2014), of unit length. The words are
those of `roles.Passage`, so that a mention is one word that tells the class of its entity. Needs scipy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kg.linking.roles import Place

SIZE = 32
MIN_WORD = 20  # words seen less often have no vector
MIN_ENTITY = 3
MIN_CONTEXT = 10  # contexts seen less often tell nothing

Array = npt.NDArray[np.float64]


class Vectors(NamedTuple):
    """Vectors of unit length by name; of entities shorter ones where they are seldom seen."""

    words: Mapping[str, Array]
    entities: Mapping[str, Array]


#: Beginning of the names of features -> how much its vectors weigh, and these by the rest of the name.
Embedding = Mapping[str, tuple[float, Mapping[str, Array]]]


def spread(names: Sequence[str], embedding: Embedding) -> Any:
    """A sparse matrix of the vectors of features: a row for each, in which every beginning has columns of its own."""
    from scipy.sparse import csr_matrix

    cells: list[tuple[int, int, float]] = []
    left = 0
    for prefix, (scale, vectors) in embedding.items():
        for row, name in enumerate(names):
            if name.startswith(prefix) and name[len(prefix) :] in vectors:
                cells += [(row, left + k, scale * float(x)) for k, x in enumerate(vectors[name[len(prefix) :]])]
        left += len(next(iter(vectors.values())))
    i, j, values = zip(*cells, strict=True) if cells else ((), (), ())
    return csr_matrix((values, (i, j)), shape=(len(names), left))


def make(papers: Iterable[Mapping[str, Iterable[Place]]]) -> Vectors:
    """`papers`: the mentions of every entity, per paper."""
    neighbours: Counter[tuple[str, tuple[int, str]]] = Counter()
    contexts: Counter[tuple[str, tuple[str, str]]] = Counter()
    for paper in papers:
        done: set[int] = set()
        for entity, places in paper.items():
            for place in places:
                said, i = place.passage, place.at
                near = said.words
                context = [(str(k), near[i + k]) for k in (-3, -2, -1, 1, 2)]
                context += [("ll", f"{near[i - 2]} {near[i - 1]}"), ("w", said.where), ("f", said.flags)]
                contexts.update((entity, c) for c in context)
                if id(said) not in done:
                    done.add(id(said))
                    for k in (-2, -1, 1, 2):
                        for a, b in zip(near[max(0, -k) :], near[max(0, k) :], strict=False):
                            neighbours[a, (k, b)] += 1
    words = _vectors(neighbours, 4 * MIN_WORD)
    seen: Counter[str] = Counter()
    for (entity, context_), count in contexts.items():
        if context_[0] == "w":
            seen[entity] += count
    entities = _vectors(contexts, 8 * MIN_ENTITY)
    return Vectors(words, {e: v * (seen[e] / (seen[e] + 5)) for e, v in entities.items()})


def _vectors(counts: Counter[tuple[str, Any]], least: int) -> dict[str, Array]:
    """A vector for each row name whose counts sum to at least `least`."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.linalg import svds

    sums: Counter[str] = Counter()
    context_sums: Counter[Any] = Counter()
    for (row, context), count in counts.items():
        sums[row] += count
        context_sums[context] += count
    rows = {name: i for i, name in enumerate(sorted(n for n, c in sums.items() if c >= least))}
    columns = {c: j for j, c in enumerate(sorted(c for c, n in context_sums.items() if n >= MIN_CONTEXT))}
    kept = sorted((rows[r], columns[c], n) for (r, c), n in counts.items() if r in rows and c in columns)
    i = np.array([r for r, _, _ in kept])
    j = np.array([c for _, c, _ in kept])
    n = np.array([float(n) for _, _, n in kept])
    row_share = np.bincount(i, n, len(rows))
    column_share = np.bincount(j, n, len(columns)) ** 0.75
    mutual = np.log(n / (row_share[i] * (column_share / column_share.sum())[j]))
    good = mutual > 0
    matrix = csr_matrix((mutual[good], (i[good], j[good])), shape=(len(rows), len(columns)))
    u, s, _ = svds(matrix, k=min(SIZE, min(matrix.shape) - 1), v0=np.ones(min(matrix.shape)))
    u = u[:, ::-1] * np.sqrt(s[::-1])
    u /= np.maximum(1e-9, np.linalg.norm(u, axis=1, keepdims=True))
    return {name: u[k] for name, k in rows.items()}
