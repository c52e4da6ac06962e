"""The address of a company as SuperOffice's carrier holds it: two of them, each in two forms.

After the vendor's own client (npm @superoffice/webapi 12.4.1514): `Address` of its carriers, and
the sample bodies of its tests. "LocalizedAddress changes override" the structured form.
"""

from typing import Any

from enrichctl.sandbox.makeup import Company

PLACES = ("Street", "Postal")
ROWS = (("Address1",), ("Zipcode", "City"))  # a layout of northern Europe

Carrier = dict[str, Any]


def address(company: Company | None) -> Carrier:
    """Return the address carrier of a company, empty for None."""
    part = {
        "Address1": company.address if company else "",
        "Address2": "",
        "Address3": "",
        "City": company.city if company else "",
        "County": "",
        "State": "",
        "Zipcode": company.postal_code if company else "",
    }
    return whole(dict.fromkeys(PLACES, part))


def localized_alone(company: Company) -> Carrier:
    """Return an address as a preview has it: "a list of LocalizedFieldList objects"."""
    return address(company) | dict.fromkeys(PLACES)


def saved(sent: Any, before: Any) -> Any:
    """Return an address as it is after saving: its two forms agree again."""
    if not isinstance(sent, dict):
        return sent
    held = before if isinstance(before, dict) else {}
    structured = {place: dict(sent.get(place) or {}) for place in PLACES}
    rows = sent.get("LocalizedAddress") or []
    if rows and rows != held.get("LocalizedAddress"):
        for field in (field for row in rows for field in row):
            place = next(place for place in PLACES if field["Name"].startswith(place))
            structured[place][field["Name"].removeprefix(place)] = field["Value"]
    return whole(structured)


def whole(structured: dict[str, Carrier]) -> Carrier:
    """Return the carrier whose two addresses are given in the structured form."""
    places = {place: _structured(place, part) for place, part in structured.items()}
    rows = [
        [_field(place, part, key) for key in row] for place, part in places.items() for row in ROWS
    ]
    return {
        "Wgs84Latitude": 0.0,
        "Wgs84Longitude": 0.0,
        "LocalizedAddress": rows,
        **places,
        "Formatted": places["Street"]["Formatted"],
    }


def _structured(place: str, part: Carrier) -> Carrier:
    town = f"{part.get('Zipcode') or ''} {part.get('City') or ''}".strip()
    lines = [part.get("Address1"), part.get("Address2"), part.get("Address3"), town]
    return {"AtypeIdx": _kind(place)} | part | {"Formatted": "".join(f"{x}\n" for x in lines if x)}


def _field(place: str, part: Carrier, key: str) -> Carrier:
    return {
        "Name": f"{place}{key}",
        "Value": part.get(key) or "",
        "Tooltip": "",
        "Label": {"Address1": "SR_AL_STREET", "Zipcode": "SR_AL_POSTCODECITY"}.get(key, ""),
        "ValueLength": 80,
        "AddressType": _kind(place),
        "TableRight": None,
        "FieldProperties": {},
    }


def _kind(place: str) -> str:
    return f"Contact{place}Address"
