import csv
import json
import subprocess
import sys

CONFIG = """
[providers.crm]
kind = "table"
path = "crm.csv"
"""


def _enrichctl(crm, *words):
    return subprocess.run(
        [sys.executable, "-m", "enrichctl", "--config", "config.toml", *words],
        cwd=crm.folder, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_who_stands_in_the_table_costs_no_call(crm):
    crm.write(CONFIG, "config.toml")
    crm.write("email\nANNA.berg@nordwind.de\nanna.berg@nord-1.de\n", "leads.csv")
    words = ("-p", "crm,leadlex", "--want", "job_title", "--sandbox")
    ended = _enrichctl(crm, "enrich", "leads.csv", *words)
    assert ended.returncode == 0, ended.stderr
    with (crm.folder / "leads.sandbox.csv").open(newline="") as file:
        sources = [row["enrichctl_sources"] for row in csv.DictReader(file)]
    assert sources == ["job_title=crm", "job_title=sandbox:leadlex"]
    run = json.loads(_enrichctl(crm, "status", "last", "--json").stdout)["run"]
    asked = {one["name"]: (one["calls"], one["credits"]) for one in run["providers"]}
    assert asked == {"crm": (0, "0"), "leadlex": (1, "1")}


def test_a_table_that_is_missing_stops_the_run_before_anything_is_asked(crm):
    crm.write(CONFIG.replace("crm.csv", "gone.csv"), "config.toml")
    crm.write("email\nanna.berg@nord-1.de\n", "leads.csv")
    ended = _enrichctl(crm, "enrich", "leads.csv", "-p", "crm,leadlex", "--sandbox")
    assert ended.returncode == 2
    assert "gone.csv, which does not exist" in ended.stderr
    assert not (crm.folder / "leads.sandbox.csv").exists()


def test_a_table_answers_where_the_extra_is_not_installed(crm):
    crm.write(CONFIG, "config.toml")
    crm.write("email\nANNA.berg@nordwind.de\n", "leads.csv")
    bare = (
        "import sys\nsys.modules.update(dict.fromkeys(['duckdb', 'pyarrow']))\n"
        "from enrichctl.__main__ import main\nmain()\n"
    )
    words = ("--config", "config.toml", "enrich", "leads.csv", "-p", "offline,crm", "-q")
    ended = subprocess.run(
        [sys.executable, "-c", bare, *words],
        cwd=crm.folder, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "job_title=crm" in (crm.folder / "leads.enriched.csv").read_text()


def test_what_the_table_knows_wins_over_a_guess_in_whatever_order(crm):
    """`offline` makes Nordwind of nordwind.de; a cell that is filled stands."""
    crm.write(CONFIG, "config.toml")
    crm.write(
        "email,company\nanna.berg@nordwind.de,\nx.y@nordwind.de,\nkarl.lang@nordwind.de,Mine\n",
        "leads.csv",
    )
    told = []
    for order in ("offline,crm", "crm,offline"):
        ended = _enrichctl(crm, "enrich", "leads.csv", "-p", order, "-o", "-", "-q")
        assert ended.returncode == 0, ended.stderr
        rows = list(csv.DictReader(ended.stdout.splitlines()))
        told.append([(row["company"], _source(row, "company_name")) for row in rows])
    assert told[0] == told[1]
    assert told[0] == [("Nordwind GmbH", "crm"), ("Nordwind GmbH", "crm"), ("Mine", "")]


def test_a_table_that_knows_better_costs_no_call_more(crm):
    """What was a guess is not asked for again of anybody who is paid."""
    crm.write(CONFIG, "config.toml")
    crm.write("email\nanna.berg@nordwind.de\n", "leads.csv")
    words = ("-p", "offline,crm,leadlex", "--want", "company_name", "--sandbox")
    ended = _enrichctl(crm, "enrich", "leads.csv", *words)
    assert ended.returncode == 0, ended.stderr
    run = json.loads(_enrichctl(crm, "status", "last", "--json").stdout)["run"]
    assert {one["name"]: one["calls"] for one in run["providers"]}.get("leadlex", 0) == 0


def _source(row, field):
    said = dict(part.split("=") for part in row["enrichctl_sources"].split(";") if part)
    return said.get(field, "")
