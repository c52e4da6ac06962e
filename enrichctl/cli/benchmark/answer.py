"""What ``benchmark`` answers: who is right, by field and segment, and for what price."""

from typing import TYPE_CHECKING, Any

from enrichctl.analysis.breakdown import kinds_of, read_dimensions, short
from enrichctl.analysis.rates import THIN
from enrichctl.analysis.truth import Score
from enrichctl.cli import context
from enrichctl.config import Settings
from enrichctl.errors import UsageError

if TYPE_CHECKING:
    from enrichctl.cli.benchmark.command import BenchmarkOptions
    from enrichctl.cli.enrich.options import EnrichOptions


def answer(options: "BenchmarkOptions") -> int:
    """Carry out a benchmark and show it.

    Raises:
        RunError: It cannot start; nothing was sent.
    """
    if options.json_schema:
        from enrichctl.cli.benchmark.documents import BenchmarkDocument  # noqa: PLC0415 - slow to import

        BenchmarkDocument.show_schema()
        return 0
    if not options.truth:
        raise UsageError("benchmark needs a file", next="enrichctl benchmark known.csv -p A,B -n")
    if not options.provider:
        raise UsageError("benchmark needs providers", next="name them: -p leadlex,lemlist")
    by = read_dimensions(f"provider,field,{options.by}")
    from enrichctl.cli.benchmark.trial import run  # noqa: PLC0415 - not for refusals

    status, found = run(_asked(options), by)
    if found:
        ended = found.pop("ended")
        _show(found, json_=options.json_)
        from enrichctl.render.ended import show_left  # noqa: PLC0415 - draws

        show_left(context.screen(), ended)
    return status


def _asked(options: "BenchmarkOptions") -> "EnrichOptions":
    """Return the options of the run that a benchmark is."""
    from enrichctl.cli.enrich.options import EnrichOptions  # noqa: PLC0415 - not for refusals

    return EnrichOptions(
        source=options.truth,
        provider=options.provider,
        want=options.want,
        map_=options.map_,
        suppress=options.suppress,
        sandbox=options.sandbox,
        dry_run=options.dry_run,
        budget=options.budget,
        limit=options.limit,
        random=options.random,
        max_age=options.max_age,
        yes=options.yes,
        output="-",
        provenance="none",
    )


def _show(found: dict[str, Any], *, json_: bool) -> None:
    settings = context.settings()
    by = found["by"]
    rows = [_row(score, by, settings) for score in found["scores"]]
    values = {"thin_below": THIN, **found, "rows": rows}
    if json_:
        from enrichctl.cli.benchmark.documents import BenchmarkDocument  # noqa: PLC0415 - slow to import

        BenchmarkDocument.show(values)
        return
    from enrichctl.render.truth import show_scores  # noqa: PLC0415 - draws

    if rows:
        show_scores(context.screen(), values)
    else:
        context.screen().note("no provider could be asked about any record")


def _row(score: Score, by: list[str], settings: Settings) -> dict[str, Any]:
    low, high = score.interval
    money, each = settings.provider(score.provider).money, score.per_right
    return kinds_of(by, score.key) | {
        "known": score.known,
        "matched": score.right + score.wrong,
        "right": score.right,
        "wrong": score.wrong,
        "missing": score.missing,
        "right_rate": short(score.share),
        "low": short(low),
        "high": short(high),
        "thin": score.is_thin,
        "credits": short(score.credits),
        "credits_per_right_value": short(each),
        "currency": money.currency if money else None,
        "money_per_right_value": money and each and short(each * money.credit),
    }
