"""The store of a graph folder: whatever was done to it, it is what a clean build of the same papers would be."""

from __future__ import annotations

import json
import os
import shutil
from array import array
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import index, lock, spool, store
from kg.build import add, build, refresh, remove, update
from kg.errors import StoreError
from kg.explore import open_graph
from kg.folder import read_manifest
from kg.knowledge import knowledge_hash
from kg.linking.linker import Linker
from kg.model import Facts, Paper, pack, unpack
from kg.spool import Packed, Spool, cut, edit
from kg.tasks import extract
from kg.work import Work
from tests.test_build import lines, tree

#: Papers that speak of each other: names that one introduces and others use (with and without company), a homonym, and a
#: term that no vocabulary lists, to which some papers give another class than others.
TEXTS = {
    "2001.00001": "We present ZqFlow, a distributed dataflow engine for GPU clusters running PyTorch.",
    "2002.00002": "We train models. Our method outperforms ZqFlow by 2x on GPU clusters running PyTorch.",
    "2003.00003": "The quick brown fox. We study ZqFlow and Mirabel in GPU clusters running PyTorch.",
    "2004.00004": "We present ZqFlow, a river simulation code for hydrology.",
    "2005.00005": "We propose Mirabel, a compiler for deep learning on FPGAs. Mirabel is 3x faster than TVM.",
    "2006.00006": "We compare with QuxZipper, a columnar compressor, on GPUs. QuxZipper is slower than our system by 2x.",
    "2007.00007": "Our kernel outperforms QuxZipper by 3x on GPUs. We evaluate on the QuxZipper dataset.",
    "2008.00008": "We evaluate on QuxZipper dataset and on the QuxZipper dataset of images with GPUs.",
    "2009.00009": "This work introduces QuxZipper, a compression technique for GPU clusters. It is 4x faster than gzip.",
    "2010.00010": r"We use \textsc{ZqFlow} and \emph{QuxZipper} on 8xH100 GPUs with PyTorch.",
    "2011.00011": "Nothing of note happens here, and nobody builds a thing.",
    "2012.00012": "On hills of sand we walk. No system is named; the abstract is about walks.",
}
#: What an update may say instead.
OTHER = {
    "2001.00001": "We present ZqFlow, a distributed dataflow engine for TPU pods.",
    "2005.00005": "We study compilers for deep learning on FPGAs and compare with TVM.",
    "2008.00008": "We compare with QuxZipper, a columnar compressor. It is slower by 2x than QuxZipper.",
    "2011.00011": "We present Nothingale, a compiler for GPUs. Mirabel is slower by 2x.",
}


def record(paper: str, text: str) -> dict[str, Any]:
    return {"id": paper, "title": f"Paper {paper[-2:]}", "abstract": text, "categories": "cs.DC"}


def source(folder: Path, papers: dict[str, str]) -> Path:
    return lines(folder / "in.jsonl", *(record(*item) for item in papers.items()))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of three papers or so, twelve at most."""
    ends = store.ends_batch
    monkeypatch.setattr(store, "ends_batch", lambda paper, held, size=3: ends(paper, held, size))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sets(st.sampled_from(sorted(TEXTS)), min_size=1, max_size=3)),
        st.tuples(st.just("remove"), st.sets(st.sampled_from(sorted(TEXTS)), min_size=1, max_size=2)),
        st.tuples(st.just("update"), st.sets(st.sampled_from(sorted(OTHER)), min_size=1, max_size=2)),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sets(st.sampled_from(sorted(TEXTS)), min_size=1, max_size=8), steps=STEPS)
def test_store_after_any_steps_is_that_of_a_clean_build(
    tmp_path_factory: pytest.TempPathFactory, small_batches: None, start: set[str], steps: list[tuple[str, set[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("steps")
    papers = {p: TEXTS[p] for p in sorted(start)}
    quick_build(source(folder, papers), folder / "g")
    for step, some in steps:
        if step == "remove":
            gone = sorted(some & papers.keys())
            if not gone or len(gone) == len(papers):
                continue
            remove(folder / "g", gone, workers=1)
            papers = {p: t for p, t in papers.items() if p not in gone}
        elif step == "add":
            new = {p: TEXTS[p] for p in sorted(some - papers.keys())}
            if new:
                add(folder / "g", [source(folder, new)], workers=1)
                papers |= new
        else:
            new = {p: OTHER[p] for p in sorted(some)}
            update(folder / "g", [source(folder, new)], workers=1)
            papers |= new
    quick_build(source(folder, dict(sorted(papers.items()))), folder / "clean")
    assert stored(folder / "g") == stored(folder / "clean")


def quick_build(inputs: Path, folder: Path) -> None:
    """A build without its exports, which the store does not depend on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Work, "publish", lambda self, manifest: (self.commit(manifest), manifest["counts"])[1])
        build([inputs], folder, workers=1)


