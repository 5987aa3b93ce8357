"""One graph in every format: the same triples to every reader, the same bytes from every run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from kg import ontology as o
from kg.build import build
from kg.export import bucket, formats
from kg.export.bucket import ANNOTATIONS
from kg.settings import ontology_dir, seeds_dir
from tests.conftest import ROOT
from tests.test_build import GOOD, lines

GRAPHS = {"graph.nt": "nt", "graph.ttl": "turtle", "graph.jsonld": "json-ld", "graph.rdf": "xml"}
QUADS = {"provenance.nq": "nquads", "provenance.trig": "trig"}
OX = {
    "graph.nt": ox.RdfFormat.N_TRIPLES,
    "graph.ttl": ox.RdfFormat.TURTLE,
    "graph.jsonld": ox.RdfFormat.JSON_LD,
    "graph.rdf": ox.RdfFormat.RDF_XML,
    "provenance.nq": ox.RdfFormat.N_QUADS,
    "provenance.trig": ox.RdfFormat.TRIG,
}
RAPPER = {
    "graph.nt": "ntriples",
    "graph.ttl": "turtle",
    "graph.rdf": "rdfxml",
    "provenance.nq": "nquads",
    "provenance.trig": "trig",
}


def oxigraph(folder: Path, name: str) -> set[ox.Quad]:
    return set(ox.parse((folder / name).read_bytes(), OX[name]))


def test_formats_are_the_same_to_pyoxigraph(seeds_folder: Path) -> None:
    graph = oxigraph(seeds_folder, "graph.nt")
    for name in GRAPHS:
        assert oxigraph(seeds_folder, name) == graph, name
    assert oxigraph(seeds_folder, "provenance.trig") == oxigraph(seeds_folder, "provenance.nq")


def test_formats_are_the_same_to_rdflib(seeds_folder: Path) -> None:
    graphs = {n: rdflib.Graph().parse(seeds_folder / n, format=kind) for n, kind in GRAPHS.items()}
    assert len(graphs["graph.nt"]) == len(oxigraph(seeds_folder, "graph.nt"))
    for name, graph in graphs.items():
        assert isomorphic(graph, graphs["graph.nt"]), name
    sets = []
    for name, kind in QUADS.items():
        quads = rdflib.Dataset()
        quads.parse(seeds_folder / name, format=kind)
        sets.append(set(quads.quads()))
    assert sets[0] == sets[1]
    assert len(sets[0]) == len(oxigraph(seeds_folder, "provenance.nq"))


@pytest.mark.skipif(shutil.which("rapper") is None, reason="no Raptor here: apt-get install raptor2-utils")
def test_formats_are_the_same_to_raptor(seeds_folder: Path) -> None:
    def read(name: str) -> set[ox.Triple]:
        command = ["rapper", "-q", "-i", RAPPER[name], "-o", "ntriples", str(seeds_folder / name)]
        answer = subprocess.run(command, capture_output=True, check=True)
        assert answer.stderr == b"", name
        return {q.triple for q in ox.parse(answer.stdout, ox.RdfFormat.N_TRIPLES)}

    for name in RAPPER:
        assert read(name) == {q.triple for q in oxigraph(seeds_folder, name)}, name


JAVA = Path("/usr/share/java")
#: Jena and what it needs, as Debian names them; of the logging back ends the one that writes to standard error.
JARS = (
    "jena-cmds jena-arq jena-core jena-base jena-iri jena-tdb jena-tdb2 jena-dboe-base jena-shacl jena-shex titanium-json-ld "
    "jakarta.json-api jsonp jackson-core jackson-databind jackson-annotations jsonld-java thrift protobuf gson guava dexx "
    "commons-cli commons-codec commons-compress commons-csv commons-io commons-lang3 httpclient httpcore "
    "slf4j-api slf4j-simple jcl-over-slf4j"
).split()


@pytest.fixture(scope="module")
def jena(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command of Jena's riot. Debian's Jena looks for the messages of its XML library where they do not lie."""
    if shutil.which("java") is None or not (JAVA / "jena-cmds.jar").is_file():
        pytest.skip("no Jena here: apt-get install libapache-jena-java default-jre-headless")
    home = tmp_path_factory.mktemp("jena")
    with zipfile.ZipFile(JAVA / "jena-core.jar") as jar:
        for name in jar.namelist():
            if "/ext/xerces/" in name and name.endswith(".properties"):
                target = home / name.partition("/ext/")[2]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(name))
    return ["java", "-cp", ":".join([str(home), *(str(JAVA / f"{name}.jar") for name in JARS)]), "riotcmd.riot"]


# Debian has none of the libraries that Jena's reader of JSON-LD needs; jsonld.js reads that file.
@pytest.mark.parametrize("name", sorted({*GRAPHS, *QUADS} - {"graph.jsonld"}))
def test_formats_are_the_same_to_jena(seeds_folder: Path, jena: list[str], name: str) -> None:
    """Jena's riot reads each file without a warning, and writes what it read as the same quads."""
    command = [*jena, "--check", "--output=nquads", str(seeds_folder / name)]
    answer = subprocess.run(command, capture_output=True)
    said = [line for line in answer.stderr.decode().splitlines() if re.search("WARN|ERROR|Exception", line)]
    assert (answer.returncode, said) == (0, [])
    wanted = oxigraph(seeds_folder, "provenance.nq" if name in QUADS else "graph.nt")
    assert set(ox.parse(answer.stdout, ox.RdfFormat.N_QUADS)) == wanted


JSONLD = ROOT / "tests" / "jsonld"


