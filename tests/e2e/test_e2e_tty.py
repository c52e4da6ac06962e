"""What a person at a terminal is asked and shown, and what becomes of what they type."""

import json
import re
import subprocess

import pytest
from e2e_tty import CTRL_C, CTRL_D, Tty, until


@pytest.fixture
def tty(paid):
    """Run a command at a terminal, logged in at the sandbox."""

    def start(line: str, **how: object) -> Tty:
        return Tty(line.split(), paid.folder, paid.environ, **how)

    return start


def strangers(paid, count: int) -> None:
    """Write an input of people whom nobody has heard of."""
    rows = "".join(f"anna.berg{n}@nord-{n}.de\n" for n in range(count))
    paid.write("in.csv", f"email\n{rows}")


@pytest.mark.parametrize(
    ("keys", "status", "asked"),
    [(b"y\n", 0, 1), (b"YES\n", 0, 1), (b"n\n", 2, 0), (b"\n", 2, 0), (CTRL_D, 2, 0),
     (CTRL_C, 130, 0)],
)  # fmt: skip
def test_it_asks_before_it_spends_and_only_a_yes_is_one(keys, status, asked, paid, box, tty):
    strangers(paid, 1)
    with tty("enrich in.csv -p leadlex -o out.csv") as terminal:
        terminal.sees("may spend up to 1 credit: 1 at leadlex").sees("continue? [y/N]").type(keys)
        assert terminal.ends() == status
        assert "Traceback" not in terminal.text
    assert len(box.requests) == asked
    assert (paid.folder / "out.csv").exists() == bool(asked)


@pytest.mark.parametrize(
    ("keys", "status"), [(b"2\n", 0), (b"\n", 2), (b"3\n", 2), (CTRL_D, 2), (CTRL_C, 130)]
)
def test_an_ambiguous_column_is_asked_about(keys, status, shell, tty):
    shell.write("in.csv", "Email,Email\njane.doe@acme.io,john.roe@other.io\n")
    with tty("enrich in.csv -w full_name -o out.csv") as terminal:
        terminal.sees("which (1-2)?").type(keys)
        assert terminal.ends() == status
        assert ("--map" in terminal.text) == (status == 2)
    assert (shell.folder / "out.csv").exists() == (status == 0)


@pytest.mark.parametrize(
    ("keys", "taken"), [(b"1\n", True), (b"2\n", False), (b"\n", False), (CTRL_D, False)]
)
def test_a_column_that_no_field_took_is_asked_about_with_its_values(keys, taken, shell, tty):
    shell.write("in.csv", "Company,Wohin\nPsi,jane.doe@psi.io\n")
    with tty("enrich in.csv -w full_name -o out.csv") as terminal:
        terminal.sees("Wohin holds e-mails").sees("such as jane.doe@psi.io")
        terminal.sees("none of them: leave it as it is").sees("which (1-2)?").type(keys)
        assert terminal.ends() == 0
    assert ("Jane Doe" in (shell.folder / "out.csv").read_text()) is taken


KEYRING = """
from keyring.backend import KeyringBackend


class Keyring(KeyringBackend):
    priority = 1

    def get_password(self, service, name):
        return None

    def set_password(self, service, name, secret):
        raise AssertionError("nothing is to be kept")
"""


@pytest.fixture
def keyring(shell):
    """A keyring that is there, and holds nothing."""
    shell.write("own_keyring.py", KEYRING)
    config = shell.write("config.toml", "keyring_any_backend = true\n")
    shell.environ |= {
        "PYTHON_KEYRING_BACKEND": "own_keyring.Keyring", "ENRICHCTL_CONFIG": str(config),
        "PYTHONPATH": f"{shell.environ['PYTHONPATH']}:{shell.folder}",
    }  # fmt: skip


@pytest.mark.parametrize(("keys", "status"), [(b"s3cret-k3y\n", 4), (b"\n", 2), (CTRL_D, 2)])
def test_a_key_is_typed_unseen_and_one_that_is_refused_is_not_kept(keys, status, keyring, tty):
    with tty("providers login leadlex") as terminal:
        terminal.sees("LeadLex API key: ").type(keys)
        assert terminal.ends() == status
        assert "s3cret" not in terminal.text
        assert "error: " in terminal.text
        assert "Traceback" not in terminal.text


