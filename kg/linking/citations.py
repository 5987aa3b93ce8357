"""Authors that a text cites: "Karlin, Mathieu and Nguyen (IPCO 2011)", "Gramm et al.", "[Bouveret, Endriss, 2010]"."""

from __future__ import annotations

import re

_REACH = 80  # code points on either side in which the year of a citation stands

_NAME = re.compile(r"[A-ZÀ-Þ][^\W\d_A-Z]+(?:[-'’][A-ZÀ-Þ][^\W\d_A-Z]+)*")
_MORE = r"(?:,? and |,? & |, |--)(?:[A-Z]\. ?)*[A-ZÀ-Þ][\w'’-]+"
_YEAR = r"(?:(?:19|20)\d\d|['’]\d\d)(?!\d)"
# No comma before the year: "BERT (Devlin, 2019)" is no author.
_BEHIND = re.compile(rf"(?:{_MORE})*,?(?: et al\b| ?[(\[](?:[A-Z][\w.]*(?: [A-Z][\w.]*){{0,3}} ?)?{_YEAR})")
_OPENED = re.compile(r"[(\[][^()\[\]]*$")
_CLOSED = re.compile(rf"[^()\[\]]*?{_YEAR}[a-z]?[^()\[\]]{{0,30}}[)\]]")


def is_cited(plain: str, start: int, end: int) -> bool:
    """Whether a capitalised word stands where the authors of a paper are named: before "et al." or a year in brackets, or
    within the brackets."""
    if not _NAME.fullmatch(plain, start, end):
        return False
    if _BEHIND.match(plain, end, end + _REACH):
        return True
    opened = _OPENED.search(plain, max(0, start - _REACH), start)
    return opened is not None and _CLOSED.match(plain, end, end + _REACH) is not None
