"""An output that holds more than the new one, or somebody's edits, is not replaced unasked."""

import csv
import io
import json
import shlex
from pathlib import Path

import pytest
from e2e_tty import Tty

PEOPLE = ("erik.young@falcon-pharma.es",)
NEXT = b"choose another with -o PATH, or replace it with --force"


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


@pytest.fixture
def bought(paid, known):
    """A file whose e-mails were paid for answers, and the output with them."""
    emails = known("leadlex", 4)
    paid.write("in.csv", "Email,Notes\n" + "".join(f"{e},n{i}\n" for i, e in enumerate(emails)))
    done = paid("enrich", "in.csv", "-p", "offline,leadlex", "-y")
    assert done.returncode == 0, done.stderr
    return paid


def test_a_paid_file_is_not_replaced_by_a_free_run(bought, box):
    """The message counts what would go and names its columns and rows; the file is as it was."""
    out = bought.folder / "in.enriched.csv"
    before = out.read_bytes()
    done = bought("enrich", "in.csv")

    assert done.returncode == 2
    assert out.read_bytes() == before
    assert b" values that this run leaves blank: " in done.stderr
    assert b"4 in job_title" in done.stderr
    assert b"(rows 1, 2, 3, \xe2\x80\xa6)" in done.stderr
    assert NEXT in done.stderr
    told = json.loads(bought("status", "last", "--json").stdout)["run"]
    assert (told["state"], told["exit_status"]) == ("done", 2)
    (left,) = told["errors"]
    assert left["cause"].startswith("not written: in.enriched.csv has ")
    cure = b"have them filled as well with -p offline,leadlex, "
    assert (left["count"], left["next"].encode()) == (4, cure + NEXT)
    assert b"in.enriched.csv (not written)" in bought("status", "last").stdout
    assert b"done (not written)" in bought("status").stdout
    page = bought("status", "last", "--html", "-", "--no-sample").stdout
    assert b"(not written)" in page
    assert b"Nothing is left to do" not in page

    cured = bought("enrich", "in.csv", "-p", "offline,leadlex", "--budget", "0")
    assert cured.returncode == 0, cured.stderr
    assert rows(out)[0]["job_title"]

    forced = bought("enrich", "in.csv", "--force")
    assert forced.returncode == 0, forced.stderr
    assert "job_title" not in rows(out)[0]


def test_a_pilot_over_a_paid_file_is_asked_about_at_a_terminal(bought):
    out = bought.folder / "in.enriched.csv"
    before = out.read_bytes()
    words = ["enrich", "in.csv", "-p", "offline,leadlex", "--fresh", "--limit", "1", "-y"]
    with Tty(words, bought.folder, bought.environ) as tty:
        assert tty.sees("replace it? [y/N]").type(b"n\r").ends() == 2
    assert out.read_bytes() == before
    with Tty(words, bought.folder, bought.environ) as tty:
        assert tty.sees("replace it? [y/N]").type(b"y\r").ends() == 0
    assert out.read_bytes() != before


OTHER = ["-p", "offline,lemlist", "-w", "job_title,linkedin_url", "-y"]


