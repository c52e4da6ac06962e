import base64
import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    LoginRefused,
    Miss,
    NotYet,
    OutOfCredits,
    Unconfirmed,
)
from enrichctl.fields import FIELDS
from enrichctl.model import Query
from enrichctl.provider import Ticket
from enrichctl.providers import load
from enrichctl.sandbox import Sandbox
from enrichctl.transport import Api, Reply, Surroundings, Wire

BASE = "https://api.lemlist.com/api"
KEY = "made-up-key"
LEAD = "lea_8xJSc7sV7ggpiVnXe"
URL = "https://www.linkedin.com/in/jane-doe"
ALREADY = {
    "error": "Enrichment skipped: contact already has the requested data or was recently enriched",
    "code": "ALREADY_ENRICHED",
}
LATER = {"error": "lead is already being enriched"}
PERSON = {
    "linkedin_url": URL,
    "email": "jane+x@acme.com",
    "first_name": "Jane",
    "last_name": "Doe",
    "company_name": "Acme",
    "company_domain": "acme.com",
    "job_title": "CTO",
}
NAMED = {k: PERSON[k] for k in ("first_name", "last_name", "company_name", "company_domain")}
NO_DOMAIN = {k: v for k, v in NAMED.items() if k != "company_domain"}
NO_COMPANY = {k: v for k, v in NAMED.items() if k != "company_name"}


class Login:
    base_url = ""

    def get(self, name):
        return {"api_key": KEY}[name]


class Gate:
    def __init__(self):
        self.held = []

    def wait(self, group):
        pass

    def took(self, seconds: float) -> None:
        """Take no note of round trips."""

    def hold(self, refusal, seconds, group):  # noqa: ARG002 - the gate's signature
        self.held.append(seconds)


class Ledger:
    """Counts intents."""

    def __init__(self):
        self.intents = []

    def intend(self, payload, *, keyed):  # noqa: ARG002 - the ledger's signature
        self.intents.append(f"{payload.method} {payload.path}")
        return payload


class Talk:
    """lemlist with scripted replies, behind the real transport."""

    def __init__(self, provider, base_url=""):
        connection = provider.connect(Login())
        self.gate, self.ledger = Gate(), Ledger()
        self.api = Api(
            provider.title,
            Wire(base_url or connection.base_url, connection.auth),
            gate=self.gate,
            explain=provider.explain,
            surroundings=Surroundings(lambda _: None, lambda: 0.0),
            timeout=5,
            patience=provider.patience,
            ledger=self.ledger,
        )


@pytest.fixture
def http():
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def lemlist():
    return load("lemlist")


@pytest.fixture
def talk(lemlist):
    return Talk(lemlist)


def sent(http):
    """Return what was sent: method, path, query."""
    calls = [(call.request.method, urlsplit(call.request.url)) for call in http.calls]
    return [(m, u.path.removeprefix("/api"), dict(parse_qsl(u.query))) for m, u in calls]


def bulk(http, *entries, **reply):
    http.post(f"{BASE}/v2/enrichments/bulk", **(reply or {"json": list(entries)}))


def enrich_lead(http, **reply):
    http.post(f"{BASE}/leads/{LEAD}/enrich", **reply)


def result(http, data, **reply):
    done = {"enrichmentId": "enr_1", "enrichmentStatus": "done", "data": data}
    http.get(f"{BASE}/enrich/enr_1", **(reply or {"json": done}))


def of_lead(*wants, **more):
    return Query({"lemlist.lead_id": LEAD}, wants, **more)


def texts(match):
    return {name: value.text for name, value in match.items()}


# What is sent


def test_user_is_empty_and_key_is_the_password(http, lemlist, talk):
    http.get(f"{BASE}/team", json={"hooks": [{"url": "https://hooks.example/secret"}]})
    said = lemlist.check(talk.api)
    token = http.calls[0].request.headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(token).decode() == f":{KEY}"
    assert "hooks" not in said


