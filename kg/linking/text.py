"""A field's text as the linker reads it: LaTeX resolved, split into sentences, every position mapped to the original.

`View.plain` reads like plain text ("$3.8\\times$" is "3.8×", "~" a space); `View.span` maps a span of it back to the
original's code points. Text without markup is its own view, at no cost.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

MAX_SENTENCE = 800  # code points; the contract's limit for a sentence of evidence

_SYMBOLS = {
    "times": "×", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "approx": "≈", "sim": "~", "simeq": "≈", "pm": "±",
    "mu": "µ", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "lambda": "λ",
    "sigma": "σ", "theta": "θ", "phi": "φ", "pi": "π", "rho": "ρ", "tau": "τ", "omega": "ω", "Omega": "Ω",
    "Theta": "Θ", "Delta": "Δ", "cdot": "·", "ldots": "…", "dots": "…", "infty": "∞", "rightarrow": "→", "to": "→",
    "textregistered": "®", "texttrademark": "™", "textsuperscript": "", "textendash": "-", "textemdash": "-",
    "zeta": "ζ", "eta": "η", "kappa": "κ", "nu": "ν", "xi": "ξ", "chi": "χ", "psi": "ψ", "varphi": "φ", "varrho": "ρ",
    "eps": "ε", "Gamma": "Γ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "in": "∈", "notin": "∉",
    "subset": "⊂", "subseteq": "⊆", "cap": "∩", "cup": "∪", "setminus": "∖", "emptyset": "∅", "forall": "∀", "exists": "∃",
    "neq": "≠", "ne": "≠", "ll": "≪", "gg": "≫", "equiv": "≡", "propto": "∝", "lesssim": "≲", "gtrsim": "≳", "geqslant": "≥",
    "leqslant": "≤", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂", "nabla": "∇", "circ": "∘", "star": "⋆", "ast": "*",
    "bullet": "•", "oplus": "⊕", "otimes": "⊗", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "neg": "¬", "mid": "|",
    "lceil": "⌈", "rceil": "⌉", "lfloor": "⌊", "rfloor": "⌋", "langle": "⟨", "rangle": "⟩", "cdots": "…", "sqrt": "√",
    "leftarrow": "←", "mapsto": "↦", "leftrightarrow": "↔", "dagger": "†", "colon": ":", "quad": " ", "qquad": " ", "newline": " ", "xspace": "", "percent": "%", "degree": "°", "ell": "ℓ", "o": "ø",
    "ss": "ß", "ae": "æ", "l": "ł", "S": "§", "textless": "<", "textgreater": ">", "backslash": "\\", "textasciitilde": "~",
}  # fmt: skip
_MARKED = re.compile(r"[\\$~{}`\u2010-\u2015\u2018\u2019\u201c\u201d\u00a0\u2009\u202f\u00ad]|''|\s\s|[\t\n\r]")
_MARKS = ("\\", "$", "~", "{", "}", "`", "  ", "''", "\n", "\t", "\r")
#: A letter with an accent, behind the backslash.
_ACCENT = (
    r"(?:(?:[\"'`^~=.]|[uvHcrk][ ]*(?=[{\\]))(?:\{(?:\\(?=[ij]))?[A-Za-z]\}|\\[ij](?![A-Za-z])[ ]?|(?<![uvHcrk ])[A-Za-z])"
    r"|[uvHcrk](?:(?<=\w\\.)[ ]+[A-Za-z]|[ ]+[A-Za-z](?=\})))"
)
# It begins with the set of first characters, so that the scanner runs over ordinary letters at full speed.
_TOKEN = re.compile(
    "[\\\\$~{}`' \t\n\r\u00a0\u00ad\u2009\u202f\u2010-\u2015\u2018\u2019\u201c\u201d]"
    r"(?:(?<! )(?:(?<=\\)(?:"
    r"(?:cite[a-z]*|(?:auto|eq|[cC])?ref|label)\*?(?:\[[^\[\]]*\])*\{[^{}]*\}"  # keys, which are no text
    rf"|({_ACCENT})"  # 1 a letter with an accent
    r"|([A-Za-z]+)\*?[ \t]*"  # 2 a command
    r"|([\\\[\]()%$&#_{}~^\"'`=.,;:!/ -]))"  # 3 an escaped character, an accent or a spacing command
    r"|((?<=\$)\$*|(?<=[{}]))"  # 4 markup without a reading
    r"|((?<=[~\u00a0\u2009\u202f\t\n\r]))"  # 5 a space of another kind
    r"|((?<=[\u2010-\u2015]))|((?<=[\u2018\u2019])|(?<=`)(?!`))"  # 6 hyphens 7 apostrophes
    r"|((?<=[\u201c\u201d])|(?<=`)`|(?<=')')|((?<=\u00ad))"  # 8 quotes 9 soft hyphen
    r")|((?<= )[ ]+))"  # 10 a run of spaces
)
_ESCAPED = {
    "%": "%",
    "$": "$",
    "&": "&",
    "#": "#",
    "_": "_",
    "{": "{",
    "}": "}",
    " ": " ",
    ",": " ",
    ";": " ",
    ":": " ",
    "\\": " ",
    "-": "",
}

#: What the other groups of `_TOKEN` read as.
_READING = ("", "", "", "", "", " ", "-", "'", '"', "", " ")
#: The combining code points of LaTeX's accents.
_ACCENTS = dict(
    zip("\"'`^~=.uvHcrk", "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u030a\u0328", strict=True)
)
#: Escaped quotes around words, and apostrophes behind them, which are no accents.
_QUOTED = re.compile(r"""(?<!\w)\\"[^"\\]*+\\"(?![\w{\\])""")
_APOSTROPHE = re.compile(r"(?<=\w)\\'(?=(?:s|t|re|ll|m|d|ve)\b)")
_ACCENTED = re.compile(rf"\\{_ACCENT}|\{{\\{_ACCENT}\}}")
_MARKUP = frozenset("\\{}$_^")
_LATIN = 0x250  # code points below are letters of European languages

