"""Close over the real transport: what is sent, in which order, and what is made of the replies."""

import json
import threading
from collections.abc import Iterator

import pytest
from close_talk import (
    BASE,
    CONTACT,
    FIELDS,
    INDUSTRY,
    KEY,
    LEAD,
    POSITION,
    REGION,
    TAGS,
    Books,
    Talk,
    api,
    empty_lead,
)
from mocked import Mock
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
from enrichctl.transport import Reply

WANTS = ("close.Industry",)
OVER = frozenset(WANTS)


@pytest.fixture
def talk() -> Iterator[Talk]:
    with Mock(registry=OrderedRegistry) as mock:
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


def test_every_wanted_field_is_looked_up_before_the_first_row(talk, by_lead):
    talk.discovery()
    talk.close.prepare(("close.Industry", f"close.{POSITION}"), api(talk.close, talk.books))
    assert talk.books.groups == ["read"] * 3
    talk.read("Software")
    with pytest.raises(Declined):
        talk.find(by_lead)
    assert talk.books.groups == ["read"] * 4  # the fields are not looked up again


@pytest.mark.parametrize(
    ("want", "said", "advice"),
    [
        ("close.Industy", "did you mean Industry", "Industry, Notes, Position, Sales Region, Tags"),
        ("close.cf_Gone", "no custom field 'cf_Gone'", "Industry, Notes, Position"),
        ("close.Twin", "several custom fields 'Twin'", "close.cf_Twin1, close.cf_Twin2"),
        ("close.Account Owner", "of the type user", "texts, choices, numbers and dates"),
    ],
)
def test_a_field_that_means_nothing_or_two_things_is_refused_when_preparing(
    talk, want, said, advice
):
    talk.discovery()
    with pytest.raises(UsageError, match=said) as error:
        talk.close.prepare(("close.Industry", want), api(talk.close, talk.books))
    assert advice in error.value.next
    assert talk.books.intents == []


def test_nothing_is_looked_up_where_nothing_is_wanted(talk):
    talk.close.prepare((), api(talk.close, talk.books))
    assert talk.books.groups == []


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
    with pytest.raises(BadRecord, match=r"2 (leads|contacts) in Close"):
        talk.find({"email": "jane@acme.com"}, want)


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
    talk.find(by_lead, overwrite=OVER)
    with pytest.raises(Declined) as declined:
        talk.find(by_lead | {"email": "jane@acme.com"}, overwrite=OVER)
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


@pytest.mark.parametrize("status", [400, 404])
def test_a_lead_that_is_gone_after_the_paid_call_leaves_it_unconfirmed(talk, by_lead, status):
    talk.discovery()
    talk.read()
    talk.enrich()
    path = f"/lead/{LEAD}/?_fields=id,custom.{INDUSTRY}"
    talk.on("GET", path, {"error": "Lead does not exist."}, status=status)
    talk.read()
    for told in (by_lead, by_lead | {"email": "jane@acme.com"}):
        with pytest.raises(Unconfirmed):
            talk.find(told)
    assert len(talk.books.intents) == 1


def test_a_request_that_is_only_accepted_proves_no_miss(talk, by_lead):
    talk.discovery()
    talk.read()
    talk.enrich(body="", status=202)
    talk.read()
    with pytest.raises(Unconfirmed, match="shows no value yet"):
        talk.find(by_lead)


def test_a_value_that_was_to_be_replaced_settles_no_lost_answer(talk, by_lead):
    talk.discovery()
    talk.read("Old")
    talk.enrich(over=True, body="<html>504</html>", status=504)
    talk.read("Old")
    for told in (by_lead, by_lead | {"email": "jane@acme.com"}):
        with pytest.raises(Unconfirmed):
            talk.find(told, overwrite=OVER)
    query = Query(by_lead, WANTS, overwrite=OVER)
    assert talk.close.recover(query, api(talk.close, talk.books)) is None
    assert len(talk.books.intents) == 1


def test_a_search_without_a_list_proves_nobody_missing(talk):
    talk.discovery()
    talk.mock.add("POST", f"{BASE}/data/search/", json={"data": None, "cursor": None})
    with pytest.raises(BadReply, match="without a list"):
        talk.find({"email": "jane@acme.com"})


def test_what_stays_unconfirmed_is_not_bought_for_another_row_either(talk, by_lead):
    talk.discovery()
    talk.read()
    talk.read()
    assert talk.close.recover(Query(by_lead, WANTS), api(talk.close, talk.books)) is None
    with pytest.raises(Unconfirmed):
        talk.find(by_lead | {"email": "jane@acme.com"})
    assert talk.books.intents == []


@pytest.mark.parametrize("reply", [{"json": {}}, {"json": {"error": "No"}, "status": 404}])
def test_a_discovery_that_fails_stops_the_lane_and_blames_no_record(talk, by_lead, reply):
    talk.on("GET", "/me/", **reply)
    with pytest.raises(BadReply):
        talk.find(by_lead)


def test_a_lost_answer_about_a_lead_that_is_gone_stays_unconfirmed(talk, by_lead):
    talk.discovery()
    talk.on(
        "GET", f"/lead/{LEAD}/?_fields=id,custom.{INDUSTRY}", {"error": "Not found"}, status=404
    )
    query = Query(by_lead, WANTS)
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


def test_fields_are_any_of_closes_own_but_never_its_ids():
    close = Close()
    names = ("close.Industry", "close.cf_x", "close.lead_id", "close.contact_id", "email")
    assert [close.can_find(name) for name in names] == [True, True, False, False, False]
    assert (close.finds, close.default_wants) == ((), ())


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


@pytest.mark.parametrize("fault", ["lost", "cut"])
def test_a_connection_lost_after_the_charge_is_settled_without_a_second_one(box, fault):
    close, books = Close(), Books()
    query = Query({"close.lead_id": empty_lead(box)}, WANTS)
    box.fault("close", fault, path="/enrich_field/")
    with pytest.raises(Unconfirmed):
        close.find(query, api(close, books, box.url("close")))
    fresh = Close()  # the next run
    answer = fresh.recover(query, api(fresh, books, box.url("close")))
    assert close.read(answer.body, query)["close.Industry"].text
    assert len(box.ledger) == len(books.intents) == 1


def test_workers_that_ask_for_one_lead_at_once_pay_once(box):
    close, books, ended = Close(), Books(), []
    query = Query({"close.lead_id": empty_lead(box)}, WANTS)
    box.set(latency=0.02)

    def ask() -> None:
        try:
            close.find(query, api(close, books, box.url("close")))
            ended.append("found")
        except Declined as declined:
            ended.append(declined.answer.body["value"] and "known")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["found", "known", "known", "known"]
    assert len(box.ledger) == 1
