"""Which numbers are results of the paper, and which are set-up, motivation or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.linking import claim_words as words_of
from kg.linking.claim_clause import Clause
from kg.linking.claim_numbers import FAULTS, Quantity
from kg.linking.claim_reading import Reading, held_at, skip_left
from kg.linking.claim_words import NUMBER
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
_FINDS = frozenset(
    "found finds detect detects detected identify identifies identified uncover uncovers uncovered discover discovers "
    "discovered reveal revealed expose exposed report reported".split()
)
_SOLVES = frozenset(
    "verifies solves detects identifies recovers predicts classifies passes covers proves finds catches".split()
)
_TIME_TIES = frozenset(
    "in takes take within under to requires require just than every achieving achieves achieve".split()
)
_PARTS = frozenset(("size", "power", "frequency"))
_MEANS = frozenset(("mean", "average", "geomean", "median", "maximum"))
_CLOSE = frozenset("close near comparable match matches matching similar".split())
_CHANGES = frozenset(
    ("adjective", "noun", "verb", "level", "improve", "passive", "beat", "speedup", "comparative", "bare comparative",
     "bare noun", "as")
)  # fmt: skip
_OTHERS_CUES = frozenset("while whereas like methods baseline baselines approaches which".split())
_THAN = frozenset(("than", "versus", "vs", "vs.", "against"))
_ENDS_COMPARISON = (
    words_of.CHANGE_VERBS | words_of.HAVE | {",", ";", "and", "by", NUMBER, "while", "but", "with", "in", "are", "were"}
)
_MORE_OR_LESS = words_of.MORE | words_of.LESS


_ENDS_REMARK = frozenset((",", ";", ")", "by", "in", NUMBER))
_CLOCKED = frozenset("operates operate runs run clocked works operated timing".split())
_SIZED = ("memory", "footprint", "size", "storage", "usage", "traffic", "band")
_NEEDS = frozenset(("requires", "requiring", "consumes", "occupies", "consuming", "only"))


def onset_of(lower: str) -> int:
    """Where a text begins to speak of its own work, -1 if it never says so; what stands before is motivation."""
    m = _ONSET.search(lower)
    return m.start() if m else -1


def is_own(sentence: str) -> bool:
    """Whether a lower-case sentence speaks of the paper's own work; its numbers are results wherever it stands."""
    return " we " in sentence or " our " in sentence or _OWN.search(sentence) is not None


