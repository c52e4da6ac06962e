"""The plan: what a run would ask and what it may cost, before anything is asked.

It takes every record through the same waterfall as if no provider had what it is asked for, so that
the next one is asked as well, and as if each might have it where that tells the next one more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from enrichctl.engine.lead import Lead
from enrichctl.engine.question import Question, Step, remote
from enrichctl.engine.waterfall import Waterfall
from enrichctl.journal import Journal
from enrichctl.journal.accounts import has_answer, others
from enrichctl.matching import fingerprint_person, identity
from enrichctl.matching.identity import tells_people_apart
from enrichctl.model import NOTHING, Credits, LanePlan, Plan, Record

UNKNOWN_RATE = 0.5  # share of matches expected of a provider that was never asked


class Estimate:
    """Counts what a run would do, record by record.

    Args:
        waterfall: Of the run; it is asked, not changed.
        new: Tells of a fingerprint whether it is the first of its kind; see `journal.Scratch`.
        rate: Returns a provider's share of matches so far, None when it was never asked.
        limit: Records that may need asking; None is all.
        former: Returns another account that has the answer to a question, while the one that would
            be asked is new; "" when there is none.
    """

    def __init__(
        self,
        waterfall: Waterfall,
        new: Callable[[bytes], bool],
        rate: Callable[[str], float | None],
        limit: int | None = None,
        former: Callable[[Question], str] = lambda ask: "",  # noqa: ARG005 - nobody has
    ) -> None:
        self.plan = Plan()
        self._tells_apart = tells_people_apart()
        self._waterfall = waterfall
        self._left = limit
        self._former = former
        self._new = new
        self._steps = list(remote(waterfall.steps))
        names = [step.provider.name for step in self._steps]
        self._rates = {n: UNKNOWN_RATE if (r := rate(n)) is None else r for n in names}
        self._lanes = {name: LanePlan(name) for name in names}
        self.plan.lanes = list(self._lanes.values())

    def count(self, lead: Lead) -> bool:
        """Count one record; tell whether anybody would have to be asked about it."""
        plan = self.plan
        plan.records += 1
        person = _person(self._tells_apart, lead.record)
        plan.people += person is None or self._new(person + lead.conflicts.name.encode())
        plan.namesakes += bool(lead.conflicts.name)
        if lead.suppressed:
            plan.suppressed += 1
            return False
        if lead.record.shifted:
            plan.unidentified += 1
            return False
        asked = self._follow(lead)
        if asked is None:
            return False
        for tried in lead.tried:
            if tried.attempt is not None:
                self._lanes[tried.provider].reused += 1
        plan.unconfirmed += bool(lead.unconfirmed)
        plan.doubled += sum(
            (paid for number, paid in lead.doubled.items() if self._new(b"doubt %d" % number)),
            NOTHING,
        )
        if not lead.missing:
            plan.complete += 1
        elif not lead.tried and not asked:
            plan.unidentified += 1
        return asked

    def _follow(self, lead: Lead) -> bool | None:
        """Take a record down the waterfall; tell whether anybody is asked, None over the limit."""
        likely = Credits(1)
        asked: dict[str, bytes] = {}  # provider → about whom it is asked, and what
        while (ask := self._waterfall.step(lead)) is not None:
            if not asked and self._left is not None:
                self._left -= 1
                if self._left < 0:
                    return None
            name, wants = ask.step.provider.name, ask.query.wants
            self._ask(ask, asked, likely)
            likely *= Credits(str(round(1 - self._rates[name], 4)))
            asked[name] = asked.get(name, ask.person) + " ".join(wants).encode()
            lead.tried_fields |= {(name, want) for want in wants}
            self._waterfall.hope(lead, ask.step)
            known = ask.reopen is not None or ask.stored is not None
            if not (ask.step.provider.apart or known):
                lead.step_index += 1  # it may be a miss, for the next provider to fill
        return bool(asked)

    def _ask(self, ask: Question, asked: Mapping[str, bytes], likely: Credits) -> None:
        provider, certain = ask.step.provider, not asked
        lane = self._lanes[provider.name]
        if provider.changes(ask.query):
            lane.writes = provider.writes
        wants = self._unasked(ask, asked)
        if not wants:
            return
        account = self._former(ask)
        if account and self._new(f"former {provider.name} ".encode() + ask.person):
            lane.former[account] += 1
        lane.ask += 1
        lane.calls.most += 1
        lane.calls.least += certain
        lane.calls.expected += likely
        if ask.reopen is not None or ask.stored is not None:
            return  # settled without paying again
        sold = provider.sold(ask.query)
        wants = tuple(want for want in wants if want in sold)
        most = provider.price.most(wants)
        rate = 1 if provider.price.billed == "call" else self._rates[provider.name]
        lane.credits.most += most
        if certain and not provider.spares:
            lane.credits.least += provider.price.least(wants)
        lane.credits.expected += most * likely * Credits(str(round(rate, 4)))

    def _unasked(self, ask: Question, asked: Mapping[str, bytes]) -> tuple[str, ...]:
        """Return what an earlier record of the same person was not asked for already.

        It is the same question only if others were asked the same before: who finds more of one
        record leaves less to ask for, and then two records of a person are two questions.
        """
        name = ask.step.provider.name
        before = b"".join(said for other, said in asked.items() if other != name)
        key = f"{name} {ask.variant} ".encode() + ask.person + before
        wants = tuple(want for want in ask.query.wants if self._new(key + want.encode()))
        for want in ask.step.provider.covers(ask.query):
            self._new(key + want.encode())
        return wants

    def finish(self, budgets: Iterable[tuple[str, Credits | None]]) -> Plan:
        """Return the plan, held to the budgets that bound it."""
        for name, budget in budgets:
            lane = self._lanes[name]
            lane.budget = budget
            spread = lane.credits
            if budget is not None and spread.most > budget:
                spread.most = budget
                spread.expected = min(spread.expected, budget)
                spread.least = min(spread.least, budget)
        for lane in self.plan.lanes:
            lane.calls.expected = round(lane.calls.expected)  # type: ignore[assignment]
            lane.credits.expected = round(lane.credits.expected, 1)
        return self.plan


class OtherAccounts:
    """Looks for answers under the accounts that were asked before a new one.

    It may be the same account with another key, which the vendor does not tell.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._others: dict[str, list[str]] = {}

    def of(self, ask: Question) -> str:
        """Return the account that has the answer to a question; "" when there is none."""
        name = ask.step.provider.name
        return next(
            (
                other
                for other in self._accounts(ask.step)
                if has_answer(self._journal, name, other, ask.person, ask.variant)
            ),
            "",
        )

    def _accounts(self, step: Step) -> list[str]:
        name = step.provider.name
        if name not in self._others:
            self._others[name] = others(self._journal, name, step.account)
        return self._others[name]


def _person(needs: Sequence[Sequence[str]], record: Record) -> bytes | None:
    found = identity(needs, record.values, record.region)
    return fingerprint_person("", *found) if found else None
