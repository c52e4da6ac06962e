"""What came along with an answer is told to the next provider, and fills nothing."""

from decimal import Decimal

import pytest
from rig import Asked, provider
from test_estimate import lanes, plan

from enrichctl.engine.result import explain
from enrichctl.engine.stop import Limits
from enrichctl.errors import TooLittle
from enrichctl.matching.suppression import Suppression
from enrichctl.model import Status, Value

ANNA, BOB, URL = "anna@acme.com", "bob@acme.com", "https://www.linkedin.com/in/anna"


class First(Asked):
    """Answers by e-mail; a profile comes along."""

    def read(self, body, query):
        del query
        names = (*self.finds, "linkedin_url", "full_name")
        return {n: Value(body[n], body.get("confidence")) for n in names if body.get(n)}


class Listed(Asked):
    """Gives all that it says."""

    def read(self, body, query):
        del query
        return {name: Value(text) for name, text in body.items()}


class Second(Asked):
    """Knows people by profile or e-mail, and finds a phone by the profile alone."""

    needs = (("linkedin_url",), ("email",))
    uses = optional_inputs = ("linkedin_url", "email")

    def takes_more(self, query):
        lacks = "phone" in query.wants and not query.inputs.get("linkedin_url")
        return {"phone": (("linkedin_url",),)} if lacks else {}


@pytest.fixture
def alpha(rig):
    made = provider("alpha", "city phone", First, about=("full_name", "linkedin_url"))
    rig.vendor(made).facts = {"linkedin_url": URL}
    return made


@pytest.fixture
def beta(rig):
    made = provider("beta", "phone", Second)
    rig.vendor(made).facts = {"phone": "+1 202 555 0143"}
    return made


def told(rig, of):
    return [seen.body for seen in rig.vendor(of).requests]


def test_what_came_along_is_told_and_fills_no_cell(rig, alpha, beta):
    ended = rig.run([ANNA], alpha, beta)
    (lead,) = ended.leads
    assert told(rig, beta) == [{"linkedin_url": URL, "email": ANNA}]
    assert set(lead.filled) == {"phone"}
    assert "linkedin_url" not in explain(lead, Status.ENRICHED, "").values


def test_what_is_planned_before_and_after_the_first_answer_is_what_is_asked(rig, alpha, beta):
    before = plan(rig, [ANNA], alpha, beta)
    assert lanes(before) == {"alpha": (1, 0, 1), "beta": (1, 0, 1)}
    rig.run([ANNA], alpha)
    after = plan(rig, [ANNA], alpha, beta)
    assert lanes(after) == {"alpha": (0, 1, 0), "beta": (1, 0, 1)}
    rig.run([ANNA], alpha, beta)
    assert (len(told(rig, alpha)), len(told(rig, beta))) == (1, 1)


@pytest.mark.parametrize(
    ("says", "source"),
    [("linkedin.com/in/anna/", "alpha"), ("https://www.linkedin.com/in/anna-berg", "beta")],
)
def test_nobody_is_the_source_of_what_it_was_told(rig, says, source):
    alpha, beta = provider("alpha", "linkedin_url"), provider("beta", "phone linkedin_url", Second)
    rig.vendor(alpha).facts = {"linkedin_url": URL, "confidence": 0.9}
    rig.vendor(beta).facts = {"phone": "+1 202 555 0143", "linkedin_url": says, "confidence": 1}
    ended = rig.run([ANNA], alpha, beta, verify=False)
    (lead,) = ended.leads
    assert lead.origin["linkedin_url"].provider == source
    assert lead.origin["phone"].provider == "beta"


def test_running_again_asks_nobody(rig, alpha, beta):
    first = rig.run([ANNA, ANNA], alpha, beta)
    again = rig.run([ANNA, ANNA], alpha, beta)
    assert again.cells("phone") == first.cells("phone")
    assert rig.outcomes() == ["matched", "matched"]
    assert lanes(plan(rig, [ANNA], alpha, beta))["beta"] == (0, 1, 0)


