"""Start a server and keep it until it is interrupted."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import uvicorn

from kg.errors import ServeError
from kg.index import prepare
from kg.progress import Progress
from kg.serve import warm
from kg.serve.app import Settings, make


def run(
    folder: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 7878,
    settings: Settings | None = None,
    progress: Progress | None = None,
    ready: Callable[[str], None] | None = None,
    note: Callable[[str], None] | None = None,
) -> None:
    """Serve a graph folder until Ctrl-C.

    Args:
        port: 0 takes a free one.
        ready: told the URL once it can be asked; the index is there and the port is taken by then.
        note: told of a damaged index, which is made anew.

    Raises:
        StoreError: the folder is none, or from another version.
        ServeError: the address cannot be taken, or another server takes updates for the folder.
    """
    settings = settings or Settings()
    index = prepare(Path(folder), writable=bool(settings.token), progress=progress, note=note)
    if settings.token:
        try:
            ox.Store(str(index.quads))
        except (OSError, RuntimeError) as error:
            raise ServeError(
                f"{index.path}: cannot be written to ({error}); is another server writing to it?"
            ) from error
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off; without, each answer on a kept connection waits 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((host, port))
            taken.listen(1024)  # who asks before the workers are up waits, and is not turned away
        except OSError as error:
            raise ServeError(
                f"{host}:{port} cannot be taken ({error.strerror or error}); choose another --port"
            ) from error
        if ready:
            name = f"[{host}]" if ":" in host else host
            ready(f"http://{name}:{taken.getsockname()[1]}/")
        warm.start(index.quads)
        config = uvicorn.Config(
            make(index, settings),
            http="h11",
            h11_max_incomplete_event_size=3 * settings.max_query + (1 << 16),  # a query in a URL may be percent-encoded
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
        uvicorn.Server(config).run(sockets=[taken])
