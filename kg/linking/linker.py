"""The linking core: one paper and the vocabulary in, an `Extraction` out. A pure function of the two.

The spaCy components in `component.py` and the bulk build both call `Linker.extract`; that is why they agree.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

import msgspec

from kg.forms import normal
from kg.linking import abbreviations, claims, confidence, disambiguate, linear, namesake, roles, terms, venues
from kg.linking.claims import merge as claim_merge
from kg.linking.disambiguate import Context
from kg.linking.discover import Finder, Introduction
from kg.linking.kinds import is_head
from kg.linking.resolving import MAX_PLACES, Found, Resolver
from kg.linking.text import Spot, View
from kg.matcher import Hit
from kg.model import Candidate, Discovery, Extraction, Link, Mention, Paper, Venue
from kg.ontology import discovered_id
from kg.settings import MIN_READING
from kg.vocabulary import Vocabulary, load

LINKED_FIELDS = ("title", "abstract")

#: Nouns that make no other thing of what they follow, and those that make none of a name.
_KINDS_OF = frozenset(
    "model models protocol protocols framework frameworks algorithm algorithms method methods technique techniques approach approaches "
    "technology technologies scheme schemes mechanism mechanisms".split()
)
_FORMS_OF = frozenset(
    "network networks board boards cloud platform platforms system systems standard library tool tools software language implementation "
    "implementations computing environment simulator service services application applications architecture architectures device devices "
    "chip chips processor processors".split()
)
#: What turns the word behind its hyphen into another: "low-power networks", "self-rewriting code".
_TURNING = ("low-", "high-", "post-", "self-", "non-")
#: What a release of a model has behind its name: sizes and trainings.
_VARIANT = re.compile(r"(?:[- ](?:\d+(?:\.\d+)?[BbMm]|A\d+B|[Ii]nstruct|[Cc]hat|[Bb]ase|[Mm]ini|[Pp]review|it))+")

_SURROGATE = re.compile("[\ud800-\udfff]")

#: From this share on the class of a new name tells it from a known one of another class.
CLEAR = 0.65

#: The paper id of a text that is linked by itself.
TEXT = "abs:text"


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A mention where it stands. `part`: s, m or e if it is the start, the middle or the end of a longer name, h if only a
    head noun follows ("Google Borg" in "Google Borg scheduler"); with ? if no vocabulary lists the longer one."""

    item: Found
    place: roles.Place
    view: View
    part: str = ""


