"""JMESPath, compiled once. What a definition gets wrong is said, and no answer is lost by it."""

from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError, JMESPathTypeError
from jmespath.functions import Functions

QUOTED = 60  # characters of an expression, at most


class Unfit(Exception):
    """An expression cannot be applied to an answer: nobody knows whether it holds something."""


class Path:
    """One JMESPath expression.

    Raises:
        ValueError: It is none.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._compiled = jmespath.compile(text)
            wrong = next(_wrong(self._compiled.parsed), "")
        except JMESPathError as error:
            wrong = str(error).split(":")[0].split("\n")[0]
        except (RecursionError, ValueError):  # the latter of a number of thousands of digits
            wrong = "it is too deep or too long"
        if wrong:
            raise ValueError(f"is no JMESPath: {self._quoted()} ({wrong})")

    def find(self, body: Any) -> Any:
        """Return what it finds; None when that is nothing.

        A function finds nothing in what is not there. Anything else that it does not take, a
        number for a text or one of no bounds, is trouble of the definition.

        Raises:
            Unfit: It cannot be applied to this.
        """
        try:
            return self._compiled.search(body)
        except JMESPathTypeError as error:
            if error.actual_type == "null":
                return None
            why = f"{error.function_name}() does not take a value of type {error.actual_type}"
        # The library lets through what Python says of types, indexes, numbers and depths.
        except Exception as error:  # noqa: BLE001
            why = type(error).__name__
        raise Unfit(f"{self._quoted()} cannot be applied to the answer: {why}")

    def search(self, body: Any) -> Any:
        """Return what it finds; None when that is nothing, or cannot be told."""
        try:
            return self.find(body)
        except Unfit:
            return None

    def holds(self, body: Any) -> bool:
        """Tell whether it finds something that JMESPath counts as true.

        Raises:
            Unfit: It cannot be applied to this.
        """
        found = self.find(body)
        return found is not None and found is not False and found not in ("", [], {})

    def _quoted(self) -> str:
        cut = self.text if len(self.text) <= QUOTED else self.text[:QUOTED] + "…"
        return repr(cut)


def _wrong(node: Any, parent: str = "") -> Iterator[str]:
    """Yield what is wrong with an expression whatever it is applied to."""
    kind, children = node["type"], node.get("children", [])
    if kind == "function_expression":
        yield from _miscalled(node["value"], len(children))
    elif kind == "expref" and parent != "function_expression":
        yield "an expression with & stands only in a function"
    elif kind == "slice" and children[2] == 0:
        yield "the step of a slice cannot be 0"
    for child in children:
        if isinstance(child, dict):
            yield from _wrong(child, kind)


def _miscalled(function: str, given: int) -> Iterator[str]:
    known = Functions.FUNCTION_TABLE.get(function)
    if known is None:
        yield f"there is no function {function}()"
        return
    takes = known["signature"]
    open_end = bool(takes) and takes[-1].get("variadic", False)
    if given < len(takes) or (given > len(takes) and not open_end):
        least = "at least " if open_end else ""
        yield f"{function}() takes {least}{len(takes)} arguments, not {given}"
