"""Answers that were given before, for a graph that does not change: the worked queries are asked again and again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable

from kg.serve import scan
from kg.serve.answers import Answer

#: Functions whose value is another one each time.
_VOLATILE = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


class Cache:
    """The answers asked for last, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._coming: dict[Hashable, asyncio.Future[Answer]] = {}
        self._waiting: dict[Hashable, int] = {}

    async def ask(self, key: Hashable, query: str, answer: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer kept under a key, or else the one that `answer` gives. Who asks what is being answered already waits
        for that answer; it is given up when nobody waits any more. Raises what `answer` raises."""
        if (found := self.get(key)) is not None:
            return found
        if not self.limit or scan.keywords(query) & _VOLATILE:
            return await answer()
        task = self._coming.get(key)
        if task is None:
            task = self._coming[key] = asyncio.ensure_future(answer())
            task.add_done_callback(lambda _: self._coming.pop(key, None))
            self._waiting[key] = 0
        self._waiting[key] += 1
        try:
            found = await asyncio.shield(task)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]
                task.cancel()  # nothing happens to a task that is done
        self.put(key, found, query)
        return found

    def get(self, key: Hashable) -> Answer | None:
        """The answer kept under a key, or None."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, answer: Answer, query: str) -> None:
        """Keep an answer, unless it failed, is large, or would be another one the next time."""
        if answer.status != 200 or len(answer.body) > self.limit // 16 or scan.keywords(query) & _VOLATILE:
            return
        if key not in self._kept:
            self._kept[key] = answer
            self.size += len(answer.body)
        while self.size > self.limit:
            _, oldest = self._kept.popitem(last=False)
            self.size -= len(oldest.body)
