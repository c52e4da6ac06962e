"""Each kind of reply of the sandbox, over real sockets, as the vendors document it."""

import base64
import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from contracts import Answered, Sent, contract
from enrichctl.sandbox import Person, Sandbox

LOGINS = {
    "leadlex": "Bearer wbk_sandbox",
    "close": "Basic " + base64.b64encode(b"api_sandbox:").decode(),
    "lemlist": "Basic " + base64.b64encode(b":lemlist_sandbox").decode(),
    "superoffice": "Bearer 8A:Cust12345.sandbox",
}
WRONG = {
    "leadlex": "Bearer wbk_wrong",
    "close": "Basic " + base64.b64encode(b"wrong:").decode(),
    "lemlist": "Basic " + base64.b64encode(b":wrong").decode(),
    "superoffice": "Bearer 8A:Cust12345.wrong",
}
Body = Any


@dataclass
class Asker:
    """Asks one vendor what its contract knows, and holds every reply against the contract."""

    vendor: str
    box: Sandbox
    login: str = ""
    base: str = ""

    def __call__(self, method: str, target: str, due: int, body: Body = None) -> Any:
        headers = {"authorization": self.login or LOGINS[self.vendor], "accept": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        if data:
            headers["content-type"] = "application/json"
        return self.send(Sent(method, target, headers, data), due)

    def send(self, sent: Sent, due: int) -> Any:
        assert contract(self.vendor).request(sent) == []
        url = urlsplit(self.base or self.box.url(self.vendor))
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=5)
        try:
            connection.request(sent.method, url.path + sent.target, sent.body, dict(sent.headers))
            reply = connection.getresponse()
            headers = {name.lower(): value for name, value in reply.headers.items()}
            answered = Answered(reply.status, headers, reply.read())
        finally:
            connection.close()
        assert answered.status == due
        assert contract(self.vendor).reply(sent.method, sent.target, answered) == []
        text = answered.body.decode()
        return json.loads(text) if text[:1] in ("{", "[") else text


@pytest.fixture
def ask() -> Iterator[Callable[..., Asker]]:
    """Start sandboxes in which everybody is known, unless switched."""
    boxes = []

    def start(vendor: str, **switches: Any) -> Asker:
        box = Sandbox(**({"miss_rate": 0, "hole_rate": 0} | switches))
        boxes.append(box.__enter__())
        return Asker(vendor, box, base=tenant(box) if vendor == "superoffice" else "")

    yield start
    for box in boxes:
        box.__exit__(None, None, None)


def tenant(box: Sandbox) -> str:
    """The contract's paths begin with the tenant."""
    return f"{box.root}/superoffice"


def somebody(ask: Asker) -> Person:
    return list(ask.box.population.people.values())[4]


def refusals(ask: Asker, method: str, target: str, body: Body = None) -> None:
    """A refused key, an empty account where there are credits, and a limit."""
    Asker(ask.vendor, ask.box, WRONG[ask.vendor], ask.base)(method, target, 401, body)
    ask.box.fault(ask.vendor, "throttled")
    ask(method, target, 429, body)


# Close


def about(person: Person, field: str) -> dict[str, Any]:
    return {
        "organization_id": "orga_SandboxOrganisation00000000000000000000001",
        "object_type": "lead",
        "object_id": person.company.close_lead_id,
        "field_id": field,
    }


def test_close(ask) -> None:
    ask = ask("close")
    person = somebody(ask)
    assert ask("GET", "/me/", 200)["organizations"]
    fields = ask("GET", "/custom_field_schema/lead/", 200)["fields"]
    ask("GET", "/custom_field_schema/contact/", 200)
    lead, contact = f"/lead/{person.company.close_lead_id}/", f"/contact/{person.close_contact_id}/"
    for target in (lead, contact, f"{contact}?_fields=id,lead_id"):
        ask("GET", target, 200)
    for one in fields:
        if one["type"] in ("text", "number", "date", "choices"):
            due = 403 if one["editable_with_roles"] else 200
            ask("POST", "/enrich_field/", due, about(person, one["id"]))
            ask("GET", f"{lead}?_fields=id,custom.{one['id']}", 200)
    ask("GET", lead, 200)
    ask("GET", "/lead/lead_nobody/", 404)
    ask("GET", "/contact/cont_nobody/", 404)
    ask("POST", "/enrich_field/", 404, about(person, "cf_nothing"))
    refusals(ask, "GET", "/me/")
    ask.box.fault("close", "credits")
    ask("POST", "/enrich_field/", 402, about(person, fields[0]["id"]))


