"""`python -m tests.benchmarks CORPUS`: measures and prints the table, and writes it to a file."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.cases import CASES, Given
from tests.benchmarks.measure import Row, machine, table

parser = argparse.ArgumentParser(prog="tests.benchmarks", description="Figures of kg beside their peers.")
parser.add_argument("corpus", type=Path, help="arXiv records, one JSON object a line, also .gz")
parser.add_argument("--papers", type=int, default=1000, help="how many of them")
parser.add_argument("--rounds", type=int, default=3, help="how often each pair is measured; the median counts")
parser.add_argument("--only", choices=CASES, action="append", help="one case; may be repeated")
parser.add_argument("-o", "--output", type=Path, help="Markdown file to write")
arguments = parser.parse_args()
if not arguments.corpus.is_file():
    parser.error(f"{arguments.corpus}: no such file; any file of the arXiv metadata snapshot will do")
rows: list[Row] = []
with tempfile.TemporaryDirectory() as work:
    given = Given(arguments.corpus, arguments.papers, Path(work), arguments.rounds)
    for name in arguments.only or CASES:
        print(f"measuring {name}", file=sys.stderr)
        rows += CASES[name](given)
    head = f"{len(given.papers):,} abstracts, medians of {arguments.rounds} rounds, ours and the peer's in turn. {machine()}."
report = f"{head}\n\n{table(rows)}"
if arguments.output:
    arguments.output.write_text(report, encoding="utf-8")
print(report)
