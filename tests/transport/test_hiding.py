"""Keys in answers: cut out in every form, and nothing else is."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from faults import FaultServer, reply

from enrichctl.transport import BasicAuth, HeaderAuth, QueryAuth, Wire
from enrichctl.transport.hiding import CUT, Secrets

KEY = "k/ä+y:pass wörd"
FORMS = [
    KEY,
    quote(KEY),
    quote(KEY, safe=""),
    quote_plus(KEY),
    quote(KEY, safe="").lower(),
    base64.b64encode(KEY.encode()).decode(),
    base64.b64encode(f":{KEY}".encode()).decode(),
    base64.urlsafe_b64encode(f"{KEY}:".encode()).decode(),
    "pass wörd",
]
ESCAPED = [json.dumps(KEY)[1:-1], json.dumps(KEY)[1:-1].replace("/", "\\/")]


@pytest.mark.parametrize("form", [*FORMS, *ESCAPED])
def test_every_form_is_cut_out_of_a_body(form):
    cut = Secrets([KEY]).cut_bytes(f'{{"said": "before {form} after"}}'.encode()).decode()
    assert cut.startswith('{"said": "before ')
    assert cut.rstrip("}=").endswith(' after"')
    assert CUT in cut
    assert form.rstrip("=") not in cut


def test_a_key_that_is_a_number_leaves_a_number():
    assert json.loads(Secrets(["12345678"]).cut_bytes(b'{"id": 12345678}')) == {"id": 0}


def test_what_is_too_short_for_a_key_is_left_alone():
    assert Secrets(["acme", ""]).cut("acme.example") == "acme.example"


AUTHS = {
    "bearer": HeaderAuth({"Authorization": "Bearer s3cret-key"}),
    "user": BasicAuth("s3cret-key", ""),
    "password": BasicAuth("ann@acme.example", "s3cret-key"),
    "query": QueryAuth("api_key", "s3cret-key"),
}


@pytest.mark.parametrize("auth", AUTHS.values(), ids=AUTHS)
@pytest.mark.parametrize("escape", [False, True])
def test_what_proves_who_asks_is_in_no_reply(auth, escape):
    said = json.dumps({"s3cret-key": ["ann@acme.example", {"x": "my s3cret-key"}]})
    body = (said.replace("s3cret", "\\u00733cret") if escape else said).encode()
    with FaultServer([reply(200, body, "X-Said: s3cret-key")]) as server:
        found = Wire(server.url, auth).send("GET", "/", timeout=5)
    assert found.json() == {CUT: ["ann@acme.example", {"x": f"my {CUT}"}]}
    assert found.headers["x-said"] == CUT
    assert "s3cret-key" not in repr(found)


def test_a_login_that_no_header_names_is_cut_out_too():
    with FaultServer([reply(200, b'{"a": "s3cret-key"}')]) as server:
        wire = Wire(server.url, HeaderAuth({"X-Key": "s3cret-key"}), secrets=["s3cret-key"])
        assert wire.send("GET", "/", timeout=5).json() == {"a": CUT}
