import io
import json
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from enrichctl.cli import app, documents
from enrichctl.cli import journal as command
from enrichctl.errors import UsageError
from enrichctl.facts import spelling
from enrichctl.journal import Intent, Journal, history, subject_key
from enrichctl.model import Outcome
from enrichctl.render.screen import Screen


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").touch()
    return tmp_path


@pytest.fixture
def run():
    """Return a function that runs the command line."""
    return app.run


def fill(state, email="jane@acme.com", account="acct"):
    """Keep an answer about a person, in a run that wrote a file."""
    output = state / "out.csv"
    output.write_text(f"email,phone\n{email},1\n")
    with Journal(state / "journal.db") as journal:
        entry = history.RunEntry(
            "run-a", datetime(2025, 1, 1, tzinfo=UTC), "in.csv", str(output), (), state="done"
        )
        history.begin(journal, entry)
        key = subject_key(spelling.canonical("email", email))
        number = journal.intend(
            Intent(
                "acme", account, b"pp", "", ("email",), ("phone",), "run-a", (key,),
                Decimal("1.50"), {"key": "k"},
            )
        )  # fmt: skip
        journal.settle(
            number, Outcome.MATCHED, credits=Decimal("1.50"), answer={"mail": email}, request_id="r"
        )
    return output


def printed(run, capsys, *argv):
    assert run(["journal", *argv, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    documents.JournalDocument.model_validate(shown)
    assert shown["schema"] == "enrichctl.journal/1"
    assert shown["action"] == argv[0]
    return shown


def test_the_path_alone_goes_to_stdout(run, state, capsys):
    assert run(["journal", "path"]) == 0
    assert capsys.readouterr().out == f"{state / 'journal.db'}\n"


def test_the_path_document_tells_how_much_is_held(run, state, capsys):
    fill(state)

    shown = printed(run, capsys, "path")

    assert shown["path"] == str(state / "journal.db")
    assert (shown["entries"], shown["records"], shown["runs"]) == (1, 0, 1)


def test_forgetting_says_how_much_it_erased_and_which_files_still_name_them(run, state, capsys):
    output = fill(state)

    shown = printed(run, capsys, "forget", "Jane <JANE@acme.com>", "--yes")

    assert (shown["entries"], shown["outputs"]) == (1, [str(output)])
    assert printed(run, capsys, "path")["entries"] == 0


def test_forgetting_tells_the_files_in_words_as_well(run, state, capsys):
    output = fill(state)

    assert run(["journal", "forget", "jane@acme.com", "-y"]) == 0

    out, err = capsys.readouterr()
    assert out == ""
    assert "erased 1 attempt, 0 explained records" in err
    assert str(output) in err.replace("\n", "")


def test_forgetting_needs_a_person(run, capsys):
    assert run(["journal", "forget"]) == 2
    assert "forget needs a person" in capsys.readouterr().err


@pytest.mark.parametrize("who", ["acme.com", "https://www.linkedin.com/company/acme"])
def test_only_a_person_can_be_forgotten(who, run, state, capsys):
    fill(state)

    assert run(["journal", "forget", who]) == 2
    assert "names no person" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("who", "name", "cell"),
    [
        ("JANE@acme.com", "email", "jane@Acme.com"),
        ("+33 6 12 34 56 78", "phone", "0033 612345678"),
        ("linkedin.com/in/Jane-Doe/", "linkedin_url", "https://fr.linkedin.com/in/jane-doe?x=1"),
        ("cont_8X2", "leadlex.contact_id", "cont_8X2"),
    ],
)
def test_a_person_is_found_by_whatever_names_them_in_any_spelling(who, name, cell):
    key = subject_key(spelling.canonical(name, cell))

    assert key in command._person(who).keys


def test_a_url_is_found_in_a_text_and_a_longer_one_is_not():
    person = command._person("https://www.linkedin.com/in/jane")

    assert person.named_in('{"url": "https://www.LinkedIn.com/in/jane/"}')
    assert not person.named_in("https://www.linkedin.com/in/jane-doe")


def test_a_short_id_is_not_looked_for_in_texts():
    assert command._person("1234").texts == ()


def test_pruning_needs_an_age(run, capsys):
    assert run(["journal", "prune"]) == UsageError.exit_status
    assert "--older-than 90d" in capsys.readouterr().err


def test_pruning_says_what_it_erased(run, state, capsys):
    fill(state)

    kept = printed(run, capsys, "prune", "--older-than", "90d", "--yes")
    assert (kept["entries"], kept["runs"]) == (0, 0)  # the answer is of today

    shown = printed(run, capsys, "prune", "--older-than", "0", "--yes")
    assert (shown["entries"], shown["runs"]) == (1, 1)
    assert shown["before"].endswith("Z")


def test_pruning_answers_that_could_be_used_again_warns(run, capsys):
    run(["journal", "prune", "--older-than", "1d", "--yes"])
    assert "asking again costs again" in capsys.readouterr().err

    run(["journal", "prune", "--older-than", "31d", "--yes"])
    assert "asking again costs again" not in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["forget", "jane@acme.com"], ["prune", "--older-than", "0"]])
