"""Stored answers in another order: what would have been filled, verified and paid.

Records that are alike are taken down the waterfall together. An answer that is known is taken as it
was. What nobody was ever asked is kept apart all the way: the least and the most hold whatever the
provider would have said, and what is expected is an estimate by its match rate so far.

As long as the records go the way that they really went, all is as it was: what each provider was
asked for, what was taken, and what providers on this machine made of it. On another way these may
fill what they did not, and a provider may be told enough that was not, or not enough that was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from enrichctl.analysis.checks import Verifier
from enrichctl.analysis.rates import EVEN
from enrichctl.analysis.rows import AlikeRow, AlikeState, met_by, row_of
from enrichctl.analysis.verifying import verify_found, verify_last
from enrichctl.journal.known_answers import KnownAnswer
from enrichctl.journal.paths import Paths
from enrichctl.matching.conditions import Condition
from enrichctl.model import ANSWERED, NOTHING, Credits, Outcome
from enrichctl.plan import UNKNOWN_RATE
from enrichctl.price import Price
from enrichctl.provider import EMAIL, VERDICT


class Span(NamedTuple):
    """A number of which bounds are certain, and what is expected is an estimate."""

    least: float | Credits
    expected: float | Credits
    most: float | Credits

    @property
    def is_known(self) -> bool:
        """Tell whether the journal knows it."""
        return self.least == self.most


@dataclass(frozen=True, slots=True)
class Replayed:
    """What an order fills and costs.

    Attributes:
        order: Providers, in turn.
        filled: Blank fields that would be filled.
        verified: Records whose e-mail would be called deliverable.
        credits: Provider → what it would cost.
    """

    order: tuple[str, ...]
    filled: Span
    verified: Span
    credits: Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Seller:
    """A provider that can be put anywhere in an order.

    Attributes:
        finds: Fields that it can be asked for.
        price: What it charges.
        only_if: What must hold for a record to be asked about.
    """

    finds: frozenset[str]
    price: Price
    only_if: Condition | None = None


_Cost = tuple[Credits, Credits, Credits]


class Replay:
    """Takes the records of a run through other orders.

    Args:
        paths: What is known of the records.
        sellers: Provider → what it can be asked for, and for how much.
        verified_email: An e-mail counts as found once its provider calls it deliverable.
        verifier: Who verifies addresses: then its word counts, and not that of who finds them.
    """

    def __init__(
        self,
        paths: Paths,
        sellers: Mapping[str, Seller],
        *,
        verified_email: bool = False,
        verifier: Verifier | None = None,
    ) -> None:
        self.verifier = verifier
        who = verifier.name if verifier else ""
        self._rows = [row_of(kind, count, who) for kind, count in paths.kinds.items() if kind.known]
        self._has_checks = any(row.checks for row in self._rows)
        self.verified_email = verified_email and verifier is None
        self.local = paths.local
        refused = chain.from_iterable(row.kind.refused for row in self._rows)
        self._ruled = frozenset(one.provider for one in refused if one.unmet)  # by the same rule
        self._wanted = frozenset(chain.from_iterable(row.blank for row in self._rows))
        self.sellers = {name: self._narrowed(name, one) for name, one in sellers.items()}

    def run(self, order: Sequence[str]) -> Replayed:
        """Return what an order fills and costs."""
        states = self.start()
        costs: dict[str, Span] = {}
        for name in order:
            states, costs[name] = self.step(states, name)
        return self.end(tuple(order), states, costs)

    def every_order(self) -> Iterator[Replayed]:
        """Yield what every order of every choice of the providers fills and costs."""
        yield from self._orders((), self.start(), {})

    def _orders(
        self, order: tuple[str, ...], states: list[AlikeState], costs: dict[str, Span]
    ) -> Iterator[Replayed]:
        for name in self.sellers:
            if name not in order:
                after, cost = self.step(states, name)
                longer, paid = (*order, name), {**costs, name: cost}
                yield self.end(longer, after, paid)
                yield from self._orders(longer, after, paid)

    def start(self) -> list[AlikeState]:
        """Return all records before anybody is asked."""
        return [row.start() for row in self._rows]

    def step(self, states: Sequence[AlikeState], name: str) -> tuple[list[AlikeState], Span]:
        """Ask a provider about all records: return where they are then, and what it costs."""
        after, least, expected, most = [], NOTHING, NOTHING, NOTHING
        for row, before in zip(self._rows, states, strict=True):
            asked = self._ask(row, before, name)
            if asked is None:
                left = row.is_next(before, name)
                after.append(replace(before, turn=None) if left else before)
                continue
            after.append(verify_found(self.verifier, row, before, asked.after(), name))
            low, middle, high = asked.cost()
            least, expected = least + low * row.count, expected + middle * row.count
            most += high * row.count
        return after, Span(least, expected, most)

    def end(
        self, order: tuple[str, ...], states: Sequence[AlikeState], costs: Mapping[str, Span]
    ) -> Replayed:
        """Add up where the records are at the end."""
        filled, verified = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
        paid = [NOTHING, NOTHING, NOTHING]
        for row, before in zip(self._rows, states, strict=True):
            state = verify_last(self.verifier, row, before, has_checks=self._has_checks)
            for at in range(3):
                paid[at] += state.checked.cost[at] * row.count
                filled[at] += state.checked.filled[at] * row.count
            blank = state.blank - {"email"} if state.has_spare else state.blank
            got = row.blank - blank - state.local
            unsure = state.unsure.intersection(got).difference(state.open)
            likely = len(got) - sum(state.open.values()) - EVEN * len(unsure)
            for at, n in enumerate((len(got) - len(state.open) - len(unsure), likely, len(got))):
                filled[at] += n * row.count
            for at, share in enumerate(state.verified):
                verified[at] += max(share, state.checked.verified[at]) * row.count
        spent = dict(costs)
        if self.verifier:
            own = spent.get(self.verifier.name, Span(NOTHING, NOTHING, NOTHING))
            total = (Credits(a) + b for a, b in zip(own, paid, strict=True))
            spent[self.verifier.name] = Span(*total)
        return Replayed(order, _whole(filled), _whole(verified), spent)

    def _narrowed(self, name: str, seller: Seller) -> Seller:
        """Return a provider with the fields for which it would be asked in such a run."""
        own, spared = set[str](), set[str]()
        for row in self._rows:
            asked, left = row.fields_for(name)
            own |= asked
            spared |= left
        finds = own | (self._wanted & seller.finds - spared) if own else self._wanted & seller.finds
        verdict = {VERDICT} if self.verifier else frozenset[str]()
        return replace(seller, finds=frozenset(finds) - verdict)

    @cached_property
    def _rates(self) -> dict[tuple[str, str], float]:
        """Return provider, field → share of its answers on the field that had it."""
        answered: Counter[tuple[str, str]] = Counter()
        found: Counter[tuple[str, str]] = Counter()
        for row in self._rows:
            for one in row.kind.known:
                for name in one.gain.covers if one.outcome in ANSWERED else ():
                    answered[one.provider, name] += row.count
                    found[one.provider, name] += row.count * (name in one.gain.found)
        return {key: found[key] / total for key, total in answered.items()}

    def rate(self, provider: str, name: str) -> float:
        """Return the share of a provider's answers that had a field."""
        return self._rates.get((provider, name), UNKNOWN_RATE)

    def _ask(self, row: AlikeRow, state: AlikeState, name: str) -> "_Asked | None":
        """Return a provider asked about records of one kind; None where it is not."""
        seller, answers = self.sellers[name], row.answers.get(name, ())
        refused, doubtful = _refusals(row, state, name, seller.finds)
        finds, asked = seller.finds - refused, row.asked.get(name, frozenset())
        # An address that was given up here and not there, or there and not here, is another way.
        as_run = row.is_next(state, name) and asked <= state.blank
        as_run = as_run and (EMAIL in asked or EMAIL not in finds.intersection(state.blank))
        if as_run:
            answers = [one for one in answers if one.used]
            finds = asked if not row.kind.is_left else finds | asked
        wanted = tuple([one for one in finds if one in state.blank or one in state.open])
        if not state.owed.isdisjoint(wanted) or not wanted:
            return None
        met = (as_run and name in self._ruled) or met_by(seller.only_if, row, state)
        if met is False:
            return None
        could = not doubtful.issuperset(wanted) and state.may_be_owed.isdisjoint(wanted)
        could = could and all(one.leans_on <= state.met for one in answers)
        certain = met is True and (as_run or could)
        return _Asked(self, state, name, wanted, answers, certain=certain, as_run=as_run)


