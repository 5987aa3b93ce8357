"""The server and bad input, line by line: syntax errors, what is too long, too many or runs away, what is refused, media
types that are none, huge bodies, folders that are no graphs, hostile labels."""

from __future__ import annotations

import csv
import gzip
import html
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg import ontology as o
from kg.errors import StoreError
from kg.index import prepare
from kg.settings import BASE_IRI
from tests.serving import (
    BROWSER,
    NAMES,
    RUNAWAY,
    TOKEN,
    WRITE,
    ask,
    client,
    empty_folder,
    folder,
    hostile,
    hostile_names,
    server,
    small,
)
from tests.test_rdf import HOSTILE

from kg.serve import media  # isort: skip
from kg.serve.app import Settings  # isort: skip
from starlette.testclient import TestClient  # isort: skip

__all__ = ["folder", "hostile", "hostile_names", "server", "small"]  # fixtures

ROWS = [m for m in media.ROWS if m is not media.HTML]

# ---- a syntax error: 400 with its position


def test_serve_syntax_error_says_where(server: TestClient) -> None:
    status, text = ask(server, "SELECT ?s {\n  ?s ?p }")
    found = json.loads(text)
    assert (status, found["line"], found["column"]) == (400, 2, 10)
    page = server.get("/sparql", params={"query": "SELECT <script>"}, headers=BROWSER)
    assert page.status_code == 400 and "line 1" in page.text and "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("query", "line", "column", "says"),
    [
        ("SELECT ?s {\n  ?s foo:bar ?o }", 2, 13, "the prefix foo: is not declared; add PREFIX foo: <…>"),
        ("SELECT ?s WHERE {", 1, 18, 'expected one of a variable, a string, "(",'),
        ("SELECT ?s { ?s a kg:System", 1, 27, 'expected one of ",", ".", ";", "{", "{|", "}"'),
        ("SELEC ?s { ?s a kg:System }", 1, 10, "expected one of SELECT, ASK, CONSTRUCT, DESCRIBE, not SELEC"),
        ("SELECT ?s (COUNT(*) AS ?n)\n{ ?s ?p ?o }", 2, 13, "variable that is unbound"),
        ('SELECT * {\n\n ?s ?p "open }', 3, 15, "expected"),
        ("SELECT * {} LIMIT 1 MORE", 1, 25, "expected"),
    ],
)
def test_serve_syntax_error_has_its_position_however_it_is_asked(
    server: TestClient, query: str, line: int, column: int, says: str
) -> None:
    direct = server.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
    form = server.post("/sparql", data={"query": query})
    for answer in (server.get("/sparql", params={"query": query}), form, direct):
        found = answer.json()
        assert (answer.status_code, found["line"], found["column"]) == (400, line, column)
        assert f"line {line}, column {column}: " in found["detail"] and says in found["detail"]
        assert "[_]" not in found["detail"] and ".." not in found["detail"], "a class of characters"
    page = server.get("/sparql", params={"query": query}, headers=BROWSER)
    assert page.status_code == 400 and f"line {line}, column {column}" in page.text


@pytest.mark.parametrize("query", ["", " \n# a comment\n", "PREFIX x: <http://x/>"])
def test_serve_empty_query_is_said_to_be_empty(server: TestClient, query: str) -> None:
    answer = server.get("/sparql", params={"query": query})
    assert (answer.status_code, answer.json()["title"]) == (400, "The query is empty")


