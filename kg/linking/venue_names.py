"""The names of all series, compiled, and finding them in a text: tokens walk through two tries, acronyms as written,
spelt-out names by their stems ("Int. Conf. on Mach. Learn." is "International Conference on Machine Learning")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from kg.linking import venue_words as words
from kg.linking.venue_series import Series

MAX_READ = 4000  # code points of comments and journal-ref that are read; real ones are far shorter
MAX_MEMORY = 1 << 16  # tokens whose stem, and whose place in the tries, is kept
MAX_MENTIONS = 40  # names of venues in one field

_GLUE = re.compile(r"[\\{}$\u00ad]")  # where tokens of LaTeX are not the tokens of its reading

_Trie = dict[str, Any]
Token = tuple[int, int, str]  # start, end, the token
_Name = tuple[int, str, str]  # series by its number, strength, the name
_Match = tuple[int, int, str]  # index of the last token, number of the series, strength


class Mention(NamedTuple):
    """A series' name in a text; `strength` is how much the form alone says.

    "phrase": a full name; "acronym": one that is nothing else; "weak": short, or a word too, so it needs a year or a
    verb beside it; "words": a name that is only words ("Parallel Computing").
    """

    start: int
    end: int
    series: Series
    strength: str


@lru_cache(MAX_MEMORY)
def stem(token: str) -> str:
    """The stem that all forms of a token share: ISO 4 abbreviations, plurals and case fall together."""
    low = token.lower()
    known = words.STEMS.get(low)
    if known is not None:
        return known
    return low[:-1] if len(low) > 4 and low.endswith("s") and not low.endswith("ss") else low


_SEPARATORS = re.compile(r"[\s/_-]+")


def _spaced(text: str) -> str:
    return _SEPARATORS.sub(" ", text)


def _written(alias: str) -> str:
    """What must stand in the text where the tokens of an acronym are: "VL/HCC" as "VL-HCC", but not as "VL (HCC"."""
    return _spaced(_spaced(alias).strip("!*<>+ ."))


def _pattern(text: str) -> re.Pattern[str]:
    return words.TOKEN_ASCII if text.isascii() else words.TOKEN


def _goes_on(tokens: list[str], index: int, acronyms: _Trie | None, phrases: _Trie | None) -> bool:
    """Whether the tokens after the first can be a name's: all that `_acronym` and `_phrase` need, but the gaps."""
    if acronyms and ("" in acronyms or (index + 1 < len(tokens) and tokens[index + 1] in acronyms)):
        return True
    if phrases:
        for at in range(index + 1, len(tokens)):
            word = tokens[at].lower()
            skipped = word in words.STOP
            if not skipped and stem(word) in phrases:
                return True
            if not (skipped or word in words.ORG or (word.isdigit() and len(word) == 4)):
                return False
    return False


def _is_ordinal(token: str, after: Sequence[tuple[int, int, str]]) -> bool:
    """Whether a Roman number counts what follows: "IV Zorb Workshop"."""
    return _ROMAN.fullmatch(token) is not None and bool(after) and after[0][2].istitle()


_ROMAN = re.compile(r"[IVX]{2,}")


class _First(dict[str, tuple[_Trie | None, _Trie | None] | None]):
    """Where the names that start with a token go on, among acronyms and phrases; None if none does. Filled as asked."""

    def __init__(self, acronyms: _Trie, phrases: _Trie) -> None:
        super().__init__()
        self.acronyms, self.phrases = acronyms, phrases

    def __missing__(self, token: str) -> tuple[_Trie | None, _Trie | None] | None:
        acronyms, phrases = self.acronyms.get(token), self.phrases.get(stem(token))
        found = (acronyms, phrases) if acronyms or phrases else None
        if len(self) < MAX_MEMORY:
            self[token] = found
        return found


