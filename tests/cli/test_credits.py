import json
from datetime import UTC, datetime
from decimal import Decimal

import keyring
import keyring.backends.fail
import pytest

from enrichctl.cli.app import run
from enrichctl.cli.credits import documents
from enrichctl.errors import Unavailable
from enrichctl.journal import Budgets, Intent, Journal, history, record_rows
from enrichctl.journal.money import no_room
from enrichctl.model import Gain, Outcome, Segment
from enrichctl.providers.leadlex import LeadLex

CONFIG = """
[providers.leadlex]
account = "acme"
budget = {run = 50, day = 100, month = 2.5}
"""


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("ENRICHCTL_LEADLEX_API_KEY", raising=False)
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    (tmp_path / "config.toml").write_text("")
    return tmp_path


@pytest.fixture
def journal(state):
    with Journal(state / "journal.db") as opened:
        yield opened


def begin(journal, name="20251120-090000-aaaa"):
    history.begin(journal, history.RunEntry(name, datetime.now(UTC), "in.csv", "out.csv", ()))
    return name


def spend(journal, name, credit, outcome=Outcome.MATCHED, *, account="acme", **how):
    number = journal.intend(
        Intent("leadlex", account, b"p", "", (), ("phone",), name, worst=Decimal(credit))
    )
    journal.settle(number, outcome, credits=Decimal(credit), **how)
    return number


