"""How fast a served graph answers, in one table: `make bench-serve GRAPH=DIR` (`python -m tests.benchmarks.serving DIR`).

Starts `kg serve` with its own settings on the folder, whose index must be there (`kg serve DIR --prepare`), and prints

- the seconds from the start of the command to the first answer, the median of `--starts`;
- for each worked query the median, the 95th percentile and the slowest of `--times` askings, one at a time, none of them
  answered from kept answers; then the percentile over the lookups (queries that name a thing of the graph and count
  nothing) and over the others, the aggregates, which read all papers;
- what `--clients` clients see that ask worked queries at random for `--seconds`, with answers kept as the server does, and
  with none kept: answers a second, percentiles, errors, and the memory that the server and its workers hold.

Beside each time stands the processor time, which a busy machine hardly changes; it decides a verdict where the wall clock
misses a bar and the load says why ("met in processor time"). Ends with 1 if a bar is missed by both.

With `--load` it first makes the index in a temporary folder and prints how many statements a second that takes.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

import kg
from kg.folder import read_manifest
from kg.index import prepare
from kg.serve import worked
from kg.serve.worked import WorkedQuery

#: Seconds: an answer of a lookup, of an aggregate (95th percentiles), the first answer after a start.
LOOKUP, AGGREGATE, START = 0.1, 1.0, 2.0

#: The paper that worked queries ask about; a graph without it is asked about the one with most claims.
PAPER = "paper/arxiv-2006.06762"


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int, float]]:
    """A server: its address, its process, and the seconds until its first answer."""
    started = time.monotonic()
    command = [sys.executable, "-m", "kg", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = process.stderr
            found = None
            while found is None and (line := process.stderr.readline()):
                found = re.search(r"http://([\d.:]+)/", line)
            if found is None:
                raise SystemExit("the server did not start")
            ask(http.client.HTTPConnection(found[1], timeout=60), "SELECT ?p { ?p a kg:Paper } LIMIT 1")
            first = time.monotonic() - started
            # What the server says later is printed: unread, it would fill the pipe and stop the server.
            threading.Thread(
                target=lambda: [print(line, end="", file=sys.stderr) for line in said], daemon=True
            ).start()
            yield found[1], process.pid, first
        finally:
            process.terminate()


def ask(connection: http.client.HTTPConnection, query: str) -> float:
    """Ask once; the seconds it took. Raises RuntimeError for an answer that is none."""
    started = time.perf_counter()
    connection.request(
        "POST", "/sparql", urlencode({"query": query}), {"Content-Type": "application/x-www-form-urlencoded"}
    )
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {body[:200]!r}")
    return time.perf_counter() - started


def queries(folder: Path) -> list[WorkedQuery]:
    """The worked queries, about a paper that the graph has."""
    base: str = read_manifest(folder)["base_iri"]
    most = "SELECT ?p (COUNT(*) AS ?n) { ?c kg:claimedBy ?p } GROUP BY ?p ORDER BY DESC(?n) LIMIT 1"
    rows = kg.open(folder).query(most)
    assert isinstance(rows, list)
    paper = rows[0]["p"] if rows else base + PAPER
    return [q._replace(text=q.text.replace(base + PAPER, paper)) for q in worked.queries(base)]


def is_lookup(query: WorkedQuery) -> bool:
    """Whether a query starts from a thing that it names, and counts nothing."""
    return ("/id/" in query.text or query.name == "runs-on-arm") and "COUNT(" not in query.text


def percentile(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def memory(pid: int) -> int:
    """Bytes that a process and its children hold, pages they share counted once."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = 0
    for each in (pid, *map(int, children)):
        with suppress(OSError):  # a worker that has just ended
            lines = Path(f"/proc/{each}/smaps_rollup").read_text()
            total += 1024 * int(re.search(r"^Pss_Anon:\s+(\d+)", lines, re.MULTILINE)[1])  # type: ignore[index]
    return total


def work(pid: int) -> float:
    """Seconds of processor time that a process and its children have had."""
    total = 0
    for each in (pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())):
        with suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def verdict(wall: float, processor: float, bar: float) -> str:
    """Whether a bar is met: on the clock, in processor time alone, or in neither."""
    return "met" if wall <= bar else "met in processor time" if processor <= bar else "MISSED"


def ms(*seconds: float) -> str:
    """Times in columns, as milliseconds."""
    return "".join(f"{1000 * s:7.0f}" for s in seconds)


