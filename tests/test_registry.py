"""Providers by name, from all three origins, and what keeps one from being used."""

import json
import sys
from pathlib import Path

import pytest

from enrichctl import registry
from enrichctl.cli.app import run
from enrichctl.config import Settings, load
from enrichctl.errors import UsageError

PACKAGE = Path(__file__).parent / "data" / "package"
DEFINITION = """
base_url = "https://api.acme.example"
needs = [["email"]]
billed = "no"
[request]
path = "/lookup"
json = {mail = "{email}"}
[response]
job_title = "title"
"""


@pytest.fixture(autouse=True)
def forget_packages():
    clear = registry._points.cache_clear
    clear()
    yield
    clear()


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a package with this code and this entry point on the path."""

    def install(name: str, code: str, target: str, package: str = "broken_one") -> None:
        (tmp_path / f"{package}.py").write_text(code)
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}-dist\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[enrichctl.providers]\n{name} = {target}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


@pytest.fixture
def settings(tmp_path):
    def write(text: str, **files: str) -> Settings:
        for name, content in files.items():
            (tmp_path / f"{name}.toml").write_text(content)
        path = tmp_path / "config.toml"
        path.write_text(text)
        return load(path)

    return write


def test_names_come_from_the_program_its_definitions_and_the_configuration(settings):
    own = settings('[providers.acme]\nfile = "acme.toml"\n', acme=DEFINITION)
    names = registry.names(own)
    assert names[0] == "offline"
    assert {"leadlex", "hunter", "acme"} <= {*names}
    origins = [registry.origin(name, own) for name in ("leadlex", "hunter", "acme")]
    assert origins == ["built-in", "declared", "declared"]


def test_a_definition_has_a_file_of_its_own_and_the_configuration_goes_before_it(settings):
    text = '[providers.acme]\nfile = "acme.toml"\ntitle = "Mine"\nbudget = {run = 5}\n'
    own = settings(text, acme=DEFINITION)
    acme = registry.load("acme", own)
    assert (acme.title, acme.finds) == ("Mine", ("job_title",))
    assert registry.defining_file("acme", own) == own.path.with_name("acme.toml")


@pytest.mark.parametrize(
    ("table", "definition", "complaint"),
    [
        ("", DEFINITION.replace("billed", "biled"), "acme.toml, line 4: biled is not a setting"),
        ("", DEFINITION.replace('"no"', '"x"'), "acme.toml, line 4: billed must be"),
        ('billed = "x"', DEFINITION, "config.toml, line 3: providers.acme.billed must be"),
        ("", "[providers.other]\nx = 1", "line 2: providers.acme.file names"),
    ],
)
def test_a_mistake_names_the_file_in_which_it_is(settings, table, definition, complaint):
    with pytest.raises(UsageError) as caught:
        registry.load(
            "acme", settings(f'[providers.acme]\nfile = "acme.toml"\n{table}', acme=definition)
        )
    assert complaint in caught.value.message


def test_a_definition_may_have_its_header(settings):
    headed = DEFINITION.replace("[re", "[providers.acme.re")
    own = settings('[providers.acme]\nfile = "acme.toml"\n', acme="[providers.acme]\n" + headed)
    assert registry.load("acme", own).finds == ("job_title",)
    wrong = "[providers.acme]\n" + headed.replace('"no"', '"x"')
    own = settings('[providers.acme]\nfile = "acme.toml"\n', acme=wrong)
    with pytest.raises(UsageError, match=r"acme\.toml, line 5: providers\.acme\.billed must"):
        registry.load("acme", own)


def test_a_file_that_is_not_there_is_named_with_the_line_that_names_it(settings):
    with pytest.raises(
        UsageError, match=r"config\.toml, line 2: providers\.acme\.file names .*acme"
    ):
        settings('[providers.acme]\nfile = "acme.toml"\n')


def test_a_definition_cannot_take_the_name_of_a_built_in_provider(settings):
    own = settings('[providers.leadlex]\nkind = "declared"\n')
    for ask in (lambda: registry.names(own), lambda: registry.load("leadlex", own)):
        with pytest.raises(
            UsageError, match=r"config\.toml, line 1: providers\.leadlex is built in"
        ):
            ask()


def test_a_definition_of_ones_own_goes_before_the_one_that_comes_along(settings):
    own = settings('[providers.hunter]\nfile = "hunter.toml"\n', hunter=DEFINITION)
    assert registry.load("hunter", own).finds == ("job_title",)


def test_an_unknown_name_is_close_to_a_known_one():
    with pytest.raises(UsageError, match=r"no provider is called 'huntre'; did you mean hunter\?"):
        registry.load("huntre", Settings())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[providers.leadlx]\nbudget = {day = 2}\n",
            "line 1: providers.leadlx names no provider; did you mean leadlex?",
        ),
        ('[providers.leadlx]\nplan = "pro"\n', "did you mean leadlex?"),
        (
            'max_age = "1d"\n[providers.zzzzz]\nbudget = {day = 2}\n',
            "line 2: providers.zzzzz names no provider, and defines none: it has no kind",
        ),
        (
            'providers = ["offline", "leadlx"]\n',
            "line 1: providers names leadlx, which is no provider; did you mean leadlex?",
        ),
        (
            '[waterfall]\ndefault = ["leadlx"]\n',
            "line 2: waterfall.default names leadlx, which is no provider; did you mean leadlex?",
        ),
        (
            '[waterfall]\nemail = ["lemlist", "huntre"]\n',
            "line 2: waterfall.email names huntre, which is no provider; did you mean hunter?",
        ),
    ],
)
def test_a_name_of_nobody_in_the_configuration_is_a_mistake_there(settings, text, said):
    """What is set for it would hold nowhere: a budget most of all."""
    own = settings(text)
    for ask in (lambda: registry.load("leadlex", own), lambda: registry.names(own)):
        with pytest.raises(UsageError) as found:
            ask()
        assert said in found.value.message


@pytest.mark.parametrize(
    "text",
    [
        "[providers.hunter]\nbudget = {day = 2}\n",
        '[providers.acme]\nfile = "acme.toml"\n',
        '[waterfall]\ndefault = ["crm"]\n[providers.crm]\nkind = "table"\npath = "crm.csv"\n',
    ],
)
def test_a_name_that_comes_along_or_is_defined_there_is_none(settings, text):
    assert "leadlex" in registry.names(settings(text, acme=DEFINITION))


def test_a_name_of_a_package_is_none(settings, monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGE))
    own = settings("[providers.acmecode]\nbudget = {day = 2}\n")
    assert registry.load("acmecode", own).title == "Acme"


@pytest.mark.parametrize(
    "command",
    [
        ["enrich", "leads.csv", "-p", "leadlex", "-n"], ["credits"], ["providers"], ["fields"],
        ["benchmark", "leads.csv", "-p", "leadlex", "-n"], ["providers", "check", "leadlex"],
    ],
)  # fmt: skip
def test_every_command_that_looks_for_providers_names_it(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    Path("leads.csv").write_text("Email,Job Title\na@acme.de,CEO\n")
    Path("own.toml").write_text("[providers.leadlx]\nbudget = {day = 2}\n")
    assert run(["--config", "own.toml", *command]) == 2
    assert "own.toml, line 1: providers.leadlx names no provider" in capsys.readouterr().err


def test_a_package_is_a_provider_like_any_other(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(PACKAGE))
    assert registry.load("acmecode", Settings()).title == "Acme"
    assert run(["providers", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)["providers"]}
    assert listed["acmecode"]["origin"] == "package"
    assert listed["acmecode"]["price"] == {"*": "1"}
    exchanges = str(PACKAGE / "acmecode.exchanges.json")
    assert run(["providers", "check", "acmecode", "--suite", "--exchanges", exchanges]) == 0


@pytest.mark.parametrize(
    ("code", "target", "why"),
    [
        ("raise ValueError('secret')", "broken_one:X", "fails: ValueError"),
        ("import nowhere_at_all", "broken_one:X", "fails: ModuleNotFoundError"),
        ("raise SystemExit(3)", "broken_one:X", "fails: SystemExit"),
        ("", "broken_one:X", "fails: AttributeError"),
        ("X = dict", "broken_one:X", "names no provider called odd"),
    ],
)
def test_a_broken_package_is_reported_and_the_rest_works(install, capsys, code, target, why):
    install("odd", code, target)
    assert run(["providers", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "leadlex" in [one["name"] for one in json.loads(out)["providers"]]
    assert f"the package broken_one (distribution broken_one-dist) {why}" in " ".join(err.split())
    assert "secret" not in err
    with pytest.raises(registry.Broken, match=why):
        registry.load("odd", Settings())
    sys.modules.pop("broken_one", None)


@pytest.mark.parametrize(("name", "what"), [("leadlex", "built in"), ("hunter", "defined already")])
def test_a_package_that_takes_a_name_is_left_out(install, capsys, name, what):
    install(name, "raise ValueError", "broken_one:X")
    assert registry.load(name, Settings()).name == name
    assert run(["providers", "--json"]) == 0
    out, err = capsys.readouterr()
    assert len([n for n in json.loads(out)["providers"] if n["name"] == name]) == 1
    assert f"has a provider called {name}, which is {what}" in " ".join(err.split())


def test_packages_are_not_looked_for_where_a_name_needs_none(monkeypatch):
    monkeypatch.setattr(registry, "_points", lambda: pytest.fail("this takes long"))
    assert [registry.load(name, Settings()).name for name in ("offline", "leadlex", "hunter")]
    assert {"offline", "leadlex", "hunter"} <= {*registry.nearby(Settings())}


def test_a_table_of_ones_own_is_a_provider_that_asks_nobody(settings, tmp_path):
    (tmp_path / "crm.csv").write_text("email,job_title\na@acme.example,CTO\n")
    own = settings('[providers.crm]\nkind = "table"\npath = "crm.csv"\nkey = ["email"]\n')
    crm = registry.load("crm", own)
    assert (crm.name, registry.origin("crm", own)) == ("crm", "declared")
    assert "job_title" in crm.finds


def test_what_any_provider_may_have_of_settings_is_no_mistake_in_a_definition():
    from enrichctl.config.reading import _PROVIDER_KEYS  # noqa: PLC0415 - the same
    from enrichctl.declared.schema import Definition  # noqa: PLC0415 - pydantic

    assert _PROVIDER_KEYS - Definition.model_fields.keys() == registry._SETTINGS - {"file"}


def test_a_condition_is_for_tables_as_well(settings, tmp_path):
    (tmp_path / "crm.csv").write_text("email,phone\nann@acme.com,1\n")
    table = "[providers.crm]\nkind = 'table'\npath = 'crm.csv'\nkey = ['email']\n"
    found = settings(table + "only_if = \"country == 'DE'\"\n")
    assert registry.load("crm", found).name == "crm"
    assert registry.condition_of("crm", found) is not None
    with pytest.raises(UsageError, match="budget is not a setting of a table"):
        registry.load("crm", settings(table + "budget = {run = 3}\n"))
