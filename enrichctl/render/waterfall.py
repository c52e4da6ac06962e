"""The waterfall as a picture: how many records each place had to look at, and who filled what."""

from collections.abc import Mapping, Sequence

from enrichctl.journal.pages import WaterfallStep
from enrichctl.model import counted
from enrichctl.render.listing import percent
from enrichctl.render.markup import Cells, Html, bar, figures, join, named, note, section, tag

FIELDS = 6  # named at one place, those filled most


def waterfall(
    title: str, found: Sequence[WaterfallStep], tints: Mapping[str, str], *words: object
) -> Html | None:
    """Return the places of the waterfall one below the other; None where nobody looked.

    Args:
        title: Of the part of the page.
        found: Who looked at records first, second and so on.
        tints: Provider → its colour.
        words: What else is said of it.
    """
    if not found:
        return None
    most = max(step.reached for step in found)
    return section(
        title,
        tag("ol", *(_step(step, most, tints[step.provider]) for step in found), class_="fall"),
        note(
            "In records: how many each provider was the first, second … to look at. Full: it knew"
            " them; striped: it did not; grey: no answer. Fields are told where their value was"
            " taken from. ",
            *words,
        ),
        figures(("place", "match rate", "records", "matched", "missed"), map(_figures, found)),
    )


def _figures(step: WaterfallStep) -> Cells:
    return [
        ("place", f"{step.position}. {step.provider}"),
        ("match rate", percent(step.match_rate)),
        ("records", f"{step.reached:,}"),
        ("matched", f"{step.matched:,}"),
        ("missed", f"{step.missed:,}"),
    ]


def _step(step: WaterfallStep, most: int, tint: str) -> Html:
    said = f"{step.matched:,} matched ({percent(step.match_rate)}), {step.missed:,} missed"
    if rest := step.reached - step.matched - step.missed:
        said += f", {rest:,} without an answer"
    shown = bar(
        (tint, step.matched / step.reached),
        (f"{tint} striped", step.missed / step.reached),
        said=f"{step.provider}: {counted(step.reached, 'record')}, {said}",
        kind="bar tall",
    )
    return tag(
        "li",
        tag("b", f"{step.position}.", class_="place"),
        tag(
            "p",
            named(step.provider, {step.provider: tint}),
            tag("small", counted(step.reached, "record")),
        ),
        tag("div", shown, style=f"width:{max(step.reached / most, 0.01):.2%}"),
        tag("p", said, tag("small", join(*_filled(step))), class_="said"),
    )


def _filled(step: WaterfallStep) -> list[str]:
    """Return which fields were filled from there, those filled most often first."""
    if not step.filled:
        return ["filled nothing"]
    shown = sorted(step.filled.items(), key=lambda one: (-one[1], one[0]))[:FIELDS]
    told = ", ".join(f"{name} {count:,}" for name, count in shown)
    left = len(step.filled) - len(shown)
    return [f"filled {told}", f" and {counted(left, 'more field')}" if left else ""]
