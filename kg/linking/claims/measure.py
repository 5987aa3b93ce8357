"""What a result measures: the noun phrases around its number, weighed by a small linear model.

The rules (`before`, `after`, `metric`, `extent`) read it off the forms of sentences that they know.
What they say is one candidate; how they came by it, and where and what the other phrases are, decides which is said. The
weights lie in `weights/measures.json`; `kg.train` makes them from the labels.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.linking import linear
from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.context import Found, Span, meets
from kg.linking.claims.metric import metric_named, unit_name
from kg.linking.claims.numbers import Quantity
from kg.linking.claims.reading import past_determiners
from kg.linking.claims.tokens import EMPTY
from kg.linking.claims.words import NUMBER, is_measure

CLASSES = ("other", "measured")

_BEFORE, _BEHIND = 36, 14  # tokens on either side of a number that are read
_LONGEST = 7  # tokens of a phrase; of a longer one its last are read
_COMPLEMENT = 4  # tokens of what a measure is of
_TIES = frozenset("of in for on per to between and / during at".split())
_ENDS = words_of.STOP | words_of.DETERMINERS | {"per", "terms"}
#: Words that are verbs before these: "the number of calls decreases by", "the cores operate at".
_ENDING_VERBS = frozenset(
    "increases decreases gains drops rises declines boosts jumps degrades operate operates run runs scale scales".split()
)
_BEHIND_VERB = frozenset(("by", "to", "from", "at"))
#: What stands behind the second of two measures that has a value of its own: "93% precision and recall of 82%".
_OWN_VALUE = frozenset(("of", "by", "to", "from", "at", "(", NUMBER))
_CHANGES = words_of.CHANGE_NOUNS - words_of.SPEEDUP
_TRIMMED = EMPTY | words_of.MORE | words_of.LESS
_RAISES = frozenset("increases decreases improves reduces lowers raises boosts cuts".split())
#: Comparatives that say which way a measure goes, and those that are measures themselves, of what is none ("larger problems").
_HOW_MUCH = frozenset("fewer less more higher lower greater reduced increased extra additional".split())
_HOW_LARGE = frozenset("smaller larger shorter longer".split())
#: What makes no measure of them: "more likely", "higher in A than in B".
_QUALITIES = (
    words_of.PREPOSITIONS
    | words_of.PUNCTUATION
    | frozenset(
        "and or than accurate compact complex costly difficult effective efficient expensive frequent likely often powerful robust "
        "sensitive stable susceptible vulnerable".split()
    )
)
_ADVERBS = frozenset("even much far only also still just nearly almost as well so very too not".split())
#: Words that end no measure: "improves power efficiency up to", "saves cost maximally by".
_ENDS_NONE = _ADVERBS | frozenset("up of by maximally approximately about around roughly @".split())
_VERBS = words_of.VERBS - words_of.CHANGE_NOUNS
_FAR = (0, 1, 2, 3, 5, 8, 12, 18)
_SIGNS = frozenset(("and", ",", "(", ")", ":", NUMBER))
_CLASS_OF = tuple(
    (name, words)
    for name, words in (
        ("beat", words_of.BEAT),
        ("up", words_of.UP),
        ("down", words_of.DOWN),
        ("have", words_of.HAVE),
        ("be", words_of.BE),
        ("verb", words_of.VERBS),
        ("preposition", words_of.PREPOSITIONS),
        ("determiner", words_of.DETERMINERS),
    )
)
#: The tokens of words that are no tokens in a row.
NO_SPAN = (0, 0)


class Ruled(NamedTuple):
    """What the rules say of a result: what it measures and what else of its sentence is said of it."""

    text: str  # "" if they do not know
    span: Span  # the tokens of that; empty where it is no words in a row
    known: bool  # whether a form of sentence gave it, not just its place
    dealt: str  # what a parallel list deals to the result, "" if there is none
    baseline: Span | None
    place: Span | None


class Candidate(NamedTuple):
    """Something that a result may measure."""

    text: str
    span: Span  # empty where it is no words in a row
    features: list[str]


def chosen(
    c: Clause, found: Sequence[Found], n: int, ruled: Ruled, metrics: Mapping[str, tuple[str, str]]
) -> tuple[str, Span]:
    """What a sentence's n-th result measures: its words and their tokens (none where they are no words in a row). What a list
    deals to its numbers is certain."""
    if ruled.dealt == "metric":
        return ruled.text, ruled.span
    weigh = linear.shipped_features("measures").margin(CLASSES.index("measured"), CLASSES.index("other"))
    best = max(candidates(c, found, n, ruled, metrics), key=lambda candidate: weigh(candidate.features))
    span = _core(c, *best.span)
    return (best.text, span) if span == best.span else (c.text(*span), span)


def _core(c: Clause, low: int, high: int) -> Span:
    """Of tokens low … high - 1 those that name what is measured, without what the claim's direction says: "reduction of kernel
    launches", "fewer tokens", "Foo increases goodput"."""
    words = c.words
    for k in range(high - 2, low - 1, -1):
        if words[k] in _RAISES or (words[k] in _CHANGES and k == low and words[k + 1] in ("of", "in")):
            start = past_determiners(c, k + 1 + (words[k + 1] in ("of", "in")), high)
            if start < high:
                low = start
                break
    goes = words[low] in _HOW_MUCH or (words[low] in _HOW_LARGE and is_measure(words[high - 1]))
    if goes and high - low > 1 and not (words[low + 1] in _QUALITIES or words[low + 1][-2:] == "ly"):
        low += 1
    while high - 1 > low and words[high - 1] in _ENDS_NONE:
        high -= 1
    return low, high


