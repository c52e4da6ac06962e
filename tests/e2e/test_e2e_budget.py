"""Whatever happens, a vendor never charges more than the budget."""

import random
import threading
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
    monkeypatch.chdir(tmp_path)
    people = list(sandbox.population.people.values())
    (tmp_path / "config.toml").write_text(
        "[providers.leadlex]\ntimeout = 1.0\n[providers.lemlist]\ntimeout = 1.0\n"
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
