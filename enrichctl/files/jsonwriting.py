"""Write JSON arrays and JSON Lines: objects that were read keep their text, others are new."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from enrichctl.files.jsonfiles import META, JsonSource, members
from enrichctl.files.records import New, Renderer, Row, Source
from enrichctl.patterns import pattern

_STYLE = pattern(r'\{(\s*)"(?:[^"\\]|\\.)*"\s*:(\s*)')
_BREAK_AFTER_COMMA = pattern(r",[ \t]*[\r\n]\s*")
_BREAK = pattern(r"\s*[\r\n]\s*")


class JsonRenderer(Renderer):
    """Writes objects of a JSON input with their own text, spacing and number spelling.

    Only the values that changed are replaced, and new members stand at the object's end.
    """

    def __init__(
        self, source: JsonSource, sink: BinaryIO, added: Sequence[str], format_: str
    ) -> None:
        self._source = source
        self._sink = sink
        self._added = added
        self._exact = source.format == format_
        self._array = format_ == "json"
        self._encoding = source.encoding if self._exact else "utf-8"
        self._ascii = not self._encoding.startswith("utf")
        self._first = True

    def begin(self) -> None:
        """Write the byte order mark, or open the array."""
        if self._exact:
            self._sink.write(self._source.text.bom)
        elif self._array:
            self._sink.write(b"[")

    def write(self, row: Row, new: New) -> None:
        """Write one object."""
        changed, added, meta = new
        before, raw, end = row.original
        if not self._exact:
            before, end = (("\n" if self._first else ",\n"), "") if self._array else ("", "\n")
            if not self._array:
                # Sound JSON has line breaks only between tokens.
                raw = _BREAK.sub("", _BREAK_AFTER_COMMA.sub(", ", raw.strip()))
        if changed or added or meta is not None:
            put: dict[str, Any] = {self._source.header[i]: text for i, text in changed.items()}
            put.update((name, text or None) for name, text in zip(self._added, added, strict=True))
            if meta is not None:
                put[META] = _with_earlier(raw, meta)
            raw = self._with(raw, put)
        self._sink.write((before + raw + end).encode(self._encoding))
        self._first = False

    def _with(self, raw: str, new: dict[str, Any]) -> str:
        style = _STYLE.match(raw.lstrip())
        indent, space = (style[1], style[2]) if style else ("", " ")
        comma = "," + (indent if "\n" in indent else space)
        held = members(raw) if self._may_hold(raw, new) else ()
        # Of a key that comes twice the last one counts, so that is the one to change.
        spans = {key: (start, stop) for key, start, stop in held if key in new}
        pieces, at = [], 0
        for (start, stop), key in sorted((span, key) for key, span in spans.items()):
            pieces += [raw[at:start], self._dump(new.pop(key), space)]
            at = stop
        pieces.append(raw[at:])
        text = "".join(pieces)
        if not new:
            return text
        body = text[: text.rindex("}")].rstrip()
        fresh = comma.join(
            f"{self._dump(key, space)}:{space}{self._dump(value, space)}"
            for key, value in new.items()
        )
        return body + ("" if body.endswith("{") else comma) + fresh + text[len(body) :]

    @staticmethod
    def _may_hold(raw: str, new: Iterable[str]) -> bool:
        """Tell cheaply whether an object could have one of the keys already."""
        return "\\" in raw or any(f'"{key}"' in raw for key in new)

    def _dump(self, value: object, space: str) -> str:
        separators = ("," + space, ":" + space) if "\n" not in space else (", ", ": ")
        return json.dumps(value, ensure_ascii=self._ascii, separators=separators, allow_nan=False)

    def end(self) -> None:
        """Write what followed the last object, or close the array."""
        if self._exact:
            self._sink.write(self._source.tail.encode(self._encoding))
        elif self._array:
            self._sink.write(b"\n]\n")


def _with_earlier(raw: str, meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is said of a record with what an earlier run said of those fields."""
    if f'"{META}"' not in raw:
        return meta
    before = json.loads(raw).get(META)
    fields = before.get("fields") if isinstance(before, dict) else None
    if not isinstance(fields, dict):
        return meta
    # What is known by the name of its provider alone says less than what stands there.
    told = meta.get("fields", {})
    kept = {n: one for n, one in fields.items() if n in told}
    new = {n: one for n, one in told.items() if one["at"] or n not in fields}
    return {**meta, "fields": {**kept, **new}}


class NewJson(Renderer):
    """Writes records of any other input as flat objects, always with the same keys."""

    def __init__(self, source: Source, sink: BinaryIO, added: Sequence[str], format_: str) -> None:
        self._source = source
        self._sink = sink
        self._keys = keys_of(source.header)
        self._added = added
        self._array = format_ == "json"
        self._first = True

    def begin(self) -> None:
        """Open the array."""
        if self._array:
            self._sink.write(b"[")

    def write(self, row: Row, new: New) -> None:
        """Write one object."""
        changed, added, meta = new
        record: dict[str, Any] = dict(zip(self._keys, self._source.plain(row), strict=True))
        for index, text in changed.items():
            record[self._keys[index]] = text
        for place, text in enumerate(self._source.extra_cells(row), len(self._keys) + 1):
            record[f"column_{place}"] = text
        record.update((name, text or None) for name, text in zip(self._added, added, strict=True))
        if meta is not None:
            record[META] = meta
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, default=_text_of)
        if self._array:
            text = ("\n" if self._first else ",\n") + text
            self._first = False
        else:
            text += "\n"
        self._sink.write(text.encode())

    def end(self) -> None:
        """Close the array."""
        if self._array:
            self._sink.write(b"\n]\n")


def _text_of(value: Any) -> str:
    """Return bytes that are no text as JSON can hold them."""
    return base64.b64encode(value).decode()


def keys_of(header: Sequence[str]) -> list[str]:
    """Return a key per column: ``column_3`` for a blank name, ``Email_2`` for a second Email."""
    keys: list[str] = []
    taken = set(header)
    for place, name in enumerate(header, 1):
        stem = name or f"column_{place}"
        key, count = stem, 1
        while key in keys or (count > 1 and key in taken):
            count += 1
            key = f"{stem}_{count}"
        keys.append(key)
    return keys


def json_renderer(source: Source, sink: BinaryIO, added: Sequence[str], format_: str) -> Renderer:
    """Return what writes objects: those of a JSON input as they were read."""
    if isinstance(source, JsonSource):
        return JsonRenderer(source, sink, added, format_)
    return NewJson(source, sink, added, format_)