class Linker:
    """Links papers to a vocabulary and a venue index. Holds no state between papers."""

    def __init__(self, vocabulary: Vocabulary, series: Sequence[venues.Series] | None = None) -> None:
        """`series`: venues; None = the shipped ones, which are loaded when they are first asked for."""
        self.vocabulary = vocabulary
        self._series = series
        self._metrics = vocabulary.metrics
        self._known: dict[str, tuple[bool, bool]] = {}
        self._labels: dict[str, str] = {}  # of the vocabulary's entities that were met
        self._finder = Finder(self.knows, self.is_certain)
        self._resolve = Resolver(vocabulary).resolve
        self._terms = self.term_reader(terms.shipped())
        self._roles = roles.RoleReader(linear.shipped("roles"))
        self._confidence = confidence.ConfidenceReader(linear.shipped("confidence"))
        self._concept_patterns = [
            (
                c,
                re.compile(r"(?<!\w)" + re.escape(c.anchor) + r"(?:s|es)?(?!\w)"),
                re.compile("|".join(r"(?<!\w)" + re.escape(n) for n in c.near)),
            )
            for c in vocabulary.concepts
        ]

    def term_reader(self, weights: Mapping[str, Mapping[str, int]]) -> terms.Terms:
        """What finds terms that the vocabulary does not list, with weights as `terms.shipped` gives them."""
        vocabulary = self.vocabulary
        slugs = {e.partition("/")[2] for e in (*vocabulary.terms, *vocabulary.renamed)}
        kinds = linear.shipped_features("kinds")
        return terms.Terms(weights, kinds, self.knows, slugs, vocabulary.refuses, self.is_proper)

    @cached_property
    def venues(self) -> venues.VenueIndex:
        """The index of the venues."""
        return venues.shipped() if self._series is None else venues.VenueIndex(self._series)

    @cached_property
    def series(self) -> dict[str, Venue]:
        """The venues by id."""
        return {
            s.id: Venue(id=s.id, label=s.label, aliases=s.aliases, kind=s.kind, url=s.url) for s in self.venues.rows
        }

    def knows(self, name: str) -> bool:
        """Whether the vocabulary has an entity that this string can name."""
        return self._knowledge(name)[0]

    def is_certain(self, name: str) -> bool:
        """Whether the vocabulary has an entity that this string names in any context."""
        return self._knowledge(name)[1]

    def is_proper(self, word: str) -> bool:
        """Whether the vocabulary writes this capitalised word with its capital."""
        return any(v.form[:1] == word[:1] for v in self.vocabulary.matcher.readings(word))

    def _knowledge(self, name: str) -> tuple[bool, bool]:
        answer = self._known.get(name)
        if answer is None:
            policies = [v.policy for v in self.vocabulary.matcher.readings(name)]
            answer = bool(policies), any(p != "context" for p in policies)
            if len(self._known) > 100_000:
                self._known.clear()
            self._known[name] = answer
        return answer

    def extract(self, paper: Paper) -> Extraction:
        """Everything the paper's own text says. Never raises on any text."""
        views = {"title": View(paper.title), "abstract": View(paper.abstract)}
        title, abstract = views["title"], views["abstract"]
        hits = {
            field: _meant(view, self.vocabulary.matcher.scan(view.plain, view.lower)) for field, view in views.items()
        }
        context = self._context(paper, title, abstract, hits)
        definitions = self._define(views, hits, context)
        introduced, discoveries, names = self._introduce(paper, views, definitions, context)
        for short, entity in context.local.items():
            if entity is not None:
                names.setdefault(short, entity)

        refused: list[Link] = []
        found = {
            field: self._resolve(field, view, hits[field], context, names, refused) for field, view in views.items()
        }
        self._add_terms(views, found, names, definitions)
        spots = {field: [f.spot for f in items] for field, items in found.items()}
        named = {entity for items in spots.values() for _, _, entity in items}.union(introduced)
        company = confidence.company([self.vocabulary.ancestors(entity) for entity in named])
        links = self.links(views, found, introduced, company)
        for field, view in views.items():
            links += self._concepts(field, view, spots[field], introduced)
        # An introduction may overlap a longer name or stand where nothing was resolved: it is a link all the same.
        have = {(k.mention.field, k.entity) for k in links if k.role == "introduces"}
        for entity, item in introduced.items():
            if (item.field, entity) not in have:
                links.append(self._introduction(views[item.field], entity, item, company))
        links += refused
        links.sort(key=lambda k: (k.mention.field != "title", k.mention.start, -k.mention.end, k.entity or ""))

        main = next(iter(introduced), "")
        found_claims = claim_merge.distinct(
            claim
            for field in LINKED_FIELDS
            for claim in claims.find(
                views[field], paper.id, field, spots[field], introduced=main, metrics=self._metrics
            )
        )
        return Extraction(
            paper=paper.id,
            links=tuple(links),
            claims=found_claims,
            editions=tuple(self.venues.find(paper)),
            discoveries=tuple(discoveries),
        )

    def _context(self, paper: Paper, title: View, abstract: View, hits: Mapping[str, Sequence[Hit]]) -> Context:
        """What the paper is about: its categories and what its unambiguous names name."""
        context = Context(title.plain, abstract.plain, paper.categories)
        for hit in chain.from_iterable(hits.values()):
            variant = hit.variant
            if variant.policy != "context" and variant.entity not in context.known:
                context.known.add(variant.entity)
                context.parents.update(self.vocabulary.terms[variant.entity].entity.broader)
                context.families.update(self.vocabulary.kin(variant.entity))
        return context

    def _define(
        self, views: Mapping[str, View], hits: Mapping[str, list[Hit]], context: Context
    ) -> Sequence[abbreviations.Definition]:
        """The abbreviations that the abstract defines. What they and the title's stand for is added to the context, the terms
        that a definition interrupts to the hits."""
        defined = {field: abbreviations.find(view.plain, view.sentences) for field, view in views.items()}
        if any(defined.values()):
            spelled: dict[str, str] = {}
            for field, view in views.items():
                for hit in hits[field]:
                    if hit.variant.policy != "context":
                        spelled.setdefault(view.lower[hit.start : hit.end].replace("-", " "), hit.variant.entity)
            for field in ("abstract", "title"):  # where both define a short form, the title has the last word
                disambiguate.define(views[field], defined[field], self.vocabulary, context, spelled)
                hits[field].extend(self._across(views[field], defined[field]))
        return defined["abstract"]

    def _across(self, view: View, definitions: Sequence[abbreviations.Definition]) -> list[Hit]:
        """Terms that a definition interrupts: "deep neural network (DNN) inference" names DNN inference."""
        out: list[Hit] = []
        for d in definitions:
            close = d.short_end
            if view.plain[close : close + 2] != ") ":
                continue
            begin = min(d.long_start, d.short_start)
            snippet = view.plain[d.short_start : close] + view.plain[close + 1 : close + 50]
            for hit in self.vocabulary.matcher.scan(snippet, snippet.lower()):
                if hit.start == 0 and hit.end > close - d.short_start + 1:
                    out.append(Hit(begin, d.short_start + hit.end + 1, hit.variant))
        return out

    def _add_terms(
        self,
        views: Mapping[str, View],
        found: Mapping[str, list[Found]],
        names: Collection[str],
        definitions: Sequence[abbreviations.Definition],
    ) -> None:
        """Adds the terms that no vocabulary lists to what was found by field; `names`: the paper's own."""
        own = {name.lower() for name in names}
        long_forms = {d.short: views["abstract"].plain[d.long_start : d.long_end] for d in definitions}
        for field, unlisted in self._terms.find(views, _spans(found), own, long_forms).items():
            items = found[field]
            items += [
                Found(Spot(t.start, t.end, t.entity), (Candidate(t.entity, t.name, t.score, terms.REASON),))
                for t in self._further(unlisted, items, views[field].plain)
            ]
            items.sort(key=lambda f: (f.spot.start, -f.spot.end))

    def _further(self, unlisted: Sequence[terms.Term], items: Sequence[Found], plain: str) -> list[terms.Term]:
        """Terms that say more than the names in them do: an "NVIDIA A100 GPU" is an NVIDIA A100, "Qwen3-8B-Instruct" is
        Qwen3, a "Raft protocol" is Raft."""
        if not unlisted:
            return []
        firsts: dict[int, Spot] = {}
        for item in items:
            firsts.setdefault(item.spot.start, item.spot)  # of several the longest
        lasts = {item.spot.end: item.spot for item in items}  # of several the shortest

        def is_known(t: terms.Term) -> bool:
            first = firsts.get(t.start)
            if first is None:
                return False
            if _VARIANT.fullmatch(plain, first.end, t.end):
                return first.entity.startswith(("technique/", "system/"))
            rest = plain[first.end : t.end].lstrip(" -").lower()
            if rest in _KINDS_OF or (rest in _FORMS_OF and not plain[first.start : first.end].islower()):
                return True
            last = lasts.get(t.end)
            return (
                last is not None
                and 0 <= last.start - first.end <= 1
                and last.entity in self.vocabulary.ancestors(first.entity)
            )

        return [t for t in unlisted if not is_known(t)]

    # -- introduced names

    def _introduce(
        self, paper: Paper, views: dict[str, View], definitions: Sequence[abbreviations.Definition], context: Context
    ) -> tuple[dict[str, Introduction], list[Discovery], dict[str, str]]:
        introduced: dict[str, Introduction] = {}
        discoveries: list[Discovery] = []
        names: dict[str, str] = {}
        for item in self._finder.find(views["title"], views["abstract"], definitions):
            if self._is_nothing(item, views[item.field]):
                continue
            entity = self._own_reading(item, context)
            if entity is None:
                entity = discovered_id(item.kind, item.name, paper.id)
                if entity not in introduced:
                    discoveries.append(Discovery(entity, item.name, item.aliases, item.kind, paper.id))
            if entity not in introduced:
                introduced[entity] = item
            for name in (item.name, *item.aliases):
                names[name] = entity
                if context.local.get(name, "") is None:
                    context.local[name] = entity
        return introduced, discoveries, names

    def _is_nothing(self, item: Introduction, view: View) -> bool:
        """Whether a name is known to name nothing, or is a macro of the authors' own ("\\sysname"), whose text nobody
        knows. Single words may be names: a system can be called Recall."""
        if " " in normal(item.name):
            return self.vocabulary.refuses(item.name)
        return item.name.islower() and view.raw.startswith("\\", view.span(item.start, item.end)[0])

    def _own_reading(self, item: Introduction, context: Context) -> str | None:
        """The vocabulary's entity that the paper introduces, if the name is in it and means the same here."""
        for name in (item.name, *item.aliases):
            best: Candidate | None = None
            for variant in self.vocabulary.matcher.readings(name):
                term = self.vocabulary.terms[variant.entity]
                reading = disambiguate.candidate(Hit(0, len(name), variant), term, context, name, ())
                single = " " not in name
                kind = term.entity.kind
                near = kind == item.kind or {kind, item.kind} <= {"system", "technique", "task"}
                agrees = near or item.share < CLEAR
                if variant.policy == "context":
                    # A new "Apollo" is not Baidu's: a shared name needs the same class and more than one cue.
                    agrees, single = kind == item.kind and reading.score >= 0.9, True
                if (
                    reading.score >= MIN_READING
                    and kind != "task"
                    and (agrees or not single)
                    and (best is None or reading.score > best.score)
                ):
                    best = reading
            if best is not None:
                return best.entity
        return None

    def links(
        self,
        views: Mapping[str, View],
        found: Mapping[str, Sequence[Found]],
        introduced: Mapping[str, Introduction],
        company: confidence.Company = confidence.ALONE,
    ) -> list[Link]:
        """A link for every mention. The role is read once per entity, from all its mentions together. `company`: what the
        paper names; what is sure by another model needs none."""
        out: list[Link] = []
        for entity, mentions in self.read_passages(views, found, introduced).items():
            origin = introduced.get(entity)
            if origin is None:
                out += self.read_role(entity, mentions[:MAX_PLACES], company)
                continue
            # The introducing mention says it all; later mentions of the paper's own name add nothing.
            for m in mentions:
                if m.item.spot.start == origin.start and m.place.passage.field == origin.field:
                    out += self._sure(entity, [m], roles.Reading("introduces", origin.score, origin.rule), company)
        return out

    def read_passages(
        self, views: Mapping[str, View], found: Mapping[str, Sequence[Found]], introduced: Collection[str]
    ) -> dict[str, list[Seen]]:
        """The mentions of every entity where they stand, in the order of the text; each sentence is read once.

        Args:
            found: per field, in the order of the text, longer ones first.
            introduced: entities that the paper introduces.
        """
        by_entity: dict[str, list[Seen]] = {}
        for field, items in found.items():
            view, i = views[field], 0
            spots = [item.spot for item in items]
            starts = [spot[0] for spot in spots]
            parts = _parts(items, view.lower)
            turn = roles.turn(view.lower) if items else -1
            while i < len(items):
                first = i
                low, high = view.sentence(starts[i])
                i = bisect_left(starts, high, first + 1)
                marks = [(start, end, entity, entity in introduced) for start, end, entity in spots[first:i]]
                where = roles.where(field, low, view.sentences[0][0], len(view.plain))
                zone = roles.zone(field, low, high, turn)
                passage = roles.passage(view.lower, low, high, marks, field=field, where=where, zone=zone)
                for n, at in enumerate(passage.at, first):
                    seen = Seen(items[n], roles.Place(passage, at), view, parts[n])
                    by_entity.setdefault(spots[n][2], []).append(seen)
        return by_entity

    def read_role(self, entity: str, mentions: Sequence[Seen], company: confidence.Company) -> list[Link]:
        """Links of one entity's mentions with the role they give it together; the one that shows it best comes first."""
        lineage = self.vocabulary.ancestors(entity)
        reading, support = self._roles.read(entity, lineage, [m.place for m in mentions])
        if len(mentions) > 1:
            order = sorted(range(len(mentions)), key=support.__getitem__, reverse=True)
            mentions = [mentions[i] for i in order]
        return self._sure(entity, mentions, reading, company)

    def standing(
        self, entity: str, mentions: Sequence[Seen], role: str, company: confidence.Company
    ) -> confidence.Standing:
        """How an entity stands in the paper, by its mentions, the one that shows its role first."""
        best, passage, at = mentions[0].item, mentions[0].place.passage, mentions[0].place.at
        titled, opening = False, True
        for m in mentions:
            where = m.place.passage.where
            titled = titled or where == "t"
            opening = opening and where == "1"
        return confidence.Standing(
            best.readings[0], role, len(mentions), titled, opening, passage.words[at - 1], passage.words[at + 1],
            mentions[0].part if all(m.part for m in mentions) else "",
            self._label(entity, best.readings[0]), company,
        )  # fmt: skip

    def _label(self, entity: str, reading: Candidate) -> str:
        """What `confidence.Standing` calls a label."""
        known = self._labels.get(entity)
        if known is not None:
            return known
        if entity in self.vocabulary:
            return self._labels.setdefault(entity, self.vocabulary.entity(entity).label)
        return reading.alias if reading.reason == terms.REASON else ""

    def _sure(
        self, entity: str, mentions: Sequence[Seen], reading: roles.Reading, company: confidence.Company
    ) -> list[Link]:
        """Links of one entity with their confidence: the first, which shows the role best, has all of it."""
        best = mentions[0].item.readings[0]
        if best.reason == namesake.REASON:
            return [_link(m, reading, best.score) for m in mentions]
        lineage = self.vocabulary.ancestors(entity)
        sure = self._confidence.read(entity, lineage, self.standing(entity, mentions, reading.role, company))
        score, less = round(sure, 3), round(sure * 0.9, 3)
        return [_link(mentions[0], reading, score), *[_link(m, reading, less) for m in mentions[1:]]]

    def _introduction(self, view: View, entity: str, item: Introduction, company: confidence.Company) -> Link:
        spot = Spot(item.start, item.end, entity)
        found = Found(spot, (Candidate(entity, item.name, 1.0, "named by the paper"),))
        ((_, (seen,)),) = self.read_passages({item.field: view}, {item.field: [found]}, (entity,)).items()
        return self._sure(entity, [seen], roles.Reading("introduces", item.score, item.rule), company)[0]

    def _concepts(
        self, field: str, view: View, spots: Sequence[Spot], introduced: dict[str, Introduction]
    ) -> list[Link]:
        """Entities that a sentence means without naming them: an anchor phrase beside a telling neighbour."""
        linked = {s.entity for s in spots} | set(introduced)
        best: dict[str, Link] = {}
        lower = view.lower.replace("-", " ")
        for concept, anchor, near in self._concept_patterns:
            if concept.entity in linked or concept.anchor not in lower:
                continue
            read = -1  # sentences are read once, however often the anchor stands in them
            for m in anchor.finditer(lower):
                low, high = view.sentence(m.start())
                if low == read or not near.search(lower, low, high):
                    read = low
                    continue
                spot = Spot(m.start(), m.end(), concept.entity)
                reading = roles.Reading("addresses", 0.8, "concept")
                found = Found(spot, (Candidate(concept.entity, concept.anchor, 0.8, "concept"),))
                passage = roles.passage(view.lower, low, high, (), field=field, where="", zone="")
                seen = Seen(found, roles.Place(passage, 0), view)
                best.setdefault(concept.entity, _link(seen, reading, 0.736))
                break
        return list(best.values())


