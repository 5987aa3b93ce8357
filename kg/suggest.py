"""Names and terms that a corpus uses and no vocabulary has, ranked, as rows of the vocabulary's own form to judge.

Three kinds of candidates, each counted once per paper:

- abbreviation  a long form that papers define a short form for (Schwartz & Hearst 2003)
- name          a word with odd casing ("vLLM", "RDMA"), or a capitalised one in a naming position ("such as Zenoh")
- phrase        two to four words that end with a technical head word ("speculative execution")

Papers are read as a stream. Memory is bounded by lossy counting (Manku & Motwani 2002): when more than
`MAX_CANDIDATES` are held, those seen least are dropped, and whatever comes new later starts from their count, so that a number of papers may be too
high by this floor but never too low. Up to some 100,000 abstracts nothing is dropped and every number is exact.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kg.errors import VocabularyError
from kg.forms import singular
from kg.linking import abbreviations
from kg.linking.kinds import head_kind
from kg.linking.names import name_like
from kg.linking.text import View
from kg.model import CLASSES, Paper
from kg.ontology import slug
from kg.rows import FILES, HEADER, file_kind
from kg.vocabulary import Vocabulary

#: Candidates held at once, some 100 bytes each.
MAX_CANDIDATES = 1_000_000

#: How far each kind of candidate is trusted, as a factor on its number of papers.
TRUST = {"abbreviation": 1.0, "name": 0.6, "phrase": 0.5}

#: Ends of phrases that name something technical, by the class that they suggest.
HEADS = {
    "system": "compiler database framework hypervisor interpreter kernel language library middleware runtime scheduler "
    "simulator system toolkit",
    "hardware": "accelerator architecture cache chip circuit core device gpu interconnect memory microprocessor processor "
    "register storage switch",
    "technique": "aggregation algorithm allocation attention backpropagation batching caching checkpointing clustering "
    "coding coherence compilation compression computing control convolution decoding decomposition descent distillation "
    "embedding encoder encoding encryption estimation execution factorization filter filtering fusion graph hashing "
    "index indexing layer learning locking mapping mechanism method migration mining model multiplication network offloading "
    "parallelism partitioning pipeline pipelining policy prefetching programming propagation protocol pruning "
    "quantization queue regression replication representation sampling scheduling search sharding solver sorting "
    "sparsity speculation synchronization tiling transform transformer tree tuning vectorization virtualization",
    "dataset": "benchmark corpus dataset",
    "task": "analysis analytics assignment classification debugging deployment detection forecasting generation inference "
    "localization management mitigation monitoring navigation optimization orchestration planning prediction "
    "problem profiling reasoning recognition recommendation reconstruction rendering retrieval routing segmentation "
    "serving simulation summarization synthesis testing tracking training translation verification",
}  # fmt: skip
#: Heads that add nothing to a known term.
_EMPTY = frozenset(
    "algorithm analysis architecture benchmark dataset deployment execution framework language library mechanism method "
    "model problem protocol representation simulation solver system testing toolkit".split()
)
_HEAD = {word: kind for kind, words in HEADS.items() for word in words.split()}

#: Words that no term begins with or holds: function words, judging adjectives, verbs and nouns of papers on papers.
_STOP = frozenset(
    """