def test_a_lead_is_asked_for_by_literal_true_and_nothing_else(http, lemlist, talk):
    enrich_lead(http, json={"id": "enr_1"})
    query = of_lead("email", "phone", "email_status", "job_title")
    assert lemlist.submit([query], talk.api) == [Ticket("enr_1")]
    flags = ("findEmail", "findPhone", "verifyEmail", "linkedinEnrichment")
    assert sent(http) == [("POST", f"/leads/{LEAD}/enrich", dict.fromkeys(flags, "true"))]
    assert http.calls[0].request.body is None
    assert len(talk.ledger.intents) == 1


def test_only_overwriting_forces_a_lead(http, lemlist, talk):
    enrich_lead(http, json={"id": "enr_1"})
    query = Query(
        {"lemlist.lead_id": LEAD, "email": "old@acme.com"}, ("email",), frozenset({"email"})
    )
    lemlist.submit([query], talk.api)
    assert sent(http)[0][2] == {"findEmail": "true", "force": "true"}


def test_bulk_is_one_array_of_what_is_told_with_string_metadata(http, lemlist, talk):
    bulk(http, {"id": "enr_a", "metadata": "0"}, {"id": "enr_b", "metadata": "1"})
    queries = [
        Query(NAMED, ("email", "job_title")),
        Query({"email": "jane+x@acme.com"}, ("email_status",)),
    ]
    assert {lemlist.together(query) for query in queries} == {"bulk"}
    assert lemlist.submit(queries, talk.api) == [Ticket("enr_a"), Ticket("enr_b")]
    assert sent(http) == [("POST", "/v2/enrichments/bulk", {})]
    assert json.loads(http.calls[0].request.body) == [
        {
            "input": {
                "firstName": "Jane",
                "lastName": "Doe",
                "companyName": "Acme",
                "companyDomain": "acme.com",
            },
            "enrichmentRequests": ["find_email", "linkedin_enrichment"],
            "metadata": "0",
        },
        {
            "input": {"email": "jane+x@acme.com"},
            "enrichmentRequests": ["verify"],
            "metadata": "1",
        },
    ]
    assert len(talk.ledger.intents) == 1


ASKED = [
    # told, wanted, asked for in bulk
    (PERSON, ("phone", "job_title", "email_status"), "find_phone linkedin_enrichment verify"),
    (PERSON, ("email",), ""),
    ({"linkedin_url": URL}, ("email",), "find_email"),
    (NAMED, ("email",), "find_email"),
    (NO_DOMAIN, ("email",), ""),
    (NO_DOMAIN, ("industry",), "linkedin_enrichment"),
    (NO_COMPANY, ("website",), "linkedin_enrichment"),
    ({"first_name": "Jane", "last_name": "Doe"}, ("industry",), ""),
    (NAMED | {"email": "jane@acme.com"}, ("phone",), ""),
    ({"linkedin_url": URL}, ("email_status",), ""),
    ({"linkedin_url": URL, "email": "no address"}, ("email_status", "email"), "find_email"),
    ({"email": "jane@acme.com"}, ("phone", "last_name"), "linkedin_enrichment"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "wants", "asked"), ASKED)
def test_only_what_is_wanted_and_can_be_looked_for_is_asked(told, wants, asked, lemlist, talk):
    with responses.RequestsMock(assert_all_requests_are_fired=False) as http:
        bulk(http, {"id": "enr_1", "metadata": "0"})
        receipt = lemlist.submit([Query(told, wants)], talk.api)[0]
        verbs = [json.loads(c.request.body)[0]["enrichmentRequests"] for c in http.calls]
    assert verbs == ([asked.split()] if asked else [])
    assert isinstance(receipt, Ticket if asked else Declined)


def test_nobody_is_told_of_a_record_that_cannot_be_looked_for(lemlist, talk):
    answer = lemlist.submit([Query({"linkedin_url": URL}, ("email_status",))], talk.api)[0]
    assert answer.message == (
        "too little is known of this record: lemlist finds email_status by email"
    )
    assert talk.ledger.intents == []


# Which lead


def v2_lead(number, status="review", campaign="running", updated="2025-01-01", contact="ctc_1"):
    return {
        "_id": f"lea_{number}",
        "updatedAt": f"{updated}T00:00:00.000Z",
        "status": status,
        "contactId": contact,
        "campaign": {"id": "cam_1", "status": campaign},
        "variables": {"email": "jane+x@acme.com"},
    }


