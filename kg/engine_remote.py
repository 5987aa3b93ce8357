"""An engine whose workers share no disk: the files of a task go through a filesystem that pyarrow reaches.

`s3://bucket/folder`, `gs://…`, `hdfs://…`, `file:///mnt/…`: a worker works in a folder of its own, fetches the files that its
task reads, and puts there what it wrote; this process fetches it into the folder of the build. The files are immutable and
named by their content, so one that is there is right, whoever wrote it.

Only tasks that can be moved go to the workers: the extraction of papers, which is most of the work. Those that read the
whole store run in processes of this machine, which has it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar, cast

import pyarrow as pa
from pyarrow import fs

from kg.engine import Engine, Local
from kg.errors import EngineError

J = TypeVar("J")
R = TypeVar("R")


class Movable(Protocol):
    """A task that writes immutable files to a folder, which can be another one."""

    folder: str

    @property
    def reads(self) -> Sequence[str]:
        """Names of the files of `folder` that it needs."""
        ...

    def moved(self, folder: str) -> Any:
        """The same task in another folder."""
        ...


class Remote:
    """An `engine.Engine` over another one for tasks that are `Movable`, over processes of this machine for all others.

    A context manager; it closes the other engine.
    """

    def __init__(self, engine: Engine, uri: str) -> None:
        """Raises EngineError if no filesystem answers at the URI."""
        self.engine, self.uri = engine, uri
        self._here = Local()
        place = _Place.of(uri)
        with _explained(uri):
            place.files.create_dir(place.path, recursive=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def workers(self) -> int:
        """See `engine.Engine.workers`."""
        return self.engine.workers

    def start(self) -> None:
        """See `engine.Engine.start`."""
        self.engine.start()

    def close(self) -> None:
        """See `engine.Engine.close`."""
        self.engine.close()
        self._here.close()

    def map(self, task: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]:
        """See `engine.Engine.map`."""
        if not hasattr(task, "moved"):
            yield from self._here.map(task, jobs)
            return
        carried = _Carried(cast(Any, task), self.uri)
        place, folder = _Place.of(self.uri), Path(carried.task.folder)
        with _explained(self.uri):
            for name in carried.task.reads:
                place.put(folder, name)
        for result, names in self.engine.map(carried, jobs):
            with _explained(self.uri):
                for name in names:
                    place.fetch(name, folder)
            yield result


@dataclass(frozen=True)
class _Carried:
    """The task in a folder of the worker's own: job -> its result, and the names of the files that it wrote."""

    task: Movable
    uri: str

    def __call__(self, job: Any) -> tuple[Any, list[str]]:
        place, home = _Place.of(self.uri), _home(self.uri)
        reads = self.task.reads
        with _explained(self.uri):
            for name in reads:
                place.fetch(name, home)
        result = self.task.moved(str(home))(job)
        written = sorted(
            {f.name for f in home.iterdir() if f.is_file() and not f.name.startswith(".")}.difference(reads)
        )
        with _explained(self.uri):
            for name in written:
                place.put(home, name)
                (home / name).unlink()  # so that a repeated job writes it, and names it, again
        return result, written


@cache
def _home(uri: str) -> Path:
    """A folder of this process, removed at its end."""
    home = Path(tempfile.mkdtemp(prefix="kg-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


@dataclass(frozen=True)
class _Place:
    """A folder of a filesystem."""

    files: Any
    path: str

    @classmethod
    def of(cls, uri: str) -> _Place:
        with _explained(uri):
            return cls(*fs.FileSystem.from_uri(uri))

    def put(self, folder: Path, name: str) -> None:
        """Write a file of a folder there, under a temporary name first; `name` may have folders of its own."""
        above, _, own = f"{self.path}/{name}".rpartition("/")
        self.files.create_dir(above, recursive=True)
        temporary = f"{above}/.{own}.{uuid.uuid4().hex}"
        with (folder / name).open("rb") as file, self.files.open_output_stream(temporary) as target:
            shutil.copyfileobj(file, target, 1 << 20)
        self.files.move(temporary, f"{above}/{own}")

    def fetch(self, name: str, folder: Path) -> None:
        """Bring a file to a folder, unless it has it."""
        if (folder / name).is_file():
            return
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with self.files.open_input_stream(f"{self.path}/{name}") as source, temporary.open("wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


class _explained:  # noqa: N801 - used as a keyword
    """Errors of the filesystem as EngineErrors that name it."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (OSError, pa.ArrowException, ValueError)):
            line = (str(error) or type(error).__name__).splitlines()[0]
            raise EngineError(f"{self.uri}: {line}; give the URI of a folder that all nodes can write to") from error
