"""RDF by the contract, as sorted lines of N-Triples; `formats` writes the other formats from the same lines.

Terms are made here as N-Triples text, each kind by one function, so that no value can reach a file unescaped or
untyped. No blank node is ever made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kg import ontology as o
from kg.model import FIELDS, Claim, Entity, Evidence, Facts, Paper, Venue, digest

Triple = tuple[str, str, str]

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NEEDS_ESCAPE = re.compile(r"[\"\\\n\r\t\x7f]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile('[\x00-\x1f"\\\\\x7f\ud800-\udfff\ufffe\uffff]')
_BAD_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def iri(text: str) -> str:
    """An IRI in angle brackets. Raises ValueError if a character is not allowed in one."""
    if _BAD_IRI.search(text) or ":" not in text:
        raise ValueError(f"not an IRI: {text!r}")
    return f"<{text}>"


def clean(text: str) -> str:
    """The text as every format can hold it: a character that XML 1.0 does not allow becomes U+FFFD, one for one, so that
    offsets stay right."""
    return _NOT_IN_XML.sub("\ufffd", text)


def string(text: str) -> str:
    """A plain literal."""
    if not _SPECIAL.search(text):
        return f'"{text}"'
    return f'"{_escape(clean(text))}"'


def typed(text: str, datatype: str) -> str:
    return f'"{text}"^^<{o.XSD}{datatype}>'


def integer(number: int) -> str:
    return typed(str(number), "integer")


def decimal(number: float) -> str:
    return typed(o.decimal(number), "decimal")


def _escape(text: str) -> str:
    if not _NEEDS_ESCAPE.search(text):
        return text
    return _NEEDS_ESCAPE.sub(lambda m: _ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04X}", text)


class _Terms(dict[str, str]):
    """Name of a term of the ontology -> its IRI."""

    def __missing__(self, name: str) -> str:
        self[name] = f"<{o.KG}{name}>"
        return self[name]


_KG = _Terms()

A = f"<{o.RDF}type>"
LABEL = f"<{o.RDFS}label>"
PREF = f"<{o.SKOS}prefLabel>"
ALT = f"<{o.SKOS}altLabel>"
IDENTIFIER = f"<{o.DCT}identifier>"
URL = f"<{o.SCHEMA}url>"
TRUE = f'"true"^^<{o.XSD}boolean>'


_INTEGER = f"^^<{o.XSD}integer>"
_SUBJECT, _PREDICATE, _OBJECT = (f"<{o.RDF}{part}>" for part in ("subject", "predicate", "object"))
_SOURCE = f"<{o.OA}hasSource>"
_FIELD = {name: string(written) for name, written in FIELDS.items()}


class Writer:
    """Triples of each kind of node, under one base IRI.

    Args:
        abstracts: whether `dct:abstract` is written (some sources do not allow it).
    """

    def __init__(self, namer: o.Namer, *, abstracts: bool = True) -> None:
        self.namer = namer
        self.abstracts = abstracts

    def _ref(self, identifier: str) -> str:
        return iri(self.namer(identifier))

    def facts(self, facts: Facts) -> Iterator[Triple]:
        """Nodes, edges and claims of one paper."""
        yield from self.paper(facts.paper)
        p = self._ref(facts.paper.id)
        for edge in facts.edges:
            entity = self._ref(edge.statement.object)
            yield p, _KG["mentions"], entity
            if edge.statement.predicate != "mentions":
                yield p, _KG[edge.statement.predicate], entity
        for edition in facts.editions:
            yield p, _KG["publishedIn"], iri(self.namer.edition(edition))
        for claim in facts.claims:
            yield from self.claim(claim)

    def paper(self, paper: Paper) -> Iterator[Triple]:
        p = self._ref(paper.id)
        yield p, A, _KG["Paper"]
        yield p, LABEL, string(paper_label(paper))
        for text, predicate in (
            (paper.title, f"<{o.DCT}title>"),
            (paper.abstract if self.abstracts else "", f"<{o.DCT}abstract>"),
            (paper.comments, _KG["comments"]),
            (paper.journal_ref, _KG["journalRef"]),
        ):
            if text:
                yield p, predicate, string(text)
        if paper.arxiv_id:
            yield p, IDENTIFIER, string(f"arXiv:{paper.arxiv_id}")
            yield p, f"<{o.FABIO}hasArXivId>", string(paper.arxiv_id)
        if paper.doi:
            yield p, IDENTIFIER, string(f"doi:{paper.doi}")
            yield p, f"<{o.PRISM}doi>", string(paper.doi)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", paper.date):
            yield p, f"<{o.DCT}issued>", typed(paper.date, "date")
        for category in paper.categories:
            c = iri(self.namer.category(category))
            yield p, f"<{o.DCT}subject>", c
            yield c, A, f"<{o.SKOS}Concept>"
            yield c, LABEL, string(category)
        for url in paper.urls:
            if not _BAD_IRI.search(url):
                code = re.match(r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/[^/]+/[^/]+", url)
                yield p, f"<{o.SCHEMA}codeRepository>" if code else URL, iri(url)
        for position, author in enumerate(paper.authors, 1):
            a = iri(self.namer.authorship(paper, position))
            yield p, _KG["hasAuthorship"], a
            yield a, A, _KG["Authorship"]
            yield a, LABEL, string(author.name)
            yield a, _KG["position"], integer(position)
            yield a, f"<{o.SCHEMA}name>", string(author.name)
            if author.orcid:
                yield a, f"<{o.SCHEMA}author>", iri(f"https://orcid.org/{author.orcid}")

    def entity(self, entity: Entity, papers: int) -> Iterator[Triple]:
        """The node of an entity. `papers`: how many of the graph mention it."""
        e = self._ref(entity.id)
        yield e, A, _KG[o.CLASS_OF[entity.kind]]
        yield e, LABEL, string(entity.label)
        yield e, PREF, string(entity.label)
        yield e, f"<{o.SKOS}inScheme>", iri(self.namer.scheme)
        for alias in entity.aliases:
            if alias != entity.label:
                yield e, ALT, string(alias)
        for parent in entity.broader:
            yield e, f"<{o.SKOS}broader>", self._ref(parent)
        if entity.definition:
            yield e, f"<{o.SKOS}definition>", string(entity.definition)
        if entity.url:
            yield e, URL, iri(entity.url)
        if entity.discovered:
            yield e, _KG["discovered"], TRUE
        if entity.mined:
            yield e, _KG["mined"], TRUE
        if papers:
            yield e, _KG["paperCount"], integer(papers)

    def scheme(self) -> Iterator[Triple]:
        yield iri(self.namer.scheme), A, f"<{o.SKOS}ConceptScheme>"
        yield iri(self.namer.scheme), LABEL, string("Entities and metrics of the knowledge graph")

    def venue(self, venue: Venue) -> Iterator[Triple]:
        v = self._ref(venue.id)
        yield v, A, _KG["Venue"]
        yield v, LABEL, string(venue.label)
        yield v, PREF, string(venue.label)
        for alias in venue.aliases:
            if alias != venue.label:
                yield v, ALT, string(alias)
        if venue.url:
            yield v, URL, iri(venue.url)

    def edition(self, venue: str, year: int, host: str, labels: Mapping[str, str]) -> Iterator[Triple]:
        """An edition, the host edition it was co-located with, and both labels. `labels`: venue id -> label."""
        for series in (venue, host):
            if series:
                d = iri(self.namer.edition_of(series, year))
                yield d, A, _KG["VenueEdition"]
                yield d, LABEL, string(f"{labels[series]} {year}" if year else labels[series])
                yield d, _KG["editionOf"], self._ref(series)
                if year:
                    yield d, _KG["year"], integer(year)
        if host:
            yield iri(self.namer.edition_of(venue, year)), _KG["colocatedWith"], iri(self.namer.edition_of(host, year))

    def claim(self, claim: Claim) -> Iterator[Triple]:
        c = iri(self.namer.claim(claim))
        yield c, A, _KG["Claim"]
        yield c, LABEL, string(claim_label(claim))
        yield c, _KG["claimedBy"], self._ref(claim.paper)
        for name, number in (
            ("value", claim.value),
            ("minValue", claim.low),
            ("maxValue", claim.high),
            ("improvementFactor", claim.improvement_factor),
            ("confidence", claim.confidence),
        ):
            if number is not None:
                yield c, _KG[name], decimal(number)
        for name, text in (
            ("unitText", claim.unit),
            ("metricText", claim.metric_text),
            ("baselineText", claim.baseline_text),
            ("conditionText", claim.condition_text),
        ):
            if text:
                yield c, _KG[name], string(text)
        if claim.unit in o.QUDT_UNITS:
            yield c, f"<{o.QUDT}hasUnit>", iri(o.UNIT + o.QUDT_UNITS[claim.unit])
        yield c, _KG["comparator"], _KG[claim.comparator]
        if claim.direction:
            yield c, _KG["direction"], _KG[claim.direction]
        for name, targets in (
            ("metric", (claim.metric,)),
            ("subject", (claim.subject,)),
            ("baseline", (claim.baseline,)),
            ("onHardware", claim.hardware),
            ("onDataset", claim.datasets),
        ):
            for target in targets:
                if target:
                    yield c, _KG[name], self._ref(target)

    def provenance(self, facts: Facts) -> list[Triple]:
        """Statements and evidence of one paper: what its named graph holds."""
        paper = self._ref(facts.paper.id)
        found: list[Triple] = []
        for edge in facts.edges:
            predicate, entity = edge.statement.predicate, edge.statement.object
            s = f"<{self.namer.statement(edge.statement)}>"
            found += self._statement(s, paper, predicate, entity, self._ref(entity), edge.confidence)
            for evidence in edge.evidence:
                found += self._evidence(s, paper, evidence)
        for claim in facts.claims:
            found += self._evidence(f"<{self.namer.claim(claim)}>", paper, claim.evidence)
        for edition in facts.editions:
            target = self.namer.edition(edition)
            name = target.removeprefix(self.namer.base)
            s = iri(f"{self.namer.base}statement/{digest((facts.paper.id, 'publishedIn', name))}")
            found += self._statement(s, paper, "publishedIn", name, iri(target), edition.confidence)
            found += self._evidence(s, paper, edition.evidence)
        return found

    def _statement(self, s: str, paper: str, predicate: str, name: str, thing: str, confidence: float) -> list[Triple]:
        return [
            (s, A, _KG["Statement"]),
            (s, _SUBJECT, paper),
            (s, _PREDICATE, _KG[predicate]),
            (s, _OBJECT, thing),
            (s, LABEL, string(f"{predicate} {name}")),
            (s, _KG["confidence"], decimal(confidence)),
        ]

    def _evidence(self, said: str, paper: str, evidence: Evidence) -> list[Triple]:
        """`said`, `paper`: the terms of what it is evidence of, and of its paper."""
        e = f"<{self.namer.evidence(evidence)}>"
        exact = string(evidence.exact)
        found = [
            (said, _KG["evidence"], e),
            (e, A, _KG["Evidence"]),
            (e, LABEL, exact),
            (e, _SOURCE, paper),
            (e, _KG["field"], _FIELD[evidence.field]),
            (e, _KG["start"], f'"{evidence.start}"{_INTEGER}'),
            (e, _KG["end"], f'"{evidence.end}"{_INTEGER}'),
            (e, _KG["sentenceStart"], f'"{evidence.sentence_start}"{_INTEGER}'),
            (e, _KG["sentenceEnd"], f'"{evidence.sentence_end}"{_INTEGER}'),
            (e, _KG["exact"], exact),
        ]
        if evidence.rule:
            found.append((e, _KG["rule"], string(evidence.rule)))
        return found


def paper_label(paper: Paper) -> str:
    """The title; without one, the abstract's first words and an ellipsis."""
    return paper.title or " ".join(paper.abstract.split()[:8]) + "…"


def claim_label(claim: Claim) -> str:
    """A claim in a few words: "up to 3.8 x execution performance"."""
    words = {"UpTo": "up to ", "AtLeast": "at least ", "MoreThan": "more than ", "LessThan": "less than "}
    words |= {
        "Approximately": "about ",
        "Average": "on average ",
        "GeometricMean": "geometric mean ",
        "Median": "median ",
    }
    number = (
        f"{o.decimal(claim.low)}-{o.decimal(claim.high)}"
        if claim.low is not None and claim.high is not None
        else o.decimal(claim.value or 0)
    )
    return words.get(claim.comparator, "") + " ".join(filter(None, (number, claim.unit, claim.metric_text)))


# ---- files


def lines(triples: Iterable[Triple]) -> list[str]:
    """N-Triples lines, sorted, each once."""
    return sorted({f"{s} {p} {v} .\n" for s, p, v in triples})