_BREAK = re.compile(
    r"[.!?][\"')\]]*(?=\s+[\"'(\[]?[A-Z0-9À-ÞΑ-Ω§])|[.!?][\"')\]]*\s*$|[.!?][\"')\]]*(?=\s+[a-z]\w*[A-Z0-9])"
)
_NO_BREAK = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|cf|vs|resp|approx|ca|etc|Fig|Figs|Eq|Eqs|Sec|Sect|Tab|Ref|Refs|No|Nos|Vol|Dr|Mr|Mrs|Prof|St|Inc|Corp|Ltd|Co|Proc|Conf|Int|Symp|"
    r"Trans|Jr|Sr|Ph\.D|U\.S|w\.r\.t|a\.k\.a|incl|dept|Univ|(?<!\d )(?<!\d)pp|ed|eds|Alg|Thm|max|min|avg|std)|(?<![A-Za-z0-9])[A-Z])\.$"
)
_SENTENCE_AFTER_ETC = re.compile(r"\s+(?:[A-Z][a-z]+\s+[a-z]|We\b|In\b|This\b|The\b|To\b|Our\b|It\b|A\b)")


class Spot(NamedTuple):
    """A linked mention inside one view; offsets into `View.plain`."""

    start: int
    end: int
    entity: str  # entity id, e.g. "hardware/nvidia-a100"


