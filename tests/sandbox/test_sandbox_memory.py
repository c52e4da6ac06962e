"""What a sandbox remembers: people, credits and tickets, however the one before it ended."""

from contextlib import contextmanager

import pytest
from sandbox_talk import Client, people

from enrichctl.sandbox import Sandbox, memory


def emails(box, count):
    known = [one.email for one in people(box) if box.population.person_at("leadlex", one.email)]
    return known[:count]


def buy(box, email):
    assert Client(box, "leadlex")("POST", "/v1/enrich/email", {"email": email}).status == 200


def ticket(box):
    found = [o.email for o in people(box) if box.population.person_at("lemlist", o.email)]
    asked = [{"input": {"email": found[0]}, "enrichmentRequests": ["linkedin_enrichment"]}]
    return Client(box, "lemlist")("POST", "/v2/enrichments/bulk", asked).json[0]["id"]


@contextmanager
def killed(box):
    """Serve, and end as a kill does: nothing is written in the end, and the lock is gone."""
    box.__enter__()
    yield box
    box._server.__exit__()
    box.memory.let_go()


@pytest.mark.parametrize("ending", ["in good order", "killed", "killed twice"])
def test_credits_and_tickets_outlast_a_sandbox(tmp_path, ending):
    first = Sandbox(memory=tmp_path)
    with first if ending == "in good order" else killed(first):
        buy(first, emails(first, 1)[0])
        number = ticket(first)
        spent = first.spent("leadlex"), first.spent("lemlist")
    assert all(spent)
    if ending == "killed twice":
        with killed(Sandbox(memory=tmp_path)) as second:
            buy(second, emails(second, 2)[1])
            spent = second.spent("leadlex"), spent[1]
    with Sandbox(memory=tmp_path) as again:
        assert (again.spent("leadlex"), again.spent("lemlist")) == spent
        Client(again, "lemlist")("GET", f"/enrich/{number}")
        assert Client(again, "lemlist")("GET", f"/enrich/{number}").json["enrichmentId"] == number
        assert again.spent("lemlist") == spent[1]


def test_what_another_version_wrote_is_forgotten(tmp_path, monkeypatch):
    with Sandbox(memory=tmp_path) as box:
        buy(box, emails(box, 1)[0])
    monkeypatch.setattr(memory, "__version__", "0.0.0")
    with Sandbox(memory=tmp_path) as box:
        assert not box.spent("leadlex")
        buy(box, emails(box, 1)[0])
    with Sandbox(memory=tmp_path) as box:
        assert box.spent("leadlex") == 1


def test_a_state_that_was_cut_short_is_forgotten(tmp_path):
    with Sandbox(memory=tmp_path) as box:
        buy(box, emails(box, 1)[0])
    state = tmp_path / "state"
    state.write_bytes(state.read_bytes()[:1000])
    with Sandbox(memory=tmp_path) as box:
        assert not box.spent("leadlex")


def test_two_at_once_do_not_mix(tmp_path):
    """The second one works, and leaves the memory of the first one alone."""
    with Sandbox(memory=tmp_path) as first:
        buy(first, emails(first, 1)[0])
        with Sandbox(memory=tmp_path) as second:
            assert not second.memory.is_free
            buy(second, emails(second, 2)[1])
            buy(second, emails(second, 2)[0])
    with Sandbox(memory=tmp_path) as again:
        assert again.spent("leadlex") == 1


def test_only_its_owner_can_read_it(tmp_path):
    folder = tmp_path / "sandbox"
    with Sandbox(memory=folder) as box:
        buy(box, emails(box, 1)[0])
        assert [f.stat().st_mode & 0o77 for f in folder.iterdir()] == [0, 0]
    assert folder.stat().st_mode & 0o77 == 0
    assert (folder / "state").stat().st_mode & 0o77 == 0
