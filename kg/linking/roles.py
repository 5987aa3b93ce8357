"""The role a sentence gives an entity, read from the words around its mention.

Rules in the order of `kg.model.ROLES`; the first that fits decides the mention, the strongest mention decides the edge.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Set
from typing import NamedTuple

#: How far from a mention a cue may stand, in code points.
REACH = 300

LANGUAGES = frozenset({"system/programming-language"})


class Reading(NamedTuple):
    """A role with the rule that gave it and its reliability in [0, 1]."""

    role: str
    rule: str
    score: float


# What may stand between a cue and the mention: a short noun phrase or a list of names, no clause border.
_LIST = r"[^.;:()]{0,90}?"
_NEAR = r"(?:[\w'’+*/%-]+[ ,]+){0,6}?"

_EXTENDS = re.compile(
    r"(?:\b(?:built|build|builds|building|implemented|implement|layered|running|based) (?:\w+ )?(?:on top of|atop|upon)|on top of|\batop"
    r"|\bextend(?:s|ed|ing)?|extensions? (?:of|to|for)|(?:modification|variant|generali[sz]ation|extension|improvement|adaptation|version)s? (?:of|to|on)"
    r"|\bmodif(?:y|ies|ied|ying)|\bgenerali[sz](?:e|es|ed|ing)|\bbuild(?:s|ing)? (?:up)?on|built (?:up)?on|integrated? (?:\w+ )?(?:in|into|with|within)"
    r"|implement(?:ed|ation|ations)? (?:\w+ )?(?:in|on|within|inside|as part of)|\bpart of|incorporated? (?:\w+ )?(?:in|into|within)"
    r"|\bfork of|plug-?in (?:for|to)|prototyped? (?:\w+ )?(?:in|on|of)|upstreamed (?:in)?to|merged (?:in)?to) "
    + _NEAR + "$"
)  # fmt: skip
_COMPARES = re.compile(
    r"(?:\b(?:outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|beat(?:s|ing)?|exceed(?:s|ed|ing)?|against|versus|vs\.?|baselines?|competitors?|rival(?:s|ing)?)\b"
    r"|\b(?:compar\w+|relative|superior|comparable|competitive|contrast|opposed|inferior|improvements?) (?:\w+ )?(?:to|with|over|against|than)\b"
    r"|\b(?:faster|slower|better|higher|lower|more|less|fewer|larger|smaller|speed-?ups?|improvements?|gains?|reduction|increase|\d[\d.]*\s?[x×%]|times|win|advantage)"
    r"[^.;()]{0,60}? (?:than|over|of|compared)\b|\bthan\b)" + _LIST + "$",
    re.I,
)
#: "faster than TensorFlow on a Xeon": what follows "on" is where, not what it is compared with.
_PLACED = re.compile(r"\b(?:on|in|for|across|under|using|at)\b")
_COMPARES_AFTER = re.compile(r"^[\w -]{0,20}?(?:baselines?|counterparts?)\b|^ by (?:up to |a factor|\d)", re.I)
_EVALUATES = re.compile(
    r"(?:\b(?:evaluat\w+|experiments?|experimental\w*|tested|tests?|benchmark(?:s|ed|ing)?|validat\w+|results?|demonstrat\w+|shows?|showed|measur\w+|assess\w*"
    r"|accurac\w+|trained|achiev\w+|obtain\w*|deployed|simulat\w+|case stud\w+|prototype\w*|improv\w+|speed-?ups?|performance|reduc\w+|outperform\w*|ran|report\w*|faster|perplexity|fine-tun\w+|generali[sz]\w+)\b)"
    + r"[^.;]{0,120}?\b(?:on|with|using|across|over|for|in|including|of|from|when|under|at|like|as|both)\b (?:[\w'’+*/%,()-]+ ){0,9}?\(?$",
    re.I,
)
_RUNS = re.compile(
    r"(?:\b(?:for|on|onto|targets?|targeting|across|accelerator for|port(?:ed|s)? to|deploy\w* (?:on|to|in)|execut\w+ (?:on|in)|runs? on|running on|mapp\w+ (?:to|on|onto)|offload\w* to|"
    r"suited to|designed for|support(?:s|ing)?|in|inside|within|between)) (?:[\w'’+*/%,-]+ ){0,5}?$",
    re.I,
)
_ADDRESSES = re.compile(
    r"(?:\b(?:for|of|address(?:es|ed|ing)?|tackl\w+|problems?|challeng\w+|improv\w+|accelerat\w+|optimi[sz]\w+|speed(?:s|ing)? up|enabl\w+|stud(?:y|ies|ied|ying)|analy[sz]\w+|support(?:s|ing)?"
    r"|solv\w+|reduc\w+|bottlenecks?|towards?|performance|efficient|investigat\w+|explor\w+|survey\w*|focus\w* on|scal(?:e|es|ing)|facilitat\w+|automat\w+|manag\w+|serv(?:e|es|ing)|compress\w*|design(?:s|ing)?|understand\w*|characteri[sz]\w+|simulat\w+|implement\w*|mitigat\w+|overcom\w+)) "
    r"(?:[\w'’+*/%,-]+ ){0,6}?$",
    re.I,
)
_USES = re.compile(
    r"(?:\b(?:us(?:e|es|ed|ing)|via|through|with|based (?:up)?on|employ\w*|leverag\w+|exploit\w*|adopt\w*|utili[sz]\w+|appl(?:y|ies|ied|ying)|combin\w+|by means of|rel(?:y|ies|ying) on|written in|"
    r"incorporat\w+|integrat\w+|powered by|inspired by|by|built with|introduc\w+|draw\w* on|train\w*|as)) (?:[\w'’+*/%,()-]+ ){0,7}?\(?$",
    re.I,
)
_USES_AFTER = re.compile(
    r"^[ -](?:based|driven|enabled|powered|assisted|guided|inspired|style|accelerated|aware)\b", re.I
)
_OWN = re.compile(r"\b(?:we|our|this (?:paper|work|article|study|thesis)|the proposed|the paper|here)\b", re.I)
_CONTRAST = re.compile(
    r"\b(?:unlike|in contrast (?:to|with)|rather than|instead of|such as|as opposed to|e\.g\.|like|including)\b[^.;]{0,60}$",
    re.I,
)
_BACKGROUND = re.compile(
    r"\b(?:existing|previous(?:ly)?|prior|traditional(?:ly)?|conventional|current(?:ly)?|recent(?:ly)?|today|widely|popular|typically|often|have been|has been|has become|are becoming|emerg\w+|despite|however|while|although)\b",
    re.I,
)
_TITLE_USES = re.compile(r"\b(?:using|via|with|through|by|based on|leveraging|from)\b [^:]*$", re.I)
_TITLE_RUNS = re.compile(r"\b(?:for|on|in|of|across|to)\b [^:]*$", re.I)
_LEADING_USES = re.compile(r"^\W*(?:using|with|via|by|through|based on|leveraging|exploiting)\b", re.I)


def read(
    kind: str, left: str, right: str, *, title: bool, own: Collection[str], lineage: Set[str], position: float
) -> Reading:
    """The role of one mention.

    Args:
        kind: class of the entity ("system", "hardware", "technique", "dataset", "task").
        left, right: the sentence before and after the mention, readable text.
        title: whether the sentence is the paper's title.
        own: names the paper introduces, lower case: their sentences count as the paper's own words.
        lineage: the entity and its ancestors.
        position: where the sentence stands in the abstract, 0 first, 1 last.
    """
    if title:
        return _in_title(kind, left, right)
    sentence = f"{left} {right}"
    spoken = bool(_OWN.search(sentence)) or any(name in sentence.lower() for name in own)
    if _CONTRAST.search(left) and re.search(r"\b(?:unlike|in contrast|rather than|instead of|opposed)\b", left, re.I):
        return Reading("mentions", "contrast", 0.7)
    if kind != "task" and (spoken or position > 0.5):
        if kind in ("system", "technique", "hardware", "dataset") and _EXTENDS.search(left):
            if kind == "system" and lineage & LANGUAGES:
                return Reading("uses", "implemented-in", 0.85)
            if kind in ("system", "technique"):
                return Reading("extends", "extends-verb", 0.8)
        compared = _COMPARES.search(left)
        placed = compared is not None and kind in ("hardware", "dataset") and _PLACED.search(compared[0])
        if compared and not placed and not _USES_AFTER.match(right):
            return Reading("comparesWith", "compared-with", 0.8)
        if _COMPARES_AFTER.match(right) and kind in ("system", "technique"):
            return Reading("comparesWith", "baseline-after", 0.75)
    background = (position < 0.5 and not spoken) or (not spoken and bool(_BACKGROUND.search(sentence)))
    if kind == "dataset":
        if background and position < 0.3:
            return Reading("mentions", "background", 0.6)
        return Reading("evaluatesOn", "evaluated-on" if _EVALUATES.search(left) else "data-set", 0.85)
    if kind == "hardware":
        if (
            position > 0.4
            and _EVALUATES.search(left)
            and re.search(
                r"\b(?:evaluat|experiment|result|achiev|test|measur|speed|faster|throughput|compared|outperform|on (?:an?|the|two|four|eight|\d+))",
                left,
                re.I,
            )
        ):
            return Reading("evaluatesOn", "evaluated-on", 0.75)
        if background:
            return Reading("mentions", "background", 0.6)
        if _RUNS.search(left):
            return Reading("runsOn", "targets", 0.75)
        if _USES.search(left):
            return Reading("runsOn" if spoken else "uses", "platform", 0.6)
        return Reading("runsOn" if spoken else "mentions", "hardware-own" if spoken else "none", 0.55)
    if kind == "task":
        if background and not spoken and position < 0.34:
            return Reading("addresses", "topic", 0.55)
        if _LEADING_USES.match(left) and _USES.search(left) and not _ADDRESSES.search(left):
            return Reading("uses", "means", 0.55)
        return Reading("addresses", "task", 0.7)
    # systems and techniques
    if background and not spoken:
        return Reading("mentions", "background", 0.6)
    if (
        kind in ("technique", "system")
        and position > 0.55
        and re.search(
            r"\b(?:evaluat|experiment|result|benchmark|test|achiev|accuracy|on (?:the|a|several|various|popular|two|three))",
            left,
            re.I,
        )
        and _EVALUATES.search(left)
        and not re.search(r"\b(?:using|via|by|through)\b [^,]{0,40}$", left)
    ):
        return Reading("evaluatesOn", "evaluated-on", 0.65)
    if _USES_AFTER.match(right):
        return Reading("uses", "based", 0.7)
    uses, addresses = _last(_USES, left), _last(_ADDRESSES, left)
    if uses > addresses:
        return Reading("uses", "means", 0.7)
    if addresses >= 0 and spoken:
        return Reading("addresses", "object", 0.6)
    if spoken:
        return Reading("uses", "own-sentence", 0.5)
    return Reading("mentions", "none", 0.5)


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Start of the cue nearest to the end of the text, -1 if there is none within reach."""
    best = -1
    for m in pattern.finditer(text, max(0, len(text) - 110)):
        best = m.start()
    return best


def _in_title(kind: str, left: str, right: str) -> Reading:
    if kind == "task":
        return Reading("addresses", "title", 0.85)
    if kind == "dataset":
        return Reading("evaluatesOn", "title", 0.6)
    if kind == "hardware":
        return Reading("runsOn", "title", 0.75)
    if _TITLE_USES.search(left) or _LEADING_USES.match(left) or _USES_AFTER.match(right):
        return Reading("uses", "title", 0.75)
    if re.search(r"\b(?:extend|extending|extension)\w*\b", left, re.I):
        return Reading("extends", "title", 0.75)
    return Reading("addresses", "title", 0.65)
