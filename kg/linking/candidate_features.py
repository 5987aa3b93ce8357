"""What speaks for a candidate name, as features of a small linear model: which cues, how it is written, where and how often
it stands, whether the vocabulary has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from kg.linking.abbreviations import Definition
from kg.linking.candidate_place import AFTER_WORDS, FOLLOWS, around, mentions
from kg.linking.candidates import HEAD_AFTER, IS_A, RANK, Candidate, Knowledge, Own, gather, own_work
from kg.linking.cue_phrase import CLAUSE, RIVAL, Cue
from kg.linking.kinds import is_head, word_kind
from kg.linking.names import name_like, stands
from kg.linking.text import View

_SUBJECT = re.compile(
    r"(?: \([^()]{1,60}\))?(?:'s)? (?:\w+ly |also |then |only )?(?:is|are|can|has|was|will|does|offers|\w{2,}[a-z]s|\w+ed)\b"
)
_DESCRIBED = re.compile(r"[\"'`]?(?: \([^()]{1,60}\))?(?:,| -|--|:) (?:an?|our|the first|which|the)\b")
_AS_NEW = re.compile(r"[\"'`]?(?: \([^()]{1,60}\))?,? (?:which is )?(?:a|an|our|the) (?:[\w-]+ )?(?:new|novel|first)\b")
_VERSION = re.compile(r"\w(?: v?|v|-)\d(?:\.\d+)?$|\+\+$")
_MEASURES = frozenset(
    "score rate ratio index error accuracy product time delay latency power energy distance coefficient precision recall similarity number "
    "ratios rates indicators effect law networks devices services problem task tasks learning".split()
)
#: Rules that say little beside another.
_FAINT = frozenset(("defined", "subject", "title-name", "title-end"))
#: Rules by which a cue alone may do.
_SURE = frozenset(
    "present-name present-defined called apposed headed listed our-name name-our variant-of definite quoted made-in enumerated passive "
    "title-colon".split()
)
_STRONG = frozenset(
    f"v:{verb}" for verb in ("propose", "introduce", "present", "develop", "design", "build", "release")
)
#: What stands before a name and belongs to no name: "the first GPU compiler", "a tool named Foo".
_NO_NAME = frozenset(
    "first named called best most only existing new novel proposed other same good bad better right wrong true false ideal perfect".split()
)
#: What makes a sentence of words.
_SAYS = frozenset("is are was were be been has have had can could will would may might must should".split())
_APPOSITION = re.compile(r", (?:an? |the )?[a-z]{3,}")  # "measure consensus, a new metric"
_HEADED = re.compile(r"[\w+-]+(?: [\w+-]+)?:")
_VERBAL = re.compile(r"[a-z][a-rt-z]s$|ed$")
_BEFORE_WORDS = frozenset(
    "as like using with on over than of vs and or from by in for to via into the a an existing our new novel between against including "
    "both called named system framework algorithm method approach model architecture tool compiler of".split()
)


def weighed(
    title: View, abstract: View, definitions: Sequence[Definition], known_to: Knowledge
) -> Iterator[tuple[Candidate, list[str]]]:
    """The candidates of a paper that can be names, each with its features; for training and reading alike."""
    candidates = gather(title, abstract, definitions, known_to)
    own = own_work(candidates)
    for candidate in candidates:
        found = features(candidate, title, abstract, own, known_to)
        if found is not None:
            yield candidate, found


def features(candidate: Candidate, title: View, abstract: View, own: Own, known_to: Knowledge) -> list[str] | None:
    """Features of a candidate; `None` for what can't be a name. `own`: what `own_work` says."""
    name, aliases, places = candidate
    if not 2 <= len(name) <= 90:
        return None
    shape = _shape(name)
    if not shape or not _may_name(name):
        return None
    rules = list(dict.fromkeys(c.rule for _, c in places))
    if _is_background(candidate, rules, abstract.plain, own, known_to):
        return None
    known = _knowledge(name, known_to)
    forms = [n.lower() for n in (name, *aliases)]
    where = _in_title(title.plain, rules, forms)
    out = [
        f"s:{shape}",
        f"k:{known}",
        f"k:{known}{shape}",
        f"ko:{_others(aliases, known_to)}",
        f"t:{where}",
        f"t:{where}{known}",
    ]
    if " " in name:
        last = max(forms, key=len).rpartition(" ")[2]
        out += (f"lw:{last}", f"lk:{word_kind(last)}", f"lm:{last in _MEASURES:d}")
        out += _of_words(name.split(), rules[0], known_to)
    if own.names and shape != "lower" and _kin(name, own.names):
        out += ("kin", f"kin:{known}", f"kin:{rules[0]}")
    if own.names and any(other.startswith(f"{lead} ") for lead in forms for other in own.names):
        out.append("lead")
    if _VERSION.search(name):
        out.append(f"version:{where}")
    if "title-colon" not in rules and _HEADED.match(title.plain):
        out.append("t:other")
    out += _of_cues(places, rules, shape, known, abstract.plain)
    spans, said = _of_mentions((name, *aliases), shape, known, abstract.plain)
    out += said
    out += _of_best(places, rules, known, title, abstract, own)
    out += around(name, shape, known, places[0], title, abstract, own.start)
    out += mentions(spans, abstract)
    return [*dict.fromkeys(out)]


