"""The whole way: read, link, store, assemble, export; and the same for papers that are added, removed or changed.

The store of a folder is always whole: its manifest names immutable files and is replaced in one step. Exports are made from
the store; `build` makes them at once, the others mark them as stale, and `refresh` makes them again.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from kg import __version__, store
from kg.engine import Engine, Local
from kg.errors import InputError, StoreError
from kg.index import FORMAT, is_foreign, read_manifest
from kg.knowledge import keep, knowledge_hash
from kg.lock import locked
from kg.manifest import is_base
from kg.model import Entity, digest, to_json
from kg.progress import Progress, silent
from kg.readers import Skip
from kg.revise import Held, revise
from kg.settings import BASE_IRI, BATCH
from kg.spool import Cut, Merges, Spool, cut, edit, fill, find_papers
from kg.store import Batch, Shard
from kg.tasks import Assemble, Extract, corpus_of, linker_of
from kg.vocabulary import check as check_vocabulary


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
    with _writing(folder), _engine(engine, workers) as run, Spool(folder=folder) as spool:
        fill(spool, _paths(inputs), skipped, format=format, progress=tell)
        if spool.papers > 2 * BATCH:
            run.start()
        with _kept(files, folder) as kept:
            work = _Work(folder, run, tell, kept)
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
    with _writing(path), _engine(None, workers) as run:
        work = _Work(path, run, progress or silent, tuple(read_manifest(path).get("vocabulary", ())))
        old = work.state()
        if chosen is not None:
            kept = {name: value for name, value in old.manifest.items() if name not in (*_OUTCOME, "formats")}
            outcome = {name: old.manifest[name] for name in _OUTCOME}
            old = old._replace(manifest=outcome | _stated(kept | chosen))
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
    with _writing(folder), _engine(None, workers) as run, Spool(folder=folder) as spool:
        work = _Work(folder, run, tell, tuple(read_manifest(folder).get("vocabulary", ())))
        old = work.state()
        if merging:  # records that differed go on to
            spool.merges = Merges(s["excerpt"] for s in old.manifest["skipped"] if _tells_of_paper(s))
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


class _State(NamedTuple):
    """What the manifest of a folder says of its store."""

    manifest: dict[str, Any]
    knowledge: str
    shards: tuple[Shard, ...]
    facts: tuple[str, ...]


class _Work:
    """One change of one folder, whose lock is held."""

    def __init__(self, folder: Path, engine: Engine, tell: Progress, vocabulary: Sequence[str]) -> None:
        self.folder, self.store = folder, folder / "store"
        self.engine, self.tell = engine, tell
        self.kept = tuple(vocabulary)
        self.vocabulary = tuple(str(self.store / name) for name in vocabulary)
        self.knowledge = knowledge_hash([Path(v) for v in self.vocabulary])
        self.reused = 0
        self.notes: list[str] = []

    def manifest(self) -> _State | None:
        """What the folder holds; None if that is nothing that this version can use."""
        try:
            return self.state()
        except StoreError as error:
            if (self.folder / "manifest.json").exists():
                if is_foreign(self.folder):
                    raise StoreError(f"{self.folder}: its manifest.json is not of kg; choose another folder") from None
                self.notes.append(f"everything is built anew: {error}")
            return None

    def state(self) -> _State:
        """What the folder holds. Raises StoreError if it is no graph folder."""
        manifest = read_manifest(self.folder)
        entries = [dict(entry) for entry in manifest["shards"]]
        facts = tuple(entry.pop("facts") for entry in entries)
        shards = tuple(Shard(**{**entry, "sources": tuple(entry["sources"])}) for entry in entries)
        return _State(manifest, manifest["knowledge"], shards, facts)

    def extract(self, cuts: Iterable[Cut | Shard], known: Sequence[Shard]) -> list[Shard]:
        """The shard of every cut, made if it is not there."""
        there = store.find(self.store)
        shards: list[Shard | None] = []
        papers = 0

        def missing() -> Iterator[Batch]:
            for found in cuts:
                if isinstance(found, Shard):
                    shards.append(found)
                    continue
                key = store.batch_key(found.hashes, self.knowledge)
                path = there.get(key)
                if path is not None and store.is_whole(path):
                    self.reused += 1
                    shards.append(Shard(path.name, len(found.ids), found.ids[0], found.ids[-1], found.sources))
                    continue
                if path is not None:
                    self.notes.append(f"{path}: damaged; it is made anew")
                    path.unlink()
                near = [s.file for s in known if s.first <= found.ids[-1] and found.ids[0] <= s.last]
                shards.append(None)
                yield Batch(key, found.papers, tuple(near))

        made = []
        for shard in self.engine.map(Extract(str(self.store), self.vocabulary), missing()):
            made.append(shard)
            papers += shard.papers
            self.tell("linking", papers, 0)
        fresh = iter(made)
        return [shard or next(fresh) for shard in shards]

    def assemble(self, shards: Sequence[Shard], old: _State | None, *, check: bool) -> tuple[str, ...]:
        """The files with the facts of each shard; `check`: whether those that are there are read to see if they are whole."""
        found: list[Held] | None = None
        if old is not None and old.knowledge != self.knowledge:
            self.notes.append("the vocabulary, the weights or the code changed: everything is built anew")
        elif old is not None:
            try:
                held = [Held(*pair) for pair in zip(old.shards, old.facts, strict=True)]
                found = revise(self.store, held, shards, lambda: linker_of(self.vocabulary))
                for one in found or ():
                    if check and not store.is_whole(self.store / one.facts):
                        raise StoreError(f"{self.store / one.facts}: damaged")
            except StoreError as error:
                self.notes.append(f"all facts are assembled anew: {error}")
                found = None
        if found is not None:
            return tuple(h.facts for h in found)
        task = Assemble(str(self.store), tuple(s.file for s in shards), self.vocabulary)
        files: list[str] = []
        for name in self.engine.map(task, shards):
            files.append(name)
            self.tell("assembling", sum(s.papers for s in shards[: len(files)]), sum(s.papers for s in shards))
        return tuple(files)

    def describe(
        self, shards: Sequence[Shard], old: _State | None, skipped: Iterable[Skip], **options: Any
    ) -> dict[str, Any]:
        """The manifest of some shards, their facts assembled, the exports not yet made."""
        return self._manifest(shards, self.assemble(shards, old, check=True), _listed(skipped), options)

    def revised(
        self, shards: Sequence[Shard], old: _State, skipped: Iterable[Skip], anew: Container[str] = ()
    ) -> dict[str, Any]:
        """The same for shards that take the place of others. `anew`: papers of which nothing earlier is left."""
        options = {name: old.manifest[name] for name in _OPTIONS if name in old.manifest}
        facts = self.assemble(shards, old, check=False)
        # What cannot be read is met again whenever its file is given again; it is listed once.
        said = [s for s in old.manifest["skipped"] if not (_tells_of_paper(s) and s["excerpt"] in anew)]
        listed = {
            s["excerpt"] if _tells_of_paper(s) else tuple(sorted(s.items())): s for s in (*said, *_listed(skipped))
        }
        papers = sorted(filter(_tells_of_paper, listed.values()), key=lambda s: s["excerpt"])
        others = [s for s in listed.values() if not _tells_of_paper(s)]
        manifest = self._manifest(shards, facts, [*others, *papers], options)
        if manifest["state"] == old.manifest["state"]:
            manifest |= {"counts": old.manifest["counts"], "stale": old.manifest["stale"]}
        return manifest

    def _manifest(
        self, shards: Sequence[Shard], facts: Sequence[str], skipped: list[dict[str, Any]], options: Mapping[str, Any]
    ) -> dict[str, Any]:
        entries = [{**s._asdict(), "facts": name} for s, name in zip(shards, facts, strict=True)]
        said: dict[str, Any] = {
            "format": FORMAT,
            "generator": f"paperkg {__version__}",
            "knowledge": self.knowledge,
            "vocabulary": list(self.kept),
            "inputs": sorted({name for shard in shards for name in shard.sources}),
            "shards": entries,
            **options,
        }
        counts = {"papers": sum(s.papers for s in shards)}
        return _stated(said) | {"stale": True, "skipped": skipped, "counts": counts}

    def commit(self, manifest: Mapping[str, Any]) -> None:
        """Make this manifest the folder's, in one step, and remove what it does not name."""
        path = self.folder / "manifest.json"
        temporary = self.folder / ".manifest.json"
        temporary.write_bytes(to_json(manifest))
        temporary.replace(path)
        wanted = {e[name] for e in manifest["shards"] for name in ("file", "facts")}
        for old in [*self.store.glob("shard-*.parquet"), *self.store.glob("facts-*.parquet")]:
            if old.name not in wanted:
                old.unlink()
        _keep_only(manifest["vocabulary"], self.store)

    def publish(self, manifest: Mapping[str, Any]) -> dict[str, int]:
        """Write all exports, then put them and the manifest into place. Returns the counts.

        Until all is written, nothing of the old graph is touched. A process that ends while files are moved leaves a
        manifest that calls the exports stale.
        """
        from kg.export import bucket, choice
        from kg.export import folder as exports
        from kg.export.piece import LEFT_OUT

        staging = self.folder / ".new"
        shutil.rmtree(staging, ignore_errors=True)
        try:
            staging.mkdir()
            options = exports.Options(**{name: manifest[name] for name in _OPTIONS if name in manifest})
            counts = exports.write(self._source(manifest), staging, options, self.engine, self.tell)
            written = {path.name.removesuffix(".gz") for path in staging.iterdir()}
            _check_places(staging, self.folder)
            self.commit({**manifest, "stale": True})
            _move(staging, self.folder)
            for name in {*choice.EXTRA.values(), bucket.ANNOTATIONS} - written:
                for left in (self.folder / name, self.folder / f"{name}.gz"):
                    left.unlink(missing_ok=True)
            self.commit({**manifest, "stale": False, "counts": counts})
            if lost := counts.get(LEFT_OUT):
                self.notes.append(
                    f"{lost} {'fact is' if lost == 1 else 'facts are'} left out, with quotes that are not in the text, a defect "
                    f"of kg: `kg validate {self.folder}` names them; please report them"
                )
            if said := choice.left_out(options.formats, counts["papers"], str(self.folder)):
                self.notes.append(said)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return counts

    def _source(self, manifest: Mapping[str, Any]) -> Any:
        from kg.assemble import nodes
        from kg.export.folder import Source
        from kg.ontology import Namer

        linker = linker_of(self.vocabulary)
        files = tuple(e["file"] for e in manifest["shards"])

        def reached(entities: Iterable[str]) -> Iterator[Entity]:
            corpus = corpus_of(str(self.store), files)
            yield from nodes(entities, linker, corpus.discovered(), corpus.terms)
            corpus_of.cache_clear()  # of 100,000 papers it is 60 MB, which the page can use

        def draw(graph: Any, title: str) -> str:
            from kg.view.page import render  # pyvis brings IPython along: over a second

            namer, abstracts = Namer(manifest["base_iri"]), manifest["abstracts"]
            return render(graph, title=title, iri=namer, abstracts=abstracts)

        facts = [e["facts"] for e in manifest["shards"]]
        papers = sum(e["papers"] for e in manifest["shards"])
        return Source(self.store, facts, papers, manifest["knowledge"], linker.series, reached, draw)


