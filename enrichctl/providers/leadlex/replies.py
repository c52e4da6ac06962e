"""What LeadLex's answers mean: its word for each field, its plans, its refusals."""

from collections.abc import Mapping
from typing import Any

from enrichctl.bounded_cache import BoundedCache
from enrichctl.facts import spelling
from enrichctl.json_values import agrees, as_confidence, as_object, text, values
from enrichctl.model import Match, Query, Rate, Throttled, Value
from enrichctl.transport import Reply, retry_after
from enrichctl.transport.replies import epoch, until

# Field → what LeadLex calls it, per object of its answers; the pages do not all spell alike.
CONTACT = {name: name for name in (
    "full_name", "email", "job_title", "company_name", "linkedin_url", "phone", "location",
    "seniority",
)}  # fmt: skip
PERSON = {name: name for name in (
    "full_name", "first_name", "last_name", "job_title", "seniority", "phone", "linkedin_url",
    "location",
)}  # fmt: skip
COMPANY = {
    "company_name": "name", "company_domain": "domain", "company_size": "size",
    "industry": "industry", "founded_year": "founded_year", "company_description": "description",
    "company_linkedin_url": "linkedin_url", "tech_stack": "tech_stack",
}  # fmt: skip
HELD = "held in your LeadLex"  # where a value is from that a contact or company had before
HEADQUARTERS = {"location": "hq_location"}  # a company's, when no person was asked about
PARTS_OF_PERSON: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("contact", CONTACT),
    ("person", PERSON),
    ("social", {"linkedin_url": "linkedin_url"}),
    ("company", COMPANY),
)
PARTS_OF_COMPANY = (*PARTS_OF_PERSON[:-1], ("company", COMPANY | HEADQUARTERS))
FILLED_IN_CONTACT = CONTACT.keys() - {"full_name", "email"}
FILLED_IN_COMPANY = (COMPANY | HEADQUARTERS).keys() - {"company_domain"}
# The values of `deliverable` are not documented; these are the usual ones, the rest is unknown.
DELIVERABLE = {
    "deliverable": "deliverable", "valid": "deliverable", "true": "deliverable",
    "undeliverable": "undeliverable", "invalid": "undeliverable", "false": "undeliverable",
    "risky": "risky", "catch_all": "risky", "accept_all": "risky",
}  # fmt: skip
PLANS = {"starter": (10, 100), "pro": (50, 1_000), "org": (200, 10_000)}  # calls a minute, a day
# A header of every reply. That no two requests share one is likely, and not documented.
REQUEST_ID = "x-request-id"
DATA, FIELDS = "data", "fields"
# What an error may be called: any other word is not shown.
CODES = frozenset({
    "validation_error", "invalid_key", "insufficient_credits", "insufficient_permissions",
    "not_found", "no_match", "rate_limited", "ambiguous_reference", "idempotency_conflict",
    "payload_too_large",
})  # fmt: skip
MINUTE, DAY = 60.0, 86_400.0
HTTP_REFUSAL = 400  # statuses from here on refuse


class Asking:
    """One question that is being asked.

    Attributes:
        doubted: A reply to it named a request of another question, and it was asked again.
    """

    __slots__ = ("doubted",)

    def __init__(self) -> None:
        self.doubted = False


class AnswersTaken:
    """Knows an answer that another question took, a late copy of it, by its request id.

    An id that comes again, though the question was asked again over another connection, is no
    copy's: LeadLex, or a proxy, gives many requests one id. An answer is paid for and may not be
    lost for that; only what another question took to the byte is still none. From then on ids tell
    nothing.
    """

    def __init__(self) -> None:
        self._ids: BoundedCache[str, Asking] = BoundedCache()
        self._bodies: BoundedCache[tuple[str, int], Asking] = BoundedCache()
        self._ids_tell = True

    def may_take(self, reply: Reply, asking: Asking) -> bool:
        """Tell whether a reply may be the answer to a question, and let no other take it."""
        own = reply.headers.get(REQUEST_ID, "")
        if not own or not self._ids_tell:
            return True
        is_first = self._ids.claim(own, asking)
        is_copy = not self._bodies.claim((own, hash(reply.body)), asking)
        if is_first:
            return True
        if not asking.doubted:
            asking.doubted = True
            return False
        if is_copy:
            return reply.status >= HTTP_REFUSAL  # which says the same to many, and costs nothing
        self._ids_tell = False
        return True


def is_about(reply: Reply, route: str, inputs: str) -> bool:
    """Tell whether an answer is about the contact or the company that was asked about.

    A look-up by e-mail does not say whom it found.
    """
    data = as_object(as_object(reply.peek()).get(DATA))
    company = as_object(data.get("company"))
    match route:
        case "leadlex.contact_id":
            return agrees(as_object(data.get("contact")).get("id"), inputs)
        case "leadlex.company_id":
            return agrees(company.get("id"), inputs)
        case "company_domain":
            return agrees(company.get(COMPANY[route]), inputs, spelling.domain)
    return True


def found_in(body: Any, query: Query) -> Match:
    """Return what an answer says; what a record held before is neither LeadLex's nor in doubt."""
    data = body[DATA]
    confidence, source = as_confidence(data.get("confidence")), text(data.get("source"))
    of_person = bool(data.get("person")) or "email" in query.inputs
    updated = data.get("fields_updated")  # a look-up, which writes nothing, has none
    is_written = isinstance(updated, list)
    found: Match = {}
    for part, names in PARTS_OF_PERSON if of_person else PARTS_OF_COMPANY:
        said = data.get(part)
        if not said:
            continue
        for field, value in values(said, names):
            if field in found:
                continue
            is_held = is_written and names[field] not in updated
            found[field] = Value(value, None, HELD) if is_held else Value(value, confidence, source)
    if "email_status" in query.wants and (verdict := text(data.get("deliverable"))):
        verdict = DELIVERABLE.get(verdict.lower(), "unknown")
        found["email_status"] = Value(verdict, confidence, source)
    return found


def throttled(reply: Reply) -> Throttled:
    """Tell the two limits apart: the headers describe the day's only, even when a minute's hit."""
    if reply.headers.get("x-ratelimit-remaining") == "0":
        wait = retry_after(reply)
        if wait is None:
            wait = until(epoch(reply.headers.get("x-ratelimit-reset", "")), reply)
        return Throttled(DAY if wait is None else max(wait, 1.0), "day")
    day = reply.headers.get("x-ratelimit-limit", "")
    minute = next((minute for minute, of_day in PLANS.values() if str(of_day) == day), 0)
    wait = retry_after(reply)
    learned = Rate(minute, MINUTE) if minute else None
    return Throttled(MINUTE if wait is None else wait, "minute", learned)
