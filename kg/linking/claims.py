"""Quantitative results that a text states, each with its evidence.

`find` reads the numbers of a field (`claim_numbers`), keeps those that are results of this paper, and says of each what
it measures, bounds, qualifies and is compared with (`claim_clause`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.linking import claim_clause as words_of
from kg.linking.claim_clause import NUMBER, Clause
from kg.linking.claim_numbers import Quantity, quantities
from kg.linking.text import Spot, View
from kg.model import Claim, Evidence

#: A sentence with more numbers than this is a table.
MAX_PER_SENTENCE = 24

_NO_METRICS: Mapping[str, tuple[str, str]] = {}
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
    r"\b(?:existing|today'?s?|current(?:ly)? (?!state|best)|traditional(?:ly)?|typically|nowadays|often|recent studies|prior work (?:has|shows?)|has been (?:shown|reported)|can account for|"
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
    r"rmse|mae|mse|mape|nrmse|error|loss|perplexity|r2|r\^2|kappa|mcc|ndcg(?:@\d+)?|mrr|fid|auc-roc|roc-auc|specificity|sensitivity|wer|cer|pesq|mos|ece|ipc|pue|jaccard|brier|silhouette|similarity|auprc|regret)(?:\s\w+)?"
    r"(?:\s?\(\w+\))?(?:\s(?:of|is|was|to|from|by|values?|scores?|reaching|reaches|at|over|above|below|than|up|no|less|more|as|high|low|about|approximately|around|only|an?|average|mean)|\s?[=:(<>])*\s?$"
)  # fmt: skip
_SCORE_AFTER = re.compile(r"\s(?:\w+\s)?(?:auc|auroc|f1|accuracy|psnr|ssim|dice|ndcg|correlation)\b")
_GAIN = re.compile(r"improv|increas|gain|higher|more|boost|better|rais|enhanc|speed|faster|accelerat")
_RELATIVE = frozenset(("factor", "percent", "words"))
_ABSOLUTE = frozenset(("time", "size", "rate", "power", "energy", "frequency", "area", "count", "level"))
_RATIO_METRIC = re.compile(
    r"accura|rate|ratio|precision|recall|utili[sz]ation|f1|map\b|score|auc|roc|bleu|iou|psnr|perplexity|coverage|success|fraction|percent|efficien(?:cy|t) of|loss|error"
)
_SUBJECT = frozenset(
    "we our ours it they which that system approach method framework design technique algorithm results evaluation evaluations experiments experiment this model architecture prototype implementation solution scheme mechanism work".split()
)


class _Reading(NamedTuple):
    """What a clause says of one quantity; token indices, `low == high` where it says nothing."""

    low: int = 0
    high: int = 0
    direction: str = ""
    verb: int = -1
    text: str = ""
    baseline: tuple[int, int] | None = None
    pattern: str = ""
    place: tuple[int, int] | None = None


def _skip_left(words: list[str], i: int, low: int) -> int:
    """Index of the word that ties the number to what stands before it ("of", "by", "to", …), past its comparators."""
    k = i - 1
    while k >= low:
        word = words[k]
        if word == "to" and k > low and words[k - 1] in ("up", "close"):
            k -= 2
        elif word == "of" and k > low + 1 and words[k - 1] == "range" and words[k - 2] == "the":
            k -= 4
        elif (
            word == "of"
            and k > low
            and words[k - 1]
            in (
                "average",
                "mean",
                "maximum",
                "minimum",
                "median",
                "factor",
                "factors",
                "max",
                "range",
                "excess",
                "total",
                "order",
            )
        ):
            k -= 2
        elif word in _BEFORE_NUMBER:
            k -= 1
        else:
            break
    return k


_BEFORE_NUMBER = frozenset(
    "about around approximately roughly nearly almost ~ ≈ > < ≥ ≤ up as much high many only just further additional another on average at least "
    "most in over more less than under above below mean maximum minimum an a merely even some no another fewer and factor exceeding geomean well close near + roughly another lowest highest great an low within - e.g i.e . ".split()
) - {"in", "and"}


def _change(word: str) -> str:
    if word.startswith(("underperform", "worsen", "degrad")):
        return "Decrease"
    if word in words_of.UP or word in words_of.MORE:
        return "Increase"
    if word in words_of.DOWN or word in words_of.LESS:
        return "Decrease"
    if word.startswith(("reduc", "decreas", "sav", "drop", "loss", "slow", "declin", "degrad")):
        return "Decrease"
    return "Increase"


def _read_right(c: Clause, i: int, high: int) -> _Reading | None:
    """What the words after the number say that it measures."""
    words = c.words
    j = i + 1
    if words[j : j + 1] == ["("]:  # "up to 60% (17% on average) memory savings"
        close = next((n for n in range(j + 1, min(len(words), j + 9)) if words[n] == ")"), 0)
        if close and close + 1 < len(words) and NUMBER in words[j:close]:
            j, high = close + 1, min(len(words), close + 8)
            if words[j] in words_of._STOP:
                return None
    while j < high:
        if f"{words[j]} {words[j + 1] if j + 1 < high else ''}" in words_of._ADVERBIAL:
            j += 2
        elif words[j] in _AFTER_NUMBER or words[j].endswith("ly"):
            j += 1
        else:
            break
    if j >= high:
        return None
    word = words[j]
    if word == "as" and j + 1 < high:
        end = c.noun(j + 1, high)
        return _Reading(j + 1, end, "Increase", -1, "", None, "as") if end > j + 1 else None
    if words[j : j + 2] == ["speed", "up"]:
        return _Reading(j, j + 2, "Increase", -1, "", None, "speedup")
    if word == "that" and words[j + 1 : j + 2] == ["of"]:
        end = c.phrase(j + 2, high, words_of._STOP_BASELINE)
        return _Reading(0, 0, "", -1, "", (j + 2, end) if end > j + 2 else None, "within")
    if word == "the" and c.plain[c.starts[i] : c.ends[i]][-1] != "%":
        end = c.noun(j + 1, high)
        if end > j + 1 and words_of.KNOWN.match(words[end - 1]) and words[end : end + 1] == ["of"]:
            until = c.phrase(end + 1, high, words_of._STOP_BASELINE)
            return _Reading(j + 1, end, "Increase", -1, "", (end + 1, until) if until > end + 1 else None, "noun")
        if end > j + 1 and not any(words_of.KNOWN.match(w) or w in words_of.CHANGE_NOUNS for w in words[j + 1 : end]):
            return _Reading(0, 0, "", -1, "", (j + 1, c.phrase(j + 1, high, words_of._STOP_BASELINE)), "within")
    if word == "of" and j + 1 < high:
        start = j + 1
        while start < high and words[start] in words_of._DETERMINERS:
            start += 1
        end = c.noun(start, high)
        if words[i - 1 : i] == ["within"]:
            return _Reading(0, 0, "", -1, "", (start, end), "within")
        return _Reading(start, end, "", -1, "", None, "share") if end > start else None
    if word in ("in", "on") and j + 1 < high:
        start = _skip_determiners(c, j + 1, high)
        end = c.noun(start, high)
        if end > start and words_of.KNOWN.match(words[end - 1]):
            return _Reading(start, end, "", -1, "", None, "in")
        return None
    direction = ""
    if word in words_of.MORE or word in words_of.LESS:
        direction = _change(word)
        start = j + 1
        end = c.noun(start, high)
        if end > start and not (end < high and words[end] in words_of._BE):
            if (
                words[end - 1] in words_of.CHANGE_NOUNS
                and end - start == 1
                and words[end : end + 1] in (["in"], ["of"])
            ):
                start, end = end + 1, c.noun(end + 1, high)
            return _Reading(start, end, direction, -1, "", None, "adjective")
        if word in ("faster", "slower", "cheaper", "longer", "shorter", "smaller", "quicker"):
            return _Reading(j, j + 1, direction, -1, "", None, "comparative")
        return _Reading(0, 0, direction, -1, "", None, "bare comparative")
    start = j
    while start < high and words[start] in words_of._DETERMINERS:
        start += 1
    end = c.noun(start, high)
    if end == start:
        return None
    head = next((k for k in range(end - 1, start - 1, -1) if words[k] in words_of.CHANGE_NOUNS), -1)
    if head >= 0 and head == end - 1:
        direction = _change(words[head])
        after = words[end] if end < high else ""
        if words[head] in words_of._SPEEDUP:
            until = c.noun(_skip_determiners(c, end + 1, high), high) if after in ("in", "of") else end
            return _Reading(
                start, max(until, end), "Decrease" if words[head] == "slowdown" else "Increase", -1, "", None, "speedup"
            )
        if (after in ("in", "of") and (head == start or after == "in")) or (
            after == "for" and words[head] == "potential"
        ):
            at = _skip_determiners(c, end + 1, high)
            until = c.noun(at, high)
            if words[until : until + 1] == ["of"] and words[until - 1] in _GENERIC:
                until = c.noun(_skip_determiners(c, until + 1, high), high)
            if until > at:
                return _Reading(at, until, direction, -1, "", None, "noun")
        if head > start:
            return _Reading(start, head, direction, -1, "", None, "noun")
        return _Reading(start, end, direction, -1, "", None, "bare noun")
    return _Reading(start, end, direction, -1, "", None, "noun phrase")


_AFTER_NUMBER = frozenset(
    "average relative absolute maximum minimum mean geomean geometric median respectively additional further ) +".split()
)
_GENERIC = frozenset(
    "number amount volume rate cost use usage time size level quality degree percentage fraction total count quantity standard".split()
)


def _skip_determiners(c: Clause, low: int, high: int) -> int:
    while low < high and c.words[low] in words_of._DETERMINERS:
        low += 1
    return low


def _object(c: Clause, verb: int, high: int) -> tuple[int, int]:
    """The noun phrase after a verb: what is improved or reduced."""
    start = _skip_determiners(c, verb + 1, high)
    while start < high and (c.words[start] in ("up", "down", "on", "upon", "about") or c.words[start].endswith("ly")):
        start = _skip_determiners(c, start + 1, high)
    end = start
    while True:
        end = c.noun(end, high)
        if c.words[end : end + 1] == ["of"] and c.words[end - 1] in _GENERIC and end + 1 < high:
            end = _skip_determiners(c, end + 1, high)
        elif c.words[end : end + 1] in (["and"], ["("]) and end + 1 < high and end > start:
            if c.words[end] == "(":
                close = end + 1
                while close < high and c.words[close] != ")" and close - end < 6:
                    close += 1
                break
            follow = _skip_determiners(c, end + 1, high)
            if c.words[follow] in words_of.VERBS or c.noun(follow, high) == follow:
                break
            end = follow
        else:
            break
    while end > start and c.words[end - 1] in ("and", "of"):
        end -= 1
    return start, end


def _place(c: Clause, k: int, low: int) -> _Reading | None:
    """"accuracy on A (3%)": what is measured stands before the place that stands before the bracket."""
    words = c.words
    start = c.noun_before(k, low)
    at = start - 1
    while at > low and words[at] in words_of._DETERMINERS:
        at -= 1
    if start == k or at <= low or words[at] not in ("on", "for", "in", "across", "over"):
        return None
    begin = c.noun_before(at, low)
    if begin < at and any(words_of.KNOWN.match(word) for word in words[begin:at]):
        return _Reading(begin, at, "", -1, "", None, "place", (start, k))
    return None


def _plain_before(c: Clause, k: int, low: int, pattern: str) -> _Reading | None:
    start = c.noun_before(k, low)
    return _Reading(start, k, "", -1, "", None, pattern) if start < k else None


def _changed(c: Clause, high: int, low: int) -> _Reading | None:
    """A noun of change with what changes, shortly before token `high` ("improvements in full network, up to …")."""
    words = c.words
    for k in range(high - 1, max(low, high - 8) - 1, -1):
        if words[k] in words_of.VERBS or words[k] in (NUMBER, ",", ";", "(", ")"):
            return None
        if words[k] in words_of.CHANGE_NOUNS:
            start = c.noun_before(k + 1, low)
            if start < k or words[k] in words_of._SPEEDUP:
                return _Reading(
                    start, k if words[k] not in words_of._SPEEDUP else k + 1, _change(words[k]), -1, "", None, "noun"
                )
            if words[k + 1 : k + 2] in (["in"], ["of"]):
                at = _skip_determiners(c, k + 2, high)
                until = c.noun(at, high)
                if until > at:
                    return _Reading(at, until, _change(words[k]), -1, "", None, "noun")
            return None
    return None


def _clause_subject(c: Clause, verb: int, far: int) -> tuple[int, int]:
    """The head noun phrase of the subject of the verb at a token, without what its prepositions add."""
    words = c.words
    start = verb
    while start > far and words[start - 1] not in (",", ";", "that", "while", "whereas", "but", "and", ":", NUMBER):
        start -= 1
    start = _skip_determiners(c, start, verb)
    end = c.noun(start, verb)
    if words[end : end + 1] == ["of"] and words[end - 1] in _GENERIC:
        end = c.noun(_skip_determiners(c, end + 1, verb), verb)
    return start, end


def _read_left(c: Clause, i: int, low: int, far: int, high: int, unit_kind: str) -> _Reading | None:
    """What the words before the number say that it measures. `far` bounds the search for its verb."""
    words = c.words
    k = _skip_left(words, i, low)
    if k < low:
        return None
    tie = words[k]
    if tie in ("of", "at", "by", "to") and words[k - 1] == ")":  # "completion time (JCT) of 3 s"
        opened = next((n for n in range(k - 2, max(low, k - 8), -1) if words[n] == "("), 0)
        if opened and tie == "of":
            k = opened
    if tie == "on" and words[k - 1 : k] == ["average"]:
        return None
    if tie == "on":
        k -= 1
        tie = words[k] if k >= low else ""
    if tie == "(":
        while k > low and words[k - 1] in (",", "by"):
            k -= 1
        before = _plain_before(c, k, low, "parenthesis")
        if before and any(words_of.KNOWN.match(word) for word in words[before.low : before.high]):
            return _changed(c, k, low) or before
        close = i + 1
        while close < high and words[close] in (")", ",", "respectively", "on", "average"):
            close += 1
        end = c.noun(close, high) if words[i + 1 : i + 2] == [")"] else close
        if end > close and any(words_of.KNOWN.match(word) for word in words[close:end]):
            return _Reading(close, end, "", -1, "", None, "parenthesis")
        return _changed(c, k, low) or _place(c, k, low) or before
    if tie == ",":
        return _changed(c, k, low)
    if tie in ("of", "at", "with") and k > low:
        start = c.noun_before(k, low)
        if start == k:
            return None
        head = words[k - 1]
        if head in words_of.CHANGE_NOUNS:
            direction = _change(head)
            if head in words_of._SPEEDUP:
                return _Reading(start, k, "Decrease" if head == "slowdown" else "Increase", -1, "", None, "speedup")
            if i + 1 < high and words[i + 1] in ("in", "on", "for", "of"):
                at = _skip_determiners(c, i + 2, high)
                until = c.noun(at, high)
                if until > at and words[i + 1] in ("in", "of"):
                    return _Reading(at, until, direction, -1, "", None, "noun")
            if k - 1 > start:
                return _Reading(start, k - 1, direction, -1, "", None, "noun")
            return _Reading(start, k, direction, -1, "", None, "bare noun")
        if tie == "at":
            return _Reading(start, k, "", -1, "", None, "at")
        if start > low + 1 and words[start - 1] in ("in", "of") and words[start - 2] in words_of.CHANGE_NOUNS:
            return _Reading(start, k, _change(words[start - 2]), -1, "", None, "noun")
        return _Reading(start, k, "", -1, "", None, "with" if tie == "with" else "value")
    if tie == "from" and words[k - 1] in ("ranging", "ranges", "range", "varying", "varies"):
        if words[k - 1] in ("ranges", "range", "varies"):
            begin, stop = _clause_subject(c, k - 1, far)
        else:
            begin, stop = c.noun_before(k - 1, low), k - 1
        speedup = any(word in words_of._SPEEDUP for word in words[begin:stop])
        return _Reading(begin, stop, "Increase" if speedup else "", -1, "", None, "speedup" if speedup else "value") if begin < stop else None
    if tie in ("by", "to", "from"):
        v = k - 1
        while v >= far and words[v] not in words_of.CHANGE_VERBS and words[v] != NUMBER:
            v -= 1
        if v >= far and words[v] != NUMBER:
            verb = words[v]
            if verb in words_of.BEAT:
                start = _skip_determiners(c, v + 1, k)
                end = c.phrase(start, k, words_of._STOP_BASELINE)
                baseline = (start, end) if end > start else None
                if any(words_of.KNOWN.match(word) for word in words[start : c.noun(start, k)]) and words[
                    i + 1 : i + 2
                ] in (["over"], ["compared"]):
                    return _Reading(start, c.noun(start, k), "Increase", v, "", None, "improve")
                terms = _terms(c, v, k) or _terms(c, i, high)
                return _Reading(*(terms or (0, 0)), _change(verb), v, "" if terms else "performance", baseline, "beat")
            start, end = _object(c, v, k)
            if end == start or (v > 0 and words[v - 1] in words_of._BE) or (v > 1 and words[v - 2] in words_of._BE):
                be = v
                while be > far and words[be] not in words_of._BE and v - be < 4:
                    be -= 1
                if end == start and words[be] not in words_of._BE:
                    terms = _terms(c, i, high)
                    if terms:
                        return _Reading(*terms, _change(verb), v, "", None, "verb")
                    begin, stop = _clause_subject(c, v, far)
                    if any(words_of.KNOWN.match(word) for word in words[begin:stop]):
                        return _Reading(begin, stop, _change(verb), v, "", None, "passive")
                    return _Reading(0, 0, _change(verb), v, "", None, "verb")
                if words[be] in words_of._BE:
                    stop = be if words[be] in words_of._BE else v
                    while stop > far and words[stop - 1] in ("can", "could", "will", "also", "further", "has", "have"):
                        stop -= 1
                    begin = c.noun_before(stop, far)
                    if begin < stop:
                        return _Reading(begin, stop, _change(verb), v, "", None, "passive")
            if words[start:end] and (verb.startswith(("accelerat", "speed"))):
                return _Reading(v, end, "Increase", v, "", None, "verb")
            if end > start and tie == "to":
                return _Reading(start, end, _change(verb), v, "", None, "level")
            if end > start:
                return _Reading(
                    start,
                    end,
                    _change(verb),
                    v,
                    "",
                    None,
                    "improve" if verb.startswith(("improv", "enhanc")) else "verb",
                )
            return _Reading(0, 0, _change(verb), v, "", None, "verb")
        n = k - 1
        while (
            n >= far
            and words[n] not in words_of.CHANGE_NOUNS
            and words[n] not in words_of.MORE
            and words[n] not in words_of.LESS
            and words[n] != NUMBER
        ):
            n -= 1
        if n >= far and words[n] != NUMBER:
            at = n + 1
            if words[at : at + 1] in (["in"], ["of"]):
                at += 1
            elif words[n] in words_of.CHANGE_NOUNS:
                begin = c.noun_before(n + 1, far)
                return _Reading(begin, n + (begin == n or words[n] in words_of._SPEEDUP), _change(words[n]), -1, "", None, "noun")
            at = _skip_determiners(c, at, k)
            until = c.noun(at, k)
            if until > at:
                return _Reading(at, until, _change(words[n]), -1, "", None, "noun")
        return None
    if tie == ":" and not (k > low and words_of.KNOWN.match(words[k - 1])):
        return None
    if tie in words_of._BE or tie == "=" or tie == ":":
        begin, stop = _clause_subject(c, k, far) if tie in words_of._BE else (0, 0)
        if any(words_of.KNOWN.match(word) for word in words[begin:stop]):
            return _Reading(begin, stop, "", -1, "", None, "value")
        start = c.noun_before(k, far)
        if words[start - 1 : start] == ["of"] and start - 1 > far and start < k:
            begin = c.noun_before(start - 1, far)
            if begin < start - 1:
                return _Reading(begin, start - 1, "", -1, "", None, "value")
        if start < k:
            return _Reading(start, k, "", -1, "", None, "value")
        return None
    if tie in words_of.UP or tie in words_of.DOWN:
        start = c.noun_before(k, far)
        return _Reading(start, k, _change(tie), k, "", None, "passive") if start < k else None
    if tie == "in" and unit_kind == "time":
        return _plain_before(c, k, low, "in")
    if tie in _TAKES:
        begin, stop = _clause_subject(c, k, far)
        return (
            _Reading(begin, stop, "", -1, "", None, "value") if begin < stop and words[begin] not in _SUBJECT else None
        )
    if tie in words_of.VERBS or tie in ("and", "/"):
        return None
    if tie in words_of.MORE or tie in words_of.LESS:
        return None
    start = c.noun_before(k + 1, low)
    if start <= k and any(words_of.KNOWN.match(word) for word in words[start : k + 1]):
        if start > low and words[start - 1] in words_of.CHANGE_VERBS:
            return _Reading(start, k + 1, _change(words[start - 1]), start - 1, "", None, "verb")
        return _Reading(start, k + 1, "", -1, "", None, "value")
    return None


_TAKES = frozenset("takes take took taking requires costs lasts".split())


def _terms(c: Clause, low: int, high: int) -> tuple[int, int] | None:
    """The noun phrase of "in terms of X" or "in X" (X something measured) in tokens low … high - 1."""
    words = c.words
    for k in range(low, min(high, low + 24)):
        if words[k] == "in":
            start = k + 3 if words[k + 1 : k + 3] == ["terms", "of"] else k + 1
            start = _skip_determiners(c, start, high)
            end = c.noun(start, high)
            if words[end : end + 1] == ["and"] and start + 2 > end:
                end = c.noun(end + 1, high)
            if end > start and (words[k + 1] == "terms" or words_of.KNOWN.match(words[end - 1])):
                return start, end
    return None


def _boundary(c: Clause, previous: int, i: int) -> int:
    """The token at which the words about the quantity at token i begin, after an earlier quantity."""
    words = c.words
    k = _skip_left(words, i, previous + 1)
    if k > previous and words[k] in ("by", "to", "from"):
        for v in range(k - 1, previous, -1):
            if words[v] in words_of.CHANGE_VERBS:
                if words[v - 1] in words_of._BE or words[v + 1] in ("by", "to", "from"):
                    k = v - 1  # "X was reduced by", "X increased to": what changes stands before
                    break
                return v
    if k > previous and words[k] == "with":
        return k + 1
    at = k
    while at > previous:
        if words[at] in _SEPARATORS:
            return at + 1
        at -= 1
    for at in range(i - 1, previous, -1):
        if words[at] in ("with", "at", "by", "(", "to"):
            return at if words[at] == "by" else at + 1
    return previous + 1


_SEPARATORS = frozenset(", - ; : and while whereas but or / ( ) & plus".split())


def _glued(c: Clause, a: int, b: int) -> bool:
    """Whether only list glue, comparators and remarks in brackets stand between the quantities at tokens a and b."""
    words, k = c.words, a + 1
    while k < b:
        if words[k] == "(":
            close = k + 1
            while close < b and words[close] != ")":
                close += 1
            if close >= b:
                return False
            k = close + 1
            continue
        if words[k] not in _GLUE:
            return False
        k += 1
    return True


_GLUE = frozenset(
    ", and or / & about around approximately nearly up to over at least more than even to roughly".split()
)


def _usable(
    view: View, c: Clause, q: Quantity, i: int, low: int, high: int, result: bool, spots: Sequence[Spot]
) -> bool:
    """Whether a quantity can be a result at all: no setting of the experiment, no part of a baseline, no name."""
    words = c.words
    lower = c.lower
    before, after = lower[max(c.starts[0], q.start - 64) : q.start], lower[q.end : q.end + 40]
    if _SETUP_BEFORE.search(before):
        return False
    k = _skip_left(words, i, max(0, low - 6))
    tie = words[k] if k >= 0 else ""
    if _ADJECTIVE.match(after) or (q.low == 0 and q.high > 0):
        return False
    if q.kind == "percent":
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
    if q.kind in _ABSOLUTE and _HYPHENED.match(c.plain, q.start):
        return False
    if words[max(0, k - 3) : k + 1].count("despite"):
        return False
    # Inside the words of a comparison: the number is the baseline's.
    if tie == "from" and q.second >= 0:
        return True
    if _OTHERS.search(before) or (tie in ("(", "at") and _beaten(c, k)):
        return False
    if tie in ("from", "versus", "vs", "vs.", "against") or (
        tie in ("to", "with") and words[k - 1 : k] in (["compared"], ["relative"])
    ):
        return False
    at = k
    stops = (",", ";", "and", "by", NUMBER, "while", "but", "with", "in", "(" if q.kind in _RELATIVE else "")
    while at >= max(0, i - 14) and words[at] not in stops and words[at] not in words_of.CHANGE_VERBS | words_of.HAVE:
        if words[at] in ("than", "versus", "vs", "vs.", "against") or (
            words[at] == "to" and words[at - 1 : at] == ["compared"]
        ):
            return False
        at -= 1
    if tie == "(" and words[k + 1] in ("vs", "versus", "vs."):
        return False
    return True


def _beaten(c: Clause, k: int) -> bool:
    """Whether token k opens a remark on what was outperformed ("outperforming X (at 30% precision …")."""
    words = c.words
    opened = next((n for n in range(k, max(-1, k - 8), -1) if words[n] == "("), -1)
    return (
        opened > 0
        and any(word in words_of.BEAT for word in words[max(0, opened - 5) : opened])
        and ")" not in words[opened:k]
    )


_OTHERS = re.compile(
    r"(?:while|whereas|like|methods|baselines?|approaches)\b[^,;]{0,48}\b(?:baselines?|which|existing|prior|naive|conventional|others?|state-of-the-art\s\w+)\s\w*(?:exceeds?|achieves?|reach(?:es)?|attains?|gets?|obtains?|only|have|has|is|are|yields?) (?:an? )?(?:only |less than |over |more than |about |around |at most |up to )?$|, which (?:only )?(?:achieves?|reach(?:es)?) (?:only |less than |at most |up to |about |around )?$"
)
_ADJECTIVE = re.compile(r"-(?!-|faster|higher|lower|better|speed|improv|reduc|more|less|fewer)[a-z]|[ -](?:change|difference) in\b")
_FOLDS = re.compile(r"[ -](?:(?:stratified|nested|repeated|leave) )?(?:cross|stratified|symmetr|validation|cv\b)")
_HYPHENED = re.compile(r"\d[\d.,]*-[A-Za-z]")
_REALLY_TIMES = re.compile(
    r"\s(?:\(?on average\)?\s)?(?:[\w-]+ ){0,3}(?:faster|slower|more|less|fewer|higher|lower|better|larger|smaller|cheaper|longer|shorter|greater|as |the |that |speed|improve|reduc|increase|compared|over|acceler|throughput|performance|energy|lower|gain|quicker)"
)


def _accept(
    view: View, c: Clause, q: Quantity, i: int, low: int, high: int, reading: _Reading | None, result: bool, own: bool
) -> float:
    """Confidence that a usable quantity is a result, 0 for none."""
    words = c.words
    k = _skip_left(words, i, max(0, low - 3))
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
        if q.kind == "power" and tie == "at" and not metric:
            return 0.0
        if q.kind == "count" and not (verb or tie in (",", "and", "of", "to", "only", "by")):
            return 0.0
        return 0.9 if metric or verb else 0.7 if result else 0.0
    if q.kind == "time":
        if q.unit in ("days", "weeks", "months", "years"):
            return 0.0 if tie not in ("to", "by") or not change else 0.6
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
        if words[i - 1] == "within" or tie in words_of._BE:
            return 0.55
        if change or (
            metric
            and any(
                w.startswith(("memory", "footprint", "size", "storage", "usage", "traffic", "band"))
                for w in words[reading.low : reading.high]
                if reading
            )
        ):
            return 0.7
        return (
            0.6
            if tie in ("requires", "requiring", "consumes", "occupies", "consuming", "only") or words[i - 1] == "only"
            else 0.0
        )
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


class _Found(NamedTuple):
    """One accepted quantity of a sentence, before its neighbours lend it what it lacks."""

    quantity: Quantity
    index: int
    low: int
    high: int
    reading: _Reading
    bound: str
    before: bool
    confidence: float


def _metric_id(text: str, metrics: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Metric id and better direction of a few words: the longest run of them that is an alias, the rightmost first."""
    if not metrics or not text:
        return "", ""
    words = re.findall(r"[^\s,()]+", text.lower())[-8:]
    for length in range(min(5, len(words)), 0, -1):
        for start in range(len(words) - length, -1, -1):
            key = " ".join(words[start : start + length])
            hit = metrics.get(key) or (metrics.get(key[:-1]) if key.endswith("s") else None)
            if hit:
                return hit
    return "", ""


