"""What a terminal shows of a long run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from kg.progress import Progress


@contextmanager
def shown(quiet: bool) -> Iterator[Progress]:
    """A progress line on standard error for whatever takes longer than two seconds, on a terminal or not."""
    started = last = time.perf_counter()
    terminal = sys.stderr.isatty()
    status: Any = None
    with ExitStack() as stack:

        def tell(stage: str, done: int, total: int) -> None:
            nonlocal last, status
            now = time.perf_counter()
            if quiet or now - started < 2:
                return
            text = f"{stage} {done:,} of {total:,}" if total else f"{stage} {done:,}" if done else stage
            if terminal:
                if status is None:
                    from rich.console import Console  # takes as long to load as a paper to link

                    status = stack.enter_context(Console(stderr=True).status(""))
                status.update(text)
            elif now - last > 5:
                last = now
                print(text, file=sys.stderr, flush=True)

        yield tell
