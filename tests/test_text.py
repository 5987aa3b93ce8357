"""Readable text, its sentences, and the way back to the original."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking.text import MAX_SENTENCE, View, has_markup


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (r"up to $3.8\times$ on", "up to 3.8× on"),
        (r"by 73.9\% with", "by 73.9% with"),
        (r"Machine Learning~(ML)", "Machine Learning (ML)"),
        (r"a (\emph{CNN}) layer", "a (CNN) layer"),
        (r"\(1.98\times\) faster", "1.98× faster"),
        (r"\textbf{Ray} on \texttt{C++}", "Ray on C++"),
        (r"about $\approx$ 5 $\mu$s", "about ≈ 5 µs"),
        ("GPT‑4 – ‘quoted’ “text”", "GPT-4 - 'quoted' \"text\""),
        (r"latency $\le$ 5ms", "latency ≤ 5ms"),
        ("plain text stays", "plain text stays"),
    ],
)
def test_text_latex_reads_like_plain_text(raw: str, plain: str) -> None:
    assert View(raw).plain == plain


def test_text_span_points_into_the_original() -> None:
    view = View(r"on the Intel CPU by up to $3.8\times$, respectively")
    start = view.plain.index("3.8×")
    low, high = view.span(start, start + 4)
    assert view.raw[low:high] == r"3.8\times"


_PIECES = st.lists(st.sampled_from([*"aB3.é×~$\\{}%() \n–’“", "\\times", "\\emph{"]), max_size=60).map("".join)


@given(_PIECES)
def test_text_spans_are_monotone_and_inside(raw: str) -> None:
    view = View(raw)
    last = 0
    for i in range(len(view.plain)):
        low, high = view.span(i, i + 1)
        assert 0 <= low < high <= len(raw)
        assert low >= last or view.raw[low:high] == view.raw[last:high]
        last = low


@given(st.text(max_size=300))
def test_text_sentences_are_ordered_and_disjoint(raw: str) -> None:
    view = View(raw)
    last = 0
    for low, high in view.sentences:
        assert last <= low <= high <= len(view.plain)
        last = high
    assert len(view.lower) == len(view.plain)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We use GPUs, e.g. A100s. It works.", 2),
        ("Smith et al. Show this. Next.", 2),
        ("It is 3.5 times faster. vLLM is used.", 2),
        ("See Fig. 3 for more. The end", 2),
        ("One (two. Three) four.", 2),
        ("The link is NVLink-C2C. ZipInfer uses it, as J. Doe says.", 2),
        ("no stop at all", 1),
    ],
)
def test_text_splits_sentences(text: str, count: int) -> None:
    assert len(View(text).sentences) == count


def test_text_evidence_sentence_is_cut_to_the_limit_and_holds_the_mention() -> None:
    raw = "word " * 1000 + "Ray" + " word" * 1000
    view = View(raw)
    start = raw.index("Ray")
    low, high = view.evidence_sentence(start, start + 3)
    assert high - low <= MAX_SENTENCE
    assert low <= start and start + 3 <= high
    assert not raw[low].isspace()


@pytest.mark.parametrize("piece", ["\\", "$", "{", "\\emph{", "~", ". A", "e.g. ", "((((", "''", "\\\\"])
def test_text_hostile_repetition_takes_linear_time(piece: str) -> None:
    raw = piece * (100_000 // len(piece))
    started = time.process_time()
    view = View(raw)
    assert view.sentences
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (r"presented in \cite{SOPXM09} presents", "presented in presents"),
        (r"by~\citep[p.~3]{a,b}, see \autoref{x}.", "by , see ."),
        (r"the \cite command", "the command"),
        (r"\cite{open", "open"),
    ],
)
def test_text_keys_of_references_are_no_text(raw: str, plain: str) -> None:
    assert View(raw).plain == plain


def test_text_signs_of_mathematics_are_no_words() -> None:
    raw = r"in $\tilde O(n^{\kappa})$ time for $x \in X$ and ${\cal O}(\sqrt{n})$ with \eps-nets"
    assert View(raw).plain == "in O(n^κ) time for x ∈ X and O(√n) with ε-nets"


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (r"a B\"uchi automaton and Schr\"{o}dinger's", "a Büchi automaton and Schrödinger's"),
        (r"Poincar\'e, {\'e}tude, na\"{\i}ve", "Poincaré, étude, naïve"),
        (r"Erd\H{o}s, Fran\c{c}ois, \v{C}ech, M\k{a}dry, Bor\r{u}vka", "Erdős, François, Čech, Mądry, Borůvka"),
        (r"Amdahl\'s law, don\'t", "Amdahl's law, don't"),
        (r"\"hello\" and $\hat{x}$ at \rho", "hello and x at ρ"),
    ],
)
def test_text_letters_with_accents_are_letters(raw: str, plain: str) -> None:
    view = View(raw)
    assert view.plain == plain
    for i, letter in enumerate(plain):
        said = view.raw[slice(*view.span(i, i + 1))]
        assert letter in said if letter.isascii() else said.startswith(("\\", "{\\")), (letter, said)


def test_text_an_accent_belongs_to_the_span_of_its_letter() -> None:
    view = View(r"the B\"uchi automaton")
    start = view.plain.index("Büchi")
    assert view.raw[slice(*view.span(start, start + 5))] == r"B\"uchi"
    start = view.plain.index("ü")
    assert view.raw[slice(*view.span(start, start + 1))] == r"\"u"


@pytest.mark.parametrize(
    ("raw", "more"),
    [
        (r"B\"uchi", False),
        (r"{\'e}tude", False),
        (r"Erd\H{o}s", False),
        ("plain", False),
        (r"\emph{x}", True),
        ("x^2", True),
    ],
)
def test_text_accents_are_no_markup(raw: str, more: bool) -> None:
    assert has_markup(raw) is more
