"""arXiv's OAI-PMH answers with metadataPrefix arXiv or arXivRaw (https://info.arxiv.org/help/oa)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from kg.errors import InputError
from kg.model import Paper
from kg.readers.base import Skip, author_names, excerpt, make_paper
from kg.readers.stream import Stream
from kg.readers.xml_records import elements, line_of, text

ROOTS = ("OAI-PMH", "ListRecords", "GetRecord")


def read(stream: Stream, skipped: list[Skip]) -> Iterator[Paper]:
    """One paper a record; the date is `created`, or the first version's. Deleted records and protocol errors are
    Skips. Records of another metadata prefix are Skips too; a file that starts with one is an InputError."""
    started = False
    for record in elements(stream, ROOTS, ("record", "error"), skipped):
        line = line_of(record)
        if etree.QName(record).localname == "error":
            message = f"OAI-PMH error {record.get('code', '')}: {excerpt(record.text or '')}"
            skipped.append(Skip(stream.name, line, message, ""))
            continue
        header, metadata = record.find("{*}header"), record.find("{*}metadata")
        identifier = "" if header is None else excerpt(text(header, "identifier"))
        if header is not None and header.get("status") == "deleted":
            skipped.append(Skip(stream.name, line, "deleted", identifier))
            continue
        if metadata is None or not len(metadata):
            skipped.append(Skip(stream.name, line, "no metadata", identifier))
            continue
        body = metadata[0]
        prefix = etree.QName(body).localname
        if prefix not in ("arXiv", "arXivRaw"):
            reason = f"metadata in another form (<{body.prefix or ''}:{prefix}>); ask for metadataPrefix=arXiv"
            if not started:
                raise InputError(f"{stream.name}, line {line}: {reason}")
            skipped.append(Skip(stream.name, line, reason, identifier))
            continue
        started = True
        version = body.find("{*}version")
        paper = make_paper(
            stream.name,
            line,
            skipped,
            arxiv=text(body, "id"),
            title=text(body, "title"),
            abstract=text(body, "abstract"),
            comments=text(body, "comments"),
            journal_ref=text(body, "journal-ref"),
            doi=text(body, "doi"),
            authors=_authors(body) if prefix == "arXiv" else author_names(text(body, "authors")),
            date=text(body, "created") if version is None else text(version, "date"),
            categories=text(body, "categories").split(),
        )
        if paper is not None:
            yield paper


def _authors(body: etree._Element) -> list[str]:
    group = next(body.iterchildren("{*}authors"), None)
    if group is None:
        return []
    parts = ("forenames", "keyname", "suffix")
    return [" ".join(text(author, part) for part in parts) for author in group.iterchildren("{*}author")]