def standing(sentence: str, *, sure: bool) -> tuple[bool, bool] | None:
    """Whether a lower-case sentence that is not `is_own` reads like a result, and False; `None` if it is no result.

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
    return None if motive else (result, False)


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
    tie = words[k] if k >= 0 else ""
    previous = words[i - 1] if i else ""
    if q.kind == "percent":
        if previous == "the":
            named = words[i + 1 : c.noun(i + 1, len(words))]
            if named and words_of.CHANGE_NOUNS.isdisjoint(named) and named[0] not in _MORE_OR_LESS:
                return False  # "the 10% BLER threshold": something known by its number
        if previous == "at" and i > 1 and words[i - 2] not in words_of.VERBS and not held_at(words, i - 1):
            return False
        if tie in _SETUP_TIES and _SETUP_AFTER.match(c.lower, q.end, q.end + 40):
            return False
        if tie not in words_of.HAVE and words[c.noun(i + 1, len(words)) - 1] in ("budget", "threshold", "tolerance"):
            return False
        if tie == "of" and _SETUP_RATIO.search(c.lower[max(c.starts[0], q.start - 64) : q.start]):
            return False
        if tie in ("retaining", "keeping", "using") and "when" in words[max(0, k - 2) : k]:
            return False
        if tie == "with" and _TAKEN.match(c.lower, q.end, q.end + 48):
            return False
        if tie in ("even", "when", "where") and c.lower.startswith(" of", q.end):
            return False
    elif q.kind in _FACTORS:
        if previous == "[":
            return False
        beside = q.kind == "factor" and c.plain.startswith(" ", q.end)
        devices = beside and any(s.start == q.end + 1 and s.entity.startswith("hardware/") for s in spots)
        if devices and not any(map(words_of.is_measure, words[i + 2 : i + 4])):
            return False
        said = c.plain[q.start : q.end] if q.kind == "factor" else c.lower[q.start : q.end]
        again = said.endswith("times") and not _REPEATED.isdisjoint(words[max(0, i - 14) : i])
        tied = tie in ("by", "of") or (tie in words_of.SPEEDUP and not again) or (tie == "to" and q.kind == "factor")
        bracket = tie == "(" and words[i + 1 : i + 2] == [")"]  # "(up to 13 times)"
        listed = bracket or (i > 1 and previous in ("and", "or", ",", "/") and NUMBER in words[max(0, i - 14) : i - 1])
        if said.endswith("times") and words[i + 1 : i + 2] in _ENDS and _changed_before(words, k) and not again:
            return True  # "is smaller than X 3 times", "the speedup can be 1,000 times"
        if said.endswith("times") and not (tied or listed or _REALLY_TIMES.match(c.lower, q.end, q.end + 40)):
            return False
    elif previous == "the" and q.kind in _PARTS and i + 1 < len(words) and words[i + 1] not in words_of.STOP:
        return False  # "the 32 KiB memory": something known by its number
    for word in reversed(words[max(0, k - 8) : k + 1]):
        if word in _ENDS_REMARK and word not in ("by", "in"):
            break
        if word == "despite":
            return False
    # Inside the words of a comparison: the number is the baseline's.
    if tie == "from" and q.second >= 0:
        # "from 17%-44% to below 1%": the range is where it starts.
        start = "-" in c.plain[q.start : q.second] and words[i + 1 : i + 2] == ["to"]
        return not (start and NUMBER in words[i + 2 : i + 5])
    others = not _OTHERS_CUES.isdisjoint(words[max(0, i - 12) : i])
    if others and _OTHERS.search(c.lower[max(c.starts[0], q.start - 64) : q.start]):
        return False
    if tie in ("(", "at") and _beaten(c, k):
        return False
    if tie in ("from", "versus", "vs", "vs.", "against"):
        return False
    if tie in ("to", "with") and k and words[k - 1] in ("compared", "relative"):
        return False
    at, until = k, max(0, i - 14)
    relative = q.kind in words_of.RELATIVE
    while at >= until:
        word = words[at]
        if word in _ENDS_COMPARISON or (relative and word == "("):
            break
        if word in _THAN or (word == "to" and at and words[at - 1] == "compared"):
            return False
        at -= 1
    return not (tie == "(" and words[k + 1] in ("vs", "versus", "vs."))


def _changed_before(words: list[str], k: int) -> bool:
    """Whether a comparative or a speedup stands in the few words up to token k, with no other number between."""
    for word in reversed(words[max(0, k - 9) : k + 1]):
        if word in (",", ";", NUMBER):
            return False
        if word in _MORE_OR_LESS or word in words_of.SPEEDUP:
            return word not in ("more", "less")
    return False


def _of_mean(words: list[str], i: int) -> bool:
    """Whether "a mean of", "the median of" stand before token i."""
    return i > 1 and words[i - 1] == "of" and words[i - 2] in _MEANS


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


def confidence_of(
    c: Clause, q: Quantity, i: int, low: int, high: int, reading: Reading | None, result: bool, own: bool
) -> float:
    """Confidence that a usable quantity is a result, 0 for none."""
    words = c.words
    k = skip_left(words, i, max(0, low - 3))
    tie = words[k] if k >= 0 else ""
    pattern = reading.pattern if reading else ""
    verb = tie in words_of.VERBS or tie in words_of.BEAT
    metric = bool(reading and any(map(words_of.is_measure, words[reading.low : reading.high]))) or pattern in (
        "beat",
        "speedup",
    )
    change = pattern in _CHANGES
    if q.kind in words_of.RELATIVE:
        if change:
            return 0.95 if metric else 0.88
        if metric or verb or (reading and tie in ("by", "to", "of")):
            return 0.85 if metric else 0.75
        if q.kind == "words" and q.low == 2:
            return 0.0 if reading is None else 0.6
        if reading and (words[i - 1] == "only" or (pattern == "share" and tie in _SOLVES)):
            return 0.65
        if reading is None and result and _of_mean(words, i):
            return 0.65  # "reaches a cross-suite mean of 3x"
        if words[i - 1] == "within" and result and not _CLOSE.isdisjoint(words[:i]):
            return 0.6  # "comes close to X: within 4% for A"
        return 0.65 if reading and result else 0.5 if result and own else 0.0
    if q.kind == "score":
        return 0.7 if scored(c, q, c.starts[0]) else 0.0
    if q.kind in ("rate", "power", "energy", "area", "level", "count"):
        if tie in ("with", "on", "over", "at", "under", "for") and not metric:
            reached = q.kind == "rate" and result and tie == "with" and words[i - 2 : i] == ["up", "to"]
            return 0.6 if reached else 0.0  # "answers queries with up to 900 queries/s"
        if (tie == "(" or (q.kind == "power" and tie == "at")) and not metric:
            return 0.0
        if q.kind == "count" and not (
            verb or (q.unit in FAULTS and tie in _FINDS) or tie in (",", "and", "of", "to", "only", "by")
        ):
            return 0.0
        if metric or verb or result:
            return 0.9 if metric or verb else 0.7
        return 0.55 if c.noun(i + 1, high) == i + 1 and tie not in words_of.DETERMINERS else 0.0
    if q.kind == "time":
        if q.unit in ("days", "weeks", "months", "years"):
            return 0.0 if tie != "by" or not change else 0.6
        if metric or change:
            return 0.85
        if tie in _TIME_TIES or "within" in words[max(0, i - 2) : i]:
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
        if tie in _CLOCKED or (tie == "at" and _CLOCKED & set(words[max(0, k - 3) : k])):
            return 0.7
        if words[i + 1 : i + 2] in (["clock"], ["operating"], ["operation"]) and (own or result):
            return 0.6
        if (
            tie in ("of", "to")
            or tie in words_of.HAVE
            or (words[i - 1] == "at" and high == len(words) and c.lower.find("achiev", c.starts[0], q.start) >= 0)
        ):
            return 0.6
        return 0.0
    return 0.0
