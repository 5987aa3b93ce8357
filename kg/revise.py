"""When papers come and go, the facts of few others change: finds them by the words of their texts, assembles only them.

A paper's facts depend on the names that other papers introduce and that stand in its text, and on the class that most
papers give to its unlisted terms (`kg.corpus`). The result is what assembling everything would give.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from kg import store
from kg.assemble import Assembler, assemble, texts, views_of
from kg.corpus import Named, Terms, hash_name, hash_term, homes, slug_of
from kg.linking.linker import Linker
from kg.linking.namesake import Home
from kg.model import Extraction, Paper, unpack
from kg.store import Shard

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


class _Change(NamedTuple):
    """What of a row decides whom its coming or going reaches."""

    id: str
    hash: str
    names: bytes
    terms: bytes


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
    old_rows = {r.id: r for h in before for r in _changes(folder / h.shard.file)}
    new_rows = {s.file: _changes(folder / s.file) for s in after}
    by_id = {r.id: r for rows in new_rows.values() for r in rows}
    gone = [r for r in old_rows.values() if r.id not in by_id or by_id[r.id].hash != r.hash]
    come = [r for r in by_id.values() if r.id not in old_rows or old_rows[r.id].hash != r.hash]
    index = _Index(folder, [s.file for s in new])

    slugs = {slug for row in chain(gone, come) for slug in _slugs(row.terms)}
    counted = list(index.terms(slugs))
    now, then = _votes(counted), _votes(counted)
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
    changed = dict(_assembled(index, places, linker)) if places else {}

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


def _changes(path: Path) -> list[_Change]:
    return [_Change(*values) for values in store.read_whole(path, *_Change._fields)]


def _changed_names(gone: Iterable[_Change], come: Iterable[_Change]) -> set[str]:
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


def _assembled(index: _Index, places: Collection[_Place], linker: Callable[[], Linker]) -> Iterator[tuple[str, bytes]]:
    read = [(unpack(p, Paper), unpack(e, Extraction)) for p, e in index.rows(places, "paper", "extraction")]
    listed = linker().vocabulary
    entities = {entity for _, extraction in read for entity in _entities(extraction)}
    slugs = {slug_of(entity) for entity in entities if entity not in listed}
    assembler = Assembler(linker(), index.homes(read), _votes(index.terms(slugs)))
    return assemble(assembler, read)


def _entities(extraction: Extraction) -> Iterator[str]:
    """Every entity whose class the corpus may decide."""
    yield from (k.entity for k in extraction.links if k.entity)
    for claim in extraction.claims:
        yield from (e for e in (claim.subject, claim.baseline, *claim.hardware, *claim.datasets) if e)


def _slugs(terms: bytes) -> set[str]:
    return set(_votes([terms]))


def _votes(packed: Iterable[bytes]) -> Terms:
    terms = Terms()
    for some in packed:
        terms.count(some)
    return terms


class _Index:
    """What the shards say of their papers' words, read as it is needed."""

    def __init__(self, folder: Path, files: Sequence[str]) -> None:
        self._folder = folder
        self._words = {file: store.Words(folder / file) for file in files}

    def having(self, words: Iterable[frozenset[int]]) -> set[_Place]:
        """Rows that have all of any of some sets of hashes."""
        wanted = list(words)
        return {
            _Place(file, row) for file, found in self._words.items() for some in wanted for row in found.having(some)
        }

    def rows(self, places: Collection[_Place], *columns: str) -> Iterator[tuple[bytes, ...]]:
        """Some columns of some rows, in order."""
        by_file: dict[str, list[int]] = {}
        for place in sorted(places):
            by_file.setdefault(place.file, []).append(place.row)
        for file in self._words:
            if file in by_file:
                yield from store.read_columns(self._folder / file, *columns, rows=by_file[file])

    def terms(self, slugs: Collection[str]) -> Iterator[bytes]:
        """The packed terms of all papers that have one of these; what is counted of them is true for these only."""
        places = self.having(frozenset((hash_term(slug),)) for slug in slugs)
        return (packed for (packed,) in self.rows(places, "terms"))

    def homes(self, read: Iterable[tuple[Paper, Extraction]]) -> Mapping[str, Home]:
        """The names that may stand in the texts of some papers."""
        having: dict[int, set[int]] = {}  # word -> which of the papers have it
        for number, (paper, _) in enumerate(read):
            for word in frozenset().union(*map(hash_name, texts([views_of(paper)]))):
                having.setdefault(word, set()).add(number)
        places = {_Place(f, row) for f, words in self._words.items() for row in words.introducing(having.keys())}
        nobody: set[int] = set()
        found = (unpack(p, Named) for (p,) in self.rows(places, "names"))
        return homes(
            named
            for named in found
            if any(
                set.intersection(*(having.get(word, nobody) for word in hash_name(key)))
                for key in chain.from_iterable(named.keys)
            )
        )
