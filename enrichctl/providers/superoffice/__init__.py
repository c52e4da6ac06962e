"""SuperOffice: address, phone, e-mail and web of a company, which SuperOffice calls a contact.

https://docs.superoffice.com/en/api/reference/restful/agent/Contact_Agent/v1ContactAgent_EnrichContactEntity.html

Without ``--save`` the free preview answers and nothing is bought: an enrichment "will update the
contact", and whether that saves it is not documented, nor what it costs (it is counted as charged)
or whether it replaces what is there (what the CRM holds stands). With ``--save`` the company in the
CRM and the preview are an offer: they show which company it is before it is enriched.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from threading import Lock
from typing import Any, Literal

from enrichctl.bounded_cache import BoundedCache
from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    EnrichctlError,
    LoginRefused,
    RecordError,
)
from enrichctl.facts import countries, mailboxes, spelling
from enrichctl.json_values import text
from enrichctl.model import NOT_SAVED, Answer, Credits, Match, Query, Remark, Throttled, Value
from enrichctl.price import Price
from enrichctl.provider import API_KEY, Connection, Login, LoginItem, Lookup, Offer, variant_of
from enrichctl.providers.superoffice.records import (
    COMPANY_NAME,
    CONTACT_ID,
    OWN_ENRICH_ID,
    Candidate,
    Lands,
    any_company,
    candidate,
    company,
    country_of,
    numbered,
)
from enrichctl.providers.superoffice.replies import (
    BOUGHT,
    DOMAINS,
    ID,
    LINES,
    NAME,
    home,
    kept,
    settled,
    values,
    with_website_of,
)
from enrichctl.providers.superoffice.requests import answer_of, enriched, save
from enrichctl.providers.superoffice.tenant import MISDIRECTED, STALE, Tenant
from enrichctl.transport import Api, Reply

# Any of these shows that a row is a person's, the e-mail where it is no mailbox of many.
PERSON = (
    "full_name", "first_name", "last_name", "job_title", "seniority", "department", "mobile",
    "linkedin_url", "email",
)  # fmt: skip
HELD = "your SuperOffice"  # where a value is from that the CRM had already
NO_COMPANY = "it holds no such company"
UNTOLD = "whether the company that it holds is this row's is not certain"
# What to do about what is not saved: what was bought, and what the CRM lacks the company for.
SAVES_LATER = (
    "see enrichctl_note for why; the same command, with --save, saves it from the stored answer,"
    " and pays nothing"
)
CREATE = (
    "add the companies to SuperOffice (enrichctl status last --records not_saved), then run the"
    " same command again: before that it saves nothing"
)
WHICH = (
    "give such rows their country, website or superoffice.contact_id (where no country is shown,"
    " with superoffice.enrich_id), then run the same command again: before that it buys and saves"
    " nothing for them"
)
# Why a company is not saved → what the user can do about it, and what a later run does.
UNSAVED: Mapping[str, tuple[str, Literal["", "ask", "finish"]]] = {
    NO_COMPANY: (CREATE, "ask"),
    UNTOLD: (WHICH, ""),
}
UNSURE = "that it is the company of that name in the row's country could not be made sure"
NO_COUNTRY = "that it is the company of that name could not be made sure: the row has no country"
NOT_SHOWN = "that it is the company of that name could not be made sure: no country of it is shown"
SWITCHBOARD = "the phone is the company's, not the person's"
SURE_OF_SWITCHBOARD = 0.5  # a number of the person's own is surer


class SuperOffice(Lookup):
    """SuperOffice finds a company with its data source, and enriches it as the CRM holds it."""

    name = "superoffice"
    title = "SuperOffice"
    docs = "https://docs.superoffice.com/en/api/reference/restful/agent/Contact_Agent/v1ContactAgent_EnrichContactEntity.html"
    login = (
        LoginItem(API_KEY.name, "access token, ticket, or user:password"),
        LoginItem(
            "tenant", "tenant (Cust12345)", secret=False, required=False, instead="base_url"
        ),
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
    # What is a person's is never sent: it shows that the company's e-mail is not the row's.
    optional_inputs = ("country", "country_code", OWN_ENRICH_ID, *PERSON)
    sharpened_by = ("country", "country_code")
    uses = (CONTACT_ID, COMPANY_NAME, *optional_inputs)
    never_sent = PERSON
    finds = ("phone", "email", "website", *LINES, "country", "country_code")
    about = ("website", "country_code")
    default_wants = ("address", "phone", "email", "website")
    writes = (
        "with --save, enriches the companies of your SuperOffice and stores what it finds there"
    )
    notes = ("Without --save the free preview answers, and nothing is bought",)
    price = Price("call", items={"*": Credits(1)})  # not documented
    timeout = 60.0
    checks_first = True

    def __init__(self) -> None:
        self._turns: dict[tuple[Any, str], Lock] = {}
        # What was paid for in this run: rows name a company by id, and by name with and without
        # its country, and the engine takes them for several.
        self._bought: BoundedCache[tuple[Any, str], Answer | RecordError] = BoundedCache()
        self._lands = Lands()

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
                next="an access token lasts for minutes: give client_id, client_secret and"
                " refresh_token as well, and it is renewed",
            )
        if reply.status == MISDIRECTED:
            return BadReply(
                "the SuperOffice tenant is on another server (421)",
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

    def sold(self, query: Query) -> Sequence[str]:
        """See `Provider.sold`: a preview is free, and a web address comes with that alone."""
        return tuple(want for want in query.wants if query.save and want in BOUGHT)

    def covers(self, query: Query) -> tuple[str, ...]:
        """See `Provider.covers`: a preview says all there is, and so does an enrichment."""
        return tuple(dict.fromkeys((*query.wants, *self.finds)))

    def variant(self, query: Query) -> str:
        """See `Provider.variant`: a person's row is not asked for the company's e-mail."""
        return variant_of(save=query.save, over=query.overwrite, person=_not_the_rows(query))

    def find(self, query: Query, api: Api) -> Answer | Offer:
        """See `Lookup.find`: company, candidate and preview are free; one enrichment is billed.

        A company that the CRM does not hold has no entity to enrich, and is answered by the
        preview. One that it holds is an offer: its name, country and domains, and the preview's
        web address, tell whose it is. Not documented: whether a preview costs; it is taken for
        free.
        """
        wants = set(query.wants) - _not_the_rows(query)
        if not wants:
            raise Declined("the e-mail of a company is not a person's")
        before = company(query, api)
        held = values(before).keys()
        if held >= wants and not query.overwrite:
            raise Declined("your SuperOffice has all of it", answer=Answer(kept(before, before)))
        found = candidate(before, query, self._lands, api)
        if not query.save:
            return answer_of(before, found.preview, found)
        if not before:
            return answer_of(before, found.preview, found, NO_COMPANY)
        bought = wants & BOUGHT
        if not query.overwrite:
            bought -= held
        take = partial(self._buy if bought else _save_website, before, found, query, api)
        return Offer(answer_of(before, found.preview, found, UNTOLD), take)

    def _buy(self, before: dict[str, Any], found: Candidate, query: Query, api: Api) -> Answer:
        """Enrich a company, unless another row has paid for that, and save it."""
        what = before[ID], found.enrich_id
        with self._turns.setdefault(what, Lock()):
            bought = self._bought.get(what)
            if isinstance(bought, Answer):
                raise Declined("SuperOffice was asked the same for another row", answer=bought)
            if bought is not None:
                raise type(bought)(f"asked for another row: {bought.message}")
            try:
                after = with_website_of(found.preview, enriched(before, found.enrich_id, api))
            except RecordError as error:
                if api.paid or api.in_doubt:
                    self._bought[what] = error
                raise
            answer = answer_of(before, after, found, save(before, after, query, api))
            self._bought[what] = answer
            return answer

    def finish(self, body: Any, query: Query, api: Api) -> Answer:
        """See `Lookup.finish`: save what was bought and is not in the CRM yet."""
        what = body["before"][ID], body["enrich_id"]
        with self._turns.setdefault(what, Lock()):
            known = self._bought.get(what)  # another row names the company in another way
            if isinstance(known, Answer):
                return known
            try:
                unsaved = save(numbered(what[0], api), body["after"], query, api)
            except RecordError as error:
                unsaved = error.message
            answer = self._bought[what] = Answer(body | {"unsaved": unsaved})
            return answer

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`: what the CRM held stands, unless it may be overwritten."""
        held, found = settled(body["before"], body["after"], query.overwrite)
        source = f"EnrichId {body['enrich_id']}" if body.get("enrich_id") else HELD
        match = {name: Value(value, source=HELD) for name, value in held.items()}
        match |= {name: Value(value, source=source) for name, value in found.items()}
        if _is_persons(query) and "phone" in match:
            match["phone"] = match["phone"]._replace(confidence=SURE_OF_SWITCHBOARD)
        return {name: value for name, value in match.items() if name not in _not_the_rows(query)}

    def says_who(self, body: Any, query: Query, match: Match) -> Mapping[str, str]:
        """See `Provider.says_who`: the company's name and domain are no fields that are filled."""
        before, after = body["before"], body["after"]
        domain = next(map(text, before.get(DOMAINS) or ()), "")
        if _is_known_by_name(before, query):  # what the data source has may be another's
            match = self.read(body | {"after": {}}, query)
        who = super().says_who(body, query, match)
        name = text(after.get(NAME) or before.get(NAME))
        return {COMPANY_NAME: name, "company_domain": domain, **who}

    def remarks(self, body: Any, query: Query) -> Sequence[Remark]:
        """See `Provider.remarks`: what could not be saved, and what is to be taken with care."""
        said = [] if _is_sure(body, query) else [Remark(_doubt_of(body, query), doubts=True)]
        if _is_persons(query) and "phone" in query.wants and "phone" in self.read(body, query):
            said.append(Remark(SWITCHBOARD, fields=("phone",)))
        if why := body.get("unsaved"):
            then, redo = UNSAVED.get(why, (SAVES_LATER, "finish"))
            said.append(
                Remark(
                    f"not saved in SuperOffice: {why}",
                    NOT_SAVED,
                    then,
                    redo,
                    why=f"SuperOffice: {why}" if why in UNSAVED else "",
                )
            )
        return said

    def check(self, api: Api) -> str:
        """See `Remote.check`: reading the id of one company is free."""
        any_company(api)
        return "the login is good; SuperOffice shows no balance"


