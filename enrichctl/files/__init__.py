"""Read records from the files that people have, and write results back.

What was not enriched comes back byte for byte: a record travels as its own text, and only new
cells are written. `open_source` and `open_output` are the doors.
"""

from enrichctl.files.atomic import abandon_all, check_target, digest_of
from enrichctl.files.detect import format_by_name
from enrichctl.files.fileset import FileSet, FileSetOutput, counterparts, files_of
from enrichctl.files.opening import FORMATS, check_format, default_output, open_output, open_source
from enrichctl.files.origin import lasting_stamp
from enrichctl.files.output import Output
from enrichctl.files.records import Row, Source

__all__ = [
    "FORMATS",
    "FileSet",
    "FileSetOutput",
    "Output",
    "Row",
    "Source",
    "abandon_all",
    "check_format",
    "check_target",
    "counterparts",
    "default_output",
    "digest_of",
    "files_of",
    "format_by_name",
    "lasting_stamp",
    "open_output",
    "open_source",
]
