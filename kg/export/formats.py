"""Turtle, TriG, JSON-LD, RDF/XML and RDF 1.2 annotations, each from the same sorted lines of N-Triples or N-Quads.

Every writer keeps the order of its lines, so that equal graphs give equal bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg import ontology as o
from kg.settings import ontology_dir

_TERM = re.compile(r'<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([\w-]+))?')
_LOCAL = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def turtle(nt: bytes) -> bytes:
    """Sorted N-Triples as Turtle with the project's prefixes, in the same order."""
    triples = (q.triple for q in ox.parse(nt, ox.RdfFormat.N_TRIPLES))
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=o.PREFIXES) or b""


def trig(nq: bytes) -> bytes:
    """Sorted N-Quads as TriG with the project's prefixes, in the same order."""
    return ox.serialize(ox.parse(nq, ox.RdfFormat.N_QUADS), format=ox.RdfFormat.TRIG, prefixes=o.PREFIXES) or b""


@cache
def turtle_header() -> bytes:
    """What `turtle` and `trig` write before the data, if there is any."""
    data = turtle(b"<x:s> <x:p> <x:o> .\n")
    return data[: data.index(b"<x:s>")]


@cache
def context() -> dict[str, Any]:
    """The shipped JSON-LD context, `ontology/context.jsonld`: prefixes, and the type of each property's values."""
    text = (ontology_dir() / "context.jsonld").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)["@context"]
    return found


def json_ld(nt_lines: Iterable[str]) -> Iterator[str]:
    """Sorted N-Triples lines as JSON-LD with its context inline, in pieces. Numbers stay strings, so that every parser
    reads the same number."""
    yield json_ld_header()
    yield from json_ld_body(nt_lines)
    yield JSON_LD_FOOTER


def json_ld_header() -> str:
    """What stands before the nodes."""
    return '{\n"@context": ' + json.dumps(context(), sort_keys=True) + ',\n"@graph": [\n'


JSON_LD_SEPARATOR, JSON_LD_FOOTER = ",\n", "\n]\n}\n"


def json_ld_body(nt_lines: Iterable[str]) -> Iterator[str]:
    """The nodes of `json_ld`."""
    types = {k: v["@type"] for k, v in context().items() if isinstance(v, dict)}
    first = True
    for subject, group in groupby(map(_parse, nt_lines), key=lambda t: t[0]):
        node: dict[str, Any] = {"@id": subject}
        for _, predicate, resource, text, datatype in group:
            if predicate == o.RDF + "type":
                node.setdefault("@type", []).append(compact(resource))
                continue
            key = compact(predicate)
            expected = types.get(key, "")
            value: Any
            if resource:
                value = _reference(resource) if expected == "@id" else {"@id": _reference(resource)}
            elif datatype:
                value = text if compact(datatype) == expected else {"@value": text, "@type": compact(datatype)}
            else:
                value = {"@value": text} if expected else text
            node.setdefault(key, []).append(value)
        yield ("" if first else JSON_LD_SEPARATOR) + json.dumps(node, ensure_ascii=False)
        first = False


def rdf_xml(nt_lines: Iterable[str]) -> Iterator[str]:
    """Sorted N-Triples lines as RDF/XML, in pieces. The literals hold only what XML 1.0 allows (`rdf.clean`).

    Raises ValueError for a property outside the project's prefixes: RDF/XML needs a qualified name for each.
    """
    yield rdf_xml_header()
    yield from rdf_xml_body(nt_lines)
    yield RDF_XML_FOOTER


def rdf_xml_header() -> str:
    """What stands before the descriptions."""
    declared = "".join(f'\n  xmlns:{prefix}="{namespace}"' for prefix, namespace in o.PREFIXES.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'


RDF_XML_FOOTER = "</rdf:RDF>\n"


def rdf_xml_body(nt_lines: Iterable[str]) -> Iterator[str]:
    """The descriptions of `rdf_xml`."""
    for subject, group in groupby(map(_parse, nt_lines), key=lambda t: t[0]):
        yield f"<rdf:Description rdf:about={quoteattr(subject)}>\n"
        for _, predicate, resource, text, datatype in group:
            name = compact(predicate)
            if name == predicate:
                raise ValueError(f"no prefix for the property {predicate}")
            if resource:
                yield f"  <{name} rdf:resource={quoteattr(resource)}/>\n"
            else:
                kind = f" rdf:datatype={quoteattr(datatype)}" if datatype else ""
                # A parser turns a bare carriage return into a line feed.
                yield f"  <{name}{kind}>{escape(text, {chr(13): '&#13;'})}</{name}>\n"
        yield "</rdf:Description>\n"


def annotated(nq_lines: Iterable[str]) -> Iterator[str]:
    """Sorted N-Quads lines of the provenance as RDF 1.2 Turtle, in pieces: each edge with its statement as reifier.

    `paper kg:runsOn entity ~ statement {| kg:confidence 0.97 ; kg:evidence ev |} .`; evidence follows as plain triples.
    """
    yield annotated_header()
    yield from annotated_body(nq_lines)


def annotated_header() -> str:
    """What stands before the annotated edges."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in o.PREFIXES.items())


def annotated_body(nq_lines: Iterable[str]) -> Iterator[str]:
    """The edges and triples of `annotated`."""
    triples = (line.rsplit(" ", 2)[0].split(" ", 2) for line in nq_lines)
    for subject, group in groupby(triples, key=lambda t: t[0]):
        said = [(p[1:-1], _short(v)) for _, p, v in group]
        edge = {p.removeprefix(o.RDF): v for p, v in said if p in _REIFICATION}
        rest = [f"{compact(p)} {v}" for p, v in said if p not in _REIFICATION]
        if edge:
            yield f"{edge['subject']} {edge['predicate']} {edge['object']} ~ {subject} {{| {' ; '.join(rest)} |}} .\n"
        else:
            yield f"{subject} {' ; '.join(rest)} .\n"


def _reference(iri: str) -> str:
    """An IRI with its prefix if it is a term; the many resources of the graph stay as they are."""
    return compact(iri) if iri.startswith((o.KG, o.UNIT)) else iri


_REIFICATION = (o.RDF + "subject", o.RDF + "predicate", o.RDF + "object")


def _short(term: str) -> str:
    """A term in N-Triples syntax as Turtle, with a prefix where there is one."""
    if not term.startswith("<"):
        return term
    name = compact(term[1:-1])
    return name if name != term[1:-1] else term


def _parse(line: str) -> tuple[str, str, str, str, str]:
    """Subject, predicate, and the object as IRI, or as text with its datatype ("" for a plain string)."""
    subject, predicate, rest = line.split(" ", 2)
    m = _TERM.match(rest)
    assert m is not None, line
    if m[1] is not None:
        return subject[1:-1], predicate[1:-1], m[1], "", ""
    return subject[1:-1], predicate[1:-1], "", json.loads(f'"{m[2]}"'), m[3] or ""


@lru_cache(maxsize=4096)  # the few hundred terms of the vocabularies come again with every line
def compact(term: str) -> str:
    """An IRI with the prefix of its namespace, or as it is."""
    for prefix, namespace in o.PREFIXES.items():
        if term.startswith(namespace) and _LOCAL.fullmatch(term, len(namespace)):
            return f"{prefix}:{term[len(namespace) :]}"
    return term
