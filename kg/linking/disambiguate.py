"""Which reading of a surface form is meant, if any. NIL (no entity) is a normal answer.

Evidence is what the vocabulary asks for: letter case, cue words, vetoes, categories, and what the paper itself defines.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from kg.linking.abbreviations import Definition
from kg.linking.text import Spot, View
from kg.matcher import Hit, spaced
from kg.model import Candidate
from kg.rows import Term, is_signed
from kg.vocabulary import Vocabulary

_DOMAINS = ("com", "org", "io", "net", "edu", "gov")
_URL = re.compile(
    rf"(?:https?://|www\.)\S+|(?<![^\s@])[^\s@]++@\S+|(?<![\w-])(?:[\w-]++\.){{1,4}}(?:{'|'.join(_DOMAINS)})\b\S*"
)
#: One of these stands in every address.
_IN_URL = ("http", "www.", "@", *(f".{domain}" for domain in _DOMAINS))
# A hyphen between two parts of one name.
_JOINED = re.compile(r"-[A-Z0-9]")
_JOINED_BEFORE = re.compile(r"[A-Z0-9]-$")
_DEVICE = re.compile(r"(?:[A-Z]{2,4}|SoC)s?")
_PART = re.compile(r" (?:[a-z ]+|CPUs?|ISAs?|SoCs?)")
_ACTS = frozenset(("technique", "task"))
_THINGS = frozenset(("system", "hardware"))
# A capitalised word before a name, inside a sentence or joined by a hyphen; acronyms only if joined.
_BEFORE = re.compile(r"(?:(?<=[A-Za-z0-9,;)] )([A-Z]\w*[a-z]\w*) |(?<![\w-])([A-Z]\w*)-)$")
_AFTER = re.compile(r"(?: ([A-Z][a-z]\w+)|-([A-Z]\w+))")
# Readings that need no help from the words around: they hold inside a longer name too.
_SURE = ("name", "defined in the text", "named in full elsewhere in the text")
NO_CUE = "no cue"
# What may stand between two names of one list: the rest of the first ("-3 8B"), then a comma, "and", "or" or a slash.
_LIST = re.compile(r"[-\w.]{0,12}(?: \d[\w.]{0,6})?(?:, (?:and |or )?| and | or |/)")
_MAKERS = frozenset("amd apache apple facebook google huawei ibm intel meta microsoft nvidia openai oracle".split())
_WORDS = re.compile(r"[a-z0-9]+")
_ALIKE = 0.5  # of the content words of a long form and a name, from which on they are one in other words


#: Code points on either side of a name in which a cue or a veto is beside it.
_BESIDE = 30


class Context:
    """What is known of a paper before any of its ambiguous names is read.

    `local` maps a short form that the paper defines to the entity of its long form, or to None where the long form is
    something else than every reading the vocabulary has.
    """

    def __init__(self, title: str, body: str, categories: Collection[str]) -> None:
        self._key = ""
        self._text = f"{title} . {body}"
        self.title = title if headline(title) else ""
        self.body = body
        self.categories = frozenset(categories)
        self.local: dict[str, str | None] = {}
        self.known: set[str] = set()
        self._terms: dict[str, tuple[list[str], list[str]]] = {}
        self.parents: set[str] = set()  # of the entities that are known
        self.families: set[str] = set()  # the entities that are known, and their close ancestors

    def cues(self, term: Term) -> list[str]:
        """The term's cues that the text has, in the row's order."""
        return self._said(term)[0]

    def vetoes(self, term: Term) -> list[str]:
        """The term's vetoes that the text has, in the row's order."""
        return self._said(term)[1]

    def _said(self, term: Term) -> tuple[list[str], list[str]]:
        said = self._terms.get(term.entity.id)
        if said is None:
            said = [c for c in term.cues if self.says(c)], [v for v in term.vetoes if self.says(v)]
            self._terms[term.entity.id] = said
        return said

    def says(self, phrase: str) -> bool:
        """Whether the phrase, a cue or a veto of a row, stands in the text, at the start of a word."""
        if not self._key:  # made when first asked: many papers have no ambiguous name
            self._text = self._text.lower()
            self._key = f" {spaced(self._text)} "
        return phrase in self._text if is_signed(phrase) else f" {phrase}" in self._key


def candidate(hit: Hit, term: Term, context: Context, plain: str, kin: Collection[str]) -> Candidate:
    """Score one reading of a hit. Scores: 0 is refused, under 0.5 is too weak to link, 0.97 is certain.

    `plain` is the text of the hit's field; `kin` holds the families of the entity (`Vocabulary.kin`).
    """
    variant = hit.variant
    surface = plain[hit.start : hit.end]
    local_names = context.local
    if local_names and (surface in local_names or (surface.endswith("s") and surface[:-1] in local_names)):
        meant = local_names.get(surface, local_names.get(surface[:-1]))
        if meant == variant.entity:
            return Candidate(variant.entity, variant.form, 0.97, "defined in the text")
        return Candidate(variant.entity, variant.form, 0.0, "defined otherwise in the text")
    if plain[max(0, hit.start - 4) : hit.start].lower() == "non-":
        return Candidate(variant.entity, variant.form, 0.1, "denied")  # "non-autoregressive"
    found: list[str] = []
    if variant.policy == "context":
        own = surface.lower() if " " not in surface else ""
        # That the name itself stands there says nothing of what it means.
        found = [c for c in context.cues(term) if own != c and own != c + "s"]
    vetoes = context.vetoes(term)
    if vetoes or term.places:
        near = f" {spaced(plain[max(0, hit.start - _BESIDE) : hit.end + _BESIDE].lower())} "
        veto = next((place for place in term.places if f" {place}" in near), "")
        if not veto and not any(f" {c}" in near for c in found):
            veto = next(iter(vetoes), "")  # where no cue stands right beside the name
        if veto:
            return Candidate(variant.entity, variant.form, 0.1, f"veto: {veto}")
    if variant.policy == "context":
        if variant.entity in context.known:
            return Candidate(variant.entity, variant.form, 0.95, "named in full elsewhere in the text")
        family = ""
        if len(surface) > 2 and not context.parents.isdisjoint(term.entity.broader):
            family = "named beside its siblings"
        elif named(surface) and not context.families.isdisjoint(kin):
            family = "named beside its kin"
        if surface[0].isupper() and " " not in surface and term.entity.label[0].isupper():
            if longer := compound(plain, hit.start, hit.end, term, len(found), titled=plain is context.title):
                return Candidate(variant.entity, variant.form, 0.1, f"part of {longer}")
            if (
                plain is context.title
                and len(found) < 2
                and not family
                and surface[1:2].islower()
                and surface not in context.body
            ):
                # In a headline every word has a capital: the name must show again, or be supported well.
                return Candidate(variant.entity, variant.form, 0.1, "a word of the title")
        if found:
            return Candidate(variant.entity, variant.form, min(0.95, 0.8 + 0.05 * len(found)), f"cue: {found[0]}")
        if family:
            return Candidate(variant.entity, variant.form, 0.8, family)
        if context.categories & set(term.categories):
            return Candidate(variant.entity, variant.form, 0.7, "category")
        return Candidate(variant.entity, variant.form, 0.2, NO_CUE)
    words = variant.norm.count(" ") + 1
    return Candidate(variant.entity, variant.form, 0.97 if words > 1 or variant.exact else 0.93, "name")


class Placed:
    """Accepted names by place, to find those next to another in a list."""

    _SPAN = 64

    def __init__(self, accepted: Iterable[tuple[int, int, Candidate]]) -> None:
        self._cells: dict[int, list[tuple[int, int, str]]] = {}
        for start, end, reading in accepted:
            self.add(start, end, reading)

    def add(self, start: int, end: int, reading: Candidate) -> None:
        """Ordinary words (an alias in lower case) are no names and license none."""
        if reading.alias != reading.alias.lower():
            self._cells.setdefault(start // self._SPAN, []).append((start, end, reading.entity))

    def _at(self, place: int) -> list[tuple[int, int, str]]:
        return self._cells.get(place // self._SPAN, [])

    def beside(self, hit: Hit, plain: str) -> list[str]:
        """Entities of the hit's class, other than its own, whose names stand next to it in a list."""
        entity = hit.variant.entity
        kind = entity.partition("/")[0] + "/"
        out = []
        for cell in (hit.start - self._SPAN, hit.start, hit.start + self._SPAN):
            for start, end, other in self._at(cell):
                low, high = (end, hit.start) if end <= hit.start else (hit.end, start)
                alike = other != entity and other.startswith(kind)
                if alike and 0 < high - low < 30 and _LIST.fullmatch(plain, low, high):
                    out.append(other)
        return out


