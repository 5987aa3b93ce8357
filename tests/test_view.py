"""The page without a browser: layout, content, the safe document, the pyvis component."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyvis.network import Network

from kg.graph import KnowledgeGraph
from kg.model import Edge, Edition, Entity, Facts, Paper, Statement
from kg.ontology import Namer
from kg.view import data
from kg.view.document import HERE, document
from kg.view.network import KGNetwork
from kg.view.page import render
from kg.view.readable import Readable, readable
from tests.conftest import under_hash_seeds
from tests.view_sample import HOSTILE, evidence, hostile_graph, plausible_graph, small_graph


def page_data(html: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def shown(graph: KnowledgeGraph, **options: Any) -> Any:
    return page_data(KGNetwork.from_graph(graph, **options).generate_html())


# Content


def test_content_holds_papers_entities_and_editions_but_no_metrics() -> None:
    content = data.content(small_graph(), str, limit=100)
    kinds = {node["id"]: node["kind"] for node in content.nodes}
    assert kinds["arxiv:2006.06762"] == "paper"
    assert kinds["edition/osdi-2020"] == "edition"
    assert "metric/latency" not in kinds
    assert content.claims[2]["metric"] == "latency"
    relations = [(e["from"], e["relation"], e["to"]) for e in content.edges]
    assert ("arxiv:2006.06762", "introduces", "system/ansor") in relations
    assert ("arxiv:2006.06762", "publishedIn", "edition/osdi-2020") in relations
    assert ("hardware/intel-cpu", "broader", "hardware/cpu") in relations


@pytest.mark.parametrize("abstracts", [True, False])
@pytest.mark.parametrize("make", [small_graph, hostile_graph])
def test_content_evidence_points_at_its_mention_in_utf16(make: Any, abstracts: bool) -> None:
    graph = make()
    content = data.content(graph, str, limit=100, abstracts=abstracts)
    exact = [e.exact for f in graph.facts.values() for edge in f.edges for e in edge.evidence]
    rows = [
        row for edge in content.edges if edge["relation"] not in ("publishedIn", "broader") for row in edge["evidence"]
    ]
    assert exact and len(rows) == len(exact)
    for row, words in zip(rows, exact, strict=True):
        start, end, sentence_start, sentence_end = (2 * place for place in row["span"])
        text = content.texts[row["text"]].encode("utf-16-le", "surrogatepass")
        told = text[start:end].decode("utf-16-le", "surrogatepass")
        assert told.replace("$", "") == readable(words).replace("$", "")  # one dollar is none of a formula, two may be
        assert sentence_start <= start < end <= sentence_end


def test_content_without_abstracts_tells_sentences_only() -> None:
    html = render(small_graph(), title="t", iri=str, abstracts=False)
    assert "We present Ansor" in html
    assert "tensor programs are hard" not in html
    assert "tensor programs are hard" in render(small_graph(), title="t", iri=str)


def test_content_shows_an_edge_to_an_entity_that_nobody_described() -> None:
    paper = Paper(id="arxiv:1", title="T", abstract="Ray.")
    found = evidence(paper, "abstract", "Ray")
    facts = Facts(paper=paper, edges=(Edge(Statement(paper.id, "uses", "system/ray"), 0.5, (found,)),))
    nodes = {n["id"]: n for n in shown(KnowledgeGraph([facts], [], []))["nodes"]}
    assert nodes["system/ray"]["label"] == "ray"


def test_content_gives_a_nameless_paper_its_first_words() -> None:
    paper = Paper(id="abs:1", abstract="one two three four five six seven eight nine ten eleven twelve thirteen")
    assert shown(KnowledgeGraph([Facts(paper=paper)], [], []))["nodes"][0]["label"].endswith("twelve…")
    empty = shown(KnowledgeGraph([Facts(paper=Paper(id="abs:2"))], [Entity(id="system/x-y", label=" ")], []))
    assert sorted(n["label"] for n in empty["nodes"]) == ["abs:2", "x-y"]


@pytest.mark.parametrize(
    ("id_", "date", "editions", "year"),
    [
        ("arxiv:1901.00001", "2018-12-31", (2020,), 2018),
        ("arxiv:1901.00001", "", (2020,), 2019),
        ("arxiv:cs/9912001", "", (), 1999),
        ("doi:10.1/x", "", (0, 2021, 2020), 2020),
        ("abs:1901.00001", "", (0,), None),
    ],
)
def test_content_gives_a_paper_the_year_it_is_filtered_by(id_: str, date: str, editions: Any, year: int | None) -> None:
    paper = Paper(id=id_, title="OSDI", date=date)
    held = tuple(Edition("venue/osdi", y, "", 1.0, evidence(paper, "title", "OSDI")) for y in editions)
    row = shown(KnowledgeGraph([Facts(paper=paper, editions=held)], [], []))["nodes"][0]
    assert row.get("year") == year


def test_content_is_cut_to_the_best_connected_and_says_so() -> None:
    page = shown(plausible_graph(60), limit=50)
    assert len(page["nodes"]) == 50
    assert page["total"] > 50
    assert "GPU" in {n["label"] for n in page["nodes"]}
    papers = {n["id"] for n in page["nodes"] if n["kind"] == "paper"}
    assert {c["paper"] for c in page["claims"]} <= papers


def test_content_bends_the_second_edge_between_two_nodes() -> None:
    paper = Paper(id="arxiv:1", title="T")
    edges = tuple(Edge(Statement(paper.id, role, "system/ray"), 0.5, ()) for role in ("extends", "uses"))
    page = shown(KnowledgeGraph([Facts(paper=paper, edges=edges)], [Entity(id="system/ray", label="Ray")], []))
    assert [bool(edge[5]) for edge in page["edges"]] == [False, True]


def test_content_names_communities_by_technique_and_system() -> None:
    rows = [{"id": str(i), "label": label, "kind": kind, "degree": degree} for i, (label, kind, degree) in enumerate(
        [("A", "system", 3), ("B", "system", 9), ("C", "technique", 1), ("D", "paper", 99)])]  # fmt: skip
    assert data.name_of(rows) == "C · B"
    assert data.name_of(rows[3:]) == "D"
    assert data.name_of([]) == ""


def linear(colour: str) -> Any:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def cielab(rgb: Any) -> Any:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    x, y, z = np.cbrt(np.maximum(xyz / [0.9505, 1, 1.089], 0.001))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


#: Machado, Oliveira & Fernandes 2009, severity 1.0: protanopia, deuteranopia, tritanopia; and full sight.
SIGHTS = [
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
    np.eye(3),
]


@pytest.mark.parametrize(("theme", "page"), [("light", "#fbfbfa"), ("dark", "#14181d")])
def test_colours_are_told_apart_by_everyone(theme: str, page: str) -> None:
    colours = [linear(getattr(kind, theme)) for kind in data.KINDS]
    assert len({kind.shape for kind in data.KINDS}) == len(data.KINDS)
    for sight in SIGHTS:
        seen = [cielab(np.clip(sight @ colour, 0, 1)) for colour in colours]
        assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 20
    ground = linear(page) @ [0.2126, 0.7152, 0.0722]
    for colour in colours:
        light = colour @ [0.2126, 0.7152, 0.0722]
        assert (max(light, ground) + 0.05) / (min(light, ground) + 0.05) > 3


# Readable text


@pytest.mark.parametrize(
    ("stored", "shown_text"),
    [
        ("Clustering in the $k$-machine model", "Clustering in the k-machine model"),
        (r"{\mu}-Tools of 2.87 mm$^2$ in $O(n^{-2}\log n)$", "µ-Tools of 2.87 mm² in O(n⁻²log n)"),
        (r"$3.8\times$ by~7\% at $\frac{1}{2}$", "3.8× by 7% at 1/2"),
        ("at $5 or $6, “~10x” – Opti{c,m}al n^1.5", "at $5 or $6, “~10x” – Opti{c,m}al n^1.5"),
        ("“as  it\nis” – $5", "“as it is” – $5"),
        ("“as  it\nis” –", "“as  it\nis” –"),
        ("Users pay $5, $6 or $7, then $5-$6, $x$", "Users pay $5, $6 or $7, then $5-$6, x"),
        ("$1, 2$ or $2n$-$3n$, $3 < n$", "1, 2 or 2n-3n, 3 < n"),
        (r"at http://www.cs.x.edu/~foo/code, x.edu/~bar by~$n$", "at http://www.cs.x.edu/~foo/code, x.edu/~bar by n"),
        (
            r"\url{http://x.edu/~foo}, http://x.edu/\~nel/{id}^2?a=$b",
            "http://x.edu/~foo, http://x.edu/~nel/{id}^2?a=$b",
        ),
        (r"see http://x.edu/a~\cite{b} of $n$", "see http://x.edu/a of n"),
        ("$x^{n-1}$, $x^{2n}$, $x^{2}3$, $x^{n}$, $x^{th}$", "x^(n-1), x^(2n), x²3, xⁿ, x^th"),
        (r"G\"odel, G\"{o}del, Erd\H{o}s, Fran\c cois", "Gödel, Gödel, Erdős, François"),
        (r"Mart\'{\i}nez, Mart\'\i nez, {\v{S}}, \^x", "Martínez, Martínez, Š, x"),
        (r"an \"only\" of Moore\'s, G\"odel", "an only of Moore's, Gödel"),
        ("a lone $x and \ue0fc{a}", "a lone $x and \ue0fc{a}"),
    ],
)
def test_readable_reads_latex_and_leaves_all_else(stored: str, shown_text: str) -> None:
    assert readable(stored) == shown_text


@pytest.mark.parametrize(
    ("words", "found"),
    [(r"3.8\times", "3.8×"), ("Ray", "Ray"), ("n^2", "n²"), ("$n^2$", "n²"), ("more", "more"), ("$", "")],
)
def test_readable_finds_the_place_of_what_was_stored(words: str, found: str) -> None:
    stored = r"{\em Ray} is $3.8\times$ faster, $n^2$ more"
    text = Readable(stored)
    start, end = text.span(stored.index(words), stored.index(words) + len(words))
    assert text.text[start:end] == found


@pytest.mark.parametrize(
    "stored",
    [
        "{" + "a,  " * 50_000,
        "{" + "a," * 100_000,
        "$" * 200_000,
        "$a " * 66_000,
        "^{" * 100_000,
        "$5 /" * 50_000,
        '\\"' * 100_000,
        "www." * 50_000,
    ],
)
def test_readable_takes_time_in_proportion_to_the_text(stored: str) -> None:
    start = time.process_time()
    readable(stored)
    assert time.process_time() - start < 1


def test_readable_finds_the_place_of_a_composed_letter() -> None:
    stored = r"Of G\"odel and Erd\H{o}s, $x^{2}$"
    text = Readable(stored)
    for words, found in [(r"G\"odel", "Gödel"), (r"Erd\H{o}s", "Erdős"), ("and", "and"), ("x^{2}", "x²")]:
        start, end = text.span(stored.index(words), stored.index(words) + len(words))
        assert text.text[start:end] == found


@given(st.text(alphabet="a 1$\\{}^~`'\"o–x,\n\ue000"), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=200)
def test_readable_spans_lie_in_the_text(stored: str, start: int, length: int) -> None:
    text = Readable(stored)
    first, last = text.span(min(start, len(stored)), min(start + length, len(stored)))
    assert 0 <= first <= last <= len(text.text)


# Document


def test_page_is_small_and_the_same_under_any_hash_seed() -> None:
    code = (
        "import hashlib; from tests.view_sample import plausible_graph; from kg.view.page import render;"
        "html = render(plausible_graph(41), title='Seeds', iri=str); assert len(html.encode()) < 1_000_000;"
        "print(hashlib.sha256(html.encode()).hexdigest())"
    )
    assert len(under_hash_seeds(code, "0", "7")) == 1


def test_page_policy_lists_exactly_the_scripts_and_the_style() -> None:
    html = render(small_graph(), title="T", iri=Namer())
    policy = html.partition('Content-Security-Policy" content="')[2].partition('"')[0].replace("&#39;", "'")
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", html, re.DOTALL)
    }
    assert len(hashes) == 3
    assert set(re.findall(r"'sha256-[^']+'", policy)) == hashes
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not re.search(r'\s(?:src|href)="(?!#)', html.partition("<script>")[0])
    assert "sourceMappingURL" not in html


def test_page_source_never_builds_markup_from_text() -> None:
    for path in [*(HERE / "js").glob("*.js"), HERE / "page.html.j2"]:
        source = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "|safe", "| safe", "new Function", "fetch(", "style="):  # fmt: skip
            assert word not in source, f"{path.name}: {word}"


def test_page_of_hostile_strings_has_them_only_as_data() -> None:
    html = render(hostile_graph(), title=HOSTILE, iri=Namer())
    assert "<script>window" not in html
    assert "<img" not in html
    page = page_data(html)
    assert page["title"] == HOSTILE
    assert any(n["label"] == readable(HOSTILE.strip()) for n in page["nodes"])


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
@settings(max_examples=100)
def test_document_gives_back_any_data(value: Any) -> None:
    html = document("t", value)
    assert page_data(html) == value
    html.encode()


@pytest.mark.parametrize("facts", [[], [Facts(paper=Paper(id="arxiv:1"))]])
def test_page_of_nothing_and_of_one_node(facts: list[Facts]) -> None:
    page = page_data(render(KnowledgeGraph(facts, [], []), title="", iri=Namer()))
    assert len(page["nodes"]) == len(facts)
    assert page["edges"] == []


# The pyvis component


def test_network_is_a_pyvis_network_filled_in_bulk() -> None:
    network = KGNetwork.from_graph(small_graph(), title="Two papers")
    assert isinstance(network, Network)
    assert network.num_nodes() == len(network.get_nodes()) == 10
    assert network.get_node("system/tvm")["label"] == "TVM"
    assert network.neighbors("system/ray") == set() and "system/ray" in network.neighbors("doi:10.1000/xyz")
    assert all(edge["arrows"] == "to" for edge in network.get_edges())


def test_network_works_as_pyvis_users_expect(tmp_path: Path) -> None:
    network = KGNetwork("500px", "500px", heading="H & <b>")
    network.add_node(1, label="één", color="red", title="see href <b>")
    network.add_nodes(["b", "c"], size=[5, 6])
    network.add_edge(1, "b", title="knows", color="#123456")
    network.add_edge(1, "b", title="likes")
    network.add_edges([("b", "c", 3)])
    network.set_options('var options = {"physics": {"enabled": true}}')
    network.set_options({"interaction": {"hover": False}})
    assert network.num_edges() == 3
    target = tmp_path / "x.html"
    network.write_html(str(target))
    assert [path.name for path in tmp_path.iterdir()] == ["x.html"]
    html = target.read_text(encoding="utf-8")
    assert "H &amp; &lt;b&gt;" in html
    page = page_data(html)
    assert page["options"] == {"interaction": {"hover": False}}
    assert [n["id"] for n in page["nodes"]] == ["1", "b", "c"]
    assert page["nodes"][0]["style"]["color"] == "red"
    assert [page["relations"][edge[2]][0] for edge in page["edges"]] == ["knows", "likes", "linked to"]
    assert network.show(tmp_path / "y.html") is network


def test_network_leaves_physics_off_until_asked() -> None:
    network = KGNetwork.from_graph(small_graph())
    assert page_data(network.generate_html())["options"] == {}
    network.toggle_physics(True)
    assert page_data(network.generate_html())["options"]["physics"]["enabled"] is True


def test_network_takes_a_networkx_graph_and_keeps_given_positions() -> None:
    import networkx as nx

    network = KGNetwork()
    network.from_nx(nx.path_graph(4, create_using=nx.DiGraph))
    network.add_node("here", x=7, y=-3)
    nodes = page_data(network.generate_html())["nodes"]
    assert (nodes[-1]["x"], nodes[-1]["y"]) == (7, -3)
    assert len({(n["x"], n["y"]) for n in nodes}) == 5


def test_network_shows_itself_in_a_notebook_without_a_file() -> None:
    network = KGNetwork.from_graph(hostile_graph(), title=HOSTILE)
    shown_html = network._repr_html_()
    assert shown_html.count("<") == 2
    assert 'sandbox="allow-scripts' in shown_html
