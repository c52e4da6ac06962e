"""``credits --what-if`` and ``--best``: stored answers in another order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from enrichctl.analysis.checks import is_check
from enrichctl.analysis.replay import Replay, Replayed, Seller, Span
from enrichctl.cli import context
from enrichctl.cli.credits.terms import ReplayTerms, terms_of
from enrichctl.cli.logins import prices
from enrichctl.cli.run_names import LISTED, find_run, no_runs
from enrichctl.config import Settings
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.journal import Journal, history
from enrichctl.journal.paths import PathsOfRun, paths_of
from enrichctl.matching.segments import segment_of
from enrichctl.model import NOTHING, Credits
from enrichctl.provider import Remote
from enrichctl.reasons import unmet

if TYPE_CHECKING:
    from enrichctl.cli.credits.command import CreditsOptions

MOST = 6  # providers of which every order is tried: 1,956 orders
EXACT = 2  # digits of an amount that is expected


def show_replay(options: "CreditsOptions") -> None:
    """Show what another order would have filled and cost, and the best order.

    Raises:
        UsageError: There is no such provider or run, or it was a benchmark.
    """
    settings, names = context.settings(), _names(options.what_if)
    known = {one.name: one for one in context.providers() if isinstance(one, Remote)}
    terms = terms_of(options, settings, known)
    with context.journals_to_read() as journals:
        journal, entry = _run(journals, options.run, sandbox=options.sandbox)
        values = _replayed(journal, entry, names, settings, known, terms, best=options.best)
    if options.json_:
        from enrichctl.cli.credits.documents import WhatIfDocument  # noqa: PLC0415 - slow to import

        WhatIfDocument.show(values)
        return
    from enrichctl.render.what_if import show_orders  # noqa: PLC0415 - draws

    show_orders(context.screen(), values)


def _replayed(
    journal: Journal,
    run: history.RunEntry,
    order: Sequence[str],
    settings: Settings,
    known: Mapping[str, Remote],
    terms: ReplayTerms,
    *,
    best: bool,
) -> dict[str, Any]:
    """Return a replay as plain values, shaped like its document.

    Raises:
        UsageError: Nothing is kept of the run's records.
    """
    verifier = terms.verifier.name if terms.verifier else ""
    paths = paths_of(
        journal,
        run,
        segment=segment_of if any(terms.conditions.values()) else None,
        unmet={name: f"{unmet(name, one.text)}: " for name, one in terms.conditions.items() if one},
        read=terms.readers(known),
        verifier=verifier,
        needs={name: one.needs for name, one in known.items()},
    )
    if not paths.done.order:
        checks = f"{verifier} only, to verify addresses: that has no order"
        whom = checks if paths.done.credits else "nobody about a record that is kept"
        raise UsageError(
            f"run {run.id} has asked {whom}",
            next="enrichctl status lists the runs; --run RUN takes another one",
        )
    asked = {
        one.provider
        for kind in paths.kinds
        for one in kind.known
        if not (verifier and is_check(one, verifier))
    }
    names = [name for name in known if name in asked or name in order]
    price_of = prices(settings)
    sellers = {
        name: Seller(frozenset(known[name].finds), price_of(name), terms.conditions[name])
        for name in names
    }
    replay = Replay(paths, sellers, verified_email=terms.verified_email, verifier=terms.verifier)
    found: dict[str, Any] = {"cheapest": None, "fullest": None}
    if best:
        found = _best(replay, paths.done, settings)
    return {
        "sandbox": run.sandbox,
        "run": run.id,
        "records": sum(paths.kinds.values()),
        "never_asked": paths.done.unasked,
        "done": _done(paths.done, settings),
        "what_if": _values(replay.run(order), settings) if order else None,
        **found,
    }


def _best(replay: Replay, done: PathsOfRun, settings: Settings) -> dict[str, Any]:
    """Return the cheapest order that certainly fills as much, and the fullest for as much money."""
    if len(replay.sellers) > MOST:
        raise UsageError(
            f"--best tries every order of up to {MOST} providers, and {len(replay.sellers)} have"
            " answered about these records",
            next="try some orders yourself: --what-if A,B,C",
        )
    orders = list(replay.every_order())
    # One unit for all of them: euros of one order and credits of another are not compared.
    in_money = _currency({*done.credits, *(n for o in orders for n in o.credits)}, settings)
    paid = _worth(_certain(done.credits), settings, in_money=bool(in_money)).most
    cheapest = fullest = None
    for one in orders:
        cost = _worth(one.credits, settings, in_money=bool(in_money))
        as_full = one.filled.least >= done.filled
        rank = (cost.expected, -one.filled.expected, len(one.order))
        if as_full and (cheapest is None or rank < cheapest[0]):
            cheapest = rank, one
        order = (-one.filled.expected, cost.expected, len(one.order))
        if cost.most <= paid and (fullest is None or order < fullest[0]):
            fullest = order, one
    return {
        "cheapest": cheapest and _values(cheapest[1], settings),
        "fullest": fullest and _values(fullest[1], settings),
    }


def _certain(credits_: Mapping[str, Credits]) -> dict[str, Span]:
    return {name: Span(cost, cost, cost) for name, cost in credits_.items()}


def _worth(costs: Mapping[str, Span], settings: Settings, *, in_money: bool) -> Span:
    """Return costs added up, in money or in credits; in money all providers have one currency."""
    total = [NOTHING, NOTHING, NOTHING]
    for name, cost in costs.items():
        own = settings.provider(name).money
        each = own.credit if own and in_money else Credits(1)
        for at, amount in enumerate(cost):
            total[at] += Credits(amount) * each
    return Span(*total)


def _currency(names: Iterable[str], settings: Settings) -> str | None:
    """Return the currency in which all of them are paid; None where there is no such."""
    found = {_own_currency(name, settings) for name in names}
    return found.pop() if len(found) == 1 else None


def _own_currency(name: str, settings: Settings) -> str | None:
    money = settings.provider(name).money
    return money.currency if money else None


def _done(done: PathsOfRun, settings: Settings) -> dict[str, Any]:
    filled, verified = (Span(n, n, n) for n in (done.filled, done.verified))
    return _values(Replayed(done.order, filled, verified, _certain(done.credits)), settings)


def _values(one: Replayed, settings: Settings) -> dict[str, Any]:
    total = [sum((Credits(c[at]) for c in one.credits.values()), NOTHING) for at in range(3)]
    currency = _currency(one.credits, settings)
    return {
        "order": list(one.order),
        "known": one.filled.is_known and all(cost.is_known for cost in one.credits.values()),
        "filled": one.filled._asdict(),
        "verified": one.verified._asdict(),
        "credits": _amounts(Span(*total)),
        "providers": [
            {
                "name": name,
                "credits": _amounts(cost),
                "currency": _own_currency(name, settings),
            }
            for name, cost in one.credits.items()
        ],
        "money": currency
        and {
            "currency": currency,
            **_amounts(_worth(one.credits, settings, in_money=True)),
        },
    }


def _amounts(span: Span) -> dict[str, Credits]:
    least, expected, most = map(Credits, span)
    return {"least": least, "expected": round(expected, EXACT), "most": most}


def _run(
    journals: Sequence[Journal], name: str, *, sandbox: bool
) -> tuple[Journal, history.RunEntry]:
    """Return the run whose records are taken, and the journal that it is in."""
    journal = journals[-1] if sandbox else journals[0]
    if name not in ("", "last"):
        journal, found = find_run(journals, name)
    elif latest := next(history.of_enrich(journal, sandbox=sandbox), None):
        found = latest
    elif not sandbox and any(history.of_enrich(journal, sandbox=True)):
        raise UsageError("there are only rehearsals yet", next="--sandbox takes the last of them")
    elif any(run.is_benchmark for run in history.runs(journal, LISTED)):
        raise UsageError(
            "there are only benchmarks yet, which have no order",
            next="enrich these people with --budget 0: it asks nobody, and the answers count",
        )
    else:
        raise no_runs()
    if found.is_benchmark:  # everybody was asked about everybody: there was no order
        raise UsageError(
            f"run {found.id} is a benchmark, which has no order",
            next="take a run of enrich on these people: answers of the benchmark count there",
        )
    return journal, found


def _names(order: str) -> list[str]:
    """Read an order as typed; providers on this machine cost nothing and stay where they were."""
    names = [part.strip() for part in order.split(",") if part.strip()]
    known = {one.name: one for one in context.providers()}
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no provider {name!r}{did_you_mean(name, known)}",
                next="enrichctl providers lists them",
            )
    if len(set(names)) < len(names):
        raise UsageError("a provider is named twice", next="name each provider once")
    stay = [name for name in names if not isinstance(known[name], Remote)]
    if stay:
        context.screen().note(f"{', '.join(stay)}: free, so it stays where it was in the run")
    return [name for name in names if name not in stay]
