"""The ontology and its alignment: documented, in OWL 2 DL, in step with the code, and without an invented foreign term."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import owlrl  # type: ignore[import-untyped]
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import (
    DCAT,
    DCTERMS,
    OWL,
    PROV,
    RDF,
    RDFS,
    SDO,
    SH,
    SKOS,
    VOID,
    XSD,
    ClosedNamespace,
    DefinedNamespace,
)

from kg import ontology as o
from kg.export import reference
from kg.model import FIELDS, Claim, Evidence
from kg.serve import description, media
from kg.settings import BASE_IRI, ontology_dir
from tests.test_validate import small

__all__ = ["small"]  # a fixture

PINNED = Path(__file__).parent / "vocabularies"
#: Vocabularies that rdflib knows term by term.
CLOSED = (DCAT, DCTERMS, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, VOID, XSD)
#: Namespaces whose names nobody publishes a list of: resources, versions, licences, people.
OPEN = (
    "https://w3id.org/paperkg/", "https://www.apache.org/licenses/", "https://orcid.org/",
)  # fmt: skip

#: Datatypes of the OWL 2 datatype map that the project uses.
DATATYPES = {XSD.string, XSD.integer, XSD.decimal, XSD.boolean, RDF.langString, RDF.PlainLiteral}


@cache
def pinned() -> dict[str, set[str]]:
    """Namespace -> names, from the copies in tests/vocabularies; what follows a name is its label."""
    found = {}
    for path in PINNED.glob("*.txt"):
        first, _, *names = path.read_text(encoding="utf-8").splitlines()
        found[first.removeprefix("# ")] = {name.split(" ", 1)[0] for name in names}
    return found


def unknown(iri: str) -> bool:
    """Whether an IRI is no term of any vocabulary that is known here."""
    if iri.startswith(o.KG):
        return iri[len(o.KG) :] not in {*o.CLASSES, *o.PROPERTIES, *o.COMPARATORS, *o.DIRECTIONS, ""}
    if iri.startswith(OPEN):
        return False
    for namespace, names in pinned().items():
        if iri.startswith(namespace):
            return iri[len(namespace) :] not in names
    for vocabulary in CLOSED:
        if iri.startswith(str(vocabulary)):
            return not _declares(vocabulary, iri[len(str(vocabulary)) :])
    return True


def _declares(vocabulary: type[DefinedNamespace] | ClosedNamespace, name: str) -> bool:
    return rdflib.URIRef(str(vocabulary) + name) in vocabulary or not name


def terms() -> rdflib.Graph:
    return rdflib.Graph().parse(ontology_dir() / "kg.ttl", format="turtle")


def alignment() -> rdflib.Graph:
    return rdflib.Graph().parse(ontology_dir() / "alignment.ttl", format="turtle")


def iris(graph: rdflib.Graph) -> set[str]:
    return {str(t) for triple in graph for t in triple if isinstance(t, rdflib.URIRef)}


# ---- foreign terms


FILES = ("kg.ttl", "alignment.ttl", "shapes.ttl")


def read(name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(ontology_dir() / name, format="turtle")


@pytest.mark.parametrize("name", FILES)
def test_ontology_foreign_terms_exist(name: str) -> None:
    assert [i for i in sorted(iris(read(name))) if unknown(i)] == []


def misspelt(iri: str) -> Iterator[str]:
    """A foreign term with letters more, a letter less, two letters swapped, another case, and under the other scheme;
    numbers and the symbols of units with letters more alone, as a symbol misspelt is often another symbol."""
    head, name = re.fullmatch(r"(.*[/#])(.*)", iri).groups()  # type: ignore[union-attr]
    yield head + name + "xx"
    if head != o.UNIT and not re.search(r"\d", name):
        yield head + name[:-1]
        yield head + name[:-2] + name[-1] + name[-2]
        if name != "url":  # schema:URL is a class
            yield head + name.swapcase()
    other = head.replace("https:", "http:") if head.startswith("https:") else head.replace("http:", "https:")
    yield other + name


def used() -> dict[str, set[str]]:
    """Every namespace of another vocabulary -> its terms, in the ontology's files, the code, the context and the queries."""
    found = set().union(*(iris(read(name)) for name in FILES))
    found |= {*o.FOREIGN_PROPERTIES, *o.FOREIGN_CLASSES, *(o.UNIT + unit for unit in o.QUDT_UNITS.values())}
    found |= {o.PREFIXES[prefix] + local for prefix, _, local in (n.partition(":") for n in compact_names())}
    found |= service_terms()
    spaces: dict[str, set[str]] = {}
    for iri in found:
        head, name = re.fullmatch(r"(.*[/#])(.*)", iri).groups()  # type: ignore[union-attr]
        if name and not iri.startswith((o.KG, *OPEN)):
            spaces.setdefault(head, set()).add(iri)
    return spaces