a about above achieve achieved achieves achieving across after against all allow allows almost along also although
among an and another any apply applied applying approximate are arbitrary as at available average based be because been before being best better
between beyond both but by can case certain challenging classic classical combined common commonly compare compared comparing complete
complex comprehensive computationally consider considered considering consists conventional could current current-generation
demonstrate demonstrates describe described designed designing desired detailed develop developed developing different difficult
direct discuss do does during each early effective efficient efficiently either employ employing enable enables enabling
enhance enhanced enhancing entire especially essential evaluate evaluated evaluating even every example existing extensive
fast faster few final finally find first five following for four from full fully fundamental further future general
generic give given gives good great greatly has have having help high highly holistic how however ideal if important improve improved
improves improving in include includes including increase increased increasing individual inherent initial innovative
integrate integrated integrating interesting into introduce introduces investigate is issue it its itself just key known large larger
largest latest lead leading less leverages leveraging like long low lower main major make makes making many may mean
might modern more moreover most much multiple named namely natural nature necessary need needed needs new next no nor
not novel now number obtain obtained obtaining of often old on one only optimal or order original other our out over overall
own paper particular perform performed performing performs popular possible potential powerful practical present presented
presents previous prior promising propose proposed proposes proposing provide provided provides providing quite rather
real realistic recent recently reduce reduced reduces reducing related relevant reliable require required requires resulting results
robust same scalable second see several shared-task should show showed shown shows significant significantly similar simple
simpler since single six small smaller so solve solves solving some sophisticated special specific standard state-of-the-art still
strong studied study studying such suitable support supports than that the their them then there these they third this those
three through throughout thus to together too total toward towards traditional train trained two typical typically under
underlying understand understanding unified unique unlike until up upon us use used useful user uses using usual usually utilize utilizes
utilizing various very via was way we well well-known were what when where whether which while who whole whose why wide
widely will with within without work working would yet your
open open-source source real-world large-scale public diverse base baseline target theoretical mathematical comparative numerical
real-life empirical careful thorough rigorous simultaneous entire whole corresponding respective proper accurate precise
accelerating optimizing minimizing maximizing addressing exploiting exploring running building creating generating adding
avoiding supporting handling combining comparing ensuring making requiring getting choosing selecting assuming including
additional alternative appropriate extra flexible hybrid-based main-stream multi-purpose off-the-shelf versatile
world effort need way result results step steps part time thus-far approach approaches method methods technique techniques
end-to-end in-depth input output n-node limited little automatic automated joint connected diverse computational today todays future-generation next-generation large-sized small-scale modern-day""".split()
)

#: A word with a capital or digit behind its first letter is looked at by `name_like`.
_ODD = re.compile(
    r"(?<![\w@/.\\^-])[A-Za-z][a-z]*-?[A-Z0-9][A-Za-z0-9]*(?:[-+.][A-Za-z0-9]+){0,3}\+{0,2}(?![\w@/\\^-])"
)
_NAMING = re.compile(
    r"\b(?:such as|called|named|on top of|built on|built with|written in|implemented in|implementations? in|including|"
    r"e\.g\.,?) ([A-Z][a-z]{3,20})(?=[,.;:)]| (?:and|or|to|for|that|which)\b)"
)
_HEADED = re.compile(
    r"(?<=[a-z,] )([A-Z][a-z]{3,20}) (?:framework|library|compiler|platform|toolkit|runtime|simulator|dataset|benchmark|"
    r"database|supercomputer|processor|programming language)s?\b"
)
#: Adjectives of places, people and schools look like names and are none.
_ADJECTIVE = re.compile(r"(?:ian|ean|ish|ese|ic|al|ive|ous|can|ern|ed|ing|ly|ist)$")
#: What is odd about the casing of a name beyond a hyphen between two words.
_PART_ODD = re.compile(r"[A-Za-z][A-Z0-9]|\d[A-Za-z]|[A-Za-z]\d")
_NO_NAMES = frozenset(
    "ghz mhz khz thz kev mev gev tev kpc mpc pc-1 db dbm phd iii iv vi vii viii ix xi xii arxiv github latex ieee acm usa "
    "uk eu un us url http https www pdf html tba cloud data web internet network".split()
)
_RUN = re.compile(r"(?<![a-z0-9-])[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?: [a-z][a-z0-9]*(?:-[a-z0-9]+)*)*")
_LONG_FORM = re.compile(r"[A-Za-z][A-Za-z0-9+/' -]*[A-Za-z0-9+]")
_ADVERBS_NOT = frozenset("anomaly assembly family supply poly fly reply".split())
_DESCRIBED = re.compile(
    r" (?!(?:and|or|to|for|with|in|on|of|at|by|from|as|is|are|was|can|has|that|which|using|than|via)\b)[a-z]|, an? "
)
#: Words that belong to the next one: "performance computing" is a fragment of "high performance computing".
_BINDING = frozenset(
    "high higher low lower long short large full first second real single multiple open non ad".split()
)
_LONGEST = 4  # words of a phrase
_AFTER = 60  # characters behind a name that its class is read from
_EXAMPLE = 400  # characters of an example at most


class Suggestion(NamedTuple):
    """A name or term to judge. `kind` is the guessed class, `broader` a guessed more general entity's id or "".

    `papers` is the number of papers that have it, `example` a sentence of `paper` that does. Better ones score higher.
    """

    label: str
    aliases: tuple[str, ...]
    kind: str
    broader: str
    papers: int
    origin: str  # "abbreviation", "name" or "phrase"
    paper: str
    example: str
    score: float

    def excerpt(self, width: int = 100) -> str:
        """The example, cut to about `width` characters around the label."""
        low = max(0, self.example.lower().find(self.label.lower()) + (len(self.label) - width) // 2)
        part = self.example[low : low + width].strip()
        return f"{'…' if low else ''}{part}{'…' if low + width < len(self.example) else ''}"


def suggest(
    papers: Iterable[Paper], vocabulary: Vocabulary, *, min_papers: int = 5, limit: int | None = None
) -> list[Suggestion]:
    """Mine abstracts for what no vocabulary has; best first, ties by label. Deterministic for one order of papers.

    Args:
        papers: each paper once; read as a stream.
        vocabulary: what is known, forms of metrics included. A row that is switched off counts as unknown.
        min_papers: least number of papers that have a suggestion, 1 or more.
        limit: return at most so many.
    """
    miner = _Miner(max(1, min_papers))
    for paper in papers:
        miner.read(paper)
    found = _rank(miner, vocabulary)
    return found[:limit]


# ---- counting


class _Seen:
    """What is kept of a candidate that enough papers have."""

    __slots__ = ("example", "kinds", "label", "paper", "shorts")

    def __init__(self, label: str, paper: str, example: str) -> None:
        self.label, self.paper, self.example = label, paper, example
        self.kinds: Counter[str] = Counter()
        self.shorts: Counter[str] = Counter()


class _Found(NamedTuple):
    """A candidate in one paper: where it stands, its short form, or the class that its place suggests."""

    label: str
    start: int
    end: int
    short: str = ""
    kind: str = ""


#: Origin and normalised text of a candidate; "short" counts every definition of a short form.
_Key = tuple[str, str]


class _Miner:
    """Counts candidates over papers. `counts`: papers per candidate; `seen`: those that two papers have."""

    def __init__(self, min_papers: int) -> None:
        self.min_papers = min_papers
        self.counts: dict[_Key, int] = {}
        self.seen: dict[_Key, _Seen] = {}
        self.floor = 0

    def read(self, paper: Paper) -> None:
        view = View(paper.abstract)
        for key, found in _candidates(view).items():
            count = self.counts.get(key, self.floor) + 1
            self.counts[key] = count
            if key[0] == "short" or count < min(2, self.min_papers):
                continue
            seen = self.seen.get(key)
            if seen is None:
                low, high = view.sentence(found.start)
                seen = self.seen[key] = _Seen(found.label, paper.id, view.plain[low:high][:_EXAMPLE])
            elif found.label.islower():
                seen.label = found.label  # a term is written in lower case where any paper does
            if found.kind:
                seen.kinds[found.kind] += 1
            if found.short:
                seen.shorts[found.short] += 1
        if len(self.counts) > MAX_CANDIDATES:
            self._prune()

    def _prune(self) -> None:
        while len(self.counts) > MAX_CANDIDATES // 2:
            self.floor += 1
            self.counts = {k: n for k, n in self.counts.items() if n > self.floor}
        self.seen = {k: s for k, s in self.seen.items() if k in self.counts}


def _candidates(view: View) -> dict[_Key, _Found]:
    """Candidates of one abstract, the first place of each. A term that is defined is no phrase of the same words."""
    plain = view.plain
    out: dict[_Key, _Found] = {}
    shorts: set[str] = set()
    if 3 * sum(map(str.isupper, plain)) > len(plain):  # shouted: casing says nothing
        return out
    for d in abbreviations.find(plain, view.sentences):
        start = plain.rfind(" ", 0, d.long_start) + 1 if plain[d.long_start - 1 : d.long_start] == "-" else d.long_start
        label = plain[start : d.long_end]
        short = d.short[:-1] if d.short.endswith("s") and d.short[:-1].isupper() else d.short
        shorts.update((short, d.short))
        out.setdefault(("short", short), _Found(short, d.short_start, d.short_end))
        if " " in label and _LONG_FORM.fullmatch(label) and label.split()[0].lower() not in _STOP:
            text = _singular(label.lower())
            found = _Found(_recase(label, text), start, d.long_end, short)
            out.setdefault(("term", text.replace("-", " ")), found)
    for m in _ODD.finditer(plain):
        name = m[0].rstrip(".")
        name = name[:-1] if name.endswith("s") and name[:-1].isupper() else name
        if name not in shorts and _is_name(name):
            out.setdefault(("name", name), _Found(name, m.start(), m.end(), kind=_vote(plain, m.end())))
    for pattern in (_NAMING, _HEADED):
        for m in pattern.finditer(plain):
            if not _ADJECTIVE.search(m[1]) and m[1].lower() not in _STOP:
                out.setdefault(("name", m[1]), _Found(m[1], m.start(1), m.end(1), kind=_vote(plain, m.end(1))))
    for run in _RUN.finditer(view.lower):
        for start, end, text in _phrases(run[0], run.start()):
            out.setdefault(("term", text.replace("-", " ")), _Found(_recase(plain[start:end], text), start, end))
    return out


def _is_name(name: str) -> bool:
    return (
        len(name) > 2
        and not name.lower().endswith(("-hard", "-complete"))
        and name_like(name)
        and _PART_ODD.search(name) is not None
        and name.lower() not in _NO_NAMES
    )


def _vote(plain: str, end: int) -> str:
    """The class that the words behind a name give it: "the Foo compiler", "Foo, a library for …"."""
    after = plain[end : end + _AFTER]
    return head_kind(after.lstrip(" ,")) if _DESCRIBED.match(after) else ""


def _phrases(run: str, offset: int) -> Iterator[tuple[int, int, str]]:
    """Word sequences that end with a head word: span in the text, and the sequence in the singular."""
    spans: list[tuple[int, int, bool]] = []  # words since the last one that no term holds; whether one binds them
    position, bound = 0, False
    words = run.split(" ")
    for word, following in zip(words, [*words[1:], ""], strict=True):
        start, end = position, position + len(word)
        position = end + 1
        if word in _BINDING:
            spans, bound = [], True
            continue
        if word in _STOP or len(word) < 2 or (word.endswith("ly") and word not in _ADVERBS_NOT):
            spans, bound = [], False
            continue
        spans.append((start, end, bound))
        bound = False
        head = _head(word)
        if head and not _head(following):  # in "graph processing system" no graph processing is spoken of
            for begin, _, inner in spans[-_LONGEST:-1]:
                if not inner:
                    yield offset + begin, offset + end, run[begin:start] + head


def _head(word: str) -> str:
    """The head word that this is, or is the plural of; else ""."""
    tail = word.rpartition("-")[2]
    if tail in _HEAD:
        return word
    for end in ("s", "es"):
        if tail.endswith(end) and tail[: -len(end)] in _HEAD:
            return word[: -len(end)]
    return word[:-3] + "y" if tail.endswith("ies") and tail[:-3] + "y" in _HEAD else ""


def _singular(text: str) -> str:
    """Lower-case text with its last word in the singular."""
    start, space, word = text.rpartition(" ")
    head = _head(word)
    return f"{start}{space}{head or singular(word)}"


def _recase(surface: str, text: str) -> str:
    """`text`, a shortened lower-case form of the surface, in the surface's own letter case."""
    return "".join(own if own.lower() == letter else letter for own, letter in zip(surface, text, strict=False))


