"""The part of a page that shows some changes, each with its source."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from enrichctl.journal.pages import changes
from enrichctl.journal.record_rows import RecordRow
from enrichctl.model import counted
from enrichctl.render.markup import Html, join, named, note, section, tag

CHANGES = 4  # of one record
LONGEST = 160  # characters of a value


def sample(
    run: str, records: Sequence[RecordRow] | None, tints: Mapping[str, str], *, later: str
) -> Html:
    """Return changes of some records.

    Args:
        run: The run's id.
        records: Records that have changes; None when they were not wanted.
        tints: Provider → its colour.
        later: The run on the same input that keeps the records instead, "" when there is none.
    """
    title = "A sample of changes"
    if records is None:
        return section(title, tag("p", "Left out of this page (--no-sample)."))
    if not records and later:
        command = tag("code", f"enrichctl status {later} --html FILE")
        return section(title, tag("p", "A later run on the same input keeps them: ", command))
    if not records:
        return section(title, tag("p", "No record is kept that was enriched."))
    shown: Counter[str] = Counter()
    drawn = [_record(record, shown, tints) for record in records]
    command = tag("code", f"enrichctl status {run} --row N")
    return section(
        title, note("Spread over the input. All of a record: ", command), *drawn, kind="sample"
    )


def _record(record: RecordRow, shown: Counter[str], tints: Mapping[str, str]) -> Html:
    """Return some changes of a record: of the fields that were shown least so far."""
    changed = changes(record)
    names = sorted(changed, key=lambda name: shown[name])[:CHANGES]
    shown.update(names)
    left = len(changed) - len(names)
    words = f"line {record.line:,}" + (f", {counted(left, 'more change')}" if left else "")
    return tag(
        "article",
        tag("h3", f"Row {record.row:,} ", tag("small", words)),
        tag("ul", *(_change(name, changed[name], tints) for name in changed if name in names)),
    )


def _change(name: str, value: Mapping[str, Any], tints: Mapping[str, str]) -> Html:
    before, source, sure = value["before"], value["source"], value["confidence"]
    return tag(
        "li",
        tag("bdi", name),
        tag(
            "span",
            tag("del", tag("bdi", _cut(before))) if before else tag("em", "blank"),
            " → ",
            tag("ins", tag("bdi", _cut(value["after"] or ""))),
        ),
        tag(
            "span",
            named(value["provider"], tints),
            join(" (", tag("bdi", source), ")") if source else None,
            f", confidence {sure:g}" if sure is not None else None,
        ),
    )


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"
