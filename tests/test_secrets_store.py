import subprocess
import sys
import threading
import time

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from enrichctl.config import ProviderSettings
from enrichctl.errors import ExitStatus, LoginMissing, UsageError
from enrichctl.provider import LoginItem
from enrichctl.secrets_store import find_login, forget, store, variable, vault

KEY = LoginItem("api_key", "API key")
TENANT = LoginItem("tenant", "Tenant", secret=False)
AUTH = LoginItem("auth", "Kind of login", secret=False, required=False, default="bearer")
TOKEN = LoginItem("refresh_token", "Refresh token", required=False)


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
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


class Raising(Memory):
    """A keyring that fails in a given way, quoting what it was given."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def get_password(self, *_):
        raise self.error

    def set_password(self, *told):
        raise type(self.error)(f"cannot keep {told[2]}")


class Forgetful(Memory):
    """A keyring that says yes and keeps nothing."""

    def set_password(self, service, username, password):
        pass


class Hanging(Memory):
    """A locked keyring with nobody at the screen."""

    def __init__(self, event):
        super().__init__()
        self.event = event

    def get_password(self, *_):
        self.event.wait()


@pytest.fixture
def use(monkeypatch):
    """Install a keyring; unless told otherwise, as if it were the operating system's."""
    before = keyring.get_keyring()

    def install(backend, *, trusted=True):
        if trusted:
            monkeypatch.setitem(vault._TRUSTED, __name__, "Test Keyring")
        keyring.set_keyring(backend)
        return backend

    yield install
    keyring.set_keyring(before)
    vault._closed.clear()


@pytest.fixture
def untouched(use):
    """Install a keyring that must not be asked."""
    return use(Raising(AssertionError("asked")))


def printing(text):
    return [sys.executable, "-c", f"import sys; print({text!r}); print('noise', file=sys.stderr)"]


