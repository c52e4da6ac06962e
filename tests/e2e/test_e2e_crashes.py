"""A crash costs nothing: at every step of the journal, and at random."""

import sys
from pathlib import Path

import pytest

from enrichctl.journal.failpoints import STEPS

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))
import crashes

LOOKUP = ("intend", "settle", "note")
QUEUE = ("reserve", "sent", "submitted", "settle")


def booked(shell, vendor):
    """Return what the journal is sure of, and what is in doubt, in credits."""
    from e2e_shell import money  # noqa: PLC0415 - beside the fixtures

    return money(shell.folder / "state", vendor)


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize(
    ("vendor", "step"),
    [("leadlex", s) for s in STEPS if s.split(":")[0] in LOOKUP]
    + [("lemlist", s) for s in STEPS if s.split(":")[0] in QUEUE],
)
def test_a_crash_at_a_step_of_the_journal_is_made_good_by_the_same_command(
    paid, box, vendor, step, nth
):
    box.set(limits=False, pending_polls=0)
    people = [
        p for p in box.population.people.values() if box.population.person_at(vendor, p.email)
    ]
    emails = [person.email for person in people[:6]]
    paid.write("in.csv", "email\n" + "".join(f"{email}\n" for email in emails))
    words = ["enrich", "in.csv", "-p", vendor, "-w", "job_title", "-y", "-o", "out.csv"]
    died = paid(*words, "--concurrency", "2", ENRICHCTL_FAILPOINT=f"{step}:{nth}")

    assert died.returncode in (137, 0)
    mended = paid(*words)
    sure, doubt = booked(paid, vendor)
    assert mended.returncode in (0, 7), mended.stderr
    assert sure <= box.spent(vendor) <= sure + doubt
    assert len((paid.folder / "out.csv").read_text().splitlines()) == len(emails) + 1
    if mended.returncode == 0:
        assert (sure, doubt) == (box.spent(vendor), 0)
    if vendor == "leadlex":  # with a key every doubt is settled
        assert mended.returncode == 0
    if step == "settle:before":  # else more is matched than was spent, and nobody says why
        said = mended.stderr.decode()
        assert f"of the questions to {vendor} w" in said
        assert "put by an earlier run, which bears the cost" in said


@pytest.mark.parametrize("step", [f"{name}:after" for name in QUEUE])
def test_a_crash_during_a_verification_is_made_good_by_the_same_command(paid, box, step):
    """Two rows have one address, and it is paid for once, whatever happens on the way."""
    box.set(limits=False, pending_polls=0)
    emails = list(box.population.people)[:4]
    paid.write("config.toml", '[waterfall]\nverify = "lemlist"\n')
    paid.environ["ENRICHCTL_CONFIG"] = str(paid.folder / "config.toml")
    paid.write("in.csv", "email\n" + "".join(f"{email}\n" for email in [*emails, emails[0]]))
    words = ["enrich", "in.csv", "-p", "offline", "-w", "email_status", "-y", "-o", "out.csv"]
    died = paid(*words, ENRICHCTL_FAILPOINT=f"{step}:1")

    assert died.returncode == 137
    mended = paid(*words)
    sure, doubt = booked(paid, "lemlist")
    assert mended.returncode in (0, 7), mended.stderr
    assert sure <= box.spent("lemlist") <= sure + doubt
    assert sure + doubt == len(emails)
    assert len((paid.folder / "out.csv").read_text().splitlines()) == len(emails) + 2
    assert (mended.returncode == 0) == (doubt == 0)
    if step.startswith(("submitted", "settle")):  # what has a ticket is collected
        assert mended.returncode == 0


def test_a_few_random_kills_over_all_vendors_with_faults_on(tmp_path):
    found = crashes.soak(tmp_path, kills=4, people=12, seed=5)

    assert found.holds, found
    assert found.kills >= 1
