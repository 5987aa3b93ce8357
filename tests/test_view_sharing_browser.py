"""What leaves the page, in a real browser on the graph of the seeds: links, queries, pictures, tables, citations."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import kg
from kg.graph import KnowledgeGraph
from kg.model import Author, Facts, Paper
from kg.ontology import PREFIXES, Namer
from kg.view import command
from kg.view.network import KGNetwork
from kg.view.page import render
from tests.browsing import (
    Pages,
    browser,
    copied,
    find,
    heading,
    kept_pages,
    load,
    panel,
    seconds_to_first_frame,
    shared,
)
from tests.conftest import ROOT
from tests.view_sample import HOSTILE, hostile_graph, small_graph

__all__ = ["browser", "kept_pages", "load"]

ANSOR = "arxiv:2006.06762"
GPU = "#n=hardware%2Fnvidia-gpu"
SMALL = render(small_graph(), title="Sample", iri=Namer())


@cache
def seeds() -> Any:
    return kg.open(ROOT / "exports")


@cache
def seeds_page() -> str:
    return render(seeds().knowledge, title="Knowledge graph of papers", iri=Namer())


def rows(page: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shared(page, "#export-csv").decode())))


# Queries: the answer is what is shown

STATES = {
    "all": "#",
    "an entity": "#n=hardware%2Fgpu",
    "an entity with filters": "#n=hardware%2Fgpu&r=mentions&k=0.9",
    "a paper": "#n=arxiv%3A2006.06762",
    "an edition": "#n=edition%2Ficpp-2019",
    "classes and relations": "#c=technique&c=task&r=uses&r=broader",
    "papers off": "#c=paper",
    "years": "#y=2019-2019",
    "an entity in one year": "#n=hardware%2Fgpu&y=2019-2019",
    "years and papers without one": "#y=2019-2019,undated",
    "papers with a year": "#y=2017-2020",
    "a venue": "#u=venue%2Ficpp",
    "confidence": "#k=0.95",
    "two steps": "#n=system%2Fansor&d=2",
    "a path": "#n=hardware%2Fgpu&g=technique%2Fbayesian-inference",
    "an edge": "#e=hardware%2Fgpu&e=broader&e=hardware%2Faccelerator",
    "an expansion": "#x=hardware%2Fgpu&x=evaluatesOn&x=in&n=system%2Fansor",
}


@pytest.mark.parametrize("state", STATES)
def test_browser_copied_query_answers_what_is_shown(load: Pages, state: str) -> None:
    page = load(seeds_page(), STATES[state])
    assert "not in this graph" not in page.inner_text("#say")
    answer = seeds().query(copied(page, "#copy-sparql"))
    namer = Namer()
    role = {"broader": f"{PREFIXES['skos']}broader"}
    shown = [(namer(r["subject"]), role.get(r["relation"], PREFIXES["kg"] + r["relation"]), namer(r["object"])) for r in rows(page)]  # fmt: skip
    assert shown
    assert sorted((a["subject"], a["role"], a["object"]) for a in answer) == sorted(shown)
    quoted = [a for a in answer if a["quote"]]
    assert all(a["confidence"] for a in quoted)


@pytest.mark.parametrize("state", ["#v=claims", "#v=claims&y=2019-2020", "#v=claims&u=venue%2Ficpp"])
def test_browser_copied_query_answers_the_claims_shown(load: Pages, state: str) -> None:
    page = load(seeds_page(), state)
    answer = seeds().query(copied(page, "#copy-sparql"))
    assert len(answer) == page.locator("#claims-view tbody tr").count() > 0
    assert sorted({a["paper"] for a in answer}) == sorted({Namer()(r["paper"]) for r in rows(page)})


def test_browser_copied_query_keeps_hostile_ids_inside_their_iri(load: Pages) -> None:
    pyoxigraph = pytest.importorskip("pyoxigraph")
    page = load(render(hostile_graph(), title=HOSTILE, iri=lambda id_: f"https://example.org/{id_}"))
    for _ in range(2):
        page.locator("#panel button.node").first.click()
        assert list(pyoxigraph.Store().query(copied(page, "#copy-sparql"))) == []


# Links


def test_browser_copied_link_opens_the_same_view(load: Pages) -> None:
    page = load(seeds_page(), "#n=hardware%2Fgpu")
    page.click("#panel .expand >> nth=0")
    page.uncheck("#legend input[value=task]")
    page.fill("#depth", "2")
    page.click("#zoom-out")
    page.wait_for_function("() => location.hash.includes('p=')")
    link, lit = copied(page, "#copy-link"), page.inner_text("#lit")
    shown, view = page.inner_text("#showing"), page.evaluate("location.hash")
    load(seeds_page(), "#")
    load(seeds_page(), link[link.index("#") :])
    assert (page.inner_text("#lit"), page.inner_text("#showing"), heading(page)) == (lit, shown, "GPU")
    assert page.evaluate("location.hash") == view
    assert copied(page, "#panel .actions >> text=Copy link") == link


def test_browser_copies_an_iri(load: Pages) -> None:
    page = load(SMALL, GPU)
    assert copied(page, "[aria-label='Copy IRI']") == "https://w3id.org/paperkg/id/hardware/nvidia-gpu"


# Tables


def test_browser_saves_the_selection_as_tables(load: Pages) -> None:
    page = load(SMALL, GPU)
    found = rows(page)
    assert {(r["subject"], r["relation"]) for r in found} == {(ANSOR, "evaluatesOn"), ("doi:10.1000/xyz", "runsOn")}
    assert {r["mention"] for r in found} == {"NVIDIA GPU"}
    told = json.loads(shared(page, "#export-json"))
    assert {n["id"] for n in told["nodes"]} == {ANSOR, "doi:10.1000/xyz", "hardware/nvidia-gpu"}
    assert told["edges"][0]["evidence"][0]["exact"] == "NVIDIA GPU"
    assert told["nodes"][0]["authors"] == ["Ada Example", "Bo Example"]
    assert [c["value"] for c in told["claims"]] == ["1.7×"]


def test_browser_saves_all_that_the_filters_leave(load: Pages) -> None:
    page = load(SMALL, "#c=hardware")
    assert len(rows(page)) == 5
    assert len(json.loads(shared(page, "#export-json"))["nodes"]) == 7


def test_browser_saves_the_claims_listed(load: Pages) -> None:
    page = load(SMALL, "#v=claims&q=intel+3.8%C3%97")
    found = rows(page)
    assert [(r["comparator"], r["value"], r["unit"]) for r in found] == [("up to", "3.8×", "x")]
    assert [c["factor"] for c in json.loads(shared(page, "#export-json"))["claims"]] == [3.8]


def test_browser_saves_cells_that_no_spreadsheet_runs(load: Pages) -> None:
    network = KGNetwork()
    network.add_node("=1+1", label="@cmd")
    network.add_node("b", label="-2")
    network.add_edge("=1+1", "b", title="+x")
    text = shared(load(network.generate_html()), "#export-csv").decode()
    assert not re.search(r'(^|,|\n)"?[=+@-]', text)


# Pictures


def test_browser_saves_pictures_of_three_sizes(load: Pages) -> None:
    page = load(SMALL, "#n=system%2Ftvm")
    box = page.evaluate("(({clientWidth: w, clientHeight: h}) => [w, h])(document.querySelector('#graph'))")
    for button, ratio in (("#export-png", 1), ("#export-png2", 2), ("#export-png4", 4)):
        data = shared(page, button)
        assert data.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", data[16:24])
        assert [width, height] == [side * ratio for side in box]


def test_browser_saves_a_picture_as_vectors(load: Pages) -> None:
    page = load(SMALL)
    tree = ElementTree.fromstring(shared(page, "#export-svg"))
    svg = "{http://www.w3.org/2000/svg}"
    texts = [t.text for t in tree.iter(f"{svg}text")]
    assert "NVIDIA GPU" in texts and "Sample" in texts and "Papers" in texts
    lines = [p for p in tree.iter(f"{svg}path") if not p.get("transform")]
    shapes = [p for p in tree.iter(f"{svg}path") if p.get("transform")]
    assert len(lines) == 9
    assert len(shapes) == 10 + 5  # nodes and the legend
    load(SMALL, "#n=system%2Ftvm")
    heads = [p.get("points") or "" for p in ElementTree.fromstring(shared(page, "#export-svg")).iter(f"{svg}polygon")]
    assert len([h for h in heads if h.count(" ") == 5]) == 1  # one lit edge, one arrow head
    page = load(SMALL, "#")
    page.uncheck("#legend input[value=hardware]")
    faded = ElementTree.fromstring(shared(page, "#export-svg"))
    assert sum(p.get("opacity") == "0.06" for p in faded.iter(f"{svg}path")) == 3
    page.click("#reset")


def test_browser_opened_at_the_claims_still_shows_the_whole_picture(load: Pages) -> None:
    page = load(SMALL, "#v=claims", fresh=True)
    page.keyboard.press("g")
    tree = ElementTree.fromstring(shared(page, "#export-svg"))
    shapes = [p.get("transform") for p in tree.iter("{http://www.w3.org/2000/svg}path") if p.get("transform")]
    assert len(set(shapes)) == 10 + 5
    assert {"NVIDIA GPU", "Ansor"} <= {t.text for t in tree.iter("{http://www.w3.org/2000/svg}text")}


def test_browser_saves_hostile_labels_as_text_of_the_picture(load: Pages) -> None:
    data = shared(load(render(hostile_graph(), title=HOSTILE, iri=Namer())), "#export-svg")
    tree = ElementTree.fromstring(data)
    assert {e.tag.partition("}")[2] for e in tree.iter()} <= {
        "svg",
        "title",
        "rect",
        "circle",
        "path",
        "polygon",
        "text",
    }
    assert b"<script" not in data


# Citations


def bibtex(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Entries of a BibTeX file as (type, key, fields); fails where braces do not close."""
    entries = []
    for kind, key, body in re.findall(r"^@(\w+)\{([^,\s]+),\n(.*?)\n\}$", text, re.DOTALL | re.MULTILINE):
        fields = dict(re.findall(r"^  (\w+) = \{(.*)\},?$", body, re.MULTILINE))
        assert len(fields) == body.count("\n") + 1
        for value in fields.values():
            depth = 0
            for sign in re.sub(r"\\[{}]", "", value):
                depth += {"{": 1, "}": -1}.get(sign, 0)
                assert depth >= 0
            assert depth == 0, value
        entries.append((kind, key, fields))
    assert len(entries) == text.count("\n@") + text.startswith("@")
    return entries


