"""What is sent again, what is asked once, and what is known before a byte leaves."""

import contextlib
import email.utils
import traceback

import pytest
from faults import DOUBTFUL, GOOD, SLOW, FaultServer, raw, reply
from hypothesis import given
from hypothesis import strategies as st
from talk import HOW, KEY_HEADER, Plain, Talk

from enrichctl.errors import (
    BadRecord,
    BudgetReached,
    Cancelled,
    EnrichctlError,
    LoginRefused,
    NotYet,
    OutOfCredits,
    RateLimited,
    RefusedAlone,
    Unavailable,
    Unconfirmed,
)
from enrichctl.transport import QueryAuth, RenewableAuth, api, segment

FREE, BILLED, KEYED = HOW
FAULTS = DOUBTFUL | SLOW


@pytest.fixture
def server():
    with FaultServer() as server:
        yield server


@pytest.fixture
def two_tries(monkeypatch):
    """Give up sooner: the slow faults take their time."""
    monkeypatch.setattr(api, "TRIES", 2)


def begin(server, *acts, **how) -> Talk:
    """Let the server play acts, and note for each request which intents were there before it."""
    talk = Talk(server.url, **how)
    server.acts = list(acts)
    server.watch = lambda: len(talk.books.intents)
    return talk


def sends(server) -> list[tuple]:
    return [(r.method, r.path, r.body, r.headers.get(KEY_HEADER.lower())) for r in server.requests]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_free_call_without_a_good_answer_is_asked_again_then_given_up(fault, server, two_tries):
    talk = begin(server, FAULTS[fault], timeout=0.3 if fault in SLOW else 5)
    with pytest.raises(Unavailable):
        talk.ask(FREE)
    assert (len(server.requests), len(talk.books.intents)) == (2, 0)
    assert not talk.api.in_doubt


@pytest.mark.parametrize("fault", FAULTS)
def test_a_billed_call_without_a_good_answer_is_never_sent_again(fault, server, two_tries):
    talk = begin(server, FAULTS[fault], reply(), timeout=0.3 if fault in SLOW else 5)
    with pytest.raises(Unconfirmed):
        talk.ask(BILLED)
    assert [seen.before for seen in server.requests] == [1]
    assert talk.api.in_doubt
    assert not talk.api.paid


@pytest.mark.parametrize("fault", FAULTS)
def test_a_keyed_call_is_sent_again_byte_for_byte(fault, server, two_tries):
    talk = begin(server, FAULTS[fault], timeout=0.3 if fault in SLOW else 5)
    with pytest.raises(Unconfirmed):
        talk.ask(KEYED)
    first, again = sends(server)
    assert first == again == ("POST", "/people", b'{"who": "someone"}', "key-1")
    assert [seen.before for seen in server.requests] == [1, 1]
    assert talk.api.in_doubt


@pytest.mark.parametrize("kind", [FREE, KEYED])
@pytest.mark.parametrize("fault", ["closed after the request", "headers cut", "502 page"])
def test_a_good_answer_after_a_lost_one_leaves_no_doubt(fault, kind, server):
    talk = begin(server, FAULTS[fault], reply())
    assert talk.ask(kind).json() == {"found": True}
    assert len(set(sends(server))) == 1
    assert not talk.api.in_doubt
    assert talk.api.paid == (kind == KEYED)
    assert talk.api.calls == 2


def test_a_call_that_may_be_repeated_is_sent_four_times_at_growing_distance(server):
    talk = begin(server, raw(b""))
    with pytest.raises(Unavailable):
        talk.ask(FREE)
    assert len(server.requests) == 4
    assert talk.pauses == [0.5, 1.0, 2.0]  # half of 1, 2 and 4: chance is one half


