"""Many byte strings in one, cut out when they are asked for: a large table is there at once, and few of it are read."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import overload

import msgspec


class Strings(msgspec.Struct, frozen=True, array_like=True):
    """Byte strings one behind the other, as they are kept on disk; `Slots` reads them."""

    data: memoryview
    ends: memoryview  # where each ends, 32 bits each in the order of this machine


class Slots(Sequence[bytes]):
    """The byte strings of `Strings`, by place."""

    def __init__(self, strings: Strings) -> None:
        """Raises ValueError if the ends are no numbers, or do not end with the data."""
        self._data = strings.data
        try:
            self._ends = strings.ends.cast("I")
        except TypeError as error:
            raise ValueError("no packed strings: their ends are no numbers") from error
        if len(self._data) != (self._ends[-1] if self._ends else 0):
            raise ValueError("no packed strings: their lengths do not add up")

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> list[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | list[bytes]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        return bytes(self._data[self._ends[place - 1] if place else 0 : self._ends[place]])

    def __len__(self) -> int:
        return len(self._ends)


def strings(some: Iterable[bytes]) -> Strings:
    """Byte strings as they are kept; at most 4 GiB of them."""
    parts = list(some)
    ends, end = array("I"), 0
    for part in parts:
        end += len(part)
        ends.append(end)
    return Strings(memoryview(b"".join(parts)), memoryview(ends.tobytes()))
