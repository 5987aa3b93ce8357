"""Two ways to do one thing, measured in turn, as a row of a table."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

#: A measurement shorter than this (seconds) is repeated until it is not.
SHORTEST = 0.2


class Row(NamedTuple):
    """Rates of ours and a peer, `unit` per second, and the median of the ratios of the rounds with its extremes."""

    what: str
    unit: str
    ours: float
    peer_name: str
    peer: float
    ratio: float
    lowest: float
    highest: float


def beside(
    what: str,
    unit: str,
    amount: float,
    ours: Callable[[], object],
    peer_name: str,
    peer: Callable[[], object],
    *,
    rounds: int,
    peer_amount: float | None = None,
    clock: Callable[[], float] = time.process_time,
) -> Row:
    """Run both in turn, `rounds` times.

    Args:
        amount: how many units one call does; `peer_amount` where the peer's call does another number.
        clock: processor time of this process, threads included, which other work on the machine disturbs least; where
            several processes work, the clock on the wall.
    """
    pairs = []
    for _ in range(rounds):
        a = amount / seconds(ours, clock)
        pairs.append((a, (peer_amount or amount) / seconds(peer, clock)))
    return row(what, unit, peer_name, pairs)


def row(what: str, unit: str, peer_name: str, pairs: Sequence[tuple[float, float]]) -> Row:
    """A row of pairs of figures, one pair a round."""
    ratios = [a / b for a, b in pairs]
    return Row(
        what, unit, median(a for a, _ in pairs), peer_name, median(b for _, b in pairs),
        median(ratios), min(ratios), max(ratios),
    )  # fmt: skip


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long one call takes, on average over as many as `SHORTEST` needs."""
    calls, started, limit = 0, clock(), time.perf_counter() + 5 * SHORTEST
    while calls == 0 or (clock() - started < SHORTEST and time.perf_counter() < limit):
        work()
        calls += 1
    return max(clock() - started, 1e-9) / calls


def table(rows: Iterable[Row]) -> str:
    """Rows as a table in Markdown."""
    lines = ["| what | unit | kg | peer | its figure | kg / peer |", "|---|---|---|---|---|---|"]
    for r in rows:
        spread = f"{short(r.ratio)} [{short(r.lowest)}, {short(r.highest)}]"
        lines.append(f"| {r.what} | {r.unit} | {short(r.ours)} | {r.peer_name} | {short(r.peer)} | {spread} |")
    return "\n".join(lines) + "\n"


def short(number: float) -> str:
    """A number in about three digits."""
    if number >= 100:
        digits = len(str(int(number))) - 3
        return f"{round(number, -digits):,.0f}"
    return f"{number:.3g}" if number >= 0.001 else f"{number:.1e}"


def machine() -> str:
    """What the figures were measured on."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        cpu = names[0] if names else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{p} {version(p)}" for p in ("spacy", "rdflib", "pyoxigraph", "networkx", "pyvis"))
    return f"{os.cpu_count()} × {cpu}, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}; {packages}"