def test_paid_answers_are_erased_only_after_a_yes(argv, run, state, capsys, monkeypatch):
    """How much paid work goes is said; without a terminal that takes --yes, and else nothing."""
    fill(state)

    assert run(["journal", *argv]) == 2
    said = capsys.readouterr().err
    assert "error: nothing was erased: 1 paid answer, worth 1.5 credits, would go" in said
    assert "add --yes; asking about them again costs again" in said
    assert printed(run, capsys, "path")["entries"] == 1

    monkeypatch.setattr(Screen, "asks", True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\ny\n"))
    assert run(["journal", *argv]) == 2
    assert printed(run, capsys, "path")["entries"] == 1
    assert run(["journal", *argv]) == 0
    assert printed(run, capsys, "path")["entries"] == 0


def test_what_the_sandbox_sold_is_no_paid_work(run, state, capsys):
    fill(state, account="sandbox acct")

    assert run(["journal", "prune", "--older-than", "0", "--yes"]) == 0
    assert "erased 1 attempt" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["forget", "jane@acme.com"], ["prune", "--older-than", "0"]])
def test_without_a_terminal_nothing_is_erased_without_yes_though_nothing_was_paid_for(
    argv, run, state, capsys
):
    fill(state, account="sandbox acct")
    assert run(["journal", *argv]) == 2
    assert capsys.readouterr().err.endswith(
        "error: nothing was erased: without a terminal nobody can be asked\n"
        "  next: add --yes; no paid answer would go\n"
    )
    run(["journal", argv[0], "-h"])
    helped = " ".join(capsys.readouterr().out.split())
    assert "without one nothing is erased unless --yes is there" in helped
    assert printed(run, capsys, "path")["entries"] == 1
    assert run(["journal", *argv, "--yes"]) == 0


def test_where_nothing_would_go_nothing_needs_a_yes(run, state, capsys):
    fill(state)
    assert run(["journal", "forget", "nobody@acme.com"]) == 0
    assert "holds nothing of them; there was nothing to erase" in capsys.readouterr().err
    assert run(["journal", "prune", "--older-than", "9000d"]) == 0
    assert "the journal holds nothing to erase from before" in capsys.readouterr().err
    assert printed(run, capsys, "forget", "nobody@acme.com")["entries"] == 0
    assert printed(run, capsys, "prune", "--older-than", "9000d")["runs"] == 0
    assert printed(run, capsys, "path")["entries"] == 1


def test_the_export_is_json_lines_of_attempts(run, state, capsys):
    fill(state)

    assert run(["journal", "export"]) == 0

    (line,) = capsys.readouterr().out.splitlines()
    attempt = json.loads(line)
    at = attempt.pop("at")
    assert at.endswith("Z")
    assert attempt == {
        "id": 1, "sandbox": False, "provider": "acme", "account": "acct", "person": "7070",
        "told": ["email"], "wanted": ["phone"], "run": "run-a", "outcome": "matched",
        "credits": "1.5",
        "answer": {"mail": "jane@acme.com"}, "reason": None, "cause": None, "ticket": None,
        "request_id": "r",
    }  # fmt: skip


def test_the_export_document_holds_the_same_attempts(run, state, capsys):
    fill(state)

    shown = printed(run, capsys, "export")

    assert shown["entries"] == 1
    assert shown["attempts"][0]["answer"] == {"mail": "jane@acme.com"}


@pytest.mark.parametrize("argv", [[], ["path"], ["forget"], ["prune"], ["export"]])
def test_the_schema_is_printed(argv, run, capsys):
    assert run(["journal", *argv, "--json-schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["properties"]["schema"]["const"] == "enrichctl.journal/1"


def test_an_option_before_the_command_it_is_for_is_not_ignored(run):
    assert run(["journal", "--json", "path"]) == 2
