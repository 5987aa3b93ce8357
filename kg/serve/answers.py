"""Answers as bytes: SPARQL results in JSON, XML, CSV and TSV, graphs in every RDF format, up to a number of rows and
bytes. What was cut says so."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg import ontology as o
from kg.export.rdf import clean
from kg.serve import media
from kg.serve.media import Media

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_PLAIN = (o.XSD + "string", o.RDF + "langString", o.RDF + "dirLangString")
_RESULTS = "http://www.w3.org/2005/sparql-results#"


class Answer(NamedTuple):
    """What a worker says: a status as in HTTP, a Content-Type, the body, and further headers."""

    status: int
    type: str
    body: bytes
    headers: dict[str, str]


def problem(status: int, title: str, detail: str, **more: int | str) -> Answer:
    """An error in the one shape that all errors have (RFC 9457)."""
    found = {"status": status, "title": title, "detail": detail, **more}
    return Answer(status, "application/problem+json", json.dumps(found, ensure_ascii=False).encode(), {})


def unacceptable(wanted: str, offered: Sequence[Media]) -> Answer:
    """406, naming what there is."""
    return problem(406, "Not acceptable", f"no answer as {wanted}; there are {', '.join(m.type for m in offered)}")


class Limits(NamedTuple):
    """The most that one answer holds."""

    rows: int
    bytes: int


class Written(NamedTuple):
    """An answer, and what it says if it was cut ("" if it is whole)."""

    body: bytes
    notice: str = ""


def table(solutions: ox.QuerySolutions, kind: Media, limits: Limits) -> Written:
    """A SELECT answer."""
    names = [v.value for v in solutions.variables]
    head, foot = _frame(kind, names)
    render = _ROW[kind]
    pieces, size, notice = [head], len(head), ""
    for rows, solution in enumerate(solutions):
        if rows == limits.rows or size > limits.bytes:
            notice = _cut(rows, "rows", limits)
            break
        piece = render([(n, solution[n]) for n in names], rows)
        pieces.append(piece)
        size += len(piece)
    if notice and kind is media.JSON:
        # In the head: a reader that streams expects nothing after the rows.
        pieces[0] = head.replace("]}", '],"notice":' + json.dumps(notice) + "}", 1)
    if notice and kind is media.XML:
        foot = foot.replace("</results>", f"</results>\n<!-- {notice} -->")
    return Written(("".join(pieces) + foot).encode(), notice)


def truth(answer: bool, kind: Media) -> Written:
    """An ASK answer."""
    word = "true" if answer else "false"
    if kind is media.JSON:
        return Written(f'{{"head":{{}},"boolean":{word}}}\n'.encode())
    return Written(
        f'<?xml version="1.0"?>\n<sparql xmlns="{_RESULTS}"><head/><boolean>{word}</boolean></sparql>\n'.encode()
    )


def graph(triples: Iterable[ox.Triple], kind: Media, limits: Limits) -> Written:
    """A CONSTRUCT or DESCRIBE answer, or a stored graph."""
    kept: list[ox.Triple] = []
    size, notice = 0, ""
    for triple in triples:
        if len(kept) == limits.rows or size > limits.bytes:
            notice = _cut(len(kept), "triples", limits)
            break
        kept.append(triple)
        size += len(str(triple))
    body = ox.serialize(kept, format=media.OXIGRAPH[kind], prefixes=o.PREFIXES) or b""
    if notice and kind in (media.TURTLE, media.N_TRIPLES, media.TRIG, media.N_QUADS, media.N3):
        body = f"# {notice}\n".encode() + body
    if kind is media.RDF_XML:
        # A reader takes a bare carriage return for a line feed.
        body = body.replace(b"\r", b"&#13;") + (f"\n<!-- {notice} -->\n".encode() if notice else b"")
    return Written(body, notice)  # JSON-LD has no place for a notice: the headers say it


def _cut(count: int, what: str, limits: Limits) -> str:
    return (
        f"cut after {count} {what}: this server gives at most {limits.rows} {what} and {limits.bytes} bytes at once; "
        "add LIMIT and OFFSET, or load the files of the build"
    )


def _frame(kind: Media, names: list[str]) -> tuple[str, str]:
    if kind is media.JSON:
        return '{"head":{"vars":' + json.dumps(names) + '},"results":{"bindings":[\n', "\n]}}\n"
    if kind is media.XML:
        variables = "".join(f"<variable name={quoteattr(n)}/>" for n in names)
        return (
            f'<?xml version="1.0"?>\n<sparql xmlns="{_RESULTS}">\n<head>{variables}</head>\n<results>\n',
            "</results>\n</sparql>\n",
        )
    if kind is media.CSV:
        return ",".join(names) + "\r\n", ""
    return "\t".join(f"?{n}" for n in names) + "\n", ""


Cells = list[tuple[str, Term | None]]


def _json_row(cells: Cells, number: int) -> str:
    row = {n: json_term(t) for n, t in cells if t is not None}
    return (",\n" if number else "") + json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def json_term(term: Term) -> dict[str, Any]:
    """A term in the SPARQL 1.1 JSON results format; triple terms as in its 1.2 draft."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {k: json_term(v) for k, v in parts.items()}}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value not in _PLAIN:
        found["datatype"] = term.datatype.value
    return found


def _xml_row(cells: Cells, number: int) -> str:
    bindings = "".join(f"<binding name={quoteattr(n)}>{_xml_term(t)}</binding>" for n, t in cells if t is not None)
    return f"<result>{bindings}</result>\n"


def _xml_term(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{escape(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{escape(term.value)}</bnode>"
    if isinstance(term, ox.Triple):
        parts = (("subject", term.subject), ("predicate", term.predicate), ("object", term.object))
        return "<triple>" + "".join(f"<{n}>{_xml_term(t)}</{n}>" for n, t in parts) + "</triple>"
    text = escape(clean(term.value), {"\r": "&#13;"})
    if term.language:
        return f"<literal xml:lang={quoteattr(term.language)}>{text}</literal>"
    if term.datatype.value not in _PLAIN:
        return f"<literal datatype={quoteattr(term.datatype.value)}>{text}</literal>"
    return f"<literal>{text}</literal>"


def _csv_row(cells: Cells, number: int) -> str:
    line = io.StringIO()
    values = ["" if t is None else t.value if isinstance(t, ox.NamedNode | ox.Literal) else str(t) for _, t in cells]
    csv.writer(line, lineterminator="\r\n").writerow(values)
    # A single empty cell is an empty line in the specification, not a pair of quotes.
    return "\r\n" if values == [""] else line.getvalue()


def _tsv_row(cells: Cells, number: int) -> str:
    return "\t".join("" if t is None else str(t).replace("\t", "\\t") for _, t in cells) + "\n"


_ROW = {media.JSON: _json_row, media.XML: _xml_row, media.CSV: _csv_row, media.TSV: _tsv_row}
