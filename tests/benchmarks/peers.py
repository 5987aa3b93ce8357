"""Pipelines of other libraries that do a part of what `kg` does, as their documentation shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import rdflib
import spacy
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from kg.vocabulary import Vocabulary

_NUMBER: dict[str, Any] = {"LIKE_NUM": True}
_FACTOR: dict[str, Any] = {"LOWER": {"REGEX": r"^\d+(\.\d+)?(x|×)$"}}
_TIMES: dict[str, Any] = {"LOWER": {"IN": ["x", "×", "times", "%", "percent", "fold"]}}


def _lower(*words: str) -> dict[str, Any]:
    return {"LOWER": {"IN": list(words)}}


#: Twenty rules over tokens for what `kg` reads besides names: numbers, introductions, roles, venues.
RULES: dict[str, list[dict[str, Any]]] = {
    "factor": [_FACTOR],
    "factor-word": [_NUMBER, _TIMES],
    "range": [_NUMBER, _lower("-", "–", "to"), _NUMBER, _TIMES],
    "up-to": [_lower("up"), _lower("to"), _NUMBER],
    "average": [_lower("on"), _lower("average")],
    "faster": [_lower("faster", "slower", "smaller", "higher", "lower"), _lower("than")],
    "speedup": [_lower("speedup", "speedups", "speed-up"), _lower("of", "over")],
    "outperforms": [_lower("outperforms", "outperform", "outperforming", "surpasses")],
    "propose": [_lower("we"), _lower("propose", "present", "introduce", "describe", "develop")],
    "called": [_lower("called", "named", "dubbed"), {"IS_TITLE": True}],
    "based-on": [_lower("based", "built"), _lower("on", "upon")],
    "extends": [_lower("extends", "extend", "extending")],
    "uses": [_lower("using", "use", "uses", "via", "leverage", "leverages")],
    "runs": [_lower("running", "runs", "run", "deployed", "implemented"), _lower("on", "in")],
    "evaluate": [_lower("evaluate", "evaluated", "experiments", "evaluation"), _lower("on", "with", "using")],
    "compared": [_lower("compared", "comparison"), _lower("to", "with")],
    "unlike": [_lower("unlike")],
    "accepted": [_lower("accepted", "appear", "published", "presented"), _lower("at", "in", "by", "to")],
    "acronym": [{"ORTH": "("}, {"IS_UPPER": True}, {"ORTH": ")"}],
    "camel": [{"TEXT": {"REGEX": r"^[A-Z][a-z]+[A-Z]\w*$"}}],
}


class SpacyPipeline:
    """`blank("en")` with sentence ends, a PhraseMatcher over the same vocabulary, a Matcher with `RULES`."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.nlp = spacy.blank("en")
        self.nlp.add_pipe("sentencizer")
        self.phrases = PhraseMatcher(self.nlp.vocab, attr="LOWER")
        for term in vocabulary.terms.values():
            if term.entity.kind != "metric" and term.forms:
                self.phrases.add(term.entity.id, [self.nlp.make_doc(f.text) for f in term.forms])
        self.rules = Matcher(self.nlp.vocab)
        for name, pattern in RULES.items():
            self.rules.add(name, [pattern])

    def __call__(self, text: str) -> list[tuple[str, int, int]]:
        """(entity or rule, start, end) of what was found, in code points."""
        doc: Doc = self.nlp(text)
        names = filter_spans(self.phrases(doc, as_spans=True))
        return [(s.label_, s.start_char, s.end_char) for s in (*names, *self.rules(doc, as_spans=True))]

    def read(self, path: Path) -> Iterator[tuple[dict[str, Any], list[tuple[str, int, int]]]]:
        """Records of a file of JSON lines with what was found in them."""
        for record in records(path):
            yield record, self(f"{record['title']}. {record['abstract']}")


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Records of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def to_parquet(pipeline: SpacyPipeline, path: Path, folder: Path) -> None:
    """What was found, as a table on disk."""
    rows = [(r["id"], *f) for r, found in pipeline.read(path) for f in found]
    columns = zip(("paper", "what", "start", "end"), zip(*rows, strict=True), strict=True)
    pq.write_table(pa.table(dict(columns)), folder / "peer.parquet", compression="zstd")


def build(pipeline: SpacyPipeline, path: Path, folder: Path) -> None:
    """Mentions as a graph: spaCy finds them, rdflib and networkx write them. No roles, claims, evidence, tables or page."""
    base, mentions = "http://example.org/", rdflib.URIRef("http://example.org/mentions")
    rdf = rdflib.Graph()
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for record, found in pipeline.read(path):
        paper = rdflib.URIRef(f"{base}paper/{record['id']}")
        rdf.add((paper, rdflib.RDFS.label, rdflib.Literal(record["title"])))
        graph.add_node(str(paper), label=record["title"])
        for name in {label for label, _, _ in found if label not in RULES}:
            rdf.add((paper, mentions, rdflib.URIRef(f"{base}{name}")))
            graph.add_edge(str(paper), f"{base}{name}", key="mentions")
    rdf.serialize(folder / "peer.nt", format="nt", encoding="utf-8")
    rdf.serialize(folder / "peer.ttl", format="turtle")
    nx.write_graphml(graph, folder / "peer.graphml")


def rdf_graph(lines: Sequence[bytes]) -> rdflib.Graph:
    """N-Triples in rdflib's store in memory."""
    return rdflib.Graph().parse(data=b"".join(lines), format="nt")


def pyvis_page(graph: Any) -> str:
    """pyvis as shipped: a networkx graph in, a page out."""
    from pyvis.network import Network

    net = Network(directed=True, cdn_resources="in_line")
    for node, about in graph.nodes(data=True):
        net.add_node(node, label=about.get("label", node), title=about.get("type", ""))
    for source, target, about in graph.edges(data=True):
        net.add_edge(source, target, title=about.get("type", ""))
    page: str = net.generate_html()
    return page


def used_with(graph: Any, kind: str) -> dict[str, int]:
    """How many papers mention each entity beside one of a kind: two hops over a networkx graph."""
    found: dict[str, int] = {}
    for paper, about in graph.nodes(data=True):
        if about.get("type") == "Paper":
            near = {target for target in graph.successors(paper)}
            if any(graph.nodes[t].get("type") == kind for t in near):
                for target in near:
                    found[target] = found.get(target, 0) + 1
    return found
