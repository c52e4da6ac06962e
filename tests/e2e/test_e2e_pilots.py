"""A pilot asks about the first N records that need it, and no others, whatever breaks it off."""

import json
import shlex

import pytest

PILOT = ("enrich", "in.csv", "-w", "job_title", "-p", "leadlex", "-y", "--limit", "5")
KILLED, ONE_BY_ONE = "settle:after:2", ("--concurrency", "1")


@pytest.fixture
def leads(paid, box):
    """Twelve people, all of whom the vendor knows."""
    box.set(limits=False, ticket_seconds=0, miss_rate=0, hole_rate=0)
    rows = [person.email for person in list(box.population.people.values())[:12]]
    paid.write("in.csv", "email\n" + "\n".join(rows) + "\n")
    return rows


def last(paid):
    return json.loads(paid("status", "last", "--json").stdout)["run"]


def follow(paid):
    """Type what ``resume`` says until there is nothing to resume; return what was typed."""
    typed = []
    while (command := last(paid)["resume"]) and len(typed) < 5:
        typed.append(command)
        paid(*shlex.split(command)[1:])
    return typed


@pytest.mark.parametrize(
    "broken",
    [
        (PILOT, {"ENRICHCTL_FAILPOINT": KILLED}),
        ((*PILOT, "--fresh"), {"ENRICHCTL_FAILPOINT": KILLED}),
        ((*PILOT, "--budget", "2"), {}),
    ],
)
def test_following_resume_never_leaves_the_pilot(paid, box, leads, broken):
    words, environ = broken
    assert paid(*words, *ONE_BY_ONE, **environ).returncode in (5, 137)
    assert box.spent("leadlex") == 2
    assert follow(paid)
    assert box.spent("leadlex") == 5
    assert last(paid)["outcomes"]["pending"] == len(leads) - 5


@pytest.mark.parametrize("how", [{"ENRICHCTL_FAILPOINT": KILLED}, {}])
def test_the_same_command_again_asks_what_is_left_of_the_pilot_as_the_printed_one_does(
    paid, box, leads, how
):
    words = (*PILOT, *ONE_BY_ONE, *(() if how else ("--budget", "2")))
    paid(*words, **how)
    first = last(paid)["resume"]
    assert shlex.split(first)[1:] == [*words]
    planned = json.loads(paid(*PILOT, "-n", "--json").stdout)
    assert planned["providers"][0]["ask"] == 3
    done = paid(*PILOT)
    assert b"goes on with the pilot of" in done.stderr
    assert b"what is left of its 5 records" in done.stderr
    assert (done.returncode, box.spent("leadlex")) == (0, 5)


def test_a_pilot_that_was_broken_off_has_the_output_of_one_that_was_not(paid, box, leads):
    paid(*PILOT, *ONE_BY_ONE, ENRICHCTL_FAILPOINT=KILLED)
    paid(*PILOT)
    broken = (paid.folder / "in.enriched.csv").read_bytes()
    assert paid(*PILOT, "--fresh", "--force").returncode == 0
    assert (paid.folder / "in.enriched.csv").read_bytes() == broken


def test_a_complete_pilot_has_nothing_to_resume_and_a_person_is_told_how_to_run_the_rest(
    paid, box, leads
):
    done = paid(*PILOT)
    assert last(paid)["resume"] is None
    assert json.loads(paid("status", "--json").stdout)["runs"][0]["resume"] is None
    whole = "enrichctl enrich in.csv -w job_title -p leadlex"  # -y was said of five records
    for said in (done.stderr, paid("status", "last").stdout):
        assert said.decode().endswith(f"the pilot is complete\nfor the rest: {whole}\n")
    page = paid("status", "last", "--html", "-").stdout.decode()
    assert "The pilot is complete." in page
    assert f">{whole}<" in page


def test_the_next_pilot_after_a_complete_one_is_about_the_next_records(paid, box, leads):
    assert paid(*PILOT).returncode == 0
    assert paid(*PILOT).returncode == 0
    assert box.spent("leadlex") == 10


def test_another_pilot_goes_on_with_none(paid, box, leads):
    """Another limit, other fields: it is about records of its own."""
    paid(*PILOT, *ONE_BY_ONE, ENRICHCTL_FAILPOINT=KILLED)
    other_fields = [word.replace("job_title", "phone") for word in PILOT]
    for words in ((*PILOT[:-1], "7"), other_fields):
        planned = paid(*words, "-n")
        assert planned.returncode == 0
        assert b"goes on with" not in planned.stderr
    assert b"goes on with" in paid(*PILOT, "-n").stderr
