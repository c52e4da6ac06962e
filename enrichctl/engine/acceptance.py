"""What a record takes from an answer, once it is known whom that answer is about."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from enrichctl.bounded_cache import BoundedCache
from enrichctl.engine.lead import Lead, accept
from enrichctl.engine.question import Question, Rules
from enrichctl.engine.reading import read_answer, remarks_on
from enrichctl.engine.takeable import SURE, takeable
from enrichctl.facts import countries
from enrichctl.facts.spelling import canonical
from enrichctl.fields import OF_COMPANIES
from enrichctl.matching.identity import NAMES
from enrichctl.model import Match, Query, Remark
from enrichctl.provider import Local, Provider, Remote

if TYPE_CHECKING:
    from enrichctl.matching.same_person import Verdict

# What is of the work at a company, and what is true of an address, no matter whose.
OF_WORK = frozenset({"job_title", "seniority", "department"})
OF_ADDRESSES = frozenset({"email_kind", "email_status", "phone_e164"})
OF_PLACES = frozenset({"country", "country_code"})  # of a company as of anybody


class Accepted(NamedTuple):
    """What became of an answer.

    Attributes:
        fields: Fields that it filled.
        held_back: Fields that it would have filled, and is held back from.
        reason: Why it is held back, in words that quote nothing but the row.
        cause: The same without the row.
    """

    fields: tuple[str, ...]
    held_back: tuple[str, ...] = ()
    reason: str = ""
    cause: str = ""


NOTHING_ACCEPTED = Accepted(())


def echoes(lead: Lead, query: Query, match: Match) -> frozenset[str]:
    """Return the fields in which an answer says what its provider was told.

    Of a value that another provider found it is no second source, and none at all: it says it
    because it heard it.

    Args:
        lead: The record.
        query: What was told and asked.
        match: What the provider reads from the answer.
    """
    told = query.inputs.keys() & match.keys() & lead.origin.keys()
    return frozenset(
        name
        for name in told
        if canonical(name, match[name].text, query.region)
        == canonical(name, query.inputs[name], query.region)
    )


def guessed(lead: Lead, provider: Provider, wants: Sequence[str]) -> tuple[str, ...]:
    """Return the fields that others have but guessed, where a provider may know better for nothing.

    Nobody is paid for what is there: a remote provider has none of them.
    """
    if not isinstance(provider, Local):
        return ()
    others = [(n, one) for n in wants if (one := lead.origin.get(n))]
    return tuple(
        name
        for name, one in others
        if one.provider != provider.name and one.confidence is not None and one.confidence < SURE
    )


def accept_answer(
    lead: Lead,
    provider: Provider,
    query: Query,
    answer: Any,
    match: Match,
    wants: Sequence[str],
    rules: Rules,
    at: datetime,
    *,
    hold: bool = True,
    doubted: bool = False,
    replaces: frozenset[str] = frozenset(),
) -> Accepted:
    """Take from an answer what the rules let a record take, if it is about whom the record means.

    Args:
        lead: The record.
        provider: Whose answer it is.
        query: What was told and asked.
        answer: As it came; None of a local provider.
        match: What the provider reads from it.
        wants: Fields to take.
        rules: What the user asked for.
        at: When it came.
        hold: Whether what comes along may be of use to others.
        doubted: No more than a name says that it is about the record.
        replaces: Fields that it may replace besides those of the rules.
    """
    overwrite = rules.overwrite | replaces if replaces else rules.overwrite
    least = rules.min_confidence
    take = partial(
        accept, lead, match, provider=provider.name, at=at,
        overwrite=overwrite, min_confidence=least, derived=isinstance(provider, Local),
        anew=replaces, verified=rules.verified_email and not rules.verify,
    )  # fmt: skip
    who = _who(provider, query, answer, match)
    if not (who or provider.about or isinstance(provider, Remote)):  # it says what the row says
        taken = take(wants)
        if hold:
            lead.hold(match, least)
        return Accepted(taken)
    verdict = _verdict(lead, provider, query, who, doubted=doubted)
    sure = verdict.taken and not verdict.but
    if sure:
        lead.note_person(who)
    held = _held_back(verdict, match, wants, rules)
    back: tuple[str, ...] = ()
    free = wants
    if held:
        may = takeable(lead, match, wants, overwrite=overwrite, min_confidence=least)
        back = tuple(name for name in may if name in held)
        free = [name for name in wants if name not in held]
    taken = take(free)
    if hold and (sure or rules.accept_review):
        lead.hold(match, least)
    if not held or (verdict.taken and not back):
        return Accepted(taken)
    named = _named(lead, key_of(provider, query.inputs))
    return Accepted(taken, back, *_why(provider.name, named, verdict))


def is_namesakes(
    claimed: BoundedCache[int, frozenset[bytes]], attempt: int, question: Question, match: Match
) -> bool:
    """Tell whether an answer got by a name is taken by another person of that name.

    Args:
        claimed: Attempt → the addresses of who has its answer; of the first one it is noted.
        attempt: Number in the journal.
        question: About whom it was asked.
        match: What it says; where it states an address of the record, it is the record's.
    """
    if NAMES.isdisjoint(question.known_by):
        return False
    from enrichctl.engine.known_as import own_addresses  # noqa: PLC0415 - no local run needs it

    mine = own_addresses(question.lead.record.values)
    first = claimed[attempt] = claimed.get(attempt) or mine
    if not mine or not first.isdisjoint(mine):
        return False
    return mine.isdisjoint(own_addresses({name: value.text for name, value in match.items()}))


def is_certain(lead: Lead, provider: Provider, query: Query, answer: Any) -> bool:
    """Tell whether an answer is about whom a record means, surely enough to pay or write for it.

    What the user says of answers that are held back is about the file, and does not count here.
    """
    match = read_answer(provider, answer, query)
    if isinstance(match, Remark):
        return False
    remarks = remarks_on(provider, answer, query)
    remarks = without_doubts(remarks, lead, provider, query, answer, match)
    who = _who(provider, query, answer, match)
    doubted = any(remark.doubts for remark in remarks)
    verdict = _verdict(lead, provider, query, who, doubted=doubted)
    return verdict.taken and not verdict.but


def _who(provider: Provider, query: Query, answer: Any, match: Match) -> dict[str, str]:
    """Return what an answer says of whom it is about, without what is blank."""
    said = provider.says_who(answer, query, match).items()
    return {name: text for name, text in said if text}


def _verdict(
    lead: Lead, provider: Provider, query: Query, who: Mapping[str, str], *, doubted: bool
) -> "Verdict":
    """Return whether somebody whom an answer names is whom a record means."""
    key, asked = key_of(provider, query.inputs), lead.identity
    verdict = _judge()(
        lead.whom(),
        who,
        key,
        disputed=asked.disputed if asked else lead.conflicts.touches(key),
        name_told=isinstance(provider, Remote) and not NAMES.isdisjoint(query.inputs),
    )
    if doubted and verdict.taken:
        return verdict._replace(says="cannot tell", differs="", taken=False, but="")
    return verdict


@cache
def _judge() -> "Callable[..., Verdict]":
    from enrichctl.matching.same_person import judge  # noqa: PLC0415 - no local run needs it

    return judge


def key_of(provider: Provider, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """Return the fields by which a provider that was told something was asked."""
    return next((need for need in provider.needs if inputs.keys() >= set(need)), tuple(inputs))


def _held_back(
    verdict: "Verdict", match: Match, wants: Sequence[str], rules: Rules
) -> frozenset[str]:
    """Return the fields that an answer may not fill."""
    if rules.accept_review:
        return frozenset()
    if not verdict.taken:
        return frozenset(wants)
    # Where the old company gives way, the new job stands with the new one.
    replaced = "company_name" in rules.overwrite and "company_name" in match
    if verdict.but == "person":
        return frozenset(wants) - OF_COMPANIES - OF_ADDRESSES
    if replaced or not verdict.but:
        return frozenset()
    return frozenset(OF_COMPANIES | OF_WORK if verdict.but == "job" else OF_COMPANIES)


def without_doubts(
    remarks: tuple[Remark, ...],
    lead: Lead,
    provider: Provider,
    query: Query,
    answer: Any,
    match: Match,
) -> tuple[Remark, ...]:
    """Return what there is to say of an answer by what was known of the record before it.

    Where domain or country prove that it is of the row's company, there is nothing to doubt.
    """
    if not any(remark.doubts for remark in remarks):
        return remarks
    from enrichctl.matching.same_company import (  # noqa: PLC0415 - few answers are in doubt
        Namesakes,
        compare_namesakes,
    )

    who = provider.says_who(answer, query, match)
    if compare_namesakes(lead.whom(), who) is not Namesakes.ONE:
        return remarks
    return tuple([remark for remark in remarks if not remark.doubts])


def _named(lead: Lead, key: Sequence[str]) -> str:
    """Return whom a row means, as it says itself or as its e-mail spells the name."""
    row = lead.record.values
    if set(key) <= OF_COMPANIES | OF_PLACES:
        return row.get("company_name", "")
    full = row.get("full_name") or f"{row.get('first_name', '')} {row.get('last_name', '')}"
    if full.strip():
        return full.strip()
    from enrichctl.facts.names import from_email  # noqa: PLC0415 - few answers are held back

    spelled = from_email(row.get("email", ""), countries.code(row.get("country", "")) or "")
    return f"{spelled.first} {spelled.last}" if spelled else ""


def _why(provider: str, named: str, verdict: "Verdict") -> tuple[str, str]:
    """Return why an answer is held back: with the name that the row has, and without."""
    if verdict.but in ("company", "job"):
        said = f"{provider} finds {{}} at another company"
        return said.format(named or "the person"), said.format("the person")
    if verdict.differs == "address" or verdict.but == "person":
        many = "a shared mailbox" if verdict.but else "somebody else's as well"
        address = "e-mail" if verdict.but else "address"
        said = f"{provider} does not say whom it answers about, and the {address} is {many}"
        return said, said
    if verdict.differs == "e-mail" and verdict.says == "cannot tell":
        said = f"{provider} answers about one person, and the e-mail is a shared mailbox"
        return said, said
    if verdict.differs in ("", "country", "website"):
        why = f"{verdict.differs} differs" if verdict.differs else "nothing else agrees"
        said = f"{provider} may answer about another company of that name: {why}"
        return said, said
    verb = "answers" if verdict.says == "different" else "may answer"
    said = f"{provider} {verb} about {{}}: {verdict.differs} differs"
    somebody = "somebody else"
    return said.format(f"{somebody} than {named}" if named else somebody), said.format(somebody)
