"""How a build grows with the corpus: `make growth CORPUS=papers.jsonl [SIZES="10000 100000 1000000"]`.

Sizes beyond the corpus are made of copies of it: each has ids of its own, and the names that its papers introduce are other
names in each copy, so that there are as many new names per paper as in the corpus. What grows with the number of different texts
(unlisted terms) grows less than it would in as many real papers.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.measure import machine

_WORD = re.compile(r"[\w.+-]*\w")


class Names(NamedTuple):
    """Names that papers introduce: odd words, which are renamed wherever they stand, and by paper all others."""

    words: frozenset[str]
    of_paper: dict[str, list[str]]


class Built(NamedTuple):
    """One build: papers, seconds on the wall and of processors, largest process and bytes of the folder."""

    papers: int
    wall: float
    processor: float
    peak: int
    disk: int


def introduced(folder: Path) -> Names:
    """What papers of the graph in `folder` introduce that no vocabulary holds, as it is written there."""
    with (folder / "tables" / "entities.csv").open(encoding="utf-8", newline="") as file:
        entities = list(csv.DictReader(file))
    new = {e["id"] for e in entities if e["discovered"] == "true"}
    known = {e["label"].casefold() for e in entities if e["id"] not in new}
    words, of_paper = set(), defaultdict(set)
    with (folder / "tables" / "edges.csv").open(encoding="utf-8", newline="") as file:
        for e in csv.DictReader(file):
            if e["relation"] == "introduces" and e["entity"] in new:
                name = e["exact"]
                if _WORD.fullmatch(name) and name != name.lower() and name.casefold() not in known:
                    words.add(name)
                else:
                    of_paper[e["paper"]].add(name)
    return Names(frozenset(words), {p: sorted(some, key=lambda s: (-len(s), s)) for p, some in of_paper.items()})


def copies(records: Sequence[dict[str, str]], names: Names) -> Iterator[dict[str, str]]:
    """The records, and then without end the records under other ids and with other names."""
    yield from records
    for number in range(1, 26):
        for i, record in enumerate(records, (number - 1) * len(records)):
            text = {field: renamed(record, record[field], names, number) for field in ("title", "abstract")}
            # From 2030 on, 99,999 papers a month: nothing that is in a corpus of today.
            month = i // 99_999
            yield {**record, **text, "id": f"{30 + month // 12}{month % 12 + 1:02d}.{i % 99_999 + 1:05d}"}


def renamed(record: dict[str, str], text: str, names: Names, number: int) -> str:
    """A text of the record with a letter behind each introduced name, another one in each copy."""
    letter = chr(ord("a") + number)

    def other(name: str) -> str:
        return name + (letter.upper() if name[-1].isupper() else letter)

    for name in names.of_paper.get(f"arxiv:{record['id']}", ()):
        text = text.replace(name, other(name))
    return _WORD.sub(lambda m: other(m[0]) if m[0] in names.words else m[0], text)


def measured(papers: Path, number: int, folder: Path) -> Built:
    """`kg build` as a process of its own."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "kg", "build", str(papers), "-o", str(folder), "--quiet"])
    _, status, used = os.wait4(process.pid, 0)  # with all processes that it has waited for
    if status:
        raise SystemExit(f"kg build {papers} failed with status {os.waitstatus_to_exitcode(status)}")
    wall = time.perf_counter() - started
    disk = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    return Built(number, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, disk)


def exponent(a: float, b: float, papers_a: int, papers_b: int) -> float:
    """The power of the number of papers with which a figure grows from one size to the other."""
    return math.log(b / a) / math.log(papers_b / papers_a)


def report(builds: Sequence[Built]) -> str:
    """The builds as a table in Markdown, with exponents from the first to the last."""
    rows = [
        "| papers | seconds | of processors | papers/s | largest process | bytes on disk per paper |",
        "|---|---|---|---|---|---|",
    ]
    for b in builds:
        rows.append(
            f"| {b.papers:,} | {b.wall:,.0f} | {b.processor:,.0f} | {b.papers / b.wall:,.0f} | {b.peak / 2**20:,.0f} MiB |"
            f" {b.disk / b.papers:,.0f} |"
        )
    text = "\n".join(rows) + "\n"
    if len(builds) > 1:
        a, b = builds[0], builds[-1]
        wall = exponent(a.wall, b.wall, a.papers, b.papers)
        processor = exponent(a.processor, b.processor, a.papers, b.papers)
        text += (
            f"\nFrom {a.papers:,} to {b.papers:,} papers the time grows with the power {wall:.2f} of their number,"
            f" the processors' with {processor:.2f}.\n"
        )
    return text


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.benchmarks.growth", description="How a build grows with the corpus.")
    parser.add_argument("corpus", type=Path, help="arXiv records, one JSON object a line, also .gz")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="numbers of papers")
    parser.add_argument("--work", type=Path, help="folder for the graphs, which stay there")
    parser.add_argument("-o", "--output", type=Path, help="Markdown file to write")
    arguments = parser.parse_args()
    with gzip.open(arguments.corpus, "rt") if arguments.corpus.suffix == ".gz" else arguments.corpus.open() as file:
        records = [json.loads(line) for line in file]
    builds: list[Built] = []
    names = Names(frozenset(), {})
    with tempfile.TemporaryDirectory(dir=arguments.work) as work:
        for size in sorted(arguments.sizes):
            path = Path(work, "papers.jsonl")
            with path.open("w", encoding="utf-8") as file:
                for record in islice(copies(records, names), size):
                    file.write(json.dumps(record) + "\n")
            folder = (arguments.work or Path(work)) / f"graph-{size}"
            builds.append(measured(path, size, folder))
            print(builds[-1], file=sys.stderr)
            if size <= len(records):
                names = introduced(folder)
            text = f"`kg build`, each in a process of its own. {machine()}.\n\n{report(builds)}"
            if arguments.output:
                arguments.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
