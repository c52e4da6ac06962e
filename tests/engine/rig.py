"""Runs in one process: made-up vendors that answer as told, and all that a run leaves behind."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from enrichctl.engine.booking import LaneContext
from enrichctl.engine.earlier_results import EarlierResults
from enrichctl.engine.layout import Layout
from enrichctl.engine.lead import Lead
from enrichctl.engine.question import Rules, Step
from enrichctl.engine.record_reader import RowReading
from enrichctl.engine.result import RecordResult
from enrichctl.engine.run import Runner
from enrichctl.engine.stop import Limits, Stop
from enrichctl.errors import EnrichctlError, Miss, NotYet
from enrichctl.events import all_of
from enrichctl.files import Row
from enrichctl.journal import Budgets, Journal, history
from enrichctl.journal.stores import store_at
from enrichctl.journal.sweep import sweep
from enrichctl.matching.address_conflicts import AddressConflicts
from enrichctl.matching.conditions import Condition
from enrichctl.model import Answer, Attempt, Match, Query, Throttled, Value
from enrichctl.pacing import RateLimiter
from enrichctl.provider import Connection, Login, Lookup, Price, Queue, Remote, Ticket
from enrichctl.transport import Api, Lost, NotSent, Reply, Runtime

COLUMNS = {"email": 0, "city": 1, "job_title": 2}
Play = Callable[["Seen"], Reply] | str


class Clock:
    """Wall time that a test moves.

    Attributes:
        real: What time it is.
        wrong: By how much the machine's clock is ahead of that.
    """

    def __init__(self) -> None:
        self.real = datetime(2026, 1, 10, 10, tzinfo=UTC)
        self.wrong = timedelta(0)

    def __call__(self) -> datetime:
        return self.real + self.wrong

    def pass_(self, **how: float) -> None:
        self.real += timedelta(**how)


@dataclass
class Seen:
    """One request."""

    path: str
    body: Any
    key: str

    @property
    def email(self) -> str:
        return self.body["email"]


@dataclass
class Vendor:
    """What stands in place of the wire: plays per person what it was told, else knows everybody."""

    facts: dict[str, str]
    plays: dict[str, list[Play]] = field(default_factory=dict)
    requests: list[Seen] = field(default_factory=list)
    auth: None = None
    host: str = "vendor.invalid"

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @property
    def asked(self) -> list[str]:
        return [seen.email for seen in self.requests]

    def send(self, method, path, body=None, headers=None, *, timeout) -> Reply:
        del method, timeout
        key = (headers or {}).get("Key", "")
        seen = Seen(path, json.loads(body) if body else None, key)
        who = path if seen.body is None or "email" not in seen.body else seen.email
        with self._lock:
            self.requests.append(seen)
            waiting = self.plays.get(who) or self.plays.get("*") or ["match"]
            play = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return self.answer(play, seen)

    def hang_up(self) -> None:
        """See `Wire.hang_up`: there is no connection."""

    def answer(self, play: Play, seen: Seen) -> Reply:
        match play:
            case "match":
                return found(**self.facts)
            case "lost":
                raise Lost("the connection broke off")
            case "down":
                raise NotSent("connection refused")
            case str():
                return Reply(int(play), {}, b"{}")
        return play(seen)


def found(**facts: Any) -> Reply:
    return Reply(200, {}, json.dumps(facts).encode())


class Known(Remote):
    """What the made-up providers have in common."""

    needs = (("email",),)
    uses = ("email",)
    price = Price("match", items={"*": Decimal(1)})

    def connect(self, login: Login) -> Connection:
        raise AssertionError(login)

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        return Miss("nobody of that name") if reply.status == 404 else super().explain(reply)

    def read(self, body: Any, query: Query) -> Match:
        del query
        sure = body.get("confidence")
        return {n: Value(body[n], sure, "web") for n in self.finds if body.get(n)}


class Asked(Known, Lookup):
    """Answers at once."""

    def find(self, query: Query, api: Api) -> Answer | None:
        reply = api.post("/find", dict(query.inputs), billed=True, key_header=self.key_header)
        return Answer(reply.json())


class Queued(Known, Queue):
    """Answers later; a ticket is the e-mail, and a body with ``wait`` is no answer yet."""

    batch_max = 3
    poll_every = 0.01

    def submit(self, queries: Sequence[Query], api: Api) -> Sequence[Any]:
        body = [query.inputs["email"] for query in queries]
        said = api.post("/submit", body, billed=True).json()
        refusals = said.get("refused", {})
        return [refusal(refusals[e]) if e in refusals else Ticket(e) for e in body]

    def collect(self, ticket: Ticket, query: Query, api: Api) -> Answer | None:
        del query
        body = api.post("/collect", {"email": ticket.id}).json()
        if body.get("wait"):
            raise NotYet("not yet")
        return None if body.get("miss") else Answer(body)


def refusal(word: str) -> EnrichctlError:
    return {"busy": NotYet, "miss": Miss}[word](word)


def provider(
    name: str = "alpha", finds: str = "city", kind: type = Asked, **declared: Any
) -> Remote:
    """Return a provider of its own class, with these declarations."""
    fields = tuple(finds.split())
    return type(name, (kind,), {"name": name, "title": name.title(), "finds": fields} | declared)()


class Shown(Layout):
    """A layout that keeps the leads it was shown."""

    def __init__(self, *how: Any) -> None:
        super().__init__(*how)
        self.leads: list[Lead] = []

    def fill(self, lead: Lead, *how: Any) -> Any:
        self.leads.append(lead)
        return super().fill(lead, *how)


@dataclass
class Ended:
    """What a run came to."""

    id: str
    leads: list[Lead] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    written: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    runner: Any = None
    stop: Stop = field(default_factory=Stop)

    def cells(self, name: str) -> list[str]:
        return [lead.text(name) for lead in self.leads]

    @property
    def stopped_by(self) -> list[str]:
        return [c.stopped.stopped_by for c in self.steps if c.stopped]


class Rig:
    """A journal, vendors and a clock that outlast the runs on them."""

    def __init__(self, path: Path, server: str = "") -> None:
        self._server = server
        self.clock = Clock()
        self.boot, self.started = "first", self.clock.real
        self.waited = 0.0  # seconds for the disk, which pass at once
        self.journal = self._open(path)
        self.vendors: dict[str, Vendor] = {}
        self._runs = 0

    def _open(self, path: Path) -> Journal:
        place = store_at(self._server, path.parent) if self._server else path
        return Journal(
            place, now=self.clock, since_boot=lambda: (self.boot, self.up / timedelta(seconds=1)),
            clock=lambda: self.waited, pause=self._wait,
        )  # fmt: skip

    @property
    def up(self) -> timedelta:
        """Return for how long the machine has been running."""
        return self.clock.real - self.started

    def restart(self, boot: str) -> None:
        """Start the machine anew."""
        self.boot, self.started = boot, self.clock.real

    def _wait(self, seconds: float) -> None:
        self.waited += seconds

    def go_on(self) -> None:
        """Go on with the journal as another process does after the end of this one."""
        self.journal = self._open(self.journal.store.files)
        sweep(self.journal)

    def vendor(self, provider: Remote) -> Vendor:
        facts = {name: f"{provider.name}'s {name}" for name in provider.finds}
        return self.vendors.setdefault(provider.name, Vendor(facts))

    def entry(self, **how: Any) -> history.RunEntry:
        self._runs += 1
        name = f"run-{self._runs}"
        entry = history.RunEntry(name, self.clock(), "/in.csv", "/out.csv", (), **how)
        history.begin(self.journal, entry)
        return entry

    def run(
        self,
        emails: Sequence[str | tuple[str, ...]],
        *providers: Remote,
        limits: Limits | None = None,
        budget: str = "",
        workers: int = 4,
        suppression: Any = None,
        stop: Stop | None = None,
        write: Callable[[Ended], None] = lambda _: None,
        watch: Callable[[Any], None] = lambda _: None,
        conflicts: AddressConflicts | None = None,
        columns: dict[str, int] = COLUMNS,
        seconds: Callable[[], float] = time.monotonic,
        only_if: Mapping[str, Condition] | None = None,
        own: Mapping[str, int] | None = None,
        corrected: Mapping[int, frozenset[str]] | None = None,
        earlier: EarlierResults | None = None,
        trial: Callable[[Ended], None] | None = None,
        verifier: Remote | None = None,
        **rules: Any,
    ) -> Ended:
        """Run the rows (an e-mail, or the cells of a row) through the providers.

        With ``earlier`` what the last run wrote is written again, and the run is ended as such.
        """
        ended, stop = Ended(self.entry().id), stop or Stop()
        ended.stop = stop
        ended.steps = self.steps(*providers, verifier=verifier)
        for step in ended.steps:
            step.only_if = (only_if or {}).get(step.provider.name)
        layout = Shown(columns, [step.fills for step in ended.steps])
        ended.leads = layout.leads
        rows = [(one, "", "") if isinstance(one, str) else one for one in emails]
        ended.runner = Runner(
            Rows(rows),
            RowReading(columns, own=own or {}, corrected=corrected or {}),
            layout=layout,
            steps=ended.steps,
            rules=Rules(**rules),
            journal=self.journal,
            run=history.run(self.journal, ended.id),
            stop=stop,
            suppression=suppression,
            limits=limits,
            conflicts=conflicts,
            earlier=earlier,
            trial=(lambda: trial(ended)) if trial else None,
            watch=all_of(ended.events.append, watch),
            clock=seconds,
        )

        def written(row: Row, found: RecordResult) -> None:
            ended.rows.append(row.number)
            ended.statuses.append(found.status)
            ended.notes.append(found.note)
            ended.written.append((dict(found.cells), tuple(found.added), found.meta))
            write(ended)

        contexts = {
            step.provider.name: self.lane_context(step.provider, ended.id, stop, budget, workers)
            for step in ended.steps
        }
        try:
            ended.runner.go(contexts, written)
        finally:
            if earlier is not None:
                self._end(ended)
        return ended

    @staticmethod
    def steps(*providers: Remote, verifier: Remote | None = None) -> list[Step]:
        """Return the providers of a waterfall, and who verifies the addresses of its records."""
        steps = [Step(p, p.default_wants or p.finds, "account") for p in providers]
        if verifier is not None and verifier not in providers:
            steps.append(Step(verifier, (), "account"))
        for step in steps:
            step.verifies = step.provider is verifier
        return steps

    def _end(self, ended: Ended) -> None:
        """Enter how a run ended, as the command does."""
        entry = history.run(self.journal, ended.id)
        entry.state, entry.finished_at = "done", self.clock()
        entry.records = ended.runner.report.records
        history.update(self.journal, entry)
        ended.runner.take_over()
        history.supersede(self.journal, entry)

    def lane_context(
        self, provider, run: str, stop: Stop, budget: str, workers: int
    ) -> LaneContext:
        pause = stop.pause
        return LaneContext(
            wire=self.vendor(provider),
            limiter=RateLimiter(
                provider.rates, patience=provider.patience, clock=lambda: 0.0, pause=pause,
                tell=lambda *_: None, remember=lambda _: None,
            ),
            journal=self.journal,
            run=run,
            budgets=Budgets(run=Decimal(budget) if budget else None),
            workers=workers,
            timeout=5.0,
            runtime=Runtime(pause=lambda _: pause(0), chance=lambda: 0.0),
        )  # fmt: skip

    def attempts(self) -> list[Attempt]:
        numbers = self.journal.read("SELECT id FROM attempts ORDER BY id")
        return [self.journal.attempt(number) for (number,) in numbers]

    def outcomes(self) -> list[str]:
        return [str(attempt.outcome) for attempt in self.attempts()]

    def spent(self, provider: str = "alpha") -> Decimal:
        return self.journal.spent(provider, f"month:{self.clock():%Y-%m}")


class Rows:
    """An input of rows that stand in memory."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._rows = rows

    def rows(self):
        for number, cells in enumerate(self._rows, 1):
            yield Row(number, number + 1, list(cells), None)
