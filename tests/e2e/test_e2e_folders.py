"""Folders and patterns: one plan, one budget, one question; an output for each file."""

import json
from decimal import Decimal

import pyarrow as pa
import pytest
from e2e_shell import money
from pyarrow import parquet


def _csv(people):
    return "email,country\n" + "".join(f"{mail},Germany\n" for mail in people)


def test_each_file_has_its_output_in_the_same_place(shell):
    (shell.folder / "leads" / "b").mkdir(parents=True)
    shell.write("leads/a.csv", 'email;name\r\nada@psi.io;"Ada"\r\n')
    shell.write("leads/b/c.csv", "email,name\nbo@chi.io,Bo\n")
    shell.write("leads/none.csv", "email,name\n")
    ran = shell("enrich", "leads/**/*.csv", "-o", "out", "--provenance", "none", "-w", "website")
    assert ran.returncode == 0, ran.stderr
    out = shell.folder / "out"
    assert (out / "a.csv").read_bytes() == (
        b'email;name;website\r\nada@psi.io;"Ada";https://psi.io\r\n'
    )
    assert (out / "b/c.csv").read_text() == "email,name,website\nbo@chi.io,Bo,https://chi.io\n"
    assert (out / "none.csv").read_text() == "email,name,website\n"
    assert json.loads(shell("status", "last", "--json").stdout)["run"]["records"] == 2
    # Again, it replaces its own outputs, and nothing that was edited.
    again = ("enrich", "leads/**/*.csv", "-o", "out", "--provenance", "none", "-w", "website")
    assert shell(*again).returncode == 0
    (out / "a.csv").write_text("email;name;website\nada@psi.io;Ada;https://psi.de\n")
    assert shell(*again).returncode == 2
    assert "psi.de" in (out / "a.csv").read_text()


@pytest.mark.parametrize("on", [(), ("--on", "local[1]")])
def test_an_output_whose_input_is_gone_is_named_and_stays(on, shell):
    """Outputs of other inputs in the same folder, and files of others, are nobody's business."""
    for folder, names in (("leads", "abc"), ("others", "x")):
        (shell.folder / folder).mkdir()
        for name in names:
            shell.write(f"{folder}/{name}.csv", "email\nada@psi.io\n")
        assert shell("enrich", f"{folder}/*.csv", "-o", "out", *on).returncode == 0
    (shell.folder / "out" / "notes.csv").write_text("mine\n")

    def left():
        ran = shell("enrich", "leads/*.csv", "-o", "out", *on)
        assert ran.returncode == 0, ran.stderr
        return [line for line in ran.stderr.decode().splitlines() if " left from " in line]

    assert left() == []
    (shell.folder / "leads" / "b.csv").unlink()
    said = "is left from an earlier run: its input is gone from leads/*.csv; nothing is deleted"
    assert left() == [f"out/b.csv {said}"]
    assert (shell.folder / "out" / "b.csv").is_file()
    (shell.folder / "out" / "b.csv").unlink()
    assert left() == []


def _read(shell, *words):
    """Return how many records an input has, and what is said of files that are left out."""
    ran = shell("enrich", *words, "-w", "website")
    assert ran.returncode == 0, ran.stderr
    run = json.loads(shell("status", "last", "--json").stdout)["run"]
    said = [line for line in ran.stderr.decode().splitlines() if line.endswith(": left out")]
    return run["records"], said


def test_outputs_of_files_that_are_read_are_left_out_of_a_folder(shell):
    """By default they stand next to their inputs, and below them where ``-o`` says so."""
    (shell.folder / "leads").mkdir()
    for name in "ab":
        shell.write(f"leads/{name}.csv", f"email\n{name}@psi.io\n")
    assert _read(shell, "leads/a.csv") == (1, [])
    one = "1 file is an output of earlier runs on others of them, such as a.enriched.csv: left out"
    assert _read(shell, "leads", "-o", "out") == (2, [one])
    assert not (shell.folder / "out" / "a.enriched.csv").exists()

    assert _read(shell, "leads/b.csv", "--sandbox") == (1, [])
    assert _read(shell, "leads/a.enriched.csv") == (1, [])  # named by itself, it is an input
    assert _read(shell, "leads", "-o", "leads/out")[0] == 2
    shell.write("leads/out/a.csv", "email,website\na@psi.io,typed\n")  # edited, it is one still
    count, (said,) = _read(shell, "leads/**/*.csv", "-o", "all")
    assert (count, said.split(" of ")[0]) == (2, "5 files are outputs")
    again = shell("enrich", "leads/**/*.csv", "-o", "all", "-w", "website", "-n")
    assert said in again.stderr.decode()


def test_outputs_whose_inputs_are_elsewhere_are_the_inputs_of_a_second_step(shell):
    (shell.folder / "leads").mkdir()
    for name in "ab":
        shell.write(f"leads/{name}.csv", f"email\n{name}@psi.io\n")
    assert _read(shell, "leads", "-o", "out") == (2, [])
    assert _read(shell, "out", "-o", "second") == (2, [])
    assert _read(shell, "leads/a.csv") == (1, [])
    assert _read(shell, "leads/b.csv") == (1, [])
    assert _read(shell, "leads/*.enriched.csv", "-o", "third") == (2, [])


@pytest.fixture
def two(shell):
    (shell.folder / "in").mkdir()
    for name in "ab":
        shell.write(f"in/{name}.csv", f"email\n{name}@psi.io\n")

    def enrich(*words):
        ran = shell("enrich", *words, "-w", "website")
        return ran.returncode, ran.stderr

    return enrich


