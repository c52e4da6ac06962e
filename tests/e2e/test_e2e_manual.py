"""Every command that the README and the manual show does what it should, against the sandbox.

Recipes are run by ``test_e2e_recipes.py``. What cannot be run here stands in `NOT_HERE`, with why.
"""

import os
import re
import shlex
import shutil
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from e2e_shell import COMMAND, DATA
from test_e2e_recipes import NO_JQ, PAGES, ROOT

from enrichctl.sandbox import Sandbox

BLOCK = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
OTHERS = ("python ", "python3 ", "pip ", "pipx ", "bash ", "man ", "source ", "sqlite3 ")
BY_HAND = "run by hand: it takes minutes, or needs a browser or packages that tests do not install"
NOT_HERE = {
    "enrichctl providers login acme": "acme is whatever provider the reader has an account with",
    "enrichctl enrich leads.csv -p acme --limit 5": "the same",
    "enrichctl providers logout leadlex": "needs a keyring; tests/cli/test_providers.py has one",
    "enrichctl providers login leadlex": "the same",
    "enrichctl providers login NAME": "the same",
    "enrichctl providers sandbox": "runs until it is stopped; the recipe of a rehearsal does so",
    "enrichctl providers check NAME --suite --exchanges PATH": "tests/conformance has a package",
    "enrichctl --install-completion": "changes the files of a shell; tests/shells has them",
    "source completions/enrichctl.bash": "tests/shells has a real bash",
    "man -l completions/enrichctl.1": "there is not always a man; tests/test_generated.py reads it",
    "man enrichctl": "the same",
    'sqlite3 -readonly "$(enrichctl journal path)"': "waits for SQL; the recipes have some",
    "pip install .": "CI installs the package so",
    "pip install '.[parquet]'": "CI installs it with the extra `dev`, of which this is a part",
    "pip install 'enrichctl[postgres]'": "the same",
    "enrichctl journal init > grants.sql": "needs a server; tests/e2e/test_e2e_team.py has one",
    "enrichctl journal init": "the same",
    "enrichctl journal move": "the same",
    "pipx install .": "needs pipx; CI installs the package with pip",
    "pip install nameparser tldextract pycountry": BY_HAND,
    "bash .ci/run": "runs these tests",
}
WORDS = {
    "TRUTH": "known.csv", "NAME": "leadlex", "FILE": "leads.csv", "EMAIL": "jane@acme.example",
    "TOPIC": "money",
}  # fmt: skip
# At a terminal they ask; there is none here.
ASKING = (
    "--limit 20", "--limit 5", "journal forget", "journal prune", "benchmark known.csv",
)  # fmt: skip


def shown() -> list[str]:
    """Return every command that a page shows, each once."""
    found: dict[str, None] = {}
    for page in PAGES:
        text = page.read_text("utf-8")
        for kind, more, block in BLOCK.findall(text):
            if kind in ("", "sh") and "recipe" not in more:
                found |= dict.fromkeys(line for line in map(_typed, block.splitlines()) if line)
        found |= dict.fromkeys(filter(None, map(_typed, INLINE.findall(BLOCK.sub("", text)))))
    return list(found)


def _typed(line: str) -> str:
    line = re.sub(r"\s{2,}#.*", "", line).strip()
    runs = line.startswith(("enrichctl ", *OTHERS)) or " | enrichctl " in line
    return line if runs and line != "enrichctl/" else ""


COMMANDS = [line for line in shown() if line not in NOT_HERE and not line.startswith("python")]
SCRIPTS = [line for line in shown() if line not in NOT_HERE and line.startswith("python")]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a home after a run, logged in at the sandbox, and how to run something in it."""
    with Sandbox(limits=False) as box:
        home = tmp_path_factory.mktemp("manual")
        tools = home / "bin"
        tools.mkdir()
        (tools / "enrichctl").symlink_to(COMMAND)
        if shutil.which("jq") is None:
            (tools / "jq").write_text(NO_JQ)
            (tools / "jq").chmod(0o700)
        environ = {
            "HOME": str(home), "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8", "ENRICHCTL_STATE_DIR": str(home / "state"),
            "ENRICHCTL_CONFIG": str(home / "config.toml"), **box.environ(),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }  # fmt: skip
        (home / "leads.csv").write_bytes((DATA / "leads.csv").read_bytes())
        (home / "leads.jsonl").write_text('{"email": "erik.young@falcon-pharma.es"}\n')
        (home / "known.csv").write_text(
            "email,job_title\nerik.young@falcon-pharma.es,Financial Analyst\n"
        )
        (home / "customers.csv").write_text(
            "email,phone\nerik.young@falcon-pharma.es,+34911234567\n"
        )
        (home / "config.toml").write_text(
            '[providers.crm]\nkind = "table"\npath = "customers.csv"\n'
        )

        def run(line: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["/bin/sh", "-c", line], cwd=home, env=environ, capture_output=True, text=True,
                timeout=60, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip

        assert run("enrichctl enrich leads.csv -q -o leads.parquet").returncode == 0
        assert run("mkdir exports && cp leads.csv exports").returncode == 0
        assert run("enrichctl enrich exports -q -o filled").returncode == 0
        people = pa.table({"email": ["erik.young@falcon-pharma.es"], "country_code": ["AT"]})
        pq.write_to_dataset(people, home / "leads", partition_cols=["country_code"])
        assert (
            run("enrichctl enrich leads.csv -p offline,leadlex -y -q -o done.csv").returncode == 0
        )
        assert run("enrichctl providers new acme").returncode == 0
        yield run


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_manual_works(line, made):
    """It ends with 0, and says no error."""
    if line.startswith("enrichctl providers new"):
        made("rm acme.toml acme.exchanges.json")
    typed = re.sub(r"\b[A-Z]{4,}\b", lambda word: WORDS.get(word[0], word[0]), line)
    if any(part in typed for part in ASKING):
        typed += " --yes"
    made("rm -f leads.enriched.*")
    done = made(typed)
    assert (done.returncode, "error:" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("line", SCRIPTS)
def test_a_script_that_is_run_by_hand_is_there(line):
    """These measure for minutes, or look at pages with a browser."""
    assert (ROOT / shlex.split(line)[1]).is_file()


def test_what_is_not_run_is_shown_somewhere():
    assert set(NOT_HERE) - set(shown()) == set()
    assert len(COMMANDS) > 35