def stored(folder: Path) -> dict[str, bytes]:
    """Every file of a store, and what the manifest says of it."""
    manifest = {k: v for k, v in read_manifest(folder).items() if k not in ("stale", "counts")}
    files = {p.name: p.read_bytes() for p in (folder / "store").glob("*-*.parquet")}
    return files | {"manifest": json.dumps(manifest).encode()}


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("1 2 3", lambda g, f: add(g, [source(f, pick("5"))]), "1 2 3 5"),
        ("1 2 3 5", lambda g, f: remove(g, ["2005.00005"]), "1 2 3"),
        ("1 2 3", lambda g, f: remove(g, ["arxiv:2001.00001"]), "2 3"),
        ("2 3", lambda g, f: add(g, [source(f, pick("1"))]), "1 2 3"),
        ("2 3 1", lambda g, f: add(g, [source(f, pick("4"))]), "1 2 3 4"),
        ("6 10", lambda g, f: add(g, [source(f, pick("7 8"))]), "6 7 8 10"),
        ("6 7 8 10", lambda g, f: add(g, [source(f, pick("9"))]), "6 7 8 9 10"),
    ],
)
def test_store_every_file_is_that_of_a_clean_build_once_refreshed(
    tmp_path: Path, before: str, change: Callable[[Path, Path], object], after: str
) -> None:
    build([source(tmp_path, pick(before))], tmp_path / "g", workers=1)
    change(tmp_path / "g", tmp_path)
    assert read_manifest(tmp_path / "g")["stale"]
    assert refresh(tmp_path / "g", workers=1)
    assert not refresh(tmp_path / "g", workers=1)
    build([source(tmp_path, pick(after))], tmp_path / "clean", workers=1)
    assert tree(tmp_path / "g") == tree(tmp_path / "clean")


def pick(numbers: str) -> dict[str, str]:
    return {p: TEXTS[p] for p in (f"20{int(n):02}.{int(n):05}" for n in numbers.split())}


def objects(folder: Path, paper: str) -> set[str]:
    return {e.statement.object for e in open_graph(folder).facts(paper).edges}


def test_store_a_name_reaches_older_papers_and_leaves_them_again(tmp_path: Path) -> None:
    build([source(tmp_path, pick("2 3"))], tmp_path / "g", workers=1)
    assert not any("zqflow--2001" in o for o in objects(tmp_path / "g", "2002.00002"))
    add(tmp_path / "g", [source(tmp_path, pick("1"))])
    refresh(tmp_path / "g", workers=1)
    assert "system/zqflow--2001-00001" in objects(tmp_path / "g", "2002.00002")
    remove(tmp_path / "g", ["2001.00001"])
    refresh(tmp_path / "g", workers=1)
    assert not any("zqflow--2001" in o for o in objects(tmp_path / "g", "2002.00002"))


def test_store_authors_of_an_introducing_paper_reach_the_papers_that_name_it(tmp_path: Path) -> None:
    """Who wrote a paper tells whether another means the same by a name: a change of authors alone may change a link."""

    def file(authors: str) -> Path:
        home = record("2001.00001", "We present QUARTZY, a dataflow engine for GPU clusters running PyTorch.")
        other = record("2401.00001", "We walk on hills of sand. QUARTZY is compared with what we found there.")
        return lines(tmp_path / "in.jsonl", home | {"authors": authors}, other | {"authors": "Ada Quux"})

    found = []
    for authors, before in (("Ada Quux", "Bob Baz"), ("Bob Baz", "Ada Quux")):
        quick_build(file(before), tmp_path / before)
        update(tmp_path / before, [file(authors)], workers=1)
        clean = tmp_path / f"clean {authors}"
        quick_build(file(authors), clean)
        assert stored(tmp_path / before) == stored(clean)
        facts = [unpack(row, Facts) for held in (clean / "store").glob("facts-*") for _, row in store.read_facts(held)]
        found.append({e.statement.object for f in facts if f.paper.id == "arxiv:2401.00001" for e in f.edges})
    assert [any("quartzy" in entity for entity in some) for some in found] == [True, False]


