from urllib.parse import quote, urlencode

import pytest
from sandbox_talk import Client, basic

AGENT = "/api/v1/Agents/Contact"
APP = {"SO-AppToken": "sandbox_secret"}


def company(box):
    return next(iter(box.population.companies.values()))


def entity_at(ask, path):
    """Return a company as REST shows it, without the links that it adds."""
    shown = ask("GET", path).json
    assert shown.pop("_Links")["Self"].endswith(path)
    return shown


def offers(ask, name, country):
    query = urlencode({"query": name, "additional": f"countryIso2={country.lower()}"})
    return ask("GET", f"/api/v1/MDOList/enrichcontact?{query}").json


def host(ask):
    """Speak to the host that stands apart from the tenant's."""
    state = ask.box.environ()["ENRICHCTL_SUPEROFFICE_STATE_URL"]
    return Client(ask.box, "superoffice", state)


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer 8A:Cust12345.other"}, 401),
        ({"Authorization": "SOTicket 7T:sandbox"}, 401),
        ({"Authorization": "SOTicket 7T:sandbox"} | APP, 200),
        ({"Authorization": basic("sandbox", "sandbox")}, 200),
        ({"Authorization": basic("sandbox", "")}, 401),
    ],
)
def test_a_token_a_ticket_with_the_apps_token_or_a_user_is_let_in(client, login, status):
    ask = client("superoffice")
    assert ask("GET", "/api/v1/Contact/1", login=login).status == status


def test_the_state_says_where_the_tenant_lives_and_elsewhere_is_421(client):
    ask = client("superoffice")
    state = host(ask)("GET", "/api/state/Cust12345", login={}).json
    assert (state["State"], state["IsRunning"]) == ("Running", True)
    assert state["Api"] == f"{ask.box.url('superoffice')}/api"
    old = Client(ask.box, "superoffice", ask.box.url("superoffice"))
    ask.box.set(tenant_node=4)
    moved = old("GET", "/api/v1/Contact/1")
    assert (moved.status, moved.text) == (421, "Wrong subdomain used to access tenant")
    assert ask("GET", "/api/v1/Contact/1").status == 200
    assert host(ask)("GET", "/api/state/Cust12345").json["Api"].endswith("/online4/Cust12345/api")
    assert host(ask)("GET", "/api/state/Cust99999").status == 404


def test_a_tenant_under_maintenance_is_503(client):
    ask = client("superoffice", tenant_state="OfflineMaintenance")
    assert ask("GET", "/api/v1/Contact/1").status == 503
    assert host(ask)("GET", "/api/state/Cust12345").json["IsRunning"] is False


def test_a_token_expires_and_is_renewed(client):
    ask = client("superoffice")
    ask.box.advance(3600)
    assert ask("GET", "/api/v1/Contact/1").status == 401
    renewal = {
        "grant_type": "refresh_token",
        "client_id": "sandbox_client",
        "client_secret": "sandbox_secret",
        "refresh_token": "sandbox_refresh",
    }
    path = "/login/common/oauth/tokens"
    fresh = host(ask)("POST", f"{path}?{urlencode(renewal)}", login={}).json
    assert fresh["expires_in"] == 3600
    login = {"Authorization": f"Bearer {fresh['access_token']}"}
    assert ask("GET", "/api/v1/Contact/1", login=login).status == 200
    wrong = renewal | {"refresh_token": "other"}
    assert host(ask)("POST", f"{path}?{urlencode(wrong)}").status == 400


def test_candidates_are_of_the_country_that_is_asked_for(client):
    ask = client("superoffice", home_country="SE")
    truth = company(ask.box)
    found = offers(ask, truth.name, truth.country_code)
    assert found[0]["Name"] == truth.name
    assert found[0]["Id"] == truth.superoffice_enrich_id
    assert len(found) > 1
    seen = ask("POST", f"{AGENT}/GetPreviewEnrichContact", {"EnrichId": str(found[0]["Id"])}).json
    assert (seen["Name"], seen["DirectPhone"]) == (truth.name, truth.phone)
    body = {"name": "enrichcontact", "searchValue": truth.name}
    at_home = ask("POST", "/api/v1/Agents/MDO/GetListWithRestriction", body).json
    assert [one["Id"] for one in at_home] == [one["Id"] for one in offers(ask, truth.name, "SE")]
    assert at_home[0]["Id"] != truth.superoffice_enrich_id
    assert offers(ask, truth.name, "BR") == []


