"""Asks a provider what a case asks, as the engine would, and notes what it reports."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from enrichctl.conformance.props import Books, Clock, Gate, Login, canaries
from enrichctl.conformance.stage import Came, Stage
from enrichctl.conformance.written import Asked, Case, Exchanges
from enrichctl.errors import (
    Declined,
    EnrichctlError,
    Miss,
    NotYet,
    OutOfCredits,
    ProviderError,
    RecordError,
    Unconfirmed,
)
from enrichctl.model import NOTHING, Answer, Credits, Query, Rate
from enrichctl.pacing import Pacer
from enrichctl.provider import Connection, Lookup, Provider, Queue, Remote, Ticket
from enrichctl.transport import Api, Payload, Surroundings, Wire

Make = Callable[[], Provider]


@dataclass(slots=True)
class Seen:
    """What was reported of one question.

    Attributes:
        outcome: In the words of `written.Then`.
        stop: Class of the error that stops the lane, or "".
        answer: The answer as it came.
        cost: What is booked.
        balance: What a question for the balance brought.
        said: Everything that a user would read.
    """

    outcome: str
    stop: str = ""
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
        came: Requests as they arrived, marked with the number of intents committed by then.
        intents: Payloads whose intent was committed, in order.
        held: Seconds for which refusals held the lane.
        learned: Limits that refusals taught.
        unasked: Values that nobody may be told.
    """

    connection: Connection
    queries: list[Query] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    came: list[Came] = field(default_factory=list)
    intents: list[Payload] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    learned: list[Rate] = field(default_factory=list)
    unasked: Mapping[str, str] = field(default_factory=dict)


