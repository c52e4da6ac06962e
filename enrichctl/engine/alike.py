"""Records that are alike: what became of one is what becomes of the next, but for its texts.

A file of leads holds records of few shapes: the same cells are filled, and the same ones are found.
Where one local provider alone is asked, and nothing that is there may be replaced, status, note,
sources and counts follow from the shape. The first record of each goes through the waterfall;
of those after it only the texts are put where those of the first one were.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from enrichctl.engine.layout import Layout, Places
from enrichctl.engine.question import Step
from enrichctl.engine.result import RecordResult
from enrichctl.engine.waterfall import Waterfall
from enrichctl.facts.placeholders import could_be
from enrichctl.model import Match, Query, Record, Status
from enrichctl.provider import Local, Provider

Finish = Callable[[tuple[Record, bool]], RecordResult]
SHAPES = 1_000  # that are kept; few files have more
NOTHING: frozenset[str] = frozenset()


class _Shape(NamedTuple):
    """What records of one shape have in common.

    Attributes:
        first: What became of the first of them.
        sources: Which fields are from which provider, in words.
        cells: Where texts go that stand in the input's columns.
        columns: The field of each new column, "" where it stays blank.
    """

    first: RecordResult
    sources: str
    cells: Places
    columns: tuple[str, ...]

    def result(self, match: Match, taken: tuple[str, ...]) -> RecordResult:
        """Return what became of another record of the shape."""
        first = self.first
        stated = [at for name in taken if (at := match[name].confidence) is not None]
        sure = f"{min(stated):g}" if stated else ""
        return RecordResult(
            first.status, first.note,
            {at: match[name].text for at, name in self.cells},
            (
                *[match[name].text if name else "" for name in self.columns],
                first.status, self.sources, sure, first.note,
            ),
            None, first.shape, False, (), False, (), None, (), (), (),
        )  # fmt: skip


def shortened(waterfall: Waterfall, layout: Layout, finish: Finish) -> Finish | None:
    """Return a way to the end of a waterfall that looks at texts alone, once a shape is known.

    None where what becomes of a record follows from more than its shape.

    Args:
        waterfall: The waterfall.
        layout: What stands where in the output; it is plain.
        finish: The way through the waterfall, for all that is not as usual.
    """
    step = _only_step(waterfall)
    if step is None:
        return None
    provider, finds = step.provider, step.wants
    assert isinstance(provider, Local)  # noqa: S101 - see `_only_step`
    shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], _Shape] = {}

    @lru_cache(SHAPES)
    def asked(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what a record with these cells is told of, and asked for."""
        return (
            tuple(name for name in provider.uses if name in names),
            tuple(name for name in finds if name not in names),
        )

    def pass_on(job: tuple[Record, bool]) -> RecordResult:
        record, suppressed = job
        if suppressed or not _is_usual(record):
            return finish(job)
        values = record.values
        told, wants = asked(names := tuple(values))
        inputs = {name: values[name] for name in told}
        match = provider.derive(Query(inputs, wants, NOTHING, None, record.region)) if wants else {}
        taken = tuple([n for n in wants if n in match and _fits(n, match[n].text, values)])
        shape = shapes.get((names, taken))
        if shape is not None:
            return shape.result(match, taken)
        result = finish(job)
        if _is_plain(result, taken) and len(shapes) < SHAPES:
            shapes[names, taken] = _Shape(result, result.added[-3], *layout.places_of(taken))
        return result

    return pass_on


def _only_step(waterfall: Waterfall) -> Step | None:
    """Return the step of a waterfall that has no other; None where that depends on more."""
    rules, steps = waterfall.rules, waterfall.steps
    if len(steps) != 1 or len(waterfall.route) != 1:
        return None
    if rules.overwrite or rules.min_confidence or rules.refresh:
        return None
    (step,), provider = steps, steps[0].provider
    alone = isinstance(provider, Local) and provider.portable and not provider.about
    says_nobody = type(provider).says_who is Provider.says_who
    in_order = waterfall.route[0] == (step, step.wants)
    return step if alone and says_nobody and in_order and step.only_if is None else None


def _is_usual(record: Record) -> bool:
    """Tell whether nothing is to be said of a record besides its values."""
    return not (record.shifted or record.unknown or record.left_out or any(record.earlier))


def _fits(name: str, text: str, values: dict[str, str]) -> bool:
    """Tell whether a text can be a value of a field, as `lead.offered` does."""
    return bool(text) and (could_be(name, text) or could_be(name, text, values.get("email", "")))


def _is_plain(result: RecordResult, taken: tuple[str, ...]) -> bool:
    """Tell whether what became of a record follows from what was taken for it."""
    return (
        result.status == Status.ENRICHED
        and result.shape.filled == taken
        and "email" not in taken
        and result[6:] == (False, (), False, (), None, (), (), ())
    )
