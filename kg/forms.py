"""How a name is written: letter case, plurals, hyphens, British spelling, and what it becomes in other parts of speech.

A form of the vocabulary gives the strings that the matcher looks for. `spellings` of a form are certain; `derivations`
("graph partitioner" of "graph partitioning") hold only where no entity has the string as a form of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Form(NamedTuple):
    """One way an entity is written. `policy`: any = any letter case, exact, context = exact and only with a cue."""

    text: str
    policy: str


def normal(name: str) -> str:
    """A name without what spelling alone decides: in lower case, without hyphens."""
    return name.lower().replace("-", " ")


def policy_of(text: str) -> str:
    """The policy of a form that states none: acronyms and single capitalised words match their own case only."""
    if " " in text.strip():
        return "any"
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return "exact"
    upper = sum(c.isupper() for c in letters)
    if upper == 0:
        return "any"
    if upper == len(letters) or len(letters) < 6:
        return "exact"
    inner = any(c.isupper() for c in text[1:])
    return "any" if inner or not text.isalpha() else "exact"


_SPELLING = (
    ("ization", "isation"), ("izing", "ising"), ("ized", "ised"), ("izer", "iser"), ("optimize", "optimise"),
    ("modeling", "modelling"), ("labeling", "labelling"), ("labeled", "labelled"), ("behavior", "behaviour"),
    ("center", "centre"), ("color", "colour"), ("neighbor", "neighbour"), ("data set", "dataset"), ("analyze", "analyse"),
    ("programing", "programming"), ("fiber", "fibre"), ("multi level", "multilevel"), ("tunneling", "tunnelling"),
)  # fmt: skip
_JOINED = re.compile(
    r"\b(pre|auto|multi|hyper|semi|micro|meta|many|back|fine|re|co|sub|inter|intra|non|cross|super|un|over|peer|check|time)-([a-z]{3,})"
)
_SPLIT = re.compile(
    r"\b(pre|auto|multi|hyper|semi|micro|meta|many|back)((?:train|encod|cor|regress|tun|propagat|thread|process|task|modal|agent|graph|parallel|tenan|vari|resolution|scal|benchmark|kernel|service|architect|learn|supervis|scaling)[a-z]*)"
)
_WISE = re.compile(r"\b([a-z]{3,})-(wise)\b")
_NAME_DIGITS = re.compile(r"(?<=[A-Za-z])[- ](?=v?\d)")
_EPONYM = re.compile(r"([A-Z][a-z]+) (algorithm|law|theorem|inequality|equation|test)")

#: Noun of an action -> who or what does it; without those that name things of their own (router, decoder, monitor).
_DOERS = dict(
    pair.split("=")
    for pair in """
