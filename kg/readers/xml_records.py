"""The record elements of an XML file, one at a time, in constant memory; what the XML readers share."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from lxml import etree

from kg.errors import InputError
from kg.readers.base import Skip
from kg.readers.stream import CHUNK, Stream

_CONTROLS = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.-]+)[\"']")
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


def root_name(head: bytes) -> str:
    """The local name of the root element, read from the first bytes of a file; "" if they don't show it."""
    match = _ROOT.search(_without_comments(head))
    return match[1].decode() if match else ""


def doctype_error(name: str) -> InputError:
    """For a file whose document type could declare entities that grow without limit (the "billion laughs")."""
    return InputError(
        f"{name}: declares a document type (<!DOCTYPE …>), through which entities can grow without limit; "
        "arXiv's answers have none: remove it if you trust the file"
    )


def elements(
    stream: Stream, roots: tuple[str, ...], names: tuple[str, ...], skipped: list[Skip]
) -> Iterator[etree._Element]:
    """Elements with one of the local `names`, complete, valid until the next is asked for. A file whose root element
    is none of `roots` is an InputError.

    No entity is expanded and nothing is fetched: a file that declares a document type is refused. XML that breaks off
    is a Skip after the first element and an InputError before. Bytes that are not UTF-8 become U+FFFD, control
    characters are dropped (arXiv has sent both).
    """
    found = False
    context = None
    try:
        context = etree.iterparse(
            _Clean(stream, roots),
            events=("end",),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for _, element in context:
            if not found and element.getroottree().docinfo.doctype:
                raise doctype_error(stream.name)
            found = True
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        # The error itself does not always know: of an entity that is not declared it says "no element found", and no line.
        said = list(context.error_log) if context is not None else []
        stream.line = said[-1].line if said else error.lineno or 1
        if stream.damage:
            return
        reason = f"broken XML: {said[-1].message if said else error.msg}"
        if not found:
            raise InputError(f"{stream.name}, line {stream.line}: {reason}; fetch the file again") from error
        skipped.append(Skip(stream.name, stream.line, f"{reason}; what follows is not read", ""))


def text(element: etree._Element, name: str) -> str:
    """All text of the first child with the local name, "" if there is none."""
    child = next(element.iterchildren(f"{{*}}{name}"), None)
    return "" if child is None else "".join(map(str, child.itertext()))


def line_of(element: etree._Element) -> int:
    """1-based, 0 if unknown."""
    return getattr(element, "sourceline", None) or 0  # the type stubs do not know its type


def _without_comments(data: bytes) -> bytes:
    parts = []
    end = 0
    while (start := data.find(b"<!--", end)) >= 0:
        parts.append(data[end:start])
        closing = data.find(b"-->", start)
        end = closing + 3 if closing >= 0 else len(data)
    return b"".join((*parts, data[end:]))


class _Clean:
    """The stream as lxml reads it: well-encoded, without the control characters that XML forbids."""

    def __init__(self, stream: Stream, roots: tuple[str, ...]) -> None:
        self._stream = stream
        self._roots = roots
        self._first = True
        self._decoder: codecs.IncrementalDecoder | None = None

    def read(self, size: int = CHUNK) -> bytes:
        while True:  # an empty answer means the end, and a chunk can hold nothing but controls
            data = self._start() if self._first else self._stream.read(size)
            kept = data.translate(None, _CONTROLS)
            if self._decoder is not None:
                kept = self._decoder.decode(kept, final=not data).encode()
            if kept or not data:
                return kept

    def _start(self) -> bytes:
        self._first = False
        data = self._stream.head()
        bare = _without_comments(data)
        root = _ROOT.search(bare)
        if b"<!DOCTYPE" in (bare[: root.start()] if root else bare):
            raise doctype_error(self._stream.name)
        if root is None or root[1].decode() not in self._roots:
            found = f"<{root[1].decode()}>" if root else "no element"
            wanted = " or ".join(f"<{name}>" for name in self._roots)
            raise InputError(f"{self._stream.name}: starts with {found}, not with {wanted}; leave out --format")
        encoding = _ENCODING.match(data.removeprefix(codecs.BOM_UTF8))
        if encoding is None or encoding[1].lower() in (b"utf-8", b"utf8", b"us-ascii"):
            self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        return data
