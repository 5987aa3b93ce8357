"""Takes the pictures in `docs/`: `python -m tests.screenshots`, after a change that can be seen (`make editor` before)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import kg
from kg.view import command
from tests.benchmarks.serving import serving
from tests.browsing import CHROMIUM, DESK, SWITCHES, playwright_api
from tests.conftest import ROOT

#: Name of the picture, colours, what it shows.
SHOTS = (
    ("page-light.png", "light", "#"),
    ("page-dark.png", "dark", "#n=arxiv%3A2006.06762"),
)


#: The worked query that the picture of the editor shows.
QUESTION = "What are the greatest improvements that papers claim, whatever is measured? The 15 greatest."


def editor(chromium: Any) -> None:
    """Writes the picture of the query editor with an answer."""
    with serving(ROOT / "exports") as (address, _, _):
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://{address}/editor")
        page.wait_for_selector(".yasqe_queryButton")
        page.select_option("#examples", label=QUESTION)
        page.locator(".yasqe_queryButton").first.click()
        page.wait_for_selector(".yasr_results td")
        page.screenshot(path=ROOT / "docs" / "editor.png")


def main() -> None:
    """Writes the pictures from the graph in `exports/`."""
    graph = kg.open(ROOT / "exports")
    with TemporaryDirectory() as folder, playwright_api.sync_playwright() as playwright:
        page_file = command.write(graph.knowledge, Path(folder) / "x.html").path
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for name, colours, fragment in SHOTS:
            options = DESK | {"viewport": {"width": 1360, "height": 850}, "color_scheme": colours}
            page = chromium.new_context(**options).new_page()
            page.goto(page_file.as_uri() + fragment)
            page.wait_for_selector("#panel h2")
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.screenshot(path=ROOT / "docs" / name)
        editor(chromium)
        chromium.close()


if __name__ == "__main__":
    main()