def test_store_stale_exports_answer_nothing(tmp_path: Path) -> None:
    build([source(tmp_path, pick("1 2"))], tmp_path / "g", workers=1)
    before = (tmp_path / "g" / "graph.nt").read_bytes()
    add(tmp_path / "g", [source(tmp_path, pick("5"))])
    assert (tmp_path / "g" / "graph.nt").read_bytes() == before
    graph = open_graph(tmp_path / "g")
    asks = (
        lambda: graph.knowledge,
        lambda: graph.store,
        lambda: graph.query("ASK {}"),
        lambda: graph.large,
        lambda: list(graph.read_text("graph.nt")),
        lambda: index.prepare(tmp_path / "g"),
    )
    for ask in asks:
        with pytest.raises(StoreError, match="kg export"):
            ask()


def test_store_adding_what_is_there_changes_nothing(tmp_path: Path) -> None:
    build([source(tmp_path, pick("1 2"))], tmp_path / "g", workers=1)
    before = tree(tmp_path / "g")
    add(tmp_path / "g", [source(tmp_path, pick("2"))])
    assert tree(tmp_path / "g") == before


def test_store_names_a_paper_that_it_does_not_have(tmp_path: Path) -> None:
    build([source(tmp_path, pick("1 2"))], tmp_path / "g", workers=1)
    before = tree(tmp_path / "g")
    for wrong in ("2002.99999", "doi:10.1/x", "", "9"):
        with pytest.raises(StoreError, match="no paper"):
            remove(tmp_path / "g", ["2001.00001", wrong])
    with pytest.raises(StoreError, match="no paper would be left"):
        remove(tmp_path / "g", ["2001.00001", "2002.00002"])
    with pytest.raises(StoreError, match="no such folder"):
        add(tmp_path / "h", [tmp_path / "in.jsonl"])
    assert tree(tmp_path / "g") == before
    assert not (tmp_path / "h").exists()


# ---- damage, and other versions


def test_store_damaged_files_are_found_made_anew_and_named(tmp_path: Path) -> None:
    inputs = source(tmp_path, pick("1 2 3"))
    build([inputs], tmp_path / "g", workers=1)
    before = tree(tmp_path / "g")
    for kind in ("shard", "facts"):
        (path,) = (tmp_path / "g" / "store").glob(f"{kind}-*.parquet")
        whole = path.read_bytes()
        for damaged in (whole[:-9], b"", whole[:99] + bytes([whole[99] ^ 4]) + whole[100:]):
            path.write_bytes(damaged)
            assert not store.is_whole(path)
            report = build([inputs], tmp_path / "g", workers=1)
            assert any("damaged" in note and path.name in note for note in report.notes)
            assert tree(tmp_path / "g") == before


def test_store_reading_a_damaged_shard_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    build([source(tmp_path, pick("1 2 3"))], tmp_path / "g", workers=1)
    (path,) = (tmp_path / "g" / "store").glob("shard-*.parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StoreError, match="build the folder again"):
        remove(tmp_path / "g", ["2001.00001"])
    with pytest.raises(StoreError, match="build the folder again"):
        add(tmp_path / "g", [source(tmp_path, pick("5"))])


@pytest.mark.parametrize("call", [add, build, refresh])
def test_store_of_other_code_is_made_anew_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[..., Any]
) -> None:
    with monkeypatch.context() as older:
        older.setattr("kg.work.knowledge_hash", lambda files: knowledge_hash(files)[::-1])
        build([source(tmp_path, pick("1 2 3"))], tmp_path / "g", workers=1)
    inputs = source(tmp_path, pick("1 2 3"))
    if call is refresh:
        refresh(tmp_path / "g", force=True, workers=1)
    else:
        report = call([inputs], tmp_path / "g") if call is build else add(tmp_path / "g", [inputs])
        assert any("everything is built anew" in note for note in report.notes)
        refresh(tmp_path / "g", workers=1)
    build([inputs], tmp_path / "clean", workers=1)
    assert tree(tmp_path / "g") == tree(tmp_path / "clean")


