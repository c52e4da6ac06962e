"""Answers that another account of a provider has, while the one that would be asked is new."""

from enrichctl.engine.questions import Ask, Course
from enrichctl.journal import Journal
from enrichctl.journal.accounts import has_answer, others


class Former:
    """Looks for answers under the accounts that were asked before a new one.

    It may be the same account with another key, which the vendor does not tell.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._others: dict[str, list[str]] = {}

    def of(self, ask: Ask) -> str:
        """Return the account that has the answer to a question; "" when there is none."""
        name = ask.course.provider.name
        return next(
            (
                other
                for other in self._accounts(ask.course)
                if has_answer(self._journal, name, other, ask.person, ask.variant)
            ),
            "",
        )

    def _accounts(self, course: Course) -> list[str]:
        name = course.provider.name
        if name not in self._others:
            self._others[name] = others(self._journal, name, course.account)
        return self._others[name]
