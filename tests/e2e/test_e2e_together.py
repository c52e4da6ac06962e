"""Two processes at once share answers, and wait for what the other is asking."""

import csv
import io

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

    assert b"1 row shares an e-mail or profile with another row" in done.stderr, done.stderr
    assert b'"namesakes": 1' in paid("enrich", "in.csv", "-p", "lemlist", "-n", "--json").stdout
