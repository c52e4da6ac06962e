"""``--where`` says which records are asked; all rows come out."""

import csv
import io
import json
from decimal import Decimal

from e2e_shell import money


def _rows(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_only_the_chosen_records_are_paid_for_and_all_rows_come_out(paid, known):
    people = known("leadlex", 6)
    lines = [f"{mail},{'Germany' if at % 2 else 'France'}" for at, mail in enumerate(people)]
    paid.write("leads.csv", "\n".join(["email,country", *lines]) + "\n")
    words = ("enrich", "leads.csv", "-p", "leadlex", "-w", "job_title", "--budget", "9")
    german = ("--where", "country = 'Germany'")

    plan = json.loads(paid(*words, *german, "-n", "--json").stdout)
    assert (plan["records"], plan["left_out"], plan["providers"][0]["ask"]) == (6, 3, 3)

    ran = paid(*words, *german, "-o", "-")
    assert ran.returncode == 0, ran.stderr
    assert b"--where chooses 3 of 6 records" in ran.stderr
    rows = _rows(ran.stdout)
    assert [row["email"] for row in rows] == people
    left = [row for row in rows if row["country"] == "France"]
    assert {(row["enrichctl_status"], row["enrichctl_note"]) for row in left} == {
        ("skipped", "not chosen by --where")
    }
    assert {row["enrichctl_status"] for row in rows} - {"skipped"} <= {"enriched", "no_match"}
    sure, doubt = money(paid.folder / "state", "leadlex")
    assert (0 < sure <= Decimal(3), doubt) == (True, 0)

    # What is known already of the others costs nothing, and is used.
    other = paid(*words, "--where", "country <> 'Germany'", "-o", "-")
    again = {row["email"]: row["job_title"] for row in _rows(other.stdout)}
    assert all(again[row["email"]] == row["job_title"] for row in rows if row["job_title"])


def test_local_providers_leave_alone_what_is_not_chosen(shell):
    shell.write("leads.csv", "email\nada@psi.io\nbo@chi.io\n")
    ran = shell("enrich", "leads.csv", "--where", "email LIKE 'a%'", "-w", "website", "-o", "-")
    first, second = _rows(ran.stdout)
    assert (first["website"], second["website"]) == ("https://psi.io", "")
    assert second["enrichctl_note"] == "not chosen by --where"


def test_a_condition_that_cannot_be_used_is_exit_2(shell):
    shell.write("leads.csv", "email\nada@psi.io\n")
    ran = shell("enrich", "leads.csv", "--where", "mail = 'x'")
    assert ran.returncode == 2
    assert b'Referenced column "mail" not found' in ran.stderr
    assert [path.name for path in shell.folder.glob("*.csv")] == ["leads.csv"]
