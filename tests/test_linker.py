"""What one paper's text gives: links, introduced names, roles, and nothing that is not there."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.linking import linker
from kg.linking.component import nlp
from kg.linking.disambiguate import counts_inside
from kg.linking.linker import Linker, default, link
from kg.linking.resolving import Found
from kg.linking.terms import REASON
from kg.linking.text import Spot
from kg.model import Candidate, Extraction, Paper


def entities(extraction: Extraction) -> dict[str, str]:
    """Entity id -> role, the first mention's."""
    return {k.entity: k.role for k in reversed(extraction.links) if k.entity}


def extract(linker: Linker, abstract: str, title: str = "", **fields: object) -> Extraction:
    return linker.extract(Paper(id="arxiv:2001.00001", title=title, abstract=abstract, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("abstract", "title", "name", "kind"),
    [
        ("We present Zqnet, a distributed execution engine for graphs.", "", "Zqnet", "system"),
        ("In this paper, we propose ZEPHO, the first near-memory accelerator for joins.", "", "ZEPHO", "hardware"),
        ("We introduce Zorbench, a benchmark for compilers.", "", "Zorbench", "dataset"),
        ("We propose Quick Merge Attention (QMA), a method for long inputs.", "", "Quick Merge Attention", "technique"),
        ("An algorithm dubbed ZipTree is proposed in this paper.", "", "ZipTree", "technique"),
        ("It sorts quickly. Zorto is used here.", "Zorto: A Scheduler for Clusters", "Zorto", "system"),
        ('We have built a new framework called "Zilbo" for browsers.', "", "Zilbo", "system"),
        ("We present the design of ZATI, an end-to-end prediction serving system.", "", "ZATI", "system"),
        ("To this end, we introduce the batch-zip GEMM kernel and show it.", "", "batch-zip GEMM", "technique"),
        ("We train a policy and call this approach Zarrot. When tested, Zarrot wins.", "", "Zarrot", "technique"),
    ],
)
def test_linker_finds_introduced_names(linker: Linker, abstract: str, title: str, name: str, kind: str) -> None:
    found = extract(linker, abstract, title)
    assert [(d.label, d.kind) for d in found.discoveries] == [(name, kind)]
    assert entities(found)[found.discoveries[0].id] == "introduces"


@pytest.mark.parametrize(
    "abstract",
    [
        "We present a new approach to select events of interest.",
        "We propose the use of Bayesian methods for scheduling.",
        "In this paper, we develop CUDA kernels for sorting.",
        "We introduce GPU-accelerated sorting. We present FPGA-based results.",
        "This paper presents a chip named Inferentia on which others run models.",
        "We apply our estimator to the recently proposed Foo Bar Model (FBM).",
        "We describe Section II and Table III.",
    ],
)
def test_linker_invents_no_name(linker: Linker, abstract: str) -> None:
    assert extract(linker, abstract).discoveries == ()


@pytest.mark.parametrize(
    ("text", "wanted", "present"),
    [
        ("Ray is a distributed framework for Python clusters.", "system/ray", True),
        ("The X-ray flux of the cosmic source is large.", "system/ray", False),
        ("We use ray tracing for images.", "system/ray", False),
        ("Apache Spark jobs run on a cluster.", "system/apache-spark", True),
        ("A spark in the chamber ignites.", "system/apache-spark", False),
    ],
)
def test_linker_tells_names_apart(linker: Linker, text: str, wanted: str, present: bool) -> None:
    assert (wanted in entities(extract(linker, text))) is present


def test_linker_a_new_name_that_collides_is_a_node_of_its_own(linker: Linker) -> None:
    found = extract(linker, "We propose a transferable exploration framework, dubbed Apollo, for accelerator design.")
    assert [d.label for d in found.discoveries] == ["Apollo"]
    assert "--" in found.discoveries[0].id


def test_linker_reads_the_papers_own_abbreviations(linker: Linker) -> None:
    other = extract(linker, "We use great product units (GPU) for knitting. The GPU is warm.")
    assert "hardware/gpu" not in entities(other)


@pytest.mark.parametrize(
    ("sentence", "entity", "role"),
    [
        ("Our system outperforms TensorFlow by 2x.", "system/tensorflow", "comparesWith"),
        ("We compare it with PyTorch, TensorFlow and JAX.", "system/jax", "comparesWith"),
        ("Our prototype is built on top of PyTorch.", "system/pytorch", "extends"),
        ("Our tool is implemented in the Rust programming language.", "system/rust", "uses"),
        ("We evaluate our method on ImageNet.", "dataset/imagenet", "evaluatesOn"),
        ("Unlike MapReduce, our system keeps state.", "system/mapreduce", "mentions"),
        ("Our experiments on NVIDIA A100 GPUs show a gain.", "hardware/nvidia-a100", "evaluatesOn"),
        ("It is 3.8x faster than TensorFlow on Intel CPUs.", "hardware/intel-cpu", "evaluatesOn"),
        ("PyTorch is a popular framework for this.", "system/pytorch", "mentions"),
    ],
)
def test_linker_gives_roles(linker: Linker, sentence: str, entity: str, role: str) -> None:
    text = f"Data grow. Systems are slow and people wait. {sentence}"
    assert entities(extract(linker, text)).get(entity) == role


def test_linker_hardware_behind_the_state_of_the_art_is_where_it_was_measured(linker: Linker) -> None:
    text = "We present Foo, a compiler. Foo improves the performance of DNNs relative to the state of the art on the Intel CPU, "
    found = entities(extract(linker, text + "ARM CPU, and NVIDIA GPU by up to 3.8x, 2.6x, and 1.7x, respectively."))
    assert {found[f"hardware/{name}"] for name in ("intel-cpu", "arm-cpu", "nvidia-gpu")} == {"evaluatesOn"}


@given(st.text(max_size=400))
@settings(max_examples=60)
def test_linker_never_raises_and_every_surface_equals_its_text(text: str) -> None:
    paper = Paper(id="abs:x", title=text[:50], abstract=text)
    found = default().extract(paper)
    for k in found.links:
        assert paper.text(k.mention.field)[k.mention.start : k.mention.end] == k.mention.surface
        assert k.sentence_start <= k.mention.start < k.mention.end <= k.sentence_end
        assert 0 <= k.score <= 1


def test_linker_offsets_are_code_points_behind_other_scripts(linker: Linker) -> None:
    text = "Модель 模型 𝔘𝔫𝔦 é: we use PyTorch on a GPU with $2\\times$ more memory."
    found = extract(linker, text)
    surfaces = {k.entity: text[k.mention.start : k.mention.end] for k in found.links}
    assert surfaces["system/pytorch"] == "PyTorch"
    assert surfaces["hardware/gpu"] == "GPU"


@pytest.mark.parametrize(
    "text", ["", "GPU", "Wir stellen eine neue Methode für Datenbanken vor.", "\x00\x01 \x7f", "$$$\\foo{\\bar{" * 50]
)
def test_linker_takes_odd_texts(linker: Linker, text: str) -> None:
    found = extract(linker, text)
    assert all(text[k.mention.start : k.mention.end] == k.mention.surface for k in found.links)


@pytest.mark.parametrize(
    "piece",
    [
        "We present ",
        "we propose X, a ",
        "called ",
        "outperforms ",
        "up to 3x ",
        "(GPU) ",
        "GPU ",
        "ICML 2020 ",
        "our X ",
        ", ",
        "a" * 50 + " ",
        "3.8x, 2.6x, ",
        "on the ",
        "the Foo compiler ",
        "\\emph{",
    ],
)
def test_linker_hostile_repetition_takes_linear_time(linker: Linker, piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        started = time.process_time()
        linker.extract(Paper(id="abs:x", abstract=text, comments=text[:2000]))
        return time.process_time() - started

    seconds(1000)
    short, long = seconds(10_000), seconds(100_000)
    # Linear with room for garbage collection; quadratic would be a hundredfold.
    assert long < 40 * short + 1, f"{short:.3f} s for 10 kB, {long:.3f} s for 100 kB"
    assert long < 5


def test_linker_text_of_many_names_takes_linear_time(linker: Linker) -> None:
    """Repetition meets few names; a book has thousands, and none may be sought from its first page on."""
    sentences = [
        f"Quibble{i}Kit schedules flux{i} tensors on Zork-{i} boards, see https://x.org/{i}, {i % 7 + 2}x faster."
        for i in range(6000)
    ]

    def seconds(texts: list[str]) -> float:
        started = time.process_time()
        for text in texts:
            linker.extract(Paper(id="abs:x", abstract=text))
        return time.process_time() - started

    pages = [" ".join(sentences[i : i + 100]) for i in range(0, len(sentences), 100)]
    seconds(pages[:10])
    apart, whole = seconds(pages), seconds([" ".join(sentences)])
    assert whole < apart + 0.5, f"{apart:.2f} s for pages, {whole:.2f} s for the book of them"


def test_linker_spacy_components_give_the_same_links(linker: Linker) -> None:
    text = "We present Zqnet, a compiler built on LLVM. It is up to 3.8x faster than TVM on NVIDIA A100 GPUs."
    doc = nlp()(text)
    core = link(text)
    assert doc._.kg == linker.extract(Paper(id="abs:text", abstract=text))
    spans = {(s.start_char, s.end_char, s.kb_id_) for s in doc.spans["links"]}
    assert spans == {(k.mention.start, k.mention.end, k.entity) for k in core.links if k.entity}
    assert {e.kb_id_ for e in doc.ents} <= {k.entity for k in core.links}
    assert [s.text for s in doc.spans["claims"]] == ["3.8x"]
    assert doc.spans["claims"][0]._.kg_claim.value == 3.8


def test_linker_spacy_claims_need_the_linker() -> None:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("kg_claims")
    with pytest.raises(ValueError, match="kg_linker"):
        pipeline("text")


def test_linker_a_refused_name_keeps_its_candidates(linker: Linker) -> None:
    found = extract(linker, "A manta Ray swims under the boat.")
    (nil,) = [k for k in found.links if k.mention.surface == "Ray"]
    assert nil.entity is None
    assert "system/ray" in [c.entity for c in nil.candidates]
    assert nil.candidates[0].reason.startswith(("veto", "no cue"))


@pytest.mark.parametrize(
    ("plain", "name", "outer", "counts"),
    [
        ("LLM inference", "technique/large-language-model:LLM", "task/llm-inference", True),
        ("compiler pass", "system/compiler:compiler", "technique/compiler-pass", False),
        (
            "large language model inference",
            "technique/large-language-model:large language model",
            "task/llm-inference",
            True,
        ),
        ("edge computing device", "technique/edge-computing:edge computing", "hardware/edge-device", True),
        ("RISC-V CPU", "hardware/risc-v:RISC-V", "hardware/risc-v-processor", True),
        ("Ascend GPU", "hardware/gpu:GPU", "hardware/ascend-gpu", True),
        ("CPU memory", "hardware/cpu:CPU", "hardware/dram", True),
        ("Xeon Phi", "hardware/xeon:Xeon", "hardware/xeon-phi", False),
        ("RISC-V", "hardware/risc:RISC", "hardware/risc-v", False),
    ],
)
def test_linker_names_inside_longer_ones(plain: str, name: str, outer: str, counts: bool) -> None:
    entity, _, alias = name.partition(":")
    start = plain.index(alias)
    spot = Spot(start, start + len(alias), entity)
    reading = Candidate(entity, alias, 0.97, "name")
    assert counts_inside(spot, reading, Spot(0, len(plain), outer), plain) is counts


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6), st.booleans()), max_size=12))
def test_linker_knows_what_stands_in_longer_names(places: list[tuple[int, int, bool]]) -> None:
    items = [
        Found(
            Spot(start, start + size, "system/foo"), (Candidate("system/foo", "foo", 0.9, REASON if new else "name"),)
        )
        for start, size, new in sorted(places, key=lambda p: (p[0], -p[1]))
    ]
    spots = [item.spot for item in items]
    for spot, part in zip(spots, linker._parts(items, "foo bar baz quux bar foo"), strict=True):
        longer = [s for s in spots if s.start <= spot.start and spot.end <= s.end and s[:2] != spot[:2]]
        assert (part != "") == bool(longer)
        at = {"s": [s for s in longer if s.start == spot.start], "e": [s for s in longer if s.end == spot.end]}
        assert part[:1] not in at or at[part[:1]]


