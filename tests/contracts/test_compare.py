"""The comparison with an OpenAPI file names what differs, on a file of nobody's."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema_path import SchemaPath

from contracts import Contract
from contracts.compare import differences, unexplained

SCRIPT = Path(__file__).with_name("compare.py")
THEIRS = """
openapi: 3.1.0
info: {title: Acme, version: "1"}
paths:
  /people/{person}:
    post:
      parameters:
        - {name: person, in: path, required: true, schema: {type: string}}
        - {name: depth, in: query, schema: {type: string, enum: [deep, flat]}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [mail]
              properties:
                mail: {type: string}
                tags: {type: array, maxItems: 3, items: {$ref: "#/components/schemas/Tag"}}
      responses:
        "200":
          description: found
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Person"}
              example: {name: Ada, state: known, boss: {name: Bob, state: known}}
        "404": {description: nobody}
components:
  schemas:
    Tag: {type: object, properties: {label: {type: string}}}
    Person:
      allOf:
        - {type: object, properties: {name: {type: [string, "null"]}}}
        - type: object
          properties:
            state: {type: string, enum: [known, new]}
            boss: {$ref: "#/components/schemas/Person"}
"""
OURS = """
root: ""
calls:
  POST /people/{id}:
    query: {properties: {depth: {enum: [deep, flat]}}}
    body:
      type: object
      required: [mail]
      properties:
        mail: {type: string}
        tags: {type: array, maxItems: 3, items: {$ref: "#/$defs/tag"}}
    replies: {"200": {$ref: "#/$defs/person"}, "404": true}
$defs:
  tag: {type: object, properties: {label: {type: string}}}
  person:
    type: object
    properties:
      name: {anyOf: [{type: string}, {type: "null"}]}
      state: {enum: [known, new]}
      boss: {$ref: "#/$defs/person"}
"""


def compared(tmp_path: Path, ours: str, theirs: str = THEIRS) -> list[str]:
    file = tmp_path / "acme.openapi.yml"
    file.write_text(theirs)
    mine = Contract("acme", yaml.safe_load(ours))
    return list(differences(mine, SchemaPath.from_file_path(str(file))))


def test_the_same_in_other_words_is_no_difference(tmp_path) -> None:
    assert compared(tmp_path, OURS) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("POST /people/{id}:", "PUT /people/{id}:", ["PUT /people/{id}: not in the file"]),
        (
            "query: {properties: {depth: {enum: [deep, flat]}}}",
            "query: {properties: {deep: {}}}",
            ["POST /people/{id} ?deep: ours only", "POST /people/{id} ?depth: theirs only"],
        ),
        (
            "{depth: {enum: [deep, flat]}}",
            "{depth: {enum: [deep]}}",
            ["POST /people/{id} ?depth: values deep, theirs deep, flat"],
        ),
        ("required: [mail]", "title: x", ["POST /people/{id} body.mail: required by them only"]),
        (
            "mail: {type: string}",
            "mail: {type: integer}",
            ["POST /people/{id} body.mail: type integer, theirs string"],
        ),
        ("maxItems: 3", "maxItems: 4", ["POST /people/{id} body.tags: at most 4, theirs 3"]),
        (
            "{label: {type: string}}",
            "{labels: {type: string}}",
            [
                "POST /people/{id} body.tags[].label: theirs only",
                "POST /people/{id} body.tags[].labels: ours only",
            ],
        ),
        (', "404": true', ', "410": true', ["POST /people/{id} 404: theirs only",
                                             "POST /people/{id} 410: ours only"]),
        ('tags: {type: array, maxItems: 3, items: {$ref: "#/$defs/tag"}}', "tags: {}",
         ["POST /people/{id} body.tags: ours says nothing of it"]),
    ],
)  # fmt: skip
def test_each_kind_of_difference_is_named(tmp_path, old, new, said) -> None:
    assert OURS.count(old) == 1
    assert compared(tmp_path, OURS.replace(old, new)) == said


def test_a_difference_below_is_named_where_it_stands_and_an_example_must_fit(tmp_path) -> None:
    found = compared(tmp_path, OURS.replace("{enum: [known, new]}", "{enum: [new]}"))
    assert "POST /people/{id} 200.boss.state: values new, theirs known, new" in found
    assert any(one.startswith("POST /people/{id}: 200 example .state: ") for one in found)


def test_what_is_listed_is_explained_and_what_is_gone_is_told() -> None:
    found = ["GET /a 200.x[].y: ours only", "GET /a 404: theirs only"]
    listed = {"GET /a 200.x[].*: ours only": "why", "GET /b *": "why"}
    assert unexplained(found, listed) == [
        "GET /a 404: theirs only",
        "GET /b *: listed, and no difference",
    ]


def test_by_hand_it_finds_the_vendor_prints_and_fails(tmp_path) -> None:
    file = tmp_path / "some.openapi.yml"
    paths = {"/email-finder": {"get": {"parameters": [], "responses": {"200": {}}}}}
    file.write_text(yaml.safe_dump({"openapi": "3.1.0", "paths": paths}))
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "GET /email-finder ?domain: ours only" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("hunter: ")
