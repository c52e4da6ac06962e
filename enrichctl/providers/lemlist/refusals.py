"""What lemlist's refusals mean: most are plain text, whatever their Content-Type."""

from typing import Any

from enrichctl.answers import as_object, text, token
from enrichctl.errors import (
    BadRecord,
    BadReply,
    Declined,
    EnrichctlError,
    LoginRefused,
    Miss,
    NotYet,
    Unconfirmed,
)
from enrichctl.model import Throttled
from enrichctl.provider import Remote
from enrichctl.providers.lemlist.words import (
    DONE,
    ERROR,
    IN_PROGRESS,
    LOGIN_TROUBLE,
    NOT_FOUND,
    REJECTED,
    STATUS,
)
from enrichctl.transport import Reply, retry_after
from enrichctl.transport.replies import http_date, until

OK, REFUSED = 200, 400


def explain(reply: Reply, provider: Remote) -> EnrichctlError | Throttled | None:
    """Say what a refusal means, where lemlist has words of its own for it."""
    said, status = said_in(reply), reply.status
    if said in LOGIN_TROUBLE:
        again = f"enrichctl providers login {provider.name}"
        return LoginRefused(f"lemlist refuses the login: {said}", next=again)
    if said in REJECTED:
        return BadRecord(REJECTED[said])
    if status >= REFUSED and (ended := odd_end(reply.peek())):
        return Unconfirmed(f"{ended}; it may have been charged")
    if status == 400 and is_code(said):  # noqa: PLR2004 - of a whole batch: WRONG_BODY_FORMAT
        return BadReply(f"lemlist does not take the batch: {said}")
    if status == 429:  # noqa: PLR2004 - HTTP's word for it
        # Only here does Retry-After count: it stands on every reply.
        wait, reset = retry_after(reply), http_date(reply.headers.get("x-ratelimit-reset", ""))
        return Throttled(until(reset, reply) if wait is None else wait)
    explained: dict[int, EnrichctlError] = {
        404: Miss("lemlist found nothing") if said == NOT_FOUND else provider.elsewhere(),
        405: BadReply("lemlist takes no such request (405)"),
        409: Declined("lemlist has it already, or looked for it lately")
        if said == "ALREADY_ENRICHED"
        else NotYet("lemlist is already enriching this lead"),  # has no code, gives no id
    }
    return explained.get(status)


def said_in(reply: Reply) -> str:
    """Return lemlist's code or words: of JSON in one of several forms, or else the text."""
    if reply.status == OK:
        return ""
    body = reply.peek()
    if not isinstance(body, dict):
        return reply.text.strip().strip('"')
    part = as_object(body.get(ERROR)) or body
    return next(filter(None, (text(part.get(k)) for k in ("code", ERROR, "message", STATUS))), "")


def odd_end(body: Any) -> str:
    """Say with which status an enrichment ended that is not documented; "" when it did not."""
    status = as_object(body).get(STATUS)
    if not text(status) or status in (IN_PROGRESS, DONE, NOT_FOUND):
        return ""
    return f"lemlist ended it with the status {token(status) or 'of a kind that is not shown'}"


def is_code(said: str) -> bool:
    """Tell a code, which may be shown, from a text that could quote somebody's data."""
    return said.isupper() and bool(token(said))
