"""Money in the journal: what is set aside before a call, and what it costs in the end.

Functions that take a connection run inside the writer's transaction.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from enrichctl.amounts import credits_in_words, in_thousands
from enrichctl.errors import BudgetReached
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.packing import pack_names
from enrichctl.json_text import spelling_of
from enrichctl.model import NOTHING, Credits, Outcome, credits_text

_MILLION = 1_000_000
_json = spelling_of(separators=(", ", ": "), plain=True)
PERIODS = ("run", "day", "month")  # of budgets


def to_millionths(credits: Credits) -> int:  # noqa: A002 - the word of the trade
    """Return credits as the journal stores them: whole millionths, so that sums are exact."""
    return int((credits * _MILLION).to_integral_value())


def from_millionths(stored: int) -> Credits:
    """Return stored millionths as credits, without trailing zeros."""
    return (Credits(stored) / _MILLION).normalize() + 0 if stored else NOTHING


def subject_key(canonical: str) -> bytes:
    """Return the fingerprint by which whatever names a person is found again."""
    import hashlib  # noqa: PLC0415 - loads OpenSSL, which looking at runs does without

    return hashlib.blake2b(canonical.encode(), digest_size=8, person=b"subject").digest()


class Budgets(NamedTuple):
    """The owner's limits for one provider, in its credits; None is no limit."""

    run: Credits | None = None
    day: Credits | None = None
    month: Credits | None = None


class Intent(NamedTuple):
    """What is about to be asked, before it is.

    Attributes:
        provider: Provider name.
        account: Fingerprint of the account.
        person: Fingerprint of the person.
        variant: What else makes it another question.
        inputs: Names of the fields told.
        wants: Names of the fields that the answer will cover.
        run: The run that asks.
        subjects: Fingerprints of what is told, for `forget`.
        worst: The most it can cost.
        payload: The exact request, as JSON values; None for what costs nothing.
        budgets: Limits that it must stay within.
        seen: The newest attempt at the same question when an answer was looked for; None when
            nobody looked.
    """

    provider: str
    account: str
    person: bytes
    variant: str
    inputs: tuple[str, ...]
    wants: tuple[str, ...]
    run: str
    subjects: tuple[bytes, ...] = ()
    worst: Credits = NOTHING
    payload: Mapping[str, Any] | None = None
    budgets: Budgets = Budgets()
    seen: int | None = None


def reserve(db: StoreConnection, intent: Intent, worst: int, now: datetime) -> None:
    """Set the worst case of an intent aside, if every budget has room for it."""
    counted = periods(intent.run, now.date().isoformat())
    for period, limit, word in zip(counted, room(intent.budgets), PERIODS, strict=True):
        if limit is None:
            continue
        (spent,) = db.execute(
            "SELECT COALESCE(SUM(credits), 0) FROM spending"
            " WHERE provider=? AND account=? AND period=?",
            (intent.provider, intent.account, period),
        ).fetchone()
        if spent + worst > limit:
            raise no_room(intent, word, spent)
    spend(db, intent.provider, intent.account, counted, worst)


def room(budgets: Budgets) -> list[int | None]:
    """Return the limits of `PERIODS`, in millionths."""
    return [None if limit is None else to_millionths(limit) for limit in budgets]


def no_room(intent: Intent, word: str, spent: int) -> BudgetReached:
    """Return what is raised where a budget leaves no room; ``spent`` of it are millionths."""
    limit: Credits = getattr(intent.budgets, word)
    gone = from_millionths(spent)
    taken = f", {in_thousands(gone)} {'is' if gone == 1 else 'are'} spent or set aside"
    return BudgetReached(
        f"the budget of {credits_in_words(limit)} a {word} at {intent.provider} leaves no room"
        f" for a call of up to {in_thousands(intent.worst)}{taken if spent else ''}",
        next=_next(intent, word, limit),
        needs_you=word != "run",
        takes=intent.worst if word == "run" and intent.worst > limit else None,
    )


def _next(intent: Intent, word: str, limit: Credits) -> str:
    """Return what gives a call room in a budget that is reached."""
    if word != "run":
        return (
            f'raise "{word}" in the budget under [providers.{intent.provider}], or wait for the'
            f" next {word} (UTC); then run the same command again"
        )
    if intent.worst > limit:
        return f"no call fits into it: run again with {credits_text(intent.worst)} or more"
    return f"run the same command again to spend up to {in_thousands(limit)} more"


