"""Small linear models over named features, with shipped weights. `kg.train` makes the weights.

A feature is a template and a key: "l1:using" is the word "using" right before a mention. What a text says is a sum of
lookups, and one code makes that sum twice: over the weights of a `LinearModel` it gives scores, over a `Recorder` it
gives the names of the features. So reading and training cannot disagree.

A feature counts for every class of entity, and once more for one class: "l1:using|hardware". Both weights are added up
when the tables of a class are made.
"""

from __future__ import annotations

import marshal
import math
import struct
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import msgspec

from kg import compiled

#: (key, 0) -> the packed value of a template's feature with that key, 0 if it has none.
Lookup = Callable[[str, int], int]

#: Features -> the score of one class less that of another, in thousandths of a logit.
Margin = Callable[[Iterable[str]], int]

_CACHED = 100_000  # entities whose own part is kept
_ENDING = 4  # letters


class Source(Protocol):
    """Where the values of features come from."""

    def lookups(self, kind: str, templates: Sequence[str]) -> tuple[Lookup, ...]:
        """A lookup per template, for entities of one class; `kind` "" reads what counts for all of them only."""


class LinearModel:
    """Weights of a multinomial logistic regression; `classes` in the order of the weights.

    Weights are whole thousandths of a logit. All weights of a feature are packed into one integer, a lane of 32 bits per
    class, so that a sum over features is one sum of integers: fast, exact, and equal on every machine.
    """

    _LANE = 32
    _HALF = 1 << 31  # added to each lane before it is read, as lanes may be negative

    def __init__(self, classes: Sequence[str], weights: Mapping[str, Sequence[int]], bias: Sequence[int]) -> None:
        self.classes = tuple(classes)
        self._middle = sum(self._HALF << (self._LANE * i) for i in range(len(self.classes)))
        self._lanes = struct.Struct(f"<{len(self.classes)}I")
        self.bias = self.packed(bias)
        self._tables: dict[str, dict[str, dict[str, int]]] = {"": {}}
        for name, row in weights.items():
            template, _, key = name.partition(":")
            key, _, kind = key.rpartition("|") if "|" in key else (key, "", "")
            self._tables.setdefault(kind, {}).setdefault(template, {})[key] = self.packed(row)

    def packed(self, row: Sequence[int]) -> int:
        """A weight per class in one integer."""
        return int.from_bytes(self._lanes.pack(*[w + self._HALF for w in row]), "little") - self._middle

    def pack(self) -> bytes:
        """All of it, to keep on disk."""
        return marshal.dumps((self.classes, self.bias, self._tables))

    @classmethod
    def unpack(cls, data: bytes | memoryview) -> LinearModel:
        """The inverse of `pack`. Raises ValueError for other bytes."""
        try:
            classes, bias, tables = marshal.loads(data)
        except (EOFError, TypeError) as error:
            raise ValueError("no packed model") from error
        self = cls(classes, {}, [0] * len(classes))
        self.bias, self._tables = bias, tables
        return self

    def lookups(self, kind: str, templates: Sequence[str]) -> tuple[Lookup, ...]:
        """See `Source`."""
        shared, own = self._tables[""], self._tables.get(kind, {}) if kind else {}
        out: list[Lookup] = []
        for template in templates:
            table = dict(shared.get(template, {}))
            for key, packed in own.get(template, {}).items():
                table[key] = table.get(key, 0) + packed
            out.append(table.get)
        return tuple(out)

    def scores(self, total: int) -> list[int]:
        """One score per class, in thousandths of a logit. Each must lie within ±2³¹."""
        return [lane - self._HALF for lane in self.shifted(total)]

    def shifted(self, total: int) -> tuple[int, ...]:
        """The scores, all higher by one constant: enough to compare them, and for `share`."""
        unpacked: tuple[int, ...] = self._lanes.unpack((total + self._middle).to_bytes(self._lanes.size, "little"))
        return unpacked


class Recorder:
    """Gives each feature a lane of its own in the packed sum, and reads the features' names off it."""

    _LANE = 24

    def __init__(self) -> None:
        self._names: list[str] = []
        self._places: dict[str, int] = {}

    def lookups(self, kind: str, templates: Sequence[str]) -> tuple[Lookup, ...]:
        """See `Source`."""

        def lookup(template: str) -> Lookup:
            def value(key: str, _: int) -> int:
                packed = self._value(f"{template}:{key}")
                return packed + self._value(f"{template}:{key}|{kind}") if kind else packed

            return value

        return tuple(map(lookup, templates))

    def _value(self, name: str) -> int:
        place = self._places.setdefault(name, len(self._names))
        if place == len(self._names):
            self._names.append(name)
        return 1 << (self._LANE * place)

    def counts(self, total: int) -> dict[str, int]:
        """How often each feature was added, without those that were not."""
        out: dict[str, int] = {}
        for name in self._names:
            count = total & ((1 << self._LANE) - 1)
            total >>= self._LANE
            if count:
                out[name] = count
        return out

    def clear(self) -> None:
        """Forget all names: sums made before mean nothing from now on."""
        self._names.clear()
        self._places.clear()


