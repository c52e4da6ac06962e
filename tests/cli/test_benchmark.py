"""Providers against a file whose values are known, over the sandbox.

What is expected is worked out from the sandbox's population: whom each vendor knows, what it lacks
about them, and whom it takes for somebody else.
"""

import json
import sys
from collections import Counter
from decimal import Decimal

import pytest
from rehearsal import PRICE, charged_for, document, rehearsal, write_rows

from enrichctl.cli import app
from enrichctl.sandbox.population import Population

MISSES = 0.3
ASKED = ["known.csv", "-p", "leadlex,lemlist", "-w", "job_title"]
HEADER = "Email,First Name,Last Name,Job Title,Country,Company,Domain"


@pytest.fixture(scope="module")
def population():
    return Population(miss_rate=MISSES)


@pytest.fixture(scope="module")
def people(population):
    return list(population.people.values())[:60]


@pytest.fixture
def desk(tmp_path, monkeypatch, people):
    with rehearsal(tmp_path, monkeypatch, miss_rate=MISSES) as box:
        write(tmp_path, people)
        yield box


def write(folder, people, wrong=()):
    write_rows(
        folder / "known.csv", HEADER,
        ([p.email, p.first_name, p.last_name, "Beekeeper" if p.email in wrong else p.job_title,
          p.country, p.company.name, p.company.domain] for p in people),
    )  # fmt: skip


def benchmark(*more):
    return app.run(["benchmark", *ASKED, *more])


def shown(capsys, *words, status=0):
    return document(capsys, "benchmark", *ASKED, "-y", *words, status=status)


def document_of_run(capsys):
    return document(capsys, "status", "last")["run"]


def truth(vendor, people, population, wrong=()):
    """Return how many titles a vendor has right, wrong and not, and what it charges."""
    found = Counter()
    for person in people:
        known = charged_for(population, vendor, person)
        if known is None:
            found["missing"] += 1
            continue
        found["credits"] += PRICE[vendor]
        verdict = "wrong" if person.email in wrong else "right"
        found[verdict if known.job_title else "missing"] += 1
    return found


def test_each_provider_is_judged_by_what_it_knows_of_everybody(desk, people, population, capsys):
    wrong = {person.email for person in people[:20]}  # the file says otherwise
    write(desk.folder, people, wrong)
    document = shown(capsys)

    assert document["schema"] == "enrichctl.benchmark/1"
    assert document["records"] == 60
    for row in document["rows"]:
        due = truth(row["provider"], people, population, wrong)
        assert row["field"] == "job_title"
        found = {name: row[name] for name in ("right", "wrong", "missing")}
        assert found == {name: due[name] for name in found}
        assert row["known"] == 60
        assert row["matched"] == due["right"] + due["wrong"]
        assert Decimal(row["credits"]) == due["credits"] == desk.spent(row["provider"])
        each = Decimal(due["credits"]) / due["right"]
        assert Decimal(row["credits_per_right_value"]) == round(each, 4)
        assert row["low"] <= row["right_rate"] == round(due["right"] / 60, 4) <= row["high"]
    assert [row["provider"] for row in document["rows"]] == ["leadlex", "lemlist"]


