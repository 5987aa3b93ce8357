"""The whole way: read, link, store, assemble, export; and the same for papers that are added, removed or changed.

The store of a folder is always whole: its manifest names immutable files and is replaced in one step. Exports are made from
the store; `build` makes them at once, the others mark them as stale, and `refresh` makes them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

from kg.engine import Engine, Local
from kg.errors import InputError, StoreError
from kg.folder import read_manifest
from kg.manifest import is_base
from kg.progress import Progress, silent
from kg.readers import Skip
from kg.settings import BASE_IRI, BATCH
from kg.spool import Merges, Spool, cut, edit, fill, find_papers
from kg.vocabulary import check as check_vocabulary
from kg.work import Work, keeping, tells_of_paper, writing


class Report(NamedTuple):
    """What a build did. `skipped` holds everything that was left out of the inputs, in reading order, then the papers whose
    records differ."""

    folder: Path
    counts: dict[str, int]
    skipped: tuple[Skip, ...]
    reused: int  # shards that were already there
    notes: tuple[str, ...] = ()  # what a user should know, such as why everything was made anew

    @property
    def complete(self) -> bool:
        """Whether nothing that looks like a record was left out."""
        return not any(s.lost for s in self.skipped)


def build(
    inputs: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    format: str | None = None,
    vocabulary: str | Path | Sequence[str | Path] = (),
    base_iri: str = BASE_IRI,
    abstracts: bool = True,
    rdf12: bool = False,
    formats: str = "auto",
    workers: int | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> Report:
    """Build a graph folder from files or folders of papers. What an earlier build left there is used again.

    Args:
        inputs: files, or folders whose files are read in order of name; one of them or several.
        output: folder to write; its earlier graph is replaced once the new one is whole.
        format: name of a reader for all inputs; None = by content.
        vocabulary: files of the user's own, laid over the shipped vocabulary.
        base_iri: where resource IRIs live; ends with "/" or "#" (a URN with ":", too).
        abstracts: whether `dct:abstract` is written to the RDF.
        rdf12: whether the statements are also written as RDF 1.2 annotations, which rdflib cannot read yet.
        formats: "all", "core" (what `kg.export.choice.CORE` names), names of formats beside those, joined by commas, or
            "auto": all, for more than `ALL_FORMATS_PAPERS` papers "core".
        workers: processes; None = one per processor. The result does not depend on it.
        engine: where batches run, instead of `workers` processes of this machine.
        progress: told about each stage.

    Raises:
        InputError: no paper could be read from any input, `formats` names none, or `base_iri` is no IRI to build on.
        VocabularyError: a vocabulary file breaks its form.
        StoreError: another process writes to the folder, or the disk is full (the folder's graph is left as it was).
    """
    folder, tell = Path(output), progress or silent
    chosen = _chosen(formats)
    _check_base(base_iri)
    files = _paths(vocabulary)
    check_vocabulary(files)  # what breaks its form is named as the user knows it
    skipped: list[Skip] = []
    with writing(folder), _engine(engine, workers) as run, Spool(folder=folder) as spool:
        fill(spool, _paths(inputs), skipped, format=format, progress=tell)
        if spool.papers > 2 * BATCH:
            run.start()
        with keeping(files, folder) as kept:
            work = Work(folder, run, tell, kept)
            old = work.manifest()
            known = old.shards if old and old.knowledge == work.knowledge else ()
            shards = work.extract(cut(spool.sorted()), known=known)
            skipped += spool.merges.differing()
            work.notes += spool.merges.notes()
            manifest = work.describe(
                shards, old, skipped, base_iri=base_iri, abstracts=abstracts, rdf12=rdf12, **chosen
            )
            counts = work.publish(manifest)
    return Report(folder, counts, tuple(skipped), work.reused, tuple(work.notes))


def add(
    folder: str | Path,
    inputs: str | Path | Sequence[str | Path],
    *,
    format: str | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Report:
    """Add papers to a graph folder. A paper that is there already is merged with its new record, as `build` would.

    The store is as `build` would make it from all inputs together; the exports become stale (see `refresh`).

    Raises as `build` does, and StoreError if the folder is no graph folder.
    """
    return _change(Path(folder), inputs, (), merging=True, format=format, progress=progress, workers=workers)


def update(
    folder: str | Path,
    inputs: str | Path | Sequence[str | Path],
    *,
    format: str | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Report:
    """Put new records in the place of those that a graph folder has; papers it does not have are added. As `add`."""
    return _change(Path(folder), inputs, (), merging=False, format=format, progress=progress, workers=workers)


def remove(
    folder: str | Path, papers: str | Sequence[str], *, progress: Progress | None = None, workers: int | None = None
) -> Report:
    """Remove papers ("2006.06762", "arxiv:2006.06762", "doi:…", "abs:…") with all that only they say. As `add`.

    Raises StoreError if the folder has no such paper, or no other.
    """
    named = (papers,) if isinstance(papers, str) else papers
    return _change(Path(folder), (), named, merging=False, format=None, progress=progress, workers=workers)


def refresh(
    folder: str | Path,
    *,
    force: bool = False,
    formats: str | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> bool:
    """Make the exports of a graph folder anew if they are stale (or always, with `force`). Returns whether it did.

    `formats`: as `build` takes it, from now on; None = as they were chosen before.

    Raises StoreError if the folder is no graph folder, is damaged, or another process writes to it; InputError if
    `formats` names none.
    """
    path = Path(folder)
    chosen = None if formats is None else _chosen(formats)
    manifest = read_manifest(path)
    same = chosen is None or chosen.get("formats") == manifest.get("formats")
    if not manifest.get("stale") and not force and same:
        return False
    with writing(path), _engine(None, workers) as run:
        work = Work(path, run, progress or silent, tuple(read_manifest(path).get("vocabulary", ())))
        old = work.state()
        if chosen is not None:
            old = old.choosing(chosen)
        if old.knowledge != work.knowledge:
            shards = work.extract(edit(path / "store", old.shards, {}, everything=True), known=())
            work.publish(work.revised(shards, old, []))
        else:
            work.publish(old.manifest)
    return True


def _change(
    folder: Path,
    inputs: str | Path | Sequence[str | Path],
    papers: Sequence[str],
    *,
    merging: bool,
    format: str | None,
    progress: Progress | None,
    workers: int | None,
) -> Report:
    read_manifest(folder)  # no folder is made for a wrong name
    tell = progress or silent
    skipped: list[Skip] = []
    with writing(folder), _engine(None, workers) as run, Spool(folder=folder) as spool:
        work = Work(folder, run, tell, tuple(read_manifest(folder).get("vocabulary", ())))
        old = work.state()
        if merging:  # records that differed go on to
            spool.merges = Merges(s["excerpt"] for s in old.manifest["skipped"] if tells_of_paper(s))
        changes: dict[str, bytes | None] = dict.fromkeys(find_papers(folder / "store", old.shards, papers))
        if inputs:
            fill(spool, _paths(inputs), skipped, format=format, progress=tell)
            changes.update((p.id, p.data) for p in spool.sorted())
        everything = old.knowledge != work.knowledge
        merges = spool.merges if merging else None
        cuts = edit(folder / "store", old.shards, changes, merging=merges, everything=everything)
        shards = work.extract(cuts, known=() if everything else old.shards)
        skipped += spool.merges.differing()
        work.notes += spool.merges.notes()
        if not shards:
            raise StoreError(f"{folder}: no paper would be left; remove the folder instead")
        anew = {name for name, data in changes.items() if data is None or not merging}
        manifest = work.revised(shards, old, skipped, anew)
        work.commit(manifest)
    return Report(folder, manifest["counts"], tuple(skipped), work.reused, tuple(work.notes))


def _paths(given: str | Path | Sequence[str | Path]) -> list[Path]:
    """One path or several; a string is one, not its characters."""
    return [Path(given)] if isinstance(given, (str, Path)) else [Path(one) for one in given]


def _check_base(base_iri: str) -> None:
    """Raises InputError if IRIs cannot be made by appending to it."""
    if not is_base(base_iri):
        raise InputError(
            f"--base-iri {base_iri!r}: no absolute IRI that ends with / or #, such as https://example.org/papers/"
        )


def _chosen(formats: str) -> dict[str, str]:
    from kg.export.choice import parse

    found = parse(formats)
    return {"formats": found} if found else {}


def _engine(engine: Engine | None, workers: int | None) -> AbstractContextManager[Engine]:
    return Local(workers) if engine is None else nullcontext(engine)


__all__ = ["Progress", "Report", "add", "build", "refresh", "remove", "update"]
