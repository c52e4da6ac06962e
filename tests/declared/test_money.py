"""What definitions ask and book, each way to ask, with the money rules of built-in providers."""

import json
from decimal import Decimal

import pytest
from definitions import acme

from enrichctl.conformance import run
from enrichctl.model import Query, Rate

LOGIN = {"api_key": "made-up-key"}
ADA = {"told": {"email": "ada@acme.example"}, "wants": ["job_title"]}
BOB = {"told": {"email": "bob@acme.example"}, "wants": ["job_title"]}
ASK = {"method": "POST", "path": "/lookup", "json": {"mail": "ada@acme.example"}, "billed": True}
CTO = {"job_title": "CTO"}
FOUND = {"json": {"person": {"title": "CTO"}}}
BATCH = """
[request.batch]
max = 3
items = "people"
"""
BOTH = ASK | {"json": {"people": [{"mail": "ada@acme.example"}, {"mail": "bob@acme.example"}]}}
POLL = '[poll]\nticket = "id"\npath = "/jobs/{ticket}"\nevery = 5\ndone = "done"\n'
GET = {"method": "GET", "path": "/jobs/j7"}
MATCHED = {"outcome": "matched", "values": CTO}


@pytest.fixture
def complaints(tmp_path):
    """Play one case and return what is wrong with it."""

    def play(*changes, more="", ask=ADA, exchanges=(), then=None, key_header="", **case):
        asked = {"queries": ask} if isinstance(ask, list) else {"query": ask}
        held = {"name": "the case", "exchanges": exchanges, "then": then or {}} | asked | case
        made = {"provider": "acme", "login": LOGIN, "cases": [held], "key_header": key_header}
        path = tmp_path / "exchanges.json"
        path.write_text(json.dumps(made | {"headers": {"X-Api-Key": "made-up-key"}}))
        verdicts = run(lambda: acme(*changes, more=more), path)
        return next(one.complaints for one in verdicts if one.name == "the case")

    return play


def test_a_flat_price_is_booked_for_a_match(complaints):
    then = MATCHED | {"cost": "2"}
    assert complaints(exchanges=[{"request": ASK, "reply": FOUND}], then=then) == ()


def test_what_is_not_found_costs_nothing_where_each_field_has_its_price(complaints):
    price = ("price = 2", "price = {phone = 10, job_title = 1}")
    both = ADA | {"wants": ["job_title", "phone"]}
    exchanges = [{"request": ASK, "reply": FOUND}]
    then = MATCHED | {"cost": "1"}
    assert complaints(price, ask=both, exchanges=exchanges, then=then) == ()
    none = [{"request": ASK, "reply": {"json": {"person": {}}}}]
    assert complaints(price, exchanges=none, then={"outcome": "missed", "cost": "0"}) == ()


@pytest.mark.parametrize(
    ("request_names", "reserved", "booked"),
    [
        ('json = {mail = "{email}"}', "11", "11"),  # the vendor sells what it finds
        ('json = {mail = "{email}", phone = "{wants.phone}"}', "1", "1"),
        ('asks = {phone = "tel"}\njson = {mail = "{email}", only = "{asks}"}', "1", "1"),
    ],
)
def test_what_a_request_cannot_leave_out_is_charged_though_nobody_wants_it(
    request_names, reserved, booked
):
    made = acme(
        ("price = 2", "price = {phone = 10, job_title = 1}"),
        ('json = {mail = "{email}", name', request_names + "\nquery = {name"),
    )
    assert made.price.most(["job_title"]) == Decimal(reserved)
    assert made.price.of_match(["job_title"], ["job_title", "phone"]) == Decimal(booked)
    assert made.price.of_match(["job_title"], ["job_title"]) == 1


def test_an_answer_that_nothing_explains_is_charged(complaints):
    exchanges = [{"request": ASK, "reply": {"json": {"people": []}}}]
    assert complaints(exchanges=exchanges, then={"outcome": "matched", "cost": "2"}) == ()


@pytest.mark.parametrize("reply", [{"status": 404, "json": {}}, {"json": {"person": None}}])
def test_a_miss_is_charged_where_every_call_is(complaints, reply):
    call = ('"match"', '"call"'), ("[404]", "[404, {when = 'person == `null`'}]")
    then = {"outcome": "missed", "cost": "2"}
    assert complaints(*call, exchanges=[{"request": ASK, "reply": reply}], then=then) == ()
    free = complaints(call[1], exchanges=[{"request": ASK, "reply": reply}], then=then)
    assert free == ("cost: 2 was due, not 0",)


