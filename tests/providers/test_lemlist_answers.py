"""lemlist over the real transport: what its refusals and its results are taken for."""

from decimal import Decimal

import pytest
from lemlist_talk import (
    BASE,
    LEAD,
    NAMED,
    URL,
    bulk,
    enrich_lead,
    of_lead,
    sent,
    texts,
    three,
)

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
from enrichctl.model import Query
from enrichctl.provider import Ticket
from enrichctl.transport import Reply

ALREADY = {
    "error": "Enrichment skipped: contact already has the requested data or was recently enriched",
    "code": "ALREADY_ENRICHED",
}
LATER = {"error": "lead is already being enriched"}


def result(http, data, **reply):
    done = {"enrichmentId": "enr_1", "enrichmentStatus": "done", "data": data}
    http.get(f"{BASE}/enrich/enr_1", **(reply or {"json": done}))


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
    ({"body": "Bad team", "status": 400}, LoginRefused),
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
    ("UNAUTHORIZED_WORKFLOW_REQUESTED", BadReply),
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
    assert talk.limiter.held == []


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


def test_a_verdict_that_comes_with_the_address_is_not_bought_beside_it(http, lemlist, talk):
    result(http, {"find_email": GOOD})
    query = Query(NAMED, ("email", "email_status"))
    answer = lemlist.collect(Ticket("enr_1"), query, talk.api)
    assert texts(lemlist.read(answer.body, query)) == GOOD_READ
    assert answer.credits == 5


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
    {"json": {"data": [{"id": "enr_0", "data": {"find_email": GOOD}}]}},
    {"body": "null"},
    {"body": "<html>"},
]


@pytest.mark.parametrize("reply", PENDING)
def test_what_is_not_done_is_not_there_yet_however_often_one_looks(reply, http, lemlist, talk):
    result(http, None, **reply)
    for _ in range(3):
        with pytest.raises(NotYet):
            lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)


ENDS = [
    ({"enrichmentStatus": "error", "data": {}}, "error"),
    ({"enrichmentStatus": "error"}, "error"),
    ({"enrichmentStatus": "failed", "data": {"phone": {"phone": "+1"}}}, "failed"),  # not wanted
    ({"enrichmentStatus": "no-credits", "data": {}}, "no-credits"),
    ({"enrichmentStatus": "Jane Doe <jane@acme.com> failed"}, "of a kind that is not shown"),
    ({"enrichmentStatus": "x" * 33}, "of a kind that is not shown"),
    ({"enrichmentStatus": "\x1b[31mred"}, "of a kind that is not shown"),
    ({"enrichmentStatus": 500}, "of a kind that is not shown"),
]


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize(("body", "word"), ENDS)
def test_an_end_that_is_not_documented_is_a_doubt_with_its_word(
    body, word, status, http, lemlist, talk
):
    result(http, None, json=body, status=status)
    with pytest.raises(Unconfirmed) as raised:
        lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    assert raised.value.message == (f"lemlist ended it with the status {word}; possibly charged")


def test_what_comes_with_an_end_that_is_not_documented_is_not_lost(http, lemlist, talk):
    result(http, None, json={"enrichmentStatus": "partial", "data": {"email": GOOD}})
    answer = lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    assert texts(lemlist.read(answer.body, of_lead("email"))) == GOOD_READ
    (said,) = lemlist.remarks(answer.body, of_lead("email"))
    assert said.text == "lemlist ended it with the status partial"
    assert not said.cause


def test_done_without_data_is_looked_at_once_more(http, lemlist, talk):
    result(http, {})
    with pytest.raises(NotYet):
        lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    http.remove("GET", f"{BASE}/enrich/enr_1")
    result(http, {"email": GOOD})
    assert lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api) is not None


def test_done_without_data_twice_is_a_miss(http, lemlist, talk):
    result(http, {})
    http.get(f"{BASE}/leads", json={"_id": LEAD, "firstName": "Jane"})
    with pytest.raises(NotYet):
        lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    assert lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api) is None
    assert lemlist._seen_empty == set()


def test_done_with_nothing_found_is_a_miss(http, lemlist, talk):
    result(http, {"email": {"notFound": False}, "linkedin": {}})
    http.get(
        f"{BASE}/leads", json={"error": "Lead not found", "code": "LEAD_NOT_FOUND"}, status=404
    )
    assert lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api) is None


def test_what_the_lead_held_before_comes_with_the_result_and_is_not_bought(http, lemlist, talk):
    result(http, {"linkedin": {"occupation": "CTO"}})
    http.get(f"{BASE}/leads", json={"_id": LEAD, "email": "jane@acme.com", "jobTitle": "Trainee"})
    query = of_lead("email", "job_title")
    answer = lemlist.collect(Ticket("enr_1"), query, talk.api)

    found = {field: value.text for field, value in lemlist.read(answer.body, query).items()}
    assert found == {"email": "jane@acme.com", "job_title": "CTO"}
    assert answer.credits == 2  # the profile alone


def test_a_ticket_that_is_refused_is_in_doubt_and_a_person_unknown_is_a_miss(http, lemlist, talk):
    http.get(f"{BASE}/enrich/enr_1", body="Enrichment not found", status=404)
    with pytest.raises(Unconfirmed):
        lemlist.collect(Ticket("enr_1"), of_lead("email"), talk.api)
    http.get(f"{BASE}/enrich/enr_3", body="Bad team", status=400)
    with pytest.raises(LoginRefused):  # the account: what was bought is still there
        lemlist.collect(Ticket("enr_3"), of_lead("email"), talk.api)
    http.get(f"{BASE}/enrich/enr_2", json={"enrichmentStatus": "not-found"}, status=404)
    with pytest.raises(Miss):
        lemlist.collect(Ticket("enr_2"), of_lead("email"), talk.api)
