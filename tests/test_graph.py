"""Merging is commutative, associative and idempotent; things are found by name; networkx gets typed nodes and edges."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.explore import open_graph
from kg.graph import KnowledgeGraph, closure
from kg.model import Edge, Edition, Entity, Facts, Paper, Statement, Venue
from tests.view_sample import evidence, small_graph

_papers = st.builds(Paper, id=st.sampled_from(["abs:a", "abs:b", "abs:c"]), abstract=st.text("xyz", max_size=3))
_facts = st.builds(Facts, paper=_papers)
_entities = st.builds(Entity, id=st.sampled_from(["system/a", "task/b"]), label=st.text("pq", min_size=1, max_size=2))
_venues = st.builds(Venue, id=st.just("venue/v"), label=st.text("vw", min_size=1, max_size=2))


def _unique(items: list[Facts]) -> list[Facts]:
    return list({f.paper.id: f for f in items}.values())


graphs = st.builds(
    KnowledgeGraph,
    st.lists(_facts, max_size=4).map(_unique),
    st.lists(_entities, max_size=3, unique_by=lambda e: e.id),
    st.lists(_venues, max_size=1),
)


@given(graphs, graphs, graphs)
def test_graph_merge_laws(a: KnowledgeGraph, b: KnowledgeGraph, c: KnowledgeGraph) -> None:
    assert a | b == b | a
    assert (a | b) | c == a | (b | c)
    assert a | a == a


def test_graph_merge_of_two_bases_is_refused() -> None:
    """Else the IRIs of one of the two would change without a word."""
    here, there = (KnowledgeGraph([], [], [], base_iri=f"https://example.org/{name}/") for name in "ab")
    with pytest.raises(ValueError, match=r"under https://example.org/a/, the other under https://example.org/b/; set"):
        _ = here | there


def test_graph_networkx_has_typed_nodes_and_edges(seeds_folder: Path) -> None:
    graph = open_graph(seeds_folder)
    view = graph.networkx()
    assert isinstance(view, nx.MultiDiGraph)
    assert all(d["type"] and d["label"] and d["iri"] for _, d in view.nodes(data=True))
    assert all(d["type"] == key for _, _, key, d in view.edges(keys=True, data=True))
    papers = [n for n, d in view.nodes(data=True) if d["type"] == "Paper"]
    assert len(papers) == 41
    said = [d for _, _, d in view.edges(data=True) if "confidence" in d]
    assert said and all(d["sentence"] and 0 <= d["confidence"] <= 1 for d in said)
    assert "broader" in {d["type"] for _, _, d in view.edges(data=True)}


def test_graph_closure_holds_what_papers_reach_and_nothing_else() -> None:
    """A part of a graph, and the page of a large one, must not lose the parents of its entities, nor show all there are."""
    paper = Paper(id="abs:a", title="OSDI")
    edge = Edge(Statement("abs:a", "uses", "system/a"), 1.0, (evidence(paper, "title", "OSDI"),))
    edition = Edition("venue/w", 2020, "venue/osdi", 1.0, evidence(paper, "title", "OSDI"))
    parents = {"system/a": "system/b", "system/b": "system/c", "system/c": "system/a", "system/other": "system/a"}
    entities = [Entity(id=one, label=one, broader=(above,)) for one, above in parents.items()]
    venues = [Venue(id=f"venue/{name}", label=name) for name in ("osdi", "w", "other")]
    facts = [Facts(paper=paper, edges=(edge,), editions=(edition,))]
    graph = closure(facts, lambda: entities, venues, base_iri="https://example.org/")
    assert list(graph.entities) == ["system/a", "system/b", "system/c"]
    assert list(graph.venues) == ["venue/osdi", "venue/w"]
    assert graph.papers == [paper] and graph.base_iri == "https://example.org/"


def test_graphml_repeats_no_id(seeds_folder: Path) -> None:
    """Gephi drops an edge whose id it has met; a key whose id stands twice is no XML to a validating reader."""
    for place in ("key", "node", "edge"):
        found = [e.get("id") for e in ET.parse(seeds_folder / "graph.graphml").iterfind(f".//{{*}}{place}")]
        ids = [i for i in found if i is not None]
        assert found and len(ids) == len(set(ids)), place


def test_graphml_says_what_the_networkx_view_says(seeds_folder: Path) -> None:
    """Whoever reads the file finds every node and edge with the same attributes under the same names."""
    view, read = open_graph(seeds_folder).networkx(), nx.read_graphml(seeds_folder / "graph.graphml")

    def edges(graph: Any) -> list[Any]:
        return sorted((a, b, sorted(d.items())) for a, b, d in graph.edges(data=True))

    assert list(read.nodes(data=True)) == list(view.nodes(data=True))
    assert edges(read) == edges(view)


def test_graph_roll_up_reaches_the_parents(seeds_folder: Path) -> None:
    view = open_graph(seeds_folder).networkx()
    broader = nx.DiGraph((a, b) for a, b, key in view.edges(keys=True) if key == "broader")
    assert nx.has_path(broader, "hardware/nvidia-gpu", "hardware/gpu")
    assert all(a != b for a, b in itertools.islice(broader.edges, 1000))


def test_graph_finds_a_node_by_an_id_of_former_times() -> None:
    entity = Entity(id="system/new", label="New", was=("technique/old",))
    assert KnowledgeGraph((), (entity,), ()).find("technique/old") == "system/new"


@pytest.mark.parametrize("name", ["system/tvm", "TVM", "tvm", "apache tvm"])
def test_graph_finds_an_entity_by_id_label_and_alias(name: str) -> None:
    assert small_graph().find(name) == "system/tvm"


def test_graph_finds_an_edition_by_id() -> None:
    assert small_graph().find("edition/osdi-2020") == "edition/osdi-2020"


def test_graph_prefers_a_label_to_an_alias_and_names_what_is_ambiguous() -> None:
    entities = [Entity(id="system/a", label="Ray"), Entity(id="task/b", label="B", aliases=("Ray", "Sun")), Entity(id="task/c", label="C", aliases=("sun",))]  # fmt: skip
    graph = KnowledgeGraph([Facts(paper=Paper(id="arxiv:1"))], entities, [])
    assert graph.find("ray") == "system/a"
    assert graph.named("ray") == ["system/a", "task/b"]
    with pytest.raises(StoreError, match="'sun' names 2 entities; give one by its id: task/b, task/c"):
        graph.find("sun")
    with pytest.raises(StoreError, match="no entity is called 'Rai'; close to it: Ray"):
        graph.find("Rai")
    with pytest.raises(StoreError, match="no entity is called 'qqqq'; ids look like"):
        graph.find("qqqq")
