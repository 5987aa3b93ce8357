"""What papers need to know of each other: names that they introduce, and terms that no vocabulary lists.

`entry` says it of one paper, to be stored with it; a `Corpus` gathers the entries of all. A name or term of one paper can
change only papers whose text has its words: `entry` keeps hashes of them.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

from kg.forms import Form
from kg.linking.linker import LINKED_FIELDS, Linker
from kg.linking.names import name_like
from kg.linking.namesake import Home, Origin, titled
from kg.linking.terms import REASON
from kg.linking.text import View
from kg.matcher import Keys, Variant, scan_key
from kg.model import CLASSES, Discovery, Entity, Extraction, Link, Paper, pack, unpack
from kg.rows import Term
from kg.vocabulary import variants


class Named(msgspec.Struct, frozen=True, array_like=True):
    """The names that one paper introduces, where they come from, and the words each name is found by."""

    discoveries: tuple[Discovery, ...]
    titled: tuple[str, ...]  # of each discovery: see `Home`
    origin: Origin
    keys: tuple[tuple[str, ...], ...]  # of each discovery: what the matcher scans for


class Entry(NamedTuple):
    """What other papers may need to know of one, as it is stored: see `kg.store.Row`."""

    tokens: bytes
    names: bytes
    keys: bytes
    terms: bytes


def entry(paper: Paper, extraction: Extraction, linker: Linker) -> Entry:
    """The entry of one paper."""
    unlisted = [k for k in extraction.links if is_unlisted(k)]
    terms = sorted({(k.entity or "", name) for k in unlisted for name in _called(k)})
    named = _named(paper, extraction, linker)
    return Entry(
        _tokens(paper, extraction, unlisted),
        pack(named) if named.discoveries else b"",
        _packed(_HASHES[max(key.split(), key=lambda word: (len(word), word))] for some in named.keys for key in some),
        pack(terms) if terms else b"",
    )


def _called(link: Link) -> list[str]:
    """What a paper calls an unlisted term: its name, and the short form that stands for it there."""
    name, surface = link.candidates[0].alias, link.mention.surface
    short = surface.removesuffix("s")
    return [name, short] if " " in name and " " not in surface and short.isupper() else [name]


def is_unlisted(link: Link) -> bool:
    """Whether a link is to a term that no vocabulary lists."""
    return link.entity is not None and link.candidates[0].reason == REASON


def slug_of(entity: str) -> str:
    """The part of an entity's id behind its class."""
    return entity.partition("/")[2]


def discovered_entity(discovery: Discovery) -> Entity:
    """The node of a name that a paper introduces."""
    return Entity(id=discovery.id, label=discovery.label, aliases=discovery.aliases, discovered=True)


def name_variants(discovery: Discovery, linker: Linker) -> list[Variant]:
    """How a discovered name may be written, without what the vocabulary reads with certainty."""
    names = [
        n for n in (discovery.label, *discovery.aliases) if _travels(n, discovery.label) and not linker.is_certain(n)
    ]
    return variants(Term(discovered_entity(discovery), tuple(Form(n, _policy(n)) for n in names)))


def _travels(name: str, label: str) -> bool:
    """Whether other papers would mean the same by a name. No plain word in lower case does, nor one that begins with a
    function word, nor the first words of a longer label ("Memory" of "Memory Decoder")."""
    if len(name) < 3 or name.partition(" ")[0] in _FUNCTION:
        return False
    if name_like(name):
        return True
    return (" " in name or not name.islower()) and not label.startswith(f"{name} ")


_FUNCTION = frozenset("a an and at by for from in of on or our the their to with".split())


def _policy(name: str) -> str:
    return "any" if " " in name and not name_like(name) else "exact"


def _named(paper: Paper, extraction: Extraction, linker: Linker) -> Named:
    found = extraction.discoveries
    if not found:
        return Named((), (), Origin(), ())
    title = View(paper.title).plain
    keys = (tuple(sorted({scan_key(v.norm).strip() for v in name_variants(d, linker)} - {""})) for d in found)
    return Named(found, tuple(titled(d.label, title) for d in found), origin(paper, extraction), tuple(keys))


def origin(paper: Paper, extraction: Extraction) -> Origin:
    """What tells whether the paper and another mean the same by a name."""
    company = {k.entity for k in extraction.links if k.entity and "--" not in k.entity and not is_unlisted(k)}
    return Origin(paper.month, _hashed(author_key(a.name) for a in paper.authors), _hashed(company), paper.categories)


