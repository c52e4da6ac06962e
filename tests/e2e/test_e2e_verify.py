"""Each final address is verified once, by the installed command over real sockets.

Hunter finds and verifies, Acme finds what Hunter does not. What each says of whom is written here;
what is due is worked out by hand beside it.
"""

import csv
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from e2e_server import Said, serving

CONFIG = """
verified_email = true
[waterfall]
default = ["hunter", "acme"]
verify = "{verify}"
[providers.acme]
kind = "declared"
base_url = "{url}"
needs = [["full_name"]]
billed = "match"
price = 2
request = {{path = "/lookup", json = {{who = "{{full_name}}"}}}}
response = {{email = "mail"}}
meaning = {{miss = "!mail"}}
"""
ROWS = """Full Name,Company Domain,Email
Ada King,x.example,
Bob Roe,x.example,
Cleo Poe,x.example,cleo@x.example
Cleo Poe,x.example,Cleo@X.example
Dan Doe,x.example,
"""
FINDS = {"Ada King": "ada@x.example", "Bob Roe": "bob@x.example"}
SAYS = {
    "ada@x.example": "valid", "bob@x.example": "invalid", "bob@y.example": "accept_all",
    "cleo@x.example": "unknown",
}  # fmt: skip
OUT = [
    ["ada@x.example", "deliverable"],
    ["bob@y.example", "catch_all"],
    ["cleo@x.example", "unknown"],
    ["Cleo@X.example", "unknown"],
    ["", ""],
]
ARGS = ("enrich", "in.csv", "-w", "email", "-o", "out.csv")


def answer(asked):
    path, told = urlsplit(asked.path).path, parse_qs(urlsplit(asked.path).query)
    if path == "/lookup":
        return Said({"mail": "bob@y.example" if asked.body["who"] == "Bob Roe" else None})
    if path == "/email-verifier":
        (email,) = told["email"]
        return Said({"data": {"status": SAYS[email], "score": 50, "email": email}})
    assert path == "/email-finder"
    email = FINDS.get(told["full_name"][0])
    said = {"status": "valid", "date": "2026-01-10"} if email else {"status": None}
    return Said({"data": {"email": email, "score": email and 90, "verification": said}, "meta": {}})


@pytest.fixture
def desk(shell):
    with serving(answer) as server:
        shell.write("config.toml", CONFIG.format(url=server.url, verify="hunter"))
        shell.write("in.csv", ROWS)
        shell.environ |= {
            "ENRICHCTL_CONFIG": str(shell.folder / "config.toml"),
            "ENRICHCTL_HUNTER_API_KEY": "made-up",
            "ENRICHCTL_HUNTER_BASE_URL": server.url,
        }
        shell.server = server
        yield shell


