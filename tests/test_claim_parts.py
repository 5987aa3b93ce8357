"""What a claim says beside its number: metric, condition, baseline, comparator; and what two claims have in common."""

from __future__ import annotations

import time

import pytest

from kg.linking.claim_merge import distinct
from kg.linking.claims import find
from kg.linking.text import Spot, View
from kg.model import Claim

OWN = "We present Foo, a runtime for bar. "
METRICS = {"latency": ("metric/latency", "lower"), "throughput": ("metric/throughput", "higher")}


def claims(text: str, spots: tuple[Spot, ...] = (), *, field: str = "abstract", introduced: str = "") -> list[Claim]:
    return list(find(View(text), "arxiv:1", field, spots, metrics=METRICS, introduced=introduced))


def told(text: str) -> list[tuple[float | tuple[float | None, float | None], str]]:
    """(value or range, metric text) of every claim."""
    return [(c.value if c.value is not None else (c.low, c.high), c.metric_text) for c in claims(OWN + text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foo reaches 43~57 times speedup.", [((43, 57), "speedup")]),
        ("Foo trains with $\\times 35$ less bits.", [(35, "bits")]),
        ("Foo reduces the error rate (x6.3).", [(6.3, "error rate")]),
        ("Speedups of over 22 times and 63 times are obtained.", [(22, "Speedups"), (63, "Speedups")]),
        ("Foo delivers more than 2x GPU throughput improvement.", [(2, "GPU throughput")]),
        ("Foo consumes 3 mW and occupies 2 mm2.", [(3, "power"), (2, "area")]),
        ("Foo delivers 38 TOPS/W.", [(38, "energy efficiency")]),
        ("The cores operate at up to 1.8 GHz.", [(1.8, "frequency")]),
        ("Foo increases equal-risk operating coverage by 1.4x.", [(1.4, "equal-risk operating coverage")]),
        ("Foo can speed up applications by up to 29x.", [(29, "speed up applications")]),
        ("Foo identifies a correct path in 84% of the cases.", [(84, "identifies a correct path")]),
        ("Foo reaches a mean absolute percentage error of 5.7%.", [(5.7, "mean absolute percentage error")]),
        ("Foo improves the throughput of the backward pass by 3x.", [(3, "throughput of the backward pass")]),
        ("The usage of registers on GPUs is reduced by 50%.", [(50, "usage of registers")]),
        ("Foo gives gains in throughput between 2x and 5x.", [((2, 5), "throughput")]),
        (
            "Foo achieves 5x, 3x and 9x improvements in throughput, energy product (EP), and cost, respectively.",
            [(5, "throughput"), (3, "energy product (EP)"), (9, "cost")],
        ),
        ("Foo achieves 3x (5x) and 2x (4x) speed (area).", [(3, "speed"), (5, "area"), (2, "speed"), (4, "area")]),
        ("Foo raises the correlation from 0.63 to 0.83.", [(0.83, "correlation")]),
    ],
)
def test_claims_say_what_is_measured(text: str, expected: list[tuple[float, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We evaluate 4x A100 nodes.",
        "We reach 90% accuracy within +/-10%, comparable to ConvBar (91%).",
        "Foo beats Bar under a fixed 5% annotation budget.",
        "The kernel is 3×4 and 3 × 4.",
    ],
)
def test_claims_leave_the_set_up_alone(text: str) -> None:
    assert not [c for c in claims(OWN + text) if c.value in (4, 10, 91, 5, 3)]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Foo reduces memory usage of AlexNet by 80%.", "AlexNet"),
        ("The success rate for single-device designs was up to 91%.", "single-device designs"),
        ("We apply Foo to the knapsack problem with up to 12x speedup.", "knapsack problem"),
        ("FPGA implementation shows that Foo reduces latency by 3x.", "FPGA implementation"),
        ("A TinyNet prototype on a small board achieves 8 ms latency.", "TinyNet prototype on a small board"),
        ("Using a trace of three days, Foo reduces latency by 3x.", "trace of three days"),
        ("Implemented in 28-nm CMOS, Foo reduces latency by 3x.", "28-nm CMOS"),
        ("We show, via experiments on the Blue cluster, that Foo reduces latency by 3x.", "Blue cluster"),
        ("We evaluated Foo on two GPU clusters. It is shown that latency falls by 3x.", "two GPU clusters"),
        ("Foo improves latency by 3x, a clear gain for the whole field.", ""),
        ("Foo improves latency by 3x, paving the way for scalable systems.", ""),
    ],
)
def test_claims_condition_text(text: str, condition: str) -> None:
    assert [c.condition_text for c in claims(OWN + text)] == [condition]


