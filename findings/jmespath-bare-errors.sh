#!/usr/bin/env bash
# Guess: whatever goes wrong with an expression is a JMESPathError, since the library has a tree of
# errors of its own and the specification names the kind for each case (invalid-type, invalid-value).
# Behaviour: merge() given a null ends in a bare TypeError, a slice with step 0 in a bare ValueError
# that is not of that tree, at search time and not when it is compiled. Neighbouring mistakes, such as
# keys() of a null, are of the tree. Code that catches JMESPathError lets the other two through, the
# first of them only for a record that lacks the field.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'jmespath==1.1.0'
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import jmespath
from jmespath.exceptions import JMESPathError

print("jmespath", version("jmespath"))
CASES = [
    ("merge(person, company)", {"person": {"name": "Ada"}, "company": {"city": "Bern"}}),
    ("merge(person, company)", {"person": {"name": "Ada"}}),
    ("emails[::0]", {"emails": ["ada@acme.example"]}),
    ("keys(person)", {}),
]
seen = []
for expression, document in CASES:
    compiled = jmespath.compile(expression)
    try:
        outcome = compiled.search(document)
        seen.append("answer")
    except Exception as error:
        own = "in the tree" if isinstance(error, JMESPathError) else "outside the tree"
        outcome = f"{type(error).__name__}: {error}"
        seen.append(f"{type(error).__name__} {own}")
    print(expression, document, "->", outcome, f"({seen[-1]})")
assert seen[0] == "answer", "merge of two objects no longer answers"
assert seen[1] == "TypeError outside the tree", "merge with a null is reported otherwise now"
assert seen[2] == "ValueError outside the tree", "a step of 0 is reported otherwise now"
assert seen[3] == "JMESPathTypeError in the tree", "keys of a null is no longer of the tree"
PYTHON
