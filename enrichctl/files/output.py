"""Write an output, whole or not at all."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, Self

from enrichctl.errors import OutputError
from enrichctl.files.atomic import AtomicFile, output_error
from enrichctl.files.records import New, Renderer, Row
from enrichctl.files.safety import fitting, neutral

Spill = Callable[[Mapping[int, str], Sequence[str]], tuple[Mapping[int, str], Sequence[str]]]
"""Puts texts that a typed column cannot hold into new columns; see `arrowwriting.Spill`."""


class Output:
    """An output as a context manager: leaving it without an error puts the file in its place.

    Attributes:
        neutralised: New values that a spreadsheet would have taken for a formula.
        unfitting: New values with characters that the file's encoding does not have; they were
            written with the nearest it has.
    """

    def __init__(
        self,
        renderer: Renderer,
        *,
        file: AtomicFile | None,
        stream: BinaryIO | None,
        encoding: str,
        excel_safe: bool,
        spill: Spill | None = None,
    ) -> None:
        self.neutralised = 0
        self.unfitting = 0
        self._renderer = renderer
        self._file = file
        self._stream = stream
        self._encoding = encoding
        self._excel_safe = excel_safe
        self._spill = spill
        self._is_over = False

    def write(
        self,
        row: Row,
        changed: Mapping[int, str],
        added: Sequence[str],
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        """Write one record; every row of the source once, in order.

        Args:
            row: As the source gave it.
            changed: Index in the header → new text.
            added: Texts of the added columns, in their order.
            meta: What stands under ``_enrichctl``; JSON formats only.

        Raises:
            OutputError: The disk is full or gone.
            BrokenPipeError: The reader of the stream has gone.
        """
        if self._spill is not None:
            changed, added = self._spill(changed, added)
        self._put(row, changed, added, meta)

    def _put(
        self,
        row: Row,
        changed: Mapping[int, str],
        added: Sequence[str],
        meta: Mapping[str, Any] | None,
    ) -> None:
        if self._excel_safe:
            if changed:
                changed = {index: self._neutral(text) for index, text in changed.items()}
            added = [t if not t or t[0].isalnum() else self._neutral(t) for t in added]
        try:
            try:
                self._renderer.write(row, New(changed, added, meta))
            except UnicodeEncodeError:
                changed = {index: self._fitting(text) for index, text in changed.items()}
                added = [self._fitting(text) for text in added]
                self._renderer.write(row, New(changed, added, meta))
            if self._stream is not None:
                self._stream.flush()
        except OSError as error:
            raise self._failure(error) from error

    @property
    def reads_cells(self) -> bool:
        """Tell whether what is written of a row is what its cells say."""
        return self._renderer.reads_cells

    @property
    def cut(self) -> int:
        """Return how many texts were cut to fit in a cell of a sheet."""
        return self._renderer.cut

    def _neutral(self, text: str) -> str:
        safe = neutral(text)
        if safe is not text:
            self.neutralised += 1
        return safe

    def _fitting(self, text: str) -> str:
        fit = fitting(text, self._encoding)
        if fit is not text:
            self.unfitting += 1
        return fit

    def _failure(self, error: OSError) -> Exception:
        if isinstance(error, BrokenPipeError):
            return error
        if self._file is None:
            return OutputError(
                f"stdout cannot be written: {error.strerror or error}",
                next="choose a file: -o PATH",
            )
        return output_error(error, self._file.target)

    def __enter__(self) -> Self:
        try:
            self._renderer.begin()
        except OSError as error:
            self._discard()
            raise self._failure(error) from error
        except BaseException:
            self._discard()
            raise
        return self

    def abandon(self) -> None:
        """Leave nothing of it, unless it is complete; for what goes wrong before it is begun."""
        if not self._is_over:
            self._discard()

    def _discard(self) -> None:
        self._is_over = True
        self._renderer.discard()
        if self._file is not None:
            self._file.discard()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            self._renderer.end()
            if self._stream is not None:
                self._stream.flush()
            if self._file is not None:
                self._file.commit()
            self._is_over = True
        except OSError as failure:
            self._discard()
            raise self._failure(failure) from failure
        except BaseException:
            self._discard()
            raise
