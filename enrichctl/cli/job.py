"""One ``enrich`` from its options to its exit status: read, plan, confirm, ask, write, report."""

import json
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from enrichctl.cli import context
from enrichctl.cli.logins import Connected, connect
from enrichctl.cli.options import EVERY_FIELD
from enrichctl.cli.plan import plan_document
from enrichctl.cli.request import (
    Options,
    alone_on,
    columns_of,
    name_of,
    providers_of,
    target_of,
)
from enrichctl.cli.signals import reader_gone, stopping
from enrichctl.config import Settings, duration, parse_budget
from enrichctl.engine.forecast import Forecast
from enrichctl.engine.layout import Layout
from enrichctl.engine.questions import Course, Rules, remote
from enrichctl.engine.run import Limits, Runner, Stop
from enrichctl.engine.settling import Settler
from enrichctl.errors import (
    ConfirmationNeeded,
    EnrichctlError,
    ExitStatus,
    OutputError,
    ProviderError,
)
from enrichctl.events import Ended, all_of, nobody
from enrichctl.files import Source, open_output, open_source
from enrichctl.journal import Journal, history
from enrichctl.journal.scratch import Scratch
from enrichctl.matching import Suppression, fingerprint
from enrichctl.matching.namesakes import Namesakes
from enrichctl.model import NOTHING, Plan, Status, plain
from enrichctl.planning import check_wants, read_fields, wants_of
from enrichctl.render.screen import Screen


def run(options: Options) -> int:
    """Carry out an ``enrich`` and return its exit status.

    Raises:
        RunError: It cannot start; nothing was sent and nothing written.
    """
    screen, settings = context.screen(), context.settings()
    with ExitStack() as stack:
        source = stack.enter_context(
            open_source(
                options.input,
                input_format=options.input_format or None,
                encoding=options.encoding or None,
                sheet=options.sheet or None,
                stdin=sys.stdin.buffer if options.input == "-" else None,
            )
        )
        job = _Job(options, settings, screen, source)
        environ = None
        if options.sandbox:
            from enrichctl.sandbox import Sandbox  # noqa: PLC0415 - only when it was asked for

            environ = stack.enter_context(Sandbox()).environ()
        journal = stack.enter_context(context.journal())
        return job.run(journal, environ, stack)


