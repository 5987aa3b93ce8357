"""How sure a link is: the probability that a careful reader would write it, from a small linear model.

What counts: the entity and its ancestors (generic words are seldom links), how the name was told apart, how it is written,
how often and where it stands, its role, and the words right beside it. Trained like the roles, on the same labels;
calibration is measured on records held back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg.linking.linear import LinearModel
from kg.model import Link

CLASSES = ("wrong", "right")
_WORD = re.compile(r"[a-z]+|[(),;:.]")


def features(links: Sequence[Link], text: str) -> list[str]:
    """Features of one entity in one paper. `links`: its mentions, the one that shows its role first; `text`: the field
    of that mention."""
    best = links[0]
    reading = best.candidates[0]
    kind = (best.entity or "").partition("/")[0]
    alias = reading.alias
    count = min(len(links), 4)
    title = any(k.mention.field == "title" for k in links)
    words = min(alias.count(" ") + alias.count("-") + 1, 4)
    start, end = best.mention.start, best.mention.end
    before = _WORD.findall(text[max(0, start - 20) : start].lower())
    after = _WORD.findall(text[end : end + 20].lower())
    background = all(k.sentence_start == 0 and k.mention.field != "title" for k in links)
    return [
        f"r:{reading.reason.partition(':')[0]}",
        f"w:{words}{kind}",
        f"u:{alias != alias.lower():d}{kind}",
        f"len:{min(len(alias) // 3, 6)}",
        f"n:{count}{title:d}",
        f"n2:{count}{kind}",
        f"role:{best.role}",
        f"rk:{best.role}{kind}",
        f"first:{background:d}{count > 1:d}",
        f"l1:{before[-1] if before else '^'}",
        f"r1:{after[0] if after else '$'}",
    ]


def read(model: LinearModel, links: Sequence[Link], text: str, lineage: Iterable[str]) -> float:
    """Probability in [0, 1] that the link is right."""
    return model.predict(links[0].entity or "", lineage, features(links, text))[1]