@pytest.mark.parametrize("query", ["", "SELECT ?s {\n  ?s ?p </textarea>", "SELECT * { SERVICE <a:b> {} }"])
def test_serve_page_of_an_error_keeps_the_query(server: TestClient, query: str) -> None:
    get = server.get("/sparql", params={"query": query}, headers=BROWSER)
    post = server.post("/sparql", data={"query": query}, headers=BROWSER)
    for page in (get, post):
        kept = re.search(r'<textarea name="query"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
        assert page.status_code in (400, 403) and kept and html.unescape(kept[1]) == query
    assert "<textarea" not in server.get("/id/nothing", headers=BROWSER).text


def test_serve_syntax_error_of_an_update_has_its_position(tmp_path: Path) -> None:
    with client(empty_folder(tmp_path / "g"), Settings(token=TOKEN)) as found:
        answer = found.post("/sparql", data={"update": "INSERT DATA {\n  <a:b> <a:c> }"}, headers=WRITE)
    assert (answer.status_code, answer.json()["line"]) == (400, 2)


# ---- too long, too many


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_serve_too_long_a_query_is_refused_with_the_limit(small: TestClient, way: str) -> None:
    query = "ASK {}" + " " * 600
    if way == "get":
        answer = small.get("/sparql", params={"query": query})
    elif way == "form":
        answer = small.post("/sparql", data={"query": query})
    else:
        answer = small.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
    assert answer.status_code == (414 if way == "get" else 413)
    assert "at most 500 bytes" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "notice"),
    [
        ("application/sparql-results+json", '"notice":"cut after 3 rows'),
        ("application/sparql-results+xml", "<!-- cut after 3 rows"),
        ("text/csv", ""),
        (BROWSER["Accept"], 'class="notice">cut after 3 rows'),
    ],
)
def test_serve_too_many_rows_are_cut_with_a_notice(small: TestClient, accept: str, notice: str) -> None:
    answer = small.get("/sparql", params={"query": NAMES}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert notice in answer.text
    assert "at most 3 rows" in answer.headers["warning"]
    if accept == "text/csv":
        assert len(answer.text.splitlines()) == 4
    fits = small.get("/sparql", params={"query": NAMES + " LIMIT 3"}, headers={"Accept": accept})
    assert "warning" not in fits.headers


def test_serve_too_many_triples_are_cut_with_a_notice(small: TestClient) -> None:
    answer = small.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }", "format": "ttl"})
    assert answer.text.startswith("# cut after 3 triples")
    assert len(list(ox.parse(answer.content, ox.RdfFormat.TURTLE))) == 3


@pytest.mark.parametrize("kind", ROWS, ids=lambda m: m.name)
def test_serve_cut_rows_are_valid_and_say_so(small: TestClient, kind: media.Media) -> None:
    """Each format stays what it is; CSV and TSV, which have no comments, say it in the headers alone."""
    answer = small.get("/sparql", params={"query": NAMES}, headers={"Accept": kind.type})
    assert "cut after 3 rows" in answer.headers["x-notice"] and "cut after 3 rows" in answer.headers["warning"]
    assert ("cut after 3 rows" in answer.text) is (kind in (media.JSON, media.XML))
    assert len(rows(answer.content, kind)) == 3


@pytest.mark.parametrize("kind", media.GRAPH, ids=lambda m: m.name)
def test_serve_cut_triples_are_valid_and_say_so(small: TestClient, kind: media.Media) -> None:
    answer = small.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s ?p ?o }"}, headers={"Accept": kind.type})
    assert "cut after 3 triples" in answer.headers["x-notice"] and "cut after 3 triples" in answer.headers["warning"]
    assert ("cut after 3 triples" in answer.text) is (kind is not media.JSON_LD)
    assert len(list(ox.parse(answer.content, media.OXIGRAPH[kind]))) == 3


def test_serve_too_many_bytes_are_cut_with_a_notice(folder: Path) -> None:
    with client(folder, Settings(workers=1, max_bytes=2000)) as found:
        for query, what in (
            ("SELECT ?t { ?p dct:abstract ?t }", "rows"),
            ("CONSTRUCT WHERE { ?p dct:abstract ?t }", "triples"),
        ):
            answer = found.get("/sparql", params={"query": query})
            assert re.search(rf"cut after \d {what}: .* and 2000 bytes at once", answer.headers["x-notice"])
            assert len(answer.content) < 10_000


