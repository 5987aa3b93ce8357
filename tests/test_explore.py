"""`kg.open`: the library twins of the commands."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import rdflib

import kg
from kg import index, ontology, push
from kg.build import build
from kg.errors import DamagedError, QueryError, StoreError
from kg.evaluate.source import open_source
from kg.explore import Graph, open_graph
from kg.settings import BASE_IRI, ontology_dir
from kg.view.network import KGNetwork
from tests.test_build import GOOD, lines

QUERIES = sorted((ontology_dir() / "queries").glob("*.rq"))


@pytest.fixture(scope="module")
def graph(seeds_folder: Path) -> Graph:
    return kg.open(seeds_folder)


def test_explore_library_has_the_twins_of_the_commands() -> None:
    assert set(kg.__all__) == {"__version__", "add", "build", "link", "nlp", "open", "refresh", "remove", "update"}
    with pytest.raises(AttributeError, match="it has"):
        _ = kg.nonsense


def test_explore_a_door_stays_open_when_another_has_been_used() -> None:
    code = "import kg; kg.remove; print(kg.build.__name__, callable(kg.build))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["build", "True"]


def test_explore_library_door_opens_twice() -> None:
    code = "import kg; one = kg.build; import kg.explore; assert callable(one) and kg.build is one"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_explore_gives_papers_entities_claims_and_venues(graph: Graph) -> None:
    assert len(graph.papers) == 41
    assert "system/ansor" in {e.id for e in graph.entities}
    assert any(c.value == 3.8 for c in graph.claims)
    assert "venue/icpp" in {v.id for v in graph.venues}
    assert graph.facts("arxiv:2006.06762") is graph.facts("2006.06762")


def test_explore_query_gives_python_values(graph: Graph) -> None:
    query = "SELECT ?v ?y { ?c kg:value ?v . OPTIONAL { ?c kg:nothing ?y } } ORDER BY ?v LIMIT 2"
    rows = graph.query(query)
    assert isinstance(rows, list)
    assert all(isinstance(r["v"], float) and r["y"] is None for r in rows)
    frame = graph.query(query, as_="frame")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["v", "y"] and len(frame) == 2
    assert graph.query("ASK { ?p a kg:Paper }") is True


def test_explore_dates_are_dates(graph: Graph) -> None:
    rows = graph.query("SELECT ?d { ?p dct:issued ?d } LIMIT 1")
    assert isinstance(rows, list) and isinstance(rows[0]["d"], date)


def test_explore_rdf_knows_graphs_prefixes_and_patterns(graph: Graph) -> None:
    """The dataset behaves as rdflib's own: terms in, terms out, named graphs, union by default, fast."""
    quads = graph.rdf()
    kg_ns = rdflib.Namespace(ontology.KG)
    (paper,) = quads.subjects(kg_ns.introduces, rdflib.URIRef(BASE_IRI + "system/ansor"))
    assert str(quads.value(paper, rdflib.RDFS.label)).startswith("High-performance tensor programs")
    assert dict(quads.namespaces())["kg"] == rdflib.URIRef(ontology.KG)
    places = rdflib.URIRef(str(paper).replace("/paper/", "/provenance/"))
    assert set(quads.graph(places).subjects(rdflib.RDF.subject, paper))
    rows = quads.query("SELECT ?p ?r { ?s rdf:subject ?p ; rdf:predicate ?r }", initBindings={"p": paper})  # type: ignore[dict-item]
    assert kg_ns.introduces in {row.r for row in rows}  # type: ignore[union-attr]


def test_explore_there_are_twenty_worked_queries_with_a_question_each() -> None:
    assert len(QUERIES) >= 20
    for path in QUERIES:
        assert re.match(r"# .*[?.]\n", path.read_text(encoding="utf-8")), path.name


def test_explore_wrong_query_says_where(graph: Graph) -> None:
    with pytest.raises(QueryError, match="syntax"):
        graph.query("SELECT WHERE")


def test_explore_rdf_is_an_rdflib_dataset(graph: Graph) -> None:
    quads = graph.rdf()
    assert isinstance(quads, rdflib.Dataset)
    found = quads.query("SELECT (COUNT(?p) AS ?n) { ?p a kg:Paper }")
    assert [int(row.n) for row in found] == [41]  # type: ignore[union-attr]


