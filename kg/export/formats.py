"""Turtle, TriG, JSON-LD, RDF/XML and RDF 1.2 annotations, each from the same sorted triples.

Lines are taken apart once, into nodes; every format puts the same terms together. Terms stay as N-Triples writes them, and
how Turtle writes a term that it may shorten is asked of pyoxigraph, once for each. Every writer keeps the order of its
lines, so that equal graphs give equal bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

import pyoxigraph as ox

from kg import ontology as o
from kg.export.rdf import Node
from kg.settings import ontology_dir

_LOCAL = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_TYPE = f"<{o.RDF}type>"
_KEPT = 100_000  # terms

#: A named graph: its name, and its nodes in order.
Graph = tuple[str, list[Node]]


def nodes(nt_lines: Iterable[str]) -> Iterator[Node]:
    """Sorted lines of N-Triples by subject and predicate, in their order."""
    subject = predicate = ""
    properties: list[tuple[str, list[str]]] = []
    objects: list[str] = []
    for line in nt_lines:
        s, p, rest = line.split(" ", 2)
        if s != subject:
            if properties:
                yield subject, properties
            subject, predicate, properties = s, "", []
        if p != predicate:
            predicate, objects = p, []
            properties.append((p, objects))
        objects.append(rest[:-3])
    if properties:
        yield subject, properties


def quads(graph: Graph) -> str:
    """A graph as lines of N-Quads."""
    name, some = graph
    end = f" {name} .\n"
    return "".join([f"{s} {p} {v}{end}" for s, properties in some for p, objects in properties for v in objects])


@cache
def turtle_header() -> str:
    """What stands before the data of Turtle and TriG."""
    data = _turtle(b"<x:s> <x:p> <x:o> .").decode()
    return data[: data.index("<x:s>")]


def _turtle(nt: bytes) -> bytes:
    triples = (q.triple for q in ox.parse(nt, ox.RdfFormat.N_TRIPLES))
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=o.PREFIXES) or b""


def turtle_node(node: Node, indent: str = "") -> str:
    """One subject, to stand behind `turtle_header`."""
    subject, properties = node
    said = []
    for p, objects in properties:
        first = objects[0]
        if len(objects) > 1:
            first = " , ".join([_in_turtle(v) for v in objects])
        elif first[-1] != '"':
            first = _in_turtle(first)
        said.append(f"{_VERB[p]} {first}")
    between = f" ;\n{indent}\t"
    return f"{indent}{_in_turtle(subject)} {between.join(said)} .\n"


def trig_graph(graph: Graph) -> str:
    """One graph as TriG, to stand behind `turtle_header`."""
    name, some = graph
    said = "".join([turtle_node(node, "\t") for node in some])
    return f"{_in_turtle(name)} {{\n{said}}}\n"


class _Turtle(dict[str, str]):
    """Term -> how Turtle writes it, as pyoxigraph does; some are kept."""

    def __missing__(self, term: str) -> str:
        if len(self) > _KEPT:
            self.clear()
        before = b"<x:s> <x:p> "
        data = _turtle(before + term.encode() + b" .")
        self[term] = found = data[data.index(before) + len(before) : -len(b" .\n")].decode()
        return found


class _Verb(dict[str, str]):
    """Property -> how Turtle writes it."""

    def __missing__(self, term: str) -> str:
        self[term] = found = "a" if term == _TYPE else _in_turtle(term)
        return found


_TURTLE, _VERB = _Turtle(), _Verb()
_NAMESPACES = tuple(f"<{namespace}" for namespace in o.PREFIXES.values())


def _in_turtle(term: str) -> str:
    # Strings, and the many resources of the graph, stay as they are.
    if term[-1] == '"' or (term[0] == "<" and not term.startswith(_NAMESPACES)):
        return term
    return _TURTLE[term]


@cache
def context() -> dict[str, Any]:
    """The shipped JSON-LD context, `ontology/context.jsonld`: prefixes, and the type of each property's values."""
    text = (ontology_dir() / "context.jsonld").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)["@context"]
    return found


def json_ld_header() -> str:
    """What stands before the nodes."""
    return '{\n"@context": ' + json.dumps(context(), sort_keys=True) + ',\n"@graph": [\n'


JSON_LD_SEPARATOR, JSON_LD_FOOTER = ",\n", "\n]\n}\n"


def json_ld_node(node: Node) -> str:
    """One subject; `JSON_LD_SEPARATOR` stands between two. Numbers stay strings, so that every parser reads the same number."""
    subject, properties = node
    said = [f'"@id": "{subject[1:-1]}"']
    for predicate, objects in properties:
        key, expected = _json_key(predicate)
        said.append(f"{key}: [{', '.join([_in_json(term, expected) for term in objects])}]")
    return f"{{{', '.join(said)}}}"