CHOICES = [
    ("the one that awaits review", [v2_lead(1, "running"), v2_lead(2, campaign="draft")], "lea_2"),
    ("the running campaign", [v2_lead(1, campaign="paused", updated="2026-01-01"), v2_lead(2)],
     "lea_2"),
    ("the latest changed", [v2_lead(1), v2_lead(2, updated="2025-02-01"), v2_lead(3)], "lea_2"),
    ("not an unsubscribed one", [v2_lead(1, "unsubscribed", updated="2026-01-01"),
                                 v2_lead(2, "done")], "lea_2"),
]  # fmt: skip


@pytest.mark.parametrize(("leads", "chosen"), [c[1:] for c in CHOICES], ids=[c[0] for c in CHOICES])
def test_of_several_leads_one_is_chosen(leads, chosen, http, lemlist, talk):
    http.get(f"{BASE}/leads/jane%2Bx%40acme.com", json=leads)
    http.post(f"{BASE}/leads/{chosen}/enrich", json={"id": "enr_1"})
    query = Query(PERSON, ("phone",), save=True)
    assert lemlist.together(query) == ""
    assert lemlist.submit([query], talk.api) == [Ticket("enr_1")]
    assert sent(http) == [
        ("GET", "/leads/jane%2Bx%40acme.com", {"version": "v2"}),
        ("POST", f"/leads/{chosen}/enrich", {"findPhone": "true"}),
    ]
    assert talk.ledger.intents == [f"POST /leads/{chosen}/enrich?findPhone=true"]


NO_LEAD = [
    ({"body": "Lead not found", "status": 404}, Miss),
    ({"json": []}, Miss),
    ({"json": [v2_lead(1), v2_lead(2, contact="ctc_2")]}, BadRecord),
    ({"json": [v2_lead(1, "unsubscribed")]}, BadRecord),
    ({"body": "Bad team", "status": 400}, BadRecord),
]


@pytest.mark.parametrize(("reply", "error"), NO_LEAD)
def test_without_one_lead_nothing_is_bought(reply, error, http, lemlist, talk):
    http.get(f"{BASE}/leads/jane%2Bx%40acme.com", **reply)
    with pytest.raises(error):
        lemlist.submit([Query(PERSON, ("phone",), save=True)], talk.api)
    assert talk.ledger.intents == []


def test_only_leads_are_changed(lemlist):
    told = {"email": "jane@acme.com"}
    assert lemlist.changes(of_lead("email"))
    assert lemlist.changes(Query(told, ("phone",), save=True))
    assert not lemlist.changes(Query(told, ("phone",)))
    assert not lemlist.changes(Query({"linkedin_url": URL}, ("phone",), save=True))


def test_storing_and_forcing_are_questions_of_their_own(lemlist):
    told, over = {"email": "jane@acme.com"}, frozenset({"phone"})
    assert lemlist.variant(Query(told, ("phone",), over)) == ""
    assert lemlist.variant(Query(told, ("phone",), save=True)) == "save"
    assert lemlist.variant(Query(told, ("phone",), over, save=True)) == "save over"
    assert lemlist.variant(of_lead("phone", save=True)) == ""
    assert lemlist.variant(of_lead("phone", overwrite=over)) == "over"


# What is made of the receipts


def three():
    return [Query({"email": f"{who}@acme.com"}, ("job_title",)) for who in "abc"]


RECEIPTS = [
    ("in another order", [("c", "2"), ("a", "0"), ("b", "1")], ["a", "b", "c"]),
    ("without metadata", [("a", None), ("b", None), ("c", None)], ["a", "b", "c"]),
    ("one left out", [("c", "2"), ("a", "0")], ["a", Unconfirmed, "c"]),
    ("one left out, without metadata", [("a", None), ("c", None)], [Unconfirmed] * 3),
    ("one without metadata", [("a", "0"), ("b", None), ("c", "2")], ["a", Unconfirmed, "c"]),
]


@pytest.mark.parametrize(
    ("entries", "due"), [r[1:] for r in RECEIPTS], ids=[r[0] for r in RECEIPTS]
)
def test_a_ticket_goes_to_whom_its_metadata_names(entries, due, http, lemlist, talk):
    bulk(http, *({"id": i} | ({"metadata": tag} if tag else {}) for i, tag in entries))
    receipts = lemlist.submit(three(), talk.api)
    assert [r.id if isinstance(r, Ticket) else type(r) for r in receipts] == due


