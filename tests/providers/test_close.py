"""Close over the real transport: what is sent, in which order, and what is made of the replies."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from responses import matchers
from responses.registries import OrderedRegistry

from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    LoginRefused,
    Miss,
    OutOfCredits,
    Unconfirmed,
    UsageError,
)
from enrichctl.model import Query, Throttled, Value
from enrichctl.providers.close import Close
from enrichctl.sandbox import Sandbox
from enrichctl.transport import Api, Payload, Reply, Surroundings, Wire

BASE = "https://close.test/api/v1"
KEY = "api_made:up"
LEAD, CONTACT = "lead_Acme", "cont_Jane"
INDUSTRY, TAGS, REGION, POSITION = "cf_Industry", "cf_Tags", "cf_Region", "cf_Position"
FIELDS = {
    "lead": [
        {"id": INDUSTRY, "name": "Industry", "type": "choices"},
        {"id": TAGS, "name": "Tags", "type": "choices", "accepts_multiple_values": True},
        {"id": REGION, "name": "Sales Region", "type": "text"},
        {"id": "cf_Notes", "name": "Notes", "type": "text", "editable_with_roles": ["role_a"]},
        {"id": "cf_Twin1", "name": "Twin", "type": "text"},
        {"id": "cf_Twin2", "name": "twin", "type": "text"},
    ],
    "contact": [
        {"id": POSITION, "name": "Position", "type": "text"},
        {"id": REGION, "name": "Sales Region", "type": "text"},
    ],
}


class Key:
    base_url = BASE

    def get(self, name: str) -> str:
        return {"api_key": KEY}[name]


class Books:
    """A ledger and a gate that only take note."""

    def __init__(self) -> None:
        self.intents: list[Payload] = []
        self.groups: list[str] = []
        self.holds: list[tuple[float, str]] = []

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        assert not keyed
        self.intents.append(payload)
        return payload

    def wait(self, group: str) -> None:
        self.groups.append(group)

    def hold(self, refusal: Throttled, seconds: float, group: str) -> None:
        del refusal
        self.holds.append((seconds, group))


def api(close: Close, books: Books, base: str = "", timeout: float = 5) -> Api:
    connection = close.connect(Key())
    return Api(
        close.title,
        Wire(base or connection.base_url, connection.auth),
        gate=books,
        explain=close.explain,
        surroundings=Surroundings(pause=lambda seconds: None, chance=lambda: 0.0),
        timeout=timeout,
        patience=close.patience,
        ledger=books,
    )


class Talk:
    """Requests that must come, in this order, and what they are answered."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock
        self.close = Close()
        self.books = Books()

    def on(self, method: str, path: str, reply: Any = None, sent: Any = None, **more: Any) -> None:
        path, _, query = path.partition("?")
        params = dict(pair.split("=") for pair in query.split("&")) if query else {}
        login = base64.b64encode(f"{KEY}:".encode()).decode()
        match = [
            matchers.query_param_matcher(params),
            matchers.header_matcher({"Authorization": f"Basic {login}"}),
        ]
        if method == "POST":
            match.append(matchers.json_params_matcher(sent))
        body = more if "body" in more else {"json": reply} | more
        self.mock.add(method, BASE + path, match=match, **body)

    def discovery(self) -> "Talk":
        self.on("GET", "/me/", {"id": "user_1", "organizations": [{"id": "orga_1"}]})
        for kind, fields in FIELDS.items():
            self.on("GET", f"/custom_field_schema/{kind}/", {"fields": fields})
        return self

    def read(self, value: Any = None, field: str = INDUSTRY, on: str = LEAD) -> None:
        kind, every = ("lead", "") if on.startswith("lead") else ("contact", "custom,")
        custom = {} if value is None else {f"custom.{field}": value}
        self.on("GET", f"/{kind}/{on}/?_fields=id,{every}custom.{field}", {"id": on} | custom)

    def enrich(self, field: str = INDUSTRY, on: str = LEAD, **more: Any) -> None:
        save, over = more.pop("save", True), more.pop("over", False)
        sent = {
            "organization_id": "orga_1",
            "object_type": "lead" if on.startswith("lead") else "contact",
            "object_id": on,
            "field_id": field,
            "set_new_value": save,
            "overwrite_existing_value": over,
        }
        reply = more if more else {"reply": {}}
        self.on("POST", "/enrich_field/", sent=sent, **reply)

    def search(self, email: str, *contacts: Any, cursor: str | None = None, at: str = "") -> None:
        condition = {"type": "text", "mode": "full_words", "value": email}
        address = {
            "type": "regular_field",
            "object_type": "contact_email",
            "field_name": "email",
        }
        related = {"type": "field_condition", "field": address, "condition": condition}
        has = {
            "type": "has_related",
            "this_object_type": "contact",
            "related_object_type": "contact_email",
            "related_query": related,
        }
        kind = {"type": "object_type", "object_type": "contact"}
        sent = {
            "query": {"type": "and", "queries": [kind, has]},
            "_fields": {"contact": ["id", "lead_id", "emails"]},
            "_limit": 100,
        } | ({"cursor": at} if at else {})
        found = [
            {"__object_type": "contact", "id": i, "lead_id": lead, "emails": [{"email": e}]}
            for i, lead, e in contacts
        ]
        self.on("POST", "/data/search/", {"data": found, "cursor": cursor}, sent)

    def find(self, told: dict[str, str], want: str = "close.Industry", **more: Any) -> Any:
        query = Query(told, (want,), **more)
        answer = self.close.find(query, api(self.close, self.books))
        return self.close.read(answer.body, query)


