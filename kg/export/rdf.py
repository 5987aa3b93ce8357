"""RDF by the contract, as sorted lines of N-Triples; `formats` writes the other formats from the same lines.

Terms are made here as N-Triples text, each kind by one function, so that no value can reach a file unescaped or
untyped. No blank node is ever made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import eq

from kg import ontology as o
from kg.model import FIELDS, Author, Claim, Entity, Evidence, Facts, Paper, Statement, Venue

Triple = tuple[str, str, str]

#: The predicates of a subject, each with its objects, both in order; terms as N-Triples writes them.
Properties = list[tuple[str, list[str]]]

#: A subject with its properties.
Node = tuple[str, Properties]

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NEEDS_ESCAPE = re.compile(r"[\"\\\n\r\t\x7f]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def iri(text: str) -> str:
    """An IRI in angle brackets. Raises ValueError if a character is not allowed in one."""
    if o.BAD_IRI.search(text) or ":" not in text:
        raise ValueError(f"not an IRI: {text!r}")
    return f"<{text}>"


def clean(text: str) -> str:
    """The text as every format can hold it: a character that XML 1.0 does not allow becomes U+FFFD, one for one, so that
    offsets stay right."""
    return _NOT_IN_XML.sub("\ufffd", text)


def string(text: str) -> str:
    """A plain literal."""
    if text.isprintable() and '"' not in text and "\\" not in text:
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
_AUTHORSHIP, _MENTIONS, _EVIDENCE = (_KG[name] for name in ("hasAuthorship", "mentions", "evidence"))
#: What stands behind the subject in lines that nearly every paper has.
_IS_PAPER, _IS_AUTHORSHIP = (f" {A} {_KG[name]} .\n" for name in ("Paper", "Authorship"))
_NAME, _POSITION = f" <{o.SCHEMA}name> ", f" {_KG['position']} "
_TITLE, _ABSTRACT, _ISSUED, _ABOUT = (f" <{o.DCT}{name}> " for name in ("title", "abstract", "issued", "subject"))
_COMMENTS, _JOURNAL = (f" {_KG[name]} " for name in ("comments", "journalRef"))
_ARXIV = f" <{o.FABIO}hasArXivId> "
_IS_DATE = f"^^<{o.XSD}date> .\n"
_REPOSITORY = f"<{o.SCHEMA}codeRepository>"
_CODE = re.compile(r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/[^/]+/[^/]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEPT = 100_000  # references
_FIELD = {name: string(written) for name, written in FIELDS.items()}


class Writer:
    """Each kind of node under one base IRI: papers as lines, what papers share as triples, provenance as nodes.

    Args:
        abstracts: whether `dct:abstract` is written (some sources do not allow it).
    """

    def __init__(self, namer: o.Namer, *, abstracts: bool = True) -> None:
        self.namer = namer
        self.abstracts = abstracts
        self._refs: dict[str, str] = {}
        self._concepts: dict[str, str] = {}

    def _ref(self, identifier: str) -> str:
        found = self._refs.get(identifier)
        if found is None:
            if len(self._refs) >= _KEPT:
                self._refs.clear()
            found = self._refs[identifier] = iri(self.namer(identifier))
        return found

    def graph(self, found: Iterable[Facts]) -> list[str]:
        """Nodes, edges and claims of some papers as lines of N-Triples, sorted, each once."""
        # Nodes of one kind follow on each other in the order of their papers: little is left to sort.
        authorships: list[str] = []
        categories: set[str] = set()
        claims: list[str] = []
        papers: list[str] = []
        for facts in found:
            p = iri(self.namer.paper(facts.paper.id))
            own = self._paper(p, facts.paper)
            written, mentions, before = f"{p} {_AUTHORSHIP} ", f"{p} {_MENTIONS} ", f"{p} "
            for position, author in enumerate(facts.paper.authors, 1):
                a = f"<{self.namer.authorship(facts.paper, position)}>"
                own.append(f"{written}{a} .\n")
                authorships += _authorship(a, position, author)
            for edge in facts.edges:
                entity, predicate = self._ref(edge.statement.object), edge.statement.predicate
                own.append(f"{mentions}{entity} .\n")
                if predicate != "mentions":
                    own.append(f"{before}{_KG[predicate]} {entity} .\n")
            own += [f"{p} {_KG['publishedIn']} {iri(self.namer.edition(e.venue, e.year))} .\n" for e in facts.editions]
            own.sort()
            papers += own
            categories.update(facts.paper.categories)
            for claim in facts.claims:
                claims += self._claim(claim)
        concepts = [line for c in sorted(categories) for line in self._category(c)]
        lines = sorted([*authorships, *concepts, *claims, *papers])
        return list(dict.fromkeys(lines)) if any(map(eq, lines, islice(lines, 1, None))) else lines

    def _paper(self, p: str, paper: Paper) -> list[str]:
        """What a paper says of itself; its authors apart."""
        label = string(paper.label)
        said = [p + _IS_PAPER, f"{p} {LABEL} {label} .\n"]
        if paper.title:
            said.append(f"{p}{_TITLE}{label} .\n")
        if paper.abstract and self.abstracts:
            said.append(f"{p}{_ABSTRACT}{string(paper.abstract)} .\n")
        if paper.comments:
            said.append(f"{p}{_COMMENTS}{string(paper.comments)} .\n")
        if paper.journal_ref:
            said.append(f"{p}{_JOURNAL}{string(paper.journal_ref)} .\n")
        if paper.arxiv_id:
            number = string(paper.arxiv_id)
            said.append(f'{p} {IDENTIFIER} "arXiv:{number[1:]} .\n')
            said.append(f"{p}{_ARXIV}{number} .\n")
        if paper.doi:
            doi = string(paper.doi)
            said.append(f'{p} {IDENTIFIER} "doi:{doi[1:]} .\n')
            said.append(f"{p} <{o.PRISM}doi> {doi} .\n")
        if _DATE.fullmatch(paper.date):
            said.append(f'{p}{_ISSUED}"{paper.date}"{_IS_DATE}')
        said += [f"{p}{_ABOUT}{self._concept(c)} .\n" for c in paper.categories]
        for url in paper.urls:
            if not o.BAD_IRI.search(url):
                said.append(f"{p} {_REPOSITORY if _CODE.match(url) else URL} {iri(url)} .\n")
        return said

    def _concept(self, category: str) -> str:
        found = self._concepts.get(category)
        if found is None:
            found = self._concepts[category] = iri(self.namer.category(category))
        return found

    def _category(self, category: str) -> list[str]:
        c = self._concept(category)
        return [f"{c} {A} <{o.SKOS}Concept> .\n", f"{c} {LABEL} {string(category)} .\n"]

    def entity(self, entity: Entity, papers: int) -> Iterator[Triple]:
        """The node of an entity, and of each id it had in former times. `papers`: how many of the graph mention it."""
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
        for former in entity.was:
            yield self._ref(former), LABEL, string(former.partition("/")[2].replace("-", " "))
            yield self._ref(former), f"<{o.OWL}deprecated>", TRUE
            yield self._ref(former), f"<{o.DCT}isReplacedBy>", e

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
                d = iri(self.namer.edition(series, year))
                yield d, A, _KG["VenueEdition"]
                yield d, LABEL, string(f"{labels[series]} {year}" if year else labels[series])
                yield d, _KG["editionOf"], self._ref(series)
                if year:
                    yield d, _KG["year"], integer(year)
        if host:
            yield iri(self.namer.edition(venue, year)), _KG["colocatedWith"], iri(self.namer.edition(host, year))

    def _claim(self, claim: Claim) -> list[str]:
        c = iri(self.namer.claim(claim))
        said = [
            f"{c} {A} {_KG['Claim']} .\n",
            f"{c} {LABEL} {string(claim_label(claim))} .\n",
            f"{c} {_KG['claimedBy']} {iri(self.namer.paper(claim.paper))} .\n",
            f"{c} {_KG['comparator']} {_KG[claim.comparator]} .\n",
        ]
        for name, number in (
            ("value", claim.value),
            ("minValue", claim.low),
            ("maxValue", claim.high),
            ("improvementFactor", claim.improvement_factor),
            ("confidence", claim.confidence),
        ):
            if number is not None:
                said.append(f"{c} {_KG[name]} {decimal(number)} .\n")
        for name, text in (
            ("unitText", claim.unit),
            ("metricText", claim.metric_text),
            ("baselineText", claim.baseline_text),
            ("conditionText", claim.condition_text),
        ):
            if text:
                said.append(f"{c} {_KG[name]} {string(text)} .\n")
        if claim.unit in o.QUDT_UNITS:
            said.append(f"{c} <{o.QUDT}hasUnit> {iri(o.UNIT + o.QUDT_UNITS[claim.unit])} .\n")
        if claim.direction:
            said.append(f"{c} {_KG['direction']} {_KG[claim.direction]} .\n")
        for name, targets in (
            ("metric", (claim.metric,)),
            ("subject", (claim.subject,)),
            ("baseline", (claim.baseline,)),
            ("onHardware", claim.hardware),
            ("onDataset", claim.datasets),
        ):
            said += [f"{c} {_KG[name]} {self._ref(target)} .\n" for target in targets if target]
        return sorted(said)

    def provenance(self, facts: Facts) -> list[Node]:
        """Statements and evidence of one paper, as nodes in order: what its named graph holds."""
        paper = iri(self.namer.paper(facts.paper.id))
        nodes: dict[str, Properties] = {}
        for edge in facts.edges:
            predicate, name = edge.statement.predicate, edge.statement.object
            evidence = [self._evidence(nodes, paper, e) for e in edge.evidence]
            s = f"<{self.namer.statement(edge.statement)}>"
            _put(nodes, s, _statement(paper, predicate, name, self._ref(name), edge.confidence, evidence))
        for claim in facts.claims:
            said = [(_EVIDENCE, [self._evidence(nodes, paper, claim.evidence)])]
            _put(nodes, f"<{self.namer.claim(claim)}>", said)
        for edition in facts.editions:
            name = o.edition_id(edition.venue, edition.year)
            evidence = [self._evidence(nodes, paper, edition.evidence)]
            s = f"<{self.namer.statement(Statement(facts.paper.id, 'publishedIn', name))}>"
            _put(nodes, s, _statement(paper, "publishedIn", name, iri(self.namer(name)), edition.confidence, evidence))
        return sorted(nodes.items())

    def _evidence(self, nodes: dict[str, Properties], paper: str, evidence: Evidence) -> str:
        """The term of some evidence, whose node is put among the others."""
        e = f"<{self.namer.evidence(evidence)}>"
        exact = [string(evidence.exact)]
        said = [
            (A, [_KG["Evidence"]]),
            (LABEL, exact),
            (_SOURCE, [paper]),
            (_KG["end"], [f'"{evidence.end}"{_INTEGER}']),
            (_KG["exact"], exact),
            (_KG["field"], [_FIELD[evidence.field]]),
            (_KG["rule"], [string(evidence.rule)]),
            (_KG["sentenceEnd"], [f'"{evidence.sentence_end}"{_INTEGER}']),
            (_KG["sentenceStart"], [f'"{evidence.sentence_start}"{_INTEGER}']),
            (_KG["start"], [f'"{evidence.start}"{_INTEGER}']),
        ]
        if not evidence.rule:
            del said[6]
        _put(nodes, e, said)
        return e


def _put(nodes: dict[str, Properties], subject: str, said: Properties) -> None:
    """Put a node among others; what is known of it already is kept: the same words may be found by two rules."""
    if subject in nodes:
        both = dict(nodes[subject])
        for predicate, objects in said:
            both[predicate] = sorted({*both.get(predicate, ()), *objects})
        said = sorted(both.items())
    nodes[subject] = said


def _statement(
    paper: str, predicate: str, name: str, thing: str, confidence: float, evidence: Sequence[str]
) -> Properties:
    said = [
        (_OBJECT, [thing]),
        (_PREDICATE, [_KG[predicate]]),
        (_SUBJECT, [paper]),
        (A, [_KG["Statement"]]),
        (LABEL, [string(f"{predicate} {name}")]),
        (_KG["confidence"], [decimal(confidence)]),
    ]
    if evidence:
        said.append((_EVIDENCE, sorted(set(evidence))))
    return said


def _authorship(a: str, position: int, author: Author) -> list[str]:
    name = string(author.name)
    said = [
        a + _IS_AUTHORSHIP,
        f"{a} {LABEL} {name} .\n",
        f"{a}{_NAME}{name} .\n",
        f'{a}{_POSITION}"{position}"{_INTEGER} .\n',
    ]
    if author.orcid:
        said.insert(2, f"{a} <{o.SCHEMA}author> {iri(f'https://orcid.org/{author.orcid}')} .\n")
    return said


#: Metrics that say themselves which way they go: "speedup", "energy savings", "faster".
_SAYS_DIRECTION = re.compile(
    r"\b(?:reduc|sav|improv|gain|increas|decreas|degrad|speed-?up|accelerat|slowdown|boost|benefit|advantage"
    r"|faster|slower|better|worse|higher|lower|fewer|less|more|smaller|larger|shorter|longer|cheaper|outperform|surpass|exceed)",
    re.IGNORECASE,
)


def claim_label(claim: Claim) -> str:
    """A claim in a few words: "up to 3.8 x execution performance (increase)", "outperforms by 2 x". Whether
    a value is a change or the level that one led to ("fell to 40 %") is not known, so that "40 % lower" would say too much.
    """
    number = (
        f"{o.decimal(claim.low)}-{o.decimal(claim.high)}"
        if claim.low is not None and claim.high is not None
        else o.decimal(claim.value or 0)
    )
    value = " ".join(filter(None, (o.COMPARATOR_WORDS.get(claim.comparator), number, claim.unit)))
    metric = claim.metric_text
    if claim.beats:
        return f"{metric} by {value}"
    told = not metric or not claim.direction or _SAYS_DIRECTION.search(metric)
    return " ".join(filter(None, (value, metric, "" if told else f"({claim.direction.lower()})")))


def lines(triples: Iterable[Triple]) -> list[str]:
    """N-Triples lines, sorted, each once."""
    return sorted({f"{s} {p} {v} .\n" for s, p, v in triples})