@pytest.mark.parametrize("reply", ["lost", "cut", {"status": 500, "json": {}}, {"text": "{"}])
def test_an_answer_that_cannot_be_trusted_is_never_asked_for_again(complaints, reply):
    rule = ("[404]", "[404, {when = '!person'}]")
    then = {"outcome": "unconfirmed", "cost": "2"}
    assert complaints(rule, exchanges=[{"request": ASK, "reply": reply}], then=then) == ()


@pytest.mark.parametrize("more", ["", BATCH])
def test_with_a_key_it_is_asked_for_again_under_the_same_one(complaints, more):
    key = ("billed", 'idempotency = "Once"\nbilled')
    request = ASK | ({"json": {"people": [ASK["json"]]}} if more else {})
    found = {"json": [FOUND["json"]]} if more else FOUND
    exchanges = [{"request": request, "reply": "lost"}, {"again": True, "reply": found}]
    assert complaints(key, more=more, key_header="Once", exchanges=exchanges, then=MATCHED) == ()


@pytest.mark.parametrize(
    ("where", "reply"),
    [
        ('"used"', {"json": FOUND["json"] | {"used": "0.5", "left": 7}}),
        (
            '{header = "X-Used"}',
            {"json": FOUND["json"] | {"left": 7}, "headers": {"X-Used": "0.5"}},
        ),
    ],
)
def test_what_a_reply_says_it_cost_goes_before_the_price(complaints, where, reply):
    told = ("billed", f'cost = {where}\nremaining = "left"\nbilled')
    then = MATCHED | {"credits": "0.5", "balance": "7", "cost": "0.5"}
    assert complaints(told, exchanges=[{"request": ASK, "reply": reply}], then=then) == ()


@pytest.mark.parametrize("used", ["-2", -1, "none", None, True])
def test_what_no_call_can_cost_is_not_booked(complaints, used):
    told = ("billed", 'cost = "used"\nbilled')
    exchanges = [{"request": ASK, "reply": {"json": FOUND["json"] | {"used": used}}}]
    assert complaints(told, exchanges=exchanges, then=MATCHED | {"cost": "2"}) == ()


@pytest.mark.parametrize("key", ["", "people"])
def test_a_batch_is_told_apart_by_position_and_a_gap_is_a_miss(complaints, key):
    answers = [None, FOUND["json"]]
    reply = {"json": {key: answers} if key else answers}
    then = [{"outcome": "missed", "cost": "0"}, MATCHED | {"cost": "2"}]
    exchanges = [{"request": BOTH, "reply": reply}]
    assert complaints(more=BATCH, ask=[ADA, BOB], exchanges=exchanges, then=then) == ()


@pytest.mark.parametrize("reply", ["lost", {"json": [None]}, {"json": {"odd": 1}}])
def test_a_batch_answer_that_does_not_fit_leaves_the_whole_batch_in_doubt(complaints, reply):
    then = [{"outcome": "unconfirmed", "cost": "2"}] * 2
    exchanges = [{"request": BOTH, "reply": reply}]
    assert complaints(more=BATCH, ask=[ADA, BOB], exchanges=exchanges, then=then) == ()


def test_what_a_batch_cost_is_booked_even_if_it_found_nobody(complaints):
    told = ("billed", 'cost = {header = "X-Used"}\nbilled')
    reply = {"json": [None, None], "headers": {"X-Used": "3"}}
    then = [{"outcome": "matched", "credits": "1.5", "cost": "1.5"}] * 2
    exchanges = [{"request": BOTH, "reply": reply}]
    assert complaints(told, more=BATCH, ask=[ADA, BOB], exchanges=exchanges, then=then) == ()


def test_an_answer_of_a_batch_has_a_meaning_of_its_own(complaints):
    rules = ("[404]", "[404]\nbad_input = [422]\nno_credit = [402]\nthrottled = [429]")
    people = [ADA, BOB, ADA]
    request = ASK | {"json": {"people": [ASK["json"], BOTH["json"]["people"][1], ASK["json"]]}}
    ends = [
        ({"s": 422}, {"outcome": "failed", "cost": "0"}),
        ({"s": 402}, {"stop": "OutOfCredits"}),
    ]
    ends += [({"s": 503}, {"outcome": "unconfirmed", "cost": "2"})]
    ends_too = [
        ({"s": 429}, {}),
        ({"s": 401}, {"outcome": "failed"}),
        ({"s": 404}, {"outcome": "missed"}),
    ]
    for group in (ends, ends_too):
        exchanges = [{"request": request, "reply": {"json": [item for item, _ in group]}}]
        more = BATCH + 'status = "s"\n'
        then = [then for _, then in group]
        assert complaints(rules, more=more, ask=people, exchanges=exchanges, then=then) == ()


