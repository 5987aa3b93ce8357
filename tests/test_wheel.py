"""An installed `kg` works outside a checkout: ontology and seeds are in the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("hatchling", reason="hatchling builds the wheel; `make test` installs it")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_wheel_holds_ontology_and_seeds(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"kg/data/ontology/kg.ttl", "kg/data/ontology/vocabulary/systems.csv", "kg/view/page.html.j2"} <= names
    assert {
        "kg/data/ontology/alignment.ttl",
        "kg/data/ontology/context.jsonld",
        "kg/data/ontology/queries/why.rq",
    } <= names
    assert {"kg/serve/templates/resource.html.j2", "kg/serve/static/serve.css", "kg/serve/static/editor.js"} <= names
    assert not [n for n in names if "node_modules" in n or n.startswith("kg/serve/editor/")]
    bundled = (ROOT / "kg/serve/static/yasgui/yasgui.min.js").is_file()
    assert ("kg/serve/static/yasgui/yasgui.min.js" in names) == bundled
    assert sum(n.startswith("kg/data/seeds/") for n in names) == 5


def test_wheel_builds_the_seeds_outside_a_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "lib")
    code = (
        f"import sys; sys.path = [{str(tmp_path / 'lib')!r}] + [p for p in sys.path if p not in ({str(ROOT)!r}, '')]\n"
        "import kg\nfrom kg.settings import seeds_dir\n"
        "assert str(seeds_dir()).startswith(sys.path[0])\n"
        "print(kg.build([seeds_dir()], 'graph').counts['papers'])\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "41"
