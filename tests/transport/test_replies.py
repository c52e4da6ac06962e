import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichctl.transport import BadJson, Reply, retry_after
from enrichctl.transport.replies import epoch, http_date, ratelimit, until


def body(data: bytes) -> Reply:
    return Reply(200, {}, data)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"nul", b"<html>", b'{"a": NaN}', b"[Infinity]", b"-Infinity", b"1e999",
        b"-1e999", b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5000, b'"\xff"', b'{"a": 1} x',
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused(data):
    with pytest.raises(BadJson):
        body(data).json()
    assert body(data).peek() is None


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": 1.5, "b": [null, true]}', {"a": 1.5, "b": [None, True]}),
        ("\ufeff[1]".encode(), [1]),
        (b"null", None),
        ('"é😀"'.encode(), "é😀"),
        (rb'"\ud83d\ude00"', "😀"),
    ],
)
def test_json_is_read(data, value):
    assert body(data).json() == value


@pytest.mark.parametrize("data", [rb'{"a": "cut \ud83d"}', rb'["\uDE00x"]', b'"\xed\xa0\x80"'])
def test_half_a_character_does_not_reach_journal_or_file(data):
    json.dumps(body(data).json(), ensure_ascii=False).encode()


def test_no_error_about_json_quotes_it():
    with pytest.raises(BadJson) as caught:
        body(b'{"email": "canary@example.org" ').json()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0), ("1.5", 1.5), ("0", 0.0), ("1, 2", 1.0), (" 7 ", 7.0), ("-5", None),
        ("abc", None), ("", None), ("nan", None), ("inf", None),
        ("Tue, 16 Feb 2021 08:03:12 GMT", 30.0),
        ("Tue Feb 16 2021 09:03:12 GMT+0100 (Central European Standard Time)", 30.0),
        ("Mon, 15 Feb 2021 08:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_every_form_that_vendors_send(text, seconds):
    headers = {"retry-after": text, "date": "Tue, 16 Feb 2021 08:02:42 GMT"}
    assert retry_after(Reply(429, headers, b"")) == seconds


def test_a_javascript_date_keeps_its_offset():
    found = http_date("Tue Feb 16 2021 09:02:42 GMT+0100 (Central European Standard Time)")
    assert found == datetime(2021, 2, 16, 8, 2, 42, tzinfo=UTC)


@example(text="Thu, 01 Jan 1970 00:00:00 +99999999999999")
@example(text="1e300")
@given(text=st.text())
def test_no_header_is_too_odd_to_be_read(text):
    reply = Reply(429, {"retry-after": text, "date": text}, b"")
    seconds = retry_after(reply)
    assert seconds is None or seconds >= 0
    until(epoch(text), reply)
    ratelimit(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [("1613462562", datetime(2021, 2, 16, 8, 2, 42, tzinfo=UTC)), ("x", None), ("1e30", None)],
)
def test_epoch_seconds_are_a_moment(text, moment):
    assert epoch(text) == moment


@pytest.mark.parametrize(
    "text", ["limit=100, remaining=50, reset=5", "limit=100;remaining=50; reset=5"]
)
def test_rate_headers_are_read_with_either_separator(text):
    assert ratelimit(text) == {"limit": 100.0, "remaining": 50.0, "reset": 5.0}


def test_a_body_is_decoded_once():
    answer = Reply(200, {}, b'{"a": 1}')
    assert answer.json() is answer.json()
