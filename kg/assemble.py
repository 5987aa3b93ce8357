"""From extractions to the graph: names that one paper introduces are linked in the others, then edges are formed.

Two passes over the store make the result independent of the order of papers: a `Corpus` gathers what was introduced,
`Assembler.facts` reads each paper again with those names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import TypeVar

import msgspec

from kg.corpus import Terms, is_unlisted, name_variants, origin, scanned, slug_of
from kg.errors import EvidenceError
from kg.linking import abbreviations, linear
from kg.linking.linker import LINKED_FIELDS, Linker
from kg.linking.names import name_like
from kg.linking.namesake import REASON, Home, NamesakeReader, Origin, Standing, standing
from kg.linking.resolving import Found
from kg.linking.text import MAX_SENTENCE, Spot, View
from kg.matcher import Matcher
from kg.model import (
    ROLES,
    Candidate,
    Claim,
    Edge,
    Entity,
    Evidence,
    Extraction,
    Facts,
    Link,
    Paper,
    Statement,
    pack,
)
from kg.ontology import claim_parts
from kg.settings import MIN_CONFIDENCE
from kg.vocabulary import Vocabulary

T = TypeVar("T")

#: Plain words that mean with less probability what another paper introduces are a term of their own, if they are one.
DOUBT = 0.2
#: At most so many places are kept as evidence of one edge, best first.
MAX_EVIDENCE = 3
#: A place in a paper's text: field, start, end.
Span = tuple[str, int, int]
#: A paper's texts by field.
Views = Mapping[str, View]
_RANK = {role: rank for rank, role in enumerate(ROLES)}


class Assembler:
    """Forms each paper's facts, given what the corpus introduces.

    `homes` must hold every introduced name that stands in a text it is given; more do no harm.
    """

    def __init__(self, linker: Linker, homes: Mapping[str, Home], terms: Terms) -> None:
        self.linker = linker
        self.homes = homes
        self.terms = terms
        self._namesakes = NamesakeReader(linear.shipped_features("namesakes"))
        self._matcher = Matcher(v for home in homes.values() for v in name_variants(home.discovery, linker))

    def facts(self, paper: Paper, extraction: Extraction, views: Views | None = None) -> Facts:
        """All that the graph says of the paper. Edges in the order of `ROLES`, then by object."""
        listed: list[Link] = []
        mined: list[Link] = []
        for link in extraction.links:
            (mined if is_unlisted(link) else listed).append(link)
        foreign, names = self._foreign(paper, extraction, listed, views_of(paper) if views is None else views)
        taken = [_span(k) for k in foreign]
        unlisted = [
            msgspec.structs.replace(k, entity=self._settled(k.entity or ""))
            for k in mined
            if _span(k) not in names and not any(_overlaps(k, *span) for span in taken)
        ]
        links = [*listed, *foreign, *unlisted]
        by_entity: dict[str, list[Link]] = {}
        for link in links:
            if link.entity is not None and link.score >= MIN_CONFIDENCE:
                by_entity.setdefault(link.entity, []).append(link)
        edges = [self._edge(paper, entity, found) for entity, found in by_entity.items()]
        edges.sort(key=lambda e: (_RANK[e.statement.predicate], e.statement.object))
        claims = _distinct(self._claim(c, by_entity) for c in extraction.claims)
        return Facts(paper=paper, edges=tuple(edges), claims=claims, editions=extraction.editions)

    def _edge(self, paper: Paper, entity: str, links: list[Link]) -> Edge:
        best = links
        if len(links) > 1:
            role = min((k.role for k in links), key=lambda r: _RANK[r])
            best = sorted(
                (k for k in links if k.role == role),
                key=lambda k: (-k.score, k.mention.field != "abstract", k.mention.start, k.mention.end),
            )
        evidence = tuple(_evidence(paper, k) for k in best[:MAX_EVIDENCE])
        return Edge(Statement(paper.id, best[0].role, entity), best[0].score, evidence)

    def _settled(self, entity: str) -> str:
        """An entity id as the corpus has it: an unlisted term may have another class here than in most papers."""
        slug = slug_of(entity)
        kind = self.terms.kind(slug) if slug and entity not in self.linker.vocabulary else None
        return f"{kind}/{slug}" if kind else entity

    def _claim(self, claim: Claim, linked: Collection[str]) -> Claim:
        """A claim as the corpus has it; it names no entity that the paper does not link."""

        def settled(entity: str) -> str:
            found = self._settled(entity)
            return found if found in linked else ""

        hardware = [e for e in map(settled, claim.hardware) if e.startswith("hardware/")]
        # "Intel CPU" says "CPU", too.
        implied = {a for e in hardware for a in self.linker.vocabulary.ancestors(e)}
        return msgspec.structs.replace(
            claim,
            subject=settled(claim.subject),
            baseline=settled(claim.baseline),
            hardware=tuple(e for e in hardware if e not in implied),
            datasets=tuple(e for e in map(settled, claim.datasets) if e.startswith("dataset/")),
        )

    def _foreign(
        self, paper: Paper, extraction: Extraction, listed: Sequence[Link], views: Views
    ) -> tuple[list[Link], set[Span]]:
        """Links to names that other papers introduced, and where such names stand that mean one of several things, even where
        it can't be told which. `listed`: the paper's links but those to unlisted terms."""
        own = {n for d in extraction.discoveries for n in (d.label, *d.aliases)}
        mentions: dict[str, list[Found]] = {field: [] for field in views}
        names: set[Span] = set()
        here: Origin | None = None
        for field, view in views.items():
            named = self._named(view)
            if not named:
                continue
            taken = [(k.mention.start, k.mention.end) for k in listed if k.entity and k.mention.field == field]
            reach = -1
            for (start, end), found in named:
                surface = view.plain[start:end]
                low, high = view.span(start, end)
                if start < reach or surface in own or any(a < high and low < b for a, b in taken):
                    continue
                opening = field == "title" or start == view.sentence(start)[0]
                if opening and " " not in surface and not name_like(surface):
                    continue  # it may be capitalised for where it stands
                if here is None:
                    here, definitions = origin(paper, extraction), abbreviations.long_forms(views.values())
                name = standing(view.plain, start, end, definitions)
                foreign = [home for home in found if home.discovery.paper != paper.id]
                reading = self._meant(name, here, foreign)
                if name_like(surface) or (reading is not None and reading.score >= DOUBT):
                    names.add((field, low, high))
                if reading is not None and reading.score >= MIN_CONFIDENCE:
                    reach = end
                    mentions[field].append(Found(Spot(start, end, reading.entity), (reading,)))
        return self.linker.links(views, mentions, {}), names

    def _named(self, view: View) -> list[tuple[tuple[int, int], list[Home]]]:
        """The spans where introduced names stand, in order, longer ones first, each with what they may be."""
        spans: dict[tuple[int, int], list[Home]] = {}
        for hit in self._matcher.scan(view.plain, view.lower):
            spans.setdefault((hit.start, hit.end), []).append(self.homes[hit.variant.entity])
        return sorted(spans.items(), key=lambda item: (item[0][0], -item[0][1]))

    def _meant(self, name: Standing, here: Origin, foreign: Iterable[Home]) -> Candidate | None:
        """Which of several introduced things a name most likely stands for, in a paper that comes from `here`. It is one of
        them or none: the odds of each count against the others."""
        odds: dict[str, float] = {}
        for home in foreign:
            same = min(self._namesakes.same(name, here, home), 0.9999)
            odds[home.discovery.id] = same / (1 - same)
        if not odds:
            return None
        best = min(odds, key=lambda entity: (-odds[entity], entity))
        return Candidate(best, name.surface, round(odds[best] / (1 + sum(odds.values())), 3), REASON)


def views_of(paper: Paper) -> Views:
    """The texts of a paper in which names are looked for."""
    return {field: View(paper.text(field)) for field in LINKED_FIELDS}


def texts(views: Iterable[Views]) -> Iterator[str]:
    """Every text of some papers in which a name is looked for, as `Corpus.near` takes them. `views`: of each paper."""
    for seen in views:
        for view in seen.values():
            yield from scanned(view)


def assemble(
    assembler: Assembler, read: Iterable[tuple[Paper, Extraction]], views: Iterable[Views | None] = repeat(None)
) -> Iterator[tuple[str, bytes]]:
    """(paper id, packed Facts) of each paper, every quote checked. `views`: of each paper, if they are there."""
    for (paper, extraction), seen in zip(read, views, strict=False):
        yield paper.id, pack(sound(assembler.facts(paper, extraction, seen)))


def nodes(
    found: Iterable[str], linker: Linker, discovered: Mapping[str, Entity], terms: Mapping[str, Entity]
) -> Iterator[Entity]:
    """The nodes of reached ids, ancestors included, in order of id.

    Args:
        discovered: nodes of the names that papers introduce, by id.
        terms: nodes of the terms that no vocabulary lists, by slug.
    """
    vocabulary = linker.vocabulary
    everything = set(found)
    unlisted: dict[str, Entity] = {}
    for entity in list(everything):
        if entity not in vocabulary and entity not in discovered:
            unlisted[entity] = node = _under_its_kind(terms[slug_of(entity)], vocabulary)
            everything.update(node.broader, *map(vocabulary.ancestors, node.broader))
        everything |= vocabulary.ancestors(entity)
    for entity in sorted(everything):
        if entity in vocabulary:
            yield vocabulary.entity(entity)
        elif entity in discovered:
            yield discovered[entity]
        else:
            yield unlisted[entity]


def _under_its_kind(node: Entity, vocabulary: Vocabulary) -> Entity:
    """A term that no vocabulary lists, under the longest listed term of its class that it ends with: a Gaussian bilateral
    filter is a bilateral filter."""
    words = _OF.split(node.label, maxsplit=1)[0].split()
    for first in range(1, len(words)):
        for reading in vocabulary.matcher.readings(" ".join(words[first:])):
            if reading.policy != "context" and reading.entity.startswith(f"{node.kind}/"):
                return msgspec.structs.replace(node, broader=(reading.entity,))
    return node


#: The head of a noun phrase stands before these.
_OF = re.compile(r" (?:of|for|in|on|with|to|by|at|from|over|under|via) ")


def check_evidence(facts: Iterable[Facts]) -> None:
    """Every quote equals its text and lies in its sentence. Raises EvidenceError naming paper and place."""
    for fact in facts:
        for evidence in evidence_of(fact):
            text = fact.paper.text(evidence.field)
            place = f"{fact.paper.id} {evidence.field}[{evidence.start}:{evidence.end}]"
            if evidence.start >= evidence.end or text[evidence.start : evidence.end] != evidence.exact:
                raise EvidenceError(f"{place}: the text is not {evidence.exact!r}; please report this paper")
            low, high = evidence.sentence_start, evidence.sentence_end
            if not (0 <= low <= evidence.start and evidence.end <= high <= len(text) and high - low <= MAX_SENTENCE):
                raise EvidenceError(f"{place}: its sentence [{low}:{high}] does not hold it; please report this paper")


def sound(facts: Facts) -> Facts:
    """The same without what has a wrong quote, which `left_out` names: one defect ends no build of a million papers."""
    left_out: list[str] = []

    def kept(whole: tuple[T, ...], alone: Callable[[T], Facts]) -> tuple[T, ...]:
        held: list[T] = []
        for one in whole:
            try:
                check_evidence([alone(one)])
                held.append(one)
            except EvidenceError as error:
                left_out.append(str(error))
        return tuple(held)

    try:
        check_evidence([facts])
        return facts
    except EvidenceError:
        return Facts(
            paper=facts.paper,
            edges=kept(facts.edges, lambda edge: Facts(paper=facts.paper, edges=(edge,))),
            claims=kept(facts.claims, lambda claim: Facts(paper=facts.paper, claims=(claim,))),
            editions=kept(facts.editions, lambda edition: Facts(paper=facts.paper, editions=(edition,))),
            left_out=tuple(left_out),
        )


def evidence_of(facts: Facts) -> Iterator[Evidence]:
    """All evidence that one paper's facts carry."""
    for edge in facts.edges:
        yield from edge.evidence
    for claim in facts.claims:
        yield claim.evidence
    for edition in facts.editions:
        yield edition.evidence


def _span(link: Link) -> Span:
    return link.mention.field, link.mention.start, link.mention.end


def _overlaps(link: Link, field: str, start: int, end: int) -> bool:
    m = link.mention
    return m.field == field and m.start < end and start < m.end


def _evidence(paper: Paper, link: Link) -> Evidence:
    m = link.mention
    return Evidence(
        paper.id, m.field, m.start, m.end, link.sentence_start, link.sentence_end, m.surface, link.rule, link.score
    )


def _distinct(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims without those that say the same at another place: each has an IRI of its own."""
    seen: dict[tuple[str, ...], Claim] = {}
    for claim in claims:
        seen.setdefault(claim_parts(claim), claim)
    return tuple(seen.values())
