"""Tables for spreadsheets and data frames: papers, entities, edges, claims, editions, as CSV and Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.ipc
import pyarrow.parquet as pq

from kg.model import FIELDS, Entity, Facts
from kg.ontology import Namer, claim_id
from kg.store import strings

#: Column -> value.
Row = dict[str, Any]

_TEXT, _INT, _REAL = pa.string(), pa.int64(), pa.float64()

SCHEMAS: dict[str, dict[str, pa.DataType]] = {
    "papers": {"id": _TEXT, "iri": _TEXT, "label": _TEXT, "title": _TEXT, "date": _TEXT, "doi": _TEXT, "categories": _TEXT, "authors": _TEXT, "journal_ref": _TEXT, "comments": _TEXT},
    "entities": {"id": _TEXT, "iri": _TEXT, "class": _TEXT, "label": _TEXT, "aliases": _TEXT, "broader": _TEXT, "definition": _TEXT, "discovered": pa.bool_(), "mined": pa.bool_()},
    "edges": {"paper": _TEXT, "relation": _TEXT, "entity": _TEXT, "confidence": _REAL, "field": _TEXT, "start": _INT, "end": _INT, "exact": _TEXT, "sentence": _TEXT},
    "claims": {"id": _TEXT, "paper": _TEXT, "value": _REAL, "low": _REAL, "high": _REAL, "unit": _TEXT, "comparator": _TEXT, "direction": _TEXT, "metric_text": _TEXT, "metric": _TEXT, "subject": _TEXT, "baseline_text": _TEXT, "baseline": _TEXT, "hardware": _TEXT, "datasets": _TEXT, "condition_text": _TEXT, "improvement_factor": _REAL, "confidence": _REAL, "sentence": _TEXT},
    "editions": {"paper": _TEXT, "venue": _TEXT, "label": _TEXT, "year": _INT, "host": _TEXT, "confidence": _REAL, "exact": _TEXT},
}  # fmt: skip


def entity_rows(entities: Iterable[Entity], namer: Namer) -> list[Row]:
    """Rows of the table of entities; lists within a cell are joined by "|"."""
    return [
        {
            "id": entity.id,
            "iri": namer(entity.id),
            "class": entity.kind,
            "label": entity.label,
            "aliases": "|".join(entity.aliases),
            "broader": "|".join(entity.broader),
            "definition": entity.definition,
            "discovered": entity.discovered,
            "mined": entity.mined,
        }
        for entity in entities
    ]


def paper_rows(facts: Iterable[Facts], venue_labels: Mapping[str, str], namer: Namer) -> dict[str, list[Row]]:
    """Rows of every other table by its name; lists within a cell are joined by "|". `venue_labels`: venue id -> label."""
    papers: list[Row] = []
    edges: list[Row] = []
    claims: list[Row] = []
    editions: list[Row] = []
    for fact in facts:
        paper = fact.paper
        papers.append(
            {
                "id": paper.id,
                "iri": namer(paper.id),
                "label": paper.label,
                "title": paper.title,
                "date": paper.date,
                "doi": paper.doi,
                "categories": "|".join(paper.categories),
                "authors": "|".join(a.name for a in paper.authors),
                "journal_ref": paper.journal_ref,
                "comments": paper.comments,
            }
        )
        for edge in fact.edges:
            e = edge.evidence[0]
            edges.append(
                {
                    "paper": paper.id,
                    "relation": edge.statement.predicate,
                    "entity": edge.statement.object,
                    "confidence": edge.confidence,
                    "field": FIELDS[e.field],
                    "start": e.start,
                    "end": e.end,
                    "exact": e.exact,
                    "sentence": paper.text(e.field)[e.sentence_start : e.sentence_end],
                }
            )
        for claim in fact.claims:
            e = claim.evidence
            claims.append(
                {name: getattr(claim, name) for name in SCHEMAS["claims"] if hasattr(claim, name)}
                | {
                    "id": claim_id(claim).partition("/")[2],
                    "hardware": "|".join(claim.hardware),
                    "datasets": "|".join(claim.datasets),
                    "sentence": paper.text(e.field)[e.sentence_start : e.sentence_end],
                }
            )
        for edition in fact.editions:
            editions.append(
                {
                    "paper": paper.id,
                    "venue": edition.venue,
                    "label": venue_labels[edition.venue],
                    "year": edition.year or None,
                    "host": edition.host,
                    "confidence": edition.confidence,
                    "exact": edition.evidence.exact,
                }
            )
    return {"papers": papers, "edges": edges, "claims": claims, "editions": editions}


def table(name: str, found: list[Row]) -> pa.Table:
    """Rows as an Arrow table with the columns and types of `SCHEMAS`."""
    schema = pa.schema([pa.field(n, kind) for n, kind in SCHEMAS[name].items()])
    return pa.Table.from_arrays([_array([r[f.name] for r in found], f.type) for f in schema], schema=schema)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array[Any]:
    """A column. `pa.array` would import pandas, which takes a worker longer than its rows."""
    if kind == _TEXT:
        return strings(values, kind)
    there = np.array([v is not None for v in values], bool)
    if kind == pa.bool_():
        data = np.packbits(np.array(values, bool), bitorder="little")
    else:
        data = np.array([v or 0 for v in values], np.int64 if kind == _INT else np.float64)
    known = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little").tobytes())
    return pa.Array.from_buffers(kind, len(values), [known, pa.py_buffer(data.tobytes())])


class Tables:
    """`<name>.csv` and `<name>.parquet` of every table, written piece by piece. A context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._files: dict[str, tuple[pq.ParquetWriter, pa_csv.CSVWriter]] = {}

    def __enter__(self) -> Self:
        for name in SCHEMAS:
            form = table(name, []).schema
            self._files[name] = (
                pq.ParquetWriter(self._folder / f"{name}.parquet", form, compression="zstd", store_schema=False),
                pa_csv.CSVWriter(self._folder / f"{name}.csv", form),
            )
        return self

    def __exit__(self, *_: object) -> None:
        for files in self._files.values():
            for file in files:
                file.close()

    def add(self, name: str, piece: pa.Table) -> None:
        """Append rows to a table. Each piece is a row group of the Parquet file."""
        for file in self._files[name]:
            file.write_table(piece)


def save(path: Path, pieces: dict[str, list[Row]]) -> None:
    """Write rows of some tables to a temporary file, to be read by `load`."""
    with path.open("wb") as file:
        for name, found in pieces.items():
            data = table(name, found)
            with pa.ipc.new_stream(file, data.schema.with_metadata({"name": name})) as stream:
                stream.write_table(data)


def load(path: Path) -> Iterator[tuple[str, pa.Table]]:
    """(name, rows) of every table that `save` wrote."""
    with path.open("rb") as file:
        while True:
            try:
                with pa.ipc.open_stream(file) as stream:
                    data = stream.read_all()
            except pa.ArrowInvalid:  # the end
                return
            yield data.schema.metadata[b"name"].decode(), data.replace_schema_metadata(None)
