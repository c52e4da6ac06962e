"""What changed between two runs, over the sandbox."""

import csv
import io
import json

import jsonschema
import pytest
from rehearsal import rehearsal

from enrichctl.cli import app
from enrichctl.errors import ExitStatus
from enrichctl.sandbox.population import Population

PEOPLE = [person for person in Population().people.values() if person.job_title][:6]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    with rehearsal(tmp_path, monkeypatch, miss_rate=0, hole_rate=0) as box:
        write(tmp_path)
        yield box


def write(folder, city="", people=PEOPLE):
    lines = [f"{p.email},{p.first_name},{p.last_name},{city}" for p in people]
    (folder / "in.csv").write_text("\n".join(["Email,First Name,Last Name,City", *lines]) + "\n")


def enrich(*more):
    words = ["enrich", "in.csv", "-p", "leadlex", "-w", "job_title,phone", "-y", "-q", "--force"]
    assert app.run([*words, *more]) == 0


def move(box, person, title):
    """Give somebody another job at every vendor."""
    truth = box.world.population.people[person.email]
    object.__setattr__(truth, "job_title", title)


def shown(capsys, *words):
    capsys.readouterr()
    assert app.run(["status", "last", *words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert app.run(["status", "last", *words, "--json-schema"]) == 0
    jsonschema.validate(document, json.loads(capsys.readouterr().out))
    return document


@pytest.fixture
def changed(desk):
    """Two runs, between which one person changed jobs."""
    enrich()
    before = PEOPLE[2].job_title
    move(desk, PEOPLE[2], "Chief Beekeeper, =1+1")
    enrich("--refresh", "0")
    yield desk, before
    move(desk, PEOPLE[2], before)


def test_a_new_title_is_a_change_and_nothing_else_is(changed, capsys):
    _, before = changed
    runs = [run["id"] for run in shown_runs(capsys)]
    document = shown(capsys, "--diff")

    assert document["schema"] == "enrichctl.changes/1"
    assert (document["run"], document["former"]) == tuple(runs[:2])
    assert document["changes"] == [
        {
            "row": 3, "line": 4, "field": "job_title", "before": before,
            "after": "Chief Beekeeper, =1+1", "provider": "leadlex",
        }
    ]  # fmt: skip
    assert shown(capsys, "--diff", runs[1][:13])["changes"] == document["changes"]


def shown_runs(capsys):
    capsys.readouterr()
    assert app.run(["status", "--json"]) == 0
    return json.loads(capsys.readouterr().out)["runs"]


def test_it_is_a_table_and_csv_as_well(changed, capsys):
    _, before = changed
    capsys.readouterr()
    runs = [run["id"] for run in shown_runs(capsys)]
    assert app.run(["status", "--diff"]) == 0
    told = capsys.readouterr()
    assert "Chief Beekeeper" in told.out
    assert f"run {runs[0]}, compared with run {runs[1]}:" in told.err
    assert app.run(["status", "last", "--diff", "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["before"] for row in rows] == [before]


def test_a_formula_in_a_csv_is_text(desk, capsys):
    enrich()
    before = PEOPLE[1].job_title
    move(desk, PEOPLE[1], "=HYPERLINK(1)")
    try:
        enrich("--refresh", "0")
        capsys.readouterr()
        assert app.run(["status", "last", "--diff", "--csv"]) == 0
        (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
        assert not row["after"].startswith("=")
    finally:
        move(desk, PEOPLE[1], before)


def test_a_run_that_changes_nothing_says_so(desk, capsys):
    enrich()
    enrich()
    assert shown(capsys, "--diff")["changes"] == []
    last, first = [run["id"] for run in shown_runs(capsys)]
    assert shown(capsys, "--diff")["former"] == first
    for words, said in (
        (["last"], f"nothing that is kept has changed in run {last} since run {first}"),
        ([first], f"what run {first} changed is kept no longer: enrichctl status {last} --diff"),
    ):
        assert app.run(["status", *words, "--diff"]) == 0
        assert said in " ".join(capsys.readouterr().err.split())


def test_a_run_without_one_before_it_or_without_records_says_so(desk, capsys):
    for said in ("is the first on its input", "asked nobody beyond this machine"):
        assert app.run(["enrich", "in.csv", "-q"]) == 0
        assert app.run(["status", "last", "--diff"]) == 0
        assert said in " ".join(capsys.readouterr().err.split())


def test_rows_of_other_people_are_not_compared(desk, capsys):
    enrich()
    write(desk.folder, people=PEOPLE[::-1][:5])
    enrich()
    assert shown(capsys, "--diff")["changes"] == []


def test_what_the_input_says_now_is_a_change_without_a_provider(desk, capsys):
    enrich()
    write(desk.folder, city="Bonn")
    enrich()
    changes = shown(capsys, "--diff")["changes"]
    assert {(c["field"], c["before"], c["after"], c["provider"]) for c in changes} == {
        ("city", None, "Bonn", None)
    }
    assert len(changes) == 6


def test_a_record_that_a_run_did_not_come_to_has_not_changed(desk, capsys):
    """Nobody was asked about it: its values are neither lost nor, a run later, found anew."""
    enrich()
    words = ["enrich", "in.csv", "-p", "leadlex", "-w", "job_title,phone", "-q"]
    one = ("--concurrency", "1")  # the first row comes first
    before = PEOPLE[0].job_title
    move(desk, PEOPLE[0], "Chief Beekeeper")
    try:
        assert app.run([*words, *one, "--fresh", "--budget", "2"]) == ExitStatus.BUDGET
        (change,) = shown(capsys, "--diff")["changes"]
        assert (change["row"], change["after"]) == (1, "Chief Beekeeper")
        assert app.run(["status", "last", "--diff"]) == 0
        assert "4 records were not asked about yet" in capsys.readouterr().err
        enrich()
        assert shown(capsys, "--diff")["changes"] == []
    finally:
        move(desk, PEOPLE[0], before)


def test_only_the_run_before_can_be_compared_with(changed, capsys):
    assert app.run(["status", "last", "--diff", "20200101-000000-abcd"]) == 2
    assert "was compared with" in " ".join(capsys.readouterr().err.split())
    assert app.run(["status", "last", "--csv"]) == 2
    assert app.run(["status", "last", "--diff", "--row", "1"]) == 2


def test_forgetting_somebody_leaves_no_change_that_names_them(changed, capsys):
    assert app.run(["journal", "forget", PEOPLE[2].email, "--yes"]) == 0
    assert shown(capsys, "--diff")["changes"] == []


def test_colleagues_of_one_switchboard_are_not_compared_with_each_other(desk, tmp_path, capsys):
    del desk
    rows = [f"{p.email},{p.first_name},{p.last_name},+34 911 23 45 67" for p in PEOPLE[:3]]
    for order in (1, -1):
        lines = ["Email,First Name,Last Name,Phone", *rows[::order]]
        (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")
        enrich()
    assert shown(capsys, "--diff")["changes"] == []