def test_explore_wrong_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kg build"):
        kg.open(tmp_path / "none")
    with pytest.raises(StoreError, match="not a graph folder"):
        kg.open(tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(StoreError, match="another version"):
        kg.open(tmp_path)


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_explore_worked_query_has_its_golden_answer(graph: Graph, path: Path) -> None:
    """Golden answers on the seeds lie in tests/golden; `make exports` writes them anew."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    rows = graph.query(text)
    assert rows, "a worked query must have an answer on the seeds"
    if path.stem == "web-annotation":
        return
    golden = Path(__file__).parent / "golden" / f"{path.stem}.json"
    assert rows == json.loads(golden.read_text(encoding="utf-8")), (
        f"{golden.name} is out of date: make exports, look, commit"
    )


def rows_of(graph: Graph, query: str) -> list[dict[str, Any]]:
    """The rows of a query, or of the worked query of that name."""
    worked = {path.stem: path for path in QUERIES}
    rows = graph.query(worked[query].read_text(encoding="utf-8") if query in worked else query)
    assert isinstance(rows, list)
    return rows


def test_explore_metrics_gives_the_highest_of_the_factors_there_are(graph: Graph) -> None:
    """Claims without a factor say nothing of how high factors go; the engine's MAX is blank if it meets one."""
    factors = rows_of(graph, "SELECT ?m ?f { ?c kg:metric/skos:prefLabel ?m ; kg:improvementFactor ?f } ORDER BY ?f")
    highest = {r["m"]: r["f"] for r in factors}
    rows = rows_of(graph, "metrics")
    assert {r["metric"]: r["highest"] for r in rows if r["highest"] is not None} == highest
    assert any(r["highest"] is None for r in rows)


def test_explore_doubtful_gives_twenty_edges_however_doubtful_the_claims(seeds_folder: Path, tmp_path: Path) -> None:
    """Claims have a confidence, too, and took places that belong to edges."""
    home = tmp_path / "g"
    shutil.copytree(seeds_folder, home)
    text = (home / "graph.nt").read_text(encoding="utf-8")
    (home / "graph.nt").write_text(re.sub(r'(#confidence> )"[^"]+"', r'\1"0.01"', text), encoding="utf-8")
    graph = kg.open(home)
    assert rows_of(graph, "SELECT ?claim { ?claim a kg:Claim ; kg:confidence ?c FILTER(?c < 0.02) }")
    edges = {(row["paper"], row["role"], row["entity"]) for row in rows_of(graph, "doubtful")}  # a row for each place
    assert len(edges) == 20


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("baselines", "claims"),
        ("builds-on", "papers"),
        ("discovered", "papers"),
        ("introduced", "papers"),
        ("venues", "papers"),
    ],
)
def test_explore_what_most_do_comes_first_with_its_count(graph: Graph, query: str, count: str) -> None:
    counts = [row[count] for row in rows_of(graph, query)]
    assert counts == sorted(counts, reverse=True) and counts[-1] >= 1


def test_explore_select_takes_part_of_the_graph(seeds_folder: Path) -> None:
    graph = open_graph(seeds_folder)
    everything = graph.select()
    assert everything == graph.knowledge
    hardware = graph.select(classes={"hardware"})
    assert {e.statement.object.split("/")[0] for f in hardware.facts.values() for e in f.edges} == {"hardware"}
    assert len(hardware.papers) == len(graph.papers)
    venue = next(iter(graph.knowledge.venues))
    at = graph.select(venues={venue})
    assert [p.id for p in at.papers] == [
        f.paper.id for f in graph.knowledge.facts.values() if any(e.venue == venue for e in f.editions)
    ]
    using = graph.select(query="SELECT ?p { ?p kg:runsOn/skos:prefLabel 'GPU' }")
    assert 0 < len(using.papers) < len(graph.papers)
    assert all(any(e.statement.object == "hardware/gpu" for e in f.edges) for f in using.facts.values())
    with pytest.raises(QueryError):
        graph.select(query="ASK { ?p a kg:Paper }")