# ---- a query that runs away


def test_serve_runaway_query_is_stopped_and_others_are_answered(small: TestClient) -> None:
    found: list[int] = []
    runaway = threading.Thread(target=lambda: found.append(small.get("/sparql", params={"query": RUNAWAY}).status_code))
    started = time.monotonic()
    runaway.start()
    time.sleep(0.2)
    while runaway.is_alive():
        assert ask(small, "ASK {}")[0] == 200
        time.sleep(0.05)
    assert found == [503]
    assert time.monotonic() - started < 10
    assert ask(small, NAMES)[0] == 200
    assert json.loads(small.get("/health").text)["killed"] >= 1


def test_serve_when_all_workers_run_away_pages_are_answered(small: TestClient) -> None:
    found: list[tuple[int, str]] = []
    # Four texts: who asks the same waits for the same answer.
    threads = [threading.Thread(target=lambda n=n: found.append(ask(small, f"{RUNAWAY} # {n}"))) for n in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    assert small.get("/id/system/ansor").status_code == 200
    assert small.get("/health").status_code == 200
    for thread in threads:
        thread.join()
    assert [status for status, _ in found] == [503] * 4
    assert any("busy" in text for _, text in found)
    assert ask(small, "ASK {}")[0] == 200


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { " + "{" * 20000 + "}" * 20000 + " }",
        "SELECT (" + "(" * 20000 + "1" + ")" * 20000 + " AS ?x) {}",
        "SELECT * { ?s <a:b>" + "/<a:b>" * 30000 + " ?o }",
        "SELECT * { FILTER(" + "!" * 50000 + "true) }",
    ],
    ids=["braces", "parentheses", "path", "not"],
)
def test_serve_query_that_ends_its_process_leaves_the_server(server: TestClient, query: str) -> None:
    assert server.post("/sparql", data={"query": query}).status_code in (200, 400, 500, 503)
    assert ask(server, "ASK {}")[0] == 200


@pytest.mark.parametrize("query", ["SELECT * " + "{" * 100_000, "ASK { ?s ?p " + "[" * 100_000])
def test_serve_query_that_is_nested_too_deeply_is_refused(server: TestClient, query: str) -> None:
    killed = server.get("/health").json()["killed"]
    answer = server.post("/sparql", data={"query": query})
    assert answer.status_code == 400 and "nested more than 100 deep" in answer.text
    assert server.get("/health").json()["killed"] == killed


def test_serve_query_that_takes_all_memory_is_stopped(folder: Path) -> None:
    hungry = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i"
    with client(folder, Settings(workers=1, memory=200_000_000, timeout=60)) as found:
        assert ask(found, hungry)[0] == 500
        assert ask(found, "ASK {}")[0] == 200


def test_serve_runaway_query_answers_503_with_a_reason_in_page_and_json(small: TestClient) -> None:
    for headers in ({}, BROWSER):
        answer = small.get("/sparql", params={"query": f"{RUNAWAY} # {headers}"}, headers=headers)
        assert answer.status_code == 503 and "stopped after 1.5 s" in answer.text
        assert answer.headers["retry-after"]


# ---- what is refused


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/sparql> { ?s ?p ?o } }", 403, "SERVICE is refused"),
        ("SELECT * {sErViCe SILENT ?x { ?s ?p ?o } }", 403, "SERVICE is refused"),
        ("INSERT DATA { <a:b> <a:b> 1 }", 403, "only reads"),
        ("PREFIX a: <b:c> DELETE WHERE { ?s ?p ?o }", 403, "only reads"),
        ("LOAD <http://127.0.0.1:1/x.ttl>", 403, "only reads"),
        ("SELECT * {} ; DROP ALL", 400, "line 1"),
        ("", 400, "The query is empty"),
    ],
)
def test_serve_refuses_with_a_reason(server: TestClient, query: str, status: int, says: str) -> None:
    answer = server.get("/sparql", params={"query": query})
    assert answer.status_code == status
    assert says in answer.text


