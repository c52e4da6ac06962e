"""What one ``enrich`` was asked to do: options, columns, providers, where it writes, its lock."""

import os
import shlex
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.cli import context
from enrichctl.cli.enrich.options import EnrichOptions
from enrichctl.config import Settings, duration
from enrichctl.errors import InputError, UsageError
from enrichctl.files import (
    FileSet,
    Source,
    check_format,
    counterparts,
    default_output,
    files_of,
    format_by_name,
    open_source,
)
from enrichctl.files.databases import open_table, table_at
from enrichctl.files.origin import at_home
from enrichctl.journal import outputs
from enrichctl.matching import Ambiguity, HeaderMatch, match_header
from enrichctl.model import counted
from enrichctl.provider import Provider, Remote
from enrichctl.registry import is_known, load, origin

if TYPE_CHECKING:
    from enrichctl.matching.suppression import Suppression

SHOWN = 5  # columns that a message names
_JSON = {"json", "jsonl"}  # either is often named .json
Choose = Callable[[str, Sequence[str]], int | None]


def open_input(options: EnrichOptions) -> Source:
    """Open what is to be read, as the options say: a file, stdin, or several files as one.

    Raises:
        InputError: It cannot be read.
    """

    def opened(name: str | Path) -> Source:
        stdin = sys.stdin.buffer if name == "-" else None
        return open_source(name, **reading_of(options), stdin=stdin)

    place = table_at(options.source)
    if place is not None:
        return open_table(place, options.key)
    notes: list[str] = []
    inputs = partial(_without_outputs, options.sandbox, notes)
    files = files_of(options.source, inputs) if options.source != "-" else None
    names: Sequence[str | Path] = [options.source] if files is None else files
    with ExitStack() as stack:
        sources = [stack.enter_context(opened(name)) for name in names]
        if options.key:  # a file of a database has said what to give by now
            raise UsageError(
                "--key is for tables of a database",
                next="leave it out, or give postgresql://…?table=…",
            )
        found = sources[0] if files is None else FileSet(options.source, sources)
        stack.pop_all()
    found.notes = [*notes, *found.notes]
    return found


def _without_outputs(sandbox: bool, notes: list[str], found: list[Path]) -> list[Path]:
    """Return the files of a set without those that runs have written for others of them.

    Outputs whose inputs are elsewhere, as in a folder that a second step reads, are inputs here.
    """
    if len(found) < 2:  # noqa: PLR2004 - one file is no output of another
        return found
    names = {path_of(path): path for path in found}
    with ExitStack() as stack:
        journals = (
            [stack.enter_context(context.journal_to_read(sandbox=True))]
            if sandbox
            else stack.enter_context(context.journals_to_read())
        )
        written = set().union(*(outputs.written_among(one, names) for one in journals))
    if written:
        number = counted(len(written), "file is an output", "files are outputs")
        such = f"such as {names[min(written)].name}"
        notes.append(f"{number} of earlier runs on others of them, {such}: left out")
    return [path for name, path in names.items() if name not in written]


def reading_of(options: EnrichOptions) -> dict[str, str]:
    """Return how an input is to be read, as far as it was typed; see `open_source`."""
    typed = {
        "input_format": options.input_format,
        "encoding": options.encoding,
        "sheet": options.sheet,
        "delimiter": read_delimiter(options.delimiter),
    }
    return {name: word for name, word in typed.items() if word}


