"""JMESPath, compiled once; what fails on an answer finds nothing in it."""

from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions


class Path:
    """One JMESPath expression.

    Raises:
        ValueError: It is none.
    """

    def __init__(self, text: str) -> None:
        try:
            self._compiled = jmespath.compile(text)
        except JMESPathError as error:
            why = str(error).split(":")[0].split("\n")[0]
            raise ValueError(f"is no JMESPath: {text!r} ({why})") from None
        for function in _functions(self._compiled.parsed):
            if function not in Functions.FUNCTION_TABLE:
                raise ValueError(f"is no JMESPath: there is no function {function}()")
        self.text = text

    def search(self, body: Any) -> Any:
        """Return what it finds; None when that is nothing, or of a type it does not take."""
        try:
            return self._compiled.search(body)
        except JMESPathError:
            return None

    def holds(self, body: Any) -> bool:
        """Tell whether it finds something that JMESPath counts as true."""
        found = self.search(body)
        return found is not None and found is not False and found not in ("", [], {})


def _functions(node: Any) -> set[str]:
    """Return the names of the functions that an expression calls."""
    own = {node["value"]} if node["type"] == "function_expression" else set()
    return own.union(*(_functions(child) for child in node["children"] if isinstance(child, dict)))
