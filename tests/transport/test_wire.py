"""One request, once: what left, what came back, and what requests must not do on its own."""

import base64
import socket
import subprocess
import sys
import time

import pytest
from faults import DOUBTFUL, GOOD, SLOW, FaultServer, drip, message, raw, reply

from enrichctl.transport import (
    BasicAuth,
    HeaderAuth,
    Lost,
    NotSent,
    QueryAuth,
    Wire,
    bounds,
    connections,
)
from enrichctl.transport.call import distrust


@pytest.fixture
def server():
    with FaultServer([reply()]) as server:
        yield server


def test_a_port_at_which_nothing_listens_is_called_that():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(NotSent, match="nobody answers at that address and port"):
            Wire(f"http://127.0.0.1:{port}").send("POST", "/", b"{}", timeout=5)


@pytest.mark.parametrize("fault", SLOW)
def test_a_deadline_bounds_the_whole_exchange(fault, server):
    server.acts = [SLOW[fault]]
    began = time.monotonic()
    with pytest.raises(Lost, match="no answer in time"):
        Wire(server.url).send("POST", "/", b"{}", timeout=0.3)
    assert 0.25 < time.monotonic() - began < 1.5


def test_an_answer_that_drips_in_before_the_deadline_is_an_answer(server):
    whole = message(200, GOOD)
    server.acts = [drip(whole, whole=len(whole) - 5)]
    assert Wire(server.url).send("GET", "/", timeout=5).body == GOOD


def test_a_deadline_that_has_passed_does_not_reach_the_next_exchange(server):
    server.acts = [SLOW["silence"], reply()]
    line = Wire(server.url)
    with pytest.raises(Lost):
        line.send("GET", "/", timeout=0.2)
    assert line.send("GET", "/", timeout=5).status == 200


def test_what_arrives_late_is_not_taken_for_the_next_answer(server):
    server.acts = [raw(message(200, b'"first"')[:-4]), reply(200, b'"second"')]
    line = Wire(server.url)
    with pytest.raises(Lost):
        line.send("GET", "/", timeout=5)
    assert line.send("GET", "/", timeout=5).body == b'"second"'


@pytest.mark.parametrize("fault", ["gzip bomb", "too large"])
def test_a_body_is_read_up_to_a_cap(fault, server):
    server.acts = [DOUBTFUL[fault]]
    with pytest.raises(Lost, match="larger than 16 MB"):
        Wire(server.url).send("GET", "/", timeout=10)


def test_a_chunk_of_less_than_nothing_is_not_read_without_end(server):
    server.acts = [DOUBTFUL["chunk of less than nothing"]]
    with pytest.raises(Lost, match="broke off"):  # at once, not by its deadline
        Wire(server.url).send("GET", "/", timeout=30)


def test_what_keeps_a_request_back_is_no_part_of_what_its_answer_took(server, monkeypatch):
    """A rate limit counts it from when it was sent."""
    held, real, connect = [0.0], time.monotonic, connections.Bounded.connect

    def hold_back(connection):
        connect(connection)
        held[0] += 5

    monkeypatch.setattr(connections.Bounded, "connect", hold_back)
    monkeypatch.setattr(time, "monotonic", lambda: real() + held[0])
    assert 0 < Wire(server.url).send("GET", "/", timeout=60).took < 5


def test_one_connection_serves_many_requests(server):
    line = Wire(server.url)
    for _ in range(3):
        line.send("GET", "/", timeout=5)
    assert (server.connections, len(server.requests)) == (1, 3)


def test_a_connection_that_the_server_closed_while_idle_costs_no_request(server):
    server.acts = [reply(keep=False), reply()]
    line = Wire(server.url)
    line.send("POST", "/", b"{}", timeout=5)
    assert server.hung_up.wait(5)
    assert line.send("POST", "/", b"{}", timeout=5).status == 200
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", DOUBTFUL)
def test_an_open_connection_that_breaks_off_brings_no_answer(fault, server):
    server.acts = [reply(), DOUBTFUL[fault], reply(200, b'"third"')]
    line = Wire(server.url)
    assert line.send("POST", "/", b"{}", timeout=5).body == GOOD
    try:
        second = line.send("POST", "/", b"{}", timeout=5)
    except Lost:
        pass
    else:  # a reply it may be, but not one that could be taken for the answer
        assert distrust(second, json_due=True, final=True)
    assert line.send("POST", "/", b"{}", timeout=5).body == b'"third"'
    assert len(server.requests) == 3


@pytest.mark.parametrize("header", ["sk_\u2026", "one\ntwo"])
def test_a_request_that_cannot_be_spelled_leaves_no_half_of_it_to_the_next(header, server):
    line = Wire(server.url)
    line.send("GET", "/one", timeout=5)
    with pytest.raises(NotSent):
        line.send("GET", "/two", headers={"X-Note": header}, timeout=5)
    assert line.send("GET", "/three", timeout=5).body == GOOD
    assert [seen.path for seen in server.requests] == ["/one", "/three"]