#: What a user chose for the exports of a folder; `formats` stands in its manifest only if it is not "auto".
_OPTIONS = ("base_iri", "abstracts", "rdf12", "formats")
#: What a manifest says beside what its state is the hash of.
_OUTCOME = ("state", "stale", "skipped", "counts")


def _stated(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"state": digest([to_json(said).decode()], 32)}


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


def _listed(skipped: Iterable[Skip]) -> list[dict[str, Any]]:
    return [
        {"file": s.file, "line": s.line, "reason": s.reason, "excerpt": s.excerpt, "harmless": s.harmless}
        | ({"kept": True} if s.kept else {})
        for s in skipped
    ]


def _tells_of_paper(skipped: Mapping[str, Any]) -> bool:
    """Whether an entry of the manifest tells of a paper (its excerpt) whose records differ, not of a place in a file."""
    return bool(skipped.get("kept")) and not skipped["line"]


def _check_places(staging: Path, folder: Path) -> None:
    """Raises StoreError if a file of `staging` cannot be moved into place: it is found before the first is moved."""
    targets = sorted(folder / f.relative_to(staging) for f in staging.rglob("*") if f.is_file())
    for target in [t for file in targets for t in (file, _other_form(file))]:
        home = target.parent
        if target.is_dir() or (home.exists() and not (home.is_dir() and os.access(home, os.W_OK | os.X_OK))):
            wrong = target if target.is_dir() else home
            raise StoreError(
                f"{wrong}: in the way, or closed to you; the graph that was there is as it was. Move it away or open it, and "
                "run the same command again"
            )


