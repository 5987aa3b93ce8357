"""A look at SPARQL text without parsing it: which keywords stand in it, outside strings, IRIs, names and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# An unclosed string runs to the end, so that no place is looked at twice.
_TOKEN = re.compile(
    r"""
      \#[^\n\r]*
    | <[^<>"{}|^`\\\x00-\x20]*>
    | \"{3}(?:[^"\\]|\\.|"(?!""))*+(?:\"{3}|\Z)
    | '{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3}|\Z)
    | "(?:[^"\\\n\r]|\\.)*+"?
    | '(?:[^'\\\n\r]|\\.)*+'?
    | [?$@]\w+
    | (?P<word>[A-Za-z_][\w.-]*+)(?!:)
    | [\w.-]*+:(?:[\w.:%-]|\\.)*+
    | (?P<mark>[{};])
    | \s++ | .
    """,
    re.VERBOSE | re.DOTALL,
)

#: What only a query from outside could start; nothing of it is in the read-only language.
UPDATES = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split())


class Word(NamedTuple):
    """A keyword in capitals, or one of the marks `{ } ;`, with its place and how many braces are open there."""

    text: str
    start: int
    depth: int


def words(text: str) -> Iterator[Word]:
    """Keywords and marks of a query or update, in order. Time is linear in the text."""
    depth = 0
    for match in _TOKEN.finditer(text):
        mark = match["mark"]
        if mark == "}":
            depth -= 1
        if mark or match["word"]:
            yield Word(match[0].upper(), match.start(), depth)
        if mark == "{":
            depth += 1


def keywords(text: str) -> set[str]:
    """Every keyword of a query, in capitals."""
    return {w.text for w in words(text) if w.text not in _MARKS}


def first_keyword(text: str) -> str:
    """The keyword that says what the text is: SELECT, ASK, INSERT, … ; "" if there is none."""
    prologue = False
    for word in words(text):
        if word.text in ("BASE", "PREFIX"):
            prologue = True
        elif word.text not in _MARKS and not (prologue and word.text not in _FORMS):
            return word.text
    return ""


_MARKS = ("{", "}", ";")
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE", *UPDATES}


def with_using(update: str, default: list[str], named: list[str]) -> str:
    """The update with a `USING` clause for each graph in each of its operations that has a WHERE.

    Raises ValueError for an update that names its own graphs, which the protocol forbids, and for `DELETE WHERE`, which
    has no place for one.
    """
    clause = "".join(f" USING <{g}>" for g in default) + "".join(f" USING NAMED <{g}>" for g in named) + " "
    pieces: list[str] = []
    done = 0
    last = ""
    for word in words(update):
        if word.depth == 0:
            if word.text in ("USING", "WITH"):
                raise ValueError("using-graph-uri and using-named-graph-uri exclude USING and WITH in the update")
            if word.text == "WHERE":
                if last == "DELETE":
                    raise ValueError("DELETE WHERE has no USING; write DELETE { … } WHERE { … }")
                pieces += [update[done : word.start], clause]
                done = word.start
        if word.text != "{" or word.depth:
            last = word.text
    return "".join(pieces) + update[done:]
