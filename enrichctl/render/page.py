"""One run as a page of HTML that stands alone: no script, no network, no other file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from enrichctl.journal.history import BENCHMARK
from enrichctl.journal.pages import Fill, Spending, WaterfallStep
from enrichctl.journal.record_rows import RecordRow
from enrichctl.model import counted
from enrichctl.render import panels
from enrichctl.render.ended import (
    background,
    input_of,
    is_piped,
    is_uncounted,
    stopped,
    unwritten,
    waiting,
    worked,
)
from enrichctl.render.html_document import COLOURS, NOT_REAL, html_document
from enrichctl.render.listing import amount, length, percent
from enrichctl.render.markup import Html, bar, dot, join, section, tag
from enrichctl.render.sampled import sample
from enrichctl.render.waterfall import waterfall

WORDS = {
    "enriched": "something was filled",
    "complete": "nothing was missing",
    "no_match": "asked, nothing found",
    "skipped": "suppressed, or not enough data to tell who it is",
    "review": "an answer came, perhaps about somebody else: not filled",
    "failed": "a provider rejects it",
    "unconfirmed": "possibly charged, answer not known",
    "pending": "not asked yet",
}
TESTED = WORDS | {  # in a benchmark, which fills nothing
    "enriched": "a provider gave a value",
    "review": "an answer came, perhaps about somebody else",
}

RETRY = "--retry-unconfirmed"
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunPage:
    """All that a page says.

    Attributes:
        run: As `status RUN --json` prints it.
        command: The words typed.
        means: What the exit status means, "" while there is none.
        waterfall_steps: Who looked at records first, second and so on.
        fills: Who filled which field, over the records that are kept.
        spending: Credits over time.
        sample: Records of which changes are shown; None when they were not wanted.
        later: The run on the same input that keeps the records instead, "" when there is none.
        at: When the page was made.
    """

    run: Facts
    command: str
    means: str
    waterfall_steps: Sequence[WaterfallStep]
    fills: Sequence[Fill]
    spending: Spending
    sample: Sequence[RecordRow] | None
    later: str
    at: datetime


def page_html(page: RunPage) -> str:
    """Return the page."""
    run = page.run
    tints = _tints(page)
    parts = (
        _header(page),
        _outcomes(run),
        _next(run),
        panels.fields(run, page.fills, tints),
        panels.lanes(run, tints),
        waterfall("Down the waterfall", page.waterfall_steps, tints),
        panels.spending(run, page.spending, tints),
        sample(run["id"], page.sample, tints, later=page.later),
    )
    title = f"{input_of(run)}: {_state(run)} · enrichctl {run['id']}"
    held = " The sample holds personal data." if page.sample else ""
    return html_document(title, parts, page.at, held)


def _header(page: RunPage) -> Html:
    run = page.run
    nowhere = "none" if _is_benchmark(run) else "stdout"
    facts = [
        ("started", f"{run['started_at']:%Y-%m-%d %H:%M:%S} UTC"),
        ("command", tag("code", page.command)),
        ("input", _path(run["input"], "stdin")),
        ("output", join(_path(run["output"], nowhere), unwritten(run))),
    ]
    if run["exit_status"] is not None:
        facts.append(("exit status", f"{run['exit_status']}: {page.means}"))
    facts += background(run)
    states = [tag("span", _state(run), class_=f"state {run['state']}")]
    if run["sandbox"]:
        states.append(NOT_REAL)
    return tag(
        "header",
        tag("p", f"enrichctl run {run['id']}", class_="kicker"),
        tag("h1", tag("bdi", input_of(run))),
        tag("p", *states, class_="states"),
        tag("ul", *_tiles(page), class_="tiles"),
        tag("dl", *(join(tag("dt", name), tag("dd", what)) for name, what in facts)),
    )


def _tiles(page: RunPage) -> Iterator[Html]:
    """Yield the figures that are read first."""
    run = page.run
    paid = [lane for lane in run["providers"] if Decimal(lane["credits"])]
    spent = sum((Decimal(lane["credits"]) for lane in paid), Decimal(0))
    by = ", ".join(f"{lane['name']} {amount(lane['credits'])}" for lane in paid)
    gained = sum(field["filled_after"] - field["filled_before"] for field in run["fields"])
    people = f"{run['people']:,} people" if run["people"] else ""
    enriched, is_test = run["outcomes"].get("enriched", 0), _is_benchmark(run)
    what = "given a value" if is_test else "enriched"
    of = "records" if is_uncounted(run) else f"of {run['records']:,} records"
    yield _tile(f"{enriched:,}", f"{of} {what}", people)
    if not is_test:
        yield _tile(f"{gained:,}", "cells filled", "")
    what = "made-up credits" if run["sandbox"] else "credits"
    yield _tile(amount(spent), what, by if len(paid) > 1 else "".join(x["name"] for x in paid))
    yield _tile(*_took(page), "")


def _tile(figure: str, what: str, more: str) -> Html:
    return tag("li", tag("b", figure), tag("span", what), tag("small", more))


def _outcomes(run: Facts) -> Html:
    counts = {word: run["outcomes"].get(word, 0) for word in WORDS}
    shown = {word: count for word, count in counts.items() if count}
    if not (total := sum(shown.values())):
        is_known = run["records"] or is_uncounted(run)
        why = "Nothing is known of any yet." if is_known else "The input has no records."
        return section("What became of the records", tag("p", why))
    means = TESTED if _is_benchmark(run) else WORDS
    parts = [(f"o-{word}", count / total) for word, count in shown.items()]
    rows = (
        tag(
            "li",
            dot(f"o-{word}"),
            tag("b", f"{count:,}"),
            tag(
                "span",
                word.replace("_", " "),
                tag("small", f"{percent(count / total)}, {means[word]}"),
            ),
        )
        for word, count in shown.items()
    )
    return section(
        "What became of the records",
        bar(*parts, said="shares as listed below", kind="bar tall"),
        tag("ul", *rows, class_="legend"),
    )


def _next(run: Facts) -> Html:
    """Return what is left to do: errors with their next step, the command to go on."""
    errors = [
        tag(
            "li",
            tag("b", f"{counted(error['count'], 'record')}: ") if error["count"] else None,
            tag("bdi", error["cause"]),
            tag("p", "Next: ", error["next"]) if error["next"] else None,
        )
        for error in run["errors"]
    ]
    parts = [tag("p", words, class_="waiting") for words in waiting(run)]
    parts += [tag("ul", *errors, class_="errors")] if errors else []
    if run["resume"]:
        again = RETRY in run["resume"]
        when = "After that" if run["needs_you"] or again else "To go on"
        if run["piloted"]:
            parts.append(tag("p", "The pilot is complete."))
            when = "For the rest"
        price = "what was charged is charged again" if again else "nothing is paid for twice"
        again_with = " with the same input again" if is_piped(run) else ""
        parts.append(tag("p", f"{when}, run this command{again_with}; {price}:"))
        parts.append(tag("pre", tag("code", run["resume"])))
    elif run["state"] == "running":
        parts.append(tag("p", "The run is under way; these are its figures so far."))
    elif not parts:
        parts.append(tag("p", "Nothing is left to do."))
    return section(
        "What to do next",
        *parts,
        kind="next" if errors or run["resume"] or run["waiting"] else None,
    )


def _tints(page: RunPage) -> dict[str, str]:
    """Give every provider a colour, in waterfall order."""
    names = [step.provider for step in page.waterfall_steps]
    names += [lane["name"] for lane in page.run["providers"]]
    names += [name for one in page.fills for name in one.found]
    names += [line.provider for line in page.spending.lines]
    return {name: f"p{number % COLOURS}" for number, name in enumerate(dict.fromkeys(names))}


def _is_benchmark(run: Facts) -> bool:
    return bool(run["input"].startswith(BENCHMARK))


def _state(run: Facts) -> str:
    if run["state"] == "stopped":
        return stopped(run)
    return "under way" if run["state"] == "running" else "done"


def _took(page: RunPage) -> tuple[str, str]:
    """Return how long the run took, and until when that is."""
    run = page.run
    if run["state"] == "running":
        return length(page.at - run["started_at"]), "so far"
    if run["finished_at"]:
        return length(worked(run)), "from start to end"
    return length(page.spending.until - run["started_at"]), "until its last answer"


def _path(path: str, standard: str) -> Html:
    return tag("bdi", standard if path == "-" else path)
