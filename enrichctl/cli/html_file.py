"""A page in a file: written whole or not at all, and never over what is no page of ours."""

import os
import stat
import sys
from pathlib import Path

from enrichctl.cli import context
from enrichctl.errors import OutputError
from enrichctl.files.atomic import AtomicFile
from enrichctl.render.html_document import GENERATOR

HEAD = 2_048  # bytes of a page in which it says who made it


def check_html(name: str, *, force: bool) -> None:
    """Refuse to replace a file that this tool did not write; ``-`` is stdout.

    Raises:
        OutputError: It is somebody else's.
    """
    target = Path(name)
    if name != "-" and not force and target.is_file() and not _is_page(target):
        raise OutputError(
            f"{target} is there already, and is no page of enrichctl",
            next="choose another name, or replace it with --force",
        )


def write_html(name: str, html: str, *, force: bool) -> None:
    """Write a page, and say where.

    Raises:
        OutputError: The file is somebody else's, or cannot be written.
    """
    check_html(name, force=force)
    text = html.encode("utf-8", "replace")  # half a character is no reason to fail
    if name == "-":
        sys.stdout.buffer.write(text)
    else:
        _write(Path(name), text)
        context.screen().say(f"wrote {Path(name)}")


def _write(target: Path, text: bytes) -> None:
    """Write a page that only its owner can read, whole or not at all."""
    try:
        with AtomicFile(target) as file:
            number = file.sink.fileno()
            if stat.S_ISREG(os.fstat(number).st_mode):
                os.fchmod(number, 0o600)
            file.sink.write(text)
    except OutputError as error:
        raise OutputError(error.message, next="choose another name: --html FILE") from error


def _is_page(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return GENERATOR.encode() in file.read(HEAD)
    except OSError:
        return False
