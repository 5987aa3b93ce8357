"""Places where a text may present a name as new: the object of "we present", "called", "our", "is proposed", a title's head.

Cues are generous. Which of them name something new is for `kg.linking.discover` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kg.linking.abbreviations import Definition
from kg.linking.commonness import level
from kg.linking.cue_phrase import ARTICLES, CALLED, CLAUSE, RIVAL, Cue, PhraseReader, fit
from kg.linking.names import OPENERS, name_at, name_like, names_nothing
from kg.linking.text import View
from kg.matcher import Phrases

_VERBS = {
    "propos": "propose", "introduc": "introduce", "describ": "describe", "releas": "release", "unveil": "release",
    "contribut": "release", "provid": "provide", "creat": "build", "outlin": "describe", "explor": "study", "stud": "study",
    "examin": "study", "evaluat": "study", "demonstrat": "demonstrate", "curat": "release", "assembl": "build",
    "collect": "build", "compil": "build", "present": "present", "develop": "develop", "design": "design", "build": "build",
    "built": "build", "report": "describe", "detail": "describe", "implement": "implement", "construct": "build",
    "open-sourc": "release", "devis": "design", "formulat": "formulate", "establish": "formulate", "suggest": "propose",
    "explain": "describe", "offer": "provide", "defin": "formulate", "pioneer": "propose", "advanc": "propose",
    "synthesi": "build", "publish": "release", "prototyp": "implement", "employ": "use", "combin": "use", "integrat": "use",
    "includ": "use", "compris": "use", "consist": "use", "deriv": "formulate", "contain": "use", "call": "call",
    "shar": "release", "recommend": "propose", "advocat": "propose",
}  # fmt: skip
_ENDINGS = ("", *"e s es ed d ing y ies ied ze zed zes zing ning ned".split())
#: Inflected verb -> meaning; the longest stem decides.
_FORMS = {stem + e: _VERBS[stem] for stem in sorted(_VERBS, key=len) for e in _ENDINGS}
_WORD = re.compile(r"[\w-]+")
_SUBJECTS = [
    "we ", "i ", "here ", "here,", "authors ", "the paper", "the present ", "this paper", "this work", "this article",
    "this study", "this report", "this thesis", "this manuscript", "this demo", "this chapter", "this letter", "this tutorial",
]  # fmt: skip
#: What the patterns begin with: one pass finds them all, and the patterns are matched where they stand.
_TRIGGERS = Phrases(
    {
        "subject": _SUBJECTS,
        "verb": sorted(v for v, meaning in _VERBS.items() if meaning != "use"),
        "use": sorted(v for v, meaning in _VERBS.items() if meaning == "use"),
        "contribution": ["contribution is ", "contributions are ", "contribution of this ", "introduction of "],
        "our": ["our "],
        "proposed": ["the proposed ", "the presented ", "the developed "],
        "new": ["a new ", "a novel ", "an open", "a first "],
        "called": [
            "called ", "named ", "dubbed ", "termed ", "coined ", "designated as ", "denoted ", "titled ", "entitled ", "nicknamed ", "code-named ",
            "codenamed ", "denominated ", "known as ", "abbreviated ", "referred to as ", "which we ", "call ", "calls ", "that we ",
            "we call ", "we name ", "we term ", "we dub ", "we denote ", "we refer", "hereafter ", "namely", "so-called ",
        ],
        "enumerated": [
            "first", "second", "third", "fourth", "fifth", "finally", "next", "last",
        ],
        "numbered": [form.format(n) for n in "1 2 3 4 5 6 i ii iii iv v a b c d".split() for form in ("({})", "{}) ")],
        "made": ["implement", "realiz", "prototype", "instantiate", "built ", "in a tool", "in the tool", "in a prototype"],
        "with": ["with ", "through ", "via ", "using ", "by ", "combining ", "including ", "integrating "],
        "variant": ["variant", "modification", "extension", "adaptation", "version", "generali", "improvement", "instantiation"],
    }
)  # fmt: skip
#: Words that may stand between "we" and its verb.
_BETWEEN = frozenset(
    "we i here this that the paper work article study report thesis manuscript demo chapter letter tutorial present authors also then "
    "therefore thus hence further furthermore first next now instead finally have has had will can subsequently jointly in response for "
    "purpose as a solution addition and or to so not only both thereby additionally aim aims seek it".split()
)
_OURS = frozenset(("subject", "our", "proposed"))
#: What a system does with its parts: "Foo introduces Bar (B)".
_INTRODUCES = frozenset("introduces proposes presents develops designs contributes provides".split())
_CONTRIBUTION = re.compile(r"contributions?(?: of this \w+)? (?:is|are)(?= )|introduction of(?= )", re.I)
_BE = ("is ", "are ", "was ", "were ", "been ", "be ")
_LED = ("; ", ", ", ": ", " and ", " by ", " to ", " also ", " then ", " finally ", " through ")
_OUR = re.compile(
    r"(?:our|the (?:proposed|presented|developed)) (?:(?:newly \w+|new|novel|proposed|created|constructed|curated|own|prototype|open-source|full|final|best|system|framework|method|"
    r"approach|model|algorithm|tool|compiler|design|library|solution|architecture|implementation|technique|accelerator|benchmark|dataset|"
    r"platform|optimizer|scheduler|scheme),? ){0,4}(?=\S)",
    re.I,
)
_ENUMERATED = re.compile(
    r"(?:First|Second|Third|Fourth|Fifth|Finally|Next|Last|\(?(?:\d|i{1,3}|iv|v|[a-d])\))(?:ly)?[,:]? (?:the |an? )?",
    re.I,
)
_MADE_IN = re.compile(
    r"(?:(?:implement(?:ed|s)?|realized?|realizes|prototyped?|instantiated?|instantiates|built)(?: (?:this|our|these|the|it|them|an?)(?: [\w-]+){0,3})?"
    r" (?:in|as|into|within)|in) (?:(?:an?|the|our) (?:[\w-]+ ){0,3}?(?:tool|system|prototype|framework|library|compiler|package|software|platform) |the |our )?(?=[\w\"])"
)
_VARIANT_BEFORE = re.compile(r"([A-Za-z][\w+./^#-]*[\w+#])(?:, an? | \((?:an? |our )?)(?:\w+ ){0,2}$")
_ORDINAL = re.compile(r"(?:first|second|third|fourth|fifth|former|latter)(?: [\w-]+){1,3}, ")
_LEAD_IN = ("the ", "two ", "three ", "a ", "an ")
_NOUN_BEFORE = re.compile(r"\b(?:an?|the|our|new|novel|two) ((?:[\w/+-]+ ){0,9}[\w/+-]+)$")
_WITH_LIST = re.compile(
    r"\w+ (?:the |two \w+: |an? )?(?=[A-Z][\w-]+ [A-Z][\w-]+(?: [A-Z][\w-]+)*(?: \([^()]{1,20}\))?,? (?:and )?(?:the |an? )?[A-Z])"
)
#: "a novel outlier detection engine, Foo, that …"
_NEW_APPOSED = re.compile(
    r"(?:a new|a novel|an open|a first)[\w-]*(?: [\w/+-]+){1,8}(?:, ?| - | -- |--|—)(?=[\w\"])", re.I
)
#: "through zerodep, a growing collection"
_APPOSED_LOWER = re.compile(r"([a-z][a-z0-9]{2,}(?:-[a-z0-9]+)*), (?:an?|our) ")
_CONCEPT = re.compile(r" (?:the |a )?(?:new |novel )?(?:notion|concept|idea|problem)s? of (?:an? |the )?(?=[a-z])")
_LOWER_NAME = re.compile(rf"[a-z][\w+-]*(?: (?!(?:as|{'|'.join(sorted(CLAUSE))})\b)[\w+-]+){{0,4}}")


def _is_verb(lower: str) -> bool:
    """Whether a lower-case word without spaces begins with an inflected verb of `_VERBS`, signs aside."""
    m = _WORD.match(lower)
    return m is not None and m[0] in _FORMS


class _Reader(PhraseReader):
    """Collects the cues of an abstract."""

    # -- one sentence

    def sentence(self, low: int, high: int, triggers: Sequence[tuple[int, str]]) -> None:
        subject = -1
        anyone = not _OURS.isdisjoint([group for _, group in triggers])
        done = low
        for at, group in triggers:
            if group == "subject":
                subject = at
            elif group == "verb":
                m = _WORD.match(self.text, at, high)
                if m is None or not (anyone or m[0] in _INTRODUCES or self.text.endswith(_BE, low, at)):
                    continue  # neither ours nor passive
                self.verb(low, high, at, m[0], subject, anyone)
            elif group == "use":
                m = _WORD.match(self.text, at, high)
                if m is not None and (m[0].endswith("s") or anyone):
                    self.verb(low, high, at, m[0], subject, anyone)
            elif group == "called":
                if at >= done:
                    done = self.called(low, high, at, anyone)
            elif group == "contribution":
                m = _CONTRIBUTION.match(self.text, at, high)
                if m:
                    self.object(m.end(), high, "propose", "we")
            elif group in ("our", "proposed"):
                self.ours(low, high, at)
            elif group == "new":
                if self.text[at - 2 : at] == ", ":
                    self.before_comma(low, at - 2, high, "new")
                if self.text.startswith(("a new ", "a novel "), at):
                    self.name("new-name", self.text.index(" ", at + 2) + 1, high)
                m = _NEW_APPOSED.match(self.text, at, high)
                if m:
                    self.apposed(at, m.end() - 1, high, ("new",))
            elif group == "enumerated":
                upper = self.text[at].isupper()
                m = _ENUMERATED.match(self.text, at, high) if upper else None
                if m:
                    self.name("enumerated", m.end(), high)
                m = _ORDINAL.match(self.text, at, high) if not upper else None
                if m:  # "The first approach, Foo, sorts …"
                    self.apposed(at, m.end() - 2, high, ("ordinal",))
            elif group == "numbered":
                m = _ENUMERATED.match(self.text, at, high) if self.text[at - 1 : at] != "(" else None
                if m:
                    self.name("enumerated", m.end(), high)
            elif group == "made":
                m = _MADE_IN.match(self.text, at, high)
                if m:
                    self.name("made-in", m.end(), high, "noun" if m[0].count(" ") > 3 else "")
            elif group == "with":
                after = self.text.find(" ", at) + 1
                if anyone and not RIVAL.search(self.text, max(low, at - 24), at):
                    self.described(after, high)
                m = (
                    _WITH_LIST.match(self.text, at, high)
                    if self.text[after : after + 1].isupper() or self.text.startswith(_LEAD_IN, after)
                    else None
                )
                if m:
                    self.name("listed", m.end(), high, "with")
                    self.others("listed", self.found[-1].end if self.found else m.end(), high, ("with",))
            elif group == "variant":
                far = max(low, at - 60)
                joined = self.text.find(", a", far, at) >= 0 or self.text.find(" (", far, at) >= 0
                m = _VARIANT_BEFORE.search(self.text, far, at) if joined else None
                if m and name_like(m[1]):
                    self.add("variant-of", m.start(1), m.end(1))

    def verb(self, low: int, high: int, at: int, word: str, subject: int, anyone: bool) -> None:
        """A verb of presenting: its object if "we" is its subject, its subject if it is passive."""
        stem = _FORMS.get(word.lower(), "call")
        if stem == "call":
            return
        text, end = self.text, at + len(word)
        if text.startswith(" for ", end) and word.startswith("advocat"):
            end += len(" for")
        before = text[max(low, at - 24) : at]
        participle = word.endswith("ed") or word == "built"
        if participle and before.endswith(_BE):
            self.passive(low, high, at - len(before.rsplit(" ", 2)[-2]) - 1, stem)
            if anyone and stem in ("implement", "build", "use"):
                return
        if word.endswith("s") and (stem == "use" or (word in _INTRODUCES and not anyone)):
            self.object(end, high, stem, "it")
            return
        if subject >= 0 and at - subject <= 90:
            words = text[subject:at].lower().replace(",", " ").split()
            if len(words) <= 10 and all(w in _BETWEEN or w.endswith("ly") or _is_verb(w) for w in words):
                m = _CONCEPT.match(text, end, high)
                phrase = _LOWER_NAME.match(text, m.end(), high) if m else None
                if phrase is not None and _can_be_called(phrase[0]):
                    self.add("called", phrase.start(), phrase.end(), "concept", f"v:{stem}", "lower")
                self.object(end, high, stem, "we")
                return
        if anyone and (
            before.endswith(_LED) or (before.endswith("ly ") and before[: before.rfind(" ", 0, -1) + 1].endswith(_LED))
        ):
            self.object(end, high, stem, "led")

    def passive(self, low: int, high: int, be: int, stem: str) -> None:
        """The subject of "is proposed": a definition or a name that ends right before the verb."""
        text = self.text
        end = be
        while end > low and text[end - 1] in " ,":  # "a model, Foo (F), is proposed"
            end -= 1
        if stem == "use":
            return
        if text[end - 1 : end] == ")":
            opening = text.rfind("(", max(low, end - 80), end)
            d = self.shorts.get(opening + 1)
            if d is not None and d.short_end < end:
                self.add("passive", d.long_start, d.long_end, f"v:{stem}", self.before(low, d.long_start))
                return
            end = opening if opening > low else end
            while end > low and text[end - 1] == " ":
                end -= 1
        # The last words before the verb, back to the first that can't be part of a name.
        start = end
        while start > low and end - start < 60:
            begin = text.rfind(" ", low, start - 1) + 1 or low
            word = text[begin:start].strip()
            if not word or not (word[0].isupper() or name_like(word)) or (begin <= low and names_nothing(word)):
                break
            start = begin
            if begin <= low:
                break
        if start < end:
            span = name_at(text, start, end)
            if span is not None and span[1] == end:
                self.add("passive", *span, f"v:{stem}", self.before(low, span[0]))

    def before(self, low: int, start: int) -> str:
        word = self.text[max(low, start - 12) : start].rstrip().rpartition(" ")[2].lower()
        return f"l:{word}" if word in ARTICLES or word in CLAUSE or word == "" else "l:other"

    def called(self, low: int, high: int, at: int, anyone: bool) -> int:
        """The name behind "called"; its description stands before. Returns where the cue ends."""
        text = self.text
        m = CALLED.match(text, at, high)
        if m is None:
            return at
        before = text[max(low, at - 160) : at].rstrip(" ,(")
        hints = [f"w:{m[0].split()[0] if not m[0].startswith(('which', 'that')) else 'which'}"]
        hints.append("own" if anyone else "theirs")
        words = before.split()[-6:]
        hints.append("fresh" if any(w in ("new", "novel", "our", "first", "propose", "present") for w in words) else
                     "a" if any(w in ("a", "an") for w in words) else "the" if "the" in words else "")  # fmt: skip
        noun = _NOUN_BEFORE.search(before[-90:])
        about = text[at : m.end()] if m[0].startswith(("call ", "calls ")) else noun[1] if noun else before[-60:]
        count = len(self.found)
        self.name("called", m.end(), high, *hints)
        if len(self.found) == count:
            lower = _LOWER_NAME.match(text, m.end(), high)
            if lower is not None and _can_be_called(lower[0]):
                self.add("called", lower.start(), lower.end(), *hints, "lower")
        if len(self.found) > count:
            self.found[count:] = [c._replace(about=about) for c in self.found[count:]]
            self.others("called", self.found[-1].end, high, tuple(hints))
        return m.end()

    def ours(self, low: int, high: int, at: int) -> None:
        m = _OUR.match(self.text, at, high)
        if m is not None:
            self.name("our-name", m.end(), high, "proposed" if m[0].startswith("the") else "")
        if self.text[at - 2 : at] == ", ":
            self.before_comma(low, at - 2, high, "our")

    def described(self, start: int, high: int) -> None:
        """The name in "using Zorro, a compiler"."""
        text = self.text
        span = name_at(text, start, high) if text[start : start + 1].isupper() else None
        m = _APPOSED_LOWER.match(text, start, high) if span is None else None
        if m and level(m[1]) == 0:
            self.add("name-our", *m.span(1), "with", "lower", about=text[m.end() : min(high, m.end() + 160)])
        if span is not None and text.startswith((", a ", ", an ", ", our "), span[1]) and fit(text[span[0] : span[1]]):
            self.add("name-our", *span, "with", about=text[span[1] + 2 : min(high, span[1] + 160)])

    def before_comma(self, low: int, comma: int, high: int, word: str) -> None:
        """The name in "Zorro, our compiler" and "Zorro, a novel compiler"."""
        start = comma
        while start > low and not self.text[start - 1].isspace() and self.text[start - 1] not in "(\"'`":
            start -= 1
        while start > low + 1:  # "Stylizing Foo, a novel …"
            begin = self.text.rfind(" ", low, start - 1) + 1 or low
            last = self.text[begin : start - 1]
            if (
                begin <= low
                or self.text[start - 1] != " "
                or not last[:1].isupper()
                or not last[-1].isalnum()
                or names_nothing(last)
            ):
                break
            start = begin
        name = self.text[start:comma]
        if start == low and name.lower() in OPENERS:
            return
        if name and name[-1].isalnum() and (name_like(name) or name[0].isupper()) and not names_nothing(name):
            self.add("name-our", start, comma, word, about=self.text[comma + 2 : min(high, comma + 160)])


def _can_be_called(phrase: str) -> bool:
    """Whether lower-case words behind "called" can be a name: "type-targeted synthesis" can, "type-targeted" alone can't."""
    first, _, rest = phrase.partition(" ")
    return first not in CLAUSE and ("-" in first if rest and names_nothing(first) else not names_nothing(first))


