"""Curated data is tested like code; users' files of the same form are too."""

from __future__ import annotations

import collections
import csv
import re
from pathlib import Path

import pytest

from kg import rows
from kg.errors import VocabularyError
from kg.forms import normal, policy_of
from kg.linking.linker import Linker
from kg.matcher import Matcher, Variant
from kg.model import Paper
from kg.rows import HEADER, file_kind, read_refused, read_renamed, read_terms
from kg.settings import ontology_dir
from kg.vocabulary import Vocabulary, load, variants

FILES = sorted(p for p in (ontology_dir() / "vocabulary").glob("*.csv") if file_kind(p))


@pytest.fixture(scope="module")
def vocabulary(linker: Linker) -> Vocabulary:
    return linker.vocabulary


def test_vocabulary_has_the_size_of_the_field(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.terms) >= 10_000


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_vocabulary_rows_are_sorted_and_unique(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert ids == sorted(ids), f"{path.name} is not sorted by id"
    assert len(ids) == len(set(ids)), f"{path.name} has an id twice"


def test_vocabulary_ids_are_unique_over_the_files_of_a_class() -> None:
    seen: dict[str, str] = {}
    for path in FILES:
        for term in read_terms(path):
            assert term.entity.id not in seen, f"{term.entity.id} is in {path.name} and {seen[term.entity.id]}"
            seen[term.entity.id] = path.name


def test_vocabulary_broader_exists_and_has_no_cycle(vocabulary: Vocabulary) -> None:
    for identifier, term in vocabulary.terms.items():
        for parent in term.entity.broader:
            assert parent in vocabulary.terms, f"{identifier}: broader {parent} does not exist"
        assert identifier not in vocabulary.ancestors(identifier), f"{identifier} is its own ancestor"


def test_vocabulary_every_form_matches_itself(vocabulary: Vocabulary) -> None:
    lost = []
    for identifier, term in vocabulary.terms.items():
        if term.entity.kind == "metric":
            continue
        for form in term.forms:
            found = {v.entity for v in vocabulary.matcher.readings(form.text)}
            if identifier not in found:
                lost.append((identifier, form.text))
    assert not lost, f"{len(lost)} forms do not match their own text: {lost[:10]}"


def test_vocabulary_a_shared_form_is_declared_by_context(vocabulary: Vocabulary) -> None:
    """A string that names two entities needs context in all but one of them."""
    owners: dict[str, dict[str, str]] = collections.defaultdict(dict)
    for identifier, term in vocabulary.terms.items():
        if term.entity.kind != "metric":
            for variant in variants(term):
                owners[variant.exact or variant.norm][identifier] = variant.policy
    clashes = {
        form: sorted(found)
        for form, found in owners.items()
        if sum(policy != "context" for policy in found.values()) > 1
    }
    assert not clashes, f"{len(clashes)} forms are claimed twice without context: {sorted(clashes.items())[:10]}"


@pytest.mark.parametrize(
    ("form", "policy"),
    [
        ("GPU", "exact"),
        ("PyTorch", "any"),
        ("Caffe", "exact"),
        ("neural network", "any"),
        ("NVIDIA A100", "any"),
        ("MoE", "exact"),
        ("quantization", "any"),
        ("C++", "exact"),
    ],
)
def test_vocabulary_policy_of_a_form_that_states_none(form: str, policy: str) -> None:
    assert policy_of(form) == policy


def _file(folder: Path, *rows: str) -> Path:
    path = folder / "systems-mine.csv"
    path.write_text("\n".join([",".join(HEADER), *rows]) + "\n", encoding="utf-8")
    return path


def test_vocabulary_users_file_adds_overrides_and_switches_off(tmp_path: Path) -> None:
    mine = _file(
        tmp_path,
        "tensorflow,,,,off,,,,",
        "my-own-framework,Qwertynet,Qwerty Net,deep-learning-framework,,,ours,,",
    )
    mine.write_text(mine.read_text().replace("tensorflow,,", "tensorflow,TensorFlow,"))
    vocabulary = load([mine])
    assert "system/tensorflow" not in vocabulary
    assert {v.entity for v in vocabulary.matcher.readings("Qwerty Net")} == {"system/my-own-framework"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Bad Id,X,,,,,,,", "slug"),
        ("x,,,,,,,,", "no label"),
        ("x,X,,,sometimes,,,,", "match"),
        ("x,X,?Y,,,,,,", "no cues"),
        ("x,X,,,", "columns"),
        ("x,X,,,,,,example.org,", "https://"),
        ("x,X,,,,,,javascript:alert(1),", "https://"),
    ],
)
def test_vocabulary_bad_row_names_file_and_line(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(VocabularyError, match=says) as error:
        read_terms(_file(tmp_path, row))
    assert "systems-mine.csv:2" in str(error.value)


def test_vocabulary_file_that_excel_saved_is_read(tmp_path: Path) -> None:
    mine = _file(tmp_path, "qwertynet,Qwertynet,,,,,,,")
    mine.write_text(mine.read_text().replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert [t.entity.id for t in read_terms(mine)] == ["system/qwertynet"]


def test_vocabulary_what_is_under_an_entity_that_is_switched_off_is_under_its_parents(tmp_path: Path) -> None:
    """A user cannot edit the shipped rows that name it."""
    shipped, mine = tmp_path / "systems-a.csv", tmp_path / "systems-b.csv"
    header = ",".join(HEADER) + "\n"
    shipped.write_text(f"{header}top,Top,,,,,,,\nmid,Mid,,top,,,,,\nlow,Low,,mid,,,,,\nleaf,Leaf,,low;top,,,,,\n")
    mine.write_text(f"{header}mid,Mid,,,off,,,,\nlow,Low,,,off,,,,\n")
    terms = {t.entity.id: t for t in rows.read([shipped, mine]).terms}
    assert sorted(terms) == ["system/leaf", "system/top"]
    assert terms["system/leaf"].entity.broader == ("system/top",)


def test_vocabulary_no_word_for_a_better_direction_switches_a_metric_off(tmp_path: Path) -> None:
    metrics = tmp_path / "metrics-mine.csv"
    metrics.write_text(",".join(HEADER) + "\nblorps,blorps,,,,off,,,\n")
    assert "metric/blorps" in load([metrics])


def test_vocabulary_every_shipped_parent_can_be_switched_off(tmp_path: Path, vocabulary: Vocabulary) -> None:
    parents = {p for t in vocabulary.terms.values() for p in t.entity.broader if p.startswith("system/")}
    mine = _file(tmp_path, *(f"{p.partition('/')[2]},x,,,off,,,," for p in sorted(parents)))
    kept = rows.read([*FILES, mine]).terms
    assert parents.isdisjoint(t.entity.id for t in kept)
    assert parents.isdisjoint(p for t in kept for p in t.entity.broader)


def test_vocabulary_unknown_parent_and_wrong_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match=r"systems-mine\.csv:2: .* is in no vocabulary file"):
        load([_file(tmp_path, "x,Xyzzynet,,no-such-parent,,,,,")])
    other = tmp_path / "things.csv"
    other.write_text(",".join(HEADER) + "\n")
    with pytest.raises(VocabularyError, match="must start with"):
        load([other])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["aaa,Aaaq,,bbb,,,,,", "bbb,Bbbq,,aaa,,,,,"], "3: broader runs in a circle: system/bbb → system/aaa → system/bbb;"),
        (["aaa,Aaaq,,aaa,,,,,"], "2: broader runs in a circle: system/aaa → system/aaa;"),
        (
            ["torchlet,Torchlet,,pytorch,,,,,", "deep-learning-framework,Framework,,torchlet,,,,,"],
            "3: broader runs in a circle: system/deep-learning-framework → system/torchlet → system/pytorch → "
            "system/deep-learning-framework;",
        ),
        (["aaa,Aaaq,,bbb,,,,,", "bbb,Bbbq,,aaa,off,,,,"], "3: broader runs in a circle: system/bbb → system/aaa → system/bbb;"),
    ],
    ids=["two rows", "itself", "through shipped rows", "through a row that is off"],
)  # fmt: skip
def test_vocabulary_circle_of_parents_is_refused_with_its_chain(tmp_path: Path, given: list[str], says: str) -> None:
    with pytest.raises(VocabularyError, match=re.escape(f"systems-mine.csv:{says}")):
        rows.read([*FILES, _file(tmp_path, *given)])


