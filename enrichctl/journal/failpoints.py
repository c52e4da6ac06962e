"""Places where the process can be made to die, to prove that a crash there costs nothing.

``ENRICHCTL_FAILPOINT=settle:before:3`` ends the process as ``kill -9`` would, the third time it
is about to commit an outcome. Nothing else reads the variable, and without it this is one look.
"""

import os

STEPS = tuple(
    f"{step}:{end}"
    for step in ("intend", "plan", "sent", "submitted", "settle", "note", "void")
    for end in ("before", "after")
)
_KILLED = 137

_armed, _, _nth = os.environ.get("ENRICHCTL_FAILPOINT", "").rpartition(":")
_left = int(_nth) if _nth.isdigit() else 0


def reach(step: str) -> None:
    """Die here if that was asked for."""
    global _left  # noqa: PLW0603 - the process has one end
    if step == _armed:
        _left -= 1
        if _left == 0:
            os._exit(_KILLED)
