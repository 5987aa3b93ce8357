"""What a claim says beside its number: metric, condition, baseline, comparator; and what two claims have in common."""

from __future__ import annotations

import time

import pytest

from kg.linking.claims import find
from kg.linking.claims.merge import distinct
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
        ("Foo delivers more than 2x GPU throughput improvement.", [(2, "GPU throughput improvement")]),
        ("Foo achieves 4x lower latency for reactive tasks.", [(4, "latency for reactive tasks")]),
        ("Foo gives 3x speedup on large graphs.", [(3, "speedup")]),
        ("Foo consumes 3 mW and occupies 2 mm2.", [(3, "power"), (2, "area")]),
        ("Foo delivers 38 TOPS/W.", [(38, "energy efficiency")]),
        ("The cores operate at up to 1.8 GHz.", [(1.8, "frequency")]),
        ("Foo increases equal-risk operating coverage by 1.4x.", [(1.4, "equal-risk operating coverage")]),
        ("Foo can speed up applications by up to 29x.", [(29, "speed up applications")]),
        ("Foo identifies a correct path in 84% of the cases.", [(84, "correct path")]),
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
        (
            "We show, via experiments on the Blue cluster, that Foo reduces latency by 3x.",
            "experiments on the Blue cluster",
        ),
        ("We evaluated Foo on two GPU clusters. The latency falls by 3x.", "two GPU clusters"),
        ("We evaluated Foo on two GPU clusters. It is shown that latency falls by 3x.", "two GPU clusters"),
        ("Foo improves latency by 3x, a clear gain for the whole field.", ""),
        ("Foo improves latency by 3x, paving the way for scalable systems.", ""),
        ("At 2:4 sparsity, Foo lowers latency by 14%.", "2:4 sparsity"),
        ("(3) Foo lowers latency by 26%.", ""),
        ("Foo finds bugs in 64% of the runs.", ""),
    ],
)
def test_claims_condition_text(text: str, condition: str) -> None:
    assert [c.condition_text for c in claims(OWN + text)] == [condition]


def test_claims_condition_is_a_variant_but_never_the_work_itself() -> None:
    text = "We present Foo. Foo yields 3x lower latency. Bar-Small yields 2x lower latency."
    names = (Spot(11, 14, "system/foo"), Spot(16, 19, "system/foo"), Spot(45, 54, "system/bar"))
    found = claims(text, names, introduced="system/foo")
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


Values = list[tuple[float | tuple[float | None, float | None], str, str]]


