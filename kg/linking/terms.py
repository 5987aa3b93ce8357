"""Established terms that no vocabulary lists: candidate spans of a sentence, scored by a small linear model.

`term_features` cuts the candidates and says what speaks for each. What speaks for it: its head (the last word), its
first word, their endings, how it is written, what stands on either side, how often the paper says it. The weights lie in
`weights/terms.json`; `kg.train` makes them from the labels. The class of a term is read by a second model, from the same
words (`weights/kinds.json`).

A term's identity is its name: two papers that write it mean one node, and the corpus decides on its class together
(`kg.assemble`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cache
from itertools import accumulate, compress
from operator import attrgetter, ge
from typing import NamedTuple

from kg.forms import singular
from kg.linking.citations import is_cited
from kg.linking.linear import FeatureModel, shares, stored
from kg.linking.term_features import (
    MAX_WORDS,
    Candidate,
    endings,
    is_capitalised,
    kind_features,
    name_of,
    right_token,
    times,
)
from kg.linking.term_weights import ONCE, Shape, WordTables, WordWeights, shapes
from kg.linking.text import View, has_markup
from kg.ontology import slug

#: Candidates with a lower probability are no terms; of the others `confidence` tells which are links.
MIN_TERM = 0.56
FLOOR = round(1000 * math.log(MIN_TERM / (1 - MIN_TERM)))  # the same in thousandths of a logit

#: What a thousandth of a logit is worth when a term's score is told as a probability: papers that were not trained on
#: bear out less than the model promises. `confidence` weighs that score beside how the term stands in its paper.
_SLOPE = 0.55 / 1000

#: Code points on either side of a sentence in which a term of it is counted. No abstract is as long; a longer text is read
#: in time that grows with its length.
_NEAR = 10_000

#: The reason of a reading that is such a term.
REASON = "unlisted term"

# Numbers and ranges with or without a unit ("0.5-0.7", "2011-2020"), years of meetings ("PODC'10"), initials, letters in a row ("S-R"), alternatives ("INT4/INT8"), qualities that need a noun
# ("DRAM-free"), parts of a work ("Theorem 4.2", "Phase II"), and what holds nobody and anything.
_NO_TERM = re.compile(
    r"[\d.,]+[A-Za-z]{0,2}(?:[-–/][\d.,]+[A-Za-z]{0,2})*(?: [A-Za-z]{1,2})?|[A-Z]\w+['’]\d\d|(?:[A-Za-z]\.)+[A-Za-z]?|[A-Za-z](?:-[A-Za-z])+|.*/.*|(?:near|non|semi)-\S+|.*-(?:free|aware|based|level|driven|like|specific|wise|style|class|scale)|"
    r"(?:Theorem|Lemma|Chapter|Part|Section|Table|Figure|Phase|Stage|Step|Task|Track|Type|Level|Version|Group) [\d.]+|(?:Theorem|Chapter|Part|Phase|Stage|Task|Type) [IVX]+|"
    r"(?:.* )?(?:no|some|any|every)(?:body|one|thing)(?: .*)?",  # but "Segment Anything"
    re.S,
)
_NO_NAMES: Mapping[str, str] = {}


def _is_marked(raw: str, surface: str) -> bool:
    """Whether a span is written with LaTeX that is no part of a term. Accents are part of one in a phrase that ends in lower
    case ("Büchi automaton"); most others are in names of people."""
    return has_markup(raw) or ("\\" in raw and not (" " in surface and surface.rpartition(" ")[2].islower()))


class Term(NamedTuple):
    """A term found in a view. `score` is the probability that a careful reader would link it, by its words alone."""

    start: int
    end: int
    entity: str  # "<class>/<slug of the name>"
    name: str
    score: float


class _Chosen(NamedTuple):
    """A candidate that is a term, its class not yet read."""

    field: str
    start: int
    end: int
    candidate: Candidate
    name: str
    slug: str
    weight: int


class Terms:
    """Finds terms. `weights`: template -> value -> thousandths of a logit; `kinds`: a model of the classes.

    `known` says whether a vocabulary has the name: what it knows and refused here is no new term. Nor is one whose slug
    is among the `slugs` of the vocabulary: no two things share an id. `refuses`: whether a name names nothing.
    `is_proper`: whether a word has its capital whatever stands before it.
    """

    def __init__(
        self,
        weights: Mapping[str, Mapping[str, int]],
        kinds: FeatureModel,
        known: Callable[[str], bool],
        slugs: Container[str],
        refuses: Callable[[str], bool] = lambda name: False,
        is_proper: Callable[[str], bool] = lambda word: False,
    ) -> None:
        self._bias = weights["bias"][""]
        self._kinds = kinds
        self._known = known
        self._slugs = slugs
        self._refuses = refuses
        self._is_proper = is_proper
        self._floor = FLOOR - self._bias
        tables = WordTables(weights)
        # words, first words, shapes: of sentences and of titles
        self._plain, self._titled = (
            (WordWeights(tables, title=title, start=False), WordWeights(tables, title=title, start=True), root)
            for title, root in zip((False, True), shapes(weights), strict=True)
        )
        self._ending = self._plain[0].ending()

    def find(
        self,
        views: Mapping[str, View],
        taken: Mapping[str, Sequence[tuple[int, int]]],
        own: Container[str] = (),
        defined: Mapping[str, str] = _NO_NAMES,
    ) -> dict[str, list[Term]]:
        """Terms by field, in order. They overlap no span of `taken` but those that lie inside them, nor each other.

        Args:
            own: names of what the paper introduces or has linked, in lower case: no terms.
            defined: short form -> long form, where the paper gives both: one thing.
        """
        text = " . ".join(v.lower for v in views.values())
        begin = 0  # of the field in `text`
        scored: list[tuple[int, str, int, int, Candidate]] = []
        for field, view in views.items():
            titled = field == "title"
            for low, high in view.sentences:
                chunks = view.plain[low:high].split(" ")
                near = text if len(text) <= _NEAR else text[max(0, begin + low - _NEAR) : begin + high + _NEAR]
                found = self.scored(chunks, near, title=titled)
                if found:
                    starts = list(accumulate(map(len, chunks), initial=low))  # without the spaces between
                for score, c in found:
                    i, j = c.i, c.j - 1
                    first, last = c.words[i], c.words[j]
                    end = starts[j] + j + last.skip + len(last.text)
                    scored.append((-score, field, starts[i] + i + first.skip, end, c))
            begin += len(view.lower) + len(" . ")
        scored.sort()  # no two have one place
        chosen: list[_Chosen] = []
        free = {field: _Free(len(view.plain), taken[field]) for field, view in views.items()}
        for minus, field, start, end, c in scored:
            if not free[field].has(start, end):
                continue
            view, surface = views[field], views[field].plain[start:end]
            if _NO_TERM.fullmatch(surface) or _is_marked(view.raw[slice(*view.span(start, end))], surface):
                continue
            name = name_of(c, self._is_proper)
            if self._refuses(name) or self._refuses(surface) or is_cited(view.plain, start, end):
                continue
            long = defined.get(surface) or defined.get(surface.rstrip("s"))
            if long:
                name = _spelled(long)
            name_slug = slug(name)
            if (
                name_slug not in self._slugs
                and surface.lower() not in own
                and (long is None or long.lower() not in own)
                and not self._known(surface)
            ):
                chosen.append(_Chosen(field, start, end, c, name, name_slug, -minus))
                free[field].take(start, end)
        return self._classed(views, chosen)

    def _classed(self, views: Mapping[str, View], chosen: Sequence[_Chosen]) -> dict[str, list[Term]]:
        """The terms with the class that all mentions of a name in the paper give it together, and letters as they stand
        within a sentence."""
        votes: dict[str, list[float]] = {}
        written: dict[str, str] = {}
        for t in chosen:
            if not is_capitalised(t.candidate):
                written[t.name.lower()] = t.name
            vote = shares(self._kinds.scores(kind_features(t.candidate)))
            have = votes.get(t.slug)
            votes[t.slug] = vote if have is None else [a + b for a, b in zip(have, vote, strict=True)]
        found: dict[str, list[Term]] = {field: [] for field in views}
        for t in sorted(chosen, key=lambda t: t[:3]):
            vote = votes[t.slug]
            best = max(range(len(vote)), key=vote.__getitem__)
            if self._kinds.classes[best] == "hardware" and 2 * vote[best] < sum(vote):
                # Names that tell nothing end up as hardware; only a clear majority is.
                best = max((k for k in range(len(vote)) if k != best), key=vote.__getitem__)
            kind = self._kinds.classes[best]
            sure = 1 / (1 + math.exp(-_SLOPE * (t.weight + self._bias)))
            name = written.get(t.name.lower(), t.name)
            found[t.field].append(Term(t.start, t.end, f"{kind}/{t.slug}", name, round(sure, 3)))
        return found

    def scored(self, chunks: Sequence[str], text: str, *, title: bool) -> list[tuple[int, Candidate]]:
        """Candidates of a sentence whose weight reaches the floor. The weight is the sum over `features`, with those
        left out early whose head and right neighbour weigh less than nearly all terms' do."""
        known, opening, roots = self._titled if title else self._plain
        words = list(map(known.__getitem__, chunks))
        words[0] = opening[chunks[0]]
        words.append(self._ending)
        floor = self._floor
        found: list[tuple[int, Candidate]] = []
        close: list[tuple[int, int, int, Shape]] = []  # weight, i, j and shape of what may reach the floor
        # Most words end no term, whatever is before them: they are passed over without a step of Python.
        for j in compress(range(len(chunks)), map(ge, map(_RIGHT, words[1:]), map(_NEED, words))):
            last = words[j]
            if last.ended:
                behind, side = last.end, "p"
            else:
                after = words[j + 1]
                behind, side = after.right, after.right_side
            shape = roots[side][last.shape]
            if behind >= last.need_one:
                if last.lead:
                    score = last.head_one + behind + last.led + shape.beside[last.lead]
                else:
                    before = words[j - 1]
                    score = last.head_one + behind + before.left + shape.beside[before.left_key]
                if score >= floor:
                    close.append((score, j, j + 1, shape))
            if behind < last.need_many or last.lead:
                continue
            many, pairs = last.head_many + behind, last.pairs
            for i in range(j - 1, j - MAX_WORDS, -1):
                first = words[i]
                if not first.inner:
                    break
                shape = shape[first.shape]
                if first.lead:
                    score = many + first.first + pairs.get(first.lower, 0) + first.led + shape.beside[first.lead]
                    if score >= floor:
                        close.append((score, i, j + 1, shape))
                    break
                before = words[i - 1]
                score = many + first.first + pairs.get(first.lower, 0) + before.left + shape.beside[before.left_key]
                if score >= floor:
                    close.append((score, i, j + 1, shape))
        if close:
            raw = list(map(_WORD, words[:-1]))
            for score, i, j, shape in close:
                c = Candidate(raw, i, j, title)
                if shape.counts is not ONCE:
                    score += shape.counts[times(c, text) - 1]
                if score >= floor:
                    found.append((score, c))
        return found


