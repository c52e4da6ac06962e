"""A command to copy, in lines that a shell reads as one; without Rich: help shows them too."""

import re
import textwrap
from collections.abc import Sequence

from enrichctl.patterns import pattern

INDENT = 4  # columns before the lines that go on
_WORD = pattern(r"""(?:"(?:\\.|[^"])*"|'[^']*'|\\.|\S)+""", re.DOTALL)
_PIPES = ("|", "||", "&&")
SHELLS = ("sh", "bash")
_NOTE = pattern(r"( *)(#|--) (\S.*)")  # alone on its line
_NOTED = pattern(r"( *)(\S.*?) {2,}# (.*)")
_ON = " \\"


def command_lines(line: str, room: int, label: str = "") -> list[str]:
    r"""Return a command in lines that end in ``\``; an option keeps its value where it can.

    Args:
        line: The command.
        room: Columns of a line; a word that is longer has a line of its own.
        label: What stands before it on the first line.
    """
    if cell_len(label + line) <= room:
        return [label + line]
    lines = [label.rstrip()] if label else []
    for part in _parts(_WORD.findall(line), room - INDENT - len(_ON)):
        joined = f"{lines[-1]} {part}" if lines else part
        if not lines or (cell_len(joined) + len(_ON) <= room) or lines[-1] == label.rstrip():
            lines[-1:] = [joined]
        else:
            lines[-1] += _ON
            lines.append(" " * INDENT + part)
    return lines


def fit_code(code: str, language: str, room: int) -> str:
    """Return code of the manual whose lines fit, as far as they can without becoming other code.

    Where a line with a note at its end is too long, all notes go above their lines. A command of
    ours is broken where a shell goes on. Other lines that are too long stay whole, unless they are
    notes.
    """
    crowded = any(_NOTED.fullmatch(x) and cell_len(x) > room for x in code.split("\n"))
    lines: list[str] = []
    for line in code.split("\n"):
        if cell_len(line) > room and (only := _NOTE.fullmatch(line)):
            indent, mark, note = only.groups()
            begin = f"{indent}{mark} "
            lines += (begin + part for part in textwrap.wrap(note, room - len(begin)))
            continue
        noted = _NOTED.fullmatch(line) if crowded else None
        indent, plain, note = noted.groups() if noted else ("", line, "")
        lines += (f"{indent}# {part}" for part in textwrap.wrap(note, room - len(indent) - 2))
        ours = language in SHELLS and plain.startswith("enrichctl ") and not indent
        lines += command_lines(plain, room) if ours else [indent + plain]
    return "\n".join(lines)


def cell_len(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len as wide_len  # noqa: PLC0415 - slow, and seldom needed

    return wide_len(text)


def _parts(words: Sequence[str], room: int) -> list[str]:
    """Return what lines may begin with: commands of a pipe that fit, options with their values."""
    pipe: list[list[str]] = [[]]
    for word in words:
        pipe += [[]] * (word in _PIPES)
        pipe[-1] = [*pipe[-1], word]
    parts: list[str] = []
    for command in pipe:
        if cell_len(" ".join(command)) <= room:
            parts.append(" ".join(command))
        else:
            parts += _options(command, room)
    return parts


def _options(words: Sequence[str], room: int) -> list[str]:
    """Return the words of a command, each option with its value where that fits."""
    parts: list[str] = []
    for word in words:
        before = parts[-1] if parts else ""
        takes = before in _PIPES or (before.startswith("-") and not set(" =").intersection(before))
        if takes and not word.startswith("-") and cell_len(before) + 1 + cell_len(word) <= room:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts
