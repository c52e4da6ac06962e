"""What a play needs in place of the engine: a login, time, a gate, books, and values to hide."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from enrichctl.fields import FIELDS, kind_of
from enrichctl.model import Throttled
from enrichctl.pacing import Pacer
from enrichctl.provider import Provider
from enrichctl.transport import Payload

_CANARY = {
    "email": "{}@canary.example", "phone": "+12025550{:0>3}", "domain": "{}.canary.example",
    "url": "https://{}.canary.example", "person_url": "https://linkedin.com/in/canary-{}",
    "company_url": "https://linkedin.com/company/canary-{}", "number": "70777{:0>3}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Login:
    """The login items of a file."""

    items: Mapping[str, str]
    base_url: str

    def get(self, name: str) -> str:
        """Return an item's value, or ""."""
        return self.items.get(name, "")


@dataclass(slots=True)
class Clock:
    """Time that passes only when somebody waits."""

    now: float = 0.0

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@dataclass(slots=True)
class Gate:
    """The pacer, and a note of how long refusals held it."""

    pacer: Pacer
    held: list[float]

    def wait(self, group: str) -> None:
        """See `transport.Gate`."""
        self.pacer.wait(group)

    def left(self) -> None:
        """See `transport.Gate`."""
        self.pacer.left()

    def took(self, seconds: float) -> None:
        """Take no note of round trips."""

    def hold(self, refusal: Throttled, seconds: float, group: str) -> None:
        """See `transport.Gate`."""
        self.held.append(seconds)
        self.pacer.hold(refusal, seconds, group)


@dataclass(slots=True)
class Books:
    """The ledger of one question; like the journal's, it commits one intent and no more."""

    intents: list[Payload]
    committed: bool = False

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """See `transport.Ledger`."""
        if not self.committed:
            self.committed = True
            payload = replace(payload, key=str(uuid4()) if keyed else "")
            self.intents.append(payload)
        return payload


def canaries(provider: Provider) -> dict[str, str]:
    """Return a value for every field that the provider does not say it uses."""
    return {
        name: _CANARY.get(kind_of(name), "canary-{}").format(
            number if kind_of(name) in ("phone", "number") else name.replace("_", "-")
        )
        for number, name in enumerate(FIELDS)
        if name not in provider.uses
    }
