"""What a budget is for: one run, or all runs of a day."""

import pytest
from rehearsal import rehearsal, write_rows

from enrichctl.cli import app

CONFIGURED = "[providers.leadlex]\nbudget = {day = 3}\n"


@pytest.mark.parametrize(("configured", "spent"), [("", 6), (CONFIGURED, 3)])
def test_the_next_run_may_spend_its_budget_again_unless_the_day_has_one(
    configured, spent, tmp_path, monkeypatch
):
    with rehearsal(tmp_path, monkeypatch, miss_rate=0) as box:
        (tmp_path / "config.toml").write_text(configured)
        write_rows(tmp_path / "in.csv", "email", ([email] for email in box.population.people))
        words = ["enrich", "in.csv", "-p", "leadlex", "-w", "job_title", "-q", "--budget", "3"]
        assert app.run(words) == 5
        assert box.spent("leadlex") == 3
        assert app.run(words) == 5
        assert box.spent("leadlex") == spent
