"""A sentence around its quantities, as tokens: noun phrases and what bounds a number.

Everything is a scan over tokens and word sets, in time linear in the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.linking.claims.numbers import Quantity
from kg.linking.claims.words import CHANGE_NOUNS, DETERMINERS, LESS, MORE, NUMBER, STOP, VERBS, is_measure
from kg.linking.text import View

#: Whatever stands between two spaces and is no plain word, perhaps with a stop after it.
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?::\d+)+|[^\W_](?:[\w'./+&*#@%-]*[\w+#*])?|[^\s\w]|_+")
_BOUNDS: tuple[tuple[tuple[str, ...], str], ...] = tuple(
    (tuple(phrase.split()), bound)
    for bound, phrases in (
        ("UpTo", "peaking at|peaks at|topping at|up to|upto|as much as|as high as|as many as|as large as|as great as|at most|at best|maximum|max|a maximum of|maximal|peak|best-case|as fast as|up-to|by as much as|as well as up to|maximally|maximally by|at maximum"),
        ("AtLeast", "at least|no less than|not less than|minimum|a minimum of|at minimum|or more|or higher|or better"),
        ("GeometricMean", "geomean|geometric mean|geometric average|geo-mean|geometric-mean|geometrical mean"),
        ("Average", "average|on average|in average|averaging|averaged|an average of|mean|avg|avg.|on an average|on-average|averages"),
        ("Median", "median|a median of"),
        ("MoreThan", "over|more than|above|exceeding|exceeds|exceed|greater than|higher than|larger than|better than|beyond|surpassing|surpasses|>|upwards of|upward of|well over|longer than|faster than|in excess of"),
        ("LessThan", "no more than|not more than|not exceeding|not exceed|not exceeds|less than|under|below|fewer than|lower than|smaller than|<|within|sub|shorter than|well under|well below|nearly|almost|better than -"),
        ("Approximately", "about|around|approximately|roughly|~|≈|approx|approx.|circa|close to|near|some"),
    )
    for phrase in phrases.split("|")
)  # fmt: skip
_NEARLY = frozenset(("nearly", "almost"))
_BOUND_AT: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _phrase, _bound in sorted(_BOUNDS, key=lambda pair: -len(pair[0])):
    _BOUND_AT.setdefault(_phrase[-1], []).append((_phrase, "Approximately" if _phrase[0] in _NEARLY else _bound))
ADVERBIAL = {"on average": "Average", "in average": "Average", "averaged": "Average", "geometric mean": "GeometricMean", "at most": "UpTo", "at least": "AtLeast", "at best": "UpTo", "or more": "AtLeast", "or less": "UpTo", "or fewer": "UpTo", "averaged across": "Average", "averaged over": "Average", "at maximum": "UpTo", "at minimum": "AtLeast"}  # fmt: skip
ADJECTIVAL = {"average": "Average", "mean": "Average", "geomean": "GeometricMean", "geometric": "GeometricMean", "median": "Median", "maximum": "UpTo", "max": "UpTo", "peak": "UpTo", "geometric-mean": "GeometricMean", "geo-mean": "GeometricMean", "avg": "Average"}  # fmt: skip
EMPTY = frozenset(
    "to up of as only about approximately over average mean means geomean geometric median maximum minimum max significant substantial notable considerable up further additional overall "
    "average consistent achievable remarkable high low an a the also relative absolute total impressive approximate competitive superior first-ever "
    "state-of-the-art best excellent promising strong new good favorable favourable outstanding unprecedented compact mere modest "
    "moderate exceptional near-perfect".split()
) - {"total", "overall", "high", "low"}  # fmt: skip
OF_MEANS = frozenset("absolute squared square average relative percentage reciprocal opinion time".split())  # names
_OVER = frozenset(
    "improvement improvements gain gains advantage increase reduction".split()
)  # "a gain over the 21%" of another
_FILLERS = frozenset("a an the of by to + just only further additional another ( factor".split())
_PRIORITY = ("UpTo", "GeometricMean", "Average", "Median", "AtLeast", "MoreThan", "LessThan")
_ENDS_NOUN = STOP | VERBS
BEGINS_NOUN = STOP | VERBS | DETERMINERS
_ADVERBIAL_FIRST = frozenset(phrase.partition(" ")[0] for phrase in ADVERBIAL)


_ENDS_SCOPE = frozenset((";", "while", "whereas"))


class Tokens:
    """The tokens of one sentence, its quantities as single tokens."""

    __slots__ = ("ends", "lower", "plain", "starts", "where", "words")

    def __init__(self, view: View, start: int, end: int, quantities: Sequence[Quantity]) -> None:
        self.plain, self.lower = view.plain, view.lower
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.where: list[int] = []  # token index of each quantity
        position = start
        for q in quantities:
            if position < q.start:
                self._read(position, q.start)
            self.where.append(len(self.words))
            self.words.append(NUMBER)
            self.starts.append(q.start)
            self.ends.append(q.end)
            position = q.end
        if position < end:
            self._read(position, end)

    def _read(self, position: int, end: int) -> None:
        """Append the tokens of a stretch without quantities; most are plain words, which need no pattern."""
        words, starts, ends, lower = self.words, self.starts, self.ends, self.lower
        for piece in lower[position:end].split(" "):
            until = position + len(piece)
            if piece.isalnum():
                words.append(piece)
                starts.append(position)
                ends.append(until)
            elif piece:
                if piece[-1] in ",.;:)" and piece[:-1].isalnum():
                    words += (piece[:-1], piece[-1])
                    starts += (position, until - 1)
                    ends += (until - 1, until)
                else:
                    for m in _TOKEN.finditer(lower, position, until):
                        words.append(m[0])
                        starts.append(m.start())
                        ends.append(m.end())
            position = until + 1

    def text(self, low: int, high: int) -> str:
        """The text of tokens low … high - 1, "" if there are none."""
        return self.plain[self.starts[low] : self.ends[high - 1]] if low < high else ""

    def noun(self, low: int, high: int) -> int:
        """End of the noun phrase that starts at token `low` (== `low` if there is none)."""
        words = self.words
        k = low
        while k < high and k - low < 9:
            word = words[k]
            if word in _ENDS_NOUN and (
                (word in STOP and not self._joins(k))
                or (
                    word in VERBS
                    and k > low
                    and not (word[-3:] == "ing" and self._modifies(k, high))
                    and not self._matched(k)
                )
            ):
                break
            k += 1
        return k

    def _joins(self, k: int) -> bool:
        """Whether token k stands within a noun phrase though it ends others: "running time", "intersection over union"."""
        after = self.words[k + 1 : k + 2]
        if self.words[k] == "running":
            return after in (["time"], ["times"])
        return self.words[k] == "over" and after == ["union"]

    def _matched(self, k: int) -> bool:
        """Whether token k is the noun of "exact match"."""
        return self.words[k] == "match" and self.words[k - 1] in ("exact", "partial")

    def _modifies(self, k: int, high: int) -> bool:
        """Whether the participle at token k stands inside a noun phrase ("equal-risk operating coverage")."""
        words = self.words
        if is_measure(words[k - 1]) or words[k - 1] in CHANGE_NOUNS or k + 1 >= high:
            return False
        after = words[k + 1]
        return is_measure(after) and after not in BEGINS_NOUN

    def noun_before(self, high: int, low: int) -> int:
        """Start of the noun phrase that ends before token `high` (== `high` if there is none)."""
        words = self.words
        k = high
        while k > low and high - k < 8:
            word = words[k - 1]
            if k < high and (word in MORE or word in LESS) and self.plain[self.starts[k - 1]].islower():
                break  # "images see larger speedups", not "Faster R-CNN"
            if word in BEGINS_NOUN:
                verb = word in VERBS and word not in CHANGE_NOUNS and not (k == high and word.endswith("ing"))
                if verb or (word in STOP and not self._joins(k - 1)) or word in DETERMINERS:
                    break
            k -= 1
        while k < high and words[k] in EMPTY and not (words[k] == "mean" and words[k + 1] in OF_MEANS):
            k += 1
        return k

    def bound(self, i: int, low: int, high: int) -> tuple[str, bool]:
        """The comparator of the quantity at token i, "" if none is said; and whether it stands before the number."""
        words = self.words
        found: list[str] = []
        if i and words[i - 1] == "than":
            for word in words[max(low, i - 5) : i - 1]:
                if word in MORE or word in LESS:
                    return ("MoreThan" if word in MORE else "LessThan"), True
        k = i - 1
        while k >= low and i - k < 9:
            if words[k] == "over" and words[k - 1] in _OVER:
                break
            for phrase, bound in _BOUND_AT.get(words[k], ()):
                size = len(phrase)
                if size == 1 or (k - size + 1 >= low and tuple(words[k - size + 1 : k + 1]) == phrase):
                    found.append(bound)
                    k -= len(phrase)
                    break
            else:
                if words[k] not in _FILLERS:
                    break
                k -= 1
        if (k >= low and words[k + 1 : k + 2] == ["of"]) or (k < i - 1 and "of" in words[k + 1 : i]):
            # "average speedup of 3x": the adjective stands in the noun phrase before "of".
            start = self.noun_before(k + 1, low)
            start = start - 1 if start > low and words[start - 1] in ADJECTIVAL else start
            found += [
                ADJECTIVAL[words[n]]
                for n in range(max(low, start - 2), k + 1)
                if words[n] in ADJECTIVAL and (words[n] == "average" or words[n + 1] not in OF_MEANS)
            ]
        if found:
            for bound in _PRIORITY:
                if bound in found:
                    return bound, True
        if i + 1 < high:
            at = i + 1
            if words[at] == "+":
                return "AtLeast", False
            if words[at] == "(":  # "2% (on A) average loss"
                at = 1 + next((k for k in range(i + 2, min(high - 1, i + 9)) if words[k] == ")"), i)
            named = words[at] == "mean" and at + 1 < len(words) and words[at + 1] in OF_MEANS
            if words[at] in ADJECTIVAL and words[at] != "peak" and not named:
                return ADJECTIVAL[words[at]], False
            for k in range(i + 1, min(high - 1, i + 14)):
                if words[k] in _ENDS_SCOPE or (words[k] == "," and words[k + 1] in VERBS):
                    break
                if words[k] in _ADVERBIAL_FIRST:
                    adverbial = ADVERBIAL.get(f"{words[k]} {words[k + 1]}")
                    near = k < i + 9 or adverbial == "Average"
                    if adverbial and near and (words[k] != "in" or k + 2 == len(words) or words[k + 2] in STOP):
                        return adverbial, False  # but "a reduction in average delay"
        return ("Approximately", True) if "Approximately" in found else ("", False)
