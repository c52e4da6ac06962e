"""A package with a provider and an id of its own: one folder, run by the installed command."""

import json
import threading

import pytest
from e2e_shell import money
from test_e2e_declared import Acme

CODE = '''
from enrichctl.model import Answer, Credits, Value
from enrichctl.price import Price
from enrichctl.provider import API_KEY, Connection, Lookup, account_of
from enrichctl.transport import HeaderAuth


class Zeta(Lookup):
    """Zeta tells the job titles of its members."""

    name = "zeta"
    title = "Zeta"
    docs = "https://docs.zeta.example"
    login = (API_KEY,)
    needs = (("zeta.member_id",),)
    uses = ("zeta.member_id",)
    finds = default_wants = ("job_title",)
    price = Price("match", {"*": Credits(1)})

    def connect(self, login):
        key = login.get("api_key")
        return Connection(login.base_url, HeaderAuth({"X-Api-Key": key}), account_of(key))

    def find(self, query, api):
        body = {"member": query.inputs["zeta.member_id"]}
        return Answer(api.post("/members", body, billed=True).json())

    def read(self, body, query):
        return {"job_title": Value(body["title"])} if body.get("title") else {}
'''
FIELDS = "# Zeta's ids.\nzeta.member_id  person  ztm_  Zeta Membership | Numéro Zeta\n"


class Zeta(Acme):
    """The vendor: knows all its members."""

    def answer(self, path, body):
        self.asked.append((path, body))
        return 200, {"title": f"CTO of {body['member']}"}


@pytest.fixture
def zeta():
    with Zeta() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def package(shell, zeta):
    """Install the package: its folder, and what pip writes beside it."""
    for folder in ("site/zeta_leads", "site/zeta_leads-1.0.dist-info"):
        (shell.folder / folder).mkdir(parents=True)
    shell.write("site/zeta_leads/__init__.py", CODE)
    shell.write("site/zeta_leads/fields.txt", FIELDS)
    info = "site/zeta_leads-1.0.dist-info"
    shell.write(f"{info}/METADATA", "Metadata-Version: 2.1\nName: zeta-leads\nVersion: 1.0\n")
    shell.write(f"{info}/entry_points.txt", "[enrichctl.providers]\nzeta = zeta_leads:Zeta\n")
    shell.environ |= {
        "PYTHONPATH": str(shell.folder / "site"),
        "ENRICHCTL_ZETA_API_KEY": "made-up",
        "ENRICHCTL_ZETA_BASE_URL": zeta.url,
    }


@pytest.mark.parametrize("header", ["Numéro Zeta", "zeta.member_id", "Member ID"])
def test_a_column_of_a_packages_own_id_is_found_by_header_name_or_how_ids_begin(
    shell, package, zeta, header
):
    shell.write("in.csv", f"First Name,{header}\nAda,ztm_1\nAda,ztm_2\nAda,ztm_1\n")

    done = shell("enrich", "in.csv", "-p", "zeta", "-y", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    rows = (shell.folder / "out.csv").read_text("utf-8").splitlines()[1:]
    assert [row.split(",")[2] for row in rows] == [f"CTO of ztm_{n}" for n in (1, 2, 1)]
    assert sorted(body["member"] for _, body in zeta.asked) == ["ztm_1", "ztm_2"]  # two people
    assert money(shell.folder / "state", "zeta") == (2, 0)


def test_a_field_of_a_package_is_read_again_whether_or_not_the_package_is_asked(shell, package):
    shell.write("in.csv", "email,zeta.score\njane.doe@acme-tools.de,7\n")

    done = shell("enrich", "in.csv", "-n", "--json")

    assert json.loads(done.stdout)["mapping"]["zeta.score"] == "zeta.score"


def test_a_person_is_forgotten_by_the_id_of_a_package(shell, package):
    shell.write("in.csv", "Numéro Zeta\nztm_1\nztm_2\n")
    shell("enrich", "in.csv", "-p", "zeta", "-y", "-o", "out.csv")

    done = shell("journal", "forget", "ztm_1", "--yes")

    assert b"erased 1 attempt" in done.stdout + done.stderr
    assert b"ztm_1" not in (shell.folder / "state" / "journal.db").read_bytes()


def test_a_package_that_declares_somebody_elses_field_is_named_and_left_out(shell, package):
    shell.write("site/zeta_leads/fields.txt", "email  person  -\n")

    done = shell("providers", "show", "zeta")

    assert done.returncode == 2
    assert b"email is no field of zeta" in done.stderr
