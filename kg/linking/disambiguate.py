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
_WORDS = re.compile(r"[a-z0-9]+")


class Context:
    """What is known of a paper before any of its ambiguous names is read.

    `local` maps a short form that the paper defines to the entity of its long form, or to None where the long form is
    something else than every reading the vocabulary has.
    """

    def __init__(self, text: str, categories: Collection[str]) -> None:
        self.key = f" {' '.join(scan_key(text.lower()).split())} "
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


def resolve(accepted: list[tuple[int, int, Candidate]]) -> list[tuple[Spot, tuple[Candidate, ...]]]:
    """Longest match first from the left; of several readings of one span the best, ties by entity id."""
    by_span: dict[tuple[int, int], list[Candidate]] = {}
    for start, end, reading in accepted:
        by_span.setdefault((start, end), []).append(reading)
    out: list[tuple[Spot, tuple[Candidate, ...]]] = []
    inner: list[tuple[Spot, tuple[Candidate, ...]]] = []
    reach, outer = -1, ""
    for (start, end), readings in sorted(by_span.items(), key=lambda item: (item[0][0], -item[0][1])):
        ranked = tuple(sorted(readings, key=lambda c: (-c.score, c.entity)))
        found = Spot(start, end, ranked[0].entity), ranked
        if start >= reach:
            out.append(found)
            reach, outer = end, ranked[0].entity
        elif end <= reach and not (outer.startswith("hardware/") and ranked[0].entity.startswith("hardware/")):
            inner.append(found)
    # "LLM inference" names LLM too: a name inside a longer one counts where the paper does not name it by itself.
    # Ordinary words inside a term ("compiler" in "compiler pass") are parts of it, not mentions, and a device
    # inside a device ("CPU" in "Intel CPU", "Xeon" in "Xeon Phi") is what `broader` says, or another one.
    alone = {spot.entity for spot, _ in out}
    for found in inner:
        if found[0].entity not in alone and found[1][0].alias != found[1][0].alias.lower():
            alone.add(found[0].entity)
            out.append(found)
    out.sort(key=lambda f: (f[0].start, -f[0].end))
    return out
