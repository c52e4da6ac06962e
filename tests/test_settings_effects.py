"""Every key of a ``[providers.NAME]`` table does what the manual says, or is refused."""

from dataclasses import fields
from decimal import Decimal

import pytest

from enrichctl import registry
from enrichctl.cli.app import run
from enrichctl.cli.logins import connect
from enrichctl.config import ProviderSettings, load
from enrichctl.engine.question import Step
from enrichctl.engine.stop import Stop
from enrichctl.errors import UsageError
from enrichctl.events import nobody
from enrichctl.journal import Journal
from enrichctl.model import Rate

KEY = {"ENRICHCTL_LEADLEX_API_KEY": "made-up", "ENRICHCTL_CLOSE_API_KEY": "made-up"}


@pytest.fixture
def connected(tmp_path):
    """Connect a provider with such a table."""

    def connected(table: str, name: str = "leadlex"):
        path = tmp_path / "config.toml"
        path.write_text(f"keyring = false\n[providers.{name}]\n{table}\n")
        path.chmod(0o600)
        settings = load(path)
        step = Step(registry.load(name, settings), ())
        return connect(step, settings, KEY, must=True, budgets={}), step

    return connected


def lane_context(one, tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        return one.lane_context(journal, "run", Stop(), nobody, None)


EFFECTS = {
    "base_url": (
        'base_url = "http://127.0.0.1:9/x"',
        lambda one, *_: one.connection.base_url == "http://127.0.0.1:9/x",
    ),
    "account": ('account = "sales"', lambda _, step, __: step.account == "sandbox sales"),
    "price": ("price = 1.5", lambda one, *_: one.provider.price.most(("phone",)) == Decimal("1.5")),
    "budget": (
        "budget = {run = 2, day = 3, month = 4}",
        lambda one, *_: (one.budgets.run, one.budgets.day, one.budgets.month) == (2, 3, 4),
    ),
    "concurrency": (
        "concurrency = 3",
        lambda one, _, folder: lane_context(one, folder).workers == 3,
    ),
    "timeout": ("timeout = 12.5", lambda one, _, folder: lane_context(one, folder).timeout == 12.5),
    "rates": (
        "rates = [{limit = 2, seconds = 9}]",
        lambda one, _, folder: list(lane_context(one, folder).limiter._windows) == [Rate(2, 9)],
    ),
    "plan": (  # a login item of LeadLex
        'plan = "pro"',
        lambda one, *_: len(one.provider.rates) == 2,
    ),
}
ELSEWHERE = {
    "kind": "tests/declared and tests/table",
    "key_command": "tests/test_key_command.py",
    "save": "below: by the installed command",
    "login": "tests/providers/test_superoffice.py",
    "warn_below": "tests/e2e/test_e2e_settings.py",
    "only_if": "tests/cli/test_only_if.py",
    "currency": "tests/cli/test_bought.py",
    # Not keys of a table:
    "raw": "", "place": "", "keyring": "", "keyring_any_backend": "", "private": "",
}  # fmt: skip


@pytest.mark.parametrize("key", EFFECTS)
def test_a_key_has_its_effect(connected, tmp_path, key):
    table, holds = EFFECTS[key]
    one, step = connected(table)
    assert holds(one, step, tmp_path)
    plain, bare = connected("")
    assert not holds(plain, bare, tmp_path)


def test_no_key_is_accepted_without_a_test_of_its_effect():
    known = {f.name for f in fields(ProviderSettings)}
    assert known <= EFFECTS.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("typed", [(), ("--save",), ("--no-save",)])
@pytest.mark.parametrize("configured", ["", "save = true", "save = false"])
def test_save_of_the_configuration_counts_where_no_option_says(
    tmp_path, monkeypatch, capsys, configured, typed
):
    """LeadLex changes nothing when it is asked by e-mail, unless values are to be saved there."""
    monkeypatch.setenv("ENRICHCTL_LEADLEX_API_KEY", "made-up")
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "in.csv").write_text("email\njane.doe@acme.io\n")
    config = tmp_path / "config.toml"
    config.write_text(f"[providers.leadlex]\n{configured}\n")
    words = ["--config", str(config), "enrich", str(tmp_path / "in.csv"), "-p", "leadlex"]

    assert run([*words, "-w", "phone", "-n", "--json", *typed]) == 0

    says_writes = '"writes": null' not in capsys.readouterr().out
    assert says_writes is (typed == ("--save",) or (not typed and configured == "save = true"))


@pytest.mark.parametrize(
    ("key", "hint"), [("plna", "did you mean plan"), ("tenant", "is not a setting")]
)
def test_a_key_that_nobody_reads_is_refused_with_its_line(connected, key, hint):
    with pytest.raises(UsageError, match=hint) as caught:
        connected(f'{key} = "x"')
    assert "config.toml, line 3: providers.leadlex." + key in caught.value.message


def test_how_long_a_question_is_free_again_is_shown(capsys):
    assert run(["providers", "show", "fullenrich"]) == 0
    assert "free again for 90 days" in " ".join(capsys.readouterr().out.split())
