"""How an exchange ends that brings no answer."""

import errno


class NotSent(Exception):
    """The request never left: it can be sent again whatever it costs."""


class Exhausted(NotSent):
    """The system has no thread or open file left for it."""


class Lost(Exception):
    """The request may have been received, but there is no answer that can be trusted."""


_TOO_FEW = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


def is_exhausted(error: BaseException | None) -> bool:
    """Tell whether the system was short of something, by what an error came of."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _TOO_FEW:
            return True
        error = error.__cause__ or error.__context__
    return False
