"""The role of an entity in a paper, read from the words around its mentions by a small linear model.

Features are strings: the words beside each mention, the nearest cue words by class ("outperforms" -> compare), where the
mention stands, and the entity's class and ancestors. The weights lie in `weights/roles.json`; `kg.train` makes them from
the labels in `ontology/labels`. Multinomial logistic regression, one label per entity and paper.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from kg.linking.linear import LinearModel

#: Code points of a sentence, and before a mention, that are read.
MAX_SENTENCE = 600
REACH = 160

_WORD = re.compile(r"[a-z]+(?:'s)?|\d+(?:\.\d+)?|[(),;:%×]")
_OWN = frozenset("we our us ours proposed".split()) | frozenset("paper work article thesis".split())
_RESULT = frozenset(
    "speedup speedups outperform outperforms outperformed outperforming evaluate evaluated evaluates evaluation evaluations experiment "
    "experiments experimental experimentally results result".split()
)
_FACTOR = re.compile(r"\d\s*(?:x\b|×|%|times\b|-?fold)")
_BACKGROUND = frozenset(
    "existing previous prior traditional conventional current recent recently today widely popular typically often been become emerging emerged "
    "emerges despite however while although many most".split()
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
    """A role, its probability in [0, 1], and what gave it."""

    role: str
    score: float
    rule: str = "role-model"


class Sentence(NamedTuple):
    """What all mentions of one sentence share, read once."""

    title: bool
    where: str  # t title, 1 first sentence, a b c thirds of the abstract
    flags: str  # speaks of the paper's own work, holds a result, tells background: "0" or "1" each


class Place(NamedTuple):
    """One mention: its sentence and the lower-case text before and after it, within the sentence."""

    sentence: Sentence
    left: str
    right: str


def sentence(text: str, position: float, *, title: bool, first: bool, own: Collection[str]) -> Sentence:
    """Read one sentence in lower case.

    Args:
        position: where it starts in its field, 0 to 1.
        own: names that the paper introduces, lower case: their sentences count as the paper's own words.
    """
    text = text[:MAX_SENTENCE]
    words = set(_WORD.findall(text))
    where = "t" if title else "1" if first else "a" if position < 0.34 else "b" if position < 0.67 else "c"
    spoken = not words.isdisjoint(_OWN) or any(n in text for n in own)
    result = not words.isdisjoint(_RESULT) or _FACTOR.search(text) is not None
    return Sentence(title, where, f"{spoken:d}{result:d}{not words.isdisjoint(_BACKGROUND):d}")


def mention_features(kind: str, place: Place) -> list[str]:
    """What one mention says of its entity's role."""
    s = place.sentence
    left = _WORD.findall(place.left[-REACH:])[-25:]
    right = _WORD.findall(place.right[:60])[:5]
    near = left[-10:][::-1]
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
        elif seen < 3:
            cue = _CUE_OF.get(word)
            if cue is not None:
                out.append(f"c{seen}:{cue}{0 if distance <= 2 else 1 if distance <= 5 else 2}{kind}")
                out.append(f"c{seen}s:{cue}{split if split < 2 else 2}{flags[:2]}")
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
    far = {_CUE_OF[w] for w in left if w in _CUE_OF}
    out += [f"b:{c}{kind}" for c in far]
    out.append(f"bb:{'+'.join(sorted(far & _STRONG))}{kind}")
    return out


def features(kind: str, places: Sequence[Place], mentions: Sequence[Iterable[str]]) -> set[str]:
    """What all mentions of an entity say together. `mentions`: `mention_features` of each place."""
    titled = any(p.sentence.title for p in places)
    found = {f"n:{min(len(places), 4)}{titled:d}{kind}"}
    if all(p.sentence.where == "1" for p in places):
        found.add(f"only1:{kind}")
    return found.union(*mentions)


def read(model: LinearModel, entity: str, lineage: Iterable[str], places: Sequence[Place]) -> tuple[Reading, list[int]]:
    """The role of an entity from all its mentions, and how much each mention speaks for it."""
    kind = entity.partition("/")[0]
    mentions = [mention_features(kind, p) for p in places]
    probable = model.predict(entity, lineage, features(kind, places, mentions))
    best = max(range(len(probable)), key=probable.__getitem__)
    reading = Reading(model.classes[best], round(probable[best], 3))
    if len(places) == 1:
        return reading, [0]
    support = []
    for mention in mentions:
        scores = model.scores(set(mention))
        support.append(scores[best] * len(scores) - sum(scores))
    return reading, support
