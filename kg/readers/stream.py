"""The bytes of one input file, unpacked if they are gzip; damage ends the data early and is noted, never raised."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from kg.errors import InputError
from kg.readers.base import Skip, excerpt
from kg.settings import MAX_LINE

HEAD = 1 << 16  # bytes that detection looks at
CHUNK = 1 << 18


class Stream:
    """Read-only, forward-only. `line` is the number of the last line given; `damage` says why the data ended early; `replaced`
    counts the places that were no UTF-8 (see `note_replaced`), the first of them in line `replaced_line`."""

    def __init__(self, path: Path) -> None:
        """Open `path`; gzip is seen by its first two bytes. Raises InputError if it is missing or can't be opened."""
        self.name = path.name
        self.line = 0
        self.damage = ""
        self.replaced = 0
        self.replaced_line = 0
        try:
            if path.is_dir():
                raise InputError(f"{path}: a folder, not a file; name the files in it")
            if path.exists() and not path.is_file():
                raise InputError(f"{path}: not a regular file; write its data to a file first")
            self._raw = path.open("rb", buffering=0)
        except FileNotFoundError as error:
            raise InputError(f"{path}: no such file; check the name") from error
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: can't be opened ({error}); check the name and its permissions") from error
        packed = self._raw.read(2) == b"\x1f\x8b"
        self._raw.seek(0)
        self._gzip = gzip.GzipFile(fileobj=self._raw) if packed else None

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._gzip is not None:
            self._gzip.close()
        self._raw.close()

    def read(self, size: int = CHUNK) -> bytes:
        """Up to `size` bytes; b"" at the end or at damage. All bytes before the damage are given."""
        try:
            return self._raw.read(size) if self._gzip is None else self._gzip.read1(size)
        except EOFError:
            self.damage = "the gzip data ends early; fetch the file again"
        except (OSError, zlib.error) as error:
            self.damage = f"the data is damaged ({error}); fetch the file again"
        return b""

    def head(self) -> bytes:
        """The first `HEAD` bytes, unpacked; only before anything else is read."""
        parts = []
        size = 0
        while size < HEAD and (chunk := self.read(HEAD - size)):
            parts.append(chunk)
            size += len(chunk)
        return b"".join(parts)

    def lines(self, skipped: list[Skip]) -> Iterator[bytes]:
        """Lines without their line feed. A line over `MAX_LINE` is a Skip and is never held whole; one that damage
        cut off is left out. A byte order mark is removed."""
        pieces: list[bytes] = []
        size = 0
        first = True
        while chunk := self.read():
            if first:
                chunk, first = chunk.removeprefix(b"\xef\xbb\xbf"), False
            start_of_line, *rest = chunk.split(b"\n")
            size += len(start_of_line)
            if size > MAX_LINE:
                pieces = pieces[:1]
            else:
                pieces.append(start_of_line)
            if not rest:
                continue
            self.line += 1
            if size > MAX_LINE:
                skipped.append(self._too_long(pieces))
            else:
                yield b"".join(pieces)
            last = rest.pop()
            for line in rest:
                self.line += 1
                yield line
            pieces, size = [last], len(last)
        if self.damage:
            self.line += 1
        elif size > MAX_LINE:
            self.line += 1
            skipped.append(self._too_long(pieces))
        elif size:
            self.line += 1
            yield b"".join(pieces)

    def note_replaced(self, data: bytes, text: str, line: int) -> None:
        """Count the places of `data`, which begins on `line`, that are U+FFFD in `text` because they are no UTF-8."""
        if "\ufffd" not in text:
            return
        places = text.count("\ufffd") - data.count("\ufffd".encode())
        if places and not self.replaced:
            self.replaced_line = line + data[: _first_broken(data)].count(b"\n")
        self.replaced += places

    def _too_long(self, pieces: list[bytes]) -> Skip:
        start = b"".join(pieces)[:400].decode("utf-8", "replace")
        return Skip(self.name, self.line, f"line longer than {MAX_LINE >> 20} MB", excerpt(start))


def _first_broken(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(data)
