"""How an exchange ends that brings no answer."""

import errno
import ssl
from collections.abc import Iterator


class NotSent(Exception):
    """The request never left: it can be sent again whatever it costs."""


class Exhausted(NotSent):
    """The system has no thread or open file left for it."""


class Untrusted(NotSent):
    """The server's certificate does not prove that it is the server; nothing was sent."""


class Lost(Exception):
    """The request may have been received, but there is no answer that can be trusted."""


_TOO_FEW = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


def is_exhausted(error: BaseException) -> bool:
    """Tell whether the system was short of something, by what an error came of."""
    return any(isinstance(one, OSError) and one.errno in _TOO_FEW for one in _came_of(error))


def distrust(error: BaseException) -> str:
    """Say what is wrong with the certificate that an error came of; "" when it came of none."""
    found = (one for one in _came_of(error) if isinstance(one, ssl.SSLCertVerificationError))
    return next((one.verify_message or "it cannot be verified" for one in found), "")


def _came_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and all that it came of; some libraries keep that among the arguments."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inner = next((one for one in error.args if isinstance(one, BaseException)), None)
        error = inner or error.__cause__ or error.__context__
