from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest
from sandbox_talk import basic, people

ALL = {
    "findEmail": "true",
    "findPhone": "true",
    "verifyEmail": "true",
    "linkedinEnrichment": "true",
}


def done(ask, ticket):
    """Poll until an enrichment is done."""
    for _ in range(5):
        answer = ask("GET", f"/enrich/{ticket}")
        if answer.status == 200:
            return answer.json
    raise AssertionError(answer)


def enrich_lead(ask, lead_id, **flags):
    return ask("POST", f"/leads/{lead_id}/enrich?{urlencode(flags)}")


def ordinary(box):
    """Return somebody whose lead can be enriched and has no phone yet."""
    return people(box)[4]


def item(person, *verbs, **more):
    told = {"email": person.email, "linkedinUrl": person.linkedin_url}
    return {"input": told, "enrichmentRequests": list(verbs)} | more


@pytest.mark.parametrize(
    ("login", "status", "text"),
    [
        ({}, 400, "No API key provided"),
        (basic("", "wrong"), 401, "The authentication you supplied is incorrect"),
        (basic("lemlist_sandbox", ""), 401, "The authentication you supplied is incorrect"),
        ("Bearer lemlist_sandbox", 401, "The authentication you supplied is incorrect"),
    ],
)
def test_a_missing_key_is_400_and_a_wrong_one_401(client, login, status, text):
    sent = {"Authorization": login} if login else {}
    answer = client("lemlist")("GET", "/team", login=sent)
    assert (answer.status, answer.text) == (status, text)
    assert answer.headers.get_content_type() == "text/plain"


def test_a_lead_is_enriched_later_charged_by_what_is_found_and_stays_so(client):
    ask = client("lemlist")
    person = ordinary(ask.box)
    started = enrich_lead(ask, person.lemlist_lead_id, findPhone="true", linkedinEnrichment="true")
    first = ask("GET", f"/enrich/{started.json['id']}")
    assert (first.status, first.json["enrichmentStatus"]) == (202, "in-progress")
    result = done(ask, started.json["id"])
    assert result["enrichmentStatus"] == "done"
    assert result["data"]["phone"] == {"phone": person.phone}
    assert result["data"]["linkedin"]["occupation"] == person.job_title
    assert ask("GET", f"/leads?id={person.lemlist_lead_id}").json["jobTitle"] == person.job_title
    lead = ask("GET", f"/leads/{quote(person.email)}?version=v2").json[0]["variables"]
    assert (lead["phone"], lead["jobTitle"]) == (person.phone, person.job_title)
    assert [(one.what, one.credits, one.key) for one in ask.box.ledger] == [
        ("find_phone", 20, started.json["id"]),
        ("linkedin_enrichment", 2, started.json["id"]),
    ]
    again = enrich_lead(ask, person.lemlist_lead_id, findPhone="true")
    assert (again.status, again.json["code"]) == (409, "ALREADY_ENRICHED")
    forced = enrich_lead(ask, person.lemlist_lead_id, findPhone="true", force="true")
    assert forced.status == 200


def test_while_one_runs_another_is_refused_without_a_code(client):
    ask = client("lemlist", ticket_seconds=60)
    person = ordinary(ask.box)
    enrich_lead(ask, person.lemlist_lead_id, findPhone="true")
    busy = enrich_lead(ask, person.lemlist_lead_id, findPhone="true", force="true")
    assert (busy.status, busy.json) == (409, {"error": "lead is already being enriched"})
    leads = ask("GET", f"/leads/{quote(person.email)}?version=v2").json
    assert leads[0]["status"] == "scanning"
    ask.box.advance(60)
    assert ask("GET", f"/leads/{quote(person.email)}?version=v2").json[0]["status"] == "review"


def test_what_was_not_found_is_not_looked_for_again_until_the_lead_changes(client):
    ask = client("lemlist", miss_rate=1)
    person = ordinary(ask.box)
    assert enrich_lead(ask, person.lemlist_lead_id, findPhone="true").status == 200
    again = enrich_lead(ask, person.lemlist_lead_id, findPhone="true", force="true")
    assert (again.status, again.json["code"]) == (409, "ALREADY_ENRICHED")
    campaign = ask("GET", f"/leads?id={person.lemlist_lead_id}").json["campaignId"]
    path = f"/campaigns/{campaign}/leads/{person.lemlist_lead_id}"
    assert ask("PATCH", path, {"companyName": "Another"}).status == 200
    assert enrich_lead(ask, person.lemlist_lead_id, findPhone="true").status == 200
    assert ask.box.ledger == []


def test_a_lead_that_does_not_exist_or_is_closed_is_refused(client):
    ask = client("lemlist")
    everyone = people(ask.box)
    unknown = enrich_lead(ask, "lea_nobody", findPhone="true")
    assert (unknown.status, unknown.json["code"]) == (404, "LEAD_NOT_FOUND")
    reviewed = enrich_lead(ask, everyone[2].lemlist_lead_id, findPhone="true")
    assert (reviewed.status, reviewed.json["error"]) == (
        400,
        "lemrich is not available for lead reviewed",
    )
    buried = everyone[3].lemlist_lead_id
    assert enrich_lead(ask, buried, findPhone="true").status == 500
    campaign = ask("GET", f"/leads?id={buried}").json["campaignId"]
    patched = ask("PATCH", f"/campaigns/{campaign}/leads/{buried}", {"jobTitle": "x"})
    assert (patched.status, patched.text) == (500, "Lead in graveyard")
    assert enrich_lead(ask, everyone[4].lemlist_lead_id, findPhone="True").status == 400


