"""Who is asked about, and paid for, does not depend on the rows around a record.

What has to come out, of a list that is run, changed, and run again:

========================================  ======================================================
people                                    asked about, and why
========================================  ======================================================
a shared phone, e-mails of their own      each by e-mail: the phone says nothing against it
a shared mailbox (info@), own names       each by name: the mailbox is everybody's, in any order
a shared e-mail that names nobody         the first by it, the others by name; each keeps the
                                          answer that was got for it, wherever its row is
a shared e-mail and a shared phone        the same
the first of them is removed              the others keep theirs, nothing is asked
the rows are reversed                     nothing is asked, and each gets what it had
a new row shares an e-mail with one       the new one is asked apart, even if it comes first; what
that was answered about                   is known of the old one is still of that one
the old one is gone, another name has     it is asked apart: what was told is another name
the e-mail
one has no name                           it is asked by the address, and shares what that gives
an answer by name, now an e-mail          used, if it is of the name and no other address
========================================  ======================================================
"""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from rig import found, provider

from enrichctl.journal.scratch import Scratch
from enrichctl.matching.address_conflicts import AddressConflicts
from enrichctl.provider import Price
from enrichctl.transport import Reply

FIELDS = ("email", "city", "first_name", "last_name", "company_domain", "phone")
COLUMNS = {name: place for place, name in enumerate(FIELDS)}
BY_NAME = ("first_name", "last_name", "company_domain")
SWITCHBOARD = "+34 911 23 45 67"


def person(email, first, last, phone="", domain="pena.es"):
    return (email, "", first, last, domain, phone)


ANA = person("ana.ruiz@pena.es", "Ana", "Ruiz", SWITCHBOARD)
LUIS = person("luis.gil@pena.es", "Luis", "Gil", SWITCHBOARD)
EVA = person("eva.paz@pena.es", "Eva", "Paz", SWITCHBOARD)


def by_either(**how):
    """Return a provider that is told an e-mail, or a name and a company, and nothing else."""
    how = {"needs": (("email",), BY_NAME), "uses": ("email", *BY_NAME)} | how
    return provider(**how)


def by_all(**how):
    """Return a provider that is told all that is known."""
    return by_either(optional_inputs=("email", *BY_NAME), **how)


def answers(seen):
    """Return what is told, as a city, so that who gets the answer of another shows."""
    return found(city=" ".join(seen.body.get(n, "") for n in ("email", "first_name")).strip())


def misses_some(seen):
    return answers(seen) if len(str(seen.body)) % 3 else Reply(404, {}, b"{}")


class OldConflicts:
    """Treats every address of a later row as shared as soon as one is, as once was done."""

    def __init__(self, first):
        self._now = AddressConflicts(first)

    def conflicts(self, values, region=""):
        found = self._now.conflicts(values, region)
        return found._replace(addresses="email linkedin_url mobile phone" if found.name else "")


def run_as_before(rig, rows, one, monkeypatch):
    """Run with the keys, and the fingerprints, of an older version."""
    with monkeypatch.context() as old:
        old.setattr("enrichctl.engine.asked_before.marks_of", lambda _: ())
        return run(rig, rows, one, conflicts=OldConflicts)


def run(rig, rows, one, conflicts=AddressConflicts, **rules):
    vendor = rig.vendor(one)
    vendor.plays = vendor.plays or {"*": [answers]}
    rig.clock.pass_(minutes=1)
    before = len(vendor.requests)
    with Scratch() as scratch:
        ended = rig.run(rows, one, columns=COLUMNS, conflicts=conflicts(scratch.first), **rules)
    return {row[:4]: lead.text("city") for row, lead in zip(rows, ended.leads, strict=True)}, [
        seen.body for seen in vendor.requests[before:]
    ]


@pytest.mark.parametrize("of", [by_either, by_all])
def test_a_shared_phone_takes_nobodys_email_away(rig, of):
    first, asked = run(rig, [ANA, LUIS, EVA], of())
    assert sorted(told["email"] for told in asked) == sorted(one[0] for one in (ANA, LUIS, EVA))
    for rows in ([EVA, LUIS, ANA], [LUIS, EVA], [EVA]):
        again, more = run(rig, rows, of())
        assert more == []
        assert again == {row[:4]: first[row[:4]] for row in rows}


