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
