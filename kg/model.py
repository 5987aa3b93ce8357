"""The nouns of the project, frozen. Offsets are Unicode code points, 0-based, half-open, into a field's exact text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

#: Text fields of a paper that evidence can point into, in reading order: attribute of `Paper` -> name in the RDF.
FIELDS = {"title": "title", "abstract": "abstract", "comments": "comments", "journal_ref": "journal-ref", "doi": "doi"}

#: Entity classes, as written before the slash of an entity id ("system/ray").
CLASSES = ("system", "hardware", "technique", "dataset", "task")

#: Roles of an entity in a paper, strongest first; "mentions" is none of them.
ROLES = ("introduces", "extends", "comparesWith", "evaluatesOn", "runsOn", "addresses", "uses", "mentions")


_DATE = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])")
_ARXIV_MONTH = re.compile(r"(?:[a-z-]+(?:\.[A-Za-z-]+)?/)?(\d\d)(0[1-9]|1[0-2])(?:\d{3}|\.\d{4,5})")


class Author(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One place in an author list, as the source writes it."""

    name: str
    orcid: str = ""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One work. `id` is "arxiv:<id>", else "doi:<doi>", else "abs:<hash of the normalised abstract>"."""

    id: str
    title: str = ""
    abstract: str = ""
    comments: str = ""
    journal_ref: str = ""
    doi: str = ""
    authors: tuple[Author, ...] = ()
    date: str = ""  # first version, ISO "2020-06-11"; "" if the source has none
    categories: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # names of the input files it came from, sorted

    @property
    def arxiv_id(self) -> str:
        """The arXiv id without version, or ""."""
        return self.id[6:] if self.id.startswith("arxiv:") else ""

    @property
    def label(self) -> str:
        """What a paper is called: its title, or the first words of its abstract."""
        return self.title or " ".join(self.abstract.split()[:8]) + "…"

    @property
    def month(self) -> int:
        """The month of the first version, counted from year 0, by its date or else its arXiv id; 0 if neither tells."""
        dated = _DATE.match(self.date)
        if dated:
            return 12 * int(dated[1]) + int(dated[2])
        numbered = _ARXIV_MONTH.fullmatch(self.arxiv_id)
        if numbered is None:
            return 0
        year = int(numbered[1])
        return 12 * (year + (1900 if year > 90 else 2000)) + int(numbered[2])

    def text(self, field: str) -> str:
        """The exact text of one of `FIELDS`."""
        value: str = getattr(self, field)
        return value


class Mention(msgspec.Struct, frozen=True, gc=False):
    """A span of a paper's text. Law: `paper.text(field)[start:end] == surface`."""

    field: str
    start: int
    end: int
    surface: str


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One reading of a mention. `score` in [0, 1]; lists are ordered by (-score, entity)."""

    entity: str
    alias: str
    score: float
    reason: str


class Evidence(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a text says it: the mention (or a claim's number with its unit) and the one sentence around it."""

    paper: str
    field: str
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    exact: str
    rule: str
    score: float


class Link(msgspec.Struct, frozen=True, array_like=True):
    """A mention resolved to an entity, or to nothing (`None`), with the role its sentence gives it."""

    mention: Mention
    entity: str | None
    score: float
    candidates: tuple[Candidate, ...] = ()
    role: str = "mentions"
    rule: str = ""
    sentence_start: int = 0
    sentence_end: int = 0


class Statement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is said, without where: subject (paper id), predicate (role), object (entity id)."""

    subject: str
    predicate: str
    object: str


class Edge(msgspec.Struct, frozen=True, array_like=True):
    """A statement with its confidence in [0, 1] and the places that say it, best first."""

    statement: Statement
    confidence: float
    evidence: tuple[Evidence, ...]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One quantitative result that a paper states. Either `value`, or `low` and `high`, in units of `unit`.

    `unit` is "x" for factors, "%" for percentages and percentage points, else a common symbol ("ms", "GB").
    `comparator` is one of UpTo AtLeast MoreThan LessThan Approximately Average GeometricMean Median Exactly.
    `direction` is "Increase", "Decrease" or "". Texts are words of the sentence, "" if it gives none.
    """

    paper: str
    evidence: Evidence
    unit: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    comparator: str = "Exactly"
    direction: str = ""
    metric_text: str = ""
    metric: str = ""  # metric id ("metric/throughput"), "" if unknown
    beats: bool = False  # the metric's text is a verb, as in "outperforms by 2x"
    subject: str = ""  # entity id
    baseline: str = ""  # entity id
    baseline_text: str = ""
    hardware: tuple[str, ...] = ()  # entity ids
    datasets: tuple[str, ...] = ()  # entity ids
    condition_text: str = ""
    improvement_factor: float | None = None  # > 1 is better; only where direction and metric make it certain
    confidence: float = 0.9


class Edition(msgspec.Struct, frozen=True, array_like=True):
    """One edition of a venue that a paper appeared at. `venue` is "venue/<slug>"; `year` 0 is unknown.

    `host` is the series id of the conference that a workshop was co-located with (in the same year), or "". `unlisted` is
    the series if no list holds it, made of its name in the paper's record.
    """

    venue: str
    year: int
    host: str
    confidence: float
    evidence: Evidence
    unlisted: Venue | None = None


class Discovery(msgspec.Struct, frozen=True, array_like=True):
    """A name that a paper introduces and no vocabulary has. `id` is minted from the name and the paper."""

    id: str
    label: str
    aliases: tuple[str, ...]
    kind: str  # one of CLASSES
    paper: str


class Extraction(msgspec.Struct, frozen=True, kw_only=True):
    """All that one paper's text says, found without looking at any other paper."""

    paper: str
    links: tuple[Link, ...] = ()
    claims: tuple[Claim, ...] = ()
    editions: tuple[Edition, ...] = ()
    discoveries: tuple[Discovery, ...] = ()


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the vocabulary, a discovered one, or a term read in texts. `id` is "<class>/<slug>"."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    definition: str = ""
    url: str = ""
    was: tuple[str, ...] = ()  # ids it had in former times, in order
    discovered: bool = False
    mined: bool = False  # read in texts; no vocabulary lists it and no paper of the corpus introduces it

    @property
    def kind(self) -> str:
        """One of `CLASSES`, or "metric"."""
        return self.id.partition("/")[0]


class Venue(msgspec.Struct, frozen=True, kw_only=True):
    """A series: conference, workshop series or journal. `id` is "venue/<slug>"."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    kind: str = "conference"
    url: str = ""


def digest(parts: Iterable[str], length: int = 16) -> str:
    """Hex SHA-256 of the parts joined by U+001F, shortened: identity from content, the same on every machine."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


def pack(value: Any) -> bytes:
    """Any noun as msgpack bytes; `unpack` is its inverse."""
    return msgspec.msgpack.encode(value)


def unpack(data: bytes, kind: type[T]) -> T:
    """Raises `msgspec.ValidationError` if the bytes are not a `kind`."""
    return msgspec.msgpack.decode(data, type=kind)


def to_json(value: Any) -> bytes:
    """Any noun as JSON with keys sorted, two spaces of indent and a final newline."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that the graph says of one paper, after assembly. Edges ordered by (predicate order in ROLES, object).

    `left_out`: what was wrong with the quotes of facts that are therefore not among these.
    """

    paper: Paper
    edges: tuple[Edge, ...] = ()
    claims: tuple[Claim, ...] = ()
    editions: tuple[Edition, ...] = ()
    left_out: tuple[str, ...] = ()
