"""The server: routes, what each answers, and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from kg import __version__
from kg.index import Index
from kg.serve import description, media, pages, protocol, worked
from kg.serve.answers import Answer, problem, unacceptable
from kg.serve.cache import Cache
from kg.serve.worker import Pool, RefusedError

STATIC = Path(__file__).parent / "static"

_STATIC_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


#: Seconds that a worked query may run to find out whether it answers anything.
PROBE = 5.0


class Settings(NamedTuple):
    """Every limit of a server, with its default."""

    workers: int = 2  # processes that answer queries
    timeout: float = 10.0  # seconds that one request may run
    patience: float = 60.0  # seconds that a request waits for a free worker
    memory: int = 4 << 30  # bytes of data that one worker may hold; 0 = no limit
    max_rows: int = 10_000  # rows or triples of one answer
    max_bytes: int = 50_000_000  # bytes of one answer, about
    max_query: int = 1_000_000  # bytes of the body of a query
    max_upload: int = 50_000_000  # bytes of the body of a write
    cache: int = 64_000_000  # bytes of answers that are kept; 0 = none
    token: str = ""  # what a write must show; "" = nothing may write


@dataclass(frozen=True)
class Site:
    """What the routes need: the index, its workers, the settings."""

    index: Index
    queries: Pool
    lookups: Pool  # pages and searches do not wait for queries
    settings: Settings
    cache: Cache
    answered: worked.Answered
    union: bool  # whether the default graph of a query is the union of all graphs

    @property
    def base_iri(self) -> str:
        """Where the resources of the graph live."""
        base: str = self.index.manifest["base_iri"]
        return base

    @property
    def view(self) -> Path:
        """The interactive page of the graph folder, which need not be there."""
        return self.index.folder / "graph.html"

    @property
    def writable(self) -> bool:
        """Whether updates are run for those who show the token."""
        return bool(self.settings.token)

    @property
    def limits(self) -> tuple[int, int]:
        """Rows and bytes of one answer."""
        return self.settings.max_rows, self.settings.max_bytes


def make(index: Index, settings: Settings | None = None, *, union: bool = True) -> Starlette:
    """The application over an index; `settings.token` makes it writable, on an index prepared so.

    `union`: whether the default graph of a query is the union of all graphs. Raises ValueError for False over an index
    whose default graph holds that union.
    """
    if index.united and not union:
        raise ValueError(f"{index.path}: the union of all graphs is its default graph; prepare a writable index")
    settings = settings or Settings()
    given: dict[str, Any] = {
        "timeout": settings.timeout, "patience": settings.patience, "memory": settings.memory,
        "writable": bool(settings.token),
    }  # fmt: skip
    queries = Pool(index.path, size=settings.workers, **given)
    lookups = queries if settings.token else Pool(index.path, size=1, **given)

    async def answer(query: str) -> Answer:
        arguments = {
            "accept": worked.ACCEPT, "format": "", "default": [], "named": [], "union": union,
            "base": index.manifest["base_iri"], "limits": (1, settings.max_bytes),
        }  # fmt: skip
        return await queries.ask("query", arguments, query.encode(), timeout=min(settings.timeout, PROBE))

    # What may be written to answers tomorrow what it does not today: there none is asked.
    answered = worked.Answered(worked.queries(index.manifest["base_iri"]), None if settings.token else answer)
    site = Site(index, queries, lookups, settings, Cache(settings.cache), answered, union)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        pools = {queries, lookups}
        try:
            await asyncio.gather(*(pool.start() for pool in pools))
            yield
        finally:
            await answered.close()
            for pool in pools:
                await pool.close()

    def route(path: str, handler: Handler, *methods: str) -> Route:
        return Route(path, _endpoint(site, handler, methods or ("GET",)), methods=[*(methods or ("GET",)), "OPTIONS"])

    routes: list[BaseRoute] = [
        route("/", home),
        route("/sparql", protocol.sparql, "GET", "POST"),
        route("/sparql/", protocol.sparql, "GET", "POST"),
        route("/editor", editor),
        route("/graph.html", view),
        route("/queries.json", worked_queries),
        route("/graphs", protocol.graph_store, "GET", "PUT", "POST", "DELETE"),
        route("/graphs/{path:path}", protocol.graph_store, "GET", "PUT", "POST", "DELETE"),
        route("/id/{path:path}", resource),
        route("/resource", resource),
        route("/search", search),
        route("/ontology", ontology),
        route("/.well-known/void", void),
        route("/health", health),
        route("/static/{path:path}", static),
    ]
    handlers: dict[Any, Any] = {HTTPException: _failed(site), 500: _failed(site)}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)


class Whole(FileResponse):
    """A file, sent from the disk piece by piece, never a range of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = [header for header in scope["headers"] if header[0] != b"range"]
        await super().__call__({**scope, "headers": asked}, receive, send)


