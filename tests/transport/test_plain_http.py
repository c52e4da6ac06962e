"""What is read without the library is read as the library would; the rest is left to it."""

import io
from http.client import HTTPException, HTTPResponse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.transport import plain_http

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Id:  a b \r\nContent-Length: 2"
PLAIN = HEAD + b"\r\n\r\n{}"


class Socket:
    """What `http.client` reads an answer from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode):
        assert mode == "rb"
        return io.BytesIO(self._data)


def by_the_library(data: bytes) -> tuple[int, dict[str, str], bytes] | None:
    """Return what the standard library makes of an answer; None where that is an error."""
    answer = HTTPResponse(Socket(data))
    try:
        answer.begin()
        body = answer.read()
    except (HTTPException, OSError, ValueError):
        return None
    return answer.status, {k.lower(): v.rstrip(" \t") for k, v in answer.headers.items()}, body


def test_a_plain_answer_is_read_as_it_is():
    head = plain_http.read_head(PLAIN)
    headers = {"content-type": "application/json", "x-id": "a b", "content-length": "2"}
    assert head == (200, headers, len(PLAIN) - 2, len(PLAIN))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (b"Content-Length: 2", b"Transfer-Encoding: chunked"),
        (b"Content-Length: 2", b"Content-Length: 2\r\nTransfer-Encoding: chunked"),
        (b"Content-Length: 2", b"Content-Length: 2\r\nContent-Length: 2"),
        (b"Content-Length: 2", b"Content-Length: 2\r\ncontent-length: 3"),
        (b"Content-Length: 2", b"Content-Length: +2"),
        (b"Content-Length: 2", b"Content-Length: \xb2"),
        (b"Content-Length: 2", b"Content-Length: 2\r\nContent-Encoding: gzip"),
        (b"Content-Length: 2", b"Content-Length: 2\r\nConnection: close"),
        (b"Content-Length: 2", b"Content-Length : 2"),
        (b"Content-Length: 2", b"X: 1"),
        (b"X-Id:  a b ", b"X-Id: a\r\n folded"),
        (b"X-Id:  a b ", b"X-Id: a\nX-Other: b"),
        (b"X-Id:  a b ", b"X-Id: a\x00b"),
        (b"X-Id:  a b ", b"X-Id: \xc3\xa4"),
        (b"X-Id:  a b ", b"no header"),
        (b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK"),
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 103 Early Hints"),
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 204 No Content"),
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 304 Not Modified"),
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 2000 OK"),
        (b"\r\n\r\n{}", b"\r\n"),
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_the_library(a, b):
    assert a in PLAIN
    assert plain_http.read_head(PLAIN.replace(a, b)) is None


PIECES = [
    *(bytes([n]) for n in range(256)),
    b"\r\n", b"\r\n\r\n", b": ", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"\t",
]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, len(PLAIN)), st.integers(0, 3), st.sampled_from(PIECES)),
                max_size=4))  # fmt: skip
def test_it_reads_no_answer_differently_from_the_library(edits):
    data = PLAIN
    for place, gone, piece in edits:
        data = data[:place] + piece + data[place + gone :]
    head = plain_http.read_head(data)
    if head is not None and len(data) == head.end:
        assert by_the_library(data) == (head.status, head.headers, data[head.start :])


SAID = {"User-Agent": "enrichctl", "Accept-Encoding": "gzip", "Content-Length": "2"}


def test_a_request_is_one_piece():
    told = plain_http.write("POST", "/a?b=c", "acme.example", SAID, b"{}")
    assert told == (
        b"POST /a?b=c HTTP/1.1\r\nHost: acme.example\r\nUser-Agent: enrichctl\r\n"
        b"Accept-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
    )


@pytest.mark.parametrize(
    "how",
    [
        {"target": "/a b"}, {"target": "/a\r\nX: 1"}, {"method": "GET /"}, {"host": "a\n"},
        {"headers": SAID | {"Key": "a\r\nX: 1"}}, {"headers": SAID | {"Key\n": "a"}},
        {"headers": SAID | {"Key": "a\x00"}}, {"headers": SAID | {"Key": "\u20ac"}},
    ],
)  # fmt: skip
def test_nothing_can_be_put_into_a_request_that_ends_a_line(how):
    usual = {"method": "POST", "target": "/", "host": "acme.example", "headers": SAID, "body": b""}
    with pytest.raises(ValueError, match=r"character|encode"):
        plain_http.write(**usual | how)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, None), (SAID, "text"), (SAID, iter([b"a"])), (SAID | {"Host": "other"}, b"{}"),
        (SAID | {"content-length": "3"}, b"{}"), (SAID | {"Transfer-Encoding": "chunked"}, b"{}"),
        ({k: v for k, v in SAID.items() if k != "Content-Length"}, b"{}"),
    ],
)  # fmt: skip
def test_only_a_request_that_says_everything_is_plain(headers, body):
    assert not plain_http.can_write(headers, body)
    assert plain_http.can_write(SAID, b"{}")
