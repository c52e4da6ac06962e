"""The waterfall as a function of a record and of what the journal knows.

`Waterfall.step` takes a record as far as known answers carry it and returns the next question, or
None at the end. Planning, asking and writing all use it, so that what was planned is what is
asked, and what was asked before is found again without asking.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from enrichctl.engine.acceptance import accept_answer
from enrichctl.engine.answer_cache import AnswerCache, Elsewhere, LatestAnswer
from enrichctl.engine.lead import Lead, Tried, take_fallback_email
from enrichctl.engine.question import Question, Rules, Step, route_of
from enrichctl.facts import spelling
from enrichctl.facts.blanks import is_nobodys
from enrichctl.fields import kind_of
from enrichctl.journal import Journal
from enrichctl.matching import Suppression, fingerprint_person, identity
from enrichctl.matching.identity import NAMES
from enrichctl.matching.namesakes import SHARED
from enrichctl.matching.same_person import is_own_email
from enrichctl.model import NO_CONFLICTS, Conflicts, Outcome, Query, Record
from enrichctl.provider import Local, Provider

CANONICAL = frozenset({"email", "phone", "domain", "person_url", "company_url"})


class Waterfall:
    """Takes records from provider to provider.

    Args:
        steps: In waterfall order.
        rules: What the user asked for.
        journal: What is known; None knows nothing.
        run: This run's id; an attempt of it is not reopened.
        blocked: Tells why a provider may not be asked about a record now; "" when it may.
        chains: Field → providers that are asked for it, where that is another order.
        elsewhere: What to do about what another process is asking at this time; see there.
        began: When what local providers find was found; now, by default.
        asking: Tells whether a question is being asked at this moment; see `AnswerCache`.
        suppression: Who must not be sent anywhere, as far as only an answer shows it; a record
            that is on the list as it was read says so itself.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        rules: Rules,
        journal: Journal | None = None,
        run: str = "",
        blocked: Callable[[Step, Lead], str] = lambda *_: "",
        chains: Mapping[str, Sequence[str]] | None = None,
        *,
        elsewhere: Callable[[], Elsewhere] = lambda: "leave",
        began: datetime | None = None,
        asking: Callable[[tuple[str, bytes, str]], bool] = lambda _: False,
        suppression: Suppression | None = None,
    ) -> None:
        self.steps = steps
        self.route = route_of(steps, chains or {})
        self.rules = rules
        self._began = began or datetime.now(UTC)
        self._recall = (
            AnswerCache(journal, rules, run, elsewhere, self._began, asking) if journal else None
        )
        self._blocked = blocked
        self._suppression = suppression
        self._wants = frozenset(name for step in steps for name in step.wants)

    def lead(
        self, record: Record, conflicts: Conflicts = NO_CONFLICTS, *, suppressed: bool = False
    ) -> Lead:
        """Put a record at the head of the waterfall."""
        missing = self._wants - record.values.keys() - record.unknown
        place = len(self.route) if suppressed or record.shifted else 0
        return Lead(record, missing, suppressed=suppressed, step_index=place, conflicts=conflicts)

    def step(self, lead: Lead) -> Question | None:
        """Take a record on to the next question for a provider.

        None at the end, or when it is ``held``: another process is asking what comes next.
        """
        lead.held = ""
        while lead.step_index < len(self.route):
            step, wants = self.route[lead.step_index]
            ask = self._visit(lead, step, self._missing(lead, wants))
            if lead.held:
                return None
            if ask is None:
                lead.step_index += 1
                continue
            why = step.stopped.message if step.stopped else self._blocked(step, lead)
            if not why:
                return ask
            self.give_up(lead, ask, why)
        take_fallback_email(lead)
        return None

    def give_up(self, lead: Lead, ask: Question, why: str) -> None:
        """Leave a question unanswered: the record is pending.

        What the provider has answered before of other fields is known all the same.
        """
        name = ask.step.provider.name
        lead.pending = lead.pending or why
        lead.owe(name, ask.query.wants)
        lead.tried_fields |= {(name, want) for want in ask.query.wants}

    def hear(self, fresh: LatestAnswer | None) -> None:
        """Take note of an answer that has just come: the records that wait for it are next."""
        if self._recall:
            self._recall.fresh = fresh

    def hope(self, lead: Lead, step: Step) -> None:
        """Note in a plan what a provider that is asked may fill, or fill better."""
        blank = self._missing(lead, step.wants)
        guessed = (n for n in step.wants if n in lead.origin and lead.origin[n].confidence)
        lead.assumed |= {*blank, *guessed}

    def leave(self, lead: Lead, why: str) -> None:
        """Take a record to the end as it is; what it lacks is pending."""
        for step, wants in self.route[lead.step_index :]:
            lead.owe(step.provider.name, self._missing(lead, wants))
        if lead.awaiting:
            lead.pending = lead.pending or why
        lead.step_index = len(self.route)

    def decline(self, lead: Lead, step: Step, why: str) -> None:
        """Note that a provider has nothing to do for a record."""
        lead.tried.append(Tried(step.provider.name, Outcome.DECLINED, reason=why))

    def _missing(self, lead: Lead, wants: Sequence[str]) -> tuple[str, ...]:
        """Return what there is to ask for of these fields."""
        overwrite = self.rules.overwrite
        return tuple(
            name
            for name in wants
            if name not in lead.filled and (name in overwrite or not lead.record.holds(name))
        )

    def _visit(self, lead: Lead, step: Step, wants: tuple[str, ...]) -> Question | None:
        provider = step.provider
        if not wants:
            return None
        if isinstance(provider, Local):
            if not lead.assumed.isdisjoint(provider.uses):
                lead.assumed |= set(wants)
            self._derive(lead, provider, wants)
            return None
        if (
            lead.told_at != lead.step_index
        ):  # what it answers does not make another person of a record
            lead.told_at, lead.told = lead.step_index, self._identify(lead, provider)
        if lead.told is None or self._is_now_suppressed(lead, step):
            return None
        told, person, whose = lead.told
        overwrite = self.rules.overwrite
        for asked in [(name,) for name in wants] if provider.apart else [wants]:
            query = Query(told, asked, overwrite.intersection(asked), step.save, lead.record.region)
            variant = " ".join(filter(None, (provider.variant(query), whose)))
            ask = Question(step, query, person, variant)
            last = lead.step_index == len(self.route) - 1
            left = self._recall.answer(lead, ask, last=last) if self._recall else ask
            if (left is not None or lead.held) and not self._is_owed(lead, provider, wants):
                return left
            lead.held = ""
        return None

    def _is_now_suppressed(self, lead: Lead, step: Step) -> bool:
        """Tell whether an address that another provider has found is on the list."""
        if not (self._suppression and lead.filled and self._suppression.covers(lead.known())):
            return False
        if all(tried.provider != step.provider.name for tried in lead.tried):
            self.decline(lead, step, "suppressed: what was found before is on the list")
        return True

    def _is_owed(self, lead: Lead, provider: Provider, wants: Sequence[str]) -> bool:
        """Tell whether somebody else owes an answer: two are not paid for one value."""
        owing = {lead.awaiting.get(name) for name in wants if name not in lead.assumed}
        return not owing <= {None, provider.name}

    def _identify(self, lead: Lead, provider: Provider) -> tuple[dict[str, str], bytes, str] | None:
        """Return what a provider is told of a record, and the person's fingerprint there.

        The third is a word for what makes it another question; see `_apart`.
        """
        known, region = lead.known(), lead.record.region
        shared = SHARED if lead.conflicts.name else () if is_own_email(known) else ("email",)
        identified = self._hoped(lead, provider) or identity(provider.needs, known, region, shared)
        if identified is None:
            return None
        names, canonical = identified
        told = dict(zip(names, canonical, strict=True))
        for name in (*names, *provider.hints):
            if name in known and is_nobodys(name, known[name]):
                continue
            if name in known and kind_of(name) not in CANONICAL:
                told[name] = known[name]
            elif name in known and name not in told:
                told[name] = spelling.canonical(name, known[name], region)
        whose = _apart(lead.conflicts, names, told)
        return told, fingerprint_person(provider.name, names, canonical), whose

    def _hoped(
        self, lead: Lead, provider: Provider
    ) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Return by what a record may be known to a provider once others have answered.

        It is somebody of whom the journal knows nothing, told apart by all that is known by now.
        None where it makes no difference.
        """
        known, region = lead.known(), lead.record.region
        for names in provider.needs if lead.assumed else ():
            certain = [name for name in names if name not in lead.assumed]
            if identity([certain], known, region) is None:
                continue
            if len(certain) == len(names):
                return None
            others = (name for need in provider.needs for name in need if name in known)
            every = tuple(dict.fromkeys((*names, *others)))
            values = [spelling.canonical(name, known.get(name, ""), region) for name in every]
            return (*every, ""), (*values, "")  # the blank one makes it nobody in the journal
        return None

    def _derive(self, lead: Lead, provider: Local, wants: tuple[str, ...]) -> None:
        known = lead.known()
        identified = identity(provider.needs, known, lead.record.region) is not None
        if not identified and provider.about:
            return
        told = {name: known[name] for name in provider.uses if name in known}
        query = Query(
            told, wants, self.rules.overwrite.intersection(wants), None, lead.record.region
        )
        match = provider.derive(query)
        if not identified and not match:
            return  # what says nothing about anybody may say something of the cells: malformed
        taken = accept_answer(lead, provider, query, None, match, wants, self.rules, self._began)
        outcome = Outcome.MATCHED if match else Outcome.MISSED
        lead.tried.append(
            Tried(
                provider.name, outcome, accepted=taken.fields, reason=taken.reason,
                cause=taken.cause, held_back=taken.held_back,
            )
        )  # fmt: skip


def _apart(conflicts: Conflicts, names: Sequence[str], told: Mapping[str, str]) -> str:
    """Return a word that tells a record from others of the same address or name; "" for none.

    An address that is somebody else's as well is another question where the name is told. A name
    and a company are where an earlier record has them in another country, and a company alone is
    where the country is told.
    """
    if conflicts.name and not SHARED.isdisjoint(names) and not NAMES.isdisjoint(told):
        return f"namesake {conflicts.name}"
    if not NAMES.issuperset({*names} - {"company_name"}):
        return ""
    if not NAMES.isdisjoint(names):
        return f"in {conflicts.person}" if conflicts.person else ""
    is_told = not {"country", "country_code"}.isdisjoint(told)
    return f"in {conflicts.company}" if conflicts.company and is_told else ""