_RIGHT, _NEED, _WORD = attrgetter("right"), attrgetter("need"), attrgetter("word")


def _spelled(long: str) -> str:
    """A long form as a name: without quotation marks, its last word in the singular, unless that is written as a name itself."""
    long = long.replace('"', "")
    head, space, last = long.rpartition(" ")
    if not (last.isalpha() and last[1:].islower()):
        return long
    one = singular(last.lower())
    return f"{head}{space}{one if last.islower() else one.capitalize()}"


class _Free:
    """Which spans of a field may still become terms: those that overlap no chosen one, and no link but those that lie
    inside them as a part."""

    def __init__(self, size: int, taken: Sequence[tuple[int, int]]) -> None:
        self._whole = set(taken)
        self._inside = bytearray(size + 1)  # positions within a link, its edges apart
        self._chosen = bytearray(size + 1)
        for start, end in taken:
            self._inside[start + 1 : end] = b"\1" * (end - start - 1)

    def has(self, start: int, end: int) -> bool:
        if self._inside[start] or self._inside[end] or (start, end) in self._whole:
            return False
        return self._chosen.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        self._chosen[start:end] = b"\1" * (end - start)


def gates(accepted: Sequence[Candidate], weights: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """What the head and the right neighbour of a term weigh at least, all but one term of a hundred: for several words
    ("n"), one ordinary word ("l"), one name ("x")."""
    sums: dict[str, list[int]] = {"n": [0], "l": [0], "x": [0]}
    for c in accepted:
        last = c.words[c.j - 1]
        many = "n" if c.j - c.i > 1 else "1"
        total = sum(weights[t + many].get(v, 0) for t, v in endings("h", last))
        total += weights["r"].get(right_token(c.words, c.j), 0)
        sums["n" if many == "n" else "l" if last.shape == "l" else "x"].append(total)
    return {key: sorted(values)[len(values) // 100] for key, values in sums.items()}


@cache
def shipped() -> dict[str, dict[str, int]]:
    """The weights that `weights/terms.json` holds: template -> value -> thousandths of a logit."""
    return dict(stored("terms"))
