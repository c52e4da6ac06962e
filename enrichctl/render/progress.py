"""A run as it goes: a line per lane on a terminal, a plain line now and then elsewhere."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from rich.console import Group, RenderableType
from rich.text import Text

from enrichctl.events import Answered, Event, LaneStopped, Waiting, Wrote
from enrichctl.model import NOTHING, Credits, Outcome
from enrichctl.render.listing import amount, credit, length, share
from enrichctl.render.screen import Screen

if TYPE_CHECKING:
    from rich.live import Live

EVERY = 10.0  # seconds between plain lines
HERTZ = 4
LULL = 1.0  # seconds that a run of this machine alone may last before it is drawn
SPAN = 20.0  # seconds over which a rate is taken
BAR = 16  # cells, at most
FEWEST = 10  # cells, or there is no bar
LEFT = "left, at most"


@dataclass(slots=True)
class _Lane:
    """What is known of a lane: ``ask`` is the most that it may have to ask."""

    ask: int
    asked: int = 0
    matched: int = 0
    answered: int = 0
    credits: Credits = NOTHING
    waits: tuple[float, str] = (0.0, "")
    stopped: str = ""
    seen: deque[tuple[float, int]] = field(default_factory=deque)

    def keeps(self, now: float) -> str:
        """Return what keeps it from asking, "" when nothing does."""
        until, why = self.waits
        return self.stopped or (why if until > now else "")

    def rate(self, now: float) -> float | None:
        """Return questions a second of late; None as long as that says nothing."""
        self.seen.append((now, self.asked))
        while now - self.seen[0][0] > SPAN:
            self.seen.popleft()
        (since, before), (until, after) = self.seen[0], self.seen[-1]
        return (after - before) / (until - since) if until - since >= 1 and after > before else None


class Progress:
    """Watches a run and shows it.

    Args:
        screen: Where to.
        asks: Provider → people it may be asked about.
        records: Records in all, 0 when not counted.
        clock: Returns seconds.
    """

    def __init__(
        self,
        screen: Screen,
        asks: dict[str, int],
        records: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._screen = screen
        self._lanes = {name: _Lane(ask) for name, ask in asks.items()}
        self._records = records
        self._wrote = 0
        self._clock = clock
        self._began = self._said = clock()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._screen.live and self._lanes:
            self._draw()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, event: Event) -> None:
        """Take in an event; cheap enough for every record."""
        match event:
            case Answered(provider, outcome, credits):
                lane = self._lanes[provider]
                lane.asked += 1
                lane.matched += outcome is Outcome.MATCHED
                lane.answered += outcome in (Outcome.MATCHED, Outcome.MISSED)
                lane.credits += credits
                lane.waits = (0.0, "")
            case Waiting(provider, seconds, why):
                self._lanes[provider].waits = (self._clock() + seconds, why)
            case LaneStopped(provider, cause, _):
                self._lanes[provider].stopped = cause
                self._screen.say(f"{provider} stopped: {cause}", style="yellow")  # more at the end
            case Wrote(records):
                self._wrote = records
            case _:
                return
        self._tell()

    def _tell(self) -> None:
        """Say how far it has come where nothing is drawn, or begin to draw."""
        now = self._clock()
        if self._live is not None or self._screen.quiet:
            return
        if self._screen.live:
            if now - self._began > LULL:
                self._draw()
        elif now - self._said >= EVERY:
            self._said = now
            lanes = (f"{name}: {self._words(lane, now)}" for name, lane in self._lanes.items())
            self._screen.note("; ".join([self._done(), *lanes]))

    def _draw(self) -> None:
        from rich.live import Live  # noqa: PLC0415 - slow

        self._live = Live(
            get_renderable=self._lines,
            console=self._screen.console(),
            # Live would otherwise send what is printed to stdout to the terminal, past a pipe.
            redirect_stdout=False,
            redirect_stderr=False,
            refresh_per_second=HERTZ,
            transient=True,
            vertical_overflow="crop",
        )
        self._live.start()

    def _lines(self) -> RenderableType:
        """Return a line per lane, and one for the records, none wider than the terminal."""
        now = self._clock()
        done = Text(self._done(), style="dim", no_wrap=True, overflow="ellipsis")
        if not self._lanes:
            return done
        rows = [["", "asked", "matched", "", "credits", "rate", LEFT]]
        rows += [self._cells(name, lane, now) for name, lane in self._lanes.items()]
        widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
        widths[1] = max(len(f"{x.ask:,} of {x.ask:,}") for x in self._lanes.values())
        widths[5] = max(widths[5], len("99.9/s"))
        room = self._screen.width - sum(widths[:-1]) - 2 * len(widths) - len(LEFT)
        bar = min(BAR, room) if room >= FEWEST else 0
        lines = [self._line(rows[0], widths, Text(" " * bar))]
        for row, lane in zip(rows[1:], self._lanes.values(), strict=True):
            lines.append(self._line(row, widths, self._bar(lane, bar, now)))
        lines[0].stylize("dim")
        return Group(*lines, done)

    def _line(self, cells: list[str], widths: list[int], bar: Text) -> Text:
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(cells[0].ljust(widths[0]), style="bold")
        if bar:
            line.append("  ").append_text(bar)
        for text, width in zip(cells[1:-1], widths[1:-1], strict=True):
            line.append("  " + text.rjust(width))
        return line.append("  " + cells[-1])

    def _bar(self, lane: _Lane, cells: int, now: float) -> Text:
        """Return how far a lane has come, or what keeps it from coming further."""
        if keeps := lane.keeps(now):
            return Text(keeps[:cells].ljust(cells), style="yellow")
        full = min(cells, cells * lane.asked // max(lane.ask, 1))
        return Text().append("━" * full, style="green").append("─" * (cells - full), style="dim")

    def _cells(self, name: str, lane: _Lane, now: float) -> list[str]:
        rate = lane.rate(now)
        return [
            name,
            f"{lane.asked:,} of {lane.ask:,}",
            f"{lane.matched:,}",
            share(lane.matched / lane.answered) if lane.answered else "",
            amount(lane.credits),
            f"{rate:.1f}/s" if rate else "",
            self._left(lane, rate, now),
        ]

    def _left(self, lane: _Lane, rate: float | None, now: float) -> str:
        """Say how long a lane waits, or has to go at most."""
        until, _ = lane.waits
        if lane.stopped:
            return "stopped"
        if until > now:
            return f"waits {length(timedelta(seconds=until - now))}"
        left = lane.ask - lane.asked
        return length(timedelta(seconds=left / rate)) if rate and left > 0 else ""

    def _done(self) -> str:
        of = f" of {self._records:,}" if self._records else ""
        return f"{self._wrote:,}{of} records done"

    def _words(self, lane: _Lane, now: float) -> str:
        words = f"{lane.asked:,} asked, {lane.matched:,} matched, {credit(lane.credits)}"
        keeps = lane.keeps(now)
        return f"{words}, {self._left(lane, None, now)} ({keeps})" if keeps else words
