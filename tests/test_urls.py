"""URLs of servers: what cannot be one is said before anything is sent, and never quoted."""

import pytest

from enrichctl import urls

GOOD = [
    "https://api.acme.example",
    "HTTPS://api.acme.example/v1",
    "http://127.0.0.1:8080/a/b",
    "http://[::1]:8080",
    "https://bücher.example",
    "http://localhost:65535",
]
BAD = {
    "api.acme.example": "must start with https:// or http://",
    "ftp://api.acme.example": "must start with https:// or http://",
    "https://user:hunter2@api.acme.example": "must hold no user and no password",
    "https://hunter2@api.acme.example": "must hold no user and no password",
    "https://api.acme.example:0/": "a port from 1 to 65535",
    "https://api.acme.example:99999": "a port from 1 to 65535",
    "https://api.acme.example:abc": "a port from 1 to 65535",
    "https://": "must have a host",
    "https:///v1": "must have a host",
    "https://.": "must have a host",
    "https://[::1": "must have a host",
    "https://" + "a" * 64 + ".example": "must have a host",
    "https://api..example": "must have a host",
    "https://api.acme.example/?api_key=hunter2": "no ? and no #",
    "https://api.acme.example/#hunter2": "no ? and no #",
    "https://api acme.example": "no space",
    "https://api.acme.example\n": "no invisible character",
    "https://api.acme.example\\v1": "no invisible character",
}


@pytest.mark.parametrize("url", GOOD)
def test_a_url_to_which_paths_can_be_added_is_good(url):
    assert urls.trouble(url) == ""


@pytest.mark.parametrize("url", BAD)
def test_what_cannot_be_the_url_of_a_server_is_said_and_not_quoted(url):
    said = urls.trouble(url)
    assert BAD[url] in said
    assert "hunter2" not in said


def test_a_proxy_may_have_a_login_and_a_scheme_of_its_own():
    assert urls.trouble("socks5h://ann:x@127.0.0.1:9", schemes=("socks5h",), login=True) == ""
