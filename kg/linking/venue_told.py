"""Names of venues that no list holds and that do not say what they are: the words around them do.

A verb before them ("Accepted at Quxcast 2026", "To appear in Quxing Letters"), a year behind an acronym that stands alone
("10 pages, QUXX 2018"), or a listed conference that a workshop met at ("WQB @ ICML 2026", "NeurIPS WQB 2025").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.linking import venue_words as words
from kg.linking.venue_forms import ACRONYM, ALONE, PHRASE, QUOTE, TIE, WORD, YEAR, Name, between, own
from kg.linking.venue_names import Mention

_HOUSE = r"(?:(?:IEEE|ACM|IEEE/ACM|ACM/IEEE|IFIP|SPIE|AIP|IET|OSA|USENIX)\s+)?"
_FOUR = r"[\s,'’(-]{0,2}(?:19|20)\d\d(?![\w/-])"
#: "Published in", "accepted for oral presentation at the 5th annual", "to appear in the proceedings of", "paper accepted by the IEEE".
_VERB = (
    r"(?<!\w)(?:[Aa]ccepted|ACCEPTED|[Pp]resented|[Pp]ublished|[Aa]ppear(?:s|ed|ing)?|[Pp]ublication|[Pp]resentation|[Pp]ress|[Cc]ontribution"
    r"|[Vv]ersion)"
    r"(?:\s+(?:and\s+(?:presented|published|pending\s+publication)|for\s+(?:[\w-]+\s+){0,2}?[\w-]+|papers?|to\s+(?:be\s+)?\w+"
    r"|as\s+an?\s+(?:[\w-]+\s+){0,3}[\w-]+))?"
)
_OPENED = (
    r"(?:the\s+|an?\s+)?(?:upcoming\s+)?(?:(?:[Bb]ook|[Vv]olume)\s+(?:entitled\s+|titled\s+)?|[Jj]ournal:?\s+)?"
    r"(?:[Pp]roc(?:eedings?|\.)\s+(?:(?:of|in)\s+)?(?:the\s+)?)?(?:(?:19|20)\d\d\s+)?(?:\d+-?(?:st|nd|rd|th)\s+)?(?:[Aa]nnual\s+)?"
    rf"(?P<house>{_HOUSE}){QUOTE}?"
)
#: Where a name without a year ends.
_EDGE = (
    r"(?=\s*(?:$|[.,;:()\[\]\"”’]|[-–]\s|\\)|\s+(?:as|with|and\s+(?:is|will|available)|[Cc]onference|[Jj]ournal|[Ss]ymposium|special|vol(?:ume)?|edited"
    r"|proceedings|book|on\s+\d)\b)"
)
#: "Published in ABC 2020", "In Proceedings ABC 2020, arXiv:…"
_SAID = re.compile(
    rf"(?:{_VERB}\s+(?:at|in|into|to|by|on|of|for)\s+{_OPENED}|^In Proceedings\s+|(?<!\w)[Cc]onference:?\s+)"
    rf"(?P<name>{ACRONYM})(?<!\d)(?:\s+(?:[Cc]onference|[Ss]ymposium))?(?={YEAR}(?!\d|st|nd|rd|th))"
)
#: "Accepted to QUXX, Paris"
_UNDATED = re.compile(
    r"(?:[Aa]ccepted|[Pp]ublished|[Aa]ppear(?:s|ed|ing)?|[Pp]ublication|[Pp]resentation|presented)(?:\s+for\s+\w+)?\s+(?:at|in|into|to|by)\s+"
    rf"(?:the\s+)?{_HOUSE}(?P<name>[A-Z][A-Za-z&+-]*[A-Z][A-Za-z&+-]*){_EDGE}"
)
#: "Accepted at Quxcast 2026", "To appear in Designing Quxes 2018"
_WORDS_DATED = re.compile(
    rf"{_VERB}\s+(?P<to>at|in|into|to|by|for|on)\s+{_OPENED}(?P<name>{WORD}(?:,?\s+(?:{TIE}){{0,2}}{WORD}){{0,7}})(?={_FOUR})"
)
#: "To appear in Quxing Letters", "accepted for publication in Bars, Quxes and Bazzes (BQB 2011)"
_TITLED = re.compile(
    r"(?:[Aa]ccepted(?:\s+for\s+(?:[\w-]+\s+){0,2}?[\w-]+|\s+to\s+be\s+published|\s+as\s+an?\s+[\w-]+)?\s+(?:at|in|into|to|by|for)"
    r"|(?:[Pp]ublished|[Aa]ppear(?:s|ed|ing)?|[Pp]ublication|[Pp]ress|[Cc]ontribution)\s+(?:at|in|into|to))"
    rf"\s+{_OPENED}(?P<name>{PHRASE}){_EDGE}(?:\s*\(\s*(?P<acronym>{ACRONYM}?)(?:{YEAR})?[),])?"
)
#: "10 pages, QUXX 2018", "IEEE Quxes 2018", "QUXX'18 workshop"
_BARE = re.compile(
    rf"(?:^|[.,;:]\s+|\d\s+[Pp]ages?\s+)(?:(?:[Ii]n|[Aa]t)\s+)?(?:(?:[Pp]roc(?:eedings|\.)|[Pp]roceedings\s+of)\s+)?"
    rf"(?P<house>{_HOUSE})(?P<name>(?:[A-Z]{{2,6}}\s)?(?:{ACRONYM}|[a-z]{{1,5}}[A-Z]\w+)|(?:{WORD}\s+){{0,2}}{WORD})(?<![\d-])"
    r"(?:(?:\s|-)?(?:19|20)\d\d|\s?['’]\d\d)(?![\w/-]|\.\d)"
    r"(?=\s*(?:$|[.,;:()]|[-–]\s)|\s+(?:[Cc]onf|CONF|[Ww]ork|[Pp]roc|[Pp]aper|[Pp]oster|[Cc]amera|[Aa]ccept|[Oo]ral|[Ss]hort|[Ll]ong|[Ff]ull|[Rr]egular))"
)
#: "Quxing Bars 2018, Bar City", where a text begins.
_HEADING = re.compile(rf"^(?P<name>{PHRASE})(?=\s(?:19|20)\d\d\s*(?:$|[,;:.(]))")
#: "Quxing and Bar Experience (QUBE'08)"
_DEFINED = re.compile(
    rf"(?:^|[.,;:]\s+)(?:[Tt]he\s+)?(?:\d+-?(?:st|nd|rd|th)\s+)?{_HOUSE}(?P<name>{PHRASE})\s*\(\s*(?P<acronym>{ACRONYM}|[a-z]{{1,5}}[A-Z]\w+)"
    r"(?<!\d)[\s'’-]*(?:(?:19|20)\d\d|(?<=['’-])\d\d)\s*[),]"
)
#: "In Proceedings Festschrift for Dave Schmidt, arXiv:1309.4557", as the editors of EPTCS have it.
_EPTCS = re.compile(r"^In Proceedings (?P<name>[^,;()]{3,120}?)(?:,? (?:19|20)\d\d)?, arXiv:\d")

#: No venue, though a paper may be presented, accepted or printed there.
_ELSEWHERE = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct "
    "nov dec spring summer autumn fall winter press springer springer-verlag springer/verlag verlag elsevier wiley birkhäuser kluwer "
    "university universität université institute department laboratory school college faculty arxiv corr hal xplore copyright "
    "encyclopedia handbook lecture licence license commons library report thesis phd ph msc bsc master masters bachelor dissertation "
    "under part chapter section appendix version revision draft preprint english french german japanese chinese spanish russian portuguese "
    "italian latex pdf doi isbn issn github zenodo usa uk uae abstract paper papers article frontiers supplementary figure figures table "
    "updated publishers publishing eds revised submitted gpl cc-by bsd ieee acm usenix ifip pmlr jmlr".split()
)
#: Nor are these, alone.
_HOUSES = frozenset(
    "mit cmu cern nasa eth epfl inria ucla ucsd uiuc nist darpa ibm kth kaist iit tu crc mdpi iop aps aip oup cup eu china india germany "
    "france italy japan spain canada australia student google microsoft amazon intech oxford cambridge stanford berkeley princeton "
    "harvard research".split()
)
_NO_ACRONYMS = words.ORG | _ELSEWHERE | _HOUSES
#: Names that end in these are read by what they say.
_KINDS = frozenset("conference workshop symposium proceedings proceeding".split())
#: A name that says so is a journal's.
_PRINTED = re.compile(
    r"\b(?:Journal|Letters|Transactions|Magazine|Reviews?|Annals|Bulletin|Discussions|Communications|Advances)\b"
)
#: Those that say so are met at.
_MET = re.compile(r"conference|meeting|roundtable|workshop|symposium|congress", re.IGNORECASE)


def _said(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    name = between(m, start)
    return Name(name) if name.upper() not in words.HOUSE and name.lower() not in _NO_ACRONYMS else None


def _phrase(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    """A name of words: none of a place, a month or a publisher."""
    name = between(m, start)
    parts = name.replace(",", "").split()
    if any(part.lower().strip("'’") in _ELSEWHERE for part in parts) or parts[0].upper() in words.HOUSE:
        return None
    if len(parts) == 1 and name.lower() in _HOUSES:
        return None
    if parts[-1].lower() in _KINDS or len(parts[-1]) == 1 or not own(name):
        return None
    told = m.groupdict()
    if told.get("house") and (m.re is _TITLED or (" " not in name and not ALONE.fullmatch(name))):
        name = f"{told['house'].strip()} {name}"  # "IEEE Grid 2012" is no "Grid"
    return Name(name, told.get("acronym") or "")


def _dated(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    if m["to"] == "in" and ("resented" in m[0] or " " not in between(m, start)):
        return None  # "presented in New York 2018"
    return _phrase(m, start, listed)


def _titled(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    return _phrase(m, start, listed) if " " in between(m, start) else None


def _heading(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    return _titled(m, start, listed) if start == m.start("name") else None  # "Presented in New York 2018"


def _bare(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    name = between(m, start)
    last = name.rsplit(" ", 1)[-1]
    if m["house"]:
        return _phrase(m, start, listed)
    odd = sum(c.isupper() for c in last) > 1 or (last[0].islower() and last[1:] != last[1:].lower())  # "quxKanren"
    return _phrase(m, start, listed) if odd and len(last) > 2 else None


def _volume(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    return Name(between(m, start))


#: Each pattern with what makes a name of its matches.
EPTCS = (_EPTCS, _volume)
READ = (
    (_SAID, _said),
    (_DEFINED, _titled),
    (_HEADING, _heading),
    (_WORDS_DATED, _dated),
    (_UNDATED, _said),
    (_BARE, _bare),
    (_TITLED, _titled),
)


def kind_of(m: re.Match[str], name: str) -> str:
    """ "conference" or "journal": without a year or an acronym a name is most likely that of something printed."""
    if m.re is _UNDATED:
        met = _MET.match(m.string[m.end() :].lstrip())  # "accepted for publication in IEEE ABC Conference proceedings"
        return "journal" if "ublication" in m[0] and not met else "conference"
    printed = m.re is _TITLED and (_PRINTED.search(name) or not (m["acronym"] or _MET.search(name)))
    return "journal" if printed else "conference"
