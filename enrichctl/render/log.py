"""A run as JSON Lines for a machine: what happened and when, without a person's data."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from enrichctl.errors import OutputError
from enrichctl.events import Event, Wrote

VERSION = "enrichctl.log/1"


class LogFile:
    """Watches a run and appends a line per event to a file, which grows from run to run.

    Raises:
        OutputError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise _failure(path, error) from None
        self._path = path
        self._run = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        with suppress(OSError):  # what could not be written was told when it was
            self._file.close()

    def __call__(self, event: Event) -> None:
        """Write an event; how far the output has come is left to the other lines.

        Raises:
            OutputError: It cannot be written.
        """
        if isinstance(event, Wrote):
            return
        self._run = getattr(event, "run", self._run)
        line = {
            "schema": VERSION,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": self._run,
            "event": type(event).__name__.lower(),
            **{name: value for name, value in event._asdict().items() if name != "run"},
        }
        try:
            self._file.write(json.dumps(line, default=str) + "\n")
        except OSError as error:
            raise _failure(self._path, error) from None


def _failure(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"the log {path} cannot be written: {error.strerror}", next="choose another file"
    )