def _is_background(candidate: Candidate, rules: Sequence[str], plain: str, own: Own, known_to: Knowledge) -> bool:
    """Whether what is said of a candidate rules out that the paper introduces it."""
    name, aliases, places = candidate
    field, cue = places[0]
    sure = known_to.certain(name)
    if rules[0] in _FAINT:
        if sure or (rules[0] == "defined" and any(map(known_to.certain, aliases))):
            return True
        if field == "abstract" and RIVAL.search(plain, max(0, cue.start - 24), cue.start):
            return True  # "we compare with Foo"
    if rules == ["defined"] and (own.start < 0 or cue.start < own.start):
        return True
    if not sure or "title-colon" in rules or "called" in rules:
        return False
    return not any(  # "we present CUDA kernels"
        _is_described(plain, c.end) or c.about or plain.startswith(" on top of ", c.end)
        for f, c in places
        if f == "abstract"
    )


def _knowledge(name: str, known_to: Knowledge) -> str:
    """How well a name is known: "certain", "known", "part" (its first word is) or "new"."""
    if known_to.certain(name):
        return "certain"
    if known_to.known(name) or known_to.known(name.rstrip("s")):
        return "known"
    return "part" if " " in name and known_to.known(name.split()[0]) else "new"


def _of_words(words: Sequence[str], rule: str, known_to: Knowledge) -> list[str]:
    """What the words of a name say: how many they are, and how well its end is known ("GPU-based SVD")."""
    last = words[-1]
    ends = "".join(f"{known_to.known(w) or known_to.known(w.rstrip('s')):d}" for w in (last, " ".join(words[-2:])))
    return [f"nw:{min(len(words), 6)}:{rule}", f"lw2:{ends}", f"lw2:{ends}:{rule}", f"lwc:{known_to.certain(last):d}"]


def _others(aliases: Sequence[str], known_to: Knowledge) -> str:
    """How well the other names are known: as the last known one is, "new" if none is, "none" without any."""
    for alias in reversed(aliases):
        if known_to.certain(alias):
            return "certain"
        if known_to.known(alias):
            return "known"
    return "new" if aliases else "none"


def _in_title(title: str, rules: Sequence[str], forms: Sequence[str]) -> str:
    """Where a name of lower-case `forms` stands in the title."""
    if "title-colon" in rules:
        return "colon"
    heading = title.lower()
    return "start" if heading.startswith(tuple(forms)) else "in" if any(n in heading for n in forms) else "no"


def _of_cues(places: Sequence[tuple[str, Cue]], rules: Sequence[str], shape: str, known: str, plain: str) -> list[str]:
    """What the cues that show a name say, each rule once; faint ones only where no other does."""
    out: list[str] = []
    seen = set()
    for _, cue in places:
        if cue.rule in seen:
            continue
        seen.add(cue.rule)
        if cue.rule in _FAINT and len(rules) > 1 and rules[0] not in _FAINT:
            continue
        out += (f"c:{cue.rule}", f"c:{cue.rule}{shape}", f"ck:{cue.rule}{known}")
        if cue.about:
            out.append(f"about:{cue.rule}:{'kind' if _tells(cue.about) else 'none'}")
        for hint in cue.hints:
            if hint:
                out += (f"h:{cue.rule}:{hint}", f"h:{hint}")
    trusted = sorted({c.rule for _, c in places if c.rule in _SURE and _trusted(c, shape, known, plain)})
    if trusted:
        out += ("trusted", f"trusted:{known}", *(f"trusted:{rule}" for rule in trusted))
        if len(trusted) > 1:
            out.append("trusted:several")
    return out


def _of_mentions(forms: Sequence[str], shape: str, known: str, plain: str) -> tuple[list[tuple[int, int]], list[str]]:
    """Where the forms of a name stand in the abstract, nine times at most after the first form, and what follows them."""
    count = subject = described = is_a = head = 0
    spans = []
    for form in forms:
        for start in stands(form, plain):
            count += 1
            end = start + len(form)
            spans.append((start, end))
            if _is_described(plain, end):
                described += 1
            if start == 0 or plain[max(0, start - 2) : start] in (". ", ", ", "at ", "h "):
                if _SUBJECT.match(plain, end):
                    subject += 1
                if IS_A.match(plain, end):
                    is_a += 1
            m = HEAD_AFTER.match(plain, end)
            if m and is_head(m[1]):
                head += 1
            if count > 8:
                break
    size = min(count, 4)
    out = [f"n:{size}", f"n:{size}{known}"]
    if subject:
        out += (f"sub:{min(subject, 2)}", f"sub:{known}{shape[0]}")
    if described:
        out += ("desc", f"desc:{known}")
    if is_a:
        out += ("isa", f"isa:{known}")
    if head:
        out.append(f"head:{min(head, 2)}")
    return spans, out


