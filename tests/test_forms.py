"""How a name is written, and what it becomes in other parts of speech."""

from __future__ import annotations

import pytest

from kg.forms import Form, derivations, singular, spellings

SHORT = {"graph neural network": "GNN"}
LONG = {"GNN": "graph neural network"}


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Amdahl's law", "Amdahl law"),
        ("Shor's algorithm", "Shors algorithm"),
        ("Dijkstra algorithm", "Dijkstra's algorithm"),
        ("data centre", "data center"),
        ("multi-agent system", "multiagent systems"),
    ],
)
def test_forms_spellings_hold_the_form_first_and_its_other_spellings(text: str, other: str) -> None:
    found = spellings(Form(text, "any"))
    assert found[0] == text
    assert other.lower() in [f.lower() for f in found]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("shape analysis", "shape analyses"),
        ("graph partitioning", "graph partitioners"),
        ("fault tolerance", "fault tolerant"),
        ("vectorization", "vectorized"),
        ("GNN training", "graph neural network training"),
        ("graph neural network training", "gnn training"),
        ("local SGD", "localsgd"),
    ],
)
def test_forms_derivations_say_the_same_in_another_part_of_speech(text: str, other: str) -> None:
    assert other in list(derivations(Form(text, "any"), SHORT, LONG))


@pytest.mark.parametrize(
    "form", [Form("graph partitioning", "context"), Form("summarization", "any"), Form("Ray", "exact")]
)
def test_forms_derivations_leave_names_that_need_care_alone(form: Form) -> None:
    assert list(derivations(form, SHORT, LONG)) == []


@pytest.mark.parametrize(
    ("words", "singulars"),
    [
        ("graphs caches branches boxes classes queries policies series time-series", "graph cache branch box class query policy series time-series"),
        ("matrices analyses hypotheses databases services devices phases slices", "matrix analysis hypothesis database service device phase slice"),
        ("bias biases viruses lens process processes consensus robotics", "bias bias virus lens process process consensus robotics"),
        ("gpus npus movies", "gpu npu movie"),
        ("gas ties dies bus buses axis hash hashes mutexes", "gas tie die bus bus axis hash hash mutex"),
    ],
)  # fmt: skip
def test_forms_singular(words: str, singulars: str) -> None:
    assert [singular(word) for word in words.split()] == singulars.split()