@pytest.mark.parametrize(
    ("words", "lost"),
    [
        (OTHER, b"4 in "),
        (["-p", "offline,leadlex", "--fresh", "--limit", "1", "-y"], b"3 in job_title"),
    ],
    ids=["a provider that is not asked again", "a pilot that asks anew"],
)
def test_what_is_lost_whatever_is_answered_is_refused_before_anybody_is_asked(bought, words, lost):
    out = bought.folder / "in.enriched.csv"
    before, runs = out.read_bytes(), bought("status", "--json").stdout.count(b'"id"')
    done = bought("enrich", "in.csv", *words)

    assert done.returncode == 2
    assert b" that this run leaves blank whatever is answered: " in done.stderr
    assert lost in done.stderr
    assert NEXT in done.stderr
    assert out.read_bytes() == before
    assert bought("status", "--json").stdout.count(b'"id"') == runs  # none began

    plan = bought("enrich", "in.csv", *(word for word in words if word != "-y"), "-n")
    assert plan.returncode == 0
    assert b" that this run leaves blank whatever is answered: " in plan.stderr

    forced = bought("enrich", "in.csv", *words, "--force")
    assert forced.returncode == 0, forced.stderr
    assert out.read_bytes() != before


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (["-p", "leadlex", "--budget", "5"], b"have them filled as well with -p offline,leadlex, "),
        (["-p", "leadlex", "-w", "job_title", "--budget", "5"], b""),
        (["-p", "offline", "-w", "website"], b""),
    ],
    ids=["added", "of other fields", "asked already"],
)
def test_the_cure_that_loses_nothing_is_named_where_there_is_one(paid, known, words, cure):
    """A free run, then a paid one without the free provider: those whose values go are named."""
    emails = known("leadlex", 4)
    paid.write("in.csv", "Email\n" + "".join(f"{e}\n" for e in emails))
    assert paid("enrich", "in.csv").returncode == 0
    before = (paid.folder / "in.enriched.csv").read_bytes()
    done = paid("enrich", "in.csv", *words)
    assert done.returncode == 2
    assert b"\n  next: " + cure + NEXT in done.stderr
    assert (paid.folder / "in.enriched.csv").read_bytes() == before
    assert (b" whatever is answered: " in done.stderr) == ("leadlex" in words)
    if cure:
        words[1] = "offline,leadlex"
        assert paid("enrich", "in.csv", *words).returncode == 0


def test_a_rehearsal_loses_nothing_either_that_it_can_know_of_before(bought):
    """Nor does it ask the sandbox first: the screen of a rehearsal is that of the real run."""
    assert bought("enrich", "in.csv", "--sandbox").returncode == 0
    runs = bought("status", "--json").stdout.count(b'"id"')
    done = bought("enrich", "in.csv", "--sandbox", "-p", "close", "-w", "close.Industry")
    assert done.returncode == 2
    assert b" that this run leaves blank whatever is answered: " in done.stderr
    assert bought("status", "--json").stdout.count(b'"id"') == runs  # none began


REAL = b"in.enriched.csv holds what a real run found, and a rehearsal makes values up"


@pytest.mark.parametrize(
    "words",
    [["-p", "offline,leadlex"], ["-p", "leadlex", "-w", "phone"], []],
    ids=["what was bought", "other fields", "a free run"],
)
@pytest.mark.parametrize("made", ["paid", "free", "bare"])
def test_a_rehearsal_asks_before_it_takes_the_place_of_a_real_file(bought, made, words):
    """Whatever the file holds: nothing is asked of the sandbox, and no run begins."""
    out = bought.folder / "in.enriched.csv"
    if made != "paid":
        also = ["--provenance", "none"] if made == "bare" else []
        assert bought("enrich", "in.csv", "--force", *also).returncode == 0
    before, runs = out.read_bytes(), bought("status", "--json").stdout.count(b'"id"')
    rehearsal = ["enrich", "in.csv", "--sandbox", *words, "-o", "in.enriched.csv"]

    done = bought(*rehearsal)
    assert done.returncode == 2
    assert REAL in done.stderr
    assert NEXT in done.stderr
    assert b"blank" not in done.stderr
    assert out.read_bytes() == before
    assert bought("status", "--json").stdout.count(b'"id"') == runs

    forced = bought(*rehearsal, "--force")
    assert forced.returncode == 0, forced.stderr
    again = bought(*rehearsal)  # it is a rehearsal's now
    assert again.returncode == 0, again.stderr


def test_who_agrees_to_a_rehearsal_is_asked_once(bought):
    words = ["enrich", "in.csv", "--sandbox", "-p", "leadlex", "-o", "in.enriched.csv"]
    with Tty(words, bought.folder, bought.environ) as tty:
        assert tty.sees("replace it? [y/N]").type(b"y\r").ends() == 0
        assert tty.text.count("replace it?") == 1


def test_a_real_run_takes_the_place_of_a_rehearsal_without_a_question(bought):
    """Nothing real goes, not even what was derived from what was made up; then it is real."""
    out = ["-o", "some.csv"]
    first = bought("enrich", "in.csv", "--sandbox", "-p", "offline,leadlex", *out)
    assert first.returncode == 0, first.stderr
    assert "country_code=offline" in (bought.folder / "some.csv").read_text()
    real = bought("enrich", "in.csv", "-p", "lemlist", "-w", "email_status", "-y", *out)
    assert real.returncode == 0, real.stderr
    assert "sandbox" not in (bought.folder / "some.csv").read_text()
    assert bought("enrich", "in.csv", "--sandbox", "-p", "offline", *out).returncode == 2


