"""Checks a graph folder as a librarian would: shapes, quotes, counts, identifiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import ontology as o
from kg import shapes
from kg.errors import DamagedError, EvidenceError
from kg.explore import Graph, open_graph
from kg.export.rdf import clean
from kg.folder import open_export
from kg.linking.text import MAX_SENTENCE
from kg.model import FIELDS, ROLES
from kg.progress import Progress, silent

_ATTRIBUTE = {name: attribute for attribute, name in FIELDS.items()}


def validate(folder: str | Path, *, progress: Progress | None = None) -> list[str]:
    """Every violation as one line; an empty list means that the folder keeps the contract.

    Raises StoreError if the folder is no graph folder, EvidenceError never: a wrong quote is a violation.
    """
    tell = progress or silent
    graph = open_graph(folder)
    try:
        _ = graph.store
    except DamagedError as error:
        return [f"formats: {error}"]
    problems: list[str] = []
    for name, check in CHECKS:
        tell(f"checking {name}", 0, 0)
        problems += check(graph)
    problems += shapes.violations(graph.store, graph.folder, progress=tell)
    return problems


def evidence(graph: Graph) -> Iterator[str]:
    """Every quote equals the text it points to, in the RDF as in the store."""
    from kg.assemble import check_evidence

    for facts in graph.knowledge.facts.values():
        yield from (f"evidence: left out: {said}" for said in facts.left_out)
        try:
            check_evidence([facts])
        except EvidenceError as error:
            yield f"evidence: {error}"
    texts = {o.Namer(graph.manifest["base_iri"]).paper(p.id): p for p in graph.papers}
    query = (
        "SELECT ?e ?p ?f ?s ?t ?x ?u ?v { ?e oa:hasSource ?p ; kg:field ?f ; kg:start ?s ; kg:end ?t ; kg:exact ?x ; "
        "kg:sentenceStart ?u ; kg:sentenceEnd ?v }"
    )
    for row in _select(graph.store, query):
        paper = texts.get(row["p"].value)
        if not all(row[n].value.isdigit() for n in "stuv"):
            yield f"evidence: {row['e'].value}: offsets that are no numbers"
            continue
        if paper is None:
            yield f"evidence: {row['e'].value} points to an unknown paper"
        elif int(row["v"].value) - int(row["u"].value) > MAX_SENTENCE:
            yield f"evidence: {row['e'].value}: a sentence of more than {MAX_SENTENCE} characters"
        elif (
            clean(paper.text(_ATTRIBUTE.get(row["f"].value, "title"))[int(row["s"].value) : int(row["t"].value)])
            != row["x"].value
        ):
            yield f"evidence: {row['e'].value}: the text is not {row['x'].value!r}"


def texts(graph: Graph) -> Iterator[str]:
    """What the RDF gives as the title, the abstract and the other fields of a paper is what quotes point into."""
    namer = o.Namer(graph.manifest["base_iri"])
    papers = {namer.paper(p.id): p for p in graph.papers}
    for field, term in o.FIELD_PROPERTIES.items():
        for quad in graph.store.quads_for_pattern(None, ox.NamedNode(term), None, ox.DefaultGraph()):
            if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.Literal):
                continue  # `identifiers` and the shapes say so
            paper = papers.get(quad.subject.value)
            if paper is not None and quad.object.value != clean(paper.text(_ATTRIBUTE[field])):
                yield f"texts: the {field} of {quad.subject.value} is not that which its quotes point into"


def counts(graph: Graph) -> Iterator[str]:
    """Counts in `void.ttl`, in the manifest and of papers beside each entity equal the data."""
    lines = {
        "graph": sum(1 for _ in graph.read_text("graph.nt")),
        "provenance": sum(1 for _ in graph.read_text("provenance.nq")),
    }
    void = ox.Store()
    try:
        void.bulk_load((graph.folder / "void.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    except (OSError, SyntaxError) as error:
        yield f"counts: void.ttl cannot be read: {error}"
        return
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
    mentions = Counter(quad.object.value for quad in _edges(graph.store, "mentions"))
    said = {quad.subject.value: quad.object.value for quad in _edges(graph.store, "paperCount")}
    for entity in sorted({*mentions, *said}):
        if said.get(entity, "0") != str(mentions[entity]):
            yield f"counts: kg:paperCount of {entity} is {said.get(entity)}, {mentions[entity]} papers mention it"
    papers = graph.manifest["counts"]["papers"]
    if papers != len(graph.papers):
        yield f"counts: the manifest says {papers} papers, there are {len(graph.papers)}"


def identifiers(graph: Graph) -> Iterator[str]:
    """No blank node; every IRI valid; every property, class and datatype one of the contract; every resource of the
    graph described there, with a label."""
    properties = {*(o.KG + n for n in o.PROPERTIES), *o.FOREIGN_PROPERTIES}
    classes = {*(o.KG + n for n in o.CLASSES), *o.FOREIGN_CLASSES}
    terms = {o.KG + n for n in (*o.CLASSES, *o.PROPERTIES, *o.COMPARATORS, *o.DIRECTIONS)}
    base = graph.manifest["base_iri"]
    said: set[str] = set()
    typed: set[str] = set()
    labelled: set[str] = set()
    former: set[str] = set()
    used: set[str] = set()
    for quad in graph.store.quads_for_pattern(None, None, None, None):
        for term in (quad.subject, quad.object, quad.graph_name):
            if isinstance(term, ox.BlankNode):
                yield f"identifiers: a blank node in {quad}"
            elif isinstance(term, ox.NamedNode) and term.value not in used:
                used.add(term.value)
                if o.BAD_IRI.search(term.value):
                    yield f"identifiers: not a valid IRI: {term.value!r}"
                elif term.value.startswith(o.KG) and term.value not in terms:
                    yield f"identifiers: {term.value} is no term of the ontology"
            elif isinstance(term, ox.Literal) and term.datatype.value not in said:
                said.add(term.datatype.value)
                if term.datatype.value not in _DATATYPES:
                    yield f"identifiers: the contract has no literals of type {term.datatype.value}"
        name = quad.predicate.value
        if name not in said:
            said.add(name)
            if name not in properties:
                yield f"identifiers: {name} is no property of the contract"
        if name == _TYPE and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            typed.add(quad.subject.value)
            if quad.object.value not in classes:
                yield f"identifiers: {quad.object.value} is no class of the contract"
        elif name == o.RDFS + "label" and isinstance(quad.subject, ox.NamedNode):
            labelled.add(quad.subject.value)
        elif name == o.DCT + "isReplacedBy" and isinstance(quad.subject, ox.NamedNode):
            former.add(quad.subject.value)
    graphs = {g.value for g in graph.store.named_graphs() if isinstance(g, ox.NamedNode)}
    for iri in sorted(typed - labelled):
        yield f"identifiers: {iri} has no label"
    for iri in sorted(i for i in used - typed - former - graphs if i.startswith(base)):
        yield f"identifiers: {iri} is used and not described"


_TYPE = o.RDF + "type"
_DATATYPES = {o.XSD + n for n in ("string", "integer", "decimal", "boolean", "date")}


def provenance(graph: Graph) -> Iterator[str]:
    """Each edge of a paper has one statement, in the named graph of its paper, under the hash of its content, and each
    statement has its edge; a role has its mention beside it."""
    namer = o.Namer(graph.manifest["base_iri"])
    expected: dict[str, tuple[str, str, str, str]] = {}
    places: dict[str, str] = {}
    for facts in graph.knowledge.facts.values():
        place, paper = namer.provenance(facts.paper.id), namer.paper(facts.paper.id)
        places[paper] = place
        for edge in facts.edges:
            said = edge.statement
            expected[namer.statement(said)] = (place, paper, o.KG + said.predicate, namer(said.object))
    published = o.KG + "publishedIn"
    found: Counter[tuple[str, str, str]] = Counter()
    query = "SELECT ?g ?s ?a ?p ?b { GRAPH ?g { ?s rdf:subject ?a ; rdf:predicate ?p ; rdf:object ?b } }"
    for row in _select(graph.store, query):
        g, s, *edge_of = (row[n].value for n in "gsapb")
        a, p, b = edge_of
        found[a, p, b] += 1
        if g != places.get(a):
            yield f"provenance: {s} about {a} stands in the graph {g}"
        if p != published and expected.get(s, ()) != (g, a, p, b):
            yield f"provenance: {s} is not the identifier of {a} {p} {b}"
        if (triple := _triple(a, p, b)) not in graph.store:
            yield f"provenance: {s} has no edge {triple}"
    for edge_key, count in found.items():
        if count > 1:
            yield f"provenance: {count} statements of one edge {' '.join(edge_key)}"
    mentioned = {(q.subject, q.object) for q in _edges(graph.store, "mentions")}
    strong: set[tuple[object, object]] = set()
    for role in (*ROLES[:-1], "publishedIn"):
        for quad in _edges(graph.store, role):
            pair = (quad.subject, quad.object)
            strong.add(pair)
            key = (quad.subject.value, quad.predicate.value, quad.object.value)
            if not found[key]:
                yield f"provenance: no statement of the edge {' '.join(key)}"
            if role != "publishedIn" and pair not in mentioned:
                yield f"provenance: {' '.join(key)} without kg:mentions beside it"
    for subject, value in mentioned - strong:
        if not found[subject.value, o.KG + "mentions", value.value]:
            yield f"provenance: no statement of {subject.value} mentions {value.value}"


def _edges(store: ox.Store, role: str) -> Iterator[Any]:
    return store.quads_for_pattern(None, ox.NamedNode(o.KG + role), None, ox.DefaultGraph())


def _triple(subject: str, predicate: str, value: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value), ox.DefaultGraph())


def names(graph: Graph) -> Iterator[str]:
    """No two entities of one class share a preferred label, and no alias names two entities unless the vocabulary says
    that all but one of them need context; names that a paper introduced keep the paper in
    their identifier, mined ones their name."""
    from kg.vocabulary import load, variants

    owners: dict[str, list[str]] = {}
    for entity in graph.entities:
        if entity.discovered or entity.mined or entity.kind == "metric":
            continue
        for name in {entity.label, *entity.aliases}:
            owners.setdefault(name, []).append(entity.id)
    shared = {name: found for name, found in owners.items() if len(found) > 1}
    own = [graph.folder / "store" / name for name in graph.manifest.get("vocabulary", ())]
    vocabulary = load(own) if shared else None
    for name, found in shared.items():
        if vocabulary is not None:
            free = []
            for identifier in sorted(found):
                term = vocabulary.terms.get(identifier)
                policies = {v.policy for v in variants(term) if name in (v.form, v.exact)} if term else {"any"}
                if policies - {"context"}:
                    free.append(identifier)
            if len(free) > 1:
                yield f"names: {name!r} names {' and '.join(free)}, and no policy tells them apart"
    texts = "SELECT ?l ?a ?b { ?a skos:prefLabel ?l ; a ?c . ?b skos:prefLabel ?l ; a ?c . FILTER(STR(?a) < STR(?b)) FILTER NOT EXISTS { ?a kg:discovered true } FILTER NOT EXISTS { ?b kg:discovered true } FILTER NOT EXISTS { ?a kg:mined true } FILTER NOT EXISTS { ?b kg:mined true } FILTER(?c != kg:Venue) }"
    for row in _select(graph.store, texts):
        yield f"names: {row['a'].value} and {row['b'].value} are both called {row['l'].value!r}"


def hierarchy(graph: Graph) -> Iterator[str]:
    """No entity is broader than itself, over any number of steps."""
    above: dict[str, set[str]] = {}
    for quad in graph.store.quads_for_pattern(None, ox.NamedNode(o.SKOS + "broader"), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            above.setdefault(quad.subject.value, set()).add(quad.object.value)
    # What has nothing above it or nothing below it leaves, again and again; what stays lies in circles, or between two.
    while True:
        high = {node for found in above.values() for node in found}
        kept = {low: rest for low, found in above.items() if low in high and (rest := found & above.keys())}
        if kept == above:
            break
        above = kept
    for low in sorted(above):
        yield f"hierarchy: {low} is broader than itself"


def formats(graph: Graph) -> Iterator[str]:
    """Every file of one graph, whatever its format, holds the same triples."""
    for first, others in _TWINS.items():
        wanted = _content(graph, *first)  # which has been read before
        for name, kind in others:
            if (graph.folder / name).is_file() or (graph.folder / f"{name}.gz").is_file():
                try:
                    found = _content(graph, name, kind)
                except DamagedError as error:
                    yield f"formats: {error}"
                except (SyntaxError, ValueError, MemoryError) as error:  # of a term of many megabytes
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
    number = total = 0
    with open_export(graph.folder, name) as source:
        for quad in ox.parse(source, kind):
            number += 1
            total ^= hash(quad)
    return number, total


#: Name and check, in the order in which they run; the shapes come last.
CHECKS: tuple[tuple[str, Callable[[Graph], Iterator[str]]], ...] = (
    ("identifiers", identifiers),
    ("provenance", provenance),
    ("evidence", evidence),
    ("texts", texts),
    ("counts", counts),
    ("names", names),
    ("hierarchy", hierarchy),
    ("formats", formats),
)


def _select(store: ox.Store, query: str) -> ox.QuerySolutions:
    answer = store.query(query, prefixes=o.PREFIXES, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)
    return answer