def _factor(
    q: Quantity, reading: _Reading, direction: str, better: str, metric: str, raw: str, following: str
) -> float | None:
    """How many times better, where direction and metric make it certain (percentages of percentages never do)."""
    if q.low != q.high or not direction or q.low <= 0:
        return None
    good = {"Increase": "higher", "Decrease": "lower"}[direction] == better
    sure = (
        good or reading.pattern in ("beat", "speedup") or (reading.pattern == "comparative" and direction == "Increase")
    )
    if not sure:
        return None
    if reading.pattern == "level" or raw.startswith("half"):
        return (
            round(100 / q.low, 6) if q.unit == "%" and direction == "Decrease" and following.startswith(" of") else None
        )
    if q.unit == "x":
        return round(q.low, 6) if q.low > 1 else None
    if q.unit == "orders of magnitude" and q.low <= 12:
        return float(10**q.low)
    if (
        q.unit != "%"
        or "point" in raw
        or "pp" in raw
        or _RATIO_METRIC.search(metric)
        or reading.pattern == "beat"
        or (reading.pattern == "improve" and better == "lower")
    ):
        return None
    if direction == "Increase":
        return round(1 + q.low / 100, 6)
    return round(1 / (1 - q.low / 100), 6) if q.low < 100 else None


def find(
    view: View,
    paper: str,
    field: str,
    spots: Sequence[Spot],
    *,
    introduced: str = "",
    metrics: Mapping[str, tuple[str, str]] = _NO_METRICS,
) -> tuple[Claim, ...]:
    """Quantitative results that one field states, by start.

    `spots` are the linked mentions, by start, offsets into `view.plain`. `introduced` is the entity that the paper
    presents, "" if none. `metrics` maps lower-case names to (metric id, "higher" | "lower" | "" = the better direction).
    """
    numbers = _results_only(view, quantities(view))
    if not numbers:
        return ()
    sentences: dict[tuple[int, int], list[Quantity]] = {}
    for q in numbers:
        sentences.setdefault(view.sentence(q.start), []).append(q)
    onset = _ONSET.search(view.lower)
    starts = onset.start() if onset else 0
    if introduced:
        starts = min([starts, *(s.start for s in spots if s.entity == introduced)])
    claims: list[Claim] = []
    for (low, high), inside in sentences.items():
        if len(inside) > MAX_PER_SENTENCE:
            continue
        text = view.lower[low:high]
        result, own = bool(_RESULT.search(text)), bool(_OWN.search(text))
        if field != "title" and ((high <= starts and not own) or (_MOTIVE.search(text) and not own) or (onset is None and not result)):
            continue
        claims += _sentence(
            view, paper, field, spots, introduced, metrics, Clause(view, low, high, inside), inside, result, own
        )
    return tuple(sorted(claims, key=lambda claim: claim.evidence.start))


