"""Names that a paper presents as new: "we present X, a …", "X: a …" in the title, "called X", "X (SF)", "X, our …".

`find` reads one paper. It returns the name with its variants, its class read from the head of its description, and the
mention that introduces it; whether the vocabulary already has the name is for the caller to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from kg.linking.abbreviations import Definition
from kg.linking.text import View
from kg.vocabulary import Phrases


class Introduction(NamedTuple):
    """A newly presented name: where its introducing mention stands, other names for it, class, rule, reliability."""

    field: str
    start: int
    end: int
    name: str
    aliases: tuple[str, ...]
    kind: str
    rule: str
    score: float


_VERB = (
    r"(?:(?:propos|introduc|describ|releas|unveil|contribut|provid|creat|nam|offer|outlin|explor|stud|examin|evaluat|pioneer|advanc|demonstrat|curat|assembl|collect|compil)(?:e|es|ed|ing|y|ies|ied)"
    r"|(?:present|develop|design|build|call|report|detail|implement|construct|open-sourc|dub|term|devis|formulat|establish|suggest|explain|answer)(?:s|ed|ing|e|es)?|built)"
)
_STRONG = re.compile(
    r"(?:propos|introduc|present|develop|design|buil|creat|releas|unveil|call|nam|dub|term|devis|open-sourc|describ|contribut|curat|construct)",
    re.I,
)
_SUBJECT = r"(?:\b[Ww]e|\b[Tt]his (?:paper|work|article|study|report|thesis|manuscript|demo|chapter|letter)|\b[Tt]he (?:paper|authors|present (?:paper|work))|\b[Ii]n this (?:paper|work|article|study|report|letter),? (?:we|a|an|the)|\bI|\b[Aa]uthors|\b[Hh]ere)"
#: Subject … verb; what follows is the object.
_OPENING = re.compile(
    _SUBJECT
    + r"(?:,?\s+(?:also|then|therefore|thus|hence|here|further|furthermore|first|next|now|instead|finally|have|has|had|will|can|subsequently|jointly|in this \w+|\w+ly|to [a-z ]{3,60}|in response|for this purpose|as a solution|in addition|,))*,?\s+"
    + r"("
    + _VERB
    + r")(?: and (?:\w+ly )?"
    + _VERB
    + r")?,?\s+(?:(?:this|these|the|that) \w+ (?:with|by|using) )?",
)
_LED_BY_VERB = re.compile(
    r"(?:^|[;,:]\s+|\band |\bby )(?:\w+ly )?(?:to |further |also |then |finally )?(" + _VERB + r")\s+", re.I
)
_TOKEN = r"[A-Za-z0-9][\w+*/.^#-]*[\w+*#]|[A-Z]"
_NAME = re.compile(r"[\"'*]?((?:" + _TOKEN + r")(?:[ ](?:[A-Z0-9][\w+*/.^#-]*|for|of|and|the|with|in)){0,7})[\"'*]?")
_AFTER_NAME = re.compile(
    r"\s*(?:$|[,(:;.\[—–]|--? |\"|(?:which|that|an?|to|for|as|is|in|on|by|with|and|where|whose|at|from|the|--+|system|framework|algorithm|protocol|method|model|library|architecture|approach|benchmark|dataset|compiler|tool|platform|language|technique|mechanism|scheme|engine|toolkit|runtime|pipeline|optimizer|scheduler|simulator|accelerator|strategy|policy|module|network|kernel|operator|package|service)s?\b)"
)
_CALLED = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|denoted|titled|entitled|nicknamed|code-?named|denominated|known as|abbreviated (?:as|to)|referred to as|which we (?:call|name|term|dub|refer to as|denote)(?: as)?"
    r"|call(?:s|ed)? (?:this|the|our|it|the resulting) \w+(?: \w+)?|(?:that )?we (?:call|name|term|dub|denote)(?: it| this| them)?(?: as)?|hereafter) (?:the |an? )?"
)
_NEW = re.compile(
    r"\b(?:our|new|novel|proposed?)\b|\b(?:is|are) (?:presented|introduced|developed|described|designed)\b", re.I
)
_DESIGN_OF = re.compile(
    r"(?:the |a |our )?(?:full |complete |novel |new )?(?:design|implementation|architecture|development|formulation|analysis|evaluation|specification|description|overview|use)(?:,? (?:and|&) \w+)? of (?:our |the )?(?=[A-Z])"
)
_DESCRIBED = re.compile(r"[\"'*]?\s*(?:(?:,|\([^)]*\),?|:|--|—|-)\s*(?:an?|the|our|which|the first)\b|on top of\b)")
_ARTICLE = re.compile(r"(?:the|our)(?: (?:novel|new|proposed|open-source))? (?=[A-Z])")
_APPOSED = re.compile(r"(?:\ban?|\bour|\bthe|\btwo|\bthree|\bseveral) [^.;:,()]{3,140}?, ")
_OUR = re.compile(
    r"\b[Oo]ur (?:(?:new|novel|proposed|own|prototype|open-source|full|final|best|system|framework|method|approach|model|algorithm|tool|compiler|design|library|solution|architecture|implementation|technique|accelerator|benchmark|dataset|platform|optimizer|scheduler|scheme),? ){0,4}"
)
_HEADED = re.compile(
    r"(?:an?|our|the|two|three|novel|new) (?:[a-z][\w-]* ){0,7}?"
    r"(?:algorithm|system|framework|method|approach|primitive|library|tool|compiler|language|model|architecture|scheme|protocol|mechanism|"
    r"technique|benchmark|dataset|platform|engine|accelerator|scheduler|strategy|operator|attack|simulator|network|kernel|toolkit|"
    r"policy|optimizer|service|interface|runtime|database|abstraction|suite)s? (?=[\"']?(?:[A-Z]|[a-z]+[A-Z]))"
)
_LISTED = re.compile(r"(?:an?|our|the|two|three|four|five|several|new|novel) [^.;:()]{3,100}: ")
_BY_INTRODUCING = re.compile(r"\bby (?:\w+ly )?(?:introducing|presenting|proposing|developing|designing|building) ")
_MADE_IN = re.compile(
    r"\b(?:implement(?:ed)?|realized?|prototyped?|instantiated?|built) (?:this|our|these|the|it|them)(?: \w+){0,2} (?:in|as|into|within) "
)
_SIBLING = re.compile(
    r"([A-Za-z][\w+./^#-]*[\w+#]), an? (?:\w+ )?(?:variant|extension|version|modification|generali[sz]ation|instantiation)\b"
)
_ENUMERATED = re.compile(
    r"(?:First|Second|Third|Fourth|Fifth|Finally|Next|Last|\((?:\d|i{1,3}|iv|v|[a-d])\))(?:ly)?[,:]? "
)
_DEFINITE = re.compile(
    r"the ((?:[\w+*/^-]+ ){0,3}?(?:[\w+*/^]*-[\w+*/^-]+|[A-Z][\w+*^-]*)(?: [\w+*/^-]+){0,2}?) "
    r"(kernel|algorithm|operator|operation|protocol|method|network|transform|loss|layer|model|attack|estimator|sampler|optimizer|machine|framework|system|architecture|mechanism|abstraction|primitive|language|library|compiler|dataset|benchmark)\b(?=[ ,.;(])"
)
_AFTER_DEFINED = re.compile(
    r"$|[,.;:(—–-]|(?:\w+ )?(?:that|which|for|to|with|and|in|on|by|as|is|where|whose|of|at|from|using|framework|system|algorithm|method|approach|model|architecture|protocol|scheme|"
    r"mechanism|technique|network|compiler|library|platform|tool|language|dataset|benchmark|strategy|policy|kernel|module|engine|accelerator|scheduler|optimizer|operator|design|layer|loss|attack|service)s?\b(?<!paper)"
)
_CONCEPT = re.compile(
    r"(?:the )?(?:concept|notion|idea|paradigm) of (?:an? |the )?((?:[\w-]+ ){0,3}?[\w-]+)(?= as\b|,|\.|;| which| that| for| and\b| to\b| \()"
)
_QUOTED = re.compile(
    r"\"([\w+*/ .-]{2,40}?)\"(?= (?:operation|operator|layer|method|module|algorithm|kernel|system|framework|network|block|unit|model|technique|mechanism))"
)
_VARIANT = re.compile(
    r"(?<![\w-])([A-Z][\w+.-]*[\w+]) \((?:an? |our )?(?:new |novel |improved |modified )?(?:modification|variant|extension|adaptation|version|generali[sz]ation|improvement) of\b"
)
_TITLED = re.compile(r", an? (?!variant)|, (?:the|our) (?:first|new)\b| \(|: an? ")
_PRESENTS = re.compile(
    r"\b(?:we|this (?:paper|work)) (?:propos|present|introduc|develop|design|describ|buil)\w*|\b[Oo]ur \w+", re.I
)
_TITLE = re.compile(r"^[\"'*]?([\w+*/.^@-]+(?: [\w+*/.^@-]+){0,3})[\"'*]?\s*(?::|--|—| - )\s*(\S.*)")
#: What the patterns begin with: one pass finds them all, and the patterns are matched where they stand.
_TRIGGERS = Phrases(
    {
        "subject": [
            "we ", "i ", "here ", "here,", "authors ", "the authors", "the paper", "the present ",
            *(f"this {noun}" for noun in ("paper", "work", "article", "study", "report", "thesis", "manuscript", "demo", "chapter", "letter")),
        ],
        "our": ["our ", "the proposed "],
        "new": ["a new ", "a novel "],
        "called": [
            "called ", "named ", "dubbed ", "termed ", "coined ", "denoted ", "titled ", "entitled ", "nicknamed ", "code-named ", "codenamed ",
            "denominated ", "known as ", "abbreviated ", "referred to as ", "which we ", "call ", "calls ", "that we ", "we call ", "we name ",
            "we term ", "we dub ", "we denote ", "hereafter ",
        ],
        "enumerated": [
            "first", "second", "third", "fourth", "fifth", "finally", "next", "last", *(f"({n})" for n in "1 2 3 4 5 6 i ii iii iv v a b c d".split()),
        ],
        "by": ["by "],
        "made": ["implement", "realize", "prototype", "instantiate", "built "],
        "variant": ["variant", "modification", "extension", "adaptation", "version", "generali", "improvement", "instantiation"],
    }
)  # fmt: skip
#: "First, DeltaFS enables …": what a named part does, or an apposition.
_ACTS = re.compile(
    r"\s*[,(]|\s+(?:enabl|provid|introduc|is\b|perform|us(?:es|ing)|reduc|allow|support|generat|adapt|dynamic|optimi|appl|employ|combin)"
)
_IS_A = re.compile(r"^(?:The )?([\w+*/.^-]+(?: [A-Z][\w+*/.^-]*){0,2})(?: \([^)]*\))? is (?:an?|the) (.{3,160})")

_COMMON = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "we",
        "our",
        "it",
        "its",
        "i",
        "in",
        "on",
        "at",
        "for",
        "to",
        "of",
        "and",
        "or",
        "as",
        "by",
        "with",
        "from",
        "new",
        "novel",
        "first",
        "one",
        "two",
        "three",
        "both",
        "such",
        "here",
        "there",
        "when",
        "while",
        "however",
        "moreover",
        "furthermore",
        "recent",
        "recently",
        "finally",
        "also",
        "then",
        "thus",
        "hence",
        "results",
        "result",
        "experiments",
        "section",
        "table",
        "figure",
        "part",
        "chapter",
        "volume",
        "towards",
        "toward",
        "deep",
        "machine",
        "learning",
        "neural",
        "large",
        "language",
        "models",
        "model",
        "data",
        "system",
        "systems",
        "method",
        "approach",
        "framework",
        "algorithm",
        "network",
        "networks",
        "analysis",
        "survey",
        "review",
        "study",
        "using",
        "based",
        "efficient",
        "fast",
        "scalable",
        "distributed",
        "parallel",
        "optimal",
        "adaptive",
        "dynamic",
        "automatic",
        "automated",
        "improving",
        "understanding",
        "exploring",
        "evaluating",
        "accelerating",
        "bayesian",
        "gaussian",
        "markov",
        "euclidean",
        "boolean",
        "hamiltonian",
        "lagrangian",
        "fourier",
        "hilbert",
        "banach",
        "byzantine",
        "english",
        "chinese",
        "european",
        "american",
        "internet",
        "web",
        "cloud",
        "erratum",
        "comment",
        "reply",
        "note",
        "introduction",
        "proceedings",
        "workshop",
        "tutorial",
        "report",
        "extended",
        "abstract",
        "beyond",
        "position",
        "paper",
        "perspective",
        "vision",
        "case",
    ]
)
_COMPOUND = re.compile(
    r"-(?:based|aware|driven|like|free|style|only|level|scale|time|oriented|specific|agnostic|guided|enabled|inspired|of|to|the|end|art|efficient|wise|shot|order|dimensional|native|centric|side|friendly|tolerant|first|local|independent|dependent|optimal|assisted|powered|augmented|compatible|[a-z]+(?:ed|ing|ive|able|ible))$",
    re.I,
)
_UNIT = re.compile(r"^\d+(?:\.\d+)?[A-Za-z%]{0,4}$|^[a-z]-\w$|^\d+-\w+$|^I{1,3}$|^[A-Z]$")

_HEADS = {
    "system": "system framework library compiler engine platform toolkit tool runtime scheduler service simulator emulator language database store middleware package software infrastructure stack toolchain "
    "ecosystem environment interface api backend server controller orchestrator debugger profiler pass plugin plug-in application app suite os hypervisor kernel-module dsl ir dialect emulator client browser daemon prototype "
    "cache router gateway marketplace assistant orchestrator workbench portal operating-system filesystem file-system sandbox serving solver implementation",
    "hardware": "accelerator processor chip asic soc core coprocessor co-processor gpu cpu npu fpga macro circuit hardware memory dram sram microarchitecture nic switch device board sensor engine-core fabric overlay chiplet supercomputer",
    "dataset": "dataset data-set benchmark corpus testbed challenge leaderboard collection trace traces datasets benchmarks testset",
    "technique": "algorithm method approach technique model network architecture protocol scheme strategy policy mechanism optimizer loss module layer operator kernel paradigm estimator representation metric attack defense abstraction transformer "
    "attention procedure heuristic formulation design objective format data-structure structure optimization optimizations recipe pipeline learner agent classifier detector encoder decoder codec index tree primitive family set calculus logic extension",
    "task": "task problem",
}  # fmt: skip
_HEAD_KIND = {word: kind for kind, words in _HEADS.items() for word in words.split()}
_LEARNING = re.compile(
    r"\b(?:neural|ODE|learning|generative|adversarial|bayesian|probabilistic|attention|pruning|quanti[sz]ation|training-free|optimi[sz]ation|inference|sparsity|contrastive|compression|retrieval|prompting|fine-tuning|RL|reasoning|theoretical|mathematical|sampling)\b",
    re.I,
)
_SOFTWARE = re.compile(
    r"\b(?:system|serving|distributed|software|programming|library|open-source|open source|end-to-end|runtime|compil\w+|platform|tool\w*|deployment|prototype|cloud|cluster|python|c\+\+|java\w*|api|exploration|pipelined?|orchestration|analytics)\b",
    re.I,
)
_HARDISH = re.compile(
    r"\b(?:accelerator|fpga|asic|chip|processor|in-memory|near-memory|near-data|systolic|rtl|silicon|hardware|microarchitecture|flash|dram|reram|cgra)\b",
    re.I,
)
_CLAUSE = re.compile(
    r"(?<![\w-])(?:that|which|for|to|with|using|by|where|whose|in|on|from|based on|designed|capable|built|featuring|consisting|supporting|enabling|allowing|combining|via|of|while|as|through|at|when|is|are)\b(?!-)|[,;:.(]|--"
)


def name_like(text: str) -> bool:
    """Odd casing that ordinary words do not have: an inner capital, a digit among letters, all capitals."""
    first = text.split()[0] if text else ""
    if _UNIT.match(first) or _COMPOUND.search(text):
        return False
    return any(c.isupper() for c in text[1:]) or (any(c.isdigit() for c in text) and any(c.isalpha() for c in text))


def head_kind(description: str, context: str = "") -> str:
    """The class that a description's head noun gives: "a distributed execution engine for …" -> system."""
    border = _CLAUSE.search(description)
    phrase = description[: border.start()] if border and border.start() > 2 else description
    words = re.findall(r"[A-Za-z-]+", phrase.lower())
    for word in reversed(words):
        word = word if word in _HEAD_KIND else word.rstrip("s")
        kind = _HEAD_KIND.get(word) or _HEAD_KIND.get(word.rpartition("-")[2])
        if kind is None:
            continue
        wide = f"{description} {context}"
        if (
            word in ("framework", "engine", "solver", "implementation", "extension", "suite", "cache")
            and not _SOFTWARE.search(phrase)
            and _LEARNING.search(phrase)
        ):
            return "technique"
        if word in ("architecture", "design", "core", "set") and _HARDISH.search(wide):
            return "hardware"
        if word == "engine" and _HARDISH.search(description):
            return "hardware"
        if word in ("memory", "device", "switch") and not _HARDISH.search(wide):
            return "technique"
        return kind
    return ""


