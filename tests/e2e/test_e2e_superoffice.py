"""SuperOffice with ``--save``: what is saved, what could not be and is said, and what it costs."""

import csv
import io
import json

import pytest

from enrichctl.providers.superoffice.replies import values

SAVE = ("enrich", "in.csv", "-p", "superoffice", "--save", "-y", "-o", "out.csv")
WHY = "superoffice: not saved in SuperOffice: saving failed (200 with null or a message)"


@pytest.fixture
def companies(paid, box):
    """Return companies of which the tenant holds nothing yet, in an input."""
    box.set(limits=False, miss_rate=0, hole_rate=0, prices={"superoffice.enrich": 1})
    held = box.vendors["superoffice"].entities.saved
    found = [
        company
        for company in box.population.companies.values()
        if values(held[company.superoffice_id]).keys() == {"country", "country_code"}
    ][:4]
    lines = "".join(f"{company.superoffice_id}\n" for company in found)
    paid.write("in.csv", f"superoffice.contact_id\n{lines}")
    return found


def rows(shell) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((shell.folder / "out.csv").read_text("utf-8"))))


def saved(box, company) -> str:
    held = box.vendors["superoffice"].entities.saved[company.superoffice_id]
    return values(held).get("phone", "")


def bought(box) -> int:
    return sum(entry.what == "enrich" for entry in box.ledger)


@pytest.fixture
def refusing(box, monkeypatch):
    """Have saving fail as agents do, with 200 and null; return what lets it succeed again."""
    monkeypatch.setattr(box.vendors["superoffice"].entities, "save", lambda _entity: None)
    return monkeypatch.undo


def test_what_is_saved_is_in_the_crm_and_the_run_is_done(paid, box, companies):
    done = paid(*SAVE)

    assert done.returncode == 0, done.stderr
    for row, company in zip(rows(paid), companies, strict=True):
        assert (row["enrichctl_status"], row["enrichctl_note"]) == ("enriched", "")
        assert saved(box, company) == row["phone"] == company.phone
    assert bought(box) == len(companies)


def test_without_save_nothing_is_bought_planned_or_written(paid, box, companies):
    plan = paid("enrich", "in.csv", "-p", "superoffice", "-n", "--json")
    done = paid("enrich", "in.csv", "-p", "superoffice", "-o", "out.csv")  # needs no yes

    assert done.returncode == 0, done.stderr
    (lane,) = json.loads(plan.stdout)["providers"]
    assert lane["credits"] == {"least": "0", "expected": "0", "most": "0"}
    assert not lane["writes"]
    assert [row["phone"] for row in rows(paid)] == [company.phone for company in companies]
    assert not any(saved(box, company) for company in companies)
    assert bought(box) == 0


def test_what_was_not_saved_is_said_everywhere_and_is_saved_later_for_nothing(
    paid, box, companies, refusing
):
    done = paid(*SAVE)

    assert done.returncode == 3, done.stderr
    assert b"not_saved" in done.stderr
    for row, company in zip(rows(paid), companies, strict=True):
        assert (row["enrichctl_status"], row["enrichctl_note"]) == ("enriched", WHY)
        assert row["phone"] == company.phone
        assert not saved(box, company)
    run = json.loads(paid("status", "last", "--json").stdout)["run"]
    (error,) = run["errors"]
    assert (error["cause"], error["count"]) == ("not_saved", len(companies))
    assert "--save" in error["next"]
    assert run["exit_status"] == 3
    listed = json.loads(paid("status", "last", "--records", "not_saved", "--json").stdout)
    shown = json.loads(paid("status", "last", "--records", "enriched", "--json").stdout)
    assert listed == shown
    assert [one["note"] for one in shown["records"]] == [WHY] * len(companies)
    record = json.loads(paid("status", "last", "--row", "1", "--json").stdout)
    assert record["note"] == WHY

    plan = json.loads(paid("enrich", *SAVE[1:4], "--save", "-n", "--json").stdout)
    (lane,) = plan["providers"]
    assert lane["credits"]["most"] == "0"
    assert lane["writes"]
    first = rows(paid)
    refusing()
    again = paid("enrich", *SAVE[1:5], "-o", "out.csv")  # costs nothing, so it asks for no yes

    assert again.returncode == 0, again.stderr
    assert bought(box) == len(companies)
    for row, before, company in zip(rows(paid), first, companies, strict=True):
        assert row == before | {"enrichctl_note": ""}
        assert saved(box, company) == company.phone
    spent = json.loads(paid("credits", "--json").stdout)["providers"]
    assert [one["spent"]["today"] for one in spent if one["name"] == "superoffice"] == ["4"]


