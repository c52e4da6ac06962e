"""SuperOffice: address, phone, e-mail and web of a company, which SuperOffice calls a contact.

https://docs.superoffice.com/en/api/reference/restful/agent/Contact_Agent/v1ContactAgent_EnrichContactEntity.html

What an enrichment costs, whether it saves by itself and whether it replaces what is there is not
documented: it is counted as charged, saved only on request, and what the CRM holds stands.
"""

from threading import Lock
from typing import Any

from enrichctl.answers import as_object
from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    EnrichctlError,
    LoginRefused,
    RecordError,
    Unconfirmed,
)
from enrichctl.model import Answer, Credits, Match, Query, Throttled, Value
from enrichctl.price import Price
from enrichctl.provider import API_KEY, Connection, Login, LoginItem, Lookup, variant_of
from enrichctl.providers.superoffice.entities import (
    AGENT,
    ID,
    LINES,
    kept,
    merged,
    settled,
    values,
)
from enrichctl.providers.superoffice.search import (
    COMPANY_NAME,
    CONTACT_ID,
    ENRICH_ID,
    OWN_ENRICH_ID,
    any_company,
    candidate,
    company,
    is_of,
)
from enrichctl.providers.superoffice.tenant import MISDIRECTED, STALE, Tenant
from enrichctl.recent import Recent
from enrichctl.transport import Api, Reply

PERSON = ("full_name", "first_name", "last_name")
HELD = "your SuperOffice"  # where a value is from that the CRM had already


class SuperOffice(Lookup):
    """SuperOffice finds a company with its data source, and enriches it as the CRM holds it."""

    name = "superoffice"
    title = "SuperOffice"
    docs = "https://docs.superoffice.com/en/api/reference/restful/agent/Contact_Agent/v1ContactAgent_EnrichContactEntity.html"
    login = (
        LoginItem(API_KEY.name, "access token, ticket, or user:password"),
        LoginItem("tenant", "tenant (Cust12345)", secret=False, required=False),
        LoginItem("state_url", "login host", secret=False, required=False,
                  default="https://online.superoffice.com"),
        LoginItem("auth", "scheme (bearer, soticket, basic)", secret=False, required=False,
                  default="bearer"),
        LoginItem("app_token", "application token, for soticket", required=False),
        LoginItem("client_id", "client id, to renew a token", secret=False, required=False),
        LoginItem("client_secret", "client secret, to renew a token", required=False),
        LoginItem("refresh_token", "refresh token, to renew a token", required=False),
    )  # fmt: skip
    # All that tells companies of one name apart: else they would be one company to the engine.
    needs = (
        (CONTACT_ID, OWN_ENRICH_ID), (CONTACT_ID,), (COMPANY_NAME, OWN_ENRICH_ID),
        (COMPANY_NAME, "country_code"), (COMPANY_NAME, "country"), (COMPANY_NAME,),
    )  # fmt: skip
    # A person's name is never sent: it tells that the company's e-mail is not the row's.
    hints = ("country", "country_code", OWN_ENRICH_ID, *PERSON)
    uses = (CONTACT_ID, COMPANY_NAME, *hints)
    finds = ("phone", "email", "website", *LINES, "country", "country_code")
    default_wants = ("address", "phone", "email", "website")
    writes = "with --save, stores what it finds in the companies of your SuperOffice"
    price = Price("call", items={"*": Credits(1)})  # not documented
    timeout = 60.0
    spares = True

    def __init__(self) -> None:
        self._turns: dict[tuple[Any, str], Lock] = {}
        # What was paid for in this run: rows name a company by id, and by name with and without
        # its country, and the engine takes them for several.
        self._bought: Recent[tuple[Any, str], Answer | RecordError] = Recent()

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`. Where the tenant lives is asked on the first call."""
        tenant = Tenant(login)
        return Connection(tenant.root, tenant.auth(), tenant.account)

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`; what an agent says with 200 and null is for its caller."""
        if reply.status == 408:  # noqa: PLR2004 - not documented: an answer lost
            return None
        if reply.status in STALE:
            return LoginRefused(
                f"SuperOffice refuses the login (HTTP {reply.status})",
                next="an access token lives for minutes: give client_id, client_secret and"
                " refresh_token as well, and it is renewed",
            )
        if reply.status == MISDIRECTED:
            return BadReply(
                "the SuperOffice tenant does not live where it was asked (421)",
                next="set ENRICHCTL_SUPEROFFICE_TENANT, and it is looked up",
            )
        if reply.status == 404:  # noqa: PLR2004 - HTTP's word for it
            if isinstance(reply.peek(), dict):
                return BadRecord("unknown to this SuperOffice (404)")
            return self.elsewhere()
        return super().explain(reply)

    def changes(self, query: Query) -> bool:
        """See `Provider.changes`."""
        return bool(query.save)

    def covers(self, query: Query) -> tuple[str, ...]:
        """See `Provider.covers`: one enrichment says all there is."""
        return tuple(dict.fromkeys((*query.wants, *self.finds)))

    def variant(self, query: Query) -> str:
        """See `Provider.variant`: a person's row is not asked for the company's e-mail."""
        return variant_of(save=query.save, over=query.overwrite, person=_not_the_rows(query))

    def find(self, query: Query, api: Api) -> Answer | None:
        """See `Lookup.find`: company, candidate and preview are free; one enrichment is billed.

        A company that the CRM does not hold has no entity to enrich, and is answered by the
        preview. Not documented: whether a preview costs; it is taken for free.
        """
        wants = set(query.wants) - _not_the_rows(query)
        if not wants:
            raise Declined("the e-mail of a company is not a person's")
        before = company(query, api)
        if values(before).keys() >= wants and not query.overwrite:
            raise Declined("your SuperOffice has all of it", answer=Answer(kept(before, before)))
        enrich_id, after = candidate(before, query, api)
        if before:
            return self._buy(before, enrich_id, query, api)
        unsaved = "it holds no such company" if query.save else ""
        return Answer(kept(before, after) | {"enrich_id": enrich_id, "unsaved": unsaved})

    def _buy(self, before: dict[str, Any], enrich_id: str, query: Query, api: Api) -> Answer:
        """Enrich a company, unless another row has paid for that, and save it on request."""
        what = before[ID], enrich_id
        with self._turns.setdefault(what, Lock()):
            bought = self._bought.get(what)
            if isinstance(bought, Answer):
                raise Declined("SuperOffice was asked the same for another row", answer=bought)
            if bought is not None:
                raise type(bought)(f"asked for another row: {bought.message}")
            try:
                after = _enriched(before, enrich_id, api)
            except RecordError as error:
                if api.paid or api.in_doubt:
                    self._bought[what] = error
                raise
            unsaved = _save(merged(before, after, query.overwrite), api) if query.save else ""
            answer = Answer(kept(before, after) | {"enrich_id": enrich_id, "unsaved": unsaved})
            self._bought[what] = answer
            return answer

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`: what the CRM held stands, unless it may be overwritten."""
        before, after = values(body["before"]), values(body["after"])
        held, found = settled(before, after, query.overwrite)
        source = f"EnrichId {body['enrich_id']}" if body.get("enrich_id") else HELD
        if body.get("unsaved"):
            source += f"; not saved in SuperOffice: {body['unsaved']}"
        match = {name: Value(value, source=HELD) for name, value in held.items()}
        match |= {name: Value(value, source=source) for name, value in found.items()}
        return {name: value for name, value in match.items() if name not in _not_the_rows(query)}

    def check(self, api: Api) -> str:
        """See `Remote.check`: reading the id of one company is free."""
        any_company(api)
        return "the login is good; SuperOffice tells no balance"


