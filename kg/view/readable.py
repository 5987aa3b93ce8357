"""Text as the page shows it: LaTeX reads as one reads it, "mm$^2$" as "mm²", and offsets of the stored text lead into it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from kg.linking.text import View

_TEX = re.compile(r"[\\$~{}^]|``|''")
#: Typography that the linker's view levels and a page keeps; "$" of money, "~" for "about" and braces of lists are
#: kept like it, "^" of web addresses too.
_KEPT = "‐‑‒–—―‘’“”\u00a0\u2009\u202f\u00ad"
_ASIDE = {ord(sign): 0xE000 + k for k, sign in enumerate(_KEPT)}
_HAT, _MONEY, _ABOUT, _OPEN, _CLOSE = "\ue0fb", "\ue0fc", "\ue0fd", "\ue0fe", "\ue0ff"
_BACK = {place: sign for sign, place in _ASIDE.items()} | {
    ord(_HAT): "^",
    ord(_MONEY): "$",
    ord(_ABOUT): "~",
    ord(_OPEN): "{",
    ord(_CLOSE): "}",
}
_DOLLAR = re.compile(r"(?<!\\)\$")
_NO_FORMULA = re.compile(r"\d[\d.,]*[kKMB]?\s+[A-Za-z]{2,}|.*(?<![\\A-Za-z])[a-z]{2,}\s+[a-z]{2,}\s", re.DOTALL)
_PRICE = re.compile(r"\d[\d.,]*+[kKMB]?(?:(?<=,)\s+|[^\\^_{}=<>]*[\s(/–—-]\$\d)")
_ADDRESS = re.compile(
    r"(?:\b(?:https?|ftp)://|\bwww\.)(?:[^\s{}\\$]|\{[^\s{}\\$]*+\}|(?<=[=/?&])\$(?=[A-Za-z])|(?<=/)\\~(?=\w))+"
)
_SIGN_OF_ADDRESS = re.compile(r"\\~|~(?=\w)|[\^${}]")
_HOME = re.compile(r"(?<=/)~(?=\w)")
_TIE_OF_NOTHING = re.compile(r"(?<![^\s(\[\"“‘])~(?=[\d.$\\])")
_BRACES = re.compile(r"(?<!\\)\{([^{}\\$]*+)\}")
_LIST = re.compile(r"\w,\s*+\w")  # "Opti{c,m}al"
_FRACTION = re.compile(r"(\\[dt]?frac\s*\{[^{}]*)\}(?=\s*\{)")
_POWER = re.compile(r"\^(-?\d+(?![\d./])|n\b|∘)")
_BRACED_POWER = re.compile(r"(?<!\\)\^\{((?:[^{}]|\{[^{}]*+\})*+)\}")
_RAISEABLE = re.compile(r"-?\d+|n")
_ATOM = re.compile(r"[A-Za-z]*|\\[A-Za-z]+\s*(?:\{[A-Za-z]*\})?|-?\d+\.\d+|[^\w\\{}]*")
_RAISED = str.maketrans("0123456789-n∘", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ°")


class Readable:
    """One text of the graph in readable form; `text` is all of it. Offsets count code points.

    The linker's view (`kg.linking.text.View`) reads the LaTeX. Text without LaTeX is left as it is, to the letter.
    """

    __slots__ = ("_dropped", "_view", "text")

    def __init__(self, stored: str) -> None:
        self.text = stored
        self._view: View | None = None
        self._dropped: list[int] = []  # places of "^" in the view
        if _TEX.search(stored) and not any(chr(place) in stored for place in _BACK):
            self._view = View(_set_aside(stored))
            plain = self._view.plain
            self._dropped = [power.start() for power in _POWER.finditer(plain)]
            self.text = _POWER.sub(lambda power: power[1].translate(_RAISED), plain).translate(_BACK)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in `text` what stands at `start` to `end` of the stored text is read."""
        view = self._view
        if view is None:
            return start, end
        places = range(len(view.plain))
        first = bisect_right(places, start, key=lambda at: view.span(at, at + 1)[1])
        last = bisect_left(places, end, key=lambda at: view.span(at, at + 1)[0])
        first, last = (at - bisect_left(self._dropped, at) for at in (first, max(first, last)))
        return first, last


def readable(stored: str) -> str:
    """A text in readable form."""
    return Readable(stored).text


def _set_aside(stored: str) -> str:
    """The same length, with a sign of its own for everything that is not LaTeX where it stands."""
    kept = _HOME.sub(_ABOUT, _ADDRESS.sub(_address, stored))
    kept = _BRACES.sub(_list, _TIE_OF_NOTHING.sub(_ABOUT, kept))
    kept = _BRACED_POWER.sub(_power, kept)
    letters = list(_FRACTION.sub(r"\1/", kept).translate(_ASIDE))
    opened = None
    for sign in _DOLLAR.finditer(kept):
        if opened is None:
            opened = sign.start()
        elif _no_formula(stored, opened + 1, sign.start()):
            letters[opened] = _MONEY
            opened = sign.start()
        else:
            opened = None
    if opened is not None:
        letters[opened] = _MONEY
    return "".join(letters)


def _list(braces: re.Match[str]) -> str:
    return f"{_OPEN}{braces[1]}{_CLOSE}" if _LIST.search(braces[1]) else braces[0]


def _no_formula(stored: str, start: int, end: int) -> bool:
    """Whether what stands between two dollars is no formula: the first one is money."""
    price = _PRICE.fullmatch(stored, start, end) or _PRICE.fullmatch(stored, start, min(end + 2, len(stored)))
    return bool(price or _NO_FORMULA.match(stored, start, end))


def _address(address: re.Match[str]) -> str:
    aside = {"~": _ABOUT, "\\~": "{" + _ABOUT, "^": _HAT, "$": _MONEY, "{": _OPEN, "}": _CLOSE}
    return _SIGN_OF_ADDRESS.sub(lambda sign: aside[sign[0]], address[0])


def _power(power: re.Match[str]) -> str:
    """A power that no digits of its own tell from what follows: raised at once, in parentheses, or as it is."""
    if _RAISEABLE.fullmatch(power[1]):
        return "{{" + power[1].translate(_RAISED) + "}"
    return power[0] if _ATOM.fullmatch(power[1].strip()) else f"^({power[1]})"
