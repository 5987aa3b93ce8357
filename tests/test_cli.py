"""The command line: what it prints, its exit codes, and that no traceback reaches a user."""

from __future__ import annotations

import csv
import importlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import cli
from kg.index import prepare
from tests.conftest import ROOT
from tests.test_build import GOOD, lines


def kg(*arguments: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    answer = subprocess.run(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        capture_output=True,
        text=True,
        input=text,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
    )
    assert "Traceback" not in answer.stderr
    return answer


def test_cli_build_prints_counts_and_ends_well(tmp_path: Path) -> None:
    answer = kg("build", lines(tmp_path / "in.jsonl", GOOD), "-o", tmp_path / "g")
    assert answer.returncode == 0
    assert "papers" in answer.stdout
    assert (tmp_path / "g" / "graph.nt").is_file()


def test_cli_build_says_what_it_skipped_by_exit_code_3(tmp_path: Path) -> None:
    answer = kg("build", lines(tmp_path / "in.jsonl", GOOD, "{oops\n"), "-o", tmp_path / "g", "--quiet")
    assert answer.returncode == 3
    assert "in.jsonl:2" in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["build", "no-such-file.txt", "-o", "x"], 1, "no-such-file.txt"),
        (["stats", "no-such-folder"], 1, "no such folder"),
        (["query", str(ROOT / "kg"), "ASK {}"], 1, "not a graph folder"),
        (["query", str(ROOT / "exports"), "SELECT * WHERE {"], 1, "SPARQL syntax"),
        (["query", str(ROOT / "exports"), "missing.rq"], 1, "missing.rq"),
        (["query", str(ROOT / "exports"), "my queries/missing one.sparql"], 1, "missing one.sparql: no such file"),
        (["query", str(ROOT / "exports"), "queries/venues"], 1, "queries/venues: no such file"),
        (["query", str(ROOT / "exports"), str(ROOT / "ontology")], 1, "is a folder"),
        (["query", str(ROOT / "exports"), "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"], 2, "--format turtle"),
        (["query", str(ROOT / "exports"), "DESCRIBE <a:b>", "--format", "table"], 2, "--format turtle"),
        (["query", str(ROOT / "exports"), "CONSTRUCT WHERE { ?s ?p ?o }", "--format", "json"], 2, "--format turtle"),
        (["query", str(ROOT / "exports"), "SELECT * {}", "--format", "turtle"], 2, "table, json or csv"),
        (["explain", str(ROOT / "exports"), "9999.99999"], 1, "no paper"),
        (["explain", str(ROOT / "exports"), "2006.06762", "Anser"], 1, "close to it: Ansor"),
        (["explain", str(ROOT / "exports"), "https://arxiv.org/abs/2006.06762v2", "Ray"], 1, "no edge"),
        (["query", str(ROOT / "exports"), " "], 1, "empty"),
        (["query", str(ROOT / "exports"), "INSERT DATA { <a:b> <a:b> <a:b> }"], 1, "kg add"),
        (["query", str(ROOT / "exports"), "SELECT * { SERVICE <http://x.y/> { ?s ?p ?o } }"], 1, "SERVICE"),
        (["link", str(ROOT / "README.md")], 1, "is a file"),
        (["eval", str(ROOT / "exports"), str(ROOT / "ontology/labels/merged.jsonl")], 1, "give its folder"),
        (["build", str(ROOT / "seeds"), "-o", "x", "--base-iri", "none"], 1, "no absolute IRI"),
        (["build", str(ROOT / "seeds"), "-o", "x", "--base-iri", "https://example.org/x"], 1, "ends with / or #"),
        (["build", str(ROOT / "seeds"), "-o", "x", "--base-iri", "http://"], 1, "no absolute IRI"),
        (["build", str(ROOT / "seeds"), "-o", "x", "--format", "foo"], 2, "arxiv-jsonl"),
        (["build", str(ROOT / "seeds"), "-o", "x", "--formats", "foo"], 2, "foo"),
        (["build"], 2, "Missing argument"),
    ],
)
def test_cli_errors_are_one_line(arguments: list[str], code: int, says: str) -> None:
    answer = kg(*arguments)
    assert answer.returncode == code
    assert says in answer.stderr


