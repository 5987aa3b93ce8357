"""Names that a text spells with other words: "compression of models", "training a neural network", "data and model
parallelism".

Each pattern gives the words of a virtual phrase ("model compression"). Only where the vocabulary has that phrase, for
one entity in any context and letter case, is it a mention; its span runs over all the words that say it.
"""

from __future__ import annotations

import marshal
import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from kg import compiled, forms, matcher, vocabulary
from kg.forms import singular
from kg.linking.text import Spot, View
from kg.matcher import Matcher, Variant

#: Noun of an action -> its verb. Only acts that are worth an entity with nearly any object.
_VERBS = dict(
    pair.split("=")
    for pair in """
aggregation=aggregate alignment=align allocation=allocate analysis=analyze annotation=annotate
anonymization=anonymize approximation=approximate assignment=assign authentication=authenticate automation=automate
balancing=balance caching=cache calibration=calibrate captioning=caption checking=check checkpointing=checkpoint
classification=classify clustering=cluster colouring=colour coloring=color compilation=compile compression=compress
computation=compute consolidation=consolidate counting=count debugging=debug decoding=decode decomposition=decompose
deduplication=deduplicate deployment=deploy detection=detect diagnosis=diagnose discovery=discover
discretization=discretize distillation=distill editing=edit elimination=eliminate encoding=encode encryption=encrypt
estimation=estimate evaluation=evaluate execution=execute exploration=explore extraction=extract
factorization=factorize filtering=filter fine-tuning=fine-tune forecasting=forecast fusion=fuse fuzzing=fuzz
generation=generate hashing=hash identification=identify indexing=index injection=inject labeling=label
localization=localize management=manage mapping=map matching=match maximization=maximize merging=merge
migration=migrate mining=mine minimization=minimize mitigation=mitigate modeling=model monitoring=monitor
multiplication=multiply normalization=normalize offloading=offload optimization=optimize orchestration=orchestrate
ordering=order parallelization=parallelize parsing=parse partitioning=partition placement=place planning=plan
prediction=predict prefetching=prefetch processing=process profiling=profile provisioning=provision pruning=prune
quantization=quantize ranking=rank recognition=recognize recommendation=recommend reconstruction=reconstruct
recovery=recover reduction=reduce refactoring=refactor refinement=refine rendering=render repair=repair
replacement=replace replication=replicate retrieval=retrieve routing=route sampling=sample scheduling=schedule
search=search segmentation=segment selection=select serving=serve sharing=share simulation=simulate solving=solve
sorting=sort streaming=stream summarization=summarize synchronization=synchronize synthesis=synthesize testing=test
tracking=track training=train transformation=transform translation=translate tuning=tune vectorization=vectorize
verification=verify virtualization=virtualize visualization=visualize
""".split()
)
#: Verbs whose base form is a noun as well: only "testing programs" is read, not "test programs".
_NOUNS = frozenset(
    "balance cache caption check checkpoint cluster color colour count estimate filter hash index label map match model "
    "order plan process profile rank repair route sample schedule search share sort stream test track".split()
)
#: Verbs of results and reports: "we evaluate the performance", "identifies bottlenecks" name no task.
_REPORTING = frozenset("analyze assess evaluate explore identify measure".split())
#: Participles that still say that the paper is about the act: "pruned models".
_DONE = frozenset("compress distill prune quantize".split())
#: Objects that say nothing: "train the model", "reduce latency".
_EMPTY = frozenset(
    "approach data delay effect experiment factor feature function information latency method network parameter "
    "performance process requirement result system throughput".split()
)
#: Acts on models that are techniques: "compress the model", but not "train the model".
_ON_MODELS = frozenset("checking compression distillation merging partitioning pruning quantization serving".split())
_DOUBLED = frozenset(("map", "plan"))