def test_data_is_enriched_from_the_query_and_nothing_is_written(client):
    ask = client("lemlist")
    person = next(
        one for one in people(ask.box) if one.email_status != "undeliverable" and one.phone
    )
    told = {"firstName": person.first_name, "lastName": person.last_name}
    told |= {"companyDomain": person.company.domain, "companyName": person.company.name}
    told |= {"linkedinUrl": person.linkedin_url}
    started = ask("POST", f"/enrich?{urlencode(told | ALL | {'email': person.email})}")
    data = done(ask, started.json["id"])["data"]
    assert data["email"] == {
        "email": person.email,
        "status": person.email_status,
        "notFound": False,
    }
    assert ask.box.spent("lemlist") == 5 + 20 + 1 + 2
    by_name = ask("POST", f"/enrich?{urlencode(told | {'findEmail': 'true'})}").json["id"]
    assert done(ask, by_name)["data"]["email"]["email"] == person.email
    assert "phone" not in ask("GET", f"/leads?id={person.lemlist_lead_id}").json


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("email=a%40b.de", "No enrichment requested"),
        ("email=a%40b.de&verifyEmail=True", "No enrichment requested"),
        ("email=a%40b.de&findPhone=true", "Bad request"),
        ("firstName=Jane&findEmail=true", "Bad request"),
    ],
)
def test_data_that_cannot_be_worked_on_is_refused_in_plain_text(client, query, text):
    answer = client("lemlist")("POST", f"/enrich?{query}")
    assert answer.status == 400
    assert answer.text.startswith(text)


def test_nothing_found_leaves_a_key_for_each_axis_and_costs_only_the_check(client):
    ask = client("lemlist", miss_rate=1)
    person = ordinary(ask.box)
    verbs = ["find_email", "find_phone", "verify", "linkedin_enrichment"]
    ticket = ask("POST", "/v2/enrichments/bulk", [item(person, *verbs)]).json[0]["id"]
    assert done(ask, ticket)["data"] == {
        "email": {"status": "undeliverable", "notFound": True},
        "phone": {"notFound": False},
        "linkedin": {},
    }
    assert [(one.what, one.credits) for one in ask.box.ledger] == [("verify", 1)]


def test_an_undeliverable_address_is_given_but_not_charged(client):
    ask = client("lemlist")
    person = next(one for one in people(ask.box) if one.email_status == "undeliverable")
    ticket = ask("POST", "/v2/enrichments/bulk", [item(person, "find_email")]).json[0]["id"]
    assert done(ask, ticket)["data"]["email"]["email"] == person.email
    assert ask.box.ledger == []


def test_bulk_answers_item_by_item_with_the_metadata_it_was_given(client):
    ask = client("lemlist")
    one, other = people(ask.box)[:2]
    answer = ask(
        "POST",
        "/v2/enrichments/bulk",
        [
            item(one, "verify", metadata={"row": "1"}),
            {"input": {}, "enrichmentRequests": ["verify"], "metadata": "2"},
            {"input": {"email": "a@b.de"}, "enrichmentRequests": ["find_phone"]},
            {"input": {"email": "a@b.de"}, "enrichmentRequests": ["find_email"]},
            item(other, "verify", metadata="5"),
        ],
    ).json
    assert [one.get("metadata") for one in answer] == [{"row": "1"}, "2", None, None, "5"]
    assert [one.get("error", "") for one in answer] == [
        "",
        "MISSING_EMAIL",
        "MISSING_LINKEDIN_URL",
        "MISSING_INPUTS",
        "",
    ]
    assert done(ask, answer[4]["id"])["data"]["email"] == {"status": other.email_status}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "WRONG_BODY_FORMAT"),
        ([], "NO_ENRICHMENTS_REQUESTED"),
        ([{"enrichmentRequests": ["verify"]}] * 501, "TOO_MANY_ENRICHMENTS_REQUESTED"),
        ([{"input": "a", "enrichmentRequests": ["verify"]}], "WRONG_INPUT_FORMAT"),
        ([{"input": {}, "enrichmentRequests": []}], "NO_WORKFLOW_REQUESTED"),
        ([{"input": {}, "enrichmentRequests": "verify"}], "WRONG_ENRICHMENT_REQUEST_FORMAT"),
        (
            [{"input": {}, "enrichmentRequests": ["verify_email"]}],
            "UNAUTHORIZED_WORKFLOW_REQUESTED",
        ),
        (
            [{"input": {}, "enrichmentRequests": ["verify"], "metadata": {"row": 1}}],
            "WRONG_METADATA_FORMAT",
        ),
    ],
)
def test_a_bulk_call_of_another_form_is_refused_whole(client, body, code):
    ask = client("lemlist")
    answer = ask("POST", "/v2/enrichments/bulk", body)
    assert (answer.status, answer.json) == (400, {"error": code})