def test_cli_query_formats(seeds_folder: Path) -> None:
    query = "SELECT ?name WHERE { ?p kg:introduces/skos:prefLabel ?name } ORDER BY ?name LIMIT 3"
    rows = list(csv.DictReader(io.StringIO(kg("query", seeds_folder, query, "--format", "csv").stdout)))
    found = json.loads(kg("query", seeds_folder, query, "--format", "json").stdout)
    assert [r["name"] for r in rows] == [b["name"]["value"] for b in found["results"]["bindings"]]
    assert len(rows) == 3
    table = kg("query", seeds_folder, query)
    assert rows[0]["name"] in table.stdout and "3 rows" in table.stdout
    page = "https://schema.org/docs/a.html"  # no name with a prefix, whatever it starts with
    answer = kg("query", seeds_folder, f"SELECT (<{page}> AS ?page) (kg:Paper AS ?class) {{}}").stdout
    assert page in answer and "kg:Paper" in answer
    turtle = kg("query", seeds_folder, "CONSTRUCT { ?p a kg:Paper } WHERE { ?p a kg:Paper }", "--format", "turtle")
    assert turtle.stdout.count("kg:Paper") == 41
    assert kg("query", seeds_folder, "ASK { ?p a kg:Paper }").stdout.strip() == "yes"


