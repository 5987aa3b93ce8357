"""Where a result holds: phrases of its sentence and of the few before it, weighed by a small linear model.

A phrase is what a preposition opens, what a bracket holds, a subject, or the name of an entity. What speaks for it: how it is
opened, its words and the classes of its entities, its place beside the number, beside what is measured and in the sentence;
of an earlier sentence, whether that tells how results were obtained. The weights lie in `weights/conditions.json`;
`kg.train` makes them from the labels.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kg.linking import linear
from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.context import Found, Span, clause_end, meets
from kg.linking.claims.tokens import Tokens
from kg.linking.claims.words import NUMBER
from kg.linking.text import Spot, View

CLASSES = ("other", "place")

#: A phrase is said above this score, in thousandths of a logit. So many phrases are right as were by the rules that this
#: model took over from, and more results have theirs; by cross-validation on the labels.
THRESHOLD = -1100
MOST = 3  # phrases of one result
BACK = 4  # sentences before a result that are read
REACH = 150  # tokens of its sentence on either side of a result that are read, and of a sentence before

_SETTING = re.compile(
    r"cluster|data-?sets?|benchmark|workload|trace|deploy|environment|setting|scenario|hardware|platform|server|device|gpus?$|cpus?$|fpga|processor|imagenet|cifar|mnist|simulat|testbed|cores?$|kernels?$|applications?$|models?$|"
    r"supercomputer|machine$|technology$|cmos|process$|node$|nm$|tasks?$|quer(?:y|ies)$|nvidia|amd$|intel|llama|resnet|bert|configurations?$|networks?$|\d+-?nm$|prototype"
)
_TRIES = re.compile(
    r"\b(?:evaluat(?:e|ed|ion|ions)|experiments?|implement(?:ed|ation)?|fabricated|prototyped?|simulat(?:e|ed|ion|ions)|tested|benchmark(?:ed)?|validated?|deployed|assess(?:ed)?|demonstrated?|measured|case study|synthesi[sz]ed|applied|apply|compare[ds]?|run|runs)\b"
)
_OPENING = words_of.CONDITION_PREPOSITIONS | {"of", "despite", "given", "to", "into", "by", "from"}
_WHILE = frozenset(("when", "while"))
_ENDS_SUBJECT = frozenset((",", ";", ".", ":", "that", "while", "whereas", "but", NUMBER, "(", ")"))
_BEGINS_SUBJECT = words_of.DETERMINERS | {"and", "also"}
_ENUMERATORS = frozenset("i ii iii iv v vi a b c d e".split())  # "(ii) …"
_BEFORE_VERB = frozenset("further also can could will may thus then still even only itself alone".split())
_FINITE = words_of.VERBS - frozenset("evaluated tested measured running using training compared scaling".split())
_LONGEST_SUBJECT, _LONGEST_BRACKET, _LONGEST = 13, 13, 30  # tokens of a phrase
_CERTAIN = 100_000
_APART = frozenset(("while", "whereas", "but", ";"))
_FAR = (0, 1, 2, 3, 6, 11, 19)


class Phrase(NamedTuple):
    """Tokens low … high - 1 of a sentence that may say where its results hold."""

    clause: Tokens
    low: int
    high: int
    lead: str  # the preposition that opens it, with "+" inside another phrase; "(" "subject" "name" "told"
    back: int  # sentences from it to the result
    named: tuple[str, ...]  # the entities in it
    scene: str  # whether it names a setting, and whether its sentence tells of an evaluation
    traits: tuple[str, ...]  # features that it has for every result
    weight: int  # of these

    @property
    def text(self) -> str:
        return self.clause.text(self.low, self.high)


class Stated(NamedTuple):
    """What is known of a result before its place is sought: tokens of its sentence."""

    measured: Span  # empty if the sentence does not say
    baseline: Span | None
    told: Span | None  # the place that a list or a bracket gives this result
    others: tuple[Span, ...]  # those that they give other results


class Scenes:
    """The phrases of one field's sentences; each sentence is read once."""

    def __init__(self, view: View, spots: Sequence[Spot], introduced: str) -> None:
        """`spots` in order of start; `introduced` is the entity that the paper presents."""
        self._view, self._spots, self._introduced = view, spots, introduced
        self._starts = [s.start for s in spots]
        self._before: dict[tuple[Span, int], list[Phrase]] = {}
        self._weigh = linear.shipped_features("conditions").margin(CLASSES.index("place"), CLASSES.index("other"))

    def own(self, c: Clause, found: Sequence[Found], told: Iterable[Span]) -> list[Phrase]:
        """Phrases of a sentence around its results; those of `told` are known to be some."""
        low, high = max(0, found[0].token - REACH), min(len(c.words), found[-1].token + REACH)
        return self._phrases(c, 0, _spans(c, low, high) | dict.fromkeys(told, "told"))

    def before(self, c: Clause) -> list[Phrase]:
        """Phrases of the sentences before a result's, the nearest first."""
        sentences = self._view.sentences
        at = bisect_right(sentences, (c.starts[0], len(self._view.plain))) - 1
        found: list[Phrase] = []
        for back, span in enumerate(reversed(sentences[max(0, at - BACK) : at]), 1):
            known = self._before.get((span, back))
            if known is None:
                earlier = Clause(self._view, *span, ())
                known = self._before[span, back] = self._phrases(
                    earlier, back, _opened(earlier, 0, min(len(earlier.words), REACH))
                )
            found += known
        return found

    def score(self, p: Phrase, c: Clause, found: Sequence[Found], n: int, stated: Stated, own: int) -> int:
        """How much speaks for a phrase (`features`), in thousandths of a logit."""
        return p.weight + self._weigh(_beside(p, c, found, n, stated, own))

    def _phrases(self, c: Clause, back: int, spans: dict[Span, str]) -> list[Phrase]:
        inside: dict[Span, list[Spot]] = {}
        by_start: dict[int, list[Span]] = {}
        for span in spans:
            by_start.setdefault(span[0], []).append(span)
        low, high = bisect_left(self._starts, c.starts[0]), bisect_left(self._starts, c.ends[-1])
        for spot in self._spots[low:high]:
            first, last = bisect_right(c.ends, spot.start), bisect_left(c.ends, spot.end)
            name = first, min(last + 1, len(c.words))
            begin = max(0, name[0] - _LONGEST)
            around = [span for k in range(begin, name[0] + 1) for span in by_start.get(k, ()) if name[1] <= span[1]]
            if all(spans[span].endswith("+") for span in around):
                around.append(name)
                spans[name] = spans.get(name, "name")
            for span in around:
                inside.setdefault(span, []).append(spot)
        tries = back > 0 and _TRIES.search(c.lower, c.starts[0], c.ends[-1]) is not None
        out: list[Phrase] = []
        for span, lead in spans.items():
            named = tuple([s.entity for s in inside.get(span, ())])
            setting = any(map(_is_setting, c.words[span[0] : span[1]]))
            traits = _traits(c, span, lead, named, self._introduced, back, setting=setting, tries=tries)
            weight = self._weigh(traits) - self._weigh(())
            out.append(Phrase(c, *span, lead, back, named, f"{setting} {tries}", tuple(traits), weight))
        return out