_LEADING = frozenset(
    "a an the large larger big small complex general such these those its their our both new various different many "
    "multiple all any some several".split()
)
_ENDING = frozenset(
    "a about across after against along among an and are as at be because before between but by can could due during "
    "efficiently for from has have how if in into is it its may might more must not of on only onto or our over per "
    "should since so such than that the their these they this through to under until upon using via was we were when "
    "where whether which while who whose will with within without would".split()
)
#: What may stand before "training" where it governs the next words; elsewhere it is an adjective ("a training system").
_GOVERNS = frozenset(
    "after and are as at before by efficiently for from in is of on or than through to toward towards via was when while "
    "with without".split()
)
_WORD = re.compile(r"[a-z0-9+#*'é]+")
_STOP = re.compile(r"[^a-z0-9+#*'é\s-]")
_JOINT = re.compile(r"(,?) (?:and|or|&|and/or) $|(/)$")
_JOIN = re.compile(r" (?:and|or|&) |/")
_JOINTS = ("and ", " or ", "/or ", " & ", "/")
_JOINS = (" and ", " or ", " & ", "/")
_DEVICES = ("gpu", "cpu")
_REACH = 60  # characters on either side that are read
_MAX_OBJECT = 4  # words
_MAX_MAKERS = 4  # places of one maker that are looked at


class Reworded(NamedTuple):
    """A span of the readable text and the form that it says."""

    start: int
    end: int
    variant: Variant


class _Token(NamedTuple):
    text: str
    start: int
    end: int


class _Names(NamedTuple):
    """The mentions of a field in their own words, to look up."""

    spots: Sequence[Spot]
    starts: list[int]
    by_end: dict[int, Spot]

    def cut(self, position: int) -> bool:
        """Whether a position lies inside a name."""
        index = bisect_left(self.starts, position) - 1
        return index >= 0 and self.spots[index].end > position


class _Gathered(NamedTuple):
    """What is read off all plain keys of a matcher."""

    tails: frozenset[str]  # the last two words of those that end with the noun of an act
    devices: tuple[str, ...]  # those of a maker and a device: "nvidia gpu"; sorted


def _gathered(found: Matcher, nouns: Collection[str], hash: str) -> _Gathered:
    def make() -> _Gathered:
        keys = [(key, key.rsplit(" ", 2)) for key in found.plain_keys()]
        tails = frozenset(" ".join(words[-2:]) for _, words in keys if words[-1] in nouns)
        return _Gathered(tails, tuple(key for key, words in keys if len(words) == 2 and words[1] in _DEVICES))

    def pack(gathered: _Gathered) -> bytes:
        return marshal.dumps((sorted(gathered.tails), gathered.devices))

    def unpack(data: memoryview) -> _Gathered:
        try:
            tails, devices = marshal.loads(data)
        except (EOFError, TypeError) as error:
            raise ValueError("nothing that was gathered") from error
        return _Gathered(frozenset(tails), devices)

    code = [Path(str(module.__file__)) for module in (forms, matcher, vocabulary)] + [Path(__file__)]
    return compiled.kept("rewording", code, make, pack, unpack, of=hash) if hash else make()


