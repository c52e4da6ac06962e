"""The run: records in, through the lanes, and out again in the order in which they came.

One thread decides, lanes ask, the journal remembers. A window of records is on its way at any
time; the head of it is written as soon as it is through.
"""

import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from enrichctl.engine.booking import Done, LaneContext
from enrichctl.engine.cpu_affinity import of_this_process
from enrichctl.engine.in_flight import InFlight
from enrichctl.engine.lane import Lane
from enrichctl.engine.layout import Layout
from enrichctl.engine.lead import Lead, said_by
from enrichctl.engine.local_waterfall import LocalWaterfall
from enrichctl.engine.parallel import in_parallel
from enrichctl.engine.question import Rules, Step, remote
from enrichctl.engine.queue_lane import QueueLane
from enrichctl.engine.record_reader import RecordReader
from enrichctl.engine.report import Report
from enrichctl.engine.result import RecordResult, result_of
from enrichctl.engine.stop import Limits, Stop
from enrichctl.engine.waterfall import Waterfall
from enrichctl.errors import (
    Cancelled,
    EnrichctlError,
    ExitStatus,
    ProviderError,
    RecordError,
    UnderWay,
)
from enrichctl.events import Answered, Began, LaneStopped, Watcher, Wrote, nobody
from enrichctl.files import Row, Source
from enrichctl.journal import Journal, history
from enrichctl.matching import Suppression
from enrichctl.matching.namesakes import Namesakes
from enrichctl.model import LaneCount
from enrichctl.provider import Queue

WINDOW = 2_000  # records on their way; a slow provider needs many to be busy
BATCH = 500  # explained records a commit
TICK = 0.5  # seconds between looks at whether the run should stop

Write = Callable[[Row, RecordResult], None]


@dataclass(slots=True)
class _Item:
    """A record on its way, with the row that it came from."""

    row: Row
    lead: Lead
    through: bool = False
    waits: tuple[str, float] | None = None  # for another run; see `InFlight`


