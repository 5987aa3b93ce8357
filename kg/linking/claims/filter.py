"""Which numbers are results of the paper, and which are set-up, motivation or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from kg.linking.claims import words as words_of
from kg.linking.claims.clause import Clause
from kg.linking.claims.numbers import Quantity
from kg.linking.claims.reading import held_at, says_measure, skip_left
from kg.linking.claims.words import NUMBER
from kg.linking.text import Spot, View

_ONSET = re.compile(
    r"\b(?:we|our|this (?:paper|work|article|study|thesis|report|research|survey)|the (?:proposed|present) |(?:is|are) (?:presented|proposed|introduced|described))\b"
)
_RESULT = re.compile(
    r"\b(?:we|our|ours|results?|experiment\w*|evaluat\w+|simulations?|measure\w*|show(?:s|ed|n|ing)?|demonstrat\w+|achiev\w+|outperform\w*|improv\w+|reduc\w+|compared|beats?|match\w*|wins?|competitive|comparable|adds?|sustains?|incurs?|"
    r"speed-?ups?|faster|versus|attain\w*|reach\w*|deliver\w*|yield\w*|obtain\w*|provid\w+|surpass\w*|proposed|gains?|increas\w+|decreas\w+|sav(?:es|ings?)|cuts?|lower(?:s|ing)?|boost\w*|"
    r"up to|accuracy|throughput|latency|overhead|accelerat\w+|higher|within|consum\w+|requir\w+|exhibit\w*|validat\w+|runs?|takes?|complet\w+|finish\w*)\b"
)
_OWN = re.compile(
    r"\b(?:we|our|ours|results?|experiment\w*|evaluations?|evaluated|simulations?|the proposed|outperform\w*|compared (?:to|with)|demonstrat\w+|this (?:paper|work))\b"
)
_MOTIVE = re.compile(
    r"^(?:(?:by|in) (?:comparison|contrast), (?:the )?(?:state-of-the-art|baseline|best|existing|conventional|previous)|(?:(?:while|although|most|many|the) )?(?:existing|current|traditional|conventional|prior|previous|classical))\b|\b(?:today'?s?|(?<!than )(?<!over )(?<!to )(?<!with )(?<!against )(?<!most )(?:current(?:ly)? (?!state|best)|traditional(?:ly)?\b)|typically|nowadays|often|recent studies|prior work (?:has|shows?)|has been (?:shown|reported)|can account for|"
    r"worldwide|globally|per year|every year|annual(?:ly)?|market|according to|is expected to|are expected to|billions? of|known to|"
    r"is spent|are spent|unfortunately)\b"
)  # fmt: skip
_SETUP_AFTER = re.compile(
    r"(?:\s(?:of (?:the )?)?(?:labels?|labell?ed|label|annotat\w+|confidence|sparsity|sparse|pruning|pruned|training (?:data|samples?|set)|subsamples?|of the (?:training )?data\b|significance|quantiles?|percentiles?|"
    r"missing|noisy|noise|dropout|outliers?|load\b|byzantine|malicious))"
)  # fmt: skip
_SETUP_RATIO = re.compile(
    r"(?:with|under|at|for|using|given|even)\b[^,;]{0,40}\b(?:ratio|(?:learning|dropout|sampling|arrival|injection|pruning|mask\w*|churn|participation|code|noise|flip|mutation|request|data|loss|drop) rate|sparsity|level|probability|confidence|threshold|quantile|budget|load|fraction) (?:of|as (?:high|low) as) (?:up to |only |just )?$"
    r"|\bunder (?:an? |the )?(?:[\w-]+ ){1,3}of $"
)
#: "with 90% of the clients being Byzantine"
_TAKEN = re.compile(
    r" of (?:the )?(?:[\w-]+ ){1,2}being (?:byzantine|malicious|adversarial|compromised|corrupt|faulty|failed|offline|missing|lost|idle|active|selected|labell?ed)"
)
_SETUP_BEFORE = re.compile(
    r"\b(?:top|first|last|another|remaining|other|confidence of|probability|batch size of|trained (?:on|with|for)|sparsity of|sampling|p\s?[<=]|r=|k=|n=) ?$|\bci:? ?[\[(][^\])]*$|\[[-\d., %p]*$"
)
_HARDWARE = re.compile(
    r"\s?(?:NVIDIA|Nvidia|AMD|Intel|[AHVP]\d{2,3}\b|RTX|GPUs?\b|TPUs?\b|CPUs?\b|GeForce|Tesla|Xeon|Ascend|cores?\b|nodes?\b|zoom|magnification|redundan|replicat)"
)
_SCORE = re.compile(
    r"\b(?:accurac(?:y|ies)|f1(?:[- ]?scores?)?|f-?(?:scores?|measures?)|auc|auroc|auprc|bleu|rouge(?:-\w+)?|scores?|precision|recall|psnr|ssim|dice|iou|miou|map|correlation|coefficient|"
    r"rmse|mae|mse|mape|nrmse|error|loss|perplexity|r2|r\^2|kappa|mcc|ndcg(?:@\d+)?|mrr|fid|auc-roc|roc-auc|specificity|sensitivity|wer|cer|pesq|mos|ece|ipc|pue|jaccard|brier|(?:delivery|hit|success|detection|recovery|pass|win|completion|acceptance|positive) (?:rate|ratio)|fairness|utili[sz]ation|occupancy|coverage|index|count|silhouette|similarity|auprc|regret)(?:[_@]\w+)?(?:\s\w+)?"
    r"(?:\s?\(\w+\))?(?:\s(?:of|is|was|to|from|by|values?|scores?|reaching|reaches|at|over|above|below|than|up|no|less|more|as|high|low|about|approximately|around|only|an?|average|mean)|\s?[=:(<>])*\s?$"
)  # fmt: skip
_SCORE_AFTER = re.compile(
    r"\s(?:\w+\s)?(?:auc|auroc|(?:macro-|micro-)?f1|accuracy|precision|recall|psnr|ssim|dice|ndcg|correlation|fid|iou|bleu|wer|perplexity|rmse|word error rate|m?ap)\b"
)
_FROM = re.compile(
    r"\b(?:improv|increas|rais|reduc|lower|decreas|boost|cut|lift|drop)\w*\s(?:[\w-]+\s){1,5}from\s(?:about\s|around\s)?$"
)
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
    r"\s(?:\(?on average\)?\s)?(?:[\w-]+ ){0,3}(?:faster|slower|more|less|fewer|higher|lower|better|larger|smaller|cheaper|longer|shorter|greater|as |the |that |in comparison|speed|improve|reduc|increase|compared|over|acceler|throughput|performance|energy|lower|gain|quicker)"
)
_FACTOR_OF = re.compile(
    r"\b(?:factors?|speed-?ups?|accelerations?|(?<=geometric )means?|geo-?means?) (?:of|exceeding|over|above|(?:higher|greater|larger|more) than) (?:up to |about |around |approximately |at least |over |more than |almost |nearly |roughly |~)?$"
)

_SIGNLESS = re.compile(
    r"\s(?:(?:geomean|average|mean|end-to-end) )?(?:speed-?ups?\b(?! \w+s\b)|(?:faster|slower|deeper)\b)"
)

#: How what `_SETUP_BEFORE` finds may end, brackets aside: a cheap look before the pattern.
_SETUP_ENDS = ("top", "first", "last", "other", "remaining", "confidence of", "probability", "size of", "sampling",
               "trained on", "trained with", "trained for", "sparsity of", "<", "=")  # fmt: skip
#: What has a number for a name, and what is done so many times over.
_NUMBERED = frozenset("version section table figure fig. equation python release v".split())
_REPEATED = frozenset(
    "measure measured measuring measurement measurements repeat repeated repeating run ran runs running execute executed averaged".split()
)
_RIVALS = ("current", "traditional", "today")
_SPREAD = ("+/-", "+-", "±")
_SETUP_TIES = frozenset("with at under using given for on from than when of by".split())
#: What follows the share of a whole that sets something up: "95% CI", "a 95% Wilson CI", "10% of the labels".
_SHARE_OF = re.compile(
    r" (?:(?:[\w-]*bootstrap(?:ped)?|wilson|bayesian|exact)(?: \w+)? (?:cis?\b|interval)|cis?\b|confidence|credible|of (?:the )?labels)"
)
_FACTORS = frozenset(("factor", "words"))
_ENDS: tuple[list[str], ...] = (
    [],
    ["."],
    [","],
    [";"],
    ["over"],
    ["when"],
    ["for"],
    ["in"],
    ["on"],
    ["compared"],
    ["and"],
)
_PARTS = frozenset(("size", "power", "frequency"))
_OTHERS_CUES = frozenset("while whereas like methods baseline baselines approaches which".split())
_THAN = frozenset(("than", "versus", "vs", "vs.", "against"))
_ENDS_COMPARISON = (
    words_of.CHANGE_VERBS | words_of.HAVE | {",", ";", "and", "by", NUMBER, "while", "but", "with", "in", "are", "were"}
)
_MORE_OR_LESS = words_of.MORE | words_of.LESS
_ENDS_REMARK = frozenset((",", ";", ")", "by", "in", NUMBER))


class Stance(NamedTuple):
    """How a sentence stands to results: whether it reads like one, and whether it speaks of the paper's own work."""

    result: bool = False
    own: bool = False


