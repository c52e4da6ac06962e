"""What an answer must be to fill a cell, and what a row may tell of a company."""

from enrichctl.facts import domains, spelling
from enrichctl.facts.placeholders import is_nothing
from enrichctl.fields import kind_of


def could_be(field: str, text: str) -> bool:
    """Tell whether a text that came as a field's value can be one.

    What says nothing, leads to no profile, or names a domain that is nobody's fills no cell, so
    that the next provider is asked.
    """
    if is_nothing(text, field):
        return False
    if kind_of(field) == "person_url":
        return spelling.profile_url(text) is not None
    return kind_of(field) != "domain" or domains.company(text) is not None


def is_nobodys(field: str, text: str) -> bool:
    """Tell whether a domain or website is nobody's in particular: a mailbox provider's, say."""
    return kind_of(field) in ("domain", "url") and domains.company(text) is None
