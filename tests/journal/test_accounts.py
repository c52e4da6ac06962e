"""What was bought under one name of an account is that account's under every name."""

from decimal import Decimal

import pytest

from enrichctl.errors import Locked
from enrichctl.journal import Budgets, Intent, Journal, history, record_rows, spent
from enrichctl.journal.accounts import (
    SANDBOX,
    account_told,
    has_answer,
    least_room,
    match_rates,
    others,
    remember_told,
    take_over,
)
from enrichctl.model import Gain, Outcome, Rate, Segment

ANNA, BORIS = b"anna", b"boris"


@pytest.fixture
def journal(place):
    with place.open() as journal:
        begin(journal, "run")
        yield journal


def begin(journal: Journal, name: str) -> history.RunEntry:
    now = journal.now()
    run = history.RunEntry(name, now, input="in", output="out", command=(), records=0, people=0)
    history.begin(journal, run)
    return run


def asked(account: str, person: bytes = ANNA, *, day: int | None = None) -> Intent:
    return Intent(
        "acme", account, person, "", ("email",), ("phone",), "run",
        worst=Decimal(2), budgets=Budgets(day=None if day is None else Decimal(day)),
    )  # fmt: skip


def buy(journal: Journal, account: str, person: bytes = ANNA, balance: int = 9) -> int:
    number = journal.intend(asked(account, person))
    journal.settle(
        number, Outcome.MATCHED, credits=Decimal(2), answer={"a": 1}, balance=Decimal(balance)
    )
    return number


def over(journal: Journal) -> None:
    """End the run, as far as others can see it."""
    journal.write(lambda db: db.execute("UPDATE runs SET state='done'"))


def test_answers_budgets_tickets_balances_and_limits_go_on_under_the_new_name(journal):
    number = buy(journal, "old")
    ticket = journal.intend(asked("old", BORIS))
    journal.submitted({ticket: "t1"})
    journal.remember_window("acme", "old", Rate(50, 60))
    over(journal)

    take_over(journal, "acme", "old", "new")

    (answer,) = journal.attempts("acme", "new", ANNA)
    (open_,) = journal.attempts("acme", "new", BORIS)
    assert (answer.id, answer.answer) == (number, {"a": 1})
    assert (open_.outcome, open_.ticket) == (Outcome.SUBMITTED, "t1")
    assert journal.attempts("acme", "old", ANNA) == []
    assert journal.spent("acme", f"day:{journal.now():%Y-%m-%d}", "new") == 4
    assert journal.spent("acme", f"day:{journal.now():%Y-%m-%d}", "old") == 0
    assert journal.balance("acme", "new").credits == 9
    assert journal.windows("acme", "new") == [Rate(50, 60)]


def test_money_of_two_names_adds_up_and_bounds_both(journal):
    buy(journal, "old")
    buy(journal, "new", BORIS)
    over(journal)
    take_over(journal, "acme", "old", "new")

    assert journal.spent("acme", "run:run", "new") == 4
    with pytest.raises(Exception, match="budget"):
        journal.intend(asked("new", b"carla", day=5))


def test_of_two_balances_the_later_holds(journal):
    buy(journal, "old", balance=9)
    journal.write(lambda db: db.execute("UPDATE balances SET at='2020'"))
    buy(journal, "new", BORIS, balance=3)
    over(journal)
    take_over(journal, "acme", "old", "new")
    assert journal.balance("acme", "new").credits == 3


def test_another_provider_with_a_key_of_that_name_is_left_alone(journal):
    buy(journal, "old")
    over(journal)
    take_over(journal, "other", "old", "new")
    assert len(journal.attempts("acme", "old", ANNA)) == 1


def test_nothing_moves_away_from_a_run_that_is_under_way(journal):
    buy(journal, "old")
    with pytest.raises(Locked, match="run run is under way"):
        take_over(journal, "acme", "old", "new")
    assert len(journal.attempts("acme", "old", ANNA)) == 1
    take_over(journal, "acme", "old", "old")  # nothing to move: it may go on
    take_over(journal, "acme", "unknown", "new")