def onset_of(lower: str) -> int:
    """Where a text begins to speak of its own work, -1 if it never says so; what stands before is motivation."""
    m = _ONSET.search(lower)
    return m.start() if m else -1


def is_own(sentence: str) -> bool:
    """Whether a lower-case sentence speaks of the paper's own work; its numbers are results wherever it stands."""
    return " we " in sentence or " our " in sentence or _OWN.search(sentence) is not None


def standing(sentence: str, *, sure: bool) -> Stance | None:
    """The stance of a lower-case sentence that is not `is_own`; `None` if it states no result.

    `sure`: the paper speaks of its own work somewhere.
    """
    result = _RESULT.search(sentence) is not None
    if not (sure or result):
        return None
    motive = _MOTIVE.search(sentence)
    if motive and motive[0].startswith(_RIVALS):  # "3x faster than using the traditional tool" is a result
        before = sentence[: motive.start()]
        motive = None if " than " in before or "speedup" in before else motive
    elif motive and motive[0] == "often" and ("speedup" in sentence or " faster" in sentence):
        motive = None
    return None if motive else Stance(result)


def _names_factor(before: str) -> bool:
    return "factor" in before or "speed" in before or "accel" in before or "geom" in before


def results_only(view: View, numbers: list[Quantity]) -> list[Quantity]:
    """The quantities that can be a result: bare numbers after "a factor of" or before "speedup" become factors, other
    whole ones go."""
    found: list[Quantity] = []
    listed = False
    for q in numbers:
        if q.kind == "score":
            before = view.lower[max(0, q.start - 40) : q.start]
            if (_names_factor(before) and _FACTOR_OF.search(before)) or (
                listed and found and view.lower[found[-1].end : q.start].strip() in (",", "and", ", and")
            ):
                found.append(q._replace(unit="x", kind="factor"))
                listed = True
            elif q.low > 0 and "." in view.plain[q.start : q.end] and _is_signless(view, q):
                found.append(q._replace(unit="x", kind="factor"))  # "up to 2.9 speedup"
            elif "." in view.plain[q.start : q.end]:
                found.append(q)
        else:
            found.append(q)
            listed = False
    return found


