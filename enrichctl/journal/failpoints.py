"""Places where the process dies or its disk fails, to prove that neither costs anything.

``ENRICHCTL_FAILPOINT=settle:before:3`` ends the process as ``kill -9`` would, the third time it
is about to commit an outcome. ``settle:full:3`` lets the third write of an outcome meet a full
disk, ``settle:full:3+`` that one and all that come after it; ``any`` stands for every write of the
journal. Nothing else reads the variable, and without it this is one look.
"""

import errno
import os
from dataclasses import dataclass

from enrichctl.journal.contract import Store

WRITES = ("intend", "reserve", "sent", "submitted", "settle", "note", "void")
STEPS = tuple(f"{step}:{end}" for step in WRITES for end in ("before", "after"))
FAULTS = {  # as the system tells of them; a database does so in words of its own
    "full": errno.ENOSPC,
    "io": errno.EIO,
    "busy": errno.EAGAIN,
}
_KILLED = 137


@dataclass(slots=True)
class Point:
    """The place where something happens.

    Attributes:
        step: The write.
        kind: ``before`` or ``after`` it the process dies, or the fault that it meets.
        left: How many more times it is passed, that one included.
        lasts: Whether it goes on from then on.
    """

    step: str = ""
    kind: str = ""
    left: int = 0
    lasts: bool = False

    @classmethod
    def read(cls, text: str) -> "Point":
        """Return what was asked for."""
        step, kind, nth = (*text.split(":"), "", "", "")[:3]
        number = nth.rstrip("+")
        return cls(step, kind, int(number) if number.isdigit() else 0, nth.endswith("+"))

    def is_next(self) -> bool:
        """Pass the place; tell whether something happens now."""
        self.left -= 1
        return self.left == 0 or (self.left < 0 and self.lasts)


point = Point.read(os.environ.get("ENRICHCTL_FAILPOINT", ""))


def reach(step: str, when: str) -> None:
    """Die here, ``before`` or ``after`` a step, if that was asked for."""
    if step == point.step and when == point.kind and point.is_next():
        os._exit(_KILLED)


def strike(step: str, store: Store) -> None:
    """Fail here as a disk would, for what a database writes, if that was asked for."""
    if point.kind in FAULTS and point.step in (step, "any") and point.is_next():
        raise store.fault(point.kind)


def strike_file(step: str) -> None:
    """Fail here as a disk would, for a file of our own, if that was asked for."""
    if point.kind in FAULTS and point.step == step and point.is_next():
        number = FAULTS[point.kind]
        raise OSError(number, os.strerror(number))
