"""The company that a row means: as the CRM holds it, and as the data source offers it."""

import re
from typing import Any, NamedTuple

from enrichctl.errors import BadRecord, Miss, RecordError, TooLittle
from enrichctl.facts import countries
from enrichctl.facts.companies import same_company
from enrichctl.json_values import as_object, objects, text
from enrichctl.model import Query
from enrichctl.providers.superoffice.replies import (
    AGENT,
    COUNTRY_ID,
    DELETED,
    ID,
    NAME,
    home,
    home_id,
)
from enrichctl.transport import Api, Reply

COMPANIES = "/api/v1/Contact"
CANDIDATES = "/api/v1/MDOList/enrichcontact"
COUNTRIES = "/api/v1/MDOList/country"
LINKS = "_Links"  # REST adds them to what it shows: they are no part of the entity
# Of a row.
CONTACT_ID, OWN_ENRICH_ID = "superoffice.contact_id", "superoffice.enrich_id"
COMPANY_NAME = "company_name"
ENRICH_ID = "EnrichId"
# Not documented: which item of a candidate is the EnrichId. The one whose preview agrees is it.
ENRICH_ID_IN = ("Id", "ExtraInfo")
ROW_ID, ROW_NAME, ROW_COUNTRY, ROW_DELETED = COLUMNS = (
    "contactId", "name", "country", "contactDeleted",
)  # fmt: skip
SELECT, ORDER, FILTER, TOP = "$select", "$orderby", "$filter", "$top"


def is_of(reply: Reply, number: int) -> bool:
    """Tell whether an answer is about a company, as far as it says which; 0 and null are none."""
    return as_object(reply.peek()).get(ID) in (None, 0, number)


def any_company(api: Api) -> None:
    """Read the id of any one company."""
    api.get(COMPANIES, {SELECT: ROW_ID, ORDER: ROW_ID, TOP: "1"})


def company(query: Query, api: Api) -> dict[str, Any]:
    """Return the company as the CRM holds it, empty when it holds none of that name.

    The whole entity: ``$select`` would null the rest, and enriching or saving that would lose it.

    Raises:
        TooLittle: There are several of that name, and nobody knows the country.
        BadRecord: There are several, it is deleted, or the id cannot be one.
    """
    number = query.inputs.get(CONTACT_ID) or _number(query, api)
    if not number:
        return {}
    if not (number.isascii() and number.isdigit()):
        raise BadRecord("the contact id of a company in SuperOffice is a number")
    return numbered(int(number), api)


def numbered(number: int, api: Api) -> dict[str, Any]:
    """Return a company of the CRM by its id.

    Raises:
        BadRecord: It is deleted.
    """
    entity = as_object(
        api.get(f"{COMPANIES}/{number}", ours=lambda reply: is_of(reply, number)).json()
    )
    entity.pop(LINKS, None)
    if entity.get(ID) != number or entity.get(DELETED):
        raise BadRecord("the company is deleted in SuperOffice")
    return entity


class Lands:
    """SuperOffice's own numbers of countries, read once a run where they are needed."""

    def __init__(self) -> None:
        self._codes: dict[Any, str] | None = None

    def is_code(self, number: Any, code: str, api: Api) -> bool | None:
        """Tell whether a number is that of a country; None when the list does not say."""
        if self._codes is None:
            try:
                listed = objects(api.get(COUNTRIES).json())
            except RecordError:  # not on every installation
                listed = []
            names = {one.get("Id"): text(one.get(NAME)) for one in listed}
            self._codes = {land: countries.code(name) or "" for land, name in names.items()}
        known = self._codes.get(number)
        return known == code if known else None


class Candidate(NamedTuple):
    """A company as the data source offers it.

    Attributes:
        enrich_id: Names it there.
        preview: What it shows of it for nothing.
        is_here: Whether it is in the country that was asked for; None when that is not known.
    """

    enrich_id: str
    preview: dict[str, Any]
    is_here: bool | None