def _results_only(view: View, numbers: list[Quantity]) -> list[Quantity]:
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


_FACTOR_OF = re.compile(
    r"\bfactors? of (?:up to |about |around |approximately |at least |over |more than |almost |nearly |roughly |~)?$"
)


def _sentence(
    view: View,
    paper: str,
    field: str,
    spots: Sequence[Spot],
    introduced: str,
    metrics: Mapping[str, tuple[str, str]],
    c: Clause,
    inside: list[Quantity],
    result: bool,
    own: bool,
) -> list[Claim]:
    words = c.words
    near = [s for s in spots if c.starts[0] <= s.start < c.ends[-1]]
    found: list[_Found] = []
    previous = -1
    usable = list(zip(inside, c.where, strict=True))
    for n, (q, i) in enumerate(usable):
        low = _boundary(c, previous, i) if previous >= 0 else 0
        high = _boundary(c, i, usable[n + 1][1]) if n + 1 < len(usable) else len(words)
        if n + 1 < len(usable) and high <= i + 1:
            high = usable[n + 1][1] if "," not in words[i + 1 : i + 2] else i + 1
        if not _usable(view, c, q, i, low, high, result, near):
            words[i] = c.lower[c.starts[i] : c.ends[i]]  # a word among others
            continue
        right = _read_right(c, i, high) if q.kind not in ("score",) else None
        left = _read_left(c, i, low, low if previous >= 0 else max(0, i - 40), high, q.kind)
        reading = _choose(c, right, left, q)
        k = _skip_left(words, i, low)
        if reading is None and found and k >= low and words[k] == "by" and found[-1].reading.direction:
            # "reduces A by 3%, B by 5% and by 7% on C": the verb is said once.
            start = c.noun_before(k, low)
            reading = found[-1].reading._replace(**({"low": start, "high": k, "text": "", "baseline": None} if start < k else {}))
        if found and found[-1].reading.place and words[i - 1] == "(" and (reading is None or reading.pattern in ("parenthesis", "value")):
            start = c.noun_before(i - 1, low)
            reading = found[-1].reading._replace(place=(start, i - 1) if start < i - 1 else None)
        confidence = _accept(view, c, q, i, low, high, reading, result, own)
        glued = found and _glued(c, found[-1].index, i)
        if confidence and glued:
            confidence = max(confidence, found[-1].confidence - 0.05)
        if not confidence and glued and (found[-1].quantity.kind == q.kind or q.kind in _ABSOLUTE):
            confidence = found[-1].confidence - 0.05
        tied = words[_skip_left(words, i, low - 1)] if i else ""
        if (
            not confidence
            and found
            and tied in ("and", ",", "(", "/")
            and {q.kind, found[-1].quantity.kind} <= _RELATIVE
        ):
            confidence = found[-1].confidence - 0.05
        if q.second >= 0 and words[_skip_left(words, i, low)] == "from" and left is not None and left.verb >= 0:
            # "from 11% to 6%": the result is where it ends.
            q = q._replace(start=q.second, low=q.high)
            reading = left._replace(pattern="level")
        if confidence:
            bound, before = c.bound(i, low, high)
            found.append(
                _Found(
                    q,
                    i,
                    low,
                    high,
                    reading or _Reading(),
                    bound if bound and q.bound in ("", "Approximately") else q.bound or bound,
                    before,
                    confidence,
                )
            )
            previous = i
        else:
            words[i] = c.lower[c.starts[i] : c.ends[i]]
    return _assemble(view, paper, field, near, introduced, metrics, c, found) if found else []


