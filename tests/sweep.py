"""Reads a large corpus whole, for what no small test shows: `make sweep CORPUS=papers.jsonl`.

Every quote of every paper is compared with the text it points to, once when it is built and once as the store gives it back;
what the build left out is named, and the sweep fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kg import store
from kg.assemble import check_evidence
from kg.build import build
from kg.errors import EvidenceError
from kg.explore import open_graph


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the quotes of a graph folder, a line each; it is read shard by shard."""
    graph = open_graph(folder)
    for shard in graph.manifest["shards"]:
        for facts in store.facts(graph.folder / "store" / shard["facts"]):
            yield from facts.left_out
            try:
                check_evidence([facts])
            except EvidenceError as error:
                yield str(error)


def main() -> int:
    """Build, look, and say; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep")
    parser.add_argument("corpus", type=Path, help="a file of arXiv records")
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        report = build(parser.parse_args().corpus, Path(place, "graph"), formats="core")
        print(f"{report.counts['papers']} papers in {time.perf_counter() - start:.0f} s: {report.counts}")
        found = [*(f"{s.file}:{s.line}: {s.reason}" for s in report.skipped if s.lost), *faults(report.folder)]
    print(*found, f"{len(found)} faults", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
