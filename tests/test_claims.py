"""Quantitative claims: what is one, what it measures, and that no text can make the extraction slow or wrong in place."""

from __future__ import annotations

import json
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.linking.claims import find
from kg.linking.claims import numbers as claim_numbers
from kg.linking.claims import words as words_of
from kg.linking.claims.metric import metric_id
from kg.linking.claims.numbers import quantities
from kg.linking.linker import Linker, link
from kg.linking.text import Spot, View
from kg.model import Claim

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
METRICS = {
    "mape": ("metric/mean-absolute-percentage-error", "lower"),
    "latency": ("metric/latency", "lower"),
    "inference latency": ("metric/latency", "lower"),
    "throughput": ("metric/throughput", "higher"),
    "accuracy": ("metric/accuracy", "higher"),
    "top-1 accuracy": ("metric/top-1-accuracy", "higher"),
    "energy": ("metric/energy", "lower"),
    "speedup": ("metric/speedup", "higher"),
    "slowdown": ("metric/overhead", "lower"),
    "area": ("metric/area", "lower"),
    "precision": ("metric/precision", "higher"),
    "success": ("metric/success-rate", "higher"),
    "map": ("metric/mean-average-precision", "higher"),
    "recall@k": ("metric/recall", "higher"),
    "false positive rate": ("metric/false-positive-rate", "lower"),
}
OWN = "We present Foo, a runtime for bar. "


def claims(text: str, spots: tuple[Spot, ...] = (), **options: str) -> list[Claim]:
    return list(find(View(text), "arxiv:1", "abstract", spots, metrics=METRICS, **options))


def one(text: str) -> Claim:
    found = claims(OWN + text)
    assert len(found) == 1, found
    return found[0]


def values(text: str) -> list[tuple[float | None, str]]:
    return [(c.value if c.value is not None else c.low, c.unit) for c in claims(OWN + text)]


def test_claims_say_what_is_counted_and_what_errors_are_of() -> None:
    assert one("Foo uses only 1,623 logic cells.").metric_text == "logic cells usage"
    assert one("Foo finds 13 previously unknown bugs.").metric_text == "previously unknown bugs"
    assert one("Foo estimates routing congestion with errors of 7%.").metric_text.endswith("congestion with errors")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Foo achieves a 3.8x speedup.", 3.8, "x"),
        ("Foo achieves a $3.8\\times$ speedup.", 3.8, "x"),
        ("Foo runs 10 times faster than bar.", 10, "x"),
        ("Foo gives a 2.5-fold reduction in energy.", 2.5, "x"),
        ("Foo reduces energy by a factor of 4.", 4, "x"),
        ("Foo improves throughput by 12\\%.", 12, "%"),
        ("Foo improves accuracy by 3.2 percentage points.", 3.2, "%"),
        ("Foo doubles the throughput.", 2, "x"),
        ("Foo halves the latency.", 50, "%"),
        ("Foo is an order of magnitude faster.", 10, "x"),
        ("Foo reduces energy by three orders of magnitude.", 3, "orders of magnitude"),
        ("Foo reaches a throughput of 4.5 GB/s.", 4.5, "GB/s"),
        ("Foo has a latency of 250 microseconds.", 250, "us"),
        ("Foo achieves 38 TOPS/W.", 38, "TOPS/W"),
        ("Foo processes more than 3000 frames per second.", 3000, "frames per second"),
        ("Foo uses only 1,623 logic cells.", 1623, "logic cells"),
        ("Foo reaches an accuracy of 0.93.", 0.93, ""),
        ("Foo increases throughput by 1.98* compared with bar.", 1.98, "x"),
        ("Foo finds 13 previously unknown bugs.", 13, "bugs"),
    ],
)
def test_claims_value_and_unit(text: str, value: float, unit: str) -> None:
    claim = one(text)
    assert (claim.value, claim.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("Foo is 2.1x to 9.5x faster.", 2.1, 9.5, "x"),
        ("Foo improves throughput by 2--9$\\times$.", 2, 9, "x"),
        ("Foo reduces latency by 12%-20%.", 12, 20, "%"),
        ("Foo achieves between 2x and 5x speedup.", 2, 5, "x"),
    ],
)
def test_claims_range(text: str, low: float, high: float, unit: str) -> None:
    claim = one(text)
    assert (claim.low, claim.high, claim.value, claim.unit) == (low, high, None, unit)


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        ("Foo improves throughput by up to 3x.", "UpTo"),
        ("Foo improves throughput by as much as 3x.", "UpTo"),
        ("Foo improves throughput by 3x on average.", "Average"),
        ("On average, Foo improves throughput by 3x.", "Average"),
        ("Foo achieves an average speedup of 3x.", "Average"),
        ("Foo achieves a 3x geomean speedup.", "GeometricMean"),
        ("Foo achieves a median speedup of 3x.", "Median"),
        ("Foo improves throughput by more than 3x.", "MoreThan"),
        ("Foo improves throughput by at least 3x.", "AtLeast"),
        ("Foo improves throughput by $\\geq$3x.", "AtLeast"),
        ("Foo adds a latency of less than 3%.", "LessThan"),
        ("Foo improves throughput by about 3x.", "Approximately"),
        ("Foo improves throughput by 3x.", "Exactly"),
        ("Foo saves energy maximally by 47%.", "UpTo"),
        ("The loss of Foo does not exceed 31%.", "LessThan"),
        ("Foo achieves 80.9% mean average precision.", "Exactly"),
    ],
)
def test_claims_comparator(text: str, comparator: str) -> None:
    assert one(text).comparator == comparator


