"""Answers that were given before, for a graph that does not change: the worked queries are asked again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

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
