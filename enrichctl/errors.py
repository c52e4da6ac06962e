"""Everything that can go wrong, by how far it reaches.

::

    EnrichctlError
    ├── RecordError              this record only; the lane goes on
    │   ├── Miss                 the provider does not know the person: a final answer
    │   ├── Declined             not asked: the provider would have had nothing to do
    │   │   ├── TooLittle        … because it cannot tell whom the record means
    │   │   └── OfferDeclined    … because what it offers may be about somebody else
    │   ├── BadRecord            the provider rejects what it was told
    │   ├── NotYet               the answer is still being made: look again later
    │   └── Unconfirmed          sent, possibly charged, answer not known
    ├── ProviderError            this provider's lane stops; the others go on
    │   ├── LoginMissing         no key is configured
    │   │   └── KeyringClosed    … or it is in a keyring that cannot be read
    │   ├── LoginRefused         the key is wrong, expired or lacks a permission
    │   ├── OutOfCredits         the account is empty
    │   ├── BudgetReached        the owner's own limit is reached
    │   ├── Unavailable          down, or not reachable
    │   ├── RateLimited          refused for longer than a run waits
    │   │   └── RefusedAlone     … while others get through: the lane takes it for the record's own
    │   ├── CertificateRefused   the server cannot be trusted; nothing was sent
    │   ├── SystemLimit          no more threads or open files for this process
    │   └── BadReply             speaks a protocol we do not know: probably a bug here
    └── RunError                 the run cannot start or go on
        ├── UsageError           the command line or configuration is unusable
        ├── ConfirmationNeeded   money or work would go and nobody said yes
        ├── InputError           the input cannot be read
        ├── OutputError          the output cannot be written
        ├── StateError           the journal cannot be opened or written
        │   └── JournalAway      its server cannot be reached
        ├── Locked               another run works on the same input
        ├── Cancelled            the run is stopping: no new call is started
        └── OutOfTime            it may last no longer, and nothing was asked yet

Every error says what happened, why, and — in ``next`` — what to do about it. Messages never hold
a person's data, a key, or a URL that could hold either.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import IntEnum, unique


@unique
class ExitStatus(IntEnum):
    """What a run's end means to the caller."""

    DONE = 0  # every record has its final answer; a miss is one
    BUG = 1  # report it
    USAGE = 2  # command, configuration or input unusable; confirmation needed
    SOME_FAILED = 3  # done, some records failed
    LOGIN = 4  # key missing or refused
    BUDGET = 5  # budget reached or provider out of credits
    UNAVAILABLE = 6  # provider unavailable, or its rate limit lasts too long
    UNCONFIRMED = 7  # some calls were possibly charged, answer not known
    LOCKED = 8  # another run holds the lock on this input
    INTERRUPTED = 130  # Ctrl-C
    READER_GONE = 141  # the reader of stdout closed it
    TERMINATED = 143  # SIGTERM


class EnrichctlError(Exception):
    """Root of all errors that the program raises on purpose.

    Args:
        message: What happened and why, in one sentence without a full stop.
        next: What the user can do about it, a command where there is one.
    """

    exit_status = ExitStatus.BUG
    cause = "error"  # a stable word that groups errors of one kind in `status`

    def __init__(self, message: str, *, next: str = "") -> None:  # noqa: A002 - the word users read
        super().__init__(message)
        self.message = message
        self.next = next


class RecordError(EnrichctlError):
    """Reaches one record; its lane goes on with the others."""

    exit_status = ExitStatus.SOME_FAILED


class Miss(RecordError):
    """The provider does not know the person. A final answer, not a failure.

    Args:
        message: What happened.
        credits: What the provider says that it cost; None where it does not say, as mostly.
    """

    exit_status = ExitStatus.DONE
    cause = "miss"

    def __init__(self, message: str, *, credits: Decimal | None = None) -> None:  # noqa: A002 - as in `Answer`
        super().__init__(message)
        self.credits = credits

    def is_charged(self, billed: str) -> bool:
        """Tell whether it was charged: as the provider says, else as it bills."""
        return billed == "call" if self.credits is None else bool(self.credits)


class Declined(RecordError):
    """Nothing billed was asked, because there was nothing to do.

    Args:
        message: Why.
        answer: What the provider had already and told for free; an `Answer`.
    """

    exit_status = ExitStatus.DONE
    cause = "declined"

    def __init__(self, message: str, *, answer: object = None) -> None:
        super().__init__(message)
        self.answer = answer


class TooLittle(Declined):
    """The provider cannot tell whom a record means without more of its fields."""

    cause = "not enough data"


class OfferDeclined(Declined):
    """What a provider offers is not about the record, or cannot be told to be; see `Offer`."""

    cause = "offer declined"


class BadRecord(RecordError):
    """The provider rejects what it was told about this record: malformed, or an unknown id."""

    cause = "rejected"


class NotYet(RecordError):
    """The answer is still being made; ask for it again later."""

    exit_status = ExitStatus.UNAVAILABLE
    cause = "not yet"


