"""How common a word is: in how many of 100,000 abstracts it stands. `weights/common.json` holds the counts by step."""

from __future__ import annotations

from functools import cache

from kg.linking.linear import stored

#: A word of level n stands in at least STEPS[n - 1] abstracts.
STEPS = (30, 100, 300, 1000, 3000)


def written(word: str) -> str:
    """What a word is counted as: lower case, but for words that have more capitals than one at their start."""
    return word.lower() if word[1:].islower() else word


def level(name: str) -> int:
    """How common the rarest word of a name is: 0 for what stands in fewer than 30 abstracts, up to 5."""
    levels = _levels()
    return min([levels.get(written(word), 0) for word in name.split()], default=0)


@cache
def _levels() -> dict[str, int]:
    return {word: int(n) for n, words in stored("common").items() for word in words.split(" ")}