def read(text: str) -> Values:
    """(value or range, unit, comparator) of every claim."""
    return [(c.value if c.value is not None else (c.low, c.high), c.unit, c.comparator) for c in claims(OWN + text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a maximum in a bracket behind a mean
        (
            "Foo obtains a mean throughput gain of 1.2x (up to 3.4x) over Bar.",
            [(1.2, "x", "Average"), (3.4, "x", "UpTo")],
        ),
        (
            "Foo reduces waste on average by 71.5\\% (up to 100\\%) for both models.",
            [(71.5, "%", "Average"), (100, "%", "UpTo")],
        ),
        (
            "Foo has a compression ratio of 4.9x (range: 1.2-19x).",
            [(4.9, "x", "Exactly"), ((1.2, 19), "x", "Exactly")],
        ),
        ("Foo achieves a speedup of 3.6x, peaking at 8.4x.", [(3.6, "x", "Exactly"), (8.4, "x", "UpTo")]),
        ("Foo is close to the search: within 4% for vectors.", [(4, "%", "LessThan")]),
        # a result said again with its unit
        (
            "Foo gives 2.5 times higher energy efficiency (174 TOPS/W) than Bar.",
            [(2.5, "x", "Exactly"), (174, "TOPS/W", "Exactly")],
        ),
        ("Foo is 70x faster (0.3 ms vs 23 ms) than Bar.", [(70, "x", "Exactly"), (0.3, "ms", "Exactly")]),
        (
            "Foo processes 5.2 tokens per second (~3.9 words per second).",
            [(5.2, "tokens per second", "Exactly"), (3.9, "words per second", "Approximately")],
        ),
        ("Foo cuts latency from 9 ms to 3 ms (3x).", [(3, "ms", "Exactly"), (3, "x", "Exactly")]),
        ("Foo trains 4 times faster on average (up to 13 times).", [(4, "x", "Average"), (13, "x", "UpTo")]),
        ("Foo lowers the error by 1.8 dB (33%).", [(1.8, "dB", "Exactly"), (33, "%", "Exactly")]),
        (
            "Foo gives a 15% energy efficiency gain (745 kWh vs 878 kWh).",
            [(15, "%", "Exactly"), (745, "kWh", "Exactly")],
        ),
        ("Foo reaches a cross-suite mean of 5.25x.", [(5.25, "x", "Average")]),
        # factors without a sign
        ("Foo has a speed-up factor of about 6 times.", [(6, "x", "Approximately")]),
        ("Foo achieves up to 2.9 speedup.", [(2.9, "x", "UpTo")]),
        ("Foo outperforms Bar by a factor of 2-10.", [((2, 10), "x", "Exactly")]),
        ("Foo reaches geometric means of 1.58 over Bar.", [(1.58, "x", "GeometricMean")]),
        ("The table of Foo is smaller than the one of Bar 3-4 times.", [((3, 4), "x", "Exactly")]),
        ("The speedup of Foo can be more than 1,000 times.", [(1000, "x", "MoreThan")]),
        # where a change ends
        (
            "Foo improves correctness from 56% to 82% and speedup from 0.5x to 1.1x.",
            [(82, "%", "Exactly"), (1.1, "x", "Exactly")],
        ),
        ("Foo raises occupancy from 0.31 to 0.52.", [(0.52, "", "Exactly")]),
        ("Foo cuts wasted capacity from 17%-44% to below 1.2%.", [(1.2, "%", "LessThan")]),
        # ranges and units
        ("Foo's accuracy loss remains minimal at 0.1% to 0.3%.", [((0.1, 0.3), "%", "Exactly")]),
        ("The area of Foo increases by only 28Kx to 41Kx.", [((28000, 41000), "x", "Exactly")]),
        ("Foo gives $1.1\\times$~$2.2\\times$ better latency.", [((1.1, 2.2), "x", "Exactly")]),
        ("Foo achieves a frequency of 1200MHz-1400MHz.", [((1200, 1400), "MHz", "Exactly")]),
        ("Foo achieves a PSNR of 38.21,dB.", [(38.21, "dB", "Exactly")]),
        ("Foo has a delay error of 5.27ps.", [(5.27, "ps", "Exactly")]),
        ("Foo improves goodput by up to2.4x.", [(2.4, "x", "UpTo")]),
        ("Foo reaches 20K QPS.", [(20, "K QPS", "Exactly")]),
        ("Foo delivers 125 FP8-GFLOPS.", [(125, "FP8-GFLOPS", "Exactly")]),
        ("Foo improves quality by 5.5 F1 points.", [(5.5, "F1 points", "Exactly")]),
        ("Foo needs an area of 1.3 MGE.", [(1.3, "MGE", "Exactly")]),
        ("Foo adds an overhead of <= 3%.", [(3, "%", "UpTo")]),
        ("Foo identifies 43 confirmed bugs in two solvers.", [(43, "bugs", "Exactly")]),
        ("Chips with Foo achieve 1.38 GHz in 28 nm.", [(1.38, "GHz", "Exactly")]),
        ("Foo is better than Bar as its nodes were on average 20% less busy.", [(20, "%", "Average")]),
        ("Foo has a throughput that improves of 10x over Bar.", [(10, "x", "Exactly")]),
        ("Foo reaches 95% of the average", [(95, "%", "Exactly")]),
        ("Our overhead remains minimal at 3%, and stays there.", [(3, "%", "Exactly")]),
        ("Foo needs only 5 s of compute time.", [(5, "s", "Exactly")]),
        ("Foo reduces memory to 3 GB or less.", [(3, "GB", "UpTo")]),
        ("Foo verifies 63% of the programs.", [(63, "%", "Exactly")]),
        ("The hop delay of Foo averaged 3 ms.", [(3, "ms", "Average")]),
        ("Foo decodes in 2.8 nanoseconds versus 111 nanoseconds for Bar.", [(2.8, "ns", "Exactly")]),
        ("Foo gives 5x higher throughput than today's protocols.", [(5, "x", "Exactly")]),
        ("On the machine where Foo is often run, it gives a 5x speedup over Bar.", [(5, "x", "Exactly")]),
        ("Foo answers queries with up to 937 queries/s.", [(937, "queries/s", "UpTo")]),
        # results in sentences that look like motivation or set-up
        ("Querying with Foo is 8 times faster than using the traditional tool.", [(8, "x", "Exactly")]),
        ("Foo sustains a Packet Delivery Ratio of 0.95 at high load.", [(0.95, "", "Exactly")]),
        ("We use Foo for weight updates achieving 1.3 seconds.", [(1.3, "s", "Exactly")]),
    ],
)
def test_claims_read_a_number_as_it_is_meant(text: str, expected: Values) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Foo handles more load under the SLO attainment of 80%.",
        "Foo is robust with 90% of the clients being malicious.",
        "Foo scales to 100s to 1000s of nodes.",
        "Foo uses the 32 KiB scratch memory.",
        "Foo runs on a single 8$\\times$H100 node.",
        "Foo scans $10^9$ points.",
        "Foo keeps its latency despite the parameter count rising by 40x.",
        "In contrast, the state-of-the-art Bar consumes 54 W.",
        "Our accuracy remains stable at 90% sparsity.",
        "Our results show that throughput remains high at 90% utilization.",
        "We make Llama 3.1 faster than its original.",
        "We show that Foo runs on Python 3.8 faster than before.",
        "We measured the speedup 10 times, and report the mean.",
    ],
)
def test_claims_leave_settings_and_rivals_alone(text: str) -> None:
    assert claims(OWN + text) == []


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("Foo saves 72% of the space.", ["space"]),
        ("Foo reduces 46-93% energy consumption.", ["energy consumption"]),
        ("Foo reduces 2 TB of checkpoints to 1 TB.", ["checkpoints"]),
        ("Foo adds only 8% to the system area.", ["system area"]),
        (
            "Foo gives gains of 16% and 7% in axial and lateral resolution.",
            ["axial resolution", "lateral resolution"],
        ),
        ("Foo achieves 82% accuracy, outperforming Bar by 19%.", ["accuracy", "accuracy"]),
        ("Foo beats Bar in throughput, achieving a 3.6x improvement.", ["throughput"]),
        ("Foo reduces TTFT by 92% and 52%, and TPOT by 21% and 20%.", ["TTFT", "TTFT", "TPOT", "TPOT"]),
        ("The average number of calls used decreases by 72%.", ["average number of calls used"]),
        ("Foo reaches 0.4 TOPS and 492 TOPS/W.", ["throughput", "energy efficiency"]),
        ("The area of Foo grows by 3x, with the power rising by 4x.", ["area", "power"]),
        ("Foo reaches 70% exact match.", ["exact match"]),
        ("Foo reduces, on average, tail latency by 54%.", ["tail latency"]),
        ("Foo cuts latency by 3x, corresponding to 60% and 70% reduction.", ["latency"] * 3),
        (
            "Foo improves the throughput of the attention backward pass by 2x.",
            ["throughput of the attention backward pass"],
        ),
    ],
)
def test_claims_find_what_a_number_measures(text: str, metrics: list[str]) -> None:
    assert [c.metric_text for c in claims(OWN + text)] == metrics


