"""Servers for tests: over the graph of the seeds, and over an empty graph that may be written to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="starlette serves; `make test` installs it")
pytest.importorskip("httpx2", reason="httpx2 asks the server; `make test` installs it")

from starlette.testclient import TestClient

from kg.index import FORMAT, prepare
from kg.serve.app import Settings, make
from kg.settings import BASE_IRI

TOKEN = "a token for tests"
WRITE = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def client(folder: Path, settings: Settings | None = None) -> Iterator[TestClient]:
    """A running server over a graph folder."""
    settings = settings or Settings(workers=1)
    index = prepare(folder, writable=bool(settings.token))
    app = make(index, settings)
    with TestClient(app, base_url="http://www.example", follow_redirects=False) as found:
        yield found


def empty_folder(folder: Path) -> Path:
    """A graph folder that holds no paper."""
    folder.mkdir(parents=True)
    counts = {"papers": 0, "triples": 0, "provenance quads": 0}
    manifest = {"format": FORMAT, "generator": "test", "knowledge": "0" * 32, "base_iri": BASE_IRI, "counts": counts}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for name in ("graph.nt", "provenance.nq", "void.ttl", "ontology.ttl"):
        (folder / name).write_bytes(b"")
    return folder