@pytest.fixture
def talk() -> Iterator[Talk]:
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        yield Talk(mock)


@pytest.fixture
def by_lead() -> dict[str, str]:
    return {"close.lead_id": LEAD}


def test_a_field_is_read_enriched_once_and_read_again(talk, by_lead):
    talk.discovery()
    talk.read()
    talk.enrich()
    talk.read("Software")
    assert talk.find(by_lead) == {"close.Industry": Value("Software")}
    assert [p.path for p in talk.books.intents] == ["/enrich_field/"]
    assert talk.books.groups == ["read"] * 4 + ["enrich_field", "read"]


@pytest.mark.parametrize("want", ["close.industry", "close.INDUSTRY", f"close.{INDUSTRY}"])
def test_a_field_is_wanted_by_name_in_any_case_or_by_id(talk, by_lead, want):
    talk.discovery()
    talk.read("Software")
    with pytest.raises(Declined) as declined:
        talk.find(by_lead, want)
    query = Query(by_lead, (want,))
    assert talk.close.read(declined.value.answer.body, query) == {want: Value("Software")}
    assert talk.books.intents == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [(["A", "B"], "A, B"), (120, "120"), (0, "0"), (2.5, "2.5"), ("2014-06-12", "2014-06-12")],
)
def test_values_of_every_type_become_text(talk, by_lead, value, shown):
    talk.discovery()
    talk.read(field=TAGS)
    talk.enrich(TAGS)
    talk.read(value, TAGS)
    assert talk.find(by_lead, "close.Tags") == {"close.Tags": Value(shown)}


def test_a_field_that_is_still_empty_afterwards_is_a_miss_that_was_paid(talk, by_lead):
    talk.discovery()
    talk.read()
    talk.enrich()
    talk.read()
    asked = api(talk.close, talk.books)
    with pytest.raises(Miss):
        talk.close.find(Query(by_lead, ("close.Industry",)), asked)
    assert asked.paid


def test_overwrite_asks_although_there_is_a_value(talk, by_lead):
    talk.discovery()
    talk.read("Old")
    talk.enrich(over=True)
    talk.read("New")
    found = talk.find(by_lead, overwrite=frozenset({"close.Industry"}))
    assert found == {"close.Industry": Value("New")}


@pytest.mark.parametrize("key", [f"custom.{INDUSTRY}", INDUSTRY, "value"])
def test_without_saving_the_value_is_taken_from_the_reply(talk, by_lead, key):
    talk.discovery()
    talk.read()
    talk.enrich(save=False, reply={key: "Software"})
    assert talk.find(by_lead, save=False) == {"close.Industry": Value("Software")}


def test_without_saving_and_without_a_value_in_the_reply_it_is_a_miss_that_says_so(talk, by_lead):
    talk.discovery()
    talk.read()
    talk.enrich(save=False, body="")
    with pytest.raises(Miss, match="unless it may save it"):
        talk.find(by_lead, save=False)


def test_the_organisation_is_the_one_that_owns_the_field(talk, by_lead):
    mine = [{"id": "orga_0"}, {"id": "orga_1"}]
    talk.on("GET", "/me/", {"id": "user_1", "organizations": mine})
    owned = FIELDS["lead"][0] | {"organization_id": "orga_1"}
    talk.on("GET", "/custom_field_schema/lead/", {"fields": [owned]})
    talk.on("GET", "/custom_field_schema/contact/", {"fields": []})
    talk.read()
    talk.enrich()
    talk.read("Software")
    assert talk.find(by_lead)


