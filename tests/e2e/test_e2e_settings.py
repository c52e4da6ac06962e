"""Every key at the top of the configuration does what the manual says: seen in what comes out.

Each is tried with the key and without; a new key needs a line here.
"""

import csv
import json
import shutil
import threading
from dataclasses import fields

import pytest
from requests import certs
from test_e2e_declared import LOOKUP, Acme

from enrichctl import registry
from enrichctl.cli.logins import connect
from enrichctl.config import Settings, load
from enrichctl.engine.question import Step

# Where the effect of others is tested.
ELSEWHERE = {
    "keyring_any_backend": "tests/test_secrets_store.py",
    "tables": "tests/test_settings_effects.py",
    "journal": "tests/e2e/test_e2e_team.py",
    "journal_password_command": "the same",
    "verify": "tests/cli/test_verify.py",
    "path": "no key: the file that was read",
}
DEFINITION = LOOKUP.replace(
    'job_title = "title"',
    'job_title = "title"\nemail_status = "verdict"\nemail = "other"\nphone = "phone"',
).replace("[response]\n", 'confidence = {{path = "sure"}}\n\n[response]\n')
BOTH = '[providers.acme]\nfile = "acme.toml"\n[providers.zeta]\nfile = "zeta.toml"\n'


class Vendor(Acme):
    """Answers with what the test wants it to say."""

    def __init__(self) -> None:
        super().__init__()
        self.says: dict[str, object] = {"title": "CTO", "sure": 0.4}

    def answer(self, path: str, body: object) -> tuple[int, object]:
        self.asked.append((path, body))
        return (200, self.says) if self.says else (404, {})


@pytest.fixture
def vendor(shell):
    with Vendor() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        for name in ("acme", "zeta"):
            shell.write(f"{name}.toml", DEFINITION.format(url=server.url))
            shell.environ[f"ENRICHCTL_{name.upper()}_API_KEY"] = "made-up"
        yield server
        server.shutdown()


