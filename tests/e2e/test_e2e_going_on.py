"""What a run that stopped says of how to go on is true of it, and works."""

import json
import re
import shlex

ASK = ("enrich", "in.csv", "-w", "job_title,linkedin_url", "-y")


def people(paid, box, count=12):
    box.set(limits=False, ticket_seconds=0, miss_rate=0.4, hole_rate=0.3)
    rows = [person.email for person in list(box.population.people.values())[:count]]
    paid.write("in.csv", "email\n" + "\n".join(rows) + "\n")


def last(paid):
    return json.loads(paid("status", "last", "--json").stdout)["run"]


def go_on(paid, said):
    """Type what a screen says to type."""
    command = re.findall(r"go on: (enrichctl .*)", said)[-1]
    return paid(*shlex.split(command)[1:])


def test_each_budget_counts_the_records_that_wait_for_it_and_the_same_command_goes_on(paid, box):
    people(paid, box)
    done = paid(*ASK, "-p", "leadlex,lemlist", "--budget", "leadlex=3,lemlist=2")
    assert done.returncode == 5
    run, said = last(paid), done.stderr.decode()
    counts = {
        error["cause"].partition(" at ")[2].split()[0]: error["count"] for error in run["errors"]
    }
    assert counts.keys() == {"leadlex", "lemlist"}
    assert all(count > 0 for count in counts.values())
    assert min(counts.values()) < run["outcomes"]["pending"] <= sum(counts.values())
    assert "raise the budget" not in said
    assert "run the same command again to spend up to 3 more" in said
    spent = box.spent("leadlex")
    assert go_on(paid, said).returncode in (0, 5)
    assert spent < box.spent("leadlex") <= spent + 3


def test_where_no_call_fits_the_command_carries_a_budget_that_holds_one(paid, box):
    people(paid, box)
    done = paid(*ASK, "-p", "lemlist", "--budget", "0.5")
    assert done.returncode == 5
    again = go_on(paid, done.stderr.decode())
    assert again.returncode == 5
    assert 0 < box.spent("lemlist") <= 2


def test_a_budget_of_a_day_says_what_has_to_be_done_first(paid, box):
    people(paid, box)
    paid.write("config.toml", "[providers.leadlex]\nbudget = {day = 3}\n")
    done = paid(*ASK, "-p", "leadlex", "--config", "config.toml")
    said = done.stderr.decode()
    assert done.returncode == 5
    assert 'raise "day" in the budget under [providers.leadlex], or wait for the next' in said
    assert "then go on: enrichctl" in said
    assert "then go on: enrichctl" in paid("status", "last").stdout.decode()


def test_a_plan_counts_what_was_spent_of_a_budget_of_a_day(paid, box):
    people(paid, box)
    paid.write("config.toml", "[providers.leadlex]\nbudget = {day = 5}\n")
    ask = (*ASK, "-p", "leadlex", "--config", "config.toml")
    assert "left of" not in paid(*ask, "-n").stderr.decode()
    assert paid(*ask, "--budget", "3").returncode == 5
    left = 5 - box.spent("leadlex")
    assert left >= 2
    said = paid(*ask, "-n").stderr.decode()
    assert f"leadlex: {left} left of the budget of 5 credits a day" in said
    *_, most, budget = re.search(r"^leadlex  .*", said, re.MULTILINE)[0].split()
    assert (most, budget) == (str(left), str(left))


def test_the_page_of_a_pilot_does_not_call_every_record_final(paid, box):
    people(paid, box)
    assert paid(*ASK, "-p", "leadlex", "--limit", "2").returncode == 0
    html = paid("status", "last", "--html", "-").stdout.decode()
    assert "every record has its final answer" not in html
    assert "0: nothing went wrong; 10 records are not asked about yet" in html


def test_a_provider_whose_fields_are_always_named_says_so_instead_of_complete(paid, box):
    people(paid, box)
    alone = paid("enrich", "in.csv", "-p", "close", "-y")
    assert alone.returncode == 2
    assert b"close fills only fields that are named with -w" in alone.stderr
    both = paid("enrich", "in.csv", "-p", "offline,close", "-y")
    assert both.returncode == 0
    assert b"close fills only fields that are named with -w: it is not asked" in both.stderr
    assert b"complete already" not in both.stderr


def test_a_fresh_run_that_was_killed_and_is_typed_again_pays_for_nothing_twice(paid, box):
    """What it had bought is used, and said; after its end everybody is asked again."""
    people(paid, box, 6)
    box.set(miss_rate=0)
    words = (*ASK, "-p", "leadlex")
    assert paid(*words).returncode == 0
    once = box.spent("leadlex")
    assert once == 6
    died = paid(*words, "--fresh", "--concurrency", "1", ENRICHCTL_FAILPOINT="settle:after:4")
    assert died.returncode == 137
    again = paid(*words, "--fresh")
    assert again.returncode == 0, again.stderr
    assert re.search(rb"4 answers of the unfinished run of .* UTC are used again", again.stderr)
    assert box.spent("leadlex") == 2 * once
    assert b"used again" not in paid(*words, "--fresh").stderr
    assert box.spent("leadlex") == 3 * once