def _parts(items: Sequence[Found], lower: str) -> list[str]:
    """`Seen.part` of each item of a text; they come in the order of the text, longer ones first."""
    out: list[str] = []
    low = high = -1
    unlisted = ""
    for item in items:
        start, end, _ = item.spot
        if end > high:
            low, high = start, end
            unlisted = "?" if item.readings and item.readings[0].reason == terms.REASON else ""
            out.append("")
        elif start == low and end == high:
            out.append("")
        else:
            headed = start == low and is_head(lower[end + 1 : high])
            side = "h" if headed else "s" if start == low else "e" if end == high else "m"
            out.append(side + unlisted)
    return out


def _spans(found: Mapping[str, Sequence[Found]]) -> dict[str, list[tuple[int, int]]]:
    return {field: [(f.spot.start, f.spot.end) for f in items] for field, items in found.items()}


def _link(seen: Seen, reading: roles.Reading, score: float) -> Link:
    begin, stop, entity = seen.item.spot
    passage, view = seen.place.passage, seen.view
    start, end = view.span(begin, stop)
    low, high = view.evidence_sentence(begin, stop, passage.span)
    mention = Mention(passage.field, start, end, view.raw[start:end])
    return Link(mention, entity, score, seen.item.readings, reading.role, reading.rule, low, high)


def _meant(view: View, hits: list[Hit]) -> list[Hit]:
    """Hits that are no part of an address or of another word."""
    lower = view.lower
    hits = [h for h in hits if lower[h.start - 1 : h.start] != "-" or not lower.endswith(_TURNING, 0, h.start)]
    spans = disambiguate.in_url(view.plain)
    if not spans:
        return hits
    lows = [low for low, _ in spans]

    def inside(place: int) -> bool:
        before = bisect_right(lows, place)
        return before > 0 and place < spans[before - 1][1]

    return [h for h in hits if not inside(h.start)]


def make(vocabulary_files: Sequence[Path] = ()) -> Linker:
    """A linker on the shipped vocabulary and venues, with users' vocabulary files laid over it."""
    return Linker(load(vocabulary_files))


@lru_cache(maxsize=1)
def default() -> Linker:
    """The linker on the shipped data, made once per process."""
    return make()


def link(text: str, *, linker: Linker | None = None) -> Extraction:
    """Link one text as if it were a paper's abstract. Offsets are code points of `text` as given; a surrogate without its other
    half reads as U+FFFD."""
    return (linker or default()).extract(Paper(id=TEXT, abstract=_SURROGATE.sub("\ufffd", text)))