def test_the_progress_has_a_line_per_lane_within_any_width(paid, box, tty):
    strangers(paid, 3000)
    box.set(latency=0.05, limits=False)
    with tty("enrich in.csv -p leadlex,lemlist -y", columns=80) as terminal:
        terminal.sees("of 3,000 records done")
        until(lambda: len(box.requests) > 20)
        until(lambda: "/s" in terminal.text)
        assert any(line.startswith("leadlex  ") and "of 3,000" in line for line in terminal.lines())
        assert any(line.startswith("lemlist  ") and "of 3,000" in line for line in terminal.lines())
        assert max(map(len, terminal.lines())) <= 80
        before = len(terminal.lines())
        terminal.resize(50)
        until(lambda: len(terminal.lines()) > before + 12)  # what was on its way, and two more
        drawn = [line for line in terminal.lines()[before + 6 :] if "of 3,000" in line]
        assert drawn
        assert max(map(len, drawn)) <= 50
        terminal.type(CTRL_C)
        assert terminal.ends() == 130


def test_without_colour_the_progress_is_drawn_all_the_same(paid, box, tty):
    strangers(paid, 3000)
    box.set(latency=0.2, limits=False)
    paid.environ["NO_COLOR"] = "1"
    with tty("enrich in.csv -p leadlex -y") as terminal:
        terminal.sees("of 3,000 records done").type(CTRL_C)
        assert terminal.ends() == 130
        assert not re.search(rb"\x1b\[[0-9;]*m", terminal.raw)


def test_ctrl_c_once_lands_what_is_in_flight_and_says_how_to_go_on(paid, box, tty):
    strangers(paid, 300)
    box.set(latency=0.2, limits=False)
    with tty("enrich in.csv -p leadlex -y -o out.csv") as terminal:
        until(lambda: len(box.requests) >= 8)
        terminal.type(CTRL_C).sees("stopping")
        assert terminal.ends() == 130
        assert terminal.text.endswith("go on: enrichctl enrich in.csv -p leadlex -y -o out.csv\n")
        assert b"\x1b[?25h" in terminal.raw  # the cursor is back
    assert len((paid.folder / "out.csv").read_text().splitlines()) == 301


def test_ctrl_c_twice_stops_now(paid, box, tty):
    strangers(paid, 40)
    box.set(latency=9.0, limits=False)
    with tty("enrich in.csv -p leadlex -y -o out.csv") as terminal:
        until(lambda: len(box.requests) >= 4)
        terminal.type(CTRL_C).sees("stopping").type(CTRL_C)
        assert terminal.run.wait(5) == 130
        until(lambda: "stopped; the same command goes on" in terminal.text)
        assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")
    assert not (paid.folder / "out.csv").exists()


def test_a_run_of_another_terminal_is_watched_to_its_end(paid, box, tty):
    strangers(paid, 400)
    box.set(latency=0.1, limits=False)
    run = paid.start("enrich", "in.csv", "-p", "leadlex", "-y")
    until(lambda: len(box.requests) >= 4)
    with tty("status --watch --json") as terminal:
        terminal.sees(" asked, ")
        run.terminate()
        run.communicate(timeout=20)
        assert terminal.ends() == 0
        document = json.loads(terminal.text[terminal.text.index("{\n") :])
    assert document["run"]["exit_status"] == 143


def test_watching_ends_with_ctrl_c_and_the_run_goes_on(paid, box, tty):
    strangers(paid, 400)
    box.set(latency=0.1, limits=False)
    run = paid.start("enrich", "in.csv", "-p", "leadlex", "-y")
    until(lambda: len(box.requests) >= 4)
    with tty("status --watch") as terminal:
        terminal.sees(" asked, ").type(CTRL_C)
        assert terminal.ends() == 130
        assert "Traceback" not in terminal.text
    assert run.poll() is None
    run.terminate()
    run.communicate(timeout=20)


def test_stdout_in_a_pipe_gets_the_data_and_the_terminal_the_words(paid, tty):
    strangers(paid, 30)
    words = "enrich in.csv -p offline,leadlex -y --json"
    plain = paid(*words.split())
    reader = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with tty(f"{words} --fresh", out=reader.stdin.fileno()) as terminal:
        reader.stdin.close()
        data = reader.stdout.read()
        assert terminal.ends() == 0
        assert "30 records in" in terminal.text
    reader.stdout.close()
    reader.wait(5)

    def facts(lines: bytes) -> list[dict]:
        records = [json.loads(line) for line in lines.splitlines()]
        for record in records:
            for field in record["_enrichctl"]["fields"].values():
                field.pop("at")
        return records

    assert facts(data) == facts(plain.stdout)
