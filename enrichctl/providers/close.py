"""Close: an organisation's own custom fields, filled by its AI, one billed request a field.

https://developer.close.com/api/resources/field-enrichment and .../field-enrichment/create
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from threading import Lock
from typing import Any, Literal, NamedTuple

from enrichctl.config import did_you_mean
from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    EnrichctlError,
    LoginRefused,
    Miss,
    RecordError,
    Unconfirmed,
    UsageError,
)
from enrichctl.facts import spelling
from enrichctl.model import Answer, Credits, Match, Query, Throttled, Value
from enrichctl.provider import API_KEY, Connection, Login, Lookup, Price, text
from enrichctl.transport import Api, BasicAuth, Reply, retry_after, segment
from enrichctl.transport.replies import ratelimit, seconds_in

Kind = Literal["lead", "contact"]
KINDS: tuple[Kind, ...] = ("lead", "contact")
PREFIX = "close."
LEAD, CONTACT, EMAIL = "close.lead_id", "close.contact_id", "email"
# Keys that are sent or asked for by name, and read as well.
ID, LEAD_ID, EMAILS, CONTACTS = "id", "lead_id", "emails", "contacts"
ORGANIZATION, ORGANIZATIONS, FIELDS = "organization_id", "organizations", "fields"
CUSTOM = "custom"  # asks for all custom values; the key of one is this, a dot and the field's id
NO_VALUE = "Close found no value for it"
SAME_FOR_ANOTHER = "Close was asked the same for another row"
PAGE, PAGES = 100, 100  # a search shows 10,000 objects at most


class Field(NamedTuple):
    """A custom field of leads or of contacts; a shared one is both."""

    on: Kind
    id: str
    name: str
    organization: str
    restricted: bool  # only some roles may change it


class Spot(NamedTuple):
    """One custom field of one object, in the words of Close's request."""

    object_type: Kind
    object_id: str
    field_id: str

    def read(self, api: Api) -> Any:
        """Read its value; None when there is none: the key is then absent."""
        key = f"{CUSTOM}.{self.field_id}"
        # Naming one custom field is documented of leads only, naming all of them of both.
        every = () if self.object_type == "lead" else (CUSTOM,)
        path = f"/{self.object_type}/{segment(self.object_id)}/"
        return _get(api, path, ID, *every, key).get(key)

    def answer(self, value: Any) -> Answer:
        """Return the answer that holds a value."""
        return Answer({**self._asdict(), "value": value})