def test_serve_words_that_only_look_forbidden_are_allowed(server: TestClient) -> None:
    query = """# SERVICE
    PREFIX service: <http://x/SERVICE#> SELECT ?SERVICE { BIND("SERVICE '" AS ?SERVICE) OPTIONAL { ?x service:LOAD <http://x/FROM> } }"""
    assert ask(server, query)[0] == 200


@pytest.mark.parametrize("form", [True, False])
def test_serve_update_is_refused(server: TestClient, form: bool) -> None:
    text = "INSERT DATA { <a:b> <a:b> 1 }"
    answer = (
        server.post("/sparql", data={"update": text}, headers=WRITE)
        if form
        else server.post("/sparql", content=text, headers={**WRITE, "Content-Type": "application/sparql-update"})
    )
    assert answer.status_code == 403 and "only reads" in answer.text
    for method in ("PUT", "POST", "DELETE"):
        answer = server.request(
            method, "/graphs?default", content=b"", headers={**WRITE, "Content-Type": "text/turtle"}
        )
        assert answer.status_code == 403, method


# ---- media types


@pytest.mark.parametrize("path", ["/sparql?query=ASK{}", "/sparql", "/id/system/ansor", "/search?q=ansor", "/ontology", "/.well-known/void", "/graphs?default"])  # fmt: skip
@pytest.mark.parametrize("accept", ["image/png", "application/x-nothing", "text/turtle;q=0, image/*"])
def test_serve_unknown_media_type_is_406_everywhere(server: TestClient, path: str, accept: str) -> None:
    answer = server.get(path, headers={"Accept": accept})
    assert answer.status_code == 406
    assert re.match(rf"no answer as {re.escape(accept)}; there are \w+/.*", answer.json()["detail"]), "what there is"


def test_serve_unknown_format_parameter_is_406(server: TestClient) -> None:
    for path in ("/sparql?query=ASK{}&format=docx", "/id/system/ansor?format=docx", "/search?q=x&format=docx"):
        assert server.get(path).status_code == 406, path


# ---- a huge body


def test_serve_huge_body_is_413(small: TestClient) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    assert small.post("/sparql", content="ASK {}" + " " * 600, headers=headers).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(10):
            yield b" " * 100

    assert small.post("/sparql", content=pieces(), headers=headers).status_code == 413


def test_serve_huge_graph_is_413(tmp_path: Path) -> None:
    with client(empty_folder(tmp_path / "g"), Settings(token=TOKEN, max_upload=100)) as found:
        for method in ("PUT", "POST"):
            answer = found.request(
                method, "/graphs?default", content=b"#" * 101, headers={**WRITE, "Content-Type": "text/turtle"}
            )
            assert answer.status_code == 413 and "at most 100 bytes" in answer.json()["detail"]


# ---- a folder that is no graph, or of another version


def no_folder(home: Path) -> Path:
    return home / "none"


def empty(home: Path) -> Path:
    return home


def file(home: Path) -> Path:
    (home / "file").write_text("x")
    return home / "file"


def manifest(text: str) -> Callable[[Path], Path]:
    def made(home: Path) -> Path:
        found = empty_folder(home / "g")
        (found / "manifest.json").write_text(text)
        return found

    return made


def lacking(name: str) -> Callable[[Path], Path]:
    def made(home: Path) -> Path:
        found = empty_folder(home / "g")
        (found / name).unlink()
        return found

    return made


def garbage(home: Path) -> Path:
    found = empty_folder(home / "g")
    (found / "graph.nt").write_bytes(b"\x00\xff no triples \n")
    return found


