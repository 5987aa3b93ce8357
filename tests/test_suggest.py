"""Mining terms: what is found and left out, that kept rows are known, determinism, bounds on memory and time."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import suggest as module
from kg.errors import VocabularyError
from kg.forms import Form
from kg.model import Entity, Paper
from kg.rows import HEADER, Term, read_terms
from kg.suggest import Suggestion, suggest, write
from kg.vocabulary import Vocabulary, load


def term(identifier: str, *forms: str, policy: str = "any") -> Term:
    entity = Entity(id=identifier, label=forms[0])
    return Term(entity, tuple(Form(f, policy) for f in forms))


VOCABULARY = Vocabulary(
    [
        term("technique/attention", "attention"),
        term("technique/transformer", "transformer"),
        term("hardware/gpu", "GPU", policy="exact"),
        term("metric/goodput", "goodput"),
    ]
)


def papers(*abstracts: str) -> list[Paper]:
    return [Paper(id=f"arxiv:2001.{i:05}", abstract=a) for i, a in enumerate(abstracts)]


def found(abstracts: Iterable[str], *, min_papers: int = 2) -> dict[str, Suggestion]:
    return {s.label: s for s in suggest(papers(*abstracts), VOCABULARY, min_papers=min_papers)}


def test_suggest_terms_with_their_short_forms() -> None:
    result = found(
        [
            "Nested Paging Walks (NPWs) cost time.",
            "We shorten nested paging walks (NPW).",
            "Each nested paging walk (NPW) is slow. The NPW waits.",
        ]
    )
    assert set(result) == {"nested paging walk"}
    one = result["nested paging walk"]
    assert (one.aliases, one.papers, one.origin) == (("NPW",), 3, "abbreviation")
    assert one.example == "We shorten nested paging walks (NPW)." and one.paper == "arxiv:2001.00001"


def test_suggest_leaves_out_short_forms_of_many_meanings() -> None:
    result = found(
        ["A grid cell walk (GCW).", "The grid cell walk (GCW).", "A global carbon watch (GCW).", "My GCW.", "A GCW."]
    )
    assert result["grid cell walk"].aliases == ()
    assert "GCW" not in result


def test_suggest_phrases_with_a_technical_head() -> None:
    result = found(
        [
            "We study speculative execution and its traces.",
            "With Speculative execution, stalls vanish.",
            "The novel algorithm uses speculative execution.",
            "A novel algorithm, sparse attention, and a transformer model on goodput.",
            "The transformer models with sparse attention in a novel algorithm.",
        ]
    )
    assert "novel algorithm" not in result and "transformer model" not in result
    one = result["sparse attention"]
    assert (one.kind, one.broader, one.papers) == ("technique", "technique/attention", 2)


def test_suggest_a_fragment_is_no_term() -> None:
    text = "The field programmable gate memory is fast."
    result = found([text, text, text + " It is a gate memory."])
    assert set(result) == {"field programmable gate memory"}
    wide = found(["A ring cache.", "The ring cache.", "This ring cache.", "A cold ring cache.", "The cold ring cache."])
    assert set(wide) == {"ring cache", "cold ring cache"}
    assert found(["A high performance computing site.", "High performance computing."]) == {}


def test_suggest_names_by_casing_and_position() -> None:
    result = found(
        [
            "Built with qTorrent, a compiler for graphs.",
            "The qTorrent compiler runs on multi-GPU nodes.",
            "Tools such as Zenoh, and multi-GPU servers. Paris is a city.",
            "It runs on top of Zenoh. Paris shines. GHz and NP-hard.",
            "GHz and NP-hard. Russian tools such as Gaussian, and Gaussian, GPU-based.",
        ]
    )
    assert set(result) == {"qTorrent", "Zenoh"}
    assert result["qTorrent"].kind == "system" and result["qTorrent"].origin == "name"


def test_suggest_counts_each_paper_once_and_honours_its_bounds() -> None:
    text = "The ring cache. A ring cache. Ring caches!"
    assert found([text]) == {}
    assert found([text], min_papers=1)["ring cache"].papers == 1
    assert found([text, text])["ring cache"].papers == 2
    assert found([text, text], min_papers=3) == {}
    many = papers(*["A ring cache and a token queue."] * 3)
    both = suggest(many, VOCABULARY, min_papers=2)
    assert [s.label for s in both] == ["ring cache", "token queue"]
    assert suggest(many, VOCABULARY, min_papers=2, limit=1) == both[:1]


def test_suggest_knows_metrics_and_shipped_terms() -> None:
    texts = ["The memory bandwidth of large language models (LLMs) on NVIDIA A100 and PyTorch."] * 5
    labels = {s.label for s in suggest(papers(*texts), load())}
    assert not labels & {"large language model", "PyTorch", "A100"}
    assert "goodput" not in found(["LaTeX goodput (GP)."] * 3)


def test_suggest_rows_that_are_kept_are_known(tmp_path: Path) -> None:
    texts = [
        "Nested paging walks (NPW), a ring cache, qTorrent and sparse attention.",
        "A nested paging walk (NPW), ring caches, qTorrent or sparse attention; the Foo+Bar walk (FBW).",
    ]
    first = suggest(papers(*texts), VOCABULARY, min_papers=2)
    assert len(first) == 4
    files = write(first, tmp_path / "mine.csv", VOCABULARY)
    assert {f.name: n for f, n in files.items()} == {
        "techniques-mine.csv": 2,
        "hardware-mine.csv": 1,
        "systems-mine.csv": 1,
    }
    kept = [t for f in files for t in read_terms(f)]
    assert suggest(papers(*texts), Vocabulary([*VOCABULARY.terms.values(), *kept]), min_papers=2) == []
    assert "technique/attention" in {b for t in kept for b in t.entity.broader}


def test_suggest_files_have_the_vocabularys_form(tmp_path: Path) -> None:
    row = Suggestion("attention", ("AT",), "technique", "", 9, "phrase", "arxiv:1", "", 1.0)
    files = write([row, row._replace(kind="task")], tmp_path / "techniques-new.csv", VOCABULARY)
    assert files == {tmp_path / "techniques-new.csv": 1}  # of two: the task belongs into a file of its own
    with (tmp_path / "techniques-new.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    # The id of a shipped row is not taken: the row would replace it.
    assert rows == [
        dict.fromkeys(HEADER, "") | {"id": "attention-2", "label": "attention", "aliases": "AT", "source": "corpus"}
    ]
    with pytest.raises(VocabularyError, match=r"\.csv"):
        write([row], tmp_path / "rows.txt", VOCABULARY)
    with pytest.raises(VocabularyError, match=r"metrics-new\.csv: no metric is ever suggested"):
        write([], tmp_path / "metrics-new.csv", VOCABULARY)


def test_suggest_writes_over_no_file(tmp_path: Path) -> None:
    """Its name may be that of the user's own vocabulary."""
    mine = tmp_path / "systems-mine.csv"
    mine.write_text("mine")
    row = Suggestion("zorblat", (), "system", "", 9, "name", "arxiv:1", "", 1.0)
    for name in ("systems-mine.csv", "mine.csv"):
        with pytest.raises(VocabularyError, match=r"systems-mine\.csv: is there already"):
            write([row], tmp_path / name, VOCABULARY)
    assert mine.read_text() == "mine"


