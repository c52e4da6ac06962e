"""Money and answers: what is set aside, what it cost, and what survives."""

import json
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import IN_A_FILE, OPEN

from enrichctl.errors import BudgetReached, NotYet, StateError, UnderWay
from enrichctl.journal import Budgets, Intent, Journal, history, sqlite
from enrichctl.journal.money import from_millionths, to_millionths
from enrichctl.journal.sweep import sweep
from enrichctl.model import Outcome, Rate

RUN = "20260101-100000-aaaa"
PAYLOAD = {"method": "POST", "path": "/x", "body": '{"a": 1}', "key": "k-1"}


class Today:
    """A clock that a test moves."""

    def __init__(self):
        self.now = datetime(2026, 1, 31, 10, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def today():
    return Today()


@pytest.fixture
def journal(place, today):
    with place.open(now=today) as journal:
        begin(journal, RUN)
        yield journal


def begin(journal, name, **how):
    history.begin(journal, history.RunEntry(name, journal.now(), "in.csv", "out.csv", (), **how))


def intent(worst="1", budgets=None, person=None, run=RUN, **how):
    return Intent(
        provider="leadlex",
        account="acc",
        person=person or (b"anna" if run == RUN else run.encode()),
        variant="",
        inputs=("email",),
        wants=("phone", "job_title"),
        run=run,
        worst=Decimal(worst),
        payload=PAYLOAD,
        budgets=budgets or Budgets(),
        **how,
    )


def spent(journal, period=f"run:{RUN}"):
    return journal.spent("leadlex", period)


@given(st.decimals("0", "1000000000", places=6))
def test_money_is_exact_to_the_millionth(amount):
    assert from_millionths(to_millionths(amount)) == amount


def test_a_hundred_tenths_are_ten(journal):
    for _ in range(100):
        journal.intend(intent("0.1"))
    assert spent(journal) == Decimal(10)


def test_an_intent_stands_in_the_journal_as_it_will_be_sent(journal, today):
    number = journal.intend(intent("2.5"))
    found = journal.attempt(number)
    assert (found.provider, found.account, found.person, found.run) == (
        "leadlex",
        "acc",
        b"anna",
        RUN,
    )
    assert (found.inputs, found.wants) == (("email",), ("phone", "job_title"))
    assert (found.outcome, found.credits, found.at) == (Outcome.SENT, Decimal("2.5"), today.now)
    assert journal.payload(number) == PAYLOAD
    assert journal.attempts("leadlex", "acc", b"anna") == [found]
    assert journal.attempts("leadlex", "other account", b"anna") == []
    assert journal.attempts("leadlex", "acc", b"anna", "save") == []


def test_an_answer_is_kept_as_it_came_and_its_request_is_not(journal):
    number = journal.intend(intent("2"))
    answer = {"data": {"name": "Zoë 😀", "n": [1.5, None]}}
    journal.settle(
        number,
        Outcome.MATCHED,
        credits=Decimal(1),
        answer=answer,
        request_id="r-9",
        balance=Decimal(41),
    )
    found = journal.attempt(number)
    assert (found.outcome, found.credits, found.answer) == (Outcome.MATCHED, Decimal(1), answer)
    assert (found.request_id, journal.payload(number)) == ("r-9", None)
    assert journal.balance("leadlex").credits == Decimal(41)


@pytest.mark.parametrize("period", [f"run:{RUN}", "day:2026-01-31", "month:2026-01"])
def test_worst_case_counts_until_the_cost_is_known(journal, period):
    number = journal.intend(intent("5"))
    assert spent(journal, period) == 5
    journal.settle(number, Outcome.MATCHED, credits=Decimal("1.25"))
    assert spent(journal, period) == Decimal("1.25")


def test_what_is_in_doubt_counts_with_its_worst_case_and_keeps_its_request(journal):
    number = journal.intend(intent("5"))
    journal.settle(number, Outcome.UNCONFIRMED, reason="lost")
    assert (spent(journal), journal.payload(number)) == (5, PAYLOAD)


def test_the_time_of_what_is_in_doubt_is_when_it_was_first_sent(journal, today):
    number = journal.intend(intent())
    first = today.now
    today.now += timedelta(hours=23)
    journal.settle(number, Outcome.UNCONFIRMED, reason="lost again under the same key")
    assert journal.attempt(number).at == first


def test_a_cost_counts_against_the_day_on_which_it_was_meant(journal, today):
    number = journal.intend(intent("5"))
    today.now += timedelta(days=1)
    journal.settle(number, Outcome.MATCHED, credits=Decimal(2))
    assert [spent(journal, p) for p in ("day:2026-01-31", "day:2026-02-01", "month:2026-02")] == [
        2,
        0,
        0,
    ]


def test_what_was_never_sent_costs_nothing_and_leaves_nothing(journal):
    number = journal.intend(intent("5", subjects=(b"12345678",)))
    journal.void(number)
    assert (spent(journal), journal.attempt(number)) == (0, None)
    assert journal.read("SELECT * FROM subjects") == []


def test_what_was_asked_by_an_address_is_found_once_the_last_first(journal):
    first, last = (
        journal.intend(intent("5", person=who, subjects=(b"12345678", b"87654321")))
        for who in (b"a" * 16, b"b" * 16)
    )
    journal.intend(intent("5", person=b"c" * 16, subjects=(b"abcdefgh",)))
    found = journal.asked_by([b"12345678", b"87654321"], 5)
    assert [one.id for one in found] == [last, first]
    assert [one.id for one in journal.asked_by([b"12345678"], 1)] == [last]


def test_a_cost_above_the_worst_case_is_told_as_it_is(journal):
    number = journal.intend(intent("1"))
    journal.settle(number, Outcome.MATCHED, credits=Decimal(3))
    assert spent(journal) == 3


def test_what_cost_nothing_is_noted_without_money(journal):
    number = journal.note(intent("5"), Outcome.MISSED, reason="nobody of that name")
    assert (spent(journal), journal.attempt(number).reason) == (0, "nobody of that name")
    assert journal.payload(number) is None


@pytest.mark.parametrize(
    ("budgets", "word"),
    [
        (Budgets(run=Decimal("2.5")), "run"),
        (Budgets(day=Decimal("2.5")), "day"),
        (Budgets(month=Decimal("2.5")), "month"),
    ],
)
def test_a_budget_is_reached_before_it_is_exceeded(journal, budgets, word):
    for _ in range(2):
        journal.intend(intent("1", budgets))
    with pytest.raises(BudgetReached, match=f"2.5 credits a {word}"):
        journal.intend(intent("1", budgets))
    assert spent(journal) == 2
    journal.intend(intent("0.5", budgets))
    assert spent(journal) == Decimal("2.5")


def test_budgets_of_a_day_and_a_month_hold_across_runs_and_begin_anew(journal, today):
    begin(journal, "second")
    budgets = Budgets(run=Decimal(2), day=Decimal(2), month=Decimal(3))
    journal.intend(intent("2", budgets))
    with pytest.raises(BudgetReached, match="a day"):
        journal.intend(intent("1", budgets, run="second"))
    today.now += timedelta(days=1)  # a new month as well
    journal.intend(intent("2", budgets, run="second"))
    today.now += timedelta(days=1)
    begin(journal, "third")
    with pytest.raises(BudgetReached, match="a month"):
        journal.intend(intent("2", budgets, run="third"))


@pytest.mark.parametrize(
    ("budget", "fit", "said"),
    [
        (
            "1",
            1,
            "of 1 credit a day at leadlex leaves no room for a call of up to 1, 1 is spent or",
        ),
        (
            "2.5",
            2,
            "of 2.5 credits a day at leadlex leaves no room for a call of up to 1, 2 are sp",
        ),
        ("0.5", 0, "of 0.5 credits a day at leadlex leaves no room for a call of up to 1$"),
    ],
)
def test_a_budget_that_is_reached_says_what_is_gone_of_it_where_anything_is(
    journal, budget, fit, said
):
    budgets = Budgets(day=Decimal(budget))
    for number in range(fit):
        journal.intend(intent(budgets=budgets, person=b"%d" % number))
    with pytest.raises(BudgetReached, match=said):
        journal.intend(intent(budgets=budgets, person=b"last"))


def test_what_another_run_is_asking_is_not_asked_a_second_time(journal):
    begin(journal, "second")
    first = journal.intend(intent())
    with pytest.raises(NotYet):
        journal.intend(intent(run="second", person=b"anna"))
    assert journal.reserve([intent(run="second", person=b"anna")]) == [0]

    journal.settle(first, Outcome.MISSED, credits=Decimal(0))
    assert journal.intend(intent(run="second", person=b"anna")) > first


def test_what_another_run_has_asked_since_it_was_looked_for_is_not_asked_again(journal):
    begin(journal, "second")
    looked = intent(run="second", person=b"anna")._replace(seen=0)
    first = journal.intend(intent())
    journal.settle(first, Outcome.MATCHED, credits=Decimal(1), answer={})
    with pytest.raises(UnderWay):
        journal.intend(looked)
    assert journal.reserve([looked]) == [0]
    assert journal.intend(looked._replace(seen=first)) > first


def test_budgets_of_accounts_are_apart(journal):
    budgets = Budgets(day=Decimal(1))
    journal.intend(intent("1", budgets))
    other = intent("1", budgets)
    journal.intend(other._replace(account="b"))
    assert journal.spent("leadlex", "day:2026-01-31", "b") == 1
    assert spent(journal, "day:2026-01-31") == 2


def test_money_that_is_settled_lower_can_be_spent_again(journal):
    budgets = Budgets(run=Decimal(2))
    number = journal.intend(intent("2", budgets))
    journal.settle(number, Outcome.MISSED, credits=Decimal(0))
    journal.intend(intent("2", budgets))


def test_as_many_of_several_questions_are_reserved_as_fit(journal):
    many = [intent("1", Budgets(run=Decimal(2)), person=bytes([n])) for n in range(3)]
    numbers = journal.reserve(many)
    assert [journal.attempt(n).outcome for n in numbers] == [Outcome.RESERVED] * 2
    with pytest.raises(BudgetReached):
        journal.reserve(many)
    journal.sent(numbers)
    journal.submitted({numbers[0]: "ticket-1"})
    first, second = map(journal.attempt, numbers)
    assert (first.outcome, first.ticket, second.outcome) == (
        Outcome.SUBMITTED,
        "ticket-1",
        Outcome.SENT,
    )


def test_threads_never_exceed_a_budget_between_them(journal):
    outcomes = []

    def spend():
        for _ in range(8):
            try:
                outcomes.append(journal.intend(intent("0.3", Budgets(run=Decimal(50)))))
            except BudgetReached:
                outcomes.append(None)

    threads = [threading.Thread(target=spend) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    granted = [n for n in outcomes if n is not None]
    assert (len(outcomes), len(granted), len(set(granted))) == (256, 166, 166)
    assert spent(journal) == Decimal("49.8")


SPEND = """
from decimal import Decimal
from enrichctl.errors import BudgetReached
from enrichctl.journal import Budgets, Intent, history
name = sys.argv[3]
with journal:
    history.begin(journal, history.RunEntry(name, journal.now(), "in.csv", "out.csv", ()))
    print("ready", flush=True)
    sys.stdin.readline()
    granted = 0
    for n in range(60):
        try:
            journal.intend(Intent("leadlex", "acc", name.encode(), "", ("email",), ("phone",), name,
                worst=Decimal("0.7"), payload={}, budgets=Budgets(month=Decimal(70))))
            granted += 1
        except BudgetReached:
            pass
    print(granted, flush=True)
"""


def start(code, *args):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_processes_never_exceed_a_budget_between_them(place):
    started = [start(OPEN + SPEND, *place.words, f"run-{n}") for n in range(3)]
    assert [process.stdout.readline() for process in started] == ["ready\n"] * 3
    said = [process.communicate("go\n", timeout=30) for process in started]
    assert [error for _, error in said] == [""] * 3
    assert sum(int(granted) for granted, _ in said) == 100
    with place.open() as journal:
        assert journal.spent("leadlex", f"month:{journal.now():%Y-%m}") == 70


KILLED = """
import os, signal
from enrichctl.journal import Intent, history
history.begin(journal, history.RunEntry("run-1", journal.now(), "in.csv", "out.csv", ()))
for n in range(5):
    number = journal.intend(Intent("leadlex", "acc", b"p", "", ("email",), ("phone",), "run-1",
        payload={"key": f"k-{n}"}))
    print(number, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_intents_outlive_the_process_that_is_killed(place):
    process = start(OPEN + KILLED, *place.words)
    said, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (-signal.SIGKILL, "")
    with place.open() as journal:
        sweep(journal)
        found = [journal.attempt(int(number)) for number in said.split()]
        assert [attempt.outcome for attempt in found] == [Outcome.UNCONFIRMED] * 5
        assert journal.payload(found[-1].id) == {"key": "k-4"}


FULL = """
import os, resource, signal
from decimal import Decimal
from enrichctl.errors import StateError
from enrichctl.journal import Intent, history
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
history.begin(journal, history.RunEntry("run-1", journal.now(), "in.csv", "out.csv", ()))
size = os.path.getsize(journal.store.name + "-wal")
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 60_000, size + 60_000))
sent = 0
try:
    for n in range(100):
        journal.intend(Intent("leadlex", "acc", b"p", "", ("email",), ("phone",), "run-1",
            worst=Decimal(1), payload={"body": "x" * 1000}))
        sent += 1
