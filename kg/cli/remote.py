"""The command that sends a graph folder to a store elsewhere: push."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Annotated

import typer

from kg.cli.progress import shown
from kg.cli.store import Folder, current


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command()(push)


class Protocol(StrEnum):
    """How `kg push` speaks to an endpoint."""

    auto = "auto"
    update = "update"
    store = "store"


def push(
    folder: Folder,
    endpoint: Annotated[
        str, typer.Option(help="URL that takes SPARQL updates, or of a graph store.", show_default=False)
    ],
    graph: Annotated[
        str | None, typer.Option(help="Graph for nodes, edges and claims; the default graph if left out.")
    ] = None,
    token: Annotated[str, typer.Option(envvar="KG_TOKEN", help="Shown as a bearer token.", show_envvar=True)] = "",
    user: Annotated[
        str, typer.Option(envvar="KG_USER", help="name:password, for Basic or Digest.", show_envvar=True)
    ] = "",
    protocol: Annotated[Protocol, typer.Option(help="How the endpoint is spoken to.")] = Protocol.auto,
    replace: Annotated[bool, typer.Option("--replace", help="Empty the graphs of an earlier build first.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Forget what was sent before.")] = False,
    lines: Annotated[int, typer.Option(min=1, help="Most triples of one request.")] = 10_000,
) -> None:
    """Load a graph folder into a SPARQL store, from where an earlier run got to."""
    from kg.push import push as run

    current(folder)
    started = time.perf_counter()
    with shown(False) as progress:
        done = run(
            folder,
            endpoint,
            graph=graph,
            token=token,
            user=user,
            protocol=protocol.value,
            replace=replace,
            anew=anew,
            lines=lines,
            progress=progress,
        )
    if done.rebuilt and not replace:
        typer.echo(
            f"{folder} was built anew since the last push: all is sent; --replace removes what is gone, and counts of "
            "papers that are no longer true",
            err=True,
        )
    before = f", {done.resumed:,} were there from an earlier run (--anew sends all)" if done.resumed else ""
    typer.echo(f"{done.endpoint}: {done.sent:,} triples sent in {time.perf_counter() - started:.1f} s{before}")