class Finder:
    """Reads introductions from one paper's title and abstract.

    Args:
        known: tells whether a string can be a name of the vocabulary.
        certain: tells whether it is one in any context.
    """

    def __init__(self, known: Callable[[str], bool], certain: Callable[[str], bool]) -> None:
        self.known = known
        self.certain = certain

    def find(self, title: View, abstract: View, definitions: Sequence[Definition]) -> list[Introduction]:
        """Introductions, one per name, the first mention of each in the abstract before the title's."""
        found: dict[str, Introduction] = {}

        def add(item: Introduction | None) -> None:
            if item is not None:
                names = [n for n in (item.name, *item.aliases)]
                if not any(n.lower() in found for n in names):
                    for n in names:
                        found[n.lower()] = item

        long_of = {d.short: abstract.plain[d.long_start : d.long_end] for d in definitions}
        self._heading = title.plain
        triggers = _TRIGGERS.find(abstract.lower)
        position = 0
        for index, (low, high) in enumerate(abstract.sentences):
            mine: dict[str, list[int]] = {}
            while position < len(triggers) and triggers[position][0] < high:
                start, group = triggers[position]
                if start >= low:
                    mine.setdefault(group, []).append(start)
                position += 1
            if mine or index == 0:
                for item in self._sentence(abstract, low, high, mine, definitions, long_of, first=index == 0):
                    add(item)
        add(self._title(title, abstract, long_of, found))
        add(self._title_name(title, abstract, long_of))
        return list(dict.fromkeys(found.values()))

    # -- the abstract

    def _sentence(
        self,
        view: View,
        low: int,
        high: int,
        triggers: dict[str, list[int]],
        definitions: Sequence[Definition],
        long_of: dict[str, str],
        *,
        first: bool,
    ) -> list[Introduction]:
        """Introductions of one sentence. `triggers`: group of `_TRIGGERS` -> where its words stand in the sentence."""
        text = view.plain
        out: list[Introduction] = []
        opening = next((m for at in triggers.get("subject", ()) if (m := _OPENING.match(text, at, high))), None)
        if opening is not None:
            strong = _STRONG.match(opening[1]) is not None
            out += self._object(view, opening.end(), high, definitions, long_of, strong)
            for m in _LED_BY_VERB.finditer(text, opening.end(1), high):
                if _STRONG.match(m[1]):
                    out += self._object(view, m.end(), high, definitions, long_of, True)
        elif "by" in triggers and ("subject" in triggers or "our" in triggers):
            for at in triggers["by"]:
                m = _BY_INTRODUCING.match(text, at, high)
                if m:
                    out += self._object(view, m.end(), high, definitions, long_of, True)
        for at in triggers.get("called", ()):
            m = _CALLED.match(text, at, high)
            if m and (
                opening is not None
                or m[0].startswith(("which we", "we ", "that we", "call"))
                or _NEW.search(text, low, high)
            ):
                out += self._named(view, m.end(), low, m.start(), long_of, "called")
        for at in triggers.get("our", ()):
            m = _OUR.match(text, at, high)
            item = self._bare(view, m.end(), high, long_of, "our-name") if m else None
            if item:
                out.append(item)
            if text[at - 2 : at] == ", ":
                out += self._before_comma(view, low, at - 2, high, long_of)
        for at in triggers.get("new", ()):
            if text[at - 2 : at] == ", ":
                out += self._before_comma(view, low, at - 2, high, long_of)
        for at in triggers.get("enumerated", ()):
            m = _ENUMERATED.match(text, at, high)
            item = self._bare(view, m.end(), high, long_of, "enumerated") if m else None
            if item and (opening is not None or _ACTS.match(text, item.end)):
                out.append(item)
        for at in triggers.get("made", ()):
            m = _MADE_IN.match(text, at, high)
            item = self._bare(view, m.end(), high, long_of, "made-in") if m else None
            if item and _DESCRIBED.match(text, item.end, high) and not self.known(item.name):
                out.append(item)
        if "variant" in triggers:
            for pattern, score in ((_SIBLING, 0.7), (_VARIANT, 0.75)):
                for m in pattern.finditer(text, low, high):
                    if name_like(m[1]) and not self.known(m[1]):
                        out.append(self._make(view, m.start(1), m.end(1), long_of, "", "variant-of", score))
        if first:
            is_a = _IS_A.match(text[low:high])
            if (
                is_a
                and is_a[1].lower() not in _COMMON
                and name_like(is_a[1])
                and (not self._heading or is_a[1] in self._heading)
                and not long_of.get(is_a[1])
                and head_kind(is_a[2]) in ("system", "hardware", "dataset")
            ):
                out.append(self._make(view, low + is_a.start(1), low + is_a.end(1), long_of, is_a[2], "is-a", 0.7))
        return out

    def _before_comma(self, view: View, low: int, comma: int, high: int, long_of: dict[str, str]) -> list[Introduction]:
        """The name in "Zorro, our compiler" and "Zorro, a novel compiler"."""
        start = _word_before(view.plain, low, comma)
        name = view.plain[start:comma]
        if not name or not name[-1].isalnum() or not name_like(name) or self.known(name):
            return []
        return [self._make(view, start, comma, long_of, view.plain[comma:high], "name-our", 0.85)]

    def _object(
        self,
        view: View,
        start: int,
        high: int,
        definitions: Sequence[Definition],
        long_of: dict[str, str],
        strong: bool,
    ) -> list[Introduction]:
        """Names in the object that begins at `start`: bare, apposed, abbreviated, definite or quoted."""
        text = view.plain
        design = _DESIGN_OF.match(text, start, high)
        if design:
            start = design.end()
        article = _ARTICLE.match(text, start, high)
        if article:
            item = self._bare(view, article.end(), high, long_of, "present-name")
            if item and not self.known(item.name) and _DESCRIBED.match(text, item.end, high):
                return [item]
        bare = self._bare(view, start, high, long_of, "present-name", strong=strong)
        if bare:
            return [bare, *self._second(view, bare, high, long_of)]
        if not strong:
            return []
        for d in definitions:
            if start <= d.long_start < min(high, start + 160) or start <= d.short_start < min(high, start + 120):
                begin = min(d.long_start, d.short_start)
                between = text[start:begin]
                if re.search(
                    r"[,;:]|\b(?:that|which|for|using|via|based|of|to|with|by|in|on|where|from|and)\b", between
                ) or not re.match(r"(?:an?|the|our|two|three|new|novel)?(?:\b|$)", between):
                    continue
                tail = text[max(d.long_end, d.short_end) : high].lstrip(")\"' ")
                if not _AFTER_DEFINED.match(tail):
                    continue  # "an over-the-air (OTA) analog aggregation method" names no OTA
                defined = self._defined(view, d, tail)
                return [defined] if defined else []
        m = _QUOTED.search(text, start, min(high, start + 90))
        if m and not re.search(r"[;:]|\b(?:that|which|called)\b", text[start : m.start()]):
            return [self._make(view, m.start(1), m.end(1), long_of, text[m.end() : high], "quoted", 0.75)]
        m = _DEFINITE.match(text, start, high)
        if (
            m
            and not self.known(m[1])
            and not self.known(f"{m[1]} {m[2]}")
            and m[1].split()[0].lower() not in _COMMON
            and not re.match(r"(?:well-known|so-called|state-of)", m[1])
        ):
            label = m[1] if " " in m[1] or name_like(m[1]) else f"{m[1]} {m[2]}"
            kind = head_kind(m[2]) if m[2] not in ("kernel", "operator", "operation") else "technique"
            return [
                Introduction(
                    "abstract",
                    m.start(1),
                    m.start(1) + len(label),
                    label,
                    (f"{m[1]} {m[2]}",) if label == m[1] else (),
                    kind or "technique",
                    "definite",
                    0.7,
                )
            ]
        m = _CONCEPT.match(text, start, high)
        if m and not self.known(m[1]) and m[1].split()[0].lower() not in _COMMON:
            return [Introduction("abstract", m.start(1), m.end(1), m[1], (), "technique", "concept-of", 0.65)]
        m = _HEADED.match(text, start, high)
        if m:
            item = self._bare(view, m.end(), high, long_of, "headed")
            if item and not self.known(item.name) and (name_like(item.name) or " " in item.name):
                return [item._replace(kind=head_kind(m[0].split(" ", 1)[1], view.plain) or item.kind)]
        m = _LISTED.match(text, start, high)
        if m:
            listed = [d for d in definitions if m.end() <= d.long_start < high and text[d.long_start].isupper()]
            kind = head_kind(m[0].split(" ", 1)[1].rstrip(": "), view.plain)
            found = [self._defined(view, d, "") for d in listed]
            return [f._replace(kind=kind or f.kind) for f in found if f]
        m = _APPOSED.match(text, start, high)
        if m:
            item = self._bare(view, m.end(), high, long_of, "apposed")
            if item and re.match(
                r"\s*(?:,|\.|;|:|\(|to\b|that\b|which\b|for\b|as\b|--)", text[item.end : item.end + 8]
            ):
                kind = head_kind(text[start + 2 : m.end() - 2], view.plain)
                item = item._replace(kind=kind or item.kind)
                return [item, *self._second(view, item, high, long_of)]
        return []

    def _bare(
        self, view: View, start: int, high: int, long_of: dict[str, str], rule: str, strong: bool = True
    ) -> Introduction | None:
        """A name that stands right at `start`."""
        text = view.plain
        m = _NAME.match(text, start, high)
        if m is None:
            return None
        first = m[1].split()[0]
        if first.lower() in _COMMON or _UNIT.match(first) or _COMPOUND.search(first):
            return None
        name = _trim(m[1])
        end = m.start(1) + len(name)
        after = text[end : min(high, end + 40)]
        described = _DESCRIBED.match(text, end, min(high, end + 90))
        odd = name_like(name)
        if not first[0].isupper() and not name_like(first) and not (described and "-" in name):
            return None
        if odd and " " not in name and rule in ("our-name", "enumerated"):
            fresh = not self.known(name) and not self.known(name.rstrip("s"))
            acronym = re.fullmatch(r"[A-Z]{2,5}s?", name) is not None
            defined_new = name in long_of and not self.known(long_of[name])
            ok = fresh and (defined_new if acronym else name not in long_of or defined_new)
            return self._make(view, m.start(1), end, long_of, after, rule, 0.75) if ok else None
        if rule in ("our-name", "enumerated"):
            if described and name[0].isupper() and (rule == "enumerated" or odd) and not self.known(name):
                return self._make(view, m.start(1), end, long_of, text[end : min(high, end + 220)], rule, 0.75)
            if name in long_of.values() and not self.known(name):
                return self._make(view, m.start(1), end, long_of, after, rule, 0.75)
            return None
        if not strong and not (described and odd):
            return None
        if not described and (self.known(name) or (" " in name and self.known(first))):
            return None
        if not odd and " " not in name and not _AFTER_NAME.match(after):
            return None
        if " " in name and not odd and not described and self.known(name):
            return None
        if (
            not odd
            and not described
            and not re.match(r"\s*(?:[,(:;.]|--|which\b|that\b|an?\b|to\b|for\b|in\b|as\b)", after)
        ):
            return None
        return self._make(
            view, m.start(1), end, long_of, text[end : min(high, end + 220)], rule, 0.95 if described else 0.85
        )

    def _second(self, view: View, first: Introduction, high: int, long_of: dict[str, str]) -> list[Introduction]:
        """The other name of a pair: "two algorithms, SetSplit and GreedySetSplit, to …"."""
        m = re.compile(r"(?: \([^)]*\))? and (?=[A-Za-z]*[A-Z])").match(view.plain, first.end, high)
        item = self._bare(view, m.end(), high, long_of, "our-name") if m else None
        return [item._replace(rule=first.rule, kind=first.kind)] if item and name_like(item.name) else []

    def _named(
        self, view: View, start: int, low: int, cue: int, long_of: dict[str, str], rule: str
    ) -> list[Introduction]:
        """The name after "called"; its description stands before the cue."""
        text = view.plain
        m = _NAME.match(text, start)
        if m is None:
            return []
        name = _trim(m[1])
        quoted = text[m.start() : m.start() + 1] in "\"'"
        if quoted:
            close = text.find(text[m.start()], m.start() + 1, m.start() + 40)
            name = text[m.start(1) : close].rstrip(" ,.") if close > 0 else name
        first = name.split()[0] if name else ""
        if not name or first.lower() in _COMMON or (not quoted and not name_like(first) and not first[0].isupper()):
            return []
        before = text[max(low, cue - 160) : cue].rstrip(" ,(")
        if self.certain(name) and re.search(r"\b(?:on|in|for|of|from|with)\b", before[-60:]):
            return []  # "a chip named Inferentia": others' work
        noun = re.search(r"(?:\ban?|\bthe|\bour|\bnew|\bnovel|\btwo)\s+((?:[\w/+-]+\s+){0,9}[\w/+-]+)$", before)
        description = noun[1] if noun else before[-60:]
        if re.match(r"calls? (?:this|the|our|it)\b", text[cue : cue + 12]):  # "and call this approach Parrot"
            description = text[cue:start]
        head = re.split(r"\b(?:that|which|for|to|with|using|based|,)\b", description)[0] or description
        item = self._make(view, m.start(1), m.start(1) + len(name), long_of, "", rule, 0.9)
        return [item._replace(kind=head_kind(head, text) or item.kind)]

    def _defined(self, view: View, d: Definition, tail: str) -> Introduction | None:
        """A long form with its short form: "we propose the discrete residual flow network (DRF-Net)"."""
        long = view.plain[d.long_start : d.long_end]
        if self.known(long) or self.known(long.rstrip("s")):
            return None
        kind = head_kind(long, tail) if head_kind(long) else head_kind(tail, long)
        return Introduction(
            "abstract", d.long_start, d.long_end, long, (d.short,), kind or "technique", "present-defined", 0.85
        )

    def _make(
        self, view: View, start: int, end: int, long_of: dict[str, str], after: str, rule: str, score: float
    ) -> Introduction:
        name = view.plain[start:end]
        aliases: list[str] = []
        paren = re.match(r"[\"']?\s*\(([^)]{2,60})\)", after)
        short = (
            paren[1].strip() if paren and long_of.get(paren[1].strip(), "").lower().endswith(name.lower()[-12:]) else ""
        )
        if short:
            aliases.append(short)
        elif name in long_of:
            aliases.append(long_of[name])
        description = re.sub(
            r"^[\"'\s]*(?:\([^)]*\))?[\s,:—–-]*(?:which is |is )?(?:an? |the |our )?(?:first |new |novel )*", "", after
        )
        kind = (
            head_kind(description, view.plain)
            if re.match(r"[\"'\s]*(?:\([^)]*\))?\s*(?:,|:|--|—|–|-|which is|is|\w+)", after)
            else ""
        )
        return Introduction(
            "abstract", start, end, name, tuple(aliases), kind or _kind_of_name(name) or "", rule, score
        )

    # -- the title

    def _title_name(self, title: View, abstract: View, long_of: dict[str, str]) -> Introduction | None:
        """An odd name that stands in the title and is described in the abstract: "The HTX-301, an accelerator …"."""
        for m in re.finditer(r"(?<![\w-])[A-Za-z][\w+./^#-]*[\w+#](?![\w-])", title.plain):
            name = m[0]
            if not name_like(name) or self.known(name) or self.known(name.rstrip("s")) or name in long_of:
                continue
            for start in _stands(name, abstract.plain):
                end = start + len(name)
                if _TITLED.match(abstract.plain, end):
                    after = abstract.plain[end : end + 220]
                    return self._make(abstract, start, end, long_of, after, "title-name", 0.7)
        return None

    def _title(
        self, title: View, abstract: View, long_of: dict[str, str], found: dict[str, Introduction]
    ) -> Introduction | None:
        m = _TITLE.match(title.plain)
        if m is None:
            return None
        name, rest = m[1], m[2]
        words = name.split()
        if words[0].lower() in _COMMON or _COMPOUND.search(name) or not any(c.isalpha() for c in name):
            return None
        odd = name_like(name) or abstract.plain.startswith(f"{name} is ")
        in_abstract = next(_stands(name, abstract.plain), -1) >= 0
        article = re.match(r"(?:an?|the)\s", rest, re.I) is not None
        if (
            len(words) > 1
            and not (odd and in_abstract)
            and not (article and in_abstract and all(w[0].isupper() for w in words))
        ):
            return None
        if (
            len(words) == 1
            and not odd
            and not (in_abstract and name[0].isupper())
            and not (article and name[0].isupper() and in_abstract)
        ):
            return None
        if self.known(name) and (odd or in_abstract) and _PRESENTS.search(abstract.plain):
            pass
        elif self.known(name) and not (
            article
            or (in_abstract and re.search(r"\b(?:we|this paper)\b[^.]{0,60}\b" + re.escape(name), abstract.plain))
        ):
            return None
        aliases = (long_of[name],) if name in long_of else ()
        for short, long in long_of.items():
            if long.lower() == name.lower():
                aliases = (short,)
        kind = head_kind(re.sub(r"^(?:an?|the)\s+", "", rest, flags=re.I), abstract.plain)
        return Introduction(
            "title", m.start(1), m.end(1), name, aliases, kind, "title-colon", 0.9 if in_abstract else 0.75
        )


