"""Which numbers are results of the paper, and which are set-up, motivation or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.linking import claim_words as words_of
from kg.linking.claim_clause import Clause
from kg.linking.claim_numbers import Quantity
from kg.linking.claim_reading import Reading, skip_left
from kg.linking.claim_words import NUMBER
from kg.linking.text import Spot, View

_ONSET = re.compile(
    r"\b(?:we|our|this (?:paper|work|article|study|thesis|report|research|survey)|the (?:proposed|present) |(?:is|are) (?:presented|proposed|introduced|described))\b"
)
_RESULT = re.compile(
    r"\b(?:we|our|ours|results?|experiment\w*|evaluat\w+|simulations?|measure\w*|show(?:s|ed|n|ing)?|demonstrat\w+|achiev\w+|outperform\w*|improv\w+|reduc\w+|compared|beats?|match\w*|wins?|competitive|comparable|adds?|sustains?|incurs?|"
    r"speed-?ups?|faster|attain\w*|reach\w*|deliver\w*|yield\w*|obtain\w*|provid\w+|surpass\w*|proposed|gains?|increas\w+|decreas\w+|sav(?:es|ings?)|cuts?|lower(?:s|ing)?|boost\w*|"
    r"up to|accuracy|throughput|latency|overhead|accelerat\w+|higher|within|consum\w+|requir\w+|exhibit\w*|validat\w+|runs?|takes?)\b"
)
_OWN = re.compile(
    r"\b(?:we|our|ours|results?|experiment\w*|evaluations?|evaluated|simulations?|the proposed|outperform\w*|compared (?:to|with)|demonstrat\w+|this (?:paper|work))\b"
)
_MOTIVE = re.compile(
    r"^(?:(?:while|although|most|many|the) )?(?:existing|current|traditional|conventional|prior|previous|classical)\b|\b(?:today'?s?|current(?:ly)? (?!state|best)|traditional(?:ly)?|typically|nowadays|often|recent studies|prior work (?:has|shows?)|has been (?:shown|reported)|can account for|"
    r"worldwide|globally|per year|every year|annual(?:ly)?|market|according to|is expected to|are expected to|billions? of|known to|"
    r"is spent|are spent|unfortunately)\b"
)  # fmt: skip
_SETUP_AFTER = re.compile(
    r"(?:\s(?:of (?:the )?)?(?:labels?|labell?ed|label|annotat\w+|confidence|sparsity|sparse|pruning|pruned|training (?:data|samples?|set)|subsamples?|of the (?:training )?data\b|significance|quantiles?|percentiles?|"
    r"missing|noisy|noise|dropout|outliers?|load\b|byzantine|malicious))"
)  # fmt: skip
_SETUP_RATIO = re.compile(
    r"(?:with|under|at|for|using|given|even)\b[^,;]{0,40}\b(?:ratio|rate|sparsity|level|probability|confidence|threshold|quantile|budget|load|fraction) (?:of|as (?:high|low) as) (?:up to |only |just )?$"
)
_SETUP_BEFORE = re.compile(
    r"\b(?:top|first|last|another|remaining|other|confidence of|probability|batch size of|trained (?:on|with|for)|sparsity of|sampling|p\s?[<=]|r=|k=|n=) ?$|\bci:? ?[\[(][^\])]*$|\[[-\d., %p]*$"
)
_HARDWARE = re.compile(
    r"\s(?:NVIDIA|Nvidia|AMD|Intel|[AHVP]\d{2,3}\b|RTX|GPUs?\b|TPUs?\b|CPUs?\b|GeForce|Tesla|Xeon|Ascend|cores?\b|nodes?\b|zoom|magnification|redundan|replicat)"
)
_SCORE = re.compile(
    r"\b(?:accurac(?:y|ies)|f1(?:[- ]?scores?)?|f-?(?:scores?|measures?)|auc|auroc|auprc|bleu|rouge(?:-\w+)?|scores?|precision|recall|psnr|ssim|dice|iou|miou|map|correlation|coefficient|"
    r"rmse|mae|mse|mape|nrmse|error|loss|perplexity|r2|r\^2|kappa|mcc|ndcg(?:@\d+)?|mrr|fid|auc-roc|roc-auc|specificity|sensitivity|wer|cer|pesq|mos|ece|ipc|pue|jaccard|brier|index|count|silhouette|similarity|auprc|regret)(?:\s\w+)?"
    r"(?:\s?\(\w+\))?(?:\s(?:of|is|was|to|from|by|values?|scores?|reaching|reaches|at|over|above|below|than|up|no|less|more|as|high|low|about|approximately|around|only|an?|average|mean)|\s?[=:(<>])*\s?$"
)  # fmt: skip
_SCORE_AFTER = re.compile(r"\s(?:\w+\s)?(?:auc|auroc|f1|accuracy|psnr|ssim|dice|ndcg|correlation)\b")
_OTHERS = re.compile(
    r"(?:while|whereas|like|methods|baselines?|approaches)\b[^,;]{0,48}\b(?:baselines?|which|existing|prior|naive|conventional|others?|state-of-the-art\s\w+)\s\w*(?:exceeds?|achieves?|reach(?:es)?|attains?|gets?|obtains?|only|have|has|is|are|yields?) (?:an? )?(?:only |less than |over |more than |about |around |at most |up to )?$|, which (?:only )?(?:achieves?|reach(?:es)?) (?:only |less than |at most |up to |about |around )?$"
)
_ADJECTIVE = re.compile(
    r"-(?!-|faster|higher|lower|better|speed|improv|reduc|more|less|fewer)[a-z]|[ -](?:change|difference) in\b"
)
_TREATED = re.compile(r"[ -](?:compressed|quanti[sz]ed|pruned|masked|labell?ed|sparse|trained|missing|random)\b")
_FOLDS = re.compile(r"[ -](?:(?:stratified|nested|repeated|leave) )?(?:cross|stratified|symmetr|validation|cv\b)")
_HYPHENED = re.compile(r"\d[\d.,]*-[A-Za-z]")
_REALLY_TIMES = re.compile(
    r"\s(?:\(?on average\)?\s)?(?:[\w-]+ ){0,3}(?:faster|slower|more|less|fewer|higher|lower|better|larger|smaller|cheaper|longer|shorter|greater|as |the |that |speed|improve|reduc|increase|compared|over|acceler|throughput|performance|energy|lower|gain|quicker)"
)
_FACTOR_OF = re.compile(
    r"\bfactors? of (?:up to |about |around |approximately |at least |over |more than |almost |nearly |roughly |~)?$"
)


_OTHERS_CUES = frozenset("while whereas like methods baseline baselines approaches which".split())
_ACTION = words_of.CHANGE_VERBS | words_of.HAVE


_SIZED = ("memory", "footprint", "size", "storage", "usage", "traffic", "band")
_NEEDS = frozenset(("requires", "requiring", "consumes", "occupies", "consuming", "only"))


def onset_of(lower: str) -> int:
    """Where a text begins to speak of its own work, -1 if it never says so; what stands before is motivation."""
    m = _ONSET.search(lower)
    return m.start() if m else -1


def standing(sentence: str, *, before: bool, sure: bool) -> tuple[bool, bool] | None:
    """Whether a lower-case sentence reads like a result and speaks of the paper's own work; `None` if it is no result.

    `before`: it stands before the paper speaks of its own work; `sure`: the paper does so somewhere.
    """
    own = bool(_OWN.search(sentence))
    result = own or bool(_RESULT.search(sentence))
    if not own and (before or not (sure or result) or _MOTIVE.search(sentence)):
        return None
    return result, own


def results_only(view: View, numbers: list[Quantity]) -> list[Quantity]:
    """The quantities that can be a result: bare numbers after "a factor of" become factors, other whole ones go."""
    found: list[Quantity] = []
    listed = False
    for q in numbers:
        if q.kind == "score":
            before = view.lower[max(0, q.start - 40) : q.start]
            if _FACTOR_OF.search(before) or (
                listed and found and view.lower[found[-1].end : q.start].strip() in (",", "and", ", and")
            ):
                found.append(q._replace(unit="x", kind="factor"))
                listed = True
            elif "." in view.plain[q.start : q.end]:
                found.append(q)
        else:
            found.append(q)
            listed = False
    return found


def usable(c: Clause, q: Quantity, i: int, low: int, spots: Sequence[Spot]) -> bool:
    """Whether a quantity can be a result at all: no setting of the experiment, no part of a baseline, no name."""
    words = c.words
    lower = c.lower
    before, after = lower[max(c.starts[0], q.start - 64) : q.start], lower[q.end : q.end + 40]
    if _SETUP_BEFORE.search(before[-32:]):
        return False
    k = skip_left(words, i, max(0, low - 6))
    tie = words[k] if k >= 0 else ""
    if _ADJECTIVE.match(after) or (q.low == 0 and q.high > 0):
        return False
    if q.kind == "percent":
        if _TREATED.match(after):
            return False
        named = words[i + 1 : c.noun(i + 1, len(words))] if words[i - 1 : i] == ["the"] else []
        if named and words_of.CHANGE_NOUNS.isdisjoint(named) and named[0] not in words_of.MORE | words_of.LESS:
            return False  # "the 10% BLER threshold": something known by its number
        if words[i - 1 : i] == ["at"] and words[i - 2 : i - 1] and words[i - 2] not in words_of.VERBS:
            return False
        if _SETUP_AFTER.match(after) and tie in (
            "with",
            "at",
            "under",
            "using",
            "given",
            "for",
            "on",
            "from",
            "than",
            "when",
            "of",
            "by",
        ):
            return False
        if after.startswith((" ci", " confidence", " of labels", " of the labels", " credible")) or (
            tie == "of" and _SETUP_RATIO.search(before)
        ):
            return False
        if tie in ("even", "when", "where") and after.startswith(" of"):
            return False
    if q.kind in ("factor", "words") and (_FOLDS.match(after) or words[i - 1 : i] == ["["]):
        return False
    if q.kind == "factor":
        raw_after = c.plain[q.end : q.end + 16]
        if _HARDWARE.match(raw_after) or (
            raw_after[:1] == " " and any(s.start == q.end + 1 and s.entity.startswith("hardware/") for s in spots)
        ):
            return False
        if (
            c.plain[q.start : q.end].endswith("times")
            and not _REALLY_TIMES.match(after)
            and tie not in ("by", "of", "to")
        ):
            return False
    if (
        q.kind == "words"
        and q.unit == "x"
        and c.plain[q.start : q.end].lower().endswith("times")
        and not _REALLY_TIMES.match(after)
        and tie not in ("by", "of")
    ):
        return False
    if q.kind in words_of.ABSOLUTE and _HYPHENED.match(c.plain, q.start):
        return False
    if words[max(0, k - 3) : k + 1].count("despite"):
        return False
    # Inside the words of a comparison: the number is the baseline's.
    if tie == "from" and q.second >= 0:
        return True
    if (not _OTHERS_CUES.isdisjoint(words[max(0, i - 12) : i]) and _OTHERS.search(before)) or (
        tie in ("(", "at") and _beaten(c, k)
    ):
        return False
    if tie in ("from", "versus", "vs", "vs.", "against") or (
        tie in ("to", "with") and words[k - 1 : k] in (["compared"], ["relative"])
    ):
        return False
    at = k
    stops = (",", ";", "and", "by", NUMBER, "while", "but", "with", "in", "(" if q.kind in words_of.RELATIVE else "")
    while at >= max(0, i - 14) and words[at] not in stops and words[at] not in _ACTION:
        if words[at] in ("than", "versus", "vs", "vs.", "against") or (
            words[at] == "to" and words[at - 1 : at] == ["compared"]
        ):
            return False
        at -= 1
    return not (tie == "(" and words[k + 1] in ("vs", "versus", "vs."))


def _beaten(c: Clause, k: int) -> bool:
    """Whether token k opens a remark on what was outperformed ("outperforming X (at 30% precision …")."""
    words = c.words
    opened = next((n for n in range(k, max(-1, k - 8), -1) if words[n] == "("), -1)
    return (
        opened > 0
        and any(word in words_of.BEAT for word in words[max(0, opened - 5) : opened])
        and ")" not in words[opened:k]
    )


def confidence_of(
    c: Clause, q: Quantity, i: int, low: int, high: int, reading: Reading | None, result: bool, own: bool
) -> float:
    """Confidence that a usable quantity is a result, 0 for none."""
    words = c.words
    k = skip_left(words, i, max(0, low - 3))
    tie = words[k] if k >= 0 else ""
    pattern = reading.pattern if reading else ""
    verb = tie in words_of.VERBS or tie in words_of.BEAT
    metric = bool(
        reading and any(words_of.KNOWN.match(word) for word in words[reading.low : reading.high])
    ) or pattern in ("beat", "speedup")
    change = pattern in (
        "adjective",
        "noun",
        "verb",
        "level",
        "improve",
        "passive",
        "beat",
        "speedup",
        "comparative",
        "bare comparative",
        "bare noun",
        "as",
    )
    if q.kind in ("factor", "words", "percent"):
        if change:
            return 0.95 if metric else 0.88
        if metric or verb or (reading and tie in ("by", "to", "of")):
            return 0.85 if metric else 0.75
        if q.kind == "words" and q.low == 2:
            return 0.0 if reading is None else 0.6
        if reading and words[i - 1] == "only":
            return 0.65
        return 0.65 if reading and result else 0.5 if result and own else 0.0
    if q.kind == "score" and _SCORE_AFTER.match(c.lower, q.end):
        return 0.7
    if q.kind == "score":
        before = c.lower[max(c.starts[0], q.start - 48) : q.start]
        integer = "." not in c.plain[q.start : q.end]
        if _SCORE.search(before) and not integer:
            return 0.7
        return 0.0
    if q.kind in ("rate", "power", "energy", "area", "level", "count"):
        if tie in ("with", "on", "over", "at", "under", "for") and not metric:
            return 0.0
        if (tie == "(" or (q.kind == "power" and tie == "at")) and not metric:
            return 0.0
        if q.kind == "count" and not (verb or tie in (",", "and", "of", "to", "only", "by")):
            return 0.0
        if metric or verb or result:
            return 0.9 if metric or verb else 0.7
        return 0.55 if c.noun(i + 1, high) == i + 1 and tie not in words_of.DETERMINERS else 0.0
    if q.kind == "time":
        if q.unit in ("days", "weeks", "months", "years"):
            return 0.0 if tie != "by" or not change else 0.6
        if metric or change:
            return 0.85
        if (
            tie
            in ("in", "takes", "take", "within", "under", "to", "requires", "require", "just", "than", "than", "every")
            or "within" in words[max(0, i - 2) : i]
        ):
            return 0.65 if own or result else 0.0
        return 0.0
    if q.kind in ("size", "frequency") and tie in ("with", "on", "over", "under", "for", "and"):
        return 0.0
    if q.kind == "size":
        if words[i - 1] == "within" or tie in words_of.BE:
            return 0.55
        measured = words[reading.low : reading.high] if reading else []
        if change or any(word.startswith(_SIZED) for word in measured):
            return 0.7
        return 0.6 if tie in _NEEDS or words[i - 1] == "only" else 0.0
    if q.kind == "frequency":
        setting = words[max(0, reading.low - 2) : reading.low] if reading else []
        if tie == "of" and {"at", "with", "under", "@"} & set(setting):
            return 0.0
        if tie in ("of", "to", "reaches", "achieves") or (
            words[i - 1] == "at" and high == len(words) and c.lower.find("achiev", c.starts[0], q.start) >= 0
        ):
            return 0.6
        return 0.0
    return 0.0