@pytest.mark.parametrize("kind", HOW)
@pytest.mark.parametrize("where", ["refused", "unknown name", "no TLS"])
def test_what_never_left_is_sent_again_whatever_it_costs(where, kind, server):
    with FaultServer() as gone:
        refused = gone.url
    urls = {
        "refused": refused,
        "unknown name": "http://nobody.invalid",
        "no TLS": server.url.replace("http:", "https:"),
    }
    server.greeting = b"HTTP/1.1 400 This is no TLS\r\n\r\n"
    talk = Talk(urls[where])
    with pytest.raises(Unavailable):
        talk.ask(kind)
    assert talk.api.calls == 4
    assert not talk.api.in_doubt
    assert len(talk.books.intents) == (kind != FREE)
    assert server.requests == []


def test_a_call_that_did_not_leave_at_first_is_not_in_doubt_once_it_is_answered(server):
    server.acts = [reply()]
    talk = Talk("http://127.0.0.1:1")
    talk.api._runtime.pause = lambda _: talk.wire.move(server.url, None)
    assert talk.ask(BILLED).status == 200
    assert (talk.api.calls, len(talk.books.intents), talk.api.in_doubt) == (2, 1, False)


@pytest.mark.parametrize("kind", HOW)
@pytest.mark.parametrize(
    ("header", "held"),
    [
        ("Retry-After: 1.5", 1.5),
        ("Retry-After: 0", 0.0),
        ("Retry-After: 1, 2", 1.0),
        ("Retry-After: -5", 1.0),  # unreadable: the first guess, doubled with every refusal
        ("Retry-After: abc", 1.0),
        ("Retry-After:", 1.0),
        ("X-Other: 1", 1.0),
        (
            "Date: Mon, 01 Jan 2024 10:00:00 GMT\r\nRetry-After: Mon, 01 Jan 2024 10:00:30 GMT",
            30.0,
        ),
        (
            "Date: Mon, 01 Jan 2024 10:00:00 GMT\r\nRetry-After: Mon, 01 Jan 2024 09:00:00 GMT",
            0.0,
        ),
    ],
)
def test_a_refusal_for_now_is_waited_out_whatever_the_call_costs(header, held, kind, server):
    talk = begin(server, reply(429, b"slow down", header), reply())
    assert talk.ask(kind).status == 200
    assert talk.limiter.held == [held]
    assert len(set(sends(server))) == 1
    assert len(talk.books.intents) == (kind != FREE)


@pytest.mark.parametrize("kind", HOW)
def test_a_refusal_for_longer_than_patience_ends_it_without_doubt(kind, server):
    talk = begin(server, reply(429, b"", "Retry-After: 99999999"))
    with pytest.raises(RateLimited):
        talk.ask(kind)
    assert len(server.requests) == 1
    assert talk.limiter.held == []
    assert not talk.api.in_doubt


def test_endless_refusals_end(server):
    talk = begin(server, reply(429, b"", "Retry-After: 0"))
    with pytest.raises(RateLimited):
        talk.ask(BILLED)
    assert len(server.requests) == api.REFUSALS + 1
    assert not talk.api.in_doubt


@pytest.mark.parametrize(("group", "alone"), [("", True), ("other", False)])
def test_who_is_refused_while_calls_of_the_same_limit_get_through_is_refused_alone(
    group, alone, server
):
    talk = begin(server, reply(429, b"", "Retry-After: 0"))
    talk.limiter.hold = lambda *_: talk.limiter.got_through(group)
    with pytest.raises(RateLimited) as found:
        talk.ask(BILLED)
    assert isinstance(found.value, RefusedAlone) == alone
    assert len(server.requests) == api.REFUSALS + 1
    assert not talk.api.in_doubt


def test_what_got_through_before_the_first_refusal_tells_nothing(server):
    talk = begin(server, reply(), reply(429, b"", "Retry-After: 0"))
    assert talk.ask(FREE).status == 200
    with pytest.raises(RateLimited) as found:
        talk.ask(FREE)
    assert not isinstance(found.value, RefusedAlone)


def test_a_guess_at_how_long_a_refusal_lasts_doubles_up_to_a_cap(server):
    talk = begin(server, *[reply(429, b"")] * 6, reply())
    talk.ask(FREE)
    assert talk.limiter.held == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


