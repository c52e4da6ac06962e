"""Close as a script: which requests must come, in which order, and what each is answered."""

import base64
from typing import Any

import responses
from responses import matchers

from enrichctl.model import Query, Throttled
from enrichctl.providers.close import Close
from enrichctl.sandbox import Sandbox
from enrichctl.transport import Api, Payload, Runtime, Wire

BASE = "https://close.test/api/v1"
KEY = "api_made_up"
LEAD, CONTACT = "lead_Acme", "cont_Jane"
INDUSTRY, TAGS, REGION, POSITION = "cf_Industry", "cf_Tags", "cf_Region", "cf_Position"
FIELDS = {
    "lead": [
        {"id": INDUSTRY, "name": "Industry", "type": "choices"},
        {"id": TAGS, "name": "Tags", "type": "choices", "accepts_multiple_values": True},
        {"id": REGION, "name": "Sales Region", "type": "text"},
        {"id": "cf_Notes", "name": "Notes", "type": "text", "editable_with_roles": ["role_a"]},
        {"id": "cf_Owner", "name": "Account Owner", "type": "user"},
        {"id": "cf_Twin1", "name": "Twin", "type": "text"},
        {"id": "cf_Twin2", "name": "twin", "type": "text"},
    ],
    "contact": [
        {"id": POSITION, "name": "Position", "type": "text"},
        {"id": REGION, "name": "Sales Region", "type": "text"},
    ],
}


class Key:
    base_url = BASE

    def get(self, name: str) -> str:
        return {"api_key": KEY}[name]


class Books:
    """A ledger and a limiter that only take note."""

    def __init__(self) -> None:
        self.intents: list[Payload] = []
        self.groups: list[str] = []
        self.holds: list[tuple[float, str]] = []

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        assert not keyed
        self.intents.append(payload)
        return payload

    def wait(self, group: str) -> None:
        self.groups.append(group)

    def departed(self) -> None:
        pass

    def answered(self, took: float) -> None:
        """Take no note of round trips."""

    def got_through(self, group: str) -> None:
        """Take no note of who was answered."""

    def through(self, group: str) -> int:
        del group
        return 0

    def hold(self, refusal: Throttled, seconds: float, group: str) -> None:
        del refusal
        self.holds.append((seconds, group))


def api(close: Close, books: Books, base: str = "", timeout: float = 5) -> Api:
    connection = close.connect(Key())
    return Api(
        close.title,
        Wire(base or connection.base_url, connection.auth),
        limiter=books,
        explain=close.explain,
        runtime=Runtime(pause=lambda _: None, chance=lambda: 0.0),
        timeout=timeout,
        patience=close.patience,
        ledger=books,
    )


class Talk:
    """Requests that must come, in this order, and what they are answered."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock
        self.close = Close()
        self.books = Books()

    def on(self, method: str, path: str, reply: Any = None, sent: Any = None, **more: Any) -> None:
        path, _, query = path.partition("?")
        params = dict(pair.split("=") for pair in query.split("&")) if query else {}
        login = base64.b64encode(f"{KEY}:".encode()).decode()
        match = [
            matchers.query_param_matcher(params),
            matchers.header_matcher({"Authorization": f"Basic {login}"}),
        ]
        if method == "POST":
            match.append(matchers.json_params_matcher(sent))
        body = more if "body" in more else {"json": reply} | more
        self.mock.add(method, BASE + path, match=match, **body)

    def discovery(self) -> "Talk":
        self.on("GET", "/me/", {"id": "user_1", "organizations": [{"id": "orga_1"}]})
        for kind, fields in FIELDS.items():
            self.on("GET", f"/custom_field_schema/{kind}/", {"fields": fields})
        return self

    def read(self, value: Any = None, field: str = INDUSTRY, on: str = LEAD) -> None:
        kind, every = ("lead", "") if on.startswith("lead") else ("contact", "custom,")
        custom = {} if value is None else {f"custom.{field}": value}
        self.on("GET", f"/{kind}/{on}/?_fields=id,{every}custom.{field}", {"id": on} | custom)

    def enrich(self, field: str = INDUSTRY, on: str = LEAD, **more: Any) -> None:
        save, over = more.pop("save", True), more.pop("over", False)
        sent = {
            "organization_id": "orga_1",
            "object_type": "lead" if on.startswith("lead") else "contact",
            "object_id": on,
            "field_id": field,
            "set_new_value": save,
            "overwrite_existing_value": over,
        }
        reply = more or {"reply": {}}
        self.on("POST", "/enrich_field/", sent=sent, **reply)

    def search(self, email: str, *contacts: Any, cursor: str | None = None, at: str = "") -> None:
        condition = {"type": "text", "mode": "full_words", "value": email}
        address = {
            "type": "regular_field",
            "object_type": "contact_email",
            "field_name": "email",
        }
        related = {"type": "field_condition", "field": address, "condition": condition}
        has = {
            "type": "has_related",
            "this_object_type": "contact",
            "related_object_type": "contact_email",
            "related_query": related,
        }
        kind = {"type": "object_type", "object_type": "contact"}
        sent = {
            "query": {"type": "and", "queries": [kind, has]},
            "_fields": {"contact": ["id", "lead_id", "emails"]},
            "_limit": 100,
        } | ({"cursor": at} if at else {})
        found = [
            {"__object_type": "contact", "id": i, "lead_id": lead, "emails": [{"email": e}]}
            for i, lead, e in contacts
        ]
        self.on("POST", "/data/search/", {"data": found, "cursor": cursor}, sent)

    def find(self, told: dict[str, str], want: str = "close.Industry", **more: Any) -> Any:
        query = Query(told, (want,), **more)
        answer = self.close.find(query, api(self.close, self.books))
        return self.close.read(answer.body, query)


def empty_lead(box: Sandbox) -> str:
    """Return the id of a lead in the sandbox that has no industry yet."""
    leads = box.vendors["close"].records.leads
    return next(i for i, one in leads.items() if not any("LeadIndustry" in key for key in one))