def test_what_an_answer_of_a_batch_means_is_http_s_where_no_rule_says_it(complaints):
    exchanges = [{"request": BOTH, "reply": {"json": [{"s": 402}, {"s": 429}]}}]
    then = [{"stop": "OutOfCredits"}, {"outcome": "pending"}]
    more = BATCH + 'status = "s"\n'
    assert complaints(more=more, ask=[ADA, BOB], exchanges=exchanges, then=then) == ()


@pytest.mark.parametrize("people", [[FOUND["json"]], [FOUND["json"]] * 3])
def test_a_job_that_does_not_fit_its_batch_is_nobody_s_by_position(complaints, people):
    exchanges = [
        {"request": BOTH, "reply": {"json": {"id": "j7"}}},
        {"request": GET, "reply": {"json": {"done": True, "people": people}}},
    ]
    then = [{"outcome": "unconfirmed", "cost": "2"}] * 2
    more = BATCH + POLL
    assert complaints(more=more, ask=[ADA, BOB], exchanges=exchanges, then=then) == ()


def test_an_answer_that_comes_later_is_collected_by_its_ticket(complaints):
    done = {"json": FOUND["json"] | {"done": True}}
    exchanges = [
        {"request": ASK, "reply": {"json": {"id": "j7"}}},
        {"request": GET, "reply": {"json": {"done": False}}},
        {"request": GET, "reply": done},
    ]
    assert complaints(more=POLL, exchanges=exchanges, then=MATCHED | {"cost": "2"}) == ()


@pytest.mark.parametrize(
    ("reply", "then"),
    [
        ({"status": 404, "json": {}}, {"outcome": "unconfirmed", "cost": "2"}),
        ({"status": 400, "json": {}}, {"outcome": "unconfirmed", "cost": "2"}),
        ({"json": {"bad": True}}, {"outcome": "failed", "cost": "0"}),
        ({"json": {"empty": True}}, {"stop": "OutOfCredits"}),
        ({"json": {"empty": True} | FOUND["json"]}, MATCHED),
        ({"json": {"done": True}}, {"outcome": "matched", "cost": "2"}),
        ({"status": 202, "json": {}}, {"outcome": "pending"}),
    ],
)
def test_every_end_of_a_job_is_told_apart(complaints, reply, then):
    more = POLL + 'failed = "bad"\nno_credit = "empty"\n'
    exchanges = [{"request": GET, "reply": reply}]
    ask = ADA | {"ticket": "j7#0"}
    assert complaints(more=more, ask=ask, exchanges=exchanges, then=then) == ()


@pytest.mark.parametrize(
    ("rule", "reply"),
    [
        ('pending = "!person"', {"status": 202, "text": ""}),
        ("pending = [404]", {"status": 404, "text": "not there"}),
        ('pending = {status = 200, when = "wait"}', {"json": {"wait": True}}),
        ('pending = "!person"', {"text": '{"person": {"ti'}),
    ],
)
def test_what_is_not_there_yet_is_looked_for_again_however_that_is_said(complaints, rule, reply):
    exchanges = [
        {"request": ASK, "reply": {"status": 202, "json": {"id": "j7"}}},
        {"request": GET, "reply": reply},
        {"request": GET, "reply": FOUND},
    ]
    more = POLL.replace('done = "done"', rule)
    accepted = ("[404]", "[410]\npending = [202]")
    assert complaints(accepted, more=more, exchanges=exchanges, then=MATCHED | {"cost": "2"}) == ()


def test_one_of_a_job_that_is_late_is_looked_for_anew_though_the_others_are_there(complaints):
    rules = ("[404]", "[410, {when = '!person'}]\npending = {when = 'wait'}")
    several = {"json": {"done": True, "people": [FOUND["json"], {"wait": True}]}}
    all_there = {"json": {"done": True, "people": [FOUND["json"], FOUND["json"]]}}
    exchanges = [
        {"request": BOTH, "reply": {"json": {"id": "j7"}}},
        {"request": GET, "reply": several},
        {"request": GET, "reply": all_there},
    ]
    more = BATCH + POLL
    then = [MATCHED, MATCHED]
    assert complaints(rules, more=more, ask=[ADA, BOB], exchanges=exchanges, then=then) == ()