def test_ontology_every_foreign_namespace_in_use_is_pinned_and_catches_a_misspelt_term() -> None:
    spaces = used()
    assert set(spaces) == set(pinned()) | {str(v) for v in CLOSED}
    for terms_of in spaces.values():
        for iri in terms_of:
            assert not unknown(iri), iri
            for wrong in misspelt(iri):
                assert wrong == iri or unknown(wrong), wrong


@pytest.mark.parametrize("name", FILES)
def test_ontology_a_planted_foreign_term_is_found(name: str) -> None:
    """The check of a whole file, not of a term alone: one misspelt term of each vocabulary in a copy of the file."""
    graph = read(name)
    for terms_of in used().values():
        for iri in sorted(terms_of & iris(graph))[:1]:
            planted = rdflib.Graph()
            for triple in graph:
                planted.add(tuple(rdflib.URIRef(iri + "x") if str(t) == iri else t for t in triple))  # type: ignore[arg-type]
            assert [i for i in iris(planted) if unknown(i)] == [iri + "x"]


@pytest.mark.parametrize("path", sorted(PINNED.glob("*.txt")), ids=lambda p: p.stem)
def test_ontology_pinned_copies_say_where_they_come_from(path: Path) -> None:
    first, second, *names = path.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"# https?://\S+[/#]", first)
    assert re.search(r"npm @vocabulary/\w+ [\d.]+$|read on \d{4}-\d\d-\d\d|seen on \d{4}-\d\d-\d\d", second)
    assert names == sorted(set(names)), "sorted, each once"


def test_ontology_classes_are_aligned_with_classes_and_relations_with_relations() -> None:
    """Every vocabulary here, but for Wikidata's items, starts its classes with a capital."""
    for subject, predicate, foreign in alignment():
        if str(subject).startswith(o.KG) and isinstance(foreign, rdflib.URIRef):
            name = re.split("[/#]", foreign)[-1]
            assert name[0].isupper() == (str(subject)[len(o.KG) :] in o.CLASSES), (subject, predicate, foreign)


def test_ontology_terms_of_the_data_exist(seeds_folder: Path) -> None:
    base = json.loads((seeds_folder / "manifest.json").read_text())["base_iri"]
    seen: set[str] = set()
    for name, kind in (("graph.nt", "N_TRIPLES"), ("provenance.nq", "N_QUADS"), ("void.ttl", "TURTLE")):
        for quad in ox.parse((seeds_folder / name).read_bytes(), getattr(ox.RdfFormat, kind)):
            seen.add(quad.predicate.value)
            if isinstance(quad.object, ox.Literal):
                seen.add(quad.object.datatype.value)
            elif quad.predicate.value in (o.RDF + "type", o.QUDT + "hasUnit", o.RDF + "predicate"):
                seen.add(quad.object.value)
    assert [i for i in sorted(seen) if not i.startswith(base) and unknown(i)] == []


def compact_names() -> set[str]:
    """Terms of the context and the queries, as prefix:name."""
    context = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    names = {k for k in context if ":" in k} | {v["@type"] for v in context.values() if isinstance(v, dict)}
    for path in (ontology_dir() / "queries").glob("*.rq"):
        text = re.sub(r"#[^\n]*|\"[^\"\n]*\"|<[^>]*>", "", path.read_text(encoding="utf-8"))
        assert "PREFIX" not in text, f"{path.name} has a prefix of its own, which nothing checks"
        names |= set(re.findall(rf"(?<![\w?])(?:{'|'.join(o.PREFIXES)}):\w+", text))
    return names - {"@id"}


def service_terms() -> set[str]:
    """Terms of the description that a server gives of itself."""
    manifest = {"base_iri": BASE_IRI, "counts": {"triples": 1, "provenance quads": 1}}
    body = description.service("http://localhost/sparql", manifest, media.N_TRIPLES, union=True, writable=True).body
    found = rdflib.Graph().parse(data=body, format="nt")
    return {i for i in iris(found) if not i.startswith(("http://localhost/", BASE_IRI))} - {o.KG.rstrip("#")}


