"""What a reply means, by the statuses and expressions of a definition."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from enrichctl.declared.expressions import Unfit
from enrichctl.declared.schema import HeaderPart, Meaning, RefusalWindow, ReplyValue, Rule
from enrichctl.json_values import decimal
from enrichctl.model import Credits, Rate, Throttled
from enrichctl.transport import BadJson, Reply, retry_after
from enrichctl.transport.replies import epoch, http_date, ratelimit, seconds_in, until

NOT_JSON = object()
GOOD = 300  # statuses below it are those of a rule that names none
# In this order where several hold: a wrong one of the first costs nothing but time.
KINDS = ("throttled", "no_credit", "login", "pending", "miss", "declined", "bad_input")


def reply_kind(meaning: Meaning, status: int, body: Any) -> str:
    """Return what a status and body mean; "" when the definition does not say.

    Rules with an expression go first. An expression is looked at only where there is JSON: a
    reply cut short must not read as one in which nothing was found. One that cannot be applied
    says nothing: what was paid for is then an answer, whatever it holds.
    """
    rules = [(kind, rule) for kind in KINDS for rule in getattr(meaning, kind)]
    for kind, rule in sorted(rules, key=lambda pair: pair[1].when is None):
        with suppress(Unfit):
            if _holds(rule, status, body):
                return kind
    return ""


def any_holds(rules: Sequence[Rule], status: int, body: Any) -> bool:
    """Tell whether a status and body are as one of several rules says.

    Raises:
        Unfit: That of one of them cannot be told.
    """
    return any(_holds(rule, status, body) for rule in rules)


def _holds(rule: Rule, status: int, body: Any) -> bool:
    fits = status < GOOD if rule.status is None else status == rule.status
    if not fits:
        return False
    return rule.when is None or (body is not NOT_JSON and rule.when.holds(body))


def body_of(reply: Reply) -> Any:
    """Return a reply's JSON, or `NOT_JSON`."""
    try:
        return reply.json()
    except BadJson:
        return NOT_JSON


def read_from(reading: ReplyValue | None, body: Any, headers: Mapping[str, str]) -> Any:
    """Return what a reply says there, raw; None when it says nothing."""
    if reading is None:
        return None
    if reading.header:
        return headers.get(reading.header.lower())
    return reading.path.search(body) if reading.path else None


def cost_in(reading: ReplyValue | None, body: Any, headers: Mapping[str, str]) -> Credits | None:
    """Return what a reply says that it cost; None when it does not, or says what no cost can be."""
    cost = decimal(read_from(reading, body, headers))
    return cost if cost is not None and cost >= 0 else None


def refusal(windows: Sequence[RefusalWindow], reply: Reply) -> Throttled:
    """Say how long to wait: as the vendor says, else as long as the window that is used up."""
    used_up = [w for w in windows if _number(_held(w.remaining, w, reply)) == 0]
    hit = used_up or (list(windows) if len(windows) == 1 else [])
    waits = {window.name: _wait(window, reply) for window in hit}
    known = {name: wait for name, wait in waits.items() if wait is not None}
    longest = max(known, key=known.__getitem__, default="")
    told = retry_after(reply)
    wait = told if told is not None else known.get(longest)
    if wait is None:  # no window is declared, or none is used up: the draft standard's header
        wait = ratelimit(reply.headers.get("ratelimit", "")).get("reset")
    learned = next((_learned(w, reply) for w in hit if w.name == longest), None)
    return Throttled(wait, longest, learned)


def _wait(window: RefusalWindow, reply: Reply) -> float | None:
    text = _held(window.reset, window, reply)
    told = {
        "seconds": lambda: seconds_in(text),
        "epoch": lambda: until(epoch(text), reply),
        "date": lambda: until(_iso(text), reply),
        "http": lambda: until(http_date(text), reply),
    }[window.format]()
    return window.seconds if told is None else told


def _learned(window: RefusalWindow, reply: Reply) -> Rate | None:
    limit = _number(_held(window.limit, window, reply))
    # A window of less than one call would never let one leave.
    return Rate(max(1, int(limit)), window.seconds) if limit and window.seconds else None


def _held(kept: HeaderPart | None, window: RefusalWindow, reply: Reply) -> str:
    """Return what a header says of a window.

    That is its text; with a key the member of the JSON object that it holds, or what the
    ``RateLimit`` header calls so. A header without members is taken as it is: vendors change.
    """
    text = reply.headers.get(kept.header.lower(), "") if kept else ""
    if not (kept and kept.key):
        return text
    try:
        found = json.loads(text.replace("'", '"'))  # some write it as Python does
    except ValueError:
        listed = ratelimit(text, window.name)
        return str(listed.get(kept.key, "")) if listed else text
    return str(found.get(kept.key, "")) if isinstance(found, dict) else text


def _number(text: str) -> float | None:
    return seconds_in(text.split(",", maxsplit=1)[0].strip())


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
