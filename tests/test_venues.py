"""Venues: which words make an edition, which do not, and what the vocabulary's file must hold."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import VocabularyError
from kg.export.folder import merged
from kg.linking import venue_words
from kg.linking.text import View
from kg.linking.venue_names import Names
from kg.linking.venues import HEADER, Series, VenueIndex, read_venues
from kg.model import Edition, Paper
from tests.conftest import cpu_seconds

FILE = Path(__file__).parents[1] / "ontology" / "vocabulary" / "venues.csv"
ROWS = read_venues(FILE)
INDEX = VenueIndex(ROWS)
NAMES = Names(ROWS)


def editions(**fields: str) -> list[tuple[str, int, str]]:
    """Those of listed series: venue, year, host."""
    found = INDEX.find(Paper(id="arxiv:1", **fields))  # type: ignore[arg-type]
    return [
        (e.venue.removeprefix("venue/"), e.year, e.host.removeprefix("venue/")) for e in found if e.unlisted is None
    ]


def unlisted(**fields: str) -> tuple[str, tuple[str, ...], int, str] | None:
    """Label, aliases, year and host of an edition of a series that no list holds."""
    found = INDEX.find(Paper(id="arxiv:1", **fields))  # type: ignore[arg-type]
    if not found or found[0].unlisted is None:
        return None
    (e,), venue = found, found[0].unlisted
    assert (e.venue, venue.id.startswith("venue/")) == (venue.id, True)
    return venue.label, venue.aliases, e.year, e.host.removeprefix("venue/")


@pytest.mark.parametrize(
    ("comments", "venue", "year"),
    [
        ("CoRL 2019", "corl", 2019),
        (
            "Accepted to IFIP International Conference on Network and Parallel Computing (NPC 2025), LNCS format.",
            "npc",
            2025,
        ),
        ("Proc. 15th Int'l eScience Conference (eScience 2019), September 2019", "escience", 2019),
        ("2019 IEEE Automatic Speech Recognition and Understanding Workshop (ASRU 2019)", "asru", 2019),
        ("21st IEEE Real Time Conference, 2018", "ieee-real-time-conference", 2018),
        ("To appear in Sensor Letters, 2013", "sensor-letters", 2013),
        ("Accepted to ICML'23", "icml", 2023),
        ("SC19", "sc", 2019),
        ("camera-ready ICRA submission, 2018", "icra", 2018),
        ("Robotics: Science and Systems, July 3-7, 2017", "rss", 2017),
        ("It will appear in the Expert Systems with Applications journal", "expert-systems-with-applications", 0),
        ("EMC^2 2021, 8 pages", "emc2", 2021),
        ("Accepted to the IEEE International Conference on Industrial Informatics (INDIN 2024)", "indin", 2024),
        ("12 pages, IPDPS-20", "ipdps", 2020),
        ("All authors contributed equally. Published at CC 2019", "cc", 2019),
        ("International Conference on Machine Learning (ICML), 2020", "icml", 2020),
        ("10 pages, 48th International Conference on Parallel Processing", "icpp", 2019),
        ("To appear in Proc. of the Thirty-fourth AAAI Conference on Artificial Intelligence", "aaai", 2020),
        ("18th USENIX Conference on File and Storage Technologies", "fast", 2020),
        ("2018 International Conference on 3D Vision (3DV)", "3dv", 2018),
        ("extended version of our ICPP 2019 paper", "icpp", 2019),
        ("Camera-ready version for MLSys 2021", "mlsys", 2021),
        ("accepted to {\\em ICML}~2020", "icml", 2020),
        ("To appear in ICML", "icml", 0),
        ("Submitted to ICML 2019. Accepted to NeurIPS 2019", "neurips", 2019),
        ("Submitted to and accepted by ICSE 2020", "icse", 2020),
        ("accepted by NIPS 2016", "neurips", 2016),
        ("In Proceedings GandALF 2013, arXiv:1307.4162", "gandalf", 2013),
        ("accepted in IEEE TPDS", "ieee-transactions-on-parallel-and-distributed-systems", 0),
        ("To appear in ACM Transactions on Graphics (Proc. SIGGRAPH 2020)", "siggraph", 2020),
        ("Accepted for publication in Parallel Computing (Elsevier)", "parallel-computing", 0),
        ("International Conference on Computer Vision Theory and Applications 2019", "visapp", 2019),
        ("NeurIPS Datasets and Benchmarks 2023", "neurips", 2023),
        ("Accepted to NeurIPS 2023 Datasets and Benchmarks Track", "neurips", 2023),
        ("NeurIPS D&B 2023", "neurips", 2023),
        ("ACL Findings 2024", "acl", 2024),
        ("Findings of EMNLP 2024", "emnlp", 2024),
        ("ICML Oral 2024", "icml", 2024),
        ("CVPR Highlight 2024", "cvpr", 2024),
        ("Accepted at ICSE-SEIP 2024", "icse", 2024),
        ("ASPLOS-XVIII 2013", "asplos", 2013),
        ("To appear in PACMPL (OOPSLA 2023)", "oopsla", 2023),
        ("International Joint Conferences in AI (IJCAI) 2015", "ijcai", 2015),
        ("Journal version of papers in FOO'98, SODA'99", "soda", 1999),
    ],
)
def test_comments_name_the_venue(comments: str, venue: str, year: int) -> None:
    assert editions(comments=comments) == [(venue, year, "")]


@pytest.mark.parametrize(
    "comments",
    [
        "Submitted to ICLR 2020",
        "to be sumitted to ICLR 2020",
        "to be submitted to ICLR 2020",
        "6 pages, submitted for publication in IEEE Transactions on Computers",
        "Under review at ICML 2020",
        "Manuscript under-review at the ACM Transactions on Software Engineering and Methodology (TOSEM) journal",
        "ICML 2020 (submitted)",
        "Accepted at ICML 2020 format",
        "ICRA 2019 submission",
        "rejected from ICML 2019",
        "following the format of ICML 2020",
        "PhD thesis in the ICCV 2019 template",
        "code for ICLR 2021",
        "2nd place in the NeurIPS 2020 competition",
        "NeurIPS 2019 Workshop on Foo Bar",
        "Accepted at ICML 2020 Quxology workshop",
        "Accepted at the International Conference on Computer Vision Workshops 2021",
        "Chinese Conference on Computer Vision 2017",
        "Presented at Foo 2016, co-located with ICSE 2016",
        "Accepted in Nature",
        "10 pages, CC BY 2019",
        "Fast 2019 results",
        "We study parallel computing and machine learning",
        "see http://example.org/icml.html",
        "Soft Computing and Intelligent Systems Conference (SCIS 2014)",
        "Accepted at NeurIPS SPIGM 2025",
        "Published in Proceedings of OSACT7 (LREC 2026)",
        "To appear in BigScholar, WWW 2015",
        "Accepted at MICCAI-OMIA 2019",
        "accepted in CVPR-CV4Clinical",
        "Accepted by UDM-KDD'24",
        "Accepted at CVPR-W 2024",
        "Accepted at the Ural Conference on Power Engineering (UPWIECON 2023)",
        "Submitted to LearningSys 2016",
        "Submitted to NeurIPS Datasets and Benchmarks 2023",
        "Resubmitted to ICCV 2017 for review",
        "Categories: cs.CV (Computer Vision and Pattern Recognition), cs.RO",
        "International Conference on Big Data Mining, Storage and Retrieval (ICZZ 2021)",
        "Accepted at ZQML 2019 - NeurIPS 2019",
        "",
    ],
)
def test_comments_that_name_no_listed_venue(comments: str) -> None:
    assert editions(comments=comments) == []


def test_listed_workshop_with_a_short_name_is_told_by_the_word_behind_it() -> None:
    assert editions(comments="7 pages, EMC2 Workshop at ASPLOS 2026") == [("emc2", 2026, "asplos")]
    assert editions(comments="7 pages, EMC2 Workshop at ASPLOS 2026 (submitted)") == []


def test_listed_workshop_takes_the_conference_as_host() -> None:
    text = (
        "Accepted to Workshop on ML for Systems at the 34th Conference on Neural Information Processing Systems "
        "(NeurIPS 2020)"
    )
    assert editions(comments=text) == [("ml-for-systems", 2020, "neurips")]
    assert editions(comments="Extended abstract for a poster presented at C4ML workshop 2020") == [("c4ml", 2020, "")]
    text = "Accepted at the 5th Workshop on Energy Efficient Machine Learning and Cognitive Computing - NeurIPS 2019"
    assert editions(comments=text) == [("emc2", 2019, "neurips")]


@pytest.mark.parametrize(
    ("name", "venue"),
    [
        ("Workshop on Machine Learning Systems", "mlsys-workshop-at-neurips"),
        ("LearningSys", "mlsys-workshop-at-neurips"),
        ("Workshop on Machine Learning for Systems", "ml-for-systems"),
        ("Workshop on Machine Learning and Systems", "euromlsys"),
    ],
)
def test_names_that_differ_in_a_small_word_are_told_apart(name: str, venue: str) -> None:
    assert editions(comments=f"Accepted at the {name} at NIPS 2016") == [(venue, 2016, "neurips")]


def test_proceedings_series_with_workshop_in_its_name_is_no_workshop() -> None:
    text = "JMLR: Workshop and Conference Proceedings 25:1-16, 2012, Asian Conference on Machine Learning"
    assert editions(comments=text) == [("acml", 2012, "")]


@pytest.mark.parametrize(
    ("reference", "venue", "year"),
    [
        ("Phys. Rev. B 33, 3547 (1986)", "physical-review-b", 1986),
        ("Physical Review D 98, 2015 (2018)", "physical-review-d", 2018),
        ("Phys.Rev.Lett. 98 (2007) 010505", "physical-review-letters", 2007),
        ("Nature 521, 436 (2015)", "nature", 2015),
        ("J. Phys. A: Math. Gen. 37 (2004) 1-10", "journal-of-physics-a", 2004),
        ("Proc. VLDB Endow. 13(5), 2020", "proceedings-of-the-vldb-endowment", 2020),
        ("2018 International Conference on 3D Vision (3DV), Verona, Italy, 2018, pp. 426-434", "3dv", 2018),
        ("Proceedings of the 36th International Conference on Machine Learning, PMLR 97, 2019", "icml", 2019),
        ("Compiler Construction (CC) 2019", "cc", 2019),
    ],
)
def test_journal_ref_names_the_venue(reference: str, venue: str, year: int) -> None:
    assert editions(journal_ref=reference) == [(venue, year, "")]


def test_journal_ref_without_a_listed_venue() -> None:
    assert editions(journal_ref="Lecture Notes in Computer Science 1234") == []
    assert editions(journal_ref="NeurIPS 2019 Workshop on Foo") == []
    assert editions(journal_ref="Proceedings of OSACT7 (LREC 2026), pp. 1-8") == []


@pytest.mark.parametrize(
    ("doi", "expected"),
    [
        ("10.1109/3DV.2018.00056", [("3dv", 2018, "")]),
        ("10.1109/ICRA40945.2020.9196739", [("icra", 2020, "")]),
        ("10.1103/PhysRevB.33.3547", [("physical-review-b", 0, "")]),
        ("10.18653/v1/N19-1423", [("naacl", 2019, "")]),
        ("10.4230/LIPIcs.ICALP.2019.12", [("icalp", 2019, "")]),
        ("https://doi.org/10.1109/CVPR.2016.90", [("cvpr", 2016, "")]),
        ("10.1109/CVPRW.2016.90", []),
        ("10.1145/3302516.3307357", []),
        ("nonsense", []),
    ],
)
def test_doi_prefix_names_the_venue(doi: str, expected: list[tuple[str, int, str]]) -> None:
    assert editions(doi=doi) == expected


def test_abstract_counts_only_when_explicit() -> None:
    assert editions(abstract="We do X. This paper appeared at ICPP 2019.") == [("icpp", 2019, "")]
    assert editions(abstract="We describe our entry to NeurIPS 2019, presented in this paper.") == []


def test_fields_that_agree_give_one_edition_and_a_known_year_wins() -> None:
    both = editions(
        comments="Accepted to NeurIPS", journal_ref="Advances in Neural Information Processing Systems 33, 2020"
    )
    assert both == [("neurips", 2020, "")]
    name = "ieee-transactions-on-parallel-and-distributed-systems"
    assert editions(journal_ref="IEEE Trans. Parallel Distrib. Syst. 31 (2020)", doi="10.1109/TPDS.2019.2928289") == [
        (name, 2020, "")
    ]


def check(paper: Paper, found: tuple[Edition, ...]) -> None:
    assert list(found) == sorted(found, key=lambda e: (e.venue, e.year))
    assert len({(e.venue, e.year) for e in found}) == len(found)
    for edition in found:
        e = edition.evidence
        text = paper.text(e.field)
        assert text[e.start : e.end] == e.exact != ""
        assert e.sentence_start <= e.start < e.end <= e.sentence_end <= len(text)
        assert edition.year == 0 or 1900 <= edition.year <= 2049


PIECES = st.sampled_from(
    "accepted to|submitted|ICML|2020|'19|(|)|;|. |Workshop on|International Conference on|Machine Learning|NeurIPS|"
    "J. Phys. A|Phys. Rev.|48th|\\emph{|}|~|$|İ|  |\n|ßé|at|in Proc. of the|CC|SC|this paper appeared at|10.1109/|TPDS.".split(
        "|"
    )
)


@given(st.lists(PIECES, max_size=25), st.sampled_from(["", " "]), st.text(max_size=20))
def test_evidence_is_the_text_it_points_to(pieces: list[str], glue: str, tail: str) -> None:
    text = glue.join(pieces) + tail
    paper = Paper(id="arxiv:1", comments=text, journal_ref=text, abstract=text, doi=text)
    found = INDEX.find(paper)
    check(paper, found)
    assert found == INDEX.find(paper)


@given(
    st.sampled_from(["", "Accepted at ", "To appear in the ", "12 pages, ", "Presented at the Workshop on "]),
    st.lists(st.sampled_from("CVPR NeurIPS ICML VLDB KDD QUXMS QUXON-4 Q4ML".split()), min_size=1, max_size=3),
    st.sampled_from(["-", " ", "@", " @ ", " at ", "/", " (", ", "]),
    st.sampled_from(["", " 2026", "'26", " '26", " 26", " (2026)", "2026", "-2026"]),
    st.sampled_from(["", ")", " Workshop", " workshops.", " , 20 pages", " (Oral)", " workshop on Qux Bars (QUXB)"]),
)
def test_evidence_of_names_side_by_side(lead: str, names: list[str], joint: str, year: str, tail: str) -> None:
    text = lead + joint.join(names) + year + tail
    paper = Paper(id="arxiv:1", comments=text)
    check(paper, INDEX.find(paper))


def test_evidence_takes_in_the_parenthesis_that_it_opens() -> None:
    (edition,) = INDEX.find(Paper(id="arxiv:1", comments="To appear in VLDB (2016), 20 pages"))
    assert edition.evidence.exact == "VLDB (2016)"


def test_evidence_maps_latex_back() -> None:
    paper = Paper(id="arxiv:1", comments="10~pages. Accepted to {\\em ICML}~2020")
    (edition,) = INDEX.find(paper)
    check(paper, (edition,))
    assert edition.evidence.exact == "ICML}~2020"


@pytest.mark.parametrize(
    "piece",
    ["ICML 2020 ", "International Conference on ", "accepted submitted ", "(", "in ", "1st of the ", "J. Phys. A: ",
     "this paper appeared at ICML 2020 ", "ICML workshop, ", "proceedings of the ", "x", " ", "2020 ", "10.1109/"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["comments", "journal_ref", "abstract", "doi"])
def test_hostile_text_takes_no_time(piece: str, field: str) -> None:
    paper = Paper(id="arxiv:1", **{field: (piece * (100_000 // len(piece))) + "ICML"})  # type: ignore[arg-type]
    assert cpu_seconds(lambda: check(paper, INDEX.find(paper))) < 1


def test_text_between_journal_and_conference_takes_no_time() -> None:
    text = "ACM Transactions on Graphics " + "issue 1111111111111 " * 8 + "x, SIGGRAPH 2020"
    assert cpu_seconds(lambda: editions(comments=text)) < 1


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " ", "  ", "-"]))
def test_a_look_at_the_raw_text_misses_no_name(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)
    openings = NAMES.look(text)
    plain = View(text).plain
    if openings is not None:
        assert NAMES.mentions(plain, openings=openings) == NAMES.mentions(plain)


def test_triggers_begin_with_the_letters_they_are_searched_by() -> None:
    pattern = venue_words.TRIGGER.pattern
    slow = re.compile(re.sub(r"\(\?=\[\w+\]\)", "", pattern, count=1))
    assert slow.pattern != pattern
    words = " ".join(re.findall(r"[a-z0-9]+", pattern.replace("\\b", " ").replace("\\s", " ")))
    for text in (words, "1st place 2nd prize quality camera-ready data set in press in review to be presented"):
        found = [m.span() for m in slow.finditer(text)]
        assert found == [m.span() for m in venue_words.TRIGGER.finditer(text)]
        assert found


def test_vocabulary_file_has_each_name_once_in_order() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = [row["id"] for row in rows]
    assert ids == sorted(set(ids)), "sort the rows by id: sort -t, -k1,1 under LC_ALL=C, below the header"
    owners: dict[str, str] = {}
    for row in rows:
        for name in (row["label"], *filter(None, row["aliases"].split("|"))):
            assert name == name.strip(), f"{row['id']}: spaces around {name!r}"
            assert name not in owners, f"{row['id']}: {name!r} stands in {owners[name]} too; remove one"
            owners[name] = row["id"]


def test_vocabulary_is_wide_sorted_and_kinds_are_known() -> None:
    ids = [s.id for s in ROWS]
    assert len(ids) >= 700
    assert ids == sorted(ids)
    assert {s.kind for s in ROWS} == {"conference", "workshop", "journal"}


def test_anchor_counts_editions() -> None:
    series = Series("venue/x", "X", (), "conference", (16, 2020), 2)
    assert [series.year_of(n) for n in (16, 15, 17, 0)] == [2020, 2018, 2022, 0]
    assert Series("venue/y", "Y", (), "conference").year_of(5) == 0


GOOD = 'x,X Conf,"XC|Conference on X, Y",conference,3=2000,2,10.1109/X.,'


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["id,label"], 1),
        ([",".join(HEADER), "x,X"], 2),
        ([",".join(HEADER), GOOD, GOOD], 3),
        ([",".join(HEADER), GOOD.replace("x,X", "x y,X", 1)], 2),
        ([",".join(HEADER), GOOD.replace("conference,3", "party,3")], 2),
        ([",".join(HEADER), GOOD.replace("3=2000", "2000")], 2),
        ([",".join(HEADER), GOOD, GOOD.replace("x,X Conf", "y,Y Conf", 1)], 3),
        ([], 1),
    ],
)
def test_bad_vocabulary_says_file_and_line(tmp_path: Path, lines: list[str], line: int) -> None:
    path = tmp_path / "venues.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(VocabularyError, match=rf"venues\.csv:{line}: "):
        read_venues(path)


@pytest.mark.parametrize("data", [None, b"id,label\xff\xfe"])
def test_vocabulary_that_cannot_be_read_is_named(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "venues.csv"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(VocabularyError, match=r"venues\.csv: cannot be read"):
        read_venues(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])  # the other as Excel saves it
def test_good_vocabulary_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "venues.csv"
    path.write_text(",".join(HEADER) + "\n" + GOOD + "\n", encoding=encoding)
    assert read_venues(path) == (
        Series("venue/x", "X Conf", ("XC", "Conference on X, Y"), "conference", (3, 2000), 2, ("10.1109/X.",), ""),
    )


@pytest.mark.parametrize(
    ("comments", "label", "aliases", "year", "host"),
    [
        ("Accepted at the 3rd Workshop on Quxing Bars (WQB 2021)", "Workshop on Quxing Bars", ("WQB",), 2021, ""),
        ("ICML 2019 Workshop on Foo Bar (FBZ-19)", "Workshop on Foo Bar", ("FBZ",), 2019, "icml"),
        ("5 pages. Presented at the QUX7S workshop at IPDPS 2020", "QUX7S Workshop", ("QUX7S",), 2020, "ipdps"),
        ("Accepted to the 2nd Quxing Things Workshop, colocated at VLDB'25", "Quxing Things Workshop", (), 2025, "vldb"),
        ("Published in FooQ 2017", "FooQ", (), 2017, ""),
        ("In Proceedings QUXX 2010, arXiv:1011.0051", "QUXX", (), 2010, ""),
        ("ISQQ2009 (International Symposium on Quxing, Barring, and Bazzing)",
         "International Symposium on Quxing, Barring, and Bazzing", ("ISQQ",), 2009, ""),
        ("Int'l Conf. on Quxing (ICQ'18), Paris, France", "International Conference on Quxing", ("ICQ",), 2018, ""),
        ("QuxSat 2024 conference", "QuxSat", (), 2024, ""),
        ("Extended abstract accepted to the QUX-V Summit Europe 2025", "QUX-V Summit", ("QUX-V",), 2025, ""),
        ("Accepted at IEEE 11th International Conference on Quxing Engineering (ICQE 2026)",
         "International Conference on Quxing Engineering", ("ICQE",), 2026, ""),
        ("ICRA Workshop on Field Robotics 2020", "Workshop on Field Robotics", (), 2020, "icra"),
        ("Accepted to the second Quxing Bar Workshop 2020", "Quxing Bar Workshop", (), 2020, ""),
        ("Presented at the Twenty-fourth Earth Quxing Workshop, 2020", "Earth Quxing Workshop", (), 2020, ""),
        ("The Fifth Quxing Bar Conference (QBC 2025), best paper", "Quxing Bar Conference", ("QBC",), 2025, ""),
        ("Presented at 2025 IEEE Conference on Robotics and Automation (ICRA) Workshop: Advances in Quxing",
         "Advances in Quxing Workshop", (), 2025, "icra"),
        ("NIPS'17 Workshop: Quxing at Bar Scale", "Quxing at Bar Scale Workshop", (), 2017, "neurips"),
        ("Accepted to ICCV Workshop 2019", "ICCV Workshops", (), 2019, "iccv"),
        ('ICML 2026 Workshop "Deep Things at Scale"', "Deep Things at Scale Workshop", (), 2026, "icml"),
        ("Accepted to ICCV 2019 Workshop (AI for Animal Sounds)", "AI for Animal Sounds Workshop", (), 2019, "iccv"),
        ("Accepted at an ICCV 2019 Satellite Workshop", "ICCV Workshops", (), 2019, "iccv"),
        ("Proceedings of IEEE WCNC 2019 Workshops, 6 pages", "WCNC Workshops", (), 2019, "wcnc"),
        ("Accepted as a workshop contribution at ICLR 2015", "ICLR Workshops", (), 2015, "iclr"),
        ("2026 ICLR QUX-BAR Workshop", "QUX-BAR Workshop", (), 2026, "iclr"),
        ("Published at ICLR 2025 - Machine Quxing for Bars (MQ4B) Workshop",
         "Machine Quxing for Bars Workshop", ("MQ4B",), 2025, "iclr"),
        ("Accepted to CVPR 2025 workshop on Harnessing Quxes", "Workshop on Harnessing Quxes", (), 2025, "cvpr"),
        ("5 pages, 2 figures, QUXB workshop 2020", "QUXB Workshop", ("QUXB",), 2020, ""),
        ("ICML Accepted Workshop Paper 2019", "ICML Workshops", (), 2019, "icml"),
        ("Accepted at the peer-reviewed QUX4B Workshop at NeurIPS 2025", "QUX4B Workshop", ("QUX4B",), 2025, "neurips"),
        ("CoNEXT Quxing Workshop 2016", "CoNEXT Quxing Workshop", (), 2016, "conext"),
        ("Conference: QuxCom2017, 9 pages", "QuxCom", (), 2017, ""),
        ("In Proceedings Festschrift for Ann Qux, arXiv:1309.4557", "Festschrift for Ann Qux", (), 0, ""),
        ("International Journal on Quxing and Bars (IJQB), Vol. 1, No. 1, June 2011",
         "International Journal on Quxing and Bars", ("IJQB",), 2011, ""),
        ("Accepted at the Quxing of Bars (RL4QUX) Workshop, 2019", "Quxing of Bars Workshop", ("RL4QUX",), 2019, ""),
        ("To appear in the first international conference on Quxing Bars, Qux City, April 2013",
         "Conference on Quxing Bars", (), 2013, ""),
        ('Presented at CoRL 2025 workshop on "Quxing the Bar"', "Workshop on Quxing the Bar", (), 2025, "corl"),
        ("Presented at the 1st European Qux Symposium 2008, Barville", "European Qux Symposium", (), 2008, ""),
        ("In Proceedings of the 9th Annual Quxing Conference, Las Vegas", "Quxing Conference", (), 0, ""),
        ("2025 IEEE Qux Summit", "IEEE Qux Summit", (), 2025, ""),
        ("Proceedings of the 19-th Qux Barring Conference (QuxBar 2019)", "Qux Barring Conference", ("QuxBar",), 2019, ""),
        ("5 pages, 1 figure, Quxing Bar Bazzing Conference", "Quxing Bar Bazzing Conference", (), 0, ""),
        ("Accepted for the 67th International Symposium on QUXAR 2025", "International Symposium on QUXAR", ("QUXAR",), 2025, ""),
        ("QUXWARE 2013: The Seventh International Conference on Quxing Systems", "International Conference on Quxing Systems", ("QUXWARE",), 2013, ""),
    ],
)  # fmt: skip
def test_venues_that_no_list_holds(comments: str, label: str, aliases: tuple[str, ...], year: int, host: str) -> None:
    assert unlisted(comments=comments) == (label, aliases, year, host)


@pytest.mark.parametrize(
    ("comments", "label", "aliases", "year", "kind"),
    [
        ("Accepted at Quxcast 2026", "Quxcast", (), 2026, "conference"),
        ("12 pages, QUXX 2018", "QUXX", (), 2018, "conference"),
        ("QUXX'18 workshop; 6 pages", "QUXX Workshop", ("QUXX",), 2018, "workshop"),
        ("6 pages, 1 table, 2 figures, IQUX2014, Accepted to publish", "IQUX", (), 2014, "conference"),
        ("20 pages, quxKanren 2025", "quxKanren", (), 2025, "conference"),
        ("IEEE Quxes 2018 Conference", "IEEE Quxes", (), 2018, "conference"),
        ("5 pages, IEEE QComms 2018", "QComms", (), 2018, "conference"),
        ("Accepted at IEEE Quxes 2018", "IEEE Quxes", (), 2018, "conference"),
        ("Published in IET Bar Quxing, in press", "IET Bar Quxing", (), 0, "journal"),
        ("Accepted for publication in Studies in Quxing Bars", "Studies in Quxing Bars", (), 0, "journal"),
        ("Accepted to the 25th International Qux Roundtable", "International Qux Roundtable", (), 0, "conference"),
        ("CQX-2014, Dec. 19th - 21st, Barville", "CQX", (), 2014, "conference"),
        ("Accepted into Proc. QUXOS 2017", "QUXOS", (), 2017, "conference"),
        ("Extended version of QUXM2014 paper", "QUXM", (), 2014, "conference"),
        ("accepted and pending publication at QUXEC'26", "QUXEC", (), 2026, "conference"),
        ("Accepted to be presented in QUXCC, Barville, UK, 2014", "QUXCC", (), 2014, "conference"),
        ("9 pages, conference QUXEDS'04", "QUXEDS", (), 2004, "conference"),
        ("Accepted for publication in Quxing and Bars and Bazzing (PQUX 2011)",
         "Quxing and Bars and Bazzing", ("PQUX",), 2011, "conference"),
        ("1st Quxing and Barring Experience (QUBE'08)", "Quxing and Barring Experience", ("QUBE",), 2008, "conference"),
        ("Author-final version. Accepted to Quxing Letters", "Quxing Letters", (), 0, "journal"),
        ("accepted for Barry Discussions, 13 pages", "Barry Discussions", (), 0, "journal"),
        ("Quxing Bars and Bazzes 2007, Bar City", "Quxing Bars and Bazzes", (), 2007, "conference"),
        ("accepted for QUXN18", "QUXN", (), 2018, "conference"),
        ("accepted for publication in IEEE IQUXI Conference proceedings", "IQUXI", (), 0, "conference"),
        ('To appear in "Advances in Quxing", edited by Ann Qux', "Advances in Quxing", (), 0, "journal"),
        ("Published in Trends in Qux Science & Bars Journal", "Trends in Qux Science & Bars Journal", (), 0, "journal"),
    ],
)  # fmt: skip
def test_venues_that_the_words_around_them_tell(
    comments: str, label: str, aliases: tuple[str, ...], year: int, kind: str
) -> None:
    assert unlisted(comments=comments) == (label, aliases, year, "")
    (e,) = INDEX.find(Paper(id="abs:1", comments=comments))
    assert e.unlisted is not None and e.unlisted.kind == kind


@pytest.mark.parametrize(
    ("comments", "wanted"),
    [
        ("In proceedings of USENIX HotStorage, San Jose, June 2013", [("hotstorage", 2013, "")]),
        ("Proceedings of the 9th ACIS Conference on Quxing (QUX 2011)", []),
        ("Published in NeurIPS'25 Dataset and Benchmark Track", [("neurips", 2025, "")]),
        (
            "To appear on Theory and Practice of Logic Programming",
            [("theory-and-practice-of-logic-programming", 0, "")],
        ),
        ("in press on International Journal of Nanotechnology 2016", []),
        ("To be published in International Journal on WWW/Internet", []),
        (
            "extended abstract, TPLP journal for ICLP14",
            [("iclp", 2014, "")],
        ),
    ],
)
def test_venues_names_within_longer_ones_and_behind_proceedings(
    comments: str, wanted: list[tuple[str, int, str]]
) -> None:
    assert editions(comments=comments) == wanted


@pytest.mark.parametrize(
    ("comments", "name", "host"),
    [
        ("Accepted at WQUX @ ICML 2026, with code", "WQUX", "icml"),
        ("Accepted to QUX4M@ICML2026", "QUX4M", "icml"),
        ("Accepted to Q4ML@CGO'26", "Q4ML", "cgo"),
        ("Accepted to QUXS at ICDCS 2026", "QUXS", "icdcs"),
        ("Accepted at NeurIPS QUXGM 2026", "QUXGM", "neurips"),
        ("accepted in CVPR-QU4Bars, 2026", "QU4Bars", "cvpr"),
        ("Accepted for HeaQux-EACL 2026", "HeaQux", "eacl"),
        ("QUXP 2026 (WSDM workshop)", "QUXP", "wsdm"),
        ("ML4QX @ICLR 2026 (Main)", "ML4QX", "iclr"),
        ("Accepted at CVPR QUXMS 2026", "QUXMS", "cvpr"),
        ("KDD QUXEA'26", "QUXEA", "kdd"),
        ("To Appear in VLDB-QUXTC (2026) , 20 pages", "QUXTC", "vldb"),
        ("Presented at The MICCAI-QUXON 26 Workshop (Qux Bars)", "QUXON", "miccai"),
    ],
)
def test_venues_workshops_are_named_beside_the_conference_they_met_at(comments: str, name: str, host: str) -> None:
    assert unlisted(comments=comments) == (f"{name} Workshop", (name,), 2026, host)


@pytest.mark.parametrize(
    "comments",
    [
        "Presented in New York 2018",
        "Published in December 2018",
        "Accepted in Spring 2019, published by Springer Nature",
        "PhD thesis, CMU 2016",
        "Presented at MIT, 2015",
        "Accepted at ISGT-ASIA 2019",
        "Write to ann@ICML.org or bob@QUXX2018.edu",
        "Under Review (QUXX 2026)",
        "Accepted on MAY 2018",
        "Presented to DARPA 2018",
        "To appear in Lecture Notes of Quxing",
        "Published by Center of Quxing and Education",
        "chapter to be published in Quxman A. (Ed.), 2018",
        "Supplementary Material 2018",
        "See the Qux Conference for more",
        "to appear in IEEE Xplore Conference Proceedings",
        "12 pages, GPT-4 2024 results",
        "Submitted to the Workshop on Quxing Bars (WQB 2021)",
        "Under review at FooQ 2017",
        "12 pages, 5 figures, QUXX Workshop 2026 (submitted)",
        "Accepted at the workshop. See the conference version.",
        "Accepted at ICML 2019; longer than the version at the Workshop on Quxing 2018",
        "This is the conference version, with an Appendix 2020",
        "ACM Reference Format: 10 pages",
        "PhD Thesis, University of Quxing 2020",
        "QUXX Workshop '26 at ICML 2026 (submitted)",
        "Submitted to ICCV Workshop 2019",
        "Sensys-ML19 workshop",
        "Accepted by IEEE 16th Annual Quxing Networking Event",
    ],
)
def test_comments_that_name_no_venue_at_all(comments: str) -> None:
    assert unlisted(comments=comments) is None


def test_venues_unlisted_are_found_in_journal_references_and_are_one_however_they_are_written() -> None:
    first = INDEX.find(Paper(id="abs:1", journal_ref="Proceedings of the Workshop on Quxing-Bars, 2012, pp. 1-5"))
    other = INDEX.find(Paper(id="abs:2", comments="Presented at the Workshop on Quxing Bars, 2013"))
    assert [e.venue for e in (*first, *other)] == ["venue/workshop-on-quxing-bars"] * 2
    labels = merged(e.unlisted for e in (*first, *other) if e.unlisted)
    assert [(v.label, v.aliases) for v in labels.values()] == [
        ("Workshop on Quxing Bars", ("Workshop on Quxing-Bars",))
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "IEEE ",
        "International ",
        "Quxing ",
        "Workshop on A, ",
        "ICML A ",
        "ICML 2019 Workshop: A ",
        "a workshop at ICML ",
        "A and ",
        "ABC (",
        "In Proceedings A",
        "A/",
        "Published in the proceedings of the ",
        "Int'l Conf. ",
        "Accepted at ",
        "Published in Quxing, ",
        "QUXX @ ICML ",
        ", IEEE Qux",
        "Qux (QUX'18) ",
        "accepted for a-b ",
        "Q/",
        "@ICML",
        "QUX",
    ],
)
def test_venues_unlisted_take_linear_time(piece: str) -> None:
    started = time.process_time()
    for ending in ("", "Workshop", "2020"):
        INDEX.find(Paper(id="abs:1", comments=f"Accepted at {piece * (3900 // len(piece))}{ending}"))
    assert time.process_time() - started < 1.5


def test_venues_a_roman_number_counts_what_follows() -> None:
    """ "IV" is a conference on vehicles, and the fourth of others."""
    assert editions(comments="Accepted at IEEE IV 2019") == [("iv", 2019, "")]
    assert editions(comments="Published in IV Quuxish Conference on Zorbs 2011") == []
    assert unlisted(comments="Accepted at the IV Quuxing Workshop on Zorbs, 2010") == (
        "IV Quuxing Workshop on Zorbs",
        (),
        2010,
        "",
    )
