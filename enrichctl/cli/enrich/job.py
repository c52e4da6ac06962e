"""One ``enrich`` from its options to its exit status: read, plan, confirm, ask, write, report."""

import json
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.cli import context
from enrichctl.cli.enrich import consent
from enrichctl.cli.enrich.claims import alone_on, check_places
from enrichctl.cli.enrich.finish import conclude, exit_status_of, tell
from enrichctl.cli.enrich.request import (
    Options,
    columns_of,
    is_remote,
    name_of,
    path_of,
    providers_of,
    read_delimiter,
    target_of,
)
from enrichctl.cli.enrich.signals import reader_gone, stopping
from enrichctl.cli.options import EVERY_FIELD
from enrichctl.config import Settings, duration, parse_budget
from enrichctl.engine.estimate import Estimate, OtherAccounts
from enrichctl.engine.layout import Layout
from enrichctl.engine.question import Rules, Step, remote
from enrichctl.engine.record_reader import RecordReader
from enrichctl.engine.result import RecordResult
from enrichctl.engine.run import Runner, Write
from enrichctl.engine.stop import Limits, Stop
from enrichctl.engine.waterfall import Waterfall
from enrichctl.errors import EnrichctlError, ExitStatus, Locked, ProviderError
from enrichctl.events import Ended, Watcher, all_of, nobody
from enrichctl.files import Output, Row, Source, open_output, open_source
from enrichctl.journal import Journal, history
from enrichctl.journal.scratch import Scratch
from enrichctl.journal.sweep import sweep
from enrichctl.matching import Suppression, fingerprint
from enrichctl.matching.namesakes import Namesakes
from enrichctl.model import Plan
from enrichctl.provider import Local
from enrichctl.render.screen import Screen
from enrichctl.wanted_fields import accepts_review, check_wants, own_columns, read_fields, wants_of