@pytest.mark.parametrize("name", ["one.rq", "one.sparql", "one query.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_cli_query_is_read_from_a_file(seeds_folder: Path, tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_text("ASK { ?p a kg:Paper }", encoding=encoding)
    assert kg("query", seeds_folder, tmp_path / name).stdout.strip() == "yes"


def test_cli_query_of_a_damaged_index_says_so_and_answers(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    kg("build", lines(tmp_path / "in.jsonl", GOOD), "-o", folder, "--quiet")
    for command in (["query", str(folder), "ASK { ?p a kg:Paper }"], ["serve", str(folder), "--prepare"]):
        kg("serve", folder, "--prepare")
        (current,) = folder.glob(".serve/*/quads/CURRENT")
        current.write_text("x")
        first, second = kg(*command), kg(*command)
        assert (first.returncode, second.returncode, second.stderr) == (0, 0, "")
        assert "damaged" in first.stderr and first.stderr.endswith("it is made anew\n")
        assert first.stdout == second.stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("options", [[], ["--format", "csv"]])
@pytest.mark.parametrize("query", ["ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3000", ""])
def test_cli_ends_quietly_when_nobody_reads_on(
    seeds_folder: Path, query: str, options: list[str], unbuffered: str
) -> None:
    arguments = ["query", str(seeds_folder), query, *options] if query else ["stats", str(seeds_folder)]
    reader, writer = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "kg", *arguments], stdout=writer, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    ) as running:  # fmt: skip
        os.close(writer)
        if options and "LIMIT" in query:
            os.read(reader, 1)  # `head -1` reads a little first
        os.close(reader)
        _, said = running.communicate()
    assert (running.returncode, said) == (141, "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("command", "code"), [("query exports 'SELECT * { ?p a kg:Paper }'", 0), ("link -", 0), ("stats none", 1)]
)
def test_cli_works_with_closed_streams(command: str, code: int, closed: str) -> None:
    """What a service manager or a script has closed is no defect; nor is it taken by the next file that is opened."""
    given = f"{sys.executable} -m kg {command} {closed}"
    answer = subprocess.run(["sh", "-c", given], capture_output=True, stdin=subprocess.DEVNULL, cwd=ROOT)
    assert answer.returncode == code and b"defect" not in answer.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a disk without room")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [["stats", "exports"], ["query", "exports", "ASK {}", "--format", "json"]])
def test_cli_output_that_cannot_be_written_is_one_line(command: list[str], unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        answer = subprocess.run(
            [sys.executable, "-m", "kg", *command], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (1, "kg: No space left on device\n")


INTERRUPTED = """
import os, runpy, signal, sys
class Interrupt:
    def find_spec(self, name, *_):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
sys.argv[1:] = ["stats", "exports"]
runpy.run_module("kg", run_name="__main__")
"""


@pytest.mark.parametrize("name", ["typer", "kg.cli.store", "kg.explore", "rich.table"])
def test_cli_is_interrupted_quietly_while_it_loads(name: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(name=name)], capture_output=True, text=True, cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job has it ignored
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) in ((-signal.SIGINT, ""), (130, ""))  # a shell calls both 130


def test_cli_link_reads_standard_input() -> None:
    text = "We present Zqnet, a compiler. It is up to 3.8x faster than TVM."
    found = json.loads(kg("link", "-", text=text).stdout)
    assert {text[k["start"] : k["end"]] for k in found["links"]} >= {"Zqnet", "TVM"}
    assert found["claims"][0]["value"] == 3.8
    assert found["claims"][0]["evidence"]["text"] == "3.8x"


def test_cli_explain_quotes_every_edge(seeds_folder: Path) -> None:
    answer = kg("explain", seeds_folder, "2006.06762")
    assert "introduces Ansor" in answer.stdout
    assert "We present Ansor, a tensor program generation framework" in answer.stdout.replace("\n", " ")
    one = kg("explain", seeds_folder, "2006.06762", "Ansor")
    assert one.stdout.count("confidence") == 1
    former = kg("explain", seeds_folder, "1901.10008", "system/just-in-time-compiler")
    assert "uses just-in-time compilation" in former.stdout


def test_cli_stats_names_what_was_lost_once(tmp_path: Path) -> None:
    """The heading of a listing is no loss, and a bad record is not three because its file was added three times."""
    listing = ROOT / "seeds" / "001_91ab07d6b9ac3730.txt"  # begins with a heading
    bad = lines(tmp_path / "in.jsonl", GOOD, "{oops\n")
    assert kg("build", listing, "-o", tmp_path / "g", "--quiet").returncode == 0
    for _ in range(2):
        assert kg("add", tmp_path / "g", bad, "--quiet").returncode == 3
    said = [line for line in kg("stats", tmp_path / "g").stdout.splitlines() if line.startswith("skipped:")]
    assert len(said) == 1 and "in.jsonl:2" in said[0]
    manifest = json.loads((tmp_path / "g" / "manifest.json").read_text("utf-8"))
    assert [(s["file"], s["harmless"]) for s in manifest["skipped"]] == [(listing.name, True), ("in.jsonl", False)]


def test_cli_record_that_is_kept_with_other_characters_is_a_note_and_no_skip(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(json.dumps(GOOD | {"comments": "Größe"}, ensure_ascii=False).encode("latin-1") + b"\n")
    said = "note: in.jsonl:1: 2 places are no UTF-8, the first in this line, and read as U+FFFD; convert the file"
    answer = kg("build", source, "-o", tmp_path / "g", "--quiet")
    assert answer.returncode == 0
    assert said in answer.stderr and "skipped" not in answer.stderr
    shown = kg("stats", tmp_path / "g").stdout
    assert said in shown and "skipped" not in shown
    mined = kg("vocab", "suggest", source)
    assert mined.returncode == 0 and said in mined.stderr


def test_cli_records_that_differ_are_a_note_and_no_skip(tmp_path: Path) -> None:
    papers = [GOOD | {"id": f"2001.000{n}", "abstract": text} for n in range(10, 22) for text in ("Short.", "Longer.")]
    answer = kg("build", lines(tmp_path / "in.jsonl", *papers), "-o", tmp_path / "g", "--quiet")
    assert answer.returncode == 0
    said = answer.stderr.splitlines()
    assert "note: 12 records are of papers that another record is of, too; they are merged" in said
    assert (
        "note: in.jsonl: the records of arxiv:2001.00010 differ; of each text the longer one is kept, of dates the earlier"
        in said
    )
    assert f"note: 2 more, all listed in {tmp_path / 'g' / 'manifest.json'}" in said
    assert len(said) == 12
    shown = kg("stats", tmp_path / "g").stdout
    assert "note: in.jsonl: the records of arxiv:2001.00010 differ" in shown and "skipped" not in shown
    assert kg("add", tmp_path / "g", tmp_path / "in.jsonl", "--quiet").returncode == 0


def test_cli_stats_and_validate(seeds_folder: Path) -> None:
    assert re.search(r"\bpapers\W+41\b", kg("stats", seeds_folder).stdout)
    assert kg("validate", seeds_folder).returncode == 0


def test_cli_validate_finds_a_defect(tmp_path: Path) -> None:
    kg("build", lines(tmp_path / "in.jsonl", GOOD), "-o", tmp_path / "g", "--quiet")
    path = tmp_path / "g" / "provenance.nq"
    path.write_text(path.read_text().replace('"Zqnet"', '"Zqnot"'))
    answer = kg("validate", tmp_path / "g")
    assert answer.returncode == 4
    assert "Zqnot" in answer.stderr


def test_cli_version_and_help() -> None:
    assert kg("--version").stdout.startswith("paperkg 0.")
    assert "Exit codes" in kg("--help").stdout


def test_cli_options_of_ray_need_ray(tmp_path: Path) -> None:
    for option in ("--address=localhost:6379", "--through=s3://bucket/folder"):
        answer = kg("build", lines(tmp_path / "in.jsonl", GOOD), "-o", tmp_path / "g", option)
        assert answer.returncode == 2
        assert "belong to --engine ray" in answer.stderr


def test_cli_add_update_remove_and_answers_that_are_never_stale(tmp_path: Path) -> None:
    folder, one = tmp_path / "g", lines(tmp_path / "in.jsonl", GOOD)
    two = lines(tmp_path / "two.jsonl", GOOD | {"id": "2002.00002", "abstract": "We compare Zqnet with TVM on GPUs."})
    kg("build", one, "-o", folder, "--quiet", "--workers", "1")
    added = kg("add", folder, two)
    assert (added.returncode, "2 papers" in added.stdout, "kg export" in added.stdout) == (0, True, True)
    count = "SELECT (COUNT(?p) AS ?n) { ?p a kg:Paper }"
    answer = kg("query", folder, count, "--format", "csv")
    assert answer.stdout.split() == ["n", "2"]
    assert "writing its files anew" in answer.stderr
    assert kg("export", folder).stdout.strip().endswith("up to date")
    assert kg("remove", folder, "2001.99999").returncode == 1
    assert "1 papers" in kg("remove", folder, "2001.00001").stdout
    assert kg("query", folder, count, "--format", "csv").stdout.split() == ["n", "1"]
    assert kg("update", folder, tmp_path / "missing.jsonl").returncode == 1


def test_cli_link_labels_what_no_vocabulary_lists() -> None:
    answer = kg("link", "-", text="We use sparse zorbix memory. We present Zqplane, a compiler. It targets TensorFlow.")
    links = json.loads(answer.stdout)["links"]
    assert {"unlisted term"} < {k["reason"] for k in links}
    assert all(k["label"] for k in links if k["entity"])


def test_cli_link_takes_a_text_of_any_length() -> None:
    """A text is no path, however long: no file system is asked in vain."""
    for size in (10, 300, 900):
        assert kg("link", "We use TensorFlow. " + "a" * size).returncode == 0


def test_cli_link_reads_bytes_that_are_no_text() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "kg", "link", "-"], capture_output=True, input=b"\xff TensorFlow \xed\xa0\x80"
    )
    assert answer.returncode == 0
    assert b"system/tensorflow" in answer.stdout
    assert answer.stderr == b"note: 4 places are no UTF-8, and read as U+FFFD\n"
    answer = subprocess.run([sys.executable, "-m", "kg", "link", "-"], capture_output=True, input=b"\xef\xbf\xbd \xff")
    assert answer.stderr == b"note: 1 place is no UTF-8, and read as U+FFFD\n"


def test_cli_a_defect_of_kg_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise KeyError("zq")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 70
    assert "PAPERKG_TRACEBACK" in capsys.readouterr().err


def test_cli_view_writes_stale_files_anew(tmp_path: Path) -> None:
    kg("build", lines(tmp_path / "in.jsonl", GOOD), "-o", tmp_path / "g", "-q")
    kg("add", tmp_path / "g", ROOT / "tests/fixtures/readers/paper.jsonl", "-q")
    answer = kg("view", tmp_path / "g", "-o", tmp_path / "page.html")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "page.html").is_file()


