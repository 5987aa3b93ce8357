"""Measure the pages: `python -m tests.explorer_numbers [NODES]` prints tables (`make explorer-numbers`).

Of the large page, times of the main thread: the handler of an event, the frame that follows it, and in processor time
(which other programs do not lengthen as they do the clock's) the longest task until all is done: style, layout and paint
are in it, and no frame can take longer. There may be no graphics card, so what WebGL needs after that is not in them.
Each is the median of a few rounds, and the smallest. Of the seeds' page and of one of 2,000 nodes, the first frame.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import kg
from kg import compiled
from kg.ontology import Namer
from kg.view.network import KGNetwork
from tests.browsing import CHROMIUM, SWITCHES, playwright_api, seconds_to_first_frame
from tests.conftest import ROOT
from tests.large_sample import large_graph
from tests.view_sample import plausible_graph

FRAMES = """(() => {
  const real = requestAnimationFrame.bind(window);
  window.frames_ = [];
  window.requestAnimationFrame = (f) => real((t) => { const s = performance.now(); f(t); frames_.push(performance.now() - s); });
  new MutationObserver((_, o) => { if (document.querySelector("#panel h2")) { window.usable = performance.now(); o.disconnect(); } })
    .observe(document, { childList: true, subtree: true });
})()"""

RUN = """async () => {
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const canvas = document.querySelectorAll("#graph canvas")[1];
  canvas.setPointerCapture = () => {};
  const { left, top } = canvas.getBoundingClientRect();
  const at = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type,
    { clientX: left + x, clientY: top + y, pointerId: 1, pointerType: "mouse", bubbles: true, button: 0 }));
  const wheel = (dy) => canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: dy, clientX: left + 300, clientY: top + 250, cancelable: true }));
  const set = (id, value, type) => { const e = document.getElementById(id); e.value = value; e.dispatchEvent(new Event(type, { bubbles: true })); };
  const told = {};
  const rounds = async (name, times, act) => {
    told[name] = [];
    for (let k = 0; k < times; k++) {
      await frame(); await sleep(120);
      frames_.length = 0;
      performance.mark("kg begin");
      const begun = performance.now();
      act(k);
      const handler = performance.now() - begun;
      await frame(); await sleep(40);
      const frames = Math.max(0, ...frames_);
      while (document.querySelector("#panel[aria-busy=true]")) await sleep(20);
      await frame(); await sleep(20);
      performance.mark("kg end");
      told[name].push([handler, frames]);
    }
  };
  const pan = (k) => { at("pointerdown", 300, 250); at("pointermove", 320 + k, 260); at("pointermove", 340 + k, 270); at("pointerup", 340 + k, 270); };
  await sleep(3000);
  await rounds("pan, all in view", 9, pan);
  await rounds("zoom a step", 12, () => wheel(-200));
  await rounds("pan, nodes in view", 9, pan);
  await rounds("hover", 9, (k) => at("pointermove", 250 + 17 * k, 200 + 9 * k));
  const words = ["x", "la", "zzqq", "gra", "tion", "a b", "corwen", "el", "mer"];
  await rounds("search, with its list", words.length, (k) => set("search", words[k], "input"));
  set("search", "", "input");
  document.getElementById("search").blur();
  await rounds("filter by class", 8, (k) => document.querySelectorAll("#legend input")[k >> 1].click());
  await rounds("filter by confidence", 8, (k) => set("confidence", String(k % 2 ? 0 : 0.6 + k / 20), "input"));
  await rounds("select", 8, (k) => { const all = document.querySelectorAll("#panel button.node"); all[k % all.length].click(); });
  const hub = () => [...document.querySelectorAll("#panel h3")].find((h) => h.textContent.startsWith("Techniques")).nextElementSibling.querySelector("button");
  const escape = () => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  for (let k = 0; k < 5; k++) {
    escape();
    await sleep(200);
    const button = hub();
    await rounds(`hub ${k}`, 1, () => button.click());
    (told["select the largest hub"] ??= []).push(...told[`hub ${k}`]);
    delete told[`hub ${k}`];
  }
  await rounds("deepen it to 3 steps", 4, (k) => set("depth", String(k % 2 ? 1 : 3), "input"));
  escape();
  return told;
}"""

EVIDENCE = """async () => {
  const told = [];
  for (let k = 0; k < 8; k++) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await new Promise((done) => setTimeout(done, 150));
    const begun = performance.now();
    const shown = new Promise((done) => new MutationObserver((_, o) => {
      if (document.querySelector("#panel blockquote")) { o.disconnect(); done(performance.now() - begun); }
    }).observe(document.getElementById("panel"), { childList: true, subtree: true }));
    const all = document.querySelectorAll("#panel button.node");
    all[k % all.length].click();
    told.push(await shown);
  }
  return told;
}"""


def main(nodes: int) -> None:
    graph = large_graph(nodes)
    os.environ[compiled.VARIABLE] = "off"  # the layout is computed, not remembered
    begun, cpu = time.perf_counter(), time.process_time()
    network = KGNetwork.from_graph(graph, title="Sample", iri=Namer())
    html = network.generate_html()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    again = KGNetwork.from_graph(graph, title="Sample", iri=Namer()).generate_html()
    print(f"written twice, the same bytes: {'yes' if again == html else 'NO'}")
    evidence = sum(map(len, re.findall(r'id="(?:shard|claims)-\d+">([^<]*)<', html)))
    print(f"{len(network.nodes):,} nodes, {len(network.edges):,} edges, {len(network.texts):,} texts")
    print(
        f"page written in {seconds:.1f} s ({cpu:.1f} s of processor), {len(html) / 1e6:.1f} MB, {(len(html) - evidence) / 1e6:.1f} MB of it not evidence"
    )
    with playwright_api.sync_playwright() as running, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(html, encoding="utf-8", newline="\n")
        switches = [s for s in SWITCHES if s != "--disable-gpu"]
        switches += ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
        browser = running.chromium.launch(executable_path=CHROMIUM, args=switches)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.set_default_timeout(120_000)
        page.add_init_script(FRAMES)
        page.goto(file.as_uri())
        page.wait_for_selector("#panel h2")
        data, picture = (
            page.evaluate(f"performance.getEntriesByName('{name}')[0].duration")
            for name in ("kg data", "kg data and picture")
        )
        usable = page.evaluate("usable - performance.getEntriesByName('kg begins')[0].startTime")
        print(f"data read {data:.0f} ms, and picture built {picture:.0f} ms, page usable {usable:.0f} ms")
        browser.start_tracing(page=page, categories=["toplevel", "blink.user_timing"])
        told = page.evaluate(RUN)
        longest = longest_tasks(json.loads(browser.stop_tracing())["traceEvents"])
        _print({name: [[*row, next(longest)] for row in rounds] for name, rounds in told.items()})
        evidence_shown = page.evaluate(EVIDENCE)
        print(f"evidence, cold, until it is seen: {_cell(evidence_shown)} ms")
        browser.close()
        browser = running.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        graph = kg.open(ROOT / "exports").knowledge
        _first_frame(
            browser, "page of the seeds", KGNetwork.from_graph(graph, title="Seeds", iri=Namer()), Path(folder)
        )
        graph = plausible_graph(900)
        _first_frame(browser, "2,000 nodes", KGNetwork.from_graph(graph, limit=2000), Path(folder))
        browser.close()


def longest_tasks(events: list[dict[str, Any]]) -> Iterator[float]:
    """Of each round, between its two marks, the longest task of the main thread in milliseconds of the processor."""
    marks = sorted((e["ts"], e["name"]) for e in events if e["name"] in ("kg begin", "kg end"))
    thread = next((e["pid"], e["tid"]) for e in events if e["name"] == "kg begin")
    tasks = [
        (e["ts"], e["ts"] + e["dur"], e["tdur"] / 1000)
        for e in events
        if e["name"] == "ThreadControllerImpl::RunTask" and (e["pid"], e["tid"]) == thread
    ]
    for (begin, _), (end, _) in zip(marks[::2], marks[1::2], strict=True):
        yield max(took for first, last, took in tasks if last > begin and first < end)


def _first_frame(browser: Any, name: str, network: KGNetwork, folder: Path) -> None:
    file = folder / "small.html"
    network.write_html(file)
    begun = time.perf_counter()
    took = [seconds_to_first_frame(browser, file) for _ in range(3)]
    wall = (time.perf_counter() - begun) / len(took)
    print(
        f"{name}: {len(network.nodes):,} nodes, {file.stat().st_size / 1e6:.2f} MB, first frame after "
        f"{statistics.median(took):.2f} s of the main thread's processor time ({min(took):.2f}); opened, drawn and closed in {wall:.2f} s"
    )


def _cell(rounds: Iterable[float]) -> str:
    found = list(rounds)
    return f"{statistics.median(found):.1f} ({min(found):.1f})"


def _print(told: dict[str, Any]) -> None:
    print(f"{'ms of the main thread':24}{'handler':>16}{'frame':>16}{'longest task':>16}   median (smallest)")
    for name, rounds in told.items():
        print(f"{name:24}" + "".join(f"{_cell(column):>16}" for column in zip(*rounds, strict=True)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