def candidates(
    c: Clause, found: Sequence[Found], n: int, ruled: Ruled, metrics: Mapping[str, tuple[str, str]]
) -> Iterator[Candidate]:
    """What a sentence's n-th result may measure, no text twice: what the rules say, what its unit says, the phrases.

    `metrics` maps lower-case names to (metric id, better direction).
    """
    quantity = found[n].quantity
    kind, pattern = quantity.kind, found[n].reading.pattern or "none"
    weighing = _Weighing(c, found, n, ruled)
    own = [
        f"rule={pattern} {kind}",
        f"rules={ruled.known} {ruled.dealt}",
        f"ruled={ruled.text.lower().rpartition(' ')[2]}",
    ]
    if ruled.span == NO_SPAN:
        own += (f"told={ruled.known} {ruled.dealt} {kind}", f"says={ruled.text}")
    else:
        own += weighing.features(*ruled.span, "rule")
    told = ruled.text.lower()
    yield Candidate(ruled.text, ruled.span, own + _named(told, quantity, metrics))
    said = {told}
    unit = unit_name(quantity.unit, kind) if kind in words_of.ABSOLUTE and kind != "count" else ""
    if unit and unit not in said:
        said.add(unit)
        features = [f"unitsays={kind}", f"unitis={quantity.unit}", f"unitof={ruled.known} {pattern}"]
        yield Candidate(unit, NO_SPAN, features + _named(unit, quantity, metrics))
    for span, form in phrases(c, found[n].token).items():
        text = c.text(*span)
        lower = text.lower()
        if lower not in said:
            said.add(lower)
            yield Candidate(text, span, weighing.features(*span, form) + _named(lower, quantity, metrics))


def _named(text: str, quantity: Quantity, metrics: Mapping[str, tuple[str, str]]) -> list[str]:
    """Whether lower-case words name a metric, as a whole, at their end or at their start; and which."""
    words = text.split(" ")
    whole = metric_named(text, metrics)
    ending = whole or metric_named(" ".join(words[-2:]), metrics) or metric_named(words[-1], metrics)
    anywhere = ending or metric_named(" ".join(words[:2]), metrics) or metric_named(words[0], metrics)
    return [
        f"metric={whole is not None}{ending is not None}{anywhere is not None} {quantity.kind}",
        f"names={ending[0] if ending else ''}",
        f"named={anywhere[0] if anywhere else ''} {quantity.unit}",
    ]