@pytest.mark.usefixtures("untouched")
def test_the_environment_comes_first(tmp_path):
    (tmp_path / "acme_api_key").write_text("from-file")
    environ = {"ENRICHCTL_ACME_API_KEY": "from-env", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    settings = ProviderSettings(key_command=["false"])
    login = find_login("acme", [KEY], settings, environ)
    assert (login.get("api_key"), login.source_of("api_key")) == ("from-env", "environment")
    assert login.missing == ()


@pytest.mark.usefixtures("untouched")
def test_a_credentials_file_comes_second(tmp_path):
    (tmp_path / "acme_api_key").write_text("from-file\n")
    settings = ProviderSettings(key_command=["false"])
    login = find_login("acme", [KEY], settings, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert login.get("api_key") == "from-file"
    assert login.source_of("api_key") == "credentials directory"


@pytest.mark.usefixtures("untouched")
def test_the_key_command_comes_third(tmp_path, capfd):
    settings = ProviderSettings(key_command=printing("from-command"))
    login = find_login("acme", [KEY], settings, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert (login.get("api_key"), login.source_of("api_key")) == ("from-command", "key_command")
    assert capfd.readouterr() == ("", "")


def test_the_keyring_comes_last(use):
    use(Memory()).set_password("enrichctl:acme", "api_key", "from-keyring")
    login = find_login("acme", [KEY], ProviderSettings(), {})
    assert login.get("api_key") == "from-keyring"
    assert login.source_of("api_key") == "keyring (Test Keyring)"
    assert (login.missing, login.note) == ((), "")


@pytest.mark.usefixtures("untouched")
def test_other_items_come_from_environment_configuration_or_default():
    settings = ProviderSettings(login={"tenant": "Cust1", "auth": "basic"})
    environ = {"ENRICHCTL_ACME_API_KEY": "k", "ENRICHCTL_ACME_AUTH": " soticket\n"}
    login = find_login("acme", [KEY, TENANT, AUTH], settings, environ)
    assert (login.get("tenant"), login.source_of("tenant")) == ("Cust1", "config")
    assert (login.get("auth"), login.source_of("auth")) == ("soticket", "environment")
    login = find_login(
        "acme", [KEY, AUTH], ProviderSettings(), environ | {variable("acme", "auth"): ""}
    )
    assert (login.get("auth"), login.source_of("auth")) == ("bearer", "default")


@pytest.mark.usefixtures("untouched")
def test_a_secret_in_the_configuration_counts_only_while_others_cannot_read_it():
    environ = {"ENRICHCTL_ACME_API_KEY": "k"}
    shown = {"refresh_token": "s3cret"}
    login = find_login("acme", [KEY, TOKEN], ProviderSettings(login=shown), environ)
    assert login.get("refresh_token") == "s3cret"
    with pytest.raises(UsageError, match="other users can read it") as caught:
        find_login("acme", [KEY, TOKEN], ProviderSettings(login=shown, private=False), environ)
    assert "s3cret" not in str(caught.value)


def test_the_base_url_comes_from_environment_then_configuration():
    settings = ProviderSettings(base_url="https://configured.example/api/")
    environ = {"ENRICHCTL_ACME_BASE_URL": "http://127.0.0.1:8080/"}
    assert find_login("acme", [], settings, environ).base_url == "http://127.0.0.1:8080"
    assert find_login("acme", [], settings, {}).base_url == "https://configured.example/api"
    assert find_login("acme", [], ProviderSettings(), {}).base_url == ""
    with pytest.raises(UsageError, match="must start with https://"):
        find_login("acme", [], settings, {"ENRICHCTL_ACME_BASE_URL": "ftp://x"})


def test_what_is_found_nowhere_is_missing_and_says_where_it_could_be(use):
    use(Memory())
    login = find_login("acme", [KEY, TENANT, TOKEN], ProviderSettings(), {})
    assert login.missing == ("api_key", "tenant")
    assert (login.get("api_key"), login.source_of("api_key")) == ("", "")
    with pytest.raises(LoginMissing, match=r"^no API key and tenant for acme$") as caught:
        login.require()
    assert "enrichctl providers login acme" in caught.value.next
    assert "ENRICHCTL_ACME_API_KEY" in caught.value.next


def test_a_key_that_hides_what_a_login_keeps_is_changed_where_it_is(use, tmp_path, monkeypatch):
    use(Memory()).set_password("enrichctl:acme", "api_key", "kept")

    def other_key(environ=None, **settings):
        return find_login("acme", [KEY], ProviderSettings(**settings), environ or {}).other_key

    assert other_key() == ""
    assert other_key({"ENRICHCTL_ACME_API_KEY": "k"}) == "set another ENRICHCTL_ACME_API_KEY"
    said = "have key_command under [providers.acme] print another"
    assert other_key(key_command=printing("k")) == said
    (tmp_path / "acme_api_key").write_text("k")
    assert "acme_api_key" in other_key({"CREDENTIALS_DIRECTORY": str(tmp_path)})


def test_a_complete_login_requires_nothing_more(use):
    use(Memory())
    find_login("acme", [KEY], ProviderSettings(), {"ENRICHCTL_ACME_API_KEY": "k"}).require()


@pytest.mark.parametrize("backend", [keyring.backends.null.Keyring, keyring.backends.fail.Keyring])
def test_no_keyring_counts_as_not_found_and_the_reason_is_kept(use, backend):
    use(backend())
    login = find_login("acme", [KEY], ProviderSettings(), {})
    assert (login.missing, login.note) == (("api_key",), "no keyring here")
    with pytest.raises(LoginMissing, match="no keyring here"):
        login.require()


def test_a_secret_service_that_was_never_set_up_counts_as_not_found(use):
    use(Raising(InitError("Prompt dismissed")))
    login = find_login("acme", [KEY], ProviderSettings(), {})
    assert (login.missing, login.note) == (("api_key",), "no keyring here: it was never set up")


def test_a_backend_that_cannot_be_loaded_counts_as_not_found(monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", lambda: __import__("no_such_backend"))
    login = find_login("acme", [KEY], ProviderSettings(), {})
    assert login.note == "the keyring cannot be loaded: ModuleNotFoundError"


@pytest.mark.usefixtures("untouched")
def test_a_switched_off_keyring_is_not_asked():
    login = find_login("acme", [KEY], ProviderSettings(keyring=False), {})
    assert (login.missing, login.note) == (("api_key",), "the configuration says keyring = false")


@pytest.mark.parametrize(
    ("error", "said", "do"),
    [
        (KeyringLocked("s3cret"), "the keyring is locked", "unlock the keyring, or "),
        (NoKeyringError("s3cret"), "the keyring failed: NoKeyringError", ""),
        (OSError("s3cret"), "the keyring failed: OSError", ""),
    ],
)
def test_a_keyring_that_fails_is_an_error_that_names_the_variable(use, error, said, do):
    use(Raising(error))
    with pytest.raises(LoginMissing) as caught:
        find_login("acme", [KEY], ProviderSettings(), {}).require()
    assert caught.value.message == f"no API key for acme: {said}"
    assert caught.value.next == f"{do}set ENRICHCTL_ACME_API_KEY"
    assert caught.value.exit_status == ExitStatus.LOGIN
    assert caught.value.__context__ is None


def test_a_keyring_that_does_not_answer_is_left_behind(use, monkeypatch):
    monkeypatch.setattr(vault, "_SECONDS", 0.05)
    answer = threading.Event()
    use(Hanging(answer))
    began = time.monotonic()
    try:
        with pytest.raises(LoginMissing, match="did not answer"):
            find_login("acme", [KEY], ProviderSettings(), {}).require()
        assert time.monotonic() - began < 2
        assert all(t.daemon for t in threading.enumerate() if t.name == "keyring")
    finally:
        answer.set()


def test_a_keyring_that_did_not_answer_is_not_waited_for_again(use, monkeypatch):
    """Ten providers that are looked up must not take three seconds each."""
    monkeypatch.setattr(vault, "_SECONDS", 0.05)
    answer, asked = threading.Event(), []
    hanging = use(Hanging(answer))
    monkeypatch.setattr(hanging, "get_password", lambda *_: (asked.append(1), answer.wait()))
    try:
        for name in ("acme", "birch", "cedar"):
            with pytest.raises(LoginMissing, match="did not answer") as caught:
                find_login(name, [KEY], ProviderSettings(), {}).require()
            assert (
                caught.value.next == f"unlock the keyring, or set ENRICHCTL_{name.upper()}_API_KEY"
            )
    finally:
        answer.set()
    assert asked == [1]


def test_of_several_keyrings_the_one_that_holds_the_key_is_named(use, monkeypatch):
    first, second = Memory(), type("Wallet", (Memory,), {"__module__": "the.wallet"})()
    second.set_password("enrichctl:acme", "api_key", "k")
    monkeypatch.setitem(vault._TRUSTED, "the.wallet", "Wallet")
    chain = keyring.backends.chainer.ChainerBackend
    monkeypatch.setattr(chain, "backends", [first, second])
    use(chain())
    login = find_login("acme", [KEY], ProviderSettings(), {})
    assert (login.get("api_key"), login.source_of("api_key")) == ("k", "keyring (Wallet)")


def test_a_backend_that_is_not_the_operating_systems_is_refused_unless_allowed(use):
    use(Memory(), trusted=False).set_password("enrichctl:acme", "api_key", "k")
    login = find_login("acme", [KEY], ProviderSettings(), {})
    assert login.missing == ("api_key",)
    assert "keyring_any_backend = true" in login.note
    allowed = find_login("acme", [KEY], ProviderSettings(keyring_any_backend=True), {})
    assert allowed.get("api_key") == "k"
    assert allowed.source_of("api_key") == f"keyring ({__name__})"
    with pytest.raises(LoginMissing, match="is not the operating system's"):
        store("acme", "api_key", "new")
    assert store("acme", "api_key", "new", any_backend=True) == __name__


@pytest.mark.parametrize("trusted", [True, False])
def test_a_chain_is_trusted_only_when_all_its_parts_are(use, monkeypatch, trusted):
    memory = Memory()
    memory.set_password("enrichctl:acme", "api_key", "k")
    chain = keyring.backends.chainer.ChainerBackend
    other = type("Plaintext", (Memory,), {"__module__": "keyrings.alt.file"})()
    parts = [memory] if trusted else [memory, other]
    monkeypatch.setattr(chain, "backends", parts)
    use(chain())
    login = find_login("acme", [KEY], ProviderSettings(), {})
    assert login.get("api_key") == ("k" if trusted else "")
    assert ("keyrings.alt.file" in login.note) is not trusted


@pytest.mark.usefixtures("untouched")
def test_an_optional_secret_alone_does_not_open_the_keyring():
    environ = {"ENRICHCTL_ACME_API_KEY": "k"}
    assert find_login("acme", [KEY, TOKEN], ProviderSettings(), environ).missing == ()


def test_a_login_of_optional_secrets_only_is_looked_for_in_the_keyring(use):
    use(Memory()).set_password("enrichctl:acme", "refresh_token", "t")
    assert find_login("acme", [TOKEN], ProviderSettings(), {}).get("refresh_token") == "t"


def test_what_is_stored_is_found_and_can_be_forgotten(use):
    use(Memory())
    assert store("acme", "api_key", "k") == "Test Keyring"
    assert find_login("acme", [KEY], ProviderSettings(), {}).get("api_key") == "k"
    assert forget("acme", "api_key") is True
    assert forget("acme", "api_key") is False
    assert find_login("acme", [KEY], ProviderSettings(), {}).missing == ("api_key",)


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (Forgetful(), "the keyring did not keep it"),
        (Raising(KeyringLocked()), "the keyring is locked"),
        (Raising(OSError()), "the keyring failed: OSError"),
        (keyring.backends.null.Keyring(), "no keyring here"),
        (keyring.backends.fail.Keyring(), "no keyring here"),
    ],
)
def test_what_was_not_stored_is_never_said_to_be(use, backend, said):
    use(backend)
    with pytest.raises(LoginMissing) as caught:
        store("acme", "api_key", "s3cret")
    assert caught.value.message == f"the API key of acme is not stored: {said}"
    assert "s3cret" not in caught.value.message + caught.value.next


def test_a_key_too_long_for_windows_is_refused_before_it_is_sent(use):
    windows = type("WinVault", (Memory,), {"__module__": "keyring.backends.Windows"})()
    use(windows)
    assert store("acme", "api_key", "k" * 1280) == "Windows Credential Manager"
    with pytest.raises(LoginMissing, match="at most 1280 characters"):
        store("acme", "api_key", "k" * 1281)
    assert len(windows.kept["enrichctl:acme", "api_key"]) == 1280


@pytest.mark.parametrize(
    ("value", "expected"), [("k\n", "k"), ("k\r\n", "k"), ("user:pass word", "user:pass word")]
)
def test_one_line_end_is_taken_off(value, expected):
    environ = {"ENRICHCTL_ACME_API_KEY": value}
    assert find_login("acme", [KEY], ProviderSettings(), environ).get("api_key") == expected


@pytest.mark.parametrize(
    "value", ["s3\ncret", "s3cret\n\n", "s3\x00cret", " s3cret", "s3cret ", "s3\u200bcret", "\n"]
)
def test_what_cannot_be_a_key_is_refused_without_quoting_it(value, use):
    use(Memory())
    with pytest.raises(LoginMissing, match="environment holds") as caught:
        find_login("acme", [KEY], ProviderSettings(), {"ENRICHCTL_ACME_API_KEY": value})
    assert "cret" not in caught.value.message
    with pytest.raises(LoginMissing, match="what was entered holds"):
        store("acme", "api_key", value)


def test_a_credentials_file_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "acme_api_key").write_bytes(b"s3cret\xff")
    with pytest.raises(LoginMissing, match="CREDENTIALS_DIRECTORY") as caught:
        find_login("acme", [KEY], ProviderSettings(), {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert "s3cret" not in caught.value.message
    assert caught.value.__suppress_context__


def test_a_login_does_not_show_its_values():
    login = find_login("acme", [KEY], ProviderSettings(), {"ENRICHCTL_ACME_API_KEY": "s3cret"})
    assert repr(login) == "FoundLogin('acme', {'api_key': 'environment'})"


def test_the_variable_of_any_provider_is_a_legal_name():
    assert variable("super-office.de", "app_token") == "ENRICHCTL_SUPER_OFFICE_DE_APP_TOKEN"


def test_keyring_is_not_imported_until_it_is_needed():
    code = (
        "import sys\n"
        "from enrichctl.secrets_store import find_login\n"
        "from enrichctl.config import ProviderSettings\n"
        "from types import SimpleNamespace as N\n"
        "key = N(name='api_key', secret=True, required=True, default='')\n"
        "find_login('x', [key], ProviderSettings(), {'ENRICHCTL_X_API_KEY': 'k'})\n"
        "sys.exit('keyring' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