def truncated(home: Path) -> Path:
    found = empty_folder(home / "g")
    (found / "graph.nt").unlink()
    (found / "graph.nt.gz").write_bytes(gzip.compress(b"<a:b> <a:c> <a:d> .\n" * 1000)[:-20])
    return found


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (no_folder, "no such folder"),
        (empty, "not a graph folder"),
        (file, "no such folder"),
        (manifest("{"), "damaged"),
        (manifest("[]"), "damaged"),
        (manifest("{}"), "another version of kg"),
        (manifest('{"format": 99}'), "another version of kg (format 99)"),
        (lacking("graph.nt"), "graph.nt is missing"),
        (lacking("provenance.nq"), "provenance.nq is missing"),
        (garbage, "graph.nt: cannot be read"),
        (truncated, "cannot be read"),
    ],
    ids=["none", "empty", "file", "damaged", "list", "no version", "version", "no graph", "no provenance", "garbage", "truncated"],
)  # fmt: skip
def test_serve_folder_that_is_no_graph_is_named_with_what_to_do(
    tmp_path: Path, make: Callable[[Path], Path], says: str
) -> None:
    with pytest.raises(StoreError, match=re.escape(says)) as found:
        prepare(make(tmp_path))
    assert re.search("kg build|build .* again|kg export", str(found.value)), "what to do now"
    assert not list(tmp_path.glob("g/.serve/.new-*")), "a half-made index is left"


