"""Whose answers, budgets and tickets are whose: accounts outlive their keys.

A key is known by its fingerprint, which is the account's name until the vendor tells a better one
or the user gives one. What was bought under the fingerprint is then entered under that name.
"""

from enrichctl.errors import Locked
from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.history import is_alive
from enrichctl.journal.money import PERIODS, Budgets, from_millionths, periods
from enrichctl.journal.store import Journal
from enrichctl.model import NOTHING, Credits, Room

# Accounts in the sandbox are called so; what they hold is made up.
SANDBOX = "sandbox "


def made_up(provider: str) -> str:
    """Return how a provider is called as the source of a value that the sandbox made up."""
    return f"{SANDBOX.strip()}:{provider}"


def account_told(journal: Journal, provider: str, key: str) -> str:
    """Return the account that the vendor has told of a key; "" when it has not."""
    rows = journal.read(queries.ACCOUNT_OF_KEY, (provider, key))
    return str(rows[0][0]) if rows else ""


def remember_told(journal: Journal, provider: str, key: str, account: str) -> None:
    """Keep which account the vendor says a key is of."""
    row = (provider, key, account)
    journal.write(
        lambda db: db.execute(
            "INSERT INTO keys VALUES (?, ?, ?)"
            " ON CONFLICT (provider, key) DO UPDATE SET account=excluded.account",
            row,
        )
    )


def take_over(journal: Journal, provider: str, former: str, account: str) -> None:
    """Enter under an account what is entered under another name of it, all at once.

    Raises:
        Locked: A run is under way that may be asking under the other name: it would not find what
            it has bought, and buy it again.
        StateError: It could not be written.
    """
    if former == account or not is_known(journal, provider, former):
        return
    for (run,) in journal.read(queries.RUNNING):
        if is_alive(journal, run):
            raise Locked(
                f"run {run} is under way, and what it asks {provider} is to be of {account} now",
                next="wait until it has ended, then run this again",
            )

    def job(db: StoreConnection) -> None:
        db.execute(
            "UPDATE attempts SET account=? WHERE provider=? AND account=?",
            (account, provider, former),
        )
        for table, change in _TAKE_OVER.items():
            db.execute(change, (provider, former, account))
            db.execute(f"DELETE FROM {table} WHERE {_FORMER}", (provider, former))

    journal.write(job)


# Money adds up; of two balances the later holds, and of two windows the one that is there.
_FORMER = "provider=?1 AND account=?2"
_TAKE_OVER = {  # table → how its rows go over to the account ?3; those that stay are removed
    "spending": f"INSERT INTO spending SELECT provider, ?3, period, credits FROM spending"
    f" WHERE {_FORMER} ON CONFLICT (provider, account, period)"
    " DO UPDATE SET credits = spending.credits + excluded.credits",
    "balances": f"INSERT INTO balances SELECT provider, ?3, credits, at FROM balances"
    f" WHERE {_FORMER} ON CONFLICT (provider, account) DO UPDATE"
    " SET credits=excluded.credits, at=excluded.at WHERE balances.at<excluded.at",
    "windows": f"UPDATE windows SET account=?3 WHERE {_FORMER} AND seconds NOT IN"
    " (SELECT seconds FROM windows WHERE provider=?1 AND account=?3)",
}


def others(journal: Journal, provider: str, account: str) -> list[str]:
    """Return the accounts that a provider was asked under before a new one; none if it is not.

    The latest stands first. Those in the sandbox are left out, and have no others.
    """
    if not account or account.startswith(SANDBOX) or is_known(journal, provider, account):
        return []
    rows = journal.read(queries.ACCOUNTS_OF_PROVIDER, (provider,))
    return [name for name, _ in rows if not name.startswith(SANDBOX)]


def has_answer(journal: Journal, provider: str, account: str, person: bytes, variant: str) -> bool:
    """Tell whether a question was answered under an account."""
    return bool(journal.read(queries.IS_ANSWERED, (provider, account, person, variant)))


def is_known(journal: Journal, provider: str, account: str) -> bool:
    """Tell whether anything was ever asked under a name of an account."""
    return bool(journal.read(queries.IS_KNOWN_ACCOUNT, (provider, account)))


def used_providers(journal: Journal) -> set[str]:
    """Return the providers that any real account was asked at: the sandbox costs nothing."""
    return {name for (name,) in journal.read(queries.USED_PROVIDERS)}


def last_run(journal: Journal) -> str:
    """Return the id of the last run but for those in the sandbox; "" before the first."""
    rows = journal.read(queries.LAST_REAL_RUN)
    return str(rows[0][0]) if rows else ""


def last_with_balance(journal: Journal, provider: str) -> str:
    """Return the real account of a provider whose balance was reported last; "" when none was."""
    rows = journal.read(queries.LAST_BALANCE, (provider,))
    return str(rows[0][0]) if rows else ""


def really_spent(journal: Journal, provider: str, period: str, account: str = "") -> Credits:
    """Return what a period has cost outside the sandbox; see `Journal.spent`."""
    ((total,),) = journal.read(queries.REALLY_SPENT, (provider, period, account))
    return from_millionths(total)


def least_room(journal: Journal, provider: str, account: str, budgets: Budgets) -> Room | None:
    """Return what the tightest budget leaves a run that begins now; None where there is none.

    An account "" is any but those of the sandbox.
    """
    rooms = []
    counted = periods("", journal.now().date().isoformat())  # no run yet: nothing is spent in it
    for word, limit, period in zip(PERIODS, budgets, counted, strict=True):
        if limit is not None:
            of_period = provider, period, account
            ((stored,),) = (
                journal.read(queries.SPENT, of_period)
                if account
                else journal.read(queries.REALLY_SPENT, of_period)
            )
            rooms.append(Room(max(NOTHING, limit - from_millionths(stored)), limit, word))
    return min(rooms, default=None)


def match_rates(journal: Journal) -> dict[str, float]:
    """Return provider → the share of all its real answers that were matches."""
    rows = journal.read(queries.MATCHES)
    return {name: round(float(matched / answered), 4) for name, matched, answered in rows}
