"""The served pages in a real browser: the editor answers offline, nothing hostile runs, nothing outside is asked."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.build import build
from tests.browsing import CHROMIUM, SWITCHES, playwright_api
from tests.test_build import GOOD, lines
from tests.test_rdf import HOSTILE

pytest.importorskip("uvicorn", reason="uvicorn serves; `make test` installs it")
from kg.serve.pages import YASGUI  # isort: skip


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over one paper whose texts are hostile."""
    home = tmp_path_factory.mktemp("browser")
    record = {**GOOD, "title": HOSTILE, "authors": HOSTILE}
    folder: Path = build([lines(home / "in.jsonl", record)], home / "g").folder
    command = [sys.executable, "-m", "kg", "serve", str(folder), "--port", "0", "--max-rows", "5"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = None
            while found is None:
                found = re.search(r"http://\S+/", process.stderr.readline())
            yield found[0]
        finally:
            process.terminate()


@pytest.fixture
def trouble() -> list[str]:
    """What went wrong on a page."""
    return []


@pytest.fixture
def page(url: str, trouble: list[str]) -> Iterator[Any]:
    """A page; at its end nothing may have gone wrong, run, or been asked of another host."""
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        found = browser.new_page(viewport={"width": 1280, "height": 900})
        found.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
        found.on("pageerror", lambda e: trouble.append(str(e)))
        found.on("dialog", lambda d: trouble.append(f"dialog {d.message}"))
        found.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else trouble.append(r.url))
        yield found
        browser.close()
    assert trouble == []


@pytest.mark.skipif(not (YASGUI / "yasgui.min.js").is_file(), reason="no editor bundled: make editor")
def test_serve_browser_editor_answers_a_worked_query(page: Any, url: str) -> None:
    page.goto(f"{url}editor")
    page.wait_for_selector(".yasqe_queryButton")
    assert page.locator("#plain").is_hidden()
    page.select_option("#examples", label="Which entities do most papers mention? The first 20.")
    page.locator(".yasqe_queryButton").first.click()
    page.wait_for_selector(".yasr_results td")
    assert "GPU" in page.locator(".yasr_results").inner_text()
    page.locator("#examples").focus()


@pytest.mark.skipif(not (YASGUI / "yasgui.min.js").is_file(), reason="no editor bundled: make editor")
def test_serve_browser_editor_shows_that_an_answer_was_cut(page: Any, url: str) -> None:
    page.goto(f"{url}editor?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D")
    page.locator(".yasqe_queryButton").first.click()
    page.wait_for_selector("#notice:not([hidden])")
    assert "at most 5 rows" in page.locator("#notice").inner_text()


