"""Names that one paper introduces, linked from the others, whatever the order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import msgspec
import pytest

from kg.assemble import Assembler, nodes, texts, views_of
from kg.corpus import Corpus, Terms, discovered_entity, entry, name_variants
from kg.linking.linker import Linker
from kg.model import Claim, Discovery, Entity, Evidence, Extraction, Facts, Paper
from kg.ontology import claim_id

ONE = Paper(
    id="arxiv:2001.00001", abstract="We present ZqFlow, a distributed dataflow engine for GPU clusters running PyTorch."
)
TWO = Paper(id="arxiv:2002.00002", abstract="We train models. Our method outperforms ZqFlow by 2x on GPU clusters.")
THREE = Paper(id="arxiv:2003.00003", abstract="The quick brown fox. We study ZqFlow in GPU clusters.")
OTHER = Paper(id="arxiv:2004.00004", abstract="We present ZqFlow, a river simulation code for hydrology.")


def collect(pairs: Iterable[tuple[Paper, Extraction]], linker: Linker) -> Corpus:
    """The corpus of some papers. The same for any order."""
    corpus = Corpus()
    for paper, extraction in pairs:
        found = entry(paper, extraction, linker)
        corpus.add(found.names, found.terms)
    return corpus


def assemble(linker: Linker, *papers: Paper) -> dict[str, Facts]:
    extractions = [linker.extract(p) for p in papers]
    corpus = collect(zip(papers, extractions, strict=True), linker)
    assembler = Assembler(linker, corpus.homes, corpus.terms)
    return {p.id: assembler.facts(p, e) for p, e in zip(papers, extractions, strict=True)}


def edges(facts: Facts) -> dict[str, str]:
    return {e.statement.object: e.statement.predicate for e in facts.edges}


def test_assemble_links_a_name_that_another_paper_introduces(linker: Linker) -> None:
    facts = assemble(linker, ONE, TWO)
    assert edges(facts[ONE.id])["system/zqflow--2001-00001"] == "introduces"
    assert edges(facts[TWO.id])["system/zqflow--2001-00001"] == "comparesWith"


def test_assemble_does_not_depend_on_order(linker: Linker) -> None:
    results = [assemble(linker, *order) for order in itertools.permutations((ONE, TWO, THREE))]
    assert all(r == results[0] for r in results)


def test_assemble_keeps_homonyms_apart_and_decides_by_company(linker: Linker) -> None:
    facts = assemble(linker, ONE, TWO, OTHER)
    assert any(e.endswith("/zqflow--2004-00004") for e in edges(facts[OTHER.id]))
    assert "system/zqflow--2001-00001" not in edges(facts[OTHER.id])
    assert edges(facts[TWO.id]).get("system/zqflow--2001-00001") == "comparesWith"


def test_assemble_knows_the_names_near_a_text_as_if_it_knew_all(linker: Linker) -> None:
    papers = (ONE, TWO, THREE, OTHER, Paper(id="arxiv:2005.00005", abstract="We present QuuxMesh, a mesh network."))
    read = [(p, linker.extract(p)) for p in papers]
    corpus = collect(read, linker)
    assert "technique/quuxmesh--2005-00005" in corpus.homes
    for paper, extraction in read:
        found = entry(paper, extraction, linker)
        near = corpus.near(texts([views_of(paper)]), [found.tokens])
        assert ("technique/quuxmesh--2005-00005" in near) == (paper == papers[-1])
        assert {e: corpus.homes[e] for e in near} == near
        wanted = Assembler(linker, corpus.homes, corpus.terms).facts(paper, extraction)
        assert Assembler(linker, near, corpus.terms).facts(paper, extraction) == wanted
    nodes = corpus.discovered()
    assert {e: nodes[e] for e in nodes} == {e: discovered_entity(h.discovery) for e, h in corpus.homes.items()}
    assert len(nodes) == len(corpus.homes) and "system/ray" not in nodes


def test_assemble_a_removed_paper_takes_its_name_along(linker: Linker) -> None:
    assert not any("zqflow--" in e for e in edges(assemble(linker, TWO)[TWO.id]))


def test_assemble_every_edge_has_evidence_from_its_own_paper(linker: Linker) -> None:
    for facts in assemble(linker, ONE, TWO, THREE, OTHER).values():
        for edge in facts.edges:
            assert edge.evidence
            assert {e.paper for e in edge.evidence} == {facts.paper.id}


PLAIN = Paper(
    id="arxiv:2005.00005",
    abstract="We present Harbour, a scheduler for deep learning jobs on GPU clusters with Kubernetes and PyTorch. "
    "Harbour is fast.",
)


@pytest.mark.parametrize(
    ("abstract", "linked"),
    [
        (
            "We compare schedulers for deep learning jobs on GPU clusters with Kubernetes and PyTorch against Harbour.",
            True,
        ),
        ("Harbour towns grow. Deep learning jobs run on GPU clusters with Kubernetes and PyTorch.", False),
        ("We route ships to Harbour and beyond.", False),
        ("Deep learning jobs on GPU clusters with Kubernetes and PyTorch seek a harbour.", False),
    ],
)
def test_assemble_a_plain_word_needs_company_and_its_case(linker: Linker, abstract: str, linked: bool) -> None:
    other = Paper(id="arxiv:2006.00006", abstract=abstract)
    found = edges(assemble(linker, PLAIN, other)[other.id])
    assert any("harbour--2005-00005" in e for e in found) is linked


@pytest.mark.parametrize(
    ("name", "label", "travels"),
    [
        ("ZqFlow", "ZqFlow", True),
        ("Memory Decoder", "Memory Decoder", True),
        ("Memory", "Memory Decoder", False),
        ("TL-DRAM", "TL-DRAM Cache", True),
        ("and Reasoning", "and Reasoning Corpus", False),
        ("an integrated", "an integrated", False),
        ("processes", "processes", False),
        ("AE", "an integrated", False),
    ],
)
def test_assemble_names_that_mean_nothing_elsewhere_do_not_travel(
    linker: Linker, name: str, label: str, travels: bool
) -> None:
    forms = {v.form for v in name_variants(Discovery("technique/x--1", label, (name,), "technique", "arxiv:1"), linker)}
    assert (name in forms) is travels


def test_assemble_a_claim_names_its_hardware_once(linker: Linker) -> None:
    paper = Paper(id="arxiv:2007.00007", abstract="We present ZqFlow. ZqFlow is 3.8x faster than TVM on the Intel CPU.")
    (claim,) = assemble(linker, paper)[paper.id].claims
    assert claim.hardware == ("hardware/intel-cpu",)


def test_assemble_no_two_claims_share_an_iri(linker: Linker) -> None:
    """Else one node has the evidence of both, and one claim more is counted than there are nodes."""
    evidence = Evidence(TWO.id, "abstract", 0, 2, 0, 16, "We", "x", 0.9)
    written = [4.3e-7, 4.3 * 10.0**-7, 4.4e-7]  # "0.00000043 s", "4.3 × 10^-7 s": floats that differ, one number
    claims = tuple(Claim(paper=TWO.id, unit="s", value=value, evidence=evidence) for value in written)
    extraction = msgspec.structs.replace(linker.extract(TWO), claims=claims)
    found = Assembler(linker, {}, Terms()).facts(TWO, extraction).claims
    assert [c.value for c in found] == [written[0], written[2]]
    assert len({claim_id(c) for c in found}) == len(found)


def test_assemble_claims_name_only_what_the_paper_links(linker: Linker) -> None:
    """A mention that is too unsure for an edge says nothing in a claim either."""
    paper = Paper(
        id="arxiv:2005.00005", abstract="We present ZqFlow, a cache. ZqFlow is 3x faster than Memcached on Intel CPUs."
    )
    extraction = linker.extract(paper)
    (claim,) = assemble(linker, paper)[paper.id].claims
    assert claim.baseline == "system/memcached"
    unsure = tuple(
        msgspec.structs.replace(k, score=0.1) if k.entity == "system/memcached" else k for k in extraction.links
    )
    doubtful = msgspec.structs.replace(extraction, links=unsure)
    corpus = collect([(paper, doubtful)], linker)
    (claim,) = Assembler(linker, corpus.homes, corpus.terms).facts(paper, doubtful).claims
    assert claim.baseline == ""
    assert claim.baseline_text == "Memcached"


def test_assemble_a_mined_term_stands_under_what_it_ends_with(linker: Linker) -> None:
    found = Entity(id="technique/zq-bilateral-filter", label="zq bilateral filter", mined=True)
    other = Entity(id="technique/lack-of-bilateral-filter", label="lack of bilateral filter", mined=True)
    terms = {"zq-bilateral-filter": found, "lack-of-bilateral-filter": other}
    by_id = {e.id: e for e in nodes([found.id, other.id], linker, {}, terms)}
    assert by_id[found.id].broader == ("technique/bilateral-filter",)
    assert "technique/bilateral-filter" in by_id
    assert by_id[other.id].broader == ()
