"""The route of a record from provider to provider: `Waterfall.next_step`.

It takes a record as far as known answers carry it, and says what comes next: ask, wait, or the end.
Planning and asking both use it, so that what was planned is what is asked, and what was asked
before is found again without asking.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from enrichctl.engine.acceptance import accept_answer, guessed
from enrichctl.engine.lead import NOBODY, Identity, Lead
from enrichctl.engine.outdated import derived_before
from enrichctl.engine.question import (
    END,
    KNOWN,
    Ask,
    Known,
    NextStep,
    Question,
    Rules,
    RunState,
    Step,
    Wait,
    remote,
    route_of,
)
from enrichctl.engine.tried import Tried
from enrichctl.engine.verification import address_of, known_by_address, with_verification
from enrichctl.fields import in_order
from enrichctl.journal import Journal
from enrichctl.matching.identity import identity
from enrichctl.model import Outcome, Query
from enrichctl.provider import EMAIL, VERDICT, Local, Provider
from enrichctl.reasons import unmet

if TYPE_CHECKING:
    from types import ModuleType

    from enrichctl.engine.answer_cache import AnswerCache
    from enrichctl.engine.needs import Needs
    from enrichctl.matching.suppression import Suppression

LEFT_OUT = Identity({}, b"", "its condition does not hold")


class Waterfall:
    """Takes records from provider to provider.

    Args:
        steps: The providers, in waterfall order.
        rules: What the user asked for.
        journal: What is known; None knows nothing.
        run: This run's id; an attempt of it is not reopened.
        chains: Field → providers that are asked for it, where that is another order.
        began: When what local providers find was found; now, by default.
        suppression: Who must not be sent anywhere, as far as only an answer shows it; a record
            that is on the list as it was read says so itself.

    Attributes:
        route: Who is asked for what, in turn.
        wanted: All fields that any provider is asked for.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        rules: Rules,
        journal: Journal | None = None,
        run: str = "",
        *,
        chains: Mapping[str, Sequence[str]] | None = None,
        began: datetime | None = None,
        suppression: "Suppression | None" = None,
    ) -> None:
        self.steps = steps
        self.route, self._verifying = with_verification(route_of(steps, chains or {}), steps, rules)
        self.wanted = frozenset(name for step in steps for name in step.fills)
        self.rules = rules
        self._began = began or datetime.now(UTC)
        self._cache = self._known(journal, run) if journal and any(remote(steps)) else None
        self._suppression = suppression
        told = {name for step in remote(steps) for name in step.provider.uses}
        self._telling = in_order(frozenset(told))
        idle = [(step, ()) for step in steps if not step.wants]  # and so without a turn
        self._locals = {
            turn: (step.provider, wants)
            for turn, (step, wants) in enumerate([*idle, *self.route], -len(idle))
            if isinstance(step.provider, Local)
        }
        self._implied = {
            turn: tuple([name for name in one.finds if name in told])
            for turn, (one, _) in self._locals.items()
        }

    def _known(self, journal: Journal, run: str) -> "AnswerCache":
        from enrichctl.engine.answer_cache import AnswerCache  # noqa: PLC0415 - no local run needs it

        last = len(self.route) == 1
        return AnswerCache(journal, self.rules, run, self._began, is_last=last)

    def next_step(self, lead: Lead, state: RunState) -> NextStep:
        """Take a record on to the next question for a provider, or to its end.

        Args:
            lead: The record; what is known of it is applied to it.
            state: What decides about it apart from the journal.
        """
        while lead.may_be_asked and lead.step_index < len(self.route):
            step, wants = self.route[lead.step_index]
            if lead.identity is None and lead.step_index not in self._locals:
                self._derive_again(lead)
            found = self._visit(lead, step, self._lacks(lead, step, wants), state)
            if isinstance(found, Known) or lead.record.left_out:
                lead.move_on()
                continue
            if isinstance(found, Wait):
                return found
            name, asked = step.provider.name, found.question.query.wants
            stopped = None if state.beyond_limit else step.stopped
            why = stopped.message if stopped else state.blocked
            if not why:
                return found
            # What the provider has answered before of other fields is known all the same.
            said = why if stopped else f"{name}: {why}"
            lead.leave_pending(name, asked, said, beyond_limit=state.beyond_limit)
            lead.mark_tried(name, asked)
        lead.take_fallback_email()
        self._derive_again(lead)
        if self._is_on_list(lead):
            lead.suppress_found()
        return END

    def _lacks(self, lead: Lead, step: Step, wants: Sequence[str]) -> tuple[str, ...]:
        """Return what there is to ask of a provider; of one that costs nothing more than of all."""
        lacks = lead.lacks(wants, self._replaced(lead, step))
        return (*lacks, *guessed(lead, step.provider, wants)) if lead.origin else lacks

    def _replaced(self, lead: Lead, step: Step) -> frozenset[str]:
        """Return the fields for which a provider is asked though they are filled."""
        overwrite = self.rules.overwrite
        if isinstance(step.provider, Local):
            return overwrite | derived_before(lead, step.provider.name)
        return overwrite | lead.refreshed if lead.refreshed else overwrite

    def leave(self, lead: Lead, why: str) -> None:
        """Leave a record as it is; what it lacks is pending."""
        for step, wants in self.route if lead.may_be_asked else ():
            lacks = lead.lacks(wants, self._replaced(lead, step))
            if lacks:
                lead.leave_pending(step.provider.name, lacks, why)

    def _visit(
        self, lead: Lead, step: Step, wants: tuple[str, ...], state: RunState
    ) -> Ask | Wait | Known:
        """Return what is left to ask of a provider."""
        provider = step.provider
        if not wants:
            return KNOWN
        if isinstance(provider, Local):
            if not lead.record.left_out and self._meets_condition(lead, step):
                self._derive(lead, lead.step_index, wants)
                lead.note_derived(lead.step_index)
            return KNOWN
        verifies = lead.step_index in self._verifying
        if lead.identity is None:
            who = self._whose_address(lead, step) if verifies else None
            met = who is NOBODY or self._meets_condition(lead, step)
            lead.identify((who or self._as_asked_before(lead, step, wants)) if met else LEFT_OUT)
        who = lead.identity or NOBODY
        if who is LEFT_OUT or self._is_now_suppressed(lead, provider):
            return KNOWN
        if who.person:
            return self._ask(lead, step, who, wants, state)
        if not verifies:
            _needs().note_needs(lead, step.provider, self._lacking(lead, step, who, wants))
        return KNOWN

    def _whose_address(self, lead: Lead, step: Step) -> Identity:
        """Return who a record is to the verifier, and turn to its address."""
        is_last = lead.step_index == len(self.route) - 1
        address = address_of(lead, self.rules, is_last=is_last)
        who = known_by_address(step.provider, lead, address, self._telling)
        if who.person:  # what nobody knows yet is another address at each turn
            address = who.inputs[EMAIL] or f"of turn {lead.step_index}"
            lead.begin_verifying(step.provider.name, VERDICT, address)
        return who

    def _meets_condition(self, lead: Lead, step: Step) -> bool:
        """Tell whether a provider is to be asked about a record; note once why not.

        What a plan does not know yet may be as the condition wants it.
        """
        condition = step.only_if
        if condition is None:
            return True
        known = lead.known_or_held()
        if condition.holds(known, lead.assumed | lead.may_come) is not False:
            return True
        name = step.provider.name
        why = unmet(name, condition.text)
        reason = f"{why}: {condition.why_not(known)}"
        tried = Tried(name, Outcome.DECLINED, reason=reason, unmet=why)
        if tried not in lead.tried:
            lead.note(tried)
        return False

    def _ask(
        self, lead: Lead, step: Step, who: Identity, wants: tuple[str, ...], state: RunState
    ) -> Ask | Wait | Known:
        """Return what is left to ask of a provider about somebody."""
        provider = step.provider
        last = lead.step_index == len(self.route) - 1
        for asked in [(name,) for name in wants] if provider.per_field else [wants]:
            question = self._question(lead, step, who, asked)
            found: Ask | Wait | Known = Ask(question)
            if self._cache:
                found = self._cache.answer(lead, question, state, last=last)
            if isinstance(found, Ask):
                found = self._possible(lead, question, who)
            if not isinstance(found, Known) and not lead.is_owed(provider.name, wants):
                return found
        return KNOWN

    def _question(self, lead: Lead, step: Step, who: Identity, wants: tuple[str, ...]) -> Question:
        verifies = lead.step_index in self._verifying
        overwrite = frozenset() if verifies else self.rules.overwrite.intersection(wants)
        save = False if verifies else step.save
        query = Query(who.inputs, wants, overwrite, save, lead.record.region)
        variant = step.provider.variant(query)
        if who.apart:
            variant = f"{variant} {who.apart}" if variant else who.apart
        return Question(step, query, who.person, variant, lead, verifies=verifies, known_by=who.key)

    def _possible(self, lead: Lead, question: Question, who: Identity) -> Ask | Known:
        """Ask only for what can be looked for; note what is missing for the rest."""
        query, step = question.query, question.step
        if question.verifies:
            lacking = self._lacking(lead, step, who, query.wants)
        else:  # it is asked as it would be told
            lacking = _needs().lacking(lead, step.provider, who, query, along=True)
        if question.settles_earlier or not lacking:
            return Ask(question)
        _needs().note_needs(lead, step.provider, lacking)
        wants = tuple(name for name in query.wants if name not in lacking)
        overwrite = self.rules.overwrite.intersection(wants)
        question.query = replace(query, wants=wants, overwrite=overwrite)
        return Ask(question) if wants else KNOWN

    def _lacking(
        self, lead: Lead, step: Step, who: Identity, wants: tuple[str, ...], *, along: bool = True
    ) -> "Needs":
        """Return what a provider needs before it can be asked for these fields; see `needs`."""
        overwrite = self.rules.overwrite.intersection(wants)
        query = Query(who.inputs, wants, overwrite, step.save, lead.record.region)
        found: Needs = _needs().lacking(lead, step.provider, who, query, along=along)
        return found

    def _is_on_list(self, lead: Lead) -> bool:
        """Tell whether an address or domain that a provider has found is on the list."""
        if not (self._suppression and (lead.filled or lead.held)):
            return False
        return self._suppression.covers(lead.known_or_held())

    def _is_now_suppressed(self, lead: Lead, provider: Provider) -> bool:
        """Tell whether a provider is not asked for what another one has found."""
        if not self._is_on_list(lead):
            return False
        if all(tried.provider != provider.name for tried in lead.tried):
            why = "suppressed: what was found before is on the list"
            lead.note(Tried(provider.name, Outcome.DECLINED, reason=why))
        return True

    def _as_asked_before(self, lead: Lead, step: Step, wants: tuple[str, ...]) -> Identity:
        """Return who a record is to a provider, as the journal knows it if it does."""
        who = self._identify(lead, step, wants)
        if not (self._cache and who.person):
            return who
        from enrichctl.engine.asked_before import as_asked_before  # noqa: PLC0415 - as below

        question_of = partial(self._question, lead, step, wants=wants)
        return as_asked_before(self._cache, lead, step, who, question_of)

    def _identify(self, lead: Lead, step: Step, wants: tuple[str, ...]) -> Identity:
        """Return who a record is to a provider; `NOBODY` where it cannot tell.

        What came along with answers, or follows from the row, is told only where something cannot
        be asked, or not be told apart, without it: a question stays what it was before that was
        there.
        """
        provider, known_as = step.provider, _known_as()
        who = known_as(lead, provider, lead.known(), lead.assumed)
        alone = self._locals and not (lead.held or lead.may_come)
        if alone and self._lacking(lead, step, who, wants):
            self._hold_implied(lead)
        if not (lead.held or lead.may_come) or self._was_asked(lead, step, who, wants):
            return who
        known = lead.known_or_held()
        richer = known_as(lead, provider, known, lead.assumed)
        assumed = known_as(lead, provider, known, lead.assumed | lead.may_come)
        found = ((who, False), (richer, False), (assumed, True))

        def lacks(one: tuple[Identity, bool]) -> tuple[int, bool]:
            return (
                len(self._lacking(lead, step, one[0], wants, along=one[1])),
                one[0].inputs.keys().isdisjoint(provider.sharpened_by),
            )

        return min(found, key=lacks)[0]  # the first of those that lack least

    def _was_asked(self, lead: Lead, step: Step, who: Identity, wants: tuple[str, ...]) -> bool:
        """Tell whether the journal knows the question as it is without what came along."""
        if not (self._cache and who.person and step.provider.sharpened_by):
            return False
        return self._cache.knows(self._question(lead, step, who, wants))

    def _hold_implied(self, lead: Lead) -> None:
        """Let local providers say what follows from the row though nobody wants a column of it."""
        for turn, (provider, wants) in self._locals.items():
            if turn < lead.step_index and self._implied[turn] and not _is_left_out(lead, provider):
                self._derive(lead, turn, lead.lacks(wants, frozenset()), again=True)

    def _derive_again(self, lead: Lead) -> None:
        """Let local providers work on what was found since their turn: it is free."""
        if lead.record.left_out or not self._locals:
            return
        turns = [turn for turn in self._locals if turn < lead.step_index]
        while news := [turn for turn in turns if lead.derived.get(turn, 0) < lead.gains]:
            for turn in news:
                provider, wants = self._locals[turn]
                if not _is_left_out(lead, provider):
                    lacks = lead.lacks(wants, derived_before(lead, provider.name))
                    lacks += guessed(lead, provider, wants)
                    self._derive(lead, turn, lacks, again=True)
                lead.note_derived(turn)

    def _derive(
        self, lead: Lead, turn: int, wants: tuple[str, ...], *, again: bool = False
    ) -> None:
        """Apply what a local provider makes of a record.

        Past its turn it is noted only where it fills more. What nobody wants a column of is held
        then, for whoever may be told it.
        """
        (provider, _), known, region = self._locals[turn], lead.known_or_held(), lead.record.region
        implied = tuple([name for name in self._implied[turn] if again and name not in known])
        if not (lead.assumed | lead.may_come).isdisjoint(provider.uses):
            lead.assume(wants)
            lead.assume_along(implied)
        if not (wants or implied):
            return
        if provider.about and identity(provider.needs, known, region) is None:
            return
        anew = derived_before(lead, provider.name)
        told = [name for name in provider.uses if name not in anew or name in lead.filled]
        inputs = {name: known[name] for name in told if name in known}
        overwrite = self.rules.overwrite.intersection(wants)
        query = Query(inputs, (*wants, *implied), overwrite, None, region)
        match = provider.derive(query)
        # What says nothing about anybody may say something of the cells: malformed.
        if not match and (again or identity(provider.needs, known, region) is None):
            return
        accepted = accept_answer(
            lead, provider, query, None, match, wants, self.rules, self._began,
            replaces=anew,
        )  # fmt: skip
        if again and not (accepted.fields or accepted.held_back):
            return
        lead.note(
            Tried(
                provider.name, Outcome.MATCHED if match else Outcome.MISSED,
                accepted=accepted.fields, reason=accepted.reason, cause=accepted.cause,
                held_back=accepted.held_back, inputs=tuple(inputs), from_row=not provider.about,
            )
        )  # fmt: skip


@cache
def _known_as() -> "Callable[..., Identity]":
    from enrichctl.engine.known_as import known_as  # noqa: PLC0415 - no local run needs it

    return known_as


@cache
def _needs() -> "ModuleType":
    from enrichctl.engine import needs  # noqa: PLC0415 - no local run needs it

    return needs


def _is_left_out(lead: Lead, provider: Provider) -> bool:
    return any(tried.unmet for tried in lead.tried if tried.provider == provider.name)
