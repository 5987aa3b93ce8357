"""The shapes, checked slice by slice: the verdict of the whole graph, for every planted defect."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, SH

import kg
from kg import ontology as o
from kg import shapes
from kg.settings import ontology_dir
from tests.test_validate import DEFECTS, small

__all__ = ["small"]  # a fixture

RULES = ontology_dir() / "shapes.ttl"


def at_once(store: ox.Store) -> set[str]:
    """What pyshacl says of a whole graph."""
    rules = rdflib.Graph().parse(RULES, format="turtle")
    rules.remove((None, SH.sparql, None))
    terms = rdflib.Graph().parse(ontology_dir() / "kg.ttl", format="turtle")
    data = shapes._graph(store.quads_for_pattern(None, None, None, None))
    report = pyshacl.validate(data, shacl_graph=rules, ont_graph=terms, inference="none")[1]
    assert isinstance(report, rdflib.Graph)
    return set(shapes.lines(report))


#: What lies in the quads; a file that cannot be read has no shapes.
KINDS = [
    kind
    for kind, (name, _, says) in DEFECTS.items()
    if name in ("graph.nt", "provenance.nq") and says != "cannot be read"
]


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_find_in_slices_what_they_find_at_once(tmp_path: Path, small: Path, kind: str) -> None:
    name, plant, _ = DEFECTS[kind]
    folder = tmp_path / "g"
    shutil.copytree(small, folder)
    path = folder / name
    path.write_text(plant(path.read_text(encoding="utf-8")), encoding="utf-8")
    store = kg.open(folder).store
    assert nameless(shapes.violations(store, folder, size=60)) == nameless(at_once(store))


def nameless(found: Iterable[str]) -> set[str]:
    """Lines without the names of blank nodes."""
    return {re.sub(r"\bn?[0-9a-f]{32}(b\d+)?\b", "", line) for line in found}


def test_shapes_of_a_node_that_nothing_describes_are_checked(tmp_path: Path, small: Path) -> None:
    folder = tmp_path / "g"
    shutil.copytree(small, folder)
    with (folder / "graph.nt").open("a", encoding="utf-8") as file:
        file.write(f"<urn:p> <{o.RDF}type> <{o.KG}Paper> .\n<urn:p> <{o.KG}mentions> <urn:nothing> .\n")
    store = kg.open(folder).store
    found = set(shapes.violations(store, folder, size=3))
    assert any("urn:nothing" in line and "exactly one" in line for line in found)
    assert len(found) == len(at_once(store))


def test_shapes_look_no_further_than_one_step() -> None:
    """What makes slices right: no path of several steps, no reference to the shape of another node, no query."""
    rules = rdflib.Graph().parse(RULES, format="turtle")
    rules.remove((None, SH.sparql, None))
    rules.remove((None, SH.select, None))
    used = {str(p).removeprefix(str(SH)) for p in rules.predicates() if str(p).startswith(str(SH))}
    assert used <= shapes.LOCAL
    assert all(isinstance(path, rdflib.URIRef) for path in rules.objects(None, SH.path))
    for term in ("class", "targetObjectsOf"):
        assert all(isinstance(value, rdflib.URIRef) for value in rules.objects(None, SH[term]))
    assert (None, RDF.type, SH.NodeShape) in rules
