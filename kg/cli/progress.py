"""What a terminal shows of a long run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

#: Called with a stage name, how much is done and how much there is (0 = unknown).
Progress = Callable[[str, int, int], None]


@contextmanager
def shown(quiet: bool) -> Iterator[Progress]:
    """A progress line on standard error for whatever takes longer than two seconds, on a terminal or not."""
    console = Console(stderr=True)
    started = last = time.perf_counter()
    with console.status("") if console.is_terminal and not quiet else _nothing() as status:

        def tell(stage: str, done: int, total: int) -> None:
            nonlocal last
            now = time.perf_counter()
            if quiet or now - started < 2:
                return
            text = f"{stage} {done:,} of {total:,}" if total else f"{stage} {done:,}" if done else stage
            if status is not None:
                status.update(text)
            elif now - last > 5:
                last = now
                console.print(text, highlight=False)

        yield tell


@contextmanager
def _nothing() -> Iterator[None]:
    yield None