class Close(Lookup):
    """Close fills custom fields of its leads and contacts, found by id or by e-mail.

    A field is wanted by the name that the organisation gave it, in any case, or by its id. One
    that leads and contacts share is filled where the row points: the contact for a contact's id
    or an e-mail alone, else the lead.
    """

    name = "close"
    title = "Close"
    docs = "https://developer.close.com/api/resources/field-enrichment"
    login = (API_KEY,)
    # All that a row has: else two contacts of a lead would be one person to the engine.
    needs = ((LEAD, CONTACT), (CONTACT,), (LEAD, EMAIL), (LEAD,), (EMAIL,))
    uses = (LEAD, CONTACT, EMAIL)
    finds = ()
    writes = "fills custom fields of leads and contacts in Close"
    price = Price("call", each=Credits(1))  # credits a field are not published
    workers = 2
    timeout = 150.0  # it waits until its AI is done, "several seconds" and more
    apart = True
    recovers = True

    def __init__(self) -> None:
        self._fields: list[Field] | None = None
        # Rows share leads, and the engine knows persons: what one row asked of a lead must not
        # be bought again for the next. The locks hold back rows that come while one is asking.
        self._turns: dict[Spot, Lock] = {}
        self._bought: dict[Spot, Answer | None] = {}
        self._lost: set[Spot] = set()

    def can_find(self, name: str) -> bool:
        """See `Provider.can_find`: which fields there are is known only to the organisation."""
        return name.startswith(PREFIX) and name not in self.uses

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`. A key belongs to one user of one organisation."""
        key = login.get(API_KEY.name)
        return Connection(
            login.base_url or "https://api.close.com/api/v1",
            BasicAuth(key, ""),
            sha256(key.encode()).hexdigest()[:16],
        )

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`: bodies of errors have many forms, so that the status decides."""
        match reply.status:
            case 408:  # which status a time-out has is not documented: it is an answer lost
                return None
            case 429:
                return Throttled(_until_reset(reply))
            case 404 if reply.text.lstrip().startswith("<"):
                return BadReply(
                    "Close does not know the address it was asked at (404)",
                    next="check the base URL: enrichctl providers show close",
                )
            case 404:
                return BadRecord("unknown to this Close organisation (404)")
            case 400:
                return BadRecord(f"Close rejects it: {_wrong_fields(reply) or 400}")
        return super().explain(reply)

    def changes(self, query: Query) -> bool:
        """See `Provider.changes`."""
        return query.save is not False

    def variant(self, query: Query) -> str:
        """See `Provider.variant`."""
        words = ("unsaved" * (query.save is False), "over" * bool(query.overwrite))
        return " ".join(filter(None, words))

    def find(self, query: Query, api: Api) -> Answer:
        """See `Lookup.find`: read, enrich, and read again, since the 200 proves nothing."""
        field, spot = self._spot(query, api)
        with self._turns.setdefault(spot, Lock()):
            self._spare(spot, query, api)
            try:
                value = self._enrich(field, spot, query, api)
            except Unconfirmed:
                self._lost.add(spot)
                raise
            answer = self._bought[spot] = spot.answer(value) if text(value) else None
        if answer is None:
            # Whether a value that is not saved can be had at all is not documented.
            unsaved = query.save is False
            raise Miss("Close shows no value unless it may save it" if unsaved else NO_VALUE)
        return answer

    def recover(self, query: Query, api: Api) -> Answer | None:
        """See `Lookup.recover`: a value that is there is the answer, none proves nothing."""
        try:
            _, spot = self._spot(query, api)
            value = spot.read(api)
        except RecordError:
            return None
        if text(value):
            return spot.answer(value)
        self._lost.add(spot)
        return None

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`."""
        value = text(body["value"])
        return {query.wants[0]: Value(value)} if value else {}

    def check(self, api: Api) -> str:
        """See `Remote.check`."""
        _get(api, "/me/", ID)
        return "the key is good; Close tells no balance"

    def _spot(self, query: Query, api: Api) -> tuple[Field, Spot]:
        if self._fields is None:
            self._fields = _discover(api)
        field = _named(query, self._fields)
        return field, Spot(field.on, _object_id(field.on, query.told, api), field.id)

    def _spare(self, spot: Spot, query: Query, api: Api) -> None:
        """Raise whatever makes a paid request needless."""
        if spot in self._bought:
            answer = self._bought[spot]
            raise Declined(SAME_FOR_ANOTHER, answer=answer) if answer else Miss(NO_VALUE)
        value = spot.read(api)
        if text(value) and (spot in self._lost or not query.overwrite):
            raise Declined("Close has a value already", answer=spot.answer(value))
        if spot in self._lost:
            raise Unconfirmed(f"{SAME_FOR_ANOTHER}, and the answer was lost")

    def _enrich(self, field: Field, spot: Spot, query: Query, api: Api) -> Any:
        """Make the one paid request; return the value that the field has now."""
        body = {
            ORGANIZATION: field.organization,
            **spot._asdict(),
            "set_new_value": query.save is not False,
            "overwrite_existing_value": bool(query.overwrite),
        }
        try:
            reply = api.post(
                "/enrich_field/", body, billed=True, json_due=False, group="enrich_field"
            )
        except LoginRefused:
            if field.restricted:  # the key is good: its user lacks the role
                raise BadRecord("only some roles may change this field in Close") from None
            raise
        return spot.read(api) if query.save is not False else _unsaved(reply, spot.field_id)


def _discover(api: Api) -> list[Field]:
    """Return all custom fields, of the organisation that the key belongs to."""
    try:
        mine = [one[ID] for one in _get(api, "/me/", ORGANIZATIONS)[ORGANIZATIONS]]
        # The older /custom_field/lead/ leaves out the shared ones.
        return [
            Field(
                kind, one[ID], one["name"], restricted=bool(one.get("editable_with_roles")),
                organization=own if (own := one.get(ORGANIZATION)) in mine else mine[0],
            )
            for kind in KINDS
            for one in _get(api, f"/custom_field_schema/{kind}/", FIELDS)[FIELDS]
        ]  # fmt: skip
    except (BadRecord, LookupError, TypeError):  # no row is at fault
        raise BadReply("Close does not show its custom fields as documented") from None


def _named(query: Query, fields: Sequence[Field]) -> Field:
    """Return the custom field that is wanted.

    Raises:
        UsageError: There is none of that name, or more than one.
    """
    wanted = query.wants[0].removeprefix(PREFIX)
    name = spelling.fold(wanted)
    found = [field for field in fields if wanted == field.id]
    found = found or [field for field in fields if name == spelling.fold(field.name)]
    if not found:
        names = sorted({field.name for field in fields})
        raise UsageError(
            f"Close has no custom field {wanted!r}{did_you_mean(wanted, names)}",
            next=f"its custom fields are {', '.join(names)}" if names else "add it in Close first",
        )
    by_kind = {field.on: field for field in found}
    if len(by_kind) < len(found):
        ids = ", ".join(PREFIX + field.id for field in found)
        raise UsageError(f"Close has several custom fields {wanted!r}", next=f"want one of {ids}")
    about_contact = CONTACT in query.told or LEAD not in query.told
    return by_kind.get("contact" if about_contact else "lead", found[0])