def test_an_unknown_field_ends_the_run_before_anything_is_billed(talk, by_lead):
    talk.discovery()
    with pytest.raises(UsageError, match="did you mean Industry") as error:
        talk.find(by_lead, "close.Industri")
    assert "Position" in error.value.next


def test_two_fields_of_one_name_must_be_told_apart_by_id(talk, by_lead):
    talk.discovery()
    with pytest.raises(UsageError) as error:
        talk.find(by_lead, "close.Twin")
    assert "close.cf_Twin1, close.cf_Twin2" in error.value.next


@pytest.mark.parametrize(
    ("told", "on"),
    [
        ({"close.lead_id": LEAD}, LEAD),
        ({"close.contact_id": CONTACT}, CONTACT),
        ({"close.lead_id": LEAD, "close.contact_id": CONTACT}, CONTACT),
    ],
)
def test_a_shared_field_is_filled_where_the_row_points(talk, told, on):
    talk.discovery()
    talk.read("EMEA", REGION, on)
    with pytest.raises(Declined):
        talk.find(told, "close.Sales Region")


def test_a_lead_field_of_a_contact_is_that_of_its_lead(talk):
    talk.discovery()
    lead = {"id": CONTACT, "lead_id": LEAD}
    talk.on("GET", f"/contact/{CONTACT}/?_fields=id,lead_id", lead)
    talk.read("Software")
    with pytest.raises(Declined):
        talk.find({"close.contact_id": CONTACT})


def test_a_contact_field_of_a_lead_with_one_contact_is_that_contacts(talk, by_lead):
    talk.discovery()
    contacts = {"id": LEAD, "contacts": [{"id": CONTACT, "lead_id": LEAD}]}
    talk.on("GET", f"/lead/{LEAD}/?_fields=id,contacts", contacts)
    talk.read("CEO", POSITION, CONTACT)
    with pytest.raises(Declined):
        talk.find(by_lead, "close.Position")


@pytest.mark.parametrize(("ids", "count"), [((), "no"), (("cont_A", "cont_B"), "2")])
def test_a_contact_field_of_a_lead_with_other_than_one_contact_is_refused(
    talk, by_lead, ids, count
):
    talk.discovery()
    contacts = {"id": LEAD, "contacts": [{"id": i} for i in ids]}
    talk.on("GET", f"/lead/{LEAD}/?_fields=id,contacts", contacts)
    with pytest.raises(BadRecord, match=f"{count} contacts in Close fit"):
        talk.find(by_lead, "close.Position")


def test_the_contact_of_a_lead_is_chosen_by_e_mail(talk):
    talk.discovery()
    contacts = [
        {"id": "cont_A", "emails": [{"email": "a@acme.com"}]},
        {"id": CONTACT, "emails": [{"email": "x@acme.com"}, {"email": "Jane@Acme.com"}]},
    ]
    shown = {"id": LEAD, "contacts": contacts}
    talk.on("GET", f"/lead/{LEAD}/?_fields=id,contacts", shown)
    talk.read("CEO", POSITION, CONTACT)
    with pytest.raises(Declined):
        talk.find({"close.lead_id": LEAD, "email": "jane@acme.com"}, "close.Position")


def test_the_cursor_is_drained_and_e_mails_are_compared_exactly_before_enriching(talk):
    near = ("cont_X", "lead_X", "jane@acme.com.au")
    talk.discovery()
    talk.search("jane@acme.com", near, cursor="two")
    talk.search("jane@acme.com", (CONTACT, LEAD, "JANE@acme.com"), cursor="three", at="two")
    talk.search("jane@acme.com", near, at="three")
    talk.read()
    talk.enrich()
    talk.read("Software")
    assert talk.find({"email": "jane@acme.com"})
    assert talk.books.groups.count("search") == 3


@pytest.mark.parametrize("want", ["close.Industry", "close.Position"])
def test_an_e_mail_of_several_contacts_is_reported_and_not_guessed(talk, want):
    talk.discovery()
    found = [(f"cont_{n}", f"lead_{n}", "jane@acme.com") for n in (1, 2)]
    talk.search("jane@acme.com", found[0], cursor="two")
    talk.search("jane@acme.com", found[1], at="two")
    with pytest.raises(BadRecord, match="2 (leads|contacts) in Close"):
        talk.find({"email": "jane@acme.com"}, want)


def test_several_contacts_of_one_lead_still_name_the_lead(talk):
    talk.discovery()
    talk.search("j@acme.com", *[(f"cont_{n}", LEAD, "j@acme.com") for n in (1, 2)])
    talk.read("Software")
    with pytest.raises(Declined):
        talk.find({"email": "j@acme.com"})


