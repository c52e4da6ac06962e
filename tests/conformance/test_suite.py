"""The suite itself, on small providers of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enrichctl.conformance import run
from enrichctl.errors import BadRecord, InputError, NotYet
from enrichctl.model import Answer, Credits, Rate, Value
from enrichctl.provider import API_KEY, Connection, Lookup, Price, Queue, Ticket
from enrichctl.transport import HeaderAuth, QueryAuth

LOGIN = {"api_key": "made-up-key"}
ASK = {"told": {"email": "ada@acme.example"}, "wants": ["job_title"]}
POST = {"method": "POST", "path": "/ask", "json": ["ada@acme.example"], "billed": True}
CANNOT = dict.fromkeys(
    [
        "match", "miss", "login refused", "out of credits", "throttled", "answer lost",
        "refused record", "refused in bulk", "recovered",
    ],
    "not looked at here",
)  # fmt: skip


class Slow(Queue):
    name, title, docs = "slow", "Slow", "https://docs.slow.example"
    login = (API_KEY,)
    needs, uses = (("email",),), ("email",)
    finds = default_wants = ("job_title",)
    price = Price("match", {"job_title": Credits(2)})
    rates = (Rate(1, 3600.0),)
    patience = 7200.0
    batch_max = 2

    def connect(self, login):
        return Connection(login.base_url, HeaderAuth({"X-Key": login.get("api_key")}), "")

    def submit(self, queries, api):
        emails = [query.inputs["email"] for query in queries]
        ids = api.post("/ask", emails, billed=True).json()
        return [Ticket(each) if each else BadRecord("Slow rejects it") for each in ids]

    def collect(self, ticket, query, api):
        del query
        reply = api.get(f"/answers/{ticket.id}")
        if reply.status == 202:
            raise NotYet("Slow is still looking")
        return Answer(reply.json()) if reply.json() else None

    def read(self, body, query):
        del query
        return {"job_title": Value(body["title"])}


class Quick(Lookup):
    name, title, docs = "quick", "Quick", "https://docs.quick.example"
    login = (API_KEY,)
    needs, uses = (("email",),), ("email",)
    finds = default_wants = ("job_title",)
    price = Price("match", {"job_title": Credits(2)})
    recovers = True

    def connect(self, login):
        return Connection(login.base_url, QueryAuth("key", login.get("api_key")), "")

    def find(self, query, api):
        return Answer(api.post("/ask", [query.inputs["email"]], billed=True).json())

    def recover(self, query, api):
        del query
        found = api.get("/past").json()
        return Answer(found) if found else None

    def read(self, body, query):
        del query
        return {"job_title": Value(body["title"])}


@pytest.fixture
def complaints(tmp_path: Path) -> Callable[..., list[str]]:
    """Run the suite on a provider with one case and return all complaints."""

    def judge(make: type, *, cannot: Any = CANNOT, key_header: str = "", **case: Any) -> list[str]:
        held = {"name": "the case", "exchanges": [], "then": {}} | case
        made = {"provider": make.name, "login": LOGIN, "cannot": cannot, "cases": [held]}
        headers = {} if issubclass(make, Quick) else {"X-Key": "made-up-key"}
        path = tmp_path / "exchanges.json"
        path.write_text(json.dumps(made | {"headers": headers, "key_header": key_header}))
        found = [text for verdict in run(make, path) for text in verdict.complaints]
        return [text for text in found if "excused under cannot" not in text]

    return judge


def get(ticket: str, **reply: Any) -> dict[str, Any]:
    return {"request": {"method": "GET", "path": f"/answers/{ticket}"}, "reply": reply}


def test_queries_of_one_submission_end_each_in_their_own_way(complaints) -> None:
    bob = ASK | {"told": {"email": "bob@acme.example"}}
    both = POST | {"json": ["ada@acme.example", "bob@acme.example"]}
    ends = [{"outcome": "matched", "values": {"job_title": "CTO"}, "cost": "2"}]
    assert (
        complaints(
            Slow,
            queries=[ASK, bob],
            exchanges=[
                {"request": both, "reply": {"json": ["t1", None]}},
                get("t1", status=202, text="null"),
                get("t1", json={"title": "CTO"}),
            ],
            then=[*ends, {"outcome": "failed", "cost": "0"}],
        )
        == []
    )


def test_a_ticket_of_an_earlier_run_is_collected_only(complaints) -> None:
    query, end = ASK | {"ticket": "t7"}, {"outcome": "missed"}
    assert complaints(Slow, query=query, exchanges=[get("t7", text="null")], then=end) == []


def test_what_is_not_there_when_the_exchanges_end_is_pending(complaints) -> None:
    exchanges = [{"request": POST, "reply": {"json": ["t1"]}}, get("t1", status=202, text="null")]
    assert complaints(Slow, query=ASK, exchanges=exchanges, then={"outcome": "pending"}) == []


def test_more_queries_than_go_into_one_submission_are_not_asked_at_once(complaints) -> None:
    found = complaints(Slow, queries=[ASK] * 3, then=[{}] * 3)
    assert "the case: these queries do not go into one submission" in found


def test_recovery_costs_nothing_and_may_leave_the_question_open(complaints) -> None:
    past = {"method": "GET", "path": "/past?key=made-up-key"}
    assert (
        complaints(
            Quick,
            ask="recover",
            query=ASK,
            exchanges=[{"request": past, "reply": {"text": "null"}}],
            then={"outcome": "unconfirmed", "cost": "2"},
        )
        == []
    )


def test_a_refusal_to_recover_leaves_the_question_open_as_it_does_in_a_run(complaints) -> None:
    """The suite books as the engine does: what is refused proves nothing of the charge."""

    class Refuses(Quick):
        def recover(self, query, api):
            del query, api
            raise BadRecord("Quick does not read that")

    end = {"outcome": "unconfirmed", "cost": "2"}
    assert complaints(Refuses, ask="recover", query=ASK, then=end) == []


def test_a_key_in_the_query_string_is_no_leak_where_the_vendor_wants_it_there(complaints) -> None:
    ask = POST | {"path": "/ask?key=made-up-key"}
    end = {"outcome": "matched", "values": {"job_title": "CTO"}}
    exchanges = [{"request": ask, "reply": {"json": {"title": "CTO"}}}]
    assert complaints(Quick, query=ASK, exchanges=exchanges, then=end) == []


def test_a_request_too_many_and_one_too_few_are_found(complaints) -> None:
    assert "request 1 was not due: POST /ask" in complaints(Quick, query=ASK)
    two = [{"request": POST | {"path": "/ask?key=made-up-key"}, "reply": {"json": {"title": ""}}}]
    two.append({"again": True, "reply": {"json": {}}})
    assert "2 requests were due, 1 came" in complaints(Quick, query=ASK, exchanges=two)


def test_a_second_billed_call_in_one_question_is_found(complaints) -> None:
    class Twice(Quick):
        def find(self, query, api):
            super().find(query, api)
            return super().find(query, api)

    ask = POST | {"path": "/ask?key=made-up-key"}
    exchanges = [{"request": ask, "reply": {"json": {"title": "CTO"}}}] * 2
    then = {"outcome": "matched", "values": {"job_title": "CTO"}}
    assert complaints(Twice, query=ASK, exchanges=exchanges, then=then) == [
        "request 2: it may cost money, but no intent of its own was committed before it left"
    ]


class Shifty(HeaderAuth):
    """Changes what is sent on every send."""

    sends = 0

    def __call__(self, request):
        self.sends += 1
        request.headers["X-Once"] = str(self.sends)
        request.body += b" " * self.sends
        request.headers["Content-Length"] = str(len(request.body))
        return super().__call__(request)


def test_a_repeat_that_is_not_the_same_request_is_found(complaints) -> None:
    class Keyed(Quick):
        key_header, key_hours = "X-Once", 24.0

        def connect(self, login):
            return Connection(login.base_url, Shifty({}), "")

        def find(self, query, api):
            told = [query.inputs["email"]]
            return Answer(api.post("/ask", told, billed=True, key_header="X-Once").json())

    good = {"json": {"title": "CTO"}}
    exchanges = [{"request": POST, "reply": "lost"}, {"again": True, "reply": good}]
    then = {"outcome": "matched", "values": {"job_title": "CTO"}}
    assert complaints(Keyed, key_header="X-Once", query=ASK, exchanges=exchanges, then=then) == [
        "request 1: the intent committed before is of another request",
        "request 1: it does not carry the key of its intent in X-Once",
        "request 2: the intent committed before is of another request",
        "request 2: it does not carry the key of its intent in X-Once",
        "request 2: it is not the one before, byte for byte",
        "request 2: the same request under another key",
    ]


def test_a_key_that_would_be_kept_is_found(complaints) -> None:
    class Loose(Quick):
        def connect(self, login):
            self.key = login.get("api_key")
            return Connection(login.base_url, HeaderAuth({}), "")

        def find(self, query, api):
            api.post("/ask", [query.inputs["email"]], {"key": self.key}, billed=True)
            return Answer({"title": "CTO", "asked with": self.key})

    ask = POST | {"path": "/ask?key=made-up-key"}
    then = {"outcome": "matched", "values": {"job_title": "CTO"}}
    exchanges = [{"request": ask, "reply": {"json": {}}}]
    assert complaints(Loose, query=ASK, exchanges=exchanges, then=then) == [
        "request 1: the key stands in the URL",
        "the key would stand in the journal",
        "the answer holds the key",
    ]


def test_a_bug_of_the_provider_is_a_complaint(complaints) -> None:
    ask = POST | {"path": "/ask?key=made-up-key"}
    exchanges = [{"request": ask, "reply": {"json": {"job": "CTO"}}}]
    assert complaints(Quick, query=ASK, exchanges=exchanges) == ["it fails with KeyError: 'title'"]


def test_every_kind_of_case_is_required(complaints) -> None:
    found = complaints(Slow, cannot={}, query=ASK | {"ticket": "t7"})
    missing = [text for text in found if text.startswith("no case is a")]
    assert len(missing) == len(CANNOT) - 1  # a queue recovers nothing
    assert "no case is a 'refused in bulk', and cannot does not say why" in missing


def test_an_excuse_for_a_case_that_is_there_is_refused(tmp_path) -> None:
    path = tmp_path / "exchanges.json"
    exchanges = [get("t7", text="null")]
    case = {"name": "a", "query": ASK | {"ticket": "t7"}, "exchanges": exchanges}
    case["then"] = {"outcome": "missed"}
    made = {"provider": "slow", "login": LOGIN, "cannot": CANNOT, "cases": [case]}
    path.write_text(json.dumps(made))
    kinds = {verdict.name: verdict.complaints for verdict in run(Slow, path)}["kinds of case"]
    assert kinds == ("'miss' is excused under cannot, but there is a case of it",)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"needs": (("phone",),)}, "needs or hints name what uses does not: phone"),
        ({"optional_inputs": ("phone",)}, "needs or hints name what uses does not: phone"),
        ({"needs": ()}, "needs must name what identifies a lead"),
        ({"uses": ("email", "shoe")}, "there is no field 'shoe'"),
        ({"default_wants": ("phone",)}, "it wants by default what it cannot find: phone"),
        ({"price": Price("match")}, "it is billed, but what it wants by default costs nothing"),
        ({"price": Price("match", {"*": Credits(-1)})}, "a price is negative"),
        ({"key_header": "X-Once"}, "key_header and key_hours go together"),
        ({"login": (API_KEY, API_KEY)}, "two login items have the same name"),
        ({"timeout": 0.0}, "timeout, patience and workers must be positive"),
        ({"changes": lambda *_: True}, "it says that asking changes something, but not what"),
    ],
)
def test_finds_declarations_that_contradict_each_other(complaints, change, complaint) -> None:
    assert complaint in complaints(type("Odd", (Quick,), change), query=ASK)


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"query": ASK, "then": {"outcome": "guessed"}}, "cases.0.then"),
        ({"query": ASK, "replies": []}, "cases.0.replies"),
        ({"query": {"$": "ask"}}, "no part that can have more members is called 'ask'"),
        ({}, "either query or queries must be given"),
        ({"queries": [ASK, ASK], "then": [{}]}, "then must say as many things as are asked"),
        ({"query": ASK, "exchanges": [{"reply": "lost"}]}, "needs either a request or again"),
        ({"query": ASK, "exchanges": [{"again": True, "reply": "lost"}]}, "repeats nothing"),
    ],
)
def test_a_file_that_cannot_be_played_is_refused(complaints, case, why) -> None:
    with pytest.raises(InputError, match=why):
        complaints(Quick, **case)


def test_parts_and_the_servers_address_are_put_where_they_are_named(tmp_path) -> None:
    path = tmp_path / "exchanges.json"
    case = {"name": "a", "query": {"$": "ask", "ticket": "t7"}, "then": "$end"}
    reply = {"json": {"$": "found", "url": "{server}/cto"}}
    case["exchanges"] = [{"request": {"method": "GET", "path": "/answers/t7"}, "reply": reply}]
    parts = {"ask": ASK, "found": {"title": "CTO"}, "title": {"job_title": "CTO"}}
    parts["end"] = {"outcome": "matched", "values": "$title"}
    made = {"provider": "slow", "login": LOGIN, "cannot": CANNOT, "parts": parts, "cases": [case]}
    path.write_text(json.dumps(made))
    assert {verdict.name: verdict.complaints for verdict in run(Slow, path)}["a"] == ()
