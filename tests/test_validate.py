"""`kg validate`: the graph of the seeds is clean, and a planted defect of every kind is found and named."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import ontology as o
from kg.build import build
from kg.validate import validate
from tests.test_build import GOOD, lines
from tests.test_explore import pack

KG = re.escape(o.KG)
XSD = re.escape(o.XSD)


def drop(pattern: str) -> Callable[[str], str]:
    """A text without its first line that fits."""
    return lambda text: re.sub(rf"^.*{pattern}.*\n", "", text, count=1, flags=re.MULTILINE)


def change(pattern: str, replacement: str) -> Callable[[str], str]:
    """A text with the first place that fits changed."""
    return lambda text: re.sub(pattern, replacement, text, count=1)


def add(line: str) -> Callable[[str], str]:
    """A text with one line more."""
    return lambda text: text + line + "\n"


PAPER = "<https://w3id.org/paperkg/id/paper/arxiv-2006.06762>"
ANSOR = "<https://w3id.org/paperkg/id/system/ansor>"
RAY = "<https://w3id.org/paperkg/id/hardware/gpu>"

# fmt: off
#: What is planted: file, change, and what the report must say.
DEFECTS: dict[str, tuple[str, Callable[[str], str], str]] = {
    # the traps of published graphs
    "number as string": ("graph.nt", change(rf'({KG}value> "[\d.]+")\^\^<[^>]*>', r"\1"), "kg:value|#value"),
    "number that is none": ("graph.nt", change(rf'({KG}value>) "[\d.]+"', r'\1 "fast"'), "#value"),
    "misspelt own property": ("graph.nt", change(rf"{KG}introduces>", f"{o.KG}introduses>"), "introduses"),
    "misspelt foreign property": ("graph.nt", change("terms/identifier>", "terms/identifer>"), "identifer"),
    "http for https": ("graph.nt", change("<https://schema.org/name>", "<http://schema.org/name>"), "http://schema.org"),
    "wrong namespace of a class": ("graph.nt", change(rf"<{KG}System>", "<https://w3id.org/paperkg/System>"), "no class"),
    "rdfs:Literal as datatype": ("graph.nt", change(rf"<{XSD}date>", f"<{o.RDFS}Literal>"), "rdf-schema#Literal"),
    "IRI with a space": ("graph.nt", change(re.escape(ANSOR), "<https://w3id.org/paperkg/id/system/an sor>"), "cannot be read"),
    "blank node": ("graph.nt", add(f"{PAPER} <{o.KG}hasAuthorship> _:b0 ."), "blank node"),
    "statement under a counter": ("provenance.nq", lambda t: t.replace(re.search(r"id/statement/\w+", t)[0], "id/statement/17"), "identifier"),  # type: ignore[index]
    "another abstract": ("graph.nt", change(r"(<[^>]*dc/terms/abstract> \"[^\"]*)a", r"\1e"), "texts: the abstract of"),
    # shapes
    "no label": ("graph.nt", drop(rf"id/paper/[^>]*> <{re.escape(o.RDFS)}label"), "label"),
    "two labels": ("graph.nt", add(f'{PAPER} <{o.RDFS}label> "another" .'), "label"),
    "two classes": ("graph.nt", add(f"{ANSOR} <{o.RDF}type> <{o.KG}Task> ."), "exactly one"),
    "no class": ("graph.nt", drop(rf"id/system/ansor> <{re.escape(o.RDF)}type>"), "not described"),
    "two preferred labels": ("graph.nt", add(f'{ANSOR} <{o.SKOS}prefLabel> "Other" .'), "prefLabel"),
    "edge to a paper": ("graph.nt", add(f"{PAPER} <{o.KG}mentions> {PAPER} ."), "mentions"),
    "alias that is the label": ("graph.nt", add(f'{ANSOR} <{o.SKOS}altLabel> "Ansor" .'), "altLabel"),
    "broader than itself": ("graph.nt", add(f"{ANSOR} <{o.SKOS}broader> {ANSOR} ."), "broader than itself"),
    "circle of broader": ("graph.nt", lambda t: t + (c := re.search(rf"(<\S+>) <{re.escape(o.SKOS)}broader> (<\S+>)", t))[2] + f" <{o.SKOS}broader> {c[1]} .\n", "broader than itself"),  # type: ignore[index, operator]
    "two classes of what no paper mentions": ("graph.nt", lambda t: t + re.search(rf"<\S+> <{re.escape(o.SKOS)}broader> (<\S+>)", t)[1] + f" <{o.RDF}type> <{o.KG}Task> .\n", "exactly one"),  # type: ignore[index]
    "no scheme": ("graph.nt", drop("id/system/ansor> <[^>]*inScheme"), "inScheme"),
    "date that is none": ("graph.nt", change(rf'"[\d-]+"\^\^<{XSD}date>', f'"2020-13-45"^^<{o.XSD}date>'), "issued"),
    "value and range": ("graph.nt", change(rf"(<\S+claim/\w+>) <{KG}value> .*\n", rf'\g<0>\1 <{o.KG}minValue> "1"^^<{o.XSD}decimal> .\n'), "claim/"),
    "unknown comparator": ("graph.nt", change(rf"<{KG}UpTo>", f"<{o.KG}Upto>"), "Upto"),
    "claim of nobody": ("graph.nt", drop(f"<{KG}claimedBy>"), "claimedBy"),
    "confidence above one": ("graph.nt", change(rf'({KG}confidence>) "[\d.]+"', r'\1 "1.5"'), "confidence"),
    "unit of no vocabulary": ("graph.nt", change("<http://qudt.org/vocab/unit/[^>]*>", "<http://qudt.org/unit/PERCENT>"), "hasUnit"),
    "unit without text": ("graph.nt", drop(rf'<{KG}unitText> "%"'), "unitText"),
    "position zero": ("graph.nt", change(rf'({KG}position>) "1"', r'\1 "0"'), "position"),
    "edition of nothing": ("graph.nt", drop(f"<{KG}editionOf>"), "editionOf"),
    "year of another age": ("graph.nt", change(rf'({KG}year>) "\d+"', r'\1 "20190"'), "year"),
    "DOI that is none": ("graph.nt", add(f'{PAPER} <{o.PRISM}doi> "doi.org/x" .'), "doi"),
    "deprecated without successor": ("graph.nt", add(f'{ANSOR} <{o.OWL}deprecated> "true"^^<{o.XSD}boolean> .'), "isReplacedBy"),
    "field of no paper": ("provenance.nq", change(rf'({KG}field>) "abstract"', r'\1 "body"'), "field"),
    # provenance
    "quote that is not the text": ("provenance.nq", change(rf'({KG}exact>) "[^"]+"', r'\1 "Zqnot"'), "Zqnot"),
    "offset moved": ("provenance.nq", change(rf'({KG}start>) "\d+"', r'\1 "0"'), "evidence"),
    "offset that is no number": ("provenance.nq", change(rf'({KG}start>) "\d+"', r'\1 "x"'), "evidence"),
    "sentence that ends before the quote": ("provenance.nq", change(rf'({KG}sentenceEnd>) "\d+"', r'\1 "1"'), "evidence/"),
    "edge without statement": ("graph.nt", add(f"{PAPER} <{o.KG}uses> {RAY} .\n{PAPER} <{o.KG}mentions> {RAY} ."), "no statement"),
    "statement without edge": ("graph.nt", drop(rf"arxiv-2006.06762> <{KG}introduces>"), "has no edge"),
    "role without mention": ("graph.nt", drop(rf"arxiv-2006.06762> <{KG}mentions> {re.escape(ANSOR)}"), "without kg:mentions"),
    "statement in the graph of another paper": ("provenance.nq", lambda t: re.sub(r"(<\S+statement/.*<\S+provenance/)\S+> \.", r"\1arxiv-0000.00000> .", t), "stands in the graph"),
    "no evidence": ("provenance.nq", drop(rf"claim/\w+> <{KG}evidence>"), "evidence"),
    # counts, names, formats
    "count of the description": ("void.ttl", change(r"void:triples \d+", "void:triples 1"), "void.ttl"),
    "count of a class": ("void.ttl", change(r"void:entities \d+", "void:entities 1"), "void.ttl"),
    "count of papers that is wrong": ("graph.nt", change(rf'({KG}paperCount>) "\d+"', r'\1 "77"'), "kg:paperCount of"),
    "count of papers that is missing": ("graph.nt", drop(f"<{KG}paperCount>"), "kg:paperCount of"),
    "count of papers of what none mentions": ("graph.nt", change(rf'({KG}paperCount>) "\d+"', r'\1 "0"'), "paperCount"),
    "triples that are not counted": ("graph.nt", add(f'{ANSOR} <{o.SKOS}altLabel> "Ansor2" .'), "void.ttl"),
    "one name for two": ("graph.nt", change(r'(id/system/ansor> <[^>]*prefLabel>) "Ansor"', r'\1 "Ray"'), "both called"),
    "Turtle that differs": ("graph.ttl", change('"Ansor"', '"Ansar"'), "graph.ttl"),
    "JSON-LD that differs": ("graph.jsonld", change('"Ansor"', '"Ansar"'), "graph.jsonld"),
    "RDF/XML that differs": ("graph.rdf", change(">Ansor<", ">Ansar<"), "graph.rdf"),
    "TriG that differs": ("provenance.trig", change('"Ansor"', '"Ansar"'), "provenance.trig"),
    "Turtle that cannot be read": ("graph.ttl", lambda t: t[: len(t) // 2], "graph.ttl"),
    "term that no reader holds": ("graph.jsonld", change('"Ansor"', '"' + "Ansor " * 3_000_000 + '"'), "graph.jsonld cannot be read"),
    "blank node with a role": ("graph.nt", add(f"_:b0 <{o.KG}mentions> {ANSOR} ."), "blank node"),
    # shapes and ontology
    "shapes that were cut": ("shapes.ttl", lambda t: t[:700], "shapes.ttl cannot be read"),
    "shapes that are none": ("shapes.ttl", lambda t: "", "shapes.ttl holds no shape"),
    "shape that is wrong": ("shapes.ttl", change("sh:maxCount 1", 'sh:maxCount "one"'), "shapes.ttl cannot be used: .*maxCount"),
    "ontology that was cut": ("ontology.ttl", lambda t: t[:700], "ontology.ttl cannot be read"),
}
# fmt: on


def test_validate_finds_nothing_in_the_seeds(seeds_folder: Path) -> None:
    assert validate(seeds_folder) == []


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of two papers that has a little of everything."""
    home = tmp_path_factory.mktemp("small")
    ansor = {
        "id": "2006.06762",
        "title": "Ansor",
        "abstract": "We present Ansor, a tensor compiler for GPUs. Ansor is up to 3.8x faster than TVM on the Intel CPU. "
        "It improves throughput by 39% on ImageNet.",
        "categories": "cs.LG cs.PL",
        "comments": "Accepted at ICPP 2019",
        "authors": "Ada Lovelace, Alan Turing",
        "doi": "10.1145/3302516",
        "update_date": "2020-06-11",
        "versions": [{"version": "v1", "created": "Thu, 11 Jun 2020 19:00:00 GMT"}],
    }
    other = {
        "id": "2001.00001",
        "title": "T",
        "abstract": "We train on Ray clusters for machine learning. Ray is a distributed framework.",
        "categories": "cs.DC",
    }
    return build([lines(home / "in.jsonl", ansor, other)], home / "g").folder


