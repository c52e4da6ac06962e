"""``--on local[N]``: parts, whoever dies, come to the output of a run that nothing disturbed."""

import json
import os
import shlex
import signal
import time
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

GROUPS, EACH = 6, 330
WORDS = ("enrich", "leads.parquet", "-q")


@pytest.fixture
def leads(shell):
    """A file of several row groups, with columns of many types."""
    count = GROUPS * EACH
    company = pa.array([None if n % 3 else f"Firm {n % 40}" for n in range(count)])
    table = pa.table(
        {
            "Email": [f"jane.doe{n}@firm-{n % 900}.com" for n in range(count)],
            "Company": company.dictionary_encode(),
            "Employees": pa.array([None] * count, pa.int32()),
            "Phone": pa.array([f"+49 30 {1_000_000 + n}" for n in range(count)]),
            "Nothing": pa.nulls(count),
            "Tags": [["a", None]] * count,
        }
    ).replace_schema_metadata({"who": "me"})
    parquet.write_table(table, shell.folder / "leads.parquet", row_group_size=EACH)
    ran = shell(*WORDS, "-o", "plain.parquet", timeout=300)
    assert ran.returncode == 0, ran.stderr
    return (shell.folder / "plain.parquet").read_bytes()


def _wait(seen, timeout=300):
    end = time.monotonic() + timeout
    while not (found := seen()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)
    return found


def _notes(shell):
    return sorted(shell.folder.glob(".out.parquet.parts/[0-9]*.json"))


