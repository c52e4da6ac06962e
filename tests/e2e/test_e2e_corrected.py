"""What somebody has corrected in an enriched file is theirs, and what followed from it follows.

The truth is the table below: a cell that was filled by somebody and has another text now has no
source; what was derived on this machine is derived from what stands there now; a cell of one's own
is never touched; the same text in another spelling, order or file is the same.
"""

import csv
import json

import pytest
from test_e2e_declared import KEY, LOOKUP, Acme, acme  # noqa: F401 - a fixture

PHONE = LOOKUP.replace("job_title", "phone").replace("title", "phone")
HEADER = "full_name,company_name,email,phone"
ADA, BO = "Ada Berg,Psi Ltd,ada@psi.example,", "Bo Lund,Chi AB,bo@chi.example,"
WANTED = "phone,phone_e164,country,first_name,last_name,email_kind"


class Switchboard(Acme):
    """A vendor that knows a phone of everybody, and may know another one later."""

    bos = "+49 30 901821"

    def answer(self, path, body):
        self.asked.append((path, body))
        return 200, {"phone": self.bos if body.get("mail") == "bo@chi.example" else "+49 30 901820"}


@pytest.fixture
def vendor(monkeypatch, request):
    monkeypatch.setattr("test_e2e_declared.Acme", Switchboard)
    return request.getfixturevalue("acme")


@pytest.fixture
def enriched(shell, vendor):
    """Run a file, and return its rows by their e-mail."""
    shell.environ |= KEY
    shell.write("acme.toml", PHONE.format(url=vendor.url))
    shell.write("config.toml", '[providers.acme]\nfile = "acme.toml"\n')
    shell.write("leads.csv", f"{HEADER}\n{ADA}\n{BO}\n")

    def run(name, *more, to="out.csv", providers="offline,acme"):
        words = ["enrich", name, "-p", providers, "-w", WANTED, "-y", "-o", to, *more]
        done = shell(*words, "--config", "config.toml", "--force")
        assert done.returncode == 0, done.stderr
        run.said = b" ".join(done.stderr.split()).decode()
        return rows_of(shell.folder / to) if to.endswith("csv") else {}

    run("leads.csv", to="leads.enriched.csv")
    return run


def rows_of(path):
    with path.open(newline="") as file:
        return {row["email"]: row for row in csv.DictReader(file)}


def change(shell, email, name="leads.enriched.csv", to="", **cells):
    """Do by hand what somebody does in a spreadsheet: type over cells, and sort the rows."""
    rows = rows_of(shell.folder / name)
    rows[email] |= cells
    ordered = sorted(rows.values(), key=lambda row: row["email"], reverse=True)
    with (shell.folder / (to or name)).open("w", newline="") as file:
        writer = csv.DictWriter(file, ordered[0].keys())
        writer.writeheader()
        writer.writerows(ordered)


def sources(row):
    return dict(one.split("=") for one in row["enrichctl_sources"].split(";"))


FOUND = {
    "phone": "acme", "phone_e164": "offline", "country": "offline", "first_name": "offline",
    "last_name": "offline", "email_kind": "offline",
}  # fmt: skip


def test_a_corrected_value_is_nobodys_and_what_followed_from_it_follows(shell, enriched, vendor):
    change(shell, "ada@psi.example", phone="+46 8 123 456 78")
    rows = enriched("leads.enriched.csv")
    ada, bo = rows["ada@psi.example"], rows["bo@chi.example"]
    assert (ada["phone"], ada["phone_e164"], ada["country"]) == (
        "+46 8 123 456 78", "+46812345678", "Sweden",
    )  # fmt: skip
    assert sources(ada) == {n: who for n, who in FOUND.items() if n != "phone"}
    assert (bo["phone_e164"], bo["country"], sources(bo)) == ("+4930901821", "Germany", FOUND)
    assert "1 cell that was filled before was changed since (row 2)" in enriched.said
    assert len(vendor.asked) == 2
    again = enriched("out.csv", to="last.csv")["ada@psi.example"]
    assert (again["phone"], sources(again)) == (ada["phone"], sources(ada))


def test_what_followed_from_a_cell_of_ones_own_follows_what_is_there_now(shell, enriched):
    change(shell, "ada@psi.example", full_name="Ida Bergh")
    rows = enriched("leads.enriched.csv", providers="offline")
    assert [rows["ada@psi.example"][name] for name in ("first_name", "last_name")] == [
        "Ida", "Bergh",
    ]  # fmt: skip
    assert sources(rows["ada@psi.example"]) == FOUND


