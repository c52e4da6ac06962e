"""JSON as text, for what is written with every record.

`json.JSONEncoder` prepares itself anew for each value that it is given; here that is done once.
"""

import json.encoder
from collections.abc import Callable
from typing import Any


def spelling_of(
    *, separators: tuple[str, str] = (",", ":"), plain: bool = False, nan: bool = True
) -> Callable[[Any], str]:
    """Return what spells values out as `json.JSONEncoder` does, for values without circles.

    Args:
        separators: Of items, and of keys from values.
        plain: All but ASCII is escaped.
        nan: Numbers that JSON does not have are written; else they are a `ValueError`.
    """
    whole = json.JSONEncoder(
        ensure_ascii=plain, allow_nan=nan, separators=separators, check_circular=False
    )
    made: Any = getattr(json.encoder, "c_make_encoder", None)
    if made is None:  # a Python without the quick half of `json`
        return whole.encode
    quote = json.encoder.encode_basestring_ascii if plain else json.encoder.encode_basestring
    between, after_key = separators
    parts = made(None, whole.default, quote, None, after_key, between, False, False, nan)

    def spell(value: Any) -> str:
        return "".join(parts(value, 0))

    return spell
