"""One ``benchmark``: every provider is asked about every record as if the known fields were blank.

It is a run like any other, for each provider by itself: answers of the journal are used, budgets
and suppression hold, and what is paid is kept for later runs. Nothing is written.
"""

import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from enrichctl.analysis.breakdown import shares_of
from enrichctl.analysis.truth import Scores, judge
from enrichctl.cli import context
from enrichctl.cli.enrich.finish import conclude
from enrichctl.cli.enrich.forecast import forecast
from enrichctl.cli.enrich.going_on import going_on
from enrichctl.cli.enrich.job import Job, rehearsal
from enrichctl.cli.enrich.options import EnrichOptions
from enrichctl.cli.enrich.request import input_name, open_input
from enrichctl.cli.enrich.signals import stopping
from enrichctl.cli.logins import Connected
from enrichctl.cli.run_values import facts
from enrichctl.cli.streams import nothing_done
from enrichctl.config import Settings
from enrichctl.engine.earlier_results import EarlierResults
from enrichctl.engine.layout import Layout
from enrichctl.engine.question import Step
from enrichctl.engine.record_reader import RecordReader, RowReading
from enrichctl.engine.report import Report
from enrichctl.engine.result import LOOK_AT_REVIEW, TO_REVIEW, RecordResult
from enrichctl.engine.run import Runner
from enrichctl.engine.waterfall import Waterfall
from enrichctl.errors import ExitStatus, UsageError
from enrichctl.events import nobody
from enrichctl.fields import in_order
from enrichctl.files import Row, Source
from enrichctl.journal import Journal, history, spent
from enrichctl.journal.results import LastRun
from enrichctl.journal.scratch import Scratch
from enrichctl.matching.address_conflicts import AddressConflicts
from enrichctl.matching.segments import segment_of
from enrichctl.model import FIRST, NOTHING, Record, Status
from enrichctl.plan import Plan
from enrichctl.render.screen import Screen
from enrichctl.wanted_fields import check_wants, wants_of

JUDGED = (Status.ENRICHED, Status.NO_MATCH, Status.REVIEW, Status.COMPLETE)


def run(options: EnrichOptions, by: tuple[str, ...]) -> tuple[int, dict[str, Any]]:
    """Carry out a benchmark; return its exit status and what it found, shaped like its document.

    Beside that there is how it ended, shaped like the document of a run.

    Raises:
        RunError: It cannot start; nothing was sent.
    """
    screen, settings = context.screen(), context.settings()
    with ExitStack() as stack:
        source = stack.enter_context(open_input(options))
        trial = Trial(options, settings, screen, source, by)
        environ = rehearsal(options, screen, stack) if options.sandbox else None
        opened = context.journal_to_read if options.dry_run else context.journal
        journal = stack.enter_context(opened(sandbox=options.sandbox))
        return trial.carry_out(journal, environ, stack)


