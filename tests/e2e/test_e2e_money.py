"""One truth about money: a stopped run, the next one, credits, page and JSON say the same."""

import json
import signal

import pytest
from e2e_tty import until

ASK = ("enrich", "in.csv", "-p", "lemlist", "-w", "job_title", "-y", "-o", "out.csv")


@pytest.fixture
def stopped(paid, box, known):
    """A run that was stopped while the vendor had all its money and none of its answers."""
    box.set(limits=False, miss_rate=0, hole_rate=0, ticket_seconds=3600)
    emails = known("lemlist", 3)
    paid.write("in.csv", "email\n" + "".join(f"{email}\n" for email in emails))
    run = paid.start(*ASK)
    until(lambda: any("/enrich/enr_" in seen.path for seen in box.requests))
    run.send_signal(signal.SIGINT)
    said = run.communicate(timeout=20)[1].decode()
    assert run.returncode == 130, said
    return said


def run_of(shell, name="last"):
    return json.loads(shell("status", name, "--json").stdout)["run"]


def lemlist(shell):
    accounts = json.loads(shell("credits", "--json").stdout)["providers"]
    return next(one for one in accounts if one["name"] == "lemlist")


def test_tickets_are_told_first_and_are_free_for_the_next_run(paid, box, stopped):
    """What a run set aside is its own: the next one collects it and spends nothing."""
    charged = box.spent("lemlist")
    assert charged > 0
    first_told = "3 answers are waiting, their cost set aside: run again, free"
    assert stopped.index(first_told) < stopped.index("set aside")
    first = run_of(paid)
    (lane,) = first["providers"]
    assert (first["waiting"], lane["credits"]) == (3, "0")
    assert float(lane["set_aside"]) >= charged
    assert "set aside" in paid("status", "last").stdout.decode()
    account = lemlist(paid)
    assert account["spent"] == {"last_run": "0", "today": "0", "month": "0"}
    assert account["set_aside"]["today"] == lane["set_aside"]

    box.advance(3600)
    done = paid(*ASK)
    assert done.returncode == 0, done.stderr
    assert box.spent("lemlist") == charged
    second = run_of(paid)
    assert (second["waiting"], second["providers"][0]["matched"]) == (0, 3)
    assert (second["providers"][0]["credits"], second["providers"][0]["set_aside"]) == ("0", "0")
    (lane,) = run_of(paid, first["id"])["providers"]
    assert (float(lane["credits"]), lane["set_aside"]) == (float(charged), "0")
    account = lemlist(paid)
    assert (account["spent"]["last_run"], account["set_aside"]["month"]) == ("0", "0")
    assert float(account["spent"]["today"]) == float(charged)


def test_a_job_is_summed_over_its_runs(paid, box, stopped):
    box.advance(3600)
    assert paid(*ASK).returncode == 0
    job = run_of(paid)["job"]
    assert (job["runs"], float(job["credits"]), job["set_aside"]) == (2, box.spent("lemlist"), "0")
    spent = f"{box.spent('lemlist'):f} credits spent"
    assert f"in.csv: 2 runs since {job['since'][:10]}" in paid("status").stdout.decode()
    assert spent in paid("status", "last").stdout.decode()


def test_rates_say_what_they_are_rates_of(paid, known):
    paid.write("in.csv", "email\n" + "".join(f"{e}\n" for e in known("leadlex", 2)))
    said = paid("enrich", "in.csv", "-p", "leadlex", "-y").stderr.decode()
    assert "of answered" in said
    assert "of all rows" in said
    assert "▒ filled before, █ by this run" in said


@pytest.mark.parametrize("name", ["one.csv", "one.jsonl"])
def test_what_a_refresh_asks_anew_is_in_its_plan_and_is_confirmed(paid, box, known, name):
    """Of a file that an earlier run has filled, whatever its format."""
    box.set(limits=False, miss_rate=0, hole_rate=0)
    paid.write("in.csv", "email\n" + "".join(f"{email}\n" for email in known("leadlex", 3)))
    want = ("-p", "leadlex", "-w", "job_title")
    assert paid("enrich", "in.csv", *want, "-y", "-o", name).returncode == 0
    spent = len(box.ledger)
    again = ("enrich", name, *want, "--refresh", "0d", "-o", "two.csv")
    (lane,) = json.loads(paid(*again[:-2], "-n", "--json").stdout)["providers"]
    assert (lane["ask"], lane["credits"]["most"]) == (3, "3")
    refused = paid(*again)
    assert refused.returncode == 2
    assert b"this run may spend up to 3 credits" in refused.stderr
    assert len(box.ledger) == spent
    assert paid(*again, "-y").returncode == 0
    assert len(box.ledger) == spent + 3
