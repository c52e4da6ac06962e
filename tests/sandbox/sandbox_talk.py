"""A client that speaks to one vendor of a sandbox over a real socket."""

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from enrichctl.sandbox import Person, Sandbox


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


LOGINS = {
    "leadlex": {"Authorization": "Bearer wbk_sandbox"},
    "close": {"Authorization": basic("api_sandbox", "")},
    "lemlist": {"Authorization": basic("", "lemlist_sandbox")},
    "superoffice": {"Authorization": "Bearer 8A:Cust12345.sandbox"},
    "_sandbox": {},
}


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Client:
    """Asks one vendor, each time on a connection of its own."""

    box: Sandbox
    vendor: str
    base: str = ""  # instead of the vendor's own

    def __call__(self, method, path, body=None, *, login=None, headers=None, timeout=5) -> Answer:
        url = urlsplit(self.base or self.box.url(self.vendor))
        sent = (LOGINS[self.vendor] if login is None else login) | (headers or {})
        data = None if body is None else json.dumps(body)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=timeout)
        try:
            connection.request(method, url.path + path, data, sent)
            reply = connection.getresponse()
            return Answer(reply.status, reply.headers, reply.read().decode())
        finally:
            connection.close()


def people(box: Sandbox) -> list[Person]:
    return list(box.population.people.values())


def known(box: Sandbox, vendor: str, *, is_known: bool = True) -> Person:
    """Return somebody whom a vendor knows, or does not."""
    return next(
        one
        for one in people(box)
        if (box.population.person_at(vendor, one.email) is not None) == is_known
    )
