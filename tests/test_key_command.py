import os
import select
import sys

import pytest

from enrichctl.config import ProviderSettings
from enrichctl.errors import LoginMissing
from enrichctl.provider import LoginItem
from enrichctl.secrets_store import command, find_login

KEY = LoginItem("api_key", "API key")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["no-such-program-here"], "cannot be started: No such file or directory"),
        (
            [sys.executable, "-c", "import sys; print('s3cret'); sys.exit('s3cret')"],
            "exit status 1",
        ),
        ([sys.executable, "-c", ""], "printed nothing"),
        ([sys.executable, "-c", "print(); print('s3cret')"], "printed no first line"),
        ([sys.executable, "-c", r"import sys; sys.stdout.buffer.write(b's3cret\xff')"], "not text"),
    ],
)
def test_a_key_command_that_fails_is_an_error_that_quotes_nothing(argv, said):
    with pytest.raises(LoginMissing, match=said) as caught:
        find_login("acme", [KEY], ProviderSettings(key_command=argv), {})
    assert "s3cret" not in caught.value.message + caught.value.next


def test_a_key_command_is_run_without_a_shell(tmp_path):
    settings = ProviderSettings(
        key_command=[sys.executable, "-c", "print('k')", f"; touch {tmp_path}/made"]
    )
    assert find_login("acme", [KEY], settings, {}).get("api_key") == "k"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end", ["\\n", "\\r\\n"])
def test_a_password_manager_s_entry_of_several_lines_gives_its_first(end):
    entry = f"print('k-1{end}login: ann{end}url: acme.example', end='{end}')"
    settings = ProviderSettings(key_command=[sys.executable, "-c", entry])
    assert find_login("acme", [KEY], settings, {}).get("api_key") == "k-1"


def test_a_key_command_that_takes_too_long_is_killed_with_its_children(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "_SECONDS", 0.3)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    argv = ["sh", "-c", f"sleep 60 > {pipe} & sleep 60"]
    try:
        with pytest.raises(LoginMissing, match=r"took more than 0\.3 s"):
            find_login("acme", [KEY], ProviderSettings(key_command=argv), {})
        assert select.select([reader], [], [], 5)[0] == [reader]
        assert os.read(reader, 1) == b""  # nobody holds the other end any more
    finally:
        os.close(reader)
