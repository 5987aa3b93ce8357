"""Small linear models over string features, with shipped weights. `kg.train` makes the weights."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path


def entity_features(entity: str, lineage: Iterable[str]) -> list[str]:
    """What an entity itself says, whatever the paper. `lineage`: its ancestors."""
    return [f"k:{entity.partition('/')[0]}", f"e:{entity}", *(f"e:{ancestor}" for ancestor in lineage)]


class LinearModel:
    """Linear weights over features; `classes` in the order of the weights. Multinomial logistic regression.

    Weights are whole thousandths of a logit. All weights of a feature are packed into one integer, a lane of 32 bits per
    class, so that a sum over features is one sum of integers: fast, exact, and equal on every machine.
    """

    _LANE = 32
    _OFFSET = 1 << 20  # makes every lane positive; a last lane counts the features

    def __init__(self, classes: Sequence[str], weights: dict[str, Sequence[int]], bias: Sequence[int]) -> None:
        self.classes = tuple(classes)
        self._packed = {feature: self._pack(row) for feature, row in weights.items()}
        self.bias = tuple(bias)
        self._bias = self._pack(bias)
        self._entities: dict[str, int] = {}

    def _pack(self, row: Sequence[int]) -> int:
        packed = 1 << (self._LANE * len(self.classes))
        for i, weight in enumerate(row):
            packed += (weight + self._OFFSET) << (self._LANE * i)
        return packed

    def _unpack(self, packed: int) -> list[int]:
        lanes = len(self.classes)
        shift = (packed >> (self._LANE * lanes)) * self._OFFSET
        return [((packed >> (self._LANE * i)) & 0xFFFFFFFF) - shift for i in range(lanes)]

    def total(self, found: Iterable[str]) -> int:
        """The packed sum of the features' weights; unknown features weigh nothing."""
        return sum(filter(None, map(self._packed.get, found)))

    def scores(self, found: Iterable[str]) -> list[int]:
        """One score per class, in thousandths of a logit."""
        return self._unpack(self.total(found))

    def predict(self, entity: str, lineage: Iterable[str], found: Iterable[str]) -> list[float]:
        """Probability of each class. `lineage` holds the ancestors of the entity; its own part is summed once."""
        own = self._entities.get(entity)
        if own is None:
            own = self._entities[entity] = self.total(entity_features(entity, lineage))
        total = self._unpack(self._bias + own + self.total(found))
        top = max(total)
        shares = [math.exp((t - top) / 1000) for t in total]
        whole = sum(shares)
        return [s / whole for s in shares]


@cache
def shipped(name: str) -> LinearModel:
    """The model that `weights/<name>.json` holds."""
    data = json.loads((Path(__file__).parent / "weights" / f"{name}.json").read_text(encoding="utf-8"))
    return LinearModel(data["classes"], data["weights"], data["bias"])
