"""Whether two rows mean one person, as a plan counts people."""

from collections.abc import Mapping

from enrichctl.facts.regions import region_of
from enrichctl.matching import same_name
from enrichctl.matching.identity import identity, tells_people_apart
from enrichctl.matching.same_name import Likeness


def are_one_person(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two rows mean one person, by the best of what both of them state.

    A phone or an address of two who are named differently is no proof. Rows that state nothing to
    tell people by are of one person only where they are the same row.
    """
    if one == other:  # as mostly
        return True
    both = [(values, region_of(values, "")) for values in (one, other)]
    needs = [need for need in tells_people_apart() if all(identity([need], *each) for each in both)]
    if not needs or identity(needs, *both[0]) != identity(needs, *both[1]):
        return False
    names = (same_name.name_of(values) for values in (one, other))
    return same_name.compare(*names) is not Likeness.OTHER
