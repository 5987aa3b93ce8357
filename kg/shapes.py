"""The SHACL shapes of a graph folder, checked slice by slice, so that time and memory stay in proportion to the graph.

pyshacl holds a graph in memory as Python objects and looks for the nodes of each shape in all of it; millions of triples take it
hours. A slice holds everything that is said of some nodes, the classes of the nodes they point to, and one triple for
each way in which a shape may aim at them; pyshacl then checks these nodes alone. The verdict is that of the whole graph
as long as no shape looks further than one step (`LOCAL`), which a test holds the shapes to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import RDF, SH

from kg.progress import Progress, silent

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

#: Nodes in one slice; pyshacl looks for each node in a list of them, so larger slices take longer.
SLICE = 250

#: What shapes may be made of to be checked slice by slice: conditions on a node, its values and their classes.
LOCAL = frozenset(
    "and class closed datatype disjoint ignoredProperties in lessThan lessThanOrEquals maxCount maxExclusive maxInclusive "
    "maxLength message minCount minExclusive minInclusive minLength name nodeKind not or path pattern property severity "
    "targetClass targetObjectsOf targetSubjectsOf xone".split()
)

_PLAIN = (rdflib.XSD.string, rdflib.RDF.langString)
_TYPE = ox.NamedNode(str(RDF.type))


def violations(store: ox.Store, folder: Path, *, size: int = SLICE, progress: Progress | None = None) -> Iterator[str]:
    """Violations of `folder/shapes.ttl` by the quads of a store, all its graphs together, one line each.

    Constraints in SPARQL, one query for each node, are left out: `validate.provenance` checks the same in one pass.

    Args:
        size: nodes in one slice.
    """
    tell = progress or silent
    rules, terms = rdflib.Graph(), rdflib.Graph()
    for name, graph in (("shapes.ttl", rules), ("ontology.ttl", terms)):
        try:
            data = (folder / name).read_bytes()
            deque(ox.parse(data, ox.RdfFormat.TURTLE), maxlen=0)  # of damaged text it says what is wrong
            graph.parse(data=data, format="turtle")
        except (OSError, SyntaxError) as error:
            yield f"shapes: {name} cannot be read: {error}"
            return
    if (None, RDF.type, SH.NodeShape) not in rules:
        yield "shapes: shapes.ttl holds no shape"
    rules.remove((None, SH.sparql, None))
    aims = [ox.NamedNode(str(p)) for p in sorted(set(rules.objects(None, SH.targetObjectsOf)), key=str)]
    nodes = _nodes(store, aims)
    for start in range(0, len(nodes), size):
        tell("checking shapes", start, len(nodes))
        part = nodes[start : start + size]
        described = _slice(store, part, aims)
        # Plain strings: of others pyshacl knows but a few schemes.
        focus = cast(list[str | rdflib.URIRef], [str(_term(n)) for n in part])
        try:
            conforms, report, _ = pyshacl.validate(
                described, shacl_graph=rules, ont_graph=terms, inference="none", inplace=True, focus_nodes=focus
            )
        except pyshacl.errors.ReportableRuntimeError as error:
            yield f"shapes: shapes.ttl cannot be used: {' '.join(str(error).split())}"
            return
        if not conforms:
            yield from sorted(lines(report))


def lines(report: rdflib.Graph) -> Iterator[str]:
    """The results of a SHACL report, one line each."""
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, path, value, message = (
            report.value(result, p) for p in (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage)
        )
        yield f"shape: {focus} {path or ''} {value if value is not None else ''}: {message}"


def _nodes(store: ox.Store, aims: list[ox.NamedNode]) -> list[Term]:
    """Every node that a shape may aim at, in order."""
    found: set[Term] = {q.subject for q in store.quads_for_pattern(None, None, None, None)}
    for aim in aims:
        found |= {q.object for q in store.quads_for_pattern(None, aim, None, None)}
    return sorted(found, key=str)


def _slice(store: ox.Store, nodes: Iterable[Term], aims: list[ox.NamedNode]) -> rdflib.Graph:
    """What is said of nodes, the classes of what they point to, and one triple by each of `aims` that leads to them."""

    def quads() -> Iterator[ox.Quad]:
        seen: set[Term] = set()
        for node in nodes:
            if not isinstance(node, ox.Literal):
                for quad in store.quads_for_pattern(node, None, None, None):
                    yield quad
                    value = quad.object
                    if isinstance(value, ox.NamedNode | ox.BlankNode) and value not in seen:
                        seen.add(value)
                        yield from store.quads_for_pattern(value, _TYPE, None, None)
            for aim in aims:
                yield from (q for q, _ in zip(store.quads_for_pattern(None, aim, node, None), (1,), strict=False))

    return _graph(quads())


def _graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    data = rdflib.Graph()
    for quad in quads:
        data.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return data


def _term(term: Term) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.Literal):
        kind = rdflib.URIRef(term.datatype.value)
        # A plain literal and one typed xsd:string are the same in RDF 1.1, but not to rdflib.
        return rdflib.Literal(term.value, lang=term.language, datatype=None if kind in _PLAIN else kind)
    return rdflib.BNode(str(term))
