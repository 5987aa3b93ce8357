"""How sure a link is: the probability that a careful reader would write it, from a small linear model.

What counts: the entity and its ancestors (generic words are seldom links), the name, its words and how common they are, what
it shares with the entity's label, how it was told apart, how often and where it stands, its role, the words right beside it,
and what else the paper names. Trained like the roles, on the same labels; calibration is measured on records held back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

import msgspec

from kg.forms import singular
from kg.linking import linear
from kg.linking.commonness import level
from kg.linking.linear import EntityPart, LinearModel, Lookup, Recorder, Source
from kg.linking.terms import REASON as UNLISTED
from kg.model import Candidate

CLASSES = ("wrong", "right")
#: r why the name means this entity, q with how sure that is; n how often and where it stands; o role, f first sentence only;
#: l1 r1 the words beside it; p where in longer names, if it stands in these only, with case and reason; m how many entities
#: the paper names, u how many of these are kinds of it.
TEMPLATES = ("r", "q", "n", "o", "f", "l1", "r1", "p", "m", "u")
#: c words and letter case of a name; len its length; a the name, b h its first and last word; s what it shares with the
#: entity's label, with how many words it has and how common these are; v the same without what it shares.
NAME = ("c", "len", "a", "b", "h", "s", "v")

_CACHED = 100_000  # names whose own part is kept
_LONG = 3  # words that count
_STEPS = 20  # of how sure a reading is
#: Steps of how many entities a paper names; few names are heard as six are, for texts of a sentence or two have few.
_FEWEST, _MOST = 2, 12


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
    label: str  # of the entity, as it is written if nobody lists it, "" of a new name, whose words tell nothing
    company: Company


class Company(msgspec.Struct, frozen=True, gc=False):
    """What a paper names: how many entities, in steps of three, and how many kinds of each."""

    size: str
    kinds: Mapping[str, int]


def company(lineages: Collection[Collection[str]]) -> Company:
    """The company of a paper's entities, each given by its ancestors."""
    steps = min(max(_FEWEST, len(lineages) // 3), _MOST)
    return Company(str(steps), Counter(chain.from_iterable(lineages)))


ALONE = company(())


def _case(alias: str) -> str:
    return "u" if alias != alias.lower() else ""


def _shared(alias: str, label: str) -> str:
    """What a name has in common with a label."""
    name, other = _words(alias), _words(label)
    if name == other:
        return "same"
    if alias.isupper():
        return "short"
    if set(name) < set(other):
        return "part"
    if set(other) < set(name):
        return "whole"
    if name[-1:] == other[-1:]:
        return "head"
    return "some" if set(name) & set(other) else "none"


def _words(name: str) -> list[str]:
    return [singular(word) for word in name.lower().replace("-", " ").split()]


class Reader:
    """Sums what a `Source` says of a link: weights of a model, or names of features."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._entities = EntityPart(source)
        self._kinds: dict[str, tuple[tuple[Lookup, ...], tuple[Lookup, ...]]] = {}
        self._names: dict[tuple[str, str], int] = {}
        self._keeps = not isinstance(source, Recorder)

    def _called(self, entity: str, lineage: Collection[str], alias: str, label: str, says: Sequence[Lookup]) -> int:
        """What an entity and a name of it say, packed. `says`: a lookup for each of `NAME`."""
        known = self._names.get((entity, alias))
        if known is None:
            case, length, *others = says
            known = self._entities.total(entity, lineage)
            known += case(f"{min(alias.count(' ') + alias.count('-') + 1, 4)}{_case(alias)}", 0)
            known += length(str(min(len(alias) // 3, 6)), 0)
            if label:
                words = alias.lower().split(" ")
                common = f"{min(len(words), _LONG)}{level(alias)}"
                keys = alias.lower(), words[0], words[-1], f"{_shared(alias, label)} {common}", common
                known += sum(lookup(key, 0) for lookup, key in zip(others, keys, strict=True))
            if self._keeps:
                if len(self._names) >= _CACHED:
                    self._names.clear()
                self._names[entity, alias] = known
        return known

    def total(self, entity: str, lineage: Collection[str], s: Standing) -> int:
        """The packed sum."""
        alias, why = s.reading.alias, s.reading.reason.partition(":")[0]
        kind = entity.partition("/")[0]
        if why == UNLISTED:
            kind += "?"  # what nobody lists is weighed apart
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = self._source.lookups(kind, TEMPLATES), self._source.lookups(kind, NAME)
        (reason, sureness, count, role, first, before, behind, part, named, below), of_name = found
        return (
            self._called(entity, lineage, alias, s.label, of_name)
            + reason(why, 0)
            + sureness(f"{why}{int(s.reading.score * _STEPS)}", 0)
            + count(f"{s.mentions}{'t' if s.titled else ''}", 0)
            + role(s.role, 0)
            + first(f"{'1' if s.opening else ''}{'+' if s.mentions > 1 else ''}", 0)
            + before(s.before, 0)
            + behind(s.behind, 0)
            + (part(f"{s.part}{_case(alias)} {why}", 0) if s.part else 0)
            + (named(s.company.size, 0) if why != UNLISTED else 0)
            + below(str(min(s.company.kinds.get(entity, 0), 3)), 0)
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
