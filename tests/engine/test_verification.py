"""Verifying the addresses of records: who is asked about which, and what follows from the answer.

What must come out is written into each case; what is counted are the requests that vendors got.
"""

import random
from decimal import Decimal

import pytest
from rig import Asked, Rows, found, provider

from enrichctl.engine.estimate import Estimate
from enrichctl.engine.question import Rules
from enrichctl.engine.record_reader import RecordReader, RowReading
from enrichctl.engine.waterfall import Waterfall
from enrichctl.journal.scratch import Scratch
from enrichctl.matching.conditions import read_condition
from enrichctl.matching.suppression import Suppression
from enrichctl.provider import Price

COLUMNS = {"email": 0, "email_status": 1, "full_name": 2}
JANE = ("", "", "Jane Doe")


class Finder(Asked):
    """Finds an e-mail by a name."""

    needs = (("full_name",),)
    uses = ("full_name",)
    price = Price("match", {"*": Decimal(3)})


def verifier(rig, verdicts, name="v"):
    """Return who says of each address what is given; of others nothing."""
    one = provider(name, "email_status")
    vendor = rig.vendor(one)
    vendor.plays["*"] = [lambda seen: found(email_status=verdicts.get(seen.email, ""))]
    return one


def finders(rig, **addresses):
    """Return providers that find these addresses, whoever is asked about; "" is nothing."""
    made = []
    for name, address in addresses.items():
        one = provider(name, "email", Finder)
        rig.vendor(one).plays["*"] = [lambda _, a=address: found(email=a) if a else found()]
        made.append(one)
    return made


def run(rig, rows, providers, verdicts, verify="each", **how):
    one = verifier(rig, verdicts)
    return rig.run(rows, *providers, verifier=one, columns=COLUMNS, verify=verify, **how)


def asked(rig, name):
    return len(rig.vendor(provider(name)).requests)


@pytest.mark.parametrize(
    ("verdicts", "email", "status", "found_by", "verified"),
    [
        ({"j@a.com": "deliverable"}, "j@a.com", "deliverable", "a", ["j@a.com"]),
        ({"j@a.com": "catch_all"}, "j@a.com", "catch_all", "a", ["j@a.com"]),
        ({"j@a.com": "unknown"}, "j@a.com", "unknown", "a", ["j@a.com"]),
        ({"j@a.com": "risky"}, "j@a.com", "risky", "a", ["j@a.com"]),
        ({}, "j@a.com", "", "a", ["j@a.com"]),
        (
            {"j@a.com": "undeliverable", "j@b.com": "deliverable"},
            "j@b.com", "deliverable", "ab", ["j@a.com", "j@b.com"],
        ),
        (
            {"j@a.com": "undeliverable", "j@b.com": "unknown"},
            "j@b.com", "unknown", "ab", ["j@a.com", "j@b.com"],
        ),
        (
            {"j@a.com": "undeliverable", "j@b.com": "undeliverable"},
            "", "", "ab", ["j@a.com", "j@b.com"],
        ),
    ],
)  # fmt: skip
def test_the_next_provider_is_asked_only_where_an_address_is_called_undeliverable(
    rig, verdicts, email, status, found_by, verified
):
    ended = run(rig, [JANE], finders(rig, a="j@a.com", b="j@b.com"), verdicts)
    assert (ended.cells("email"), ended.cells("email_status")) == ([email], [status])
    assert "".join(n for n in "ab" if asked(rig, n)) == found_by
    assert rig.vendor(provider("v")).asked == verified
    assert ended.statuses == ["enriched" if email else "no_match"]


def test_what_is_given_up_is_told_and_counts_as_nothing_filled(rig):
    verdicts = {"j@a.com": "undeliverable"}
    ended = run(rig, [JANE], finders(rig, a="j@a.com"), verdicts)
    assert ended.notes == ["v: the address that a found is undeliverable"]
    (lead,) = ended.leads
    finder, check = lead.tried
    assert finder.accepted == ()
    assert finder.taken_back == {"email": "v calls the address undeliverable"}
    assert (check.accepted, check.asked, check.verified) == ((), ("email_status",), False)


@pytest.mark.parametrize("said", ["deliverable", "undeliverable"])
def test_a_verdict_on_another_address_is_none_and_counts_as_none(rig, said):
    one = provider("v", "email email_status")
    rig.vendor(one).plays["*"] = [lambda _: found(email="zoe@z.com", email_status=said)]
    made = finders(rig, a="j@a.com", b="j@b.com")
    ended = rig.run([JANE], *made, verifier=one, columns=COLUMNS, verify="each")
    assert (ended.cells("email"), ended.cells("email_status")) == (["j@a.com"], [""])
    assert (asked(rig, "b"), asked(rig, "v")) == (0, 1)
    (lead,) = ended.leads
    check = lead.tried[-1]
    assert (check.reason, check.found, check.verified) == (
        "v answers about another address",
        (),
        False,
    )


