"""A sentence around its quantities, as tokens: bounds, comparisons, conditions, lists.

Everything is a scan over tokens and word sets, in time linear in the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.linking.claim_numbers import Quantity
from kg.linking.claim_words import (
    CHANGE_NOUNS,
    COMPARISONS,
    CONDITION_PREPOSITIONS,
    DETERMINERS,
    LESS,
    MORE,
    NUMBER,
    PREPOSITIONS,
    PUNCTUATION,
    STOP,
    STOP_BASELINE,
    STOP_CONDITION,
    VERBS,
    is_measure,
)
from kg.linking.text import View

#: Whatever stands between two spaces and is no plain word, perhaps with a stop after it.
_TOKEN = re.compile(r"\d{1,3}(?:,\d{3})+|[^\W_](?:[\w'./+&*#@%-]*[\w+#*])?|[^\s\w]|_+")
_BOUNDS: tuple[tuple[tuple[str, ...], str], ...] = tuple(
    (tuple(phrase.split()), bound)
    for bound, phrases in (
        ("UpTo", "up to|upto|as much as|as high as|as many as|as large as|as great as|at most|at best|maximum|max|a maximum of|maximal|peak|best-case|as fast as|up-to|by as much as|as well as up to"),
        ("AtLeast", "at least|no less than|not less than|minimum|a minimum of|at minimum|or more|or higher|or better"),
        ("GeometricMean", "geomean|geometric mean|geometric average|geo-mean|geometric-mean|geometrical mean"),
        ("Average", "average|on average|in average|averaging|averaged|an average of|mean|avg|avg.|on an average|on-average|averages"),
        ("Median", "median|a median of"),
        ("MoreThan", "over|more than|above|exceeding|exceeds|exceed|greater than|higher than|larger than|better than|beyond|surpassing|surpasses|>|upwards of|upward of|well over|longer than|faster than|in excess of"),
        ("LessThan", "no more than|not more than|less than|under|below|fewer than|lower than|smaller than|<|within|sub|shorter than|well under|well below|nearly|almost|better than -"),
        ("Approximately", "about|around|approximately|roughly|~|≈|approx|approx.|circa|close to|near|some"),
    )
    for phrase in phrases.split("|")
)  # fmt: skip
_NEARLY = frozenset(("nearly", "almost"))
_BOUND_AT: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _phrase, _bound in sorted(_BOUNDS, key=lambda pair: -len(pair[0])):
    _BOUND_AT.setdefault(_phrase[-1], []).append((_phrase, "Approximately" if _phrase[0] in _NEARLY else _bound))
ADVERBIAL = {"on average": "Average", "in average": "Average", "averaged": "Average", "geometric mean": "GeometricMean", "at most": "UpTo", "at least": "AtLeast", "at best": "UpTo", "or more": "AtLeast", "at maximum": "UpTo", "at minimum": "AtLeast"}  # fmt: skip
ADJECTIVAL = {"average": "Average", "mean": "Average", "geomean": "GeometricMean", "geometric": "GeometricMean", "median": "Median", "maximum": "UpTo", "max": "UpTo", "peak": "UpTo"}  # fmt: skip
_GENERIC_CONDITION = re.compile(
    r"(?:on|in) average\b|in (?:terms|practice|total|particular|addition|general|this (?:paper|work|study|article)|comparison|contrast|summary|our (?:experiments?|evaluations?|tests?)|order|fact|turn|"
    r"which|both|the order|experiments?|the process|(?:an? )?[\w-]+ (?:manner|way|fashion))\b(?!-)|(?:for|with) (?:example|instance|which|respect|the (?:first|same))\b|at (?:least|most|best|the same time|all|a time|worst)\b|"
    r"with \w+ly\b|in the range\b|with (?:no|zero|gains|most|little|minimal|negligible|less|only|similar|comparable|better|higher|lower|improved|reduced|almost|nearly|over|up|more|as|respect|near|minor|limited|marginal|errors?)\b|"
    r"without\b|within\b|while\b(?! running)|via\b|through\b|between\b|among\b|using (?:only|an? |our|the proposed)|for (?:the first|its|free)\b|beyond\b(?! \d)"
)
_SPANS = frozenset("time years several multiple two three four five months days decades a period range".split()) - {"a"}
_EMPTY = frozenset(
    "to up of as only about approximately over average mean geomean geometric median maximum minimum max significant substantial notable considerable up further additional overall "
    "average consistent achievable remarkable high low an a the also relative absolute total impressive approximate competitive superior first-ever "
    "state-of-the-art best excellent promising strong new good favorable favourable outstanding unprecedented compact mere modest "
    "moderate exceptional near-perfect".split()
) - {"total", "overall", "high", "low"}  # fmt: skip
_OF_MEANS = frozenset("absolute squared square average relative percentage reciprocal opinion time".split())  # names
_FILLERS = frozenset("a an the of by to + just only further additional another (".split())
_PRIORITY = ("UpTo", "GeometricMean", "Average", "Median", "AtLeast", "MoreThan", "LessThan")
_STOP_ITEM = (
    PREPOSITIONS
    | PUNCTUATION
    | frozenset("and or & while but which that respectively use used both".split())
    | {NUMBER, "."}
)
_DEPENDS = frozenset("depend depends dependent depending relies rely relying based focus focuses focused focusing impact effect".split())
_RUNS = frozenset("running run executed executing version versions implementation implementations implemented code execution".split())
_THINGS = frozenset("design designs approach approaches system systems method methods version scheme one algorithm algorithms".split())
_COUNTS = frozenset("several multiple two three four five".split())
_COMPARED = frozenset(("to", "with", "against"))
_PRONOUNS = frozenset(("them", "it", "that", "which", "each"))
_WITH_TIE = frozenset(("compared", "relative", "comparison", "respect"))  # … to, with, against
_OPENING = CONDITION_PREPOSITIONS | COMPARISONS
_ENDS_NOUN = STOP | VERBS
_BEGINS_NOUN = STOP | VERBS | DETERMINERS
_AND = frozenset(("and", "or", ",", "&"))
_IN_PHRASE = STOP_BASELINE | STOP_CONDITION | VERBS | _AND | {NUMBER, "("}  # words that may end a phrase
_ADVERBIAL_FIRST = frozenset(phrase.partition(" ")[0] for phrase in ADVERBIAL)
_TRAILING = frozenset("and or , ( also while but is are on in for at the a with to we".split())
_DROPPED = frozenset("on in for at across with during using".split())


class Clause:
    """The tokens of one sentence, its quantities as single tokens."""

    __slots__ = ("_comparisons", "_leads", "ends", "lower", "plain", "starts", "where", "words")

    def __init__(self, view: View, start: int, end: int, quantities: Sequence[Quantity]) -> None:
        self.plain, self.lower = view.plain, view.lower
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.where: list[int] = []  # token index of each quantity
        self._leads: list[int] | None = None
        self._comparisons: list[int] | None = None
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

    @property
    def leads(self) -> list[int]:
        """The tokens that may open a condition or a comparison."""
        if self._leads is None:
            self._leads = [k for k, word in enumerate(self.words) if word in _OPENING]
        return self._leads

    @property
    def comparisons(self) -> list[int]:
        """The tokens that may open a comparison."""
        if self._comparisons is None:
            self._comparisons = [k for k in self.leads if self.words[k] in COMPARISONS]
        return self._comparisons

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
                (word in STOP and not (word == "running" and words[k + 1 : k + 2] in (["time"], ["times"])))
                or (word in VERBS and k > low and not (word[-3:] == "ing" and self._modifies(k, high)))
            ):
                break
            k += 1
        return k

    def _modifies(self, k: int, high: int) -> bool:
        """Whether the participle at token k stands inside a noun phrase ("equal-risk operating coverage")."""
        words = self.words
        if is_measure(words[k - 1]) or words[k - 1] in CHANGE_NOUNS or k + 1 >= high:
            return False
        after = words[k + 1]
        return is_measure(after) and after not in _BEGINS_NOUN

    def noun_before(self, high: int, low: int) -> int:
        """Start of the noun phrase that ends before token `high` (== `high` if there is none)."""
        words = self.words
        k = high
        while k > low and high - k < 8:
            word = words[k - 1]
            if k < high and (word in MORE or word in LESS) and self.plain[self.starts[k - 1]].islower():
                break  # "images see larger speedups", not "Faster R-CNN"
            if word in _BEGINS_NOUN:
                verb = word in VERBS and word not in CHANGE_NOUNS and not (k == high and word.endswith("ing"))
                if verb or word in STOP or word in DETERMINERS:
                    break
            k -= 1
        while k < high and words[k] in _EMPTY and not (words[k] == "mean" and words[k + 1] in _OF_MEANS):
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
                if words[n] in ADJECTIVAL and words[n + 1] not in _OF_MEANS
            ]
        if found:
            for bound in _PRIORITY:
                if bound in found:
                    return bound, True
        if i + 1 < high:
            following = words[i + 1]
            if following == "+":
                return "AtLeast", False
            if following in ADJECTIVAL and following != "peak":
                return ADJECTIVAL[following], False
            for k in range(i + 1, min(high - 1, i + 9)):
                if words[k] in _ADVERBIAL_FIRST:
                    adverbial = ADVERBIAL.get(f"{words[k]} {words[k + 1]}")
                    if adverbial:
                        return adverbial, False
        return ("Approximately", True) if "Approximately" in found else ("", False)

    def baseline(self, low: int, high: int, *, over: bool = True) -> tuple[int, int] | None:
        """Tokens of what a comparison in tokens low … high - 1 compares with; "over" only if no plainer word does."""
        words = self.words
        marks = [k for k in self.comparisons if low <= k < high]
        if not marks:
            return None
        plainer = [k for k in marks if words[k] != "over"]
        for k in plainer + [k for k in marks if words[k] == "over"] if over else plainer:
            word = words[k]
            start = k + 1
            if word in _WITH_TIE:
                if words[start : start + 1] not in (["to"], ["with"], ["against"]):
                    continue
                if word == "comparison" and words[k - 1 : k] != ["in"] and words[k - 1 : k] != ["by"]:
                    continue
                if word == "respect" and words[k - 1 : k] != ["with"]:
                    continue
                start += 1
            if word in ("comparing", "compare", "compares"):
                start = next((n + 1 for n in range(start, min(high, start + 8)) if words[n] in _COMPARED), start)
            if words[start : start + 1] == ["."]:
                start += 1
            if start < high and words[start] in _PRONOUNS:
                continue
            if word == "than" and words[k - 1] in ("rather", "other"):
                continue
            if word == "against" and words[k - 1].startswith(
                ("protect", "robust", "defen", "resilien", "secur", "attack")
            ):
                continue
            if word == "over" and start < high and (words[start][0].isdigit() or words[start] in _SPANS):
                if words[start] not in _COUNTS or words[start + 1 : start + 2] in (["orders"], []) or words[start + 1] in _SPANS:
                    continue
            if (
                word == "over"
                and start < high
                and (words[start] == NUMBER or words[start - 2 : start - 1] == ["trained"])
            ):
                continue
            if words[start : start + 1] in (["that"], ["those"]) and words[start + 1 : start + 2] in (["of"], ["with"]):
                start += 2
            while start < high and words[start] in DETERMINERS and words[start] not in ("all", "both"):
                start += 1
            end = self.phrase(start, high, STOP_BASELINE)
            if start < high and words[start][0].isdigit():  # "versus 6 s for X": X is what it is compared with
                after = next(
                    (n for n in range(start, min(high, start + 12)) if words[n] in ("for", "of", "with")), high
                )
                start = after + 1
                while start < high and words[start] in DETERMINERS:
                    start += 1
                end = (
                    self.phrase(start, high, STOP_BASELINE) if start < high and not words[start][0].isdigit() else start
                )
            if end > start:
                return start, end
        return None

    def phrase(self, start: int, high: int, stop: frozenset[str], *, verbs: bool = False) -> int:
        """End of a phrase that may hold prepositions and a coordinated list; a finite verb ends it unless `verbs`."""
        words = self.words
        k = start
        while k < high and k - start < 24:
            word = words[k]
            if word not in _IN_PHRASE:
                k += 1
                continue
            if word == NUMBER or (
                word in stop
                and not (word == "over" and k + 1 < high and words[k + 1][0].isdigit())
                and not (word == "by" and k > start and words[k - 1].endswith(("ed", "up")))
                and not (stop is STOP_BASELINE and k > start and self._belongs(k))
            ):
                break
            if not verbs and word in VERBS and not word.endswith(("ed", "ing")) and word not in CHANGE_NOUNS:
                break
            if word == "(":
                close = k + 1
                while close < high and words[close] != ")" and close - k < 12:
                    close += 1
                if close >= high or words[close] != ")" or NUMBER in words[k:close]:
                    break
                k = close + 1
                continue
            if word in _AND:
                after = k + 1
                while after < high and words[after] in ("and", "or", ","):
                    after += 1
                if (
                    after >= high
                    or words[after] in VERBS
                    or words[after] in stop
                    or words[after] in PREPOSITIONS
                    or words[after] == NUMBER
                    or (words[after].endswith("ly") and not words[k - 1].endswith("ly"))
                    or (words[after].endswith("ing") and not self._qualifies(after, high))
                ):
                    break
                if word == "," and k - start < 2 and words[start - 1] in ("a", "an"):
                    k += 1  # "a hypothetical, oracular device"
                    continue
                # "A, B and C" goes on; "A, we …" and "A and improves …" do not.
                window = words[after : min(high, after + 12)]
                if word == "," and words[after - 1] == "," and not {"and", "or"} & set(window):
                    break
                until = next((n for n, w in enumerate(window) if w in VERBS or w == NUMBER), 99)
                if word == "," and words[after - 1] == "and" and "," not in words[start:k]:
                    break  # ", and the results …"
                if word == "," and until < 99 and not {"and", "or", ","} & set(window[:until]):
                    break
            k += 1
        if k < high and words[k] == NUMBER:  # "with A giving an additional 3x": A
            k = next((n for n in range(k - 1, max(start, k - 5), -1) if words[n] in VERBS and words[n][-3:] == "ing"), k)
        while k > start and words[k - 1] in _TRAILING:
            k -= 1
        return k

    def _qualifies(self, k: int, high: int) -> bool:
        """Whether the participle at token k qualifies a noun ("realistic and challenging scenarios")."""
        return k + 1 < high and self.words[k + 1] not in _BEGINS_NOUN and self.words[k + 1][-1:] == "s"

    def _belongs(self, k: int) -> bool:
        """Whether what token k opens is part of a baseline's name: "the version on a CPU", "a design that polls"."""
        word, before = self.words[k], self.words[k - 1]
        if word == "on":
            return before in _RUNS
        return (word == "without" and before[-3:] != "ing") or (word in ("that", "which") and before in _THINGS)

    def conditions(self, low: int, high: int) -> list[tuple[int, int]]:
        """Prepositional phrases in tokens low … high - 1 that set the scene (where, on what, under what)."""
        words = self.words
        found: list[tuple[int, int]] = []
        past = low
        for k in self.leads:
            if k < past:
                continue
            if k >= high:
                break
            word = words[k]
            if word in COMPARISONS and not (word == "over" and words[k + 1 : k + 2] == [NUMBER]):
                past = k + (3 if words[k + 1 : k + 2] in (["those"], ["that"]) else 1)
                past = max(past, self.phrase(past, high, STOP_BASELINE))
                continue
            past = k + 1
            if word not in CONDITION_PREPOSITIONS or (
                word == "running" and words[k + 1 : k + 2] in (["time"], ["times"])
            ):
                continue
            if _GENERIC_CONDITION.match(self.lower, self.starts[k]):
                if word not in ("with", "in", "on", "for", "at"):
                    past = max(past, self.phrase(past, high, STOP_CONDITION))
                continue
            start = k + 1 if word in _DROPPED else k
            if word == "on" and words[k - 1] in _DEPENDS:
                continue
            if word == "in" and k + 1 < high and is_measure(words[max(k + 1, self.noun(k + 1, high) - 1)]):
                continue
            end = self.phrase(k + 1, high, STOP_CONDITION, verbs=word in ("when", "while"))
            while start < end and words[start] in DETERMINERS:
                start += 1
            if end > start and (end - start > 1 or word in _DROPPED) and not _EMPTY.issuperset(words[start:end]):
                found.append((start, end))
            past = max(past, end)
        return found

    def _closed(self, opened: int, high: int) -> int:
        """The token that closes a short bracket without numbers, 0 if there is none."""
        for k in range(opened + 1, min(high, opened + 7)):
            if self.words[k] == ")":
                return k
            if self.words[k] == NUMBER:
                return 0
        return 0

    def items(
        self, count: int, low: int, high: int, *, backwards: bool = False
    ) -> tuple[list[tuple[int, int]], str] | None:
        """The first (or last) coordinated list of exactly `count` items in tokens low … high - 1, and the word before it."""
        words = self.words
        for k in range(high - 1, low, -1) if backwards else range(low + 1, high):
            if words[k] not in ("and", "or", "&"):
                continue
            end = k + 1
            while end < high and end - k < 12:
                if words[end] == "(":
                    close = self._closed(end, high)
                    if not close:
                        break
                    end = close
                elif words[end] in _STOP_ITEM or words[end] in VERBS:
                    break
                end += 1
            items = [(k + 1, end)]
            at = k
            if words[at - 1] == ",":
                at -= 1
            while len(items) < count and at > low:
                start = at
                while start > low and at - start < 12:
                    if words[start - 1] == ")":
                        opened = next((n for n in range(start - 2, max(low, start - 8), -1) if words[n] == "("), 0)
                        if not opened or NUMBER in words[opened:start]:
                            break
                        start = opened
                    elif words[start - 1] in _STOP_ITEM or words[start - 1] in VERBS:
                        break
                    else:
                        start -= 1
                items.append((start, at))
                if len(items) == count or start == low or words[start - 1] != ",":
                    at = start
                    break
                at = start - 1
            items.reverse()
            if len(items) == count and all(a < b for a, b in items):
                first = items[0][0]
                if first > low and words[first - 1] == "," and words[k - 1] == ",":
                    continue  # a longer list
                clean = []
                for a, b in items:
                    while a < b - 1 and words[a] in DETERMINERS:
                        a += 1
                    clean.append((a, b))
                return clean, words[first - 1] if first > 0 else ""
        return None
