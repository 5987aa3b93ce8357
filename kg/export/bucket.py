"""Parts of files: some lines in every format, compressed, by whichever worker has the lines."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kg.export import formats, rdf, runs, void
from kg.settings import COMPRESS_LEVEL

#: The extra file of `rdf12`.
ANNOTATIONS = "annotations.rdf12.ttl"


class Written(NamedTuple):
    """What one bucket gave: of each file of the graph folder the part, compressed if the file is."""

    census: void.Census
    parts: dict[str, Path]


@dataclass(frozen=True)
class Convert:
    """Bucket -> its part of each of `files`, in `folder`. A bucket without lines gives none."""

    folder: str
    files: tuple[str, ...]
    packed: bool

    def __call__(self, bucket: runs.Bucket) -> Written:
        lines = runs.read(bucket)
        census = void.Census()
        texts: dict[str, list[str]] = {name: [] for name in self.files if name in _NODE}
        writers = [(_NODE[name], text.append) for name, text in texts.items()]
        for node in formats.nodes(lines) if lines else ():
            census.count(node)
            for make, put in writers:
                put(make(node))
        texts["graph.nt"] = lines
        stem = Path(self.folder) / f"bucket-{bucket.number:06}"
        return Written(
            census, write(((name, texts[name]) for name in self.files), stem, packed=self.packed) if lines else {}
        )


def write(texts: Iterable[tuple[str, Sequence[str]]], stem: Path, *, packed: bool) -> dict[str, Path]:
    """Write texts as a part of each of some files, beside `stem`. File -> its part."""
    found = {}
    for name, text in texts:
        data = frame(name)[1].join(text).encode()
        path = stem.with_name(f"{stem.name}-{name}")
        path.write_bytes(compress(data) if packed else data)
        found[name] = path
    return found


def compress(data: bytes) -> bytes:
    """One member of a gzip file; the same bytes always. Members follow on each other to make a file."""
    packer = zlib.compressobj(COMPRESS_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def frame(name: str) -> tuple[str, str, str]:
    """What stands before, between and behind the nodes of a file."""
    if name in ("graph.ttl", "provenance.trig"):
        return formats.turtle_header(), "", ""
    if name == "graph.jsonld":
        return formats.json_ld_header(), formats.JSON_LD_SEPARATOR, formats.JSON_LD_FOOTER
    if name == "graph.rdf":
        return formats.rdf_xml_header(), "", formats.RDF_XML_FOOTER
    if name == ANNOTATIONS:
        return formats.annotated_header(), "", ""
    return "", "", ""


def whole(name: str, lines: Iterable[str]) -> str:
    """One of the files of `GRAPH`, of sorted lines of N-Triples: what its parts are together."""
    if name not in _NODE:
        return "".join(lines)
    before, between, behind = frame(name)
    return f"{before}{between.join(map(_NODE[name], formats.nodes(lines)))}{behind}"


_NODE: dict[str, Callable[[rdf.Node], str]] = {
    "graph.ttl": formats.turtle_node,
    "graph.jsonld": formats.json_ld_node,
    "graph.rdf": formats.rdf_xml_node,
}

#: How one paper's graph is written to each file of the provenance.
QUADS: dict[str, Callable[[formats.Graph], str]] = {
    "provenance.nq": formats.quads,
    "provenance.trig": formats.trig_graph,
    ANNOTATIONS: formats.annotated,
}
#: The files that the graph itself can be written to.
GRAPH = ("graph.nt", *_NODE)
