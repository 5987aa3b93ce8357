"""Columns and shards: all that went in comes out, in little room, and the same bytes twice."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.view import data
from kg.view.network import PYVIS_LIMIT, KGNetwork
from kg.view.pack import Packed, pack
from tests.conftest import under_hash_seeds
from tests.large_sample import large_graph
from tests.view_sample import HOSTILE, hostile_graph, small_graph

KINDS = {kind.key: i for i, kind in enumerate((*data.KINDS, data.OTHER))}
RELATIONS = list(data.RELATIONS)


def packed(content: data.Content) -> Packed:
    nodes = [node | {"x": 7 * i - 50, "y": -i * i} for i, node in enumerate(content.nodes)]
    index = {node["id"]: i for i, node in enumerate(nodes)}
    names = list(dict.fromkeys([*RELATIONS, *(e["relation"] for e in content.edges)]))
    ends = [(index[e["from"]], index[e["to"]]) for e in content.edges]
    relation = [names.index(e["relation"]) for e in content.edges]
    return pack(nodes, content.edges, ends, relation, KINDS, content.claims, content.texts)


def inflated(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


def columns(found: Packed) -> dict[str, Any]:
    """What js/packed.js reads, read in Python."""
    raw, at = inflated(found.blobs["columns"]), 0
    read: dict[str, Any] = {}
    for name, kind, width, count in found.head["columns"]:
        if kind == "l":
            read[name] = raw[at : at + width].decode().split("\n")
            assert len(read[name]) == count
            at += width
            continue
        planes = [raw[at + plane * count : at + (plane + 1) * count] for plane in range(width)]
        at += width * count
        values = [sum(plane[k] << (8 * p) for p, plane in enumerate(planes)) for k in range(count)]
        if kind == "s":
            sums, total = [], 0
            for step in values:
                total += (step >> 1) ^ -(step & 1)
                sums.append((total + 2**31) % 2**32 - 2**31)  # an Int32Array
            values = sums
        read[name] = values
    assert at == len(raw)
    return read


def shards(found: Packed, name: str) -> list[Any]:
    return [json.loads(inflated(text)) for key, text in found.blobs.items() if key.startswith(f"{name}-")]


def test_pack_gives_back_nodes_and_edges() -> None:
    content = data.content(small_graph(), str)
    found = packed(content)
    read = columns(found)
    assert read["ids"] == [node["id"] for node in content.nodes]
    assert [line.split("\t")[0] for line in read["names"]] == [node["label"] for node in content.nodes]
    assert "TVM\tApache TVM" in read["names"]
    assert read["x"] == [7 * i - 50 for i in range(10)]
    assert read["y"] == [-i * i for i in range(10)]
    assert [list(KINDS)[k] for k in read["kind"]] == [node["kind"] for node in content.nodes]
    sources = [i for i, count in enumerate(read["outgoing"]) for _ in range(count)]
    edges = {
        (read["ids"][a], RELATIONS[r], read["ids"][b], c / 10_000)
        for a, r, b, c in zip(sources, read["relation"], read["target"], read["confidence"], strict=True)
    }
    assert edges == {(e["from"], e["relation"], e["to"], e["confidence"]) for e in content.edges}
    assert found.head["venues"] == [{"key": "venue/osdi", "label": "OSDI", "iri": "venue/osdi", "number": 0}]


def test_pack_keeps_the_evidence_of_every_edge_with_its_source() -> None:
    for graph in (small_graph(), hostile_graph(), large_graph(2000)):
        content = data.content(graph, str)
        found = packed(content)
        read = columns(found)
        told = []
        for first, (details, evidence, texts) in zip(found.head["shards"], shards(found, "shard"), strict=True):
            start = sum(read["outgoing"][:first])
            assert len(evidence) == sum(read["outgoing"][first : first + len(details)])
            for k, rows in enumerate(evidence):
                for text, *span, field, rule, score in (row[:8] for row in rows):
                    words = texts[text].encode("utf-16-le", "surrogatepass")[2 * span[0] : 2 * span[1]]
                    told.append(
                        (
                            read["target"][start + k],
                            words,
                            found.head["fields"][field],
                            found.head["rules"][rule],
                            score,
                        )
                    )
        index = {node["id"]: i for i, node in enumerate(content.nodes)}
        wanted = []
        for edge in content.edges:
            for e in edge["evidence"]:
                words = content.texts[e["text"]].encode("utf-16-le", "surrogatepass")[
                    2 * e["span"][0] : 2 * e["span"][1]
                ]
                wanted.append((index[edge["to"]], words, e["field"], e["rule"], e["score"]))
        assert sorted(told, key=repr) == sorted(wanted, key=repr)
        assert len(told) > 1


def test_pack_keeps_details_abstracts_and_claims() -> None:
    content = data.content(small_graph(), str)
    found = packed(content)
    ((details, _, texts),) = shards(found, "shard")
    assert details[0]["authors"] == ["Ada Example", "Bo Example"]
    assert texts[details[0]["abstract"]] == small_graph().papers[0].abstract
    ((claims, told),) = shards(found, "claims")
    assert [c["value"] for c in claims] == ["3.8×", "1.7×", "39%"]
    assert told[claims[2]["evidence"][0]].startswith("We use Ray")
    read = columns(found)
    first = [read["ids"][i] for i in read["claimNode"][: read["claimNodes"][0]]]
    assert first == ["arxiv:2006.06762", "system/ansor", "hardware/intel-cpu"]


def test_pack_makes_iris_by_rule_and_keeps_the_exceptions() -> None:
    from kg.ontology import Namer

    content = data.content(hostile_graph(), Namer())
    iris = packed(content).head["iris"]
    for i, node in enumerate(content.nodes):
        ruled = iris["base"] + ("paper/" + node["id"].replace(":", "-") if ":" in node["id"] else node["id"])
        assert iris["exceptions"].get(i, ruled) == node["iri"]
    exceptions = packed(data.content(small_graph(), Namer())).head["iris"]["exceptions"]
    assert list(exceptions.values()) == [Namer()("doi:10.1000/xyz")]  # for its slash


@given(
    st.lists(st.text(), min_size=1, max_size=20), st.lists(st.integers(1 - 2**31, 2**31 - 1), min_size=20, max_size=20)
)
@example(["", ""], [2**30, -(2**30), *[0] * 18])
@settings(max_examples=50)
def test_pack_of_any_labels_and_places(labels: list[str], places: list[int]) -> None:
    nodes = [
        {"id": str(i), "label": label, "kind": "other", "iri": "", "x": places[i], "y": -places[i]}
        for i, label in enumerate(labels)
    ]
    read = columns(pack(nodes, [], [], [], KINDS, [], []))
    assert read["x"] == places[: len(labels)]
    assert len(read["names"]) == len(labels)
    for line, label in zip(read["names"], labels, strict=True):
        assert line == re.sub("[\n\t]", " ", label).encode("utf-8", "replace").decode()


def test_pack_is_small() -> None:
    """Without evidence within 80 bytes a node, so that 100,000 nodes stay under 8 MB."""
    network = KGNetwork.from_graph(large_graph(5000))
    html = network.generate_html()
    evidence = sum(map(len, re.findall(r'id="(?:shard|claims)-\d+">([^<]*)<', html)))
    assert evidence > 500_000
    assert len(html) - evidence < 80 * 5000 + 200_000


def test_pack_writes_the_same_page_under_any_hash_seed() -> None:
    code = (
        "import hashlib; from tests.large_sample import large_graph; from kg.view.page import render;"
        "print(hashlib.sha256(render(large_graph(4000), title='Large', iri=str).encode()).hexdigest())"
    )
    assert len(under_hash_seeds(code, "0", "7")) == 1


def test_network_above_the_limit_is_the_explorer_and_nothing_is_cut() -> None:
    graph = large_graph(PYVIS_LIMIT + 1)
    html = KGNetwork.from_graph(graph, title=HOSTILE).generate_html()
    assert 'id="columns"' in html and "vis.Network" not in html
    head = json.loads(re.search(r'id="data">(.*?)</script>', html)[1])  # type: ignore[index]
    assert head["nodeCount"] == head["total"] == PYVIS_LIMIT + 1
    assert "<script>window" not in html
    cut = KGNetwork.from_graph(graph, limit=PYVIS_LIMIT).generate_html()
    assert 'id="columns"' not in cut and "vis.Network" in cut
