"""Asks a provider what a case asks, through the engine's own lane, and notes what it reports."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from enrichctl.conformance.props import Clock, NotedLimiter, Schedule, WrittenLogin, canaries
from enrichctl.conformance.stage import Came, Stage
from enrichctl.conformance.written import Case, Exchanges, WrittenQuery
from enrichctl.engine.booking import Booking, Done, Explain, LaneContext, outcome_of
from enrichctl.engine.lane import Lane
from enrichctl.engine.lead import Lead
from enrichctl.engine.question import Question, Step
from enrichctl.errors import Cancelled, Declined, EnrichctlError, ProviderError, RecordError
from enrichctl.journal import Budgets, Intent
from enrichctl.model import NOTHING, Answer, Credits, Outcome, Query, Rate, Record
from enrichctl.provider import Connection, Provider, Remote
from enrichctl.transport import Api, Ledger, Payload, Runtime, Wire

Make = Callable[[], Provider]


@dataclass(slots=True)
class PlayedQuery:
    """What was reported of one question.

    Attributes:
        outcome: In the words of `written.Then`.
        stop: Class of the error that stops the lane, or "".
        word: The provider's own word for it, before the engine makes sure of the money.
        answer: The answer as it came.
        cost: What is booked.
        balance: What a question for the balance brought.
        said: Everything that a user would read.
    """

    outcome: str
    stop: str = ""
    word: str = ""
    answer: Answer | None = None
    cost: Credits = NOTHING
    balance: Credits | None = None
    said: str = ""


@dataclass(slots=True)
class Played:
    """All that happened while a case was played.

    Attributes:
        connection: Where and as whom was asked.
        queries: What was asked.
        seen: What was reported, one for each query.
        came: Requests as they arrived.
        intents: Payloads whose intent was committed, in order.
        held: Seconds for which refusals held the lane.
        learned: Limits that refusals taught.
        unasked: Values that nobody may be told.
    """

    connection: Connection
    queries: list[Query] = field(default_factory=list)
    seen: list[PlayedQuery] = field(default_factory=list)
    came: list[Came] = field(default_factory=list)
    intents: list[Payload] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    learned: list[Rate] = field(default_factory=list)
    unasked: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _NotedLedger:
    """The engine's ledger, if there is one, and a note of the intents that are committed."""

    own: Ledger | None
    intents: list[Payload]
    committed: bool = False

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """See `transport.Ledger`."""
        if self.own:
            payload = self.own.intend(payload, keyed=keyed)
        if not self.committed:
            self.committed = True
            self.intents.append(payload)
        return payload


class _NotedContext(LaneContext):
    """What a lane works with, and a note of the intents that are committed."""

    intents: list[Payload]

    def api(self, provider: Remote, explain: Explain, ledger: Ledger | None = None) -> Api:
        """See `LaneContext.api`."""
        return super().api(provider, explain, _NotedLedger(ledger, self.intents))


