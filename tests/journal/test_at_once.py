"""What a server writes in one go is what is written one by one."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from enrichctl.errors import BudgetReached, UnderWay
from enrichctl.journal import Budgets, Intent, history
from enrichctl.journal.entries import Settlement, Tickets, enter
from enrichctl.journal.intending import Intending
from enrichctl.journal.money import iso
from enrichctl.journal.packing import deflate
from enrichctl.model import Outcome

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)
NOW = datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)
RUNS = ("20260301-120000-aaaa", "20260301-120000-bbbb")
TABLES = ("attempts", "subjects", "spending", "balances")


@pytest.fixture
def journal(place):
    with place.open() as journal:
        for run in RUNS:
            history.begin(journal, history.RunEntry(run, NOW, "/in.csv", "-", ()))
        yield journal


def some_intent(chance, journal):
    """Return an intent that may meet a budget, or another run."""
    cost = chance.choice([0, 1, 7, 20])
    room = [chance.choice([None, None, Decimal(60), Decimal(cost)]) for _ in range(3)]
    payload = chance.choice([None, {"key": "k'\\", "body": "\0ö"}])
    who = chance.choice("pqrstuv")
    intent = Intent(
        chance.choice(["leadlex", "lemlist"]), "acc", who.encode(), chance.choice(["", "v"]),
        ("email", "phone"), ("job_title",), chance.choice(RUNS), tuple({who.encode(), b"\xff'"}),
        Decimal(cost), payload, Budgets(*room), chance.choice([0, 5, 1000]),
    )  # fmt: skip
    at = NOW + timedelta(seconds=chance.randrange(3))
    return Intending(intent, cost * 1_000_000, journal.store, lambda: at)


def some_end(chance, number):
    """Return how an attempt may end, also one that is not there."""
    outcome = chance.choice([Outcome.MATCHED, Outcome.MISSED, Outcome.UNCONFIRMED])
    return Settlement(
        number, outcome, iso(NOW + timedelta(seconds=chance.randrange(20))),
        credits=chance.choice([None, 0, 5_000_000]),
        packed=chance.choice([None, deflate('{"a": "it\'s \\\\ \\u0000 ö 😀"}')]),
        reason=chance.choice(["", "no \0 such"]), cause="c", request_id="r'1",
        ticket=chance.choice(["", "t"]), balance=chance.choice([None, 3, 9_000_000]),
    )  # fmt: skip


def some_batches(seed, journal):
    """Return batches of jobs, each about other attempts."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    batches = []
    for number in range(12):
        ends = chance.sample(range(1, 3 * number + 3), k=min(number, 4))
        plans = [some_intent(chance, journal) for _ in range(chance.randrange(5))]
        batches.append([*(some_end(chance, one) for one in ends), *plans])
    return batches


def one_by_one(db, store, jobs):
    db.begin()
    came = []
    for job in jobs:
        try:
            came.append(enter(db, store, job) if isinstance(job, Settlement) else job(db))
        except (BudgetReached, UnderWay) as error:
            came.append(error)
    db.commit()
    return came


def told(results):
    return [
        (type(one), str(one), getattr(one, "next", "")) if isinstance(one, Exception) else one
        for one in results
    ]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_written_in_one_go_is_what_is_written_one_by_one(journal, server, seed):
    db, seen = journal.store.writer(), []
    for is_at_once in (False, True):
        came = [
            db.at_once(jobs) if is_at_once else one_by_one(db, journal.store, jobs)
            for jobs in some_batches(seed, journal)
        ]
        rows = [sorted(server.execute(f"TABLE enrichctl.{table}"), key=str) for table in TABLES]
        assert all(rows)
        seen.append(([told(part) for part in came], rows))
        for table in TABLES:
            server.execute(f"TRUNCATE enrichctl.{table} RESTART IDENTITY CASCADE")
    db.close()
    assert seen[0] == seen[1]
    errors = {type(one) for part in came for one in part if isinstance(one, Exception)}
    assert errors == {BudgetReached, UnderWay}


def test_what_cannot_be_written_in_one_go_is_left_alone(journal):
    db = journal.store.writer()
    end = some_end(random.Random(1), 1)  # noqa: S311 - reproducible, not secret
    for jobs in ([end, end], [end, Tickets({1: "t"}, iso(NOW))], [lambda _: None]):
        assert db.at_once(jobs) is None
    assert not db.in_transaction
    db.close()