def test_browser_saves_the_papers_shown_as_bibtex(load: Pages) -> None:
    page = load(SMALL)
    entries = bibtex(shared(page, "#export-bibtex").decode())
    assert [key for _, key, _ in entries] == ["example2020ansor", "anon2018study"]
    ansor, study = (fields for *_, fields in entries)
    assert ansor["author"] == "Ada Example and Bo Example"
    assert ansor["title"] == "{Ansor: Generating High-Performance Tensor Programs}"
    assert (ansor["eprint"], ansor["archiveprefix"], ansor["primaryclass"]) == ("2006.06762", "arXiv", "cs.LG")
    assert ansor["note"] == "Accepted at OSDI 2020"
    assert study["doi"] == "10.1000/xyz" and study["year"] == "2018"
    page = load(SMALL, "#n=system%2Fray")
    assert [key for _, key, _ in bibtex(shared(page, "#export-bibtex").decode())] == ["anon2018study"]
    page = load(SMALL, "#v=claims&q=intel")
    assert [key for _, key, _ in bibtex(shared(page, "#export-bibtex").decode())] == ["example2020ansor"]


@pytest.mark.parametrize("title", ["50% of R&D #1_a", "On $O(n^2)$ sums & {NP}", "Open { brace", "} first", "a\\", "\\emph{x} $5", "cost ~ 5^2", HOSTILE])  # fmt: skip
def test_browser_saves_bibtex_that_closes_whatever_the_title(load: Pages, title: str) -> None:
    paper = Paper(id="arxiv:1", title=title, authors=(Author("{A} and B, C, D"), Author("É. Ünï")), date="2020-01-01")
    page = load(render(KnowledgeGraph([Facts(paper=paper), Facts(paper=Paper(id="arxiv:2", title=title))], [], []), title="t", iri=Namer()))  # fmt: skip
    entries = bibtex(shared(page, "#export-bibtex").decode())
    assert len({key for _, key, _ in entries}) == 2
    value = entries[0][2]["title"]
    assert not re.search(r"(?<!\\)[%#&]", value)
    assert len(re.findall(r"(?<!\\)\$", value)) % 2 == 0