def _choose(c: Clause, right: _Reading | None, left: _Reading | None, q: Quantity) -> _Reading | None:
    """The reading that says more: a change said after the number, then one said before it, then a plain noun phrase."""
    strong = ("adjective", "noun", "speedup", "comparative", "as")
    if q.kind == "count":
        return left
    known = (
        right is not None
        and right.pattern in ("noun phrase", "share")
        and any(words_of.KNOWN.match(word) for word in c.words[right.low : right.high])
    )
    if known and (left is None or left.pattern in ("with", "parenthesis", "at")):
        return right
    if q.kind in _ABSOLUTE:
        if left:
            return left
        if right and right.pattern == "share" and q.kind == "rate":
            return right
        if (
            right
            and right.pattern in ("noun phrase", "share")
            and any(words_of.KNOWN.match(word) for word in c.words[right.low : right.high])
        ):
            return right
        return None
    if right and right.pattern == "within":
        return left._replace(baseline=right.baseline) if left and left.pattern != "at" else right
    if right and right.pattern == "comparative":
        be = _before_verb(c, q)
        begin, stop = _clause_subject(c, be, 0) if be else (0, 0)
        if any(words_of.KNOWN.match(word) for word in c.words[begin:stop]):
            return _Reading(
                begin,
                stop,
                "Decrease"
                if right.direction == "Increase" and c.words[stop - 1].startswith(("time", "latenc", "runtime"))
                else right.direction,
                -1,
                "",
                None,
                "comparative",
            )
    if right and right.pattern in strong:
        return right
    if right and right.pattern == "in":
        return right._replace(direction=left.direction, verb=left.verb, baseline=left.baseline) if left else right
    if right and right.pattern in ("bare noun", "bare comparative"):
        if left and left.high > left.low and left.pattern != "at":
            return left._replace(direction=right.direction)
        if right.pattern == "bare noun":
            return right
        if right.pattern == "comparative" and left and left.pattern == "value":
            return left._replace(direction=right.direction, pattern="comparative")
        start = c.noun_before(_before_verb(c, q), 0)
        return right._replace(low=start, high=_before_verb(c, q)) if start < _before_verb(c, q) else right
    if left and left.pattern not in ("at", "parenthesis"):
        return left
    if right and right.pattern == "noun phrase":
        return right
    return left or right