def test_a_shared_mailbox_is_nobodys_and_each_is_asked_about_by_name(rig):
    rows = [person("info@pena.es", *name) for name in (("Ana", "Ruiz"), ("Luis", "Gil"))]
    first, asked = run(rig, rows, by_either())
    assert all(told.keys() == set(BY_NAME) for told in asked)
    assert run(rig, rows[::-1], by_either()) == (first, [])
    assert run(rig, rows[1:], by_either()) == ({rows[1][:4]: first[rows[1][:4]]}, [])


XS = [person("x17@pena.es", *name) for name in (("Ana", "Ruiz"), ("Luis", "Gil"), ("Eva", "Paz"))]
XS_AND_PHONE = [(*one[:5], SWITCHBOARD) for one in XS]


@pytest.mark.parametrize("of", [by_either, by_all])
@pytest.mark.parametrize("rows", [XS, XS_AND_PHONE])
def test_people_of_one_email_keep_what_was_found_for_each(rig, of, rows):
    first, asked = run(rig, rows, of())
    assert len(asked) == 3
    assert len({*first.values()}) == 3
    for more in (rows[::-1], rows[1:], rows[2:], rows[:1], [rows[2], rows[0]]):
        assert run(rig, more, of()) == ({row[:4]: first[row[:4]] for row in more}, [])


@pytest.mark.parametrize("of", [by_either, by_all])
def test_a_new_row_with_the_email_of_one_who_was_answered_about_is_asked_apart(rig, of):
    ana, luis = XS[:2]
    first, _ = run(rig, [ana], of())
    both, asked = run(rig, [luis, ana], of())
    assert [told["first_name"] for told in asked] == ["Luis"]
    assert both[ana[:4]] == first[ana[:4]]
    assert both[luis[:4]] not in ("", first[ana[:4]])


@pytest.mark.parametrize("of", [by_either, by_all])
def test_another_name_at_the_email_of_one_who_is_gone_is_asked_apart(rig, of):
    first, _ = run(rig, XS[:1], of())
    now, asked = run(rig, XS[1:2], of())
    assert len(asked) == 1
    assert set(now.values()).isdisjoint(first.values())


@pytest.mark.parametrize("other", [("A.", "Ruiz"), ("Ána", "RUIZ"), ("Ana", "Gil"), ("", "")])
def test_another_spelling_of_a_name_or_none_is_the_same_person(rig, other):
    first, _ = run(rig, XS[:1], by_all())
    now, asked = run(rig, [person(XS[0][0], *other)], by_all())
    assert (asked, [*now.values()]) == ([], [*first.values()])


def test_of_people_of_one_address_that_is_all_that_is_told_the_answer_is_the_ones_it_was_for(rig):
    one = by_either(needs=(("email",), ("full_name", "company_name")), uses=("email", "full_name"))
    ana, luis = XS[:2]
    first, asked = run(rig, [ana], one)
    assert (len(asked), first[ana[:4]]) == (1, "x17@pena.es")
    both, asked = run(rig, [luis, ana], one)
    assert (asked, both) == ([], {luis[:4]: "", ana[:4]: "x17@pena.es"})


def test_an_answer_by_name_is_used_once_there_is_an_email_and_the_other_way_round(rig):
    bare = person("", "Ana", "Ruiz")
    first, asked = run(rig, [bare], by_either())
    assert len(asked) == 1
    own = person("ana.ruiz@pena.es", "Ana", "Ruiz")
    assert run(rig, [own], by_either()) == ({own[:4]: first[bare[:4]]}, [])


@pytest.mark.parametrize("of", [by_either, by_all])
@pytest.mark.parametrize("rows", [[ANA, LUIS, EVA], XS, XS_AND_PHONE])
def test_what_was_found_by_the_keys_of_an_older_version_is_found_again(rig, of, rows, monkeypatch):
    first, before = run_as_before(rig, rows, of(), monkeypatch)
    assert sum("first_name" in told for told in before) >= 2
    now, asked = run(rig, rows, of())
    assert (now, asked) == (first, [])


