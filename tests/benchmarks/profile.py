"""Where the time of a build in one process goes: `make profile CORPUS=papers.jsonl`.

A timer of the processor interrupts the build a thousand times a second; the time since then counts for the innermost function of
`kg` that runs (what it calls in libraries is its own), for its module, and for the stage that the build reported last. An
instrumenting profiler would make small functions look dear.
"""

from __future__ import annotations

import argparse
import inspect
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import kg
from kg.build import build
from tests.benchmarks.cases import Given
from tests.benchmarks.measure import machine

HOME = str(Path(kg.__file__).parent)
LINKER = str(Path(HOME, "linking", "linker.py"))
#: Seconds of processor time between two looks.
EVERY = 0.001


class Sampler:
    """Where the processor is, in nanoseconds, in a `with` block."""

    def __init__(self) -> None:
        self.stage = "starting"
        self.stages: Counter[str] = Counter()
        self.modules: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()
        self.start = 0

    def __enter__(self) -> Sampler:
        self._before = signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        self._last = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self._before)

    def tell(self, stage: str, done: int, total: int) -> None:
        """What a build calls with its progress."""
        self.stage = stage

    def _look(self, number: int, frame: FrameType | None) -> None:
        # A long call into C is interrupted once, at its end, for all the time that it took.
        now = time.process_time()
        passed, self._last = int((now - self._last) * 1e9), now
        if started(frame):
            self.start += passed
            return
        self.stages[self.stage] += passed
        while frame is not None and not frame.f_code.co_filename.startswith(HOME):
            frame = frame.f_back
        if frame is not None:
            module = frame.f_code.co_filename[len(HOME) + 1 :].removesuffix(".py").replace("/", ".")
            self.modules[module] += passed
            self.functions[f"{module}.{frame.f_code.co_qualname}"] += passed

    def report(self, papers: int) -> str:
        """Tables of microseconds of processor time per abstract."""
        share = 1e-3 / papers
        lines = []
        for title, counted, most in (
            (
                "stage, as the build reports it after each batch, so that the first is linked while reading",
                self.stages,
                99,
            ),
            ("module, with what it calls in libraries", self.modules, 30),
            ("function, with what it calls in libraries", self.functions, 40),
        ):
            lines += ["", f"{'µs':>8}  {'%':>5}  {title}"]
            for name, count in counted.most_common(most):
                lines.append(f"{count * share:8.1f}  {100 * count / counted.total():5.1f}  {name}")
        return "\n".join(lines) + "\n"


def started(frame: FrameType | None) -> bool:
    """Whether this is imported or the linker is made: what a build pays once."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith("<frozen importlib") or (code.co_filename, code.co_name) == (LINKER, "make"):
            return True
        frame = frame.f_back
    return False


def main() -> None:
    """Build the graph of a slice of a corpus once, in this process, and write the report."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.profile", description="Where the time of a build goes.")
    parser.add_argument("corpus", type=Path, help="arXiv records, one JSON object a line, also .gz")
    parser.add_argument("--papers", type=int, default=5000, help="how many of them")
    parser.add_argument("-o", "--output", type=Path, help="file to write")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        given = Given(arguments.corpus, arguments.papers, Path(work), rounds=1)
        papers = len(given.papers)
        options: dict[str, Any] = {"workers": 1} if "workers" in inspect.signature(build).parameters else {}
        with Sampler() as sampler:
            build([given.path], Path(work) / "graph", progress=sampler.tell, **options)
    each, start = sampler.stages.total() / papers / 1e3, sampler.start / 1e9
    head = (
        f"A build of {papers:,} abstracts in one process: {each:,.0f} µs of processor time each, "
        f"and {start:.1f} s once (imports, vocabulary)."
    )
    report = f"{head}\n{machine()}\n{sampler.report(papers)}"
    if arguments.output:
        arguments.output.write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
