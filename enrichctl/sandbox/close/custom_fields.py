"""The custom fields of the Close organisation, and what enriching each of them finds."""

from dataclasses import dataclass
from typing import Any, Literal

from enrichctl.sandbox.makeup import Company, Person
from enrichctl.sandbox.words import INDUSTRIES, TITLES, TOOLS

ObjectType = Literal["lead", "contact"]
ORGANIZATION = "orga_SandboxOrganisation00000000000000000000001"
USER = "user_SandboxUser00000000000000000000000000000001"


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field.

    Attributes:
        id: Without the prefix ``custom.``.
        on: Object types that have it; a shared field is on several.
        fact: The fact of the population that it holds, "" when enriching finds nothing.
        roles: Who may write it; not empty keeps the sandbox's user out.
    """

    id: str
    name: str
    type: str
    on: tuple[ObjectType, ...]
    fact: str
    choices: tuple[str, ...] = ()
    many: bool = False
    roles: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """Return the field as the API shows it."""
        shown = {
            "id": self.id,
            "name": self.name,
            "description": "",
            "type": self.type,
            "accepts_multiple_values": self.many,
            "editable_with_roles": list(self.roles),
            "organization_id": ORGANIZATION,
            "created_by": USER,
            "updated_by": USER,
            "date_created": "2025-01-15T08:30:00.000000+00:00",
            "date_updated": "2025-01-15T08:30:00.000000+00:00",
        }
        if self.type == "choices":
            shown["choices"] = list(self.choices)
        if len(self.on) > 1:
            shown["associations"] = [{"object_type": one} for one in self.on]
        return shown


def _cf(name: str, kind: str, on: tuple[ObjectType, ...], fact: str, **more: Any) -> CustomField:
    letters = "".join(part.capitalize() for part in (*on, *name.split()))
    return CustomField(f"cf_{letters:0<43.43}", name, kind, on, fact, **more)


CUSTOM_FIELDS = {
    one.id: one
    for one in (
        _cf("Industry", "choices", ("lead",), "company.industry", choices=INDUSTRIES),
        _cf("Company Size", "text", ("lead",), "company.size"),
        _cf("Employees", "number", ("lead",), "company.employees"),
        _cf("Founded", "date", ("lead",), "company.founded_on"),
        _cf("About", "text", ("lead",), "company.description"),
        _cf("Tech Stack", "choices", ("lead",), "company.tech_stack", choices=TOOLS, many=True),
        _cf("Main Phone", "text", ("lead",), "company.phone"),
        _cf("Next Review", "date", ("lead",), ""),
        _cf("Owner Notes", "text", ("lead",), "company.description", roles=("role_admin",)),
        _cf("Position", "text", ("contact",), "person.job_title"),
        _cf(
            "Seniority", "choices", ("contact",), "person.seniority",
            choices=tuple(sorted({seniority for _, seniority, _ in TITLES})),
        ),
        _cf("LinkedIn", "text", ("contact",), "person.linkedin_url"),
        _cf("Direct Phone", "text", ("contact",), "person.phone"),
        _cf("Favourite Colour", "text", ("contact",), ""),
        _cf("Region", "text", ("lead", "contact"), "company.country"),
    )
}  # fmt: skip


def value_of(field: CustomField, person: Person | None, company: Company | None) -> Any:
    """Return what enriching a field finds, typed as the field is; None when it finds nothing."""
    owner, _, fact = field.fact.partition(".")
    subject: Person | Company | None = person if owner == "person" else company
    if subject is None or not fact:
        return None
    if isinstance(subject, Company) and fact == "employees":
        return int(subject.size.partition("-")[0]) if subject.size else None
    if isinstance(subject, Company) and fact == "founded_on":
        return f"{subject.founded_year}-01-01"
    value = getattr(subject, fact)
    return (list(value) if field.many else value) or None