def test_a_company_that_is_unknown_is_not_offered(client):
    ask = client("superoffice", miss_rate=1)
    truth = company(ask.box)
    found = offers(ask, truth.name, truth.country_code)
    assert truth.name not in [one["Name"] for one in found]


def test_the_enrich_id_may_be_in_another_item(client):
    ask = client("superoffice", enrich_id_in="ExtraInfo")
    truth = company(ask.box)
    found = offers(ask, truth.name, truth.country_code)[0]
    assert (found["Id"], found["ExtraInfo"]) == (1, str(truth.superoffice_enrich_id))


def test_enriching_changes_what_is_returned_and_only_saving_keeps_it(client):
    ask = client("superoffice")
    truth = company(ask.box)
    path = f"/api/v1/Contact/{truth.superoffice_id}"
    enrich_id = str(offers(ask, truth.name, truth.country_code)[0]["Id"])
    before = entity_at(ask, path)
    body = {"contactEntity": before, "enrichId": enrich_id}
    changed = ask("POST", f"{AGENT}/EnrichContactEntity", body).json
    assert changed["Address"]["Street"]["Address1"] == truth.address
    assert changed["Phones"][0]["StrippedValue"] == truth.phone
    assert changed["Emails"][0]["Value"] == truth.email
    assert changed["Urls"] == before["Urls"]  # "address, phone number, and email"
    assert entity_at(ask, path) == before
    assert ask("POST", f"{AGENT}/ValidateContactEntity", {"ContactEntity": changed}).json == {}
    assert ask("POST", f"{AGENT}/SaveContactEntity", changed).json == changed
    assert entity_at(ask, path) == changed
    assert [(one.what, one.who) for one in ask.box.ledger] == [
        ("enrich", str(truth.superoffice_id))
    ]


def test_enriching_may_save_when_switched(client):
    ask = client("superoffice", enrich_saves=True)
    truth = company(ask.box)
    path = f"/api/v1/Contact/{truth.superoffice_id}"
    enrich_id = str(offers(ask, truth.name, truth.country_code)[0]["Id"])
    body = {"ContactEntity": entity_at(ask, path), "EnrichId": enrich_id}
    changed = ask("POST", f"{AGENT}/EnrichContactEntity", body).json
    assert entity_at(ask, path) == changed


def test_saving_what_was_selected_loses_the_rest(client):
    ask = client("superoffice")
    entity = ask("POST", f"{AGENT}/GetContactEntity?contactEntityId=1&$select=contactId,name").json
    assert entity["Name"]
    assert entity["Country"] is None
    ask("POST", f"{AGENT}/SaveContactEntity", entity)
    assert ask("GET", "/api/v1/Contact/1").json["Country"] is None


def test_saving_stores_the_whole_entity_so_what_is_not_sent_is_gone(client):
    ask = client("superoffice")
    ask("POST", f"{AGENT}/SaveContactEntity", {"contactId": 1, "name": "Renamed"})
    entity = ask("GET", "/api/v1/Contact/1").json
    assert (entity["Name"], entity["Country"]) == ("Renamed", None)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("EnrichContactEntity", {"ContactEntity": None, "EnrichId": "non"}),
        ("EnrichContactEntity", {"ContactEntity": {"ContactId": 1}, "EnrichId": "non"}),
        ("GetPreviewEnrichContact", {"EnrichId": "12"}),
        ("GetContactEntity?contactEntityId=99999", None),
        ("SaveContactEntity", {"ContactId": 99999, "Name": "Nobody"}),
        ("NoSuchMethod", {}),
    ],
)
def test_an_agents_failure_is_200_with_null(client, path, body):
    answer = client("superoffice")("POST", f"{AGENT}/{path}", body)
    assert (answer.status, answer.text) == (200, "null")


@pytest.mark.parametrize("path", ["EnrichContactEntity", "SaveContactEntity"])
def test_an_agents_call_that_cannot_be_read_is_200_with_a_message(client, path):
    ask = client("superoffice")
    answer = ask("POST", f"{AGENT}/{path}", {"contactEntity": {}})
    assert (answer.status, sorted(answer.json)) == (200, ["Message", "MessageDetail"])


