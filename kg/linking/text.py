"""A field's text as the linker reads it: LaTeX resolved, split into sentences, every position mapped to the original.

`View.plain` reads like plain text ("$3.8\\times$" is "3.8×", "~" a space); `View.span` maps a span of it back to the
original's code points. Text without markup is its own view, at no cost.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

MAX_SENTENCE = 800  # code points; the contract's limit for a sentence of evidence

_SYMBOLS = {
    "times": "×", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "approx": "≈", "sim": "~", "simeq": "≈", "pm": "±",
    "mu": "µ", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "lambda": "λ",
    "sigma": "σ", "theta": "θ", "phi": "φ", "pi": "π", "rho": "ρ", "tau": "τ", "omega": "ω", "Omega": "Ω",
    "Theta": "Θ", "Delta": "Δ", "cdot": "·", "ldots": "…", "dots": "…", "infty": "∞", "rightarrow": "→", "to": "→",
    "textregistered": "®", "texttrademark": "™", "textsuperscript": "", "textendash": "-", "textemdash": "-",
    "quad": " ", "qquad": " ", "newline": " ", "xspace": "", "percent": "%", "degree": "°", "ell": "ℓ", "o": "ø",
    "ss": "ß", "ae": "æ", "l": "ł", "S": "§", "textless": "<", "textgreater": ">", "backslash": "\\", "textasciitilde": "~",
}  # fmt: skip
_MARKED = re.compile(r"[\\$~{}`\u2010-\u2015\u2018\u2019\u201c\u201d\u00a0\u2009\u202f\u00ad]|''|\s\s|[\t\n\r]")
_MARKS = ("\\", "$", "~", "{", "}", "`", "  ", "''", "\n", "\t", "\r")
_TOKEN = re.compile(
    r"\\([A-Za-z]+)\*?[ \t]*"  # 1 a command
    r"|\\([\\\[\]()%$&#_{}~^\"'`=.,;:!/ -])"  # 2 an escaped character, an accent or a spacing command
    r"|(\$+|[{}])"  # 3 markup without a reading
    r"|(~|\u00a0|\u2009|\u202f|[\t\n\r]|[ ]{2,})"  # 4 spaces
    r"|([\u2010-\u2015])|([\u2018\u2019]|`(?!`))|([\u201c\u201d]|``|'')|(\u00ad)"  # 5 hyphens 6, 7 quotes 8 soft hyphen
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

_BREAK = re.compile(
    r"[.!?][\"')\]]*(?=\s+[\"'(\[]?[A-Z0-9À-ÞΑ-Ω§])|[.!?][\"')\]]*\s*$|[.!?][\"')\]]*(?=\s+[a-z]\w*[A-Z0-9])"
)
_NO_BREAK = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|cf|vs|resp|approx|ca|etc|Fig|Figs|Eq|Eqs|Sec|Sect|Tab|Ref|Refs|No|Nos|Vol|Dr|Mr|Mrs|Prof|St|Inc|Corp|Ltd|Co|Proc|Conf|Int|Symp|"
    r"Trans|Jr|Sr|Ph\.D|U\.S|w\.r\.t|a\.k\.a|incl|dept|Univ|pp|ed|eds|Alg|Thm|max|min|avg|std)|(?<![A-Za-z])[A-Z])\.$"
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

    __slots__ = ("_ends", "_sentences", "_starts", "lower", "plain", "raw")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self._starts: list[int] | None = None
        self._ends: list[int] | None = None
        self._sentences: list[tuple[int, int]] | None = None
        self.plain = self._resolve(raw) if _is_marked(raw) else raw
        lower = self.plain.lower()
        # "İ" is the one code point whose lower case is longer; offsets must not move.
        self.lower = lower if len(lower) == len(self.plain) else self.plain.replace("İ", "I").lower()

    def _resolve(self, raw: str) -> str:
        out: list[str] = []
        starts: list[int] = []
        ends: list[int] = []

        def put(text: str, start: int, end: int) -> None:
            if text == " " and out and out[-1].endswith(" "):
                ends[-1] = end
            elif text:
                out.append(text)
                starts.extend([start] * len(text))
                ends.extend([end] * len(text))

        def run(start: int, end: int) -> None:
            """Characters that read as they are."""
            if start < end and raw[start] == " " and out and out[-1].endswith(" "):
                ends[-1] = start = start + 1
            if start < end:
                out.append(raw[start:end])
                starts.extend(range(start, end))
                ends.extend(range(start + 1, end + 1))

        position = 0
        for m in _TOKEN.finditer(raw):
            run(position, m.start())
            position = m.end()
            command, escaped = m[1], m[2]
            if command is not None:
                symbol = _SYMBOLS.get(command)
                if symbol is None:
                    # A command that wraps text ("\emph{X}") or switches style reads as nothing; any other as its name.
                    nothing = raw[position : position + 1] in ("{", "") or command in _SILENT
                    symbol = "" if nothing else command
                if symbol:
                    put(symbol, m.start(), m.end())
                    if m[0][-1] in " \t" and raw[position : position + 1].isalpha():
                        put(" ", m.end() - 1, m.end())
                elif m[0][-1] in " \t":
                    put(" ", m.end() - 1, m.end())
            elif escaped is not None:
                put(_ESCAPED.get(escaped, ""), m.start(), m.end())
            elif m[4]:
                put(" ", m.start(), m.end())
            elif m[5]:
                put("-", m.start(), m.end())
            elif m[6]:
                put("'", m.start(), m.end())
            elif m[7]:
                put('"', m.start(), m.end())
        run(position, len(raw))
        self._starts, self._ends = starts, ends
        return "".join(out)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty span of `plain` to the span of the original text that it reads."""
        if self._starts is None or self._ends is None:
            return start, end
        return self._starts[start], self._ends[end - 1]

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

    def evidence_sentence(self, start: int, end: int) -> tuple[int, int]:
        """The original's span of the sentence around a span of `plain`, cut at spaces to `MAX_SENTENCE` code points."""
        low, high = self.sentence(start)
        low, high = min(low, start), max(high, end)
        raw_start, raw_end = self.span(low, high)
        if raw_end - raw_start > MAX_SENTENCE:
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


def _is_marked(raw: str) -> bool:
    """Whether the text holds anything that reads otherwise than it is written. Plain ASCII is told by substring
    searches, which are much faster than a pattern."""
    if not raw.isascii():
        return _MARKED.search(raw) is not None
    return any(mark in raw for mark in _MARKS)


_SILENT = frozenset(
    "emph textbf textit texttt textsc textrm textsf textup underline bf it em rm sf tt sc mathrm mathbf mathit mathcal mathbb mathsf mathtt text mbox hbox operatorname left right big Big bigl bigr displaystyle url href footnote cite citep citet label ref noindent centering small large Large item begin end par".split()
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