def author_key(name: str) -> str:
    """What most ways to write one person's name share: the last name and the first initial, in lower case."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.strip().rpartition(" ")
    return f"{last.strip().lower()} {first.strip()[:1].lower()}"


def _hashed(words: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({_HASHES[word] for word in words}))


# ---- words, hashed


class _Hashes(dict[str, int]):
    """Word -> 32-bit hash, kept: texts use the same words again and again."""

    def __missing__(self, word: str) -> int:
        if len(self) > 200_000:  # 25 MB of them
            self.clear()
        value = self[word] = crc32(word.encode("utf-8", "surrogatepass"))
        return value


_HASHES = _Hashes()
_COUNTED = re.compile(r"(?<=\d)x(?=[a-z])")


def scanned(view: View) -> list[str]:
    """The texts in which the matcher may find a name, as it sees them: a count's x ("8xH100") may count as a space."""
    key = scan_key(view.lower)
    apart = _COUNTED.sub(" ", key)
    return [key] if apart == key else [key, apart]


def hash_name(key: str) -> frozenset[int]:
    """The words of a scanned name; a text without all of them does not have it."""
    return frozenset(_HASHES[word] for word in key.split())


def hash_term(slug: str) -> int:
    """What `tokens` hold for a paper that has the unlisted term, or claims something of it."""
    return _HASHES[f"/{slug}"]


def _tokens(paper: Paper, extraction: Extraction, unlisted: Iterable[Link]) -> bytes:
    words: set[str] = set()
    for field in LINKED_FIELDS:
        for text in scanned(View(paper.text(field))):
            words.update(text.split())
    for link in unlisted:
        words.add(f"/{slug_of(link.entity or '')}")
    for claim in extraction.claims:
        named = (claim.subject, claim.baseline, *claim.hardware, *claim.datasets)
        words.update(f"/{slug_of(entity)}" for entity in named if entity)
    return _packed(map(_HASHES.__getitem__, words))


def _packed(hashes: Iterable[int]) -> bytes:
    return array("I", sorted(hashes)).tobytes()


# ---- terms


class Terms(Mapping[str, Entity]):
    """Terms that no vocabulary lists, by slug. One name is one thing: most papers decide on its class and its label."""

    def __init__(self) -> None:
        self._votes: Counter[str] = Counter()  # class/slug -> how many papers have it, once for each name
        self._name: dict[str, str] = {}  # slug -> a name
        self._names: dict[str, Counter[str]] = {}  # slug -> how many papers write each name, if they write several

    def count(self, packed: bytes, by: int = 1) -> None:
        """Count one paper's terms in, or with `by=-1` out of the votes; names that were spelled stay."""
        if not packed:
            return
        for entity, name in msgspec.msgpack.decode(packed):
            slug = slug_of(entity)
            known = self._name.setdefault(slug, name)
            if slug in self._names:
                self._names[slug][name] += 1
            elif known != name:
                self._names[slug] = Counter({known: sum(self._votes[f"{kind}/{slug}"] for kind in CLASSES), name: 1})
            self._votes[entity] += by

    def kind(self, slug: str) -> str | None:
        """The class that most papers give the term; None if no paper has it."""
        votes = [(-self._votes.get(f"{kind}/{slug}", 0), rank) for rank, kind in enumerate(CLASSES)]
        most, rank = min(votes)
        return CLASSES[rank] if most else None

    def __getitem__(self, slug: str) -> Entity:
        names = self._names.get(slug) or {self._name[slug]: 1}
        label = min(names, key=lambda name: (-names[name], -name.count(" "), _marked(name), name))
        if 4 * names.get(label.lower(), 0) >= names[label]:
            label = label.lower()  # titles capitalise ordinary words
        # "SAmpling" is no other name of sampling.
        others = {name.lower(): name for name in sorted(names, key=lambda name: (_marked(name), name), reverse=True)}
        others.pop(label.lower())
        return Entity(id=f"{self.kind(slug)}/{slug}", label=label, aliases=tuple(sorted(others.values())), mined=True)

    def __iter__(self) -> Iterator[str]:
        return iter(self._name)

    def __len__(self) -> int:
        return len(self._name)


def _marked(name: str) -> bool:
    """Whether letters are marked that an acronym is made of: "SAmpling"."""
    return _MARKED.search(name) is not None


