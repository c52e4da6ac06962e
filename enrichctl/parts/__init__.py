"""An input in parts, so that any process may fill any of them, and any part again.

``part``
    one part: what it is of, what it came to, and that it is still of the same bytes.
``row_groups``
    the row groups of a Parquet file, each a part, as Parquet again.
``whole_file``
    a file of any other kind, which is one part.
``folder``
    the parts of a file next to its output, until all are there and the output is made of them.
"""

from enrichctl.parts.folder import Parts
from enrichctl.parts.part import FilePart, Note, Work, fill_part
from enrichctl.parts.row_groups import RowGroups
from enrichctl.parts.whole_file import WholeFile, Writing

__all__ = ["FilePart", "Note", "Parts", "RowGroups", "WholeFile", "Work", "Writing", "fill_part"]