def test_header_lines_of_one_name_are_a_list(server):
    server.acts = [reply(200, GOOD, 'RateLimit: "day";r=9;t=5', 'ratelimit: "hour";r=0;t=2')]
    line = Wire(server.url)
    for _ in ("a new connection", "an open one"):
        got = line.send("GET", "/", timeout=5).headers["ratelimit"]
        assert got == '"day";r=9;t=5, "hour";r=0;t=2'


def test_a_connection_that_idled_long_is_not_used_again(server, monkeypatch):
    line = Wire(server.url)
    line.send("GET", "/", timeout=5)
    monkeypatch.setattr(bounds, "IDLE_CAP", -1.0)
    line.send("GET", "/", timeout=5)
    assert server.connections == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_never_followed(status, server):
    with FaultServer([reply()]) as elsewhere:
        server.acts = [reply(status, b"", f"Location: {elsewhere.url}/there")]
        got = Wire(server.url, HeaderAuth({"X-Api-Key": "k"})).send("POST", "/", b"{}", timeout=5)
        assert (got.status, elsewhere.requests, len(server.requests)) == (status, [], 1)


def test_netrc_does_not_replace_our_credentials(server, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    Wire(server.url, HeaderAuth({"Authorization": "Bearer ours"})).send("GET", "/", timeout=5)
    Wire(server.url, QueryAuth("api_key", "a b&")).send("GET", "/x?y=1", timeout=5)
    Wire(server.url).send("GET", "/", timeout=5)
    first, second, third = server.requests
    assert first.headers["authorization"] == "Bearer ours"
    assert second.path == "/x?y=1&api_key=a%20b%26"
    assert "authorization" not in second.headers
    assert "authorization" not in third.headers


def test_basic_credentials_are_utf_8_and_may_lack_a_side(server):
    Wire(server.url, BasicAuth("", "clé")).send("GET", "/", timeout=5)
    kind, token = server.requests[0].headers["authorization"].split()
    assert (kind, base64.b64decode(token).decode()) == ("Basic", ":clé")


def test_a_request_says_who_sends_what(server):
    Wire(f"{server.url}/v1/").send("POST", "/people", b"{}", {"Idempotency-Key": "k"}, timeout=5)
    seen = server.requests[0]
    assert (seen.method, seen.path, seen.body) == ("POST", "/v1/people", b"{}")
    assert seen.headers["user-agent"].startswith("enrichctl/")
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["idempotency-key"] == "k"
    assert "cookie" not in seen.headers


def test_cookies_are_not_kept(server):
    server.acts = [reply(200, GOOD, "Set-Cookie: who=me; Path=/")]
    line = Wire(server.url)
    line.send("GET", "/", timeout=5)
    line.send("GET", "/", timeout=5)
    assert "cookie" not in server.requests[1].headers


def test_a_proxy_of_the_environment_is_used(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.url)
    auth = HeaderAuth({"Authorization": "Bearer ours"})
    Wire("http://api.example.invalid/v1", auth).send("POST", "/people", b"{}", timeout=5)
    seen = server.requests[0]
    assert seen.path == "http://api.example.invalid/v1/people"
    assert seen.headers["authorization"] == "Bearer ours"


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_is_honoured(name, server, monkeypatch):
    with FaultServer([reply()]) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv(name, "127.0.0.1")
        Wire(server.url).send("GET", "/direct", timeout=5)
        assert ([r.path for r in server.requests], proxy.requests) == (["/direct"], [])


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        raw(b""),
        reply(200, b"", "X-No: TLS behind it", keep=False),
    ],
    ids=["refuses", "hangs up", "leads to no TLS"],
)
def test_what_a_proxy_does_not_let_through_was_not_sent(answer, server, monkeypatch):
    server.acts = [answer]
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    with pytest.raises(NotSent):
        Wire("https://api.example.invalid").send("POST", "/people", b"{}", timeout=5)
    assert [seen.method for seen in server.requests] == ["CONNECT"]


def test_a_proxy_that_is_not_there_is_not_sent(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with pytest.raises(NotSent):
        Wire("http://api.example.invalid").send("POST", "/", b"{}", timeout=5)


def test_a_place_that_is_not_known_yet_is_answered_421_without_sending():
    assert Wire("").send("GET", "/", timeout=5).status == 421


def test_moving_sends_what_follows_elsewhere(server):
    with FaultServer([reply(200, b'"there"')]) as other:
        line = Wire(server.url, HeaderAuth({"X-Api-Key": "one"}))
        line.send("GET", "/", timeout=5)
        line.move(other.url, HeaderAuth({"X-Api-Key": "two"}))
        assert line.send("GET", "/", timeout=5).body == b'"there"'
        assert [seen.headers["x-api-key"] for seen in other.requests] == ["two"]
        assert len(server.requests) == 1


def test_a_run_that_asks_nobody_does_not_wait_for_requests():
    code = "import sys, enrichctl.cli.enrich.job; print('requests' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"
