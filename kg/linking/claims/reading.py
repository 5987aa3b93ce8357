"""What the words around a number say that it measures.

A number is read twice: by `after` from the words after it ("39% higher throughput") and by `before` from
those before it ("reduces latency by 39%"); `choice` keeps the reading that says more.
"""

from __future__ import annotations

from typing import NamedTuple

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.words import NUMBER

_BEFORE_NUMBER = frozenset(
    "geometric geometrical about around approximately roughly nearly almost ~ ≈ > < ≥ ≤ up upto upward upwards multiplicative geometric-mean as much high many only just further additional another on average at least "
    "most in over more less than under above below mean maximum minimum an a merely even some no another fewer and factor exceeding geomean well close near + roughly another lowest highest great an low within - e.g i.e . ".split()
) - {"in", "and"}
_SEPARATORS = frozenset(", - ; : and while whereas but or / ( ) & plus".split())
_GLUE = frozenset(
    ", and or / & about around approximately nearly up to over at least more than even to roughly geometric-mean geomean median".split()
)
SUBJECT_WORDS = frozenset(
    "we our ours it they which that system approach method framework design technique algorithm results evaluation evaluations experiments experiment this model architecture prototype implementation solution scheme mechanism work".split()
)


_STEADY = frozenset(
    "minimal low lower lowest high higher highest stable constant steady negligible flat unchanged modest small best".split()
)
#: What "of" ties to a number without saying what it measures ("by a factor of 3").
_SIZES = frozenset(
    "average mean means maximum minimum median factor factors max range excess total order upward upwards".split()
)
#: Words before a number -> those that make a comparator with them ("up to", "peaking at", "(range: 2-3x)").
_TOGETHER = {
    "to": ("up", "close"),
    "at": ("peaking", "peaks", "topping"),
    ":": ("range", "max", "maximum"),
    "=": ("<", ">"),
}


class Reading(NamedTuple):
    """What a clause says of one quantity: tokens `low` … `high` - 1 say what it measures, none if `low == high`.

    `pattern` names how it was read; `verb` is the token of the verb of change, -1 if there is none; `place` is the
    condition in "accuracy on A (3%)".
    """

    low: int = 0
    high: int = 0
    pattern: str = ""
    direction: str = ""
    verb: int = -1
    baseline: tuple[int, int] | None = None
    place: tuple[int, int] | None = None


class Window(NamedTuple):
    """What may tell of the number at token `i`: tokens `low` … `high` - 1; `far` bounds the search for its verb, `kind` is
    that of its unit."""

    clause: Clause
    i: int
    low: int
    far: int
    high: int
    kind: str


def says_measure(c: Clause, low: int, high: int) -> bool:
    """Whether tokens low … high - 1 name something measured."""
    return any(map(words_of.is_measure, c.words[low:high]))


def says_change(c: Clause, low: int, high: int) -> bool:
    """Whether tokens low … high - 1 name something measured or a change."""
    return says_measure(c, low, high) or c.words[high - 1] in words_of.CHANGE_NOUNS


def skip_left(words: list[str], i: int, low: int) -> int:
    """Index of the word that ties the number to what stands before it ("of", "by", "to", …), past its comparators."""
    k = i - 1
    while k >= low:
        word = words[k]
        if k > low and words[k - 1] in _TOGETHER.get(word, ()) and (word != ":" or words[k - 2] == "("):
            k -= 2
        elif word == "of" and k > low + 1 and words[k - 1] in ("range", "order") and words[k - 2] == "the":
            k -= 4
        elif word == "of" and k > low and words[k - 1] in _SIZES:
            k -= 2
        elif word in _BEFORE_NUMBER:
            k -= 1
        else:
            break
    return k


def held_at(words: list[str], at: int) -> bool:
    """Whether token `at` ("at") says how much a copula and its adjective mean ("remains minimal at 3%", but not "stable at
    90% sparsity")."""
    if at < 2 or words[at - 1] not in _STEADY or words[at - 2] not in words_of.BE:
        return False
    behind = words[at + 2 : at + 3]
    return not behind or behind[0] in words_of.STOP or not behind[0][0].isalpha()


def past_determiners(c: Clause, low: int, high: int) -> int:
    while low < high and c.words[low] in words_of.DETERMINERS:
        low += 1
    return low


def terms(c: Clause, low: int, high: int, *, bare: bool = True) -> tuple[int, int] | None:
    """The noun phrase of "in terms of X" in tokens low … high - 1; with `bare` also of "in X" if X is something measured."""
    words = c.words
    for k in range(low, min(high, low + 24)):
        if words[k] in ("in", "for"):
            told = words[k + 1 : k + 3] == ["terms", "of"]
            start = past_determiners(c, k + 3 if told else k + 1, high)
            end = c.noun(start, high)
            if words[end : end + 1] == ["and"] and start + 2 > end:
                more = c.noun(end + 1, high)
                end = more if more > end + 1 else end
            if end > start and (told or (bare and words_of.is_measure(words[end - 1]))):
                return start, end
    return None


def boundary(c: Clause, previous: int, i: int) -> int:
    """The token at which the words about the quantity at token i begin, after an earlier quantity."""
    words = c.words
    k = skip_left(words, i, previous + 1)
    if k > previous and words[k] in ("by", "to", "from"):
        for v in range(k - 1, previous, -1):
            if words[v] in words_of.CHANGE_VERBS:
                if words[v - 1] in words_of.BE or words[v + 1] in ("by", "to", "from"):
                    k = v - 1  # "X was reduced by", "X increased to": what changes stands before
                    break
                return v
    if k > previous and words[k] == "with":
        return k + 1
    at = k - 1 if words[k] == "(" else k
    while at > previous:
        if words[at] in _SEPARATORS:
            return at + 1
        at -= 1
    for at in range(min(i - 1, k), previous, -1):
        if words[at] in ("with", "at", "by", "(", "to"):
            return at if words[at] == "by" else at + 1
    return previous + 1


def glued(c: Clause, a: int, b: int) -> bool:
    """Whether only list glue, comparators and remarks in brackets stand between the quantities at tokens a and b."""
    words, k = c.words, a + 1
    while k < b:
        if words[k] == "(":
            close = k + 1
            while close < b and words[close] != ")":
                close += 1
            if close >= b:
                return False
            k = close + 1
            continue
        if words[k] not in _GLUE:
            return False
        k += 1
    return True


def clause_subject(c: Clause, verb: int, far: int) -> tuple[int, int]:
    """The head noun phrase of the subject of the verb at a token, without what its prepositions add."""
    words = c.words
    start = verb
    while start > far and words[start - 1] not in (",", ";", "that", "while", "whereas", "but", "and", ":", NUMBER):
        start -= 1
    first = start
    while first > far and words[first - 1] == "and":  # "accuracy on A and B improves"
        first -= 1
        while first > far and words[first - 1] not in (",", ";", "that", "while", "whereas", "but", ":", NUMBER, "and"):
            first -= 1
        at = past_determiners(c, first, verb)
        if words_of.VERBS.isdisjoint(words[at:start]) and says_measure(c, at, c.noun(at, verb)):
            start = at
            break
    if words[start] == "with":  # "with the power rising by", "with A the power rises by"
        start = next((n + 1 for n in range(verb - 1, start, -1) if words[n] in words_of.DETERMINERS), start + 1)
    start = past_determiners(c, start, verb)
    end = c.noun(start, verb)
    if words[end : end + 1] == ["of"] and words[end - 1] in words_of.GENERIC_HEADS:
        end = c.noun(past_determiners(c, end + 1, verb), verb)
    return start, end
