"""Compares our contracts with a vendor's own OpenAPI file, and names every difference.

By hand, when a contract is written or the vendor has moved::

    python tests/contracts/compare.py close.openapi.yml

Keys, types, values, what is required and which statuses there are, call by call; the file's
examples must fit our schemas. A difference that is as it should be stands in ``differences.yaml``
with the reason. Prints the others, and listed ones that are gone; exit 1 when there are any.
"""

import fnmatch
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jsonschema_path import SchemaPath

sys.path.insert(0, str(Path(__file__).parents[1]))

from contracts import VENDORS, Call, Contract, contract

DIFFERENCES = Path(__file__).parent / "differences.yaml"
DEEPEST = 16  # levels; a schema may hold itself
MOST = 160  # characters of what an example has wrong


@dataclass
class Shape:
    """What a schema says, whatever words it uses for it; empty where it says nothing."""

    types: set[str] = field(default_factory=set)
    keys: dict[str, SchemaPath | None] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    values: set[Any] = field(default_factory=set)
    items: SchemaPath | None = None
    most: int | None = None

    def add(self, other: "Shape", *, always: bool) -> None:
        """Take in a part: of which all hold (always), or one of several."""
        self.types |= other.types
        self.keys = other.keys | self.keys
        self.values |= other.values
        self.items = other.items if self.items is None else self.items
        self.most = self.most or other.most
        if always:
            self.required |= other.required


def shape(path: SchemaPath) -> Shape:
    """Read a schema of OpenAPI 3.0, 3.1 or JSON Schema; references are followed."""
    said = path.read_value()
    if not isinstance(said, dict):
        return Shape()
    kinds = said.get("type", [])
    found = Shape({kinds} if isinstance(kinds, str) else set(kinds))
    if said.get("nullable"):
        found.types.add("null")
    names = said.get("propertyNames", {}).get("enum", ())
    found.keys = dict.fromkeys(names) | {
        name: path / "properties" / name for name in said.get("properties", {})
    }
    found.required = set(said.get("required", ()))
    found.values = {said["const"]} if "const" in said else set(said.get("enum", ()))
    found.items = path / "items" if "items" in said else None
    found.most = said.get("maxItems")
    for word in ("allOf", "anyOf", "oneOf"):
        for number in range(len(said.get(word, ()))):
            found.add(shape(path / word / number), always=word == "allOf")
    for word in ("then", "else"):
        if word in said:
            found.add(shape(path / word), always=False)
    if "number" in found.types:
        found.types.discard("integer")
    return found


def between(where: str, ours: SchemaPath, theirs: SchemaPath, deep: int = 0) -> Iterator[str]:
    """Yield the differences of two schemas and of all below them."""
    here, there = shape(ours), shape(theirs)
    if not (here.types or here.keys or here.values):
        if there.keys or there.types & {"array"}:
            yield f"{where}: ours says nothing of it"
        return
    yield from _of_themselves(where, here, there)
    below = {f".{name}": (here.keys[name], there.keys[name]) for name in _both(here, there)}
    if there.items is not None:
        below["[]"] = (here.items, there.items)
    for name, (one, other) in below.items() if deep < DEEPEST else ():
        if one is None and name == "[]":
            yield f"{where}[]: ours says nothing of it"
        elif one is not None and other is not None:
            yield from between(f"{where}{name}", one, other, deep + 1)


def _of_themselves(where: str, here: Shape, there: Shape) -> Iterator[str]:
    if here.types and there.types and here.types != there.types:
        yield f"{where}: type {_list(here.types)}, theirs {_list(there.types)}"
    if here.values != there.values:
        yield f"{where}: values {_list(here.values)}, theirs {_list(there.values)}"
    if here.most != there.most:
        yield f"{where}: at most {here.most}, theirs {there.most}"
    for name in sorted(here.required ^ there.required):
        yield f"{where}.{name}: required by {'us' if name in here.required else 'them'} only"
    for name in sorted(here.keys.keys() ^ there.keys.keys()):
        yield f"{where}.{name}: {'ours' if name in here.keys else 'theirs'} only"


def _both(here: Shape, there: Shape) -> list[str]:
    return sorted(here.keys.keys() & there.keys.keys())