def _refusals(
    row: AlikeRow, state: AlikeState, name: str, finds: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the fields for which a provider cannot be asked, and those for which it may not.

    Whoever was told too little is so with less as well; what is suppressed is so with more. A
    condition is known on the way that the records went; elsewhere it is looked at anew.
    """
    refused, doubtful = frozenset[str](), frozenset[str]()
    for one in row.kind.refused:
        if one.provider == name:
            fields = frozenset(one.fields) or finds
            if one.unmet:
                holds = state.turn is not None and state.met == one.after
                fields = finds if holds else frozenset()
            else:
                holds = state.met <= one.after if one.fields else state.met >= one.after
            refused, doubtful = (
                (refused | fields, doubtful) if holds else (refused, doubtful | fields)
            )
    return refused, doubtful


class _Asked:
    """One provider, asked about records of one kind.

    Args:
        replay: The whole of it.
        state: Where the records are.
        name: The provider.
        wanted: Fields that are asked for, where they are blank.
        answers: What is known from it.
        certain: Whether it is asked.
        as_run: It was asked at this very turn.
    """

    __slots__ = (
        "_answers", "_as_run", "_certain", "_found", "_likely", "_name", "_price", "_replay",
        "_state", "_sure", "_unknown", "_unverified", "_wanted",
    )  # fmt: skip

    def __init__(
        self, replay: Replay, state: AlikeState, name: str, wanted: tuple[str, ...],
        answers: Sequence[KnownAnswer], *, certain: bool, as_run: bool,
    ) -> None:  # fmt: skip
        self._replay, self._state, self._name = replay, state, name
        self._wanted, self._answers, self._certain = wanted, answers, certain
        self._price = replay.sellers[name].price
        self._as_run = as_run
        covered = set(chain.from_iterable([one.gain.covers for one in answers]))
        self._unknown = [one for one in wanted if one not in covered]
        found = set(chain.from_iterable([one.gain.found for one in answers])).intersection(wanted)
        verified = any(one.gain.verified for one in answers)
        self._unverified = replay.verified_email and "email" in found and not verified
        self._found = found - {"email"} if self._unverified else found
        likely = max([state.open.get(n, EVEN if n in state.unsure else 1.0) for n in wanted])
        self._likely = likely if certain else likely * EVEN
        self._sure = certain and not state.lacked.isdisjoint(wanted)

    def cost(self) -> _Cost:
        """Return what it costs, per record."""
        # What may be filled by then may not have to be asked for.
        surely = [name for name in self._wanted if name in self._state.lacked]
        low = sum((self._charged(one, surely)[0] for one in self._answers), NOTHING)
        high = sum((self._charged(one, self._wanted)[1] for one in self._answers), NOTHING)
        more, share = NOTHING, 0.0
        if self._unknown:
            beyond = max(NOTHING, self._price.most(self._wanted) - high)
            more = min(self._price.most(self._unknown), beyond)
            rate = max(self._replay.rate(self._name, name) for name in self._unknown)
            share = 1.0 if self._price.billed == "call" else rate
        least, most = low if self._sure else NOTHING, high + more
        middle = ((low + high) / 2 + more * Credits(str(share))) * Credits(str(self._likely))
        return least, min(max(middle, least), most), most

    def _charged(self, one: KnownAnswer, fields: Sequence[str]) -> tuple[Credits, Credits]:
        """Return what a known answer costs where these fields are asked for: least and most."""
        asked = one.gain.asked or one.gain.covers
        now = tuple([name for name in fields if name in asked or name in one.gain.covers])
        if not one.credits or not now:
            return NOTHING, NOTHING
        least, most = self._due(one, fields, asked, now)
        return (NOTHING if one.shared else least), most

    def _due(
        self,
        one: KnownAnswer,
        fields: Sequence[str],
        asked: tuple[str, ...],
        now: tuple[str, ...],
    ) -> tuple[Credits, Credits]:
        """Return what an answer costs that was ``asked`` more, or less, than it would be now."""
        if set(asked).issubset(fields):
            return one.credits, one.credits
        if self._by_price(one, asked) != one.credits:
            return NOTHING, one.credits
        due = self._by_price(one, now)
        # Whether somebody is charged for of whom nothing is known that was asked is the vendor's.
        is_certain = one.outcome is not Outcome.MATCHED or set(now).intersection(one.gain.found)
        return (due if is_certain else NOTHING), due

    def _by_price(self, one: KnownAnswer, names: tuple[str, ...]) -> Credits:
        if one.outcome is Outcome.MATCHED:
            return self._price.of_match(names, one.gain.found)
        return self._price.least(names)

    def after(self) -> AlikeState:
        """Return where the records are then."""
        state, replay = self._state, self._replay
        blank, open_ = set(state.blank), dict(state.open)
        for name in self._found:
            if self._certain:
                blank.discard(name)
                open_.pop(name, None)
            else:
                open_[name] = EVEN * open_.get(name, 1.0)
                blank.discard(name)
        for name in self._unknown:
            rate = replay.rate(self._name, name) * (1.0 if self._certain else EVEN)
            open_[name] = open_.get(name, 1.0) * (1 - rate)
            blank.discard(name)
        return replace(
            self._moved(blank, open_), open=open_, verified=self._verified(),
            has_spare=state.has_spare or self._unverified,
        )  # fmt: skip

    def _moved(self, blank: set[str], open_: Mapping[str, float]) -> AlikeState:
        """Return where the records are then, as far as the way there tells."""
        state, answers = self._state, self._answers
        derived = (one.derived for one in answers if self._as_run)
        local = state.local.union(*(blank.intersection(names) for names in derived))
        unsure, turn = state.unsure, None
        if self._as_run and self._certain and all(one.is_as_taken for one in answers):
            turn = (state.turn or 0) + 1
        has_given = self._unknown or any(one.outcome is Outcome.MATCHED for one in answers)
        if has_given and turn is None:
            unsure |= self._replay.local.intersection({*blank, *open_} - local)
        doubts = (one.gain.covers for one in answers if one.outcome is Outcome.UNCONFIRMED)
        doubt = frozenset(self._wanted).intersection(chain.from_iterable(doubts))
        owed = state.lacked & doubt if self._certain else frozenset[str]()
        return replace(
            state, blank=frozenset(blank - local), turn=turn, local=local, unsure=unsure,
            owed=state.owed | owed, may_be_owed=state.may_be_owed | (doubt - owed),
            met=state.met | {self._name} if has_given else state.met,
        )  # fmt: skip

    def _verified(self) -> tuple[float, float, float]:
        low, middle, high = self._state.verified
        if any(one.gain.verified for one in self._answers):
            low, middle = (1.0, 1.0) if self._sure else (low, max(middle, self._likely))
            high = 1.0
        elif {"email", "email_status"}.intersection(self._unknown):
            share = self._replay.rate(self._name, "email_status")
            middle, high = middle + (1 - middle) * share * self._likely, 1.0
        return low, middle, high


def _whole(numbers: Iterable[float]) -> Span:
    least, expected, most = numbers
    return Span(round(least), round(expected, 1), round(most))
