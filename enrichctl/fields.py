"""The canonical fields: what can be known of a person and of a company.

``FIELDS`` is in the order in which new columns appear in an output.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "email", "phone", "person_url", "company_url", "url", "domain", "country", "country_code",
    "number", "id", "text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical fact.

    Attributes:
        name: As in options, columns and JSON.
        kind: What its values look like; decides how two spellings of one value are compared.
        about: Whose fact it is.
    """

    name: str
    kind: Kind
    about: Literal["person", "company"] = "person"


FIELDS: dict[str, Field] = {
    f.name: f
    for f in (
        Field("email", "email"),
        Field("first_name", "text"),
        Field("last_name", "text"),
        Field("full_name", "text"),
        Field("job_title", "text"),
        Field("seniority", "text"),
        Field("department", "text"),
        Field("phone", "phone"),
        Field("mobile", "phone"),
        Field("linkedin_url", "person_url"),
        Field("company_name", "text", "company"),
        Field("company_domain", "domain", "company"),
        Field("company_size", "text", "company"),
        Field("industry", "text", "company"),
        Field("founded_year", "number", "company"),
        Field("company_description", "text", "company"),
        Field("company_linkedin_url", "company_url", "company"),
        Field("website", "url", "company"),
        Field("tech_stack", "text", "company"),
        Field("location", "text"),
        Field("address", "text"),
        Field("city", "text"),
        Field("region", "text"),
        Field("postal_code", "text"),
        Field("country", "country"),
        Field("country_code", "country_code"),
        Field("timezone", "text"),
        Field("email_kind", "text"),
        Field("email_status", "text"),
        Field("phone_e164", "phone"),
        Field("leadlex.contact_id", "id"),
        Field("leadlex.company_id", "id", "company"),
        Field("close.lead_id", "id", "company"),
        Field("close.contact_id", "id"),
        Field("lemlist.lead_id", "id"),
        Field("lemlist.contact_id", "id"),
        Field("superoffice.contact_id", "id", "company"),
        Field("superoffice.enrich_id", "id", "company"),
    )
}

_PLACE = {name: place for place, name in enumerate(FIELDS)}


def is_field(name: str) -> bool:
    """Tell whether a name can be a field: canonical, or a provider's own (``close.cf_…``)."""
    provider, dot, own = name.partition(".")
    return name in FIELDS or bool(dot and provider.isidentifier() and own.strip())


def kind_of(name: str) -> Kind:
    """Return what values of a field look like; a provider's own field is text."""
    field = FIELDS.get(name)
    return field.kind if field else "text"


def in_order(names: set[str] | frozenset[str]) -> tuple[str, ...]:
    """Return fields in the fixed order of output columns, providers' own fields last, by name."""
    return tuple(sorted(names, key=lambda name: (_PLACE.get(name, len(_PLACE)), name)))
