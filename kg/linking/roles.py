"""The role of an entity in a paper, read from the words around its mentions by a small linear model.

A sentence is read once, as words in which every mention is one word that tells the class of its entity: "we compare with
@s , @s and @s". A feature is a word at a place beside the mention, a pair of them, what the sentence is about, and the
entity with its ancestors. What several mentions say is averaged. The weights lie in `weights/roles.json`; `kg.train`
makes them from the labels in `ontology/labels`. Multinomial logistic regression, one label per entity and paper.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from itertools import compress, repeat
from typing import NamedTuple, cast

import msgspec

from kg.linking.linear import EntityPart, LinearModel, Lookup, Recorder, Source, share

_WORD = re.compile(r"[a-z]+(?:'s)?|\d+(?:\.\d+)?|[(),;:%×]")
_KINDS = {"system": "@s", "hardware": "@h", "technique": "@t", "dataset": "@d", "task": "@k"}
#: The word that stands for the paper's own name.
OWN = "@@"

_OWN = frozenset(f"we our us ours proposed paper work article thesis {OWN}".split())
_RESULT = frozenset(
    "speedup speedups outperform outperforms outperformed outperforming evaluate evaluated evaluates evaluation evaluations experiment "
    "experiments experimental experimentally results result".split()
)
#: Where an abstract comes to its own work.
_TURN = re.compile(
    r"\b(?:we|our|us|the (?:authors|paper|proposed)|(?:is|are) (?:proposed|presented|introduced|described)|in this"
    r"|this (?:paper|work|article|study|thesis|letter|report|chapter|survey|note|research|dissertation|contribution|manuscript))\b"
    r"|(?:^|(?<=\. ))i (?=[a-z])"
)
_FACTORS = frozenset("x × % times time fold".split())
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
_CUES_AND_BREAKS = {word: cue for cue, words in _CUES.items() for word in words.split()} | dict.fromkeys(",;:(", "")
#: Word -> its cue, if any, and what a sentence with it speaks of.
_TOLD = {word: (_CUES_AND_BREAKS.get(word), speaks) for words, speaks in
         ((_CUES_AND_BREAKS, ""), (_BACKGROUND, "background"), (_FACTORS, "factor"), (_RESULT, "result"), (_OWN, "own"))
         for word in words}  # fmt: skip
_FLAGS = {(a, b, c): f"{a:d}{b:d}{c:d}" for a in (False, True) for b in (False, True) for c in (False, True)}
_REACH = 10  # words before a mention among which its cues are sought
_MAX_CUES = 3
_ZEROS = repeat(0)
#: Words of a list of names, between them and what governs it: "on the Intel CPU, ARM CPU and X"; a few dozen are passed at most.
_PASSED = frozenset("the a an , and or & both all two three several as well its our their such".split())
_LONGEST_LIST = 60
#: What a paper extends is said only where that is likelier than not: of what it merely is likeliest to, half is right, of this
#: five in eight, and as many roles are right in all (cross-validation on 22,000 labelled links).
EXTENDS = 0.5

#: Words that stand before and behind every sentence, so that no place beside a mention is out of it.
_BEFORE, _BEHIND = ("^", "^", "^"), ("$", "$")
_FIRST = len(_BEFORE)

#: Features of a mention by template. w where it stands and what its sentence speaks of; z on which side of the turn to own
#: work; l1 l2 l3 r1 r2 the words beside it; l r words farther off on either side; s1 s2 the first words of the sentence; g gg
#: the word that governs the list of names it stands in, and that with the one before; c d the cues before it, nearest first, with
#: their distance or the breaks between.
MENTION = ("c", "d", "w", "ws", "z", "l1", "l2", "l3", "l", "r1", "r2", "r", "s1", "s2", "g", "gg")
#: How often an entity is named, whether in the title, whether in the first sentence only, in which zones.
PAPER = ("n", "only", "zs")


class Reading(msgspec.Struct, frozen=True, gc=False):
    """A role, its probability in [0, 1], and what gave it."""

    role: str
    score: float
    rule: str = "role-model"


class Mark(NamedTuple):
    """A mention to be read: a half-open span of the readable text, its entity, whether the paper introduces that."""

    start: int
    end: int
    entity: str
    own: bool


class Passage:
    """One sentence as its mentions see it. `words` holds a word per mention; `at` the index of each mark's word."""

    __slots__ = ("at", "cues", "cues_at", "field", "flags", "opening", "scene", "span", "where", "words", "zone")

    def __init__(
        self, field: str, where: str, zone: str, span: tuple[int, int], words: list[str], at: list[int]
    ) -> None:
        self.field = field
        self.where = where  # t title, 1 first sentence, a b c thirds of the abstract
        self.zone = zone  # t title; B before, S in, A after the sentence that turns to own work; n if none does
        self.span = span  # of the sentence, in the readable text
        self.words = words
        self.at = at
        own = result = background = False
        #: The cue words, "" for a break between clauses, and where they stand.
        self.cues: list[str] = []
        self.cues_at: list[int] = []
        told = list(map(_TOLD.get, words))
        telling = cast("Iterable[tuple[int, tuple[str | None, str]]]", compress(enumerate(told), told))
        for i, (cue, speaks) in telling:  # most words tell nothing
            if cue is not None:
                self.cues.append(cue)
                self.cues_at.append(i)
            if not speaks:
                continue
            if speaks == "own":
                own = True
            elif speaks == "background":
                background = True
            elif speaks == "result" or words[i - 1][0].isdigit():
                result = True
        self.flags = _FLAGS[own, result, background]
        self.scene = where + self.flags
        self.opening = f"{words[_FIRST]} {words[_FIRST + 1]}"  # its first words


