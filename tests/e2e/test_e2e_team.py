"""Machines that share a journal on a PostgreSQL server of the test's own."""

import csv
import io
import json
import time

import pytest
from e2e_machines import DATABASE, PRICE, attempts, ends, start
from e2e_shell import Shell


def lists(machines, emails):
    """Give each machine a list of its own, half of which is on all of them."""
    half = len(emails) // 4
    for number, machine in enumerate(machines, 1):
        mine = [*emails[:half], *emails[half * number : half * (number + 1)]]
        machine.write("in.csv", "email\n" + "".join(f"{email}\n" for email in mine))


def statuses(machine):
    text = (machine.folder / "in.enriched.csv").read_text("utf-8")
    return {row["enrichctl_status"] for row in csv.DictReader(io.StringIO(text))}


def test_whoever_is_on_several_lists_is_paid_for_once(machines, box, known, server):
    emails = known("lemlist", 16)
    lists(machines, emails)
    done = ends([start(machine) for machine in machines])

    assert [status for _, status in done] == [0, 0, 0], done
    spent = box.spent("lemlist")
    assert PRICE < spent <= PRICE * len(emails)
    assert sum(cost for _, cost in attempts(server)) == spent * 1_000_000
    assert len(attempts(server)) == len(emails)
    for machine in machines:
        assert statuses(machine) <= {"enriched", "no_match"}
    runs = json.loads(machines[1]("status", "--json").stdout)["runs"]
    assert len(runs) == 3
    assert all("@" in run["who"] for run in runs)
    again = machines[2]("enrich", "in.csv", "-p", "lemlist", "-w", "job_title", "-y", "-q")
    assert (again.returncode, box.spent("lemlist")) == (0, spent)


def test_a_budget_is_that_of_all_machines(machines, box, known):
    lists(machines, known("lemlist", 16))
    for machine in machines:
        machine.write("config.toml", "[providers.lemlist]\nbudget = {day = 10}\n")
        machine.environ["ENRICHCTL_CONFIG"] = str(machine.folder / "config.toml")
    done = ends([start(machine) for machine in machines])

    assert 5 in [status for _, status in done], done
    assert box.spent("lemlist") <= 10


def test_a_server_that_goes_away_and_comes_back_costs_nothing(
    machines, box, known, tmp_path, server
):
    """The run ends with 6 or waits; the same command goes on, and nobody is paid for twice."""
    emails = known("lemlist", 12)
    lists(machines, emails)
    runs = [start(machine) for machine in machines]
    until = time.monotonic() + 30
    while box.spent("lemlist") < 6 and time.monotonic() < until:
        time.sleep(0.02)  # the machines work
    server.stop("immediate")
    server.start()
    done = ends(runs)
    assert {status for _, status in done} <= {0, 6, 7}, done
    for machine in machines:
        for _ in range(3):
            (last,) = ends([start(machine)])
            if last[1] != 6:
                break
        assert last[1] in (0, 7), last

    booked = attempts(server)
    doubt = sum(cost for outcome, cost in booked if outcome == "unconfirmed")
    sure = sum(cost for outcome, cost in booked if outcome != "unconfirmed")
    assert sure <= box.spent("lemlist") * 1_000_000 <= sure + doubt
    assert box.spent("lemlist") * 1_000_000 <= PRICE * len(emails) * 1_000_000 + doubt


def test_what_one_has_paid_for_alone_is_the_teams_after_a_move(machines, box, known):
    emails = known("lemlist", 8)
    one, two, _ = machines
    alone = Shell(one.folder, {k: v for k, v in one.environ.items() if k != "ENRICHCTL_JOURNAL"})
    for machine in (one, two):
        machine.write("in.csv", "email\n" + "".join(f"{email}\n" for email in emails))
    assert ends([start(alone)])[0][1] == 0
    paid = box.spent("lemlist")
    moved = one("journal", "move")
    assert moved.returncode == 0, moved.stderr
    assert b"moved 8 attempts, 8 explanations" in moved.stderr
    for words in (("status", "last", "--row", "1"), ("credits", "--by", "provider")):
        assert one(*words, "--json").stdout == alone(*words, "--json").stdout != b""
    assert ends([start(two)])[0][1] == 0
    assert statuses(two) <= {"enriched", "no_match"}
    assert box.spent("lemlist") == paid


@pytest.fixture
def shut(server):
    """A role of the server that has to give a password."""
    hba = server.folder / "data" / "pg_hba.conf"
    before = hba.read_text()
    server.execute("DROP ROLE IF EXISTS maria; CREATE ROLE maria SUPERUSER LOGIN PASSWORD 'pine'")
    hba.write_text("local all maria scram-sha-256\n" + before)
    server.execute("SELECT pg_reload_conf()")
    yield server.url(DATABASE).replace("user=tests", "user=maria")
    hba.write_text(before)
    server.execute("SELECT pg_reload_conf(); DROP OWNED BY maria CASCADE; DROP ROLE maria")


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [("echo pine", 0, b""), ("echo oak", 2, b"password"), ("exit 3", 2, b"password")],
)
def test_the_configuration_says_where_the_journal_is_and_what_prints_its_password(
    machines, shut, command, status, said
):
    one = machines[0]
    del one.environ["ENRICHCTL_JOURNAL"]
    one.write(
        "config.toml",
        f'journal = "{shut}"\njournal_password_command = ["sh", "-c", "{command}"]\n',
    )
    done = one("--config", "config.toml", "status")
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert b"oak" not in done.stdout + done.stderr.replace(b"echo oak", b"")


def test_a_rehearsal_is_nobody_elses_business(machines, known, server):
    one, two, _ = machines
    one.write("in.csv", "email\n" + "".join(f"{email}\n" for email in known("lemlist", 4)))
    words = ("enrich", "in.csv", "-p", "lemlist", "-w", "job_title", "-y", "-q", "--sandbox")
    done = one(*words)
    assert done.returncode == 0, done.stderr

    tables = ("attempts", "runs", "records", "spending")
    assert [server.execute(f"TABLE enrichctl.{name}", DATABASE) for name in tables] == [[]] * 4
    (run,) = json.loads(one("status", "--json").stdout)["runs"]
    assert run["sandbox"]
    for name in ("last", run["id"]):
        assert json.loads(one("status", name, "--json").stdout)["run"]["id"] == run["id"]
    assert json.loads(one("status", "last", "--row", "1", "--json").stdout)["sandbox"]
    (row,) = json.loads(one("credits", "--by", "provider", "--sandbox", "--json").stdout)["rows"]
    assert row["asked"] == 4
    assert one("credits", "--best", "--sandbox").returncode == 0
    assert json.loads(two("status", "--json").stdout)["runs"] == []
    moved = one("journal", "move")
    assert b"moved 0 attempts, 0 explanations" in moved.stderr
    assert server.execute("TABLE enrichctl.runs", DATABASE) == []
