"""Which reading of a surface form is meant, if any. NIL (no entity) is a normal answer.

Evidence is what the vocabulary asks for: letter case, cue words, vetoes, categories, and what the paper itself defines.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from kg.linking.abbreviations import Definition
from kg.linking.text import Spot, View
from kg.model import Candidate
from kg.vocabulary import Hit, Term, Vocabulary, scan_key

_URL = re.compile(r"(?:https?://|www\.)\S+|\b\S+@\S+|\b[\w-]+\.(?:com|org|io|net|edu|gov)\b\S*")
_DEVICE = re.compile(r"(?:[A-Z]{2,4}|SoC)s?")
_PART = re.compile(r" (?:[a-z ]+|CPUs?|ISAs?|SoCs?)")
_ACTS = frozenset(("technique", "task"))
_THINGS = frozenset(("system", "hardware"))
_WORDS = re.compile(r"[a-z0-9]+")


class Context:
    """What is known of a paper before any of its ambiguous names is read.

    `local` maps a short form that the paper defines to the entity of its long form, or to None where the long form is
    something else than every reading the vocabulary has.
    """

    def __init__(self, text: str, categories: Collection[str]) -> None:
        key = scan_key(text.lower())
        while "  " in key:
            key = key.replace("  ", " ")
        self.key = key
        self.categories = frozenset(categories)
        self.local: dict[str, str | None] = {}
        self.known: set[str] = set()
        self.families: set[str] = set()  # parents of the entities that are known

    def says(self, phrase: str) -> bool:
        """Whether the phrase stands in the text, at the start of a word."""
        return f" {phrase.replace('-', ' ')}" in self.key


def candidate(hit: Hit, term: Term, context: Context, plain: str) -> Candidate:
    """Score one reading of a hit. Scores: 0 is refused, under 0.5 is too weak to link, 0.97 is certain."""
    variant = hit.variant
    surface = plain[hit.start : hit.end]
    if surface in context.local or (surface.endswith("s") and surface[:-1] in context.local):
        meant = context.local.get(surface, context.local.get(surface[:-1]))
        if meant == variant.entity:
            return Candidate(variant.entity, variant.form, 0.97, "defined in the text")
        return Candidate(variant.entity, variant.form, 0.0, "defined otherwise in the text")
    near = ""
    for veto in term.vetoes:
        # "!pareto frontier" forbids that place, "!supernova" the whole paper.
        if surface.lower() in veto:
            near = near or f" {' '.join(scan_key(plain[max(0, hit.start - 30) : hit.end + 30].lower()).split())} "
            forbidden = f" {veto.replace('-', ' ')}" in near
        else:
            forbidden = context.says(veto)
        if forbidden:
            return Candidate(variant.entity, variant.form, 0.1, f"veto: {veto}")
    if variant.policy == "context":
        if variant.entity in context.known:
            return Candidate(variant.entity, variant.form, 0.95, "named in full elsewhere in the text")
        found = [c for c in term.cues if context.says(c)]
        if found:
            return Candidate(variant.entity, variant.form, min(0.95, 0.8 + 0.05 * len(found)), f"cue: {found[0]}")
        if len(surface) > 2 and not context.families.isdisjoint(term.entity.broader):
            return Candidate(variant.entity, variant.form, 0.8, "named beside its siblings")
        if context.categories & set(term.categories):
            return Candidate(variant.entity, variant.form, 0.7, "category")
        return Candidate(variant.entity, variant.form, 0.2, "no cue")
    words = variant.norm.count(" ") + 1
    return Candidate(variant.entity, variant.form, 0.97 if words > 1 or variant.exact else 0.93, "name")


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
            entity = next((v.entity for v in readings if _alike(long, vocabulary.terms[v.entity])), None)
        short = d.short[:-1] if d.short.endswith("s") and d.short[:-1].isupper() else d.short
        if entity is not None:
            context.local[short] = context.local[d.short] = entity
        elif short not in context.local:
            context.local[short] = context.local[d.short] = None


def _alike(long: str, term: Term) -> bool:
    """Whether a long form is one of the term's names in other words: half of the content words agree."""
    have = {w.rstrip("s") for w in _WORDS.findall(long)}
    for form in term.forms:
        want = {w.rstrip("s") for w in _WORDS.findall(form.text.lower())}
        if len(want) > 1 and 2 * len(have & want) >= max(len(have), len(want)):
            return True
    return False


def in_url(plain: str) -> list[tuple[int, int]]:
    """Spans of web addresses and e-mail addresses: no names are read in them."""
    if "http" not in plain and "www." not in plain and "@" not in plain and ".com" not in plain and ".org" not in plain:
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
            if spot.entity not in alone and counts_inside(spot, ranked[0].alias, outer, plain):
                alone.add(spot.entity)
                out.append((spot, ranked))
        out.sort(key=lambda f: (f[0].start, -f[0].end))
    return out


def counts_inside(spot: Spot, alias: str, outer: Spot, plain: str) -> bool:
    """Whether a name inside a longer one is a mention of its own.

    "LLM" in "LLM inference" is, and so is a long term ("large language model") or what a system or device is for
    ("edge computing" in "edge computing device"). Other ordinary words ("compiler" in "compiler pass") are parts of
    the term. Of devices, the kind ("GPU" in "Ascend GPU") and the owner of a part ("CPU" in "CPU memory", "RISC-V" in
    "RISC-V CPU") are; "Xeon" in "Xeon Phi" is another thing.
    """
    kind, _, _ = spot.entity.partition("/")
    whole, _, _ = outer.entity.partition("/")
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
