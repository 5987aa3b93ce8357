"""What worker processes do in the measurement of two processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kg.readers import read
from kg.tasks import linker_of


@dataclass(frozen=True)
class Link:
    """Links papers of a file from one to another, and says how many links there are."""

    path: str

    def __call__(self, span: tuple[int, int]) -> int:
        linker = linker_of(())
        papers = islice(read(Path(self.path), skipped=[]), *span)
        return sum(len(linker.extract(p).links) for p in papers)


@dataclass(frozen=True)
class Spin:
    """Sums so many numbers: nothing but the processor is needed."""

    def __call__(self, steps: int) -> int:
        total = 0
        for n in range(steps):
            total = (total * 31 + n) & 0xFFFFFFFF
        return total


@dataclass(frozen=True)
class Warm:
    """Makes a worker ready; takes long enough that each of two workers gets one."""

    def __call__(self, job: int) -> int:
        linker_of(())
        time.sleep(0.5)
        return job