@pytest.mark.parametrize("comma", [True, False])
def test_a_search_at_close(ask, comma) -> None:
    ask = ask("close", comma_header=comma)
    mail = {
        "type": "has_related",
        "this_object_type": "contact",
        "related_object_type": "contact_email",
        "related_query": {
            "type": "field_condition",
            "field": {
                "type": "regular_field",
                "object_type": "contact_email",
                "field_name": "email",
            },
            "condition": {"type": "text", "mode": "full_words", "value": somebody(ask).email},
        },
    }
    query = {"type": "and", "queries": [{"type": "object_type", "object_type": "contact"}, mail]}
    body = {"query": query, "_fields": {"contact": ["id", "lead_id", "emails"]}, "_limit": 1}
    found = ask("POST", "/data/search/", 200, body)
    assert ask("POST", "/data/search/", 200, body | {"cursor": found["cursor"]})["data"]


# LeadLex


def test_leadlex(ask) -> None:
    ask = ask("leadlex")
    person = somebody(ask)
    by_id = {"contact_id": person.leadlex_id}
    assert ask("POST", "/v1/enrich/contact", 200, by_id)["data"]["fields_updated"]
    ask("POST", "/v1/enrich/contact", 200, by_id | {"fields": ["phone"], "overwrite": True})
    company = ask("POST", "/v1/enrich/company", 200, {"domain": person.company.domain})
    known = {"company_id": company["data"]["company"]["id"]}
    ask("POST", "/v1/enrich/company", 200, known | {"fields": ["size"]})
    for more in ({}, {"verify": True}, {"include": ["person"]}):
        ask("POST", "/v1/enrich/email", 200, {"email": person.email} | more)
    ask("GET", "/v1/contacts?page=1&per_page=1&sort=created_at", 200)
    ask("GET", f"/v1/contacts?{urlencode({'search': person.email})}&page=1&per_page=100", 200)
    ask("POST", "/v1/enrich/contact", 404, {"contact_id": "0b0e3f0c-6f3a-4c86-9c9b-2f7f2b6c0001"})
    ask.box.set(miss_rate=1)
    ask("POST", "/v1/enrich/email", 409, {"email": "nobody@nowhere.example"})
    ask("POST", "/v1/enrich/company", 409, {"domain": "nowhere.example"})
    refusals(ask, "GET", "/v1/contacts")
    ask.box.fault("leadlex", "throttled_day")
    ask("GET", "/v1/contacts", 429)
    ask.box.set(miss_rate=0)
    ask.box.fault("leadlex", "credits")
    ask("POST", "/v1/enrich/email", 402, {"email": person.email})


# lemlist


def item(person: Person, *verbs: str) -> dict[str, Any]:
    told = {"email": person.email, "linkedinUrl": person.linkedin_url}
    return {"input": told, "enrichmentRequests": list(verbs), "metadata": "0"}


