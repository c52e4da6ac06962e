"""Control characters in what vendors answer: in no file, on no terminal, in no document."""

import csv
import io
import json
import zipfile

import pytest
from e2e_server import Asked, Said, serving

NASTY = "C\x1b[31mE\x07O\x00\x9b2J \u202eevil\u2066\ufffe\r\nof\tall\x0b\x85it"
CLEAN = "C[31mEO2J evil of all it"
ACTING = "\x1b\x07\x00\x9b\u202e\u2066\ufffe\x0b\x85"


@pytest.fixture
def nasty(shell):
    person = {"job_title": NASTY, "seniority": "c\u202e-level"}
    body = {"data": {"person": person, "source": f"vendor{NASTY}", NASTY: NASTY}}
    raw = json.dumps(body, ensure_ascii=False).encode()
    answers = [raw, json.dumps(body).encode()]  # as they are, and escaped

    def answer(asked: Asked) -> Said:
        number = int(asked.body["email"][1])
        return Said(answers[number - 1], 200, {"X-Request-ID": f"r{number}\x9b2J\x1b"})

    with serving(answer) as server:
        shell.environ |= {
            "ENRICHCTL_LEADLEX_BASE_URL": server.url,
            "ENRICHCTL_LEADLEX_API_KEY": "made-up",
        }
        shell.write("in.csv", "email,job_title\np1@acme.example,\np2@acme.example,\n")
        words = ("enrich", "in.csv", "-p", "leadlex", "-w", "job_title,seniority", "-y")
        done = shell(*words, "-o", "out.csv", "--concurrency", "1")
        assert done.returncode == 0, done.stderr
    return shell, done, words


def test_values_are_plain_in_every_format_and_on_the_terminal(nasty):
    shell, done, words = nasty
    said = [done.stderr.decode()]
    rows = list(csv.DictReader(io.StringIO((shell.folder / "out.csv").read_bytes().decode())))
    assert [row["job_title"] for row in rows] == [CLEAN, CLEAN]
    for name in ("out.json", "out.xlsx"):
        assert shell(*words, "-o", name).returncode == 0
    shown = (("status", "last", "--row", "1"), ("status", "last", "--row", "1", "--json"),
             ("journal", "export"))  # fmt: skip
    said += [shell(*words).stdout.decode() for words in shown]
    files = ("out.csv", "out.json")
    said += [(shell.folder / name).read_bytes().decode() for name in files]
    with zipfile.ZipFile(shell.folder / "out.xlsx") as book:
        said += [book.read(name).decode() for name in book.namelist()]
        assert any(CLEAN in book.read(name).decode() for name in book.namelist())
    for text in said:
        assert not set(text) & set(ACTING)
    assert [one["job_title"] for one in json.loads(said[5])] == [CLEAN] * 2