def _object_id(kind: Kind, told: Mapping[str, str], api: Api) -> str:
    """Return the id of the one lead or contact that a row means; guess none.

    Raises:
        BadRecord: There are several, or the id cannot be one.
        Miss: Nobody in Close has the e-mail.
    """
    lead, contact, email = (told.get(name, "") for name in Close.uses)
    for own, prefix in ((lead, "lead_"), (contact, "cont_")):
        if own and not (own.startswith(prefix) and own.isidentifier()):
            raise BadRecord(f"Close has no such id: one of this kind begins with {prefix}")
    if own := lead if kind == "lead" else contact:
        return own
    if contact:
        people = [_get(api, f"/contact/{segment(contact)}/", ID, LEAD_ID)]
    elif lead:
        people = _get(api, f"/lead/{segment(lead)}/", ID, CONTACTS).get(CONTACTS) or []
    else:
        people = _search(email, api)
    if email:
        people = [one for one in people if _has(one, email)]
        if not people:
            raise Miss("no contact in Close has this e-mail")
    ids = {text(one.get(ID if kind == "contact" else LEAD_ID)) for one in people} - {""}
    if len(ids) != 1:
        raise BadRecord(
            f"{len(ids) or 'no'} {kind}s in Close fit this row, so none is chosen",
            next=f"give the right one in a column {PREFIX}{kind}_id",
        )
    return ids.pop()


def _has(contact: Mapping[str, Any], email: str) -> bool:
    """Tell whether a contact has exactly this e-mail: a search compares words, and finds more."""
    return any(spelling.email(text(one.get(EMAIL))) == email for one in contact.get(EMAILS) or ())


def _search(email: str, api: Api) -> list[dict[str, Any]]:
    """Return all contacts with an e-mail like this one.

    A cursor lasts 30 s, so that nothing else is asked before the last page.
    https://developer.close.com/api/resources/advanced-filtering
    """
    is_email = {
        "type": "field_condition",
        "field": {"type": "regular_field", "object_type": "contact_email", "field_name": EMAIL},
        "condition": {"type": "text", "mode": "full_words", "value": email},
    }
    has_email = {
        "type": "has_related", "this_object_type": "contact",
        "related_object_type": "contact_email", "related_query": is_email,
    }  # fmt: skip
    contacts = {"type": "object_type", "object_type": "contact"}
    body: dict[str, Any] = {
        "query": {"type": "and", "queries": [contacts, has_email]},
        "_fields": {"contact": [ID, LEAD_ID, EMAILS]}, "_limit": PAGE,
    }  # fmt: skip
    found: list[dict[str, Any]] = []
    for _ in range(PAGES):
        page = _object(api.post("/data/search/", body, group="search"), "data", api)
        found += page["data"]
        cursor = page.get("cursor")
        if not cursor:
            return found
        body["cursor"] = cursor
    raise BadRecord("more e-mails resemble this one than Close shows")


def _get(api: Api, path: str, due: str, *more: str) -> dict[str, Any]:
    """Read an object, or only some of its fields."""
    params = {"_fields": ",".join((due, *more))} if more else None
    return _object(api.get(path, params, group="read"), due, api)


def _object(reply: Reply, due: str, api: Api) -> dict[str, Any]:
    """Return an answer that holds what is due: without it, a missing value would prove nothing."""
    body = reply.json()
    if isinstance(body, dict) and due in body:
        return body
    trouble = f"Close answered without {due!r}"
    raise Unconfirmed(f"paid, then {trouble}") if api.paid else BadReply(trouble)


def _unsaved(reply: Reply, field_id: str) -> Any:
    """Return a value that was not saved, if the reply shows it; its form is not documented."""
    body = reply.peek()
    keys = (f"{CUSTOM}.{field_id}", field_id, "value")
    return (
        next((body[key] for key in keys if key in body), None) if isinstance(body, dict) else None
    )


def _wrong_fields(reply: Reply) -> str:
    """Name the parts of a request that Close finds fault with, where it tells."""
    body = reply.peek()
    wrong = body.get("field-errors") if isinstance(body, dict) else None
    return ", ".join(filter(str.isidentifier, wrong)) if isinstance(wrong, dict) else ""


def _until_reset(reply: Reply) -> float | None:
    """Return the seconds until the limit of this kind of call opens again.

    Documented with commas, seen with semicolons, and as headers of their own; the seconds are
    decimal there and rounded up in ``Retry-After``. Calls are limited by groups, which are not
    published: searching, reading and enriching are taken for one each.
    https://developer.close.com/api/overview/rate-limits
    """
    own = reply.headers.get("ratelimit-reset", "")
    reset = ratelimit(reply.headers.get("ratelimit", "")).get("reset")
    return reset or retry_after(reply) or seconds_in(own) or None