def test_an_item_refused_in_bulk_fails_alone(http, lemlist, talk):
    bulk(
        http,
        {"id": "enr_a", "metadata": "0"},
        {"error": "MISSING_INPUTS", "metadata": "1"},
        {"error": "b@acme.com is odd", "metadata": "2"},
    )
    first, second, third = lemlist.submit(three(), talk.api)
    assert first == Ticket("enr_a")
    assert (type(second), second.message) == (BadRecord, "lemlist rejects it: MISSING_INPUTS")
    assert type(third) is BadRecord
    assert "acme" not in third.message


@pytest.mark.parametrize("body", ["null", "{}", "{", ""])
def test_a_receipt_that_is_none_leaves_the_charge_in_doubt(body, http, lemlist, talk):
    bulk(http, body=body)
    with pytest.raises(Unconfirmed):
        lemlist.submit(three(), talk.api)
    assert len(http.calls) == 1


def test_a_lead_without_a_ticket_leaves_the_charge_in_doubt(http, lemlist, talk):
    enrich_lead(http, json={})
    with pytest.raises(Unconfirmed):
        lemlist.submit([of_lead("email")], talk.api)


@pytest.mark.parametrize("fault", ["lost", "cut", "html", "null"])
def test_a_lost_receipt_is_not_asked_for_twice(fault, lemlist):
    with Sandbox(keys={"lemlist": KEY}, miss_rate=0, hole_rate=0) as box:
        box.fault("lemlist", fault, path="bulk")
        talk = Talk(lemlist, box.url("lemlist"))
        with pytest.raises(Unconfirmed):
            lemlist.submit(three(), talk.api)
        assert [seen.method for seen in box.requests] == ["POST"]


# Refusals


REFUSALS = [
    ({"json": LATER, "status": 409}, NotYet),
    ({"json": {"error": "Lead not found", "code": "LEAD_NOT_FOUND"}, "status": 404}, BadRecord),
    ({"json": {"error": "x", "code": "CONTACT_NOT_FOUND"}, "status": 404}, BadRecord),
    ({"json": {"error": "lemrich is not available for lead reviewed"}, "status": 400}, BadRecord),
    ({"json": {"message": "lemrich is not available for lead reviewed"}, "status": 400}, BadRecord),
    ({"json": {"error": {"message": "Lead in graveyard"}}, "status": 500}, BadRecord),
    ({"body": "Lead in graveyard", "status": 500}, BadRecord),
    ({"json": {"error": "Failed to enrich lead"}, "status": 500}, Unconfirmed),
    ({"body": "Bad team", "status": 400}, BadRecord),
    ({"body": "No API key provided", "status": 400}, LoginRefused),
    ({"body": "The authentication you supplied is incorrect", "status": 401}, LoginRefused),
    ({"status": 401}, LoginRefused),
    ({"body": "User linked to this API key is blocked", "status": 403}, LoginRefused),
    ({"body": "No user found for this API key", "status": 404}, LoginRefused),
    ({"body": "<html>Not found</html>", "status": 404}, BadReply),
    ({"body": "Method not allowed", "status": 405}, BadReply),
    ({"body": "Insufficient credits", "status": 402}, OutOfCredits),
]


@pytest.mark.parametrize(("reply", "error"), REFUSALS)
def test_a_refusal_reaches_as_far_as_it_should(reply, error, http, lemlist, talk):
    enrich_lead(http, **reply)
    with pytest.raises(error) as raised:
        lemlist.submit([of_lead("email")], talk.api)
    assert raised.type is error
    assert len(http.calls) == 1


WHOLE = [
    ("WRONG_INPUT_FORMAT", BadReply),
    ("TOO_MANY_ENRICHMENTS_REQUESTED", BadReply),
    ("UNAUTHORIZED_WORKFLOW_REQUESTED", LoginRefused),
]


@pytest.mark.parametrize(("code", "error"), WHOLE)
def test_a_batch_refused_as_a_whole_stops_the_lane(code, error, http, lemlist, talk):
    bulk(http, json={"error": code}, status=400)
    with pytest.raises(error, match=code):
        lemlist.submit(three(), talk.api)


