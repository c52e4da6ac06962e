"""One ``enrich`` from its options to its exit status: read, plan, confirm, ask, write, report."""

import json
import sys
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.cli import context
from enrichctl.cli.enrich import consent
from enrichctl.cli.enrich.ask_and_write import ask_and_write
from enrichctl.cli.enrich.asked import (
    check_folders,
    check_wanted,
    fields_in_folders,
    overwritten_by,
    steps_of,
    verified_by,
    verifier_for,
)
from enrichctl.cli.enrich.claims import alone_on, check_places, make_folder
from enrichctl.cli.enrich.going_on import going_on
from enrichctl.cli.enrich.losses import losses_in_words, may_lose
from enrichctl.cli.enrich.options import EnrichOptions
from enrichctl.cli.enrich.pilot import go_on, pilot_of
from enrichctl.cli.enrich.request import (
    age_of,
    columns_of,
    input_name,
    longest_of,
    odd_ending,
    open_input,
    path_of,
    places_of,
    providers_of,
    suppression_of,
    target_of,
)
from enrichctl.cli.enrich.signals import patience
from enrichctl.cli.enrich.write_back import check_write_back, may_write_back, recall_written
from enrichctl.cli.streams import nothing_done
from enrichctl.config import Settings, parse_budget
from enrichctl.engine.question import Rules, Step, remote
from enrichctl.engine.stop import Limits, Stop
from enrichctl.errors import ExitStatus, ProviderError, UsageError
from enrichctl.events import nobody
from enrichctl.files import FileSet, Source
from enrichctl.journal import Journal, history
from enrichctl.journal.sweep import sweep
from enrichctl.matching import fingerprint
from enrichctl.model import counted
from enrichctl.provider import EMAIL, VERDICT, Local, Remote
from enrichctl.render.screen import Screen
from enrichctl.wanted_fields import (
    NAMED,
    accepts_review,
    asked_for_nothing,
    read_fields,
    wants_of,
)

if TYPE_CHECKING:
    from enrichctl.cli.enrich.forecast import Forecast
    from enrichctl.cli.logins import Connected
    from enrichctl.engine.earlier_results import EarlierResults
    from enrichctl.files.where import Chosen
    from enrichctl.plan import Plan


def run(options: EnrichOptions) -> int:
    """Carry out an ``enrich`` and return its exit status.

    Raises:
        RunError: It cannot start; nothing was sent and nothing written.
    """
    screen, settings = context.screen(), context.settings()
    with ExitStack() as stack:
        with nothing_done():
            source = stack.enter_context(open_input(options))
            job = Job(options, settings, screen, source)
            environ = rehearsal(options, screen, stack) if options.sandbox else None
            opened = context.journal_to_read if options.dry_run else context.journal
            journal = stack.enter_context(opened(sandbox=options.sandbox))
        recall_written(job, journal)
        return job.run(journal, environ, stack)


def rehearsal(options: EnrichOptions, screen: Screen, stack: ExitStack) -> dict[str, str]:
    """Start the sandbox, and return the environment in which it is asked."""
    from enrichctl.cli.providers.sandbox import memory  # noqa: PLC0415 - only when asked for
    from enrichctl.sandbox import Sandbox  # noqa: PLC0415 - the same

    kept = None if options.dry_run else memory()
    box = stack.enter_context(Sandbox(memory=kept, limits=options.real_limits))
    screen.note("sandbox: people and credits are made up, no provider is asked")
    if box.memory and not box.memory.is_free:
        screen.warn(
            "another rehearsal is under way: the sandbox will not remember this one's credits and"
            " tickets; run it again after the other, or with another ENRICHCTL_STATE_DIR"
        )
    return box.environ()