def test_lemlist(ask) -> None:
    ask = ask("lemlist", windows={"lemlist": [[20, 0.001]]})
    person = somebody(ask)
    lead = f"/leads/{person.lemlist_lead_id}/enrich"
    flags = "findEmail=true&findPhone=true&verifyEmail=true&linkedinEnrichment=true"
    ticket = ask("POST", f"{lead}?{flags}&force=true", 200)["id"]
    ask("POST", f"{lead}?{flags}", 409)
    ask("GET", f"/enrich/{ticket}", 202)
    assert ask("GET", f"/enrich/{ticket}", 200)["data"]["email"]
    ask("POST", f"{lead}?findPhone=true", 409)
    ask("POST", "/leads/lea_nobody/enrich?findPhone=true", 404)
    verbs = ("find_email", "find_phone", "verify", "linkedin_enrichment")
    nothing = {"input": {"email": "nobody@nowhere.example"}, "enrichmentRequests": ["verify"]}
    for one in ask("POST", "/v2/enrichments/bulk", 200, [item(person, *verbs), nothing]):
        ask("GET", f"/enrich/{one['id']}", 202)
        ask("GET", f"/enrich/{one['id']}", 200)
    ask("GET", "/enrich/enr_nothing", 404)
    ask("GET", f"/leads?id={person.lemlist_lead_id}", 200)
    ask("GET", "/leads?id=lea_nobody", 404)
    ask("GET", f"/leads/{quote(person.email)}?version=v2", 200)
    ask("GET", "/leads/noone%40nowhere.example?version=v2", 404)
    ask("GET", "/team", 200)
    ask("GET", "/team/credits", 200)
    refusals(ask, "GET", "/team")


# SuperOffice


def test_superoffice(ask) -> None:
    ask = ask("superoffice")
    company = somebody(ask).company
    root, agent = "/online3/Cust12345/api/v1", "/online3/Cust12345/api/v1/Agents/Contact"
    chosen = {"$select": "contactId,name,country,contactDeleted", "$orderby": "contactId"}
    named = urlencode(chosen | {"$filter": f"name is '{company.name}'"})
    assert ask("GET", f"{root}/Contact?{named}", 200)["value"]
    ask("GET", f"{root}/Contact?{urlencode(chosen)}&$top=1", 200)
    held = ask("GET", f"{root}/Contact/{company.superoffice_id}", 200)
    held.pop("_Links")
    ask("GET", f"{root}/Contact/999999", 404)
    ask("GET", f"{root}/MDOList/country", 200)
    country = {"additional": f"countryIso2={company.country_code.lower()}"}
    offers = ask(
        "GET", f"{root}/MDOList/enrichcontact?{urlencode({'query': company.name} | country)}", 200
    )
    chosen_id = str(offers[0]["Id"])
    assert ask("POST", f"{agent}/GetPreviewEnrichContact", 200, {"EnrichId": chosen_id})["Name"]
    ask("POST", f"{agent}/GetPreviewEnrichContact", 200, {"EnrichId": "0"})
    both = {"ContactEntity": held, "EnrichId": chosen_id}
    changed = ask("POST", f"{agent}/EnrichContactEntity", 200, both)
    assert changed["Address"]
    ask("POST", f"{agent}/EnrichContactEntity", 200, both | {"EnrichId": "0"})
    assert ask("POST", f"{agent}/ValidateContactEntity", 200, {"ContactEntity": changed}) == {}
    assert ask("POST", f"{agent}/SaveContactEntity", 200, changed)["Name"]
    ask.box.fault("superoffice", "message")
    ask("POST", f"{agent}/SaveContactEntity", 200, changed)
    Asker("superoffice", ask.box, WRONG["superoffice"], ask.base)("GET", f"{root}/Contact/1", 401)


@pytest.mark.parametrize(("refresh", "due"), [("sandbox_refresh", 200), ("other", 400)])
def test_what_stands_before_the_tenants_of_superoffice(ask, refresh, due) -> None:
    ask = ask("superoffice")
    ask.send(Sent("GET", "/api/state/Cust12345"), 200)
    ask.send(Sent("GET", "/api/state/Cust99999"), 404)
    form = {
        "grant_type": "refresh_token",
        "client_id": "sandbox_client",
        "client_secret": "sandbox_secret",
        "refresh_token": refresh,
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    ask.send(Sent("POST", "/login/common/oauth/tokens", headers, urlencode(form).encode()), due)
    ask.box.set(tenant_node=4)
    ask("GET", "/online3/Cust12345/api/v1/Contact/1", 421)
