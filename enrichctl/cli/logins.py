"""Who asks which provider where: logins found, limits set, everything a lane works with."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from enrichctl.cli import context
from enrichctl.config import ProviderSettings, Settings
from enrichctl.engine.booking import LaneContext
from enrichctl.engine.question import Step
from enrichctl.engine.stop import Stop
from enrichctl.errors import LoginMissing
from enrichctl.events import Waiting, Watcher
from enrichctl.journal import Budgets, Journal
from enrichctl.journal.accounts import SANDBOX, least_room
from enrichctl.model import Rate, Room
from enrichctl.pacing import RateLimiter, WindowStore
from enrichctl.price import FREE, Price
from enrichctl.provider import Connection, Provider, Queue, Remote
from enrichctl.secrets_store import FoundLogin, find_login
from enrichctl.transport import Api, Runtime, Wire

W = TypeVar("W", bound=Wire)
TO_VERIFY = "verify"  # in the user's own prices: an address
HURRIED_POLL = 0.05  # seconds between two looks at an answer of the sandbox

WRITE_TIME = 0.1  # seconds that a server may take for what is written before a call leaves


@dataclass(frozen=True, slots=True)
class Connected:
    """A provider with its login, ready to be asked.

    Attributes:
        key: The account's name where nobody gives a better one; "" in the sandbox.
        paced: Whether its limits are kept to; a rehearsal need not wait for them.
    """

    provider: Remote
    login: FoundLogin
    connection: Connection | None
    key: str
    settings: ProviderSettings
    budgets: Budgets
    ca_bundle: str
    paced: bool = True

    @property
    def lacks(self) -> str:
        """What is missing of its login, which a plan does without, and how to give it; or ""."""
        try:
            self.login.require()
        except LoginMissing as error:
            return f"{error.message}; {error.next}"
        return ""

    def room(self, journal: Journal) -> Room | None:
        """Return what a run that begins now may spend here, None when nothing bounds it."""
        account = self.connection.account if self.connection else ""
        return least_room(journal, self.provider.name, account, self.budgets)

    def wire(self, kind: type[W] = Wire) -> W:  # type: ignore[assignment] # of a default
        """Return the way to the provider."""
        assert self.connection is not None  # noqa: S101 - asked only with a login
        connection = self.connection
        return kind(
            connection.base_url,
            connection.auth,
            ca_bundle=self.ca_bundle,
            secrets=[self.login.get(item.name) for item in self.provider.login if item.secret],
        )

    def lane_context(
        self, journal: Journal, run: str, stop: Stop, watch: Watcher, concurrency: int | None
    ) -> LaneContext:
        """Return what a lane works with."""
        provider = self.provider
        name = provider.name
        account = self.connection.account if self.connection else ""
        rates = [Rate(r.limit, r.seconds, r.unit, r.group) for r in self.settings.rates or ()]
        rates = rates or [*provider.rates, *journal.windows(name, account)]
        if not self.paced:
            rates = []
        label = f"{name} {account}"
        shared = journal.store.windows(label) if self.paced else None
        windows = shared or WindowStore(journal.store.files.parent / "limits", label)
        return LaneContext(
            wire=self.wire(),
            limiter=RateLimiter(
                rates,
                patience=provider.patience,
                clock=windows.clock,
                pause=stop.pause,
                tell=lambda seconds, why: watch(Waiting(name, seconds, why)),
                remember=lambda rate: journal.remember_window(name, account, rate),
                learned=lambda: journal.windows(name, account),
                store=windows,
                ahead=WRITE_TIME if shared else 0.0,
            ),
            journal=journal,
            run=run,
            budgets=self.budgets,
            workers=concurrency or self.settings.concurrency or provider.workers,
            timeout=self.settings.timeout or provider.timeout,
            runtime=Runtime(pause=stop.pause, go_on=lambda: stop.pause(0)),
        )


def connect(
    step: Step,
    settings: Settings,
    environ: Mapping[str, str] | None,
    *,
    must: bool,
    budgets: Mapping[str, Decimal],
) -> Connected:
    """Find a provider's login and settings.

    Args:
        step: Gets the account that will be asked.
        settings: The configuration.
        environ: The sandbox's environment; None for the real one.
        must: Whether a missing login is an error.
        budgets: Limits typed for this run; "" is every paid provider.

    Raises:
        LoginMissing: A required item is found nowhere.
        UsageError: An item cannot be used.
    """
    provider = step.provider
    assert isinstance(provider, Remote)  # noqa: S101 - local providers have no login
    own = settings.provider(provider.name)
    login = find_login(
        provider.name, provider.login, own, os.environ if environ is None else environ
    )
    if own.price is not None:
        set_price(provider, own.price)
    typed = budgets.get(provider.name, budgets.get(""))
    limits = Budgets(
        run=typed if typed is not None else own.budget.run,
        day=own.budget.day,
        month=own.budget.month,
    )
    if must:
        login.require()
    provider.other_key = login.other_key
    connection = None if login.missing else provider.connect(login)
    key = ""
    if connection:
        step.account = own.account or connection.account
        if environ is None:
            key = connection.account
        else:
            step.account = f"{SANDBOX}{step.account}"
        connection = Connection(connection.base_url, connection.auth, step.account)
    connected = Connected(provider, login, connection, key, own, limits, settings.ca_bundle)
    if must:
        connected.wire()  # what is wrong with the way there is said before anything else
    return connected


def hurried(connected: Connected) -> Connected:
    """Return a provider of the sandbox as one that nobody has to wait for."""
    provider = connected.provider
    if isinstance(provider, Queue):
        provider.poll_every = HURRIED_POLL
    return replace(connected, paced=False)


def free_api(connected: Connected, *, patience: float | None = None) -> Api:
    """Return a provider's API for calls that cost nothing, with no run behind them."""
    provider = connected.provider
    patience = provider.patience if patience is None else patience
    return Api(
        provider.title,
        connected.wire(),
        limiter=RateLimiter(
            provider.rates,
            patience=patience,
            clock=time.monotonic,
            pause=time.sleep,
            tell=lambda seconds, why: context.screen().note(f"{why}, waiting {seconds:.0f} s"),
            remember=lambda rate: None,  # noqa: ARG005 - only runs keep what they learn
        ),
        explain=provider.explain,
        runtime=Runtime(pause=time.sleep),
        timeout=connected.settings.timeout or provider.timeout,
        patience=patience,
    )


