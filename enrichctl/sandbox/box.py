"""The sandbox itself: a local server that plays every vendor, and what a test may look at."""

import threading
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self, cast

from enrichctl.sandbox import control
from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.exchange import Delivery, VendorReply, VendorRequest
from enrichctl.sandbox.faults import Fault, Faults, deliver, refusal
from enrichctl.sandbox.memory import Event, Memory
from enrichctl.sandbox.population import Population
from enrichctl.sandbox.server import Server
from enrichctl.sandbox.switches import REFUSALS, Switches
from enrichctl.sandbox.vendor import Vendor, vendors
from enrichctl.sandbox.world import Charge, ReceivedRequest, World


class Sandbox:
    """All vendors on one port of 127.0.0.1, in a thread of this process.

    Args:
        port: 0 takes a free one.
        memory: Where what happens is kept for the next sandbox; None keeps nothing.
        switches: Whatever is to differ from the defaults of ``Switches``.

    Raises:
        ValueError: If there is no such switch.
    """

    def __init__(self, *, port: int = 0, memory: Path | None = None, **switches: Any) -> None:
        self.switches = Switches({name: kind.terms for name, kind in vendors().items()})
        self.switches.set(switches)
        self.reset()
        self._server = Server(self._answer, port)
        self._answers = 0
        self.memory = Memory(memory) if memory else None
        if self.memory and self.memory.is_free:
            self._recall(*self.memory.recall())

    def __enter__(self) -> Self:
        """Start serving.

        Raises:
            OSError: If the port is taken.
        """
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop serving, and keep what is to be remembered."""
        self._server.__exit__()
        if self.memory:
            self.memory.close((self.world, self.vendors))

    def _recall(self, state: Any, events: list[Event]) -> None:
        """Take up where the last sandbox with this memory ended, however it ended."""
        if state is not None:
            world, players = state
            self.world, self.vendors = cast("World", world), cast("dict[str, Vendor]", players)
            self.world.switches = self.switches
        limits, self.switches.limits = self.switches.limits, False  # what was refused is not kept
        for at, name, request in events:
            self.world.stand(at)
            self.vendors[name].answer(request)
        self.world.stand(None)
        self.switches.limits = limits
        for vendor in self.vendors.values():
            vendor.forget_windows()

    def serve_forever(self) -> None:
        """Wait until interrupted, once started; for a command that does nothing else."""
        threading.Event().wait()

    def reset(self) -> None:
        """Forget everything that happened: state, ledger, requests, waiting faults."""
        self.world = World(self.switches)
        self.faults = Faults(self.switches)
        self.vendors = {name: kind(self.world) for name, kind in vendors().items()}

    @property
    def population(self) -> Population:
        """Return the truth."""
        return self.world.population

    @property
    def ledger(self) -> list[Charge]:
        """Return everything that was charged, oldest first."""
        return list(self.world.ledger)

    @property
    def requests(self) -> list[ReceivedRequest]:
        """Return every request, oldest first, the newest 100,000."""
        return list(self.world.requests)

    def spent(self, vendor: str) -> Decimal:
        """Return what was charged at a vendor so far."""
        return self.world.spent[vendor]

    def set(self, **switches: Any) -> None:
        """Turn switches while serving.

        Raises:
            ValueError: If there is no such switch.
        """
        self.switches.set(switches)
        people = self.world.population
        people.miss_rate, people.hole_rate = self.switches.miss_rate, self.switches.hole_rate
        people.mix_up_rate = self.switches.mix_up_rate
        for vendor in self.vendors.values():
            vendor.forget_windows()

    def fault(
        self,
        vendor: str,
        name: str,
        times: int = 1,
        path: str = "",
        method: str = "",
        *,
        charged: bool = False,
    ) -> None:
        """Let a fault strike the next requests that fit.

        Raises:
            ValueError: If there is no such fault.
        """
        self.faults.add(Fault(vendor, name, times, path, method, charged))

    def refuse(self, on: bool = True) -> None:
        """Refuse connections on the sandbox's port, or accept them again."""
        self._server.refuse(on)

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock on."""
        self.world.advance(seconds)

    @property
    def root(self) -> str:
        """Return the address of the server."""
        return f"http://127.0.0.1:{self._server.port}"

    def url(self, provider: str) -> str:
        """Return a vendor's base URL: what stands before the paths in its documentation."""
        return self.root + vendors()[provider].base(self.switches)

    def environ(self) -> dict[str, str]:
        """Return the environment in which the program talks to this sandbox."""
        return {
            f"ENRICHCTL_{name}_{part}".upper(): value
            for name, kind in vendors().items()
            for part, value in kind.login(self.root, self.switches).items()
        }

    def _answer(self, request: VendorRequest) -> Delivery:
        """Answer one request: control, or a vendor with whatever fault strikes."""
        name, _, path = request.path[1:].partition("/")
        inner = VendorRequest(
            request.method, f"/{path}", request.query, request.headers, request.body
        )
        if name == "_sandbox":
            return Delivery([(0.0, control.answer(self, inner).wire())])
        vendor = self.vendors.get(name)
        if vendor is None:
            return Delivery([(0.0, VendorReply(404).wire())])
        fault = self.faults.draw(name, inner)
        struck = fault.name if fault else ""
        reply = VendorReply(0) if fault and not fault.charged else self._ask(name, inner)
        if struck in REFUSALS and struck != "reset":
            generic = struck.isdigit()
            reply = refusal(struck) if generic else vendor.refusal(struck, inner)
        self._note(name, inner, reply.status, struck)
        return deliver(reply, struck, self._wait(), self.switches)

    def _ask(self, name: str, request: VendorRequest) -> VendorReply:
        """Have a vendor answer; what was not refused by a limit is remembered."""
        at = self.world.now()
        reply = self.vendors[name].answer(request)
        if self.memory and reply.status != HTTPStatus.TOO_MANY_REQUESTS:
            self.memory.note((at, name, request))
        return reply

    def _wait(self) -> float:
        switches = self.switches
        if not switches.jitter:
            return switches.latency
        self._answers += 1
        swing = Dice(switches.seed, "wait", self._answers).below(2001) / 1000 - 1
        return max(0.0, switches.latency + switches.jitter * swing)

    def _note(self, vendor: str, request: VendorRequest, status: int, fault: str) -> None:
        if self.switches.record:
            body = request.body.decode(errors="replace")
            told = (request.method, request.path, request.query, request.headers, body)
            self.world.requests.append(
                ReceivedRequest(vendor, *told, status, fault, self.world.now())
            )
