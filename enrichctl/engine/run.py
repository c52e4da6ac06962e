"""The run: records in, through the lanes, and out again in the order in which they came.

One thread decides, lanes ask, the journal remembers. A window of records is on its way at any
time; the first of it is written as soon as it has come to its end.
"""

import queue
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from enrichctl.engine.cpu_affinity import of_this_process, turn
from enrichctl.engine.layout import Layout
from enrichctl.engine.lead import Lead
from enrichctl.engine.local_run import local_results
from enrichctl.engine.local_waterfall import LocalWaterfall
from enrichctl.engine.question import (
    Ask,
    LatestAnswer,
    QuestionKey,
    Rules,
    RunState,
    Step,
    Wait,
    remote,
)
from enrichctl.engine.record_reader import RecordReader, RowReading
from enrichctl.engine.record_writer import BATCH, RecordWriter, Write
from enrichctl.engine.report import Report
from enrichctl.engine.result import result_of
from enrichctl.engine.stop import Limits, Stop
from enrichctl.engine.waterfall import Waterfall
from enrichctl.errors import (
    Cancelled,
    ExitStatus,
    OfferDeclined,
    ProviderError,
    RecordError,
    UnderWay,
)
from enrichctl.events import Answered, Began, LaneStopped, Watcher, Wrote, nobody
from enrichctl.files import Row, Source
from enrichctl.journal import Journal, history
from enrichctl.model import LaneCount, Record, Status

if TYPE_CHECKING:
    from enrichctl.engine.booking import Done, LaneContext
    from enrichctl.engine.earlier_results import Again, EarlierResults, Sealed
    from enrichctl.engine.in_flight import InFlight
    from enrichctl.engine.lane import Lane
    from enrichctl.matching.address_conflicts import AddressConflicts
    from enrichctl.matching.suppression import Suppression

WINDOW = 2_000  # records on their way; a slow provider needs many to be busy
FEW = 100  # records that are written again in one go
TRIAL = 10  # records that need asking whose answers may be looked at before more are asked
TICK = 0.5  # seconds between two checks of whether the run should stop

OF_QUESTIONS = (RecordError, ProviderError, Cancelled)  # errors that end one, not the run
NOBODY = Lead(Record(0, 0, {}))  # in place of a record that need not be looked at


@dataclass(slots=True)
class _Item:
    """A record on its way, with the row that it came from.

    Attributes:
        ended: Nothing is left to ask about it.
        again: What was written of it before and is written again; None where it is worked out.
        counted: It has been counted against ``--limit``.
        waits: At which provider it waits for another run, and since when; see `InFlight`.
    """

    row: Row
    lead: Lead
    ended: bool = False
    counted: bool = False
    waits: tuple[str, float] | None = None
    again: "Again | None" = None