def prices(settings: Settings) -> Callable[..., Price]:
    """Return what gives a provider's price by its name, with the user's own numbers in it.

    With ``verify`` it is that of a verification.
    """
    known = {p.name: p for p in context.providers()}
    for name, provider in known.items():
        if (own := settings.provider(name).price) is not None:
            set_price(provider, own)

    def price_of(name: str, *, verify: bool = False) -> Price:
        if name not in known:
            return FREE
        return known[name].charged_to_verify if verify else known[name].price

    return price_of


def set_price(provider: Provider, own: Decimal | Mapping[str, Decimal]) -> None:
    """Put the user's own numbers into a provider's prices; ``verify`` is that of an address."""
    if not isinstance(own, Decimal) and TO_VERIFY in own:
        provider.verify_price = Price(provider.charged_to_verify.billed, {"*": own[TO_VERIFY]})
        own = {item: price for item, price in own.items() if item != TO_VERIFY}
    provider.price = _price(provider.price, own)


def _price(price: Price, own: Decimal | Mapping[str, Decimal]) -> Price:
    """Return a price with the user's own numbers in it."""
    if not isinstance(own, Decimal):
        return replace(price, items={**price.items, **own})
    if price.each:
        return replace(price, each=own)
    return Price(price.billed, {"*": own})
