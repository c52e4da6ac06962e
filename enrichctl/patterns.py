"""Regular expressions that are compiled when they are first used.

A command imports modules with two hundred of them and needs a few: compiling them all would take
longer than most commands do.
"""

import re
from typing import Any, AnyStr, cast


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a compiled regular expression, as `re.compile` does, that is compiled on first use."""
    return cast("re.Pattern[AnyStr]", _Later(text, flags))


class _Later:
    """A regular expression, and of its compiled form what somebody has used."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._given: tuple[Any, int] = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)  # the next time it is found without coming here
        return found
