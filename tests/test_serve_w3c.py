"""The W3C's SPARQL 1.1 tests, through the endpoint: protocol, graph store, service description, formats, queries.

The folder http-rdf-update is left out: its cases are prose, deprecated in favour of graph-store-protocol.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, RDFS
from starlette.testclient import TestClient

from kg.serve import media
from kg.serve.app import Settings
from kg.serve.description import SD
from tests.conftest import ROOT
from tests.serving import TOKEN, WRITE, client, empty_folder

W3C = ROOT.parent / "shared" / "w3c"
if not W3C.is_dir():
    pytest.skip("no folder 'shared/w3c' with the W3C's tests beside the project", allow_module_level=True)

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")

#: Cases that fail, each with its reason: all lie in the engine, whose newest release is used; several are mended in its
#: repository since. They are run all the same: one that passes must leave this list.
EXCEPTIONS = {
    "csv03": "Oxigraph keeps the value of a number, not its lexical form: 1.0e6 comes back as 1000000",
    "tsv03": "Oxigraph keeps the value of a number, not its type: xsd:negativeInteger comes back as xsd:integer",
    "agg-empty-group-count-graph": "Oxigraph counts once over GRAPH ?g, not once in each graph",
    "bnode01": "Oxigraph's BNODE(label) gives one node for a label in the whole query, not one in each row",
    "graph-minus": "Oxigraph's MINUS inside GRAPH ?g counts ?g among the shared variables (oxigraph #1804)",
    **dict.fromkeys(
        ("agg-groupconcat-04", "agg-groupconcat-06"),
        "Oxigraph's GROUP_CONCAT keeps a language tag that all its values share, as an earlier edition of these tests wanted "
        "(w3c/rdf-tests #280; mended by oxigraph #1717)",
    ),
    **dict.fromkeys(
        ("zero_or_more_set_start", "zero_or_more_set_end", "zero_or_one_set_start", "zero_or_one_set_end"),
        "Oxigraph takes a path of length zero only from terms that stand in the data (mended by oxigraph #1815)",
    ),
}

FOLDERS = (
    "aggregates", "bind", "construct", "csv-tsv-res", "exists", "functions", "grouping", "json-res", "negation",
    "project-expression", "property-path", "subquery",
)  # fmt: skip


def manifest(folder: str, name: str = "manifest.ttl") -> rdflib.Graph:
    return rdflib.Graph().parse(W3C / folder / name, format="turtle")


def entries(graph: rdflib.Graph) -> Iterator[Any]:
    for head in graph.objects(None, MF.entries):
        yield from Collection(graph, head)


def name_of(iri: Any) -> str:
    return str(iri).rpartition("#")[2].rpartition("/")[2]


QUERIES = [(folder, case) for folder in FOLDERS for case in entries(manifest(folder))]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An empty store that may be written to; the default graph of a query is the default graph of the store."""
    folder = empty_folder(tmp_path_factory.mktemp("w3c") / "graph")
    with client(folder, Settings(token=TOKEN), union=False) as found:
        yield found


@pytest.fixture
def store(server: TestClient) -> TestClient:
    """The store, emptied."""
    assert server.post("/sparql", data={"update": "DROP ALL"}, headers=WRITE).status_code == 204
    return server


def load(store: TestClient, path: Path, graph: str | None) -> None:
    kinds = {".ttl": "text/turtle", ".nt": "application/n-triples", ".rdf": "application/rdf+xml"}
    base = f"@base <{path.as_uri()}> .\n" if path.suffix == ".ttl" else ""
    answer = store.post(
        "/graphs",
        params={"default": ""} if graph is None else {"graph": graph},
        content=base.encode() + path.read_bytes(),
        headers={**WRITE, "Content-Type": kinds[path.suffix]},
    )
    assert answer.status_code in (201, 204), answer.text


# ---- query evaluation, in every result format