def in_abstract(view: View, definitions: Sequence[Definition], fresh: Iterable[Definition]) -> list[Cue]:
    """Cues of an abstract, in reading order of their sentences. `fresh`: the definitions that are cues by themselves."""
    reader = _Reader(view, definitions)
    triggers = _TRIGGERS.find(view.lower)
    position, count = 0, len(triggers)
    for low, high in view.sentences:
        first = position
        while position < count and triggers[position][0] < high:
            position += 1
        if position - first > 1 or (position > first and triggers[first][1] != "subject"):
            reader.sentence(low, high, triggers[first:position])
    for d in fresh:
        reader.add("defined", d.long_start, d.long_end, reader.before(0, d.long_start))
    return reader.found


_TITLE = re.compile(
    r"[\"'*`]?((?:The )?[\w+*/.^@#()&'-]+(?: [\w+*/.^@#&'-]+){0,5})[\"'*`]?\s*(?::|--|—| - |, (?=an? |the ))\s*(\S.*)"
)
#: What kind of text a title announces: "Demo: …".
_GENRES = frozenset(
    "appendix challenges commentary correspondence demo demonstration descriptor discussion editorial epilogue essay exercise experience "
    "experiences foreword interview invited keynote lecture lessons overview poster preface prologue prototype puzzle report sok tutorial".split()
) | {
    "brief announcement", "case study", "extended abstract", "invited paper", "late breaking results", "position paper", "short paper",
    "technical report", "tool paper", "vision paper", "work in progress",
}  # fmt: skip
#: What a title says of the name behind it: "Introducing Foo: …".
_SHOWING = re.compile(r"The |(?:Introducing|Demonstrating|Presenting|Announcing|Unveiling|Inside) (?=\w*[A-Z]\w*$)")
_LETTERED = re.compile(r"\d[A-Z]{2,4}")  # "3LC" is no unit where a title begins with it
_TITLE_END = re.compile(r"(?::|--|—| - )\s*(?:the )?([\w+*/.^@#-]+(?: [\w+*/.^@#-]+)?)\s*$", re.I)


