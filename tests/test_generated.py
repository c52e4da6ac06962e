"""What is written from the program says what the program does."""

import re

import generate
import manual
import pytest
import readme

from enrichctl.cli.exits import EXITS
from enrichctl.errors import ExitStatus

INTERNAL = {"ENRICHCTL_FAILPOINT"}  # variables that are no part of what is promised
MACROS = re.compile(r"\.(TH|SH|SS|PP|TP|nf|fi|RS|RE|br|nh|ad|\\\")( |$)")


@pytest.fixture(scope="module")
def texts():
    return generate.texts()


@pytest.fixture(scope="module")
def printed():
    """Return the manual page as it would be read, roughly."""
    return re.sub(r"\\f[BIR]|\\&", "", manual.page()).replace("\\-", "-").replace("\\e", "\\")


@pytest.mark.parametrize(
    "name",
    [*(f"completions/{name}" for name in generate.SHELLS.values()), "completions/enrichctl.1",
     *generate.PAGES],
)  # fmt: skip
def test_a_file_is_current_else_run_tests_generate_py(name, texts):
    assert (generate.ROOT / name).read_text("utf-8") == texts[name]


def test_the_manual_page_is_plain_troff():
    for line in manual.page().splitlines():
        assert line.isascii()
        assert line
        assert line[0] not in ".'" or MACROS.match(line)


def test_the_manual_page_has_every_command_option_and_exit_status(printed):
    root = manual.typer.main.get_command(manual.app)
    found = list(manual.commands(manual.typer.Context(root, info_name="enrichctl")))

    assert len(found) > 10
    for context in found:
        part = printed.split(f".SS {context.command_path}\n")[1].split("\n.S")[0]
        typed = [name for p in context.command.params for name in p.opts if name.startswith("-")]
        assert [name for name in typed if name not in part] == []
    for status in ExitStatus:
        assert f".TP\n{status:d}\n{EXITS[status].means.replace('`', '')}" in printed


def test_the_manual_page_has_every_variable_that_the_program_reads(printed):
    read = {
        name
        for path in (generate.ROOT / "enrichctl").rglob("*.py")
        for name in re.findall(r"\bENRICHCTL_[A-Z_]*[A-Z]\b", path.read_text("utf-8"))
    }
    own = {name for name in read if not name.endswith(("_API_KEY", "_BASE_URL"))}

    assert {"ENRICHCTL_STATE_DIR", "ENRICHCTL_SUPEROFFICE_TENANT"} < own
    assert {name for name in own - INTERNAL if name not in printed} == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [(".dot", "\\&.dot"), ("'q", "\\&'q"), ("a\\b-c", "a\\eb\\-c"), ("é…", "\\[u00E9]...")],
)
def test_troff_prints_a_text_as_it_stands(text, shown):
    assert manual.troff(text) == shown


def test_the_readme_has_every_provider_and_exit_status():
    names = re.findall(r"^\| `(\w+)`", readme.providers(), re.MULTILINE)
    listed = re.findall(r"^\| (\d[\d, ]*) \|", readme.exits(), re.MULTILINE)
    statuses = [int(status) for row in listed for status in row.split(", ")]

    assert {"offline", "leadlex", "close", "lemlist", "superoffice"} <= set(names)
    assert sorted(statuses) == sorted(ExitStatus)


def test_fields_are_named_together_only_where_they_are_many_or_all():
    assert readme._grouped(["email", "first_name", "last_name", "full_name"]) == "e-mail, name"
    assert readme._grouped(["website", "company_name"]) == "website, company name"
    assert readme._grouped(readme.GROUPS["company"][:5]) == "company"


def test_every_generated_part_has_one_place():
    pages = [(generate.ROOT / name).read_text("utf-8") for name in generate.PAGES]
    assert sorted(name for text in pages for name in readme.marked(text)) == sorted(readme.PARTS)


def test_a_generated_part_is_written_between_its_marks():
    page = "a\n<!-- exits -->\nold\n<!-- /exits -->\nz"
    assert readme.renewed(page) == f"a\n<!-- exits -->\n{readme.exits()}<!-- /exits -->\nz"
