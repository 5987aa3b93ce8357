"""The role of an entity in a paper, read from the words around its mentions by a small linear model.

Features are strings: the words beside each mention, the nearest cue words by class ("outperforms" -> compare), where the
mention stands, and the entity's class and ancestors. The weights lie in `weights/roles.json`; `kg.train` makes them from
the labels in `ontology/labels`. Multinomial logistic regression, one label per entity and paper.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from kg.model import ROLES

#: How far from a mention a cue may stand, in code points.
REACH = 160

_WORD = re.compile(r"[a-z]+(?:'s)?|\d+(?:\.\d+)?|[(),;:%×]")
_OWN = re.compile(r"\b(?:we|our|us|ours|this (?:paper|work|article|study|thesis)|the proposed|the paper|here)\b")
_RESULT = re.compile(
    r"\d\s*(?:x\b|×|%|times\b|-?fold)|\b(?:speed-?ups?|outperform\w*|evaluat\w+|experiment\w*|results?)\b"
)
_BACKGROUND = re.compile(
    r"\b(?:existing|previous|prior|traditional|conventional|current|recent(?:ly)?|today|widely|popular|typically|often|has been|have been|become|emerg\w+|despite|however|while|although|many|most)\b"
)

_PATTERNS = {
    "on-top": re.compile(
        r"\b(?:on top of|atop|upon|built on|based on|builds on|extension (?:of|to)|extensions? (?:to|of|for)|modif\w+|variants? of|generali[sz]\w+|version of|improve(?:s|d)? (?:up)?on|part of|integrat\w+ (?:\w+ )?(?:in|into|with)|implement\w* (?:\w+ ){0,3}(?:in|on|within|with|using)|extend\w*|adapt\w*|enhanc\w*|retrofit\w*|augment\w*|customi[sz]\w*|fork of|incorporat\w+ (?:\w+ )?into)\b [^.;:]{0,40}$"
    ),
    "than": re.compile(
        r"(?:\bthan|\bover|\b(?:compared?|relative|comparison) (?:\w+ )?(?:to|with|against)|\bagainst|\bversus|\bvs\.?|outperform\w*|surpass\w*|baselines?|unlike) [^.;:]{0,60}$"
    ),
    "eval-on": re.compile(
        r"\b(?:evaluat\w+|experiment\w*|test\w*|results?|benchmark\w*|achiev\w+|trained|accuracy|perform\w*|demonstrat\w+|show\w*|speed-?ups?|validat\w+|measur\w+)\b [^.;:]{0,80}\b(?:on|with|using|across|over|for|in)\b [^.;:]{0,40}$"
    ),
    "using": re.compile(
        r"\b(?:using|via|through|with|leverag\w+|employ\w*|utili[sz]\w+|based on|by means of|exploit\w*|adopt\w*|appl(?:y|ies|ied|ying)|combin\w+) (?:[\w-]+ ){0,4}$"
    ),
    "for": re.compile(r"\b(?:for|of|on|in|to) (?:[\w-]+ ){0,2}$"),
    "we-verb": re.compile(
        r"\b(?:we|paper|work) (?:\w+ly )?(?:present|propos|introduc|develop|describ|design|study|investigat|address|explor|analy|consider|focus)\w*\b [^.;:]{0,80}$"
    ),
}
_BEHIND = re.compile(
    r"^(?:[ -](?:based|driven|enabled|powered|aware|assisted|guided|inspired|style|accelerated|compatible|native)\b|s? (?:baselines?|counterparts?)\b| by (?:up to|\d|an? )|'s\b)"
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


class Reading(NamedTuple):
    """A role with what gave it and its probability in [0, 1]."""

    role: str
    rule: str
    score: float


class Place(NamedTuple):
    """One mention as the model sees it: the readable text around it within its sentence, at most `REACH` either side."""

    left: str
    right: str
    title: bool
    position: float  # where the sentence stands in the abstract, 0 first, 1 last
    first: bool  # in the abstract's first sentence


def mention_features(kind: str, place: Place, own: Collection[str]) -> list[str]:
    """What one mention says of its entity's role. `own`: names the paper introduces, lower case."""
    left_text, right_text = place.left.lower(), place.right.lower()
    left = _WORD.findall(left_text[-90:])[-10:]
    right = _WORD.findall(right_text[:60])[:5]
    sentence = f"{left_text} _ {right_text}"
    out: list[str] = []
    where = (
        "t"
        if place.title
        else "1"
        if place.first
        else "a"
        if place.position < 0.34
        else "b"
        if place.position < 0.67
        else "c"
    )
    spoken = bool(_OWN.search(sentence)) or any(n in sentence for n in own)
    result = bool(_RESULT.search(sentence))
    back = bool(_BACKGROUND.search(sentence))
    out.append(f"w:{where}{kind}")
    out.append(f"s:{spoken:d}{result:d}{back:d}{kind}")
    out.append(f"ws:{where}{spoken:d}{result:d}")
    for distance, word in enumerate(reversed(left), 1):
        if distance <= 3:
            out.append(f"l{distance}:{word}")
            if distance <= 2:
                out.append(f"lk{distance}:{word}{kind}")
        else:
            out.append(f"l:{word}")
    for distance, word in enumerate(right, 1):
        out.append(f"r{distance}:{word}" if distance <= 2 else f"r:{word}")
    if left[-2:]:
        out.append("ll:" + "_".join(left[-2:]))
    seen = 0
    split = 0
    for distance, word in enumerate(reversed(left), 1):
        if word in _SPLITS:
            split += 1
        cue = _CUE_OF.get(word)
        if cue is not None:
            near = 0 if distance <= 2 else 1 if distance <= 5 else 2
            out.append(f"c{seen}:{cue}{near}{kind}")
            out.append(f"c{seen}s:{cue}{min(split, 2)}{spoken:d}{result:d}")
            seen += 1
            if seen == 3:
                break
    if not seen:
        out.append(f"c-:{kind}{where}")
    cues = sorted({c for w in _WORD.findall(left_text) if (c := _CUE_OF.get(w))})
    out += [f"b:{c}{kind}" for c in cues]
    near_left = left_text[-110:]
    hits = [name for name, pattern in _PATTERNS.items() if pattern.search(near_left)]
    for name in hits:
        out.append(f"x:{name}{kind}")
        out.append(f"xs:{name}{spoken:d}{result:d}{where}")
    out.append(f"xx:{'+'.join(hits)}{kind}")
    behind = _BEHIND.match(right_text)
    if behind:
        out.append(f"h:{behind[0].strip()}")
    after = [c for w in right if (c := _CUE_OF.get(w))]
    if after:
        out.append(f"ra:{after[0]}{kind}")
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
    titled = any(p.title for p in places)
    found[f"n:{min(len(places), 4)}{titled:d}{kind}"] = None
    if all(p.first for p in places):
        found[f"only1:{kind}"] = None
    for mention in mentions:
        found.update(dict.fromkeys(mention))
    return list(found)


