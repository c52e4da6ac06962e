"""Going on along the waterfall until an e-mail is verified."""

import pytest
from rig import Asked, provider


class Finder(Asked):
    """Finds an e-mail by a name."""

    needs = (("full_name",),)
    uses = ("full_name",)


def finders(rig, **verdicts):
    made = []
    for name, verdict in verdicts.items():
        one = provider(name, "email email_status", Finder)
        rig.vendor(one).facts = {"email": f"jane@{name}.com", "email_status": verdict}
        made.append(one)
    return made


def run(rig, providers, **rules):
    return rig.run([("", "", "Jane Doe")], *providers,
                   columns={"email": 0, "city": 1, "full_name": 2}, **rules)  # fmt: skip


@pytest.mark.parametrize(
    ("verified", "verdicts", "email", "asked"),
    [
        (True, {"a": "risky", "b": "deliverable", "c": "deliverable"}, "jane@b.com", "ab"),
        (True, {"a": "risky", "b": "unknown"}, "jane@a.com", "ab"),
        (True, {"a": "deliverable", "b": "deliverable"}, "jane@a.com", "a"),
        (True, {"a": "", "b": "undeliverable"}, "jane@a.com", "ab"),
        (False, {"a": "risky", "b": "deliverable"}, "jane@a.com", "a"),
    ],
)
def test_providers_are_asked_until_one_calls_its_address_deliverable(
    rig, verified, verdicts, email, asked
):
    ended = run(rig, finders(rig, **verdicts), verified_email=verified)
    assert ended.cells("email") == [email]
    assert "".join(name for name, vendor in rig.vendors.items() if vendor.requests) == asked
    (lead,) = ended.leads
    assert lead.origin["email"].provider == email[5]
    assert [t.provider for t in lead.tried if "email" in t.accepted] == [email[5]]
