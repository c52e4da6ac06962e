"""SuperOffice: address, phone, e-mail and web of a company, which SuperOffice calls a contact.

https://docs.superoffice.com/en/api/reference/restful/agent/Contact_Agent/v1ContactAgent_EnrichContactEntity.html

What an enrichment costs, whether it saves by itself and whether it replaces what is there is not
documented: it is counted as charged, saved only on request, and what the CRM holds stands.
"""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

from enrichctl.aliases import COMPANY_FORMS
from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    EnrichctlError,
    LoginRefused,
    Miss,
    RecordError,
    Unavailable,
    Unconfirmed,
    UsageError,
)
from enrichctl.facts import countries
from enrichctl.facts.words import plain
from enrichctl.model import Answer, Credits, Match, Query, Throttled, Value
from enrichctl.provider import API_KEY, Connection, Login, LoginItem, Lookup, Price, text
from enrichctl.transport import Api, RenewableAuth, Reply, segment

COMPANIES = "/api/v1/Contact"
CANDIDATES = "/api/v1/MDOList/enrichcontact"
# A GET on an agent explains it and does nothing: https://docs.superoffice.com/en/api/web-services
AGENT = "/api/v1/Agents/Contact"
TOKENS = "/login/common/oauth/tokens"

ID, NAME, DELETED = "ContactId", "Name", "Deleted"
ADDRESS, PLACES = "Address", ("Street", "Postal")
# Field → its lines in an address.
LINES = {"address": ("Address1", "Address2", "Address3"), "city": ("City",),
         "postal_code": ("Zipcode",)}  # fmt: skip
# Field → what an entity calls it, what a preview calls it.
REACHED_BY = {"phone": ("Phones", "DirectPhone"), "email": ("Emails", "EmailAddress"),
              "website": ("Urls", "URL")}  # fmt: skip
SHOWN = ("Value", "StrippedValue")  # of an entry of Phones, Emails and Urls, best first
COUNTRY, COUNTRY_ID, ISO2 = "Country", "CountryId", "TwoLetterISOCountry"
ENTITY, ENRICH_ID = "ContactEntity", "EnrichId"
# Not documented: which item of a candidate is the EnrichId. The one whose preview agrees is it.
ENRICH_ID_IN = ("Id", "ExtraInfo")
ROW_ID, ROW_NAME, ROW_COUNTRY, ROW_DELETED = COLUMNS = (
    "contactId", "name", "country", "contactDeleted",
)  # fmt: skip
# Part of an entity → the field without which it counts as blank.
PARTS = {ADDRESS: "address"} | {keys[0]: field for field, keys in REACHED_BY.items()}
UP = ("Running", "OnlineMaintenance", 2, 5)  # states of a tenant whose API answers

