"""What a run has written into a table of a database keeps its source, like an enriched file."""

import csv
import json

import pytest
from test_e2e_declared import KEY, LOOKUP, Acme, acme  # noqa: F401 - a fixture
from test_e2e_tables import DATABASES, _cells, made

PEOPLE = (
    "CREATE TABLE people (id INTEGER, email VARCHAR, title VARCHAR)",
    """INSERT INTO people VALUES (2, 'bo@chi.io', NULL), (7, 'ada@psi.io', NULL),
       (9, 'eve@rho.io', 'Mine')""",
)
SURE = LOOKUP.replace("price = 2", 'price = 2\nconfidence = {{path = "sure", of = 100}}')


class Surest(Acme):
    """A vendor that is as sure as it is told to be, and may change its mind."""

    title, sure = "CTO", 80

    def answer(self, path, body):
        self.asked.append((path, body))
        return 200, {"title": self.title, "sure": self.sure}


@pytest.fixture
def vendor(monkeypatch, request):
    monkeypatch.setattr("test_e2e_declared.Acme", Surest)
    return request.getfixturevalue("acme")


@pytest.fixture(params=DATABASES)
def address(request, shell, vendor):
    shell.environ |= KEY
    shell.write("acme.toml", SURE.format(url=vendor.url))
    shell.write("config.toml", '[providers.acme]\nfile = "acme.toml"\n')
    return made(request, shell, "people", PEOPLE)


@pytest.fixture
def enrich(shell, address):
    """Enrich the table, and return of each row its title, sources and confidence."""

    def run(*more, write_back=True):
        words = ["enrich", address, "--key", "id", "-p", "acme", "-y", "-q", "-o", "out.csv"]
        words += ["--config", "config.toml", *["--write-back"] * write_back, *more]
        done = shell(*words)
        assert done.returncode == 0, done.stderr
        rows = csv.DictReader((shell.folder / "out.csv").read_text().splitlines())
        return [
            (row["title"], row["enrichctl_sources"], row["enrichctl_confidence"]) for row in rows
        ]

    return run


BOUGHT = ("CTO", "job_title=acme", "0.8")
MINE = ("Mine", "", "")


def test_what_was_written_keeps_its_source_however_often_it_is_read(enrich, shell, vendor):
    assert enrich() == [BOUGHT, BOUGHT, MINE]
    for _ in range(2):
        assert enrich() == [BOUGHT, BOUGHT, MINE]
        assert enrich(write_back=False) == [BOUGHT, BOUGHT, MINE]
    assert len(vendor.asked) == 2
    ran = shell("status", "last", "--row", "1")
    assert b"CTO acme, in an earlier run" in b" ".join(ran.stdout.split())
    value = json.loads(shell("status", "last", "--row", "1", "--json").stdout)["values"]
    assert (value["job_title"]["provider"], value["job_title"]["earlier"]) == (None, "acme")
    shell("enrich", "out.csv", "-o", "out.json", "-q")
    told = json.loads((shell.folder / "out.json").read_text())[0]["_enrichctl"]["fields"]
    assert (told["job_title"]["provider"], told["job_title"]["confidence"]) == ("acme", 0.8)


def test_it_goes_with_its_row_wherever_that_stands(enrich, shell, address):
    enrich()
    _change(shell, address, "DELETE FROM people WHERE id = 2")
    _change(shell, address, "INSERT INTO people VALUES (1, 'sam@tau.io', 'CTO'), (8, NULL, 'CTO')")
    found = [("CTO", "", ""), BOUGHT, ("CTO", "", ""), MINE]
    assert enrich() == found
    assert enrich() == found


def test_what_somebody_has_put_in_its_place_is_nobodys(enrich, shell, address):
    enrich()
    _change(shell, address, "UPDATE people SET title = 'Boss' WHERE id = 2")
    _change(shell, address, "UPDATE people SET title = ' CTO ' WHERE id = 7")
    assert enrich() == [("Boss", "", ""), (" CTO ", *BOUGHT[1:]), MINE]


def test_refresh_asks_again_for_what_was_written_and_for_nothing_else(enrich, shell, vendor):
    enrich()
    vendor.title, vendor.sure = "CEO", 90
    newer = ("CEO", "job_title=acme", "0.8")  # of a row the lowest is kept, as in a file
    assert enrich("--refresh", "0d") == [newer, newer, MINE]
    assert sorted(body["mail"] for _, body in vendor.asked) == [
        *["ada@psi.io"] * 2,
        *["bo@chi.io"] * 2,
    ]
    assert enrich() == [newer, newer, MINE]


def test_who_is_forgotten_is_forgotten_there_too(enrich, shell):
    enrich()
    assert shell("journal", "forget", "ada@psi.io", "--yes").returncode == 0
    assert enrich() == [BOUGHT, ("CTO", "", ""), MINE]


def _change(shell, address, statement):
    _cells(shell, address, statement)
