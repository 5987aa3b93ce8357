"""The assembled graph in memory, its laws, and its networkx view.

`KnowledgeGraph` holds what every export is computed from: facts per paper, entities and venues. Merging two graphs is
commutative, associative and idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kg.model import Claim, Entity, Facts, Paper, Venue

if TYPE_CHECKING:
    import networkx as nx


class KnowledgeGraph:
    """Papers with their facts, and every entity and venue they reach (ancestors by `broader` included)."""

    def __init__(self, facts: Iterable[Facts], entities: Iterable[Entity], venues: Iterable[Venue]) -> None:
        self.facts: dict[str, Facts] = {f.paper.id: f for f in sorted(facts, key=lambda f: f.paper.id)}
        self.entities: dict[str, Entity] = {e.id: e for e in sorted(entities, key=lambda e: e.id)}
        self.venues: dict[str, Venue] = {v.id: v for v in sorted(venues, key=lambda v: v.id)}

    @property
    def papers(self) -> list[Paper]:
        """Papers in the order of their ids."""
        return [f.paper for f in self.facts.values()]

    @property
    def claims(self) -> Iterator[Claim]:
        """Every claim, papers in the order of their ids."""
        return (c for f in self.facts.values() for c in f.claims)
