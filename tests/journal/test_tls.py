"""A server on another machine proves who it is: the certificate's authority, and its host name."""

import ssl
from contextlib import closing

import pytest
import trustme
from relay import relay

from enrichctl.errors import StateError
from enrichctl.journal.stores import store_at

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)
HOST = "db.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Return an authority, and a file with its certificate."""
    made, file = trustme.CA(), tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(file)
    return made, file


def private(server, authority, host=HOST):
    """Serve in private what a server says, with a certificate for a host; see `relay`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return relay(server, private=context)


def at(port, place, ca_bundle):
    """Return the store behind a port, on what is a machine of its own by its name."""
    address = f"postgresql://tests@{HOST}:{port}/postgres?hostaddr=127.0.0.1"
    return store_at(address, place.folder, ca_bundle=str(ca_bundle))


def test_a_server_with_a_certificate_of_the_authority_for_its_name_is_used(
    place, server, authority
):
    made, file = authority
    with private(server, made) as port, closing(at(port, place, file).connect()) as db:
        assert db.execute("SELECT version FROM about").fetchone()[0] > 0
        assert db._db.info.get_parameters()["sslmode"] == "verify-full"
        assert db._db.pgconn.ssl_in_use


@pytest.mark.parametrize(
    ("wrong", "why"),
    [("authority", "certificate verify failed"), ("host", "does not match host name")],
)
def test_one_that_cannot_prove_who_it_is_is_refused_with_what_to_mend(
    place, server, authority, wrong, why
):
    made, file = authority
    of = trustme.CA() if wrong == "authority" else made
    name = "other.example" if wrong == "host" else HOST
    with private(server, of, name) as port, pytest.raises(StateError, match=why) as caught:
        at(port, place, file).writer()
    assert caught.value.exit_status == 2
    assert "ca_bundle" in caught.value.next
