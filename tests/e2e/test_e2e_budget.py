"""Whatever happens, a vendor never charges more than the budget."""

import random
import threading
import time
from decimal import Decimal

import pytest
from e2e_shell import money

from enrichctl.cli import app
from enrichctl.sandbox import Sandbox

RUNS = 200
FAULTS = ("lost", "cut_head", "empty", "502", "reset", "bad_json", "throttled")


@pytest.fixture(scope="module")
def sandbox():
    """One sandbox for all of the runs."""
    with Sandbox(limits=False) as box:
        yield box


@pytest.mark.parametrize("block", range(8))
def test_in_random_runs_no_more_is_charged_than_the_budget(sandbox, tmp_path, monkeypatch, block):
    chance = random.Random(block)  # noqa: S311 - reproducible, not secret
    for name, value in sandbox.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("enrichctl.transport.api.BACKOFF", 0.01)
    monkeypatch.setattr("enrichctl.transport.api.retry_after", lambda _: None)  # lemlist's says 2 s
    monkeypatch.setattr("enrichctl.providers.lemlist.Lemlist.poll_every", 0.02)
    monkeypatch.setattr("enrichctl.providers.lemlist.Lemlist.rates", ())  # the sandbox has none
    monkeypatch.chdir(tmp_path)
    people = list(sandbox.population.people.values())
    (tmp_path / "config.toml").write_text(
        "[providers.leadlex]\ntimeout = 0.5\n[providers.lemlist]\ntimeout = 0.5\n"
    )
    for number in range(RUNS // 8):
        vendor = chance.choice(["leadlex", "lemlist"])
        count, budget = chance.randint(1, 14), Decimal(chance.randint(0, 24))
        sandbox.reset()
        sandbox.set(pending_polls=0, faults=dict.fromkeys(FAULTS, 0.0))
        for fault in chance.sample(FAULTS, 2):
            if fault != "throttled":
                sandbox.fault(vendor, fault, times=chance.randint(1, 2))
        state = tmp_path / f"state-{number}"
        monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(state))
        chosen = chance.sample(people, count)
        (tmp_path / "in.csv").write_text("email\n" + "".join(f"{p.email}\n" for p in chosen))
        status = app.run(
            ["enrich", "in.csv", "-p", vendor, "-w", "job_title",
             "--budget", str(budget), "--concurrency", str(chance.choice([1, 4, 32])),
             "--config", "config.toml", "--force", "-q", "--max-duration", "3s"]
        )  # fmt: skip

        sure, doubt = money(state, vendor)
        assert status in (0, 3, 5, 6, 7)
        assert sandbox.spent(vendor) <= budget, (block, number)
        assert sure <= sandbox.spent(vendor) <= sure + doubt <= budget, (block, number)


def test_three_processes_at_once_share_one_budget(paid, box):
    box.set(limits=False, latency=0.02)
    people = list(box.population.people.values())
    (paid.folder / "config.toml").write_text("[providers.leadlex]\nbudget = {day = 25}\n")
    for n in range(3):
        rows = people[n * 40 : n * 40 + 40]
        paid.write(f"in{n}.csv", "email\n" + "".join(f"{p.email}\n" for p in rows))
    runs = [
        paid.start("enrich", f"in{n}.csv", "-p", "leadlex", "-y", "--concurrency", "32",
                   "--config", "config.toml")
        for n in range(3)
    ]  # fmt: skip
    readers = [threading.Thread(target=run.communicate) for run in runs]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)

    assert {run.returncode for run in runs} == {5}
    assert box.spent("leadlex") <= 25
    assert money(paid.folder / "state", "leadlex")[0] == box.spent("leadlex")


@pytest.mark.parametrize("vendor", ["leadlex", "lemlist"])
def test_three_processes_with_kills_in_between_stay_within_one_budget(paid, box, vendor):
    box.set(limits=False, latency=0.02, pending_polls=0)
    people = list(box.population.people.values())
    (paid.folder / "config.toml").write_text(f"[providers.{vendor}]\nbudget = {{day = 30}}\n")
    for n in range(3):
        rows = people[n * 30 : n * 30 + 40]  # some people stand in two of the files
        paid.write(f"in{n}.csv", "email\n" + "".join(f"{p.email}\n" for p in rows))

    def start(n):
        return paid.start(
            "enrich", f"in{n}.csv", "-p", vendor, "-w", "job_title", "-y", "-q",
            "--concurrency", "32", "--config", "config.toml",
        )  # fmt: skip

    for killed in (7, 19):  # requests after which all three die
        seen = len(box.requests)
        runs = [start(n) for n in range(3)]
        until = time.monotonic() + 30
        while len(box.requests) < seen + killed and any(run.poll() is None for run in runs):
            assert time.monotonic() < until
            time.sleep(0.005)
        for run in runs:
            run.kill()
            run.communicate()
    runs = [start(n) for n in range(3)]
    ends = [(run.communicate(timeout=60)[1], run.returncode) for run in runs]

    assert {status for _, status in ends} <= {0, 5, 7}, ends
    sure, doubt = money(paid.folder / "state", vendor)
    assert sure <= box.spent(vendor) <= sure + doubt <= 30
    assert box.spent(vendor) > 10  # it is the budget that held it
