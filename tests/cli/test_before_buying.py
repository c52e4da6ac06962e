"""With ``--save`` SuperOffice's company is judged before it is bought and changed in the CRM.

One table says for every kind of row whether its company is bought; beside it, why. What is not
bought costs nothing, leaves the CRM as it was, and its row is for review.
"""

import copy
import csv
from pathlib import Path

import pytest
from rehearsal import rehearsal

from enrichctl.cli import app
from enrichctl.providers.superoffice.replies import values

HEADER = ("superoffice.contact_id", "company_name", "country", "website", "email", "phone")
ABROAD = "+258843456789"  # of Mozambique, where no company of the sandbox is

BOUGHT = {
    "an id says which company is meant": lambda c: {HEADER[0]: number(c)},
    "an id, and the name agrees": lambda c: {HEADER[0]: number(c), "company_name": c.name},
    "name and country agree": lambda c: {"company_name": c.name, "country": c.country},
    "the CRM's domain is the row's": lambda c: {"company_name": c.name, "website": c.domain},
    "the row's mail is at it": lambda c: {"company_name": c.name, "email": f"info@{c.domain}"},
    "the row's number is of the country": lambda c: {"company_name": c.name, "phone": c.phone},
    "so is it said, and of a person": lambda c: {
        "company_name": c.name, "country": c.country, "email": f"jo.berg@{c.domain}",
    },
}  # fmt: skip
FOR_REVIEW = {
    "an id that is another company's by name": (
        lambda c: {HEADER[0]: number(c), "company_name": "Quarry Bank"}, "company differs",
    ),
    "an id that is another company's by domain": (
        lambda c: {HEADER[0]: number(c), "website": "quarrybank.com"}, "company differs",
    ),
    "a name alone is any country's": (
        lambda c: {"company_name": c.name}, "nothing else agrees",
    ),
    "a free mailbox is nobody's domain": (
        lambda c: {"company_name": c.name, "email": "info@gmail.com"}, "nothing else agrees",
    ),
    "the same label elsewhere may be it": (
        lambda c: {"company_name": c.name, "website": f"{label(c)}.info"}, "nothing else agrees",
    ),
    "a number of another country": (
        lambda c: {"company_name": c.name, "phone": ABROAD}, "country differs",
    ),
    "mail in another country": (
        lambda c: {"company_name": c.name, "email": f"info@{label(c)}.mz"}, "country differs",
    ),
    "a website under another name": (
        lambda c: {"company_name": c.name, "website": "quarrybank.com"}, "website differs",
    ),
}  # fmt: skip


def number(company):
    return str(company.superoffice_id)


def label(company):
    return company.domain.partition(".")[0]


@pytest.fixture
def box(tmp_path, monkeypatch):
    prices = {"superoffice.enrich": 1}
    with rehearsal(tmp_path, monkeypatch, miss_rate=0, hole_rate=0, prices=prices) as box:
        yield box


def held(box):
    return box.vendors["superoffice"].entities.saved


def bare(box):
    """Return companies of which the CRM holds nothing yet but where they are."""
    empty = {"country", "country_code"}
    every = box.population.companies.values()
    return [one for one in every if values(held(box)[one.superoffice_id]).keys() == empty]