# ---- ranking


def _rank(miner: _Miner, vocabulary: Vocabulary) -> list[Suggestion]:
    # After pruning, a count of floor + 1 can stand for a single paper.
    least = max(miner.min_papers, miner.floor + 2 if miner.floor else 1)
    common = {key: miner.counts[key] for key in miner.seen if miner.counts[key] >= least}
    known = _Known(vocabulary)
    free = _unnested({text: papers for (origin, text), papers in common.items() if origin == "term"})
    out = []
    for (origin, text), papers in common.items():
        seen = miner.seen[origin, text]
        if known(seen.label) or known(text):
            continue
        judge = _name if origin == "name" else _term
        found = judge(text, seen, papers, free.get(text, 0), miner, known)
        if found is not None:
            out.append(found)
    return sorted(out, key=lambda s: (-s.score, s.label))


class _Known:
    """What the vocabulary says of a text."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __call__(self, text: str) -> bool:
        return bool(self.vocabulary.matcher.readings(text)) or self.vocabulary.refuses(text)

    def entity(self, text: str) -> str:
        """The one entity that the text names in any context; "" if there is none or more than one."""
        found = {v.entity for v in self.vocabulary.matcher.readings(text) if v.policy != "context"}
        return found.pop() if len(found) == 1 else ""


def _unnested(terms: dict[str, int]) -> dict[str, int]:
    """Papers of each term less those of the most frequent longer term that holds it. It is about 0 for a fragment
    ("gate array") and hardly lower for a term with many narrower ones. After the C-value (Frantzi et al. 2000), which
    takes the mean of the longer terms and so keeps fragments of several of them."""
    longer: dict[str, int] = {}
    for text, papers in terms.items():
        words = text.split()
        for size in range(2, len(words)):
            for begin in range(len(words) - size + 1):
                part = " ".join(words[begin : begin + size])
                if part in terms:
                    longer[part] = max(papers, longer.get(part, 0))
    return {text: max(0, papers - longer.get(text, 0)) for text, papers in terms.items()}


def _name(text: str, seen: _Seen, papers: int, free: int, miner: _Miner, known: _Known) -> Suggestion | None:
    """A name, unless papers often define it (it has many meanings) or it is a compound of what is known ("multi-GPU").

    The class is the one that more than half of the places give, if a tenth of the papers do.
    """
    if 4 * miner.counts.get(("short", text), 0) > papers or _compound(text, known):
        return None
    votes, kind = max(((n, k) for k, n in sorted(seen.kinds.items())), default=(0, ""), key=lambda vote: vote[0])
    if 2 * votes <= sum(seen.kinds.values()) or 10 * votes < papers:
        kind = "technique" if text.isupper() else "system"
    return Suggestion(text, (), kind, "", papers, "name", seen.paper, seen.example, TRUST["name"] * papers)


def _compound(text: str, known: _Known) -> bool:
    parts = text.split("-")
    return any(map(known, parts[:-1])) or all(known(p) or (p.isalpha() and p.islower()) for p in parts)


def _term(text: str, seen: _Seen, papers: int, free: int, miner: _Miner, known: _Known) -> Suggestion | None:
    """A term, unless it is a fragment of a longer one, or a known one or a single word with an empty head ("transformer
    model", "robotic system").

    The class, and what is broader, come from the longest known tail: "sparse attention" is a kind of attention.
    """
    words = text.split()
    if 2 * free < papers or (words[-1] in _EMPTY and (len(words) == 2 or known(" ".join(words[:-1])))):
        return None
    broader = next((e for i in range(1, len(words)) if (e := known.entity(" ".join(words[i:])))), "")
    kind = broader.partition("/")[0] or _HEAD.get(words[-1]) or head_kind(text) or "technique"
    defined = 10 * sum(seen.shorts.values()) >= papers
    origin = "abbreviation" if defined else "phrase"
    aliases = tuple(
        short
        for short, times in sorted(seen.shorts.items())
        # The first definition is counted, but not held: hence + 1.
        if defined and 5 * (times + 1) >= 4 * miner.counts.get(("short", short), math.inf) and not known(short)
    )
    score = round(TRUST[origin] * free * math.log2(len(words) + 1), 3)
    return Suggestion(seen.label, aliases, kind, broader, papers, origin, seen.paper, seen.example, score)


# ---- rows to keep


def write(suggestions: Iterable[Suggestion], path: Path, vocabulary: Vocabulary) -> dict[Path, int]:
    """Write rows of the vocabulary's form, sorted by id; return the files with their numbers of rows.

    A file holds one class. If the name of `path` starts with one ("techniques-new.csv"), its suggestions are written;
    with any other name each class gets a file beside it ("systems-new.csv" … for "new.csv"), if it has any. No id is
    one of the vocabulary's, of today or of former times, so no shipped row is replaced and `load` takes the files.

    Raises VocabularyError if the name does not end with .csv or is one of metrics, which are never suggested, and for a file
    that is there already.
    """
    if path.suffix != ".csv":
        raise VocabularyError(f"{path}: a vocabulary file ends with .csv; rename it")
    own = file_kind(path)
    if own is not None and own not in CLASSES:
        raise VocabularyError(f"{path}: no {own} is ever suggested; give a name that starts with another word")
    rows: dict[str, dict[str, Suggestion]] = {kind: {} for kind in CLASSES}
    for s in suggestions:
        number, identifier = 2, slug(s.label)
        while identifier in rows[s.kind] or _is_taken(f"{s.kind}/{identifier}", vocabulary):
            number, identifier = number + 1, f"{slug(s.label)}-{number}"
        rows[s.kind][identifier] = s
    names = {kind: path.with_name(f"{stem}-{path.name}") for stem, kind in FILES.items()}
    found = [kind for kind in CLASSES if rows[kind]]
    for target in [path] if own is not None else [names[kind] for kind in found]:
        if target.exists():
            raise VocabularyError(f"{target}: is there already, and rows in it may be yours; give another name")
    if own is not None:
        _write(path, rows[own])
        return {path: len(rows[own])}
    for kind in found:
        _write(names[kind], rows[kind])
    return {names[kind]: len(rows[kind]) for kind in found}


def _is_taken(entity: str, vocabulary: Vocabulary) -> bool:
    return entity in vocabulary or entity in vocabulary.renamed


def _write(path: Path, rows: dict[str, Suggestion]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        for identifier, s in sorted(rows.items()):
            broader = s.broader.partition("/")[2]
            aliases = "|".join(s.aliases)
            writer.writerow(
                {"id": identifier, "label": s.label, "aliases": aliases, "broader": broader, "source": "corpus"}
            )
