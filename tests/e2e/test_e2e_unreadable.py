"""A definition that its vendor's answers do not fit: said, paid once, read when it is mended."""

import csv
import json

import pytest
from e2e_shell import money
from test_e2e_declared import COMMON, JOBS, LOOKUP, PEOPLE, Acme, Handler, acme, run, titles

__all__ = ["Acme", "Handler", "acme", "run"]  # fixtures, and what they serve

TITLE = 'job_title = "title"'
BROKEN = {
    "null merged": "merge(@, missing).title",
    "texts compared": "title > `1` && title",
    "a text where a list is due": "join(', ', title)",
    "a text to sum up": "sum([title])",
    "bounds that are none": "ceil(to_number('1e999'))",
}


def rows(shell) -> list[dict[str, str]]:
    with (shell.folder / "out.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", BROKEN.values(), ids=BROKEN)
def test_an_answer_that_cannot_be_read_is_failed_kept_and_read_when_the_definition_is_mended(
    shell, acme, run, path
):
    broken = LOOKUP.replace(TITLE, f'job_title = "{path}"')
    done = run(broken)

    assert done.returncode == 3, done.stderr
    assert b"Traceback" not in done.stderr
    told = {row["email"]: row for row in rows(shell)}
    for one in PEOPLE:
        if one.startswith("p1"):
            assert told[one]["enrichctl_status"] == "no_match"
            continue
        assert told[one]["enrichctl_status"] == "failed"
        assert "its definition cannot read job_title" in told[one]["enrichctl_note"]
    asked, spent = len(acme.asked), money(shell.folder / "state", "acme")
    assert spent == (8, 0)  # what it cost is not told: the price is taken for it

    assert run(broken).returncode == 3  # neither ends in a traceback, nor asks again
    status = json.loads(shell("status", "last", "--json").stdout)["run"]
    assert [(e["cause"], e["count"]) for e in status["errors"]] == [("unreadable", 4)]
    assert "correct the definition" in status["errors"][0]["next"]

    assert run(LOOKUP).returncode == 0
    assert titles(shell)[0] == f"CTO of {PEOPLE[0]}"
    assert len(acme.asked) == asked
    assert money(shell.folder / "state", "acme") == spent


def test_a_field_that_can_be_read_is_filled_whatever_another_is(shell, acme, run):
    both = COMMON.replace(TITLE, f'{TITLE}\nphone = "merge(@, missing).phone"')
    done = run(both + LOOKUP[len(COMMON) :])
    assert done.returncode == 3
    first = rows(shell)[0]
    assert (first["job_title"], first["enrichctl_status"]) == (f"CTO of {PEOPLE[0]}", "enriched")
    assert "cannot read phone" in first["enrichctl_note"]


@pytest.mark.parametrize("key", ["pending", "done", "failed", "no_credit"])
def test_a_rule_that_cannot_be_read_leaves_the_job_to_be_collected_later(shell, acme, run, key):
    acme.waits = 0
    rule = f'{key} = "people > `1` || merge(@, missing)"\n'
    good = 'pending = "!people"\n'
    done = run(JOBS.replace(good, rule if key == "pending" else good + rule))

    assert b"Traceback" not in done.stderr
    assert b"definition cannot read" in done.stderr.replace(b"\n", b" ")
    assert done.returncode == 6
    bought = acme.paths().count("/jobs")

    assert run(JOBS).returncode == 0
    assert acme.paths().count("/jobs") == bought + 1  # those that were not submitted yet
    assert len(
        [person for path, body in acme.asked if path == "/jobs" for person in body["people"]]
    ) == len(PEOPLE)
    assert titles(shell)[0] == f"CTO of {PEOPLE[0]}"


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "[" * 100 + "]" * 100,
        "x = " + "{a = " * 3000 + "1" + "}" * 3000,
        "[" + ".".join("a" * 2000) + "]",
        ".".join("a" * 2000) + " = 1",
    ],
    ids=["lists", "a few too many", "tables", "a header", "a key"],
)
@pytest.mark.parametrize("file", ["acme.toml", "config.toml"])
def test_a_file_that_is_too_deep_is_one_line(shell, text, file):
    shell.write("in.csv", "email\na@acme.example\n")
    shell.write("config.toml", '[providers.acme]\nfile = "acme.toml"\n')
    shell.write(file, text)
    done = shell("--config", "config.toml", "enrich", "in.csv", "-p", "acme", "-n")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"nests tables or lists more than 64 deep" in b" ".join(done.stderr.split())


@pytest.mark.parametrize("path", ["(" * 900 + "a" + ")" * 900, "!" * 5000 + "a"])
def test_an_expression_that_is_too_deep_is_one_line(shell, run, path):
    done = run(LOOKUP.replace(TITLE, f'job_title = "{path}"'))
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    said = b" ".join(done.stderr.split())
    assert b"is no JMESPath" in said
    assert len(said) < 500


def test_absurd_numbers_and_depths_end_no_run(shell, acme, run):
    """A confidence of 400 digits, a balance no account can hold, a value nested 600 deep."""
    deep = json.loads('{"a":' * 600 + "1" + "}" * 600)
    answer = acme.answer

    def absurd(path, body):
        status, said = answer(path, body)
        return status, said | {"sure": 10**400, "left": 92 * 10**20, "deep": deep, "more": deep}

    acme.answer = absurd
    reads = 'remaining = "left"\nconfidence = {{path = "sure", of = 100}}\n'
    for _ in range(2):
        done = run(reads + LOOKUP.replace(TITLE, f'{TITLE}\nphone = "more"'))
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
        assert titles(shell)[0] == f"CTO of {PEOPLE[0]}"
    assert len(acme.asked) == len(PEOPLE)
    assert money(shell.folder / "state", "acme") == (8, 0)
    for words in (("journal", "export", "--json"), ("status", "last", "--row", "1", "--json")):
        shown = shell(*words)
        assert shown.returncode == 0, shown.stderr
        answers = [one["answer"] for one in json.loads(shown.stdout)["attempts"]]
        # As text: no reader follows it so deep.
        assert any('"deep": {"a": {"a":' in answer for answer in answers if answer)