def test_suggest_takes_no_id_of_former_times(tmp_path: Path) -> None:
    """`load` refuses a row with one, and the user has a file that `kg` wrote and does not read."""
    shipped = load()
    former = next(old for old in sorted(shipped.renamed) if old.startswith("system/"))
    label = former.partition("/")[2]
    row = Suggestion(label, (), "system", "", 9, "name", "arxiv:1", "", 1.0)
    files = write([row], tmp_path / "systems-new.csv", shipped)
    assert f"{former}-2" in load([*files])


def test_suggest_prunes_what_is_rare_and_keeps_what_is_common(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"The ring cache, and the odd{chr(97 + i % 26)}{chr(97 + i // 26)} queue." for i in range(300)]
    exact = found(texts, min_papers=5)
    monkeypatch.setattr(module, "MAX_CANDIDATES", 40)
    miner = module._Miner(5)
    for paper in papers(*texts):
        miner.read(paper)
        assert len(miner.counts) <= 40 and len(miner.seen) <= 40
    assert miner.floor > 0
    assert found(texts, min_papers=5)["ring cache"].papers == exact["ring cache"].papers == 300


def test_suggest_is_deterministic() -> None:
    texts = [f"A ring cache, the token{i % 3} queue (TQ), qTorrent{i % 4} and XYZ." for i in range(12)]
    assert suggest(papers(*texts), VOCABULARY, min_papers=2) == suggest(papers(*texts), VOCABULARY, min_papers=2)


