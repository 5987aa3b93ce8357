"""Roles and confidence: what is read of a sentence, and that training and reading weigh the same."""

import time
import zlib
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking import confidence, linear, roles, terms
from kg.linking.roles import Mark, Passage, Place
from kg.linking.text import View
from kg.model import Candidate

CLASSES = ("uses", "extends", "mentions")


def read(text: str, *names: str, own: Sequence[str] = ()) -> Passage:
    lower = text.lower()
    spans = sorted((lower.index(n), n) for n in names)
    marks = [Mark(at, at + len(n), f"system/{n}", n in own) for at, n in spans]
    return roles.passage(lower, 0, len(lower), marks, field="abstract", where="b", zone="A")


def inner(passage: Passage) -> str:
    return " ".join(passage.words[3:-2])


def test_passage_has_a_word_for_each_mention() -> None:
    passage = read("We compare it with alpha, beta and gamma.", "alpha", "beta", "gamma")
    assert inner(passage) == "we compare it with @s , @s and @s"
    assert [passage.words[i] for i in passage.at] == ["@s"] * 3


def test_passage_tells_the_papers_own_name() -> None:
    passage = read("alpha beats beta by 2.1x.", "alpha", "beta", own=["alpha"])
    assert inner(passage) == "@@ beats @s by 2.1 x"
    assert passage.flags == "110"


def test_passage_reads_a_short_form_with_its_name() -> None:
    lower = "the alpha machine (am) runs"
    marks = [Mark(4, 17, "system/am", False), Mark(19, 21, "system/am", False)]
    passage = roles.passage(lower, 0, len(lower), marks, field="abstract", where="b", zone="A")
    assert inner(passage) == "the @s runs"
    assert passage.at == [4, 4]


def test_passage_places_a_mention_inside_another_where_that_stands() -> None:
    lower = "fast llm inference today"
    marks = [Mark(5, 18, "task/llm-inference", False), Mark(5, 8, "technique/llm", False)]
    passage = roles.passage(lower, 0, len(lower), marks, field="abstract", where="b", zone="A")
    assert inner(passage) == "fast @k today"
    assert passage.at == [4, 4]


@pytest.mark.parametrize(
    ("abstract", "zones"),
    [
        ("Joins are slow. We sort zones. Trees win.", "BSA"),
        ("Joins are slow. This paper sorts zones. Trees win.", "BSA"),
        ("Joins are slow. A sorter of zones is presented. Trees win.", "BSA"),
        ("Our joins are fast. Zones are sorted.", "SA"),
        ("Joins are slow. I sort zones.", "BS"),
        ("Joins come in steps: (i) sorting and (ii) merging. The west wins. This is slow.", "nnn"),
    ],
)
def test_zone_tells_background_from_own_work(abstract: str, zones: str) -> None:
    view = View(abstract)
    turn = roles.turn(view.lower)
    assert "".join(roles.zone("abstract", low, high, turn) for low, high in view.sentences) == zones
    assert roles.zone("title", 0, 5, turn) == "t"


def weight(name: str, lane: int) -> int:
    return zlib.crc32(f"{name}{lane}".encode()) % 4001 - 2000


def model_of(names: Sequence[str], classes: Sequence[str]) -> linear.LinearModel:
    return linear.LinearModel(
        classes, {n: [weight(n, i) for i in range(len(classes))] for n in names}, (5, -7, 9)[: len(classes)]
    )


@given(
    st.lists(st.sampled_from("we use using alpha beta with , ( than 3 x on and for".split()), min_size=2, max_size=30)
)
def test_reader_weighs_what_training_sees(words: list[str]) -> None:
    text = " ".join(words)
    marks = []
    at = 0
    for word in words:
        if word in ("alpha", "beta"):
            marks.append(Mark(at, at + len(word), f"system/{word}", word == "beta"))
        at += len(word) + 1
    passage = roles.passage(text, 0, len(text), marks, field="abstract", where="b", zone="A")
    places = [Place(passage, i) for i in passage.at[:1]]
    if not places:
        return
    recorder = linear.Recorder()
    seen = roles.features(recorder, "system/alpha", ["system/greek"], places)
    model = model_of(list(seen), CLASSES)
    expected = [b + sum(round(v) * weight(n, i) for n, v in seen.items()) for i, b in enumerate((5, -7, 9))]
    reading, support = roles.RoleReader(model).read("system/alpha", ["system/greek"], places)
    best = expected.index(max(expected))
    assert reading.role == CLASSES[best]
    assert reading.score == pytest.approx(linear.share(expected, best), abs=6e-4)
    assert support == [0]


STANDING = confidence.Standing(
    Candidate("system/alpha-runtime", "Alpha runtime", 0.9, "cue: x"), "uses", 2, True, False, "with", ",", "e",
    "Alpha Runtime", confidence.company([("system/greek", "system/alpha-runtime"), ()]),
)  # fmt: skip


def said_of(standing: confidence.Standing) -> dict[str, float]:
    """The features of a standing, by name."""
    return confidence.features(linear.Recorder(), "system/alpha-runtime", ["system/greek"], standing)