def _move(staging: Path, folder: Path) -> None:
    """Move every file of `staging` into place, and remove what it replaces in the other form (plain or compressed)."""
    for file in sorted(f for f in staging.rglob("*") if f.is_file()):
        target = folder / file.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
        _other_form(target).unlink(missing_ok=True)


def _other_form(file: Path) -> Path:
    """A plain file compressed, a compressed one plain."""
    return file.with_suffix("") if file.suffix == ".gz" else file.with_name(file.name + ".gz")


@contextmanager
def _kept(vocabulary: Sequence[Path], folder: Path) -> Iterator[tuple[str, ...]]:
    """The names of users' vocabulary files in the store of a folder; after an error none stays that was not there."""
    there = [home.name for home in (folder / "store").glob("vocabulary-*")]
    try:
        yield keep(vocabulary, folder)
    except BaseException:
        _keep_only(there, folder / "store")
        with suppress(OSError):
            (folder / "store").rmdir()  # if there is nothing else in it
        raise


def _keep_only(vocabulary: Sequence[str], store: Path) -> None:
    """Remove users' vocabulary files from a store but those of some names."""
    homes = {Path(name).parts[0] for name in vocabulary}
    for old in store.glob("vocabulary-*"):
        if old.name not in homes:
            shutil.rmtree(old)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, clear away what a killed process left half-written, and say what a full disk means."""
    try:
        with locked(folder):
            for left in [*folder.glob("store/.*.parquet.*"), folder / ".manifest.json"]:
                left.unlink(missing_ok=True)
            yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StoreError(
            f"{error.filename or folder}: {os.strerror(error.errno)}; the graph that was there is as it was. Make room and "
            "run the same command again: what is finished is kept"
        ) from error


@contextmanager
def _engine(engine: Engine | None, workers: int | None) -> Iterator[Engine]:
    if engine is not None:
        yield engine
        return
    with Local(workers) as local:
        yield local


__all__ = ["Progress", "Report", "add", "build", "knowledge_hash", "refresh", "remove", "update"]
