"""Moving what is known of records, after their attempts: explanations, and what answers brought."""

import json
from functools import partial
from typing import Any

from enrichctl.journal import moving, queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.gains import enter_gains, gains_of
from enrichctl.journal.owners import owned
from enrichctl.journal.packing import inflate
from enrichctl.journal.record_rows import enter_records
from enrichctl.journal.store import Journal

AT_ONCE = 200  # records, or attempts, of one commit


def move_gains(own: Journal, target: Journal, origin: int) -> None:
    """Enter what attempts that have arrived brought, where that is not there."""
    last = 0
    while rows := target.read(moving.MOVED_WITHOUT_GAINS, (origin, last, AT_ONCE)):
        last, became = rows[-1][0], dict(rows)
        gains = [one._replace(attempt=became[one.attempt]) for one in gains_of(own, list(became))]
        if gains:
            target.write(partial(enter_gains, gains=gains))


def move_records(own: Journal, target: Journal, origin: int, became: dict[int, int]) -> int:
    """Move explanations that have not arrived; return how many.

    A run since that on the same input, of the same person's, has explained it for the team: then
    its earlier ones stay behind. What was erased there after it had arrived does not come back.

    Args:
        own: The journal in a file.
        target: That of the team.
        origin: The number of the file.
        became: The number of an attempt in the file → that which it has in the team's.
    """
    arrived = {
        run: (upto, count) for run, upto, count in target.read(moving.MOVED_RECORDS, (origin,))
    }
    moved = 0
    for run, count in own.read(moving.RUNS_WITH_RECORDS):
        upto, before = arrived.get(run, (0, 0))
        if before >= count:
            continue
        (row,) = own.read(moving.RUN_TO_MOVE, (run,))
        values = run_of_team(target, row)
        if run not in arrived and target.read(moving.RUN_SINCE, (values[6], values[1])):
            continue
        moved += _move_run(own, target, origin, values, upto, became)
    return moved


def _move_run(
    own: Journal, target: Journal, origin: int, run: tuple[Any, ...], upto: int,
    became: dict[int, int],
) -> int:  # fmt: skip
    moved = 0
    while rows := own.read(queries.RECORDS_AFTER, (run[0], upto, AT_ONCE)):
        upto = rows[-1][0]
        values = [
            (*said, _renumbered(attempts, became), inflate(cells), keys)
            for *said, attempts, cells, keys in rows
        ]

        def job(db: StoreConnection, values: Any = values, upto: int = upto) -> None:
            enter_run(db, run)
            enter_records(db, run[0], values, "NOTHING")
            db.execute(
                "INSERT INTO moved_records VALUES (?, ?, ?, ?) ON CONFLICT (origin, run) DO UPDATE"
                " SET upto=excluded.upto, records=moved_records.records + excluded.records",
                (origin, run[0], upto, len(values)),
            )

        target.write(job)
        moved += len(rows)
    return moved


def enter_run(db: StoreConnection, run: tuple[Any, ...]) -> None:
    """Enter a run, as `run_of_team` returns it, unless it is there."""
    places = ", ".join("?" * len(run))
    db.execute(
        f"INSERT INTO runs ({queries.RUN_COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING", run
    )


def run_of_team(target: Journal, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a run's row as the team's journal has it: it was run here."""
    values = list(row)
    for column in (6, 7):  # input and output
        if values[column] != "-" or column == 6:  # noqa: PLR2004 - the input
            values[column] = owned(target.store, values[column])
    return tuple(values)


def _renumbered(attempts: str, became: dict[int, int]) -> str:
    """Return the attempts of a record by their numbers in the team's journal."""
    numbers = [became.get(number) for number in json.loads(attempts)]
    return json.dumps(numbers, separators=(",", ":"))
