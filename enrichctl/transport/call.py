"""One call and how far it has come, and what is to be thought of a reply to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from enrichctl.errors import BadRecord, EnrichctlError, NotYet
from enrichctl.model import Throttled
from enrichctl.transport.replies import BadJson, Reply
from enrichctl.transport.runtime import Ledger, Payload

Explained = EnrichctlError | Throttled | None


class Next(Enum):
    """What is to be done after a reply."""

    DONE = auto()  # it is the answer
    AT_ONCE = auto()  # send again: the wait is over, or the credentials are renewed
    LATER = auto()  # send again after a pause: it is no answer to trust


@dataclass(slots=True)
class Call:
    """One call, as `Api.call` takes it, and how far it has come.

    Attributes:
        tries: Sends that brought no answer to trust.
        refusals: Times that the vendor put it off.
        through: How many calls had got through when it was put off first.
        renewed: Statuses for which the credentials were renewed.
    """

    payload: Payload
    own_headers: Mapping[str, str] | None
    billed: bool
    key_header: str
    json_due: bool
    group: str
    timeout: float | None
    ours: Callable[[Reply], bool] | None
    accepts: Callable[[Reply], bool] | None
    tries: int = 0
    refusals: int = 0
    through: int = 0
    renewed: set[int] = field(default_factory=set)

    def intend(self, ledger: Ledger) -> None:
        """Commit the intent; what is sent has its key from then on."""
        self.payload = ledger.intend(self.payload, keyed=bool(self.key_header))

    @property
    def keyed(self) -> bool:
        """Tell whether a repeat goes under the same key."""
        return bool(self.key_header and self.payload.key)

    @property
    def headers(self) -> Mapping[str, str] | None:
        """Return what is sent besides the credentials."""
        return {self.key_header: self.payload.key} if self.keyed else self.own_headers


def is_undecided(reply: Reply, explained: Explained) -> bool:
    """Tell a refusal of a repeat that may be owed to the very call whose answer was lost.

    That one may still be at work, and what vendors answer meanwhile is not documented.
    """
    conflict = reply.status == 409 and isinstance(explained, BadRecord)  # noqa: PLR2004 - HTTP's word
    return conflict or isinstance(explained, NotYet)


def distrust(reply: Reply, *, json_due: bool, final: bool) -> str:
    """Say why a reply is no answer; "" when it is one."""
    if reply.status >= 400:  # noqa: PLR2004 - HTTP's own border
        return f"HTTP {reply.status}"
    if reply.status >= 300:  # noqa: PLR2004 - HTTP's own border
        return f"a redirect (HTTP {reply.status}); is the base URL right?"
    if not final:
        return "no final answer"
    if json_due:
        # Headers cut short arrive as a good reply with an empty body.
        try:
            reply.json()
        except BadJson:
            return f"HTTP {reply.status} without the expected JSON"
    return ""