def _kind_of_name(name: str) -> str:
    tail = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    last = tail[-1].lower() if tail else ""
    return {
        "bench": "dataset",
        "net": "technique",
        "former": "technique",
        "compiler": "system",
        "db": "system",
        "serving": "system",
        "sim": "system",
        "fs": "system",
        "os": "system",
        "dataset": "dataset",
    }.get(last, "")


def _trim(name: str) -> str:
    """Cut function words and sentence ends off the tail of a matched name."""
    words = name.split(" ")
    while len(words) > 1 and (words[-1] in ("for", "of", "and", "the", "with", "in") or words[-1].lower() in _COMMON):
        words.pop()
    for index, word in enumerate(words[:-1]):
        if word.endswith((".", ":")):
            words = words[: index + 1]
            break
    joined = " ".join(words)
    # "Tomato and Foo" are two names, "Machine Learning for Apache Spark" is one.
    return re.split(r" (?:and|with|in|the) ", joined)[0].rstrip(".*/-")


def _stands(name: str, plain: str) -> Iterator[int]:
    """Where a name stands as a word of its own."""
    position = plain.find(name)
    while position >= 0:
        end = position + len(name)
        before = plain[position - 1] if position else " "
        after = plain[end] if end < len(plain) else " "
        if not (before.isalnum() or before in "-_") and not (after.isalnum() or after in "-_"):
            yield position
        position = plain.find(name, end)


def _word_before(text: str, low: int, end: int) -> int:
    start = end
    while start > low and not text[start - 1].isspace() and text[start - 1] not in "(\"'":
        start -= 1
    return start