def of_call(call: Call, operation: SchemaPath, shared: SchemaPath) -> Iterator[str]:
    """Yield the differences of one call."""
    parameters = [
        one.read_value()
        for level in (operation, shared)
        if "parameters" in level
        for one in (level / "parameters")
    ]
    query = {one["name"]: one for one in parameters if one["in"] == "query"}
    ours = _ours(call, call.said.get("query", {}))
    here = shape(ours)
    for name in sorted(here.keys.keys() ^ query.keys()):
        yield f"{call.name} ?{name}: {'ours' if name in here.keys else 'theirs'} only"
    for name in sorted(here.keys.keys() & query.keys()):
        values = shape(here.keys[name]).values
        told = set(query[name].get("schema", {}).get("enum", ()))
        if told and values != told:
            yield f"{call.name} ?{name}: values {_list(values)}, theirs {_list(told)}"
    theirs = operation.get("requestBody")
    if theirs is not None and "body" in call.said:
        yield from of_media(call, "body", call.said["body"], theirs)
    elif theirs is not None or "body" in call.said:
        yield f"{call.name} body: {'ours' if theirs is None else 'theirs'} only"
    replies = {str(status): reply for status, reply in (operation / "responses").items()}
    for status in sorted(call.replies.keys() ^ replies.keys()):
        yield f"{call.name} {status}: {'ours' if status in call.replies else 'theirs'} only"
    for status in sorted(call.replies.keys() & replies.keys()):
        yield from of_media(call, status, call.replies[status], replies[status])


def of_media(call: Call, where: str, schema: Any, theirs: SchemaPath) -> Iterator[str]:
    """Compare a body in JSON, and hold the examples of any kind against ours."""
    for kind, media in (theirs / "content").items() if "content" in theirs else ():
        if kind == "application/json" and "schema" in media:
            yield from between(f"{call.name} {where}", _ours(call, schema), media / "schema")
        said = media.read_value()
        examples = [one.get("value") for one in said.get("examples", {}).values()]
        for example in [*examples, *([said["example"]] if "example" in said else ())]:
            for wrong in call.compare(f"{where} example", schema, _read(example)):
                yield wrong[:MOST]


def differences(ours: Contract, file: SchemaPath) -> Iterator[str]:
    """Yield every difference between a vendor's contract and its OpenAPI file."""
    paths = {_nameless(str(path)): item for path, item in (file / "paths").items()}
    for call in ours.calls:
        item = paths.get(_nameless(call.template))
        if item is None or call.method.lower() not in item:
            yield f"{call.name}: not in the file"
        else:
            yield from of_call(call, item / call.method.lower(), item)


def vendor_of(file: SchemaPath) -> str:
    """Return whose calls a file holds: the vendor with most calls in it."""
    held = {_nameless(str(path)) for path in (file / "paths").keys()}  # noqa: SIM118 - no dict
    calls = {name: {_nameless(c.template) for c in contract(name).calls} for name in VENDORS}
    return max(VENDORS, key=lambda name: len(calls[name] & held))


def unexplained(found: list[str], reasons: Mapping[str, str]) -> list[str]:
    """Return differences that are not listed, and listed ones that are none."""
    rest = [one for one in found if not any(_fits(one, pattern) for pattern in reasons)]
    gone = [one for one in reasons if not any(_fits(each, one) for each in found)]
    return rest + [f"{pattern}: listed, and no difference" for pattern in gone]


def _fits(difference: str, pattern: str) -> bool:
    """Compare with a pattern, of which only ``*`` is special."""
    return fnmatch.fnmatchcase(difference, re.sub(r"([\[?])", r"[\1]", pattern))


def _ours(call: Call, schema: Any) -> SchemaPath:
    return SchemaPath.from_dict({"$defs": call.definitions, "schema": schema}) / "schema"


def _nameless(template: str) -> str:
    return re.sub(r"\{\w+\}", "{}", template)


def _read(example: Any) -> Any:
    """Decode an example that is written as text."""
    try:
        return json.loads(example) if isinstance(example, str) else example
    except ValueError:
        return example


def _list(values: set[Any]) -> str:
    return ", ".join(sorted(map(str, values))) or "any"


def main(path: str) -> int:
    """Print what is unexplained."""
    file = SchemaPath.from_file_path(path)
    vendor = vendor_of(file)
    found = list(differences(contract(vendor), file))
    listed = yaml.safe_load(DIFFERENCES.read_text("utf-8"))
    rest = unexplained(found, listed.get(vendor, {}))
    lines = [*rest, f"{vendor}: {len(found)} differences, {len(rest)} unexplained"]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if rest else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
