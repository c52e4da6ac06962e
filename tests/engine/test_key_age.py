"""An idempotency key is used only while the vendor certainly knows it, whatever a clock says."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from rig import found, provider

from enrichctl.transport import Lost, Reply

ANNA, BOB = "anna@acme.com", "bob@acme.com"
HOURS = 24
DAY = timedelta(days=1)


class Bank:
    """A vendor that charges once for a key that it knows, and forgets it after a day of its time.

    Attributes:
        charges: How often it charged.
        lost: Its answers about Anna are charged and do not arrive.
        says_time: Whether its replies tell the time.
    """

    def __init__(self, rig, *, says_time=True):
        self.rig = rig
        self.known = {}
        self.charges = 0
        self.lost = False
        self.says_time = says_time
        self.provider = provider(key_header="Key", key_hours=HOURS)
        rig.vendor(self.provider).plays = {"*": [self.answer]}

    def answer(self, seen):
        now = self.rig.clock.real
        if now - self.known.get(seen.key, now - 2 * DAY) >= DAY:
            self.charges += 1
            self.known[seen.key] = now
        if self.lost and seen.email == ANNA:
            raise Lost("the connection broke off")
        headers = {"date": format_datetime(now, usegmt=True)} if self.says_time else {}
        return Reply(200, headers, found(city="1").body)

    def lose(self, **ahead):
        """Answer one question, then lose the answer to another; the clock is ahead meanwhile."""
        self.rig.clock.wrong = timedelta(**ahead)
        self.lost = True
        self.rig.run([BOB, ANNA], self.provider, workers=1)
        self.lost = False
        self.rig.clock.wrong = timedelta(0)
        self.charges = 1

    def settled(self):
        """Run again; return how that ended, and how often Anna was charged in all."""
        return self.rig.run([ANNA], self.provider).statuses[0], self.charges


@pytest.fixture(params=[True, False], ids=["tells the time", "does not tell the time"])
def bank(rig, request):
    return Bank(rig, says_time=request.param)


def test_a_key_is_used_again_within_its_hours(rig, bank):
    bank.lose()
    rig.clock.pass_(hours=23)
    assert bank.settled() == ("enriched", 1)


def test_a_key_from_the_future_is_none(rig, bank):
    bank.lose(days=2)
    rig.clock.pass_(hours=1)
    assert bank.settled() == ("unconfirmed", 1)


@pytest.mark.parametrize("hours", [30, 40])
def test_a_clock_that_was_ahead_makes_no_key_live_longer(rig, bank, hours):
    """By this machine's clock the key is 10 and 20 hours old; the vendor forgot it long ago."""
    bank.lose(hours=20)
    rig.clock.pass_(hours=hours)
    assert bank.settled() == ("unconfirmed", 1)


@pytest.mark.parametrize("hours", [30, 40])
def test_nor_does_it_when_the_machine_starts_anew(rig, bank, hours):
    bank.lose(hours=20)
    rig.clock.pass_(hours=hours)
    rig.restart("second")
    assert bank.settled() == ("unconfirmed", 1)


def test_a_clock_that_is_behind_after_a_start_makes_no_key_live_longer(rig):
    """A board without a battery starts with the time at which it last ran."""
    bank = Bank(rig)
    bank.lose()
    rig.clock.pass_(hours=30)
    rig.restart("second")
    rig.clock.wrong = timedelta(hours=-31)
    assert bank.settled() == ("unconfirmed", 1)


def test_nor_does_one_that_is_behind_what_the_journal_has_seen(rig):
    bank = Bank(rig)
    bank.lose()
    rig.clock.pass_(hours=2)
    rig.run(["carl@acme.com"], bank.provider)
    rig.clock.pass_(hours=28)
    rig.restart("second")
    rig.clock.wrong = timedelta(hours=-29)  # an hour after the key was used, it says
    bank.charges = 1
    assert bank.settled() == ("unconfirmed", 1)


def test_nor_does_one_that_is_behind_what_the_vendor_says_in_this_very_run(rig):
    bank = Bank(rig)
    bank.lose()
    rig.clock.pass_(hours=30)
    rig.restart("second")
    rig.clock.wrong = timedelta(hours=-29)
    ended = rig.run(["carl@acme.com", ANNA], bank.provider, workers=1)
    assert (ended.statuses, bank.charges) == (["enriched", "unconfirmed"], 2)


def test_a_key_from_the_future_is_none_however_much_was_asked_since(rig, bank):
    bank.lose(days=2)
    rig.clock.pass_(hours=1)
    rig.run([f"p{n}@acme.com" for n in range(20)], bank.provider)
    bank.charges = 1
    rig.clock.pass_(hours=1)
    assert bank.settled() == ("unconfirmed", 1)


def test_after_a_start_the_vendors_clock_is_the_second_one(rig, bank):
    bank.lose()
    rig.clock.pass_(hours=1)
    rig.restart("second")
    one_clock_is_not_enough = ("unconfirmed", 1)
    assert bank.settled() == (("enriched", 1) if bank.says_time else one_clock_is_not_enough)


def test_where_the_system_tells_of_no_start_two_starts_are_not_taken_for_one(rig):
    bank = Bank(rig, says_time=False)
    rig.restart("")
    bank.lose()
    assert bank.settled() == ("unconfirmed", 1)


def test_a_clock_that_is_off_by_seconds_makes_no_difference(rig, bank):
    bank.lose(seconds=20)
    assert bank.settled() == ("enriched", 1)


def test_a_key_that_grew_too_old_while_its_question_waited_is_not_used(rig, monkeypatch):
    bank = Bank(rig)
    bank.lose()
    rig.clock.pass_(hours=23)
    find = bank.provider.find

    def late(query, api):
        rig.clock.pass_(hours=2)
        return find(query, api)

    monkeypatch.setattr(bank.provider, "find", late)
    assert bank.settled() == ("unconfirmed", 1)


@pytest.mark.parametrize("date", ["yesterday", "", "Thu, 99 Foo 2026 99:99:99 GMT"])
def test_a_time_that_is_none_is_no_clock(rig, date):
    bank = Bank(rig)
    answer = bank.answer
    rig.vendor(bank.provider).plays = {
        "*": [lambda seen: Reply(200, {"date": date}, answer(seen).body)]
    }
    bank.lose()
    rig.restart("second")
    assert bank.settled() == ("unconfirmed", 1)
