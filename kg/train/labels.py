"""Reads the files of `ontology/labels`; its README tells what they hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple


def load_labels(path: Path) -> list[dict[str, Any]]:
    """Records of a label file, in its order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def load_judged(path: Path) -> list[dict[str, Any]]:
    """Records of `judged.tsv`, formed like those of a label file but "partial": only the names listed were judged.

    A link has its "verdict": must, may, generic (right, but nobody would want it), wrong, none (of a name that no
    vocabulary has: no term).
    """
    records: dict[str, dict[str, Any]] = {}
    for record, field, start, end, name, kind, verdict, role in _rows(path):
        found = records.setdefault(record, {"id": record, "links": [], "introduces": [], "partial": True})
        link = {"label": name, "field": field, "start": int(start), "end": int(end), "type": kind, "verdict": verdict}
        found["links"].append(link | {"must": verdict == "must", "role": role})
        if role == "introduces":
            found["introduces"].append({"label": name})
    return list(records.values())


def load_names(path: Path) -> dict[tuple[str, str], bool]:
    """`introductions.tsv`, judged candidates: (record, name) -> whether the paper introduces it."""
    return {(record, name): new == "1" for record, name, new in _rows(path)}


def load_classes(path: Path) -> dict[tuple[str, str], str]:
    """`classes.tsv`: (record, name that it introduces) -> class."""
    return {(record, name): kind for record, name, kind in _rows(path)}


def load_measures(path: Path) -> dict[tuple[str, str, int], list[str]]:
    """`measures.tsv`: (record, field, start of a number) -> what it measures, in any of these words; none: it is no result."""
    return {
        (record, field, int(start)): [] if metric == "-" else metric.split("|")
        for record, field, start, metric in _rows(path)
    }


class Pair(NamedTuple):
    """A name that `home` is said to introduce, and whether `record` means the same by it: "y" or "n"; "e" if both mean what
    neither introduced, "?" if it can't be told."""

    home: str
    name: str
    kind: str
    record: str
    surface: str
    verdict: str


def load_pairs(path: Path) -> list[Pair]:
    """`namesakes.tsv`, in its order."""
    return [Pair(*row) for row in _rows(path)]


def _rows(path: Path) -> list[list[str]]:
    """The cells of a table, its head apart."""
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