def ask(*rows, more=("--save",), wants="address"):
    """Enrich rows with ``--save``; return the exit status and the output."""
    with Path("in.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
    words = ["enrich", "in.csv", "-p", "superoffice", "-w", wants, *more, "-y", "--force"]
    status = app.run([*words, "-o", "out.csv"])
    return status, list(csv.DictReader(Path("out.csv").read_text("utf-8").splitlines()))


def bought(box):
    return [entry for entry in box.ledger if entry.what == "enrich"]


def changes(box):
    """Return the requests that buy, or change the CRM."""
    paths = ("EnrichContactEntity", "SaveContactEntity")
    return [one.path for one in box.requests if one.path.endswith(paths)]


def test_what_is_the_rows_is_bought_and_saved(box):
    companies = bare(box)[: len(BOUGHT)]
    status, rows = ask(*(row(c) for row, c in zip(BOUGHT.values(), companies, strict=True)))

    found = {why: row["enrichctl_status"] for why, row in zip(BOUGHT, rows, strict=True)}
    assert found == dict.fromkeys(BOUGHT, "enriched")
    assert [row["address"] for row in rows] == [one.address for one in companies]
    assert [row["enrichctl_note"] for row in rows] == [""] * len(rows)
    assert status == 0
    assert len(bought(box)) == len(BOUGHT)
    saved = [values(held(box)[one.superoffice_id])["address"] for one in companies]
    assert saved == [one.address for one in companies]


def test_what_may_be_another_companys_is_for_review_and_neither_bought_nor_changed(box):
    companies = bare(box)[: len(FOR_REVIEW)]
    before = copy.deepcopy(held(box))
    cases = zip(FOR_REVIEW.values(), companies, strict=True)
    status, rows = ask(*(row(company) for (row, _), company in cases))

    found = {why: row["enrichctl_status"] for why, row in zip(FOR_REVIEW, rows, strict=True)}
    assert found == dict.fromkeys(FOR_REVIEW, "review")
    for (_, said), row in zip(FOR_REVIEW.values(), rows, strict=True):
        assert said in row["enrichctl_note"]
        assert "not saved" not in row["enrichctl_note"]
        assert row["address"] == ""
    assert status == 0
    assert not bought(box)
    assert not changes(box)
    assert held(box) == before


def test_a_company_whose_country_the_crm_does_not_say_is_found_by_no_more_than_its_name(box):
    """The candidate in the row's country is no proof that the CRM's company is there."""
    proved, unproved = bare(box)[:2]
    for one in (proved, unproved):
        held(box)[one.superoffice_id] |= {"Country": None, "Domains": []}
    held(box)[proved.superoffice_id]["Domains"] = [proved.domain]
    both = [
        {"company_name": c.name, "country": c.country, "website": c.domain}
        for c in (proved, unproved)
    ]
    _, rows = ask(*both)

    assert [row["enrichctl_status"] for row in rows] == ["enriched", "review"]
    assert "nothing else agrees" in rows[1]["enrichctl_note"]
    assert [entry.who for entry in bought(box)] == [number(proved)]


@pytest.mark.parametrize("first", [0, 1])
def test_rows_of_one_name_are_judged_each_by_itself(box, first):
    """They are one question to the provider: whichever row is read first decides for itself."""
    company = bare(box)[0]
    named = {"company_name": company.name}
    two = [named | {"website": "quarrybank.com"}, named | {"website": company.domain}]
    _, rows = ask(*(two if first == 0 else two[::-1]))

    statuses = [row["enrichctl_status"] for row in rows]
    assert statuses == ["review", "enriched"][:: 1 if first == 0 else -1]
    assert len(bought(box)) == 1
    requests = len(box.requests)
    assert ask(*(two if first == 0 else two[::-1]))[1] == rows
    assert len(box.requests) == requests


def test_a_row_that_says_more_is_bought_by_the_same_command(box):
    company = bare(box)[0]
    named = {"company_name": company.name}
    assert ask(named)[1][0]["enrichctl_status"] == "review"
    requests = len(box.requests)
    assert ask(named)[1][0]["enrichctl_status"] == "review"
    assert len(box.requests) == requests  # it is not looked at again as long as it says no more

    _, (row,) = ask(named | {"website": company.domain})
    assert (row["enrichctl_status"], row["address"]) == ("enriched", company.address)
    assert len(bought(box)) == 1


def test_accepting_fills_the_file_from_what_was_seen_and_buys_and_saves_nothing(box):
    company = bare(box)[0]
    named = {"company_name": company.name}
    ask(named)
    requests = len(box.requests)
    status, (row,) = ask(named, more=("--save", "--accept", "review"))

    assert (row["enrichctl_status"], row["address"]) == ("enriched", company.address)
    assert "not saved in SuperOffice: whether the company that it holds" in row["enrichctl_note"]
    assert status == 3  # it was to be saved, and is not
    assert len(box.requests) == requests
    assert not changes(box)


def test_accepting_at_once_buys_no_more_than_accepting_later(box):
    company = bare(box)[0]
    status, (row,) = ask({"company_name": company.name}, more=("--save", "--accept", "review"))
    assert (row["enrichctl_status"], row["address"], status) == ("enriched", company.address, 3)
    assert not changes(box)


def test_a_website_that_costs_nothing_is_not_written_to_another_company_either(box):
    company = bare(box)[0]
    before = copy.deepcopy(held(box)[company.superoffice_id])
    _, (row,) = ask({"company_name": company.name, "phone": ABROAD}, wants="website")
    assert row["enrichctl_status"] == "review"
    assert not changes(box)
    assert held(box)[company.superoffice_id] == before


def test_what_was_bought_for_one_row_is_not_saved_later_for_a_row_that_may_mean_another(
    box, monkeypatch
):
    company = bare(box)[0]
    named = {"company_name": company.name}
    with monkeypatch.context() as patch:
        patch.setattr(box.vendors["superoffice"].entities, "save", lambda _entity: None)
        assert ask(named | {"website": company.domain})[0] == 3
    asked = len(box.requests)

    status, (row,) = ask(named | {"phone": ABROAD})
    assert (row["enrichctl_status"], row["address"], status) == ("review", "", 0)
    assert len(box.requests) == asked

    status, (row,) = ask(named | {"website": company.domain})
    assert (row["enrichctl_status"], row["address"], status) == ("enriched", company.address, 0)
    assert values(held(box)[company.superoffice_id])["address"] == company.address
    assert len(bought(box)) == 1


def test_without_save_a_name_alone_is_answered_as_ever(box):
    company = bare(box)[0]
    status, (row,) = ask({"company_name": company.name}, more=())
    assert (row["enrichctl_status"], row["address"], status) == ("enriched", company.address, 0)
    assert "could not be made sure" in row["enrichctl_note"]
