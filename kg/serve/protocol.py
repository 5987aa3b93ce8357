"""SPARQL 1.1 Protocol and Graph Store Protocol: what a request asks, as operations of a worker."""

from __future__ import annotations

import asyncio
import hmac
import uuid
from collections.abc import Awaitable
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from kg.serve import description, media, pages
from kg.serve.answers import Answer, problem, unacceptable

if TYPE_CHECKING:
    from kg.serve.app import Site

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

Pairs = list[tuple[str, str]]


async def sparql(site: Site, request: Request) -> Answer:
    """SPARQL 1.1 Protocol: query by GET, form or direct POST, update by form or direct POST; without a query, the service
    description or the editor."""
    parameters: Pairs = list(request.query_params.multi_items())
    operation = ""
    if request.method == "POST":
        content_type = request.headers.get("content-type", "")
        kind = content_type.partition(";")[0].strip().lower()
        if kind not in (FORM, QUERY, UPDATE):
            return problem(415, "Unsupported media type", f"POST a query as {FORM} or {QUERY}, an update as {UPDATE}")
        if _charset(content_type) != "utf-8":
            return problem(415, "Unsupported character encoding", "send UTF-8")
        body = await read_body(request, site.settings.max_query)
        if body is None:
            return _too_large(site.settings.max_query)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            return problem(400, "Not UTF-8", f"byte {error.start} of the body is not UTF-8")
        if kind == FORM:
            try:
                parameters += parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
            except (ValueError, UnicodeDecodeError) as error:
                return problem(400, "Not a form", str(error))
        else:
            operation = "query" if kind == QUERY else "update"
            parameters.append((operation, text))
    elif "update" in dict(parameters):
        return problem(405, "Method not allowed", "an update must be POSTed")._replace(headers={"Allow": "POST"})
    texts = [(name, value) for name, value in parameters if name in ("query", "update")]
    if not texts and request.method != "POST":
        return await _front(site, request)
    if len(texts) != 1:
        return problem(400, "One query or update", f"the request has {len(texts)} of them, exactly one is allowed")
    if texts[0][0] == "update":
        return await _update(site, request, texts[0][1], parameters)
    arguments = {
        "accept": request.headers.get("accept", ""),
        "format": _last(parameters, "format"),
        "default": _all(parameters, "default-graph-uri"),
        "named": _all(parameters, "named-graph-uri"),
        "union": site.union,
        "base": endpoint(request),
        "limits": site.limits,
    }
    text = texts[0][1]
    if request.method != "POST" and len(text.encode()) > site.settings.max_query:
        return problem(414, "Too long", f"this server reads queries of at most {site.settings.max_query} bytes")
    request.state.query = text  # the page of an error shows it, to be corrected

    async def answer() -> Answer:
        return await site.queries.ask("query", arguments, text.encode())

    coming = answer() if site.writable else site.cache.ask((text, str(arguments)), text, answer)
    found = await while_connected(request, coming)
    return pages.rows(found, text, site.base_iri) if found.type == media.HTML.content_type else found


async def _front(site: Site, request: Request) -> Answer:
    """What the endpoint says of itself: the service description, and the editor to people."""
    offered = (*media.GRAPH, media.HTML)
    accept = request.headers.get("accept", "")
    kind = media.negotiate(accept, offered)
    if kind is None:
        return unacceptable(accept, offered)
    if kind is media.HTML:
        return pages.editor(site.base_iri, await site.answered.known(), "")
    return description.service(endpoint(request), site.index.manifest, kind, union=site.union, writable=site.writable)


async def _update(site: Site, request: Request, text: str, parameters: Pairs) -> Answer:
    if (denied := authorized(site, request)) is not None:
        return denied
    default, named = _all(parameters, "using-graph-uri"), _all(parameters, "using-named-graph-uri")
    arguments = {"default": default, "named": named, "base": endpoint(request)}
    return await site.queries.ask("update", arguments, text.encode())