@pytest.mark.parametrize("kind", [FREE, KEYED])
def test_503_is_asked_again_when_it_says(kind, server):
    talk = begin(server, reply(503, b"", "Retry-After: 7"), reply())
    assert talk.ask(kind).status == 200
    assert talk.pauses == [7.0]


def test_503_for_longer_than_patience_is_not_waited_for(server):
    talk = begin(server, reply(503, b"", "Retry-After: 91"), reply())
    with pytest.raises(Unavailable):
        talk.ask(KEYED)
    assert (len(server.requests), talk.pauses, talk.api.in_doubt) == (1, [], True)


def test_an_answer_that_says_when_to_come_back_is_an_answer(server):
    talk = begin(server, reply(200, GOOD, "Retry-After: 2"))
    assert talk.ask(BILLED).status == 200
    assert (talk.pauses, talk.limiter.held) == ([], [])


@pytest.mark.parametrize("kind", HOW)
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRecord),
        (401, LoginRefused),
        (402, OutOfCredits),
        (403, LoginRefused),
        (404, BadRecord),
        (422, BadRecord),
    ],
)
def test_a_refusal_for_good_is_asked_once(status, error, kind, server):
    talk = begin(server, reply(status, b"{}"))
    with pytest.raises(error):
        talk.ask(kind)
    assert len(server.requests) == 1
    assert not talk.api.in_doubt
    assert not talk.api.paid


@pytest.mark.parametrize(
    ("status", "error", "doubt"),
    [(422, BadRecord, False), (402, OutOfCredits, False), (401, LoginRefused, True)],
)
def test_after_a_lost_answer_only_what_answers_the_key_ends_the_doubt(status, error, doubt, server):
    talk = begin(server, raw(b""), reply(status, b"{}"))
    with pytest.raises(error):
        talk.ask(KEYED)
    assert talk.api.in_doubt == doubt


def test_a_conflict_with_a_repeat_may_be_owed_to_the_lost_call(server):
    talk = begin(server, raw(b""), reply(409, b"{}"), reply(200, GOOD))
    assert talk.ask(KEYED).status == 200
    assert not talk.api.in_doubt


def test_a_conflict_that_lasts_leaves_the_doubt(server):
    talk = begin(server, raw(b""), *[reply(409, b"{}")] * 3)
    with pytest.raises(Unconfirmed):
        talk.ask(KEYED)
    assert talk.api.in_doubt


def test_what_is_at_work_when_it_is_asked_for_again_may_be_the_lost_call(server, monkeypatch):
    monkeypatch.setattr(Plain, "explain", lambda *_: NotYet("still at work"))
    talk = begin(server, raw(b""), *[reply(202, b"{}")] * 3)
    with pytest.raises(Unconfirmed):
        talk.ask(KEYED)
    assert len({send[3] for send in sends(server)}) == 1


def test_a_rate_limit_after_a_lost_answer_leaves_the_doubt(server):
    talk = begin(server, raw(b""), reply(429, b"", "Retry-After: 3600"))
    with pytest.raises(RateLimited):
        talk.ask(KEYED)
    assert talk.api.in_doubt


@pytest.mark.parametrize(
    "later", [reply(401, b"{}"), raw(b""), reply(429, b"", "Retry-After: 999")]
)
def test_once_paid_later_trouble_is_never_a_fresh_start(later, server):
    talk = begin(server, reply(), later)
    talk.ask(BILLED)
    with pytest.raises(Unconfirmed, match="paid, then"):
        talk.ask(FREE)


def test_once_paid_a_stop_is_no_fresh_start_either(server):
    talk = begin(server, reply())
    talk.limiter.closes_after = 1
    talk.ask(BILLED)
    with pytest.raises(Unconfirmed):
        talk.ask(FREE)


def test_a_stopping_run_commits_nothing_and_sends_nothing(server):
    talk = begin(server, reply())
    talk.limiter.closes_after = 0
    with pytest.raises(Cancelled):
        talk.ask(BILLED)
    assert (server.requests, talk.books.intents) == ([], [])


