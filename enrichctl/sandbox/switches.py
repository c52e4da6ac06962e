"""What can be set about the sandbox: money, misses, limits, latency and faults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

VENDORS = ("leadlex", "close", "lemlist", "superoffice")

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
# Faults after the work: whatever it costs is charged, and the answer comes to harm.
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


@dataclass(slots=True)
class Switches:
    """Every switch, with what it is when nobody touches it.

    Attributes:
        seed: Chooses the fixed population and the random faults.
        miss_rate: Share of people and companies that one vendor does not know, 0-1.
        hole_rate: Share of facts that a vendor lacks about those whom it knows, 0-1.
        mix_up_rate: Share of answers about a person that are about somebody else, 0-1.
        latency: Seconds until an answer, on average.
        jitter: Seconds by which that varies, up or down.
        limits: Whether rate limits are enforced.
        windows: Rate limits per vendor: (calls, seconds), shortest first.
        window_kind: Whether a window starts on the clock or looks back from each call; a window
            of an hour or more always starts on the clock, a day at 00:00 UTC.
        credits: What each account holds at the start; None is without end.
        prices: Credits for what is charged.
        keys: The key that each vendor accepts.
        faults: Probability of a random fault, 0-1, by name or ``vendor.name``.
        slow_seconds: Wait of the fault ``slow``.
        drip_seconds: Wait between two pieces of the fault ``drip``.
        record: Whether requests are kept for looking at.
        decoys: People with a similar address that a partial search finds before the right one.
        comma_header: Whether Close separates its rate header by commas, as documented, instead
            of semicolons, as seen.
        ticket_seconds: How long a lemlist enrichment runs.
        pending_polls: How often it says 202 even when that time is over.
        early_done: How often it then says done with empty data.
        vocabulary: Which of its two vocabularies lemlist answers in.
        home_country: Country that SuperOffice looks in when none is told.
        tenant_node: Number of the host that serves the SuperOffice tenant; others answer 421.
        tenant_state: State of the SuperOffice tenant.
        enrich_id_in: Item of SuperOffice's candidate list that holds the EnrichId.
        enrich_saves: Whether EnrichContactEntity saves as well.
        token_seconds: Lifetime of a SuperOffice access token.
    """

    seed: int = 1
    miss_rate: float = 0.2
    hole_rate: float = 0.15
    mix_up_rate: float = 0.0
    latency: float = 0.0
    jitter: float = 0.0
    limits: bool = True
    windows: dict[str, Windows] = field(
        default_factory=lambda: {
            "leadlex": ((200, 60), (10_000, 86_400)),
            "close": ((100, 5),),
            "lemlist": ((20, 2),),
            "superoffice": (),
        }
    )
    window_kind: Literal["fixed", "sliding"] = "fixed"
    credits: dict[str, Decimal | None] = field(
        default_factory=lambda: {
            "leadlex": Decimal(5000),
            "close": Decimal(5000),
            "lemlist": Decimal(5000),
            "superoffice": None,
        }
    )
    prices: dict[str, Decimal] = field(
        default_factory=lambda: {
            "leadlex.enrich": Decimal(1),
            "close.enrich_field": Decimal(1),
            "lemlist.find_email": Decimal(5),
            "lemlist.find_phone": Decimal(20),
            "lemlist.verify": Decimal(1),
            "lemlist.linkedin_enrichment": Decimal(2),
            "superoffice.enrich": Decimal(0),
        }
    )
    keys: dict[str, str] = field(
        default_factory=lambda: {
            "leadlex": "wbk_sandbox",
            "close": "api_sandbox",
            "lemlist": "lemlist_sandbox",
            "superoffice": "8A:Cust12345.sandbox",
        }
    )
    faults: dict[str, float] = field(default_factory=dict)
    slow_seconds: float = 3600.0
    drip_seconds: float = 0.05
    record: bool = True
    decoys: int = 1
    comma_header: bool = False
    ticket_seconds: float = 0.0
    pending_polls: int = 1
    early_done: int = 0
    vocabulary: Literal["flags", "verbs"] = "flags"
    home_country: str = "NO"
    tenant_node: int = 3
    tenant_state: str = "Running"
    enrich_id_in: Literal["Id", "ExtraInfo"] = "Id"
    enrich_saves: bool = False
    token_seconds: float = 3600.0

    def set(self, changes: Mapping[str, Any]) -> None:
        """Turn switches; a dictionary is merged with what is there.

        Raises:
            ValueError: If there is no such switch, fault or vendor.
        """
        for name, value in changes.items():
            if name not in self.__dataclass_fields__:
                raise ValueError(f"there is no switch {name}")
            old = getattr(self, name)
            if not isinstance(old, dict):
                setattr(self, name, value)
                continue
            for key, part in dict(value).items():
                if not (_is_fault(key) if name == "faults" else key in old):
                    raise ValueError(f"there is no {key} in {name}")
                old[key] = _like(name, part)


def _is_fault(key: str) -> bool:
    vendor, _, fault = key.rpartition(".")
    return fault in FAULTS and vendor in ("", *VENDORS)


def _like(switch: str, value: Any) -> Any:
    """Give a number from JSON or a keyword the type that its switch holds."""
    if switch in ("credits", "prices"):
        return None if value is None else Decimal(str(value))
    if switch == "windows":
        return tuple((int(limit), float(seconds)) for limit, seconds in value)
    return value