def headline(title: str) -> bool:
    """Whether a title gives its ordinary words a capital."""
    words = [w for w in title.split()[1:] if len(w) > 4 and w.isalpha()]
    return bool(words) and 2 * sum(w.istitle() for w in words) > len(words)


def named(surface: str) -> bool:
    """Whether a form looks like a proper name, and is more than a short acronym."""
    return len(surface) > 4 or (len(surface) > 2 and surface[0].isupper() and not surface.isupper())


def compound(plain: str, start: int, end: int, term: Term, cues: int, *, titled: bool) -> str:
    """The longer proper name that a capitalised word is only a part of ("NeMo Gym", "SPEC-RL"), or "".

    A neighbour with a capital is no part of it at the start of a sentence, as an acronym ("OLCF Frontier"), and where
    the vocabulary itself puts it beside the entity ("Apache Hive", "Tesla GPU"). With `cues` enough a maker may
    stand before it ("Microsoft Copilot") and a component after it ("Ray Serve"). In a headline (`titled`) only acronyms
    joined by a hyphen count.
    """
    kind = term.entity.kind
    if plain.startswith(" et al", end):
        return plain[start : end + 6]  # an author
    if kind == "technique":
        return ""  # models are named by a family and more: "DeepSeek-R1", "Vision Mamba"
    spaced = kind != "dataset" and plain[start + 1 : start + 2].islower()
    before, after = _BEFORE.search(plain, max(0, start - 40), start), _AFTER.match(plain, end)
    if titled:
        before, after = None, after if after is not None and (after[2] or "").isupper() else None
    if before is not None and kind != "dataset" and (spaced or before[2]):
        word = (before[1] or before[2]).lower()
        if not (cues > 1 and word in _MAKERS) and not _own(word, term):
            return plain[before.start() : end].strip()
    if after is not None and ((spaced and cues < 3) if after[1] else (kind != "dataset" or after[2].isupper())):
        word = (after[1] or after[2]).lower()
        if not _own(word, term):
            return plain[start : after.end()]
    return ""


