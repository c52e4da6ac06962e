"""A lane: one provider with its own pacer, workers and breaker.

Workers only ask. What to ask is decided by the run loop, what is known stands in the journal: a
worker hands back no answer, only that there is one.
"""

import queue
import threading
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from enrichctl.engine.waterfall import Ask, Course
from enrichctl.errors import (
    Cancelled,
    Declined,
    EnrichctlError,
    Miss,
    ProviderError,
    RecordError,
    Unavailable,
    Unconfirmed,
)
from enrichctl.journal import Budgets, Intent, Journal
from enrichctl.model import NOTHING, Answer, Credits, Outcome
from enrichctl.pacing import Pacer
from enrichctl.provider import Lookup, Remote
from enrichctl.transport import Api, Payload, Surroundings, Wire

DOUBTS = 5  # answers lost in a row before a lane stops spending


@dataclass(frozen=True, slots=True)
class Done:
    """A question came to an end.

    Attributes:
        ask: The question.
        outcome: How it ended; None when it was not asked after all.
        credits: What it cost.
        error: What keeps it from being asked, or from being answered.
    """

    ask: Ask
    outcome: Outcome | None = None
    credits: Credits = NOTHING
    error: BaseException | None = None


@dataclass(slots=True)
class Service:
    """All that a lane works with.

    Attributes:
        wire: The way to the provider.
        pacer: Keeps within its limits.
        journal: Keeps the books.
        run: Id of the run.
        budgets: The owner's limits.
        workers: Calls in flight.
        timeout: Seconds one call may take.
        around: Time and chance.
    """

    wire: Wire
    pacer: Pacer
    journal: Journal
    run: str
    budgets: Budgets
    workers: int
    timeout: float
    around: Surroundings


@dataclass(slots=True)
class _Books:
    """The ledger of one question: commits its intent, once."""

    ask: Ask
    service: Service
    number: int | None = None

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """See `transport.Ledger`."""
        if self.number is not None:
            return payload
        reopened = self.ask.reopen
        if reopened is not None:
            self.number = reopened.id
            stored = self.service.journal.payload(reopened.id)
            if stored and stored["key"]:
                body = stored["body"]
                return Payload(
                    stored["method"], stored["path"], body.encode() if body else None, stored["key"]
                )
        if keyed:
            payload = Payload(payload.method, payload.path, payload.body, str(uuid.uuid4()))
        kept = asdict(payload) | {"body": payload.body.decode() if payload.body else None}
        if self.number is None:
            self.number = self.service.journal.intend(self.intent(kept))
        return payload

    def intent(self, payload: dict[str, Any] | None = None) -> Intent:
        """Return the question as the journal keeps it."""
        ask = self.ask
        provider = ask.course.provider
        return Intent(
            provider=provider.name,
            account=ask.course.account,
            person=ask.person,
            variant=ask.variant,
            told=tuple(ask.query.told),
            wants=provider.covers(ask.query),
            run=self.service.run,
            subjects=ask.subjects(),
            worst=provider.price.most(ask.query.wants) if payload else NOTHING,
            payload=payload,
            budgets=self.service.budgets,
        )