def test_ontology_terms_of_code_context_and_queries_exist() -> None:
    found = set(re.findall(r"https?://[^\s<>\"')]+", json.dumps(o.PREFIXES)))
    assert [ns for ns in found if ns not in pinned() and ns not in {str(v) for v in CLOSED} | {o.KG}] == []
    for name in compact_names():
        prefix, _, local = name.partition(":")
        assert not unknown(o.PREFIXES[prefix] + local), name
    for unit in o.QUDT_UNITS.values():
        assert not unknown(o.UNIT + unit), unit


@pytest.mark.parametrize(
    "iri",
    [
        "https://schema.org/ScholarlyArtikle", "http://schema.org/ScholarlyArticle", "http://purl.org/spar/fabio/hasArXivID",
        "http://www.w3.org/ns/oa#hasSelecter", "http://www.w3.org/TR/prov-o/#Entity", "http://qudt.org/vocab/unit/MegaBytes",
        "http://www.w3.org/2004/02/skos/core#preferredLabel", "http://w3id.org/mlso/hasRelatedImlpementation",
        "https://w3id.org/paperkg/ontology#introduses", "http://www.w3.org/2001/XMLSchema#int eger", "http://example.org/x",
    ],
)  # fmt: skip
def test_ontology_misspelt_term_is_unknown(iri: str) -> None:
    assert unknown(iri)


def test_ontology_alignment_reaches_every_vocabulary() -> None:
    wanted = (
        "https://schema.org/", SKOS, PROV, "http://www.w3.org/ns/oa#", "http://qudt.org/schema/qudt/",
        "http://purl.org/spar/fabio/", "http://cso.kmi.open.ac.uk/schema/cso#", "http://w3id.org/mlso/",
        "http://www.wikidata.org/entity/",
    )  # fmt: skip
    found = iris(alignment())
    for namespace in wanted:
        assert any(i.startswith(str(namespace)) for i in found), namespace


# ---- every term


def test_ontology_terms_in_code_and_file_agree() -> None:
    declared = {str(s)[len(o.KG) :] for s in terms().subjects(RDFS.label, None) if str(s).startswith(o.KG)}
    assert declared == {*o.CLASSES, *o.PROPERTIES, *o.COMPARATORS, *o.DIRECTIONS}


def test_ontology_every_term_is_documented() -> None:
    graph = terms()
    for term in {s for s in graph.subjects(RDF.type, None) if str(s).startswith(o.KG)}:
        for predicate in (RDFS.label, RDFS.comment, SKOS.example, RDFS.isDefinedBy):
            assert len(list(graph.objects(term, predicate))) == 1, (term, predicate)
        kinds = set(graph.objects(term, RDF.type))
        if kinds & {OWL.ObjectProperty, OWL.DatatypeProperty}:
            assert graph.value(term, RDFS.domain) is not None, term
            assert graph.value(term, RDFS.range) is not None, term


def test_ontology_examples_of_relations_are_turtle() -> None:
    graph = terms()
    prefixes = "".join(f"@prefix {p}: <{n}> .\n" for p, n in o.PREFIXES.items())
    for term in o.PROPERTIES:
        example = str(graph.value(rdflib.URIRef(o.KG + term), SKOS.example))
        found = [q.predicate.value for q in ox.parse((prefixes + example).encode(), ox.RdfFormat.TURTLE)]
        assert found == [o.KG + term]


def test_ontology_versions_agree() -> None:
    for graph in (terms(), alignment()):
        (head,) = graph.subjects(RDF.type, OWL.Ontology)
        assert str(graph.value(head, OWL.versionIRI)).startswith(f"{head}/")


def test_ontology_documentation_is_up_to_date() -> None:
    written = (ontology_dir() / "README.md").read_text(encoding="utf-8")
    assert written == reference.markdown(), "make ontology"
    for term in (*o.CLASSES, *o.PROPERTIES, *o.COMPARATORS, *o.DIRECTIONS):
        assert f"### kg:{term}\n" in written


