"""Where nobody beyond the machine is asked, records are explained though no journal keeps them."""

import json
import os
import re
import sqlite3
from pathlib import Path

import pytest

from enrichctl import registry
from enrichctl.config import Settings
from enrichctl.engine.recipe import records_again
from enrichctl.engine.stop import LEFT
from enrichctl.journal import Journal, history

LEADS = """\
email,name,title,phone,country,website
jane.doe@acme.de,,Head of Sales,+49 30 23125042,,
info@acme.de,Jane Doe,Intern,030 23125042,Germany,acme.de
not an address,,,,,
jane@never.com,Jane,CEO,,,
max@acme.de,Max,Chef,1,2,3,4,5
n/a,-,,,,
lee@firm.com,Lee Ann Moe,VP Finance,+1 212 555 0143,US,
"""
COUNT = 7


@pytest.fixture
def leads(shell):
    shell.write("in.csv", LEADS)
    shell.write("never.txt", "@never.com\n")
    return shell


def enrich(shell, source, *words, **more):
    done = shell(
        "enrich", source, "-o", "out.csv", "-q", "--force", "--suppress", "never.txt", *words,
        **more,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr


def said(shell, *words):
    done = shell("status", "last", *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def untimed(document):
    for value in document["values"].values():
        value["at"] = value["at"] and "then"
    return document


def journal(shell):
    return Path(shell.environ["ENRICHCTL_STATE_DIR"]) / "journal.db"


def test_every_record_is_explained_as_where_the_journal_keeps_it(leads):
    """What is piped in cannot be read again, so of that the journal keeps each record."""
    enrich(leads, "in.csv", "--overwrite", "phone")
    worked_out = [untimed(said(leads, "--row", str(row))) for row in range(1, COUNT + 1)]
    failed = said(leads, "--records", "failed")
    enrich(leads, "-", "--overwrite", "phone", stdin=LEADS.encode())
    kept = [untimed(said(leads, "--row", str(row))) for row in range(1, COUNT + 1)]
    assert worked_out == kept
    assert failed == said(leads, "--records", "failed")
    assert {one["status"] for one in kept} >= {"enriched", "skipped", "failed"}


def test_the_journal_holds_nothing_of_the_people(leads):
    enrich(leads, "in.csv")
    with sqlite3.connect(journal(leads)) as db:
        assert db.execute("SELECT COUNT(*) FROM records").fetchone() == (0,)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"jane" not in journal(leads).read_bytes().lower()
    assert said(leads)["run"]["records"] == COUNT


def test_a_row_that_is_not_there_is_said(leads):
    enrich(leads, "in.csv")
    done = leads("status", "last", "--row", "99")
    assert done.returncode == 2
    assert b"row 99" in done.stderr


@pytest.mark.parametrize("name", ["in.csv", "never.txt"])
def test_what_it_follows_from_is_gone_or_was_changed(leads, name):
    enrich(leads, "in.csv")
    path = leads.folder / name
    path.write_text(path.read_text() + "\n")
    done = leads("status", "last", "--row", "1")
    assert done.returncode == 2
    assert b"was changed since" in done.stderr
    assert b"enrich the file again" in done.stderr
    path.unlink()
    assert b"gone" in leads("status", "last", "--row", "1").stderr
    assert leads("status", "last").returncode == 0


def test_an_input_that_another_took_the_place_of_is_not_explained_though_as_long_and_as_old(leads):
    enrich(leads, "in.csv")
    path = leads.folder / "in.csv"
    seen = path.stat()
    path.write_text(LEADS.replace("Jane Doe", "Jona Dot"))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    done = leads("status", "last", "--row", "2")
    assert done.returncode == 2
    assert b"was changed since" in done.stderr


def test_records_are_kept_where_the_list_of_whom_not_to_ask_about_was_piped_in(leads):
    words = ("enrich", "in.csv", "-o", "out.csv", "-q", "--suppress", "/dev/stdin")
    assert leads(*words, stdin=b"@never.com\n").returncode == 3
    assert said(leads, "--row", "4")["status"] == "skipped"


def test_what_libraries_made_that_were_upgraded_since_is_not_made_up(leads):
    """A list of free mail hosts or a numbering plan may be another one."""
    enrich(leads, "in.csv")
    (leads.folder / "names-2.0.dist-info").mkdir()
    done = leads("status", "last", "--row", "1", PYTHONPATH=str(leads.folder))
    assert done.returncode == 2
    assert b"libraries" in done.stderr


def test_an_output_that_takes_the_place_of_its_input_is_explained_by_the_journal(leads):
    leads("enrich", "in.csv", "-o", "in.csv", "-q", "--force")
    assert said(leads, "--row", "1")["values"]["full_name"]["before"] is None


def test_a_page_shows_the_same_as_where_the_journal_keeps_the_records(leads):
    enrich(leads, "in.csv")
    again = leads("status", "last", "--html", "-").stdout
    enrich(leads, "-", stdin=LEADS.encode())
    kept = leads("status", "last", "--html", "-").stdout
    parts = [page[page.index(b"<h2") : page.index(b"<footer")] for page in (again, kept)]
    sections = [re.sub(rb"status [\w-]+ --row", b"status RUN --row", part) for part in parts]
    assert sections[0] == sections[1]


def test_records_that_a_run_did_not_get_to_are_pending(leads):
    enrich(leads, "in.csv")
    with Journal(journal(leads)) as opened:
        run = history.run(opened, "last")
    run.summary["reached"] = 1
    found = list(records_again(run, lambda name: registry.load(name, Settings())))
    assert [one.status for one in found[:2]] == ["enriched", "pending"]
    assert found[1].note == LEFT
