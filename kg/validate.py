"""Checks a graph folder as a librarian would: shapes, quotes, counts, identifiers."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import SH

from kg import ontology as o
from kg.errors import EvidenceError
from kg.explore import Graph, open_graph
from kg.export.rdf import clean
from kg.model import FIELDS

_BAD_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_PLAIN = (rdflib.XSD.string, rdflib.RDF.langString)
_ATTRIBUTE = {name: attribute for attribute, name in FIELDS.items()}


def validate(folder: str | Path, *, progress: Callable[[str, int, int], None] | None = None) -> list[str]:
    """Every violation as one line; an empty list means that the folder keeps the contract.

    Raises StoreError if the folder is no graph folder, EvidenceError never: a wrong quote is a violation.
    """
    tell = progress or (lambda stage, done, total: None)
    graph = open_graph(folder)
    problems: list[str] = []
    for name, check in CHECKS:
        tell(f"checking {name}", 0, 0)
        problems += check(graph)
    tell("checking shapes", 0, 0)
    problems += shapes(graph)
    return problems


def shapes(graph: Graph) -> Iterator[str]:
    """Violations of the SHACL shapes that lie in the folder, over graph and provenance together."""
    data = rdflib.Graph()
    for quad in graph.store.quads_for_pattern(None, None, None, None):
        data.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    terms = rdflib.Graph().parse(graph.folder / "ontology.ttl", format="turtle")
    rules = rdflib.Graph().parse(graph.folder / "shapes.ttl", format="turtle")
    conforms, report, _ = pyshacl.validate(data, shacl_graph=rules, ont_graph=terms, inference="none", advanced=True)
    if conforms:
        return
    for result in sorted(report.subjects(rdflib.RDF.type, SH.ValidationResult), key=str):
        focus = report.value(result, SH.focusNode)
        path = report.value(result, SH.resultPath)
        value = report.value(result, SH.value)
        message = report.value(result, SH.resultMessage)
        yield f"shape: {focus} {path or ''} {value if value is not None else ''}: {message}"


def evidence(graph: Graph) -> Iterator[str]:
    """Every quote equals the text it points to, in the RDF as in the store."""
    from kg.build import check_evidence

    for facts in graph.knowledge.facts.values():
        try:
            check_evidence([facts])
        except EvidenceError as error:
            yield f"evidence: {error}"
    texts = {o.Namer(graph.manifest["base_iri"]).paper(p.id): p for p in graph.papers}
    query = "SELECT ?e ?p ?f ?s ?t ?x { ?e oa:hasSource ?p ; kg:field ?f ; kg:start ?s ; kg:end ?t ; kg:exact ?x }"
    for row in _select(graph.store, query):
        paper = texts.get(row["p"].value)
        if paper is None:
            yield f"evidence: {row['e'].value} points to an unknown paper"
        elif (
            clean(paper.text(_ATTRIBUTE.get(row["f"].value, "title"))[int(row["s"].value) : int(row["t"].value)])
            != row["x"].value
        ):
            yield f"evidence: {row['e'].value}: the text is not {row['x'].value!r}"


def counts(graph: Graph) -> Iterator[str]:
    """Counts in `void.ttl` and the manifest equal the data."""
    lines = {
        "graph": sum(1 for _ in graph.read_text("graph.nt")),
        "provenance": sum(1 for _ in graph.read_text("provenance.nq")),
    }
    void = ox.Store()
    void.bulk_load((graph.folder / "void.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    base = graph.manifest["base_iri"]
    for name, found in lines.items():
        query = f"SELECT ?n {{ <{base}dataset/{name}> <http://rdfs.org/ns/void#triples> ?n }}"
        stated = [int(row["n"].value) for row in _select(void, query)]
        if stated != [found]:
            yield f"counts: void.ttl says {stated} triples in {name}, there are {found}"
    partitions = "SELECT ?c ?n { ?x <http://rdfs.org/ns/void#class> ?c ; <http://rdfs.org/ns/void#entities> ?n }"
    for row in _select(void, partitions):
        answer = _select(
            graph.store,
            f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{row['c'].value}> FILTER NOT EXISTS {{ GRAPH ?g {{ ?s a <{row['c'].value}> }} }} }}",
        )
        found = int(next(iter(answer))["n"].value)
        if found != int(row["n"].value):
            yield f"counts: void.ttl says {row['n'].value} of {row['c'].value}, there are {found}"
    uses = "SELECT ?c ?n { ?x <http://rdfs.org/ns/void#property> ?c ; <http://rdfs.org/ns/void#triples> ?n }"
    stated_uses = {row["c"].value: int(row["n"].value) for row in _select(void, uses)}
    found_uses = Counter(line.split(" ", 2)[1][1:-1] for line in graph.read_text("graph.nt"))
    for term in sorted({*stated_uses, *found_uses}):
        if stated_uses.get(term) != found_uses.get(term):
            yield f"counts: void.ttl says {stated_uses.get(term)} uses of {term}, there are {found_uses.get(term)}"
    total = [
        int(row["n"].value)
        for row in _select(void, f"SELECT ?n {{ <{base}dataset> <http://rdfs.org/ns/void#triples> ?n }}")
    ]
    if total != [sum(lines.values())]:
        yield f"counts: void.ttl says {total} triples in all, there are {sum(lines.values())}"
    papers = graph.manifest["counts"]["papers"]
    if papers != len(graph.papers):
        yield f"counts: the manifest says {papers} papers, there are {len(graph.papers)}"


def identifiers(graph: Graph) -> Iterator[str]:
    """No blank node, every IRI valid, every own term in the ontology."""
    terms = {o.KG + n for n in (*o.CLASSES, *o.PROPERTIES, *o.COMPARATORS, *o.DIRECTIONS)}
    seen: set[str] = set()
    for quad in graph.store.quads_for_pattern(None, None, None, None):
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.BlankNode):
                yield f"identifiers: a blank node in {quad}"
            elif isinstance(term, ox.NamedNode) and term.value not in seen:
                seen.add(term.value)
                if _BAD_IRI.search(term.value):
                    yield f"identifiers: not a valid IRI: {term.value!r}"
                elif term.value.startswith(o.KG) and term.value not in terms:
                    yield f"identifiers: {term.value} is no term of the ontology"


def names(graph: Graph) -> Iterator[str]:
    """No two entities of one class share a preferred label, unless a paper introduced one of them."""
    query = "SELECT ?l ?a ?b { ?a skos:prefLabel ?l ; a ?c . ?b skos:prefLabel ?l ; a ?c . FILTER(STR(?a) < STR(?b)) FILTER NOT EXISTS { ?a kg:discovered true } FILTER NOT EXISTS { ?b kg:discovered true } FILTER(?c != kg:Venue) }"
    for row in _select(graph.store, query):
        yield f"names: {row['a'].value} and {row['b'].value} are both called {row['l'].value!r}"


def formats(graph: Graph) -> Iterator[str]:
    """Every file of one graph, whatever its format, holds the same triples."""
    for first, others in _TWINS.items():
        wanted = _content(graph, *first)
        for name, kind in others:
            if (graph.folder / name).is_file() or (graph.folder / f"{name}.gz").is_file():
                try:
                    found = _content(graph, name, kind)
                except (SyntaxError, ValueError) as error:
                    yield f"formats: {name} cannot be read: {error}"
                else:
                    if found != wanted:
                        yield f"formats: {name} holds {found[0]} triples that are not the {wanted[0]} of {first[0]}"


_TWINS = {
    ("graph.nt", ox.RdfFormat.N_TRIPLES): (
        ("graph.ttl", ox.RdfFormat.TURTLE),
        ("graph.jsonld", ox.RdfFormat.JSON_LD),
        ("graph.rdf", ox.RdfFormat.RDF_XML),
    ),
    ("provenance.nq", ox.RdfFormat.N_QUADS): (("provenance.trig", ox.RdfFormat.TRIG),),
}


def _content(graph: Graph, name: str, kind: ox.RdfFormat) -> tuple[int, int]:
    """How many quads a file holds, and a sum over them that does not depend on their order."""
    path = graph.folder / name
    number = total = 0
    with path.open("rb") if path.is_file() else gzip.open(graph.folder / f"{name}.gz", "rb") as source:
        for quad in ox.parse(cast(IO[bytes], source), kind):
            number += 1
            total ^= hash(quad)
    return number, total


#: Name and check, in the order in which they run; the shapes come last.
CHECKS: tuple[tuple[str, Callable[[Graph], Iterator[str]]], ...] = (
    ("identifiers", identifiers),
    ("evidence", evidence),
    ("counts", counts),
    ("names", names),
    ("formats", formats),
)


def _select(store: ox.Store, query: str) -> ox.QuerySolutions:
    answer = store.query(query, prefixes=o.PREFIXES, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)
    return answer


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.Literal):
        kind = rdflib.URIRef(term.datatype.value)
        # A plain literal and one typed xsd:string are the same in RDF 1.1, but not to rdflib.
        return rdflib.Literal(term.value, lang=term.language, datatype=None if kind in _PLAIN else kind)
    return rdflib.BNode(str(term))