Handler = Callable[[Site, Request], Awaitable[Answer | Whole]]

#: What every answer says: who may read it, what it may load.
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Accept, Content-Type, Authorization, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Location, Warning, X-Notice, X-Total-Count, Retry-After",
    "Access-Control-Max-Age": "86400",
    "Content-Security-Policy": pages.POLICY,
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
}


def _endpoint(site: Site, handler: Handler, methods: tuple[str, ...]) -> Callable[[Request], Awaitable[Response]]:
    allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])

    async def endpoint(request: Request) -> Response:
        answer: Answer | Whole
        if request.method == "OPTIONS":
            answer = Answer(204, "text/plain", b"", {"Allow": allowed, "Access-Control-Allow-Methods": allowed})
        else:
            try:
                answer = await handler(site, request)
            except RefusedError as error:
                title = "Too much for this server" if error.status == 503 else "The query ended its process"
                answer = problem(error.status, title, str(error))
                answer = answer._replace(headers={"Retry-After": "5"} if error.status == 503 else {})
        return _respond(site, request, answer) if isinstance(answer, Answer) else _send(request, answer)

    return endpoint


def _failed(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = error.detail if isinstance(error, HTTPException) else "an error of the server; please report it"
        title = "Not possible"
        if status == 404:
            title, detail = "Not found", f"this server has no page {request.url.path}"
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        return _respond(site, request, problem(status, title, detail)._replace(headers=headers))

    return handler


def _respond(site: Site, request: Request, answer: Answer) -> Response:
    """An answer with the headers that all have and a name for its bytes."""
    if answer.type == "application/problem+json" and _wants_page(request):
        answer = pages.failure(answer, getattr(request.state, "query", None))
    headers = {**_HEADERS, **answer.headers}
    if answer.status == 200 and request.method in ("GET", "HEAD"):
        etag = f'"{hashlib.sha256(answer.type.encode() + answer.body).hexdigest()[:24]}"'
        headers["ETag"] = etag
        headers.setdefault("Cache-Control", "no-cache")
        if _is_known(request, etag):
            return Response(status_code=304, headers=headers)
    response = Response(answer.body, answer.status, headers)
    if answer.status not in (204, 304):
        response.headers["Content-Type"] = answer.type
    if request.method == "HEAD":
        response.body = b""  # the length stays that of the whole answer
    return response


def _send(request: Request, file: Whole) -> Response:
    """A file with the headers that all answers have; its own name is that of its size and time."""
    for name, value in {**_HEADERS, "Cache-Control": "no-cache"}.items():
        file.headers.setdefault(name, value)
    if not _is_known(request, file.headers["ETag"]):
        return file
    of_body = ("content-length", "content-type")
    return Response(status_code=304, headers={n: v for n, v in file.headers.items() if n not in of_body})


def _is_known(request: Request, etag: str) -> bool:
    """Whether who asks has the bytes of this name."""
    known = [e.strip().removeprefix("W/") for e in request.headers.get("if-none-match", "").split(",")]
    return etag in known or known == ["*"]


def _wants_page(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    offered = (media.Media("problem", "application/problem+json", ("application/json",)), media.HTML)
    return media.negotiate(accept, offered) is media.HTML


async def home(site: Site, request: Request) -> Answer:
    """The start page: what the graph holds, a search field, the worked queries."""
    counts = site.index.manifest["counts"]
    kinds = ("papers", "claims", " nodes", " edges", "")  # what a reader looks for first
    ordered = dict(
        sorted(counts.items(), key=lambda c: (next(i for i, k in enumerate(kinds) if c[0].endswith(k)), c[0]))
    )
    manifest = {**site.index.manifest, "counts": ordered}
    queries = await site.answered.known()
    return pages.page("home.html.j2", manifest=manifest, queries=queries, viewed=site.view.is_file())


async def view(site: Site, request: Request) -> Answer | Whole:
    """The interactive page that was written with the graph."""
    try:
        found = site.view.stat()
    except OSError:
        found = None
    if found is None or not stat.S_ISREG(found.st_mode):
        detail = "the graph folder has no interactive page; `kg build` writes one, graph.html"
        return problem(404, "No interactive page", detail)
    # What it may load it says itself, in hashes of its own script and style.
    headers = {"Content-Security-Policy": "frame-ancestors 'none'", "Accept-Ranges": "none"}
    return Whole(site.view, headers=headers, media_type="text/html", stat_result=found)


async def editor(site: Site, request: Request) -> Answer:
    """The query editor."""
    return pages.editor(site.base_iri, await site.answered.known(), request.query_params.get("query", ""))


async def worked_queries(site: Site, request: Request) -> Answer:
    """The worked queries, as JSON."""
    return pages.json([q._asdict() for q in worked.queries(site.base_iri)])


async def resource(site: Site, request: Request) -> Answer:
    """A thing: a page for people, RDF for machines."""
    if "path" in request.path_params:
        # The raw path, because an IRI may hold an encoded slash.
        raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
        iri = site.base_iri + raw.decode("ascii", "replace").partition("?")[0].partition("/id/")[2]
    else:
        iri = request.query_params.get("iri", "")
    wanted = request.query_params.get("format", "")
    accept = request.headers.get("accept", "")
    # Who takes anything is a machine.
    offered = (*media.GRAPH, media.HTML)
    kind = media.choose(wanted, accept, offered)
    if kind is None:
        return unacceptable(wanted or accept, offered)
    if kind is media.HTML:
        offset = protocol.number(request.query_params.get("offset", "0"))
        role = request.query_params.get("role", "")
        found = await site.lookups.ask("resource", {"iri": iri, "role": role, "offset": offset})
        return pages.resource(found, site.base_iri, viewed=site.view.is_file()) if found.status == 200 else found
    arguments = {"iri": iri, "accept": "", "format": kind.name, "limits": site.limits}
    return await site.lookups.ask("describe", arguments)


async def search(site: Site, request: Request) -> Answer:
    """Things by label or alias: a page, or JSON."""
    text = request.query_params.get("q", "")[:1000]
    offset = protocol.number(request.query_params.get("offset", "0"))
    among = request.query_params.get("kind", "")
    arguments = {"text": text, "kind": among, "limit": pages.HITS, "offset": offset}
    found = await site.lookups.ask("search", arguments)
    offered = (media.Media("json", "application/json", text=False), media.HTML)
    wanted, accept = request.query_params.get("format", ""), request.headers.get("accept", "")
    kind = media.choose(wanted, accept, offered)
    if kind is None:
        return unacceptable(wanted or accept, offered)
    if kind is media.HTML and found.status == 200:
        return pages.hits(found, text, site.base_iri, kind=among, offset=offset)
    return found


async def ontology(site: Site, request: Request) -> Answer:
    """The ontology: its documentation, or RDF."""
    offered = (*media.GRAPH, media.HTML)
    accept = request.headers.get("accept", "")
    kind = media.negotiate(accept, offered)
    if kind is None:
        return unacceptable(accept, offered)
    if kind is media.HTML:
        return pages.ontology()
    return description.file(site.index.folder / "ontology.ttl", kind)


async def void(site: Site, request: Request) -> Answer:
    """The description of the data set, with its counts."""
    accept = request.headers.get("accept", "")
    kind = media.negotiate(accept, media.GRAPH)
    if kind is None:
        return unacceptable(accept, media.GRAPH)
    return description.file(site.index.folder / "void.ttl", kind)


async def health(site: Site, request: Request) -> Answer:
    """Whether the server lives, and what it serves; asks no worker."""
    counts = site.index.manifest["counts"]
    return pages.json(
        {
            "status": "ok",
            "version": __version__,
            "graph": site.index.key,
            "papers": counts["papers"],
            "triples": counts["triples"] + counts["provenance quads"],
            "writable": site.writable,
            "workers": site.queries.size,
            "killed": site.queries.killed + (0 if site.lookups is site.queries else site.lookups.killed),
        }
    )


async def static(site: Site, request: Request) -> Answer:
    """Style sheets and scripts of the pages."""
    path = (STATIC / request.path_params["path"]).resolve()
    kind = _STATIC_TYPES.get(path.suffix)
    if kind is None or not path.is_relative_to(STATIC) or not path.is_file():
        return problem(404, "Not found", "no such file")
    return Answer(200, kind, path.read_bytes(), {"Cache-Control": "max-age=3600"})
