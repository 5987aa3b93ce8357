"""Files in, papers out: one module per format, all alike, `read(stream, skipped) -> Iterator[Paper]`.

What is left out of a file is recorded as a `Skip`; only a file from which nothing can be read raises.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kg.errors import InputError
from kg.forms import is_text
from kg.model import Paper
from kg.progress import Progress, silent
from kg.readers import arxiv_atom, arxiv_jsonl, arxiv_oai, seeds
from kg.readers.base import Skip, differ, merge
from kg.readers.stream import Stream
from kg.readers.xml_records import declared_encoding, doctype_error, root_name

__all__ = ["READERS", "Reader", "Skip", "detect", "differ", "expand", "merge", "read", "read_all"]

Reader = Callable[[Stream, list[Skip]], Iterator[Paper]]

READERS: dict[str, Reader] = {
    "arxiv-atom": arxiv_atom.read,
    "arxiv-jsonl": arxiv_jsonl.read,
    "arxiv-oai": arxiv_oai.read,
    "seeds": seeds.read,
}

_ROOTS = dict.fromkeys(arxiv_atom.ROOTS, "arxiv-atom") | dict.fromkeys(arxiv_oai.ROOTS, "arxiv-oai")
#: BibTeX, PDF, TeX, RIS, scripts, Markdown, YAML, JSON arrays.
_OTHER_TEXT = (b"@", b"%", b"\\", b"TY  -", b"#!", b"# ", b"---", b"[")
#: A line of JSON or BibTeX somewhere in a text: the end of a torn file, a log, a letter with a reference.
_OTHER_LINE = re.compile(rb'^[^\n{]{0,80}\{"\w{1,40}": ?["\d\[]|^[ \t]{0,8}@[a-z]{1,20}\{', re.M | re.I)
#: The first line of a table with a column of abstracts.
_TABLE = re.compile(rb'(?=[^\n]{0,300}\babstract\b)["\w -]+(?:[,;\t]["\w -]+)+\r?\n', re.I)
_JSON_KEYS = (b'"abstract"', b'"categories"', b'"authors"', b'"title"')
_OTHER_JSON = (b'"paperId"', b'"abstract_inverted_index"', b'"DOI"')  # Semantic Scholar, OpenAlex, Crossref


def detect(path: Path) -> str:
    """The name of the reader for a file, from its first 64 kB (unpacked), whatever its name. Raises InputError if the
    file is missing, empty or binary, or if no reader fits."""
    head = _head(path)
    start = head.lstrip()
    if start.startswith(b"<"):
        name = _ROOTS.get(root_name(head))
        if name is None and b"<!ENTITY" in head:
            raise doctype_error(str(path))
    elif start.startswith(b"{"):
        if start.partition(b"\n")[0].strip() == b"{":
            raise InputError(f"{path}: JSON over several lines; arxiv-jsonl has one record a line (jq -c writes that)")
        ours = b'"id"' in head and any(key in head for key in _JSON_KEYS)
        name = "arxiv-jsonl" if ours and not any(key in head for key in _OTHER_JSON) else None
    elif start.startswith(_OTHER_TEXT) or _OTHER_LINE.search(head) or _TABLE.match(start):
        name = None
    else:
        name = "seeds" if seeds.matches(head.decode("utf-8", "replace").splitlines()) else None
    if name is None:
        raise InputError(f"{path}: no reader for this content; {_choice()}")
    return name


def read(path: Path, *, format: str | None = None, skipped: list[Skip]) -> Iterator[Paper]:
    """The papers of one file in its order, streamed; `format` is a key of `READERS` and is detected without.

    What is left out is appended to `skipped` while the iterator runs. Raises InputError at once for a file that is
    missing, empty, binary, of unknown format or with a name that is no text, and while iterating if the data is damaged before its first paper;
    damage behind a paper is a Skip.
    """
    if not is_text(path.name):
        raise InputError(f"{path}: the name of the file is no UTF-8, and papers say where they are from; rename it")
    if format is None:
        format = detect(path)
    elif format not in READERS:
        raise InputError(f"{path}: no reader {format!r}; {_choice()}")
    else:
        _head(path)
    return _stream(path, READERS[format], skipped)


def read_all(
    inputs: Sequence[Path], skipped: list[Skip], *, format: str | None = None, progress: Progress | None = None
) -> Iterator[Paper]:
    """The papers of files and folders, streamed, each file once. A paper that stands in two files comes twice.

    What is left out is appended to `skipped` while the iterator runs, whole files and missing inputs among it. Raises
    InputError at the end if there was no paper in any of them.
    """
    tell = progress or silent
    files: dict[Path, None] = {}
    problems: list[str] = []
    papers = 0

    def skip(path: Path, error: InputError) -> None:
        name, said = (text.encode("utf-8", "backslashreplace").decode() for text in (path.name, str(error)))
        problems.append(said)
        skipped.append(Skip(name, 0, said, ""))

    for given in inputs:
        try:
            files.update(dict.fromkeys(expand([given])))
        except InputError as error:
            skip(given, error)
    for file in files:
        try:
            for paper in read(file, format=format, skipped=skipped):
                papers += 1
                if papers % 1000 == 0:
                    tell("reading", papers, 0)
                yield paper
        except InputError as error:
            skip(file, error)
    if not papers:
        reasons = problems or [f"{s.file}:{s.line}: {s.reason}" for s in skipped] or ["the inputs hold no records"]
        raise InputError(f"no paper could be read ({'; '.join(reasons[:3])})")


def expand(inputs: Sequence[Path]) -> list[Path]:
    """The files that inputs mean, in order, each once: a file itself, a folder its files by name (no sub-folders,
    no hidden files). Raises InputError for a missing path and for a folder without files."""
    files: dict[Path, None] = {}
    for path in inputs:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
            if not inside:
                raise InputError(f"{path}: a folder without files; name a folder that has some, or a file")
            files.update(dict.fromkeys(inside))
        elif path.exists():
            files[path] = None
        else:
            raise InputError(f"{path}: no such file or folder; check the name")
    return list(files)


def _stream(path: Path, reader: Reader, skipped: list[Skip]) -> Iterator[Paper]:
    found = False
    with Stream(path) as stream:
        for paper in reader(stream, skipped):
            found = True
            yield paper
        if stream.damage and not found:
            raise InputError(f"{path}: {stream.damage}; nothing could be read before that")
        if stream.damage:
            skipped.append(Skip(stream.name, stream.line, f"{stream.damage}; what follows is not read", ""))
        if stream.replaced:
            places = "1 place is" if stream.replaced == 1 else f"{stream.replaced:,} places are"
            said = f"{places} no UTF-8, the first in this line, and read as U+FFFD; {_CONVERT}"
            skipped.append(Skip(stream.name, stream.replaced_line, said, "", kept=True))


def _head(path: Path) -> bytes:
    """The first bytes of a text file. Raises InputError if it has none or they are not text."""
    with Stream(path) as stream:
        head = stream.head().removeprefix(b"\xef\xbb\xbf")
        damage = stream.damage
    if not head.strip():
        what = damage or "empty; give a file with records"
        raise InputError(f"{path}: {what}")
    if wide := _wide_encoding(head):
        raise InputError(f"{path}: {wide} text; convert it to UTF-8 (iconv -f {wide} -t UTF-8)")
    lost = len(head) - len(head.decode("utf-8", "ignore").encode())
    foreign = 10 * lost > len(head) and not declared_encoding(head)
    if b"\0" in head or (foreign and _BINARY.search(head)):
        raise InputError(f"{path}: binary data, no text; unpack it first if it is an archive ({_choice()})")
    if foreign:
        raise InputError(f"{path}: no UTF-8 text; {_CONVERT}")
    return head


def _wide_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32, with its byte order where no mark says it, if the first bytes are such text; else ""."""
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    zeros = _ZEROS.get(tuple(not byte for byte in head[:4]))
    if zeros is None or not all(c.isprintable() or c.isspace() for c in head[:400].decode(zeros, "ignore")):
        return ""
    return zeros


#: The mark of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
#: Which of the first four bytes are zero, where a text begins with a letter or a sign of ASCII.
_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "UTF-32LE",
    (True, True, True, False): "UTF-32BE",
    (False, True, False, True): "UTF-16LE",
    (True, False, True, False): "UTF-16BE",
}
#: What no text in an encoding of one byte a character holds.
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONVERT = "convert the file if it has another encoding (iconv -f WINDOWS-1252 -t UTF-8)"


def _choice() -> str:
    return f"readers: {', '.join(READERS)}; choose one with --format"