def test_claims_comparator_is_no_comparison_with_another_value() -> None:
    found = claims(OWN + "Foo cuts the overhead to 7%, which is an improvement over the 21% incurred by Bar.")
    assert [(c.value, c.comparator) for c in found] == [(7, "Exactly"), (21, "Exactly")]


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("Foo achieves 39% higher throughput than bar.", "throughput"),
        ("Foo reduces inference latency by 39%.", "inference latency"),
        ("Foo achieves a 5x reduction in energy.", "energy"),
        ("Foo reaches a top-1 accuracy of 81.2% on ImageNet.", "top-1 accuracy"),
        ("Latency is reduced by 5x.", "Latency"),
        ("Foo outperforms bar by 5x.", "outperforms"),
        ("Foo has a mean relative error as low as 5%.", "mean relative error"),
        ("Foo handles 5x larger problems than bar.", "larger problems"),
        ("Foo achieves 5x lower latency than bar.", "latency"),
        ("Foo has 5% error on predicted GPU utilization.", "error on predicted GPU utilization"),
        ("Foo improves the throughput of Bar by 5x.", "throughput"),
        ("Foo reduces memory usage, runtime, and bandwidth by 5%.", "memory usage, runtime, and bandwidth"),
        ("Foo yields 5x cost and latency reduction.", "cost and latency reduction"),
        ("Foo yields a 5x speedup and minimal overhead.", "speedup"),
        ("Foo outperforms bar by 5% in terms of throughput.", "throughput"),
        ("Foo achieves lower inference latency (5x).", "inference latency"),
        ("Foo achieves a 5x latency improvement in model serving.", "latency improvement"),
        ("Foo brings memory savings of 5x.", "memory savings"),
        ("Foo achieves a 5x speedup on verifying deadlock freedom.", "speedup on verifying deadlock freedom"),
        ("Foo achieves a 5x speedup on large graphs.", "speedup"),
        ("Foo incurs 5% overhead in offline batch inference.", "overhead"),
        ("Foo shows a 5% (geometric mean) reduction of kernel launches.", "kernel launches"),
        ("Foo yields gains up to 5% over bar in terms of cell throughput.", "cell throughput"),
        ("Foo surpasses bar throughput by up to 5x.", "throughput"),
        ("The memory demand of Foo is down by 5x.", "memory demand"),
        ("Foo is faster than bar, sometimes by more than 50%.", "faster"),
        ("Foo reduces inference latency by factors ranging from 2x to 5x.", "inference latency"),
        ("Foo achieves 81.48% $\\pm$ 0.43% accuracy.", "accuracy"),
        ("Foo achieves 75.1% mAP@0.5 on bar.", "mAP@0.5"),
        ("Foo achieves a Mean Intersection Over Union (mIoU) of 97%.", "Intersection Over Union"),
    ],
)
def test_claims_metric_text(text: str, metric: str) -> None:
    assert one(text).metric_text == metric


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("Foo achieves on average 3x and up to 5x speedup.", ["speedup", "speedup"]),
        ("Foo shows +3% and +5% improvement of top-1 accuracy.", ["top-1 accuracy", "top-1 accuracy"]),
        ("Foo shows gains in response time of 3%, 4% and 5% over bar.", ["response time"] * 3),
        ("Foo gives a 7% mean (28% max) token time speedup.", ["token time speedup"] * 2),
        ("Foo reaches accuracy within 3% of bar while updating 5% of parameters.", ["accuracy", "parameters"]),
        ("Foo achieves 93% precision and recall of 82%.", ["precision", "recall"]),
        ("Foo achieves 94% accuracy, 91% recall, and an F1-score of 92%.", ["accuracy", "recall", "F1-score"]),
        ("Foo achieves an F1-score of 99%, outperforming bar by 5%.", ["F1-score", "F1-score"]),
        ("Foo outperforms bar by 2x, and baz libraries by 5x.", ["outperforms", "outperforms"]),
        (
            "Foo improves training throughput by 20x, with peak speedups reaching 66x.",
            ["training throughput", "peak speedups"],
        ),
        (
            "Foo delivers 4.83 TOPS/mm2 compute density and 11 TOPS/W energy efficiency.",
            ["compute density", "energy efficiency"],
        ),
    ],
)
def test_claims_metric_text_of_lists(text: str, metrics: list[str]) -> None:
    assert [claim.metric_text for claim in claims(text)] == metrics


