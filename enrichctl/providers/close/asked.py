"""What was asked of Close in this run, so that nothing is bought twice."""

from threading import Lock

from enrichctl.bounded_cache import BoundedCache
from enrichctl.errors import Declined, Miss, Unconfirmed
from enrichctl.json_values import text
from enrichctl.model import Answer, Query
from enrichctl.providers.close.replies import Spot
from enrichctl.transport import Api

NO_VALUE = "Close found no value for it"
SAME_FOR_ANOTHER = "Close was asked the same for another row"


class Asked:
    """What one row asked of a lead, and must not be bought again for the next.

    Rows share leads, and the engine knows persons.

    Attributes:
        bought: What a paid request brought; None when there is no value.
        lost: Spots whose paid answer was lost.
    """

    def __init__(self) -> None:
        self._turns: dict[Spot, Lock] = {}
        self.bought: BoundedCache[Spot, Answer | None] = BoundedCache()
        self.lost: set[Spot] = set()

    def turn(self, spot: Spot) -> Lock:
        """Return the lock that holds back rows that come while one is asking."""
        return self._turns.setdefault(spot, Lock())

    def spare(self, spot: Spot, query: Query, api: Api) -> None:
        """Raise whatever makes a paid request needless.

        Raises:
            Declined: There is a value: bought for another row, or found by reading.
            Miss: Another row's request found none.
            Unconfirmed: Another row's answer was lost, and there is no value to settle it, or one
                that may be the old one.
        """
        if spot in self.bought:
            answer = self.bought.get(spot)
            raise Declined(SAME_FOR_ANOTHER, answer=answer) if answer else Miss(NO_VALUE)
        value = spot.read(api)
        if text(value) and not query.overwrite:
            raise Declined("Close has a value already", answer=spot.answer(value))
        if spot in self.lost:
            raise Unconfirmed(f"{SAME_FOR_ANOTHER}, and the answer was lost")
