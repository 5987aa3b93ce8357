"""The names of a graph's things in SQLite's full-text index: written once beside the quads, then searched."""

from __future__ import annotations

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from kg import ontology as o

#: Classes whose names are searched; authorships and claims are found through their papers.
SEARCHED = ("System", "Hardware", "Technique", "Dataset", "Task", "Metric", "Venue", "VenueEdition", "Paper")


def write(path: Path, lines: Iterable[bytes]) -> None:
    """The names of things, from the lines of `graph.nt`: a lookup in the store takes ten times as long as a line."""
    kinds: dict[str, str] = {}
    papers: Counter[str] = Counter()
    named: list[bytes] = []
    searched = {f"<{o.KG}{kind}> .\n".encode(): kind for kind in SEARCHED}
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if predicate == _MENTIONS:
            papers[rest[1:-4].decode()] += 1
        elif predicate == _TYPE and rest in searched:
            kinds[subject[1:-1].decode()] = searched[rest]
        elif predicate in (_LABEL, _ALIAS):
            named.append(line)
    labels: dict[str, str] = {}
    aliases: dict[str, list[str]] = {}
    for quad in ox.parse(b"".join(named), ox.RdfFormat.N_TRIPLES):
        thing, name = quad.subject.value, quad.object.value
        if thing in kinds and quad.predicate.value == _LABEL[1:-1].decode():
            labels[thing] = name
        elif thing in kinds:
            aliases.setdefault(thing, []).append(name)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT, kind TEXT, label TEXT, papers INTEGER)")
        db.execute(
            "CREATE VIRTUAL TABLE name USING fts5(label, aliases, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')"
        )
        for number, (thing, kind) in enumerate(kinds.items(), 1):
            label, others = labels.get(thing, ""), "\n".join(sorted(aliases.get(thing, ())))
            db.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?)", (number, thing, kind, label, papers[thing]))
            db.execute("INSERT INTO name (rowid, label, aliases) VALUES (?, ?, ?)", (number, label, others))
        db.commit()


_TYPE, _LABEL, _ALIAS, _MENTIONS = (
    f"<{term}>".encode() for term in (o.RDF + "type", o.RDFS + "label", o.SKOS + "altLabel", o.KG + "mentions")
)


#: The most things that one search ranks.
RANKED = 1000


class Hit(NamedTuple):
    """A thing that a search found, with one of its other names that fits, and how many papers mention it."""

    iri: str
    kind: str
    label: str
    alias: str
    papers: int


def opened(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True))


def search(path: Path, text: str, *, kind: str = "", limit: int = 50) -> list[Hit]:
    """Things whose label or alias has every word of the text, the last as the beginning of a word.

    The best first: labels equal to the text, then the rank of BM25 weighted by the number of papers. No character of
    the text has a meaning of its own.
    """
    wanted = re.findall(r"\w+", text)[:20]
    if not wanted:
        return []
    match = " ".join(f'"{w}"' for w in wanted) + "*"
    low = text.strip().lower()
    with opened(path) as db:
        found = db.execute(
            "SELECT t.iri, t.kind, t.label, name.aliases, t.papers, bm25(name, 4, 1) FROM name JOIN thing t ON t.id = name.rowid "
            "WHERE name MATCH ? AND (? = '' OR t.kind = ?) ORDER BY lower(t.label) <> ?, bm25(name, 4, 1) LIMIT ?",
            (match, kind, kind, low, RANKED),
        ).fetchall()

    def rank(row: tuple[str, str, str, str, int, float]) -> tuple[bool, bool, float, str]:
        _, _, label, others, papers, score = row
        return (
            label.lower() != low,
            low not in others.lower().split("\n"),
            score * (1 + math.log1p(papers)),
            label,
        )

    return [
        Hit(iri, kind, label, next(_fitting(others, wanted), ""), papers)
        for iri, kind, label, others, papers, _ in sorted(found, key=rank)[:limit]
    ]


def _fitting(aliases: str, wanted: list[str]) -> Iterator[str]:
    for alias in aliases.split("\n"):
        if alias and all(w.lower() in alias.lower() for w in wanted):
            yield alias
