"""What a sentence says around its results: conditions, baselines, parallel lists, and what neighbours share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.numbers import Quantity
from kg.linking.claims.reading import Reading, boundary, glued, past_determiners, skip_left
from kg.linking.claims.words import NUMBER

Span = tuple[int, int]  # tokens, half-open

_BEFORE_LIST = words_of.VERBS | words_of.DETERMINERS | {"in", "with", "of", "both"}
_IN_LIST = frozenset((NUMBER, "and", ",", "of", "up", "to"))
_GOES_ON = frozenset(
    "including using running training testing during ranging averaging processing scheduling computing learning planning".split()
)
_CLAUSE_MARKS = frozenset((";", ",", "and", "whereas", "but", "while"))
_INNER_LEADS = frozenset("in on for at under".split())
_RESPECTIVELY = frozenset("respectively resp respective".split())
_TO_BASELINE = frozenset("to over than against versus vs relative compared".split())
_COUNT = {"two": 2, "three": 3, "four": 4, "five": 5}


def meets(low: int, high: int, span: Span | None) -> bool:
    """Whether tokens low … high - 1 and a span have one in common."""
    return span is not None and low < span[1] and span[0] < high


class Found(NamedTuple):
    """One accepted quantity of a sentence, before its neighbours lend it what it lacks."""

    quantity: Quantity
    token: int
    low: int
    high: int
    reading: Reading
    bound: str
    before: bool
    confidence: float


class ListItem(NamedTuple):
    """An item of a parallel list, dealt to one number: a "condition", a "metric" or a "baseline".

    `text` is said instead of the place's own words where those are shared by the list ("128/1K-token contexts").
    """

    kind: str
    place: Span
    text: str = ""


class Context(NamedTuple):
    """What stands around the results of one sentence; the tuples run along its results."""

    groups: list[int]  # the first result of the list that a result is part of
    baselines: list[Span | None]
    lead_baseline: Span | None
    lists: dict[int, ListItem]


def context_of(c: Clause, found: list[Found], before: Callable[[], Iterator[Clause]]) -> Context:
    """The context of a sentence's results; `before` gives the sentences before it, for "these two methods"."""
    groups: list[int] = []
    for n, f in enumerate(found):
        groups.append(groups[-1] if n and glued(c, found[n - 1].token, f.token) else n)
    behind = [_behind(c, found, n) for n in range(len(found))]
    baselines: list[Span | None] = []
    for n, f in enumerate(found):
        baseline = behind[n] or f.reading.baseline
        if baseline is None:  # "3x over A, and 4x and 5x over B"
            baseline = next(
                (b for b, head in zip(behind[n:], groups[n:], strict=True) if b and head == groups[n]), None
            )
        if baseline is None and (n or f.reading.verb >= 0):
            baseline = c.baseline(max(f.low, f.reading.verb), f.token)
        if baseline is None and groups[n] != n and found[groups[n]].reading.pattern == "beat":
            baseline = baselines[groups[n]]  # "outperforms A and B by 2x and 3x, and C by 4x"
        baselines.append(baseline)
    return Context(
        groups,
        baselines,
        _lead_baseline(c, found[0]),
        _dealt(c, found, groups, before) if len(found) > 1 else {},
    )


def _behind(c: Clause, found: list[Found], n: int) -> Span | None:
    """The baseline that stands behind a result, before the next one: "3x over A", "3x, outperforming A"."""
    f, words = found[n], c.words
    high = max(f.token + 1, boundary(c, f.token, found[n + 1].token)) if n + 1 < len(found) else len(words)
    end = clause_end(c, f.token, high)
    baseline = c.baseline(f.token + 1, end)
    if baseline is None and high > end:
        baseline = c.baseline(f.token + 1, high)
    if baseline is None and words[end : end + 1] == [","] and words[end + 1 : end + 2] and NUMBER not in words[end:]:
        k = end + 1 + words[end + 1].endswith("ly")
        if k < len(words) and words[k] in words_of.BEAT and words[k].endswith("ing"):
            return _beaten(c, k, len(words))
    return baseline


def _beaten(c: Clause, k: int, high: int) -> Span | None:
    """What the verb at token k ("outperforms", "beating") has as its object, up to token `high`."""
    start = past_determiners(c, k + 1, high)
    end = c.phrase(start, high, words_of.STOP_BASELINE)
    return (start, end) if start < end else None


def _lead_baseline(c: Clause, first: Found) -> Span | None:
    """A baseline said before the first result: "Compared to X, …", "outperforms X, improving … by"."""
    found = c.baseline(0, first.token, over=False)
    if found is None and first.reading.pattern != "beat":
        beat = next((k for k in range(first.token) if c.words[k] in words_of.BEAT), -1)
        found = _beaten(c, beat, first.token) if beat >= 0 else None
    return found


