"""Under which of its keys the journal knows a record: rows around it change, the person does not.

What identifies a person to a provider depends on the file: an e-mail that another row gives to
somebody else identifies nobody there, and of two such rows the first has it. Rows are sorted, added
and removed every day, so an answer is looked for under every key that the record may have had:

============================  ==================================  ==============================
the journal knows it by       about whom that was                 so it is
============================  ==================================  ==============================
today's key                   this person, or nobody can tell     used
today's key, an address       somebody of another name            not used: asked apart, by name;
                                                                  where nothing but the address
                                                                  is told it is one question, and
                                                                  its answer has to name the row
the same, told apart by name  this name                           used
another address, or a name    this person: name and address both  used, be it a match or a miss
another address, or a name    somebody with another address       not used
another, and nobody can tell  a match that agrees with the row,   used: it may have been paid for
                              or an answer that was paid for      the same row
another, and nobody can tell  a miss that was free                not used: today's key is better
another, of two in this file  nobody can tell                     used for one of them at most
============================  ==================================  ==============================

About whom a question was is kept as fingerprints of what it did not tell: see `marks_of`. Those of
before that was kept can be told by their names where they told them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from enrichctl.engine.answer_cache import AnswerCache
from enrichctl.engine.known_as import also_known_as, is_of_person, known_as, own_addresses
from enrichctl.engine.lead import Identity, Lead
from enrichctl.engine.question import Question, Step
from enrichctl.engine.reading import read_answer
from enrichctl.facts import romanized, spelling
from enrichctl.journal import queries, subject_key
from enrichctl.matching.address_conflicts import all_taken
from enrichctl.matching.identity import NAMES
from enrichctl.matching.same_name import name_of
from enrichctl.matching.same_person import is_own_email, judge
from enrichctl.model import ANSWERED, Attempt, Outcome, Remark
from enrichctl.provider import Provider

_Key = tuple[bytes, str]  # person and variant
NAMED = subject_key("about somebody with a name")
ADDRESSED = subject_key("about somebody with an address")


def marks_of(question: Question) -> Iterator[bytes]:
    """Yield fingerprints of whom a question is about, besides what is told in it.

    Of one by an address these are words of the name, of one by a name the person's own addresses.
    """
    if not (_is_told_names(question.step.provider) and is_of_person(question.known_by)):
        return
    by_name, values = not NAMES.isdisjoint(question.known_by), question.lead.record.values
    marks = sorted(own_addresses(values)) if by_name else words_of(values)
    if marks:
        yield ADDRESSED if by_name else NAMED
        yield from marks


def as_asked_before(
    cache: AnswerCache,
    lead: Lead,
    step: Step,
    who: Identity,
    question_of: Callable[[Identity], Question],
) -> Identity:
    """Return who a record is to a provider so that what was answered about it is found.

    Args:
        cache: What the journal knows. What its own run has asked does not count: the rows of that
            are told apart already, and who is answered first is chance.
        lead: The record.
        step: Whom to ask.
        who: Who it is by the rows around it.
        question_of: Returns what would be asked about somebody.
    """
    provider = step.provider
    if _is_known_by_one(provider) or "" in who.inputs:  # in a plan nobody knows yet who it is
        return who
    if not cache.knows_account(provider.name, step.account):
        return who
    may_be = (who, *also_known_as(lead, provider, {**lead.known(), **who.inputs}, who))
    keys: dict[_Key, tuple[Identity, Question]] = {}
    for one in may_be:
        question = question_of(one)
        keys.setdefault(question.key[1:], (one, question))
    people = list(dict.fromkeys(person for person, _ in keys))
    asked: dict[_Key, list[Attempt]] = defaultdict(list)
    for variant, attempt in cache.journal.asked_about(provider.name, step.account, people):
        key = attempt.person, variant
        if key in keys and attempt.run != cache.run:
            asked[key].append(attempt)
    return _Search(cache, lead, keys, asked).found() if asked else who


class _Search:
    """Looks through what was asked under the keys that a record may have had.

    Args:
        cache: What the journal knows.
        lead: The record.
        keys: Key → who the record is by it, and what would be asked; today's is the first.
        asked: Key → what was asked under it.
    """

    def __init__(
        self,
        cache: AnswerCache,
        lead: Lead,
        keys: Mapping[_Key, tuple[Identity, Question]],
        asked: Mapping[_Key, Sequence[Attempt]],
    ) -> None:
        self._cache = cache
        self._lead = lead
        self._keys = keys
        self._asked = asked
        values = lead.record.values
        self._words, self._addresses = set(words_of(values)), own_addresses(values)
        self._called = set(words_of(values, called=True))
        self._marks = self._marks_in([a.id for attempts in asked.values() for a in attempts])

    def _marks_in(self, attempts: Sequence[int]) -> dict[int, set[bytes]]:
        """Return attempt → what of this record, or of whom it was about at all, it is known by."""
        names = (told_as(name, self._lead.record.values) for name in NAMES)
        known = {NAMED, ADDRESSED, *self._words, *self._addresses, *filter(None, names)}
        marks: dict[int, set[bytes]] = defaultdict(set)
        for key, attempt in self._cache.journal.read(
            queries.subjects_among(len(attempts), len(known)), (*attempts, *sorted(known))
        ):
            marks[attempt].add(key)
        return marks

    def found(self) -> Identity:
        """Return who the record is; see the table above."""
        today, *others = self._keys
        who, question = self._keys[today]
        for words in (self._words, self._called):  # who bears the whole name comes first
            for key in (today, *others):
                if self._is_mine(key, words) and (key == today or self._serves(key)):
                    return self._keys[key][0]._replace(disputed=False)
        by_address = NAMES.isdisjoint(who.key)  # by a name it is one question, whoever's that is
        is_others = by_address and today in self._asked and self._is_others(today)
        if self._recent(today) and not is_others:
            return who
        for key in others:
            if self._is_likely(key):
                return self._keys[key][0]._replace(disputed=False)
        if not is_others:
            return who
        provider, known = question.step.provider, {**self._lead.known(), **who.inputs}
        conflicts = self._lead.conflicts._replace(
            name=all_taken(self._lead.record.values).name, addresses=" ".join(who.key)
        )
        return known_as(self._lead, provider, known, self._lead.assumed, conflicts)

    def _serves(self, key: _Key) -> bool:
        """Tell whether what was asked under another key says something of what is wanted now."""
        today = next(iter(self._keys))
        return key[0] == today[0] or bool(self._recent(key))

    def _recent(self, key: _Key) -> list[Attempt]:
        """Return what was asked of what is wanted now, and is not too old."""
        wants = self._keys[key][1].query.wants
        return [
            one
            for one in self._asked.get(key, ())
            if not set(wants).isdisjoint(one.wants)
            and not (one.outcome in ANSWERED and self._cache.is_old(one))
        ]

    def _is_mine(self, key: _Key, words: set[bytes]) -> bool:
        """Tell whether anything under a key was asked about this person, by words of the name."""
        who, _ = self._keys[key]
        attempts = self._asked.get(key, ())
        if who.apart or not is_of_person(who.key):
            return bool(attempts) and bool(who.apart)
        return any(self._is_about_me(one, who.key, words) for one in attempts)

    def _is_about_me(self, attempt: Attempt, key: Sequence[str], words: set[bytes]) -> bool:
        marks = self._marks[attempt.id]
        if not NAMES.isdisjoint(key):
            return not self._addresses.isdisjoint(marks)
        told = [
            told_as(name, self._lead.record.values) for name in NAMES.intersection(attempt.inputs)
        ]
        return (bool(words) and words <= marks) or (
            bool(told) and all(one in marks for one in told)
        )

    def _is_others(self, key: _Key) -> bool:
        """Tell whether all that was asked under a key was about somebody else."""
        who, _ = self._keys[key]
        if who.apart or not is_of_person(who.key):
            return False
        by_name = not NAMES.isdisjoint(who.key)
        mark, mine = (ADDRESSED, self._addresses) if by_name else (NAMED, self._words)
        attempts = [self._marks[one.id] for one in self._asked[key]]
        return bool(mine) and all(mark in marks and mine.isdisjoint(marks) for marks in attempts)

    def _is_likely(self, key: _Key) -> bool:
        """Tell whether what nobody can tell any more may have been asked about this very record."""
        who, question = self._keys[key]
        recent = self._recent(key)
        if not recent or self._is_others(key) or self._lead.conflicts.touches(who.key):
            return False
        if "email" in who.key and not is_own_email(self._lead.record.values):
            return False
        paid = [one for one in recent if one.credits or one.outcome is Outcome.MATCHED]
        if not paid or not all(self._agrees(one, who, question) for one in paid):
            return False
        mine = self._addresses  # of two people whom it fits it is one's at most
        return all(self._cache.claimed.setdefault(one.id, mine) == mine for one in paid)

    def _agrees(self, attempt: Attempt, who: Identity, question: Question) -> bool:
        """Tell whether an answer, if there is one, is about whom the record means."""
        kept = self._cache.journal.attempt(attempt.id)
        if kept is None or kept.answer is None:
            return True
        provider, query = question.step.provider, question.query
        match = read_answer(provider, kept.answer, query)
        if isinstance(match, Remark):
            return True
        said = {n: text for n, text in provider.says_who(kept.answer, query, match).items() if text}
        ours, theirs = (spelling.email(one.get("email", "")) for one in (self._lead.whom(), said))
        if ours and theirs and ours != theirs:
            return False
        verdict = judge(
            self._lead.whom(), said, who.key, name_told=not NAMES.isdisjoint(query.inputs)
        )
        return verdict.says == "same" or (verdict.taken and name_of(said) is None)


def _is_told_names(provider: Provider) -> bool:
    """Tell whether whom a question is about makes a difference to a provider."""
    return not NAMES.isdisjoint(provider.uses)


@lru_cache(64)
def _is_known_by_one(provider: Provider) -> bool:
    """Tell whether a provider knows people by one address, and nobody else, whatever the rows."""
    of_people = [need for need in provider.needs if is_of_person(need)]
    tells_apart = not {*NAMES, "company_name"}.isdisjoint(provider.uses)
    return not tells_apart and len(of_people) <= 1


def told_as(name: str, values: Mapping[str, str]) -> bytes:
    """Return the fingerprint of a name as it is told."""
    text = values.get(name) or ""
    return subject_key(spelling.canonical(name, text)) if text else b""


def words_of(values: Mapping[str, str], *, called: bool = False) -> list[bytes]:
    """Return fingerprints of the words of a row's name, however it is spelled and ordered.

    Those by which the person is ``called`` are of the first name, where that is known: it stays
    when people marry, and relatives share the last one.
    """
    name = name_of(values)
    parts = (name.first if called else (), name.words) if name else ()
    found = ({romanized.loose(word) for word in words if len(word) > 1} for words in parts)
    return [subject_key(f"name {word}") for word in sorted(next(filter(None, found), ()))]
