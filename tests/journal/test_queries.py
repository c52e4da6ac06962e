"""The journal's SQL: by name in one place, and nowhere outside."""

import re
from pathlib import Path

import pytest
from places import IN_A_FILE

import enrichctl
from enrichctl.journal import moving, queries

PACKAGE = Path(enrichctl.__file__).parent
SQL = re.compile(
    r"[\"'](SELECT |INSERT |UPDATE \w+ SET|DELETE FROM|REPLACE INTO|WITH \w+ AS)|\.executemany\("
)
READ = re.compile(r"(?:journal|self)\.read\((?!\s*(?:queries|moving)\.|question)[^)]{0,40}")
# Tables of the user have an index of their own, and are read as files are.
ALLOWED = ("journal/", "table/", "files/")


def test_nobody_but_the_journal_puts_together_sql():
    found = [
        f"{name}: {line.strip()}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not (name := path.relative_to(PACKAGE).as_posix()).startswith(ALLOWED)
        for line in path.read_text("utf-8").splitlines()
        if SQL.search(line)
    ]

    assert found == []


def test_every_question_that_is_read_is_put_by_its_name():
    said = {
        path.name: found
        for path in sorted((PACKAGE / "journal").glob("*.py"))
        if (found := READ.findall(path.read_text("utf-8")))
    }

    assert said == {}


def test_a_journal_answers_every_question(place):
    questions = {
        name: sql
        for name, sql in (vars(queries) | vars(moving)).items()
        if name.isupper() and not name.startswith("_") and sql.startswith(("SELECT", "WITH"))
    }
    assert len(questions) > 40
    if place.kind == "sqlite":  # what has arrived on a server is asked there only
        questions = {n: sql for n, sql in questions.items() if "MOVED" not in n}
    with place.open() as journal:
        for sql in questions.values():
            numbers = [int(number) for number in re.findall(r"\?(\d+)", sql)]
            values = max(numbers) if numbers else sql.count("?")
            journal.read(sql, ["0"] * values)


@IN_A_FILE
@pytest.mark.parametrize(
    ("question", "indexes"),
    [
        ("REALLY_OPEN", ["attempts_waiting", "attempts_open"]),
        ("TALLIES", ["attempts_gains"]),
        ("MATCHES", ["attempts_gains"]),
    ],
)
def test_what_is_counted_of_a_large_journal_is_found_by_its_own_index(place, question, indexes):
    with place.open() as journal:
        sql = getattr(queries, question)
        plan = journal.read(f"EXPLAIN QUERY PLAN {sql}", [0] * sql.count("?"))
    used = [found[1] for *_, step in plan if (found := re.search(r"INDEX (attempts_\w+)", step))]
    assert used == indexes