def phrases(c: Clause, token: int) -> dict[Span, str]:
    """The noun phrases around a number, each with its form: "whole", "long" with the words that say how much or how good, "to"
    its first measure, "end" its last words, or the tie to its complement ("speedup of training")."""
    words, until = c.words, min(len(c.words), token + _BEHIND + 1)
    chunks: list[Span] = []
    k = max(0, token - _BEFORE)
    while k < until:
        end = k
        while end < until and not _ends(words, end, k, until):
            end += 1
        last = end
        if end > k + 1 and words[end - 1] in _ENDING_VERBS and end < len(words) and words[end] in _BEHIND_VERB:
            last -= 1
        if last > k:
            chunks.append((k, last))
        k = max(end, k + 1)
    found: dict[Span, str] = {}
    heads = {low: end for low, end in chunks if end - low <= _COMPLEMENT}
    for low, end in chunks:
        first = max(low, end - _LONGEST)
        while first < end - 1 and (words[first] in _ADVERBS or words[first].endswith("ly")):
            first += 1
        start = first
        while start < end - 1 and (
            words[start] in _TRIMMED or words[start].endswith("ly") or words[start][0].isdigit()
        ):
            start += 1
        found[start, end] = "whole"
        if not words[first][0].isdigit():
            found.setdefault((first, end), "long")
        for at in range(start, end - 1):
            if is_measure(words[at]):
                found.setdefault((start, at + 1), "to")
        for at in range(max(start + 1, end - 3), end):
            found.setdefault((at, end), "end")
        last = _complement(c, end, heads, until)
        if last:
            found.setdefault((start, last), words[end])
            if not words[first][0].isdigit():
                found.setdefault((first, last), words[end])
    return found


def _complement(c: Clause, end: int, heads: Mapping[int, int], until: int) -> int:
    """Where the complement of the phrase that ends before token `end` ends, 0 if there is none that belongs to a measure: a name is
    none, nor a second measure with a value of its own. `heads`: start -> end of short phrases."""
    words = c.words
    if end >= until or words[end] not in _TIES:
        return 0
    last = heads.get(past_determiners(c, end + 1, until), 0)
    if not last or not (_is_plain(c, end - 1) and _is_plain(c, last - 1)):
        return 0
    own = words[end] in ("and", "/") and last < len(words) and words[last] in _OWN_VALUE
    return 0 if own else last


def _is_plain(c: Clause, k: int) -> bool:
    """Whether token k is no name: a measure, a change, or in lower case."""
    return _nature(c.words[k]) != "00" or c.text(k, k + 1).islower()


def _ends(words: list[str], k: int, first: int, until: int) -> bool:
    """Whether token k ends the noun phrase that starts at token `first`; a participle may stand within one."""
    word = words[k]
    if word in _ENDS:
        return True
    if word not in _VERBS:
        return False
    return k == first or not (word.endswith("ing") and k + 1 < until and words[k + 1] not in words_of.STOP)