def test_cli_prints_what_the_readme_shows(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = kg("explain", ROOT / "exports", "1807.09667").stdout
    (line,) = re.findall(r"^introduces Graphi .*", readme, re.M)
    assert line in said.splitlines()
    (nodes,) = re.findall(r"hardware-gpu.html (\(\d+ of \d+ nodes\))", readme)
    assert (
        nodes
        in kg("view", ROOT / "exports", "--entity", "graphics card", "--depth", "2", "-o", tmp_path / "p.html").stdout
    )


def in_python() -> list[str]:
    """What the README's table of commands says to write in Python."""
    rows = re.findall(r"^\| `kg [a-z].*\| (.*?) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    return [code for row in rows for code in re.findall("`(.*?)`", row)]


@pytest.fixture(scope="module")
def two_papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the README's placeholders stand for: INPUT, GOLD, and DIR built of INPUT."""
    home = tmp_path_factory.mktemp("readme")
    lines(home / "INPUT", GOOD, GOOD | {"id": "2002.00002", "abstract": "We compare Zqnet with TVM on GPUs."})
    lines(home / "GOLD", {"id": GOOD["id"], "must": [], "introduces": [], "claims": []})
    kg("build", home / "INPUT", "-o", home / "DIR", "-q", "--workers", "1")
    return home


@pytest.mark.parametrize("code", in_python())
def test_cli_python_of_the_readme_runs_as_printed(
    code: str, two_papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = importlib.import_module("kg")
    monkeypatch.delattr(library, "build", raising=False)  # the module of this name, which another test has imported
    asked: list[object] = []
    monkeypatch.setattr("kg.serve.run.run", asked.append)  # would serve until it is killed
    monkeypatch.setattr("kg.push.push", lambda *given: asked.append(given))  # needs a store
    shutil.copytree(two_papers, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name, value in {"PAPER": str(GOOD["id"]), "QUERY": "ASK {}", "TEXT": "Ray is fast."}.items():
        code = code.replace(f'"{name}"', repr(value))
    exec(code, {"kg": library, "Path": Path})
    assert bool(asked) == ("run(" in code or "push(" in code)


def test_cli_the_readme_has_python_for_every_command() -> None:
    assert len(in_python()) >= 16


@pytest.mark.parametrize("wrong", [("--host", ""), ("--timeout", "inf"), ("--timeout", "nan")])
def test_cli_serve_refuses_what_it_would_misunderstand(wrong: tuple[str, str]) -> None:
    answer = kg("serve", ROOT / "exports", *wrong)
    assert answer.returncode == 2 and wrong[0] in answer.stderr and "Traceback" not in answer.stderr


def test_cli_serve_says_that_another_server_writes(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    kg("build", lines(tmp_path / "in.jsonl", GOOD), "-o", folder, "--quiet")
    other = ox.Store(str(prepare(folder, writable=True).quads))
    answer = kg("serve", folder, "--port", "0", "--writable", "--token", "x")
    assert answer.returncode == 1 and "is another server writing to it?" in answer.stderr
    del other


@pytest.mark.parametrize("command", [("add", "G", ""), ("build", "", "-o", "G"), ("build", "X", "-o", "")])
def test_cli_takes_no_empty_path_for_this_folder(command: tuple[str, ...]) -> None:
    """A variable of the shell that is not set must not read or fill the folder that one is in."""
    answer = kg(*command)
    assert answer.returncode == 2 and "is a variable not set?" in answer.stderr


def test_cli_prints_names_as_they_are_and_on_every_terminal(tmp_path: Path) -> None:
    paper = {
        "id": "2006.06762",
        "title": "a :fire: Grüße",
        "abstract": "We present Foobarix, a system that is fast. " * 3,
    }
    (tmp_path / "in.jsonl").write_text(json.dumps(paper) + "\n")
    kg("build", tmp_path / "in.jsonl", "-o", tmp_path / "g")
    said = kg("explain", tmp_path / "g", "2006.06762")
    assert ":fire: Grüße" in said.stdout
    old = subprocess.run(
        [sys.executable, "-m", "kg", "explain", str(tmp_path / "g"), "2006.06762"],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}, cwd=ROOT,
    )  # fmt: skip
    assert old.returncode == 0 and b":fire: Gr??e" in old.stdout
