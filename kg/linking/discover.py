"""Names that a paper presents as new: "we present X, a …", "X: a …" in the title, "called X", "X (SF)", "X, our …".

`kg.linking.cues` finds the places that may present a name. `Finder` gathers them by name, weighs what speaks for each (which
cues, how it is written, where and how often it stands, whether the vocabulary has it) with a small linear model, and returns
the accepted ones with class, variants and the mention that introduces them. The weights lie in `weights/introductions.json`;
`kg.train` makes them from the labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from kg.linking import linear, name_kind
from kg.linking.abbreviations import Definition
from kg.linking.candidate_features import weighed
from kg.linking.candidates import Candidate, Knowledge
from kg.linking.commonness import level
from kg.linking.kinds import is_head
from kg.linking.text import View

CLASSES = ("other", "new")

#: A candidate counts as introduced above this score, in thousandths of a logit. By cross-validation on the labels, F1 is flat
#: from -450 to 100, precision and recall nearest at its lower end. A name that a rule would accept by itself needs less if it
#: is described ("we present Foo, a compiler") or in quotes ("we present a "shift" operation").
THRESHOLD = -450
DESCRIBED = -1300
QUOTED = -2000
_SHORT = 4  # letters of a name of which the last is no plural ("ROS")
COMMON = 3  # `commonness.level` of the rarest word of a name, from which on it is an everyday one


class Introduction(NamedTuple):
    """A newly presented name: where its introducing mention stands, other names for it, class, rule, reliability."""

    field: str
    start: int
    end: int
    name: str
    aliases: tuple[str, ...]
    kind: str
    share: float  # how sure the class is
    rule: str
    score: float


_MARKS = re.compile(r"\^|_(?=\d)")  # of raised and lowered signs


class Finder:
    """Reads introductions from one paper's title and abstract.

    Args:
        known: tells whether a string can be a name of the vocabulary.
        certain: tells whether it is one in any context.
        model: the weights; the shipped ones if not given.
    """

    def __init__(
        self,
        known: Callable[[str], bool],
        certain: Callable[[str], bool],
        model: linear.FeatureModel | None = None,
    ) -> None:
        self.knowledge = Knowledge(known, certain)
        model = model or linear.shipped_features("introductions")
        self._score = model.margin(CLASSES.index("new"), CLASSES.index("other"))
        self._kinds = linear.shipped_features("classes")

    def find(self, title: View, abstract: View, definitions: Sequence[Definition]) -> list[Introduction]:
        """Introductions, one per name, in the order of their introducing mentions, the abstract's before the title's."""
        accepted: list[tuple[int, Candidate]] = []
        refused: list[Candidate] = []
        for candidate, found in weighed(title, abstract, definitions, self.knowledge):
            score = self._score(found)
            if (score > THRESHOLD or _may_do(score, found)) and not self._everyday(candidate.name):
                accepted.append((score, candidate))
            elif not candidate.name.islower() and not self.knowledge.known(candidate.name):
                refused.append(candidate)
        kept = _without_nested(_once(accepted, refused))
        return [self._introduction(score, c, title, abstract) for score, c in kept]

    def _everyday(self, name: str) -> bool:
        """Whether a name is a known one of common words: "our structure, called generative model" makes it nobody's own."""
        return name.islower() and level(name) >= COMMON and self.knowledge.known(name)

    # -- the accepted

    def _introduction(self, score: int, candidate: Candidate, title: View, abstract: View) -> Introduction:
        field, cue = candidate.cues[0]
        kind, share = name_kind.read(candidate, title, abstract, self._kinds)
        certainty = round(min(0.97, 0.6 + score / 8000), 2)
        aliases = (*candidate.aliases, *_without_marks((candidate.name, *candidate.aliases)))
        return Introduction(field, cue.start, cue.end, candidate.name, aliases, kind, share, cue.rule, certainty)


def _without_marks(names: Sequence[str]) -> list[str]:
    """How names with raised or lowered signs are written without them: "C2TC" for "C^2TC"."""
    plain = (_MARKS.sub("", name) for name in names)
    return [name for name in dict.fromkeys(plain) if name not in names]


def _may_do(score: int, found: Collection[str]) -> bool:
    """Whether a score below the threshold will do, as a rule would accept the candidate by itself."""
    if score > DESCRIBED and "trusted" in found and "desc" in found:
        return True
    return score > QUOTED and "trusted:quoted" in found


def _once(accepted: Sequence[tuple[int, Candidate]], refused: Sequence[Candidate]) -> list[tuple[int, Candidate]]:
    """One candidate of each that are one name with and without hyphens, spaces, capitals or the plural ("WarpCortex", "Warp
    Cortex"): the surest, the first of equals. The other ways to write it are other names of it, those of `refused` candidates, too."""
    best: dict[str, tuple[int, Candidate]] = {}
    for score, candidate in accepted:
        letters = _letters(candidate.name)
        if letters not in best or score > best[letters][0]:
            best[letters] = (score, candidate)
    ways: dict[str, list[str]] = {}
    for candidate in (*(c for _, c in accepted), *refused):
        if _letters(candidate.name) in best:
            ways.setdefault(_letters(candidate.name), []).extend((candidate.name, *candidate.aliases))
    kept = []
    for score, candidate in accepted:
        letters = _letters(candidate.name)
        if best[letters][1] is candidate:
            others = [way for way in ways[letters] if way.lower() != candidate.name.lower()]
            kept.append((score, candidate._replace(aliases=tuple(dict.fromkeys((*candidate.aliases, *others))))))
    return kept


def _letters(name: str) -> str:
    """What is the same however a name is written."""
    plain = name.removesuffix("s") if len(name) > _SHORT else name
    return plain.replace("-", "").replace(" ", "").lower()


def _without_nested(accepted: Sequence[tuple[int, Candidate]]) -> list[tuple[int, Candidate]]:
    """Of two names of which one's mention lies inside the other's, the surer one: "Foo Sort", not "Foo". Of equally sure ones it
    is the longer. "Foo" wins over "Foo framework" in any case, which stays as another name of it."""
    places = [(score, c.cues[0][0], c.cues[0][1].start, c.cues[0][1].end) for score, c in accepted]
    kept: list[tuple[int, Candidate]] = []
    for (score, candidate), (_, field, start, end) in zip(accepted, places, strict=True):
        aliases = dict.fromkeys(candidate.aliases)
        for (other, rival), (_, where, low, high) in zip(accepted, places, strict=True):
            if where != field or (low, high) == (start, end):
                continue
            inside, around = low <= start and end <= high, start <= low and high <= end
            if around and (score < other or _with_head(candidate.name, rival.name)):
                break
            if inside and score <= other and not _with_head(rival.name, candidate.name):
                break
            if inside and rival.name.startswith(f"{candidate.name} "):
                aliases[rival.name] = None
        else:
            kept.append((score, candidate._replace(aliases=tuple(aliases))))
    return kept


def _with_head(longer: str, name: str) -> bool:
    """Whether a name is another with the noun that says what it is: "Foo framework"."""
    head = longer.removeprefix(f"{name} ")
    return head != longer and is_head(head.lower())
