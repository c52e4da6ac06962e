"""A machine of a team dies at a step of the journal: another one goes on, and it comes back."""

import csv
import signal
import time
from collections import Counter

import pytest
from e2e_machines import DATABASE, PRICE, attempts, ends, start
from test_e2e_crashes import QUEUE

from enrichctl.journal.failpoints import STEPS


def book(server):
    """Return what the journal is sure of and what is in doubt, in credits, and its doubts."""
    rows = attempts(server)
    assert not [outcome for outcome, _ in rows if outcome in ("planned", "sent", "submitted")]
    assert not [
        cost for outcome, cost in rows if outcome == "missed" and cost
    ]  # each costs nothing
    counted = server.execute(
        "SELECT coalesce(sum(credits), 0)::bigint FROM enrichctl.spending"
        " WHERE period LIKE 'day:%'",
        DATABASE,
    )
    doubts = [cost for outcome, cost in rows if outcome == "unconfirmed"]
    total = sum(cost for _, cost in rows)
    assert counted == [(total,)]
    return (total - sum(doubts)) / 1_000_000, sum(doubts) / 1_000_000, len(doubts)


def statuses(machine):
    with (machine.folder / "out.csv").open(encoding="utf-8") as file:
        return Counter(row["enrichctl_status"] for row in csv.DictReader(file))


LOOKUP = ("intend", "settle")  # what costs nothing is noted: it is not asked here


@pytest.mark.parametrize(
    ("vendor", "step"),
    [("leadlex", step) for step in STEPS if step.split(":")[0] in LOOKUP]
    + [("lemlist", step) for step in STEPS if step.split(":")[0] in QUEUE],
)
def test_a_machine_that_dies_at_a_step_costs_nobody_anything_that_is_not_listed(
    machines, box, known, server, vendor, step
):
    box.set(latency=0.0, pending_polls=0)
    emails = known(vendor, 5)
    one, two, _ = machines
    for machine in (one, two):
        machine.write("in.csv", "email\n" + "".join(f"{email}\n" for email in emails))
    words = ["enrich", "in.csv", "-p", vendor, "-w", "job_title", "-y", "-o", "out.csv"]
    nth = 2 if vendor == "leadlex" else 1  # lemlist is asked about all of them at once
    died = one(*words, "--concurrency", "2", ENRICHCTL_FAILPOINT=f"{step}:{nth}")
    assert died.returncode == 137
    for machine in (two, one):
        done = machine(*words)
        assert done.returncode in (0, 7), done.stderr

    sure, doubt, doubts = book(server)
    assert sure <= box.spent(vendor) <= sure + doubt
    charges = Counter((c.what, c.who) for c in box.ledger if c.vendor == vendor)
    assert sum(charges.values()) - len(charges) <= doubts
    if vendor == "leadlex":  # with a key every doubt is settled
        assert (doubts, sure) == (0, box.spent(vendor))
    for machine in (one, two):  # each of them is listed, in every output
        said = statuses(machine)
        assert said.pop("unconfirmed", 0) == doubts
        assert said["enriched"] + said["no_match"] == len(emails) - doubts


def test_the_moment_that_a_dead_machine_had_claimed_is_lost_and_others_go_on(
    machines, box, known, server
):
    """Killed between its place in the rate limit and its intent: it never asked."""
    box.set(limits=True)
    one, two, _ = machines
    for machine in (one, two):
        machine.write("in.csv", "email\n" + "".join(f"{email}\n" for email in known("lemlist", 4)))
        machine.write("config.toml", "[providers.leadlex]\nrates = [{limit = 2, seconds = 0.5}]\n")
        machine.environ["ENRICHCTL_CONFIG"] = str(machine.folder / "config.toml")
    words = ("enrich", "in.csv", "-p", "leadlex", "-w", "job_title", "-y", "-q")
    died = one(*words, "--concurrency", "1", ENRICHCTL_FAILPOINT="intend:before:1")
    assert died.returncode == 137
    assert attempts(server) == []
    claimed = server.execute("SELECT max(departed) FROM enrichctl.limits", DATABASE)
    assert claimed == [(1,)]
    ((status, code),) = ends([start(two)])
    assert code == 0, status
    assert len(attempts(server)) == 4


def test_an_answer_of_a_machine_that_was_taken_for_dead_is_booked_when_it_comes_back(
    machines, box, known, server
):
    """Another one sees its question as possibly charged, and does not pay for it again."""
    box.set(latency=1.0, pending_polls=0)
    one, two, _ = machines
    for machine in (one, two):
        machine.write("in.csv", "email\n" + "".join(f"{email}\n" for email in known("lemlist", 1)))
    asking = start(one)
    until = time.monotonic() + 30
    while "sent" not in [outcome for outcome, _ in attempts(server)]:
        assert time.monotonic() < until
        time.sleep(0.01)  # it is asking
    asking.send_signal(signal.SIGSTOP)
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name LIKE 'enrichctl %'"
    )
    ((said, code),) = ends([start(two)])
    assert code == 7, said
    assert attempts(server) == [("unconfirmed", PRICE * 1_000_000)]
    asking.send_signal(signal.SIGCONT)
    ((said, code),) = ends([asking])
    assert code == 0, said
    assert attempts(server) == [("matched", PRICE * 1_000_000)]
    assert box.spent("lemlist") == PRICE
    assert ends([start(two)])[0][1] == 0
    assert box.spent("lemlist") == PRICE