def _opened(c: Clause, begin: int, end: int) -> dict[Span, str]:
    """The phrases in tokens begin … end - 1 that prepositions open, each with its preposition."""
    words = c.words
    found: dict[Span, str] = {}
    for low, high in c.conditions(begin, end):
        k = low
        while (
            k > 0 and words[k] not in words_of.CONDITION_PREPOSITIONS and (k == low or words[k] in words_of.DETERMINERS)
        ):
            k -= 1
        found[low, high] = words[k]
    return found


def _spans(c: Clause, begin: int, end: int) -> dict[Span, str]:
    """Every phrase in tokens begin … end - 1 that may be one, with how it is opened."""
    words = c.words
    found = _opened(c, begin, end)
    begun = begin  # where the subject would begin, -1 behind a verb
    for k in range(begin, end):
        word = words[k]
        if word in _ENDS_SUBJECT:
            begun = k + 1
        elif begun >= 0 and k > begun and word in _FINITE and not word.endswith("ing"):
            first = begun
            while first < k and (words[first] in _BEGINS_SUBJECT or words[first].endswith("ly")):
                first += 1
            if words[first] in _OPENING:
                first = k  # "64% of the runs fail": no subject begins behind the number
            last = k
            while last > first and (words[last - 1].endswith("ly") or words[last - 1] in _BEFORE_VERB):
                last -= 1
            if 0 < last - first <= _LONGEST_SUBJECT:
                found.setdefault((first, last), "subject")
            begun = -1
        if word in _OPENING and k + 1 < end:
            start = k + 1
            while start < end and words[start] in words_of.DETERMINERS:
                start += 1
            stop = c.phrase(start, end, words_of.STOP_CONDITION, verbs=word in _WHILE)
            if stop > start and (k, stop) not in found:
                found.setdefault((start, stop), f"{word}+")
        elif word == "(":
            behind = range(k + 1, min(end, k + 1 + _LONGEST_BRACKET))
            close = next((n for n in behind if words[n] == ")"), 0)
            inside = words[k + 1 : close]
            listed = len(inside) == 1 and (inside[0].isdigit() or inside[0] in _ENUMERATORS)
            if inside and not listed and NUMBER not in inside and "(" not in inside:
                found.setdefault((k + 1, close), "(")
    return found


