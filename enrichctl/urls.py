"""What is wrong with the URL of a server, said without quoting it: it may hold a password."""

from urllib.parse import urlsplit

SCHEMES = ("https", "http")


def trouble(url: str, *, schemes: tuple[str, ...] = SCHEMES, login: bool = False) -> str:
    """Say what is wrong with a URL to which paths are added; "" when it can be used.

    Args:
        url: As somebody wrote it.
        schemes: Those that will do.
        login: Whether it may hold a user and a password.
    """
    starts = [f"{scheme}://" for scheme in schemes]
    checks = (
        (not url.isprintable() or " " in url or "\\" in url,
         "must have no space and no invisible character"),
        (not url.lower().startswith(tuple(starts)), f"must start with {' or '.join(starts)}"),
        ("@" in url.partition("://")[2].partition("/")[0] and not login,
         "must hold no user and no password"),
        (not _leads_somewhere(url),
         "must have a host, and a port from 1 to 65535 where it has one"),
        ("?" in url or "#" in url, "must have no ? and no #: paths are added to it"),
    )  # fmt: skip
    return next((words for wrong, words in checks if wrong), "")


def _leads_somewhere(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")  # as the connection will
    except ValueError:
        return False
    return bool(host.strip(".")) and port != 0