@pytest.mark.parametrize("verdict", ["deliverable", "undeliverable", "catch_all", "unknown"])
def test_without_verified_email_the_final_address_is_verified_once_and_stays(rig, verdict):
    ended = run(rig, [JANE], finders(rig, a="j@a.com", b="j@b.com"), {"j@a.com": verdict}, "final")
    assert ended.cells("email") == ["j@a.com"]
    assert ended.cells("email_status") == [verdict]
    assert (asked(rig, "a"), asked(rig, "b"), asked(rig, "v")) == (1, 0, 1)


@pytest.mark.parametrize("verify", ["each", "final"])
def test_an_address_of_the_row_is_verified_and_stays_whatever_is_said(rig, verify):
    rows = [
        ("jane@x.com", "", "Jane Doe"),
        ("joe@x.com", "risky", "Joe Roe"),
        ("jane.at.x", "", ""),
    ]
    ended = run(rig, rows, finders(rig, a="j@a.com"), {"jane@x.com": "undeliverable"}, verify)
    assert ended.cells("email") == ["jane@x.com", "joe@x.com", "jane.at.x"]
    assert ended.cells("email_status") == ["undeliverable", "risky", ""]
    assert rig.vendor(provider("v")).asked == ["jane@x.com"]
    assert asked(rig, "a") == 0


def test_a_verdict_of_the_row_is_replaced_only_where_that_is_asked_for(rig):
    rows = [("jane@x.com", "risky", "Jane Doe")]
    overwrite = frozenset({"email_status"})
    ended = run(rig, rows, [], {"jane@x.com": "deliverable"}, "final", overwrite=overwrite)
    assert ended.cells("email_status") == ["deliverable"]


@pytest.mark.parametrize("verify", ["each", "final"])
def test_an_address_is_asked_about_once_by_two_rows_and_by_the_next_run(rig, verify):
    rows = [("Jane@x.com", "", "Jane Doe"), ("jane@X.com ", "", "J. Doe"), ("", "", "Jo Poe")]
    verdicts = {"jane@x.com": "deliverable"}
    for _ in range(2):
        ended = run(rig, rows, finders(rig, a="jane@x.com"), verdicts, verify)
        assert ended.cells("email_status") == ["deliverable"] * 3
        assert rig.vendor(provider("v")).asked == ["jane@x.com"]
        assert rig.spent("v") == 1
    rig.clock.pass_(days=31)
    run(rig, rows, finders(rig, a="jane@x.com"), verdicts, verify)
    assert rig.vendor(provider("v")).asked == ["jane@x.com"] * 2


def test_an_address_that_was_given_up_is_neither_taken_nor_verified_again(rig):
    verdicts = {"j@a.com": "undeliverable"}
    ended = run(rig, [JANE], finders(rig, a="j@a.com", b="J@a.com"), verdicts)
    assert ended.cells("email") == [""]
    assert (asked(rig, "b"), asked(rig, "v")) == (1, 1)


def test_an_address_that_was_verified_stands_against_a_surer_one(rig):
    first, second = finders(rig, a="j@a.com"), provider("b", "email job_title", Finder)
    rig.vendor(first[0]).plays["*"] = [lambda _: found(email="j@a.com", confidence=0.5)]
    rig.vendor(second).plays["*"] = [lambda _: found(email="j@b.com", job_title="CEO")]
    ended = run(rig, [JANE], [*first, second], {"j@a.com": "deliverable"})
    assert (ended.cells("email"), ended.cells("job_title")) == (["j@a.com"], ["CEO"])
    assert asked(rig, "v") == 1


@pytest.mark.parametrize("verify", ["each", "final"])
def test_what_the_budget_does_not_cover_is_not_sent_and_nobody_else_is_paid_instead(rig, verify):
    """A run's budget bounds the verifier; the next run goes on with the verification alone."""
    one = verifier(rig, {"j@a.com": "undeliverable"})
    one.price = Price("match", {"*": Decimal(4)})
    made = finders(rig, a="j@a.com", b="j@b.com")
    how = {"verifier": one, "columns": COLUMNS, "verify": verify}
    ended = rig.run([JANE], *made, budget="3", **how)
    assert ended.statuses == ["pending"]
    assert (asked(rig, "a"), asked(rig, "b"), asked(rig, "v")) == (1, 0, 0)
    rig.run([JANE], *made, **how)
    assert (asked(rig, "a"), asked(rig, "b")) == (1, 1 if verify == "each" else 0)


