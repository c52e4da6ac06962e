"""What Close's refusals say: when to come back, and what it finds fault with."""

from enrichctl.transport import Reply, retry_after
from enrichctl.transport.replies import ratelimit, seconds_in


def until_reset(reply: Reply) -> float | None:
    """Return the seconds until the limit of this kind of call opens again.

    Documented with commas, seen with semicolons, and as headers of their own; the seconds are
    decimal there and rounded up in ``Retry-After``. Calls are limited by groups, which are not
    published: searching, reading and enriching are taken for one each.
    https://developer.close.com/api/overview/rate-limits
    """
    own = reply.headers.get("ratelimit-reset", "")
    reset = ratelimit(reply.headers.get("ratelimit", "")).get("reset")
    return reset or retry_after(reply) or seconds_in(own) or None


def wrong_fields(reply: Reply) -> str:
    """Name the parts of a request that Close finds fault with, where it tells."""
    body = reply.peek()
    wrong = body.get("field-errors") if isinstance(body, dict) else None
    return ", ".join(filter(str.isidentifier, wrong)) if isinstance(wrong, dict) else ""
