"""The page of a large graph in a real browser, by a user's actions: 20,000 nodes, with and without WebGL.

There is no graphics card here, so nothing is timed but disasters; `make explorer-numbers` measures.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kg.graph import KnowledgeGraph
from kg.model import Edge, Entity, Facts, Paper, Statement
from kg.ontology import Namer
from kg.view.network import KGNetwork
from tests.browsing import (
    CHROMIUM,
    DESK,
    PHONE,
    SWITCHES,
    Pages,
    find,
    find_again,
    heading,
    kept_pages,
    load,
    panel,
    shared,
)
from tests.browsing import playwright_api as playwright
from tests.large_sample import large_graph
from tests.view_sample import HOSTILE, SCRIPT, dated_graph, evidence, hostile_graph

__all__ = ["kept_pages", "load"]

NODES = 20_000
SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
GRAPH = large_graph(NODES)
HUB = next(e for e in GRAPH.entities.values() if e.id == "technique/e0")
TO_HUB = "#n=technique%2Fe0"
COUNT_UPLOADS = """() => {
  const own = WebGL2RenderingContext.prototype;
  window.uploads = 0;
  for (const name of ["bufferData", "bufferSubData"]) {
    const real = own[name];
    own[name] = function (...all) { window.uploads++; return real.apply(this, all); };
  }
}"""
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"


@pytest.fixture(scope="module")
def network() -> KGNetwork:
    return KGNetwork.from_graph(GRAPH, title="Large", iri=Namer())


@pytest.fixture(scope="module")
def large(network: KGNetwork) -> str:
    return network.generate_html()


@pytest.fixture(scope="module", params=["webgl", "plain"])
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Chromium with WebGL in software, then Chromium without WebGL: every test runs in both."""
    own = SOFTWARE_GL if request.param == "webgl" else ["--disable-3d-apis"]
    with playwright.sync_playwright() as running:
        switches = [s for s in SWITCHES if s != "--disable-gpu"] + own
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield chromium
        chromium.close()


