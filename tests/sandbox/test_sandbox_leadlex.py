import uuid
from datetime import UTC, datetime

import pytest
from sandbox_talk import known, people

KEY = {"Idempotency-Key": "0b0e3f0c-6f3a-4c86-9c9b-2f7f2b6c0001"}
PAID = [
    ("/v1/enrich/contact", "contact_id"),
    ("/v1/enrich/company", "domain"),
    ("/v1/enrich/email", "email"),
    ("/v1/email/enrich", "email"),
]


def about(person, name):
    return {
        "contact_id": person.leadlex_id,
        "email": person.email,
        "domain": person.company.domain,
    }[name]


@pytest.mark.parametrize(
    "login",
    [
        {},
        {"Authorization": "Bearer wbk_wrong"},
        {"Authorization": "Basic d2JrX3NhbmRib3g6"},
        {"Authorization": "Token wbk_sandbox"},
    ],
)
def test_a_wrong_key_is_refused_and_nothing_is_charged(client, login):
    ask = client("leadlex")
    answer = ask("POST", "/v1/enrich/email", {"email": people(ask.box)[0].email}, login=login)
    assert (answer.status, answer.json["error"]["code"]) == (401, "invalid_key")
    assert ask.box.ledger == []


def test_a_contact_is_filled_and_stays_filled(client):
    ask = client("leadlex")
    person = people(ask.box)[1]
    answer = ask("POST", "/v1/enrich/contact", {"contact_id": person.leadlex_id})
    data = answer.json["data"]
    assert data["contact"] == {
        "id": person.leadlex_id,
        "full_name": person.full_name,
        "email": person.email,
        "job_title": person.job_title,
        "company_name": person.company.name,
        "linkedin_url": person.linkedin_url,
        "phone": person.phone,
        "location": person.location,
    }
    assert data["credits_remaining"] == 4999
    again = ask("POST", "/v1/enrich/contact", {"contact_id": person.leadlex_id})
    assert again.json["data"]["fields_updated"] == []
    shown = ask("GET", f"/v1/contacts/{person.leadlex_id}").json["data"]
    assert (shown["job_title"], shown["company"]) == (person.job_title, person.company.name)


def test_only_named_fields_are_filled_and_only_overwrite_replaces(client):
    ask = client("leadlex")
    person = people(ask.box)[0]  # one of those with a job title of long ago
    body = {"contact_id": person.leadlex_id, "fields": ["job_title"]}
    kept = ask("POST", "/v1/enrich/contact", body).json["data"]
    assert (kept["contact"]["job_title"], kept["fields_updated"]) == ("Trainee", [])
    over = ask("POST", "/v1/enrich/contact", body | {"overwrite": True}).json["data"]
    assert over["contact"]["job_title"] == person.job_title
    assert over["fields_updated"] == ["job_title"]


def test_a_person_is_looked_up_by_email_in_the_parts_asked_for(client):
    ask = client("leadlex")
    person = people(ask.box)[0]
    whole = ask("POST", "/v1/enrich/email", {"email": person.email.upper(), "verify": True})
    data = whole.json["data"]
    assert data["person"]["job_title"] == person.job_title
    assert data["company"]["size"] == person.company.size
    assert data["social"] == {"linkedin_url": person.linkedin_url}
    assert data["deliverable"] == person.email_status
    part = ask("POST", "/v1/enrich/email", {"email": person.email, "include": ["company"]})
    assert part.json["data"].keys().isdisjoint({"person", "social", "deliverable"})


def test_a_company_is_created_from_its_domain_and_found_by_id_again(client):
    ask = client("leadlex")
    first = ask("POST", "/v1/enrich/company", {"domain": "acme.de"}).json["data"]
    assert first["company"]["domain"] == "acme.de"
    assert "industry" in first["fields_updated"]
    again = ask("POST", "/v1/enrich/company", {"company_id": first["company"]["id"]}).json["data"]
    assert (again["company"], again["fields_updated"]) == (first["company"], [])


@pytest.mark.parametrize(("path", "name"), PAID)
def test_a_repeated_key_gives_the_same_answer_and_one_charge(client, path, name):
    ask = client("leadlex")
    body = {name: about(people(ask.box)[2], name)}
    first = ask("POST", path, body, headers=KEY)
    again = ask("POST", path, body, headers=KEY)
    assert (first.status, again.text) == (200, first.text)
    assert first.headers["X-Request-ID"] != again.headers["X-Request-ID"]
    assert [(one.credits, one.key) for one in ask.box.ledger] == [(1, KEY["Idempotency-Key"])]


def test_a_key_with_another_body_conflicts_and_expires_after_a_day(client):
    ask = client("leadlex")
    one, other = people(ask.box)[:2]
    ask("POST", "/v1/enrich/email", {"email": one.email}, headers=KEY)
    clash = ask("POST", "/v1/enrich/email", {"email": other.email}, headers=KEY)
    assert clash.status == 409
    assert clash.json["error"]["code"] != "no_match"
    ask.box.advance(24 * 3600)
    assert ask("POST", "/v1/enrich/email", {"email": other.email}, headers=KEY).status == 200
    assert ask.box.spent("leadlex") == 2


