"""The first request that a question would make, without making it."""

from enrichctl.engine.lane import look_up
from enrichctl.engine.question import Question
from enrichctl.errors import EnrichctlError
from enrichctl.model import Ticket
from enrichctl.provider import Lookup, Queue, Remote
from enrichctl.transport import Api, Runtime
from enrichctl.transport.paper import NotOnPaper, OpenLimiter, PaperLedger, PaperWire, Unsent


def first_request(question: Question, wire: PaperWire) -> Unsent | None:
    """Return what would be sent first; None where the question may need nothing sent.

    Args:
        question: As the plan has it.
        wire: The way that nothing takes.
    """
    provider = question.step.provider
    assert isinstance(provider, Remote)  # noqa: S101 - local providers send nothing
    api = Api(
        provider.title,
        wire,
        limiter=OpenLimiter(),
        explain=provider.explain,
        runtime=Runtime(pause=lambda _: None),
        timeout=provider.timeout,
        patience=0,
        ledger=PaperLedger(),
    )
    try:
        _ask(provider, question, api)
    except NotOnPaper as written:
        return written.request
    except EnrichctlError:
        pass
    return None


def _ask(provider: Remote, question: Question, api: Api) -> None:
    """Ask as a lane does; a submission holds this one question."""
    if isinstance(provider, Lookup):
        look_up(provider, question, api)
    elif isinstance(provider, Queue):
        before = question.reopen
        if before is not None and before.ticket:
            provider.collect(Ticket(before.ticket), question.query, api)
        else:
            provider.submit([question.query], api)
