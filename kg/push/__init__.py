"""Load a graph folder into a SPARQL store of any make: `graph.nt` into one graph, `provenance.nq` into a graph per paper.

Two protocols of the W3C are spoken: SPARQL 1.1 Update (`INSERT DATA`) and the SPARQL 1.1 Graph Store HTTP Protocol
(`POST ?graph=`). The data has no blank nodes, so a chunk that is sent twice, because its answer was lost, changes
nothing: what is there in the end is each triple once.

How far it got lies in `DIR/.push/`, one file per endpoint and graph, written after each chunk that the server
acknowledged. The same command goes on from there; a folder that was built anew is sent anew. What an earlier build said and
this one does not, above all the counts of papers (`kg:paperCount`), stays unless `replace` is asked for.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from kg.errors import PushError
from kg.folder import open_export, read_fresh
from kg.model import digest, to_json
from kg.progress import Progress, silent
from kg.push.caller import Caller, TooMuchError
from kg.push.target import GraphOf, Protocol, Target, open_target

#: Most triples of one request.
LINES = 10_000


class Pushed(NamedTuple):
    """What a push did. `sent` counts lines of this run, `resumed` those that an earlier run had sent."""

    endpoint: str
    protocol: str
    sent: int
    resumed: int
    requests: int
    rebuilt: bool  # whether an earlier push was of another build


def push(
    folder: str | Path,
    endpoint: str,
    *,
    graph: str | None = None,
    token: str = "",
    user: str = "",
    protocol: Protocol = "auto",
    replace: bool = False,
    anew: bool = False,
    lines: int = LINES,
    retries: int = 8,
    timeout: float = 300,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Pushed:
    """Send a graph folder to a SPARQL endpoint, from where an earlier run got to.

    Args:
        folder: what `kg build` wrote.
        endpoint: URL that takes updates, or of a graph store; `user:password@` in it stands for `user`.
        graph: IRI of the graph for nodes, edges and claims; None = the default graph. Provenance keeps its own graphs.
        token: shown as `Authorization: Bearer`.
        user: `name:password`, for Basic or Digest, whichever the server asks for.
        protocol: "update", "store" (Graph Store Protocol), or "auto": the first that the endpoint understands.
        replace: empty the target graph and all provenance graphs first, when nothing of this build was sent yet.
        anew: forget what earlier runs sent, for a server that has lost it.
        lines: most triples of one request; a server that cannot take so many gets fewer.
        retries: how often a failed request is tried again, with waits that double up to half a minute.
        timeout: seconds to wait for an answer.

    Raises:
        StoreError: the folder is no graph folder, or a file of it is missing or damaged.
        PushError: the endpoint refuses, is none, or cannot be reached. What was acknowledged is remembered.
    """
    folder, tell = Path(folder), progress or silent
    manifest = read_fresh(folder)
    build = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    caller = Caller(endpoint, token=token, user=user, retries=retries, timeout=timeout, sleep=sleep)
    with closing(caller):
        target = open_target(caller, graph, protocol, replace)
        ledger = Ledger.open(folder, caller.shown, graph or "", build, anew=anew)
        if replace and not ledger.started:
            target.empty(manifest["base_iri"])
        resumed = sum(ledger.done.values())
        for name, counted, graph_of in FILES:
            source = read_lines(folder, name, skip=ledger.done.get(name, 0))
            for count in _send(target, source, graph_of, lines):
                ledger.add(name, count)
                tell(f"sending {name}", ledger.done[name], manifest["counts"][counted])
    sent = sum(ledger.done.values()) - resumed
    return Pushed(caller.shown, target.name, sent, resumed, caller.requests, ledger.rebuilt)


def _send(target: Target, source: Iterator[bytes], graph_of: GraphOf, limit: int) -> Iterator[int]:
    """Send all lines; yields how many the server has just acknowledged. A server that cannot take so many gets fewer."""
    waiting: deque[bytes] = deque()
    while True:
        waiting.extend(islice(source, max(0, limit - len(waiting))))
        if not waiting:
            return
        chunk = target.cut(waiting, limit, graph_of)
        try:
            target.insert(chunk, graph_of)
        except TooMuchError as error:
            if len(chunk) == 1:
                raise PushError(f"{error}; the line is {chunk[0][:200]!r}") from error
            limit = len(chunk) // 2
            continue
        for _ in chunk:
            waiting.popleft()
        yield len(chunk)


def read_lines(folder: Path, name: str, *, skip: int = 0) -> Iterator[bytes]:
    """Lines of a file of the folder, compressed or not, from line `skip` on, each with its line feed.

    Raises StoreError if the file is missing, DamagedError where it is damaged.
    """
    with open_export(folder, name) as file:
        yield from islice(file, skip, None)


def of_triple(line: bytes) -> bytes:
    return b""


def of_quad(line: bytes) -> bytes:
    """The graph of a line of N-Quads, in angle brackets."""
    return line.rsplit(b" ", 2)[1]


#: What is sent, in this order: the file, the count of its lines in the manifest, the graph that a line names.
FILES: tuple[tuple[str, str, GraphOf], ...] = (
    ("graph.nt", "triples", of_triple),
    ("provenance.nq", "provenance quads", of_quad),
)


class Ledger:
    """How many lines of each file the endpoint has acknowledged, on disk."""

    def __init__(self, path: Path, head: dict[str, str], done: dict[str, int], rebuilt: bool) -> None:
        self.path, self.head, self.done, self.rebuilt = path, head, done, rebuilt

    @classmethod
    def open(cls, folder: Path, endpoint: str, graph: str, build: str, *, anew: bool = False) -> Ledger:
        """What is known of one endpoint and graph; nothing, if the folder was built anew since, or if `anew`.

        Raises PushError if the file cannot be read.
        """
        path = folder / ".push" / f"{digest([endpoint, graph])}.json"
        head = {"endpoint": endpoint, "graph": graph, "build": build}
        if anew or not path.is_file():
            return cls(path, head, {}, False)
        try:
            found = json.loads(path.read_bytes())
            done = {name: int(found["done"].get(name, 0)) for name, _, _ in FILES}
            known = found["build"] == build
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PushError(f"{path}: damaged ({error}); remove it, and everything is sent again") from error
        return cls(path, head, done if known else {}, not known)

    @property
    def started(self) -> bool:
        """Whether anything of this build was acknowledged."""
        return any(self.done.values())

    def add(self, name: str, lines: int) -> None:
        """Remember that `lines` more of a file were acknowledged."""
        self.done[name] = self.done.get(name, 0) + lines
        self.path.parent.mkdir(exist_ok=True)
        temporary = self.path.with_suffix(".new")
        temporary.write_bytes(to_json({**self.head, "done": self.done}))
        temporary.replace(self.path)
