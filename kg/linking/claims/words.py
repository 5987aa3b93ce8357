"""The words by which a claim is read: verbs and nouns of change, comparisons, what ends a phrase. Data, no rules."""

from __future__ import annotations

import re
from functools import lru_cache

_MEASURE = re.compile(
    r"accurac|f1|auc|auroc|bleu|psnr|ssim|latenc|throughput|precision|recall|error|overhead|speed|power(?!ed|ful)|energy|time|utili|efficien|rate|score|footprint|memory|cost|rmse|mae|mse|bandwidth|area|loss|"
    r"perform|fidelity|coverage|delay|map(?:$|@)|iou|dice|agreement|success|reduction|savings|improvement|hit(?:s|-|$)|miss(?:es|-|$)|quality|sensitivity|specificity|perplexity|fps|ratio|degradation|gain|complet|complian|"
    r"availab|compress|traffic|storage|frequency|consumption|size|usage|scal|goodput|makespan|jct|ttft|tpot|resolution|correct|parameters|flops|slowdown|acceler(?!ator)|lifetime|yield|qubit|depth|wer$|cer$|mfu|runtime|response|brier|turnaround|lookups|"
    r"mcc|ndcg|mrr|fid$|qwk|rouge|meteor$|cider$|correlation|regret|robustness|fairness|similarity|variance|violation|complexity|convergence|emission|carbon|duration|jitter|congestion|divergence|separation|"
    r"resilience|reliab|capacity|productivity|hallucination|forgetting|count$|roc|r2$|kappa|index$|likelihood|entropy|toxicity"
    r"|.*[-@](?:auc|f1|accuracy|scores?|rates?|latency|throughput|errors?|count|precision|recall|psnr|bleu|map)$"
)
NUMBER = "#"  # the token that stands for a quantity
CONDITION_PREPOSITIONS = frozenset(
    "on in for at under across with when using during within while via between among without after through beyond running".split()
)
PREPOSITIONS = CONDITION_PREPOSITIONS | frozenset(
    "by over of to from below above than against versus vs vs. compared relative as w.r.t wrt w.r.t. into where upon until".split()
)
COMPARISONS = frozenset(
    "than over against versus vs vs. compared relative comparison respect wrt w.r.t w.r.t. comparing compare compares unlike".split()
)
DETERMINERS = frozenset("a an the our its their this these those both all some each any such his her my".split())
PUNCTUATION = frozenset(",;:()[]\"'")
CONJUNCTIONS = frozenset(
    "and or but while whereas which that thus thereby hence although though where because since if due respectively resp".split()
)
CHANGE_NOUNS = frozenset(
    "improvement improvements increase increases reduction reductions decrease decreases gain gains saving savings speedup speedups "
    "speed-up speed-ups boost boosts drop drops loss losses degradation acceleration slowdown decline advantage enhancement "
    "enhancements growth jump uplift lift rise accelerations potential benefit benefits".split()
)
SPEEDUP = frozenset("speedup speedups speed-up speed-ups acceleration accelerations slowdown".split())
#: Nouns and stems of verbs that say how good a change is, not which way it goes: "a 16% improvement in area".
BETTER = frozenset(
    "improvement improvements enhancement enhancements gain gains benefit benefits advantage uplift".split()
)
WORSE = frozenset("slowdown degradation".split())
BETTERS, WORSENS = ("improv", "enhanc"), ("worsen", "degrad")
_UP = "inflate improve enhance boost raise increase elevate accelerate double triple scale expand extend grow rise lift"
_DOWN = "suppress attenuate reduce decrease lower cut shrink save minimize minimise diminish compress drop shorten eliminate alleviate mitigate trim decline fall slash narrow worsen degrade lose"
_BEAT = "outperform surpass beat exceed outpace outrun underperform"
_HAVE = "achieve attain reach deliver provide yield obtain offer demonstrate show get bring enable realize realise produce maintain sustain exhibit give record report retain preserve have"


_DOUBLED = frozenset("drop trim cut get".split())  # "dropped", "cutting"
_IRREGULAR = {
    "beat": "beaten", "bring": "brought", "fall": "fell fallen", "get": "got", "give": "gave given", "grow": "grew grown",
    "have": "has had having", "lose": "lost", "outrun": "outran outrunning", "rise": "rose risen", "show": "shown", "shrink": "shrank shrunk",
    "speed": "sped",
}  # fmt: skip


