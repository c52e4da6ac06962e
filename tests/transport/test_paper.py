import base64

import pytest

from enrichctl.errors import LoginRefused
from enrichctl.transport import Api, BasicAuth, HeaderAuth, QueryAuth, RenewableAuth, Runtime
from enrichctl.transport.paper import NotOnPaper, OpenLimiter, PaperLedger, PaperWire

PAIR = base64.b64encode(b":k3y").decode()


def written(auth, *, base_url="https://api.example.com/v1", secrets=("k3y",), **how):
    """Return what a call would send."""
    api = Api(
        "Example",
        PaperWire(base_url, auth, secrets=secrets),
        limiter=OpenLimiter(),
        explain=lambda _: LoginRefused("moved"),  # only what has no address is answered
        runtime=Runtime(pause=lambda _: None),
        timeout=1.0,
        patience=0,
        ledger=PaperLedger(),
    )
    with pytest.raises(NotOnPaper) as raised:
        api.call("POST", "/find", {"page": "2"}, **{"json": {"email": "a@example.com"}, **how})
    return raised.value.request


@pytest.mark.parametrize(
    ("auth", "url", "header"),
    [
        (HeaderAuth({"Authorization": "Bearer k3y"}), "", ("Authorization", "Bearer [key]")),
        (HeaderAuth({"X-Key": "k3y"}), "", ("X-Key", "[key]")),
        (BasicAuth("", "k3y"), "", ("Authorization", "Basic [key]")),
        (QueryAuth("api_key", "k3y"), "&api_key=[key]", ("Accept", "application/json")),
    ],
)
def test_a_key_is_masked_wherever_it_goes_however_short_it_is(auth, url, header):
    shown = written(auth)

    assert shown.url == f"https://api.example.com/v1/find?page=2{url}"
    assert header in shown.headers.items()
    assert shown.body == '{"email": "a@example.com"}'
    assert all(form not in repr(shown) for form in ("k3y", PAIR))


def test_what_credentials_bring_along_stays_readable():
    shown = written(HeaderAuth({"Authorization": "k3y", "Api-Version": "2", "Accept": "text/x"}))

    assert (shown.headers["Api-Version"], shown.headers["Accept"]) == ("2", "text/x")
    assert shown.headers["Authorization"] == "[key]"


def test_a_key_that_a_request_repeats_is_cut_out_of_it():
    long = "secret-of-example"

    shown = written(HeaderAuth({"X-Key": long}), secrets=(long,), json={"key": long})

    assert shown.body == '{"key": "[key]"}'


def test_an_idempotency_key_is_said_to_be_made_later():
    shown = written(None, billed=True, key_header="Idempotency-Key")

    assert shown.headers["Idempotency-Key"] == "[made when it is sent]"


def test_what_a_login_asks_elsewhere_first_is_written_down_as_well():
    def renew(api, reply):
        del reply
        api.at("https://login.example.com").call("POST", "/", form={"token": "secret-token"})

    shown = written(RenewableAuth({"X-Key": "k3y"}, renew), base_url="", secrets=("secret-token",))

    assert (shown.url, shown.body) == ("https://login.example.com/", "token=[key]")
