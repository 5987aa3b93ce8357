"""The pyvis component, method by method: what its users expect either works or says why not."""

from __future__ import annotations

import inspect
import json
import re
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyvis.network import Network

from kg.errors import ViewError
from kg.view import byhand, data
from kg.view.network import PYVIS_LIMIT, KGNetwork
from tests.test_view import page_data


def options_of(network: KGNetwork) -> Any:
    return page_data(network.generate_html())["options"]


def by_hand(**options: Any) -> KGNetwork:
    network = KGNetwork(**options)
    network.add_node("a")
    network.add_node("b")
    network.add_edge("a", "b")
    return network


def test_network_has_every_method_of_pyvis_with_its_arguments() -> None:
    for name, theirs in inspect.getmembers(Network, inspect.isfunction):
        ours = getattr(KGNetwork, name)
        if name.startswith("_") or ours is theirs or name == "from_nx":
            continue
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters), name


@pytest.mark.parametrize(
    ("call", "branch", "value"),
    [
        (lambda n: n.toggle_physics(True), "physics", {"enabled": True}),
        (lambda n: n.toggle_drag_nodes(False), "interaction", {"dragNodes": False}),
        (lambda n: n.toggle_hide_edges_on_drag(True), "interaction", {"hideEdgesOnDrag": True}),
        (lambda n: n.toggle_hide_nodes_on_drag(True), "interaction", {"hideNodesOnDrag": True}),
        (lambda n: n.set_edge_smooth("curvedCW"), "edges", {"smooth": {"enabled": True, "type": "curvedCW"}}),
        (lambda n: n.set_options({"nodes": {"borderWidth": 2}}), "nodes", {"borderWidth": 2}),
        (lambda n: n.set_options('var options = {"nodes": {"borderWidth": 2}}'), "nodes", {"borderWidth": 2}),
        (
            lambda n: (n.toggle_physics(True), n.toggle_stabilization(False)),
            "physics",
            {"enabled": True, "stabilization": {"enabled": False}},
        ),
    ],
)
def test_network_options_reach_the_page(call: Any, branch: str, value: Any) -> None:
    network = by_hand()
    assert options_of(network) == {}
    call(network)
    assert options_of(network) == {branch: value}


@pytest.mark.parametrize(
    ("method", "solver"),
    [
        ("barnes_hut", "barnesHut"),
        ("force_atlas_2based", "forceAtlas2Based"),
        ("repulsion", "repulsion"),
        ("hrepulsion", "hierarchicalRepulsion"),
    ],
)
def test_network_solvers_say_what_those_of_pyvis_say(method: str, solver: str) -> None:
    ours, theirs = by_hand(), Network()
    getattr(ours, method)()
    getattr(theirs, method)()
    physics = options_of(ours)["physics"]
    assert (physics["enabled"], physics["solver"]) == (True, solver)
    assert physics[solver] == json.loads(theirs.options.to_json())["physics"][solver]


def test_network_options_may_be_set_in_any_order() -> None:
    network = by_hand()
    network.set_options({"interaction": {"hover": False}, "physics": {"enabled": True}})
    network.toggle_drag_nodes(False)
    assert options_of(network)["interaction"] == {"dragNodes": False, "hover": False}
    with pytest.raises(ViewError, match="no JSON object"):
        network.set_options("{physics: true}")
    with pytest.raises(ViewError, match="no JSON object"):
        network.set_options("physics")


def test_network_says_what_it_cannot_do() -> None:
    network = by_hand()
    refused: list[Callable[[], None]] = [
        lambda: network.set_template("x.html"),
        lambda: network.set_template_dir("templates"),
        lambda: network.prep_notebook(custom_template=True, custom_template_path="x.html"),
        lambda: network.from_DOT("x.dot"),
    ]
    for call in refused:
        with pytest.raises(ViewError):
            call()
    with pytest.warns(UserWarning, match="this page"):
        network.show_buttons(filter_=["physics"])
    with pytest.warns(UserWarning, match="this page"):
        network.inherit_edge_colors(True)
    network.nodes = [{"id": k} for k in range(PYVIS_LIMIT + 1)]
    network.edges = []
    network.barnes_hut()
    with pytest.warns(UserWarning, match="physics"):
        network.generate_html()


def test_network_takes_all_of_pyvis_arguments() -> None:
    network = by_hand(notebook=True, select_menu=True, filter_menu=True, neighborhood_highlight=True, layout=True)
    page = page_data(network.generate_html(name="x", local=False, notebook=True))
    assert page["options"] == {"layout": {"hierarchical": {"enabled": True}}}
    for cdn in ("local", "in_line", "remote"):
        html = by_hand(cdn_resources=cdn).generate_html()
        assert not re.search(r'(src|href)="(https?:)?//', html)


