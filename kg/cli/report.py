"""How commands print: tables, what was left out of the inputs, and what a user should know."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
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
    for line in skips(report.skipped, f", all listed in {report.folder / 'manifest.json'}"):
        typer.echo(line, err=True)
    if not report.complete:
        raise typer.Exit(SKIPPED)


def skips(found: Sequence[Skip], rest: str = "") -> list[str]:
    """Lines for what was skipped, and notes of what was kept though not as it stands; nothing of what is harmless. Line 0 is a
    whole file, whose reason names it. `rest` says where those beyond the first few are told."""
    lines = []
    for word, some in (("skipped", [s for s in found if s.lost]), ("note", [s for s in found if s.kept])):
        lines += [f"{word}: {f'{s.file}:{s.line}: ' if s.line else ''}{s.reason}" for s in some[:SHOWN]]
        lines += [f"{word}: {len(some) - SHOWN} more{rest}"] if len(some) > SHOWN else []
    return lines


def counts_of(title: str, counts: Mapping[str, int]) -> Table:
    """A table of what a graph holds."""
    from rich.markup import escape

    table = table_of("what", title=escape(title), title_justify="left")
    table.add_column("how many", justify="right")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table


def harmless(skipped: Iterable[Skip]) -> list[str]:
    """Lines for what is no record at all, such as the heading of a listing."""
    return [f"no record: {s.file}:{s.line}: {s.reason}" for s in skipped if s.harmless][:SHOWN]


def console_of(width: int | None = None) -> Console:
    """Standard output; `width`: in characters, where it is no terminal."""
    from rich.console import Console  # takes as long to load as a paper to link

    return Console(width=None if sys.stdout.isatty() else width, emoji=False)


def table_of(*columns: str, **options: Any) -> Table:
    """An empty table."""
    from rich.table import Table

    return Table(*columns, **options)