def test_claims_condition_is_a_variant_but_never_the_work_itself() -> None:
    text = "We present Foo. Foo yields 3x lower latency. Bar-Small yields 2x lower latency."
    found = claims(text, (Spot(11, 14, "system/foo"), Spot(16, 19, "system/foo")), introduced="system/foo")
    assert [c.condition_text for c in found] == ["", "Bar-Small"]


@pytest.mark.parametrize(
    ("text", "baseline"),
    [
        ("In comparison to Bar, Foo reduces latency by 3x.", "Bar"),
        ("Foo reduces latency by 3x with respect to Bar.", "Bar"),
        ("We compare Foo with Bar, showing 3x lower latency.", "Bar"),
        ("Foo reduces latency by 3x compared to the serial version on a CPU.", "serial version on a CPU"),
        ("Foo reduces latency by 3x compared to a hypothetical, ideal device.", "hypothetical, ideal device"),
        ("Foo reduces latency by 3x over a design that polls all queues.", "design that polls all queues"),
        ("Foo reduces latency by 3x over two rivals.", "two rivals"),
        ("Foo reduces latency by 3x over two years.", ""),
        ("Foo cuts traffic from 125 GB to 3 GB.", "125 GB"),
        ("Foo raises utilization from 40% to 90%.", "40%"),
        ("Foo retains 96% of the accuracy of Bar.", "Bar"),
    ],
)
def test_claims_baseline_text(text: str, baseline: str) -> None:
    assert claims(OWN + text)[-1].baseline_text == baseline


@pytest.mark.parametrize(
    ("text", "comparators"),
    [
        ("Foo gives up to 3x speedup on A and 2x on B.", ["UpTo", "UpTo"]),
        ("Foo gives up to 3x speedup, 40% lower latency, and up to 23% more throughput.", ["UpTo", "Exactly", "UpTo"]),
        ("Foo gives up to 3x speedup while using 2x less memory.", ["UpTo", "Exactly"]),
    ],
)
def test_claims_share_a_comparator_within_a_coordination(text: str, comparators: list[str]) -> None:
    assert [c.comparator for c in claims(OWN + text)] == comparators


def test_distinct_keeps_the_fuller_of_two_that_say_the_same() -> None:
    title = claims("Foo: 3x lower latency", field="title")
    abstract = claims(OWN + "Foo achieves 3x lower latency than Bar on GPUs. Foo also gives 3x higher throughput.")
    kept = distinct([*title, *abstract])
    assert [(c.metric_text, c.evidence.field) for c in kept] == [("latency", "abstract"), ("throughput", "abstract")]
    assert distinct(kept) == kept


def test_distinct_keeps_what_holds_elsewhere() -> None:
    found = claims(OWN + "Foo achieves 3x lower latency on Ash. Foo achieves 3x lower latency on Oak.")
    assert len(distinct(found)) == 2


@pytest.mark.parametrize(
    "piece",
    ["on A of B ", "(x2) ", "3x (4x) ", "with A, ", "of a of ", "We ran on a GPU. ", "1 ~", "×", "from 1.1 to 1.2 "],
)
def test_claim_parts_are_quick_on_hostile_text(piece: str) -> None:
    view = View("We reduce time by " + piece * (100_000 // len(piece)) + ". We reduce time by 3x.")
    start = time.process_time()
    find(view, "arxiv:1", "abstract", ())
    assert time.process_time() - start < 1