@pytest.mark.parametrize(("folder", "case"), QUERIES, ids=[f"{f}-{name_of(c)}" for f, c in QUERIES])
def test_w3c_query(request: pytest.FixtureRequest, store: TestClient, folder: str, case: Any) -> None:
    graph = manifest(folder)
    if name_of(case) in EXCEPTIONS:
        request.applymarker(pytest.mark.xfail(reason=EXCEPTIONS[name_of(case)], strict=True))
    action = graph.value(case, MF.action)
    if graph.value(case, RDF.type) == MF.NegativeSyntaxTest11:
        answer = store.post("/sparql", data={"query": path_of(action).read_text(encoding="utf-8")})
        assert answer.status_code == 400
        return
    query = path_of(graph.value(action, QT.query))
    for data in graph.objects(action, QT.data):
        load(store, path_of(data), None)
    for data in graph.objects(action, QT.graphData):
        load(store, path_of(data), str(data))
    text = f"BASE <{query.as_uri()}>\n" + query.read_text(encoding="utf-8")
    expected = path_of(graph.value(case, MF.result))
    wanted = (
        rdflib.Graph().parse(expected, publicID=expected.as_uri())
        if expected.suffix in (".ttl", ".rdf", ".nt")
        else None
    )
    if wanted is not None and (None, RDF.type, RS.ResultSet) not in wanted:
        for kind in (media.TURTLE, media.N_TRIPLES, media.RDF_XML, media.JSON_LD):
            answer = store.post("/sparql", data={"query": text}, headers={"Accept": kind.type})
            assert answer.status_code == 200, answer.text
            found = rdflib.Graph().parse(data=answer.text, format=kind.type)
            assert isomorphic(found, wanted), kind.name
        return
    if expected.suffix == ".csv":
        answer = store.post("/sparql", data={"query": text}, headers={"Accept": "text/csv"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert plain(answer.text) == plain(expected.read_text(encoding="utf-8"))
        return
    kinds = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}
    wanted_rows = rows(expected.read_bytes(), kinds[expected.suffix]) if wanted is None else result_set(wanted)
    for kind, parser in ((media.JSON, kinds[".srj"]), (media.XML, kinds[".srx"]), (media.TSV, kinds[".tsv"])):
        if isinstance(wanted_rows, bool) and kind is media.TSV:
            continue
        answer = store.post("/sparql", data={"query": text}, headers={"Accept": kind.type})
        assert answer.status_code == 200, answer.text
        found_rows = rows(answer.content, parser)
        if isinstance(wanted_rows, bool) or isinstance(found_rows, bool):
            assert found_rows is wanted_rows
        else:
            assert found_rows[0] == wanted_rows[0]
            assert isomorphic(found_rows[1], wanted_rows[1]), (kind.name, answer.text, expected.read_text())


def path_of(iri: Any) -> Path:
    return Path(str(iri).removeprefix("file://"))


def plain(text: str) -> list[dict[str, str]]:
    """Rows of a CSV answer, in any order of rows and columns; names of blank nodes do not matter."""
    found = [{k: re.sub(r"^_:.*", "_:", v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(text))]
    return sorted(found, key=lambda row: sorted(row.items()))


def result_set(listed: rdflib.Graph) -> tuple[list[str], rdflib.Graph]:
    """A result written in the vocabulary for result sets, as `rows` gives it."""
    graph = rdflib.Graph()
    for solution in listed.objects(None, RS.solution):
        row = rdflib.BNode()
        graph.add((row, RDF.type, RDFS.Resource))
        for binding in listed.objects(solution, RS.binding):
            value = listed.value(binding, RS.value)
            term = (
                ox.Literal(str(value), datatype=ox.NamedNode(str(value.datatype)))
                if isinstance(value, rdflib.Literal)
                else ox.NamedNode(str(value))
            )
            graph.add((row, rdflib.URIRef(f"urn:{listed.value(binding, RS.variable)}"), node(term)))
    return sorted(str(v) for v in listed.objects(None, RS.resultVariable)), graph


def rows(data: bytes, kind: ox.QueryResultsFormat) -> bool | tuple[list[str], rdflib.Graph]:
    """A result as variables and a graph with one blank node a row, so that isomorphism compares blank nodes; numbers by
    value, because a lexical form is the engine's choice."""
    found = ox.parse_query_results(data, kind)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    graph = rdflib.Graph()
    names = [v.value for v in found.variables]
    for solution in found:
        row = rdflib.BNode()
        graph.add((row, RDF.type, RDFS.Resource))
        for name in names:
            term = solution[name]
            if term is not None:
                graph.add((row, rdflib.URIRef(f"urn:{name}"), node(term)))
    return sorted(names), graph


def node(term: Any) -> Any:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    kind = term.datatype.value.rpartition("#")[2]
    if kind in ("integer", "decimal", "double", "float"):
        return rdflib.Literal(f"{float(term.value):.10g} {kind}")
    return rdflib.Literal(term.value, lang=term.language, datatype=None if term.language else term.datatype.value)


# ---- protocol and graph store: requests as data


def requests_of(graph: rdflib.Graph, case: Any) -> list[Any]:
    connection = graph.value(case, MF.action)
    return list(Collection(graph, graph.value(connection, HT.requests)))


def headers_of(graph: rdflib.Graph, node: Any) -> dict[str, str]:
    listed = graph.value(node, HT.headers)
    return {
        str(graph.value(h, HT.fieldName)).lower(): str(graph.value(h, HT.fieldValue))
        for h in (Collection(graph, listed) if listed else ())
    }


def send(store: TestClient, graph: rdflib.Graph, request: Any, location: str, path: str) -> Any:
    body = graph.value(request, HT.body)
    content = b""
    if body is not None:
        encoding = str(graph.value(body, CNT.characterEncoding))
        text = str(graph.value(body, CNT.chars))
        headers = headers_of(graph, request)
        if "multipart" in headers.get("content-type", ""):
            text = "\r\n".join(line.strip() for line in text.strip().splitlines()) + "\r\n"
        content = text.encode(encoding)
    given = str(graph.value(request, HT.absolutePath)).replace("$LOCATION$", location)
    url = re.sub(r"^/(gsp|sparql)", path, given)
    method = str(graph.value(request, HT.methodName))
    headers = {**headers_of(graph, request), **WRITE}
    return store.request(method, url, content=content or None, headers=headers)


def check(answer: Any, graph: rdflib.Graph, request: Any) -> None:
    expected = graph.value(request, HT.resp)
    allowed = [name_of(s) for s in graph.objects(expected, MF.expectedStatus)]
    assert any(_is(answer.status_code, status) for status in allowed), (answer.status_code, allowed, answer.text)
    truth = graph.value(expected, MF.expectedBoolean)
    if truth is not None:
        assert f'"boolean":{"true" if truth.toPython() else "false"}' in answer.text
    shape = str(graph.value(expected, MF.expectedFormat) or "")
    content_type = answer.headers.get("content-type", "")
    if shape in ("tabular", "boolean"):
        offered = media.ROWS if shape == "tabular" else media.TRUTH
        assert media.of_content_type(content_type, offered) is not None, content_type
    if shape.lower() == "rdf":
        assert media.of_content_type(content_type) is not None, content_type
    for name, value in headers_of(graph, expected).items():
        assert answer.headers[name] == value
    body = graph.value(expected, HT.body)
    if body is not None and request is not None and str(graph.value(request, HT.methodName)) != "HEAD":
        wanted = rdflib.Graph().parse(data=str(graph.value(body, CNT.chars)), format="turtle")
        assert isomorphic(rdflib.Graph().parse(data=answer.text, format="turtle"), wanted), answer.text


def _is(code: int, status: str) -> bool:
    names = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
    return code == names[status] if status in names else code // 100 == int(re.sub(r"\D", "", status)[0])


PROTOCOL = list(entries(manifest("protocol")))


@pytest.mark.parametrize("case", PROTOCOL, ids=name_of)
def test_w3c_protocol(store: TestClient, case: Any) -> None:
    graph = manifest("protocol")
    for data in graph.objects(case, UT.graphData):
        path = path_of(graph.value(data, UT.graph))
        load(store, path, str(graph.value(data, RDFS.label)))
    for request in requests_of(graph, case):
        check(send(store, graph, request, "", "/sparql"), graph, request)


GSP = [
    (name, case) for name in ("manifest-direct.ttl", "manifest-indirect.ttl")
    for case in entries(manifest("graph-store-protocol", name))
]  # fmt: skip


@pytest.mark.parametrize(("name", "case"), GSP, ids=[name_of(c) for _, c in GSP])
def test_w3c_graph_store(store: TestClient, name: str, case: Any) -> None:
    graph = manifest("graph-store-protocol", name)
    location = ""
    for request in requests_of(graph, case):
        answer = send(store, graph, request, location, "/graphs")
        check(answer, graph, request)
        location = answer.headers.get("location", location)


# ---- service description


def test_w3c_service_description(server: TestClient) -> None:
    """has-endpoint-triple, returns-rdf, conforms-to-schema: what the schema asks of each kind of node."""
    answer = server.get("/sparql")
    assert answer.status_code == 200
    found = rdflib.Graph().parse(data=answer.text, format=answer.headers["content-type"].partition(";")[0])
    sd = rdflib.Namespace(SD)
    assert (None, sd.endpoint, rdflib.URIRef("http://www.example/sparql")) in found
    ranges = {
        sd.supportedLanguage: {sd.SPARQL11Query, sd.SPARQL11Update, sd.SPARQL10Query},
        sd.feature: {sd.DereferencesURIs, sd.UnionDefaultGraph, sd.RequiresDataset, sd.EmptyGraphs, sd.BasicFederatedQuery},
    }  # fmt: skip
    for term, allowed in ranges.items():
        assert set(found.objects(None, term)) <= allowed
    for subject, predicate, told in found:
        assert isinstance(subject, rdflib.URIRef)
        if predicate in (sd.defaultDataset, sd.defaultGraph):
            assert (told, RDF.type, sd.Dataset if predicate == sd.defaultDataset else sd.Graph) in found


def test_w3c_exceptions_are_real_cases() -> None:
    assert set(EXCEPTIONS) <= {name_of(case) for _, case in QUERIES}