def test_browser_says_when_no_paper_is_shown(load: Pages) -> None:
    page = load(SMALL, "#c=paper")
    page.click("#share summary")
    page.click("#export-bibtex")
    assert page.inner_text("#say") == "No paper is shown here."


# The seeds page itself


def test_browser_seeds_page_is_small_and_usable_within_a_second(load: Pages, browser: Any, tmp_path: Path) -> None:
    html = seeds_page()
    assert len(html.encode()) <= 1_000_000
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8", newline="\n")
    assert min(seconds_to_first_frame(browser, file) for _ in range(2)) < 1
    page = load(html)
    assert "Showing all" in page.inner_text("#showing")
    for words, found in (("graphics card", "GPU"), ("ansor", "Ansor")):
        find(page, words)
        assert heading(page) == found


def test_browser_seeds_page_is_explored_from_search_to_path(load: Pages) -> None:
    page = load(seeds_page(), fresh=True)
    page.keyboard.press("/")
    page.keyboard.type("graphics ca")
    assert page.inner_text("#suggestions li >> nth=0").split("\n") == ["GPU as graphics card", "Hardware"]
    page.keyboard.press("Enter")
    assert "massively parallel processor" in panel(page) and "graphics processing unit" in panel(page)
    facts = seeds().facts("2006.06762")
    here = [e for f in seeds().knowledge.facts.values() for e in f.edges if e.statement.object == "hardware/gpu"]
    quotes = page.locator("#panel .group blockquote")
    assert quotes.count() == sum(1 for _ in here)
    for evidence in (e.evidence[0] for e in here):
        text = seeds().knowledge.facts[evidence.paper].paper.text(evidence.field)
        assert text[evidence.start : evidence.end] in page.locator("#panel mark").all_inner_texts()
    lit = page.inner_text("#lit")
    page.fill("#depth", "2")
    assert page.inner_text("#lit") != lit
    page.click("#panel .expand >> nth=0")
    page.keyboard.press("p")
    find(page, "bayesian inference")
    assert heading(page) == "GPU to Bayesian inference"
    assert page.locator("#panel .path .step").count() == 4
    assert page.inner_text("#panel .path").rstrip().endswith("Bayesian inference")
    page.click("#back")
    page.wait_for_function("() => document.querySelector('#panel h2').textContent === 'GPU'")
    for box, left in (("#legend input[value=task]", "tasks"), ("#relations input[value=mentions]", "mentions")):
        page.uncheck(box)
        assert "Showing all" not in page.inner_text("#showing"), left
        page.click("#reset")
    page.select_option("#venue", "venue/icpp")
    assert re.match(r"Showing \d+ of [\d,]+ nodes", page.inner_text("#showing"))
    page.click("#reset")
    page.keyboard.press("c")
    assert page.locator("#claims-view tbody tr").count() == sum(len(f.claims) for f in seeds().knowledge.facts.values())
    assert page.locator("#chart .bar").count() == 12
    page.fill("#claims-filter", "ansor")
    assert page.locator("#claims-view tbody tr").count() == len(facts.claims)
    load(seeds_page(), "#n=arxiv%3A2006.06762")
    assert page.get_attribute("#panel .facts a", "href") == "https://arxiv.org/abs/2006.06762"


def test_browser_opens_a_neighbourhood_page_at_its_node(load: Pages, tmp_path: Path) -> None:
    file = command.write(seeds().knowledge, tmp_path / "x.html", start="hardware/gpu", depth=2).path  # fmt: skip
    page = load(file.read_text(encoding="utf-8"))
    assert heading(page) == "GPU"
    assert page.inner_text("#around") == "Only around GPU"
    assert re.match(r"Showing \d+ of [\d,]+ nodes", page.inner_text("#showing"))
    page.keyboard.press("Escape")
    assert heading(page) == "Overview"
