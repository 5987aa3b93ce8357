"""Text files of abstracts with little around them, in three dialects that one reading covers:

(a) an abstract, lines of comment, `arXiv:ID`, perhaps ` - doi: 10.… journal`, and on that same line the next abstract;
(b) an abstract, comments, `arXiv:ID` and `Created: DATE`, with blank lines between;
(c) a listing of abstracts, one a line, without ids.

An `arXiv:` line closes the record that the lines before it hold. Such files have no titles, and none is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.model import Paper
from kg.readers.base import Skip, clean, excerpt, make_paper
from kg.readers.stream import Stream

MAX_ABSTRACT = 2_000  # code points; arXiv takes 1,920, so longer runs of paragraphs are several abstracts
LONG = 250  # a paragraph from here on is no comment
WRAP = 120  # a longer line was not wrapped by hand
MAX_PENDING = 50_000  # code points kept while waiting for an id; beyond, the lines have none

_MARK = re.compile(r"\s{0,80}arXiv:[ \t]{0,9}(?=\S)", re.I)
_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,2})?", re.A)
_LISTED = re.compile(r"\[([a-z-]{2,20}(?:\.[A-Za-z-]{2,20})?)\]")
_DOI = re.compile(r"[-–—]? ?doi: ?(10\.\d{4,9}/\S+) ?", re.I)
_DOI_GLUE = re.compile(r"(?:(?<=\d)(?=[A-Z])|(?<=[a-z)])(?=[A-Z][a-z]))[A-Za-z'~-]{1,40}$")
_CREATED = re.compile(r"\s{0,80}Created:[ \t]{0,9}(\d{4}-\d\d-\d\d)", re.I)

_STARTERS = "We|The|This|These|In|An?|To|Our|Deep|Modern|Recent|Many|Most|With|As|While|Large|Machine|Neural"
# Where one text ends and the next starts without a space: a capital after a digit, a bracket or a full stop; a
# capitalised word after a lower-case letter, with ordinary words behind it; a common first word after a capital.
_GLUE = re.compile(
    r"(?:(?<=[0-9)\]])|(?<=[a-z0-9)]\.))(?=[A-Z][A-Za-z0-9/'-]{0,40}[ ,~(])"
    r"|(?<=[a-z]{2})(?=[A-Z][a-z]{0,40} [a-z(~])"
    rf"|(?<=[A-Z])(?=(?:{_STARTERS}) )"
)
_MEASURE = re.compile(r"(?<!\w)\d$")  # the 3 of "3D"
_STOP = re.compile(r"[.!?][\"')\]]{0,3}(?= |$)")
_NOTE = re.compile(
    r"\d+ (?:pages|figures|tables)|(?:accepted|published|presented|submitted|to appear|in proceedings|proc\.|preprint|"
    r"extended|technical report|code|source code|project|video|https?:|comments?:|appendix|supplement)",
    re.I,
)


class _Line(NamedTuple):
    number: int
    text: str  # cleaned


class _Mark(NamedTuple):
    """What an `arXiv:` line says of the record before it."""

    number: int
    id: str
    category: str
    doi: str
    journal: str


def read(stream: Stream, skipped: list[Skip]) -> Iterator[Paper]:
    """One paper a record. Text before an id that is too short or too much for one abstract, and text without an id,
    is read abstract by abstract; what is none is a Skip. Bytes that are not UTF-8 become U+FFFD, and are counted."""
    pending: list[_Line] = []
    size = 0
    mark: _Mark | None = None
    for data in stream.lines(skipped):
        number = stream.line
        line = data.decode("utf-8", "replace")
        stream.note_replaced(data, line, number)
        created = _CREATED.match(line) if mark else None
        if mark and (created or line.strip()):
            yield from _record(stream.name, pending, mark, created[1] if created else "", skipped)
            pending, size, mark = [], 0, None
            if created:
                line = line[created.end() :]
        if start := _MARK.match(line):
            mark, following = _read_mark(number, clean(line[start.end() :]))
            if following:
                yield from _record(stream.name, pending, mark, "", skipped)
                pending, size, mark = [_Line(number, following)], len(following), None
            continue
        if size > MAX_PENDING:
            yield from _listing(stream.name, pending, skipped)
            pending, size = [], 0
        pending.append(_Line(number, clean(line)))
        size += len(line) + 1
    if mark:
        yield from _record(stream.name, pending, mark, "", skipped)
    else:
        yield from _listing(stream.name, pending, skipped)


def matches(lines: list[str]) -> bool:
    """Whether the first lines of a file look like one of the dialects: an id line, or abstracts for the most part."""
    cleaned = [clean(line) for line in lines if line.strip()]
    abstracts = sum(is_abstract(line) for line in cleaned)
    return any(map(_MARK.match, cleaned)) or (abstracts > 0 and 2 * abstracts >= len(cleaned))


def is_abstract(text: str) -> bool:
    """Whether a paragraph without an id can be an abstract: fifteen words with a full stop, or forty words."""
    words = text.count(" ") + 1
    return (words >= 15 and _STOP.search(text) is not None) or words >= 40


def _read_mark(number: int, text: str) -> tuple[_Mark, str]:
    """The mark and the abstract that follows on its line, from the cleaned text behind "arXiv:"."""
    if match := _ID.match(text):
        end = match.end()
        if len(match[1]) == 10 and match[1] < "1501" and end == match.end(1) and text[end : end + 1].isalpha():
            end -= 1  # numbers had four digits until 1412: the fifth starts the next abstract ("3D scenes …")
        identity = text[:end]
    else:
        identity = text.partition(" ")[0]
        end = len(identity)
    tail = text[end:].strip()
    category = ""
    if listed := _LISTED.match(tail):
        category, tail = listed[1], tail[listed.end() :].strip()
    doi = journal = ""
    if match := _DOI.match(tail):
        doi, tail = match[1], tail[match.end() :]
        glue = _DOI_GLUE.search(doi, max(0, len(doi) - 42))
        if glue and _STOP.search(tail):
            tail, doi = f"{doi[glue.start() :]} {tail}", doi[: glue.start()]
        else:
            journal, tail = _split_glued(tail)
    elif tail[:2] in ("- ", "– ", "— "):
        journal, tail = _split_glued(tail[2:])
    return _Mark(number, identity, category, doi, journal), tail


def _split_glued(text: str) -> tuple[str, str]:
    """Journal text and the abstract that follows it without a space; only one of them where no seam is found."""
    for seam in _GLUE.finditer(text, 0, 400):
        journal, abstract = text[: seam.start()], text[seam.start() :]
        dimension = abstract[0] in "DGK" and not abstract[1:2].isalpha() and _MEASURE.search(journal[-2:])
        if not dimension and journal.count("(") <= journal.count(")") and is_abstract(abstract):
            return journal, abstract
    return ("", text) if len(text) > 400 and is_abstract(text) else (text, "")


def _record(source: str, lines: list[_Line], mark: _Mark, created: str, skipped: list[Skip]) -> Iterator[Paper]:
    """The record that a mark closes, after what stands before it without an id of its own."""
    paragraphs = _paragraphs(lines)
    start, end = _abstract_span([paragraph.text for paragraph in paragraphs])
    yield from _listing(source, paragraphs[:start], skipped)
    paper = make_paper(
        source,
        paragraphs[start].number if start < end else mark.number,
        skipped,
        arxiv=mark.id,
        abstract=" ".join(paragraph.text for paragraph in paragraphs[start:end]),
        comments=" ".join(paragraph.text for paragraph in paragraphs[end:]),
        journal_ref=mark.journal,
        doi=mark.doi,
        date=created,
        categories=(mark.category,),
    )
    if paper is not None:
        yield paper


def _abstract_span(texts: list[str]) -> tuple[int, int]:
    """Which paragraphs are the abstract of the id below them: the last run of long ones, if together they can be one
    abstract, else the last long one; without long ones the first that can be a sentence."""
    long = [i for i, text in enumerate(texts) if len(text) >= LONG and is_abstract(text) and not _NOTE.match(text)]
    if not long:
        first = next((i for i, text in enumerate(texts) if _STOP.search(text) or text.count(" ") >= 7), None)
        return (0, 0) if first is None else (first, first + 1)
    end = long[-1] + 1
    start = end - 1
    while start - 1 in long:
        start -= 1
    return (start, end) if sum(map(len, texts[start:end])) <= MAX_ABSTRACT else (end - 1, end)


def _listing(source: str, lines: list[_Line], skipped: list[Skip]) -> Iterator[Paper]:
    """Abstracts without ids, one a paragraph."""
    for number, text in _paragraphs(lines):
        if is_abstract(text):
            paper = make_paper(source, number, skipped, abstract=text)
            if paper is not None:
                yield paper
        else:
            # A short line without a sentence is a heading of the listing; a longer one may have been meant as a record.
            heading = len(text) < LONG and not _STOP.search(text)
            skipped.append(Skip(source, number, "no abstract: too short, no sentence", excerpt(text), heading))


def _paragraphs(lines: list[_Line]) -> list[_Line]:
    """Lines joined where they are one paragraph wrapped by hand; a blank or a long line ends it."""
    groups: list[list[_Line]] = []
    width = 0
    for line in lines:
        if not line.text:
            width = 0  # nothing joins over a blank line
        elif width and _wraps(groups[-1][-1].text, width, line.text):
            groups[-1].append(line)
            width = max(width, len(line.text))
        else:
            groups.append([line])
            width = len(line.text)
    return [_Line(group[0].number, " ".join(line.text for line in group)) for group in groups]


def _wraps(previous: str, width: int, line: str) -> bool:
    """Whether a line continues the one above, wrapped by hand. Behind a full stop it does only if its first word had
    no room above and it reads on like a text."""
    if len(previous) > WRAP or len(line) > WRAP:
        return False
    if not _STOP.search(previous, max(0, len(previous) - 4)):
        return True
    had_room = len(previous) + 1 + len(line.partition(" ")[0]) <= width
    reads_on = len(line) >= 60 or _STOP.search(line, max(0, len(line) - 4)) is not None
    return not had_room and reads_on and not _NOTE.match(line)