allocation=allocator checking=checker classification=classifier compression=compressor detection=detector
estimation=estimator extraction=extractor fuzzing=fuzzer generation=generator multiplication=multiplier
optimization=optimizer parsing=parser partitioning=partitioner prediction=predictor prefetching=prefetcher
profiling=profiler programming=program quantization=quantizer recommendation=recommender scheduling=scheduler
simulation=simulator summarization=summarizer synthesis=synthesizer tracking=tracker translation=translator
verification=verifier
""".split()
)
_QUALITIES = (("tolerance", "tolerant"), ("resilience", "resilient"))
#: Techniques in -ization whose verb is an ordinary word.
_ORDINARY = frozenset(
    "author central character general initial local normal optim organ personal random regular special stabil standard "
    "summar synchron util visual".split()
)


def spellings(form: Form) -> list[str]:
    """Every way to write the form itself, singular and plural. The first is the form as it stands."""
    return [plural for text in _spellings(form) for plural in _plurals(text, form.policy)]


def derivations(form: Form, short: Mapping[str, str], long: Mapping[str, str]) -> Iterator[str]:
    """Other strings that say an act or a quality, in lower case.

    `short` maps long forms in lower case to their acronyms, `long` acronyms to their long form: "graph neural network
    training" is "GNN training".
    """
    if form.policy != "any":
        return
    words = form.text.split(" ")
    last = words[-1].lower()
    if len(words) == 1:
        stem = last.removesuffix("ization")
        if stem != last and stem.rpartition("-")[2] not in _ORDINARY and form.text == last:
            for ending in ("ize", "izes", "ized", "izing", "ise", "ises", "ised", "ising"):
                yield stem + ending
        return
    head = " ".join(words[:-1]).lower()
    if last.endswith("sis"):  # "shape analyses"
        yield f"{head} {last[:-2]}es"
    if last in _DOERS:
        yield from _plurals(f"{head} {_DOERS[last]}", "any")
    for noun, quality in _QUALITIES:
        if last == noun:
            yield f"{head} {quality}"
    if len(words) == 2 and form.text != form.text.lower():  # "LocalSGD"
        yield head + last
    for index, word in enumerate(words):
        if word in long:
            yield from _plurals(" ".join([*words[:index], long[word], *words[index + 1 :]]).lower(), "any")
    lower = [w.lower() for w in words]
    for size in range(min(4, len(words) - 1), 1, -1):
        for index in range(len(words) - size + 1):
            acronym = short.get(" ".join(lower[index : index + size]))
            if acronym is not None:
                yield from _plurals(" ".join([*lower[:index], acronym.lower(), *lower[index + size :]]), "any")


def _spellings(form: Form) -> list[str]:
    texts = [form.text]
    if _NAME_DIGITS.search(form.text) and " " not in form.text:
        texts.append(_NAME_DIGITS.sub("", form.text))
    if "'s " in form.text:
        texts += [form.text.replace("'s ", " "), form.text.replace("'s ", "s ")]
    elif _EPONYM.fullmatch(form.text):
        texts.append(form.text.replace(" ", "'s ", 1))
    if form.policy == "any":
        lower = form.text.lower()
        for one, other in _SPELLING:
            if one in lower:
                texts.append(lower.replace(one, other))
            elif other in lower:
                texts.append(lower.replace(other, one))
        if "-" in lower:
            joined = _WISE.sub(r"\1\2", _JOINED.sub(r"\1\2", lower))
            if joined != lower:
                texts.append(joined)
        apart = _SPLIT.sub(r"\1 \2", lower)
        if apart != lower:
            texts.append(apart)
    return texts


def singular(word: str) -> str:
    """An English noun in lower case without its plural's ending, as far as its letters tell; other words as they are."""
    head, hyphen, word = word.rpartition("-")
    return f"{head}{hyphen}{_singular(word)}"


def _singular(word: str) -> str:
    if word in _SINGULARS:
        return _SINGULARS[word]
    if len(word) < 4 or word.endswith(_NO_PLURALS) or word[-1] != "s":
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("lyses", "theses")):
        return f"{word[:-2]}is"
    return word[:-2] if word.endswith(_ES) or word[:-2] in _IN_S else word[:-1]


_IN_S = frozenset(
    "alias apparatus atlas bias bonus bus campus canvas census consensus corpus focus gas lens status virus".split()
)
_ES = ("sses", "xes", "zzes", "shes", "ches")
_NO_PLURALS = ("ss", "us", "is", "ics", "means", "'s", "’s")
_SINGULARS = {word: word for word in ("lens", "series", "species", *_IN_S)} | {f"{x}pus": f"{x}pu" for x in "cdgntvx"} | {
    "axes": "axis", "caches": "cache", "indices": "index", "movies": "movie", "matrices": "matrix", "niches": "niche", "vertices": "vertex",
}  # fmt: skip


def _plurals(text: str, policy: str) -> list[str]:
    last = text[-1]
    if last.isdigit() and policy != "any":
        return [text, text + "s"]  # "eight A100s"; an L40S is no L40
    if not last.isalpha() or (last in "sS" and policy == "any" and text.endswith(("ss", "is", "us", "ics"))):
        return [text]
    if policy == "any":
        if last == "s":
            return [text, text[:-1]] if " " in text and not text.endswith(("ses", "xes", "ies")) else [text]
        if last == "y" and len(text) > 2 and text[-2] not in "aeiou":
            return [text, text[:-1] + "ies"]
        if text.endswith(("x", "ch", "sh", "z")):
            return [text, text + "es"]
        return [text, text + "s"]
    return [text] if last in "sS" and not text.isupper() else [text, text + "s"]


def is_text(name: str) -> bool:
    """Whether what the system gave as a name or an argument was UTF-8; other bytes of it are lone surrogates here."""
    return name.isascii() or not any("\ud800" <= c <= "\udfff" for c in name)