def _is_signless(view: View, q: Quantity) -> bool:
    """Whether a number is a factor by the word behind it, "up to 2.9 speedup", and no name's: "Llama 3.1 faster"."""
    if not _SIGNLESS.match(view.lower, q.end):
        return False
    before = view.plain[max(0, q.start - 24) : q.start].rstrip(" ~").rpartition(" ")[2]
    return before.islower() and before not in _NUMBERED


def plausible(view: View, q: Quantity, low: int) -> bool:
    """Whether a quantity can be a result by the text beside it, in a sentence that starts at `low`."""
    before, after = view.lower[max(low, q.start - 32) : q.start], view.lower[q.end : q.end + 40]
    said = before.rstrip(" ")
    if said.endswith(_SPREAD):
        return False
    bracket = "[" in before or ("(" in before and "ci" in before)
    if (bracket or said.endswith(_SETUP_ENDS)) and _SETUP_BEFORE.search(before):
        return False
    if (after[:1] in ("-", " ") and _ADJECTIVE.match(after)) or (
        q.low == 0 < q.high and (q.second < 0 or before[-1:] == "=")
    ):
        return False
    if q.kind == "percent":
        return not (_TREATED.match(after) or _SHARE_OF.match(after))
    if q.unit == "s" and after.startswith(" of ") and view.plain[q.end - 2 : q.end - 1].isdigit():
        return False  # "1000s of nodes"
    if q.kind in _FACTORS:
        return not (_FOLDS.match(after) or (q.kind == "factor" and _counts_devices(view.plain, q.end, after)))
    return not (q.kind in words_of.ABSOLUTE and _HYPHENED.match(view.plain, q.start))


