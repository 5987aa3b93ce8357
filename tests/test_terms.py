"""Established terms that no vocabulary lists."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.assemble import Assembler, nodes
from kg.linking import linear, term_features, terms
from kg.linking.linker import Linker
from kg.linking.text import View
from kg.model import Author, Paper
from tests.test_assemble import collect

TEXT = (
    "We study zorbix index compression in wide-column stores. Zorbix index compression (ZIC) shrinks posting lists. "
    "Our compiler applies ZIC, and outperforms QuxZip, RoaringNet and PforDelta2 by 3x on the GlobTrace dataset."
)


def find(finder: terms.Terms, abstract: str, title: str = "") -> dict[str, list[terms.Term]]:
    views = {"title": View(title), "abstract": View(abstract)}
    return finder.find(views, {"title": [], "abstract": []})


@pytest.fixture(scope="module")
def finder() -> terms.Terms:
    return terms.Terms(terms.shipped(), linear.shipped_features("kinds"), lambda name: False, ())


def test_terms_names_and_phrases_are_found_where_they_stand(finder: terms.Terms) -> None:
    found = find(finder, TEXT)["abstract"]
    names = {TEXT[t.start : t.end] for t in found}
    assert "RoaringNet" in names
    assert any("index compression" in n for n in names)
    assert all(0.5 < t.score < 1 for t in found)


def test_terms_nobody_and_anything_are_no_things(finder: terms.Terms) -> None:
    found = find(finder, "Nobody says anything of interest here. We use Segment Anything Zormodel.")["abstract"]
    assert [t.name for t in found if "says" in t.name] == []
    assert any("Anything" in t.name for t in found)


@pytest.mark.parametrize(
    "number",
    [
        "0.512-0.564",
        "2011-2020",
        "4-64",
        "13-15X",
        "20-24 nm",
        "7.1–9.8",
        "1031-1035",
        "Theorem 4.2",
        "Phase II",
        "S-R",
    ],
)
def test_terms_ranges_years_and_parts_of_a_work_are_no_things(finder: terms.Terms, number: str) -> None:
    text = f"We use the ({number}) and QuxZip with RoaringNet ({number}), on Zorbench ({number})."
    names = {text[t.start : t.end] for t in find(finder, text)["abstract"]}
    assert "RoaringNet" in names
    assert not any(set(number.split()) & set(name.split()) for name in names)


def test_terms_a_long_form_has_no_quotation_marks(finder: terms.Terms) -> None:
    text = 'The "zorbix" index compression (ZIC) is fast. We evaluate ZIC and RoaringNet, and ZIC wins.'
    view = View(text)
    defined = {"ZIC": '"zorbix" index compression'}
    found = finder.find({"abstract": view}, {"abstract": []}, defined=defined)["abstract"]
    assert {t.name for t in found if text[t.start : t.end] == "ZIC"} == {"zorbix index compression"}


def test_terms_do_not_overlap_and_come_in_order(finder: terms.Terms) -> None:
    found = find(finder, TEXT, "Zorbix Index Compression for Stores")
    for items in found.values():
        assert all(a.end <= b.start for a, b in itertools.pairwise(items))


def test_terms_a_name_has_one_class_in_a_paper(finder: terms.Terms) -> None:
    text = "We run QuxZip on servers. QuxZip is a compressor. The QuxZip dataset is large. QuxZip wins against QuxZip."
    assert len({t.entity for t in find(finder, text)["abstract"] if t.name == "QuxZip"}) == 1


def test_terms_a_label_has_its_letters_from_within_sentences(finder: terms.Terms) -> None:
    """At the start of a sentence and in titles any word has a capital."""
    text = "Wexter index compression is fast. We use the Wexter index compression. Sparse index compression is slow."
    names = {t.name for t in find(finder, text, "Wexter Index Compression")["abstract"]}
    assert {"Wexter index compression", "sparse index compression"} <= names
    assert "wexter index compression" not in names


def test_terms_a_word_that_the_vocabulary_capitalises_keeps_its_capital_in_titles() -> None:
    finder = terms.Terms(
        terms.shipped(),
        linear.shipped_features("kinds"),
        lambda name: False,
        (),
        is_proper=lambda word: word == "Wexter",
    )
    title = "Scheduling for Wexter Networks"
    assert [t.name for t in find(finder, "", title)["title"]] == ["scheduling", "Wexter network"]


def test_terms_what_the_vocabulary_knows_is_no_new_term() -> None:
    finder = terms.Terms(terms.shipped(), linear.shipped_features("kinds"), lambda name: name == "RoaringNet", {"zic"})
    names = {t.name for t in find(finder, TEXT)["abstract"]}
    assert names
    assert not names & {"RoaringNet", "ZIC"}


@pytest.mark.parametrize("title", [True, False])
def test_terms_reading_weighs_the_features_that_training_sees(finder: terms.Terms, title: bool) -> None:
    chunks = TEXT.replace(". ", " ").split(" ")
    weights = terms.shipped()
    scored = finder.scored(chunks, TEXT.lower(), title=title)
    assert scored
    for score, c in scored:
        total = 0
        for feature in set(term_features.features(c, TEXT.lower())):
            template, _, value = feature.partition("=")
            total += weights[template].get(value, 0)
        assert score == total, c.words[c.i : c.j]


@given(text=st.text(max_size=300))
def test_terms_any_text_is_read_without_error(finder: terms.Terms, text: str) -> None:
    view = View(text)
    for t in find(finder, text)["abstract"]:
        assert view.plain[t.start : t.end].strip()


@settings(max_examples=25)
@given(
    words=st.lists(st.sampled_from("Graph graph QuxZip (aB) of index, compression GPU's state-of-the-art ZIC.".split()))
)
def test_terms_what_was_read_before_changes_nothing(finder: terms.Terms, words: list[str]) -> None:
    """Words and shapes are kept between texts; a fresh finder sees the same in a text."""
    text = " ".join(words)
    for title in (False, True):
        fresh = terms.Terms(terms.shipped(), linear.shipped_features("kinds"), lambda name: False, ())
        assert finder.scored(text.split(" "), text.lower(), title=title) == fresh.scored(
            text.split(" "), text.lower(), title=title
        )


@pytest.mark.parametrize("unit", ["QuxZip ", "graph ", "(aB) ", "a-b-", "- ", "index compression. "])
def test_terms_hostile_repetition_takes_linear_time(finder: terms.Terms, unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        find(finder, text)
        return time.process_time() - start

    seconds(10_000)
    assert seconds(100_000) < 3


def paper(number: int, text: str) -> Paper:
    return Paper(id=f"arxiv:2501.0000{number}", abstract=text)


def test_terms_two_papers_mean_one_node_whatever_the_order(linker: Linker) -> None:
    papers = [
        paper(
            1, "We compare with QuxZipper, a columnar compressor, on GPUs. QuxZipper is slower than our system by 2x."
        ),
        paper(2, "Our kernel outperforms QuxZipper by 3x on GPUs. We evaluate QuxZipper and our kernel."),
    ]
    results = []
    for order in (papers, papers[::-1]):
        extractions = [linker.extract(p) for p in order]
        corpus = collect(zip(order, extractions, strict=True), linker)
        assembler = Assembler(linker, corpus.homes, corpus.terms)
        facts = {p.id: assembler.facts(p, e) for p, e in zip(order, extractions, strict=True)}
        found = {e.statement.object for f in facts.values() for e in f.edges if "quxzipper" in e.statement.object}
        entities = list(nodes(found, linker, {}, corpus.terms))
        results.append((facts, entities))
        assert len(found) == 1
        assert [e.mined for e in entities] == [True]
    assert results[0] == results[1]


def test_terms_a_name_that_another_paper_introduces_is_that_papers(linker: Linker) -> None:
    papers = [
        paper(1, "We present QuxZipper, a columnar compressor for GPU clusters running PyTorch."),
        paper(2, "Our kernel outperforms QuxZipper by 3x on GPU clusters running PyTorch."),
    ]
    extractions = [linker.extract(p) for p in papers]
    corpus = collect(zip(papers, extractions, strict=True), linker)
    assembler = Assembler(linker, corpus.homes, corpus.terms)
    facts = [assembler.facts(p, e) for p, e in zip(papers, extractions, strict=True)]
    objects = [{e.statement.object for e in f.edges if "quxzipper" in e.statement.object} for f in facts]
    assert objects[0] == objects[1]
    assert all(o.endswith("/quxzipper--2501-00001") for o in objects[0])
    assert objects[0]


def test_terms_an_acronym_of_two_meanings_is_no_term_but_a_phrase_is(linker: Linker) -> None:
    """An acronym that a stranger introduced may mean anything here; words that one introduced stay what they say."""
    home = Paper(
        id="arxiv:2001.00001",
        abstract="We present QUXZ, a river model. We also propose columnar quux compression, a new method for maps.",
        authors=(Author("Ada Quux"),),
        categories=("physics.geo-ph",),
    )
    other = Paper(
        id="arxiv:2001.00009",
        abstract="Our kernel outperforms QUXZ by 3x on GPUs, and QUXZ is slow. We evaluate columnar quux compression "
        "with QUXZ on GPU clusters. Columnar quux compression is slow.",
        authors=(Author("Bob Baz"),),
        categories=("cs.DB",),
    )

    def found(*papers: Paper) -> set[str]:
        read = [(p, linker.extract(p)) for p in papers]
        corpus = collect(read, linker)
        facts = Assembler(linker, corpus.homes, corpus.terms).facts(*read[-1])
        return {e.statement.object for e in facts.edges if "qu" in e.statement.object.partition("/")[2]}

    phrase = "technique/columnar-quux-compression"
    assert found(other) == {"technique/quxz", phrase}
    assert found(home, other) == {phrase}


def test_terms_a_short_form_is_named_by_its_long_form(linker: Linker) -> None:
    """One node has both names, whichever of them the paper goes on with."""
    paper = Paper(
        id="arxiv:2007.00007",
        abstract="Zorbix posting compressors (ZPCs) shrink lists. We evaluate ZPCs on GPUs. ZPCs save 20% of the memory.",
    )
    corpus = collect([(paper, linker.extract(paper))], linker)
    labels = {e.id: (e.label, e.aliases) for e in map(corpus.terms.__getitem__, corpus.terms)}
    for label, aliases in labels.values():
        assert label != "ZPC", labels
        if "zorbix" in label.lower():
            assert label == "Zorbix posting compressor"
            assert set(aliases) <= {"ZPC"}


def test_terms_latex_accents_are_read_in_phrases_but_not_in_names_of_people() -> None:
    said = kg.link(r"As shown by F\"uredi, T\'oth and R\"oglin, a B\"uchi automaton over trees decides it.")
    found = {link.mention.surface for link in said.links if link.entity}
    assert r"B\"uchi automaton" in found
    assert found.isdisjoint({r"F\"uredi", r"T\'oth", r"R\"oglin"})
