"""The sandbox's own endpoints under ``/_sandbox/``, for tests in other processes."""

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from enrichctl.sandbox.exchange import VendorReply, VendorRequest, json_reply
from enrichctl.sandbox.makeup import Company, Person

if TYPE_CHECKING:
    from enrichctl.sandbox.box import Sandbox


def answer(box: "Sandbox", request: VendorRequest) -> VendorReply:
    """Answer a request to the sandbox itself."""
    work = ROUTES.get((request.method, request.path.strip("/")))
    if work is None:
        return json_reply({"error": f"there is {', '.join(f'{m} {p}' for m, p in ROUTES)}"}, 404)
    try:
        return json_reply(_plain(work(box, request)))
    except (TypeError, ValueError, ArithmeticError) as error:
        return json_reply({"error": str(error)}, 400)


def _ledger(box: "Sandbox", request: VendorRequest) -> Any:
    return [asdict(charge) for charge in box.ledger if _meant(charge.vendor, request)]


def _requests(box: "Sandbox", request: VendorRequest) -> Any:
    return [asdict(seen) for seen in box.requests if _meant(seen.vendor, request)]


def _credits(box: "Sandbox", request: VendorRequest) -> Any:  # noqa: ARG001 - a route
    return {
        name: {"spent": spent, "balance": box.world.balance(name)}
        for name, spent in box.world.spent.items()
    }


def _truth(box: "Sandbox", request: VendorRequest) -> Any:
    people, query = box.population, request.query
    vendor, email = query.get("vendor"), query.get("email")
    found: Person | Company | None
    if email is not None:
        found = people.person_at(vendor, email) if vendor else people.person(email)
    else:
        found = people.company(query.get("company", ""), query.get("country", ""))
        found = people.company_at(vendor, found) if vendor else found
    return asdict(found) if found else None


def _switches(box: "Sandbox", request: VendorRequest) -> Any:
    if request.method == "POST":
        box.set(**request.json())
    return box.switches.plain()


def _fault(box: "Sandbox", request: VendorRequest) -> Any:
    box.fault(**request.json())


def _advance(box: "Sandbox", request: VendorRequest) -> Any:
    box.advance(float(request.json()["seconds"]))


def _reset(box: "Sandbox", request: VendorRequest) -> Any:  # noqa: ARG001 - a route
    box.reset()


ROUTES: dict[tuple[str, str], Callable[["Sandbox", VendorRequest], Any]] = {
    ("GET", "ledger"): _ledger,
    ("GET", "requests"): _requests,
    ("GET", "credits"): _credits,
    ("GET", "truth"): _truth,
    ("GET", "switches"): _switches,
    ("POST", "switches"): _switches,
    ("POST", "fault"): _fault,
    ("POST", "advance"): _advance,
    ("POST", "reset"): _reset,
}


def _meant(vendor: str, request: VendorRequest) -> bool:
    return request.query.get("vendor", vendor) == vendor


def _plain(thing: Any) -> Any:
    """Make decimals into text, everything else is JSON already."""
    if isinstance(thing, Decimal):
        return str(thing)
    if isinstance(thing, dict):
        return {name: _plain(value) for name, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [_plain(value) for value in thing]
    return thing
