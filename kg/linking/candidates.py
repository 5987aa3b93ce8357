"""Names that a paper may present as new: its cues gathered by name, with the odd words that no list holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import filterfalse
from typing import NamedTuple

from kg.linking import cues
from kg.linking.abbreviations import Definition
from kg.linking.cue_phrase import Cue
from kg.linking.kinds import is_head
from kg.linking.names import name_like, stands
from kg.linking.text import View

#: So many cues of a text are weighed; no abstract that people wrote has as many.
MAX_CUES = 200


class Knowledge(NamedTuple):
    """What the vocabulary says of a string: whether it can be a name there, and whether it is one in any context."""

    known: Callable[[str], bool]
    certain: Callable[[str], bool]


class Own(NamedTuple):
    """What the paper itself clearly presents: where its abstract first speaks of own work (-1 if nowhere), and the names
    with the best cues, in lower case."""

    start: int
    names: frozenset[str]


class Candidate(NamedTuple):
    """A name with all its cues, (field, cue), the abstract's before the title's; `aliases`: its other names."""

    name: str
    aliases: tuple[str, ...]
    cues: tuple[tuple[str, Cue], ...]


#: Rules by how well they show that a name is introduced, best first.
_RULES = (
    "present-name", "present-defined", "apposed", "headed", "called", "title-colon", "passive", "listed", "quoted", "name-our",
    "our-name", "made-in", "enumerated", "variant-of", "new-name", "definite", "present-phrase", "defined", "title-end", "title-name", "title-phrase", "subject",
)  # fmt: skip
RANK = {rule: index for index, rule in enumerate(_RULES)}
_BEFORE_SHORT = frozenset("\"'` ")
_SHORT_AFTER = re.compile(r"[\"'`]? \(([A-Z][\w-]{0,6}[A-Z]\w?)\)")
IS_A = re.compile(r"(?: \([^()]{1,80}\))? (?:is|are) (?:an?|the|our) ")
HEAD_AFTER = re.compile(r" ([a-z-]+)")
_MAX_KEPT = 20_000  # code points of a text whose words are worth keeping
_TITLE_PHRASE = re.compile(
    r"(?:The |An? )?((?:[A-Z][\w/]*(?:-[\w/]+)*)(?: [A-Z][\w/]*(?:-[\w/]+)*){1,4})( for | in | on | with | using | via | through | of |:|$)"
)
#: What follows an odd word that is said once: "DuplexKV, an engine", "PRISM uses".
_DESCRIBED = re.compile(r"(?: \([^()]{1,60}\))?(?:, (?:an?|our|the first|which) |: an? )")
_SAID_OF = re.compile(r" (?:further |also |\w+ly )?[a-z]{3,}[a-rt-z]s (?!of\b)")
_SENTENCE = re.compile(
    r"(?:The )?([A-Z][\w+-]*(?: [A-Z][\w+-]*){1,4})(?: \([A-Z][\w-]{1,9}\))? "
    r"(?:(is) (?:an?|the) |(?:further |also |\w+ly )?[a-z]{3,}[a-rt-z]s (?!of\b))"
)
_STRIP = "\"'`.,;:()[]!?"


def gather(title: View, abstract: View, definitions: Sequence[Definition], known_to: Knowledge) -> list[Candidate]:
    """Names that may be new, each with its cues, in the order of their first cue."""
    pairs = {d.short: abstract.plain[d.long_start : d.long_end] for d in definitions}
    fresh = [d for d in definitions if not known_to.certain(d.short) and not known_to.certain(pairs[d.short])]
    found = [("abstract", c) for c in cues.in_abstract(abstract, definitions, fresh)]
    found += [("title", c) for c in cues.in_title(title)]
    found += [("title", c) for c in _title_phrase(title, abstract, known_to)]
    found += [("abstract", c) for c in _said_of(abstract, known_to)]
    heads = tuple(f"{title.plain[c.start : c.end].lower()}-" for field, c in found if field == "title")
    found += [("abstract", c) for c in _odd(title, abstract, known_to, heads)]
    if not found:
        return []
    plain = {"abstract": abstract.plain, "title": title.plain}
    found = found[:MAX_CUES]
    partner = {**{long: short for short, long in pairs.items()}, **pairs}
    key_of = {n.lower(): long.lower() for short, long in pairs.items() for n in (short, long)}
    groups: dict[str, list[tuple[str, Cue]]] = {}
    for field, cue in found:
        name = plain[field][cue.start : cue.end].lower()
        groups.setdefault(key_of.get(name, name), []).append((field, cue))
    out = []
    for name, items in (
        [*groups.items()] if len(groups) > 1 else ()
    ):  # "Hybrid Priority (HPS)": its letters say little, its place says it
        short = (_short_after(items, plain) or _initials(items, plain)) if name in groups else ""
        key = key_of.get(short.lower(), short.lower())
        if key != name and key in groups:
            items += groups.pop(key)
    for items in groups.values():
        if len(items) > 1:
            items.sort(key=lambda item: (item[0] == "title", RANK[item[1].rule], item[1].start))
        names = dict.fromkeys([plain[field][c.start : c.end] for field, c in items])
        name = next(iter(names))
        if name in partner:
            names[partner[name]] = None
        short = _short_after(items, plain) or _initials(items, plain)
        if short and not known_to.certain(short):
            names[short] = None
        bare = name.rpartition(" ")
        if (
            bare[0]
            and bare[2][:1].isupper()
            and is_head(bare[2].lower())
            and not known_to.known(bare[0])
            and any(not abstract.plain.startswith(name, at) for at in stands(bare[0], abstract.plain))
        ):
            names[bare[0]] = None  # "the Delite Framework", and elsewhere Delite
        aliases: tuple[str, ...] = ()
        if len(names) > 1:
            by_lower = {n.lower(): n for n in reversed(names) if n.lower() != name.lower()}
            aliases = tuple(reversed(by_lower.values()))
        out.append(Candidate(name, aliases, tuple(items)))
    return out


def _title_phrase(title: View, abstract: View, known_to: Knowledge) -> Iterable[Cue]:
    """What a title is about, if its first words, up to "for" and the like, stand in the abstract, too: "Selective Rollback
    for Databases"."""
    m = _TITLE_PHRASE.match(title.plain)
    if m is None or known_to.known(m[1]) or known_to.known(m[1].rstrip("s")):
        return
    count = abstract.lower.replace("-", " ").count(m[1].lower().replace("-", " ").rstrip("s"))
    if count:
        words = f"words:{m[1].count(' ') + 1}"
        yield Cue("title-phrase", m.start(1), m.end(1), (words, f"n:{min(count, 3)}", f"sep:{m[2].strip() or 'end'}"))


