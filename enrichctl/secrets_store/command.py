"""Runs the user's ``key_command``: no shell, no terminal, ten seconds."""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress

from enrichctl.errors import EnrichctlError
from enrichctl.secrets_store.wording import error_kind
from enrichctl.secrets_store.wording import missing as missing_item

_SECONDS = 10


def run(name: str, command: Sequence[str]) -> str:
    """Return the key that the user's key command prints; see `first_line`."""
    return first_line(command, "key_command", lambda why: missing_item(name, "api_key", why))


def first_line(
    command: Sequence[str], setting: str, missing: Callable[[str], EnrichctlError]
) -> str:
    """Return the first line that a command of the user's prints.

    Password managers put the secret there and notes of an entry below it. What the command
    writes to stderr is never shown: it may hold a key.

    Args:
        command: Program and arguments.
        setting: What it is called in the configuration.
        missing: Returns what is raised when it cannot be started, fails, takes too long or
            prints no text.
    """

    def failed(why: str) -> EnrichctlError:
        return missing(f"{setting} {command[0]!r} {why}")

    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
    except (OSError, ValueError) as error:
        # Not quoted: what is no program may be the key itself, written where it does not belong.
        why = f"the program in {setting} cannot be started: {error_kind(error)}"
        raise missing(why) from None
    with process:
        try:
            printed, _ = process.communicate(timeout=_SECONDS)
        except BaseException as error:
            _kill(process)  # with what it started, which would hold the pipe open
            if isinstance(error, subprocess.TimeoutExpired):
                raise failed(f"took more than {_SECONDS} s") from None
            raise
    if process.returncode:
        raise failed(f"failed with exit status {process.returncode}")
    try:
        text = printed.decode()
    except UnicodeDecodeError:
        raise failed("printed something that is not text") from None
    first = text.partition("\n")[0].removesuffix("\r")
    if not first.strip():
        raise failed("printed no first line" if text.strip() else "printed nothing")
    return first


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