def has_webgl(page: Any) -> bool:
    return bool(page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"))


def colours(page: Any) -> int:
    """How many colours the canvas with labels and lit nodes shows."""
    page.evaluate(TWO_FRAMES)
    return int(
        page.evaluate(
            """() => { const c = document.querySelectorAll('#graph canvas')[1];
            const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
            return new Set(new Uint32Array(data.buffer)).size }"""
        )
    )


def test_explorer_opens_with_all_of_it(load: Pages, large: str) -> None:
    page = load(large)
    assert re.fullmatch(r"Showing all 20,000 nodes, 40,\d{3} connections", page.inner_text("#showing"))
    assert page.inner_text("#summary") == "9,000 papers · 11,000 other nodes · 900 claims"
    assert "Regions" in panel(page)
    assert colours(page) > 50
    measured = page.evaluate("performance.getEntriesByName('kg data and picture')[0].duration")
    assert measured < 10_000  # a stop for disasters; measured times are in the README


def test_explorer_names_communities_on_the_picture(load: Pages, large: str) -> None:
    svg = shared(load(large), "#export-svg").decode()
    regions = load(large).locator("#panel h3", has_text="Regions").locator("xpath=following::ul[1]").inner_text()
    names = {name.split(" · ")[0] for name in regions.split("\n")}
    assert sum(name in svg for name in names) >= len(names) / 2


def test_explorer_search_opens_the_evidence(load: Pages, large: str) -> None:
    page = load(large)
    entity = next(e for e in GRAPH.entities.values() if e.aliases and e.kind == "system")
    page.fill("#search", entity.aliases[0][:-1])
    assert entity.label in page.inner_text("#suggestions")
    find(page, entity.aliases[0])
    assert heading(page) == entity.label
    page.wait_for_selector("#panel blockquote mark")
    assert set(page.locator("#panel blockquote mark").all_inner_texts()) == {entity.label}
    assert page.get_attribute("#panel blockquote a", "href").startswith("https://arxiv.org/abs/")
    assert entity.aliases[0] in panel(page)
    find(page, f"hardware: {HUB.label[:3]}")
    assert "Hardware" in panel(page)
    page.fill("#search", "1501.000000")
    assert page.locator("#suggestions [role=option]").count() == 1
    paper = next(iter(GRAPH.facts.values())).paper
    page.fill("#search", " ".join(reversed(paper.title.split())))
    assert paper.title in page.inner_text("#suggestions")
    page.fill("#search", HUB.label[:-1] + "zq" + HUB.label[-1])
    assert HUB.label in page.inner_text("#suggestions") and "spelled alike" in page.inner_text("#suggestions")
    page.fill("#search", "e")
    assert re.search(r"12 of more than [4-9]\d\d:", page.inner_text("#suggestions"))
    page.fill("#search", "zzzz qqqq")
    assert page.inner_text("#suggestions") == "Nothing found"
    page.fill("#search", "")


def test_explorer_paper_has_its_abstract_with_every_mention_marked(load: Pages, large: str) -> None:
    facts = next(f for f in GRAPH.facts.values() if len(f.edges) > 3)
    page = load(large, f"#n={facts.paper.id.replace(':', '%3A')}")
    assert heading(page) == facts.paper.title
    page.wait_for_selector("#panel .abstract summary")
    page.click("#panel .abstract summary")
    page.wait_for_selector("#panel .abstract mark")
    marked = page.locator("#panel .abstract mark").all_inner_texts()
    assert marked == [e.evidence[0].exact for e in facts.edges]
    assert facts.paper.authors[0].name in panel(page)
    assert page.inner_text("#panel .abstract p") == facts.paper.abstract


def test_explorer_filters_fade_and_count(load: Pages, large: str) -> None:
    page = load(large)
    page.uncheck("#legend input[value=hardware]")
    hardware = sum(e.kind == "hardware" for e in GRAPH.entities.values())
    assert page.inner_text("#showing").startswith(f"Showing {NODES - hardware:,} of 20,000 nodes")
    page.click("#reset")
    page.select_option("#year-from", "2020")
    young = sum(f.paper.date[:4] >= "2020" for f in GRAPH.facts.values())
    assert "of 20,000 nodes" in page.inner_text("#showing")
    page.uncheck("#legend input[value=paper]")
    page.click("#reset")
    page.fill("#confidence", "0.75")
    found = [e.confidence for f in GRAPH.facts.values() for e in f.edges]
    found += [e.confidence for f in GRAPH.facts.values() for e in f.editions]
    sure = sum(confidence >= 0.75 for confidence in found)
    assert f"{sure:,} of 40," in page.inner_text("#showing")
    page.click("#reset")
    page.select_option("#venue", "venue/v1")
    at = sum(any(e.venue == "venue/v1" for e in f.editions) for f in GRAPH.facts.values())
    assert f"Venue 1 ({at})" in page.inner_text("#venue")
    page.click("#reset")
    assert page.inner_text("#showing").startswith("Showing all")
    assert young > 0


def test_explorer_filter_of_years_keeps_what_papers_of_these_years_are_about(
    load: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.view.network.PYVIS_LIMIT", 0)
    page = load(KGNetwork.from_graph(dated_graph(), iri=Namer()).generate_html())
    assert page.locator("#year-from option").all_inner_texts() == ["2018", "2021"]
    page.select_option("#year-to", "2018")
    assert page.inner_text("#showing") == "Showing 4 of 6 nodes, 4 of 6 connections"
    assert "1 of 1 claim with numbers" in panel(page)
    page.select_option("#year-from", "2021")
    assert page.inner_text("#showing") == "Showing 2 of 6 nodes, 1 of 6 connections"
    assert "0 of 1 claim with numbers" in panel(page)


def test_explorer_damps_a_hub_and_says_so(load: Pages, large: str) -> None:
    page = load(large, TO_HUB)
    degree = sum(HUB.id == e.statement.object for f in GRAPH.facts.values() for e in f.edges)
    assert page.inner_text("#notice").startswith(f"150 of {degree:,} connections lit")
    page.wait_for_selector("#panel blockquote mark")
    more = page.locator("#panel .group .more").first
    assert more.inner_text() == f"Show 200 more of {degree:,}"
    for shown in (208, 408):  # never thousands at once
        more.click()
        page.wait_for_function(f"() => document.querySelectorAll('#panel .group blockquote').length >= {shown}")
        assert page.locator("#panel .group li.neighbour").count() == shown


def test_explorer_claims_sort_and_filter(load: Pages, large: str) -> None:
    page = load(large, "#v=claims")
    page.wait_for_selector("#claims-view tbody tr")
    assert page.inner_text("#claims-count").startswith("900 of 900 claims")
    page.fill("#claims-filter", "38x faster")
    page.wait_for_function("() => !document.querySelector('#claims-count').textContent.startsWith('900')")
    assert "38x" in page.inner_text("#claims-view tbody mark >> nth=0")
    page.fill("#claims-filter", "")
    rows = list(csv.reader(io.StringIO(shared(page, "#export-csv").decode())))
    assert len(rows) == 901


def test_explorer_path_between_two_nodes(load: Pages, large: str) -> None:
    facts = next(f for f in GRAPH.facts.values() if len(f.edges) > 3)
    page = load(large, f"{TO_HUB}&g={facts.edges[1].statement.object.replace('/', '%2F')}")
    page.wait_for_selector("#panel blockquote mark")
    assert "step" in panel(page)


def test_explorer_click_hover_zoom_and_pan(load: Pages, large: str, network: KGNetwork) -> None:
    page = load(large, TO_HUB)
    page.click("#fit")
    page.keyboard.press("Escape")
    assert heading(page) == "Overview"
    find(page, HUB.label)
    page.locator("#panel .group button.node").first.click()  # the picture moves there
    paper = heading(page)
    page.evaluate(TWO_FRAMES)
    page.wait_for_timeout(700)
    box = page.locator("#graph").bounding_box()
    found = set()
    for dx in range(-300, 301, 12):  # along the middle there are nodes: hover tells by the pointer
        page.mouse.move(box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2)
        if "pointing" in (page.get_attribute("#graph", "class") or ""):
            page.mouse.down()
            page.mouse.up()
            found.add(heading(page))
            break
    assert found and found != {"Overview"}, paper
    before = page.url
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"() => location.href !== {before!r}")
    assert "p=" in page.url
    before = page.url
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 150, steps=3)
    page.mouse.up()
    page.wait_for_function(f"() => location.href !== {before!r}")