def test_claims_each_thing_beaten_is_a_baseline_of_its_own() -> None:
    found = claims("Foo outperforms bar and qux by 2x and 3x, and baz by 5x.")
    assert found[-1].baseline_text == "baz"
    assert not any("baz" in c.baseline_text for c in found[:2])


@pytest.mark.parametrize(("unit", "symbol"), [("fps", "FPS"), ("GFlops", "GFLOPS"), ("FPS", "FPS")])
def test_claims_units_have_one_symbol(unit: str, symbol: str) -> None:
    assert one(f"Foo achieves 12 {unit}.").unit == symbol


def test_claims_know_when_their_metric_is_a_verb() -> None:
    assert one("Foo outperforms bar by 5x.").beats
    assert not one("Foo is 5x faster than bar.").beats


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("Foo cuts collective communication 5x.", "collective communication"),
        ("Foo has improved 12% over bar.", "improved"),
        ("We outperform Bar: 5x on softmax.", "outperform"),
        ("Foo reduces RAM usage by 97% to just 59 KB.", "RAM usage"),
        ("Foo achieves tamper detection within 17 ms.", "tamper detection"),
        ("Foo needs 63 us per token.", "time per token"),
        ("Foo generates system energy models of 95% accuracy.", "accuracy"),
        ("RV64 requires 36.6% and 17.7% more cycles than bar.", "cycles"),
        ("Foo attains an R2 of 0.91 (MAPE 12%) on GNNs.", "MAPE"),
    ],
)
def test_claims_say_something_where_no_reading_does(text: str, metric: str) -> None:
    assert claims(OWN + text)[-1].metric_text == metric


def test_claims_metric_without_its_name() -> None:
    metrics = {**METRICS, "performance": ("metric/performance", "higher")}
    (found,) = find(View("Foo outperforms bar by 5x."), "arxiv:1", "abstract", (), metrics=metrics)
    assert (found.metric, found.direction, found.improvement_factor) == ("metric/performance", "Increase", 5)


@pytest.mark.parametrize(
    ("text", "baseline"),
    [
        ("Foo is 5x faster than Bar on GPUs.", "Bar"),
        ("Foo achieves a 5x speedup over the Bar compiler.", "Bar compiler"),
        ("Compared to Bar, Foo reduces latency by 5x.", "Bar"),
        ("Foo outperforms Bar by 5x.", "Bar"),
        ("Our runtime starts in 10 ms (versus 6 s for Bar).", "Bar"),
        ("Foo reaches 82% intersection over union.", ""),
        ("Utility more than triples, and accuracy rises by 5%.", ""),
        ("Foo beats Bar by 4--6 pp. Finally, plans are shorter than those of Baz.", "Bar"),
    ],
)
def test_claims_baseline_text(text: str, baseline: str) -> None:
    assert one(text).baseline_text == baseline


