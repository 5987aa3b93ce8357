"""One labelled paper against what the graph says of it: counts for the figures, and each error with its sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from kg.evaluate.gold import (
    COMPARATORS,
    VENUE_NAMES,
    GoldClaim,
    GoldEdition,
    GoldLink,
    GoldName,
    GoldPaper,
    alike,
    claim_key,
    forms,
    norm,
)
from kg.evaluate.source import ROLES, Said, SaidClaim, Source
from kg.linking.text import View


class Miss(NamedTuple):
    """An error: its kind ("link missed"), the paper, what it is about, the sentence where that stands ("" if none)."""

    kind: str
    paper: str
    detail: str
    sentence: str


class Verdict(NamedTuple):
    """What is right and wrong in one paper. `judged`: (confidence, right) of its links."""

    counts: Counter[str]
    misses: list[Miss]
    judged: list[tuple[float, bool]]
    absent: bool


def papers(gold: Iterable[GoldPaper], source: Source) -> list[Verdict]:
    """Verdicts of labelled papers, in their order."""
    return [_Paper(g, source).verdict() for g in gold]


class _Paper:
    """Judges one paper. `taken` entities and claims answer one label only."""

    def __init__(self, gold: GoldPaper, source: Source) -> None:
        found = source.find(gold.id, gold.start)
        self.gold, self.source = gold, source
        self.said = found or Said({})
        self.absent = found is None
        self.name = gold.id or (gold.start or "")[:30]
        self.counts: Counter[str] = Counter()
        self.misses: list[Miss] = []
        self.judged: list[tuple[float, bool]] = []
        self.sentences = Sentences(self.said.texts)
        self.labels = {e: source.labels(e) for e in self.said.links}

    def verdict(self) -> Verdict:
        if self.absent:
            self._miss("paper not in graph", self.name, "")
        self._links()
        self._precision()
        self._introduces()
        self._claims()
        self._venue()
        return Verdict(self.counts, self.misses, self.judged, self.absent)

    def _miss(self, kind: str, detail: str, sentence: str) -> None:
        self.misses.append(Miss(kind, self.name, detail, sentence))

    def _links(self) -> None:
        """Labels with few alternatives choose first; among entities that bear a label, one of a right class wins."""
        taken: set[str] = set()
        above = [self.source.rolled_up(e) for e in self.said.links]
        for must in sorted(self.gold.must, key=lambda m: len(forms(m.label))):
            wanted = forms(must.label)
            bearers = (e for e in self.labels if self.labels[e] & wanted and e not in taken)
            entity = min(bearers, key=lambda e: (not self.source.kinds(e) & set(must.types), e), default=None)
            self.counts["must"] += 1
            self.counts["rolled_up"] += entity is not None or any(labels & wanted for labels in above)
            for kind in must.types:
                self.counts[f"must {kind}"] += 1
                self.counts[f"found {kind}"] += entity is not None
            if entity is None:
                self._miss("link missed", must.label, self.sentences.with_form(wanted))
            else:
                taken.add(entity)
                self.counts["found"] += 1
                self._type(must, entity)
                self._role(must, entity)

    def _type(self, must: GoldLink, entity: str) -> None:
        kinds = self.source.kinds(entity)
        right = len(kinds) == 1 and (kinds <= set(must.types) or not must.types)
        self.counts["type_right"] += right
        if not right:
            said = "/".join(sorted(kinds)) or "none"
            self._miss("type", f"{_first(must.label)}: want {'/'.join(must.types)}, got {said}", self._quote(entity))

    def _role(self, must: GoldLink, entity: str) -> None:
        if not must.roles:
            return
        said = next((r for r in ROLES.values() if r in self.said.links[entity]), None)
        wanted = {ROLES[r] for r in must.roles if r in ROLES}
        agreed = len(set(must.roles)) == 1
        self.counts["role_said"] += said is not None
        self.counts["role_right"] += said in wanted
        if agreed:
            self.counts["role_must"] += len(wanted)
            self.counts["role_found"] += said in wanted
            if {said} - {None} != wanted:
                want = "/".join(wanted) or "mentions"
                self._miss("role", f"{_first(must.label)}: want {want}, got {said or 'mentions'}", self._quote(entity))

    def _precision(self) -> None:
        g = self.gold
        written = [m.label for m in (*g.must, *g.may)] + [*g.introduces, *g.introduces_may]
        right_forms = frozenset[str]().union(*(forms(label) for label in written))
        for entity, labels in self.labels.items():
            right = bool(labels & right_forms)
            self.counts["links"] += 1
            self.counts["links_right"] += right
            if entity in self.said.confidence:
                self.judged.append((self.said.confidence[entity], right))
            if not right:
                self._miss("link not in gold", self._named(entity), self._quote(entity))

    def _introduces(self) -> None:
        new = sorted(e for e, roles in self.said.links.items() if "introduces" in roles)
        taken: set[str] = set()
        for label in self.gold.introduces:
            wanted = forms(label)
            entity = next((e for e in new if self.labels[e] & wanted and e not in taken), None)
            self.counts["new_must"] += 1
            if entity is None:
                self._miss("introduces missed", label, self.sentences.with_form(wanted))
            else:
                taken.add(entity)
                self.counts["new_found"] += 1
        written = (*self.gold.introduces, *self.gold.introduces_may)
        right_forms = frozenset[str]().union(*(forms(label) for label in written))
        for entity in new:
            right = bool(self.labels[entity] & right_forms)
            self.counts["new_said"] += entity in taken or not right
            if not right:
                self._miss("introduces wrong", self._named(entity), self._quote(entity))

    def _claims(self) -> None:
        left = list(self.said.claims)
        for claim in self.gold.claims:
            key = claim_key(claim.value, claim.unit)
            metric, condition = (claim.metric or "").split("|"), (claim.condition or "").split("|")
            same = [c for c in left if c.key == key]
            best = max(same, key=lambda c: (_condition(c, condition, 0.5), _metric(c, metric)), default=None)
            detail = f"{claim.value}{claim.unit or ''} {metric[0]}"
            self.counts["claim_must"] += 1
            if best is None:
                self._miss("claim missed", detail, self.sentences.with_number(claim.value))
                continue
            left.remove(best)
            self.counts["claim_found"] += 1
            for part, right in _parts(claim, best, metric, condition):
                self.counts[part] += right
                self.counts[f"{part}_must"] += 1
                if not right:
                    self._miss(f"claim {part}", detail, best.sentence or self.sentences.with_number(claim.value))
        may = {claim_key(c.value, c.unit) for c in self.gold.claims_may}
        extra = [c for c in left if c.key not in may]
        self.counts["claim_said"] += len(self.said.claims) - len(left) + len(extra)
        for said in extra:
            number, unit = said.key
            ends = " to ".join(f"{n:g}" for n in dict.fromkeys(number)) if isinstance(number, tuple) else str(number)
            self._miss("claim not in gold", f"{ends}{unit} {'/'.join(sorted(said.metrics))}", said.sentence)

    def _venue(self) -> None:
        venue = self.gold.venue
        if venue is not None:
            own = forms(venue.label)
            years = [year for labels, year in self.said.editions if labels & own]
            self.counts["venue_must"] += 1
            self.counts["venue_found"] += bool(years)
            self.counts["venue_year"] += any(not venue.year or str(venue.year) == year for year in years)
            if not years:
                self._miss("venue missed", venue.label, self.sentences.with_form(own))
        allowed = frozenset[str]().union(
            *(forms(v.label) | forms(v.part_of or "") for v in ([venue] if venue else self.gold.venue_may))
        )
        for labels, _ in self.said.editions:
            if not labels & allowed:
                self.counts["venue_wrong"] += 1
                self._miss("venue wrong", min(labels), self.sentences.with_form(labels))

    def _named(self, entity: str) -> str:
        return "/".join(sorted(self.labels[entity])[:3]) or entity

    def _quote(self, entity: str) -> str:
        return self.said.quotes.get(entity) or self.sentences.with_form(self.labels[entity])


def _first(label: str) -> str:
    return label.partition("|")[0]


def _metric(said: SaidClaim, wanted: Sequence[str]) -> bool:
    return alike(said.metrics, wanted, 0.49, 0.3)


def _condition(said: SaidClaim, wanted: Sequence[str], share: float) -> bool:
    return alike(said.conditions | said.places, wanted, share, 0.25)


def _parts(
    claim: GoldClaim, said: SaidClaim, metric: Sequence[str], condition: Sequence[str]
) -> Iterator[tuple[str, bool]]:
    """What is right in a found claim. More than three places are a scatter shot, no condition."""
    bounds = {COMPARATORS.get(b or "") for b in claim.bounds or (claim.bound,)}
    plain = None in bounds and said.comparators <= {"Exactly", "Approximately"}
    yield "comparator", plain or bool(said.comparators & bounds)
    yield "metric", not any(metric) or _metric(said, metric)
    if any(condition):
        yield "condition", len(said.places) <= 3 and _condition(said, condition, 0.501)
    if claim.baseline:
        yield "baseline", alike(said.baselines, claim.baseline.split("|"), 0.501, 0.3)


class Sentences:
    """The sentences of a paper's texts, to show where something stands. Nothing is split before it is asked for."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._split: list[tuple[str, str]] | None = None

    def with_form(self, wanted: Iterable[str]) -> str:
        """The first sentence that holds one of the normalised labels as words, the longest label first; else ""."""
        for form in sorted(wanted, key=lambda f: (-len(f), f)):
            found = next((text for text, words in self._sentences if f" {form} " in words), "")
            if found:
                return found
        return ""

    def with_number(self, value: float | str) -> str:
        """The first sentence with the number, or with the first one of a range; else ""."""
        number = str(value).partition("-")[0] if isinstance(value, str) else f"{value:g}"
        digits = re.compile(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)")
        return next((text for text, _ in self._sentences if number and digits.search(text)), "")

    @property
    def _sentences(self) -> list[tuple[str, str]]:
        if self._split is None:
            views = [View(text) for text in self._texts]
            spans = [v.plain[low:high] for v in views for low, high in v.sentences]
            self._split = [(text, f" {_spaced(text)} ") for text in spans]
        return self._split


