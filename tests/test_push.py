"""Pushing to a remote store: nothing lost, nothing twice, whatever the network does; against servers of three makes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import PushError, StoreError
from kg.push import Pushed, push
from kg.push.target import shield
from kg.settings import BASE_IRI
from tests.conftest import manifest_of
from tests.test_cli import kg

P = "http://example.org/p"


def quads_of(folder: Path, graph: str | None = None) -> set[ox.Quad]:
    """What a store must hold after a push of the folder."""
    triples = ox.parse((folder / "graph.nt").read_bytes(), ox.RdfFormat.N_TRIPLES)
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    found = {ox.Quad(t.subject, t.predicate, t.object, name) for t in triples}
    return found | set(ox.parse((folder / "provenance.nq").read_bytes(), ox.RdfFormat.N_QUADS))


def folder_of(folder: Path, texts: list[str], papers: int = 3, generator: str = "test") -> Path:
    """A graph folder whose literals are the texts, with provenance of some papers."""
    folder.mkdir(parents=True, exist_ok=True)
    subject, predicate = ox.NamedNode(f"{BASE_IRI}paper/1"), ox.NamedNode(P)
    triples = [ox.Triple(subject, predicate, ox.Literal(t)) for t in texts]
    graphs = [ox.NamedNode(f"{BASE_IRI}provenance/{n}") for n in range(papers)]
    quads = [ox.Quad(subject, predicate, ox.Literal(t), g) for g in graphs for t in texts]
    (folder / "graph.nt").write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
    (folder / "provenance.nq").write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"")
    counts = {"papers": papers, "triples": len(triples), "provenance quads": len(quads)}
    (folder / "manifest.json").write_text(json.dumps(manifest_of(counts, generator)))
    return folder


# ---- a store that can be told to misbehave


class Fake:
    """A store in this process that speaks both protocols, and the faults that its next answers will show."""

    def __init__(self) -> None:
        self.store = ox.Store()
        self.faults: list[str] = []
        self.bodies: list[bytes] = []
        self.logins: list[str] = []
        self.most = 10**9
        self.url = ""

    @property
    def quads(self) -> set[ox.Quad]:
        return set(self.store)

    def insert(self, path: str, kind: str, body: bytes) -> int:
        """Do what a request asks and return the status of its answer."""
        graph = parse_qs(urlsplit(path).query).get("graph")
        if path.startswith("/update") and kind == "application/sparql-update":
            self.store.update(body.decode())
        elif path.startswith("/store?") and kind == "application/n-triples":
            name = ox.NamedNode(graph[0]) if graph else ox.DefaultGraph()
            self.store.extend(
                ox.Quad(q.subject, q.predicate, q.object, name) for q in ox.parse(body, ox.RdfFormat.N_TRIPLES)
            )
        else:
            return 415 if path.startswith(("/update", "/store")) else 404
        return 204


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: Fake

    def do_POST(self) -> None:
        fake = self.fake
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fake.bodies.append(body)
        fake.logins.append(self.headers.get("Authorization", ""))
        fault = fake.faults.pop(0) if fake.faults else ""
        if fault == "drop":
            self.close_connection = True
        elif fault.isdecimal():
            self.answer(int(fault))
        elif len(body) > fake.most:
            self.answer(413)
        else:
            status = fake.insert(self.path, self.headers["Content-Type"], body)
            if fault == "deaf":
                self.close_connection = True
            else:
                self.answer(status)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def fake() -> Iterator[Fake]:
    with make_fake() as found:
        yield found


@contextmanager
def make_fake() -> Iterator[Fake]:
    found = Fake()
    with serving(type("Own", (Handler,), {"fake": found})) as found.url:
        yield found


def quick(folder: Path, url: str, **options: Any) -> Pushed:
    """A push that does not wait between tries."""
    return push(folder, url, **{"sleep": lambda seconds: None, "timeout": 10, **options})


# ---- laws


TEXTS = st.lists(
    st.text(st.sampled_from('ab\\uU0041"\n\r\t}{<>.^@ é\U0001d538\x7f'), max_size=12),
    min_size=1,
    max_size=8,
    unique=True,
)


@settings(max_examples=40)
@given(
    texts=TEXTS,
    faults=st.lists(st.sampled_from(["", "", "drop", "deaf", "503", "500", "429", "stop"]), max_size=14),
    lines=st.integers(1, 6),
    most=st.integers(400, 2000),
    way=st.sampled_from(["update", "store"]),
    graph=st.sampled_from([None, "http://example.org/g"]),
)
def test_push_whatever_fails_the_store_holds_each_triple_once(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str], faults: list[str], lines: int, most: int, way: str, graph: str | None,
) -> None:  # fmt: skip
    folder = folder_of(tmp_path_factory.mktemp("push") / "g", texts)
    with make_fake() as fake:
        fake.most = most
        pending = iter(faults)
        # Without a first answer there is no endpoint: that is an error at once.
        fake.faults = ["", *(f for f in faults if f != "stop")]

        def stop(stage: str, done: int, total: int) -> None:
            assert 0 < done <= total
            if next(pending, "") == "stop":
                raise KeyboardInterrupt

        for _ in range(len(faults) + 1):
            with suppress(KeyboardInterrupt, PushError):
                done = quick(folder, f"{fake.url}/{way}", graph=graph, lines=lines, progress=stop)
                break
        total = len(texts) * 4
        assert done.sent + done.resumed == total
        assert fake.quads == quads_of(folder, graph)
        before, fake.faults = len(fake.bodies), []
        again = quick(folder, f"{fake.url}/{way}", graph=graph)
        assert (again.sent, again.resumed) == (0, total)
        assert not any(b"example.org/p" in body for body in fake.bodies[before:])


@given(st.text(st.sampled_from('ab\\uU0041F"\n'), max_size=20))
def test_push_text_survives_servers_that_resolve_escapes_before_they_parse(text: str) -> None:
    triple = ox.Triple(ox.NamedNode(P), ox.NamedNode(P), ox.Literal(text))
    line = ox.serialize([triple], format=ox.RdfFormat.N_TRIPLES) or b""
    sent = shield(line).decode()
    # SPARQL 1.1 Query, 19.2, done to the letter
    resolved = re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", lambda m: chr(int(m[1] or m[2], 16)), sent)
    for form in (sent, resolved):
        store = ox.Store()
        store.update(f"INSERT DATA {{ {form} }}")
        assert [q.triple for q in store] == [triple]


# ---- what it remembers


def test_push_sends_a_folder_anew_once_it_is_built_anew(tmp_path: Path, fake: Fake) -> None:
    folder = folder_of(tmp_path / "g", ["old", "both"])
    quick(folder, f"{fake.url}/update")
    old = quads_of(folder)
    folder_of(folder, ["both", "new"], papers=2, generator="later")
    done = quick(folder, f"{fake.url}/update")
    assert (done.rebuilt, done.sent, done.resumed) == (True, 6, 0)
    assert fake.quads == old | quads_of(folder)


def test_push_replace_leaves_nothing_of_an_earlier_build_and_all_that_is_others(tmp_path: Path, fake: Fake) -> None:
    folder = folder_of(tmp_path / "g", ["old", "both"])
    target = "http://example.org/papers"
    quick(folder, f"{fake.url}/update", graph=target)
    others = ox.Quad(ox.NamedNode(P), ox.NamedNode(P), ox.Literal("theirs"), ox.NamedNode("http://example.org/theirs"))
    fake.store.add(others)
    folder_of(folder, ["both", "new"], papers=2, generator="later")
    quick(folder, f"{fake.url}/update", graph=target, replace=True)
    assert fake.quads == quads_of(folder, target) | {others}
    with pytest.raises(PushError, match="--replace needs"):
        quick(folder, f"{fake.url}/store", graph=target, replace=True, protocol="store", anew=True)


def test_push_anew_sends_what_a_server_has_lost(tmp_path: Path, fake: Fake) -> None:
    folder = folder_of(tmp_path / "g", ["a"])
    quick(folder, f"{fake.url}/update")
    fake.store.clear()
    assert quick(folder, f"{fake.url}/update").sent == 0
    assert quick(folder, f"{fake.url}/update", anew=True).sent == 4
    assert fake.quads == quads_of(folder)


def test_push_keeps_apart_what_different_endpoints_and_graphs_have(tmp_path: Path, fake: Fake) -> None:
    folder = folder_of(tmp_path / "g", ["a"])
    for url, graph in (("update", None), ("update", "http://example.org/g"), ("store", None)):
        assert quick(folder, f"{fake.url}/{url}", graph=graph).resumed == 0
    assert len(list((folder / ".push").iterdir())) == 3


def test_push_damaged_memory_is_an_error_that_names_the_file(tmp_path: Path, fake: Fake) -> None:
    folder = folder_of(tmp_path / "g", ["a"])
    quick(folder, f"{fake.url}/update")
    (memory,) = (folder / ".push").iterdir()
    for text in ("{", "[]", '{"done": 3}', '{"done": {}}'):
        memory.write_text(text)
        with pytest.raises(PushError, match=re.escape(str(memory))):
            quick(folder, f"{fake.url}/update")
    assert quick(folder, f"{fake.url}/update", anew=True).sent == 4


# ---- who it is


class Locked(Handler):
    """Asks for a login: Basic, Digest or a bearer token."""

    scheme = "Basic"

    def do_POST(self) -> None:
        shown = self.headers.get("Authorization", "")
        if self.right(shown):
            super().do_POST()
        else:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(401, b"who are you?", WWW_Authenticate=f'{self.scheme} realm="r", nonce="n", qop="auth"')

    def right(self, shown: str) -> bool:
        if self.scheme == "Digest":
            found = dict(re.findall(r'(\w+)="?([^",]*)"?', shown))

            def md5(text: str) -> str:
                return hashlib.md5(text.encode()).hexdigest()

            a1, a2 = md5("ann:r:se:cret"), md5(f"POST:{self.path.partition('?')[0]}")
            expected = md5(f"{a1}:n:{found.get('nc')}:{found.get('cnonce')}:auth:{a2}")
            return shown.startswith("Digest") and found.get("response") == expected
        return shown in ("Basic YW5uOnNlOmNyZXQ=", "Bearer secret")


@pytest.mark.parametrize(
    ("scheme", "options"),
    [
        ("Basic", {"user": "ann:se:cret"}),
        ("Digest", {"user": "ann:se:cret"}),
        ("Bearer", {"token": "secret"}),
        ("Basic", {}),
    ],
)
def test_push_shows_who_it_is_and_forgets_the_password(tmp_path: Path, scheme: str, options: dict[str, str]) -> None:
    folder, fake = folder_of(tmp_path / "g", ["a", "b"]), Fake()
    with serving(type("Own", (Locked,), {"fake": fake, "scheme": scheme})) as url:
        login = "" if options else "ann:se%3Acret@"
        done = quick(folder, f"{url.replace('//', f'//{login}')}/update", **options)
        assert fake.quads == quads_of(folder)
        assert done.endpoint == f"{url}/update"
        (memory,) = (folder / ".push").iterdir()
        assert "cret" not in memory.read_text()
        with pytest.raises(PushError, match=r"401 .*who are you\?; show who you are with --token or --user"):
            quick(folder, f"{url}/update")
        with pytest.raises(PushError, match="401"):
            quick(folder, f"{url}/update", user="ann:wrong", token="wrong")


# ---- what can be wrong


class Moved(Handler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(301, Location="http://127.0.0.1:1/elsewhere")


class Website(Handler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, b"<html>Welcome</html>", Content_Type="text/html")


def test_push_wrong_addresses_are_errors_that_say_what_now(tmp_path: Path, fake: Fake) -> None:
    folder = folder_of(tmp_path / "g", ["a"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/update"
    with serving(Moved) as moved, serving(Website) as website:
        for url, says in (
            (closed, "cannot be reached .*refused.*is the server running"),
            (f"{fake.url}/elsewhere", "HTTP 404.*takes no SPARQL 1.1 Update|takes no SPARQL 1.1 Update.*HTTP 404"),
            (moved, "moved to http://127.0.0.1:1/elsewhere; push there"),
            (website, "takes no SPARQL 1.1 Update"),
            ("localhost:7878", "not an endpoint"),
            ("http://", "not an endpoint"),
            ("http://[half/update", "not an endpoint"),
            ("http://localhost:port/update", "not an endpoint"),
            ("ftp://example.org/update", "not an endpoint"),
        ):
            with pytest.raises(PushError, match=says):
                quick(folder, url)
    with pytest.raises(PushError, match="not an IRI"):
        quick(folder, f"{fake.url}/update", graph="my graph> } ; DROP ALL")
    assert not (folder / ".push").exists()


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        (["", "403"], "may not write"),
        (["", "413"] * 10, "HTTP 413.*the line is"),
        (["", "503", "503", "503"], "HTTP 503.*run the same command to go on"),
        (["", "drop", "drop", "drop"], "cannot be reached .*run the same command to go on"),
        (["401"], "--token or --user"),
    ],
)
def test_push_refusals_are_errors_that_say_what_now(tmp_path: Path, fake: Fake, faults: list[str], says: str) -> None:
    folder = folder_of(tmp_path / "g", ["a"])
    fake.faults = [*faults, *faults[1:] * 3]
    with pytest.raises(PushError, match=says):
        quick(folder, f"{fake.url}/update", retries=2)
    fake.faults = []
    quick(folder, f"{fake.url}/update")
    assert fake.quads == quads_of(folder)


HEAD = b"HTTP/1.1 200 OK\r\n"
#: What a broken server or something that is none answers.
NONSENSE = {
    "no HTTP": b"220 mail ready\r\n",
    "no status": b"HTTP/1.1 abc OK\r\n\r\n",
    "nothing": b"",
    "long header": HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": HEAD + b"X: a\r\n" * 500 + b"\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhallo",
    "cut": HEAD + b"Content-Length: 100\r\n\r\nabc",
    "chunk of no length": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "no gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "moved to no address": b"HTTP/1.1 307 Moved\r\nLocation: http://[x\r\nContent-Length: 0\r\n\r\n",
    "moved to no text": b"HTTP/1.1 307 Moved\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    "challenge of nothing": b"HTTP/1.1 401 Who\r\nWWW-Authenticate: Digest x\r\nContent-Length: 0\r\n\r\n",
    "encoding of no name": b"HTTP/1.1 400 No\r\nContent-Type: a/b; charset=\x00\r\nContent-Length: 1\r\n\r\na",
    "escapes": b"HTTP/1.1 400 \x1b[31mNo\r\nContent-Length: 4\r\n\r\n\x1b[2J",
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_push_names_an_endpoint_that_answers_nonsense(tmp_path: Path, kind: str) -> None:
    class Nonsense(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            self.wfile.write(NONSENSE[kind])

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Nonsense) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/update"
        with pytest.raises(PushError) as raised:
            push(folder_of(tmp_path / "g", ["a"]), url, user="a:b", retries=0, sleep=lambda seconds: None)
        server.shutdown()
    assert str(raised.value).startswith(url) and str(raised.value).isprintable()


@pytest.mark.parametrize(
    "endpoint",
    ["http://127.0.0.1:99999/", "http://127.0.0.1:1/a\nb", "http://127.0.0.1:1/\x00", "http://a b/", "http://\udcff/",
     f"http://{'a' * 70}.invalid/", "http://a..b/", "http://*.b/", "http://u:p@[::1/", "http://u:p@/"],
)  # fmt: skip
def test_push_address_that_is_none_is_named(tmp_path: Path, endpoint: str) -> None:
    with pytest.raises(PushError, match="http://") as raised:
        push(folder_of(tmp_path / "g", ["a"]), endpoint, retries=0)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("login", [{"token": "a\nb"}, {"token": "€"}, {"user": "a\nb:c"}, {"user": "\udcff:x"}])
def test_push_login_that_no_request_can_carry_is_refused(tmp_path: Path, fake: Fake, login: dict[str, str]) -> None:
    with pytest.raises(PushError, match=f"--{next(iter(login))} has characters"):
        push(folder_of(tmp_path / "g", ["a"]), f"{fake.url}/update", **login)  # type: ignore[arg-type]
    assert not fake.bodies


def test_push_waits_longer_each_time_and_as_long_as_the_server_asks(tmp_path: Path) -> None:
    folder, waits = folder_of(tmp_path / "g", ["a"]), list[float]()
    asked = iter(["", "7", "9999", "Sat, 21 Nov 2026 10:00:00 GMT", ""])

    class Busy(Handler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(503, Retry_After=next(asked, ""))

    with serving(Busy) as url, pytest.raises(PushError):
        push(folder, url, retries=8, sleep=waits.append, protocol="update")
    assert waits == [0.5, 7, 30, 4, 8, 16, 30, 30]


def test_push_needs_a_whole_folder(tmp_path: Path, fake: Fake) -> None:
    with pytest.raises(StoreError, match="no such folder"):
        quick(tmp_path / "none", f"{fake.url}/update")
    folder = folder_of(tmp_path / "g", ["a"])
    (folder / "provenance.nq").unlink()
    with pytest.raises(StoreError, match=r"provenance\.nq is missing"):
        quick(folder, f"{fake.url}/update")
    (folder / "provenance.nq.gz").write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(StoreError, match="cannot be read"):
        quick(folder, f"{fake.url}/update")


def test_push_sends_no_stale_files(tmp_path: Path, fake: Fake) -> None:
    folder = folder_of(tmp_path / "g", ["a"])
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "stale": True}))
    with pytest.raises(StoreError, match="kg export"):
        quick(folder, f"{fake.url}/update")


def test_push_command_says_what_it_did(tmp_path: Path, fake: Fake) -> None:
    folder = folder_of(tmp_path / "g", ["a", "b"])
    answer = kg("push", folder, "--endpoint", f"{fake.url}/update", "--token", "t0ken")
    assert answer.returncode == 0, answer.stderr
    assert f"{fake.url}/update: 8 triples sent" in answer.stdout
    assert set(fake.logins) == {"Bearer t0ken"}
    assert "8 were there from an earlier run" in kg("push", folder, "--endpoint", f"{fake.url}/update").stdout
    answer = kg("push", folder, "--endpoint", f"{fake.url}/nothing")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)


# ---- servers of other makes


@contextmanager
def process(command: list[str], url: str, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server as a process, once it answers."""
    with (cwd / "server.log").open("ab") as log:
        running = subprocess.Popen(command, cwd=cwd, stdout=log, stderr=log)
        try:
            for _ in range(600):
                assert running.poll() is None, (cwd / "server.log").read_text()[-2000:]
                try:
                    requests.get(url, timeout=5)
                    break
                except requests.ConnectionError:
                    time.sleep(0.05)
            yield running
        finally:
            running.kill()
            running.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def held(url: str, query: str = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }") -> set[ox.Triple]:
    answer = requests.post(url, data={"query": query}, headers={"Accept": "application/n-triples"}, timeout=60)
    assert answer.ok, answer.text
    return {q.triple for q in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)}


