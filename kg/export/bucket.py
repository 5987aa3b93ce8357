"""Parts of files: some lines in every format, compressed, by whichever worker has the lines."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kg.export import formats, runs, void
from kg.settings import COMPRESS_LEVEL

#: The extra file of `rdf12`.
ANNOTATIONS = "annotations.rdf12.ttl"

GRAPH = ("graph.nt", "graph.ttl", "graph.jsonld", "graph.rdf")
PROVENANCE = ("provenance.nq", "provenance.trig")


class Body(NamedTuple):
    """A part of one file, compressed: `bytes` is its size when unpacked."""

    path: str
    bytes: int


class Written(NamedTuple):
    """What one bucket gave, by file of the graph folder."""

    census: void.Census
    bodies: dict[str, Body]


@dataclass(frozen=True)
class Convert:
    """Bucket -> its part of each of `files`, in `folder`. A bucket without lines gives none."""

    folder: str
    files: tuple[str, ...]

    def __call__(self, bucket: runs.Bucket) -> Written:
        lines = runs.read(bucket)
        stem = Path(self.folder) / f"bucket-{bucket.number:06}"
        return Written(void.Census(lines), bodies(lines, self.files, stem) if lines else {})


def bodies(lines: list[str], files: Sequence[str], stem: Path) -> dict[str, Body]:
    """Write the lines as a part of each of some files, beside `stem`."""
    found = {}
    for name in files:
        data = _FORMATS[name](lines)
        path = stem.with_name(f"{stem.name}-{name}")
        path.write_bytes(compress(data))
        found[name] = Body(str(path), len(data))
    return found


def compress(data: bytes) -> bytes:
    """One member of a gzip file; the same bytes always. Members follow on each other to make a file."""
    packer = zlib.compressobj(COMPRESS_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def frame(name: str) -> tuple[bytes, bytes, bytes]:
    """What stands before, between and behind the bodies of a file."""
    if name in ("graph.ttl", "provenance.trig"):
        return formats.turtle_header(), b"", b""
    if name == "graph.jsonld":
        return (
            formats.json_ld_header().encode(),
            formats.JSON_LD_SEPARATOR.encode(),
            formats.JSON_LD_FOOTER.encode(),
        )
    if name == "graph.rdf":
        return formats.rdf_xml_header().encode(), b"", formats.RDF_XML_FOOTER.encode()
    if name == ANNOTATIONS:
        return formats.annotated_header().encode(), b"", b""
    return b"", b"", b""


def _plain(lines: list[str]) -> bytes:
    return "".join(lines).encode()


def _turtle(lines: list[str]) -> bytes:
    return formats.turtle(_plain(lines)).removeprefix(formats.turtle_header())


def _trig(lines: list[str]) -> bytes:
    return formats.trig(_plain(lines)).removeprefix(formats.turtle_header())


def _text(pieces: Iterator[str]) -> bytes:
    return "".join(pieces).encode()


_FORMATS: dict[str, Callable[[list[str]], bytes]] = {
    "graph.nt": _plain,
    "graph.ttl": _turtle,
    "graph.jsonld": lambda lines: _text(formats.json_ld_body(lines)),
    "graph.rdf": lambda lines: _text(formats.rdf_xml_body(lines)),
    "provenance.nq": _plain,
    "provenance.trig": _trig,
    ANNOTATIONS: lambda lines: _text(formats.annotated_body(lines)),
}