class Job:
    """The parts of one ``enrich`` as they become known."""

    def __init__(
        self, options: EnrichOptions, settings: Settings, screen: Screen, source: Source
    ) -> None:
        self.options = options
        self.settings = settings
        self.screen = screen
        self.source = source
        self.providers = providers_of(options, settings)
        named = self.named = read_fields(options.want) or tuple(settings.wants)
        self.verifier = verifier_for(
            self.providers, named, settings, screen.note, sandbox=options.sandbox
        )
        check_wanted(self.providers, self.verifier, named)
        paid = [one for one in self.providers if isinstance(one, Remote)]
        self.match = columns_of(
            options,
            settings,
            source,
            (lambda *_: None) if source.name == "-" else screen.choose,
            bought=frozenset({EMAIL, VERDICT} if self.verifier else ()).union(
                *((*one.uses, *wants_of(one, named, ())) for one in paid)
            ),
        )
        self.in_folders = fields_in_folders(self.match, source)
        self.overwrite = overwritten_by(self)
        self.steps = steps_of(self)
        check_folders(self)
        self.rules = Rules(
            overwrite=self.overwrite,
            min_confidence=_first(options.min_confidence, settings.min_confidence, 0.0),
            max_age=age_of(options, settings),
            miss_age=None if options.age or options.refresh else settings.miss_max_age,
            region=(options.default_region or settings.default_region).upper(),
            retry_failed=options.retry_failed,
            retry_unconfirmed=options.retry_unconfirmed,
            verified_email=settings.verified_email,
            accept_review=accepts_review(options.accept or settings.accept),
            refresh=bool(options.refresh),
            verify=verified_by(self.verifier, settings),
        )
        self.budgets = parse_budget(options.budget) if options.budget else {}
        everybody = [step.provider for step in self.steps]
        consent.check_values(options, settings, self.budgets, everybody)
        self.suppression = suppression_of(options) if options.suppress else None
        self.format, self.target = target_of(options, source)
        self.places = places_of(options, source, self.target)
        self.limits = Limits(options.limit, options.max_errors, longest_of(options))
        self.chosen = self._chosen()  # rows that anybody may be asked about; None is all
        self.corrected: dict[int, frozenset[str]] = {}  # row → fields that somebody has changed
        self.stop = Stop()
        self.noted: set[str] = set()
        self.may_go: Collection[Path] = ()  # outputs that somebody has agreed to see replaced
        self.chains = {n: c for n, c in settings.waterfall.items() if n != "default"}
        if options.on:
            self._check_on()
        check_write_back(options)

    def run(self, journal: Journal, environ: dict[str, str] | None, stack: ExitStack) -> int:
        """Plan, confirm, ask, write and report."""
        with nothing_done():
            self._settle_places(journal, stack)
            connected = self._open(environ, journal)
            self.rules = going_on(self.rules, journal, input_name(self.source), sys.argv)
            earlier = self._earlier(journal) if connected else None
            dry = self.options.dry_run
            ahead = self._ahead(journal, connected, earlier)
            if ahead is not None and dry:
                self._show_dry(ahead, connected)
                may_write_back(self)
                return ExitStatus.DONE
            plan = ahead.plan if ahead else None
            self._show(plan)
            may_write_back(self)
            if ahead is not None:
                may_go = may_lose(self, ahead.losses, asks=bool(ahead.plan.ask))
                self.may_go = {*self.may_go, *may_go}
                if ahead.plan.ask:
                    self._agree(ahead.plan, connected, journal)
        entry = self._entry(journal, plan)
        if self.options.on:
            from enrichctl.cli.enrich.on_engine import fill_on  # noqa: PLC0415 - the same

            return fill_on(self, journal, entry, stack)
        return ask_and_write(self, journal, entry, connected, plan, earlier, stack)

    def _open(self, environ: dict[str, str] | None, journal: Journal) -> dict[str, "Connected"]:
        """Make everybody ready to be asked; return who is asked over the network, by name."""
        self.note()
        sweep(journal)
        pause = patience(self.limits.duration)
        local = [provider for provider in self.providers if isinstance(provider, Local)]
        if any(provider.may_gather for provider in local):
            from enrichctl.cli.enrich.gathering import gather_questions  # noqa: PLC0415 - tables only

            gather_questions(self)
        for provider in local:
            provider.ready(pause)
        return self._connect(environ, journal)

    def _settle_places(self, journal: Journal, stack: ExitStack) -> None:
        """Have the files of a run to itself, and somebody agree to what they replace."""
        options = self.options
        if options.dry_run:
            return
        log = Path(options.log_file) if options.log_file else None
        is_folder = isinstance(self.source, FileSet) or options.output.endswith("/")
        for source, target in self.places:
            check_places(source.path, target, log)
            if target is not None and is_folder:
                make_folder(target.parent)
        files = [path for source, target in self.places for path in (source.path, target)]
        stack.enter_context(alone_on(*files))
        self.may_go = consent.may_replace(
            journal,
            self.places,
            self.match.columns,
            self.screen,
            force=options.force,
            rehearses=options.sandbox,
            entered=(input_name(self.source), self.output_name),
        )

    def _agree(self, plan: "Plan", connected: dict[str, "Connected"], journal: Journal) -> None:
        """Ask somebody to agree to what may be spent, and let the providers get ready."""
        if not (self.options.yes or self.options.sandbox):
            consent.confirm(self.screen, plan, piped=self.source.name == "-")
        self._prepare(plan, connected, journal)

    def _earlier(self, journal: Journal) -> "EarlierResults":
        """Return what the last run on the input wrote, as far as it can be written again."""
        from enrichctl.cli.enrich.conditions import conditions_of  # noqa: PLC0415 - no local run
        from enrichctl.engine.earlier_results import EarlierResults  # noqa: PLC0415 - needs them
        from enrichctl.journal.results import last_run  # noqa: PLC0415 - the same

        former = last_run(journal, input_name(self.source), sandbox=self.options.sandbox)
        return EarlierResults(journal, former, conditions_of(self))

    def _ahead(
        self,
        journal: Journal,
        connected: dict[str, "Connected"],
        earlier: "EarlierResults | None",
    ) -> "Forecast | None":
        """Return what the run would do; None where nobody is asked and nobody wants to know."""
        if not (connected or self.options.dry_run):
            return None
        from enrichctl.cli.enrich.forecast import forecast  # noqa: PLC0415 - no local run

        self.limits.until = go_on(self, journal)
        ahead = forecast(self, journal, connected, earlier)
        self.limits.until = self.limits.until or ahead.until
        return ahead

    def _connect(self, environ: dict[str, str] | None, journal: Journal) -> dict[str, "Connected"]:
        """Return the providers that are asked over the network, by name, each with its login."""
        screen, steps = self.screen, [*remote(self.steps)]
        if steps and not self.options.sandbox:
            consent.check_is_real(self.source)
        connected = {one.provider.name: self._connection(one, environ, journal) for one in steps}
        if screen.verbose:
            screen.note(f"these columns are [mappings.{fingerprint(self.source.header)}] in config")
        for name, one in connected.items():
            if one.lacks:
                screen.warn(one.lacks)
            if screen.verbose and one.connection:
                source = f"key from the {one.login.source_of('api_key')}"
                key = "made-up key" if self.options.sandbox else source
                screen.note(f"{name}: {one.connection.base_url}, {key}")
        return connected

    def _connection(
        self, step: Step, environ: dict[str, str] | None, journal: Journal
    ) -> "Connected":
        from enrichctl.cli.account_names import ask_vendor, name_account  # noqa: PLC0415 - no local run
        from enrichctl.cli.logins import connect, hurried  # noqa: PLC0415 - needs them

        must = not self.options.dry_run
        one = connect(step, self.settings, environ, must=must, budgets=self.budgets)
        if self.options.sandbox and not self.options.real_limits:
            one = hurried(one)
        one = name_account(step, one, journal)
        return ask_vendor(step, one, journal, new=True) if must else one

    def note(self) -> None:
        """Say what is worth knowing of the input and was not said yet."""
        idle = [] if self.named else asked_for_nothing(self.providers)
        notes = dict.fromkeys(self.source.notes + self.match.notes)
        notes |= dict.fromkeys(f"{name} {NAMED}: it is not asked" for name in idle)
        if consent.is_input(self.source, self.target):
            notes[f"{consent.called(self.target)} is the input: the output takes its place"] = None
        if odd := odd_ending(self.options, self.source, self.format):
            notes[odd] = None
        for note in [one for one in notes if one not in self.noted]:
            self.screen.note(note)
            self.noted.add(note)

    def _prepare(self, plan: "Plan", connected: dict[str, "Connected"], journal: Journal) -> None:
        """Let each provider that is asked say whose its key is, and what wanted fields mean."""
        from enrichctl.cli.account_names import ask_vendor  # noqa: PLC0415 - no local run needs it

        asked = {lane.name for lane in plan.lanes if lane.ask}
        for step in remote(self.steps):
            one = connected[step.provider.name]
            if one.provider.name in asked:
                one = connected[one.provider.name] = ask_vendor(step, one, journal, new=False)
            if one.provider.name in asked and step.stopped is None:
                provider = one.provider
                lane = one.lane_context(journal, "", self.stop, nobody, None)
                try:
                    provider.prepare(step.wants, lane.api(provider, provider.explain))
                except ProviderError as error:
                    step.stopped = error

    def _check_on(self) -> None:
        """Refuse what ``--on`` must not do, or cannot."""
        try:
            from enrichctl.cli.enrich.on_engine import check_on  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise UsageError(
                "--on takes pyarrow", next="pip install 'enrichctl[parquet]'"
            ) from error
        check_on(self)

    def _chosen(self) -> "Chosen | None":
        """Return the rows that ``--where`` chooses; None where it is not given."""
        condition = self.options.where
        if not condition.strip():
            return None
        try:
            from enrichctl.files.where import Chosen  # noqa: PLC0415 - an extra
        except ImportError:
            raise UsageError(
                "--where takes duckdb and pyarrow", next="pip install 'enrichctl[parquet]'"
            ) from None
        chosen = Chosen(self.source, condition)
        self.screen.note(f"--where chooses {chosen.count:,} of {counted(chosen.total, 'record')}")
        return chosen

    @property
    def output_name(self) -> str:
        """Return by what the output is known in the journal."""
        return "-" if self.target is None else path_of(self.target)

    def _entry(self, journal: Journal, plan: "Plan | None") -> history.RunEntry:
        now = journal.now()
        return history.RunEntry(
            id=history.new_id(now),
            started_at=now,
            input=input_name(self.source),
            output=self.output_name,
            command=("enrichctl", *sys.argv[1:]),
            records=plan.records if plan else 0,
            people=plan.people if plan else 0,
            summary={"waterfall": [one.provider.name for one in self.steps]} | pilot_of(self),
        )

    def _show(self, plan: "Plan | None") -> None:
        if self.screen.quiet:
            return
        from enrichctl.render.planned import show_mapping, show_plan  # noqa: PLC0415 - draws

        self.note()
        also = {place for places in self.match.fallbacks.values() for place in places}
        show_mapping(self.screen, self.match.names, self.source.header, also)
        if plan is not None:
            show_plan(self.screen, plan)

    def _show_dry(self, ahead: "Forecast", connected: Mapping[str, "Connected"]) -> None:
        plan = ahead.plan
        for loss in losses_in_words(ahead.losses, asks=bool(plan.ask)).values():
            self.screen.warn(loss)
        if self.options.json_:
            from enrichctl.cli.enrich.documents import plan_document  # noqa: PLC0415 - slow to import

            sys.stdout.write(
                json.dumps(plan_document(plan, sandbox=self.options.sandbox), ensure_ascii=False)
                + "\n"
            )
        else:
            self._show(plan)
            if not connected:
                local = ", ".join(step.provider.name for step in self.steps)
                self.screen.say(f"{local}: free, nothing leaves this machine; run it without -n")
        if self.screen.verbose and connected:
            from enrichctl.cli.enrich.first_requests import show_first_requests  # noqa: PLC0415 - rare

            show_first_requests(self.screen, ahead, connected)


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)