@pytest.mark.parametrize("facts", [{"full_name": "Bob Stone"}, {"confidence": 0.2}])
def test_an_answer_held_back_or_under_the_bound_gives_nothing(facts, rig, alpha, beta):
    columns = {"email": 0, "full_name": 1}
    rig.vendor(alpha).facts = {"linkedin_url": URL} | facts
    ended = rig.run([(ANNA, "Anna Berg")], alpha, beta, columns=columns, min_confidence=0.5)
    assert told(rig, beta) == []
    assert "beta needs linkedin_url for a phone" in ended.notes[0]


def test_what_is_asked_without_it_stays_the_same_question(rig, alpha):
    """An answer that was paid before anything came along is used again."""
    beta = provider("beta", "job_title", Second)
    rig.run([ANNA], beta)
    rig.run([ANNA], alpha, beta)
    assert len(told(rig, beta)) == 1
    assert told(rig, beta) == [{"email": ANNA}]


def test_a_provider_that_cannot_be_asked_says_what_it_needs_and_is_not_asked(rig, alpha, beta):
    rig.vendor(alpha).plays = {BOB: ["404"]}
    ended = rig.run([BOB], alpha, beta)
    assert ended.statuses == ["no_match"]
    assert ended.notes == ["alpha: nobody of that name; beta needs linkedin_url for a phone"]
    assert told(rig, beta) == []
    assert rig.spent("beta") == Decimal(0)


def test_a_record_that_nobody_can_identify_says_what_is_missing(rig, alpha, beta):
    ended = rig.run([""], alpha, beta)
    assert ended.statuses == ["skipped"]
    assert ended.notes == [
        "alpha needs email for a city, a phone; beta needs linkedin_url for a phone"
    ]
    assert plan(rig, [""], alpha, beta).unidentified == 1


def test_a_held_address_on_the_list_stops_what_comes_next(rig, beta):
    alpha = provider("alpha", "city", Listed)
    rig.vendor(alpha).facts = {"linkedin_url": URL, "company_domain": "gone.example"}
    listed = Suppression(domains={"gone.example"})
    (lead,) = rig.run([ANNA], alpha, beta, suppression=listed).leads
    assert told(rig, beta) == []
    assert "on the list" in lead.tried[-1].reason


class Choosy(Asked):
    """Cannot tell whom a name means, and says so before anything is billed."""

    def find(self, query, api):
        del query, api
        raise TooLittle("choosy needs country")


def test_a_record_that_a_provider_cannot_tell_is_skipped_and_says_what_it_takes(rig):
    ended = rig.run([ANNA, BOB], provider("choosy", "city", Choosy))
    assert ended.statuses == ["skipped", "skipped"]
    assert ended.notes == ["choosy needs country"] * 2
    assert ended.runner.report.summary()["not_asked"] == [
        {"reason": "choosy needs country", "count": 2}
    ]
    assert ended.runner.report.exit_status() == 0


def test_a_question_that_is_declined_is_counted_apart_from_those_that_are_asked(rig):
    (lane,) = rig.run([ANNA], provider("choosy", "city", Choosy)).runner.report.lanes.values()
    assert (lane.asked, lane.declined, lane.calls) == (0, 1, 0)


def test_a_pilot_says_of_all_records_what_is_missing_as_its_plan_does(rig, beta):
    first = provider("first", "city", about=())
    rows = [(email, "", "") for email in (ANNA, BOB, "")]
    planned = plan(rig, rows, first, beta, limit=1)
    ended = rig.run(rows, first, beta, limits=Limits(1))
    said = {one["reason"]: one["count"] for one in ended.runner.report.summary()["not_asked"]}
    assert {n: c for lane in planned.lanes for n, c in lane.not_asked.items()} == said
    assert said["beta needs linkedin_url for a phone"] == 3
