"""The class of a newly named thing, read from the head noun of its description or from the name itself."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.forms import singular

_HEADS = {
    "system": "system framework library compiler engine platform toolkit toolbox tool runtime scheduler service simulator emulator language database store middleware package software infrastructure stack toolchain "
    "ecosystem environment interface api backend server controller orchestrator debugger profiler pass plugin plug-in application app suite os hypervisor kernel-module dsl ir dialect emulator client browser daemon prototype "
    "cache router gateway marketplace assistant orchestrator workbench portal operating-system filesystem file-system sandbox serving solver implementation",
    "hardware": "accelerator processor chip asic soc core coprocessor co-processor gpu cpu npu fpga macro circuit hardware memory dram sram microarchitecture nic switch device board sensor engine-core fabric overlay chiplet supercomputer",
    "dataset": "dataset data-set benchmark corpus testbed challenge leaderboard collection trace traces datasets benchmarks testset",
    "technique": "algorithm method approach technique model network architecture protocol scheme strategy policy mechanism optimizer loss module layer operator kernel paradigm operation estimator representation metric attack defense abstraction transformer "
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
#: What programs process: a "stream processor" is a system, if nothing says that it is a chip.
_PROCESSED = frozenset("document event language log query request stream text transaction word workflow".split())
_CHIP = re.compile(
    r"\b(?:hardware|chip|asic|fpga|risc|simd|vliw|silicon|rtl|microarchitecture|on-chip|verilog|\d*nm|low-power|neuromorphic|ALUs?|cores?)\b",
    re.I,
)
_CLAUSE = re.compile(
    r"(?<![\w-])(?:that|which|for|to|with|using|by|where|whose|in|on|from|based on|designed|capable|built|featuring|consisting|supporting|enabling|allowing|combining|via|of|while|as|through|at|when|is|are)\b(?!-)|[,;:.(]|--"
)


def is_head(word: str) -> bool:
    """Whether a lower-case word is a head noun that tells a class: "framework", "libraries"."""
    return word_kind(word) != ""


@lru_cache(1 << 14)
def word_kind(word: str) -> str:
    """The class that one lower-case word tells as a head noun, without its context; "" for others."""
    return _HEAD_KIND.get(word) or _HEAD_KIND.get(singular(word)) or _HEAD_KIND.get(word.rpartition("-")[2]) or ""


def head_kind(description: str, context: str = "") -> str:
    """The class that a description's head noun gives: "a distributed execution engine for …" -> system."""
    border = _CLAUSE.search(description)
    phrase = description[: border.start()] if border and border.start() > 2 else description
    words = re.findall(r"[A-Za-z-]+", phrase.lower())
    for at, word in reversed([*enumerate(words)]):
        word = word if word in _HEAD_KIND else singular(word)
        kind = _HEAD_KIND.get(word) or _HEAD_KIND.get(word.rpartition("-")[2])
        if kind is None:
            continue
        wide = f"{description} {context}"
        if word == "processor" and at and words[at - 1].rpartition("-")[2] in _PROCESSED and not _CHIP.search(wide):
            return "system"
        if (
            word in ("framework", "engine", "solver", "implementation", "extension", "suite", "cache")
            and not _SOFTWARE.search(phrase)
            and _LEARNING.search(phrase)
        ):
            return "technique"
        if word in ("architecture", "design", "core", "set") and _HARDISH.search(wide):
            return "hardware"
        if word == "engine" and _HARDISH.search(phrase):
            return "hardware"
        if word in ("memory", "device", "switch") and not _HARDISH.search(wide):
            return "technique"
        return kind
    return ""


def kind_of_name(name: str) -> str:
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