LEGAL_FORMS = COMPANY_FORMS - {"group", "holding", "holdings"} | {"kb", "hb", "ks", "ans", "publ"}
PERSON = ("full_name", "first_name", "last_name")
STALE, MISDIRECTED, UNKNOWN = (401, 403), 421, 404


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
    needs = (("superoffice.contact_id",), ("company_name",))
    # A person's name is never sent: it tells that the company's e-mail is not the row's.
    hints = ("country", "country_code", "superoffice.enrich_id", *PERSON)
    uses = ("superoffice.contact_id", "company_name", *hints)
    finds = ("phone", "email", "website", *LINES, "country", "country_code")
    default_wants = ("address", "phone", "email", "website")
    writes = "with --save, stores what it finds in the companies of your SuperOffice"
    price = Price("call", items={"*": Credits(1)})  # not documented
    timeout = 60.0

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`. Where the tenant lives is asked on the first call."""
        scheme, key, self._root = login.get("auth"), login.get(API_KEY.name), login.base_url
        self._scheme, self._key, self._app_token = scheme.lower(), key, login.get("app_token")
        self._tenant, self._state_url = login.get("tenant"), login.get("state_url")
        self._renewal = {n: login.get(n) for n in ("client_id", "client_secret", "refresh_token")}
        if self._scheme not in ("bearer", "soticket", "basic"):
            raise UsageError(
                f"SuperOffice has no scheme {scheme!r}", next="one of bearer, soticket, basic"
            )
        if self._scheme == "soticket" and not self._app_token:
            raise UsageError("a SuperOffice ticket needs its app_token beside it")
        if not (self._root or self._tenant):
            raise UsageError(
                "SuperOffice needs to know the tenant", next="set ENRICHCTL_SUPEROFFICE_TENANT"
            )
        # A token is renewed and a tenant moves from host to host: neither names the account.
        home = re.sub(r"\d+(?=\.superoffice\.com)", "", self._root)
        user = key.partition(":")[0] if self._scheme == "basic" else ""
        account = self._tenant or sha256(f"{home}|{user}".encode()).hexdigest()[:16]
        return Connection(self._root, self._auth(), account)

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`; what an agent says with 200 and null is for its caller."""
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
        if reply.status == UNKNOWN:
            if isinstance(reply.peek(), dict):
                return BadRecord("unknown to this SuperOffice (404)")
            return BadReply(
                "SuperOffice does not know the address it was asked at (404)",
                next="check the base URL: enrichctl providers show superoffice",
            )
        return super().explain(reply)

    def changes(self, query: Query) -> bool:
        """See `Provider.changes`."""
        return bool(query.save)

    def covers(self, query: Query) -> tuple[str, ...]:
        """See `Provider.covers`: one enrichment says all there is."""
        return tuple(dict.fromkeys((*query.wants, *self.finds)))

    def variant(self, query: Query) -> str:
        """See `Provider.variant`."""
        return " ".join(w for w in ("save" * bool(query.save), "over" * bool(query.overwrite)) if w)

    def find(self, query: Query, api: Api) -> Answer | None:
        """See `Lookup.find`: company, candidate and preview are free; one enrichment is billed.

        A company that the CRM does not hold has no entity to enrich, and is answered by the
        preview. Not documented: whether a preview costs; it is taken for free.
        """
        before = _company(query, api)
        held = _values(before)
        if held.keys() >= set(self.default_wants) and not query.overwrite:
            raise Declined("your SuperOffice has all of it", answer=Answer(_kept(before, before)))
        name = text(before.get(NAME)) or query.told.get("company_name", "")
        enrich_id, preview = _candidate(name, before, query, api)
        if not before:
            unsaved = "it holds no such company" if query.save else ""
            return Answer(_kept({}, preview) | {"enrich_id": enrich_id, "unsaved": unsaved})
        told = {ENTITY: before, ENRICH_ID: enrich_id}
        after = api.post(f"{AGENT}/EnrichContactEntity", told, billed=True).json()
        if isinstance(after, dict) and ID not in after:
            # The request could not be read; whether that costs is not documented: counted as if.
            raise BadRecord("SuperOffice rejects the enrichment (200 with a message)")
        if not isinstance(after, dict) or after[ID] != before[ID]:
            # A failed call returns null, and nothing says that it is free. It failed after a good
            # preview: not for this record's sake, so more of the same would be lost as well.
            raise Unconfirmed(
                "SuperOffice's enrichment failed without a word (200); it may be charged"
            )
        unsaved = _save(before, after, query, api) if query.save else ""
        return Answer(_kept(before, after) | {"enrich_id": enrich_id, "unsaved": unsaved})

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`: what the CRM held stands, unless it may be overwritten."""
        before, after = _values(body["before"]), _values(body["after"])
        source = f"EnrichId {body['enrich_id']}" if body.get("enrich_id") else "your SuperOffice"
        if body.get("unsaved"):
            source += f"; not saved in SuperOffice: {body['unsaved']}"
        held = {name: before[name] for name in before.keys() - query.overwrite}
        match = {n: Value(value, source=source) for n, value in (before | after | held).items()}
        if any(name in query.told for name in PERSON):
            match.pop("email", None)
        return match

    def check(self, api: Api) -> str:
        """See `Remote.check`: reading the id of one company is free."""
        api.get(COMPANIES, {"$select": ROW_ID, "$orderby": ROW_ID, "$top": "1"})
        return "the login is good; SuperOffice tells no balance"

    def _auth(self) -> RenewableAuth:
        """Return the credentials, with texts asked for in one language instead of all."""
        key = self._key
        headers = {
            "bearer": {"Authorization": f"Bearer {key}"},
            "soticket": {"Authorization": f"SOTicket {key}", "SO-AppToken": self._app_token},
            "basic": {"Authorization": f"Basic {b64encode(key.encode()).decode()}"},
        }
        return RenewableAuth({"Accept-Language": "en"} | headers[self._scheme], self._renew)

    def _renew(self, api: Api, reply: Reply) -> tuple[str, RenewableAuth] | None:
        """Find the tenant when it has moved, renew a token when it has expired.

        https://docs.superoffice.com/en/developer-portal/best-practices/index.html: an expired
        token may be refused by 403 as well.
        """
        renewable = self._scheme == "bearer" and all(self._renewal.values())
        if reply.status == MISDIRECTED and self._tenant:
            self._root = _home(self._tenant, api.at(self._state_url))
        elif reply.status in STALE and renewable:
            self._key, newest = _renewed(self._renewal, api.at(self._state_url))
            self._renewal["refresh_token"] = newest
        else:
            return None
        return self._root, self._auth()