def test_ontology_documentation_calls_turtle_what_is_turtle() -> None:
    """The bare IRI of a thing under a class read as the IRI of the class."""
    written = (ontology_dir() / "README.md").read_text(encoding="utf-8")
    prefixes = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in o.PREFIXES.items())
    blocks = re.findall(r"^```turtle\n(.*?)^```", written, re.M | re.S)
    assert blocks and all(list(ox.parse((prefixes + b).encode(), ox.RdfFormat.TURTLE)) for b in blocks)
    assert "For example: `https://w3id.org/paperkg/id/system/ray`" in written


# ---- OWL 2 DL


def both() -> rdflib.Graph:
    return terms() + alignment()


def test_ontology_dl_each_name_is_declared_and_of_one_kind() -> None:
    graph = both()
    kinds: dict[str, set[rdflib.term.Node]] = {}
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype):
        for term in graph.subjects(RDF.type, kind):
            kinds.setdefault(str(term), set()).add(kind)
    assert {t for t, k in kinds.items() if len(k) > 1} == set(), (
        "a class that is a property, or a property of two kinds"
    )
    built_in = (str(RDF), str(RDFS), str(OWL))
    for predicate in set(graph.predicates()):
        assert str(predicate).startswith(built_in) or kinds.get(str(predicate)) == {OWL.AnnotationProperty}, predicate
    for _, _, c in [*graph.triples((None, RDFS.subClassOf, None)), *graph.triples((None, RDFS.domain, None))]:
        assert isinstance(c, rdflib.BNode) or kinds.get(str(c)) == {OWL.Class}, c
    for p in set(graph.subjects(RDF.type, OWL.ObjectProperty)):
        for c in graph.objects(p, RDFS.range):
            assert kinds.get(str(c)) == {OWL.Class}, (p, c)
        for q in graph.objects(p, RDFS.subPropertyOf):
            assert kinds.get(str(q)) == {OWL.ObjectProperty}, (p, q)
    for p in set(graph.subjects(RDF.type, OWL.DatatypeProperty)):
        assert set(graph.objects(p, RDFS.range)) <= DATATYPES, p


def test_ontology_dl_uses_no_reserved_word_and_only_mapped_literals() -> None:
    graph = both()
    for s, p, v in graph:
        assert p not in (RDF.subject, RDF.predicate, RDF.object) and v not in (RDF.Statement, RDF.List)
        assert not str(s).startswith((str(RDF), str(RDFS), str(OWL))), s
        if isinstance(v, rdflib.Literal):
            assert v.datatype in DATATYPES | {None}, v


def test_ontology_dl_blank_nodes_are_lists_unions_and_axioms_alone() -> None:
    graph = both()
    for node in {s for s in graph.subjects() if isinstance(s, rdflib.BNode)}:
        predicates = set(graph.predicates(node))
        assert (
            predicates == {RDF.first, RDF.rest}
            or graph.value(node, RDF.type) in (OWL.AllDisjointClasses, OWL.AllDifferent)
            or predicates == {RDF.type, OWL.unionOf}
        ), predicates
        assert len(list(graph.subjects(None, node))) <= 1, "an anonymous part is used twice"


def test_ontology_dl_individuals_have_a_class_of_the_ontology() -> None:
    graph = terms()
    for individual in graph.subjects(RDF.type, OWL.NamedIndividual):
        kinds = {str(k) for k in graph.objects(individual, RDF.type)} - {str(OWL.NamedIndividual)}
        assert kinds <= {o.KG + "Comparator", o.KG + "Direction"} and kinds, individual


def test_ontology_data_is_consistent_with_disjointness_and_ranges(seeds_folder: Path) -> None:
    """What a DL reasoner would find in the data of one build: no node of two disjoint classes, no value out of range."""
    graph = terms()
    data = rdflib.Graph().parse(seeds_folder / "graph.nt", format="nt")
    supers = {
        o.KG + c: {str(s) for s in graph.transitive_objects(rdflib.URIRef(o.KG + c), RDFS.subClassOf)}
        for c in o.CLASSES
    }
    kinds: dict[rdflib.term.Node, set[str]] = {}
    for node, kind in data.subject_objects(RDF.type):
        kinds.setdefault(node, set()).update(supers.get(str(kind), {str(kind)}))
    top = {o.KG + c for c in o.CLASSES if c not in ("System", "Hardware", "Technique", "Dataset", "Task")}
    five = {o.KG + c for c in ("System", "Hardware", "Technique", "Dataset", "Task")}
    for node, found in kinds.items():
        assert len(found & top) <= 1 and len(found & five) <= 1, node
    for p in o.PROPERTIES:
        target = graph.value(rdflib.URIRef(o.KG + p), RDFS.range)
        if target is not None and str(target).startswith(o.KG) and p not in ("comparator", "direction"):
            for value in set(data.objects(None, rdflib.URIRef(o.KG + p))):
                assert str(target) in kinds[value], (p, value)


