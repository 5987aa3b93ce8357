"""A large page's data in little room: columns of numbers and names that are read at once, and shards of details,
evidence and claims that are read when somebody asks for them.

A column of numbers is written as byte planes (all lowest bytes, then all second ones, …), sorted ones as differences,
because that is what deflate shortens best. Everything is deflated and written in base64, one text per blob, so that it
can stand in an HTML file. `js/packed.js` reads it. The same values give the same texts.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

Row = dict[str, Any]

#: Bytes of JSON in one shard: small enough to be inflated and parsed within a frame or two.
SHARD_BYTES = 64_000
#: Claims in one shard of claims.
SHARD_CLAIMS = 400
#: What of a node is in the columns; the rest of its row is in the shards.
COLUMN_KEYS = frozenset(
    (
        "id",
        "label",
        "kind",
        "iri",
        "year",
        "x",
        "y",
        "degree",
        "aliases",
        "venue",
        "venueLabel",
        "venueIri",
        "style",
        "size",
        "color",
        "shape",
        "group",
        "value",
    )
)
CONFIDENCE_STEPS = 10_000
THREADS = 2
#: Of zlib: higher ones cost seconds and save little.
LEVEL = 3


class Packed(NamedTuple):
    """`head` is plain JSON: counts, the list of columns, tables; `blobs` are the base64 texts by name."""

    head: Row
    blobs: dict[str, str]


class Ends(NamedTuple):
    """Edges as columns, in the order of the page: by source, relation, target. `order[k]` is the place before sorting."""

    order: NDArray[np.intp]
    source: NDArray[np.intp]
    target: NDArray[np.intp]
    relation: NDArray[np.intp]


def pack(
    nodes: Sequence[Row],
    edges: Sequence[Row],
    ends: Sequence[tuple[int, int]],
    relation: Sequence[int],
    kinds: Mapping[str, int],
    claims: Sequence[Row],
    texts: Sequence[str],
) -> Packed:
    """Pack a page's rows.

    `nodes` carry whole numbers `x`, `y`; `ends[k]` and `relation[k]` are the node numbers and the relation number of
    `edges[k]`; evidence points into `texts`. Confidence is kept to four digits. Line breaks and tabs in labels, aliases
    and ids become spaces.
    """
    index = {node["id"]: i for i, node in enumerate(nodes)}
    sorted_ends = _sorted(ends, relation)
    columns = _Columns()
    columns.numbers("kind", [kinds[node["kind"]] for node in nodes])
    styles = _Styles(kinds)
    columns.numbers("style", [styles.number(node) for node in nodes])
    columns.numbers("year", [node.get("year") or 0 for node in nodes])
    for axis in ("x", "y"):
        columns.signed(axis, [round(node[axis]) for node in nodes])
    columns.lines("ids", (node["id"] for node in nodes))
    columns.lines("names", ("\t".join(map(_flat, (node["label"], *node.get("aliases", ())))) for node in nodes))
    columns.numbers("outgoing", np.bincount(sorted_ends.source, minlength=len(nodes)))
    columns.numbers("target", sorted_ends.target)
    columns.numbers("relation", sorted_ends.relation)
    confidence = np.array([edge.get("confidence", 1) for edge in edges], dtype=np.float64)[sorted_ends.order]
    columns.numbers("confidence", np.rint(np.clip(confidence, 0, 1) * CONFIDENCE_STEPS).astype(np.int64))
    about = [_nodes_of(claim, index) for claim in claims]
    columns.numbers("claimNodes", [len(found) for found in about])
    columns.numbers("claimNode", [i for found in about for i in found])
    words = _Words(index, texts)
    with ThreadPoolExecutor(THREADS) as pool:  # zlib lets other threads run meanwhile
        waiting = {"columns": pool.submit(_deflated, columns.bytes())}
        shards: list[int] = []
        claim_shards: list[int] = []
        for found, name, parts in (
            (shards, "shard", _shards(nodes, edges, sorted_ends, words)),
            (claim_shards, "claims", _claim_shards(claims, words)),
        ):
            for k, (first, part) in enumerate(parts):
                found.append(first)
                waiting[f"{name}-{k}"] = pool.submit(_deflated, part)
        blobs = {name: text.result() for name, text in waiting.items()}
    head = {
        "columns": columns.head,
        "shards": shards,
        "claimShards": claim_shards,
        "fields": list(words.fields),
        "rules": list(words.rules),
        "iris": _iris(nodes),
        "styles": styles.rows,
        "nodeCount": len(nodes),
        "edgeCount": len(edges),
        "claimCount": len(claims),
        **_venues(nodes),
    }
    return Packed(head, blobs)


def _sorted(ends: Sequence[tuple[int, int]], relation: Sequence[int]) -> Ends:
    pairs = np.array(ends, dtype=np.intp).reshape(-1, 2)
    number = np.array(relation, dtype=np.intp)
    order = np.lexsort((pairs[:, 1], number, pairs[:, 0]))
    return Ends(order, pairs[order, 0], pairs[order, 1], number[order])


class _Columns:
    """Columns one after another; `head` says name, kind ("n" numbers, "s" signed differences, "l" lines), bytes per
    number (of lines: bytes in all) and count."""

    def __init__(self) -> None:
        self.head: list[tuple[str, str, int, int]] = []
        self._parts: list[bytes] = []

    def numbers(self, name: str, values: Sequence[int] | NDArray[Any]) -> None:
        """Whole numbers in [0, 2³²)."""
        self._planes(name, "n", np.asarray(values, dtype=np.uint32))

    def signed(self, name: str, values: Sequence[int]) -> None:
        """Whole numbers in [-2³¹, 2³¹) as differences from their predecessors modulo 2³², the sign in the lowest bit."""
        numbers = np.array([0, *values], dtype=np.int32)
        steps = numbers[1:] - numbers[:-1]  # numpy wraps around, as the reader's Int32Array does
        self._planes(name, "s", ((steps << 1) ^ (steps >> 31)).view(np.uint32))

    def lines(self, name: str, values: Iterable[str]) -> None:
        """Texts without line feeds."""
        text = "\n".join(value.replace("\n", " ") for value in values).encode("utf-8", "replace")
        self.head.append((name, "l", len(text), text.count(b"\n") + 1))
        self._parts.append(text)

    def bytes(self) -> bytes:
        return b"".join(self._parts)

    def _planes(self, name: str, kind: str, values: NDArray[np.uint32]) -> None:
        width = max(1, (int(values.max(initial=0)).bit_length() + 7) // 8)
        planes = values.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :width]
        self.head.append((name, kind, width, len(values)))
        self._parts.append(np.ascontiguousarray(planes.T).tobytes())


class _Styles:
    """Looks that were set by hand: each different one once, counted from 1; 0 is the look of the node's class."""

    MOST = 60_000  # with the classes they must fit into two bytes

    def __init__(self, kinds: Mapping[str, int]) -> None:
        self.rows: list[Row] = []
        self._kinds = kinds
        self._known: dict[str, int] = {}

    def number(self, node: Row) -> int:
        style = node.get("style")
        if not style:
            return 0
        row = {"kind": self._kinds[node["kind"]], **style}
        key = repr(row)
        if key not in self._known and len(self.rows) < self.MOST:
            self._known[key] = len(self.rows) + 1
            self.rows.append(row)
        return self._known.get(key, 0)


