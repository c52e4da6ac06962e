"""The only door to HTTP: what may be sent, when it may be sent again, and what came back.

``replies``
    a reply, and how vendors write limits and times into its headers.
``auth``
    puts credentials on a request.
``hiding``
    cuts them out of what comes back.
``ends``
    how an exchange ends that brings none.
``wire``
    sends one request once and says whether it can have been received.
``paper``
    writes a request down in place of sending it.
``network``
    the machine's certificates and proxies.
``bounds``
    the only user of requests, imported when somebody is asked.
``connections``
    where an answer begins and ends, so that none is taken for another.
``runtime``
    what those above lend to a call: books, limits, time.
``call``
    one call, how far it has come, and whether a reply is an answer to it.
``api``
    what a provider talks to: paces, retries what money allows, explains.
"""

from enrichctl.transport.api import Api, RenewableAuth, segment
from enrichctl.transport.auth import Auth, BasicAuth, HeaderAuth, QueryAuth
from enrichctl.transport.ends import Exhausted, Lost, NotSent, Untrusted
from enrichctl.transport.replies import BadJson, Reply, retry_after
from enrichctl.transport.runtime import Ledger, Limiter, Payload, Runtime
from enrichctl.transport.wire import Wire

__all__ = [
    "Api",
    "Auth",
    "BadJson",
    "BasicAuth",
    "Exhausted",
    "HeaderAuth",
    "Ledger",
    "Limiter",
    "Lost",
    "NotSent",
    "Payload",
    "QueryAuth",
    "RenewableAuth",
    "Reply",
    "Runtime",
    "Untrusted",
    "Wire",
    "retry_after",
    "segment",
]
