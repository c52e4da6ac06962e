"""SuperOffice beside its written exchanges: logins, names, and a tenant over real sockets."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from enrichctl.errors import BadRecord, Declined, LoginRefused, Miss, Unconfirmed, UsageError
from enrichctl.model import Query
from enrichctl.providers.superoffice import SuperOffice
from enrichctl.sandbox import Sandbox
from enrichctl.transport import Api, Payload, Surroundings, Wire

WANTS = SuperOffice.default_wants


@dataclass
class Given:
    """Login items as the program finds them: defaults put in."""

    items: dict[str, str]
    base_url: str = ""

    def get(self, name: str) -> str:
        default = next(item.default for item in SuperOffice.login if item.name == name)
        return self.items.get(name, default)


@dataclass
class Free:
    """A gate that is always open, and books that agree to everything."""

    intents: list[Payload] = field(default_factory=list)

    def wait(self, group: str) -> None:
        del group

    def left(self) -> None:
        pass

    def took(self, seconds: float) -> None:
        del seconds

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        assert not keyed
        self.intents.append(payload)
        return payload


class Tenant:
    """A provider logged in at a sandbox, from its environment with some of it changed."""

    def __init__(self, box: Sandbox, **items: str) -> None:
        prefix = "ENRICHCTL_SUPEROFFICE_"
        found = {k.removeprefix(prefix).lower(): v for k, v in box.environ().items() if prefix in k}
        found |= items
        self.provider = SuperOffice()
        connection = self.provider.connect(Given(found, found.pop("base_url")))
        self.wire = Wire(connection.base_url, connection.auth)

    def api(self) -> Api:
        free: Any = Free()
        return Api(
            "SuperOffice",
            self.wire,
            gate=free,
            explain=self.provider.explain,
            surroundings=Surroundings(pause=lambda _seconds: None),
            timeout=10,
            patience=0,
            ledger=free,
        )

    def find(self, told: dict[str, str], **how: Any) -> dict[str, str]:
        query = Query(told, WANTS, **how)
        answer = self.provider.find(query, self.api())
        return {n: v.text for n, v in self.provider.read(answer.body, query).items()}


@pytest.fixture
def make_box() -> Iterator[Callable[..., Sandbox]]:
    boxes = []

    def start(**switches: Any) -> Sandbox:
        boxes.append(Sandbox(**({"miss_rate": 0, "hole_rate": 0} | switches)).__enter__())
        return boxes[-1]

    yield start
    for box in boxes:
        box.__exit__(None, None, None)


def bare(box: Sandbox) -> Any:
    """Return a company of which the tenant holds nothing yet."""
    held = box.vendors["superoffice"].entities.saved
    return next(
        one
        for one in box.population.companies.values()
        if not any(held[one.superoffice_id][part] for part in ("Phones", "Emails", "Urls"))
        and not held[one.superoffice_id]["Address"]["Formatted"]
    )


def by_id(company: Any) -> dict[str, str]:
    return {"superoffice.contact_id": str(company.superoffice_id)}


def truth(company: Any) -> dict[str, str]:
    return {
        "address": company.address,
        "city": company.city,
        "postal_code": company.postal_code,
        "phone": company.phone,
        "email": company.email,
        "website": company.website,
        "country": company.country,
        "country_code": company.country_code,
    }


def paths(box: Sandbox, path: str) -> list[str]:
    return [one.path for one in box.requests if path in one.path]


def test_an_enrichment_is_the_truth_is_charged_once_and_is_not_saved(make_box):
    box = make_box()
    company = bare(box)
    before = box.vendors["superoffice"].entities.load(company.superoffice_id)
    assert Tenant(box).find(by_id(company)) == truth(company)
    assert [one.what for one in box.ledger] == ["enrich"]
    assert not paths(box, "SaveContactEntity")
    assert box.vendors["superoffice"].entities.load(company.superoffice_id) == before


def test_with_save_the_tenant_holds_it_all_and_keeps_the_rest(make_box):
    box = make_box()
    company = bare(box)
    entities = box.vendors["superoffice"].entities
    before = dict(entities.load(company.superoffice_id))
    tenant = Tenant(box)
    assert tenant.find(by_id(company), save=True) == truth(company)
    after = entities.load(company.superoffice_id)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"Address", "Phones", "Emails", "Urls"}
    with pytest.raises(Declined) as declined:
        tenant.find(by_id(company))
    match = tenant.provider.read(declined.value.answer.body, Query({}, WANTS))
    assert {name: value.text for name, value in match.items()} == truth(company)
    assert len(box.ledger) == 1


def test_a_company_is_found_by_its_name_in_its_country(make_box):
    box = make_box()
    company = bare(box)
    told = {"company_name": company.name, "country_code": company.country_code}
    assert Tenant(box).find(told) == truth(company)


def test_a_company_without_a_candidate_is_a_miss_and_free(make_box):
    box = make_box(miss_rate=1)
    with pytest.raises(Miss):
        Tenant(box).find(by_id(bare(box)))
    assert not box.ledger


def test_the_extra_info_is_the_enrich_id_where_the_id_is_not(make_box):
    box = make_box(enrich_id_in="ExtraInfo")
    company = bare(box)
    assert Tenant(box).find(by_id(company)) == truth(company)


def test_the_tenant_is_found_on_the_first_call_and_again_when_it_moves(make_box):
    box = make_box()
    company = bare(box)
    tenant = Tenant(box, base_url="")
    assert not box.requests
    assert tenant.find(by_id(company)) == truth(company)
    assert len(paths(box, "/api/state/")) == 1
    box.set(tenant_node=7)
    assert tenant.find(by_id(company)) == truth(company)
    assert len(paths(box, "/api/state/")) == 2
    assert tenant.wire.base_url == box.url("superoffice")


def test_an_expired_token_is_renewed_once_for_all_threads(make_box):
    box = make_box(latency=0.05)
    tenant = Tenant(box)
    box.advance(3600)
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: tenant.provider.check(tenant.api()), range(8)))
    assert said == ["the login is good; SuperOffice tells no balance"] * 8
    assert len(paths(box, "/login/")) == 1


def test_a_token_that_cannot_be_renewed_is_refused(make_box):
    box = make_box()
    tenant = Tenant(box, refresh_token="")
    box.advance(3600)
    with pytest.raises(LoginRefused, match="HTTP 401"):
        tenant.provider.check(tenant.api())
    assert not paths(box, "/login/")


def test_a_renewed_token_serves_until_it_expires_in_turn(make_box):
    box = make_box()
    tenant = Tenant(box)
    for renewals in (1, 2):
        box.advance(3600)
        tenant.provider.check(tenant.api())
        tenant.provider.check(tenant.api())
        assert len(paths(box, "/login/")) == renewals


@pytest.mark.parametrize(
    "items",
    [
        {"auth": "soticket", "api_key": "7T:sandbox", "app_token": "sandbox_secret"},
        {"auth": "Basic", "api_key": "sandbox:sandbox"},
    ],
)
def test_a_ticket_and_a_user_are_let_in(make_box, items):
    tenant = Tenant(make_box(), **items)
    assert tenant.provider.check(tenant.api()).startswith("the login is good")


@pytest.mark.parametrize("items", [{"auth": "soticket", "app_token": "x"}, {"auth": "basic"}])
def test_what_is_no_token_is_not_renewed(make_box, items):
    box = make_box()
    tenant = Tenant(box, api_key="stale:login", **items)
    with pytest.raises(LoginRefused):
        tenant.provider.check(tenant.api())
    assert not paths(box, "/login/")


@pytest.mark.parametrize(
    ("fault", "error", "charges"), [("null", Unconfirmed, 1), ("message", BadRecord, 1)]
)
def test_an_enrichment_that_fails_with_200_is_no_success(make_box, fault, error, charges):
    box = make_box()
    box.fault("superoffice", fault, path="EnrichContactEntity")
    with pytest.raises(error):
        Tenant(box).find(by_id(bare(box)))
    assert len(box.ledger) == charges


@pytest.mark.parametrize("path", ["ValidateContactEntity", "SaveContactEntity"])
@pytest.mark.parametrize("fault", ["null", "message", "login", "500"])
def test_what_could_not_be_saved_still_fills_the_file_and_says_so(make_box, fault, path):
    box = make_box()
    company = bare(box)
    box.fault("superoffice", fault, times=9, path=path)
    tenant = Tenant(box)
    query = Query(by_id(company), WANTS, save=True)
    answer = tenant.provider.find(query, tenant.api())
    match = tenant.provider.read(answer.body, query)
    assert {name: value.text for name, value in match.items()} == truth(company)
    assert all("not saved in SuperOffice: " in value.source for value in match.values())
    assert len(box.ledger) == 1


def test_an_address_without_a_street_is_the_postal_one():
    postal = {"Address1": "Postboks 12", "Address2": "Sentrum", "City": "Oslo", "Zipcode": "0101"}
    entity = {"ContactId": 1, "Address": {"Street": {"Address1": "", "City": ""}, "Postal": postal}}
    match = SuperOffice().read({"before": {}, "after": entity}, Query({}, WANTS))
    assert {name: value.text for name, value in match.items()} == {
        "address": "Postboks 12, Sentrum",
        "city": "Oslo",
        "postal_code": "0101",
    }


def test_an_entry_is_shown_by_its_value_and_empty_entries_are_passed_over():
    phones = [
        {"Value": "", "StrippedValue": ""},
        None,
        {"Value": "22 00 00 00", "StrippedValue": "+4722000000"},
    ]
    body = {"before": {}, "after": {"Phones": phones, "Urls": [{"StrippedValue": "acme.example"}]}}
    match = SuperOffice().read(body, Query({}, WANTS))
    assert {name: value.text for name, value in match.items()} == {
        "phone": "22 00 00 00",
        "website": "acme.example",
    }


@pytest.mark.parametrize(
    "items",
    [
        {"api_key": "k"},
        {"api_key": "k", "tenant": "Cust12345", "auth": "cookie"},
        {"api_key": "k", "tenant": "Cust12345", "auth": "soticket"},
    ],
)
def test_a_login_that_cannot_work_is_refused_before_anything_is_sent(items):
    with pytest.raises(UsageError):
        SuperOffice().connect(Given(items))


def account(base_url: str = "", **items: str) -> str:
    return SuperOffice().connect(Given({"api_key": "8A:one"} | items, base_url)).account


def test_an_account_is_the_tenant_whatever_its_token_and_host():
    online = "https://online{}.superoffice.com/Cust12345"
    assert account(tenant="Cust12345") == "Cust12345"
    assert account(online.format(3)) == account(online.format(4), api_key="8A:two")
    assert account(online.format(3)) != account("https://online3.superoffice.com/Cust54321")


def test_two_users_of_an_onsite_installation_are_two_accounts():
    site = "https://crm.example/SuperOffice"
    one, again, other = (
        account(site, auth="basic", api_key=key) for key in ("jo:old", "jo:new", "kim:old")
    )
    assert one == again != other


def test_saving_and_overwriting_are_questions_of_their_own():
    provider = SuperOffice()
    plain, save = Query({}, WANTS), Query({}, WANTS, save=True)
    over = Query({}, WANTS, overwrite=frozenset({"phone"}))
    assert len({provider.variant(query) for query in (plain, save, over)}) == 3
    assert [provider.changes(query) for query in (plain, save, over)] == [False, True, False]