@pytest.mark.parametrize(("colour", "theme"), [("#222222", "dark"), ("#fff", ""), ("#eee", "light"), ("black", "dark"), ("rebeccapurple", ""), ("#12", "")])  # fmt: skip
def test_network_background_chooses_the_theme(colour: str, theme: str) -> None:
    assert page_data(by_hand(bgcolor=colour, font_color="white").generate_html())["theme"] == theme


def test_network_shows_saves_and_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    network = by_hand()
    assert network.show(str(tmp_path / "a.html"))._repr_html_().startswith("<iframe")
    network.save_graph(str(tmp_path / "b.html"))
    assert opened == []
    network.show(str(tmp_path / "c.html"), notebook=False)
    assert opened == [(tmp_path / "c.html").as_uri()]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "b.html", "c.html"]
    assert len({p.read_bytes() for p in tmp_path.iterdir()}) == 1


def test_network_groups_are_classes_of_the_legend() -> None:
    network = KGNetwork()
    for k in range(60):
        network.add_node(k, group=f"g{k // 2}" if k < 50 else k)
    network.add_node("own", group="g0", color="#ff0000")
    page = page_data(network.generate_html())
    labels = [kind["label"] for kind in page["kinds"]]
    assert labels == [f"g{k}" for k in range(25)] + [str(k) for k in range(50, 60)]
    looks = {(kind["light"], kind["shape"]) for kind in page["kinds"]}
    assert len(looks) == len(labels)
    many = KGNetwork()
    many.nodes = [{"id": k, "group": k} for k in range(100)]
    labels = [kind["label"] for kind in page_data(many.generate_html())["kinds"]]
    assert len(labels) == byhand.MOST_GROUPS + 1 and labels[-1] == data.OTHER.label


def test_network_values_are_sizes_and_hidden_is_left_out() -> None:
    network = KGNetwork()
    network.add_node("a", value=2)
    network.add_node("b", value=10)
    network.add_node("c", value=6, hidden=True)
    network.add_node("d", size=17, color={"background": "green", "border": "red"})
    for end in ("b", "c"):
        network.add_edge("a", end)
    network.add_edge("a", "d", hidden=True)
    page = page_data(network.generate_html())
    assert [n["style"].get("size") for n in page["nodes"]] == [10, 30, 17]
    assert page["nodes"][2]["style"]["color"] == "green"
    assert len(page["edges"]) == 1


def test_network_undirected_edges_read_alike_from_both_ends() -> None:
    for directed, inverse in ((True, "knows (from)"), (False, "knows")):
        network = KGNetwork(directed=directed)
        network.add_nodes(["a", "b"])
        network.add_edge("a", "b", title="knows")
        page = page_data(network.generate_html())
        assert page["directed"] is directed
        assert page["relations"][-1] == ["knows", "knows", inverse]


def test_network_from_networkx_leaves_the_graph_as_it_is() -> None:
    graph: Any = nx.Graph()
    graph.add_node("lonely", label="")
    graph.add_edge(1, 2, weight=3)
    before = json.dumps(nx.node_link_data(graph, edges="links"))
    network = KGNetwork()
    network.from_nx(graph, default_node_size=20)
    assert json.dumps(nx.node_link_data(graph, edges="links")) == before
    page = page_data(network.generate_html())
    assert [n["label"] for n in page["nodes"]] == ["1", "2", "lonely"]
    assert page["edges"][0][5]["width"] == 3
    assert {n["style"]["size"] for n in page["nodes"][:2]} == {20}


def test_network_asked_in_words() -> None:
    network = by_hand()
    assert network.get_adj_list() == {"a": {"b"}, "b": set()}
    assert network.neighbors("a") == {"b"}
    assert json.loads(str(network))["Nodes"] == ["a", "b"]
    assert "|N|=2 |E|=1" in repr(network)
    assert network.get_network_data()[0] == network.nodes
    assert json.loads(network.to_json())
    assert (network.num_nodes(), network.num_edges(), network.get_nodes()) == (2, 1, ["a", "b"])


@given(st.dictionaries(st.sampled_from(["id", "label", "group", "color", "shape", "size", "value", "title"]), st.none() | st.text() | st.floats() | st.integers() | st.booleans()))  # fmt: skip
def test_network_takes_any_value_of_any_option(options: dict[str, Any]) -> None:
    node = {"id": "x"} | options
    shown = byhand.node(node, byhand.groups([node]), byhand.values([node]))
    assert isinstance(shown["id"], str) and isinstance(shown["label"], str)
    assert shown["style"].get("size", 1) > 0
