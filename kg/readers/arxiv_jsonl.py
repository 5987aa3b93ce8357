"""The arXiv snapshot: one JSON object a line, as Kaggle distributes it. Keys that are not read here are passed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from kg.model import Paper
from kg.readers.base import Skip, author_names, excerpt, make_paper
from kg.readers.stream import Stream


class _Version(msgspec.Struct):
    created: str | None = None


class _Record(msgspec.Struct):
    id: str | None = None
    title: str | None = None
    abstract: str | None = None
    comments: str | None = None
    journal_ref: str | None = msgspec.field(name="journal-ref", default=None)
    doi: str | None = None
    authors: str | None = None
    authors_parsed: list[list[str | None]] | None = None
    categories: str | list[str] | None = None
    versions: list[_Version] | None = None


_DECODER = msgspec.json.Decoder(_Record)


def read(stream: Stream, skipped: list[Skip]) -> Iterator[Paper]:
    """One paper a line. A line that is no such record is a Skip; bytes that are not UTF-8 (which are counted) and lone surrogates
    become U+FFFD and the line is kept. The date is the first version's; without versions there is none, as `update_date` is
    the last change of the record."""
    for line in stream.lines(skipped):
        try:
            record = _DECODER.decode(line)
        except (ValueError, RecursionError):
            if not line.strip():
                continue
            text = line.decode("utf-8", "replace")
            try:
                record = msgspec.convert(_lenient(text), _Record)
            except (ValueError, RecursionError) as error:
                start = excerpt(line[:400].decode("utf-8", "replace"))
                skipped.append(Skip(stream.name, stream.line, f"not a JSON record: {error}", start))
                continue
            stream.note_replaced(line, text, stream.line)
        categories = record.categories or ()
        paper = make_paper(
            stream.name,
            stream.line,
            skipped,
            arxiv=record.id or "",
            title=record.title or "",
            abstract=record.abstract or "",
            comments=record.comments or "",
            journal_ref=record.journal_ref or "",
            doi=record.doi or "",
            authors=_authors(record),
            date=(record.versions[0].created or "") if record.versions else "",
            categories=categories.split() if isinstance(categories, str) else categories,
        )
        if paper is not None:
            yield paper


def _lenient(line: str) -> Any:
    """What the fast decoder refuses and people still write: lone surrogates, raw controls, and what stands for other bytes than UTF-8."""
    return json.loads(line, strict=False)


def _authors(record: _Record) -> list[str]:
    """From [keyname, forenames, suffix, affiliations …] if the record has them, else from the line of names."""
    if not record.authors_parsed:
        return author_names(record.authors or "")
    names = []
    for keyname, forenames, suffix in ((*parts[:3], "", "", "")[:3] for parts in record.authors_parsed):
        names.append(" ".join(part for part in (forenames, keyname, suffix) if part))
    return names
