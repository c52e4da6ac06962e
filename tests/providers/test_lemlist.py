"""lemlist over the real transport: what is declared, what is asked, and the receipts."""

import base64
import json
from decimal import Decimal

import pytest
from lemlist_talk import (
    BASE,
    KEY,
    LEAD,
    NAMED,
    PERSON,
    URL,
    Talk,
    bulk,
    enrich_lead,
    of_lead,
    sent,
    three,
)
from mocked import Mock

from enrichctl.errors import BadRecord, BadReply, Declined, LoginRefused, Miss, Unconfirmed
from enrichctl.fields import FIELDS
from enrichctl.model import Query
from enrichctl.provider import Ticket
from enrichctl.sandbox import Sandbox

NO_DOMAIN = {k: v for k, v in NAMED.items() if k != "company_domain"}
NO_COMPANY = {k: v for k, v in NAMED.items() if k != "company_name"}


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


FORCED = [
    # wanted, what of it may be replaced
    ("email phone", "phone", False),
    ("email email_status", "email", True),
    ("email_status email", "email_status", False),
    ("job_title industry", "job_title", True),
    ("job_title phone", "job_title phone", True),
]


@pytest.mark.parametrize(("wants", "over", "forced"), FORCED)
def test_nothing_is_bought_anew_beside_what_must_be_kept(wants, over, forced, http, lemlist, talk):
    enrich_lead(http, json={"id": "enr_1"})
    query = of_lead(*wants.split(), overwrite=frozenset(over.split()))
    lemlist.submit([query], talk.api)
    assert ("force" in sent(http)[0][2]) is forced
    assert lemlist.variant(query) == ("over" if forced else "")


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
    with Mock(assert_all_requests_are_fired=False) as http:
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
    ({"body": "Bad team", "status": 400}, LoginRefused),
]


@pytest.mark.parametrize("leads", [{}, "odd", v2_lead(1)])
def test_leads_in_another_form_are_not_none(leads, http, lemlist, talk):
    http.get(f"{BASE}/leads/jane%2Bx%40acme.com", json=leads)
    with pytest.raises(BadReply):
        lemlist.submit([Query(PERSON, ("phone",), save=True)], talk.api)
    assert talk.ledger.intents == []


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


def test_what_is_only_accepted_is_bought_and_not_asked_for_again(http, lemlist, talk):
    bulk(http, status=202, json=[{"id": "enr_a", "metadata": "0"}])
    enrich_lead(http, status=202, body="")
    assert lemlist.submit(three()[:1], talk.api) == [Ticket("enr_a")]
    with pytest.raises(Unconfirmed):
        lemlist.submit([of_lead("email")], talk.api)


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