def test_what_the_budget_has_no_room_for_is_not_sent(server):
    talk = begin(server, reply())
    talk.books.full = True
    with pytest.raises(BudgetReached):
        talk.ask(KEYED)
    assert (server.requests, talk.api.calls) == ([], 0)


def test_the_bytes_of_an_intent_that_is_still_open_are_sent_in_place_of_new_ones(server):
    talk = begin(server, reply())
    kept = api.Payload("POST", "/earlier?x=1", b'{"who": "as before"}', "old-key")
    talk.books.intend = lambda payload, *, keyed: kept  # noqa: ARG005 - a ledger's signature
    talk.ask(KEYED)
    assert sends(server) == [("POST", "/earlier?x=1", b'{"who": "as before"}', "old-key")]


def test_an_answer_that_need_not_be_json_may_be_empty(server):
    talk = begin(server, reply(200, b""))
    assert talk.ask(BILLED, json_due=False).body == b""


def test_query_and_path_arrive_as_meant(server):
    talk = begin(server, reply())
    talk.api.get(f"/people/{segment('a+b%c/d@x.fr')}", {"q": "é &+", "page": "2"})
    assert server.requests[0].path == "/people/a%2Bb%25c%2Fd%40x.fr?q=%C3%A9%20%26%2B&page=2"


def test_refused_credentials_are_renewed_once_and_the_call_sent_again(server):
    talk = begin(server, reply(401, b"{}"), reply(), reply(401, b"{}"))
    fresh = RenewableAuth({"X-Api-Key": "second"}, lambda *_: None)
    talk.wire.move(
        server.url, RenewableAuth({"X-Api-Key": "first"}, lambda *_: (server.url, fresh))
    )
    assert talk.ask(BILLED).status == 200
    assert [seen.headers["x-api-key"] for seen in server.requests] == ["first", "second"]
    assert len(talk.books.intents) == 1
    with pytest.raises(Unconfirmed):  # paid before, and nothing renews the second
        talk.ask(FREE)


def test_no_error_holds_a_key_a_url_or_a_person(server, two_tries):
    canaries = ("k3y-canary", "mail.canary@example.org", "mail.canary", "/secret-path")
    acts = [*DOUBTFUL.values(), reply(401, b"{}"), reply(429, b"", "Retry-After: 999")]
    acts += [reply(422, b'{"error": "mail.canary@example.org"}')]
    for act in acts:
        for url in (server.url, "http://127.0.0.1:1", "http://nobody.invalid"):
            talk = begin(server, act, auth=QueryAuth("api_key", canaries[0]))
            talk.url = url
            talk.__post_init__()
            server.requests.clear()
            with pytest.raises(EnrichctlError) as caught:
                talk.ask(KEYED, canaries[3], params={"email": canaries[1]})
            error = caught.value
            said = "".join(traceback.format_exception(error)) + repr(error) + error.next
            frames = said.split("test_api.py")[-1]  # not this test's own lines
            assert not [canary for canary in canaries if canary in frames]


def test_a_date_without_a_date_header_is_measured_from_our_own_clock(server):
    soon = email.utils.formatdate(4_000_000_000, usegmt=True)
    talk = begin(server, reply(429, b"", f"Retry-After: {soon}"))
    with pytest.raises(RateLimited):
        talk.ask(FREE)


@given(kind=st.sampled_from(list(HOW)), faults=st.lists(st.sampled_from([429, 500, 0]), max_size=5))
def test_a_billed_call_without_a_key_is_charged_at_most_once(kind, faults):
    acts = {429: reply(429, b"", "Retry-After: 0"), 500: reply(500, b""), 0: raw(b"")}
    with FaultServer() as server:
        talk = begin(server, *[acts[fault] for fault in faults], reply())
        with contextlib.suppress(Unconfirmed, Unavailable):
            talk.ask(kind)
    charged = [f for f in [*faults, 200][: len(server.requests)] if f != 429]
    keys = {seen.headers.get(KEY_HEADER.lower()) for seen in server.requests}
    assert len(charged) == 1 or kind == FREE or keys == {"key-1"}