class UnderWay(NotYet):
    """Another run is asking the same at this moment.

    Args:
        run: Its id; "" when that is not known.
    """

    cause = "under way"

    def __init__(self, run: str = "") -> None:
        who = f"run {run}" if run else "another run"
        super().__init__(f"{who} is asking this at the same moment")
        self.run = run


class Unconfirmed(RecordError):
    """The call was sent and may have been charged, but its answer is not known."""

    exit_status = ExitStatus.UNCONFIRMED
    cause = "unconfirmed"


class ProviderError(EnrichctlError):
    """Reaches one provider; its lane stops and the others go on."""

    stopped_by = "unavailable"  # the word in `status --json`
    needs_you = False  # whether the same command gets no further until somebody has done something


class LoginMissing(ProviderError):
    """No key is configured for the provider."""

    exit_status = ExitStatus.LOGIN
    cause = "login missing"
    stopped_by = "login"
    needs_you = True


class KeyringClosed(LoginMissing):
    """The system's keyring is locked, fails or does not answer: it may hold a key.

    Attributes:
        why: Which of them.
    """

    why = ""

    @property
    def unknown(self) -> str:
        """What is not known for that."""
        return f"{self.why}: which keys it holds is not known"


class LoginRefused(ProviderError):
    """The provider refuses the key: wrong, expired, or lacking a permission."""

    exit_status = ExitStatus.LOGIN
    cause = "login refused"
    stopped_by = "login"
    needs_you = True


class OutOfCredits(ProviderError):
    """The account at the provider is empty. Nothing was charged."""

    exit_status = ExitStatus.BUDGET
    cause = "out of credits"
    stopped_by = "credits"
    needs_you = True


class BudgetReached(ProviderError):
    """The owner's own limit leaves no room for one more call. Nothing was sent.

    Args:
        message: Which limit.
        next: What gives room.
        needs_you: Whether the same command would find no room either.
        takes: Credits of the call, where a run's budget is too small for a single one; else None.
    """

    exit_status = ExitStatus.BUDGET
    cause = "budget reached"
    stopped_by = "budget"

    def __init__(
        self,
        message: str,
        *,
        next: str = "",  # noqa: A002 - the word users read
        needs_you: bool = False,
        takes: Decimal | None = None,
    ) -> None:
        super().__init__(message, next=next)
        self.needs_you = needs_you
        self.takes = takes


class Unavailable(ProviderError):
    """The provider is down or cannot be reached."""

    exit_status = ExitStatus.UNAVAILABLE
    cause = "unavailable"


class RateLimited(ProviderError):
    """The provider refuses calls for longer than a run is willing to wait."""

    exit_status = ExitStatus.UNAVAILABLE
    cause = "rate limited"


class RefusedAlone(RateLimited):
    """One call is refused again and again, while others of the same limit get through."""


class CertificateRefused(ProviderError):
    """The server's certificate is not trusted here. Nothing was sent, and waiting is no help."""

    exit_status = ExitStatus.USAGE
    cause = "certificate refused"


class SystemLimit(ProviderError):
    """The system gives this process no more threads or open files. Nothing was sent."""

    exit_status = ExitStatus.USAGE
    cause = "system limit"


class BadReply(ProviderError):
    """The provider answers in a way its documentation does not cover."""

    exit_status = ExitStatus.UNAVAILABLE
    cause = "unexpected answer"


class RunError(EnrichctlError):
    """Reaches the whole run."""

    exit_status = ExitStatus.USAGE


class UsageError(RunError):
    """The command line or the configuration cannot be used as it is."""

    cause = "usage"


class ConfirmationNeeded(RunError):
    """Money would be spent, or work be lost, and nobody has said yes."""

    cause = "confirmation"


class InputError(RunError):
    """The input cannot be read, or holds nothing that can be enriched."""

    cause = "input"


class OutputError(RunError):
    """The output cannot be written. The previous file, if any, is untouched."""

    cause = "output"


class StateError(RunError):
    """The journal cannot be opened or written; nothing is sent without it."""

    cause = "state"


class JournalAway(StateError):
    """The server of the journal cannot be reached. Nothing is sent until it can."""

    exit_status = ExitStatus.UNAVAILABLE
    cause = "journal away"


class Locked(RunError):
    """Another run works on the same input."""

    exit_status = ExitStatus.LOCKED
    cause = "locked"


class Cancelled(RunError):
    """The run is stopping: no new call is started."""

    exit_status = ExitStatus.INTERRUPTED
    cause = "stopped"


class OutOfTime(RunError):
    """The run may last no longer, and nobody was asked about anything yet."""

    exit_status = ExitStatus.UNAVAILABLE
    cause = "stopped"


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return "; did you mean …?" when a misspelt word is close to a known one, else ""."""
    import difflib  # noqa: PLC0415 - only for a mistake

    known = {each.casefold(): each for each in words}
    close = difflib.get_close_matches(word.casefold(), list(known), n=1, cutoff=0.65)
    return f"; did you mean {known[close[0]]}?" if close else ""