def test_what_was_typed_into_a_rehearsal_is_not_replaced_either(bought):
    bought("enrich", "in.csv", "--sandbox")
    out = bought.folder / "in.sandbox.csv"
    out.write_text(out.read_text("utf-8").replace(",n1,", ",call her,"), "utf-8")
    for more in (["--sandbox"], ["-o", "in.sandbox.csv"]):
        done = bought("enrich", "in.csv", *more)
        assert done.returncode == 2
        assert b"was changed since" in done.stderr


def test_in_place_a_rehearsal_asks_whenever_the_file_is_real(bought):
    words = ["enrich", "in.csv", "-o", "in.csv"]
    assert bought(*words, "--force").returncode == 0
    done = bought(*words, "--sandbox", "-p", "leadlex")
    assert done.returncode == 2
    assert b"in.csv holds what a real run found" in done.stderr


LESS = ["-p", "leadlex", "-w", "job_title", "-y"]


@pytest.mark.parametrize(
    ("words", "changed"),
    [(OTHER, ""), (OTHER, "a note"), (LESS, ""), (["-p", "offline,leadlex", "-w", "phone"], "")],
    ids=["written again", "read again", "other fields", "no hit"],
)
def test_where_all_is_answered_already_a_loss_is_said_before_the_run(bought, words, changed):
    """Another run has asked it all: what it knows is read, and nobody is asked."""
    first = bought("enrich", "in.csv", *words, "-o", "some.csv", "--budget", "99")
    assert first.returncode == 0, first.stderr
    if changed:  # what was written of a row is not written again then
        text = (bought.folder / "in.csv").read_text("utf-8").replace("n0", changed)
        bought.write("in.csv", text)
    out = bought.folder / "in.enriched.csv"
    before, runs = out.read_bytes(), bought("status", "--json").stdout.count(b'"id"')
    done = bought("enrich", "in.csv", *words)
    assert done.returncode == 2
    assert b" that this run leaves blank: " in done.stderr
    assert b" in company_size" in done.stderr or b" more columns" in done.stderr
    assert out.read_bytes() == before
    assert bought("status", "--json").stdout.count(b'"id"') == runs  # none began
    plan = bought("enrich", "in.csv", *words, "-n")
    assert b" that this run leaves blank: " in plan.stderr
    for _ in range(2):
        assert bought("enrich", "in.csv", *words, "--force").returncode == 0
    assert bought("enrich", "in.csv", *words).returncode == 0


def test_where_the_answers_that_are_known_have_less_it_is_said_before_the_run(bought, box):
    """What is wanted would have come, had the vendor not said since that it has none of it."""
    box.set(miss_rate=1.0)
    words = ["enrich", "in.csv", "-p", "offline,leadlex", "-y"]
    assert bought(*words, "--fresh", "-o", "some.csv").returncode == 0
    runs = bought("status", "--json").stdout.count(b'"id"')
    done = bought(*words)
    assert done.returncode == 2
    assert b"4 in job_title" in done.stderr
    assert bought("status", "--json").stdout.count(b'"id"') == runs  # none began


