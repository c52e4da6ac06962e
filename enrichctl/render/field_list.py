"""The list of fields: what each one is, and who fills it."""

from collections.abc import Mapping, Sequence
from typing import Any

from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import NONE, show
from enrichctl.render.screen import Screen, clean


def show_fields(screen: Screen, fields: Sequence[Mapping[str, Any]]) -> None:
    """Print the fields, one a line where there is room."""
    made = Grid(Column("field"), Column("what it is", wraps=True), Column("filled by", wraps=True))
    for field in fields:
        by = [*field["filled_by"], *(f"{name} (rewrites)" for name in field["rewritten_by"])]
        made.add(field["name"], field["means"], clean(", ".join(by) or NONE))
    show(screen, made)
