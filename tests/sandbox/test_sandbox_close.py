import pytest
from sandbox_talk import basic, people

ORGANIZATION = "orga_SandboxOrganisation00000000000000000000001"


def field(ask, name, kind="lead"):
    fields = ask("GET", f"/custom_field_schema/{kind}/").json["fields"]
    return next(one for one in fields if one["name"] == name)


def blank_lead(ask, cf):
    """Return a company whose lead has no value for a custom field."""
    return next(
        company
        for company in ask.box.population.companies.values()
        if ask("GET", f"/lead/{company.close_lead_id}/?_fields=custom.{cf}").json == {}
    )


def enrich(ask, object_id, cf, **more):
    kind = "contact" if object_id.startswith("cont_") else "lead"
    body = {
        "organization_id": ORGANIZATION,
        "object_type": kind,
        "object_id": object_id,
        "field_id": cf,
    }
    return ask("POST", "/enrich_field/", body | more)


def by_email(kind, email):
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
            "condition": {"type": "text", "mode": "full_words", "value": email},
        },
    }
    if kind == "lead":
        mail = {
            "type": "has_related",
            "this_object_type": "lead",
            "related_object_type": "contact",
            "related_query": mail,
        }
    return {"type": "and", "queries": [{"type": "object_type", "object_type": kind}, mail]}


@pytest.mark.parametrize(
    "login",
    [
        {},
        {"Authorization": basic("", "api_sandbox")},
        {"Authorization": basic("api_sandbox", "x")},
        {"Authorization": "Bearer api_sandbox"},
    ],
)
def test_only_the_key_as_user_with_an_empty_password_is_let_in(client, login):
    assert client("close")("GET", "/me/", login=login).status == 401


def test_me_names_the_organisation(client):
    me = client("close")("GET", "/me/").json
    assert me["organizations"][0]["id"] == ORGANIZATION


@pytest.mark.parametrize("path", ["/me", "/lead/lead_x", "/enrich_field"])
def test_a_path_without_its_trailing_slash_does_not_exist(client, path):
    answer = client("close")("GET", path)
    assert (answer.status, answer.headers.get_content_type()) == (404, "text/html")


def test_shared_fields_are_in_the_schema_but_not_in_the_list_of_lead_fields(client):
    ask = client("close")
    shared = field(ask, "Region")
    listed = ask("GET", "/custom_field/lead/").json
    assert shared["id"] not in [one["id"] for one in listed["data"]]
    assert listed["has_more"] is False
    assert [one["id"] for one in ask("GET", "/custom_field/shared/").json["data"]] == [shared["id"]]
    assert field(ask, "Region", "contact") == shared


def test_enriching_says_nothing_fills_the_field_and_is_billed(client):
    ask = client("close")
    cf = field(ask, "Industry")["id"]
    company = blank_lead(ask, cf)
    answer = enrich(ask, company.close_lead_id, cf)
    assert (answer.status, answer.json) == (200, {})
    lead = ask("GET", f"/lead/{company.close_lead_id}/?_fields=id,name,custom.{cf}").json
    assert lead == {
        "id": company.close_lead_id,
        "name": company.name,
        f"custom.{cf}": company.industry,
    }
    assert [(one.who, one.key, one.credits) for one in ask.box.ledger] == [
        (company.close_lead_id, cf, 1)
    ]


def test_values_are_typed_as_their_field_is(client):
    ask = client("close")
    company = next(iter(ask.box.population.companies.values()))
    found = {}
    for name in ("Employees", "Founded", "Tech Stack"):
        cf = field(ask, name)["id"]
        enrich(ask, company.close_lead_id, cf)
        lead = ask("GET", f"/lead/{company.close_lead_id}/?_fields=custom").json
        found[name] = lead[f"custom.{cf}"]
    assert found == {
        "Employees": int(company.size.partition("-")[0]),
        "Founded": f"{company.founded_year}-01-01",
        "Tech Stack": list(company.tech_stack),
    }