def said(shell, *words):
    done = shell(*words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def paths(shell, path):
    return [one.path for one in shell.server.asked if urlsplit(one.path).path == path]


def written(shell):
    with (shell.folder / "out.csv").open(newline="") as file:
        return [[row["Email"], row["email_status"]] for row in csv.DictReader(file)]


def test_each_final_address_is_verified_once_and_an_undeliverable_one_gives_way(desk):
    """Hunter is asked for three e-mails, and about up to two of each of these and Cleo's."""
    plan = said(desk, *ARGS[:4], "-n", "--json")
    hunter, acme = plan["providers"]
    assert hunter["credits"]["most"] == "6.5"  # 3 finds of 1, 7 verifications of 0.5
    assert (hunter["verifications"], hunter["verifications_known"]) == (7, 1)
    assert (hunter["ask"], acme["ask"], acme["credits"]["most"]) == (10, 3, "6")
    assert desk.server.asked == []

    assert desk(*ARGS, "--budget", "7").returncode == 0
    assert written(desk) == OUT
    assert len(paths(desk, "/email-finder")) == 3
    assert sorted(paths(desk, "/email-verifier")) == [
        f"/email-verifier?email={mail.replace('@', '%40')}" for mail in sorted(SAYS)
    ]
    assert len(paths(desk, "/lookup")) == 2  # about Bob and Dan
    run = said(desk, "status", "last", "--json")["run"]
    assert {one["name"]: one["credits"] for one in run["providers"]} == {"hunter": "4", "acme": "2"}
    bob = said(desk, "status", "last", "--row", "2", "--json")
    found, check, other, check_again = bob["attempts"]
    assert (found["accepted"], found["left"]) == (
        [],
        {
            "email": "hunter calls the address undeliverable",
            "email_status": "hunter is asked for it",
        },
    )
    assert (check["told"], check["wanted"], check["credits"]) == (
        ["email"],
        ["email_status"],
        "0.5",
    )
    assert check["reason"] == "hunter: the address that hunter found is undeliverable"
    assert (other["accepted"], check_again["accepted"]) == (["email"], ["email_status"])

    paid = {"hunter": "4", "acme": "2"}
    replay = said(desk, "credits", "--what-if", "hunter,acme", "--json")
    for one in (replay["done"], replay["what_if"]):
        assert one["known"]
        assert {each["name"]: each["credits"]["most"] for each in one["providers"]} == paid
        assert one["filled"]["most"] == 6  # two e-mails, and four verdicts
    alone = said(desk, "credits", "--what-if", "hunter", "--only-if", "acme=email", "--json")
    # Of Ada's, Bob's and Cleo's addresses all is known; nobody looks for another one of Bob's.
    assert alone["what_if"]["credits"] == {"least": "3.5", "expected": "3.5", "most": "3.5"}
    assert alone["what_if"]["filled"]["most"] == 4

    asked = len(desk.server.asked)
    assert desk(*ARGS).returncode == 0  # nothing is asked, so nobody has to agree
    assert (len(desk.server.asked), written(desk)) == (asked, OUT)


def test_an_address_is_not_verified_beyond_the_budget(desk):
    desk.write("in.csv", "Full Name,Company Domain,Email\n,,ada@x.example\n,,cleo@x.example\n")
    assert desk(*ARGS, "--budget", "0.9").returncode == 5
    assert len(desk.server.asked) == 1
    assert desk(*ARGS, "--budget", "0.5").returncode == 0
    assert written(desk) == [["ada@x.example", "deliverable"], ["cleo@x.example", "unknown"]]
    assert len(desk.server.asked) == 2


def test_a_verdict_on_another_address_costs_and_is_none_in_a_replay_as_well(desk):
    """Hunter is asked about Ada's address and answers about Zoe's: Ada's stays, unverified."""

    def play(asked):
        if urlsplit(asked.path).path != "/email-verifier":
            return answer(asked)
        return Said({"data": {"status": "invalid", "score": 50, "email": "zoe@x.example"}})

    desk.server.answer = play
    desk.write("in.csv", "Full Name,Company Domain,Email\nAda King,x.example,\n")
    assert desk(*ARGS, "--budget", "7").returncode == 0
    assert written(desk) == [["ada@x.example", ""]]
    assert paths(desk, "/lookup") == []
    replay = said(desk, "credits", "--what-if", "hunter,acme", "--json")
    for one in (replay["done"], replay["what_if"]):
        assert one["known"]
        assert (one["credits"]["most"], one["filled"]["most"]) == ("1.5", 1)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("huntr", "names huntr, which is no provider; did you mean hunter?; "),
        ("close", "names close, which cannot verify an address; "),
    ],
)
def test_who_cannot_verify_is_refused_with_who_can(desk, name, why):
    desk.write("config.toml", CONFIG.format(url=desk.server.url, verify=name))
    done = desk(*ARGS, "-y")
    words = " ".join(done.stderr.decode().split())
    assert done.returncode == 2
    assert "config.toml, line 5: waterfall.verify" in words
    assert f"{why}one of leadlex, lemlist, hunter can verify" in words
    assert desk.server.asked == []
