"""What can be set about the sandbox: money, misses, limits, latency and faults."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol, TypeVar

# Faults before the work: nothing is charged, unless a fault is set with ``charged``.
REFUSALS = {
    "reset": "the connection is reset before the request is worked on",
    "throttled": "429 for the shortest window",
    "throttled_day": "429 for the longest window",
    "login": "the key is refused",
    "credits": "the account is empty",
    "500": "500, a text",
    "502": "502, a proxy's HTML page",
    "503": "503 with Retry-After",
}
# Faults after the work: what it costs is charged, and the answer is damaged.
HARMS = {
    "lost": "the connection is closed without an answer",
    "cut": "the connection is closed halfway through the body",
    "cut_head": "the connection is closed halfway through the headers",
    "hints": "an interim reply (103) goes before the answer, which is as it should be",
    "drip": "the answer comes a few bytes at a time",
    "slow": "the answer comes after `slow_seconds`",
    "stale": "the connection is closed after a whole answer, without notice",
    "empty": "200 without a body",
    "html": "200 with an HTML page",
    "bad_json": "200 with half of the JSON, complete by its length",
    "null": "200 with the body null",
    "message": "200 with a Message instead of a result (SuperOffice's agents)",
}
FAULTS = REFUSALS | HARMS

Windows = tuple[tuple[int, float], ...]
_INNER = {"terms", "_own"}  # of `Switches`: no switches


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


Own = TypeVar("Own", bound=_Dataclass)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a vendor declares of its account in the sandbox.

    Attributes:
        key: That it accepts.
        prices: What is charged → credits.
        windows: Rate limits as (calls, seconds), shortest first.
        credits: What the account holds at the start; None is without end.
        own: A dataclass of the switches that only this vendor has.
    """

    key: str
    prices: Mapping[str, Decimal]
    windows: Windows = ()
    credits: Decimal | None = None
    own: type[_Dataclass] | None = None


@dataclass(slots=True)
class Switches:
    """Every switch that all vendors share, with what it is when nobody touches it.

    Attributes:
        terms: Vendor → what it declares; its own switches are had by `of`, and set as all others.
        seed: Chooses the fixed population and the random faults.
        miss_rate: Share of people and companies that one vendor does not know, 0-1.
        hole_rate: Share of facts that a vendor lacks about those whom it knows, 0-1.
        mix_up_rate: Share of answers about a person that are about somebody else, 0-1.
        latency: Seconds until an answer, on average.
        jitter: Seconds by which that varies, up or down.
        limits: Whether rate limits are enforced.
        window_kind: Whether a window starts on the clock or looks back from each call; a window
            of an hour or more always starts on the clock, a day at 00:00 UTC.
        faults: Probability of a random fault, 0-1, by name or ``vendor.name``.
        slow_seconds: Wait of the fault ``slow``.
        drip_seconds: Wait between two pieces of the fault ``drip``.
        record: Whether requests are kept for looking at.
        decoys: People with a similar address that a partial search finds before the right one.
        windows: Rate limits per vendor: (calls, seconds), shortest first.
        credits: What each account holds at the start; None is without end.
        prices: Credits for what is charged, by ``vendor.what``.
        keys: The key that each vendor accepts.
    """

    terms: Mapping[str, Terms]
    seed: int = 1
    miss_rate: float = 0.2
    hole_rate: float = 0.15
    mix_up_rate: float = 0.0
    latency: float = 0.0
    jitter: float = 0.0
    limits: bool = True
    window_kind: Literal["fixed", "sliding"] = "fixed"
    faults: dict[str, float] = field(default_factory=dict)
    slow_seconds: float = 3600.0
    drip_seconds: float = 0.05
    record: bool = True
    decoys: int = 1
    windows: dict[str, Windows] = field(init=False)
    credits: dict[str, Decimal | None] = field(init=False)
    prices: dict[str, Decimal] = field(init=False)
    keys: dict[str, str] = field(init=False)
    _own: dict[type[_Dataclass], _Dataclass] = field(init=False)

    def __post_init__(self) -> None:
        of = self.terms
        self.windows = {name: one.windows for name, one in of.items()}
        self.credits = {name: one.credits for name, one in of.items()}
        self.prices = {f"{n}.{what}": p for n, one in of.items() for what, p in one.prices.items()}
        self.keys = {name: one.key for name, one in of.items()}
        self._own = {one.own: one.own() for one in of.values() if one.own}

    def of(self, kind: type[Own]) -> Own:
        """Return the switches that only one vendor has."""
        found = self._own[kind]
        assert isinstance(found, kind)  # noqa: S101 - it is kept under its own class
        return found

    def plain(self) -> dict[str, Any]:
        """Return every switch by name."""
        shared = {n: getattr(self, n) for n in self.__dataclass_fields__ if n not in _INNER}
        return shared | {n: v for one in self._own.values() for n, v in asdict(one).items()}

    def set(self, changes: Mapping[str, Any]) -> None:
        """Turn switches; a dictionary is merged with what is there.

        Raises:
            ValueError: If there is no such switch, fault or vendor.
        """
        for name, value in changes.items():
            owner = next((o for o in (self, *self._own.values()) if name in _switches(o)), None)
            if owner is None:
                raise ValueError(f"there is no switch {name}")
            old = getattr(owner, name)
            if not isinstance(old, dict):
                setattr(owner, name, value)
                continue
            for key, part in dict(value).items():
                if not (self._is_fault(key) if name == "faults" else key in old):
                    raise ValueError(f"there is no {key} in {name}")
                old[key] = _like(name, part)

    def _is_fault(self, key: str) -> bool:
        vendor, _, fault = key.rpartition(".")
        return fault in FAULTS and vendor in ("", *self.terms)


def _switches(owner: _Dataclass) -> set[str]:
    return owner.__dataclass_fields__.keys() - _INNER


def _like(switch: str, value: Any) -> Any:
    """Give a number from JSON or a keyword the type that its switch holds."""
    if switch in ("credits", "prices"):
        return None if value is None else Decimal(str(value))
    if switch == "windows":
        return tuple((int(limit), float(seconds)) for limit, seconds in value)
    return value
