"""The commands that write a graph folder: build, add, update, remove, export."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.progress import shown
from kg.cli.report import console_of, counts_of, finish, harmless
from kg.errors import InputError

if TYPE_CHECKING:
    from kg.build import Report
    from kg.engine import Engine

Inputs = Annotated[list[Path], typer.Argument(help="Files or folders of papers.", show_default=False)]
Folder = Annotated[Path, typer.Argument(help="A folder that `kg build` wrote.", show_default=False)]


def _reader(name: str | None) -> str | None:
    """The name of a reader, checked. The readers are loaded only where one is named."""
    if name is not None:
        from kg.readers import READERS

        if name not in READERS:
            raise typer.BadParameter(f"no reader {name!r}; there are {', '.join(sorted(READERS))}")
    return name


def _formats(names: str | None) -> str | None:
    if names is not None:
        from kg.export.choice import parse

        try:
            parse(names)
        except InputError as error:
            raise typer.BadParameter(str(error)) from None
    return names


Reader = Annotated[
    str | None,
    typer.Option(
        "--format",
        callback=_reader,
        help="Reader for all inputs: arxiv-jsonl, arxiv-oai, arxiv-atom or seeds; by content if left out.",
    ),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; one per processor if left out.")]
Formats = Annotated[
    str | None,
    typer.Option(
        callback=_formats,
        help="core: N-Triples, N-Quads, tables and page; all: turtle, json-ld, rdf-xml, trig and graphml, too; "
        "auto: all up to 20,000 papers, core above; or some of those five, joined by commas, beside the core. "
        "Left out: auto for a build, for an export what was chosen.",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]


class EngineName(StrEnum):
    """Where papers are linked."""

    local = "local"
    ray = "ray"


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    for command in (build, add, update, remove, export):
        app.command()(command)


def build(
    inputs: Inputs,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write.")] = Path("graph"),
    format: Reader = None,
    vocabulary: Annotated[list[Path] | None, typer.Option(help="Vocabulary file of your own; may be repeated.")] = None,
    base_iri: Annotated[str | None, typer.Option(help="Where resource IRIs live.")] = None,
    abstracts: Annotated[bool, typer.Option(help="Write abstracts to the RDF.")] = True,
    rdf12: Annotated[bool, typer.Option("--rdf12", help="Write RDF 1.2 annotations, too.")] = False,
    formats: Formats = None,
    workers: Workers = None,
    engine: Annotated[
        EngineName, typer.Option(help="Where papers are linked: on this machine, or on a Ray cluster.")
    ] = EngineName.local,
    address: Annotated[str | None, typer.Option(help="Ray: host:port; a cluster on this machine if left out.")] = None,
    through: Annotated[
        str | None, typer.Option(help="Ray without a shared disk: URI of a folder (s3://, gs://, hdfs://).")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Build a graph folder: RDF, page, tables, GraphML."""
    from kg.build import build as run
    from kg.settings import BASE_IRI

    started = time.perf_counter()
    with shown(quiet) as progress, _engine(engine, address, through, workers) as where:
        report = run(
            inputs,
            output if where is None else output.absolute(),
            format=format,
            vocabulary=vocabulary or (),
            base_iri=base_iri or BASE_IRI,
            abstracts=abstracts,
            rdf12=rdf12,
            formats=formats or "auto",
            workers=workers,
            engine=where,
            progress=progress,
        )
    if not quiet:
        console = console_of()
        title = f"{output}: {report.counts['papers']} papers in {time.perf_counter() - started:.1f} s"
        console.print(counts_of(title, report.counts))
        for line in harmless(report.skipped):
            console.print(line, highlight=False, markup=False)
    finish(report)


def add(folder: Folder, inputs: Inputs, format: Reader = None, workers: Workers = None, quiet: Quiet = False) -> None:
    """Add papers to a graph folder; one that is there is merged with its new record."""
    _hurry()
    from kg.build import add as run

    with shown(quiet) as progress:
        report = run(folder, inputs, format=format, workers=workers, progress=progress)
    _say(report, quiet)


def update(
    folder: Folder, inputs: Inputs, format: Reader = None, workers: Workers = None, quiet: Quiet = False
) -> None:
    """Put new records of papers in the place of the old ones."""
    _hurry()
    from kg.build import update as run

    with shown(quiet) as progress:
        report = run(folder, inputs, format=format, workers=workers, progress=progress)
    _say(report, quiet)


def remove(
    folder: Folder,
    papers: Annotated[list[str], typer.Argument(help="Papers: 2006.06762, doi:… or abs:…", show_default=False)],
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Remove papers with all that only they say."""
    _hurry()
    from kg.build import remove as run

    with shown(quiet) as progress:
        report = run(folder, papers, workers=workers, progress=progress)
    _say(report, quiet)


def export(
    folder: Folder,
    force: Annotated[bool, typer.Option("--force", help="Also if nothing changed.")] = False,
    formats: Formats = None,
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Write the RDF, page, tables and GraphML anew after papers were added or removed."""
    from kg.build import refresh
    from kg.export.choice import left_out
    from kg.folder import read_manifest

    with shown(quiet) as progress:
        done = refresh(folder, force=force, formats=formats, workers=workers, progress=progress)
    if not quiet:
        typer.echo(f"{folder}: written" if done else f"{folder}: up to date")
        manifest = read_manifest(folder)
        if said := left_out(manifest.get("formats", ""), manifest["counts"]["papers"], str(folder)):
            typer.echo(f"note: {said}", err=True)


def current(folder: Path) -> Path:
    """The folder, its exports written anew if papers came or went since: nothing is answered from stale files."""
    from kg.folder import read_manifest

    if folder.is_dir() and read_manifest(folder).get("stale"):
        from kg.build import refresh

        typer.echo(f"{folder}: papers came or went; writing its files anew", err=True)
        with shown(False) as progress:
            refresh(folder, progress=progress)
    return folder


def _hurry() -> None:
    """Start sooner: most of what adding one paper takes is loading. To be called before `kg.build` is imported."""
    gc.set_threshold(100_000, 20, 20)  # what is loaded stays; looking through it for rubbish takes a tenth of the time
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts threads to multiply matrices; there are none here


def _say(report: Report, quiet: bool) -> None:
    if not quiet:
        typer.echo(f"{report.folder}: {report.counts['papers']:,} papers; `kg export {report.folder}` writes its files")
    finish(report)


@contextmanager
def _engine(name: EngineName, address: str | None, through: str | None, workers: int | None) -> Iterator[Engine | None]:
    """The engine of a build; None for processes of this machine."""
    if name is EngineName.local:
        if address or through:
            raise typer.BadParameter("--address and --through belong to --engine ray")
        yield None
        return
    from kg.engine_ray import Ray
    from kg.engine_remote import Remote

    with Ray(address, workers) as ray:
        if through is None:
            yield ray
            return
        with Remote(ray, through) as remote:
            yield remote
