"""A run as it goes: a line per lane on a terminal, a plain line now and then elsewhere."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from rich.console import Group, RenderableType
from rich.text import Text

from enrichctl.events import Answered, Event, LaneStopped, Waiting, Wrote
from enrichctl.model import ANSWERED, NOTHING, Credits, Outcome, counted
from enrichctl.render.listing import amount, credit, length, percent
from enrichctl.render.screen import Screen

if TYPE_CHECKING:
    from rich.live import Live

EVERY = 10.0  # seconds between plain lines
HERTZ = 4
LULL = 1.0  # seconds that a run of this machine alone may last before it is drawn
SPAN = 20.0  # seconds over which a rate is taken
BAR = 16  # cells, at most
FEWEST = 10  # cells, or there is no bar
FRESH = 1.0  # seconds for which what the journal says is shown
LEFT = "left, at most"
HEAD = {
    "name": "", "asked": "asked", "matched": "matched", "share": "", "spent": "spent",
    "aside": "set aside", "speed": "rate", "left": LEFT,
}  # fmt: skip
LEAST_FIRST = ("share", "matched", "speed", "left", "aside")  # what goes where there is no room


@dataclass(slots=True)
class _Lane:
    """What is known of a lane: ``ask`` is the most that it may have to ask.

    ``ended`` counts what was declined as well, without being asked.
    """

    ask: int
    asked: int = 0
    ended: int = 0
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
        """Return questions a second, over `SPAN`; None until that says something."""
        self.seen.append((now, self.ended))
        while now - self.seen[0][0] > SPAN:
            self.seen.popleft()
        (since, before), (until, after) = self.seen[0], self.seen[-1]
        return (after - before) / (until - since) if until - since >= 1 and after > before else None


class Progress:
    """Watches a run and shows it.

    Args:
        screen: Where to.
        asks: Provider → questions that it may be asked.
        records: Records in all, 0 when not counted.
        clock: Returns seconds.
        set_aside: Returns provider → credits that are set aside for answers that have not come.
        stopping: Returns whether nothing new is asked any more.
    """

    def __init__(
        self,
        screen: Screen,
        asks: dict[str, int],
        records: int,
        clock: Callable[[], float] = time.monotonic,
        set_aside: Callable[[], Mapping[str, Credits]] = dict,
        stopping: Callable[[], bool] = bool,
    ) -> None:
        self._screen = screen
        self._lanes = {name: _Lane(ask) for name, ask in asks.items()}
        self._records = records
        self._done = 0
        self._clock = clock
        self._began = self._said = clock()
        self._set_aside = set_aside
        self._stopping = stopping
        self._held: Mapping[str, Credits] = {}
        self._asked_at = float("-inf")
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._screen.live and self._lanes:
            self._draw()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._live is not None:
            self._live.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Draw nothing for as long as somebody is asked."""
        live = self._live
        if live is not None:
            live.stop()
        try:
            yield
        finally:
            if live is not None:
                self._draw()

    def __call__(self, event: Event) -> None:
        """Take in an event; cheap enough for every record."""
        match event:
            case Answered(provider, outcome, credits):
                lane = self._lanes[provider]
                lane.ended += 1
                lane.asked += outcome is not Outcome.DECLINED
                lane.matched += outcome is Outcome.MATCHED
                lane.answered += outcome in ANSWERED
                lane.credits += credits
                lane.waits = (0.0, "")
            case Waiting(provider, seconds, why):
                self._lanes[provider].waits = (self._clock() + seconds, why)
            case LaneStopped(provider, cause, _):
                self._lanes[provider].stopped = cause
                self._screen.say(f"{provider} stopped: {cause}", style="yellow")  # more at the end
            case Wrote(records, pending):
                self._done = records - pending
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
            self._screen.note("; ".join([self._said_done(), *lanes]))

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
        """Return a line per lane, what keeps lanes, and one for the records: all fit the width."""
        now = self._clock()
        done = Text(self._said_done(), style="dim", no_wrap=True, overflow="ellipsis")
        if not self._lanes:
            return done
        rows = [dict(HEAD), *(self._cells(name, x, now) for name, x in self._lanes.items())]
        if not any(row["aside"] for row in rows[1:]):
            del rows[0]["aside"]
        widths = {key: max(len(row[key]) for row in rows) for key in rows[0]}
        widths["asked"] = max(len(f"{x.ask:,} of {x.ask:,}") for x in self._lanes.values())
        widths["speed"] = max(widths["speed"], len("99.9/s"))
        widths["left"] = max(widths["left"], len(LEFT))
        for key in LEAST_FIRST:  # a bar and whole words are worth more than all of the figures
            if (room := self._screen.width - sum(widths.values()) - 2 * len(widths)) >= FEWEST:
                break
            widths.pop(key, None)
        room = self._screen.width - sum(widths.values()) - 2 * len(widths)
        cells = min(BAR, room) if room >= FEWEST else 0
        lines = [_line(rows[0], widths, Text(" " * cells))]
        lines[0].stylize("dim")
        for row, lane in zip(rows[1:], self._lanes.values(), strict=True):
            lines.append(_line(row, widths, _bar(lane, cells)))
        kept = ((name, lane.keeps(now)) for name, lane in self._lanes.items())
        for name, why in kept:
            if why:
                said = f"{name}: {why}"
                lines.append(Text(said, style="yellow", no_wrap=True, overflow="ellipsis"))
        return Group(*lines, done)

    def _cells(self, name: str, lane: _Lane, now: float) -> dict[str, str]:
        rate = lane.rate(now)
        aside = self._aside().get(name, NOTHING)
        return {
            "name": name,
            "asked": f"{lane.asked:,} of {lane.ask:,}",
            "matched": f"{lane.matched:,}",
            "share": percent(lane.matched / lane.answered) if lane.answered else "",
            "spent": amount(lane.credits),
            "aside": amount(aside) if aside else "",
            "speed": f"{rate:.1f}/s" if rate else "",
            "left": self._left(lane, rate, now),
        }

    def _aside(self) -> Mapping[str, Credits]:
        """Return what is set aside, as the journal had it within the last second."""
        now = self._clock()
        if now - self._asked_at >= FRESH:
            self._asked_at, self._held = now, self._set_aside()
        return self._held

    def _left(self, lane: _Lane, rate: float | None, now: float) -> str:
        """Say how long a lane waits, or has to go at most."""
        until, _ = lane.waits
        if lane.stopped:
            return "stopped"
        if self._stopping():
            return "stopping"
        if until > now:
            return f"waits {length(timedelta(seconds=until - now))}"
        left = lane.ask - lane.ended
        return length(timedelta(seconds=left / rate)) if rate and left > 0 else ""

    def _said_done(self) -> str:
        if not self._records:
            return f"{counted(self._done, 'record')} done"
        return f"{self._done:,} of {counted(self._records, 'record')} done"

    def _words(self, lane: _Lane, now: float) -> str:
        words = f"{lane.asked:,} asked, {lane.matched:,} matched, {credit(lane.credits)}"
        keeps = lane.keeps(now)
        return f"{words}, {self._left(lane, None, now)} ({keeps})" if keeps else words


def _line(cells: Mapping[str, str], widths: Mapping[str, int], bar: Text) -> Text:
    """Return a lane's cells, as far as there are columns for them."""
    line = Text(no_wrap=True, overflow="ellipsis")
    for key, width in widths.items():
        if key == "name":
            line.append(cells[key].ljust(width), style="bold")
            line.append("  ").append_text(bar)
        else:
            text = cells[key]
            line.append("  " + (text.ljust(width) if key == "left" else text.rjust(width)))
    line.rstrip()
    return line


def _bar(lane: _Lane, cells: int) -> Text:
    """Return how far a lane has come."""
    full = min(cells, cells * lane.ended // max(lane.ask, 1))
    return Text().append("━" * full, style="green").append("─" * (cells - full), style="dim")