def test_a_get_on_an_agent_explains_and_invokes_nothing(client):
    answer = client("superoffice")("GET", f"{AGENT}/EnrichContactEntity")
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/plain")


def test_rest_says_404_with_the_type_of_the_error(client):
    answer = client("superoffice")("GET", "/api/v1/Contact/99999")
    assert (answer.status, answer.json["ErrorType"]) == (404, "SoNotFoundException")


def test_an_entity_without_a_name_cannot_be_saved(client):
    body = {"contactEntity": {"ContactId": 1}}
    answer = client("superoffice")("POST", f"{AGENT}/ValidateContactEntity", body)
    assert list(answer.json) == ["Name"]


def test_an_agent_validates_no_bare_entity(client):
    ask = client("superoffice")
    bare = ask("POST", f"{AGENT}/ValidateContactEntity", {"ContactId": 1, "Name": "Acme"})
    assert (bare.status, sorted(bare.json)) == (200, ["Message", "MessageDetail"])


def test_an_address_that_is_saved_in_one_form_is_shown_in_both(client):
    ask = client("superoffice")
    entity = ask("GET", "/api/v1/Contact/1").json
    address = entity["Address"]
    address["Postal"] = address["Postal"] | {"Address1": "Postboks 12", "City": "Oslo"}
    entity = ask("POST", f"{AGENT}/SaveContactEntity", entity).json
    named = {f["Name"]: f for row in entity["Address"]["LocalizedAddress"] for f in row}
    assert named["PostalCity"]["Value"] == "Oslo"
    assert named["PostalCity"]["AddressType"] == "ContactPostalAddress"
    for row in entity["Address"]["LocalizedAddress"]:
        for one in row:
            one["Value"] = "Bergen" if one["Name"] == "PostalCity" else one["Value"]
    saved = ask("POST", f"{AGENT}/SaveContactEntity", entity).json["Address"]["Postal"]
    assert (saved["Address1"], saved["City"]) == ("Postboks 12", "Bergen")


def test_a_preview_shows_its_address_as_localized_fields_alone(client):
    ask = client("superoffice")
    truth = company(ask.box)
    enrich_id = str(offers(ask, truth.name, truth.country_code)[0]["Id"])
    seen = ask("POST", f"{AGENT}/GetPreviewEnrichContact", {"EnrichId": enrich_id}).json
    assert seen["Address"]["Street"] is seen["Address"]["Postal"] is None
    named = {f["Name"]: f["Value"] for row in seen["Address"]["LocalizedAddress"] for f in row}
    assert named["StreetAddress1"] == truth.address
    lands = {one["Id"]: one["Name"] for one in ask("GET", "/api/v1/MDOList/country").json}
    assert lands[seen["CountryId"]] == truth.country


def find(ask, condition, more=""):
    return ask("GET", f"/api/v1/Contact?$filter={quote(condition)}{more}")


def test_a_company_is_found_by_its_name_in_the_columns_asked_for(client):
    ask = client("superoffice")
    truth = company(ask.box)
    rows = find(ask, f"name is '{truth.name}'", "&$select=contactId,name").json["value"]
    assert rows == [
        {
            "PrimaryKey": truth.superoffice_id,
            "EntityName": "contact",
            "contactId": truth.superoffice_id,
            "name": truth.name,
        }
    ]
    part = find(ask, f"name begins '{truth.name[:4]}' and country is '{truth.country}'").json
    assert truth.superoffice_id in [one["contactId"] for one in part["value"]]


def test_a_quote_in_a_filter_is_escaped_by_a_backslash(client):
    ask = client("superoffice")
    names = ["L'Oréal", "O'Hara Foods", "D'Angelo"]
    escaped = [name.replace("'", "\\'") for name in names]
    found = [find(ask, f"name is '{name}'") for name in escaped]
    rows = [row["name"] for one in found for row in one.json["value"]]
    assert rows
    assert set(rows) <= set(names)
    assert find(ask, "name is 'L''Oréal'").status == 400


def test_the_archive_gives_pages_with_a_link_to_the_next(client):
    ask = client("superoffice")
    first = ask("GET", "/api/v1/Contact?$top=100").json
    assert len(first["value"]) == 100
    path = first["odata.nextLink"].removeprefix(ask.box.url("superoffice"))
    second = ask("GET", path).json
    assert len(second["value"]) == 20
    assert second["odata.nextLink"] == ""