@pytest.mark.parametrize("rows", [[LUIS, EVA, ANA], [EVA], [LUIS]])
@pytest.mark.parametrize("of", [by_either, by_all])
def test_it_is_so_in_another_order_and_for_a_miss_that_was_paid_for(rig, of, rows, monkeypatch):
    one = of(price=Price("call", items={"*": Decimal(1)}))
    rig.vendor(one).plays = {"*": [misses_some]}
    first, _ = run_as_before(rig, [ANA, LUIS, EVA], one, monkeypatch)
    assert run(rig, rows, one) == ({row[:4]: first[row[:4]] for row in rows}, [])


def test_of_two_profiles_of_one_name_an_answer_by_name_is_one_s_and_the_other_is_to_review(rig):
    """Nobody can tell whose it is, and at most one of them may have it."""
    one = by_either()
    rig.vendor(one).plays = {"*": [answers]}
    two = [(*person("", "Eva", "Paz"), f"https://www.linkedin.com/in/evapaz{n}") for n in "12"]
    ended = rig.run(two, one, columns=COLUMNS | {"linkedin_url": len(COLUMNS)})
    assert len(rig.vendor(one).requests) == 1
    assert ended.statuses == ["enriched", "review"]


def test_an_answer_by_name_is_that_of_one_namesake_at_most(rig):
    bare = person("", "Luis", "Gil")
    first, _ = run(rig, [bare], by_either())
    two = [person("luis@pena.es", "Luis", "Gil"), person("luis2@pena.es", "Luis", "Gil")]
    now, asked = run(rig, two, by_either())
    assert [told["email"] for told in asked] == ["luis2@pena.es"]
    assert list(now.values()) == [first[bare[:4]], "luis2@pena.es"]
    assert run(rig, two[::-1], by_either())[1] == []


def test_a_free_miss_by_name_says_nothing_of_an_email(rig):
    rig.vendor(one := by_either()).plays = {"*": ["404"]}
    run(rig, [person("", "Ana", "Ruiz")], one)
    _, asked = run(rig, [person("ana.ruiz@pena.es", "Ana", "Ruiz")], one)
    assert [told.keys() for told in asked] == [{"email"}]


def test_a_namesake_with_another_email_is_asked_about_apart(rig):
    shared, other = person("x17@pena.es", "Ana", "Ruiz"), person("ana2@pena.es", "Ana", "Ruiz")
    run(rig, [XS[1], shared], by_either())  # by name: the e-mail is another's
    _, asked = run(rig, [other], by_either())
    assert [told["email"] for told in asked] == ["ana2@pena.es"]


def test_what_is_too_old_is_asked_again_by_what_is_best_now(rig):
    run(rig, [XS[1], XS[0]], by_either())
    rig.clock.pass_(days=31)
    _, asked = run(rig, XS[:1], by_either(), max_age=timedelta(days=30))
    assert len(asked) == 1
    assert run(rig, XS[:1], by_either())[1] == []


def crowd(chance):
    """Return people who share phones, mailboxes, e-mails and names in all sorts of ways."""
    firsts = ("Ana", "Luis", "Eva", "Juan", "Rosa", "Ivo")
    lasts = ("Ruiz", "Gil", "Paz", "Sanz")
    rows = []
    for _ in range(chance.randint(2, 9)):
        first, last = chance.choice(firsts), chance.choice(lasts)
        own = f"{first}.{last}@pena.es".lower()
        email = chance.choice([own, own, "info@pena.es", "x17@pena.es", "q@pena.es", ""])
        rows.append(person(email, first, last, chance.choice(["", SWITCHBOARD, "+34911000000"])))
    nameless = [
        (one[0], "", "", "", *one[4:]) for one in rows if one[0] and not chance.randint(0, 4)
    ]
    return list(dict.fromkeys([*rows, *nameless[:1]]))


@pytest.mark.parametrize("of", [by_either, by_all])
@pytest.mark.parametrize("seed", range(40))
def test_any_part_of_a_list_in_any_order_asks_nothing_new(rig, of, seed):
    chance, one = random.Random(seed), of()  # noqa: S311 - the same crowd each time
    rig.vendor(one).plays = {"*": [misses_some]}
    rows = crowd(chance)
    run(rig, rows, one)
    for _ in range(4):
        part = chance.sample(rows, chance.randint(1, len(rows)))
        again, asked = run(rig, part, one)
        assert asked == [], (rows, part)
        for (_, _, name, _), said in again.items():
            assert not name or {word for word in said.split() if "@" not in word} <= {name}, rows
