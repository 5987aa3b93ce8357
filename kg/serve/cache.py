"""Answers that were given before, for a graph that does not change: the worked queries are asked again and again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from kg import sparql
from kg.serve.answers import Answer

#: Functions whose value is another one each time.
_VOLATILE = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


@dataclass
class _Coming:
    """An answer that is being made, and how many wait for it."""

    task: asyncio.Future[Answer]
    waiting: int = 0


class Cache:
    """The answers asked for last, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._coming: dict[Hashable, _Coming] = {}

    async def ask(self, key: Hashable, query: str, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer kept under a key, or else the one that `answer` gives. Who asks what is being answered already waits
        for that answer; it is given up when nobody waits any more. Raises what `answer` raises."""
        if (found := self.get(key)) is not None:
            return found
        if not self.limit or sparql.keywords(query) & _VOLATILE:
            return await answer()
        coming = self._coming.get(key)
        if coming is None:
            coming = self._coming[key] = _Coming(asyncio.ensure_future(answer()))
            coming.task.add_done_callback(lambda _: self._forget(key, coming))
        # Who waits is counted for this answer, not for the key: the next one may be asked for before all have heard this one.
        coming.waiting += 1
        try:
            found = await asyncio.shield(coming.task)
        finally:
            coming.waiting -= 1
            if not coming.waiting:
                self._forget(key, coming)  # before it has wound down: who asks next waits for an answer of their own
                coming.task.cancel()  # nothing happens to a task that is done
        self.put(key, found, query)
        return found

    def _forget(self, key: Hashable, coming: _Coming) -> None:
        """Let nobody else wait for this answer; the next of the same key stays."""
        if self._coming.get(key) is coming:
            del self._coming[key]

    def get(self, key: Hashable) -> Answer | None:
        """The answer kept under a key, or None."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, answer: Answer, query: str) -> None:
        """Keep an answer, unless it failed, is large, or would be another one the next time."""
        if answer.status != 200 or len(answer.body) > self.limit // 16 or sparql.keywords(query) & _VOLATILE:
            return
        if key not in self._kept:
            self._kept[key] = answer
            self.size += len(answer.body)
        while self.size > self.limit:
            _, oldest = self._kept.popitem(last=False)
            self.size -= len(oldest.body)