def _traits(
    c: Clause, span: Span, lead: str, named: Sequence[str], introduced: str, back: int, *, setting: bool, tries: bool
) -> list[str]:
    """Features that a phrase has for every result."""
    low, high = span
    words = c.words[low:high]
    kinds = sorted({entity.partition("/")[0] for entity in named}) or ["none"]
    first = c.plain[c.starts[low]]
    written = "capital" if first.isupper() else "digit" if first.isdigit() else "lower"
    digits = any(map(str.isdigit, "".join(words)))
    p = "p" if back else ""
    out = [
        f"{p}lead={lead}", f"{p}size={min(high - low, 8)}", f"{p}first={words[0]}", f"{p}last={words[-1]}", f"{p}setting={setting}",
        f"{p}measure={words_of.is_measure(words[-1])}", f"{p}written={written}", f"{p}digits={digits}",
        *(f"{p}kind={kind}" for kind in kinds), *(f"{p}w={word}" for word in dict.fromkeys(words)),
    ]  # fmt: skip
    if introduced in named:
        out.append(f"{p}own")
    if back:
        return [*out, f"back={back}", f"tries={tries}", f"tries={tries} {lead}", f"psetting={setting} {tries}"]
    return [*out, *(f"kindlead={kind} {lead}" for kind in kinds), f"before2={c.words[low - 2] if low > 1 else '^'}"]


def features(p: Phrase, c: Clause, found: Sequence[Found], n: int, stated: Stated, own: int) -> list[str]:
    """What speaks for a phrase as the place of a sentence's n-th result. `own`: how many phrases that sentence has."""
    return [*p.traits, *_beside(p, c, found, n, stated, own)]