def printed(capsys):
    assert run(["credits", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    documents.CreditsDocument.model_validate(shown)
    assert shown["schema"] == "enrichctl.credits/1"
    return shown["providers"]


def test_without_use_login_or_configuration_there_is_nothing_to_show(capsys):
    assert printed(capsys) == []
    assert run(["credits"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "no paid provider" in said
    assert "credits --sandbox --by provider" in said


def test_money_is_shown_with_the_promised_keys(journal, state, capsys):
    (state / "config.toml").write_text(CONFIG)
    spend(journal, begin(journal), "1.25", balance=Decimal(4020))
    last = begin(journal, "20251120-100000-bbbb")
    spend(journal, last, "0.50")
    spend(journal, last, "0", Outcome.MISSED)

    (one,) = printed(capsys)

    assert one.keys() == {
        "name", "balance", "balance_at", "balance_source", "warn_below", "low", "spent",
        "set_aside", "budget", "left", "credits_per_filled_field", "money", "match_rate",
    }  # fmt: skip
    assert (one["name"], one["balance"], one["balance_source"]) == ("leadlex", "4020", "reported")
    assert one["balance_at"].endswith("Z")
    assert one["spent"] == {"last_run": "0.5", "today": "1.75", "month": "1.75"}
    assert one["budget"] == {"run": "50", "day": "100", "month": "2.5"}
    assert one["left"] == {"day": "98.25", "month": "0.75"}
    assert one["match_rate"] == pytest.approx(2 / 3, abs=0.001)


def test_amounts_in_words_have_their_thousands_marked(journal, state, capsys):
    """A balance, the bound that it is under, and what a budget leaves: as in the table."""
    (state / "config.toml").write_text("[providers.leadlex]\nwarn_below = 12_500.5\n")
    spend(journal, begin(journal), "1", balance=Decimal(9569))

    assert run(["credits"]) == 0
    said = capsys.readouterr()
    assert "9,569" in said.out
    line = "leadlex: 9,569 credits are left, fewer than the 12,500.5 of its warn_below"
    assert line in said.err

    budgets = Budgets(run=Decimal(1000), day=Decimal(2500))
    intent = Intent("leadlex", "acme", b"p", "", (), (), "r", budgets=budgets, worst=Decimal(1500))
    assert str(no_room(intent, "day", 1_200_000_000)) == (
        "the budget of 2,500 credits a day at leadlex leaves no room for a call of up to 1,500,"
        " 1,200 are spent or set aside"
    )
    typed = no_room(intent, "run", 0).next  # as it is typed, without a comma
    assert typed == "no call fits into it: run again with 1500 or more"


def test_what_was_spent_in_the_sandbox_is_not_money(journal, capsys):
    name = begin(journal)
    spend(journal, name, "7", account="sandbox acme", balance=Decimal(1))

    assert printed(capsys) == []

    spend(journal, name, "1")
    (one,) = printed(capsys)
    assert one["spent"] == {"last_run": "1", "today": "1", "month": "1"}
    assert (one["balance"], one["balance_source"]) == (None, "not_offered")


def test_an_open_worst_case_is_set_aside_and_never_leaves_less_than_nothing(journal, state, capsys):
    (state / "config.toml").write_text(CONFIG)
    journal.intend(Intent("leadlex", "acme", b"p", "", (), (), begin(journal), worst=Decimal(3)))

    (one,) = printed(capsys)

    assert (one["spent"]["today"], one["set_aside"]["today"]) == ("0", "3")
    assert one["left"] == {"day": "97", "month": "0"}


def test_a_filled_blank_has_one_price_on_every_screen(journal, capsys):
    """Misses count; rows that share an answer, and what it only knew better, do not."""
    name, fields = begin(journal), ("phone", "email")
    shared, missed = spend(journal, name, "3"), spend(journal, name, "1", Outcome.MISSED)

    def row(number, attempt, accepted):
        tried = {"provider": "leadlex", "attempt": attempt, "accepted": accepted}
        return record_rows.pack_record(
            record_rows.RecordRow(number, number, "enriched", "", {}, [tried])
        )

    record_rows.put_records(
        journal,
        name,
        [row(1, shared, [*fields]), row(2, shared, ["phone"]), row(3, missed, [])],
        [
            Gain(shared, Segment(), fields, fields, fields, ("phone",)),
            Gain(missed, Segment(), fields, fields),
        ],
    )

    assert printed(capsys)[0]["credits_per_filled_field"] == "4"
    assert run(["credits", "--by", "provider", "--json"]) == 0
    (same,) = json.loads(capsys.readouterr().out)["rows"]
    assert same["credits_per_filled_field"] == "4"


def test_a_balance_is_asked_live_where_the_provider_has_a_call_for_it(journal, monkeypatch, capsys):
    spend(journal, begin(journal), "1", balance=Decimal(5))
    monkeypatch.setenv("ENRICHCTL_LEADLEX_API_KEY", "key")
    monkeypatch.setattr(LeadLex, "balance", lambda *_: Decimal("12.5"))

    (one,) = printed(capsys)

    assert (one["balance"], one["balance_source"]) == ("12.5", "live")


def test_a_live_balance_that_fails_falls_back_to_the_last_reported_one(
    journal, state, monkeypatch, capsys
):
    (state / "config.toml").write_text(CONFIG)
    spend(journal, begin(journal), "1", balance=Decimal(5))
    monkeypatch.setenv("ENRICHCTL_LEADLEX_API_KEY", "key")

    def fail(*_):
        raise Unavailable("it is down")

    monkeypatch.setattr(LeadLex, "balance", fail)

    assert run(["credits", "--json"]) == 0
    out, err = capsys.readouterr()
    (one,) = json.loads(out)["providers"]
    assert (one["balance"], one["balance_source"]) == ("5", "reported")
    assert "it is down" in err


def test_a_provider_that_is_configured_or_logged_in_is_shown_before_its_first_use(
    state, monkeypatch, capsys
):
    (state / "config.toml").write_text(CONFIG)
    assert [one["name"] for one in printed(capsys)] == ["leadlex"]

    (state / "config.toml").write_text("")
    monkeypatch.setenv("ENRICHCTL_LEADLEX_API_KEY", "key")
    (one,) = printed(capsys)
    assert one["spent"] == {"last_run": None, "today": "0", "month": "0"}


def test_the_table_shows_balance_spend_and_what_is_left_of_budgets(journal, state, capsys):
    (state / "config.toml").write_text(CONFIG)
    spend(journal, begin(journal), "1.25", balance=Decimal(4020))

    assert run(["credits"]) == 0

    page = capsys.readouterr().out
    assert "4,020" in page
    assert "balance as last reported" in page
    assert "100 a day (98.75 left)" in page
    assert max(map(len, page.splitlines())) <= 80


def test_the_schema_is_printed(capsys):
    assert run(["credits", "--json-schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["properties"]["schema"]["const"] == "enrichctl.credits/1"
