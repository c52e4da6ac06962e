"""Certificates and proxies that the machine names: what cannot be used is said, by its setting."""

import sys
import threading

import pytest
from faults import FaultServer, reply
from requests import certs

from enrichctl.errors import UsageError
from enrichctl.transport import Exhausted, Wire, network

AWAY = "https://api.acme.example"
KEY = "-----BEGIN PRIVATE KEY-----\nMAo=\n-----END PRIVATE KEY-----\n"


@pytest.fixture(params=["missing", "folder", "text", "empty", "a key"])
def bad(request, tmp_path):
    path = tmp_path / "bundle"
    match request.param:
        case "folder":
            path.mkdir()
            (path / "README").touch()
        case "text":
            path.write_text("no certificate")
        case "empty":
            path.touch()
        case "a key":
            path.write_text(KEY)
    return path


def test_a_bundle_of_the_configuration_is_checked_whatever_is_asked(bad):
    for base_url in (AWAY, "http://127.0.0.1:9", ""):
        with pytest.raises(UsageError, match="ca_bundle in the configuration names"):
            Wire(base_url, ca_bundle=str(bad))


@pytest.mark.parametrize("setting", network.BUNDLES)
def test_a_bundle_of_the_environment_is_checked_where_it_is_used(setting, bad, monkeypatch):
    monkeypatch.setenv(setting, str(bad))
    with pytest.raises(UsageError, match=f"{setting} names"):
        Wire(AWAY)
    Wire("http://127.0.0.1:9")


def test_a_file_and_a_folder_of_certificates_are_taken(tmp_path, monkeypatch):
    assert network.certificates(certs.where(), AWAY) == certs.where()
    (tmp_path / "5ad8a5d6.0").write_text("the names say that they are certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path))
    assert network.certificates("", AWAY) == str(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certs.where())
    assert network.certificates("", AWAY) == certs.where()


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("http://", "must have a host"),
        ("http://ann:hunter2@:3128", "must have a host"),
        ("http://ann:hunter2@proxy.example:0", "a port from 1 to 65535"),
        ("http://ann:hunter2@proxy.example:99999", "a port from 1 to 65535"),
        ("ann:hunter2@proxy.example:abc", "a port from 1 to 65535"),
        ("ftp://ann:hunter2@proxy.example", "must start with http"),
        ("http://pro xy.example", "no space"),
    ],
)
@pytest.mark.parametrize("setting", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_that_cannot_be_one_is_said_by_its_variable(proxy, said, setting, monkeypatch):
    monkeypatch.setenv(setting, proxy)
    with pytest.raises(UsageError, match=said) as raised:
        Wire(AWAY)
    words = raised.value.message + raised.value.next
    assert setting in words
    assert "hunter2" not in words


def test_a_proxy_for_others_is_not_looked_at(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://")
    Wire(AWAY)
    monkeypatch.setenv("HTTPS_PROXY", "http://")
    Wire("https://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "acme.example")
    Wire(AWAY)


def test_a_proxy_that_speaks_socks_needs_its_library(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:9")
    monkeypatch.setattr(network, "find_spec", {"socks": None}.__getitem__)
    with pytest.raises(UsageError, match="ALL_PROXY speaks SOCKS, for which PySocks is not inst"):
        Wire(AWAY)
    monkeypatch.setattr(network, "find_spec", {"socks": sys}.__getitem__)
    Wire(AWAY)


@pytest.mark.parametrize(
    "proxy", ["proxy.example:3128", "http://ann:x@127.0.0.1:3128/", "HTTP://p"]
)
def test_a_proxy_may_be_written_in_several_ways(proxy, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    Wire(AWAY)


def test_without_a_thread_to_watch_over_it_nothing_is_sent(monkeypatch):
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with FaultServer([reply()]) as server:
        wire = Wire(server.url)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", start)
            with pytest.raises(Exhausted):
                wire.send("GET", "/", timeout=5)
        assert server.requests == []
        assert wire.send("GET", "/", timeout=5).status == 200
