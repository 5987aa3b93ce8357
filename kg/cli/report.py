"""How commands print: tables, what was left out of the inputs, and what a user should know."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kg.build import Report
    from kg.readers import Skip

#: Exit code: done, but something in the inputs was skipped.
SKIPPED = 3
#: So many skips are printed.
SHOWN = 10


def finish(report: Report) -> None:
    """Print notes and skips on standard error. Raises `typer.Exit` with `SKIPPED` if anything was lost."""
    for note in report.notes:
        typer.echo(f"note: {note}", err=True)
    lost: list[Skip] = [s for s in report.skipped if not s.harmless]
    for skip in lost[:SHOWN]:
        where = f"{skip.file}:{skip.line}: " if skip.line else ""
        typer.echo(f"skipped: {where}{skip.reason}", err=True)
    if len(lost) > SHOWN:
        more = len(lost) - SHOWN
        typer.echo(f"skipped: {more} more, all listed in {report.folder / 'manifest.json'}", err=True)
    if lost:
        raise typer.Exit(SKIPPED)


def harmless(skipped: Iterable[Skip]) -> list[str]:
    """Lines for what is no record at all, such as the heading of a listing."""
    return [f"no record: {s.file}:{s.line}: {s.reason}" for s in skipped if s.harmless][:SHOWN]


def console_of(width: int | None = None) -> Console:
    """Standard output; `width`: in characters, where it is no terminal."""
    from rich.console import Console  # takes as long to load as a paper to link

    return Console(width=None if sys.stdout.isatty() else width)


def table_of(*columns: str, **options: Any) -> Table:
    """An empty table."""
    from rich.table import Table

    return Table(*columns, **options)
