"""What words and shapes weigh in `terms`: sums over the templates of `term_features.features`, made when first met.

A text has ten times as many candidates as terms, so what a candidate costs is what counts here: each word is read once
(`WordWeights`) and how the words are written is a walk through a tree (`Shape`); a candidate's weight is then a sum of
few whole numbers.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import msgspec

from kg.linking.term_features import Word, side_of, word

_MEMO = 50_000  # words kept: the commonest so many are 95% of the words of 100,000 abstracts, twice as many 96.5%
_LONGEST = 60  # characters of a word that is kept
_KEYS = 2_000  # neighbours of a shape that are kept
NEVER = 1 << 40  # no neighbour weighs as much

_NOTHING: Mapping[str, int] = {}
_ZEROS = (0, 0, 0)
ONCE = (0, 0, 0)  # of a shape that tells nothing by how often it is said

Weights = Mapping[str, Mapping[str, int]]  # template -> value -> thousandths of a logit


class Weighted(msgspec.Struct, frozen=True, gc=False):
    """A word with what it weighs in each place, in thousandths of a logit."""

    word: Word
    need: int  # what must stand on its right, at least, for a term that it ends; with punctuation behind it all or nothing
    need_one: int  # … for a term of this word alone
    need_many: int  # … for a term of several
    head_one: int  # the only word of a candidate
    head_many: int  # the last of several
    pairs: Mapping[str, int]  # with each first word of several that it ends
    ended: bool  # punctuation right behind it
    end: int  # what that weighs right behind a candidate
    inner: bool  # may stand before the last word of a term
    lower: str
    shape: str  # a letter for how it is written there, see `WordWeights`
    first: int  # the first of several
    lead: str  # what stands before it whatever the word there: its own punctuation, "^" at the start, "" for neither
    led: int  # what that weighs right before a candidate
    left: int  # right before a candidate
    left_key: str  # "*" for any word that is no function word
    right: int  # right behind a candidate
    right_side: str


class WordTables:
    """The templates of words, taken apart. One table for templates of one value: what is looked up for each new word is
    what it costs."""

    def __init__(self, weights: Weights) -> None:
        self.gate = weights["gate"]
        self.left, self.right = weights["l"], weights["r"]
        self.whole = _joined(weights, "f", "l", "r")
        self.heads = [_joined(weights, one, many) for one, many in (("h1", "hn"), ("h31", "h3n"), ("h41", "h4n"))]
        self.first3 = weights["f3"]
        self.pairs: dict[str, dict[str, int]] = {}
        for pair, weight in weights["fh"].items():
            first, _, head = pair.partition("_")
            self.pairs.setdefault(head, {})[first] = weight


class WordWeights(dict[str, Weighted]):
    """What stands between two spaces -> its weights, in one of four places: in a title or not, at the start or not.

    A capital says nothing in a title ("w" is any ordinary word there), nor at the start of a sentence ("c").
    """

    def __init__(self, tables: WordTables, *, title: bool, start: bool) -> None:
        super().__init__()
        self._tables, self._title, self._start = tables, title, start

    def __missing__(self, chunk: str) -> Weighted:
        found = self._read(word(chunk))
        if len(chunk) <= _LONGEST:
            if len(self) >= _MEMO:
                self.clear()
            self[chunk] = found
        return found

    def _read(self, w: Word) -> Weighted:
        tables = self._tables
        lower, lead, trail, shape, stem = w.lower, w.lead, w.trail, w.shape, w.stem
        first, left, right = tables.whole.get(lower, _ZEROS)
        right_side = side_of(lower)
        left_key = lower if right_side != "w" else "*"
        if trail:
            left, left_key = tables.left.get(trail, 0), trail if side_of(trail) != "w" else "*"
        if lead:
            right, right_side = tables.right.get(lead, 0), side_of(lead)
        one = many = 0
        need = need_one = need_many = NEVER
        end = tables.right.get(trail, 0) if trail else 0
        if w.open:
            for table, value in zip(tables.heads, (stem, stem[-3:], stem[-4:]), strict=True):
                weighs = table.get(value)
                if weighs is not None:
                    one += weighs[0]
                    many += weighs[1]
            first += tables.first3.get(lower[-3:], 0)
            if len(w.text) > 2:
                need_one = tables.gate["l" if shape == "l" else "x"] - one
            need_many = tables.gate["n"] - many
            need = min(need_one, need_many)
            if trail:
                need = -NEVER if end >= need else NEVER
        if self._title:
            shape = "w" if shape in "Cl" else shape
        elif self._start and shape == "C":
            shape = "c"
        lead = lead or ("^" if self._start else "")
        return Weighted(
            w, need, need_one, need_many, one, many, tables.pairs.get(stem, _NOTHING), trail != "", end,
            w.open and not trail, lower, shape, first, lead, tables.left.get(lead, 0) if lead else 0,
            left, left_key, right, right_side,
        )  # fmt: skip

    def ending(self) -> Weighted:
        """What stands behind the last word."""
        nothing = Word("", "$", "$", False, "X", 0, "", "")
        return Weighted(
            nothing, NEVER, NEVER, NEVER, 0, 0, _NOTHING, True, 0, False, "", "X", 0, "", 0, 0, "",
            self._tables.right.get("$", 0), "p",
        )  # fmt: skip


def _joined(weights: Weights, *templates: str) -> dict[str, tuple[int, ...]]:
    """Several templates of one value in one table: value -> its weight in each."""
    tables = [weights[template] for template in templates]
    values = dict.fromkeys(itertools.chain(*tables))
    columns = [map(table.get, values, itertools.repeat(0)) for table in tables]
    return dict(zip(values, zip(*columns, strict=True), strict=True))


class _Beside(dict[str, int]):
    """Key of the left neighbour -> what it and the shape weigh together, at most."""

    def __init__(self, alone: int, beside: Mapping[str, int], sides: Mapping[str, int], side: str) -> None:
        super().__init__()
        self._alone, self._beside, self._sides, self._side = alone, beside, sides, side

    def __missing__(self, key: str) -> int:
        left = "w" if key == "*" else side_of(key)
        total = self._alone + self._beside.get(key, 0) + self._sides.get(left + self._side, 0)
        if len(self) < _KEYS:
            self[key] = total
        return total


class _Tables:
    """The templates of shapes, taken apart."""

    def __init__(self, weights: Weights) -> None:
        self.sides = weights["lr"]
        self.shapes = weights["s"]
        self.beside: dict[str, dict[str, int]] = {}
        for pair, weight in weights["sl"].items():
            shape, key = pair.rsplit(" ", 1)
            self.beside.setdefault(shape, {})[key] = weight
        self.counts: dict[str, tuple[int, ...]] = {}
        for pair, weight in weights["c"].items():
            have = list(self.counts.get(pair[1:], ONCE))
            have[int(pair[0]) - 1] = weight
            self.counts[pair[1:]] = tuple(have)


class Shape(dict[str, "Shape"]):
    """How the words of a candidate are written, what stands on its right, and what both weigh. Its items are the shapes
    with one more word on the left, made when first met."""

    __slots__ = ("_opening", "_side", "_tables", "_written", "beside", "counts")

    def __init__(self, tables: _Tables, side: str, opening: str, written: str = "") -> None:
        """`opening`: "T" in titles, else ""; `side`: `side_of` what stands on the right."""
        super().__init__()
        self._tables, self._side, self._opening, self._written = tables, side, opening, written
        whole = opening + written
        #: weights of being said once, twice and more often in the paper, less that of the best of them
        counts = tables.counts.get(whole[:3], ONCE)
        most = max(counts)
        self.counts = tuple([weight - most for weight in counts]) if any(counts) else ONCE
        alone = tables.shapes.get(whole, 0) + most
        self.beside = _Beside(alone, tables.beside.get(whole, _NOTHING), tables.sides, side)

    def __missing__(self, letter: str) -> Shape:
        found = self[letter] = Shape(self._tables, self._side, self._opening, letter + self._written)
        return found


def shapes(weights: Weights) -> tuple[dict[str, Shape], dict[str, Shape]]:
    """Side of what stands on the right -> the shape of no words yet; of sentences, and of titles."""
    tables = _Tables(weights)
    sentences, titles = ({side: Shape(tables, side, opening) for side in "fwp"} for opening in ("", "T"))
    return sentences, titles
