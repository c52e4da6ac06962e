"""LeadLex, from the command to the sandbox and back, over real sockets."""

import csv
import io
import json

import pytest

FIELDS = ("full_name", "job_title", "seniority", "linkedin_url", "location")


def rows(shell, name: str = "out.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((shell.folder / name).read_text("utf-8"))))


def paid_calls(box) -> list:
    return [seen for seen in box.requests if "/enrich" in seen.path]


def last(shell) -> dict:
    return json.loads(shell("status", "last", "--json").stdout)["run"]


@pytest.fixture
def by_email(paid, known):
    emails = known("leadlex", 20)
    paid.write("in.csv", "email\n" + "".join(f"{email}\n" for email in emails))
    return emails


def test_by_email_the_file_ends_as_the_vendor_knows_the_people(paid, box, by_email):
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    for row, email in zip(rows(paid), by_email, strict=True):
        truth = box.population.person_at("leadlex", email)
        assert row["email"] == email
        assert {n: row[n] for n in FIELDS} == {n: getattr(truth, n) for n in FIELDS}
        assert row["company_name"] == truth.company.name
        assert row["enrichctl_status"] == "enriched"
    assert box.spent("leadlex") == 20


def test_a_second_run_asks_nothing_and_writes_the_same(paid, box, by_email):
    paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    first, asked = (paid.folder / "out.csv").read_bytes(), len(box.requests)
    done = paid("enrich", "in.csv", "-p", "leadlex", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    assert len(box.requests) == asked
    assert (paid.folder / "out.csv").read_bytes() == first


def test_other_spellings_of_a_person_share_one_paid_call(paid, box, known):
    email = known("leadlex", 1)[0]
    paid.write("in.csv", f"email\n{email}\n{email.upper()}\n {email} \n")
    paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert box.spent("leadlex") == 1
    assert len({row["job_title"] for row in rows(paid)}) == 1


def test_by_contact_id_it_fills_the_workspace_and_the_file(paid, box):
    person = list(box.population.people.values())[4]
    paid.write("in.csv", f"leadlex.contact_id\n{person.leadlex_id}\n")
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    (call,) = paid_calls(box)
    assert call.path.endswith("/v1/enrich/contact")
    assert b"workspace" in done.stderr
    assert rows(paid)[0]["enrichctl_status"] == "enriched"


def test_by_domain_it_fills_the_company(paid, box):
    company = next(
        c for c in box.population.companies.values() if box.population.company_at("leadlex", c)
    )
    truth = box.population.company_at("leadlex", company)
    paid.write("in.csv", f"Company Domain\n{company.domain}\n")
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    assert rows(paid)[0].get("industry", "") == truth.industry
    assert paid_calls(box)[0].path.endswith("/v1/enrich/company")


def test_with_save_it_finds_the_contact_by_its_exact_email(paid, box):
    person = list(box.population.people.values())[4]
    paid.write("in.csv", f"email\n{person.email}\n")
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "--save", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    (call,) = paid_calls(box)
    assert json.loads(call.body)["contact_id"] == person.leadlex_id


def test_a_person_it_does_not_know_is_no_match_and_free(paid, box):
    unknown = next(e for e in box.population.people if not box.population.person_at("leadlex", e))
    paid.write("in.csv", f"email\n{unknown}\n")
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    assert rows(paid)[0]["enrichctl_status"] == "no_match"
    assert box.spent("leadlex") == 0


def test_an_unknown_contact_id_fails_its_row_only(paid, box):
    person = list(box.population.people.values())[4]
    other = "00000000-0000-4000-8000-000000000000"
    paid.write("in.csv", f"leadlex.contact_id\n{other}\n{person.leadlex_id}\n")
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert done.returncode == 3, done.stderr
    assert [row["enrichctl_status"] for row in rows(paid)] == ["failed", "enriched"]
    assert "404" in rows(paid)[0]["enrichctl_note"]


@pytest.mark.parametrize("key", ["wbk_wrong", "wbk_sandbox_read"])
def test_a_refused_key_stops_the_lane_with_exit_4(paid, box, by_email, key):
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv",
                ENRICHCTL_LEADLEX_API_KEY=key)  # fmt: skip

    assert done.returncode == 4, done.stderr
    assert {row["enrichctl_status"] for row in rows(paid)} == {"pending"}
    assert box.spent("leadlex") == 0
    assert key not in done.stderr.decode()


def test_no_key_is_exit_4_before_anything(shell):
    shell.write("in.csv", "email\njane.doe@acme.io\n")
    done = shell("enrich", "in.csv", "-p", "leadlex", "-y")

    assert done.returncode == 4, done.stderr
    assert "key_command in the configuration" in done.stderr.decode()
    assert "ENRICHCTL_LEADLEX_API_KEY" in done.stderr.decode()
    assert not (shell.folder / "in.enriched.csv").exists()


def test_an_empty_account_stops_the_lane_and_a_top_up_goes_on(paid, box, by_email):
    box.set(credits={"leadlex": 5})
    stopped = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    assert stopped.returncode == 5, stopped.stderr
    assert box.spent("leadlex") == 5
    assert last(paid)["stopped_by"] == "credits"

    box.set(credits={"leadlex": 100})
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    assert done.returncode == 0, done.stderr
    assert box.spent("leadlex") == 20


def test_the_budget_is_never_exceeded(paid, box, by_email):
    done = paid("enrich", "in.csv", "-p", "leadlex", "--budget", "7", "--concurrency", "16",
                "-o", "out.csv")  # fmt: skip

    assert done.returncode == 5, done.stderr
    assert box.spent("leadlex") == 7
    assert last(paid)["stopped_by"] == "budget"


def test_without_a_terminal_money_needs_a_yes_or_a_budget(paid, box, by_email):
    done = paid("enrich", "in.csv", "-p", "leadlex", "-o", "out.csv")

    assert done.returncode == 2, done.stderr
    assert "--budget" in done.stderr.decode()
    assert "--yes" in done.stderr.decode()
    assert box.requests == []
    assert not (paid.folder / "out.csv").exists()


def test_a_lost_answer_is_asked_again_with_key_and_body_and_charged_once(paid, box, known):
    paid.write("in.csv", f"email\n{known('leadlex', 1)[0]}\n")
    box.fault("leadlex", "lost", times=1)
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    first, second = paid_calls(box)
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert box.spent("leadlex") == 1


def test_an_answer_that_stays_lost_is_unconfirmed_and_settled_by_the_next_run(paid, box, known):
    paid.write("in.csv", f"email\n{known('leadlex', 1)[0]}\n")
    box.fault("leadlex", "lost", times=4)
    doubt = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    assert doubt.returncode == 7, doubt.stderr
    assert rows(paid)[0]["enrichctl_status"] == "unconfirmed"

    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    assert done.returncode == 0, done.stderr
    assert rows(paid)[0]["enrichctl_status"] == "enriched"
    assert len({seen.headers["idempotency-key"] for seen in paid_calls(box)}) == 1
    assert box.spent("leadlex") == 1


def test_a_days_limit_is_exit_6(paid, box, known):
    paid.write("in.csv", f"email\n{known('leadlex', 1)[0]}\n")
    box.fault("leadlex", "throttled_day", times=1)
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert done.returncode == 6, done.stderr
    assert rows(paid)[0]["enrichctl_status"] == "pending"
    assert box.spent("leadlex") == 0


def test_a_server_that_is_down_is_exit_6_and_costs_nothing(paid, box, by_email):
    box.refuse()
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    assert done.returncode == 6, done.stderr
    assert last(paid)["providers"][0]["credits"] == "0"

    box.refuse(on=False)
    assert paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv").returncode == 0
    assert box.spent("leadlex") == 20


def test_a_dry_run_sends_nothing_writes_nothing_and_tells_the_cost(paid, box, by_email):
    done = paid("enrich", "in.csv", "-p", "offline,leadlex", "-n", "--json")

    plan = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert plan["schema"] == "enrichctl.plan/1"
    assert (plan["records"], plan["people"]) == (20, 20)
    (lane,) = plan["providers"]
    assert (lane["name"], lane["ask"], lane["reused"]) == ("leadlex", 20, 0)
    assert lane["credits"]["most"] == "20"
    assert lane["credits"]["least"] == "0"
    assert box.requests == []
    assert not (paid.folder / "in.enriched.csv").exists()


def test_a_pilot_is_used_again_by_the_full_run(paid, box, by_email):
    pilot = paid("enrich", "in.csv", "-p", "leadlex", "-y", "--limit", "5", "-o", "out.csv")
    assert pilot.returncode == 0, pilot.stderr
    assert box.spent("leadlex") == 5
    assert [row["enrichctl_status"] for row in rows(paid)] == ["enriched"] * 5 + ["pending"] * 15

    paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    assert box.spent("leadlex") == 20


def test_the_key_and_the_people_are_in_no_log_and_the_key_not_in_the_journal(paid, box, by_email):
    box.set(faults={"leadlex.lost": 0.2, "leadlex.500": 0.2})
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-v", "-o", "out.csv")

    words = done.stdout + done.stderr
    assert not any(email.encode() in words for email in by_email)
    assert b"wbk_sandbox" not in words
    for path in (paid.folder / "state").rglob("*"):
        if path.is_file():
            assert b"wbk_sandbox" not in path.read_bytes(), path.name


def test_who_is_asked_by_domain_is_told_that_a_company_may_be_created(paid):
    paid.write("in.csv", "company_domain\nacme.example\n")
    said = "a domain may create the company there"
    plan = json.loads(paid("enrich", "in.csv", "-p", "leadlex", "-n", "--json").stdout)
    assert said in plan["providers"][0]["writes"]
    for quiet in ((), ("-q",)):  # which leaves out the plan, but not the question
        refused = paid("enrich", "in.csv", "-p", "leadlex", *quiet)
        assert refused.returncode == 2
        assert said in " ".join(refused.stderr.decode().split())


def test_what_the_workspace_held_is_said_to_be_held(paid, box):
    box.set(miss_rate=0, hole_rate=0)
    person = next(iter(box.population.people.values()))
    contact = box.vendors["leadlex"].workspace.contacts[person.leadlex_id]
    contact.values.clear()
    contact.values["job_title"] = "Keeper of Keys"
    paid.write("in.csv", f"leadlex.contact_id\n{person.leadlex_id}\n")
    done = paid("enrich", "in.csv", "-p", "leadlex", "-w", "job_title,phone", "-y", "--json")
    fields = json.loads(done.stdout)["_enrichctl"]["fields"]
    assert fields["job_title"]["source"] == "held in your LeadLex"
    assert fields["job_title"]["confidence"] is None
    assert fields["phone"]["source"].startswith("vendor_")
    assert fields["phone"]["confidence"] > 0