def test_vocabulary_circle_through_a_former_id_is_refused(tmp_path: Path) -> None:
    mine = _file(tmp_path, "zorro,Zorro,,technique/quux,,,,,")
    with pytest.raises(VocabularyError, match=r"systems-mine\.csv:2: .*circle: system/zorro → system/zorro;"):
        rows.read([mine, _renamed(tmp_path, "technique/quux,system/zorro")])


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("we fine tune it", "technique/fine-tuning"),
        ("finetuning the model", "technique/fine-tuning"),
        ("deep-learning", "technique/deep-learning"),
        ("two GPUs", "hardware/gpu"),
        ("on CIFAR10", "dataset/cifar-10"),
        ("written in C++.", "system/cpp"),
    ],
)
def test_vocabulary_matches_plural_hyphen_and_spelling(vocabulary: Vocabulary, text: str, entity: str) -> None:
    assert entity in {h.variant.entity for h in vocabulary.matcher.scan(text, text.lower())}


def test_vocabulary_respects_word_borders_and_letter_case(vocabulary: Vocabulary) -> None:
    for text in ("GPUless and xGPU", "the gpt5x", "use caffe latte", "resnet-501", "GrGenX.NET"):
        assert not {
            h.variant.form
            for h in vocabulary.matcher.scan(text, text.lower())
            if h.variant.form in ("GPU", "Caffe", "ResNet-50", ".NET")
        }