@pytest.fixture
def enrich(shell):
    """Enrich an input with a configuration; return the rows that come out, by their columns."""

    def enrich(top: str, text: str, *more: str, status: int = 0, tables: str = BOTH):
        shell.write("config.toml", f"{top}\n{tables}")
        shell.write("in.csv", text)
        words = ["--config", "config.toml", "enrich", "in.csv", "-y", "-o", "out.csv", "--force"]
        done = shell(*words, *more)
        assert done.returncode == status, done.stderr
        with (shell.folder / "out.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    return enrich


MAIL = "email\na@acme.example\n"


def test_no_key_is_accepted_without_a_test_of_its_effect():
    tested = {name.removeprefix("test_effect_of_") for name in globals() if "effect_of" in name}
    assert {f.name for f in fields(Settings)} == tested | ELSEWHERE.keys()


def test_effect_of_providers(vendor, enrich):
    top = '[waterfall]\ndefault = ["acme"]\n'
    assert enrich(top, MAIL)[0]["enrichctl_sources"] == "job_title=acme"
    top = 'providers = ["offline"]\n'
    assert "job_title" not in enrich(top, MAIL, tables="")[0]


def test_effect_of_wants(enrich):
    assert "company_domain" in enrich("", MAIL, "-p", "offline", tables="")[0]
    (row,) = enrich('wants = ["website"]', MAIL, "-p", "offline", tables="")
    assert "website" in row
    assert "company_domain" not in row


def test_effect_of_default_region(enrich):
    text = "phone\n020 7219 3000\n"
    assert not enrich("", text, "-p", "offline", tables="")[0].get("phone_e164")
    (row,) = enrich('default_region = "GB"', text, "-p", "offline", tables="")
    assert row["phone_e164"] == "+442072193000"


def test_effect_of_max_age(vendor, enrich):
    for top, asked in (("", 1), ("", 1), ('max_age = "0s"', 2), ('max_age = "1d"', 2)):
        enrich(top, MAIL, "-p", "acme", "-w", "job_title")
        assert len(vendor.asked) == asked


def test_effect_of_miss_max_age(vendor, enrich):
    vendor.says = {}
    for top, asked in (
        ("", 1),
        ('max_age = "0s"\nmiss_max_age = "1d"', 1),
        ('miss_max_age = "0s"', 2),
    ):
        enrich(top, MAIL, "-p", "acme", "-w", "job_title")
        assert len(vendor.asked) == asked


def test_effect_of_min_confidence(vendor, enrich):
    assert enrich("", MAIL, "-p", "acme", "-w", "job_title")[0]["job_title"] == "CTO"
    top = "min_confidence = 0.5"
    assert not enrich(top, MAIL, "-p", "acme", "-w", "job_title")[0].get("job_title")


def test_effect_of_accept(vendor, enrich):
    """What names somebody else is held back, and then taken from the stored answer."""
    vendor.says = {"title": "CTO", "other": "jane.doe@acme.example"}
    words = ("email\nthomas.roe@acme.example\n", "-p", "acme", "-w", "job_title")
    (row,) = enrich("", *words)
    assert (row["enrichctl_status"], row["job_title"]) == ("review", "")
    (row,) = enrich('accept = "review"', *words)
    assert (row["enrichctl_status"], row["job_title"]) == ("enriched", "CTO")
    assert len(vendor.asked) == 1


def test_effect_of_verified_email(vendor, enrich, shell):
    """Where an e-mail is not called deliverable, the next provider is asked as well."""
    vendor.says = {"title": "CTO", "other": "b@acme.example", "verdict": "risky"}
    # Told a name, for an e-mail that is there is not looked for.
    for name in ("acme", "zeta"):
        path = shell.folder / f"{name}.toml"
        text = path.read_text().replace('needs = [["email"]]', 'needs = [["full_name"]]')
        path.write_text(text.replace("{email}", "{full_name}"))
    words = ("-p", "acme,zeta", "-w", "email")
    enrich("", "full_name\nAnn Lee\n", *words)
    assert len(vendor.asked) == 1
    enrich("verified_email = true", "full_name\nBob Lee\n", *words)
    assert len(vendor.asked) == 3


def test_effect_of_excel_safe(vendor, enrich):
    vendor.says = {"title": "=1+1"}
    words = ("-p", "acme", "-w", "job_title")
    assert enrich("", MAIL, *words)[0]["job_title"] == "'=1+1"
    assert enrich("excel_safe = false", MAIL, *words)[0]["job_title"] == "=1+1"


def test_effect_of_keyring(shell):
    shell.write("config.toml", "keyring = false")
    done = shell("--config", "config.toml", "providers", "login", "leadlex", stdin=b"made-up\n")
    assert done.returncode == 2
    assert b"keyring = false" in done.stderr


def test_effect_of_ca_bundle(shell):
    """It is read beside the configuration, and trusted by the way to every provider."""
    shutil.copy(certs.where(), shell.folder / "corporate.pem")
    for top, trusted in (("", ""), ('ca_bundle = "corporate.pem"', shell.folder / "corporate.pem")):
        settings = load(shell.write("config.toml", top))
        step = Step(registry.load("leadlex", settings), ())
        environ = {"ENRICHCTL_LEADLEX_API_KEY": "made-up"}
        one = connect(step, settings, environ, must=True, budgets={})
        assert one.wire().ca_bundle == str(trusted)


def test_effect_of_waterfall(vendor, enrich):
    top = '[waterfall]\ndefault = ["acme", "zeta"]\n'
    assert enrich(top, MAIL, "-w", "job_title")[0]["enrichctl_sources"] == "job_title=acme"
    top += 'job_title = ["zeta"]\n'
    (row,) = enrich(top, "email\nd@acme.example\n", "-w", "job_title")
    assert row["enrichctl_sources"] == "job_title=zeta"


def test_effect_of_mappings(shell, enrich):
    text = "email,Place\na@acme.example,https://acme.example\n"
    shell.write("in.csv", text)
    said = " ".join(shell("-v", "enrich", "in.csv", "-p", "offline", "-n").stderr.decode().split())
    name = said.partition("[mappings.")[2].partition("]")[0]
    assert name, said
    words = ("enrich", "in.csv", "-p", "offline", "-n", "--json")
    shell.write("config.toml", f'[mappings.{name}]\nemail = "email"\nwebsite = "Place"\n')
    mapping = json.loads(shell("--config", "config.toml", *words).stdout)["mapping"]
    assert mapping["website"] == "Place"
    assert "website" not in json.loads(shell(*words).stdout)["mapping"]


@pytest.mark.parametrize(("bound", "warned"), [("500", True), ("20", False)])
def test_a_balance_under_warn_below_is_told_and_changes_no_exit_status(
    paid, box, known, bound, warned
):
    """After a run, with --quiet too, and by `credits`, in its document as well."""
    box.set(credits={"leadlex": 30})
    people = "".join(f"{one}\n" for one in known("leadlex", 3))
    paid.write("in.csv", "email\n" + people)
    paid.write("config.toml", f"[providers.leadlex]\nwarn_below = {bound}\n")
    done = paid("--config", "config.toml", "enrich", "in.csv", "-p", "leadlex", "-y", "-q")
    line = f"leadlex: 27 credits are left, fewer than the {bound} of its warn_below".encode()
    assert done.returncode == 0, done.stderr
    assert (line in done.stderr) is warned
    shown = paid("--config", "config.toml", "credits")
    assert (shown.returncode, line in shown.stderr) == (0, warned)
    told = json.loads(paid("--config", "config.toml", "credits", "--json").stdout)["providers"]
    (leadlex,) = [one for one in told if one["name"] == "leadlex"]
    assert (leadlex["low"], leadlex["warn_below"]) == (warned, bound)
