"""What workers do with one batch: extract its papers into a shard, and assemble a shard's facts.

Both are picklable and know all they need, so that any `kg.engine` can run them; both write their file themselves and
return its entry. What they need that is dear to make is made once per process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kg import store
from kg.assemble import Assembler, assemble, texts, views_of
from kg.corpus import Corpus, entry
from kg.linking.linker import Linker, make
from kg.model import Extraction, Paper, pack, unpack
from kg.settings import BATCH
from kg.store import Batch, Row, Shard


@lru_cache(maxsize=2)
def linker_of(vocabulary: tuple[str, ...]) -> Linker:
    """The linker on the shipped data with users' vocabulary files laid over it, made once per process."""
    return make([Path(v) for v in vocabulary])


@dataclass(frozen=True)
class Extract:
    """Batch -> its shard in `folder`. Rows that are already in one of the batch's known shards are taken from there."""

    folder: str
    vocabulary: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the files of `folder` that it cannot do without: the user's vocabulary is kept there."""
        return tuple(Path(v).relative_to(self.folder).as_posix() for v in self.vocabulary)

    def moved(self, folder: str) -> Extract:
        """The same task in another folder."""
        return Extract(folder, tuple(str(Path(folder, name)) for name in self.reads))

    def __call__(self, batch: Batch) -> Shard:
        folder = Path(self.folder)
        hashes = [store.content_hash(packed) for packed in batch.papers]
        known: dict[str, Row] = {}
        for name in batch.known:
            if store.is_whole(folder / name):
                known.update((row.hash, row) for row in store.read_shard(folder / name))
        rows = [
            known.get(h) or extract(packed, h, linker_of(self.vocabulary))
            for h, packed in zip(hashes, batch.papers, strict=True)
        ]
        return store.write_shard(folder, batch.key, rows)


def extract(packed: bytes, content_hash: str, linker: Linker) -> Row:
    """The row of one packed paper."""
    paper = unpack(packed, Paper)
    extraction = linker.extract(paper)
    return Row(
        paper.id,
        content_hash,
        paper.title,
        paper.date,
        packed,
        pack(extraction),
        *entry(paper, extraction, linker),
        "\n".join(paper.sources),
    )


@dataclass(frozen=True)
class Assemble:
    """Shard -> the name of the file with its facts. `shards`: all files of the corpus, in `folder`."""

    folder: str
    shards: tuple[str, ...]
    vocabulary: tuple[str, ...] = ()

    def __call__(self, shard: Shard) -> str:
        folder = Path(self.folder)
        corpus = corpus_of(self.folder, self.shards)
        rows = store.read_shard(folder / shard.file)
        facts: list[tuple[str, bytes]] = []
        for low in range(0, len(rows), BATCH):
            some = rows[low : low + BATCH]
            read = [(unpack(r.paper, Paper), unpack(r.extraction, Extraction)) for r in some]
            views = [views_of(paper) for paper, _ in read]
            near = corpus.near(texts(views), (r.tokens for r in some))
            facts += assemble(Assembler(linker_of(self.vocabulary), near, corpus.terms), read, views)
        return store.write_facts(folder, facts)


@lru_cache(maxsize=1)
def corpus_of(folder: str, shards: Sequence[str]) -> Corpus:
    """The corpus of some shards."""
    corpus = Corpus()
    for name in shards:
        for row in store.read_columns(Path(folder) / name, "names", "terms"):
            corpus.add(*row)
    return corpus
