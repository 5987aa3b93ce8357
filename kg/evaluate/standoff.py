"""The labels of `ontology/labels` as gold: what two annotators wrote of a paper, each alone, taken together.

Where two labelled a paper, a link is asked for if both call it `must`, and either's class and role are right; what only
one wrote is neither asked for nor an error. Where one did, his word stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from kg.errors import InputError
from kg.evaluate.gold import (
    GoldClaim,
    GoldLink,
    GoldPaper,
    GoldVenue,
    Kind,
    Role,
    claim_key,
    content,
    decode,
    forms,
    numbered,
    read_text,
)

#: The right classes for what an annotator calls this: methods and tasks are hard to tell apart.
_TYPES: Mapping[str, tuple[Kind, ...]] = {
    "system": ("systems",),
    "hardware": ("hardware",),
    "technique": ("tasks", "techniques"),
    "dataset": ("datasets",),
    "task": ("tasks", "techniques"),
}

FIRST, SECOND = "first.jsonl", ("second.jsonl", "blind.jsonl")


class Named(msgspec.Struct, frozen=True):
    """A name that the paper introduces, labels joined by "|"; `sure` is false where it is a matter of taste."""

    label: str
    sure: bool = True


class Linked(msgspec.Struct, frozen=True):
    """An entity in the paper, labels joined by "|"."""

    label: str
    type: Literal["system", "hardware", "technique", "dataset", "task"]
    role: Role
    must: bool


class Labelled(msgspec.Struct, frozen=True):
    """What one annotator wrote of one paper."""

    id: str
    introduces: tuple[Named, ...]
    links: tuple[Linked, ...]
    claims: tuple[GoldClaim, ...]
    venue: GoldVenue | None = None


def held_back(record: str) -> bool:
    """Whether a record belongs to the fifth that nothing is fitted on."""
    return int(hashlib.sha256(record.encode()).hexdigest(), 16) % 5 == 0


def read_labels(folder: Path) -> tuple[GoldPaper, ...]:
    """The labels of a folder like `ontology/labels`, those held back alone, by id. Raises InputError naming file and line."""
    others = {record.id: record for name in SECOND for record in read_file(folder / name)}
    found = [record for record in read_file(folder / FIRST) if held_back(record.id)]
    if not found:
        raise InputError(f"{folder / FIRST}: no record is held back; give a file with labels instead of its folder")
    return tuple(gold(record, others.get(record.id)) for record in sorted(found, key=lambda r: r.id))


def read_file(path: Path) -> list[Labelled]:
    """What one annotator, or several in turn, wrote. Raises InputError naming file and line."""
    return [decode(path, number, line, Labelled) for number, line in numbered(read_text(path))]


def gold(one: Labelled, other: Labelled | None) -> GoldPaper:
    """The labels of one paper by one or two annotators as they are scored."""
    if other is None:
        return GoldPaper(
            must=tuple(_link(k) for k in one.links if k.must),
            may=tuple(_link(k) for k in one.links if not k.must),
            introduces=tuple(n.label for n in one.introduces if n.sure),
            introduces_may=tuple(n.label for n in one.introduces if not n.sure),
            claims=one.claims,
            id=one.id,
            venue=one.venue,
            venue_may=(one.venue,) if one.venue else (),
        )
    must, may = _links(one, other)
    introduces, introduces_may = _names(one, other)
    claims, claims_may = _claims(one, other)
    return GoldPaper(
        must=must,
        may=may,
        introduces=introduces,
        introduces_may=introduces_may,
        claims=claims,
        claims_may=claims_may,
        id=one.id,
        venue=_venue(one.venue, other.venue),
        venue_may=tuple(v for v in (one.venue, other.venue) if v),
    )


def _link(link: Linked) -> GoldLink:
    return GoldLink(link.label, _TYPES[link.type], (link.role,))


def _links(one: Labelled, other: Labelled) -> tuple[tuple[GoldLink, ...], tuple[GoldLink, ...]]:
    must: list[GoldLink] = []
    may: list[GoldLink] = []
    rest = list(other.links)
    for link in one.links:
        twin = next((k for k in rest if forms(k.label) & forms(link.label)), None)
        if twin is None:
            may.append(_link(link))
            continue
        rest.remove(twin)
        types = tuple(sorted({*_TYPES[link.type], *_TYPES[twin.type]}))
        both = GoldLink(_joined(link.label, twin.label), types, (link.role, twin.role))
        (must if link.must and twin.must else may).append(both)
    return tuple(must), (*may, *map(_link, rest))


def _names(one: Labelled, other: Labelled) -> tuple[tuple[str, ...], tuple[str, ...]]:
    must: list[str] = []
    may: list[str] = []
    for name in one.introduces:
        twin = next((n for n in other.introduces if forms(n.label) & forms(name.label)), None)
        sure = twin is not None and twin.sure and name.sure
        (must if sure else may).append(_joined(name.label, twin.label if twin else None))
    known = frozenset().union(*(forms(n.label) for n in one.introduces))
    may += [n.label for n in other.introduces if not forms(n.label) & known]
    return tuple(must), tuple(may)


def _claims(one: Labelled, other: Labelled) -> tuple[tuple[GoldClaim, ...], tuple[GoldClaim, ...]]:
    must: list[GoldClaim] = []
    may: list[GoldClaim] = []
    rest = list(other.claims)
    for claim in one.claims:
        words = content(claim.metric or "")
        same = [c for c in rest if claim_key(c.value, c.unit) == claim_key(claim.value, claim.unit)]
        if not same:
            may.append(claim)
            continue
        twin = max(same, key=lambda c: len(words & content(c.metric or "")))
        rest.remove(twin)
        must.append(
            msgspec.structs.replace(
                claim,
                metric=_joined(claim.metric, twin.metric),
                condition=_joined(claim.condition, twin.condition),
                baseline=_joined(claim.baseline, twin.baseline),
                bounds=(claim.bound, twin.bound),
            )
        )
    return tuple(must), (*may, *rest)


def _venue(one: GoldVenue | None, other: GoldVenue | None) -> GoldVenue | None:
    if one is None or other is None or not forms(one.label) & forms(other.label):
        return None
    return msgspec.structs.replace(one, label=_joined(one.label, other.label))


def _joined(one: str | None, other: str | None) -> str:
    """Both of two lists of alternatives."""
    return "|".join(dict.fromkeys(part for some in (one, other) if some for part in some.split("|")))
