"""Pages of the view in Debian's Chromium, opened from disk; each page is loaded once and kept for the tests of a module.

After every test nothing may have gone wrong and nothing may have been asked of any network.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if not CHROMIUM:
    pytest.skip("the page is not tested in a browser: no chromium on the PATH", allow_module_level=True)
playwright_api = pytest.importorskip("playwright.sync_api", reason="the page is not tested in a browser: no playwright")

SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
PHONE: dict[str, Any] = DESK | {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}


class Pages:
    """Opens pages by their HTML: one load for each text and set of options, then only the address changes."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self._open: dict[tuple[str, str], Any] = {}
        self.used: list[Any] = []
        self.trouble: list[str] = []

    def __call__(self, html: str, fragment: str = "#", *, fresh: bool = False, **options: Any) -> Any:
        """The page at a fragment ("#" is its first state); `fresh` loads it anew."""
        options = DESK | options
        key = (html, repr(sorted(options.items())))
        if fresh and key in self._open:
            self._close(key)
        if key not in self._open:
            self._open[key] = self._load(html, fragment, options)
        else:
            page = self._open[key]
            page.goto(page.url.partition("#")[0] + fragment)
            settled(page)
        self.used.append(self._open[key])
        return self._open[key]

    def _load(self, html: str, fragment: str, options: dict[str, Any]) -> Any:
        file = self._folder / f"{len(list(self._folder.iterdir()))}.html"
        file.write_text(html, encoding="utf-8", newline="\n")
        page = self._browser.new_context(permissions=["clipboard-read", "clipboard-write"], **options).new_page()
        trouble = self.trouble
        page.add_init_script("addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.blockedURI))")
        page.on("console", lambda m: trouble.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: trouble.append(str(e)))
        page.on("dialog", lambda d: trouble.append(d.message))
        page.on("request", lambda r: trouble.append(r.url) if not r.url.startswith((file.as_uri(), "blob:")) else None)
        page.set_default_timeout(30_000)  # a busy machine takes its time
        page.goto(file.as_uri() + fragment)
        page.wait_for_selector("#panel h2, iframe", state="attached")
        if not page.locator("iframe").count():
            settled(page)
        return page

    def _close(self, key: tuple[str, str]) -> None:
        page = self._open.pop(key)
        self.used = [other for other in self.used if other is not page]
        page.context.close()

    def check(self) -> None:
        """Nothing hostile ran, nothing was written to the console, nothing was requested."""
        assert not self.trouble, self.trouble
        for page in self.used:
            assert page.evaluate("window.pwned") is None


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def kept_pages(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return Pages(browser, tmp_path_factory.mktemp("pages"))


@pytest.fixture
def load(kept_pages: Pages) -> Iterator[Pages]:
    kept_pages.trouble.clear()
    kept_pages.used.clear()
    yield kept_pages
    kept_pages.check()


def seconds_to_first_frame(browser: Any, file: Path) -> float:
    """Time of the processor that the main thread takes until the page has drawn itself; waiting does not count."""
    page = browser.new_context(**DESK).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(file.as_uri())
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found = session.send("Performance.getMetrics")["metrics"]
    page.context.close()
    return float(next(m["value"] for m in found if m["name"] == "TaskDuration"))


def settled(page: Any) -> None:
    """Wait until the details are whole: a large page fills them in slices."""
    page.wait_for_selector("#panel:not([aria-busy=true])", state="attached")


def panel(page: Any) -> str:
    settled(page)
    return str(page.inner_text("#panel"))


def heading(page: Any) -> str:
    settled(page)
    return str(page.inner_text("#panel h2"))


def find(page: Any, words: str) -> None:
    """Choose the first suggestion for some words."""
    page.fill("#search", words)
    page.press("#search", "Enter")


def shared(page: Any, button: str) -> bytes:
    """The file that an entry of the menu saves."""
    page.click("#share summary")
    with page.expect_download() as waiting:
        page.click(button)
    return Path(waiting.value.path()).read_bytes()


def copied(page: Any, button: str) -> str:
    """What an entry of the menu, or another button, puts on the clipboard."""
    page.evaluate("navigator.clipboard.writeText('nothing yet')")
    if page.locator(f"#share {button}").count():
        page.click("#share summary")
    page.click(button)
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text !== 'nothing yet')")
    return str(page.evaluate("navigator.clipboard.readText()"))


def find_again(page: Any) -> None:
    """Check that a picture out of sight offers the way back, and that no zoom makes the graph vanish."""
    assert page.is_visible("#lost")
    page.click("#lost")
    page.wait_for_selector("#lost", state="hidden")
    page.wait_for_function("() => !location.hash.includes('p=')")
    box = page.locator("#graph").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(30):
        page.mouse.wheel(0, 2000)
    page.wait_for_function("() => location.hash.includes('p=')")
    far = float(page.url.partition("p=")[2].split("%2C")[2])
    page.click("#zoom-out")
    page.wait_for_timeout(600)  # a picture comes to rest
    assert float(page.url.partition("p=")[2].split("%2C")[2]) >= far > 0.004
    assert not page.is_visible("#lost")
