"""The documentation of the ontology, read from `ontology/kg.ttl`: `python -m kg.export.reference` writes it."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from kg import ontology as o
from kg.export.formats import compact
from kg.settings import ontology_dir

#: Headings and the types that stand under them, in order.
_SECTIONS = (
    ("Classes", OWL.Class),
    ("Relations", OWL.ObjectProperty),
    ("Attributes", OWL.DatatypeProperty),
    ("Values", OWL.NamedIndividual),
)


class Term(NamedTuple):
    """One term: what it means, what holds of it (name and value), and an example: of a relation or an attribute a
    statement in Turtle, of a class the IRI of a thing, of a value words of a paper."""

    name: str
    comment: str
    facts: tuple[tuple[str, str], ...]
    example: str

    @property
    def stated(self) -> bool:
        """Whether the example is a statement in Turtle."""
        return self.example.endswith(" .")


class Section(NamedTuple):
    """Terms of one kind, in the order of the ontology file."""

    title: str
    terms: tuple[Term, ...]


@cache
def sections() -> tuple[Section, ...]:
    """All terms of the ontology by kind, in the order in which `kg.ontology` names them."""
    graph = rdflib.Graph().parse(ontology_dir() / "kg.ttl", format="turtle")
    order = (*o.CLASSES, *o.PROPERTIES, *o.COMPARATORS, *o.DIRECTIONS)
    found = []
    for title, kind in _SECTIONS:
        terms = [_term(graph, n) for n in order if (rdflib.URIRef(o.KG + n), RDF.type, kind) in graph]
        found.append(Section(title, tuple(terms)))
    return tuple(found)


def _term(graph: rdflib.Graph, name: str) -> Term:
    iri = rdflib.URIRef(o.KG + name)
    facts = []
    for label, predicate in (
        ("a kind of", RDFS.subClassOf),
        ("implies", RDFS.subPropertyOf),
        ("from", RDFS.domain),
        ("to", RDFS.range),
    ):
        facts += [(label, _name(graph, v)) for v in sorted(graph.objects(iri, predicate), key=str)]
    kinds = {str(k) for k in graph.objects(iri, RDF.type)}
    facts += [("is a", compact(k)) for k in sorted(kinds) if k.startswith(o.KG)]
    if str(OWL.FunctionalProperty) in kinds:
        facts.append(("at most", "one"))
    return Term(name, str(graph.value(iri, RDFS.comment)), tuple(facts), str(graph.value(iri, SKOS.example) or ""))


def _name(graph: rdflib.Graph, value: rdflib.term.Node) -> str:
    """A term by its prefix; a union by its members."""
    members = graph.value(value, OWL.unionOf)
    if members is None:
        return compact(str(value))
    return " or ".join(compact(str(m)) for m in Collection(graph, members))


def markdown() -> str:
    """The documentation as Markdown."""
    graph = rdflib.Graph().parse(ontology_dir() / "kg.ttl", format="turtle")
    head = next(graph.subjects(RDF.type, OWL.Ontology))
    out = [f"# {graph.value(head, rdflib.DCTERMS.title)}", "", str(graph.value(head, RDFS.comment)), ""]
    out += [f"Version {graph.value(head, OWL.versionInfo)}, `{graph.value(head, OWL.versionIRI)}`.", ""]
    out += ["Written by `make ontology` from [kg.ttl](kg.ttl).", ""]
    for section in sections():
        out += [f"## {section.title}", ""]
        for term in section.terms:
            out += [f"### kg:{term.name}", "", term.comment, ""]
            if term.facts:
                out += ["; ".join(f"{name} `{value}`" for name, value in term.facts) + ".", ""]
            if term.stated:
                out += ["For example:", "", "```turtle", term.example, "```", ""]
            elif term.example:
                out += [f"For example: `{term.example}`", ""]
    return "\n".join(out).rstrip() + "\n"


def main(path: str) -> None:
    """Write the Markdown documentation to a file."""
    Path(path).write_text(markdown(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:2])
