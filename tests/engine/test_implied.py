"""What an earlier paid answer implies is known to whoever is asked next."""

import pytest
from rig import Asked, provider
from test_estimate import lanes, plan

from enrichctl.config import Settings
from enrichctl.engine.result import explain
from enrichctl.model import Status, Value
from enrichctl.provider import Local
from enrichctl.registry import load

ANNA, PHONE = "anna@acme.com", "+46 8 465 00 972"
COLUMNS = {"email": 0, "company_name": 1, "country": 2}
ROW = (ANNA, "Acme", "")


class Listed(Asked):
    """Gives all that it says."""

    def read(self, body, query):
        del query
        return {name: Value(text) for name, text in body.items()}


class Sure(Asked):
    """Gives all that it says, and how sure it is."""

    def read(self, body, query):
        del query
        return {name: Value(body[name], body["sure"]) for name in body if name != "sure"}


class Companies(Asked):
    """Knows companies by name and country, or by name alone."""

    needs = (("company_name", "country"), ("company_name",))
    uses = optional_inputs = ("company_name", "country")


class Ledger(Local):
    """A table of the user's own, by phone; counts how often it was asked."""

    name = title = "ledger"
    needs = (("phone",),)
    uses = ("phone",)
    finds = ("city",)
    asked = 0

    def derive(self, query):
        self.asked += 1
        told = query.inputs.get("phone")
        return {"city": Value("Stockholm", None, "phone")} if told else {}


def offline(*wants):
    made = load("offline", Settings())
    made.default_wants = wants
    return made


@pytest.fixture
def alpha(rig):
    made = provider("alpha", "job_title", Listed)
    rig.vendor(made).facts = {"job_title": "CEO", "location": "Stockholm, Sweden"}
    return made


@pytest.fixture
def firms(rig):
    made = provider("firms", "address", Companies, sharpened_by=("country",))
    rig.vendor(made).facts = {"address": "Main street 1"}
    return made


def told(rig, of):
    return [seen.body for seen in rig.vendor(of).requests]


def test_a_country_that_follows_from_a_paid_answer_is_told_to_the_next_provider(rig, alpha, firms):
    """It is a wanted column here, and filled by the local provider."""
    ended = rig.run([ROW], offline("country"), alpha, firms, columns=COLUMNS)
    assert told(rig, firms) == [{"company_name": "Acme", "country": "Sweden"}]
    (lead,) = ended.leads
    assert lead.filled["country"] == "Sweden"
    assert lead.origin["country"][:2] == ("offline", "location")
    tried = [(t.provider, t.accepted) for t in lead.tried]
    assert tried == [
        ("offline", ()),
        ("alpha", ("job_title",)),
        ("offline", ("country",)),
        ("firms", ("address",)),
    ]


def test_it_is_told_as_well_where_nobody_wants_a_column_of_it(rig, alpha, firms):
    ended = rig.run([ROW], offline("region"), alpha, firms, columns=COLUMNS)
    assert told(rig, firms) == [{"company_name": "Acme", "country": "Sweden"}]
    (lead,) = ended.leads
    assert "country" not in lead.filled
    assert "country" not in explain(lead, Status.ENRICHED, "").values


def test_running_again_asks_nobody_and_gives_the_same(rig, alpha, firms):
    local = offline("country")
    planned = plan(rig, [ROW], local, alpha, firms, columns=COLUMNS)
    assert lanes(planned) == {"alpha": (1, 0, 1), "firms": (1, 0, 1)}
    first = rig.run([ROW, ROW], local, alpha, firms, columns=COLUMNS)
    again = rig.run([ROW, ROW], local, alpha, firms, columns=COLUMNS)
    assert [lead.filled for lead in again.leads] == [lead.filled for lead in first.leads]
    assert (len(told(rig, alpha)), len(told(rig, firms))) == (1, 1)
    after = plan(rig, [ROW], local, alpha, firms, columns=COLUMNS)
    assert lanes(after) == {"alpha": (0, 1, 0), "firms": (0, 1, 0)}


