"""What a worker can do with a store: answer queries and updates, read and write graphs, describe things, search."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import names, sparql
from kg import ontology as o
from kg.serve import answers, media, resources
from kg.serve.answers import Answer, Limits, problem, unacceptable
from kg.settings import BASE_IRI

_SENTENCE = re.compile(r"(?<![\w'\"])[A-Z]\w*(?: [\w']+){2,}|IRI parsing failed")
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_EXPECTED = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\w+')
# It begins where no name goes on, so that no place is looked at twice.
_PREFIX = re.compile(r"(?<![\w.:%\\-])([\w.-]*+):[\w.:%\\-]*+\Z")
#: How a query begins.
_BEGINNINGS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
#: What a character begins that the grammar expects.
_BEGUN = {
    "?": "a variable", "$": "a variable", "<": "an IRI", "_:": "a blank node", "'": "a string", "\\\"": "a string",
    "'''": "a string", '\\"\\"\\"': "a string",
}  # fmt: skip


class Door:
    """An open index."""

    def __init__(self, path: Path, store: ox.Store, *, writable: bool) -> None:
        self.path = path
        self.store = store
        self.writable = writable
        # A read-only index has the union of all graphs as its default graph.
        self.everywhere = None if writable else ox.DefaultGraph()

    @classmethod
    def open(cls, path: Path, *, writable: bool) -> Door:
        quads = str(path / "quads")
        return cls(path, ox.Store(quads) if writable else ox.Store.read_only(quads), writable=writable)


def answer(door: Door, operation: str, arguments: dict[str, Any], body: bytes) -> Answer:
    """Run one operation. What is wrong with the request becomes a problem, never an exception."""
    try:
        return OPERATIONS[operation](door, body=body, **arguments)
    except SyntaxError as error:
        return _syntax(str(error), body.decode(errors="replace"), is_query=operation == "query")
    except (ValueError, OSError, RuntimeError, RecursionError) as error:
        return problem(400, "Cannot be answered", str(error))
    except MemoryError:
        return problem(500, "Out of memory", "the query needs more memory than this server gives; ask for less")


def _syntax(message: str, text: str, *, is_query: bool) -> Answer:
    match = _POSITION.match(message)
    if not match:
        return problem(400, "Syntax error", message)
    line, column, expected = int(match[1]), int(match[2]), match[3]
    begins = sparql.first_keyword(text) if is_query else ""
    if is_query and not begins and _asks_nothing(text):
        return problem(400, "The query is empty", f"it asks nothing; write one of {', '.join(_BEGINNINGS)}")
    # Among the characters that the grammar expects may stand a sentence that says what is wrong: "Prefix not found".
    if said := _SENTENCE.search(expected):
        expected = said[0]
    if expected == "Prefix not found" and (name := _PREFIX.search(text.split("\n")[line - 1][: column - 1])):
        known = ", ".join(o.PREFIXES)
        expected = f"the prefix {name[1]}: is not declared; add PREFIX {name[1]}: <…>, or use one of {known}"
    elif begins and begins not in (*_BEGINNINGS, *sparql.UPDATES):
        expected = f"expected one of {', '.join(_BEGINNINGS)}, not {begins[:50]}"
    elif is_query and not begins and expected.startswith(("expected CONSTRUCT", "expected [_]")):
        expected = f"expected one of {', '.join(_BEGINNINGS)}"  # of these the grammar names the last that it tried
    elif not said:
        expected = _readable(expected)
    return problem(400, "Syntax error", f"line {line}, column {column}: {expected}", line=line, column=column)


def _asks_nothing(text: str) -> bool:
    """Whether there are but comments, bases and prefixes: before a query these make a query."""
    try:
        ox.Store().query(f"{text}\nASK {{}}", base_iri=BASE_IRI)
    except SyntaxError:
        return False
    return True


def _readable(expected: str) -> str:
    """What the grammar expects, in words: of its classes of characters remain names and numbers."""
    words: dict[str, None] = {}
    found = _EXPECTED.findall(expected.removeprefix("expected").removeprefix(" one of"))
    in_name = "['%']" in found  # where a name could go on, this is no news
    for token in found:
        if token.startswith("["):
            word = "a name" if "'A'" in token else "a number" if token == "['0'..='9']" else ""
            word = "" if in_name else word
        elif token.startswith('"'):
            word = _BEGUN.get(token[1:-1], token)
        else:
            word = token
        if word:
            words[word] = None
    return f"expected {'one of ' * (len(words) > 1)}{', '.join(words)}" if words else "expected something else"


def ping(door: Door, *, body: bytes) -> Answer:
    """Says that the worker is there."""
    return Answer(200, "text/plain", b"pong", {})


def query(
    door: Door,
    *,
    body: bytes,
    accept: str,
    format: str,
    default: list[str],
    named: list[str],
    union: bool,
    base: str,
    limits: tuple[int, int],
) -> Answer:
    """A SPARQL query (`body`, UTF-8), in the format that the client accepts.

    Args:
        default, named: graphs of the protocol's dataset; they replace FROM and FROM NAMED.
        union: whether the default graph of a query that names none is the union of all graphs.
    """
    text = body.decode()
    if wrong := sparql.too_deep(text):
        return problem(400, "Too deep a query", wrong)
    keywords = sparql.keywords(text)
    if "SERVICE" in keywords:
        return problem(403, "SERVICE is refused", "this server asks no other server; query that endpoint itself")
    if sparql.first_keyword(text) in sparql.UPDATES:
        return refuse_update(door.writable)
    dataset: dict[str, Any] = {
        "use_default_graph_as_union": union and door.everywhere is None and "FROM" not in keywords
    }
    if default or named:
        dataset = {
            "default_graph": [ox.NamedNode(g) for g in default],
            "named_graphs": [ox.NamedNode(g) for g in named],
        }
    found = door.store.query(text, base_iri=base, prefixes=o.PREFIXES, **dataset)
    offered = (
        media.ROWS
        if isinstance(found, ox.QuerySolutions)
        else media.TRUTH
        if isinstance(found, ox.QueryBoolean)
        else media.GRAPH
    )
    kind = media.choose(format, accept, offered)
    if kind is None:
        return unacceptable(format or accept, offered)
    shown = media.JSON if kind is media.HTML else kind
    if isinstance(found, ox.QuerySolutions):
        written = answers.table(found, shown, Limits(*limits))
    elif isinstance(found, ox.QueryBoolean):
        written = answers.truth(bool(found), shown)
    else:
        written = answers.graph(found, kind, Limits(*limits))
    return Answer(200, kind.content_type, written.body, _notice(written.notice))


def update(door: Door, *, body: bytes, default: list[str], named: list[str], base: str) -> Answer:
    """A SPARQL update, all or nothing."""
    if not door.writable:
        return refuse_update(False)
    text = body.decode()
    if wrong := sparql.too_deep(text, update=True):
        return problem(400, "Too deep an update", wrong)
    keywords = sparql.keywords(text)
    for word in ("SERVICE", "LOAD"):
        if word in keywords:
            return problem(403, f"{word} is refused", "this server reads from no other; send the data itself")
    if default or named:
        text = sparql.with_using(text, default, named)
    door.store.update(text, base_iri=base, prefixes=o.PREFIXES)
    door.store.flush()
    return Answer(204, "text/plain", b"", {})


def refuse_update(writable: bool) -> Answer:
    """Why an update is not run."""
    if writable:
        return problem(
            400, "An update, not a query", "POST it as update=… or as application/sparql-update, with the token"
        )
    return problem(
        403, "Updates are refused", "this server only reads; `kg serve --writable --token` starts one that writes"
    )


def graph_read(
    door: Door, *, body: bytes, graph: str | None, accept: str, format: str, limits: tuple[int, int]
) -> Answer:
    """A stored graph; the default graph for None."""
    name = _graph(graph)
    if isinstance(name, ox.NamedNode) and not door.store.contains_named_graph(name):
        return problem(404, "No such graph", f"there is no graph {graph}")
    kind = media.choose(format, accept, media.GRAPH)
    if kind is None:
        return unacceptable(format or accept, media.GRAPH)
    quads = door.store.quads_for_pattern(None, None, None, name)
    written = answers.graph((q.triple for q in quads), kind, Limits(*limits))
    return Answer(200, kind.content_type, written.body, _notice(written.notice))


def graph_write(
    door: Door, *, body: bytes, graph: str | None, parts: list[list[Any]], base: str, replace: bool
) -> Answer:
    """Put (`replace`) or add to a stored graph. `parts`: pairs of content type and length, one after the other in `body`."""
    name = _graph(graph)
    triples: list[ox.Triple] = []
    for content_type, size in parts:
        kind = media.of_content_type(content_type)
        if kind is None:
            types = ", ".join(m.type for m in media.GRAPH)
            return problem(
                415, "Unsupported media type", f"cannot read {content_type or 'an unnamed type'}; send {types}"
            )
        piece, body = body[:size], body[size:]
        found = ox.parse(piece, media.OXIGRAPH[kind], base_iri=base, rename_blank_nodes=True)
        triples += [q.triple for q in found]
    exists = isinstance(name, ox.DefaultGraph) or door.store.contains_named_graph(name)
    if replace:
        door.store.clear_graph(name)
    if isinstance(name, ox.NamedNode):
        door.store.add_graph(name)
    door.store.extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
    door.store.flush()
    return Answer(204 if exists else 201, "text/plain", b"", {"Location": graph} if graph and not exists else {})


def graph_delete(door: Door, *, body: bytes, graph: str | None) -> Answer:
    """Delete a stored graph; the default graph is emptied."""
    name = _graph(graph)
    if isinstance(name, ox.NamedNode):
        if not door.store.contains_named_graph(name):
            return problem(404, "No such graph", f"there is no graph {graph}")
        door.store.remove_graph(name)
    else:
        door.store.clear_graph(name)
    door.store.flush()
    return Answer(204, "text/plain", b"", {})


def graphs(door: Door, *, body: bytes, limit: int) -> Answer:
    """Names of stored graphs, as a JSON list, at most `limit`."""
    found = [g.value for g, _ in zip(door.store.named_graphs(), range(limit), strict=False)]
    return _json(found)


def resource(door: Door, *, body: bytes, iri: str, role: str, offset: int) -> Answer:
    """All that a page about a thing shows, as JSON; 404 if the store does not know it."""
    found = resources.page(door.store, iri, door.everywhere, role=role, offset=offset)
    return problem(404, "Not found", f"the graph does not know {iri}") if found is None else _json(found)


def describe(door: Door, *, body: bytes, iri: str, accept: str, format: str, limits: tuple[int, int]) -> Answer:
    """A thing with its edges and their evidence, as RDF."""
    kind = media.choose(format, accept, media.GRAPH)
    if kind is None:
        return unacceptable(format or accept, media.GRAPH)
    written = answers.graph(resources.describe(door.store, iri, door.everywhere), kind, Limits(*limits))
    if not written.body.strip():
        return problem(404, "Not found", f"the graph does not know {iri}")
    return Answer(200, kind.content_type, written.body, _notice(written.notice))


def search(door: Door, *, body: bytes, text: str, kind: str, limit: int, offset: int) -> Answer:
    """Things whose names fit a text, as a JSON list from `offset` on; `X-Total-Count` says how many there are, or 1000."""
    hits = names.search(door.path / "names.sqlite", text, kind=kind, limit=names.RANKED)
    found = _json([hit._asdict() for hit in hits[offset : offset + limit]])
    return found._replace(headers={"X-Total-Count": str(len(hits))})


#: Every operation by its name.
OPERATIONS: dict[str, Callable[..., Answer]] = {
    f.__name__: f
    for f in (ping, query, update, graph_read, graph_write, graph_delete, graphs, resource, describe, search)
}


def _graph(graph: str | None) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if graph is None else ox.NamedNode(graph)


def _json(value: Any) -> Answer:
    return Answer(200, "application/json", json.dumps(value, ensure_ascii=False).encode(), {})


def _notice(notice: str) -> dict[str, str]:
    return {"Warning": f'299 kg "{notice}"', "X-Notice": notice} if notice else {}
