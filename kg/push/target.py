"""The two protocols that add triples to a store: SPARQL 1.1 Update and the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from itertools import groupby, islice
from typing import Literal
from urllib.parse import quote

import requests

from kg.errors import PushError
from kg.ontology import BAD_IRI
from kg.push.caller import Caller, done, said

Protocol = Literal["auto", "update", "store"]

#: The graph that a line names, in angle brackets; empty for a line of N-Triples.
GraphOf = Callable[[bytes], bytes]

#: Most bytes of one request, about.
BYTES = 4_000_000


class Update:
    """An endpoint of SPARQL 1.1 Update."""

    name = "update"

    def __init__(self, caller: Caller, graph: str | None) -> None:
        self.caller, self.graph = caller, graph

    def probe(self, *, first: bool) -> requests.Response:
        """Change nothing, to see whether the endpoint understands."""
        return self.caller.post("INSERT DATA {}", "application/sparql-update", first=first, check=False)

    def cut(self, waiting: deque[bytes], limit: int, graph_of: GraphOf) -> list[bytes]:
        """The lines of the next request, at least one."""
        return _within(waiting, limit)

    def insert(self, chunk: list[bytes], graph_of: GraphOf) -> None:
        """Add the lines, quads to the graphs that they name."""
        pieces = []
        for graph, lines in groupby(chunk, key=graph_of):
            if graph:
                pieces += [b"GRAPH ", graph, b" {\n", *(q.rsplit(b" ", 2)[0] + b" .\n" for q in lines), b"}\n"]
            elif self.graph is not None:
                pieces += [f"GRAPH <{self.graph}> {{\n".encode(), *lines, b"}\n"]
            else:
                pieces += lines
        body = shield(b"".join(pieces))
        self.caller.post(b"INSERT DATA {\n" + body + b"}", "application/sparql-update")

    def empty(self, base: str) -> None:
        """Drop the target graph and every provenance graph below `base`."""
        own = "DEFAULT" if self.graph is None else f"GRAPH <{self.graph}>"
        every = f'GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{base}provenance/"))'
        self.caller.post(f"DROP SILENT {own}", "application/sparql-update")
        self.caller.post(f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ {every} }}", "application/sparql-update")


class Store:
    """An endpoint of the SPARQL 1.1 Graph Store HTTP Protocol."""

    name = "store"

    def __init__(self, caller: Caller, graph: str | None) -> None:
        self.caller, self.graph = caller, graph
        self.type = "application/n-triples"

    def probe(self, *, first: bool) -> requests.Response:
        """Add nothing to the target graph, to see whether the endpoint understands."""
        for self.type in ("application/n-triples", "text/turtle"):
            answer = self.caller.post(b"", self.type, query=self._query(b""), first=first, check=False)
            if answer.status_code != 415:
                break
        return answer

    def cut(self, waiting: deque[bytes], limit: int, graph_of: GraphOf) -> list[bytes]:
        """The lines of the next request, at least one; all of one graph."""
        own = graph_of(waiting[0])
        return _within(waiting, limit, lambda line: graph_of(line) == own)

    def insert(self, chunk: list[bytes], graph_of: GraphOf) -> None:
        """Add the lines to the graph that all of them name."""
        graph = graph_of(chunk[0])
        body = b"".join(q.rsplit(b" ", 2)[0] + b" .\n" for q in chunk) if graph else b"".join(chunk)
        self.caller.post(body, self.type, query=self._query(graph))

    def empty(self, base: str) -> None:
        """Raises PushError: this protocol does not tell which graphs there are."""
        raise PushError(f"{self.caller.shown}: --replace needs an endpoint that takes SPARQL updates")

    def _query(self, graph: bytes) -> str:
        name = graph[1:-1].decode() if graph else self.graph
        return "default" if name is None else f"graph={quote(name, safe='')}"


Target = Update | Store


def open_target(caller: Caller, graph: str | None, protocol: Protocol, replace: bool) -> Target:
    """The endpoint by the protocol asked for, or by the first that it understands. Raises PushError if none."""
    if graph is not None and (BAD_IRI.search(graph) or ":" not in graph):
        raise PushError(f"{graph!r} is not an IRI; --graph takes one, such as https://example.org/papers")
    targets: list[Target] = []
    if protocol in ("auto", "update"):
        targets.append(Update(caller, graph))
    if protocol == "store" or (protocol == "auto" and not replace):
        targets.append(Store(caller, graph))
    heard: list[str] = []
    for target in targets:
        answer = target.probe(first=not heard)
        # A page for people is no answer to an update; Virtuoso calls its empty answers text/html.
        if done(answer) and not ("html" in answer.headers.get("Content-Type", "") and answer.content):
            return target
        if answer.status_code in (401, 403, 407) or answer.is_redirect:
            raise PushError(caller.refusal(answer))
        heard.append(f"{target.name}: {said(answer)}")
    raise PushError(
        f"{caller.shown}: takes no SPARQL 1.1 Update and is no graph store ({'; '.join(heard)}); typical addresses end "
        "in /update or /store (Oxigraph), /sparql (kg serve, Virtuoso), /DATASET/update (Fuseki), "
        "/repositories/NAME/statements (RDF4J, GraphDB)"
    )


def _within(waiting: deque[bytes], limit: int, fits: Callable[[bytes], bool] = lambda line: True) -> list[bytes]:
    """The first lines that one request may hold, at least one."""
    chunk: list[bytes] = []
    size = 0
    for line in islice(waiting, limit):
        size += len(line)
        if chunk and (size > BYTES or not fits(line)):
            break
        chunk.append(line)
    return chunk


#: A backslash of the text before what would look like an escape of SPARQL; other escapes are stepped over in pairs.
_LOOKS_ESCAPED = re.compile(rb"\\\\([uU])(?=[0-9A-Fa-f]{4})|\\.", re.DOTALL)


def shield(body: bytes) -> bytes:
    """N-Triples as SPARQL reads them: there, escapes of code points are resolved before the text is parsed (SPARQL 1.1
    Query, 19.2), so the text `\\u0041`, written with an escaped backslash, could become another."""
    if b"\\\\u" not in body and b"\\\\U" not in body:
        return body
    return _LOOKS_ESCAPED.sub(lambda m: rb"\\" + rb"\u%04X" % ord(m[1]) if m[1] else m[0], body)
