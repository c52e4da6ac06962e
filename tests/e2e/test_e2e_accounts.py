"""Keys are renewed; answers, budgets and tickets stay: the installed command, real sockets."""

import json
import sqlite3
import threading

import pytest
from test_e2e_declared import LOOKUP, PEOPLE, Acme

FIELD = "close.Position"
CLOSE = ("enrich", "in.csv", "-p", "close", "-w", FIELD, "--yes")
LEMLIST = ("enrich", "in.csv", "-p", "lemlist", "-w", "email,job_title", "--yes")


@pytest.fixture
def acme():

    with Acme() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def renew(shell, box, vendor: str) -> None:
    """Give the account another key: the old one is refused from now on."""
    key = f"renewed_{vendor}"
    box.set(keys={**box.switches.keys, vendor: key})
    shell.environ[f"ENRICHCTL_{vendor.upper()}_API_KEY"] = key


def in_close(box, count: int) -> str:
    """Return some contacts of Close whose records are plain."""
    people = list(box.population.people.values())
    ids = [people[place].close_contact_id for place in (1, 5, 7, 12)[:count]]
    return "\n".join(["close.contact_id", *ids, ""])


def accounts(shell, provider: str) -> set[str]:
    db = sqlite3.connect(shell.folder / "state" / "journal.db")
    found = {a for (a,) in db.execute("SELECT account FROM attempts WHERE provider=?", (provider,))}
    db.close()
    return found


@pytest.mark.parametrize(("vendor", "words"), [("close", CLOSE), ("lemlist", LEMLIST)])
def test_a_renewed_key_is_the_same_account_where_the_vendor_tells(paid, box, known, vendor, words):
    people = {"close": in_close(box, 3), "lemlist": "\n".join(["email", *known("lemlist", 3)])}
    paid.write("in.csv", people[vendor])
    first = paid(*words, "-o", "one.csv")
    assert first.returncode == 0, first.stderr
    charged = box.spent(vendor)
    assert charged > 0

    renew(paid, box, vendor)
    again = paid(*words, "-o", "two.csv")

    assert again.returncode == 0, again.stderr
    assert box.spent(vendor) == charged
    assert (paid.folder / "one.csv").read_bytes() == (paid.folder / "two.csv").read_bytes()
    assert len(accounts(paid, vendor)) == 1
    assert b"account is new" not in again.stderr


def test_what_an_older_version_bought_under_the_key_goes_on(paid, box):
    """It knew accounts by their keys only: so stand its answers in the journal."""
    paid.write("in.csv", in_close(box, 3))
    assert paid(*CLOSE, "-o", "one.csv").returncode == 0
    (told,) = accounts(paid, "close")
    db = sqlite3.connect(paid.folder / "state" / "journal.db")
    ((key,),) = db.execute("SELECT key FROM keys").fetchall()
    db.execute("UPDATE attempts SET account=?", (key,))
    db.execute("UPDATE spending SET account=?", (key,))
    db.execute("DELETE FROM keys")
    db.commit()
    db.close()
    charged = box.spent("close")

    paid.write("in.csv", in_close(box, 4))
    assert paid(*CLOSE, "-o", "two.csv").returncode == 0

    assert 0 < box.spent("close") - charged < charged
    assert accounts(paid, "close") == {told}


def acme_with(shell, server, more: str = "") -> tuple[str, ...]:
    """Define the provider with more settings; return the words that enrich with it."""
    shell.write("acme.toml", LOOKUP.format(url=server.url))
    shell.write("config.toml", f'[providers.acme]\nfile = "acme.toml"\n{more}')
    return ("--config", "config.toml", "enrich", "in.csv", "-p", "acme", "--yes")


def use(shell, server, key: str) -> None:
    server.key = shell.environ["ENRICHCTL_ACME_API_KEY"] = key


def plan_of(shell, words) -> dict:
    done = shell(*(w for w in words if w != "--yes"), "-n", "--json")
    assert done.returncode == 0, done.stderr
    (lane,) = json.loads(done.stdout)["providers"]
    return lane


def test_the_plan_says_when_an_account_is_new_and_an_old_one_has_the_answers(shell, acme):
    """A vendor that tells no account: the plan says what is at stake, `account` is the cure."""
    shell.write("in.csv", "email\n" + "\n".join(PEOPLE) + "\n")
    words = acme_with(shell, acme)
    use(shell, acme, "made-up")
    assert shell(*words, "-o", "one.csv").returncode == 0
    (old,) = accounts(shell, "acme")
    asked = len(acme.asked)
    use(shell, acme, "made-up-too")

    lane = plan_of(shell, words)
    assert (lane["ask"], lane["reused"]) == (5, 0)
    assert lane["former_accounts"] == [{"account": old, "people": 5}]
    said = " ".join(shell(*words[:-1], "-n").stderr.decode().split())
    assert f'say account = "{old}" under [providers.acme]' in said
    assert "answers about 5 people" in said

    words = acme_with(shell, acme, f'account = "{old}"\n')
    lane = plan_of(shell, words)
    assert (lane["ask"], lane["reused"], lane["former_accounts"]) == (0, 5, [])
    assert shell(*words, "-o", "two.csv").returncode == 0
    assert len(acme.asked) == asked  # nobody was asked again
    assert (shell.folder / "one.csv").read_bytes() == (shell.folder / "two.csv").read_bytes()


def test_several_keys_are_one_account_that_the_user_names(shell, acme):
    """Budgets and answers are the account's: what one key has bought, no other buys."""
    shell.write("in.csv", "email\n" + "\n".join(PEOPLE[:3]) + "\n")
    plain = acme_with(shell, acme)
    use(shell, acme, "made-up")
    assert shell(*plain, "-o", "one.csv").returncode == 0

    words = acme_with(shell, acme, 'account = "team"\nbudget = {month = 6}\n')
    assert shell(*words, "-o", "two.csv").returncode == 0
    assert accounts(shell, "acme") == {"team"}  # what the key bought without a name as well

    use(shell, acme, "of a colleague")
    shell.write("in.csv", "email\n" + "\n".join(PEOPLE) + "\n")
    asked = len(acme.asked)
    done = shell(*words, "-o", "three.csv")
    assert done.returncode == 5, done.stderr  # 4 credits are spent, 2 of 4 more fit
    assert len(acme.asked) == asked + 1
    assert accounts(shell, "acme") == {"team"}


@pytest.mark.parametrize("name", ["sandbox x", "two words", "a" * 65, "a%"])
def test_a_name_that_is_none_is_refused(shell, acme, name):
    shell.write("in.csv", "email\na@acme.example\n")
    done = shell(*acme_with(shell, acme, f'account = "{name}"\n'), "-n")
    assert done.returncode == 2
    assert b"providers.acme" in done.stderr
    assert b"account" in done.stderr
