"""Who is paid for again because the row has another name now: said before, and explained after."""

import pytest
from rehearsal import document, rehearsal, write_rows

from enrichctl.cli import app

HEADER = "Email,First Name,Last Name,Company"
ASK = ("-p", "lemlist", "-w", "job_title,linkedin_url")


@pytest.fixture
def box(tmp_path, monkeypatch):
    with rehearsal(tmp_path, monkeypatch, miss_rate=0, hole_rate=0) as box:
        yield box


@pytest.fixture
def enrich(box, tmp_path):
    """Return a function that enriches two people, and gives the first another name on request."""
    jane, tom = list(box.population.people.values())[:2]

    def run(*more, names=(jane.first_name, jane.last_name), company=jane.company.name):
        rows = [
            [jane.email, *names, company],
            [tom.email, tom.first_name, tom.last_name, tom.company.name],
        ]
        write_rows(tmp_path / "in.csv", HEADER, rows)
        return app.run(["enrich", "in.csv", *ASK, "-y", *more])

    return run


def planned(capsys):
    (lane,) = document(capsys, "enrich", "in.csv", *ASK, "-n")["providers"]
    return lane["ask"], lane["renamed"], lane["renamed_rows"]


def explained(capsys):
    (attempt,) = document(capsys, "status", "last", "--row", "1")["attempts"]
    return attempt["other_name"]


def test_a_plan_names_the_rows_that_have_another_name_and_a_row_tells_what_was_paid_before(
    enrich, capsys
):
    assert enrich() == 0
    assert planned(capsys) == (0, 0, [])
    assert explained(capsys) is None
    enrich("-n", names=("Zora", "Quill"))
    shown = " ".join(capsys.readouterr().err.split())
    assert "lemlist: 1 person to ask about (row 1) had another name when the same address" in shown
    assert planned(capsys) == (1, 1, [1])

    assert enrich(names=("Zora", "Quill")) == 0
    assert planned(capsys) == (0, 0, [])
    assert explained(capsys)["credits"] == "2"
    capsys.readouterr()
    assert app.run(["status", "last", "--row", "1"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "asked about by the same address and another name, 2 credits" in shown


def test_a_name_that_is_put_right_again_finds_what_was_paid(enrich, box, capsys):
    enrich()
    enrich(names=("Zora", "Quill"))
    spent = box.spent("lemlist")
    enrich()
    assert box.spent("lemlist") == spent
    assert explained(capsys) is None


def test_who_is_asked_again_for_another_reason_has_no_other_name(enrich, capsys):
    enrich()
    (lane,) = document(capsys, "enrich", "in.csv", *ASK, "-n", "--fresh")["providers"]
    assert (lane["ask"], lane["renamed"]) == (2, 0)
    enrich("-n", names=("Zora", "Quill"))
    (lane,) = document(capsys, "enrich", "in.csv", *ASK, "-n", "--fresh")["providers"]
    assert (lane["ask"], lane["renamed"]) == (2, 0)
