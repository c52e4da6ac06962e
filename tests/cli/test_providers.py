import io
import json
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from enrichctl.cli import context, documents
from enrichctl.cli.app import run
from enrichctl.registry import names
from enrichctl.sandbox import Sandbox
from enrichctl.secrets_store import vault as keyrings

GOOD = "ENRICHCTL_LEADLEX_API_KEY"


class Memory(KeyringBackend):
    """A keyring that works."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def vault(tmp_path, monkeypatch):
    """Install an empty keyring and a configuration that trusts it."""
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "config.toml").write_text("keyring_any_backend = true\n")
    backend = Memory()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend.kept


@pytest.fixture
def key(monkeypatch) -> Iterator[str]:
    """Let LeadLex be the sandbox's; return the key that it takes."""
    with Sandbox() as sandbox:
        environ = sandbox.environ()
        monkeypatch.setenv("ENRICHCTL_LEADLEX_BASE_URL", environ["ENRICHCTL_LEADLEX_BASE_URL"])
        yield environ[GOOD]


def pipe(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_every_provider_is_listed_with_the_promised_keys(capsys):
    assert run(["providers", "--json"]) == 0

    printed = json.loads(capsys.readouterr().out)
    documents.ProvidersDocument.model_validate(printed)
    assert printed["schema"] == "enrichctl.providers/1"
    assert all(
        one.keys()
        == {
            "name", "title", "origin", "needs", "uses", "finds", "default_wants", "writes",
            "billed", "price", "rates", "login",
        }
        for one in printed["providers"]
    )  # fmt: skip
    by_name = {one["name"]: one for one in printed["providers"]}
    assert by_name["offline"]["login"] == {"state": "not_needed", "source": None}
    assert by_name["offline"]["billed"] == "no"
    leadlex = by_name["leadlex"]
    assert leadlex["login"] == {"state": "missing", "source": None}
    assert (leadlex["title"], leadlex["origin"], leadlex["billed"]) == (
        "LeadLex", "built-in", "match",
    )  # fmt: skip
    assert leadlex["price"]["*"] == "1"
    assert ["email"] in leadlex["needs"]


@pytest.mark.parametrize("argv", [["providers"], ["providers", "list"]])
def test_the_list_names_the_source_of_a_key_and_never_the_key(argv, monkeypatch, capsys):
    monkeypatch.setenv(GOOD, "very-secret-key")

    assert run(argv) == 0

    out, err = capsys.readouterr()
    assert "from environment" in out
    assert "1 credit a match" in out
    assert "very-secret-key" not in out + err
    assert max(map(len, out.splitlines())) <= 80


def test_one_provider_shows_its_base_url_and_where_each_part_of_its_login_comes_from(
    monkeypatch, capsys
):
    monkeypatch.setenv(GOOD, "very-secret-key")
    monkeypatch.setenv("ENRICHCTL_LEADLEX_BASE_URL", "http://127.0.0.1:9/api")

    assert run(["providers", "show", "leadlex"]) == 0

    page = capsys.readouterr().out
    assert "http://127.0.0.1:9/api" in page
    assert GOOD in page
    assert "environment" in page
    assert "https://docs.leadlex.com" in page
    assert "very-secret-key" not in page


@pytest.mark.parametrize("command", ["show", "login", "logout", "check"])
def test_an_unknown_provider_is_a_usage_error(command, capsys):
    assert run(["providers", command, "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err


def test_a_key_from_a_pipe_is_proved_and_kept(key, vault, monkeypatch, capsys):
    pipe(monkeypatch, f"{key}\n")

    assert run(["providers", "login", "leadlex"]) == 0

    assert vault == {("enrichctl:leadlex", "api_key"): key}
    out, err = capsys.readouterr()
    assert out == ""
    assert "the key is good" in err
    assert key not in err


@pytest.mark.usefixtures("key")
def test_a_key_that_is_refused_is_not_kept(vault, monkeypatch):
    pipe(monkeypatch, "wrong\n")

    assert run(["providers", "login", "leadlex"]) == 4
    assert vault == {}


def test_parts_of_a_login_can_be_piped_by_name(key, vault, monkeypatch):
    pipe(monkeypatch, f"plan=pro\napi_key={key}\n")

    assert run(["providers", "login", "leadlex"]) == 0
    assert vault == {
        ("enrichctl:leadlex", "plan"): "pro",
        ("enrichctl:leadlex", "api_key"): key,
    }


@pytest.mark.parametrize("text", ["", "\n", "one\ntwo\n"])
def test_a_pipe_without_a_clear_key_is_a_usage_error(text, vault, monkeypatch):
    pipe(monkeypatch, text)

    assert run(["providers", "login", "leadlex"]) == 2
    assert vault == {}


def test_at_a_terminal_the_key_is_prompted_for_and_optional_parts_only_when_asked(
    key, vault, monkeypatch
):
    prompts = []
    monkeypatch.setattr("sys.stdin", io.StringIO("pro\n"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: prompts.append(prompt) or key)

    assert run(["providers", "login", "leadlex"]) == 0
    assert vault == {("enrichctl:leadlex", "api_key"): key}
    assert prompts == ["LeadLex API key: "]

    assert run(["providers", "login", "leadlex", "--item", "plan"]) == 0
    assert vault["enrichctl:leadlex", "plan"] == "pro"


def test_what_single_fields_take_is_shown_where_it_is_not_what_finds_a_person(capsys):
    assert run(["providers", "show", "lemlist"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    names = "first_name + last_name + company_name + company_domain"
    assert f"needs for email: lemlist.lead_id or {names} or linkedin_url; phone: " in said
    assert run(["providers", "show", "leadlex"]) == 0
    assert "needs for" not in capsys.readouterr().out


def test_what_goes_before_the_keyring_is_said_when_a_key_is_kept(key, monkeypatch, capsys):
    monkeypatch.setenv(GOOD, "another")
    pipe(monkeypatch, key)

    assert run(["providers", "login", "leadlex"]) == 0
    assert "from environment is used before" in capsys.readouterr().err


def test_a_provider_without_a_login_is_a_usage_error(monkeypatch):
    pipe(monkeypatch, "key")

    assert run(["providers", "login", "offline"]) == 2


def test_logging_out_removes_what_the_keyring_holds(vault, monkeypatch, capsys, tmp_path):
    vault["enrichctl:leadlex", "api_key"] = "key"
    monkeypatch.setenv(GOOD, "another")

    assert run(["providers", "logout", "leadlex"]) == 0
    assert vault == {}
    assert f"can still be asked: its API key is from {GOOD}" in capsys.readouterr().err

    monkeypatch.delenv(GOOD)
    config = tmp_path / "by_command.toml"
    config.write_text('[providers.leadlex]\nkey_command = ["echo", "key"]\n')
    assert run(["--config", str(config), "providers", "logout", "leadlex"]) == 0
    assert "its API key is from key_command" in capsys.readouterr().err

    assert run(["providers", "logout", "leadlex"]) == 0
    assert "holds nothing" in capsys.readouterr().err


def test_a_login_is_checked_where_the_base_url_says(key, monkeypatch, capsys):
    monkeypatch.setenv(GOOD, key)

    assert run(["providers", "check", "leadlex"]) == 0
    assert "the key is good" in capsys.readouterr().out

    monkeypatch.setenv(GOOD, "wrong")
    assert run(["providers", "check", "leadlex"]) == 4
    assert run(["providers", "check"]) == 4
    assert "leadlex: LeadLex refuses the login" in capsys.readouterr().out


def test_checking_without_a_login_is_a_missing_login(capsys):
    assert run(["providers", "check", "leadlex"]) == 4
    assert run(["providers", "check"]) == 4
    assert "providers login" in capsys.readouterr().err


def test_a_keyring_that_fails_does_not_keep_the_list_from_being_shown(monkeypatch, capsys):
    class Broken(Memory):
        def get_password(self, *_):
            raise RuntimeError

    monkeypatch.setattr(keyring, "get_keyring", Broken)

    assert run(["providers", "--json"]) == 0
    out, err = capsys.readouterr()
    states = {one["name"]: one["login"]["state"] for one in json.loads(out)["providers"]}
    assert states["leadlex"] == "missing"
    assert "keyring failed" in err


def test_a_pipe_without_a_key_says_so_and_not_that_there_is_no_keyring(monkeypatch, capsys):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    pipe(monkeypatch, "")
    assert run(["providers", "login", "leadlex"]) == 2
    assert "no key was given; nothing is kept" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["acme.toml", "./defs/acme.toml"])
def test_checking_a_definition_says_what_it_was_taken_for_and_how_to_play_it(path, capsys):
    assert run(["providers", "check", path]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"{path} is looked for among the names of providers" in said
    assert f"next: enrichctl providers check {path} --suite" in said


def test_without_a_keyring_a_key_is_not_kept_and_the_variable_is_named(key, monkeypatch, capsys):
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    pipe(monkeypatch, key)

    assert run(["providers", "login", "leadlex"]) == 4
    assert GOOD in capsys.readouterr().err


@pytest.mark.parametrize("argv", [[], ["list"], ["show", "leadlex"]])
def test_the_schema_is_printed(argv, capsys):
    assert run(["providers", *argv, "--json-schema"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["properties"]["schema"]["const"] == "enrichctl.providers/1"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hunter", "limits all calls: 15 per second, 500 per minute; verifier: 10 per second, 300"),
        (
            "leadlex",
            "cost 1 credit a match, 1 more for email_status verifies an address, 2 credits",
        ),
        ("prospeo", "limits 5 per second, 300 per minute"),
    ],
)
def test_limits_say_what_they_are_for_and_costs_what_is_added_to_what(name, said, capsys):
    assert run(["providers", "show", name]) == 0
    assert said in " ".join(capsys.readouterr().out.split())


def test_what_a_pager_gets_is_folded_beside_the_names(monkeypatch, capsys):
    """A pager has 80 columns where no terminal says otherwise; no line wraps below a name."""
    monkeypatch.delenv("COLUMNS")
    monkeypatch.setenv("TERM", "dumb")

    run(["providers"])

    lines = capsys.readouterr().out.splitlines()
    known = names(context.settings())
    indent = max(map(len, known)) + 2
    assert {line[:indent].strip() for line in lines} == {"", *known}
    assert max(map(len, lines)) <= 80


def test_a_locked_keyring_is_said_once_and_nobody_is_called_logged_out(monkeypatch, capsys):
    class Locked(Memory):
        def get_password(self, *_):
            asked.append(1)
            raise KeyringLocked

    asked = []
    monkeypatch.setitem(keyrings._TRUSTED, __name__, "Test Keyring")
    monkeypatch.setattr(keyrings, "_closed", [])
    monkeypatch.setattr(keyring, "get_keyring", Locked)
    assert run(["providers", "check"]) == 4
    said = " ".join(capsys.readouterr().err.split())
    assert "no key found: close, leadlex" in said
    assert "error: the keyring is locked: which keys it holds is not known" in said
    assert "next: unlock the keyring, then run this again" in said
    assert "logged in" not in said
    for words in (["providers"], ["providers", "show", "leadlex"], ["credits"]):
        assert run(words) == 0
        assert capsys.readouterr().err.count("the keyring is locked") == 1
    assert asked == [1]  # each time somebody may be asked for the password


def test_a_key_is_asked_for_only_where_it_can_be_kept(monkeypatch, capsys):
    """Else somebody on a server types it, and then learns that it was in vain."""
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    read = []
    terminal = SimpleNamespace(isatty=lambda: True, readline=lambda: read.append(1), read=None)
    monkeypatch.setattr(sys, "stdin", terminal)
    assert run(["providers", "login", "leadlex"]) == 4
    assert not read
    said = " ".join(capsys.readouterr().err.split())
    assert "the API key of leadlex could not be kept: no keyring here" in said
    assert "next: set ENRICHCTL_LEADLEX_API_KEY" in said
    assert run(["providers", "check", "leadlex"]) == 4
    said = " ".join(capsys.readouterr().err.split())
    assert "next: set ENRICHCTL_LEADLEX_API_KEY, or key_command in the configuration" in said
