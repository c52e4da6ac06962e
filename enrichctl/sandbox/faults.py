"""Faults: which request meets one, and what it does to the answer."""

from dataclasses import dataclass

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.exchange import (
    HTML,
    Delivery,
    VendorReply,
    VendorRequest,
    json_reply,
    text_reply,
)
from enrichctl.sandbox.switches import FAULTS, HARMS, REFUSALS, Switches

PAGE = (
    "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)
DRIP = 24  # bytes a piece
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


@dataclass(slots=True)
class Fault:
    """A fault waiting for its request.

    Attributes:
        vendor: Whose requests it waits for.
        name: One of ``FAULTS``.
        times: How often it still strikes.
        path: Strikes only requests whose path holds this.
        method: Strikes only this method; "" any.
        charged: Whether the work is done, and paid for, all the same.
    """

    vendor: str
    name: str
    times: int = 1
    path: str = ""
    method: str = ""
    charged: bool = False


class Faults:
    """The faults that were ordered, and those left to chance."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self.waiting: list[Fault] = []
        self._drawn = 0

    def add(self, fault: Fault) -> None:
        """Order a fault.

        Raises:
            ValueError: If there is no such fault.
        """
        if fault.name not in FAULTS:
            raise ValueError(f"there is no fault {fault.name}; there are {', '.join(FAULTS)}")
        fault.charged = fault.charged or fault.name in HARMS
        self.waiting.append(fault)

    def draw(self, vendor: str, request: VendorRequest) -> Fault | None:
        """Return the fault that strikes a request, None when it goes well."""
        for fault in self.waiting:
            if (
                fault.vendor == vendor
                and fault.path in request.path
                and fault.method in ("", request.method)
            ):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        if not self.switches.faults:
            return None
        self._drawn += 1
        dice = Dice(self.switches.seed, "fault", vendor, self._drawn)
        for name, share in self.switches.faults.items():
            owner, _, own = name.rpartition(".")
            if owner in ("", vendor) and dice.chance(share):
                return Fault(vendor, own, charged=own in HARMS)
        return None


def refusal(name: str) -> VendorReply:
    """Return the answer of a server in trouble, the same at every vendor."""
    if name == "502":
        return text_reply(PAGE, 502, HTML)
    reply = text_reply(REFUSALS[name], int(name))
    if name == "503":
        reply.headers["retry-after"] = "1"
    return reply


def deliver(reply: VendorReply, name: str, wait: float, switches: Switches) -> Delivery:
    """Return how an answer reaches the client under a fault; "" is none."""
    if name in ("reset", "lost"):
        return Delivery([(wait, b"")], "reset" if name == "reset" else "close")
    wire = _harmed(reply, name).wire()
    head = wire.find(b"\r\n\r\n")
    if name == "cut":
        return Delivery([(wait, wire[: head + 4 + len(reply.body) // 2])], "close")
    if name == "cut_head":
        return Delivery([(wait, wire[: wire.find(b"content-l")])], "close")
    if name == "drip":
        pieces = [wire[at : at + DRIP] for at in range(0, len(wire), DRIP)]
        return Delivery([(wait or switches.drip_seconds, piece) for piece in pieces])
    if name == "slow":
        return Delivery([(switches.slow_seconds, wire)])
    before = [(0.0, HINTS)] if name == "hints" else []
    return Delivery([*before, (wait, wire)], "close" if name == "stale" else "keep")


def _harmed(reply: VendorReply, name: str) -> VendorReply:
    if name == "empty":
        return VendorReply(200, headers=reply.headers)
    if name == "html":
        return text_reply(PAGE, 200, HTML)
    if name == "bad_json":
        return VendorReply(200, reply.body[: max(1, len(reply.body) // 2)], headers=reply.headers)
    if name == "null":
        return VendorReply(200, b"null", headers=reply.headers)
    if name == "message":
        return json_reply({"Message": "An error has occurred.", "MessageDetail": "Try again."})
    return reply
