"""Each request gets its own answer: interim ones, late bytes and other people's are none."""

import threading
import time
from unittest.mock import Mock

import pytest
from faults import GOOD, FaultServer, Seen, interim, message, raw, reply
from talk import HOW, Talk

from enrichctl.errors import BadRecord, Unconfirmed
from enrichctl.transport import Lost, Wire
from enrichctl.transport.connections import Arrived

MINE, THEIRS = b'{"who": "me"}', b'{"who": "them"}'
FREE, BILLED, KEYED = HOW


@pytest.fixture
def server():
    with FaultServer([reply()]) as server:
        yield server


def get(line: Wire) -> bytes:
    return line.send("GET", "/", timeout=5).body


def is_mine(reply) -> bool:
    return reply.json()["who"] == "me"


@pytest.mark.parametrize("status", [100, 102, 103, 150, 199])
def test_an_interim_reply_is_not_the_answer(status, server):
    server.acts = [interim(status, reply(200, MINE)), reply(200, THEIRS)]
    line = Wire(server.url)
    assert (get(line), get(line)) == (MINE, THEIRS)
    assert server.connections == 1


def test_any_number_of_interim_replies_may_come(server):
    server.acts = [interim(103, interim(102, interim(103, reply(200, MINE), 0), 0), 0)]
    assert get(Wire(server.url)) == MINE


def test_interim_replies_without_end_are_no_answer(server):
    def forever(connection) -> bool:
        while True:
            connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
            time.sleep(0.01)

    server.acts = [forever]
    with pytest.raises(Lost, match="no answer in time"):
        Wire(server.url).send("GET", "/", timeout=0.3)


def test_a_connection_that_turns_into_something_else_is_no_answer(server):
    server.acts = [raw(b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n\x00\x01"), reply()]
    line = Wire(server.url)
    with pytest.raises(Lost, match="another protocol"):
        get(line)
    assert get(line) == GOOD


def test_of_two_answers_at_once_none_is_taken(server):
    server.acts = [reply(200, THEIRS, more=message(200, MINE)), reply()]
    line = Wire(server.url)
    with pytest.raises(Lost, match="more than one answer came"):
        get(line)
    assert (get(line), server.connections) == (GOOD, 2)


def test_a_line_end_too_many_ends_the_connection_but_is_no_other_answer(server):
    server.acts = [reply(200, MINE, more=b"\r\n"), reply()]
    line = Wire(server.url)
    assert (get(line), get(line), server.connections) == (MINE, GOOD, 2)


def test_what_waits_on_an_idle_connection_condemns_it(server):
    was_read, sent = threading.Event(), threading.Event()

    def and_one_more(connection) -> bool:
        reply(200, MINE)(connection)
        was_read.wait(5)
        connection.sendall(message(200, THEIRS))
        sent.set()
        return True

    server.acts = [and_one_more, reply()]
    line = Wire(server.url)
    assert get(line) == MINE
    was_read.set()
    assert sent.wait(5)
    assert (get(line), server.connections) == (GOOD, 2)


@pytest.mark.parametrize("ends", [MemoryError, KeyboardInterrupt, SystemExit])
def test_whatever_ends_the_reading_of_an_answer_closes_its_connection(ends, server, monkeypatch):
    server.acts = [reply(200, THEIRS), reply(200, MINE)]
    line = Wire(server.url)
    with monkeypatch.context() as patch:
        patch.setattr(Arrived, "read", Mock(side_effect=ends))
        with pytest.raises(ends):
            get(line)
    assert (get(line), server.connections) == (MINE, 2)


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\nbroken line\r\n\r\n" + GOOD),
        raw(
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"f\r\n" + GOOD + b"\r\n0\r\n\r\n"
        ),
    ],
    ids=["a header that is none", "two lengths"],
)
def test_an_answer_of_doubtful_length_ends_its_connection(answer, server):
    def stay(connection) -> bool:
        answer(connection)
        return True

    server.acts = [stay, reply(200, MINE)]
    line = Wire(server.url)
    assert (get(line), get(line), server.connections) == (GOOD, MINE, 2)


def test_after_an_answer_without_the_json_that_is_due_nothing_is_read_from_its_connection(server):
    server.acts = [reply(200, b"<p>hello</p>"), reply()]
    assert Talk(server.url).ask(FREE).json() == {"found": True}
    assert server.connections == 2


def test_an_answer_about_somebody_else_is_asked_for_again_where_that_is_free(server):
    server.acts = [reply(200, THEIRS), reply(200, MINE)]
    talk = Talk(server.url)
    assert talk.ask(FREE, ours=is_mine).body == MINE
    assert server.connections == 2


def test_a_free_call_that_is_always_about_somebody_else_fails_its_record_only(server):
    server.acts = [reply(200, THEIRS)]
    with pytest.raises(BadRecord, match="somebody else"):
        Talk(server.url).ask(FREE, ours=is_mine)
    assert (len(server.requests), server.connections) == (4, 4)


def test_a_paid_answer_about_somebody_else_is_unconfirmed(server):
    server.acts = [reply(200, THEIRS)]
    talk = Talk(server.url)
    with pytest.raises(Unconfirmed, match="somebody else; possibly charged"):
        talk.ask(BILLED, ours=is_mine)
    assert (len(server.requests), talk.api.in_doubt, talk.api.paid) == (1, True, False)


def test_with_its_key_a_paid_answer_is_asked_for_until_it_is_ours(server):
    server.acts = [reply(200, THEIRS), reply(200, MINE)]
    talk = Talk(server.url)
    assert talk.ask(KEYED, ours=is_mine).body == MINE
    assert len({_as_sent(seen) for seen in server.requests}) == 1
    assert (len(server.requests), talk.api.in_doubt, talk.api.paid) == (2, False, True)


def _as_sent(seen: Seen) -> tuple:
    return seen.method, seen.path, seen.body, seen.headers["idempotency-key"]


def test_what_is_read_after_a_paid_call_and_is_of_somebody_else_is_unconfirmed(server):
    server.acts = [reply(200, MINE), reply(200, THEIRS)]
    talk = Talk(server.url)
    talk.ask(BILLED)
    with pytest.raises(Unconfirmed, match="paid, then"):
        talk.ask(FREE, ours=is_mine)
