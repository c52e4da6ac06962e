"""Whom a vendor refuses for ever does not keep it from answering about the others."""

import csv
import io
import json
import threading
from collections import Counter

import pytest
from e2e_server import Asked, Said, serving

BAD = "p0@acme.example"  # one of the first that are asked
ENDLESS = 20 + 1  # refusals of one call until nobody waits any longer
WORDS = ("enrich", "in.csv", "-p", "leadlex", "-w", "job_title", "-y", "-o", "out.csv")


@pytest.fixture
def vendor(shell):
    """A LeadLex that refuses some people; the others it answers once one has come again."""
    refused, often = threading.Event(), Counter()

    def answer(asked: Asked) -> Said:
        if asked.body["email"] in server.refuses:
            often[asked.body["email"]] += 1
            if max(often.values()) > 1:  # so the first refusal has arrived
                refused.set()
            return Said({"error": "slow down"}, 429, {"Retry-After": "0"})
        refused.wait(20)
        person = {"job_title": f"CEO of {asked.body['email']}"}
        return Said({"data": {"person": person, "source": "vendor_a"}})

    with serving(answer) as server:
        server.refuses = {BAD}
        shell.environ |= {
            "ENRICHCTL_LEADLEX_BASE_URL": server.url,
            "ENRICHCTL_LEADLEX_API_KEY": "made-up",
        }
        shell.write("in.csv", "email\n" + "".join(f"p{n}@acme.example\n" for n in range(6)))
        yield server


def statuses(shell) -> list[str]:
    text = (shell.folder / "out.csv").read_text("utf-8")
    return [row["enrichctl_status"] for row in csv.DictReader(io.StringIO(text))]


def test_one_person_who_is_always_refused_fails_and_the_others_are_answered(shell, vendor):
    done = shell(*WORDS, "--concurrency", "3")
    assert done.returncode == 3, done.stderr
    assert statuses(shell) == ["failed", *["enriched"] * 5]
    assert b"LeadLex refused this 21 times, and answers others" in done.stderr
    assert sum(asked.body["email"] == BAD for asked in vendor.asked) == ENDLESS
    (lane,) = json.loads(shell("status", "last", "--json").stdout)["run"]["providers"]
    assert (lane["failed"], lane["unconfirmed"], lane["credits"]) == (1, 0, "5")
    again = shell(*WORDS, "--retry-failed")
    assert again.returncode == 6  # nobody is left to show that it is this one alone
    vendor.refuses = set()
    assert shell(*WORDS, "--retry-failed").returncode == 0
    assert statuses(shell) == ["enriched"] * 6


def test_where_nobody_gets_through_the_run_stops(shell, vendor):
    vendor.refuses = {f"p{n}@acme.example" for n in range(6)}
    done = shell(*WORDS, "--concurrency", "3")
    assert done.returncode == 6, done.stderr
    assert statuses(shell) == ["pending"] * 6
