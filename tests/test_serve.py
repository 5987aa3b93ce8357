"""The server: what it answers, in which format, and how it stays up whatever it is asked."""

from __future__ import annotations

import asyncio
import html
import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox
import pytest
import rdflib

from kg import index, sparql
from kg import ontology as o
from kg.errors import ServeError
from kg.settings import BASE_IRI
from tests.serving import BROWSER, NAMES, RUNAWAY, TOKEN, WRITE, ask, client, empty_folder, folder, server

from kg.serve import media, operations, pages, warm  # isort: skip
from kg.serve.answers import Answer  # isort: skip
from kg.serve.app import Settings  # isort: skip
from kg.serve.cache import Cache  # isort: skip
from kg.serve.run import run  # isort: skip
from kg.serve.worker import Pool, RefusedError  # isort: skip
from starlette.testclient import TestClient  # isort: skip

__all__ = ["folder", "server"]  # fixtures

# ---- protocol: what the W3C's tests leave open


def test_serve_query_sees_graph_and_provenance_and_needs_no_prefixes(server: TestClient) -> None:
    status, text = ask(
        server, "SELECT ?role { ?p kg:introduces ?e . ?s rdf:subject ?p ; rdf:object ?e ; rdf:predicate ?role }"
    )
    assert status == 200
    found = {b["role"]["value"] for b in json.loads(text)["results"]["bindings"]}
    assert o.KG + "introduces" in found


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ("PREFIX x: <http://x/> SELEC ?s { ?s ?p ?o }", 32, "expected one of SELECT, ASK, CONSTRUCT, DESCRIBE"),
        ("{ ?s ?p ?o }", 10, "expected one of SELECT, ASK, CONSTRUCT, DESCRIBE"),
        ("?s", 3, "expected one of SELECT, ASK, CONSTRUCT, DESCRIBE"),
        ("PREFIX x: x", 11, "expected an IRI"),
    ],
)
def test_serve_wrong_beginning_of_a_query_is_not_called_empty(
    server: TestClient, query: str, column: int, says: str
) -> None:
    found = json.loads(ask(server, query)[1])
    assert (found["title"], found["detail"]) == ("Syntax error", f"line 1, column {column}: {says}")


@pytest.mark.parametrize("query", ["# a comment", "BASE <http://x/> # SELECT\nPREFIX x: <y> PREFIX kg: <z>\n# end"])
def test_serve_query_of_comments_and_prefixes_is_called_empty(server: TestClient, query: str) -> None:
    assert json.loads(ask(server, query)[1])["title"] == "The query is empty"