@pytest.mark.parametrize("also", [[], ["--fresh"], ["--budget", "90"], ["--limit", "5"]])
def test_a_loss_that_only_answers_show_names_what_writes_them_and_asks_nobody(
    paid, box, known, also
):
    """It is what was paid for, and the sandbox hears nothing more of it."""
    box.set(hole_rate=0)
    both = {*known("leadlex", 900)}.intersection(known("lemlist", 900))
    emails = [*sorted(both)[:3], *[one for one in known("leadlex", 900) if one not in both][:2]]
    paid.write("in.csv", "email\n" + "".join(f"{one}\n" for one in emails))
    want = ["enrich", "in.csv", "-w", "job_title", "-o", "out file.csv", "-y"]
    assert paid(*want, "-p", "leadlex").returncode == 0
    before = (paid.folder / "out file.csv").read_bytes()

    done = paid(*want, "-p", "lemlist", *also)
    assert done.returncode == 2, done.stderr
    assert b" that this run leaves blank: " in done.stderr
    assert (paid.folder / "out file.csv").read_bytes() == before
    paid_for = sum(entry.credits for entry in box.ledger)
    (left,) = json.loads(paid("status", "last", "--json").stdout)["run"]["errors"]
    command, _, rest = left["next"].partition("--force; ")[2].partition(" writes what was answered")
    assert rest == ", and asks nobody"
    assert command.encode() in b" ".join(done.stderr.split())

    heard = len(box.requests)
    written = paid(*shlex.split(command)[1:])
    assert written.returncode == 0, written.stderr
    assert len(box.requests) == heard
    assert sum(entry.credits for entry in box.ledger) == paid_for
    titles = [row["job_title"] for row in rows(paid.folder / "out file.csv")]
    assert all(titles[:3])
    assert not any(titles[3:])


def test_a_job_whose_answers_are_all_known_is_not_held_up(bought):
    """Rows come and go and move, an address is another: nothing that is foreseen is untrue."""
    words = ["enrich", "in.csv", "-p", "offline,leadlex", "-y"]
    lines = (bought.folder / "in.csv").read_text("utf-8").splitlines()
    for kept in (lines, [*lines[:1], *lines[:0:-1]], lines[:3], lines):
        bought.write("in.csv", "\n".join(kept) + "\n")
        for also in ([], ["--refresh", "90d"], ["--limit", "1"]):
            done = bought(*words, *also)
            assert done.returncode == 0, done.stderr


def test_who_agreed_before_anybody_is_asked_is_not_asked_again(bought):
    with Tty(["enrich", "in.csv", *OTHER], bought.folder, bought.environ) as tty:
        assert tty.sees("replace it? [y/N]").type(b"y\r").ends() == 0
        assert tty.text.count("replace it?") == 1
    assert "company_size" not in rows(bought.folder / "in.enriched.csv")[0]


def test_of_several_files_one_that_would_lose_values_is_named(bought, known):
    emails = known("leadlex", 4)
    for name, two in (("a", emails[:2]), ("b", emails[2:])):
        (bought.folder / "many").mkdir(exist_ok=True)
        bought.write(f"many/{name}.csv", "Email\n" + "".join(f"{e}\n" for e in two))
    assert bought("enrich", "many", "-p", "offline,leadlex", "-o", "out").returncode == 0
    done = bought("enrich", "many", *OTHER, "-o", "out")
    assert done.returncode == 2
    assert b"out/a.csv has " in done.stderr
    assert b"; so it is with out/b.csv" in done.stderr


def test_a_run_that_its_budget_stops_says_so_whatever_becomes_of_the_file(bought):
    """The caller's next move is to give it more; the file, as it was, needs no --force for that."""
    out = bought.folder / "in.enriched.csv"
    before = out.read_bytes()
    words = ["enrich", "in.csv", "-p", "offline,leadlex", "--fresh", "--budget", "2"]
    done = bought(*words)

    assert done.returncode == 5
    assert out.read_bytes() == before
    assert b"not written: in.enriched.csv has " in done.stderr
    assert b"next: run the same command again: it goes on, or choose another" in done.stderr
    assert b"\ngo on: enrichctl enrich in.csv" in done.stderr
    told = json.loads(bought("status", "last", "--json").stdout)["run"]
    assert (told["stopped_by"], told["exit_status"]) == ("budget", 5)

    again = bought(*words)
    assert again.returncode == 0, again.stderr
    assert len(rows(out)) == 4


def test_a_daily_job_is_never_held_up(bought, box, known):
    """Rows come, go and move, answers are the journal's or are newly asked: it is replaced."""
    out = bought.folder / "in.enriched.csv"
    emails = known("leadlex", 6)
    bought.write("in.csv", "Email,Notes\n" + "".join(f"{e},x\n" for e in reversed(emails[2:])))
    again = bought("enrich", "in.csv", "-p", "offline,leadlex", "-y")
    assert again.returncode == 0, again.stderr
    assert len(rows(out)) == 4

    box.set(miss_rate=1.0)  # the vendor itself does not know them any more
    fresh = bought("enrich", "in.csv", "-p", "offline,leadlex", "-y", "--fresh")
    assert fresh.returncode == 0, fresh.stderr
    assert "leadlex" not in out.read_text()


