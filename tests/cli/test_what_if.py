"""Other orders of a waterfall over the sandbox, against what the sandbox's population says.

LeadLex is asked about everybody, lemlist about those whose title it did not know. What each vendor
knows and charges is worked out from the population, as in ``test_bought``.
"""

import csv
import json
import sys
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from rehearsal import PRICE, charged_for, document, rehearsal, write_rows

from enrichctl.cli import app
from enrichctl.sandbox.population import Population

MISSES = 0.35
TITLES = ["-w", "job_title", "-y", "-q"]


@pytest.fixture(scope="module")
def population():
    return Population(miss_rate=MISSES)


@pytest.fixture(scope="module")
def people(population):
    return list(population.people.values())[:75]


@pytest.fixture
def desk(tmp_path, monkeypatch, people):
    with rehearsal(tmp_path, monkeypatch, miss_rate=MISSES) as box:
        rows = ([p.email, p.first_name, p.last_name, p.country] for p in people)
        write_rows(tmp_path / "in.csv", "Email,First Name,Last Name,Country", rows)
        yield box


def enrich(providers, *more):
    assert app.run(["enrich", "in.csv", "-p", providers, *TITLES, *more]) == 0


def shown(capsys, *words):
    return document(capsys, "credits", *words)


def truth(order, people, population):
    """Return what an order fills and costs, worked out from the population."""
    filled, cost = 0, dict.fromkeys(order, 0)
    for person in people:
        for vendor in order:
            known = charged_for(population, vendor, person)
            if known is None:
                continue
            cost[vendor] += PRICE[vendor]
            if known.job_title:
                filled += 1
                break
    return filled, cost


def certain(span):
    assert span["least"] == span["most"]
    return Decimal(span["least"])


def costs(one):
    return {each["name"]: certain(each["credits"]) for each in one["providers"]}


def test_the_order_that_was_run_comes_to_what_was_spent_to_the_credit(
    desk, people, population, capsys
):
    enrich("leadlex,lemlist")
    document = shown(capsys, "--what-if", "leadlex,lemlist")
    filled, cost = truth(("leadlex", "lemlist"), people, population)

    done, what_if = document["done"], document["what_if"]
    assert costs(done) == costs(what_if) == cost
    assert costs(done) == {name: desk.spent(name) for name in PRICE}
    assert certain(done["filled"]) == certain(what_if["filled"]) == filled
    assert done["order"] == ["leadlex", "lemlist"]
    assert what_if["known"]


def test_what_nobody_was_asked_is_an_interval_that_holds_the_truth(
    desk, people, population, capsys
):
    enrich("leadlex,lemlist")
    what_if = shown(capsys, "--what-if", "lemlist,leadlex")["what_if"]
    filled, cost = truth(("lemlist", "leadlex"), people, population)

    assert not what_if["known"]
    assert what_if["filled"]["least"] <= filled <= what_if["filled"]["most"]
    for each in what_if["providers"]:
        span = {name: Decimal(text) for name, text in each["credits"].items()}
        assert span["least"] < cost[each["name"]] < span["most"]
        assert span["least"] <= span["expected"] <= span["most"]


def test_what_was_asked_in_other_runs_is_known(desk, people, population, capsys):
    enrich("lemlist", "-o", "pilot.csv")
    enrich("leadlex,lemlist", "-o", "all.csv")

    for order in (("leadlex", "lemlist"), ("lemlist",), ("leadlex",)):
        what_if = shown(capsys, "--what-if", ",".join(order))["what_if"]
        filled, cost = truth(order, people, population)
        assert (certain(what_if["filled"]), costs(what_if)) == (filled, cost), order


