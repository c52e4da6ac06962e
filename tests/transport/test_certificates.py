"""A server whose certificate is not trusted is for the configuration to mend, not for waiting."""

import http.server
import ssl
import threading

import pytest
import trustme
from talk import Talk

from enrichctl.errors import CertificateRefused, ExitStatus
from enrichctl.transport import Wire


class Good(http.server.BaseHTTPRequestHandler):
    """Answers every GET and POST with JSON."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b'{"found": true}'
        self.server.seen.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the library's own name

    def log_message(self, *_):
        pass


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def server(authority):
    """Serve over TLS, for 127.0.0.1, with a certificate of an authority that nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Good)
    served.seen = []
    served.socket = context.wrap_socket(served.socket, server_side=True)
    thread = threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join(5)


@pytest.mark.parametrize("kind", ["free", "billed"])
def test_it_is_asked_once_and_the_setting_is_named(kind, server, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    talk = Talk(f"https://127.0.0.1:{server.server_port}")

    with pytest.raises(CertificateRefused) as refused:
        talk.ask(kind)

    error = refused.value
    assert error.exit_status is ExitStatus.USAGE
    assert "cannot be trusted, nothing was sent: " in error.message
    assert "certificate" in error.message
    assert "ca_bundle" in error.next
    assert (talk.api.calls, talk.pauses, server.seen) == (1, [], [])
    assert not talk.api.in_doubt


def test_the_variable_that_is_set_is_named(server, authority, monkeypatch, tmp_path):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    with pytest.raises(CertificateRefused) as refused:
        Talk(f"https://127.0.0.1:{server.server_port}").ask("free")
    assert "that REQUESTS_CA_BUNDLE holds the authority" in refused.value.next


def test_with_the_right_certificate_it_answers(server, authority, tmp_path):
    known = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(known)
    wire = Wire(f"https://127.0.0.1:{server.server_port}", ca_bundle=str(known))
    assert wire.send("GET", "/a", timeout=10).status == 200


def test_authorities_are_read_once_for_all_connections(server, authority, monkeypatch, tmp_path):
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    trusting = []

    class Counted(ssl.SSLContext):
        def load_verify_locations(self, *args, **kwargs):
            trusting.append(args)
            super().load_verify_locations(*args, **kwargs)

    monkeypatch.setattr("urllib3.util.ssl_.SSLContext", Counted)
    url = f"https://127.0.0.1:{server.server_port}"
    for _ in range(4):
        assert Talk(url).ask("free").json() == {"found": True}
    assert len(server.seen) == 4
    assert trusting == [(str(bundle), None)]
