"""lemlist: people by lead, profile URL, e-mail, or name and company; asked now, answered later.

https://developer.lemlist.com/api-reference/endpoints/enrich/enrich-lead, also
/bulk-enrich-data and /get-enrichment-result
"""

from collections.abc import Mapping, Sequence
from typing import Any

from enrichctl.errors import BadRecord, Declined, EnrichctlError, NotYet, RecordError, Unconfirmed
from enrichctl.json_values import ACCEPTED, as_object, decimal, lost_ticket, objects, text
from enrichctl.model import Answer, Credits, Match, Query, Rate, Remark, Throttled, Ticket, Value
from enrichctl.price import Price
from enrichctl.provider import API_KEY, Connection, Login, Queue, account_of, variant_of
from enrichctl.providers.lemlist.records import lead_as_it_stands
from enrichctl.providers.lemlist.replies import (
    DATA,
    DONE,
    ID,
    IN_PROGRESS,
    INPUT,
    NAMES,
    OWN_ID,
    PROFILE,
    PROFILE_FIELDS,
    SOLD_AS,
    STATUS,
    TEAM_ID,
    VERDICTS,
    explain,
    is_about,
    odd_end,
    results,
    stored,
)
from enrichctl.providers.lemlist.requests import (
    inputs_of,
    is_forced,
    items_of,
    submit_batch,
    submit_lead,
    ways_to_ask,
)
from enrichctl.transport import Api, BasicAuth, Reply, segment