def test_an_e_mail_that_only_resembles_others_is_a_miss(talk):
    talk.discovery()
    talk.search("jane@acme.com", (CONTACT, LEAD, "jane@acme.com.au"))
    with pytest.raises(Miss):
        talk.find({"email": "jane@acme.com"})
    assert talk.books.intents == []


@pytest.mark.parametrize("told", [{"close.lead_id": CONTACT}, {"close.lead_id": "lead_../me"}])
def test_a_malformed_id_is_refused_without_a_call(talk, told):
    talk.discovery()
    with pytest.raises(BadRecord, match="begins with lead_"):
        talk.find(told)


def test_rows_of_one_lead_buy_its_field_once(talk, by_lead):
    talk.discovery()
    talk.read("Old")
    talk.enrich(over=True)
    talk.read("New")
    over = frozenset({"close.Industry"})
    talk.find(by_lead, overwrite=over)
    with pytest.raises(Declined) as declined:
        talk.find(by_lead | {"email": "jane@acme.com"}, overwrite=over)
    assert declined.value.answer.body["value"] == "New"
    assert len(talk.books.intents) == 1


def test_rows_of_one_lead_pay_for_one_miss(talk, by_lead):
    talk.discovery()
    talk.read()
    talk.enrich()
    talk.read()
    for told in (by_lead, by_lead | {"email": "jane@acme.com"}):
        with pytest.raises(Miss):
            talk.find(told)
    assert len(talk.books.intents) == 1


def test_an_answer_lost_to_a_gateway_is_not_asked_for_again(talk, by_lead):
    talk.discovery()
    talk.read()
    talk.enrich(body="<html>502</html>", status=502)
    talk.read()
    for told in (by_lead, by_lead | {"email": "jane@acme.com"}):
        with pytest.raises(Unconfirmed):
            talk.find(told)
    assert len(talk.books.intents) == 1


@pytest.mark.parametrize("status", [408, 500, 503, 504])
def test_a_time_out_of_the_paid_call_leaves_it_unconfirmed(talk, by_lead, status):
    talk.discovery()
    talk.read()
    talk.enrich(body="timed out", status=status)
    with pytest.raises(Unconfirmed):
        talk.find(by_lead)


def test_a_reading_that_fails_after_the_paid_call_leaves_it_unconfirmed(talk, by_lead):
    talk.discovery()
    talk.read()
    talk.enrich()
    talk.on("GET", f"/lead/{LEAD}/?_fields=id,custom.{INDUSTRY}", {"unexpected": True})
    with pytest.raises(Unconfirmed):
        talk.find(by_lead)


@pytest.mark.parametrize("value", ["Software", None])
def test_a_lost_answer_is_settled_by_reading_alone(talk, by_lead, value):
    talk.discovery()
    talk.read(value)
    query = Query(by_lead, ("close.Industry",))
    answer = talk.close.recover(query, api(talk.close, talk.books))
    assert (answer and answer.body["value"]) == value
    assert talk.books.intents == []


def test_a_lost_answer_about_a_lead_that_is_gone_stays_unconfirmed(talk, by_lead):
    talk.discovery()
    talk.on(
        "GET", f"/lead/{LEAD}/?_fields=id,custom.{INDUSTRY}", {"error": "Not found"}, status=404
    )
    query = Query(by_lead, ("close.Industry",))
    assert talk.close.recover(query, api(talk.close, talk.books)) is None


def test_a_field_that_the_users_role_may_not_change_reaches_only_its_records(talk, by_lead):
    talk.discovery()
    talk.read(field="cf_Notes")
    talk.enrich("cf_Notes", body="Forbidden", status=403)
    with pytest.raises(BadRecord, match="roles"):
        talk.find(by_lead, "close.Notes")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"RateLimit": "limit=100, remaining=0, reset=0.85", "Retry-After": "1"}, 0.85),
        ({"RateLimit": "limit=160; remaining=3; reset=8", "Retry-After": "9"}, 8.0),
        ({"RateLimit": "limit=160; remaining=0; reset=0", "Retry-After": "2"}, 2.0),
        ({"Retry-After": "3"}, 3.0),
        ({"RateLimit-Limit": "60", "RateLimit-Remaining": "0", "RateLimit-Reset": "4.5"}, 4.5),
    ],
)
def test_a_refusal_holds_its_group_for_as_long_as_its_headers_say(talk, by_lead, headers, seconds):
    talk.discovery()
    talk.read()
    talk.enrich(json={"error": {"message": "exceeded"}}, status=429, headers=headers)
    talk.enrich()
    talk.read("Software")
    assert talk.find(by_lead)
    assert talk.books.holds == [(seconds, "enrich_field")]