def test_a_submission_that_is_accepted_without_a_word_is_in_doubt(complaints):
    accepted = ("[404]", "[410]\npending = [202]")
    exchanges = [{"request": ASK, "reply": {"status": 202, "text": ""}}]
    then = {"outcome": "unconfirmed"}
    assert complaints(accepted, more=POLL, exchanges=exchanges, then=then) == ()


def test_a_submission_without_a_ticket_is_in_doubt(complaints):
    exchanges = [{"request": ASK, "reply": {"json": {"ok": True}}}]
    assert complaints(more=POLL, exchanges=exchanges, then={"outcome": "unconfirmed"}) == ()


def test_nothing_is_asked_where_the_request_would_tell_nothing(complaints):
    silent = (', name = "{first_name} {last_name}", at = "{company_name}"', ""), ("hints", "# ")
    ask = {"told": {"first_name": "Ada", "last_name": "King"}, "wants": ["phone"]}
    assert complaints(*silent, ask=ask, then={"outcome": "declined"}) == ()


def test_a_window_that_counts_records_is_kept_as_if_every_batch_were_full():
    class Login:
        base_url = ""

        def get(self, name):
            return name

    rate = ("limit = 5, seconds = 1", 'limit = 10, seconds = 60, unit = "record"')
    one = acme(rate, more=BATCH)
    assert one.rates == (Rate(10, 60, "record"),)
    for _ in range(2):
        one.connect(Login())
        assert (one.rates, one.batch_max) == ((Rate(3, 60, "call"),), 3)
    small = acme(
        ("limit = 5", "limit = 2"), ("seconds = 1", 'seconds = 1, unit = "record"'), more=BATCH
    )
    small.connect(Login())
    assert (small.rates, small.batch_max) == ((Rate(1, 1, "call"),), 2)


def test_what_comes_along_for_the_same_money_is_final_too():
    ada = Query({"email": "a"}, ("job_title",))
    assert acme().covers(ada) == ("job_title", "phone")
    each = ("price = 2", "price = {job_title = 1, phone = 10}")
    assert acme(each).covers(ada) == ("job_title", "phone")  # it is sold with the other
    chosen = ('{mail = "{email}"', '{mail = "{email}", tel = "{wants.phone}"')
    assert acme(each, chosen).covers(ada) == ("job_title",)
    asked = acme(('at = "{company_name}"', 'at = "{company_name}", p = "{wants.phone}"'))
    assert asked.covers(ada) == ("job_title",)


def test_those_who_want_something_else_of_the_whole_call_go_in_another():
    one = acme(more=BATCH + 'around = {mobile = "{wants.phone}"}\n')
    title, phone = Query({"email": "a"}, ("job_title",)), Query({"email": "b"}, ("phone",))
    assert one.together(title) != one.together(phone)
    assert one.together(title) == one.together(Query({"email": "c"}, ("job_title",)))


def test_words_confidence_and_source_are_read():
    more = "[words.job_title]\ncto = 'CTO'\n'*' = 'other'\n"
    told = ("billed", 'confidence = {path = "score", of = 10}\nsource = "from"\nbilled')
    one = acme(told, more=more)
    query = Query({}, ("job_title",))
    found = one.read({"person": {"title": "cto"}, "score": 12, "from": "web"}, query)
    assert found == {"job_title": ("CTO", 1.0, "web")}
    assert one.read({"person": {"title": "x"}, "score": "4"}, query)["job_title"] == (
        "other",
        0.4,
        "",
    )


@pytest.mark.parametrize(
    ("auth", "headers", "path"),
    [
        ("{bearer = true}", {"Authorization": "Bearer made-up-key"}, ""),
        ('{header = "X-Token", prefix = "key="}', {"X-Token": "key=made-up-key"}, ""),
        ('{basic = "user"}', {"Authorization": "Basic bWFkZS11cC1rZXk6"}, ""),
        ('{basic = "password"}', {"Authorization": "Basic Om1hZGUtdXAta2V5"}, ""),
        ('{query = "key"}', {}, "?key=made-up-key"),
    ],
)
def test_the_key_is_sent_in_every_way_beside_headers_that_are_always_there(
    complaints, auth, headers, path
):
    changes = ('{header = "X-Api-Key"}', auth), ('"/lookup"', '"/lookup"\nheaders = {X-V = "2"}')
    request = ASK | {"path": "/lookup" + path, "headers": {"X-Api-Key": None, "X-V": "2"} | headers}
    exchanges = [{"request": request, "reply": FOUND}]
    assert complaints(*changes, exchanges=exchanges, then=MATCHED) == ()
