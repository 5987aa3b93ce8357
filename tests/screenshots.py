"""Takes the pictures of the page in `docs/`: `python -m tests.screenshots`, after a change that can be seen."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import kg
from kg.view import command
from tests.browsing import CHROMIUM, DESK, SWITCHES, playwright_api
from tests.conftest import ROOT

#: Name of the picture, colours, what it shows.
SHOTS = (
    ("page-light.png", "light", "#"),
    ("page-dark.png", "dark", "#n=arxiv%3A2006.06762"),
)


def main() -> None:
    """Writes the pictures from the graph in `exports/`."""
    graph = kg.open(ROOT / "exports")
    with TemporaryDirectory() as folder, playwright_api.sync_playwright() as playwright:
        page_file = command.write(graph.knowledge, Path(folder) / "x.html", base_iri=graph.manifest["base_iri"]).path
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for name, colours, fragment in SHOTS:
            options = DESK | {"viewport": {"width": 1360, "height": 850}, "color_scheme": colours}
            page = chromium.new_context(**options).new_page()
            page.goto(page_file.as_uri() + fragment)
            page.wait_for_selector("#panel h2")
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.screenshot(path=ROOT / "docs" / name)
        chromium.close()


if __name__ == "__main__":
    main()
