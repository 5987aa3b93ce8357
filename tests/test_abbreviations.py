"""Definitions of short forms, after Schwartz & Hearst."""

from __future__ import annotations

import pytest

from kg.linking.abbreviations import find
from kg.linking.text import View
from tests.conftest import cpu_seconds


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("we introduce Sparse Graphical Memory (SGM), a", "SGM", "Sparse Graphical Memory"),
        ("the discrete residual flow network (DRF-Net), a", "DRF-Net", "discrete residual flow network"),
        ("Deep Neural Networks (DNNs) are", "DNNs", "Deep Neural Networks"),
        ("on CPUs (Central Processing Units) are", "CPUs", "Central Processing Units"),
        ("approach, SPiRL (Skill-Prior RL), on", "SPiRL", "Skill-Prior RL"),
        ("a Low-level First-order Language (LFL) for", "LFL", "Low-level First-order Language"),
        ("the key-value (KV) cache", "KV", "key-value"),
        ("using Proximal Policy Optimization (PPO) as", "PPO", "Proximal Policy Optimization"),
        ("across last level caches (LLCs) of", "LLCs", "last level caches"),
        ("by optimism in the face of uncertainty (OFU) with", "OFU", "optimism in the face of uncertainty"),
        ("throughput and time-to-first-token (TTFT) of", "TTFT", "time-to-first-token"),
        (
            "of authentication and authorisation infrastructures (AAIs)",
            "AAIs",
            "authentication and authorisation infrastructures",
        ),
        ("We propose Adam with low-rank projections (Adam-LRP), an", "Adam-LRP", "Adam with low-rank projections"),
        ("a framework, Offline Zipping to Decisions (OZ2D), that", "OZ2D", "Offline Zipping to Decisions"),
        ('called "Train While You Zip" (TWYZ) that', "TWYZ", "Train While You Zip"),
        ("the Zipping is Initialisation (ZII) idiom", "ZII", "Zipping is Initialisation"),
        ("with A Lite Zipper (ALZ) as", "ALZ", "A Lite Zipper"),
        ("next to Zip2O, Prompt-to-Protocol (P2P), that", "P2P", "Prompt-to-Protocol"),
    ],
)
def test_abbreviations_are_found(text: str, short: str, long: str) -> None:
    view = View(text)
    found = [(d.short, view.plain[d.long_start : d.long_end]) for d in find(view.plain, view.sentences)]
    assert found == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "on ImageNet (2012)",
        "faster (up to 3x)",
        "in Section (A) we",
        "results (see Fig. 3)",
        "x (e.g., GPUs)",
        "Zorro keeps rows whole (Zorro-Emb)",
        "as a table (Zorro-T), and as a big memory node (Zorro-Bmn)",
        "such problems can be well formalized as Markov Decision Processes (POMPD)",
        "with a language, called Dynamic Zorro (ALDZ), in",
        "tests performed on Arabic, Urdu and Danish (PAUD) texts",
    ],
)
def test_abbreviations_other_parentheses_define_nothing(text: str) -> None:
    view = View(text)
    assert find(view.plain, view.sentences) == []


@pytest.mark.parametrize("piece", ["(", "A (", "(A", "aA(AA) ", "()", "(aB) ", "a b(aB) ", "A-(A-b "])
def test_abbreviations_hostile_repetition_takes_linear_time(piece: str) -> None:
    view = View(piece * (100_000 // len(piece)))
    assert cpu_seconds(lambda: find(view.plain, view.sentences)) < 1
