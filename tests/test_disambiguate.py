"""Ambiguous names: what licenses them, what forbids them."""

import time
from pathlib import Path

import pytest

from kg.linking import disambiguate, linker
from kg.model import Paper
from kg.rows import HEADER
from kg.vocabulary import load


def linked(abstract: str, title: str = "", categories: tuple[str, ...] = ()) -> set[str]:
    paper = Paper(id="abs:test", title=title, abstract=abstract, categories=categories)
    return {k.entity for k in linker.default().extract(paper).links if k.entity}


def test_disambiguate_links_a_word_only_where_a_cue_stands() -> None:
    assert "system/ray" in linked("We run the actors of our Python program on Ray, a distributed framework.")
    assert "system/ray" not in linked("The telescope saw a Ray of light at dusk.")


def test_disambiguate_links_a_name_beside_its_kin() -> None:
    assert "system/apache-storm" in linked("We port three jobs to Apache Flink, and to Storm as well.")
    assert "system/apache-storm" not in linked("The Storm reached the coast in September.")


def test_disambiguate_links_a_language_that_code_is_written_in() -> None:
    for language in ("Rust", "Go", "C", "Scheme"):
        assert linked(f"Foo is implemented in {language}.") & {"system/rust", "system/go", "system/c", "system/scheme"}
    assert "system/rust" not in linked("The chemistry of corrosion is laid down in Rust.")
    assert "system/ray" not in linked("Foo is implemented in Ray.")  # no language


def test_disambiguate_links_a_language_named_in_full() -> None:
    assert "system/go" in linked("Deadlocks are found by static analysis of the Go programming language.")


def test_disambiguate_links_a_name_in_a_list_of_its_like() -> None:
    assert "technique/phi" in linked("Six baselines (Mixtral-8x7B, Phi-3, and two others) are tested.")


@pytest.mark.parametrize(
    "text",
    [
        "Reinforcement learning agents are trained in environments of the NeMo Gym toolkit.",
        "We train the agent with reinforcement learning in the environments of FairGym-Gym.",
    ],
)
def test_disambiguate_leaves_a_part_of_a_longer_name(text: str) -> None:
    assert "system/openai-gym" not in linked(text)


def test_disambiguate_lets_the_owner_stand_before_a_name() -> None:
    assert "hardware/frontier" in linked("All runs used the OLCF Frontier supercomputer at Oak Ridge.")
    assert "system/apache-hive" in linked("A warehouse of SQL tables in Hadoop, queried with Apache Hive.")


def test_disambiguate_leaves_a_word_of_a_headline() -> None:
    body = "Memory limits serving on a TPU. We study which choices help."
    assert "system/pathways-system" not in linked(body, "Optimization Pathways for Serving Large Models")


def test_disambiguate_leaves_an_author() -> None:
    assert "system/weaver-graph" not in linked("Weaver et al. store a graph in a transactional database.")


def test_disambiguate_does_not_let_a_name_vouch_for_itself() -> None:
    assert "hardware/tenstorrent" not in linked("Wormhole attacks on sensor networks; a Wormhole is a tunnel.")


def test_disambiguate_vetoes_give_way_to_a_cue_beside_the_name() -> None:
    text = "A Pareto analysis of precision; all experiments ran on the Frontier supercomputer."
    assert "hardware/frontier" in linked(text)
    assert "hardware/frontier" not in linked("The Pareto Frontier of a supercomputer's energy and time.")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("A quux walk is short. Two quux walks in the hills meet.", {"technique/quux-walk"}),
        ("We count the quux walks and the quux-walk problem.", {"technique/quux-walk"}),
        ("Only hill quux walks are counted.", set()),
        ("Only hill quux-walk counts are told.", set()),
        ("Only hill QW counts are told.", set()),
        ("Only hill quux walks are counted, but a quux walk is long.", {"technique/quux-walk"}),
        ("A quux walk by the sea, and none in any zorro.", set()),
        ("A study of non-quux walks.", set()),
    ],
)
def test_disambiguate_words_around_a_name_forbid_it_there_however_it_is_written(
    tmp_path: Path, text: str, links: set[str]
) -> None:
    mine = tmp_path / "techniques-mine.csv"
    mine.write_text(f"{','.join(HEADER)}\nquux-walk,quux walk,=QW,,,!hill quux walk|!hill qw|!zorro,,,\n")
    found = linker.Linker(load([mine])).extract(Paper(id="abs:test", abstract=text)).links
    assert {k.entity for k in found if k.entity and k.score >= 0.5} & {"technique/quux-walk"} == links


