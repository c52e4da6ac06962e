"""An output that is an input again: one set of the tool's columns, and what they said is kept."""

import csv
import io
import json


def rows_of(data: bytes) -> tuple[list[str], list[dict[str, str]]]:
    text = io.StringIO(data.decode())
    reader = csv.DictReader(text)
    rows = list(reader)
    return list(reader.fieldnames or ()), rows


def test_its_own_columns_are_filled_anew_and_sources_are_kept(shell):
    shell.write("in.csv", "Email,Note\njane.doe@acme.io,x\nbo@chi.io,y\n")
    first = shell("enrich", "in.csv", "-w", "first_name", "-o", "one.csv")
    again = shell("enrich", "one.csv", "-w", "first_name,last_name", "-o", "-")
    assert (first.returncode, again.returncode) == (0, 0), again.stderr

    header, (jane, bo) = rows_of(again.stdout)
    assert header == [
        "Email", "Note", "first_name", "enrichctl_status", "enrichctl_sources",
        "enrichctl_confidence", "enrichctl_note", "last_name",
    ]  # fmt: skip
    assert (jane["first_name"], jane["last_name"]) == ("Jane", "Doe")
    assert jane["enrichctl_sources"] == "first_name=offline;last_name=offline"
    assert jane["enrichctl_status"] == "enriched"
    assert float(jane["enrichctl_confidence"]) <= 0.9
    assert bo["enrichctl_status"] == "no_match"


def test_a_source_whose_value_is_gone_is_not_kept(shell):
    shell.write(
        "in.csv",
        "Email,city,enrichctl_status,enrichctl_sources,enrichctl_confidence,enrichctl_note\n"
        "jane.doe@acme.io,,enriched,city=crm;industry=crm,0.7,\n",
    )
    done = shell("enrich", "in.csv", "-w", "full_name", "-o", "-")
    _, [jane] = rows_of(done.stdout)
    assert jane["enrichctl_sources"] == "full_name=offline;industry=crm"
    assert jane["enrichctl_confidence"] == "0.7"


def test_its_columns_stay_as_they_are_where_none_are_wanted(shell):
    text = "Email,enrichctl_status\njane.doe@acme.io,pending\n"
    shell.write("in.csv", text)
    done = shell("enrich", "in.csv", "-w", "full_name", "-o", "-", "--provenance", "none")
    assert done.stdout.decode().splitlines()[1] == "jane.doe@acme.io,pending,Jane Doe"


def test_a_row_that_may_be_shifted_comes_out_byte_for_byte(shell):
    shell.write(
        "in.csv",
        "Company,Email,enrichctl_status,enrichctl_sources,enrichctl_confidence,enrichctl_note\n"
        "Psi, Inc.,a@psi.io,complete,,,\nChi,b@chi.io,complete,,,\n",
    )
    done = shell("enrich", "in.csv", "-w", "email_kind", "-o", "-")
    assert done.returncode == 3
    assert done.stdout.decode().splitlines()[1].startswith("Psi, Inc.,a@psi.io,complete,,,")


def test_json_keeps_what_was_said_of_other_fields(shell):
    shell.write("in.jsonl", '{"email":"jane.doe@acme.io"}\n')
    shell("enrich", "in.jsonl", "-w", "first_name", "-o", "one.jsonl")
    done = shell("enrich", "one.jsonl", "-w", "last_name", "-o", "-")
    record = json.loads(done.stdout)
    assert {n: f["provider"] for n, f in record["_enrichctl"]["fields"].items()} == {
        "first_name": "offline",
        "last_name": "offline",
    }
    assert done.stdout.count(b"_enrichctl") == 1