def test_what_a_lead_has_already_is_had_for_free(http, lemlist, talk):
    enrich_lead(http, json=ALREADY, status=409)
    lead = {"_id": LEAD, "email": "jane@acme.com", "jobTitle": "CTO", "emailStatus": "unverified"}
    http.get(f"{BASE}/leads", json=lead)
    query = of_lead("email", "email_status")
    with pytest.raises(Declined) as raised:
        lemlist.submit([query], talk.api)
    assert sent(http)[1] == ("GET", "/leads", {"id": LEAD})
    found = texts(lemlist.read(raised.value.answer.body, query))
    assert found == {"email": "jane@acme.com", "job_title": "CTO"}


WAITS = [
    ({"Retry-After": "2", "X-RateLimit-Reset": "Tue Feb 16 2021 10:02:42 GMT+0100 (CET)"}, 2.0),
    ({"X-RateLimit-Reset": "Tue Feb 16 2021 09:02:42 GMT+0100 (Central European Standard Time)"},
     42.0),
    ({"X-RateLimit-Reset": "Tue Feb 16 2021 03:02:42 GMT-0500 (Eastern Standard Time)"}, 42.0),
    ({}, None),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "wait"), WAITS)
def test_the_reset_date_is_read_with_its_offset(headers, wait, lemlist):
    date = {"Date": "Tue, 16 Feb 2021 08:02:00 GMT"}
    headers = {name.lower(): value for name, value in (date | headers).items()}
    assert lemlist.explain(Reply(429, headers, b"Too many requests")).wait == wait


def test_retry_after_on_a_good_answer_holds_nothing(http, lemlist, talk):
    http.get(f"{BASE}/team/credits", json={"credits": 100}, headers={"Retry-After": "2"})
    assert lemlist.balance(talk.api) == Decimal(100)
    assert talk.gate.held == []


# What is collected


