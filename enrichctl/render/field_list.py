"""The list of fields: what each one is, and who fills it."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from enrichctl.render.listing import NONE, show, table
from enrichctl.render.screen import Screen, clean


def show_fields(screen: Screen, fields: Sequence[Mapping[str, Any]]) -> None:
    """Print the fields, one a line where there is room."""
    made = table("field", "what it is", "filled by", fold=("what it is", "filled by"))
    for field in fields:
        made.add_row(
            field["name"], field["means"], Text(clean(", ".join(field["filled_by"]) or NONE))
        )
    show(screen, made)