class Lemlist(Queue):
    """lemlist enriches the leads of its campaigns, or in bulk anybody it is told about."""

    name = "lemlist"
    title = "lemlist"
    docs = "https://developer.lemlist.com/api-reference/endpoints/enrich/enrich-lead"
    login = (API_KEY,)
    needs = (
        (OWN_ID,),
        ("linkedin_url",),
        ("email",),
        (*NAMES, "company_name", "company_domain"),
        (*NAMES, "company_name"),
        (*NAMES, "company_domain"),
    )
    optional_inputs = tuple(INPUT)
    uses = (OWN_ID, *INPUT)
    finds = ("email", "phone", "email_status", *PROFILE_FIELDS)
    about = (*NAMES, "email", "linkedin_url", "company_name", "company_domain")
    default_wants = ("email", *PROFILE)
    writes = "stores what it finds in your lemlist leads"
    # https://help.lemlist.com/en/articles/8944295: a profile is 1 or 2, its revisions disagree.
    price = Price(
        "match",
        items={"email": Credits(5), "phone": Credits(20), "email_status": Credits(1),
               "profile": Credits(2)},
        sold_as=SOLD_AS,
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
            account_of(key),
        )

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`: most refusals are plain text, whatever their Content-Type."""
        return explain(reply, self) or super().explain(reply)

    def changes(self, query: Query) -> bool:
        """See `Provider.changes`: only what is asked of a lead is stored."""
        return OWN_ID in query.inputs or bool(query.save and "email" in inputs_of(query))

    def covers(self, query: Query) -> tuple[str, ...]:
        """See `Provider.covers`: a profile comes whole."""
        profile = PROFILE_FIELDS if "profile" in self._items(query) else ()
        return tuple(dict.fromkeys((*query.wants, *profile)))

    def variant(self, query: Query) -> str:
        """See `Provider.variant`: what is stored in a lead is another question."""
        if not self.changes(query):
            return ""
        saved = OWN_ID not in query.inputs
        return variant_of(save=saved, over=is_forced(query))

    def takes_more(self, query: Query) -> Mapping[str, Sequence[Sequence[str]]]:
        """See `Provider.takes_more`: a lead is asked for anything, others by what each takes."""
        return {} if self.changes(query) else ways_to_ask(query)

    def together(self, query: Query) -> str:
        """See `Queue.together`: each lead is enriched by a call of its own."""
        return "" if self.changes(query) else "bulk"

    def submit(self, queries: Sequence[Query], api: Api) -> Sequence[Ticket | RecordError]:
        """See `Queue.submit`."""
        if self.changes(queries[0]):
            return [submit_lead(queries[0], api)]
        return submit_batch(queries, api)

    def collect(self, ticket: Ticket, query: Query, api: Api) -> Answer | None:
        """See `Queue.collect`."""
        body = _result_of(ticket, query, api)
        if isinstance(several := body.get(DATA), list):
            body = next((one for one in objects(several) if text(one.get(ID)) == ticket.id), {})
        status = text(body.get(STATUS)) or (DONE if body.get(DATA) else "")
        if status in ("", IN_PROGRESS):
            raise NotYet("lemlist shows no result yet")
        if status == DONE and not body.get(DATA) and ticket.id not in self._seen_empty:
            self._seen_empty.add(ticket.id)  # "done" may be there before the data: look once more
            raise NotYet("lemlist is done but shows no result yet")
        found = self.read(body, query).keys()
        if (ended := odd_end(body)) and found.isdisjoint(query.wants):
            raise Unconfirmed(f"{ended}; possibly charged")
        lead = query.inputs.get(OWN_ID) if set(query.wants) - found else None
        held = lead_as_it_stands(lead, api) if lead else {}
        self._seen_empty.discard(ticket.id)
        if not found and self.read(held | body, query).keys().isdisjoint(query.wants):
            return None
        if not held and not self._comes_verified(query):
            return Answer(body)
        # What the lead held before is not bought, nor a verdict that comes with the address.
        bought = found - {"email_status"} if self._comes_verified(query) else found
        return Answer(held | body, self.price.of_match(query.wants, bought))

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`; ``notFound`` is not to be relied on, only a value counts.

        What a lead holds already is as good as a result, and comes after it. An address that
        lemlist itself calls undeliverable is no find, and is not charged.
        """
        found: dict[str, str] = {}
        for field, value in (*results(body.get(DATA)), *stored(body)):
            found.setdefault(field, value)
        verdict = found.pop("email_status", "")
        no_find = verdict == "undeliverable" and "email" in query.wants
        if no_find:
            found.pop("email", None)
        if verdict and (not no_find or "email_status" in self._items(query)):
            found["email_status"] = verdict if verdict in VERDICTS else "unknown"
        return {field: Value(value) for field, value in found.items()}

    def remarks(self, body: Any, query: Query) -> Sequence[Remark]:
        """See `Provider.remarks`: it came with a status that is not documented."""
        del query
        return [Remark(ended)] if (ended := odd_end(body)) else []

    def check(self, api: Api) -> str:
        """See `Remote.check`. The answer holds addresses of hooks, which are secrets."""
        api.get("/team")
        return "the key is good"

    def account(self, api: Api) -> str:
        """See `Remote.account`: the team."""
        return text(as_object(api.get("/team").json()).get(TEAM_ID))

    def balance(self, api: Api) -> Credits | None:
        """See `Remote.balance`: the whole team's."""
        return decimal(as_object(api.get("/team/credits").json()).get("credits"))

    def _comes_verified(self, query: Query) -> bool:
        """Tell whether a verdict is wanted, but comes only with an address that is found."""
        return "email_status" in query.wants and "email_status" not in self._items(query)

    def _items(self, query: Query) -> tuple[str, ...]:
        return items_of(query, of_lead=self.changes(query))


def _result_of(ticket: Ticket, query: Query, api: Api) -> dict[str, Any]:
    """Fetch what lemlist shows of an enrichment: empty when that is nothing yet.

    Raises:
        Unconfirmed: lemlist knows nothing of it, though it was bought: for how long results are
            kept is not documented.
    """
    inputs = {} if OWN_ID in query.inputs else inputs_of(query)
    try:
        reply = api.get(
            f"/enrich/{segment(ticket.id)}",
            json_due=False,
            ours=lambda reply: is_about(reply, ticket, inputs),
        )
    except (BadRecord, Declined) as error:
        raise lost_ticket(error) from None
    return {} if reply.status == ACCEPTED else as_object(reply.peek())