def _of_best(
    places: Sequence[tuple[str, Cue]], rules: Sequence[str], known: str, title: View, abstract: View, own: Own
) -> list[str]:
    """What stands around the name where its best cue shows it."""
    out: list[str] = []
    field, cue = places[0]
    if any(f == "abstract" and _AS_NEW.match(abstract.plain, c.end) for f, c in places):
        out += ("fresh", f"fresh:{known}")
    plain = abstract.plain if field == "abstract" else title.plain
    after = FOLLOWS.match(plain, cue.end)
    if after is not None:
        word = after[1].lower()
        follows = (
            word if word in AFTER_WORDS or not word.isalpha()
            else "head" if is_head(word)
            else "verb" if _VERBAL.search(word)
            else "other"
        )  # fmt: skip
        out += (f"a:{follows}", f"a:{follows}:{rules[0]}")
    if field == "abstract":
        word = plain[max(0, cue.start - 14) : cue.start].rstrip(" \"'`(,:").rpartition(" ")[2].lower()
        out.append(f"b:{word if word in _BEFORE_WORDS else 'head' if is_head(word) else 'other'}")
        weak = "weak" if RANK[rules[0]] >= RANK["enumerated"] else "strong"
        side = "none" if own.start < 0 else "before" if cue.start < own.start else "after"
        first = "first" if cue.start < abstract.sentences[0][1] else "later"
        out += (f"own:{side}{weak}", f"own:{side}{weak}{known}", f"sent:{first}{weak}")
        out.append(f"cues:{min(sum(f == 'abstract' for f, _ in places), 4)}")
    return out


def _may_name(name: str) -> bool:
    """Whether words can be a name at all: no phrase with a verb or a part of another phrase, no address."""
    words = name.split(" ")
    if words[0] in _NO_NAME or "://" in name:
        return False
    return len(words) == 1 or (words[0] not in CLAUSE and _SAYS.isdisjoint(words) and _APPOSITION.search(name) is None)


def _is_described(plain: str, end: int) -> bool:
    """Whether a description follows a name that ends there. Most often a plain word does: no pattern is needed."""
    if plain[end : end + 1] == " " and plain[end + 1 : end + 2] not in ("(", "-"):
        return False
    return _DESCRIBED.match(plain, end) is not None


def _trusted(cue: Cue, shape: str, known: str, plain: str) -> bool:
    """Whether a cue alone would do, if a rule had to decide: a strong verb, an unknown or described name."""
    hints = cue.hints
    strong = not _STRONG.isdisjoint(hints) and "led:it" not in hints
    odd = shape in ("odd", "acronym", "phrase-odd")
    fresh = known in ("new", "part") or (known == "known" and shape not in ("acronym", "odd"))
    match cue.rule:
        case "present-name":
            settled = fresh and (odd or "bare" in hints or shape == "phrase")
            return strong and (settled or _is_described(plain, cue.end) or plain.startswith(" on top of ", cue.end))
        case "present-defined":
            return strong and fresh
        case "called":
            return "own" in hints and known != "certain" and (not shape.startswith("lower") or "quotes" in hints)
        case "apposed":
            return strong and fresh and "second" not in hints
        case "headed":
            return strong and fresh and "head" in hints and shape != "word"
        case "listed":
            return strong and fresh
        case "our-name":
            return fresh and shape in ("odd", "phrase-odd")
        case "name-our" | "variant-of":
            return fresh and odd
        case "definite" | "quoted":
            return strong and known == "new"
        case "made-in" | "enumerated":
            return fresh and odd and (_is_described(plain, cue.end) or plain.startswith(" on top of ", cue.end))
        case "passive":
            return strong and fresh and shape != "word"
        case "title-colon":
            return (odd and fresh) or "article" in hints
    return False


def _kin(name: str, others: Iterable[str]) -> bool:
    """Whether a name is built like another: DeltaFS like DeltaBox, GreedySort like Sort, Foo-32B like Foo."""
    own = name.lower()
    return any(
        own != other
        and ((own[: min(5, len(other))] == other[:5] and len(other) > 3) or (other in own and len(other) > 3))
        for other in others
    )


@lru_cache(1 << 14)
def _shape(name: str) -> str:
    """How a name is written: odd word, acronym, capitalised word, capitalised words, lower case; "" if it is no name."""
    words = name.split()
    if not any(c.isalpha() for c in name) or name.count("(") != name.count(")"):
        return ""
    if len(words) == 1:
        if re.fullmatch(r"[A-Z]{2,6}s?", name):
            return "acronym"
        if name_like(name):
            return "odd"
        return "word" if name[0].isupper() else "lower1"
    capital = sum(w[0].isupper() or name_like(w) for w in words)
    if capital == 0:
        return "lower"
    if name_like(words[0]):
        return "phrase-odd"
    return "phrase" if capital >= len(words) - 1 - len(words) // 4 else "mixed"


def _tells(about: str) -> bool:
    """Whether a description has a head noun that tells a class."""
    return any(word_kind(word.strip(".,;:()")) for word in about.lower().split()[-8:])
