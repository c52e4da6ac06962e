"""A lane: one provider that answers at once, with its own pacer, workers and breaker.

Workers only ask. What to ask is decided by the run loop, what is known stands in the journal: a
worker hands back no answer, only that there is one.
"""

import queue
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from enrichctl.engine.booking import Booking, Done, LaneContext, broken
from enrichctl.engine.key_age import holds, readings
from enrichctl.engine.question import Question, Step
from enrichctl.errors import (
    Cancelled,
    NotYet,
    ProviderError,
    RecordError,
    Unconfirmed,
)
from enrichctl.model import Answer, Attempt
from enrichctl.provider import Lookup
from enrichctl.transport import Api, Payload


class _Books:
    """The ledger of one question: commits its intent, once."""

    def __init__(self, ask: Question, booking: Booking) -> None:
        self._ask = ask
        self._booking = booking
        self.number = ask.reopen.id if ask.reopen else None
        self._open = False

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """See `transport.Ledger`."""
        journal = self._booking.service.journal
        if self._open:
            return payload
        self._open = True
        if self._ask.reopen is not None:
            stored = journal.payload(self._ask.reopen.id)
            if stored and stored["key"]:  # the same key asks for the same bytes
                self._check_age(self._ask.reopen, stored)
                body = stored["body"]
                data = body.encode() if body is not None else None
                return Payload(stored["method"], stored["path"], data, stored["key"])
        if keyed:
            payload = Payload(payload.method, payload.path, payload.body, str(uuid.uuid4()))
        kept: dict[str, Any] = {
            "method": payload.method,
            "path": payload.path,
            "body": payload.body.decode() if payload.body is not None else None,
            "key": payload.key,
        }
        if payload.key:
            kept["clocks"] = readings(journal, self._booking.ahead)
        self.number = journal.intend(self._booking.intent(self._ask, kept))
        return payload

    def _check_age(self, attempt: Attempt, stored: Mapping[str, Any]) -> None:
        """See to it that a key is still known: since it was chosen hours may have passed."""
        booking = self._booking
        hours = getattr(booking.provider, "key_hours", 0.0)
        ahead = booking.ahead or timedelta(0)
        journal = booking.service.journal
        if not holds(journal, attempt.at, stored.get("clocks", {}), hours, ahead):
            raise Unconfirmed(attempt.reason or "the answer was lost")


class Lane:
    """Asks one provider, several questions at a time.

    Args:
        step: The provider and its place in the waterfall.
        service: What to work with.
        done: Takes every question that came to an end.
    """

    def __init__(self, step: Step, service: LaneContext, done: Callable[[Done], None]) -> None:
        self._step = step
        self._booking = Booking(step, service, done)
        self._done = done
        self._asks: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{step.provider.name}-{n}", daemon=True)
            for n in range(service.workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def calls(self) -> int:
        """Return the requests sent so far."""
        return self._booking.calls

    def put(self, ask: Question) -> None:
        """Take on a question."""
        self._asks.put(ask)

    def close(self) -> None:
        """Let the workers go once they have nothing left to do."""
        for _ in self._threads:
            self._asks.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (ask := self._asks.get()) is not None:
            if self._step.stopped:
                self._done(Done(ask, error=self._step.stopped))
                continue
            done: Done | None
            try:
                self._booking.service.around.pause(0)  # a run that stops starts no new call
                done = self._ask(ask)
            except Cancelled as error:
                done = Done(ask, error=error)
            except BaseException as error:  # noqa: BLE001 - a bug ends the run, not just this thread
                done = Done(ask, error=error)
            if done is not None:
                self._done(done)

    def _ask(self, ask: Question) -> Done | None:
        """Ask a question; None: it is told once it is on the disk."""
        booking = self._booking
        books = _Books(ask, booking)
        api = booking.api(books if ask.stored is None else None)
        try:
            answer = _find(ask, api)
        except Unconfirmed as error:
            return booking.doubt(ask, books.number, error, old=ask.reopen is not None)
        except NotYet as error:
            return booking.left(ask, books.number, error, in_doubt=api.in_doubt or api.paid)
        except RecordError as error:
            if api.in_doubt:  # what is refused now says nothing of the call that was lost
                return booking.doubt(ask, books.number, _still_in_doubt(error), old=True)
            return booking.refused(ask, books.number, error, paid=api.paid)
        except (ProviderError, Cancelled) as error:
            if isinstance(error, ProviderError):
                self._step.stopped = self._step.stopped or error
            return booking.left(ask, books.number, error, in_doubt=api.in_doubt or api.paid)
        except BaseException as error:
            booking.left(ask, books.number, broken(error), in_doubt=True)
            raise
        finally:
            booking.count_calls(api)
        return booking.answered(ask, books.number, answer, paid=api.paid)


def _still_in_doubt(error: RecordError) -> Unconfirmed:
    return Unconfirmed(f"an earlier call may have been charged; asked again: {error.message}")


def _find(ask: Question, api: Api) -> Answer | None:
    provider = ask.step.provider
    assert isinstance(provider, Lookup)  # noqa: S101 - queues have a lane of their own
    if ask.stored is not None:
        return provider.finish(ask.stored, ask.query, api)
    if ask.reopen is not None and not ask.keyed:
        try:
            answer = provider.recover(ask.query, api)
        except RecordError:
            answer = None  # a refusal to read proves nothing of the charge
        if answer is None:
            raise Unconfirmed(ask.reopen.reason or "the answer was lost")
        return answer
    api.in_doubt = ask.reopen is not None  # until there is an answer under the same key
    return provider.find(ask.query, api)