def _spaced(text: str) -> str:
    """A normalised sentence without the full stops and slashes that stick to its words."""
    return norm(re.sub(r"(?<!\w)[./]|[./](?!\w)", " ", text))


# ---- names and venues


def names(gold: Iterable[GoldName], source: Source) -> list[Verdict]:
    """Verdicts of ambiguous names, one for each paper."""
    return [_names(paper, list(rows), source) for paper, rows in groupby(sorted(gold, key=_paper), key=_paper)]


def _paper(name: GoldName) -> str:
    return name.paper


def _names(paper: str, rows: Sequence[GoldName], source: Source) -> Verdict:
    found = source.find(paper)
    said = found or Said({})
    verdict = Verdict(Counter(), [], [], found is None)
    for row in rows:
        if row.link:
            right = any(source.rolled_up(e) & forms(row.link) for e in said.links)
            outcome, size = "linked right", "meant"
        else:
            senses = frozenset[str]().union(*(forms(s) for s in row.senses))
            linked = [e for e, roles in said.links.items() if "introduces" not in roles]
            right = not any(source.labels(e) & senses for e in linked)
            outcome, size = "left alone", "nil"
        verdict.counts[size] += 1
        verdict.counts[outcome] += right
        if not right:
            kind = "name not linked right" if size == "meant" else "name not left alone"
            sentence = Sentences(said.texts).with_form(forms(row.surface))
            verdict.misses.append(Miss(kind, paper, f"{row.surface}: {row.link or 'nothing meant'}", sentence))
    return verdict


def venues(gold: Iterable[GoldEdition], source: Source) -> list[Verdict]:
    """Verdicts of papers with a known venue."""
    return [_edition(row, source) for row in gold]


def _edition(row: GoldEdition, source: Source) -> Verdict:
    found = source.find(row.paper)
    wanted = {norm(row.venue), norm(VENUE_NAMES.get(row.venue, row.venue))}
    editions = found.editions if found else ()
    right = any(labels & wanted and year in (row.year, None) for labels, year in editions)
    wrong = any(not labels & wanted for labels, _ in editions)
    verdict = Verdict(Counter(rows=1, named=row.named, right=right and row.named, wrong=wrong), [], [], found is None)
    said = ", ".join(f"{min(labels)} {year or ''}".strip() for labels, year in editions) or "none"
    if wrong or (row.named and not right):
        kind = "venue wrong" if wrong else "venue missed"
        verdict.misses.append(Miss(kind, row.paper, f"{row.venue} {row.year}: got {said}", row.comment))
    return verdict
