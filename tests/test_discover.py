"""Names that a paper introduces: which cues count, what is no name, classes, variants, and time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.linking import abbreviations
from kg.linking.candidate_place import mentions
from kg.linking.candidates import Knowledge, gather
from kg.linking.discover import Finder, Introduction
from kg.linking.linker import default
from kg.linking.text import View
from tests.conftest import cpu_seconds


def find(abstract: str, title: str = "") -> list[Introduction]:
    linker = default()
    view = View(abstract)
    definitions = abbreviations.find(view.plain, view.sentences)
    return Finder(linker.knows, linker.is_certain).find(View(title), view, definitions)


def names(abstract: str, title: str = "") -> list[str]:
    return [item.name for item in find(abstract, title)]


@pytest.mark.parametrize(
    ("abstract", "wanted"),
    [
        ("We present ZipForge, a compiler for joins, and show that ZipForge is fast.", ["ZipForge"]),
        ("We propose two schedulers, ZipFirst and ZipLast, to share devices. ZipFirst wins.", ["ZipFirst", "ZipLast"]),
        ("We validate our approach, ZipNav, on robots and show that ZipNav learns faster.", ["ZipNav"]),
        ("We implemented our ideas in a tool called Zubrin. Zubrin finds bugs.", ["Zubrin"]),
        ("We present the ZipDeck Framework, an extensible toolkit. ZipDeck is open.", ["ZipDeck"]),
        ("In this paper, a Zoned Merge Tree (ZMT) is proposed for disks. ZMT saves seeks.", ["Zoned Merge Tree"]),
        ("We show that ZipRun, our new runtime, hides latency.", ["ZipRun"]),
        ("To share disks, we propose ZQ-SplitZip, a scheduler for joins. ZQ-SplitZip wins.", ["ZQ-SplitZip"]),
        (r"This paper introduces $\texttt{zipyl}$, a parser generator that repairs programs.", ["zipyl"]),
        (
            "We present the design, cost analysis, and evaluation of ZipQuarry, a suite. ZipQuarry is open.",
            ["ZipQuarry"],
        ),
        ("The main contribution of this paper is ZipComm, a protocol for joins.", ["ZipComm"]),
        (
            "We propose a new framework called Quarry-Oriented Zone Splitting to cut tails.",
            ["Quarry-Oriented Zone Splitting"],
        ),
        (
            "We achieve this through a new approach we call zone-targeted quarry splitting, which is fast.",
            ["zone-targeted quarry splitting"],
        ),
        ("In this work, we propose ZipCoder-32B-Thinking, trained on long traces.", ["ZipCoder-32B-Thinking"]),
        ("This paper presents zqplane, a kernel module that stages buffers. With zqplane, copies end.", ["zqplane"]),
        ("We present mz-set-audit, an extensible toolkit designed for joins.", ["mz-set-audit"]),
        ("We implemented this technique in a tool called ZoofTra.", ["ZoofTra"]),
        ("To share disks, we propose FAST-ZQD, a fast framework for joins. FAST-ZQD wins.", ["FAST-ZQD"]),
        ("We introduce quarry-state capsules, a checkpoint mechanism for joins.", ["quarry-state capsules"]),
        ("We propose the Neural Quarry Filter, a new structure for joins.", ["Neural Quarry Filter"]),
        ("We propose Zip-Sense framework, an event-driven defense for joins. Zip-Sense is open.", ["Zip-Sense"]),
        (
            "We present ZipRun, which hides tails. It has a novel outlier detection engine, Zorizu, that finds elements quickly.",
            ["ZipRun", "Zorizu"],
        ),
        (
            "We propose ZipInfer. It integrates three components: ZipPlace for load-aware scheduling, ZipAttn for sparse "
            "attention, and ZipProxy for disaggregation.",
            ["ZipInfer", "ZipPlace", "ZipAttn", "ZipProxy"],
        ),
        ('We propose "Joins in Tiles (JiT)", an automated framework that maps joins to disks.', ["Joins in Tiles"]),
        ("In this paper, a generic model, Zonal Fog (ZF), is presented. ZF is fast.", ["Zonal Fog"]),
        (
            "We propose a metric derived from traces: Static Zone Trace Divergence (SZTD), which counts zones.",
            ["Static Zone Trace Divergence"],
        ),
        (
            "We extend it to a method designated as Federated Zone Updates (FZU), which is simple.",
            ["Federated Zone Updates"],
        ),
        ("We propose Zone-Aware Minimal Perturbation, a new method to cut noise.", ["Zone-Aware Minimal Perturbation"]),
        (
            "We propose a novel method, Retrieval and Reasoning for Joins (R2J), which is fast.",
            ["Retrieval and Reasoning for Joins"],
        ),
        ("We present Zonal and Fast Join Networks (Z2FJN), a framework for joins.", ["Zonal and Fast Join Networks"]),
        ("To detect joins, we introduce ZipJam-a self-adaptive framework. ZipJam is fast.", ["ZipJam"]),
        ("We introduce the ZipJam framework, a new paradigm of joins. The ZipJam framework is fast.", ["ZipJam"]),
        ("We present ZipForge, integrated in https://github.com/x/y2, a new approach.", ["ZipForge"]),
        ('We propose "ZipJam," a framework that sorts joins. ZipJam is fast.', ["ZipJam"]),
        (
            "It has three parts: a new method of collecting human annotations to measure consensus, a new automated metric "
            "(ZIDEr) that captures consensus, and two data sets. We present ZIDEr for joins.",
            ["ZIDEr"],
        ),
        ("We present the first ZipForge compiler, which is fast.", []),
        ("We compare with ZipRival, a columnar compressor. ZipRival is slower than our system by 2x.", []),
    ],
)
def test_discover_finds_names(abstract: str, wanted: list[str]) -> None:
    assert names(abstract) == wanted


def test_discover_a_longer_name_stays_as_another_name() -> None:
    (item,) = find("We present the ZipDeck Framework, an extensible toolkit. ZipDeck is open.")
    assert (item.name, item.aliases) == ("ZipDeck", ("ZipDeck Framework",))


@pytest.mark.parametrize(
    "abstract",
    [
        "We use ZipForge to compile joins. ZipForge is widely used.",
        "We compare with ZipForge, a well-known compiler.",
        "We present an implementation of sorting in TensorFlow.",
        "We propose CUDA kernels for sorting.",
        "Machine learning (ML) is everywhere. We survey it.",
        "We design hardware, a compiler, and a runtime.",
        "We introduce noise, a perturbation of the weights, into training. The noise helps.",
        "We reduce the Zone Merge Rate (ZMR) of disks by 20%.",
        "We present a new structure called generative model, a joint of two networks. The generative model is fast.",
        "",
    ],
)
def test_discover_leaves_others_names_alone(abstract: str) -> None:
    assert names(abstract) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Next, a novel detector of joins is built.",
        "Consequently, a new scheme based on trees is designed.",
        "Firstly, a new framework for joins is proposed.",
        "Finally, Extensive experiments show that joins are fast.",
        'We construct a "good" family of joins.',
        "This study proposes experiments, which show that joins are fast.",
        "The contribution is not a new join planner, a fast one or a specific one.",
        "This paper proposes an AI based join planner.",
    ],
)
def test_discover_ordinary_words_in_naming_places_are_no_names(sentence: str) -> None:
    assert names(f"Joins take time. {sentence} It is fast.") == []


def test_discover_the_kind_of_a_text_is_no_name() -> None:
    assert names("We show how joins are run.", "Demo: Running Joins in the Browser") == []
    assert names("We show how joins are run.", "Work-in-Progress: A Framework for Joins") == []
    assert names("Joins are slow. We make them fast.", "Late Breaking Results: ZipForge: A Compiler for Joins") == [
        "ZipForge"
    ]


def test_discover_reads_a_title_that_says_what_is_new() -> None:
    abstract = "We propose lazy zone splitting, a new technique that cuts tails. Lazy zone splitting is fast."
    assert [item.name.lower() for item in find(abstract, "Lazy Zone Splitting for Shared Disks")] == [
        "lazy zone splitting"
    ]


def test_discover_weighs_a_longer_form_of_the_title_head() -> None:
    linker = default()
    title, abstract = (
        View("Zorgle: A Recipe for Kernels"),
        View("We present a recipe. In one test Zorgle-235B-RL wins."),
    )
    found = gather(title, abstract, [], Knowledge(linker.knows, linker.is_certain))
    assert {"Zorgle", "Zorgle-235B-RL"} <= {candidate.name for candidate in found}
    other = gather(View("A Recipe for Kernels"), abstract, [], Knowledge(linker.knows, linker.is_certain))
    assert "Zorgle-235B-RL" not in {candidate.name for candidate in other}


@pytest.mark.parametrize(
    ("abstract", "name"),
    [
        ("We sort joins. The Quarry Contract defines who owns a zone.", "Quarry Contract"),
        ("We sort joins. Ridge First is a workflow that sorts zones.", "Ridge First"),
        ("We sort joins. Zonal Quarry Projection (ZQP) checks each zone.", "Zonal Quarry Projection"),
        ("It has two parts: 1) Pairwise Zone Donation, a lightweight mechanism, and 2) a cache.", "Pairwise Zone Donation"),
        ("It has two parts: (1) Pairwise Zone Donation, a lightweight mechanism, and (2) a cache.", "Pairwise Zone Donation"),
        ("We built λZipJoin, a benchmark of joins.", "λZipJoin"),
    ],
)  # fmt: skip
def test_discover_weighs_what_may_be_a_name(abstract: str, name: str) -> None:
    linker = default()
    view = View(abstract)
    definitions = abbreviations.find(view.plain, view.sentences)
    found = gather(View(""), view, definitions, Knowledge(linker.knows, linker.is_certain))
    assert name in {candidate.name for candidate in found}


def test_discover_weighs_no_known_name_that_something_is_said_of() -> None:
    linker = default()
    view = View("We sort joins. Field Programmable Gate Arrays offers speed. Apache Spark is a system.")
    found = gather(View(""), view, [], Knowledge(linker.knows, linker.is_certain))
    assert not {c.name for c in found} & {"Field Programmable Gate Arrays", "Apache Spark"}


def test_discover_knows_the_initials_of_a_name() -> None:
    found = find("We propose Zoned Quarry Batching. ZQB preserves state across rounds, and ZQB is fast.")
    assert [(item.name, item.aliases) for item in found] == [("Zoned Quarry Batching", ("ZQB",))]
    found = find("We propose Zone-Aware Minimal Batching. ZAMB preserves state across rounds, and ZAMB is fast.")
    assert [(item.name, item.aliases) for item in found] == [("Zone-Aware Minimal Batching", ("ZAMB",))]


@pytest.mark.parametrize("other", ["Zip-Cortex", "Zip Cortex", "ZipCortexs"])
def test_discover_a_name_written_two_ways_is_one(other: str) -> None:
    text = f"We present ZipCortex, an engine for joins. {other} hides latency, and {other}, our engine, is small. ZipCortex wins."
    (item,) = find(text, f"{other}: An Engine for Joins")
    assert {item.name, *item.aliases} == {"ZipCortex", other}


def test_discover_names_that_differ_in_a_sign_are_two() -> None:
    text = "We present ZipCor, an engine, and ZipCor++, an engine for joins. ZipCor hides latency. ZipCor++ hides more latency."
    assert set(names(text)) == {"ZipCor", "ZipCor++"}
    text = "We present ZOSS, an engine, and ZOS, an engine for joins. ZOSS hides latency. ZOS hides more latency."
    assert set(names(text)) == {"ZOSS", "ZOS"}


def test_discover_names_are_also_written_without_raised_signs() -> None:
    (item,) = find(r"We present Z$^{2}$QC, a scheduler for joins. Z$^{2}$QC wins.")
    assert (item.name, item.aliases) == ("Z^2QC", ("Z2QC",))


@pytest.mark.parametrize("opening", ["Introducing", "Demonstrating", "Inside"])
def test_discover_what_a_title_says_of_a_name_is_no_part_of_it(opening: str) -> None:
    assert names(
        "We describe ZipGenDB, a database for joins. ZipGenDB is fast.", f"{opening} ZipGenDB: A Database"
    ) == ["ZipGenDB"]


def test_discover_reads_the_head_of_a_title() -> None:
    found = find("Joins are slow. Zipora makes them fast.", "Zipora: A Compiler for Joins")
    assert [(item.name, item.kind) for item in found] == [("Zipora", "system")]
    assert found[0].rule == "title-colon"
    assert names("Disks are slow. We test 3ZC.", "3ZC: Lightweight Compression for Joins") == ["3ZC"]


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("a distributed key-value store", "system"),
        ("an FPGA accelerator for joins", "hardware"),
        ("a benchmark of 300 problems", "dataset"),
        ("an algorithm for sorting", "technique"),
    ],
)
def test_discover_reads_the_class_from_the_description(description: str, kind: str) -> None:
    assert [item.kind for item in find(f"We present ZipForge, {description}.")] == [kind]


@pytest.mark.parametrize(
    ("abstract", "name", "aliases"),
    [
        ("Disks are slow. In this work, we show that a new class of structures called quxing barrows can be used to sort disks.",
         "quxing barrows", ()),
        ("We propose the Qux Value Model (QVM), a new model. The Qux Value Model is good.", "Qux Value Model", ("QVM",)),
        ("We present the Delix Framework, a compiler. Delix is fast.", "Delix Framework", ("Delix",)),
        ("Memory is slow. In this paper, an efficient SRAM-based computing-in-memory accelerator (PC2IM) is proposed. PC2IM is fast.", "PC2IM", ()),
        ('We introduce a new construction called a "zipped quarry." It is used in joins.', "zipped quarry", ()),
        ('We present "zarl.", a vehicle for research. With "zarl.", tests are fast.', "zarl.", ()),
    ],
)  # fmt: skip
def test_discover_names_end_where_they_end(abstract: str, name: str, aliases: tuple[str, ...]) -> None:
    assert [(item.name, item.aliases) for item in find(abstract)] == [(name, aliases)]


def test_discover_knows_both_names_of_a_definition() -> None:
    (item,) = find("We propose Quick Zone Merging (QZM), a new method for disks. QZM is fast.")
    assert {item.name, *item.aliases} == {"Quick Zone Merging", "QZM"}


@given(st.text(max_size=300), st.text(max_size=60))
@settings(max_examples=80)
def test_discover_spans_lie_in_their_field(abstract: str, title: str) -> None:
    plain = {"abstract": View(abstract).plain, "title": View(title).plain}
    for item in find(abstract, title):
        assert plain[item.field][item.start : item.end]
        assert 0 < item.score <= 1


@pytest.mark.parametrize(
    "piece",
    [
        "We present Aa, ", "we propose a ", "called ", "a-", "AB-", "(aB) ", "x (AB) ", "with Ab Cd ", "is proposed ",
        ", our ", "A a1 ", "We introduce the a-b kernel ", "First, Ab ", "We present Ab1. ", "We present Ab (AB) and ",
        "Ab Cd, a new ", "the proposed Ab", "two things: Ab (AB), ", "\" we call ", "1a", "and ", "to ",
        "a novel ab, ", "a new a", ", , is proposed", "We present Ab for c, ", "We present a b from c: ", "We present Ab-Cd Ef ",
    ],
)  # fmt: skip
def test_discover_hostile_repetition_takes_linear_time(piece: str) -> None:
    view = View(piece * (100_000 // len(piece)))
    definitions = abbreviations.find(view.plain, view.sentences)
    linker = default()
    finder = Finder(linker.knows, linker.is_certain)
    title = View(piece * (2_000 // len(piece)))
    assert cpu_seconds(lambda: finder.find(title, view, definitions)) < 1


def test_mentions_tell_the_words_beside_each_and_those_of_the_first_apart() -> None:
    view = View("We present ZipForge, a compiler. It is fast. On GPUs, ZipForge wins.")
    first, second = view.plain.find("ZipForge"), view.plain.rfind("ZipForge")
    found = mentions([(first, first + 8), (second, second + 8)], view)
    assert {"ml:present", "ml1:present", "ml2:present we", "mr2:, a", "mb:present ,"} <= found
    assert {"ml:gpus", "ml2:, gpus", "mr1:wins", "mb:, wins"} <= found
    assert {"il1:present", "ir:compiler"} <= found and "ir:wins" not in found
    assert not any("fast" in feature for feature in found), "of another sentence"
    assert mentions([], view) == set()
