"""What makes two runs on an input incomparable: all that decides about records, but their answers.

Where a digest stays the same, what the last run wrote is written again without looking at a record.
So each line says what may stay, what must be another, and what may never be compared.
"""

import os
from pathlib import Path

import pytest

from enrichctl import config
from enrichctl.cli.enrich.conditions import conditions_of
from enrichctl.cli.enrich.job import Job
from enrichctl.cli.enrich.options import EnrichOptions
from enrichctl.cli.enrich.request import open_input
from enrichctl.render.screen import Screen

SAME, OTHER, NEVER = "the same", "another", "never to be compared"

LEADS = "email,Name,Phone,Title,Grade\njane@acme.example,Jane Doe,030 23125042,,\n"
DEFINITION = """\
base_url = "https://api.acme.example"
auth = {header = "X-Api-Key"}
needs = [["email"]]
billed = "match"
price = 2
request = {method = "POST", path = "/v1/lookup", json = {mail = "{email}"}}
response = {job_title = "title", email = "mail"}
"""
CONFIG = "[providers.acme]\nfile = 'acme.toml'\n"
TABLE = CONFIG + "[providers.crm]\nkind = 'table'\npath = 'crm.csv'\nkey = ['email']\n"

TYPED = [
    ({}, SAME),
    ({"yes": True}, SAME),
    ({"budget": "500"}, SAME),
    ({"limit": 3}, SAME),
    ({"limit": 3, "random": True}, SAME),
    ({"max_errors": 2}, SAME),
    ({"concurrency": 1}, SAME),
    ({"output": "other.csv"}, SAME),
    ({"format_": "xlsx"}, SAME),
    ({"no_excel_safe": True}, SAME),
    ({"force": True}, SAME),
    ({"dry_run": True}, SAME),
    ({"max_age": "1d"}, OTHER),
    ({"fresh": True}, OTHER),
    ({"retry_failed": True}, OTHER),
    ({"retry_unconfirmed": True}, OTHER),
    ({"accept": "review"}, OTHER),
    ({"min_confidence": 0.9}, OTHER),
    ({"overwrite": "job_title"}, OTHER),
    ({"map_": ["seniority=Grade"]}, OTHER),
    ({"map_": ["phone="]}, OTHER),
    ({"default_region": "DE"}, OTHER),
    ({"provider": "leadlex,acme"}, OTHER),
    ({"provider": "acme"}, OTHER),
    ({"provider": "acme,leadlex,offline"}, OTHER),
    ({"want": "job_title"}, OTHER),
    ({"save": True}, OTHER),
    ({"suppress": "never.txt"}, OTHER),
    ({"provenance": "none"}, OTHER),
    ({"format_": "jsonl"}, OTHER),
    ({"json_": True}, OTHER),
    ({"refresh": "90d"}, NEVER),
    ({"provider": "crm,acme"}, NEVER),
]

CONFIGURED = [
    ("[providers.leadlex]\nbudget = {day = 5}\n", SAME),
    ("[providers.leadlex]\nwarn_below = 500\n", SAME),
    ("[providers.acme]\nfile = 'acme.toml'\nprice = 3\n", OTHER),
    ("[providers.acme]\nfile = 'acme.toml'\nsave = true\n", OTHER),
    ("min_confidence = 0.9\n", OTHER),
    ("default_region = 'DE'\n", OTHER),
    ("max_age = '1d'\n", OTHER),
    ("miss_max_age = '1d'\n", OTHER),
    ("accept = 'review'\n", OTHER),
    ("verified_email = true\n", OTHER),
    ("wants = ['job_title']\n", OTHER),
    ("[waterfall]\njob_title = ['leadlex']\n", OTHER),
    ("[providers.leadlex]\nonly_if = \"country == 'Germany'\"\n", NEVER),
]