def test_serve_three_ways_to_ask_give_one_answer(server: TestClient) -> None:
    get = server.get("/sparql", params={"query": NAMES}, headers={"Accept": "text/csv"}).text
    form = server.post("/sparql", data={"query": NAMES}, headers={"Accept": "text/csv"}).text
    direct = server.post(
        "/sparql", content=NAMES, headers={"Accept": "text/csv", "Content-Type": "application/sparql-query"}
    ).text
    assert get == form == direct
    assert get.startswith("name\r\n")


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/sparql-results+xml;q=0.5, text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/*;q=0.9, text/csv;q=0.1", "text/tab-separated-values; charset=utf-8"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        (BROWSER["Accept"], "text/html; charset=utf-8"),
    ],
)
def test_serve_select_is_negotiated(server: TestClient, accept: str, given: str) -> None:
    answer = server.get("/sparql", params={"query": NAMES}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, given)


@pytest.mark.parametrize("kind", [m for m in media.GRAPH if m is not media.N3], ids=lambda m: m.name)
def test_serve_construct_answers_in_every_rdf_format(server: TestClient, kind: media.Media) -> None:
    query = "CONSTRUCT { ?p kg:introduces ?e } WHERE { ?p kg:introduces ?e }"
    answer = server.get("/sparql", params={"query": query}, headers={"Accept": kind.type})
    assert answer.headers["content-type"] == kind.content_type
    found = {str(q.triple) for q in ox.parse(answer.content, media.OXIGRAPH[kind])}
    turtle = server.get("/sparql", params={"query": query, "format": "ttl"}).content
    assert found == {str(q.triple) for q in ox.parse(turtle, ox.RdfFormat.TURTLE)}
    assert found


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "application/x-nothing"])
def test_serve_unknown_media_type_is_406_and_names_what_there_is(server: TestClient, accept: str) -> None:
    status, text = ask(server, NAMES, accept)
    assert status == 406
    assert "text/csv" in json.loads(text)["detail"]


def test_serve_dataset_of_the_protocol(server: TestClient) -> None:
    graph = json.loads(server.get("/graphs").text)[0]
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    size = {}
    for parameters in ({}, {"default-graph-uri": graph}, {"named-graph-uri": graph}):
        answer = server.get("/sparql", params={"query": count, "format": "csv", **parameters})
        size[tuple(parameters)] = int(answer.text.split()[1])
    assert size[()] > size[("default-graph-uri",)] > 0 == size[("named-graph-uri",)]
    inline = f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}"
    assert int(ask(server, inline, "text/csv")[1].split()[1]) == size[("default-graph-uri",)]
    assert server.get("/sparql", params={"query": count, "default-graph-uri": "no iri"}).status_code == 400


def test_serve_head_options_cors_and_etag(server: TestClient) -> None:
    url = "/sparql?query=ASK%7B%7D"
    whole = server.get(url)
    head = server.head(url)
    assert head.content == b"" and head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]
    for shown in (whole.headers["etag"], f'W/{whole.headers["etag"]}, "x"', "*"):
        again = server.get(url, headers={"If-None-Match": shown})
        assert (again.status_code, again.content) == (304, b"")
    assert server.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    assert server.get(url, headers={"Accept": "application/sparql-results+xml"}).headers["etag"] != head.headers["etag"]
    options = server.options("/sparql", headers={"Origin": "https://elsewhere.example"})
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, POST, HEAD, OPTIONS"
    for answer in (whole, options, server.get("/sparql?query=nonsense")):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert server.put("/sparql", content=b"").status_code == 405


def test_serve_cache_keeps_what_fits_and_does_not_change() -> None:
    cache = Cache(1600)
    good = Answer(200, "text/csv", b"x" * 100, {})
    for n in range(20):
        cache.put(n, good, "SELECT * {}")
    assert cache.size <= 1600 and cache.get(0) is None and cache.get(19) == good
    cache.put("failed", good._replace(status=503), "SELECT * {}")
    cache.put("large", good._replace(body=b"x" * 101), "SELECT * {}")
    cache.put("volatile", good, "SELECT (NOW() AS ?t) {}")
    assert [cache.get(k) for k in ("failed", "large", "volatile")] == [None] * 3


def test_serve_cache_asks_once_for_all_who_wait() -> None:
    asked: list[str] = []

    async def ask(cache: Cache, query: str, *, fails: bool = False) -> Answer:
        async def answer() -> Answer:
            asked.append(query)
            await asyncio.sleep(0.05)
            if fails:
                raise RefusedError(503, "late")
            return Answer(200, "text/csv", query.encode(), {})

        return await cache.ask(query, query, answer)

    async def together() -> None:
        cache = Cache(1600)
        found = await asyncio.gather(*(ask(cache, "ASK {}") for _ in range(20)))
        assert len(set(map(str, found))) == 1 and asked == ["ASK {}"]
        failed = await asyncio.gather(*(ask(cache, "ASK {1}", fails=True) for _ in range(5)), return_exceptions=True)
        assert all(isinstance(f, RefusedError) for f in failed) and len(asked) == 2
        # One who goes away takes no answer from the others; when all have gone, nobody computes it.
        first, second = (asyncio.create_task(ask(cache, "ASK {2}")) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        assert (await second).body == b"ASK {2}"
        alone = asyncio.create_task(ask(cache, "ASK {3}"))
        await asyncio.sleep(0.01)
        alone.cancel()
        await asyncio.sleep(0.1)
        assert cache.get("ASK {3}") is None and cache.get("ASK {2}") is not None
        assert not cache._coming
        await asyncio.gather(*(ask(cache, "SELECT (RAND() AS ?x) {}") for _ in range(3)))
        assert len(asked) == 7, "a volatile query is asked by each"

    asyncio.run(together())


def test_serve_cache_counts_who_waits_for_each_answer() -> None:
    """Clients that ask again at once when an answer fails, before the others have heard of the failure."""

    async def client(cache: Cache, made: list[int]) -> None:
        async def answer() -> Answer:
            made.append(1)
            await asyncio.sleep(0.001)
            if len(made) < 20:
                raise RefusedError(503, "late")
            return Answer(200, "text/csv", b"x", {})

        for _ in range(50):
            try:
                assert (await cache.ask("key", "ASK {}", answer)).status == 200
                return
            except RefusedError:
                pass
        raise AssertionError("never answered")

    async def together() -> None:
        cache, made = Cache(1600), []  # type: tuple[Cache, list[int]]
        await asyncio.gather(*(client(cache, made) for _ in range(10)))
        assert not cache._coming

    asyncio.run(together())


def test_serve_cache_answers_who_asks_while_a_given_up_answer_winds_down() -> None:
    """A client asks again what another has just left: it gets its answer, not the end of the other's."""

    async def together() -> None:
        cache = Cache(1600)

        async def slow() -> Answer:
            try:
                await asyncio.sleep(10)
            finally:
                await asyncio.sleep(0.05)  # a worker is killed, another started
            raise AssertionError("was to be given up")

        async def quick() -> Answer:
            await asyncio.sleep(0.1)
            return Answer(200, "text/csv", b"x", {})

        left = asyncio.create_task(cache.ask("key", "ASK {}", slow))
        await asyncio.sleep(0.01)
        left.cancel()
        await asyncio.sleep(0.01)
        # The third asks when the first has wound down: it, too, waits for the answer to the second.
        second = asyncio.create_task(cache.ask("key", "ASK {}", quick))
        await asyncio.sleep(0.07)
        third = asyncio.create_task(cache.ask("key", "ASK {}", slow))
        assert [a.body for a in await asyncio.gather(second, third)] == [b"x", b"x"]
        assert not cache._coming

    asyncio.run(together())


def test_serve_default_graph_without_the_others_needs_a_writable_server(folder: Path) -> None:
    """A read-only server cannot answer from the default graph alone, and must not do otherwise than it was told."""
    with pytest.raises(ValueError, match="prepare a writable index"), client(folder, union=False):
        pass


@pytest.mark.parametrize("fails", [OSError(11, "Resource temporarily unavailable"), asyncio.CancelledError()])
def test_serve_worker_that_cannot_be_started_keeps_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: BaseException
) -> None:
    """A machine that is full for a moment, or a client that leaves at that moment, must not cost a worker for good."""

    class Process:
        returncode: int | None = None

        def kill(self) -> None:
            self.returncode = -9

        async def wait(self) -> None: ...

    async def together() -> None:
        pool = Pool(tmp_path, size=1, timeout=0.01, patience=0.1, memory=0)
        starts: list[BaseException | None] = [None, fails, OSError(11, "still"), None]

        async def spawn() -> Any:
            if (failure := starts.pop(0)) is not None:
                raise failure
            return Process()

        async def exchange(*_: Any) -> Answer:
            if starts:
                await asyncio.sleep(9)
            return Answer(200, "text/plain", b"pong", {})

        monkeypatch.setattr(pool, "_spawn", spawn)
        monkeypatch.setattr(pool, "_exchange", exchange)
        pool._free.put_nowait(await spawn())
        with pytest.raises((RefusedError, asyncio.CancelledError)):
            await pool.ask("ping", {})
        with pytest.raises(RefusedError, match=r"no worker could be started .*still"):
            await pool.ask("ping", {})
        assert (await pool.ask("ping", {})).body == b"pong"

    asyncio.run(together())


def test_serve_volatile_query_is_asked_anew(server: TestClient) -> None:
    query = "SELECT (STRUUID() AS ?x) {}"
    assert ask(server, query) != ask(server, query)


# ---- writing


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[TestClient]:
    with client(empty_folder(tmp_path / "g"), Settings(token=TOKEN)) as found:
        yield found


def test_serve_writes_need_the_token(writable: TestClient) -> None:
    update = {"update": "INSERT DATA { <a:b> <a:c> 1 }"}
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
        answer = writable.post("/sparql", data=update, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert writable.request("DELETE", "/graphs?default", headers=headers).status_code == 401
    assert writable.post("/sparql", data=update, headers=WRITE).status_code == 204
    assert '"boolean":true' in ask(writable, "ASK { <a:b> <a:c> 1 }")[1]
    assert ask(writable, "INSERT DATA { <a:b> <a:c> 1 }")[0] == 400


@pytest.mark.parametrize(
    "update", ["LOAD <http://127.0.0.1:1/>", "INSERT { ?s ?p ?o } WHERE { SERVICE <a:b> { ?s ?p ?o } }"]
)
def test_serve_writable_server_reaches_no_other(writable: TestClient, update: str) -> None:
    answer = writable.post("/sparql", data={"update": update}, headers=WRITE)
    assert answer.status_code == 403 and "refused" in answer.text


def test_serve_failed_write_changes_nothing(writable: TestClient) -> None:
    url, headers = "/graphs?graph=urn:x", {**WRITE, "Content-Type": "text/turtle"}
    assert writable.put(url, content="<a:b> <a:c> 1 .", headers=headers).status_code == 201
    assert writable.put(url, content="<a:b> <a:c> 2 . oops", headers=headers).status_code == 400
    assert writable.put(url, content="{}", headers={**headers, "Content-Type": "image/png"}).status_code == 415
    assert '"boolean":true' in ask(writable, "ASK { GRAPH <urn:x> { <a:b> <a:c> 1 } }")[1]
    assert writable.get("/graphs?graph=urn:x&default").status_code == 400
    assert writable.get("/graphs?graph=no iri").status_code == 400


def test_serve_wrong_update_of_many_lines_is_told_on_a_page(writable: TestClient) -> None:
    update = "INSERT DATA {\n  <a:b> <a:c> 1 .\n  oops\n}"
    answer = writable.post("/sparql", data={"update": update}, headers={**WRITE, **BROWSER})
    assert answer.status_code == 400 and "line 4, column 1: " in answer.text


def test_serve_writes_are_kept_and_never_reach_the_files(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "g"
    shutil.copytree(folder, home)
    before = {p.name: p.read_bytes() for p in home.iterdir() if p.is_file()}
    with client(home, Settings(token=TOKEN)) as found:
        assert found.post("/sparql", data={"update": "INSERT DATA { <a:b> <a:c> 1 }"}, headers=WRITE).status_code == 204
    with client(home, Settings(token=TOKEN)) as found:
        assert '"boolean":true' in ask(found, "ASK { <a:b> <a:c> 1 }")[1]
    with client(home) as found:
        assert '"boolean":false' in ask(found, "ASK { <a:b> <a:c> 1 }")[1]
    assert {p.name: p.read_bytes() for p in home.iterdir() if p.is_file()} == before


# ---- pages


def test_serve_page_of_an_entity_has_its_edges_with_evidence(server: TestClient) -> None:
    page = server.get("/id/system/ansor", headers=BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Introduced by" in page.text
    assert "<mark>Ansor</mark>, a tensor program generation framework" in page.text
    assert "Claims about it" in page.text


@pytest.mark.parametrize(
    ("before", "exact", "after", "read"),
    [
        ("is ", "$3.8\\times$", " faster", ("is ", "3.8×", " faster")),
        ("is up to $", "3.8\\times", "$ faster", ("is up to ", "3.8×", " faster")),
        ("on 2 mm$^2$ \\textbf{", 'G\\"odel', "}", ("on 2 mm^2 ", "Gödel", "")),
        ("a part~(", "ML", ")", ("a part (", "ML", ")")),
        ("costs $5 or ", "$6", " each", ("costs $5 or ", "$6", " each")),
        ("an \ue000odd ", "$x$", "", ("an \ue000odd ", "$x$", "")),
    ],
)
def test_serve_quotes_are_read_without_latex(before: str, exact: str, after: str, read: tuple[str, str, str]) -> None:
    assert pages.quoted({"before": before, "exact": exact, "after": after}) == read


def test_serve_page_without_latex_leaves_rdf_as_it_is(server: TestClient) -> None:
    iri = "/id/paper/arxiv-2006.06762"
    assert "\\times" in server.get(iri, headers={"Accept": "text/turtle"}).text


def test_serve_pages_speak_in_words_of_readers(server: TestClient) -> None:
    page = server.get("/id/hardware/gpu", headers=BROWSER).text
    assert '<th scope="row" title="skos:altLabel">also called</th>' in page
    assert '<th scope="row" title="kg:paperCount">papers</th>' in page
    assert "<bdi>graphics card</bdi>, <bdi>" in page
    assert (
        '<span class="role" title="kg:evaluatesOn">evaluates on</span>'
        in server.get("/id/paper/arxiv-2006.06762", headers=BROWSER).text
    )
    assert '<dt title="comparesWith edges">“compares with” links</dt>' in server.get("/", headers=BROWSER).text


@pytest.mark.parametrize("path", ["/id/hardware/gpu", "/id/paper/arxiv-2006.06762"])
def test_serve_edges_stand_by_falling_confidence(server: TestClient, path: str) -> None:
    text = server.get(path, headers=BROWSER).text
    groups: dict[str, list[str]] = {}
    for section in text.split("<section>")[1:]:
        for role, confidence in re.findall(
            r'<article>\n<p>(?:<span class="role" title="(.*?)">)?.*?/statement/[^>]*>([\d.]+)</a>', section
        ):
            groups.setdefault(role or section[:60], []).append(confidence)
    assert any(len(found) > 1 for found in groups.values())
    for found in groups.values():
        assert found == sorted(found, reverse=True)
        assert all(re.fullmatch(r"[01]\.\d{3}", confidence) for confidence in found)


def test_serve_rows_lead_to_the_pages_of_things(server: TestClient) -> None:
    query = 'SELECT * { ?thing a kg:System, ?class ; skos:prefLabel "Ansor" }'
    page = server.get("/sparql", params={"query": query}, headers=BROWSER).text
    assert 'href="/id/system/ansor"' in page and 'href="/ontology#System"' in page
    assert 'href="https://w3id.org' not in page


def test_serve_page_of_a_paper_has_its_edges_and_claims(server: TestClient) -> None:
    page = server.get("/id/paper/arxiv-2006.06762", headers=BROWSER).text
    assert "<mark>3.8×</mark>" in page and "\\times" not in page
    assert 'href="/id/system/ansor"' in page


def test_serve_page_of_a_paper_leads_to_the_paper(tmp_path: Path, server: TestClient) -> None:
    page = server.get("/id/paper/arxiv-2006.06762", headers=BROWSER).text
    assert '<a href="https://arxiv.org/abs/2006.06762" rel="noopener nofollow"><bdi>2006.06762</bdi></a>' in page
    home = empty_folder(tmp_path / "g")
    odd = f'<{BASE_IRI}paper/abs-1> <{o.PRISM}doi> "10.1145/(a)<b>?#c" .\n'
    (home / "graph.nt").write_text(odd)
    with client(home) as found:
        page = found.get("/id/paper/abs-1", headers=BROWSER).text
    assert 'href="https://doi.org/10.1145/%28a%29%3Cb%3E%3F%23c"' in page


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"]
)
def test_serve_resource_gives_rdf_to_machines(server: TestClient, accept: str) -> None:
    answer = server.get("/id/system/ansor", headers={"Accept": accept})
    found = rdflib.Graph().parse(data=answer.content, format=accept)
    node = rdflib.URIRef(BASE_IRI + "system/ansor")
    kg = rdflib.Namespace(o.KG)
    assert (node, rdflib.RDF.type, kg.System) in found
    papers = set(found.subjects(kg.introduces, node))
    assert papers
    statements = set(found.subjects(rdflib.RDF.object, node))
    assert {found.value(s, rdflib.RDF.subject) for s in statements} >= papers
    assert all(found.value(e, kg.exact) for s in statements for e in found.objects(s, kg.evidence))


def test_serve_every_resource_has_a_page_and_rdf(server: TestClient, folder: Path) -> None:
    """One of each class, and every named graph's first."""
    store = ox.Store()
    store.bulk_load((folder / "graph.nt").read_bytes(), ox.RdfFormat.N_TRIPLES)
    store.bulk_load((folder / "provenance.nq").read_bytes(), ox.RdfFormat.N_QUADS)
    one: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, ox.NamedNode(o.RDF + "type"), None, None):
        one[quad.object.value] = quad.subject.value  # type: ignore[union-attr]
    one["graph"] = next(iter(store.named_graphs())).value
    assert len(one) >= 14
    for iri in one.values():
        path = "/id/" + iri.removeprefix(BASE_IRI)
        page = server.get(path, headers=BROWSER)
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html"), iri
        answer = server.get(path, headers={"Accept": "text/turtle"})
        assert answer.status_code == 200 and len(rdflib.Graph().parse(data=answer.text)) > 0, iri
        other = server.get("/resource", params={"iri": iri}, headers={"Accept": "text/turtle"})
        assert other.text == answer.text


def test_serve_a_former_id_leads_to_that_of_today(server: TestClient) -> None:
    """People are sent on; machines are told what took its place."""
    old, new = "technique/sgemm", "technique/general-matrix-multiplication"
    page = server.get(f"/id/{old}", headers=BROWSER)
    assert (page.status_code, page.headers["location"]) == (301, f"/id/{new}")
    assert server.get(f"/id/{new}", headers=BROWSER).status_code == 200
    answer = server.get(f"/id/{old}", headers={"Accept": "text/turtle"})
    node = rdflib.URIRef(BASE_IRI + old)
    found = rdflib.Graph().parse(data=answer.text)
    assert (node, rdflib.DCTERMS.isReplacedBy, rdflib.URIRef(BASE_IRI + new)) in found
    assert (node, rdflib.OWL.deprecated, rdflib.Literal(True)) in found


def test_serve_worked_queries_that_answer_nothing_are_not_shown(tmp_path: Path) -> None:
    def names(found: TestClient, path: str) -> set[str]:
        page = html.unescape(found.get(path, headers=BROWSER).text)
        return {q["name"] for q in found.get("/queries.json").json() if q["question"] in page}

    home = empty_folder(tmp_path / "g")
    with client(home) as found:
        assert names(found, "/") == names(found, "/editor") == {q["name"] for q in found.get("/queries.json").json()}
    (home / "graph.nt").write_text(f'<{BASE_IRI}system/x> <{o.KG}paperCount> "3" .\n')
    with client(home) as found:
        for _ in range(50):  # a busy machine takes its time
            if len(names(found, "/")) == 1:
                break
        assert names(found, "/") == names(found, "/editor") == {"most-mentioned"}
        page = found.get("/editor", headers=BROWSER).text
        assert re.search(r"<textarea[^>]*># Which entities do most papers mention", page)


@pytest.mark.parametrize(
    ("path", "node"),
    [("system/ansor", "system%2Fansor"), ("paper/arxiv-2006.06762", "arxiv%3A2006.06762"), ("metric/speedup", "")],
)
def test_serve_things_lead_to_their_place_in_the_interactive_page(server: TestClient, path: str, node: str) -> None:
    assert 'href="/graph.html"' in server.get("/", headers=BROWSER).text
    found = re.findall(r'href="/graph\.html#n=(.*?)"', server.get(f"/id/{path}", headers=BROWSER).text)
    assert found == ([node] if node else [])


def test_serve_interactive_page_is_that_of_the_folder(server: TestClient, folder: Path) -> None:
    answer = server.get("/graph.html", headers=BROWSER)
    assert answer.content == (folder / "graph.html").read_bytes()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src" not in answer.headers["content-security-policy"], "the page says itself what it may load"


def test_serve_interactive_page_is_sent_from_the_disk(
    server: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (folder / "graph.html").stat().st_size
    monkeypatch.delattr(Path, "read_bytes")  # nothing reads it whole
    whole, head = server.get("/graph.html"), server.head("/graph.html")
    again = server.get("/graph.html", headers={"If-None-Match": f'W/{whole.headers["etag"]}, "x"'})
    other = server.get("/graph.html", headers={"If-None-Match": '"other"', "Range": "bytes=9-1"})
    assert [a.status_code for a in (whole, head, again, other)] == [200, 200, 304, 200]
    assert [len(a.content) for a in (whole, head, again, other)] == [size, 0, 0, size]
    assert head.headers["content-length"] == str(size)
    for answer in (whole, head, again, other):
        assert answer.headers["etag"] == whole.headers["etag"]
        assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-cache", "no-referrer")
        assert answer.headers["access-control-allow-origin"] == "*"


def test_serve_folder_without_interactive_page_has_no_link_to_it(tmp_path: Path) -> None:
    home = empty_folder(tmp_path / "g")
    (home / "graph.nt").write_text(f'<{BASE_IRI}system/x> <{o.RDFS}label> "x" .\n')
    with client(home) as found:
        for path in ("/", "/id/system/x"):
            assert "graph.html" not in found.get(path, headers=BROWSER).text
        answer = found.get("/graph.html")
    assert answer.status_code == 404 and "kg build" in answer.json()["detail"]


def test_serve_unknown_resource_is_404_in_both(server: TestClient) -> None:
    for headers in (BROWSER, {"Accept": "text/turtle"}, {}):
        answer = server.get("/id/system/no-such-thing", headers=headers)
        assert answer.status_code == 404 and "no-such-thing" in answer.text


def test_serve_encoded_slash_stays_in_the_iri(tmp_path: Path) -> None:
    paper = f'<{BASE_IRI}paper/doi-10.1145%2F3302516> <{o.RDFS}label> "x" .\n'
    home = empty_folder(tmp_path / "g")
    (home / "graph.nt").write_text(paper)
    with client(home) as found:
        assert found.get("/id/paper/doi-10.1145%2F3302516").status_code == 200
        assert found.get("/id/paper/doi-10.1145/3302516").status_code == 404


@pytest.mark.parametrize(
    ("text", "first"),
    [("ansor", "Ansor"), ("ANSOR", "Ansor"), ("tensorf", "TensorFlow"), ("graphics processing unit", "GPU")],
)
def test_serve_search_finds_labels_and_aliases(server: TestClient, text: str, first: str) -> None:
    hits = server.get("/search", params={"q": text}).json()
    assert hits[0]["label"] == first
    page = server.get("/search", params={"q": text}, headers=BROWSER).text
    assert first in page


def test_serve_search_shows_page_after_page(tmp_path: Path) -> None:
    home = empty_folder(tmp_path / "g")
    names = ["zq zq zq"] * 1100 + ["zq"]
    (home / "graph.nt").write_text(
        "".join(
            f'<urn:{n}> <{o.RDF}type> <{o.KG}System> .\n<urn:{n}> <{o.RDFS}label> "{name}" .\n'
            for n, name in enumerate(names)
        )
    )
    with client(home) as found:
        assert found.get("/search?q=ZQ").json()[0]["label"] == "zq", "however many fit as well"
        first = found.get("/search?q=zq", headers=BROWSER).text
        assert (
            "1–50 of 1,000 or more" in first and 'href="?q=zq&amp;offset=50">more' in first and "earlier" not in first
        )
        last = found.get("/search?q=zq&offset=950", headers=BROWSER).text
        assert "951–1000 of" in last and "offset=900" in last and ">more<" not in last
        assert len(found.get("/search?q=zq&offset=990").json()) == 10
        kept = re.findall(r'href="(\?q=zq.*?)"', found.get("/search?q=zq&kind=System&offset=50", headers=BROWSER).text)
        assert [html.unescape(link) for link in kept] == ["?q=zq&kind=System&offset=0", "?q=zq&kind=System&offset=100"]


@pytest.mark.parametrize(
    ("text", "says"), [("", "<h1>Search</h1>"), (" ", "<h1>Search</h1>"), ("zqzq", "Nothing is called")]
)
def test_serve_search_for_nothing_says_what_to_do(server: TestClient, text: str, says: str) -> None:
    page = server.get("/search", params={"q": text}, headers=BROWSER).text
    assert says in page and "name" in page


def test_serve_unknown_page_is_named(server: TestClient) -> None:
    answer = server.get("/foo", headers={"Accept": "application/json"})
    assert answer.json() == {"status": 404, "title": "Not found", "detail": "this server has no page /foo"}


@pytest.mark.parametrize("text", ['"', "a OR b", "* ( NEAR", "' --", "\x00", "  ", "𝔘" * 2000, "label:x"])
def test_serve_search_has_no_syntax(server: TestClient, text: str) -> None:
    for headers in (BROWSER, {}):
        assert server.get("/search", params={"q": text}, headers=headers).status_code == 200


def test_serve_static_files_stay_in_their_folder(server: TestClient) -> None:
    assert server.get("/static/serve.css").headers["content-type"].startswith("text/css")
    for path in (
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/",
        "/static/nothing.css",
    ):
        assert server.get(path).status_code == 404, path


def test_serve_health_and_void(server: TestClient) -> None:
    health = server.get("/health").json()
    assert health["status"] == "ok" and health["papers"] == 41
    void = rdflib.Graph().parse(data=server.get("/.well-known/void", headers={"Accept": "text/turtle"}).text)
    assert len(void) > 10


# ---- starting


def test_serve_taken_port_is_named(folder: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServeError, match="--port"):
            run(folder, port=taken.getsockname()[1])


def test_serve_command_answers_soon_and_ends_with_its_workers(folder: Path) -> None:
    index.prepare(folder)
    started = time.monotonic()
    command = [sys.executable, "-m", "kg", "serve", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert url, line
        with urllib.request.urlopen(f"{url[0]}sparql?query=ASK%7B%7D", timeout=20) as answer:
            assert b'"boolean":true' in answer.read()
        took = time.monotonic() - started
        quickest = ask_again(url[0], "ASK {}", 60, method="POST")
        long = ask_again(url[0], "ASK {}" + " " * 100_000, 1, method="GET")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        workers = children.read_text().split() if children.is_file() else []
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=20)[1]
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in rest
    assert not any(Path(f"/proc/{w}").exists() for w in workers)
    assert took < 10, "the first answer; 2 s on a quiet machine"
    assert quickest < 0.035, "a kept connection waits for nothing: Nagle's algorithm would make each answer take 40 ms"
    assert long < 10


def test_serve_query_whose_client_has_left_frees_its_worker(folder: Path) -> None:
    """Else one reader who presses Stop keeps all others waiting until the time limit."""
    index.prepare(folder)
    command = [sys.executable, "-m", "kg", "serve", str(folder), "--port", "0", "--workers", "1", "--timeout", "60"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        url = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stderr.readline())
        assert url
        with urllib.request.urlopen(f"{url[0]}sparql?query=ASK%7B%7D", timeout=20):
            pass
        with socket.create_connection(("127.0.0.1", int(url[1]))) as leaves:
            leaves.sendall(f"GET /sparql?{urlencode({'query': RUNAWAY})} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.5)
        with urllib.request.urlopen(f"{url[0]}sparql?query=ASK%7B%3Fs%20%3Fp%201%7D", timeout=20) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.communicate(timeout=20)[1]
    finally:
        process.kill()
        process.wait()


def test_serve_reads_of_an_index_what_fits_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / name for name in ("a", "gone", "b", "c")]
    for file in files:
        file.write_bytes(b"x" * 100)
    files[1].unlink()
    assert warm.read_ahead(files, 10_000) == 3
    assert warm.read_ahead(files, 400) == 2, "half of the memory"
    assert warm.read_ahead(files, 0) == 0
    assert warm.available() > 0
    warm.start(tmp_path).join(10)
    monkeypatch.delattr("os.posix_fadvise")
    assert warm.read_ahead(files, 10_000) == 0


def ask_again(url: str, query: str, times: int, *, method: str) -> float:
    """Ask several times on one connection; the seconds of the quickest answer of the second half."""
    took = []
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)) as connection:
        for _ in range(times):
            started = time.monotonic()
            form = urlencode({"query": query})
            if method == "GET":
                connection.request("GET", f"/sparql?{form}")
            else:
                connection.request("POST", "/sparql", form, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"head":{},"boolean":true}\n')
            took.append(time.monotonic() - started)
    return min(took[times // 2 :])  # at first a connection acknowledges at once


# ---- scanning query text


@pytest.mark.parametrize(
    "text",
    ["'''\\" * 25000, '"""\\"""' * 14000, "<a" * 50000, "a:" * 50000, '"' * 100000, "a.-" * 33000, "{" * 100000, "\\" * 100000],
    ids=range(8),
)  # fmt: skip
def test_serve_scan_is_linear(text: str) -> None:
    started = time.process_time()
    list(sparql.words(text))
    sparql.too_deep(text)
    assert time.process_time() - started < 5  # what is quadratic takes minutes


@pytest.mark.parametrize("text", ["a" * 100_000, "a:" * 50_000, "a%" * 50_000, ":" * 100_000], ids=range(4))
def test_serve_undeclared_prefix_after_a_long_text_is_named_soon(text: str) -> None:
    query = f'SELECT * {{ ?a ?b "{text} " . ?c foo:bar ?d }}'
    arguments = {
        "accept": "",
        "format": "",
        "default": [],
        "named": [],
        "union": True,
        "base": BASE_IRI,
        "limits": (1, 1),
    }
    started = time.process_time()
    found = operations.answer(operations.Door(Path(), ox.Store(), writable=False), "query", arguments, query.encode())
    assert time.process_time() - started < 1
    assert found.status == 400 and "the prefix foo: is not declared" in found.body.decode()


def test_serve_scan_puts_using_before_each_where() -> None:
    update = "INSERT { ?s ?p 1 } WHERE { ?s ?p 'WHERE' } ; DELETE { ?s ?p 1 } WHERE { { SELECT ?s WHERE { ?s ?p 1 } } }"
    found = sparql.with_using(update, ["urn:a"], ["urn:b"])
    assert found.count(" USING <urn:a> USING NAMED <urn:b> WHERE") == 2
    for wrong in ("WITH <urn:x> DELETE { ?s ?p 1 } WHERE {}", "DELETE WHERE { ?s ?p 1 }"):
        with pytest.raises(ValueError, match="USING"):
            sparql.with_using(wrong, ["urn:a"], [])