def _readings(vocabulary: Vocabulary, text: str) -> set[str]:
    return {h.variant.entity for h in vocabulary.matcher.scan(text, text.lower())}


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("a node with 2xH100 cards", "hardware/nvidia-h100"),
        ("trained with AdaGrad and others", "technique/adagrad"),
        ("existing graph partitioners are slow", "technique/graph-partitioning"),
        ("two shape analyses are compared", "technique/shape-analysis"),
    ],
)
def test_vocabulary_reads_names_that_are_written_otherwise(vocabulary: Vocabulary, text: str, entity: str) -> None:
    assert entity in _readings(vocabulary, text)


def test_vocabulary_a_version_number_is_read_whole(vocabulary: Vocabulary) -> None:
    assert "Claude-4" not in {
        "Claude-4.9"[h.start : h.end] for h in vocabulary.matcher.scan("Claude-4.9", "claude-4.9")
    }


def test_vocabulary_an_exact_word_may_open_a_sentence() -> None:
    matcher = Matcher([Variant("rendezvous", 0, "rendezvous", "task/rendezvous", "exact", "rendezvous")])
    text = "Rendezvous is hard. Rendezvous works; the Rendezvous does not."
    assert [h.start for h in matcher.scan(text, text.lower())] == [0, 20]


def test_vocabulary_weak_variants_give_way() -> None:
    strong = Variant("mesh generator", 0, "", "system/mesh-generator", "any", "mesh generator")
    weak = strong._replace(entity="task/mesh-generation")
    other = Variant("web crawler", 0, "", "task/crawling", "any", "web crawling")
    matcher = Matcher([strong], [weak, other, other._replace(entity="task/other")])
    assert [v.entity for v in matcher.readings("mesh generator")] == ["system/mesh-generator"]
    assert matcher.readings("web crawler") == []


@pytest.mark.parametrize(
    "name", ["GPU", "gpus", "C++", "C+", ".NET", "deep-learning", "8xH100", "Ray", "", "İ", "no such name"]
)
def test_vocabulary_readings_are_what_a_scan_finds_over_the_whole_name(vocabulary: Vocabulary, name: str) -> None:
    scanned = vocabulary.matcher.scan(name, name.lower())
    whole = [h.variant for h in scanned if h.end - h.start == len(name)]
    assert vocabulary.matcher.readings(name) == whole


# ---- names of nothing


