"""The input changes, the output's place is taken, a folder cannot be used: nothing is lost."""

import shutil
import subprocess
import threading

import pytest
from e2e_shell import COMMAND, money
from e2e_tty import until


def test_an_input_that_grows_during_a_paid_run_costs_what_was_agreed(paid, known, box):
    """Agreed to six people, six are charged, though ten stand in the file at the end."""
    people = known("leadlex", 10)
    path = paid.write("in.csv", "email\n" + "\n".join(people[:6]) + "\n")
    box.set(latency=0.2, limits=False)

    def append():
        until(lambda: box.requests)
        with path.open("a") as file:
            file.write("\n".join(people[6:]) + "\n")

    growing = threading.Thread(target=append)
    growing.start()
    done = paid("enrich", "in.csv", "-p", "leadlex", "--yes", "--concurrency", "1")
    growing.join()

    assert done.returncode == 0, done.stderr
    out = (paid.folder / "in.enriched.csv").read_text().splitlines()
    assert [line.partition(",")[0] for line in out[1:]] == people[:6]
    charged, in_doubt = money(paid.folder / "state", "leadlex")
    assert charged <= 6 * 2
    assert in_doubt == 0
    assert "was changed meanwhile" in done.stderr.decode()


@pytest.mark.parametrize("words", [["enrich", "in.csv"], ["status"], ["credits"], ["providers"]])
@pytest.mark.parametrize("mode", [0o000, 0o500])
def test_a_home_that_cannot_be_used_is_one_line_and_exit_2(shell, words, mode):
    shell.write("in.csv", "email\njane.doe@acme.io\n")
    home = shell.folder / "shut"
    home.mkdir(mode=mode)
    environ = {**shell.environ, "HOME": str(home)}
    environ.pop("ENRICHCTL_STATE_DIR")
    done = subprocess.run(
        [*_unprivileged(), COMMAND, *words],
        capture_output=True, cwd=shell.folder, env=environ, check=False, timeout=60,
    )  # fmt: skip
    home.chmod(0o700)

    said = done.stderr.decode()
    assert "Traceback" not in said
    writes = words[0] == "enrich"  # the others look, and need no folder that can be written
    if mode == 0o000 or writes:
        assert done.returncode == 2, said
        assert said.startswith("error: ")
        assert said.count("\n") == 2, said
    else:
        assert done.returncode == 0, said


def _unprivileged() -> list[str]:
    """Return what takes root's right to enter everything; nothing where it is not root."""
    setpriv = shutil.which("setpriv")
    assert setpriv, "util-linux is part of every Linux that this is tested on"
    may_not = "-dac_override,-dac_read_search,-fowner"
    plain = [setpriv, f"--bounding-set={may_not}", "--inh-caps=-all"]
    return plain if subprocess.run([*plain, "true"], check=False).returncode == 0 else []


@pytest.mark.parametrize("option", ["-o", "--log-file", "--suppress", "--config"])
@pytest.mark.parametrize("place", ["loop", "n" * 300])
def test_a_place_that_cannot_be_is_one_line_and_exit_2(shell, option, place):
    shell.write("in.csv", "email\njane.doe@acme.io\n")
    (shell.folder / "loop").symlink_to("loop")
    done = shell("enrich", "in.csv", option, place)

    assert done.returncode == 2, done.stderr
    assert "error: " in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert not (shell.folder / "in.enriched.csv").exists()
