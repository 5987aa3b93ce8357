"""Pages for people. Every value passes through an autoescaping template; links lead to http and https alone."""

from __future__ import annotations

import json as json_module
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from kg import ontology as o
from kg.export.formats import compact
from kg.linking.text import View
from kg.names import RANKED
from kg.serve.answers import Answer
from kg.serve.worked import WorkedQuery
from kg.settings import BASE_IRI

#: What a page may load: its own style and script, nothing from elsewhere, nothing inline.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: The editor's component sets styles and draws icons on its own.
EDITOR_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "img-src 'self' data:", "img-src 'self' data: blob:; font-src 'self' data:"
)

YASGUI = Path(__file__).parent / "static" / "yasgui"

#: Names of edges and links as a reader sees them, seen from the thing that they lead to.
_TITLES = {
    "introduces": "Introduced by",
    "extends": "Extended by",
    "comparesWith": "Compared with in",
    "evaluatesOn": "Results on it in",
    "runsOn": "Run on it",
    "addresses": "Worked on in",
    "uses": "Used in",
    "mentions": "Only mentioned in",
    "publishedIn": "Papers",
    "subject": "Claims about it",
    "baseline": "Claims that compare with it",
    "onHardware": "Claims measured on it",
    "onDataset": "Claims measured on it",
    "claimedBy": "Claims",
    "metric": "Claims",
    "skos:broader": "Narrower",
    "kg:editionOf": "Editions",
    "dct:subject": "Papers of this category",
    "kg:evidence": "Evidence of",
    "kg:hasAuthorship": "Author of",
    "rdf:Statement": "Statements",
}


#: Properties as a reader calls them, where their names alone do not tell.
_WORDS = {
    "skos:altLabel": "also called", "skos:broader": "a kind of", "skos:inScheme": "in", "skos:closeMatch": "much like",
    "skos:exactMatch": "the same as", "dct:subject": "category", "dct:issued": "date", "fabio:hasArXivId": "arXiv",
    "prism:doi": "DOI", "schema:url": "web page", "schema:codeRepository": "code", "kg:paperCount": "papers",
    "kg:journalRef": "journal", "kg:exact": "words", "oa:hasSource": "paper", "qudt:hasUnit": "unit",
    "dct:isReplacedBy": "now",
}  # fmt: skip

#: Kinds of things that are nodes of the interactive page.
_DRAWN = ("paper", "system", "hardware", "technique", "dataset", "task", "edition")


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(titles=_TITLES, compact=compact, prefixes=o.PREFIXES, quoted=quoted)
    environment.filters.update(plain=plain, words=words)
    return environment


#: LaTeX as papers write it: a formula, a tie, or a command. Not: "$5 or $6".
_LATEX = re.compile(r"\$(?!\s)[^$]*(?<!\s)\$(?!\d)|(?<=\w)~(?=[\w(])|\\[A-Za-z%&_#{}$\"'^`~=.]")
#: Stands where a mention begins and ends; no text has it.
_EDGE = "\ue000"


def plain(text: str) -> str:
    """A text as a reader reads it: "$3.8\\times$" is "3.8×"."""
    return View(text).plain if _LATEX.search(text) else text


def quoted(quote: Mapping[str, str]) -> tuple[str, str, str]:
    """A sentence as a reader reads it, before, in and after its mention; a formula may reach over their edges."""
    parts = (quote["before"], quote["exact"], quote["after"])
    read = plain(_EDGE.join(parts)).split(_EDGE)
    return (read[0], read[1], read[2]) if len(read) == len(parts) else parts


def words(name: str) -> str:
    """A property, a class or a count as a reader calls it: "kg:evaluatesOn" is "evaluates on"."""
    if name.endswith(" edges"):
        return f"“{words(name.removesuffix(' edges'))}” links"
    return _WORDS.get(name) or _HUMP.sub(" ", name.rpartition(":")[2]).lower()


_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def href(iri: str, base_iri: str) -> str:
    """Where a link to an IRI leads: the page here for a resource or a term, the IRI for http and https, else ""."""
    if iri.startswith(base_iri):
        return "/id/" + iri[len(base_iri) :]
    if iri.startswith(o.KG):
        return "/ontology#" + iri[len(o.KG) :]
    return iri if iri.startswith(("https://", "http://")) else ""


def page(template: str, *, status: int = 200, policy: str = POLICY, base_iri: str = BASE_IRI, **values: Any) -> Answer:
    """A page from a template."""
    text = (
        _templates()
        .get_template(template)
        .render(href=lambda iri: href(iri, base_iri), base_iri=base_iri, quote=quote, **values)
    )
    return Answer(status, "text/html; charset=utf-8", text.encode(), {"Content-Security-Policy": policy})


def editor(base_iri: str, queries: Sequence[WorkedQuery], query: str) -> Answer:
    """The query editor: YASGUI where it is bundled, else a plain field that works without a script."""
    return page(
        "editor.html.j2",
        base_iri=base_iri,
        policy=EDITOR_POLICY,
        bundled=(YASGUI / "yasgui.min.js").is_file(),
        queries=queries,
        query=query or queries[0].text,
    )


def in_view(iri: str, base_iri: str) -> str:
    """The address of a thing in the interactive page, "" for what is no node there."""
    kind, _, name = iri.removeprefix(base_iri).partition("/")
    if not iri.startswith(base_iri) or kind not in _DRAWN:
        return ""
    return "/graph.html#n=" + quote(o.paper_of_slug(name) if kind == "paper" else f"{kind}/{name}", safe="")


def resource(found: Answer, base_iri: str, *, viewed: bool = False) -> Answer:
    """The page of a thing from the answer of the operation `resource`; of a former id, the way to that of today.

    Args:
        viewed: there is an interactive page to lead to.
    """
    thing = json_module.loads(found.body)
    if thing["successor"]:
        return Answer(301, "text/plain", b"", {"Location": href(thing["successor"], base_iri)})
    place = in_view(thing["iri"], base_iri) if viewed else ""
    return page("resource.html.j2", base_iri=base_iri, thing=thing, place=place)


#: Things on one page of a search.
HITS = 50


def hits(found: Answer, text: str, base_iri: str, *, kind: str = "", offset: int = 0) -> Answer:
    """The page of a search, among all things or those of a kind, from an offset on."""
    return page(
        "search.html.j2",
        base_iri=base_iri,
        text=text,
        kind=kind,
        hits=json_module.loads(found.body),
        offset=offset,
        size=HITS,
        total=int(found.headers["X-Total-Count"]),
        most=RANKED,
    )


def rows(found: Answer, query: str, base_iri: str) -> Answer:
    """The page of a SELECT or ASK answer, from its JSON."""
    content = json_module.loads(found.body)
    answer = page("rows.html.j2", base_iri=base_iri, query=query, answer=content)
    return answer._replace(headers={**answer.headers, **found.headers})


def failure(found: Answer, query: str | None = None) -> Answer:
    """The page of a problem, with the query that has it, if it is one's."""
    content = json_module.loads(found.body)
    lines = (query or "").split("\n")
    line = lines[content["line"] - 1] if 0 < content.get("line", 0) <= len(lines) else ""
    answer = page("problem.html.j2", status=found.status, problem=content, query=query, line=line)
    return answer._replace(headers={**found.headers, **answer.headers})


def ontology() -> Answer:
    """The documentation of the ontology."""
    from kg.export import reference

    return page("ontology.html.j2", sections=reference.sections())


def json(value: Any) -> Answer:
    """JSON for machines."""
    return Answer(200, "application/json", json_module.dumps(value, ensure_ascii=False).encode(), {})
