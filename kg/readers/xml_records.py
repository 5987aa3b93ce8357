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
    is a Skip after the first element and an InputError before. Bytes that are not UTF-8 become U+FFFD and are counted,
    control characters are dropped (arXiv has sent both).
    """
    found = False
    source = _Clean(stream, roots)
    context = None
    try:
        context = etree.iterparse(
            source,
            events=("end",),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            encoding=source.encoding,
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


def declared_encoding(head: bytes) -> str:
    """The encoding that the first bytes of an XML file declare, in lower case; "" if they declare none."""
    match = _ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
    return match[1].decode("ascii").lower() if match else ""


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


#: Encodings that are read as UTF-8 where a file declares them: it is one, or the declaration was left behind when the file was
#: converted, as what begins with the bytes of "<" is no UTF-16.
_AS_UTF8 = ("utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf16", "utf-32", "utf32", "ucs-", "iso-10646-ucs-")


class _Clean:
    """The stream as lxml reads it: well-encoded, without the control characters that XML forbids.

    `encoding` is that of the bytes, None if it is what the file declares. Making it raises InputError for another root
    element than one of `roots` and for a document type.
    """

    def __init__(self, stream: Stream, roots: tuple[str, ...]) -> None:
        self._stream = stream
        self._waiting = stream.head()
        self._line = 1
        _check_start(stream.name, self._waiting, roots)
        declared = declared_encoding(self._waiting)
        as_utf8 = not declared or declared.startswith(_AS_UTF8)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace") if as_utf8 else None
        self.encoding = "utf-8" if as_utf8 else None

    def read(self, size: int = CHUNK) -> bytes:
        while True:  # an empty answer means the end, and a chunk can hold nothing but controls
            data, self._waiting = self._waiting or self._stream.read(size), b""
            kept = data.translate(None, _CONTROLS)
            if self._decoder is not None:
                kept = self._decoded(self._decoder, kept, final=not data)
            if kept or not data:
                return kept

    def _decoded(self, decoder: codecs.IncrementalDecoder, data: bytes, *, final: bool) -> bytes:
        begun, _ = decoder.getstate()
        text = decoder.decode(data, final=final)
        self._stream.note_replaced(begun + data, text, self._line)
        self._line += text.count("\n")
        return text.encode()


def _check_start(name: str, head: bytes, roots: tuple[str, ...]) -> None:
    bare = _without_comments(head)
    root = _ROOT.search(bare)
    if b"<!DOCTYPE" in (bare[: root.start()] if root else bare):
        raise doctype_error(name)
    if root is None or root[1].decode() not in roots:
        found = f"<{root[1].decode()}>" if root else "no element"
        wanted = " or ".join(f"<{one}>" for one in roots)
        raise InputError(f"{name}: starts with {found}, not with {wanted}; leave out --format")
