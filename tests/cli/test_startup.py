import ast
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import enrichctl

HEAVY = {"pydantic", "requests", "keyring", "rich"}
CODE = """
import sys
from enrichctl.cli.app import run
status = run(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
sys.exit(status)
"""


def loaded(folder, *argv, **more):
    """Run a command line; return the modules that it loaded."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "ENRICHCTL_STATE_DIR": str(folder / "state"),
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE, *argv],
        cwd=folder, env=environ | more, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split())


@pytest.fixture
def leads(tmp_path):
    (tmp_path / "leads.csv").write_text("name,email\nAnn Lee,ann@acme.com\n")
    return tmp_path


def test_help_loads_nothing_that_a_command_works_with(tmp_path):
    modules = loaded(tmp_path, "--help")

    assert not modules & HEAVY
    assert not modules & {"enrichctl.model", "enrichctl.config", "enrichctl.journal", "sqlite3"}


def test_a_quiet_run_on_this_machine_alone_neither_draws_nor_looks_for_a_login(leads):
    modules = loaded(leads, "enrich", "leads.csv", "-q")

    assert not modules & HEAVY
    assert "enrichctl.secrets_store" not in modules


def test_a_run_on_this_machine_alone_loads_nothing_of_what_is_asked_elsewhere(leads):
    modules = loaded(leads, "enrich", "leads.csv", "-q")

    ours = {"engine.lane", "engine.answer_cache", "engine.known_as", "journal.gains", "plan",
            "matching.same_person", "matching.suppression", "files.jsonfiles", "cli.journal",
            "cli.credits.command", "cli.providers.command"}  # fmt: skip
    assert not modules & {f"enrichctl.{name}" for name in ours}
    assert not modules & {"platformdirs", "importlib.resources", "zipfile", "gzip", "openpyxl"}


def test_no_pattern_is_compiled_by_an_import():
    home = Path(enrichctl.__file__).parent
    compiled = [
        f"{path.relative_to(home)}:{node.lineno}"
        for path in home.rglob("*.py")
        if "sandbox" not in path.parts
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and "re.compile(" in ast.unparse(node.value)
    ]
    assert compiled == []


def test_looking_at_a_run_loads_nothing_that_asks(leads):
    loaded(leads, "enrich", "leads.csv", "-q")

    modules = loaded(leads, "status", "last")

    assert not modules & (HEAVY - {"rich"})
    assert not modules & {"enrichctl.engine", "enrichctl.provider", "enrichctl.files", "hashlib"}


def test_a_command_is_built_without_the_others(tmp_path):
    code = (
        "from enrichctl.cli import usage\n"
        "built, build = [], usage.Commands.__getitem__\n"
        "usage.Commands.__getitem__ = lambda self, name: built.append(name) or build(self, name)\n"
        "from enrichctl.cli.app import run\n"
        "run(['journal', 'path'])\n"
        "print(*dict.fromkeys(built))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"ENRICHCTL_STATE_DIR": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.splitlines()[-1] == "journal"


@pytest.mark.parametrize("chosen", ["", "mimalloc"])
def test_what_arrow_frees_goes_back_to_the_system_unless_somebody_chose(leads, chosen):
    code = """
        from enrichctl import __main__
        from enrichctl.cli import app
        def run(argv):
            import pyarrow
            print(pyarrow.default_memory_pool().backend_name)
        app.run = run
        __main__.main()
    """
    environ = {"ARROW_DEFAULT_MEMORY_POOL": chosen} if chosen else {}
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        cwd=leads, env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [chosen or "system"]
