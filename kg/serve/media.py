"""Media types that are served, and the choice among them by an Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import pyoxigraph as ox


class Media(NamedTuple):
    """One format: `name` as in `?format=`, its media type, other types that mean it, and its charset parameter."""

    name: str
    type: str
    others: tuple[str, ...] = ()
    text: bool = True

    @property
    def content_type(self) -> str:
        """The Content-Type of an answer."""
        return f"{self.type}; charset=utf-8" if self.text else self.type


JSON = Media("json", "application/sparql-results+json", ("application/json",), text=False)
XML = Media("xml", "application/sparql-results+xml", ("application/xml", "text/xml"), text=False)
CSV = Media("csv", "text/csv")
TSV = Media("tsv", "text/tab-separated-values")
HTML = Media("html", "text/html", ("application/xhtml+xml",))

TURTLE = Media("ttl", "text/turtle", ("application/turtle", "application/x-turtle"))
N_TRIPLES = Media("nt", "application/n-triples", ("text/plain",), text=False)
JSON_LD = Media("jsonld", "application/ld+json", ("application/json",), text=False)
RDF_XML = Media("rdf", "application/rdf+xml", ("application/xml", "text/xml"), text=False)
TRIG = Media("trig", "application/trig", ("application/x-trig",), text=False)
N_QUADS = Media("nq", "application/n-quads", (), text=False)
N3 = Media("n3", "text/n3", ("text/rdf+n3",))

#: Formats of a SELECT answer, the preferred first.
ROWS = (JSON, XML, CSV, TSV, HTML)
#: Formats of an ASK answer.
TRUTH = (JSON, XML, HTML)
#: Formats of a graph.
GRAPH = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD, TRIG, N_QUADS, N3)

OXIGRAPH = {
    TURTLE: ox.RdfFormat.TURTLE,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    JSON_LD: ox.RdfFormat.JSON_LD,
    RDF_XML: ox.RdfFormat.RDF_XML,
    TRIG: ox.RdfFormat.TRIG,
    N_QUADS: ox.RdfFormat.N_QUADS,
    N3: ox.RdfFormat.N3,
}

_RANGE = re.compile(r"\s*([\w.+*-]+/[\w.+*-]+)\s*((?:;[^,]*)?)")
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", re.IGNORECASE)


def choose(wanted: str, accept: str, offered: Sequence[Media]) -> Media | None:
    """The format that a request asks for, by its `?format=` or else ("") its Accept header; None if it is not offered."""
    return by_name(wanted, offered) if wanted else negotiate(accept, offered)


def negotiate(accept: str, offered: Sequence[Media]) -> Media | None:
    """The best of `offered` for an Accept header, or None if it takes none of them.

    A more specific range decides over a wider one; equal qualities leave the choice to the order of `offered`. An empty
    header takes anything.
    """
    ranges: dict[str, float] = {}
    for part in accept.lower().split(","):
        match = _RANGE.fullmatch(part)
        if match:
            given = _QUALITY.search(match[2])
            ranges[match[1]] = float(given[1]) if given else 1.0
    if not accept.strip():
        ranges = {"*/*": 1.0}
    best, best_quality = None, 0.0
    for media in offered:
        quality = _quality(media, ranges)
        if quality > best_quality:
            best, best_quality = media, quality
    return best


def _quality(media: Media, ranges: dict[str, float]) -> float:
    named = [ranges[t] for t in (media.type, *media.others) if t in ranges]
    if named:
        return max(named)
    return ranges.get(media.type.partition("/")[0] + "/*", ranges.get("*/*", 0.0))


def by_name(name: str, offered: Sequence[Media]) -> Media | None:
    """The format of `?format=name`, or of its media type."""
    return next((m for m in offered if name.lower() in (m.name, m.type)), None)


def of_content_type(content_type: str, offered: Sequence[Media] = GRAPH) -> Media | None:
    """The format of a Content-Type header, parameters aside."""
    kind = content_type.partition(";")[0].strip().lower()
    return next((m for m in offered if kind == m.type or kind in m.others), None)
