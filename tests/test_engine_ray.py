"""The engine on Ray: the same answers in the same order as the others give, whatever happens to workers and nodes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kg import engine_ray, store
from kg.build import build
from kg.engine import ATTEMPTS
from kg.engine_remote import Remote
from kg.errors import EngineError, InputError
from tests.engine_task import Square
from tests.test_build import lines, tree
from tests.test_cli import kg

pytestmark = pytest.mark.slow

# ---- without a cluster


def test_engine_ray_without_ray_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EngineError, match=r"in a clone of paperkg: pip install '\.\[ray\]'"):
        engine_ray.Ray()


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "nonsense", "no-such-host.example:6379"])
def test_engine_ray_wrong_addresses_are_errors_at_once(address: str) -> None:
    pytest.importorskip("ray", reason="NOT TESTED: ray is not installed; `make test-ray` installs it")
    started = time.monotonic()
    with pytest.raises(EngineError, match="no Ray cluster answers at"):
        engine_ray.Ray(address)
    assert time.monotonic() - started < 30


# ---- with one


STORE = 100_000_000


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two nodes on this machine, one processor each."""
    pytest.importorskip("ray", reason="NOT TESTED: ray is not installed; `make test-ray` installs it")
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    found = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": STORE})
    found.add_node(num_cpus=1, object_store_memory=STORE)
    yield found
    found.shutdown()


@pytest.fixture(scope="module")
def engine(cluster: Any) -> Iterator[engine_ray.Ray]:
    with engine_ray.Ray(cluster.address) as found:
        yield found


def processes(folder: Path) -> set[str]:
    return {p.read_text() for p in folder.iterdir()}


def test_engine_ray_answers_in_order_and_works_on_both_nodes(engine: engine_ray.Ray, tmp_path: Path) -> None:
    assert engine.workers == 2
    assert list(engine.map(Square(str(tmp_path)), range(40))) == [n * n for n in range(40)]
    assert list(engine.map(Square(str(tmp_path)), [])) == []
    assert str(os.getpid()) not in processes(tmp_path)
    assert list(engine.map(Node(), range(8))).count(engine._ray.get_runtime_context().get_node_id()) < 8


@dataclass(frozen=True)
class Node:
    """Which node a job runs on."""

    def __call__(self, job: int) -> str:
        import ray

        time.sleep(0.2)
        return str(ray.get_runtime_context().get_node_id())


def test_engine_ray_draws_jobs_as_they_are_needed(engine: engine_ray.Ray, tmp_path: Path) -> None:
    drawn: list[int] = []

    def jobs() -> Iterator[int]:
        for n in range(1000):
            drawn.append(n)
            yield n

    answers = engine.map(Square(str(tmp_path)), jobs())
    assert next(answers) == 0
    assert len(drawn) < 50
    answers.close()  # type: ignore[attr-defined]


def test_engine_ray_repeats_the_job_of_a_killed_worker(engine: engine_ray.Ray, tmp_path: Path) -> None:
    task = Square(str(tmp_path), deadly=((2, 1), (3, ATTEMPTS - 1)))
    assert list(engine.map(task, range(6))) == [0, 1, 4, 9, 16, 25]
    assert len(list(tmp_path.glob("3-try-*"))) == ATTEMPTS


def test_engine_ray_gives_up_on_a_job_that_kills_every_worker(engine: engine_ray.Ray, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=f"after {ATTEMPTS} tries.*run the same command"):
        list(engine.map(Square(str(tmp_path), deadly=((1, 99),)), range(4)))


def test_engine_ray_hands_on_what_a_task_raises_and_can_go_on(engine: engine_ray.Ray, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="job -1 is wrong"):
        list(engine.map(Square(str(tmp_path)), [1, -1, 2]))
    assert list(engine.map(Square(str(tmp_path)), [5, 6])) == [25, 36]


def test_engine_ray_refuses_nodes_with_other_code(
    engine: engine_ray.Ray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_ray, "fingerprint", lambda: "9.9.9-other")
    with pytest.raises(EngineError, match=r"another paperkg .*here 9\.9\.9-other.*install one on all"):
        list(engine.map(Square(str(tmp_path)), range(3)))
    assert not processes(tmp_path)


