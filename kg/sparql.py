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


#: Brackets of a query that may be open at once. The parser calls itself for each; a thousand levels of EXISTS end its process.
MAX_DEPTH = 100

#: Characters of operators in one query, signs behind triples, braces, and words that begin a block or name a value, which count twice. What
#: they join is one tree, as deep as there are of them: 2,800 times BIND, 3,000 times AS, 7,000 times `||` or 10,000 triples end the
#: process (and 4,000 triples are ordered for minutes). Rows of VALUES are flat and not counted.
MAX_JOINTS = 5000

_BLOCKS = frozenset("AS BIND DESCRIBE FILTER GRAPH HAVING LATERAL MINUS OPTIONAL SERVICE UNION VALUES".split())


def too_deep(text: str, *, update: bool = False) -> str:
    """What is wrong with a query that is nested deeper than the parser bears; "" with others. Of an `update`, which may hold
    data without end, only the brackets count. Time is linear in the text."""
    depth = joints = lists = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in _OPENING:
            depth += 1
            lists += token == "("
            joints += token == "{" and not update
        elif token in _CLOSING:
            depth -= 1
            lists -= token == ")"
        elif token[0] == "<":
            # `?a<(?b>?c` is no IRI, though it looks like one: brackets count up to "//", which no expression has.
            told = token.partition("//")[0]
            if "?" in told or "$" in told:
                depth += max(0, sum((c in _OPENING) - (c in _CLOSING) for c in told))
        elif update:
            pass
        elif token in _OPERATORS:
            joints += _joins(text, match.start())
        elif match["word"] and token.upper() in _BLOCKS:
            joints += 2
        elif token == "," and not lists:
            joints += 1
        elif token == ";" or (
            token[-1] == "." and token[0] != "#" and not text[match.end() : match.end() + 1].isdigit()
        ):
            joints += 1  # of triples; a name may end with it
        if depth > MAX_DEPTH:
            return f"brackets are nested more than {MAX_DEPTH} deep; write the query with fewer levels"
        if joints > MAX_JOINTS:
            return "too many operators and blocks, or triples, for one query; list values with VALUES or IN, or ask several queries"
    return ""


def _joins(text: str, at: int) -> bool:
    """Whether the character of an operator at a place joins two terms: no part of "^^", of a language ("@en-US"), of a signed
    number behind a space."""
    sign, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 3]
    if sign == "^":
        return before != "^" and after[:1] != "^"
    if sign not in "+-":
        return True
    if after[:1].isalpha() and before.isalnum():
        return False
    return before.isalnum() or before == ")" or not after.lstrip(".")[:1].isdigit()


_OPENING, _CLOSING, _OPERATORS = frozenset("{[("), frozenset("}])"), frozenset("!&*+-/^|")


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
