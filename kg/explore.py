"""`kg.open(folder)`: a built graph from Python: papers, entities, claims, networkx, rdflib, SPARQL, pandas."""

from __future__ import annotations

import difflib
import io
import math
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyoxigraph as ox

from kg import ontology, sparql
from kg.errors import QueryError, StoreError
from kg.folder import FILES, bulk_load, check_fresh, damaged, export_path, open_export, read_manifest
from kg.graph import KnowledgeGraph, closure, only_classes, year_of
from kg.index import QUADS_IN_MEMORY, find, prepare
from kg.model import CLASSES, Claim, Entity, Facts, Paper, Venue
from kg.progress import Progress
from kg.readers.base import paper_ids

#: Gigabytes that a networkx view may take without being asked for by name.
NETWORKX_GB = 4.0

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    import rdflib


class Graph:
    """A graph folder. Nothing is loaded before it is asked for.

    Queries are answered from the index on disk where `kg serve` has made one, else from memory; a graph of more than
    `QUADS_IN_MEMORY` quads gets its index with the first query (minutes, once, in `DIR/.serve`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = read_manifest(folder)

    @cached_property
    def knowledge(self) -> KnowledgeGraph:
        """The whole graph in memory."""
        from kg import store

        self._check()
        folder = self.folder / "store"
        entities, venues = store.read_nodes(folder / "nodes.parquet")
        return KnowledgeGraph(
            (f for shard in self.manifest["shards"] for f in store.facts(folder / shard["facts"])),
            entities,
            venues,
            base_iri=self.manifest["base_iri"],
        )

    def _check(self) -> None:
        """Raises StoreError if papers came or went since the exports were made."""
        check_fresh(self.folder, self.manifest)

    @property
    def papers(self) -> list[Paper]:
        """Papers in the order of their ids."""
        return self.knowledge.papers

    @property
    def entities(self) -> list[Entity]:
        """Entities in the order of their ids, ancestors included."""
        return list(self.knowledge.entities.values())

    @property
    def venues(self) -> list[Venue]:
        """Venue series in the order of their ids."""
        return list(self.knowledge.venues.values())

    @property
    def claims(self) -> list[Claim]:
        """Claims, papers in the order of their ids."""
        return list(self.knowledge.claims)

    def facts(self, paper: str) -> Facts:
        """What the graph says of one paper, by "2006.06762", "arXiv:2006.06762v2", its address, "doi:…" or "abs:…".

        Raises StoreError if the graph has no such paper.
        """
        for identifier in paper_ids(paper):
            if identifier in self.knowledge.facts:
                return self.knowledge.facts[identifier]
        raise StoreError(
            f"{self.folder}: no paper {paper!r}; ids look like 2006.06762, tables/papers.csv lists them all"
        )

    def select(
        self,
        *,
        classes: Collection[str] | None = None,
        years: Collection[int] | None = None,
        venues: Collection[str] | None = None,
        query: str | None = None,
    ) -> KnowledgeGraph:
        """The part of the graph that some papers say, read paper by paper; the rest is never in memory.

        Args:
            classes: of the entities that edges are kept to ("system", "hardware", "technique", "dataset", "task"), in any case.
            years: each a year ((2019, 2021), range(2016, 2022)) of a paper's date, else of the month in its arXiv id, else of
                its first edition, as on the page; papers without any are left out.
            venues: series that the papers appeared at, by id, label or alias ("venue/mlsys", "MLSys").
            query: a SPARQL query with the papers among the IRIs that it selects.

        Raises QueryError if the query is wrong, for a class or a venue that is none, and for years that are no collection.
        """
        from kg import store

        self._check()
        folder = self.folder / "store"
        entities, series = store.read_nodes(folder / "nodes.parquet")
        classes = None if classes is None else _classes(classes)
        venues = None if venues is None else _series(venues, series)
        if years is not None and (isinstance(years, int | str) or not all(isinstance(year, int) for year in years)):
            raise QueryError(
                f"years are a collection of whole numbers, as (2019, 2021) or range(2016, 2022), not {years!r}"
            )
        wanted: set[str] | None = None
        if query is not None:
            rows = self.query(query)
            if not isinstance(rows, list):
                raise QueryError("a selection needs a SELECT query whose rows hold papers, not ASK")
            wanted = {v for row in rows for v in row.values() if isinstance(v, str)}
        namer = ontology.Namer(self.manifest["base_iri"])
        held: list[Facts] = []
        for shard in self.manifest["shards"]:
            for facts in store.facts(folder / shard["facts"]):
                paper = facts.paper
                if years is not None and year_of(facts) not in years:
                    continue
                if venues is not None and not any(e.venue in venues for e in facts.editions):
                    continue
                if wanted is not None and namer(paper.id) not in wanted:
                    continue
                held.append(facts if classes is None else only_classes(facts, classes))
        return closure(held, lambda: entities, series, base_iri=self.manifest["base_iri"])

    def networkx(
        self,
        *,
        classes: Collection[str] | None = None,
        years: Collection[int] | None = None,
        venues: Collection[str] | None = None,
        query: str | None = None,
        most: float = NETWORKX_GB,
    ) -> nx.MultiDiGraph[str]:
        """A new networkx view (`KnowledgeGraph.networkx`), of everything or of a selection.

        Args:
            classes, years, venues, query: as `select` has them: `classes=["system"]`, `years=range(2019, 2022)`,
                `venues=["MLSys"]`.
            most: gigabytes that the view of everything may take; a selection is not limited.

        Raises StoreError, saying what it would take, if that is more.
        """
        chosen = {"classes": classes, "years": years, "venues": venues, "query": query}
        if any(v is not None for v in chosen.values()):
            return self.select(classes=classes, years=years, venues=venues, query=query).networkx()
        need = self.networkx_bytes() / 1e9
        if need > most:
            raise StoreError(
                f"{self.folder}: all of it as networkx takes about {need:.1f} GB of memory; select by classes, years, "
                f"venues or query, or give most={math.ceil(need)}"
            )
        return self.knowledge.networkx()

    def networkx_bytes(self) -> int:
        """About how much memory the networkx view of everything takes, from the counts."""
        counts: dict[str, int] = self.manifest["counts"]
        edges = sum(n for name, n in counts.items() if name.endswith(" edges"))
        nodes = sum(n for name, n in counts.items() if name.endswith(" nodes") and name.split()[0] in ontology.CLASS_OF)
        papers, claims = counts.get("papers", 0), counts.get("claims", 0)
        return 1200 * (edges + 3 * claims) + 1500 * (nodes + papers + claims) + 9000 * papers

    @cached_property
    def store(self) -> ox.Store:
        """Graph and provenance in a pyoxigraph store in memory: the files as they are, a named graph for each paper."""
        self._check()
        store = ox.Store()
        for name, kind in FILES:
            bulk_load(store, self.folder, name, kind)
        return store

    @property
    def large(self) -> bool:
        """Whether the graph has too many quads to be loaded into memory for each question."""
        self._check()
        counts = self.manifest["counts"]
        return bool(counts["triples"] + counts["provenance quads"] > QUADS_IN_MEMORY)

    def prepare(self, progress: Progress | None = None, note: Callable[[str], None] | None = None) -> None:
        """Make the index on disk if it is not there yet, is one of another graph, or is damaged, of which `note` is told."""
        prepare(self.folder, progress=progress, note=note)

    @cached_property
    def _asked(self) -> tuple[ox.Store, bool]:
        """The store that answers queries, and whether the union of its graphs must be made for each."""
        if "store" in self.__dict__:
            return self.store, True
        index = prepare(self.folder) if self.large else find(self.folder)
        if index is None:
            return self.store, True
        return ox.Store.read_only(str(index.quads)), False

    def rdf(self) -> rdflib.Dataset:
        """An `rdflib.Dataset` with the union of all graphs as its default, backed by oxigraph.

        Of a large graph (`large`) the default graph on disk holds the union itself, so that `quads()` gives what the named
        graphs say twice: in theirs and in the default graph.
        """
        import rdflib
        from oxrdflib.store import OxigraphStore

        store, union = self._asked if self.large else (self.store, True)
        quads = rdflib.Dataset(OxigraphStore(store=store), default_union=union)
        for prefix, namespace in ontology.PREFIXES.items():
            quads.bind(prefix, namespace, replace=True)
        return quads

    def raw_query(self, query: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Run a SPARQL query over the union of graph and provenance; the usual prefixes need no declaration.

        Raises QueryError with the parser's position if the query is wrong, and for updates and SERVICE: a folder is changed by
        `kg add` and its like alone, and nothing is asked of the network.
        """
        if not query.strip():
            raise QueryError("SPARQL: the query is empty; `ontology/queries` has some to begin with")
        if wrong := sparql.too_deep(query):
            raise QueryError(f"SPARQL: {wrong}")
        if sparql.first_keyword(query) in sparql.UPDATES:
            raise QueryError("SPARQL: an update; a graph folder is changed with `kg add`, `kg update` and `kg remove`")
        if "SERVICE" in sparql.keywords(query):
            raise QueryError("SPARQL: SERVICE is refused, no other server is asked; query that endpoint itself")
        store, union = self._asked
        try:
            return store.query(query, prefixes=ontology.PREFIXES, use_default_graph_as_union=union)
        except SyntaxError as error:
            raise QueryError(f"SPARQL syntax: {error}") from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"SPARQL: {error}") from error

    def query(
        self, query: str, *, as_: Literal["rows", "frame"] = "rows"
    ) -> list[dict[str, Any]] | bool | pd.DataFrame:
        """Answer a SPARQL query with Python values.

        SELECT gives a list of dicts (IRIs as str, integers as int, other numbers as float, dates as date, missing as None), or a
        pandas DataFrame with `as_="frame"`; ASK gives a bool; CONSTRUCT gives rows with subject, predicate, object.
        """
        answer = self.raw_query(query)
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        if isinstance(answer, ox.QuerySolutions):
            names = [v.value for v in answer.variables]
            rows = [{n: value(solution[n]) for n in names} for solution in answer]
        else:
            names = ["subject", "predicate", "object"]
            rows = [
                {n: value(term) for n, term in zip(names, (t.subject, t.predicate, t.object), strict=True)}
                for t in answer
            ]
        if as_ == "frame":
            import pandas as pd

            return pd.DataFrame(rows, columns=names)
        return rows

    def read_text(self, name: str) -> Iterator[str]:
        """Lines of one of the folder's text files, compressed or not. Raises as `open_export`."""
        self._check()
        with io.TextIOWrapper(open_export(self.folder, name), encoding="utf-8") as file:
            try:
                yield from file
            except UnicodeDecodeError as error:
                raise damaged(export_path(self.folder, name), error) from error