def test_an_edited_output_is_not_replaced(bought):
    """What was typed into it is counted; a yes at a terminal, or --force, replaces it."""
    out = bought.folder / "in.enriched.csv"
    edited = out.read_text("utf-8").replace(",n1,", ",call her on Monday,")
    out.write_text(edited, "utf-8")
    done = bought("enrich", "in.csv", "-p", "offline,leadlex", "-y")

    assert done.returncode == 2
    assert b"in.enriched.csv was changed since enrichctl wrote it" in done.stderr
    assert b"1 value put there by hand: 1 in Notes (row 2)" in done.stderr
    assert out.read_text("utf-8") == edited

    words = ["enrich", "in.csv", "-p", "offline,leadlex", "-y"]
    with Tty(words, bought.folder, bought.environ) as tty:
        assert tty.sees("replace it? [y/N]").type(b"y\r").ends() == 0
    assert "Monday" not in out.read_text("utf-8")
    assert bought(*words).returncode == 0  # it is the program's own again


def test_after_the_journal_was_pruned_the_same_command_still_knows_its_output(shell):
    shell.write("in.csv", "email\nann@acme.com\n")
    assert shell("enrich", "in.csv").returncode == 0
    assert shell("journal", "prune", "--older-than", "0d", "-y").returncode == 0
    assert shell("status", "--json").stdout.count(b'"id"') == 0
    again = shell("enrich", "in.csv")
    assert again.returncode == 0, again.stderr
    shell.write("other.csv", "email\nann@acme.com\n")
    assert shell("enrich", "other.csv", "-o", "in.enriched.csv").returncode == 2


def test_a_copy_or_a_touch_is_no_edit(bought):
    out = bought.folder / "in.enriched.csv"
    held = out.read_bytes()
    out.unlink()
    out.write_bytes(held)
    assert bought("enrich", "in.csv", "-p", "offline,leadlex", "-y").returncode == 0


@pytest.mark.parametrize("name", ["out.jsonl", "out.xlsx", "bare.csv"])
def test_every_format_is_looked_into(paid, known, name):
    paid.write("in.csv", "Email\n" + "".join(f"{e}\n" for e in known("leadlex", 2)))
    also = ["--provenance", "none"] if name == "bare.csv" else []
    first = paid("enrich", "in.csv", "-p", "offline,leadlex", "-y", "-o", name, *also)
    assert first.returncode == 0, first.stderr
    before = (paid.folder / name).read_bytes()
    done = paid("enrich", "in.csv", "-o", name, *also)

    assert done.returncode == 2, done.stderr
    assert (paid.folder / name).read_bytes() == before


def test_an_output_that_is_the_input_is_read_edits_and_all(bought):
    bought.write("in.csv", "Email,Notes\nerik.young@falcon-pharma.es,a\n")
    words = ["enrich", "in.csv", "-o", "in.csv"]
    assert bought(*words, "--force").returncode == 0
    text = (bought.folder / "in.csv").read_text("utf-8").replace(",a,", ",b,")
    (bought.folder / "in.csv").write_text(text, "utf-8")
    done = bought(*words)
    assert done.returncode == 0, done.stderr
    assert rows(bought.folder / "in.csv")[0]["Notes"] == "b"


def test_an_output_that_takes_the_place_of_its_input_is_said(shell):
    shell.write("in.csv", "email\njane.doe@acme.io\n")
    asked = shell("enrich", "in.csv", "-o", "in.csv")
    assert asked.returncode == 2
    assert b"in.csv is the input itself" in asked.stderr
    for more in (("-n",), ("--force",)):
        done = shell("enrich", "in.csv", "-o", "in.csv", *more)
        assert done.returncode == 0, done.stderr
        assert b"in.csv is the input: the output takes its place" in done.stderr


def test_a_note_that_is_not_there_is_null(shell):
    shell.write("in.jsonl", '{"email": "jane.doe@acme.io"}\n')
    done = shell("enrich", "in.jsonl", "--json")
    assert json.loads(done.stdout)["_enrichctl"]["note"] is None