def starts(folder: Path, count: int) -> str:
    """How long it takes from the command to the first answer: a verdict, after printing it."""
    took = []
    for _ in range(count):
        with serving(folder) as (_, pid, first):
            took.append((first, work(pid)))
    wall, processor = (statistics.median(column) for column in zip(*took, strict=True))
    found = verdict(wall, processor, START)
    print(f"first answer {wall:.2f} s after the start, {processor:.2f} s of processor time; bar {START:g} s: {found}")
    return found


def one_at_a_time(address: str, pid: int, asked: list[WorkedQuery], times: int) -> list[str]:
    """The table of the worked queries: the verdicts of lookups and aggregates, after printing it."""
    connection = http.client.HTTPConnection(address, timeout=120)
    all_of: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    print(f"{'milliseconds':28} {'kind':10}    p50    p95    max cpu p95    bar  verdict")
    for query in asked:
        took = []
        for _ in range(times):
            before = work(pid)
            # The server keeps answers by the text of the query; a comment makes it another one.
            took.append((ask(connection, f"{query.text}\n# {time.monotonic_ns()}"), work(pid) - before))
        all_of[is_lookup(query)] += took
        _line(query.name, is_lookup(query), took)
    return [_line(f"all {'lookups' if lookup else 'aggregates'}", lookup, took) for lookup, took in all_of.items()]


def _line(name: str, lookup: bool, took: list[tuple[float, float]]) -> str:
    wall, processor = (list(column) for column in zip(*took, strict=True))
    bar = LOOKUP if lookup else AGGREGATE
    high, high_processor = percentile(wall), percentile(processor)
    found = verdict(high, high_processor, bar)
    kind = "lookup" if lookup else "aggregate"
    print(f"{name:28} {kind:10}{ms(statistics.median(wall), high, max(wall), high_processor, bar)}  {found}")
    return found


def many(address: str, pid: int, asked: list[WorkedQuery], clients: int, seconds: float, *, kept: bool) -> str:
    """What many clients see: a verdict, after printing it."""
    took: list[float] = []
    errors: list[str] = []
    most = 0
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection(address, timeout=120)
        chance = random.Random(number)
        while time.monotonic() < end:
            query = chance.choice(asked).text
            try:
                took.append(ask(connection, query if kept else f"{query}\n# {time.monotonic_ns()} {number}"))
            except (RuntimeError, OSError, http.client.HTTPException) as error:
                errors.append(str(error) or repr(error))
                connection = http.client.HTTPConnection(address, timeout=120)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    while any(t.is_alive() for t in threads):
        most = max(most, memory(pid))
        time.sleep(0.5)
    words = "answers kept" if kept else "no answer kept"
    found = "MISSED" if errors or not took else "met"
    print(
        f"{clients} clients for {seconds:g} s, {words}: {len(took)} answers ({len(took) / seconds:.0f} a second), "
        f"p50 {statistics.median(took or [0]):.2f} s, p95 {percentile(took or [0]):.2f} s, {most / 1e6:.0f} MB; "
        f"{len(errors)} errors, bar 0: {found}"
    )
    for error, count in Counter(errors).most_common(5):
        print(f"  {count} x {error}")
    return found


def load(folder: Path) -> None:
    """Make the index anew, in a temporary folder beside the graph."""
    counts = read_manifest(folder)["counts"]
    triples, quads = counts["triples"], counts["provenance quads"]
    with tempfile.TemporaryDirectory(dir=folder.parent) as home:
        for file in folder.iterdir():
            if file.is_file():
                (Path(home) / file.name).symlink_to(file.resolve())
        stages: list[tuple[str, float]] = []
        prepare(Path(home), progress=lambda stage, done, total: stages.append((stage, time.monotonic())))
        stages.append(("", time.monotonic()))
    sizes = {"indexing graph.nt": triples, "indexing provenance.nq": quads, "indexing the union": quads}
    for (stage, start), (_, end) in pairwise(stages):
        rate = f", {sizes[stage] / (end - start):,.0f} statements a second" if stage in sizes else ""
        print(f"{stage}: {end - start:.1f} s{rate}")


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast a served graph answers.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--load", action="store_true")
    given = parser.parse_args()
    papers = read_manifest(given.folder)["counts"]["papers"]
    print(f"{papers:,} papers, pyoxigraph {ox.__version__}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if given.load:
        load(given.folder)
    asked = queries(given.folder)
    verdicts = [starts(given.folder, given.starts)]
    with serving(given.folder) as (address, pid, _):
        verdicts += one_at_a_time(address, pid, asked, given.times)
        for kept in (True, False):
            verdicts.append(many(address, pid, asked, given.clients, given.seconds, kept=kept))
    print(f"load {os.getloadavg()[0]:.1f}")
    sys.exit("MISSED" in verdicts)


if __name__ == "__main__":
    main()
