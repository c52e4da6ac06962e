"""The only door to HTTP: what may be sent, when it may be sent again, and what came back.

``replies``
    a reply, and how vendors write limits and times into its headers.
``auth``
    puts credentials on a request.
``wire``
    sends one request once and says whether it can have been received.
``bounds``
    the only user of requests, imported when somebody is asked.
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
from enrichctl.transport.auth import Auth, BasicAuth, HeaderAuth, QueryAuth
from enrichctl.transport.replies import BadJson, Reply, retry_after
from enrichctl.transport.wire import Lost, NotSent, Wire

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