def columns_of(
    options: EnrichOptions,
    settings: Settings,
    source: Source,
    choose: Choose,
    *,
    bought: Collection[str],
) -> HeaderMatch:
    """Return which column holds which field; have what is not clear chosen, or refuse it.

    Args:
        options: What was typed.
        settings: Mappings that were saved.
        source: The input.
        choose: Has a person choose an answer to a question; None when there is nobody.
        bought: Fields that somebody beyond this machine is asked for or told. What no column holds
            of them, while another column is full of it, must be decided before; elsewhere it is
            only said, since nothing is spent and the next run can do better.
    """
    given = _given(options)
    sample = [row.cells for row in source.sample() if not row.shifted]
    is_provider = partial(is_known, settings=settings)
    while True:
        match = match_header(
            source.header, sample, given, settings.mappings, is_provider=is_provider
        )
        if not (match.ambiguous or match.unclaimed):
            break
        optional = not match.ambiguous
        urgent = [one for one in match.unclaimed if one.choices[0][0] in bought]
        question = [*match.ambiguous, *urgent, *match.unclaimed][0]
        answers = [f"{field} is {column}" for field, column in question.choices]
        for place, values in enumerate(question.values):
            answers[place] += f" ({', '.join(values) or 'no value'})"
        chosen = choose(_said(question), answers + ["none of them: leave it as it is"] * optional)
        field = question.choices[0][0]
        if chosen is None and optional and field not in bought:
            match.notes += [f"{one.why}: {_options(one)}" for one in match.unclaimed]
            break
        if chosen is None:
            also = f" or --map {field}= to leave it as it is" if optional else ""
            raise UsageError(question.why, next=f"say which: {_options(question)}{also}")
        field, column = (*question.choices, (field, ""))[chosen]
        if field in given:
            raise UsageError(question.why, next="say which is which with --map FIELD=COLUMN")
        given[field] = column
    if not match.recognised:
        raise source.hint or InputError(
            f"no column of {source.label} is a known field: {_columns(source)}",
            next=_other_sheets(source) or "say which is which: --map email=COLUMN",
        )
    return match


def _other_sheets(source: Source) -> str:
    """Return which sheets of a workbook may be meant; "" where there is no other."""
    sheets: list[str] = getattr(source, "sheets", [])
    this: str = getattr(source, "sheet", "")
    others = [f"--sheet {shlex.quote(name)}" for name in sheets if name != this]
    if not others:
        return ""
    return f"sheet {this!r} was read; read another one: {' or '.join(others[:SHOWN])}"


def _columns(source: Source) -> str:
    """Return the names of the first columns."""
    shown = [repr(name) for name in source.header[:SHOWN]]
    return ", ".join([*shown, "…"] if len(source.header) > SHOWN else shown)


def _given(options: EnrichOptions) -> dict[str, str]:
    """Return field → column as typed after ``--map``; a blank column leaves the field out."""
    given: dict[str, str] = {}
    for pair in options.map_ or ():
        name, equals, column = pair.partition("=")
        if not (name.strip() and equals):
            raise UsageError(f"--map {pair!r} is not FIELD=COLUMN", next="as in --map email=Mail")
        if given.get(name.strip(), column.strip()) != column.strip():
            raise UsageError(f"--map says twice which column holds {name}", next="leave one out")
        given[name.strip()] = column.strip()
    return given


def _said(question: Ambiguity) -> str:
    """Return a question with some of the values, which only its terminal shows."""
    shown = f" (such as {', '.join(question.shown)})" if question.shown else ""
    return question.why + shown


def _options(question: Ambiguity) -> str:
    return " or ".join(f'--map "{field}={column}"' for field, column in question.choices)


def read_delimiter(typed: str) -> str:
    r"""Return the delimiter as typed: one character, or a name for what a shell makes hard to type.

    Raises:
        UsageError: It is none.
    """
    found = {"tab": "\t", "\\t": "\t", "space": " "}.get(typed.lower(), typed)
    if len(found) > 1 or found in ('"', "\r", "\n", "\0") or found.isalnum():
        raise UsageError(
            f"--delimiter {typed!r} is not one character that can divide cells",
            next="as in --delimiter ';' or --delimiter tab",
        )
    return found


def providers_of(options: EnrichOptions, settings: Settings) -> list[Provider]:
    """Return the providers in waterfall order.

    Raises:
        UsageError: One is not known, is named twice, or would be asked for real in the sandbox.
    """
    typed = [name.strip() for name in options.provider.split(",") if name.strip()]
    if options.provider and not typed:
        raise UsageError("-p names no provider", next="name one, as in -p offline, or leave out -p")
    names = typed or list(settings.providers) or ["offline"]
    if len(set(names)) < len(names):
        raise UsageError("a provider is named twice", next="name each provider once after -p")
    providers = [load(name, settings, context.screen().note) for name in names]
    if options.sandbox:
        for one in providers:
            if isinstance(one, Remote) and origin(one.name, settings) != "built-in":
                raise UsageError(
                    f"the sandbox does not speak for {one.name}, which would be asked for real",
                    next=f"leave out {one.name}",
                )
    return providers


