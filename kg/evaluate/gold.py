"""Hand-labelled papers, names and venues: the three forms of labels, and when two texts say the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import msgspec

from kg.errors import InputError

T = TypeVar("T")

Kind = Literal["systems", "hardware", "techniques", "datasets", "tasks"]
Role = Literal["introduces", "extends", "compares", "evaluates", "runs", "addresses", "uses", "mentions"]


class GoldLink(msgspec.Struct, frozen=True):
    """An entity that must or may be linked: alternative labels joined by "|", right classes, roles of all annotators."""

    label: str
    types: tuple[Kind, ...] = ()
    roles: tuple[Role, ...] = ()


class GoldClaim(msgspec.Struct, frozen=True):
    """A result: a number or a range "2.1-9.5", and what the text says of it. `bounds`: one per annotator."""

    value: float | str
    unit: str | None = None
    metric: str | None = None
    bound: str | None = None
    bounds: tuple[str | None, ...] | None = None
    condition: str | None = None
    baseline: str | None = None


class GoldVenue(msgspec.Struct, frozen=True):
    """A venue with its year, if the text gives it; `part_of` is the conference of a workshop."""

    label: str
    year: int | None = None
    part_of: str | None = None


class GoldPaper(msgspec.Struct, frozen=True):
    """The labels of one paper, found by `id` (arXiv) or by the first words of its abstract, `start`.

    What one annotator wrote stands in the `…may` fields: finding it is neither asked for nor an error.
    """

    must: tuple[GoldLink, ...]
    introduces: tuple[str, ...]
    claims: tuple[GoldClaim, ...]
    id: str | None = None
    start: str | None = None
    may: tuple[GoldLink, ...] = ()
    introduces_may: tuple[str, ...] = ()
    claims_may: tuple[GoldClaim, ...] = ()
    venue: GoldVenue | None = None
    venue_may: tuple[GoldVenue, ...] = ()

    def __post_init__(self) -> None:
        if not (self.id or self.start):
            raise ValueError("a paper needs an id or the start of its abstract")


class GoldName(msgspec.Struct, frozen=True):
    """What a name means in a paper: an entity's labels, or None if none of `senses` (labels, joined by "|")."""

    paper: str
    surface: str
    link: str | None
    senses: tuple[str, ...]


class GoldEdition(NamedTuple):
    """Where a paper really appeared, and whether its comment says so."""

    paper: str
    venue: str
    year: str
    comment: str
    named: bool


EDITION_COLUMNS = ("id", "venue", "year", "comment", "comment_names_venue")
#: Names in lists of venues that no series has.
VENUE_NAMES = {
    "nips": "neurips",
    "siggraphasia": "siggraph asia",
    "acmmm": "acm multimedia",
    "www": "the web conference",
}


class Gold(NamedTuple):
    """The labels of one file; only one of the three is not empty."""

    papers: tuple[GoldPaper, ...] = ()
    names: tuple[GoldName, ...] = ()
    editions: tuple[GoldEdition, ...] = ()


def read_gold(path: Path) -> Gold:
    """Read labels of any of the three forms. Raises InputError naming file and line."""
    text = read_text(path)
    lines = numbered(text)
    if not lines:
        raise InputError(f"{path}: empty; give a file with labels")
    if not lines[0][1].lstrip().startswith("{"):
        return Gold(editions=tuple(_read_editions(path, text)))
    if '"surface"' in lines[0][1]:
        return Gold(names=tuple(decode(path, i, line, GoldName) for i, line in lines))
    if '"links"' in lines[0][1]:
        raise InputError(
            f"{path}: what single annotators wrote; give its folder, which is scored as `kg.evaluate.standoff` says"
        )
    return Gold(papers=tuple(decode(path, i, line, GoldPaper) for i, line in lines))


