"""What Close answers: leads and contacts, read as far as needed, and what refusals say."""

from typing import Any, Literal, NamedTuple

from enrichctl.errors import BadReply, Unconfirmed
from enrichctl.json_values import agrees, as_object
from enrichctl.model import Answer
from enrichctl.transport import Api, Reply, retry_after, segment
from enrichctl.transport.replies import ratelimit, seconds_in

Kind = Literal["lead", "contact"]
KINDS: tuple[Kind, ...] = ("lead", "contact")
# Keys that more than one call sends, asks for by name or reads.
ID, ORGANIZATION, VALUE = "id", "organization_id", "value"
ME = "/me/"
FIELDS = "_fields"  # which of an object's fields are shown
# What requests consist of: Close may find fault with these, and anything else is not shown.
PARTS = frozenset({
    "organization_id", "object_type", "object_id", "field_id", "set_new_value",
    "overwrite_existing_value", "lead_id", "contact_id", "query", "cursor", "_fields", "_limit",
})  # fmt: skip
CUSTOM = "custom"  # asks for all custom values; the key of one is this, a dot and the field's id


class Spot(NamedTuple):
    """One custom field of one object, in the words of Close's request."""

    object_type: Kind
    object_id: str
    field_id: str

    @property
    def key(self) -> str:
        """Return the key of its value in the object."""
        return f"{CUSTOM}.{self.field_id}"

    def read(self, api: Api) -> Any:
        """Read its value; None when there is none: the key is then absent."""
        # Naming one custom field is documented of leads only, naming all of them of both.
        every = () if self.object_type == "lead" else (CUSTOM,)
        return get_object(api, *self[:2], *every, self.key).get(self.key)

    def shown_in(self, reply: Reply) -> Any:
        """Return a value that was not saved, if a reply shows it; its form is not documented."""
        body = reply.peek()
        if not isinstance(body, dict):
            return None
        return next((body[key] for key in (self.key, self.field_id, VALUE) if key in body), None)

    def answer(self, value: Any) -> Answer:
        """Return the answer that holds a value."""
        return Answer({**self._asdict(), VALUE: value})


def get_object(api: Api, kind: Kind, own_id: str, *fields: str) -> dict[str, Any]:
    """Read some fields of a lead or a contact; an answer about another one is none."""

    def ours(reply: Reply) -> bool:
        return agrees(as_object(reply.peek()).get(ID), own_id)

    params = {FIELDS: ",".join((ID, *fields))}
    path = f"/{kind}/{segment(own_id)}/"
    return holding(ID, api.get(path, params, group="read", ours=ours), api)


def get(api: Api, path: str, due: str, *more: str) -> dict[str, Any]:
    """Read what an organisation has, or only some of its fields; see `holding`."""
    params = {FIELDS: ",".join((due, *more))} if more else None
    return holding(due, api.get(path, params, group="read"), api)


def holding(due: str, reply: Reply, api: Api) -> dict[str, Any]:
    """Return an answer that holds what is due: without it, a missing value would prove nothing.

    Raises:
        BadReply: It does not.
        Unconfirmed: It does not, after the paid call.
    """
    body = reply.json()
    if isinstance(body, dict) and due in body:
        return body
    trouble = f"Close answered without {due!r}"
    raise Unconfirmed(f"paid, then {trouble}") if api.paid else BadReply(trouble)


def until_reset(reply: Reply) -> float | None:
    """Return the seconds until the limit of this kind of call opens again.

    Documented with commas, seen with semicolons, and as headers of their own; the seconds are
    decimal there and rounded up in ``Retry-After``. Calls are limited by groups, which are not
    published: searching, reading and enriching are taken for one each.
    https://developer.close.com/api/overview/rate-limits
    """
    own = reply.headers.get("ratelimit-reset", "")
    reset = ratelimit(reply.headers.get("ratelimit", "")).get("reset")
    return reset or retry_after(reply) or seconds_in(own) or None


def wrong_fields(reply: Reply) -> str:
    """Name the parts of a request that Close finds fault with, where it says so."""
    body = reply.peek()
    wrong = body.get("field-errors") if isinstance(body, dict) else None
    return ", ".join(part for part in wrong if part in PARTS) if isinstance(wrong, dict) else ""