@pytest.mark.parametrize(
    ("text", "comparators"),
    [
        ("Foo reduces average latency by 3x.", ["Average"]),
        ("Foo improves geomean latency by 3x.", ["GeometricMean"]),
        ("Foo gives a 26% reduction in area and a 23% reduction in power, on average.", ["Average", "Average"]),
        ("Foo gives a 3x increase in throughput and a 2x reduction in average delay.", ["Exactly", "Average"]),
        ("Foo has a cost increase of 5% or less.", ["UpTo"]),
        ("Foo loses 1.8% (small) and 1.1% (large) average performance.", ["Average", "Average"]),
        ("Foo achieves 3x speedup, averaged across seven models.", ["Average"]),
        ("Averaged across all circuits, Foo reduces area by 9%.", ["Average"]),
        ("Foo achieves up to 26x speedup over Ash, 12x speedup over Oak, and up to 7x over Elm.", ["UpTo"] * 3),
        ("Foo reaches 70% accuracy, requiring one repair on average.", ["Exactly"]),
    ],
)
def test_claims_comparators_reach_as_far_as_they_are_meant(text: str, comparators: list[str]) -> None:
    assert [c.comparator for c in claims(OWN + text)] == comparators


def test_claims_a_baseline_and_a_metric_are_shared_with_the_bracket() -> None:
    first, second = claims(OWN + "Foo obtains a mean throughput gain of 1.2x (up to 3.4x) over Bar.")
    assert (
        (first.metric_text, first.baseline_text)
        == (second.metric_text, second.baseline_text)
        == ("throughput gain", "Bar")
    )


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
    [
        "on A of B ",
        "(x2) ",
        "3x (4x) ",
        "with A, ",
        "of a of ",
        "We ran on a GPU. ",
        "1 ~",
        "×",
        "from 1.1 to 1.2 ",
        "1,dB",
        "2Kx to ",
        "1x~",
        "under a b of ",
        "1.5 speedup ",
        "(up to 2x) ",
        "outperforming A by 3x, ",
        "than 3 times, ",
    ],
)
def test_claim_parts_are_quick_on_hostile_text(piece: str) -> None:
    view = View("We reduce time by " + piece * (100_000 // len(piece)) + ". We reduce time by 3x.")
    start = time.process_time()
    find(view, "arxiv:1", "abstract", ())
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("text", "baselines"),
    [
        ("Foo is 3x faster than a design that polls the bus on Skylake.", ["design that polls the bus on Skylake"]),
        (
            "Foo is 2x faster than approaches that synchronize on every access.",
            ["approaches that synchronize on every access"],
        ),
        ("Foo reduces latency by more than a factor of 2.", [""]),
        ("Foo provides up to 6.2 Gbps of aggregate throughput.", [""]),
        ("Foo is 20% faster then common tools.", ["common tools"]),
        (
            "Foo has 2.5x higher throughput than Bar, and up to 1.4x and 1.3x higher throughput than old systems, respectively.",
            ["Bar", "old systems", "old systems"],
        ),
        ("Foo reaches an accuracy of 98.9%, outperforming static allocation.", ["static allocation"]),
        ("Foo improves throughput from 7 tokens/s to over 160 tokens/s.", ["7 tokens/s"]),
    ],
)
def test_claims_compare_with_all_of_a_baseline_and_with_nothing_else(text: str, baselines: list[str]) -> None:
    assert [c.baseline_text for c in claims(OWN + text)] == baselines


def test_claims_compare_with_the_head_of_a_baseline() -> None:
    text = OWN + "Foo is 3x faster than parallel Blast on Xeon. Foo is 2x faster than Cache-aware routing."
    spots = (
        at(text, "parallel", "task/parallelization"),
        at(text, "Blast", "system/blast"),
        at(text, "Xeon", "hardware/xeon"),
    )
    found = claims(text, (*spots, at(text, "Cache", "hardware/cache")))
    assert [c.baseline for c in found] == ["system/blast", ""]


def at(text: str, name: str, entity: str) -> Spot:
    start = text.index(name)
    return Spot(start, start + len(name), entity)


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("Foo improves power efficiency up to 5.33x.", "power efficiency"),
        ("Foo saves total energy maximally by 47%.", "total energy"),
        ("Foo has an overhead of roughly 2-8%.", "overhead"),
    ],
)
def test_claims_metric_ends_with_what_is_measured(text: str, metric: str) -> None:
    assert [c.metric_text for c in claims(OWN + text)] == [metric]