class RoleModel:
    """Linear weights over features; `classes` are roles in the order of the weights."""

    def __init__(self, classes: Sequence[str], weights: dict[str, Sequence[float]], bias: Sequence[float]) -> None:
        self.classes = tuple(classes)
        self.weights = weights
        self.bias = tuple(bias)

    def predict(self, found: Iterable[str]) -> Reading:
        """The most probable role, ties by the order of `classes`."""
        total = list(self.bias)
        get = self.weights.get
        for feature in found:
            row = get(feature)
            if row is not None:
                for i, w in enumerate(row):
                    total[i] += w
        best = max(range(len(total)), key=total.__getitem__)
        top = total[best]
        share = 1.0 / sum(math.exp(t - top) for t in total)
        return Reading(self.classes[best], "role-model", round(share, 3))

    def support(self, found: Iterable[str], role: str) -> float:
        """How much the features speak for one role against the mean of all."""
        index = self.classes.index(role)
        score = 0.0
        for feature in found:
            row = self.weights.get(feature)
            if row is not None:
                score += row[index] - sum(row) / len(row)
        return score


def read(
    model: RoleModel, kind: str, lineage: Iterable[str], places: Sequence[Place], own: Collection[str]
) -> tuple[Reading, list[float]]:
    """The role of an entity from all its mentions, and how much each mention speaks for it."""
    mentions = [mention_features(kind, p, own) for p in places]
    reading = model.predict(features(kind, lineage, places, mentions))
    if len(places) == 1:
        return reading, [0.0]
    return reading, [model.support(m, reading.role) for m in mentions]


@lru_cache(maxsize=1)
def shipped() -> RoleModel:
    """The model that `weights/roles.json` holds."""
    data = json.loads((Path(__file__).parent / "weights" / "roles.json").read_text(encoding="utf-8"))
    assert set(data["classes"]) <= set(ROLES)
    return RoleModel(data["classes"], data["weights"], data["bias"])