def test_explorer_restores_a_view_from_the_address(load: Pages, large: str) -> None:
    page = load(large, f"{TO_HUB}&d=2&c=task&p=100,200,0.5")
    assert heading(page) == HUB.label
    assert not page.is_checked("#legend input[value=task]")
    assert page.input_value("#depth") == "2"
    page = load(large, "#n=system%2Fgone")
    assert "not in this graph" in page.inner_text("#say")


def test_explorer_hover_and_selection_send_nothing_to_the_card(load: Pages, large: str) -> None:
    """The numbers behind 16 ms: no buffer of the graph is written again but for a filter."""
    page = load(large, "#", fresh=True)
    if not has_webgl(page):
        pytest.skip("without WebGL there are no buffers")
    page.evaluate(TWO_FRAMES)
    page.evaluate(COUNT_UPLOADS)
    box = page.locator("#graph").bounding_box()
    for step in range(10):
        page.mouse.move(box["x"] + 200 + 30 * step, box["y"] + 300)
    page.locator("#panel button.node").first.click()
    page.evaluate(TWO_FRAMES)
    page.keyboard.press("Escape")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("window.uploads") == 0
    page.uncheck("#legend input[value=task]")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("window.uploads") == 2
    page.check("#legend input[value=task]")


def test_explorer_says_when_there_is_no_webgl(load: Pages, large: str) -> None:
    page = load(large)
    words = "This browser has no WebGL"
    assert (words in page.inner_text("#graph")) != has_webgl(page)


def test_explorer_survives_a_lost_graphics_card(load: Pages, large: str) -> None:
    page = load(large, "#", fresh=True)
    if not has_webgl(page):
        pytest.skip("nothing to lose")
    page.evaluate(
        "window.card = document.querySelector('#graph canvas').getContext('webgl2').getExtension('WEBGL_lose_context')"
    )
    page.evaluate("window.card.loseContext()")
    page.wait_for_selector("#graph .chip")
    assert "The graphics card left this page" in page.inner_text("#graph")
    find(page, HUB.label)
    assert heading(page) == HUB.label
    assert colours(page) > 20
    page.evaluate("window.card.restoreContext()")
    page.wait_for_selector("#graph .chip", state="detached")
    page.keyboard.press("Escape")
    load.trouble.clear()  # Chromium warns of the loss itself


def test_explorer_frames_the_picture_when_the_keyboard_is_there(load: Pages, large: str) -> None:
    page = load(large, "#p=90000,90000,1")
    box = page.locator("#graph").bounding_box()
    edge = {"x": box["x"], "y": box["y"] + box["height"] / 2, "width": 6, "height": 6}
    page.evaluate(TWO_FRAMES)
    bare = page.screenshot(clip=edge)
    page.focus("#graph")
    page.keyboard.press("Shift")  # the keyboard is in use
    page.evaluate(TWO_FRAMES)
    assert page.screenshot(clip=edge) != bare