@pytest.mark.parametrize(
    "body",
    [
        {"error": "Jane is wrong"},
        {"error": {"message": "Jane is wrong"}},
        {"errors": [], "field-errors": {"lead_id": "Jane is wrong"}},
        {"errors": ["Jane is wrong"], "field-errors": {"jane@acme.com": {"emails": ["Jane"]}}},
        {"field-errors": ["Jane"]},
        ["Jane"],
        None,
        "Jane",
        "<html>Jane</html>",
    ],
)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRecord),
        (401, LoginRefused),
        (402, OutOfCredits),
        (403, LoginRefused),
        (404, (BadRecord, BadReply)),
        (429, Throttled),
    ],
)
def test_every_form_of_error_body_is_understood_and_never_quoted(status, kind, body):
    data = body if isinstance(body, str) else json.dumps(body)
    error = Close().explain(Reply(status, {}, data.encode()))
    assert isinstance(error, kind)
    assert "jane" not in str(error).lower()


def test_a_page_where_json_is_due_on_404_means_a_wrong_base_url():
    assert isinstance(Close().explain(Reply(404, {}, b" <html></html>")), BadReply)


def test_the_parts_of_a_request_that_close_faults_are_named():
    body = b'{"errors": [], "field-errors": {"field_id": "Invalid."}}'
    assert "field_id" in str(Close().explain(Reply(400, {}, body)))


def test_a_login_is_proven_by_reading_oneself(talk):
    talk.on("GET", "/me/", {"id": "user_1", "organizations": []})
    assert "good" in talk.close.check(api(talk.close, talk.books))


def test_a_refused_login_is_told(talk):
    talk.on("GET", "/me/", {"error": "The API key is invalid."}, status=401)
    with pytest.raises(LoginRefused):
        talk.close.check(api(talk.close, talk.books))


def test_fields_are_any_of_closes_own_but_never_its_ids():
    close = Close()
    names = ("close.Industry", "close.cf_x", "close.lead_id", "close.contact_id", "email")
    assert [close.can_find(name) for name in names] == [True, True, False, False, False]
    assert (close.finds, close.default_wants) == ((), ())


def test_the_account_is_a_fingerprint_that_hides_the_key():
    account = Close().connect(Key()).account
    assert KEY not in account
    assert account == Close().connect(Key()).account


def test_saving_and_overwriting_make_other_questions():
    close, told, wants = Close(), {"close.lead_id": LEAD}, ("close.Industry",)
    plain, unsaved = Query(told, wants), Query(told, wants, save=False)
    over = Query(told, wants, frozenset(wants))
    assert len({close.variant(q) for q in (plain, unsaved, over)}) == 3
    assert [close.changes(q) for q in (plain, unsaved, over)] == [True, False, True]


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(miss_rate=0, hole_rate=0, keys={"close": KEY}) as sandbox:
        yield sandbox


def empty_lead(box: Sandbox) -> str:
    leads = box.vendors["close"].records.leads
    return next(i for i, one in leads.items() if f"custom.{industry(box)}" not in one)


def industry(box: Sandbox) -> str:
    fields = box.vendors["close"].records.leads
    return next(k for one in fields.values() for k in one if "LeadIndustry" in k).partition(".")[2]


@pytest.mark.parametrize("fault", ["lost", "cut_head"])
def test_a_connection_lost_after_the_charge_is_settled_without_a_second_one(box, fault):
    close, books = Close(), Books()
    query = Query({"close.lead_id": empty_lead(box)}, ("close.Industry",))
    box.fault("close", fault, path="/enrich_field/")
    with pytest.raises(Unconfirmed):
        close.find(query, api(close, books, box.url("close")))
    fresh = Close()  # the next run
    answer = fresh.recover(query, api(fresh, books, box.url("close")))
    assert close.read(answer.body, query)["close.Industry"].text
    assert len(box.ledger) == len(books.intents) == 1


def test_workers_that_ask_for_one_lead_at_once_pay_once(box):
    close, books, ended = Close(), Books(), []
    query = Query({"close.lead_id": empty_lead(box)}, ("close.Industry",))
    box.set(latency=0.02)

    def ask(find: Callable[..., Any]) -> None:
        try:
            find(query, api(close, books, box.url("close")))
            ended.append("found")
        except Declined as declined:
            ended.append(declined.answer.body["value"] and "known")

    threads = [threading.Thread(target=ask, args=(close.find,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["found", "known", "known", "known"]
    assert len(box.ledger) == 1
