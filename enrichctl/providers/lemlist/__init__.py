"""lemlist: people by lead, profile URL, e-mail, or name and company; asked now, answered later.

https://developer.lemlist.com/api-reference/endpoints/enrich/enrich-lead, likewise
/bulk-enrich-data and /get-enrichment-result
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from enrichctl.errors import Declined, EnrichctlError, NotYet, RecordError, Unconfirmed
from enrichctl.model import Answer, Credits, Match, Query, Rate, Throttled, Value
from enrichctl.provider import API_KEY, Connection, Login, Price, Queue, Ticket, decimal, text
from enrichctl.providers.lemlist.leads import lead_of, told_of
from enrichctl.providers.lemlist.refusals import explain
from enrichctl.providers.lemlist.results import objects, receipt_of, results, values
from enrichctl.providers.lemlist.words import (
    DATA,
    DONE,
    FLAGS,
    INPUT,
    LEAD,
    LEAD_ID,
    NAMES,
    NEVER_VERIFIED,
    NOT_FOUND,
    PROFILE,
    PROFILE_FIELDS,
    STATUS,
    TAG,
    TAKES,
    VERBS,
    VERDICTS,
)
from enrichctl.transport import Api, BasicAuth, Reply, segment


class Lemlist(Queue):
    """lemlist enriches the leads of its campaigns, or in bulk whoever it is told about."""

    name = "lemlist"
    title = "lemlist"
    docs = "https://developer.lemlist.com/api-reference/endpoints/enrich/enrich-lead"
    login = (API_KEY,)
    needs = (
        ("lemlist.lead_id",),
        ("linkedin_url",),
        ("email",),
        (*NAMES, "company_name", "company_domain"),
        (*NAMES, "company_name"),
        (*NAMES, "company_domain"),
    )
    hints = tuple(INPUT)
    uses = ("lemlist.lead_id", *INPUT)
    finds = ("email", "phone", "email_status", *PROFILE_FIELDS)
    default_wants = ("email", *PROFILE)
    writes = "stores what it finds in your lemlist leads"
    # https://help.lemlist.com/en/articles/8944295: a profile is 1 or 2, its revisions disagree.
    price = Price(
        "match",
        items={"email": Credits(5), "phone": Credits(20), "email_status": Credits(1),
               "profile": Credits(2)},
        sold_as=dict.fromkeys(PROFILE_FIELDS, "profile"),
    )  # fmt: skip
    rates = (Rate(20, 2),)
    timeout = 60.0
    batch_max = 500

    def __init__(self) -> None:
        self._seen_empty: set[str] = set()  # tickets still open: never more than the engine holds

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`. The user is empty, the key is the password."""
        key = login.get(API_KEY.name)
        return Connection(
            login.base_url or "https://api.lemlist.com/api",
            BasicAuth("", key),
            sha256(key.encode()).hexdigest()[:16],
        )

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`: most refusals are plain text, whatever their Content-Type."""
        return explain(reply, self) or super().explain(reply)

    def changes(self, query: Query) -> bool:
        """See `Provider.changes`: only what is asked of a lead is stored."""
        return "lemlist.lead_id" in query.told or bool(query.save and "email" in told_of(query))

    def covers(self, query: Query) -> tuple[str, ...]:
        """See `Provider.covers`: a profile comes whole."""
        profile = PROFILE_FIELDS if "profile" in self._items(query) else ()
        return tuple(dict.fromkeys((*query.wants, *profile)))

    def variant(self, query: Query) -> str:
        """See `Provider.variant`: what is stored in a lead is another question."""
        if not self.changes(query):
            return ""
        saved = "lemlist.lead_id" not in query.told
        return " ".join(w for w in ("save" * saved, "over" * bool(query.overwrite)) if w)

    def together(self, query: Query) -> str:
        """See `Queue.together`: each lead is enriched by a call of its own."""
        return "" if self.changes(query) else "bulk"

    def submit(self, queries: Sequence[Query], api: Api) -> Sequence[Ticket | RecordError]:
        """See `Queue.submit`."""
        if self.changes(queries[0]):
            return [self._enrich_lead(queries[0], api)]
        batch = [
            {"input": {INPUT[name]: value for name, value in told_of(query).items()},
             "enrichmentRequests": [VERBS[item] for item in items],
             TAG: str(place)}  # a string: any other value is refused
            for place, query in enumerate(queries)
            if (items := self._items(query))
        ]  # fmt: skip
        answer = api.post("/v2/enrichments/bulk", batch, billed=True).json() if batch else []
        if not isinstance(answer, list):
            raise Unconfirmed("lemlist answered without a list; it may have been charged")
        tags = [text(one.get(TAG)) if isinstance(one, dict) else "" for one in answer]
        if not any(tags) and len(answer) == len(batch):
            tags = [str(one[TAG]) for one in batch]  # the order is implied, though not promised
        taken = dict(zip(tags, answer, strict=True))
        return [
            receipt_of(taken.get(str(place))) if self._items(query) else self._too_little(query)
            for place, query in enumerate(queries)
        ]

    def collect(self, ticket: Ticket, query: Query, api: Api) -> Answer | None:
        """See `Queue.collect`."""
        body = api.get(f"/enrich/{segment(ticket.id)}").json()
        body = body if isinstance(body, dict) else {}
        if isinstance(body.get(DATA), list):
            body = next(
                (one for one in objects(body[DATA]) if text(one.get("id")) == ticket.id), {}
            )
        status = text(body.get(STATUS)) or (DONE if body.get(DATA) else "")
        if status == NOT_FOUND:
            return None
        if status != DONE:
            raise NotYet("lemlist shows no result yet")
        if not body.get(DATA) and ticket.id not in self._seen_empty:
            self._seen_empty.add(ticket.id)  # "done" may be there before the data: look once more
            raise NotYet("lemlist is done but shows no result yet")
        self._seen_empty.discard(ticket.id)
        return Answer(body) if self.read(body, query) else None

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`; ``notFound`` is not to be relied on, only a value counts.

        An address that lemlist itself calls undeliverable is no find, and is not charged.
        """
        found: dict[str, str] = {}
        stored = LEAD_ID in body  # a lead as it stands, of one that has it all already
        for field, value in values(body, LEAD) if stored else results(body.get(DATA)):
            found.setdefault(field, value)
        verdict = found.pop("email_status", "")
        no_find = verdict == "undeliverable" and "email" in query.wants
        if no_find:
            found.pop("email", None)
        unasked = no_find and "email_status" not in self._items(query)
        if verdict and not unasked and not (stored and verdict == NEVER_VERIFIED):
            found["email_status"] = verdict if verdict in VERDICTS else "unknown"
        return {field: Value(value) for field, value in found.items()}

    def check(self, api: Api) -> str:
        """See `Remote.check`. The answer holds addresses of hooks, which are secrets."""
        api.get("/team")
        return "the key is good"

    def balance(self, api: Api) -> Credits | None:
        """See `Remote.balance`: the whole team's."""
        body = api.get("/team/credits").json()
        return decimal(body.get("credits")) if isinstance(body, dict) else None

    def _items(self, query: Query) -> tuple[str, ...]:
        """Return what to ask for: what is missing, as far as enough is told to look for it."""
        told, from_lead = told_of(query).keys(), self.changes(query)
        return tuple(
            item
            for item in self._sought(query)
            if (from_lead or any(told >= {*need} for need in TAKES[item]))
            and (item != "email" or item not in told or item in query.overwrite)
        )

    def _sought(self, query: Query) -> Sequence[str]:
        return tuple(dict.fromkeys(self.price.sold_as.get(name, name) for name in query.wants))

    def _too_little(self, query: Query) -> Declined:
        ways = {i: " or ".join("+".join(need) for need in TAKES[i]) for i in self._sought(query)}
        takes = ", ".join(f"{item} by {way}" for item, way in ways.items())
        return Declined(f"too little is known of this record: lemlist finds {takes}")

    def _enrich_lead(self, query: Query, api: Api) -> Ticket:
        """Ask for a lead.

        Raises:
            Declined: lemlist has it already: with the lead as it stands.
        """
        flags = {FLAGS[item]: "true" for item in self._items(query)}  # "True" would not count
        if not flags:
            raise self._too_little(query)
        if query.overwrite:
            flags["force"] = "true"
        lead = query.told.get("lemlist.lead_id") or lead_of(told_of(query)["email"], api)
        try:
            path = f"/leads/{segment(lead)}/enrich"
            answer = api.post(path, params=flags, billed=True).json()
        except Declined as declined:
            known = api.get("/leads", {"id": lead}).json()
            free = Answer(known) if isinstance(known, dict) else None
            raise Declined(declined.message, answer=free) from None
        receipt = receipt_of(answer)
        if isinstance(receipt, RecordError):
            raise receipt
        return receipt
