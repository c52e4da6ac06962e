"""What runs say of themselves once their answers were erased."""

import json
from decimal import Decimal

from kept import ask, begin

from enrichctl.cli.app import run
from enrichctl.model import Outcome


def last(capsys):
    capsys.readouterr()
    assert run(["status", "last", "--json"]) == 0
    return json.loads(capsys.readouterr().out)["run"]


def test_a_killed_run_says_what_it_did_and_that_its_answers_were_erased_since(journal, capsys):
    entry = begin(
        journal, state="running", stopped_by=None, exit_status=None, finished_at=None,
        summary={"waterfall": ["leadlex"]},
    )  # fmt: skip
    journal.settle(ask(journal, entry), Outcome.MATCHED, credits=Decimal(1), answer={})
    journal.settle(ask(journal, entry, "john@acme.com"), Outcome.MISSED, credits=Decimal(0))
    ask(journal, entry, "jim@acme.com")  # nobody knows what came of it, so it stays
    journal.alive.let_go(entry.id)
    before = last(capsys)
    assert run(["journal", "prune", "--older-than", "0", "--yes"]) == 0

    after = last(capsys)
    assert (before["erased"], after["erased"]) == (0, 2)
    assert after | {"erased": 0} == before
    assert run(["status", "last"]) == 0
    said = capsys.readouterr().out
    assert "erased   2 answers, by journal forget or prune: asking again costs again" in said
    assert run(["status", "last", "--row", "1"]) == 2
    assert "it was killed before it wrote that down: run the same" in capsys.readouterr().err
