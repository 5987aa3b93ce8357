"""The `kg` command: arguments, progress and printing. Every command is a thin call into the library.

Exit codes: 0 done; 1 an error, nothing was written; 2 the arguments are wrong; 3 done, but something in the inputs was
skipped (it is named); 4 `kg validate` found a violation; 70 a defect of kg itself; 130 interrupted; 141 nobody reads what
it prints.
"""

from __future__ import annotations

import math
import os
import re
import signal
import sys
from enum import StrEnum
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg import __version__
from kg.cli import remote, store
from kg.cli.progress import shown
from kg.cli.report import SKIPPED, console_of, counts_of, skips, table_of
from kg.errors import InputError, KGError, QueryError, ServeError
from kg.forms import is_text

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    name="kg",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A typed knowledge graph of papers, with the evidence on every edge.",
    epilog="Exit codes: 0 done, 1 error, 2 wrong arguments, 3 done but something was skipped, 4 not valid.",
)

INVALID = 4
PIPE = 128 + 13  # as a shell says of what SIGPIPE ended


class Format(StrEnum):
    """How `kg query` prints its answer."""

    table = "table"
    json = "json"
    csv = "csv"
    turtle = "turtle"


Folder = Annotated[Path, typer.Argument(help="A folder that `kg build` wrote.", show_default=False)]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paperkg {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


store.register(app)
remote.register(app)


@app.command()
def query(
    folder: Folder,
    query: Annotated[str, typer.Argument(help="A SPARQL query, or a file that holds one.", show_default=False)],
    format: Annotated[
        Format | None,
        typer.Option(
            help="How to print the answer: CONSTRUCT and DESCRIBE as turtle, the others as table, json or csv; "
            "turtle or table if left out.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Ask the graph in SPARQL. The usual prefixes (kg, skos, dct, …) need no declaration."""
    import pyoxigraph as ox

    from kg.explore import open_graph, value
    from kg.index import is_damaged

    graph = open_graph(store.current(folder))
    text = _query_text(query)
    if graph.large or is_damaged(folder):
        with shown(False) as progress:
            graph.prepare(progress, _note)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        # The query runs outside Python, which would hear of Ctrl-C at its end.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    answer = graph.raw_query(text)
    if isinstance(answer, ox.QueryTriples):
        if format not in (None, Format.turtle):
            raise typer.BadParameter(f"--format {format}: CONSTRUCT and DESCRIBE answer with a graph, --format turtle")
        _write(ox.serialize(answer, format=ox.RdfFormat.TURTLE, prefixes=_prefixes()))
        return
    if format is Format.turtle:
        raise typer.BadParameter("--format turtle: SELECT and ASK answer with rows, --format table, json or csv")
    if format in (Format.json, Format.csv):
        kind = ox.QueryResultsFormat.JSON if format is Format.json else ox.QueryResultsFormat.CSV
        if isinstance(answer, ox.QueryBoolean) and format is Format.csv:
            typer.echo(str(bool(answer)).lower())
            return
        _write(answer.serialize(format=kind))
        if format is Format.json:
            typer.echo()
        return
    if isinstance(answer, ox.QueryBoolean):
        typer.echo("yes" if answer else "no")
        return
    names = [v.value for v in answer.variables]
    table = table_of(*names)
    rows, base = 0, graph.manifest["base_iri"]
    for solution in answer:
        rows += 1
        table.add_row(*("" if solution[n] is None else str(_short(value(solution[n]), base)) for n in names))
    console = console_of(200)
    console.print(table, markup=False)
    console.print(f"{rows} rows" if rows != 1 else "1 row", highlight=False)


@app.command()
def link(
    text: Annotated[str, typer.Argument(help="A text, or - for standard input.", show_default=False)],
    vocabulary: Annotated[list[Path] | None, typer.Option(help="Vocabulary file of your own; may be repeated.")] = None,
) -> None:
    """Link one text: JSON of links and claims with their offsets."""
    from kg.linking.linker import default, make
    from kg.linking.linker import link as run
    from kg.model import to_json

    linker = make(vocabulary) if vocabulary else default()
    if os.path.isfile(text):  # noqa: PTH113 (a text may be no path at all, of which pathlib complains)
        raise InputError(f"{text} is a file; for its text: kg link - < {text}")
    given = sys.stdin.buffer.read() if text == "-" else text.encode("utf-8", "surrogateescape")
    decoded = given.decode("utf-8", "replace")
    if lost := decoded.count("\ufffd") - given.count("\ufffd".encode()):
        _note(f"note: {lost:,} {'place is' if lost == 1 else 'places are'} no UTF-8, and read as U+FFFD")
    extraction = run(decoded, linker=linker)
    names = {d.id: d.label for d in extraction.discoveries}
    for k in extraction.links:
        for c in k.candidates:
            listed = linker.vocabulary.terms.get(c.entity)
            names.setdefault(c.entity, listed.entity.label if listed else c.alias)
    links = [
        {
            "start": k.mention.start,
            "end": k.mention.end,
            "text": k.mention.surface,
            "entity": k.entity,
            "label": names.get(k.entity) if k.entity else None,
            "candidates": [c.entity for c in k.candidates],
            "role": k.role,
            "score": k.score,
            "reason": k.candidates[0].reason if k.candidates else k.rule,
            "sentence": [k.sentence_start, k.sentence_end],
        }
        for k in extraction.links
    ]
    _write(to_json({"links": links, "claims": [_claim(c) for c in extraction.claims]}))


@app.command()
def explain(
    folder: Folder,
    paper: Annotated[str, typer.Argument(help="A paper: 2006.06762, doi:… or abs:…", show_default=False)],
    entity: Annotated[
        str | None, typer.Argument(help="Only this entity: its id, label or alias.", show_default=False)
    ] = None,
) -> None:
    """Show each edge of a paper with the sentence that says it."""
    from kg.errors import StoreError
    from kg.explore import open_graph
    from kg.export.rdf import claim_label

    graph = open_graph(store.current(folder))
    facts = graph.facts(paper)
    entities = graph.knowledge.entities
    wanted = entities if entity is None else graph.knowledge.named(entity)
    console = console_of(120)
    console.print(facts.paper.label, style="bold", markup=False)
    shown = 0
    for edge in facts.edges:
        node = entities[edge.statement.object]
        if node.id not in wanted:
            continue
        shown += 1
        console.print(
            f"\n{edge.statement.predicate} {node.label} ({node.id}), confidence {edge.confidence}",
            style="cyan",
            markup=False,
            highlight=False,
        )
        for e in edge.evidence:
            _quote(console, facts.paper.text(e.field), e)
    if entity is None:
        for edition in facts.editions:
            shown += 1
            label = graph.knowledge.venues[edition.venue].label
            console.print(
                f"\npublishedIn {label} {edition.year or ''}, confidence {edition.confidence}",
                style="cyan",
                markup=False,
                highlight=False,
            )
            _quote(console, facts.paper.text(edition.evidence.field), edition.evidence)
        for claim in facts.claims:
            shown += 1
            console.print(f"\nclaims {claim_label(claim)}", style="cyan", markup=False, highlight=False)
            _quote(console, facts.paper.text(claim.evidence.field), claim.evidence)
    if entity is not None and not shown:
        raise StoreError(f"{paper} has no edge to {entity!r}; `kg explain {folder} {paper}` lists those it has")


@app.command()
def stats(folder: Folder) -> None:
    """Count what the graph holds."""
    import msgspec

    from kg.explore import open_graph
    from kg.readers import Skip

    graph = open_graph(store.current(folder))
    console_of().print(counts_of(f"{folder}: {graph.manifest['generator']}", graph.manifest["counts"]))
    for line in skips(msgspec.convert(graph.manifest["skipped"], list[Skip]), ", see manifest.json"):
        typer.echo(line)


@app.command()
def validate(folder: Folder) -> None:
    """Check a graph folder: SHACL shapes, every quote against its text, counts, IRIs."""
    from kg.validate import validate as run

    with shown(False) as progress:
        problems = run(store.current(folder), progress=progress)
    for problem in problems[:50]:
        typer.echo(problem, err=True)
    if problems:
        typer.echo(f"{folder}: {len(problems)} violations", err=True)
        raise typer.Exit(INVALID)
    typer.echo(f"{folder}: valid")


@app.command()
def serve(
    folder: Folder,
    host: Annotated[str, typer.Option(help="Address to listen on; only this machine by default.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 7878,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer queries.")] = 2,
    timeout: Annotated[float, typer.Option(min=0.1, max=86_400, help="Seconds that a query may run.")] = 10,
    max_rows: Annotated[int, typer.Option(min=1, help="Rows or triples of one answer.")] = 10_000,
    writable: Annotated[
        bool, typer.Option("--writable", help="Take updates, into a copy for this server alone.")
    ] = False,
    token: Annotated[str, typer.Option(envvar="KG_TOKEN", help="What an update must show.", show_envvar=True)] = "",
    prepare: Annotated[bool, typer.Option("--prepare", help="Make the index and end.")] = False,
) -> None:
    """Serve pages and a SPARQL endpoint for a graph folder."""
    if writable and not token:
        raise typer.BadParameter("--writable needs --token (or KG_TOKEN): whoever shows it may write")
    if math.isnan(timeout):
        raise typer.BadParameter("--timeout is no number of seconds")
    if not host.strip():
        raise typer.BadParameter("--host is empty, which would be every address of this machine; 0.0.0.0 says so")
    try:
        from kg.index import prepare as make_index
        from kg.serve.app import Settings
        from kg.serve.run import run
    except ModuleNotFoundError as error:
        raise ServeError(f"{error.name} is not installed; in a clone of paperkg: pip install '.[serve]'") from error
    store.current(folder)
    with shown(False) as progress:
        if prepare:
            make_index(folder, writable=writable, progress=progress, note=_note)
            return
        settings = Settings(workers=workers, timeout=timeout, max_rows=max_rows, token=token if writable else "")
        run(
            folder,
            host=host,
            port=port,
            settings=settings,
            progress=progress,
            note=_note,
            ready=lambda url: typer.echo(f"serving {folder} at {url} (Ctrl-C ends)", err=True),
        )


@app.command()
def view(
    folder: Folder,
    paper: Annotated[str, typer.Option(help="Only around this paper: 2006.06762, doi:… or abs:…")] = "",
    entity: Annotated[str, typer.Option(help="Only around this entity: its id, label or alias.")] = "",
    depth: Annotated[
        int | None, typer.Option(min=1, max=6, help="Steps around the paper or entity; 1 if left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write; named after what it shows.")
    ] = None,
    abstracts: Annotated[bool, typer.Option(help="Whole abstracts, or only the sentences that are evidence.")] = True,
    open: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Write the page: the whole graph, or the neighbourhood of a paper or an entity."""
    if paper and entity:
        raise typer.BadParameter("--paper and --entity: give one of them")
    if depth is not None and not (paper or entity):
        raise typer.BadParameter("--depth counts steps around something: give --paper or --entity, too")
    import webbrowser

    from kg.explore import open_graph
    from kg.view import command

    graph = open_graph(store.current(folder))
    start = graph.facts(paper).paper.id if paper else graph.knowledge.find(entity) if entity else ""
    page = command.write(graph.knowledge, output, start=start, depth=depth or 1, abstracts=abstracts)
    typer.echo(f"written: {page.path} ({page.nodes:,} of {page.total:,} nodes)")
    if open and not webbrowser.open(page.path.resolve().as_uri()):
        typer.echo(f"no browser could be started; open {page.path.resolve()} in one", err=True)


@app.command("eval")
def evaluate(
    graph: Annotated[Path, typer.Argument(help="A graph folder or an RDF file.", show_default=False)],
    gold: Annotated[
        Path,
        typer.Argument(
            help="Labels: papers or names (.jsonl), venues (.tsv), or what is held back of the folder ontology/labels.",
            show_default=False,
        ),
    ],
    misses: Annotated[bool, typer.Option("--misses", help="Print each error with its sentence.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score a graph against hand-labelled papers, with 95% intervals."""
    from kg.evaluate import Figure
    from kg.evaluate import evaluate as run
    from kg.model import to_json

    scores = run(store.current(graph), gold)
    if scores.papers and scores.absent == scores.papers:
        raise InputError(
            f"{graph} holds none of the {scores.papers} labelled papers of {gold}; build a graph of those papers first"
        )
    if json:
        listed = {"misses": [m._asdict() for m in scores.misses]} if misses else {}
        _write(to_json({**scores.to_dict(), **listed}))
        return
    if misses:
        for miss in scores.misses:
            typer.echo("\t".join(" ".join(cell.split()) for cell in miss))
    table = table_of(
        "", "figure [95% interval]", "of", title=f"{scores.papers} papers, {scores.absent} not in the graph"
    )
    for group, named in scores.figures.items():
        for name, figure in named.items():
            if isinstance(figure, Figure):
                table.add_row(f"{group}: {name}", str(figure).replace("[", "\\["), str(figure.of))
            else:
                table.add_row(f"{group}: {name}", "", str(figure))
    console_of(120).print(table)


vocab = typer.Typer(no_args_is_help=True, help="Work on vocabularies.")
app.add_typer(vocab, name="vocab")


@vocab.command()
def suggest(
    inputs: Annotated[list[Path], typer.Argument(help="Files or folders of papers.", show_default=False)],
    min_papers: Annotated[int, typer.Option(min=1, help="Least number of papers that have it.")] = 5,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, best first.")] = 200,
    vocabulary: Annotated[list[Path] | None, typer.Option(help="Vocabulary file of your own; may be repeated.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="CSV file to write; one per class unless named after one.")
    ] = None,
) -> None:
    """Find names and terms that no vocabulary has, to judge and keep."""
    from rich.markup import escape

    from kg.readers import Skip, read_all
    from kg.suggest import suggest as run
    from kg.suggest import write
    from kg.vocabulary import load

    known = load(vocabulary or ())
    skipped: list[Skip] = []
    with shown(False) as progress:
        found = run(read_all(inputs, skipped, progress=progress), known, min_papers=min_papers, limit=limit)
    table = table_of("papers", "label", "aliases", "class", "example")
    for s in found:
        table.add_row(str(s.papers), *map(escape, (s.label, ", ".join(s.aliases), s.kind, s.excerpt())))
    console_of(200).print(table)
    for path, rows in write(found, output, known).items() if output else ():
        typer.echo(f"written: {path} ({rows} of the {len(found)} rows shown)")
    for line in skips(skipped):
        typer.echo(line, err=True)
    if any(s.lost for s in skipped):
        raise typer.Exit(SKIPPED)


def main() -> None:
    """Entry point: errors become one line and an exit code, never a traceback."""
    try:
        code = _run()
    except BrokenPipeError:
        code = PIPE
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the interpreter would try again at its end, and complain
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    raise SystemExit(code)


def _run() -> int | str | None:
    """Run the command and say what went wrong; the exit code. Raises BrokenPipeError if nobody reads what is said."""
    try:
        _open_closed()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")  # of a terminal that knows no UTF-8
        for before, given in pairwise(sys.argv):
            if not given and (not before.startswith("-") or before in ("-o", "--output")):
                typer.echo(
                    "kg: an argument is empty, which a path takes for this folder; is a variable not set?", err=True
                )
                return 2
        try:
            app()
        except SystemExit as ended:
            if isinstance(ended.__context__, BrokenPipeError):  # typer and rich make it an error like any other
                return PIPE
            sys.stdout.flush()
            return ended.code
        return 0
    except KGError as error:
        typer.echo(f"kg: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("kg: interrupted; what was finished is kept, run the same command to go on", err=True)
        return 130
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"kg: {where}{error.strerror or error}", err=True)
        return 1
    except MemoryError as error:
        typer.echo(f"kg: out of memory{f' ({error})' if str(error) else ''}; ask for less, or give it more", err=True)
        return 1
    except Exception as error:
        if os.environ.get("PAPERKG_TRACEBACK"):
            raise
        said = f"{type(error).__name__}: {error}"
        typer.echo(f"kg: a defect of kg, not of your data ({said}); PAPERKG_TRACEBACK=1 shows where", err=True)
        return 70


def _open_closed() -> None:
    """Give the standard streams that were closed (`>&-`) the null device: the next file that is opened would else take the
    number, and be written into."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            try:
                os.fstat(number)
            except OSError:
                os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # takes the lowest number that is free
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 (until the end)


def _note(text: str) -> None:
    typer.echo(text, err=True)


def _query_text(given: str) -> str:
    """The query that was given, or that stands in the file of this name. Raises QueryError for a file that cannot be read."""
    if os.path.exists(given):  # noqa: PTH110 (a query may be no path at all, of which pathlib complains)
        try:
            return Path(given).read_text(encoding="utf-8-sig")
        except IsADirectoryError:
            raise QueryError(f"{given} is a folder; give a query or a file that holds one") from None
        except UnicodeDecodeError:
            raise QueryError(f"{given}: no UTF-8 text") from None
    if given.endswith((".rq", ".sparql")) or re.fullmatch(r"[^\s{}<>]*(?:/[^\s{}<>]*|\.\w+)", given):
        raise QueryError(f"{given}: no such file; give a query or a file that exists")
    if not is_text(given):
        raise QueryError("the query is no UTF-8 text")
    return given


def _quote(console: Console, text: str, evidence: Any) -> None:
    from rich.text import Text

    line = Text(text[evidence.sentence_start : evidence.sentence_end])
    line.stylize("bold yellow", evidence.start - evidence.sentence_start, evidence.end - evidence.sentence_start)
    console.print(Text(f"  {evidence.field}[{evidence.start}:{evidence.end}] ", style="dim") + line)


def _claim(claim: Any) -> dict[str, Any]:
    import msgspec

    found = msgspec.to_builtins(claim)
    e = claim.evidence
    found["evidence"] = {
        "start": e.start,
        "end": e.end,
        "text": e.exact,
        "sentence": [e.sentence_start, e.sentence_end],
        "rule": e.rule,
    }
    return {k: v for k, v in found.items() if v not in (None, "", [], ()) and k != "paper"}


def _short(value: Any, base: str) -> Any:
    from kg.export.formats import compact

    if not isinstance(value, str):
        return value
    return value[len(base) :] if value.startswith(base) else compact(value)


def _prefixes() -> dict[str, str]:
    from kg.ontology import PREFIXES

    return PREFIXES


def _write(data: bytes | None) -> None:
    rest = memoryview(data or b"")
    while rest:
        rest = rest[sys.stdout.buffer.write(rest) :]  # with PYTHONUNBUFFERED a write may take a part
    sys.stdout.flush()
