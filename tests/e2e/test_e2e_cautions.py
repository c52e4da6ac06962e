"""A caution stays with its values from run to run, in every format, and goes when they go."""

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

UNSURE = "could not be made sure"
SWITCHBOARD = "the phone is the company's, not the person's"
FORMATS = ("csv", "json", "jsonl", "xlsx")


def records(path: Path) -> list[dict[str, str]]:
    """Return the records of a file, each with its note and sources, whatever its format."""
    if path.suffix == ".csv":
        return list(csv.DictReader(path.read_text("utf-8").splitlines()))
    if path.suffix == ".xlsx":
        header, *lines = load_workbook(path).active.iter_rows(values_only=True)
        return [
            {name: str(text or "") for name, text in zip(header, line, strict=True)}
            for line in lines
        ]
    text = path.read_text("utf-8")
    found = json.loads(text) if path.suffix == ".json" else map(json.loads, text.splitlines())
    return [one | {"enrichctl_note": one["_enrichctl"]["note"] or ""} for one in found]


@pytest.fixture
def unsure(shell, box):
    """A person whose company is known by its name alone, and a company whose country is told."""
    box.set(limits=False, miss_rate=0, hole_rate=0)
    shell.environ |= box.environ()
    entities = box.vendors["superoffice"].entities
    company = next(
        one
        for one in box.population.companies.values()
        if one.superoffice_id in entities.saved and one.country_code == "SE"
    )
    shell.write(
        "in.csv",
        f"full_name,company_name,country\nJo Berg,{company.name},\n,{company.name},Sweden\n",
    )
    return shell


def enrich(shell, source: str, target: str, *more: str) -> list[dict[str, str]]:
    done = shell("enrich", source, "-o", target, "-q", *more)
    assert done.returncode == 0, done.stderr
    return records(shell.folder / target)


def bought(shell, target: str) -> dict[str, str]:
    words = ("-p", "superoffice", "-w", "phone,website")
    person, company = enrich(shell, "in.csv", target, *words)
    assert company["enrichctl_note"] == ""
    assert person["phone"]
    return person


@pytest.mark.parametrize("first", FORMATS)
def test_a_caution_stays_once_in_any_format_and_covers_what_is_derived(unsure, first):
    before = bought(unsure, f"one.{first}")["enrichctl_note"]
    assert (before.count(UNSURE), before.count(SWITCHBOARD)) == (1, 1)
    for second in FORMATS:
        person, company = enrich(unsure, f"one.{first}", f"two.{second}", "-p", "offline")
        assert company["enrichctl_note"] == ""
        note = person["enrichctl_note"]
        assert (note.count(UNSURE), note.count(SWITCHBOARD)) == (1, 1)
        unsure_part, switchboard_part = note.split("; ")
        for derived in ("phone_e164", "country", "timezone"):
            assert person[derived]
            assert derived in fields_of(unsure_part)
            assert derived in fields_of(switchboard_part)
        assert "website" in fields_of(unsure_part)
        assert "website" not in fields_of(switchboard_part)
        assert "first_name" not in note  # which follows from the row's own name
        third, _ = enrich(unsure, f"two.{second}", f"three-{second}.{first}", "-p", "offline")
        assert third["enrichctl_note"] == note


def fields_of(caution):
    return caution.removesuffix(")").rpartition(" (")[2].split(", ")


def test_a_caution_goes_when_the_user_takes_its_value_out(unsure):
    """The cautions on the other values stay."""
    old = bought(unsure, "one.csv")["phone"]
    path = unsure.folder / "one.csv"
    first, line, *others = path.read_text("utf-8").splitlines()
    path.write_text("\n".join((first, line.replace(old, "", 1), *others)), "utf-8")
    person, _ = enrich(unsure, "one.csv", "two.csv", "-p", "offline")
    assert person["phone"] == ""
    assert SWITCHBOARD not in person["enrichctl_note"]
    assert UNSURE in person["enrichctl_note"]
    assert fields_of(person["enrichctl_note"])[0] == "website"
    assert "phone" not in fields_of(person["enrichctl_note"])


def test_a_caution_goes_with_the_source_that_the_user_takes_out(unsure):
    bought(unsure, "one.csv")
    path = unsure.folder / "one.csv"
    text = path.read_text("utf-8").replace("phone=superoffice;website=superoffice", "", 1)
    path.write_text(text, "utf-8")
    person, _ = enrich(unsure, "one.csv", "two.csv", "-p", "offline")
    assert person["phone"]
    assert person["enrichctl_note"] == ""


def test_a_canonical_form_is_still_the_same_value(unsure):
    old = bought(unsure, "one.csv")["phone"]
    path = unsure.folder / "one.csv"
    path.write_text(path.read_text("utf-8").replace(old, f"{old[:3]} {old[3:]}", 1), "utf-8")
    words = ("-p", "offline", "--overwrite", "phone")
    person, _ = enrich(unsure, "one.csv", "two.csv", *words)
    assert person["phone"] == old
    assert "phone=offline" in person["enrichctl_sources"]
    assert person["enrichctl_note"].count(SWITCHBOARD) == 1
    assert "phone" in fields_of(person["enrichctl_note"].split("; ")[-1])


def test_a_record_that_is_worked_out_again_is_told_with_its_cautions(unsure):
    bought(unsure, "one.csv")
    person, _ = enrich(unsure, "one.csv", "two.csv", "-p", "offline")
    told = json.loads(unsure("status", "last", "--row", "1", "--json").stdout)
    assert told["note"] == person["enrichctl_note"]