def _counts_devices(plain: str, end: int, after: str) -> bool:
    """Whether a factor that ends at a position counts hardware ("8x A100"), unlike "2x GPU throughput"."""
    return _HARDWARE.match(plain, end, end + 16) is not None and not any(map(words_of.is_measure, after.split()[1:4]))


def scored(text: View | Clause, q: Quantity, low: int) -> bool:
    """Whether a bare number is the score of something, in a sentence that starts at `low`."""
    if _SCORE_AFTER.match(text.lower, q.end):
        return True
    if "." not in text.plain[q.start : q.end]:
        return False
    before = text.lower[max(low, q.start - 56) : q.start]
    return bool(_SCORE.search(before)) or (q.second >= 0 and bool(_FROM.search(before)))


def usable(c: Clause, q: Quantity, i: int, low: int, spots: Sequence[Spot]) -> bool:
    """Whether a `plausible` quantity can be a result: no setting of the experiment, no part of a baseline, no name."""
    words = c.words
    k = skip_left(words, i, max(0, low - 6))
    if q.kind == "percent":
        if _sets_up(c, q, i, k):
            return False
    elif q.kind in _FACTORS:
        counts = _counts(c, q, i, k, spots)
        if counts is not None:
            return not counts
    elif i and words[i - 1] == "the" and q.kind in _PARTS and i + 1 < len(words) and words[i + 1] not in words_of.STOP:
        return False  # "the 32 KiB memory": something known by its number
    return not _is_of_others(c, q, i, k)


def _sets_up(c: Clause, q: Quantity, i: int, k: int) -> bool:
    """Whether a percentage sets an experiment up ("at 90% sparsity"); k is the token that ties it to what is before it."""
    words = c.words
    tie, previous = words[k] if k >= 0 else "", words[i - 1] if i else ""
    noun = c.noun(i + 1, len(words))
    if previous == "the":
        named = words[i + 1 : noun]
        if named and words_of.CHANGE_NOUNS.isdisjoint(named) and named[0] not in _MORE_OR_LESS:
            return True  # "the 10% BLER threshold": something known by its number
    if previous == "at" and i > 1 and words[i - 2] not in words_of.VERBS and not held_at(words, i - 1):
        return True
    if tie not in words_of.HAVE and words[noun - 1] in ("budget", "threshold", "tolerance"):
        return True
    if tie in ("retaining", "keeping", "using") and "when" in words[max(0, k - 2) : k]:
        return True
    return bool(
        (tie in _SETUP_TIES and _SETUP_AFTER.match(c.lower, q.end, q.end + 40))
        or (tie == "of" and _SETUP_RATIO.search(c.lower[max(c.starts[0], q.start - 64) : q.start]))
        or (tie == "with" and _TAKEN.match(c.lower, q.end, q.end + 48))
        or (tie in ("even", "when", "where") and c.lower.startswith(" of", q.end))
    )


