"""What many tests need: the shipped linker, one build of the seeds, small papers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from kg import compiled
from kg.build import Report, build
from kg.folder import FORMAT
from kg.linking.linker import Linker, default
from kg.settings import BASE_IRI, seeds_dir

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault(compiled.VARIABLE, str(ROOT / ".pytest_cache" / "paperkg"))  # not the user's own


# How long an example may take is for the tests of speed to say; a busy machine breaks no law.
settings.register_profile("kg", deadline=None)
settings.load_profile("kg")


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor seconds of the quickest of three runs: a busy machine slows some of them, a slow algorithm all."""

    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return min(once() for _ in range(3))


def manifest_of(counts: dict[str, int], generator: str = "test") -> dict[str, object]:
    """The manifest of a folder that a test makes by hand."""
    said = {"format": FORMAT, "generator": generator, "knowledge": "0" * 32, "base_iri": BASE_IRI, "state": "0" * 32}
    lists: dict[str, object] = {"vocabulary": [], "inputs": [], "shards": [], "skipped": []}
    return said | lists | {"abstracts": True, "rdf12": False, "stale": False, "counts": counts}


def under_hash_seeds(code: str, *seeds: str) -> set[bytes]:
    """What a program prints, run once under each hash seed."""
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    return {
        subprocess.run(
            [sys.executable, "-c", code], env=env | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in seeds
    }


@pytest.fixture(scope="session")
def linker() -> Linker:
    return default()


@pytest.fixture(scope="session")
def seeds_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One build of the seeds for the whole run."""
    return build([seeds_dir()], tmp_path_factory.mktemp("seeds") / "graph")


@pytest.fixture(scope="session")
def seeds_folder(seeds_report: Report) -> Path:
    return seeds_report.folder