def test_a_lost_verdict_is_in_doubt_and_nobody_else_is_paid_instead(rig):
    one = verifier(rig, {})
    rig.vendor(one).plays["*"] = ["lost"]
    made = finders(rig, a="j@a.com", b="j@b.com")
    for _ in range(2):
        ended = rig.run([JANE], *made, verifier=one, columns=COLUMNS, verify="each")
        assert ended.statuses == ["unconfirmed"]
        assert ended.cells("email") == ["j@a.com"]
        assert (asked(rig, "b"), asked(rig, "v"), rig.spent("v")) == (0, 1, 1)


def test_a_found_address_that_is_suppressed_is_not_sent_to_the_verifier(rig, tmp_path):
    path = tmp_path / "never.txt"
    path.write_text("j@a.com\n")
    run(rig, [JANE], finders(rig, a="j@a.com"), {}, suppression=Suppression.read(path))
    assert asked(rig, "v") == 0


def test_a_condition_of_the_verifier_holds(rig):
    rows = [("jane@x.com", "", "Jane Doe"), ("joe@gmail.com", "", "Joe Roe")]
    rule = read_condition("not '@gmail.' in email")
    run(rig, rows, [], {"jane@x.com": "risky"}, "final", only_if={"v": rule})
    assert rig.vendor(provider("v")).asked == ["jane@x.com"]


def test_who_finds_may_also_verify_as_another_question_to_the_same_account(rig):
    class Both(Finder):
        """Finds by a name, and verifies an address."""

        uses = ("full_name", "email")
        verify_price = Price("match", {"*": Decimal("0.5")})
        needs = (("full_name",), ("email",))

    both = provider("a", "email email_status", Both, default_wants=("email",))
    rig.vendor(both).plays["*"] = [
        lambda seen: found(email_status="deliverable") if "email" in seen.body
        else found(email="j@a.com")
    ]  # fmt: skip
    for _ in range(2):
        ended = rig.run([JANE], both, verifier=both, columns=COLUMNS, verify="each")
        assert ended.cells("email_status") == ["deliverable"]
    assert [seen.body for seen in rig.vendor(both).requests] == [
        {"full_name": "Jane Doe"}, {"email": "j@a.com"},
    ]  # fmt: skip
    assert rig.spent("a") == Decimal("3.5")


def plan(rig, rows, steps, rules):
    waterfall = Waterfall(steps, rules, rig.journal)
    with Scratch() as scratch:
        estimate = Estimate(waterfall, scratch, lambda _: None)
        reader = RecordReader(RowReading(COLUMNS), waterfall)
        for row in Rows(rows).rows():
            estimate.count(reader.lead(row))
    return estimate.finish(())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("verify", ["each", "final"])
def test_no_run_asks_or_pays_more_than_its_plan_says(rig, seed, verify):
    """Of random people, of whom the journal knows some, whatever is found and said of them."""
    dice = random.Random(seed)  # noqa: S311 - chance, not a secret
    words = ["deliverable", "undeliverable", "undeliverable", "catch_all", ""]
    people = [f"P{n} Q{n}" for n in range(12)]
    mails = {(p, who): f"{who}{dice.randrange(9)}@x.com" for p in people for who in "ab"}
    verdicts = {f"{who}{n}@x.com": dice.choice(words) for who in "abr" for n in range(9)}
    rows = [
        (f"r{dice.randrange(9)}@x.com" if dice.random() < 0.3 else "", "", dice.choice(people))
        for _ in range(16)
    ]
    made = finders(rig, a="", b="")
    known = {(person, who) for person in people for who in "ab" if dice.random() < 0.7}
    for one in made:

        def play(seen, name=one.name):
            key = seen.body["full_name"], name
            return found(email=mails[key]) if key in known else found()

        rig.vendor(one).plays["*"] = [play]
    overwrite = frozenset({"email"} if seed % 3 == 0 else ())
    how = {"verify": verify, "overwrite": overwrite}
    run(rig, rows[: dice.randrange(10)], made, verdicts, **how)
    before = {name: (asked(rig, name), rig.spent(name)) for name in "abv"}

    steps = rig.steps(*made, verifier=verifier(rig, verdicts))
    lanes = {lane.name: lane for lane in plan(rig, rows, steps, Rules(**how)).lanes}
    run(rig, rows, made, verdicts, **how)
    for name, (requests, spent) in before.items():
        lane = lanes[name]
        assert lane.calls.least <= asked(rig, name) - requests <= lane.ask == lane.calls.most
        assert lane.credits.least <= rig.spent(name) - spent <= lane.credits.most
        assert lane.calls.least <= lane.calls.expected <= lane.calls.most
    assert lanes["v"].verify == lanes["v"].ask
    again = {lane.name: lane.ask for lane in plan(rig, rows, steps, Rules(**how)).lanes}
    assert again == dict.fromkeys("abv", 0)