def test_explore_a_selection_knows_names_in_any_case(graph: Graph) -> None:
    assert sorted(graph.networkx(classes=["System"])) == sorted(graph.networkx(classes={"system"}))
    papers = {p.id for p in graph.select(venues=["icml"]).papers}
    assert papers and papers == {p.id for p in graph.select(venues=["venue/icml"]).papers}


def test_explore_a_selection_refuses_what_is_none(graph: Graph) -> None:
    with pytest.raises(QueryError, match="there are system, hardware"):
        graph.networkx(classes=["nonsense"])
    with pytest.raises(QueryError, match="close to it: venue/icml"):
        graph.networkx(venues=["ICMLL"])
    with pytest.raises(QueryError, match=r"range\(2016"):
        graph.networkx(years=2020)  # type: ignore[arg-type]


def test_explore_networkx_says_what_it_needs(seeds_folder: Path) -> None:
    graph = open_graph(seeds_folder)
    with pytest.raises(StoreError, match=r"takes about 0\.0 GB.*select by"):
        graph.networkx(most=0)
    view = graph.networkx(classes={"hardware"})
    assert 0 < view.number_of_edges() < graph.networkx().number_of_edges()
    assert all("type" in attributes for _, attributes in view.nodes(data=True))


def test_explore_select_by_year_finds_what_the_page_shows(seeds_folder: Path) -> None:
    """Texts without a date have the year of their venue, or of the month in their arXiv id."""
    graph = open_graph(seeds_folder)
    rows = KGNetwork.from_graph(graph.knowledge).nodes
    shown = {row["id"] for row in rows if row["kind"] == "paper" and row.get("year") == 2020}
    assert len(shown) > 5 and {p.id for p in graph.select(years={2020}).papers} == shown


def test_explore_select_by_year_of_date_or_id(tmp_path: Path) -> None:
    dated = {"versions": [{"created": "Mon, 6 Apr 2020 19:18:42 GMT"}]}
    folder = build([lines(tmp_path / "in.jsonl", GOOD, GOOD | dated | {"id": "1904.00001"})], tmp_path / "g").folder
    assert [p.id for p in open_graph(folder).select(years={2020}).papers] == ["arxiv:1904.00001", "arxiv:2001.00001"]
    assert open_graph(folder).select(years=range(2021, 2030)).papers == []