def test_a_bulk_call_that_could_cost_more_than_is_left_starts_nothing(client):
    ask = client("lemlist", credits={"lemlist": 39})
    both = [item(one, "find_phone") for one in people(ask.box)[:2]]
    answer = ask("POST", "/v2/enrichments/bulk", both)
    assert (answer.status, answer.text) == (402, "Insufficient credits")
    assert ask.box.ledger == []
    assert ask("GET", "/team/credits").json["credits"] == 39


def test_done_may_come_before_the_data(client):
    ask = client("lemlist", early_done=1, pending_polls=0)
    ticket = ask("POST", "/v2/enrichments/bulk", [item(ordinary(ask.box), "verify")]).json[0]["id"]
    answers = [ask("GET", f"/enrich/{ticket}").json for _ in range(2)]
    assert [one["enrichmentStatus"] for one in answers] == ["done", "done"]
    assert [bool(one["data"]) for one in answers] == [False, True]


def test_a_ticket_matures_by_the_clock(client):
    ask = client("lemlist", ticket_seconds=60, pending_polls=0)
    ticket = ask("POST", "/v2/enrichments/bulk", [item(ordinary(ask.box), "verify")]).json[0]["id"]
    assert ask("GET", f"/enrich/{ticket}").status == 202
    ask.box.advance(60)
    assert ask("GET", f"/enrich/{ticket}").status == 200
    unknown = ask("GET", "/enrich/enr_nothing")
    assert (unknown.status, unknown.text) == (404, "Enrichment not found")


def test_the_other_vocabulary_says_the_same(client):
    ask = client("lemlist", vocabulary="verbs")
    person = ordinary(ask.box)
    verbs = ("find_email", "find_phone", "linkedin_enrichment")
    ticket = ask("POST", "/v2/enrichments/bulk", [item(person, *verbs)]).json[0]["id"]
    data = done(ask, ticket)["data"]
    assert data["find_email"] == {"email": person.email, "status": person.email_status}
    assert data["find_phone"] == {"phone": person.phone}
    groups = data["linkedin_enrichment"]["positionGroups"]
    assert groups[0]["company"]["domain"] == person.company.domain


def test_one_address_is_one_object_or_an_array_of_a_lead_for_each_campaign(client):
    ask = client("lemlist")
    person = people(ask.box)[0]
    one = ask("GET", f"/leads?email={quote(person.email)}").json
    assert (one["_id"], one["firstName"]) == (person.lemlist_lead_id, person.first_name)
    path = f"/leads/{quote(person.email, safe='')}"
    each = ask("GET", f"{path}?version=v2").json
    assert len({lead["campaign"]["id"] for lead in each}) == 2
    assert each[0]["variables"]["email"] == person.email
    assert isinstance(ask("GET", path).json, dict)
    missing = ask("GET", "/leads?email=not-an-address")
    assert (missing.status, missing.text) == (404, "Lead not found")


def test_contacts_come_as_an_array_or_in_an_envelope(client):
    ask = client("lemlist")
    person, other = people(ask.box)[:1] + people(ask.box)[4:5]
    wanted = f"{person.lemlist_contact_id},{other.email},ctc_nobody"
    several = ask("GET", f"/contacts?idsOrEmails={quote(wanted)}").json
    assert [one["_id"] for one in several] == [person.lemlist_contact_id, other.lemlist_contact_id]
    page = ask("GET", "/contacts?limit=2&offset=1").json
    assert (len(page["data"]), page["limit"], page["offset"]) == (2, 2, 1)
    assert page["total"] == len(people(ask.box))
    assert ask("GET", "/contacts?search=a").status == 400
    exact = ask("GET", f"/contacts?email={quote(person.email)}").json
    assert [one["_id"] for one in exact["data"]] == [person.lemlist_contact_id]
    whole = ask("GET", f"/contacts/{quote(person.email)}").json
    assert whole["campaigns"][0]["leadId"] == person.lemlist_lead_id


def test_every_answer_has_retry_after_and_a_javascript_date(client):
    ask = client("lemlist")
    answer = ask("GET", "/team")
    assert (answer.status, answer.headers["Retry-After"]) == (200, "2")
    assert answer.headers["X-RateLimit-Limit"] == "20"
    text, _, zone = answer.headers["X-RateLimit-Reset"].partition(" (")
    assert zone == "Central European Standard Time)"
    reset = datetime.strptime(text, "%a %b %d %Y %H:%M:%S GMT%z")
    assert abs((reset - datetime.now(UTC)).total_seconds()) < 4


def test_more_than_20_calls_in_2_seconds_are_refused(client):
    ask = client("lemlist", windows={"lemlist": [[20, 3000]]}, window_kind="sliding")
    assert [ask("GET", "/team").status for _ in range(20)] == [200] * 20
    refused = ask("GET", "/team")
    assert (refused.status, refused.headers["X-RateLimit-Remaining"]) == (429, "0")
    ask.box.advance(3000)
    assert ask("GET", "/team").status == 200
