"""A vendor's words stand in its own folders: a new one is added without touching anything else."""

import ast
from pathlib import Path

import enrichctl
from enrichctl.fields import FIELDS

PACKAGE = Path(enrichctl.__file__).parent
VENDORS = {path.parent.name for path in PACKAGE.glob("providers/*/fields.txt")}
# "close" is a word of HTTP as well: that vendor is known by its ids alone.
NAMES = VENDORS - {"close"}
OWN = {name for name in FIELDS if name.partition(".")[0] in VENDORS}


def test_nobody_else_names_a_vendor_or_its_ids():
    assert {"close", "leadlex", "lemlist", "superoffice"} <= VENDORS
    assert len(OWN) > len(VENDORS)
    found = {
        f"{name}:{node.lineno} {node.value}"
        for path in PACKAGE.rglob("*.py")
        if path.parent.name not in VENDORS
        for name in [path.relative_to(PACKAGE).as_posix()]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in NAMES | OWN
    }

    assert found == set()
