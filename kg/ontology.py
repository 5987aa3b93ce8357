"""Classes, properties and identifiers of the RDF contract: the only maker of IRIs.

The terms here and in `ontology/kg.ttl` agree both ways; a test holds them to it.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote, unquote

from kg.model import Claim, Evidence, Paper, Statement, digest
from kg.settings import BASE_IRI

KG = "https://w3id.org/paperkg/ontology#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
FABIO = "http://purl.org/spar/fabio/"
PRISM = "http://prismstandard.org/namespaces/basic/2.0/"
QUDT = "http://qudt.org/schema/qudt/"
UNIT = "http://qudt.org/vocab/unit/"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"

#: Prefixes of every text format and of `kg query`, by name.
PREFIXES = {
    "kg": KG,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "owl": OWL,
    "skos": SKOS,
    "dct": DCT,
    "schema": SCHEMA,
    "prov": PROV,
    "oa": OA,
    "fabio": FABIO,
    "prism": PRISM,
    "qudt": QUDT,
    "unit": UNIT,
}

#: Class of an entity id's part before the slash.
CLASS_OF = {
    "system": "System",
    "hardware": "Hardware",
    "technique": "Technique",
    "dataset": "Dataset",
    "task": "Task",
    "metric": "Metric",
    "venue": "Venue",
}

#: Every class of the ontology.
CLASSES = (
    "Paper", "Entity", "System", "Hardware", "Technique", "Dataset", "Task", "Metric", "Venue", "VenueEdition",
    "Authorship", "Claim", "Statement", "Evidence", "Comparator", "Direction",
)  # fmt: skip

#: Every property of the ontology.
PROPERTIES = (
    "mentions", "introduces", "extends", "comparesWith", "evaluatesOn", "runsOn", "addresses", "uses", "publishedIn",
    "discovered", "mined", "paperCount", "comments", "journalRef", "hasAuthorship", "position", "editionOf", "year", "colocatedWith",
    "claimedBy", "value", "minValue", "maxValue", "unitText", "metricText", "metric", "comparator", "direction",
    "subject", "baseline", "baselineText", "onHardware", "onDataset", "conditionText", "improvementFactor",
    "confidence", "evidence", "field", "start", "end", "exact", "sentenceStart", "sentenceEnd", "rule",
)  # fmt: skip

#: Every property of other vocabularies that the data may use.
FOREIGN_PROPERTIES = (
    RDF + "type", RDF + "subject", RDF + "predicate", RDF + "object", RDFS + "label", OWL + "deprecated",
    SKOS + "prefLabel", SKOS + "altLabel", SKOS + "inScheme", SKOS + "broader", SKOS + "definition",
    SKOS + "exactMatch", SKOS + "closeMatch", DCT + "title", DCT + "abstract", DCT + "identifier", DCT + "issued",
    DCT + "subject", DCT + "isReplacedBy", SCHEMA + "url", SCHEMA + "codeRepository", SCHEMA + "name",
    SCHEMA + "author", OA + "hasSource", FABIO + "hasArXivId", PRISM + "doi", QUDT + "hasUnit",
)  # fmt: skip

#: Every class of other vocabularies that the data may use.
FOREIGN_CLASSES = (SKOS + "Concept", SKOS + "ConceptScheme")

#: Comparator of a claim -> how it reads before a number.
COMPARATOR_WORDS = {
    "UpTo": "up to", "AtLeast": "at least", "MoreThan": "more than", "LessThan": "less than", "Approximately": "about",
    "Average": "on average", "GeometricMean": "geometric mean", "Median": "median", "Exactly": "",
}  # fmt: skip
COMPARATORS = tuple(COMPARATOR_WORDS)
DIRECTIONS = ("Increase", "Decrease")

#: Field of a paper that evidence points into, as `kg:field` writes it -> the property that has its text.
FIELD_PROPERTIES = {
    "title": DCT + "title",
    "abstract": DCT + "abstract",
    "comments": KG + "comments",
    "journal-ref": KG + "journalRef",
    "doi": PRISM + "doi",
}

#: unitText -> local name in the QUDT unit vocabulary.
QUDT_UNITS = {
    "%": "PERCENT", "ns": "NanoSEC", "us": "MicroSEC", "ms": "MilliSEC", "s": "SEC", "min": "MIN", "h": "HR",
    "GB": "GigaBYTE", "MB": "MegaBYTE", "KB": "KiloBYTE", "TB": "TeraBYTE", "W": "W", "mW": "MilliW", "kW": "KiloW",
    "MW": "MegaW", "J": "J", "mJ": "MilliJ", "Hz": "HZ", "kHz": "KiloHZ", "MHz": "MegaHZ", "GHz": "GigaHZ",
    "fJ": "FemtoJ", "pJ": "PicoJ", "nJ": "NanoJ", "uJ": "MicroJ", "kJ": "KiloJ", "ps": "PicoSEC", "nW": "NanoW", "uW": "MicroW",
    "mm^2": "MilliM2", "um^2": "MicroM2", "kWh": "KiloW-HR", "Wh": "W-HR", "mV": "MilliV",
    "Gbps": "GigaBIT-PER-SEC", "Gb/s": "GigaBIT-PER-SEC", "Mbps": "MegaBIT-PER-SEC", "Mb/s": "MegaBIT-PER-SEC",
    "kbps": "KiloBIT-PER-SEC", "Kbps": "KiloBIT-PER-SEC", "Tbps": "TeraBIT-PER-SEC", "GB/s": "GigaBYTE-PER-SEC",
    "MB/s": "MegaBYTE-PER-SEC", "KB/s": "KiloBYTE-PER-SEC", "PB": "PetaBYTE", "GiB": "GibiBYTE", "MiB": "MebiBYTE",
    "KiB": "KibiBYTE", "TiB": "TebiBYTE",
    "dB": "DeciB", "V": "V", "mm": "MilliM", "um": "MicroM", "nm": "NanoM", "km": "KiloM", "m": "M", "kg": "KiloGM",
}  # fmt: skip


#: A character that no IRI holds (RFC 3987).
BAD_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single hyphens; "x" if nothing is left. "C++" -> "c-plus-plus"."""
    text = text.replace("+", " plus ").replace("#", " sharp ").replace("*", " star ")
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-") or "x"


