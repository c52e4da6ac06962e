"""The money at every provider: balance, spend, budgets."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from enrichctl.cli import context
from enrichctl.cli.account_names import named
from enrichctl.cli.logins import Connected, connect, free_api
from enrichctl.config import BudgetSetting
from enrichctl.engine.question import Step
from enrichctl.errors import EnrichctlError
from enrichctl.journal import Journal
from enrichctl.journal.accounts import SANDBOX
from enrichctl.journal.money import from_millionths
from enrichctl.model import NOTHING, Balance, Credits, Outcome
from enrichctl.provider import Remote

PATIENCE = 5.0  # seconds a live balance may be waited for when a provider is busy
# Accounts in the sandbox cost nothing and are no part of the real figures.
_SANDBOX = f"{SANDBOX}%"


def accounts_in(journal: Journal) -> Iterator[dict[str, Any]]:
    """Yield the money at every provider that was used, is logged in or configured."""
    settings = context.settings()
    rows = journal.read(
        "SELECT DISTINCT provider FROM attempts WHERE account NOT LIKE ?", (_SANDBOX,)
    )
    used = {row[0] for row in rows}
    for provider in context.providers():
        if not isinstance(provider, Remote):
            continue
        name = provider.name
        connected = _connected(provider, journal)
        ready = connected is not None and connected.connection is not None
        if ready or name in used or name in settings.tables or name in settings.providers:
            yield _account(journal, provider, connected)


def _connected(provider: Remote, journal: Journal) -> Connected | None:
    """Return a provider with its login; without it, and with a note, when that cannot be read."""
    try:
        step = Step(provider, ())
        connected = connect(step, context.settings(), None, must=False, budgets={})
        return named(step, connected, journal)
    except EnrichctlError as error:
        context.screen().warn(f"{provider.name}: {error.message}")
        return None


def _account(journal: Journal, provider: Remote, connected: Connected | None) -> dict[str, Any]:
    name = provider.name
    account = connected.connection.account if connected and connected.connection else ""
    now = journal.now()
    day, month = f"day:{now:%Y-%m-%d}", f"month:{now:%Y-%m}"
    last = journal.read("SELECT id FROM runs ORDER BY id DESC LIMIT 1")
    budget = context.settings().provider(name).budget
    balance, at, source = _balance(journal, provider, connected, account)
    return {
        "name": name,
        "balance": balance,
        "balance_at": at,
        "balance_source": source,
        "spent": {
            "last_run": _spent(journal, name, f"run:{last[0][0]}") if last else None,
            "today": _spent(journal, name, day),
            "month": _spent(journal, name, month),
        },
        "budget": {"run": budget.run, "day": budget.day, "month": budget.month},
        "left": _left(journal, name, account, budget, (day, month)),
        "credits_per_filled_field": _per_field(journal, name),
        "match_rate": _match_rate(journal, name),
    }


def _balance(
    journal: Journal, provider: Remote, connected: Connected | None, account: str
) -> tuple[Credits | None, datetime | None, str]:
    """Return the credits left, when that was said, and how it is known."""
    if connected and connected.connection and _tells(provider):
        try:
            live = provider.balance(free_api(connected, patience=PATIENCE))
        except EnrichctlError as error:
            context.screen().warn(f"{provider.name}: no live balance, {error.message}")
        else:
            if live is not None:
                return live, journal.now(), "live"
    reported = journal.balance(provider.name, account) if account else _last(journal, provider.name)
    if reported is None:
        return None, None, "not_offered"
    return reported.credits, reported.at, "reported"


def _tells(provider: Remote) -> bool:
    return type(provider).balance is not Remote.balance


def _last(journal: Journal, name: str) -> Balance | None:
    """Return the last balance that any real account of a provider reported."""
    rows = journal.read(
        "SELECT account FROM balances WHERE provider=? AND account NOT LIKE ?"
        " ORDER BY at DESC LIMIT 1",
        (name, _SANDBOX),
    )
    return journal.balance(name, rows[0][0]) if rows else None


def _spent(journal: Journal, name: str, period: str, account: str = "") -> Credits:
    ((total,),) = journal.read(
        "SELECT COALESCE(SUM(credits), 0) FROM spending"
        " WHERE provider=? AND period=? AND ?3 IN (account, '') AND account NOT LIKE ?",
        (name, period, account, _SANDBOX),
    )
    return from_millionths(total)


def _left(
    journal: Journal, name: str, account: str, budget: BudgetSetting, periods: tuple[str, str]
) -> dict[str, Credits | None]:
    """Return what the account that would be asked may still spend."""
    limits = {"day": budget.day, "month": budget.month}
    return {
        word: None
        if limit is None
        else max(NOTHING, limit - _spent(journal, name, period, account))
        for (word, limit), period in zip(limits.items(), periods, strict=True)
    }


def _per_field(journal: Journal, name: str) -> Credits | None:
    """Return what a filled cell cost, over the records that are still explained."""
    ((cells, stored),) = journal.read(
        "WITH tried AS (SELECT json_extract(t.value, '$.attempt') AS id,"
        " SUM(json_array_length(t.value, '$.accepted')) AS cells"
        " FROM records, json_each(records.tried) AS t"
        " WHERE json_extract(t.value, '$.provider')=? GROUP BY 1)"
        " SELECT SUM(cells), SUM(credits) FROM tried JOIN attempts USING (id)"
        " WHERE account NOT LIKE ?",
        (name, _SANDBOX),
    )
    return round(from_millionths(stored) / cells, 4) if cells else None


def _match_rate(journal: Journal, name: str) -> float | None:
    ((matched, answered),) = journal.read(
        "SELECT COALESCE(SUM(outcome=?), 0), COUNT(*) FROM attempts"
        " WHERE provider=? AND outcome IN (?, ?) AND account NOT LIKE ?",
        (Outcome.MATCHED, name, Outcome.MATCHED, Outcome.MISSED, _SANDBOX),
    )
    return round(matched / answered, 4) if answered else None