class _Play:
    """One case under way."""

    def __init__(self, provider: Remote, login: Login, stage: Stage, most: int) -> None:
        self.provider = provider
        self.played = Played(provider.connect(login))
        self._stage = stage
        self._most = most  # requests that have a reply
        self._clock = Clock()
        pacer = Pacer(
            provider.rates,
            patience=provider.patience,
            clock=lambda: self._clock.now,
            pause=self._clock.pause,
            tell=lambda _seconds, _why: None,
            remember=self.played.learned.append,
        )
        self._gate = Gate(pacer, self.played.held)
        self._wire = Wire(self.played.connection.base_url, self.played.connection.auth)

    def api(self) -> Api:
        """Return the API for one question."""
        return Api(
            self.provider.title,
            self._wire,
            gate=self._gate,
            explain=self.provider.explain,
            surroundings=Surroundings(self._clock.pause, chance=lambda: 0.5),
            timeout=self.provider.timeout,
            patience=self.provider.patience,
            ledger=Books(self.played.intents),
        )

    def settle(
        self, query: Query, api: Api, ask: Callable[[], Answer | OutOfCredits | None], *, sold: bool
    ) -> Seen:
        """Ask one question and say how it ended, as a lane would book it.

        Args:
            query: The question.
            api: What it is asked with.
            ask: Asks it.
            sold: An intent for it was committed before this play.
        """
        price = self.provider.price
        try:
            answer = ask()
        except EnrichctlError as error:
            return self._failed(query, error, paid=api.paid, in_doubt=api.in_doubt)
        if isinstance(answer, OutOfCredits):  # nothing was sold
            return self._failed(query, answer)
        if answer is None:
            paid = api.paid or (sold and price.billed == "call")
            return Seen("missed", cost=price.most(query.wants) if paid else NOTHING)
        return self._matched(query, answer, sold=sold)

    def _matched(self, query: Query, answer: Answer, *, sold: bool) -> Seen:
        cost = answer.credits
        if not (sold or self.played.intents):
            cost = NOTHING
        elif cost is None:
            found = self.provider.read(copy.deepcopy(answer.body), query)
            cost = self.provider.price.of_match(query.wants, found)
        return Seen("matched", answer=answer, cost=cost)

    def _failed(
        self, query: Query, error: EnrichctlError, *, paid: bool = False, in_doubt: bool = False
    ) -> Seen:
        most = self.provider.price.most(query.wants)
        cost = most if paid else NOTHING
        match error:
            case NotYet():
                seen = Seen("pending")
            case Unconfirmed():
                seen = Seen("unconfirmed", cost=most)
            case Declined():
                answer = error.answer if isinstance(error.answer, Answer) else None
                seen = Seen("declined", answer=answer)
            case RecordError():
                seen = Seen("missed" if isinstance(error, Miss) else "failed", cost=cost)
            case ProviderError() if in_doubt:
                seen = Seen("unconfirmed", type(error).__name__, cost=most)
            case ProviderError():
                seen = Seen("pending", type(error).__name__)
            case _:
                raise error
        seen.said = f"{error.message} {error.next}"
        return seen

    def look_up(self, provider: Lookup, query: Query, asked: Asked, how: str) -> Seen:
        """Ask a `Lookup`, or have it finish or recover what an earlier run asked."""
        api = self.api()
        if how == "finish":
            finish = lambda: provider.finish(asked.stored, query, api)  # noqa: E731 - as below
            return self.settle(query, api, finish, sold=False)
        if how == "find":
            return self.settle(query, api, lambda: provider.find(query, api), sold=False)
        seen = self.settle(query, api, lambda: provider.recover(query, api), sold=True)
        if seen.outcome == "missed" and not seen.said:  # None: it cannot be settled
            return Seen("unconfirmed", cost=provider.price.most(query.wants))
        return seen

    def submit(self, provider: Queue, queries: Sequence[Query]) -> list[Seen | Ticket]:
        """Submit queries to a `Queue`; tickets stand for what is still open."""
        each_call_costs = self.provider.price.billed == "call"
        api = self.api()
        try:
            given = list(provider.submit(queries, api))
        except EnrichctlError as error:
            return [self._failed(query, error, in_doubt=api.in_doubt) for query in queries]
        if len(given) != len(queries):
            raise ValueError(f"submit returned {len(given)} things for {len(queries)} queries")
        return [
            thing
            if isinstance(thing, Ticket)
            else self._matched(query, thing, sold=True)
            if isinstance(thing, Answer)
            else self._failed(query, thing, paid=each_call_costs and isinstance(thing, Miss))
            for query, thing in zip(queries, given, strict=True)
        ]

    def collect(
        self, provider: Queue, queries: Sequence[Query], given: list[Seen | Ticket]
    ) -> list[Seen]:
        """Collect in turn until everything is there, or no more replies are.

        One look in a round is enough for tickets of one job, as in the engine.
        """
        there: set[str] = set()  # jobs of which an answer was fetched: the others need no reply
        for _ in range(self._most + 1):
            late: set[str] = set()
            for place, ticket in enumerate(given):
                if isinstance(ticket, Seen) or (job := provider.job(ticket)) in late:
                    continue
                if len(self._stage.came) >= self._most and job not in there:
                    continue
                seen = self._fetch(provider, ticket, queries[place])
                if seen.stop or seen.outcome != "pending":
                    given[place] = seen
                    there.add(job)
                else:
                    late.add(job)
                if seen.stop:
                    break
            else:
                self._clock.pause(provider.poll_every)
                continue
            break
        return [Seen("pending") if isinstance(thing, Ticket) else thing for thing in given]

    def _fetch(self, provider: Queue, ticket: Ticket, query: Query) -> Seen:
        api = self.api()
        return self.settle(query, api, lambda: provider.collect(ticket, query, api), sold=True)

    def account(self, *, balance: bool) -> Seen:
        """Ask for the balance, or whether the login is good."""
        api, nothing = self.api(), Query({}, ())
        try:
            if balance:
                return Seen("answered", balance=self.provider.balance(api))
            return Seen("answered", said=self.provider.check(api))
        except EnrichctlError as error:
            return self._failed(nothing, error)


def play(make: Make, written: Exchanges, case: Case, stage: Stage) -> Played:
    """Play one case.

    Raises:
        Exception: A bug of the provider's.
    """
    provider = make()
    assert isinstance(provider, Remote)  # noqa: S101 - others have nothing to exchange
    login = Login(written.login | case.login, written.base_url or "")
    going = _Play(provider, login, stage, len(case.exchanges))
    played = going.played
    played.unasked = canaries(provider)
    played.queries = [asked.query(played.unasked) for asked in case.asked]
    stage.play((each.reply for each in case.exchanges), lambda: len(played.intents))
    if case.ask in ("check", "balance"):
        played.seen = [going.account(balance=case.ask == "balance")]
    elif isinstance(provider, Lookup):
        pairs = zip(played.queries, case.asked, strict=True)
        played.seen = [going.look_up(provider, q, asked, case.ask) for q, asked in pairs]
    elif isinstance(provider, Queue):
        given = _given(going, provider, case.asked, played.queries)
        after: Any = make()  # as after a crash: all that is left is the ticket
        after.connect(login)
        played.seen = going.collect(after, played.queries, given)
    played.came = list(stage.came)
    return played


def _given(
    going: _Play, provider: Queue, asked: Sequence[Asked], queries: Sequence[Query]
) -> list[Seen | Ticket]:
    """Submit what has no ticket yet."""
    new = [query for query, each in zip(queries, asked, strict=True) if not each.ticket]
    fresh = iter(going.submit(provider, new) if new else ())
    return [Ticket(each.ticket) if each.ticket else next(fresh) for each in asked]
