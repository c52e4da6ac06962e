"""SuperOffice beside its written exchanges: logins, names, and a tenant over real sockets."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from enrichctl.errors import BadRecord, Declined, LoginRefused, Miss, Unconfirmed, UsageError
from enrichctl.matching import identity
from enrichctl.model import Query
from enrichctl.offer import Offer
from enrichctl.providers.superoffice import PERSON, SuperOffice
from enrichctl.providers.superoffice.replies import merged, settled_lines, values
from enrichctl.sandbox import Sandbox
from enrichctl.transport import Api, Payload, Runtime, Wire

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
    """A limiter that never waits, and books that agree to everything."""

    intents: list[Payload] = field(default_factory=list)

    def wait(self, group: str) -> None:
        del group

    def departed(self) -> None:
        pass

    def answered(self, took: float) -> None:
        """Take no note of round trips."""

    def got_through(self, group: str) -> None:
        """Take no note of who was answered."""

    def through(self, group: str) -> int:
        del group
        return 0

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
            limiter=free,
            explain=self.provider.explain,
            runtime=Runtime(pause=lambda _seconds: None),
            timeout=10,
            patience=0,
            ledger=free,
        )

    def whole(self, query: Query) -> Any:
        """Return the answer to a question; what is offered is taken."""
        found = self.provider.find(query, self.api())
        return found.take() if isinstance(found, Offer) else found

    def find(self, told: dict[str, str], **how: Any) -> dict[str, str]:
        query = Query(told, WANTS, **how)
        answer = self.whole(query)
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


def bare(box: Sandbox, place: int = 0) -> Any:
    """Return a company of which the tenant holds nothing yet."""
    held = box.vendors["superoffice"].entities.saved
    return [
        one
        for one in box.population.companies.values()
        if not any(held[one.superoffice_id][part] for part in ("Phones", "Emails", "Urls"))
        and not held[one.superoffice_id]["Address"]["Formatted"]
    ][place]


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


def test_without_save_the_free_preview_is_the_truth_and_nothing_billed_is_called(make_box):
    box = make_box(enrich_saves=True)
    company = bare(box)
    before = box.vendors["superoffice"].entities.load(company.superoffice_id)
    tenant = Tenant(box)
    assert tenant.find(by_id(company)) == truth(company)
    assert tenant.provider.price.most(tenant.provider.sold(Query({}, WANTS))) == 0
    assert not box.ledger
    for path in ("EnrichContactEntity", "SaveContactEntity"):
        assert not paths(box, path)
    assert box.vendors["superoffice"].entities.load(company.superoffice_id) == before


def test_a_website_is_never_bought(make_box):
    box = make_box()
    company = bare(box)
    tenant = Tenant(box)
    query = Query(by_id(company), ("website",), save=True)
    assert tenant.provider.sold(query) == ()
    with pytest.raises(Declined) as declined:
        tenant.whole(query)
    match = tenant.provider.read(declined.value.answer.body, query)
    assert match["website"].text == company.website
    assert not box.ledger
    saved = box.vendors["superoffice"].entities.load(company.superoffice_id)
    assert [one["Value"] for one in saved["Urls"]] == [company.website]


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


@pytest.mark.parametrize(
    "more",
    [
        {"country": "Sweden"},
        {"country_code": "SE"},
        {"country": "Norway", "superoffice.enrich_id": "4712"},
    ],
)
def test_companies_of_one_name_are_told_apart_by_all_that_the_row_says(more):
    rows = {"company_name": "Nordlys", "country": "Norway"}, {"company_name": "Nordlys"} | more
    one, other = (identity(SuperOffice.needs, row) for row in rows)
    assert one != other
    assert one == identity(SuperOffice.needs, {"company_name": "NORDLYS", "country": "Norge"})


def test_a_company_that_rows_name_in_two_ways_is_paid_for_once(make_box):
    box = make_box(latency=0.02)
    company, tenant = bare(box), Tenant(box)
    named = {"company_name": company.name, "country_code": company.country_code}

    def ask(told: dict[str, str]) -> str:
        try:
            tenant.find(told, save=True)
        except Declined as declined:
            match = tenant.provider.read(declined.answer.body, Query(told, WANTS))
            assert {name: value.text for name, value in match.items()} == truth(company)
            return "known"
        return "found"

    with ThreadPoolExecutor(3) as pool:
        rows = by_id(company), named, named | {"country": company.country}
        assert sorted(pool.map(ask, rows)) == ["found", "known", "known"]
    assert len(box.ledger) == 1


def test_a_company_whose_answer_was_lost_is_not_paid_for_again_for_another_row(make_box):
    box = make_box()
    box.fault("superoffice", "lost", path="EnrichContactEntity")
    company, tenant = bare(box), Tenant(box)
    named = {"company_name": company.name, "country_code": company.country_code}
    for told in (by_id(company), named):
        with pytest.raises(Unconfirmed):
            tenant.find(told, save=True)
    assert len(paths(box, "EnrichContactEntity")) == len(box.ledger) == 1


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
    other = bare(box, 1)
    assert tenant.find(by_id(other)) == truth(other)
    assert len(paths(box, "/api/state/")) == 2
    assert tenant.wire.base_url == box.url("superoffice")


def test_an_expired_token_is_renewed_once_for_all_threads(make_box):
    box = make_box(latency=0.05)
    tenant = Tenant(box)
    box.advance(3600)
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: tenant.provider.check(tenant.api()), range(8)))
    assert said == ["the login is good; SuperOffice shows no balance"] * 8
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
        Tenant(box).find(by_id(bare(box)), save=True)
    assert len(box.ledger) == charges


@pytest.mark.parametrize("path", ["ValidateContactEntity", "SaveContactEntity"])
@pytest.mark.parametrize("fault", ["null", "message", "login", "500"])
def test_what_could_not_be_saved_still_fills_the_file_and_says_so(make_box, fault, path):
    box = make_box()
    company = bare(box)
    box.fault("superoffice", fault, times=9, path=path)
    tenant = Tenant(box)
    query = Query(by_id(company), WANTS, save=True)
    answer = tenant.whole(query)
    match = tenant.provider.read(answer.body, query)
    assert {name: value.text for name, value in match.items()} == truth(company)
    (said,) = tenant.provider.remarks(answer.body, query)
    assert said.text.startswith("not saved in SuperOffice: ")
    assert (said.cause, said.redo) == ("not_saved", "finish")
    assert len(box.ledger) == 1


def test_what_was_bought_is_saved_later_for_all_rows_of_the_company_and_never_paid_again(make_box):
    box = make_box()
    company = bare(box)
    box.fault("superoffice", "null", times=1, path="SaveContactEntity")
    query = Query(by_id(company), WANTS, save=True)
    first = Tenant(box)
    body = first.whole(query).body
    later = Tenant(box)
    for _ in range(2):
        answer = later.provider.finish(body, query, later.api())
        assert not later.provider.remarks(answer.body, query)
    match = later.provider.read(answer.body, query)
    assert {name: value.text for name, value in match.items()} == truth(company)
    assert len(box.ledger) == len(paths(box, "EnrichContactEntity")) == 1
    assert len(paths(box, "SaveContactEntity")) == 1  # one for both rows
    held = box.vendors["superoffice"].entities.load(company.superoffice_id)
    assert values(held) == truth(company)


def test_an_address_without_a_street_is_the_postal_one():
    postal = {"Address1": "Postboks 12", "Address2": "Sentrum", "City": "Oslo", "Zipcode": "0101"}
    entity = {"ContactId": 1, "Address": {"Street": {"Address1": "", "City": ""}, "Postal": postal}}
    match = SuperOffice().read({"before": {}, "after": entity}, Query({}, WANTS))
    assert {name: value.text for name, value in match.items()} == {
        "address": "Postboks 12, Sentrum",
        "city": "Oslo",
        "postal_code": "0101",
    }


def test_a_street_with_a_town_alone_is_less_than_a_postal_address():
    postal = {"Address1": "Postboks 12", "City": "Oslo", "Zipcode": "0101"}
    entity = {"ContactId": 1, "Address": {"Street": {"City": "Bergen"}, "Postal": postal}}
    assert values(entity) == {"address": "Postboks 12", "city": "Oslo", "postal_code": "0101"}


OSLO = {"address": "Storgata 1", "city": "Oslo", "postal_code": "0155"}
BODO = {"address": "Sjøgata 4", "city": "Bodø"}


@pytest.mark.parametrize(
    ("held", "overwrite", "due"),
    [
        ({"city": "Oslo"}, (), {"city": "Oslo"}),
        ({"city": "BODØ"}, (), {"address": "Sjøgata 4", "city": "BODØ"}),
        (OSLO, ("address",), BODO),
        (OSLO, ("phone",), OSLO),
        (OSLO, ("address", "city"), BODO),
    ],
)
def test_of_two_addresses_no_third_is_made(held, overwrite, due):
    before, found = settled_lines(held, BODO, set(overwrite))
    assert before | found == due


def localized(**fields: str) -> dict[str, Any]:
    rows = [
        [{"Name": n, "Value": v, "AddressType": f"Contact{n[:6]}Address"}]
        for n, v in fields.items()
    ]
    return {"LocalizedAddress": rows, "Street": None, "Postal": None}


@pytest.mark.parametrize(
    ("address", "due"),
    [
        (localized(StreetAddress1="Storgata 1", StreetZipcode="0155", StreetCity="Oslo"), OSLO),
        (localized(PostalAddress1="Storgata 1", PostalZipcode="0155", PostalCity="Oslo"), OSLO),
        (localized(StreetCity="Oslo", PostalAddress1="Sjøgata 4", PostalCity="Bodø"), BODO),
        (localized(StreetAddress1="", StreetCity=""), {}),
        (
            {
                "LocalizedAddress": [
                    [{"Name": "City", "Value": "Oslo", "AddressType": "ContactStreetAddress"}]
                ]
            },
            {"city": "Oslo"},
        ),
        (
            {
                "LocalizedAddress": [
                    [{"Name": "City", "Value": "Oslo", "AddressType": "PersonPrivateAddress"}]
                ]
            },
            {},
        ),
        ({"LocalizedAddress": [None, "x", [None, {"Name": None}]]}, {}),
        ({"LocalizedAddress": None}, {}),
        (None, {}),
    ],
)
def test_localized_fields_are_an_address(address, due):
    assert values({"ContactId": 1, "Address": address}) == due


def street(**fields: str) -> dict[str, str]:
    return {"Address1": "", "Address2": "", "Address3": "", "City": "", "Zipcode": ""} | fields


OFFICE = street(Address1="Storgata 1", City="Oslo", Zipcode="0155")
BOX = street(Address1="Postboks 12", City="Oslo", Zipcode="0101")


@pytest.mark.parametrize(
    ("held", "overwrite", "due"),
    [
        ({"Street": street(), "Postal": street(City="Oslo")}, (),
         {"Street": OFFICE, "Postal": BOX}),
        ({"Street": street(), "Postal": street(City="Moss")}, (),
         {"Street": OFFICE, "Postal": street(City="Moss")}),
        ({"Street": street(City="Oslo"), "Postal": BOX}, (), {"Street": OFFICE, "Postal": BOX}),
        ({"Street": street(City="Moss", Address2="loft"), "Postal": BOX}, ("address",),
         {"Street": OFFICE, "Postal": BOX}),
        ({"Street": street(City="Moss"), "Postal": BOX}, ("phone",),
         {"Street": street(City="Moss"), "Postal": BOX}),
    ],
)  # fmt: skip
def test_street_and_postal_are_two_addresses_that_are_saved_each_by_itself(held, overwrite, due):
    found = {"ContactId": 1, "Address": {"Street": OFFICE, "Postal": BOX}}
    entity = merged({"ContactId": 1, "Address": held}, found, set(overwrite))
    kept = ("Address1", "Address2", "City", "Zipcode")
    for place in ("Street", "Postal"):
        assert {k: entity["Address"][place][k] for k in kept} == {k: due[place][k] for k in kept}


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
    person = Query({"full_name": "Kari Nordmann"}, WANTS)
    assert len({provider.variant(query) for query in (plain, save, over, person)}) == 4
    assert [provider.changes(query) for query in (plain, save, over)] == [False, True, False]


@pytest.mark.parametrize(
    ("told", "sure"),
    [
        ({"company_name": "X"}, False),
        ({"company_name": "X", "country": "Atlantis"}, False),
        ({"company_name": "X", "country": "Norway"}, True),
        ({"company_name": "X", "superoffice.enrich_id": "4712"}, True),
        ({"superoffice.contact_id": "1"}, True),
    ],
)
def test_a_company_found_by_nothing_but_its_name_is_doubted(told, sure):
    body = {"before": {}, "after": {"Name": "X"}, "enrich_id": "1", "unsure": False}
    said = SuperOffice().remarks(body, Query(told, WANTS))
    assert [remark.doubts for remark in said] == ([] if sure else [True])


@pytest.mark.parametrize(
    "of_a_person",
    [
        {"full_name": "Jo Berg"},
        {"job_title": "CFO"},
        {"mobile": "+4790000000"},
        {"email": "jo.berg@x.no"},
    ],
)
def test_of_a_person_the_mailbox_is_not_the_companys_and_the_switchboard_is_said_to_be(of_a_person):
    after = {"Name": "X", "DirectPhone": "+47 22 12 34 56", "EmailAddress": "post@x.no"}
    body = {"before": {}, "after": after, "enrich_id": "1"}
    company = {"superoffice.contact_id": "1"}
    provider = SuperOffice()
    query = Query(company | of_a_person, WANTS)
    match = provider.read(body, query)
    assert "email" not in match
    assert match["phone"].confidence == 0.5
    assert [remark.text for remark in provider.remarks(body, query)] == [
        "the phone is the company's, not the person's"
    ]
    of_company = provider.read(body, Query(company | {"email": "info@x.no"}, WANTS))
    assert of_company["email"].text == "post@x.no"
    assert of_company["phone"].confidence is None
    assert not provider.remarks(body, Query(company, WANTS))


def test_nothing_of_a_person_is_named_as_sent_or_is_sent(make_box):
    box = make_box()
    company = bare(box)
    person = {"full_name": "Jo Unheard", "job_title": "Unheard", "mobile": "+4790000000"}
    Tenant(box).find(by_id(company) | person)
    assert not any("Unheard" in f"{one.path} {one.body}" for one in box.requests)
    assert SuperOffice.never_sent == PERSON
