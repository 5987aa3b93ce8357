"""How long `kg add` and `kg remove` of one paper take as commands, start-up included: `python -m tests.benchmarks.change
GRAPH RECORD`.

The graph folder is not touched: its store is linked into a folder beside it. In the same rounds an interpreter loads the
libraries that the commands need, which is as fast as they could ever be.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from kg.readers import read
from tests.conftest import ROOT

LIBRARIES = "import typer.main, msgspec, daachorse, numpy, pyarrow.parquet, lxml.etree"
TEXT = "We present Zqnet, a compiler for GPUs. It is 2x faster than TVM."


class Taken(NamedTuple):
    """Seconds of one command: of the processor, and on the wall."""

    processor: float
    wall: float


def run(command: Sequence[str]) -> Taken:
    """Run a command to its end. Raises CalledProcessError if it fails."""
    # Compiled modules are kept, as in an installed package; how many processors numpy sees is the command's own choice.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPATH": str(ROOT)}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
    return Taken(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def linked(graph: Path, folder: Path) -> Path:
    """A graph folder with the same store, by hard links where the disk has them."""
    try:
        shutil.copytree(graph / "store", folder / "store", copy_function=os.link)
    except shutil.Error:
        shutil.rmtree(folder)
        shutil.copytree(graph / "store", folder / "store")
    shutil.copy2(graph / "manifest.json", folder)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.benchmarks.change", description=__doc__)
    parser.add_argument("graph", type=Path, help="a folder that `kg build` wrote")
    parser.add_argument("record", type=Path, help="a file of one paper that the graph does not have")
    parser.add_argument("--rounds", type=int, default=5, help="how often each command runs; the median counts")
    given = parser.parse_args()
    (paper,) = read(given.record, skipped=[])
    kg = [sys.executable, "-m", "kg"]
    taken: dict[str, list[Taken]] = {}
    with tempfile.TemporaryDirectory(dir=given.graph.absolute().parent) as work:
        folder = str(linked(given.graph, Path(work) / "graph"))
        commands = {
            "the libraries alone": [sys.executable, "-c", LIBRARIES],
            "kg link": [*kg, "link", TEXT],
            "kg add": [*kg, "add", "-q", folder, str(given.record.absolute())],
            "kg remove": [*kg, "remove", "-q", folder, paper.id],
        }
        for _ in range(given.rounds + 1):
            for name, command in commands.items():
                taken.setdefault(name, []).append(run(command))
    print("| command | processor s | wall s |\n|---|---|---|")
    for name, some in taken.items():
        processor, wall = zip(*some[1:], strict=True)  # the first round fills caches
        print(
            f"| {name} | {median(processor):.2f} [{min(processor):.2f}, {max(processor):.2f}] "
            f"| {median(wall):.2f} [{min(wall):.2f}, {max(wall):.2f}] |"
        )


if __name__ == "__main__":
    main()
