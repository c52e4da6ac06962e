"""Leads and contacts of Close, read as far as they are needed."""

from typing import Any, Literal, NamedTuple

from enrichctl.errors import BadReply, Unconfirmed
from enrichctl.model import Answer
from enrichctl.transport import Api, Reply, segment

Kind = Literal["lead", "contact"]
KINDS: tuple[Kind, ...] = ("lead", "contact")
# Keys that more than one call sends, asks for by name or reads.
ID, ORGANIZATION, VALUE = "id", "organization_id", "value"
ME = "/me/"
FIELDS = "_fields"  # which of an object's fields are shown
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
        path = f"/{self.object_type}/{segment(self.object_id)}/"
        return get(api, path, ID, *every, self.key).get(self.key)

    def shown_in(self, reply: Reply) -> Any:
        """Return a value that was not saved, if a reply shows it; its form is not documented."""
        body = reply.peek()
        if not isinstance(body, dict):
            return None
        return next((body[key] for key in (self.key, self.field_id, VALUE) if key in body), None)

    def answer(self, value: Any) -> Answer:
        """Return the answer that holds a value."""
        return Answer({**self._asdict(), VALUE: value})


def get(api: Api, path: str, due: str, *more: str) -> dict[str, Any]:
    """Read an object, or only some of its fields; see `holding`."""
    params = {FIELDS: ",".join((due, *more))} if more else None
    return holding(due, api.get(path, params, group="read"), api)


def holding(due: str, reply: Reply, api: Api) -> dict[str, Any]:
    """Return an answer that holds what is due: without it, a missing value would prove nothing.

    Raises:
        BadReply: It does not.
        Unconfirmed: Likewise, after the paid call.
    """
    body = reply.json()
    if isinstance(body, dict) and due in body:
        return body
    trouble = f"Close answered without {due!r}"
    raise Unconfirmed(f"paid, then {trouble}") if api.paid else BadReply(trouble)
