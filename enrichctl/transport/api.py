"""What a provider talks to: paces, sends, retries what money allows, explains what came back.

Money decides what is sent again, not the HTTP verb:

===============================  =========  ===============  ==============================
trouble                          free       billed           billed, with idempotency key
===============================  =========  ===============  ==============================
never left                       again      again            again
refused for now (429)            wait       wait             wait
no trustworthy answer            again      unconfirmed      again, same key, same bytes
any other refusal                as the provider explains it
===============================  =========  ===============  ==============================

An answer that is about somebody else is none to trust; what brought such a one is closed.

A conflict (409) that meets a repeat may be with the very call whose answer was lost: it is no
answer.

A refusal that renewed credentials may cure (`RenewableAuth`) is no end: the call is sent again once
per status refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from enrichctl.errors import (
    BadRecord,
    Cancelled,
    CertificateRefused,
    OutOfCredits,
    ProviderError,
    RateLimited,
    RecordError,
    RefusedAlone,
    SystemLimit,
    Unavailable,
    Unconfirmed,
)
from enrichctl.json_text import spelling_of
from enrichctl.model import Throttled
from enrichctl.transport import network
from enrichctl.transport.auth import Auth, HeaderAuth
from enrichctl.transport.call import Call, Explained, Next, distrust, is_undecided
from enrichctl.transport.ends import Exhausted, Lost, NotSent, Untrusted
from enrichctl.transport.replies import Reply, retry_after
from enrichctl.transport.runtime import Ledger, Limiter, Payload, Runtime
from enrichctl.transport.wire import Wire

TRIES = 4  # sends of one call that may be repeated
REFUSALS = 20  # times one call is put off by the vendor before the lane gives up
BACKOFF = 0.5  # seconds, doubled with every try, at random below that
BACKOFF_CAP = 8.0  # seconds
SOMEBODY_ELSE = "the answer is about somebody else"
_spelled = spelling_of(separators=(", ", ": "), plain=True, nan=False)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Params = Mapping[str, str] | Sequence[tuple[str, str]]


class RenewableAuth(HeaderAuth):
    """Credentials that expire, or hold at an origin that moves.

    Args:
        headers: The credentials.
        renew: Given the API and a refusal, returns the base URL and the credentials to use from
            now on, or None when that would not help. It reaches other origins through `Api.at`.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        renew: Callable[["Api", Reply], tuple[str, "RenewableAuth"] | None],
    ) -> None:
        super().__init__(headers)
        self.renew = renew