def test_others_are_those_asked_before_a_new_account_the_latest_first(journal):
    for account in ("first", "second", "sandbox first"):
        buy(journal, account)
    assert others(journal, "acme", "third") == ["second", "first"]
    assert others(journal, "acme", "first") == []
    assert others(journal, "acme", "sandbox third") == []
    assert others(journal, "acme", "") == []
    assert has_answer(journal, "acme", "second", ANNA, "")
    assert not has_answer(journal, "acme", "second", BORIS, "")
    assert not has_answer(journal, "acme", "second", ANNA, "save")


def test_an_account_is_told_once_for_a_key(journal):
    assert account_told(journal, "acme", "k1") == ""
    remember_told(journal, "acme", "k1", "team")
    remember_told(journal, "acme", "k2", "team")
    assert account_told(journal, "acme", "k1") == account_told(journal, "acme", "k2") == "team"
    assert account_told(journal, "other", "k1") == ""


@pytest.mark.parametrize("name", ["a%", "a_me", "%"])
def test_a_name_is_no_pattern(journal, name):
    buy(journal, "acme")
    assert journal.spent("acme", "run:run", name) == 0
    assert journal.balance("acme", name) is None


def test_all_providers_are_counted_at_once_and_the_sandbox_is_left_out(journal):
    """Used by a record or not yet, an answer is one; what is set aside is told by period."""
    numbers = {}
    for provider, account, outcome, cost in (
        ("acme", "a", Outcome.MATCHED, 3), ("acme", "b", Outcome.MISSED, 1),
        ("acme", "b", Outcome.MATCHED, 2), ("acme", "a", Outcome.FAILED, 0),
        ("other", "a", Outcome.MISSED, 0), ("acme", "sandbox x", Outcome.MATCHED, 9),
    ):  # fmt: skip
        intent = asked(account, f"{len(numbers)}".encode())._replace(provider=provider)
        number = journal.intend(intent)
        journal.settle(number, outcome, credits=Decimal(cost), answer={"a": 1})
        numbers[len(numbers)] = number
    journal.intend(asked("a", BORIS))
    journal.intend(asked("sandbox x", BORIS))
    rows = [
        record_rows.pack_record(
            record_rows.RecordRow(row, row, "enriched", "", {}, [
                {"provider": "acme", "attempt": numbers[at], "accepted": fields} for at in tried
            ])
        )
        for row, tried, fields in (
            (1, (0,), ["phone", "email"]), (2, (0, 1), ["phone"]), (3, (5,), ["phone"]),
        )
    ]  # fmt: skip
    gains = [Gain(numbers[at], Segment(), ("phone",), ("phone",), (), ()) for at in (0, 1, 5)]
    record_rows.put_records(journal, "run", rows, gains)

    assert match_rates(journal) == {"acme": 0.6667, "other": 0.0}
    day = journal.now().date().isoformat()
    assert spent.really_set_aside(journal) == {
        ("acme", period): Decimal(2) for period in ("run:run", f"day:{day}", f"month:{day[:7]}")
    }


def test_the_budget_that_leaves_least_bounds_a_run(journal):
    def room(**budgets):
        return least_room(journal, "acme", "one", Budgets(**budgets))

    assert room() is None
    assert room(run=Decimal(3), month=Decimal(9)) == (3, 3, "run")
    buy(journal, "one")
    buy(journal, f"{SANDBOX}one", BORIS)
    assert room(run=Decimal(3), day=Decimal(4)) == (2, 4, "day")
    assert room(run=Decimal(3), day=Decimal(9), month=Decimal(1)) == (0, 1, "month")
    assert least_room(journal, "acme", "", Budgets(day=Decimal(9))) == (7, 9, "day")