@pytest.mark.skipif(
    shutil.which("node") is None or not (JSONLD / "node_modules" / "jsonld").is_dir(),
    reason="no jsonld.js here: `make jsonld` fetches it (needs node and npm)",
)
def test_formats_are_the_same_to_jsonld_js(seeds_folder: Path) -> None:
    """The JSON-LD file, by the reference implementation in JavaScript, which may load no other document."""
    command = ["node", str(JSONLD / "quads.mjs"), str(seeds_folder / "graph.jsonld")]
    answer = subprocess.run(command, capture_output=True)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert set(ox.parse(answer.stdout, ox.RdfFormat.N_QUADS)) == oxigraph(seeds_folder, "graph.nt")


def test_formats_provenance_has_one_graph_per_paper(seeds_folder: Path) -> None:
    papers = {q.subject for q in oxigraph(seeds_folder, "graph.nt") if q.object == ox.NamedNode(o.KG + "Paper")}
    graphs = {q.graph_name for q in oxigraph(seeds_folder, "provenance.nq")}
    assert {g.value.replace("/provenance/", "/paper/") for g in graphs if isinstance(g, ox.NamedNode)} <= {
        p.value for p in papers if isinstance(p, ox.NamedNode)
    }
    assert not papers & graphs


def test_formats_annotations_say_what_the_provenance_says(tmp_path: Path) -> None:
    source = lines(tmp_path / "in.jsonl", {**GOOD, "title": 'Zqnet "\x01é𝔘" \\ {| ~ |}'})
    folder = build([source], tmp_path / "g", rdf12=True).folder
    found = list(ox.parse((folder / ANNOTATIONS).read_bytes(), ox.RdfFormat.TURTLE))
    rdf = {name: ox.NamedNode(o.RDF + name) for name in ("reifies", "subject", "predicate", "object")}
    statements = {q.subject: q.object for q in found if q.predicate == rdf["reifies"]}
    wanted: dict[object, dict[object, object]] = {}
    for quad in oxigraph(folder, "provenance.nq"):
        if quad.predicate in rdf.values():
            wanted.setdefault(quad.subject, {})[quad.predicate] = quad.object
    assert statements == {s: ox.Triple(e[rdf["subject"]], e[rdf["predicate"]], e[rdf["object"]]) for s, e in wanted.items()}  # type: ignore[arg-type]  # fmt: skip
    plain = {q.triple for q in oxigraph(folder, "provenance.nq") if q.predicate not in rdf.values()}
    assert plain <= {q.triple for q in found}
    edges = {q.triple for q in oxigraph(folder, "graph.nt")}
    assert {t for t in statements.values() if isinstance(t, ox.Triple)} <= edges
    build([source], tmp_path / "g")
    assert not (folder / ANNOTATIONS).exists(), "an annotation file of an earlier build is left"


def test_formats_context_is_local_and_types_every_property() -> None:
    context = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    assert formats.context() == context
    assert {k: v for k, v in context.items() if isinstance(v, str)} == o.PREFIXES
    terms = rdflib.Graph().parse(ontology_dir() / "kg.ttl", format="turtle")
    for term in o.PROPERTIES:
        iri = rdflib.URIRef(o.KG + term)
        expected = (
            "@id"
            if (iri, rdflib.RDF.type, rdflib.OWL.ObjectProperty) in terms
            else formats.compact(str(terms.value(iri, rdflib.RDFS.range)))
        )
        assert context.get(f"kg:{term}", {"@type": "xsd:string"})["@type"] == expected, term


def test_formats_json_ld_names_no_other_document(seeds_folder: Path) -> None:
    found = json.loads((seeds_folder / "graph.jsonld").read_text(encoding="utf-8"))
    assert isinstance(found["@context"], dict)
    assert "@import" not in found["@context"]


@pytest.mark.parametrize("name", bucket.GRAPH)
def test_formats_a_whole_file_is_its_parts_together(seeds_folder: Path, name: str) -> None:
    """Else what other tests say of `whole` would not hold for the files of a graph folder."""
    with (seeds_folder / "graph.nt").open(encoding="utf-8", newline="\n") as nt:
        assert bucket.whole(name, nt) == (seeds_folder / name).read_text(encoding="utf-8")


def test_formats_xml_needs_a_prefix_for_every_property() -> None:
    with pytest.raises(ValueError, match="no prefix"):
        bucket.whole("graph.rdf", ["<http://a/s> <http://a/p> <http://a/o> .\n"])


@pytest.mark.slow
def test_formats_have_one_set_of_bytes(tmp_path: Path, seeds_folder: Path) -> None:
    """Six hash seeds times two orders of the inputs times one and two workers: 24 builds (`make bytes`)."""
    names = [*GRAPHS, *QUADS, "void.ttl"]
    spread = [{"workers": 1}, {"workers": 2}]
    code = (
        "import sys, kg\n"
        "if __name__ == '__main__':\n"
        "    files = sys.argv[2:]\n"
        "    for i, given in enumerate((files, files[::-1])):\n"
        f"        for j, spread in enumerate({spread}):\n"
        "            kg.build(given, f'{sys.argv[1]}{i}{j}', rdf12=True, **spread)\n"
    )
    script = tmp_path / "build_all.py"  # a file, because a worker process imports it again
    script.write_text(code)
    inputs = [str(p) for p in sorted(seeds_dir().glob("*.txt"))]
    wanted = {n: (seeds_folder / n).read_bytes() for n in names}
    folders = 0
    for seed in range(6):
        command = [sys.executable, str(script), str(tmp_path / f"{seed}-"), *inputs]
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": path})
        for order in "01":
            for j, each in enumerate(spread):
                folder = tmp_path / f"{seed}-{order}{j}"
                wanted.setdefault(ANNOTATIONS, (folder / ANNOTATIONS).read_bytes())
                assert {n: (folder / n).read_bytes() for n in wanted} == wanted, (seed, order, each)
                folders += 1
                shutil.rmtree(folder)
    assert folders == 24