@pytest.mark.parametrize(
    ("header", "wanted", "what", "works"),
    [
        ("Email,Company", "job_title", "job_title", ["-w", "company_name"]),
        ("Email,Company", "job_title,company_name", "job_title", ["-w", "company_name"]),
        ("Email,Job Title,Is", "industry", "industry", ["--map", "industry=Is"]),
        ("Email,Job Title", "job_title,industry,phone", "industry, phone", ["-w", "job_title"]),
        ("Email,Is", "", "a field that leadlex could find", ["--map", "FIELD=Is"]),
        ("Email", "phone", "phone", []),
    ],
)
def test_a_field_that_the_file_does_not_know_is_refused_with_a_step_that_works(
    header, wanted, what, works, desk, capsys
):
    row = ["ann@acme.com", "Acme", "x"][: header.count(",") + 1]
    write_rows(desk.folder / "known.csv", header, [row])
    words = ["benchmark", "known.csv", "-p", "leadlex", "-n"]
    assert app.run([*words, *(["-w", wanted] if wanted else [])]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"no column of known.csv is known to hold {what}" in said
    assert " ".join(works) in said.partition(" next: ")[2]
    if works and "FIELD=Is" not in works:
        asked = works if "-w" in works else ["-w", wanted, *works]
        assert app.run([*words, *asked]) == 0
        assert "leadlex" in capsys.readouterr().err


def test_a_record_is_explained_as_one_of_which_nothing_was_filled(desk, people, population, capsys):
    """What each gave stands with each; none of it stands in the way of another's, nor as filled."""
    assert benchmark("-y", "-q") == 0
    both = [
        at for at, person in enumerate(people, 1)
        if all((known := charged_for(population, name, person)) and known.job_title
               for name in ("leadlex", "lemlist"))
    ]  # fmt: skip
    capsys.readouterr()
    assert app.run(["status", "last", "--row", str(both[0])]) == 0
    said = capsys.readouterr().out
    title = people[both[0] - 1].job_title
    assert "a benchmark: asked as if nothing were known of job_title; nothing was filled" in said
    assert [line.split(None, 1) for line in said.splitlines() if "gave" in line] == [
        ["gave", f"job_title: {title}"]
    ] * 2
    assert "not tested: " in said
    assert [wrong for wrong in ("  used  ", "below the minimum", " stands") if wrong in said] == []

    neither = document(capsys, "status", "last", "--records", "no_match")["records"][0]
    assert neither["note"].endswith("no value for job_title")
    assert app.run(["status", "last", "--row", str(neither["row"])]) == 0
    said = capsys.readouterr().out
    assert "nothing found that was missing" not in said
    assert said.count(" nothing that is tested\n") == 2
    row = document(capsys, "status", "last", "--row", str(neither["row"]))
    assert row["tested"] == ["job_title"]


def test_segments_are_those_of_the_file(desk, people, population, capsys):
    rows = shown(capsys, "--by", "country")["rows"]
    for row in rows:
        own = [person for person in people if person.country_code == row["country"]]
        due = truth(row["provider"], own, population)
        assert (row["known"], row["right"]) == (len(own), due["right"])
        assert row["thin"]


def test_a_second_time_nobody_is_asked_and_the_answers_are_judged_again(desk, capsys):
    before = shown(capsys)
    asked = len(desk.requests)
    again = shown(capsys)

    assert len(desk.requests) == asked
    assert Decimal(before["spent"]) == desk.spent("leadlex") + desk.spent("lemlist") > 0
    assert again["spent"] == "0"
    assert again["rows"] == before["rows"]


def test_what_was_paid_is_used_by_enrich_and_its_output_is_not_touched(desk, people, capsys):
    (desk.folder / "in.csv").write_text(
        "Email,First Name,Last Name\n"
        + "".join(f"{p.email},{p.first_name},{p.last_name}\n" for p in people)
    )
    assert app.run(["benchmark", "known.csv", "-p", "leadlex", "-w", "job_title", "-y", "-q"]) == 0
    spent = desk.spent("leadlex")
    assert app.run(["enrich", "in.csv", "-p", "leadlex", "-w", "job_title", "-y", "-q"]) == 0
    assert desk.spent("leadlex") == spent
    assert not (desk.folder / "known.enriched.csv").exists()


def test_a_budget_holds_and_what_was_not_asked_is_not_judged(desk, capsys):
    document = shown(capsys, "--budget", "leadlex=7", status=5)
    leadlex, lemlist = document["rows"]

    assert desk.spent("leadlex") <= 7
    assert 0 < leadlex["known"] < 60
    assert lemlist["known"] == 60
    (left,) = document_of_run(capsys)["errors"]
    assert "budget of 7 credits a run at leadlex" in left["cause"]
    assert left["count"] == 60 - leadlex["known"]


def test_what_a_budget_left_is_told_with_the_command_to_go_on(desk, monkeypatch, capsys):
    words = ["benchmark", *ASKED, "-y", "--budget", "leadlex=7", "--json"]
    monkeypatch.setattr(sys, "argv", ["enrichctl", *words])
    assert app.run(words) == 5
    said = " ".join(capsys.readouterr().err.split())
    assert " records: the budget of 7 credits a run at leadlex leaves no room" in said
    assert " go on: enrichctl benchmark known.csv -p leadlex,lemlist " in said


def test_the_list_of_runs_tells_a_benchmark_from_a_run_that_fills(desk, capsys):
    assert benchmark("-y", "--limit", "2") == 0
    capsys.readouterr()
    assert app.run(["status"]) == 0
    assert "benchmark of known.csv" in " ".join(capsys.readouterr().out.split())


def test_without_a_terminal_it_takes_a_yes_or_a_budget(desk, capsys):
    assert benchmark() == 2
    assert "--yes" in capsys.readouterr().err
    assert desk.requests == [] or desk.spent("leadlex") == 0


def test_a_plan_asks_nobody(desk, capsys):
    assert benchmark("-n") == 0
    shown = capsys.readouterr().err
    assert desk.spent("leadlex") == desk.spent("lemlist") == 0
    assert "leadlex" in shown
    assert "lemlist" in shown


def test_who_is_on_the_list_is_never_told_to_anybody_even_if_the_address_is_tested(
    desk, people, capsys
):
    listed = people[3]
    (desk.folder / "no.txt").write_text(listed.email + "\n")
    words = ["benchmark", "known.csv", "-p", "lemlist", "-w", "email", "-y", "--json"]
    capsys.readouterr()
    assert app.run([*words, "--suppress", "no.txt"]) == 0
    document = json.loads(capsys.readouterr().out)

    assert document["rows"][0]["known"] == 59
    told = {name for seen in desk.requests if seen.body for name in names(json.loads(seen.body))}
    assert (listed.first_name, listed.last_name) not in told
    assert len(told) == len({(p.first_name, p.last_name) for p in people} - {(
        listed.first_name, listed.last_name)})  # fmt: skip
    assert all(person.email not in seen.body for seen in desk.requests for person in people)


def names(body):
    """Return the names of all people in a request."""
    if isinstance(body, list):
        return {name for one in body for name in names(one)}
    if not isinstance(body, dict):
        return set()
    own = {(body["firstName"], body["lastName"])} if "firstName" in body else set()
    return own.union(*(names(value) for value in body.values()))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["benchmark"], "needs a file"),
        (["benchmark", "known.csv"], "-p leadlex,lemlist"),
        (["benchmark", "known.csv", "-p", "leadlex", "-w", "phone"], "no column of known.csv"),
        (["benchmark", "known.csv", "-p", "leadlex", "--by", "contry"], "did you mean country?"),
    ],
)
def test_what_cannot_be_compared_is_refused(desk, words, said, capsys):
    assert app.run(words) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_record_counts_once_in_its_run_however_many_providers_were_tested(
    desk, people, population, capsys
):
    shown(capsys)
    assert app.run(["status", "last", "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    named = [
        person for person in people
        if any(truth(vendor, [person], population)["right"] for vendor in ("leadlex", "lemlist"))
    ]  # fmt: skip

    assert sum(run["outcomes"].values()) == run["records"] == len(people)
    assert run["outcomes"]["enriched"] == len(named)
    assert app.run(["status", "last", "--html", "-"]) == 0
    page = capsys.readouterr().out
    assert "<dt>output</dt><dd><bdi>none</bdi>" in page
    assert "a provider gave a value" in page
    for untrue in ("something was filled", "cells filled", "--accept"):
        assert untrue not in page


def test_a_record_is_explained_by_all_providers_that_were_tested(desk, people, population, capsys):
    shown(capsys)
    for row in range(1, 11):
        assert app.run(["status", "last", "--row", str(row), "--json"]) == 0
        record = json.loads(capsys.readouterr().out)
        known = [
            vendor for vendor in ("leadlex", "lemlist")
            if truth(vendor, [people[row - 1]], population)["right"]
        ]  # fmt: skip
        assert [one["provider"] for one in record["attempts"]] == ["leadlex", "lemlist"]
        assert [one["provider"] for one in record["attempts"] if one["accepted"]] == known
        assert record["status"] == ("enriched" if known else "no_match")
        assert record["values"].get("job_title", {}).get("provider") == (known or [None])[0]


def test_an_answer_about_somebody_else_is_to_be_looked_at_and_cannot_be_accepted(
    desk, people, capsys
):
    """Nothing is filled, so that `--accept review` would be refused."""
    write_rows(
        desk.folder / "known.csv", HEADER,
        ([p.email, "Zebulon", "Quuxley", p.job_title, p.country, p.company.name, p.company.domain]
         for p in people[:10]),
    )  # fmt: skip
    shown(capsys)
    assert app.run(["status", "last", "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    assert run["outcomes"]["review"] > 0
    assert {error["next"] for error in run["errors"]} == {
        "look at them (enrichctl status last --records review)"
    }
