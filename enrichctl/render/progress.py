"""A run as it goes: a line per lane on a terminal, a plain line now and then elsewhere."""

import time
from types import TracebackType
from typing import Any, Self

from enrichctl.events import Answered, Event, LaneStopped, Waiting, Wrote
from enrichctl.model import NOTHING, Credits, Outcome
from enrichctl.render.planned import number
from enrichctl.render.screen import Screen, clean

EVERY = 10.0  # seconds between plain lines
HERTZ = 4


class Progress:
    """Watches a run and shows it.

    Args:
        screen: Where to.
        asks: Provider → people it may be asked about.
        records: Records in all, 0 when not counted.
    """

    def __init__(self, screen: Screen, asks: dict[str, int], records: int) -> None:
        self._screen = screen
        self._asks = asks
        self._records = records
        self._wrote = 0
        self._answered = dict.fromkeys(asks, 0)
        self._matched = dict.fromkeys(asks, 0)
        self._credits: dict[str, Credits] = dict.fromkeys(asks, NOTHING)
        self._waits: dict[str, tuple[float, str]] = {}
        self._said = time.monotonic()
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        if self._screen.live and self._asks:
            self._draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, event: Event) -> None:
        """Take in an event; cheap enough for every record."""
        match event:
            case Answered(provider, outcome, credits):
                self._answered[provider] += 1
                self._matched[provider] += outcome is Outcome.MATCHED
                self._credits[provider] += credits
                self._waits.pop(provider, None)
                self._update(provider)
            case Waiting(provider, seconds, why):
                self._waits[provider] = (time.monotonic() + seconds, why)
                self._update(provider)
            case LaneStopped(provider, _, message):
                self._screen.warn(f"{provider} stopped: {message}")
            case Wrote(records):
                self._wrote = records
            case _:
                return
        self._plain()

    def _draw(self) -> None:
        from rich.progress import (  # noqa: PLC0415 - slow
            BarColumn,
            MofNCompleteColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bars  # noqa: PLC0415

        # Live would otherwise send what is printed to stdout to the terminal, past a pipe.
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[facts]}"),
            TimeRemainingColumn(),
            console=self._screen.console(),
            redirect_stdout=False,
            redirect_stderr=False,
            refresh_per_second=HERTZ,
            transient=True,
        )
        for name, total in self._asks.items():
            self._tasks[name] = self._bars.add_task(name, total=total, facts="")
        self._bars.start()

    def _facts(self, provider: str) -> str:
        facts = f"{self._matched[provider]} matched, {number(self._credits[provider])} credits"
        until, why = self._waits.get(provider, (0.0, ""))
        left = until - time.monotonic()
        return f"{facts}, waiting {left:.0f} s ({why})" if left > 0 else facts

    def _update(self, provider: str) -> None:
        if self._bars is not None:
            self._bars.update(
                self._tasks[provider],
                completed=self._answered[provider],
                facts=self._facts(provider),
            )

    def _plain(self) -> None:
        now = time.monotonic()
        if self._bars is not None or self._screen.quiet or now - self._said < EVERY:
            return
        self._said = now
        parts = [f"{self._wrote} records done"]
        parts += [f"{n}: {self._answered[n]} asked, {self._facts(n)}" for n in self._asks]
        self._screen.note(clean("; ".join(parts)))
