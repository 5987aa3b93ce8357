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
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from kg.linking.linear import FeatureModel, share, stored
from kg.linking.term_features import (
    MAX_WORDS,
    Candidate,
    Word,
    endings,
    kind_features,
    name_of,
    right_token,
    side_of,
    times,
    word,
)
from kg.linking.text import View
from kg.ontology import slug

#: Candidates with a lower probability are no terms.
MIN_TERM = 0.68
FLOOR = round(1000 * math.log(MIN_TERM / (1 - MIN_TERM)))  # the same in thousandths of a logit

#: What a thousandth of a logit is worth when a term's score is told as a probability: papers that were not trained on
#: bear out less than the model promises.
_SLOPE = 0.55 / 1000

#: The reason of a reading that is such a term.
REASON = "unlisted term"

# Numbers with or without a unit, initials, alternatives ("INT4/INT8"), and qualities that need a noun ("DRAM-free").
_NO_TERM = re.compile(
    r"[\d.,]+[A-Za-z]{0,2}|(?:[A-Za-z]\.)+[A-Za-z]?|.*/.*|(?:near|non|semi)-\S+|.*-(?:free|aware|based|level|driven|like|specific|wise|style|class|scale)",
    re.S,
)
# What stands like a term and is none, by what it was most often taken for: countries, companies, scores, words without a
# noun, words too wide to tell anything.
_REFUSED = frozenset(
    "australia brazil canada china europe france germany india italy japan korea russia spain uk us usa "
    "amazon amd apple facebook google huawei ibm intel meta microsoft nist nvidia openai oracle samsung "
    "auc auroc bleu f1 f1-score fid iou mae map mape mse mttr psnr rmse rouge ssim tta wer "
    "multi-agent multi-robot multi-task multimodal out-of-distribution robotic state-of-the-art "
    "performance security simulation survey taxonomy".split()
) | {"computer science", "large model"}
_MARKUP = frozenset("\\{}$_^")
_NO_NAMES: Mapping[str, str] = {}
_MEMO = 100_000  # words kept


class Term(NamedTuple):
    """A term found in a view. `score` is the probability that a careful reader would link it."""

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


class _Weighted(NamedTuple):
    """A word with what it weighs in each place, in thousandths of a logit."""

    word: Word
    hopeful: bool  # may end a term
    one: bool  # may be a term by itself
    head_one: int  # the only word of a candidate
    head_many: int  # the last of several
    first: int  # the first of several
    left: int  # right before a candidate
    left_key: str
    right: int  # right behind a candidate
    right_side: str


