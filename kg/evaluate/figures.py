"""From counts per paper to figures with their intervals. Every figure is defined here, once, on sums of counts.

The intervals are 95% percentile bootstrap over papers (Efron & Tibshirani 1993): papers are drawn again with
replacement, which keeps what is right or wrong in one abstract together. 1000 resamples, seeded.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
SEED = 1
BINS = 10  # of equal width, for the calibration error

Array = npt.NDArray[np.float64]
#: Counter -> its sum over all papers, then over each resample.
Sums = Mapping[str, Array]


class Figure(NamedTuple):
    """A share in [0, 1] with its 95% interval, which always holds it; `of` is the number of things judged.

    None where nothing was to be judged.
    """

    value: float | None
    low: float | None
    high: float | None
    of: int

    def __str__(self) -> str:
        if self.value is None:
            return "-"
        return f"{self.value:.3f}" + (f" [{self.low:.2f}, {self.high:.2f}]" if self.low is not None else "")


class Series(NamedTuple):
    """A figure's values: for all papers, then for each resample; NaN where nothing was to be judged."""

    values: Array
    of: Array


Table = dict[str, dict[str, Series | int]]


def share(part: Array, whole: Array, empty: float = np.nan) -> Series:
    """part / whole; `empty` where whole is 0."""
    return Series(np.where(whole > 0, part / np.maximum(whole, 1), empty), whole)


def harmonic(precision: Series, recall: Series) -> Series:
    """F1: 2pr / (p + r); 0 where both are 0."""
    p, r = precision.values, recall.values
    return Series(2 * p * r / np.maximum(p + r, 1e-9), recall.of)


def paper_figures(n: Sums) -> Table:
    """Figures of labelled papers.

    links        `recall`: `must` links of which a linked entity bears one of the labels, one entity for one `must`;
                 `rolled up` also takes an ancestor of one. `precision>=`: linked entities with a label that some
                 annotator wrote; right links that nobody wrote count as wrong, so it is a lower bound. `type`: of the
                 found, the entity's only class is a right one (any, if the labels name none).
    roles        of the found with roles: the strongest asserted role is one that an annotator gave. Recall is asked
                 only where all annotators give the same role and it is not "mentions".
    introduces   entities that the paper presents as new; names that only one annotator saw are no errors.
    claims       the number (or range) and unit; of the found, comparator, metric, condition (text, hardware or data
                 set) and baseline right, by word overlap (`gold.alike`).
    venue        an edition of the right series; `year`: of the right year as well; `wrong`: editions of other series.
    """
    recall, precision = share(n["found"], n["must"], 0), share(n["links_right"], n["links"], 0)
    role_p, role_r = share(n["role_right"], n["role_said"]), share(n["role_found"], n["role_must"])
    new_p, new_r = share(n["new_found"], n["new_said"], 0), share(n["new_found"], n["new_must"], 0)
    claim_p, claim_r = share(n["claim_found"], n["claim_said"], 0), share(n["claim_found"], n["claim_must"], 0)
    kinds = sorted(name.removeprefix("must ") for name in n if name.startswith("must "))
    return {
        "links": {
            "precision>=": precision,
            "recall": recall,
            "rolled up": share(n["rolled_up"], n["must"]),
            "f1": harmonic(precision, recall),
            "type": share(n["type_right"], n["found"]),
            "gold": _total(n["must"]),
            "graph": _total(n["links"]),
        },
        "recall by kind": {kind: share(n[f"found {kind}"], n[f"must {kind}"], 0) for kind in kinds},
        "roles": {
            "p": role_p,
            "r": role_r,
            "f1": harmonic(role_p._replace(values=np.nan_to_num(role_p.values)), role_r),
            "gold": _total(n["role_must"]),
        },
        "introduces": {
            "p": new_p,
            "r": new_r,
            "f1": harmonic(new_p, new_r),
            "gold": _total(n["new_must"]),
            "found": _total(n["new_said"]),
        },
        "claims": {
            "p": claim_p,
            "r": claim_r,
            "f1": harmonic(claim_p, claim_r),
            "gold": _total(n["claim_must"]),
            "found": _total(n["claim_said"]),
            "comparator": share(n["comparator"], n["claim_found"]),
            "metric": share(n["metric"], n["claim_found"]),
            "condition": share(n["condition"], n["condition_must"]),
            "baseline": share(n["baseline"], n["baseline_must"]),
        },
        "venue": {
            "recall": share(n["venue_found"], n["venue_must"]),
            "year": share(n["venue_year"], n["venue_must"]),
            "gold": _total(n["venue_must"]),
            "wrong": _total(n["venue_wrong"]),
        },
    }