def _classes(given: Collection[str]) -> frozenset[str]:
    """Classes as ids begin with them, given in any case, as "System" in the views. Raises QueryError for others."""
    if isinstance(given, str):
        given = (given,)
    for name in given:
        if name.lower() not in CLASSES:
            raise QueryError(f"no class is called {name!r}; there are {', '.join(CLASSES)}")
    return frozenset(name.lower() for name in given)


def _series(given: Collection[str], venues: Iterable[Venue]) -> frozenset[str]:
    """The ids of the venue series with some names: ids, labels and aliases in any case. Raises QueryError for a name that none
    has."""
    called: dict[str, set[str]] = {}
    for venue in venues:
        for name in (venue.id, venue.label, *venue.aliases):
            called.setdefault(name.casefold(), set()).add(venue.id)
    names = (given,) if isinstance(given, str) else given
    for name in names:
        if name.casefold() not in called:
            near = difflib.get_close_matches(name.casefold(), called, n=3)
            hint = f"; close to it: {', '.join(sorted(called[c])[0] for c in near)}" if near else ""
            raise QueryError(f"no paper of the graph appeared at {name!r}{hint}")
    return frozenset(id_ for name in names for id_ in called[name.casefold()])


def open_graph(folder: str | Path) -> Graph:
    """Open a folder that `kg build` wrote. Raises StoreError if it is none."""
    return Graph(Path(folder))


def value(term: Any) -> Any:
    """A pyoxigraph term as a Python value."""
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.removeprefix(ontology.XSD)
        try:
            if kind == "integer":
                return int(term.value)
            if kind in ("decimal", "double", "float"):
                return float(term.value)
            if kind == "date":
                return date.fromisoformat(term.value)
        except ValueError:
            return term.value
        return term.value == "true" if kind == "boolean" else term.value
    return term.value if isinstance(term, ox.NamedNode) else str(term)