class Names:
    """The names of the series, read-only once built (some tens of milliseconds)."""

    def __init__(self, rows: Sequence[Series], tables: tuple[_Trie, _Trie, dict[str, tuple[int, str]]] | None = None):
        """`tables`: what `tables` was of the same series; None makes them."""
        self._rows = rows
        #: Acronyms; spelt-out names; and names with the same stems, by their words: "workshop on machine learning (and)
        #: systems"
        self._acronyms, self._phrases, self._homonyms = self.tables = tables or ({}, {}, {})
        if tables is None:
            for number, series in enumerate(rows):
                for alias in (series.label, *series.aliases):
                    self._add(number, series, alias)
        self._first = _First(self._acronyms, self._phrases)

    def _add(self, number: int, series: Series, alias: str) -> None:
        tokens = words.TOKEN.findall(alias)
        stems = [stem(t) for t in tokens if t.lower() not in words.STOP]
        lower_words = [t for t in tokens if len(t) > 2 and not t.isupper() and t.lower() not in words.STOP]
        headed = any(s in words.HEADS for s in stems) or (
            series.kind == "journal" and re.search(r"\.|\bIEEE\b|\bACM\b|\bSIAM\b|^Proc", alias)
        )
        if len(stems) >= 2 and lower_words and (headed or len(lower_words) >= 3 or series.kind == "journal"):
            strength = "phrase" if headed or (len(stems) >= 3 and series.kind == "conference") else "words"
            if series.kind == "conference" and not headed and len(stems) < 3:
                strength = "acronym"
            # Without its organisation a name must still be a name: "Conference on Supercomputing" is two of them.
            core = [s for s in stems if s not in words.ORG]
            bare = (
                len(core) >= 3
                and core[0] != "journal"
                and (series.kind != "journal" or any(s in words.HEADS for s in core))
            )
            for key in (stems, core) if bare else (stems,):
                other = self._put(self._phrases, key, (number, strength, alias))
                if other[0] != number:
                    for owner, form, name in (other, (number, strength, alias)):
                        self._homonyms[" ".join(words.TOKEN.findall(name)).lower()] = (owner, form)
        elif tokens:
            if alias.startswith("Proc"):
                self._put(self._acronyms, tokens, (number, "words", _written(alias)))
                return
            word = alias.lower() in words.WORDS
            strength = "weak" if word or len("".join(tokens)) <= 3 else "acronym"
            if series.kind == "journal" and (word or alias[1:].islower()):
                strength = "words"
            self._put(self._acronyms, tokens, (number, strength, _written(alias)))
            if strength == "acronym":
                for variant in sorted({alias.upper(), alias.lower(), alias.capitalize()} - {alias}):
                    loose = "acronym" if len(alias) > 5 and variant != alias.lower() else "weak"
                    if len(alias) > 3 or variant == alias.upper():
                        self._put(self._acronyms, words.TOKEN.findall(variant), (number, loose, _written(variant)))

    @staticmethod
    def _put(trie: _Trie, key: list[str], value: _Name) -> _Name:
        """Put a name into a trie; the one that is there already stays, and is the answer."""
        node = trie
        for token in key:
            node = node.setdefault(token, {})
        kept: _Name = node.setdefault("", value)
        return kept

    def look(self, raw: str) -> list[int] | None:
        """The tokens of a raw text at which a name may start, cheaply; None if that takes its reading as plain text.

        An empty list is certain: no name occurs.
        """
        if len(raw) > MAX_READ or _GLUE.search(raw):
            return None
        return self._openings(_pattern(raw).findall(raw))

    def mentions(
        self, text: str, low: int = 0, high: int = MAX_READ, openings: list[int] | None = None
    ) -> list[Mention]:
        """All names in a part of a text, longest first from the left, without overlap, `MAX_MENTIONS` at most.

        `openings` is what `look` found in the same text, if it was called.
        """
        pattern = _pattern(text)
        if openings is None:
            openings = self._openings(pattern.findall(text, low, high))
        if not openings:
            return []
        skipped = openings[0]
        tokens = [(*m.span(), m[0]) for m in islice(pattern.finditer(text, low, high), skipped, None)]
        out: list[Mention] = []
        free = 0
        for opening in openings:
            index = opening - skipped
            if index < free:
                continue
            token = tokens[index][2]
            best = self._acronym(text, tokens, index) if token in self._acronyms else None
            phrase = self._phrase(text, tokens, index) if stem(token) in self._phrases else None
            if phrase and (not best or phrase[0] > best[0]):
                best = phrase
            if best is None or (best[0] == index and _is_ordinal(token, tokens[index + 1 : index + 2])):
                continue
            last, number, strength = best
            series = self._rows[number]
            start, end = tokens[index][0], tokens[last][1]
            if out and out[-1].series is series and text[out[-1].end : start].strip(" (,-:") == "":
                # "International Conference on Machine Learning (ICML)": one name
                joined = out.pop()
                start, strength = joined.start, joined.strength if strength == "weak" else strength
                strength = "phrase" if joined.strength == "phrase" else strength
            out.append(Mention(start, end, series, strength))
            if len(out) == MAX_MENTIONS:
                break
            free = last + 1
        return out

    def _openings(self, tokens: list[str]) -> list[int]:
        """The tokens at which a name may start: the first of a name, and what follows can go on with it."""
        nodes = list(map(self._first.__getitem__, tokens))
        if not any(nodes):
            return []
        return [i for i, found in enumerate(nodes) if found and _goes_on(tokens, i, *found)]

    def _acronym(self, text: str, tokens: list[Token], index: int) -> _Match | None:
        node: Any = self._acronyms.get(tokens[index][2])
        best = None
        at, start = index, tokens[index][0]
        hosting = (
            text[start - 1 : start] == "@" and len(tokens[index][2]) > 2 and tokens[index][2].isupper()
        )  # "WQB@ICML"
        if hosting and not text[max(0, start - 2) : start - 1].replace(" ", "a").isalnum():
            return None
        if start and (
            (text[start - 1] in "_@#\\" and not hosting)
            or (text[start - 1] == "." and text[start - 2 : start - 1].isalnum())
        ):
            return None  # in an address, a handle or a command
        while node:
            value = node.get("")
            written = text[start : tokens[at][1]].replace("^", "")  # "EMC^2" is EMC2
            if value and (written == value[2] or _spaced(written) == value[2]):
                best = (at, value[0], value[1])
            at += 1
            if at >= len(tokens) or tokens[at][0] - tokens[at - 1][1] > 3:
                break
            node = node.get(tokens[at][2])
        if best and words.ADDRESS.match(text, tokens[best[0]][1]):
            return None
        return best

    def _phrase(self, text: str, tokens: list[Token], index: int) -> _Match | None:
        first = tokens[index][2]
        node: Any = self._phrases.get(stem(first)) if first.lower() not in words.STOP else None
        best, at, matched = None, index, index
        while node:
            value = node.get("")
            if value:
                best = (matched, value[0], value[1])
            at += 1
            while at < len(tokens):
                word = tokens[at][2].lower()
                gap = text[tokens[at - 1][1] : tokens[at][0]]
                if len(gap) > 3 or ";" in gap or (". " in gap and len(tokens[at - 1][2]) > 7):
                    return self._told(text, tokens, index, best)
                following = node.get(stem(word)) if word not in words.STOP else None
                if following is not None:
                    node, matched = following, at
                    break
                if (
                    word not in words.STOP
                    and word not in words.ORG
                    and not (word.isdigit() and len(word) == 4 and best is None)
                ):
                    return self._told(text, tokens, index, best)
                at += 1
            else:
                break
        return self._told(text, tokens, index, best)

    def _told(self, text: str, tokens: list[Token], index: int, best: _Match | None) -> _Match | None:
        """The name found, if it is one: of two that read alike the one as written, and words in capitals only."""
        if best is None:
            return None
        own = [t for _, _, t in tokens[index : best[0] + 1]]
        homonym = self._homonyms.get(" ".join(own).lower())
        if homonym:
            best = (best[0], *homonym)
        if best[2] == "phrase":
            return best
        return best if all(not t[0].islower() or t.lower() in words.SMALL for t in own) else None