if TYPE_CHECKING:
    from enrichctl.cli.logins import Connected


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
                delimiter=read_delimiter(options.delimiter),
                stdin=sys.stdin.buffer if options.input == "-" else None,
            )
        )
        job = _Job(options, settings, screen, source)
        environ = None
        if options.sandbox:
            from enrichctl.sandbox import Sandbox  # noqa: PLC0415 - only when it was asked for

            environ = stack.enter_context(Sandbox()).environ()
            screen.note("sandbox: people and credits are made up, no provider is asked")
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
        self.providers = providers_of(options, settings)
        named = read_fields(options.want) or tuple(settings.wants)
        check_wants(self.providers, named)
        piped = source.name == "-"
        self.match = columns_of(
            options,
            settings,
            source,
            (lambda *_: None) if piped else screen.choose,
            bought=frozenset().union(
                *((*p.uses, *wants_of(p, named, ())) for p in self.providers if is_remote(p))
            ),
        )
        self.overwrite = self._overwrite(named)
        self.steps = [
            Step(
                provider, wants_of(provider, named, self.overwrite), save=self._save(provider.name)
            )
            for provider in self.providers
        ]
        self.rules = Rules(
            overwrite=self.overwrite,
            min_confidence=_first(options.min_confidence, settings.min_confidence, 0.0),
            max_age=duration(options.max_age) if options.max_age else settings.max_age,
            miss_age=None if options.max_age else settings.miss_max_age,
            region=(options.default_region or settings.default_region).upper(),
            retry_failed=options.retry_failed,
            retry_unconfirmed=options.retry_unconfirmed,
            verified_email=settings.verified_email,
            accept_review=accepts_review(options.accept or settings.accept),
        )
        self.budgets = parse_budget(options.budget) if options.budget else {}
        consent.check(options, settings, self.budgets, {p.name for p in self.providers})
        self.suppression = Suppression.read(Path(options.suppress)) if options.suppress else None
        self.format, self.target = target_of(options, source)
        self.limits = Limits(
            options.limit,
            options.max_errors,
            duration(options.max_duration) if options.max_duration else None,
        )
        self.stop = Stop()
        self.noted: set[str] = set()
        self.chains = {n: c for n, c in settings.waterfall.items() if n != "default"}

    def run(self, journal: Journal, environ: dict[str, str] | None, stack: ExitStack) -> int:
        """Plan, confirm, ask, write and report."""
        options, screen = self.options, self.screen
        if not options.dry_run:
            log = Path(options.log_file) if options.log_file else None
            check_places(self.source.path, self.target, log)
            stack.enter_context(alone_on(self.source.path, self.target))
            consent.may_replace(journal, self.source, self.target, force=options.force)
        self._note()
        sweep(journal)
        for provider in self.providers:
            if isinstance(provider, Local):
                provider.ready()
        connected = self._connect(environ, journal)
        plan = self._plan(journal, connected) if connected or options.dry_run else None
        if options.dry_run:
            self._show_dry(plan or Plan())
            return ExitStatus.DONE
        self._show(plan)
        if plan is not None and plan.ask:
            if not (options.yes or options.sandbox):
                budgets = {name: one.budget for name, one in connected.items()}
                consent.confirm(screen, plan, budgets, piped=self.source.name == "-")
            self._prepare(plan, connected, journal)
        return self._go(journal, self._entry(journal, plan), connected, plan, stack)

    def _connect(self, environ: dict[str, str] | None, journal: Journal) -> dict[str, "Connected"]:
        """Return the providers that are asked over the network, by name, each with its login."""
        screen = self.screen
        connected = {
            step.provider.name: self._connection(step, environ, journal)
            for step in remote(self.steps)
        }
        if screen.verbose:
            screen.note(f"these columns are [mappings.{fingerprint(self.source.header)}] in config")
        for name, one in connected.items():
            if screen.verbose and one.connection:
                source = one.login.source_of("api_key")
                screen.note(f"{name}: {one.connection.base_url}, key from the {source}")
        return connected

    def _connection(
        self, step: Step, environ: dict[str, str] | None, journal: Journal
    ) -> "Connected":
        from enrichctl.cli.account_names import named, told  # noqa: PLC0415 - no local run
        from enrichctl.cli.logins import connect  # noqa: PLC0415 - needs them

        must = not self.options.dry_run
        one = connect(step, self.settings, environ, must=must, budgets=self.budgets)
        one = named(step, one, journal)
        return told(step, one, journal, new=True) if must else one

    def _go(
        self,
        journal: Journal,
        entry: history.Run,
        connected: dict[str, "Connected"],
        plan: Plan | None,
        stack: ExitStack,
    ) -> int:
        options, screen = self.options, self.screen
        log = self._log(stack)
        says_more = self.format in ("json", "jsonl")
        own = own_columns(self.source.header) if options.provenance != "none" else None
        layout = Layout(
            self.match.columns,
            [step.wants for step in self.steps],
            provenance=options.provenance != "none" and not says_more,
            says_more=says_more,
            own=own,
        )
        to_stdout = self.target is None
        output = open_output(
            self.source,
            self.target,
            format=self.format,
            added=layout.added,
            excel_safe=options.excel_safe and self.settings.excel_safe,
            stream=sys.stdout.buffer if to_stdout else None,
            force=options.force,
        )
        stack.enter_context(stopping(self.stop, screen))
        history.begin(journal, entry)
        asks = {lane.name: lane.ask for lane in plan.lanes} if plan else {}
        with self._progress(asks, entry.records) as progress:
            watch = all_of(progress, *log)
            runner = Runner(
                self.source,
                self.match.columns,
                layout=layout,
                steps=self.steps,
                rules=self.rules,
                journal=journal,
                run=entry,
                stop=self.stop,
                suppression=self.suppression,
                chains=self.chains,
                namesakes=Namesakes(stack.enter_context(Scratch()).first) if connected else None,
                spares=self.match.spares,
                own=own,
                limits=self.limits,
                watch=watch,
                reader_gone=reader_gone if to_stdout else lambda: False,
            )
            services = {
                name: one.service(journal, entry.id, self.stop, watch, options.concurrency)
                for name, one in connected.items()
            }
            try:
                with output:
                    runner.go(services, self._writer(output))
            except BrokenPipeError:
                self.stop.now("interrupted", ExitStatus.READER_GONE)
            except BaseException as error:
                self.stop.now("interrupted", exit_status_of(error))
                with suppress(EnrichctlError, OSError):  # what broke the run off says more
                    self._finish(journal, entry, runner, watch)
                raise
            status = self._finish(journal, entry, runner, watch)
        if self.source.origin.is_outdated() and self.source.path != self.target:
            screen.note(
                f"{self.source.label} was changed meanwhile: the output has the"
                f" {entry.records} records that it held at the start; run again for the rest"
            )
        self._note()
        tell(screen, journal, entry, output, self.target, self.source.encoding)
        if runner.waited_in_vain:
            screen.error(
                Locked(runner.waited_in_vain, next="see whether it hangs, then run this again")
            )
        return status

    def _finish(
        self, journal: Journal, entry: history.Run, runner: Runner, watch: Watcher
    ) -> ExitStatus:
        """Tell and enter how the run ended: what cannot be told of it is part of that."""
        status = conclude(entry, runner.report, self.steps, self.stop)
        try:
            watch(Ended(entry.state, entry.stopped_by, status))
        except BaseException as error:
            self.stop.now("interrupted", exit_status_of(error))
            conclude(entry, runner.report, self.steps, self.stop)
            raise
        finally:
            history.update(journal, entry)
            history.supersede(journal, entry)
        return status

    def _writer(self, output: Output) -> Write:
        """Return how a record is written; a reader that has gone stops the run."""

        def write(row: Row, found: RecordResult) -> None:
            if self.stop.status is ExitStatus.READER_GONE:
                return
            try:
                output.write(row, found.cells, found.added, found.meta)
            except BrokenPipeError:
                self.stop.now("interrupted", ExitStatus.READER_GONE)

        return write

    def _log(self, stack: ExitStack) -> list[Watcher]:
        if not self.options.log_file:
            return []
        from enrichctl.render.log import LogFile  # noqa: PLC0415 - only when it was asked for

        return [stack.enter_context(LogFile(Path(self.options.log_file)))]

    def _progress(self, asks: dict[str, int], records: int) -> AbstractContextManager[Watcher]:
        if self.screen.quiet:
            return nullcontext(nobody)
        from enrichctl.render.progress import Progress  # noqa: PLC0415 - draws with Rich

        return Progress(self.screen, asks, records)

    def _note(self) -> None:
        """Say what is worth knowing of the input and was not said yet."""
        notes = dict.fromkeys(self.source.notes + self.match.notes)
        for note in [one for one in notes if one not in self.noted]:
            self.screen.note(note)
            self.noted.add(note)

    def _prepare(self, plan: Plan, connected: dict[str, "Connected"], journal: Journal) -> None:
        """Let each provider that is asked say whose its key is, and what wanted fields mean."""
        from enrichctl.cli.account_names import told  # noqa: PLC0415 - no local run needs it

        asked = {lane.name for lane in plan.lanes if lane.ask}
        for step in remote(self.steps):
            one = connected[step.provider.name]
            if one.provider.name in asked:
                one = connected[one.provider.name] = told(step, one, journal, new=False)
            if one.provider.name in asked and step.stopped is None:
                provider = one.provider
                lane = one.service(journal, "", self.stop, nobody, None)
                try:
                    provider.prepare(step.wants, lane.api(provider, provider.explain))
                except ProviderError as error:
                    step.stopped = error

    def _save(self, name: str) -> bool | None:
        typed, configured = self.options.save, self.settings.provider(name).save
        return configured if typed is None else typed

    def _overwrite(self, named: tuple[str, ...]) -> frozenset[str]:
        typed = self.options.overwrite
        if typed == EVERY_FIELD:
            wants = {name for p in self.providers for name in wants_of(p, named, ())}
            return frozenset(wants | self.match.columns.keys())
        return frozenset(read_fields(typed))

    def _entry(self, journal: Journal, plan: Plan | None) -> history.Run:
        now = journal.now()
        return history.Run(
            id=history.new_id(now),
            started_at=now,
            input=name_of(self.source),
            output="-" if self.target is None else path_of(self.target),
            command=("enrichctl", *sys.argv[1:]),
            records=plan.records if plan else 0,
            people=plan.people if plan else 0,
        )

    def _plan(self, journal: Journal, connected: dict[str, "Connected"]) -> Plan:
        """Take every record through the waterfall without asking."""
        with Scratch() as scratch:
            return self._planned(journal, connected, scratch)

    def _planned(
        self, journal: Journal, connected: dict[str, "Connected"], scratch: Scratch
    ) -> Plan:
        waterfall = Waterfall(
            self.steps, self.rules, journal, chains=self.chains,
            suppression=self.suppression,
        )  # fmt: skip
        reader = RecordReader(
            self.match.columns,
            waterfall,
            self.suppression,
            Namesakes(scratch.first),
            self.match.spares,
        )
        accounts = {step.provider.name: step.account for step in self.steps}
        estimate = Estimate(
            waterfall,
            scratch.add,
            lambda name: history.match_rate(journal, name, accounts[name]),
            limit=self.options.limit,
            former=OtherAccounts(journal).of,
        )
        for row in self.source.rows():
            estimate.count(reader.lead(row))
        plan = estimate.finish((n, c.budget) for n, c in connected.items())
        plan.mapping = self.match.names
        if not self.rules.accept_review:
            plan.review = history.in_review(journal, name_of(self.source))
        return plan

    def _show(self, plan: Plan | None) -> None:
        if self.screen.quiet:
            return
        from enrichctl.render.planned import show_mapping, show_plan  # noqa: PLC0415 - draws

        self._note()
        show_mapping(self.screen, self.match.names, self.source.header)
        if plan is not None:
            show_plan(self.screen, plan)

    def _show_dry(self, plan: Plan) -> None:
        if self.options.json:
            from enrichctl.cli.documents import plan_document  # noqa: PLC0415 - slow to import

            sys.stdout.write(json.dumps(plan_document(plan), ensure_ascii=False) + "\n")
        else:
            self._show(plan)


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)
