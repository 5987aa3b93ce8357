"""Spans that may be terms, and what a sentence says of them: the features of `terms`, for training and reading alike.

A candidate is a run of one to five words without a function word in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from kg.forms import singular

#: Words of a candidate.
MAX_WORDS = 5

_CORE = re.compile(r"[^\W_][\w+#]*(?:[-./'’][\w+#]+)*")
_FUNCTION = frozenset(
    "a an the and or but nor if then than that which who whose whom what when where why how while whereas although though because since as of in on at to for by with from into onto over under between among across through during without within via per against towards toward upon about above below after before behind beyond despite "
    "is are was were be been being am has have had having do does did can could may might must shall should will would not no yes this these those it its it's they their them we our ours us i you your he she his her there here also both either neither each every all any some such same other another more most less least much many few several very too so only just even still yet however moreover furthermore therefore thus hence finally first second third additionally recently "
    "show shows shown present presents propose proposes proposed introduce introduces introduced describe describes use uses used using based make makes made provide provides achieve achieves allow allows enable enables require requires need needs lead leads result results study studied consider considers considered develop developed demonstrate demonstrates including include includes e.g i.e etc et al versus vs one two three four five six seven eight nine ten respectively given up out off new novel paper work approach method methods approaches problem problems".split()
)
_ENDS = frozenset(",.;:")


class Word(msgspec.Struct, frozen=True, gc=False):
    """What stands between two spaces, without its place: the word, the punctuation around it, and its weights."""

    text: str  # without punctuation around it; "" if there is nothing else
    lower: str
    stem: str
    open: bool  # may be part of a term
    shape: str  # l lower, C capitalised, U capitals, u one capital, D letters and digits, 9 digits, X other
    skip: int  # characters before `text`
    lead: str  # the punctuation right before the word, "" if none
    trail: str  # the punctuation right behind it, "" if none


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """Words[i:j] of one sentence of a field."""

    words: Sequence[Word]
    i: int
    j: int
    title: bool


def word(chunk: str) -> Word:
    """Read what stands between two spaces."""
    text, trail = (chunk[:-1], chunk[-1]) if chunk[-1:] in _ENDS else (chunk, "")
    if text.isascii() and text.isalpha():  # most words: no pattern is needed
        lower = text.lower()
        return Word(text, lower, stem(lower), lower not in _FUNCTION, _shape(text), 0, "", trail)
    m = _CORE.search(chunk)
    if m is None:
        return Word("", chunk[:1], chunk[:1], False, "X", 0, "", "")
    text = m[0]
    start, end = m.span()
    if text.endswith(("'s", "’s")):
        text, end = text[:-2], end - 2
    lower = text.lower()
    is_open = lower not in _FUNCTION and len(lower) == len(text)
    return Word(
        text, lower, stem(lower), is_open, _shape(text), start, chunk[max(0, start - 1) : start], chunk[end : end + 1]
    )


def stem(lower: str) -> str:
    """A word without its plural s."""
    plural = len(lower) > 3 and lower[-1] == "s" and lower[-2] not in "sui" and not lower.endswith("means")
    return lower[:-1] if plural else lower


def _shape(text: str) -> str:
    if text.islower():
        return "l"
    if text.isupper():
        return "U" if len(text) > 1 else "u"
    if text[0].isupper() and text[1:].islower():
        return "C"
    if text.isdigit():
        return "9"
    return "D" if any(map(str.isdigit, text)) and any(map(str.isalpha, text)) else "X"


def candidates(words: Sequence[Word], *, title: bool) -> Iterator[Candidate]:
    """Every run of words that may be a term, by end, then by length."""
    for j, begin in _runs(words):
        for i in range(j - 1, begin - 1, -1):
            if j - i > 1 or len(words[i].text) > 2:
                yield Candidate(words, i, j, title)


def _runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """(j, begin): candidates that end before `j` start at `begin` or later."""
    begin = 0
    for j, w in enumerate(words, 1):
        if not w.open:
            begin = j
            continue
        if w.lead or (j > 1 and words[j - 2].trail):
            begin = j - 1
        yield j, max(begin, j - MAX_WORDS)


def features(c: Candidate, text: str) -> list[str]:
    """What the span, its neighbours and the paper (`text`, in lower case) say of it, as "template=value"."""
    words, i, j = c.words, c.i, c.j
    count, first, last = j - i, words[i], words[j - 1]
    left, right = left_token(words, i), right_token(words, j)
    shape = shapes(c)
    many = "n" if count > 1 else "1"
    out = [
        *(f"{template}{many}={value}" for template, value in endings("h", last)),
        f"s={shape}",
        f"l={left}",
        f"r={right}",
        f"lr={side_of(left)}{side_of(right)}",
        f"sl={shape} {left if side_of(left) != 'w' else '*'}",
        f"c={times(c, text)}{shape[:3]}",
    ]
    if count > 1:
        out += [*(f"{template}={value}" for template, value in endings("f", first)), f"fh={first.lower}_{last.stem}"]
    return out


def endings(template: str, w: Word) -> list[tuple[str, str]]:
    """A word and how it ends."""
    if template == "f":
        return [("f", w.lower), ("f3", w.lower[-3:])]
    return [("h", w.stem), ("h3", w.stem[-3:]), ("h4", w.stem[-4:])]


def left_token(words: Sequence[Word], i: int) -> str:
    """What stands right before a candidate that starts at `i`: punctuation or a lower-case word, "^" at the start."""
    return words[i].lead or ((words[i - 1].trail or words[i - 1].lower) if i else "^")


def right_token(words: Sequence[Word], j: int) -> str:
    """What stands right behind a candidate that ends before `j`: punctuation or a lower-case word, "$" at the end."""
    return words[j - 1].trail or ((words[j].lead or words[j].lower) if j < len(words) else "$")


def side_of(token: str) -> str:
    """What stands beside a candidate: f a function word, w another word, p punctuation or nothing."""
    return "f" if token in _FUNCTION else "w" if token[:1].isalnum() else "p"


def times(c: Candidate, text: str) -> int:
    """How often the paper says it, up to three times; a single ordinary word counts once."""
    if c.j - c.i == 1 and c.words[c.i].shape == "l":
        return 1
    surface = c.words[c.i].lower if c.j - c.i == 1 else " ".join([w.lower for w in c.words[c.i : c.j]])
    again = text.find(surface, text.find(surface) + len(surface))
    if again < 0:
        return 1
    return 2 if text.find(surface, again + len(surface)) < 0 else 3


def shapes(c: Candidate) -> str:
    """How the words are written, a letter each (`Word.shape`); titles and sentence starts capitalise anyway."""
    shape = "".join(w.shape for w in c.words[c.i : c.j])
    if c.title:
        return "T" + shape.replace("C", "w").replace("l", "w")
    return "c" + shape[1:] if c.i == 0 and shape[0] == "C" else shape


def kind_features(c: Candidate) -> list[str]:
    """What tells the class of a term: its words and its neighbours."""
    words, i, j = c.words, c.i, c.j
    last, first = words[j - 1], words[i].lower
    ending = "e" if last.shape in "lC" else "E"  # names end otherwise than ordinary words
    out = [
        f"h={last.stem}",
        f"{ending}3={last.stem[-3:]}",
        f"{ending}4={last.stem[-4:]}",
        f"s={shapes(c)}",
        f"f={first}",
        f"f4={first[-4:]}",
        f"n={j - i}",
        f"l={left_token(words, i)}",
        f"r={right_token(words, j)}",
    ]
    out += [f"w={w.lower}" for w in words[i : j - 1]]
    if j < len(words) and not words[j - 1].trail:
        out.append(f"r2={right_token(words, j + 1)}")
    return out


def is_capitalised(c: Candidate) -> bool:
    """Whether ordinary words are written with a capital where the candidate stands."""
    return c.title or c.i == 0


def name_of(c: Candidate, is_name: Callable[[str], bool]) -> str:
    """How a node for the candidate is labelled: as it is written, in the singular; where titles and sentence starts
    capitalise ordinary words, in lower case but for words that `is_name` says are names."""
    run = c.words[c.i : c.j]
    capitalised = is_capitalised(c)
    ordinary = all(w.shape in "lC9" for w in run) and (capitalised or any(w.shape == "l" for w in run))
    texts = [w.lower if capitalised and ordinary and not is_name(w.text) else w.text for w in run]
    if (ordinary or len(run) > 1) and run[-1].shape in "lC":
        one = singular(run[-1].lower)
        texts[-1] = one if texts[-1].islower() else one.capitalize()
    return " ".join(texts)