def _own(word: str, term: Term) -> bool:
    """Whether the term's own row says the word: its names, its parents, its cues or what it is."""
    entity = term.entity
    return any(
        f" {word}" in f" {text.lower().replace('-', ' ')}"
        for text in (entity.label, entity.definition, *entity.aliases, *entity.broader, *term.cues)
    )


def define(
    view: View, definitions: list[Definition], vocabulary: Vocabulary, context: Context, spelled: Mapping[str, str]
) -> None:
    """Read the paper's own abbreviation definitions into `context.local`.

    `spelled` maps a lower-case long form to the entity it names, for all hits of the text.
    """
    for d in definitions:
        long = view.lower[d.long_start : d.long_end].replace("-", " ")
        readings = vocabulary.matcher.readings(d.short)
        entity = spelled.get(long) or spelled.get(long[:-1] if long.endswith("s") else long + "s")
        if entity is None:
            likeness = {v.entity: _likeness(long, vocabulary.terms[v.entity]) for v in readings}
            best = max(likeness, key=likeness.__getitem__, default="")  # the first of equals
            entity = best if best and likeness[best] >= _ALIKE else None
        short = d.short[:-1] if d.short.endswith("s") and d.short[:-1].isupper() else d.short
        if entity is not None:
            context.local[short] = context.local[d.short] = entity
        elif short not in context.local:
            context.local[short] = context.local[d.short] = None


