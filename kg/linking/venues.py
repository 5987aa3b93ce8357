"""Where a paper appeared: editions of conferences, workshops and journals, from comments, journal-ref, DOI and abstract.

Three steps for a field: `venue_names` finds the names of series, `venue_clause` reads whether the words around each say
that the paper *appeared* there and when, and this module makes editions of it. Where that gives none, `venue_unlisted` finds
names that no list holds, by what they say or (`venue_told`) by the words around them; a conference that an unlisted
workshop met at is its host, no place where the paper appeared.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from kg import compiled
from kg.linking import venue_names, venue_series, venue_unlisted
from kg.linking import venue_words as words
from kg.linking.text import View
from kg.linking.venue_clause import Clause, full_year, guest_of, issue_of, ordinal, triggers, whole, year_of
from kg.linking.venue_names import MAX_READ, Mention, Names
from kg.linking.venue_series import HEADER, KINDS, Series, read_venues
from kg.model import Edition, Evidence, Paper, Venue
from kg.settings import ontology_dir

__all__ = ["HEADER", "KINDS", "Series", "VenueIndex", "read_venues", "shipped"]

MAX_STATEMENTS = 8  # "this paper appeared at …" in one abstract


class _Found(NamedTuple):
    edition: Edition
    beside: bool  # the year stands beside the name (or the name has none): the evidence to prefer


class VenueIndex:
    """The names and DOI prefixes of all series, compiled; read-only once built (some tens of milliseconds)."""

    def __init__(self, rows: Iterable[Series], names: Names | None = None) -> None:
        """`names`: those of the same series, if they are made already."""
        self.rows = rows = tuple(rows)
        self._names = names or Names(rows)
        self._ids = frozenset(series.id for series in rows)
        self._dois: dict[str, Series] = {}
        for series in rows:
            for prefix in series.doi_prefix:
                self._dois.setdefault(prefix.lower().replace("yyyy", "YYYY"), series)
        # The lengths of the prefixes of each registrant ("10.1109"), longest first.
        lengths: dict[str, set[int]] = {}
        for prefix in self._dois:
            lengths.setdefault(prefix.partition("/")[0], set()).add(len(prefix))
        self._doi_lengths = {registrant: sorted(found, reverse=True) for registrant, found in lengths.items()}

    def pack(self) -> bytes:
        """All of it, to keep on disk."""
        return marshal.dumps(([tuple(row) for row in self.rows], self._names.tables))

    @classmethod
    def unpack(cls, data: bytes | memoryview) -> VenueIndex:
        """The inverse of `pack`, in a tenth of the time that making takes. Raises ValueError for other bytes."""
        try:
            packed, tables = marshal.loads(data)
            rows = tuple(Series(*row) for row in packed)
        except (EOFError, TypeError) as error:
            raise ValueError("no packed venues") from error
        return cls(rows, Names(rows, tables))

    def find(self, paper: Paper) -> tuple[Edition, ...]:
        """The editions that a paper's record says it appeared at, ordered by venue and year, each once.

        `Edition.year` is 0 where no year is given. Where two fields name the same edition the evidence is that of
        comments, then journal-ref, abstract, DOI; a year anywhere replaces the unknown year of the same venue.
        """
        found: list[_Found] = []
        if paper.comments:
            found += self._in_text(paper, "comments", paper.comments)
        if paper.journal_ref:
            found += self._in_text(paper, "journal_ref", paper.journal_ref)
        if _may_say_appeared(paper.abstract):
            found += self._in_abstract(paper)
        if paper.doi:
            found += self._in_doi(paper)
        if found:
            return _merged(found)
        unlisted = self._unlisted(paper, "comments", paper.comments)
        unlisted = unlisted or self._unlisted(paper, "journal_ref", paper.journal_ref)
        return (unlisted,) if unlisted else ()

    def _in_text(self, paper: Paper, field: str, raw: str) -> list[_Found]:
        openings = self._names.look(raw)
        if openings is not None and not openings:
            return []
        view = View(raw)
        mentions = self._names.mentions(view.plain, openings=openings if view.plain is raw else None)
        if not mentions:
            return []
        if field == "journal_ref":
            return self._references(paper, view, mentions)
        return self._statements(paper, field, view, mentions)

    def _in_abstract(self, paper: Paper) -> list[_Found]:
        """Only what follows an explicit statement ("this paper appeared at …"), in the same sentence."""
        view = View(paper.abstract)
        out: list[_Found] = []
        for m in islice(words.ABSTRACT.finditer(view.plain), MAX_STATEMENTS):
            until = min(m.end() + 150, view.sentence(m.start())[1])
            mentions = self._names.mentions(view.plain, m.end(), until)
            strong = [x for x in mentions if x.strength in ("phrase", "acronym")]
            if strong:
                out += self._statements(paper, "abstract", view, strong)
        return out

    def _statements(self, paper: Paper, field: str, view: View, mentions: list[Mention]) -> list[_Found]:
        text = view.plain
        said = triggers(view.lower, max(0, mentions[0].start - 1000), mentions[-1].end + 200)
        works = _workshops(text)
        out: list[_Found] = []
        for position, mention in enumerate(mentions):
            clause = Clause(view, said, mention)
            peers = [m for m in mentions if m is not mention and clause.start <= m.start < clause.end]
            in_workshop = bool(works) and (
                words.WORKSHOP_NEXT.match(text, mention.end, mention.end + 90) is not None
                or any(
                    clause.start <= w < clause.end
                    and not any(m.start <= w < m.end and m.series.kind != "workshop" for m in (mention, *peers))
                    for w in works
                )
            )
            if mention.series.kind == "conference" and (
                in_workshop or any(m.series.kind == "workshop" and m.strength != "words" for m in peers)
            ):
                continue
            if not clause.says_appeared(in_workshop):
                continue
            if mention.series.kind == "conference" and guest_of(text, mention, mentions):
                continue
            others = [
                m for m in mentions[position + 1 :] if m.series is not mention.series and m.series.kind != "journal"
            ]
            until = others[0].start if others else clause.end
            year, start, end, beside = year_of(text, mention, clause, until)
            if mention.strength == "weak" and not (beside or clause.adjacent or clause.called):
                continue
            host = ""
            if mention.series.kind == "workshop":
                hosts = [m for m in peers if m.series.kind == "conference"]
                if hosts:
                    hosted = min(hosts, key=lambda m: (m.start < mention.start, abs(m.start - mention.start)))
                    host = hosted.series.id
                    if not year or not beside:
                        year = year_of(text, hosted, clause, clause.end)[0] or year
            elif mention.series.kind == "journal" and issue_of(text, mention, peers):
                continue
            rule = f"venue-{'comment' if field == 'comments' else field}"
            score = 0.95 if beside and clause.verdict == "pos" else 0.9 if beside or clause.verdict == "pos" else 0.8
            edition = _edition(paper, field, view, mention.series, year, host, start, end, rule, score)
            out.append(_Found(edition, beside))
        return out

    # --- unlisted ---------------------------------------------------------------------------------------------------

    def _unlisted(self, paper: Paper, field: str, raw: str) -> Edition | None:
        """The edition of the surest venue that no list holds and the field says the paper appeared at."""
        if not venue_unlisted.may_name(raw):
            return None
        view = View(raw)
        text = view.plain
        listed = self._names.mentions(text)
        mentions = venue_unlisted.find(text, listed, self._ids)
        if not mentions:
            return None
        first, last = min(m.start for m in mentions), max(m.end for m in mentions)
        said = triggers(view.lower, max(0, first - 1000), last + 200)
        for mention in mentions:
            clause = Clause(view, said, mention)
            workshop = mention.series.kind == "workshop"
            told = clause.says_appeared(in_workshop=workshop) or (workshop and clause.allows())
            if field == "comments" and not told:
                continue
            hosts = [m for m in listed if m.series.kind == "conference" and clause.start <= m.start < clause.end]
            hosted = min(hosts, key=lambda m: abs(m.start - mention.start)) if workshop and hosts else None
            year, start, end, beside = year_of(text, mention, clause, clause.end)
            year = year or (year_of(text, hosted, clause, clause.end)[0] if hosted else 0) or _only_year(text)
            rule = f"venue-{'comment' if field == 'comments' else 'journal-ref'}-unlisted"
            series, host = mention.series, hosted.series.id if hosted else ""
            edition = _edition(paper, field, view, series, year, host, start, end, rule, 0.85 if beside else 0.8)
            venue = Venue(id=series.id, label=series.label, aliases=series.aliases, kind=series.kind)
            return msgspec.structs.replace(edition, unlisted=venue)
        return None

    # --- journal-ref ------------------------------------------------------------------------------------------------

    def _references(self, paper: Paper, view: View, mentions: list[Mention]) -> list[_Found]:
        """A journal-ref names one venue, as a rule first; what it names later is publisher, host or a second version."""
        text = view.plain[:MAX_READ]
        works = _workshops(text)
        usable = [m for m in mentions if m.strength in ("phrase", "acronym") or words.TITLE.match(text[: m.start])]
        usable = [
            m
            for m in usable
            if m.strength != "weak" or words.YEAR_BESIDE.match(text, m.end) or words.YEAR_SHORT.match(text, m.end)
        ] or usable
        usable = [m for m in usable if m.series.kind != "journal" or not words.CONTINUES.match(text, m.end)]
        usable = [m for m in usable if whole(text, m)]
        if not usable:
            return []
        workshops = [m for m in usable if m.series.kind == "workshop"]
        chosen = workshops[0] if workshops else usable[0]
        conferences = [m for m in usable if m.series.kind == "conference"]
        if chosen.series.kind == "conference" and any(not any(m.start <= w < m.end for m in usable) for w in works):
            return []
        if chosen.series.kind == "journal" and not words.TITLE.match(text[: chosen.start]):
            if not conferences:
                return (
                    [] if chosen.strength != "phrase" or chosen.start > 40 else self._reference(paper, view, chosen, "")
                )
            chosen = conferences[0]
        if chosen.series.kind == "conference" and guest_of(text, chosen, mentions):
            return []
        host = conferences[0].series.id if chosen.series.kind == "workshop" and conferences else ""
        return self._reference(paper, view, chosen, host)

    def _reference(self, paper: Paper, view: View, mention: Mention, host: str) -> list[_Found]:
        text = view.plain
        m = words.YEAR_BESIDE.match(text, mention.end) or words.YEAR_BEFORE.search(
            text[max(0, mention.start - 50) : mention.start]
        )
        start, end = mention.start, mention.end
        if m and mention.series.kind != "journal":
            year = int(m[1])
            end = m.end() if m.start() >= end else end
        else:
            parens = words.PAREN_YEAR.findall(text)
            plain = words.YEAR.findall(text)
            short = words.YEAR_SHORT.match(text, mention.end) if mention.series.kind != "journal" else None
            year = int(parens[-1]) if parens else int(plain[-1]) if plain else full_year(short[1]) if short else 0
            year = year or mention.series.year_of(ordinal(text, mention.start))
        edition = _edition(
            paper, "journal_ref", view, mention.series, year, host, start, end, "venue-journal-ref", 0.95
        )
        return [_Found(edition, True)]

    # --- DOI --------------------------------------------------------------------------------------------------------

    def _in_doi(self, paper: Paper) -> list[_Found]:
        whole_doi = paper.doi.lower()
        begin = whole_doi.find("10.")
        low = whole_doi[begin:].rstrip()
        lengths = self._doi_lengths.get(low.partition("/")[0])
        if begin < 0 or lengths is None:
            return []
        keys: list[tuple[str, int]] = [(low, 0)]
        m = words.DOI_YEAR.search(low)
        if m:
            sign = m[1] or m[2]
            keys.insert(
                0, (low[: m.start()] + (sign if sign == "/" or m[1] else "") + "YYYY" + low[m.end() :], int(m[3]))
            )
        short = words.DOI_SHORT.search(low)
        if short:
            digits = short[1] or short[3] or short[5]
            at = low.index(digits, short.start())
            keys.append((low[:at] + "yy" + low[at + 2 :], full_year(digits)))
        for key, year in keys:
            for length in lengths:
                series = self._dois.get(key[:length])
                if series is None:
                    continue
                if not year and m and m.start() <= length:
                    year = int(m[3])
                end = begin + min(length, len(low))
                evidence = Evidence(
                    paper.id, "doi", begin, end, begin, len(paper.doi.rstrip()), paper.doi[begin:end], "venue-doi", 0.9
                )
                return [_Found(Edition(series.id, year, "", 0.9, evidence), False)]
        return []


@cache
def shipped() -> VenueIndex:
    """The index of the shipped series. It is made once and then kept on disk."""
    file = ontology_dir() / "vocabulary" / "venues.csv"
    code = [Path(str(module.__file__)) for module in (venue_names, venue_series, words)] + [Path(__file__)]
    return compiled.kept(
        "venues", [file, *code], lambda: VenueIndex(read_venues(file)), VenueIndex.pack, VenueIndex.unpack
    )


def _may_say_appeared(abstract: str) -> bool:
    """A look for an explicit statement, right before each of its verbs: most abstracts end at four substring searches."""
    for verb, pattern in words.VERBS:
        if verb in abstract:
            for m in pattern.finditer(abstract):
                if words.ABSTRACT.search(abstract, max(0, m.start() - 150), m.end()):
                    return True
    return False


def _workshops(text: str) -> list[int]:
    """Where the word "workshop" stands, but for "Workshop and Conference Proceedings", which is a series of books."""
    if "orks" not in text and "ORKS" not in text and "kshp" not in text and "KSHP" not in text:
        return []
    books = [m.span() for m in words.NO_WORKSHOP.finditer(text)]
    return [m.start() for m in words.WORKSHOP.finditer(text) if not any(s <= m.start() < e for s, e in books)]


def _only_year(text: str) -> int:
    """The year that a text speaks of, 0 if it speaks of none or several: "ISISE2009", "VLDB'25"."""
    years = {int(y) for y in words.YEAR_INSIDE.findall(text)} | {full_year(y) for y in words.YEAR_TICKED.findall(text)}
    return years.pop() if len(years) == 1 else 0


def _edition(
    paper: Paper,
    field: str,
    view: View,
    series: Series,
    year: int,
    host: str,
    start: int,
    end: int,
    rule: str,
    score: float,
) -> Edition:
    raw_start, raw_end = view.span(start, end)
    if "(" in view.raw[raw_start:raw_end].rpartition(")")[2] and view.raw.startswith(")", raw_end):
        raw_end += 1  # "VLDB (2016)"
    low, high = view.evidence_sentence(start, end)
    exact = view.raw[raw_start:raw_end]
    evidence = Evidence(
        paper.id, field, raw_start, raw_end, min(low, raw_start), max(high, raw_end), exact, rule, score
    )
    return Edition(series.id, year, host, score, evidence)


def _merged(found: list[_Found]) -> tuple[Edition, ...]:
    """One edition for each venue and year; an unknown year, and the year of a DOI, give way to a year that is said."""
    if len(found) == 1:
        return (found[0].edition,)
    by_venue: dict[str, list[_Found]] = {}
    for item in found:
        by_venue.setdefault(item.edition.venue, []).append(item)
    out: list[Edition] = []
    for items in by_venue.values():
        said = [f for f in items if f.edition.year and f.edition.evidence.field != "doi"]
        if any(f.beside for f in said):
            said = [f for f in said if f.beside]
        dated = said or [f for f in items if f.edition.year]
        host = next((f.edition.host for f in items if f.edition.host), "")
        years: dict[int, _Found] = {}
        for item in dated or items[:1]:
            best = years.get(item.edition.year)
            if best is None or item.edition.confidence > best.edition.confidence:
                years[item.edition.year] = item
        for item in years.values():
            e = item.edition
            out.append(Edition(e.venue, e.year, e.host or host, e.confidence, e.evidence))
    return tuple(sorted(out, key=lambda e: (e.venue, e.year)))
