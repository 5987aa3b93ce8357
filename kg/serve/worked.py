"""The worked queries, and which of them this graph answers with nothing: a reader is not sent there."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import NamedTuple

from kg import ontology as o
from kg.serve import media
from kg.serve.answers import Answer
from kg.serve.worker import RefusedError
from kg.settings import BASE_IRI, ontology_dir

#: Seconds that a page waits to know; then it shows what is not known to be empty.
PATIENCE = 1.0


class WorkedQuery(NamedTuple):
    """A query with the question that it answers."""

    name: str
    question: str
    text: str


@cache
def queries(base_iri: str) -> tuple[WorkedQuery, ...]:
    """The worked queries of `ontology/queries`, in order of name, for a graph under this base IRI."""
    found = []
    for path in sorted((ontology_dir() / "queries").glob("*.rq")):
        comment, _, text = path.read_text(encoding="utf-8").replace(BASE_IRI, base_iri).partition("\n")
        # The server needs no declarations, but editors mark a prefix without one, and so would other endpoints.
        declared = [f"PREFIX {p}: <{ns}>" for p, ns in o.PREFIXES.items() if re.search(rf"(?<![\w?]){p}:\w", text)]
        found.append(WorkedQuery(path.stem, comment.lstrip("# "), "\n".join([comment, *declared, text])))
    return tuple(found)


class Answered:
    """The queries that a graph answers, each asked once, when the first page shows them.

    Args:
        ask: gives the answer to a query, or raises RefusedError: then it is not known to be empty. None: ask nothing.
    """

    def __init__(self, queries: Sequence[WorkedQuery], ask: Callable[[str], Awaitable[Answer]] | None) -> None:
        self._queries = queries
        self._ask = ask
        self._empty: set[str] = set()
        self._asking: asyncio.Task[None] | None = None

    async def known(self) -> list[WorkedQuery]:
        """Those that are not known to be empty, after `PATIENCE` at most; all if every one is."""
        if self._ask is None:
            return list(self._queries)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all(self._ask))
        await asyncio.wait({self._asking}, timeout=PATIENCE)
        return [q for q in self._queries if q.name not in self._empty] or list(self._queries)

    async def close(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait({self._asking})

    async def _ask_all(self, ask: Callable[[str], Awaitable[Answer]]) -> None:
        for query in self._queries:
            with contextlib.suppress(RefusedError):
                if _is_empty(await ask(query.text)):
                    self._empty.add(query.name)


#: The formats in which `Answered` is told.
ACCEPT = f"{media.JSON.type}, {media.N_TRIPLES.type}"


def _is_empty(answer: Answer) -> bool:
    if answer.status != 200 or answer.type == media.N_TRIPLES.content_type:
        return answer.status == 200 and not answer.body.strip()
    found = json.loads(answer.body)
    return "results" in found and not found["results"]["bindings"]