def _said_of(abstract: View, known_to: Knowledge) -> Iterator[Cue]:
    """Capitalised words that a sentence says something of: "The Quarry Contract defines", "Ridge First is a"."""
    text = abstract.plain
    for low, high in abstract.sentences:
        second = text.find(" ", low, high) + 1
        if not (second and text[second : second + 1].isupper()):
            continue
        m = _SENTENCE.match(text, low, high)
        if m is not None and not known_to.known(m[1]) and not known_to.known(m[1].rstrip("s")):
            yield Cue(
                "subject",
                m.start(1),
                m.end(1),
                ("words", "the" if m.start(1) > low else "bare", "is" if m[2] else "verb"),
            )


def _odd(title: View, abstract: View, known_to: Knowledge, heads: tuple[str, ...]) -> Iterable[Cue]:
    """Oddly written words that the vocabulary does not have and that stand several times, in the title too, as the subject
    of a sentence, alone in parentheses, or that lengthen a head of the title ("Foo-32B" in a paper headed "Foo: …")."""
    read = _odd_word if len(abstract.plain) <= _MAX_KEPT else _odd_word.__wrapped__
    heading, text = title.plain, abstract.plain
    start = 0
    for word, count in Counter(map(read, filterfalse(str.islower, text.split()))).items():
        if not word or known_to.known(word) or known_to.known(word.rstrip("s")):
            continue
        # The words come in the order of the text: each is sought from the last one on, so all of them in one pass.
        start = next(stands(word, text, start))
        end = start + len(word)
        if word in heading:
            yield Cue("title-name", start, end, ("defined",) if f"({word})" in heading else ())
        elif count > 1:
            yield Cue("subject", start, end)
        elif "-" in word and word.lower().startswith(heads):
            yield Cue("subject", start, end, ("longer",))
        elif text[start - 2 : start] in (". ", ""):
            yield Cue("subject", start, end, ("once", "begins"))
        elif _DESCRIBED.match(text, end):
            yield Cue("subject", start, end, ("once", "apposed"))
        elif _SAID_OF.match(text, end):
            yield Cue("subject", start, end, ("once", "says"))
        elif text[start - 2 : start] == " (" and text[end : end + 1] == ")":
            yield Cue("subject", start, end, ("once", "paren"))


@lru_cache(1 << 15)
def _odd_word(piece: str) -> str:
    """The oddly written word that a piece between spaces holds, "" if none."""
    if piece[1:].islower() and piece.isalpha():
        return ""
    word = piece.strip(_STRIP).removesuffix("'s")
    return word if len(word) > 1 and "'" not in word and "(" not in word and name_like(word) else ""


def own_work(candidates: Sequence[Candidate]) -> Own:
    """What the cues alone show of the paper's own work."""
    starts = [c.start for item in candidates for _, c in item.cues if "led:we" in c.hints]
    names = {
        item.name.lower()
        for item in candidates
        if item.cues[0][1].rule in ("present-name", "present-defined", "title-colon", "called")
        and (name_like(item.name) or item.cues[0][1].rule == "title-colon")
    }
    return Own(min(starts, default=-1), frozenset(names))


def _initials(items: Sequence[tuple[str, Cue]], plain: Mapping[str, str]) -> str:
    """The acronym of a name of capitalised words, if the abstract uses it without defining it: "Continuous Task Batching
    … CTB"."""
    for field, (_, start, end, *_) in items:
        name = plain[field][start:end]
        for parted in (name, name.replace("-", " ")):  # "Distribution-Aware Minimal Perturbation": DMP or DAMP
            words = parted.split()
            if len(words) < 3 or not all(word[0].isupper() for word in words):
                continue
            short = "".join(word[0] for word in words)
            if next(stands(short, plain["abstract"]), -1) >= 0:
                return short
    return ""


def _short_after(items: Sequence[tuple[str, Cue]], plain: Mapping[str, str]) -> str:
    """The acronym in parentheses right behind a name of several words that begins with the same letter."""
    for field, (_, start, end, *_) in items:
        text = plain[field]
        if text.find(" ", start, end) < 0 or text[end : end + 1] not in _BEFORE_SHORT:
            continue
        m = _SHORT_AFTER.match(text, end)
        if m and m[1][0].lower() == text[start].lower():
            return m[1]
    return ""
