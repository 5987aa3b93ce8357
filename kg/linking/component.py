"""The linker as spaCy components: `kg_linker` fills `doc.ents`, `kg_claims` fills `doc.spans["claims"]`.

Both call the same core as the bulk build, so a `Doc` in anybody's pipeline gets the same links.
"""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from kg.linking.linker import TEXT, Linker, default, make
from kg.model import Extraction, Paper

#: spaCy label of each entity class; a claim's span is labelled CLAIM.
LABELS = {"system": "SYSTEM", "hardware": "HARDWARE", "technique": "TECHNIQUE", "dataset": "DATASET", "task": "TASK"}


class LinkerComponent:
    """Links a Doc's text as an abstract.

    Sets `doc.ents` (label = class, `kb_id_` = entity id, `ent._.kg_role`, `ent._.kg_score`) and keeps everything that
    was read in `doc._.kg`. Where links overlap, `doc.ents` keeps the longest; `doc.spans["links"]` keeps all. Entities
    that an earlier component set stay where no link overlaps them.
    """

    def __init__(self, linker: Linker) -> None:
        self.linker = linker

    def __call__(self, doc: Doc) -> Doc:
        extraction = self.linker.extract(Paper(id=TEXT, abstract=doc.text))
        doc._.kg = extraction
        spans: list[Span] = []
        for link in extraction.links:
            if link.entity is None:
                continue
            kind = LABELS[link.entity.partition("/")[0]]
            span = doc.char_span(
                link.mention.start, link.mention.end, label=kind, kb_id=link.entity, alignment_mode="expand"
            )
            if span is not None:
                span._.kg_role, span._.kg_score = link.role, link.score
                spans.append(span)
        doc.spans["links"] = spans
        ours = filter_spans(spans)
        taken = {i for span in ours for i in range(span.start, span.end)}
        kept = [e for e in doc.ents if not any(i in taken for i in range(e.start, e.end))]
        doc.ents = (*ours, *kept)
        return doc


class ClaimsComponent:
    """Fills `doc.spans["claims"]` with the numbers that a text claims; `span._.kg_claim` is the whole claim.

    Uses what `kg_linker` read, so it stands behind it in the pipeline.
    """

    def __call__(self, doc: Doc) -> Doc:
        extraction: Extraction | None = doc._.kg
        if extraction is None:
            raise ValueError("kg_claims needs kg_linker before it; add it with nlp.add_pipe('kg_linker')")
        spans: list[Span] = []
        for claim in extraction.claims:
            e = claim.evidence
            span = doc.char_span(e.start, e.end, label="CLAIM", alignment_mode="expand")
            if span is not None:
                span._.kg_claim = claim
                spans.append(span)
        doc.spans["claims"] = spans
        return doc


def _extensions() -> None:
    for owner, names in ((Doc, ("kg",)), (Span, ("kg_role", "kg_score", "kg_claim"))):
        for name in names:
            if not owner.has_extension(name):
                owner.set_extension(name, default=None)


@Language.factory(
    "kg_linker",
    default_config={"vocabulary": []},
    assigns=["doc.ents", "doc.spans", "doc._.kg", "span._.kg_role", "span._.kg_score"],
)
def make_linker(nlp: Language, name: str, vocabulary: list[str]) -> LinkerComponent:
    """spaCy factory. `vocabulary`: files of the user's own, laid over the shipped one."""
    _extensions()
    return LinkerComponent(make([Path(v) for v in vocabulary]) if vocabulary else default())


@Language.factory("kg_claims", requires=["doc._.kg"], assigns=["doc.spans", "span._.kg_claim"])
def make_claims(nlp: Language, name: str) -> ClaimsComponent:
    """spaCy factory; needs `kg_linker` earlier in the pipeline."""
    _extensions()
    return ClaimsComponent()


def nlp(vocabulary: list[str] | None = None) -> Language:
    """The whole linker as a spaCy `Language` (a blank English tokenizer: no model is needed or downloaded)."""
    pipeline = spacy.blank("en")
    pipeline.add_pipe("kg_linker", config={"vocabulary": list(vocabulary or [])})
    pipeline.add_pipe("kg_claims")
    return pipeline