async def graph_store(site: Site, request: Request) -> Answer:
    """SPARQL 1.1 Graph Store Protocol: a graph by `?graph=IRI`, `?default`, or by its own URL below /graphs/."""
    parameters = request.query_params
    names = parameters.getlist("graph")
    direct = request.path_params.get("path", "")
    graph: str | None
    if direct:
        graph = str(request.url.replace(query="", fragment=""))
    elif len(names) == 1 and "default" not in parameters:
        graph = str(names[0])
    elif not names and "default" in parameters:
        graph = None
    elif names or "default" in parameters:
        return problem(400, "Which graph?", "give exactly one of ?graph=IRI and ?default")
    elif request.method in ("GET", "HEAD"):
        return await while_connected(request, site.lookups.ask("graphs", {"limit": site.settings.max_rows}))
    elif request.method == "POST":
        graph = f"{endpoint(request).rpartition('/')[0]}/graphs/{uuid.uuid4()}"
    else:
        return problem(400, "Which graph?", "give ?graph=IRI or ?default")
    arguments: dict[str, Any]
    if request.method in ("GET", "HEAD"):
        arguments = {
            "graph": graph,
            "accept": request.headers.get("accept", ""),
            "format": parameters.get("format", ""),
            "limits": site.limits,
        }
        return await while_connected(request, site.queries.ask("graph_read", arguments))
    if (denied := authorized(site, request)) is not None:
        return denied
    if request.method == "DELETE":
        return await site.queries.ask("graph_delete", {"graph": graph})
    body = await read_body(request, site.settings.max_upload)
    if body is None:
        return _too_large(site.settings.max_upload)
    content_type = request.headers.get("content-type", "")
    if content_type.lower().startswith("multipart/form-data"):
        pieces = _multipart(content_type, body)
    else:
        pieces = [(content_type, body)]
    arguments = {
        "graph": graph,
        "parts": [(kind, len(piece)) for kind, piece in pieces],
        "base": graph or endpoint(request),
        "replace": request.method == "PUT",
    }
    return await site.queries.ask("graph_write", arguments, b"".join(piece for _, piece in pieces))


async def while_connected(request: Request, coming: Awaitable[Answer]) -> Answer:
    """What is coming, given up when the client goes: the server lets a handler run on, and with it a worker.

    For what is read; a write is finished, whether or not somebody waits for its end. The body of the request must have
    been read, or be of no interest. Raises what `coming` raises.
    """

    async def leave() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    answer, gone = asyncio.ensure_future(coming), asyncio.create_task(leave())
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        # Nobody reads this; the status is that of nginx for its log.
        return answer.result() if answer.done() else problem(499, "Client gone", "the client closed the connection")
    finally:
        answer.cancel()  # nothing happens to a task that is done
        gone.cancel()
        await asyncio.wait((answer, gone))


def authorized(site: Site, request: Request) -> Answer | None:
    """None if the request may write, else why not."""
    if not site.writable:
        return problem(403, "Read-only", "this server only reads; `kg serve --writable --token` starts one that writes")
    shown = request.headers.get("authorization", "")
    if not hmac.compare_digest(shown.encode(), f"Bearer {site.settings.token}".encode()):
        denied = problem(401, "Not authorized", "a write must carry `Authorization: Bearer` with the server's token")
        return denied._replace(headers={"WWW-Authenticate": "Bearer"})
    return None


def endpoint(request: Request) -> str:
    """The URL of the SPARQL endpoint as this client sees the server."""
    return str(request.url.replace(path="/sparql", query="", fragment=""))


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body, or None if it is longer than `limit`; no more than that is ever held."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        return None
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def number(text: str) -> int:
    """A number of a URL; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _too_large(limit: int) -> Answer:
    return problem(413, "Too large", f"this server reads at most {limit} bytes here")


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return "utf-8"


def _multipart(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """Content types and contents of a multipart body."""
    header = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(header + body)
    found = []
    for part in message.iter_parts():
        payload = part.get_payload(decode=True)
        found.append((str(part.get("content-type", "")), payload if isinstance(payload, bytes) else b""))
    return found


def _all(parameters: Pairs, name: str) -> list[str]:
    return [v for n, v in parameters if n == name]


def _last(parameters: Pairs, name: str) -> str:
    return next((v for n, v in reversed(parameters) if n == name), "")
