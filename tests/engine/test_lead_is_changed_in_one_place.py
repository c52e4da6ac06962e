"""Only `lead.py` changes a lead: everybody else calls it by what happened."""

import ast
from dataclasses import fields
from pathlib import Path

import enrichctl.engine
from enrichctl.engine.lead import Lead

ENGINE = Path(enrichctl.engine.__file__).parent
ATTRIBUTES = {field.name for field in fields(Lead)}
CHANGES = {"add", "append", "clear", "extend", "pop", "remove", "setdefault", "update"}


def is_of_a_lead(node: ast.expr) -> bool:
    """Tell whether an expression is an attribute of what is called a lead, or part of one."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if not (isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES):
        return False
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in ("lead", "first")


def changes(tree: ast.AST) -> list[int]:
    """Return the lines that assign to a lead, or change what it holds."""
    lines = []
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else []
        if isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            targets = [node.func.value] if node.func.attr in CHANGES else []
        lines += [node.lineno for one in targets if is_of_a_lead(one)]
    return sorted(lines)


def test_nobody_else_changes_a_lead():
    """Not by an assignment, nor through a list or a dictionary of it."""
    found = {
        f"{path.name}:{line}"
        for path in ENGINE.glob("*.py")
        if path.name != "lead.py"
        for line in changes(ast.parse(path.read_text("utf-8")))
    }
    assert found == set()


def test_every_way_of_changing_one_is_seen():
    """The check sees assignments, parts, and calls that change."""
    text = """
lead.pending = "x"
item.lead.spent += 1
lead.filled["email"] = "x"
lead.tried.append(1)
del lead.origin["email"]
lead.note(1)
other.pending = "x"
"""
    assert changes(ast.parse(text)) == [2, 3, 4, 5, 6]