def test_disambiguate_every_cue_and_veto_can_stand_in_a_text() -> None:
    said = [(t.entity.id, c) for t in load().terms.values() for c in (*t.cues, *t.vetoes)]
    assert [(entity, cue) for entity, cue in said if not disambiguate.Context("", f"a {cue} b", ()).says(cue)] == []


@pytest.mark.parametrize("cue", ["GPU", "I/O", "H.264", "C++", "humanity's last", "M2 "])
def test_disambiguate_finds_a_cue_however_it_is_written(tmp_path: Path, cue: str) -> None:
    file = tmp_path / "systems.csv"
    file.write_text(f"{','.join(HEADER)}\nzorple,Zorple,,,context,{cue},,,test\n")
    one = linker.Linker(load([file]))
    assert "system/zorple" in {
        x.entity for x in one.extract(Paper(id="x", abstract=f"We use Zorple with {cue} for joins.")).links
    }
    assert "system/zorple" not in {
        x.entity for x in one.extract(Paper(id="x", abstract="We use Zorple with m2m for joins.")).links
    }


def test_disambiguate_reads_no_language_inside_another() -> None:
    assert "system/c" not in linked("The library is written in C++ and has a compiler.")


def test_disambiguate_takes_a_list_in_parentheses_for_no_definition() -> None:
    assert "hardware/nvidia-ampere" in linked("We tested many NVIDIA GPU architectures (Ampere, Hopper and Volta).")


@pytest.mark.parametrize("unit", ["Gym-", "Storm, ", "NeMo Gym ", "(Ampere, ", "Storm and Tez, Flink "])
def test_disambiguate_is_linear_on_hostile_repetition(unit: str) -> None:
    linked(unit)
    begin = time.process_time()
    linked(unit * (100_000 // len(unit)))
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "address", ["zq.com/a", "zq.org", "a.github.io/b", "zq.net", "cs.zq.edu/b", "zq.gov", "a@zq.de", "www.zq.de/a"]
)
def test_disambiguate_finds_every_kind_of_address(address: str) -> None:
    text = f"See {address} for more."
    ((start, end),) = disambiguate.in_url(text)
    assert text[start:end].endswith(address[-3:])


@pytest.mark.parametrize("piece", ["a-", "a.", "a@", "-", "http", "a.io-"])
def test_disambiguate_seeks_addresses_in_linear_time(piece: str) -> None:
    started = time.process_time()
    disambiguate.in_url("Code is at x.io. " + piece * 60_000)
    assert time.process_time() - started < 1


def test_disambiguate_a_definition_means_the_name_that_is_most_like_it() -> None:
    """Of the meanings of a short form several may share words with its long form."""
    found = linked("We give hard instances for the maximum independent set problem (MIS), and solve MIS on graphs.")
    assert "task/maximum-independent-set" in found
    assert "task/maximal-independent-set" not in found


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("We measure the MAC protocol of a wireless network with contention.", "technique/medium-access"),
        (
            "A MAC unit of the systolic array multiplies for a DNN. The MAC is small.",
            "hardware/multiply-accumulate-unit",
        ),
        ("The beeping model is weak, and yet MIS takes few rounds.", "task/maximal-independent-set"),
        ("We study MIS and maximum clique, both NP-hard.", "task/maximum-independent-set"),
        ("Neural IR ranks documents by relevance.", "task/information-retrieval"),
        ("The passes lower an IR of LLVM to code.", "technique/intermediate-representation"),
        ("On multi-hop QA the retriever wins.", "task/question-answering"),
        ("The team of QA tests each release of the product.", ""),
        ("Long audio makes ASR hard.", "task/speech-recognition"),
        ("The attack has an ASR of 93%.", ""),
        ("We defend against ROP exploits that chain gadgets.", "technique/return-oriented-programming"),
    ],
)
def test_disambiguate_an_acronym_that_the_paper_does_not_define_means_what_its_words_say(text: str, meant: str) -> None:
    of_acronym = {
        link.entity
        for link in linker.default().extract(Paper(id="abs:test", abstract=text)).links
        if link.mention.surface in ("MAC", "MIS", "IR", "QA", "ASR", "ROP") and link.entity
    }
    assert of_acronym == ({meant} if meant else set())