def test_the_best_orders_are_those_of_the_population(desk, people, population, capsys):
    """Everybody was asked about everybody: nothing is left to guess."""
    enrich("leadlex", "-o", "one.csv")
    enrich("lemlist", "-o", "two.csv")
    enrich("lemlist,leadlex", "-o", "all.csv")
    document = shown(capsys, "--best", "--what-if", "leadlex")
    orders = [*permutations(PRICE, 1), *permutations(PRICE, 2)]
    due = {order: truth(order, people, population) for order in orders}
    full, paid = due["lemlist", "leadlex"][0], sum(due["lemlist", "leadlex"][1].values())

    assert certain(document["done"]["filled"]) == full
    cheapest = min((sum(c.values()), o) for o, (f, c) in due.items() if f >= full)
    assert (
        certain(document["cheapest"]["credits"]),
        tuple(document["cheapest"]["order"]),
    ) == cheapest
    fullest = max(f for f, c in due.values() if sum(c.values()) <= paid)
    assert certain(document["fullest"]["filled"]) == fullest
    assert certain(document["what_if"]["filled"]) == due["leadlex",][0]


@pytest.mark.parametrize(("leadlex", "lemlist", "said"), [
    ("", "", "; `currency` puts them into money"),
    ("EUR 0.04", "", "; `currency` of lemlist puts them into money"),
    ("EUR 0.04", "USD 0.1", "; they are paid in EUR and USD, which have no common sum"),
    ("EUR 0.04", "EUR 0.1", ""),
])  # fmt: skip
def test_why_credits_of_several_providers_are_added_up_is_said_as_it_is(
    desk, capsys, leadlex, lemlist, said
):
    enrich("leadlex,lemlist")
    costs = {"leadlex": leadlex, "lemlist": lemlist}
    said_so = [f'[providers.{name}]\ncurrency = "{cost}"\n' for name, cost in costs.items() if cost]
    (desk.folder / "config.toml").write_text("".join(said_so))

    assert app.run(["credits", "--what-if", "lemlist,leadlex"]) == 0
    notes = [one for one in capsys.readouterr().out.splitlines() if "added up" in one]
    assert notes == ([f"credits of several providers are added up{said}"] if said else [])


def test_orders_are_compared_in_one_unit(desk, capsys):
    """Thousands of euros for one provider would make room for any number of credits."""
    enrich("lemlist")
    (desk.folder / "config.toml").write_text('[providers.lemlist]\ncurrency = "EUR 1000"\n')
    found = shown(capsys, "--what-if", "leadlex,lemlist", "--best")

    paid = Decimal(found["done"]["credits"]["most"])
    assert Decimal(found["what_if"]["credits"]["most"]) > paid
    assert Decimal(found["fullest"]["credits"]["most"]) <= paid


def test_a_condition_of_the_configuration_holds_in_the_replay(desk, people, population, capsys):
    enrich("leadlex,lemlist")
    (desk.folder / "config.toml").write_text("[providers.lemlist]\nonly_if = \"country == 'DK'\"\n")
    what_if = shown(capsys, "--what-if", "leadlex,lemlist")["what_if"]
    danes = [person for person in people if person.country_code == "DK"]
    others = [person for person in people if person.country_code != "DK"]
    filled, cost = truth(("leadlex", "lemlist"), danes, population)
    more, also = truth(("leadlex",), others, population)

    assert certain(what_if["filled"]) == filled + more
    assert costs(what_if) == {
        "leadlex": cost["leadlex"] + also["leadlex"],
        "lemlist": cost["lemlist"],
    }
    assert 0 < cost["lemlist"] < desk.spent("lemlist")


def test_a_shared_answer_is_paid_for_once(desk, people, capsys):
    with (desk.folder / "in.csv").open("a", newline="") as file:
        csv.writer(file).writerows([p.email, p.first_name, p.last_name, ""] for p in people[:40])
    enrich("leadlex,lemlist")
    document = shown(capsys, "--what-if", "leadlex,lemlist")

    assert costs(document["what_if"]) == {name: desk.spent(name) for name in PRICE}
    assert document["what_if"]["filled"] == document["done"]["filled"]