def test_engine_ray_survives_the_death_of_a_node(cluster: Any, engine: engine_ray.Ray, tmp_path: Path) -> None:
    doomed = cluster.add_node(num_cpus=2, object_store_memory=STORE)
    cluster.wait_for_nodes()
    answers = engine.map(Slow(str(tmp_path)), range(60))
    found = [next(answers) for _ in range(10)]
    cluster.remove_node(doomed, allow_graceful=False)
    assert found + list(answers) == [n * n for n in range(60)]
    assert list(tmp_path.glob("*-try-1")), "no job was under way on the node that died"


@dataclass(frozen=True)
class Slow:
    """A square that takes a while."""

    folder: str

    def __call__(self, job: int) -> int:
        answer = Square(self.folder)(job)
        time.sleep(0.3)
        return answer


def test_engine_ray_leaves_a_cluster_that_it_did_not_start(cluster: Any, engine: engine_ray.Ray) -> None:
    with engine_ray.Ray(cluster.address) as second:
        assert second.workers == engine.workers
    assert list(engine.map(abs, [-1])) == [1]


# ---- builds


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Papers that introduce names and speak of each other's, to be cut into batches of about ten."""
    ends = store.ends_batch
    monkeypatch.setattr(store, "ends_batch", lambda paper, held: ends(paper, held, 10))
    texts = (
        f"We present Zq{n}net, a compiler for GPUs that extends Zq{n * 7 % 300}net. On an NVIDIA A100 it is {n + 2}x "
        "faster than TVM on ImageNet."
        for n in range(1, 301)
    )
    records = (
        {"id": f"2001.{n:05}", "title": f"Zq{n}net", "abstract": t, "categories": "cs.PL"}
        for n, t in enumerate(texts, 1)
    )
    return lines(tmp_path / "papers.jsonl", *records)


def test_engine_ray_build_is_the_local_one_to_the_byte_though_a_node_dies(
    cluster: Any, engine: engine_ray.Ray, papers: Path, tmp_path: Path
) -> None:
    local = build([papers], tmp_path / "local", workers=1)
    assert local.counts["papers"] == 300
    doomed = [cluster.add_node(num_cpus=2, object_store_memory=STORE)]
    cluster.wait_for_nodes()

    def kill(stage: str, done: int, total: int) -> None:
        if stage == "linking" and doomed:
            assert done < 300
            cluster.remove_node(doomed.pop(), allow_graceful=False)

    build([papers], tmp_path / "ray", engine=engine, progress=kill)
    assert not doomed
    assert len(list((tmp_path / "ray" / "store").glob("shard-*"))) > 10
    assert tree(tmp_path / "ray") == tree(tmp_path / "local")


def test_engine_ray_build_without_a_shared_disk_is_the_local_one(
    engine: engine_ray.Ray, papers: Path, tmp_path: Path
) -> None:
    own = tmp_path / "systems-own.csv"
    own.write_text("id,label,aliases,broader,match,cues,definition,url,source\nzq7net,Zq7net,,,exact,,,,\n")
    build([papers], tmp_path / "local", vocabulary=[own], workers=1)
    with Remote(engine, (tmp_path / "there").as_uri()) as remote:
        build([papers], tmp_path / "ray", vocabulary=[own], engine=remote)
    assert tree(tmp_path / "ray") == tree(tmp_path / "local")


def test_engine_ray_command(cluster: Any, papers: Path, tmp_path: Path) -> None:
    answer = kg("build", papers, "-o", tmp_path / "g", "--engine", "ray", "--address", cluster.address)
    assert answer.returncode == 0, answer.stderr
    assert ": 300 papers in" in " ".join(answer.stdout.replace("\n", " ").split())
    assert kg("build", papers, "-o", tmp_path / "h").returncode == 0
    assert tree(tmp_path / "g") == tree(tmp_path / "h")