def _before_verb(c: Clause, q: Quantity) -> int:
    """Index of the copula before a quantity, 0 if there is none near."""
    i = next(k for k in c.where if c.starts[k] == q.start or c.ends[k] == q.end)
    for k in range(i - 1, max(-1, i - 8), -1):
        if c.words[k] in words_of._BE:
            return k
    return 0


def _assemble(
    view: View,
    paper: str,
    field: str,
    spots: Sequence[Spot],
    introduced: str,
    metrics: Mapping[str, tuple[str, str]],
    c: Clause,
    found: list[_Found],
) -> list[Claim]:
    words = c.words
    first = found[0]
    end_of_subject = next(
        (
            k
            for k in range(1, first.index)
            if words[k] in words_of.VERBS
            and words[k]
            not in ("evaluated", "tested", "measured", "running", "using", "training", "compared", "scaling")
        ),
        first.index,
    )
    comma = next((k for k in range(end_of_subject, 0, -1) if words[k] == ","), 0)
    leading = words[0] in _LEADS or words[0] in (
        "compared",
        "relative",
        "running",
        "trained",
        "tested",
        "evaluated",
        "while",
    )
    lead_conditions = c.conditions(0, comma) if leading and comma else []
    if not lead_conditions and end_of_subject and any(word in _EVIDENCE_NOUNS for word in words[:3]):
        lead_conditions = c.conditions(0, end_of_subject)
    if not lead_conditions:
        before = first.reading.verb if first.reading.verb >= 0 else first.index
        lead_conditions = [
            span
            for span in c.conditions(0, before)
            if not _same(span, first.reading) and any(_SETTING.match(word) for word in words[span[0] : span[1]])
        ]
    for k in range(1, first.index - 2):
        if words[k] in ("in", "on", "for", "at", "under") and words[k - 1] in ("that", ","):
            end = c.phrase(k + 1, first.index, words_of._STOP_CONDITION)
            if words[end : end + 1] == [","] and end > k + 1:
                lead_conditions = [span for span in c.conditions(k, end) if span not in lead_conditions] + lead_conditions
    lead_baseline = c.baseline(0, first.index, over=False) if first.index else None
    if lead_baseline is None and first.reading.pattern != "beat":
        beat = next((k for k in range(first.index) if words[k] in words_of.BEAT), -1)
        at = _skip_determiners(c, beat + 1, first.index)
        end = c.phrase(at, first.index, words_of._STOP_BASELINE)
        lead_baseline = (at, end) if 0 <= beat < at < end else None
    average_from = _scope(c)
    groups: list[int] = []
    for n, f in enumerate(found):
        groups.append(groups[-1] if n and _glued(c, found[n - 1].index, f.index) else n)
    own_conditions: list[list[tuple[int, int]]] = []
    baselines: list[tuple[int, int] | None] = []
    for n, f in enumerate(found):
        high = max(f.index + 1, _boundary(c, f.index, found[n + 1].index)) if n + 1 < len(found) else len(words)
        low = f.reading.verb if f.reading.verb >= 0 else next((k for k in range(f.index - 1, f.low, -1) if words[k] in words_of.VERBS and not words[k].endswith("ing")), f.low)
        low = max(f.low, low)
        right = [
            span for span in c.conditions(f.index + 1, _clause_end(c, f.index, high)) if not _same(span, f.reading)
        ]
        if f.index + 2 < high and words[f.index + 1] == "(":
            close = next((k for k in range(f.index + 2, min(high, f.index + 16)) if words[k] == ")"), 0)
            if (
                close
                and words[f.index + 2] not in ("vs", "vs.", "versus", "compared", "up", "on", "over")
                and NUMBER not in words[f.index + 2 : close]
                and close - f.index > 2
            ):
                right = [(f.index + 2, close)]
        inner = (
            [span for span in c.conditions(low, f.index) if span[0] >= low and not _same(span, f.reading)]
            if n == 0 or f.low > found[n - 1].index + 1
            else []
        )
        if f.reading.place:
            right = [f.reading.place]
        own_conditions.append(right + inner)
        baseline = (
            c.baseline(f.index + 1, _clause_end(c, f.index, high))
            or c.baseline(f.index + 1, high)
            or f.reading.baseline
        )
        if baseline is None and (n or f.reading.verb >= 0):
            baseline = c.baseline(max(f.low, f.reading.verb), f.index)
        baselines.append(baseline)
    lists = _respective(c, found, groups)
    last = -1
    kept: list[tuple[int, int]] = []
    claims: list[Claim] = []
    for n, f in enumerate(found):
        q, reading = f.quantity, f.reading
        bound, direction = f.bound, reading.direction
        head = groups[n]
        if not bound and head != n and found[head].before:
            bound = found[head].bound
        if not bound and not f.bound:
            tail = max(m for m in range(len(found)) if groups[m] == head)
            if found[tail].bound and not found[tail].before:
                bound = found[tail].bound
        if (
            not bound
            and n
            and found[n - 1].bound == "UpTo"
            and found[n - 1].before
            and _parallel(c, found[n - 1].index, f.index)
        ):
            bound = "UpTo"
        if not bound and 0 <= average_from < f.index:
            bound = "Average"
        span, text, source = (reading.low, reading.high), reading.text, reading
        gerund = words[f.index - 1] in _REACHING or (f.bound and words[max(0, f.index - 3)] in _REACHING)
        bare = (
            reading.pattern == "bare noun"
            and (n > 0 or groups.count(head) > 1)
            and words[reading.high - 1] not in words_of._SPEEDUP
        )
        if (span[0] == span[1] and not text) or bare:
            lender = next(
                (found[m] for m in range(n - 1, -1, -1) if found[m].reading.high or found[m].reading.text), None
            )
            later = next(
                (found[m] for m in range(n + 1, len(found)) if found[m].reading.high or found[m].reading.text), None
            )
            if head != n and found[head].reading.high and found[head].reading.high <= found[head].index:
                lender = found[head]
            elif n < len(found) - 1 and later and groups[n + 1] == head:
                lender = later
            if lender and (
                lender.quantity.unit == q.unit
                or gerund
                or bare
                or {q.kind, lender.quantity.kind} <= _RELATIVE
                or groups[n] == groups[found.index(lender)]
            ):
                source = lender.reading
                span, text = (source.low, source.high), source.text
                direction = direction or source.direction
        if q.kind == "rate" and span[0] == span[1] and not text:
            text = q.unit
        if q.kind == "count" and not text:
            text = view.plain[q.start : q.end].lstrip("0123456789., ")
        metric_text = text or c.text(*span)
        conditions = list(own_conditions[n])
        baseline = baselines[n]
        if not conditions:
            conditions = next((own_conditions[m] for m in range(n + 1, len(found)) if own_conditions[m]), [])
        if baseline is None:
            baseline = next((baselines[m] for m in range(n + 1, len(found)) if baselines[m]), None) or lead_baseline
        if baseline is None and n:
            baseline = (
                next((baselines[m] for m in range(n - 1, -1, -1) if baselines[m]), None)
                if groups[n] != n or last == n - 1
                else None
            )
        item = lists.get(n)
        if item:
            kind, place, extra = item
            if kind == "metric":
                metric_text = extra or c.text(*place)
            elif kind == "baseline":
                baseline = place
            else:
                conditions = [place, *(span for span in conditions if not _overlap(span, place, c, lists, n))]
        if (
            not conditions
            and n
            and not any(
                word in words_of.CHANGE_VERBS | words_of.HAVE and not word.endswith(("ing", "ed"))
                for word in words[found[n - 1].index : f.index]
            )
        ):
            conditions = list(kept)
        kept = list(conditions)
        conditions += [span for span in lead_conditions if span not in conditions]
        dealt = item is not None and item[0] == "condition"
        conditions = _distinct(
            conditions, baseline, [place for kind, place, _ in lists.values() if kind == "condition"] if dealt else []
        )
        condition_text = (item[2] + ", " if item and item[0] == "condition" and item[2] else "") + ", ".join(
            dict.fromkeys(
                c.text(*s) for s in (conditions[1:] if item and item[0] == "condition" and item[2] else conditions)
            )
        )
        condition_text = condition_text.rstrip(", ")
        metric, better = _metric_id(metric_text, metrics)
        if not metric:
            metric, better = _metric_id(q.unit, metrics) if len(q.unit) > 2 else ("", "")
        if reading.pattern == "improve" or source.pattern == "improve":
            direction = "Decrease" if better == "lower" else "Increase"
        start, end = view.span(q.start, q.end)
        sentence_start, sentence_end = view.evidence_sentence(q.start, q.end)
        rule = {"factor": "claim-factor", "percent": "claim-percent", "words": "claim-words"}.get(q.kind, "claim-value")
        confidence = round(f.confidence - (0.1 if not metric_text else 0.0), 2)
        spans = [*conditions, span] if span[0] < span[1] else conditions  # "ImageNet accuracy" says where, too
        places = dict.fromkeys(
            s.entity for a, b in spans for s in spots if c.starts[a] <= s.start and s.end <= c.ends[b - 1]
        )
        hardware = [e for e in places if e.startswith("hardware/")]
        datasets = [e for e in places if e.startswith("dataset/")]
        factor = _factor(
            q,
            source,
            direction,
            better,
            f"{metric} {metric_text}".lower(),
            view.plain[q.start : q.end].lower(),
            view.lower[q.end : q.end + 4],
        )
        last = n
        claims.append(
            Claim(
                paper=paper,
                evidence=Evidence(
                    paper, field, start, end, sentence_start, sentence_end, view.raw[start:end], rule, confidence
                ),
                unit=q.unit,
                value=q.low if q.low == q.high else None,
                low=q.low if q.low != q.high else None,
                high=q.high if q.low != q.high else None,
                comparator=bound or "Exactly",
                direction=direction if q.kind not in _ABSOLUTE and q.kind != "score" else "",
                metric_text=metric_text,
                metric=metric,
                subject=_subject(c, f, spots, introduced),
                baseline=_entity(c, baseline, spots),
                baseline_text=c.text(*baseline) if baseline else "",
                hardware=tuple(hardware[:3]),
                datasets=tuple(datasets[: 3 - min(3, len(hardware))]),
                condition_text=condition_text,
                improvement_factor=factor,
                confidence=confidence,
            )
        )
    return claims


