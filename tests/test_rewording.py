"""Names that are spelled with other words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.forms import singular
from kg.linking.linker import Linker
from kg.linking.rewording import Rewording
from kg.linking.text import Spot, View
from kg.matcher import Matcher, Variant
from kg.model import Paper
from tests.conftest import under_hash_seeds

FORMS = (
    "model compression", "neural network training", "object detection", "data parallelism", "model parallelism",
    "image classification", "image segmentation", "job scheduling", "cloud environment", "edge environment",
    "web search", "graph search", "NVIDIA GPU", "AMD GPU", "GPU", "GPUs", "code generation", "knowledge graph", "performance prediction",
)  # fmt: skip


def _variant(form: str) -> Variant:
    slug = form.lower().replace(" ", "-")
    return Variant(form.lower(), 0, "", f"{'hardware' if 'GPU' in form else 'task'}/{slug}", "any", form)


MATCHER = Matcher(_variant(f) for f in FORMS)
REWORDING = Rewording(MATCHER)


def find(text: str) -> set[tuple[str, str]]:
    """(surface, form) of every name that `text` spells with other words."""
    view = View(text)
    spots: list[Spot] = []
    for hit in MATCHER.scan(view.plain, view.lower):
        if not spots or hit.start >= spots[-1].end:
            spots.append(Spot(hit.start, hit.end, hit.variant.entity))
    return {(view.plain[r.start : r.end], r.variant.form) for r in REWORDING.find(view, spots)}


@pytest.mark.parametrize(
    ("text", "surface", "form"),
    [
        ("We study the compression of large models.", "compression of large models", "model compression"),
        (
            "It is used to train a neural network with little memory.",
            "train a neural network",
            "neural network training",
        ),
        ("Training deep neural networks is slow.", "Training deep neural networks", "neural network training"),
        ("a method for detecting objects in video", "detecting objects", "object detection"),
        ("It generates code for both.", "generates code", "code generation"),
        ("methods for data and model parallelism", "data and model parallelism", "data parallelism"),
        ("the data/model parallelism of today", "data/model parallelism", "data parallelism"),
        (
            "image classification and segmentation on GPUs",
            "image classification and segmentation",
            "image segmentation",
        ),
        ("It runs on GPUs from NVIDIA and Foo.", "NVIDIA", "NVIDIA GPU"),
    ],
)
def test_rewording_finds_the_name(text: str, surface: str, form: str) -> None:
    assert (surface, form) in find(text)


@pytest.mark.parametrize(
    "text",
    [
        "We train the model.",  # an object that says nothing
        "The knowledge graph and web search are used.",  # "graph" ends another name
        "a training neural network",  # an adjective
        "the detection of object detection failures",  # the phrase goes on
        "We build a cloud, and edge environments follow.",  # a new clause
        "the performance of predictions",
        "NVIDIA was founded in 1993.",  # no device in the sentence
    ],
)
def test_rewording_leaves_other_phrases_alone(text: str) -> None:
    assert not {form for _, form in find(text)} - {"GPU", "GPUs"}


@pytest.mark.parametrize(
    ("plural", "one"),
    [("queries", "query"), ("boxes", "box"), ("networks", "network"), ("analysis", "analysis"), ("gpus", "gpu")],
)
def test_rewording_singular_of_a_noun(plural: str, one: str) -> None:
    assert singular(plural) == one


_WORDS = st.lists(
    st.sampled_from("training of train neural networks and or / , . the image data model parallelism".split())
)


@given(_WORDS.map(" ".join))
def test_rewording_spans_lie_in_the_text(text: str) -> None:
    assert all(surface for surface, _ in find(text))


@pytest.mark.parametrize(
    "unit", ["training neural networks ", "train ", "data, ", "a/", "data and model parallelism ", "NVIDIA, GPU, "]
)
def test_rewording_takes_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    find(text)
    assert time.process_time() - start < 2.0


def test_rewording_links_carry_their_reason_and_quote(linker: Linker) -> None:
    text = "Our system combines tensor and pipeline parallelism for the training of large neural networks."
    found = {k.mention.surface: k for k in linker.extract(Paper(id="x", abstract=text)).links if k.entity}
    link = found["tensor and pipeline parallelism"]
    assert link.entity == "technique/tensor-parallelism"
    assert link.candidates[0].reason == "in other words"
    assert text[link.mention.start : link.mention.end] == link.mention.surface


def test_rewording_does_not_depend_on_the_hash_seed() -> None:
    text = (
        "We compress the model and train it. Compressing models is hard; we compress models while training a neural "
        "network. We generate code; generating code is slow."
    )
    code = f"from kg.linking.linker import link; from kg.model import pack; import sys; sys.stdout.buffer.write(pack(link({text!r})))"
    assert len(under_hash_seeds(code, "0", "1", "2")) == 1
