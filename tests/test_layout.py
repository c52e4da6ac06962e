"""The layout of the package: one name means one thing, and everything fits one sitting."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import enrichctl

PACKAGE = Path(enrichctl.__file__).parent
LONGEST_FILE = 400  # lines
LONGEST_FUNCTION = 60  # lines, docstring included


@cache
def trees() -> dict[Path, ast.Module]:
    """Return what is in each file of the package."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def test_no_two_modules_have_a_public_class_of_the_same_name():
    homes = defaultdict(list)
    for path, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path.relative_to(PACKAGE)))
    assert len(homes) > 100
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_no_file_is_longer_than_one_sitting():
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines())
               for path in trees()}  # fmt: skip
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_every_function_fits_on_a_screen():
    found = {
        f"{path.relative_to(PACKAGE)}: {node.name}": node.end_lineno - node.lineno + 1
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(found) > 1000
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FUNCTION} == {}
