"""The rows of a table of a database, read from the private file that they were copied to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from enrichctl.files.detect import Text
from enrichctl.files.jsonfiles import JsonSource
from enrichctl.files.records import Row

AT_ONCE = 500  # rows


class TableSource(JsonSource):
    """A table of a database.

    Args:
        text: Its rows, as JSON Lines.
        types: Column → its type, as `table_types` calls it.

    Attributes:
        recall: Has some rows say what is known of them from earlier runs; there are no columns for
            that in most tables. None where nobody knows anything.
    """

    recall: Callable[[Sequence[Row]], None] | None = None

    def __init__(self, text: Text, types: Mapping[str, str]) -> None:
        super().__init__(text, "jsonl")
        self.types = [types[name] for name in self.header]

    def rows(self) -> Iterator[Row]:
        """Read all rows, with what is known of them."""
        found = super().rows()
        if self.recall is None:
            yield from found
            return
        while some := list(islice(found, AT_ONCE)):
            self.recall(some)
            yield from some