def test_what_was_typed_over_a_derived_value_stays_as_it_is_typed(shell, enriched):
    change(shell, "ada@psi.example", phone="+46 8 123 456 78", phone_e164="+46812345670")
    row = enriched("leads.enriched.csv")["ada@psi.example"]
    assert (row["phone_e164"], row["country"]) == ("+46812345670", "Sweden")
    assert not {"phone", "phone_e164"} & sources(row).keys()


@pytest.mark.parametrize(
    "cells", [{"phone": "+49 (30) 90-1820"}, {"full_name": "ADA  BERG"}, {"country": "DE"}, {}]
)
def test_another_spelling_is_no_correction(shell, enriched, cells):
    change(shell, "ada@psi.example", **cells)
    row = enriched("leads.enriched.csv")["ada@psi.example"]
    assert (sources(row), row["enrichctl_note"]) == (FOUND, "")
    assert row["phone_e164"] == "+4930901820"
    assert "changed since" not in enriched.said


def test_a_file_is_known_under_another_name_by_the_people_in_it(shell, enriched):
    change(shell, "ada@psi.example", to="march.csv", phone="+46 8 123 456 78")
    row = enriched("march.csv")["ada@psi.example"]
    assert (row["phone_e164"], "phone" in sources(row)) == ("+46812345678", False)


def test_of_an_address_that_was_replaced_nothing_is_said_any_more(shell, enriched):
    change(shell, "ada@psi.example", phone="ask her")
    row = enriched("leads.enriched.csv", providers="offline")["ada@psi.example"]
    assert row["phone_e164"] == "+4930901820"
    assert "offline said so of another phone (phone_e164)" in row["enrichctl_note"]
    assert "offline found it before another cell was changed (country)" in row["enrichctl_note"]


def test_json_says_the_same(shell, enriched):
    enriched("leads.csv", to="leads.json")
    told = json.loads((shell.folder / "leads.json").read_text())
    told[0]["phone"] = "+46 8 123 456 78"
    shell.write("leads.json", json.dumps(told))
    enriched("leads.json", to="new.json")
    row = json.loads((shell.folder / "new.json").read_text())[0]
    assert (row["phone_e164"], row["country"]) == ("+46812345678", "Sweden")
    fields = row["_enrichctl"]["fields"]
    assert {name: of["provider"] for name, of in fields.items()} == {
        name: who for name, who in FOUND.items() if name != "phone"
    }


def test_a_newer_answer_takes_what_followed_from_the_old_one_along(shell, enriched, vendor):
    vendor.bos = "+46 8 123 456 78"
    row = enriched("leads.enriched.csv", "--refresh", "0d")["bo@chi.example"]
    assert (row["phone"], row["phone_e164"], row["country"]) == (
        "+46 8 123 456 78", "+46812345678", "Sweden",
    )  # fmt: skip
    assert sources(row) == FOUND


def test_of_a_person_who_was_forgotten_the_column_is_believed(shell, enriched):
    assert shell("journal", "forget", "ada@psi.example", "--yes").returncode == 0
    change(shell, "ada@psi.example", phone="+46 8 123 456 78")
    row = enriched("leads.enriched.csv", providers="offline")["ada@psi.example"]
    assert (row["phone_e164"], sources(row)) == ("+4930901820", FOUND)


def test_what_followed_from_a_value_that_this_run_replaces_follows_the_new_one(
    shell, enriched, vendor
):
    vendor.bos = "+46 8 123 456 78"
    shell.write("typed.csv", f"{HEADER}\n{BO}+49 30 901829\n")
    row = enriched("typed.csv", "--overwrite=phone", "--fresh", providers="acme,offline")[
        "bo@chi.example"
    ]
    assert (row["phone"], row["phone_e164"], row["country"]) == (
        "+46 8 123 456 78", "+46812345678", "Sweden",
    )  # fmt: skip


def test_a_guess_replaces_nothing_that_somebody_has_typed(shell, enriched):
    shell.write("typed.csv", f"{HEADER},country\nADA BERG,Psi Limited,ada@psi.se,030 901820,DE\n")
    words = ("enrich", "typed.csv", "-p", "offline", "--overwrite", "-y", "-q", "-o", "-")
    done = shell(*words)
    (row,) = csv.DictReader(done.stdout.decode().splitlines())
    assert (row["company_name"], row["country"]) == ("Psi Limited", "DE")
    assert row["phone"] == "+4930901820"  # the same number as others write it


def test_a_cell_that_was_emptied_is_filled_again_and_called_nobodys(shell, enriched):
    change(shell, "ada@psi.example", phone="")
    row = enriched("leads.enriched.csv")["ada@psi.example"]
    assert (row["phone"], sources(row)["phone"]) == ("+49 30 901820", "acme")
    assert "changed since" not in enriched.said
