"""What became of a record where nobody beyond the machine was asked, worked out again.

It follows from the row, what was asked for and this program alone. So the journal does not keep it
for each record of such a run: it keeps the recipe, and what somebody asks of is derived then.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import enrichctl
from enrichctl import installation
from enrichctl.engine.question import Rules, RunState, Step
from enrichctl.engine.record_reader import RecordReader, RowReading
from enrichctl.engine.result import explain, status_of
from enrichctl.engine.stop import LEFT
from enrichctl.engine.waterfall import Waterfall
from enrichctl.errors import InputError
from enrichctl.files import Source, lasting_stamp, open_source
from enrichctl.journal.history import RunEntry
from enrichctl.provider import Local, Provider

if TYPE_CHECKING:
    from enrichctl.journal.record_rows import RecordRow
    from enrichctl.matching.suppression import Suppression

MOST_CORRECTED = 1_000  # rows of which it can be told what somebody had changed there

Stamp = tuple[int, int, int]
"""What changes with every write to a file; see `lasting_stamp`."""


class Recipe(NamedTuple):
    """From what the records of a run can be worked out again.

    Attributes:
        version: Of this program.
        libraries: Of which versions they were; see `installation`.
        stamp: Of the input.
        reading: How it was to be read, as typed: format, encoding and so on.
        columns: Field → its column.
        spares: Field → the columns that hold it where its own is blank.
        own: The ``enrichctl_*`` columns of an earlier run.
        steps: The providers, in waterfall order, and what each is asked for.
        chains: Field → providers that are asked for it, where that is another order.
        overwrite: Fields whose filled cells may be replaced.
        min_confidence: What a value needs to fill a cell.
        region: Country of phone numbers of rows that tell of none.
        verified_email: Whether an unverified e-mail is only kept in reserve.
        began: When what is found was found.
        suppress: The list of who must not be sent anywhere; "" where there was none.
        suppress_stamp: Its stamp.
        corrected: Number of a row → the fields that somebody had changed there.
    """

    version: str
    libraries: str
    stamp: Stamp
    reading: Mapping[str, Any]
    columns: Mapping[str, int]
    spares: Mapping[str, Sequence[int]]
    own: Mapping[str, int]
    steps: Sequence[tuple[str, Sequence[str]]]
    chains: Mapping[str, Sequence[str]]
    overwrite: Sequence[str]
    min_confidence: float
    region: str
    verified_email: bool
    began: str
    suppress: str = ""
    suppress_stamp: Stamp | None = None
    corrected: Mapping[str, Sequence[str]] = MappingProxyType({})

    @classmethod
    def of(
        cls,
        source: Source,
        reading: Mapping[str, str],
        columns: Mapping[str, int],
        spares: Mapping[str, Sequence[int]],
        own: Mapping[str, int],
        *,
        steps: Sequence[Step],
        chains: Mapping[str, Sequence[str]],
        rules: Rules,
        began: datetime,
        suppress: Path | None,
        corrected: Mapping[int, Collection[str]],
    ) -> Self | None:
        """Return the recipe of a run; None where its records cannot be worked out again."""
        alone = (
            isinstance(step.provider, Local) and step.provider.portable and step.only_if is None
            for step in steps
        )
        if source.path is None or not all(alone) or len(corrected) > MOST_CORRECTED:
            return None
        if suppress is not None and not suppress.is_file():  # what was piped in is gone
            return None
        return cls(
            version=enrichctl.__version__,
            libraries=installation.libraries(),
            stamp=source.origin.stamp,
            reading=dict(reading),
            columns=dict(columns),
            spares={name: list(places) for name, places in spares.items()},
            own=dict(own),
            steps=[(step.provider.name, step.wants) for step in steps],
            chains={name: list(chain) for name, chain in chains.items()},
            overwrite=sorted(rules.overwrite),
            min_confidence=rules.min_confidence,
            region=rules.region,
            verified_email=rules.verified_email,
            began=began.isoformat(),
            suppress=str(suppress.resolve()) if suppress else "",
            suppress_stamp=lasting_stamp(suppress) if suppress else None,
            corrected={str(row): sorted(names) for row, names in corrected.items()},
        )

    def plain(self) -> dict[str, Any]:
        """Return it as the journal keeps it."""
        return self._asdict()


def records_again(
    run: RunEntry, load: Callable[[str], Provider], row: int | None = None
) -> Iterator["RecordRow"]:
    """Work out what became of the records of a run, or of one of them.

    Args:
        run: The run; its summary has a recipe.
        load: Returns a provider by its name.
        row: Which one; None for all.

    Raises:
        InputError: What they follow from is not what it was.
    """
    kept: Mapping[str, Any] = run.summary["recipe"]
    reached = run.summary.get("reached")
    if kept["version"] != enrichctl.__version__:
        raise _cannot(run, f"it was made by version {kept['version']}")
    if kept.get("libraries") != installation.libraries():
        raise _cannot(run, "libraries that say how values are read were installed anew since")
    recipe = Recipe(**kept)
    suppression = _suppression(run, recipe)
    steps = [Step(load(name), tuple(wants)) for name, wants in recipe.steps]
    rules = Rules(
        overwrite=frozenset(recipe.overwrite),
        min_confidence=recipe.min_confidence,
        region=recipe.region,
        verified_email=recipe.verified_email,
    )
    began = datetime.fromisoformat(recipe.began)
    waterfall = Waterfall(steps, rules, chains=recipe.chains, began=began)
    corrected = {int(row): frozenset(names) for row, names in recipe.corrected.items()}
    reading = RowReading(recipe.columns, recipe.spares, recipe.own, corrected)
    reader = RecordReader(reading, waterfall, suppression)
    state = RunState()
    with _opened(run, recipe) as source:
        for one in source.rows():
            if row is not None and one.number != row:
                continue
            lead = reader.lead(one)
            if reached is None or one.number <= reached:
                waterfall.next_step(lead, state)
            else:
                waterfall.leave(lead, LEFT)
            yield explain(lead, *status_of(lead))
            if row is not None:
                return


def _opened(run: RunEntry, recipe: Recipe) -> Source:
    """Open the input of a run, if it is what it was."""
    if not Path(run.input).is_file():
        raise _cannot(run, f"{run.input} is gone")
    source = open_source(run.input, **recipe.reading)
    if source.origin.stamp != tuple(recipe.stamp):
        source.close()
        raise _cannot(run, f"{run.input} was changed since")
    return source


def _suppression(run: RunEntry, recipe: Recipe) -> "Suppression | None":
    if not recipe.suppress:
        return None
    path = Path(recipe.suppress)
    if not path.is_file() or lasting_stamp(path) != tuple(recipe.suppress_stamp or ()):
        raise _cannot(run, f"{path} is gone, or was changed since")
    from enrichctl.matching.suppression import Suppression  # noqa: PLC0415 - where there is one

    return Suppression.read(path)


def _cannot(run: RunEntry, why: str) -> InputError:
    return InputError(
        f"what became of the records of run {run.id} cannot be worked out again: {why}",
        next="enrich the file again: the new run explains its records",
    )
