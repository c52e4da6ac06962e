"""Streams as callers leave them: closed, full, or with a reader that has gone."""

import os
import subprocess

import pytest
from e2e_shell import COMMAND, DATA

LEADS = DATA / "leads.csv"
ENRICH = f"{COMMAND} enrich {LEADS}"


@pytest.fixture
def bash(shell):
    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/bash", "-c", line], cwd=shell.folder, env=shell.environ,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("words", ["status", "status last", "providers", "providers --json", "-h"])
def test_a_reader_that_has_gone_is_no_bug(bash, words):
    bash(f"{ENRICH} -q -o out.csv")
    # The reader is gone before the first byte comes.
    done = bash(f"{COMMAND} {words} 2> said > >(exec true); echo $? >&2; cat said >&2")

    status, *said = done.stderr.splitlines()
    assert status in ("141", "0")
    assert "Traceback" not in "".join(said)


@pytest.mark.parametrize("gone", ["2>&1 | true", "2> >(true)", "2> /dev/full", "2>&-"])
def test_words_that_nobody_hears_are_no_reason_to_fail(bash, gone):
    done = bash(f"{ENRICH} -o out.csv {gone}; echo ${{PIPESTATUS[0]}}")

    assert done.stdout == "0\n"
    assert bash("wc -l < out.csv").stdout == "63\n"


@pytest.mark.parametrize(
    "words", ["status --json", "status last", "-h", "enrich -n --json in.csv", "journal path"]
)
@pytest.mark.parametrize("to", ["/dev/full", "&-"])
def test_data_that_cannot_be_written_is_an_error_with_a_next_step(shell, bash, words, to):
    shell.write("in.csv", "email\njane.doe@acme.io\n")
    bash(f"{COMMAND} enrich in.csv -q")
    done = bash(f"{COMMAND} {words} >{to}")

    assert done.returncode == 2
    error = done.stderr[done.stderr.index("error: ") :].splitlines()
    assert error[0].startswith("error: cannot write: ")
    assert error[1].startswith("  next: ")
    assert len(error) == 2


def test_records_that_cannot_be_written_are_an_error_as_well(bash):
    done = bash(f"{ENRICH} --json >&-")

    assert done.returncode == 2
    assert done.stderr.endswith(
        "error: stdout cannot be written: Bad file descriptor\n  next: choose a file: -o PATH\n"
    )


def test_a_closed_stdin_is_an_empty_one(bash):
    done = bash(f"{COMMAND} enrich - <&-")

    assert done.returncode == 2
    assert done.stderr.startswith("error: stdin is empty")
    assert bash(f"{ENRICH} -o out.csv <&- >&- 2>&-").returncode == 0


def test_a_log_that_cannot_be_written_is_an_error_with_a_next_step(bash):
    done = bash(f"{ENRICH} -o out.csv -q --log-file /dev/full")

    assert done.returncode == 2
    assert "error: the log /dev/full cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_that_is_no_text_can_be_said(shell, bash):
    shell.write(os.fsdecode(b"caf\xe9.csv"), "email\njane.doe@acme.io\n")
    done = bash(f"{COMMAND} enrich caf*.csv")

    assert done.returncode == 0
    assert done.stderr.endswith("wrote caf?.enriched.csv\n")
