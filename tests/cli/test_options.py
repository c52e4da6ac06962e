import pytest

from enrichctl.cli.app import run
from enrichctl.cli.options import EVERY_FIELD, hoist, spell_out
from enrichctl.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("enrich a.csv -q", "-q enrich a.csv"),
        ("enrich a.csv -nq", "-q enrich a.csv -n"),
        ("enrich -qn a.csv", "-q enrich -n a.csv"),
        ("enrich -vvv a.csv", "-v -v -v enrich a.csv"),
        ("enrich -yqp leadlex a.csv", "-q enrich -yp leadlex a.csv"),
        ("enrich -oquiet.csv -poffline", "enrich -oquiet.csv -poffline"),
        ("enrich a.csv --color=never", "--color=never enrich a.csv"),
        ("status --config x.toml last", "--config x.toml status last"),
        ("enrich -- -q", "enrich -- -q"),
    ],
)
def test_options_that_every_command_has_may_stand_anywhere(typed, read):
    assert hoist(typed.split()) == read.split()


def test_one_that_lacks_its_value_says_so():
    with pytest.raises(UsageError, match="--color needs a value"):
        hoist(["status", "--color"])


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("status last --row", "status"),
        ("enrich a.csv -p", "enrich"),
        ("providers show leadlex --wat", "providers show"),
    ],
)
def test_what_cannot_be_read_leads_to_the_help_of_its_command(typed, page, capsys):
    assert run(typed.split()) == 2
    assert f"next: enrichctl {page} -h" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "value", "left"),
    [
        ("--overwrite a.csv", EVERY_FIELD, ["a.csv"]),
        ("--overwrite A.CSV.GZ", EVERY_FIELD, ["A.CSV.GZ"]),
        ("--overwrite leads.today", EVERY_FIELD, ["leads.today"]),
        ("--overwrite phone a.csv", "phone", ["a.csv"]),
        ("--overwrite phone,acme.score", "phone,acme.score", []),
        ("--overwrite phone,emial", "phone,emial", []),
        (f"--overwrite {'phone,' * 99}email", "phone," * 99 + "email", []),
        ("--overwrite", EVERY_FIELD, []),
        ("--overwrite=phone a.csv", "phone", ["a.csv"]),
    ],
)
def test_what_follows_overwrite_is_its_value_only_if_it_names_fields(
    tmp_path, monkeypatch, typed, value, left
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leads.today").touch()  # reads like a field of a provider's own
    (tmp_path / "phone").touch()  # a field is a field

    assert spell_out(typed.split()) == [f"--overwrite={value}", *left]