def test_store_keeps_the_users_vocabulary(tmp_path: Path) -> None:
    rows = "id,label,aliases,broader,match,cues,definition,url,source\nmirabel,Mirabel,,,exact,,,,\n"
    own = tmp_path / "systems-own.csv"
    own.write_text(rows, encoding="utf-8")
    build([source(tmp_path, pick("1 2"))], tmp_path / "g", vocabulary=[own], workers=1)
    own.unlink()
    add(tmp_path / "g", [source(tmp_path, pick("3"))])
    refresh(tmp_path / "g", workers=1)
    assert "system/mirabel" in objects(tmp_path / "g", "2003.00003")
    own.write_text(rows, encoding="utf-8")
    build([source(tmp_path, pick("1 2 3"))], tmp_path / "clean", vocabulary=[own], workers=1)
    assert tree(tmp_path / "g") == tree(tmp_path / "clean")
    build([source(tmp_path, pick("1 2 3"))], tmp_path / "g", workers=1)
    assert not list((tmp_path / "g" / "store").glob("vocabulary-*"))


# ---- batches


IDS = st.sets(st.integers(0, 400), min_size=1, max_size=60).map(lambda some: [f"arxiv:{n:04}" for n in sorted(some)])


def packed(ids: Iterable[str]) -> list[Packed]:
    return [Packed(i, pack(Paper(id=i, abstract=f"Text of {i}.", sources=("a",)))) for i in ids]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=IDS, gone=IDS, come=IDS)
def test_store_batches_after_an_edit_are_those_of_all_papers(
    tmp_path_factory: pytest.TempPathFactory,
    linker: Linker,
    small_batches: None,
    ids: list[str],
    gone: list[str],
    come: list[str],
) -> None:
    folder = tmp_path_factory.mktemp("edit")
    shards = []
    for batch in cut(packed(ids)):
        rows = [bare_row(paper) for paper in batch.papers]
        shards.append(store.write_shard(folder, store.batch_key(batch.hashes, ""), rows))
    assert sum(s.papers for s in shards) == len(ids)
    assert all(s.papers <= 12 for s in shards)
    changes: dict[str, bytes | None] = dict.fromkeys(set(gone) & set(ids))
    changes |= {p.id: p.data for p in packed(come)}
    left = sorted((set(ids) - set(changes)) | set(come))
    wanted = list(cut(packed(left)))
    edited = list(edit(folder, shards, changes))
    got = [e.papers if isinstance(e, store.Shard) else len(e.ids) for e in edited]
    assert got == [len(c.ids) for c in wanted]
    firsts = [e.first if isinstance(e, store.Shard) else e.ids[0] for e in edited]
    assert firsts == [c.ids[0] for c in wanted]
    assert [c for c in edit(folder, shards, changes, everything=True)] == wanted
    shutil.rmtree(folder)


def bare_row(data: bytes) -> store.Row:
    from kg.model import unpack

    paper = unpack(data, Paper)
    return store.Row(paper.id, store.content_hash(data), "", "", data, b"", b"", b"", b"", b"", "a")


def test_store_rows_come_back(tmp_path: Path, linker: Linker) -> None:
    rows = []
    for name, text in pick("1 6 10 11").items():
        data = pack(Paper(id=f"arxiv:{name}", title="Émile ↦ 𝔘", abstract=text, sources=("a.jsonl", "b\u2028.xml")))
        rows.append(extract(data, store.content_hash(data), linker))
    shard = store.write_shard(tmp_path, "0" * 16, rows)
    assert store.read_shard(tmp_path / shard.file) == rows
    assert shard == store.Shard(shard.file, 4, rows[0].id, rows[-1].id, ("a.jsonl", "b\u2028.xml"))
    assert list(store.read_columns(tmp_path / shard.file, "id", rows=[0, 2])) == [(rows[0].id,), (rows[2].id,)]
    assert store.write_shard(tmp_path, "0" * 16, rows) == shard
    assert [id_ for id_, _ in store.read_whole(tmp_path / shard.file, "id", "paper")] == [row.id for row in rows]
    assert not list(tmp_path.glob(".*"))