def candidate(before: dict[str, Any], query: Query, lands: Lands, api: Api) -> Candidate:
    """Return the one company in the data source with name and country.

    How a list of candidates is told the country is documented in two ways, and without it the
    user's own country counts: so the country of what comes back is looked at.

    Raises:
        Miss: There is none.
        TooLittle: Nobody knows the country, and a name alone may be another country's company.
        BadRecord: There are several, or the preview is another company's.
    """
    name = text(before.get(NAME)) or query.inputs.get(COMPANY_NAME, "")
    own = query.inputs.get(OWN_ENRICH_ID)
    code = countries.code(home(before)) or country_of(query)
    if not (own or code):
        raise _without_country(query)
    ids = [own] if own else _enrich_ids(name, code, api)
    for enrich_id in ids:
        answer = api.post(f"{AGENT}/GetPreviewEnrichContact", {ENRICH_ID: enrich_id}).json()
        preview = as_object(answer)
        if not same_company(text(preview.get(NAME)), name):
            continue
        found = Candidate(enrich_id, preview, _is_in(preview, home_id(before), code, lands, api))
        if found.is_here is not False:
            return found
    raise BadRecord("SuperOffice has no preview of this name and country for the EnrichId")


def _is_in(preview: dict[str, Any], here: Any, code: str, lands: Lands, api: Api) -> bool | None:
    """Tell whether a preview is of a country; None when that cannot be known."""
    land = preview.get(COUNTRY_ID)
    if not (here or code):
        return True  # none was asked for
    if not land:
        return None
    return land == here if here else lands.is_code(land, code, api)


def country_of(query: Query) -> str:
    """Return the alpha-2 code of the row's country, "" when there is none."""
    told = (query.inputs.get(field, "") for field in ("country_code", "country"))
    return next(filter(None, map(countries.code, told)), "")


def _without_country(query: Query) -> TooLittle:
    """Return what a record ends with whose country it would take to know."""
    given = any(map(query.inputs.get, ("country_code", "country")))
    return TooLittle(f"superoffice needs country{' (not understood)' if given else ''}")


def _number(query: Query, api: Api) -> str:
    """Return the id of the one company in the CRM with the row's name and country, or ""."""
    name, country = query.inputs[COMPANY_NAME], country_of(query)
    quoted = re.sub(r"(['\\])", r"\\\1", name)  # a backslash, not OData's doubled quote
    params = {SELECT: ",".join(COLUMNS), FILTER: f"{ROW_NAME} is '{quoted}'", ORDER: ROW_ID}
    answer = as_object(api.get(COMPANIES, params).json())
    listed = answer.get("value")
    if not isinstance(listed, list):  # it may hold the company, and was not understood
        raise BadRecord("SuperOffice's list of companies failed (200 without a list)")
    rows = [
        row
        for row in map(as_object, listed)
        if same_company(text(row.get(ROW_NAME)), name)
        and not row.get(ROW_DELETED)
        and country in ("", countries.code(text(row.get(ROW_COUNTRY))) or country)
    ]
    if len(rows) > 1 or answer.get("odata.nextLink"):
        if not country:
            raise _without_country(query)
        raise BadRecord(f"ambiguous: {len(rows)} companies of that name in your SuperOffice")
    return text(rows[0].get(ROW_ID)) if rows else ""


def _of_another_name(offered: int, country: str) -> str:
    """Say that no candidate has the name that is asked for."""
    if not offered:
        return f"SuperOffice offers no company in {country} for this name"
    if offered == 1:
        return f"the one company that SuperOffice offers in {country} has another name"
    return f"none of the {offered} companies that SuperOffice offers in {country} has this name"


def _enrich_ids(name: str, country: str, api: Api) -> list[str]:
    """Return what may be the EnrichId of the one candidate of that name.

    Not clear: how the country is told. Lists that resemble this one take ``key=value``.
    """
    params = {"query": name, "additional": f"countryIso2={country.lower()}"}
    offered = api.get(CANDIDATES, params).json()
    if not isinstance(offered, list):
        raise BadRecord("SuperOffice's list of candidates failed (200 with null or a message)")
    found = [one for one in map(as_object, offered) if same_company(text(one.get(NAME)), name)]
    if len(found) > 1:
        raise BadRecord(f"ambiguous: SuperOffice offers {len(found)} companies of that name")
    if not found:
        raise Miss(_of_another_name(len(offered), country.upper()))
    return [one for one in (text(found[0].get(key)) for key in ENRICH_ID_IN) if one]