def triples_of(folder: Path, *, provenance: bool = False) -> set[ox.Triple]:
    return {q.triple for q in quads_of(folder) if (q.graph_name != ox.DefaultGraph()) == provenance}


IN_GRAPHS = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"


def oxigraph() -> str:
    """The program of the PyPI package `oxigraph`."""
    beside = Path(sys.executable).with_name("oxigraph")
    found = str(beside) if beside.is_file() else shutil.which("oxigraph")
    return found or pytest.skip("NOT TESTED: no `oxigraph` program; `make test` installs it from PyPI")


@pytest.fixture
def folder(seeds_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(seeds_folder, tmp_path / "graph"))


@pytest.mark.parametrize("way", ["update", "store"])
def test_push_to_oxigraph_arrives_whole(folder: Path, tmp_path: Path, way: str) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with process([oxigraph(), "serve", "-b", f"127.0.0.1:{port}"], base, tmp_path):
        done = push(folder, f"{base}/{way}")
        assert (done.protocol, done.sent) == (way, len(quads_of(folder)))
        assert held(f"{base}/query") == triples_of(folder)
        assert held(f"{base}/query", IN_GRAPHS) == triples_of(folder, provenance=True)


def test_push_survives_the_death_of_both_ends(folder: Path, tmp_path: Path) -> None:
    port, home = free_port(), tmp_path / "data"
    base = f"http://127.0.0.1:{port}"
    serve = [oxigraph(), "serve", "-b", f"127.0.0.1:{port}", "-l", str(home)]
    command = [sys.executable, "-m", "kg", "push", str(folder), "--endpoint", f"{base}/update", "--lines", "300"]
    with process(serve, base, tmp_path) as server:
        client = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: acknowledged(folder) > 1000)
        client.kill()
        client.communicate()
        known = acknowledged(folder)
        assert 1000 < known < len(quads_of(folder))
        client = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for(lambda: acknowledged(folder) > known)
        server.send_signal(signal.SIGKILL)
        server.wait()
    time.sleep(1)
    with process(serve, base, tmp_path):
        said, errors = client.communicate(timeout=60)
        assert client.returncode == 0, errors
        assert "were there from an earlier run" in said
        assert held(f"{base}/query") == triples_of(folder)
        assert held(f"{base}/query", IN_GRAPHS) == triples_of(folder, provenance=True)