def test_a_contact_is_filled_with_what_is_true_of_the_person(client):
    ask = client("close")
    cf = field(ask, "LinkedIn", "contact")["id"]
    person = people(ask.box)[0]
    enrich(ask, person.close_contact_id, cf)
    contact = ask("GET", f"/contact/{person.close_contact_id}/").json
    assert contact[f"custom.{cf}"] == person.linkedin_url
    assert contact["emails"][0]["email"] == person.email


def test_some_fields_never_get_a_value_but_every_request_is_billed(client):
    ask = client("close")
    cf = field(ask, "Next Review")["id"]
    company = blank_lead(ask, cf)
    for _ in range(2):
        assert enrich(ask, company.close_lead_id, cf).status == 200
    assert ask("GET", f"/lead/{company.close_lead_id}/?_fields=custom.{cf}").json == {}
    assert ask.box.spent("close") == 2


def test_a_value_is_replaced_only_when_told_and_not_saved_when_told_not_to(client):
    ask = client("close")
    cf = field(ask, "Industry")["id"]
    company = blank_lead(ask, cf)
    path = f"/lead/{company.close_lead_id}/"
    enrich(ask, company.close_lead_id, cf, set_new_value=False)
    assert ask("GET", f"{path}?_fields=custom.{cf}").json == {}
    ask("PUT", path, {f"custom.{cf}": "Own words"})
    enrich(ask, company.close_lead_id, cf)
    assert ask("GET", path).json[f"custom.{cf}"] == "Own words"
    enrich(ask, company.close_lead_id, cf, overwrite_existing_value=True)
    assert ask("GET", path).json[f"custom.{cf}"] == company.industry
    assert ask.box.spent("close") == 3


def test_put_changes_only_what_is_sent_and_null_takes_a_value_away(client):
    ask = client("close")
    cf = field(ask, "Tech Stack")["id"]
    company = next(iter(ask.box.population.companies.values()))
    path = f"/lead/{company.close_lead_id}/"
    ask("PUT", path, {f"custom.{cf}": ["AWS"]})
    added = ask("PUT", path, {f"custom.{cf}.add": "SAP"}).json
    assert (added[f"custom.{cf}"], added["name"]) == (["AWS", "SAP"], company.name)
    assert ask("PUT", path, {f"custom.{cf}.remove": "AWS"}).json[f"custom.{cf}"] == ["SAP"]
    assert f"custom.{cf}" not in ask("PUT", path, {f"custom.{cf}": None}).json


def test_refusals_come_in_different_shapes_and_are_free(client):
    ask = client("close")
    cf, locked = field(ask, "Industry")["id"], field(ask, "Owner Notes")["id"]
    lead_id = people(ask.box)[0].company.close_lead_id
    lacking = ask("POST", "/enrich_field/", {"organization_id": ORGANIZATION})
    assert lacking.status == 400
    assert lacking.json["field-errors"]["object_id"] == "This field is required."
    assert "error" in enrich(ask, "lead_nobody", cf).json
    assert "message" in enrich(ask, lead_id, "cf_nothing").json["error"]
    assert enrich(ask, lead_id, field(ask, "LinkedIn", "contact")["id"]).status == 404
    assert enrich(ask, lead_id, cf, set_new_value="no").status == 400
    assert enrich(ask, lead_id, cf, organization_id="orga_other").status == 400
    forbidden = enrich(ask, lead_id, locked)
    assert (forbidden.status, forbidden.text) == (403, "Forbidden")
    assert ask.box.ledger == []


def test_an_empty_account_is_402(client):
    ask = client("close", credits={"close": 0})
    cf = field(ask, "Industry")["id"]
    assert enrich(ask, people(ask.box)[0].company.close_lead_id, cf).status == 402