class _Words:
    """Evidence as short rows: [text in the shard, 4 offsets, field, rule, score, paper (only if not the source)]."""

    def __init__(self, index: Mapping[str, int], texts: Sequence[str]) -> None:
        self.fields: dict[str, int] = {}
        self.rules: dict[str, int] = {}
        self._index = index
        self.texts = texts

    def row(self, evidence: Row, local: dict[int, int], source: int) -> list[Any]:
        paper = self._index.get(evidence["paper"], -1)
        row = [
            local.setdefault(evidence["text"], len(local)),
            *evidence["span"],
            self.fields.setdefault(evidence["field"], len(self.fields)),
            self.rules.setdefault(evidence["rule"], len(self.rules)),
            evidence["score"],
        ]
        return row if paper == source else [*row, paper]

    def told(self, local: Mapping[int, int]) -> list[str]:
        return [self.texts[number] for number in local]


def _shards(nodes: Sequence[Row], edges: Sequence[Row], ends: Ends, words: _Words) -> Iterator[tuple[int, bytes]]:
    """(first node, JSON): details of successive nodes, and the evidence of the edges that leave them, in order."""
    stops = np.searchsorted(ends.source, np.arange(len(nodes) + 1)).tolist()
    order = ends.order.tolist()
    first, size = 0, 0
    details: list[Row | int] = []
    evidence: list[list[list[Any]]] = []
    local: dict[int, int] = {}
    for i, node in enumerate(nodes):
        row = {key: value for key, value in node.items() if key not in COLUMN_KEYS}
        known = len(local)
        if "abstract" in row:
            row["abstract"] = local.setdefault(row["abstract"], len(local))
        details.append(row or 0)
        for k in order[stops[i] : stops[i + 1]]:
            evidence.append([words.row(e, local, i) for e in edges[k].get("evidence", ())])
            size += 60 * len(evidence[-1])
        size += 200 + sum(len(words.texts[number]) for number in islice(reversed(local), len(local) - known))
        if size >= SHARD_BYTES or i + 1 == len(nodes):
            yield first, _json([details, evidence, words.told(local)])
            first, size, details, evidence, local = i + 1, 0, [], [], {}


