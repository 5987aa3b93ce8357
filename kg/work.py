"""One change of a graph folder: shards made and assembled, the next manifest, files put into place in one step.

Whoever changes a folder holds its lock (`writing`); what was there stays until all of the new is written.
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
from kg.engine import Engine
from kg.errors import StoreError
from kg.folder import FORMAT, is_foreign, read_manifest
from kg.knowledge import keep, knowledge_hash
from kg.lock import locked
from kg.model import Entity, digest, to_json
from kg.progress import Progress
from kg.readers import Skip
from kg.revise import Held, revise
from kg.spool import Cut
from kg.store import Batch, Shard
from kg.tasks import Assemble, Extract, corpus_of, linker_of


class State(NamedTuple):
    """What the manifest of a folder says of its store."""

    manifest: dict[str, Any]
    knowledge: str
    shards: tuple[Shard, ...]
    facts: tuple[str, ...]

    def choosing(self, formats: Mapping[str, str]) -> State:
        """The same with another choice of export formats ({}: "auto")."""
        kept = {name: value for name, value in self.manifest.items() if name not in (*_OUTCOME, "formats")}
        outcome = {name: self.manifest[name] for name in _OUTCOME}
        return self._replace(manifest=outcome | _stated({**kept, **formats}))


class Work:
    """One change of one folder, whose lock is held."""

    def __init__(self, folder: Path, engine: Engine, tell: Progress, vocabulary: Sequence[str]) -> None:
        self.folder, self.store = folder, folder / "store"
        self.engine, self.tell = engine, tell
        self.kept = tuple(vocabulary)
        self.vocabulary = tuple(str(self.store / name) for name in vocabulary)
        self.knowledge = knowledge_hash([Path(v) for v in self.vocabulary])
        self.reused = 0
        self.notes: list[str] = []

    def manifest(self) -> State | None:
        """What the folder holds; None if that is nothing that this version can use."""
        try:
            return self.state()
        except StoreError as error:
            if (self.folder / "manifest.json").exists():
                if is_foreign(self.folder):
                    raise StoreError(f"{self.folder}: its manifest.json is not of kg; choose another folder") from None
                self.notes.append(f"everything is built anew: {error}")
            return None

    def state(self) -> State:
        """What the folder holds. Raises StoreError if it is no graph folder."""
        manifest = read_manifest(self.folder)
        entries = [dict(entry) for entry in manifest["shards"]]
        facts = tuple(entry.pop("facts") for entry in entries)
        shards = tuple(Shard(**{**entry, "sources": tuple(entry["sources"])}) for entry in entries)
        return State(manifest, manifest["knowledge"], shards, facts)

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

    def assemble(self, shards: Sequence[Shard], old: State | None, *, check: bool) -> tuple[str, ...]:
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
        self, shards: Sequence[Shard], old: State | None, skipped: Iterable[Skip], **options: Any
    ) -> dict[str, Any]:
        """The manifest of some shards, their facts assembled, the exports not yet made."""
        return self._manifest(shards, self.assemble(shards, old, check=True), _listed(skipped), options)

    def revised(
        self, shards: Sequence[Shard], old: State, skipped: Iterable[Skip], anew: Container[str] = ()
    ) -> dict[str, Any]:
        """The same for shards that take the place of others. `anew`: papers of which nothing earlier is left."""
        options = {name: old.manifest[name] for name in _OPTIONS if name in old.manifest}
        facts = self.assemble(shards, old, check=False)
        # What cannot be read is met again whenever its file is given again; it is listed once.
        said = [s for s in old.manifest["skipped"] if not (tells_of_paper(s) and s["excerpt"] in anew)]
        listed = {
            s["excerpt"] if tells_of_paper(s) else tuple(sorted(s.items())): s for s in (*said, *_listed(skipped))
        }
        papers = sorted(filter(tells_of_paper, listed.values()), key=lambda s: s["excerpt"])
        others = [s for s in listed.values() if not tells_of_paper(s)]
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


def _listed(skipped: Iterable[Skip]) -> list[dict[str, Any]]:
    return [
        {"file": s.file, "line": s.line, "reason": s.reason, "excerpt": s.excerpt, "harmless": s.harmless}
        | ({"kept": True} if s.kept else {})
        for s in skipped
    ]


def tells_of_paper(skipped: Mapping[str, Any]) -> bool:
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
def keeping(vocabulary: Sequence[Path], folder: Path) -> Iterator[tuple[str, ...]]:
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
def writing(folder: Path) -> Iterator[None]:
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
