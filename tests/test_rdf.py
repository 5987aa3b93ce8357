"""RDF that experts can trust: valid, typed, the same in every format."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import ontology as o
from kg.build import build
from kg.export import bucket, formats, rdf
from kg.export.rdf import LABEL, TRUE, Writer, string
from kg.model import Author, Claim, Edge, Edition, Entity, Evidence, Facts, Paper, Statement
from kg.validate import validate
from tests.test_build import GOOD, lines

HOSTILE = "</script><script>alert(1)</script> \"q\" 'a' \\ \n\t\r \u202e <b> javascript:alert(1) {}|^` é 𝔘"


def parsed(data: bytes, kind: ox.RdfFormat) -> set[ox.Triple]:
    return {q.triple for q in ox.parse(data, kind)}


def test_rdf_lines_are_sorted_and_distinct(seeds_folder: Path) -> None:
    text = (seeds_folder / "graph.nt").read_text(encoding="utf-8").splitlines()
    assert text == sorted(set(text))


def test_rdf_seeds_are_valid(seeds_folder: Path) -> None:
    assert validate(seeds_folder) == []


def test_rdf_numbers_are_typed(seeds_folder: Path) -> None:
    for line in (seeds_folder / "graph.nt").read_text(encoding="utf-8").splitlines():
        if re.search(r"#(?:value|minValue|maxValue|confidence|improvementFactor)> ", line):
            assert re.search(r'"-?\d+(?:\.\d+)?"\^\^<http://www\.w3\.org/2001/XMLSchema#decimal> \.$', line), line


@pytest.mark.parametrize(
    ("comparator", "direction", "metric", "beats", "label"),
    [
        ("UpTo", "", "energy savings", False, "up to 3.8 x energy savings"),
        ("UpTo", "Decrease", "energy savings", False, "up to 3.8 x energy savings"),
        ("UpTo", "Increase", "throughput", False, "up to 3.8 x throughput (increase)"),
        ("Exactly", "Decrease", "parameters", False, "3.8 x parameters (decrease)"),
        ("Average", "Increase", "outperforms", True, "outperforms by on average 3.8 x"),
        ("Exactly", "Increase", "", False, "3.8 x"),
    ],
)
def test_rdf_claims_have_labels_to_read(comparator: str, direction: str, metric: str, beats: bool, label: str) -> None:
    evidence = Evidence("abs:1", "abstract", 0, 4, 0, 9, "3.8x", "claim-factor", 0.9)
    claim = Claim(
        paper="abs:1",
        evidence=evidence,
        unit="x",
        value=3.8,
        comparator=comparator,
        direction=direction,
        metric_text=metric,
        beats=beats,
    )
    assert rdf.claim_label(claim) == label


@given(st.text(max_size=60))
def test_rdf_any_text_survives_every_format(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    paper = Paper(id="abs:1", title=text or "x", abstract="y", authors=(Author(text or "z"),))
    nt = Writer(o.Namer()).graph([Facts(paper=paper)])
    triples = parsed("".join(nt).encode(), ox.RdfFormat.N_TRIPLES)
    assert rdf.clean(text or "x") in {t.object.value for t in triples if isinstance(t.object, ox.Literal)}
    assert len(rdf.clean(text)) == len(text)
    assert parsed(bucket.whole("graph.jsonld", nt).encode(), ox.RdfFormat.JSON_LD) == triples
    assert parsed(bucket.whole("graph.rdf", nt).encode(), ox.RdfFormat.RDF_XML) == triples
    assert parsed(bucket.whole("graph.ttl", nt).encode(), ox.RdfFormat.TURTLE) == triples


IRIS = (
    "https://x.org/a",
    "https://schema.org/docs/a.html",
    o.KG + "Paper",
    o.RDF + "type",
    o.KG,
    o.UNIT + "PERCENT",
    "https://x.org/?a&b",
)
terms = st.one_of(
    st.sampled_from(IRIS).map(rdf.iri),
    st.text(max_size=20).map(lambda text: rdf.string(text.encode("utf-8", "replace").decode())),
    st.floats(-1e6, 1e6).map(rdf.decimal),
    st.sampled_from(("date", "integer", "boolean", "decimal")).map(lambda kind: rdf.typed("2020-01-01", kind)),
    st.sampled_from((rdf.integer(-7), rdf.TRUE)),
)
triples = st.lists(st.tuples(st.sampled_from(IRIS).map(rdf.iri), st.sampled_from(IRIS[2:4]).map(rdf.iri), terms))


@given(triples)
def test_rdf_turtle_and_trig_are_as_oxigraph_writes_them(some: list[rdf.Triple]) -> None:
    nt = rdf.lines(some)
    given = "".join(nt).encode()
    parts = [q.triple for q in ox.parse(given, ox.RdfFormat.N_TRIPLES)]
    wanted = ox.serialize(parts, format=ox.RdfFormat.TURTLE, prefixes=o.PREFIXES) or b""
    assert bucket.whole("graph.ttl", nt).encode() == (wanted or formats.turtle_header().encode())
    graph = ("<https://x.org/g>", list(formats.nodes(nt)))
    quads = formats.quads(graph)
    assert quads == "".join(line.replace(" .\n", " <https://x.org/g> .\n") for line in nt)
    if some:
        parsed_quads = ox.parse(quads.encode(), ox.RdfFormat.N_QUADS)
        wanted = ox.serialize(parsed_quads, format=ox.RdfFormat.TRIG, prefixes=o.PREFIXES) or b""
        assert (formats.turtle_header() + formats.trig_graph(graph)).encode() == wanted


def test_rdf_provenance_is_in_the_order_of_its_lines_and_says_nothing_twice() -> None:
    def seen(rule: str, start: int = 5) -> Evidence:
        return Evidence("abs:1", "abstract", start, start + 3, 0, 20, "Ray", rule, 1.0)

    def edge(name: str, *evidence: Evidence) -> Edge:
        return Edge(Statement("abs:1", "uses", name), 0.9, evidence)

    edges = (edge("system/ray", seen("b"), seen("a"), seen("a", 9)), edge("system/tvm", seen("c")), edge("task/x"))
    editions = tuple(Edition("venue/osdi", 2020, host, 0.9, seen("venue", 12)) for host in ("", "venue/sc"))
    facts = Facts(paper=Paper(id="abs:1", title="t", abstract="a"), edges=edges, editions=editions)
    found = Writer(o.Namer()).provenance(facts)
    triples = [(s, p, v) for s, properties in found for p, objects in properties for v in objects]
    assert triples == sorted(set(triples))
    assert all(objects for _, properties in found for _, objects in properties)
    rules = [v for _, p, v in triples if p.endswith("#rule>")]
    assert sorted(rules) == ['"a"', '"a"', '"b"', '"c"', '"venue"']


def test_rdf_graph_of_papers_says_nothing_twice() -> None:
    papers = [
        Paper(id=f"abs:{n}", title="t", abstract="a", categories=("cs.DC", "cs.DC"), urls=("https://x.org/",) * 2)
        for n in "12"
    ]
    found = Writer(o.Namer()).graph([Facts(paper=p) for p in papers + papers])
    assert found == sorted(set(found))
    assert (
        sum(
            "/category/cs.DC> <http" in line
            for line in found
            if line.startswith("<https://w3id.org/paperkg/id/category")
        )
        == 2
    )


def test_rdf_hostile_strings_give_a_valid_graph(tmp_path: Path) -> None:
    record = {
        **GOOD,
        "title": HOSTILE,
        "comments": HOSTILE,
        "authors": HOSTILE,
        "doi": '10.1/<x> "y"',
        "abstract": f"We present Zqnet, a GPU compiler. {HOSTILE} \x01\x0b\ufffe http://x.org/<a>",
    }
    report = build([lines(tmp_path / "in.jsonl", record)], tmp_path / "g")
    assert validate(report.folder) == []


def test_rdf_entity_iri_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not an IRI"):
        list(Writer(o.Namer()).entity(Entity(id="system/a b", label="x"), 1))


def test_rdf_a_former_id_says_what_took_its_place_and_nothing_else() -> None:
    """It has a label, as every node, and no class: who counts systems counts each once."""
    entity = Entity(id="system/new", label="New", was=("system/old-name", "technique/older"))
    triples = list(Writer(o.Namer()).entity(entity, 1))
    successor = f"<{o.Namer()(entity.id)}>"
    for former in entity.was:
        said = {(p, v) for s, p, v in triples if s == f"<{o.Namer()(former)}>"}
        label = (LABEL, string(former.partition("/")[2].replace("-", " ")))
        assert said == {label, (f"<{o.OWL}deprecated>", TRUE), (f"<{o.DCT}isReplacedBy>", successor)}