_MARKED = re.compile(r"[A-Z]{2}[a-z]{2}|[a-z][A-Z]")


# ---- all papers


class Corpus:
    """What one paper's facts need to know of all others.

    It is held by every process that assembles: about 0.3 kB for each introduced name and for each term.
    """

    def __init__(self) -> None:
        self.terms = Terms()
        self._named: list[bytes] = []
        self._words: _Words | None = None

    def add(self, names: bytes, terms: bytes) -> None:
        """Count in one paper's entry. The order of the papers does not matter."""
        if names:
            self._named.append(names)
        self.terms.count(terms)

    @property
    def homes(self) -> dict[str, Home]:
        """Every introduced name, by entity id."""
        return homes(unpack(packed, Named) for packed in self._named)

    def discovered(self) -> Mapping[str, Entity]:
        """The nodes of all introduced names, by id."""
        return _Discovered(self._named)

    def near(self, texts: Iterable[str], tokens: Iterable[bytes]) -> dict[str, Home]:
        """The introduced names that may stand in some texts; other names of the same papers may be among them.

        Args:
            texts: written as the matcher sees them (`scanned`).
            tokens: the entries' tokens of the papers that the texts are of.
        """
        if self._words is None:
            self._words = _Words(self._named)
        by_key: dict[str, list[int]] = {}
        for place, some in self._words.among(np.unique(np.frombuffer(b"".join(tokens), np.uint32))):
            keys = _keys(self._named[place])
            for nth in some:
                by_key.setdefault(keys[nth], []).append(place)
        wanted = list(by_key)
        automaton = Keys(wanted)
        hits = {index for text in texts for index in automaton.find(text)}
        places = sorted({place for index in hits for place in by_key[wanted[index]]})
        return homes(unpack(self._named[place], Named) for place in places)


class _Keys(msgspec.Struct, array_like=True):
    """All that most readers of a packed `Named` need."""

    discoveries: msgspec.Raw
    titled: msgspec.Raw
    origin: msgspec.Raw
    keys: tuple[tuple[str, ...], ...]


def _keys(packed: bytes) -> list[str]:
    """What the matcher scans for to find one paper's names, in order."""
    return sorted(set(chain.from_iterable(unpack(packed, _Keys).keys)))


class _Words:
    """The words of introduced names, hashed: an automaton of all names would take fifty times the memory."""

    def __init__(self, named: Iterable[bytes]) -> None:
        words, starts, owners, nths = array("I"), array("I"), array("I"), array("I")
        for place, packed in enumerate(named):
            for nth, key in enumerate(_keys(packed)):
                starts.append(len(words))
                words.extend(crc32(word.encode("utf-8", "surrogatepass")) for word in key.split())
                owners.append(place)
                nths.append(nth)
        arrays = (np.frombuffer(a, np.uint32) for a in (words, starts, owners, nths))
        self._words, self._starts, self._owners, self._nths = arrays

    def among(self, words: NDArray[np.uint32]) -> Iterator[tuple[int, list[int]]]:
        """The places of what introduces a name of these words alone, in order, each with which of its `_keys` those are.

        `words`: hashes, sorted, each once."""
        if not len(self._starts) or not len(words):
            return
        nearest = np.minimum(np.searchsorted(words, self._words), len(words) - 1)
        whole = np.logical_and.reduceat(words[nearest] == self._words, self._starts)
        found = zip(self._owners[whole].tolist(), self._nths[whole].tolist(), strict=True)
        for place, some in groupby(found, key=itemgetter(0)):
            yield place, [nth for _, nth in some]


class _Discovered(Mapping[str, Entity]):
    """Nodes of introduced names, each made when it is asked for."""

    def __init__(self, named: Sequence[bytes]) -> None:
        self._named = named
        self._places = {d.id: place for place, packed in enumerate(named) for d in unpack(packed, Named).discoveries}

    def __getitem__(self, entity: str) -> Entity:
        found = unpack(self._named[self._places[entity]], Named).discoveries
        return next(discovered_entity(d) for d in found if d.id == entity)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def homes(named: Iterable[Named]) -> dict[str, Home]:
    """Introduced names by entity id."""
    return {
        discovery.id: Home(discovery, title, some.origin)
        for some in named
        for discovery, title in zip(some.discoveries, some.titled, strict=True)
    }
