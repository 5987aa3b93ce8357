"""`void.ttl`: what the data set is, what made it, and how much of everything it holds (VoID, DCAT, PROV)."""

from __future__ import annotations

from collections import Counter

import rdflib
from rdflib.namespace import DCAT, DCTERMS, PROV, RDF, RDFS, VOID, XSD

from kg import __version__
from kg.export.formats import compact
from kg.export.rdf import Node
from kg.ontology import KG, PREFIXES, Namer


class Census:
    """How often each class and property stands in a graph. Adding up is all that is done with it."""

    def __init__(self) -> None:
        self.classes: Counter[str] = Counter()
        self.properties: Counter[str] = Counter()

    def count(self, node: Node) -> None:
        """Count one subject in."""
        for predicate, objects in node[1]:
            self.properties[predicate[1:-1]] += len(objects)
            if predicate.endswith("#type>"):
                self.classes.update([term[1:-1] for term in objects])

    @property
    def triples(self) -> int:
        """How many there are."""
        return self.properties.total()

    def add(self, other: Census) -> None:
        """Add the counts of other nodes."""
        self.classes.update(other.classes)
        self.properties.update(other.properties)


def describe(namer: Namer, knowledge: str, census: Census, quads: int) -> str:
    """The description as Turtle.

    Args:
        knowledge: hash of vocabulary and code that made the graph.
        census: of the graph's lines.
        quads: how many lines the provenance has.
    """
    classes, properties, triples = census.classes, census.properties, census.triples
    g = rdflib.Graph()
    for prefix in ("kg", "dct", "prov", "xsd", "rdfs"):
        g.bind(prefix, PREFIXES[prefix], replace=True)
    g.bind("void", VOID)
    g.bind("dcat", DCAT)
    whole = rdflib.URIRef(namer.dataset())
    run = rdflib.URIRef(namer.run(knowledge))
    for kind in (VOID.Dataset, DCAT.Dataset):
        g.add((whole, RDF.type, kind))
    g.add((whole, DCTERMS.title, rdflib.Literal("Knowledge graph of papers")))
    g.add((whole, RDFS.label, rdflib.Literal("Knowledge graph of papers")))
    g.add((whole, DCTERMS.conformsTo, rdflib.URIRef(KG.rstrip("#"))))
    g.add((whole, VOID.uriSpace, rdflib.Literal(namer.base)))
    g.add((whole, VOID.triples, _integer(triples + quads)))
    g.add((whole, PROV.wasGeneratedBy, run))
    g.add((run, RDF.type, PROV.Activity))
    g.add((run, RDFS.label, rdflib.Literal(f"paperkg {__version__}, vocabulary and rules {knowledge[:16]}")))
    for name, count, label in (
        ("graph", triples, "Nodes, edges and claims"),
        ("provenance", quads, "Statements and evidence"),
    ):
        part = rdflib.URIRef(namer.dataset(name))
        g.add((whole, VOID.subset, part))
        g.add((part, RDF.type, VOID.Dataset))
        g.add((part, RDFS.label, rdflib.Literal(label)))
        g.add((part, VOID.triples, _integer(count)))
    graph = rdflib.URIRef(namer.dataset("graph"))
    for kind_of, counts, link, term, total in (
        ("class", classes, VOID.classPartition, VOID["class"], VOID.entities),
        ("property", properties, VOID.propertyPartition, VOID.property, VOID.triples),
    ):
        for iri, count in sorted(counts.items()):
            # With the prefix: kg:subject and dct:subject are two partitions.
            part = rdflib.URIRef(namer.dataset(f"graph/{kind_of}/{compact(iri).replace(':', '-')}"))
            g.add((graph, link, part))
            g.add((part, term, rdflib.URIRef(iri)))
            g.add((part, total, _integer(count)))
    text: str = g.serialize(format="turtle")
    return text


def _integer(count: int) -> rdflib.Literal:
    return rdflib.Literal(str(count), datatype=XSD.integer)
