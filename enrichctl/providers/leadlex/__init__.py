"""LeadLex: people and companies, one credit a match, by contact id, e-mail, domain or company id.

https://docs.leadlex.com/api-reference/enrich/contact, also /enrich/email and /enrich/company
"""

from functools import lru_cache
from typing import Any

from enrichctl.errors import BadRecord, EnrichctlError, LoginRefused, Miss, Unconfirmed, UsageError
from enrichctl.json_values import as_object, decimal, known_word, text
from enrichctl.model import Answer, Credits, Match, Query, Rate, Throttled
from enrichctl.price import Price
from enrichctl.provider import API_KEY, Connection, Login, LoginItem, Lookup, account_of, variant_of
from enrichctl.providers.leadlex.records import contact_in_workspace, contacts_like
from enrichctl.providers.leadlex.replies import (
    CODES,
    COMPANY,
    DATA,
    DAY,
    MINUTE,
    PERSON,
    PLANS,
    REQUEST_ID,
    AnswersTaken,
    Asking,
    found_in,
    is_about,
    throttled,
)
from enrichctl.providers.leadlex.requests import NEEDS, asked_by, question
from enrichctl.transport import Api, HeaderAuth, Reply


class LeadLex(Lookup):
    """LeadLex looks up people by e-mail and companies by domain, or enriches its own records."""

    name = "leadlex"
    title = "LeadLex"
    docs = "https://docs.leadlex.com/api-reference/enrich/contact"
    login = (API_KEY, LoginItem("plan", "plan (starter, pro, org)", secret=False, required=False))
    needs = NEEDS
    uses = ("leadlex.contact_id", "email", "leadlex.company_id", "company_domain")
    finds = (*PERSON, *COMPANY, "email_status")
    about = (
        "full_name", "first_name", "last_name", "email", "linkedin_url",
        "company_name", "company_domain",
    )  # fmt: skip
    default_wants = (*PERSON, *COMPANY)
    writes = (
        "fills the contacts and companies of your LeadLex workspace"
        " (a domain may create the company there)"
    )
    # Whether a verification costs more is not documented, so it is counted as if it did.
    price = Price("match", items={"*": Credits(1), "email_status": Credits(1)})
    key_header = "Idempotency-Key"
    key_hours = 24
    timeout = 60.0

    def __init__(self) -> None:
        self._taken = AnswersTaken()

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`. The limits hang on a plan that the API does not tell."""
        key, plan = login.get(API_KEY.name), login.get("plan").lower()
        if plan:
            if plan not in PLANS:
                raise UsageError(f"LeadLex has no plan {plan!r}", next="one of starter, pro, org")
            minute, day = PLANS[plan]
            self.rates = (Rate(minute, MINUTE), Rate(day, DAY))
        return Connection(
            login.base_url or "https://data.leadlex.com/functions/v1/api-gateway",
            HeaderAuth({"Authorization": f"Bearer {key}"}),
            account_of(key),
        )

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`: 409 ``no_match`` is a free, final answer; any other 409 is not."""
        if reply.status < 400:  # noqa: PLR2004 - HTTP's own border
            return None
        error = as_object(as_object(reply.peek()).get("error"))
        code = text(error.get("code"))
        word = known_word(code, CODES) or reply.status
        explained: dict[int, EnrichctlError | Throttled] = {
            400: BadRecord(f"LeadLex rejects it: {word}"),
            403: LoginRefused(
                "the LeadLex key lacks a permission (403)",
                next="let it enrich (write:enrich) and read contacts in LeadLex, then run again",
            ),
            404: BadRecord("unknown to this LeadLex workspace (404)")
            if error
            else self.elsewhere(),
            409: Miss("LeadLex has nothing on this record")
            if code == "no_match"
            else BadRecord(f"LeadLex rejects it: {word}"),
        }
        if reply.status == 429:  # noqa: PLR2004 - HTTP's word for it
            return throttled(reply)
        if reply.status in (400, 409) and not code:
            return None  # without its code it says nothing: as good as no answer
        return explained.get(reply.status) or super().explain(reply)

    def changes(self, query: Query) -> bool:
        """See `Provider.changes`: a look-up by e-mail leaves the workspace as it is."""
        return asked_by(query) != "email" or bool(query.save)

    def covers(self, query: Query) -> tuple[str, ...]:
        """See `Provider.covers`: a look-up by e-mail says all there is for its one credit."""
        return query.wants if self.changes(query) else _with_the_rest(query.wants)

    def variant(self, query: Query) -> str:
        """See `Provider.variant`: what is stored in the workspace is another question."""
        if not self.changes(query):
            return ""
        return variant_of(save=query.save, over=set(query.wants) <= query.overwrite)

    def find(self, query: Query, api: Api) -> Answer | None:
        """See `Lookup.find`."""
        route = asked_by(query)
        inputs = query.inputs[route]
        if route == "email" and query.save:
            route, inputs = "leadlex.contact_id", contact_in_workspace(inputs, api)
        path, body = question(route, inputs, query)
        asking = Asking()

        def ours(reply: Reply) -> bool:
            return is_about(reply, route, inputs) and self._taken.may_take(reply, asking)

        reply = api.post(path, body, billed=True, key_header=self.key_header, ours=ours)
        answer = reply.json()
        if not isinstance(answer, dict) or not isinstance(answer.get(DATA), dict):
            raise Unconfirmed("LeadLex answered 200 without data; possibly charged")
        request_id = reply.headers.get(REQUEST_ID, "")
        balance = decimal(answer[DATA].get("credits_remaining"))
        return Answer(answer, balance=balance, request_id=request_id)

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`."""
        return found_in(body, query)

    def check(self, api: Api) -> str:
        """See `Remote.check`: reading one contact is free, but counts against the day's calls."""
        contacts_like("", api)
        return "the key is good; LeadLex shows its balance only with an enrichment"


@lru_cache(64)
def _with_the_rest(wants: tuple[str, ...]) -> tuple[str, ...]:
    """Return fields, and after them all others that a look-up by e-mail brings."""
    return tuple(dict.fromkeys((*wants, *LeadLex.default_wants)))