def test_validate_finds_nothing_in_two_papers(small: Path) -> None:
    assert validate(small) == []


def test_validate_takes_a_base_that_looks_like_a_paper(tmp_path: Path) -> None:
    """A good graph is not called broken for the words of its base."""
    build([lines(tmp_path / "in.jsonl", GOOD)], tmp_path / "g", base_iri="https://example.org/paper/", workers=1)
    assert validate(tmp_path / "g") == []


@pytest.mark.parametrize("kind", DEFECTS)
def test_validate_finds_a_planted_defect(tmp_path: Path, small: Path, kind: str) -> None:
    name, plant, says = DEFECTS[kind]
    folder = tmp_path / "g"
    shutil.copytree(small, folder)
    path = folder / name
    before = path.read_text(encoding="utf-8")
    after = plant(before)
    assert after != before, "nothing was planted"
    path.write_text(after, encoding="utf-8")
    problems = validate(folder)
    assert any(re.search(says, problem) for problem in problems), problems[:20]


@pytest.mark.parametrize("text", ["text", "a: text"])
def test_validate_finds_a_text_where_a_thing_belongs(tmp_path: Path, small: Path, text: str) -> None:
    folder = tmp_path / "g"
    shutil.copytree(small, folder)
    with (folder / "graph.nt").open("a", encoding="utf-8") as file:
        file.write(f'{PAPER} <{o.KG}mentions> "{text}" .\n')
    assert any(f"#mentions {text}: Value does not have class" in problem for problem in validate(folder))