class Rewording:
    """Finds names that are spelled with other words. Holds no state between texts."""

    def __init__(self, known: Matcher, hash: str = "") -> None:
        """`hash`: of all that the matcher knows; what is gathered from it is then kept for other processes."""
        self._form = known.plain_variant
        #: trigger word -> noun of the act, and how the word governs its object: "ing", "verb" for its other forms, "noun"
        self._acts: dict[str, tuple[str, str]] = {}
        for noun, verb in _VERBS.items():
            base, third, present, past = _inflections(verb)
            self._acts.setdefault(noun, (noun, "ing" if noun.endswith("ing") else "noun"))
            if verb in _REPORTING:
                continue
            self._acts.setdefault(present, (noun, "ing"))
            if verb in _DONE:
                self._acts.setdefault(past, (noun, "verb"))
            if verb not in _NOUNS:
                self._acts.setdefault(base, (noun, "verb"))
                self._acts.setdefault(third, (noun, "verb"))
        for word in [w for w in self._acts if "iz" in w]:
            self._acts.setdefault(word.replace("iz", "is"), self._acts[word])
        self._triggers = frozenset(self._acts)
        nouns = {noun for noun, _ in self._acts.values()}
        gathered = _gathered(known, nouns, hash)
        self._tails = gathered.tails
        #: Maker in lower case -> device -> the form "maker device", for entities whose label is just that.
        self._makers: dict[str, dict[str, Variant]] = {}
        for key in gathered.devices:
            maker, _, device = key.partition(" ")
            variant = self._form(key)
            if variant is not None and variant.entity == f"hardware/{maker}-{device}":
                self._makers.setdefault(maker, {})[device] = variant

    def find(self, view: View, spots: Sequence[Spot]) -> list[Reworded]:
        """Mentions in other words, in no order; `spots` are the field's mentions in their own words, by start."""
        lower = view.lower
        names = _Names(spots, [s.start for s in spots], {s.end: s for s in spots})
        found = [
            r for word in sorted(self._triggers.intersection(lower.split())) for r in self._act(lower, word, names)
        ]
        for spot in spots:
            if lower.endswith(_JOINTS, max(0, spot.start - 4), spot.start):
                found += self._shared_head(lower, spot, names)
            if lower.startswith(_JOINS, spot.end):
                found += self._shared_object(lower, spot)
        if any(device in lower for device in _DEVICES):
            for maker, devices in self._makers.items():
                if maker in lower:
                    found += _made(view, maker, devices, names)
        return found

    # -- acts and their objects

    def _act(self, lower: str, word: str, names: _Names) -> Iterator[Reworded]:
        noun, shape = self._acts[word]
        trigger = word + (" of " if shape == "noun" else " ")
        position = lower.find(trigger)
        while position >= 0:
            end = position + len(word) + 1
            if position == 0 or not lower[position - 1].isalnum():
                found = None
                if lower.startswith("of ", end):
                    if noun == word:
                        found = self._object(lower, end + 3, noun, names, adjectives=1)
                elif shape == "verb" or (shape == "ing" and _governs(lower, position)):
                    found = self._object(lower, end, noun, names, adjectives=0)
                if found is not None:
                    yield Reworded(position, found[0], found[1])
            position = lower.find(trigger, end)

    def _object(
        self, lower: str, start: int, noun: str, names: _Names, *, adjectives: int
    ) -> tuple[int, Variant] | None:
        """Where the noun phrase at `start` ends and the form that it gives with the act's noun; at most so many leading
        words may be left out of a name of one word, any number of a longer one."""
        phrase = _phrase(lower, start)
        if not phrase:
            return None
        end = phrase[-1].end
        if names.cut(end):  # the phrase cuts a longer name
            return None
        texts = [t.text for t in phrase]
        for last in {singular(texts[-1]): None, texts[-1]: None}:
            if f"{last} {noun}" not in self._tails:
                continue
            for left_out in range(len(texts)):
                if left_out == len(texts) - 1 and (left_out > adjectives or _is_empty(last, noun)):
                    break
                variant = self._form(" ".join([*texts[left_out:-1], last, noun]))
                if variant is not None:
                    return end, variant
        return None

    # -- coordination

    def _shared_head(self, lower: str, spot: Spot, names: _Names) -> Iterator[Reworded]:
        """ "data and model parallelism": the conjuncts before the name share its head."""
        name = _WORD.findall(lower, spot.start, spot.end)
        if len(name) < 2:
            return
        joint = _JOINT.search(lower, max(0, spot.start - 9), spot.start)
        if joint is None:
            return
        conjuncts = _conjuncts(lower, joint.start())
        if not conjuncts or (joint[1] and len(conjuncts) < 2):  # "…, and" joins clauses
            return
        for first in range(1, len(name)):
            head = name[first:]
            several = False
            for conjunct in conjuncts:
                known = names.by_end.get(conjunct[-1].end)
                found = None
                for size in range(min(3, len(conjunct)), 0, -1):
                    begin = conjunct[-size].start
                    variant = self._form(" ".join([*(t.text for t in conjunct[-size:]), *head]))
                    if variant is None or variant.entity == spot.entity:
                        continue
                    # "knowledge graph and web search": the conjunct is the end of another name
                    if known is None or (known.start == begin and size == 1):
                        found = Reworded(begin, spot.end, variant)
                    break
                if found is None:
                    break
                several = True
                yield found
            if several:
                return

    def _shared_object(self, lower: str, spot: Spot) -> Iterator[Reworded]:
        """ "image classification and segmentation": two acts share their object."""
        name = _WORD.findall(lower, spot.start, spot.end)
        joins = _JOIN.match(lower, spot.end)
        act = _WORD.match(lower, joins.end()) if joins is not None else None
        if act is None or len(name) < 2 or _is_empty(name[-2], act[0]) or not (_is_act(name[-1]) and _is_act(act[0])):
            return
        after = _WORD.match(lower, act.end() + 1) if lower[act.end() : act.end() + 1] in (" ", "-") else None
        if after is not None and self._form(f"{act[0]} {singular(after[0])}") is not None:
            return
        variant = self._form(" ".join([*name[:-1], act[0]]))
        if variant is not None and variant.entity != spot.entity:
            yield Reworded(spot.start, act.end(), variant)