@pytest.mark.parametrize("first", ["in/a.csv -o out/", "in/*.csv -o out", "in -o out"])
@pytest.mark.parametrize(
    "then", ["in/a.csv -o out/a.csv", "in/a.csv -o out", "in/*.csv -o out", "in/ -o out/"]
)
def test_an_output_of_a_file_is_its_own_by_itself_and_as_one_of_several(first, then, two, shell):
    code, said = two(*first.split())
    assert code == 0, said
    code, said = two(*then.split())
    assert code == 0, said
    (shell.folder / "out" / "a.csv").write_text("email,website\na@psi.io,https://psi.de\n")
    code, said = two(*then.split())
    assert code == 2
    assert b"out/a.csv was changed since enrichctl wrote it" in said


def test_a_file_of_somebody_else_in_the_folder_of_outputs_is_not_replaced(two, shell):
    assert two("in", "-o", "out")[0] == 0
    shell.write("in/c.csv", "email\nc@psi.io\n")
    shell.write("out/c.csv", "email\nmine@psi.io\n")
    code, said = two("in", "-o", "out")
    assert code == 2
    assert b"out/c.csv is there already, and no run in this journal wrote it for this" in said
    assert "mine@psi.io" in (shell.folder / "out" / "c.csv").read_text()


def test_a_file_where_a_folder_is_needed_is_said_to_be_one(two):
    assert two("in/a.csv", "-o", "out")[0] == 0
    code, said = two("in/*.csv", "-o", "out")
    assert code == 2
    assert b"out is a file, and what is written needs a folder of that name" in said
    assert two("in/*.csv", "-o", "other")[0] == 0


def test_the_output_of_a_file_goes_into_a_folder_under_its_name(two, shell):
    assert two("in/a.csv", "-o", "new/")[0] == 0
    assert two("in/a.csv", "-o", "new", "--format", "jsonl")[0] == 0
    assert sorted(one.name for one in (shell.folder / "new").iterdir()) == ["a.csv", "a.jsonl"]
    code, said = two("in/a.csv", "-o", "in")
    assert code == 2
    assert b"in/a.csv is the input itself" in said


def test_a_folder_of_parquet_with_a_condition(shell):
    (shell.folder / "leads").mkdir()
    for name, people in (("1", ["ada@psi.io", "bo@chi.io"]), ("2", ["eve@rho.io"])):
        table = pa.table({"email": people, "n": pa.array(range(len(people)), pa.int8())})
        parquet.write_table(table, shell.folder / f"leads/{name}.parquet")
    words = ("enrich", "leads", "-o", "out", "-w", "website", "--where", "n = 0")
    plan = json.loads(shell("enrich", "leads", "--where", "n = 0", "-n", "--json").stdout)
    assert (plan["records"], plan["left_out"]) == (3, 1)
    ran = shell(*words)
    assert ran.returncode == 0, ran.stderr
    one, two = (parquet.read_table(shell.folder / f"out/{n}.parquet") for n in "12")
    assert one.schema.equals(two.schema)
    assert one.schema.field("n").type == pa.int8()
    assert one["website"].to_pylist() == ["https://psi.io", None]
    assert two["website"].to_pylist() == ["https://rho.io"]
    lines = shell("enrich", "leads", "--json", "-w", "website").stdout.splitlines()
    assert [json.loads(line)["n"] for line in lines] == [0, 1, 0]


def test_a_budget_is_for_all_files_and_one_person_is_one_call(paid, known):
    people = known("leadlex", 6)
    (paid.folder / "leads").mkdir()
    paid.write("leads/a.csv", _csv(people[:4]))
    paid.write("leads/b.csv", _csv(people[2:]))
    words = ("enrich", "leads/*.csv", "-p", "leadlex", "-w", "job_title", "-o", "out")
    plan = json.loads(paid(*words, "-n", "--json").stdout)
    assert (plan["records"], plan["people"], plan["providers"][0]["ask"]) == (8, 6, 6)
    ran = paid(*words, "--budget", "3")
    assert ran.returncode == 5, ran.stderr
    sure, doubt = money(paid.folder / "state", "leadlex")
    assert (sure, doubt) == (Decimal(3), 0)
    assert paid(*words, "--budget", "9").returncode == 0
    sure, _ = money(paid.folder / "state", "leadlex")
    assert sure <= Decimal(6)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("leads/*.csv",), "name a folder: -o out/"),
        (("leads/*.csv", "-o", "all.csv"), "name a folder: -o out/"),
        (("leads", "-o", "leads"), "would be the output of itself"),
        (("leads/*", "-o", "out"), "differs from"),
        (("nothing/*.csv", "-o", "out"), "holds no file that can be read"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(shell, words, says):
    (shell.folder / "leads").mkdir()
    shell.write("leads/a.csv", "email\nada@psi.io\n")
    if words[0] == "leads/*":
        shell.write("leads/b.csv", "mail,email\na,b@c.io\n")
    ran = shell("enrich", *words)
    assert ran.returncode == 2
    assert says in ran.stderr.decode()
    assert not (shell.folder / "out").exists()


def test_what_excel_keeps_beside_an_open_workbook_is_no_input(shell):
    (shell.folder / "leads").mkdir()
    for name in ("~$a.csv", ".~lock.a.csv#"):
        (shell.folder / "leads" / name).write_bytes(b"\x05Ada  ")
    (shell.folder / "leads" / "a.csv").write_text("email\nada@psi.io\n")
    refused = shell("enrich", "~$leads.csv", "-q")
    assert (refused.returncode, b"~$leads.csv" in refused.stderr) == (2, True)
    for given in ("leads", "leads/*"):
        done = shell("enrich", given, "-o", "out/", "-q", "--force")
        assert done.returncode == 0, done.stderr
    assert [one.name for one in (shell.folder / "out").iterdir()] == ["a.csv"]