def test_claims_baseline_is_a_thing_that_has_results() -> None:
    text = "We present Foo. Foo cuts latency by 3x over BarSched scheduling systems and by 4x over random placement."
    spots = (
        at(text, "BarSched", "system/barsched"),
        at(text, "scheduling", "task/scheduling"),
        at(text, "random placement", "task/random-placement"),
    )
    assert [c.baseline for c in claims(text, spots)] == ["system/barsched", "task/random-placement"]
    text = "We present Foo. Foo gains 3% accuracy over the BarNet dataset."
    found = claims(text, (at(text, "BarNet", "dataset/barnet"),))
    assert [(c.baseline, c.baseline_text) for c in found] == [("", "")]


def test_claims_subject_is_the_work_itself_where_its_name_stands_before_a_noun() -> None:
    text = "We present Foo. The Foo workflow yields 3x higher throughput."
    spots = (Spot(11, 14, "system/foo"), Spot(20, 23, "system/foo"), at(text, "workflow", "technique/workflow"))
    assert [c.subject for c in claims(text, spots, introduced="system/foo")] == ["system/foo"]


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Foo yields a 10.7% cost saving.", "Decrease"),
        ("Foo provides energy-saving of 6.1x.", "Decrease"),
        ("Foo gives energy cost savings up to 32%.", "Decrease"),
        ("Foo outperforms Bar by up to 12x in latency.", "Decrease"),
        ("Foo outperforms Bar by up to 12x in throughput.", "Increase"),
    ],
)
def test_claims_direction_is_that_of_what_is_measured(text: str, direction: str) -> None:
    assert [c.direction for c in claims(OWN + text)] == [direction]


def test_claims_metric_stands_before_per() -> None:
    (claim,) = claims(OWN + "Foo improves throughput per unit latency by 3x.")
    assert claim.metric == "metric/throughput"


def test_claims_places_right_behind_numbers_are_dealt_to_them() -> None:
    found = claims(
        OWN + "Foo achieves 0.6 Gbps for a single instance and slightly more than 28 Gbps for 48 large instances."
    )
    assert [c.condition_text for c in found] == ["single instance", "48 large instances"]
