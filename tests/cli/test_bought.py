"""What the money bought, counted from a run over the sandbox.

What is expected is worked out from the sandbox's population: whom each vendor knows, and what it
lacks about them. LeadLex is asked about everybody, lemlist about those whose title it did not know.
"""

import shutil
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from decimal import Decimal

import pytest
from rehearsal import PRICE, charged_for, document, places, rehearsal, write_rows

from enrichctl.cli import app
from enrichctl.journal import Journal, record_rows
from enrichctl.sandbox.population import Population

MISSES = 0.35


@pytest.fixture(scope="module")
def population():
    return Population(miss_rate=MISSES)


@pytest.fixture(scope="module")
def people(population):
    return list(population.people.values())[:260]


@pytest.fixture(scope="module")
def state(tmp_path_factory, people):
    """A journal after one run of two vendors over the people."""
    folder = tmp_path_factory.mktemp("bought")
    rows = ([p.email, p.first_name, p.last_name, p.country, p.seniority] for p in people)
    write_rows(folder / "in.csv", "Email,First Name,Last Name,Country,Seniority", rows)
    (folder / "config.toml").write_text('[providers.lemlist]\ncurrency = "EUR 0.04"\n')
    with pytest.MonkeyPatch.context() as patch, rehearsal(folder, patch, miss_rate=MISSES):
        asked = ["enrich", "in.csv", "-p", "leadlex,lemlist", "-w", "job_title", "-y", "-q"]
        assert app.run(asked) == 0
    return folder


@pytest.fixture
def here(state, monkeypatch):
    for name, value in places(state).items():
        monkeypatch.setenv(name, value)
    return state


def shown(capsys, *words):
    return document(capsys, "credits", *words)


def truth(people, population):
    """Return vendor, country → asked, matched, filled, worked out from the population."""
    counts = defaultdict(Counter)
    for person in people:
        for vendor in ("leadlex", "lemlist"):
            known = charged_for(population, vendor, person)
            title = known.job_title if known else ""
            counts[vendor, person.country_code].update(
                asked=1, matched=known is not None, filled=bool(title)
            )
            if title:
                break
    return counts


def test_match_rates_and_costs_by_country_are_those_of_the_population(
    here, people, population, capsys
):
    document = shown(capsys, "--by", "country")
    expected = truth(people, population)

    assert document["schema"] == "enrichctl.breakdown/1"
    assert document["by"] == ["provider", "country"]
    assert document["elsewhere"] == []
    found = {(row["provider"], row["country"]): row for row in document["rows"]}
    assert found.keys() == expected.keys()
    for key, row in found.items():
        due = expected[key]
        assert (row["asked"], row["answered"]) == (due["asked"], due["asked"]), key
        assert (row["matched"], row["filled"]) == (due["matched"], due["filled"]), key
        assert Decimal(row["credits"]) == PRICE[key[0]] * due["matched"], key
        assert row["match_rate"] == pytest.approx(due["matched"] / due["asked"], abs=1e-4)
        assert row["low"] < row["match_rate"] + 1e-9
        assert row["high"] > row["match_rate"] - 1e-9
        assert row["thin"] is (due["asked"] < 30)


def test_all_kinds_together_add_up_to_what_was_spent(here, capsys):
    by = "provider,field,country,seniority,industry,domain-size"
    rows = shown(capsys, "--by", by)["rows"]
    accounts = {one["name"]: one for one in shown(capsys)["providers"]}

    for name, account in accounts.items():
        own = [row for row in rows if row["provider"] == name]
        assert sum(Decimal(row["credits"]) for row in own) == Decimal(account["spent"]["month"])
    assert {row["field"] for row in rows} == {"job_title"}
    assert {row["industry"] for row in rows} == {None}


def test_costs_are_in_money_where_it_is_said_what_a_credit_costs(here, capsys):
    rows = shown(capsys, "--by", "provider")["rows"]
    leadlex, lemlist = rows
    each = Decimal(lemlist["credits"]) / lemlist["filled"]

    assert leadlex["money"] is None
    assert lemlist["money"]["currency"] == "EUR"
    assert Decimal(lemlist["money"]["spent"]) == Decimal(lemlist["credits"]) * Decimal("0.04")
    assert Decimal(lemlist["money"]["per_filled_field"]) == round(each * Decimal("0.04"), 4)
    assert lemlist["money"]["per_verified_email"] is None