class _Weighing:
    """What speaks for phrases as what one result measures."""

    def __init__(self, c: Clause, found: Sequence[Found], n: int, ruled: Ruled) -> None:
        words, token, reading = c.words, found[n].token, found[n].reading
        low, high = self._rule = ruled.span
        self._words, self._token, self._verb, self._ruled = words, token, reading.verb, ruled
        self._kind, self._unit = found[n].quantity.kind, found[n].quantity.unit
        self._pattern = reading.pattern or "none"
        self._before = words[token - 1] if token else "^"
        self._two = " ".join(words[max(0, token - 2) : token])
        self._behind = words[token + 1] if token + 1 < len(words) else "$"
        self._last = found[n - 1].token if n else -1
        self._next = found[n + 1].token if n + 1 < len(found) else len(words)
        self._head = words[high - 1] if low < high else "-"
        self._head_kind = _nature(self._head) if low < high else "-"

    def features(self, low: int, high: int, form: str) -> list[str]:
        """What is seen of tokens low … high - 1."""
        words, token, kind, ruled = self._words, self._token, self._kind, self._ruled
        side, between = ("a", words[token + 1 : low]) if low > token else ("b", words[high:token])
        far = f"{side}{bisect_right(_FAR, len(between))}"
        near = f"{side}{min(len(between), 5)}"
        first, last = words[low], words[high - 1]
        before = words[low - 1] if low else "^"
        after = words[high] if high < len(words) else "$"
        after2 = words[high + 1] if high + 1 < len(words) else "$"
        nature = f"{_nature(last)}{any(map(is_measure, words[low:high])):d}"
        relation = _relation(low, high, *self._rule)
        verb = self._verb
        change = (
            "none" if verb < 0 else "own" if low <= verb < high else "object" if low > verb and high <= token and verb < token else "subject" if high <= verb else "far"
        )  # fmt: skip
        zone = "own" if self._last < low and high <= self._next else "last" if low <= self._last else "next"
        led = next((words[k] for k in range(low - 1, max(-1, low - 5), -1) if words[k] in words_of.VERBS), "-")
        verbs = not words_of.VERBS.isdisjoint(between)
        return [
            f"form={form} {nature}", f"nature={nature} {kind}", f"natures={nature} {far}", f"size={min(high - low, 6)} {nature}",
            f"last={last}", f"first={first}", f"lasts={last} {kind}", f"unit={self._unit} {last}",
            f"relation={relation} {self._pattern} {nature}", f"relation={relation} {self._pattern}", f"kind={relation} {kind}",
            f"known={relation} {ruled.known} {min(self._rule[1] - self._rule[0], 4)}", f"head={self._head} {relation}",
            f"heads={self._head_kind} {nature} {relation} {kind}", f"far={far} {kind}", f"pattern={self._pattern} {near}",
            f"before={before}", f"begins={_class(before)} {side} {nature}", f"after={after} {after2}", f"ends={_class(after)} {side} {nature}",
            f"tie={self._before} {far}", f"ties={self._two} {near}", f"behind={self._behind} {far}",
            f"change={change} {nature}", f"changes={change} {self._before}", f"zone={zone} {nature} {side}", f"zones={zone} {relation}",
            f"led={led}", f"leads={_class(led)} {nature} {side}", f"many={side}{min(3, between.count(NUMBER))}{verbs}",
            f"baseline={meets(low, high, ruled.baseline)} {nature}", f"place={meets(low, high, ruled.place)}", f"dealt={ruled.dealt} {relation}",
            *(f"w={word}" for word in dict.fromkeys(words[low:high])),
            *(f"between={side}{word}" for word in dict.fromkeys(between)),
        ]  # fmt: skip


@lru_cache(1 << 14)
def _nature(word: str) -> str:
    """Whether a word names a measure, and whether a change."""
    return f"{is_measure(word):d}{word in words_of.CHANGE_NOUNS:d}"


@lru_cache(1 << 14)
def _class(word: str) -> str:
    """The class of a word that says how a phrase is led or goes on."""
    return word if word in _SIGNS else next((name for name, members in _CLASS_OF if word in members), "word")


def _relation(low: int, high: int, first: int, end: int) -> str:
    """How tokens low … high - 1 lie to tokens first … end - 1, which the rules chose."""
    if first >= end:
        return "alone"
    if (low, high) == (first, end):
        return "same"
    if low <= first and end <= high:
        return "wider"
    if first <= low and high <= end:
        return "inner"
    return "across" if low < end and first < high else "after" if low >= end else "before"
