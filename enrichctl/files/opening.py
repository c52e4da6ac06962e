"""Open an input or an output in the format that it has or shall have."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from enrichctl.errors import InputError, UsageError
from enrichctl.files.atomic import AtomicFile
from enrichctl.files.delimited import DelimitedSource
from enrichctl.files.detect import (
    arrow_format,
    format_by_name,
    is_one_object,
    is_workbook,
    json_shape,
    read_as_text,
)
from enrichctl.files.narrow import NarrowOutput
from enrichctl.files.origin import Origin, open_origin
from enrichctl.files.output import Output
from enrichctl.files.records import Renderer, Source
from enrichctl.files.safety import damage_notes
from enrichctl.files.tables import PlainDialect, SameDialect

if TYPE_CHECKING:
    from enrichctl.files.arrowfill import Spill

FORMATS = ("csv", "tsv", "json", "jsonl", "xlsx", "parquet", "arrow")
_TYPED = ("parquet", "arrow")


def check_format(name: str) -> None:
    """Refuse what is no format with a `UsageError`."""
    if name not in FORMATS:
        raise UsageError(f"{name!r} is not a format", next=f"choose one of {', '.join(FORMATS)}")


def open_source(
    target: str | Path,
    *,
    input_format: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    stdin: BinaryIO | None = None,
) -> Source:
    """Open an input and find out how it is to be read.

    Args:
        target: A path, or ``-`` for stdin, which is kept in a private file until ``close()``.
        input_format: One of ``FORMATS``; overrides what name and content say.
        encoding: Overrides what the content says.
        sheet: Name of an XLSX sheet; the first one otherwise.
        delimiter: One character; overrides what the content says.
        stdin: What ``-`` reads.

    Raises:
        InputError: It cannot be read, with the reason and what to do.
        UsageError: The format is not one that can be read.
    """
    if input_format:
        check_format(input_format)
    origin = open_origin(target, stdin)
    try:
        source = _open(origin, input_format, encoding, sheet, delimiter or "")
        source.notes += damage_notes(source)
    except BaseException:
        origin.close()
        raise
    return source


def _open(
    origin: Origin, format_: str | None, encoding: str | None, sheet: str | None, delimiter: str
) -> Source:
    binary = format_ or arrow_format(origin) or ("xlsx" if is_workbook(origin) else "")
    if delimiter and binary in ("json", "jsonl", "xlsx", *_TYPED):
        raise InputError(f"{origin.label} has no delimiter", next="leave out --delimiter")
    if sheet and binary != "xlsx":
        raise InputError(f"{origin.label} has no sheets", next="leave out --sheet")
    if binary in _TYPED:
        with _needs_pyarrow(origin.label):
            from enrichctl.files.arrowfiles import ArrowSource  # noqa: PLC0415 - an extra
        return ArrowSource(origin, binary)
    if binary == "xlsx":
        from enrichctl.files.sheets import SheetSource  # noqa: PLC0415 - slow to import

        return SheetSource(origin, sheet)
    return _open_text(origin, format_, encoding, delimiter)


def _open_text(origin: Origin, format_: str | None, encoding: str | None, delimiter: str) -> Source:
    text = read_as_text(origin, encoding)
    if not format_ and format_by_name(origin.name) in ("xlsx", *_TYPED):
        kind = "an XLSX workbook" if format_by_name(origin.name) == "xlsx" else "Parquet or Arrow"
        raise InputError(
            f"{origin.label} is text, though it is named as {kind}",
            next="say what it is, as in --input-format csv",
        )
    if not format_ and not delimiter:
        prefix = text.prefix()
        format_ = format_by_name(origin.name)
        if format_ not in ("csv", "tsv"):
            format_ = json_shape(prefix) or (format_ if format_ in ("json", "jsonl") else "")
        if format_ == "jsonl" and is_one_object(prefix):
            format_ = "json"
    if format_ in ("json", "jsonl"):
        from enrichctl.files.jsonfiles import JsonSource  # noqa: PLC0415 - most files are CSV

        return JsonSource(text, format_)
    source = DelimitedSource(text, format_ or "csv", delimiter)
    if not format_ and source.delimiter == "\t":
        source.format = "tsv"
    return source


@contextmanager
def _needs_pyarrow(what: str) -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise InputError(
            f"{what} is Parquet or Arrow, which takes pyarrow",
            next="pip install 'enrichctl[parquet]'",
        ) from None


def open_output(
    source: Source,
    target: Path | None,
    *,
    format: str,  # noqa: A002 - the option's name
    added: Sequence[str],
    optional: Collection[str] = (),
    changing: Collection[int] = (),
    excel_safe: bool = True,
    stream: BinaryIO | None = None,
    force: bool = False,
    sealed: Callable[[bytes], None] | None = None,
) -> Output:
    """Open an output for the rows of a source.

    Args:
        source: What the rows come from; the same format keeps its dialect and encoding.
        target: The file; None to write to the stream.
        format: One of ``FORMATS``.
        added: Names of the new columns.
        optional: Those of them that a file is to have only where some record has a value; JSON
            formats and streams have them always.
        changing: Columns of the input that may get new texts; what a typed one (Parquet, Arrow)
            cannot hold goes into a new column of texts, ``<column>_text``.
        excel_safe: Whether new values that look like formulas get a leading apostrophe; JSON
            formats never do.
        stream: What is written to record by record when there is no target; it stays open.
        force: Also replace what somebody else puts in the target's place meanwhile.
        sealed: Is told the digest of a whole file before it appears in its place.

    Raises:
        OutputError: The target cannot be written.
        UsageError: The format is not one that can be written.
    """
    check_format(format)
    if (target is None) == (stream is None):
        raise ValueError("give either a target or a stream")
    spill = _spill(source, changing, target) if format in _TYPED else None
    own = spill.names if spill else ()
    added, optional = [*own, *added], optional and {*optional, *own}
    file = AtomicFile(target, force=force, sealed=sealed) if target is not None else None
    sink = file.sink if file else stream
    assert sink is not None  # noqa: S101 - one of the two was given
    encoding = source.encoding if source.format == format else "utf-8"
    escapes = excel_safe and format in ("csv", "tsv", "xlsx")
    make = partial(_renderer, source, sink, format)
    try:
        if file and format not in ("json", "jsonl") and (optional or format == "xlsx"):
            return NarrowOutput(
                source, make, added, optional,
                file=file, encoding=encoding, excel_safe=escapes, spill=spill,
            )  # fmt: skip
        renderer = make(added, changing=changing)
    except BaseException:
        if file:
            file.discard()
        raise
    return Output(
        renderer, file=file, stream=stream, encoding=encoding, excel_safe=escapes, spill=spill
    )


def _spill(source: Source, changing: Collection[int], target: Path | None) -> "Spill | None":
    """Return where what a typed column cannot hold goes; None where no column has a type yet."""
    with _needs_pyarrow("the output" if target is None else str(target)):
        from enrichctl.files.arrowfiles import ArrowSource  # noqa: PLC0415 - an extra
        from enrichctl.files.arrowfill import Spill  # noqa: PLC0415 - the same
        from enrichctl.files.arrowtypes import schema_of  # noqa: PLC0415 - the same
    typed = isinstance(source, ArrowSource) or source.types
    return Spill(schema_of(source), changing) if typed else None


def _renderer(
    source: Source,
    sink: BinaryIO,
    format_: str,
    added: Sequence[str],
    longest: Sequence[int] = (),
    changing: Collection[int] = (),
) -> Renderer:
    if format_ == "xlsx":
        from enrichctl.files.sheetwriting import renderer  # noqa: PLC0415 - slow to import

        return renderer(source, sink, added, longest)
    if format_ in _TYPED:
        from enrichctl.files.arrowwriting import ArrowRenderer  # noqa: PLC0415 - an extra

        return ArrowRenderer(source, sink, added, format_, changing)
    if format_ in ("json", "jsonl"):
        from enrichctl.files.jsonwriting import json_renderer  # noqa: PLC0415 - most files are CSV

        return json_renderer(source, sink, added, format_)
    if isinstance(source, DelimitedSource) and source.format == format_:
        return SameDialect(source, sink, added)
    return PlainDialect(source, sink, added, "\t" if format_ == "tsv" else ",")


def default_output(source: Source, format: str, word: str = "enriched") -> Path:  # noqa: A002 - the option's name
    """Return ``<stem>.<word>.<ext>`` next to the input; ``.gz`` stays for the same format."""
    path = source.path
    if path is None:
        raise ValueError("stdin has no folder")
    packed = path.suffix.lower() == ".gz"
    plain = path.with_suffix("") if packed else path
    if source.format == format:
        ending = plain.suffix or f".{format}"
        return path.with_name(f"{plain.stem}.{word}{ending}{path.suffix if packed else ''}")
    return path.with_name(f"{plain.stem}.{word}.{format}")
