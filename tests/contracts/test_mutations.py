"""Provider and exchanges may be wrong alike, and the suite is content: a contract is not.

Each mutation is put into the provider, on its way out, and into the written exchanges, so that
both agree. The conformance suite passes then, as it did with the entity that SuperOffice's
validation never took.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from contracts import VENDORS, contract
from contracts.exchanges import FOLDER, sent, written
from enrichctl import registry
from enrichctl.config import Settings
from enrichctl.conformance import Exchanges, Stage, conform, read
from enrichctl.conformance.written import Case, Due, WrittenExchange
from enrichctl.transport import Api

Request = tuple[str, Any]  # method, JSON body


@dataclass(frozen=True)
class Mutation:
    """What is done to the requests of one vendor whose path ends so."""

    vendor: str
    path: str
    wrong: Callable[[str, Any], Request]

    def __call__(self, method: str, path: str, body: Any) -> Request:
        fits = path.partition("?")[0].endswith(self.path)
        return self.wrong(method, body) if fits else (method, body)


def bare(method: str, body: Any) -> Request:
    return method, body["ContactEntity"]


def posted(method: str, body: Any) -> Request:
    assert method == "GET"
    return "POST", body


def with_renamed_key(method: str, body: Any) -> Request:
    told = [dict(item) for item in body]
    for item in told:
        item["requests"] = item.pop("enrichmentRequests")
    return method, told


def nested_elsewhere(method: str, body: Any) -> Request:
    items = [{"metadata": item["metadata"], **item["params"]} for item in body["requests"]]
    return method, {"requests": items}


def with_a_key_more(method: str, body: Any) -> Request:
    return method, {**body, "save": True}


MUTATIONS = [
    Mutation("superoffice", "/ValidateContactEntity", bare),
    Mutation("prospeo", "/account-information", posted),
    Mutation("lemlist", "/bulk", with_renamed_key),
    Mutation("pdl", "/bulk", nested_elsewhere),
    Mutation("leadlex", "/enrich/contact", with_a_key_more),
]
each_mutation = pytest.mark.parametrize(
    "mutation", [pytest.param(one, id=one.wrong.__name__) for one in MUTATIONS]
)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


def with_request(exchange: WrittenExchange, mutation: Mutation) -> WrittenExchange:
    due = exchange.request
    if due is None:
        return exchange
    method, body = mutation(due.method, due.path, due.json)
    return replace(exchange, request=replace(due, method=method, json=body))


def mutated(whole: Exchanges, mutation: Mutation) -> Iterator[tuple[Case, list[Due]]]:
    """Yield each case that a mutation changes, as changed, with its changed requests."""
    for case in whole.cases:
        after = tuple(with_request(exchange, mutation) for exchange in case.exchanges)
        pairs = zip(case.exchanges, after, strict=True)
        if changed := [new.request for old, new in pairs if old.request != new.request]:
            yield replace(case, exchanges=after), changed


@each_mutation
def test_a_mutation_that_all_agree_on_is_found(mutation, stage, monkeypatch) -> None:
    whole = read(FOLDER / f"{mutation.vendor}.json", stage.url)
    call = Api.call

    def wrong(self: Api, method: str, path: str, params: Any = None, **how: Any) -> Any:
        method, how["json"] = mutation(method, path, how.get("json"))
        return call(self, method, path, params, **how)

    monkeypatch.setattr(Api, "call", wrong)
    make = partial(registry.load, mutation.vendor, settings=Settings())
    found = 0
    for case, requests in mutated(whole, mutation):
        assert conform(make, whole, case, stage) == (), "provider and exchange disagree"
        for due in requests:
            found += 1
            complaints = contract(mutation.vendor).request(sent(whole, due), all_headers=False)
            assert complaints, f"nothing is wrong with {due}"
    assert found


@each_mutation
def test_without_it_there_is_nothing_to_find(mutation) -> None:
    for one in written(mutation.vendor):
        assert contract(mutation.vendor).request(one.sent, all_headers=False) == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_member_that_no_vendor_documents_is_found_in_a_reply(vendor) -> None:
    """Of each call that answers an object, one reply is tried that is as documented."""
    seen, found = {"POST /enrich_field/"} if vendor == "close" else set(), []
    for one in written(vendor):
        call = contract(vendor).find(one.sent.method, one.sent.target)
        said = one.answered and one.answered.body.decode()
        if not call or not said or said[0] != "{" or call[0].name in seen:
            continue
        if contract(vendor).reply(one.sent.method, one.sent.target, one.answered) == []:
            seen.add(call[0].name)
            more = said.replace("{", '{"surplus": 1, ', 1).replace(", }", "}")
            answered = replace(one.answered, body=more.encode())
            found.append(contract(vendor).reply(one.sent.method, one.sent.target, answered))
    assert found
    assert all(found), list(seen)
