"""The rooms: imports point down, rooms on one floor do not import each other, each big dependency is in its listed rooms only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

FLOORS = {
    "errors": 0, "packed": 0, "progress": 0,
    "model": 1, "manifest": 1,
    "compiled": 1, "forms": 1, "matcher": 1, "sparql": 1,
    "settings": 2, "ontology": 2, "rows": 2, "vocabulary": 2, "engine": 2, "lock": 2,
    "linking": 3, "readers": 3, "store": 3, "graph": 3, "engine_ray": 3, "engine_remote": 3,
    "folder": 3, "names": 3, "knowledge": 3, "shapes": 3,
    "corpus": 4, "index": 4, "spool": 4, "export": 4, "suggest": 4, "view": 4,
    "assemble": 5, "explore": 5,
    "revise": 6, "tasks": 6,
    "work": 7,
    "build": 8,
    "validate": 9, "serve": 9, "push": 9,
    "train": 9, "evaluate": 9,
    "cli": 10,
    "__main__": 11,
}  # fmt: skip

#: Rooms on one floor that may use each other, with the reason.
ALLOWED = {
    ("ontology", "settings"): "the base IRI is a setting",
    ("vocabulary", "rows"): "rows are what a vocabulary is made of; nobody else lays files over each other",
    ("vocabulary", "settings"): "the folder of the shipped files is a setting",
    ("train", "evaluate"): "labels are compared as the scorer compares them",
}

HOMES = {
    "daachorse": {"matcher"},
    "platformdirs": {"compiled"},
    "lxml": {"readers"},
    "msgspec": {
        "assemble",
        "corpus",
        "export",
        "matcher",
        "model",
        "packed",
        "spool",
        "readers",
        "rows",
        "linking",
        "evaluate",
        "manifest",
        "vocabulary",
        "view",
        "cli",
    },
    "networkit": {"view"},
    "networkx": {"graph", "explore", "view"},
    "pandas": {"explore"},
    "pyarrow": {"store", "export", "engine_remote"},
    "pyoxigraph": {"explore", "export", "folder", "index", "names", "shapes", "validate", "evaluate", "serve", "cli"},
    "pyshacl": {"shapes"},
    "pyvis": {"view"},
    "jinja2": {"view", "serve"},
    "starlette": {"serve"},
    "uvicorn": {"serve"},
    "rdflib": {"explore", "export", "shapes"},
    "ray": {"engine_ray"},
    "requests": {"push"},
    "rich": {"cli"},
    "spacy": {"linking"},
    "typer": {"cli"},
}

MODULES = sorted(p for p in (ROOT / "kg").rglob("*.py") if "data" not in p.relative_to(ROOT / "kg").parts[:1])


def room(path: Path) -> str:
    return path.relative_to(ROOT / "kg").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{a.name}" if node.module == "kg" else node.module for a in node.names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_architecture_imports_point_down(path: Path) -> None:
    own = room(path)
    if own == "__init__":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "kg" or len(parts) < 2 or parts[1] in (own, "__version__"):
            continue
        other = parts[1]
        assert other in FLOORS, f"{other} is on no floor; add it to FLOORS"
        assert FLOORS[other] < FLOORS[own] or (own, other) in ALLOWED, f"{own} must not import {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_architecture_each_dependency_has_its_homes(path: Path) -> None:
    for name in imports(path):
        package = name.split(".")[0]
        if package in HOMES:
            assert room(path) in HOMES[package], f"{package} is imported in {room(path)}; its homes: {HOMES[package]}"


def test_architecture_importing_kg_does_nothing() -> None:
    code = "import sys, kg; print(sorted(m for m in sys.modules if m.split('.')[0] in "
    code += "('numpy', 'spacy', 'rdflib', 'networkx', 'pyarrow', 'pyvis', 'pandas', 'pyoxigraph')))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
    assert answer.stderr == ""