def _save_website(before: dict[str, Any], found: Candidate, query: Query, api: Api) -> Answer:
    """Save what comes with the preview alone: nothing else is missing, and nothing is bought."""
    after = with_website_of(found.preview, before)
    answer = answer_of(before, after, found, save(before, after, query, api))
    raise Declined("nothing that an enrichment brings was missing", answer=answer)


def _is_sure(body: Any, query: Query) -> bool:
    """Tell whether more than a name says that an answer is about the row's company.

    The company that the CRM holds under a name alone may be in any country. A row that names it by
    its id and its candidate by the EnrichId leaves nothing to find.
    """
    before, own = body["before"], query.inputs.get(OWN_ENRICH_ID)
    here, there = country_of(query), countries.code(home(before)) or ""
    if here and there and here != there:
        return False
    if query.inputs.get(CONTACT_ID):
        return bool(own) or not body.get("unsure")
    if body.get("unsure"):
        return False
    looked_up = bool(there or body.get("enrich_id")) and not _is_known_by_name(before, query)
    return looked_up and bool(here or own)


def _doubt_of(body: Any, query: Query) -> str:
    """Return why it is not sure that an answer is about the row's company."""
    if body.get("unsure"):
        return NOT_SHOWN
    return UNSURE if country_of(query) else NO_COUNTRY


def _is_known_by_name(before: dict[str, Any], query: Query) -> bool:
    """Tell whether nothing but its name led to the company of the CRM that is to be changed.

    Where the CRM does not say its country, that of a candidate for its name proves nothing.
    """
    by_id = query.inputs.get(CONTACT_ID)
    return bool(query.save and before.get(ID) and not by_id and not home(before))


def _is_persons(query: Query) -> bool:
    """Tell whether the row is a person's, and not a company's."""
    inputs = query.inputs
    address = spelling.email(inputs.get("email", "")) or ""
    if address and not mailboxes.is_role(address.partition("@")[0]):
        return True
    return any(name in inputs for name in PERSON if name != "email")


def _not_the_rows(query: Query) -> set[str]:
    """Return the fields that are a company's, where the row is a person's."""
    return {"email"} if _is_persons(query) else set()
