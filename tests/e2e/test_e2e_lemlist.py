"""lemlist: how an enrichment ends, from the command to the sandbox and back."""

import csv
import io
import json

import pytest

from enrichctl.sandbox.exchange import text_reply

ASK = ("enrich", "in.csv", "-p", "lemlist", "-w", "job_title", "-y", "-o", "out.csv")


@pytest.fixture
def people(paid, box, known):
    box.set(limits=False, miss_rate=0, hole_rate=0, ticket_seconds=0)
    emails = known("lemlist", 3)
    paid.write("in.csv", "email\n" + "".join(f"{email}\n" for email in emails))
    return emails


def rows(shell) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((shell.folder / "out.csv").read_text("utf-8"))))


def asked(box, path: str) -> int:
    return sum(path in seen.path for seen in box.requests)


def test_an_end_that_is_not_documented_is_a_doubt_that_is_not_looked_at_again(
    paid, box, people, monkeypatch
):
    odd = {"enrichmentStatus": "error", "data": {}}
    monkeypatch.setattr(box.vendors["lemlist"].tickets, "shown", lambda _ticket: odd)
    note = "lemlist ended it with the status error; possibly charged"
    for _ in range(2):
        done = paid(*ASK)
        assert done.returncode == 7, done.stderr
        for row in rows(paid):
            assert (row["enrichctl_status"], row["enrichctl_note"]) == ("unconfirmed", note)
        assert asked(box, "/enrich/enr_") == len(people)  # once each, in the first run
        assert asked(box, "/v2/enrichments/bulk") == 1
    run = json.loads(paid("status", "last", "--json").stdout)["run"]
    assert "--retry-unconfirmed" in run["resume"]

    # With a budget into which no call fits, going on takes a larger one: a person's own decision.
    done = paid(*ASK, "--budget", "0")
    assert done.returncode == 7, done.stderr
    end = "--budget 0,lemlist=2 --retry-unconfirmed"
    assert end in " ".join(done.stderr.decode().split())
    run = json.loads(paid("status", "last", "--json").stdout)["run"]
    assert (run["resume"], run["exit_status"]) == (None, 7)

    monkeypatch.undo()
    done = paid(*ASK, "--retry-unconfirmed")
    assert done.returncode == 0, done.stderr
    assert all(row["job_title"] for row in rows(paid))
    assert asked(box, "/v2/enrichments/bulk") == 2


def test_a_team_that_is_no_good_is_a_login_trouble_and_no_row_fails(paid, box, people, monkeypatch):
    lemlist = type(box.vendors["lemlist"])
    monkeypatch.setattr(lemlist, "login_refused", lambda *_: text_reply("Bad team", 400))
    done = paid(*ASK)
    assert done.returncode == 4, done.stderr
    assert b"Bad team" in done.stderr
    assert b"set another ENRICHCTL_LEMLIST_API_KEY" in done.stderr
    assert [row["enrichctl_status"] for row in rows(paid)] == ["pending"] * len(people)