class Lane:
    """Asks one provider, several questions at a time.

    Args:
        course: The provider and its place in the waterfall.
        service: What to work with.
        done: Takes every question that came to an end.
    """

    def __init__(self, course: Course, service: Service, done: Callable[[Done], None]) -> None:
        self.course = course
        self.calls = 0
        self._service = service
        self._done = done
        self._asks: queue.SimpleQueue[Ask | None] = queue.SimpleQueue()
        self._doubts = 0
        self._threads = [
            threading.Thread(target=self._work, name=f"{course.provider.name}-{n}", daemon=True)
            for n in range(service.workers)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, ask: Ask) -> None:
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
            if self.course.stopped:
                self._done(Done(ask, error=self.course.stopped))
                continue
            try:
                done = self._ask(ask)
            except ProviderError as error:
                self.course.stopped = self.course.stopped or error
                done = Done(ask, error=error)
            except EnrichctlError as error:
                done = Done(ask, error=error)
            except BaseException as error:  # noqa: BLE001 - a bug ends the run, not just this thread
                done = Done(ask, error=error)
            self._done(done)

    def _ask(self, ask: Ask) -> Done:
        provider, service = ask.course.provider, self._service
        assert isinstance(provider, Remote)  # noqa: S101 - the waterfall asks no others
        books = _Books(ask, service, ask.reopen.id if ask.reopen and not _keyed(ask) else None)
        api = Api(
            provider.title,
            service.wire,
            gate=service.pacer,
            explain=provider.explain,
            surroundings=service.around,
            timeout=service.timeout,
            patience=provider.patience,
            ledger=books,
        )
        try:
            return self._settle(ask, books, api, _find(ask, api))
        except Unconfirmed as error:
            self._doubt(books, error)
            return Done(ask, Outcome.UNCONFIRMED, provider.price.most(ask.query.wants))
        except Declined as error:
            if isinstance(error.answer, Answer):
                body = error.answer.body
                service.journal.note(
                    books.intent(), Outcome.DECLINED, answer=body, reason=error.message
                )
                return Done(ask, Outcome.DECLINED)
            return Done(ask, Outcome.DECLINED, error=error)
        except RecordError as error:
            missed = isinstance(error, Miss)
            return self._refused(ask, books, api, error, missed=missed)
        except (ProviderError, Cancelled) as error:
            self._leave(books, api, error)
            raise
        except BaseException as error:
            if books.number is not None:
                self._doubt(books, Unconfirmed(f"interrupted by a bug ({type(error).__name__})"))
            raise
        finally:
            self.calls += api.calls

    def _settle(self, ask: Ask, books: _Books, api: Api, answer: Answer | None) -> Done:
        """Commit an answer, and what it cost."""
        self._doubts = 0
        provider, journal = ask.course.provider, self._service.journal
        if answer is None:
            return self._refused(ask, books, api, Miss(""), missed=True)
        found = provider.read(answer.body, ask.query)
        cost = answer.credits
        if cost is None:
            cost = provider.price.of_match(ask.query.wants, found)
        if books.number is None:
            journal.note(
                books.intent(), Outcome.MATCHED, answer=answer.body, request_id=answer.request_id
            )
            return Done(ask, Outcome.MATCHED)
        journal.settle(
            books.number,
            Outcome.MATCHED,
            credits=cost,
            answer=answer.body,
            request_id=answer.request_id,
            balance=answer.balance,
        )
        return Done(ask, Outcome.MATCHED, cost)

    def _refused(
        self, ask: Ask, books: _Books, api: Api, error: RecordError, *, missed: bool
    ) -> Done:
        """Commit a final answer that is no match."""
        self._doubts = 0
        outcome = Outcome.MISSED if missed else Outcome.FAILED
        cost = ask.course.provider.price.most(ask.query.wants) if api.paid else NOTHING
        if books.number is None:
            self._service.journal.note(
                books.intent(), outcome, reason=error.message, cause=error.cause
            )
        else:
            self._service.journal.settle(
                books.number, outcome, credits=cost, reason=error.message, cause=error.cause
            )
        return Done(ask, outcome, cost)

    def _doubt(self, books: _Books, error: Unconfirmed) -> None:
        """Commit that money is in doubt; stop the lane before it is wasted on more of the same."""
        number = books.number
        if number is None:
            number = self._service.journal.intend(books.intent())
        self._service.journal.settle(
            number, Outcome.UNCONFIRMED, reason=error.message, cause=error.cause
        )
        self._doubts += 1
        if self._doubts >= DOUBTS:
            self.course.stopped = self.course.stopped or Unavailable(
                f"{self.course.provider.title} lost {DOUBTS} answers in a row",
                next="see `enrichctl status last`, then run the same command again",
            )

    def _leave(self, books: _Books, api: Api, error: EnrichctlError) -> None:
        """Clear up after a question that was not answered and need not have been charged."""
        if books.number is None:
            return
        if api.in_doubt or books.ask.reopen is not None:
            self._service.journal.settle(
                books.number, Outcome.UNCONFIRMED, reason=error.message, cause="unconfirmed"
            )
        else:
            self._service.journal.void(books.number)


def _keyed(ask: Ask) -> bool:
    provider = ask.course.provider
    return isinstance(provider, Lookup) and bool(provider.key_header)


def _find(ask: Ask, api: Api) -> Answer | None:
    provider = ask.course.provider
    assert isinstance(provider, Lookup)  # noqa: S101 - queues have a lane of their own
    if ask.reopen is not None and not _keyed(ask):
        answer = provider.recover(ask.query, api)
        if answer is None:
            raise Unconfirmed(ask.reopen.reason or "the answer was lost")
        return answer
    return provider.find(ask.query, api)
