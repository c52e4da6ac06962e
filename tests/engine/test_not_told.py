"""What cannot be anybody's is told to nobody, and nothing is paid for it."""

from decimal import Decimal

import pytest
from rig import Asked, provider
from test_estimate import plan

COLUMNS = {"email": 0, "linkedin_url": 1, "company_domain": 2}
URL = "https://www.linkedin.com/in/anna"


class Addressed(Asked):
    """Knows people by e-mail or profile, and takes all else that is known."""

    needs = (("email",), ("linkedin_url",))
    uses = optional_inputs = tuple(COLUMNS)


@pytest.mark.parametrize(
    "email",
    [
        "jane@acme-tools.con", "jane@acme-tools.cmo", "jane@acme-tools.de1", "jane@acme.invalid",
        "jane@localhost.localdomain", "jane@@acme.com", "jane", "not-an-email", "Not an e-mail",
    ],
)  # fmt: skip
def test_an_address_that_cannot_exist_is_not_told_and_costs_nothing(email, rig):
    alpha = provider("alpha", "city", Addressed)
    row, needs = (email, "", ""), "alpha needs email (not usable) for a city"
    planned = plan(rig, [row], alpha, columns=COLUMNS)
    ended = rig.run([row], alpha, columns=COLUMNS)
    assert rig.vendor(alpha).requests == []
    assert rig.spent("alpha") == Decimal(0)
    assert ended.statuses == ["skipped"]
    assert ended.notes == [needs]
    assert (planned.lanes[0].ask, planned.unidentified) == (0, 1)
    assert planned.lanes[0].not_asked == {needs: 1}


def test_it_is_not_told_beside_what_does_identify(rig):
    alpha = provider("alpha", "city", Addressed)
    rig.run([("jane@acme.con", URL, "acme.con")], alpha, columns=COLUMNS)
    assert [seen.body for seen in rig.vendor(alpha).requests] == [{"linkedin_url": URL}]


@pytest.mark.parametrize(
    ("website", "told"),
    [("https://www.acme.com/about", True), ("shop.acme.com", True), ("https://other.io", False)],
)
def test_a_website_of_another_company_than_the_domain_is_not_told_and_the_plan_says_so(
    website, told, rig
):
    columns = {"email": 0, "company_domain": 1, "website": 2}
    alpha = provider(
        "alpha", "city", Addressed, optional_inputs=tuple(columns), uses=tuple(columns)
    )
    row = ("anna@acme.com", "acme.com", website)
    assert plan(rig, [row], alpha, columns=columns).two_companies == (not told)
    rig.run([row], alpha, columns=columns)
    (seen,) = rig.vendor(alpha).requests
    assert seen.body["company_domain"] == "acme.com"
    assert ("website" in seen.body) == told
