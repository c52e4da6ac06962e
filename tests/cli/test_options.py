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


@pytest.mark.parametrize(
    ("typed", "name", "do"),
    [
        ("--budget leadlex=8 --budget lemlist=6", "--budget", "give it once, all in one: --budget"),
        ("--suppress a.txt --suppress b.txt", "--suppress", "put both lists into one file"),
        ("--where a --where=b", "--where", "join both with AND"),
        ("-p offline --provider leadlex", "--provider", "--provider NAME"),
        ("-w email -w phone", "--want", "--want FIELD"),
    ],
)
def test_what_would_be_forgotten_is_refused(typed, name, do, capsys):
    """Somebody adds a second limit, or a second list of people that nobody may be told of."""
    assert run(["enrich", "a.csv", *typed.split()]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"{name} is given more than once, and only the last would count" in said
    assert do in said


def test_columns_are_mapped_one_by_one(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("m,n\nann@acme.com,Ann\n")
    typed = ["enrich", str(tmp_path / "a.csv"), "-n", "--map", "email=m", "--map", "first_name=n"]
    assert run(typed) == 0
    assert "more than once" not in capsys.readouterr().err