def clause_end(c: Clause, i: int, high: int) -> int:
    """Where the words about the quantity at token i end: at a verb that opens something else."""
    words = c.words
    for k in range(i + 1, high):
        if words[k] not in _CLAUSE_MARKS:
            continue
        if words[k] == ";":
            return k
        if words[k] == "," and words[k + 1 : k + 2] in (["a"], ["an"]) and NUMBER not in words[k : k + 7]:
            return k  # ", a clear gain …"
        if words[k] in (",", "and"):
            after = k + 1
            while after < high and (
                words[after] in ("and", "also", "further", "thus", "thereby", "as", "well", "then", "we", "it")
                or words[after].endswith("ly")
            ):
                after += 1
            if words[k] == "," and after < high and words[after][-3:] == "ing" and words[after] not in _GOES_ON:
                return k
            if (
                after < high
                and (
                    words[after] in words_of.VERBS
                    or words[after]
                    in ("while", "whereas", "without", "which", "highlight", "highlighting", "establishing")
                )
                and NUMBER not in words[after : after + 1]
            ):
                return k
        elif words[k] in ("whereas", "but") or (words[k] == "while" and words[k + 1 : k + 2] != ["running"]):
            return k
    return high


def _dealt(
    c: Clause, found: list[Found], groups: list[int], before: Callable[[], Iterator[Clause]]
) -> dict[int, ListItem]:
    """Deal the items of parallel lists to the numbers of a list ("3x and 2x on A and B, respectively")."""
    words = c.words
    last_word = max((k for k, word in enumerate(words) if word in _RESPECTIVELY), default=-1)
    respectively = last_word > found[-1].token - 12
    runs = [[n for n in range(len(found)) if groups[n] == head] for head in dict.fromkeys(groups)]
    if respectively and len(found) > 1 and len(runs) == len(found):
        runs = [list(range(len(found)))]
    told = _in_brackets(c, found)
    if told:
        return told
    measured: list[ListItem] = []
    for run in runs:
        if len(run) > 1:
            items = _items(c, found[run[0]], found[run[-1]], len(run), last_word if respectively else -1, before)
            if items is None and len(measured) == len(run) and found[run[0]].reading.pattern in ("", "bare noun"):
                items = measured  # "3x and 2x gains in A and B on C, and 5x and 4x gains on D"
            told |= zip(run, items, strict=True) if items else ()
            measured = items if items and items[0].kind == "metric" else measured
    return told


def _in_brackets(c: Clause, found: list[Found]) -> dict[int, ListItem]:
    """ "3x (5x) and 2x (4x) speed (area)": what is measured, in and out of brackets, for all numbers alike."""
    words = c.words
    if len(found) % 2 or any(
        b.token - a.token != 2 or words[a.token + 1] != "(" for a, b in zip(found[::2], found[1::2], strict=True)
    ):
        return {}
    last = found[-1].token
    start = last + 2
    end = c.noun(start, len(words))
    if words[last + 1 : start] != [")"] or words[end : end + 1] != ["("] or end == start:
        return {}
    inner = c.noun(end + 1, len(words))
    if words[inner : inner + 1] != [")"] or not words_of.is_measure(words[inner - 1]):
        return {}
    return {n: ListItem("metric", (end + 1, inner) if n % 2 else (start, end)) for n in range(len(found))}


def _items(
    c: Clause, start: Found, end: Found, count: int, last_word: int, before: Callable[[], Iterator[Clause]]
) -> list[ListItem] | None:
    """What a list of `count` numbers from `start` to `end` is about, item by item; `last_word`: "respectively", or -1."""
    words, after = c.words, end.token + 1
    if last_word >= 0 or "/" in words[start.token : end.token]:
        slashed = _slashed(c, count, start, end)
        if slashed:
            return slashed
    measured = _measured(c, count, start.token)
    if measured:
        return [ListItem("metric", place) for place in measured]
    told = _pointed(c, count, after, before)
    if told:
        return told
    right = c.items(count, after, last_word, backwards=True) if last_word >= after else None
    if right and last_word - right[0][-1][1] > 2:
        right = None
    right = right or c.items(count, after, min(len(words), after + 23))
    if (
        right
        and last_word > end.token + 3
        and right[0][0][0] > end.token + 4
        and not last_word - 3 <= right[0][-1][1] <= last_word
    ):
        right = None
    changes = right is not None and _is_of_change(c, right[0][0][0], right[0][-1][1])
    if last_word < 0 and not (right and (changes or words[after] in _INNER_LEADS)):
        return None
    if right:
        places, tie = right
        up = places[0][0] > 1 and words[places[0][0] - 2] == "up"
        kind = "baseline" if tie in _TO_BASELINE and not up else "condition"
        if tie in ("in", "of") and (changes or all(words_of.is_measure(words[b - 1]) for _, b in places)):
            return [ListItem("metric", place, _headed(c, place, places[-1])) for place in places]
        return [ListItem(kind, place) for place in places]
    left = c.items(count, max(0, start.token - 40), start.token, backwards=True)
    if left is None:
        return None
    places, tie = left
    kind = "condition"
    if (tie in words_of.CHANGE_VERBS and tie not in words_of.BEAT) or any(
        start.reading.low <= a < start.reading.high for a, _ in places
    ):
        kind = "metric"
    elif tie in _TO_BASELINE or tie in words_of.BEAT:
        kind = "baseline"
    return [ListItem(kind, place) for place in places]