HASHES = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 2**31, 2**32 - 1]))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.sets(HASHES, max_size=9), min_size=1, max_size=9),
    keys=st.lists(st.lists(HASHES, max_size=3), min_size=9, max_size=9),
    others=st.sets(HASHES, max_size=4),
)
def test_store_words_know_the_rows_that_have_them(
    tmp_path: Path, words: list[set[int]], keys: list[list[int]], others: set[int]
) -> None:
    some = [
        bare_row(pack(Paper(id="arxiv:1")))._replace(
            tokens=array("I", sorted(w)).tobytes(), keys=array("I", k).tobytes()
        )
        for w, k in zip(words, keys, strict=False)
    ]
    path = tmp_path / store.write_shard(tmp_path, "0" * 16, some).file
    assert store.read_shard(path) == some
    found = store.Words(path)
    for word in set().union(*words, others):
        assert list(found.rows(word)) == [i for i, w in enumerate(words) if word in w]
    assert found.having(others) == {i for i, w in enumerate(words) if others and others <= w}
    assert found.having(sorted(words[-1])[:2]) == {
        i for i, w in enumerate(words) if words[-1] and set(sorted(words[-1])[:2]) <= w
    }
    assert found.introducing(others) == [i for i, k in enumerate(keys[: len(words)]) if others & set(k)]


def test_store_a_damaged_table_of_words_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / store.write_shard(tmp_path, "0" * 16, [bare_row(pack(Paper(id="arxiv:1")))]).file
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(StoreError, match="build the folder again"):
        store.Words(path).rows(1)
    with pytest.raises(StoreError, match="build the folder again"):
        store.Words(path).introducing([1])


# ---- the spool


@settings(max_examples=60)
@given(
    records=st.lists(st.tuples(st.integers(0, 9), st.text("abé", max_size=5), st.sampled_from("xyz")), max_size=40),
    limit=st.sampled_from([0, 200, 10_000]),
)
def test_store_spool_sorts_and_merges_whatever_fits_in_memory(records: list[tuple[int, str, str]], limit: int) -> None:
    papers = [Paper(id=f"arxiv:{n}", abstract=text, sources=(name,)) for n, text, name in records]
    with Spool(limit) as small, Spool() as large:
        for paper in papers:
            small.add(paper)
        for paper in reversed(papers):
            large.add(paper)
        found = list(small.sorted())
        assert found == list(large.sorted())
        assert small.merges.differing() == large.merges.differing()
        assert small.merges.count == large.merges.count == len(papers) - len(found)
    texts = {(p.id, p.abstract) for p in papers if p.abstract}
    assert [s.excerpt for s in small.merges.differing()] == sorted(
        p for p, n in Counter(p for p, _ in texts).items() if n > 1
    )
    assert [p.id for p in found] == sorted({p.id for p in papers})


def test_store_one_path_or_paper_may_be_a_string(tmp_path: Path) -> None:
    """Its characters are no paths of their own."""
    report = build(str(source(tmp_path, pick("1 2"))), tmp_path / "g", workers=1)
    assert report.counts["papers"] == 2
    assert add(tmp_path / "g", str(source(tmp_path, pick("5")))).counts["papers"] == 3
    name = open_store(tmp_path / "g")[0]
    assert remove(tmp_path / "g", name).counts["papers"] == 2


def open_store(folder: Path) -> list[str]:
    """The ids of a folder's papers."""
    refresh(folder)
    return [p.id for p in open_graph(folder).papers]


def test_store_a_damaged_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    build([source(tmp_path, pick("1 2"))], tmp_path / "g", workers=1)
    path = tmp_path / "g" / "graph.nt"
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with pytest.raises(StoreError, match="kg export"):
        open_graph(tmp_path / "g").query("ASK {}")


def test_store_a_lock_is_taken_though_its_folder_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last holder removes the folder that it made and put nothing into."""
    opened, real = [], os.open

    def first_fails(path: Any, *arguments: Any, **options: Any) -> int:
        opened.append(path)
        if len(opened) == 1:
            (tmp_path / "g").rmdir()
            raise FileNotFoundError(path)
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", first_fails)
    with lock.locked(tmp_path / "g"):
        assert (tmp_path / "g" / lock.NAME).is_file()
    assert not (tmp_path / "g").exists()


def test_store_spool_keeps_ids_of_any_length() -> None:
    with spool.Spool(limit=1) as held:
        for name in ("a" * 70_000, "b"):
            held.add(Paper(id=f"abs:{name}", abstract="A text."))
        assert [len(p.id) for p in held.sorted()] == [70_004, 5]


def test_store_a_lock_that_can_never_be_made_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a working folder that was deleted: it is there to be made, and nothing can be put into it."""

    def fails(path: Any, *arguments: Any, **options: Any) -> int:
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "open", fails)
    with pytest.raises(StoreError, match="no lock"), lock.locked(tmp_path / "g"):
        pass
