"""The parts of a file in a folder next to its output, until the output is made of them."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from enrichctl import __version__, installation
from enrichctl.arrow import stamp_of_provider
from enrichctl.files import Source
from enrichctl.files.origin import changed
from enrichctl.parts.part import FilePart, Note, read_note, renamed, stamp_of
from enrichctl.parts.row_groups import RowGroups
from enrichctl.parts.whole_file import WholeFile

_MANIFEST = "manifest.json"


class Parts:
    """The parts of a file, and the folder that they are kept in.

    Args:
        source: The input, which is a file.
        target: The output.
        work: What is done to each part.

    Attributes:
        source: The input.
        target: The output.
        folder: Where they are kept.
        all: Every part, in order.
        notes: The number of a part → what it came to, of those that are finished.
    """

    def __init__(self, source: Any, target: Path, work: RowGroups | WholeFile) -> None:
        self.source: Source = source
        self.target = target
        self._work: Any = work
        self.folder = target.with_name(f".{target.name[:200]}.parts")
        path = source.path
        stamp = stamp_of(path)
        said = tuple(self.source.folders.items())
        self.all = [
            FilePart(str(path), stamp, number, span, str(self.folder), said)
            for number, span in enumerate(work.spans(source))
        ]
        self._manifest = {
            "schema": "enrichctl.parts/2",
            "version": __version__,
            "libraries": installation.libraries(),
            "input": {
                "size": stamp[0],
                "rows": getattr(source, "count", None),  # what has no footer tells none
                "parts": len(self.all),
                "folders": dict(said),
            },
            "providers": {
                one.provider.name: stamp_of_provider(one.provider) for one in work.step.steps
            },
            "recipe": self._work.recipe(source),
        }
        self.notes: dict[int, Note] = {}

    def begin(self) -> None:
        """Make the folder; what another input or other work left in it goes."""
        place = self.folder / _MANIFEST
        self.folder.mkdir(exist_ok=True)
        try:
            same = json.loads(place.read_bytes()) == self._manifest
        except (OSError, ValueError):
            same = False
        if not same:
            self._empty()
            with renamed(place) as part:
                part.write_text(json.dumps(self._manifest, indent=1))
        for one in self.all:
            note = read_note(one)
            if note is not None and one.is_of(note):
                self.notes[one.number] = note
            else:
                one.note_path.unlink(missing_ok=True)

    @property
    def left(self) -> list[FilePart]:
        """Return the parts that are not finished."""
        return [part for part in self.all if part.number not in self.notes]

    def write(self, sink: BinaryIO) -> None:
        """Put the output together.

        Raises:
            InputError: The input is not the one any more of which the parts were made.
        """
        for part in self.all:
            if not part.is_of(self.notes[part.number]):
                raise changed(str(self.source.path))
        notes = [self.notes[part.number] for part in self.all]
        self._work.put_together(self.source, self.all, notes, sink)

    def remove(self) -> None:
        """Remove the folder, once the output is in its place."""
        self._empty()
        (self.folder / _MANIFEST).unlink(missing_ok=True)
        with suppress(OSError):  # somebody has put something into it
            self.folder.rmdir()

    def _empty(self) -> None:
        for kind in ("[0-9]*.rows", "[0-9]*.json", "*.part"):
            for path in self.folder.glob(kind):
                path.unlink(missing_ok=True)
