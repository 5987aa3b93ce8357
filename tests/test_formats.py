"""One graph in every format: the same triples to every reader, the same bytes from every run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from kg import ontology as o
from kg.build import build
from kg.export import formats
from kg.export.bucket import ANNOTATIONS
from kg.settings import ontology_dir, seeds_dir
from tests.test_build import GOOD, lines

GRAPHS = {"graph.nt": "nt", "graph.ttl": "turtle", "graph.jsonld": "json-ld", "graph.rdf": "xml"}
QUADS = {"provenance.nq": "nquads", "provenance.trig": "trig"}
OX = {
    "graph.nt": ox.RdfFormat.N_TRIPLES,
    "graph.ttl": ox.RdfFormat.TURTLE,
    "graph.jsonld": ox.RdfFormat.JSON_LD,
    "graph.rdf": ox.RdfFormat.RDF_XML,
    "provenance.nq": ox.RdfFormat.N_QUADS,
    "provenance.trig": ox.RdfFormat.TRIG,
}
RAPPER = {
    "graph.nt": "ntriples",
    "graph.ttl": "turtle",
    "graph.rdf": "rdfxml",
    "provenance.nq": "nquads",
    "provenance.trig": "trig",
}


def oxigraph(folder: Path, name: str) -> set[ox.Quad]:
    return set(ox.parse((folder / name).read_bytes(), OX[name]))


def test_formats_are_the_same_to_pyoxigraph(seeds_folder: Path) -> None:
    graph = oxigraph(seeds_folder, "graph.nt")
    for name in GRAPHS:
        assert oxigraph(seeds_folder, name) == graph, name
    assert oxigraph(seeds_folder, "provenance.trig") == oxigraph(seeds_folder, "provenance.nq")


def test_formats_are_the_same_to_rdflib(seeds_folder: Path) -> None:
    graphs = {n: rdflib.Graph().parse(seeds_folder / n, format=kind) for n, kind in GRAPHS.items()}
    assert len(graphs["graph.nt"]) == len(oxigraph(seeds_folder, "graph.nt"))
    for name, graph in graphs.items():
        assert isomorphic(graph, graphs["graph.nt"]), name
    sets = []
    for name, kind in QUADS.items():
        quads = rdflib.Dataset()
        quads.parse(seeds_folder / name, format=kind)
        sets.append(set(quads.quads()))
    assert sets[0] == sets[1]
    assert len(sets[0]) == len(oxigraph(seeds_folder, "provenance.nq"))


@pytest.mark.skipif(shutil.which("rapper") is None, reason="no Raptor here: apt-get install raptor2-utils")
def test_formats_are_the_same_to_raptor(seeds_folder: Path) -> None:
    def read(name: str) -> set[ox.Triple]:
        command = ["rapper", "-q", "-i", RAPPER[name], "-o", "ntriples", str(seeds_folder / name)]
        answer = subprocess.run(command, capture_output=True, check=True)
        assert answer.stderr == b"", name
        return {q.triple for q in ox.parse(answer.stdout, ox.RdfFormat.N_TRIPLES)}

    for name in RAPPER:
        assert read(name) == {q.triple for q in oxigraph(seeds_folder, name)}, name


def test_formats_provenance_has_one_graph_per_paper(seeds_folder: Path) -> None:
    papers = {q.subject for q in oxigraph(seeds_folder, "graph.nt") if q.object == ox.NamedNode(o.KG + "Paper")}
    graphs = {q.graph_name for q in oxigraph(seeds_folder, "provenance.nq")}
    assert {g.value.replace("/provenance/", "/paper/") for g in graphs if isinstance(g, ox.NamedNode)} <= {
        p.value for p in papers if isinstance(p, ox.NamedNode)
    }
    assert not papers & graphs


def test_formats_annotations_say_what_the_provenance_says(tmp_path: Path) -> None:
    source = lines(tmp_path / "in.jsonl", {**GOOD, "title": 'Zqnet "\x01é𝔘" \\ {| ~ |}'})
    folder = build([source], tmp_path / "g", rdf12=True).folder
    found = list(ox.parse((folder / ANNOTATIONS).read_bytes(), ox.RdfFormat.TURTLE))
    rdf = {name: ox.NamedNode(o.RDF + name) for name in ("reifies", "subject", "predicate", "object")}
    statements = {q.subject: q.object for q in found if q.predicate == rdf["reifies"]}
    wanted: dict[object, dict[object, object]] = {}
    for quad in oxigraph(folder, "provenance.nq"):
        if quad.predicate in rdf.values():
            wanted.setdefault(quad.subject, {})[quad.predicate] = quad.object
    assert statements == {s: ox.Triple(e[rdf["subject"]], e[rdf["predicate"]], e[rdf["object"]]) for s, e in wanted.items()}  # type: ignore[arg-type]  # fmt: skip
    plain = {q.triple for q in oxigraph(folder, "provenance.nq") if q.predicate not in rdf.values()}
    assert plain <= {q.triple for q in found}
    edges = {q.triple for q in oxigraph(folder, "graph.nt")}
    assert {t for t in statements.values() if isinstance(t, ox.Triple)} <= edges
    build([source], tmp_path / "g")
    assert not (folder / ANNOTATIONS).exists(), "an annotation file of an earlier build is left"


def test_formats_context_is_local_and_types_every_property() -> None:
    context = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    assert formats.context() == context
    assert {k: v for k, v in context.items() if isinstance(v, str)} == o.PREFIXES
    terms = rdflib.Graph().parse(ontology_dir() / "kg.ttl", format="turtle")
    for term in o.PROPERTIES:
        iri = rdflib.URIRef(o.KG + term)
        expected = (
            "@id"
            if (iri, rdflib.RDF.type, rdflib.OWL.ObjectProperty) in terms
            else formats.compact(str(terms.value(iri, rdflib.RDFS.range)))
        )
        assert context.get(f"kg:{term}", {"@type": "xsd:string"})["@type"] == expected, term


def test_formats_json_ld_names_no_other_document(seeds_folder: Path) -> None:
    found = json.loads((seeds_folder / "graph.jsonld").read_text(encoding="utf-8"))
    assert isinstance(found["@context"], dict)
    assert "@import" not in found["@context"]


def test_formats_xml_needs_a_prefix_for_every_property() -> None:
    with pytest.raises(ValueError, match="no prefix"):
        list(formats.rdf_xml(["<http://a/s> <http://a/p> <http://a/o> .\n"]))


@pytest.mark.slow
def test_formats_have_one_set_of_bytes(tmp_path: Path, seeds_folder: Path) -> None:
    """Six hash seeds times two orders of the inputs."""
    names = [*GRAPHS, *QUADS, "void.ttl"]
    code = "import sys, kg; f = sys.argv[2:]; [kg.build(g, sys.argv[1] + str(i)) for i, g in enumerate((f, f[::-1]))]"
    inputs = [str(p) for p in sorted(seeds_dir().glob("*.txt"))]
    wanted = {n: (seeds_folder / n).read_bytes() for n in names}
    for seed in range(6):
        command = [sys.executable, "-c", code, str(tmp_path / f"{seed}-"), *inputs]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": str(seed)})
        for order in "01":
            folder = tmp_path / f"{seed}-{order}"
            assert {n: (folder / n).read_bytes() for n in names} == wanted, (seed, order)
