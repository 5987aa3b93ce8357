"""Every knob with its default, and where the shipped data lies."""

from __future__ import annotations

from pathlib import Path

#: Where resource IRIs live; `--base-iri` moves them.
BASE_IRI = "https://w3id.org/paperkg/id/"

#: Links less sure than this are no edges. On 886 labelled abstracts .55 in place of .5 takes away 4.0% of all edges and 0.8% of
#: those that readers insist on.
MIN_CONFIDENCE = 0.55

#: A reading of an ambiguous name with a score below this is refused.
MIN_READING = 0.5

#: Papers per shard of the store.
BATCH = 2000

#: The RDF and GraphML files of a graph of more papers than this are written gzip-compressed.
PLAIN_PAPERS = 2_000

#: A graph of more papers than this is written to fewer formats, unless the user asks for more (`kg.export.choice`).
ALL_FORMATS_PAPERS = 20_000

#: Bytes of a line; a longer one is no record of any format, and is skipped without being held.
MAX_LINE = 64 << 20

#: How hard files are compressed, 1 to 9. 6 takes two and a half times as long, for a tenth fewer bytes.
COMPRESS_LEVEL = 3

#: Bytes of papers that a build holds in memory before it sorts on disk.
SPOOL_BYTES = 256_000_000

#: At most so many papers, the latest, are given to the page.
PAGE_PAPERS = 10_000


def ontology_dir() -> Path:
    """The folder with `kg.ttl`, `shapes.ttl`, `vocabulary/` and `queries/`: in the wheel, or beside `kg/` in a checkout."""
    return _data("ontology")


def seeds_dir() -> Path:
    """The folder with the five seed documents."""
    return _data("seeds")


def _data(name: str) -> Path:
    here = Path(__file__).resolve().parent
    packaged = here / "data" / name
    return packaged if packaged.is_dir() else here.parent / name