def _distinct(
    spans: list[tuple[int, int]], baseline: tuple[int, int] | None, dealt: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """At most four phrases: none that overlaps the baseline, an earlier one or, but for the first, a dealt-out list."""
    kept: list[tuple[int, int]] = []
    taken = ([baseline] if baseline else []) + dealt
    for n, span in enumerate(spans):
        others = kept + (taken if n or not dealt else taken[: 1 if baseline else 0])
        if not any(span[0] < b and a < span[1] for a, b in others):
            kept.append(span)
        elif (
            kept
            and not dealt
            and span[0] <= kept[-1][0]
            and span[1] > kept[-1][1]
            and not any(span[0] < b and a < span[1] for a, b in kept[:-1] + taken)
        ):
            kept[-1] = span
    return kept[:4]


_REACHING = frozenset("reaching achieving attaining hitting yielding".split())
_LEADS = frozenset(
    "on in for at under across with when using during through running over compared relative within while".split()
)
_SETTING = re.compile(
    r"cluster|data-?sets?|benchmark|workload|trace|deploy|environment|setting|scenario|hardware|platform|server|device|gpus?$|cpus?$|fpga|processor|imagenet|cifar|mnist|simulat|testbed|cores?$|kernels?$|applications?$|models?$"
)
_EVIDENCE_NOUNS = frozenset(
    "experiments experiment experimental evaluation evaluations results result simulations simulation evaluated tests testing measurements benchmarks implementation analysis empirical extensive comprehensive".split()
)


def _clause_end(c: Clause, i: int, high: int) -> int:
    """Where the words about the quantity at token i end: at a verb that opens something else."""
    words = c.words
    for k in range(i + 1, high):
        if words[k] == ";":
            return k
        if words[k] in (",", "and"):
            after = k + 1
            while after < high and (
                words[after] in ("and", "also", "further", "thus", "thereby", "as", "well", "then", "we", "it")
                or words[after].endswith("ly")
            ):
                after += 1
            if (
                after < high
                and (
                    words[after] in words_of.VERBS
                    or words[after]
                    in ("while", "whereas", "without", "which", "highlight", "highlighting", "establishing")
                )
                and NUMBER not in words[after : after + 1]
            ):
                return k
        elif words[k] in ("whereas", "but") or (words[k] == "while" and words[k + 1 : k + 2] != ["running"]):
            return k
    return high


def _scope(c: Clause) -> int:
    """Token from which "on average" holds for what follows, -1 if none does: it stands with a subject or verb."""
    words = c.words
    for k in range(len(words) - 1):
        if words[k] == "on" and words[k + 1] == "average":
            before = words[max(0, k - 6) : k]
            return -1 if NUMBER in before else k
    return -1


def _parallel(c: Clause, a: int, b: int) -> bool:
    """ "3x speedup and 2x …": nothing but a noun phrase and "and" between two numbers."""
    between = c.words[a + 1 : b]
    if between and between[-1] == "and":
        between = between[:-1]
    if len(between) > 1 and between[-1] == ",":
        between = between[:-1]
    return 0 < len(between) < b - a - 1 and words_of._STOP.isdisjoint(between)


def _same(span: tuple[int, int], reading: _Reading) -> bool:
    """Whether a condition's phrase is what is measured."""
    return span[0] < reading.high and reading.low < span[1] and reading.low - span[0] <= 1


def _entity(c: Clause, span: tuple[int, int] | None, spots: Sequence[Spot]) -> str:
    if span is None:
        return ""
    return next((s.entity for s in spots if c.starts[span[0]] <= s.start and s.end <= c.ends[span[1] - 1]), "")


def _subject(c: Clause, f: _Found, spots: Sequence[Spot], introduced: str) -> str:
    """The entity in subject position, else the introduced one where the sentence speaks of "we", "it", "our …"."""
    words = c.words
    verb = f.reading.verb
    if verb < 0:
        verb = next((k for k in range(f.index, -1, -1) if words[k] in words_of.VERBS), -1)
    k = verb - 1
    while k >= 0 and (words[k].endswith("ly") or words[k] in _AUXILIARY):
        k -= 1
    if k >= 0:
        for s in spots:
            if s.start <= c.starts[k] < s.end and s.entity.partition("/")[0] in ("system", "technique", "hardware"):
                return s.entity
    return (
        introduced
        if introduced and not _SUBJECT.isdisjoint(words[: f.index])
        else introduced
        if any(s.entity == introduced for s in spots)
        else ""
    )


_AUXILIARY = frozenset("can could is are able to also further will has have even".split())


def _overlap(
    span: tuple[int, int],
    place: tuple[int, int],
    c: Clause,
    lists: Mapping[int, tuple[str, tuple[int, int], str]],
    n: int,
) -> bool:
    return any(span[0] < other[1][1] and other[1][0] < span[1] for other in lists.values())


def _respective(c: Clause, found: list[_Found], groups: list[int]) -> dict[int, tuple[str, tuple[int, int], str]]:
    """Deal the items of a parallel list to the quantities of a list: index of the quantity -> (kind, span, own text)."""
    words = c.words
    told: dict[int, tuple[str, tuple[int, int], str]] = {}
    last_word = max((k for k, word in enumerate(words) if word in ("respectively", "resp", "respective")), default=-1)
    respectively = last_word > found[-1].index - 12
    runs: list[list[int]] = []
    for n in range(len(found)):
        if n and groups[n] == groups[n - 1]:
            runs[-1].append(n)
        else:
            runs.append([n])
    if respectively and not any(len(run) > 1 for run in runs) and len(found) > 1:
        runs = [list(range(len(found)))]
    elif respectively and len(runs) > 1 and all(len(run) == len(runs[0]) for run in runs):
        pass
    for run in runs:
        count = len(run)
        if count < 2:
            continue
        start, end = found[run[0]], found[run[-1]]
        slashed = _slashed(c, count, start, end) if respectively or "/" in words[start.index : end.index] else None
        if slashed:
            for n, (kind, place, text) in zip(run, slashed, strict=True):
                told[n] = (kind, place, text)
            continue
        told_metrics = _measured(c, count, start.index)
        if told_metrics:
            told |= {n: ("metric", place, "") for n, place in zip(run, told_metrics, strict=True)}
            continue
        right = c.items(count, end.index + 1, last_word, backwards=True) if last_word > end.index else None
        if right and last_word - right[0][-1][1] > 2:
            right = None
        right = right or c.items(count, end.index + 1, min(len(words), end.index + 24))
        if (
            right
            and last_word > end.index + 3
            and not last_word - 3 <= right[0][-1][1] <= last_word
            and right[0][0][0] > end.index + 4
        ):
            right = None
        left = c.items(count, max(0, start.index - 40), start.index, backwards=True)
        if not respectively and not (right and words[end.index + 1] in ("on", "for", "in", "at") and count > 1):
            continue
        if right:
            before = right[1]
            kind = (
                "baseline" if before in ("to", "over", "than", "against", "versus", "vs", "relative") else "condition"
            )
            if before in ("in", "of") and all(words_of.KNOWN.match(words[b - 1]) for _, b in right[0]):
                kind = "metric"
            for n, place in zip(run, right[0], strict=True):
                told[n] = (kind, place, "")
            continue
        if left:
            before = left[1]
            if (
                before in words_of.CHANGE_VERBS
                or (
                    before in words_of._DETERMINERS | {"of", "in"}
                    and start.reading.low <= left[0][0][0] < start.reading.high
                )
                or any(start.reading.low <= a < start.reading.high for a, _ in left[0])
            ):
                kind = "metric"
            elif before in ("over", "than", "outperforms", "outperform", "outperforming", "compared", "to"):
                kind = "baseline"
            else:
                kind = "condition"
            for n, place in zip(run, left[0], strict=True):
                told[n] = (kind, place, "")
    return told


def _measured(c: Clause, count: int, i: int) -> list[tuple[int, int]] | None:
    """The items of "reduces A and B by" or "savings in A and B of" before a list of as many numbers."""
    k = _skip_left(c.words, i, 0)
    if c.words[k] not in ("by", "of", "to"):
        return None
    found = c.items(count, max(0, k - 24), k, backwards=True)
    if found is None or found[0][-1][1] != k or found[1] not in words_of.VERBS | words_of._DETERMINERS | {"in", "with", "of", "both"}:
        return None
    return found[0] if all(words_of.KNOWN.match(c.words[b - 1]) or c.words[b - 1] in words_of.CHANGE_NOUNS for _, b in found[0][-1:]) else None


def _slashed(c: Clause, count: int, start: _Found, end: _Found) -> list[tuple[str, tuple[int, int], str]] | None:
    """ "128/1K/10K-token" beside a list of three: one part for each, with the ending that the last one carries."""
    words = c.words
    for k in (
        *range(end.index + 1, min(len(words), end.index + 16)),
        *range(start.index - 1, max(-1, start.index - 16), -1),
    ):
        word = words[k]
        if word.count("/") == count - 1 and NUMBER not in word:
            text = c.text(k, k + 1)
            parts = text.split("/")
            if not all(parts):
                continue
            stem, dash, ending = parts[-1].partition("-")
            shared = c.noun(k + 1, min(len(words), k + 4))
            rest = c.text(k + 1, shared)
            tail = f"{dash}{ending}"
            plain = [*parts[:-1], stem]
            inside = start.reading.low <= k < end.reading.high or (
                words[k - 1 : k] in (["in"],) and k < end.high and any(words_of.KNOWN.match(p.lower()) for p in parts)
            )
            kind = "metric" if inside and any(words_of.KNOWN.match(p.lower()) for p in parts) else "condition"
            if kind == "metric":
                low = start.reading.low if start.reading.low <= k < start.reading.high else k
                prefix = c.text(low, k)
                return [(kind, (k, k + 1), f"{prefix} {part}".strip()) for part in parts]
            return [(kind, (k, max(k + 1, shared)), f"{part}{tail} {rest}".strip()) for part in plain]
    return None
