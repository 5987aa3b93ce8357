"""The role of an entity in a paper, read from the words around its mentions by a small linear model.

Features are strings: the words beside each mention, the nearest cue words by class ("outperforms" -> compare), where the
mention stands, and the entity's class and ancestors. The weights lie in `weights/roles.json`; `kg.train` makes them from
the labels in `ontology/labels`. Multinomial logistic regression, one label per entity and paper.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kg.model import ROLES

#: Code points of a sentence that are read.
MAX_SENTENCE = 600

_WORD = re.compile(r"[a-z]+(?:'s)?|\d+(?:\.\d+)?|[(),;:%×]")
_OWN = re.compile(r"\b(?:we|our|us|ours|this (?:paper|work|article|study|thesis)|the proposed|the paper|here)\b")
_RESULT = re.compile(
    r"\d\s*(?:x\b|×|%|times\b|-?fold)|\b(?:speed-?ups?|outperform\w*|evaluat\w+|experiment\w*|results?)\b"
)
_BACKGROUND = re.compile(
    r"\b(?:existing|previous|prior|traditional|conventional|current|recent(?:ly)?|today|widely|popular|typically|often|has been|have been|become|emerg\w+|despite|however|while|although|many|most)\b"
)

_CUES = {
    "compare": "outperform outperforms outperformed outperforming surpass surpasses beat beats exceed exceeds compared compare compares comparing comparison versus vs against baseline baselines competitors competitive comparable superior relative contrast",
    "than": "than over",
    "extend": "extend extends extended extending extension extensions modification modify modified variant variants generalize generalizes generalise atop top built build builds building builds plugin integrate integrated integrates integrating integration incorporate incorporated upon augment augments augmented enhance enhances",
    "implement": "implement implemented implementing implementation implementations prototype written coded ported port porting open-source released",
    "evaluate": "evaluate evaluated evaluates evaluating evaluation evaluations experiment experiments experimental tested test tests testing benchmark benchmarks benchmarked benchmarking validated validate validates validation measured measurements results result achieves achieve achieved demonstrate demonstrates demonstrated shows show trained accuracy performance dataset datasets simulated simulations report traces workloads",
    "use": "use uses used using via through employ employs employing leverage leverages leveraging exploit exploits exploiting adopt adopts utilize utilizes utilizing utilizing apply applies applied applying combine combines combining combined based rely relies relying powered inspired by with means help introduces",
    "run": "for on onto target targets targeting deploy deployed deploying deployment run runs running execute executed executing execution mapped mapping offload accelerator hardware platform platforms across support supports",
    "problem": "address addresses addressing problem problems challenge challenges challenging improve improves improving improved accelerate accelerates accelerating optimize optimizes optimizing optimise optimization optimizing enable enables enabling study studies studied studying analyze analyzes analyzing analysis investigate investigates reduce reduces reducing bottleneck solve solves solving towards toward efficient scalable survey surveys review focus focuses explore explores propose proposes proposed present presents introduce develop developed design designed designing understand understanding facilitate automate manage managing serving scheduling",
    "contrast": "unlike instead rather such like including e.g example examples namely",
}  # fmt: skip
_CUE_OF = {word: cue for cue, words in _CUES.items() for word in words.split()}
_SPLITS = frozenset(",;:(")
_STRONG = frozenset(("compare", "than", "extend", "implement", "evaluate"))


class Reading(NamedTuple):
    """A role with what gave it and its probability in [0, 1]."""

    role: str
    rule: str
    score: float


class Sentence(NamedTuple):
    """One sentence as the model sees it, read once for all its mentions."""

    start: int  # where it starts in the readable text
    tokens: tuple[str, ...]  # lower case
    offsets: tuple[int, ...]  # of the tokens in the readable text
    title: bool
    where: str  # t title, 1 first sentence, a b c thirds of the abstract
    flags: str  # speaks of the paper's own work, holds a result, tells background: "0" or "1" each


class Place(NamedTuple):
    """One mention: its sentence and its span of the readable text."""

    sentence: Sentence
    start: int
    end: int


def sentence(plain: str, span: tuple[int, int], *, title: bool, first: bool, own: Collection[str]) -> Sentence:
    """Read one sentence. `own`: names that the paper introduces, lower case: its words count as the paper's own."""
    low, high = span
    text = plain[low : min(high, low + MAX_SENTENCE)].lower()
    found = [(m.start() + low, m[0]) for m in _WORD.finditer(text)]
    position = low / max(1, len(plain))
    where = "t" if title else "1" if first else "a" if position < 0.34 else "b" if position < 0.67 else "c"
    spoken = _OWN.search(text) is not None or any(n in text for n in own)
    flags = f"{spoken:d}{_RESULT.search(text) is not None:d}{_BACKGROUND.search(text) is not None:d}"
    return Sentence(low, tuple(w for _, w in found), tuple(o for o, _ in found), title, where, flags)


