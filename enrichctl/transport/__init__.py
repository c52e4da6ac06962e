"""The only door to HTTP: what may be sent, when it may be sent again, and what came back.

``replies``
    a reply, and how vendors write limits and times into its headers.
``wire``
    sends one request once and says whether it can have been received; the only user of requests.
``api``
    what a provider talks to: paces, retries what money allows, explains.
"""

from enrichctl.transport.api import (
    Api,
    Gate,
    Ledger,
    Payload,
    RenewableAuth,
    Surroundings,
    segment,
)
from enrichctl.transport.replies import BadJson, Reply, retry_after
from enrichctl.transport.wire import Auth, BasicAuth, HeaderAuth, Lost, NotSent, QueryAuth, Wire

__all__ = [
    "Api",
    "Auth",
    "BadJson",
    "BasicAuth",
    "Gate",
    "HeaderAuth",
    "Ledger",
    "Lost",
    "NotSent",
    "Payload",
    "QueryAuth",
    "RenewableAuth",
    "Reply",
    "Surroundings",
    "Wire",
    "retry_after",
    "segment",
]
