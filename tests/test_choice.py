"""Which formats a graph is written to: all of them for a small one, the core for a large one, or what the user says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.build import add, build, refresh
from kg.cli import app
from kg.errors import InputError
from kg.explore import open_graph
from kg.export import choice
from kg.folder import read_manifest
from kg.settings import ALL_FORMATS_PAPERS
from kg.validate import validate
from tests.test_build import GOOD, lines, tree

FILES = set(choice.EXTRA.values())


def extra(folder: Path) -> set[str]:
    return {p.name.removesuffix(".gz") for p in folder.iterdir()} & FILES


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("all", "all"), ("core", "core"), ("auto", ""), ("turtle", "turtle"), (" TriG , graphml,trig,", "graphml,trig"),
        ("n-triples,page", "core"), ("n-quads,json-ld", "json-ld"),
    ],
)  # fmt: skip
def test_choice_is_kept_in_one_form(text: str, kept: str) -> None:
    assert choice.parse(text) == kept
    assert choice.parse(kept or "auto") == kept


@pytest.mark.parametrize("text", ["", ",", "all,turtle", "core,auto", "ttl", "turtle graphml", "../graph.ttl"])
def test_choice_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--formats: .*give all"):
        choice.parse(text)


def test_choice_follows_the_size_unless_the_user_says() -> None:
    few, many = ALL_FORMATS_PAPERS, ALL_FORMATS_PAPERS + 1
    assert set(choice.files("", few)) == FILES and choice.files("", many) == ()
    assert set(choice.files("all", many)) == FILES and choice.files("core", few) == ()
    assert choice.files("graphml,turtle", many) == ("graph.ttl", "graph.graphml")
    assert (
        choice.left_out("", few, "g") == choice.left_out("all", many, "g") == choice.left_out("core", many, "g") == ""
    )
    assert "`kg export g --formats all`" in choice.left_out("", many, "g")


@pytest.mark.parametrize("command", ["build", "export"])
def test_choice_is_explained_in_whole_words_on_a_narrow_terminal(command: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "80"}).output
    words = set(re.findall(r"[\w,-]+", said))
    assert {f"{ALL_FORMATS_PAPERS:,}", "core", "auto"} <= words
    assert {*choice.EXTRA} <= {word.rstrip(",") for word in words}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return lines(tmp_path / "in.jsonl", GOOD, GOOD | {"id": "1901.00002", "title": "Another paper"})


def test_choice_of_a_large_graph_is_told_and_read_by_everything(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = build([source], tmp_path / "whole", workers=1).folder
    monkeypatch.setattr("kg.export.choice.ALL_FORMATS_PAPERS", 1)
    report = build([source], tmp_path / "g", workers=1)
    assert extra(report.folder) == set() and extra(whole) == FILES
    assert [n for n in report.notes if "kg export" in n and "graph.ttl" in n and "more than 1 papers" in n]
    core, every = tree(report.folder), tree(whole)
    assert core == {name: data for name, data in every.items() if name not in FILES}
    assert validate(report.folder) == []
    graph = open_graph(report.folder)
    assert len(graph.query("SELECT ?p { ?p a kg:Paper }")) == 2  # type: ignore[arg-type]
    assert graph.networkx().number_of_nodes() == open_graph(whole).networkx().number_of_nodes()


def test_choice_is_remembered_and_changed_by_export(tmp_path: Path, source: Path) -> None:
    folder = build([source], tmp_path / "g", formats="turtle,graphml", workers=1).folder
    assert extra(folder) == {"graph.ttl", "graph.graphml"}
    assert read_manifest(folder)["formats"] == "graphml,turtle"
    add(folder, [lines(tmp_path / "more.jsonl", GOOD | {"id": "1901.00003"})], workers=1)
    assert refresh(folder, workers=1)
    assert extra(folder) == {"graph.ttl", "graph.graphml"}
    both = [source, tmp_path / "more.jsonl"]
    assert tree(folder) == tree(build(both, tmp_path / "h", formats="graphml, turtle", workers=1).folder)
    assert refresh(folder, formats="core", workers=1) and extra(folder) == set()
    assert not refresh(folder, formats="core", workers=1) and not refresh(folder, workers=1)
    assert refresh(folder, formats="auto", workers=1) and "formats" not in read_manifest(folder)
    assert tree(folder) == tree(build(both, tmp_path / "i", workers=1).folder)


def test_choice_that_is_none_costs_nothing(tmp_path: Path, source: Path) -> None:
    answer = CliRunner().invoke(app, ["build", str(source), "-o", str(tmp_path / "g"), "--formats", "ttl"])
    assert answer.exit_code == 2
    assert not (tmp_path / "g").exists()
    folder = build([source], tmp_path / "g", workers=1).folder
    before = tree(folder)
    answer = CliRunner().invoke(app, ["export", str(folder), "--formats", "ttl"])
    assert answer.exit_code == 2 and tree(folder) == before
    answer = CliRunner().invoke(app, ["export", str(folder), "--formats", "core", "--workers", "1"])
    assert answer.exit_code == 0 and extra(folder) == set()
