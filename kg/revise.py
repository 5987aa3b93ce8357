"""When papers come and go, the facts of few others change: finds them by the words of their texts, assembles only them.

A paper's facts depend on the names that other papers introduce and that stand in its text, and on the class that most
papers give to its unlisted terms (`kg.corpus`). The result is what assembling everything would give.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kg import store
from kg.assemble import Assembler, assemble
from kg.corpus import Home, Named, Terms, hash_name, hash_term, homes, slug_of
from kg.linking.linker import Linker
from kg.model import Extraction, Paper, unpack
from kg.store import Row, Shard

#: With more papers to assemble than this, or this share of all, everything is assembled by the workers.
MOST, SHARE = 2000, 0.2


class Held(NamedTuple):
    """A shard with the name of the file that holds its facts."""

    shard: Shard
    facts: str


class _Place(NamedTuple):
    """Where a row stands."""

    file: str
    row: int


def revise(folder: Path, old: Sequence[Held], new: Sequence[Shard], linker: Callable[[], Linker]) -> list[Held] | None:
    """The new shards with their facts, given those of the old ones; or None if assembling everything costs less.

    Writes files of facts into `folder`. `linker` is asked only if something must be assembled.

    Raises StoreError if a file is missing or damaged.
    """
    kept = {h.shard.file for h in old} & {s.file for s in new}
    before = [h for h in old if h.shard.file not in kept]
    after = [s for s in new if s.file not in kept]
    if sum(s.papers for s in after) > max(10 * MOST, SHARE * sum(s.papers for s in new)):
        return None
    old_rows = {r.id: r for h in before for r in store.read_shard(folder / h.shard.file)}
    new_rows = {s.file: store.read_shard(folder / s.file) for s in after}
    by_id = {r.id: r for rows in new_rows.values() for r in rows}
    gone = [r for r in old_rows.values() if r.id not in by_id or by_id[r.id].hash != r.hash]
    come = [r for r in by_id.values() if r.id not in old_rows or old_rows[r.id].hash != r.hash]
    index = _Index(folder, [s.file for s in new])

    slugs = {slug for row in chain(gone, come) for slug in _slugs(row)}
    now, then = index.votes(slugs), index.votes(slugs)
    for row in come:
        then.count(row.terms, -1)
    for row in gone:
        then.count(row.terms)
    flipped = {slug for slug in slugs if now.kind(slug) != then.kind(slug)}
    keys = _changed_names(gone, come)
    fresh = {row.id for row in come}
    places = {_Place(s.file, i) for s in after for i, row in enumerate(new_rows[s.file]) if row.id in fresh}
    places |= index.having([*map(hash_name, keys), *(frozenset((hash_term(slug),)) for slug in flipped)])
    if len(places) > max(MOST, SHARE * sum(s.papers for s in new)):
        return None
    changed = dict(_assembled(folder, index, places, linker)) if places else {}

    files = {h.shard.file: h.facts for h in old}
    known: dict[str, bytes] = {}
    for held in before:
        known.update(store.read_facts(folder / held.facts))
    touched = {p.file for p in places}
    out = []
    for shard in new:
        if shard.file in new_rows:
            rows = [(r.id, changed.get(r.id) or known[r.id]) for r in new_rows[shard.file]]
        elif shard.file in touched:
            had = store.read_facts(folder / files[shard.file])
            rows = [(paper, changed.get(paper, facts)) for paper, facts in had]
            if rows == had:
                out.append(Held(shard, files[shard.file]))
                continue
        else:
            out.append(Held(shard, files[shard.file]))
            continue
        out.append(Held(shard, store.write_facts(folder, rows)))
    return out


def _changed_names(gone: Iterable[Row], come: Iterable[Row]) -> set[str]:
    """How the names are scanned for that only some of `gone` or of `come` introduce, or in other company."""
    sides: list[dict[str, tuple[Home, tuple[str, ...]]]] = []
    for rows in (gone, come):
        side: dict[str, tuple[Home, tuple[str, ...]]] = {}
        for row in rows:
            if row.names:
                named = unpack(row.names, Named)
                found = homes([named])
                side.update((d.id, (found[d.id], k)) for d, k in zip(named.discoveries, named.keys, strict=True))
        sides.append(side)
    before, after = sides
    differ = (i for i in before.keys() | after.keys() if before.get(i) != after.get(i))
    return {key for i in differ for side in sides if i in side for key in side[i][1]}


def _assembled(
    folder: Path, index: _Index, places: Collection[_Place], linker: Callable[[], Linker]
) -> Iterator[tuple[str, bytes]]:
    rows = list(index.rows(places, "paper", "extraction", "terms"))
    read = [(unpack(p, Paper), unpack(e, Extraction)) for p, e, _ in rows]
    slugs = {slug_of(entity) for _, extraction in read for entity in _entities(extraction)}
    assembler = Assembler(linker(), index.homes(places), index.votes(slugs))
    return assemble(assembler, read)


def _entities(extraction: Extraction) -> Iterator[str]:
    """Every entity whose class the corpus may decide."""
    yield from (k.entity for k in extraction.links if k.entity)
    for claim in extraction.claims:
        yield from (e for e in (claim.subject, claim.baseline, *claim.hardware, *claim.datasets) if e)


def _slugs(row: Row) -> set[str]:
    terms = Terms()
    terms.count(row.terms)
    return set(terms)


class _Index:
    """What the shards say of their papers' words, read as it is needed."""

    def __init__(self, folder: Path, files: Sequence[str]) -> None:
        self._folder, self._files = folder, files
        self._hashes = cache(lambda file, column: store.hashes(folder / file, column))

    def having(self, words: Sequence[frozenset[int]], column: str = "tokens") -> set[_Place]:
        """Rows that have all of any of some sets of hashes."""
        wanted = [some for some in words if some]
        everything = np.array(sorted(set().union(*wanted)), np.uint32)
        found: set[_Place] = set()
        for file in self._files if wanted else ():
            rows, values = self._hashes(file, column)
            hit = np.isin(values, everything)
            near, some_values = rows[hit], values[hit]
            for some in wanted:
                counts = np.bincount(near[np.isin(some_values, np.array(sorted(some), np.uint32))])
                found.update(_Place(file, int(i)) for i in np.flatnonzero(counts >= len(some)))
        return found

    def having_any(self, words: NDArray[np.uint32], column: str) -> set[_Place]:
        """Rows that have any of some hashes."""
        found: set[_Place] = set()
        for file in self._files:
            rows, values = self._hashes(file, column)
            found.update(_Place(file, int(i)) for i in np.unique(rows[np.isin(values, words)]))
        return found

    def rows(self, places: Collection[_Place], *columns: str) -> Iterator[tuple[bytes, ...]]:
        """Some columns of some rows, in order."""
        by_file: dict[str, list[int]] = {}
        for place in sorted(places):
            by_file.setdefault(place.file, []).append(place.row)
        for file in self._files:
            if file in by_file:
                yield from store.read_columns(self._folder / file, *columns, rows=by_file[file])

    def votes(self, slugs: Collection[str]) -> Terms:
        """The terms of all papers; true for these slugs only."""
        terms = Terms()
        words = np.array(sorted(map(hash_term, slugs)), np.uint32)
        for (packed,) in self.rows(self.having_any(words, "tokens"), "terms") if slugs else ():
            terms.count(packed)
        return terms

    def homes(self, places: Collection[_Place]) -> Mapping[str, Home]:
        """The names that may stand in the texts of some rows."""
        parts = []
        for file in {p.file for p in places}:
            rows, values = self._hashes(file, "tokens")
            parts.append(values[np.isin(rows, np.array([p.row for p in places if p.file == file], np.int32))])
        words = np.unique(np.concatenate(parts))
        have = frozenset(words.tolist())
        found = (unpack(packed, Named) for (packed,) in self.rows(self.having_any(words, "keys"), "names"))
        return homes(n for n in found if any(hash_name(key) <= have for key in chain.from_iterable(n.keys)))
