"""What the words around a venue's name say: whether the paper appeared there, in which year, and whether the name is
that of the whole venue or of a part that has its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from kg.linking import venue_words as words
from kg.linking.text import View
from kg.linking.venue_names import Mention, stem

Trigger = tuple[int, int, str]  # start, end, "pos" (says it appeared), "neg" (says it did not) or "weak"


def triggers(lower: str, low: int, high: int) -> list[Trigger]:
    """All matches of `words.TRIGGER` in a part of a lower-case text, from the left, without overlap."""
    return [(*m.span(), m.lastgroup or "") for m in words.TRIGGER.finditer(lower, low, high)]


class Clause:
    """The part of a sentence that speaks of one mention, and what its words say about it."""

    def __init__(self, view: View, said: list[Trigger], mention: Mention) -> None:
        self.text, self.lower, self.mention = view.plain, view.lower, mention
        text, sentence = view.plain, view.sentence(mention.start)
        low = max(sentence[0], text.rfind(";", 0, mention.start) + 1)
        high = max(sentence[1], mention.end)
        if text[mention.end : mention.end + 1] == "." and high <= mention.end + 2:
            high = min(len(text), mention.end + 60)  # "Proc. VLDB Endow. 13(5), 2020": the stop shortens the name
        semicolon = text.find(";", mention.end, high)
        high = semicolon if semicolon >= 0 else high
        self.verdict, self.start, self.end, self.adjacent = "", low, high, False
        weak = False
        for start, end, kind in said:
            if start < low:
                continue
            if start >= mention.start:
                if kind == "pos" and start >= mention.end and words.NEXT.search(text[max(0, start - 16) : start]):
                    self.end = min(self.end, start)
                    break
                continue
            if kind == "weak":
                weak = True
                continue
            if kind == "neg" and self.verdict == "pos" and self.lower.endswith(("submission", "review"), start, end):
                continue  # "accepted submission", "accepted after peer review"
            self.verdict, self.start = kind, start
            self.adjacent = kind == "pos" and words.FILL.match(self.lower, end, mention.start) is not None
        self.weak = weak
        #: "EMC2 Workshop": what follows says that a short name is a workshop's
        self.called = mention.series.kind == "workshop" and self.lower.startswith(" workshop", mention.end)
        if text.find("and", self.start, self.end) >= 0:
            m = words.AND_AS.search(text, mention.end, self.end)
            self.end = m.start() if m else self.end
            for m in words.AND_AS.finditer(text, self.start, mention.start):
                self.start = m.start()

    def says_appeared(self, in_workshop: bool) -> bool:
        text, mention = self.text, self.mention
        if self._denied():
            return False
        after_end = mention.end + 60
        if words.AFTER_NEGATIVE.match(self.lower, mention.end, after_end) and not words.TRACK_AFTER.match(
            self.lower, mention.end, after_end
        ):
            # "camera-ready ICLR submission" was accepted.
            return self.adjacent and (
                self.lower.startswith("camera", self.start)
                or words.SET_IN.match(self.lower, mention.end, mention.end + 60) is not None
            )
        if not whole(text, mention):
            return False
        if mention.series.kind == "conference":
            low = max(self.start, mention.start - 50)
            if words.HOSTED.search(self.lower, low, mention.start) or (
                text.find("@", low, mention.start) >= 0 and words.HOSTED_AT.search(text[low : mention.start])
            ):
                return False
        after = text[mention.end : mention.end + 40]
        if mention.strength != "phrase" and self._ends_another():
            return False
        if mention.strength == "words":
            if mention.series.kind == "workshop":
                return in_workshop or (self.verdict == "pos" and self.adjacent)
            several = " " in text[mention.start : mention.end] or after.lstrip().lower().startswith("journal")
            if several and self.verdict != "neg" and self._alone() and words.VOLUME.match(after):
                return True
            telling = several or mention.series.label.lower() not in words.WORDS
            return telling and self.verdict == "pos" and self.adjacent and words.JOURNAL_EDGE.match(after) is not None
        if self.verdict == "pos" or self.called:
            return True
        if mention.strength != "weak" and words.PRAISE.match(self.lower, mention.end, mention.end + 40):
            return True
        year = (
            words.YEAR_BESIDE.match(after)
            or words.YEAR_SHORT.match(after)
            or words.YEAR_BEFORE.search(text[max(self.start, mention.start - 40) : mention.start])
        )
        if mention.series.kind == "journal" and mention.strength != "phrase":
            return bool(year) or self._alone() or (self.weak and mention.strength == "acronym")
        if year:
            return True
        if mention.strength == "phrase":
            # Without a head or a year it may be a field ("cs.CV (Computer Vision and Pattern Recognition)").
            if words.HEADED.search(text, mention.start, mention.end):
                return True
            if words.HEAD_BEFORE.search(text[max(0, mention.start - 25) : mention.start]):
                return True
            if words.YEAR.search(text, mention.end, max(mention.end, min(self.end, mention.end + 60))):
                return True
        if mention.strength != "acronym":
            return False
        if words.PROCEEDINGS_OF.search(self.lower, self.start, mention.start):
            return words.ITS_CONFERENCE.match(self.lower, mention.end) is None
        return self._alone()

    def _ends_another(self) -> bool:
        """Whether the words before the name make it the end of a longer one."""
        head = words.END_OF_NAME.get(self.mention.series.kind)
        start = self.mention.start
        return head is not None and head.search(self.lower, max(0, start - 40), start) is not None

    def allows(self) -> bool:
        """Whether nothing says that the paper did not appear there."""
        after = self.mention.end
        return not self._denied() and words.AFTER_NEGATIVE.match(self.lower, after, after + 60) is None

    def _denied(self) -> bool:
        """Whether it is said before the name, or in brackets behind it, that the paper did not appear."""
        after = self.mention.end
        return self.verdict == "neg" or words.NOT_YET.search(self.lower, after, after + 80) is not None

    def _alone(self) -> bool:
        """The mention is all that stands between two signs: "10 pages, IEEE Access, 2 figures"."""
        before = re.split(r"[,;.()]\s", self.text[self.start : self.mention.start])[-1]
        after = re.split(r"[,;.()]", self.text[self.mention.end : self.end], maxsplit=1)[0]
        return (
            len(words.TOKEN.findall(before)) <= 2
            and len(words.TOKEN.findall(after)) <= 2
            and words.FILL.match(before.replace("IEEE", "").lower()) is not None
        )


def whole(text: str, mention: Mention) -> bool:
    """A full name is not the middle of a longer one ("Chinese Conference on …", "… Vision Theory and Applications")."""
    if mention.strength != "phrase" and mention.strength != "words":
        return _spelt_out(text, mention)
    if words.CONTINUES.match(text, mention.end):
        return False
    other = words.OTHER_NAME.match(text, mention.end, mention.end + 200)
    if other is not None and other["acronym"].upper() not in words.HOUSE and not _has_name(mention, other["acronym"]):
        return False
    journal = mention.series.kind == "journal"
    if journal and words.NAME_GOES_ON.match(text, mention.end):
        return False
    if journal and text[mention.start : mention.start + 5].lower() != "journ":
        return True
    m = words.REGION.search(text[max(0, mention.start - 30) : mention.start])
    if m is None:
        return True
    word = m["word"].lower()
    if journal and word in ("international", "european"):
        return False
    return (
        word in words.ORG
        or word in words.STOP
        or word in words.NUMBER
        or words.TRIGGER.match(word) is not None
        or len(word) <= 3
        or word in words.BEFORE_NAMES
        or words.TENS_WORD.match(word) is not None
    )


def _has_name(mention: Mention, name: str) -> bool:
    """Whether a series has this acronym, alone or as a part of a name ("IEEE BigData")."""
    series = mention.series
    return any(name.lower() in alias.lower().split() for alias in (series.label, *series.aliases))


def _spelt_out(text: str, mention: Mention) -> bool:
    """An acronym in brackets stands for the name before it: "… on Soft Computing (SCIS 2014)" is not the SCIS listed."""
    before = text[max(0, mention.start - 120) : mention.start]
    if not before.endswith("(") or not words.NAMED.search(before):
        return True
    said = {stem(t) for t in words.TOKEN.findall(before)}
    if stem(text[mention.start : mention.end]) in said:
        return True  # "eScience Conference (eScience 2019)"
    dull = words.STOP | words.ORG | words.HEADS
    names = [{stem(t) for t in words.TOKEN.findall(a)} - dull for a in mention.series.aliases if " " in a]
    names = [name for name in names if len(name) > 1]
    return not names or any(2 * len(name & said) >= len(name) for name in names)


class Guest(NamedTuple):
    """A workshop that is named by its acronym beside the conference it met at; the name is "" in "CVPR-W"."""

    name: str
    start: int
    end: int


def guest_of(text: str, mention: Mention, mentions: Sequence[Mention]) -> Guest | None:
    """The unlisted workshop that a conference's name says the place of: "NeurIPS SPIGM 2025", "OSACT7 (LREC 2026)"."""

    def foreign(name: str, at: int) -> bool:
        return (
            sum(c.isupper() for c in name) >= 2
            and name != "AI"
            and name.upper() not in words.HOUSE
            and name.lower() not in words.ORG
            and name.lower() not in words.REGIONS
            and words.ROMAN.fullmatch(name) is None
            and not any(m.start <= at < m.end for m in mentions)
        )

    if mention.strength == "phrase":
        return None
    start, end = mention.start, mention.end
    m = words.GUEST_AFTER.match(text, end, end + 60)
    if m and foreign(m["name"] or m["joined"], m.start(m.lastgroup or 0)):
        return Guest(m["name"] or m["joined"], *m.span(m.lastgroup or 0))
    if words.WORKSHOPS_AFTER.match(text, end):
        return Guest("", end, end)
    low = max(0, start - 80)
    before = text[low:start]
    if before.endswith("-"):
        m = words.GUEST_JOINED.search(before)
    elif before.endswith(("(", ", ")):
        m = words.GUEST_BEFORE.search(before)
        if m and (words.NAMED.search(before) or (m["comma"] and not m["at"])):
            return None
    elif before.endswith(("- ", "\u2013 ")):
        m = words.GUEST_DASHED.search(before)
    elif before.endswith((" at ", "@", "@ ")):
        m = words.GUEST_AT.search(before)
    else:
        return None
    found = m is not None and foreign(m["name"], low + m.start("name"))
    return Guest(m["name"], low + m.start("name"), low + m.end("name")) if m and found else None


