"""One suite for all providers: written exchanges, played through the real transport.

For each provider a JSON file says what it must send and what it must make of the replies, written
from the vendor's documents. The suite plays it over 127.0.0.1, with time and chance of its own.

The file
    ``provider``      its name
    ``login``         login items, made up; told values, secrets and messages are searched for them
    ``base_url``      default ``{server}``; null has the provider find its own
    ``headers``       header → exact value on every request; null: must not be sent
    ``key_header``    header that carries the idempotency key of billed requests; "" for none
    ``cannot``        kind of case (below) → why this vendor cannot have one
    ``parts``         name → JSON of which much else is made, optional: ``"$name"`` stands for it,
                      and ``{"$": "name", …}`` for it with more members
    ``cases``         see below

``{server}`` in logins, headers, expected requests and replies stands for the loopback server's
``http://127.0.0.1:port``. Paths are those that arrive there.

A case
    ``name``          a sentence: what happens
    ``login``         items that differ from the file's, optional
    ``ask``           ``find`` (default), ``recover``, ``finish``, ``check`` or ``balance``
    ``query``         one question; ``queries``: those of one submission, for a queue
    ``exchanges``     all requests in order, each with its reply
    ``then``          what must be reported; a list where there are several queries
    ``held``          seconds for which refusals held the lane, one each, in order
    ``learned``       limits that refusals taught: ``{"limit": 10, "seconds": 60}``

A query
    ``told``          field → value, as the engine passes it: canonical
    ``wants``         fields; ``overwrite``, ``save``, ``region``: see `enrichctl.model.Query`
    ``ticket``        of an earlier run: it is collected, not submitted
    ``stored``        answer of an earlier run, for ``finish``
    ``row``           field → value, what else the row says: it is never told

An exchange
    ``request``       ``method``; ``path`` with its query string (whose order is free); ``headers``
                      besides the file's; ``json`` or ``text``, the exact body; ``billed``: true
                      when it may cost money, so that its intent must have been committed before
    ``again``         true in place of ``request``: the one before, byte for byte, under the same
                      key, without another intent
    ``reply``         ``status`` (200), ``headers``, ``json`` or ``text``; or ``"lost"``: closed
                      after the request was read; or ``"cut"``: closed in the middle of a good
                      reply. A body of JSON ``null`` is written as ``"text": "null"``

What must be reported
    ``outcome``       ``matched missed declined failed unconfirmed``; ``pending``: nothing was sold
                      or its answer is still being made; ``answered`` for ``check`` and ``balance``
    ``stop``          class of the error that stops the lane: ``LoginRefused``, ``OutOfCredits``,
                      ``RateLimited``, ``Unavailable``, …; its ``outcome`` is then ``pending``
                      (default), or ``unconfirmed`` where money is in doubt
    ``values``        field → text, all of them; or ``{"text", "confidence", "source"}``
    ``confidence``    of all values that do not say otherwise; the same of ``source``; default none
    ``request_id``    the provider's reference; default none
    ``credits``       what the provider says it cost; default none
    ``balance``       what it says is left; default none
    ``cost``          what is booked; looked at only where it is stated
    ``remarks``       what is said of the answer, each with its cause before it; default none

What a queue answers in the submission itself is booked at once. Its other answers are collected in
turn, by a fresh instance of the provider as after a crash, until all exchanges are used up; what is
not there by then is ``pending``. One look in a turn is enough for tickets of one `Queue.job`.

Every file must hold each kind of case, or say under ``cannot`` why there is none: ``match``,
``miss``, ``login refused``, ``out of credits``, ``throttled`` (a refusal that is waited out, or
``RateLimited``), ``answer lost``, ``refused record``; ``refused in bulk`` (one of several queries
fails) where the provider takes several; ``recovered`` where it declares that it can.

Of every case it is checked besides that nothing is told that the provider does not say it uses
(each query holds a made-up value for every such field), that the key stands in no URL (unless that
is the login), intent or answer, that no message quotes what was told, that one question has one
billed call at most, and that reading an answer again, as the journal kept it, gives the same.

::

    {"provider": "acme", "login": {"api_key": "made-up"}, "headers": {"X-Api-Key": "made-up"},
     "cannot": {"out of credits": "Acme sends a bill instead"},
     "cases": [
       {"name": "somebody is found",
        "query": {"told": {"email": "ada@example.com"}, "wants": ["job_title"]},
        "exchanges": [
          {"request": {"method": "POST", "path": "/v1/lookup", "json": {"mail": "ada@example.com"},
                       "billed": true},
           "reply": {"json": {"person": {"title": "Countess"}}}}],
        "then": {"outcome": "matched", "values": {"job_title": "Countess"}, "cost": "2"}}]}
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from enrichctl.conformance.declarations import compare, examine
from enrichctl.conformance.judging import judge
from enrichctl.conformance.playing import Make, play
from enrichctl.conformance.stage import Stage
from enrichctl.conformance.written import Case, Exchanges, read

__all__ = ["Case", "CaseVerdict", "Exchanges", "Make", "Stage", "conform", "read", "run"]


class CaseVerdict(NamedTuple):
    """What the suite found of one case; it passed when there are no complaints."""

    name: str
    complaints: tuple[str, ...]


def conform(make: Make, written: Exchanges, case: Case, stage: Stage) -> tuple[str, ...]:
    """Play one case and return what is wrong; nothing when the provider does as written."""
    try:
        played = play(make, written, case, stage)
        return tuple(judge(make(), written, case, played))
    except Exception as error:  # noqa: BLE001 - a bug of the provider's is what is looked for
        return (f"it fails with {type(error).__name__}: {error}",)


def run(make: Make, path: Path) -> Iterator[CaseVerdict]:
    """Run the whole suite on one provider.

    Raises:
        InputError: The file of exchanges cannot be read.
    """
    yield CaseVerdict("declarations", tuple(examine(make())))
    with Stage() as stage:
        written = read(path, stage.url)
        yield CaseVerdict("kinds of case", tuple(compare(make(), written)))
        for case in written.cases:
            yield CaseVerdict(case.name, conform(make, written, case, stage))
