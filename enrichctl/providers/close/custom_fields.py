"""The custom fields of a Close organisation: which there are, and which one a name means.

https://developer.close.com/api/resources/custom-fields/custom-field-schemas
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from enrichctl.errors import BadRecord, BadReply, UsageError, did_you_mean
from enrichctl.facts import spelling
from enrichctl.json_values import objects, text
from enrichctl.providers.close.replies import ID, KINDS, ME, ORGANIZATION, Kind, get
from enrichctl.transport import Api

PREFIX = "close."
ORGANIZATIONS, FIELDS, TYPE = "organizations", "fields", "type"
# It fills texts, choices, numbers and dates; these name other objects, or are not for people.
# https://developer.close.com/api/resources/field-enrichment
NEVER_FILLED = ("user", "contact", "custom_object", "hidden")


class CloseField(NamedTuple):
    """A custom field of leads or of contacts; a shared one is both."""

    on: Kind
    id: str
    name: str
    organization: str
    type: str
    restricted: bool  # only some roles may change it


def organizations(api: Api) -> list[str]:
    """Return the organisations of the user whose key it is.

    Raises:
        BadReply: Close does not show them as documented.
    """
    mine = objects(get(api, ME, ORGANIZATIONS)[ORGANIZATIONS])
    found = [own for one in mine if (own := text(one.get(ID)))]
    if not found:
        raise BadReply("Close does not show whose key it is as documented")
    return found


def discover(api: Api) -> list[CloseField]:
    """Return all custom fields, of the organisation that the key belongs to."""
    try:
        mine = organizations(api)
        # The older /custom_field/lead/ leaves out the shared ones.
        return [
            CloseField(
                kind, one[ID], one["name"], type=text(one.get(TYPE)),
                restricted=bool(one.get("editable_with_roles")),
                organization=own if (own := one.get(ORGANIZATION)) in mine else mine[0],
            )
            for kind in KINDS
            for one in get(api, f"/custom_field_schema/{kind}/", FIELDS)[FIELDS]
        ]  # fmt: skip
    except (BadRecord, LookupError, TypeError):  # no row is at fault
        raise BadReply("Close does not show its custom fields as documented") from None


def field_named(want: str, fields: Sequence[CloseField]) -> Mapping[Kind, CloseField]:
    """Return the custom field that is wanted, by what it is a field of; a shared one is of both.

    Raises:
        UsageError: There is none of that name, more than one, or one that it does not fill.
    """
    wanted = want.removeprefix(PREFIX)
    name = spelling.fold(wanted)
    found = [field for field in fields if wanted == field.id]
    found = found or [field for field in fields if name == spelling.fold(field.name)]
    if not found:
        names = sorted({field.name for field in fields})
        raise UsageError(
            f"Close has no custom field {wanted!r}{did_you_mean(wanted, names)}",
            next=f"its custom fields are {', '.join(names)}" if names else "add it in Close first",
        )
    if found[0].type in NEVER_FILLED:
        raise UsageError(
            f"Close does not fill fields of the type {found[0].type}, as {wanted!r} is",
            next="it fills texts, choices, numbers and dates",
        )
    by_kind = {field.on: field for field in found}
    if len(by_kind) < len(found):
        ids = ", ".join(PREFIX + field.id for field in found)
        raise UsageError(f"Close has several custom fields {wanted!r}", next=f"want one of {ids}")
    return by_kind
