"""Nodes moved by hand, looks set by hand and bent edges, on the screen, in the address and in saved pictures, in both pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from kg.ontology import Namer
from kg.view.network import PYVIS_LIMIT, KGNetwork
from kg.view.page import render
from tests.browsing import CHROMIUM, SWITCHES, Pages, find, heading, kept_pages, load, panel, shared
from tests.browsing import playwright_api as playwright
from tests.view_sample import small_graph

__all__ = ["kept_pages", "load"]

SVG = "{http://www.w3.org/2000/svg}"
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"


def hand_made(nodes: int) -> str:
    """A red square "a", a node "b" of a group, three edges between them, a loop at "b", and nodes without edges."""
    network = KGNetwork(heading="By hand")
    network.add_node("a", color="rgb(255, 0, 0)", shape="square", size=40, x=0, y=0)
    network.add_node("b", group="greens", x=400, y=0)
    for relation in ("first", "second", "third"):
        network.add_edge("a", "b", relation=relation)
    network.add_edge("b", "b", relation="self")
    rest = [{"id": f"n{k}", "label": f"node {k}"} for k in range(nodes - 2)]
    network.nodes += rest
    network.node_ids += [node["id"] for node in rest]
    return network.generate_html()


PAGES = {"small": hand_made(8), "large": hand_made(PYVIS_LIMIT + 1)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    own = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(
            executable_path=CHROMIUM, args=[s for s in SWITCHES if s != "--disable-gpu"] + own
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=PAGES)
def html(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]


def middle(page: Any) -> tuple[float, float]:
    box = page.locator("#graph").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Any, dx: int, dy: int) -> None:
    """From the middle of the picture by so many pixels."""
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def address(page: Any) -> str:
    """What Playwright calls `page.url` lags behind."""
    return str(page.evaluate("location.hash"))


def place(page: Any, node: str) -> tuple[int, int] | None:
    found = re.search(rf"m=(-?\d+)%2C(-?\d+)%2C{node}(&|$)", address(page))
    return (int(found[1]), int(found[2])) if found else None


def picture(page: Any) -> Any:
    page.evaluate(TWO_FRAMES)
    return ElementTree.fromstring(shared(page, "#export-svg"))


def test_moved_node_stands_in_the_address_and_goes_back(load: Pages, html: str) -> None:
    page = load(html, "#p=0,0,1", fresh=True)
    drag(page, 120, -60)
    assert place(page, "a") == (120, -60)
    assert page.inner_text("#put-back") == "Put 1 moved node back"
    assert page.inner_text("#say") == "a moved."
    link = address(page)
    page.click("#back")
    page.wait_for_function("() => !location.hash.includes('m=')")
    assert not page.is_visible("#put-back")
    page = load(html, link, fresh=True)
    assert place(page, "a") == (120, -60)
    x, y = middle(page)
    page.evaluate(TWO_FRAMES)
    page.mouse.click(x + 120, y - 60)
    assert heading(page) == "a"
    page.keyboard.press("Escape")
    page.mouse.click(x, y + 30)
    assert heading(page) == "Overview"  # nothing stands there any more
    page.click("#put-back")
    assert "m=" not in address(page)
    page.evaluate(TWO_FRAMES)  # vis-network aims at what it drew last
    page.mouse.click(x, y)
    assert heading(page) == "a"


def test_moved_nodes_are_kept_by_the_last_hundred_and_it_says_so(load: Pages) -> None:
    moved = "&".join(f"m={k},{k},n{k}" for k in range(100))
    page = load(PAGES["large"], f"#{moved}&p=0,0,1", fresh=True)
    assert page.inner_text("#put-back") == "Put 100 moved nodes back"
    assert not page.is_visible("#notice")
    drag(page, 200, 0)  # what stands there: one more
    assert page.inner_text("#put-back") in ("Put 100 moved nodes back", "Put 101 moved nodes back")
    page = load(PAGES["large"], f"#{moved}&m=0,300,a&p=0,300,1")
    assert "not in this graph" in page.inner_text("#say")  # a hundred and first word is not obeyed
    page = load(PAGES["large"], f"#{moved}&p=400,0,1")
    drag(page, 0, 200)
    assert place(page, "b") == (400, 200)
    assert page.inner_text("#notice") == "The link keeps the places of the last 100 of 101 nodes that were moved."
    assert address(page).count("m=") == 100
    assert len(address(page)) < 6000


@pytest.mark.parametrize("word", ["m=1,2", "m=a,b,a", "m=1,2,gone", "m=99999999,0,a", "m="])
def test_moved_word_that_says_nothing_is_named(load: Pages, word: str) -> None:
    page = load(PAGES["small"], f"#{word}")
    assert "not in this graph" in page.inner_text("#say")
    assert not page.is_visible("#put-back")


def test_moved_ground_is_panned_and_no_node_is_moved(load: Pages, html: str) -> None:
    page = load(html, "#p=200,300,1")
    drag(page, 50, 50)
    page.wait_for_function("() => location.hash.includes('p=150')")
    assert "m=" not in address(page)


def test_moved_nodes_stay_where_forces_have_nothing_to_say(load: Pages) -> None:
    network = KGNetwork()
    network.add_nodes(["a", "b"])
    network.add_edge("a", "b")
    network.toggle_drag_nodes(False)
    page = load(network.generate_html(), "#p=0,0,1")
    drag(page, 80, 0)
    assert "m=" not in address(page)


def test_looks_set_by_hand_are_on_the_screen_and_in_the_picture(load: Pages, html: str) -> None:
    page = load(html, "#p=0,0,2", fresh=True)
    page.evaluate(TWO_FRAMES)
    shot = page.locator("#graph").screenshot()
    red = page.evaluate(
        """async (bytes) => {
          const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
          const context = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height }).getContext("2d", { willReadFrequently: true });
          context.drawImage(image, 0, 0);
          const at = (dx, dy) => [...context.getImageData(image.width / 2 + dx, image.height / 2 + dy, 1, 1).data].slice(0, 3).join();
          return [at(0, 0), at(58, 58), at(120, 120)];
        }""",
        list(shot),
    )
    assert red[:2] == ["255,0,0", "255,0,0"]  # a square of 40 at twice the size reaches there, a disc would not
    assert red[2] != "255,0,0"
    shapes = [p for p in picture(page).iter(f"{SVG}path") if p.get("fill") == "#ff0000"]
    assert [p.get("d")[:7] for p in shapes] == ["M2.5 2."]
    assert "greens" in page.inner_text("#legend")


def test_lines_of_parallel_edges_are_bent_apart_and_a_loop_is_seen(load: Pages, html: str) -> None:
    page = load(html, "#n=a&p=200,0,1", fresh=True)
    assert "3 connections" in page.inner_text("#lit")
    lines = {p.get("d") for p in picture(page).iter(f"{SVG}path") if p.get("stroke") and "M" in p.get("d")[:1]}
    straight, bent = [d for d in lines if "L" in d], [d for d in lines if "Q" in d]
    assert (len(straight), len(bent)) == (1, 2)
    page = load(html, "#n=b&p=200,0,1")
    curves = [p.get("d") for p in picture(page).iter(f"{SVG}path") if p.get("stroke") and "C" in (p.get("d") or "")]
    assert len(curves) == 1
    page = load(html, "#e=a&e=third&e=b&p=200,0,1")
    assert heading(page) == "a third b"


def test_lines_in_pictures_run_as_on_the_screen(load: Pages) -> None:
    """A point of the picture's curve has the colour of a lit edge on the screen."""
    for html in PAGES.values():
        page = load(html, "#n=a&p=200,0,1", fresh=True)
        curves = [p.get("d") for p in picture(page).iter(f"{SVG}path") if "Q" in (p.get("d") or "")]
        assert curves
        box = page.locator("#graph").bounding_box()
        for curve in curves:
            ax, ay, cx, cy, bx, by = map(float, re.findall(r"-?[\d.]+", curve))
            x, y = (ax + 2 * cx + bx) / 4, (ay + 2 * cy + by) / 4
            assert abs(y - box["height"] / 2) > 20
            page.mouse.click(box["x"] + x, box["y"] + y)
            page.wait_for_function("() => location.hash.startsWith('#e=a')")
            assert panel(page).startswith("Connection")
            page = load(html, "#n=a&p=200,0,1")


def test_moved_node_of_a_paper_graph_keeps_its_evidence(load: Pages) -> None:
    page = load(
        render(small_graph(), title="t", iri=Namer()), "#m=0,0,system%2Fray&m=300,10,arxiv%3A2006.06762&n=system%2Fray"
    )
    assert page.inner_text("#put-back") == "Put 2 moved nodes back"
    find(page, "ansor: gen")
    assert "evolutionary search" in panel(page)
    assert "m=0%2C0%2Csystem" in address(page)
