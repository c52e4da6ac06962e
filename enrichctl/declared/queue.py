"""Providers made of a definition that take batches, answer later, or both."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from enrichctl.declared import asking, later
from enrichctl.declared.batches import LOST, Settled, divided, item_of, shared
from enrichctl.declared.expressions import Unfit
from enrichctl.declared.meaning import GOOD, NOT_JSON, any_holds, body_of, cost_in, reply_kind
from enrichctl.declared.provider import Declared
from enrichctl.declared.schema import Definition, PollCall
from enrichctl.errors import (
    BadRecord,
    BadReply,
    Miss,
    NotYet,
    OutOfCredits,
    RecordError,
    Unconfirmed,
)
from enrichctl.json_values import ACCEPTED, lost_ticket, no_ticket, text
from enrichctl.model import Answer, Credits, Query, Rate, Ticket
from enrichctl.provider import Connection, Login, Queue
from enrichctl.transport import Api, Reply

KIND_OF = {402: "no_credit", 429: "throttled"}  # what they mean where no rule says it
JOBS = 8  # finished jobs that are kept until all of their tickets were collected


class _Job(NamedTuple):
    """A job that is finished.

    Attributes:
        body: The reply.
        headers: Those of the reply.
        cut: What those get that it has nothing for, where it ended before it was done.
    """

    body: Any
    headers: Mapping[str, str]
    cut: OutOfCredits | BadRecord | None


class DeclaredQueue(Declared, Queue):
    """Is asked about several people in one call, or answers later, or both."""

    def __init__(self, name: str, definition: Definition) -> None:
        super().__init__(name, definition)
        batch, poll = definition.request.batch, definition.poll
        self.batch_max = batch.max if batch else 1
        if poll:
            self.poll_every, self.give_up = poll.every, poll.give_up
        self._jobs: OrderedDict[str, _Job] = OrderedDict()

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`.

        A window that counts records is kept as one that counts calls, as if all were full.
        """
        whole = [rate.limit for rate in self.rates if rate.unit == "record"]
        self.batch_max = min([self.batch_max, *whole])
        self.rates = tuple(
            Rate(rate.limit // self.batch_max, rate.seconds, "call", rate.group)
            if rate.unit == "record"
            else rate
            for rate in self.rates
        )
        return super().connect(login)

    def together(self, query: Query) -> str:
        """See `Queue.together`."""
        request = self.definition.request
        return asking.group_of(request, query) if request.batch else ""

    def job(self, ticket: Ticket) -> str:
        """See `Queue.job`."""
        return later.parts_of(ticket)[0].rpartition("#")[0]

    def submit(
        self, queries: Sequence[Query], api: Api
    ) -> Sequence[Ticket | Answer | RecordError | OutOfCredits]:
        """See `Queue.submit`."""
        declined = {n: why for n, query in enumerate(queries) if (why := self.too_little(query))}
        asked = [query for n, query in enumerate(queries) if n not in declined]
        ends = iter(self._submit(asked, api) if asked else ())
        return [declined[n] if n in declined else next(ends) for n in range(len(queries))]

    def _submit(self, queries: Sequence[Query], api: Api) -> Sequence[Ticket | Settled]:
        d = self.definition
        batch = d.request.batch
        values = asking.values_of(queries[0], d.request.asks)
        body = {"json": asking.batch_body(d.request, queries)} if batch else {}
        billed = self.price.billed != "no"
        reply = asking.call(
            d.request, values, api, **body, billed=billed, key_header=self.key_header
        )
        whole = reply.json()
        why = None if batch else self.said(reply.status, whole)
        if why is not None and not isinstance(why, NotYet):  # what is pending has a ticket
            raise why
        if d.poll and not d.poll.adds:
            job = text(d.poll.ticket.search(whole))
            if not job:
                raise no_ticket(self.title)
            return [Ticket(f"{job}#{place}/{len(queries)}") for place in range(len(queries))]
        assert batch is not None  # noqa: S101 - else it is no queue
        items = [item_of(batch, whole, place, len(queries)) for place in range(len(queries))]
        ends = [
            self._end(item, whole, reply.headers, query)
            for item, query in zip(items, queries, strict=True)
        ]
        told = batch.cost or (d.cost if d.cost and d.cost.header else None)
        total = cost_in(told, whole, reply.headers)
        ends = ends if total is None else shared(total, ends, items)
        if d.poll and set(d.poll.adds).intersection(queries[0].wants):  # so do all of them
            return later.tickets(text(d.poll.ticket.search(whole)), ends)
        return ends

    def collect(self, ticket: Ticket, query: Query, api: Api) -> Answer | OutOfCredits | None:
        """See `Queue.collect`."""
        poll = self.definition.poll
        assert poll is not None  # noqa: S101 - there are tickets only then
        own, first = later.parts_of(ticket)
        job, _, spot = own.rpartition("#")
        place, _, count = spot.partition("/")  # tickets of old do not tell how many there were
        if first is not None:
            return self._added(poll, job, first, query, api)
        ended = self._jobs.get(job) or self._finished(poll, job, api)
        end = self._part(ended, int(place), int(count or 0), query)
        if isinstance(end, NotYet):
            self._jobs.pop(job, None)  # finished, but not for this one
        if isinstance(end, RecordError):
            raise end
        return end

    def _part(self, ended: _Job, place: int, count: int, query: Query) -> Settled | None:
        """Return what a finished job has for one question of it."""
        poll, batch = self.definition.poll, self.definition.request.batch
        body = ended.body
        item = item_of(batch, body, place, count) if batch else body
        if ended.cut is not None:
            told = isinstance(item, RecordError) or (item is not LOST and self.found(item))
            if not told:
                return ended.cut
        end = self._end(item, body, ended.headers, query)
        total = cost_in(poll.cost, body, ended.headers) if poll else None
        if total is not None and count and isinstance(end, Answer | Miss):
            cost = self._share(total, body, place, count)
            if isinstance(end, Answer):
                return Answer(end.body, cost, end.balance, end.request_id)
            if cost:  # it found nothing of what is read, and was charged all the same
                return Answer(item, cost)
        return end

    def _added(
        self, poll: PollCall, job: str, first: later.First, query: Query, api: Api
    ) -> Answer:
        """Return what came at once, with what has come since."""
        most = self.price.most(query.wants)
        try:
            ended = self._jobs.get(job) or self._finished(poll, job, api)
        except Unconfirmed as error:  # the vendor knows nothing of it
            return later.lost(first, error.message, most)
        if ended.cut is not None:
            return later.lost(first, ended.cut.message, most)
        total = cost_in(poll.cost, ended.body, ended.headers)
        return later.added(poll, first, ended.body, total, self.found)

    def _share(self, total: Credits, body: Any, place: int, count: int) -> Credits:
        """Return what one answer of a job cost: its part of the whole, by the prices."""
        batch = self.definition.request.batch
        if batch is None:
            return total
        items = [item_of(batch, body, n, count) for n in range(count)]
        matches = [{} if i is LOST or isinstance(i, RecordError) else self.found(i) for i in items]
        prices = [self.price.of_match(self.finds, match) for match in matches]
        return divided(total, prices)[place]

    def _finished(self, poll: PollCall, job: str, api: Api) -> _Job:
        """Fetch a job that is finished.

        Raises:
            NotYet: It is not.
            Unconfirmed: The vendor knows nothing of it, though it was bought.
        """
        rules = (*poll.pending, *poll.done, *poll.failed, *poll.no_credit)

        def accepts(reply: Reply) -> bool:
            try:
                return any_holds(rules, reply.status, body_of(reply))
            except Unfit:
                return reply.status < GOOD  # what it means is said below

        try:
            reply = asking.call(poll, {"ticket": job}, api, json_due=False, accepts=accepts)
        except (Miss, BadRecord) as error:
            raise lost_ticket(error) from None
        try:
            cut = self._cut(poll, reply)
        except Unfit as error:  # the job goes on, and so do its tickets
            raise BadReply(
                f"{self.title} answers what the [poll] of its definition cannot read: {error}",
                next="correct the definition, then run again: what was bought is collected then",
            ) from None
        self._jobs[job] = ended = _Job(body_of(reply), reply.headers, cut)
        while len(self._jobs) > JOBS:
            self._jobs.popitem(last=False)
        return ended

    def _cut(self, poll: PollCall, reply: Reply) -> OutOfCredits | BadRecord | None:
        """Return what ended a job before it was done; None when it is done.

        Raises:
            NotYet: It is neither.
            Unfit: Nobody can tell.
        """
        body, status = body_of(reply), reply.status
        if any_holds(poll.failed, status, body):
            return BadRecord(f"{self.title} could not finish it")
        if any_holds(poll.no_credit, status, body):
            return self.empty()
        late = status == ACCEPTED or body is NOT_JSON
        late = late or isinstance(self.said(status, body), NotYet)
        late = late or any_holds(poll.pending, status, body)
        if late or (poll.done and not any_holds(poll.done, status, body)):
            raise NotYet(f"{self.title} is still at work on it")
        return None

    def _end(self, item: Any, body: Any, headers: Mapping[str, str], query: Query) -> Settled:
        """Say how one question of several ended, by its part of the reply."""
        if item is LOST:
            return Unconfirmed(f"{self.title} left this record out of its answer; possibly charged")
        if isinstance(item, RecordError):
            return item
        d = self.definition
        batch, status = d.request.batch, self.own_status(item)
        kind = reply_kind(d.meaning, status, NOT_JSON if item is None else item)
        kind = kind or KIND_OF.get(status, "")
        if kind or item is None:
            error = self.meant(kind or "miss", status)
        elif status >= 500:  # noqa: PLR2004 - HTTP's own border
            error = Unconfirmed(f"{self.title} failed on it ({status}); possibly charged")
        elif status >= 400:  # noqa: PLR2004 - HTTP's own border
            error = self.meant("bad_input", status)
        else:
            answer = self.answer(item, headers, query, whole=body if batch else None)
            if answer is not None:
                return answer
            error = self.meant("miss", status)
        if not (batch and d.cost and d.cost.header):  # which says what the whole call cost
            error = self.priced(error, item, headers)
        return error if isinstance(error, RecordError | OutOfCredits) else BadRecord(error.message)