class EntityPart:
    """What entities themselves say, whatever the paper: each is summed once. e the entity and its ancestors; the words of its
    id: i the first, j the last, k the end of that. The words of a name that its own paper introduces tell nothing."""

    def __init__(self, source: Source) -> None:
        self._source = source
        (self._lookup,) = source.lookups("", ("e",))
        self._words: dict[str, tuple[Lookup, ...]] = {}
        self._known: dict[str, int] = {}
        self._keeps = not isinstance(source, Recorder)

    def total(self, entity: str, lineage: Collection[str]) -> int:
        """`lineage`: the ancestors of the entity. Its class counts as an ancestor ("system/")."""
        known = self._known.get(entity)
        if known is None:
            kind, _, slug = entity.partition("/")
            known = sum(self._lookup(name, 0) for name in {entity, f"{kind}/", *lineage})
            if slug and "--" not in slug:
                if kind not in self._words:
                    self._words[kind] = self._source.lookups(kind, ("i", "j", "k"))
                first, last, end = self._words[kind]
                head = slug.rpartition("-")[2]
                known += first(slug.partition("-")[0], 0) + last(head, 0) + end(head[-_ENDING:], 0)
            if self._keeps:
                if len(self._known) >= _CACHED:
                    self._known.clear()
                self._known[entity] = known
        return known


class FeatureModel:
    """The same weights for features that are named one by one, where there are few of them."""

    def __init__(self, classes: Sequence[str], weights: Mapping[str, Sequence[int]], bias: Sequence[int]) -> None:
        self.classes = tuple(classes)
        self._weights = weights
        self._bias = bias
        self._lanes = LinearModel(classes, {}, bias)  # one sum of packed rows instead of one per class
        self._packed: dict[str, int] = {}  # of the features that were met
        self._margins: dict[tuple[int, int], Margin] = {}

    def scores(self, found: Collection[str]) -> list[int]:
        """One score per class, in thousandths of a logit; unknown features weigh nothing."""
        total, packed, weights = self._lanes.bias, self._packed, self._weights
        for name in found:
            if name in packed:
                total += packed[name]
            elif name in weights:
                packed[name] = self._lanes.packed(weights[name])
                total += packed[name]
        return self._lanes.scores(total)

    def margin(self, better: int, worse: int) -> Margin:
        """A function of features: the score of one class less that of another, of what `scores` gives."""
        known = self._margins.get((better, worse))
        if known is not None:
            return known
        weight = {name: row[better] - row[worse] for name, row in self._weights.items()}.get
        bias = self._bias[better] - self._bias[worse]
        made = self._margins[better, worse] = lambda found: bias + sum([weight(f, 0) for f in found])
        return made


def share(scores: Sequence[int], best: int) -> float:
    """The probability of one class, of scores in thousandths of a logit."""
    top, exp = max(scores), math.exp
    parts = [exp((s - top) / 1000) for s in scores]
    return parts[best] / sum(parts)


def shares(scores: Sequence[int]) -> list[float]:
    """The probability of every class: `share` of each."""
    top, exp = max(scores), math.exp
    parts = [exp((s - top) / 1000) for s in scores]
    total = sum(parts)
    return [part / total for part in parts]


@cache
def shipped(name: str) -> LinearModel:
    """The model that `weights/<name>.json` holds."""
    sources = (_weights(name), Path(__file__))
    return compiled.kept(name, sources, lambda: LinearModel(**stored(name)), LinearModel.pack, LinearModel.unpack)


@cache
def shipped_features(name: str) -> FeatureModel:
    """The model of few features that `weights/<name>.json` holds."""
    return FeatureModel(**stored(name))


def stored(name: str) -> dict[str, Any]:
    """What `weights/<name>.json` holds."""
    data: dict[str, Any] = msgspec.json.decode(_weights(name).read_bytes())
    return data


def _weights(name: str) -> Path:
    return Path(__file__).parent / "weights" / f"{name}.json"