def _inflect(words: str) -> frozenset[str]:
    """Every form of some verbs."""
    forms = set()
    for word in words.split():
        stem = word[:-1] if word[-1] == "e" else word + word[-1] if word in _DOUBLED else word
        forms |= {word, word + "s", stem + "ed", stem + "ing", *_IRREGULAR.get(word, "").split()}
        if word[-1] in "shx":
            forms.add(word + "es")
    return frozenset(forms)


UP = _inflect(_UP) | (_inflect("speed") - {"speed"})
DOWN = _inflect(_DOWN)
BEAT = _inflect(_BEAT)
HAVE = _inflect(_HAVE)
CHANGE_VERBS = UP | DOWN | BEAT
BE = frozenset("is are was were be been being remains remaining remain stays becomes".split())
_OTHER_VERBS = frozenset(
    "uses using use used requires require requiring takes take taking took consumes consume consuming consumed costs costing runs run "
    "running performs perform performed incurs incurring incur adds adding add occupies occupying outputs trains train training trained "
    "result results resulting leads leading lead allows allowing makes making keeps keeping operates operating utilizes utilizing "
    "completes complete processes supports supporting finds find found evaluated tested measured compared ranging ranges range "
    "averaging depending accounts represents exceeds exceeding approaching approaches corresponds corresponding translates equals suggests suggest "
    "needs need needing spends spend proves prove indicates indicate reveals reveal confirms confirm showcase showcases observe observes highlight highlights wins win matches match can could will would may might must does do".split()
)
_NOUNS_TOO = frozenset(  # read as verbs they would cut too many noun phrases
    "training running scaling range results result use need lead run approaches processes cost costs take found used trained "
    "measured scales records".split()
)
VERBS = (CHANGE_VERBS | HAVE | BE | _OTHER_VERBS) - _NOUNS_TOO
MORE = frozenset("higher greater more larger bigger increased improved better faster longer quicker additional extra enhanced stronger improving boosted".split())  # fmt: skip
LESS = frozenset("lower fewer less smaller reduced shorter cheaper slower decreased worse lesser".split())
STOP = PREPOSITIONS | PUNCTUATION | CONJUNCTIONS | {NUMBER, "=", "-", "%", "we", "it", "they", "/", ">", "<", "."}
STOP_BASELINE = frozenset(
    ") ; : - while whereas but respectively resp by thereby without when under across during on in at with which achieving achieves although though "
    "even despite sometimes . reducing improving increasing via through enabling".split()
) | {"for"}  # fmt: skip
STOP_CONDITION = frozenset(
    ") ; : - having while whereas but respectively resp by thereby without over than compared relative versus vs vs. against which that . "
    "achieving achieves showing outperforming improving reducing we it our resulting demonstrating although though yielding w.r.t wrt due because thanks".split()
)
GENERIC_HEADS = frozenset(
    "number amount volume rate cost use usage time size level quality degree percentage fraction total count quantity standard".split()
)
#: What a unit of a class measures where the text does not say; of a rate, by a part of its lower-case unit.
MEASURED_IN = {"time": "time", "power": "power", "energy": "energy", "area": "area", "frequency": "frequency"}
RATES = {"/w": "energy efficiency", "per watt": "energy efficiency", "/mm": "area efficiency", "/j": "energy efficiency",
         "j/": "energy", "b/s": "bandwidth", "bps": "bandwidth", "flops": "performance", "flop/s": "performance"}  # fmt: skip
#: How the words begin that a value of a class may say again in a bracket: "2x lower energy (3 J)".
RESTATED = {
    kind: tuple(stems.split())
    for kind, stems in (
        ("time", "time latenc delay fast slow speed runtime ttft tpot jct makespan duration"),
        ("rate", "throughput bandwidth efficien performance speed rate goodput fast"),
        ("power", "power"),
        ("energy", "energy"),
        ("area", "area"),
        ("size", "memory footprint size storage traffic"),
        ("frequency", "frequency clock"),
    )
}
RELATIVE = frozenset(("factor", "percent", "words"))
ABSOLUTE = frozenset(("time", "size", "rate", "power", "energy", "frequency", "area", "count", "level"))


def change(word: str) -> str:
    if word.startswith(("underperform", "worsen", "degrad")):
        return "Decrease"
    if word in UP or word in MORE:
        return "Increase"
    if word in DOWN or word in LESS:
        return "Decrease"
    if word.startswith(("reduc", "decreas", "sav", "drop", "loss", "slow", "declin", "degrad")):
        return "Decrease"
    return "Increase"


@lru_cache(maxsize=8192)
def is_measure(word: str) -> bool:
    """Whether a lower-case word begins like something that is measured ("latency", "f1-score")."""
    return _MEASURE.match(word) is not None
