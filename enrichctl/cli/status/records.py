"""What became of records: as the journal keeps it, or worked out again where that is enough."""

from collections.abc import Iterable, Iterator
from functools import partial

from enrichctl.cli import context
from enrichctl.journal import Journal, history, pages, record_rows
from enrichctl.model import Status


def one_record(journal: Journal, run: history.RunEntry, row: int) -> record_rows.RecordRow | None:
    """Return what became of one record; None where there is no such record.

    Raises:
        InputError: It is not kept, and what it follows from is not what it was.
    """
    if "recipe" not in run.summary:
        return record_rows.record(journal, run.id, row)
    return next(_again(run, row), None)


def records_with(
    journal: Journal, run: history.RunEntry, status: str
) -> Iterable[record_rows.RecordRow]:
    """Return the records of a run that ended in a status, or lack one of `UNDONE`, in input order.

    Raises:
        InputError: See `one_record`.
    """
    if "recipe" not in run.summary:
        return record_rows.records(journal, run.id, status)
    if not run.summary["outcomes"].get(status):
        return ()
    return (record for record in _again(run) if record.status == status)


def all_records(journal: Journal, run: history.RunEntry) -> Iterable[record_rows.RecordRow]:
    """Return all records of a run, in input order.

    Raises:
        InputError: See `one_record`.
    """
    return _again(run) if "recipe" in run.summary else record_rows.all_records(journal, run.id)


def sampled(journal: Journal, run: history.RunEntry, size: int) -> list[record_rows.RecordRow]:
    """Return some records that a provider changed, spread evenly over the input.

    Raises:
        InputError: See `one_record`.
    """
    if "recipe" not in run.summary:
        return pages.sample(journal, run.id, size)
    each, more = divmod(run.summary["outcomes"][Status.ENRICHED], size)
    firsts = {part * each + min(part, more) for part in range(size)}
    found = (record for record in _again(run) if record.status == Status.ENRICHED)
    return [r for at, r in enumerate(found) if at in firsts and pages.changes(r)]


def _again(run: history.RunEntry, row: int | None = None) -> Iterator[record_rows.RecordRow]:
    from enrichctl import registry  # noqa: PLC0415 - not for what is kept
    from enrichctl.engine.recipe import records_again  # noqa: PLC0415 - the same

    return records_again(run, partial(registry.load, settings=context.settings()), row)