@pytest.mark.parametrize(("path", "name"), PAID)
def test_a_miss_is_409_and_free(client, path, name):
    ask = client("leadlex", miss_rate=1)
    answer = ask("POST", path, {name: about(people(ask.box)[0], name)})
    assert (answer.status, answer.json["error"]["code"]) == (409, "no_match")
    assert ask.box.ledger == []


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/enrich/contact", {}, 400, "validation_error"),
        ("/v1/enrich/contact", {"contact_id": "17"}, 400, "validation_error"),
        ("/v1/enrich/contact", {"contact_id": str(uuid.UUID(int=5))}, 404, "not_found"),
        ("/v1/enrich/company", {"name": "Acme"}, 400, "validation_error"),
        ("/v1/enrich/company", {"company_id": str(uuid.UUID(int=5))}, 404, "not_found"),
        ("/v1/enrich/email", {"email": "jane@"}, 400, "validation_error"),
        ("/v1/enrich/email", {"email": "j@a.de", "include": ["all"]}, 400, "validation_error"),
        ("/v1/enrich/email", {"email": "j@a.de", "verify": "yes"}, 400, "validation_error"),
        ("/v1/enrich/email", ["j@a.de"], 400, "validation_error"),
        ("/v1/enrich/people", {"email": "j@a.de"}, 404, "not_found"),
    ],
)
def test_what_cannot_be_used_is_refused_for_free(client, path, body, status, code):
    ask = client("leadlex")
    answer = ask("POST", path, body)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert ask.box.ledger == []


def test_fields_outside_the_whitelist_are_refused(client):
    ask = client("leadlex")
    body = {"contact_id": people(ask.box)[0].leadlex_id, "fields": ["email"]}
    assert ask("POST", "/v1/enrich/contact", body).status == 400


def test_an_empty_account_is_402_and_the_contact_is_untouched(client):
    ask = client("leadlex", credits={"leadlex": 1})
    one, other = people(ask.box)[1:3]
    assert ask("POST", "/v1/enrich/contact", {"contact_id": one.leadlex_id}).status == 200
    before = ask("GET", f"/v1/contacts/{other.leadlex_id}").text
    answer = ask("POST", "/v1/enrich/contact", {"contact_id": other.leadlex_id})
    assert (answer.status, answer.json["error"]["code"]) == (402, "insufficient_credits")
    assert ask("GET", f"/v1/contacts/{other.leadlex_id}").text == before


def test_a_key_without_the_permission_reads_but_does_not_enrich(client):
    ask = client("leadlex")
    login = {"Authorization": "Bearer wbk_sandbox_read"}
    answer = ask("POST", "/v1/enrich/email", {"email": "jane.doe@acme.com"}, login=login)
    assert (answer.status, answer.json["error"]["code"]) == (403, "insufficient_permissions")
    assert ask("GET", "/v1/contacts", login=login).status == 200


def test_search_is_partial_and_paged(client):
    ask = client("leadlex", decoys=150)
    person = people(ask.box)[4]
    first = ask("GET", f"/v1/contacts?search={person.email}&per_page=100").json
    second = ask("GET", f"/v1/contacts?search={person.email}&per_page=100&page=2").json
    assert first["meta"] == {"page": 1, "per_page": 100, "total": 151}
    exact = [
        one["id"]
        for page in (first, second)
        for one in page["data"]["contacts"]
        if one["email"] == person.email
    ]
    assert exact == [person.leadlex_id]
    assert len(second["data"]["contacts"]) == 51
    assert ask("GET", "/v1/contacts?per_page=101").status == 400


def test_search_by_a_part_of_the_name_finds_all_who_have_it(client):
    ask = client("leadlex")
    person = people(ask.box)[4]
    found = ask("GET", f"/v1/contacts?search={person.last_name[:4].lower()}&per_page=100").json
    ids = [one["id"] for one in found["data"]["contacts"]]
    assert person.leadlex_id in ids
    assert len(ids) == found["meta"]["total"] < 100


def test_the_headers_describe_the_day_until_midnight_utc(client):
    ask = client("leadlex")
    answer = ask("GET", "/v1/contacts")
    reset = datetime.fromtimestamp(int(answer.headers["X-RateLimit-Reset"]), UTC)
    assert (reset.hour, reset.minute, reset.second) == (0, 0, 0)
    assert answer.headers["X-RateLimit-Limit"] == "10000"
    assert answer.headers["X-RateLimit-Remaining"] == "9999"


def test_the_minute_and_the_day_are_told_apart_by_what_remains(client):
    ask = client("leadlex", windows={"leadlex": [[2, 60], [3, 86400]]})
    ask.box.advance(86400 - ask.box.world.now() % 86400)
    statuses = [ask("GET", "/v1/contacts").status for _ in range(2)]
    minute = ask("GET", "/v1/contacts")
    assert [*statuses, minute.status] == [200, 200, 429]
    assert minute.json["error"]["code"] == "rate_limited"
    assert minute.headers["X-RateLimit-Remaining"] == "1"
    ask.box.advance(60)
    assert ask("GET", "/v1/contacts").status == 200
    ask.box.advance(60)
    day = ask("GET", "/v1/contacts")
    assert (day.status, day.headers["X-RateLimit-Remaining"]) == (429, "0")


def test_what_a_vendor_says_is_the_truth_with_holes(client):
    ask = client("leadlex", miss_rate=0.3, hole_rate=0.3)
    person = known(ask.box, "leadlex")
    data = ask("POST", "/v1/enrich/email", {"email": person.email}).json["data"]
    said = data["person"]
    assert said == {name: getattr(person, name) for name in said}
    missing = known(ask.box, "leadlex", is_known=False)
    assert ask("POST", "/v1/enrich/email", {"email": missing.email}).status == 409
