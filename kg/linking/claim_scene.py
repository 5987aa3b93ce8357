"""Where a result holds, when its own words do not say: the opening of its sentence, its subject, the sentences before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from kg.linking import claim_words as words_of
from kg.linking.claim_clause import Clause
from kg.linking.claim_context import Found, Span, same
from kg.linking.claim_reading import SUBJECT_WORDS, past_determiners
from kg.linking.claim_words import NUMBER
from kg.linking.text import Spot, View

_LEADS = frozenset(
    "on in for at under across with when using during through running over compared relative within while trained tested "
    "evaluated implemented fabricated applied deployed synthesized synthesised simulated demonstrated validated measured "
    "benchmarked executed integrated prototyped built leveraging via assuming given".split()
)
_PLACE_KINDS = ("hardware/", "dataset/")
_SETTINGS = (
    r"cluster|data-?sets?|benchmark|workload|trace|deploy|environment|setting|scenario|hardware|platform|server|device|gpus?$|cpus?$|fpga|processor|imagenet|cifar|mnist|simulat|testbed|cores?$|kernels?$|applications?$|models?$|"
    r"supercomputer|machine$|technology$|cmos|process$|node$|nm$|tasks?$|quer(?:y|ies)$|nvidia|amd$|intel|llama|resnet|bert|configurations?$|networks?$|\d+-?nm$|prototype"
)
_SETTING = re.compile(_SETTINGS)
_SETTING_WITHIN = re.compile(r"\b(?:" + _SETTINGS.replace("$", r"\b") + ")")
_EVIDENCE_NOUNS = frozenset(
    "experiments experiment experimental evaluation evaluations results result simulations simulation evaluated tests testing measurements benchmarks implementation analysis empirical extensive comprehensive".split()
)
_SCENES = frozenset("simulation simulations emulation implementation synthesis measurements benchmarks".split())
_PLAIN_EVIDENCE = frozenset(
    "extensive comprehensive experimental our the empirical experiments experiment evaluation evaluations results result tests measurements analysis detailed thorough extended numerical preliminary these initial further".split()
)
_FINITE = words_of.VERBS - frozenset("evaluated tested measured running using training compared scaling".split())
_INNER_LEADS = frozenset("in on for at under".split())
_TRIES = re.compile(
    r"\b(?:evaluat(?:e|ed|ion|ions)|experiments?|implement(?:ed|ation)?|fabricated|prototyped?|simulat(?:e|ed|ion|ions)|tested|benchmark(?:ed)?|validated?|deployed|assess(?:ed)?|demonstrated?|measured|case study|synthesi[sz]ed|applied|apply|compare[ds]?|run|runs)\b"
)
#: A subject that these words name is the work itself, not a setting of it.
_WORK = SUBJECT_WORDS | frozenset(
    "tool toolkit paper study evaluations analysis optimization optimizations strategies strategy techniques methods algorithms approaches "
    "systems frameworks library compiler simulator scheduler simulations measurements authors findings these those results "
    "proposed resulting new presented there who one both".split()
)
_PLACES = frozenset(("on", "across"))
#: How many sentences before a result are read for where it holds.
_BACK = 4


@lru_cache(maxsize=8192)
def is_setting(word: str) -> bool:
    """Whether a lower-case word begins like something that results are obtained on or under."""
    return _SETTING.match(word) is not None


def lead_conditions(c: Clause, first: Found) -> list[Span]:
    """Conditions said once for the whole sentence, before its first result."""
    words = c.words
    found: list[Span] = []
    leads, evidence = words[0] in _LEADS, not _EVIDENCE_NOUNS.isdisjoint(words[:3])
    if leads or evidence:
        verb = next((k for k in range(1, first.token) if words[k] in _FINITE), first.token)
        comma = next((k for k in range(verb, 0, -1) if words[k] == ","), 0) if leads else 0
        if comma:
            found = _opening(c, comma)
        if not found and verb and (evidence or words[0].endswith("ed")):
            found = c.conditions(0, verb)
    if not found and evidence:
        named = c.noun(past_determiners(c, 0, first.token), first.token)
        begin = next(
            (k for k in range(named) if words[k] not in _PLAIN_EVIDENCE and not words[k].endswith("ly")), named
        )
        if begin < named and words[named - 1] in _SCENES:
            found = [(begin, named)]  # "FPGA implementation shows that …", "Layout simulation using a 5nm process …"
            using = past_determiners(c, named + 1, first.token) if words[named] == "using" else named
            found += [(using, c.noun(using, first.token))] if named < using < c.noun(using, first.token) else []
    if not found:
        high = first.reading.verb if first.reading.verb >= 0 else first.token
        for span in c.conditions(0, high) if any(map(is_setting, words[:high])) else ():
            if not same(span, first.reading) and any(map(is_setting, words[span[0] : span[1]])):
                found.append(span)
    for k in c.leads:
        if not 0 < k < first.token - 2 or words[k] not in _INNER_LEADS:
            continue
        if words[k - 1] in ("that", ","):  # "… show that, in unipolar mode, …"
            end = c.phrase(k + 1, first.token, words_of.STOP_CONDITION)
            if words[end : end + 1] == [","] and end > k + 1:
                found = [span for span in c.conditions(k, end) if span not in found] + found
        elif words[k - 1] in _EVIDENCE_NOUNS and not found:  # "we show, via experiments on A, that …"
            found = c.conditions(k, min(first.token, c.phrase(k + 1, first.token, words_of.STOP_CONDITION)))
    return found


def _opening(c: Clause, comma: int) -> list[Span]:
    """The conditions of an opening phrase that ends at a comma: "Using a trace of 3 days, …"."""
    words = c.words
    if words[0] in ("using", "through", "via", "leveraging") and any(map(is_setting, words[1:comma])):
        inside = next((k for k in range(1, comma) if words[k] in words_of.CONDITION_PREPOSITIONS), comma)
        if not _EVIDENCE_NOUNS.isdisjoint(words[1:inside]):
            return c.conditions(1, comma)
        start = past_determiners(c, 1, comma)
        return [(start, comma)] if start < comma else []
    return c.conditions(0, comma)


def subject_condition(c: Clause, f: Found, spots: Sequence[Spot], introduced: str) -> Span | None:
    """The subject of a result's verb if it is a setting ("a prototype on A achieves", "B with C yields"), not the work."""
    words = c.words
    verb = f.reading.verb
    if verb < 0:
        verb = f.token - 1
        while verb > 0 and (words[verb] not in _FINITE or words[verb].endswith("ing")):
            verb -= 1
    while verb > 0 and words[verb - 1] in ("can", "could", "will", "also", "further", "has", "have", "may"):
        verb -= 1
    if verb <= 0 or words[verb] not in _FINITE:
        return None
    start = verb
    while start > 0 and words[start - 1] not in (",", ";", ":", "that", "while", "whereas", "but", NUMBER, "(", ")"):
        start -= 1
    if start and words[start - 1] == "," and words[0] not in _LEADS and not words[0].endswith("ly") and start > 3:
        return None
    first = start
    while first < verb and (words[first] in ("and", "also") or words[first].endswith("ly")):
        first += 1
    determined = first < verb and words[first] in ("our", "this", "these", "its", "their", "such")
    first = past_determiners(c, first, verb)
    verb = next((k for k in range(first + 1, verb) if words[k] in _FINITE and words[k][-3:] != "ing"), verb)
    end = c.noun(first, verb)
    if determined or end == first or verb - first > 14 or words[first] in words_of.PREPOSITIONS:
        return None
    head = words[first:end]
    if not _EVIDENCE_NOUNS.isdisjoint(words[first:verb]) or NUMBER in words[first:verb]:
        return None
    if not _WORK.isdisjoint(head) and c.text(first, end).islower():
        return next(iter(c.conditions(end, verb)), None)  # "the same model on an older device runs"
    if any(map(words_of.is_measure, head[-1:])) or head[-1] in words_of.CHANGE_NOUNS:
        return None
    low, high = c.starts[first], c.ends[verb - 1]
    inside = [s for s in spots if low <= s.start and s.end <= high]
    if any(s.entity == introduced for s in inside):
        return None
    if verb - first == 1 and not inside and (not introduced or c.text(first, verb).islower()):
        return None  # a bare word; a name is a variant only beside the one that the paper presents
    return first, verb


