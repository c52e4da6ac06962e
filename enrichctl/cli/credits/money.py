"""The money at every provider: balance, spend, budgets."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from enrichctl.cli import context
from enrichctl.cli.account_names import name_account
from enrichctl.cli.credits.breakdown import breakdown
from enrichctl.cli.credits.low import is_low
from enrichctl.cli.logins import Connected, connect, free_api
from enrichctl.config import BudgetSetting
from enrichctl.engine.question import Step
from enrichctl.errors import EnrichctlError
from enrichctl.journal import Journal, accounts, spent
from enrichctl.model import NOTHING, Credits
from enrichctl.provider import Remote
from enrichctl.reasons import said_by

Counted = Mapping[str, Any]  # of all providers, once: a large journal takes seconds

PATIENCE = 5.0  # seconds a live balance may be waited for when a provider is busy


def accounts_in(journal: Journal) -> Iterator[dict[str, Any]]:
    """Yield the money at every provider that was used, is logged in or configured."""
    settings = context.settings()
    used = accounts.used_providers(journal)
    bought = {
        row["provider"]: row for row in breakdown(journal, ("provider",), sandbox=False)["rows"]
    }
    costs = ("credits_per_filled_field", "money")
    counted = {
        "set_aside": spent.really_set_aside(journal),
        **{what: {name: row[what] for name, row in bought.items()} for what in costs},
        "match_rate": accounts.match_rates(journal),
    }
    for provider in context.providers():
        if not isinstance(provider, Remote):
            continue
        name = provider.name
        connected = _connected(provider, journal)
        ready = connected is not None and connected.connection is not None
        if ready or name in used or name in settings.tables or name in settings.providers:
            yield _account(journal, provider, connected, counted)


def _connected(provider: Remote, journal: Journal) -> Connected | None:
    """Return a provider with its login; without it, and with a note, when that cannot be read."""
    try:
        step = Step(provider, ())
        connected = connect(step, context.settings(), None, must=False, budgets={})
        if connected.login.trouble:
            context.screen().warn(connected.login.trouble)
        return name_account(step, connected, journal)
    except EnrichctlError as error:
        context.screen().warn(said_by(provider.name, error.message))
        return None


def _account(
    journal: Journal, provider: Remote, connected: Connected | None, counted: Counted
) -> dict[str, Any]:
    name = provider.name
    account = connected.connection.account if connected and connected.connection else ""
    now = journal.now()
    day, month = f"day:{now:%Y-%m-%d}", f"month:{now:%Y-%m}"
    last = accounts.last_run(journal)
    settings = context.settings().provider(name)
    budget = settings.budget
    balance, at, source = _balance(journal, provider, connected, account)
    periods = {"last_run": f"run:{last}", "today": day, "month": month}
    aside = {word: counted["set_aside"].get((name, p), NOTHING) for word, p in periods.items()}
    total = {word: accounts.really_spent(journal, name, p) for word, p in periods.items()}
    return {
        "name": name,
        "balance": balance,
        "balance_at": at,
        "balance_source": source,
        "warn_below": settings.warn_below,
        "low": is_low(balance, settings.warn_below),
        # Without what is set aside for answers that have not come.
        "spent": {word: total[word] - aside[word] for word in periods}
        | ({} if last else {"last_run": None}),
        "set_aside": {word: aside[word] for word in ("today", "month")},
        "budget": {"run": budget.run, "day": budget.day, "month": budget.month},
        "left": _left(journal, name, account, budget, (day, month)),
        **{
            what: counted[what].get(name)
            for what in ("credits_per_filled_field", "money", "match_rate")
        },
    }


def _balance(
    journal: Journal, provider: Remote, connected: Connected | None, account: str
) -> tuple[Credits | None, datetime | None, str]:
    """Return the credits left, when that was said, and how it is known."""
    offers = type(provider).balance is not Remote.balance
    if offers and connected and connected.connection:
        try:
            live = provider.balance(free_api(connected, patience=PATIENCE))
        except EnrichctlError as error:
            context.screen().warn(f"no live balance: {said_by(provider.name, error.message)}")
        else:
            if live is not None:
                return live, journal.now(), "live"
    account = account or accounts.last_with_balance(journal, provider.name)
    reported = journal.balance(provider.name, account) if account else None
    if reported is None:
        return None, None, "not_offered"
    return reported.credits, reported.at, "reported"


def _left(
    journal: Journal, name: str, account: str, budget: BudgetSetting, periods: tuple[str, str]
) -> dict[str, Credits | None]:
    """Return what the account that would be asked may still spend."""
    limits = {"day": budget.day, "month": budget.month}
    return {
        word: None
        if limit is None
        else max(NOTHING, limit - accounts.really_spent(journal, name, period, account))
        for (word, limit), period in zip(limits.items(), periods, strict=True)
    }