def _home(tenant: str, host: Api) -> str:
    """Ask where a tenant lives; good until it says 421."""
    try:
        state = _dict(host.get(f"/api/state/{segment(tenant)}").json())
    except RecordError:
        raise LoginRefused("SuperOffice knows no such tenant", next="check its name") from None
    home, is_up = text(state.get("Api")), state.get("State") in UP
    if not (is_up or state.get("IsRunning")):
        raise Unavailable("the SuperOffice tenant is not running", next="run it again later")
    if not home:
        raise BadReply("SuperOffice does not say where the tenant lives")
    return home.rstrip("/").removesuffix("/api")


def _renewed(renewal: dict[str, str], host: Api) -> tuple[str, str]:
    """Return a new access token and refresh token.

    The parameters are documented in the query, where secrets end up in logs. Not documented: that
    a form will do, as OAuth 2 has it and clients of this host send it.
    """
    try:
        told = {"grant_type": "refresh_token"} | renewal
        answer = host.call("POST", TOKENS, form=told).json()
    except RecordError:
        answer = None
    token = text(_dict(answer).get("access_token"))
    if not token:
        raise LoginRefused(
            "SuperOffice does not renew the access token",
            next="check client_id, client_secret and refresh_token; a tenant may revoke the latter",
        )
    return token, text(answer.get("refresh_token")) or renewal["refresh_token"]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _same(one: Any, other: str) -> bool:
    """Tell whether two names are one company's: the same words but for the legal form."""
    bare = []
    for name in (text(one), other):
        words = plain(re.sub(r"(?<=\w)[./](?=\w)", "", name)).split()  # A/S, S.p.A.
        while len(words) > 1 and words[-1] in LEGAL_FORMS:
            words.pop()
        bare.append(words)
    return bool(bare[0]) and bare[0] == bare[1]


def _country(query: Query) -> str:
    """Return the alpha-2 code of the row's country, "" when there is none."""
    told = (query.told.get("country_code", ""), query.told.get("country", ""))
    return next(filter(None, map(countries.code, told)), "")


def _company(query: Query, api: Api) -> dict[str, Any]:
    """Return the company as the CRM holds it, empty when it holds none of that name.

    The whole entity: ``$select`` would null the rest, and enriching or saving that would lose it.
    """
    number = query.told.get("superoffice.contact_id") or _number(query, api)
    if not number:
        return {}
    if not (number.isascii() and number.isdigit()):
        raise BadRecord("the contact id of a company in SuperOffice is a number")
    entity = _dict(api.get(f"{COMPANIES}/{number}").json())
    if entity.get(ID) != int(number) or entity.get(DELETED):
        raise BadRecord("the company is deleted in SuperOffice")
    return entity


def _number(query: Query, api: Api) -> str:
    """Return the id of the one company in the CRM with the row's name and country, or ""."""
    name, country = query.told["company_name"], _country(query)
    quoted = re.sub(r"(['\\])", r"\\\1", name)  # a backslash, not OData's doubled quote
    params = {"$select": ",".join(COLUMNS), "$filter": f"name is '{quoted}'", "$orderby": ROW_ID}
    answer = _dict(api.get(COMPANIES, params).json())
    rows = [
        row
        for row in map(_dict, answer.get("value") or ())
        if _same(row.get(ROW_NAME), name)
        and not row.get(ROW_DELETED)
        and country in ("", countries.code(text(row.get(ROW_COUNTRY))) or country)
    ]
    if len(rows) > 1 or answer.get("odata.nextLink"):
        raise BadRecord(f"ambiguous: {len(rows)} companies of that name in your SuperOffice")
    return text(rows[0].get(ROW_ID)) if rows else ""


