"""From extractions to the graph: names that one paper introduces are linked in the others, then edges are formed.

Two passes over the store make the result independent of the order of papers: `collect` gathers what was introduced,
`Assembler.facts` reads each paper again with those names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from kg.forms import Form
from kg.linking.linker import LINKED_FIELDS, Linker
from kg.linking.names import name_like
from kg.linking.resolving import Found
from kg.linking.terms import REASON
from kg.linking.text import Spot, View
from kg.matcher import Matcher, Variant
from kg.model import (
    CLASSES,
    ROLES,
    Candidate,
    Claim,
    Discovery,
    Edge,
    Entity,
    Evidence,
    Extraction,
    Facts,
    Link,
    Paper,
    Statement,
    Venue,
)
from kg.settings import MIN_CONFIDENCE
from kg.vocabulary import Term, variants

#: At most so many places are kept as evidence of one edge, best first.
MAX_EVIDENCE = 3
_RANK = {role: rank for rank, role in enumerate(ROLES)}


class Home(NamedTuple):
    """A discovered name with the entities its paper is about: what another paper must share to mean the same."""

    discovery: Discovery
    company: frozenset[str]


class Corpus(NamedTuple):
    """What one paper's facts need to know of all others: names that papers introduce, by entity id, and terms that no
    vocabulary lists, by slug."""

    homes: dict[str, Home]
    terms: dict[str, Entity]


def collect(extractions: Iterable[Extraction]) -> Corpus:
    """What the corpus says together. The same for any order of the papers."""
    homes: dict[str, Home] = {}
    kinds: dict[str, Counter[str]] = {}
    names: dict[str, set[str]] = {}
    for extraction in extractions:
        for entity, name in sorted({(k.entity or "", k.candidates[0].alias) for k in extraction.links if _unlisted(k)}):
            kind, _, slug = entity.partition("/")
            kinds.setdefault(slug, Counter())[kind] += 1
            names.setdefault(slug, set()).add(name)
        if extraction.discoveries:
            company = frozenset(
                k.entity for k in extraction.links if k.entity and "--" not in k.entity and not _unlisted(k)
            )
            for discovery in extraction.discoveries:
                homes[discovery.id] = Home(discovery, company)
    terms = {}
    for slug, found in kinds.items():
        # One name is one thing: most papers decide on its class.
        kind = min(found, key=lambda k: (-found[k], CLASSES.index(k)))
        label, *aliases = sorted(names[slug], key=lambda name: (-name.count(" "), name))
        terms[slug] = Entity(id=f"{kind}/{slug}", label=label, aliases=tuple(aliases), mined=True)
    return Corpus(homes, terms)


def _unlisted(link: Link) -> bool:
    """Whether a link is to a term that no vocabulary lists."""
    return link.entity is not None and link.candidates[0].reason == REASON


class Assembler:
    """Forms each paper's facts, given everything that the corpus introduces."""

    def __init__(self, linker: Linker, corpus: Corpus) -> None:
        self.linker = linker
        self.homes = homes = corpus.homes
        self.terms = corpus.terms
        forms: list[Variant] = []
        for home in homes.values():
            d = home.discovery
            names = [n for n in (d.label, *d.aliases) if not linker.is_certain(n) and len(n) > 2]
            term = Term(discovered_entity(d), tuple(Form(n, _policy(n)) for n in names), (), (), (), "")
            forms += variants(term)
        self._matcher = Matcher(forms)
        self._used: set[str] = set()
        self._venues: set[str] = set()

    def facts(self, paper: Paper, extraction: Extraction) -> Facts:
        """All that the graph says of the paper. Edges in the order of `ROLES`, then by object."""
        listed = [k for k in extraction.links if not _unlisted(k)]
        foreign = self._foreign(paper, extraction, listed)
        # A name that other papers introduce means one of those things, even where it can't be told which.
        taken = [(k.mention.field, k.mention.start, k.mention.end) for k in foreign]
        unlisted = [
            msgspec.structs.replace(k, entity=self._settled(k.entity or ""))
            for k in extraction.links
            if _unlisted(k)
            and not any(_overlaps(k, *span) for span in taken)
            and not self._matcher.readings(k.mention.surface)
        ]
        links = [*listed, *foreign, *unlisted]
        by_entity: dict[str, list[Link]] = {}
        for link in links:
            if link.entity is not None and link.score >= MIN_CONFIDENCE:
                by_entity.setdefault(link.entity, []).append(link)
        edges = [self._edge(paper, entity, found) for entity, found in by_entity.items()]
        edges.sort(key=lambda e: (_RANK[e.statement.predicate], e.statement.object))
        self._used.update(by_entity)
        claims = _distinct(self._claim(c) for c in extraction.claims)
        for claim in claims:
            self._used.update(
                e for e in (claim.subject, claim.baseline, claim.metric, *claim.hardware, *claim.datasets) if e
            )
        for edition in extraction.editions:
            self._venues.update(v for v in (edition.venue, edition.host) if v)
        return Facts(paper=paper, edges=tuple(edges), claims=claims, editions=extraction.editions)

    def entities(self) -> Iterator[Entity]:
        """Entities that the facts formed so far reach, ancestors included, in order of id."""
        vocabulary = self.linker.vocabulary
        reached = set(self._used)
        for entity in self._used:
            reached |= vocabulary.ancestors(entity)
        for entity in sorted(reached):
            if entity in vocabulary:
                yield vocabulary.entity(entity)
            elif entity in self.homes:
                yield discovered_entity(self.homes[entity].discovery)
            else:
                yield self.terms[_slug(entity)]

    def venues(self) -> Iterator[Venue]:
        """Series that the facts formed so far reach, hosts included, in order of id."""
        for venue in sorted(self._venues):
            yield self.linker.series[venue]

    def _edge(self, paper: Paper, entity: str, links: list[Link]) -> Edge:
        role = min((k.role for k in links), key=lambda r: _RANK[r])
        best = sorted(
            (k for k in links if k.role == role),
            key=lambda k: (-k.score, k.mention.field != "abstract", k.mention.start, k.mention.end),
        )
        evidence = tuple(_evidence(paper, k) for k in best[:MAX_EVIDENCE])
        return Edge(Statement(paper.id, role, entity), best[0].score, evidence)

    def _settled(self, entity: str) -> str:
        """An entity id as the corpus has it: an unlisted term may have another class here than in most papers."""
        term = self.terms.get(_slug(entity))
        return term.id if term is not None and entity not in self.linker.vocabulary else entity

    def _claim(self, claim: Claim) -> Claim:
        settled = self._settled
        return msgspec.structs.replace(
            claim,
            subject=settled(claim.subject),
            baseline=settled(claim.baseline),
            hardware=tuple(e for e in map(settled, claim.hardware) if e.startswith("hardware/")),
            datasets=tuple(e for e in map(settled, claim.datasets) if e.startswith("dataset/")),
        )

    def _foreign(self, paper: Paper, extraction: Extraction, listed: Sequence[Link]) -> list[Link]:
        """Links to names that other papers introduced. `listed`: the paper's links but those to unlisted terms."""
        own = {n for d in extraction.discoveries for n in (d.label, *d.aliases)}
        company = {k.entity for k in listed if k.entity}
        views = {field: View(paper.text(field)) for field in LINKED_FIELDS}
        mentions: dict[str, list[Found]] = {field: [] for field in views}
        for field, view in views.items():
            hits = self._matcher.scan(view.plain, view.lower)
            if not hits:
                continue
            taken = [(k.mention.start, k.mention.end) for k in listed if k.entity and k.mention.field == field]
            reach = -1
            by_span: dict[tuple[int, int], list[str]] = {}
            for hit in hits:
                by_span.setdefault((hit.start, hit.end), []).append(hit.variant.entity)
            for (start, end), entities in sorted(by_span.items(), key=lambda item: (item[0][0], -item[0][1])):
                surface = view.plain[start:end]
                low, high = view.span(start, end)
                if start < reach or surface in own or any(a < high and low < b for a, b in taken):
                    continue
                foreign = [e for e in set(entities) if self.homes[e].discovery.paper != paper.id]
                reading = self._meant(surface, foreign, company)
                if reading is not None:
                    reach = end
                    mentions[field].append(Found(Spot(start, end, reading.entity), (reading,)))
        return self.linker.links(views, mentions, {})

    def _meant(self, surface: str, entities: list[str], company: set[str]) -> Candidate | None:
        """Which of several discovered entities a name stands for. A plain word needs company that both papers keep."""
        ranked = sorted(((len(self.homes[e].company & company), e) for e in entities), key=lambda p: (-p[0], p[1]))
        if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
            return None
        shared, entity = ranked[0]
        odd = name_like(surface) and len(surface) > 3 and not (surface.isupper() and len(surface) < 6)
        if not odd and shared < 2:
            return None
        if len(ranked) > 1 and shared == 0:
            return None
        return Candidate(entity, surface, 0.9 if odd else 0.75, "introduced by another paper")


def discovered_entity(discovery: Discovery) -> Entity:
    """The node of a name that a paper introduces."""
    return Entity(id=discovery.id, label=discovery.label, aliases=discovery.aliases, discovered=True)


def _slug(entity: str) -> str:
    return entity.partition("/")[2]


def _overlaps(link: Link, field: str, start: int, end: int) -> bool:
    m = link.mention
    return m.field == field and m.start < end and start < m.end


def _policy(name: str) -> str:
    return "any" if " " in name and not name_like(name) else "exact"


def _evidence(paper: Paper, link: Link) -> Evidence:
    m = link.mention
    return Evidence(
        paper.id, m.field, m.start, m.end, link.sentence_start, link.sentence_end, m.surface, link.rule, link.score
    )


def _distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims without those that say the same at another place."""
    seen: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        key = (
            claim.value, claim.low, claim.high, claim.unit, claim.comparator, claim.metric_text, claim.baseline_text,
            claim.baseline, claim.hardware, claim.datasets, claim.condition_text, claim.subject, claim.direction,
        )  # fmt: skip
        seen.setdefault(key, claim)
    return tuple(seen.values())