@pytest.mark.parametrize(
    ("text", "inner", "reason", "part"),
    [
        ("borg scheduler", (0, 4), "name", "h"),
        ("borg scheduler", (0, 4), REASON, "h?"),
        ("borg cluster traces", (0, 4), "name", "s"),
        ("the borg traces", (4, 8), REASON, "m?"),
        ("google borg", (7, 11), "name", "e"),
    ],
)
def test_linker_tells_a_head_noun_from_a_longer_name(text: str, inner: tuple[int, int], reason: str, part: str) -> None:
    outer = Found(Spot(0, len(text), "system/foo"), (Candidate("system/foo", "foo", 0.9, reason),))
    nested = Found(Spot(*inner, "system/borg"), (Candidate("system/borg", "borg", 0.9, "name"),))
    assert linker._parts([outer, nested], text) == ["", part]
    assert linker._parts([Found(outer.spot, ()), nested], text) == ["", part.removesuffix("?")]


def test_linker_is_less_sure_of_a_part_of_a_name() -> None:
    def sure(text: str) -> float:
        return max(k.score for k in link(text).links if k.entity == "technique/markov-chain")

    assert (
        sure("We model the system as a Markov chain.") > sure("We model the system by Markov chain Monte Carlo.") + 0.1
    )


def test_linker_a_product_with_its_class_behind_is_the_product(linker: Linker) -> None:
    found = {
        k.entity
        for k in linker.extract(
            Paper(id="arxiv:2501.00001", abstract="All nodes have NVIDIA A100 GPUs, or 128 H100s.")
        ).links
    }
    assert {"hardware/nvidia-a100", "hardware/nvidia-h100"} <= found
    assert "hardware/nvidia-a100-gpus" not in found


