"""A state folder that is not there, or may not be written: who only asks needs none."""

import re
import shutil
import subprocess

import pytest
from e2e_shell import COMMAND

LEADS = "email\nerik.young@falcon-pharma.es\n"
WORDS = ("enrich", "in.csv", "-p", "offline,leadlex", "--sandbox")
# Rights bind root as well once it has given up its own.
BOUND = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if shutil.which("setpriv") else []


@pytest.fixture
def bound(shell):
    """Run the command as somebody whom the rights of files keep from writing."""
    shell.write("in.csv", LEADS)

    def run(*words):
        return subprocess.run(
            [*BOUND, COMMAND, *words], cwd=shell.folder, env=shell.environ, capture_output=True,
            timeout=60, check=False, text=True,
        )  # fmt: skip

    return run


@pytest.fixture
def closed(shell):
    """Close the state folder, and open it again at the end."""
    state = shell.folder / "state"
    state.mkdir(exist_ok=True)

    def close():
        for path in (state, *state.rglob("*")):
            path.chmod(0o500 if path.is_dir() else 0o400)

    yield close
    for path in (state, *state.rglob("*")):
        path.chmod(0o700)


def test_a_plan_makes_nothing(bound, shell):
    for words in ((*WORDS, "-n"), ("status",), ("credits",)):
        done = bound(*words)
        assert done.returncode == 0, done.stderr
        assert sorted(path.name for path in shell.folder.iterdir()) == ["in.csv"], words


def test_a_plan_and_what_shows_runs_read_a_journal_that_cannot_be_written(bound, shell, closed):
    assert bound(*WORDS).returncode == 0
    runs = bound("status", "--json").stdout
    closed()
    plan = bound(*WORDS, "-n")
    assert plan.returncode == 0, plan.stderr
    assert re.search(r"^leadlex +1 +0 ", plan.stderr, re.MULTILINE), plan.stderr
    assert bound("status", "--json").stdout == runs
    assert bound("status", "last", "--row", "1").returncode == 0


def test_what_has_to_be_written_is_refused_in_a_line(bound, closed):
    closed()
    for words in (WORDS, WORDS[:2]):
        done = bound(*words)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr
        assert "Permission denied\n  next: set ENRICHCTL_STATE_DIR" in done.stderr, done.stderr