class Api:
    """One provider's API, for one query.

    Attributes:
        calls: Requests sent.
        paid: A billed call has come back: later trouble is never a fresh start.
        in_doubt: A billed call may have been charged and its answer is not known.
    """

    def __init__(
        self,
        title: str,
        wire: Wire,
        *,
        limiter: Limiter,
        explain: Callable[[Reply], Explained],
        runtime: Runtime,
        timeout: float,
        patience: float,
        ledger: Ledger | None = None,
    ) -> None:
        self._title = title
        self._wire = wire
        self._limiter = limiter
        self._explain = explain
        self._runtime = runtime
        self._timeout = timeout
        self._patience = patience
        self._ledger = ledger
        self.calls = 0
        self.paid = False
        self.in_doubt = False
        self._landing = False  # something billed has left: what follows it is no new call

    def get(self, path: str, params: Params | None = None, **how: Any) -> Reply:
        """Read something; never billed unless ``how`` says so. See `call`."""
        return self.call("GET", path, params, **how)

    def post(self, path: str, json: Any = None, params: Params | None = None, **how: Any) -> Reply:
        """Send JSON. See `call`."""
        return self.call("POST", path, params, json=json, **how)

    def call(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        billed: bool = False,
        key_header: str = "",
        json_due: bool = True,
        group: str = "",
        timeout: float | None = None,
        ours: Callable[[Reply], bool] | None = None,
        accepts: Callable[[Reply], bool] | None = None,
    ) -> Reply:
        """Make one call, as often as it may be made, and return its answer.

        Args:
            method: Upper case.
            path: As in the vendor's documentation; encode parts of it with `segment`.
            params: Query string; only what is to be sent.
            json: Body; None sends none.
            form: Body as an HTML form, instead of JSON; for secrets that no URL may hold.
            billed: The call may cost money: its intent is committed before it leaves.
            key_header: Header for an idempotency key, where the vendor has one.
            json_due: A good answer without JSON is none.
            group: The vendor's rate limit that the call counts against.
            timeout: Seconds for one exchange, if other than the provider's.
            ours: Tells whether a reply is about what was asked, as far as the vendor says whom it
                is about; one that is not is no answer.
            accepts: Tells of a reply that it is the answer, whatever its status means elsewhere.

        Raises:
            RecordError: What the provider makes of the reply; `Unconfirmed` when money is in doubt.
            ProviderError: Likewise; `Unavailable` or `RateLimited` when patience is over.
            Cancelled: The run stops, and the call never left.
        """
        query = urlencode(params, quote_via=quote) if params else ""
        body = None if json is None else _spelled(json).encode()
        if form is not None:
            body = urlencode(form).encode()
        payload = Payload(method, f"{path}?{query}" if query else path, body)
        headers = None if form is None else FORM
        call = Call(payload, headers, billed, key_header, json_due, group, timeout, ours, accepts)
        try:
            return self._repeat(call)
        except (ProviderError, Cancelled) as error:
            if self.paid:  # the money is spent; what it bought is not in hand
                raise Unconfirmed(f"paid, then {error.message}") from None
            raise

    def _repeat(self, call: Call) -> Reply:
        intended = not (call.billed and self._ledger)
        while True:
            self._let_through(call.group)
            if not intended and self._ledger:
                call.intend(self._ledger)
                intended = self._landing = True
            self._limiter.departed()  # a commit takes longer than a window's margin
            wait: float | None = None
            auth = self._wire.auth
            try:
                reply = self._send(call)
            except NotSent as error:
                call.tries += 1
                if call.tries >= TRIES or isinstance(error, Untrusted):
                    raise self._never_sent(error) from None
            except Lost as error:
                self._lost(str(error), call)
            else:
                self._limiter.answered(reply.took)
                match self._understand(reply, call, auth):
                    case Next.DONE:
                        return reply
                    case Next.AT_ONCE:
                        continue
                wait = retry_after(reply)
            if wait is not None and wait > self._patience:
                raise self._unavailable(f"it asks to try again in {wait:.0f} s")
            ceiling = min(BACKOFF_CAP, BACKOFF * 2**call.tries)
            self._runtime.pause(ceiling * self._runtime.chance() if wait is None else wait)

    def _understand(self, reply: Reply, call: Call, auth: Auth | None) -> Next:
        """Return what is to be done after a reply; raise where it ends the call otherwise."""
        taken = call.accepts is not None and call.accepts(reply)
        explained = None if taken else self._explain(reply)
        if isinstance(explained, Throttled):
            self._put_off(explained, call)
            return Next.AT_ONCE
        self._limiter.got_through(call.group)
        undecided = call.keyed and self.in_doubt and is_undecided(reply, explained)
        if explained is not None and not undecided:
            if reply.status not in call.renewed and self._renew(auth, reply):
                call.renewed.add(reply.status)
                return Next.AT_ONCE
            if call.keyed and isinstance(explained, RecordError | OutOfCredits):
                self.in_doubt = False  # the same key: this is the answer to all sends
            raise explained
        trouble = "" if taken else distrust(reply, json_due=call.json_due, final=not undecided)
        if not trouble:
            self.in_doubt = self.in_doubt and not call.billed  # a free answer settles nothing
            self.paid = self.paid or call.billed
            return Next.DONE
        self._wire.hang_up()  # what may follow belongs to nobody
        self._lost(trouble, call)
        return Next.LATER

    def _let_through(self, group: str) -> None:
        """Return when a call may leave; raise `Cancelled` when the run starts no new one."""
        if not self._landing:
            self._runtime.go_on()
        self._limiter.wait(group)

    def _send(self, call: Call) -> Reply:
        """Send once; return the answer to this very request."""
        self.calls += 1
        payload, timeout = call.payload, call.timeout or self._timeout
        reply = self._wire.send(
            payload.method, payload.path, payload.body, call.headers, timeout=timeout
        )
        if call.ours is not None and not call.ours(reply):
            self._wire.hang_up()
            raise Lost(SOMEBODY_ELSE)
        return reply

    def _renew(self, auth: Auth | None, reply: Reply) -> bool:
        """Renew the credentials that were refused, unless another thread has; tell if it helped."""
        if not isinstance(auth, RenewableAuth):
            return False
        with self._wire.moving:
            if self._wire.auth is auth:
                fresh = auth.renew(self, reply)
                if fresh is None:
                    return False
                self._wire.move(*fresh)
        return True

    def _lost(self, why: str, call: Call) -> None:
        """Take note of an answer that cannot be trusted; raise when it must not be sent again."""
        call.tries += 1
        over = call.tries >= TRIES
        if call.billed:
            self.in_doubt = True
            if over or not call.keyed:
                raise Unconfirmed(f"{self._title}: {why}; possibly charged")
        elif over and why == SOMEBODY_ELSE:
            raise self._about_another()
        elif over:
            raise self._unavailable(why)

    def _about_another(self) -> RecordError:
        """Return what a free call ends with that was answered about somebody else each time."""
        said = f"{self._title}: {SOMEBODY_ELSE}"
        return Unconfirmed(f"paid, then {said}") if self.paid else BadRecord(said)

    def _put_off(self, refusal: Throttled, call: Call) -> None:
        """Hold the lane for as long as the vendor asks, if a run can wait that long."""
        through = self._limiter.through(call.group)
        call.through = call.through if call.refusals else through
        call.refusals += 1
        guess = min(BACKOFF_CAP, BACKOFF * 2**call.refusals)
        seconds = guess if refusal.wait is None else refusal.wait
        if call.refusals > REFUSALS and through > call.through:
            raise RefusedAlone(
                f"{self._title} refused this {call.refusals} times, and answers others",
                next="ask its support why, then --retry-failed",
            )
        if seconds > self._patience or call.refusals > REFUSALS:
            when = f"in {seconds / 3600:.1f} h" if seconds > 3600 else f"in {seconds:.0f} s"  # noqa: PLR2004 - an hour
            window = f" ({refusal.window} limit)" if refusal.window else ""
            raise RateLimited(
                f"{self._title} refuses more calls{window}, it may answer again {when}",
                next="run the same command again then",
            )
        self._limiter.hold(refusal, seconds, call.group)

    def _never_sent(self, error: NotSent) -> ProviderError:
        if isinstance(error, Untrusted):
            return CertificateRefused(
                f"{self._title} ({self._wire.host}) cannot be trusted, nothing was sent: {error}",
                next=network.advice(self._wire.ca_bundle),
            )
        if not isinstance(error, Exhausted):
            return self._unavailable(str(error))
        return SystemLimit(
            f"the system allows no more threads or open files for calls to {self._title}",
            next="lower --concurrency, or raise the limits (ulimit -n, ulimit -u); run again then",
        )

    def _unavailable(self, why: str) -> Unavailable:
        return Unavailable(
            f"{self._title} ({self._wire.host}) cannot be used: {why}",
            next="run the same command again later",
        )

    def at(self, base_url: str) -> "Api":
        """Return the same API at another origin, for calls that need no login and cost nothing."""
        other = Api(
            self._title,
            self._wire.to(base_url),
            limiter=self._limiter,
            explain=self._explain,
            runtime=replace(self._runtime),
            timeout=self._timeout,
            patience=self._patience,
        )
        other.paid = self.paid
        return other


def segment(text: str) -> str:
    """Encode one part of a path; an e-mail may hold ``+``, ``%`` and ``/``."""
    return quote(text, safe="")