def _counts(c: Clause, q: Quantity, i: int, k: int, spots: Sequence[Spot]) -> bool | None:
    """Whether a factor counts things ("2x A100 GPUs", "run 10 times"), so is no result; `None` if that is not settled."""
    words = c.words
    tie, previous = words[k] if k >= 0 else "", words[i - 1] if i else ""
    if previous == "[":
        return True
    beside = q.kind == "factor" and c.plain.startswith(" ", q.end)
    devices = beside and any(s.start == q.end + 1 and s.entity.startswith("hardware/") for s in spots)
    if devices and not says_measure(c, i + 2, i + 4):
        return True
    said = c.plain[q.start : q.end] if q.kind == "factor" else c.lower[q.start : q.end]
    if not said.endswith("times"):
        return None
    again = not _REPEATED.isdisjoint(words[max(0, i - 14) : i])
    if words[i + 1 : i + 2] in _ENDS and not again and _changed_before(words, k):
        return False  # "is smaller than X 3 times", "the speedup can be 1,000 times"
    tied = tie in ("by", "of") or (tie in words_of.SPEEDUP and not again) or (tie == "to" and q.kind == "factor")
    bracket = tie == "(" and words[i + 1 : i + 2] == [")"]  # "(up to 13 times)"
    listed = bracket or (i > 1 and previous in ("and", "or", ",", "/") and NUMBER in words[max(0, i - 14) : i - 1])
    return None if tied or listed or _REALLY_TIMES.match(c.lower, q.end, q.end + 40) else True


def _is_of_others(c: Clause, q: Quantity, i: int, k: int) -> bool:
    """Whether a number is what the paper's result is compared with, inside the words of a comparison or of a remark."""
    words = c.words
    tie = words[k] if k >= 0 else ""
    for word in reversed(words[max(0, k - 8) : k + 1]):
        if word in _ENDS_REMARK and word not in ("by", "in"):
            break
        if word == "despite":
            return True
    if tie == "from" and q.second >= 0:
        # "from 17%-44% to below 1%": the range is where it starts.
        start = "-" in c.plain[q.start : q.second] and words[i + 1 : i + 2] == ["to"]
        return start and NUMBER in words[i + 2 : i + 5]
    others = not _OTHERS_CUES.isdisjoint(words[max(0, i - 12) : i])
    if others and _OTHERS.search(c.lower[max(c.starts[0], q.start - 64) : q.start]):
        return True
    if tie in ("(", "at") and _beaten(c, k):
        return True
    if tie in ("from", "versus", "vs", "vs.", "against"):
        return True
    if tie in ("to", "with") and k and words[k - 1] in ("compared", "relative"):
        return True
    relative = q.kind in words_of.RELATIVE
    for at in range(k, max(0, i - 14) - 1, -1):
        word = words[at]
        if word in _ENDS_COMPARISON or (relative and word == "("):
            break
        if word in _THAN or (word == "to" and at and words[at - 1] == "compared"):
            return True
    return tie == "(" and words[k + 1] in ("vs", "versus", "vs.")


def _changed_before(words: list[str], k: int) -> bool:
    """Whether a comparative or a speedup stands in the few words up to token k, with no other number between."""
    for word in reversed(words[max(0, k - 9) : k + 1]):
        if word in (",", ";", NUMBER):
            return False
        if word in _MORE_OR_LESS or word in words_of.SPEEDUP:
            return word not in ("more", "less")
    return False


def _beaten(c: Clause, k: int) -> bool:
    """Whether token k opens a remark on what was outperformed ("outperforming X (at 30% precision …")."""
    words = c.words
    opened = next((n for n in range(k, max(-1, k - 8), -1) if words[n] == "("), -1)
    if opened <= 0 or ")" in words[opened:k]:
        return False
    before = words[max(0, opened - 8) : opened]
    low = next((n + 1 for n in range(len(before) - 1, -1, -1) if before[n] in _ENDS_REMARK), 0)
    return not words_of.BEAT.isdisjoint(before[max(low, len(before) - 6) :]) or (
        "comparable" in before[low:] and not {"to", "with"}.isdisjoint(before[low:])
    )