@given(st.lists(st.text(st.sampled_from("aA bB(). cache-9$\\{é"), max_size=60), max_size=6))
@settings(max_examples=80)
def test_suggest_takes_any_text(texts: list[str]) -> None:
    for s in suggest(papers(*texts), VOCABULARY, min_papers=1):
        assert s.papers >= 1 and s.label and s.kind
        assert s.example and len(s.excerpt(80)) <= 82


ODD = 'GLX (Gnu+Lin/X walk) =Eq ~approx ?what a|b queue C++Foo F#-Bar \'Quo "Foo" library, cache; B+tree x\u00adring ΑΒγ ſharp ﬁne'.split()


@given(
    st.lists(st.lists(st.sampled_from([*ODD, "cache.", "such as", "compiler"]), max_size=20).map(" ".join), max_size=5)
)
@settings(max_examples=80)
def test_suggest_rows_are_read_as_they_were_found(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    rows = suggest(papers(*texts), VOCABULARY, min_papers=1)
    files = write(rows, tmp_path_factory.mktemp("rows") / "new.csv", VOCABULARY)
    kept = [term.entity for file in files for term in read_terms(file)]
    found = sorted((s.label, s.aliases, (s.broader,) if s.broader else ()) for s in rows)
    assert sorted((e.label, e.aliases, e.broader) for e in kept) == found


@pytest.mark.parametrize(
    "unit", ["cache ", "a-", "aB", "(aB) ", "A", "A.b", "such as Zenoh, ", "cache-", "9a+", "x" * 50 + " "]
)
def test_suggest_hostile_text_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    suggest(papers(unit * (100_000 // len(unit))), VOCABULARY, min_papers=1)
    assert time.process_time() - started < 3  # a quadratic step would take minutes


def test_suggest_command(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    rows = [{"id": f"2001.0000{i}", "title": "T", "abstract": "We use a zqring cache [x]."} for i in range(1, 4)]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    command = [sys.executable, "-m", "kg", "vocab", "suggest", str(path), "--min-papers", "3"]
    answer = subprocess.run([*command, "-o", str(tmp_path / "new.csv")], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert "zqring cache" in answer.stdout and "[x]" in answer.stdout
    (written,) = tmp_path.glob("*-new.csv")
    assert f"written: {written} (1 of the 1 rows shown)" in answer.stdout
    assert [t.entity.label for t in read_terms(written)] == ["zqring cache"]
    path.write_text(path.read_text() + "{oops\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\0")
    command[5:6] = [str(path), str(tmp_path / "picture.png")]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 3 and "in.jsonl:4" in answer.stderr
    assert "zqring cache" in answer.stdout and "picture.png: binary data" in answer.stderr
    again = subprocess.run([*command, "--vocabulary", str(written)], capture_output=True, text=True)
    assert again.returncode == 3 and "zqring" not in again.stdout, "what was suggested is known once its rows are read"
    wrong = subprocess.run([*command, "--vocabulary", str(path)], capture_output=True, text=True)
    assert wrong.returncode == 1 and "rename" in wrong.stderr