def test_serve_command_says_what_is_wrong(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "serve"]
    answer = subprocess.run(
        [*command, str(tmp_path)], capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"}
    )
    assert answer.returncode == 1 and "not a graph folder" in answer.stderr and "Traceback" not in answer.stderr
    found = manifest('{"format": 99}')(tmp_path / "old")
    answer = subprocess.run([*command, str(found)], capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    assert answer.returncode == 1 and "another version" in answer.stderr and "Traceback" not in answer.stderr
    answer = subprocess.run([*command, str(tmp_path), "--writable"], capture_output=True, text=True)
    assert answer.returncode == 2 and "--token" in answer.stderr


# ---- hostile labels


@pytest.mark.parametrize("path", ["/", "/editor", "/ontology", "/search?q=zqnet", "/id/paper/arxiv-2001.00001", "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D"])  # fmt: skip
def test_serve_hostile_text_is_inert_in_every_page(hostile: TestClient, path: str) -> None:
    page = hostile.get(path, headers=BROWSER)
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "<b>" not in page.text
    assert not re.search(r'(?:href|src|action)\s*=\s*"?\s*(?:javascript|data):', page.text, re.IGNORECASE)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert not re.search(r"<script(?![^>]* src=)", page.text), "an inline script"
    assert not re.search(r"\son\w+=", page.text), "an inline handler"


def test_serve_hostile_links_are_no_links(hostile: TestClient) -> None:
    from kg.serve.pages import href

    assert href("javascript:alert(1)", BASE_IRI) == href("data:text/html,x", BASE_IRI) == ""
    query = 'SELECT (IRI("javascript:alert(1)") AS ?x) ("<script>alert(1)</script>" AS ?y) {}'
    page = hostile.get("/sparql", params={"query": query}, headers=BROWSER).text
    assert "javascript:alert(1)" in page and 'href="javascript' not in page


@pytest.mark.parametrize("accept", [m.type for m in (*media.ROWS[:4],)])
def test_serve_hostile_text_is_valid_in_every_result_format(hostile: TestClient, accept: str) -> None:
    query = "SELECT ?t { ?p a kg:Paper ; dct:title ?t }"
    answer = hostile.get("/sparql", params={"query": query}, headers={"Accept": accept})
    if accept == "text/csv":
        import csv

        found = list(csv.reader(answer.text.splitlines(keepends=True)))[1][0]
    else:
        kinds = {media.JSON.type: ox.QueryResultsFormat.JSON, media.XML.type: ox.QueryResultsFormat.XML}
        parsed = ox.parse_query_results(answer.content, kinds.get(accept, ox.QueryResultsFormat.TSV))
        assert isinstance(parsed, ox.QuerySolutions)
        found = next(parsed)["t"].value
    title = hostile.get("/sparql", params={"query": query, "format": "json"}).json()["results"]["bindings"][0]["t"][
        "value"
    ]
    assert found == title
    assert "</script>" in title


@pytest.mark.parametrize(
    "path",
    ["/id/system/hostile", "/id/paper/arxiv-2001.00001", "/search?q=script", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
     "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D", "/sparql?query=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E",
     "/editor?query=%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E", "/resource?iri=javascript:alert(1)", "/nothing%3Cscript%3Ealert(1)%3C/script%3E"],
)  # fmt: skip
def test_serve_hostile_names_are_inert_in_every_page(hostile_names: TestClient, path: str) -> None:
    page = hostile_names.get(path, headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    assert "<script>alert" not in page.text and "<b>" not in page.text and "</textarea><script" not in page.text
    assert not re.search(r"(?:href|src|action)\s*=\s*[\"']?\s*(?:javascript|data):", page.text, re.IGNORECASE)
    assert not re.search(r"<script(?![^>]* src=)", page.text) and not re.search(r"<[^>]*\son\w+=", page.text)
    assert "script-src 'self';" in page.headers["content-security-policy"]
    # A mark that turns the direction of writing ends with the element that holds it.
    outside = re.sub(
        r"<bdi>.*?</bdi>|<title>.*?</title>|<textarea.*?</textarea>|value=\"[^\"]*\"", "", page.text, flags=re.DOTALL
    )
    assert "\u202e" not in outside


@pytest.mark.parametrize("kind", ROWS, ids=lambda m: m.name)
def test_serve_hostile_names_are_valid_in_every_result_format(hostile_names: TestClient, kind: media.Media) -> None:
    query = "SELECT ?name ?url { ?s skos:prefLabel ?name ; schema:url ?url }"
    answer = hostile_names.get("/sparql", params={"query": query}, headers={"Accept": kind.type})
    # CSV writes a line break of its own kind inside quotes, as it is.
    assert rows(answer.content, kind) == [[HOSTILE, "javascript:alert(1)"]]


@pytest.mark.parametrize("kind", media.GRAPH, ids=lambda m: m.name)
def test_serve_hostile_names_are_valid_in_every_rdf_format(hostile_names: TestClient, kind: media.Media) -> None:
    for path, parameters in (
        ("/id/system/hostile", {}),
        ("/sparql", {"query": f"DESCRIBE <{BASE_IRI}system/hostile>"}),
        ("/sparql", {"query": "CONSTRUCT WHERE { ?s skos:prefLabel ?name }"}),
        ("/graphs", {"default": ""}),
    ):
        answer = hostile_names.get(path, params=parameters, headers={"Accept": kind.type})
        found = {q.object.value for q in ox.parse(answer.content, media.OXIGRAPH[kind])}
        assert HOSTILE in found, path
    if kind is not media.N3:
        graph = rdflib.Graph().parse(data=answer.content, format=kind.type)
        assert rdflib.Literal(HOSTILE) in set(graph.objects(None, rdflib.URIRef(o.SKOS + "prefLabel")))


def rows(body: bytes, kind: media.Media) -> list[list[str]]:
    """The values of a SELECT answer, read as a client reads them."""
    if kind is media.CSV:
        return list(csv.reader(body.decode().splitlines(keepends=True)))[1:]
    kinds = {
        media.JSON: ox.QueryResultsFormat.JSON, media.XML: ox.QueryResultsFormat.XML, media.TSV: ox.QueryResultsFormat.TSV,
    }  # fmt: skip
    found = ox.parse_query_results(body, kinds[kind])
    assert isinstance(found, ox.QuerySolutions)
    return [[str(getattr(value, "value", value)) for value in solution] for solution in found]