def contradictions(data: rdflib.Graph) -> set[str]:
    """What OWL 2 RL finds wrong in ontology, alignment and data together."""
    graph = both() + data
    for annotation in (RDFS.label, RDFS.comment, RDFS.isDefinedBy, SKOS.example, SKOS.closeMatch, SKOS.relatedMatch):
        graph.remove((None, annotation, None))  # says nothing to a reasoner, and takes its time
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    found = {
        str(said) for said in graph.objects(None, rdflib.URIRef("http://www.daml.org/2002/03/agents/agent-ont#error"))
    }
    return found | {f"{a} = {b}" for a, b in graph.subject_objects(OWL.sameAs) if a != b}


def test_ontology_a_reasoner_finds_no_contradiction_in_a_graph(small: Path) -> None:
    data = rdflib.Graph().parse(small / "graph.nt", format="nt")
    assert len(data) > 200
    assert contradictions(data) == set()


def test_ontology_a_reasoner_finds_what_is_planted() -> None:
    """A node of two disjoint classes, a claim of two papers, a relation that leads to a node of another class."""
    thing, claim, paper = (rdflib.URIRef(BASE_IRI + name) for name in ("system/x", "claim/x", "paper/x"))
    kg = rdflib.Namespace(o.KG)
    data = rdflib.Graph()
    for triple in ((thing, RDF.type, kg.System), (claim, RDF.type, kg.Claim), (claim, kg.claimedBy, paper)):
        data.add(triple)
    assert contradictions(data) == set()
    for planted in ((thing, RDF.type, kg.Task), (claim, kg.claimedBy, thing), (claim, kg.metric, thing)):
        assert contradictions(data + rdflib.Graph().add(planted)), planted


@pytest.mark.parametrize(
    "paper", ["arxiv:2006.06762", "arxiv:cs/0601068", "arxiv:cond-mat/9901001", "doi:10.1145/3302516-x%2f", "abs:1f2e"]
)
def test_ontology_slug_of_a_paper_leads_back(paper: str) -> None:
    assert o.paper_of_slug(o.paper_slug(paper)) == paper


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3e-11, "0.00000000003"),
        (4.3 * 10.0**-7, "0.00000043"),  # a product of floats, as it was written
        (0.1 + 0.2, "0.3"),
        (-2.5, "-2.5"),
        (-0.0, "0"),
        (100.0, "100"),
        (1e22, "10000000000000000000000"),
    ],
)
def test_ontology_decimal_keeps_every_digit_that_was_written(number: float, text: str) -> None:
    assert o.decimal(number) == text


def test_ontology_claims_of_different_small_values_are_two() -> None:
    evidence = Evidence("abs:1", "abstract", 0, 1, 0, 1, "x", "r", 0.9)
    claims = [Claim(paper="abs:1", unit="s", value=value, evidence=evidence) for value in (3e-11, 4e-11)]
    assert len({o.Namer().claim(c) for c in claims}) == 2


def test_ontology_every_field_has_a_property() -> None:
    """Evidence in a field without one has no text to be shown in."""
    assert set(o.FIELD_PROPERTIES) == set(FIELDS.values())


def test_ontology_ids_of_claims_and_editions_lead_to_their_iris() -> None:
    """Tables, page and networkx view have the ids, RDF the IRIs: one could not be looked up in the other."""
    claim = Claim(paper="abs:1", unit="s", value=2, evidence=Evidence("abs:1", "abstract", 0, 1, 0, 1, "x", "r", 0.9))
    namer = o.Namer("https://x.org/")
    assert namer.claim(claim) == namer(o.claim_id(claim))
    assert namer.edition("venue/osdi", 2020) == namer(o.edition_id("venue/osdi", 2020))
    assert o.edition_id("venue/osdi", 2020) == "edition/osdi-2020"
    assert o.edition_id("venue/cacm", 0) == "edition/cacm"