class Runner:
    """Takes every record of an input through the waterfall.

    Args:
        source: What is read.
        reading: How its rows are read as records.
        layout: What stands where in the output.
        steps: The providers, in waterfall order.
        rules: What the user asked for.
        journal: Keeps the books and the answers.
        run: The run, as entered in the journal.
        stop: Tells that nothing more may be started, and why.
        suppression: Who must not be sent anywhere.
        limits: Where the run stops by itself.
        chains: Field → providers that are asked for it, where that is another order.
        conflicts: Tells rows apart that share an address and name different people.
        watch: Is told what happens.
        reader_gone: Tells whether nobody reads the output any more.
        earlier: What the last run on the input wrote; nothing is written again by default.
        trial: Is called once, between the answers about the first records and further questions.
        recipe: From what the records can be worked out again, so that the journal need not keep
            them; None where they cannot be.
        clock: Monotonic seconds, by which waiting for another run ends.

    Attributes:
        report: The counts of the run.
    """

    def __init__(
        self,
        source: Source,
        reading: RowReading,
        *,
        layout: Layout,
        steps: Sequence[Step],
        rules: Rules,
        journal: Journal,
        run: history.RunEntry,
        stop: Stop,
        suppression: "Suppression | None" = None,
        limits: Limits | None = None,
        chains: Mapping[str, Sequence[str]] | None = None,
        conflicts: "AddressConflicts | None" = None,
        watch: Watcher = nobody,
        reader_gone: Callable[[], bool] = lambda: False,
        earlier: "EarlierResults | None" = None,
        trial: Callable[[], None] | None = None,
        recipe: Mapping[str, Any] | None = None,
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
        self._trial = trial
        began = datetime.fromisoformat(recipe["began"]) if recipe else journal.now()
        self._local = LocalWaterfall(steps, rules, chains or {}, layout, began, recipe is None)
        self._waterfall = Waterfall(
            steps, rules, journal, run.id, chains=chains, began=began, suppression=suppression
        )
        self._reader = RecordReader(reading, self._waterfall, suppression, conflicts)
        names = [step.provider.name for step in steps]
        self.report = Report({name: LaneCount(name) for name in names}, layout.wanted, recipe)
        self._lanes: dict[str, Lane] = {}
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._in_flight: InFlight[_Item]
        self._clock = clock
        self._stopped: set[str] = set()  # lanes of which the watcher knows it
        self._waiting: dict[QuestionKey, list[_Item]] = {}
        self._counted = 0
        self._earlier = earlier
        self._keeper = earlier.keeper(rules) if earlier else None
        self._as_it_was = 0  # records, from the first on, under the seals of the last run
        self._whole = False  # all records were written
        self._ticked = time.monotonic()
        self._affinity = of_this_process()

    def go(self, contexts: "Mapping[str, LaneContext]", write: Write) -> None:
        """Ask what is to be asked and write every record.

        Args:
            contexts: What the lane of each remote provider works with.
            write: Takes each record in input order, with what became of it.
        """
        self._watch(Began(self._run.id, self._run.records))
        out = RecordWriter(write, self._journal, self._run, self.report, self._keeper)
        with ExitStack() as stack:
            self._open_lanes(contexts, stack)
            stack.callback(self._affinity.end)
            try:
                if self._lanes:
                    self._stream(out)
                    if self.waited_in_vain:
                        self._stop.now("unavailable", ExitStatus.LOCKED)
                else:
                    self._write_local(out)
            except BaseException:
                self._stop.asked.set()  # the lanes must not go on while the stack unwinds
                raise
        for name, lane in self._lanes.items():
            self.report.lanes[name].requests = lane.requests
        out.keep()
        self._whole = True

    def _open_lanes(self, contexts: "Mapping[str, LaneContext]", stack: ExitStack) -> None:
        """Open a lane for each provider that is beyond the machine."""
        if not (steps := list(remote(self._steps))):
            return
        from enrichctl.engine.in_flight import InFlight  # noqa: PLC0415 - no local run needs it
        from enrichctl.engine.lane import Lane  # noqa: PLC0415 - nor this

        self._in_flight = InFlight(self._journal, self._watch, TICK, self._clock)
        stack.callback(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(turn(sum(contexts[s.provider.name].workers for s in steps)))
        for step in steps:
            name = step.provider.name
            lane = self._lanes[name] = Lane(step, contexts[name], self._done.put)
            stack.callback(lane.close)

    def take_over(self) -> None:
        """Make the run's own what the journal keeps of records that it wrote as they were."""
        if self._earlier and self._as_it_was:
            from enrichctl.journal import record_rows  # noqa: PLC0415 - no local run needs it

            former, seen = self._earlier.former.id, self._earlier.seen if self._whole else None
            record_rows.take_over(self._journal, self._run, former, self._as_it_was, seen)

    @property
    def waited_in_vain(self) -> str:
        """Return which other run was waited for too long, in words; "" when none was."""
        return self._in_flight.in_vain if self._lanes else ""

    def _write_local(self, out: RecordWriter) -> None:
        """Write what local providers find; nobody has to be waited for."""
        found = local_results(
            self._source, self._local, self._reader, self._waterfall, self._stop, self.report
        )
        for row, result in found:
            out.put(row, result)
            if not self.report.records % BATCH:
                self._wrote(out)
        self._wrote(out)

    def _stream(self, out: RecordWriter) -> None:
        """Take records through the lanes, a window of them at a time."""
        window: deque[_Item] = deque()
        for item in self._items():
            if self._trial is not None and self._counted >= TRIAL:
                self._end_trial(window, out, self._trial)
            window.append(item)
            if not item.ended:
                self._advance(item)
                self._collect(block=False)
                self._write(window, out)
            elif not len(window) % FEW:
                self._write(window, out)
            while len(window) >= WINDOW:
                self._collect(block=True)
                self._write(window, out)
        while window:
            self._collect(block=True)
            self._write(window, out)

    def _items(self) -> Iterator[_Item]:
        """Yield the records of the input at the head of the waterfall, or at their end already."""
        reader = self._reader
        if self._earlier is None:
            yield from (_Item(row, reader.lead(row)) for row in self._source.rows())
            return
        for row, again, conflicts in self._earlier.read(self._source, reader.meet, self._expect):
            lead = NOBODY if again else reader.lead(row, conflicts)
            yield _Item(row, lead, ended=again is not None, again=again)

    def _expect(self, block: "Sealed") -> None:
        """Take note of a block of the input."""
        if self._keeper:
            self._keeper.expect(block)
        if block.kept is not None:
            self._as_it_was += block.size

    def _end_trial(
        self, window: deque[_Item], out: RecordWriter, trial: Callable[[], None]
    ) -> None:
        """Let all questions end, and have the answers looked at while nothing is asked."""
        self._trial = None
        while window:
            self._collect(block=True)
            self._write(window, out)
        if not self._stop.asked.is_set():
            trial()

    def _advance(self, item: _Item, latest: LatestAnswer | None = None) -> None:
        """Take a record to its next question, to another run's answer, or to its end."""
        found = self._waterfall.next_step(item.lead, self._state(item, latest))
        if not item.counted and (isinstance(found, Ask) or item.lead.asked or item.lead.pending):
            item.counted = True  # an answer or a stop that was faster changes no limit
            self._counted += 1
        match found:
            case Ask(question):
                waiting = self._waiting.setdefault(question.key, [])
                waiting.append(item)
                if len(waiting) == 1:  # the first record of a person asks for all of them
                    self._lanes[question.step.provider.name].put(question)
            case Wait(provider, run):
                self._in_flight.add(item, provider, run)
            case _:
                item.ended = True

    def _state(self, item: _Item, latest: LatestAnswer | None) -> RunState:
        """Return what decides about a record's next step at this moment."""
        stopping = self._stop.asked.is_set()
        counted = None if item.counted else self._counted
        beyond = self._limits.leaves_out(item.row.number, counted)
        blocked = "not asked before the run stopped" if stopping else ""
        if beyond:  # first: going on with a pilot asks nobody about it either
            blocked = "left out by --limit"
        waits = not (stopping or self._in_flight.in_vain)
        return RunState(blocked, self._waiting, "wait" if waits else "leave", latest, beyond)

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

    def _take(self, done: "Done") -> None:
        """Take in how a question ended: count it, tell of it, move on its records."""
        if done.error is not None and not isinstance(done.error, OF_QUESTIONS):
            raise done.error  # a bug, or an error that reaches the whole run
        step, name = done.question.step, done.question.step.provider.name
        self._tell_of_stop(step)
        self.report.count_done(done, self._run.id)
        most = self._limits.errors
        if most is not None and sum(lane.failed for lane in self.report.lanes.values()) >= most:
            self._stop.now("max_errors", ExitStatus.SOME_FAILED)
        wants = done.question.query.wants
        waiting = self._waiting.pop(done.question.key)
        first = waiting[0].lead
        first.add_cost(done.spent)
        if done.outcome is not None:
            self._watch(Answered(name, done.outcome, done.bought, first.record.row))
        if isinstance(done.error, UnderWay) and not self._in_flight.in_vain:
            for item in waiting:
                self._in_flight.add(item, name, done.error.run)
            return
        for item in waiting:
            # An offer was declined for the one that asked: the others are judged by themselves.
            if item.lead is first or not isinstance(done.result, OfferDeclined):
                item.lead.end_question(name, wants, done.outcome, done.error)
            self._advance(item, done.latest)

    def _tell_of_stop(self, step: Step) -> None:
        """Tell once that a provider is asked nothing more."""
        name, stopped = step.provider.name, step.stopped
        if stopped is not None and name not in self._stopped:
            self._stopped.add(name)
            self._watch(LaneStopped(name, stopped.cause, stopped.message))

    def _write(self, window: deque[_Item], out: RecordWriter) -> None:
        wrote = self.report.records
        while window and window[0].ended:
            item = window.popleft()
            if item.again is not None:
                out.put_again(item.row, item.again)
            else:
                out.put(item.row, result_of(item.lead, self._layout), item.lead)
        if self.report.records > wrote:
            self._wrote(out)

    def _wrote(self, out: RecordWriter) -> None:
        self._watch(Wrote(self.report.records, self.report.outcomes[Status.PENDING]))
        out.keep(BATCH)
        self._tick()

    def _tick(self) -> None:
        """See now and then whether the run should stop, and whether others have an answer."""
        now = time.monotonic()
        if now - self._ticked < TICK:
            return
        self._ticked = now
        if self.report.recipe is not None:  # nothing else tells those who watch
            self._run.summary = self.report.summary()
            history.update(self._journal, self._run)
        if self._lanes:
            self._affinity.tick(sum(lane.asked for lane in self.report.lanes.values()))
            for item in self._in_flight.due():
                self._advance(item)
        if self._reader_gone():
            self._stop.now("interrupted", ExitStatus.READER_GONE)
        limits, report = self._limits, self.report
        worked = time.monotonic() - report.started - self._stop.waited
        if limits.duration and worked > limits.duration.total_seconds():
            self._stop.now("max_duration", ExitStatus.UNAVAILABLE)
