"""What LeadLex is asked: by which field, at which address, for which of its fields."""

from typing import Any

from enrichctl.errors import Declined
from enrichctl.model import Query
from enrichctl.providers.leadlex.replies import (
    COMPANY,
    FIELDS,
    FILLED_IN_COMPANY,
    FILLED_IN_CONTACT,
    HEADQUARTERS,
)

NEEDS = (("leadlex.contact_id",), ("email",), ("leadlex.company_id",), ("company_domain",))


def asked_by(query: Query) -> str:
    """Return the field by which LeadLex is asked."""
    inputs = query.inputs
    for (name,) in NEEDS:
        if name in inputs:
            return name
    raise LookupError("nothing by which LeadLex could be asked")


def question(route: str, inputs: str, query: Query) -> tuple[str, dict[str, Any]]:
    """Return path and body of the one paid call.

    Raises:
        Declined: Nothing that is missing could come of it.
    """
    if route == "email":
        verify = {"verify": True} if "email_status" in query.wants else {}
        return "/v1/enrich/email", {"email": inputs, **verify}
    if route == "leadlex.contact_id":
        asked = FILLED_IN_CONTACT.intersection(query.wants)
        fields = sorted(asked)
        if not set(fields) - {"seniority"}:  # filled there, but not among what is shown to us
            raise Declined("by contact id LeadLex shows none of what is missing")
        body = {"contact_id": inputs, FIELDS: fields, **_overwrite(asked, query)}
        return "/v1/enrich/contact", body
    names = COMPANY | HEADQUARTERS
    asked = FILLED_IN_COMPANY.intersection(query.wants)
    fields = sorted(names[name] for name in asked)
    if not fields:
        raise Declined("of a company LeadLex knows none of what is missing")
    key = "company_id" if route == "leadlex.company_id" else COMPANY["company_domain"]
    return "/v1/enrich/company", {key: inputs, FIELDS: fields, **_overwrite(asked, query)}


def _overwrite(asked: set[str], query: Query) -> dict[str, bool]:
    """The switch holds for all fields of a call, so one that must be kept keeps them all."""
    return {"overwrite": True} if asked <= query.overwrite else {}
