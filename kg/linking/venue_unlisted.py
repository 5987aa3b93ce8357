"""Venues that no list holds, by how they are named: "the 3rd Workshop on Fair Things (FT 2020)", "HPAI4S Workshop".

Only names that say what they are: a full name with its kind ("Conference on …", "Journal of …"), a name before "workshop" or
"conference", an acronym with a year behind "published in" or "In Proceedings". A series is made of the name alone, so that all
papers that name it mean one; whether a paper appeared there, and when, is read as for listed series.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from kg.linking import venue_words as words
from kg.linking.venue_names import MAX_READ, Mention
from kg.linking.venue_series import Series
from kg.ontology import slug

#: What a text without has no such name.
_MAY = re.compile(
    r"orkshop|WORKSHOP|onf|CONF|ympos|ongress|olloqu|ummit|ournal|orum|chool|eeting|ccepted|ublished|resented|ppear|^In Proc"
)
_BEFORE = (
    r"(?:(?:International|Int['’]?l\.?|Int\.|European|Asian?|Asia[- ]Pacific|Pacific|National|World|Joint|Nordic|Brazilian|Chinese"
    r"|Indian|Australasian|American|IASTED|Springer|[A-Z]{3,6})[\s/&-]+)*"
)
_WORD = r"(?:[A-Z][\w'’+/-]*|\d[A-Z][\w-]*)"
_SOME = rf"(?:{_WORD}\s+){{0,3}}{_WORD}"
#: Behind a comma or a colon a name goes on only if it is a list with "and": what else stands there is a place.
_LIST = rf"(?={_SOME},?\s+(?:and|&)\s+[A-Z]|{_SOME},\s+{_SOME},?\s+(?:and|&)\s+[A-Z])"
_TIE = r"(?:and|of|for|in|on|the|with|to|from|&|at the)\s+"
_PHRASE = rf"{_WORD}(?:(?:\s+|[,:]\s+{_LIST}|,\s+(?=(?:and|&)\s+[A-Z]))(?:{_TIE}){{0,3}}{_WORD}){{0,11}}"
_ACRONYM = r"[A-Z][\w&+/@-]*[A-Z0-9][\w&+/@-]*|[A-Z]+[a-z]+[A-Z]\w*"
_ALONE = re.compile(_ACRONYM)
_DATED = re.compile(r"[-'’]?(?:(?:19|20)\d\d|(?<=[-'’])\d\d)$")  # the year of "PAL-18"
_YEAR = r"[\s'’-]*(?:19|20)?\d\d"
_BEHIND = (
    rf"(?:\s*\(\s*(?:[A-Z]+/)*(?P<acronym>{_ACRONYM}?)(?:{_YEAR})?(?:\s+[Ww]orkshop)?\s*\)"
    rf"|(?:,\s*|\s+[-–]\s+)(?P<dashed>{_ACRONYM}){_YEAR}(?!\d))?"
)
_ON = rf"\s+(?:on|of|for)\s+(?:the\s+)?{_PHRASE}){_BEHIND}"
_KIND = r"Conference|Conf\.?|Symposium|[Ww]orkshops?|Colloquium|Congress|Summit|Forum|Meeting|School"
#: "International Workshop on Parallel Things (PT 2020)"
_FULL = re.compile(rf"(?<![\w-])(?P<name>{_BEFORE}(?:{_WORD}\s+){{0,4}}?(?P<kind>{_KIND}){_ON}")
_JOURNAL = re.compile(rf"(?<![\w-])(?P<name>{_BEFORE}(?P<kind>Journal){_ON}")
#: "HPAI4S Workshop", "Deep Learning Workshop"
_WORKSHOP = re.compile(
    rf"(?<![\w-])(?P<name>(?:{_ACRONYM})(?![\w-])|(?:{_WORD}\s+(?:{_TIE}){{0,2}}){{0,7}}{_WORD})"
    rf"(?:[\s'’-]+(?:19|20)?\d\d)?\s+(?P<kind>[Ww]orkshop|WORKSHOP)(?!s|\s+on\b|\s+(?:and|&)\s+[Cc]onf)"
)
#: "Small Satellite Conference", "ABC 2020 conference"
_HEADED = re.compile(
    rf"(?<![\w-])(?P<name>(?:(?P<single>{_ACRONYM})(?:[\s'’-]*(?:19|20)\d\d)?|{_BEFORE}{_WORD}(?:\s+(?:{_TIE})?{_WORD}){{1,5}})"
    rf"\s+(?P<kind>[Cc]onference|CONFERENCE|[Ss]ymposium|[Ss]ummit|Congress))(?!s|\s+(?:on|of|for|in)\b){_BEHIND}"
)
#: "Published in ABC 2020", "In Proceedings ABC 2020, arXiv:…"
_SAID = re.compile(
    r"(?:(?:[Aa]ccepted|[Pp]resented|[Pp]ublished|[Aa]ppear(?:s|ed|ing)?|[Pp]ublication|[Pp]resentation)"
    r"(?:\s+(?:and\s+presented|for\s+\w+|as\s+an?\s+(?:[\w-]+\s+){0,3}[\w-]+))?"
    r"\s+(?:at|in|to|by|on)\s+(?:the\s+)?(?:[Pp]roceedings?\s+of\s+(?:the\s+)?)?(?:\d+(?:st|nd|rd|th)\s+)?(?:(?:IEEE|ACM/IEEE|ACM)\s+)?"
    rf"|^In Proceedings\s+|(?<!\w)[Cc]onference:?\s+)(?P<name>{_ACRONYM})(?<!\d)(?:\s+(?:[Cc]onference|[Ss]ymposium))?(?={_YEAR}(?!\d|st|nd|rd|th))"
)
#: "In Proceedings Festschrift for Dave Schmidt, arXiv:1309.4557", as the editors of EPTCS have it.
_EPTCS = re.compile(r"^In Proceedings (?P<name>[^,;()]{3,120}?)(?:,? (?:19|20)\d\d)?, arXiv:\d")
#: Behind a listed conference: "NIPS'17 Workshop: Deep Things", "ICLR 2026 DATA-FM Workshop", "ICCV Workshops 2019",
#: "ICML 2026 Workshop “Deep Things”", "ICML Workshop (Deep Things)".
_HOSTED = re.compile(
    rf"\)?(?:[\s'’(,-]*(?:19|20)?\d\d(?!\d)\)?)?(?:[\s,:–-]*[\s–])?"
    rf"(?:(?P<name>(?:{_WORD}\s+(?:{_TIE})?){{0,7}}{_WORD})\s+(?:\((?P<short>{_ACRONYM})\)\s+)?)?(?P<kind>[Ww]orkshops?|WORKSHOPS?)\b"
    rf"(?!\s+(?:on|and|&)\b)(?:\s*(?::|\s[-–])\s*(?P<behind>[A-Z][^,;:.()]{{2,100}}?)(?:\s+(?:19|20)\d\d)?(?=\s*(?:[,;:.()]|$))"
    rf"|\s*(?:[\"“‘]|``)(?P<quoted>[A-Z][^\"“”;()]{{2,100}}?)(?:[\"”’]|''),?|\s*\((?P<inner>(?:{_WORD}\s+(?:{_TIE})?){{2,7}}{_WORD})\)|\s+(?P<acronym>{_ACRONYM})(?![\w-]))?"
)
#: Before one: "a workshop paper at ICLR".
_OF_HOST = re.compile(r"\b[Ww]orkshops?\s+(?:(?:paper|contribution|track|proceedings)s?\s+)?(?:at|of|@)\s+(?:the\s+)?$")
_HOSTED_REACH = 200
#: What stands before a name and is no part of it: "Presented at the 4th".
_LEAD = re.compile(
    r"(?:(?:the|an?|in|at|by|to|of|for|on|our|proceedings|proc\.?|annual|accepted|presented|published|submitted|appear\w*|part|paper"
    rf"|extended|version|regular|full|short|(?:(?:{'|'.join(words.TENS)})[- ]?)?(?:{'|'.join(words.NUMBER)})|\d+(?:st|nd|rd|th)"
    r"|(?:19|20)\d\d)\s+)+",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_LAST = re.compile(r"(?<!\w)[a-z]+(?=\s*$)|(?<!pages)(?<!figures)(?<!tables),(?=\s*$)")
#: Lower-case words that a name may stand behind; behind others ("meets", "and") it is the end of a longer one.
_MAY_PRECEDE = (
    frozenset("a an at by in on to the our this for from of as into annual reviewed".split()) | words.NUMBER.keys()
)
_SHORT = re.compile(r"\bInt(?:['’]?l\b\.?|\.)|\bConf\b\.?")
_OF_ALL = frozenset("and on of for in joint".split())
#: Words that tell no venue from another: "ICML 2019 Accepted Workshop".
_GENERIC = words.ORG | frozenset(
    "european national world asian main proceedings workshop conference paper extended the co-located arxiv latex pdf of "
    "accepted spotlight oral poster best short full track satellite joint".split()
)


def may_name(text: str) -> bool:
    """Whether a text has any of the words without which `find` finds nothing."""
    return _MAY.search(text, 0, MAX_READ) is not None


def find(text: str, listed: Sequence[Mention], taken: Collection[str] = ()) -> list[Mention]:
    """Mentions of venues that no list holds, by start.

    A workshop whose own name can't be read counts as one of the "ICCV Workshops", if nothing else is found.

    Args:
        listed: mentions of listed venues in the text; a name with one of them in it is none, but for full names.
        taken: ids of the listed series.
    """
    text = text[:MAX_READ]
    found: list[Mention] = []
    for pattern, named in _READ:
        for m in pattern.finditer(text):
            lead = _LEAD.match(m["name"])
            if lead and "submit" in lead[0].lower():
                continue
            start = m.start("name") + (lead.end() if lead else 0)
            name = named(m, start, listed)
            if name is None or (pattern not in _WHOLE and not _alone(m, start, listed, lead is not None)):
                continue
            mention = _mention(m, start if name.start < 0 else name.start, name)
            if mention is None or mention.series.id in taken:
                continue
            if not any(mention.start < f.end and f.start < mention.end for f in found):
                found.append(mention)
    return sorted(found, key=lambda m: m.start) or [m for m in _hosted(text, listed) if m.series.id not in taken]


def _hosted(text: str, listed: Sequence[Mention]) -> Iterator[Mention]:
    """Workshops that are named by the listed conference they met at, and perhaps by more; none beside a listed workshop."""
    if any(x.series.kind == "workshop" for x in listed):
        return
    for host in listed:
        names = (host.series.label, *host.series.aliases)
        if host.series.kind != "conference" or any("orkshop" in name for name in names):  # ASRU is one itself
            continue
        m = _HOSTED.match(text, host.end, host.end + _HOSTED_REACH)
        if m is None and _OF_HOST.search(text[max(0, host.start - _HOSTED_REACH) : host.start]) is None:
            continue
        said = m.group("name", "behind", "quoted", "inner", "acronym") if m else ()
        name = _SPACES.sub(" ", next(filter(None, said), ""))
        telling = bool(name and _own(name))
        several = name.count(" ") > 1 or _ALONE.fullmatch(name)  # every conference may have a "Student Workshop"
        called = f"{name} Workshop" if several else f"{host.series.label} {name} Workshop"
        label = called if telling else f"{host.series.label} Workshops"
        short = (m["short"],) if m and telling and m["short"] else ()
        series = Series(f"venue/{slug(label)}", label, short, "workshop")
        yield Mention(host.start, m.end() if m else host.end, series, "phrase")


class _Name(NamedTuple):
    """What a mention calls a venue; `start`: where the name begins, if not behind its lead."""

    text: str
    acronym: str = ""
    start: int = -1


def _full(m: re.Match[str], start: int, listed: Sequence[Mention]) -> _Name | None:
    host = next((x for x in listed if x.start == start and x.end < m.start("kind")), None)
    start = m.start("kind") if host else start  # "ICML Workshop on …"
    name = _SHORT.sub(lambda w: "Conference" if w[0][0] == "C" else "International", _between(m, start))
    own, kind = _told_by(name), _kind(m)
    for series in (x.series for x in listed if x.start < m.end() and start < x.end):
        if series.kind == kind and own in map(_told_by, (series.label, *series.aliases)):
            return None  # a listed venue, of which the text says something else: a workshop there, say
    return _Name(name[0].upper() + name[1:], _acronym(m), start)


def _workshop(m: re.Match[str], start: int, listed: Sequence[Mention]) -> _Name | None:
    name = _between(m, start)
    return _Name(f"{name} Workshop", name if _ALONE.fullmatch(name) else "") if _own(name) else None


def _headed(m: re.Match[str], start: int, listed: Sequence[Mention]) -> _Name | None:
    name, acronym = _between(m, start), _acronym(m)
    if m["single"]:
        called = f"{acronym} Summit" if m["kind"] in ("Summit", "summit") else acronym
        return _Name(called, acronym) if _own(name) else None
    return _Name(name, acronym) if len(_own(name)) > (0 if acronym else 2) else None  # with its kind


def _said(m: re.Match[str], start: int, listed: Sequence[Mention]) -> _Name | None:
    name = _between(m, start)
    return _Name(name) if name.upper() not in words.HOUSE and name.lower() not in words.ORG else None


def _volume(m: re.Match[str], start: int, listed: Sequence[Mention]) -> _Name | None:
    return _Name(_between(m, start))


#: Each pattern with what makes a name of its matches.
_READ = (
    (_EPTCS, _volume),
    (_FULL, _full),
    (_JOURNAL, _full),
    (_WORKSHOP, _workshop),
    (_HEADED, _headed),
    (_SAID, _said),
)
_WHOLE = (_FULL, _JOURNAL)


def _alone(m: re.Match[str], start: int, listed: Sequence[Mention], led: bool) -> bool:
    """Whether a name is no part of a longer one and has no listed venue in it."""
    before = None if led else _LAST.search(m.string, 0, start)
    if any(x.start < m.end("name") and start < x.end for x in listed):
        return False
    return before is None or before[0] in _MAY_PRECEDE


def _between(m: re.Match[str], start: int) -> str:
    return _SPACES.sub(" ", m.string[start : m.end("name")])


def _acronym(m: re.Match[str]) -> str:
    said = m.groupdict()
    return _DATED.sub("", said.get("acronym") or said.get("dashed") or said.get("single") or "")


def _own(name: str) -> list[str]:
    """The words of a name that tell it from others."""
    return [word for word in re.split(r"[\s/-]+", name) if word.lower() not in _GENERIC]


def _kind(m: re.Match[str]) -> str:
    kind = (m.groupdict().get("kind") or "").lower()
    return "workshop" if kind.startswith("workshop") else "journal" if kind == "journal" else "conference"


def _told_by(name: str) -> set[str]:
    """The words of a full name without its kind and who runs it."""
    return {word.lower() for word in _own(name)} - _OF_ALL


def _mention(m: re.Match[str], start: int, name: _Name) -> Mention | None:
    names = tuple(dict.fromkeys(n for n in (name.text, name.acronym) if len(n) > 2))
    if not names:
        return None
    series = Series(f"venue/{slug(names[0])}", names[0], names[1:], _kind(m))
    short = m.re in (_SAID, _EPTCS)
    return Mention(start, m.end("name") if short else m.end(), series, "acronym" if short else "phrase")
