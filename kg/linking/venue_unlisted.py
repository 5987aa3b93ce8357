"""Venues that no list holds, by how they are named: "the 3rd Workshop on Fair Things (FT 2020)", "HPAI4S Workshop".

Names that say what they are: a full name with its kind ("Conference on …", "Journal of …"), a name before "workshop" or
"conference"; what only the words around tell is read by `venue_told`. A series is made of the name alone, so that all
papers that name it mean one; whether a paper appeared there, and when, is read as for listed series.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from kg.linking import venue_told
from kg.linking import venue_words as words
from kg.linking.venue_clause import guest_of
from kg.linking.venue_forms import (
    ACRONYM,
    ALONE,
    BEFORE,
    PHRASE,
    QUOTE,
    SPACES,
    TIE,
    WORD,
    YEAR,
    Name,
    Naming,
    between,
    own,
)
from kg.linking.venue_names import MAX_READ, Mention
from kg.linking.venue_series import Series
from kg.ontology import slug

#: What a text without has no such name.
_MAY = re.compile(
    r"orkshop|WORKSHOP|onf|CONF|ympos|ongress|olloqu|ummit|ournal|orum|chool|eeting|ccepted|ublished|resented|ppear|^In Proc|ress\b|\w[ '’-]?(?:19|20)\d\d(?!\d)|['’]\d\d"
)
_DATED = re.compile(r"[-'’]?(?:(?:19|20)\d\d|(?<=[-'’])\d\d)$")  # the year of "PAL-18"
_BEHIND = (
    rf"(?:\s*\(\s*(?:[A-Z]+/)*(?P<acronym>{ACRONYM}?)(?:{YEAR})?(?:\s+[Ww]orkshop)?\s*\)"
    rf"|(?:,\s*|\s+[-–]\s+)(?P<dashed>{ACRONYM}){YEAR}(?!\d))?"
)
_ON = rf"\s+(?:on|of|for)\s+(?:the\s+)?{QUOTE}?{PHRASE}){_BEHIND}"
_KIND = r"[Cc]onference|Conf\.?|[Ss]ymposium|[Ww]orkshops?|Colloquium|Congress|Summit|Forum|Meeting|School|Consortium|Seminar"
#: "International Workshop on Parallel Things (PT 2020)"
_FULL = re.compile(rf"(?<![\w&+/@-])(?P<name>{BEFORE}(?:{WORD}\s+){{0,4}}?(?P<kind>{_KIND}){_ON}")
_JOURNAL = re.compile(rf"(?<![\w&+/@-])(?P<name>{BEFORE}(?P<kind>Journal){_ON}")
#: "HPAI4S Workshop", "Deep Learning Workshop"
_WORKSHOP = re.compile(
    rf"(?<![\w&+/@-])(?P<name>(?:{ACRONYM})(?![\w-])|(?:{WORD}\s+(?:{TIE}){{0,2}}){{0,7}}{WORD})"
    rf"(?:\s+\((?:(?P<acronym>{ACRONYM}?)(?:{YEAR})?|[A-Z][\w .&+-]{{1,20}})\))?(?:[\s'’-]+(?:19|20)?\d\d)?\s+(?P<kind>[Ww]orkshop|WORKSHOP)(?!s|\s+on\b|\s+(?:and|&)\s+[Cc]onf)"
)
#: "Small Satellite Conference", "ABC 2020 conference"
_HEADED = re.compile(
    rf"(?<![\w&+/@-])(?P<name>(?:(?P<single>{ACRONYM})(?:[\s'’-]*(?:19|20)\d\d)?|{BEFORE}{WORD}(?:\s+(?:{TIE})?{WORD}){{1,5}})"
    rf"\s+(?P<kind>[Cc]onference|CONFERENCE|[Ss]ymposium|[Ss]ummit|Congress|Seminar))(?!s|\s+(?:on|of|for|in)\b){_BEHIND}"
)
#: Before a name with its kind that may be short: "Proceedings of the 9th Annual Security Conference".
_PLACED = re.compile(
    r"(?:\d[\s-]?(?:st|nd|rd|th)|[Aa]nnual|[Pp]roceedings\s+of(?:\s+the)?|[Pp]roc\.(?:\s+of)?|(?:19|20)\d\d|IEEE|ACM|AIAA|USENIX"
    r"|(?:[Aa]ccepted|[Pp]resented|[Pp]ublished|[Aa]ppear\w*)\s+(?:at|to|in|by)(?:\s+the)?)\s+$"
)
_PLACED_REACH = 30
_YEAR_BEHIND = re.compile(r",?\s+(?:19|20)\d\d(?!\d)")
#: Behind a listed conference: "NIPS'17 Workshop: Deep Things", "ICLR 2026 DATA-FM Workshop", "ICCV Workshops 2019",
#: "ICML 2026 Workshop “Deep Things”", "ICML Workshop (Deep Things)".
_HOSTED = re.compile(
    rf"\)?(?:[\s'’(,-]*(?:19|20)?\d\d(?!\d)\)?)?(?:[\s,:–-]*[\s–])?"
    rf"(?:(?P<name>(?:{WORD}\s+(?:{TIE})?){{0,7}}{WORD})\s+(?:\((?P<short>{ACRONYM})\)\s+)?)?(?P<kind>[Ww]orkshops?|WORKSHOPS?)\b"
    rf"(?!\s+(?:on|and|&)\b)(?:\s*(?::|\s[-–])\s*(?P<behind>[A-Z][^,;:.()]{{2,100}}?)(?:\s+(?:19|20)\d\d)?(?=\s*(?:[,;:.()]|$))"
    rf"|\s*(?:[\"“‘]|``)(?P<quoted>[A-Z][^\"“”;()]{{2,100}}?)(?:[\"”’]|''),?|\s*\((?P<inner>(?:{WORD}\s+(?:{TIE})?){{2,7}}{WORD})\)|\s+(?P<acronym>{ACRONYM})(?![\w-]))?"
)
#: Before one: "a workshop paper at ICLR".
_OF_HOST = re.compile(
    r"\b[Ww]orkshops?\s+(?:(?:paper|contribution|track|proceedings)s?\s+)?(?:at|of|for|@)\s+(?:the\s+)?$"
)
_HOSTED_REACH = 200
#: What stands before a name and is no part of it: "Presented at the 4th".
_LEAD = re.compile(
    r"(?:(?:the|an?|in|at|by|to|of|for|on|our|proceedings|proc\.?|annual|accepted|presented|published|submitted|appear\w*|part|paper"
    rf"|extended|version|regular|full|short|(?:(?:{'|'.join(words.TENS)})[- ]?)?(?:{'|'.join(words.NUMBER)})|\d+-?(?:st|nd|rd|th)"
    r"|(?:19|20)\d\d)\s+)+",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(?<!\w)(?<!\d-)[a-z]+(?=\s*$)|(?<=\w)(?<!ages)(?<!igures)(?<!ables)(?<!igure)(?<!able)(?<!age),(?=\s*$)"
)
#: Lower-case words that a name may stand behind; behind others ("meets", "and") it is the end of a longer one.
_MAY_PRECEDE = (
    frozenset("a an at by in on to the our this for from of as into annual reviewed conference".split())
    | words.NUMBER.keys()
)
_SHORT = re.compile(r"\bInt(?:['’]?l\b\.?|\.|\b(?= Conf))|\bConf\b\.?")
#: Between an acronym and the full name it stands for.
_OPENS = re.compile(r"['’\s-]*(?:(?:19|20)?\d\d)?[\s:,(–-]*(?:[Pp]roceedings of )?(?:the )?(?:\w+ )?", re.IGNORECASE)
_OF_ALL = frozenset("and on of for in joint".split())


def may_name(text: str) -> bool:
    """Whether a text has any of the words without which `find` finds nothing."""
    return _MAY.search(text, 0, MAX_READ) is not None


def find(text: str, listed: Sequence[Mention], taken: Collection[str] = ()) -> list[Mention]:
    """Mentions of venues that no list holds, the surest first.

    Names that say what they are come before workshops named beside their conference, these before names that only the
    words around tell. A workshop whose own name can't be read counts as one of the "ICCV Workshops".

    Args:
        listed: mentions of listed venues in the text; a name with one of them in it is none, but for full names.
        taken: ids of the listed series.
    """
    text = text[:MAX_READ]
    full = _read(text, listed, taken, _FULL_NAMES)
    told = _read(text, listed, taken, venue_told.READ)
    hosted = [m for m in _hosted(text, listed) if m.series.id not in taken]
    full.sort(key=lambda m: (m.series.kind != "workshop", m.start))
    hosted.sort(key=lambda m: m.series.label.endswith(" Workshops"))
    return [*_called(text, full, told), *hosted, *told]


def _called(text: str, full: Sequence[Mention], told: Sequence[Mention]) -> list[Mention]:
    """Full names, each with the acronym before it: "ABC 2013: The Seventh International Conference on …"."""
    out: list[Mention] = []
    for m in full:
        short = next((t for t in told if _OPENS.fullmatch(text, t.end, max(t.end, m.start)) and t.end <= m.start), None)
        if short is not None and not m.series.aliases:
            m = m._replace(start=short.start, series=m.series._replace(aliases=(short.series.label,)))
        out.append(m)
    return out


def _read(
    text: str, listed: Sequence[Mention], taken: Collection[str], patterns: Sequence[tuple[re.Pattern[str], Naming]]
) -> list[Mention]:
    """What patterns find, by start; where two overlap, what the earlier of them found."""
    found: list[Mention] = []
    for pattern, named in patterns:
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
    return sorted(found, key=lambda m: m.start)


def _hosted(text: str, listed: Sequence[Mention]) -> Iterator[Mention]:
    """Workshops that are named by the listed conference they met at, and perhaps by more; none beside a listed workshop."""
    if any(x.series.kind == "workshop" and x.strength != "words" for x in listed):
        return
    for host in listed:
        names = (host.series.label, *host.series.aliases)
        if host.series.kind != "conference" or any("orkshop" in name for name in names):  # ASRU is one itself
            continue
        guest = guest_of(text, host, listed) if host.series.kind == "conference" else None
        if guest and len(guest.name) > 2:
            series = Series(f"venue/{slug(guest.name)}-workshop", f"{guest.name} Workshop", (guest.name,), "workshop")
            yield Mention(guest.start, guest.end, series, "phrase")
            continue
        m = _HOSTED.match(text, host.end, host.end + _HOSTED_REACH)
        if m is None and _OF_HOST.search(text[max(0, host.start - _HOSTED_REACH) : host.start]) is None:
            continue
        said = m.group("name", "behind", "quoted", "inner", "acronym") if m else ()
        name = SPACES.sub(" ", next(filter(None, said), ""))
        telling = bool(name and own(name))
        several = name.count(" ") > 1 or ALONE.fullmatch(name)  # every conference may have a "Student Workshop"
        called = f"{name} Workshop" if several else f"{host.series.label} {name} Workshop"
        label = called if telling else f"{host.series.label} Workshops"
        short = (m["short"],) if m and telling and m["short"] else ()
        series = Series(f"venue/{slug(label)}", label, short, "workshop")
        yield Mention(host.start, m.end() if m else host.end, series, "phrase")


def _full(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    host = next((x for x in listed if x.start == start and x.end < m.start("kind")), None)
    start = m.start("kind") if host else start  # "ICML Workshop on …"
    name = _SHORT.sub(lambda w: "Conference" if w[0][0] == "C" else "International", between(m, start))
    telling, kind = _told_by(name), _kind(m)
    for series in (x.series for x in listed if x.start < m.end() and start < x.end):
        if series.kind == kind and telling in map(_told_by, (series.label, *series.aliases)):
            return None  # a listed venue, of which the text says something else: a workshop there, say
    last = name.rpartition(" ")[2]  # "International Symposium on ELMAR"
    short = last if len(telling - {m["kind"].lower()}) == 1 and ALONE.fullmatch(last) else ""
    return Name(name[0].upper() + name[1:], _acronym(m) or short, start)


def _workshop(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    name = between(m, start)
    return Name(f"{name} Workshop", name if ALONE.fullmatch(name) else _acronym(m)) if own(name) else None


def _headed(m: re.Match[str], start: int, listed: Sequence[Mention]) -> Name | None:
    name, acronym = between(m, start), _acronym(m)
    if m["single"]:
        called = f"{acronym} Summit" if m["kind"] in ("Summit", "summit") else acronym
        return Name(called, acronym) if own(name) else None
    telling = [word for word in own(name) if word.lower() != m["kind"].lower()]
    if not telling or "Xplore" in telling:
        return None
    if acronym or len(own(name)) > 2:
        return Name(name, acronym)
    placed = _PLACED.search(m.string, max(0, start - _PLACED_REACH), start) or _YEAR_BEHIND.match(
        m.string, m.end("name")
    )
    return Name(name) if placed else None  # with its kind


#: Each pattern with what makes a name of its matches.
_FULL_NAMES = (
    venue_told.EPTCS,
    (_FULL, _full),
    (_JOURNAL, _full),
    (_WORKSHOP, _workshop),
    (_HEADED, _headed),
)
_WHOLE = (_FULL, _JOURNAL)
_TOLD_BY_WORDS = frozenset(pattern for pattern, _ in venue_told.READ)
_TOLD = _TOLD_BY_WORDS | {venue_told.EPTCS[0]}


def _alone(m: re.Match[str], start: int, listed: Sequence[Mention], led: bool) -> bool:
    """Whether a name is no part of a longer one and has no listed venue in it."""
    before = None if led else _LAST.search(m.string, 0, start)
    for x in listed:
        inside = x.strength == "words" and (start < x.start or x.end < m.end("name"))  # "Science" of "Quxing Science"
        if x.start < m.end("name") and start < x.end and not inside:
            return False
    return before is None or before[0] in _MAY_PRECEDE


def _acronym(m: re.Match[str]) -> str:
    said = m.groupdict()
    return _DATED.sub("", said.get("acronym") or said.get("dashed") or said.get("single") or "")


def _kind(m: re.Match[str]) -> str:
    kind = (m.groupdict().get("kind") or "").lower()
    return "workshop" if kind.startswith("workshop") else "journal" if kind == "journal" else "conference"


def _told_by(name: str) -> set[str]:
    """The words of a full name without its kind and who runs it."""
    return {word.lower() for word in own(name)} - _OF_ALL


def _mention(m: re.Match[str], start: int, name: Name) -> Mention | None:
    short = m.re in _TOLD
    said: tuple[str, ...] = (name.text, name.acronym)
    if m.re in _TOLD_BY_WORDS:
        said = tuple(_DATED.sub("", n).rstrip("-'’ ") for n in said)
    names = tuple(dict.fromkeys(n for n in said if len(n) > 2))
    if not names:
        return None
    kind = venue_told.kind_of(m, names[0]) if short else _kind(m)
    series = Series(f"venue/{slug(names[0])}", names[0], names[1:], kind)
    return Mention(start, m.end("name") if short else m.end(), series, "acronym" if short else "phrase")