class Runner:
    """Takes every record of an input through the waterfall.

    Args:
        source: What is read.
        columns: Field → its column in the input.
        layout: What stands where in the output.
        steps: The waterfall.
        rules: What the user asked for.
        journal: Keeps the books and the answers.
        run: The run, as entered in the journal.
        stop: Tells that nothing more may be started, and why.
        suppression: Who must not be sent anywhere.
        limits: Where the run stops by itself.
        chains: Field → providers that are asked for it, where that is another order.
        namesakes: Tells rows apart that share an address and name different people.
        spares: Field → the columns that hold it where its own is blank.
        own: The ``enrichctl_*`` columns of an earlier run.
        watch: Is told what happens.
        reader_gone: Tells whether nobody reads the output any more.
        clock: Monotonic seconds, by which waiting for another run ends.
    """

    def __init__(
        self,
        source: Source,
        columns: Mapping[str, int],
        *,
        layout: Layout,
        steps: Sequence[Step],
        rules: Rules,
        journal: Journal,
        run: history.Run,
        stop: Stop,
        suppression: Suppression | None = None,
        limits: Limits | None = None,
        chains: Mapping[str, Sequence[str]] | None = None,
        namesakes: Namesakes | None = None,
        spares: Mapping[str, Sequence[int]] | None = None,
        own: Mapping[str, int] | None = None,
        watch: Watcher = nobody,
        reader_gone: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._steps = steps
        self._layout = layout
        self._journal = journal
        self._run = run
        self._stop = stop
        self._limits = limits or Limits()
        self._watch = watch
        self._reader_gone = reader_gone
        self._in_flight: InFlight[_Item] = InFlight(journal, watch, TICK, clock)
        self._local = LocalWaterfall(steps, rules, chains or {}, layout, journal.now())
        self._waterfall = Waterfall(
            steps, rules, journal, run.id, self._blocked, chains,
            elsewhere=self._elsewhere_too, began=journal.now(),
            asking=lambda key: key in self._waiting, suppression=suppression,
        )  # fmt: skip
        self._reader = RecordReader(columns, self._waterfall, suppression, namesakes, spares, own)
        names = [step.provider.name for step in steps]
        self.report = Report(_counts(names), layout.wanted)
        self._lanes: dict[str, Lane | QueueLane] = {}
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._stopped: set[str] = set()  # lanes of which the watcher knows it
        self._waiting: dict[tuple[str, bytes, str], list[_Item]] = {}
        self._counted = 0
        self._explained: list[history.Stored] = []
        self._ticked = time.monotonic()
        self._affinity = of_this_process()

    def go(self, services: dict[str, LaneContext], write: Write) -> None:
        """Question what is to be asked and write every record.

        Args:
            services: What the lane of each remote provider works with.
            write: Takes each record in input order, with what it comes to.
        """
        self._watch(Began(self._run.id, self._run.records))
        with ExitStack() as stack:
            for step in remote(self._steps):
                name = step.provider.name
                kind = QueueLane if isinstance(step.provider, Queue) else Lane
                lane = kind(step, services[name], self._done.put)
                self._lanes[name] = lane
                stack.callback(lane.close)
            stack.callback(self._affinity.end)
            try:
                if self._lanes:
                    self._stream(write)
                    if self.waited_in_vain:
                        self._stop.now("unavailable", ExitStatus.LOCKED)
                else:
                    self._write_local(write)
            except BaseException:
                self._stop.asked.set()  # the lanes must not go on while the stack unwinds
                raise
        for name, lane in self._lanes.items():
            self.report.lanes[name].calls = lane.calls
        self._keep_records(0)

    @property
    def waited_in_vain(self) -> str:
        """Return which other run was waited for too long, in words; "" when none was."""
        return self._in_flight.in_vain

    def _write_local(self, write: Write) -> None:
        """Write what local providers find; nobody has to be waited for."""
        rows = self._source.rows()
        records = ((row, self._reader.record(row)) for row in self._until_stopped(rows))
        jobs = ((row, (record, self._reader.suppresses(record))) for row, record in records)
        left = ((row, self._left(row)) for row in rows)
        for row, found in chain(in_parallel(self._local, jobs), left):
            self._put(row, found, write)
            if not self.report.records % BATCH:
                self._wrote()
        self._wrote()

    def _until_stopped(self, rows: Iterator[Row]) -> Iterator[Row]:
        while not self._stop.asked.is_set() and (row := next(rows, None)) is not None:
            yield row

    def _left(self, row: Row) -> RecordResult:
        """Return what a record comes to that the run did not get to."""
        lead = self._reader.lead(row)
        self._waterfall.leave(lead, "the run stopped before this record")
        return result_of(lead, self._layout)

    def _stream(self, write: Write) -> None:
        window: deque[_Item] = deque()
        for row in self._source.rows():
            item = _Item(row, self._reader.lead(row))
            window.append(item)
            self._advance(item)
            self._collect(block=False)
            self._write(window, write)
            while len(window) >= WINDOW:
                self._collect(block=True)
                self._write(window, write)
        while window:
            self._collect(block=True)
            self._write(window, write)

    def _advance(self, item: _Item) -> None:
        ask = self._waterfall.step(item.lead)
        if not item.lead.counted and (item.lead.asked or item.lead.pending):
            item.lead.counted = True  # an answer or a stop that was faster changes no limit
            self._counted += 1
        if item.lead.held:
            step, _ = self._waterfall.route[item.lead.step_index]
            self._in_flight.add(item, step.provider.name, item.lead.held)
            return
        if ask is None:
            item.through = True
            return
        if not item.lead.counted:
            item.lead.counted = True
            self._counted += 1
        if ask.key in self._waiting:  # the same person: whoever came first asks for all
            self._waiting[ask.key].append(item)
            return
        self._waiting[ask.key] = [item]
        self._lanes[ask.step.provider.name].put(ask)

    def _collect(self, *, block: bool) -> None:
        """Take in the questions that came to an end, and move on the records that wait for them."""
        while True:
            block = block and bool(self._waiting or self._in_flight)
            if not block and self._done.empty():
                self._tick()
                return
            try:
                done = self._done.get(timeout=TICK)
            except queue.Empty:
                self._tick()
                continue
            block = False
            self._take(done)

    def _take(self, done: Done) -> None:
        if not isinstance(done.error, RecordError | ProviderError | Cancelled | None):
            raise done.error  # a bug, or an error that reaches the whole run
        step = done.ask.step
        if step.stopped is not None and step.provider.name not in self._stopped:
            self._stopped.add(step.provider.name)
            self._watch(LaneStopped(step.provider.name, step.stopped.cause, step.stopped.message))
        self.report.count_done(done)
        most = self._limits.errors
        if most is not None and sum(lane.failed for lane in self.report.lanes.values()) >= most:
            self._stop.now("max_errors", ExitStatus.SOME_FAILED)
        waiting = self._waiting.pop(done.ask.key)
        if done.outcome is not None:
            row = waiting[0].lead.record.row
            self._watch(Answered(step.provider.name, done.outcome, done.spent, row))
        waiting[0].lead.spent += done.spent
        asked = {(step.provider.name, name) for name in done.ask.query.wants}
        if isinstance(done.error, UnderWay) and not self._in_flight.in_vain:
            for item in waiting:
                self._in_flight.add(item, step.provider.name, done.error.run)
            return
        self._waterfall.hear(done.fresh)
        for item in waiting:
            item.lead.tried_fields |= asked
            if isinstance(done.error, Cancelled) or done.outcome is None:
                why = done.error.message if isinstance(done.error, EnrichctlError) else "not asked"
                self._waterfall.give_up(item.lead, done.ask, said_by(step.provider.name, why))
            elif done.error is not None:
                self._waterfall.decline(item.lead, step, done.error.message)
            self._advance(item)

    def _write(self, window: deque[_Item], write: Write) -> None:
        wrote = self.report.records
        while window and window[0].through:
            item = window.popleft()
            self._put(item.row, result_of(item.lead, self._layout), write)
        if self.report.records > wrote:
            self._wrote()

    def _put(self, row: Row, found: RecordResult, write: Write) -> None:
        """Write a record that is through, and keep what is said of it."""
        write(row, found)
        self.report.count(found)
        self._explained.append(found.stored)

    def _wrote(self) -> None:
        self._watch(Wrote(self.report.records))
        self._keep_records(BATCH)
        self._tick()

    def _keep_records(self, least: int) -> None:
        if len(self._explained) >= max(least, 1):
            history.put_records(self._journal, self._run.id, self._explained)
            self._explained.clear()

    def _tick(self) -> None:
        """Look now and then whether the run should stop, and whether others have an answer."""
        now = time.monotonic()
        if now - self._ticked < TICK:
            return
        self._ticked = now
        if self._lanes:
            self._affinity.tick(sum(lane.asked for lane in self.report.lanes.values()))
        for item in self._in_flight.due():
            self._advance(item)
        if self._reader_gone():
            self._stop.now("interrupted", ExitStatus.READER_GONE)
        limits, report = self._limits, self.report
        if limits.duration and time.monotonic() - report.started > limits.duration.total_seconds():
            self._stop.now("max_duration", ExitStatus.UNAVAILABLE)

    def _elsewhere_too(self) -> Literal["wait", "leave"]:
        """Say what to do about what another run is asking at this moment."""
        return "leave" if self._stop.asked.is_set() or self._in_flight.in_vain else "wait"

    def _blocked(self, step: Step, lead: Lead) -> str:
        """Tell why a provider may not be asked about a record now."""
        name = step.provider.name
        if self._stop.asked.is_set():
            return f"{name}: not asked before the run stopped"
        limit = self._limits.records
        if limit is not None and not lead.counted and self._counted >= limit:
            return f"{name}: left out by --limit"
        return ""


def _counts(names: Sequence[str]) -> dict[str, LaneCount]:
    return {name: LaneCount(name) for name in names}