@pytest.mark.parametrize("first", ["Chief Cook", ""])
def test_a_row_of_a_person_that_lacks_less_is_counted_by_what_it_lacks(desk, people, capsys, first):
    """Each person stands twice: once with a title, once without. They share an answer."""
    second = "" if first else "Chief Cook"
    with (desk.folder / "in.csv").open("w", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["Email", "Job Title"])
        sheet.writerows([p.email, title] for p in people[:60] for title in (first, second))
    words = ["-w", "job_title,linkedin_url", "-y", "-q"]
    assert app.run(["enrich", "in.csv", "-p", "leadlex,lemlist", *words]) == 0
    document = shown(capsys, "--what-if", "leadlex,lemlist")
    with (desk.folder / "in.enriched.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    filled = sum(bool(row["linkedin_url"]) for row in rows) + sum(
        row["Job Title"] not in ("", "Chief Cook") for row in rows
    )

    assert certain(document["done"]["filled"]) == filled
    assert certain(document["what_if"]["filled"]) == filled
    assert costs(document["what_if"]) == {name: desk.spent(name) for name in PRICE}


def test_it_is_shown_as_a_table(desk, capsys):
    enrich("leadlex,lemlist")
    capsys.readouterr()
    assert app.run(["credits", "--what-if", "lemlist,leadlex", "--best"]) == 0
    out = capsys.readouterr().out
    assert "as it was done" in out
    assert "lemlist, leadlex: not everybody was asked" in out
    assert "cheapest that fills as much" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--what-if", "leadlx"], "did you mean leadlex?"),
        (["--what-if", "leadlex,leadlex"], "named twice"),
        (["--best"], "there are no runs yet next: enrichctl enrich FILE makes the first"),
        (["--best", "--run", "2020"], "no run is called '2020'"),
        (["--best", "--by", "country"], "do not go together"),
        (["--run", "last"], "--best"),
    ],
)
def test_what_cannot_be_replayed_is_refused(desk, words, said, capsys):
    assert app.run(["credits", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_whoever_has_only_rehearsed_is_told_how_to_see_that(desk, capsys, monkeypatch):
    words = ["enrich", "in.csv", "-p", "offline,leadlex", "--sandbox", "-q"]
    monkeypatch.setattr(sys, "argv", ["enrichctl", *words])
    assert app.run(words) == 0
    assert app.run(["credits", "--best"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert said == "error: there are only rehearsals yet next: --sandbox takes the last of them"
    assert app.run(["credits", "--best", "--sandbox"]) == 0


def test_a_value_that_a_later_answer_replaced_is_counted_once(desk, capsys):
    assert app.run(["enrich", "in.csv", "-p", "offline,leadlex,lemlist", "-y", "-q"]) == 0
    document = shown(capsys, "--what-if", "leadlex,lemlist")
    per_provider = shown(capsys, "--by", "provider")["rows"]
    per_field = shown(capsys, "--by", "field")["rows"]

    filled = certain(document["done"]["filled"])
    assert certain(document["what_if"]["filled"]) == filled
    assert sum(row["filled"] for row in per_provider) == filled
    assert sum(row["filled"] for row in per_field) == filled


def test_a_free_provider_in_an_order_is_said_to_stay_where_it_was(desk, capsys):
    enrich("leadlex")
    capsys.readouterr()
    assert app.run(["credits", "--what-if", "leadlex,offline"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "offline: free, so it stays where it was in the run" in said


def test_a_benchmark_alone_has_no_order_until_enrich_goes_over_its_people(desk, people, capsys):
    some = people[:20]
    header = "Email,First Name,Last Name,Country"
    truths = ([p.email, p.first_name, p.last_name, p.country, "CEO"] for p in some)
    write_rows(desk.folder / "known.csv", f"{header},Job Title", truths)
    words = ["benchmark", "known.csv", "-p", "leadlex,lemlist", *TITLES[:2], "--budget", "999"]
    assert app.run([*words, "-q"]) == 0
    capsys.readouterr()
    assert app.run(["credits", "--best"]) == 2
    said = capsys.readouterr().err
    assert "there are only benchmarks yet" in said
    assert "--budget 0" in said

    rows = ([p.email, p.first_name, p.last_name, p.country] for p in some)
    write_rows(desk.folder / "in.csv", header, rows)
    enrich("leadlex,lemlist", "--budget", "0")
    assert shown(capsys, "--best")["fullest"]["known"]


def test_a_benchmark_is_no_order_and_its_answers_count_for_the_run_before(desk, people, capsys):
    enrich("leadlex,lemlist")
    run = shown(capsys, "--what-if", "leadlex")["run"]
    write_rows(desk.folder / "known.csv", "Email,Job Title", ((p.email, "CEO") for p in people))
    words = ["benchmark", "known.csv", "-p", "lemlist", *TITLES[:2], "--budget", "999", "--json"]
    assert app.run(words) == 0
    document = shown(capsys, "--what-if", "lemlist")
    assert document["run"] == run
    assert document["what_if"]["known"]

    assert app.run(["status", "--json"]) == 0
    benchmark = json.loads(capsys.readouterr().out)["runs"][0]["id"]
    assert app.run(["credits", "--best", "--run", benchmark]) == 2
    assert "is a benchmark" in capsys.readouterr().err


def test_a_threshold_of_the_run_is_that_of_its_replay_and_another_one_holds_the_truth(
    desk, people, capsys
):
    """LeadLex states how sure it is; what is less sure goes on to lemlist, which states nothing."""
    enrich("leadlex,lemlist", "--min-confidence", "0.85")
    same = shown(capsys, "--what-if", "leadlex,lemlist", "--min-confidence", "0.85")
    assert same["what_if"]["known"]
    assert costs(same["what_if"]) == {name: desk.spent(name) for name in PRICE}
    assert same["what_if"]["filled"] == same["done"]["filled"]

    lower = shown(capsys, "--what-if", "leadlex,lemlist", "--min-confidence", "0")["what_if"]
    strict = {one["name"]: one["credits"] for one in same["what_if"]["providers"]}
    loose = {one["name"]: one["credits"] for one in lower["providers"]}
    assert lower["known"]  # what LeadLex had is enough for some: they are not asked about again
    assert loose["leadlex"] == strict["leadlex"]
    assert 0 < Decimal(loose["lemlist"]["most"]) < Decimal(strict["lemlist"]["least"])

    (desk.folder / "config.toml").write_text("min_confidence = 0.85\n")
    assert shown(capsys, "--what-if", "leadlex,lemlist")["what_if"] == same["what_if"]


def test_a_condition_as_typed_replaces_the_one_that_is_configured(desk, people, capsys):
    (desk.folder / "config.toml").write_text("[providers.lemlist]\nonly_if = \"country == 'DK'\"\n")
    enrich("leadlex,lemlist")
    same = shown(capsys, "--what-if", "leadlex,lemlist")["what_if"]
    assert same["known"]
    assert costs(same) == {name: desk.spent(name) for name in PRICE}

    def by(condition):
        words = ["--what-if", "leadlex,lemlist", "--only-if", f"lemlist={condition}"]
        return shown(capsys, *words)["what_if"]

    assert by("country == 'DK'") == same
    nobody = by("country == 'DK' and country == 'DE'")
    assert costs(nobody) == {"leadlex": desk.spent("leadlex"), "lemlist": 0}
    everybody = by("")  # whom it was not asked about is not known
    assert not everybody["known"]
    spans = {one["name"]: one["credits"] for one in everybody["providers"]}
    assert Decimal(spans["lemlist"]["least"]) == desk.spent("lemlist")
    assert Decimal(spans["lemlist"]["most"]) > desk.spent("lemlist")


@pytest.mark.parametrize("verified", ["true", "false"])
def test_what_was_verified_is_known_to_the_credit(desk, people, capsys, verified):
    """Addresses are found by names, and verified as those that are there: all by lemlist."""
    (desk.folder / "config.toml").write_text(
        f'verified_email = {verified}\n[waterfall]\nverify = "lemlist"\n'
    )
    with (desk.folder / "in.csv").open("w", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["Email", "First Name", "Last Name", "Company"])
        for n, p in enumerate([*people[:80], *people[:20]]):
            held = p.email if n % 3 == 0 else ""
            sheet.writerow([held, p.first_name, p.last_name, p.company.name])
    words = ["-w", "email,job_title", "-y", "-q"]
    assert app.run(["enrich", "in.csv", "-p", "leadlex,lemlist", *words]) == 0
    document = shown(capsys, "--what-if", "leadlex,lemlist")
    done, what_if = document["done"], document["what_if"]
    assert what_if["known"]
    assert costs(what_if) == costs(done) == {name: desk.spent(name) for name in PRICE}
    assert what_if["filled"] == done["filled"]
    assert what_if["verified"] == done["verified"]
    other = shown(capsys, "--what-if", "lemlist")["what_if"]
    spent = {one["name"]: one["credits"] for one in other["providers"]}
    assert Decimal(spent["lemlist"]["most"]) >= desk.spent("lemlist")


@pytest.mark.parametrize(("paid", "said"), [
    ("offline,lemlist", "asked lemlist only, to verify addresses: that has no order"),
    ("offline", "asked nobody about a record that is kept"),
])  # fmt: skip
def test_a_run_that_only_verified_or_asked_nobody_has_no_order(desk, people, capsys, paid, said):
    if "lemlist" in paid:
        (desk.folder / "config.toml").write_text('[waterfall]\nverify = "lemlist"\n')
    write_rows(desk.folder / "in.csv", "Email", [[people[0].email]])
    assert app.run(["enrich", "in.csv", "-p", paid, "-w", "email,full_name", "-y", "-q"]) == 0
    assert bool(desk.spent("lemlist")) is ("lemlist" in paid)
    capsys.readouterr()
    assert app.run(["credits", "--what-if", "leadlex"]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only-if", "lemlist"], "is not NAME=CONDITION"),
        (["--only-if", "lemlst=email"], "did you mean lemlist?"),
        (["--only-if", "lemlist=contry == 'DE'"], "names no field: contry"),
    ],
)
def test_terms_that_cannot_be_read_are_refused(desk, words, said, capsys):
    assert app.run(["credits", "--best", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert app.run(["credits", *words]) == 2
    assert "terms of a replay" in " ".join(capsys.readouterr().err.split())


LEADS = Path(__file__).parents[1] / "data" / "leads.csv"
TABLE = '[providers.crm]\nkind = "table"\npath = "crm.csv"\n'
RULED = "[providers.lemlist]\nonly_if = \"country == 'United Kingdom' or not company_name\"\n"


@pytest.mark.parametrize(("config", "words", "twice"), [
    ("", "offline,leadlex,lemlist", False),
    ("", "offline,lemlist,leadlex", True),
    ("min_confidence = 0.8\n", "offline,leadlex,lemlist", False),
    (RULED, "offline,leadlex,lemlist", True),
    (TABLE, "leadlex,crm,offline,lemlist", True),
    ("verified_email = true\n[waterfall]\nverify = 'lemlist'\n", "offline,leadlex,lemlist", False),
], ids=["README", "people twice", "threshold", "condition", "table", "verified"])  # fmt: skip
def test_a_file_as_it_comes_is_replayed_to_the_field_and_credit(
    tmp_path, monkeypatch, capsys, config, words, twice
):
    """What follows on this machine, and what is no value, is as it was: a mailbox's domain, say."""
    with rehearsal(tmp_path, monkeypatch) as desk, LEADS.open(newline="") as file:
        header, *rows = csv.reader(file)
        if twice:  # each person once more, of whom the row knows less
            rows += [[*row[:3], "", "", *row[5:]] for row in rows]
        write_rows(tmp_path / "in.csv", ",".join(header), rows)
        write_rows(tmp_path / "crm.csv", "Email,Country", ([row[2], "DE"] for row in rows[::3]))
        (tmp_path / "config.toml").write_text(config)
        assert app.run(["enrich", "in.csv", "-p", words, "-y", "-q"]) == 0
        order = ",".join(name for name in words.split(",") if name in PRICE)
        found = shown(capsys, "--what-if", order)
        assert found["what_if"]["known"]
        assert found["what_if"]["filled"] == found["done"]["filled"]
        assert costs(found["what_if"]) == {name: desk.spent(name) for name in PRICE}
        assert certain(found["done"]["filled"]) > 100