def _made(view: View, maker: str, devices: dict[str, Variant], names: _Names) -> Iterator[Reworded]:
    """ "GPUs from NVIDIA and AMD": a maker's name by itself, in a sentence that names one kind of its devices."""
    alone = (
        m.span()
        for m in re.finditer(rf"(?<![\w-]){maker}(?![\w'-])", view.lower)
        if view.plain[m.start()].isupper() and not names.cut(m.start() + 1)
    )
    for start, end in islice(alone, _MAX_MAKERS):
        low, high = view.sentence(start)
        near = (view.lower[s.start : s.end] for s in names.spots if low <= s.start < high)
        named = {singular(name) for name in near}.intersection(_DEVICES)
        if len(named) == 1 and (device := named.pop()) in devices:
            yield Reworded(start, end, devices[device])
            return


def _inflections(verb: str) -> tuple[str, str, str, str]:
    """Base, third person, -ing and -ed of a regular verb."""
    if verb.endswith("e"):
        return verb, verb + "s", verb[:-1] + "ing", verb + "d"
    if verb.endswith("y"):
        return verb, verb[:-1] + "ies", verb + "ing", verb[:-1] + "ied"
    stem = verb + verb[-1] if verb in _DOUBLED else verb
    return verb, verb + ("es" if verb.endswith(("s", "x", "ch", "sh")) else "s"), stem + "ing", stem + "ed"


def _is_act(word: str) -> bool:
    return word in _VERBS or word == "inference"


def _is_empty(thing: str, act: str) -> bool:
    return thing in _EMPTY or (thing == "model" and act not in _ON_MODELS)


def _governs(lower: str, position: int) -> bool:
    """Whether a form in -ing at a position has an object, by the word before it."""
    before = lower[max(0, position - 14) : position]
    if not before or before[-1] != " ":
        return not before
    return before[-2:-1] in ".,:;(" or before[:-1].rpartition(" ")[2] in _GOVERNS


def _phrase(lower: str, start: int) -> list[_Token]:
    """The words of the noun phrase that begins at a position, without determiners; empty if it is too long."""
    stop = _STOP.search(lower, start, start + _REACH)
    limit = stop.start() if stop is not None else min(len(lower), start + _REACH)
    out: list[_Token] = []
    for m in _WORD.finditer(lower, start, limit):
        word = m[0]
        if not out and word in _LEADING:
            continue
        if word in _ENDING:
            return out
        if len(out) == _MAX_OBJECT:
            return []
        out.append(_Token(word, m.start(), m.end()))
    return out if stop is not None or limit == len(lower) else []


def _conjuncts(lower: str, end: int) -> list[list[_Token]]:
    """The words of each member of the list that ends at a position, the last member first."""
    begin = max(0, end - _REACH)
    segment = lower[begin:end]
    position = end
    out: list[list[_Token]] = []
    for piece in reversed(segment.split(",")):
        start = position - len(piece)
        stops = [m.end() for m in _STOP.finditer(lower, start, position)]
        tokens = [
            _Token(m[0], m.start(), m.end()) for m in _WORD.finditer(lower, stops[-1] if stops else start, position)
        ]
        if tokens:
            out.append(tokens)
        if not tokens or stops or (len(out) > 1 and len(tokens) > 3):
            break
        position = start - 1
    return out
