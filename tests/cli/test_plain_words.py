"""What is read without a parser is what Typer would have read."""

from functools import cache
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.cli import commands, context, plain_words, program, usage
from enrichctl.cli.parameters import CommonOptions

OPTIONS = {
    name: command.options
    for name, command in ((name, commands.load(name)) for name in commands.COMMANDS)
    if hasattr(command, "options")
}
NAMES = sorted(
    {
        name
        for options in (*OPTIONS.values(), CommonOptions)
        for name, _ in plain_words._meanings(options)
        if name
    }
)
VALUES = ("last", "a.csv", "-", "--", "12", "0", "-3", "0.5", "nan", "x", "")


def by_typer(words):
    """Return what Typer reads: common options, and those of the command."""
    root, seen = parser()
    seen.clear()
    with patch.object(context, "set_up", seen.append):
        root(words, standalone_mode=False, prog_name="enrichctl")
    return [*seen]


@cache
def parser():
    """Return the program as Typer has it, and where it puts what it reads."""
    seen = []
    root = usage.typer.main.get_command(program.app)
    root.commands = {name: probe(options, seen) for name, options in OPTIONS.items()}
    return root, seen


def probe(options, seen):
    def run(**typed):
        seen.append(options(**typed))
        return 0

    run.options = options
    return usage.typer.main.get_command(usage._alone("probe", run))


def by_us(words):
    typed = plain_words.read(words)
    if typed is None:
        return None
    options = typed.command.func.options
    return [typed.common, options(**typed.command.keywords)]


def one_of_each():
    """Yield every option there is with a value that it takes, as it is mostly typed."""
    for name, options in OPTIONS.items():
        place = ["a.csv"] if options._fields[0] not in options._field_defaults else []
        for word, one in plain_words._meanings(options):
            if "callback" in one.parameter.said:
                continue
            value = {int: "1", float: "1"}.get(one.kind, "x=y")
            typed = [word] if one.sets is not None else [word, value] if word else [value]
            yield [name, *typed, *(place if word else [])]


@pytest.mark.parametrize("words", list(one_of_each()), ids=" ".join)
def test_every_option_is_read_without_typer_and_means_the_same(words):
    assert by_us(words) == by_typer(words)


@pytest.mark.parametrize(
    "typed",
    [
        "-q enrich leads.csv -o out.csv --force -y -p offline",
        "-q --color=never enrich leads.csv --provider=offline,acme -w email --budget 20",
        "enrich - --map email=Mail --map phone=Tel -o - --no-save --min-confidence 0.5",
        "--config c.toml status last --row 3 --json",
        "status",
        "credits --json",
    ],
)
def test_a_usual_command_line_is_read(typed):
    assert by_us(typed.split()) == by_typer(typed.split())


@pytest.mark.parametrize(
    "typed",
    [
        "", "--help", "enrich -h", "enrich", "enrich a.csv b.csv", "enrich a.csv --nothing",
        "enrich a.csv --limit x", "enrich a.csv --concurrency 0", "enrich a.csv --json-schema",
        "enrich a.csv --limit 5", "enrich a.csv --json=1", "enrich a.csv -ny", "enrich a.csv -p",
        "enrich a.csv -p --yes", "enrich a.csv --want=", "-V status", "-v status", "providers",
        "status -- last", "status --row", "nothing",
    ],
)  # fmt: skip
def test_anything_else_is_left_to_typer(typed):
    assert by_us(typed.split()) is None


def test_completion_is_left_to_typer(monkeypatch):
    monkeypatch.setenv("_ENRICHCTL_COMPLETE", "complete_bash")
    assert by_us(["status", "last"]) is None


words = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(VALUES),
    st.builds("{}={}".format, st.sampled_from(NAMES), st.sampled_from(VALUES)),
    st.text(max_size=4),
)


@given(st.lists(words, max_size=2), st.sampled_from(sorted(OPTIONS)), st.lists(words, max_size=5))
def test_no_command_line_means_another_thing_than_to_typer(before, name, after):
    ours = by_us([*before, name, *after])

    assert ours is None or repr(ours) == repr(by_typer([*before, name, *after]))