def mention_features(kind: str, place: Place) -> list[str]:
    """What one mention says of its entity's role."""
    s = place.sentence
    before = bisect_left(s.offsets, place.start)
    after = bisect_left(s.offsets, place.end)
    near = s.tokens[max(0, before - 10) : before][::-1]
    right = s.tokens[after : after + 5]
    where, flags = s.where, s.flags
    out = [f"w:{where}{kind}", f"s:{flags}{kind}", f"ws:{where}{flags[:2]}"]
    seen = split = 0
    for distance, word in enumerate(near, 1):
        if distance <= 3:
            out.append(f"l{distance}:{word}")
            if distance <= 2:
                out.append(f"lk{distance}:{word}{kind}")
        else:
            out.append(f"l:{word}")
        if word in _SPLITS:
            split += 1
        cue = _CUE_OF.get(word)
        if cue is not None and seen < 3:
            out.append(f"c{seen}:{cue}{0 if distance <= 2 else 1 if distance <= 5 else 2}{kind}")
            out.append(f"c{seen}s:{cue}{min(split, 2)}{flags[:2]}")
            seen += 1
    if not seen:
        out.append(f"c-:{kind}{where}")
    if len(near) > 1:
        out.append(f"ll:{near[1]}_{near[0]}")
        if len(near) > 2:
            out.append(f"lll:{near[2]}_{near[1]}_{near[0]}")
    for distance, word in enumerate(right, 1):
        out.append(f"r{distance}:{word}" if distance <= 2 else f"r:{word}")
    if right:
        cue = _CUE_OF.get(right[0]) or (_CUE_OF.get(right[1]) if len(right) > 1 else None)
        if cue is not None:
            out.append(f"ra:{cue}{kind}")
    far = {c for w in s.tokens[max(0, before - 25) : before] if (c := _CUE_OF.get(w)) is not None}
    out += [f"b:{c}{kind}" for c in sorted(far)]
    out.append("bb:" + "+".join(sorted(far & _STRONG)) + kind)
    return out


def features(
    kind: str, lineage: Iterable[str], places: Sequence[Place], mentions: Iterable[Iterable[str]]
) -> list[str]:
    """Features of one entity in one paper: its own, and those of all its mentions, each once.

    Args:
        lineage: the entity and its ancestors.
        mentions: `mention_features` of each place.
    """
    found: dict[str, None] = {f"k:{kind}": None}
    for ancestor in lineage:
        found[f"e:{ancestor}"] = None
    titled = any(p.sentence.title for p in places)
    found[f"n:{min(len(places), 4)}{titled:d}{kind}"] = None
    if all(p.sentence.where == "1" for p in places):
        found[f"only1:{kind}"] = None
    for mention in mentions:
        found.update(dict.fromkeys(mention))
    return list(found)


class RoleModel:
    """Linear weights over features; `classes` are roles in the order of the weights.

    Weights are whole thousandths, so that sums are exact and equal on every machine.
    """

    def __init__(self, classes: Sequence[str], weights: dict[str, Sequence[int]], bias: Sequence[int]) -> None:
        self.classes = tuple(classes)
        self._rows = {feature: i for i, feature in enumerate(weights)}
        self._matrix = np.array([*weights.values(), [0] * len(self.classes)], dtype=np.int64)
        self._bias = np.array(bias, dtype=np.int64)

    def scores(self, found: Iterable[str]) -> list[int]:
        """One score per class, in thousandths of a logit."""
        rows = self._rows
        total: list[int] = self._matrix[[rows[f] for f in found if f in rows]].sum(axis=0).tolist()
        return total

    def predict(self, found: Iterable[str]) -> Reading:
        """The most probable role, ties by the order of `classes`."""
        total = [t + b for t, b in zip(self.scores(found), self._bias.tolist(), strict=True)]
        top = max(total)
        share = 1.0 / sum(math.exp((t - top) / 1000) for t in total)
        return Reading(self.classes[total.index(top)], "role-model", round(share, 3))


def read(model: RoleModel, kind: str, lineage: Iterable[str], places: Sequence[Place]) -> tuple[Reading, list[int]]:
    """The role of an entity from all its mentions, and how much each mention speaks for it."""
    mentions = [mention_features(kind, p) for p in places]
    reading = model.predict(features(kind, lineage, places, mentions))
    if len(places) == 1:
        return reading, [0]
    index = model.classes.index(reading.role)
    support = []
    for mention in mentions:
        scores = model.scores(mention)
        support.append(scores[index] * len(scores) - sum(scores))
    return reading, support


@lru_cache(maxsize=1)
def shipped() -> RoleModel:
    """The model that `weights/roles.json` holds."""
    data = json.loads((Path(__file__).parent / "weights" / "roles.json").read_text(encoding="utf-8"))
    assert set(data["classes"]) <= set(ROLES)
    return RoleModel(data["classes"], data["weights"], data["bias"])
