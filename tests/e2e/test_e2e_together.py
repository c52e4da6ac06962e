"""Rows of one person, in one process and in two: who is asked, who is not, and what is said."""

import csv
import io
import json
import sqlite3

import pytest


def rows(shell, name):
    return list(csv.DictReader(io.StringIO((shell.folder / name).read_text("utf-8"))))


@pytest.mark.parametrize(
    ("vendor", "wants", "least"), [("leadlex", "job_title", 1), ("lemlist", "job_title", 2)]
)
def test_two_inputs_of_the_same_people_pay_once_and_both_get_every_answer(
    paid, box, known, vendor, wants, least
):
    box.set(limits=False, latency=0.2)
    emails = known(vendor, 30)
    paid.write("one.csv", "email\n" + "".join(f"{email}\n" for email in emails))
    paid.write("two.csv", "email\n" + "".join(f"{email}\n" for email in reversed(emails)))
    runs = [
        paid.start("enrich", name, "-p", vendor, "-w", wants, "-y", "-q")
        for name in ("one.csv", "two.csv")
    ]
    ends = [(run.communicate(timeout=60)[1], run.returncode) for run in runs]

    assert [status for _, status in ends] == [0, 0], ends
    one, two = rows(paid, "one.enriched.csv"), rows(paid, "two.enriched.csv")
    titles = {row["email"]: row["job_title"] for row in one}
    assert {row["email"]: row["job_title"] for row in two} == titles
    assert {row["enrichctl_status"] for row in (*one, *two)} <= {"enriched", "no_match"}
    assert box.spent(vendor) <= least * len(emails)


def test_rows_that_share_an_address_and_name_different_people_are_said_in_the_plan(paid, known):
    (email,) = known("lemlist", 1)
    lines = f"email,first_name,last_name\n{email},Jane,Doe\n{email},John,Smith\n"
    paid.write("in.csv", lines)
    done = paid("enrich", "in.csv", "-p", "lemlist", "-w", "job_title", "-n")

    assert b"1 row shares an e-mail, phone or profile with another row" in done.stderr, done.stderr
    assert b'"namesakes": 1' in paid("enrich", "in.csv", "-p", "lemlist", "-n", "--json").stdout


def test_suppressed_people_are_counted_and_the_journal_proves_that_nothing_of_them_was_sent(
    paid, box, known
):
    first, second = known("leadlex", 2)
    paid.write("in.csv", f"email\n{first}\n{second}\n{first.upper()}\n")
    paid.write("never.txt", first)
    paid("enrich", "in.csv", "-p", "leadlex", "-y", "--suppress", "never.txt")

    run = json.loads(paid("status", "last", "--json").stdout)["run"]
    assert run["suppressed"] == {"records": 2, "attempts": 0}
    assert b"2, never sent: no attempt tells anything of them" in paid("status", "last").stdout
    assert {request.body for request in box.requests} == {json.dumps({"email": second})}
    db = sqlite3.connect(paid.folder / "state" / "journal.db")  # as if it had been sent after all
    db.execute("INSERT INTO subjects SELECT substr(keys, 1, 8), 1 FROM records WHERE row=1")
    db.commit()
    db.close()
    assert b"1 attempt tells anything of them" in paid("status", "last").stdout