def target_of(options: EnrichOptions, source: Source) -> tuple[str, Path | None]:
    """Return the output's format, and its path; None is stdout."""
    to_stdout = options.output == "-" or (
        not options.output and (options.json_ or source.name == "-")
    )
    named = "" if options.output == "-" else format_by_name(options.output)
    format_ = options.output_format or named or source.format
    check_format(format_)
    if options.json_ and not options.dry_run and format_ not in ("json", "jsonl"):
        raise UsageError(f"--json and --format {format_} exclude each other", next="leave one out")
    if named and named != format_ and not {named, format_} <= _JSON:
        asked = "--json" if options.json_ and not options.format_ else f"--format {format_}"
        raise UsageError(
            f"{options.output} is named as {named}, and {asked} says otherwise",
            next=f"leave out {asked}, or name the file .{format_}",
        )
    if to_stdout:
        return format_, None
    if isinstance(source, FileSet) and not options.output and options.dry_run:
        return format_, None
    if isinstance(source, FileSet) and (named or not options.output):
        raise UsageError(
            f"{source.name} is several files, and so is its output",
            next="name a folder: -o out/",
        )
    if options.output:
        return format_, _named_target(options, source)
    if source.path is None:
        raise UsageError(
            f"{source.name} has no folder to write next to it", next="name the output: -o PATH"
        )
    word = "sandbox" if options.sandbox else "enriched"
    return format_, default_output(source, format_, word)


def _named_target(options: EnrichOptions, source: Source) -> Path:
    """Return the output that ``-o`` names: in a folder, a file keeps its name."""
    target = Path(options.output)
    is_folder = options.output.endswith("/") or os.path.isdir(target)  # noqa: PTH112 - any text
    if isinstance(source, FileSet) or source.path is None or not is_folder:
        return target
    target /= Path(options.source).name
    return target.with_suffix(f".{options.output_format}") if options.output_format else target


def odd_ending(options: EnrichOptions, source: Source, format_: str) -> str:
    """Say as what an output is written whose ending names no format; "" where that is clear."""
    ending = Path(options.output).suffix
    said = options.output_format or format_by_name(options.output) or ending == ".gz"
    same = source.path is not None and source.path.suffix == ending
    if said or same or not ending[1:].isalpha() or isinstance(source, FileSet):
        return ""
    return (
        f"{options.output} is written as {format_}, like the input: {ending} names no format that"
        " is known here (--format NAME chooses one)"
    )


def longest_of(options: EnrichOptions) -> timedelta | None:
    """Return for how long a run may last; None is as long as it takes."""
    typed = options.max_duration
    return duration(typed, "--max-duration", none=False) if typed else None


def age_of(options: EnrichOptions, settings: Settings) -> timedelta:
    """Return for how long answers are used again."""
    if options.refresh:
        return duration(options.refresh, "--refresh")
    return duration(options.age, "--max-age") if options.age else settings.max_age


def input_name(source: Source) -> str:
    """Return by what an input is known in the journal: its full path or address, or ``-``."""
    if isinstance(source, FileSet):
        return path_of(at_home(source.name))
    if source.path is not None:
        return path_of(source.path)
    table = table_at(source.name)
    return table.known_as if table else source.name


def places_of(
    options: EnrichOptions, source: Source, target: Path | None
) -> list[tuple[Source, Path | None]]:
    """Return every file that is read with the one that is written for it; None is stdout."""
    if not isinstance(source, FileSet):
        return [(source, target)]
    if target is None:
        return [(one, None) for one in source.sources]
    ending = f".{options.output_format}" if options.output_format else ""
    return [
        *zip(source.sources, counterparts(source.name, source.sources, target, ending), strict=True)
    ]


def path_of(path: Path) -> str:
    """Return a full path as text that can be kept and shown, whatever bytes its name has."""
    return os.path.realpath(path).encode(errors="backslashreplace").decode()


def suppression_of(options: EnrichOptions) -> "Suppression":
    """Return the people of ``--suppress``, who are never to be sent anywhere.

    That a list has nobody is said: whoever keeps one may not know that it was lost.
    """
    from enrichctl.matching.suppression import Suppression  # noqa: PLC0415 - where there are some

    found = Suppression.read(Path(options.suppress))
    if found.is_blank:
        context.screen().warn(f"--suppress {options.suppress} is empty: it keeps nobody out")
    return found