@pytest.mark.parametrize("how", ["cut", "changed"])
@pytest.mark.parametrize("name", ["graph.ttl", "graph.nt"])
def test_validate_names_a_damaged_file(tmp_path: Path, small: Path, name: str, how: str) -> None:
    """A compressed file that was cut or changed is a violation like any other, not the end of the check."""
    folder = tmp_path / "g"
    shutil.copytree(small, folder)
    pack(folder / name, how)
    (problem,) = validate(folder)
    assert re.match(rf"formats: .*{name}\.gz: cannot be read", problem)


def test_validate_knows_the_users_vocabulary(tmp_path: Path) -> None:
    """Two entities of the user's share a name that needs context: that is declared."""
    own = tmp_path / "systems-own.csv"
    row = "zorb-{0},Zorb {0} engine,?Zorb,,,{0}|engine,,,curated\n"
    own.write_text("id,label,aliases,broader,match,cues,definition,url,source\n" + row.format("db") + row.format("net"))
    text = "We run Zorb db engine and Zorb net engine. The Zorb db engine is fast; the Zorb net engine is not."
    source = lines(tmp_path / "in.jsonl", GOOD | {"abstract": text})
    build([source], tmp_path / "g", vocabulary=own, workers=1)
    assert validate(tmp_path / "g") == []