FLAT = {
    "linkedinUrl": URL,
    "firstName": "Jane",
    "lastName": "Doe",
    "locationName": "Paris",
    "industry": "Robotics",
    "companyName": "Acme",
    "companyDomain": "acme.com",
    "occupation": "CTO",
    "tagline": "I build",
}
FLAT_READ = {
    "linkedin_url": URL,
    "first_name": "Jane",
    "last_name": "Doe",
    "location": "Paris",
    "industry": "Robotics",
    "company_name": "Acme",
    "company_domain": "acme.com",
    "job_title": "CTO",
}
COMPANY = {
    "id": 79870097,
    "name": "Acme",
    "linkedinUrl": "https://www.linkedin.com/company/acme",
    "domain": "acme.com",
    "website": "https://acme.com",
    "industry": "Robotics",
}
COMPANY_READ = {
    "company_name": "Acme",
    "company_domain": "acme.com",
    "industry": "Robotics",
    "website": "https://acme.com",
    "company_linkedin_url": "https://www.linkedin.com/company/acme",
}
GOOD = {"email": "jane@acme.com", "status": "deliverable"}
GOOD_READ = {"email": "jane@acme.com", "email_status": "deliverable"}
READ = [
    ({"email": GOOD | {"notFound": True}}, GOOD_READ),
    ({"email": {"email": "jane@acme.com"}}, {"email": "jane@acme.com"}),
    ({"find_email": GOOD}, GOOD_READ),
    ({"find_email": GOOD, "verify": {"status": "risky"}}, GOOD_READ),
    ({"email": {"status": "undeliverable"}}, {"email_status": "undeliverable"}),
    ({"verify": {"status": "risky"}}, {"email_status": "risky"}),
    ({"verify": {"status": "Unknown"}}, {"email_status": "unknown"}),
    ({"phone": {"phone": "+33612345678"}}, {"phone": "+33612345678"}),
    ({"find_phone": {"phone": "+33612345678"}}, {"phone": "+33612345678"}),
    ({"phone": {"notFound": False}, "linkedin": {}}, {}),
    ({"linkedin": FLAT}, FLAT_READ),
    ({"linkedin_enrichment": FLAT}, FLAT_READ),
    ({"linkedin_enrichment": {"positionGroups": [{"company": COMPANY}, {"company": FLAT}]}},
     COMPANY_READ),
    ({"linkedin_enrichment": FLAT | {"positionGroups": [{"company": COMPANY | {"name": "Old"}}]}},
     COMPANY_READ | FLAT_READ),
    ({"linkedin_enrichment": {"positionGroups": [None]}, "email": "odd", "phone": None}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("data", "found"), READ)
def test_both_vocabularies_are_read_and_only_values_count(data, found, lemlist):
    assert texts(lemlist.read({"data": data}, of_lead("email_status"))) == found


def test_an_undeliverable_address_is_no_find(lemlist):
    body, wants = {"data": {"email": GOOD | {"status": "undeliverable"}}}, ("email", "email_status")
    assert lemlist.read(body, Query(NAMED, wants)) == {}
    verified = texts(lemlist.read(body, of_lead(*wants)))  # which is charged for itself
    assert verified == {"email_status": "undeliverable"}


def test_an_answer_is_collected(http, lemlist, talk):
    result(http, {"email": GOOD})
    answer = lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    assert sent(http) == [("GET", "/enrich/enr_1", {})]
    assert texts(lemlist.read(answer.body, of_lead("email"))) == GOOD_READ
    assert answer.credits is None


def test_of_a_list_of_results_the_ticket_s_own_is_taken(http, lemlist, talk):
    other = {"id": "enr_0", "data": {"find_email": {"email": "other@acme.com"}}}
    mine = {"id": "enr_1", "data": {"find_email": GOOD}}
    result(http, None, json={"data": [other, mine]})
    answer = lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    assert texts(lemlist.read(answer.body, of_lead("email"))) == GOOD_READ


PENDING = [
    {"status": 202, "body": ""},
    {"status": 202, "json": {"enrichmentStatus": "in-progress"}},
    {"json": {"enrichmentStatus": "in-progress", "data": {}}},
    {"json": {"enrichmentStatus": "error", "data": {}}},
    {"json": {"data": [{"id": "enr_0", "data": {"find_email": GOOD}}]}},
    {"body": "null"},
]


@pytest.mark.parametrize("reply", PENDING)
def test_what_is_not_done_is_not_there_yet_however_often_one_looks(reply, http, lemlist, talk):
    result(http, None, **reply)
    for _ in range(3):
        with pytest.raises(NotYet):
            lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)


def test_done_without_data_is_looked_at_once_more(http, lemlist, talk):
    result(http, {})
    with pytest.raises(NotYet):
        lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    http.remove("GET", f"{BASE}/enrich/enr_1")
    result(http, {"email": GOOD})
    assert lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api) is not None


def test_done_without_data_twice_is_a_miss(http, lemlist, talk):
    result(http, {})
    with pytest.raises(NotYet):
        lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    assert lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api) is None
    assert lemlist._seen_empty == set()


def test_done_with_nothing_found_is_a_miss(http, lemlist, talk):
    result(http, {"email": {"notFound": False}, "linkedin": {}})
    assert lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api) is None


def test_a_ticket_unknown_to_lemlist_fails_and_a_person_unknown_is_a_miss(http, lemlist, talk):
    http.get(f"{BASE}/enrich/enr_1", body="Enrichment not found", status=404)
    with pytest.raises(BadRecord):
        lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    http.get(f"{BASE}/enrich/enr_2", json={"enrichmentStatus": "not-found"}, status=404)
    with pytest.raises(Miss):
        lemlist.collect(Ticket("enr_2"), of_lead("email"), talk.api)


# What is declared


def test_a_profile_is_sold_once_and_answers_for_all_of_it(lemlist):
    profile = ("job_title", "location", "website")
    assert lemlist.price.most(profile) == Decimal(2)
    assert lemlist.price.most(("email", "phone", "email_status", *profile)) == Decimal(28)
    assert {"industry", "website"} <= set(lemlist.covers(of_lead("email", "job_title")))
    assert lemlist.covers(of_lead("email")) == ("email",)


def test_phone_and_verification_are_wanted_by_name_only(lemlist):
    assert "email" in lemlist.default_wants
    assert not {"phone", "email_status"} & set(lemlist.default_wants)
    assert set(lemlist.finds) <= FIELDS.keys()
