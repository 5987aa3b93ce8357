"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

#: Called with a stage name, how much is done and how much there is (0 = unknown).
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """The `Progress` of who wants to hear nothing."""
