"""Servers for tests: over the graph of the seeds, over hostile texts, and over an empty graph that may be written to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

pytest.importorskip("starlette", reason="starlette serves; `make test` installs it")
pytest.importorskip("httpx2", reason="httpx2 asks the server; `make test` installs it")

from starlette.testclient import TestClient

from kg import ontology as o
from kg.build import build
from kg.index import prepare
from kg.serve.app import Settings, make
from kg.settings import BASE_IRI
from tests.conftest import manifest_of
from tests.test_build import GOOD, lines
from tests.test_rdf import HOSTILE

TOKEN = "a token for tests"
WRITE = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def client(folder: Path, settings: Settings | None = None, *, union: bool = True) -> Iterator[TestClient]:
    """A running server over a graph folder."""
    settings = settings or Settings(workers=1)
    index = prepare(folder, writable=bool(settings.token))
    app = make(index, settings, union=union)
    with TestClient(app, base_url="http://www.example", follow_redirects=False) as found:
        yield found


def empty_folder(folder: Path) -> Path:
    """A graph folder that holds no paper."""
    folder.mkdir(parents=True)
    counts = {"papers": 0, "triples": 0, "provenance quads": 0}
    (folder / "manifest.json").write_text(json.dumps(manifest_of(counts)))
    for name in ("graph.nt", "provenance.nq", "void.ttl", "ontology.ttl"):
        (folder / name).write_bytes(b"")
    return folder


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?g) }"
NAMES = "SELECT ?name { ?p kg:introduces/skos:prefLabel ?name } ORDER BY ?name"


@pytest.fixture(scope="module")
def folder(seeds_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the seeds' graph, because serving adds an index to its folder."""
    found = tmp_path_factory.mktemp("served") / "graph"
    shutil.copytree(seeds_folder, found)
    return found


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[TestClient]:
    with client(folder) as found:
        yield found


@pytest.fixture(scope="module")
def small(folder: Path) -> Iterator[TestClient]:
    """A server with narrow limits."""
    with client(folder, Settings(workers=2, timeout=1.5, patience=0.5, max_rows=3, max_query=500)) as found:
        yield found


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server over a graph whose every text is hostile."""
    home = tmp_path_factory.mktemp("hostile")
    record = {
        **GOOD,
        "title": HOSTILE,
        "comments": f"{HOSTILE} Accepted at ICPP 2019",
        "authors": HOSTILE,
        "abstract": f"We present Zqnet, a compiler for GPUs. It is 3x faster than TVM {HOSTILE}.",
    }
    built = build([lines(home / "in.jsonl", record)], home / "g").folder
    with client(built) as found:
        yield found


@pytest.fixture(scope="module")
def hostile_names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server over a graph whose names and links are hostile: labels and aliases of entities, which no text gives so."""
    folder = empty_folder(tmp_path_factory.mktemp("names") / "g")
    thing, paper = BASE_IRI + "system/hostile", BASE_IRI + "paper/arxiv-2001.00001"
    label = [(o.RDFS + "label", HOSTILE)]
    facts: dict[str, list[tuple[str, str]]] = {
        thing: [
            *label,
            (o.SKOS + "prefLabel", HOSTILE),
            (o.SKOS + "altLabel", HOSTILE * 2),
            (o.SKOS + "definition", HOSTILE),
        ],
        paper: [*label, (o.DCT + "title", HOSTILE)],
    }
    links = [
        (thing, o.RDF + "type", o.KG + "System"), (paper, o.RDF + "type", o.KG + "Paper"), (paper, o.KG + "mentions", thing),
        (thing, o.SCHEMA + "url", "javascript:alert(1)"), (thing, o.SCHEMA + "codeRepository", "data:text/html,alert(1)"),
    ]  # fmt: skip
    triples = [
        ox.Triple(ox.NamedNode(s), ox.NamedNode(p), ox.Literal(v)) for s, said in facts.items() for p, v in said
    ] + [ox.Triple(*map(ox.NamedNode, link)) for link in links]
    ox.serialize(triples, str(folder / "graph.nt"), ox.RdfFormat.N_TRIPLES)
    with client(folder) as found:
        yield found


def ask(server: TestClient, query: str, accept: str = "application/sparql-results+json") -> tuple[int, str]:
    answer = server.get("/sparql", params={"query": query}, headers={"Accept": accept})
    return answer.status_code, answer.text
