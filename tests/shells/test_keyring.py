"""A real keyring: the Secret Service of GNOME, on a bus of its own, without a screen."""

import subprocess
import sys
from pathlib import Path

import pytest

from enrichctl.sandbox import Sandbox

KEY = "wbk_sandbox"
COMMAND = str(Path(sys.executable).with_name("enrichctl"))
LOCK = """
import secretstorage
bus = secretstorage.dbus_init()
assert not secretstorage.get_default_collection(bus).lock()
"""
# The daemon takes the password of its first keyring from stdin, and goes into the background.
SESSION = f"""
printf secret | gnome-keyring-daemon --unlock --components=secrets > daemon.log 2>&1
run() {{
    echo "$ $*"
    '{COMMAND}' "$@" < "${{typed:-/dev/null}}" 2>&1
    echo "status $?"
}}
typed=key run providers login leadlex
run providers check leadlex
run enrich leads.csv -p leadlex -w job_title -y -q
run providers logout leadlex
run providers logout leadlex
run providers check leadlex
typed=key run providers login leadlex
'{sys.executable}' -c '{LOCK}'
run providers check leadlex
run providers check
run enrich leads.csv -p leadlex -w job_title -n
"""


@pytest.fixture
def said(tmp_path) -> list[tuple[str, int, str]]:
    """Return what each command of the session said: its words, its status, its lines."""
    (tmp_path / "key").write_text(KEY)
    with Sandbox(limits=False) as box:
        person = next(iter(box.population.people.values()))
        (tmp_path / "leads.csv").write_text(f"email\n{person.email}\n")
        environ = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "XDG_RUNTIME_DIR": str(tmp_path),
            "ENRICHCTL_STATE_DIR": str(tmp_path / "state"),
            "ENRICHCTL_LEADLEX_BASE_URL": box.environ()["ENRICHCTL_LEADLEX_BASE_URL"],
        }
        done = subprocess.run(
            ["/usr/bin/dbus-run-session", "--", "/bin/bash", "-uc", SESSION],
            cwd=tmp_path, env=environ, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
    found = []
    for one in done.stdout.removeprefix("$ ").split("\n$ "):
        words, _, rest = one.partition("\n")
        lines, _, status = rest.rstrip().rpartition("status ")
        found.append((words, int(status), " ".join(lines.split())))
    return found


def test_a_key_is_kept_used_and_removed_and_a_locked_keyring_is_called_one(said):
    kept = "the API key of leadlex"
    for (words, status, lines), (expected, told) in zip(
        said,
        [
            (0, f"kept {kept} in the keyring (Secret Service)"),
            (0, "leadlex: the key is good"),
            (0, ""),
            (0, f"removed {kept} from the keyring"),
            (0, "the keyring holds nothing of leadlex"),
            (4, "no API key for leadlex"),
            (0, f"kept {kept}"),
            (4, "no API key for leadlex: the keyring is locked"),
            (4, "the keyring is locked: which keys it holds is not known"),
            (0, "no API key for leadlex: the keyring is locked"),
        ],
        strict=True,
    ):
        assert (status, told in lines) == (expected, True), (words, status, lines)
        assert KEY not in lines
