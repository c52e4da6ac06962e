"""lemlist as a script: the real transport, and what each request is answered."""

from urllib.parse import parse_qsl, urlsplit

from enrichctl.model import Query
from enrichctl.transport import Api, Runtime, Wire

BASE = "https://api.lemlist.com/api"
KEY = "made-up-key"
LEAD = "lea_8xJSc7sV7ggpiVnXe"
URL = "https://www.linkedin.com/in/jane-doe"
PERSON = {
    "linkedin_url": URL,
    "email": "jane+x@acme.com",
    "first_name": "Jane",
    "last_name": "Doe",
    "company_name": "Acme",
    "company_domain": "acme.com",
    "job_title": "CTO",
}
NAMED = {k: PERSON[k] for k in ("first_name", "last_name", "company_name", "company_domain")}


class Login:
    base_url = ""

    def get(self, name):
        return {"api_key": KEY}[name]


class Limiter:
    def __init__(self):
        self.held = []

    def wait(self, group):
        pass

    def departed(self) -> None:
        pass

    def answered(self, took: float) -> None:
        """Take no note of round trips."""

    def got_through(self, group: str) -> None:
        """Take no note of who was answered."""

    def through(self, group: str) -> int:
        del group
        return 0

    def hold(self, refusal, seconds, group):  # noqa: ARG002 - the limiter's signature
        self.held.append(seconds)


class Ledger:
    """Counts intents."""

    def __init__(self):
        self.intents = []

    def intend(self, payload, *, keyed):  # noqa: ARG002 - the ledger's signature
        self.intents.append(f"{payload.method} {payload.path}")
        return payload


class Talk:
    """lemlist with scripted replies, behind the real transport."""

    def __init__(self, provider, base_url=""):
        connection = provider.connect(Login())
        self.limiter, self.ledger = Limiter(), Ledger()
        self.api = Api(
            provider.title,
            Wire(base_url or connection.base_url, connection.auth),
            limiter=self.limiter,
            explain=provider.explain,
            runtime=Runtime(lambda _: None, lambda: 0.0),
            timeout=5,
            patience=provider.patience,
            ledger=self.ledger,
        )


def sent(http):
    """Return what was sent: method, path, query."""
    calls = [(call.request.method, urlsplit(call.request.url)) for call in http.calls]
    return [(m, u.path.removeprefix("/api"), dict(parse_qsl(u.query))) for m, u in calls]


def bulk(http, *entries, **reply):
    http.post(f"{BASE}/v2/enrichments/bulk", **(reply or {"json": list(entries)}))


def enrich_lead(http, **reply):
    http.post(f"{BASE}/leads/{LEAD}/enrich", **reply)


def of_lead(*wants, **more):
    return Query({"lemlist.lead_id": LEAD}, wants, **more)


def three():
    return [Query({"email": f"{who}@acme.com"}, ("job_title",)) for who in "abc"]


def texts(match):
    return {name: value.text for name, value in match.items()}