def _not_the_rows(query: Query) -> set[str]:
    """Return the fields that are a company's, where the row is a person's."""
    return {"email"} if any(name in query.told for name in PERSON) else set()


def _enriched(before: dict[str, Any], enrich_id: str, api: Api) -> dict[str, Any]:
    """Make the one paid request; return the company as enriched, which is not saved by that."""
    told = {"ContactEntity": before, ENRICH_ID: enrich_id}
    after = api.post(
        f"{AGENT}/EnrichContactEntity",
        told,
        billed=True,
        ours=lambda reply: is_of(reply, before[ID]),
    ).json()
    if isinstance(after, dict) and ID not in after:
        # The request could not be read; whether that costs is not documented: counted as if.
        raise BadRecord("SuperOffice rejects the enrichment (200 with a message)")
    if not isinstance(after, dict) or after[ID] != before[ID]:
        # A failed call returns null, and nothing says that it is free. It failed after a good
        # preview: not for this record's sake, so more of the same would be lost as well.
        raise Unconfirmed("SuperOffice's enrichment failed without a word (200); it may be charged")
    return after


def _save(entity: dict[str, Any], api: Api) -> str:
    """Save an enriched entity; return why it could not be, "" when it is saved."""
    try:
        errors = api.post(f"{AGENT}/ValidateContactEntity", entity).json()
        if errors != {}:
            return f"not valid ({', '.join(as_object(errors)) or 'no answer'})"
        saved = as_object(api.post(f"{AGENT}/SaveContactEntity", entity).json())
    except EnrichctlError as error:
        return error.message
    return "" if saved.get(ID) == entity[ID] else "saving failed (200 with null or a message)"
