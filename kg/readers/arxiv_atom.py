"""arXiv API answers: Atom feeds (https://info.arxiv.org/help/api)."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import Paper
from kg.readers.base import Skip, excerpt, make_paper
from kg.readers.stream import Stream
from kg.readers.xml_records import elements, line_of, text

ROOTS = ("feed",)


def read(stream: Stream, skipped: list[Skip]) -> Iterator[Paper]:
    """One paper an entry; the date is `published`. An entry by which the API reports an error is a Skip with its
    message. A feed without entries is a valid answer and gives none."""
    for entry in elements(stream, ROOTS, ("entry",), skipped):
        identity = text(entry, "id")
        if "api/errors" in identity:
            message = excerpt(text(entry, "summary"))
            skipped.append(Skip(stream.name, line_of(entry), f"arXiv API error: {message}", excerpt(identity)))
            continue
        paper = make_paper(
            stream.name,
            line_of(entry),
            skipped,
            arxiv=identity,
            title=text(entry, "title"),
            abstract=text(entry, "summary"),
            comments=text(entry, "comment"),
            journal_ref=text(entry, "journal_ref"),
            doi=text(entry, "doi"),
            authors=[text(author, "name") for author in entry.iterchildren("{*}author")],
            date=text(entry, "published"),
            categories=[str(category.get("term", "")) for category in entry.iterchildren("{*}category")],
        )
        if paper is not None:
            yield paper
