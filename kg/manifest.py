"""The form of a graph folder's manifest: what it must say, and the base IRIs that it may name."""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec

_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Shard(msgspec.Struct, forbid_unknown_fields=True):
    file: Annotated[str, msgspec.Meta(pattern=r"^shard-\w+-\w+\.parquet$")]
    facts: Annotated[str, msgspec.Meta(pattern=r"^facts-\w+\.parquet$")]
    papers: _Count
    first: str
    last: str
    sources: list[str]


class _Skipped(msgspec.Struct):
    file: str
    line: _Count
    reason: str
    excerpt: str
    harmless: bool


class _Manifest(msgspec.Struct):
    generator: str
    knowledge: str
    # Names of files in the store, as `kg.knowledge.keep` gives them.
    vocabulary: list[Annotated[str, msgspec.Meta(pattern=r"^vocabulary-\w+/\d+/[^/]+$")]]
    inputs: list[str]
    shards: list[_Shard]
    base_iri: str
    abstracts: bool
    rdf12: bool
    state: str
    stale: bool
    skipped: list[_Skipped]
    counts: dict[str, _Count]
    formats: str = ""


def problem(said: Any) -> str:
    """What is wrong with what a `manifest.json` holds; "" for one that `kg` wrote. Its version is not looked at."""
    try:
        manifest = msgspec.convert(said, _Manifest)
    except msgspec.ValidationError as error:
        return str(error)
    counted = ("papers",) if manifest.stale else ("papers", "triples", "provenance quads")
    missing = [name for name in counted if name not in manifest.counts]
    if missing:
        return f"no count of {', '.join(missing)}"
    return "" if is_base(manifest.base_iri) else f"{manifest.base_iri!r} is no IRI to build on"


def is_base(iri: str) -> bool:
    """Whether IRIs are made by appending to it: an absolute IRI (RFC 3987) that ends with "/" or "#" (a URN with ":", too)."""
    return bool(_BASE.fullmatch(iri))


_OTHER = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000dfffd"  # what an IRI may have beyond ASCII
_NAME = rf"(?:[a-z0-9_.~!$&'()*+,;={_OTHER}-]|%[0-9a-f]{{2}})"
_PATH = rf"(?:{_NAME}|[:@/?])*(?:\#(?:{_NAME}|[:@/?])*)?"
_BASE = re.compile(
    rf"""
      [a-z][a-z0-9+.-]* :// (?:(?:{_NAME}|:)*@)? (?:{_NAME}+|\[[0-9a-f:.]+\]) (?::[0-9]*)? / {_PATH} (?<=[/\#])
    | urn:[a-z0-9-]+:(?!\Z) {_PATH} (?<=[:/\#])
    """,
    re.IGNORECASE | re.VERBOSE,
)