def under_way(db: StoreConnection, intent: Intent) -> str:
    """Return which other run is asking the same question, or has since it was looked for."""
    row = db.execute(
        "SELECT run FROM attempts WHERE provider=? AND account=? AND person=? AND variant=?"
        " AND run<>? AND (id>? OR outcome IN (?, ?)) LIMIT 1",
        (
            intent.provider, intent.account, intent.person, intent.variant, intent.run,
            intent.seen, Outcome.RESERVED, Outcome.SENT,
        ),
    ).fetchone()  # fmt: skip
    return str(row[0]) if row else ""


def take_back(db: StoreConnection, number: int) -> None:
    """Remove an intent, and what was set aside for it."""
    correct(db, number, 0)
    db.execute("DELETE FROM attempts WHERE id=?", (number,))


def periods(run: str, day: str) -> tuple[str, str, str]:
    """Return the periods whose budgets an attempt counts against."""
    return f"run:{run}", f"day:{day}", f"month:{day[:7]}"


def spend(
    db: StoreConnection, provider: str, account: str, periods: tuple[str, str, str], change: int
) -> None:
    """Change what some periods have cost."""
    if change:
        run, day, month = periods
        db.execute(
            "INSERT INTO spending VALUES (?1, ?2, ?3, ?6), (?1, ?2, ?4, ?6), (?1, ?2, ?5, ?6)"
            " ON CONFLICT (provider, account, period)"
            " DO UPDATE SET credits = spending.credits + excluded.credits",
            (provider, account, run, day, month, change),
        )


def insert(
    db: StoreConnection,
    intent: Intent,
    outcome: Outcome,
    stored: int,
    now: datetime,
) -> int:
    """Enter an attempt; return its number."""
    ((number,),) = db.execute(
        "INSERT INTO attempts (provider, account, person, variant, told, wants, run, day, outcome,"
        " credits, at, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        attempt_values(intent, outcome, stored, now),
    ).fetchall()
    db.executemany(
        "INSERT INTO subjects VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(key, number) for key in intent.subjects],
    )
    return int(number)


def attempt_values(
    intent: Intent, outcome: Outcome, stored: int, now: datetime
) -> tuple[str | bytes | int | None, ...]:
    """Return an intent as a new attempt's row has it."""
    payload = _json(intent.payload) if intent.payload is not None else None
    return (
        intent.provider, intent.account, intent.person, intent.variant,
        "\t".join(intent.inputs), pack_names(intent.wants), intent.run, now.date().isoformat(),
        outcome, stored, iso(now), payload,
    )  # fmt: skip


def correct(db: StoreConnection, number: int, stored: int) -> None:
    """Replace an attempt's reserved credits by what it cost, in the periods it counts against.

    Of one that is not there any more, what was set aside stays counted.
    """
    row = db.execute(
        "SELECT provider, account, run, day, credits FROM attempts WHERE id=?", (number,)
    ).fetchone()
    if row is None:
        return
    provider, account, run, day, reserved = row
    if stored != reserved:
        spend(db, provider, account, periods(run, day), stored - reserved)
        db.execute("UPDATE attempts SET credits=? WHERE id=?", (stored, number))


SIDE_BY_SIDE = timedelta(seconds=5)  # within which answers may overtake each other


def keep_balance(db: StoreConnection, number: int, stored: int, now: datetime) -> None:
    """Keep the balance that came with an attempt.

    Answers that are asked for side by side come in any order: of those that are moments apart the
    lowest is the latest, for a balance falls while it is spent.
    """
    db.execute(
        "INSERT INTO balances SELECT provider, account, ?1, ?2 FROM attempts WHERE id=?3"
        " ON CONFLICT (provider, account) DO UPDATE SET at=excluded.at, credits="
        "CASE WHEN balances.at>?4 AND balances.credits<excluded.credits"
        " THEN balances.credits ELSE excluded.credits END",
        (stored, iso(now), number, side_by_side(now)),
    )


def side_by_side(now: datetime) -> str:
    """Return since when answers may have overtaken each other, as the journal writes it."""
    return iso(now - SIDE_BY_SIDE)


def iso(moment: datetime) -> str:
    """Return a moment as the journal writes it."""
    return moment.isoformat(timespec="milliseconds")
