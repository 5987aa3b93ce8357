"""Neighbourhoods of one node, and the command that writes pages."""

from __future__ import annotations

import re
import shutil
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg import compiled
from kg.cli import main
from kg.errors import StoreError
from kg.graph import KnowledgeGraph
from kg.view import command, data, ego, layout
from kg.view.network import KGNetwork
from tests.conftest import ROOT
from tests.test_view import page_data
from tests.view_sample import plausible_graph, small_graph

ANSOR = "arxiv:2006.06762"
GPU = "hardware/nvidia-gpu"


def data_in(file: Path) -> Any:
    return page_data(file.read_text(encoding="utf-8"))


def around(graph: KnowledgeGraph, start: str, depth: int, limit: int = 2000) -> set[str]:
    return {n["id"] for n in ego.content(graph, start, depth=depth, iri=str, limit=limit).nodes}


def test_ego_grows_step_by_step_to_the_whole_component() -> None:
    graph = small_graph()
    assert around(graph, GPU, 1) == {GPU, ANSOR, "doi:10.1000/xyz"}
    assert around(graph, GPU, 2) == around(graph, GPU, 1) | {
        "system/ansor", "system/tvm", "system/ray", "technique/evolutionary-search", "hardware/intel-cpu", "edition/osdi-2020",
    }  # fmt: skip
    assert around(graph, GPU, 3) == around(graph, GPU, 2) | {"hardware/cpu"}
    assert around(graph, GPU, 6) == around(graph, GPU, 3)


def test_ego_keeps_the_edges_between_its_nodes_and_the_names_of_the_rest() -> None:
    content = ego.content(small_graph(), GPU, depth=1, iri=str, limit=100)
    assert {(e["from"], e["relation"], e["to"]) for e in content.edges} == {
        (ANSOR, "evaluatesOn", GPU),
        ("doi:10.1000/xyz", "runsOn", GPU),
    }
    assert content.total == 10
    assert content.claims[0]["subjectLabel"] == "Ansor"
    assert content.claims[0]["hardware"] == [["hardware/intel-cpu", "Intel CPU"]]


@pytest.mark.parametrize("limit", [1, 7, 30])
def test_ego_takes_the_strongest_relations_first_up_to_the_limit(limit: int) -> None:
    graph = plausible_graph(120)
    every = ego.content(graph, "hardware/gpu", depth=1, iri=str, limit=10_000)
    some = around(graph, "hardware/gpu", 1, limit)
    assert len(some) == limit < len(every.nodes)
    assert "hardware/gpu" in some
    rank = {relation: i for i, relation in enumerate(data.RELATIONS)}
    inside = [rank[e["relation"]] for e in every.edges if {e["from"], e["to"]} <= some and "hardware/gpu" in (e["from"], e["to"])]  # fmt: skip
    outside = [rank[e["relation"]] for e in every.edges if not {e["from"], e["to"]} <= some and "hardware/gpu" in (e["from"], e["to"])]  # fmt: skip
    assert max(inside, default=0) <= min(outside)


def test_ego_of_a_whole_component_is_the_whole_content() -> None:
    graph = small_graph()
    whole, near = data.content(graph, str, limit=100), ego.content(graph, GPU, depth=6, iri=str, limit=100)
    assert (near.nodes, near.edges, near.claims, near.texts) == (whole.nodes, whole.edges, whole.claims, whole.texts)


def test_ego_of_an_unknown_node_says_what_ids_look_like() -> None:
    with pytest.raises(StoreError, match=r"no node 'x'.*arxiv:2006.06762"):
        ego.content(small_graph(), "x", depth=1, iri=str, limit=10)


def test_network_of_a_neighbourhood_opens_at_its_node() -> None:
    page = page_data(KGNetwork.from_graph(small_graph(), start=GPU, depth=1).generate_html())
    assert (page["start"], page["total"], len(page["nodes"])) == (GPU, 10, 3)


# The command


def test_view_command_writes_a_page_named_after_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    graph = small_graph()
    graph.base_iri = "https://example.org/"
    written = command.write(graph, start=ANSOR, abstracts=False)
    assert written == (Path("arxiv-2006.06762.html"), 7, 10)
    page = data_in(tmp_path / written.path)
    assert page["title"] == "Ansor: Generating High-Performance Tensor Programs"
    assert page["nodes"][0]["iri"].startswith("https://example.org/")
    assert "tensor programs are hard" not in (tmp_path / written.path).read_text("utf-8")
    assert command.write(small_graph()).path == Path("graph.html")


def test_view_command_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    pages = [command.write(small_graph(), tmp_path / f"{i}.html", start=GPU).path for i in range(2)]
    assert pages[0].read_bytes() == pages[1].read_bytes()


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """`kg` in this process and in the project's folder: exit code, output, errors."""
    monkeypatch.chdir(ROOT)

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kg", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return call


def test_cli_view_of_a_graph_a_paper_and_an_entity(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, out, _ = run("view", "exports", "-o", page)
    assert code == 0 and re.search(r"page\.html \((\d+) of \1 nodes\)", out.replace("\n", ""))
    assert run("view", "exports", "--paper", "2006.06762", "--depth", "2", "-o", page)[0] == 0
    assert data_in(page)["start"] == ANSOR
    assert run("view", "exports", "--entity", "graphics card", "-o", page)[0] == 0
    assert data_in(page)["start"] == "hardware/gpu"


def test_cli_view_leaves_the_graph_folder_as_it_was(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LARGE", 100)  # a layout that is worth keeping
    monkeypatch.setenv(compiled.VARIABLE, str(tmp_path / "cache"))
    folder = tmp_path / "graph"
    shutil.copytree("exports", folder)

    def state() -> dict[str, bytes]:
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    before = state()
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    pages = [tmp_path / f"{k}.html" for k in range(2)]
    for page in pages:
        assert run("view", folder, "-o", page)[0] == 0
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    assert state() == before
    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert [p.name.partition("-")[0] for p in (tmp_path / "cache").iterdir()] == ["layout"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["exports", "--entity", "nothing like it"], 1, "kg: no entity is called 'nothing like it'"),
        (["exports", "--paper", "9999.99999"], 1, "kg: exports: no paper '9999.99999'"),
        (["nowhere"], 1, "kg: nowhere: no such folder"),
        (["exports", "-o", "no/such/folder/x.html"], 1, "the folder no/such/folder does not exist"),
        (["exports", "--paper", "x", "--entity", "y"], 2, "give one of them"),
        (["exports", "--depth", "0"], 2, "--depth"),
        (["exports", "--depth", "3"], 2, "--depth counts steps around something"),
    ],
)
def test_cli_view_says_what_is_wrong(run: Run, arguments: list[str], code: int, words: str) -> None:
    ended, _, err = run("view", *arguments)
    assert ended == code
    assert words in err


def test_cli_view_opens_the_browser(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def fail(url: str) -> bool:
        opened.append(url)
        return False

    monkeypatch.setattr(webbrowser, "open", fail)
    code, _, err = run("view", "exports", "--entity", "GPU", "-o", tmp_path / "x.html", "--open")
    assert (code, opened) == (0, [(tmp_path / "x.html").as_uri()])
    assert "no browser could be started" in err