class _Allowed:
    """An input without the records that must not be sent anywhere."""

    def __init__(self, source: Source, reader: RecordReader) -> None:
        self._source = source
        self._reader = reader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that may be asked about."""
        for row in self._source.rows():
            if not self._reader.suppresses(self._reader.record(row)):
                yield row


class Trial(Job):
    """The parts of one benchmark."""

    def __init__(
        self,
        options: EnrichOptions,
        settings: Settings,
        screen: Screen,
        source: Source,
        by: tuple[str, ...],
    ) -> None:
        super().__init__(options, settings, screen, source)
        self.by = by
        self.scores = Scores(by)
        self.tested, known = self._tested(), self.match
        check_wants(self.providers, self.tested)
        self.steps = [
            Step(one, wants_of(one, self.tested, ()), save=False) for one in self.providers
        ]
        whole = Waterfall(self.steps, self.rules)
        self.reader = RecordReader(
            RowReading(known.columns, known.fallbacks), whole, self.suppression
        )
        self.source = _Allowed(source, self.reader)  # type: ignore[assignment] # but for its rows
        self.match = replace(
            known,
            columns={n: at for n, at in known.columns.items() if n not in self.tested},
            fallbacks={n: at for n, at in known.fallbacks.items() if n not in self.tested},
        )
        self._paid: set[int] = set()
        self._ended: dict[int, Status] = {}

    def _tested(self) -> tuple[str, ...]:
        """Return the fields to be tested: those named, else all that can be.

        Raises:
            UsageError: The file does not know a field that was named with ``-w``, or none at all.
        """
        columns = self.match.columns
        unknown = [name for name in self.named if name not in columns]
        tested = tuple(name for name in self.named if name in columns)
        if tested and not (unknown and self.options.want):  # the configuration names for all files
            return tested
        testable = self._testable()
        if testable and not self.named:
            return testable
        who = " or ".join(one.name for one in self.providers)
        which = ", ".join(unknown) or f"a field that {who} could find"
        also = "; only values that the file knows can be compared" if unknown else ""
        raise UsageError(
            f"no column of {self.source.label} is known to hold {which}{also}",
            next=self._instead(tested or testable, unknown),
        )

    def _instead(self, fields: Sequence[str], unknown: Sequence[str]) -> str:
        """Return what can be done where the file does not know what is to be tested."""
        held = {
            *self.match.columns.values(),
            *(n for at in self.match.fallbacks.values() for n in at),
        }
        free = [name for at, name in enumerate(self.source.header) if at not in held]
        ways = [f"test what it knows: -w {','.join(fields)}"] if fields else []
        if free:
            field = unknown[0] if unknown else "FIELD"
            ways.append(
                f"say which column holds it, as in --map {shlex.quote(f'{field}={free[0]}')}"
            )
        return "; or ".join(ways) or "give a file with a column of what the providers are to find"

    def _testable(self) -> tuple[str, ...]:
        """Return the fields of the file that somebody finds, and nobody needs to be told."""
        needed = {n for one in self.providers for need in one.needs for n in need}
        found = {n for one in self.providers for n in self.match.columns if one.can_find(n)}
        return in_order(frozenset(found - needed))

    def carry_out(
        self, journal: Journal, environ: dict[str, str] | None, stack: ExitStack
    ) -> tuple[int, dict[str, Any]]:
        """Plan, confirm, ask and judge."""
        steps = self.steps
        with nothing_done():
            connected = self._open(environ, journal)
            self.rules = going_on(self.rules, journal, self._entered_as(), sys.argv)
            plan = self._plan(journal, connected)
            self._show(plan)
            if self.options.dry_run:
                return ExitStatus.DONE, {}
            if plan.ask:
                self._agree(plan, connected, journal)
        stack.enter_context(stopping(self.stop, self.screen))
        entry = self._begin(journal, plan)
        report = Report({}, ())
        try:
            for step in steps:
                self._ask(step, journal, entry, connected, report)
        finally:
            report.causes = {  # nothing is filled here, so that nothing is accepted either
                (cause, LOOK_AT_REVIEW if next_ == TO_REVIEW else next_): count
                for (cause, next_), count in report.causes.items()
            }
            report.outcomes = Counter(self._ended.values())  # of records, not of questions
            status = conclude(journal, entry, report, steps, self.stop)
            entry.summary[history.TESTED] = list(self.tested)
            history.update(journal, entry)
        return status, self._found(journal, entry)

    def _plan(self, journal: Journal, connected: Mapping[str, Connected]) -> Plan:
        """Return what each provider would be asked, for nobody answers for another."""
        steps, plan = self.steps, Plan()
        earlier = EarlierResults(journal, LastRun(), None)
        for step in steps:
            self.steps = [step]
            name = step.provider.name
            own = {name: connected[name]} if name in connected else {}
            one = forecast(self, journal, own, earlier).plan
            one.lanes = plan.lanes + one.lanes
            plan = one
        self.steps = steps
        return plan

    def _entered_as(self) -> str:
        """Return by what a benchmark of the input is known in the journal."""
        return f"{history.BENCHMARK}{input_name(self.source)}"

    def _begin(self, journal: Journal, plan: Plan) -> history.RunEntry:
        """Enter a run of its own: what is known of runs that write the input's output stays."""
        entry = self._entry(journal, plan)
        entry.input, entry.output = self._entered_as(), "-"
        history.begin(journal, entry)
        return entry

    def _ask(
        self,
        step: Step,
        journal: Journal,
        entry: history.RunEntry,
        connected: Mapping[str, Connected],
        report: Report,
    ) -> None:
        """Ask one provider about every record, and judge its answers."""
        name, columns = step.provider.name, self.match.columns
        layout = Layout(columns, [step.wants], provenance=False)

        def write(row: Row, found: RecordResult) -> None:
            ended = Status(found.status)
            before = self._ended.get(row.number, ended)
            self._ended[row.number] = min(before, ended, key=FIRST.index)
            self._judge(step, journal, self.reader.record(row), layout, found)

        with Scratch() as scratch:
            runner = Runner(
                self.source,
                RowReading(columns, self.match.fallbacks),
                layout=layout,
                steps=[step],
                rules=self.rules,
                journal=journal,
                run=entry,
                stop=self.stop,
                suppression=self.suppression,
                limits=self.limits,
                conflicts=AddressConflicts(scratch.first) if name in connected else None,
            )
            contexts = {
                one: lane.lane_context(journal, entry.id, self.stop, nobody, None)
                for one, lane in connected.items()
                if one == name
            }
            runner.go(contexts, write)
        report.add(runner.report)

    def _judge(
        self, step: Step, journal: Journal, record: Record, layout: Layout, found: RecordResult
    ) -> None:
        """Compare what a provider gives with what the record knows, and count what it cost."""
        name, segment = step.provider.name, segment_of(record.values)
        given = dict(zip(layout.added, found.added, strict=True))
        if Status(found.status) in JUDGED:
            verdicts = {
                field: judge(field, record.values[field], given.get(field, ""), record.region)
                for field in step.wants
                if field in record.values
            }
            self.scores.count(name, segment, verdicts)
        for gain in found.gains:
            attempt = None if gain.attempt in self._paid else journal.attempt(gain.attempt)
            if attempt is not None and attempt.credits:
                self._paid.add(gain.attempt)
                for field, share in shares_of(step.provider.price, gain):
                    self.scores.charge(name, segment, field, attempt.credits * share)

    def _found(self, journal: Journal, entry: history.RunEntry) -> dict[str, Any]:
        money = spent.of_run(journal, entry).values()
        return {
            "sandbox": self.options.sandbox,
            "run": entry.id,
            "records": entry.records,
            "spent": sum((one.spent for one in money), NOTHING),
            "by": list(self.by),
            "scores": self.scores.all(),
            "ended": facts(journal, entry),
        }