@pytest.mark.parametrize("path", sorted((ontology_dir() / "vocabulary").glob("refused*.csv")), ids=lambda p: p.name)
def test_vocabulary_refused_names_are_sorted_unique_and_name_nothing_known(vocabulary: Vocabulary, path: Path) -> None:
    names = read_refused(path)
    assert names == sorted(names), "the names are not sorted"
    assert len(set(map(normal, names))) == len(names), "a name is there twice"
    known = [n for n in names if any(v.policy != "context" for v in vocabulary.matcher.readings(n))]
    assert not known, f"{known} are names of entities; take them out"


def test_vocabulary_refuses_names_of_metrics_and_of_what_never_matches(tmp_path: Path) -> None:
    mine = tmp_path / "techniques-mine.csv"
    mine.write_text(f"{','.join(HEADER)}\nquux,quux theory,quuxology,,never,,,,\nbaz,baz theory,,,,,,,\n")
    refused = load([mine]).refused
    assert {"quux theory", "quux theories", "quuxology", "throughput"} <= refused
    assert "baz theory" not in refused


def test_vocabulary_a_users_refused_name_is_no_term_and_no_news(tmp_path: Path) -> None:
    mine = tmp_path / "refused-mine.csv"
    mine.write_text("name,why\nzqflow compression,too general\n")
    abstract = (
        "We present ZqFlow compression, a method for GPU clusters. ZqFlow compression is fast. ZqFlow compression wins."
    )
    paper = Paper(id="arxiv:2501.00001", abstract=abstract)

    def names(linker: Linker) -> set[str]:
        return {k.mention.surface for k in linker.extract(paper).links if k.entity}

    assert any("compression" in n for n in names(Linker(load(()))))
    assert "ZqFlow compression" not in names(Linker(load([mine])))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\nx\n", "refused-mine.csv:1: the header must be name,why"),
        ("name,why\nx,\n", "refused-mine.csv:2: a refused name needs"),
        ("name,why\nx\n", "refused-mine.csv:2: expected 2 columns"),
    ],
)
def test_vocabulary_refused_files_are_checked(tmp_path: Path, text: str, message: str) -> None:
    mine = tmp_path / "refused-mine.csv"
    mine.write_text(text)
    with pytest.raises(VocabularyError, match=message):
        load([mine])


# ---- ids of former times


def test_vocabulary_renamed_ids_are_sorted_unique_and_name_what_is_there(vocabulary: Vocabulary) -> None:
    pairs = read_renamed(ontology_dir() / "vocabulary" / "renamed.csv")
    olds = [old for old, _ in pairs]
    assert olds == sorted(set(olds)), "renamed.csv is not sorted, or has an id twice"
    assert not [old for old in olds if old in vocabulary], "a renamed id has a row"
    assert {new for _, new in pairs} <= vocabulary.terms.keys()
    for old, new in pairs:
        assert old in vocabulary.entity(new).was


def _renamed(folder: Path, *rows: str) -> Path:
    path = folder / "renamed-mine.csv"
    path.write_text("\n".join(["old,new", *rows]) + "\n", encoding="utf-8")
    return path


def test_vocabulary_a_former_id_names_the_same_parent(tmp_path: Path) -> None:
    mine = _file(tmp_path, "qwertynet,Qwertynet,,technique/quux,,,,,", "zorro,Zorro,,,,,,,")
    vocabulary = load([mine, _renamed(tmp_path, "technique/quux,system/zorro")])
    assert vocabulary.entity("system/qwertynet").broader == ("system/zorro",)
    assert vocabulary.entity("system/zorro").was == ("technique/quux",)
    assert vocabulary.renamed["technique/quux"] == "system/zorro"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("quux,system/ray", "renamed-mine.csv:2: 'quux' is no id"),
        (
            "system/quux,system/no-such-thing",
            "renamed-mine.csv:2: system/quux cannot have become 'system/no-such-thing'",
        ),
        ("system/qwertynet,system/ray", "systems-mine.csv:2: system/qwertynet is called system/ray now, says"),
        ("system/qwertynet,system/ray", "renamed-mine.csv:2; use that id"),
        ("system/quux,system/quux", "renamed-mine.csv:2: system/quux is renamed to itself"),
        ("system/quux,system/ray\nsystem/quux,system/spark", "renamed-mine.csv:3: system/quux is in line 2, too"),
        ("system/quux", "renamed-mine.csv:2: expected 2 columns"),
    ],
)
def test_vocabulary_bad_renaming_is_named(tmp_path: Path, row: str, says: str) -> None:
    mine = _file(tmp_path, "qwertynet,Qwertynet,,,,,,,")
    with pytest.raises(VocabularyError, match=re.escape(says)):
        load([mine, _renamed(tmp_path, row)])


