"""The two addresses of a company, each in either of the two forms of SuperOffice's carrier.

`Street` and `Postal` are structured. `LocalizedAddress` says the same as rows of named fields, laid
out as the country does, and may come alone: ``[[{"Name": "StreetAddress1", "Value": …}], …]``.
Of the vendor's own client (npm @superoffice/webapi 12.4.1514): its carriers and sample bodies.
"""

from collections.abc import Mapping
from typing import Any

from enrichctl.json_values import as_object, objects, text

PLACES, WIDER = ("Street", "Postal"), ("County", "State")
KEYS = frozenset({"Address1", "Address2", "Address3", "City", "Zipcode", *WIDER})
STRUCTURED, LOCALIZED = "Address", "LocalizedAddress"
FIELD, VALUE, KIND = "Name", "Value", "AddressType"


def address_part(entity: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return one of the two addresses by the keys of the structured form, {} when there is none."""
    address = as_object(entity.get(STRUCTURED))
    structured = as_object(address.get(name))
    if any(text(structured.get(key)) for key in KEYS):
        return structured
    return structured | _localized(address.get(LOCALIZED), name)


def _localized(rows: Any, name: str) -> dict[str, str]:
    found = {}
    for field in (field for row in rows or () for field in objects(row)):
        called = text(field.get(FIELD))
        key = called.removeprefix(name)
        named = key != called or text(field.get(KIND)) == f"Contact{name}Address"
        if named and key in KEYS and (value := text(field.get(VALUE))):
            found[key] = value
    return found