def name_figures(n: Sums) -> Table:
    """Figures of ambiguous names. `linked right`: a linked entity, or an ancestor of one, is the one meant. `left alone`:
    where something else is meant, no sense of the name is linked (what the paper itself introduces aside)."""
    right, alone = share(n["linked right"], n["meant"], 0), share(n["left alone"], n["nil"], 0)
    return {"names": {"linked right": right, "of": _total(n["meant"]), "left alone": alone, "of NIL": _total(n["nil"])}}


def venue_figures(n: Sums) -> Table:
    """Figures of venues. `venue and year right`: of the papers whose comment names the venue, those with an edition
    of it in the right year or without a year. `wrong venue`: of all, those with an edition of another series."""
    right, wrong = share(n["right"], n["named"], 0), share(n["wrong"], n["rows"], 0)
    return {
        "venues": {
            "venue and year right": right,
            "of comments naming it": _total(n["named"]),
            "wrong venue": wrong,
            "of": _total(n["rows"]),
        }
    }


def with_intervals(
    counts: Sequence[Counter[str]], define: Callable[[Sums], Table]
) -> dict[str, dict[str, Figure | int]]:
    """Figures over papers, one counter for each. Deterministic; the order of the papers matters to the intervals
    in the third digit. An interval that the percentile method puts beside its figure is widened to hold it."""
    names = sorted({name for c in counts for name in c})
    matrix = np.array([[c[name] for name in names] for c in counts], dtype=np.float64).reshape(len(counts), len(names))
    random = np.random.default_rng(SEED)
    sums = [matrix.sum(axis=0)]
    for _ in range(RESAMPLES):
        drawn = np.bincount(random.integers(0, len(counts), len(counts)), minlength=len(counts))
        sums.append(drawn @ matrix)
    columns = dict(zip(names, np.array(sums).T, strict=True))
    missing = np.zeros(RESAMPLES + 1)
    table = define(_Filled(columns, missing))
    return {
        group: {name: f if isinstance(f, int) else _figure(f) for name, f in figures.items()}
        for group, figures in table.items()
    }


def _figure(series: Series) -> Figure:
    value, of = float(series.values[0]), int(series.of[0])
    if np.isnan(value):
        return Figure(None, None, None, of)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # no resample holds any: the interval is the figure
        low, high = np.nanpercentile(series.values[1:], [2.5, 97.5])
    return Figure(value, float(np.fmin(low, value)), float(np.fmax(high, value)), of)


class _Filled(dict[str, Array]):
    """Counters that no paper has are 0."""

    def __init__(self, columns: Mapping[str, Array], missing: Array) -> None:
        super().__init__(columns)
        self._missing = missing

    def __missing__(self, name: str) -> Array:
        return self._missing


def _total(counts: Array) -> int:
    return int(counts[0])


# ---- confidence


def calibration_error(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Expected calibration error of (confidence, right) pairs: the mean distance between confidence and precision in
    `BINS` bins of equal width, weighted by their size (Naeini et al. 2015). In [0, 1]; None without any pair."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in judged:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    distance = sum(abs(sum(c for c, _ in inside) - sum(r for _, r in inside)) for _, inside in sorted(bins.items()))
    return distance / len(judged) if judged else None


def surer_half(judged: Sequence[tuple[float, bool]]) -> float | None:
    """Precision of the more confident half of (confidence, right) pairs. Pairs that tie at its border count with the
    share of them that it holds, so the order does not matter. None with fewer than two pairs."""
    size = len(judged) // 2
    if not size:
        return None
    border = sorted((c for c, _ in judged), reverse=True)[size - 1]
    above = [right for c, right in judged if c > border]
    tied = [right for c, right in judged if c == border]
    return (sum(above) + sum(tied) * (size - len(above)) / len(tied)) / size