def test_explorer_picture_is_never_lost(load: Pages, large: str) -> None:
    find_again(load(large, "#p=90000,90000,1", fresh=True))


def test_explorer_follows_the_theme(load: Pages, large: str) -> None:
    page = load(large, "#", color_scheme="dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    middle = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(middle)
    page.click("#theme")
    assert page.evaluate(middle) != dark
    page.click("#theme")


def test_explorer_on_a_phone(load: Pages, large: str) -> None:
    page = load(large, "#", **PHONE, device_scale_factor=3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    size = page.evaluate(
        "(() => { const c = document.querySelectorAll('#graph canvas')[1]; return c.width / c.clientWidth })()"
    )
    assert size == (1 if has_webgl(page) else 3)  # a slow card is spared, a plain canvas is sharp
    graph = page.locator("#graph").bounding_box()
    page.touchscreen.tap(graph["x"] + graph["width"] / 2, graph["y"] + graph["height"] / 2)
    assert heading(page)


def test_explorer_axe_finds_no_serious_violation(load: Pages, large: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = load(large, TO_HUB)
    found = axe.Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


def test_explorer_runs_no_hostile_string(load: Pages) -> None:
    network = KGNetwork.from_graph(hostile_graph() | large_graph(2100), title=HOSTILE, iri=Namer())
    page = load(network.generate_html())
    for words in ("window.pwned=1", "arxiv:<img"):
        find(page, words)
        assert heading(page) != "Overview"
        page.keyboard.press("Escape")
    page.click("#show-claims")
    page.wait_for_selector("#claims-view tbody tr")
    page.click("#show-graph")
    assert SCRIPT in page.title()
    assert page.locator("img, iframe, object, script[src]").count() == 0


def test_explorer_with_damaged_data_says_so(load: Pages, large: str) -> None:
    damaged = re.sub(r'(id="columns">).{40}', r"\1" + "A" * 40, large)
    html = damaged.replace("<main", '<section id="panel"><h2>x</h2></section><main', 1)
    page = load(html)
    page.wait_for_selector("#empty:not([hidden])")
    assert "could not be opened" in page.inner_text("#empty")
    load.trouble.clear()


def test_explorer_of_ten_thousand_parallel_edges_and_an_endless_abstract(load: Pages) -> None:
    words = "word " * 20_000
    paper = Paper(id="arxiv:1", title="Long <b>", abstract=f"{words}Ray is used. {words}")
    found = evidence(paper, "abstract", "Ray")
    facts = Facts(paper=paper, edges=(Edge(Statement(paper.id, "uses", "system/ray"), 0.5, (found,)),))
    graph = KnowledgeGraph([facts], [Entity(id="system/ray", label="Ray"), Entity(id="system/none", label="")], [])
    network = KGNetwork.from_graph(graph | large_graph(2100), title="Extremes", iri=Namer())
    network.edges += [{"from": paper.id, "to": "system/none", "relation": f"r{k % 50}"} for k in range(10_000)]
    page = load(network.generate_html(), "#n=arxiv%3A1")
    assert page.inner_text("#notice").startswith("150 of 10,001 connections lit")
    assert heading(page) == "Long <b>"
    assert "none" in panel(page) and "more relations" in panel(page)
    page.click("#panel .abstract summary")
    assert len(page.inner_text("#panel .abstract p")) > 200_000
    assert page.inner_text("#panel .abstract mark") == "Ray"
    page.click("#panel .more >> nth=0")
    assert page.locator("#panel .group li.neighbour").count() < 1000
    assert page.inner_text("#undated-count") == "1"
    page.uncheck("#undated")  # the paper, and the two systems that it alone is about
    assert page.inner_text("#showing").startswith(f"Showing {network.num_nodes() - 3:,} of ")


def test_explorer_of_a_hand_made_network(load: Pages) -> None:
    network = KGNetwork(heading="By hand")
    for number in range(2500):
        network.nodes.append({"id": number, "label": f"node {number}"})
    network.node_ids = list(range(2500))
    network.edges = [{"from": number, "to": (number * 7) % 2500, "title": "knows"} for number in range(2500)]
    page = load(network.generate_html())
    assert page.inner_text("#showing") == "Showing all 2,500 nodes, 2,500 connections"
    find(page, "node 2499")
    assert heading(page) == "node 2499"
    assert "knows" in panel(page)
    assert DESK["viewport"]["width"] == page.evaluate("innerWidth")
