from enrichctl.fields import in_order
from enrichctl.providers.offline import Offline
from enrichctl.wanted_fields import wants_of


def test_what_is_rewritten_stands_in_the_order_of_fields():
    over = frozenset({"linkedin_url", "mobile", "phone", "email", "city"})
    wants = wants_of(Offline(), ("seniority",), over)
    assert wants == ("seniority", *in_order(over - {"city"}))
