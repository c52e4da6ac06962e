"""Two runs with one key enter what they ask under one account, whichever is told its name first."""

import pytest

from enrichctl import registry
from enrichctl.cli.account_names import ask_vendor, name_account
from enrichctl.cli.logins import connect
from enrichctl.config import load
from enrichctl.engine.question import Step
from enrichctl.journal import Journal
from enrichctl.journal.accounts import remember_told


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


def test_a_name_that_another_run_was_told_meanwhile_is_used(tmp_path, journal, monkeypatch):
    """A run that looked before that would buy what the other buys, under the name of the key."""
    monkeypatch.setenv("ENRICHCTL_LEMLIST_API_KEY", "made-up")
    path = tmp_path / "config.toml"
    path.write_text("keyring = false\n")
    path.chmod(0o600)
    settings = load(path)
    step = Step(registry.load("lemlist", settings), ())
    mine = name_account(step, connect(step, settings, None, must=True, budgets={}), journal)
    assert step.account == mine.key

    remember_told(journal, "lemlist", mine.key, "the team")
    mine = ask_vendor(
        step, mine, journal, new=False
    )  # nobody is asked: the network is out of reach

    assert step.account == mine.connection.account == "the team"