def scene_before(view: View, c: Clause, spots: Sequence[Spot]) -> tuple[str, tuple[Spot, ...]]:
    """What the nearest sentence before a clause says of where results were obtained, and the mentions in it; ("", ())."""
    at = view.sentences.index(view.sentence(c.starts[0]))
    places = [s for s in spots if s.entity.startswith(_PLACE_KINDS)]
    clauses: list[Clause] = []
    for low, high in reversed(view.sentences[max(0, at - _BACK) : at]):
        if not (_SETTING_WITHIN.search(view.lower, low, high) or any(low <= s.start < high for s in places)):
            continue
        clauses.append(Clause(view, low, high, ()))
        if _TRIES.search(view.lower, low, high):
            held = _held(clauses[-1], spots, frozenset(words_of.CONDITION_PREPOSITIONS))
            if held:
                return _told(clauses[-1], held, spots)
    for earlier in clauses:
        held = _held(earlier, spots, _PLACES)
        if held:
            return _told(earlier, held, spots)
    return "", ()


def _held(c: Clause, spots: Sequence[Spot], leads: frozenset[str]) -> list[Span]:
    """The first phrases of an earlier sentence that say on what or under what, opened by one of some prepositions."""
    return [
        (a, b)
        for a, b in c.conditions(0, len(c.words))
        if not leads.isdisjoint(c.words[max(0, a - 2) : a + 1])
        and (any(map(is_setting, c.words[a:b])) or _named(c, (a, b), spots))
    ][:2]


def _told(c: Clause, held: list[Span], spots: Sequence[Spot]) -> tuple[str, tuple[Spot, ...]]:
    return ", ".join(c.text(*span) for span in held), tuple(s for span in held for s in _named(c, span, spots))


def _named(c: Clause, span: Span, spots: Sequence[Spot]) -> list[Spot]:
    """The hardware and data sets named in a span."""
    low, high = c.starts[span[0]], c.ends[span[1] - 1]
    return [s for s in spots if low <= s.start and s.end <= high and s.entity.startswith(_PLACE_KINDS)]