REDEFINED = [
    ('job_title = "title"', 'job_title = "position"'),
    ('needs = [["email"]]', 'needs = [["email", "full_name"]]'),
    ('{mail = "{email}"}', '{mail = "{email}", v = "2"}'),
    ("price = 2", "price = 3"),
    ('billed = "match"', 'billed = "call"'),
    ("acme.example", "acme.test"),
]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "leads.csv": LEADS,
        "acme.toml": DEFINITION,
        "config.toml": TABLE,
        "crm.csv": "email,job_title\njane@acme.example,Boss\n",
        "never.txt": "jane@acme.example\n",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def conditions(account: str = "main", **typed) -> bytes | None:
    """Return the digest of a run in this folder."""
    options = EnrichOptions(**{"source": "leads.csv", "provider": "acme,leadlex", **typed})
    settings = config.load(Path("config.toml"))
    source = open_input(options)
    job = Job(options, settings, Screen("never", quiet=True), source)
    source.close()
    for step in job.steps:
        step.account = account
    return conditions_of(job)


def compared(before: bytes | None, after: bytes | None) -> str:
    assert before is not None
    return NEVER if after is None else SAME if after == before else OTHER


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("typed", "expected"), TYPED, ids=str)
def test_options(typed, expected):
    assert compared(conditions(), conditions(**typed)) == expected


@pytest.mark.usefixtures("place")
def test_a_rehearsal():
    real, made_up = (conditions(provider="leadlex", sandbox=sandbox) for sandbox in (False, True))
    assert compared(real, made_up) == OTHER


@pytest.mark.parametrize(("text", "expected"), CONFIGURED)
def test_configuration(place, text, expected):
    before = conditions()
    told = text if "[providers.acme]" in text else text + CONFIG
    (place / "config.toml").write_text(told)
    assert compared(before, conditions()) == expected


@pytest.mark.parametrize(("old", "new"), REDEFINED)
def test_a_definition_that_is_edited(place, old, new):
    before = conditions()
    assert old in DEFINITION
    (place / "acme.toml").write_text(DEFINITION.replace(old, new))
    assert compared(before, conditions()) == OTHER


@pytest.mark.usefixtures("place")
def test_an_account():
    assert compared(conditions(), conditions("other")) == OTHER


@pytest.mark.parametrize(
    "header",
    ["E-mail,Name,Phone,Title,Grade", "email,Name,Phone,Grade,Title", "email,Name,Phone,Title,x"],
)
def test_a_header(place, header):
    before = conditions()
    (place / "leads.csv").write_text(LEADS.replace("email,Name,Phone,Title,Grade", header))
    assert compared(before, conditions()) == OTHER


def test_own_columns_of_an_earlier_run(place):
    before = conditions()
    (place / "leads.csv").write_text(LEADS.replace("Grade", "enrichctl_status"))
    assert compared(before, conditions()) == NEVER


def test_a_list_of_people_not_to_be_asked_about(place):
    """Though it is as long, and as old."""
    before, seen = conditions(suppress="never.txt"), (place / "never.txt").stat()
    (place / "never.txt").write_text("lane@acme.example\n")
    os.utime(place / "never.txt", ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert compared(before, conditions(suppress="never.txt")) == OTHER


@pytest.mark.usefixtures("place")
def test_a_list_that_comes_out_of_a_pipe():
    """It is read once: ``--suppress <(psql …)``."""
    digests = [piped("jane@acme.example\n"), piped("lane@acme.example\n")]
    assert compared(*digests) == OTHER
    assert compared(digests[0], piped("jane@acme.example\n")) == SAME


def piped(listed: str) -> bytes | None:
    reads, writes = os.pipe()
    os.write(writes, listed.encode())
    os.close(writes)
    try:
        return conditions(suppress=f"/dev/fd/{reads}")
    finally:
        os.close(reads)


def test_a_library_that_is_upgraded(place, monkeypatch):
    before = conditions()
    (place / "names-2.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(place)
    assert compared(before, conditions()) == OTHER
