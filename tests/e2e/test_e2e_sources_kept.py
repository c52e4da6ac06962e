"""An enriched file that is read again keeps its sources and confidence in every format."""

import csv
import json

import pytest
from openpyxl import load_workbook

FORMATS = ("csv", "tsv", "json", "jsonl", "xlsx")
LEADS = "email,Company Website\njane.doe@acme-tools.de,\nsales@weber-bau.de,weber-bau.de\n"


def told(folder, name):
    """Return of each record field → provider, and the lowest confidence."""
    path = folder / name
    if path.suffix in (".json", ".jsonl"):
        text = path.read_text("utf-8")
        lines = text.splitlines()
        records = json.loads(text) if path.suffix == ".json" else map(json.loads, lines)
        metas = [one["_enrichctl"]["fields"] for one in records]
        return [
            (
                {field: one["provider"] for field, one in meta.items()},
                min(float(one["confidence"]) for one in meta.values()),
            )
            for meta in metas
        ]
    if path.suffix == ".xlsx":
        header, *lines = load_workbook(path).active.iter_rows(values_only=True)
        rows = [dict(zip(header, line, strict=True)) for line in lines]
    else:
        mark = "\t" if path.suffix == ".tsv" else ","
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter=mark))
    return [
        (
            dict(part.split("=") for part in row["enrichctl_sources"].split(";")),
            float(row["enrichctl_confidence"]),
        )
        for row in rows
    ]


@pytest.mark.parametrize("first", FORMATS)
def test_sources_go_from_any_format_to_any_and_back(shell, first):
    shell.write("leads.csv", LEADS)
    assert shell("enrich", "leads.csv", "-o", f"one.{first}", "-q").returncode == 0
    due = told(shell.folder, f"one.{first}")
    assert all(sources["company_name"] == "offline" for sources, _ in due)
    for second in FORMATS:
        done = shell("enrich", f"one.{first}", "-o", f"two-{second}.{second}", "-q")
        assert done.returncode == 0, done.stderr
        assert told(shell.folder, f"two-{second}.{second}") == due
        again = shell("enrich", f"two-{second}.{second}", "-o", f"back-{second}.{first}", "-q")
        assert again.returncode == 0, again.stderr
        assert told(shell.folder, f"back-{second}.{first}") == due


def test_json_keeps_what_it_knows_of_each_field(shell):
    shell.write("leads.csv", LEADS)
    shell("enrich", "leads.csv", "-o", "one.json", "-q")
    shell("enrich", "one.json", "-o", "two.jsonl", "-q")
    one = json.loads((shell.folder / "one.json").read_text("utf-8"))
    two = map(json.loads, (shell.folder / "two.jsonl").read_text("utf-8").splitlines())
    fields = [[meta["_enrichctl"]["fields"] for meta in metas] for metas in (one, two)]
    assert fields[0] == fields[1]
    assert all(field["at"] and field["source"] for field in fields[0][0].values())


@pytest.mark.parametrize(
    "meta",
    [
        None, [], "x", {"fields": []}, {"fields": {"company_name": None}},
        {"fields": {"company_name": {"provider": ["x"], "confidence": []}}},
        {"fields": {"company_name": {"provider": "a;b=c", "confidence": "NaN"}}},
    ],
)  # fmt: skip
def test_what_is_no_word_of_an_earlier_run_is_not_taken_for_one(shell, meta):
    record = {"email": "jane.doe@acme-tools.de", "company_name": "Acme", "_enrichctl": meta}
    shell.write("in.json", json.dumps([record]))
    done = shell("enrich", "in.json", "-o", "out.csv", "-q")
    assert done.returncode == 0, done.stderr
    (row,) = csv.DictReader((shell.folder / "out.csv").read_text("utf-8").splitlines())
    assert "company_name=" not in row["enrichctl_sources"]