class Place(msgspec.Struct, frozen=True, gc=False):
    """One mention: its passage and the index of its word there."""

    passage: Passage
    at: int


def passage(
    lower: str, low: int, high: int, marks: Iterable[tuple[int, int, str, bool]], *, field: str, where: str, zone: str
) -> Passage:
    """Read the sentence that is `lower[low:high]`, lower case.

    Args:
        marks: its mentions (as `Mark`) in the order of the text, longer ones first. A mention inside another stands where that
            one stands, and so does a short form in brackets behind its entity: "key-value cache (KV cache)".
    """
    words = list(_BEFORE)
    at: list[int] = []
    position, last = low, ""
    for start, end, entity, own in marks:
        if start < position and at:
            at.append(at[-1])
            continue
        between = _WORD.findall(lower, position, start)
        position = end
        if entity == last and between == ["("]:
            at.append(at[-1])
            if lower[end : end + 1] == ")":
                position = end + 1
            continue
        words += between
        at.append(len(words))
        words.append(OWN if own else _KINDS.get(entity.partition("/")[0], "@t"))
        last = entity
    words += _WORD.findall(lower, position, max(position, high))
    words += _BEHIND
    return Passage(field, where, zone, (low, high), words, at)


def where(field: str, low: int, first: int, length: int) -> str:
    """Where the sentence from `low` stands in a text of `length`, whose first sentence starts at `first`."""
    if field == "title":
        return "t"
    if low == first:
        return "1"
    return "a" if low * 3 < length else "b" if low * 3 < length * 2 else "c"


def turn(lower: str) -> int:
    """Where an abstract, lower case, comes to its own work ("In this paper", "we"); -1 if nowhere."""
    m = _TURN.search(lower)
    return m.start() if m else -1


def zone(field: str, low: int, high: int, turn: int) -> str:
    """On which side of the turn to own work the sentence `low:high` stands: see `Passage.zone`."""
    if field == "title":
        return "t"
    return "n" if turn < 0 else "B" if high <= turn else "S" if low <= turn else "A"


