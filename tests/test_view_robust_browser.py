"""The page for everybody and with any input, in a real browser: axe-core, themes, phones, hostile and extreme graphs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kg.graph import KnowledgeGraph
from kg.model import Claim, Edge, Entity, Facts, Paper, Statement
from kg.ontology import Namer
from kg.view.network import KGNetwork
from kg.view.page import render
from tests.browsing import (
    DESK,
    PHONE,
    Pages,
    browser,
    find,
    heading,
    kept_pages,
    load,
    panel,
    seconds_to_first_frame,
    shared,
)
from tests.view_sample import HOSTILE, evidence, hostile_graph, plausible_graph, small_graph

__all__ = ["browser", "kept_pages", "load"]

GPU = "#n=hardware%2Fnvidia-gpu"
SMALL = render(small_graph(), title="Sample", iri=Namer())
MANY = render(plausible_graph(400), title="Many", iri=Namer())
PIXELS = "canvas => canvas.toDataURL()"


# Everybody


@pytest.mark.parametrize("fragment", ["#", GPU, "#v=claims", "#n=system%2Ftvm&g=system%2Fray", "#e=doi%3A10.1000%2Fxyz&e=uses&e=system%2Fray"])  # fmt: skip
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_browser_axe_finds_no_serious_violation(load: Pages, scheme: str, fragment: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = load(SMALL, fragment, color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("key", ["?", "/", "p", "Share"])
def test_browser_axe_finds_no_serious_violation_in_what_opens(load: Pages, key: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = load(SMALL, GPU)
    if key == "Share":
        page.click("#share summary")
    else:
        page.keyboard.press(key)
    found = axe.Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found if v["impact"] in ("serious", "critical")] == []


def test_browser_theme_follows_the_system_and_the_button(load: Pages) -> None:
    page = load(SMALL, color_scheme="dark")

    def background(of: Any = page) -> str:
        return str(of.evaluate("getComputedStyle(document.body).backgroundColor"))

    dark = background()
    page.click("#theme")
    assert background() != dark
    assert page.get_attribute("#theme", "aria-pressed") == "false"
    light = background()
    assert background(load(SMALL)) == light
    for tries in range(3):  # on a machine without free processors Chromium once lost what the page had it keep
        if tries:
            page.click("#theme")
        page.reload()
        if kept := background() == light:
            break
    assert kept
    page.click("#theme")
    assert background() == dark


def test_browser_phone_has_the_panel_below_and_nothing_sticks_out(load: Pages) -> None:
    page = load(MANY, **PHONE)
    graph, details = page.locator("#graph").bounding_box(), page.locator("#panel").bounding_box()
    assert details["y"] >= graph["y"] + graph["height"] - 1
    assert graph["width"] >= 359
    page.click("#share summary")
    menu = page.locator("#share div >> nth=0").bounding_box()
    assert menu["x"] >= 0 and menu["x"] + menu["width"] <= 360
    page.keyboard.press("Escape")
    for view in ("#show-graph", "#show-claims"):
        page.click(view)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.click("#show-graph")
    assert page.locator("#fit, #back").first.bounding_box()["height"] >= 44
    find(page, "gpu")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    row = [page.locator(each).bounding_box() for each in ("#depth-box", "#zoom-in", "#zoom-out", "#fit")]
    assert len({round(box["y"] + box["height"]) for box in row[1:]}) == 1
    assert all(left["x"] + left["width"] <= right["x"] for left, right in pairwise(row))
    assert row[0]["x"] >= 0 and row[-1]["x"] + row[-1]["width"] <= 360


@pytest.mark.parametrize("fragment", ["#v=claims", f"{GPU}&v=claims"])
def test_browser_claims_give_the_sentence_room_and_never_stick_out(load: Pages, fragment: str) -> None:
    paper = Paper(id="arxiv:1", title="T", abstract="It is 3.8x faster than the baseline on average, as told.")
    long = "transactions_per_second_and_" * 4
    claim = Claim(paper=paper.id, evidence=evidence(paper, "abstract", "3.8x"), unit=f"x {long}", value=3.8, metric_text=long, baseline_text=long, improvement_factor=3.8)  # fmt: skip
    graph = small_graph() | KnowledgeGraph([Facts(paper=paper, claims=(claim,) * 3)], [], [])
    page = load(render(graph, title="Claims", iri=Namer()), fragment)
    page.wait_for_selector("td.sentence")
    for width in (1440, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        across, room = page.evaluate("(e => [e.scrollWidth, e.clientWidth])(document.querySelector('.table-wrap'))")
        assert across <= room
        sentence = page.locator("td.sentence div").first.bounding_box()
        assert sentence["width"] > 190 and sentence["x"] + sentence["width"] <= width
    page.set_viewport_size({"width": 390, "height": 800})
    heads = [head.bounding_box() for head in page.locator("#claims-view th").all()]
    assert all(head["x"] + head["width"] <= 390 for head in heads)
    assert all(a["x"] + a["width"] <= b["x"] or a["y"] < b["y"] for a, b in pairwise(heads))
    fits = "all => all.every(b => b.offsetWidth <= b.closest('th').offsetWidth)"
    assert page.locator("#claims-view th button").evaluate_all(fits)
    page.set_viewport_size(DESK["viewport"])


@pytest.mark.parametrize("options", [DESK, PHONE], ids=["mouse", "touch"])
def test_browser_chooses_a_suggestion_and_nothing_beneath_it(load: Pages, options: Any) -> None:
    page = load(SMALL, **options)
    page.evaluate("window.clicked = []; addEventListener('click', e => window.clicked.push(e.target.closest('#suggestions') !== null), true)")  # fmt: skip
    page.fill("#search", "ray")
    choose = page.tap if options is PHONE else page.click
    choose("#suggestions li >> nth=1")
    assert heading(page) == "A Study of Ray"
    page.wait_for_timeout(50)  # a click that comes late
    assert page.evaluate("window.clicked") == [True]


@pytest.mark.parametrize("fragment", [GPU, "#v=claims"])
def test_browser_prints_the_picture_above_the_whole_details(load: Pages, fragment: str) -> None:
    page = load(SMALL, fragment)
    page.emulate_media(media="print")
    width = page.evaluate("innerWidth")
    assert not page.is_visible("#filters") and not page.is_visible("#share") and not page.is_visible("#zoom-in")
    assert page.evaluate("getComputedStyle(document.querySelector('#graph canvas')).objectFit") == "contain"
    left = page.locator("button:visible")
    assert left.evaluate_all("all => all.every(b => b.closest('.node, .number, th, #chart'))")
    assert left.evaluate_all(
        "all => all.every(b => ['none', '0px'].some(no => getComputedStyle(b).border.includes(no)))"
    )
    shown = page.locator("#graph-view" if fragment == GPU else "#claims-view").bounding_box()
    assert shown["width"] == width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if fragment == GPU:
        details = page.locator("#panel").bounding_box()
        assert details["y"] >= shown["y"] + shown["height"] - 1
        assert page.evaluate("(p => p.scrollHeight <= p.clientHeight + 1)(document.getElementById('panel'))")
    page.emulate_media(media="screen")


def test_browser_moves_smoothly_only_where_motion_is_welcome(load: Pages) -> None:
    page = load(SMALL, GPU, **DESK | {"reduced_motion": "no-preference"})
    page.keyboard.press("0")
    page.wait_for_function("() => !location.hash.includes('p=')")
    assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches") is False


# Bad input


@pytest.mark.parametrize("view", ["g", "c"])
def test_browser_runs_no_hostile_string(load: Pages, view: str) -> None:
    html = render(hostile_graph(), title=HOSTILE, iri=Namer())
    page = load(html)
    for i in range(page.locator("#panel button.node").count()):
        page = load(html)
        page.locator("#panel button.node").nth(i).hover()
        page.locator("#panel button.node").nth(i).click()
        page.keyboard.press(view)
        for fold in page.locator("#panel details:not([open]) summary").all():
            fold.click()
        hrefs = page.eval_on_selector_all("a", "links => links.map(a => a.href)")
        assert all(h.startswith(("https://", "http://", "file://")) for h in hrefs)
        page.keyboard.press("g")
        for grow in page.locator("#panel .expand").all():
            grow.click()
    page.fill("#search", "<script>")
    assert page.locator("#suggestions [aria-selected]").count() >= 1
    page.press("#search", "Enter")
    assert "window.pwned=1" in panel(page)
    page.keyboard.press("p")
    find(page, "constructor")
    assert page.inner_text("#panel .kind") == "Shortest path"
    page = load(html, "#q=<script>window.pwned=1</script>&v=claims")
    assert page.locator("img, iframe, object, script[src]").count() == 0
    for button in ("#export-csv", "#export-json", "#export-bibtex"):
        assert b"window.pwned" in shared(page, button)


def test_browser_runs_no_hostile_string_of_a_hand_made_network(load: Pages) -> None:
    network = KGNetwork(heading=HOSTILE)
    for name in (HOSTILE, f"{HOSTILE}2"):
        network.add_node(name, label=HOSTILE, title=HOSTILE, group=HOSTILE)
    network.add_edge(HOSTILE, f"{HOSTILE}2", title=HOSTILE)
    page = load(network.generate_html())
    page.locator("#panel button.node").first.click()
    assert "href" in panel(page)


@pytest.mark.parametrize("papers", [[], [Facts(paper=Paper(id="arxiv:1"))]])
def test_browser_shows_nothing_and_one_node(load: Pages, papers: list[Facts]) -> None:
    page = load(render(KnowledgeGraph(papers, [], []), title="", iri=Namer()), "#n=arxiv%3A1" if papers else "#")
    if papers:
        assert heading(page) == "arxiv:1"
        assert "This node has no connections." in panel(page)
    else:
        assert "This graph is empty" in page.inner_text("#empty")
    for button in ("#fit", "#zoom-in", "#show-claims", "#theme"):
        if page.is_visible(button):
            page.click(button)
    assert "state no numbers" in page.inner_text("#claims-view")
    for key in ("g", "0", "/", "Enter", "Escape", "Escape", "p", "b"):
        page.keyboard.press(key)
    page.focus("#fit")
    for button in ("#export-png", "#export-svg", "#export-bibtex"):
        page.click("#share summary")
        page.click(button)
    assert page.inner_text("#say")


def test_browser_shows_a_node_without_label_and_a_title_with_markup(load: Pages) -> None:
    papers = [Facts(paper=Paper(id="arxiv:1", title="<b>Bold</b> & $x<y$ {claims}", abstract="x")), Facts(paper=Paper(id="arxiv:2"))]  # fmt: skip
    page = load(render(KnowledgeGraph(papers, [Entity(id="system/x", label="")], []), title="<i>t</i>", iri=Namer()))
    assert page.inner_text("h1") == "<i>t</i>"
    names = page.locator("#panel button.node").all_inner_texts()
    assert sorted(names) == ["<b>Bold</b> & x<y claims", "arxiv:2", "x"]


def test_browser_shows_an_abstract_of_a_hundred_kilobytes(load: Pages) -> None:
    words = "word " * 20_000
    paper = Paper(id="arxiv:1", title="Long", abstract=f"{words}Ray is used. {words}")
    edge = Edge(Statement(paper.id, "uses", "system/ray"), 0.5, (evidence(paper, "abstract", "Ray"),))
    graph = KnowledgeGraph([Facts(paper=paper, edges=(edge,))], [Entity(id="system/ray", label="Ray")], [])
    page = load(render(graph, title="t", iri=Namer()), "#n=arxiv%3A1")
    page.click("#panel .abstract summary")
    assert len(page.inner_text("#panel .abstract p")) > 200_000
    assert page.inner_text("#panel .abstract mark") == "Ray"
    box = page.locator("#panel").bounding_box()
    assert box["width"] < 500


def test_browser_shows_ten_thousand_parallel_edges(load: Pages) -> None:
    network = KGNetwork(heading="Parallel")
    network.add_nodes(["a", "b"])
    network.edges = [{"from": "a", "to": "b", "relation": "r" if i % 2 else f"r{i}"} for i in range(10_000)]
    page = load(network.generate_html())
    assert page.inner_text("#showing") == "Showing all 2 nodes, 10,000 connections"
    assert page.locator("#relations input").count() == 40
    assert page.inner_text("#more-relations") == "and 4,961 more"
    page.locator("#panel button.node").first.click()
    assert page.inner_text("#notice").startswith("150 of 10,000 connections lit")
    assert page.locator("#panel .group").count() <= 60
    assert "more relations" in panel(page)


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_browser_works_in_a_notebook_frame(load: Pages, charset: str) -> None:
    page = load(
        f"<!doctype html><meta charset={charset}><title>x</title>{KGNetwork.from_graph(small_graph())._repr_html_()}"
    )
    frame = page.frame_locator("iframe")
    frame.locator("#panel button.node").first.click()
    frame.locator("#panel .actions").wait_for()
    frame.locator("#show-claims").click()
    assert frame.locator("#claims-view tbody tr").count() == 3


def test_browser_fits_the_picture_as_soon_as_a_frame_unfolds(load: Pages) -> None:
    """A notebook's folded output has no size, and no picture fits into that."""
    style = 'style="width: 900px; height: 600px; border: 0"'
    host = f"<!doctype html><title>x</title><div hidden><iframe {style}></iframe></div>"
    page = load(host)
    page.evaluate("html => { document.querySelector('iframe').srcdoc = html; }", SMALL)
    inner = page.frame_locator("iframe")
    inner.locator("#panel h2").wait_for(state="attached")
    page.evaluate("document.querySelector('div').hidden = false")
    inner.locator("#panel h2").wait_for()
    page.wait_for_timeout(300)
    picture = inner.locator("#graph canvas").evaluate(PIXELS)
    inner.locator("#fit").click()
    page.wait_for_timeout(300)
    assert inner.locator("#graph canvas").evaluate(PIXELS) == picture
    inner.locator("#zoom-in").click()
    page.wait_for_timeout(300)
    assert inner.locator("#graph canvas").evaluate(PIXELS) != picture


def test_browser_shows_two_thousand_nodes_within_a_second(load: Pages, browser: Any, tmp_path: Path) -> None:
    html = KGNetwork.from_graph(plausible_graph(900), limit=2000).generate_html()
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8", newline="\n")
    assert min(seconds_to_first_frame(browser, file) for _ in range(2)) < 1
    page = load(html)
    assert "best connected of" in page.inner_text("#notice")
    assert page.locator("#legend input").count() == 7
    find(page, "gpu")
    assert heading(page) == "GPU"
