import io
import shlex
import subprocess

import pytest
from rich.console import Console
from rich.text import Text

from enrichctl.render.command_line import command_lines
from enrichctl.render.fitted import (
    Column,
    Command,
    Grid,
    Hanging,
    Whole,
    advice,
    fitted,
    wrapped,
)
from enrichctl.render.screen import UNBOUNDED

FIGURES = ("1,234", "1,000", "234", "81%", "12,345.67")
TEXT = "the domain of the company, as in acme.example, where it is known"


def lines(thing, room):
    """Return the lines that something is printed as."""
    shown = io.StringIO()
    Console(file=shown, width=room, markup=False, highlight=False).print(thing, crop=False)
    return shown.getvalue().splitlines()


def accounts():
    """Return a table of figures as commands show them, with a note below its row."""
    numbers = [
        Column(name, number=True, rank=rank)
        for name, rank in (("asked", 0), ("matched", 0), ("missed", 1), ("of answered", 0),
                           ("spent so far", 0))
    ]  # fmt: skip
    made = Grid(Column("provider"), *numbers)
    made.add("superoffice", *FIGURES, note="a note of some words below")
    return made


@pytest.mark.parametrize("room", [20, 30, 40, 55, 80, 120, UNBOUNDED])
def test_a_table_of_figures_is_whole_in_any_room(room):
    shown = lines(accounts(), room)

    assert max(map(len, shown)) <= room
    assert all(line == line.rstrip() for line in shown)
    words = " ".join(shown).replace(",  ", "  ").split()
    for figure in FIGURES:
        assert any(word.rstrip(",") == figure for word in words), figure
    for name in ("asked", "matched", "missed", "answered", "spent"):
        assert name in words


def test_with_room_to_spare_all_stands_in_one_line_under_its_heading():
    assert lines(accounts(), 80) == [
        "provider     asked  matched  missed  of answered  spent so far",
        "superoffice  1,234    1,000     234          81%     12,345.67",
        "  a note of some words below",
    ]


def test_headings_break_at_their_blanks_before_a_column_gives_way():
    assert lines(accounts(), 57) == [
        "                                           of   spent so",
        "provider     asked  matched  missed  answered        far",
        "superoffice  1,234    1,000     234       81%  12,345.67",
        "  a note of some words below",
    ]


def test_what_has_no_place_stands_below_with_its_name_the_least_important_first():
    shown = lines(accounts(), 50)

    assert "missed" not in shown[1]
    assert shown[3] == "  missed 234"
    assert lines(accounts(), 30)[2:5] == [
        "  missed 234, of answered 81%,",
        "  spent so far 12,345.67",
        "  a note of some words below",
    ]


def test_columns_of_text_take_several_lines_and_keep_their_words_whole():
    made = Grid(Column("field"), Column("what it is", wraps=True), Column("filled by", wraps=True))
    made.add("company_domain", TEXT, "offline, leadlex, lemlist, superoffice, dropcontact")

    for room in (30, 55, 80):
        shown = lines(made, room)
        assert max(map(len, shown)) <= room
        words = set(" ".join(shown).split())
        assert set(TEXT.split()) <= words
        assert {"superoffice,", "dropcontact"} <= words
    assert len(lines(made, UNBOUNDED)) == 2


def test_a_word_longer_than_its_column_stands_below_its_own_row_only():
    made = Grid(Column("field"), Column("value", wraps=True), Column("from", wraps=True))
    made.add("linkedin_url", "https://" + "x" * 60, "leadlex")
    made.add("city", "Paris", "leadlex")

    assert lines(made, 55) == [
        "field         value                             from",
        "linkedin_url",
        "  https://" + "x" * 60,
        "  leadlex",
        "city          Paris                             leadlex",
    ]


def test_a_text_hangs_behind_its_label_and_what_is_quoted_stays_together():
    assert lines(advice('say which: --map "email=E mail 1" or --map email=Email'), 40) == [
        "  next: say which: --map",
        '        "email=E mail 1" or --map',
        "        email=Email",
    ]
    assert lines(Hanging("", "it isn't that one, don't you think so"), 20) == [
        "it isn't that one,",
        "don't you think so",
    ]


@pytest.mark.parametrize("room", [12, 30, 55, 80])
def test_a_command_in_several_lines_is_the_same_command(room):
    words = ["enrichctl", "enrich", "firms of mine.csv", "-p", "offline,leadlex", "--where",
             "country = 'DE'", "-yq", "--max-age=3d", "--budget", "20"]  # fmt: skip
    shown = command_lines(shlex.join(words), room)

    typed = "\n".join(shown).replace("enrichctl", r"printf '%s\0' enrichctl", 1)
    ran = subprocess.run(["/bin/sh", "-c", typed], capture_output=True, check=True, timeout=10)
    assert ran.stdout.decode().split("\0")[:-1] == words
    assert room < 55 or max(map(len, shown)) <= room


def test_a_command_breaks_before_its_options_and_says_that_it_goes_on():
    line = "enrichctl enrich firms.csv -p superoffice --save -y --concurrency 1 --retry-unconfirmed"
    assert lines(Command("go on: ", line), 55) == [
        "go on: enrichctl enrich firms.csv -p superoffice \\",
        "    --save -y --concurrency 1 --retry-unconfirmed",
    ]


def test_words_break_after_the_blanks_before_them_and_what_is_copied_does_not():
    assert lines(fitted("  one two three"), 18) == ["  one two three"]
    assert lines(fitted("  one two three four five"), 18) == ["  one two three", "  four five"]
    url = "https://online3.superoffice.example/Cust12345/api/v1 and more"
    assert lines(fitted(Whole(url)), 20) == [url]
    assert [line.plain for line in wrapped(Text("a\n\nb"), 9)] == ["a", "", "b"]


def test_a_line_that_just_fits_stays_one():
    """A question with a long list fills its last line to the end, and not a column more."""
    full = "company_domain, 9 in website, 9 in email_kind, 11 more columns (rows 1, 2, 3, …)"
    assert lines(fitted(full), 80) == [full]
    assert lines(fitted(full), 79) == [full.removesuffix(" …)"), "…)"]


def test_decimal_points_of_a_column_are_in_line_and_no_figure_has_more_decimals_than_it_needs():
    """Else 0.1 stands under 0.11 as if it were a hundredth, and 8 under both."""
    made = Grid(Column("who"), Column("cost", number=True), Column("asked", number=True))
    for cost, asked in (("0.11", "7"), (Text("0.1", style="bold"), "12"), ("1,200", "-"),
                        ("~8.5", "0"), ("-", ""), ("5 to 7", "1")):  # fmt: skip
        made.add("a", cost, asked)
    _, *shown = lines(made, 80)
    assert [line[5:] for line in shown] == [
        "    0.11      7",
        "    0.1      12",
        "1,200         -",
        "   ~8.5       0",
        "       -",
        "  5 to 7      1",
    ]
    assert lines(made, 80)[1:] == lines(made, 80)[1:]