def test_confidence_weighs_what_training_sees() -> None:
    seen = said_of(STANDING)
    model = model_of(list(seen), confidence.CLASSES)
    expected = [b + sum(round(v) * weight(n, i) for n, v in seen.items()) for i, b in enumerate((5, -7))]
    reader = confidence.ConfidenceReader(model)
    for _ in range(2):  # the second time from what is kept
        sure = reader.read("system/alpha-runtime", ["system/greek"], STANDING)
        assert sure == pytest.approx(linear.share(expected, 1))


def test_confidence_hears_the_words_of_a_name_but_not_of_a_new_one() -> None:
    new = said_of(msgspec.structs.replace(STANDING, label=""))
    assert {"a:alpha runtime", "b:alpha", "h:runtime"} < said_of(STANDING).keys()
    assert not [name for name in new if name.partition(":")[0] in ("a", "b", "h", "s", "v")]


@pytest.mark.parametrize(
    ("alias", "label", "shared"),
    [
        ("graph neural nets", "Graph neural net", "same"),
        ("GNN", "graph neural network", "short"),
        ("neural network", "graph neural network", "part"),
        ("graph neural networks", "neural network", "whole"),
        ("missing data", "tabular data", "head"),
        ("network training", "neural network", "some"),
        ("predictive models", "forecast", "none"),
    ],
)
def test_confidence_hears_what_a_name_shares_with_the_label(alias: str, label: str, shared: str) -> None:
    reading = msgspec.structs.replace(STANDING.reading, alias=alias)
    found = said_of(msgspec.structs.replace(STANDING, reading=reading, label=label))
    assert [name.split(" ")[0] for name in found if name.startswith("s:") and "|" not in name] == [f"s:{shared}"]


def test_confidence_hears_how_many_entities_a_paper_names_and_how_many_are_kinds_of_one() -> None:
    assert {"m:2", "u:1"} < said_of(STANDING).keys()
    many = confidence.company([("system/alpha-runtime",)] * 9)
    assert {"m:3", "u:3"} < said_of(msgspec.structs.replace(STANDING, company=many)).keys()


def test_confidence_weighs_apart_what_no_vocabulary_lists() -> None:
    """And how much else a paper names says nothing of it."""
    unlisted = said_of(msgspec.structs.replace(STANDING, reading=Candidate("system/x", "Alpha", 0.6, terms.REASON)))
    assert {"h:alpha|system?", "n:2t|system?", "j:runtime|system"} < unlisted.keys()
    assert not any(name.startswith("m:") for name in unlisted) and "m:2|system" in said_of(STANDING)


def test_an_entity_is_heard_by_the_words_of_its_id() -> None:
    assert {"i:alpha", "j:runtime", "k:time", "i:alpha|system"} < said_of(STANDING).keys()
    recorder = linear.Recorder()
    total = linear.EntityPart(recorder).total("system/alpha-runtime--2101-00001", ())
    assert recorder.counts(total).keys() == {"e:system/alpha-runtime--2101-00001", "e:system/"}


@given(st.lists(st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3), max_size=20))
def test_linear_model_sums_exactly(rows: list[list[int]]) -> None:
    model = linear.LinearModel(CLASSES, {f"w:{i}": row for i, row in enumerate(rows)}, (0, 0, 0))
    (lookup,) = model.lookups("system", ("w",))
    total = sum(lookup(str(i), 0) for i in range(len(rows)))
    assert model.scores(total) == [sum(row[i] for row in rows) for i in range(3)]


def test_linear_model_adds_what_counts_for_one_class_only() -> None:
    model = linear.LinearModel(CLASSES, {"w:a": (1, 2, 3), "w:a|system": (10, 0, -9)}, (0, 0, 0))
    assert model.scores(model.lookups("system", ("w",))[0]("a", 0)) == [11, 2, -6]
    assert model.scores(model.lookups("task", ("w",))[0]("a", 0)) == [1, 2, 3]


@pytest.mark.parametrize("piece", ["alpha, ", "alpha (", "we use alpha than ", "alpha 3x "])
def test_roles_take_linear_time(piece: str) -> None:
    count = 100_000 // len(piece)
    text = piece * count
    marks = [
        Mark(at, at + 5, f"system/{n % 2}", False)
        for n in range(count)
        if (at := n * len(piece) + piece.index("alpha")) >= 0
    ]
    start = time.process_time()
    passage = roles.passage(text, 0, len(text), marks, field="abstract", where="b", zone="A")
    reader = roles.RoleReader(linear.shipped("roles"))
    for at in passage.at[:4] + passage.at[-4:]:
        reader.mention("system", Place(passage, at))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(("margin", "role"), [(100, "uses"), (1200, "extends")])
def test_roles_extends_is_said_only_where_it_is_likelier_than_not(margin: int, role: str) -> None:
    model = linear.LinearModel(CLASSES, {}, (0, margin, -500))
    passage = read("We build on alpha.", "alpha")
    place = Place(passage, passage.at[0])
    for places in ([place], [place, place]):
        reading, support = roles.RoleReader(model).read("system/alpha", (), places)
        assert reading.role == role and (reading.score > 0.5) == (role == "extends") and len(support) == len(places)