def _headed(c: Clause, place: Span, last: Span) -> str:
    """An item with the head that the last one says for all ("axial and lateral resolution"), "" if it has its own."""
    words = c.words
    alone = place[1] - place[0] == 1 < last[1] - last[0] and not words_of.is_measure(words[place[0]])
    shared = alone and words_of.is_measure(words[last[1] - 1]) and c.text(*place).islower()
    return f"{c.text(*place)} {c.text(last[1] - 1, last[1])}" if shared else ""


def _is_of_change(c: Clause, k: int, end: int) -> bool:
    """Whether the list from token k to `end` says what changes ("improvements in A and B")."""
    words, k = c.words, k - 1
    while k > 1 and (words[k] in words_of.DETERMINERS or words[k] == "both"):
        k -= 1
    if k <= 0 or words[k] not in ("in", "of"):
        return False
    k -= 1
    if words[k] == NUMBER:  # "improvements of 3% and 5% in A and B"
        while k > 1 and words[k] in _IN_LIST:
            k -= 1
        return words[k] in words_of.CHANGE_NOUNS and words_of.is_measure(words[end - 1])
    return words[k] in words_of.CHANGE_NOUNS


def _pointed(c: Clause, count: int, after: int, before: Callable[[], Iterator[Clause]]) -> list[ListItem] | None:
    """ "on these two methods" after two numbers: the two that a sentence shortly before lists ("two methods: A and B")."""
    words = c.words
    for k in range(after, min(len(words) - 2, after + 5)):
        if words[k] in ("these", "both", "the") and _COUNT.get(words[k + 1]) == count:
            end = c.noun(k, len(words))
            for earlier in before():
                if words[k + 1] in earlier.words and words[end - 1] in earlier.words:
                    listed = earlier.items(count, earlier.words.index(words[k + 1]), len(earlier.words), backwards=True)
                    if listed:
                        return [ListItem("condition", (k, end), earlier.text(*span)) for span in listed[0]]
    return None


def _measured(c: Clause, count: int, i: int) -> list[tuple[int, int]] | None:
    """The items of "reduces A and B by" or "savings in A and B of" before a list of as many numbers."""
    k = skip_left(c.words, i, 0)
    if c.words[k] not in ("by", "of", "to"):
        return None
    found = c.items(count, max(0, k - 24), k, backwards=True)
    if found is None or found[0][-1][1] != k or found[1] not in _BEFORE_LIST:
        return None
    return (
        found[0]
        if all(words_of.is_measure(c.words[b - 1]) or c.words[b - 1] in words_of.CHANGE_NOUNS for _, b in found[0][-1:])
        else None
    )


def _slashed(c: Clause, count: int, start: Found, end: Found) -> list[ListItem] | None:
    """ "128/1K/10K-token" beside a list of three: one part for each, with the ending that the last one carries."""
    words = c.words
    for k in (
        *range(end.token + 1, min(len(words), end.token + 16)),
        *range(start.token - 1, max(-1, start.token - 16), -1),
    ):
        word = words[k]
        if word.count("/") == count - 1 and NUMBER not in word:
            text = c.text(k, k + 1)
            parts = text.split("/")
            if not all(parts):
                continue
            stem, dash, ending = parts[-1].partition("-")
            shared = c.noun(k + 1, min(len(words), k + 4))
            rest = c.text(k + 1, shared)
            tail = f"{dash}{ending}"
            plain = [*parts[:-1], stem]
            inside = start.reading.low <= k < end.reading.high or (
                words[k - 1 : k] in (["in"],) and k < end.high and any(words_of.is_measure(p.lower()) for p in parts)
            )
            kind = "metric" if inside and any(words_of.is_measure(p.lower()) for p in parts) else "condition"
            if kind == "metric":
                low = start.reading.low if start.reading.low <= k < start.reading.high else k
                prefix = c.text(low, k)
                return [ListItem(kind, (k, k + 1), f"{prefix} {part}".strip()) for part in parts]
            return [ListItem(kind, (k, max(k + 1, shared)), f"{part}{tail} {rest}".strip()) for part in plain]
    return None
