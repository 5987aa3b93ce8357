"""What the server says of itself: the SPARQL 1.1 Service Description, and the files that describe the data set."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import ontology as o
from kg.serve import media
from kg.serve.answers import Answer

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"

#: Names of the served formats in the W3C's list.
_FORMAT_NAMES = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples",
    "RDF_XML", "JSON-LD", "TriG", "N-Quads", "N3",
)  # fmt: skip


def service(endpoint: str, manifest: dict[str, Any], kind: media.Media, *, union: bool, writable: bool) -> Answer:
    """The service description of the endpoint, in a format."""
    counts = manifest["counts"]
    node = {n: ox.NamedNode(endpoint + n) for n in ("", "#service", "#dataset", "#graph")}
    triples: list[ox.Triple] = []

    def add(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        triples.append(ox.Triple(node[subject], ox.NamedNode(predicate), value))

    a = o.RDF + "type"
    add("#service", a, ox.NamedNode(SD + "Service"))
    add("#service", SD + "endpoint", node[""])
    for language in ("SPARQL11Query", *(["SPARQL11Update"] if writable else [])):
        add("#service", SD + "supportedLanguage", ox.NamedNode(SD + language))
    for feature in (["UnionDefaultGraph"] if union else []) + ["EmptyGraphs"] * writable:
        add("#service", SD + "feature", ox.NamedNode(SD + feature))
    for name in _FORMAT_NAMES:
        add("#service", SD + "resultFormat", ox.NamedNode(FORMATS + name))
        if writable and not name.startswith("SPARQL"):
            add("#service", SD + "inputFormat", ox.NamedNode(FORMATS + name))
    add("#service", SD + "defaultDataset", node["#dataset"])
    add("#dataset", a, ox.NamedNode(SD + "Dataset"))
    add("#dataset", SD + "defaultGraph", node["#graph"])
    add("#dataset", o.DCT + "conformsTo", ox.NamedNode(o.KG.rstrip("#")))
    add("#dataset", o.DCT + "source", ox.NamedNode(manifest["base_iri"] + "dataset"))
    add("#graph", a, ox.NamedNode(SD + "Graph"))
    total = counts["triples"] + (counts["provenance quads"] if union else 0)
    add("#graph", o.VOID + "triples", ox.Literal(str(total), datatype=ox.NamedNode(o.XSD + "integer")))
    prefixes = {**o.PREFIXES, "sd": SD, "void": o.VOID, "formats": FORMATS}
    body = ox.serialize(triples, format=media.OXIGRAPH[kind], prefixes=prefixes) or b""
    return Answer(200, kind.content_type, body, {})


@cache
def file(path: Path, kind: media.Media) -> Answer:
    """A Turtle file of the graph folder, in a format."""
    triples = (q.triple for q in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE))
    prefixes = {**o.PREFIXES, "void": o.VOID, "dcat": o.DCAT}
    body = ox.serialize(triples, format=media.OXIGRAPH[kind], prefixes=prefixes) or b""
    return Answer(200, kind.content_type, body, {})
