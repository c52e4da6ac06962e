"""``enrichctl fields``: what can be known of a lead, and who fills it."""

from collections.abc import Iterator
from typing import Any

from enrichctl.cli import context
from enrichctl.cli.shared_options import Json, JsonSchema
from enrichctl.fields import FIELDS


def fields(
    json_: Json = False,
    json_schema: JsonSchema = False,
) -> int:
    """List the fields: what each one is, and which providers can fill it.

    These are the names for --want, --map and --overwrite, and those of new columns. Fields that
    begin with a provider's name are its own ids: they say whom a row is about.

    \b
      enrichctl fields
      enrichctl fields --json | jq -r '.fields[] | select(.filled_by[] == "lemlist").name'
    """
    if json_ or json_schema:
        from enrichctl.cli.documents import FieldsDocument  # noqa: PLC0415 - slow to import

        if json_schema:
            FieldsDocument.show_schema()
        else:
            FieldsDocument.show({"fields": list(_entries())})
        return 0
    from enrichctl.render.field_list import show_fields  # noqa: PLC0415 - draws

    show_fields(context.screen(), list(_entries()))
    return 0


def _entries() -> Iterator[dict[str, Any]]:
    """Yield every field as plain values, shaped like its document."""
    providers = list(context.providers())  # first: those of packages declare fields as well
    rewrites = {one.name: getattr(one, "rewrites", ()) for one in providers}
    for field in FIELDS.values():
        able = [one.name for one in providers if field.name in one.finds]
        yield {
            "name": field.name,
            "about": field.about,
            "kind": field.kind,
            "means": field.means,
            "filled_by": [name for name in able if field.name not in rewrites[name]],
            "rewritten_by": [name for name in able if field.name in rewrites[name]],
        }
