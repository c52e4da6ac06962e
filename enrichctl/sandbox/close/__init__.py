"""Close as its documentation describes it: https://developer.close.com/api/overview ."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enrichctl.sandbox.close.custom_fields import (
    CUSTOM_FIELDS,
    ORGANIZATION,
    USER,
    CustomField,
    value_of,
)
from enrichctl.sandbox.close.records import Records, shown
from enrichctl.sandbox.close.search import BadQueryError, compile_query, mail_texts
from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.exchange import HTML, VendorReply, VendorRequest, json_reply, text_reply
from enrichctl.sandbox.switches import Terms
from enrichctl.sandbox.vendor import Route, Vendor
from enrichctl.sandbox.world import World

CURSOR_LIFE = 30.0  # seconds
MOST_PER_PAGE = 200
MOST_RESULTS = 10_000
REQUIRED = ("organization_id", "object_type", "object_id", "field_id")
FLAGS = ("set_new_value", "overwrite_existing_value")
PAGE_404 = "<html><head><title>404 Not Found</title></head><body>Not Found</body></html>"


@dataclass(slots=True)
class CloseSwitches:
    """What can be set of Close alone.

    Attributes:
        comma_header: Whether the rate header is separated by commas, as documented, instead of
            semicolons, as seen.
    """

    comma_header: bool = False


class CloseVendor(Vendor):
    """Close: leads, contacts, their custom fields, and an AI that fills them."""

    name = "close"
    terms = Terms(
        key="api_sandbox",
        prices={"enrich_field": Decimal(1)},
        windows=((100, 5),),
        credits=Decimal(5000),
        own=CloseSwitches,
    )

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.records = Records(world.population)
        self._cursors: dict[str, tuple[list[str], float]] = {}
        self._pages = 0

    def routes(self) -> list[Route]:
        """List what can be asked; every path ends in a slash."""
        return [
            ("GET", "/me/", self.me),
            ("GET", "/custom_field_schema/([a-z]+)/", self.schema),
            ("GET", "/custom_field/(lead|contact|shared)/", self.fields),
            ("POST", "/data/search/", self.search),
            ("GET", "/(lead|contact)/([^/]+)/", self.get),
            ("PUT", "/(lead|contact)/([^/]+)/", self.put),
            ("POST", "/enrich_field/", self.enrich),
        ]

    def login_refused(self, request: VendorRequest) -> VendorReply | None:
        """Refuse any user but the sandbox's key with an empty password."""
        good = request.basic() == (self.world.switches.keys[self.name], "")
        return None if good else self.refuse("login", request)

    def refuse(self, why: str, request: VendorRequest) -> VendorReply:
        """Say no; the shape of the body differs from case to case, as it does at Close."""
        if why == "login":
            return json_reply({"error": "The API key is invalid."}, 401)
        if why == "credits":
            return json_reply({"error": {"message": "Your plan's AI credits are used up."}}, 402)
        reply = json_reply({"error": {"message": "API call count exceeded for this period"}}, 429)
        window = self.windows(request)[:1]
        reset = window[0].reset(self.world.now()) if window else 1.0
        reply.headers["Retry-After"] = str(max(1, math.ceil(reset)))
        return reply

    def not_found(self, request: VendorRequest, *, known_path: bool) -> VendorReply:  # noqa: ARG002 - as above
        """Answer an unknown path with a page, a wrong method with a text."""
        return (
            text_reply("Method Not Allowed", 405) if known_path else text_reply(PAGE_404, 404, HTML)
        )

    def group(self, request: VendorRequest) -> str:
        """Count calls by method and first part of the path."""
        return f"{request.method} {request.path.split('/')[1]}"

    def stamp(self, reply: VendorReply, request: VendorRequest) -> None:
        """Add the rate header, in the form that is switched on."""
        windows = self.windows(request)
        if windows:
            now, window = self.world.now(), windows[0]
            parts = (
                f"limit={window.limit}",
                f"remaining={window.left(now)}",
                f"reset={window.reset(now):.3f}",
            )
            comma = self.world.switches.of(CloseSwitches).comma_header
            reply.headers["RateLimit"] = (", " if comma else "; ").join(parts)

    def me(self, request: VendorRequest) -> VendorReply:
        """Show the key's user and organisation."""
        user = {
            "id": USER,
            "email": "ops@sandbox.test",
            "first_name": "Sandy",
            "last_name": "Box",
            "organizations": [{"id": ORGANIZATION, "name": "Sandbox"}],
            "email_accounts": [],
        }
        wanted = set(filter(None, request.query.get("_fields", "").split(",")))
        return json_reply({k: v for k, v in user.items() if not wanted or k in wanted})

    def schema(self, request: VendorRequest, object_type: str) -> VendorReply:  # noqa: ARG002 - a route
        """List an object type's custom fields, shared ones too."""
        if object_type not in ("lead", "contact"):
            return json_reply({"error": "Not found"}, 404)
        found = [one.shown() for one in CUSTOM_FIELDS.values() if object_type in one.on]
        return json_reply({"fields": found})

    def fields(self, request: VendorRequest, kind: str) -> VendorReply:
        """List the custom fields of one kind; shared ones are a kind of their own."""
        found = [
            one.shown()
            for one in CUSTOM_FIELDS.values()
            if (len(one.on) > 1 if kind == "shared" else one.on == (kind,))
        ]
        try:
            skip, limit = (int(request.query.get(k, d)) for k, d in (("_skip", 0), ("_limit", 100)))
        except ValueError:
            return json_reply({"error": "_skip and _limit must be numbers"}, 400)
        page = found[skip : skip + limit]
        return json_reply({"data": page, "has_more": skip + limit < len(found)})

    def get(self, request: VendorRequest, kind: str, object_id: str) -> VendorReply:
        """Show a lead or a contact."""
        one = self.records.of(kind).get(object_id)
        if one is None:
            return _missing(kind)
        contacts = self.records.related(one, "contact") if kind == "lead" else ()
        return json_reply(shown(one, request.query.get("_fields", ""), contacts))

    def put(self, request: VendorRequest, kind: str, object_id: str) -> VendorReply:
        """Change the keys that are sent; null takes a value away."""
        one, changes = self.records.of(kind).get(object_id), request.json()
        if one is None:
            return _missing(kind)
        if not isinstance(changes, dict) or "contacts" in changes:
            return _invalid(body="Invalid JSON object.")
        for key, value in changes.items():
            name, dot, change = key.rpartition(".")
            if name.startswith("custom.") and dot and change in ("add", "remove"):
                kept = [old for old in one.get(name, []) if old != value]
                one[name] = [*kept, value] if change == "add" else kept
            elif value is None:
                one.pop(key, None)
            else:
                one[key] = value
        return self.get(request, kind, object_id)

    def enrich(self, request: VendorRequest) -> VendorReply:
        """Fill one custom field of one object. Every request is billed; the 200 says nothing."""
        body = request.json()
        if wrong := _unusable(body):
            return wrong
        one = self.records.of(body["object_type"]).get(str(body["object_id"]))
        field = CUSTOM_FIELDS.get(str(body["field_id"]))
        if one is None:
            return _missing(body["object_type"])
        if field is None or body["object_type"] not in field.on:
            return json_reply({"error": {"message": "Custom field does not exist."}}, 404)
        if field.roles:
            return text_reply("Forbidden", 403)
        if not self.world.affords(self.name, "enrich_field"):
            return self.refuse("credits", request)
        return self._enriched(one, field, body)

    def _enriched(
        self, one: dict[str, Any], field: CustomField, body: dict[str, Any]
    ) -> VendorReply:
        self.world.charge(self.name, "enrich_field", one["id"], field.id)
        value, key = value_of(field, *self.records.found(one, known=True)), f"custom.{field.id}"
        save, over = body.get("set_new_value", True), body.get("overwrite_existing_value", False)
        if value is not None and save and (over or key not in one):
            one[key] = value
        return json_reply({})

    def search(self, request: VendorRequest) -> VendorReply:
        """Find leads or contacts by an advanced filter, page by page."""
        body = request.json()
        if not isinstance(body, dict):
            return _invalid(body="Invalid JSON object.")
        limit, fields = body.get("_limit", 100), body.get("_fields", {})
        if not isinstance(limit, int) or not 0 < limit <= MOST_PER_PAGE:
            return _invalid(_limit=f"Must be between 1 and {MOST_PER_PAGE}.")
        if not isinstance(fields, dict) or not all(isinstance(v, list) for v in fields.values()):
            return _invalid(_fields="Must be an object of lists.")
        try:
            test = compile_query(body.get("query"), self.records)
        except BadQueryError as error:
            return _invalid(**{error.args[0]: error.args[1]})
        cursor, now = body.get("cursor"), self.world.now()
        self._cursors = {k: v for k, v in self._cursors.items() if v[1] > now}
        if cursor is not None and cursor not in self._cursors:
            return json_reply({"error": "The cursor has expired."}, 400)
        if cursor is not None:
            ids = self._cursors[cursor][0]
        else:
            emails = list(mail_texts(body["query"]))
            near = self.records.near(emails, self.world.switches.decoys)
            every = (*self.records.contacts.values(), *self.records.leads.values())
            pool = near if emails else every
            ids = [one["id"] for one in pool if test(one)][:MOST_RESULTS]
        page, rest = ids[:limit], ids[limit:]
        data = [self._row(object_id, fields) for object_id in page]
        counts = {"count": {"limited": len(ids), "total": len(ids)}}
        found = {"data": data, "cursor": self._cursor(rest)}
        return json_reply(found | (counts if body.get("include_counts") else {}))

    def _cursor(self, rest: list[str]) -> str | None:
        if not rest:
            return None
        self._pages += 1
        cursor = Dice("cursor", self._pages).letters(32)
        self._cursors[cursor] = (rest, self.world.now() + CURSOR_LIFE)
        return cursor

    def _row(self, object_id: str, fields: dict[str, list[str]]) -> dict[str, Any]:
        kind = "lead" if object_id.startswith("lead_") else "contact"
        wanted = ",".join(["id", *map(str, fields.get(kind, ()))])
        one = self.records.of(kind)[object_id]
        contacts = self.records.related(one, "contact") if "contacts" in wanted else ()
        return {"__object_type": kind} | shown(one, wanted, contacts)


def _unusable(body: Any) -> VendorReply | None:
    """Return what is wrong with an enrichment's body, None when nothing is."""
    if not isinstance(body, dict):
        return _invalid(body="Invalid JSON object.")
    if lacking := [name for name in REQUIRED if not body.get(name)]:
        return _invalid(**dict.fromkeys(lacking, "This field is required."))
    if body["organization_id"] != ORGANIZATION:
        return _invalid(organization_id="Invalid organization.")
    if body["object_type"] not in ("lead", "contact"):
        return _invalid(object_type="Value must be one of lead, contact.")
    for flag in FLAGS:
        if not isinstance(body.get(flag, False), bool):
            return _invalid(**{flag: "Must be true or false."})
    return None


def _missing(kind: str) -> VendorReply:
    return json_reply({"error": f"{kind.capitalize()} does not exist."}, 404)


def _invalid(**fields: str) -> VendorReply:
    return json_reply({"errors": [], "field-errors": fields}, 400)