def test_claims_deal_out_a_list_after_respectively() -> None:
    found = claims(
        OWN
        + "Foo improves throughput on the Intel CPU, ARM CPU, and NVIDIA GPU by up to 3.8x, 2.6x and 1.7x, respectively."
    )
    assert [(c.value, c.condition_text) for c in found] == [(3.8, "Intel CPU"), (2.6, "ARM CPU"), (1.7, "NVIDIA GPU")]
    assert {c.comparator for c in found} == {"UpTo"}
    assert {c.metric for c in found} == {"metric/throughput"}


def test_claims_deal_out_metrics_and_slashes() -> None:
    by_metric = claims(OWN + "Foo reduces latency and energy by 3x and 2x, respectively.")
    assert [(c.value, c.metric_text) for c in by_metric] == [(3, "latency"), (2, "energy")]
    slashed = claims(OWN + "Foo achieves 1.9x/2.1x speedup at 128/1K-token contexts.")
    assert [(c.value, c.condition_text) for c in slashed] == [(1.9, "128-token contexts"), (2.1, "1K-token contexts")]


def test_claims_give_each_number_its_bracket() -> None:
    text = OWN + "Foo improves the energy by 18% (ResNet) and 40% (DQN) over Bar."
    names = tuple(Spot(m.start(), m.end(), f"technique/{m[0].lower()}") for m in re.finditer("ResNet|DQN", text))
    found = claims(text, names)
    assert [(c.value, c.condition_text, c.baseline_text) for c in found] == [(18, "ResNet", "Bar"), (40, "DQN", "Bar")]


def test_claims_before_and_after_is_the_end() -> None:
    assert values("Foo reduces the error from 11.5% to 6.1%.") == [(6.1, "%")]


@pytest.mark.parametrize(
    "text",
    [
        "Data centers consume 2% of the electricity. " + OWN,
        "Today GPUs are often 30% utilised. " + OWN,
        "Existing systems typically waste 40% of the memory.",
        "We train it with 1% of the labels.",
        "We train a 7B model on 64 GPUs with 80 GB memory.",
        "The interval has 95% confidence.",
        "We use 3x3 convolutions and 18 layers.",
        "It runs on 4x A100 GPUs.",
        "Foo builds on Llama 3.1 and GPT-4.",
        "We use ten-fold cross validation.",
        "We keep the top 5%.",
        "The interval is wide [95% of the runs].",
        "We evaluate 28 models in 2021 at 100 MHz.",
    ],
)
def test_claims_leave_setup_and_motivation(text: str) -> None:
    assert claims(OWN + text if OWN not in text else text) == []


def test_claims_leave_the_numbers_of_others() -> None:
    assert values("Foo reduces performance by only 3%, compared to 50% reduction for Bar.") == [(3, "%")]


def test_claims_link_hardware_dataset_baseline_and_subject() -> None:
    text = OWN + "Foo achieves 2x higher throughput than Bar for ImageNet on the A100."
    names = {"Foo": "system/foo", "Bar": "system/bar", "ImageNet": "dataset/imagenet", "A100": "hardware/a100"}
    spots = tuple(Spot(m.start(), m.end(), names[m[0]]) for m in re.finditer("Foo|Bar|ImageNet|A100", text))
    (claim,) = claims(text, spots, introduced="system/foo")
    assert claim.subject == "system/foo"
    assert claim.baseline == "system/bar"
    assert claim.hardware == ("hardware/a100",)
    assert claim.datasets == ("dataset/imagenet",)