def test_linker_a_size_of_a_model_is_the_model(linker: Linker) -> None:
    text = "We fine-tune Qwen2.5-14B-Instruct and Llama-600M; SPEC-RL-Zorf is another."
    found = {k.entity for k in linker.extract(Paper(id="arxiv:2501.00001", abstract=text)).links}
    assert {"technique/qwen2-5", "technique/llama"} <= found
    assert not {"technique/qwen2-5-14b-instruct", "technique/llama-600m"} & found


def test_linker_a_macro_of_the_authors_own_is_no_name(linker: Linker) -> None:
    def introduced(name: str) -> list[str]:
        abstract = f"We present {name}, a system for training on GPUs. {name} is fast."
        extraction = linker.extract(Paper(id="arxiv:2501.00001", abstract=abstract))
        return [d.label for d in extraction.discoveries]

    assert introduced("\\sysname") == []
    assert introduced("\\LegoLM") == ["LegoLM"]
    assert introduced("\\textbf{zorflow}") == ["zorflow"]


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("We study low-power networks for sensing.", "hardware/power-grid"),
        ("It needs self-rewriting programs in logic.", "technique/term-rewriting"),
        ("See cs.stanford.edu/TensorFlow and tensorflow.github.io/pytorch for more.", "system/tensorflow"),
    ],
)
def test_linker_leaves_parts_of_words_and_addresses_alone(linker: Linker, text: str, entity: str) -> None:
    assert entity not in {k.entity for k in extract(linker, text).links}


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("We use a Petri net model. The Petri net model is analysed; a Petri net model is checked.", "petri-net-model"),
        ("It is built on a Xilinx Kintex-7 board and tested on the Xilinx Kintex-7 board.", "xilinx-kintex-7-board"),
        ("We run on the Amazon EC2 cloud. The Amazon EC2 cloud is elastic.", "amazon-ec2-cloud"),
    ],
)
def test_linker_a_noun_of_kind_makes_no_other_thing(linker: Linker, text: str, none: str) -> None:
    """A "Petri net model" is a Petri net: no node of its own."""
    found = {(k.entity or "").partition("/")[2] for k in extract(linker, text).links}
    assert found and none not in found


@pytest.mark.parametrize(
    "text", ["The method was shown at SODA'10 and PODC'10.", "Proceedings of ICLP'12. ICLP'12 was held in Rome."]
)
def test_linker_a_meeting_with_its_year_is_no_term(linker: Linker, text: str) -> None:
    assert not [k for k in extract(linker, text).links if k.entity and "'1" in k.mention.surface]


def test_linker_reads_half_a_surrogate(linker: Linker) -> None:
    assert link("\ud800 TensorFlow", linker=linker).links[0].entity == "system/tensorflow"