def issue_of(text: str, journal: Mention, peers: list[Mention]) -> bool:
    """The journal's issue is a conference's proceedings: "ACM Transactions on Graphics (Proc. SIGGRAPH 2020)"."""
    for m in peers:
        if m.series.kind == "conference":
            low, high = (journal.end, m.start) if journal.end <= m.start else (m.end, journal.start)
            if words.ISSUE.fullmatch(text, low, high):
                return True
    return False


def full_year(digits: str) -> int:
    """The year that two digits stand for: 80 to 99 are of the last century."""
    number = int(digits)
    return 1900 + number if number >= 80 else 2000 + number


def ordinal(text: str, start: int) -> int:
    """The ordinal before a name ("48th", "Thirty-fourth"), 0 if there is none."""
    m = words.ORDINAL.search(text[max(0, start - 80) : start])
    if m is None:
        return 0
    if m[1]:
        return int(m[1])
    tens = (words.TENS.index(m[2].lower()) + 2) * 10 if m[2] else 0
    return tens + words.NUMBER[m[3].lower()]


def year_of(text: str, mention: Mention, clause: Clause, until: int) -> tuple[int, int, int, bool]:
    """(year or 0, start, end, whether it stands beside the name): the span covers name and a year beside it."""
    start, end = mention.start, mention.end
    m = words.YEAR_BESIDE.match(text, end)
    if m:
        return int(m[1]), start, m.end(), True
    short = (
        words.YEAR_SHORT.match(text, end)
        if mention.strength != "phrase" or text[end - 1].isupper()
        else words.YEAR_QUOTED.match(text, end)
    )
    if short:
        return full_year(short[1]), start, short.end(), True
    low = max(clause.start, start - 60)
    before = words.YEAR_BEFORE.search(text[low:start])
    if before:
        return int(before[1]), low + before.start(1), end, True
    inside = words.YEAR.search(text, start, end)
    if inside:
        return int(inside[0]), start, end, True
    volume = words.VOLUME.match(text[end : end + 80]) if mention.series.kind == "journal" else None
    if volume:
        return int(volume[1]), start, end, False
    counted = mention.series.year_of(ordinal(text, start))
    near = words.YEAR.search(text, end, max(end, min(clause.end, until, end + 120)))
    if near:
        return int(near[0]), start, end, False
    if counted:
        return counted, start, end, True
    return 0, start, end, False