def test_explore_iris_are_those_of_the_exports(tmp_path: Path) -> None:
    """What is looked up in networkx or on a page is found in the RDF, wherever the graph was told to live."""
    base = "https://example.org/paper/"
    graph = open_graph(build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", base_iri=base).folder)
    exported = {quad.subject.value for quad in graph.store}
    for view in (graph.networkx(), graph.networkx(classes={"hardware", "system"})):
        iris = {d["iri"] for _, d in view.nodes(data=True)}
        assert iris and iris <= exported
    for page in (KGNetwork.from_graph(graph.knowledge), KGNetwork.from_graph(graph.select(classes={"system"}))):
        assert page.nodes and {node["iri"] for node in page.nodes} <= exported


def pack(path: Path, how: str) -> None:
    """Put a compressed file in the place of a plain one: whole, cut in the middle, changed there, or of bytes that are no UTF-8."""
    data = bytearray(gzip.compress(path.read_bytes(), 3))
    half = len(data) // 2
    if how == "cut":
        del data[half:]
    elif how == "no text":
        data = bytearray(gzip.compress(b"\xff".join(path.read_bytes().split(b"\n", 5)), 3))
    elif how == "changed":
        data[half : half + 40] = bytes(b ^ 0xFF for b in data[half : half + 40])
    path.with_name(f"{path.name}.gz").write_bytes(data)
    path.unlink()


@pytest.mark.parametrize("how", ["cut", "changed", "no text"])
def test_explore_damaged_file_is_named_with_what_to_do(tmp_path: Path, seeds_folder: Path, how: str) -> None:
    """Whoever reads a compressed file that was cut or changed is told so, and not of a defect of kg."""
    folder = tmp_path / "g"
    shutil.copytree(seeds_folder, folder)
    pack(folder / "graph.nt", how)
    graph = kg.open(folder)
    readers: list[Callable[[], object]] = [
        lambda: graph.query("ASK {}"),
        lambda: list(graph.read_text("graph.nt")),
        lambda: index.prepare(folder),
        lambda: open_source(folder),
    ]
    if how != "no text":  # lines are pushed as they are
        readers.append(lambda: list(push.read_lines(folder, "graph.nt")))
    for read in readers:
        with pytest.raises(
            DamagedError, match=r"graph\.nt\.gz: cannot be read \(.*`kg export .* --force` writes it anew"
        ):
            read()
    assert kg.refresh(folder, force=True)
    assert kg.open(folder).query("ASK { ?s ?p ?o }") is True


def test_explore_packed_file_is_read_as_the_plain_one(tmp_path: Path, seeds_folder: Path) -> None:
    folder = tmp_path / "g"
    shutil.copytree(seeds_folder, folder)
    plain = list(kg.open(folder).read_text("graph.nt"))
    pack(folder / "graph.nt", "whole")
    assert list(kg.open(folder).read_text("graph.nt")) == plain
    assert len(kg.open(folder).store) == len(kg.open(seeds_folder).store)


DEEP = 100_000


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * " + "{" * DEEP + "}" * DEEP,
        "ASK { ?s ?p " + "[" * DEEP,
        "ASK { FILTER(" + "(" * DEEP + "1" + ")" * DEEP + ") }",
        "ASK { " + "FILTER EXISTS { " * 3000 + "}" * 3000 + " }",
        "ASK { FILTER(" + "?x<(1>?x&&" * DEEP + "1" + ")" * DEEP + ") }",  # `<(1>` is no IRI
        "ASK { ?s ?p ?x FILTER(?x" + "||?x" * DEEP + ") }",
        "ASK { FILTER(" + "!" * DEEP + "true) }",
        "ASK { " + "MINUS { ?s ?p ?o } " * DEEP + " }",
        "SELECT " + "(?s AS ?x) " * 3000 + "{ ?s ?p ?o }",
        "ASK { " + "?s ?p ?o . " * 10_000 + " }",
        "ASK { " + "?s ?p xsd:a. " * 12_000 + " }",
        "ASK { ?s ?p ?o " + ", ?o" * 12_000 + " }",
        "ASK { ?s ?p ?o " + "; ?p ?o" * 12_000 + " }",
        "ASK { " + "{ ?s ?p ?o } " * 12_000 + " }",
    ],
    ids=[
        "braces",
        "brackets",
        "parentheses",
        "exists",
        "comparisons",
        "or",
        "not",
        "minus",
        "values",
        "triples",
        "names",
        "commas",
        "semicolons",
        "groups",
    ],
)
def test_explore_query_that_would_end_the_parser_is_refused(graph: Graph, query: str) -> None:
    with pytest.raises(QueryError, match=r"nested more than 100 deep|too many operators and blocks"):
        graph.query(query)


def test_explore_brackets_that_are_no_nesting_are_allowed(graph: Graph) -> None:
    many = "({[" * 1000
    numbers = " ".join(f"-{n}" for n in range(5000))
    query = f'# {many}\nASK {{ ?s ?p \'{many}\' , """{many}""" , <http://x.y/{"(" * 1000}> VALUES ?n {{ {numbers} }} }}'
    assert graph.query(query) is False
    assert graph.query("ASK " + "{" * 90 + "}" * 90) is True
    typed = " ".join(f'"{n}"^^xsd:gYear "a"@en-US -.5 <urn:x:f(1>' for n in range(3000))
    assert graph.query(f"ASK {{ VALUES ?n {{ {typed} }} }}") is True
    listed = ", ".join(str(n) for n in range(20_000))
    assert graph.query(f"ASK {{ ?s ?p ?o FILTER(7 IN ({listed})) }}") is True
    decimals = " ".join(f"{n}.5" for n in range(5000))
    assert graph.query(f"ASK {{ VALUES ?n {{ {decimals} }} }}") is True
    assert graph.query("ASK { " + "{} UNION " * 900 + "{} FILTER(true" + " || false" * 900 + ") }") is True
