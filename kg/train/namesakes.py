"""Examples of names that two papers share, from `ontology/labels/namesakes.tsv`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kg.assemble import views_of
from kg.corpus import origin
from kg.linking import abbreviations, namesake
from kg.linking.linker import Linker
from kg.linking.names import stands
from kg.linking.namesake import Home, Origin, Standing
from kg.linking.text import View
from kg.model import Discovery, Paper
from kg.train.fit import Example, ones
from kg.train.labels import Pair

#: Every pair is learned once more as if nothing but the texts were known: many sources have no dates and no authors.
UNKNOWN = 0.3


def examples(pairs: Iterable[Pair], papers: Mapping[str, Paper], linker: Linker) -> Iterator[Example]:
    """Pairs that a reader could tell, "same" or "other". One of what neither paper introduced counts neither way."""
    for pair in pairs:
        if pair.verdict not in "yn" or pair.home not in papers or pair.record not in papers:
            continue
        here, there = papers[pair.record], papers[pair.home]
        name = _standing(here, pair.surface)
        if name is None:
            continue
        extraction = linker.extract(there)
        new = Discovery(f"{pair.kind}/{pair.home}", pair.name, (), pair.kind, there.id)
        discovery = next((d for d in extraction.discoveries if d.label == pair.name), new)
        titled = namesake.titled(pair.name, View(there.title).plain)
        come, home = origin(here, linker.extract(here)), origin(there, extraction)
        role = namesake.CLASSES[pair.verdict == "y"]
        yield Example(pair.record, ones(namesake.features(name, come, Home(discovery, titled, home))), role, 1.0)
        come, home = Origin(company=come.company), Origin(company=home.company)
        yield Example(pair.record, ones(namesake.features(name, come, Home(discovery, titled, home))), role, UNKNOWN)


def _standing(paper: Paper, surface: str) -> Standing | None:
    """The name where the paper has it first."""
    views = views_of(paper)
    definitions = abbreviations.long_forms(views.values())
    for view in views.values():
        for start in stands(surface, view.plain):
            return namesake.standing(view.plain, start, start + len(surface), definitions)
        start = view.plain.find(surface)
        if start >= 0:
            return namesake.standing(view.plain, start, start + len(surface), definitions)
    return None
