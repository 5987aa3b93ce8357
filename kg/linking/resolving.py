"""The mentions of one field: which names stand in it, and what each means.

Weighs the vocabulary's hits with `disambiguate`, adds the names that the paper gives itself and those said in other words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

import msgspec

from kg.linking import disambiguate
from kg.linking.disambiguate import Context
from kg.linking.names import name_like
from kg.linking.rewording import Rewording
from kg.linking.text import Spot, View
from kg.matcher import Hit
from kg.model import Candidate, Link, Mention
from kg.settings import MIN_READING
from kg.vocabulary import Vocabulary

#: The role is read from at most so many mentions of an entity; later ones are no links, and no NILs of a name either.
MAX_PLACES = 4

#: Of a vocabulary with more entities, what is dear to gather is kept for other processes.
_MANY = 1000

_LANGUAGE = "system/programming-language"
#: What stands before a language, whatever else its name means: "is implemented in Go", "programs in C".
_WRITTEN_IN = re.compile(
    r"\b(?:implement(?:ed|ation)|prototyped?|programs?|programmed|coded?|(?:re)?written) in (?:pure |the )?$"
)


class Found(msgspec.Struct, frozen=True, gc=False):
    """A resolved mention inside one view, with its readings, best first."""

    spot: Spot
    readings: tuple[Candidate, ...]


class Resolver:
    """Decides what names mean. Holds no state between papers."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        many = len(vocabulary.terms) > _MANY
        self._rewording = Rewording(vocabulary.matcher, vocabulary.hash if many else "")

    def resolve(
        self,
        field: str,
        view: View,
        hits: list[Hit],
        context: Context,
        names: dict[str, str],
        refused: list[Link],
    ) -> list[Found]:
        """What each name of one field means. Names that mean nothing the vocabulary has go to `refused`, with the
        readings that were weighed."""
        accepted: list[tuple[int, int, Candidate]] = []
        plain = view.plain
        for name, entity in names.items():
            for start, end in _occurrences(plain, name) if name in plain else ():
                accepted.append((start, end, Candidate(entity, name, 1.0, "named by the paper")))
        taken = {(start, end) for start, end, _ in accepted}
        rejected: dict[tuple[int, int], list[Candidate]] = {}
        open_hits: list[Hit] = []
        for hit in hits:
            if (hit.start, hit.end) in taken:
                continue
            reading = self._read(hit, context, plain)
            if reading.score >= MIN_READING:
                accepted.append((hit.start, hit.end, reading))
            elif reading.reason == disambiguate.NO_CUE and disambiguate.named(plain[hit.start : hit.end]):
                open_hits.append(hit)
            else:
                rejected.setdefault((hit.start, hit.end), []).append(reading)
        # Names without a cue of their own: those that had one may license them.
        placed = disambiguate.Placed(accepted if open_hits else ())
        for hit in open_hits:
            reading = self._read(hit, context, plain)
            beside = placed.beside(hit, plain) if reading.score < MIN_READING else []
            if any(self._vocabulary.related(other, reading.entity) for other in beside):
                reading = Candidate(reading.entity, reading.alias, 0.75, "listed beside its like")
            if reading.score >= MIN_READING:
                accepted.append((hit.start, hit.end, reading))
                placed.add(hit.start, hit.end, reading)
            else:
                rejected.setdefault((hit.start, hit.end), []).append(reading)
        resolved = disambiguate.resolve(accepted, plain)
        spots = [spot for spot, _ in resolved]
        # Spots come in order of start; no spot that starts before a place reaches further than `reach` says.
        starts = [spot.start for spot in spots]
        reach = list(accumulate((spot.end for spot in spots), max))
        told: Counter[str] = Counter()
        for (start, end), readings in rejected.items():
            before = bisect_left(starts, end)
            surface = plain[start:end]
            if told[surface] < MAX_PLACES and not (before and reach[before - 1] > start):
                told[surface] += 1
                refused.append(_nil(field, view, start, end, readings))
        reworded = self._rewording.find(view, spots)
        if reworded:
            have = {spot.entity for spot in spots}
            for start, end, variant in reworded:
                if variant.entity not in have:
                    have.add(variant.entity)
                    reading = Candidate(variant.entity, variant.form, 0.9, "in other words")
                    resolved.append((Spot(start, end, variant.entity), (reading,)))
            resolved.sort(key=lambda f: (f[0].start, -f[0].end, f[0].entity))
        return [Found(spot, readings) for spot, readings in resolved]

    def _read(self, hit: Hit, context: Context, plain: str) -> Candidate:
        """One reading of a hit. An ambiguous name that is certain licenses others of its family."""
        variant = hit.variant
        term = self._vocabulary.terms[variant.entity]
        if variant.policy != "context":
            return disambiguate.candidate(hit, term, context, plain, ())
        kin = self._vocabulary.kin(variant.entity)
        reading = disambiguate.candidate(hit, term, context, plain, kin)
        if (
            reading.reason == disambiguate.NO_CUE
            and _WRITTEN_IN.search(plain, max(0, hit.start - 32), hit.start)
            and _LANGUAGE in self._vocabulary.ancestors(variant.entity)
        ):
            return Candidate(variant.entity, variant.form, 0.8, "what code is written in")
        if reading.score >= 0.9:
            context.families |= kin
        return reading


def _nil(field: str, view: View, start: int, end: int, readings: list[Candidate]) -> Link:
    """A name that is none of the entities it could be."""
    low, high = view.evidence_sentence(start, end)
    start, end = view.span(start, end)
    ranked = tuple(sorted(readings, key=lambda c: (-c.score, c.entity)))
    return Link(Mention(field, start, end, view.raw[start:end]), None, 0.0, ranked, "mentions", "nil", low, high)


def _occurrences(plain: str, name: str) -> Iterable[tuple[int, int]]:
    """Places where a name stands as a word of its own, in its own letter case; a plural or genitive s may follow."""
    position = plain.find(name)
    size = len(name)
    while position >= 0:
        end = position + size
        before = plain[position - 1] if position else " "
        after = plain[end] if end < len(plain) else " "
        if not before.isalnum() and before != "-":
            if after == "s" and not plain[end + 1 : end + 2].isalnum():
                yield position, end + 1
            elif not after.isalnum() and not (after == "-" and plain[end + 1 : end + 2].isupper() and name_like(name)):
                yield position, end
        position = plain.find(name, end)