@pytest.mark.skipif(not (YASGUI / "yasgui.min.js").is_file(), reason="no editor bundled: make editor")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_serve_browser_editor_has_the_colours_of_the_page(page: Any, url: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{url}editor?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D")
    page.locator(".yasqe_queryButton").first.click()
    page.wait_for_selector(".yasr_results td")
    for part in (".yasqe .CodeMirror-line", ".autocomplete", ".tableSizer", ".yasr_results td .iri >> nth=0"):
        darkest, lightest, usual = brightness(page, page.locator(part).first.screenshot())
        assert lightest - darkest > 100, f"{part} cannot be read"
        assert (usual < 60) if scheme == "dark" else (usual > 200), part


@pytest.mark.skipif(not (YASGUI / "yasgui.min.js").is_file(), reason="no editor bundled: make editor")
def test_serve_browser_editor_leads_to_the_pages_of_things(page: Any, url: str) -> None:
    page.goto(f"{url}editor?query=SELECT%20%3Fpaper%20%3Fclass%20%7B%20%3Fpaper%20a%20kg%3APaper%2C%20%3Fclass%20%7D")
    page.locator(".yasqe_queryButton").first.click()
    page.wait_for_selector(".yasr_results td a[href='/ontology#Paper']")
    page.locator(".yasr_results td a").first.click()
    page.wait_for_url(f"{url}id/paper/arxiv-2001.00001")
    assert len(page.context.pages) == 1, "in the same tab"


def test_serve_browser_page_of_a_thing_leads_to_its_place_in_the_graph(page: Any, url: str) -> None:
    page.goto(f"{url}id/paper/arxiv-2001.00001")
    page.get_by_text("In the interactive graph").click()
    page.wait_for_selector("#panel h2")
    assert "script" in page.locator("#panel h2").inner_text(), "the title of the paper"


@pytest.mark.skipif(not (YASGUI / "yasgui.min.js").is_file(), reason="no editor bundled: make editor")
def test_serve_browser_editor_says_what_is_wrong(page: Any, url: str, trouble: list[str]) -> None:
    page.goto(f"{url}editor")
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setValue('SELECT * {\\n ?s foo:bar ?o }')")
    page.locator(".yasqe_queryButton").first.click()
    page.wait_for_selector(".errorResult strong")
    shown = page.locator(".errorResult").inner_text()
    assert "Syntax error" in shown and "line 2, column 12: the prefix foo: is not declared" in shown
    assert "{" not in shown, "no JSON"
    assert shown.rstrip().endswith(" ?s foo:bar ?o }\n" + 11 * " " + "^")
    assert all("400" in t for t in trouble)
    trouble.clear()  # the browser tells of the status


@pytest.mark.skipif(not (YASGUI / "yasgui.min.js").is_file(), reason="no editor bundled: make editor")
def test_serve_browser_editor_knows_the_usual_prefixes(page: Any, url: str) -> None:
    page.goto(f"{url}editor")
    for text, wrong in (("?s a kg:System ; skos:prefLabel ?l", 0), ("?s a foo:System", 1), ("?s a schema:Person", 0)):
        page.evaluate(f"document.querySelector('.CodeMirror').CodeMirror.setValue('SELECT * {{ {text} }}')")
        assert page.locator(".yasqe_queryButton.query_error").count() == wrong, text
        assert page.locator(".parseErrorIcon").count() == wrong, text


@pytest.mark.skipif(not (YASGUI / "yasgui.min.js").is_file(), reason="no editor bundled: make editor")
def test_serve_browser_links_to_queries_share_a_tab(page: Any, url: str) -> None:
    def follow(number: int) -> None:
        page.goto(f"{url}editor?query=SELECT%20*%20%7B%20BIND({number}%20AS%20%3Fx)%20%7D")
        page.wait_for_selector(f".yasr_results td:has-text('{number}') >> visible=true")

    follow(11)
    assert page.locator(".tabsList .tab").count() == 1
    page.locator(".yasqe .CodeMirror-line").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("ASK { ?my ?own ?query }")
    page.locator("#examples").focus()
    for number in (22, 33, 44):
        follow(number)
    assert page.locator(".tabsList .tab").count() == 2
    page.locator(".tabsList .tab a").first.click()
    shown = "Array.from(document.querySelectorAll('.yasqe .CodeMirror'), e => e.CodeMirror.getValue())"
    assert "ASK { ?my ?own ?query }" in page.evaluate(shown)


@pytest.mark.skipif(not (YASGUI / "yasgui.min.js").is_file(), reason="no editor bundled: make editor")
def test_serve_browser_buttons_of_the_editor_cover_no_text_on_a_phone(page: Any, url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url}editor")
    page.wait_for_selector(".yasqe_queryButton")
    button, line = (
        page.locator(part).first.bounding_box() for part in (".yasqe_queryButton", ".yasqe .CodeMirror-line")
    )
    assert button["y"] + button["height"] <= line["y"]


def brightness(page: Any, picture: bytes) -> list[int]:
    """The darkest, the lightest and the most frequent brightness of a picture, 0 to 255."""
    blank = page.context.browser.new_page()
    found: list[int] = blank.evaluate(
        """async bytes => {
          const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
          const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, image.width, image.height);
          const seen = new Array(256).fill(0);
          for (let i = 0; i < data.length; i += 4) seen[Math.round(0.3 * data[i] + 0.59 * data[i + 1] + 0.11 * data[i + 2])] += 1;
          return [seen.findIndex(Boolean), seen.findLastIndex(Boolean), seen.indexOf(Math.max(...seen))];
        }""",
        list(picture),
    )
    blank.close()
    return found


@pytest.mark.parametrize("path", ["", "id/paper/arxiv-2001.00001", "search?q=script", "ontology"])
def test_serve_browser_pages_run_nothing(page: Any, url: str, path: str) -> None:
    page.goto(url + path)
    assert page.locator("h1").first.is_visible()