def test_json_lines_say_what_was_not_saved(paid, box, companies):
    box.fault("superoffice", "message", times=9, path="ValidateContactEntity")
    done = paid("enrich", "in.csv", "-p", "superoffice", "--save", "-y", "--json")

    assert done.returncode == 3
    for line in done.stdout.splitlines():
        said = json.loads(line)["_enrichctl"]
        assert said["status"] == "enriched"
        assert said["note"].endswith("validating failed (200 with null or a message)")
    assert bought(box) == len(companies)


def test_a_run_that_cannot_save_once_more_says_so_once_more(paid, box, companies, refusing):
    for _ in range(2):
        done = paid(*SAVE)
        assert done.returncode == 3
        assert [row["enrichctl_note"] for row in rows(paid)] == [WHY] * len(companies)
        assert [row["phone"] for row in rows(paid)] == [company.phone for company in companies]
    assert bought(box) == len(companies)
    refusing()
    assert paid(*SAVE).returncode == 0
    assert bought(box) == len(companies)


def test_a_later_run_whose_login_is_refused_still_fills_what_was_bought(
    paid, box, companies, refusing
):
    paid(*SAVE)
    refusing()
    box.fault("superoffice", "login", times=99)
    done = paid(*SAVE, ENRICHCTL_SUPEROFFICE_REFRESH_TOKEN="")

    assert done.returncode == 4, done.stderr
    for row, company in zip(rows(paid), companies, strict=True):
        assert row["enrichctl_status"] == "pending"
        assert WHY in row["enrichctl_note"]
        assert row["phone"] == company.phone


def test_a_company_that_the_crm_lacks_is_bought_once_it_is_there(paid, box, companies):
    entities = box.vendors["superoffice"].entities
    company = companies[0]
    entity = entities.saved.pop(company.superoffice_id)
    paid.write("in.csv", f"Company,Country\n{company.name},{company.country}\n")
    done = paid(*SAVE)

    assert done.returncode == 3
    (row,) = rows(paid)
    assert row["enrichctl_note"].endswith("not saved in SuperOffice: it holds no such company")
    (error,) = json.loads(paid("status", "last", "--json").stdout)["run"]["errors"]
    assert error["cause"] == "not_saved: SuperOffice: it holds no such company"
    assert "add the companies to SuperOffice" in error["next"]
    listed = json.loads(paid("status", "last", "--records", "not_saved", "--json").stdout)
    assert [one["row"] for one in listed["records"]] == [1]
    assert row["phone"] == company.phone
    assert bought(box) == 0

    entities.saved[company.superoffice_id] = entity
    plan = json.loads(paid("enrich", *SAVE[1:4], "--save", "-n", "--json").stdout)
    assert plan["providers"][0]["credits"]["most"] == "1"
    assert paid(*SAVE).returncode == 0
    assert saved(box, company) == company.phone
    assert bought(box) == 1


def test_a_website_that_is_saved_late_says_nothing_of_what_was_never_bought(
    paid, box, companies, refusing
):
    site = (*SAVE[:5], "-w", "website", *SAVE[5:])
    done = paid(*site)
    assert done.returncode == 3
    assert [row["website"] for row in rows(paid)] == [company.website for company in companies]
    refusing()
    assert paid(*site).returncode == 0
    assert bought(box) == 0

    assert paid(*SAVE[:5], "-w", "website,phone", *SAVE[5:]).returncode == 0
    assert [row["phone"] for row in rows(paid)] == [company.phone for company in companies]
    assert bought(box) == len(companies)


def test_of_a_company_known_by_its_name_alone_domain_and_country_decide(paid, box):
    """The CRM holds one company of that name, which may be any country's."""
    box.set(limits=False, miss_rate=0, hole_rate=0)
    entities = box.vendors["superoffice"].entities
    company = next(
        one
        for one in box.population.companies.values()
        if one.superoffice_id in entities.saved and one.country_code == "SE"
    )
    own = company.website.removeprefix("https://www.")
    abroad = f"info@{own.partition('.')[0]}.pt"
    mails = ["", f"info@{own}", abroad]
    paid.write("in.csv", "company_name,email\n" + "".join(f"{company.name},{m}\n" for m in mails))

    done = paid("enrich", "in.csv", "-p", "superoffice", "-w", "phone", "-o", "out.csv", "-q")

    assert done.returncode == 0, done.stderr
    by_name, by_domain, namesake = rows(paid)
    assert by_name["phone"] == by_domain["phone"] == company.phone
    assert "could not be made sure: the row has no country" in by_name["enrichctl_note"]
    assert by_domain["enrichctl_note"] == ""
    assert (namesake["phone"], namesake["enrichctl_status"]) == ("", "review")
    assert namesake["enrichctl_note"].endswith("another company of that name: country differs")
