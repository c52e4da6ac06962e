"""What exit statuses mean, and what the caller does next: said in one place."""

from typing import NamedTuple

from enrichctl.errors import ExitStatus


class Exit(NamedTuple):
    """The words for one exit status; ``next`` is Markdown, "" when there is nothing to do."""

    means: str
    next: str = ""


EXITS: dict[ExitStatus, Exit] = {
    ExitStatus.DONE: Exit("every record has its final answer; a miss is one"),
    ExitStatus.BUG: Exit("a bug", "report it"),
    ExitStatus.USAGE: Exit(
        "command, configuration or input unusable; confirmation needed", "fix it"
    ),
    ExitStatus.SOME_FAILED: Exit(
        "done, some records failed or could not be saved", "`enrichctl status last`"
    ),
    ExitStatus.LOGIN: Exit("key missing or refused", "`enrichctl providers login NAME`"),
    ExitStatus.BUDGET: Exit(
        "budget reached, or the provider is out of credits", "top up or raise it, run again"
    ),
    ExitStatus.UNAVAILABLE: Exit(
        "provider unavailable, or its rate limit lasts too long", "run again later"
    ),
    ExitStatus.UNCONFIRMED: Exit(
        "some calls were possibly charged, answer not known",
        "`enrichctl status last`, then `--retry-unconfirmed`",
    ),
    ExitStatus.LOCKED: Exit("another run works on this input", "wait"),
    ExitStatus.INTERRUPTED: Exit("interrupted: all is saved", "run again"),
    ExitStatus.TERMINATED: Exit("terminated: all is saved", "run again"),
    ExitStatus.READER_GONE: Exit("reader gone: all is saved", "run again"),
}