def _claim_shards(claims: Sequence[Row], words: _Words) -> Iterator[tuple[int, bytes]]:
    for first in range(0, len(claims), SHARD_CLAIMS):
        local: dict[int, int] = {}
        rows = [c | {"evidence": words.row(c["evidence"], local, -2)} for c in claims[first : first + SHARD_CLAIMS]]
        yield first, _json([rows, words.told(local)])


def _nodes_of(claim: Row, index: Mapping[str, int]) -> list[int]:
    ids = [claim["paper"], claim.get("subject"), claim.get("baseline")]
    ids += [id_ for id_, _ in (*claim.get("hardware", ()), *claim.get("datasets", ()))]
    return [index[id_] for id_ in dict.fromkeys(ids) if id_ in index]


def _iris(nodes: Sequence[Row]) -> Row:
    """IRIs by two rules, `base` + id and `base`paper/ + id with ":" as "-", and the exceptions by node number."""
    base = _base(nodes)
    exceptions = {}
    for i, node in enumerate(nodes):
        iri, id_ = node.get("iri", ""), node["id"]
        ruled = base + id_ if ":" not in id_ else f"{base}paper/{id_.replace(':', '-')}"
        if iri != ruled:
            exceptions[i] = iri
    return {"base": base, "exceptions": exceptions}


def _base(nodes: Sequence[Row]) -> str:
    for node in nodes:
        iri = str(node.get("iri", ""))
        if iri.endswith(node["id"]):
            return iri.removesuffix(node["id"])
    return ""


def _flat(text: str) -> str:
    return text.replace("\t", " ")


_ENCODER = msgspec.json.Encoder(enc_hook=str)


def _json(value: Any) -> bytes:
    try:
        return _ENCODER.encode(value)
    except (UnicodeEncodeError, TypeError):  # half a character; a key that is no text
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)
        return text.encode("utf-8", "replace")


def _deflated(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, LEVEL)).decode("ascii")


def _venues(nodes: Sequence[Row]) -> Row:
    """Venues with label and IRI, and which editions (node numbers) belong to which of them (numbers)."""
    found: dict[str, Row] = {}
    editions: list[list[int]] = []
    for i, node in enumerate(nodes):
        if "venue" in node:
            venue = {"key": node["venue"], "label": node["venueLabel"], "iri": node["venueIri"]}
            found.setdefault(node["venue"], venue | {"number": len(found)})
            editions.append([i, found[node["venue"]]["number"]])
    return {"venues": list(found.values()), "editions": editions}
