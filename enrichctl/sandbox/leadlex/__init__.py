"""LeadLex as its documentation describes it: https://docs.leadlex.com."""

import hashlib
import json
import re
import uuid
from decimal import Decimal
from typing import Any

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.exchange import VendorReply, VendorRequest, json_reply
from enrichctl.sandbox.leadlex.records import (
    COMPANY_FIELDS,
    CONTACT_FIELDS,
    SINCE,
    Workspace,
    company_values,
    fill,
    is_uuid,
    person_values,
    shown_company,
    shown_person,
    without_blanks,
)
from enrichctl.sandbox.population import is_mail
from enrichctl.sandbox.switches import Terms
from enrichctl.sandbox.vendor import Route, Vendor
from enrichctl.sandbox.world import World

READ_ONLY_KEY = "wbk_sandbox_read"  # a key without write:enrich
KEY_LIFE = 24 * 3600.0  # seconds for which an idempotency key is remembered
KEYS_KEPT = 100_000
PARTS = ("person", "company", "social")
MOST_PER_PAGE = 100

EMPTY = (402, "insufficient_credits", "Workspace credit balance is exhausted")
LIMITED = (429, "rate_limited", "Rate limit exceeded")
MESSAGES = {
    "login": (401, "invalid_key", "Invalid or expired API key"),
    "credits": EMPTY,
    "throttled": LIMITED,
    "throttled_day": LIMITED,
}
NO_MATCH = (409, "no_match", "Upstream providers returned no data")


class _Invalid(Exception):
    """What a client sent cannot be used: the parameter, and why."""