class View:
    """One field's text, readable, with the way back.

    `plain` is what patterns are matched on; `sentences` are (start, end) spans of it, in order, without overlap.
    """

    __slots__ = ("_pieces", "_quotes", "_sentences", "lower", "plain", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._pieces: _Pieces | None = None
        self._sentences: list[tuple[int, int]] | None = None
        self._quotes: dict[tuple[int, int], tuple[int, int]] = {}  # the original's span of short sentences
        self.plain = raw
        if _is_marked(raw):
            self._pieces = pieces = _Pieces()
            self.plain = _resolve(raw, pieces)
        lower = self.plain.lower()
        # "İ" is the one code point whose lower case is longer; offsets must not move.
        self.lower = lower if len(lower) == len(self.plain) else self.plain.replace("İ", "I").lower()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty span of `plain` to the span of the original text that it reads."""
        if self._pieces is None:
            return start, end
        return self._pieces.original(start)[0], self._pieces.original(end - 1)[1]

    @property
    def sentences(self) -> list[tuple[int, int]]:
        """Spans of `plain`, in order; white space between sentences belongs to none."""
        if self._sentences is None:
            self._sentences = split(self.plain)
        return self._sentences

    def sentence(self, position: int) -> tuple[int, int]:
        """The sentence span that holds a position of `plain` (the nearest before it, if it lies between two)."""
        spans = self.sentences
        index = bisect_right(spans, (position, len(self.plain) + 1)) - 1
        return spans[max(index, 0)]

    def evidence_sentence(self, start: int, end: int, sentence: tuple[int, int] | None = None) -> tuple[int, int]:
        """The original's span of the sentence around a span of `plain`, cut at spaces to `MAX_SENTENCE` code points.

        `sentence`: what `self.sentence(start)` gives, where that is known."""
        sentence = sentence or self.sentence(start)
        low, high = sentence
        if low <= start and end <= high:
            known = self._quotes.get(sentence)
            if known is not None:
                return known
        else:
            low, high = min(low, start), max(high, end)
        raw_start, raw_end = self.span(low, high)
        if raw_end - raw_start <= MAX_SENTENCE:
            self._quotes[low, high] = raw_start, raw_end
        else:
            mention_start, mention_end = self.span(start, end)
            room = MAX_SENTENCE - (mention_end - mention_start)
            raw_start = max(raw_start, mention_start - room // 2)
            raw_end = min(raw_end, max(mention_end, raw_start + MAX_SENTENCE))
            while raw_start < mention_start and raw_start > 0 and not self.raw[raw_start - 1].isspace():
                raw_start += 1
            while raw_end > mention_end and raw_end < len(self.raw) and not self.raw[raw_end].isspace():
                raw_end -= 1
            while raw_end > mention_end and self.raw[raw_end - 1].isspace():
                raw_end -= 1
        return raw_start, raw_end


class _Pieces:
    """Readable text under construction: pieces that each read one span of the original, and the way back."""

    __slots__ = ("_at", "_literal", "_size", "_spaced", "_spans", "texts")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._at: list[int] = []  # where a piece begins in the readable text
        self._spans: list[tuple[int, int]] = []  # the original's span that it reads
        self._literal: list[bool] = []  # it reads letter for letter; else each of its characters stands for all of it
        self._size = 0
        self._spaced = False  # the text so far ends with a space

    def put(self, text: str, start: int, end: int, *, literal: bool = False) -> None:
        """Append what `original[start:end]` reads as. A space after a space widens that one."""
        if self._spaced and text[:1] == " ":
            last = self._spans[-1]
            till = start + 1 if literal else end
            if self._literal[-1]:
                self._append(self._size - 1, last[1] - 1, till, literal=False)
            else:
                self._spans[-1] = last[0], till
            if not literal:
                return
            text, start = text[1:], start + 1
        if text:
            self.texts.append(text)
            self._append(self._size, start, end, literal=literal)
            self._size += len(text)
            self._spaced = text[-1] == " "

    def _append(self, at: int, start: int, end: int, *, literal: bool) -> None:
        self._at.append(at)
        self._spans.append((start, end))
        self._literal.append(literal)

    def original(self, position: int) -> tuple[int, int]:
        """The original's span that one character of the readable text stands for."""
        index = bisect_right(self._at, position) - 1
        start, end = self._spans[index]
        if not self._literal[index]:
            return start, end
        start += position - self._at[index]
        return start, start + 1


def _resolve(raw: str, pieces: _Pieces) -> str:
    """Readable text of LaTeX; `pieces` learns how to come back."""
    put = pieces.put
    position = 0
    for m in _TOKEN.finditer(raw):
        start, end = m.span()
        if position < start:
            put(raw[position:start], position, start, literal=True)
        position = end
        group = m.lastindex
        if group == 1:
            put(_accented(m[1], raw, start), start, end)
        elif group == 2:
            symbol = _SYMBOLS.get(m[2])
            follows = raw[end : end + 1]
            if symbol is None:
                # A command that wraps text ("\\emph{X}") or switches style reads as nothing; any other as its name.
                symbol = "" if follows in ("{", "") or m[2] in _SILENT else m[2]
            put(symbol, start, end)
            if raw[end - 1] in " \t" and (not symbol or follows.isalpha()):
                put(" ", end - 1, end)
        elif group == 3:
            put(_ESCAPED.get(m[3], ""), start, end)
        elif group is not None:
            put(_READING[group], start, end)
    if position < len(raw):
        put(raw[position:], position, len(raw), literal=True)
    return "".join(pieces.texts)


def has_markup(raw: str) -> bool:
    """Whether original text holds LaTeX that is more than accents."""
    return not _MARKUP.isdisjoint(raw) and not _MARKUP.isdisjoint(_ACCENTED.sub("", raw))


def _accented(written: str, raw: str, start: int) -> str:
    """What an accent and its letter, written behind the backslash at `start`, read as: "é" for \\'e."""
    letter = next(c for c in reversed(written) if c.isalpha())
    if _APOSTROPHE.match(raw, start):
        return f"'{letter}"
    ended = written[0] == "." and letter.isupper() and letter != "I"  # "bounds\.Code is at …"
    composed = (
        letter if ended or _QUOTED.match(raw, start) else unicodedata.normalize("NFC", letter + _ACCENTS[written[0]])
    )
    return composed if len(composed) == 1 and ord(composed) < _LATIN else letter


def _is_marked(raw: str) -> bool:
    """Whether the text holds anything that reads otherwise than it is written. Plain ASCII is told by substring
    searches, which are much faster than a pattern."""
    if not raw.isascii():
        return _MARKED.search(raw) is not None
    return any(mark in raw for mark in _MARKS)


_SILENT = frozenset(
    "emph textbf textit texttt textsc textrm textsf textup underline bf it em rm sf tt sc mathrm mathbf mathit mathcal mathbb mathsf mathtt text mbox hbox operatorname cal frak mathfrak mathscr boldsymbol bm tilde widetilde hat widehat bar overline vec dot left right big Big bigl bigr displaystyle url href footnote cite citep citet label ref noindent centering small large Large item begin end par".split()
)


def split(plain: str) -> list[tuple[int, int]]:
    """Split readable text into sentence spans. A rule-based splitter: a stop ends a sentence unless an abbreviation
    or an initial precedes it; a new sentence starts with a capital, a digit or an oddly cased name."""
    spans: list[tuple[int, int]] = []
    start = 0
    length = len(plain)
    while start < length and plain[start].isspace():
        start += 1
    for m in _BREAK.finditer(plain):
        end = m.end()
        if plain[m.start()] == ".":
            head = plain[max(start, m.start() - 12) : m.start() + 1]
            if (
                end < length
                and _NO_BREAK.search(head)
                and not (head.endswith("etc.") and _SENTENCE_AFTER_ETC.match(plain, end))
            ):
                continue
        if end > start:
            spans.append((start, end))
        start = end
        while start < length and plain[start].isspace():
            start += 1
    if start < length:
        end = length
        while end > start and plain[end - 1].isspace():
            end -= 1
        if end > start:
            spans.append((start, end))
    return spans or [(0, length)]
