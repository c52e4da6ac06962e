"""A run as a page in a file: gathered, and written whole or not at all."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enrichctl.cli import context
from enrichctl.cli.exits import EXITS
from enrichctl.cli.html_file import check_html, write_html
from enrichctl.cli.run_values import facts, is_beyond, suppressed
from enrichctl.cli.status.records import sampled
from enrichctl.errors import ExitStatus
from enrichctl.journal import history, pages
from enrichctl.journal.accounts import made_up
from enrichctl.model import counted
from enrichctl.render.page import RunPage, page_html

if TYPE_CHECKING:
    from enrichctl.journal import Journal
    from enrichctl.journal.history import RunEntry

SAMPLE = 12  # records of which changes are shown


def write_page(
    journal: "Journal", run: "RunEntry", name: str, *, sample: bool, force: bool
) -> None:
    """Write a page about a run, to stdout where its name is ``-``.

    Its sample shows some changes, which are personal data.

    Raises:
        OutputError: The file is somebody else's, or cannot be written.
    """
    check_html(name, force=force)
    page = gather(journal, run, sample=sample)
    write_html(name, page_html(page), force=force)
    if page.sample:
        context.screen().warn("its sample shows personal data; --no-sample leaves it out")


def gather(journal: "Journal", run: "RunEntry", *, sample: bool) -> RunPage:
    """Gather what a page says of a run."""
    told = facts(journal, run) | {"suppressed": suppressed(journal, run)}
    kept = run.summary
    fills = pages.fills(kept.get("fills") or pages.cells(journal, run.id))
    if not run.is_counted:  # it goes on, or was killed
        told["fields"] = [_so_far(one) for one in fills if one.found]
    steps = pages.steps_of(journal, run, fills)
    page = RunPage(
        run=told,
        command=shlex.join(run.command),
        means=_means(run, told["outcomes"]),
        waterfall_steps=steps,
        fills=fills,
        spending=pages.spending(journal, run),
        sample=sampled(journal, run, SAMPLE) if sample else None,
        later="" if steps else history.later(journal, run),
        at=journal.now(),
    )
    return _made_up(page) if run.sandbox else page


def _means(run: "RunEntry", outcomes: Mapping[str, int]) -> str:
    """Return what the exit status of a run means, as far as it is true of what became of it."""
    if run.exit_status is None:
        return ""
    if run.exit_status == ExitStatus.DONE and (left := outcomes.get("pending")):
        return f"nothing went wrong; {counted(left, 'record')} are not asked about yet"
    return EXITS[ExitStatus(run.exit_status)].means


def _made_up(page: RunPage) -> RunPage:
    """Return a page with the sandbox's providers called so."""
    lanes = page.run["providers"]
    names = {name: made_up(name) for lane in lanes if is_beyond(name := lane["name"])}

    def said(name: str) -> str:
        return names.get(name, name)

    lanes = [lane | {"name": said(lane["name"])} for lane in lanes]
    for fill in page.fills:
        fill.found = {said(name): count for name, count in fill.found.items()}
    for record in page.sample or ():
        for cell in record.cells.values():
            cell[2:3] = [said(name) for name in cell[2:3]]
    spent = page.spending
    lines = [line._replace(provider=said(line.provider)) for line in spent.lines]
    return replace(
        page,
        run=page.run | {"providers": lanes},
        waterfall_steps=[
            replace(step, provider=said(step.provider)) for step in page.waterfall_steps
        ],
        spending=spent._replace(lines=lines),
    )


def _so_far(one: pages.Fill) -> dict[str, Any]:
    return {"name": one.name, "filled_before": one.before, "filled_after": one.after}
