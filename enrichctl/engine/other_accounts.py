"""Answers under accounts that were asked before the one that is asked now."""

from enrichctl.engine.question import Question, Step
from enrichctl.journal import Journal
from enrichctl.journal.accounts import has_answer, others


class OtherAccounts:
    """Looks for answers under the accounts that were asked before a new one.

    It may be the same account with another key, which the vendor does not tell.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._others: dict[str, list[str]] = {}

    def of(self, question: Question) -> str:
        """Return the account that has the answer to a question; "" when there is none."""
        name = question.step.provider.name
        return next(
            (
                other
                for other in self._accounts(question.step)
                if has_answer(self._journal, name, other, question.person, question.variant)
            ),
            "",
        )

    def _accounts(self, step: Step) -> list[str]:
        name = step.provider.name
        if name not in self._others:
            self._others[name] = others(self._journal, name, step.account)
        return self._others[name]
