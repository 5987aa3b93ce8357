"""The series of venues: what a row of `ontology/vocabulary/venues.csv` holds, and reading that file with all its checks."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

from kg.errors import VocabularyError

HEADER = ("id", "label", "aliases", "kind", "anchor", "period", "doi_prefix", "url")
KINDS = ("conference", "workshop", "journal")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Series(NamedTuple):
    """One row of the vocabulary: a series of conferences or workshops, or a journal.

    `anchor` is (ordinal, year) of one edition, (0, 0) if unknown; `period` is the number of years between editions.
    A DOI prefix may hold `YYYY` or `YY` where the DOI has the year.
    """

    id: str
    label: str
    aliases: tuple[str, ...]
    kind: str
    anchor: tuple[int, int] = (0, 0)
    period: int = 1
    doi_prefix: tuple[str, ...] = ()
    url: str = ""

    def year_of(self, ordinal: int) -> int:
        """The year of the n-th edition by the anchor, or 0 if there is none or it is not a sensible year."""
        number, year = self.anchor
        found = year + (ordinal - number) * self.period if number and ordinal else 0
        return found if 1950 <= found <= 2049 else 0


def read_venues(path: Path) -> tuple[Series, ...]:
    """Read a venue vocabulary, in file order.

    Raises `VocabularyError` if the file cannot be read, and with file and line if a row breaks the form: wrong header or
    number of columns, a bad or repeated id, an unknown kind, an anchor that is not N=YEAR, or a name that another row has too.
    """
    out: list[Series] = []
    owners: dict[str, str] = {}
    ids: set[str] = set()

    def bad(line: int, what: str) -> VocabularyError:
        return VocabularyError(f"{path}:{line}: {what}")

    rows = _rows(path)
    if not rows or tuple(rows[0][1]) != HEADER:
        raise bad(1, f"the header must be {','.join(HEADER)}")
    for line, row in rows[1:]:
        if len(row) != len(HEADER):
            raise bad(line, f"{len(row)} columns, not {len(HEADER)}; quote cells that hold commas")
        slug, label, aliases, kind, anchor, period, prefixes, url = (cell.strip() for cell in row)
        if not _SLUG.fullmatch(slug) or slug in ids:
            raise bad(line, f"id {slug!r} is no slug or stands twice; use a-z, 0-9 and single hyphens, once")
        if not label or kind not in KINDS:
            raise bad(line, f"label {label!r}, kind {kind!r}: give a label and one of {', '.join(KINDS)}")
        m = re.fullmatch(r"([1-9]\d{0,2})=((?:19|20)\d\d)", anchor) if anchor else None
        if (anchor and m is None) or (period and not re.fullmatch(r"[1-9]", period)):
            raise bad(line, f"anchor {anchor!r}, period {period!r}: write N=YEAR, and a period of 1 to 9 years")
        ids.add(slug)
        names = tuple(dict.fromkeys(a.strip() for a in aliases.split("|") if a.strip() and a.strip() != label))
        for name in (label, *names):
            if owners.setdefault(name, slug) != slug:
                raise bad(line, f"{name!r} already names {owners[name]!r}; keep it in one of the two rows")
        out.append(
            Series(
                f"venue/{slug}",
                label,
                names,
                kind,
                (int(m[1]), int(m[2])) if m else (0, 0),
                int(period or 1),
                tuple(p.strip() for p in prefixes.split("|") if p.strip()),
                url,
            )
        )
    return tuple(out)


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of a file, each with the number of its last line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # Excel writes a byte order mark
            reader = csv.reader(file)
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise VocabularyError(f"{path}: cannot be read: {error}") from error