class _Play:
    """One case under way."""

    def __init__(self, make: Make, login: WrittenLogin, stage: Stage, case: Case) -> None:
        provider = self.provider = _made(make)
        self.played = Played(provider.connect(login))
        self._login = login
        self._case = case
        self._stage = stage
        self._journal = stage.journal
        self._step = Step(provider, provider.default_wants)
        clock = Clock()
        self.context = _NotedContext(
            wire=Wire(self.played.connection.base_url, self.played.connection.auth),
            limiter=NotedLimiter(provider, clock, self.played.held, self.played.learned),
            journal=self._journal,
            run=stage.run.id,
            budgets=Budgets(),
            workers=1,
            timeout=provider.timeout,
            runtime=Runtime(clock.pause, chance=lambda: 0.5),
        )
        self.context.intents = self.played.intents
        self._ends: dict[bytes, Done] = {}  # by person

    def question(self, query: Query, asked: WrittenQuery) -> Question:
        """Return a question about somebody new, with what an earlier run has left of it."""
        lead = Lead(Record(1, 2, asked.told | asked.row, asked.region))
        question = Question(self._step, query, uuid4().bytes, "", lead, stored=asked.stored)
        if asked.ticket:
            (number,) = self._journal.reserve([self._intent(question)])
            self._journal.submitted({number: asked.ticket})
            question.reopen = self._journal.attempt(number)
        elif self._case.ask == "recover":
            number = self._journal.intend(self._intent(question))
            self._journal.settle(number, Outcome.UNCONFIRMED, reason="the answer was lost")
            question.reopen = self._journal.attempt(number)
        return question

    def _intent(self, question: Question) -> Intent:
        return Booking(self._step, self.context, self._end).intent(question)

    def ask(self, questions: Sequence[Question], run: Callable[[Schedule], None]) -> None:
        """Ask questions through a lane of its own."""
        schedule = Schedule()
        lane = Lane(self._step, self.context, self._end, schedule)
        for question in questions:
            lane.put(question)
        run(schedule)
        self._journal.write(lambda _: None)  # by then all that came before is reported

    def collect(self, make: Make, questions: Sequence[Question]) -> None:
        """Poll for what has a ticket, for as long as there are replies, as after a crash."""
        provider = _made(make)
        provider.connect(self._login)
        self._step = Step(provider, provider.default_wants)
        left = [
            replace(question, step=self._step, ticket="", reopen=attempt)
            for question in questions
            if question.person not in self._ends
            for attempt in self._journal.attempts(provider.name, "", question.person)
            if attempt.ticket
        ]

        def goes_on() -> bool:
            is_left = len(self._stage.came) < len(self._case.exchanges)
            return is_left and self._step.stopped is None

        self.ask(left, lambda schedule: schedule.run_while(goes_on))

    def _end(self, done: Done) -> None:
        self._ends[done.question.person] = done

    def seen(self, question: Question) -> PlayedQuery:
        """Return what was reported of a question.

        Raises:
            BaseException: It was a bug of the provider's.
        """
        done = self._ends.get(question.person)
        if done is None:
            return PlayedQuery("pending")
        error = done.error
        if not isinstance(error, RecordError | ProviderError | Cancelled | None):
            raise error
        last = done.result or error
        answer = last.answer if isinstance(last, Declined) else last
        return PlayedQuery(
            done.outcome or "pending",
            type(last).__name__ if isinstance(last, ProviderError) else "",
            outcome_of(done.result) if done.result else "",
            answer if isinstance(answer, Answer) else None,
            done.credits,
            said=f"{last.message} {last.next}" if isinstance(last, EnrichctlError) else "",
        )

    def account(self, *, balance: bool) -> PlayedQuery:
        """Ask for the balance, or whether the login is good."""
        api = self.context.api(self.provider, self.provider.explain)
        try:
            if balance:
                return PlayedQuery("answered", balance=self.provider.balance(api))
            return PlayedQuery("answered", said=self.provider.check(api))
        except ProviderError as error:
            return PlayedQuery(
                "pending", type(error).__name__, said=f"{error.message} {error.next}"
            )


def _made(make: Make) -> Remote:
    """Make a provider; what its reading does to an answer is for the judge to see."""
    provider = make()
    assert isinstance(provider, Remote)  # noqa: S101 - others have nothing to exchange
    read = provider.read
    setattr(provider, "read", lambda body, query: read(copy.deepcopy(body), query))  # noqa: B010
    return provider


def play(make: Make, written: Exchanges, case: Case, stage: Stage) -> Played:
    """Play one case.

    Raises:
        Exception: A bug of the provider's.
    """
    login = WrittenLogin(written.login | case.login, written.base_url or "")
    going = _Play(make, login, stage, case)
    played = going.played
    played.unasked = canaries(going.provider)
    played.queries = [asked.query(played.unasked) for asked in case.asked]
    stage.play((each.reply for each in case.exchanges), played.intents)
    if case.ask in ("check", "balance"):
        played.seen = [going.account(balance=case.ask == "balance")]
    else:
        pairs = zip(played.queries, case.asked, strict=True)
        questions = [going.question(query, asked) for query, asked in pairs]
        new = [q for q, asked in zip(questions, case.asked, strict=True) if not asked.ticket]
        going.ask(new, Schedule.run_waiting)
        going.collect(make, questions)
        played.seen = [going.seen(question) for question in questions]
    played.came = list(stage.came)
    return played