def _beside(p: Phrase, c: Clause, found: Sequence[Found], n: int, stated: Stated, own: int) -> list[str]:
    """The features that a phrase has for one result."""
    kind = found[n].quantity.kind
    if p.back:
        return [f"unit={kind} {p.lead}", f"others={min(own, 3)}", f"others={own > 0} psetting={p.scene}"]
    low, high, at, reading, words = p.low, p.high, found[n].token, found[n].reading, c.words
    side, between = ("a", words[at + 1 : low]) if low > at else ("b", words[high:at])
    a, b = stated.measured
    stands = (
        "none" if a == b else "over" if low < b and a < high else "next" if 0 <= low - b < 3 else "after" if low >= b else "before"
    )  # fmt: skip
    place = "lead" if high <= found[0].token else "tail" if low > found[-1].token else "middle"
    beside = (n == 0 or high > found[n - 1].token) and (n + 1 == len(found) or low <= found[n + 1].token)
    others = any(meets(low, high, span) for span in stated.others)
    told = "own" if meets(low, high, stated.told) else "other" if others else "no"
    ended = low > at and low >= clause_end(c, at, len(words))
    written = "capital" if not c.plain[c.starts[low] : c.ends[p.high - 1]].islower() else "lower"
    change = "none" if reading.verb < 0 else "left" if high <= reading.verb else "right"
    return [
        f"unit={kind} {p.lead}",
        f"at={side}{bisect_right(_FAR, len(between))}",
        f"lead={p.lead} {side}",
        f"near={p.lead} {side}{min(len(between), 3)}",
        f"numbers={side}{min(3, between.count(NUMBER))}",
        f"opens={low < 3}",
        f"comma={side}{',' in between}",
        f"verb={side}{not words_of.VERBS.isdisjoint(between)}",
        f"and={'and' in between}",
        f"apart={not _APART.isdisjoint(between)}",
        f"stands={stands} {side}",
        f"stands={stands} {p.lead}",
        f"pattern={reading.pattern} {side} {p.lead[:4]}",
        f"change={change} {side}",
        f"place={place} {n == 0} {n == len(found) - 1}",
        f"place={place} {p.lead}",
        f"beside={beside} {side} {'respectively' in words}",
        f"baseline={meets(low, high, stated.baseline)}",
        f"many={len(found) > 1} {side}",
        f"told={told}",
        f"holds={low <= at < high}",
        f"ended={ended}",
        f"ended={ended} {p.lead}",
        f"tied={p.lead} {stands} {written} {side}",
    ]


def chosen(
    scenes: Scenes, c: Clause, own: Sequence[Phrase], found: Sequence[Found], n: int, stated: Stated
) -> list[Phrase]:
    """Where a sentence's n-th result holds, the best of what overlaps, in the order of the text: phrases of its sentence, as
    `Scenes.own` gives them, or, if none of them says it, of an earlier one."""
    scored = []
    leads = {p.lead for p in own if _right_behind(p, found[n].token)} if len(found) > 1 else ()
    for p in own:
        if abs(p.low - found[n].token) > REACH or _behind_another(p, found, n):
            continue
        if p.lead in leads and any(_right_behind(p, f.token) for m, f in enumerate(found) if m != n):
            continue  # "3x for A and 4x for B"
        told = (p.low, p.high) == stated.told
        if told or not any(meets(p.low, p.high, span) for span in stated.others):
            scored.append((_CERTAIN if told else scenes.score(p, c, found, n, stated, len(own)), p))
    kept = _best(scored)
    return kept or _best([(scenes.score(p, c, found, n, stated, len(own)), p) for p in scenes.before(c)])


def _best(scored: Iterable[tuple[int, Phrase]]) -> list[Phrase]:
    """The best phrases above the threshold that neither overlap nor say again what a better one says."""
    kept: list[Phrase] = []
    good = [(score, p) for score, p in scored if score > THRESHOLD]
    for _, p in sorted(good, key=lambda item: (-item[0], item[1].back, item[1].low, item[1].high)):
        again = any((k.back == p.back and k.low < p.high and p.low < k.high) or p.text in k.text for k in kept)
        if len(kept) < MOST and not again:
            kept.append(p)
    return sorted(kept, key=lambda p: (p.back, p.low))


def _behind_another(p: Phrase, found: Sequence[Found], n: int) -> bool:
    """Whether a bracket stands right behind another result: "3% (A) and 4% (B)"."""
    return p.lead == "(" and any(p.low - f.token == 2 for m, f in enumerate(found) if m != n)


def _right_behind(p: Phrase, token: int) -> bool:
    """Whether nothing but its preposition and an article stand between a number and a phrase."""
    if not 1 < p.low - token < 5:
        return False
    between = p.clause.words[token + 1 : p.low]
    return between[0] == p.lead and words_of.DETERMINERS.issuperset(between[1:])


def _is_setting(word: str) -> bool:
    return _SETTING.match(word) is not None
