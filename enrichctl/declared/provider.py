"""Providers made of a definition: what all have in common, and those that look up."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from enrichctl.amounts import credits_in_words
from enrichctl.declared import asking, later
from enrichctl.declared.checking import price_of, verifier_of
from enrichctl.declared.expressions import Unfit
from enrichctl.declared.meaning import (
    GOOD,
    NOT_JSON,
    any_holds,
    body_of,
    cost_in,
    read_from,
    refusal,
    reply_kind,
)
from enrichctl.declared.schema import Definition
from enrichctl.errors import (
    BadRecord,
    Declined,
    EnrichctlError,
    Miss,
    NotYet,
    RecordError,
    TooLittle,
)
from enrichctl.json_values import as_confidence, decimal, text
from enrichctl.model import (
    NOT_COLLECTED,
    UNREADABLE,
    Answer,
    Credits,
    Match,
    Query,
    Rate,
    Remark,
    Throttled,
    Value,
)
from enrichctl.provider import (
    API_KEY,
    EMAIL,
    VERDICT,
    WHO,
    Connection,
    Login,
    Lookup,
    Remote,
    account_of,
)
from enrichctl.transport import Api, Reply

OK = 200
NO_HEADERS: Mapping[str, str] = {}
OF_ANSWERS = ("miss", "declined", "pending")  # meanings of what is an answer to HTTP


class Declared(Remote):
    """What a definition says, as a provider declares it."""

    def __init__(self, name: str, definition: Definition) -> None:
        self.definition = d = definition
        self.name = name
        self.title = d.title or name
        self.docs = d.docs
        self.login = (API_KEY,) if d.auth else ()
        self.needs = tuple(map(tuple, d.needs))
        self.optional_inputs = tuple(d.hints)
        self.uses = tuple(dict.fromkeys((*(f for need in d.needs for f in need), *d.hints)))
        self.finds = tuple(d.response)
        self.about = tuple(name for name in WHO if name in d.response)
        if d.about is not None:
            self.about = tuple(d.about)
        self.default_wants = tuple(d.default_wants or d.response)
        self.writes = d.writes
        self.price = price_of(d)
        self.rates = tuple(Rate(r.limit, r.seconds, r.unit, r.group) for r in d.rates)
        self.timeout = d.timeout
        self.rebill_days = d.rebill_days
        self.key_header = d.idempotency
        self.verifier = self._verifier(d)

    def _verifier(self, d: Definition) -> "DeclaredLookup | None":
        """Return what an address alone is asked of, where that is another call."""
        own = verifier_of(d)
        if own is None:
            return None
        found = DeclaredLookup(self.name, own)
        self.uses = tuple(dict.fromkeys((*self.uses, EMAIL)))
        self.verify_price = found.price
        return found

    @property
    def can_verify(self) -> bool:
        """See `Provider.can_verify`: who is told more may answer about the person instead."""
        return self.verifier is not None or (VERDICT in self.finds and self.needs == ((EMAIL,),))

    def _for(self, query: Query) -> "DeclaredLookup | None":
        """Return what answers a question in place of this one."""
        return self.verifier if self.verifier and self.verifies(query) else None

    def covers(self, query: Query) -> tuple[str, ...]:
        """See `Provider.covers`: all that comes along for the same money without being asked."""
        if self._for(query):
            return query.wants  # what else comes is about the address, not the person
        most, asks = self.price.most, self.definition.request.asks
        chosen = {asks[name] for name in query.wants if name in asks}
        names = self.definition.request.names
        along = (
            name
            for name in self.finds
            if f"wants.{name}" not in names
            and (name not in asks or asks[name] in chosen)
            and most((*query.wants, name)) == most(query.wants)
        )
        return tuple(dict.fromkeys((*query.wants, *along)))

    def variant(self, query: Query) -> str:
        """See `Provider.variant`."""
        if self._for(query):
            return "verify"
        return asking.variant_of(self.definition, query)

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`."""
        key = login.get(API_KEY.name) if self.login else ""
        base_url = login.base_url or self.definition.base_url
        auth = asking.auth_of(self.definition.auth, key, self.definition.request.headers)
        return Connection(base_url, auth, account_of(key or base_url))

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`."""
        body = body_of(reply)
        kind = reply_kind(self.definition.meaning, reply.status, body)
        late = self.definition.poll.pending if self.definition.poll else []
        with suppress(Unfit):
            if reply.status >= GOOD and any_holds(late, reply.status, body):
                return self.meant("pending", reply.status)
        if kind in OF_ANSWERS and reply.status < GOOD and (body is not NOT_JSON or kind != "miss"):
            return None  # depends on what was asked: a free call has nobody to miss
        if kind == "throttled" or (not kind and reply.status == 429):  # noqa: PLR2004 - HTTP's word
            return refusal(self.definition.windows, reply)
        if reply.status == 404 and reply.body.lstrip()[:1] == b"<":  # noqa: PLR2004 - HTTP's word
            return self.elsewhere()  # a web page: nobody has looked for anybody
        if not kind:
            return super().explain(reply)
        return self.priced(self.meant(kind, reply.status), body, reply.headers)

    def meant(self, kind: str, status: int) -> EnrichctlError:
        """Return the error that a kind of meaning is."""
        title = self.title
        errors: dict[str, EnrichctlError] = {
            "throttled": NotYet(f"{title} refuses it for now"),
            "no_credit": self.empty(),
            "login": self.refused(f" (HTTP {status})"),
            "pending": NotYet(f"{title} is still at work on it"),
            "miss": Miss(f"{title} has nothing on this record"),
            "declined": Declined(f"{title} had nothing to do for this record"),
            "bad_input": BadRecord(f"{title} rejects the request (HTTP {status})"),
        }
        return errors[kind]

    def priced(self, end: EnrichctlError, body: Any, headers: Mapping[str, str]) -> EnrichctlError:
        """Return the error with what the reply says that it cost, if it is a miss."""
        if isinstance(end, Miss) and body is not NOT_JSON:
            end.credits = cost_in(self.definition.cost, body, headers)
        return end

    def said(
        self, status: int, body: Any, headers: Mapping[str, str] = NO_HEADERS
    ) -> EnrichctlError | None:
        """Return what a good reply says other than an answer."""
        kind = reply_kind(self.definition.meaning, status, body)
        return self.priced(self.meant(kind, status), body, headers) if kind in OF_ANSWERS else None

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`. A definition may have been corrected since: what it calls a miss."""
        asked = self._for(query) or self
        return {} if asked.is_none(body) else asked.found(body)

    def is_none(self, body: Any) -> bool:
        """Tell whether what was kept as an answer says that there is none.

        Its status is not kept. It was a good one, or the answer would not have been taken for one.
        """
        if later.is_in_two_parts(self.definition.poll):
            return False  # each was judged by itself when it came
        kind = reply_kind(self.definition.meaning, self.own_status(body), body)
        return kind in ("miss", "declined")

    def own_status(self, item: Any) -> int:
        """Return the status that one answer of several says is its own."""
        batch = self.definition.request.batch
        own = decimal(batch.status.search(item)) if batch and batch.status else None
        return OK if own is None else int(own)

    def found(self, body: Any) -> Match:
        """Return the values in an answer."""
        d = self.definition
        sure = decimal(read_from(d.confidence, body, {}))
        confidence = None if sure is None or d.confidence is None else float(sure) / d.confidence.of
        confidence = as_confidence(confidence)
        source = text(d.source.search(body)) if d.source else ""
        found: Match = {}
        for field, path in d.response.items():
            value = text(path.search(body))
            said = d.words.get(field, {})
            value = said.get(value, said.get("*", value)) if value else ""
            if value:
                found[field] = Value(value, confidence, source)
        return found

    def remarks(self, body: Any, query: Query) -> Sequence[Remark]:
        """See `Provider.remarks`: what did not come, what the definition cannot read."""
        if verifier := self._for(query):
            return verifier.remarks(body, query)
        if self.is_none(body):
            return ()
        poll = self.definition.poll
        if poll and (why := later.reason(body)):
            return [
                Remark(
                    f"{', '.join(poll.adds)} did not come; possibly charged: {why}",
                    NOT_COLLECTED,
                    f"look at the usage page of {self.title}",
                )
            ]
        unread = []
        for field, path in self.definition.response.items():
            try:
                path.find(body)
            except Unfit as error:
                unread.append(f"{field} = {error}")
        if not unread:
            return ()
        more = f", and {len(unread) - 1} more" if len(unread) > 1 else ""
        return [
            Remark(
                f"its definition cannot read {unread[0]}{more}",
                UNREADABLE,
                f"correct the definition of {self.name}, then run again: the answers are kept",
            )
        ]

    def too_little(self, query: Query) -> Declined | None:
        """Say why nothing is asked; None when there is something to ask."""
        request = self.definition.request
        if query.inputs.keys().isdisjoint(request.names):
            return TooLittle(f"the request of {self.title} tells nothing that is known of it")
        if "asks" in request.names and request.asks.keys().isdisjoint(query.wants):
            sold = ", ".join(request.asks)
            return Declined(f"{self.title} is asked for {sold}; all else comes along")
        return None

    def answer(
        self, body: Any, headers: Mapping[str, str], query: Query, *, whole: Any = None
    ) -> Answer | None:
        """Return an answer with what it says of money; None when nothing was found or sold.

        Args:
            body: The answer.
            headers: Those of the reply.
            query: What was asked.
            whole: The reply of which the answer is a part; what a header says that the call cost
                says nothing of one answer in it.
        """
        d = self.definition
        of_all = whole is not None and d.cost is not None and d.cost.header
        credits_ = None if of_all else cost_in(d.cost, body, headers)
        found = self.found(body)
        if credits_ is None and not found and self.remarks(body, query):
            credits_ = self.price.most(query.wants)  # what it holds is not known, nor its price
        cost = self.price.of_match(query.wants, found) if credits_ is None else credits_
        if not found and not cost and not self.remarks(body, query):
            return None
        whole = body if whole is None else whole
        balance = decimal(read_from(d.remaining, whole, headers))
        return Answer(body, credits_, balance, text(read_from(d.request_id, whole, headers)))

    def check(self, api: Api) -> str:
        """See `Remote.check`."""
        check = self.definition.check
        try:
            if check:
                asking.call(check, {}, api)
                return "the key is good"
            if self.definition.balance:
                left = self.balance(api)
                said = "" if left is None else f", {credits_in_words(left)} left"
                return f"the key is good{said}"
        except RecordError:
            raise self.elsewhere() from None
        return super().check(api)

    def balance(self, api: Api) -> Credits | None:
        """See `Remote.balance`."""
        balance = self.definition.balance
        if balance is None:
            return None
        reply = asking.call(balance, {}, api)
        return decimal(read_from(balance.credits, reply.json(), reply.headers))


class DeclaredLookup(Declared, Lookup):
    """Is asked about one person, and answers in the same call."""

    def __init__(self, name: str, definition: Definition) -> None:
        super().__init__(name, definition)
        self.key_hours = definition.idempotency_hours if definition.idempotency else 0.0

    def find(self, query: Query, api: Api) -> Answer | None:
        """See `Lookup.find`."""
        if verifier := self._for(query):
            return verifier.find(query, api)
        request = self.definition.request
        if declined := self.too_little(query):
            raise declined
        try:
            reply = asking.call(
                request,
                asking.values_of(query, request.asks),
                api,
                billed=self.price.billed != "no",
                key_header=self.key_header,
            )
        except Miss as miss:
            api.paid = api.paid or miss.is_charged(self.price.billed)  # looked for
            raise
        body = reply.json()
        if why := self.said(reply.status, body, reply.headers):
            billed = self.price.billed
            api.paid = why.is_charged(billed) if isinstance(why, Miss) else billed == "call"
            raise why
        answer = self.answer(body, reply.headers, query)
        if answer is None:
            api.paid = False  # nothing that has a price came back
        return answer
