"""The phrases of a sentence around its quantities: comparisons, conditions, lists, in time linear in the sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.linking.claims.numbers import Quantity
from kg.linking.claims.tokens import BEGINS_NOUN, EMPTY, Tokens
from kg.linking.claims.words import (
    BE,
    CHANGE_NOUNS,
    COMPARISONS,
    CONDITION_PREPOSITIONS,
    DETERMINERS,
    LESS,
    MORE,
    NUMBER,
    PREPOSITIONS,
    PUNCTUATION,
    STOP_BASELINE,
    STOP_CONDITION,
    VERBS,
    is_measure,
)
from kg.linking.text import View

_GENERIC_CONDITION = re.compile(
    r"(?:on|in) average\b|in (?:terms|practice|total|particular|addition|general|this (?:paper|work|study|article)|comparison|contrast|summary|our (?:experiments?|evaluations?|tests?)|order|fact|turn|"
    r"which|both|the order|experiments?|the process|(?:an? )?[\w-]+ (?:manner|way|fashion)|the (?:first|second|third|last) (?:part|half|step|place))\b(?!-)|(?:for|with) (?:example|instance|which|respect|the (?:first|same))\b|at (?:least|most|best|the same time|all|a time|worst)\b|"
    r"with \w+ly\b|in the range\b|with (?:no|zero|gains|most|little|minimal|negligible|less|only|similar|comparable|better|higher|lower|improved|reduced|almost|nearly|over|up|more|as|respect|near|minor|limited|marginal|errors?)\b|"
    r"without\b|within\b|while\b(?! running)|via\b|through\b|between\b|among\b|using (?:only|an? |our|the proposed)|for (?:the first|its|free)\b|beyond\b(?! \d)"
)
_SPANS = frozenset("time years several multiple two three four five months days decades a period range".split()) - {"a"}
_STOP_ITEM = (
    PREPOSITIONS
    | PUNCTUATION
    | frozenset("and or & while but which that respectively use used both up".split())
    | {NUMBER, "."}
)
_DEPENDS = frozenset(
    "depend depends dependent depending relies rely relying based focus focuses focused focusing impact effect".split()
)
_RUNS = frozenset(
    "running run executed executing version versions implementation implementations implemented code execution".split()
)
_THINGS = frozenset(
    "design designs approach approaches system systems method methods version scheme one algorithm algorithms".split()
)
_COUNTS = frozenset("several multiple two three four five".split())
TIES = frozenset(("to", "with", "against"))
_NOT_COMPARED = BE | frozenset(
    "double doubles doubling triple triples tripling quadruple quadruples halve halves".split()
)
_PRONOUNS = frozenset(("them", "it", "that", "which", "each"))
_WITH_TIE = frozenset(("compared", "relative", "comparison", "respect"))  # … to, with, against
_OPENING = CONDITION_PREPOSITIONS | COMPARISONS
_AND = frozenset(("and", "or", ",", "&"))
_IN_PHRASE = STOP_BASELINE | STOP_CONDITION | VERBS | _AND | {NUMBER, "("}  # words that may end a phrase
#: Words that end no phrase: they belong to what follows.
TRAILING = frozenset(
    "and or , ( also while but is are on in for at the a with to we of under up upto around about further thus down still "
    "from as than even rather just approximately".split()
)
_RELATIVE = frozenset(("that", "which"))
#: What ends a relative clause that tells a baseline.
_ENDS_RELATIVE = frozenset(
    ", ; : . ( ) and or while whereas but respectively resp by than compared achieving without when".split()
) | {NUMBER}
_DROPPED = frozenset("on in for at across with during using".split())


class Clause(Tokens):
    """A sentence's tokens with the phrases they form."""

    __slots__ = ("_comparisons", "_leads")

    def __init__(self, view: View, start: int, end: int, quantities: Sequence[Quantity]) -> None:
        super().__init__(view, start, end, quantities)
        words = self.words
        if "then" in words:  # "faster then the baseline"
            for k in range(1, len(words)):
                if words[k] == "then" and words[k - 1] in MORE | LESS:
                    words[k] = "than"
        self._leads: list[int] | None = None
        self._comparisons: list[int] | None = None

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

    def baseline(self, low: int, high: int, *, over: bool = True) -> tuple[int, int] | None:
        """Tokens of what a comparison in tokens low … high - 1 compares with; "over" only if no plainer word does."""
        words = self.words
        marks = [k for k in self.comparisons if low <= k < high]
        if not marks:
            return None
        plainer = [k for k in marks if words[k] != "over"]
        for k in plainer + [k for k in marks if words[k] == "over"] if over else plainer:
            start = self.compared(k, high)
            if start >= 0:
                end = self.phrase(start, high, STOP_BASELINE)
                if end > start:
                    return start, end
        return None

    def compared(self, k: int, high: int) -> int:
        """Where what the word of comparison at token k compares with begins, before token `high`; -1 if it compares nothing."""
        words, word = self.words, self.words[k]
        start = k + 1
        if word in _WITH_TIE:
            if words[start : start + 1] not in (["to"], ["with"], ["against"]):
                return -1
            if word == "comparison" and words[k - 1 : k] != ["in"] and words[k - 1 : k] != ["by"]:
                return -1
            if word == "respect" and words[k - 1 : k] != ["with"]:
                return -1
            start += 1
        if word in ("comparing", "compare", "compares"):
            start = next((n + 1 for n in range(start, min(high, start + 8)) if words[n] in TIES), start)
        if words[start : start + 1] == ["."]:
            start += 1
        if start >= high or (words[start] in _PRONOUNS and words[start + 1 : start + 2] not in (["of"], ["with"])):
            return -1
        if word == "than" and (words[k - 1] in ("rather", "other") or words[start] in _NOT_COMPARED):
            return -1  # "more than triples", "than is known"
        if word == "over" and (words[k - 1] == "intersection" or words[start].startswith("provision")):
            return -1  # "memory over provisioning"
        if word == "against" and words[k - 1].startswith(("protect", "robust", "defen", "resilien", "secur", "attack")):
            return -1
        if word == "over" and (
            self._spans(start) or words[start] == NUMBER or words[start - 2 : start - 1] == ["trained"]
        ):
            return -1
        if words[start] in ("that", "those") and words[start + 1 : start + 2] in (["of"], ["with"]):
            start += 2
        start = self._past_articles(start, high)
        if word == "than" and words[start : start + 2] == ["factor", "of"]:
            return -1  # "by more than a factor of 2"
        if start < high and words[start][0].isdigit():  # "versus 6 s for X": X is what it is compared with
            after = next((n for n in range(start, min(high, start + 12)) if words[n] in ("for", "of", "with")), high)
            start = self._past_articles(after + 1, high)
            if start < high and words[start][0].isdigit():
                return -1
        return start if start < high else -1

    def _past_articles(self, k: int, high: int) -> int:
        """The first token from k on that is no determiner; "all" and "both" stay."""
        while k < high and self.words[k] in DETERMINERS and self.words[k] not in ("all", "both"):
            k += 1
        return k

    def _spans(self, k: int) -> bool:
        """Whether "over" before token k is no comparison: "over 3 nodes", "over two years"; "over two rivals" is one."""
        words = self.words
        if words[k][0].isdigit() or (words[k] in _SPANS and words[k] not in _COUNTS):
            return True
        after = words[k + 1] if k + 1 < len(words) else "orders"
        return words[k] in _COUNTS and (after == "orders" or after in _SPANS)

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
            if stop is STOP_BASELINE and word in _RELATIVE:
                return self._relative(k, high)
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
            k = next(
                (n for n in range(k - 1, max(start, k - 5), -1) if words[n] in VERBS and words[n][-3:] == "ing"), k
            )
        while k > start and words[k - 1] in TRAILING:
            k -= 1
        return k

    def _relative(self, k: int, high: int) -> int:
        """End of the clause that "that" at token k opens ("a design that polls the device on every access"); k if there is
        none."""
        words, end = self.words, k + 1
        while end < high and end - k < 16 and words[end] not in _ENDS_RELATIVE:
            end += 1
        while end > k + 1 and words[end - 1] in TRAILING:
            end -= 1
        return end if end > k + 2 else k

    def _qualifies(self, k: int, high: int) -> bool:
        """Whether the participle at token k qualifies a noun ("realistic and challenging scenarios")."""
        return k + 1 < high and self.words[k + 1] not in BEGINS_NOUN and self.words[k + 1][-1:] == "s"

    def _belongs(self, k: int) -> bool:
        """Whether what token k opens is part of a baseline's name: "the version on a CPU", "a design that polls"."""
        word, before = self.words[k], self.words[k - 1]
        if word == "on":
            return before in _RUNS
        return (word == "without" and before[-3:] != "ing") or (word in _RELATIVE and before in _THINGS)

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
            if end - 2 > k and words[end - 1] == "average" and words[end - 2] in ("on", "in"):
                end -= 2
            while start < end and words[start] in DETERMINERS:
                start += 1
            if end > start and (end - start > 1 or word in _DROPPED) and not EMPTY.issuperset(words[start:end]):
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