class Reader:
    """Sums what a `Source` says of mentions: weights of a model, or names of features."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._entities = EntityPart(source)
        self._kinds: dict[str, tuple[Lookup, ...]] = {}
        self._cues: dict[tuple[str, str, int, int, int, str], int] = {}

    def _cue(self, kind: str, cue: str, nth: int, distance: int, breaks: int, flags: str) -> int:
        """What a cue says, packed; there are few thousand cases of it."""
        c, d, *_ = self._lookups(kind)
        known = c(f"{nth}{cue}{0 if distance <= 2 else 1 if distance <= 5 else 2}", 0)
        known += d(f"{nth}{cue}{breaks}{flags}", 0)
        self._cues[kind, cue, nth, distance, breaks, flags] = known
        return known

    def _lookups(self, kind: str) -> tuple[Lookup, ...]:
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = self._source.lookups(kind, (*MENTION, *PAPER))
        return found

    def mention(self, kind: str, place: Place) -> int:
        """What one mention says of its entity's role, packed."""
        c, _, w, ws, z, l1, l2, l3, left, r1, r2, right, s1, s2, g, gg, *_ = self._lookups(kind)
        said, i = place.passage, place.at
        words = said.words
        total = (
            w(said.where, 0) + ws(said.scene, 0) + z(said.zone, 0)
            + l1(words[i - 1], 0) + l2(words[i - 2], 0) + l3(words[i - 3], 0)
            + r1(words[i + 1], 0) + r2(words[i + 2], 0)
            + s1(words[_FIRST], 0) + s2(said.opening, 0)
        )  # fmt: skip
        head = i - 1
        end = max(head - _LONGEST_LIST, _FIRST)
        while head >= end and (words[head] in _PASSED or words[head][0] == "@"):
            head -= 1
        total += g(words[head], 0) + gg(f"{words[head - 1]} {words[head]}", 0)
        nth = breaks = 0
        cues, flags = self._cues, said.flags
        low, high = bisect_left(said.cues_at, i - _REACH), bisect_left(said.cues_at, i)
        for at, cue in zip(said.cues_at[low:high][::-1], said.cues[low:high][::-1], strict=True):
            if cue:
                case = kind, cue, nth, i - at, breaks, flags
                told = cues.get(case)
                total += self._cue(*case) if told is None else told
                nth += 1
                if nth == _MAX_CUES:
                    break
            elif breaks < 2:
                breaks += 1
        if not nth:
            total += c(said.where, 0)
        if i > _FIRST + 3:
            total += sum(map(left, words[max(_FIRST, i - _REACH) : i - 3], _ZEROS))
        return total + sum(map(right, words[i + 3 : min(i + 7, len(words) - len(_BEHIND))], _ZEROS))

    def paper(self, entity: str, lineage: Collection[str], places: Sequence[Place]) -> int:
        """What the entity, and how often and where it is named, say of its role, packed."""
        *_, number, once, among = self._lookups(entity.partition("/")[0])
        titled, only = False, True
        for place in places:
            where = place.passage.where
            titled = titled or where == "t"
            only = only and where == "1"
        return (
            self._entities.total(entity, lineage)
            + number(f"{len(places) if len(places) < 4 else 4}{'t' if titled else ''}", 0)
            + once("1" if only else "", 0)
            + among("".join(sorted({place.passage.zone for place in places})), 0)
        )


class RoleReader(Reader):
    """Reads roles with a model."""

    def __init__(self, model: LinearModel) -> None:
        super().__init__(model)
        self._model = model

    def read(self, entity: str, lineage: Collection[str], places: Sequence[Place]) -> tuple[Reading, list[int]]:
        """The role of an entity from all its mentions, and how much each mention speaks for it."""
        kind = entity.partition("/")[0]
        model = self._model
        paper = model.bias + self.paper(entity, lineage, places)
        mentions = [self.mention(kind, p) for p in places]
        if len(mentions) == 1:
            scores: Sequence[int] = model.shifted(paper + mentions[0])
        else:
            n = len(mentions)
            scores = [p + m // n for p, m in zip(model.scores(paper), model.scores(sum(mentions)), strict=True)]
        best = scores.index(max(scores))
        sure = share(scores, best)
        if model.classes[best] == "extends" and sure < EXTENDS:
            best = max((k for k in range(len(scores)) if k != best), key=scores.__getitem__)
            sure = share(scores, best)
        support = [0]
        if len(mentions) > 1:
            told = [model.shifted(mention) for mention in mentions]
            support = [t[best] * len(t) - sum(t) for t in told]
        return Reading(model.classes[best], round(sure, 3)), support


def features(recorder: Recorder, entity: str, lineage: Collection[str], places: Sequence[Place]) -> dict[str, float]:
    """The features that `RoleReader.read` weighs, by name: a mention's count over the number of mentions."""
    recorder.clear()
    reader = Reader(recorder)
    kind = entity.partition("/")[0]
    paper = reader.paper(entity, lineage, places)
    mentions = sum(reader.mention(kind, p) for p in places)
    out = {name: count / len(places) for name, count in recorder.counts(mentions).items()}
    out.update((name, float(count)) for name, count in recorder.counts(paper).items())
    return out