def test_vocabulary_what_is_switched_off_took_no_place(tmp_path: Path) -> None:
    mine = _file(tmp_path, "zorro,Zorro,,,off,,,,")
    vocabulary = load([mine, _renamed(tmp_path, "technique/quux,system/zorro")])
    assert "technique/quux" not in vocabulary.renamed


def test_vocabulary_no_unlisted_term_takes_a_former_id(tmp_path: Path) -> None:
    """Two things would share an IRI."""
    mine = _file(tmp_path, "zorro,Zorro,,,,,,,")
    abstract = "Frobnic compression is common. We study frobnic compression of neural networks on GPUs."
    paper = Paper(id="arxiv:2501.00001", abstract=abstract)

    def ids(linker: Linker) -> set[str]:
        return {k.entity for k in linker.extract(paper).links if k.entity}

    assert "technique/frobnic-compression" in ids(Linker(load([mine])))
    former = _renamed(tmp_path, "technique/frobnic-compression,system/zorro")
    assert "technique/frobnic-compression" not in ids(Linker(load([mine, former])))


# ---- what users' files hold


def test_vocabulary_concept_of_an_unknown_entity_is_named(tmp_path: Path) -> None:
    mine = tmp_path / "concepts-mine.csv"
    mine.write_text("entity,anchor,near\nsystem/ray,zorb store,actor\nsystem/no-such-thing,zorb cache,actor\n")
    with pytest.raises(VocabularyError, match=r"concepts-mine\.csv:3: 'system/no-such-thing' is in no vocabulary file"):
        load([mine])


def test_vocabulary_concept_of_an_entity_that_is_switched_off_is_left_out(tmp_path: Path) -> None:
    mine = tmp_path / "concepts-mine.csv"
    mine.write_text("entity,anchor,near\nsystem/zorro,zorb store,actor\n")
    assert not rows.read([mine, _file(tmp_path, "zorro,Zorro,,,off,,,,")]).concepts