def acknowledged(folder: Path) -> int:
    return sum(sum(json.loads(f.read_bytes())["done"].values()) for f in (folder / ".push").glob("*.json"))


def wait_for(happened: Callable[[], bool]) -> None:
    for _ in range(6000):
        if happened():
            return
        time.sleep(0.005)
    pytest.fail("waited for half a minute")


VIRTUOSO = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = v-temp.db
TransactionFile = v-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 10000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
"""


def test_push_to_virtuoso_arrives_whole(folder: Path, tmp_path: Path) -> None:
    """Virtuoso has no default graph to write to, asks for Digest, and compiles no update of 5,000 triples."""
    if not (program := shutil.which("virtuoso-t")):
        pytest.skip("NOT TESTED: no `virtuoso-t`; Debian has it as virtuoso-opensource-7-bin")
    sql, http = free_port(), free_port()
    (tmp_path / "v.ini").write_text(VIRTUOSO.format(sql=sql, http=http))
    base, graph = f"http://127.0.0.1:{http}", "http://example.org/papers"
    with process([program, "+foreground", "+configfile", "v.ini"], f"{base}/sparql", tmp_path):
        grant = 'GRANT SPARQL_UPDATE TO "dba";'
        subprocess.run(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"EXEC={grant}"], check=True, capture_output=True)
        with pytest.raises(PushError, match="show who you are"):
            push(folder, f"{base}/sparql-auth", graph=graph)
        with pytest.raises(PushError, match="--graph"):
            push(folder, f"{base}/sparql-auth", user="dba:dba")
        done = push(folder, f"{base}/sparql-auth", user="dba:dba", graph=graph)
        assert done.sent == len(quads_of(folder))
        own = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        assert count(f"{base}/sparql", own) == len(triples_of(folder))
        inside = f'SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{BASE_IRI}")) }}'
        assert count(f"{base}/sparql", inside) == len(quads_of(folder)) - len(triples_of(folder))
        crud = push(folder, f"{base}/sparql-graph-crud-auth", user="dba:dba", graph=f"{graph}/2")
        assert (crud.protocol, crud.sent) == ("store", len(quads_of(folder)))
        assert count(f"{base}/sparql", own.replace(graph, f"{graph}/2")) == len(triples_of(folder))


def count(url: str, query: str) -> int:
    answer = requests.get(url, params={"query": query}, headers={"Accept": "text/csv"}, timeout=60)
    assert answer.ok, answer.text
    return int(answer.text.split()[1].strip('"'))


@pytest.mark.parametrize("way", ["sparql", "graphs"])
def test_push_to_our_own_server_arrives_whole(folder: Path, tmp_path: Path, way: str) -> None:
    pytest.importorskip("starlette", reason="NOT TESTED: `make test` installs starlette")
    served = folder_of(tmp_path / "served", ["here before"], papers=0)
    for name in ("void.ttl", "ontology.ttl"):
        (served / name).write_bytes(b"")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "kg", "serve", str(served), "--port", str(port), "--workers", "1"]
    with process([*command, "--writable", "--token", "t", "--max-rows", "100000"], f"{base}/health", tmp_path):
        with pytest.raises(PushError, match="show who you are"):
            push(folder, f"{base}/{way}")
        done = push(folder, f"{base}/{way}", token="t")
        assert done.sent == len(quads_of(folder))
        assert held(f"{base}/sparql") == {q.triple for q in quads_of(folder)} | triples_of(served)
        assert held(f"{base}/sparql", IN_GRAPHS) == triples_of(folder, provenance=True)
    with process(command, f"{base}/health", tmp_path), pytest.raises(PushError, match="this server only reads"):
        push(folder, f"{base}/{way}", token="t", anew=True)


os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")