def _candidate(
    name: str, before: dict[str, Any], query: Query, api: Api
) -> tuple[str, dict[str, Any]]:
    """Return EnrichId and preview of the one company in the data source with name and country.

    Raises:
        Miss: There is none.
        BadRecord: There are several, or the preview is another company's.
    """
    home = _dict(before.get(COUNTRY))
    own = query.told.get("superoffice.enrich_id")
    ids = [own] if own else _enrich_ids(name, text(home.get(ISO2)) or _country(query), api)
    for enrich_id in ids:
        preview = _dict(api.post(f"{AGENT}/GetPreviewEnrichContact", {ENRICH_ID: enrich_id}).json())
        land = preview.get(COUNTRY_ID)
        if _same(preview.get(NAME), name) and land in (None, 0, home.get(COUNTRY_ID) or land):
            return enrich_id, preview
    raise BadRecord("SuperOffice has no preview of this name and country for the EnrichId")


def _enrich_ids(name: str, country: str, api: Api) -> list[str]:
    """Return what may be the EnrichId of the one candidate of that name.

    Not documented: how the country is told. Lists that resemble this one take ``key=value``.
    """
    if not country:
        raise BadRecord("no country, and a name alone may be another country's company")
    params = {"query": name, "additional": f"countryIso2={country.lower()}"}
    offered = api.get(CANDIDATES, params).json()
    if not isinstance(offered, list):
        raise BadRecord("SuperOffice's list of candidates failed (200 with null or a message)")
    found = [one for one in map(_dict, offered) if _same(one.get(NAME), name)]
    if len(found) > 1:
        raise BadRecord(f"ambiguous: SuperOffice offers {len(found)} companies of that name")
    if not found:
        raise Miss(f"none of {len(offered)} companies that SuperOffice offers has this name")
    return [one for one in (text(found[0].get(key)) for key in ENRICH_ID_IN) if one]


def _save(before: dict[str, Any], after: dict[str, Any], query: Query, api: Api) -> str:
    """Save an enriched entity; return why it could not be, "" when it is saved."""
    held = _values(before).keys() - query.overwrite
    kept = {part: before[part] for part, field in PARTS.items() if field in held}
    entity = after | kept
    try:
        errors = api.post(f"{AGENT}/ValidateContactEntity", entity).json()
        if errors != {}:
            return f"not valid ({', '.join(_dict(errors)) or 'no answer'})"
        saved = _dict(api.post(f"{AGENT}/SaveContactEntity", entity).json())
    except EnrichctlError as error:
        return error.message
    return "" if saved.get(ID) == entity[ID] else "saving failed (200 with null or a message)"


def _kept(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return of both what is read again, and shows the difference."""
    parts = (ID, NAME, ADDRESS, COUNTRY, *(key for keys in REACHED_BY.values() for key in keys))
    return {
        moment: {key: entity[key] for key in parts if key in entity}
        for moment, entity in (("before", before), ("after", after))
    }


def _values(entity: dict[str, Any]) -> dict[str, str]:
    """Return the fields of an entity or a preview that hold something."""
    found: dict[str, str] = {}
    for place in PLACES:
        part = _dict(_dict(entity.get(ADDRESS)).get(place))
        lines = {field: text([part.get(key) for key in keys]) for field, keys in LINES.items()}
        if any(lines.values()):
            found |= lines
            break
    for field, keys in REACHED_BY.items():
        found[field] = next(filter(None, (_first(entity.get(key)) for key in keys)), "")
    code = text(_dict(entity.get(COUNTRY)).get(ISO2)).upper()
    found |= {"country_code": code, "country": countries.name(code) or ""}
    return {field: value for field, value in found.items() if value}


def _first(value: Any) -> str:
    """Return the first text of a list of entries, or a preview's only one."""
    if not isinstance(value, list):
        return text(value)
    texts = (text(_dict(entry).get(key)) for entry in value for key in SHOWN)
    return next(filter(None, texts), "")