@pytest.mark.parametrize("kind", ["contact", "lead"])
def test_search_by_email_also_finds_longer_addresses(client, kind):
    ask = client("close")
    person = people(ask.box)[1]
    wanted = {"contact": ["id", "lead_id", "name", "emails"], "lead": ["id", "contacts"]}
    body = {"query": by_email(kind, person.email), "_fields": wanted, "_limit": 10, "sort": []}
    answer = ask("POST", "/data/search/", body).json
    assert answer["cursor"] is None
    assert len(answer["data"]) > 1
    for one in answer["data"]:
        assert one["__object_type"] == kind
    exact = [
        one
        for one in answer["data"]
        for contact in ([one] if kind == "contact" else one["contacts"])
        if contact["emails"][0]["email"] == person.email
    ]
    expected = person.close_contact_id if kind == "contact" else person.company.close_lead_id
    assert [one["id"] for one in exact] == [expected]


def test_without_fields_a_search_gives_ids_alone_and_one_person_may_be_there_twice(client):
    ask = client("close", decoys=0)
    person = people(ask.box)[0]
    data = ask("POST", "/data/search/", {"query": by_email("contact", person.email)}).json["data"]
    assert [sorted(one) for one in data] == [["__object_type", "id"]] * 2
    assert person.close_contact_id in [one["id"] for one in data]


def test_a_cursor_goes_on_and_dies_after_30_seconds(client):
    ask = client("close")
    body = {"query": {"type": "object_type", "object_type": "lead"}, "_limit": 100}
    first = ask("POST", "/data/search/", body).json
    second = ask("POST", "/data/search/", body | {"cursor": first["cursor"]}).json
    ids = {one["id"] for page in (first, second) for one in page["data"]}
    assert ids == {one.close_lead_id for one in ask.box.population.companies.values()}
    assert second["cursor"] is None
    late = ask("POST", "/data/search/", body).json["cursor"]
    ask.box.advance(31)
    assert ask("POST", "/data/search/", body | {"cursor": late}).status == 400


def test_a_lead_is_found_by_name_and_a_negation_leaves_it_out(client):
    ask = client("close")
    company = next(iter(ask.box.population.companies.values()))
    named = {
        "type": "field_condition",
        "field": {"type": "regular_field", "object_type": "lead", "field_name": "name"},
        "condition": {"type": "text", "mode": "phrase", "value": company.name},
    }
    leads = {"type": "object_type", "object_type": "lead"}
    ids = []
    for negate in (False, True):
        query = {"type": "and", "queries": [leads, named | {"negate": negate}]}
        data = ask("POST", "/data/search/", {"query": query, "_limit": 200}).json["data"]
        ids.append([one["id"] for one in data])
    assert ids[0] == [company.close_lead_id]
    assert company.close_lead_id not in ids[1]
    assert len(ids[1]) == 119


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"query": {"type": "emails"}},
        {"query": {"type": "object_type", "object_type": "lead"}, "_limit": 201},
        {"query": {"type": "object_type", "object_type": "lead"}, "_fields": "id,name"},
        {"query": {"type": "and", "queries": {}}},
    ],
)
def test_a_query_of_another_form_is_400(client, body):
    assert client("close")("POST", "/data/search/", body).status == 400


def test_the_rate_header_has_semicolons_and_commas_when_switched(client):
    ask = client("close")
    assert ask("GET", "/me/").headers["RateLimit"].startswith("limit=100; remaining=99; reset=")
    ask.box.set(comma_header=True)
    assert ask("GET", "/me/").headers["RateLimit"].startswith("limit=100, remaining=99, reset=")


def test_each_group_of_endpoints_has_a_limit_of_its_own(client):
    ask = client("close", windows={"close": [[1, 3599]]}, window_kind="sliding")
    assert [ask("GET", "/me/").status for _ in range(2)] == [200, 429]
    refused = ask("GET", "/me/")
    assert int(refused.headers["Retry-After"]) == 3599
    assert ask("GET", "/custom_field/lead/").status == 200
    ask.box.advance(3599)
    assert ask("GET", "/me/").status == 200
