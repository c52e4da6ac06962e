"""What all documents that ``--json`` prints are made of.

Credits are decimal strings, times ISO 8601 in UTC, rates from 0 to 1, what is absent is null.
Imported only where a document is printed: pydantic would slow down every other command.
"""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    WithJsonSchema,
)

from enrichctl.model import credits_text

Amount = Annotated[
    Decimal,
    PlainSerializer(credits_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}),
]
Share = Annotated[float, Field(ge=0, le=1)]


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Time = Annotated[AwareDatetime, AfterValidator(_in_utc)]


def _no_deeper_than_can_be_shown(answer: object) -> object:
    """Return an answer; as its JSON text when it is nested deeper than pydantic follows."""
    level, left = [answer], DEEPEST
    while level and left:
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [x for one in inner for x in (one.values() if isinstance(one, dict) else one)]
        left -= 1
    return json.dumps(answer, ensure_ascii=False) if level else answer


DEEPEST = 100  # objects and lists within one another; pydantic gives up at about 250
Kept = Annotated[JsonValue, BeforeValidator(_no_deeper_than_can_be_shown)]


class Part(BaseModel):
    """A part of a document; built from names or from the keys that it prints."""

    model_config = ConfigDict(
        serialize_by_alias=True,
        validate_by_name=True,
        json_schema_serialization_defaults_required=True,
        from_attributes=True,
    )


class Document(Part):
    """A whole document, which names its schema first."""

    @classmethod
    def show(cls, values: object) -> None:
        """Print it on stdout, made of plain values."""
        sys.stdout.write(cls.model_validate(values).model_dump_json(indent=2) + "\n")

    @classmethod
    def show_schema(cls) -> None:
        """Print its JSON Schema on stdout."""
        schema = cls.model_json_schema(mode="serialization")
        sys.stdout.write(json.dumps(schema, indent=2) + "\n")
