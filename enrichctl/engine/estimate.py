"""The plan: what a run would ask and what it may cost, before anything is asked.

It takes every record through the same waterfall as if no provider had what it is asked for, so that
the next one is asked as well, and as if each might have it where that tells the next one more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from enrichctl.engine.earlier_results import Again, EarlierResults
from enrichctl.engine.lead import Lead
from enrichctl.engine.question import Ask, Question, RunState, remote
from enrichctl.engine.record_reader import RecordReader
from enrichctl.engine.report import Numbers
from enrichctl.engine.stop import Limits
from enrichctl.engine.tried import not_asked
from enrichctl.engine.waterfall import Waterfall
from enrichctl.facts.placeholders import names_two_companies
from enrichctl.files import Row, Source
from enrichctl.journal.scratch import Scratch
from enrichctl.matching import fingerprint_person, identity
from enrichctl.matching.identity import tells_people_apart
from enrichctl.model import NOTHING, Credits, Room
from enrichctl.plan import GIVEN_UP, UNKNOWN_RATE, LanePlan, Plan

LEFT_OUT = "left out by --limit"

Look = Callable[[Row, Lead | Again, bool], None]
"""Is shown a record, as far as it is known, and whether anybody would be asked about it."""


def unseen(row: Row, found: Lead | Again, asked: bool) -> None:
    """Look at nothing."""


class Estimate:
    """Counts what a run would do, record by record.

    Args:
        waterfall: Of the run; it is asked, not changed.
        scratch: Remembers whom and what the plan has seen.
        rate: Returns a provider's share of matches so far, None when it was never asked.
        limits: Which records may be asked about.
        former: Returns another account that has the answer to a question, while the one that would
            be asked is new; "" when there is none.
        renamed: Tells whether a question was bought already for another name in the same row.
        reads: Whether answers are read of which the plan itself needs nothing.

    Attributes:
        first: Provider → the first question that it would be asked, where what it is told of the
            record is known before anybody answers.
    """

    def __init__(
        self,
        waterfall: Waterfall,
        scratch: Scratch,
        rate: Callable[[str], float | None],
        limits: Limits | None = None,
        former: Callable[[Question], str] = lambda question: "",  # noqa: ARG005 - nobody has
        renamed: Callable[[Question], bool] = lambda question: False,  # noqa: ARG005 - nobody was
        *,
        reads: bool = False,
    ) -> None:
        self.plan = Plan()
        self.first: dict[str, Question] = {}
        self._tells_apart = tells_people_apart()
        self._waterfall, self._former, self._renamed = waterfall, former, renamed
        self._limits, self._counted = limits or Limits(), 0
        self._state = RunState(on_in_flight="count", reads=reads)
        self._left_out = RunState(LEFT_OUT, on_in_flight="count", reads=reads)
        self._new, self._merge = scratch.add, scratch.merge
        self._bits: dict[str, int] = {}  # field → its bit in what was asked for
        self._sets: dict[tuple[str, ...], int] = {}  # fields → their bits: few sets are asked for
        self._reused = Numbers()
        self._steps = list(remote(waterfall.steps))
        self._is_alone = len(waterfall.route) == 1 and not waterfall.route[0][0].provider.per_field
        names = [step.provider.name for step in self._steps]
        self._rates = {
            n: Credits(str(round(UNKNOWN_RATE if (r := rate(n)) is None else r, 4))) for n in names
        }
        prices = {
            (s.provider.name, verifies): price
            for s in self._steps
            for verifies, price in ((False, s.provider.price), (True, s.provider.charged_to_verify))
        }
        self._most = {key: cache(price.most) for key, price in prices.items()}
        self._cheapest = {key: cache(price.cheapest) for key, price in prices.items()}
        self._least = {key: cache(price.least) for key, price in prices.items()}
        self._lanes = {name: LanePlan(name) for name in names}
        self.plan.lanes = list(self._lanes.values())

    def count_all(
        self,
        source: Source,
        reader: RecordReader,
        earlier: EarlierResults | None,
        look: Look = unseen,
    ) -> None:
        """Count every record of an input; what the last run wrote of it is not looked at again.

        ``look`` is shown each of them once it is counted.
        """
        if earlier is None:
            for row in source.rows():
                lead = reader.lead(row)
                look(row, lead, self.count(lead))
            return
        for row, again, conflicts in earlier.read(
            source, lambda row: self.meet(reader.lead(row)), lambda _: None
        ):
            if again is not None:
                self.count_again(again)
                look(row, again, False)
            else:  # whom a known block means is met with all others, if at all
                lead = reader.lead(row, conflicts)
                look(row, lead, self.count(lead, met=conflicts is not None))
        if self.plan.people or not self.plan.records:
            return
        people = earlier.people(self.plan.records)  # nobody was met: all is as it was
        if people is not None:
            self.plan.people = people
            return
        for row in source.rows():
            self.meet(reader.lead(row))

    def meet(self, lead: Lead) -> None:
        """Take note of whom a record means that is counted elsewhere."""
        person = _person(self._tells_apart, lead)
        self.plan.people += person is None or self._new(person)

    def count_again(self, again: Again) -> None:
        """Count a record that will be written as it was; whom it means is not counted."""
        plan, kind = self.plan, again.kind
        plan.records += 1
        plan.address_conflicts += kind.in_conflict
        plan.suppressed += kind.suppressed
        if kind.suppressed:
            return
        for name, number in zip(kind.answered, again.numbers, strict=True):
            self._lanes[name].reused += self._reused.add(number)
        self._count_not_asked(kind.not_asked)
        plan.complete += kind.complete
        plan.unidentified += kind.unidentified

    def count(self, lead: Lead, *, met: bool = False) -> bool:
        """Count one record; tell whether anybody would have to be asked about it.

        Args:
            lead: The record.
            met: Whom it means is counted elsewhere.
        """
        plan = self.plan
        plan.records += 1
        if not met:
            self.meet(lead)
        plan.address_conflicts += bool(lead.conflicts.name)
        if lead.suppressed:
            plan.suppressed += 1
            return False
        if lead.record.shifted:
            plan.unidentified += 1
            return False
        doubled: dict[int, Credits] = {}
        asked = self._follow(lead, doubled)
        for tried in lead.tried:
            if tried.attempt is not None:
                self._lanes[tried.provider].reused += self._reused.add(tried.attempt)
        self._count_not_asked(not_asked(lead.tried))
        if asked is None:
            return False
        plan.unconfirmed += bool(lead.unconfirmed)
        once = (paid for number, paid in doubled.items() if self._new(b"doubt %d" % number))
        plan.doubled += sum(once, NOTHING)
        plan.left_out += lead.record.left_out
        plan.two_companies += asked and names_two_companies(lead.record.values)
        if not lead.missing:
            plan.complete += 1
        elif not (asked or lead.record.left_out) and all(tried.needs for tried in lead.tried):
            plan.unidentified += 1
        return asked

    def _count_not_asked(self, found: Iterable[tuple[str, str]]) -> None:
        for name, why in found:
            if name in self._lanes:
                self._lanes[name].not_asked[why] += 1

    def _follow(self, lead: Lead, doubled: dict[int, Credits]) -> bool | None:
        """Take a record down the waterfall; tell whether anybody is asked, None over the limit.

        What may be paid a second time is added to ``doubled``.
        """
        odds = _Odds()
        asked: dict[str, bytes] = {}  # provider → about whom it is asked, and what
        while isinstance(found := self._waterfall.next_step(lead, self._state), Ask):
            question = found.question
            if not asked:
                if self._limits.leaves_out(lead.record.row, self._counted):
                    self._waterfall.next_step(lead, self._left_out)  # what is known of it is used
                    return None
                self._counted += 1
            step, name, wants = question.step, question.step.provider.name, question.query.wants
            doubled.update(question.doubled)
            is_fixed = question.verifies and "email" not in lead.assumed
            likely = odds.of(question, is_fixed=is_fixed)
            self._add(question, asked, likely, certain=is_fixed or not asked)
            odds.go_on(question, self._rates[name])
            asked[name] = asked.get(name, question.person) + " ".join(wants).encode()
            if self._is_alone and not question.settles_earlier:
                break  # whatever comes of it, nobody else is asked
            lead.mark_tried(name, wants)
            self._assume(lead, question)
            if not (step.provider.per_field or question.settles_earlier):
                lead.move_on()  # it may be a miss, for the next provider to fill
        return bool(asked)

    def _assume(self, lead: Lead, question: Question) -> None:
        """Assume that a provider that is asked fills what it may fill, or fill better.

        Of an address that is to be verified the next provider may have to find another.
        """
        step = question.step
        if question.verifies:
            lead.assume(question.query.wants)
            if self._waterfall.rules.verify == "each" and "email" in lead.filled:
                lead.take_back_email("the verifier may reject it")
                lead.assume(["email"])
            return
        blank = lead.lacks(step.wants, self._waterfall.rules.overwrite | lead.refreshed)
        origin = lead.origin
        lead.assume((*blank, *(n for n in step.wants if n in origin and origin[n].confidence)))
        along = {*step.provider.finds, *step.provider.about}
        lead.assume_along(along.difference(lead.missing, lead.known()))

    def _add(
        self, question: Question, asked: Mapping[str, bytes], likely: Credits, *, certain: bool
    ) -> None:
        """Add what a question may cost to the plan."""
        provider = question.step.provider
        lane = self._lanes[provider.name]
        if provider.changes(question.query):
            lane.changes = provider.writes
            lane.replaces |= bool(question.query.overwrite)
        wants, may_share = self._unasked(question, asked)
        if not wants:
            return
        lane.may_share += may_share
        if _is_known(question):
            self.first.setdefault(provider.name, question)
        account = self._former(question)
        if account and self._new(f"former {provider.name} ".encode() + question.person):
            lane.former[account] += 1
        lane.ask += 1
        if self._renamed(question):
            lane.note_renamed(question.lead.record.row)
        lane.verify += question.verifies
        lane.verify_known += question.verifies and _is_known(question)
        lane.calls.most += 1
        lane.calls.least += certain
        lane.calls.expected += likely
        lane.asked_before += question.settles_earlier
        if question.settles_earlier:
            return
        sold = provider.sold(question.query)
        wants = tuple(want for want in wants if want in sold)
        key = provider.name, question.verifies
        most = self._most[key](wants)
        certainly = question.verifies or provider.price.billed == "call"
        rate = 1 if certainly else self._rates[provider.name]
        lane.credits.most += most
        cheapest = self._cheapest[key](wants)  # others may leave no more to ask for than one field
        lane.cheapest = min(cheapest, cheapest if lane.cheapest is None else lane.cheapest)
        lane.dearest = max(lane.dearest, most)
        least = NOTHING if provider.checks_first else self._least[key](wants)
        lane.surely = min(least, cheapest, least if lane.surely is None else lane.surely)
        if certain:
            lane.credits.least += least
        lane.credits.expected += most * likely * rate

    def _unasked(
        self, question: Question, asked: Mapping[str, bytes]
    ) -> tuple[tuple[str, ...], bool]:
        """Return what an earlier record of the same person was not asked for already.

        And whether one may have been asked for it, should others know no more of this one.

        It is the same question only if others were asked the same before: who finds more of one
        record leaves less to ask for, and then two records of a person are two questions.
        """
        name = question.step.provider.name
        of_others = (said for other, said in asked.items() if other != name)
        # Of an address that is known there is one question, whoever was asked before.
        others = b"" if question.verifies and _is_known(question) else b"".join(of_others)
        whom = f"{name} {question.variant} ".encode() + question.person
        wants = question.query.wants
        bits = self._bits_of(wants)
        covered = bits | self._bits_of(question.step.provider.covers(question.query))
        before = self._merge(whom + others, covered)
        unasked = wants
        if before & bits:
            unasked = tuple(want for want in wants if not before & self._bits[want])
        if self._is_alone or not _is_known(question):  # nobody knows yet whom it is about
            return unasked, False
        # What records were asked for after others, and before anybody else.
        after = self._merge(b"after others " + whom, covered if others else 0)
        first = self._merge(whom, 0) if others else 0
        return unasked, any((after | first) & self._bits[want] for want in unasked)

    def _bits_of(self, names: tuple[str, ...]) -> int:
        if names in self._sets:
            return self._sets[names]
        bits = self._bits
        whole = 0
        for name in names:
            whole |= bits.get(name) or bits.setdefault(name, 1 << len(bits))
        self._sets[names] = whole
        return whole

    def finish(self, rooms: Iterable[tuple[str, Room | None]]) -> Plan:
        """Return the plan, held to what the budgets leave."""
        for name, room in rooms:
            self._lanes[name].hold_to(room)
        for lane in self.plan.lanes:
            lane.calls.expected = round(lane.calls.expected)  # type: ignore[assignment]
            lane.credits.expected = round(lane.credits.expected, 1)
        return self.plan


class _Odds:
    """How likely the questions about one record are to be asked.

    Attributes:
        _blank: How likely the providers so far had nothing.
        _found: How likely an e-mail was found that is not verified yet.
    """

    def __init__(self) -> None:
        self._blank = Credits(1)
        self._found = NOTHING

    def of(self, question: Question, *, is_fixed: bool) -> Credits:
        """Return how likely a question is to be asked.

        Args:
            question: To be asked next.
            is_fixed: It is about an address that nobody will replace.
        """
        if is_fixed:
            return Credits(1)
        is_of_row = question.verifies and _is_known(question)  # if nothing better is found
        return self._found if question.verifies and not is_of_row else self._blank

    def go_on(self, question: Question, rate: Credits) -> None:
        """Go on to what is asked next."""
        if question.verifies:
            self._blank += Credits(str(GIVEN_UP)) * self._found
            self._found = NOTHING
            return
        if "email" in question.query.wants:
            self._found += self._blank * rate
        self._blank *= 1 - rate


def _is_known(question: Question) -> bool:
    """Tell whether a question tells nothing that nobody knows before it is answered."""
    return "" not in question.query.inputs


def _person(needs: Sequence[Sequence[str]], lead: Lead) -> bytes | None:
    found = identity(needs, lead.record.values, lead.record.region)
    return found and fingerprint_person("", *found) + lead.conflicts.apart(found[0]).encode()
