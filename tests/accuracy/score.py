"""How often the offline provider is right, beside plain packages on the same rows.

By hand::

    pip install nameparser tldextract pycountry   # for the baseline only
    python tests/accuracy/score.py [FOLDER…] [--wrong] [--json]

Precision: of all filled values the share that is right; one that had to stay blank is wrong.
Recall: of all values that there are to find, the share that was found.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from judging import TABLES, Figures, figures, judgements, product, together


def _line(name: str, one: Figures | None) -> str:
    if one is None:
        return f"{name:18}{'no baseline':>13}"
    return (
        f"{name:18}{one.judged:6}{one.right:7}{one.wrong:6}{one.missing:8}{one.filled:7}"
        f"{one.precision:10.1%}{one.recall:8.1%}"
    )


def _show(title: str, found: dict[str, Figures], fields: list[str]) -> None:
    heads = f"{'judged':>6}{'right':>7}{'wrong':>6}{'missing':>8}{'filled':>7}"
    lines = [_line(field, found.get(field)) for field in fields]
    _say(
        f"{title:18}{heads}{'precision':>10}{'recall':>8}",
        *lines,
        _line("all", together(found)),
        "",
    )


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def main() -> None:
    """Score the table, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("folder", nargs="*", type=Path, default=TABLES)
    parser.add_argument("--wrong", action="store_true", help="list what came out wrong, and why")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    from baseline import baseline  # noqa: PLC0415  # the packages are for this script only

    every = [one for folder in asked.folder for one in judgements(folder)]
    with tempfile.TemporaryDirectory() as folder:
        got = product(every, Path(folder))
    ours, strays = figures(every, got.__getitem__)
    theirs, _ = figures(every, baseline)
    shared = [one for one in every if baseline(one) is not None]
    same, _ = figures(shared, got.__getitem__)
    if asked.json:
        tables = {"product": ours, "product_where_baseline": same, "baseline": theirs}
        _say(json.dumps({name: _dump(table) for name, table in tables.items()}, indent=2))
        return
    fields = sorted(ours)
    blank = sum(one.must_be_blank for one in every)
    _say(f"{len(every)} judgements, of which {blank} must stay blank", "")
    _show("enrichctl", ours, fields)
    _show("baseline", theirs, fields)
    _show("enrichctl, there", same, sorted(theirs))
    if asked.wrong:
        for one, verdict, value in strays:
            row = ", ".join(cell for _, cell in one.cells if cell)
            right = " or ".join(value or "blank" for value in one.right)
            said = f"{value or 'blank'}, right: {right} ({one.reason})"
            _say(f"{one.file}:{one.line} {verdict} {one.field} of {row}: {said}")


def _dump(table: dict[str, Figures]) -> dict[str, dict[str, float]]:
    return {
        name: vars(one) | {"precision": one.precision, "recall": one.recall}
        for name, one in [*table.items(), ("all", together(table))]
    }


if __name__ == "__main__":
    main()
