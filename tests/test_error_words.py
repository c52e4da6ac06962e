"""Errors that a user meets say what to do next, or there is nothing to do."""

import ast
from pathlib import Path

import enrichctl
from enrichctl import errors

PACKAGE = Path(enrichctl.__file__).parent
# Reaches a provider or the run; what reaches one record gets its next step where they are counted.
MET = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.ProviderError | errors.RunError)
}
# What has no next step, by class or by the beginning of its message, and why.
NOTHING_TO_DO = {
    "BadReply": "the vendor's protocol is not what it was: only a new version helps",
    "Cancelled": "somebody stopped it",
    " sends nothing: there are no": "it is so",
    " needs no login: nothing": "it is so",
    " cannot be written: ": "the message names the file and what is wrong with it",
    "cannot read ": "the message names the file and what is wrong with it",
    "there is no column ": "the message says how many there are",
    "the provider module ": "met only by whoever writes one",
    "a SuperOffice ticket needs": "the message names what is missing",
}


def calls() -> list[tuple[str, ast.Call]]:
    """Return every place in the package where such an error is made."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = str(path.relative_to(PACKAGE))
        if module.startswith(("sandbox/", "conformance/")):
            continue  # a user of the program meets neither
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        made = (node for node in nodes if isinstance(node, ast.Call))
        found += [(module, node) for node in made if getattr(node.func, "id", "") in MET]
    return found


def words(node: ast.Call) -> str:
    """Return all that is literal in a message."""
    first = node.args[0] if node.args else None
    parts = first.values if isinstance(first, ast.JoinedStr) else [first]
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def test_an_error_that_a_user_meets_says_what_to_do_next():
    met = calls()
    without = [
        (module, node)
        for module, node in met
        if not any(keyword.arg == "next" for keyword in node.keywords)
    ]
    unexplained = [
        f"{module}:{node.lineno} {node.func.id}: {words(node)}"
        for module, node in without
        if node.func.id not in NOTHING_TO_DO
        and not any(said in words(node) for said in NOTHING_TO_DO)
    ]

    assert len(met) > 100
    assert unexplained == []


def test_a_message_is_a_sentence_without_a_full_stop():
    ended = [f"{module}:{node.lineno}" for module, node in calls() if words(node).endswith(".")]

    assert ended == []
