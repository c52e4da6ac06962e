"""What a user can configure, with its defaults.

Plain dataclasses; pydantic checks them only when there is a file to check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from enrichctl.config.places import Place

_STRICT = {"extra": "forbid", "hide_input_in_errors": True}


@dataclass(frozen=True, slots=True)
class RateSetting:
    """One window of a rate limit that replaces the provider's own."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT
    limit: int
    seconds: float
    unit: Literal["call", "record"] = "call"
    group: str = ""


@dataclass(frozen=True, slots=True)
class BudgetSetting:
    """Most credits that may be spent at a provider; None is no limit."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT
    run: Decimal | None = None
    day: Decimal | None = None
    month: Decimal | None = None


class Money(NamedTuple):
    """What a credit costs: so much of a currency (ISO 4217)."""

    currency: str
    credit: Decimal


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One ``[providers.NAME]`` table.

    Attributes:
        kind: "declared" or "table" for a provider defined by its table.
        base_url: Replaces everything before the paths in the vendor's documentation.
        account: Names the account in journal and budgets, instead of a fingerprint of the key.
        key_command: Program and arguments that print the API key.
        price: Credits a query, or field → credits.
        only_if: What must hold for a record to be asked about; see `matching.conditions`.
        currency: What a credit costs, as in ``EUR 0.04``; "" is not said.
        warn_below: A balance under it is told after a run and by `credits`.
        concurrency: Calls in flight.
        timeout: Seconds a single call may take in all.
        save: Whether found values are stored at the provider, where no option says.
        login: Login items other than the API key, by name.
        raw: The table as it stands, of a provider defined by it; not checked here.
        place: Where that table stands, for errors.
        keyring: Whether the operating system's keyring is asked.
        keyring_any_backend: Whether keyring back ends beyond the operating system's are used.
        private: Whether the file is hidden from other users, so that secrets in it count.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT
    kind: Literal["declared", "table"] | None = None
    base_url: str = ""
    account: str = ""
    key_command: list[str] = field(default_factory=list)
    price: Decimal | dict[str, Decimal] | None = None
    rates: list[RateSetting] | None = None
    budget: BudgetSetting = field(default_factory=BudgetSetting)
    only_if: str = ""
    currency: str = ""
    warn_below: Decimal | None = None
    concurrency: int | None = None
    timeout: float | None = None
    save: bool | None = None
    login: dict[str, str] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    place: Place | None = None
    keyring: bool = True
    keyring_any_backend: bool = False
    private: bool = True

    @property
    def money(self) -> Money | None:
        """Return what a credit costs, where that is said."""
        if not self.currency:
            return None
        code, _, credit = self.currency.partition(" ")
        return Money(code, Decimal(credit.strip()))


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration.

    Attributes:
        providers: The default waterfall: ``providers = [...]``, or ``default`` in
            ``[waterfall]`` where there are ``[providers.NAME]`` tables as well.
        wants: Fields to fill when the command line names none; empty leaves it to the providers.
        default_region: ISO 3166 alpha-2 country of phone numbers that state none, or "".
        max_age: How old an answer may be to be used again.
        miss_max_age: The same for a miss, where that is another age.
        min_confidence: An answer below it does not fill a cell.
        accept: "review" takes answers that may be about somebody else.
        verified_email: Whether an e-mail counts as found only once its provider calls it
            deliverable; an unverified one is taken when nobody has a verified one.
        excel_safe: Whether values that a spreadsheet takes for a formula are escaped.
        keyring: Whether the operating system's keyring is asked.
        keyring_any_backend: Whether keyring back ends beyond the operating system's are used.
        ca_bundle: File of certificate authorities, or "".
        journal: Address of the server of a team's journal; "" for a file of one's own.
        journal_password_command: Program and arguments that print its password.
        waterfall: Field → providers asked for it, in order.
        verify: The provider by which final e-mail addresses are verified; "" is none.
        mappings: Fingerprint of a header → field → column.
        tables: The ``[providers.NAME]`` tables; use `provider`.
        path: The file that was read, if any.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT
    providers: list[str] = field(default_factory=list)
    wants: list[str] = field(default_factory=list)
    default_region: str = ""
    max_age: timedelta = timedelta(days=30)
    miss_max_age: timedelta | None = None
    min_confidence: float | None = None
    accept: Literal["", "review"] = ""
    verified_email: bool = False
    excel_safe: bool = True
    keyring: bool = True
    keyring_any_backend: bool = False
    ca_bundle: str = ""
    journal: str = ""
    journal_password_command: list[str] = field(default_factory=list)
    waterfall: dict[str, list[str]] = field(default_factory=dict)
    verify: str = ""
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: dict[str, ProviderSettings] = field(default_factory=dict)
    path: Path | None = None

    def provider(self, name: str) -> ProviderSettings:
        """Return the settings of a provider; defaults when it has no table."""
        return replace(
            self.tables.get(name, ProviderSettings()),
            keyring=self.keyring,
            keyring_any_backend=self.keyring_any_backend,
        )