def test_a_question_that_is_paid_for_is_not_put_anew_because_more_is_held(rig, alpha, firms):
    rig.run([ROW], firms, columns=COLUMNS)
    rig.run([ROW], offline("region"), alpha, firms, columns=COLUMNS)
    assert told(rig, firms) == [{"company_name": "Acme"}]


def test_a_table_is_told_what_came_along_and_asked_only_when_there_is_news(rig, firms):
    beta = provider("beta", "job_title", Listed)
    rig.vendor(beta).facts = {"job_title": "CEO", "phone": PHONE}
    table = Ledger()
    (lead,) = rig.run([ROW], table, beta, firms, columns=COLUMNS).leads
    assert (lead.filled["city"], lead.origin["city"].provider) == ("Stockholm", "ledger")
    assert "phone" not in lead.filled
    assert table.asked == 1  # in its own turn it could not be asked, and at the end nothing is new


def test_an_answer_that_is_held_back_implies_nothing(rig, firms):
    beta = provider("beta", "job_title", Listed)
    rig.vendor(beta).facts = {
        "job_title": "CEO", "full_name": "Bob Stone", "location": "Stockholm, Sweden",
    }  # fmt: skip
    columns = COLUMNS | {"full_name": 3}
    rig.run([(*ROW, "Anna Berg")], offline("country"), beta, firms, columns=columns)
    assert told(rig, firms) == [{"company_name": "Acme"}]


def test_what_follows_from_the_row_is_told_where_nobody_can_be_asked_without_it(rig):
    """The domain that stands in the website, though nobody wants a column of it."""

    class ByDomain(Asked):
        needs = (("company_domain",),)
        uses = ("company_domain",)

    columns = {"website": 0, "city": 1}
    gamma, rows = provider("gamma", "city", ByDomain), [("https://www.acme.com/en", "")]
    planned = plan(rig, rows, offline("region"), gamma, columns=columns)
    assert [lane.ask for lane in planned.lanes if lane.name == "gamma"] == [1]
    ended = rig.run(rows, offline("region"), gamma, columns=columns)
    assert told(rig, gamma) == [{"company_domain": "acme.com"}]
    assert ended.cells("city") == ["gamma's city"]
    (lead,) = ended.leads
    assert "company_domain" not in lead.filled


def test_what_follows_from_the_row_makes_no_question_another(rig):
    class Also(Asked):
        needs = (("email",),)
        uses = optional_inputs = ("email", "company_domain")

    columns = {"email": 0, "website": 1, "city": 2}
    gamma = provider("gamma", "city", Also)
    rig.run([(ANNA, "https://acme.com", "")], offline("region"), gamma, columns=columns)
    assert told(rig, gamma) == [{"email": ANNA}]


@pytest.mark.parametrize(("surer", "title", "level"), [(0.9, "CFO", "c_level"), (None, "VP", "vp")])
def test_what_followed_from_a_title_that_was_replaced_follows_from_the_new_one(
    rig, surer, title, level
):
    asked = []
    for name, text, sure in (("alpha", "VP Engineering", 0.8), ("beta", "CFO", surer)):
        made = provider(name, "job_title city", Sure if sure else Listed)
        made.default_wants = ("job_title", "city") if name == "beta" else ("job_title",)
        rig.vendor(made).facts = {
            "job_title": text,
            "city": "Bonn",
            **({"sure": sure} if sure else {}),
        }
        asked.append(made)
    ended = rig.run([ANNA], offline("seniority", "department"), *asked)
    (lead,) = ended.leads
    assert lead.filled["job_title"].startswith(title)
    assert (lead.filled["seniority"], lead.filled["department"]) == (
        level, "finance" if title == "CFO" else "engineering",
    )  # fmt: skip
