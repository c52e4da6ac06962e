"""The plan: what a run would ask and what it may cost, before anything is asked.

It takes every record through the same waterfall, once as if every provider had the answer and
once as if none had.
"""

from collections.abc import Callable, Iterable

from enrichctl.engine.questions import Ask, remote
from enrichctl.engine.waterfall import Waterfall
from enrichctl.matching import fingerprint_person, identity
from enrichctl.merging import Lead
from enrichctl.model import Credits, LanePlan, Plan, Record

# What tells people apart before any provider is asked, best first.
PEOPLE = (
    ("email",), ("linkedin_url",), ("leadlex.contact_id",), ("close.contact_id",),
    ("lemlist.contact_id",), ("lemlist.lead_id",), ("phone",), ("mobile",),
    ("full_name", "company_name"), ("first_name", "last_name", "company_name"),
    ("first_name", "last_name"), ("full_name",), ("company_domain",),
    ("company_name", "country_code"), ("company_name", "country"), ("company_name",),
)  # fmt: skip
UNKNOWN_RATE = 0.5  # share of matches expected of a provider that was never asked


class Forecast:
    """Counts what a run would do, record by record.

    Args:
        waterfall: Of the run; it is asked, not changed.
        new: Tells of a fingerprint whether it is the first of its kind; see `journal.Scratch`.
        rate: Returns a provider's share of matches so far, None when it was never asked.
        limit: Records that may need asking; None is all.
    """

    def __init__(
        self,
        waterfall: Waterfall,
        new: Callable[[bytes], bool],
        rate: Callable[[str], float | None],
        limit: int | None = None,
    ) -> None:
        self.plan = Plan()
        self._waterfall = waterfall
        self._left = limit
        self._new = new
        self._courses = list(remote(waterfall.courses))
        names = [course.provider.name for course in self._courses]
        self._rates = {n: UNKNOWN_RATE if (r := rate(n)) is None else r for n in names}
        self._lanes = {name: LanePlan(name) for name in names}
        self.plan.lanes = list(self._lanes.values())

    def count(self, lead: Lead) -> bool:
        """Count one record; tell whether anybody would have to be asked about it."""
        plan = self.plan
        plan.records += 1
        person = _person(lead.record, self._waterfall.rules.region)
        plan.people += person is None or self._new(person + lead.namesake.encode())
        plan.namesakes += bool(lead.namesake)
        if lead.suppressed:
            plan.suppressed += 1
            return False
        likely = Credits(1)
        first = True
        while (ask := self._waterfall.step(lead)) is not None:
            if first and self._left is not None:
                self._left -= 1
                if self._left < 0:
                    return False
            self._ask(ask, likely, certain=first)
            likely *= Credits(str(round(1 - self._rates[ask.course.provider.name], 4)))
            first = False
            name = ask.course.provider.name
            lead.passed |= {(name, field) for field in ask.query.wants}
            if not ask.course.provider.apart:
                lead.place += 1  # it may be a miss, for the next provider to fill
        for name in {t.provider for t in lead.tried if t.attempt is not None}:
            self._lanes[name].reused += 1
        plan.unconfirmed += bool(lead.unconfirmed)
        plan.doubled += lead.doubled
        if not lead.missing:
            plan.complete += 1
        elif not lead.tried and first:
            plan.unidentified += 1
        return not first

    def _ask(self, ask: Ask, likely: Credits, *, certain: bool) -> None:
        provider = ask.course.provider
        lane = self._lanes[provider.name]
        if provider.changes(ask.query):
            lane.writes = provider.writes
        apart = " ".join(ask.query.wants) if provider.apart else ""
        if not self._new(f"{provider.name} {ask.variant} {apart}".encode() + ask.person):
            return
        lane.ask += 1
        lane.calls.most += 1
        lane.calls.least += certain
        lane.calls.expected += likely
        if ask.reopen is not None:
            return  # settled without paying again
        most = provider.price.most(ask.query.wants)
        rate = 1 if provider.price.billed == "call" else self._rates[provider.name]
        lane.credits.most += most
        if certain and not provider.spares:
            lane.credits.least += provider.price.least(ask.query.wants)
        lane.credits.expected += most * likely * Credits(str(round(rate, 4)))

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


def _person(record: Record, region: str) -> bytes | None:
    found = identity(PEOPLE, record.values, region)
    return fingerprint_person("", *found) if found else None
