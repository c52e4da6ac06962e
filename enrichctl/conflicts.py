"""What the rows around a row have in common with it, and give to somebody else."""

from collections.abc import Iterable
from typing import NamedTuple


class Conflicts(NamedTuple):
    """Words for what an earlier row gives to somebody else; "" where none does.

    Attributes:
        name: Whom this row names, where its e-mail, profile or phone is another's.
        person: This row's country, where its name and company are of another country.
        company: The same for its company alone.
        addresses: Which of its addresses are another's: fields with a space between them.
    """

    name: str = ""
    person: str = ""
    company: str = ""
    addresses: str = ""

    def touches(self, names: Iterable[str]) -> bool:
        """Tell whether any of some fields is an address that is another's."""
        return not set(self.addresses.split()).isdisjoint(names)

    def apart(self, names: Iterable[str]) -> str:
        """Return the word for whom this row names, where these fields do not tell it apart."""
        return self.name if self.touches(names) else ""


NO_CONFLICTS = Conflicts()
