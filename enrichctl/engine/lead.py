"""A record on its way through the waterfall, and what was accepted for it.

The only module that changes a lead. Pure: the same answers give the same lead, however often and
in whichever run they are read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from enrichctl.conflicts import NO_CONFLICTS, Conflicts
from enrichctl.engine.reading import calls_deliverable
from enrichctl.engine.takeable import takeable
from enrichctl.engine.tried import Tried
from enrichctl.errors import Cancelled, EnrichctlError, TooLittle
from enrichctl.facts import spelling
from enrichctl.model import (
    NOTHING,
    UNDELIVERABLE,
    Credits,
    Match,
    Outcome,
    Provenance,
    Record,
)
from enrichctl.reasons import said_by


class Identity(NamedTuple):
    """Who a record is to one provider.

    Attributes:
        inputs: What the provider is told: field → value.
        person: The person's fingerprint there; empty where the provider cannot tell who it is.
        apart: A word that tells it from others of the same address or name; "" for none.
        key: The fields by which it is known there.
        disputed: One of them is an address that was given to somebody else as well.
    """

    inputs: dict[str, str]
    person: bytes
    apart: str = ""
    key: tuple[str, ...] = ()
    disputed: bool = False


NOBODY = Identity({}, b"")


@dataclass(slots=True)
class Lead:
    """A record on its way through the waterfall.

    Attributes:
        record: As read.
        missing: Fields wanted of any provider and not there when it was read.
        suppressed: It must not be sent anywhere.
        conflicts: What an earlier row gave to somebody else.
        filled: Accepted texts.
        origin: Where each of them came from.
        tried: What each provider did, in order.
        awaiting: Field → provider that still owes an answer on it; nobody else is asked for it.
        assumed: Fields that a plan assumes to be filled, nobody knows with what.
        tried_fields: Provider and field that have been asked for: nothing is asked twice in a run.
        pending: Why a provider was not asked, "" when all were.
        pending_at: Providers that were not asked, or have not answered.
        beyond_limit: That is because a pilot is not about it, and for no other reason.
        unconfirmed: Why a charge is in doubt, "" when none is.
        step_index: The next provider on the route.
        identity: Who it is to that provider; None until that was looked at.
        spent: What its own questions cost; rows that share an answer share nothing of its price.
        fallback_email: An unverified e-mail, taken when nobody finds a verified one.
        said: What the accepted answers say of whom they are about.
        held: What came along with them and fills nothing: it may be told to the next provider.
        may_come: Fields that a plan takes to come along, nobody knows with what.
        gains: How often more became known of it.
        derived: Turn of a local provider → its gains when that had a look at it.
        refreshed: Fields that an earlier run filled, and a newer answer may replace.
        outdated: Fields that a local provider filled in an earlier run and has to derive anew.
        verifying: The address that the verifier was asked about last, as it spells it.
        verdicts: Address → what the verifier says of it, "" for nothing.
        found_suppressed: What was found of it is on the list of who must not be sent anywhere.
    """

    record: Record
    missing: frozenset[str] = frozenset()
    suppressed: bool = False
    conflicts: Conflicts = NO_CONFLICTS
    filled: dict[str, str] = field(default_factory=dict)
    origin: dict[str, Provenance] = field(default_factory=dict)
    tried: list[Tried] = field(default_factory=list)
    awaiting: dict[str, str] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    tried_fields: frozenset[tuple[str, str]] = frozenset()
    pending: str = ""
    pending_at: frozenset[str] = frozenset()
    beyond_limit: bool = False
    unconfirmed: str = ""
    step_index: int = 0
    identity: Identity | None = None
    spent: Credits = NOTHING
    fallback_email: tuple[str, Provenance] | None = None
    said: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    may_come: frozenset[str] = frozenset()
    gains: int = 0
    derived: dict[int, int] = field(default_factory=dict)
    refreshed: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()
    verifying: str = ""
    verdicts: dict[str, str] = field(default_factory=dict)
    found_suppressed: bool = False

    @property
    def may_be_asked(self) -> bool:
        """Tell whether anybody may be asked about it."""
        return not (self.suppressed or self.record.shifted)

    @property
    def asked(self) -> bool:
        """Tell whether it uses an answer of this run."""
        return any(tried.attempt is not None and not tried.reused for tried in self.tried)

    @property
    def changed(self) -> dict[str, str]:
        """Return the cells to write: accepted texts that differ from what stood there."""
        before, filled = self.record.values, self.filled
        if before.keys().isdisjoint(filled):  # as mostly: what is filled was blank
            return filled
        return {name: text for name, text in filled.items() if text != before.get(name, "")}

    def text(self, name: str) -> str:
        """Return what is known of a field by now."""
        return self.filled.get(name) or self.record.values.get(name, "")

    def follows_from_row(self, name: str) -> bool:
        """Tell whether a value was read, or derived from nothing but what was read."""
        origin = self.origin.get(name)
        if origin is None:
            return True
        sources = origin.source.split(",")
        return origin.derived and all(self.follows_from_row(n) for n in sources if n != name)

    def known(self) -> Mapping[str, str]:
        """Return all that is known by now."""
        return {**self.record.values, **self.filled} if self.filled else self.record.values

    def known_or_held(self) -> Mapping[str, str]:
        """Return what is known, and what came along with answers."""
        return {**self.held, **self.known()} if self.held else self.known()

    def whom(self) -> dict[str, str]:
        """Return what the record itself, and then the accepted answers, say of whom it means."""
        read, derived = self.record.values, self.record.derived
        return {**self.said, **{n: text for n, text in read.items() if n not in derived}}

    def lacks(self, names: Iterable[str], overwrite: frozenset[str]) -> tuple[str, ...]:
        """Return which of these fields there is to ask for."""
        filled, record = self.filled, self.record
        held = record.values.keys() | record.unknown if record.unknown else record.values
        return tuple([n for n in names if n not in filled and (n in overwrite or n not in held)])

    def has_tried(self, provider: str, names: Iterable[str]) -> bool:
        """Tell whether a provider has been asked for all of these fields."""
        return self.tried_fields.issuperset([(provider, name) for name in names])

    def mark_tried(self, provider: str, names: Iterable[str]) -> None:
        """Note that a provider has been asked for fields, or is not asked for them any more."""
        self.tried_fields |= {(provider, name) for name in names}

    def end_question(
        self,
        provider: str,
        names: Sequence[str],
        outcome: Outcome | None,
        error: BaseException | None,
    ) -> None:
        """Note that a question about fields came to an end; its answer is in the journal."""
        self.mark_tried(provider, names)
        if isinstance(error, Cancelled) or outcome is None:
            why = error.message if isinstance(error, EnrichctlError) else "not asked"
            self.leave_pending(provider, names, said_by(provider, why))
        elif isinstance(error, EnrichctlError):
            needs = names if isinstance(error, TooLittle) else ()
            self.note(Tried(provider, Outcome.DECLINED, reason=error.message, needs=tuple(needs)))

    def identify(self, identity: Identity) -> None:
        """Note who it is to the next provider: what that answers makes no other person of it."""
        self.identity = identity

    def begin_verifying(self, provider: str, name: str, address: str) -> None:
        """Turn to an address: whether it was asked for another one does not count."""
        if address != self.verifying:
            self.verifying = address
            self.tried_fields -= {(provider, name)}

    def note_verdict(self, name: str, text: str, origin: Provenance) -> None:
        """Take what the verifier says of the address under verification."""
        self.verdicts[self.verifying] = text
        self.filled[name], self.origin[name] = text, origin
        self.gains += 1

    def reject_email(self, by: str) -> None:
        """Take back an address that was found."""
        self.verdicts[self.verifying] = UNDELIVERABLE
        self.take_back_email(f"{by} calls the address undeliverable")

    def take_back_email(self, why: str) -> None:
        """Make the e-mail as blank as it was read, with what follows from nothing but it."""
        for name in ("email", "email_kind"):
            self._take_back(name, why)

    def give_way(self, name: str, provider: str) -> None:
        """Take back a value in whose place another one comes, and what was derived from it.

        It had filled a blank all the same: that is what its answer has brought.
        """
        self._take_back(name, f"{provider} is surer of another value", brought=True)
        self._take_back_derived(name)

    def _take_back_derived(self, source: str) -> None:
        """Make blank what was derived on this machine from a value that stands no longer."""
        for name, one in [*self.origin.items()]:
            if one.derived and source in one.source.split(","):
                self._take_back(name, f"the {source} from which it followed was replaced")
                self._take_back_derived(name)

    def _take_back(self, name: str, why: str, *, brought: bool = False) -> None:
        """Make a field as blank as it was read."""
        if self.filled.pop(name, None) is None:
            return
        finder = self.origin.pop(name).provider
        self.gains += 1
        for tried in self.tried:
            if tried.provider == finder and name in tried.accepted:
                tried.taken_back[name] = why
                if not brought:
                    tried.accepted = tuple([one for one in tried.accepted if one != name])

    def is_settled(self, email: str) -> bool:
        """Tell whether the verifier was asked about an address."""
        return bool(self.verdicts) and spelling.canonical("email", email) in self.verdicts

    def keep(self, names: Collection[str]) -> None:
        """Note fields that no newer answer replaces: somebody has typed them."""
        self.refreshed = self.refreshed.difference(names)

    def note_outdated(self, names: Collection[str]) -> None:
        """Note fields that were derived in an earlier run, and may be so no longer."""
        self.outdated = self.outdated.union(names)

    def move_on(self) -> None:
        """Go to the next provider on the route."""
        self.step_index += 1
        self.identity = None

    def assume(self, names: Iterable[str]) -> None:
        """Note in a plan what may be filled by then."""
        self.gains += not self.assumed.issuperset(more := set(names))
        self.assumed |= more

    def assume_along(self, names: Iterable[str]) -> None:
        """Note in a plan what may come along by then."""
        self.gains += not self.may_come.issuperset(more := set(names))
        self.may_come |= more

    def note_derived(self, turn: int) -> None:
        """Note that a local provider had a look at all that is known by now."""
        self.derived[turn] = self.gains

    def await_answer(self, provider: str, names: Iterable[str]) -> None:
        """Note that a provider owes an answer on fields, unless another does already."""
        for name in names:
            self.awaiting.setdefault(name, provider)

    def is_owed(self, provider: str, names: Iterable[str]) -> bool:
        """Tell whether another provider owes an answer: two are not paid for one value."""
        if not self.awaiting:
            return False
        owing = {self.awaiting.get(name) for name in names if name not in self.assumed}
        return not owing <= {None, provider}

    def suppress_found(self) -> None:
        """Note that what was found of it must not be sent anywhere."""
        self.found_suppressed = True

    def leave_pending(
        self, provider: str, names: Iterable[str], why: str, *, beyond_limit: bool = False
    ) -> None:
        """Note that a provider was not asked for fields, or has not answered."""
        self.beyond_limit = beyond_limit and (self.beyond_limit or not self.pending)
        self.pending = self.pending or why
        self.pending_at |= {provider}
        self.await_answer(provider, names)

    def leave_unconfirmed(self, provider: str, names: Iterable[str], why: str) -> None:
        """Note that a provider may have been paid for fields, and its answer is not known."""
        self.unconfirmed = why
        self.await_answer(provider, names)

    def note(self, tried: Tried) -> None:
        """Note what a provider did, once for each attempt."""
        if tried.attempt is None or all(one.attempt != tried.attempt for one in self.tried):
            self.tried.append(tried)

    def add_cost(self, spent: Credits) -> None:
        """Add what a question about it cost."""
        self.spent += spent

    def note_person(self, who: Mapping[str, str]) -> None:
        """Note what an accepted answer says of whom it is about."""
        for name, text in who.items():
            self.said.setdefault(name, text)

    def hold(self, match: Match, min_confidence: float) -> None:
        """Keep what came along with an answer and is not wanted."""
        along = [name for name in match if name not in self.missing]
        if not along:
            return
        none = frozenset[str]()
        for name in takeable(self, match, along, overwrite=none, min_confidence=min_confidence):
            self.gains += name not in self.held
            self.held.setdefault(name, match[name].text)

    def take_fallback_email(self) -> None:
        """Take the unverified e-mail, once there is nobody left who might find a verified one."""
        if self.fallback_email is None or "email" in self.filled:
            return
        self.filled["email"], self.origin["email"] = self.fallback_email
        self.gains += 1
        for tried in self.tried:
            if tried.provider == self.fallback_email[1].provider and "email" not in tried.accepted:
                tried.accepted += ("email",)
                break


def lead_from_record(
    record: Record,
    wanted: frozenset[str],
    conflicts: Conflicts = NO_CONFLICTS,
    *,
    suppressed: bool = False,
    refreshed: frozenset[str] = frozenset(),
) -> Lead:
    """Return a record at the head of the waterfall.

    Args:
        record: As read.
        wanted: All fields that any provider is asked for.
        conflicts: What an earlier row gave to somebody else.
        suppressed: It must not be sent anywhere.
        refreshed: Fields that an earlier run filled, and a newer answer may replace.
    """
    missing = wanted - record.values.keys() - record.unknown
    return Lead(record, missing, suppressed, conflicts, refreshed=refreshed)


def accept(
    lead: Lead,
    match: Match,
    wants: Iterable[str],
    *,
    provider: str,
    at: datetime,
    overwrite: frozenset[str],
    min_confidence: float,
    derived: bool = False,
    anew: frozenset[str] = frozenset(),
    verified: bool = False,
) -> tuple[str, ...]:
    """Take from a match what the record wants and may take; return the fields taken.

    With ``verified`` an e-mail that its provider does not call deliverable is only kept in
    reserve; see `Lead.take_fallback_email`. What was ``derived`` while another value stood may
    not follow from the new one: it is taken back, to be derived again. A guess replaces nothing
    that somebody has typed: only what was derived before, and is derived ``anew``.
    """
    taken = []
    read, filled, origins = lead.record.values, lead.filled, lead.origin
    may = takeable(
        lead, match, wants, overwrite=overwrite, min_confidence=min_confidence,
        guesses=anew if derived else None,
    )  # fmt: skip
    for name in may:
        text, confidence, source = match[name]
        origin = Provenance(provider, source, confidence, at, read.get(name, ""), derived)
        if verified and name == "email" and not calls_deliverable(match):
            lead.fallback_email = lead.fallback_email or (text, origin)
            continue
        before = filled.get(name) or ("" if derived else read.get(name))  # or respelled
        if before and before != text:
            lead.give_way(name, provider)
        filled[name], origins[name] = text, origin
        lead.gains += 1
        taken.append(name)
    return tuple([name for name in taken if name in filled])