class LeadlexVendor(Vendor):
    """LeadLex: a workspace of contacts and companies, and look-ups."""

    name = "leadlex"
    terms = Terms(
        key="wbk_sandbox",
        prices={"enrich": Decimal(1)},
        windows=((200, 60), (10_000, 86_400)),
        credits=Decimal(5000),
    )

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.workspace = Workspace(world.population)
        self._keys: dict[str, tuple[str, float, bytes]] = {}

    def routes(self) -> list[Route]:
        """List what can be asked."""
        return [
            ("POST", "/v1/enrich/contact", self._paid(self.enrich_contact)),
            ("POST", "/v1/enrich/company", self._paid(self.enrich_company)),
            ("POST", "/v1/enrich/email", self._paid(self.enrich_email)),
            ("POST", "/v1/email/enrich", self._paid(self.email_enrich)),
            ("GET", "/v1/contacts", self.list_contacts),
            ("GET", "/v1/contacts/([^/]+)", self.get_contact),
        ]

    def login_refused(self, request: VendorRequest) -> VendorReply | None:
        """Refuse any key but the sandbox's."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        good = key in (self.world.switches.keys[self.name], READ_ONLY_KEY)
        return None if scheme.lower() == "bearer" and good else self.refuse("login", request)

    def refuse(self, why: str, request: VendorRequest) -> VendorReply:  # noqa: ARG002 - the same for all
        """Say no in the documented envelope; the headers tell of the day's window alone."""
        status, code, message = MESSAGES[why]
        reply = _error(status, code, message)
        if why == "throttled_day":
            reply.headers["X-RateLimit-Remaining"] = "0"
        return reply

    def not_found(self, request: VendorRequest, *, known_path: bool) -> VendorReply:  # noqa: ARG002 - as above
        """Answer an unknown path."""
        return _error(404, "not_found", "Route not found")

    def stamp(self, reply: VendorReply, request: VendorRequest) -> None:
        """Add the rate headers, which describe the day, and the request's id."""
        windows = self.windows(request)
        if windows:
            now, day = self.world.now(), windows[-1]
            reply.headers.setdefault("X-RateLimit-Limit", str(day.limit))
            reply.headers.setdefault("X-RateLimit-Remaining", str(day.left(now)))
            reply.headers.setdefault("X-RateLimit-Reset", str(round(now + day.reset(now))))
        reply.headers["X-Request-ID"] = f"req_{uuid.uuid4().hex}"

    def _paid(self, work: Any) -> Any:
        """Wrap an enrichment in permission, validation, idempotency and money."""

        def answer(request: VendorRequest) -> VendorReply:
            key = request.headers.get("idempotency-key", "")
            if request.headers["authorization"].endswith(READ_ONLY_KEY):
                return _error(403, "insufficient_permissions", "Missing write:enrich permission")
            body = request.json()
            if not isinstance(body, dict):
                return _error(400, "validation_error", "The body must be a JSON object")
            if key and not is_uuid(key):
                return _error(400, "validation_error", "Idempotency-Key must be a UUID")
            try:
                return self._replayed(request, key) or self._worked(work, request, body, key)
            except _Invalid as error:
                name, why = error.args
                return _error(400, "validation_error", f"{name}: {why}", fields={name: why})

        return answer

    def _replayed(self, request: VendorRequest, key: str) -> VendorReply | None:
        remembered = self._keys.get(key)
        if not key or remembered is None or self.world.now() - remembered[1] >= KEY_LIFE:
            return None
        if remembered[0] != _print(request):
            return _error(409, "idempotency_conflict", "The key was used with another request")
        return VendorReply(200, remembered[2])

    def _worked(
        self, work: Any, request: VendorRequest, body: dict[str, Any], key: str
    ) -> VendorReply:
        reply: VendorReply = work(body, key)
        if key and reply.status == 200:  # noqa: PLR2004 - only a success is remembered
            self._keys[key] = (_print(request), self.world.now(), reply.body)
            while len(self._keys) > KEYS_KEPT:
                del self._keys[next(iter(self._keys))]
        return reply

    def enrich_contact(self, body: dict[str, Any], key: str) -> VendorReply:
        """Fill a contact of the workspace."""
        contact_id, fields = body.get("contact_id"), _chosen(body, "fields", CONTACT_FIELDS)
        overwrite = _flag(body, "overwrite")
        if not isinstance(contact_id, str) or not is_uuid(contact_id):
            raise _Invalid("contact_id", "Must be a UUID")
        contact = self.workspace.contacts.get(contact_id.lower())
        if contact is None:
            return _error(404, "not_found", "Contact not found in this workspace")
        if not self.world.affords(self.name, "enrich"):
            return _error(*EMPTY)
        person = self.world.population.person_at(self.name, contact.email)
        if person is None:
            return _error(*NO_MATCH)
        changed = fill(contact.values, person_values(person), fields, overwrite)
        return self._found(
            contact.email, contact.id, key, contact=contact.shown(), fields_updated=changed
        )

    def enrich_company(self, body: dict[str, Any], key: str) -> VendorReply:
        """Fill a company of the workspace, created from its domain where needed."""
        company_id, domain = body.get("company_id"), body.get("domain")
        fields, overwrite = _chosen(body, "fields", COMPANY_FIELDS), _flag(body, "overwrite")
        if company_id is not None:
            if not is_uuid(company_id):
                raise _Invalid("company_id", "Must be a UUID")
            domain = self.workspace.company_domain(str(company_id).lower())
            if not domain:
                return _error(404, "not_found", "Company not found in this workspace")
        elif not _is_domain(domain):
            raise _Invalid("domain", "company_id or a domain is required")
        if not self.world.affords(self.name, "enrich"):
            return _error(*EMPTY)
        truth = self.world.population.at_domain(str(domain))
        company = self.world.population.company_at(self.name, truth)
        if company is None:
            return _error(*NO_MATCH)
        record = self.workspace.record(truth)
        changed = fill(record, company_values(company), fields, overwrite)
        return self._found(truth.domain, truth.domain, key, company=record, fields_updated=changed)

    def enrich_email(self, body: dict[str, Any], key: str) -> VendorReply:
        """Look a person up by e-mail; nothing is written."""
        email, parts = body.get("email"), _chosen(body, "include", PARTS)
        verify = _flag(body, "verify")
        if not isinstance(email, str) or not is_mail(email):
            raise _Invalid("email", "Must be a valid e-mail address")
        return self._look_up(email.lower(), parts, key, verify=verify)

    def email_enrich(self, body: dict[str, Any], key: str) -> VendorReply:
        """Look a person or a domain up, the older way."""
        email, domain = body.get("email"), body.get("domain")
        parts = _chosen(body, "include", PARTS)
        if isinstance(email, str) and is_mail(email):
            return self._look_up(email.lower(), parts, key)
        if email is not None or not _is_domain(domain):
            raise _Invalid("email", "An e-mail address or a domain is required")
        if not self.world.affords(self.name, "enrich"):
            return _error(*EMPTY)
        truth = self.world.population.at_domain(str(domain))
        company = self.world.population.company_at(self.name, truth)
        if company is None:
            return _error(*NO_MATCH)
        shown = {"company": shown_company(company)} if "company" in parts else {}
        return self._found(truth.domain, truth.domain, key, **shown)

    def _look_up(
        self, email: str, parts: list[str], key: str, *, verify: bool = False
    ) -> VendorReply:
        if not self.world.affords(self.name, "enrich"):
            return _error(*EMPTY)
        person = self.world.population.person_at(self.name, email)
        if person is None:
            return _error(*NO_MATCH)
        shown: dict[str, Any] = {}
        if "person" in parts:
            shown["person"] = shown_person(person)
        if "company" in parts:
            shown["company"] = shown_company(person.company)
        if "social" in parts:
            shown["social"] = without_blanks({"linkedin_url": person.linkedin_url})
        if verify:
            shown["deliverable"] = person.email_status
        return self._found(email, email, key, **shown)

    def _found(self, subject: str, who: str, key: str, **data: Any) -> VendorReply:
        """Charge for an answer and put it in its envelope."""
        self.world.charge(self.name, "enrich", who, key)
        dice = Dice("quality", subject)
        return json_reply(
            {
                "data": {
                    **data,
                    "source": dice.pick(("vendor_a", "vendor_b")),
                    "confidence": round(0.6 + dice.below(40) / 100, 2),
                    "credits_remaining": self.world.whole_credits(self.name),
                }
            }
        )

    def list_contacts(self, request: VendorRequest) -> VendorReply:
        """List contacts, by a part of name or address where one is given."""
        pages = {name: request.query.get(name, "") for name in ("page", "per_page")}
        for name, text in pages.items():
            if text and not (text.isascii() and text.isdigit() and int(text)):
                return _error(400, "validation_error", f"{name} must be a positive number")
        page, size = int(pages["page"] or 1), int(pages["per_page"] or 50)
        if size > MOST_PER_PAGE:
            return _error(400, "validation_error", "per_page must be at most 100")
        found = self.workspace.search(request.query.get("search", ""), self.world.switches.decoys)
        shown = [
            contact.shown() | {"created_at": SINCE, "updated_date": contact.updated}
            for contact in found[(page - 1) * size : page * size]
        ]
        for row in shown:
            del row["location"]
        meta = {"page": page, "per_page": size, "total": len(found)}
        return json_reply({"data": {"contacts": shown}, "meta": meta})

    def get_contact(self, request: VendorRequest, contact_id: str) -> VendorReply:  # noqa: ARG002 - a route
        """Show one contact, which here is the data itself."""
        contact = self.workspace.contacts.get(contact_id.lower())
        if contact is None:
            return _error(404, "not_found", "Contact not found in this workspace")
        return json_reply({"data": contact.detail()})


def _error(status: int, code: str, message: str, **details: Any) -> VendorReply:
    error = {"code": code, "message": message} | ({"details": details} if details else {})
    return json_reply({"error": error}, status)


def _print(request: VendorRequest) -> str:
    """Return a fingerprint of what a key was used for."""
    body = json.dumps(request.json(), sort_keys=True)
    return hashlib.blake2b(f"{request.path}\n{body}".encode()).hexdigest()


def _chosen(body: dict[str, Any], name: str, allowed: tuple[str, ...]) -> list[str]:
    chosen = body.get(name)
    if chosen is None:
        return list(allowed)
    if not isinstance(chosen, list) or not chosen or not all(one in allowed for one in chosen):
        raise _Invalid(name, f"Must be a list of {', '.join(allowed)}")
    return chosen


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise _Invalid(name, "Must be true or false")
    return value


def _is_domain(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(r"([\w-]+\.)+\w[\w-]+", text) is not None
