"""A command in a fork does what one does that was started; see `forking`."""

import os
import re
import subprocess

import forking
import pytest

PEOPLE = b"email,phone\njane.doe@acme.example,0171 2345678\njohn.roe@acme.example,\n"


@pytest.fixture
def environ(tmp_path):
    return {
        "HOME": str(tmp_path), "ENRICHCTL_STATE_DIR": str(tmp_path / "state"),
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "Asia/Tokyo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("enrich - -o - -w first_name,phone_e164 --default-region DE -q", 0),
        ("enrich - -o - -w first_name", 0),
        ("enrich nowhere.csv", 2),
        ("status nonsense", 2),
        ("config path", 0),
        ("enrich -h", 0),
        ("--version", 0),
    ],
)
def test_output_errors_and_exit_status_are_the_same(line, status, tmp_path, environ):
    words = line.split()
    started = subprocess.run(
        [forking.COMMAND, *words], input=PEOPLE, capture_output=True, cwd=tmp_path, env=environ,
        check=False,
    )  # fmt: skip
    forked = forking.run(words, folder=tmp_path, environ=environ, stdin=PEOPLE)
    assert started.returncode == status, started.stderr
    assert (forked.returncode, forked.stdout) == (status, started.stdout)
    assert _without_time(forked.stderr) == _without_time(started.stderr)


def _without_time(said: bytes) -> bytes:
    return re.sub(rb"in (<1|[0-9]+) s\b", b"in a while", said)


def test_it_ends_by_its_timeout_and_nothing_of_it_stays(tmp_path, environ):
    words = ["providers", "sandbox"]
    with pytest.raises(subprocess.TimeoutExpired):
        forking.run(words, folder=tmp_path, environ=environ, timeout=0.5)
    assert forking.run(["--version"], folder=tmp_path, environ=environ).returncode == 0


def test_what_is_read_at_the_start_is_read_by_a_start(tmp_path, environ):
    (tmp_path / "in.csv").write_bytes(PEOPLE)
    died = environ | {"ENRICHCTL_FAILPOINT": "settle:before:1"}
    words = ["enrich", "in.csv", "--sandbox", "-p", "leadlex", "-w", "job_title"]
    assert forking.run(words, folder=tmp_path, environ=died).returncode == 137