def _likeness(long: str, term: Term) -> float:
    """How far a long form is one of the term's names in other words: the share of content words that agree, from 0 to 1."""
    have = {w.rstrip("s") for w in _WORDS.findall(long)}
    wanted = ({w.rstrip("s") for w in _WORDS.findall(form.text.lower())} for form in term.forms)
    return max((len(have & want) / max(len(have), len(want)) for want in wanted if len(want) > 1), default=0.0)


def in_url(plain: str) -> list[tuple[int, int]]:
    """Spans of web addresses and e-mail addresses: no names are read in them."""
    if not any(mark in plain for mark in _IN_URL):
        return []
    return [m.span() for m in _URL.finditer(plain)]


def resolve(accepted: list[tuple[int, int, Candidate]], plain: str) -> list[tuple[Spot, tuple[Candidate, ...]]]:
    """Longest match first from the left; of several readings of one span the best, ties by entity id.

    A name inside a longer one counts once, where the field does not name it by itself: see `counts_inside`.
    """
    by_span: dict[tuple[int, int], list[Candidate]] = {}
    for start, end, reading in accepted:
        by_span.setdefault((start, -end), []).append(reading)
    out: list[tuple[Spot, tuple[Candidate, ...]]] = []
    inner: list[tuple[Spot, tuple[Candidate, ...], Spot]] = []
    reach, outer = -1, Spot(0, 0, "")
    for start, end in sorted(by_span):
        readings = by_span[start, end]
        if len(readings) > 1:
            readings.sort(key=lambda c: (-c.score, c.entity))
        spot = Spot(start, -end, readings[0].entity)
        if start >= reach:
            out.append((spot, tuple(readings)))
            reach, outer = -end, spot
        elif -end <= reach or readings[0].alias != readings[0].alias.lower():
            # Of two terms that share words the first counts, and a name ("edge LLM", "LLM inference accelerator").
            inner.append((spot, tuple(readings), outer))
    if inner:
        alone = {spot.entity for spot, _ in out}
        for spot, ranked, outer in inner:
            if spot.entity not in alone and counts_inside(spot, ranked[0], outer, plain):
                alone.add(spot.entity)
                out.append((spot, ranked))
        out.sort(key=lambda f: (f[0].start, -f[0].end))
    return out


def counts_inside(spot: Spot, reading: Candidate, outer: Spot, plain: str) -> bool:
    """Whether a name inside a longer one is a mention of its own.

    "LLM" in "LLM inference" is, and so is a long term ("large language model") or what a system or device is for
    ("edge computing" in "edge computing device"). Other ordinary words ("compiler" in "compiler pass") are parts of
    the term. Of devices, the kind ("GPU" in "Ascend GPU") and the owner of a part ("CPU" in "CPU memory", "RISC-V" in
    "RISC-V CPU") are; "Xeon" in "Xeon Phi" is another thing.
    """
    kind, _, _ = spot.entity.partition("/")
    whole, _, _ = outer.entity.partition("/")
    alias = reading.alias
    if _JOINED.match(plain, spot.end, outer.end) or _JOINED_BEFORE.search(plain, outer.start, spot.start):
        return False  # "CIFAR" in "CIFAR-100", "CMA" in "CMA-ES"
    if {kind, whole} <= _THINGS and reading.reason not in _SURE:
        return False  # a word of a product's name, which needs help to be read at all
    if kind == whole == "hardware":
        surface = plain[spot.start : spot.end]
        if spot.end == outer.end:
            return _DEVICE.fullmatch(surface) is not None
        rest = plain[spot.end : outer.end]
        return spot.start == outer.start and surface != surface.lower() and _PART.fullmatch(rest) is not None
    if alias != alias.lower():
        return True
    words = alias.count(" ") + alias.count("-") + 1
    if kind == "technique" and words > 2:
        return True
    return words == 2 and spot.start == outer.start and kind in _ACTS and whole in _THINGS