def in_title(view: View) -> Iterator[Cue]:
    """Cues of a title: its head before a colon, its tail behind one."""
    text = view.plain
    divided = any(sign in text for sign in (":", "--", "—", " - "))
    m = _TITLE.match(text) if divided or ", " in text else None
    if m is not None and m[1].lower().replace("-", " ") in _GENRES:
        m = _TITLE.match(text, m.start(2))  # "Demo: Foo: a …"
    if m is not None:
        opened = _SHOWING.match(m[1])
        start = m.start(1) + (opened.end() if opened else 0)
        name = text[start : m.end(1)]
        words = name.split()
        begins = bool(words) and any(c.isalpha() for c in name)
        rest = m[2].lower()
        hint = "article" if rest.startswith(("a ", "an ", "the ")) else ""
        described = len(words) > 1 and rest.startswith(("a ", "an "))  # "Understanding tree: a tool"
        if begins and (described or not names_nothing(words[0]) or _LETTERED.fullmatch(name)):
            yield Cue("title-colon", start, m.end(1), (f"words:{min(len(words), 3)}", hint), m[2])
    m = _TITLE_END.search(text, max(0, len(text) - 60)) if divided else None
    if m is not None and m.start() > 0 and name_like(m[1]) and not names_nothing(m[1].split()[0]):
        yield Cue("title-end", m.start(1), m.end(1), (), text[: m.start()])