@lru_cache(maxsize=4096)
def _json_key(predicate: str) -> tuple[str, str]:
    """A property's key, and the type of values that the context gives it; "@type" for that of `rdf:type`."""
    if predicate == _TYPE:
        return '"@type"', "@type"
    name = compact(predicate[1:-1])
    declared = context().get(name, "")
    return json.dumps(name), declared["@type"] if isinstance(declared, dict) else ""


def _in_json(term: str, expected: str) -> str:
    if term[-1] == '"':
        # Their escapes are those of JSON; what else is escaped in N-Triples is not in JSON.
        text = term if "\\u" not in term else json.dumps(json.loads(term), ensure_ascii=False)
        return f'{{"@value": {text}}}' if expected else text
    if term[0] == "<":
        iri = term[1:-1]
        if expected == "@type":
            return f'"{compact(iri)}"'
        # The many resources of the graph stay as they are.
        name = compact(iri) if iri.startswith((o.KG, o.UNIT)) else iri
        return f'"{name}"' if expected == "@id" else f'{{"@id": "{name}"}}'
    return _typed_in_json(term, expected)


@lru_cache(maxsize=_KEPT)
def _typed_in_json(term: str, expected: str) -> str:
    text, _, datatype = term.rpartition("^^")
    name = compact(datatype[1:-1])
    return text if name == expected else f'{{"@value": {text}, "@type": "{name}"}}'


def rdf_xml_header() -> str:
    """What stands before the descriptions."""
    declared = "".join(f'\n  xmlns:{prefix}="{namespace}"' for prefix, namespace in o.PREFIXES.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'


RDF_XML_FOOTER = "</rdf:RDF>\n"


def rdf_xml_node(node: Node) -> str:
    """One subject. The literals hold only what XML 1.0 allows (`rdf.clean`).

    Raises ValueError for a property outside the project's prefixes: RDF/XML needs a qualified name for each.
    """
    subject, properties = node
    said = [f'<rdf:Description rdf:about="{_escaped(subject[1:-1])}">\n']
    for predicate, objects in properties:
        name = compact(predicate[1:-1])
        if name == predicate[1:-1]:
            raise ValueError(f"no prefix for the property {name}")
        for term in objects:
            if term[-1] == '"':
                said.append(f"  <{name}>{_xml_text(term)}</{name}>\n")
            elif term[0] == "<":
                said.append(f'  <{name} rdf:resource="{_escaped(term[1:-1])}"/>\n')
            else:
                text, _, datatype = term.rpartition("^^")
                kind = f'rdf:datatype="{_escaped(datatype[1:-1])}"'
                said.append(f"  <{name} {kind}>{_xml_text(text)}</{name}>\n")
    said.append("</rdf:Description>\n")
    return "".join(said)


def _xml_text(literal: str) -> str:
    """What a literal in quotes says, as XML."""
    return _escaped(literal[1:-1] if "\\" not in literal else json.loads(literal))


def _escaped(text: str) -> str:
    """XML's own characters escaped. A parser turns a bare carriage return into a line feed."""
    return text.translate(_XML) if _IN_XML(text) else text


_XML = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_IN_XML = re.compile("[&<>\r]").search


def annotated_header() -> str:
    """What stands before the annotated edges."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in o.PREFIXES.items())


def annotated(graph: Graph) -> str:
    """Provenance as RDF 1.2 Turtle: each edge with its statement as reifier, to stand behind `annotated_header`.

    `paper kg:runsOn entity ~ statement {| kg:confidence 0.97 ; kg:evidence ev |} .`; evidence follows as plain triples.
    """
    lines = []
    for subject, properties in graph[1]:
        said = [(p[1:-1], _short(v)) for p, objects in properties for v in objects]
        edge = {p.removeprefix(o.RDF): v for p, v in said if p in _REIFICATION}
        rest = " ; ".join(f"{compact(p)} {v}" for p, v in said if p not in _REIFICATION)
        if edge:
            lines.append(f"{edge['subject']} {edge['predicate']} {edge['object']} ~ {subject} {{| {rest} |}} .\n")
        else:
            lines.append(f"{subject} {rest} .\n")
    return "".join(lines)


_REIFICATION = (o.RDF + "subject", o.RDF + "predicate", o.RDF + "object")


def _short(term: str) -> str:
    """A term in N-Triples syntax as Turtle, with a prefix where there is one."""
    if not term.startswith("<"):
        return term
    name = compact(term[1:-1])
    return name if name != term[1:-1] else term


@lru_cache(maxsize=4096)  # the few hundred terms of the vocabularies come again with every line
def compact(term: str) -> str:
    """An IRI with the prefix of its namespace, or as it is."""
    for prefix, namespace in o.PREFIXES.items():
        if term.startswith(namespace) and _LOCAL.fullmatch(term, len(namespace)):
            return f"{prefix}:{term[len(namespace) :]}"
    return term
