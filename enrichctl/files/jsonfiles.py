"""Read JSON arrays and JSON Lines as streams of objects, keeping each object's own text."""

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from json import JSONDecodeError, JSONDecoder
from typing import Any

from enrichctl.errors import InputError
from enrichctl.files.detect import Text
from enrichctl.files.records import Row, Source
from enrichctl.files.splitting import physical_lines
from enrichctl.patterns import pattern

META = "_enrichctl"
_MAX_OBJECT = 32 << 20  # characters
_GAP = pattern(r"[ \t\r\n]*,?[ \t\r\n]*")
_BLANK = pattern(r"[ \t\r\n]*")
_WRAPPERS = (".data", ".items", ".records", ".results", ".rows")  # as APIs wrap a list
_MOST_CHUNKS = 512  # of a text that is no array, to see where one is in it
_DEEPEST = 4  # keys down to a list that something is wrapped around
_SURROGATES = pattern("[\ud800-\udfff]")


class _NoJson(ValueError):
    """A word that some programs write, and that no other could read."""


def _refuse(word: str) -> None:
    raise _NoJson(f"it has {word}, which is no JSON")


# Numbers stay the text that they are.
_DECODER = JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse)


class _Doubled(dict[str, Any]):
    """An object that has a key more than once; the last one counts, as in most readers.

    Attributes:
        key: The first key that comes again.
    """

    key = ""


