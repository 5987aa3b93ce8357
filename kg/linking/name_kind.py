"""Of which class a newly named thing is: what its paper says it is, what stands around its name, how it is written, as
features of a small linear model. The weights lie in `weights/classes.json`; `kg.train` makes them from the labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from kg.linking import linear
from kg.linking.candidates import HEAD_AFTER, IS_A, Candidate
from kg.linking.kinds import head_kind, is_head, kind_of_name, word_kind
from kg.linking.names import stands
from kg.linking.text import View

_APPOSITION = re.compile(
    r"[\"'`]?\s*(?:\([^()]{1,80}\))?\s*(?:,|:|--|-|—| is| are)\s*(?:which is |namely )?(?:(?:an?|the|our)\b )(?:first |new |novel )*"
)
#: Where the phrase that says what a thing is ends.
_END = re.compile(
    r"\b(?:that|which|for|to|with|using|by|where|whose|in|on|from|based on|via|of|while|as|through|at|when|is|are)\b|[,;:.(]|--"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z+#-]*")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")  # of a word: Fast, Fed, GPT
#: Last words of longer names that leave no doubt; labels hold too few of them.
_SETTLING = {
    "benchmark": "dataset", "benchmarks": "dataset", "dataset": "dataset", "datasets": "dataset", "corpus": "dataset",
    "problem": "task",
}  # fmt: skip
_RUN = re.compile(r"([a-z]+)|([A-Z]+)|(\d+)")
_GOES_ON = (" ", "'", '"', "`", ")")  # behind a name: its phrase does
_QUOTES = "\"'`"
_REACH = 220  # code points behind a name that may say what it is
_CUES = 4  # of a name
_PLACES = 6  # of each form of it
_BESIDE = 40  # code points on either side of a name
_TELLING = 4  # letters of a word that tells something wherever it stands
_SENTENCE = 600  # code points on either side of a name, and of a title
_PHRASE = 12  # words of a description
_REST = 6  # words behind it, and words before a name


def read(candidate: Candidate, title: View, abstract: View, model: linear.FeatureModel) -> tuple[str, float]:
    """The class of a candidate and how sure it is, in [0, 1], by a model of `features`; a last word like "Benchmark" settles it."""
    for name in (candidate.name, *candidate.aliases):
        before, _, last = name.lower().rpartition(" ")
        if before and last in _SETTLING:
            return _SETTLING[last], 1.0
    shares = linear.shares(model.scores(features(candidate, title, abstract)))
    share = max(shares)
    return model.classes[shares.index(share)], share


def features(candidate: Candidate, title: View, abstract: View) -> list[str]:
    """What tells the class of a candidate of `candidates.gather`.

    told: the class by `told_kind`. Of the description behind the name ("Foo, a compiler for …"): d its words, dh the last, dh2 the last
    two, dr the words behind it. ab, abh: of the one before ("the compiler Foo"). cue: what shows the name; v: its verb. l, r: the words
    beside the name wherever it stands, l1 and r1 the nearest; s those of its sentences. tw: the title's words; tc, th: of what stands behind its colon. Of the name: nt and
    np its last and first part, nw, nl, nk its words, the last and what that tells, ns its ending, sh its letters' cases.
    """
    out = [f"told:{told_kind(candidate, title, abstract) or 'none'}"]
    for field, cue in candidate.cues[:_CUES]:
        text = abstract.plain if field == "abstract" else title.plain
        out += _described(text[cue.end : cue.end + _REACH])
        if cue.about:
            words = _words(cue.about)[-_REST:]
            out += (f"ab:{w}" for w in words)
            out += (f"abh:{w}" for w in words[-1:])
        out.append(f"cue:{cue.rule}")
        out += (hint for hint in cue.hints if hint.startswith("v:"))
    names = (candidate.name, *candidate.aliases)
    out += _of_mentions(names, abstract)
    out += _of_title(candidate.name, title.plain[:_SENTENCE])
    out += chain.from_iterable(map(_of_name, names))
    out.append(f"sh:{_RUN.sub(_case, candidate.name)[:6]}")
    return [*dict.fromkeys(out)]


def told_kind(candidate: Candidate, title: View, abstract: View) -> str:
    """The class that the words around the name tell by a head noun: its apposition, the noun beside it, its own last word; "" if
    none does."""
    for described in (True, False):
        for field, cue in candidate.cues:
            text = abstract.plain if field == "abstract" else title.plain
            after = text[cue.end : cue.end + _REACH].lstrip(_QUOTES)
            m = _APPOSITION.match(after)
            if described and m is not None:
                kind = head_kind(after[m.end() :], abstract.plain)
            elif described:
                continue
            else:
                kind = head_kind(cue.about.strip(" ,:"), abstract.plain) if cue.about else ""
                if not kind:
                    m = HEAD_AFTER.match(after)
                    kind = head_kind(after.strip(), abstract.plain) if m and is_head(m[1]) else ""
            if kind:
                return kind
    for name in (candidate.name, *candidate.aliases):
        if " " in name:
            kind = head_kind(name, abstract.plain)
            if kind:
                return kind
    for name in (candidate.name, *candidate.aliases):
        for start in stands(name, abstract.plain):
            m = IS_A.match(abstract.plain, start + len(name))
            kind = head_kind(abstract.plain[m.end() : m.end() + 160], abstract.plain) if m else ""
            if kind:
                return kind
    return kind_of_name(candidate.name)


def _described(after: str) -> Iterator[str]:
    """What a description says that starts behind a name."""
    m = _APPOSITION.match(after)
    if m is None:
        return
    end = _END.search(after, m.end())
    words = _words(after[m.end() : end.start() if end else len(after)])[:_PHRASE]
    yield from (f"d:{w}" for w in words)
    if words:
        yield f"dh:{words[-1]}"
    if len(words) > 1:
        yield f"dh2:{words[-2]} {words[-1]}"
    yield from (f"dr:{w}" for w in _words(after[m.end() :])[len(words) :][:_REST])


def _of_mentions(names: Sequence[str], abstract: View) -> Iterator[str]:
    """The words beside the names in the abstract, and those of the sentences in which they stand."""
    text = abstract.plain
    sentences: dict[tuple[int, int], int] = {}
    for name in names:
        for start in islice(stands(name, text), _PLACES):
            end = start + len(name)
            right = _words(text[end : end + _BESIDE])[:3] if text.startswith(_GOES_ON, end) else []
            left = _words(text[max(0, start - _BESIDE) : start])[-3:]
            yield from (f"r:{w}" for w in right)
            yield from (f"r1:{w}" for w in right[:1])
            yield from (f"l:{w}" for w in left)
            yield from (f"l1:{w}" for w in left[-1:])
            sentences.setdefault(abstract.sentence(start), start)
    for (low, high), start in sentences.items():
        said = text[max(low, start - _SENTENCE) : min(high, start + _SENTENCE)]
        yield from (f"s:{w}" for w in _words(said) if len(w) >= _TELLING)


def _of_title(name: str, title: str) -> Iterator[str]:
    """What the title says of a name that stands before its colon, and its words."""
    head, colon, rest = title.partition(":")
    if colon and name.lower() in head.lower():
        end = _END.search(rest.strip())
        words = _words(rest.strip()[: end.start()] if end else rest)
        yield from (f"th:{w}" for w in words[-1:])
        yield from (f"tc:{w}" for w in _words(rest))
    yield from (f"tw:{w}" for w in _words(title))


def _of_name(name: str) -> Iterator[str]:
    """What a name says by its own words and parts."""
    parts = _PARTS.findall(name)
    if parts:
        yield from (f"nt:{parts[-1].lower()}", f"np:{parts[0].lower()}")
    if " " not in name:
        yield from (f"ns:{name[-3:].lower()}", f"ns:{name[-2:].lower()}")
        return
    words = _words(name)
    yield from (f"nw:{w}" for w in words)
    if words:
        yield from (f"nl:{words[-1]}", f"nk:{word_kind(words[-1]) or 'none'}")


def _case(m: re.Match[str]) -> str:
    return "aA0"[m.lastindex - 1] if m.lastindex else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
