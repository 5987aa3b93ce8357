"""Names in one noun phrase: "a new scheduler for clusters, Foo, and its simulator Bar (B)"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.linking.abbreviations import Definition
from kg.linking.commonness import level
from kg.linking.kinds import is_head
from kg.linking.names import COMMON, name_at, name_like, names_nothing
from kg.linking.text import View


class Cue(NamedTuple):
    """One place that may present a name: the span of the name, the rule that found it, what else is telling."""

    rule: str
    start: int
    end: int
    hints: tuple[str, ...] = ()
    about: str = ""  # words that tell the class, e.g. "new scheduling framework"


CLAUSE = frozenset(
    "that which for to with using by where whose in on from of while as through at when is are via based aimed designed capable built "
    "consisting supporting enabling allowing combining under over between called named termed dubbed into than how whether and or "
    "can could may might must will would should be been has have had does do was were".split()
)
_DESIGN_OF = re.compile(
    r"(?:the |a |an |our )?(?:[\w-]+ ){0,2}?(?:design|implementation|architecture|development|formulation|analysis|evaluation"
    r"|specification|description|overview|use|concept|notion|idea|paradigm|prototype|version|release|family|class)s?"
    r"(?:(?:,|,? and|,? &) \w+(?: \w+)?){0,4} of (?:our |the |an? )?"
)
#: What stands before a word that is set in a face of its own.
_FACES = (
    "texttt{",
    "textsf{",
    "textsc{",
    "textbf{",
    "textit{",
    "mathsf{",
    "emph{",
    "{\\tt ",
    "{\\sf ",
    "{\\sc ",
    "{\\em ",
    "`",
    '"',
)
#: "we introduce \\texttt{tylr}, a parser generator", "LUT slice streaming, which hides": a name with a description that is no capitalised
#: words, of one word or several.
_LOWER_APPOSED = re.compile(
    r" ([a-z][a-z0-9]+(?:-[a-z0-9]+)*), (?:an? |our |the first |which )"
    r"| ([A-Za-z][\w-]*(?: [A-Za-z][\w-]*){1,4})(?:, (?:an?|our|the first|which|enabling|to our) |: (?:an?|the) | as an? )"
)
#: A closing quotation mark that ends a sentence, whose full stop stands before it.
_SENTENCE_END = re.compile(r"[\"'`”’]+(?:\s+[A-Z(]|\s*$)")
_STUDY = re.compile(r"analysis|evaluation|use|overview|family|class|implementation|version")
ARTICLES = frozenset(
    "a an the our its two three four five several new novel first proposed open-source simple fast efficient".split()
)
_NO_PHRASE = ARTICLES | frozenset(
    "it them this these those how what some many more most other another both each here experimental empirical theoretical evidence "
    "results techniques methods algorithms approaches solutions tools ideas ways extensive several strong "
    "not proposes presents introduces describes investigates explores examines evaluates develops addresses provides aims".split()
)
_STEP = re.compile(r"\s*([\w+*/.^#@&%-]*[\w+*#%]|\S)")
_MAX_WORD = 120  # code points; what is longer ends a phrase
_AFTER_APPOSED = re.compile(
    r"\s*(?:[,.;:(]|$|to\b|that\b|which\b|for\b|as\b|--|and\b|with\b|by\b|in\b|where\b|whose\b|based\b|on\b)"
)
#: What is compared with is not introduced there.
RIVAL = re.compile(r"(?:compar\w+ (?:\w+ )?|outperform\w* |versus |than |against |unlike )$")
CALLED = re.compile(
    r"(?:called|named|dubbed|termed|coined(?: as)?|designated as|denoted(?: as| by)?|titled|entitled|nicknamed|code-?named|denominated|known as"
    r"|abbreviated (?:as|to)|referred to as|so-called|namely,?|hereafter"
    r"|(?:which|that) we (?:will )?(?:call|name|term|dub|refer to as|denote)(?: as| by)?"
    r"|we (?:call|name|term|dub|denote|refer to)(?: (?:it|this|them|our \w+|the \w+|this \w+))?(?: as| by)?"
    r"|calls? (?:this|the|our|it|the resulting) \w+(?: \w+)?) (?:the |an? )?(?=\S)"
)
_SECOND = re.compile(
    r"(?: \([^()]{1,80}\))?(?: for [^,;:.()]{1,60}(?=,))?(?:,? and (?:the |an? )?|, (?!(?:an?|the|our) ))(?=[\w\"])"
)
_TO_COMMA = re.compile(r"[^.;:(),]{0,140}[,:]")
_TELLING = re.compile(r"[\d_#+\"`A-ZÀ-ÖØ-ÞΑ-Ω]")
_LIST_LEAD = re.compile(r"\s*(?:\((?:\d|i{1,3}|[a-d])\) |\d\) )?(?:the |an? )?")
_DEFINITE = re.compile(
    r"the ((?:[\w+*/^-]+ ){0,3}?(?:[\w+*/^]*-[\w+*/^-]+|[A-Z][\w+*^-]*)(?: [\w+*/^-]+){0,2}?) "
    r"(kernel|algorithm|operator|operation|protocol|method|network|transform|loss|layer|model|attack|estimator|sampler|optimizer|machine"
    r"|framework|system|architecture|mechanism|abstraction|primitive|language|library|compiler|dataset|benchmark)\b(?=[ ,.;(])"
)
#: "a compiler transformation, enumerate-and-coarsen, that"
_LOWER_WORD = re.compile(r"[a-z][a-z0-9]{2,}(?:-[a-z0-9]+)*(?=, | - |--)")
#: "the dual batch size learning scheme"
_DEFINITE_LOWER = re.compile(
    r" the ((?:[a-z][\w-]* ){1,4}?[a-z][\w-]*) (?:scheme|technique|paradigm|strategy|policy|method|algorithm|mechanism|model|framework|problem)\b(?=[ ,.;(])"
)

#: What sets parts of a noun phrase apart, or ends it.
_SIGNS = frozenset('"`,(:-—–.;[')


class _Word(NamedTuple):
    """What one word of a noun phrase is, wherever it stands."""

    clause: bool  # ends the phrase
    named: bool  # can begin a name
    compound: bool  # can begin one before a capital: "Zone-Aware Splitting"
    plain: bool  # an article or an adjective of newness
    head: str  # its lower case, if it is a head noun


@lru_cache(1 << 14)
def _read(word: str) -> _Word:
    lower = word.lower()
    named = (word[0].isupper() or name_like(word) or word[0].isdigit()) and not names_nothing(word)
    compound = "-" in word and word.istitle()
    return _Word(lower in CLAUSE, named, compound, lower in ARTICLES, lower if is_head(lower) else "")


def fit(name: str) -> bool:
    """Whether the first word of a span can begin a name: a capital, a digit or odd casing, and no common word, unless a name
    follows it ("Neural Bloom Filter")."""
    first, _, rest = name.partition(" ")
    word = _read(first) if first else None
    return word is not None and (word.named or (rest[:1].isupper() and (word.compound or _leads(first, rest))))


def _leads(first: str, rest: str) -> bool:
    """Whether a capitalised common word is part of the name behind it."""
    second = rest.partition(" ")[0].rstrip(",.;:()")
    return first[0].isupper() and second.lower() not in COMMON and not names_nothing(second)


def _is_phrase(words: str) -> bool:
    """Whether words of which the last is in lower case can be what is presented: no clause, no article, not every word common."""
    parts = words.split(" ")
    if not parts[-1].islower() or parts[0] in _NO_PHRASE or parts[-1] in _NO_PHRASE:
        return False
    if not parts[0].islower() and is_head(parts[-1]):
        return False  # "Foo framework": the name is Foo
    return CLAUSE.isdisjoint(parts) and level(words) < 5


class PhraseReader:
    """Collects the cues of one field. `found`: what it has, in the order of reading."""

    def __init__(self, view: View, definitions: Sequence[Definition]) -> None:
        self._view = view
        self.text = view.plain
        self.definitions = {d.long_start: d for d in definitions}
        self.shorts = {d.short_start: d for d in definitions}
        self._starts = sorted(self.definitions)
        self.found: list[Cue] = []

    def defined(self, low: int, high: int) -> list[Definition]:
        """The definitions whose long form begins in `text[low:high]`."""
        if not self._starts:
            return []
        starts = self._starts[bisect_left(self._starts, low) : bisect_left(self._starts, high)]
        return [self.definitions[at] for at in starts]

    def _set_apart(self, start: int, end: int) -> bool:
        """Whether a word is in a typewriter or another face of its own in the text as given: no word of the language."""
        at = self._view.span(start, end)[0]
        return self._view.raw[max(0, at - 8) : at].endswith(_FACES)

    def add(self, rule: str, start: int, end: int, *hints: str, about: str = "") -> None:
        while end > start + 1 and (
            self.text[end - 1] in ",; -–—"  # "Foo," in quotes
            or (self.text[end - 1] == "." and _SENTENCE_END.match(self.text, end))
        ):
            end -= 1
        self.found.append(Cue(rule, start, end, hints, about))

    def object(self, start: int, high: int, stem: str, led: str) -> None:
        """Names in the noun phrase that begins at `start`: bare, behind their noun, abbreviated, quoted, apposed, listed."""
        text = self.text
        hints: tuple[str, ...] = (f"v:{stem}", f"led:{led}")
        high = min(high, start + 400)
        if self._lower(start, high, hints):
            return
        telling = _TELLING.search(text, start, min(high, start + 200)) or text.find("-", start, start + 60) >= 0
        if not telling and not self.defined(start, high):
            return
        while start < high and text[start] in " ,:":
            start += 1
        m = _DESIGN_OF.match(text, start, high)
        if m:
            start, hints = m.end(), (*hints, "study-of" if _STUDY.search(m[0]) else "design-of")
        position = start
        head = ""  # the kind of the last word, if it is a head noun
        plain = True  # only articles and adjectives of newness so far
        for seen in range(18):
            step = _STEP.match(text, position, high)
            if step is None:
                return
            word, at = step[1], step.start(1)
            d = self.definitions.get(at)
            if d is not None:
                self.add("present-defined", d.long_start, max(d.long_end, d.long_start + 1), *hints, "bare" if plain else "inner",
                         about=text[start : d.long_end] + " " + text[d.short_end + 1 : d.short_end + 40])  # fmt: skip
                self.others("present-defined", max(d.short_end, d.long_end), high, hints)
                return
            if (
                word == "," and not head and seen < 6
            ):  # "a parameter-free, fast "shift" operation": the noun is still to come
                position = at + 1
                continue
            if word in _SIGNS:
                position = self._sign(word, start, at, high, (*hints, "bare" if plain else "inner"))
                if position < 0:
                    return
                continue
            if len(word) > _MAX_WORD:
                return
            known = _read(word)
            if known.clause:
                self.apposed_far(start, position, high, hints)
                return
            behind = text[step.end() + 1 : step.end() + 40] if text[step.end() : step.end() + 1] == " " else ""
            named = known.named or (behind[:1].isupper() and (known.compound or _leads(word, behind)))
            span = name_at(text, at, high) if named else None
            if span is not None:
                place = "bare" if at == start else "article" if plain else "head" if head else "inner"
                if self._name(span, start, at, high, hints, place, plain=plain):
                    return
                position, head, plain = span[1], "", False
                continue
            if plain and at == start and word.lower() == "the":
                m = _DEFINITE.match(text, at, high)
                if m:
                    self.add("definite", m.start(1), m.end(1), *hints, about=m[2])
            plain = plain and known.plain
            head = known.head
            position = step.end()

    def _lower(self, start: int, high: int, hints: tuple[str, ...]) -> bool:
        """Whether what is presented at `start` is a name or a phrase in lower case; collects it."""
        m = _LOWER_APPOSED.match(self.text, start, high)
        if m and m[1] and (self._set_apart(m.start(1), m.end(1)) or level(m[1]) == 0):
            self.add("present-name", *m.span(1), *hints, "bare", "lower")
            return True
        if m and m[2] and _is_phrase(m[2]):
            new = self.text.startswith((", a new", ", a novel"), m.end(2))
            self.add("present-name" if new else "present-phrase", *m.span(2), *hints, "bare", "lower")
            return True
        m = _DEFINITE_LOWER.match(self.text, start, high)
        if m and _is_phrase(m[1]):
            self.add("present-phrase", *m.span(1), *hints, "the", "lower")
            return True
        return False

    def _sign(self, sign: str, start: int, at: int, high: int, hints: tuple[str, ...]) -> int:
        """Collects what a sign at `at` sets off in the noun phrase from `start`: quoted, in brackets, apposed, listed.

        Returns:
            Where the noun phrase goes on, -1 if the sign ends it. The last of `hints` tells of the words before it.
        """
        text, plain_hints = self.text, hints[:-1]
        if sign in '"`':
            close = text.find(sign, at + 1, at + 60)
            if close > 0:
                short = text.find(" (", at, close)  # "Design in Tiles (DiT)"
                end = short if short > 0 and text[close - 1] == ")" else close
                self.add("quoted", at + 1, end, *hints, about=text[start:at])
        elif sign == "(":
            span = name_at(text, at + 1, high)
            close = text.find(")", at, high)
            if span and close > 0 and span[1] in (close, close - 1) and name_like(text[span[0] : span[1]]):
                self.add("apposed", *span, *plain_hints, "paren", about=text[start:at])
            return close + 1 if 0 <= close <= at + 80 else -1
        elif sign == ":":
            self.listed(start, at + 1, high, plain_hints)
        elif sign in ",-—–":
            self.apposed(start, at, high, plain_hints if sign == "," else (*plain_hints, "dash"))
        return -1

    def _name(
        self, span: tuple[int, int], start: int, at: int, high: int, hints: tuple[str, ...], place: str, *, plain: bool
    ) -> bool:
        """Collects the name at `span` of the noun phrase from `start`, and those listed with it; whether they end the phrase."""
        text = self.text
        d = self.definitions.get(span[1] + 1)
        if d is not None:  # "Competitive consensus chains (CCC)": the definition lacks its first word
            self.add("present-defined", span[0], d.long_end, *hints, "longer", about=text[start : d.long_end])
            return True
        rule = "present-name" if plain else "headed"
        self.add(rule, *span, *hints, place, about=text[start:at] if not plain else "")
        end = span[1]
        if (
            text[end : end + 1] != " "
            or not text[end + 1 : end + 2].islower()
            or (text.startswith(" and ", end) and text[end + 5 : end + 6].isupper())
        ):
            self.others(rule, end, high, hints)
            return text[end : end + 1] == ","
        return False

    def apposed(self, start: int, at: int, high: int, hints: tuple[str, ...]) -> None:
        """The name behind a noun phrase: "a scheduler, Foo, that …"."""
        position = at + 1
        while position < high and self.text[position] in ' -—–"`':
            position += 1
        m = CALLED.match(self.text, position, high)
        if m:
            position = m.end()
        elif self.text.startswith("the ", position) and self.text[position + 4 : position + 5].isupper():
            position += 4  # "a novel architecture, the Neural Bloom Filter, which"
        d = self.definitions.get(position)
        if d is not None:
            self.add("apposed", d.long_start, d.long_end, *hints, "defined", about=self.text[start:at])
            self.others("apposed", max(d.long_end, d.short_end), high, hints)
            return
        span = name_at(self.text, position, high)
        if span is None or not fit(self.text[span[0] : span[1]]):
            m = _LOWER_WORD.match(self.text, position, high)
            if m and level(m[0]) == 0:
                self.add("apposed", *m.span(), *hints, "lower", about=self.text[start:at])
            return
        if _AFTER_APPOSED.match(self.text[span[1] : span[1] + 10].lstrip("\"'`")):
            self.add("apposed", *span, *hints, about=self.text[start:at])
            self.others("apposed", span[1], high, hints)

    def apposed_far(self, start: int, position: int, high: int, hints: tuple[str, ...]) -> None:
        """The same with a modifier between: "a scheduler for clusters, Foo, that …"."""
        m = _TO_COMMA.match(self.text, position, high)
        if m is None:
            return
        if m[0][-1] == ":":
            self.listed(start, m.end(), high, (*hints, "far"))
        else:
            self.apposed(start, m.end() - 1, high, (*hints, "far"))

    def listed(self, start: int, position: int, high: int, hints: tuple[str, ...]) -> None:
        """Names behind a colon: "two kernels: Foo (F), which …, and Bar"."""
        about = self.text[start : position - 1]
        for d in self.defined(position, high):
            self.add("listed", d.long_start, d.long_end, *hints, "defined", about=about)
        m = _LIST_LEAD.match(self.text, position, high)
        span = name_at(self.text, m.end(), high) if m else None
        if span and fit(self.text[span[0] : span[1]]):
            self.add("listed", *span, *hints, about=about)
            self.others("listed", span[1], high, hints, about)

    def others(self, rule: str, position: int, high: int, hints: tuple[str, ...], about: str = "") -> None:
        """The other names of a list: "A, B (C) and D"."""
        if self.text[position : position + 1] == ")":
            position += 1
        for _ in range(6):
            m = _SECOND.match(self.text, position, high)
            if m is None:
                return
            d = self.definitions.get(m.end())
            span = (d.long_start, d.long_end) if d else name_at(self.text, m.end(), high)
            if span is None:
                return
            if d is None and not fit(self.text[span[0] : span[1]]):
                return
            self.add(rule, *span, *hints, "second", "defined" if d else "", about=about)
            position = max(d.short_end, d.long_end) + 1 if d else span[1]

    def name(self, rule: str, start: int, high: int, *hints: str) -> None:
        """A name, definition or quotation right at `start`."""
        text = self.text
        if start >= high:
            return
        d = self.definitions.get(start)
        if d is not None:
            self.add(rule, d.long_start, d.long_end, *hints, "defined")
            return
        if text[start] in "\"'`":
            close = text.find(text[start], start + 1, start + 60)
            if close > start + 1:
                self.add(rule, start + 1, close, *hints, "quotes")
            return
        span = name_at(text, start, high)
        if span is None:
            return
        if fit(text[span[0] : span[1]]):
            self.add(rule, *span, *hints)
