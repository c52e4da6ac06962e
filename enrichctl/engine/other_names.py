"""Who was asked about under another name, by the e-mail or profile that the row still has.

What was answered about somebody of another name is not used, so the person of the row is asked
about, and paid for, by itself. The name may have been mistyped before, or be now, or the row means
somebody else by now: only its owner can tell, so a plan and the record's explanation say it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from enrichctl.engine.asked_before import NAMED, told_as, words_of
from enrichctl.engine.known_as import own_addresses
from enrichctl.engine.question import Question, Rules
from enrichctl.journal import Journal, queries
from enrichctl.journal.accounts import is_known
from enrichctl.matching.identity import NAMES
from enrichctl.model import ANSWERED, Attempt, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

LATEST = 20  # attempts that are looked at of one address
BOUGHT = (*ANSWERED, Outcome.UNCONFIRMED)  # or perhaps


class OtherNames:
    """Looks for what a run would have used, had the row not another name now.

    Args:
        journal: What was asked.
        rules: Say how long answers are used.
    """

    def __init__(self, journal: Journal, rules: Rules) -> None:
        self._journal = journal
        self._rules = rules
        self._known: dict[tuple[str, str], bool] = {}

    def has(self, question: Question) -> bool:
        """Tell whether a question that is to be asked was bought for another name already."""
        if question.verifies or question.settles_earlier or "" in question.query.inputs:
            return False
        lead, step = question.lead, question.step
        if lead.conflicts.touches(question.known_by):
            return False  # the other name is in the file as well, and a plan says so
        if not self._knows(step.provider.name, step.account):
            return False
        now = self._journal.now()
        return any(
            attempt.account == step.account and not self._rules.is_old(attempt, now)
            for attempt in under_another_name(
                self._journal, step.provider.name, lead.known(), question.query.wants
            )
        )

    def _knows(self, provider: str, account: str) -> bool:
        known = self._known.get(key := (provider, account))
        if known is None:
            known = self._known[key] = is_known(self._journal, provider, account)
        return known


def under_another_name(
    journal: Journal, provider: str, values: Mapping[str, str], wants: Sequence[str]
) -> "Iterator[Attempt]":
    """Yield what a provider was asked of some fields by a row's own addresses, for another name.

    Args:
        journal: What was asked.
        provider: Whom.
        values: What the row says.
        wants: Fields, any of which it was asked for.
    """
    addresses = sorted(own_addresses(values))
    if not addresses or not (words := set(words_of(values))):
        return
    asked = [
        one
        for one in journal.asked_by(addresses, LATEST)
        if one.provider == provider
        and one.outcome in BOUGHT
        and not set(wants).isdisjoint(one.wants)
    ]
    names = {name: told_as(name, values) for name in NAMES if values.get(name)}
    marks = _marks(journal, [one.id for one in asked], {NAMED, *words, *names.values()})
    for one in asked:
        told, known = NAMES.intersection(one.inputs), marks[one.id]
        if told:
            same = all(names[name] in known for name in told if name in names)
            if not same and told <= names.keys():
                yield one
        elif NAMED in known and words.isdisjoint(known):
            yield one


def _marks(journal: Journal, attempts: Sequence[int], keys: set[bytes]) -> dict[int, set[bytes]]:
    """Return attempt → which of some fingerprints it is known by."""
    marks: dict[int, set[bytes]] = defaultdict(set)
    if attempts:
        query = queries.subjects_among(len(attempts), len(keys))
        for key, attempt in journal.read(query, (*attempts, *sorted(keys))):
            marks[attempt].add(key)
    return marks
