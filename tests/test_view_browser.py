"""Exploring in a real browser, by a user's actions: search, filters, evidence, claims, neighbourhoods, paths, keys."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

import pytest

from kg.graph import KnowledgeGraph
from kg.model import Edge, Entity, Evidence, Facts, Paper, Statement
from kg.ontology import Namer
from kg.view.network import KGNetwork
from kg.view.page import render
from tests.browsing import (
    Pages,
    browser,
    find,
    find_again,
    heading,
    kept_pages,
    load,
    panel,
    shared,
)
from tests.test_view import page_data
from tests.view_sample import dated_graph, plausible_graph, small_graph

__all__ = ["browser", "kept_pages", "load"]

ANSOR = "arxiv:2006.06762"
GPU = "#n=hardware%2Fnvidia-gpu"
TITLE = "Ansor: Generating High-Performance Tensor Programs"
SMALL = render(small_graph(), title="Sample", iri=Namer())
MANY = render(plausible_graph(400), title="Many", iri=Namer())


def place_of(html_network: KGNetwork, label: str) -> tuple[int, int]:
    node = next(n for n in page_data(html_network.generate_html())["nodes"] if n["label"] == label)
    return node["x"], node["y"]


# First sight


def test_browser_draws_the_graph_and_says_what_is_shown(load: Pages) -> None:
    page = load(SMALL)
    assert page.inner_text("#showing") == "Showing all 10 nodes, 9 connections"
    colours = page.evaluate(
        """() => { const c = document.querySelector('#graph canvas');
        return new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size }"""
    )
    assert colours > 20
    assert page.get_attribute("html", "lang") == "en"
    assert page.evaluate("document.compatMode") == "CSS1Compat"


def test_browser_click_on_a_node_and_on_an_edge(load: Pages) -> None:
    network = KGNetwork.from_graph(small_graph())
    x, y = place_of(network, "NVIDIA GPU")
    page = load(SMALL, f"#p={x},{y},1")
    page.click("#graph canvas")
    assert heading(page) == "NVIDIA GPU"
    (ax, ay), (bx, by) = place_of(network, "A Study of Ray"), place_of(network, "Ray")
    page = load(SMALL, f"#p={(ax + bx) / 2},{(ay + by) / 2},1")
    page.click("#graph canvas")
    assert heading(page) == "A Study of Ray uses Ray"
    assert page.inner_text("#panel blockquote mark") == "Ray"
    assert "0.60" in panel(page)
    assert "e=uses" in page.url


def test_browser_double_click_lights_one_step_more(load: Pages) -> None:
    x, y = place_of(KGNetwork.from_graph(small_graph()), "NVIDIA GPU")
    page = load(SMALL, f"#p={x},{y},1")
    page.dblclick("#graph canvas")
    assert heading(page) == "NVIDIA GPU"
    assert page.inner_text("#depth-value") == "2 steps"


def test_browser_click_on_the_ground_clears_the_selection(load: Pages) -> None:
    page = load(SMALL, f"{GPU}&p=90000,90000,1")
    assert heading(page) == "NVIDIA GPU"
    page.click("#graph canvas")
    assert heading(page) == "Overview"


# Search


def test_browser_search_by_keyboard_opens_the_evidence(load: Pages) -> None:
    page = load(SMALL)
    page.keyboard.press("/")
    assert page.inner_text("#suggestions").count("among") == 5  # the classes there are
    page.keyboard.type("apache")
    assert page.inner_text("#suggestions li >> nth=0").split("\n") == ["TVM as Apache TVM", "System"]
    assert page.inner_text("#suggestions b") == "Apache"
    assert page.get_attribute("#search", "aria-activedescendant") == "option-0"
    page.keyboard.press("Enter")
    assert heading(page) == "TVM"
    assert page.evaluate("document.activeElement.tagName") == "H2"
    assert page.inner_text("#panel blockquote mark") == "TVM"
    assert "It does more than TVM." in panel(page)
    assert "0.70" in panel(page)
    assert page.get_attribute("#panel blockquote a", "href") == "https://arxiv.org/abs/2006.06762"
    assert "n=system%2Ftvm" in page.url


def test_browser_search_suggests_classes_and_searches_one(load: Pages) -> None:
    page = load(SMALL)
    page.fill("#search", "hardw")
    assert page.inner_text("#suggestions li >> nth=0").split("\n") == ["hardware: …", "among 3 hardware"]
    page.keyboard.press("Enter")
    assert page.input_value("#search") == "hardware: "
    assert page.locator("#suggestions .type").all_inner_texts() == ["Hardware"] * 3
    page.keyboard.type("n")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.get_attribute("#search", "aria-activedescendant") == "option-1"
    assert page.locator("#suggestions .type").all_inner_texts() == ["Hardware"] * 2
    for name in (
        "2006.06762",
        "arXiv:2006.06762",
        "https://arxiv.org/abs/2006.06762",
        " HTTP://arXiv.org/pdf/2006.06762",
    ):
        page.fill("#search", name)
        assert page.locator("#suggestions [role=option] .type").all_inner_texts() == ["Paper 2020"]
    page.fill("#search", "zzz")
    assert page.inner_text("#suggestions") == "Nothing found"
    assert page.inner_text("#search-said") == "Nothing found"
    page.keyboard.press("Escape")
    assert not page.is_visible("#suggestions")
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("evolutionary  search", "evolutionary search"),
        ("evolutionary-search", "evolutionary search"),
        ("high performance tensor", TITLE),
        ("programs generating", TITLE),
        ("gpus", "NVIDIA GPU"),
        ("intel cpus", "Intel CPU"),
    ],
)
def test_browser_search_goes_by_words_in_any_order_and_number(load: Pages, words: str, found: str) -> None:
    page = load(SMALL)
    page.fill("#search", words)
    assert page.locator("#suggestions .name").first.inner_text() == found
    assert page.locator("#suggestions b").count() >= 1
    page.fill("#search", "")


def test_browser_search_offers_names_that_are_spelled_alike(load: Pages) -> None:
    page = load(SMALL)
    for words, found in (("nvidai", "NVIDIA GPU"), ("evolutoinary serch", "evolutionary search")):
        page.fill("#search", words)
        assert page.locator("#suggestions .name").all_inner_texts() == [found]
        assert "spelled alike" in page.inner_text("#search-said")
    page.press("#search", "Enter")
    assert heading(page) == "evolutionary search"


def test_browser_search_says_how_many_it_leaves_out(load: Pages) -> None:
    page = load(MANY)
    page.fill("#search", "paper: ")
    assert "12 of 400" in page.inner_text("#suggestions")
    page.keyboard.press("ArrowUp")
    assert page.get_attribute("#search", "aria-activedescendant") == "option-11"
    page.fill("#search", "model serving")
    assert re.search(r"12 of \d\d", page.inner_text("#suggestions"))
    page.fill("#search", "")


# Details


def test_browser_panel_walks_from_node_to_node_and_back(load: Pages) -> None:
    page = load(SMALL, f"#n={ANSOR}")
    text = panel(page).replace("\n", " ").replace("  ", " ")
    for words in ("introduces 1", "compares with 1", "evaluates on 2", "published in 1", "Claims 2", "Ada Example, Bo Example"):  # fmt: skip
        assert words in text.replace("\u00a0", " ") or words.replace(" ", "") in text.replace(" ", ""), words
    page.locator("#panel").get_by_role("button", name="NVIDIA GPU").first.click()
    assert heading(page) == "NVIDIA GPU"
    assert "target of" in panel(page) and "evaluated on by" in panel(page)
    page.click("#back")
    page.wait_for_function("() => document.querySelector('#panel h2').textContent.startsWith('Ansor:')")
    page.click("#panel .abstract summary")
    marks = page.locator("#panel .abstract mark").all_inner_texts()
    assert marks == ["Ansor", "evolutionary search", "Intel CPU", "NVIDIA GPU", "TVM"]
    page.click("#panel .abstract mark >> nth=4")
    assert heading(page) == "TVM"
    assert "Apache TVM" in panel(page)


def test_browser_panel_has_description_link_and_kind(load: Pages) -> None:
    page = load(SMALL, "#n=system%2Fray")
    assert "A framework for distributed programs." in panel(page)
    assert page.inner_text("#panel .kind") == "System"
    page = load(SMALL, f"#n={ANSOR}")
    assert page.get_attribute("#panel .facts a", "href") == "https://arxiv.org/abs/2006.06762"
    assert page.inner_text("#panel .kind") == "Paper · 2020"
    page = load(SMALL, "#n=system%2Fansor")
    page.wait_for_selector("#panel .tag >> text=introduced in this corpus")


def test_browser_confidence_opens_the_connection(load: Pages) -> None:
    page = load(SMALL, "#n=system%2Ftvm")
    page.click("#panel .group button.number")
    assert heading(page) == f"{TITLE} compares with TVM"
    assert "Confidence 0.70" in panel(page)


def test_browser_shows_and_saves_evidence_as_one_reads_it(load: Pages) -> None:
    text = r"Ray is $3.8\times$ faster, $\sim$14{,}500 and $14{,}500\,\%$ at $5 or $6 for $O(n^2)$ by 7\% on Ray"
    paper = Paper(id="arxiv:1", title="T", abstract=text)
    start = text.index(r"3.8\times")
    found = Evidence(paper.id, "abstract", start, start + len(r"3.8\times"), 0, len(text), r"3.8\times", "r", 0.9)
    edge = Edge(Statement(paper.id, "uses", "system/ray"), 0.5, (found,))
    graph = KnowledgeGraph([Facts(paper=paper, edges=(edge,))], [Entity(id="system/ray", label="Ray")], [])
    page = load(render(graph, title="t", iri=Namer()), "#n=system%2Fray")
    assert page.inner_text("#panel mark") == "3.8×"
    expected = "Ray is 3.8× faster, ~14,500 and 14,500 % at $5 or $6 for O(n²) by 7% on Ray"
    assert page.inner_text("#panel blockquote p") == expected
    assert expected.encode() in shared(page, "#export-csv")


def test_browser_finds_and_names_a_paper_by_its_readable_title_and_cites_the_stored_one(load: Pages) -> None:
    paper = Paper(id="arxiv:1", title="Clustering in the $k$-machine model")
    page = load(render(KnowledgeGraph([Facts(paper=paper)], [], []), title="t", iri=Namer()))
    find(page, "k-machine")
    assert heading(page) == "Clustering in the k-machine model"
    assert b"{Clustering in the $k$-machine model}" in shared(page, "#export-bibtex")


# Filters


def test_browser_filters_fade_and_count(load: Pages) -> None:
    page = load(SMALL)
    page.uncheck("#legend input[value=hardware]")
    assert page.inner_text("#showing") == "Showing 7 of 10 nodes, 5 of 9 connections"
    page.hover("#legend .check >> nth=0")
    page.click("#legend button >> nth=0")
    assert page.inner_text("#showing").startswith("Showing 2 of 10 nodes")
    page.click("#reset-too")
    page.uncheck("#relations input[value=evaluatesOn]")
    assert "of 9 connections" in page.inner_text("#showing")
    page.click("#reset")
    page.select_option("#year-from", "2020")
    assert page.inner_text("#showing") == "Showing 7 of 10 nodes, 6 of 9 connections"
    page.click("#reset")
    page.select_option("#venue", label="OSDI (1)")
    assert page.inner_text("#showing") == "Showing 7 of 10 nodes, 6 of 9 connections"
    assert "u=venue%2Fosdi" in page.url
    page.click("#reset")
    page.fill("#confidence", "0.75")
    assert page.inner_text("#showing").endswith("7 of 9 connections")
    assert page.inner_text("#confidence-value") == "0.75"
    assert "k=0.75" in page.url
    page.reload()
    assert page.inner_text("#showing").endswith("7 of 9 connections")
    page.click("#reset")
    assert page.inner_text("#showing").startswith("Showing all 10")
    assert not page.is_visible("#reset")


def test_browser_filters_of_years_never_cross(load: Pages) -> None:
    page = load(SMALL)
    page.select_option("#year-to", "2018")
    page.select_option("#year-from", "2020")
    assert page.input_value("#year-to") == "2020"
    page.click("#reset")
    page = load(SMALL, "#y=2020-2018")
    assert (page.input_value("#year-from"), page.input_value("#year-to")) == ("2018", "2020")


def test_browser_filter_of_years_keeps_what_papers_of_these_years_are_about(load: Pages) -> None:
    """The hierarchy has no years, and most of a page would stay; a year of a meeting alone would leave no paper."""
    page = load(render(dated_graph(), title="Years", iri=Namer()))
    assert page.locator("#year-from option").all_inner_texts() == ["2018", "2021"]
    assert "1 claim with numbers" in panel(page)
    page.select_option("#year-to", "2018")  # both papers' GPU and chip, the meeting; not what stands above them
    assert page.inner_text("#showing") == "Showing 4 of 6 nodes, 4 of 6 connections"
    assert "1 of 1 claim with numbers" in panel(page)
    page.select_option("#year-from", "2021")
    assert page.inner_text("#showing") == "Showing 2 of 6 nodes, 1 of 6 connections"
    assert "0 of 1 claim with numbers" in panel(page)
    assert "GPU" not in panel(page) and "chip" in panel(page)


def test_browser_papers_without_a_year_are_a_choice_of_their_own(load: Pages) -> None:
    papers = [Facts(paper=Paper(id=f"abs:{k}", title=f"P{k}", date=date)) for k, date in enumerate(("2019-01-01", "2020-01-01", ""))]  # fmt: skip
    page = load(render(KnowledgeGraph(papers, [], []), title="Undated", iri=Namer()))
    assert page.inner_text("#undated-box").split() == ["without", "a", "year", "1"]
    page.select_option("#year-from", "2020")
    assert page.inner_text("#showing").startswith("Showing 1 of 3 nodes")
    assert not page.is_checked("#undated")
    page.check("#undated")
    assert page.inner_text("#showing").startswith("Showing 2 of 3 nodes")
    assert "y=2020-2020%2Cundated" in page.url
    page.reload()
    assert page.is_checked("#undated")
    page.uncheck("#undated")
    page.select_option("#year-from", "2019")
    assert page.inner_text("#showing").startswith("Showing all 3 nodes")
    page.uncheck("#undated")
    assert page.inner_text("#showing").startswith("Showing 2 of 3 nodes")
    page.reload()
    assert page.inner_text("#showing").startswith("Showing 2 of 3 nodes")
    page.click("#reset")
    page = load(render(KnowledgeGraph(papers[2:], [], []), title="Undated", iri=Namer()))
    assert not page.is_visible("#years")
    page = load(SMALL)
    assert not page.is_visible("#undated-box")
    page.select_option("#year-from", "2020")
    assert page.url.endswith("#y=2020-2020")
    page.click("#reset")


def test_browser_panel_counts_what_the_filters_hide(load: Pages) -> None:
    page = load(SMALL, f"{GPU}&c=paper")
    assert "2 connections hidden by the filters." in panel(page)
    page.click("#panel >> text=Reset filters")
    assert "hidden by the filters" not in panel(page)


# Neighbourhoods, expansions, paths


def test_browser_depth_widens_the_neighbourhood(load: Pages) -> None:
    page = load(SMALL, GPU)
    assert page.inner_text("#lit") == "Lit: 3 nodes, 2 connections"
    page.fill("#depth", "2")
    assert page.inner_text("#lit") == "Lit: 9 nodes, 8 connections"
    page.fill("#depth", "3")
    assert page.inner_text("#lit") == "Lit: 10 nodes, 9 connections"
    assert "d=3" in page.url
    page.fill("#depth", "1")
    assert "d=" not in page.url


def test_browser_expands_by_relation_and_keeps_it(load: Pages) -> None:
    page = load(SMALL, f"#n={ANSOR}")
    page.click("#panel [aria-label='Keep lit: evaluates on']")
    assert page.get_attribute("#panel [aria-label='Keep lit: evaluates on']", "aria-pressed") == "true"
    assert page.evaluate("document.activeElement.textContent") == "Kept lit"
    find(page, "ray")
    assert page.inner_text("#lit") == "Lit: 5 nodes, 3 connections"
    page.keyboard.press("b")
    page.wait_for_function("() => document.querySelector('#panel h2').textContent.startsWith('Ansor:')")
    page.click("#forget")
    assert page.get_attribute("#panel [aria-label='Keep lit: evaluates on']", "aria-pressed") == "false"
    page = load(SMALL, "#x=arxiv%3A2006.06762&x=evaluatesOn&x=out")
    assert page.inner_text("#lit") == "Lit: 3 nodes, 2 connections"
    assert heading(page) == "Overview"
    page.keyboard.press("Escape")
    assert not page.is_visible("#lit")


def test_browser_finds_the_shortest_path(load: Pages) -> None:
    page = load(SMALL, "#n=system%2Ftvm")
    page.click("#path-to")
    assert "choose the other end" in page.inner_text("#picking")
    page.fill("#search", "r")
    said, offered = page.locator("#picking").bounding_box(), page.locator("#suggestions").bounding_box()
    assert said["y"] + said["height"] <= offered["y"]
    x, y = said["x"] + said["width"] / 2, said["y"] + said["height"] / 2
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('#picking') !== null", [x, y])
    find(page, "ray")
    assert heading(page) == "TVM to Ray"
    assert not page.is_visible("#picking")
    assert page.locator("#panel .path > li > button").all_inner_texts() == ["TVM", TITLE, "NVIDIA GPU", "A Study of Ray", "Ray"]  # fmt: skip
    assert page.locator("#panel .step").all_inner_texts() == ["compared with by", "evaluates on", "target of", "uses"]
    assert page.locator("#panel .path mark").all_inner_texts() == ["TVM", "NVIDIA GPU", "NVIDIA GPU", "Ray"]
    assert page.inner_text("#lit") == "Lit: 5 nodes, 4 connections"
    assert "g=system%2Fray" in page.url
    page.uncheck("#legend input[value=hardware]")
    assert "Nothing that the filters show connects them." in panel(page)
    page.click("#panel >> text=Reset filters")
    page.click("#panel >> text=Close path")
    assert heading(page) == "TVM"


def test_browser_path_is_given_up_by_escape(load: Pages) -> None:
    page = load(SMALL, GPU)
    page.keyboard.press("p")
    assert page.is_visible("#picking")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not page.is_visible("#picking")
    assert heading(page) == "NVIDIA GPU"


def test_browser_prefers_the_path_that_avoids_hubs(load: Pages) -> None:
    network = KGNetwork()
    for name in ("a", "hub", "quiet", "z", *map(str, range(9))):
        network.add_node(name)
    network.add_edges(
        [("a", "hub"), ("hub", "z"), ("a", "quiet"), ("quiet", "z"), *(("hub", str(i)) for i in range(9))]
    )
    page = load(network.generate_html(), "#n=a&g=z")
    assert page.locator("#panel .path > li > button").all_inner_texts() == ["a", "quiet", "z"]


def test_browser_damps_a_hub_and_says_so(load: Pages) -> None:
    page = load(MANY, "#n=hardware%2Fgpu")
    assert page.inner_text("#notice").startswith("150 of ")
    assert "Not lit: " in page.inner_text("#notice") and "runs on" in page.inner_text("#notice")
    assert page.inner_text("#lit").endswith("150 connections")
    assert page.inner_text("#notice").endswith("The details list all.")
    assert page.locator("#panel .group li").count() <= 40
    page.click("#panel .group .more >> nth=0")
    assert page.locator("#panel .group li").count() > 100
    page.fill("#depth", "3")
    assert page.inner_text("#notice").startswith("150 of more than ")
    assert "The details list those of GPU; " in page.inner_text("#notice")


# Claims


def test_browser_claims_sort_and_filter(load: Pages) -> None:
    page = load(SMALL)
    page.keyboard.press("c")
    assert not page.is_visible("#panel")

    def values() -> list[str]:
        found: list[str] = page.locator("#claims-view tbody td:nth-child(4) strong").all_inner_texts()
        return found

    assert values() == ["3.8×", "1.7×", "39%"]
    page.click("#claims-view th button >> text=Value")
    assert values() == ["39%", "3.8×", "1.7×"]
    page.click("#claims-view th button >> text=Value")
    assert values() == ["1.7×", "3.8×", "39%"]
    assert page.get_attribute("#claims-view th:nth-child(4)", "aria-sort") == "ascending"
    page.fill("#claims-filter", "ansor intel 3.8×")
    assert values() == ["3.8×"]
    assert page.inner_text("#claims-count") == "1 of 3 claims"
    assert page.inner_text("#claims-view tbody mark") == "3.8x"
    assert "up to" in page.inner_text("#claims-view tbody td:nth-child(4)")
    assert "q=ansor" in page.url and "o=3u" in page.url
    page.reload()
    page.wait_for_function("() => document.querySelectorAll('#claims-view tbody tr').length === 1")
    page.fill("#claims-filter", "")
    assert page.locator("#chart .bar").count() == 2
    assert page.locator("#chart .number").all_inner_texts() == ["3.8×", "1.7×"]
    page.click("#chart button >> nth=0")
    assert heading(page).startswith("Ansor:")
    page.fill("#claims-filter", "nothing like this")
    assert "No claim has these words." in page.inner_text("#claims-view tbody")


def test_browser_claims_follow_the_filters_of_the_graph(load: Pages) -> None:
    page = load(SMALL, "#v=claims&y=2018-2018")
    assert page.inner_text("#claims-count") == "1 of 3 claims; filters of the graph: year 2018"
    assert page.locator("#claims-view tbody tr").count() == 1
    page.click("#reset-claims")
    assert page.inner_text("#claims-count") == "3 of 3 claims"
    assert not page.is_visible("#reset-claims")
    page = load(SMALL, "#v=claims&c=task&u=venue%2Fosdi&k=0.5")
    assert page.inner_text("#claims-count") == "2 of 3 claims; filters of the graph: OSDI, confidence 0.50"


def scale(page: Any) -> float:
    """The scale that the address keeps once the picture rests."""
    page.wait_for_function("() => location.hash.includes('p=')")
    return float(parse_qs(page.url.partition("#")[2])["p"][0].split(",")[2])


@pytest.mark.parametrize("back", ["g", "b"])
def test_browser_picture_fits_what_was_chosen_among_the_claims(load: Pages, back: str) -> None:
    page = load(SMALL, fresh=True)
    page.keyboard.press("c")
    page.locator("#claims-view td.paper button").first.click()
    page.click("#panel .actions >> text=Focus")
    for key in "-0-":  # the picture that nobody sees stays as it is
        page.keyboard.press(key)
    page.wait_for_timeout(500)  # a picture comes to rest
    assert "p=" not in page.url
    if back == "g":
        page.click("#panel .actions >> text=Focus")
        page.keyboard.press("g")
        assert 0.2 < scale(page) <= 1.6
    else:
        page.keyboard.press("b")
        page.keyboard.press("b")
        page.click("#zoom-out")
        assert 0.2 < scale(page) <= 1.6


# The address


def test_browser_fragment_restores_the_state(load: Pages) -> None:
    page = load(SMALL, f"{GPU}&d=2&c=technique&c=system&y=2018-2018&v=claims&u=venue%2Fosdi&k=0.25&p=10,-20,2.5")
    assert heading(page) == "NVIDIA GPU"
    assert page.is_visible("#claims-view")
    page.keyboard.press("g")
    assert page.input_value("#depth") == "2"
    assert not page.is_checked("#legend input[value=system]")
    assert page.input_value("#year-to") == "2018"
    assert page.input_value("#venue") == "venue/osdi"
    assert page.input_value("#confidence") == "0.25"
    assert "p=10%2C-20%2C2.5" in page.url
    assert "not in this graph" not in page.inner_text("#say")


def test_browser_address_follows_the_view_and_forgets_it_when_all_fits(load: Pages) -> None:
    page = load(SMALL)
    page.click("#zoom-in")
    page.wait_for_function("() => location.hash.includes('p=')")
    page.click("#fit")
    page.wait_for_function("() => !location.hash.includes('p=')")


def test_browser_picture_is_never_lost(load: Pages) -> None:
    find_again(load(SMALL, "#p=90000,90000,1", fresh=True))


@pytest.mark.parametrize("fragment", ["#n=system%2Fgone", "#what", "#e=a&e=b", "#n=%ZZ&d=9&y=abc&k=x", "#zz=<img>", "#p=1,2&o=99", "#x=a&x=b&x=c&g=d&c=__proto__&u=1"])  # fmt: skip
def test_browser_ignores_a_broken_fragment_with_a_word(load: Pages, fragment: str) -> None:
    page = load(SMALL, fragment)
    assert heading(page) == "Overview"
    assert "not in this graph" in page.inner_text("#say")
    assert page.inner_text("#showing").startswith("Showing all")
    find(page, "ray")
    assert "not in this graph" not in page.inner_text("#say")


def test_browser_back_goes_through_views_paths_and_expansions(load: Pages) -> None:
    page = load(SMALL, fresh=True)
    assert page.is_disabled("#back")
    find(page, "tvm")
    page.keyboard.press("p")
    find(page, "ray")
    page.keyboard.press("c")
    for expected in ("TVM to Ray", "TVM", "Overview"):
        page.click("#back")
        page.wait_for_function("words => document.querySelector('#panel h2').innerText === words", arg=expected)
    assert page.is_disabled("#back")


# Keyboard


def test_browser_arrows_walk_the_picture_and_enter_opens(load: Pages) -> None:
    page = load(SMALL, GPU)
    page.focus("#graph")
    said = []
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        said.append(page.inner_text("#say"))
    assert any("Enter opens it." in words for words in said)
    reached = next(words for words in reversed(said) if "Enter opens it." in words).partition(", ")[0]
    page.keyboard.press("Enter")
    assert heading(page) == reached
    assert page.evaluate("document.activeElement.id") == "graph"
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Escape")
    assert heading(page) == "Overview"
    page.keyboard.press("ArrowDown")  # from nothing: the best connected
    page.keyboard.press("Enter")
    assert heading(page) == TITLE


def test_browser_arrows_walk_the_details(load: Pages) -> None:
    page = load(SMALL, GPU)
    names = page.locator("#panel button.node").all_inner_texts()
    page.locator("#panel button.node").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.innerText") == names[1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert heading(page) == names[0]


@pytest.mark.parametrize("view", ["graph", "claims"])
def test_browser_keyboard_stays_where_the_details_change(load: Pages, view: str) -> None:
    page = load(SMALL, fresh=True)
    if view == "claims":
        page.keyboard.press("c")
    page.evaluate("location.hash += '&n=system%2Fray'")
    page.wait_for_function("() => document.querySelector('#panel h2').textContent === 'Ray'")
    page.locator("#panel button.node").first.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    page.keyboard.press("b")
    page.wait_for_function("() => document.querySelector('#panel h2').textContent === 'Ray'")
    assert page.evaluate("document.activeElement.textContent") == "Ray"
    page.keyboard.press("Escape")
    reached = page.evaluate("document.activeElement.className || document.activeElement.textContent")
    assert reached == ("Overview" if view == "graph" else "table-wrap")


def test_browser_help_lists_the_keys_and_closes(load: Pages) -> None:
    page = load(SMALL)
    page.keyboard.press("?")
    assert page.locator("#help-box kbd").all_inner_texts()[:2] == ["/", "← ↑ → ↓"]
    page.keyboard.press("Escape")
    assert not page.is_visible("#help-box")


def test_browser_focus_is_seen_and_the_skip_link_works(load: Pages) -> None:
    page = load(SMALL, fresh=True)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    page.focus(".skip >> nth=1")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "graph"
    for selector in ("#show-claims", "#legend input", "#graph", "#panel button.node"):
        page.focus(selector)
        page.keyboard.press("Shift")  # the keyboard is in use
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", selector
