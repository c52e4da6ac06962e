"""The manual that comes with the program: every page, plain in a pipe and drawn at a terminal."""

import io
import re
import sys
from pathlib import Path

import pytest

from enrichctl import manual
from enrichctl.cli.app import run

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#]+)[^)]*\)")
PAGES = [ROOT / "README.md", *(ROOT / "enrichctl" / "manual").glob("*.md")]


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def test_the_topics_are_listed_one_a_line(capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["help"]) == 0
    lines = capfd.readouterr().out.splitlines()
    for name in ("money", "providers", "tables", "definitions", "files", "recipes", "journal",
                 "privacy", "speed", "glossary", "accuracy"):  # fmt: skip
        assert any(line.split()[:1] == [name] for line in lines), name
    assert len(lines) == len(manual.topics()) + 3  # its head, and where to go from here


@pytest.mark.parametrize("topic", manual.topics())
def test_a_page_is_markdown_in_a_pipe(topic, capfd):
    """As it stands, but for marks that only the repository needs, and links as commands."""
    assert run(["help", topic]) == 0
    out = capfd.readouterr().out
    assert out.startswith("# ")
    assert "\x1b" not in out
    assert "<!--" not in out
    assert not re.search(r"\]\(\w+\.md", out)


@pytest.mark.parametrize("width", [55, 80, 120])
@pytest.mark.parametrize("topic", manual.topics())
def test_a_page_is_drawn_at_a_terminal(topic, width, monkeypatch):
    """Nothing is cut; where there is little room, only code is wider: it is copied as it stands."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(width))
    assert run(["help", topic]) == 0
    drawn = terminal.getvalue()
    assert "\x1b[" in drawn
    lines = re.sub(r"\x1b\[[0-9;]*m", "", drawn).splitlines()
    assert not any("```" in line or re.search(r"\w…", line) for line in lines)
    assert all(line == line.rstrip() for line in lines)
    code = {
        line.strip() for block in re.findall(r"```.*?```", manual.page(topic).text, re.DOTALL)
        for line in block.splitlines()
    }  # fmt: skip
    wide = [line for line in lines if len(line) > width]
    assert not wide if width > 55 else {line.strip() for line in wide} <= code
    assert not any(line.strip().startswith(("# ", "-- ")) for line in wide)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_command_to_copy_has_no_note_behind_it(path):
    """In zsh, as it comes, a note would be arguments of the command."""
    for block in re.findall(r"```(?:sh|bash).*?```", path.read_text("utf-8"), re.DOTALL):
        assert re.findall(r"^enrichctl .* # .*$", block, re.MULTILINE) == []


def test_a_command_is_shown_like_its_own_help(capfd):
    assert run(["help", "credits"]) == 0
    shown = capfd.readouterr().out
    assert run(["credits", "-h"]) == 0
    assert shown == capfd.readouterr().out


def test_an_unknown_topic_names_the_nearest(capfd):
    assert run(["help", "mony"]) == 2
    assert "did you mean money?" in capfd.readouterr().err
    assert run(["help", "zzzz"]) == 2
    assert "next: enrichctl help" in capfd.readouterr().err


@pytest.mark.parametrize("topic", manual.topics())
def test_a_page_says_in_one_short_line_what_it_is_about(topic):
    summary = manual.page(topic).summary
    assert "\n" not in summary
    assert summary.endswith(".")
    assert len(summary) <= 65


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).is_file(), target


def test_the_readme_is_short_and_shows_its_pictures():
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 220
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert [Path(name).suffix for name in pictures] == [".svg", ".png"]
    for name in pictures:
        data = (ROOT / name).read_bytes()
        assert len(data) < 150_000
        assert b"@font-face" not in data  # nothing is asked of the network


def test_every_field_says_what_it_is_and_who_fills_it(capfd):
    assert run(["fields", "--color", "never"]) == 0
    rows = {line.split()[0]: line for line in capfd.readouterr().out.splitlines()}
    assert "lemlist" in rows["job_title"]
    assert "title of the job" in rows["job_title"]
    assert "leadlex" in rows["leadlex.contact_id"]


@pytest.mark.parametrize("there", [True, False])
def test_config_path_says_where_the_configuration_is(there, tmp_path, monkeypatch, capfd):
    path = tmp_path / "own.toml"
    if there:
        path.touch()
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(path))
    assert run(["config", "path"]) == 0
    told = capfd.readouterr()
    assert told.out == f"{path}\n"
    assert ("there is no such file" in told.err) is not there
    assert run(["config", "path", "--config", str(tmp_path / "other.toml")]) == 0
    assert capfd.readouterr().out == f"{tmp_path / 'other.toml'}\n"


@pytest.mark.parametrize("command", ["enrich", "status", "credits", "providers check"])
def test_what_is_typed_is_not_broken_at_its_hyphen(command, monkeypatch, capfd):
    """Help is set anew for every width, and an option has to be found where it is looked for."""
    for width in range(40, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        assert run([*command.split(), "-h"]) == 0
        page = capfd.readouterr().out
        assert [line for line in page.splitlines() if re.search(r"\w-$", line)] == []
        assert page.isascii() == ("…" not in page)


@pytest.mark.parametrize(
    ("word", "page"), [("cron", "recipes"), ("postgresql", "team"), ("keyring", "providers")]
)
def test_a_word_that_is_no_page_leads_to_the_page_that_speaks_of_it(word, page, capfd):
    assert run(["help", word]) == 2
    assert f"next: enrichctl help {page}, which speaks of it" in capfd.readouterr().err
    assert run(["help", "xyzzy"]) == 2
    assert capfd.readouterr().err.endswith("next: enrichctl help\n")