def read_text(path: Path) -> str:
    """The text of a file of labels. Raises InputError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: labels cannot be read: {error}") from error


def numbered(text: str) -> list[tuple[int, str]]:
    """Lines that are not blank, with their numbers from 1 on."""
    return [(i, line) for i, line in enumerate(text.split("\n"), 1) if line.strip()]


def decode(path: Path, number: int, line: str, kind: type[T]) -> T:
    """One line of JSON as a kind of labels. Raises InputError naming file and line."""
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.DecodeError as error:
        raise InputError(f"{path}:{number}: wrong labels: {error}; one JSON object per line") from error


def _read_editions(path: Path, text: str) -> list[GoldEdition]:
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t")
    if not set(EDITION_COLUMNS) <= set(reader.fieldnames or ()):
        raise InputError(f"{path}:1: labels are JSON lines, or a table with the columns {', '.join(EDITION_COLUMNS)}")
    rows: list[GoldEdition] = []
    try:
        for row in reader:
            values = [row[c] for c in EDITION_COLUMNS]
            if None in values or None in row:
                raise InputError(f"{path}:{reader.line_num}: expected {len(reader.fieldnames or ())} columns")
            paper, venue, year, comment, named = values
            rows.append(GoldEdition(paper, venue, year, comment, named == "1"))
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: {error}") from error
    if not rows:
        raise InputError(f"{path}: no rows; give a table with labels")
    return rows


# ---- comparing what is written


@lru_cache(maxsize=200_000)
def norm(text: str) -> str:
    """A label as it is compared: lower case, no punctuation but +#*/., no plural s on words of four letters or more."""
    words = re.sub(r"[^a-z0-9+#*/.]+", " ", text.lower()).strip(" .").split()
    return " ".join(w[:-1] if len(w) > 3 and w[-1] == "s" and w[-2] != "s" else w for w in words)


def forms(label: str) -> frozenset[str]:
    """The normalised alternatives of a label."""
    return frozenset(n for part in label.split("|") if (n := norm(part)))


_STOP = frozenset(
    "the a an of in on at to for by with and or from than over per its our as is are up most least more less both all "
    "each using used use when while across compared respectively achieve achieved achieving".split()
)


def alike(found: Iterable[str], wanted: Iterable[str], share: float, purity: float) -> bool:
    """Whether some found text has more than `share` of the words of some wanted one, and these are at least `purity`
    of its own; stop words do not count."""
    targets = [words for text in wanted if (words := content(text))]
    for text in found:
        own = content(text)
        for target in targets:
            common = len(own & target)
            if common and common > share * len(target) - 1e-9 and common >= purity * len(own):
                return True
    return False


def content(text: str) -> set[str]:
    """The words that count when two texts are compared."""
    return set(norm(text).split()) - _STOP


_UNITS = {
    **dict.fromkeys(("×", "times", "fold", "-fold"), "x"),
    **dict.fromkeys(("percent", "per cent", "percentage points", "percentage point", "pp", "points"), "%"),
    **dict.fromkeys(("millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("microsecond", "microseconds", "μs", "µs"), "us"),
    **dict.fromkeys(("second", "seconds", "sec"), "s"),
    **dict.fromkeys(("hour", "hours"), "h"),
    "minutes": "min",
}
COMPARATORS = {
    **dict.fromkeys(("up to", "as much as", "at most"), "UpTo"),
    **dict.fromkeys(("average", "on average", "mean"), "Average"),
    **dict.fromkeys(("geomean", "geometric mean"), "GeometricMean"),
    **dict.fromkeys(("over", "more than"), "MoreThan"),
    **dict.fromkeys(("less than", "under"), "LessThan"),
    "at least": "AtLeast",
    "median": "Median",
}
_RANGE = re.compile(r"\s*(-?[\d.]+)\s*(?:-|–|to)\s*(-?[\d.]+)\s*", re.A)

#: Value or range (both ends, rounded), and unit; a text that is no number stays one.
Key = tuple[tuple[float, float] | str | None, str]


def claim_key(value: float | str, unit: str | None) -> Key:
    """What makes two claims the same: 7.69 -> (7.69, 7.69), "2.1-9.5" -> (2.1, 9.5); units by their symbol."""
    symbol = (unit or "").strip().lower()
    symbol = _UNITS.get(symbol, symbol)
    ends = _RANGE.fullmatch(value) if isinstance(value, str) else None
    try:
        low, high = (float(ends[1]), float(ends[2])) if ends else (float(value), float(value))
    except ValueError:
        return str(value), symbol
    return (round(low, 4), round(high, 4)), symbol
