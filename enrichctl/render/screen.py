"""The terminal: where words go, whether in colour, and what must never reach it."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, TextIO, cast

from enrichctl.errors import EnrichctlError, UsageError
from enrichctl.patterns import pattern

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

ColorMode = Literal["auto", "always", "never"]

# C0 but tab and newline, DEL, C1, and what turns the direction of text: they would act on the
# terminal instead of standing on it.
_UNSAFE = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Return text that is safe to show on a terminal."""
    # Bytes of a file's name that are no text become ?, which a shell takes for any character.
    return _UNSAFE.sub("\ufffd", text.encode(errors="replace").decode())


UNBOUNDED = 10_000  # columns of a line where no terminal shows it: nothing is broken there


class _Words:
    """A stream on which what cannot be said is left unsaid: words are no reason for work to fail.

    Its reader may go away, and its disk may be full.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what can be written."""
        try:
            return self._stream.write(text)
        except OSError:
            self._mute()
        return len(text)

    def flush(self) -> None:
        """Write now what can be written."""
        try:
            self._stream.flush()
        except OSError:
            self._mute()

    def _mute(self) -> None:
        # What comes after it will not be heard either, and Python flushes once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Screen:
    """Words for a person, on stderr.

    Args:
        color: As typed after ``--color``.
        quiet: Say nothing but what needs a person.
        verbose: Say more.
    """

    def __init__(self, color: ColorMode = "auto", *, quiet: bool = False, verbose: int = 0) -> None:
        if color not in ("auto", "always", "never"):
            raise UsageError(f"--color {color} is unknown", next="choose auto, always or never")
        self.color = color
        self.quiet = quiet
        self.verbose = verbose
        self._consoles: dict[bool, Console] = {}
        self._warned = set[str]()

    @property
    def live(self) -> bool:
        """Whether stderr is a terminal that can be drawn on again and again."""
        return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not self.quiet

    @property
    def asks(self) -> bool:
        """Whether there is a person who can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def console(self, *, out: bool = False) -> "Console":
        """Return a Rich console on stderr, or on stdout for tables that were asked for."""
        if out not in self._consoles:
            from rich.console import Console  # noqa: PLC0415 - many runs say nothing

            class Pane(Console):
                def on_broken_pipe(self) -> None:
                    raise  # noqa: PLE0704 - the error at hand, which Rich turns into exit 1

            stream = sys.stdout if out else cast("TextIO", _Words(sys.stderr))
            shown = stream.isatty()
            terminal = shown and os.environ.get("TERM") != "dumb"
            colored = self._colored(terminal)
            self._consoles[out] = Pane(
                file=stream,
                width=None if shown else UNBOUNDED,
                force_terminal=colored or terminal,  # what has no colour can be drawn over as well
                color_system="auto" if colored else None,
                highlight=False,
                markup=False,
                emoji=False,
                legacy_windows=False if colored else None,
            )
        return self._consoles[out]

    def _colored(self, terminal: bool) -> bool:
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return terminal

    @property
    def width(self) -> int:
        """Columns that a line on stderr may take."""
        return self.console().width

    def say(self, what: "RenderableType", *, style: str = "") -> None:
        """Say something that a quiet run leaves out."""
        if not self.quiet:
            self.tell(what, style=style)

    def tell(self, what: "RenderableType", *, style: str = "") -> None:
        """Say something that needs a person, in a quiet run as well."""
        from enrichctl.render.fitted import fitted  # noqa: PLC0415 - many runs say nothing

        self.console().print(fitted(what), style=style or None, crop=False)

    def note(self, text: str) -> None:
        """Say something worth knowing, dimmed."""
        self.say(clean(text), style="dim")

    def warn(self, text: str) -> None:
        """Say something that needs a person, whatever is quiet; the same thing once."""
        if text not in self._warned:
            self._warned.add(text)
            self.tell(clean(text), style="yellow")

    def leave(self, words: str) -> None:
        """Say the last words of a process that ends at once, even while something is drawn."""
        shown = "\x1b[?25h\n" if self.live else ""  # the cursor, where a line was being drawn
        with suppress(OSError):
            os.write(sys.stderr.fileno(), f"{shown}{words}\n".encode())

    def error(self, error: EnrichctlError) -> None:
        """Say what went wrong and what to do next."""
        from rich.text import Text  # noqa: PLC0415 - only for errors

        from enrichctl.render.fitted import advice  # noqa: PLC0415 - the same

        self.tell(Text.assemble(("error: ", "bold red"), (clean(error.message), "default")))
        if error.next:
            self.tell(advice(clean(error.next)))

    def choose(self, question: str, answers: Sequence[str]) -> int | None:
        """Have somebody choose an answer by its number; None when there is nobody, or no choice."""
        if not self.asks:
            return None
        from enrichctl.render.fitted import Hanging  # noqa: PLC0415 - only where somebody is asked

        self.tell(clean(question))
        for number, answer in enumerate(answers, 1):
            self.tell(Hanging(f"  {number}  ", clean(answer)))
        typed = self.type(f"which (1-{len(answers)})? ")
        known = typed.isdecimal() and 1 <= int(typed) <= len(answers)
        return int(typed) - 1 if known else None

    def ask(self, question: str, *, default: bool = False) -> bool:
        """Ask yes or no; the default is the answer to an empty line and to the end of input."""
        typed = self.type(f"{clean(question)} {'[Y/n]' if default else '[y/N]'} ").lower()
        return typed in ("y", "yes") if typed else default

    def type(self, prompt: str) -> str:
        """Have somebody type a line, "" at the end of input; what follows has a line of its own.

        Raises:
            KeyboardInterrupt: Ctrl-C was typed instead.
        """
        self.console().print(prompt, end="", soft_wrap=True)
        typed = ""
        try:
            typed = sys.stdin.readline()
        finally:
            if not typed.endswith("\n"):
                self.console().print()
        return typed.strip()