class _Job:
    """The parts of one ``enrich`` as they become known."""

    def __init__(
        self, options: Options, settings: Settings, screen: Screen, source: Source
    ) -> None:
        self.options = options
        self.settings = settings
        self.screen = screen
        self.source = source
        piped = source.name == "-"
        self.match = columns_of(
            options, settings, source, (lambda *_: None) if piped else screen.choose
        )
        self.providers = providers_of(options, settings)
        named = read_fields(options.want) or tuple(settings.wants)
        check_wants(self.providers, named)
        self.overwrite = self._overwrite(named)
        self.courses = [
            Course(provider, wants_of(provider, named, self.overwrite))
            for provider in self.providers
        ]
        self.rules = Rules(
            overwrite=self.overwrite,
            min_confidence=_first(options.min_confidence, settings.min_confidence, 0.0),
            max_age=duration(options.max_age) if options.max_age else settings.max_age,
            miss_age=None if options.max_age else settings.miss_max_age,
            save=options.save,
            region=(options.default_region or settings.default_region).upper(),
            retry_failed=options.retry_failed,
            retry_unconfirmed=options.retry_unconfirmed,
            verified_email=settings.verified_email,
        )
        self.budgets = parse_budget(options.budget) if options.budget else {}
        self.suppression = Suppression.read(Path(options.suppress)) if options.suppress else None
        self.format, self.target = target_of(options, source)
        self.stop = Stop()
        self.chains = {n: c for n, c in settings.waterfall.items() if n != "default"}

    def run(self, journal: Journal, environ: dict[str, str] | None, stack: ExitStack) -> int:
        """Plan, confirm, ask, write and report."""
        options, screen = self.options, self.screen
        for note in self.source.notes + self.match.notes:
            screen.note(note)
        history.sweep(journal)
        asked = [course for course in self.courses if course in list(remote(self.courses))]
        connected = {
            course.provider.name: connect(
                course, self.settings, environ, must=not options.dry_run, budgets=self.budgets
            )
            for course in asked
        }
        if screen.verbose:
            screen.note(f"these columns are [mappings.{fingerprint(self.source.header)}] in config")
        for name, one in connected.items():
            if screen.verbose and one.connection:
                source = one.login.source_of("api_key")
                screen.note(f"{name}: {one.connection.base_url}, key from the {source}")
        entry = self._entry(journal)
        plan = None
        if asked or options.dry_run:
            with Scratch() as scratch:
                plan = self._plan(journal, connected, scratch)
        if options.dry_run:
            self._show_dry(plan or Plan())
            return ExitStatus.DONE
        if plan is not None:
            self._show(plan)
            if sum(lane.ask for lane in plan.lanes):
                self._confirm(plan, connected)
                self._prepare(plan, connected, journal)
            entry.records, entry.people = plan.records, plan.people
        stack.enter_context(alone_on(self.source))
        return self._go(journal, entry, connected, plan, stack)

    def _go(
        self,
        journal: Journal,
        entry: history.Run,
        connected: dict[str, Connected],
        plan: Plan | None,
        stack: ExitStack,
    ) -> int:
        from enrichctl.render.ended import show_summary  # noqa: PLC0415 - draws with Rich
        from enrichctl.render.log import LogFile  # noqa: PLC0415 - beside the others
        from enrichctl.render.progress import Progress  # noqa: PLC0415 - draws with Rich

        options, screen = self.options, self.screen
        self._may_replace(journal)
        layout = Layout(
            self.match.columns,
            [course.wants for course in self.courses],
            provenance=options.provenance != "none" and self.format not in ("json", "jsonl"),
        )
        to_stdout = self.target is None
        output = open_output(
            self.source,
            self.target,
            format=self.format,
            added=layout.added,
            excel_safe=options.excel_safe and self.settings.excel_safe,
            stream=sys.stdout.buffer if to_stdout else None,
        )
        stack.enter_context(stopping(self.stop, screen))
        asks = {lane.name: lane.ask for lane in plan.lanes} if plan else {}
        log = [stack.enter_context(LogFile(Path(options.log_file)))] if options.log_file else []
        with Progress(screen, asks, entry.records) as progress:
            watch = all_of(progress, *log)
            runner = Runner(
                self.source,
                self.match.columns,
                courses=self.courses,
                rules=self.rules,
                journal=journal,
                run=entry,
                stop=self.stop,
                suppression=self.suppression,
                chains=self.chains,
                namesakes=Namesakes(stack.enter_context(Scratch()).first) if connected else None,
                limits=Limits(
                    options.limit,
                    options.max_errors,
                    duration(options.max_duration) if options.max_duration else None,
                ),
                watch=watch,
                reader_gone=reader_gone if to_stdout else lambda: False,
            )
            services = {
                name: one.service(journal, entry.id, self.stop, watch, options.concurrency)
                for name, one in connected.items()
            }
            history.begin(journal, entry)
            try:
                with output:
                    runner.go(services, layout.writer(output, self.stop))
            except BrokenPipeError:
                self.stop.now("interrupted", ExitStatus.READER_GONE)
            except EnrichctlError as error:
                self.stop.now("interrupted", error.exit_status)
                raise
            except BaseException:
                self.stop.now("interrupted", ExitStatus.BUG)
                raise
            finally:
                status = self._finish(journal, entry, runner)
                watch(Ended(entry.state, entry.stopped_by, status))
        if output.neutralised:
            screen.note(f"{output.neutralised} new values looked like formulas and were escaped")
        show_summary(screen, entry.summary, entry.records)
        self._farewell(entry, status)
        return status

    def _prepare(self, plan: Plan, connected: dict[str, Connected], journal: Journal) -> None:
        """Let each provider that is asked look up, for free, what the wanted fields mean to it."""
        asked = {lane.name for lane in plan.lanes if lane.ask}
        for course in remote(self.courses):
            one = connected[course.provider.name]
            if one.provider.name in asked:
                service = one.service(journal, "", self.stop, nobody, None)
                try:
                    one.provider.prepare(course.wants, Settler(course, service).api())
                except ProviderError as error:
                    course.stopped = error

    def _finish(self, journal: Journal, entry: history.Run, runner: Runner) -> int:
        """Enter how the run ended; return the exit status."""
        stops = [course.stopped for course in self.courses if course.stopped]
        report = runner.report
        entry.summary = report.summary(stops)
        entry.records = report.records
        entry.people = entry.people or report.records
        if self.stop.asked.is_set() and self.stop.word:
            entry.stopped_by, status = self.stop.word, self.stop.status
        elif stops:
            entry.stopped_by, status = stops[0].stopped_by, stops[0].exit_status
        else:
            status = report.exit_status()
            if report.outcomes[Status.PENDING]:
                entry.stopped_by = "limit"
        entry.state = "stopped" if entry.stopped_by else "done"
        entry.exit_status = int(status)
        entry.finished_at = datetime.now(UTC)
        history.update(journal, entry)
        history.supersede(journal, entry)
        return int(status)

    def _overwrite(self, named: tuple[str, ...]) -> frozenset[str]:
        typed = self.options.overwrite
        if typed == EVERY_FIELD:
            wants = {name for p in self.providers for name in wants_of(p, named, ())}
            return frozenset(wants | self.match.columns.keys())
        return frozenset(read_fields(typed))

    def _may_replace(self, journal: Journal) -> None:
        """Refuse to replace a file that this tool did not write for this input."""
        if self.target is None or self.options.force or not self.target.exists():
            return
        if not self.target.is_file() or str(self.target).startswith("/dev/"):
            return
        written = journal.read(
            "SELECT 1 FROM runs WHERE input=? AND output=? LIMIT 1",
            (name_of(self.source), str(self.target.resolve())),
        )
        if not written:
            raise OutputError(
                f"{self.target} is there already, and was not written by enrichctl for this input",
                next="choose another with -o PATH, or replace it with --force",
            )

    def _entry(self, journal: Journal) -> history.Run:
        now = journal.now()
        return history.Run(
            id=f"{now:%Y%m%d-%H%M%S}-{uuid4().hex[:4]}",
            started_at=now,
            input=name_of(self.source),
            output="-" if self.target is None else str(self.target.resolve()),
            command=("enrichctl", *sys.argv[1:]),
        )

    def _plan(self, journal: Journal, connected: dict[str, Connected], scratch: Scratch) -> Plan:
        """Take every record through the waterfall without asking."""
        entry = history.Run("", journal.now(), "", "", ())
        runner = Runner(
            self.source,
            self.match.columns,
            courses=self.courses,
            rules=self.rules,
            journal=journal,
            run=entry,
            stop=Stop(),
            suppression=self.suppression,
            chains=self.chains,
            namesakes=Namesakes(scratch.first),
            elsewhere="count",
        )
        accounts = {course.provider.name: course.account for course in self.courses}
        forecast = Forecast(
            runner.waterfall,
            scratch.add,
            lambda name: history.match_rate(journal, name, accounts[name]),
            limit=self.options.limit,
        )
        for row in self.source.rows():
            forecast.count(runner.lead(row))
        plan = forecast.finish((n, c.budget) for n, c in connected.items())
        plan.mapping = self.match.names
        return plan

    def _show(self, plan: Plan) -> None:
        from enrichctl.render.planned import show_mapping, show_plan  # noqa: PLC0415 - draws

        show_mapping(self.screen, plan)
        show_plan(self.screen, plan)

    def _show_dry(self, plan: Plan) -> None:
        if self.options.json:
            sys.stdout.write(json.dumps(plan_document(plan), ensure_ascii=False) + "\n")
        else:
            self._show(plan)

    def _confirm(self, plan: Plan, connected: dict[str, Connected]) -> None:
        """Have somebody agree to what may be spent.

        Raises:
            ConfirmationNeeded: Nobody did.
        """
        options = self.options
        lanes = [lane for lane in plan.lanes if lane.credits.most]
        most = sum((lane.credits.most for lane in lanes), NOTHING)
        if options.yes or options.sandbox or not most:
            return
        if self.screen.asks and self.source.name != "-":
            names = ", ".join(f"{plain(lane.credits.most)} at {lane.name}" for lane in lanes)
            if self.screen.ask(f"may spend up to {plain(most)} credits ({names}); continue?"):
                return
            raise ConfirmationNeeded("not confirmed; nothing was asked and nothing spent")
        if all(connected[lane.name].budget is not None for lane in lanes):
            return
        raise ConfirmationNeeded(
            f"this run may spend up to {plain(most)} credits and nobody can be asked",
            next=f"add --budget {plain(most)} (or less) or --yes; -n shows the plan",
        )

    def _farewell(self, entry: history.Run, status: int) -> None:
        if entry.output != "-":
            self.screen.say(f"wrote {entry.output}", style="bold")
        if status not in (ExitStatus.DONE, ExitStatus.READER_GONE):
            self.screen.say("go on: run the same command again; `enrichctl status last` explains")


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)
