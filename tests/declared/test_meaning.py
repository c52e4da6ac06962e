"""What replies mean and how long refusals last, in every format that a vendor may use."""

import json

import pytest
from definitions import acme

from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    LoginRefused,
    Miss,
    NotYet,
    OutOfCredits,
)
from enrichctl.model import Rate, Throttled
from enrichctl.transport import Reply

NOW = {"date": "Sat, 10 Jan 2026 10:00:00 GMT"}


def reply(status, body=None, text="", **headers):
    data = json.dumps(body).encode() if body is not None else text.encode()
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


def means(rules):
    return acme(("miss = [404]", rules)).explain


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("miss", Miss), ("no_credit", OutOfCredits), ("login", LoginRefused), ("pending", NotYet),
        ("bad_input", BadRecord), ("declined", Declined), ("throttled", Throttled),
    ],
)  # fmt: skip
def test_a_status_means_what_the_definition_says(kind, error):
    assert isinstance(means(f"{kind} = 409")(reply(409, {})), error)


@pytest.mark.parametrize(
    ("status", "error"),
    [(200, None), (401, LoginRefused), (402, OutOfCredits), (429, Throttled), (500, None)],
)
def test_where_it_says_nothing_http_does(status, error):
    explained = means("")(reply(status, {}))
    assert explained is None if error is None else isinstance(explained, error)


def test_what_a_body_says_goes_before_the_status_alone():
    explain = means("login = [403]\nno_credit = [{status = 403, when = \"code == 'EMPTY'\"}]")
    assert isinstance(explain(reply(403, {"code": "EMPTY"})), OutOfCredits)
    assert isinstance(explain(reply(403, {"code": "KEY"})), LoginRefused)
    assert isinstance(explain(reply(403, text="no JSON")), LoginRefused)


def test_an_expression_without_a_status_is_of_good_replies_only():
    explain = means('login = [{when = "!person"}]')
    assert isinstance(explain(reply(200, {})), LoginRefused)
    assert explain(reply(500, {})) is None


def test_a_reply_cut_short_is_never_one_in_which_nobody_was_found():
    assert means('miss = [{status = 200, when = "!person"}]')(reply(200, text='{"per')) is None


def test_a_web_page_where_a_miss_would_be_is_a_wrong_address():
    assert isinstance(means("miss = [404]")(reply(404, text="<!DOCTYPE html>")), BadReply)


def window(text):
    return acme(more=f'[[windows]]\nname = "minute"\nseconds = 60\n{text}').explain


@pytest.mark.parametrize(
    ("text", "headers", "seconds"),
    [
        ("", {"retry_after": "7"}, 7),
        ("", {}, 60),
        ('reset = "X-Reset"', {"x_reset": "12.5"}, 12.5),
        ('reset = "X-Reset"\nformat = "epoch"', {"x_reset": "1768039230"}, 30),
        ('reset = "X-Reset"\nformat = "date"', {"x_reset": "2026-01-10T11:00:20+01:00"}, 20),
        ('reset = "X-Reset"\nformat = "http"', {"x_reset": "Sat, 10 Jan 2026 10:00:09 GMT"}, 9),
        ('reset = {header = "X", key = "minute"}', {"x": '{"minute": 3, "day": 99}'}, 3),
        ('reset = {header = "X", key = "minute"}', {"x": "nonsense"}, 60),
        (
            'reset = {header = "X", key = "minute"}\nformat = "date"',
            {"x": "2026-01-10T10:00:07Z"},  # one time where members were promised
            7,
        ),
        (
            'reset = {header = "X", key = "minute"}\nformat = "date"',
            {"x": "{'minute': '2026-01-10T10:00:08'}"},
            8,
        ),
        ('reset = {header = "RateLimit", key = "reset"}', {"ratelimit": '"minute";r=0;t=30'}, 30),
        (
            'reset = {header = "RateLimit", key = "reset"}',
            {"ratelimit": '"day";r=9;t=900, "minute";r=0;t=5'},
            5,
        ),
    ],
)
def test_how_long_a_refusal_lasts_is_read_in_every_format(text, headers, seconds):
    assert window(text)(reply(429, {}, **NOW, **headers)).wait == seconds


def test_a_refusal_without_a_declared_window_is_read_as_the_draft_standard_writes_it():
    explain = means("")
    assert explain(reply(429, {}, ratelimit='"default";r=0;t=30')).wait == 30
    assert explain(reply(429, {}, ratelimit="limit=9, remaining=0, reset=4")).wait == 4
    assert explain(reply(429, {}, ratelimit='"default";r=0;t=30', retry_after="2")).wait == 2


def test_a_window_that_is_learned_lets_at_least_one_call_through():
    explain = acme(
        more='[[windows]]\nname = "minute"\nseconds = 60\nremaining = "M"\nlimit = "L"\n'
    ).explain
    assert explain(reply(429, {}, m="0", l="0.5")).learned == Rate(1, 60)


def test_the_window_that_is_used_up_is_the_one_that_is_waited_for_and_learned():
    explain = acme(
        more='[[windows]]\nname = "minute"\nremaining = "M"\nseconds = 60\nlimit = "L"\n'
        '[[windows]]\nname = "day"\nremaining = "D"\nseconds = 86400\n'
    ).explain
    assert explain(reply(429, {}, m="0", d="5", l="30")) == Throttled(60, "minute", Rate(30, 60))
    assert explain(reply(429, {}, m="0", d="0", l="30")) == Throttled(86400, "day")
    assert explain(reply(429, {}, m="1", d="5")) == Throttled()