@pytest.mark.parametrize(
    ("text", "direction", "factor"),
    [
        ("Foo achieves 39% higher throughput.", "Increase", 1.39),
        ("Foo reduces latency by 50%.", "Decrease", 2.0),
        ("Foo halves the latency.", "Decrease", 2.0),
        ("Foo reduces latency to 40% of the original.", "Decrease", 2.5),
        ("Foo reduces latency by 4x.", "Decrease", 4.0),
        ("Foo achieves a 3x speedup.", "Increase", 3.0),
        ("Foo increases latency by 4x.", "Increase", None),
        ("Foo improves accuracy by 3%.", "Increase", None),
        ("Foo reduces warmth by 4x.", "Decrease", None),
        ("Foo saves energy at a 0.6% slowdown.", "Decrease", None),
        ("Foo degrades latency by 3%.", "Increase", None),
        ("Foo gives a 16% improvement in area.", "Decrease", None),
        ("Foo gives an improvement of up to 16% in area.", "Decrease", None),
        ("Foo gives gains up to 4x in latency.", "Decrease", 4.0),
        ("Foo gives a 4x improvement in latency.", "Decrease", 4.0),
        ("Foo reaches a speedup factor of 30.", "Increase", 30.0),
        ("Foo raises the false-positive rate 9x.", "Increase", None),
        ("Latency dropped by 30%.", "Decrease", 1.428571),
        ("Foo cuts latency from 114 s to 4 s.", "Decrease", None),
        ("Foo needs only half the memory of Bar.", "Decrease", None),
        ("Foo improves throughput to 934 FPS.", "Increase", None),
        ("Foo reaches 934 FPS.", "", None),
    ],
)
def test_claims_improvement_factor_only_where_certain(text: str, direction: str, factor: float | None) -> None:
    claim = one(text)
    assert (claim.direction, claim.improvement_factor) == (direction, factor)


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("false-positive rate", "metric/false-positive-rate"),
        ("recall@5", "metric/recall"),
        ("mAP@0.5:0.95", "metric/mean-average-precision"),
        ("mAP", "metric/mean-average-precision"),
        ("depth map", ""),
        ("mixed precision", ""),
        ("precision", "metric/precision"),
        ("Time to First Success", ""),
    ],
)
def test_claims_metric_is_that_of_the_words_as_written(text: str, metric: str) -> None:
    assert metric_id(text, METRICS)[0] == metric


@pytest.mark.parametrize(
    ("present", "past"),
    [
        ("drops", "dropped"),
        ("shrinks", "shrank"),
        ("grows", "grew"),
        ("rises", "rose"),
        ("trims", "trimmed"),
        ("loses", "lost"),
    ],
)
def test_claims_verbs_of_change_have_their_past(present: str, past: str) -> None:
    assert words_of.change(past) == words_of.change(present)
    assert {present, past} <= words_of.CHANGE_VERBS


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("Foo uses 62% fewer tokens.", "tokens"),
        ("Foo takes 3.2 times less time.", "time"),
        ("Foo reaches 2x lower tail latency than Bar.", "tail latency"),
        ("Foo increases goodput by a factor of 4 under bursty loads.", "goodput"),
        ("Foo is 2.75 times more likely to finish.", "more likely to finish"),
    ],
)
def test_claims_metric_is_what_is_measured_not_which_way_it_goes(text: str, metric: str) -> None:
    assert one(text).metric_text == metric


def test_claims_lists_of_names_give_each_number_its_own() -> None:
    found = claims(OWN + "Foo achieves 2.1x, 3.4x and 1.2x speedup over TVM, XLA and PyTorch, respectively.")
    assert [c.baseline_text for c in found] == ["TVM", "XLA", "PyTorch"]


def test_claims_a_confidence_interval_is_no_result() -> None:
    assert values("Foo reaches a recall of 0.839 with 95% Wilson CI [0.8, 0.9].") == [(0.839, "")]
    assert values("Foo reaches a recall of 0.839 (95% CI 0.8-0.9).") == [(0.839, "")]
    assert values("Foo needs 40% fewer CI runs.") == [(40, "%")]  # continuous integration


def test_claims_evidence_points_into_the_original() -> None:
    text = "We show that “Foo” – our naïve runtime – is up to $3.8\\times$ faster than Bar. It is free."
    (claim,) = claims(text)
    e = claim.evidence
    assert text[e.start : e.end] == e.exact == "3.8\\times"
    assert text[e.sentence_start : e.sentence_end].endswith("than Bar.")