def test_credits_shows_the_cost_of_a_field_in_money_as_the_breakdown_does(here, capsys):
    costs = {
        row["provider"]: row["money"] and row["money"]["per_filled_field"]
        for row in shown(capsys, "--by", "provider")["rows"]
    }
    money = {one["name"]: one["money"] for one in shown(capsys)["providers"]}
    assert money == {
        "leadlex": None,
        "lemlist": {"currency": "EUR", "per_filled_field": costs["lemlist"]},
    }

    assert app.run(["credits"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert f" EUR {Decimal(costs['lemlist']):.2f} " in lines["lemlist"]
    assert "EUR" not in lines["leadlex"]


def test_thin_kinds_are_marked_and_not_hidden(here, people, capsys):
    assert app.run(["credits", "--by", "country"]) == 0
    out = capsys.readouterr().out
    for country in {person.country_code for person in people}:
        assert f" {country} " in out
    assert "~ fewer than 30 answers" in out


def test_the_sandbox_is_looked_at_only_when_it_is_asked_for(here, capsys):
    assert shown(capsys, "--by", "provider", "--sandbox")["rows"] == []
    assert app.run(["credits", "--sandbox"]) == 2
    assert "add --by country" in capsys.readouterr().err


def test_what_cannot_be_counted_by_is_refused(here, capsys):
    assert app.run(["credits", "--by", "contry"]) == 2
    assert "did you mean country?" in capsys.readouterr().err


@pytest.mark.parametrize("said", ["0.04", "EUR", "eur 0.04", "EUR -1", "EUR 1e9"])
def test_a_currency_says_what_and_how_much(said, tmp_path, monkeypatch, capsys):
    (tmp_path / "config.toml").write_text(f'[providers.lemlist]\ncurrency = "{said}"\n')
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path))
    assert app.run(["credits"]) == 2
    assert "line 2: providers.lemlist.currency must say what a credit costs" in (
        capsys.readouterr().err
    )


def test_what_no_record_explains_is_told_apart(tmp_path, monkeypatch, capsys):
    from test_credits import begin, spend  # noqa: PLC0415 - the same little journal

    for name, value in places(tmp_path).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "config.toml").touch()
    (tmp_path / "state").mkdir()
    with Journal(tmp_path / "state" / "journal.db") as journal:
        spend(journal, begin(journal), "2.5")
        record_rows.put_records(journal, "20251120-090000-aaaa", [])
    document = shown(capsys, "--by", "country")
    assert document["rows"] == []
    assert document["elsewhere"] == [{"provider": "leadlex", "attempts": 1, "credits": "2.5"}]
    assert app.run(["credits", "--html", "-"]) == 0
    assert "1 attempt" in capsys.readouterr().out


EARLIER = """
UPDATE attempts SET segment = NULL, gain = NULL;
DELETE FROM segments;
DELETE FROM gains;
"""


def earlier_version(state, tmp_path, monkeypatch):
    """Return a copy of the journal as a version left it that did not keep what attempts brought."""
    shutil.copytree(state, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy" / "state" / "journal.db")) as db:
        db.executescript(EARLIER)
    for name, value in places(tmp_path / "copy").items():
        monkeypatch.setenv(name, value)
    return tmp_path / "copy" / "state" / "journal.db"


ALL = "provider,field,country,seniority,industry,domain-size"


@pytest.mark.parametrize("by", ["country", ALL])
def test_a_journal_of_an_earlier_version_is_counted_as_one_of_today(
    here, tmp_path, monkeypatch, capsys, by
):
    due = shown(capsys, "--by", by)
    assert due["rows"]
    earlier_version(here, tmp_path, monkeypatch)
    assert shown(capsys, "--by", by) == due
    assert shown(capsys, "--by", by) == due  # and the second time it is entered


def test_what_is_not_known_of_a_journal_of_an_earlier_version_is_said(
    here, tmp_path, monkeypatch, capsys
):
    path = earlier_version(here, tmp_path, monkeypatch)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM records")
        told = dict(db.execute("SELECT provider, COUNT(*) FROM attempts GROUP BY 1"))
        paid = dict(db.execute("SELECT provider, SUM(credits) / 1000000 FROM attempts GROUP BY 1"))
    document = shown(capsys, "--by", "country")
    assert document["rows"] == []
    assert document["elsewhere"] == [
        {"provider": name, "attempts": told[name], "credits": str(paid[name])}
        for name in ("leadlex", "lemlist")
    ]
    assert app.run(["credits", "--by", "country"]) == 0
    assert f"{told['leadlex']} attempts" in " ".join("".join(capsys.readouterr()).split())
