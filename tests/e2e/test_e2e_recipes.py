"""The recipes of the README and of the manual, run as they stand there."""

import configparser
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from e2e_shell import COMMAND, DATA

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *(ROOT / "enrichctl" / "manual").glob("*.md")]
BLOCK = re.compile(r"^```(\w+) recipe (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOUND = {(m[1], m[2]): m[3] for page in PAGES for m in BLOCK.finditer(page.read_text("utf-8"))}
# Where there is no jq: takes whatever jq would take for JSON, and prints nothing.
NO_JQ = f"""#!{sys.executable}
import json, sys
text = sys.stdin.read().strip()
while text:
    _, end = json.JSONDecoder().raw_decode(text)
    text = text[end:].lstrip()
"""


@pytest.fixture
def desk(shell, box):
    """A home whose configuration knows LeadLex, at the sandbox, and where its key is."""
    environ = box.environ()
    home = Path(shell.environ["HOME"])
    config = home / ".config" / "enrichctl" / "config.toml"
    config.parent.mkdir(parents=True)
    (home / "key").write_text(environ["ENRICHCTL_LEADLEX_API_KEY"])
    config.write_text(
        "[providers.leadlex]\n"
        f'base_url = "{environ["ENRICHCTL_LEADLEX_BASE_URL"]}"\n'
        f'key_command = ["cat", "{home / "key"}"]\n'
    )
    tools = shell.folder / "bin"
    tools.mkdir()
    (tools / "enrichctl").symlink_to(COMMAND)
    if shutil.which("jq") is None:
        (tools / "jq").write_text(NO_JQ)
        (tools / "jq").chmod(0o700)
    shell.environ["PATH"] = f"{tools}{os.pathsep}{shell.environ['PATH']}"
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "enrichctl").symlink_to(COMMAND)  # where cron's recipe finds it
    del shell.environ["ENRICHCTL_STATE_DIR"]
    shutil.copy(DATA / "leads.csv", shell.folder)
    return shell


def play(desk, name: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a recipe to its end, as a script of the shell."""
    return subprocess.run(
        ["/bin/sh", "-c", FOUND["sh", name]],
        capture_output=True, text=True, cwd=desk.folder, env=desk.environ | environ, timeout=60,
        check=False,
    )  # fmt: skip


def test_every_recipe_is_tried_here() -> None:
    assert set(FOUND) == {
        ("sh", "pilot"), ("sh", "cron"), ("sh", "status"), ("sh", "jq"), ("sh", "log"),
        ("sh", "rehearsal"), ("ini", "service"), ("ini", "timer"),
        ("sql", "month"), ("sql", "filled"), ("sql", "doubt"),
    }  # fmt: skip


def test_the_pilot_is_not_paid_for_again(desk, box):
    done = play(desk, "pilot")

    assert done.returncode == 0, done.stderr
    assert "stopped (limit)" in done.stdout
    people = [request.path for request in box.requests if request.method == "POST"]
    assert len(people) == 55  # as many as one run asks


def test_cron_hears_nothing_unless_somebody_is_needed(desk, box):
    done = play(desk, "cron")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (desk.folder / "leads.enriched.csv").exists()

    box.fault("leadlex", "login", 99)
    (desk.folder / "leads.csv").write_text("email\nerik.young@falcon-pharma.es\n")
    done = play(desk, "cron")
    assert done.returncode == 4
    assert "have key_command under [providers.leadlex] print another" in done.stderr


def test_a_script_reads_the_exit_status_and_the_command_to_go_on(desk, box):
    done = play(desk, "status")

    assert done.returncode == 0, done.stderr
    assert box.spent("leadlex") <= 5
    if shutil.which("jq"):
        assert "wait for credits: enrichctl enrich leads.csv" in done.stdout


def test_jq_reads_records_and_runs(desk):
    done = play(desk, "jq")

    assert (done.returncode, done.stderr) == (0, "")
    if shutil.which("jq"):
        assert re.fullmatch(
            r"offline: 61 of 61 for 0 credits\nleadlex: \d+ of 55 for \d+ credits\n", done.stdout
        )
        rows = (desk.folder / "profiles.tsv").read_text().splitlines()
        assert len(rows) > 10
        assert all("linkedin.com/in/" in row.split("\t")[1] for row in rows)


def test_the_log_holds_nothing_of_any_person(desk):
    done = play(desk, "log")

    assert (done.returncode, done.stderr) == (0, "")
    log = (desk.folder / "enrich.log").read_text()
    assert log.count('"answered"') == 55
    _, *rows = (DATA / "leads.csv").read_text("utf-8").splitlines()
    cells = {cell.strip('" ') for row in rows for cell in row.split(",")}
    told = {cell for cell in cells if len(cell) > 3}  # UK and DE stand in any text
    assert not [cell for cell in told if cell.casefold() in log.casefold()]


def test_a_rehearsal_runs_out_of_credits_and_leaves_no_answer_behind(desk, box):
    done = play(desk, "rehearsal")

    assert done.stdout == "out of credits: exit status 5\n"
    assert box.requests == []
    assert not (Path(desk.environ["HOME"]) / ".local" / "state").exists()


def test_a_rehearsal_works_after_other_recipes_and_again(desk, box):
    play(desk, "pilot")
    asked = len(box.requests)
    real = (desk.folder / "leads.enriched.csv").read_bytes()
    for _ in range(2):
        done = play(desk, "rehearsal")
        assert done.stdout == "out of credits: exit status 5\n", done.stderr
        assert "is there already" not in done.stderr
        assert len(box.requests) == asked  # the real one is left alone
    assert (desk.folder / "leads.enriched.csv").read_bytes() == real


def test_a_service_of_systemd_gets_its_key_as_a_credential(desk, box, tmp_path):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string(FOUND["ini", "service"])
    service = unit["Service"]
    name, _, source = service["LoadCredential"].partition(":")
    assert source.endswith(name)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / name).write_text(box.environ()["ENRICHCTL_LEADLEX_API_KEY"])
    (credentials / name).chmod(0o400)
    start = shlex.split(service["ExecStart"].replace("\\\n", " "))
    variable, _, state = service["Environment"].replace("%S", str(tmp_path)).partition("=")
    done = subprocess.run(
        [str(desk.folder / "bin" / "enrichctl"), *start[1:]],
        cwd=desk.folder, capture_output=True, timeout=60, check=False,
        env={
            "PATH": "/usr/bin:/bin", "CREDENTIALS_DIRECTORY": str(credentials), variable: state,
            "ENRICHCTL_LEADLEX_BASE_URL": box.environ()["ENRICHCTL_LEADLEX_BASE_URL"],
        },
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert box.spent("leadlex") > 0
    assert list(Path(state).iterdir())


def test_the_journal_answers_in_sql(desk, box):
    desk("enrich", "leads.csv", "-p", "offline,leadlex", "-y", "-q")
    path = desk("journal", "path").stdout.decode().strip()
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    ((name, asked, matched, credits_, each),) = db.execute(FOUND["sql", "month"])
    filled = list(db.execute(FOUND["sql", "filled"]))
    doubts = list(db.execute(FOUND["sql", "doubt"]))
    db.close()

    assert (name, asked, each) == ("leadlex", 55, 1.0)
    assert credits_ == matched == float(box.spent("leadlex"))
    assert {row[0] for row in filled} == {"offline", "leadlex"}
    assert doubts == []