WORDS = "We Foo achieves reduces improves outperforms latency throughput accuracy by up to of on in for with over than compared and , ( ) . / - respectively mean median geometric peak being remains stable at from faster speedup times again 3x 2.5% 4-5x 1.2 ms an order of magnitude half the twice % × $\\times$ ~ İ 7 95 [ respectively on average".split(
    " "
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join) | st.text(max_size=200))
def test_claims_hold_their_laws_on_any_text(text: str) -> None:
    found = claims(text)
    assert found == claims(text)
    assert [c.evidence.start for c in found] == sorted(c.evidence.start for c in found)
    for c in found:
        e = c.evidence
        assert text[e.start : e.end] == e.exact
        assert e.sentence_start <= e.start < e.end <= e.sentence_end
        assert e.sentence_end - e.sentence_start <= 800
        assert (c.value is None) == (c.low is not None) == (c.high is not None)
        assert 0 < c.confidence <= 1
        assert c.improvement_factor is None or c.improvement_factor > 1


@pytest.mark.parametrize(
    "piece",
    ["1x ", "up to 2x, ", "1/", "10x-", "9", "9,999,", "1.", "of 2x in ", "half ", "an order of ", "(3% ", "and, ", "1^",
     "±1", "[1%", "We find 3x better. ", "Bar is 3x better. ", "in terms of ", "compared to ", "reduces ", "a-", "7 to ", "by 3x and ",
     "latency, ", "5 ms per ", "3x of ( to = ", "mean error 3% and ", "outperforms 3x ", "3% the the "],
)  # fmt: skip
def test_claims_are_quick_on_hostile_text(piece: str) -> None:
    view = View("We reduce time by " + piece * (100_000 // len(piece)))
    start = time.process_time()
    find(view, "arxiv:1", "abstract", ())
    assert time.process_time() - start < 1


@pytest.mark.parametrize("cue", claim_numbers._CUES)
def test_quantities_in_words_pass_the_first_look(cue: str) -> None:
    assert claim_numbers._CUE.starts(f"a{cue}b") == [1]


def test_quantities_do_not_overlap_and_come_in_order() -> None:
    found = quantities(View("2x and 3.5% of 12 ms; an order of magnitude, 4-5 GB/s or twice the 3x3 kernels"))
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert [q.unit for q in found] == ["x", "%", "ms", "x", "GB/s", "x"]


def test_claims_of_the_seeds() -> None:
    gold_file = SHARED / "gold" / "seeds.jsonl"
    if not gold_file.exists():
        pytest.skip("hand-labelled papers are not here")
    gold = [json.loads(line) for line in gold_file.read_text(encoding="utf-8").splitlines()]
    raw = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").iterdir()))
    starts = sorted(raw.index(g["start"]) for g in gold)
    wanted, found = set(), set()
    for g in gold:
        start = raw.index(g["start"])
        text = re.split(r"\narXiv:|\n\n", raw[start : next((s for s in starts if s > start), len(raw))])[0]
        optional = {(str(c["value"]), c.get("unit")) for c in g["claims_may"]}
        wanted |= {
            (g["start"], str(float(c["value"])) if not isinstance(c["value"], str) else c["value"], c["unit"])
            for c in g["claims"]
        }
        for c in claims(text):
            value = str(c.value) if c.value is not None else f"{c.low}-{c.high}"
            if (value.removesuffix(".0"), c.unit) not in optional:
                found.add((g["start"], value, c.unit))
    right = len(wanted & found)
    assert right / len(wanted) >= 0.95, sorted(wanted - found)
    assert right / len(found) >= 0.9, sorted(found - wanted)


def test_claims_a_falling_range_has_its_ends_in_order(linker: Linker) -> None:
    (claim,) = link("We obtain item-level pass rates ranging from 58.58% to 22.23%.", linker=linker).claims
    assert (claim.low, claim.high) == (22.23, 58.58)


@pytest.mark.parametrize("number", ["9" * 309, "9" * 5000, "2-" + "9" * 400, "9," + "999," * 120 + "999"])
def test_claims_a_number_past_all_measure_is_no_result_and_no_end(number: str) -> None:
    assert values(f"Foo is {number}x faster than Bar.") == []
    assert values(f"Foo is {number}x faster than Bar. Foo halves the latency.") == [(50, "%")]
