"""Readers: every format gives the same papers, and whatever is left out is told."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.model import Author, Paper
from kg.readers import READERS, Skip, detect, expand, merge, read, read_all, seeds, stream
from kg.readers.base import arxiv_id, author_names, clean, find_urls, iso_date, normal_doi
from tests.conftest import cpu_seconds

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
FIXTURES = Path(__file__).parent / "fixtures" / "readers"
SHARED = ROOT.parent / "shared"
FORMATS = {
    "paper.txt": "seeds",
    "paper.jsonl": "arxiv-jsonl",
    "paper.atom.xml": "arxiv-atom",
    "paper.oai.xml": "arxiv-oai",
    "paper.raw.xml": "arxiv-oai",
}
ABSTRACT = (
    "We present a scheduler that places work on many machines at once. It needs no central state, and it is "
    "twice as fast as the one before it, on every machine that we could find."
)
LAUGHS = '<!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def load(path: Path, format: str | None = None) -> tuple[list[Paper], list[Skip]]:
    skipped: list[Skip] = []
    return list(read(path, format=format, skipped=skipped)), skipped


def put(folder: Path, data: str | bytes, name: str = "input") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def line(**fields: Any) -> str:
    return json.dumps({"id": "2006.06762", "abstract": ABSTRACT} | fields) + "\n"


def feed(*entries: str) -> str:
    return f'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'


def entry(identity: str = "http://arxiv.org/abs/2006.06762v1", summary: str = ABSTRACT) -> str:
    return f"<entry><id>{identity}</id><title>T</title><summary>{summary}</summary></entry>\n"


# ── one paper in every format ────────────────────────────────────────────────────────────────────────────────────────


def test_readers_same_paper_from_every_format() -> None:
    papers = {name: load(FIXTURES / name)[0] for name in FORMATS}
    assert {name: len(found) for name, found in papers.items()} == dict.fromkeys(FORMATS, 1)
    assert {name: found[0].sources for name, found in papers.items()} == {name: (name,) for name in FORMATS}
    plain = {name: msgspec.structs.replace(found[0], sources=()) for name, found in papers.items()}
    expected = plain.pop("paper.jsonl")
    assert expected == Paper(
        id="arxiv:1703.01234",
        title="Quokka: Scheduling Inference",
        abstract="We present Quokka, a scheduler for inference on GPUs & CPUs at Zürich. It is 2.5$\\times$ faster than "
        "Wombat. Code: \\url{https://example.org/quokka\\_v2}. Words that were gluedtogether stay.",
        comments="12 pages, see https://example.org/appendix.",
        journal_ref="Proc. of the Example Conference 2017",
        doi="10.1145/abc.123",
        authors=(Author("Ann B. Example"), Author("Bo Döring Jr.")),
        date="2017-03-04",
        categories=("cs.DC", "cs.LG"),
        urls=("https://example.org/appendix", "https://example.org/quokka_v2"),
    )
    text = plain.pop("paper.txt")  # such files have no title, authors, categories
    assert text == msgspec.structs.replace(expected, title="", authors=(), categories=())
    assert all(paper == expected for paper in plain.values())


@pytest.mark.parametrize(("name", "format"), FORMATS.items())
def test_detect_by_content_and_unpacks(name: str, format: str, tmp_path: Path) -> None:
    data = (FIXTURES / name).read_bytes()
    assert detect(put(tmp_path, data)) == format
    packed = put(tmp_path, gzip.compress(data, mtime=0), name)
    assert detect(packed) == format
    assert load(packed) == load(FIXTURES / name)
    assert detect(put(tmp_path, b"\xef\xbb\xbf" + data)) == format


def test_readers_table_lists_every_format() -> None:
    assert list(READERS) == sorted({*FORMATS.values()})


# ── the seed documents ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def seed_papers() -> list[Paper]:
    return [paper for path in expand([SEEDS]) for paper in load(path)[0]]


def test_seeds_counts(seed_papers: list[Paper]) -> None:
    assert [len(load(path)[0]) for path in expand([SEEDS])] == [6, 6, 10, 10, 10]
    assert len({paper.id for paper in seed_papers}) == 41
    assert [paper.arxiv_id for paper in seed_papers].count("1901.00041") == 2
    assert [s for path in expand([SEEDS]) for s in load(path)[1]] == [
        Skip("001_91ab07d6b9ac3730.txt", 1, "no abstract: too short, no sentence", "No Arabic abstract", True)
    ]
    assert not any(paper.title for paper in seed_papers)


def test_seeds_splits_what_follows_the_id(seed_papers: list[Paper]) -> None:
    papers = {paper.arxiv_id: paper for paper in seed_papers}
    revec, vision = papers["1902.02816"], papers["1810.10901"]
    assert (revec.doi, revec.journal_ref) == ("10.1145/3302516.3307357", "Compiler Construction (CC) 2019")
    assert papers["1901.10008"].abstract.startswith("Current trends in Machine Learning~(ML) inference")
    assert vision.doi == "10.1109/3dv.2018.00056"
    assert vision.journal_ref == (
        "Y. Wang, D. J. Tan, N. Navab and F. Tombari, 2018 International Conference on 3D Vision (3DV), Verona, Italy, "
        "2018, pp. 426-434"
    )
    assert papers["1809.02697"].abstract.startswith("The popularity of Convolutional")
    assert vision.comments == "2018 International Conference on 3D Vision (3DV)"
    assert revec.comments == "The first two authors contributed equally to this work. Published at CC 2019"
    assert papers["2003.06417"].comments == "Video and code at https://mishalaskin.github.io/sgm/"
    assert papers["2012.10518"].abstract.endswith("efficient to evaluate and straightforward to")
    assert papers["1811.01268"].comments == "14 pages"
    assert papers["1811.01268"].date == "2018-11-03"
    assert papers["1712.09381"].urls == ("https://github.com/ray-project/ray/",)
    assert "flexible and appealing way to representuncertainty." in papers["2010.04230"].abstract


def test_seeds_texts_stand_in_the_file(seed_papers: list[Paper]) -> None:
    files = {path.name: path.read_text() for path in expand([SEEDS])}
    for paper in seed_papers:
        assert all(text in files[paper.sources[0]] for text in (paper.abstract, paper.comments, paper.journal_ref))
    covered = sum(len(p.abstract) + len(p.comments) + len(p.journal_ref) for p in seed_papers)
    marks = 35 * len("arXiv:2003.06417") + 10 * len("Created: 2019-11-26") + 3 * len(" - doi: 10.1109/3DV.2018.00056")
    assert sum(map(len, files.values())) - covered < marks + 200  # line feeds and the one skipped line


def test_seeds_glued_files_keep_apart(tmp_path: Path, seed_papers: list[Paper]) -> None:
    glued = put(tmp_path, b"\n".join(path.read_bytes() for path in expand([SEEDS])))
    papers, skipped = load(glued)
    assert [paper.id for paper in papers] == [paper.id for paper in seed_papers]
    assert [paper.abstract for paper in papers] == [paper.abstract for paper in seed_papers]
    assert [s.excerpt for s in skipped] == ["No Arabic abstract"]


@pytest.mark.parametrize(
    ("tail", "doi", "journal", "following"),
    [
        ("", "", "", ""),
        (ABSTRACT, "", "", ABSTRACT),
        ("3D scenes. " + ABSTRACT, "", "", "3D scenes. " + ABSTRACT),
        (" - doi: 10.1145/12.34", "10.1145/12.34", "", ""),
        (" - doi: 10.1145/12.34" + ABSTRACT, "10.1145/12.34", "", ABSTRACT),
        (" - doi: 10.1145/12.34 ICML 2020, PMLR" + ABSTRACT, "10.1145/12.34", "ICML 2020, PMLR", ABSTRACT),
        (" - doi: 10.1145/12.34 Journal of Things" + ABSTRACT, "10.1145/12.34", "Journal of Things", ABSTRACT),
        (" - doi: 10.1145/12.34 NeurIPS 2019 on 3D Art (3DA)" + ABSTRACT, "10.1145/12.34", "NeurIPS 2019 on 3D Art (3DA)", ABSTRACT),
        (" - Phys.Rev. D93 (2015) 016005" + ABSTRACT, "", "Phys.Rev. D93 (2015) 016005", ABSTRACT),
    ],
)  # fmt: skip
def test_seeds_tail_of_the_id(tmp_path: Path, tail: str, doi: str, journal: str, following: str) -> None:
    text = (
        f"First. {ABSTRACT}\narXiv:1901.10008{tail}\narXiv:1901.10009\n"
        if following
        else f"{ABSTRACT}\narXiv:1901.10008{tail}"
    )
    papers, skipped = load(put(tmp_path, text))
    assert (papers[0].id, papers[0].doi, papers[0].journal_ref) == ("arxiv:1901.10008", doi, journal)
    assert [paper.abstract for paper in papers[1:]] == ([following] if following else [])
    assert skipped == []


def test_seeds_four_digit_ids(tmp_path: Path) -> None:
    papers, _ = load(put(tmp_path, f"{ABSTRACT}\narXiv:1405.12343D scenes. {ABSTRACT}\narXiv:hep-th/9608091v2\n"))
    assert [paper.id for paper in papers] == ["arxiv:1405.1234", "arxiv:hep-th/9608091"]
    assert papers[1].abstract == f"3D scenes. {ABSTRACT}"


def test_seeds_abstract_of_several_lines_and_paragraphs(tmp_path: Path) -> None:
    words = ABSTRACT.split()
    wrapped = "\n".join(" ".join(words[i : i + 10]) for i in range(0, len(words), 10))
    papers, skipped = load(put(tmp_path, f"{wrapped}\nCoRL 2019\narXiv:1901.10008\n"))
    assert [(p.abstract, p.comments) for p in papers] == [(ABSTRACT, "CoRL 2019")]
    long = f"{ABSTRACT} {ABSTRACT}"
    papers, skipped = load(
        put(tmp_path, f"{long}\n\n{long}\n\n14 pages\nICML\n\narXiv:1901.10008\nCreated: 2019-02-30\n")
    )
    assert [(p.abstract, p.comments, p.date) for p in papers] == [(f"{long} {long}", "14 pages ICML", "")]
    assert skipped == []


def test_seeds_impossible_id_and_no_abstract(tmp_path: Path) -> None:
    text = f"{ABSTRACT}\narXiv:2013.12345{ABSTRACT}\narXiv:abc\n\narXiv:1901.10008\n{ABSTRACT}\narXiv:1901.10009\n"
    papers, skipped = load(put(tmp_path, text))
    assert [paper.id for paper in papers] == ["arxiv:1901.10009"]
    assert [s.reason for s in skipped] == [
        "impossible arXiv id '2013.12345'",
        "impossible arXiv id 'abc'",
        "no abstract",
    ]
    assert [s.line for s in skipped] == [1, 2, 5]


def test_seeds_listing_ids_are_hashes_of_the_normalised_abstract(tmp_path: Path) -> None:
    one = load(put(tmp_path, f"{ABSTRACT}\n"))[0][0]
    other = load(put(tmp_path, f"{ABSTRACT.upper().replace(' ', '  ')}\n"))[0][0]
    assert one.id == other.id
    assert one.id.startswith("abs:")


# ── normalisation ────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(st.characters(), max_size=60) | st.text("a \n\t\x00\x1f\ud800\uffff\u00a0é", max_size=20))
def test_clean_is_idempotent_and_fits_xml(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "  " not in once
    assert not once.startswith(" ")
    assert all(c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff" for c in once)


def test_clean_keeps_the_rest() -> None:
    text = "Größe \u2009µ\u00a0→ representuncertainty $\\le$13 ~ 漢字 \U0001f600"
    assert clean(text) == text
    assert clean(" a\x00b\ud800\r\n\v\tc ") == "ab\ufffd c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2006.06762", "2006.06762"),
        ("2006.06762v12", "2006.06762"),
        ("arXiv:0704.0002v1", "0704.0002"),
        ("http://arxiv.org/abs/1707.08567v1", "1707.08567"),
        ("https://arxiv.org/pdf/1707.08567v1.pdf", "1707.08567"),
        ("http://arxiv.org/abs/quant-ph/0201082v1", "quant-ph/0201082"),
        ("oai:arXiv.org:hep-th/9608091", "hep-th/9608091"),
        ("math.GT/0309136", "math/0309136"),
        ("2013.12345", ""),
        ("2006.0676", ""),
        ("1412.12345", ""),
        ("2006.00000", ""),
        ("0703.1234", ""),
        ("hep-th/9613091", ""),
        ("hep-th/0808091", ""),
        ("abc", ""),
        ("٢٠٠٦.٠٦٧٦٢", ""),
        ("https://example.org/abs/2006.06762", ""),
    ],
)
def test_arxiv_id_forms(text: str, expected: str) -> None:
    assert arxiv_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1145/ABC.123", "10.1145/abc.123"),
        ("https://doi.org/10.1145/ABC.123.", "10.1145/abc.123"),
        ("doi:10.1/x", ""),
        ("10.1103/PhysRevD.93.016005, 10.1103/PhysRevD.98.079901;10.1103/x", "10.1103/physrevd.93.016005"),
        ("10.1103/a;10.1103/b", "10.1103/a"),
        ("10.1002/(SICI)1097(1997)25:3<217::AID-JGT6>3.0.CO;2-Q", "10.1002/(sici)1097(1997)25:3<217::aid-jgt6>3.0.co;2-q"),
        ("to be announced", ""),
    ],
)  # fmt: skip
def test_normal_doi_takes_the_first(text: str, expected: str) -> None:
    assert normal_doi(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at https://clvrai.com/spirl.", ("https://clvrai.com/spirl",)),
        (r"\url{http://a.org/x\_y\%20z}, \href{https://b.org}{b}", ("http://a.org/x_y%20z", "https://b.org")),
        (r"(HTTPS://a.org/~me/?q=1&r=2#top) http://c.org/$\sim$me", ("http://c.org/~me", "https://a.org/~me/?q=1&r=2#top")),
        ("https://a.org/w_(x)), https://a.org/w_(x)", ("https://a.org/w_(x)",)),
        ("https://a.org/x,https://b.org/100%, https://c.org/#a#b", ("https://a.org/x", "https://b.org/100", "https://c.org/#a")),
        ("“https://a.org/x” and https://b.org/<i> and http://nohost and ftp://c.org", ("https://a.org/x", "https://b.org/")),
    ],
)  # fmt: skip
def test_find_urls(text: str, expected: tuple[str, ...]) -> None:
    assert find_urls(text, text) == expected


def test_iso_date_forms() -> None:
    assert iso_date("2017-07-27T08:18:33Z") == "2017-07-27"
    assert iso_date("Sat, 31 Mar 2007 02:26:18 GMT") == "2007-03-31"
    assert [iso_date(text) for text in ("", "2019-02-30", "2019", "31 Feb 2007", "soon", "2020-W01-1")] == [""] * 6


def test_author_names_of_a_line() -> None:
    assert author_names("A. One, B. Two\n  and C. Three (Here (Inc.), There)") == ["A. One", "B. Two", "C. Three"]
    assert author_names("A. One, and Martin King, Jr., ") == ["A. One", "Martin King Jr."]
    assert author_names("Alexander Sand (1), Andy Brand (2) ((1) X, (2) Y") == ["Alexander Sand", "Andy Brand"]
    assert author_names("") == []


text_values = st.sampled_from(["", "a", "b", "bb", "ba"])
papers_of_one_work = st.builds(
    Paper,
    id=st.sampled_from(["arxiv:2006.06762", "doi:10.1/a", "abs:00", "abs:01"]),
    title=text_values,
    abstract=text_values,
    comments=text_values,
    journal_ref=text_values,
    doi=text_values,
    authors=st.lists(st.builds(Author, text_values, text_values), max_size=2).map(tuple),
    date=st.sampled_from(["", "2019-01-01", "2020-01-01"]),
    categories=st.lists(text_values, max_size=2).map(tuple),
    urls=st.sets(text_values, max_size=2).map(lambda s: tuple(sorted(s))),
    sources=st.sets(text_values, max_size=2).map(lambda s: tuple(sorted(s))),
)


@given(papers_of_one_work, papers_of_one_work, papers_of_one_work)
def test_merge_laws(a: Paper, b: Paper, c: Paper) -> None:
    assert merge(a, a) == a
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


def test_merge_seed_in_two_files(seed_papers: list[Paper]) -> None:
    one, other = (paper for paper in seed_papers if paper.arxiv_id == "1901.00041")
    both = merge(one, other)
    assert both.date == "2018-12-31"
    assert both.sources == ("000_36a6c84b33545a33.txt", "003_23a7e11723be1574.txt")


# ── single formats ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_jsonl_skips_bad_lines_and_goes_on(tmp_path: Path) -> None:
    data = (
        line(id="2006.00001")
        + '{"id": "2006.00002", "abstr\n'
        + "\n"
        + "[1, 2]\nnull\n"
        + "[" * 100_000
        + "\n"
        + line(id="2013.12345")
        + line(id="2006.00003", abstract="  ")
        + line(id=7)
        + line(id="2006.00004", abstract="This paper has been withdrawn.")
    )
    papers, skipped = load(put(tmp_path, data))
    assert [paper.arxiv_id for paper in papers] == ["2006.00001", "2006.00004"]
    assert [s.line for s in skipped] == [2, 4, 5, 6, 7, 8, 9]
    assert [s.reason.partition(":")[0] for s in skipped] == [
        *["not a JSON record"] * 4,
        "impossible arXiv id '2013.12345'",
        "no abstract",
        "not a JSON record",
    ]
    assert skipped[0].excerpt == '{"id": "2006.00002", "abstr'
    assert skipped[5].excerpt == "2006.00003"


def test_jsonl_identity_and_date(tmp_path: Path) -> None:
    data = line(update_date="2020-06-11") + line(id=None, doi="10.1145/A") + line(id="", versions=[{"created": None}])
    papers, skipped = load(put(tmp_path, data))
    assert [paper.id.partition(":")[0] for paper in papers] == ["arxiv", "doi", "abs"]
    assert [paper.date for paper in papers] == ["", "", ""]
    assert skipped == []


def test_jsonl_keeps_lines_with_bad_bytes(tmp_path: Path) -> None:
    data = line(title="a?b").encode().replace(b"?", b"\xff") + line(title="a\ud800b\x00").encode()
    data += line(title="a?b").encode().replace(b"?", b"\x01")
    papers, skipped = load(put(tmp_path, data))
    assert [paper.title for paper in papers] == ["a\ufffdb", "a\ufffdb", "ab"]
    assert [(s.line, s.kept, s.reason.partition(",")[0]) for s in skipped] == [(1, True, "1 place is no UTF-8")]


@pytest.mark.parametrize("name", FORMATS)
def test_readers_bytes_that_are_no_utf8_are_counted_once_for_a_file(tmp_path: Path, name: str) -> None:
    """What is U+FFFD in the file itself is none of them, wherever a chunk of the file ends."""
    good = (FIXTURES / name).read_text().replace("Wombat", "Wombat \ufffd")
    assert [s for s in load(put(tmp_path, good))[1] if s.kept] == []
    data = good.replace("Wombat", "Gräße").encode().replace("ä".encode(), b"\xe4").replace("ß".encode(), b"\xdf")
    line = data[: data.index(b"\xe4")].count(b"\n") + 1
    (paper, *_), skipped = load(put(tmp_path, data))
    assert "Gr\ufffd\ufffde \ufffd" in paper.abstract
    (said,) = [s for s in skipped if s.kept]
    assert (said.file, said.line, said.lost) == ("input", line, False)
    assert said.reason.startswith("2 places are no UTF-8, the first in this line, and read as U+FFFD; convert the file")


@pytest.mark.parametrize("cut", range(6))
def test_xml_counts_no_character_that_two_chunks_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    data = feed(entry(summary=ABSTRACT + "\ufffdé" * 40 + "\n\n#")).encode().replace(b"#", b"\xe9#")
    monkeypatch.setattr(stream, "HEAD", data.index("\ufffd".encode()) + cut)
    papers, skipped = load(put(tmp_path, data))
    assert papers[0].abstract.count("\ufffd") == 41
    assert [(s.line, s.reason.partition(",")[0]) for s in skipped] == [(4, "1 place is no UTF-8")]


def test_jsonl_skips_an_endless_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_LINE", 1 << 20)
    long = line(title="x" * (20 << 20))
    path = put(tmp_path, gzip.compress((line() + long + line() + long.strip()).encode()))
    tracemalloc.start()
    papers, skipped = load(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(papers) == 2
    assert [(s.line, s.reason) for s in skipped] == [(2, "line longer than 1 MB"), (4, "line longer than 1 MB")]
    assert peak < 10 << 20


def test_atom_error_entry_and_empty_feed(tmp_path: Path) -> None:
    error = entry("http://arxiv.org/api/errors#incorrect_id_format_for_x", "incorrect id format for x")
    papers, skipped = load(put(tmp_path, feed(error, entry(), entry(summary=""), entry("urn:other"))))
    assert [paper.arxiv_id for paper in papers] == ["2006.06762"]
    assert [s.reason for s in skipped] == [
        "arXiv API error: incorrect id format for x",
        "no abstract",
        "impossible arXiv id 'urn:other'",
    ]
    assert [s.line for s in skipped] == [2, 4, 5]
    assert load(put(tmp_path, feed())) == ([], [])


def test_oai_deleted_error_and_other_prefix(tmp_path: Path) -> None:
    assert [(s.reason, s.excerpt) for s in load(FIXTURES / "paper.oai.xml")[1]] == [
        ("deleted", "oai:arXiv.org:1703.09999")
    ]
    head = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    papers, skipped = load(put(tmp_path, f'{head}<error code="noRecordsMatch">none</error></OAI-PMH>'))
    assert (papers, [s.reason for s in skipped]) == ([], ["OAI-PMH error noRecordsMatch: none"])
    other = "<record><header/><metadata><d:dc xmlns:d='x'/></metadata></record>"
    with pytest.raises(InputError, match="metadataPrefix=arXiv"):
        load(put(tmp_path, f"{head}<ListRecords>{other}</ListRecords></OAI-PMH>"))
    mixed = (FIXTURES / "paper.oai.xml").read_text().replace("</ListRecords>", f"{other}<record/></ListRecords>")
    papers, skipped = load(put(tmp_path, mixed))
    assert len(papers) == 1
    assert [s.reason for s in skipped][1:] == [
        "metadata in another form (<d:dc>); ask for metadataPrefix=arXiv",
        "no metadata",
    ]


def test_xml_breaking_off_keeps_what_came_before(tmp_path: Path) -> None:
    papers, skipped = load(put(tmp_path, feed(entry(), entry())[:-60]))
    assert len(papers) == 1
    assert [s.line for s in skipped] == [3]
    assert skipped[0].reason.startswith("broken XML: ")
    with pytest.raises(InputError, match=r"input, line 2: broken XML: .*; fetch the file again"):
        load(put(tmp_path, feed(entry())[:-60]))


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("R&nbsp;D", "Entity 'nbsp' not defined"),
        ("R&D", "EntityRef: expecting ';'"),
        ("a < b", "StartTag: invalid element name"),
    ],
)
def test_xml_broken_record_is_named_by_file_and_line(tmp_path: Path, broken: str, says: str) -> None:
    papers, (said,) = load(put(tmp_path, feed(entry(), entry(summary=broken), entry())))
    assert len(papers) == 1
    assert (said.file, said.line, said.reason) == ("input", 3, f"broken XML: {says}; what follows is not read")
    with pytest.raises(InputError, match=f"input, line 2: broken XML: {says}; fetch the file again"):
        load(put(tmp_path, feed(entry(summary=broken))))


def test_xml_drops_what_xml_forbids(tmp_path: Path) -> None:
    data = feed(entry(summary=f"a\x01#b {ABSTRACT}")).encode().replace(b"#", b"\xff")
    assert load(put(tmp_path, data))[0][0].abstract == f"a\ufffdb {ABSTRACT}"
    latin = feed(entry(summary="Größe")).replace("?>", ' encoding="ISO-8859-1"?>', 1).encode("latin-1")
    assert load(put(tmp_path, latin))[0][0].abstract == "Größe"


@pytest.mark.parametrize("encoding", ["UTF-16", "utf-32", "ASCII", "UTF-8"])
def test_xml_declaration_that_was_left_behind_does_not_count(tmp_path: Path, encoding: str) -> None:
    """`iconv` converts a file and leaves its declaration as it is."""
    data = feed(entry(summary="Größe")).replace("?>", f' encoding="{encoding}"?>', 1)
    papers, skipped = load(put(tmp_path, data))
    assert ([p.abstract for p in papers], skipped) == (["Größe"], [])


def test_xml_in_an_encoding_that_it_declares_is_text(tmp_path: Path) -> None:
    abstract = "Мы представляем планировщик. " * 20
    data = feed(entry(summary=abstract)).replace("?>", ' encoding="windows-1251"?>', 1).encode("cp1251")
    papers, skipped = load(put(tmp_path, data))
    assert ([p.abstract for p in papers], skipped) == ([abstract.strip()], [])


@pytest.mark.parametrize("comment", ["", "<!-- <feed> -->", f"<!-- {'x' * 100_000} -->"])
def test_xml_entities_are_refused(tmp_path: Path, comment: str) -> None:
    laughs = feed(entry(summary="&b;")).replace("<feed", f"{comment}{LAUGHS}<feed")
    with pytest.raises(InputError, match=r"declares a document type.*remove it|starts with no element"):
        load(put(tmp_path, laughs), "arxiv-atom")
    if len(comment) < 100:
        with pytest.raises(InputError, match="declares a document type"):
            load(put(tmp_path, laughs))
        with pytest.raises(InputError, match="declares a document type"):
            detect(put(tmp_path, LAUGHS.replace("feed", "lolz") + "<lolz>&b;</lolz>"))


def test_xml_of_another_root_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="starts with <OAI-PMH>, not with <feed>; leave out --format"):
        load(FIXTURES / "paper.oai.xml", "arxiv-atom")


@pytest.mark.parametrize("format", ["arxiv-jsonl", "arxiv-atom"])
def test_readers_stream_in_constant_memory(tmp_path: Path, format: str) -> None:
    data = line() * 20_000 if format == "arxiv-jsonl" else feed(entry() * 20_000)
    path = put(tmp_path, gzip.compress(data.encode(), 1, mtime=0))
    tracemalloc.start()
    assert sum(1 for _ in read(path, skipped=[])) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


# ── whole files ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "binary"),
        ("arXiv:2006.06762".encode("utf-16"), "UTF-16"),
        *((f'{start}"é" \U0001f600'.encode(name), rf"{said} text; convert it to UTF-8 \(iconv -f {said} -t UTF-8\)")
          for start in ("arXiv:2006.06762", '{"id": ', '<?xml version="1.0" encoding="UTF-16"?>')
          for name, said in (("utf-16", "UTF-16"), ("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE"),
                             ("utf-32", "UTF-32"), ("utf-32-le", "UTF-32LE"), ("utf-32-be", "UTF-32BE"))),
        (b"a\0b\0\1\0\2\0" * 9, "binary"),
        (("Мы представляем планировщик. " * 9).encode("cp1251"), "no UTF-8 text; convert the file"),
        (b"%PDF-1.4\n", "no reader"),
        (b"@article{key, title={T}}\n", "no reader"),
        (b"TY  - JOUR\nER  -\n", "no reader"),
        (b"# A guide\n\nWe present rules, which every reader of a text follows when they label it.\n", "no reader"),
        (b"id,title,abstract\n1,T,We present Foo and show that it is fast on many machines.\n", "no reader"),
        (b'id\ttitle\t"abstract"\n1\tT\tWe present Foo and show that it is fast on many machines.\n', "no reader"),
        (b'"title":"T","abstract":"We present Foo."}\n{"id":"2006.06763","abstract":"We show it."}\n', "no reader"),
        (b'12:00 INFO {"id":"2006.06763","abstract":"We show that it is fast on many machines."}\n', "no reader"),
        (b"As we show in this paper, it is fast.\n@article{a, abstract={We show it is fast.}}\n", "no reader"),
        (b"<html><p>x</p></html>", "no reader"),
        (b"<", "no reader"),
        (b'[{"id": "2006.06762", "abstract": "x"}]', "no reader"),
        (b'{"paperId": "x", "id": 1, "title": "x", "abstract": "x"}', "no reader"),
        (b'{\n "id": "2006.06762",\n "abstract": "x"}', "one record a line"),
        (b"import os\n\nprint(os)\n", "no reader"),
        (gzip.compress(b"x" * 1000, mtime=0)[:8], "gzip data ends early"),
    ],
)  # fmt: skip
def test_detect_refuses(tmp_path: Path, data: bytes, message: str) -> None:
    path = put(tmp_path, data)
    for refused in (detect, lambda p: read(p, skipped=[])):
        with pytest.raises(InputError, match=message) as caught:
            refused(path)
        assert str(path) in str(caught.value)
    if message == "no reader":
        with pytest.raises(InputError, match=r"readers: arxiv-atom, arxiv-jsonl, arxiv-oai, seeds; .*--format"):
            detect(path)


def test_read_missing_folder_and_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file; check"):
        detect(tmp_path / "missing.xml")
    with pytest.raises(InputError, match="a folder"):
        read(tmp_path, format="seeds", skipped=[])
    with pytest.raises(InputError, match=r"no reader 'ris'; readers: arxiv-atom, .*--format"):
        read(FIXTURES / "paper.txt", format="ris", skipped=[])
    with pytest.raises(InputError, match="empty"):
        read(put(tmp_path, ""), format="seeds", skipped=[])


def test_read_truncated_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    count = 3000
    # Numbers in the titles, so that the packed data is long enough to be cut in its middle.
    lines = [line(id=f"2006.{i:05}", title=str(i * 7919**5)) for i in range(1, count)]
    packed = gzip.compress("".join(lines).encode())
    papers, skipped = load(put(tmp_path, packed[: len(packed) // 2]))
    assert 0 < len(papers) < count - 1
    assert [(s.line, s.reason) for s in skipped] == [
        (len(papers) + 1, "the gzip data ends early; fetch the file again; what follows is not read")
    ]
    packed = gzip.compress(
        feed(*(entry(f"2006.{i:05}", f"{i * 7919**5} {ABSTRACT}") for i in range(1, count))).encode()
    )
    papers, skipped = load(put(tmp_path, packed[: len(packed) // 2]))
    assert 0 < len(papers) < count - 1
    assert [s.reason for s in skipped] == ["the gzip data ends early; fetch the file again; what follows is not read"]
    assert skipped[0].line >= len(papers)
    with pytest.raises(InputError, match="nothing could be read"):
        load(put(tmp_path, gzip.compress(lines[0].encode() * 1, mtime=0)[:-30]))


def test_expand_folders_and_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.xml", ".hidden"):
        put(tmp_path, "x", name)
    (tmp_path / "sub").mkdir()
    assert expand([tmp_path, tmp_path / "b.txt"]) == [tmp_path / "a.xml", tmp_path / "b.txt"]
    assert expand([tmp_path / ".hidden"]) == [tmp_path / ".hidden"]
    with pytest.raises(InputError, match="no such file or folder"):
        expand([tmp_path / "missing"])
    with pytest.raises(InputError, match="a folder without files"):
        expand([tmp_path / "sub"])


def test_read_all_passes_over_what_cannot_be_read_and_names_it(tmp_path: Path) -> None:
    """One picture in a folder of papers must not lose the papers."""
    good = put(tmp_path, json.dumps({"id": "2001.00001", "title": "T", "abstract": "A"}) + "\n{oops\n", "b.jsonl")
    put(tmp_path, b"\x89PNG\0\0", "a.png")
    skipped: list[Skip] = []
    found = [p.id for p in read_all([tmp_path / "missing", tmp_path, good], skipped)]
    assert found == ["arxiv:2001.00001"], "a file that is named twice is read once"
    assert [(s.file, s.line) for s in skipped] == [("missing", 0), ("a.png", 0), ("b.jsonl", 2)]
    with pytest.raises(InputError, match=r"no paper could be read .*a\.png: binary data"):
        list(read_all([tmp_path / "a.png"], []))


def test_readers_hostile_text_takes_no_time(tmp_path: Path) -> None:
    size = 100_000
    pieces = (" ", "a", "A", "0A", "10.1234.", "10.1234/,", "http://a.", "https://a.org/)", "(", "((a)", "%", "#", "and ", ", ", "- doi: ", "arXiv:", "<!--")  # fmt: skip
    for text in (piece * (size // len(piece)) for piece in pieces):
        start = time.process_time()
        for check in (clean, arxiv_id, normal_doi, find_urls, iso_date, author_names):
            check(text)
        for data in (
            f"{ABSTRACT}\narXiv:1901.10008 - doi: 10.1145/1 {text}",
            f"{ABSTRACT}\narXiv:1901.10008{text}",
            f"<{text}",
        ):
            path = put(tmp_path, data)
            list(read(path, format="seeds", skipped=[]))
            with pytest.raises(InputError):
                list(read(path, format="arxiv-atom", skipped=[]))
        assert time.process_time() - start < 2, text[:10]


def test_seeds_matches_needs_abstracts() -> None:
    assert seeds.matches([ABSTRACT, "10 pages"])
    assert not seeds.matches([ABSTRACT, "x = 1", "y = 2"])
    assert not seeds.matches([])


# ── real files ───────────────────────────────────────────────────────────────────────────────────────────────────────

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="no folder 'shared' beside the project")


@needs_shared
def test_readers_real_files() -> None:
    counts: dict[str, int] = {}
    for folder in ("arxiv_atom", "kaggle", "oai_pmh"):
        for path in sorted((SHARED / "formats" / folder).iterdir()):
            if path.name.startswith("oai_dc"):
                with pytest.raises(InputError, match="metadataPrefix=arXiv"):
                    load(path)
                continue
            papers, skipped = load(path)
            assert skipped == []
            assert all(paper.title and paper.authors and paper.date and paper.categories for paper in papers)
            counts[folder] = counts.get(folder, 0) + len(papers)
    assert counts == {"arxiv_atom": 22, "kaggle": 2, "oai_pmh": 5}
    for folder in ("bibtex", "crossref", "csl_json", "dblp", "openalex", "ris", "semantic_scholar"):
        for path in (SHARED / "formats" / folder).iterdir():
            with pytest.raises(InputError, match=r"no reader|JSON over several lines"):
                detect(path)


@needs_shared
@pytest.mark.slow
def test_jsonl_reads_the_corpus() -> None:
    skipped: list[Skip] = []
    papers = read(SHARED / "corpus" / "arxiv_100k.jsonl.gz", skipped=skipped)
    assert sum(1 for paper in papers if paper.abstract and paper.arxiv_id) == 100_000
    assert skipped == []


def test_read_all_names_a_file_whose_name_is_no_text(tmp_path: Path) -> None:
    text = (ROOT / "seeds" / "000_36a6c84b33545a33.txt").read_bytes()
    (tmp_path / "good.txt").write_bytes(text)
    try:
        (tmp_path / "b\udce9d.txt").write_bytes(text)
    except OSError:
        pytest.skip("this file system takes no such name")
    skipped: list[Skip] = []
    assert {p.sources for p in read_all([tmp_path], skipped)} == {("good.txt",)}
    (one,) = [s for s in skipped if not s.harmless]
    assert one.file == "b\\udce9d.txt" and "rename it" in one.reason


@pytest.mark.parametrize("piece", [b"\n", b" ", b"{", b'{"a', b"@a", b'"abstract,', b"a,", b"\t\n"])
def test_detect_takes_time_in_proportion_to_the_file(piece: bytes, tmp_path: Path) -> None:
    file = put(tmp_path, b"x " + piece * (65_536 // len(piece)))

    def work() -> None:
        with contextlib.suppress(InputError):
            detect(file)

    assert cpu_seconds(work) < 1
