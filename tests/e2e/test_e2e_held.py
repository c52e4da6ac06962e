"""What came along with a paid answer is told to the next provider: from the command to its file."""

import csv
import io
import json

import pytest

ASK = ("enrich", "in.csv", "-p", "leadlex,lemlist", "-w", "phone")
OUT = ("-o", "out.csv")


@pytest.fixture
def people(paid, box):
    """People whose phone lemlist alone has, with a profile that LeadLex has, and without."""
    box.set(limits=False, miss_rate=0.2, hole_rate=0.5, ticket_seconds=0)
    with_profile, without = [], []
    for person in box.population.people.values():
        first = box.population.person_at("leadlex", person.email)
        second = box.population.person_at("lemlist", person.email)
        if first and second and second.phone and not first.phone:
            (with_profile if first.linkedin_url else without).append(person.email)
    chosen = with_profile[:3], without[:2]
    rows = [email for part in chosen for email in part]
    paid.write("in.csv", "email\n" + "".join(f"{email}\n" for email in rows))
    return chosen


def test_a_profile_that_leadlex_holds_finds_a_phone_at_lemlist_and_is_no_column(paid, box, people):
    with_profile, without = people
    assert (len(with_profile), len(without)) == (3, 2)
    done = paid(*ASK, *OUT, "-y")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((paid.folder / "out.csv").read_text("utf-8"))))
    assert [bool(row["phone"]) for row in rows] == [True] * 3 + [False] * 2
    assert "linkedin_url" not in rows[0]
    need = "lemlist needs linkedin_url for a phone"
    assert [need in row["enrichctl_note"] for row in rows] == [False] * 3 + [True] * 2

    assert f"{need}: 2 records".encode() in done.stderr
    run = json.loads(paid("status", "last", "--json").stdout)["run"]
    assert run["not_asked"] == [{"reason": need, "count": 2}]
    row = json.loads(paid("status", "last", "--row", "5", "--json").stdout)
    missing = row["attempts"][1]
    assert (missing["reason"], missing["wanted"], missing["at"]) == (need, ["phone"], None)
    told = json.loads(paid("status", "last", "--row", "1", "--json").stdout)["attempts"][1]
    assert "linkedin_url" in told["told"]
    requests = len(box.requests)
    plan = json.loads(paid(*ASK, "-n", "--json").stdout)["providers"]
    assert [(lane["ask"], lane["reused"]) for lane in plan] == [(0, 5), (0, 3)]
    assert plan[1]["not_asked"] == run["not_asked"]
    assert f"{need}: 2 records".encode() in paid(*ASK, "-n").stderr
    assert paid(*ASK, *OUT, "-y").returncode == 0
    assert len(box.requests) == requests