def _children(pid):
    return [
        int(child)
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_a_run_in_parts_is_byte_for_byte_a_plain_one(shell, leads):
    ran = shell(*WORDS, "--on", "local[2]", "-o", "out.parquet")
    assert ran.returncode == 0, ran.stderr
    assert (shell.folder / "out.parquet").read_bytes() == leads
    assert list(shell.folder.glob(".out*")) == []
    one, two = (
        json.loads(shell("status", run, "--json").stdout)["run"] for run in ("last", _first(shell))
    )
    assert one["outcomes"] == two["outcomes"]
    assert one["fields"] == two["fields"]
    assert one["records"] == GROUPS * EACH


def _first(shell):
    return json.loads(shell("status", "--json").stdout)["runs"][-1]["id"]


def test_a_run_that_is_killed_leaves_its_finished_parts_and_goes_on(shell, leads):
    running = shell.start(*WORDS, "--on", "local[1]", "-o", "out.parquet")
    notes = _wait(lambda: _notes(shell))
    running.kill()
    running.communicate()
    assert not (shell.folder / "out.parquet").exists()
    manifest = json.loads((notes[0].parent / "manifest.json").read_text())
    assert manifest["input"]["rows"] == GROUPS * EACH
    kept = {note: note.stat().st_mtime_ns for note in notes}

    again = shell.start(*WORDS[:-1], "--on", "local[2]", "-o", "out.parquet")
    there = _wait(lambda: _notes(shell))
    assert {note: note.stat().st_mtime_ns for note in there} | kept == {
        note: note.stat().st_mtime_ns for note in there
    }
    _, said = again.communicate()
    assert again.returncode == 0, said
    assert b"parts are finished already" in said
    assert (shell.folder / "out.parquet").read_bytes() == leads


def test_a_process_that_dies_costs_its_part_only(shell, leads):
    running = shell.start(*WORDS, "--on", "local[2]", "-o", "out.parquet")
    workers = _wait(lambda: len(found := _children(running.pid)) == 2 and found)
    _wait(lambda: list(shell.folder.glob(".out.parquet.parts/*.part")))
    os.kill(workers[0], signal.SIGKILL)
    _, said = running.communicate()
    assert running.returncode == 0, said
    assert (shell.folder / "out.parquet").read_bytes() == leads


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_folder_in_parts_is_byte_for_byte_a_plain_one(shell, kind):
    (shell.folder / "leads").mkdir()
    for month, count in (("01", 70), ("02", 40), ("03", 0)):
        table = pa.table(
            {
                "Email": pa.array([f"eve{n}@rho-{month}.io" for n in range(count)], pa.string()),
                "Nr": pa.array([*range(count)], pa.int64()),
            }
        )
        path = shell.folder / "leads" / f"{month}.{kind}"
        if kind == "csv":
            csv.write_csv(table, path)
        else:
            parquet.write_table(table, path, row_group_size=30)
    assert shell("enrich", "leads", "-q", "-o", "plain").returncode == 0
    ran = shell("enrich", f"leads/*.{kind}", "-q", "-o", "out", "--on", "local[2]")
    assert ran.returncode == 0, ran.stderr
    names = [f"{month}.{kind}" for month in ("01", "02", "03")]
    assert sorted(path.name for path in (shell.folder / "out").iterdir()) == names
    for name in names:
        plain = (shell.folder / "plain" / name).read_bytes()
        assert (shell.folder / "out" / name).read_bytes() == plain
    assert json.loads(shell("status", "last", "--json").stdout)["run"]["records"] == 110


def test_ctrl_c_keeps_what_is_finished_and_the_output_as_it_was(shell, leads):
    running = shell.start(*WORDS, "--on", "local[1]", "-o", "out.parquet")
    _wait(lambda: _notes(shell))
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130, said
    assert b"--on" in said  # the command to go on
    assert _notes(shell)
    assert not (shell.folder / "out.parquet").exists()
    # Another input is another matter: nothing of the old one is used.
    table = parquet.read_table(shell.folder / "leads.parquet").slice(0, EACH)
    parquet.write_table(table, shell.folder / "leads.parquet")
    assert shell(*WORDS, "--on", "local[1]", "-o", "out.parquet").returncode == 0
    assert parquet.read_table(shell.folder / "out.parquet").num_rows == EACH


@pytest.fixture
def exports(shell):
    """A folder of two files."""
    (shell.folder / "exports").mkdir()
    for name in ("Jan", "Feb"):
        shell.write(f"exports/{name}.csv", f"Email\neve@rho-{name.lower()}.io\n")
    return "exports"


@pytest.mark.parametrize("several", [True, False])
def test_a_job_is_not_held_up_by_its_own_output(shell, exports, several):
    """Nothing that it wrote is lost, whoever works on it and whatever was written elsewhere."""
    given, out = (exports, "out") if several else ("exports/Jan.csv", "out.csv")
    job = ("enrich", given, "-p", "offline", "-q", "-o", out)
    on = (*job, "--on", "local[1]")
    loud = ("enrich", given, f"--output=./{out}", "-p", "offline", "--on=local[1]")
    for again in (on, (*job[:-1], f"other-{out}"), on, (*on[:-1], "local[2]"), job, on, loud):
        ran = shell(*again)
        assert ran.returncode == 0, ran.stderr
    # Of other fields it is another command: what it lacks would go.
    ran = shell(*on, "-w", "website")
    assert (ran.returncode, b"there already" in ran.stderr) == (2, True)
    file = shell.folder / out / "Jan.csv" if several else shell.folder / out
    file.write_text(file.read_text() + "bo@chi.io\n")
    ran = shell(*on)
    assert (ran.returncode, b"was changed since enrichctl wrote it" in ran.stderr) == (2, True)


def test_the_two_commands_of_a_folder_can_be_pasted(shell, exports):
    """The second asks the provider of the sandbox."""
    words = ("-p", "offline,leadlex", "--on", "local[1]", "-o", "my out")
    ran = shell("enrich", exports, *words, COLUMNS="400")
    assert ran.returncode == 2
    said = " ".join(ran.stderr.decode().split()).partition("two commands: ")[2]
    first, second = (shlex.split(one)[1:] for one in said.split("; then "))
    assert shell(*first).returncode == 0
    ran = shell(*second, "--sandbox")
    assert ran.returncode == 0, ran.stderr
    names = sorted(path.name for path in (shell.folder / "my out").iterdir())
    assert names == ["Feb.csv", "Jan.csv"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("-p", "offline,leadlex", "--on", "local[2]"),
            (
                "two commands: enrichctl enrich leads.parquet -p offline --on 'local[2]' -o"
                " filled.parquet; then enrichctl enrich filled.parquet -p leadlex"
            ),
        ),
        (("--on", "spark://here:1"), "--on 'spark://here:1' is no engine"),
        (("--on", "local", "-o", "-"), "--on writes a file"),
        (("--on", "local", "--where", "true"), "--on and --where exclude each other"),
    ],
)
def test_what_an_engine_must_not_do_is_refused(shell, words, says):
    table = pa.table({"Email": ["ada@psi.io"]})
    parquet.write_table(table, shell.folder / "leads.parquet")
    ran = shell("enrich", "leads.parquet", *words)
    assert ran.returncode == 2
    assert says in ran.stderr.decode()