except StateError as error:
    print(sent, error.next)
"""


@IN_A_FILE
def test_a_full_disk_is_noticed_before_anything_is_sent(place):
    process = start(OPEN + FULL, *place.words)
    said, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (0, "")
    sent, _, advice = said.partition(" ")
    assert 0 < int(sent) < 100
    # Another folder would have a journal that does not know what was paid.
    assert advice.strip() == "free the disk, then run the same command again"
    with place.open() as journal:
        assert journal.spent("leadlex", "run:run-1") == int(sent)
        assert journal.read("SELECT COUNT(*) FROM attempts") == [(int(sent),)]


def test_of_balances_moments_apart_the_lowest_counts_and_a_later_one_whatever_it_is(journal, today):
    shown = []
    for seconds, left in ((0, 40), (1, 41), (0, 39), (60, 90)):
        today.now += timedelta(seconds=seconds)
        journal.settle(
            journal.intend(intent("1")), Outcome.MATCHED, credits=Decimal(1), balance=Decimal(left)
        )
        shown.append(journal.balance("leadlex").credits)
    assert shown == [40, 40, 39, 90]


def test_the_newest_balance_is_the_one_that_counts(journal, today):
    for account, left, hours in (("acc", 40, 0), ("other", 7, 1)):
        today.now += timedelta(hours=hours)
        asked = intent("1")
        asked = asked._replace(account=account)
        journal.settle(
            journal.intend(asked), Outcome.MATCHED, credits=Decimal(1), balance=Decimal(left)
        )
    assert journal.balance("leadlex", "acc").credits == 40
    assert journal.balance("leadlex").credits == 7
    assert journal.balance("leadlex").at == today.now
    assert journal.balance("close") is None


def test_limits_that_refusals_taught_are_remembered_per_account(journal):
    journal.remember_window("leadlex", "acc", Rate(10, 60.0))
    journal.remember_window("leadlex", "acc", Rate(50, 60.0))
    journal.remember_window("leadlex", "acc", Rate(100, 86_400.0))
    assert journal.windows("leadlex", "acc") == [Rate(50, 60.0), Rate(100, 86_400.0)]
    assert journal.windows("leadlex", "other") == []


def test_an_answer_that_cannot_be_kept_is_booked_all_the_same(journal):
    number = journal.intend(intent())
    journal.settle(number, Outcome.MATCHED, credits=Decimal(1), answer={"x": float("nan")})
    attempt = journal.attempt(number)
    assert (attempt.outcome, attempt.answer, attempt.credits) == (Outcome.FAILED, None, 1)
    assert "cannot be kept" in attempt.reason


def test_half_a_character_is_kept_as_it_came(journal):
    number = journal.intend(intent())
    journal.settle(number, Outcome.MATCHED, answer={"x": "\ud83d"}, reason="\ud83d")
    attempt = journal.attempt(number)
    assert (attempt.answer, attempt.reason) == ({"x": "\ud83d"}, "\\ud83d")


def test_nothing_of_the_journal_is_left_locked_by_a_reader(journal, place):
    with place.open() as other:
        assert other.read("SELECT COUNT(*) FROM attempts") == [(0,)]
        journal.intend(intent())
        assert other.read("SELECT COUNT(*) FROM attempts") == [(1,)]


def test_a_state_error_says_what_to_do(journal):
    with pytest.raises(StateError) as caught:
        journal.write(lambda db: db.execute("INSERT INTO nowhere VALUES (1)"))
    assert caught.value.next
    assert json.dumps(caught.value.message)
    assert journal.store.name in caught.value.message


def test_the_log_of_a_large_change_does_not_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "LOG_KEPT", 1 << 20)
    with Journal(tmp_path / "journal.db") as journal:
        log = tmp_path / "journal.db-wal"
        journal.write(
            lambda db: db.execute("CREATE TABLE large AS SELECT randomblob(8000000) AS it")
        )
        assert log.stat().st_size > 8_000_000
        for _ in range(3):  # the next changes write from the log's beginning
            journal.write(lambda db: db.execute("CREATE TABLE IF NOT EXISTS small (it)"))
            journal.write(lambda db: db.execute("INSERT INTO small VALUES (1)"))
        assert log.stat().st_size <= 1 << 20
