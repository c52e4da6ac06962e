import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from enrichctl.config import (
    BudgetSetting,
    RateSetting,
    Settings,
    config_path,
    duration,
    ensure_private,
    load,
    parse_budget,
    state_dir,
)
from enrichctl.errors import StateError, UsageError

WHOLE = """
wants = ["email", "phone", "close.cf_abc"]
default_region = "US"
max_age = "12h"
min_confidence = 0.5
excel_safe = false
keyring = false
keyring_any_backend = true
ca_bundle = "corporate.pem"

[waterfall]
default = ["offline", "leadlex"]
phone = ["lemlist", "leadlex"]

[mappings.abc]
email = "Mail"

[providers.leadlex]
base_url = "https://leadlex.internal/api"
account = "sales"
key_command = ["pass", "show", "leadlex"]
plan = "pro"
price = 1.5
rates = [{limit = 20, seconds = 2}, {limit = 5, seconds = 0.5, unit = "record", group = "bulk"}]
budget = {run = 200, day = 500.5}
concurrency = 2
timeout = 12.5
save = true

[providers.superoffice]
tenant = "Cust12345"
auth = "basic"

[providers.lemlist]
price = {phone = 20, email = 5}

[providers.acme]
kind = "declared"
base_url = "https://api.acme.example"
auth = {header = "X-Api-Key"}
needs = [["email"]]
user = "me"
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "config.toml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    return write


def test_every_setting_is_read(file):
    path = file(WHOLE)
    settings = load(path)
    leadlex = settings.provider("leadlex")

    assert settings.providers == ["offline", "leadlex"]
    assert settings.waterfall == {"phone": ["lemlist", "leadlex"]}
    assert settings.wants == ["email", "phone", "close.cf_abc"]
    assert settings.default_region == "US"
    assert settings.max_age == timedelta(hours=12)
    assert settings.min_confidence == 0.5
    assert settings.excel_safe is False
    assert settings.ca_bundle == str(path.parent / "corporate.pem")
    assert settings.mappings == {"abc": {"email": "Mail"}}
    assert settings.path == path
    assert (leadlex.base_url, leadlex.account) == ("https://leadlex.internal/api", "sales")
    assert leadlex.key_command == ["pass", "show", "leadlex"]
    assert (leadlex.login, leadlex.price, leadlex.save) == ({"plan": "pro"}, Decimal("1.5"), True)
    assert leadlex.rates == [RateSetting(20, 2), RateSetting(5, 0.5, "record", "bulk")]
    assert leadlex.budget == BudgetSetting(run=Decimal(200), day=Decimal("500.5"))
    assert (leadlex.concurrency, leadlex.timeout) == (2, 12.5)
    assert (leadlex.keyring, leadlex.keyring_any_backend) == (False, True)
    assert settings.provider("lemlist").price == {"phone": Decimal(20), "email": Decimal(5)}
    assert settings.provider("superoffice").login == {"tenant": "Cust12345", "auth": "basic"}


def test_money_is_decimal(file):
    number = "0.1234567890123456789"
    assert load(file(f"[providers.x]\nprice = {number}")).provider("x").price == Decimal(number)


def test_the_table_of_a_declared_provider_is_kept_untouched(file):
    acme = load(file(WHOLE)).provider("acme")
    assert acme.kind == "declared"
    assert acme.raw == {
        "kind": "declared",
        "base_url": "https://api.acme.example",
        "auth": {"header": "X-Api-Key"},
        "needs": [["email"]],
        "user": "me",
    }
    assert acme.login == {"user": "me"}


def test_price_and_rates_of_a_definition_are_its_own_and_no_setting_that_replaces_them(file):
    text = (
        '[providers.acme]\nkind = "declared"\nprice = {"*" = 2}\nrates = [{limit = 1, seconds = 2}]'
    )
    acme = load(file(text)).provider("acme")
    assert (acme.price, acme.rates) == (None, None)
    assert acme.raw["price"] == {"*": 2}


@pytest.mark.parametrize("header", ["", "[providers.acme]\n"])
def test_a_declared_provider_may_stand_in_a_file_beside_the_configuration(file, tmp_path, header):
    (tmp_path / "acme.toml").write_text(header + 'base_url = "https://a.example"\nbilled = "no"')
    acme = load(file('[providers.acme]\nfile = "acme.toml"\nbilled = "call"')).provider("acme")
    assert acme.raw == {"kind": "declared", "base_url": "https://a.example", "billed": "call"}


def test_the_default_waterfall_may_be_a_plain_list(file):
    assert load(file('providers = ["offline", "close"]')).providers == ["offline", "close"]


def test_the_list_beside_tables_is_told_where_to_go(file):
    text = 'providers = ["close"]\n[providers.close]\nsave = true'
    with pytest.raises(UsageError, match="is not TOML") as caught:
        load(file(text))
    assert "default = [...] under [waterfall]" in caught.value.next


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('\nwnats = ["email"]', 2, "wnats is not a setting; did you mean wants?"),
        ("tables = {}", 1, "tables is not a setting"),
        ('wants = ["emial"]', 1, "wants names no field: emial; did you mean email?"),
        ('[waterfall]\nphones = ["x"]', 2, "phones names no field: phones; did you mean phone?"),
        ('default_region = "usa"', 1, "must be two capital letters"),
        ("min_confidence = 1.2", 1, "min_confidence must be from 0 to 1"),
        ("min_confidence = nan", 1, "min_confidence must be from 0 to 1"),
        ('max_age = "30 days"', 1, "max_age must be 30d, 12h, 30m, 90s or 0"),
        ("excel_safe = 3", 1, "excel_safe must be a valid boolean"),
        ("[providers.x]\nbase_ulr = 'h'", 2, "base_ulr is not a setting; did you mean base_url?"),
        ("[providers.x]\nbase_url = 'x.example'", 2, "must start with https://"),
        ("[providers.x]\nbudget = {dya = 1}", 2, "budget.dya is not a setting; did you mean day?"),
        ("[providers.x]\n\nbudget.day = -1", 3, "budget.day must be 0 or more"),
        ("[providers.x]\nrates = [{limit = 1}]", 2, "rates.0 lacks seconds"),
        ("[providers.x]\nrates = [{limit = 1, seconds = 0}]", 2, "rates.seconds must be above 0"),
        ("[providers.x]\nconcurrency = 0", 2, "concurrency must be above 0"),
        ("[providers.x]\ntimeout = inf", 2, "timeout must be above 0"),
        ("[providers.x]\nprice = 'two'", 2, "price must be a number or field = number"),
        ("[providers.x]\nkey_command = 'pass'", 2, "key_command must be a valid list"),
        ("[providers.x]\nkind = 'tabel'", 2, "kind must be 'declared' or 'table'"),
        ("[providers.x]\nnumber = 3", 2, "number is not a setting"),
        ("[providers]\nx = 3", 2, "providers.x must be a table"),
    ],
)
def test_a_mistake_is_told_by_file_line_and_key(file, text, line, said):
    path = file(text)
    with pytest.raises(UsageError) as caught:
        load(path)
    assert caught.value.message.startswith(f"{path}, line {line}: ")
    assert said in caught.value.message


@pytest.mark.parametrize(
    "text",
    ['[providers.x]\napi_key = "s3cret"', '[providers.x]\nkey_command = "s3cret"', 'a = "s3cret'],
)
def test_an_error_never_quotes_a_value(file, text):
    with pytest.raises(UsageError) as caught:
        load(file(text))
    assert "s3cret" not in caught.value.message + caught.value.next


def test_an_api_key_in_the_file_is_refused(file):
    with pytest.raises(UsageError, match="api_key is not read from a file: use key_command"):
        load(file('[providers.x]\napi_key = "k"'))


def test_the_file_tells_whether_others_can_read_it(file):
    path = file('[providers.x]\nclient_secret = "k"')
    assert load(path).provider("x").private is True
    path.chmod(0o644)
    assert load(path).provider("x").private is False


def test_without_a_file_everything_is_default(monkeypatch, tmp_path):
    monkeypatch.delenv("ENRICHCTL_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == tmp_path / "enrichctl" / "config.toml"
    assert load() == Settings()
    assert load().max_age == timedelta(days=30)


def test_a_file_that_was_asked_for_must_exist(monkeypatch, tmp_path):
    missing = tmp_path / "none.toml"
    with pytest.raises(UsageError, match="cannot read the configuration"):
        load(missing)
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(missing))
    assert config_path() == missing
    with pytest.raises(UsageError, match="cannot read the configuration"):
        load()


def test_without_a_file_pydantic_stays_out(tmp_path):
    code = (
        "import sys, enrichctl.config as c; c.load(); "
        "sys.exit(any(m.startswith('pydantic') for m in sys.modules))"
    )
    clean = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=clean).returncode == 0


def test_the_state_directory_can_be_moved(monkeypatch, tmp_path):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    assert state_dir() == tmp_path / "state"
    monkeypatch.delenv("ENRICHCTL_STATE_DIR")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_dir() == tmp_path / "enrichctl"


def test_the_state_directory_is_for_its_owner_only(tmp_path):
    new, old = tmp_path / "a" / "new", tmp_path / "old"
    old.mkdir(mode=0o755)
    for path in (new, old):
        assert ensure_private(path) == path
        assert path.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_belongs_to_everybody_is_left_alone(tmp_path):
    tmp_path.chmod(0o1777)
    ensure_private(tmp_path)
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_a_state_directory_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot use the state directory"):
        ensure_private(tmp_path / "file" / "state")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        (" 30m ", timedelta(minutes=30)),
        ("90s", timedelta(seconds=90)),
        ("0", timedelta(0)),
    ],
)
def test_durations(text, expected):
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "d", "5", "-1d", "1.5h", "1d 2h", "٣d", "1D"])
def test_what_is_no_duration(text):
    with pytest.raises(UsageError, match=r"^--max-age .*is not a duration"):
        duration(text, "--max-age")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500", {"": Decimal(500)}),
        ("0", {"": Decimal(0)}),
        ("leadlex=200,lemlist=50.5", {"leadlex": Decimal(200), "lemlist": Decimal("50.5")}),
        ("10, leadlex = 5", {"": Decimal(10), "leadlex": Decimal(5)}),
    ],
)
def test_budgets(text, expected):
    assert parse_budget(text) == expected


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "nan", "inf", "=5", "leadlex=", "leadlex=1,leadlex=2", "1,2", "5,"]
)
def test_what_is_no_budget(text):
    with pytest.raises(UsageError, match="is not a budget"):
        parse_budget(text)


def test_a_directory_is_no_configuration(tmp_path):
    with pytest.raises(UsageError, match="cannot read the configuration"):
        load(Path(tmp_path))


def test_a_duration_that_is_too_long_or_leaves_no_time_is_called_so():
    with pytest.raises(UsageError, match="longer than a century"):
        duration("9999999999d")
    with pytest.raises(UsageError, match="--max-duration 0s leaves no time"):
        duration("0s", "--max-duration", none=False)
