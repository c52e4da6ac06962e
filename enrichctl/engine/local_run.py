"""Takes an input to its end where nobody beyond the machine is asked."""

from collections.abc import Iterator
from itertools import chain

from enrichctl.engine.local_waterfall import LocalWaterfall
from enrichctl.engine.parallel import in_parallel
from enrichctl.engine.record_reader import RecordReader
from enrichctl.engine.report import Report
from enrichctl.engine.result import RecordResult, result_of
from enrichctl.engine.stop import LEFT, Stop
from enrichctl.engine.waterfall import Waterfall
from enrichctl.files import Row, Source
from enrichctl.provider import Local


def local_results(
    source: Source,
    local: LocalWaterfall,
    reader: RecordReader,
    waterfall: Waterfall,
    stop: Stop,
    report: Report,
) -> Iterator[tuple[Row, RecordResult]]:
    """Yield what becomes of every row, in order; a stop leaves those that are still to be read.

    Args:
        source: Whose rows.
        local: What becomes of a record.
        reader: Makes records of rows.
        waterfall: Notes on a record that the run did not get to it.
        stop: Tells that nothing more may be started.
        report: Counts what a stop left.
    """
    rows = source.rows()

    def until_stopped() -> Iterator[Row]:
        while not stop.asked.is_set() and (row := next(rows, None)) is not None:
            yield row

    def left(row: Row) -> RecordResult:
        lead = reader.lead(row)
        waterfall.leave(lead, LEFT)
        report.left += 1
        return result_of(lead, local.layout, keep=local.keep)

    records = ((row, reader.record(row)) for row in until_stopped())
    jobs = ((row, (record, reader.suppresses(record))) for row, record in records)
    return chain(in_parallel(local, jobs), ((row, left(row)) for row in rows))


def gather(source: Source, local: LocalWaterfall, reader: RecordReader) -> None:
    """Put all that would be asked to local providers that want to hear it before; see `gathers`."""
    providers = [s.provider for s in local.steps if isinstance(s.provider, Local)]
    # All of them are asked each time, since that has them work on what they have heard.
    while [one for one in providers if one.gathers()]:
        finish = local.open()
        for row in source.rows():
            record = reader.record(row)
            finish((record, reader.suppresses(record)))