@lru_cache(maxsize=1024)  # the nodes of one paper are named one after the other
def paper_slug(paper: str) -> str:
    """The part of a paper's IRI after "paper/": "arxiv-2006.06762", "doi-10.1145%2F3302516", "abs-1f2e…"."""
    kind, _, name = paper.partition(":")
    return f"{kind}-{name.replace('/', '-') if kind == 'arxiv' else quote(name, safe='.-_~()')}"


def paper_of_slug(slug: str) -> str:
    """The paper whose `paper_slug` it is: "arxiv:2006.06762", "arxiv:cs/0601068", "doi:10.1145/3302516"."""
    kind, _, name = slug.partition("-")
    # Only the ids that arXiv gave until 2007 have a slash, before their number.
    return f"{kind}:{'/'.join(name.rsplit('-', 1)) if kind == 'arxiv' else unquote(name)}"


def discovered_id(kind: str, name: str, paper: str) -> str:
    """The entity id of a name that a paper introduces: it holds the paper, so homonyms never meet."""
    return f"{kind}/{slug(name)}--{slug(paper.partition(':')[2])}"


def edition_id(venue: str, year: int) -> str:
    """The id of one edition of a series, year 0 if it is unknown: "edition/osdi-2020"."""
    name = venue.partition("/")[2]
    return f"edition/{name}-{year}" if year else f"edition/{name}"


def claim_id(claim: Claim) -> str:
    """The id of a claim: "claim/" and a hash of `claim_parts`."""
    return f"claim/{digest(claim_parts(claim))}"


class Namer:
    """IRIs of resources under one base. `Namer()(id)` is the IRI of an entity, venue or paper id."""

    def __init__(self, base: str = BASE_IRI) -> None:
        self.base = base

    def __call__(self, identifier: str) -> str:
        """IRI of an entity, venue, edition or claim id ("system/ray") or of a paper id ("arxiv:2006.06762")."""
        return self.base + identifier if "/" in identifier and ":" not in identifier else self.paper(identifier)

    def paper(self, paper: str) -> str:
        return f"{self.base}paper/{paper_slug(paper)}"

    def provenance(self, paper: str) -> str:
        """The named graph with the statements and evidence of one paper."""
        return f"{self.base}provenance/{paper_slug(paper)}"

    def authorship(self, paper: Paper, position: int) -> str:
        return f"{self.base}authorship/{paper_slug(paper.id)}-{position}"

    def category(self, category: str) -> str:
        return f"{self.base}category/{quote(category, safe='.-')}"

    def edition(self, venue: str, year: int) -> str:
        return self.base + edition_id(venue, year)

    def statement(self, statement: Statement) -> str:
        return f"{self.base}statement/{digest(statement_parts(statement))}"

    def evidence(self, evidence: Evidence) -> str:
        parts = (evidence.paper, evidence.field, str(evidence.start), str(evidence.end))
        return f"{self.base}evidence/{digest((*parts, str(evidence.sentence_start), str(evidence.sentence_end)))}"

    def claim(self, claim: Claim) -> str:
        return self.base + claim_id(claim)

    @property
    def scheme(self) -> str:
        return f"{self.base}scheme"

    def dataset(self, part: str = "") -> str:
        """The whole graph as a data set, or a part of it: "provenance", "graph/class/kg-Paper"."""
        return f"{self.base}dataset/{part}" if part else f"{self.base}dataset"

    def run(self, knowledge: str) -> str:
        """What made the graph: vocabulary and rules of a hash."""
        return f"{self.base}run/{knowledge[:16]}"


def statement_parts(statement: Statement) -> tuple[str, str, str]:
    """The content of a statement, for its identity."""
    return statement.subject, statement.predicate, statement.object


def claim_parts(claim: Claim) -> tuple[str, ...]:
    """The content of a claim, for its identity: what is said, not where."""
    numbers = ("" if n is None else decimal(n) for n in (claim.value, claim.low, claim.high))
    return (
        claim.paper, *numbers, claim.unit, claim.comparator, claim.direction, claim.metric_text, claim.subject,
        claim.baseline_text, claim.baseline, *claim.hardware, "|", *claim.datasets, claim.condition_text,
    )  # fmt: skip


def decimal(number: float) -> str:
    """The lexical form of an xsd:decimal: no exponent, no trailing zeros, at most 15 significant digits."""
    text = f"{number:.15g}"  # as many as a float always keeps: 8.2 * 1000 is 8200, as it was written
    if "e" in text:
        text = format(Decimal(text), "f")
    return "0" if text == "-0" else text