def _watched(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    doubled = _Doubled(found)
    doubled.key = next(key for key in found if keys.count(key) > 1)
    return doubled


_WATCHFUL = JSONDecoder(
    parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=_watched
)

Located = tuple[int, str, str, str, dict[str, Any]]
"""Line, text before the object, its text, the line end after it, and what it says."""


class _Incomplete(Exception):
    """An object cannot be read from what is at hand; more text may help."""

    def __init__(self, why: str, *, may_go_on: bool = True) -> None:
        super().__init__(why)
        self.may_go_on = may_go_on


class JsonSource(Source):
    """A JSON array of objects, or JSON Lines.

    Attributes:
        tail: The text after the last object; known once ``rows()`` has run to its end.
    """

    def __init__(self, text: Text, format_: str) -> None:
        super().__init__(text.origin)
        self.format = format_
        self.encoding = text.encoding
        self.text = text
        self.tail = ""
        self._decoder = _WATCHFUL
        self._survey()
        self._decoder = _DECODER  # once is enough to watch for what most files have not

    def _survey(self) -> None:
        """Read everything once: the header is all keys, and a bad line must be known before."""
        keys: dict[str, None] = {}
        count = doubled = 0
        first_doubled = ""
        first: dict[str, Any] = {}
        for line, *_, value in self._objects():
            count += 1
            first = first or value
            if isinstance(value, _Doubled):
                doubled += 1
                key = _SURROGATES.sub("\ufffd", value.key)
                first_doubled = first_doubled or f"the record on line {line} has {key!r} twice"
            if value.keys() - keys.keys():
                keys.update(dict.fromkeys(value))
        path = _wrapped(first) if count == 1 else ""
        if path.startswith(_WRAPPERS):
            raise self._no_array(path)
        if path:
            self.hint = self._no_array(path)
        keys.pop(META, None)
        if not keys:
            raise InputError(
                f"{self.label} holds no record with a value"
                if count
                else f"{self.label} holds no records",
                next="check what wrote it",
            )
        if doubled:
            more = f", and {doubled - 1} more repeat a key" if doubled > 1 else ""
            self.notes.append(f"{first_doubled}{more}; the last one counts, the others are kept")
        self.header = [_SURROGATES.sub("\ufffd", key) for key in keys]
        self._keys = list(keys)

    def rows(self) -> Iterator[Row]:
        """Read all objects; a nested value is a cell with its JSON text."""
        keys = self._keys
        for number, (line, before, raw, end, value) in enumerate(self._objects(), 1):
            get = value.get
            cells = [v if type(v) is str else _text(v) for v in map(get, keys)]
            if "\\u" in raw:
                cells = [_SURROGATES.sub("\ufffd", cell) for cell in cells]
            opaque: frozenset[int] = frozenset()
            if "[" in raw or raw.count("{") > 1:
                opaque = self._write_nested(cells, raw, value)
            earlier = _earlier(value[META]) if META in value else ()
            yield Row(number, line, cells, (before, raw, end), opaque=opaque, earlier=earlier)

    def _write_nested(self, cells: list[str], raw: str, value: dict[str, Any]) -> frozenset[int]:
        """Put the text of objects and lists into their cells; return which these are."""
        nested = [i for i, key in enumerate(self._keys) if isinstance(value.get(key), dict | list)]
        if nested:
            spans = {key: (start, stop) for key, start, stop in members(raw)}
            for index in nested:
                start, stop = spans[self._keys[index]]
                cells[index] = raw[start:stop]
        return frozenset(index for index in nested if value[self._keys[index]])

    def _objects(self) -> Iterator[Located]:
        return self._array() if self.format == "json" else self._lines()

    def _lines(self) -> Iterator[Located]:
        """Read one object a line.

        Raises:
            InputError: At the end, when any line is not an object: its number and how many.
        """
        before, number = "", 0
        first_bad, bad = "", 0
        for lines, last in physical_lines(self.text.chunks(), "\n"):
            for line in lines:
                number += 1
                end = "" if last else "\n"
                if not line.strip():
                    before += line + end
                    continue
                try:
                    value = self._decoder.decode(line)
                except (ValueError, RecursionError) as error:
                    bad += 1
                    first_bad = first_bad or (
                        f"line {number:,} of {self.label} is not JSON: {_why(error)}"
                    )
                    continue
                if not isinstance(value, dict):
                    bad += 1
                    first_bad = first_bad or f"line {number:,} of {self.label} is not an object"
                    continue
                if not bad:
                    yield number, before, line, end, value
                before = ""
        if bad:
            more = f", and {bad - 1} more lines are not usable" if bad > 1 else ""
            raise InputError(first_bad + more, next="correct or remove them; nothing was sent")
        self.tail = before

    def _array(self) -> Iterator[Located]:
        chunks = self.text.chunks()
        buffer = next(chunks, "")
        at = _skip(_BLANK, buffer, 0) + 1
        if buffer[at - 1 : at] not in ("[", "{"):
            raise InputError(f"{self.label} is not JSON", next="leave out --input-format")
        if buffer[at - 1 : at] != "[":
            raise self._no_array(_path_in(buffer + "".join(islice(chunks, _MOST_CHUNKS))))
        line, mark, first = 1, 0, True
        while True:
            start = _skip(_GAP, buffer, at)
            if buffer[start : start + 1] == "]" and "," not in buffer[at:start]:
                self.tail = buffer[mark:] + "".join(chunks)
                if self.tail[start - mark + 1 :].strip():
                    raise self._broken(line, "more follows the array")
                return
            try:
                value, stop = self._object_at(
                    buffer, start, comma=("," in buffer[at:start]) is first
                )
            except _Incomplete as error:
                more = next(chunks, "")
                if not more or len(buffer) - mark > _MAX_OBJECT or not error.may_go_on:
                    at_line = line + buffer.count("\n", mark, start)
                    raise self._broken(at_line, str(error)) from error
                buffer, at, mark = buffer[mark:] + more, at - mark, 0
                continue
            line += buffer.count("\n", mark, start)
            yield line, buffer[mark:start], buffer[start:stop], "", value
            line += buffer.count("\n", start, stop)
            mark = at = stop
            first = False

    def _object_at(self, buffer: str, start: int, *, comma: bool) -> tuple[dict[str, Any], int]:
        """Read the object at a place of the buffer; return it and where it stops."""
        if start == len(buffer):
            raise _Incomplete("it ends too early")
        if buffer[start] != "{" or comma:
            raise _Incomplete("an object is expected", may_go_on=False)
        try:
            value, stop = self._decoder.raw_decode(buffer, start)
        except (ValueError, RecursionError) as error:
            # A piece that ends within the object cannot be told from a broken object.
            may_go_on = not isinstance(error, _NoJson | RecursionError)
            raise _Incomplete(_why(error), may_go_on=may_go_on) from error
        return value, stop

    def _no_array(self, path: str = "") -> InputError:
        where = f": its records are under {path}" if path else ""
        quoted = shlex.quote(path) if "'" in path else f"'{path or '.results'}'"
        return InputError(
            f"{self.label} is not an array of objects{where}",
            next=f"take the list out of it: jq {quoted} FILE | enrichctl enrich -",
        )

    def _broken(self, line: int, why: str) -> InputError:
        return InputError(
            f"{self.label} is not an array of objects: record on line {line}: {why}",
            next="check that it was written to the end; nothing was sent",
        )


def members(raw: str) -> Iterator[tuple[str, int, int]]:
    """Read key, start and end of every value of an object's text, which is known to be sound."""
    at = _skip(_BLANK, raw, raw.index("{") + 1)
    while raw[at] != "}":
        key, at = json.decoder.scanstring(raw, at + 1)  # type: ignore[attr-defined]
        at = _skip(_BLANK, raw, raw.index(":", at) + 1)
        _, stop = _DECODER.raw_decode(raw, at)
        yield key, at, stop
        at = _skip(_GAP, raw, stop)


def _earlier(meta: Any) -> tuple[()] | tuple[str, str, str]:
    """Return what an earlier run says of a record, as the columns of other formats have it."""
    fields = meta.get("fields") if isinstance(meta, dict) else None
    told = fields.items() if isinstance(fields, dict) else ()
    sources, stated = [], []
    for name, one in told:
        who = one.get("provider") if isinstance(one, dict) else None
        if not isinstance(who, str) or not who or ";" in f"{name}{who}" or "=" in name:
            continue
        sources.append(f"{name}={who}")
        with suppress(TypeError, ValueError):
            stated.append(float(one.get("confidence")))
    surely = [sure for sure in stated if 0 <= sure <= 1]
    if not sources:
        return ()
    note = meta.get("note")
    sure = f"{min(surely):g}" if surely else ""
    return ";".join(sources), sure, note if isinstance(note, str) else ""


def _path_in(text: str) -> str:
    """Return where a list of objects is within the text of one object, or ""."""
    try:
        value = _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return ""
    return _wrapped(value) if isinstance(value, dict) else ""


def _wrapped(value: Any, path: str = "", deep: int = 0) -> str:
    """Return where a list of objects is within an object, as ``jq`` names it; the longest one."""
    found: list[tuple[int, str]] = []
    for key, inner in value.items() if deep < _DEEPEST else ():
        place = f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key)}]"
        place = place if place.startswith(".") else f".{place}"
        if isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
            found.append((len(inner), place))
        elif isinstance(inner, dict) and (below := _wrapped(inner, place, deep + 1)):
            found.append((0, below))
    return max(found, default=(0, ""), key=lambda one: one[0])[1]


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _why(error: Exception) -> str:
    if isinstance(error, JSONDecodeError):
        return f"{error.msg.removesuffix(' at')} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