_HEAD = ",".join(HEADER) + "\n"
_WHOLE = "aaa,Aaaq,,,,,,,\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_HEAD + _WHOLE + "bbb,Bb\0q,,,,,,,\n", "3: holds the character U+0000"),
        (_HEAD + "bbb,Bbbq,\u200fabc\u200f,,,,,,\n", "2: holds the character U+200F"),
        (_HEAD + "bbb,Bbbq\uffff,,,,,,,\n", "2: holds the character U+FFFF"),
        (_HEAD + _WHOLE + f"bbb,Bbbq,{'y' * 10_000_000},,,,,,\n", "3: the row that begins here is no CSV (field larger"),
        (_HEAD + _WHOLE + 'bbb,"Bbbq,,,,,,,\nccc,Cccq,,,,,,,\n', "3: the row that begins here is no CSV (unexpected end"),
        (_HEAD + 'bbb,"Bbbq\nx"y,,,,,,,\n', "2: the row that begins here is no CSV"),
        (_HEAD + 'aaa,"Aaaq\nx",,,,,,,\n' + "bbb,,,,,,,,\n", "4: bbb has no label"),
        ((_HEAD + _WHOLE + "bbb,,,,,,,,\n").replace("\n", "\r"), "3: bbb has no label"),
        (_HEAD + "," * 100_000 + "\n", "2: expected 9 columns (id,label,aliases,broader,match,cues,definition,url,source), found 100001"),
        (",".join(f"c{n}" for n in range(100_000)) + "\n", "1: the header must be id,label,"),
        (_HEAD.replace("label", "id") + _WHOLE, "1: the header must be id,label,"),
        (_HEAD.replace(",", ";"), "1: the header must be id,label,aliases,broader,match,cues,definition,url,source, with commas between"),
        (_HEAD.replace(",", "\t"), "1: the header must be id,label,"),
        (_WHOLE, "1: the header must be id,label,"),
        ("", "1: the header must be id,label,aliases,broader,match,cues,definition,url,source, with commas between; it is empty"),
        (_HEAD + _WHOLE + "\n" + _WHOLE, "4: aaa is in line 2, too"),
        (_HEAD + "bbb,Bbbq,fine|...,,,,,,\n", "2: the name '...' has no letter or digit"),
        (_HEAD + "bbb,Bbbq,=,,,,,,\n", "2: the name '=' has no letter or digit"),
        (_HEAD + "bbb,\U0001f680,,,,,,,\n", "2: the name '\U0001f680' has no letter or digit"),
        (_HEAD + "bbb,Bbbq,,,context,word|!,,,\n", "2: cue '!' has no letter or digit"),
        (_HEAD + f"{'B' * 5000},Bbbq,,,,,,,\n", "2: id 'BBBB"),
    ],
)  # fmt: skip
def test_vocabulary_hostile_file_is_one_short_error_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    mine = tmp_path / "systems-mine.csv"
    mine.write_bytes(text.encode())
    with pytest.raises(VocabularyError, match=re.escape(f"systems-mine.csv:{says}")) as error:
        read_terms(mine)
    assert len(str(error.value)) < 300 + len(str(mine))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ((_HEAD + _WHOLE + "bbb,Zürich,,,,,,,\n").encode("latin-1"), "3: byte 0xfc is no UTF-8; save"),
        ((_HEAD + _WHOLE).encode("utf-16"), "1: UTF-16 text; save"),
        ((_HEAD + _WHOLE).encode("utf-16-le"), "1: holds the character U+0000"),
    ],
)
def test_vocabulary_file_of_another_encoding_is_named(tmp_path: Path, data: bytes, says: str) -> None:
    mine = tmp_path / "systems-mine.csv"
    mine.write_bytes(data)
    with pytest.raises(VocabularyError, match=re.escape(f"systems-mine.csv:{says}")):
        load([mine])
    with pytest.raises(VocabularyError, match=r"systems-none\.csv: cannot be read: No such file"):
        load([tmp_path / "systems-none.csv"])


def test_vocabulary_odd_files_that_are_well_formed_are_read(tmp_path: Path) -> None:
    """Only a header; line ends of old Macs; line breaks and blanks in cells; empty aliases, long ones, emoji."""
    mine = tmp_path / "systems-mine.csv"
    mine.write_text(_HEAD)
    assert read_terms(mine) == []
    mine.write_bytes((_HEAD + _WHOLE + "bbb,Bbbq,,aaa,,,,,\n").replace("\n", "\r").encode())
    assert [t.entity.id for t in read_terms(mine)] == ["system/aaa", "system/bbb"]
    long = "x" * 5000
    mine.write_text(
        f'{_HEAD}aaa,"Aaa\n q",|| Aq | = Aaq|Rocket\U0001f680|{long}|,pytorch; ray ,,,"a thing\tof\r\nours",,\n'
    )
    (term,) = read_terms(mine)
    assert (term.entity.label, term.entity.definition) == ("Aaa q", "a thing of ours")
    assert term.entity.aliases == ("Aq", "Aaq", "Rocket\U0001f680", long)
    assert term.entity.broader == ("system/pytorch", "system/ray")
    matcher = load([mine]).matcher
    for name in ("Aaa q", "Aq", "Aaq", "Rocket\U0001f680", long):
        assert [v.entity for v in matcher.readings(name)] == ["system/aaa"]


def test_vocabulary_later_file_of_the_users_counts_and_another_class_is_another_entity(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("systems-a.csv", "systems-b.csv", "techniques-c.csv"))
    one.write_text(_HEAD + _WHOLE)
    two.write_text(_HEAD + "aaa,Zzzq,,,,,,,\n")
    three.write_text(_HEAD + "aaa,Cccq,,,,,,,\n")
    vocabulary = load([one, two, three])
    assert vocabulary.entity("system/aaa").label == "Zzzq"
    assert vocabulary.entity("technique/aaa").label == "Cccq"