class Terms:
    """Finds terms. `weights`: template -> value -> thousandths of a logit; `kinds`: a model of the classes.

    `known` says whether a vocabulary has the name: what it knows and refused here is no new term. Nor is one whose slug
    is among the `slugs` of the vocabulary: no two things share an id.
    """

    def __init__(
        self,
        weights: Mapping[str, Mapping[str, int]],
        kinds: FeatureModel,
        known: Callable[[str], bool],
        slugs: Container[str],
    ) -> None:
        self._weights = {template: dict(values) for template, values in weights.items()}
        self._kinds = kinds
        self._known = known
        self._slugs = slugs
        self._words: dict[str, _Weighted] = {}
        self._floor = FLOOR - self._weights["bias"][""]
        self._gate = self._weights["gate"]
        self._most_right = max(self._weights["r"].values())
        self._counts: dict[str, list[int]] = {}  # first shapes -> weight of being said once, twice, more often
        for pair, weight in self._weights["c"].items():
            self._counts.setdefault(pair[1:], [0, 0, 0])[int(pair[0]) - 1] = weight
        self._shapes: dict[str, tuple[int, dict[str, int]]] = {s: (n, {}) for s, n in self._weights["s"].items()}
        for pair, weight in self._weights["sl"].items():
            shape, key = pair.rsplit(" ", 1)
            self._shapes.setdefault(shape, (0, {}))[1][key] = weight
        self._pairs: dict[str, dict[str, int]] = {}
        for pair, weight in self._weights["fh"].items():
            first, _, head = pair.partition("_")
            self._pairs.setdefault(head, {})[first] = weight

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
        scored: list[tuple[int, str, int, int, Candidate]] = []
        for field, view in views.items():
            for low, high in view.sentences:
                chunks = view.plain[low:high].split(" ")
                found = list(self.scored(chunks, text, title=field == "title"))
                if found:
                    starts = list(accumulate((len(chunk) + 1 for chunk in chunks), initial=low))
                for score, c in found:
                    first, last = c.words[c.i], c.words[c.j - 1]
                    end = starts[c.j - 1] + last.skip + len(last.text)
                    scored.append((-score, field, starts[c.i] + first.skip, end, c))
        scored.sort(key=lambda s: s[:4])
        chosen: list[_Chosen] = []
        free = {field: _Free(len(view.plain), taken[field]) for field, view in views.items()}
        for minus, field, start, end, c in scored:
            if not free[field].has(start, end):
                continue
            view, surface = views[field], views[field].plain[start:end]
            if _NO_TERM.fullmatch(surface) or not _MARKUP.isdisjoint(view.raw[slice(*view.span(start, end))]):
                continue
            name = name_of(c)
            if name.lower() in _REFUSED:
                continue
            long = defined.get(surface) or defined.get(surface.rstrip("s"))
            name_slug = slug(long or name)
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
        """The terms with the class that all mentions of a name in the paper give it together."""
        votes: dict[str, list[float]] = {}
        for t in chosen:
            scores = self._kinds.scores(kind_features(t.candidate))
            shares = [share(scores, k) for k in range(len(scores))]
            have = votes.get(t.slug)
            votes[t.slug] = shares if have is None else [a + b for a, b in zip(have, shares, strict=True)]
        found: dict[str, list[Term]] = {field: [] for field in views}
        for t in sorted(chosen, key=lambda t: t[:3]):
            vote = votes[t.slug]
            best = max(range(len(vote)), key=vote.__getitem__)
            if self._kinds.classes[best] == "hardware" and 2 * vote[best] < sum(vote):
                # Names that tell nothing end up as hardware; only a clear majority is.
                best = max((k for k in range(len(vote)) if k != best), key=vote.__getitem__)
            kind = self._kinds.classes[best]
            sure = 1 / (1 + math.exp(-_SLOPE * (t.weight + self._weights["bias"][""])))
            found[t.field].append(Term(t.start, t.end, f"{kind}/{t.slug}", t.name, round(sure, 3)))
        return found

    def scored(self, chunks: Sequence[str], text: str, *, title: bool) -> Iterator[tuple[int, Candidate]]:
        """Candidates of a sentence whose weight reaches the floor. The weight is the sum over `features`, with those
        left out early whose head and right neighbour weigh less than nearly all terms' do."""
        known = self._words
        words = []
        for chunk in chunks:
            w = known.get(chunk)
            if w is None:
                w = self._read(chunk)
            words.append(w)
        end = len(words) - 1
        left_of, sides, gate = self._weights["l"], self._weights["lr"], self._gate
        raw: list[Word] = []
        for j, last in enumerate(words):
            if not last.hopeful:
                continue
            if last.word.trail or j == end:
                behind, side = self._weights["r"].get(last.word.trail or "$", 0), "p"
            else:
                behind, side = words[j + 1].right, words[j + 1].right_side
            several = last.head_many + behind >= gate["n"]
            single = last.one and last.head_one + behind >= gate["l" if last.word.shape == "l" else "x"]
            if not several and not single:
                continue
            pairs = self._pairs.get(last.word.stem, _NOTHING)
            shape, i = "", j
            lowest = max(0, j - MAX_WORDS + 1) if several else j
            while i >= lowest:
                first = words[i]
                item = first.word
                if not item.open or (i < j and item.trail):
                    break
                shape = ("w" if title and item.shape in "Cl" else item.shape) + shape
                if i < j:
                    score = last.head_many + first.first + pairs.get(item.lower, 0)
                elif single:
                    score = last.head_one
                elif item.lead:
                    break
                else:
                    i -= 1
                    continue
                if item.lead:
                    score += left_of.get(item.lead, 0)
                    key = item.lead
                elif i:
                    score += words[i - 1].left
                    key = words[i - 1].left_key
                else:
                    score += left_of.get("^", 0)
                    key = "^"
                written = "T" + shape if title else "c" + shape[1:] if i == 0 and shape[0] == "C" else shape
                alone, beside = self._shapes.get(written, _UNSEEN)
                score += behind + alone + beside.get(key, 0) + sides.get(_SIDES[key] + side, 0)
                counts = self._counts.get(written[:3], _ONCE)
                if score + max(counts) >= self._floor:
                    raw = raw or [w.word for w in words]
                    c = Candidate(raw, i, j + 1, title)
                    score += counts[times(c, text) - 1]
                    if score >= self._floor:
                        yield score, c
                if item.lead:
                    break
                i -= 1

    def _read(self, chunk: str) -> _Weighted:
        w = word(chunk)
        weights = self._weights
        token = w.lead or w.lower
        behind = w.trail or w.lower

        def weigh(place: str, many: str) -> int:
            return sum(weights[template + many].get(value, 0) for template, value in endings(place, w))

        one, many = weigh("h", "1"), weigh("h", "n")
        most = weights["r"].get(w.trail, 0) if w.trail else self._most_right
        alone = len(w.text) > 2 and one + most >= self._gate["l" if w.shape == "l" else "x"]
        found = _Weighted(
            w,
            w.open and (alone or many + most >= self._gate["n"]),
            alone,
            one,
            many,
            weigh("f", ""),
            weights["l"].get(behind, 0),
            behind if side_of(behind) != "w" else "*",
            weights["r"].get(token, 0),
            side_of(token),
        )
        if len(self._words) >= _MEMO:
            self._words.clear()
        self._words[chunk] = found
        return found


class _Sides(dict[str, str]):
    """`_side` of the key of a left neighbour, in which "*" stands for any word that is no function word."""

    def __missing__(self, key: str) -> str:
        self[key] = "w" if key == "*" else side_of(key)
        return self[key]


_SIDES = _Sides()
_NOTHING: Mapping[str, int] = {}
_ONCE = (0, 0, 0)
_UNSEEN: tuple[int, Mapping[str, int]] = (0, _NOTHING)


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
