"""What a question costs, as far as a vendor publishes it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from enrichctl.model import NOTHING, Credits


@dataclass(frozen=True, slots=True)
class Price:
    """The most that one query can cost, in the provider's credits.

    Attributes:
        billed: When the vendor charges: per match, per call whatever comes back, or never.
        items: What is sold → credits. ``"*"`` is sold once per query, whatever it wants.
        sold_as: Field → item, for fields that come in one item; a field is its own item else.
        each: Credits for every wanted field that is no item.
        always: Fields that cannot be left out: what is found of them is charged, wanted or not.
    """

    billed: Literal["match", "call", "no"]
    items: Mapping[str, Credits] = field(default_factory=dict)
    sold_as: Mapping[str, str] = field(default_factory=dict)
    each: Credits = NOTHING
    always: tuple[str, ...] = ()
    _most: dict[tuple[str, ...], Credits] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )  # of what was asked for: few sets of fields are

    def most(self, wants: Sequence[str]) -> Credits:
        """Return the worst case for a query that wants these fields."""
        if not wants or self.billed == "no":
            return NOTHING
        found = self._most.get(key := tuple(wants))
        if found is None:
            found = self._most[key] = self._sum((*wants, *self.always))
        return found

    def _sum(self, wants: Sequence[str]) -> Credits:
        sold = {self.sold_as.get(name, name) for name in wants}
        known = sold & self.items.keys()
        flat = self.items.get("*", NOTHING)
        return flat + sum((self.items[i] for i in known), NOTHING) + self.each * len(sold - known)

    def cheapest(self, wants: Sequence[str]) -> Credits:
        """Return the worst case for the cheapest of these fields, wanted alone."""
        return min((self.most((name,)) for name in wants), default=NOTHING)

    def least(self, wants: Sequence[str]) -> Credits:
        """Return the best case: nothing where only matches are charged."""
        return self.most(wants) if self.billed == "call" else NOTHING

    def of_match(self, wants: Sequence[str], found: Collection[str]) -> Credits:
        """Return what a match costs that found these fields: an item is charged once, whole.

        A field that nobody wanted but that came in the same item shows that it was found.
        """
        if self.billed == "call":
            return self.most(wants)
        if self.billed == "no":
            return NOTHING
        wants = (*wants, *self.always)
        if "*" in self.items:
            return self._sum([n for n in wants if n in found or n not in self.items])
        items = {self.sold_as.get(name, name) for name in found}
        return self._sum([name for name in wants if self.sold_as.get(name, name) in items])


FREE = Price("no")
