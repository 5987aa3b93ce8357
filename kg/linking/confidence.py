"""How sure a link is: the probability that a careful reader would write it, from a small linear model.

What counts: the entity and its ancestors (generic words are seldom links), how the name was told apart, how it is written,
how often and where it stands, its role, and the words right beside it. Trained like the roles, on the same labels;
calibration is measured on records held back.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import msgspec

from kg.linking import linear
from kg.linking.linear import EntityPart, LinearModel, Lookup, Recorder, Source
from kg.model import Candidate

CLASSES = ("wrong", "right")
#: r why the name means this entity; c its words and letter case; len its length; n how often and where it stands; o role,
#: f first sentence only; l1 r1 the words beside it; p where in longer names, if it stands in these only, with case and reason.
TEMPLATES = ("r", "c", "len", "n", "o", "f", "l1", "r1", "p")


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How an entity stands in a paper."""

    reading: Candidate  # of the mention that shows its role best
    role: str
    mentions: int  # at most `MAX_PLACES` of the linker
    titled: bool  # one of them in the title
    opening: bool  # all of them at the very start of the abstract
    before: str  # the words beside that mention, as `roles.Passage` has them
    behind: str
    part: str  # if it stands nowhere but in longer names: where in the one of that mention (`linker.Seen`)


@lru_cache(maxsize=100_000)
def _written(alias: str) -> tuple[str, str]:
    words = min(alias.count(" ") + alias.count("-") + 1, 4)
    return f"{words}{'u' if alias != alias.lower() else ''}", str(min(len(alias) // 3, 6))


class Reader:
    """Sums what a `Source` says of a link: weights of a model, or names of features."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._entities = EntityPart(source)
        self._kinds: dict[str, tuple[Lookup, ...]] = {}

    def total(self, entity: str, lineage: Collection[str], s: Standing) -> int:
        """The packed sum."""
        kind = entity.partition("/")[0]
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = self._source.lookups(kind, TEMPLATES)
        reason, case, length, count, role, first, before, behind, part = found
        shape, size = _written(s.reading.alias)
        why = s.reading.reason.partition(":")[0]
        return (
            self._entities.total(entity, lineage)
            + reason(why, 0)
            + case(shape, 0)
            + length(size, 0)
            + count(f"{s.mentions}{'t' if s.titled else ''}", 0)
            + role(s.role, 0)
            + first(f"{'1' if s.opening else ''}{'+' if s.mentions > 1 else ''}", 0)
            + before(s.before, 0)
            + behind(s.behind, 0)
            + part(s.part and f"{s.part}{shape[1:]} {why}", 0)
        )


class ConfidenceReader(Reader):
    """Reads confidence with a model."""

    def __init__(self, model: LinearModel) -> None:
        super().__init__(model)
        self._model = model

    def read(self, entity: str, lineage: Collection[str], standing: Standing) -> float:
        """Probability in [0, 1] that the link is right."""
        model = self._model
        return linear.share(model.shifted(model.bias + self.total(entity, lineage, standing)), 1)


def features(recorder: Recorder, entity: str, lineage: Collection[str], standing: Standing) -> dict[str, float]:
    """The features that `ConfidenceReader.read` weighs, by name."""
    recorder.clear()
    total = Reader(recorder).total(entity, lineage, standing)
    return {name: float(count) for name, count in recorder.counts(total).items()}
