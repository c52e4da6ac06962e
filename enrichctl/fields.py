"""The canonical fields: what can be known of a person and of a company.

``FIELDS`` is in the order in which new columns appear in an output. Last are providers' own ids:
each provider declares its own in a file ``fields.txt`` next to its code, so that a column of them
is recognised whether or not the provider is used, without importing it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

Kind = Literal[
    "email", "phone", "person_url", "company_url", "url", "domain", "country", "country_code",
    "number", "id", "text",
]  # fmt: skip
About = Literal["person", "company"]


class Field(NamedTuple):
    """One canonical fact.

    Attributes:
        name: As in options, columns and JSON.
        kind: What its values look like; decides how two spellings of one value are compared.
        about: Whose fact it is.
        prefix: How all its values begin, for columns that are only called an id.
        headers: What exports call its column, where that is not its name.
        means: What it is, in a few words.
    """

    name: str
    kind: Kind
    about: About = "person"
    prefix: str = ""
    headers: tuple[str, ...] = ()
    means: str = ""


FIELDS: dict[str, Field] = {
    f.name: f
    for f in (
        Field("email", "email", means="e-mail address"),
        Field("first_name", "text", means="given name"),
        Field("last_name", "text", means="family name"),
        Field("full_name", "text", means="whole name, as it is written"),
        Field("job_title", "text", means="title of the job"),
        Field("seniority", "text", means="level of the job: director, manager, …"),
        Field("department", "text", means="part of the company: sales, finance, …"),
        Field("phone", "phone", means="phone number"),
        Field("mobile", "phone", means="mobile number"),
        Field("linkedin_url", "person_url", means="profile on LinkedIn"),
        Field("company_name", "text", "company", means="name of the company"),
        Field("company_domain", "domain", "company", means="its domain, as in acme.example"),
        Field("company_size", "text", "company", means="how many people work there"),
        Field("industry", "text", "company", means="what it does, in a word or two"),
        Field("founded_year", "number", "company", means="year in which it was founded"),
        Field("company_description", "text", "company", means="what it says of itself"),
        Field("company_linkedin_url", "company_url", "company", means="its page on LinkedIn"),
        Field("website", "url", "company", means="its website"),
        Field("tech_stack", "text", "company", means="technology that it uses"),
        Field("location", "text", means="place as one text: town, region, country"),
        Field("address", "text", means="street and number"),
        Field("city", "text", means="town"),
        Field("region", "text", means="state, province or county"),
        Field("postal_code", "text", means="postal code"),
        Field("country", "country", means="name of the country"),
        Field("country_code", "country_code", means="its code, ISO 3166: DE, US, …"),
        Field("timezone", "text", means="time zone: Europe/Berlin, …"),
        Field(
            "email_kind",
            "text",
            means="what an address looks like: person, role, free, disposable, malformed",
        ),
        Field(
            "email_status",
            "text",
            means="what a provider verified: deliverable, catch_all, risky, undeliverable, unknown",
        ),
        Field("phone_e164", "phone", means="phone number in international form: +4930123456"),
    )
}

OF_COMPANIES = {name for name, field in FIELDS.items() if field.about == "company"}
_PLACE = {name: place for place, name in enumerate(FIELDS)}
_OWNERS: set[str] = set()


def declare(provider: str, text: str) -> None:
    """Add the ids that a provider declares in its ``fields.txt``.

    Args:
        provider: Its name; its fields are called ``NAME.…``.
        text: One field a line: name, ``person`` or ``company``, how its values begin or ``-``, and
            what exports call its column, divided by ``|``.

    Raises:
        ValueError: A line is none of these, or is about a field of somebody else.
    """
    for field in _declared(provider, text):
        FIELDS[field.name] = field
        _PLACE.setdefault(field.name, len(_PLACE))
        _OWNERS.add(provider)
        if field.about == "company":
            OF_COMPANIES.add(field.name)


def _declared(provider: str, text: str) -> Iterator[Field]:
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, about, prefix, headers = (*line.split(maxsplit=3), "", "", "")[:4]
        if about not in ("person", "company") or not prefix:
            raise ValueError(f"{line!r} is not NAME, person or company, how it begins, HEADERS")
        if not (name.startswith(f"{provider}.") and is_field(name)):
            raise ValueError(f"{name} is no field of {provider}: it would be {provider}.…")
        also = tuple(part.strip() for part in headers.split("|") if part.strip())
        whose: About = "company" if about == "company" else "person"
        means = f"id of the {whose} at {provider}"
        yield Field(name, "id", whose, "" if prefix == "-" else prefix, also, means)


def is_field(name: str) -> bool:
    """Tell whether a name can be a field: canonical, or a provider's own (``close.cf_…``)."""
    provider, dot, own = name.partition(".")
    return name in FIELDS or bool(dot and provider.isidentifier() and own.strip())


def has_own_fields(provider: str) -> bool:
    """Tell whether a provider has declared ids of its own."""
    return provider in _OWNERS


def kind_of(name: str) -> Kind:
    """Return what values of a field look like; a provider's own field is text."""
    field = FIELDS.get(name)
    return field.kind if field else "text"


def in_order(names: set[str] | frozenset[str]) -> tuple[str, ...]:
    """Return fields in the fixed order of output columns, providers' own fields last, by name."""
    return tuple(sorted(names, key=lambda name: (_PLACE.get(name, len(_PLACE)), name)))


def _declare_built_in() -> None:
    providers = Path(__file__).parent / "providers"
    for path in sorted(providers.glob("*/fields.txt")):
        declare(path.parent.name, path.read_text("utf-8"))


_declare_built_in()
